"""How much the texts in the cells of an XLS file come to: one that many cells share is written once and held for each of them.

Layout after [MS-XLS], Excel Binary File Format: a stream of records, of which `SST` holds the shared texts and each `LabelSst`
names one of them by its number. What says how many there are is not relied on. Before Excel 97 each text stood in its cell.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

NAMES: Final = ("Workbook", "Book")
"""The streams that may hold a workbook."""
_SST, _CONTINUE, _CELL, _PASSWORD = 0x00FC, 0x003C, 0x00FD, 0x002F
_CELL_BYTES: Final = 14
"""Bytes of a record that names a shared text."""
_WIDE, _EXTENDED, _RICH = 1, 4, 8
"""Marks of a text: two bytes for each character, and what follows its characters."""
_ENCODED: Final = 3
"""Bytes that a character of two takes at most once it is UTF-8."""


def texts_in_cells(stream: bytes, most: int) -> int:
    """The bytes of the texts in all cells of a workbook's stream; where that is plain to see, only that they are no more than
    `most`.

    Raises:
        struct.error, IndexError: the shared texts end before they should.
    """
    tables = [_sizes(pieces) for pieces in _shared(stream)]
    sizes = [max(each) for each in zip_longest(*tables, fillvalue=0)]
    if len(stream) // _CELL_BYTES * max(sizes, default=0) <= most:
        return 0
    used = Counter(
        struct.unpack_from("<I", stream, at + 6)[0]
        for kind, at, size in _records(stream)
        if kind == _CELL and size >= 10
    )
    return sum(sizes[number] * times for number, times in used.items() if number < len(sizes))


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record's kind, where its content begins, and how long that is."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, size
        at += 4 + size


def is_locked(stream: bytes) -> bool:
    """Are a workbook's records encrypted with more than a mask?"""
    return any(kind == _PASSWORD and stream[at : at + 2] not in (b"", b"\0\0") for kind, at, _ in _records(stream))


def _shared(stream: bytes) -> list[list[bytes]]:
    """The pieces that the shared texts are written in, of each table of them."""
    tables: list[list[bytes]] = []
    inside = False
    for kind, at, size in _records(stream):
        inside = kind == _SST or (inside and kind == _CONTINUE)
        if kind == _SST:
            tables.append([])
        if inside:
            tables[-1].append(stream[at : at + size])
    return tables


def _sizes(pieces: list[bytes]) -> list[int]:
    """At most so many bytes has each shared text."""
    reader = _Pieces(pieces)
    _, count = struct.unpack("<II", reader.take(8))
    found: list[int] = []
    while not reader.ended():
        try:
            found.append(_size(reader))
        except (struct.error, IndexError):
            if len(found) >= count:  # what fills the last piece up is no text
                break
            raise
    return found


def _size(reader: _Pieces) -> int:
    characters, marks = struct.unpack("<HB", reader.take(3))
    runs = struct.unpack("<H", reader.take(2))[0] if marks & _RICH else 0
    extended = struct.unpack("<I", reader.take(4))[0] if marks & _EXTENDED else 0
    reader.skip_text(characters, marks & _WIDE)
    reader.skip(4 * runs + extended)
    return int(characters) * _ENCODED


class _Pieces:
    """A place in pieces that follow each other. Where a text goes on in the next one, that begins with its marks anew."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces, self.number, self.at = pieces, 0, 0

    def ended(self) -> bool:
        while self.number < len(self.pieces) and self.at >= len(self.pieces[self.number]):
            self.number, self.at = self.number + 1, 0
        return self.number == len(self.pieces)

    def take(self, count: int) -> bytes:
        found = b""
        while len(found) < count and not self.ended():
            piece = self.pieces[self.number][self.at : self.at + count - len(found)]
            found, self.at = found + piece, self.at + len(piece)
        return found

    def skip(self, count: int) -> None:
        while count and not self.ended():
            step = min(count, len(self.pieces[self.number]) - self.at)
            count, self.at = count - step, self.at + step

    def skip_text(self, characters: int, wide: int) -> None:
        while characters:
            step = min(characters, (len(self.pieces[self.number]) - self.at) >> wide)
            characters, self.at = characters - step, self.at + (step << wide)
            if characters:
                self.number, self.at = self.number + 1, 1
                wide = self.pieces[self.number][0] & _WIDE
