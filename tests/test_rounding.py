"""Numbers at limits: where exact results differ clearly the verdict is the exact one, where they are equal that of
equality (the exact results are Python's fractions)."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from evaluation import ENGINES, IN_PROCESS, Facts, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.datatypes import BOOL, INT, MAX_INT, NUMBER, STRING, Reason, Text, Type
from hegui.vocabulary import Field, Kind, Relation, Vocabulary

L = Text("", "")
NAMES = ("a", "b", "c", "d")
THING = Kind(
    "thing", L, ("id",), {"id": Field("id", STRING, L)} | {n: Field(n, NUMBER, L) for n in NAMES},
    {"parts": Relation("parts", "part", "thing", L)},
)  # fmt: skip

PART = Kind("part", L, (), {"thing": Field("thing", Type("ref", kind="thing"), L), "v": Field("v", NUMBER, L)})
VOCABULARY = Vocabulary({"thing": THING, "part": PART})

DECIMALS = st.integers(-(10**6), 10**6).map(lambda n: n / 1000)
SHAPES = {
    "a + b {} c": lambda a, b, c, d: (a + b, c, [a, b, c]),
    "a - b {} c - d": lambda a, b, c, d: (a - b, c - d, [a, b, c, d]),
    "a * b {} c": lambda a, b, c, d: (a * b, c, [a * b, c]),
    "a + b + c {} d": lambda a, b, c, d: (a + b + c, d, [a, b, c, d]),
    "(a - b) * c {} d": lambda a, b, c, d: ((a - b) * c, d, [a * c, b * c, d]),
    "a * 1.1 {} b": lambda a, b, c, d: (a * Fraction("1.1"), b, [a * 2, b]),
}
SIGNS = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "==": {0}, "!=": {-1, 1}}


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(SHAPES)), st.sampled_from(sorted(SIGNS)), st.tuples(*[DECIMALS] * 4), st.booleans())
def test_verdicts_at_limits_are_exact(shape: str, operator: str, numbers: tuple[float, ...], equal: bool) -> None:
    exact = [Fraction(str(number)) for number in numbers]
    if equal and shape in ("a + b {} c", "a * b {} c"):
        exact[2] = SHAPES[shape](*exact)[0]
    left, right, terms = SHAPES[shape](*exact)
    scale = max(abs(part) for part in [*terms, left, right])
    if left != right and abs(left - right) <= Fraction(1, 10**11) * scale:
        return
    row = {"id": "x"} | {name: float(number) for name, number in zip(NAMES, exact, strict=True)}
    facts = Facts(VOCABULARY, {"thing": [row], "part": []})
    node = facts.compile(shape.format(operator), "thing", BOOL)
    expected = ((left > right) - (left < right)) in SIGNS[operator]
    for engine in IN_PROCESS:
        assert facts.evaluate(engine, node, "thing") == [expected], (engine, shape, operator, numbers)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("parts.map(p, p.v).sum() == a", [0.1] * 10, True),
        ("parts.map(p, p.v).sum() > a", [0.1] * 10, False),
        ("parts.map(p, p.v).avg() == b", [0.1] * 10, True),
        ("parts.map(p, p.v).sum() == c", [1e9, 0.1, -1e9, -0.1], True),
        ("parts.map(p, p.v * 3.0).max() == d", [0.1], True),
        ("parts.map(p, p.v).max() == b + 0.0000000000000001", [0.1], True),
        ("parts.map(p, p.v).max() == b", [0.1000000000000002], False),
    ],
)
def test_sums_round_too(condition: str, values: list[float], expected: bool, engine: str) -> None:
    row = {"id": "x", "a": 1.0, "b": 0.1, "c": 0.0, "d": 0.3}
    facts = Facts(VOCABULARY, {"thing": [row], "part": [{"thing": "x", "v": v} for v in values]})
    assert facts.evaluate(engine, facts.compile(condition, "thing", BOOL), "thing") == [expected]


@pytest.mark.parametrize("engine", ENGINES)
def test_many_equal_values_add_up_to_what_they_are_together(engine: str) -> None:
    """Added up one by one, they would miss it by more than comparisons allow for."""
    count = 60_000
    facts = Facts(VOCABULARY, {"thing": [{"id": "x", "a": 0.67 * count, "b": 0.67}], "part": []})
    facts.registry.tables["part"] = table(PART, [{"thing": "x", "v": 0.67}]).select(pl.all().repeat_by(count).explode())
    for condition in ("parts.map(p, p.v).sum() == a", "parts.map(p, p.v).avg() == b"):
        assert facts.evaluate(engine, facts.compile(condition, "thing", BOOL), "thing") == [True]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("value", "count"), [(MAX_INT, 2049), (-MAX_INT, 2049), (MAX_INT // 4, 4096)])
def test_sums_of_ints_never_come_round_again(value: int, count: int, engine: str) -> None:
    """Eight bytes end at 2⁶³, beyond which a sum would begin again below nothing."""
    whole = Kind("part", L, (), {"thing": PART.fields["thing"], "n": Field("n", INT, L)})
    facts = Facts(Vocabulary({"thing": THING, "part": whole}), {"thing": [{"id": "x"}], "part": []})
    facts.registry.tables["part"] = table(whole, [{"thing": "x", "n": value}]).select(
        pl.all().repeat_by(count).explode()
    )
    (found,) = facts.evaluate(engine, facts.compile("parts.map(p, p.n).sum()", "thing"), "thing")
    assert [cause.reason for cause in found] == [Reason.OUT_OF_RANGE]
