"""How a report is to look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """`lang` is "zh" or "en", `columns` the width of a line of text, `color` whether terminal codes are wanted, and
    `limit` how many findings a report meant for reading lists (None: all)."""

    lang: str = "en"
    columns: int = 100
    color: bool = False
    limit: int | None = 500
