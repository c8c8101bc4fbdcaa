"""What the solver makes of conditions is the scalar evaluator's meaning: on random conditions over random rows, on every
example of the operator table, and on lists of codes."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
import z3
from evaluation import Facts
from hypothesis import given
from hypothesis import strategies as st
from proof_kit import Held, UndecidedError
from test_engines_agree import LABEL, RELAXED, conditions, facts, fields, values
from test_operators import CASES as OPERATIONS
from test_operators import FACTS as THINGS

from hegui.assure.proof.dates import FIRST, LAST, exists, ordinal
from hegui.assure.proof.meanings import MEANINGS
from hegui.datatypes import STRING, Reason, Type
from hegui.language.operators import OPERATORS
from hegui.vocabulary import Kind, Vocabulary


def agrees(held: Held) -> None:
    """What is so is never ruled out; and nothing else is allowed, unless something is unknown."""
    for row in held.rows:
        found = held.scalar(row)
        if held.covered(row):
            assert held.may_be(row, found)
            assert held.translator.unknown or held.must_be(row, found)


def agrees_if_decided(held: Held) -> None:
    """The same of random conditions, some of which take a solver too long."""
    with suppress(UndecidedError):
        agrees(held)


@RELAXED
@given(facts(), conditions(), st.sampled_from([None, None, "d"]))
def test_conditions_agree_whatever_the_related_rows(facts: Facts, condition: str, on: str | None) -> None:
    act = () if on is None else (facts.compile(on, "item"),)
    agrees_if_decided(Held(facts, facts.compile(condition, "item"), "item", *act))


@RELAXED
@given(facts(), conditions())
def test_conditions_agree_over_few_related_rows(facts: Facts, condition: str) -> None:
    agrees_if_decided(Held(facts, facts.compile(condition, "item"), "item", slots=3))


@RELAXED
@given(facts(), values())
def test_values_may_be_what_they_are(facts: Facts, value: tuple[str, str]) -> None:
    """Not that they may be nothing else: the sums of doubles shown are rounded, those of the solver are not."""
    if value[0] in ("bool", "int", "date"):
        held = Held(facts, facts.compile(value[1], "item"), "item")
        with suppress(UndecidedError):
            assert all(held.may_be(row, held.scalar(row)) for row in held.rows)


TOO_LARGE = {"1e200 * 1e200", "1e300 / 1e-300"}
"""Beyond what a double holds: outside the model, where numbers are exact (docs/proving-rules.md)."""


@pytest.mark.parametrize("text", sorted({example.text for _, example in OPERATIONS} - TOO_LARGE))
def test_operators_agree(text: str) -> None:
    agrees(Held(THINGS, THINGS.compile(text, "thing"), "thing"))


def test_every_meaning_is_of_a_row_of_the_table() -> None:
    assert set(MEANINGS) <= set(OPERATORS)


CODES = Type("list", element=Type("code", codes=("red", "green", "blue")))
LAMP = Kind("lamp", LABEL, ("id",), fields(id=STRING, shown=CODES, one=Type("code", codes=("red", "green", "blue"))))
LISTS = (None, Reason.UNREADABLE, [], ["red"], ["red", "green"], ["green", "green"], ["blue", "red", "green"])


@pytest.mark.parametrize(
    "condition",
    [
        '"red" in shown',
        "one in shown",
        'shown.all(c, c != "red")',
        'shown.exists(c, c in ["green", "blue"] && c != one)',
        'shown.filter(c, c != one).all(c, c == "red")',
        'has(shown) && shown.exists_one(c, c == "red")',
        "shown.size() > 1",
    ],
)
def test_lists_of_codes_agree(condition: str) -> None:
    rows = [{"id": f"l{i}{one}", "shown": codes, "one": one} for i, codes in enumerate(LISTS) for one in ("red", None)]
    held = Facts(Vocabulary({"lamp": LAMP}), {"lamp": rows})
    agrees(Held(held, held.compile(condition, "lamp"), "lamp"))


def test_dates_are_those_of_the_calendar() -> None:
    days = [date.fromordinal(number) for number in range(FIRST, LAST, 10_007)]
    edges = [date(year, month, 1) - timedelta(1) for year in (1900, 2000, 2023, 2024) for month in range(1, 13)]
    for day in (*days, *edges, date.min, date.max):
        parts = [z3.IntVal(part) for part in (day.year, day.month, day.day)]
        assert z3.simplify(ordinal(*parts)).as_long() == day.toordinal()
        assert z3.is_true(z3.simplify(exists(*parts)))


@pytest.mark.parametrize("parts", [(2023, 2, 29), (1900, 2, 29), (2024, 13, 1), (2024, 4, 31), (0, 1, 1), (2024, 1, 0)])
def test_days_that_are_none_do_not_exist(parts: tuple[int, int, int]) -> None:
    assert z3.is_false(z3.simplify(exists(*map(z3.IntVal, parts))))
