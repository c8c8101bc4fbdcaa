"""A raw table as a reader hands it over: columns of cells as they stand in the source, each with its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

import polars as pl

FEW: Final = 100
"""Up to so many cells, looking at each is cheaper than asking Polars a dozen questions about all of them."""


@dataclass(frozen=True)
class RawColumn:
    """A column. `cells` are text, or typed where the source is (Parquet). `address` is the column's letter in a
    spreadsheet, elsewhere its header. `nested` holds the cells that are lists or mappings, by position; they are
    null in `cells`. `readings` are the header's words from the most to the least complete, where it has two rows."""

    header: str
    address: str
    cells: pl.Series
    nested: Mapping[int, object] = field(default_factory=dict)
    readings: tuple[str, ...] = ()

    def take(self, keep: pl.Series) -> RawColumn:
        """The column with the rows at the positions `keep` only."""
        at = {old: new for new, old in enumerate(keep.to_list())} if self.nested else {}
        nested = {at[row]: value for row, value in self.nested.items() if row in at}
        return replace(self, cells=self.cells.gather(keep), nested=nested)

    def after(self, start: int) -> RawColumn:
        """The column from the position `start` on."""
        nested = {row - start: value for row, value in self.nested.items() if row >= start}
        return replace(self, cells=self.cells.slice(start), nested=nested)


@dataclass(frozen=True)
class RawTable:
    """A table. `lines` is the number of each row as a person counts it in the source. A table without `headed` still
    has its header among its rows. `name` is the sheet's, or the word under which the rows stood in the file."""

    columns: tuple[RawColumn, ...]
    lines: pl.Series
    name: str | None = None
    headed: bool = True

    def take(self, keep: pl.Series) -> RawTable:
        """The table with the rows at the positions `keep` only."""
        return replace(self, columns=tuple(each.take(keep) for each in self.columns), lines=self.lines.gather(keep))

    def after(self, start: int) -> RawTable:
        """The table from the position `start` on."""
        return replace(self, columns=tuple(each.after(start) for each in self.columns), lines=self.lines.slice(start))


def from_records(
    rows: Sequence[Mapping[str, object]], lines: Sequence[int] | None = None, name: str | None = None
) -> RawTable:
    """A raw table of plain Python rows, keys being headers; a key a row lacks is an empty cell there."""
    headers = dict.fromkeys(key for row in rows for key in row)
    columns = tuple(_column(header, [row.get(header) for row in rows]) for header in headers)
    numbers = pl.Series("", lines if lines is not None else range(1, len(rows) + 1), pl.Int64)
    return RawTable(columns, numbers, name)


def _column(header: str, values: list[object]) -> RawColumn:
    nested = {row: value for row, value in enumerate(values) if isinstance(value, (list, tuple, dict, set, frozenset))}
    cells = [None if row in nested else as_text(value) for row, value in enumerate(values)]
    return RawColumn(header, header, pl.Series("", cells, pl.String), nested)


def as_text(value: object) -> str | None:
    """A plain Python value as the text a cell would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
