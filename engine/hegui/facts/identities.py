"""Keys and references as they are compared: what cannot be seen in one, or is only wider, makes no other entity of it.

Nothing else is changed: brackets and other punctuation stay as wide as they are, and so do the joiners that some scripts need.
"""

from __future__ import annotations

from hegui.characters import SPACES, UNSEEN, as_compared
from hegui.facts.words import BLANKS
from hegui.vocabulary import Field


def shown(text: str) -> str:
    """A text with what cannot be seen in it by number."""
    return "".join(f"<U+{ord(char):04X}>" if char in UNSEEN or char in SPACES else char for char in text)


def differs(text: str) -> bool:
    """Is a key or reference written otherwise? Blanks around it are no news."""
    return not text.isascii() and as_compared(text).strip(BLANKS) != text.strip(BLANKS)


def names_rows(name: str, field: Field, key: tuple[str, ...]) -> bool:
    """Does a field say which row is meant: is it of the key or a reference?"""
    type_ = field.type.element or field.type
    return type_.name == "ref" or (name in key and type_.name == "string")
