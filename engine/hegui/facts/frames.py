"""Facts given as data frames, of whatever library narwhals knows: Polars, pandas, PyArrow, DuckDB, PySpark and others.

A frame becomes a raw table of typed columns, as a Parquet file does, and goes through the same door. What no cell of a column
could ever be is said at once, of all frames together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, Final

import narwhals as nw
import polars as pl

from hegui.facts.binding import Binding, bind
from hegui.facts.columns import legible
from hegui.facts.door import Supplied, conform
from hegui.facts.memory import without_gaps
from hegui.facts.readers import BLOCK
from hegui.facts.registry import Registry
from hegui.facts.table import RawColumn, RawTable, from_records, on_the_calendar
from hegui.source import Diagnostic, FactsError, Wording
from hegui.vocabulary import Field, Kind, Vocabulary, fold
from hegui.vocabulary.naming import unknown

FRAME: Final = "(frame)"
"""The file that rows of a frame are shown to come from; the sheet is the word the frame was given under."""

_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有种类 `{name}`")
_TWO = Wording("two-tables", "both `{first}` and `{name}` are `{kind}`", "`{first}` 和 `{name}` 都是 `{kind}`")
_NO_FRAME = Wording(
    "not-a-frame",
    "`{name}` is a `{found}`, and neither a data frame nor a list of rows",
    "`{name}` 是 `{found}`，既不是数据框，也不是行的列表",
)
_FRAMES = Wording(
    "frames-known",
    "give a frame of Polars, pandas, PyArrow, DuckDB, PySpark or another library that narwhals knows",
    "请提供 Polars、pandas、PyArrow、DuckDB、PySpark 或 narwhals 支持的其他库的数据框",
)
_FAILED = Wording(
    "frame-failed",
    "the frame `{name}` cannot be read: {problem}",
    "无法读取数据框 `{name}`：{problem}",
)
_NEEDS_ARROW = Wording("needs-pyarrow", "`pip install pyarrow`", "请执行 `pip install pyarrow`")
_NO_KEY = Wording(
    "frame-without-key",
    "the frame `{name}` has no column for `{field}`, which is of the key of `{kind}`; it has {found}",
    "数据框 `{name}` 没有 `{kind}` 的主键列 `{field}`；现有 {found}",
)
_IN_FRAME = Wording("in-a-frame", "the frame `{name}`: {problem}", "数据框 `{name}`：{problem_zh}")
_NO_COLUMNS = Wording(
    "frame-without-key",
    "the frame `{name}` has no columns, not even `{field}`, which is of the key of `{kind}`",
    "数据框 `{name}` 没有任何列，也没有 `{kind}` 的主键列 `{field}`",
)
_KEY_WORDS = Wording("key-headers", "it may be called {known}", "该列可称 {known}")
_IN_INDEX = Wording(
    "key-in-index", "an index is no column: give `{name}.reset_index()`", "索引不是列：请使用 `{name}.reset_index()`"
)
_WRONG_TYPE = Wording(
    "frame-column-type",
    "the column `{column}` of the frame `{name}` is of type {found}, which no {type} (`{field}`) can be read from",
    "数据框 `{name}` 的列 `{column}` 类型为 {found}，无法读作 {type}（`{field}`）",
)


def from_frames(vocabulary: Vocabulary, frames: Mapping[str, Any], *, as_of: date | None = None) -> Registry:
    """Frames through the door; see `hegui.facts.from_frames`."""
    kinds, errors = _kinds(vocabulary, frames)
    supplied: list[Supplied] = []
    digest = hashlib.sha256()
    cause: BaseException | None = None
    for word, kind in kinds.items():
        try:
            table = replace(_table(word, frames[word]), name=word)
            binding = bind(table, kind)
            if misfits := list(_misfits(word, kind, table, binding, frames[word])):
                errors += misfits
                continue
            own = _digest(kind, table, binding)
            digest.update(f"{kind.name} {own}\n".encode())
            supplied.append(Supplied(kind.name, table, FRAME, f"sha256:{own}"))
        except FactsError as error:
            errors += error.diagnostics
            cause = cause or error.__cause__
    if errors:
        raise FactsError(errors) from cause
    return conform(vocabulary, supplied, as_of=as_of, digest=f"sha256:{digest.hexdigest()}")


def _kinds(vocabulary: Vocabulary, frames: Mapping[str, Any]) -> tuple[dict[str, Kind], list[Diagnostic]]:
    """The kind each frame is of, by the word it is given under; sorted, so that their order does not matter."""
    found: dict[str, Kind] = {}
    first: dict[str, str] = {}
    errors: list[Diagnostic] = []
    for word in sorted(frames, key=str):
        name = vocabulary.folded.get(fold(str(word)))
        if name is None:
            errors.append(unknown(_NO_KIND, None, str(word), vocabulary.words))
        elif name in first:
            errors.append(Diagnostic(_TWO, {"first": first[name], "name": word, "kind": name}))
        else:
            first[name] = word
            found[word] = vocabulary.kinds[name]
    return found, errors


# --- what a frame becomes ------------------------------------------------------------------------------------------


def _table(word: str, frame: Any) -> RawTable:
    """The raw table of a frame or of a list of rows; columns are addressed by name, rows counted from 1."""
    if isinstance(frame, Sequence) and not isinstance(frame, str) and all(isinstance(row, Mapping) for row in frame):
        with _named(word):
            return from_records(list(map(without_gaps, frame)))
    try:
        known = nw.from_native(frame)
    except TypeError as error:
        found = type(frame).__name__
        raise FactsError(Diagnostic(_NO_FRAME, {"name": word, "found": found}, None, _FRAMES)) from error
    except nw.exceptions.NarwhalsError as error:
        raise FactsError(Diagnostic(_FAILED, {"name": word, "problem": _first_line(error)})) from error
    with _computing(word), _named(word):
        eager = known.collect("polars") if isinstance(known, nw.LazyFrame) else known
        columns = tuple(_column(str(name), eager.get_column(name)) for name in eager.columns)
    lines = pl.int_range(1, len(eager) + 1, dtype=pl.Int64, eager=True)
    whole = RawTable(columns, lines)
    return _in_blocks(whole) if len(lines) > BLOCK and not any(each.nested for each in columns) else whole


def _in_blocks(whole: RawTable) -> RawTable:
    """The same rows some at a time, so that what the door makes of them besides typed columns never is of all of them."""
    return replace(_block(whole, 0), more=partial(_later_blocks, whole))


def _later_blocks(whole: RawTable) -> Iterator[RawTable]:
    return (_block(whole, start) for start in range(BLOCK, len(whole.lines), BLOCK))


def _block(whole: RawTable, start: int) -> RawTable:
    columns = tuple(replace(each, cells=each.cells.slice(start, BLOCK)) for each in whole.columns)
    return RawTable(columns, whole.lines.slice(start, BLOCK))


@contextmanager
def _named(word: str) -> Iterator[None]:
    """What is wrong with rows, told of the word they were given under."""
    try:
        yield
    except FactsError as error:
        problem = error.diagnostics[0]
        args = {**problem.args, "name": word, "problem": problem.message(), "problem_zh": problem.message("zh")}
        raise FactsError(replace(problem, wording=_of_frame(problem.wording), args=args)) from error


def _of_frame(wording: Wording) -> Wording:
    return Wording(wording.id, _IN_FRAME.en, _IN_FRAME.zh)


@contextmanager
def _computing(word: str) -> Iterator[None]:
    """What comes of computing somebody's frame, as ours: whatever its library, its server or its user's own functions raise
    is the cause of one error. There is no common class for it."""
    try:
        yield
    except ModuleNotFoundError as error:
        hint = _NEEDS_ARROW if error.name == "pyarrow" else None
        raise FactsError(Diagnostic(_FAILED, {"name": word, "problem": _first_line(error)}, None, hint)) from error
    except FactsError:
        raise
    except Exception as error:
        raise FactsError(Diagnostic(_FAILED, {"name": word, "problem": _first_line(error)})) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _column(name: str, series: nw.Series[Any]) -> RawColumn:
    """A column as Polars holds it; one of mixed objects becomes texts."""
    if series.dtype != nw.Object:
        try:
            return RawColumn(name, name, _plain(series.to_polars()))
        except (ModuleNotFoundError, TypeError, ValueError, pl.exceptions.PolarsError):
            pass  # pandas without PyArrow, or values of one column that no one type holds: read one by one
    nothing = series.is_null().to_list()
    values = [None if null else value for value, null in zip(series.to_list(), nothing, strict=True)]
    try:
        return RawColumn(name, name, _plain(pl.Series(name, values, strict=True)))
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        return replace(from_records([{name: value} for value in values]).columns[0], header=name, address=name)


def _plain(cells: pl.Series) -> pl.Series:
    """The same values in a type the door knows; a moment with a time zone becomes that of its own clock."""
    if isinstance(cells.dtype, pl.Array):
        return on_the_calendar(cells.arr.to_list())
    if cells.dtype == pl.Object:
        raise TypeError("a column of Python objects")
    return on_the_calendar(cells)


# --- what does not fit ---------------------------------------------------------------------------------------------


def _misfits(word: str, kind: Kind, table: RawTable, binding: Binding, frame: Any) -> Iterator[Diagnostic]:
    if table.columns or len(table.lines) or not isinstance(frame, Sequence):  # no rows are an empty table
        for name in kind.key:
            if name not in binding.fields and name not in binding.ambiguous:
                yield _without_key(word, kind, name, table, frame)
    for name, bound in binding.fields.items():
        field, cells = kind.fields[name], bound.column.cells
        if not bound.column.nested and not _readable(field, cells):
            args: dict[str, object] = {"column": bound.column.header, "name": word, "found": cells.dtype}
            args |= {"type": field.type.name, "field": name}
            yield Diagnostic(_WRONG_TYPE, args)


def _without_key(word: str, kind: Kind, name: str, table: RawTable, frame: Any) -> Diagnostic:
    headers = [each.header for each in table.columns]
    found = ", ".join(f"`{header}`" for header in headers[:20])
    known = ", ".join(f"`{each}`" for each in dict.fromkeys(kind.fields[name].words))
    args: dict[str, object] = {"name": word, "field": name, "kind": kind.name, "found": found, "known": known}
    index = [str(each) for each in getattr(getattr(frame, "index", None), "names", None) or () if each is not None]
    in_index = {fold(each) for each in index} & {fold(each) for each in kind.fields[name].words}
    return Diagnostic(_NO_KEY if headers else _NO_COLUMNS, args, None, _IN_INDEX if in_index else _KEY_WORDS)


_NEVER: Final[dict[str, Callable[[pl.DataType], bool]]] = {
    "number": lambda dtype: dtype == pl.Boolean or dtype.is_temporal(),
    "int": lambda dtype: dtype == pl.Boolean or dtype.is_temporal(),
    "bool": lambda dtype: dtype.is_temporal(),
    "date": lambda dtype: dtype == pl.Boolean,
}
"""Types of columns that no value of a field's type is written in."""


