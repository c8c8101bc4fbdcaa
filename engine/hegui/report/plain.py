"""Texts of users as a report may hold them: without control characters, on one line, and keeping their direction to
themselves."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_BREAKS: Final = "\t\n\r\u2028\u2029"
_TURNING: Final = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters written from right to left, and marks that turn what stands behind them."""
_UNSEEN: Final = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Characters that only say how others are to be shown (Unicode's category Cf)."""
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


def referred(xml: str) -> str:
    """XML with references to the characters that are not seen themselves and change how others are: to a program they are
    the same, and on a terminal they do nothing.

    >>> referred("a\\u202eb")
    'a&#x202e;b'
    """
    return _UNSEEN.sub(lambda found: f"&#x{ord(found[0]):x};", xml)


def line(text: str, most: int | None = None) -> str:
    """A text as one line that is safe beside others, cut to `most` characters.

    >>> line("a\\nb"), line("abcdef", 3)
    ('a b', 'ab…')
    """
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    return isolated(plain(text))
