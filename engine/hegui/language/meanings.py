"""The meanings the operator table is made of: each in Python, and in columns.

A column meaning may assume nothing of its arguments but their types; it yields null where an argument is null and
where the scalar meaning raises `Fault`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from hegui.datatypes import BOOL, DATE, INT, MAX_INT, NUMBER, Reason
from hegui.language.late import nw
from hegui.language.signatures import Columns, Example, Expr, Fault, Lookups, Operator, Overload, Units

if TYPE_CHECKING:
    from hegui.language.pattern import Pattern

EPSILON: Final = 1e-12
"""Results of double arithmetic within this share of the magnitudes involved count as equal."""

EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date.min.toordinal() - EPOCH
LAST_DAY: Final = date.max.toordinal() - EPOCH


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """The date of a day number.

    Raises:
        Fault: out of range (before year 1 or after 9999).
    """
    if not FIRST_DAY <= number <= LAST_DAY:
        raise Fault(Reason.OUT_OF_RANGE)
    return date.fromordinal(number + EPOCH)


def sign(left: Any, right: Any) -> int:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`."""
    return int(left > right) - int(left < right)


def near_sign(left: float, right: float, magnitude: float) -> int:
    """`sign`, with 0 where the two differ by no more than rounding can."""
    return 0 if abs(left - right) <= EPSILON * magnitude else sign(left, right)


def keep(condition: Expr, value: Expr) -> Expr:
    """`value` where `condition` is true, null elsewhere."""
    return nw.when(condition).then(value)


def checked_int(value: int) -> int:
    """`value`, unless it is beyond the range of exact ints (a `Fault`)."""
    if abs(value) > MAX_INT:
        raise Fault(Reason.OUT_OF_RANGE)
    return value


def checked_double(value: float) -> float:
    """`value`, unless it is infinite or no number (a `Fault`)."""
    if not math.isfinite(value):
        raise Fault(Reason.OUT_OF_RANGE)
    return value


def int_range(value: Expr) -> Expr:
    """As `checked_int`, null beyond."""
    return keep(value.abs() <= float(MAX_INT), value)


def finite(value: Expr) -> Expr:
    """As `checked_double`, null beyond."""
    return keep(value.abs() < math.inf, value)


def out_of_range(*_: Expr) -> list[tuple[Reason, Expr | None]]:
    """The only fault is out of range."""
    return [(Reason.OUT_OF_RANGE, None)]


def beyond_calendar(*_: Any) -> list[tuple[Reason, Expr | None]]:
    """The only fault is a date beyond the calendar."""
    return [(Reason.BEYOND_CALENDAR, None)]


def unreadable(*_: Expr) -> list[tuple[Reason, Expr | None]]:
    """The only fault is a text that is no number."""
    return [(Reason.UNREADABLE, None)]


def arithmetic(scalar: Callable[[Any, Any], Any], units: Units) -> tuple[Overload, Overload]:
    """An operator over two ints (exact) and over two doubles."""
    return (
        Overload(
            ("int", "int"),
            INT,
            lambda a, b: checked_int(scalar(a, b)),
            lambda a, b: int_range(scalar(a, b)),
            units,
            out_of_range,
            quick=scalar,
        ),
        Overload(
            ("number", "number"),
            NUMBER,
            lambda a, b: checked_double(overflowing(scalar, a, b)),
            lambda a, b: finite(scalar(a, b)),
            units,
            out_of_range,
            quick=scalar,
        ),
    )


def overflowing(scalar: Callable[[Any, Any], Any], left: Any, right: Any) -> float:
    """A double operation with overflow as infinity."""
    try:
        return float(scalar(float(left), float(right)))
    except OverflowError:
        return math.inf


def divide(left: float, right: float) -> float:
    """Quotient of two doubles."""
    if right == 0:
        raise Fault(Reason.DIVISION_BY_ZERO)
    return checked_double(float(left) / float(right))


def divide_column(left: Expr, right: Expr) -> Expr:
    """As `divide`; the zero divisor is masked before dividing."""
    return finite(left / keep(right != 0.0, right))


