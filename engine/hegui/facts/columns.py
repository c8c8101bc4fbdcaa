"""Columns of raw cells → typed columns. Plain cells are cast all at once; what is left over is read cell by cell.

What a cell means is written in `cells`; the casts here only ever give the same answer sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import polars as pl

from hegui import limits
from hegui.datatypes import INT, MAX_INT, REASONS, Reason, Type
from hegui.facts import words
from hegui.facts.cells import (
    FIRST_YEAR,
    MAX_NUMBER,
    MISSING,
    Outcome,
    element,
    listed,
    reader,
    round_double,
    scale_of,
)
from hegui.facts.table import FEW, RawColumn, as_text
from hegui.vocabulary import Field
from hegui.vocabulary.columns import column_type

_FIRST_DAY, _LAST_DAY = date(FIRST_YEAR, 1, 1), date(9999, 12, 31)
_MANAGEABLE: Final = 1e11
_DIGITS: Final = 15
"""A text of so many bytes has no more digits."""
_TEXT_WORDS: Final = {
    "string": sorted(words.MISSING | words.ERRORS),
    "ref": sorted(words.MISSING | words.ERRORS | words.NOTHING),
}
_WORDED: Final = ("bool", "code")
"""Types whose columns mostly hold the same few texts."""
_WHY: Final = {reason: REASONS.index(reason) for reason in REASONS}
_LOW, _HIGH = 1e-6, 1e15
"""Magnitudes between which Polars rounds to 15 digits without errors of its own, save near ties."""
_NEAR: Final = 4.5e-16
"""How far, relative to it, a product of two doubles is at most from the decimal that is meant, as a double."""
_SLACK: Final = 2.3e-16
"""How far, relative to a number, it and its rounded form may each be from the decimals they stand for."""


@dataclass(frozen=True)
class Settled:
    """A column judged: values, and where there are such cells the reasons (`REASONS` index) and the bounds."""

    values: pl.Series
    why: pl.Series | None = None
    below: pl.Series | None = None

    @property
    def unreadable(self) -> pl.Series:
        """Positions of unreadable cells."""
        if self.why is None:
            return pl.Series("", [], pl.UInt32)
        if len(self.why) <= FEW:
            code = _WHY[Reason.UNREADABLE]
            return pl.Series("", [row for row, found in enumerate(self.why.to_list()) if found == code], pl.UInt32)
        return (self.why == _WHY[Reason.UNREADABLE]).fill_null(False).arg_true()


def settle(column: RawColumn, field: Field, unit: str | None = None) -> Settled:
    """A raw column as one of `field`; `unit` is the one its header names, None for the field's own.

    A null stays null and is simply missing. The header's unit must fit the field's: check with `cells.scale_of`.
    """
    cells = column.cells
    if len(cells) <= FEW and cells.dtype == pl.String and not column.nested:
        return _one_by_one(cells, reader(field, unit), column_type(field.type))
    if field.type.name == "list" and isinstance(cells.dtype, pl.List):
        return _settle_lists(cells, field, unit)
    if not legible(cells.dtype):
        return _all_unreadable(cells, field.type)
    cells = _native(cells, field.type)
    if cells.dtype == pl.String and len(cells) <= FEW and not column.nested:  # of what was typed otherwise
        return _one_by_one(cells, reader(field, unit), column_type(field.type))
    if not column.nested and _clean(cells, field, unit):
        return Settled(cells)
    if field.type.name in _WORDED and cells.dtype == pl.String and not column.nested:
        texts = cells.unique()
        if len(texts) <= FEW:
            return _word_by_word(cells, texts, reader(field, unit), column_type(field.type))
    fast = _at_once(cells, field, unit)
    settled = _settle_rest(cells, fast, reader(field, unit))
    settled = _round(settled) if field.type.name == "number" else settled
    return _add_nested(settled, column, field, unit) if column.nested else settled


def raw_text(column: RawColumn, row: int) -> str:
    """The cell as text, for reporting it; the type of one that Python has no value for."""
    try:
        value = column.nested.get(row, column.cells[row])
        value = value.to_list() if isinstance(value, pl.Series) else value
    except (ValueError, OverflowError, pl.exceptions.PanicException):
        return str(column.cells.dtype)
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return str(value)
    return as_text(value) or ""


# --- at once -------------------------------------------------------------------------------------------------------


def legible(dtype: pl.DataType) -> bool:
    """Is a column of this type read at all?"""
    return (
        dtype.is_numeric()
        or dtype in (pl.String, pl.Boolean, pl.Date, pl.Null, pl.Categorical, pl.Enum)
        or isinstance(dtype, pl.Datetime)
    )


def _all_unreadable(cells: pl.Series, type_: Type) -> Settled:
    values = pl.Series("", [None], column_type(type_)).new_from_index(0, len(cells))
    why = pl.select(pl.when(cells.is_not_null()).then(pl.lit(_WHY[Reason.UNREADABLE], pl.Int8))).to_series()
    return Settled(values, why if why.null_count() < len(why) else None)


_KEPT: Final[dict[str, Callable[[pl.DataType], bool]]] = {
    "number": lambda dtype: dtype.is_float() or dtype.is_integer(),
    "int": lambda dtype: dtype.is_float() or dtype.is_integer(),
    "bool": lambda dtype: dtype == pl.Boolean,
    "date": lambda dtype: dtype == pl.Date or isinstance(dtype, pl.Datetime),
}
"""Which types of a typed source are taken as they are; any other is read as the text it would be shown as."""


def _native(cells: pl.Series, type_: Type) -> pl.Series:
    dtype = cells.dtype
    if dtype == pl.String or (type_.name in _KEPT and _KEPT[type_.name](dtype)):
        return cells
    if isinstance(dtype, pl.Datetime):
        return cells.dt.to_string("%Y-%m-%d %H:%M:%S")
    if dtype.is_float():
        return _float_text(cells)
    return cells.cast(pl.String)


def _float_text(cells: pl.Series) -> pl.Series:
    """Floats as a person would type them: 5 and not 5.0."""
    whole = (cells == cells.floor()) & (cells.abs() <= MAX_INT)
    as_int = cells.set(~whole.fill_null(False), None).cast(pl.Int64).cast(pl.String)
    return pl.select(pl.coalesce(as_int, cells.cast(pl.String))).to_series()


def _clean(cells: pl.Series, field: Field, unit: str | None) -> bool:
    """Is every cell of a typed or text column already the value it means? Then nothing is copied."""
    name, raw, frame = field.type.name, pl.col("raw"), cells.to_frame("raw")
    if name in ("string", "ref") and cells.dtype == pl.String:
        return _clean_text(frame, _TEXT_WORDS[name])
    if name == "code" and cells.dtype == pl.String:
        return bool(frame.select(raw.is_in(list(field.codes)).all()).item())
    if name == "date" and cells.dtype == pl.Date:
        return bool(frame.select(raw.is_between(_FIRST_DAY, _LAST_DAY).all()).item())
    if name == "number" and cells.dtype == pl.Float64 and unit is None:
        negative_zero = (raw == 0) & (1 / raw < 0)
        return bool(frame.select(_short(raw).all() & ~negative_zero.any()).item())
    return False


def _short(value: pl.Expr) -> pl.Expr:
    """Is a double one of at most four decimals and 15 digits? Far cheaper than rounding."""
    return (_four_decimals(value) == value) & (value.abs() < _MANAGEABLE)


def _four_decimals(value: pl.Expr) -> pl.Expr:
    ten_thousand = value * 0.0 + 1e4  # a column: division by a literal multiplies by its reciprocal
    return (value * 1e4 + 0.5).floor() / ten_thousand


def _clean_text(frame: pl.DataFrame, stop: list[str]) -> bool:
    raw = pl.col("raw").str
    trimmed = ((raw.strip_chars().str.len_bytes() == raw.len_bytes()) & (raw.len_bytes() <= limits.TEXT_LENGTH)).all()
    ascii_only = (raw.len_chars() == raw.len_bytes()).all()
    found = frame.select(trimmed=trimmed & ~pl.col("raw").is_in(stop).any(), ascii=ascii_only)
    if not found["trimmed"].item():
        return False
    return found["ascii"].item() or not frame.select(raw.contains_any(words.INVISIBLE).any()).item()


def _at_once(cells: pl.Series, field: Field, unit: str | None) -> pl.Series:
    frame = cells.to_frame("raw")
    if field.type.name != "number":
        return frame.select(_fast(field, cells.dtype, unit)).to_series()
    scale = scale_of(unit, field.type.unit)
    # step by step: what is used more than once is worked out once
    numbers = frame.select(_at_most(limits.NUMBER_LENGTH, cells.dtype).cast(pl.Float64, strict=False).alias("v"))
    numbers = numbers.select(pl.when(pl.col("v").abs() <= MAX_NUMBER).then(pl.col("v") + 0.0))
    if scale == 1:
        return numbers.to_series()
    if scale is None or not _power_of_ten(scale):
        return numbers.select(pl.when(pl.col("v") == 0).then(pl.col("v"))).to_series()
    scaled = numbers.select("v", s=pl.col("v") * float(scale) if scale > 1 else pl.col("v") / float(1 / scale))
    short = _short_scaled(cells, scaled) if cells.dtype == pl.String else None
    return scaled.select(_scaled()).to_series() if short is None else short


def _at_most(longest: int, dtype: pl.DataType) -> pl.Expr:
    """The cells that are short enough for a number."""
    raw = pl.col("raw")
    return pl.when(raw.str.len_bytes() <= longest).then(raw) if dtype == pl.String else raw


def _scaled() -> pl.Expr:
    value, scaled = pl.col("v"), pl.col("s")
    rounded, clean = scaled.round_sig_figs(15), value.round_sig_figs(15) == value
    return pl.when(clean & (_within(value) & _within(rounded) | (value == 0))).then(rounded)


def _short_scaled(cells: pl.Series, scaled: pl.DataFrame) -> pl.Series | None:
    """Texts of a few digits in a unit ten, hundred … times the field's; None where some of them take more care.

    The text means a number of at most 15 digits, and the nearest one of four decimals is such a number too. Two of them
    are further apart than both may be from the product, so they are the same.
    """
    near, product = pl.col("near"), pl.col("s")
    found = scaled.select("s", near=_four_decimals(product))
    same = (product.abs() < _MANAGEABLE) & ((near - product).abs() <= product.abs() * _NEAR)
    few = pl.lit(cells.str.len_bytes() <= _DIGITS)
    return found["near"] if found.select(((same & few) | product.is_null()).all()).item() else None


def _fast(field: Field, dtype: pl.DataType, unit: str | None) -> pl.Expr:
    """The plainly readable cells as values, null for all others."""
    raw, name = pl.col("raw"), field.type.name
    if name == "int":
        return _fast_int(raw, dtype, scale_of(unit, field.type.unit))
    if name == "date":
        days = raw.str.to_date("%Y-%m-%d", strict=False) if dtype == pl.String else raw.cast(pl.Date)
        return pl.when(days.is_between(_FIRST_DAY, _LAST_DAY)).then(days)
    if name == "bool":
        return raw if dtype == pl.Boolean else _fast_bool(raw)
    if name == "code":
        return pl.when(raw.is_in(list(field.codes))).then(raw)
    if name == "list":
        return _nothing(field.type)
    text = raw.str.strip_chars(words.BLANKS)
    short = text.str.len_chars() <= limits.TEXT_LENGTH
    return pl.when(short & ~text.is_in(_TEXT_WORDS["string" if name == "string" else "ref"])).then(text)


def _nothing(type_: Type) -> pl.Expr:
    return pl.repeat(None, pl.len(), dtype=column_type(type_))


def _fast_bool(raw: pl.Expr) -> pl.Expr:
    is_true, is_false = raw.is_in(sorted(words.TRUE)), raw.is_in(sorted(words.FALSE))
    return pl.when(is_true | is_false).then(is_true)


def _fast_int(raw: pl.Expr, dtype: pl.DataType, scale: Fraction | None) -> pl.Expr:
    if scale != 1:
        return _nothing(INT)
    if dtype.is_float():
        raw = pl.when((raw == raw.floor()) & (raw.abs() <= MAX_INT)).then(raw)
    whole = (
        _at_most(limits.WORD_LENGTH, dtype).cast(pl.Int64, strict=False)
        if dtype == pl.String
        else raw.cast(pl.Int64, strict=False)
    )
    return pl.when(whole.is_between(-MAX_INT, MAX_INT)).then(whole)


def _within(value: pl.Expr) -> pl.Expr:
    return (value.abs() >= _LOW) & (value.abs() < _HIGH)


def _power_of_ten(scale: Fraction) -> bool:
    digits = str(max(scale.numerator, scale.denominator))
    return min(scale.numerator, scale.denominator) == 1 and len(digits) <= 16 and digits.rstrip("0") == "1"


# --- one by one ----------------------------------------------------------------------------------------------------


def _one_by_one(cells: pl.Series, read: Callable[[str], Outcome], dtype: pl.DataType) -> Settled:
    """A short column of texts, each distinct one read once."""
    texts = cells.to_list()
    known = {text: read(text) for text in dict.fromkeys(texts) if text is not None}
    if all(each.reason is None or each.reason is Reason.MISSING for each in known.values()):
        return Settled(pl.Series("", [None if text is None else known[text].value for text in texts], dtype))
    found = [MISSING if text is None else known[text] for text in texts]
    why, below = [_code(each.reason) for each in found], [each.bound for each in found]
    return Settled(
        pl.Series("", [each.value for each in found], dtype),
        pl.Series("", why, pl.Int8) if any(each is not None for each in why) else None,
        pl.Series("", below, pl.Float64) if any(each is not None for each in below) else None,
    )


def _word_by_word(cells: pl.Series, texts: pl.Series, read: Callable[[str], Outcome], dtype: pl.DataType) -> Settled:
    """A long column of a few different texts."""
    words_ = texts.drop_nulls()
    found = _outcomes([read(each) for each in words_.to_list()], dtype)
    why = found["why"]
    return Settled(
        cells.replace_strict(words_, found["value"], default=None, return_dtype=dtype),
        cells.replace_strict(words_, why, default=None, return_dtype=pl.Int8) if why.null_count() < len(why) else None,
    )


def _settle_rest(cells: pl.Series, fast: pl.Series, read: Callable[[str], Outcome]) -> Settled:
    """Cells that `fast` left out, each distinct text read once."""
    if fast.null_count() == cells.null_count():
        return Settled(fast)
    odd = (cells.is_not_null() & fast.is_null()).arg_true()
    text = cells.gather(odd).cast(pl.String).rename("text")
    distinct = text.unique(maintain_order=True)
    found = _outcomes([read(each) for each in distinct.to_list()], fast.dtype).with_columns(distinct)
    joined = text.to_frame().join(found, on="text", how="left", maintain_order="left")
    return Settled(
        _scatter(fast, odd, joined["value"]),
        _spread(joined["why"], odd, len(cells)),
        _spread(joined["below"], odd, len(cells)),
    )


def _outcomes(outcomes: Sequence[Outcome], dtype: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "value": pl.Series([each.value for each in outcomes], dtype=dtype),
            "why": pl.Series([_code(each.reason) for each in outcomes], dtype=pl.Int8),
            "below": pl.Series([each.bound for each in outcomes], dtype=pl.Float64),
        }
    )


def _code(reason: Reason | None) -> int | None:
    return None if reason in (None, Reason.MISSING) else _WHY[reason]


def _scatter(into: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """`into` with `values` at the positions `rows`."""
    if isinstance(into.dtype, pl.List):
        cells: list[Any] = into.to_list()
        for row, value in zip(rows.to_list(), values.to_list(), strict=True):
            cells[row] = value
        return pl.Series(into.name, cells, into.dtype)
    return into.clone().scatter(rows, values)


def _spread(found: pl.Series, rows: pl.Series, length: int) -> pl.Series | None:
    if found.null_count() == len(found):
        return None
    return pl.repeat(None, length, dtype=found.dtype, eager=True).scatter(rows, found)


def _round(settled: Settled) -> Settled:
    """Numbers rounded to 15 significant digits: almost always nothing is left to do."""
    values = settled.values.rename("v")
    frame, value = values.to_frame(), pl.col("v")
    rest = frame.select((~_short(value)).fill_null(False).arg_true()).to_series()
    if not len(rest):
        return settled
    clean = ((value.round_sig_figs(15) == value) & _within(value)) | (value == 0)
    rest = rest.filter(~frame[rest].select(clean).to_series())
    if not len(rest):
        return settled
    return Settled(values.scatter(rest, _rounded(values.gather(rest))), settled.why, settled.below)


def _rounded(values: pl.Series) -> pl.Series:
    rounded = values.round_sig_figs(15)
    unit = 10.0 ** (values.abs().log10().floor() - 14)
    near = (values - rounded).abs() < unit / 2 - values.abs() * _SLACK
    safe = values.to_frame("v").select(_within(pl.col("v"))).to_series() & near
    doubtful = (~safe).arg_true()
    return rounded.scatter(doubtful, [round_double(each) for each in values.gather(doubtful).to_list()])


# --- lists ---------------------------------------------------------------------------------------------------------


def _settle_lists(cells: pl.Series, field: Field, unit: str | None) -> Settled:
    """A column that is lists already, as Parquet has them."""
    frame = cells.to_frame("item").with_row_index("row")
    items = frame.filter(pl.col("item").list.len() > 0).explode("item").drop_nulls("item")
    settled = settle(RawColumn("", "", items["item"]), element(field), unit)
    read = items.select("row", pl.Series("value", settled.values), pl.Series("bad", settled.values.is_null()))
    grouped = read.group_by("row").agg("value", pl.col("bad").any())
    joined = frame.join(grouped, on="row", how="left", maintain_order="left")
    bad = pl.col("bad").fill_null(False)
    filled = pl.when(pl.col("item").is_not_null()).then(pl.col("value").fill_null([]))
    values = joined.select(pl.when(~bad).then(filled).cast(column_type(field.type))).to_series()
    why = joined.select(pl.when(bad).then(pl.lit(_WHY[Reason.UNREADABLE], pl.Int8))).to_series()
    return Settled(values, why if why.null_count() < len(why) else None)


def _add_nested(settled: Settled, column: RawColumn, field: Field, unit: str | None) -> Settled:
    """Cells of Python rows that are lists or mappings; only a list field can take a list."""
    rows = pl.Series(sorted(column.nested), dtype=pl.UInt32)
    read = reader(element(field), unit) if field.type.name == "list" else None
    found = _outcomes([_nested(column.nested[row], read) for row in rows.to_list()], settled.values.dtype)
    before = pl.repeat(None, len(column.cells), dtype=pl.Int8, eager=True) if settled.why is None else settled.why
    why = before.scatter(rows, found["why"])
    return Settled(
        _scatter(settled.values, rows, found["value"]), why if why.null_count() < len(why) else None, settled.below
    )


def _nested(value: object, read: Callable[[str], Outcome] | None) -> Outcome:
    if read is None or isinstance(value, dict) or not isinstance(value, Iterable):
        return Outcome(reason=Reason.UNREADABLE)
    texts = ["" if isinstance(item, (list, dict)) else as_text(item) for item in value]
    return listed([read(text) for text in texts if text is not None])
