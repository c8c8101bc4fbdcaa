"""Texts of users as a report may hold them: without control characters, on one line, and keeping their direction to
themselves."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_BREAKS: Final = "\t\n\r\u2028\u2029"
_TURNING: Final = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters written from right to left, and marks that turn what stands behind them."""
_ISOLATES: Final = "\u2066\u2067\u2068"
_END: Final = "\u2069"


def plain(text: str) -> str:
    """A text without control characters. Marks of direction and joiners stay: the page isolates texts of users."""
    return _CONTROL.sub(lambda found: " " if found[0] in _BREAKS else "\N{REPLACEMENT CHARACTER}", text)


def isolated(text: str) -> str:
    """A text that may turn the direction of others, kept from doing so: what it opens is closed, what it closes of others is
    left out.

    >>> isolated("青石")
    '青石'
    >>> isolated("a\\u202eb\\u2069")
    '\\u2068a\\u202eb\\u2069'
    """
    if _TURNING.search(text) is None:
        return text
    told, depth = [], 0
    for char in text:
        if char == _END and not depth:
            continue
        depth += (char in _ISOLATES) - (char == _END)
        told.append(char)
    return f"\u2068{''.join(told)}{_END * depth}{_END}"


def line(text: str, most: int | None = None) -> str:
    """A text as one line that is safe beside others, cut to `most` characters.

    >>> line("a\\nb"), line("abcdef", 3)
    ('a b', 'ab…')
    """
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    return isolated(plain(text))