def division_faults(_: Expr, right: Expr) -> list[tuple[Reason, Expr | None]]:
    """Division by zero where the divisor is zero, else out of range."""
    return [(Reason.DIVISION_BY_ZERO, right == 0.0), (Reason.OUT_OF_RANGE, None)]


def remainder(left: int, right: int) -> int:
    """Remainder with the sign of the dividend."""
    if right == 0:
        raise Fault(Reason.DIVISION_BY_ZERO)
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def remainder_column(left: Expr, right: Expr) -> Expr:
    """As `remainder`; engines differ in the sign of `%`, so it is taken of magnitudes."""
    divisor = keep(right != 0.0, right.abs().cast(nw.Int64))
    rest = (left.abs().cast(nw.Int64) % divisor).cast(nw.Float64)
    return nw.when(left < 0.0).then(-rest).otherwise(rest)


def compared(scalar: Callable[[Any, Any], Any], types: tuple[str, ...]) -> tuple[Overload, ...]:
    """A comparison of two values of each of some types."""
    return tuple(
        Overload((name, name), BOOL, scalar, scalar, "same" if name in ("int", "number") else "none") for name in types
    )


ORDERED: Final = ("int", "number", "string", "date")
EQUAL: Final = (*ORDERED, "bool")


def comparison(
    spelling: str, scalar: Callable[[Any, Any], bool], signs: set[int], doc: str, *cases: Example
) -> Operator:
    """The row of a comparison; `signs` are those of left − right for which it holds."""
    ordering = spelling not in ("==", "!=")
    return Operator(
        spelling,
        spelling,
        "infix",
        compared(scalar, ORDERED if ordering else EQUAL),
        doc,
        cases,
        power=4,
        signs=frozenset(signs),
        ordering=ordering,
    )


# --- dates ---------------------------------------------------------------------------------------------------------


