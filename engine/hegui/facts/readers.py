"""The table of readers: one function per suffix. Each gives the raw tables of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Final

import polars as pl

from hegui import extending, limits
from hegui.extending import Plugin
from hegui.facts.decode import Reading, read_bytes, size_of, unusable
from hegui.facts.delimited import read_csv
from hegui.facts.panics import Panicked, panics_caught
from hegui.facts.records import read_json, read_json_lines, read_yaml_rows
from hegui.facts.table import RawColumn, RawTable, on_the_calendar, refuse_wide
from hegui.source import Wording

BLOCK: Final = 1_000_000
"""Rows of a Parquet file that are read at a time."""

_NOT_PARQUET = Wording("not-parquet", "`{name}` is damaged or no Parquet file", "`{name}` 已损坏或不是 Parquet 文件")

_ROWS = Wording("too-many-rows", "`{name}` has more than {limit} rows", "`{name}` 超过 {limit} 行")
_LONG = Wording(
    "parquet-texts",
    "the texts in `{column}` of `{name}` come to more than {limit} bytes in a million rows",
    "`{name}` 的 `{column}` 列每一百万行中文本合计超过 {limit} 字节",
)


def read_parquet(reading: Reading) -> list[RawTable]:
    """The one table of a Parquet file, typed as it is; columns are addressed by name, rows counted from 1.

    Raises:
        FactsError: the file cannot be read or is no Parquet file.
    """
    if not reading.path.is_file() or not size_of(reading):
        read_bytes(reading)
    with _told(reading):
        lazy = pl.scan_parquet(reading.path, glob=False)
        rows, columns = lazy.select(pl.len()).collect().item(), len(lazy.collect_schema())
    refuse_wide(reading.name, 1, columns)
    if rows > limits.TABLE_ROWS:
        raise unusable(reading.name, _ROWS, limit=limits.TABLE_ROWS)
    block = max(min(BLOCK, limits.TABLE_CELLS // max(columns, 1)), 1)
    head = _rows(reading, 0, block)
    return [replace(head, more=partial(_after_head, reading, rows, block)) if rows > block else head]


def _after_head(reading: Reading, rows: int, block: int) -> Iterator[RawTable]:
    return (_rows(reading, start, block) for start in range(block, rows, block))


def _rows(reading: Reading, start: int, block: int) -> RawTable:
    with _told(reading):
        frame = pl.scan_parquet(reading.path, glob=False).slice(start, block).collect()
    for each in frame.get_columns():
        if _texts(each) > limits.PARQUET_TEXTS:
            raise unusable(reading.name, _LONG, column=each.name, limit=limits.PARQUET_TEXTS)
    columns = tuple(RawColumn(each.name, each.name, on_the_calendar(each)) for each in frame.get_columns())
    return RawTable(columns, pl.int_range(start + 1, start + len(frame) + 1, dtype=pl.Int64, eager=True))


def _texts(cells: pl.Series) -> int:
    """The bytes of the texts of a column. One that stands there many times is held once until something is done with it."""
    if isinstance(cells.dtype, pl.List):
        return _texts(cells.explode())
    if cells.dtype == pl.String:
        sizes = cells.str.len_bytes()
    elif cells.dtype in (pl.Categorical, pl.Enum):
        sizes = cells.cat.len_bytes()
    else:
        return 0
    return int(sizes.cast(pl.UInt64).sum())


@contextmanager
def _told(reading: Reading) -> Iterator[None]:
    """What Polars raises of a damaged file, as ours."""
    try:
        with panics_caught():
            yield
    except (pl.exceptions.PolarsError, Panicked, OSError) as error:
        raise unusable(reading.name, _NOT_PARQUET) from error


def _read_workbook(reading: Reading) -> list[RawTable]:
    from hegui.facts.workbook import read_workbook

    return read_workbook(reading)


Reader = Callable[[Reading], list[RawTable]]

READERS: Final[dict[str, Reader]] = {
    ".csv": read_csv,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": read_parquet,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".xls": _read_workbook,
    ".xlsm": _read_workbook,
    ".xlsx": _read_workbook,
    ".yaml": read_yaml_rows,
    ".yml": read_yaml_rows,
}
"""Suffix (lower case) → reader."""


def reader_of(suffix: str) -> Reader | None:
    """The reader of files with a suffix (lower case): hegui's own, or one of a plugin, which is imported as it is used; None
    where there is none.

    Raises:
        PluginError: two plugins add a reader for the suffix.
    """
    if suffix in READERS or not suffix:
        return READERS.get(suffix)
    plugin = extending.plugin("readers", suffix[1:], _names())
    return None if plugin is None else partial(_read_by, plugin)


def suffixes() -> list[str]:
    """Every suffix that is read, those of plugins last."""
    return [*READERS, *(f".{name}" for name in extending.names("readers", _names()))]


def added_reader(file: str) -> Plugin | None:
    """The plugin that reads a file of this name; None where hegui does."""
    suffix = PurePath(file).suffix.lower()
    return None if suffix in READERS or not suffix else extending.plugin("readers", suffix[1:], _names())


def _names() -> set[str]:
    return {suffix[1:] for suffix in READERS}


def _read_by(plugin: Plugin, reading: Reading) -> list[RawTable]:
    """The tables of a file as a plugin reads it."""
    read = extending.loaded(plugin)
    with extending.blamed(plugin):
        given = read(reading)
        tables = list(given) if isinstance(given, Iterable) else [given]
    for table in tables:
        if not isinstance(table, RawTable):
            raise extending.misfit(plugin, f"a reader gives a list of `RawTable`, and not {_called(table)}")
    return tables


def _called(given: object) -> str:
    return "`None`" if given is None else f"a `{type(given).__name__}`"


ONE_TABLE: Final = (".csv", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt")
"""Suffixes of files that hold one table, which only the file's name can say the kind of."""
