"""Whole columns of keys and references as they are compared; see `identities`."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hegui.characters import CHANGED, as_compared
from hegui.facts.identities import differs
from hegui.facts.table import FEW, RawColumn


def identities(column: RawColumn) -> tuple[RawColumn, list[str]]:
    """A column of keys or references as they are compared, and the texts that were written otherwise."""
    cells = column.cells.cast(pl.String) if column.cells.dtype in (pl.Categorical, pl.Enum) else column.cells
    if isinstance(cells.dtype, pl.List) and cells.dtype.inner in (pl.String, pl.Categorical, pl.Enum):
        return _lists(column, cells.cast(pl.List(pl.String)))
    changed = _changed(cells) if cells.dtype == pl.String else []
    nested = {at: _nested(value) for at, value in column.nested.items() if _holds_other(value)}
    texts = [*(str(cells[row]) for row in changed), *(str(column.nested[at]) for at in nested)]
    if changed:
        cells = cells.clone().scatter(changed, [as_compared(str(cells[row])) for row in changed])
    return (replace(column, cells=cells, nested={**column.nested, **nested}), texts) if texts else (column, [])


def _changed(cells: pl.Series) -> list[int]:
    """Where a text is written otherwise."""
    if len(cells) <= FEW:
        return [row for row, text in enumerate(cells.to_list()) if text is not None and differs(text)]
    if (cells.str.len_bytes() == cells.str.len_chars()).all():
        return []
    rows = cells.to_frame("raw").select(pl.col("raw").str.contains_any(CHANGED).fill_null(False).arg_true()).to_series()
    return [row for row in rows.to_list() if differs(str(cells[row]))]


def _holds_other(value: object) -> bool:
    """Is a text, or one in a list, written otherwise?"""
    if isinstance(value, str):
        return differs(value)
    return isinstance(value, list | tuple) and any(map(_holds_other, value))


def _nested(value: object) -> object:
    if isinstance(value, str):
        return as_compared(value)
    return [_nested(each) for each in value] if isinstance(value, list | tuple) else value


def _lists(column: RawColumn, cells: pl.Series) -> tuple[RawColumn, list[str]]:
    several = cells.to_list()
    changed = [row for row, each in enumerate(several) if _holds_other(each)]
    if not changed:
        return column, []
    for row in changed:
        several[row] = _nested(several[row])
    return replace(column, cells=pl.Series(cells.name, several, cells.dtype)), [
        str(cells[row].to_list()) for row in changed
    ]