def make_date(year: int, month: int, day: int) -> date:
    """The date of a year, month and day."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Fault(Reason.OUT_OF_RANGE) from error


def days_from_civil(c: Columns, year: Expr, month: Expr, day: Expr) -> Expr:
    """Day number of a proleptic Gregorian date; H. Hinnant, *chrono-compatible low-level date algorithms*."""
    moved = c.let(nw.when(month <= 2.0).then(year - 1.0).otherwise(year))
    era = c.let((moved / 400.0).floor())
    of_era = c.let(moved - era * 400.0)
    shifted = nw.when(month > 2.0).then(month - 3.0).otherwise(month + 9.0)
    of_year = ((shifted * 153.0 + 2.0) / 5.0).floor() + day - 1.0
    total = of_era * 365.0 + (of_era / 4.0).floor() - (of_era / 100.0).floor() + of_year
    return era * 146097.0 + total - 719468.0


def make_date_column(c: Columns, year: Expr, month: Expr, day: Expr) -> Expr:
    """As `make_date`: the day number, if its month is the one asked for."""
    plausible = (year >= 1.0) & (year <= 9999.0) & (month >= 1.0) & (month <= 12.0) & (day >= 1.0) & (day <= 31.0)
    number = c.let(keep(plausible, days_from_civil(c, year, month, day)))
    return keep(civil(c, number)[1] == month, number)


def civil(c: Columns, number: Expr) -> tuple[Expr, Expr, Expr]:
    """Year, month and day of a day number (Hinnant, as above)."""
    moved = number + 719468.0
    era = c.let((moved / 146097.0).floor())
    of_era = c.let(moved - era * 146097.0)
    leap = (of_era / 1460.0).floor() - (of_era / 36524.0).floor() + (of_era / 146096.0).floor()
    year_of_era = c.let(((of_era - leap) / 365.0).floor())
    before = year_of_era * 365.0 + (year_of_era / 4.0).floor() - (year_of_era / 100.0).floor()
    of_year = c.let(of_era - before)
    shifted = c.let(((of_year * 5.0 + 2.0) / 153.0).floor())
    day = of_year - ((shifted * 153.0 + 2.0) / 5.0).floor() + 1.0
    month = c.let(nw.when(shifted < 10.0).then(shifted + 3.0).otherwise(shifted - 9.0))
    year = year_of_era + era * 400.0 + nw.when(month <= 2.0).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    return year, month, day


def shifted(direction: int) -> Overload:
    """A date some days later (1) or earlier (-1)."""
    return Overload(
        ("date", "days"),
        DATE,
        lambda d, n: day_of(day_number(d) + direction * n.days),
        lambda d, n: in_calendar_range(d + n * float(direction)),
        "none",
        out_of_range,
    )


def in_calendar_range(number: Expr) -> Expr:
    """Null before year 1 and after 9999."""
    return keep((number >= float(FIRST_DAY)) & (number <= float(LAST_DAY)), number)


def day_span(count: int) -> timedelta:
    """A span of days."""
    try:
        return timedelta(days=count)
    except OverflowError as error:
        raise Fault(Reason.OUT_OF_RANGE) from error


def day_span_column(count: Expr) -> Expr:
    """As `day_span`; a span is its number of days."""
    return keep(count.abs() <= float(timedelta.max.days), count)


def date_text(text: str) -> date:
    """The date of an ISO text.

    Raises:
        ValueError: it is none.
    """
    if len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def not_a_column(*_: Expr) -> Expr:
    """The column meaning of what the checker works out from a literal."""
    raise AssertionError("a literal is worked out by the checker")  # pragma: no cover


def workdays_between(lookups: Lookups, start: date, end: date) -> int:
    """Working days from one date to another."""
    found = lookups.workdays_between(start, end)
    if found is None:
        raise Fault(Reason.BEYOND_CALENDAR)
    return found


def add_workdays(lookups: Lookups, start: date, count: int) -> date:
    """The n-th working day after a date."""
    if count < 0:
        raise Fault(Reason.OUT_OF_RANGE)
    found = lookups.add_workdays(start, count)
    if found is None:
        raise Fault(Reason.BEYOND_CALENDAR)
    return found


def add_workdays_column(columns: Columns, start: Expr, count: Expr) -> Expr:
    """As `add_workdays`, by the index of working days."""
    index = columns.workday_index(start)
    target = columns.workday_at(index + keep(count > 0.0, count))
    return nw.when(count == 0.0).then(keep(~index.is_null(), start)).otherwise(target)


def add_workdays_faults(_: Any, __: Expr, count: Expr) -> list[tuple[Reason, Expr | None]]:
    """Out of range for a negative count, else beyond the calendar."""
    return [(Reason.OUT_OF_RANGE, count < 0.0), (Reason.BEYOND_CALENDAR, None)]


# --- text and numbers ----------------------------------------------------------------------------------------------

INT_TEXT: Final = r"^[-+]?[0-9]{1,16}$"
DOUBLE_TEXT: Final = r"^[-+]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})([eE][-+]?[0-9]{1,3})?$"


def int_of_text(text: str) -> int:
    """The int a text says."""
    import re

    if not re.match(INT_TEXT[:-1] + r"\Z", text):
        raise Fault(Reason.UNREADABLE)
    value = int(text)
    if abs(value) > MAX_INT:
        raise Fault(Reason.UNREADABLE)
    return value


def int_of_text_column(text: Expr) -> Expr:
    """As `int_of_text`."""
    value = keep(plain_text(text) & text.str.contains(INT_TEXT), text).cast(nw.Int64).cast(nw.Float64)
    return int_range(value)


def double_of_text(text: str) -> float:
    """The double a text says."""
    import re

    if not re.match(DOUBLE_TEXT[:-1] + r"\Z", text) or not math.isfinite(value := float(text)):
        raise Fault(Reason.UNREADABLE)
    return value


def double_of_text_column(text: Expr) -> Expr:
    """As `double_of_text`."""
    return finite(keep(plain_text(text) & text.str.contains(DOUBLE_TEXT), text).cast(nw.Float64))


def plain_text(text: Expr) -> Expr:
    """No line feed: `$` must mean the end of the text on every engine."""
    return ~text.str.contains("\n", literal=True)


FRACTIONS: Final = 2.0**52
"""Doubles from here on are whole."""


def floor(value: Expr) -> Expr:
    """The largest whole number not above; Spark has it as a long, which large doubles do not fit."""
    return nw.when(value.abs() < FRACTIONS).then(value.floor().cast(nw.Float64)).otherwise(value)


def ceil(value: Expr) -> Expr:
    """The smallest whole number not below."""
    return nw.when(value.abs() < FRACTIONS).then(value.ceil().cast(nw.Float64)).otherwise(value)


def upper_half(value: Expr) -> Expr:
    """A double of which only the first 26 digits are left; the rest is exact too.

    Millions of doubles about as large as each other add up without rounding in such halves; as they are, each addition rounds
    the same way where they are equal.
    """
    split = value * (2.0**27 + 1.0)
    return nw.when(value.abs() < 2.0**990).then(split - (split - value)).otherwise(value)


def int_of_double(value: float) -> int:
    """A double truncated towards zero."""
    return checked_int(math.trunc(value))


def int_of_double_column(value: Expr) -> Expr:
    """As `int_of_double`."""
    return int_range(nw.when(value < 0.0).then(ceil(value)).otherwise(floor(value)))


def round_half_away(value: float) -> float:
    """Half away from zero."""
    whole = math.floor(abs(value))
    return math.copysign(whole + (1 if abs(value) - whole >= 0.5 else 0), value)


def round_half_away_column(value: Expr) -> Expr:
    """As `round_half_away`."""
    size = value.abs()
    whole = floor(size)
    rounded = nw.when(size - whole >= 0.5).then(whole + 1.0).otherwise(whole)
    return nw.when(value < 0.0).then(-rounded).otherwise(rounded)


def extreme(name: Literal["min", "max"]) -> tuple[Overload, ...]:
    """The least or greatest of some numbers."""
    scalar = min if name == "min" else max

    def column(*args: Expr) -> Expr:
        present = ~args[0].is_null()
        for arg in args[1:]:
            present = present & ~arg.is_null()
        return keep(present, nw.min_horizontal(*args) if name == "min" else nw.max_horizontal(*args))

    return tuple(Overload((kind, kind), kind_type, scalar, column, "same") for kind, kind_type in NUMERIC)


NUMERIC: Final = (("int", INT), ("number", NUMBER))


def of_one_number(scalar: Callable[[Any], Any], column: Callable[[Expr], Expr], units: Units) -> tuple[Overload, ...]:
    """A function of one number that keeps its type."""
    return tuple(
        Overload(
            (kind,),
            kind_type,
            lambda x, number=kind == "number": float(scalar(x)) if number else int(scalar(x)),
            column,
            units,
        )
        for kind, kind_type in NUMERIC
    )


def matches(text: str, pattern: Pattern) -> bool:
    """Does the pattern match anywhere in the text."""
    return pattern.search(text)


def matches_column(columns: Columns, text: Expr, pattern: Pattern) -> Expr:
    """As `matches`, by whatever the engine has that takes no longer than the text deserves."""
    return columns.matching(text, pattern)


def parse_pattern(text: str) -> object:
    """The pattern of a literal text."""
    from hegui.language.pattern import parse

    return parse(text)


def date_as_text(c: Columns, number: Expr) -> Expr:
    """The ISO text of a day number."""
    parts = zip(civil(c, number), (4, 2, 2), strict=True)
    return nw.concat_str([part.cast(nw.Int64).cast(nw.String).str.zfill(size) for part, size in parts], separator="-")


def starts(text: Expr, part: Expr) -> Expr:
    """Does the text begin so."""
    return text.str.starts_with(part)


def ends(text: Expr, part: Expr) -> Expr:
    """Does the text end so."""
    return text.str.ends_with(part)


def contains(text: Expr, part: Expr) -> Expr:
    """Is the second text part of the first."""
    return text.str.contains(part, literal=True)