def _readable(field: Field, cells: pl.Series) -> bool:
    type_ = field.type
    if type_.name == "list" and isinstance(cells.dtype, pl.List):
        return type_.element is None or _readable(replace(field, type=type_.element), cells.head(0).explode())
    never = _NEVER.get(type_.name)
    return legible(cells.dtype) and not (never is not None and never(cells.dtype))


# --- what a registry of frames is known by -------------------------------------------------------------------------


def _digest(kind: Kind, table: RawTable, binding: Binding) -> str:
    """Of the columns that are used and the values in them: the same whatever library the frame was of."""
    total = hashlib.sha256()
    used = sorted((bound.column.header, name) for name, bound in binding.fields.items())
    total.update("\n".join(f"{header}\t{name}" for header, name in used).encode())
    for block in table.blocks():
        own = bind(block, kind).fields
        columns = {name: _as_told(own[name].column) for _, name in used}
        told = BytesIO()
        pl.DataFrame(columns).write_ndjson(told)
        total.update(told.getbuffer())
    return total.hexdigest()


def _as_told(column: RawColumn) -> pl.Series:
    if column.nested:
        texts = [str(column.nested.get(row, cell)) for row, cell in enumerate(column.cells.to_list())]
        return pl.Series(texts, dtype=pl.String)
    cells = column.cells
    if cells.dtype.is_integer():
        return cells.cast(pl.Int64, strict=False)
    return cells.cast(pl.String) if cells.dtype in (pl.Categorical, pl.Enum, pl.Decimal) else cells
