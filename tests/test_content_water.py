"""Sewers, river chiefs, drinking water, reservoirs, rural sewage: what the law says of them, and no more."""

from __future__ import annotations

from datetime import date
from math import exp
from pathlib import Path

import pytest
from shipped_kit import FOLDER, loaded, registry

from hegui import engines
from hegui.ruleset.model import Certainty, Citation, Nature, Rule, Ruleset

ROOT = Path(__file__).parent.parent
DAYS = [date(2021, 3, 1), date(2024, 3, 11), date(2026, 8, 14), date(2026, 8, 15)]
LAST_OLD, FIRST_CODE = date(2026, 8, 14), date(2026, 8, 15)
RURAL = ["sewage.above-own-limit", "sewage.not-running", "sewage.not-upgraded", "sewage.process-falls-short"]


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return loaded(FOLDER)


def cited(rules: Ruleset, rule: Rule, day: date) -> list[Citation]:
    """The citations whose version of the law is in force on `day`."""
    return [each for each in rule.basis if rules.laws[each.law].on(day) is rules.laws[each.law].version(each.version)]


def articles(rules: Ruleset, name: str, day: date, role: str | None = None) -> set[tuple[str, str]]:
    found = cited(rules, rules.rules[name], day)
    return {(each.law, each.article) for each in found if role in (None, each.role)}


def natures(rules: Ruleset, name: str) -> set[Nature]:
    return {rules.rules[name].nature(day) for day in DAYS}


def condition(citation: Citation) -> str:
    assert citation.condition is not None, citation.article
    return citation.condition.text


def test_an_operator_is_fined_only_after_an_order_or_for_serious_harm(rules: Ruleset) -> None:
    for name in ("sewer.repair-overdue", "sewer.dry-weather-overflow", "sewer.wet-weather-overflow"):
        penalties = [each for each in rules.rules[name].basis if each.role == "penalty"]
        assert {condition(each) for each in penalties} == {"order_overdue || serious_harm"}
        assert Nature.OFFENCE not in natures(rules, name)


def test_the_age_of_a_pipe_is_in_no_condition(rules: Ruleset) -> None:
    rule = rules.rules["sewer.repair-overdue"]
    assert all("built_year" not in part.text for part in (rule.when, rule.violation) if part)


def test_builders_and_dischargers_answer_under_different_articles(rules: Ruleset) -> None:
    basis = rules.rules["sewer.misconnected"].basis
    by_article = {each.article: condition(each) for each in basis}
    assert set(by_article) == {"19", "20", "48", "49"}
    assert by_article["48"] == "by_builder"
    assert by_article["20"] == "by_discharger"
    fines = [condition(each) for each in basis if each.article == "49"]
    assert len(fines) == 2
    assert all("order_overdue || serious_harm" in text for text in fines)


def test_a_village_chief_is_in_local_law_only(rules: Ruleset) -> None:
    for name in ("river-chief.finds-nothing", "river-chief.patrols-missing"):
        duties = {law for day in DAYS for law, _ in articles(rules, name, day, "duty")}
        assert duties == {"chongqing-river-chief-regulations"}
        assert not any(each.role == "penalty" for each in rules.rules[name].basis)


def test_patrols_that_find_nothing_are_a_clue(rules: Ruleset) -> None:
    assert natures(rules, "river-chief.finds-nothing") == {Nature.CLUE}


def test_how_often_a_village_chief_patrols_is_not_known_for_certain(rules: Ruleset) -> None:
    (value,) = rules.parameters["river-chief.village-patrols"].values
    assert (value.layer, value.certainty) == ("banan", Certainty.MEMORY)


@pytest.mark.parametrize(("name", "least"), [("expected-telling", 0.05), ("expected-some", 0.37)])
def test_the_thresholds_of_finding_nothing_follow_from_the_base_rate(rules: Ruleset, name: str, least: float) -> None:
    def number(name: str) -> float:
        (value,) = rules.parameters[f"river-chief.{name}"].values
        return float(str(value.value))

    patrols = number(name) / number("base-rate")
    assert (1 - number("base-rate")) ** patrols < exp(-number(name)) < least + 0.001


def test_no_fine_for_a_zone_not_delimited(rules: Ruleset) -> None:
    for name in ("water-source.no-protection-zone", "water-source.markers-missing"):
        assert {each.role for each in rules.rules[name].basis} == {"duty"}
        assert natures(rules, name) == {Nature.DUTY}
        assert ("water-pollution-law", "63") in articles(rules, name, LAST_OLD)
        assert ("environmental-code", "317") in articles(rules, name, FIRST_CODE)


def test_an_outlet_in_a_zone_is_an_offence_under_the_law_of_its_day(rules: Ruleset) -> None:
    name = "water-source.outlet-in-zone"
    assert natures(rules, name) == {Nature.OFFENCE}
    assert articles(rules, name, LAST_OLD) == {("water-pollution-law", "64"), ("water-pollution-law", "84")}
    assert articles(rules, name, FIRST_CODE) == {("environmental-code", "318"), ("environmental-code", "1109(2)")}


def test_a_shortfall_is_a_duty_and_silence_of_the_dispatch_rules_an_offence(rules: Ruleset) -> None:
    assert natures(rules, "reservoir.flow-short") == {Nature.DUTY}
    assert natures(rules, "reservoir.not-in-dispatch-rules") == {Nature.OFFENCE}
    assert {each.role for each in rules.rules["reservoir.flow-short"].basis} == {"duty"}
    for day in (LAST_OLD, FIRST_CODE):  # the law on the Yangtze was not repealed
        fined = articles(rules, "reservoir.not-in-dispatch-rules", day, "penalty")
        assert fined == {("yangtze-protection-law", "84(3)")}


def test_nothing_is_stated_of_guanjingkou(rules: Ruleset) -> None:
    registry = ROOT / "facts" / "banan" / "水库.yaml"
    (line,) = [line for line in registry.read_text("utf-8").splitlines() if "name: 示例条目·观景口水库" in line]
    assert line == "- {id: SK01, name: 示例条目·观景口水库, flow_duty: 须保障}"
    assert "SK01" not in (ROOT / "facts" / "banan" / "水库日流量.csv").read_text("gbk")


def test_rural_facilities_are_held_to_no_limit_but_their_own(rules: Ruleset) -> None:
    for name in RURAL:
        cites = {each.law for each in rules.rules[name].basis}
        assert not any(law.startswith("gb-") for law in cites)
        assert ("environmental-code", "303") not in articles(rules, name, FIRST_CODE)  # speaks of town works
    assert [name for name in rules.parameters if name.startswith("sewage")] == []
    for each in rules.rules["sewage.above-own-limit"].basis:
        assert each.role != "penalty" or "facility.limit_paper ==" in condition(each)


@pytest.mark.parametrize("name", ["sewage.not-upgraded", "sewage.process-falls-short"])
def test_an_old_process_is_policy(rules: Ruleset, name: str) -> None:
    assert natures(rules, name) == {Nature.POLICY}
    assert not any(each.role == "penalty" for each in rules.rules[name].basis)


def test_42_rural_facilities_of_which_27_as_the_notice_counts_them(rules: Ruleset) -> None:
    day = date(2024, 3, 11)
    asked = {"as_of": day, "decided_on": day, "rules": ["sewage.not-upgraded"]}
    (summary,) = engines.judge(rules, registry(day, FOLDER), engine="polars", **asked).summaries
    assert (summary.violation, summary.compliant, summary.in_notice_scope) == (27, 15, 27)
