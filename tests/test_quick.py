"""The quick translation of conditions is the scalar evaluator's meaning without its causes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from evaluation import AS_OF, CALENDAR, Facts
from hypothesis import given
from hypothesis import strategies as st
from test_conformance import CASES as CONFORMANCE
from test_conformance import VOCABULARY as MINES
from test_engines_agree import RELAXED, conditions, facts, values
from test_operators import CASES as OPERATIONS
from test_operators import FACTS as THINGS

from hegui import facts as fact_reading
from hegui.datatypes import Reason, Undetermined
from hegui.engines.scalar import FactWorld
from hegui.language.closures import Fixed, Frame, called
from hegui.language.quick import DAY, TABLES, Setting, translate
from hegui.language.scalar import RowData, Scope, compile_node
from hegui.language.tree import Node


class Around:
    """The rows of a registry as frames."""

    def __init__(self, world: FactWorld) -> None:
        self.world = world

    def frame(self, row: RowData) -> Frame:
        cells = {name: None if isinstance(cell, Reason) else cell for name, cell in row.cells.items()}
        return {**cells, "#row": row}

    def follow(self, kind: str, key: str) -> Frame | None:
        found = self.world.follow(kind, key)
        return None if isinstance(found, Reason) else self.frame(found)

    def related(self, kind: str, by: str, row: Frame) -> Sequence[Frame] | None:
        parent = self.world.request.kinds[kind].fields[by].type.kind
        assert parent is not None
        key = self.world.own_key(row["#row"], parent)
        rows = key if isinstance(key, Reason) else self.world.related(kind, by, key)
        return None if isinstance(rows, Reason) else [self.frame(each) for each in rows]


def setting(facts: Facts, day: date | None) -> Setting:
    named = facts.ruleset.parameters
    return Setting(
        AS_OF,
        day,
        lambda name: [(each.period.holds, each.value, each.text) for each in named[name].values],
        Workdays,
    )


class Workdays:
    """The calendar of these tests, as conditions ask for it."""

    workdays_between = staticmethod(CALENDAR.workdays_between)
    add_workdays = staticmethod(CALENDAR.add_workdays)


def agree(facts: Facts, node: Node, act: Node | date, kind: str = "item") -> None:
    """The same value on every row, or none on both sides."""
    world = FactWorld(facts.request)
    around, scalar = Around(world), compile_node(node)
    quick = called(translate(node, setting(facts, act if isinstance(act, date) else None)))
    for row in world.judged(kind):
        scope = Scope(world, AS_OF, AS_OF, [row])
        scope.day = act if isinstance(act, date) else compile_node(act)(scope)
        expected = scalar(scope)
        frame = around.frame(row)
        frame[TABLES], frame[DAY] = around, None if isinstance(scope.day, Undetermined) else scope.day
        found = quick(frame)
        wanted = None if isinstance(expected, Undetermined) else expected
        assert type(found) is type(wanted), (found, expected)
        assert found == wanted


@RELAXED
@given(facts(), conditions(), st.sampled_from([None, None, "d", "group.gd"]))
def test_conditions_agree(facts: Facts, condition: str, on: str | None) -> None:
    agree(facts, facts.compile(condition, "item"), AS_OF if on is None else facts.compile(on, "item"))


@RELAXED
@given(facts(), values(), st.sampled_from([None, "d"]))
def test_values_agree(facts: Facts, value: tuple[str, str], on: str | None) -> None:
    agree(facts, facts.compile(value[1], "item"), AS_OF if on is None else facts.compile(on, "item"))


@pytest.mark.parametrize("text", [example.text for _, example in OPERATIONS])
def test_operators_agree(text: str) -> None:
    agree(THINGS, THINGS.compile(text, "thing"), AS_OF, "thing")


@pytest.mark.parametrize(
    "case", [case for _, case in CONFORMANCE], ids=lambda case: f"{case['expression']} {case['of']}"
)
def test_conformance_cases_agree(case: dict[str, Any]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "town": [{"id": "T1", "name": "甲"}, {"id": "T2"}],
        "mine": [{"id": "M1", **case["of"]}],
    }
    if (licences := case.get("licences", [])) != "absent":
        rows["licence"] = [{"id": f"L{number}", "mine": "M1", **row} for number, row in enumerate(licences)]
    asked = Facts(MINES, {})
    asked.registry = fact_reading.from_rows(MINES, rows)
    asked.request = type(asked.request)(asked.ruleset, asked.registry, AS_OF, ())
    agree(asked, asked.compile(case["expression"], "mine"), AS_OF, "mine")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 + 1 == 2", True), ("as_of > date(2024, 1, 1)", True), ("1.0 / 0.0 > 2.0", None), ("1 in [1, 2]", True),
     ("1 / 0.0 > 1.0 || true", True), ("workdays_between(as_of, as_of) == 0", True)],
)  # fmt: skip
def test_what_needs_no_row_is_worked_out_once(text: str, value: bool | None) -> None:
    assert translate(THINGS.compile(text, "thing"), setting(THINGS, AS_OF)) == Fixed(value)


@pytest.mark.parametrize(("divisor", "value"), [("1e200", 1e-200), ("1e-200", 1e200)])
def test_magnitudes_of_quotients_neither_overflow_nor_vanish(divisor: str, value: float) -> None:
    condition = f"1.0 / {divisor} == {value!r}"
    assert THINGS.evaluate("scalar", THINGS.compile(condition, "thing"), "thing") == [True, True]
    agree(THINGS, THINGS.compile(condition, "thing"), AS_OF, "thing")
