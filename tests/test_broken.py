"""Every broken ruleset in `tests/broken/` gets exactly the diagnostics in the text file beside it.

Set `HEGUI_REGENERATE=1` to write the text files anew, and read the difference before committing it.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import hegui.ruleset
from hegui.assure.lint import lint
from hegui.source import Diagnostic, RulesetError, Wording

FOLDER = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in FOLDER.glob("*.yaml"))
ELSEWHERE = {
    "file-extension",
    "no-ruleset-yaml",
    "no-such-ruleset",
    "not-a-ruleset-file",
    "parameter-type",
    "ruleset-size",
    "unfit-value",
    "write-slashes",
}
"""What needs a folder of its own or no file at all; tests of rulesets, paths, limits and of the library have them."""


def diagnostics(name: str) -> list[Diagnostic]:
    """What is wrong with a case: warnings too where its name begins with `warn-`."""
    if name.startswith("warn-"):
        return lint(name, today=date(2026, 3, 1))
    with pytest.raises(RulesetError) as caught:
        hegui.ruleset.load(name)
    return list(caught.value.diagnostics)


@pytest.mark.parametrize("name", CASES)
def test_diagnostics(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    text = "\n".join(found.render("en") for found in diagnostics(name)) + "\n"
    expected = FOLDER / name.replace(".yaml", ".txt")
    if os.environ.get("HEGUI_REGENERATE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_every_wording_is_shown_and_reads_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    found = [diagnostic for name in CASES for diagnostic in diagnostics(name)]
    shown = {diagnostic.wording for diagnostic in found} | {found.hint for found in found if found.hint is not None}
    for diagnostic in found:
        assert diagnostic.message("zh") not in ("", diagnostic.message("en"))
    unseen = {wording.id for wording in wordings() if wording not in shown}
    assert unseen == ELSEWHERE


def test_wordings_fill_the_same_places_in_both_languages() -> None:
    for wording in wordings():
        assert places(wording.en) == places(wording.zh), wording.id


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def wordings() -> set[Wording]:
    """Every wording of the loader; those of lint have pages, see `test_lint_pages.py`."""
    modules = [
        importlib.import_module(f"hegui.ruleset.{each.name}") for each in pkgutil.iter_modules(hegui.ruleset.__path__)
    ]
    values = [value for module in modules for value in vars(module).values()]
    flat = [part for value in values for part in (value.values() if isinstance(value, dict) else [value])]
    return {value for value in flat if isinstance(value, Wording)}
