"""The dictionary of units: spellings, exact factors, what never mixes, and rounding once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui import units
from hegui.units import UnitError, canonical, compatible, divide, factor, known, multiply, suggest, to_number

NAMES = sorted(set(units._spellings().values()))
SPELLINGS = sorted(units._spellings())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("吨", "t"),
        ("万吨", "万t"),
        ("公斤", "kg"),
        ("毫克", "mg"),
        ("µg/m3", "μg/m3"),
        ("立方米", "m3"),
        ("万立方米", "万m3"),
        ("万m³", "万m3"),
        ("㎡", "m2"),
        ("平方米", "m2"),
        ("公顷", "ha"),
        ("亩", "亩"),
        ("CNY", "元"),
        ("万元", "万元"),
        ("度", "kWh"),
        ("千伏安", "kVA"),
        ("千瓦", "kW"),
        ("千克", "kg"),
        ("年", "a"),
        ("月", "month"),
        ("日", "d"),
        ("天", "d"),
        ("小时", "h"),
        ("工作日", "workday"),
        ("毫克/升", "mg/L"),
        ("mg／L", "mg/L"),
        ("毫克/立方米", "mg/m3"),
        ("立方米/秒", "m3/s"),
        ("吨/年", "t/a"),
        ("万吨/年", "万t/a"),
        ("万立方米/年", "万m3/a"),
        ("10⁴ t/a", "万t/a"),
        ("10^4m3/a", "万m3/a"),
        ("t / a", "t/a"),
        ("kg/(亩·a)", "kg/(a·亩)"),
        ("kg/(a·亩)", "kg/(a·亩)"),
        ("m^3", "m3"),
        ("m*m*m", "m3"),
        ("s^-1", "1/s"),
        ("％", "%"),
        ("百分比", "%"),
        ("head", "头"),
        ("无量纲", "1"),
        ("1", "1"),
    ],
)
def test_one_spelling_per_unit(text: str, wanted: str) -> None:
    assert known(text)
    assert canonical(text) == wanted
    assert canonical(wanted) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "furlong",
        "kkg",
        "万",
        "万%",
        "万万t",
        "℃",
        "t a",
        "2t",
        "-1",
        "()",
        "(t",
        "t)",
        "t/",
        "/t",
        "t^0",
        "t^12",
    ],
)
def test_what_is_no_unit_is_refused(text: str) -> None:
    assert not known(text)
    with pytest.raises(UnitError, match="not a known unit") as caught:
        canonical(text)
    assert caught.value.unit == text


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("万吨", "t", Fraction(10000)),
        ("亩", "m2", Fraction(2000, 3)),
        ("ha", "亩", Fraction(15)),
        ("公斤", "t", Fraction(1, 1000)),
        ("斤", "kg", Fraction(1, 2)),
        ("万m3/a", "m3/a", Fraction(10000)),
        ("mg/L", "kg/m3", Fraction(1, 1000)),
        ("L/s", "m3/h", Fraction(18, 5)),
        ("m3·d/s", "m3", Fraction(86400)),
        ("kW·h", "度", Fraction(1)),
        ("MJ", "kWh", Fraction(5, 18)),
        ("万元", "元", Fraction(10000)),
        ("季度", "月", Fraction(3)),
        ("t/月", "t/年", Fraction(12)),
        ("week", "d", Fraction(7)),
        ("km2", "ha", Fraction(100)),
        ("%", "‰", Fraction(10)),
        ("t·%", "t", Fraction(1, 100)),
        ("亿元", "万元", Fraction(10000)),
        ("g/m3", "mg/L", Fraction(1)),
    ],
)
def test_factors_are_exact(source: str, target: str, wanted: Fraction) -> None:
    assert factor(source, target) == wanted
    assert factor(target, source) == 1 / wanted


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("t", "m3"),
        ("t/a", "m3/a"),
        ("t/a", "t"),
        ("d", "workday"),
        ("d", "month"),
        ("a", "d"),
        ("kVA", "kW"),
        ("头", "羽"),
        ("户", "人"),
        ("t", "tce"),
        ("元", "t"),
        ("%", None),
        (None, "t"),
    ],
)
def test_what_never_mixes(left: str | None, right: str | None) -> None:
    assert not compatible(left, right)
    assert not compatible(right, left)
    if left is not None and right is not None:
        with pytest.raises(UnitError, match="cannot be converted"):
            factor(left, right)


def test_long_and_ambiguous_texts_are_refused() -> None:
    assert known("t·" * 40 + "t")
    assert not known("t·" * 400 + "t")
    assert not known("元/亩·a")


def test_bare_numbers_fit_each_other_alone() -> None:
    assert compatible(None, None)
    assert compatible(None, "无量纲")
    assert not compatible("furlong", "furlong")


def test_products_and_quotients() -> None:
    assert multiply("m", "m2") == "m3"
    assert multiply("t/m3", "m3/a") == "t/a"
    assert multiply("1/a", "a") is None
    assert multiply(None, None) is None
    assert divide("m3", "亩") == "m3/亩"
    assert divide("t", "万t") == "t/万t"
    assert not compatible("t/万t", None)
    assert compatible("t/万t", "%")
    assert divide(None, "元/t") == "t/元"
    with pytest.raises(UnitError):
        multiply("t", "furlong")


@given(st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
def test_what_is_written_is_read_back(one: str, two: str, three: str) -> None:
    unit = divide(multiply(one, two), three)
    assert unit is None or canonical(unit) == unit
    assert multiply(unit, three) == multiply(one, two)


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["", "千", "万", "亿"]))
def test_factors_compose(one: str, two: str, multiplier: str) -> None:
    if compatible(one, two):
        assert factor(one, two) * factor(two, one) == 1
    if one not in ("percent", "permille", "deg"):
        size = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8}[multiplier]
        assert factor(multiplier + one, one) == size


def test_every_definition_is_understood() -> None:
    for name in NAMES:
        assert factor(name, name) == 1
    assert len({canonical(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("MG/L", ["mg/L"]), ("元/亩·年", ["元/(亩·年)"]), ("吨标媒", ["吨标煤"]), ("t/a", []), ("龘", []), ("", [])],
)
def test_suggestions(text: str, wanted: list[str]) -> None:
    assert suggest(text) == wanted


@given(st.text(max_size=12))
def test_any_text_is_a_unit_or_is_not(text: str) -> None:
    assert known(text) == compatible(text, text)
    assert all(map(known, suggest(text)))


@pytest.mark.parametrize(
    ("text", "times", "wanted"),
    [
        ("0.07", Fraction(10000), 700.0),
        ("1.1", Fraction(10000), 11000.0),
        ("15", Fraction(2000, 3), 10000.0),
        ("1", Fraction(2000, 3), 666.666666666667),
        ("0.1", Fraction(1), 0.1),
        ("-12.50", Fraction(1), -12.5),
        (".5", Fraction(2), 1.0),
        ("+5.", Fraction(1), 5.0),
        ("1e3", Fraction(1), 1000.0),
        ("0.1234567890123456789", Fraction(1), 0.123456789012346),
        ("-0", Fraction(1), 0.0),
    ],
)
def test_numbers_are_rounded_once(text: str, times: Fraction, wanted: float) -> None:
    got = to_number(text, times)
    assert got == wanted
    assert str(got) != "-0.0"


@pytest.mark.parametrize(
    "text", ["", "x", "1/3", "1_000", "1,000", "nan", "inf", "１２", " 1", "1e400", "1e-400", "1e99999999", "9" * 500]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a decimal number|out of range"):
        to_number(text, Fraction(1))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**8), max_value=10**8))
def test_fifteen_digits_survive_conversion_both_ways(value: Decimal) -> None:
    there = to_number(str(value), Fraction(10000))
    assert there == float(value * 10000)
    assert to_number(repr(there), Fraction(1, 10000)) == float(value)


PRODUCTS = ["t/a", "mg/L", "元/(亩·a)", "kWh/t", "万m3/s", "km2", "t^2/m3", "1/a", "kWh/h", "L/(m2·d)"]


def test_sizes_and_dimensions_are_those_pint_makes_of_the_dictionary() -> None:
    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    registry.load_definitions([line for line in units._DEFINITIONS.splitlines() if line])
    multiplied = [multiplier + name for name in NAMES for multiplier in ("", *units._MULTIPLIERS)]
    for unit in (*multiplied, *PRODUCTS):
        powers = registry.UnitsContainer(dict(units._parse(unit)))
        size, _ = registry.get_root_units(powers)
        dimension = tuple(sorted(registry.get_dimensionality(powers).items()))
        assert units._root(unit) == (size, dimension), unit
