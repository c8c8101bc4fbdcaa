"""The open table: one row per operator or function of the condition language.

A row holds everything a stage needs to know: spelling and binding power (parser), signatures and units (checker),
scalar meaning (the definition), column meaning (its translation to narwhals expressions), the reason a result may be
missing, documentation and examples. No stage names an operator.

The grammar and the meanings are those of CEL (the Common Expression Language specification, cel-spec) but for the
list in docs/language.md.

In columns an int is a double, a date the number of days since 1970-01-01 as a double, and null is undetermined. A
column meaning may assume nothing of its arguments but their types; it yields null where an argument is null and where
the scalar meaning raises `Fault`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import narwhals as nw

from hegui.datatypes import BOOL, DATE, DAYS, INT, MAX_INT, NUMBER, STRING, Reason, Type

if TYPE_CHECKING:
    from hegui.language.pattern import Pattern

Expr = nw.Expr
Units = Literal["none", "same", "product", "quotient", "keep", "bare", "days"]
"""How units combine: `same` converts the other arguments to the unit of the first quantity and the result keeps it (a
literal zero fits any unit); `product` and `quotient` combine two; `keep` gives the result the argument's unit; `bare`
wants numbers without unit; `days` wants a bare number or one in `d`."""


class Fault(Exception):
    """A strict operation without a value though its arguments have one."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Lookups(Protocol):
    """What a scalar meaning may ask of the run."""

    def workdays_between(self, start: date, end: date) -> int | None: ...
    def add_workdays(self, start: date, count: int) -> date | None: ...


class Columns(Protocol):
    """What a column meaning may ask of the planner: columns of its own and joins with small tables."""

    def let(self, column: Expr) -> Expr:
        """`column`, worked out once and named: what uses it several times stays small."""
        ...

    def workday_index(self, day: Expr) -> Expr:
        """Working days from the calendar's first day up to and including `day`; null beyond the calendar."""
        ...

    def workday_at(self, index: Expr) -> Expr:
        """The working day with that index; null beyond the calendar."""
        ...


@dataclass(frozen=True)
class Overload:
    """One signature with its meanings. `args` are type names; the last is repeated where the row is variadic.

    `faults` pairs each reason with the column condition under which it is the one; the last holds where no other does.
    """

    args: tuple[str, ...]
    result: Type
    scalar: Callable[..., Any]
    column: Callable[..., Expr]
    units: Units = "none"
    faults: Callable[..., list[tuple[Reason, Expr | None]]] | None = None
    lookups: bool = False
    """The scalar meaning takes a `Lookups` first (and the column meaning a `Columns`)."""
    steps: bool = False
    """The column meaning takes a `Columns` first."""


@dataclass(frozen=True)
class Example:
    """An expression over literals and its value, or the reason it has none."""

    text: str
    value: object = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Operator:
    """A row of the table. `key` is unique; `signs` makes a comparison: the signs of left − right for which it holds.

    `logic` and `membership` mark the rows whose meaning is a node of its own (`&&`, `||`, `in`). `terms` says how the
    magnitude of a double result follows from its arguments (see `near` in docs/language.md).
    """

    key: str
    spelling: str
    form: Literal["prefix", "infix", "function", "method"]
    overloads: tuple[Overload, ...]
    doc: str
    examples: tuple[Example, ...]
    power: int = 0
    variadic: bool = False
    signs: frozenset[int] | None = None
    ordering: bool = False
    logic: Literal["and", "or"] | None = None
    membership: bool = False
    terms: Literal["sum", "product", "quotient", "keep"] | None = None
    prepare: Callable[[str], object] | None = None
    """Turns the constant second argument into what the meanings use instead (a regular expression)."""
    literal: bool = False
    """The only argument must be a literal, worked out when the ruleset loads."""


# --- shared meanings -----------------------------------------------------------------------------------------------

EPSILON: Final = 1e-12
"""Results of double arithmetic within this share of the magnitudes involved count as equal."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date.min.toordinal() - _EPOCH
LAST_DAY: Final = date.max.toordinal() - _EPOCH


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The date of a day number.

    Raises:
        Fault: out of range (before year 1 or after 9999).
    """
    if not FIRST_DAY <= number <= LAST_DAY:
        raise Fault(Reason.OUT_OF_RANGE)
    return date.fromordinal(number + _EPOCH)


