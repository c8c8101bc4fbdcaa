"""Keys and references as they are compared: what cannot be seen in one, or is only wider, makes no other entity of it.

Nothing else is changed: brackets and other punctuation stay as wide as they are, and so do the joiners that some scripts need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hegui.facts.words import BLANKS
from hegui.vocabulary import Field

UNSEEN: Final = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
"""Soft hyphens, spaces without width and marks of direction."""
_WIDE: Final = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))) + "－．／＿"
"""Digits, letters, and the signs that part them."""
_SPACES: Final = "\u00a0\u2007\u202f\u3000"
_TABLE: Final[Mapping[int, str]] = {
    **{ord(char): "" for char in UNSEEN},
    **{ord(char): chr(ord(char) - 0xFEE0) for char in _WIDE},
    **{ord(char): " " for char in _SPACES},
}
CHANGED: Final = [*UNSEEN, *_WIDE, *_SPACES]
"""What is changed or left out."""


def as_compared(text: str) -> str:
    """A key or reference as it is compared.

    >>> as_compared("Ｍ－００１"), as_compared("M\\u200b1"), as_compared("渝（２０２４）1号")
    ('M-001', 'M1', '渝（2024）1号')
    """
    return text if text.isascii() else text.translate(_TABLE)


def shown(text: str) -> str:
    """A text with what cannot be seen in it by number."""
    return "".join(f"<U+{ord(char):04X}>" if char in UNSEEN or char in _SPACES else char for char in text)


def differs(text: str) -> bool:
    """Is a key or reference written otherwise? Blanks around it are no news."""
    return not text.isascii() and as_compared(text).strip(BLANKS) != text.strip(BLANKS)


def names_rows(name: str, field: Field, key: tuple[str, ...]) -> bool:
    """Does a field say which row is meant: is it of the key or a reference?"""
    type_ = field.type.element or field.type
    return type_.name == "ref" or (name in key and type_.name == "string")
