"""What a statement of SQLite is let do: so many steps, and it ends when a signal asks for that."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from hegui import limits

EVERY: Final = 1_000_000
"""Steps of SQLite's machine between two looks: a hundredth of a second or a few."""


class Watch:
    """A look at a connection's statement every so many steps. `beyond` says that the last one took more than it may, `broke`
    has what a signal raised meanwhile."""

    def __init__(self) -> None:
        self.looks, self.beyond = 0, False
        self.broke: BaseException | None = None
        self.every = min(EVERY, int(limits.SQLITE_STEPS))

    def over(self, connection: sqlite3.Connection) -> None:
        """Watch what a connection does from now on."""
        # no function: what signals raise is raised before the first line of one, where nothing in it could catch it
        look = self._looking()
        next(look)
        connection.set_progress_handler(look.__next__, self.every)

    def begin(self) -> None:
        """A new statement is begun."""
        self.looks, self.beyond = 0, False

    def end(self) -> None:
        """Raise what broke the last statement off, if a signal did."""
        broke, self.broke = self.broke, None
        if broke is not None:
            raise broke

    def _looking(self) -> Iterator[bool]:
        """Is the statement to be broken off, look by look?"""
        while True:
            try:
                yield self.beyond or self.broke is not None
                self.looks += 1
                self.beyond = self.looks * self.every > limits.SQLITE_STEPS
            except GeneratorExit:
                raise
            except BaseException as error:  # whatever the handler of a signal raises
                self.broke = error
