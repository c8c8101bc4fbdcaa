"""What an edit does is the set difference of two full runs, and each change has the edits that make it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from impact_kit import AS_OF, EDITS, differences, fitting, impact, registries, rows, version

from hegui.assure.impact.model import Change, Impact, Sort, State
from hegui.engines import judge
from hegui.report.info import RunInfo
from hegui.report.run import Run

NAMES = st.lists(st.sampled_from(sorted(EDITS)), max_size=4, unique=True).map(fitting).map(tuple)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def found(result: Impact) -> dict[tuple[str, str, str], tuple[State, State]]:
    records = [each for rule in result.rules for each in rule.records()]
    made = {(each.rule, each.about, each.key): (each.before, each.after) for each in records}
    assert len(made) == len(records)
    return made


@SLOW
@given(NAMES, NAMES, st.integers(0, 10_000), st.sampled_from(["polars", "scalar"]))
def test_it_is_the_difference_of_two_full_runs(
    was: tuple[str, ...], is_: tuple[str, ...], seed: int, engine: str
) -> None:
    old, new, given_ = version(was), version(is_), rows(seed)
    result = impact(old, new, given_, engine)
    expected = differences(old, new, given_)
    assert found(result) == expected
    counted = Counter(Change.between(*pair) for pair in expected.values())
    assert result.changed == counted
    assert sum(sum(each.values()) for each in result.by_jurisdiction.values()) == len(expected)
    assert sum(sum(each.values()) for each in result.by_cause.values()) == len(expected)


@SLOW
@given(NAMES, NAMES, st.integers(0, 10_000))
def test_the_counts_are_those_of_full_runs(was: tuple[str, ...], is_: tuple[str, ...], seed: int) -> None:
    old, new, given_ = version(was), version(is_), rows(seed)
    result = impact(old, new, given_)
    for then, side, registry in zip((True, False), (old, new), registries(old, new, given_), strict=True):
        summaries = {each.rule: each for each in judge(side.ruleset, registry, engine="scalar", as_of=AS_OF).summaries}
        for rule in result.rules:
            summary = summaries.get((rule.former or rule.rule) if then else rule.rule)
            if summary is not None:
                assert rule.total(State.VIOLATION, then) == summary.violation
                assert rule.total(State.UNDETERMINED, then) == summary.undetermined
                assert rule.total(State.COMPLIANT, then) == summary.compliant


# --- causes ----------------------------------------------------------------------------------------------------------

BEARING = [name for name, edit in EDITS.items() if edit.at[0] in (Sort.RULE, Sort.DEFINITION, Sort.PARAMETER)]


@SLOW
@given(st.lists(st.sampled_from(BEARING), min_size=1, max_size=4, unique=True).map(fitting), st.integers(0, 10_000))
def test_a_cause_is_the_fewest_edits_that_make_the_change(names: list[str], seed: int) -> None:
    old, new, given_ = version(), version(tuple(names)), rows(seed)
    result = impact(old, new, given_)
    numbers = {
        edit.number: name
        for edit in result.edits
        for name in names
        if EDITS[name].at == (edit.sort, edit.name, edit.key)
    }
    makes = {}
    for size in range(1, len(names) + 1):
        from itertools import combinations

        for chosen in combinations(names, size):
            makes[frozenset(chosen)] = differences(old, version(chosen), given_)
    for rule in result.rules:
        for each in rule.records():
            at = (each.rule, each.about, each.key)
            right = [
                chosen
                for chosen, changed in makes.items()
                if changed.get(at, (each.before, each.before))[1] == each.after
            ]
            least = min(map(len, right))
            expected = {chosen for chosen in right if len(chosen) == least}
            assert {frozenset(numbers[edit] for edit in alone) for alone in each.cause} == expected, at


def test_conclusions_are_those_of_two_full_runs() -> None:
    seen = Counter[str]()
    for names in (("at-least",), ("solids",), ("limit",), ("licence", "violation"), ("unit",), ("severity",)):
        for seed in range(6):
            old, new, given_ = version(), version(names), rows(seed)
            result = impact(old, new, given_)
            drawn = []
            for side, registry in zip((old, new), registries(old, new, given_), strict=True):
                judgement = judge(side.ruleset, registry, engine="scalar", as_of=AS_OF)
                info = RunInfo.of(side.ruleset, registry, as_of=AS_OF, decided_on=AS_OF, engine="scalar")
                run = Run.build(side.ruleset, registry, judgement, info).with_conclusions(
                    side.ruleset, registry, "reference"
                )
                drawn.append({each.fingerprint: each.certain for each in run.drawing.drawn})
            expected = {at for at in drawn[0].keys() | drawn[1].keys() if drawn[0].get(at) != drawn[1].get(at)}
            assert result.conclusions is not None
            assert {each.fingerprint for each in result.conclusions} == expected
            assert all(each.edits for each in result.conclusions)
            seen.update(each.change for each in result.conclusions)
    assert {"opened", "withdrawn"} <= set(seen)


@pytest.mark.parametrize("names", [("severity",), ("field",), ("about",), ("renamed",)])
def test_edits_that_no_verdict_depends_on_are_listed_and_nothing_is_judged(names: tuple[str, ...]) -> None:
    result = impact(version(), version(names), rows(3))
    assert [EDITS[name].at for name in names] == [(edit.sort, edit.name, edit.key) for edit in result.edits]
    assert not any(edit.bears for edit in result.edits)
    assert result.rules == ()
    assert result.same == 4
