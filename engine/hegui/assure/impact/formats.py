"""Every format an impact is written in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hegui.assure.impact.data import as_json
from hegui.assure.impact.markdown import markdown
from hegui.assure.impact.model import Impact
from hegui.assure.impact.page import html
from hegui.assure.impact.text import text
from hegui.report.look import Look

WRITERS: Final[dict[str, Callable[[Impact, Look], Iterator[str]]]] = {
    "text": text, "markdown": markdown, "json": as_json, "html": html,
}  # fmt: skip
