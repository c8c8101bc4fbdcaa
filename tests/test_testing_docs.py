"""`docs/testing.md` shows what is printed, and names every key of a test (HEGUI_GOLDEN=write writes it anew)."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.assure.registries import ExpectedPart, RegistryDocument, read_tests
from hegui.cli import main
from hegui.ruleset import load
from hegui.ruleset.places import locate

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "testing.md"
SHOWN = re.compile(r"```console\n\$ (hegui test [^\n]*)\n(.*?)```", re.DOTALL)


def printed(match: re.Match[str]) -> str:
    done = CliRunner().invoke(main, shlex.split(match[1])[1:], env={"HEGUI_LANG": None})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return f"```console\n$ {match[1]}\n{done.stdout}```"


def test_the_page_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")
    fresh = SHOWN.sub(printed, text)
    if os.environ.get("HEGUI_GOLDEN") == "write":
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert len(SHOWN.findall(text)) == 2
    assert fresh == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("args", [("-k", "mine.over*", "--engine", "scalar"), ("-k", "mine.over*", "--suggest")])
def test_the_commands_of_the_page_run(args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["test", "rulesets/banan", *args])
    assert (done.exit_code, bool(done.stdout)) == (0, True)


def test_every_key_of_a_test_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for model in (RegistryDocument, ExpectedPart):
        for name in model.model_fields:
            assert re.search(rf"\b{name}\b", text), name


def test_the_test_on_the_page_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rulesets.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (test,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "ruleset.yaml").write_text("---\n".join(blocks), encoding="utf-8")
    (tmp_path / "tests" / "town").mkdir(parents=True)
    (tmp_path / "tests" / "page.test.yaml").write_text(test, encoding="utf-8")
    (found,) = read_tests(locate(tmp_path), load(tmp_path))
    assert sorted(found.expected) == [f"fridge.too-warm/fridge/F{number}" for number in (1, 4, 7)]
