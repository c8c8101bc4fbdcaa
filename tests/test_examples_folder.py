"""The examples for developers run, and print what their pages show (HEGUI_GOLDEN=write writes it anew)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
SHOWN = re.compile(r"(?<=^```console\n)\$ python (\S+)\n(.*?)(?=^```)", re.MULTILINE | re.DOTALL)
MOST_LINES = 40


def printed(script: str, *arguments: object) -> str:
    """What a script prints, run from the project's folder as its page says."""
    command = [sys.executable, script, *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_quick_start_prints_what_its_pages_show(tmp_path: Path) -> None:
    told = printed("examples/quickstart/check.py", tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"lifts.xlsx", "lifts.html"}
    for page in ("README.md", "README.zh.md"):
        path = EXAMPLES / "quickstart" / page
        text = path.read_text("utf-8")
        assert [match[1] for match in SHOWN.finditer(text)] == ["examples/quickstart/check.py"]
        fresh = SHOWN.sub(lambda match: f"$ python {match[1]}\n{told}", text)
        if os.environ.get("HEGUI_GOLDEN") == "write":
            path.write_text(fresh, "utf-8", newline="\n")
        assert fresh == path.read_text("utf-8")


def test_pages_are_short_and_their_links_lead_somewhere() -> None:
    for page in EXAMPLES.glob("*/README*.md"):
        text = page.read_text("utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / link).exists(), f"{page}: {link}"
    for name in ("quickstart", "notebook", "fastapi"):
        for page in (EXAMPLES / name).glob("README*.md"):
            assert len(page.read_text("utf-8").splitlines()) <= MOST_LINES, page


def test_each_example_is_in_the_index() -> None:
    index = (EXAMPLES / "README.md").read_text("utf-8")
    folders = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    assert set(folders) <= set(re.findall(r"^\| \[(\w+)\]", index, re.MULTILINE))
