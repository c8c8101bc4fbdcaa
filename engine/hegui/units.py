"""Units of measurement: one small dictionary, exact factors, and conversion rounded once.

The dictionary below is the whole list. It is kept in the format of pint, and tests hold every size and dimension to what
pint makes of it; pint itself is not imported here, since that takes as long as judging a small registry. SI units and
their symbols follow GB 3100-1993; 亩 is 2000/3 m² (the State Council order on legal units of measurement of 1984 and the
notice on land area units of 1990: 15 亩 to the hectare).

How a unit is written: `t/a`, `m3/a`, `万t/a`, `毫克/升`, `元/(亩·a)`. Chinese and international spellings, full-width
forms, `m³` and `㎡`, and `10⁴` for 万 are read; `canonical` gives each unit its one spelling. 千, 万, 百万, 千万 and 亿
stand before any unit and multiply it (万m3 is ten thousand cubic metres). A product below the line needs brackets,
since `元/亩·a` can be read two ways.

Dimensions that never mix, on purpose: calendar days (`d`), working days, and months and years (twelve months to the
year, but no fixed number of days); apparent power (`kVA`) and active power (`kW`); each thing counted (头, 户, 人 …).
Mass and volume differ too: only a density takes one to the other. `None` is a bare number throughout, as is `1`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from hegui import limits
from hegui.source import did_you_mean

DIGITS: Final = 15
"""Significant decimal digits a converted number keeps: every decimal text of that length survives a double."""

_DEFINITIONS: Final = """
千- = 1000
万- = 10000
百万- = 1000000
千万- = 10000000
亿- = 100000000

g = [mass] = _ = 克
kg = 1000 g = _ = 千克 = 公斤 = KG = Kg
mg = g / 1000 = _ = 毫克
μg = g / 1000000 = _ = ug = 微克
ng = g / 1000000000 = _ = 纳克
斤 = 500 g = _ = 市斤
t = 1000000 g = _ = 吨 = 公吨 = T
kt = 1000 t

m = [length] = _ = 米
km = 1000 m = _ = 千米 = 公里
dm = m / 10 = _ = 分米
cm = m / 100 = _ = 厘米
mm = m / 1000 = _ = 毫米
μm = m / 1000000 = _ = um = 微米

m2 = m ** 2 = _ = 平方米 = 平米 = 平方
km2 = 1000000 m ** 2 = _ = 平方公里 = 平方千米
cm2 = m ** 2 / 10000 = _ = 平方厘米
mm2 = m ** 2 / 1000000 = _ = 平方毫米
ha = 10000 m ** 2 = _ = hm2 = 公顷
亩 = 2000 / 3 * m ** 2 = _ = mu = 市亩

m3 = m ** 3 = _ = 立方米 = 立方 = 方
km3 = 1000000000 m ** 3 = _ = 立方千米 = 立方公里
dm3 = m ** 3 / 1000 = _ = 立方分米
cm3 = m ** 3 / 1000000 = _ = 立方厘米
L = m ** 3 / 1000 = _ = l = 升 = 公升
mL = L / 1000 = _ = ml = 毫升
hL = 100 L = _ = 百升

s = [time] = _ = 秒
min = 60 s = _ = 分钟
h = 3600 s = _ = 小时 = 时
d = 86400 s = _ = 天 = 日 = day = days = 自然日 = 日历日
week = 604800 s = _ = 周 = 星期
month = [calendar] = _ = 月 = 个月 = months
quarter = 3 month = _ = 季度 = 季
a = 12 month = _ = 年 = year = years = yr
workday = [workday] = _ = 工作日 = 个工作日 = workdays

