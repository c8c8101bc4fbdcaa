"""The texts that cells of a workbook share: how long each is, and what they come to wherever one is used. The library gives each
cell a text of its own, so that a small file may stand for a very large table."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

_ITEM: Final = re.compile(rb"<(?:\w{1,20}:)?si(?=[\s/>])")
_USES: Final = re.compile(rb't="s"[^<>]{0,200}+>\s*+<v>(\d{1,9})</v>')
_SHARED: Final = re.compile(rb"\bt\s*+=\s*+[\"'](?!(?:n|b|e|d|str|inlineStr|shared|array|dataTable|normal)\")")
"""What may say that a cell's text is a shared one, however it is written."""


_PLAIN: Final = b"><t>"
_TAGS: Final = len(b"><t></t></si>")
"""Bytes of a plain text that are none of its own."""


@dataclass
class Shared:
    """The sizes of shared texts in bytes, as they are written: what they come to is no more."""

    sizes: array[int] = field(default_factory=lambda: array("I"))
    _open: int = 0

    def add(self, text: bytes) -> None:
        """Go on with a piece of the part they stand in, that begins and ends with whole tags."""
        first, *items = _items(text)
        self._open += len(first)
        if not items:
            return
        self.sizes.append(self._open)
        found = [size - _TAGS if (size := len(item)) >= _TAGS and item.startswith(_PLAIN) else size for item in items]
        self._open = found.pop()
        self.sizes.extend(found)

    def finished(self) -> array[int]:
        """All of them; what stands before the first is none."""
        self.sizes.append(self._open)
        return self.sizes[1:]


def _items(text: bytes) -> list[bytes]:
    """What stands between the beginnings of texts. As programs write these, they are found at once."""
    if b":si" not in text and text.count(b"<si") == text.count(b"<si>"):
        return text.split(b"<si")
    return _ITEM.split(text)


def widest(several: Sequence[array[int]]) -> array[int]:
    """The sizes of the texts of several parts, of which one is read."""
    if len(several) == 1:
        return several[0]
    return array("I", (max(sizes) for sizes in zip_longest(*several, fillvalue=0)))


def used(text: bytes, begin: int, sizes: array[int], longest: int) -> int:
    """What the shared texts that cells use in a piece of a sheet come to, in bytes; at most the longest for each that is not
    written as programs do."""
    numbers = [int(each) for each in _USES.findall(text, begin)]
    odd = len(_SHARED.findall(text, begin)) - len(numbers)
    return sum(sizes[each] if each < len(sizes) else longest for each in numbers) + max(odd, 0) * longest
