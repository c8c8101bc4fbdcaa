"""Characters of users: those that would do harm in a message, halves of the pairs that JSON writes some characters as (lone
surrogates), which no file takes, and ends of lines; and those that make no other key of one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

_IGNORED: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
UNSEEN: Final = "".join(
    chr(code)
    for first, last in re.findall("(.)(?:-(.))?", _IGNORED)
    for code in range(ord(first), ord(last or first) + 1)
)
"""Soft hyphens, letters and spaces without width, marks of direction, tags, and what chooses between forms of a character: what
Unicode says is not to be shown (`Default_Ignorable_Code_Point`), but for the joiners and Mongolian forms that writing needs, and for
what is kept free behind U+E01EF."""
_WIDE: Final = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))) + "－．／＿"
"""Digits, letters, and the signs that part them."""
SPACES: Final = "\u00a0\u2007\u202f\u2800\u3000"
_TABLE: Final[Mapping[int, str]] = {
    **{ord(char): "" for char in UNSEEN},
    **{ord(char): chr(ord(char) - 0xFEE0) for char in _WIDE},
    **{ord(char): " " for char in SPACES},
}
CHANGED: Final = [*UNSEEN, *_WIDE, *SPACES]
"""What is changed or left out."""
_ANY: Final = re.compile(f"[{''.join(CHANGED)}]")


def escaped(text: str) -> str:
    r"""A text with such halves as escapes.

    >>> escaped("a\ud800")
    'a\\ud800'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def writable(text: str) -> bool:
    """Is a text without them?"""
    return escaped(text) == text


def on_one_line(value: object) -> object:
    """A text or path without line ends; all else as it is. A line that began with a user's words could be a command to whatever
    reads the messages, as CI systems do.

    >>> on_one_line("a\\n::error::b"), on_one_line(3)
    ('a ::error::b', 3)
    """
    return " ".join(str(value).splitlines()) if isinstance(value, str | os.PathLike) else value


def as_compared(text: str) -> str:
    """A key or reference as it is compared.

    >>> as_compared("Ｍ－００１"), as_compared("M\\u200b1"), as_compared("渝（２０２４）1号")
    ('M-001', 'M1', '渝（2024）1号')
    """
    # a text of Chinese is far sooner looked through than translated
    return text if text.isascii() or _ANY.search(text) is None else text.translate(_TABLE)
