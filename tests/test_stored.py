"""Dataclasses to JSON data and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pytest
import sample
from hypothesis import given
from hypothesis import strategies as st

from hegui.language.tree import Const, Node, Op, walk
from hegui.report.stored import NOWHERE, DamagedError, decode, encode
from hegui.ruleset.model import Expr, Period, Rule, Severity
from hegui.source import Span


@dataclass(frozen=True)
class Leaf:
    name: str
    size: float = 0.0


@dataclass(frozen=True)
class Other:
    size: int


@dataclass(frozen=True)
class Whole:
    severity: Severity
    day: date | None
    value: str | int | float | bool | date
    side: Literal["left", "right"]
    either: Leaf | Other
    mixed: tuple[str | Leaf, ...]
    pairs: dict[str, tuple[int, ...]]
    days: dict[date, bool]
    at: Span


WHOLE = Whole(
    Severity.MAJOR, None, date(2024, 3, 11), "left", Other(3), ("a", Leaf("b")), {"x": (1, 2)}, {date(2024, 1, 1): False},
    NOWHERE,
)  # fmt: skip


def again(hint: Any, value: object) -> Any:
    return decode(hint, json.loads(json.dumps(encode(value, hint))))


def test_everything_comes_back() -> None:
    assert again(Whole, WHOLE) == WHOLE


@given(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.dates()))
def test_plain_values_keep_their_type(value: Any) -> None:
    found = again(Whole, replace(WHOLE, value=value)).value
    assert found == value
    assert type(found) is type(value)


def test_defaults_are_left_out_unless_wanted() -> None:
    assert encode(Leaf("a")) == {"name": "a"}
    assert encode(Leaf("a"), full=True) == {"name": "a", "size": 0.0}


def test_an_int_is_read_as_a_float_but_not_the_other_way() -> None:
    assert decode(Leaf, {"name": "a", "size": 2}) == Leaf("a", 2.0)
    with pytest.raises(DamagedError):
        decode(Other, {"size": 2.0})


@pytest.mark.parametrize("name", sorted(sample.ruleset().rules))
def test_every_rule_comes_back_with_its_trees(name: str) -> None:
    rule = replace(sample.ruleset().rules[name], examples=())
    found = again(Rule, rule)
    assert found == rule
    assert found.leaves == rule.leaves


def test_a_pattern_is_made_again() -> None:
    from evaluation import NOWHERE as TEXT

    from hegui.language.checker import Environment, compile_condition

    environment = Environment(sample.ruleset().vocabulary)
    node, _ = compile_condition('name.matches("^Q[0-9]+$")', environment, "quarry", None, lambda a, b: Span(TEXT, a, b))
    assert node is not None
    expression = again(Expr, Expr("", node, NOWHERE))
    (operation,) = (part for part in walk(expression.node) if isinstance(part, Op))
    assert operation.pattern is not None
    assert expression.node == node


DAMAGE = [
    ({"severity": "dire"}, "severity", "`dire` is none of `low`"),
    ({"day": "11.3.2024"}, "day", "is not a date"),
    ({"day": 3}, "day", "`3` is not a date"),
    ({"value": None}, "value", "a value is missing"),
    ({"value": {"date": "x"}}, "value", "is not a date"),
    ({"value": [1, 2]}, "value", "a plain value is expected"),
    ({"either": []}, "either", "a plain value is expected"),
    ({"side": "up"}, "side", "`up` is none of `left`, `right`"),
    ({"either": {"is": "Row"}}, "either", "`Row` is none of `Leaf`, `Other`"),
    ({"either": {"is": "Other"}}, "either", "`size` is missing"),
    ({"mixed": "ab"}, "mixed", "a list is expected"),
    ({"mixed": ["a", 3]}, "mixed[1]", "a plain value is expected"),
    ({"pairs": {"x": [True]}}, "pairs.x[0]", "a whole number is expected"),
    ({"pairs": []}, "pairs", "a mapping is expected"),
]


@pytest.mark.parametrize(("change", "path", "words"), DAMAGE)
def test_damage_is_told_with_its_place(change: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(DamagedError) as caught:
        decode(Whole, {**encode(WHOLE), **change})
    assert caught.value.args_["path"] == path
    assert words in caught.value.wording.en.format(document="run.json", **caught.value.args_)
    assert caught.value.wording.zh.format(document="run.json", **caught.value.args_)


def test_nodes_refuse_what_is_no_operator() -> None:
    broken = {"is": "Op", "key": "<>", "overload": 0, "args": [], "type": {"name": "bool"}}
    with pytest.raises(DamagedError, match="`<>`"):
        decode(Node, broken)
    assert decode(Node, encode(Const(1, sample.ruleset().parameters["remedy.days"].type), Node)).value == 1


def test_periods_are_short() -> None:
    assert encode(Period(date(2024, 1, 1))) == {"start": "2024-01-01"}
