"""One value given for a field, as Python has it: what it says, or why the field cannot have it.

A value is typed and in the unit of its field: a number is a number. Texts are read as in a table: blanks are taken off both
ends, and one that says there is no value (`-`, 无数据) says so here too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

from hegui.characters import as_compared, writable
from hegui.datatypes import MAX_INT, Below, Type
from hegui.facts import cells, words
from hegui.facts.identities import names_rows
from hegui.source import Wording, did_you_mean
from hegui.vocabulary import Field, fold

_TEXT = Wording("not-a-text", "`{path}` is a text, and not {found}", "`{path}` 应为文本，而不是 {found}")
_HALF = Wording(
    "half-a-character",
    "`{path}` has half a character in it (a lone surrogate), which no text can have: {found}",
    "`{path}` 含有半个字符（孤立的代理项），无法作为文本：{found}",
)
_INT = Wording(
    "not-an-int",
    "`{path}` is a whole number within ±(2⁵³ − 1){unit}, and not {found}",
    "`{path}` 应为 ±(2⁵³ − 1) 以内的整数{unit}，而不是 {found}",
)
_NUMBER = Wording(
    "not-a-number", "`{path}` is a number{unit}, and not {found}", "`{path}` 应为数值{unit}，而不是 {found}"
)
_BOOL = Wording("not-a-bool", "`{path}` is true or false, and not {found}", "`{path}` 应为真或假，而不是 {found}")
_DATE = Wording(
    "not-a-date", "`{path}` is a day from 1900 on, and not {found}", "`{path}` 应为 1900 年以后的日期，而不是 {found}"
)
_CODE = Wording(
    "not-a-code", "`{path}` is one of {codes}, and not {found}", "`{path}` 应为 {codes} 之一，而不是 {found}"
)
_LIST = Wording(
    "not-a-list",
    "`{path}` is a list of values that are there, and not {found}",
    "`{path}` 应为列表，且其中各项均有值，而不是 {found}",
)


class Misfit(Exception):
    """A value its field cannot have; `hint` says what could be given."""

    def __init__(self, wording: Wording, found: object, hint: str | None = None, **args: object) -> None:
        super().__init__(wording.id)
        self.wording, self.hint = wording, hint
        self.args_: dict[str, object] = {**args, "found": shown(found)}


def shown(value: object) -> str:
    """The value for a message: short, and whatever it is."""
    try:
        text = repr(value)
    except Exception:  # the caller's own object; that it cannot be shown is no reason not to say what is wrong with it
        text = f"a {type(value).__name__}"
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


Read = Callable[[Any], Any]

ROW: Final = object()
"""What the reader of a reference says of a value that is no key."""


def reader(field: Field, key: tuple[str, ...] = ()) -> Read:
    """The function that takes a value of a field, None where it says that there is none, or raises `Misfit`; `key` are the fields
    of its kind's."""
    if names_rows(field.name, field, key):
        read = _reader(field)
        return lambda value: read(as_compared(value) if value.__class__ is str else value)
    return _reader(field)


def _reader(field: Field) -> Read:
    if field.type.name == "list":
        return _list_reader(cells.element(field))
    return _READERS[field.type.name](field)


def _string_reader(_: Field) -> Read:
    def read(value: Any) -> str | None:
        if not isinstance(value, str):
            raise Misfit(_TEXT, value, repr(str(value)) if isinstance(value, (int, float)) else None)
        text = value if value.isalnum() else value.strip(words.BLANKS)
        if text in words.ERRORS:
            raise Misfit(_TEXT, value)
        if not writable(text):
            raise Misfit(_HALF, value)
        return None if text in words.MISSING else text

    return read


def _int_reader(field: Field) -> Read:
    unit = _unit(field.type)

    def read(value: Any) -> int | None:
        if value.__class__ is int and -MAX_INT <= value <= MAX_INT:
            return value
        return None if _says_nothing(value) else _refuse(_INT, value, _whole(value), unit=unit)

    return read


def _number_reader(field: Field) -> Read:
    def read(value: Any) -> float | Below | None:
        if value.__class__ is not float:
            number = _as_number(value, field)
            if not isinstance(number, float):
                return number
            value = number
        # a ten-thousandth of a whole number below 1e15 has at most 15 digits; far cheaper than rounding
        ten_thousand: float = (value * 1e4 + 0.5) // 1.0
        if ten_thousand / 1e4 == value and -1e15 < ten_thousand < 1e15:
            return ten_thousand / 1e4 + 0.0
        if -cells.MAX_NUMBER <= value <= cells.MAX_NUMBER:
            return cells.round_double(value)
        return _refuse(_NUMBER, value, "None" if math.isnan(value) else None, unit=_unit(field.type))

    return read


