"""`docs/testing-rules.md` shows what is printed, and its commands run (HEGUI_GOLDEN=write writes it anew)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_testing_docs import ROOT, SHOWN, printed

from hegui.cli import main

PAGE = ROOT / "docs" / "testing-rules.md"


def test_the_page_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")
    fresh = SHOWN.sub(printed, text)
    if os.environ.get("HEGUI_GOLDEN") == "write":
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert len(SHOWN.findall(text)) == 1
    assert fresh == PAGE.read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    chosen = ["test", "rulesets/banan", "-k", "mine.over*", "--engine", "scalar"]
    files = ["--format", f"json={tmp_path}/test.json", "--format", f"junit={tmp_path}/test.xml"]
    assert CliRunner().invoke(main, [*chosen, "--min-coverage", "0"]).exit_code == 0
    assert CliRunner().invoke(main, [*chosen, "--mutate", *files]).exit_code in (0, 1)
    assert (tmp_path / "test.json").stat().st_size > 0 < (tmp_path / "test.xml").stat().st_size
