"""Values as people read them.

A number is the shortest decimal that is exactly the value. A computed one has at most 12 significant digits, which is
what arithmetic on measured figures can bear, and in a sentence at most 4 decimals, unless those would make it look
like a whole number that it is not. A quantity has its unit behind it and a comma between thousands; a bare number (a
year, a count) has neither. Dates are ISO.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import cache
from typing import Final, Literal

from hegui.datatypes import Below, Text, Type, Undetermined
from hegui.explaining.words import BOOLS, UNDETERMINED, UNITS

DIGITS: Final = 12
"""Significant digits of a computed value."""

_EMBEDDING_ENDS: Final = "\u202c"
_ISOLATE_ENDS: Final = "\u2069"
_BEGINS: Final = dict.fromkeys("\u202a\u202b\u202d\u202e", _EMBEDDING_ENDS) | dict.fromkeys(
    "\u2066\u2067\u2068", _ISOLATE_ENDS
)
_DIRECTED: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

_POWER: Final = re.compile(r"(?<=m)[23](?!\d)")
_RAISED: Final = {"2": "²", "3": "³"}

Precision = Literal["exact", "computed", "sentence"]
"""How a number is written: as it is, with 12 significant digits, or with 4 decimals."""

_ROUNDED: Final = Context(prec=DIGITS)
_FOUR: Final = Context(prec=4)
_EXACT: Final = Context(prec=400)
_WIDEST: Final = 21
"""Digits written out in full before a power of ten is used."""


def show(
    value: object, type: Type, lang: str, codes: Mapping[str, Text] | None = None, precision: Precision = "exact"
) -> str:
    """`value` of `type` in `lang`; `codes` labels codes.

    >>> show(120000.0, Type("number", unit="t/a"), "en")
    '120,000 t/a'
    >>> show(2023, Type("int"), "zh"), show(0.1 + 0.2, Type("number"), "en", precision="computed")
    ('2023', '0.3')
    """
    match value:
        case Undetermined() | None:
            return UNDETERMINED.get(lang)
        case Below(bound):
            return "<" + show(bound, type, lang)
        case bool():
            return BOOLS[value].get(lang)
        case date():
            return value.isoformat()
        case timedelta():
            return quantity(value.days, "d", lang)
        case int() | float():
            return quantity(value, type.unit, lang, precision)
        case tuple():
            return _several(value, type, lang, codes)
    text = str(value)
    return codes[text].get(lang) if codes and text in codes else contained(text)


def contained(text: str) -> str:
    """A text whose marks of direction end with it, so that what stands behind it reads as it should.

    >>> contained("plain"), contained(chr(0x202E) + "turned") == chr(0x202E) + "turned" + chr(0x202C)
    ('plain', True)
    """
    return text if _DIRECTED.search(text) is None else text + _ends(text)


def _ends(text: str) -> str:
    """The ends that the marks of direction of a text still wait for, the innermost first."""
    waiting: list[str] = []
    for char in text:
        if char in _BEGINS:
            waiting.append(_BEGINS[char])
        elif char in waiting:
            # an end takes all that began within with it; that of an embedding reaches into no isolate
            at = len(waiting) - 1 - waiting[::-1].index(char)
            if char == _ISOLATE_ENDS or _ISOLATE_ENDS not in waiting[at:]:
                del waiting[at:]
    return "".join(reversed(waiting))


def _several(values: tuple[object, ...], type: Type, lang: str, codes: Mapping[str, Text] | None) -> str:
    element = type.element or type
    return ("、" if lang == "zh" else ", ").join(show(value, element, lang, codes) for value in values)


def quantity(value: float, unit: str | None, lang: str, precision: Precision = "exact") -> str:
    """A number with its unit; see the module's head."""
    if unit is None:
        return number(value, precision)
    text = number(value, precision, thousands=True)
    return f"{text}%" if unit == "%" else f"{text} {unit_word(unit, lang)}"


@cache
def unit_word(unit: str, lang: str) -> str:
    """A unit as readers of `lang` write it: `workday` is 个工作日, `亩` is mu, `m3/d` m³/d.

    >>> unit_word("mg/m3", "zh"), unit_word("km2", "en"), unit_word("kWh", "en")
    ('mg/m³', 'km²', 'kWh')
    """
    return UNITS[unit].get(lang) if unit in UNITS else _POWER.sub(lambda power: _RAISED[power[0]], unit)


def number(value: float, precision: Precision = "exact", thousands: bool = False) -> str:
    """The decimal of a number.

    >>> number(0.07), number(1e-9), number(2.50), number(1234567.0, thousands=True)
    ('0.07', '0.000000001', '2.5', '1,234,567')
    >>> number(4 / 3, "computed"), number(4 / 3, "sentence"), number(1.0000001, "sentence")
    ('1.33333333333', '1.3333', '1.0000001')
    """
    written = repr(value).removesuffix(".0")
    if value and precision == "exact" and len(written) < _WIDEST and "e" not in written:  # nearly all there are
        return _grouped(written) if thousands else written
    exact = Decimal(repr(value))
    if precision != "exact" and isinstance(value, float):
        exact = _ROUNDED.plus(exact)
        exact = _for_sentence(exact) if precision == "sentence" else exact
    exact = exact.normalize(_EXACT) if exact else Decimal(0)
    if not -12 <= exact.adjusted() < _WIDEST:
        return f"{exact:e}"
    return f"{exact:,f}" if thousands else f"{exact:f}"


def _grouped(written: str) -> str:
    whole, point, rest = written.partition(".")
    return f"{int(whole):,}{point}{rest}" if len(whole) > 3 else written


def _for_sentence(exact: Decimal) -> Decimal:
    if abs(exact) < 1:
        return _FOUR.plus(exact)
    rounded = exact.quantize(Decimal("0.0001")) if exact.adjusted() < _WIDEST else exact
    return exact if rounded == rounded.to_integral_value() else rounded
