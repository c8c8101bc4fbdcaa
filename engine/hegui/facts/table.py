"""A raw table as a reader hands it over: columns of cells as they stand in the source, each with its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Final

import polars as pl

from hegui import limits
from hegui.characters import writable
from hegui.source import Diagnostic, FactsError, Wording

_FIRST: Final = date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_LAST: Final = date(9999, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
_A_DAY: Final = {"d": 1, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_NESTED: Final = (list, tuple, dict, set, frozenset)
_PLAIN: Final = frozenset((str, int, float, bool, type(None)))
"""Classes of values that a cell can hold whatever they are; texts are seen to when they are put together."""
_NO_HEADER = Wording(
    "header-not-text", "the keys of rows are texts, and not `{found}`", "行的键应为文本，而不是 `{found}`"
)
_GIVE = Wording("give-text", "give `{text}`", "请使用 `{text}`")
_HALF_HEADER = Wording(
    "half-a-character",
    "the key `{header}` of a row has half a character in it, which no text can have",
    "行的键 `{header}` 含有半个字符，无法作为文本",
)
_HALF = Wording(
    "half-a-character",
    "row {row}: `{header}` has half a character in it (a lone surrogate), which no text can have",
    "第 {row} 行：`{header}` 含有半个字符（孤立的代理项），无法作为文本",
)
_NO_VALUE = Wording(
    "not-a-value",
    "row {row}: `{header}` has a `{type}` in it, which is no value of a cell",
    "第 {row} 行：`{header}` 中有 `{type}`，不能作为单元格的值",
)
_NOTHING = Wording(
    "values-are",
    "values are texts, numbers, days, truth values and lists of these; `None` is missing",
    "值可为文本、数值、日期、布尔值及其列表；缺失为 `None`",
)
_WIDE = Wording(
    "table-too-large",
    "{rows} rows of `{name}` × {columns} columns, as many as the widest of them needs, are more than {limit} cells",
    "`{name}` 的 {rows} 行 × {columns} 列（以最宽的一行计）超过 {limit} 个单元格",
)
_MANY = Wording("too-many-columns", "`{name}` has more than {limit} columns", "`{name}` 超过 {limit} 列")
_DEEP = Wording("nested-too-deep", "row {row}: `{header}` is nested too deep", "第 {row} 行：`{header}` 嵌套过深")
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

    def after(self, rows: int) -> RawColumn:
        """The column without its first cells."""
        nested = {row - rows: value for row, value in self.nested.items() if row >= rows}
        return replace(self, cells=self.cells.slice(rows), nested=nested)


@dataclass(frozen=True)
class RawTable:
    """A table. `lines` is the number of each row as a person counts it in the source. A table without `headed` still
    has its header among its rows. `name` is the sheet's, or the word under which the rows stood in the file.

    Of a large file this is only the first block of rows; `more` reads the others anew each time it is called. They may
    have further columns, which have no header. A FactsError it raises says that the file is damaged further down.
    """

    columns: tuple[RawColumn, ...]
    lines: pl.Series
    name: str | None = None
    headed: bool = True
    more: Callable[[], Iterator[RawTable]] | None = None

    def take(self, keep: pl.Series) -> RawTable:
        """The table with the rows at the positions `keep` only."""
        return replace(self, columns=tuple(each.take(keep) for each in self.columns), lines=self.lines.gather(keep))

    def after(self, rows: int) -> RawTable:
        """The table without its first rows."""
        columns = tuple(each.after(rows) for each in self.columns)
        return replace(self, columns=columns, lines=self.lines.slice(rows))

    def blocks(self) -> Iterator[RawTable]:
        """All of its rows, block by block, each under the headers of this one."""
        yield self
        for block in self.more() if self.more else ():
            pairs = zip_longest(block.columns, self.columns[: len(block.columns)])
            yield replace(block, columns=tuple(_named(own, first) for own, first in pairs), headed=self.headed)


def _named(column: RawColumn, first: RawColumn | None) -> RawColumn:
    return column if first is None else replace(column, header=first.header, readings=first.readings)


def from_records(
    rows: Sequence[Mapping[str, object]], lines: Sequence[int] | None = None, name: str | None = None, file: str = ""
) -> RawTable:
    """A raw table of plain Python rows, keys being headers; a key a row lacks is an empty cell there. `file` is where they
    stand.

    Raises:
        FactsError: they make too large a table; a key is no text; a value is bytes or an object that is no value; a text has half
            a character in it.
    """
    headers = dict.fromkeys(key for row in rows for key in row)
    refuse_wide(file or name or "rows", len(rows), len(headers))
    for header in headers:
        if not isinstance(header, str):
            raise FactsError(
                Diagnostic(_NO_HEADER, {"found": repr(header)[:60], "text": repr(str(header))}, None, _GIVE)
            )
        if not writable(header):
            raise FactsError(Diagnostic(_HALF_HEADER, {"header": header}))
    columns = tuple(_column(header, [row.get(header) for row in rows]) for header in headers)
    numbers = pl.Series("", lines if lines is not None else range(1, len(rows) + 1), pl.Int64)
    return RawTable(columns, numbers, name)


def refuse_wide(name: str, rows: int, columns: int) -> None:
    """Raise where a table would be too large to be made.

    Raises:
        FactsError: its columns, or its rows times its columns, are too many.
    """
    if columns > limits.CSV_COLUMNS:
        raise FactsError(Diagnostic(_MANY, {"name": name, "limit": limits.CSV_COLUMNS}))
    if rows * columns > limits.TABLE_CELLS:
        args: dict[str, object] = {"name": name, "rows": rows, "columns": columns, "limit": limits.TABLE_CELLS}
        raise FactsError(Diagnostic(_WIDE, args))


def _column(header: str, values: list[object]) -> RawColumn:
    nested = {row: value for row, value in enumerate(values) if isinstance(value, _NESTED)}
    for row, value in enumerate(values):
        if value.__class__ not in _PLAIN and (problem := _problem(value, 0)) is not None:
            raise _refused(*problem, header, row)
    cells = [None if row in nested else as_text(value) for row, value in enumerate(values)]
    try:
        return RawColumn(header, header, pl.Series("", cells, pl.String), nested)
    except UnicodeEncodeError:
        row = next(number for number, text in enumerate(cells) if text is not None and not writable(text))
        raise _refused(_HALF, "str", header, row) from None


def _refused(problem: Wording, of: str, header: str, row: int) -> FactsError:
    args: dict[str, object] = {"header": header, "row": row + 1, "type": of}
    return FactsError(Diagnostic(problem, args, None, _NOTHING if problem is _NO_VALUE else None))


def _problem(value: object, depth: int) -> tuple[Wording, str] | None:
    """What keeps a value, or one in it, from being one that a cell could hold, and its class."""
    of = type(value)
    if isinstance(value, _NESTED):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        if depth > limits.JSON_DEPTH:
            return _DEEP, of.__name__
        return next((found for each in inner if (found := _problem(each, depth + 1)) is not None), None)
    if isinstance(value, str):
        return None if writable(value) else (_HALF, of.__name__)
    told = isinstance(value, (int, float, type(None))) or of.__str__ is not object.__str__
    return (_NO_VALUE, of.__name__) if isinstance(value, (bytes, bytearray)) or not told else None


def on_the_calendar(cells: pl.Series) -> pl.Series:
    """The same column, moments with a time zone as those of its own clock. It is one of texts where some days or moments are
    outside the years 1 to 9999: no date can be made of these."""
    several = isinstance(cells.dtype, pl.List)
    inner = cells.dtype.inner if isinstance(cells.dtype, pl.List) else cells.dtype
    if not isinstance(inner, (pl.Date, pl.Datetime)):
        return cells
    unit = inner.time_unit if isinstance(inner, pl.Datetime) else "d"
    within = pl.element().to_physical().is_between(_FIRST * _A_DAY[unit], (_LAST + 1) * _A_DAY[unit] - 1)
    if isinstance(inner, pl.Datetime) and inner.time_zone is not None:
        clock = pl.element().dt.replace_time_zone(None)
        return on_the_calendar(cells.list.eval(clock) if several else cells.dt.replace_time_zone(None))
    if unit == "ns" or _of_each(cells, within).explode().all():
        return cells
    text = pl.when(within).then(pl.element()).dt.to_string("%Y-%m-%d" if unit == "d" else "%Y-%m-%d %H:%M:%S")
    return _of_each(cells, pl.coalesce(text, pl.format(f"{{}} {unit} after 1970-01-01", pl.element().to_physical())))


def _of_each(cells: pl.Series, value: pl.Expr) -> pl.Series:
    """What `value` makes of each element; of a column that is no list, of each cell."""
    return cells.list.eval(value) if isinstance(cells.dtype, pl.List) else cells.implode().list.eval(value).explode()


def as_text(value: object) -> str | None:
    """A plain Python value as the text a cell would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
