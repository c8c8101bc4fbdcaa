"""The findings that stood in a folder before others took their place, kept until the document that names them is replaced too.

Findings and the run document that names them are two things on disk. Between the one and the other being replaced, and
where a process is killed there, the document before still finds its own: by their mark, beside the folder.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from hegui import intake
from hegui.files import clear, clear_formers, formers, put_aside, put_back

MARK: Final = "#run.parquet"
"""What tells in a folder of findings whose they are."""


class Former:
    """What `target` held before the folder `part` took its place, at once.

    It goes with this object, or when the process ends, unless it is on `hold`; then `name` says that a document names the
    new ones, and the former may go.

    Raises:
        OSError: `part` cannot take that place.
    """

    def __init__(self, part: Path, target: Path) -> None:
        self.target, self.number, self.named = target, number_of(part), False
        self.at = put_aside(part, target)
        self._end = weakref.finalize(self, clear_formers, target, self.at)

    def hold(self) -> None:
        """Nothing is to go before a document is in its place."""
        self._end.detach()

    def name(self, last: bool) -> None:
        """A document of the new findings is in its place; the `last` that is to be."""
        self.named = True
        if last:
            clear_formers(self.target, self.at)
            self.at = None

    def back(self, documents: Collection[Path]) -> None:
        """None of the `documents` of the new findings came to be: the former come back. If that fails they stay where they are,
        and are found there. So they do where another process has put others into their place, unless these are the same, or
        what was to be replaced no longer names them."""
        if self.at is None or self.named:
            return
        mark = mark_in(self.at)
        if number_of(self.target) == self.number:
            with suppress(OSError):
                put_back(self.at, self.target)
        elif mark == mark_in(self.target) or (documents and not any(is_named(mark, each) for each in documents)):
            clear(self.at)
        self.at = None

    def unnamed(self) -> None:
        """No document is to name the new findings, so they lose their mark; the former stay if one may name them: without a mark
        none does."""
        self._end.detach()
        with suppress(OSError):
            _lose_mark(self.target, self.number)
        if self.at is not None and mark_in(self.at) is None:
            clear(self.at)
        self.at = None


def _lose_mark(folder: Path, number: int | None) -> None:
    """Remove the mark of a folder that is still the one of this number, wherever another process puts its own meanwhile.

    Raises:
        OSError: it cannot be removed.
    """
    if os.unlink not in os.supports_dir_fd:
        if number_of(folder) == number:
            (folder / MARK).unlink()
        return
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if os.fstat(held).st_ino == number:
            os.unlink(MARK, dir_fd=held)
    finally:
        os.close(held)


def number_of(folder: Path) -> int | None:
    """By which the file system tells a folder from another of the same name; None where it is gone."""
    try:
        return folder.stat().st_ino
    except OSError:
        return None


def mark_in(folder: Path) -> str | None:
    """The mark of the run whose findings stand in a folder; None where it says none."""
    import polars as pl

    try:
        (mark,) = pl.read_parquet(folder / MARK, glob=False)["run"].to_list()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        return None
    return mark if isinstance(mark, str) else None


def is_named(mark: str | None, document: Path) -> bool:
    """Does a run document on the disk name findings of this mark?"""
    try:
        return mark is not None and mark.encode() in intake.bytes_of(document)
    except OSError:
        return False


def former_of(folder: Path, mark: str) -> Path | None:
    """Where the findings of a run are whose place others have taken, if they are still there."""
    return next((each for each in formers(folder) if mark_in(each) == mark), None)
