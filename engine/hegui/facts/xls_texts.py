"""How much the texts in the cells of an XLS file come to: one that many cells share is written once and held for each of them.

Layout after [MS-XLS], Excel Binary File Format: a stream of records, of which `SST` holds the shared texts and each `LabelSst`
names one of them by its number. Older ones (`Book`) have each text in its cell, and so are as large as their texts.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from typing import Final

_SST, _CONTINUE, _CELL = 0x00FC, 0x003C, 0x00FD
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
    sizes = _sizes(_shared(stream))
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


def _shared(stream: bytes) -> list[bytes]:
    """The pieces that the shared texts are written in."""
    pieces: list[bytes] = []
    for kind, at, size in _records(stream):
        if kind == _SST or (pieces and kind == _CONTINUE):
            pieces.append(stream[at : at + size])
        elif pieces:
            break
    return pieces


def _sizes(pieces: list[bytes]) -> list[int]:
    """At most so many bytes has each shared text."""
    if not pieces:
        return []
    reader = _Pieces(pieces)
    _, count = struct.unpack("<II", reader.take(8))
    found: list[int] = []
    while len(found) < count and not reader.ended():
        characters, marks = struct.unpack("<HB", reader.take(3))
        runs = struct.unpack("<H", reader.take(2))[0] if marks & _RICH else 0
        extended = struct.unpack("<I", reader.take(4))[0] if marks & _EXTENDED else 0
        reader.skip_text(characters, marks & _WIDE)
        reader.skip(4 * runs + extended)
        found.append(characters * _ENCODED)
    return found


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
