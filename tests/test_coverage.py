"""Condition coverage: which leaves there are, where they stand, what examples show of them, what there is to be seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from goldens import same_as
from test_mutation import limit, make

from hegui.assure.coverage import Coverage, cover
from hegui.assure.waiting import Known
from hegui.assure.written import place
from hegui.language.tree import Node
from hegui.ruleset import load
from hegui.ruleset.model import Ruleset

FOLDER = Path(__file__).parent / "broken" / "coverage"
STALLS = FOLDER / "stalls.yaml"
ROOT = Path(__file__).parent.parent

Made = Callable[..., Ruleset]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return partial(make, tmp_path / "made.yaml")


def seen(coverage: Coverage) -> dict[str, str]:
    """Every leaf with the first letters of what it has been seen as, those missing as capitals."""
    return {
        leaf.text: "".join(state[0].upper() if state in leaf.missing else state[0] for state in leaf.needed)
        for leaf in coverage.leaves
    }


def test_a_row_the_rule_is_not_in_force_for_shows_nothing(made: Made) -> None:
    conditions = "in_force: {from: 2024-01-01}\nviolation: frost > 3"
    above, below = (
        "given: {frost: 4}, verdict: violation",
        "given: {frost: 3}, as_of: 2020-01-01, verdict: not_applicable",
    )
    assert seen(cover(made(conditions, above, below)))["frost > 3"] == "tFU"
    assert seen(cover(made(conditions, above, "given: {frost: 3}, verdict: compliant")))["frost > 3"] == "tfU"


# --- the seeded ruleset --------------------------------------------------------------------------------------------


def test_what_is_missing_is_told_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    found = cover(load("stalls.yaml"))
    same_as("../broken/coverage/stalls.txt", "".join(each.render() + "\n" for each in found.diagnostics))


def test_what_has_been_seen_of_every_leaf() -> None:
    assert seen(cover(load(STALLS))) == {
        # of market.quantified
        "stalls.filter(s, s.number > 1).exists(s, s.dear && s.let_on < as_of)": "TfU",
        "s.number > 1": "tf",  # a key is known
        "s.let_on < as_of": "Tfu",  # of the stalls the filter leaves; of one the day is missing
        "stalls.all(s, s.market != id)": "Tf",  # the reference back is known, and so is the key
        "s.market != id": "Tf",
        '"red" in colours': "tFU",  # what is inside `in` nobody wrote
        "roofed": "TFu",
        # of stall.folded
        "number > 3": "Tf",
        "area / rent > 2.0": "tFU",  # asked although the first part has decided
        # of stall.whole
        "number != 0": "tf",
        "has(area)": "tf",
        "area > 5.0": "tfu",
        # of market.seen
        "m.roofed": "tFu",
        "f.occurred <= as_of": "TFu",
        "s.market == m.id": "tf",  # the reference is part of the key
        # of the definition, by all that use it
        'rent > param("stall.rent")': "tfU",
    }


def test_definitions_count_once_at_their_own_line() -> None:
    found = cover(load(STALLS))
    (dear,) = [leaf for leaf in found.leaves if leaf.name == "stall.dear"]
    assert dear.span.source.line_column(dear.span.start) == (37, 11)
    assert [share.name for share in found.shares] == [
        "market.quantified", "stall.folded", "stall.whole", "market.seen", "stall.dear",
    ]  # fmt: skip


def test_shares_are_of_what_there_is_to_be_seen() -> None:
    found = cover(load(STALLS))
    whole = next(share for share in found.shares if share.name == "stall.whole")
    assert (whole.seen, whole.needed, whole.percent) == (7, 7, 100.0)
    assert found.total.needed == sum(share.needed for share in found.shares)
    assert found.total.seen == sum(len(leaf.needed) - len(leaf.missing) for leaf in found.leaves)


def test_what_is_chosen_takes_along_what_it_uses() -> None:
    ruleset = load(STALLS)
    whole = {leaf: leaf.seen for leaf in cover(ruleset).leaves}
    for chosen in (cover(ruleset, rules=["stall.folded"]), cover(ruleset, conclusions=["market.seen"])):
        assert {leaf.name for leaf in chosen.leaves} - {"stall.folded", "market.seen"} == {"stall.dear"}
        assert all(whole[leaf] == leaf.seen for leaf in chosen.leaves)  # the definition by the examples of all
    assert cover(ruleset, rules=[], conclusions=[]).total.percent == 100.0


def test_it_is_told_in_chinese_too() -> None:
    said = [each.message("zh") for each in cover(load(STALLS), rules=["stall.folded"]).diagnostics]
    assert said[:2] == ["`number > 3` 从未出现成立的情形", "`area / rent > 2.0` 从未出现不成立、待核实的情形"]


# --- places --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "frost > 1 && broken",
        "'frost > 1 && broken'",
        '"frost > 1 && broken"',
        "frost > 1 &&\n  broken",
        "|\n  frost > 1\n  && broken",
        ">-\n  frost > 1\n\n    && broken",
    ],
)
def test_leaves_stand_where_they_are_written(written: str, made: Made) -> None:
    found = cover(made(f"violation: {written}")).leaves
    assert [leaf.span.source.text[leaf.span.start : leaf.span.end] for leaf in found] == ["frost > 1", "broken"]


def test_what_stands_in_no_such_way_is_told_at_the_whole(made: Made) -> None:
    ruleset = made(r'violation: "frost \x3e 1 && broken"')
    expr = ruleset.rules["fridge.frosted"].violation
    assert place(expr, (0, 9)) == expr.span


def test_equal_leaves_at_one_place_are_one_and_elsewhere_another(made: Made) -> None:
    inside = "shop.fridges.exists(f, f.broken)"
    texts = [leaf.text for leaf in cover(made(f"violation: {inside} && ({inside} || broken) && !broken")).leaves]
    assert texts == [inside, "f.broken", "broken"]


# --- what there is to be seen ----------------------------------------------------------------------------------------


def violation(ruleset: Ruleset) -> Node:
    return ruleset.rules["fridge.frosted"].violation.node


@pytest.mark.parametrize(
    ("condition", "waits"),
    [
        ("frost > 1", True),
        ("number > 1", False),
        ("has(frost)", False),
        ('shop.id == "a"', False),  # the reference is part of the key
        ("shop.fridges.size() > 1", False),
        ("shop.fridges.filter(f, f.number > 1).size() > 1", False),
        ("shop.fridges.filter(f, f.frost > 1).size() > 1", True),
        ("shop.fridges.exists(f, f.shop == shop)", False),
        ("shop.fridges.exists(f, f.shop.id == shop.id)", False),
        ("shop.fridges.exists(f, f.frost > 1)", True),
        ("shop.fridges.map(f, f.frost).known().exists(n, number > 1)", False),
        ("shop.fridges.map(f, f.number).max() > 1", True),  # of nothing
        ("shop.fridges.map(f, f.number).sum() > 1", False),
        ("number in [1, 2]", False),
        ("number in [1, frost]", True),
        ("[1, frost].exists(n, n > number)", True),
        ("[1, 2].max() > number", False),
        ("as_of > date(number, 1, 1)", False),  # a year out of range is not meant in earnest
        ("number + 1 > 2", False),
        ("double(number) / 2.0 > 1.0", False),
        ("1.0 / double(number) > 1.0", True),
        ("number % 2 == 0", False),
        ("2 % number == 0", True),
        ("add_workdays(as_of, 3) > as_of", True),  # beyond the calendar
        ('int("7") > number', True),
        ("(number > 1 ? number : frost) > 1", True),
        ("!(number > 1)", False),
        ("number > 1 || frost > 1", True),
        ('number > param("most")', True),
        ('number > param("always")', False),
        ('number > param("most", date("2021-05-01"))', False),
        ('number > param("most", date("2019-05-01"))', True),
        ('number > param("most", as_of)', True),
        ('number > param("always", checked)', True),
    ],
)
def test_what_may_be_undetermined(condition: str, waits: bool, made: Made) -> None:
    values = limit("value: 3, from: 2020-01-01") + limit("value: 1").replace("most:", "always:")
    ruleset = made(f"violation: '{condition}'", before=values)
    assert Known(ruleset.vocabulary.kinds, ruleset.parameters).waits(violation(ruleset)) is waits


def test_a_parameter_in_force_as_long_as_the_rule_is_always_there(made: Made) -> None:
    values = limit("value: 3, from: 2020-01-01")
    for since, needed in (("2020-01-01", "TF"), ("2019-12-31", "TFU")):
        ruleset = made(f"in_force: {{from: {since}}}\nviolation: number > param('most')", before=values)
        assert seen(cover(ruleset)) == {"number > param('most')": needed}
    ruleset = made("occurred: checked\nin_force: {from: 2020-01-01}\nviolation: number > param('most')", before=values)
    assert seen(cover(ruleset)) == {"number > param('most')": "TFU"}  # the day of the act may be missing


def test_has_of_what_is_always_there_need_not_be_false(made: Made) -> None:
    assert seen(cover(made("violation: has(number) && has(frost)"))) == {"has(number)": "T", "has(frost)": "TF"}


def test_tests_inside_values_are_leaves(made: Made) -> None:
    ruleset = made(
        "violation: '(broken ? frost : number) > 1'", "given: {broken: true, frost: 1, number: 5}, verdict: compliant"
    )
    assert seen(cover(ruleset)) == {"(broken ? frost : number) > 1": "TfU", "broken": "tFU"}


# --- the shipped rules -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_leaf_of_the_shipped_rules_stands_where_it_is_said() -> None:
    ruleset = load(ROOT / "rulesets" / "banan")
    begun = time.process_time()
    found = cover(ruleset)
    assert time.process_time() - begun < 60  # it takes a few seconds
    assert set(ruleset.rules) <= {leaf.name for leaf in found.leaves}
    for leaf in found.leaves:
        at = leaf.span.source.text[leaf.span.start : leaf.span.end]
        assert " ".join(at.split()) == leaf.text
    assert cover(load(ROOT / "rulesets" / "banan")) == found
