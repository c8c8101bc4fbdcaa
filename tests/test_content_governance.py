"""What the rules on mines, petitions, rectification plans and duties say, on which day, and what is counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shipped_kit
from shipped_kit import FOLDER, loaded

from hegui import engines
from hegui.facts.registry import Registry
from hegui.outcome import RuleSummary
from hegui.ruleset.model import Certainty, Nature, Ruleset

ROOT = Path(__file__).parent.parent
OLD, CODE = date(2026, 8, 14), date(2026, 8, 15)


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return loaded(FOLDER)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return shipped_kit.registry(date(2024, 3, 11), FOLDER)


def cited(rules: Ruleset, name: str, day: date, role: str = "") -> set[tuple[str, str]]:
    """Law and article of the citations in force on `day`, of one role or of all."""
    return {
        (each.law, each.article)
        for each in rules.rules[name].basis
        if rules.laws[each.law].on(day) is rules.laws[each.law].version(each.version) and role in ("", each.role)
    }


def summary(rules: Ruleset, day: date, name: str) -> RuleSummary:
    judged = engines.judge(
        rules, shipped_kit.registry(day, FOLDER), engine="scalar", as_of=day, decided_on=day, rules=[name]
    )
    (found,) = [each for each in judged.summaries if each.rule == name]
    return found


@pytest.mark.parametrize("name", ["mine.plan-not-re-prepared", "mine.yearly-report-missing"])
def test_a_plan_or_report_is_fined_only_once_an_order_has_run_out(rules: Ruleset, name: str) -> None:
    penalties = [each for each in rules.rules[name].basis if each.role == "penalty"]
    assert penalties
    assert all(each.condition for each in penalties)


def test_what_the_law_of_2024_asks_of_mines_binds_from_july_2025(rules: Ruleset) -> None:
    for name in ("mine.plan-not-re-prepared", "mine-restoration.area-short", "mine-restoration.provision-short"):
        assert "mineral-resources-law" not in {law for law, _ in cited(rules, name, date(2025, 6, 30))}
        assert "mineral-resources-law" in {law for law, _ in cited(rules, name, date(2025, 7, 1))}
    fine = ("mineral-resources-law", "71")
    assert fine not in cited(rules, "mine-restoration.area-short", date(2025, 6, 30), "penalty")
    assert fine in cited(rules, "mine-restoration.area-short", date(2025, 7, 1), "penalty")
    assert cited(rules, "mine-restoration.provision-short", CODE, "penalty") == set()


def test_the_items_of_the_fine_for_dust_have_other_numbers_in_the_code(rules: Ruleset) -> None:
    fines = {
        "mine-dust.loading": ({"117(3)"}, {"1130(1)"}),
        "mine-dust.storage": ({"117(1)", "117(2)"}, {"1130(2)", "1130(3)"}),
        "mine-dust.crusher": ({"108(5)"}, {"1120(1)(5)"}),
        "mine-dust.site": ({"117(5)"}, {"1130(5)"}),
        "mine-dust.boundary-above-limit": ({"99(2)"}, {"1107"}),
        "mine-dust.boundary-existing-above-limit": ({"99(2)"}, {"1107"}),
    }
    for name, (before, after) in fines.items():
        assert cited(rules, name, OLD, "penalty") == {("air-pollution-law", article) for article in before}
        assert cited(rules, name, CODE, "penalty") == {("environmental-code", article) for article in after}
        assert rules.rules[name].nature(OLD) is rules.rules[name].nature(CODE) is Nature.OFFENCE


def test_wheel_washing_is_a_clue_since_no_law_names_it(rules: Ruleset) -> None:
    assert rules.rules["mine-dust.wheel-washing"].nature(CODE) is Nature.CLUE
    assert {each.role for each in rules.rules["mine-dust.wheel-washing"].basis} == {"definition"}


def test_what_became_law_with_the_code_was_policy_before(rules: Ruleset) -> None:
    names = [
        *("rectification.item-incomplete", "responsibility.tasks-not-done", "petition.not-closed"),
    ]
    for name in names:
        assert rules.rules[name].nature(OLD) is Nature.POLICY
        assert rules.rules[name].nature(CODE) is Nature.DUTY
        assert cited(rules, name, OLD, "duty") == set()
    assert ("environmental-code", "29") in cited(rules, "rectification.item-incomplete", CODE, "duty")


@pytest.mark.parametrize("name", ["sewer-investment.short", "petition.closed-on-paper"])
def test_what_no_law_demands_stays_policy_under_the_code(rules: Ruleset, name: str) -> None:
    assert {rules.rules[name].nature(day) for day in (OLD, CODE)} == {Nature.POLICY}
    assert all(each.condition for each in rules.rules[name].basis if each.role == "duty")


def test_the_thirty_working_days_are_policy_and_cite_no_article(rules: Ruleset) -> None:
    rule = rules.rules["rectification.plan-late"]
    assert {rule.nature(day) for day in (date(2024, 4, 23), CODE)} == {Nature.POLICY}
    assert {(each.article, each.role) for each in rule.basis} == {("-", "policy")}


def test_little_here_rests_on_memory(rules: Ruleset) -> None:
    ours = ("mine", "petition.", "rectification.", "responsibility.", "sewer-investment.", "supervision.")
    unsure = {
        name
        for name, each in rules.parameters.items()
        if name.startswith(ours) and Certainty.MEMORY in {value.certainty for value in each.values}
    }
    assert unsure == {"mine-dust.boundary-existing", "rectification.plan-workdays"}
    period = rules.parameters["rectification.plan-workdays"].on(date(2024, 3, 11))
    assert period is not None
    assert period.certainty is Certainty.SEEN


@pytest.mark.parametrize(
    ("day", "not_applicable", "undetermined", "in_scope"),
    [(date(2024, 3, 11), 1, 2, 0), (date(2024, 4, 23), 1, 2, 0), (date(2024, 4, 24), 0, 3, 0)],
)
def test_the_plan_of_the_notice_is_judged_from_the_day_after_it_is_due(
    rules: Ruleset, day: date, not_applicable: int, undetermined: int, in_scope: int
) -> None:
    found = summary(rules, day, "rectification.plan-late")
    assert (found.not_applicable, found.undetermined, found.in_notice_scope) == (not_applicable, undetermined, in_scope)


def column(registry: Registry, kind: str, name: str) -> list[object]:
    return list(registry.tables[kind].lazy().collect()[name])


def test_80_transferred_cases_17_firms_ordered_5_investigated(registry: Registry) -> None:
    status = column(registry, "transferred_case", "status")
    assert (len(status), status.count("closed"), status.count("interim")) == (80, 78, 2)
    firms = column(registry, "case_firm", "firm")
    assert len(set(firms)) == len(firms)
    assert column(registry, "case_firm", "ordered_to_rectify").count(True) == 17
    assert column(registry, "case_firm", "filed").count(True) == 5
