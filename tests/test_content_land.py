"""The shipped rules on farming, burning, forest chiefs and protected areas say what the law says, and no more."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from shipped_kit import FOLDER, loaded

from hegui.ruleset.model import Certainty, Citation, Nature, Ruleset

ROOT = Path(__file__).parent.parent
LAST_OF_OLD, CODE = date(2026, 8, 14), date(2026, 8, 15)
SUBJECTS = ("livestock.", "burning.", "forest-chief.", "forest-issue.", "protected-area.")


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return loaded(FOLDER)


def cited(rules: Ruleset, name: str, day: date) -> list[Citation]:
    """The rule's citations whose version of the law is in force on `day`."""
    basis = rules.rules[name].basis
    return [each for each in basis if rules.laws[each.law].on(day) is rules.laws[each.law].version(each.version)]


def articles(rules: Ruleset, name: str, day: date) -> set[tuple[str, str]]:
    return {(each.law, each.article) for each in cited(rules, name, day)}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("farm.no-self-monitoring", CODE),
        ("farm.tail-water-in-canal", CODE),
        ("farm.records-not-kept", date(2026, 5, 1)),
        ("protected-area.reserve-two-zones", date(2026, 3, 15)),
    ],
)
def test_new_duties_begin_with_the_law_that_made_them(rules: Ruleset, name: str, first: date) -> None:
    assert rules.rules[name].in_force.start == first


def test_incomplete_records_are_fined_only_where_an_order_was_not_met(rules: Ruleset) -> None:
    (penalty,) = [each for each in rules.rules["farm.records-not-kept"].basis if each.role == "penalty"]
    assert penalty.article == "66(2)"
    assert penalty.condition is not None
    assert penalty.condition.text == "records_order_overdue"


def test_the_scale_of_livestock_is_what_the_list_says_and_no_figure_from_memory_judges_it(rules: Ruleset) -> None:
    unsure = {
        name
        for name, each in rules.parameters.items()
        if any(value.certainty is Certainty.MEMORY for value in each.values)
    }
    assert {name for name in unsure if name.startswith("livestock")} == {
        f"livestock-scale.{each}"
        for each in ("pig-output", "layer-stock", "broiler-output", "dairy-stock", "beef-output", "sheep-output")
    }
    assert rules.rules["livestock.scale-class"].nature(CODE) is Nature.CLUE
    others = [name for name in rules.rules if name.startswith("livestock.") and name != "livestock.scale-class"]
    assert len(others) == 7
    texts = {name: str(rules.rules[name].violation.text) + str(rules.rules[name].when.text) for name in others}
    assert [name for name, text in texts.items() if "livestock-scale" in text or "reaches_reference" in text] == []


def test_manure_beyond_the_land_is_a_breach_of_the_plan_and_fined_only_with_pollution(rules: Ruleset) -> None:
    rule = rules.rules["livestock.over-land-capacity"]
    assert rule.nature(date(2024, 3, 11)) is Nature.BREACH
    (penalty,) = [each for each in rule.basis if each.role == "penalty"]
    assert penalty.condition is not None
    assert penalty.condition.text == "pollution_found"


def test_manure_is_judged_by_the_law_of_its_day(rules: Ruleset) -> None:
    name = "livestock.manure-not-collected"
    assert ("solid-waste-law", "107") in articles(rules, name, LAST_OF_OLD)
    assert ("environmental-code", "1231(1)") in articles(rules, name, CODE)
    assert not any(law == "solid-waste-law" for law, _ in articles(rules, name, CODE))


def test_burning_is_judged_by_the_law_of_its_day(rules: Ruleset) -> None:
    for name, old, new in [
        ("burning.rubbish-in-populated-area", ("air-pollution-law", "119(2)"), ("environmental-code", "1131(3)")),
        ("burning.household-waste", ("solid-waste-law", "111(1)(1)"), ("environmental-code", "1169(1)")),
        ("burning.straw", ("air-pollution-law", "119(1)"), ("environmental-code", "1131(1)")),
    ]:
        assert old in articles(rules, name, LAST_OF_OLD)
        assert new not in articles(rules, name, LAST_OF_OLD)
        assert new in articles(rules, name, CODE)
        assert old not in articles(rules, name, CODE)


def test_household_waste_needs_no_populated_area_and_rubbish_does(rules: Ruleset) -> None:
    assert "populated" not in rules.rules["burning.household-waste"].violation.text
    assert "populated" in rules.rules["burning.rubbish-in-populated-area"].violation.text


def test_who_burnt_it_decides_every_fine_for_rubbish(rules: Ruleset) -> None:
    names = ["burning.rubbish-in-populated-area", "burning.household-waste", "burning.off-designated-place"]
    fines = [each for name in names for each in rules.rules[name].basis if each.role == "penalty"]
    assert {each.condition.text for each in fines if each.condition} == {'burner == "unit"', 'burner == "person"'}
    assert all(each.condition for each in fines)


def test_forest_chiefs_are_policy_since_no_period_seen_is_law(rules: Ruleset) -> None:
    names = [name for name in rules.rules if name.startswith(("forest-chief.", "forest-issue."))]
    assert len(names) == 4
    for name in names:
        assert rules.rules[name].nature(date(2024, 8, 31)) is Nature.POLICY
        assert rules.rules[name].nature(date(2024, 9, 1)) is Nature.POLICY
        assert ("chongqing-forest-chief-measures", "-") not in articles(rules, name, date(2024, 8, 31))
        assert ("chongqing-forest-chief-measures", "-") in articles(rules, name, date(2024, 9, 1))
        assert not any(each.role == "penalty" for each in rules.rules[name].basis)


def test_no_article_of_the_reserve_regulations_of_2026_is_cited(rules: Ruleset) -> None:
    new = [
        each
        for rule in rules.rules.values()
        for each in rule.basis
        if (each.law, each.version) == ("nature-reserve-regulations", "2026")
    ]
    assert new
    assert {each.article for each in new} == {"-"}
    assert {each.certainty for each in new} == {Certainty.SECONDARY}
    assert rules.rules["protected-area.reserve-three-zones"].in_force.end == date(2026, 3, 14)


def test_every_finding_of_these_subjects_keeps_to_facts(rules: Ruleset) -> None:
    for name, rule in rules.rules.items():
        if name.startswith(SUBJECTS):
            assert rule.message.zh
            assert "违法" not in rule.message.zh
            assert "违规" not in rule.message.zh
