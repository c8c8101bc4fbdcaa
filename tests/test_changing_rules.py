"""docs/changing-rules.md: its edits are made to a copy of the shipped rulesets, and what it shows is what is printed then."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hegui.cli import main

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "changing-rules.md"
COMMANDS = {
    "lint": "hegui lint rulesets/banan --as-of 2026-11-26",
    "test": "hegui test rulesets/banan -k scattered-polluters.not-inspected",
    "prove": "hegui prove rulesets/banan --rule 'scattered-polluters.*'",
    "impact": "hegui impact main:rulesets/banan rulesets/banan --facts facts/banan --as-of 2024-03-11",
    "gate": "hegui impact main:rulesets/banan rulesets/banan --facts facts/banan --as-of 2024-03-11"
    " --format markdown=impact.md --max-new 3",
}


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the shipped rulesets as committed, and the edits of the page on top."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(ROOT / "rulesets", folder / "rulesets")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "rules")
    (folder / "facts").symlink_to(ROOT / "facts", target_is_directory=True)
    for number, patch in enumerate(re.findall(r"```diff\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)):
        (folder / f"{number}.patch").write_text(patch, "utf-8")
        git(folder, "apply", "--unidiff-zero", f"{number}.patch")
    return folder


def run(command: str) -> Result:
    return CliRunner().invoke(main, shlex.split(command)[1:], env={"HEGUI_LANG": None, "COLUMNS": "90"})


def test_what_the_page_shows_is_what_is_printed(edited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(edited)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    text = fresh = PAGE.read_text("utf-8")
    for name, command in COMMANDS.items():
        done = run(command)
        assert done.exit_code == (name in ("test", "gate")), done.output
        printed = re.sub(r"sha256:[0-9a-f]{12}", "sha256:…", done.stdout)  # of other files of the ruleset too
        ended = "$ echo $?\n1\n" if name == "gate" else ""
        shown = f"<!-- {name} -->\n```console\n$ {command}\n{printed}{ended}```"
        fresh, count = re.subn(rf"<!-- {name} -->\n```console\n.*?```", lambda _: shown, fresh, flags=re.DOTALL)  # noqa: B023
        assert count == 1
    if os.environ.get("HEGUI_GOLDEN") == "write":
        PAGE.write_text(fresh, "utf-8", newline="\n")
        text = fresh
    assert text == fresh
    assert "newly violating" in (edited / "impact.md").read_text("utf-8")
