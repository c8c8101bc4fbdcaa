"""The texts that cells of a workbook share: how long each is, and what they come to wherever one is used. The library gives each
cell a text of its own, so that a small file may stand for a very large table."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
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
        first, *items = _ITEM.split(text)
        self._open += len(first)
        for item in items:
            self._close()
            self._open = max(len(item) - (_TAGS if item.startswith(_PLAIN) else 0), 0)

    def _close(self) -> None:
        self.sizes.append(self._open)

    def finished(self) -> array[int]:
        """All of them; what stands before the first is none."""
        self._close()
        return self.sizes[1:]


def widest(several: Iterable[array[int]]) -> array[int]:
    """The sizes of the texts of several parts, of which one is read."""
    return array("I", (max(sizes) for sizes in zip_longest(*several, fillvalue=0)))


def used(text: bytes, begin: int, sizes: array[int], longest: int) -> int:
    """What the shared texts that cells use in a piece of a sheet come to, in bytes; at most the longest for each that is not
    written as programs do."""
    numbers = [int(each) for each in _USES.findall(text, begin)]
    odd = len(_SHARED.findall(text, begin)) - len(numbers)
    return sum(sizes[each] if each < len(sizes) else longest for each in numbers) + max(odd, 0) * longest
