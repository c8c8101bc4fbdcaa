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
import operator
from datetime import date
from typing import Final

from hegui.datatypes import BOOL, DATE, DAYS, INT, NUMBER, STRING, Reason, Type
from hegui.language import meanings as m
from hegui.language.added import RESERVED, added
from hegui.language.late import nw
from hegui.language.signatures import Example, Operator, Overload

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
    m.comparison(
        "<",
        lambda a, b: a < b,
        {-1},
        "less than",
        Example("1 < 2", True),
        Example("1.5 < 1", False),
        Example('"甲" < "乙"', False),
        Example('date("2024-03-10") < date("2024-03-11")', True),
    ),
    m.comparison(
        "<=",
        lambda a, b: a <= b,
        {-1, 0},
        "less than or equal to",
        Example("2 <= 2", True),
        Example("0.1 + 0.2 <= 0.3", True),
    ),
    m.comparison(
        ">", lambda a, b: a > b, {1}, "greater than", Example("2 > 2", False), Example("0.1 + 0.2 > 0.3", False)
    ),
    m.comparison(
        ">=",
        lambda a, b: a >= b,
        {0, 1},
        "greater than or equal to",
        Example("2 >= 2", True),
        Example("0.1 + 0.7 >= 0.8", True),
    ),
    m.comparison(
        "==",
        lambda a, b: a == b,
        {0},
        "equal",
        Example('"露天" == "露天"', True),
        Example("0.1 + 0.2 == 0.3", True),
        Example("true == false", False),
        Example("9007199254740991 == 9007199254740991.0", True),
    ),
    m.comparison(
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
            *m.arithmetic(operator.add, "same"),
            Overload(("string", "string"), STRING, lambda a, b: a + b, lambda a, b: nw.concat_str([a, b])),
            m.shifted(1),
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
        (*m.arithmetic(operator.sub, "same"), m.shifted(-1)),
        "difference of two numbers, or a date some days earlier",
        (Example("1 - 2", -1), Example("0.5 - 0.25", 0.25), Example('date("2024-03-01") - days(1)', date(2024, 2, 29))),
        power=5,
        terms="sum",
    ),
    Operator(
        "*",
        "*",
        "infix",
        m.arithmetic(operator.mul, "product"),
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
        (Overload(("number", "number"), NUMBER, m.divide, m.divide_column, "quotient", m.division_faults),),
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
                ("int", "int"),
                INT,
                m.remainder,
                m.remainder_column,
                "bare",
                lambda *_: [(Reason.DIVISION_BY_ZERO, None)],
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
        m.of_one_number(lambda a: -a, lambda a: -a, "keep"),
        "minus",
        (Example("-(3)", -3), Example("-(0.5)", -0.5)),
        power=7,
        terms="keep",
    ),
    Operator(
        "date",
        "date",
        "function",
        (Overload(("string",), DATE, m.date_text, m.not_a_column),),
        "a date written as an ISO text",
        (Example('date("2024-03-11")', date(2024, 3, 11)),),
        literal=True,
    ),
    Operator(
        "date3",
        "date",
        "function",
        (Overload(("int", "int", "int"), DATE, m.make_date, m.make_date_column, "bare", m.out_of_range, steps=True),),
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
        (Overload(("int",), DAYS, m.day_span, m.day_span_column, "days", m.out_of_range),),
        "a span of days, to add to a date",
        (Example('date("2024-03-11") + days(30)', date(2024, 4, 10)),),
    ),
    Operator(
        "days_between",
        "days_between",
        "function",
        (Overload(("date", "date"), Type("int", "d"), lambda a, b: b.toordinal() - a.toordinal(), lambda a, b: b - a),),
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
                m.workdays_between,
                lambda c, a, b: c.workday_index(b) - c.workday_index(a),
                "none",
                m.beyond_calendar,
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
                ("date", "int"),
                DATE,
                m.add_workdays,
                m.add_workdays_column,
                "none",
                m.add_workdays_faults,
                lookups=True,
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
        (Overload(("date",), INT, lambda d: d.year, lambda c, d: m.civil(c, d)[0], steps=True),),
        "the year of a date",
        (Example('date("2024-03-11").year()', 2024), Example("date(1, 1, 1).year()", 1)),
    ),
    Operator(
        "month",
        "month",
        "method",
        (Overload(("date",), INT, lambda d: d.month, lambda c, d: m.civil(c, d)[1], steps=True),),
        "the month of a date, 1 to 12",
        (Example('date("2024-02-29").month()', 2),),
    ),
    Operator(
        "day",
        "day",
        "method",
        (Overload(("date",), INT, lambda d: d.day, lambda c, d: m.civil(c, d)[2], steps=True),),
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
        (Overload(("string", "string"), BOOL, str.startswith, lambda s, t: m.starts(s, t)),),
        "does the text begin so",
        (Example('"矿山台账".startsWith("矿山")', True),),
    ),
    Operator(
        "endsWith",
        "endsWith",
        "method",
        (Overload(("string", "string"), BOOL, str.endswith, lambda s, t: m.ends(s, t)),),
        "does the text end so",
        (Example('"矿山台账".endsWith("台账")', True), Example('"a".endsWith("")', True)),
    ),
    Operator(
        "contains",
        "contains",
        "method",
        (Overload(("string", "string"), BOOL, str.__contains__, lambda s, t: m.contains(s, t)),),
        "is the second text part of the first",
        (Example('"矿山台账".contains("山台")', True), Example('"a.b".contains(".")', True)),
    ),
    Operator(
        "matches",
        "matches",
        "method",
        (Overload(("string", "string"), BOOL, m.matches, m.matches_column, steps=True),),
        "does the pattern match anywhere in the text",
        (
            Example(r'"M003".matches("^M\\d+$")', True),
            Example(r'"٣".matches("\\d")', False),
            Example(r'"a\n".matches("a$")', False),
        ),
        prepare=m.parse_pattern,
    ),
    Operator(
        "math.abs",
        "math.abs",
        "function",
        m.of_one_number(abs, lambda a: a.abs(), "keep"),
        "absolute value",
        (Example("math.abs(-2)", 2), Example("math.abs(-0.5)", 0.5)),
        terms="keep",
    ),
    Operator(
        "math.ceil",
        "math.ceil",
        "function",
        (Overload(("number",), NUMBER, lambda x: float(math.ceil(x)), m.ceil, "keep"),),
        "the smallest whole number not below",
        (Example("math.ceil(1.2)", 2.0), Example("math.ceil(1e300)", 1e300)),
    ),
    Operator(
        "math.floor",
        "math.floor",
        "function",
        (Overload(("number",), NUMBER, lambda x: float(math.floor(x)), m.floor, "keep"),),
        "the largest whole number not above",
        (Example("math.floor(-1.2)", -2.0), Example("math.floor(-1e300)", -1e300)),
    ),
    Operator(
        "math.round",
        "math.round",
        "function",
        (Overload(("number",), NUMBER, m.round_half_away, m.round_half_away_column, "keep"),),
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
        m.extreme("min"),
        "the least of two or more numbers",
        (Example("math.least(3, 1, 2)", 1), Example("math.least(1, 0.5)", 0.5)),
        variadic=True,
        terms="sum",
    ),
    Operator(
        "math.greatest",
        "math.greatest",
        "function",
        m.extreme("max"),
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
            Overload(("number",), INT, m.int_of_double, m.int_of_double_column, "keep", m.out_of_range),
            Overload(("string",), INT, m.int_of_text, m.int_of_text_column, "none", m.unreadable),
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
            Overload(("string",), NUMBER, m.double_of_text, m.double_of_text_column, "none", m.unreadable),
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
                lambda x: nw.when(x).then(nw.lit("true")).otherwise(m.keep(~x, nw.lit("false"))),
            ),
            Overload(("date",), STRING, lambda d: d.isoformat(), m.date_as_text, steps=True),
        ),
        "a text of an int, bool or date; doubles have no one text form",
        (
            Example("string(12)", "12"),
            Example('string(date("0001-02-03"))', "0001-02-03"),
            Example("string(1 < 2)", "true"),
        ),
    ),
)


class _Table(dict[str, Operator]):
    """The rows by key; a key that is none of them is a function of a plugin."""

    def __missing__(self, key: str) -> Operator:
        row = added(key, self)
        if row is None:
            raise KeyError(key)
        return row


OPERATORS: Final[dict[str, Operator]] = _Table({row.key: row for row in _TABLE})
"""Every row by key. A plugin's row is found by its key, but is not among them."""


def rows(form: str, spelling: str) -> tuple[Operator, ...]:
    """The rows of a form and spelling; several where signatures differ in kind (`date`). A plugin's where there are none.

    Raises:
        PluginError: a plugin has it that cannot be used.
    """
    own = tuple(row for row in _TABLE if row.form == form and row.spelling == spelling)
    if own or form not in ("function", "method") or spelling in RESERVED:
        return own
    row = added(spelling, OPERATORS)
    return (row,) if row is not None and row.form == form else ()


def spellings(form: str) -> list[str]:
    """Every spelling of a form, in table order."""
    return list(dict.fromkeys(row.spelling for row in _TABLE if row.form == form))


NAMESPACES: Final = frozenset(row.spelling.split(".")[0] for row in _TABLE if "." in row.spelling)
"""First words of dotted functions (`math`)."""
