"""Industry: what was an offence, a breach or a clue on which day, and under which law, as tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from shipped_kit import FOLDER, loaded

from hegui.ruleset.model import Certainty, Citation, Nature, Ruleset

ROOT = Path(__file__).parent.parent
OLD, CODE = date(2026, 8, 14), date(2026, 8, 15)
INSPECTION = date(2023, 12, 20)
WASTE_LAWS = {"solid-waste-law", "environmental-code"}


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return loaded(FOLDER)


def cited(rules: Ruleset, name: str, day: date) -> list[Citation]:
    """The citations of a rule whose version of the law is in force on `day`."""
    basis = rules.rules[name].basis
    return [each for each in basis if rules.laws[each.law].on(day) is rules.laws[each.law].version(each.version)]


def penalties(rules: Ruleset, name: str, day: date) -> set[tuple[str, str]]:
    return {(each.law, each.article) for each in cited(rules, name, day) if each.role == "penalty"}


@pytest.mark.parametrize("name", ["exhaust.incomplete", "exhaust.machining-untreated"])
def test_gas_without_treatment_is_an_offence_of_every_industry_only_under_the_code(rules: Ruleset, name: str) -> None:
    rule = rules.rules[name]
    assert (rule.nature(OLD), rule.nature(CODE)) == (Nature.BREACH, Nature.OFFENCE)
    assert all(each.condition for each in cited(rules, name, OLD) if each.role == "penalty")
    assert ("environmental-code", "1120(1)(5)") in penalties(rules, name, CODE)


def test_voc_without_treatment_is_an_offence_under_either_law(rules: Ruleset) -> None:
    rule = rules.rules["exhaust.voc-untreated"]
    assert (rule.nature(OLD), rule.nature(CODE)) == (Nature.OFFENCE, Nature.OFFENCE)
    assert penalties(rules, rule.name, OLD) == {("air-pollution-law", "108(1)"), ("air-pollution-law", "100(5)")}
    assert penalties(rules, rule.name, CODE) == {("environmental-code", "1120(1)(2)")}


def test_every_industry_has_to_treat_its_gas_since_the_code(rules: Ruleset) -> None:
    values = rules.parameters["exhaust.every-industry"].values
    assert {value.value for value in values if value.period.holds(OLD)} == {False}
    assert {value.value for value in values if value.period.holds(CODE)} == {True}


def test_a_facility_that_stood_still_is_fined_only_under_the_code_and_only_with_a_permit(rules: Ruleset) -> None:
    assert penalties(rules, "exhaust.not-running", OLD) == set()
    (fine,) = [each for each in cited(rules, "exhaust.not-running", CODE) if each.role == "penalty"]
    assert fine.article == "1104(1)"
    assert fine.condition is not None
    assert "bound_by_permit" in fine.condition.text
    assert rules.rules["exhaust.not-running"].nature(CODE) is Nature.BREACH


def test_hazardous_waste_is_judged_by_the_law_of_its_day(rules: Ruleset) -> None:
    names = [name for name in rules.rules if name.startswith("hazardous-waste.")]
    assert len(names) == 12
    for name in names:
        old = {each.law for each in cited(rules, name, OLD)} & WASTE_LAWS
        new = {each.law for each in cited(rules, name, CODE)} & WASTE_LAWS
        assert (old, new) == ({"solid-waste-law"}, {"environmental-code"}), name


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("plan-not-filed", "112(1)(2)", "1175(1)(2)"),
        ("no-ledger", "112(1)(13)", "1175(1)(3)"),
        ("no-signs", "112(1)(1)", "1175(1)(1)"),
        ("storage-unfit", "112(1)(6)", "1175(1)(4)"),
        ("no-manifest", "112(1)(5)", "1175(1)(7)"),
        ("move-not-approved", "112(1)(5)", "1175(1)(8)"),
        ("unlicensed-receiver", "112(1)(4)", "1175(1)(5)"),
    ],
)
def test_penalties_of_hazardous_waste(rules: Ruleset, name: str, old: str, new: str) -> None:
    assert penalties(rules, f"hazardous-waste.{name}", OLD) == {("solid-waste-law", old)}
    assert penalties(rules, f"hazardous-waste.{name}", CODE) == {("environmental-code", new)}


def test_the_year_of_storage_binds_licensed_operators_only(rules: Ruleset) -> None:
    producer, operator = (rules.rules[f"hazardous-waste.{name}"] for name in ("long-stored", "operator-over-a-year"))
    for day in (INSPECTION, OLD, CODE):
        assert (producer.nature(day), operator.nature(day)) == (Nature.CLUE, Nature.BREACH)
        assert penalties(rules, producer.name, day) == penalties(rules, operator.name, day) == set()
    assert {each.role for each in producer.basis} == {"definition"}


def test_no_clause_of_the_storage_standard_of_2023_is_cited(rules: Ruleset) -> None:
    clauses = {each.article for rule in rules.rules.values() for each in rule.basis if each.law == "gb-18597"}
    assert clauses == {"-"}
    (share,) = rules.parameters["hazardous-waste.containment-share"].values
    assert share.certainty is Certainty.SECONDARY


def test_a_change_of_use_has_no_fine_and_an_alteration_has_one_by_the_kind_of_permit(rules: Ruleset) -> None:
    assert penalties(rules, "building.use-changed", INSPECTION) == set()
    assert rules.rules["building.use-changed"].nature(INSPECTION) is Nature.BREACH
    assert rules.rules["building.altered"].nature(INSPECTION) is Nature.OFFENCE
    fines = [each for each in cited(rules, "building.altered", INSPECTION) if each.role == "penalty"]
    assert {each.article for each in fines} == {"64", "65", "66"}
    assert all(each.condition and "permit_kind" in each.condition.text for each in fines)


@pytest.mark.parametrize(
    "name",
    [
        "scattered-polluters.not-in-inventory",
        "scattered-polluters.power-without-registration",
        "power.production-without-papers",
    ],
)
def test_a_comparison_of_registers_is_a_clue(rules: Ruleset, name: str) -> None:
    rule = rules.rules[name]
    assert {rule.nature(day) for day in (INSPECTION, OLD, CODE)} == {Nature.CLUE}
    assert not {each.role for each in rule.basis} & {"duty", "penalty"}


def test_what_towns_and_departments_owe_is_duty_or_policy_without_penalty(rules: Ruleset) -> None:
    expected = {
        "exhaust.not-pressed": Nature.DUTY,
        "scattered-polluters.not-inspected": Nature.POLICY,
        "scattered-polluters.disposal-overdue": Nature.POLICY,
    }
    for name, nature in expected.items():
        assert rules.rules[name].nature(INSPECTION) is nature
        assert {each.role for each in rules.rules[name].basis} == {"policy"}


def test_discharging_without_a_permit_under_each_law(rules: Ruleset) -> None:
    assert penalties(rules, "permit.not-held", OLD) == {
        ("discharge-permit-regulations", "33"),
        ("air-pollution-law", "99(1)"),
    }
    assert ("environmental-code", "1102") in penalties(rules, "permit.not-held", CODE)
    fines = [each for each in rules.rules["permit.not-held"].basis if each.role == "penalty"]
    assert {each.condition.text for each in fines if each.condition} == {"gives_off_gas"}
    assert all(each.condition for each in fines)
    assert ("environmental-code", "1106") in penalties(rules, "permit.not-registered", CODE)
