"""How much room texts take on a terminal."""

from __future__ import annotations

import unicodedata
from functools import cache


def width(text: str) -> int:
    """Columns a text takes on a terminal: wide and full-width characters take two, combining ones none.

    >>> width("矿a")
    3
    """
    if len(text) == 1:
        return _width(text)
    return len(text) if text.isascii() else sum(map(_width, text))


@cache
def _width(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
