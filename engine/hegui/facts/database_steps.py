"""What a statement of SQLite is let do: so many steps, and so many bytes; and it ends when a signal asks for that."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from typing import Final

from hegui import limits
from hegui.facts.database_faults import BYTES, ENDLESS, ROWS
from hegui.source import Wording

EVERY: Final = 1_000_000
"""Steps of SQLite's machine between two looks: a hundredth of a second or a few."""
VALUE: Final = 16
"""Bytes that a value is counted for, whatever it is; those of a text come on top."""


class TooMuch(Exception):
    """A statement takes or gives more than it may: what is said of it, and how much that is."""

    def __init__(self, wording: Wording, limit: int) -> None:
        super().__init__(wording.id, limit)
        self.wording, self.limit = wording, limit


class Watch:
    """A look at a connection's statement every so many steps, and at each text it gives. `beyond` is what the last one took too
    much of, `broke` what a signal raised meanwhile."""

    def __init__(self) -> None:
        self.looks, self.rows, self.taken = 0, 0, 0
        self.beyond: TooMuch | None = None
        self.broke: BaseException | None = None
        self.every = min(EVERY, int(limits.SQLITE_STEPS))
        self.most = sys.maxsize

    def over(self, connection: sqlite3.Connection, size: int) -> None:
        """Watch what a connection to a file of `size` bytes does from now on."""
        self.most = max(int(limits.SQLITE_BYTES), limits.SQLITE_RATIO * size)
        # no function: what signals raise is raised before the first line of one, where nothing in it could catch it
        look = self._looking()
        next(look)
        connection.set_progress_handler(look.__next__, self.every)
        connection.text_factory = self.text

    def begin(self) -> None:
        """A new statement is begun."""
        self.looks, self.rows, self.taken, self.beyond = 0, 0, 0, None

    def text(self, raw: bytes) -> str | bytes:
        """A text, or the bytes of one that is none.

        Raises:
            TooMuch: there were too many.
        """
        self.count(len(raw))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw

    def count_rows(self, rows: int, columns: int) -> None:
        """So many rows more were taken, of so many columns.

        Raises:
            TooMuch: there were too many.
        """
        self.rows += rows
        if self.rows > limits.TABLE_ROWS:
            raise TooMuch(ROWS, limits.TABLE_ROWS)
        self.count(rows * columns * VALUE)

    def count(self, taken: int) -> None:
        """So many bytes more were taken.

        Raises:
            TooMuch: they are too many.
        """
        self.taken += taken
        if self.taken > self.most:
            raise TooMuch(BYTES, self.most)

    def end(self) -> None:
        """Raise what broke the last statement off, if a signal did."""
        broke, self.broke = self.broke, None
        if broke is not None:
            raise broke

    def _looking(self) -> Iterator[bool]:
        """Is the statement to be broken off, look by look?"""
        while True:
            try:
                yield self.beyond is not None or self.broke is not None
                self.looks += 1
                if self.looks * self.every > limits.SQLITE_STEPS:
                    self.beyond = TooMuch(ENDLESS, limits.SQLITE_STEPS)
            except GeneratorExit:
                raise
            except BaseException as error:  # whatever the handler of a signal raises
                self.broke = error
