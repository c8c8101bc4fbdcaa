"""Files that were read before and are still as they were: they need not be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hegui.facts.decode import Reading
from hegui.facts.table import RawTable

Stamp = tuple[int, int, int]
"""When a file was last changed, how long it is, and which file it is."""


def stamp(path: Path) -> Stamp | None:
    """How a file stands; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass
class Known:
    """The tables of files as they were read, with the stamps they had before that. Files that are read block by block are
    not among them: nothing of theirs is held."""

    stamps: dict[Path, Stamp | None] = field(default_factory=dict)
    digests: dict[Path, str] = field(default_factory=dict)
    tables: dict[Reading, list[RawTable]] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget the files that are not as they were."""
        gone = {path for path, known in self.stamps.items() if known is None or stamp(path) != known}
        self.tables = {reading: each for reading, each in self.tables.items() if reading.path not in gone}
        self.digests = {path: each for path, each in self.digests.items() if path not in gone}
        self.stamps = {path: each for path, each in self.stamps.items() if path not in gone}

    def about_to_read(self, path: Path) -> None:
        """Note how a file stands before it is read: what changes meanwhile has another stamp."""
        self.stamps.setdefault(path, stamp(path))

    def take(self, tables: Mapping[Reading, list[RawTable]], digests: Mapping[Path, str]) -> None:
        """Keep what was read."""
        self.digests = dict(digests)
        self.tables = {at: each for at, each in tables.items() if not any(table.more for table in each)}
