"""Every finding of `hegui lint` leads somewhere: warnings to a page whose YAML does what it says, errors to a row of a table.

With HEGUI_GOLDEN=write the list of pages and the table of errors are written anew; look at the diff.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import hegui.language
import hegui.ruleset
import hegui.source
import hegui.vocabulary
from hegui.assure.accepting import STALE, UNKNOWN
from hegui.assure.drawn import run_conclusion_examples
from hegui.assure.examples import run_examples
from hegui.assure.lint import CHECKS, WARNINGS, lint
from hegui.assure.lint.fixing import FIXED
from hegui.assure.lint.pages import ERRORS, FOLDER, pages
from hegui.ruleset import load
from hegui.source import Wording

ROOT = Path(__file__).parent.parent
BROKEN = Path(__file__).parent / "broken"
KIT = BROKEN / "lint" / "kit"
TODAY = date(2026, 3, 1)
BLOCK = re.compile(r"^## (Found|Not found)\n\n```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
HEADER = 'ruleset: page\ntitle: {zh: 示例, en: example}\nversion: "1"\nextends: kit\n---\n'
HINTS = {
    "another-document", "did-you-mean", "given-by", "identifier-shape", "looks-like", "make-it-a-parameter",
    "name-shape", "one-of", "quote-commas",
    "quote-it", "save-as-utf-8", "say-extends", "takes", "there-are", "write-bilingual", "write-overrides", "write-slashes",
}  # fmt: skip
"""Wordings that only ever stand behind others."""


def modules() -> Iterator[str]:
    for package in (hegui.language, hegui.vocabulary, hegui.ruleset):
        yield from (f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__))


def wordings() -> list[Wording]:
    """Everything the loader says, by id."""
    found = [importlib.import_module(name) for name in modules()] + [hegui.source]
    values = [value for module in found for value in vars(module).values()]
    flat = [part for value in values for part in (value.values() if isinstance(value, dict) else [value])]
    every = {value for value in flat if isinstance(value, Wording)}
    return sorted(every, key=lambda each: (each.id, each.en, each.zh))


def errors() -> dict[str, list[Wording]]:
    """The wordings of errors, by id; some ids are said in several ways."""
    found: dict[str, list[Wording]] = {}
    for each in wordings():
        if each.id not in HINTS and each.id not in WARNINGS:
            found.setdefault(each.id, []).append(each)
    return found


def shown() -> dict[str, str]:
    """A seeded fault that has each id, from the tests."""
    found: dict[str, str] = {}
    for path in sorted(BROKEN.glob("*.txt")):
        for name in re.findall(r"(?:error|warning): .* \[([a-z-]+)\]$", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, path.stem)
    return found


def text_of(name: str) -> str:
    return (ROOT / FOLDER / f"{name}.md").read_text("utf-8")


# --- pages


def test_every_warning_has_a_page_and_every_page_a_warning() -> None:
    there = {path.stem for path in (ROOT / FOLDER).glob("*.md")} - {"README", "errors"}
    assert there == set(WARNINGS)
    assert pages(["bare-number", "unknown-key"]) == {
        "bare-number": "docs/lint/bare-number.md",
        "unknown-key": "docs/lint/errors.md#unknown-key",
    }


@pytest.mark.parametrize("name", WARNINGS)
def test_a_page_says_what_the_finding_says(name: str) -> None:
    said = {wording for check in CHECKS for wording in check.wordings} | {STALE, UNKNOWN, *wordings()}
    text = text_of(name)
    assert text.startswith(f"# {name}\n")
    for wording in (each for each in said if each.id == name):
        assert f"> {wording.en}\n>\n> {wording.zh}\n" in text
    titles = ["Why it matters", "Found", "Not found", "Mending or accepting it"]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == titles


@pytest.mark.parametrize("name", WARNINGS)
def test_the_yaml_of_a_page_is_found_and_not_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "kit").symlink_to(KIT)
    blocks = dict(BLOCK.findall(text_of(name)))
    found = {}
    for title in ("Found", "Not found"):
        path = tmp_path / f"{title}.yaml"
        path.write_text(("" if blocks[title].startswith("ruleset:") else HEADER) + blocks[title], "utf-8")
        found[title] = {each.id for each in lint(path, TODAY)}
    assert found == {"Found": {name}, "Not found": set()}
    good = load(tmp_path / "Not found.yaml")
    ran = [*run_examples(good, engines=["scalar"]), *run_conclusion_examples(good)]
    assert [each for each in ran if not each.passed] == []


# --- lists


def row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def index() -> str:
    said = {wording.id: wording for check in CHECKS for wording in check.wordings}
    said |= {each.id: each for each in wordings() if each.id in WARNINGS}
    said |= {STALE.id: STALE, UNKNOWN.id: UNKNOWN}
    rows = "".join(
        row(f"[{name}]({name}.md)", said[name].en, said[name].zh, "yes" if name in FIXED else "") for name in WARNINGS
    )
    return INTRODUCTION + "| id | says | | `--fix` |\n|---|---|---|---|\n" + rows + ACCEPTING


INTRODUCTION = """# What `hegui lint` finds

`hegui lint RULESET` says everything there is to say of a ruleset and of those it builds on. **Errors** make it unusable
(exit code 2); they are listed in [errors.md](errors.md). **Warnings** are what is allowed but probably not meant (exit
code 1); each has a page, with YAML that is found and YAML that is not. That YAML stands on a small ruleset of the tests,
`tests/broken/lint/kit`.

A file that cannot be read does not keep the others from being looked at. What seems unused, or a notice unanswered, is
only said of a ruleset without errors, as it may be used by what could not be read. A base is written for those above it:
what the rulesets in the folder beside it use that build on it is used.

"""
ACCEPTING = """
## Mending

`hegui lint --fix RULESET` mends what can be mended without changing a verdict, and says what. Besides the warnings above it
puts right a key that is misspelt where only one can be meant (`unknown-key`), puts quotes around a number where a text is
wanted (`not-a-text`), and gives a `.yml` the name it is read under (`file-extension`). Everything else in a file stays as it
is, byte by byte. Files of rulesets it builds on are never touched.

## Accepting

A warning that somebody looked at and lets stand is written down in an [`accepted:`](../rulesets.md#accepted) document, with
the reason. It is still told, but no longer counts.
"""


def table() -> str:
    places = shown()
    rows = []
    for name, said in errors().items():
        example = f"[{places[name]}](../../tests/broken/{places[name]}.yaml)" if name in places else ""
        cells = ("<br>".join(dict.fromkeys(getattr(each, lang) for each in said)) for lang in ("en", "zh"))
        rows.append(row(f'<a id="{name}"></a>{name}', *cells, example))
    return (
        "# Errors\n\nWhat makes a ruleset unusable, by the id that is printed in brackets. Words in braces are filled in. "
        "The last column\nleads to a ruleset of the tests that has the fault; what is said of it stands beside, in the "
        "`.txt` of the same name.\n\n| id | says | | example |\n|---|---|---|---|\n" + "".join(rows)
    )


@pytest.mark.parametrize(("path", "made"), [(f"{FOLDER}/README.md", index), (ERRORS, table)])
def test_the_lists_are_fresh(path: str, made: Callable[[], str]) -> None:
    text = made()
    if os.environ.get("HEGUI_GOLDEN") == "write":
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
    assert (ROOT / path).read_text("utf-8") == text


def test_no_hint_is_printed_as_an_id_and_every_id_is_listed() -> None:
    printed = set(shown())
    assert not printed & HINTS
    assert printed <= set(errors()) | set(WARNINGS)