W = [power] = _ = 瓦
kW = 1000 W = _ = 千瓦 = kw = KW
MW = 1000000 W = _ = 兆瓦
kWh = kW * h = _ = 千瓦时 = 千瓦小时 = 度 = kwh = KWH = KWh = Kwh
MWh = 1000 kWh = _ = 兆瓦时
J = W * s = _ = 焦耳 = 焦
kJ = 1000 J = _ = 千焦
MJ = 1000000 J = _ = 兆焦
GJ = 1000000000 J = _ = 吉焦
VA = [apparent_power] = _ = 伏安
kVA = 1000 VA = _ = 千伏安 = kva = KVA
MVA = 1000000 VA = _ = 兆伏安
kvar = [reactive_power] = _ = 千乏
V = [voltage] = _ = 伏 = 伏特
kV = 1000 V = _ = 千伏 = kv = KV
A = [current] = _ = 安 = 安培
tce = [coal_equivalent] = _ = 吨标准煤 = 吨标煤

元 = [money] = _ = CNY = RMB = 人民币元

percent = 1 / 100 = _ = 百分比 = 百分数
permille = 1 / 1000 = _ = 千分比
deg = [angle] = _ = 角度
NTU = [turbidity] = _ = 散射浊度
dB = [sound_level] = _ = 分贝
MPN = [microbes] = _ = 最可能数

头 = [头] = _ = head
只 = [只]
羽 = [羽]
尾 = [尾]
户 = [户] = _ = household = households
人 = [人] = _ = person = persons = people
人次 = [人次]
家 = [家]
个 = [个]
处 = [处]
座 = [座]
台 = [台]
辆 = [辆]
株 = [株] = _ = 棵
次 = [次]
"""
_SIGNS: Final = {"%": "percent", "‰": "permille", "°": "deg"}
_PRINTED: Final = {"percent": "%", "permille": "‰"}
_MULTIPLIERS: Final = ("千万", "百万", "亿", "万", "千")
_PART: Final = re.compile(r"(/)?[\s*]*(?:(\d+)|([^\W\d]\w*))(?: \*\* (\d))?")
"""A part of a definition: whether it stands below the line, a number or a unit, and its power."""
_BARE: Final = frozenset({"1", "无量纲", "dimensionless"})
_LENGTHS: Final = {"m2": 2, "m3": 3}
_TEN_THOUSAND: Final = re.compile(r"10(⁴|\^4|\*\*4)\s*[·×*]?\s*")
_TOKEN: Final = re.compile(r"\s*([/()]|\*\*|\^|[*·×⋅]|-?\d+|[^\s/()*·×⋅^\d]+\d?)")
_TIMES: Final = frozenset("*·×⋅")
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,4})?", re.ASCII)

Powers = Mapping[str, int]
"""A unit as a product: canonical spelling of each factor → its power."""


class UnitError(ValueError):
    """A unit that is not in the dictionary or not of the dimension asked for; `unit` is its text."""

    def __init__(self, message: str, unit: str) -> None:
        super().__init__(message)
        self.unit = unit


def known(text: str) -> bool:
    """Is `text` a unit of the dictionary, in any of its spellings?

    >>> known("万吨/年"), known("furlong")
    (True, False)
    """
    try:
        _parse(text)
    except UnitError:
        return False
    return True


def canonical(text: str) -> str:
    """The one spelling of a unit; `1` for a unit without dimension such as 无量纲.

    >>> canonical("万立方米／年"), canonical("㎎/L"), canonical("日")
    ('万m3/a', 'mg/L', 'd')

    Raises:
        UnitError: not a unit of the dictionary.
    """
    return _write(_parse(text)) or "1"


def compatible(left: str | None, right: str | None) -> bool:
    """Are the two of one dimension, so that values can be compared after conversion? A bare number fits only another.

    >>> compatible("万t/a", "kg/a"), compatible("t/a", "t/d"), compatible("%", None)
    (True, False, False)
    """
    try:
        one, other = _powers(left), _powers(right)
    except UnitError:
        return False
    if not one or not other:
        return one == other
    return _root(_write(one))[1] == _root(_write(other))[1]


def factor(source: str, target: str) -> Fraction:
    """What a number in `source` is multiplied by to be one in `target`, exactly.

    >>> factor("亩", "m2"), factor("万吨", "t")
    (Fraction(2000, 3), Fraction(10000, 1))

    Raises:
        UnitError: either is unknown, or they are of different dimensions.
    """
    if not compatible(canonical(source), canonical(target)):
        raise UnitError(f"`{source}` cannot be converted to `{target}`", source)
    return _root(canonical(source))[0] / _root(canonical(target))[0]


def multiply(left: str | None, right: str | None) -> str | None:
    """The unit of a product; None where everything cancels.

    >>> multiply("m3", "t/m3"), multiply(None, "t")
    ('t', 't')

    Raises:
        UnitError: either is unknown.
    """
    return _write(_combine(_powers(left), _powers(right), 1))


def divide(left: str | None, right: str | None) -> str | None:
    """The unit of a quotient; None where everything cancels.

    Units of one dimension but of different size stay as they are (`万t/t`): such a result is no bare number.

    >>> divide("t", "a"), divide("t/a", "t/a"), divide(None, "a"), divide("万t", "t")
    ('t/a', None, '1/a', '万t/t')

    Raises:
        UnitError: either is unknown.
    """
    return _write(_combine(_powers(left), _powers(right), -1))


def suggest(text: str) -> list[str]:
    """Known units written much like `text`, best first; empty where nothing comes near.

    >>> suggest("MG/L"), suggest("元/亩·年")
    (['mg/L'], ['元/(亩·年)'])
    """
    plain = _plain(text)
    bracketed = re.sub("/([^/()]+)$", r"/(\1)", plain)
    unknown = [word for word in _TOKEN.findall(plain) if word[0].isalpha() and not known(word)]
    if not unknown:
        return [bracketed] if known(bracketed) and not known(text) else []
    same = [spelling for spelling in _spellings() if spelling.casefold() == unknown[0].casefold()]
    near = [*same, *did_you_mean(unknown[0], _spellings())]
    shown = dict.fromkeys(_spellings()[spelling] if spelling.isascii() else spelling for spelling in near)
    texts = [plain.replace(unknown[0], spelling, 1) for spelling in shown]
    return [found for found in texts if known(found)][:3]


def to_number(text: str, factor: Fraction) -> float:
    """A decimal text times an exact factor, rounded once to 15 significant digits.

    >>> to_number("0.07", Fraction(10000))
    700.0

    Raises:
        ValueError: `text` is not a plain decimal number, or the result is beyond the range of doubles.
    """
    if len(text) > limits.NUMBER_LENGTH or not _NUMBER.fullmatch(text):
        raise ValueError(f"`{text}` is not a decimal number")
    scaled = Decimal(text)
    top, bottom = scaled.as_integer_ratio()
    rounded = Context(prec=DIGITS).divide(Decimal(top * factor.numerator), Decimal(bottom * factor.denominator))
    value = float(rounded) + 0.0  # no negative zero
    if abs(value) == float("inf") or (value == 0) != (scaled == 0):
        raise ValueError(f"`{text}` is out of range")
    return value


# --- reading and writing -------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Full-width and compound characters as plain ones (`㎡` → `m2`), the micro sign as mu, 10⁴ as 万."""
    return unicodedata.normalize("NFKC", _TEN_THOUSAND.sub("万", text)).strip()


