"""What the solver makes of conditions is the scalar evaluator's meaning: on random conditions over random rows, on every
example of the operator table, and on lists of codes."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
import z3
from evaluation import Facts
from hypothesis import given, settings
from hypothesis import strategies as st
from proof_kit import Held, UndecidedError, admitted
from test_engines_agree import LABEL, PARAMETERS, RELAXED, VOCABULARY, Reach, conditions, facts, fields, truth, values
from test_operators import CASES as OPERATIONS
from test_operators import FACTS as THINGS

from hegui.assure.proof.dates import FIRST, LAST, exists, ordinal
from hegui.assure.proof.meanings import MEANINGS
from hegui.datatypes import STRING, Reason, Type
from hegui.language.operators import OPERATORS
from hegui.vocabulary import Kind, Vocabulary


def agrees(held: Held) -> None:
    """What is so is never ruled out; and once what is unknown is told, nothing else is allowed."""
    for row in held.rows:
        found = held.scalar(row)
        if held.covered(row):
            assert held.may_be(row, found)
            assert not held.known(row) or held.must_be(row, found)


def agrees_if_decided(held: Held) -> None:
    """The same of random conditions, some of which take a solver too long."""
    with suppress(UndecidedError):
        agrees(held)


def admissible() -> st.SearchStrategy[Facts]:
    return facts().map(admitted)


@RELAXED
@given(admissible(), conditions(), st.sampled_from([None, None, "d"]))
def test_conditions_agree_whatever_the_related_rows(facts: Facts, condition: str, on: str | None) -> None:
    act = () if on is None else (facts.compile(on, "item"),)
    agrees_if_decided(Held(facts, facts.compile(condition, "item"), "item", *act))


@RELAXED
@given(admissible(), conditions())
def test_conditions_agree_over_few_related_rows(facts: Facts, condition: str) -> None:
    agrees_if_decided(Held(facts, facts.compile(condition, "item"), "item", slots=3))


@pytest.mark.parametrize(
    "condition",
    [
        'parts.exists(q, q.v > param("limit"))',
        'parts.map(q, q.v * param("limit")).sum() > 1.5',
        'add_workdays(as_of, int(param("limit"))) > date("2024-03-12")',
    ],
)
def test_a_parameter_is_that_of_the_day_of_each_rule(condition: str) -> None:
    item = {"id": "i0", "d": date(2024, 1, 31), "e": date(2024, 2, 29)}
    held = Facts(VOCABULARY, {"item": [item], "part": [{"item": "i0", "v": 1.25}]}, PARAMETERS)
    on_d, on_e = (held.compile(day, "item") for day in ("d", "e"))
    one = Held(held, held.compile(condition, "item"), "item", on_d)
    other = Held(held, one.node, "item", on_e, beside=one)
    agrees(other)
    assert one.scalar(one.rows[0]) != other.scalar(other.rows[0])


@settings(RELAXED, max_examples=100)
@given(admissible(), conditions(), conditions())
def test_two_conditions_agree_each_on_its_own_day(facts: Facts, first: str, second: str) -> None:
    """Both of one row, as pairs of rules are asked of."""
    on_d, on_e = (facts.compile(day, "item") for day in ("d", "e"))
    one = Held(facts, facts.compile(first, "item"), "item", on_d)
    agrees_if_decided(Held(facts, facts.compile(second, "item"), "item", on_e, beside=one))
    agrees_if_decided(Held(facts, facts.compile(first, "item"), "item", on_e, beside=one))


@st.composite
def twins(draw: st.DrawFn) -> str:
    """Whether a chain is empty, and what else is so of it, each inside a literal: of the same element or of any."""
    reach = Reach({"": "item", "r.": "part"}, {"q": "string"}, 1)

    def kept() -> str:
        return f"({truth(draw, reach)} {draw(st.sampled_from(['&&', '||']))} {draw(st.sampled_from(['s', 'r.via.gs']))} == q)"

    counted = kept()
    filtered = draw(st.sampled_from([counted, counted, kept()]))
    ending = draw(st.sampled_from(["exists", "all", "exists_one"]))
    empty, other = (
        f"parts.filter(r, {counted}).size() == 0",
        f"parts.filter(r, {filtered}).{ending}(r, {truth(draw, reach)})",
    )
    each, every = (draw(st.sampled_from(["exists", "all"])) for _ in "12")
    apart = f'["a", "ab"].{each}(q, {empty}) && ["ab", "a"].{every}(q, {other})'
    return draw(st.sampled_from([apart, f'["a", "ab"].{each}(q, {empty} && {other})']))


@settings(RELAXED, max_examples=60)
@given(admissible(), twins())
def test_chains_of_one_element_say_nothing_of_another(facts: Facts, condition: str) -> None:
    agrees_if_decided(Held(facts, facts.compile(condition, "item"), "item"))


@RELAXED
@given(admissible(), values())
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
