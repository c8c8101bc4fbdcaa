"""docs/proving-rules.md shows what is printed (HEGUI_GOLDEN=write writes it anew) and explains every finding."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.assure.proof.finding import WORDINGS
from hegui.assure.proof.questions import MOST, SLOTS
from hegui.assure.proof.solver import AT_LEAST, LONGEST, STEPS
from hegui.cli import main

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "proving-rules.md"
SHOWN = re.compile(r"```console\n\$ (hegui [^\n]*)\n(.*?)```", re.DOTALL)


def test_what_is_shown_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")

    def block(match: re.Match[str]) -> str:
        result = CliRunner().invoke(main, shlex.split(match[1])[1:], env={"HEGUI_LANG": None})
        assert result.exit_code == 1
        return f"```console\n$ {match[1]}\n{result.stdout}```"

    fresh = SHOWN.sub(block, text)
    if os.environ.get("HEGUI_GOLDEN") == "write":
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert len(SHOWN.findall(text)) == 1
    assert fresh == PAGE.read_text(encoding="utf-8")


def test_the_other_commands_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rulesets").symlink_to(ROOT / "rulesets", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^(hegui prove .*--rule.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code in (0, 1)
    assert (tmp_path / "proof.sarif").is_file()


def test_every_finding_has_its_heading_and_no_other_has() -> None:
    headings = re.findall(r"^### (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(wording.id for wording in WORDINGS)


def test_the_numbers_are_those_of_the_program() -> None:
    assert (SLOTS, MOST, STEPS, LONGEST, AT_LEAST) == (2, 40, 1_000_000, 10, 60)
