"""Every command of docs/ledger.md runs, one after the other, and the words explained there are those shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli import main
from hegui.ledger.tally import LOOKS
from hegui.ledger.words import PROGRESS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ *(hegui .*)$", "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)), re.MULTILINE)
FINDS = {"diff": 1, "overdue": 1}
"""Exit codes other than 0."""


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facts").symlink_to(ROOT / "facts", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        arguments = shlex.split(command)[1:]
        result = CliRunner().invoke(main, arguments, env={"HEGUI_LANG": None, "HEGUI_LEDGER": None})
        name = arguments[1] if arguments[0] == "ledger" else arguments[0]
        assert result.exit_code == FINDS.get(name, 0), f"{command}\n{result.stdout}{result.stderr}"
    assert len(COMMANDS) == 19
    assert (tmp_path / "整改清单.xlsx").is_file()


@pytest.mark.parametrize(
    "where",
    ["u:geheim@h", "//u:geheim@h/d", "postgres:/u:geheim@h/d", "host=h password=geheim user=u", "PGPASSWORD=geheim"],
)
def test_what_is_no_file_but_a_mistyped_address_makes_no_ledger(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["ledger", "--db", where, "record", recorded(tmp_path, "2024-03-11")])
    assert (result.exit_code, "[ledger-url]" in result.stderr) == (3, True)
    assert "geheim" not in result.output
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


def test_a_run_of_a_day_to_come_is_not_recorded(tmp_path: Path) -> None:
    """No run of today could be recorded after it."""
    line = ["ledger", "--db", str(tmp_path / "l.sqlite"), "record", recorded(tmp_path, "2999-01-01")]
    result = CliRunner().invoke(main, line)
    assert (result.exit_code, "[day-to-come]" in result.stderr) == (3, True)
    assert not (tmp_path / "l.sqlite").exists()


def recorded(folder: Path, day: str) -> str:
    """A run of the quick start."""
    start = ROOT / "examples" / "quickstart"
    line = ["check", str(start / "lifts.csv"), "--rules", str(start / "rules"), "--as-of", day, "--fail-on", "never"]
    assert CliRunner().invoke(main, [*line, "--format", f"json={folder / 'run.json'}"]).exit_code == 0
    return str(folder / "run.json")


def test_every_command_is_explained() -> None:
    ledger = main.commands["ledger"]
    for name in ledger.commands:  # type: ignore[attr-defined]
        assert re.search(rf"`(?:hegui ledger )?{name}\b", TEXT), name


def test_the_words_shown_are_explained() -> None:
    assert [text.zh for text in (*PROGRESS.values(), *LOOKS.values()) if text.zh not in TEXT] == []
