"""The Python of the pages for programmers runs, and prints what they show (HEGUI_GOLDEN=write writes it anew)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


PAGES = {"embedding.md": 2, "library.md": 4, "sessions.md": 3}
"""The pages, with how many blocks they have that print something."""


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_is_printed(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    path = ROOT / "docs" / page
    text = path.read_text(encoding="utf-8")
    names: dict[str, Any] = {}

    def block(match: re.Match[str]) -> str:
        exec(compile(match[1], path.name, "exec"), names)
        return f"```python\n{match[1]}```\n\n```text\n{capsys.readouterr().out}```"

    fresh = BLOCK.sub(block, text)
    assert len(BLOCK.findall(text)) == PAGES[page]
    if os.environ.get("HEGUI_GOLDEN") == "write":
        path.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == path.read_text(encoding="utf-8")
