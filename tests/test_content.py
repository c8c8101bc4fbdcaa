"""The shipped rulesets say what the law says, and no more: the traps of each field of law, as tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from shipped_kit import FOLDER, loaded

from hegui.outcome import Verdict
from hegui.ruleset.model import Certainty, Citation, Nature, Rule, Ruleset

ROOT = Path(__file__).parent.parent
DAYS = [date(2020, 8, 1), date(2024, 3, 11), date(2025, 7, 1), date(2026, 5, 1), date(2026, 8, 15)]


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return loaded(FOLDER)


def cited(rules: Ruleset, rule: Rule, day: date) -> list[Citation]:
    """The citations whose version of the law is in force on `day`."""
    return [each for each in rule.basis if rules.laws[each.law].on(day) is rules.laws[each.law].version(each.version)]


def articles(rules: Ruleset, name: str, day: date) -> set[tuple[str, str]]:
    return {(each.law, each.article) for each in cited(rules, rules.rules[name], day)}


@pytest.mark.parametrize("name", ["mine.over-scale", "mine.over-quota"])
def test_no_fine_for_the_scale_before_the_law_of_2024_and_then_only_with_damage(rules: Ruleset, name: str) -> None:
    rule = rules.rules[name]
    before = cited(rules, rule, date(2025, 6, 30))
    after = [each for each in cited(rules, rule, date(2025, 7, 1)) if each.role == "penalty"]
    assert {each.role for each in before} == {"duty"}
    assert [each.article for each in after] == ["68(1)(1)"]
    assert after[0].condition is not None
    assert "mine.resource_damage" in after[0].condition.text
    assert {rule.nature(day) for day in DAYS} == {Nature.BREACH}


def test_a_missing_facility_is_policy_whatever_the_day(rules: Ruleset) -> None:
    rule = rules.rules["farm.no-tail-water-treatment"]
    assert {rule.nature(day) for day in DAYS} == {Nature.POLICY}
    assert {each.role for each in rule.basis} == {"policy"}


def test_tail_water_is_an_offence_only_since_the_fishery_law_of_2025(rules: Ruleset) -> None:
    rule = rules.rules["farm.tail-water-above-limit"]
    assert rule.nature(date(2026, 4, 30)) is Nature.BREACH
    assert rule.nature(date(2026, 5, 1)) is Nature.OFFENCE
    assert ("fishery-law", "27") not in articles(rules, rule.name, date(2026, 4, 30))
    assert ("fishery-law", "27") in articles(rules, rule.name, date(2026, 5, 1))
    assert all(each.condition for each in rule.basis if each.role == "penalty")


def test_open_air_coating_is_judged_by_the_law_of_its_day(rules: Ruleset) -> None:
    old = articles(rules, "coating.open-air", date(2026, 8, 14))
    new = articles(rules, "coating.open-air", date(2026, 8, 15))
    assert {("air-pollution-law", "45"), ("air-pollution-law", "108(1)")} <= old
    assert {("environmental-code", "213(3), 214"), ("environmental-code", "1120(1)(2)")} <= new
    assert {law for law, _ in old & new} == {"gb-37822"}


def test_the_six_irregular_uses_of_power_are_six_rules(rules: Ruleset) -> None:
    duties = [
        each.article
        for rule in rules.rules.values()
        for each in rule.basis
        if each.law == "power-supply-and-use-regulations" and each.role == "duty"
    ]
    assert sorted(duties) == ["30(1)", "30(2)", "30(3)", "30(4)", "30(5)", "30(6)", "31"]


def test_power_in_an_unlawful_building_is_a_clue_and_no_offence(rules: Ruleset) -> None:
    rule = rules.rules["power.unlawful-building"]
    assert {rule.nature(day) for day in DAYS} == {Nature.CLUE}
    assert {each.role for each in rule.basis} == {"definition"}


def test_the_business_rules_of_1996_end_with_may_2024(rules: Ruleset) -> None:
    assert ("power-supply-business-rules", "102, 103") in articles(rules, "power.theft", date(2024, 5, 31))
    assert not any(law == "power-supply-business-rules" for law, _ in articles(rules, "power.theft", date(2024, 6, 1)))


MEMORY = {
    "tail-water.": "the text of SC/T 9101-2007 was not seen",
    "livestock-scale.": "Chongqing's scale of livestock farms was not found; partly Sichuan's",
    "mine-dust.boundary-existing": "the limits of DB50/418-2016 were not seen",
    "rectification.plan-workdays": "the period of earlier notices is assumed",
    "river-chief.village-patrols": "Ba'nan's paper on patrols was not found",
}
"""What no source was seen of: parameters whose names begin so, and why."""


def test_what_rests_on_memory_and_why(rules: Ruleset) -> None:
    unsure = {
        name
        for name, parameter in rules.parameters.items()
        if any(value.certainty is Certainty.MEMORY for value in parameter.values)
    }
    assert {name for name in unsure if not name.startswith(tuple(MEMORY))} == set()
    meant = {name for name in rules.parameters if name.startswith(tuple(MEMORY))}
    assert meant - unsure == set()
    assert {start for start in MEMORY if not any(name.startswith(start) for name in unsure)} == set()
    laws = {
        each.law
        for rule in rules.rules.values()
        for each in rule.basis
        if Certainty.MEMORY in (each.certainty, rules.laws[each.law].version(each.version).certainty)
    }
    assert laws == {"sc-t-9101", "hazardous-waste-catalogue"}


def test_the_district_proposes_its_own_days_for_mines(rules: Ruleset) -> None:
    (value,) = [each for each in rules.parameters["remedy.mine"].values if each.period.holds(date(2024, 3, 11))]
    assert (value.layer, value.value) == ("banan", 20)


def test_every_rule_has_an_example_of_every_verdict(rules: Ruleset) -> None:
    lacking = {
        name: set(Verdict) - {Verdict(example.verdict) for example in rule.examples}
        for name, rule in rules.rules.items()
    }
    assert {name: verdicts for name, verdicts in lacking.items() if verdicts} == {}


def test_every_text_is_in_both_languages(rules: Ruleset) -> None:
    for rule in rules.rules.values():
        assert rule.remedy
        texts = [rule.title, rule.authority, rule.remedy.text, *(each.gist for each in rule.basis)]
        assert all(text and text.zh and text.en for text in texts), rule.name
        assert rule.message.zh
        assert rule.message.en
