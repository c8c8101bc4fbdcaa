"""One cell's text → a value of the field's type, or why there is none. The meaning; columns take short cuts to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from hegui import limits, units
from hegui.datatypes import MAX_INT, Reason, Type
from hegui.facts import words
from hegui.vocabulary import Field, fold

Value = str | int | float | bool | date | list[object]

_NUMBER: Final = r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
_QUANTITY: Final = re.compile(rf"({_NUMBER})\s*(.*)", re.ASCII | re.DOTALL)
_BELOW: Final = re.compile(rf"(?:未检出|ND|nd)?\s*(?:\(\s*)?[<≤]\s*({_NUMBER})([^()]*)\)?", re.ASCII)
_LIMIT_L: Final = re.compile(rf"({_NUMBER})\s*L", re.ASCII)
_DATE: Final = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[T ].*)?", re.ASCII),
    re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})(?: .*)?", re.ASCII),
    re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?(?: .*)?", re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", re.ASCII),
)
_TIME: Final = re.compile(
    r"[T ]\s*(?:[01]?\d|2[0-4])[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?|分)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?", re.ASCII
)
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(29221, 73051)
"""Serial days 1980-01-01 to 2099-12-31: what lies outside is likelier a slip (20243) than a day."""
_YEAR: Final = re.compile(r"([12]\d{3})\s*年度?", re.ASCII)
_MOST_DIGITS: Final = 30
"""Beyond any int in any unit: not worked out."""
MAX_NUMBER: Final = 1.79769313486231e308
"""The largest double that is still one after rounding."""
_TEXTS: Final = ("string", "ref")
_ROUNDING: Final = Context(prec=units.DIGITS)
FIRST_YEAR: Final = 1900
"""Dates before this year are unreadable: in a registry they are slips, or times of day in a date's clothes."""
_OWN_WORDS: Final = ("bool", "code")
_SEPARATORS: Final = re.compile(r"[;；、\r\n]+")
_SIGNS: Final = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "﹤": "<", "＜": "<", "〈": "<"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cell: a value, a bound below which it lies, or the reason why there is neither."""

    value: Value | None = None
    reason: Reason | None = None
    bound: float | None = None


MISSING: Final = Outcome(reason=Reason.MISSING)
UNREADABLE: Final = Outcome(reason=Reason.UNREADABLE)


def reader(field: Field, unit: str | None = None) -> Callable[[str], Outcome]:
    """The function that reads one cell of `field`; `unit` is the header's, where it names one."""
    if field.type.name == "list":
        item = reader(element(field), unit)
        own = (field.type.element or field.type).name in _OWN_WORDS
        return lambda text: _list(text, item, own)
    read = _plain_reader(field, unit)
    return lambda text: _judge(text, field, read)


def _plain_reader(field: Field, unit: str | None) -> Callable[[str], Outcome]:
    type_ = field.type
    if type_.name == "number":
        return lambda text: number(text, type_.unit, unit, detection=field.detection)
    if type_.name == "int":
        return lambda text: integer(text, type_.unit, unit)
    if type_.name == "date":
        return day
    if type_.name == "bool":
        return boolean
    if type_.name == "code":
        return lambda text: _code(text, field)
    return lambda text: Outcome(text)


def element(field: Field) -> Field:
    """A list field's items as a field of their own."""
    return replace(field, type=field.type.element or Type("string"))


def _judge(raw: str, field: Field, read: Callable[[str], Outcome]) -> Outcome:
    """Words that stand for no value come before the reading, but a field's own words come before them."""
    text = raw.strip(words.BLANKS)
    if text in words.ERRORS or len(text) > (limits.TEXT_LENGTH if field.type.name in _TEXTS else limits.WORD_LENGTH):
        return UNREADABLE
    own = field.type.name in _OWN_WORDS and read(text).reason is None
    if not own and (text in words.MISSING or (field.type.name != "string" and text in words.NOTHING)):
        return MISSING
    return read(text)


def number(text: str, unit: str | None, header: str | None = None, *, detection: bool = False) -> Outcome:
    """A number in `unit`; the cell's own unit comes before the `header`'s, and that before the field's.

    >>> number("３.５万吨", "t").value, number("1，234.5", None).value, number("0.07", "t", "万t").value
    (35000.0, 1234.5, 700.0)
    >>> number("<0.05", "mg/L", detection=True).bound
    0.05
    """
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).strip()
    match = _QUANTITY.fullmatch(plain)
    found = _scaled(match[1], match[2] or header, unit) if match else None
    if found is not None:
        return Outcome(found)
    bound = _bound(plain, unit, header) if detection else None
    return UNREADABLE if bound is None else Outcome(reason=Reason.BELOW_DETECTION, bound=bound)