def _powers(unit: str | None) -> Powers:
    return {} if unit is None else _parse(unit)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Powers:
    plain = _plain(text)
    if plain in _BARE:
        return {}
    tokens = _TOKEN.findall(plain)
    if not tokens or len(plain) > limits.UNIT_LENGTH or "".join(tokens) != re.sub(r"\s", "", plain):
        raise _unknown(text)
    powers = _quotient(text, tokens)
    if tokens:
        raise _unknown(text)
    return powers


def _quotient(text: str, tokens: list[str]) -> Powers:
    """`product ('/' factor)*`, consuming `tokens`; a product below the line needs its brackets."""
    powers = _atom(text, tokens)
    while tokens and tokens[0] in _TIMES:
        del tokens[0]
        powers = _combine(powers, _atom(text, tokens), 1)
    while tokens and tokens[0] == "/":
        del tokens[0]
        powers = _combine(powers, _atom(text, tokens), -1)
    return powers


def _atom(text: str, tokens: list[str]) -> Powers:
    word = tokens.pop(0) if tokens else ""
    if word == "(":
        powers = _quotient(text, tokens)
        if not tokens or tokens.pop(0) != ")":
            raise _unknown(text)
    else:
        powers = {} if word == "1" else _name(text, word)
    if len(tokens) > 1 and tokens[0] in ("**", "^"):
        power = _power(text, tokens[1])
        del tokens[:2]
        return {name: power * exponent for name, exponent in powers.items()}
    return powers


