"""The container of an XLS file, looked over before a library follows it: a damaged one leads in circles.

Layout after [MS-CFB], Compound File Binary File Format: a header, sectors, and a table (FAT) that says for each sector
which comes next.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER: Final = 512
_LAST: Final = 0xFFFFFFFA
"""Sector numbers from here on have meanings of their own: end of chain, free, part of a table."""
_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5
_CUTOFF: Final = 4096
"""Streams of fewer bytes stand in small sectors."""


def is_whole(data: bytes) -> bool:
    """Does every chain of sectors that the container names end, inside the file, and hold as much as it says?"""
    if len(data) < _HEADER or not data.startswith(MAGIC):
        return False
    try:
        return _Container(data).sound()
    except (struct.error, IndexError):
        return False


def streams(data: bytes, names: Collection[str]) -> Iterator[bytes]:
    """What a container that is whole holds under some names, whatever it says that is and in any case of letters; without what is
    so short that it stands in small sectors.

    >>> list(streams(b"", ["Workbook"]))
    []
    """
    if data.startswith(MAGIC):
        yield from _Container(data).streams({name.lower() for name in names})


class _Container:
    """A compound file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        self.size: int = 1 << (shift & 15)
        self.small: int = 1 << (small_shift & 15)
        self.tables, self.directory = struct.unpack_from("<II", data, 44)
        self.cutoff, self.small_table, _, self.more, self.more_count = struct.unpack_from("<IIIII", data, 56)

    def sound(self) -> bool:
        if self.size not in (512, 4096) or self.small != 64 or self.cutoff != _CUTOFF:
            return False
        if self.tables * self.size > len(self.data) + self.size:
            return False
        table = [number for sector in self.table_sectors() for number in self.numbers(sector)]
        directory = chain(self.directory, table)
        if not directory or any(self.at(sector) + self.size > len(self.data) for sector in directory):
            return False
        small = [number for sector in chain(self.small_table, table) or [] for number in self.numbers(sector)]
        return all(self.entry_sound(entry, table, small) for entry in self.entries(directory))

    def entries(self, directory: list[int]) -> Iterator[bytes]:
        whole = self.joined(directory)
        return (whole[at : at + _ENTRY] for at in range(0, len(whole), _ENTRY))

    def joined(self, sectors: list[int]) -> bytes:
        return b"".join(self.data[self.at(sector) : self.at(sector) + self.size] for sector in sectors)

    def streams(self, names: Collection[str]) -> Iterator[bytes]:
        table = [number for sector in self.table_sectors() for number in self.numbers(sector)]
        for entry in self.entries(chain(self.directory, table) or []):
            called = entry[:64].decode("utf-16-le", "replace").partition("\0")[0]
            start, length = struct.unpack_from("<II", entry, 116)
            if called.lower() in names and length >= _CUTOFF:
                yield self.joined(chain(start, table) or [])[:length]

    def at(self, sector: int) -> int:
        return (sector + 1) * self.size

    def numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack_from(f"<{self.size // 4}I", self.data, self.at(sector))

    def table_sectors(self) -> list[int]:
        """Where the FAT stands: up to 109 sectors are named in the header, the others in a list of sectors."""
        sectors = list(struct.unpack_from("<109I", self.data, 76))
        following = self.more
        for _ in range(min(self.more_count, self.tables)):
            *named, following = self.numbers(following)
            sectors += named
        return sectors[: self.tables]

    def entry_sound(self, entry: bytes, table: list[int], small: list[int]) -> bool:
        """Does the stream of a directory entry have the sectors that its length takes?"""
        kind = entry[66]
        start, length = struct.unpack_from("<II", entry, 116)
        if kind not in (_STREAM, _ROOT) or not length:
            return True
        mini = kind == _STREAM and length < self.cutoff
        found = chain(start, small if mini else table)
        last_fits = mini or all(self.at(sector) < len(self.data) for sector in found or ())
        return found is not None and last_fits and len(found) * (self.small if mini else self.size) >= length


def chain(start: int, table: list[int]) -> list[int] | None:
    """The sectors from `start` on; None where they leave the table or come round again."""
    found: list[int] = []
    while start < _LAST:
        if start >= len(table) or len(found) > len(table):
            return None
        found.append(start)
        start = table[start]
    return found