def _as_number(value: Any, field: Field) -> float | Below | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _in_range(value):
        return float(value)
    if isinstance(value, Below) and field.detection:
        return value
    if _says_nothing(value):
        return None
    found = cells.number(value, field.type.unit, detection=field.detection) if isinstance(value, str) else cells.MISSING
    if found.bound is not None:
        return Below(found.bound)
    plain = _plain(value)
    meant = repr(plain) if type(plain) in (int, float) and plain is not value else None
    return _refuse(_NUMBER, value, meant if found.value is None else repr(found.value), unit=_unit(field.type))


def _in_range(value: int | float) -> bool:
    """A float of any size will be looked at again; an int may be too large to become one."""
    return isinstance(value, float) or -cells.MAX_NUMBER <= value <= cells.MAX_NUMBER


def _bool_reader(_: Field) -> Read:
    def read(value: Any) -> bool | None:
        if value is True or value is False:
            return value
        plain = _plain(value)
        known = cells.boolean(value).value if isinstance(value, str) else plain if plain.__class__ is bool else None
        return None if known is None and _says_nothing(value) else _refuse(_BOOL, value, known)

    return read


def _date_reader(_: Field) -> Read:
    def read(value: Any) -> date | None:
        day = _iso(value) if value.__class__ is str else value
        if day.__class__ is date and day.year >= cells.FIRST_YEAR:
            return day
        return None if _says_nothing(value) else _refuse(_DATE, value, _day(value))

    return read


def _code_reader(field: Field) -> Read:
    codes = frozenset(field.codes)
    listed = ", ".join(f"`{code}`" for code in field.codes)

    def read(value: Any) -> str | None:
        if value.__class__ is str and value in codes:
            return value
        word = fold(value) if isinstance(value, str) else ""
        if word not in field.code_words and _says_nothing(value):
            return None
        known = field.code_words.get(word) or next(iter(did_you_mean(word, codes, 1)), None)
        return _refuse(_CODE, value, None if known is None else repr(known), codes=listed)

    return read


def _reference_reader(_: Field) -> Read:
    def read(value: Any) -> Any:
        if value.__class__ is str and value.isalnum() and value not in _NOTHING:
            return value
        if not isinstance(value, str):
            return ROW
        if not writable(value):
            raise Misfit(_HALF, value)
        return None if _says_nothing(value) else value.strip(words.BLANKS)

    return read


def _list_reader(element: Field) -> Read:
    read_one = reader(element)

    def read(value: Any) -> list[Any] | None:
        if not isinstance(value, (list, tuple)):
            return None if _says_nothing(value) else _refuse(_LIST, value, None)
        found = [None if each is None else read_one(each) for each in value]
        if any(each is None or each is ROW or isinstance(each, Below) for each in found):
            _refuse(_LIST, value, None)
        return found

    return read


_READERS: Final[dict[str, Callable[[Field], Read]]] = {
    "string": _string_reader,
    "int": _int_reader,
    "number": _number_reader,
    "bool": _bool_reader,
    "date": _date_reader,
    "code": _code_reader,
    "ref": _reference_reader,
}
_NOTHING: Final = words.MISSING | words.NOTHING


def _refuse(wording: Wording, value: object, hint: object, **args: object) -> NoReturn:
    raise Misfit(wording, value, None if hint is None else str(hint), **args)


def _unit(type_: Type) -> str:
    return f" ({type_.unit})" if type_.unit else ""


def _says_nothing(value: object) -> bool:
    """Is it a text that says that there is no value? For a string field `无` is a text like any other."""
    return isinstance(value, str) and value.strip(words.BLANKS) in _NOTHING


def _plain(value: object) -> object:
    """A number or truth value of NumPy's, or a decimal, as Python's own; what it is the same as is the hint."""
    if type(value).__module__ == "numpy" and hasattr(value, "item") and not getattr(value, "ndim", 1):
        return value.item()
    return float(value) if isinstance(value, Decimal) and value.is_finite() else value


def _whole(value: object) -> int | None:
    """The whole number a value plainly means."""
    value = _plain(value)
    if value.__class__ is int and abs(value) <= MAX_INT:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INT:
        return int(value)
    found = cells.integer(value, None).value if isinstance(value, str) else None
    return found if isinstance(found, int) else None


def _iso(text: str) -> date | None:
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(value: object) -> date | None:
    """The day a value plainly means, for the hint."""
    if isinstance(value, datetime):
        return value.date()
    found = cells.day(value).value if isinstance(value, str) else None
    return found if isinstance(found, date) else None