def _power(text: str, word: str) -> int:
    if not re.fullmatch("-?[1-9]", word):
        raise _unknown(text)
    return int(word)


def _name(text: str, word: str) -> Powers:
    """One factor under its canonical spelling; a multiplier stays in front of it."""
    spelt = _SIGNS.get(word, word)
    if spelt in _spellings():
        name = _spellings()[spelt]
        return {"m": _LENGTHS[name]} if name in _LENGTHS else {name: 1}
    for multiplier in _MULTIPLIERS:
        rest = spelt.removeprefix(multiplier)
        if rest != spelt and rest in _spellings():
            return {multiplier + _spellings()[rest]: 1}
    raise _unknown(text)


def _unknown(text: str) -> UnitError:
    return UnitError(f"`{text}` is not a known unit", text)


def _combine(left: Powers, right: Powers, sign: int) -> Powers:
    names = dict.fromkeys([*left, *right])
    powers = {name: left.get(name, 0) + sign * right.get(name, 0) for name in names}
    return {name: power for name, power in powers.items() if power}


def _write(powers: Powers) -> str | None:
    """The product as text, None for the empty one: factors in the order of their names, divisors after them."""
    above = [_factor(name, power) for name, power in sorted(powers.items()) if power > 0]
    below = [_factor(name, -power) for name, power in sorted(powers.items()) if power < 0]
    if not below:
        return "·".join(above) or None
    divisor = below[0] if len(below) == 1 else f"({'·'.join(below)})"
    return f"{'·'.join(above) or '1'}/{divisor}"


def _factor(name: str, power: int) -> str:
    if name == "m" and power in _LENGTHS.values():
        return f"m{power}"
    shown = _PRINTED.get(name, name)
    return shown if power == 1 else f"{shown}^{power}"


# --- the dictionary ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Every spelling of every unit without multiplier → its canonical one."""
    found: dict[str, str] = {}
    for line in _DEFINITIONS.splitlines():
        name, *rest = (part.strip() for part in line.split(" = "))
        if name and not name.endswith("-"):
            found.update(dict.fromkeys([name, *rest[2:]], name))
    return found


@lru_cache(maxsize=1)
def _definitions() -> dict[str, str]:
    """What each unit and each multiplier is defined as."""
    lines = (line.split(" = ") for line in _DEFINITIONS.splitlines() if line)
    return {name.removesuffix("-").strip(): definition.strip() for name, definition, *_ in lines}


@lru_cache(maxsize=1024)
def _root(unit: str) -> tuple[Fraction, tuple[tuple[str, int], ...]]:
    """The unit's size in base units, and its dimension."""
    size, dimension = Fraction(1), dict[str, int]()
    for name, power in _parse(unit).items():
        own, powers = _defined(name)
        size *= own**power
        dimension = dict(_combine(dimension, powers, power))
    return size, tuple(sorted(dimension.items()))


@lru_cache(maxsize=1024)
def _defined(name: str) -> tuple[Fraction, Powers]:
    """The size and dimension of one factor: of a base unit, of one defined by others, or of either with a multiplier."""
    if name not in _definitions():
        multiplier = next(each for each in _MULTIPLIERS if name.startswith(each))
        size, dimension = _defined(name.removeprefix(multiplier))
        return size * int(_definitions()[multiplier]), dimension
    definition = _definitions()[name]
    if definition.startswith("["):
        return Fraction(1), {definition: 1}
    size, dimension = Fraction(1), {}
    for below, number, unit, power in _PART.findall(definition):
        sign = (-1 if below else 1) * int(power or 1)
        own, powers = (Fraction(int(number)), {}) if number else _defined(unit)
        size *= own**sign
        dimension = _combine(dimension, powers, sign)
    return size, dimension
