"""Every command in the READMEs runs, and what they show is what is printed (HEGUI_GOLDEN=write writes it anew)."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import shipped_kit
from click.testing import CliRunner

from hegui.cli import main

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.zh.md", "facts/banan/README.md", "examples/quickstart/README.md")
SHOWN = re.compile(r"```console\n\$ (hegui [^\n]*)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^ *(?:\$ )?(hegui [a-z].*)$", re.MULTILINE)
FENCED = re.compile(r"```(?:sh|console)\n(.*?)```|^    (hegui .*)$", re.DOTALL | re.MULTILINE)
QUIET = re.compile(r" (?:-o|--book|lint) | (?:docx|html|json|markdown|notice|xlsx)=")
"""Commands that write files, or have nothing to say."""
FINDS = {"check": (0, 1)}
"""Exit codes a command may have; 0 for all others."""


def commands() -> Iterator[tuple[str, str]]:
    """Every page with its commands."""
    for page in PAGES:
        for fenced in FENCED.finditer((ROOT / page).read_text(encoding="utf-8")):
            for command in COMMAND.findall(fenced[0]):
                yield page, command


def run(command: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    arguments = shlex.split(command, comments=True)[1:]
    result = CliRunner().invoke(main, arguments, env={"HEGUI_LANG": None, "COLUMNS": "80", "SOURCE_DATE_EPOCH": "0"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages' commands are run: the project's data, and a place to write."""
    made = tmp_path_factory.mktemp("newcomer")
    for name in ("facts", "rulesets", "examples"):
        (made / name).symlink_to(ROOT / name, target_is_directory=True)
    return made


@pytest.mark.parametrize(("command", "page"), {command: page for page, command in commands()}.items())
def test_a_command_runs(page: str, command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    code, printed = run(command)
    assert code in FINDS.get(shlex.split(command)[1], (0,)), printed
    assert printed or QUIET.search(command)


def test_the_pages_have_commands() -> None:
    assert {page for page, _ in commands()} == set(PAGES)


def test_what_the_readme_shows_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")

    def block(match: re.Match[str]) -> str:
        printed = re.sub(r"hegui (?:unknown|\d[\w.]*)$", "hegui 0.1.0", run(match[1])[1], flags=re.MULTILINE)
        return f"```console\n$ {match[1]}\n{printed}```"

    fresh = SHOWN.sub(block, text)
    if os.environ.get("HEGUI_GOLDEN") == "write":
        path.write_text(fresh, encoding="utf-8", newline="\n")
    assert len(SHOWN.findall(text)) == 2
    assert fresh == path.read_text(encoding="utf-8")


def test_the_python_in_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("violation") == 3


def test_the_rule_and_the_rows_in_the_readme_are_the_files() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    quickstart = ROOT / "examples" / "quickstart"
    assert (quickstart / "rules" / "tested-too-lightly.yaml").read_text(encoding="utf-8") in text
    assert (quickstart / "lifts.csv").read_text(encoding="utf-8") in text


def test_the_pages_count_rules_and_conclusions() -> None:
    found = shipped_kit.loaded(shipped_kit.FOLDER)
    counts = {"rules": f"{len(found.rules)} rules", "conclusions": f"{len(found.conclusions)} conclusions"}
    for page in ("README.md", "CHANGELOG.md"):
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert {name for name, words in counts.items() if words not in text} == set(), page
    zh = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    assert f"{len(found.rules)} 条规则、{len(found.conclusions)} 项结论" in zh