def sign(left: Any, right: Any) -> int:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`."""
    return (left > right) - (left < right)


def near_sign(left: float, right: float, magnitude: float) -> int:
    """`sign`, with 0 where the two differ by no more than rounding can."""
    return 0 if abs(left - right) <= EPSILON * magnitude else sign(left, right)


def keep(condition: Expr, value: Expr) -> Expr:
    """`value` where `condition` is true, null elsewhere."""
    return nw.when(condition).then(value)


def _checked_int(value: int) -> int:
    if abs(value) > MAX_INT:
        raise Fault(Reason.OUT_OF_RANGE)
    return value


def _checked_double(value: float) -> float:
    if not math.isfinite(value):
        raise Fault(Reason.OUT_OF_RANGE)
    return value


def _int_range(value: Expr) -> Expr:
    return keep(value.abs() <= float(MAX_INT), value)


def _finite(value: Expr) -> Expr:
    return keep(value.abs() < math.inf, value)


def _out_of_range(*_: Expr) -> list[tuple[Reason, Expr | None]]:
    return [(Reason.OUT_OF_RANGE, None)]


def _beyond_calendar(*_: Any) -> list[tuple[Reason, Expr | None]]:
    return [(Reason.BEYOND_CALENDAR, None)]


def _unreadable(*_: Expr) -> list[tuple[Reason, Expr | None]]:
    return [(Reason.UNREADABLE, None)]


def _arithmetic(scalar: Callable[[Any, Any], Any], units: Units) -> tuple[Overload, Overload]:
    """An operator over two ints (exact) and over two doubles."""
    return (
        Overload(
            ("int", "int"),
            INT,
            lambda a, b: _checked_int(scalar(a, b)),
            lambda a, b: _int_range(scalar(a, b)),
            units,
            _out_of_range,
        ),
        Overload(
            ("number", "number"),
            NUMBER,
            lambda a, b: _checked_double(_overflowing(scalar, a, b)),
            lambda a, b: _finite(scalar(a, b)),
            units,
            _out_of_range,
        ),
    )


def _overflowing(scalar: Callable[[Any, Any], Any], left: Any, right: Any) -> float:
    try:
        return float(scalar(float(left), float(right)))
    except OverflowError:
        return math.inf


def _divide(left: float, right: float) -> float:
    if right == 0:
        raise Fault(Reason.DIVISION_BY_ZERO)
    return _checked_double(float(left) / float(right))


def _divide_column(left: Expr, right: Expr) -> Expr:
    return _finite(left / keep(right != 0.0, right))


def _division_faults(_: Expr, right: Expr) -> list[tuple[Reason, Expr | None]]:
    return [(Reason.DIVISION_BY_ZERO, right == 0.0), (Reason.OUT_OF_RANGE, None)]


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise Fault(Reason.DIVISION_BY_ZERO)
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _remainder_column(left: Expr, right: Expr) -> Expr:
    divisor = keep(right != 0.0, right.abs().cast(nw.Int64))
    rest = (left.abs().cast(nw.Int64) % divisor).cast(nw.Float64)
    return nw.when(left < 0.0).then(-rest).otherwise(rest)


def _compared(scalar: Callable[[Any, Any], bool], types: tuple[str, ...]) -> tuple[Overload, ...]:
    return tuple(
        Overload((name, name), BOOL, scalar, scalar, "same" if name in ("int", "number") else "none") for name in types
    )


_ORDERED: Final = ("int", "number", "string", "date")
_EQUAL: Final = (*_ORDERED, "bool")


def _comparison(
    spelling: str, scalar: Callable[[Any, Any], bool], signs: set[int], doc: str, *cases: Example
) -> Operator:
    ordering = spelling not in ("==", "!=")
    return Operator(
        spelling,
        spelling,
        "infix",
        _compared(scalar, _ORDERED if ordering else _EQUAL),
        doc,
        cases,
        power=4,
        signs=frozenset(signs),
        ordering=ordering,
    )


# --- dates ---------------------------------------------------------------------------------------------------------


def _make_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Fault(Reason.OUT_OF_RANGE) from error


def _days_from_civil(c: Columns, year: Expr, month: Expr, day: Expr) -> Expr:
    """Day number of a proleptic Gregorian date; H. Hinnant, *chrono-compatible low-level date algorithms*."""
    moved = c.let(nw.when(month <= 2.0).then(year - 1.0).otherwise(year))
    era = c.let((moved / 400.0).floor())
    of_era = c.let(moved - era * 400.0)
    shifted = nw.when(month > 2.0).then(month - 3.0).otherwise(month + 9.0)
    of_year = ((shifted * 153.0 + 2.0) / 5.0).floor() + day - 1.0
    total = of_era * 365.0 + (of_era / 4.0).floor() - (of_era / 100.0).floor() + of_year
    return era * 146097.0 + total - 719468.0


def _make_date_column(c: Columns, year: Expr, month: Expr, day: Expr) -> Expr:
    plausible = (year >= 1.0) & (year <= 9999.0) & (month >= 1.0) & (month <= 12.0) & (day >= 1.0) & (day <= 31.0)
    number = c.let(keep(plausible, _days_from_civil(c, year, month, day)))
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


def _shift(direction: int) -> Overload:
    return Overload(
        ("date", "days"),
        DATE,
        lambda d, n: day_of(day_number(d) + direction * n.days),
        lambda d, n: _in_calendar_range(d + n * float(direction)),
        "none",
        _out_of_range,
    )


def _in_calendar_range(number: Expr) -> Expr:
    return keep((number >= float(FIRST_DAY)) & (number <= float(LAST_DAY)), number)


def _days(count: int) -> timedelta:
    try:
        return timedelta(days=count)
    except OverflowError as error:
        raise Fault(Reason.OUT_OF_RANGE) from error


def _days_column(count: Expr) -> Expr:
    return keep(count.abs() <= float(timedelta.max.days), count)


def _date_text(text: str) -> date:
    """The date of an ISO text.

    Raises:
        ValueError: it is none.
    """
    if len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def _not_a_column(*_: Expr) -> Expr:
    raise AssertionError("a literal is worked out by the checker")  # pragma: no cover


def _workdays_between(lookups: Lookups, start: date, end: date) -> int:
    found = lookups.workdays_between(start, end)
    if found is None:
        raise Fault(Reason.BEYOND_CALENDAR)
    return found


def _add_workdays(lookups: Lookups, start: date, count: int) -> date:
    if count < 0:
        raise Fault(Reason.OUT_OF_RANGE)
    found = lookups.add_workdays(start, count)
    if found is None:
        raise Fault(Reason.BEYOND_CALENDAR)
    return found


def _add_workdays_column(columns: Columns, start: Expr, count: Expr) -> Expr:
    index = columns.workday_index(start)
    target = columns.workday_at(index + keep(count > 0.0, count))
    return nw.when(count == 0.0).then(keep(~index.is_null(), start)).otherwise(target)


def _add_workdays_faults(_: Any, __: Expr, count: Expr) -> list[tuple[Reason, Expr | None]]:
    return [(Reason.OUT_OF_RANGE, count < 0.0), (Reason.BEYOND_CALENDAR, None)]


# --- text and numbers ----------------------------------------------------------------------------------------------

_INT_TEXT: Final = r"^[-+]?[0-9]{1,16}$"
_DOUBLE_TEXT: Final = r"^[-+]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})([eE][-+]?[0-9]{1,3})?$"


def _int_of_text(text: str) -> int:
    import re

    if not re.match(_INT_TEXT[:-1] + r"\Z", text):
        raise Fault(Reason.UNREADABLE)
    value = int(text)
    if abs(value) > MAX_INT:
        raise Fault(Reason.UNREADABLE)
    return value


def _int_of_text_column(text: Expr) -> Expr:
    value = keep(_plain_text(text) & text.str.contains(_INT_TEXT), text).cast(nw.Int64).cast(nw.Float64)
    return _int_range(value)


def _double_of_text(text: str) -> float:
    import re

    if not re.match(_DOUBLE_TEXT[:-1] + r"\Z", text) or not math.isfinite(value := float(text)):
        raise Fault(Reason.UNREADABLE)
    return value


def _double_of_text_column(text: Expr) -> Expr:
    return _finite(keep(_plain_text(text) & text.str.contains(_DOUBLE_TEXT), text).cast(nw.Float64))


def _plain_text(text: Expr) -> Expr:
    """No line feed: `$` must mean the end of the text on every engine."""
    return ~text.str.contains("\n", literal=True)


def _int_of_double(value: float) -> int:
    return _checked_int(math.trunc(value))


def _int_of_double_column(value: Expr) -> Expr:
    return _int_range(nw.when(value < 0.0).then(value.ceil()).otherwise(value.floor()))


def _round(value: float) -> float:
    """Half away from zero."""
    whole = math.floor(abs(value))
    return math.copysign(whole + (1 if abs(value) - whole >= 0.5 else 0), value)


def _round_column(value: Expr) -> Expr:
    size = value.abs()
    whole = size.floor()
    rounded = nw.when(size - whole >= 0.5).then(whole + 1.0).otherwise(whole)
    return nw.when(value < 0.0).then(-rounded).otherwise(rounded)


def _extreme(name: Literal["min", "max"]) -> tuple[Overload, ...]:
    scalar = min if name == "min" else max
    horizontal = nw.min_horizontal if name == "min" else nw.max_horizontal

    def column(*args: Expr) -> Expr:
        present = ~args[0].is_null()
        for arg in args[1:]:
            present = present & ~arg.is_null()
        return keep(present, horizontal(*args))

    return tuple(Overload((kind, kind), kind_type, scalar, column, "same") for kind, kind_type in _NUMERIC)


_NUMERIC: Final = (("int", INT), ("number", NUMBER))


def _each(scalar: Callable[[Any], Any], column: Callable[[Expr], Expr], units: Units) -> tuple[Overload, ...]:
    """A function of one number that keeps its type."""
    return tuple(
        Overload(
            (kind,),
            kind_type,
            lambda x, number=kind == "number": float(scalar(x)) if number else int(scalar(x)),
            column,
            units,
        )
        for kind, kind_type in _NUMERIC
    )


def _matches(text: str, pattern: Pattern) -> bool:
    return pattern.search(text)


def _matches_column(text: Expr, pattern: Pattern) -> Expr:
    return text.str.contains(pattern.rust())


def _parse_pattern(text: str) -> object:
    from hegui.language.pattern import parse

    return parse(text)


def date_as_text(c: Columns, number: Expr) -> Expr:
    """The ISO text of a day number."""
    parts = zip(civil(c, number), (4, 2, 2), strict=True)
    return nw.concat_str([part.cast(nw.Int64).cast(nw.String).str.zfill(size) for part, size in parts], separator="-")


# --- the table -----------------------------------------------------------------------------------------------------

_TABLE: Final = (
    Operator(
        "||",
        "||",
        "infix",
        (),
        "true where either part is true",
        (Example("true || false", True), Example("1 / 0.0 > 1.0 || true", True)),
        power=2,
        logic="or",
    ),
    Operator(
        "&&",
        "&&",
        "infix",
        (),
        "true where both parts are true",
        (Example("true && false", False), Example("1 / 0.0 > 1.0 && false", False)),
        power=3,
        logic="and",
    ),
    _comparison(
        "<",
        lambda a, b: a < b,
        {-1},
        "less than",
        Example("1 < 2", True),
        Example("1.5 < 1", False),
        Example('"甲" < "乙"', False),
        Example('date("2024-03-10") < date("2024-03-11")', True),
    ),
    _comparison(
        "<=",
        lambda a, b: a <= b,
        {-1, 0},
        "less than or equal to",
        Example("2 <= 2", True),
        Example("0.1 + 0.2 <= 0.3", True),
    ),
    _comparison(
        ">", lambda a, b: a > b, {1}, "greater than", Example("2 > 2", False), Example("0.1 + 0.2 > 0.3", False)
    ),
    _comparison(
        ">=",
        lambda a, b: a >= b,
        {0, 1},
        "greater than or equal to",
        Example("2 >= 2", True),
        Example("0.1 + 0.7 >= 0.8", True),
    ),
    _comparison(
        "==",
        lambda a, b: a == b,
        {0},
        "equal",
        Example('"露天" == "露天"', True),
        Example("0.1 + 0.2 == 0.3", True),
        Example("true == false", False),
        Example("9007199254740991 == 9007199254740991.0", True),
    ),
    _comparison(
        "!=", lambda a, b: a != b, {-1, 1}, "not equal", Example("1 != 2", True), Example("0.1 + 0.2 != 0.3", False)
    ),
    Operator(
        "in",
        "in",
        "infix",
        (),
        "is the value in the list; the same as `list.exists(v, v == value)`",
        (Example('"a" in ["a", "b"]', True), Example("3 in [1, 2]", False)),
        power=4,
        membership=True,
    ),
    Operator(
        "+",
        "+",
        "infix",
        (
            *_arithmetic(lambda a, b: a + b, "same"),
            Overload(("string", "string"), STRING, lambda a, b: a + b, lambda a, b: nw.concat_str([a, b])),
            _shift(1),
        ),
        "sum of two numbers, two texts joined, or a date some days later",
        (
            Example("1 + 2", 3),
            Example("1 + 2.5", 3.5),
            Example('"a" + "b"', "ab"),
            Example('date("2024-02-28") + days(2)', date(2024, 3, 1)),
            Example("9007199254740991 + 1", reason=Reason.OUT_OF_RANGE),
            Example('date("9999-12-31") + days(1)', reason=Reason.OUT_OF_RANGE),
        ),
        power=5,
        terms="sum",
    ),
    Operator(
        "-",
        "-",
        "infix",
        (*_arithmetic(lambda a, b: a - b, "same"), _shift(-1)),
        "difference of two numbers, or a date some days earlier",
        (Example("1 - 2", -1), Example("0.5 - 0.25", 0.25), Example('date("2024-03-01") - days(1)', date(2024, 2, 29))),
        power=5,
        terms="sum",
    ),
    Operator(
        "*",
        "*",
        "infix",
        _arithmetic(lambda a, b: a * b, "product"),
        "product",
        (
            Example("2 * 3", 6),
            Example("2 * 0.5", 1.0),
            Example("4503599627370496 * 2", reason=Reason.OUT_OF_RANGE),
            Example("1e200 * 1e200", reason=Reason.OUT_OF_RANGE),
        ),
        power=6,
        terms="product",
    ),
    Operator(
        "/",
        "/",
        "infix",
        (Overload(("number", "number"), NUMBER, _divide, _divide_column, "quotient", _division_faults),),
        "quotient of two doubles; write `double(a) / double(b)` for ints",
        (
            Example("1.0 / 4.0", 0.25),
            Example("1.0 / 0.0", reason=Reason.DIVISION_BY_ZERO),
            Example("1e300 / 1e-300", reason=Reason.OUT_OF_RANGE),
        ),
        power=6,
        terms="quotient",
    ),
    Operator(
        "%",
        "%",
        "infix",
        (
            Overload(
                ("int", "int"), INT, _remainder, _remainder_column, "bare", lambda *_: [(Reason.DIVISION_BY_ZERO, None)]
            ),
        ),
        "remainder of two ints, with the sign of the dividend",
        (
            Example("7 % 3", 1),
            Example("-7 % 3", -1),
            Example("7 % -3", 1),
            Example("7 % 0", reason=Reason.DIVISION_BY_ZERO),
        ),
        power=6,
    ),
    Operator(
        "!_",
        "!",
        "prefix",
        (Overload(("bool",), BOOL, lambda a: not a, lambda a: ~a),),
        "not",
        (Example("!true", False),),
        power=7,
    ),
    Operator(
        "-_",
        "-",
        "prefix",
        _each(lambda a: -a, lambda a: -a, "keep"),
        "minus",
        (Example("-(3)", -3), Example("-(0.5)", -0.5)),
        power=7,
        terms="keep",
    ),
    Operator(
        "date",
        "date",
        "function",
        (Overload(("string",), DATE, _date_text, _not_a_column),),
        "a date written as an ISO text",
        (Example('date("2024-03-11")', date(2024, 3, 11)),),
        literal=True,
    ),
    Operator(
        "date3",
        "date",
        "function",
        (Overload(("int", "int", "int"), DATE, _make_date, _make_date_column, "bare", _out_of_range, steps=True),),
        "the date of a year, month and day",
        (
            Example("date(2024, 2, 29)", date(2024, 2, 29)),
            Example("date(2023, 2, 29)", reason=Reason.OUT_OF_RANGE),
            Example("date(2024, 13, 1)", reason=Reason.OUT_OF_RANGE),
            Example("date(1, 1, 1)", date(1, 1, 1)),
        ),
    ),
    Operator(
        "days",
        "days",
        "function",
        (Overload(("int",), DAYS, _days, _days_column, "days", _out_of_range),),
        "a span of days, to add to a date",
        (Example('date("2024-03-11") + days(30)', date(2024, 4, 10)),),
    ),
    Operator(
        "days_between",
        "days_between",
        "function",
        (Overload(("date", "date"), Type("int", "d"), lambda a, b: day_number(b) - day_number(a), lambda a, b: b - a),),
        "days from the first date to the second, in `d`; negative if the second is earlier",
        (Example('days_between(date("2024-03-01"), date("2024-03-11"))', 10),),
    ),
    Operator(
        "workdays_between",
        "workdays_between",
        "function",
        (
            Overload(
                ("date", "date"),
                Type("int", "workday"),
                _workdays_between,
                lambda c, a, b: c.workday_index(b) - c.workday_index(a),
                "none",
                _beyond_calendar,
                lookups=True,
            ),
        ),
        "working days after the first date up to and including the second, in `workday`",
        (
            Example('workdays_between(date("2024-03-11"), date("2024-04-23"))', 30),
            Example('workdays_between(date("1990-01-01"), date("2024-04-23"))', reason=Reason.BEYOND_CALENDAR),
        ),
    ),
    Operator(
        "add_workdays",
        "add_workdays",
        "function",
        (
            Overload(
                ("date", "int"), DATE, _add_workdays, _add_workdays_column, "none", _add_workdays_faults, lookups=True
            ),
        ),
        "the n-th working day after a date; the day after counts as the first",
        (
            Example('add_workdays(date("2024-03-11"), 30)', date(2024, 4, 23)),
            Example('add_workdays(date("2024-03-11"), -1)', reason=Reason.OUT_OF_RANGE),
            Example('add_workdays(date("2024-03-11"), 100000)', reason=Reason.BEYOND_CALENDAR),
        ),
    ),
    Operator(
        "year",
        "year",
        "method",
        (Overload(("date",), INT, lambda d: d.year, lambda c, d: civil(c, d)[0], steps=True),),
        "the year of a date",
        (Example('date("2024-03-11").year()', 2024), Example("date(1, 1, 1).year()", 1)),
    ),
    Operator(
        "month",
        "month",
        "method",
        (Overload(("date",), INT, lambda d: d.month, lambda c, d: civil(c, d)[1], steps=True),),
        "the month of a date, 1 to 12",
        (Example('date("2024-02-29").month()', 2),),
    ),
    Operator(
        "day",
        "day",
        "method",
        (Overload(("date",), INT, lambda d: d.day, lambda c, d: civil(c, d)[2], steps=True),),
        "the day of the month of a date",
        (Example('date("2024-02-29").day()', 29),),
    ),
    Operator(
        "size",
        "size",
        "method",
        (Overload(("string",), INT, len, lambda s: s.str.len_chars().cast(nw.Float64)),),
        "characters in a text",
        (Example('"矿山".size()', 2),),
    ),
    Operator(
        "startsWith",
        "startsWith",
        "method",
        (Overload(("string", "string"), BOOL, str.startswith, lambda s, t: _starts(s, t)),),
        "does the text begin so",
        (Example('"矿山台账".startsWith("矿山")', True),),
    ),
    Operator(
        "endsWith",
        "endsWith",
        "method",
        (Overload(("string", "string"), BOOL, str.endswith, lambda s, t: _ends(s, t)),),
        "does the text end so",
        (Example('"矿山台账".endsWith("台账")', True), Example('"a".endsWith("")', True)),
    ),
    Operator(
        "contains",
        "contains",
        "method",
        (Overload(("string", "string"), BOOL, str.__contains__, lambda s, t: _contains(s, t)),),
        "is the second text part of the first",
        (Example('"矿山台账".contains("山台")', True), Example('"a.b".contains(".")', True)),
    ),
    Operator(
        "matches",
        "matches",
        "method",
        (Overload(("string", "string"), BOOL, _matches, _matches_column),),
        "does the pattern match anywhere in the text",
        (
            Example(r'"M003".matches("^M\\d+$")', True),
            Example(r'"٣".matches("\\d")', False),
            Example(r'"a\n".matches("a$")', False),
        ),
        prepare=_parse_pattern,
    ),
    Operator(
        "math.abs",
        "math.abs",
        "function",
        _each(abs, lambda a: a.abs(), "keep"),
        "absolute value",
        (Example("math.abs(-2)", 2), Example("math.abs(-0.5)", 0.5)),
        terms="keep",
    ),
    Operator(
        "math.ceil",
        "math.ceil",
        "function",
        (Overload(("number",), NUMBER, lambda x: float(math.ceil(x)), lambda x: x.ceil(), "keep"),),
        "the smallest whole number not below",
        (Example("math.ceil(1.2)", 2.0),),
    ),
    Operator(
        "math.floor",
        "math.floor",
        "function",
        (Overload(("number",), NUMBER, lambda x: float(math.floor(x)), lambda x: x.floor(), "keep"),),
        "the largest whole number not above",
        (Example("math.floor(-1.2)", -2.0),),
    ),
    Operator(
        "math.round",
        "math.round",
        "function",
        (Overload(("number",), NUMBER, _round, _round_column, "keep"),),
        "the nearest whole number, halves away from zero",
        (
            Example("math.round(2.5)", 3.0),
            Example("math.round(-2.5)", -3.0),
            Example("math.round(0.49999999999999994)", 0.0),
        ),
    ),
    Operator(
        "math.least",
        "math.least",
        "function",
        _extreme("min"),
        "the least of two or more numbers",
        (Example("math.least(3, 1, 2)", 1), Example("math.least(1, 0.5)", 0.5)),
        variadic=True,
        terms="sum",
    ),
    Operator(
        "math.greatest",
        "math.greatest",
        "function",
        _extreme("max"),
        "the greatest of two or more numbers",
        (Example("math.greatest(3, 1, 2)", 3),),
        variadic=True,
        terms="sum",
    ),
    Operator(
        "int",
        "int",
        "function",
        (
            Overload(("int",), INT, lambda x: x, lambda x: x, "keep"),
            Overload(("number",), INT, _int_of_double, _int_of_double_column, "keep", _out_of_range),
            Overload(("string",), INT, _int_of_text, _int_of_text_column, "none", _unreadable),
        ),
        "a whole number: a double truncated towards zero, or a text read",
        (
            Example("int(-1.9)", -1),
            Example('int("12")', 12),
            Example('int("x")', reason=Reason.UNREADABLE),
            Example("int(1e300)", reason=Reason.OUT_OF_RANGE),
        ),
    ),
    Operator(
        "double",
        "double",
        "function",
        (
            Overload(("int",), NUMBER, float, lambda x: x, "keep"),
            Overload(("number",), NUMBER, lambda x: x, lambda x: x, "keep"),
            Overload(("string",), NUMBER, _double_of_text, _double_of_text_column, "none", _unreadable),
        ),
        "a double: an int widened, or a text read",
        (Example("double(3)", 3.0), Example('double("1e3")', 1000.0), Example('double("")', reason=Reason.UNREADABLE)),
    ),
    Operator(
        "string",
        "string",
        "function",
        (
            Overload(("string",), STRING, lambda x: x, lambda x: x),
            Overload(("int",), STRING, str, lambda x: x.cast(nw.Int64).cast(nw.String), "bare"),
            Overload(
                ("bool",),
                STRING,
                lambda x: "true" if x else "false",
                lambda x: nw.when(x).then(nw.lit("true")).otherwise(keep(~x, nw.lit("false"))),
            ),
            Overload(("date",), STRING, lambda d: d.isoformat(), date_as_text, steps=True),
        ),
        "a text of an int, bool or date; doubles have no one text form",
        (
            Example("string(12)", "12"),
            Example('string(date("0001-02-03"))', "0001-02-03"),
            Example("string(1 < 2)", "true"),
        ),
    ),
)


def _starts(text: Expr, part: Expr) -> Expr:
    return text.str.starts_with(part)  # type: ignore[arg-type]


def _ends(text: Expr, part: Expr) -> Expr:
    return text.str.ends_with(part)  # type: ignore[arg-type]


def _contains(text: Expr, part: Expr) -> Expr:
    return text.str.contains(part, literal=True)  # type: ignore[arg-type]


OPERATORS: Final[dict[str, Operator]] = {row.key: row for row in _TABLE}
"""Every row by key."""


def rows(form: str, spelling: str) -> tuple[Operator, ...]:
    """The rows of a form and spelling; several where signatures differ in kind (`date`)."""
    return tuple(row for row in _TABLE if row.form == form and row.spelling == spelling)


def spellings(form: str) -> list[str]:
    """Every spelling of a form, in table order."""
    return list(dict.fromkeys(row.spelling for row in _TABLE if row.form == form))


NAMESPACES: Final = frozenset(row.spelling.split(".")[0] for row in _TABLE if "." in row.spelling)
"""First words of dotted functions (`math`)."""