def _bound(text: str, unit: str | None, header: str | None) -> float | None:
    """The detection limit in `<0.05`, `未检出(<0.05)` or `0.05L`, the three ways laboratories write it."""
    if match := _BELOW.fullmatch(text):
        bound = _scaled(match[1], match[2].strip() or header, unit)
    elif match := _LIMIT_L.fullmatch(text):
        bound = _scaled(match[1], header, unit)
    else:
        return None
    return bound if bound is not None and bound > 0 else None


def _scaled(digits: str, source: str | None, target: str | None) -> float | None:
    scale = scale_of(source, target)
    if scale is None:
        return None
    try:
        return units.to_number(digits.replace(",", ""), scale)
    except ValueError:
        return None


def scale_of(source: str | None, target: str | None) -> Fraction | None:
    """The exact factor from `source` to `target`; None where they do not fit. No source means the target's unit."""
    if source is None or source == target:
        return Fraction(1)
    if target is None or not units.known(source):
        return None
    spelt = units.canonical(source)
    if spelt == target:
        return Fraction(1)
    return units.factor(spelt, target) if units.compatible(spelt, target) else None


def integer(text: str, unit: str | None, header: str | None = None) -> Outcome:
    """A whole number within ±(2⁵³ − 1).

    >>> integer("1,200.0", None).value, integer("2023年", None).value, integer("1.5", None).reason.value
    (1200, 2023, 'unreadable')
    """
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).strip()
    year = _YEAR.fullmatch(plain) if unit is None else None
    match = None if year else _QUANTITY.fullmatch(plain)
    scale = scale_of(match[2] or header, unit) if match else None
    if year:
        return Outcome(int(year[1]))
    if match is None or scale is None:
        return UNREADABLE
    exact = Decimal(match[1].replace(",", ""))
    if exact.adjusted() > _MOST_DIGITS:
        return UNREADABLE
    whole = Fraction(exact) * scale
    return Outcome(int(whole)) if whole.denominator == 1 and abs(whole) <= MAX_INT else UNREADABLE


def day(text: str) -> Outcome:
    """A day; a time of day behind it is cut off, whatever its zone.

    >>> day("2024年3月11日").value == day("2024.3.11 08:30").value == day("45362").value == date(2024, 3, 11)
    True
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for form in _DATE:
        match = form.fullmatch(plain)
        if match and _time_fits(plain[match.end(3) :]):
            return _date(int(match[1]), int(match[2]), int(match[3]))
    serial = _SERIAL.fullmatch(plain)
    if serial and int(serial[1]) in _SERIALS:
        return Outcome(_SERIAL_ZERO + timedelta(days=int(serial[1])))
    return UNREADABLE


def _time_fits(rest: str) -> bool:
    rest = rest.lstrip("日号 ") if rest[:1] in "日号 " else rest
    return rest in ("", ".0") or bool(_TIME.fullmatch(rest if rest[:1] == "T" else f" {rest}"))


def _date(year: int, month: int, day_: int) -> Outcome:
    try:
        return Outcome(date(year, month, day_)) if year >= FIRST_YEAR else UNREADABLE
    except ValueError:
        return UNREADABLE


def boolean(text: str) -> Outcome:
    """`是/否`, `有/无`, `√/×`, `true/false`, `yes/no`, `1/0` and the like.

    >>> boolean("有").value, boolean("No").value, boolean("2").reason.value
    (True, False, 'unreadable')
    """
    return Outcome(text in words.TRUE) if text in words.TRUE or text in words.FALSE else UNREADABLE


def _code(text: str, field: Field) -> Outcome:
    code = field.code_words.get(fold(text))
    return UNREADABLE if code is None else Outcome(code)


def _list(text: str, item: Callable[[str], Outcome], own: bool) -> Outcome:
    """Items between `;`, `；`, `、` or line breaks."""
    whole = text.strip(words.BLANKS)
    if (whole in words.MISSING or whole in words.NOTHING) and not (own and item(whole).reason is None):
        return MISSING
    return listed([item(piece) for piece in _SEPARATORS.split(whole) if piece.strip(words.BLANKS)])


def listed(items: Sequence[Outcome]) -> Outcome:
    """The items as one list value; an item that cannot be read makes the whole cell unreadable."""
    return UNREADABLE if any(item.value is None for item in items) else Outcome([item.value for item in items])


def round_double(value: float) -> float:
    """A double within ±`MAX_NUMBER` rounded to 15 significant digits as its decimal text reads, as `units.to_number` does.

    >>> round_double(0.1 + 0.2), round_double(1e300)
    (0.3, 1e+300)
    """
    return float(_ROUNDING.create_decimal(repr(value))) + 0.0
