"""Texts of users as a page may hold them."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """A text without control characters. Marks of direction and joiners stay: the page isolates texts of users."""
    return _CONTROL.sub(lambda found: " " if found[0] in "\t\n\r\u2028\u2029" else "\N{REPLACEMENT CHARACTER}", text)
