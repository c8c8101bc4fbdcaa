"""Comparing output with the files under tests/golden/. With HEGUI_GOLDEN=write they are written anew; look at the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def same_as(name: str, text: str) -> None:
    """Fail unless `text` is what the golden file holds."""
    path = FOLDER / name
    if os.environ.get("HEGUI_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
