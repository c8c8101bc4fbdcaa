"""What the solver makes of conditions is the scalar evaluator's meaning, on random conditions over random rows."""

from __future__ import annotations

from evaluation import Facts
from hypothesis import given
from hypothesis import strategies as st
from proof_kit import Held
from test_engines_agree import RELAXED, conditions, facts


@RELAXED
@given(facts(), conditions(), st.sampled_from([None, None, "d"]))
def test_what_is_so_is_never_ruled_out(facts: Facts, condition: str, on: str | None) -> None:
    act = () if on is None else (facts.compile(on, "item"),)
    held = Held(facts, facts.compile(condition, "item"), "item", *act)
    for row in held.rows:
        found = held.scalar(row)
        assert held.may_be(row, found)
        if not held.translator.unknown:
            assert held.must_be(row, found)


@RELAXED
@given(facts(), conditions())
def test_over_few_related_rows_nothing_else_is_allowed(facts: Facts, condition: str) -> None:
    held = Held(facts, facts.compile(condition, "item"), "item", slots=3)
    for row in held.rows:
        found = held.scalar(row)
        if held.covered(row):
            assert held.may_be(row, found)
            if not held.translator.unknown:
                assert held.must_be(row, found)
