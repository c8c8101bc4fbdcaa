"""Mutants: which there are, which examples notice, and that this is what loading the changed ruleset would give."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
from goldens import same_as
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.assure.drawn import run_conclusion_examples
from hegui.assure.examples import run_examples
from hegui.assure.mutation import mutate
from hegui.assure.slips import slips
from hegui.assure.written import Condition, deciding, defined, matching
from hegui.language.printer import source
from hegui.ruleset import load
from hegui.ruleset.model import Ruleset

FOLDER = Path(__file__).parent / "broken" / "mutants"
FRIDGES = FOLDER / "fridges.yaml"
ROOT = Path(__file__).parent.parent

HEAD = """\
ruleset: made
title: {zh: 示例, en: made}
version: "1"
---
kind: fridge
label: {zh: 冷柜, en: fridge}
key: [shop, number]
fields:
  shop: {type: ref, to: shop, label: {zh: 门店, en: shop}}
  number: {type: int, label: {zh: 序号, en: number}}
  frost: {type: int, label: {zh: 霜厚, en: frost}}
  broken: {type: bool, label: {zh: 损坏, en: broken}}
  checked: {type: date, label: {zh: 检查日, en: checked on}}
---
kind: shop
label: {zh: 门店, en: shop}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: shop id}}
has_many:
  fridges: {kind: fridge, by: shop, label: {zh: 冷柜, en: fridges}}
---
"""
RULE = """\
rule: fridge.frosted
title: {{zh: 结霜, en: frosted}}
about: fridge
nature: breach
severity: minor
{conditions}
message: {{zh: 结霜, en: frosted}}
"""

Made = Callable[..., Ruleset]


def make(path: Path, conditions: str, *examples: str, before: str = "") -> Ruleset:
    """A ruleset of one rule with some conditions and examples, after some other documents."""
    listed = [f"  - {{name: '{number}', {each}}}\n" for number, each in enumerate(examples)]
    text = HEAD + before + RULE.format(conditions=conditions) + "examples:\n" * bool(listed) + "".join(listed)
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return partial(make, tmp_path / "made.yaml")


def survivors(ruleset: Ruleset) -> list[str]:
    return [f"{each.name} {each.detail}" for each in mutate(ruleset).survivors]


# --- the seeded ruleset --------------------------------------------------------------------------------------------


def test_the_seeded_survivors_are_found_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    found = mutate(load("fridges.yaml"))
    same_as("../broken/mutants/fridges.txt", "".join(each.diagnostic.render() + "\n" for each in found.survivors))
    assert all(each.killed for each in found.mutants if each.name in ("fridge.frosted", "fridge.frost"))
    assert sum(each.name == "fridge.frost" for each in found.mutants) == 6


def test_they_are_told_in_chinese_too() -> None:
    survivor = next(each for each in mutate(load(FRIDGES)).survivors if each.sort == "quantifier").diagnostic
    assert survivor.message("zh").startswith(
        "`shop.old-fridge` 的示例都没有发现 `shop.old-fridge` 的这一改动：violation: "
    )
    assert survivor.hint_text("zh") == "补充一个部分行满足、部分行不满足的示例"


def test_what_is_chosen_takes_along_what_it_uses_and_all_who_use_that() -> None:
    found = mutate(load(FRIDGES), rules=["shop.old-fridge"])
    assert {each.name for each in found.mutants} == {"shop.old-fridge", "fridge.old"}
    assert {each.used_by for each in found.mutants if each.name == "fridge.old"} == {
        ("fridge.loose", "shop.old-fridge")
    }
    assert {each.name for each in mutate(load(FRIDGES), conclusions=["chain.many-old"]).mutants} == {"chain.many-old"}


def test_every_run_gives_the_same_and_the_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    first = mutate(load(FRIDGES), told=lambda done, all_: told.append((done, all_)))
    assert first == mutate(load(FRIDGES))
    assert [done for done, _ in told] == list(range(told[0][1]))
    assert len({(each.name, each.detail) for each in first.mutants}) == len(first.mutants)


# --- the same as loading the changed ruleset -------------------------------------------------------------------------


def outcome(ruleset: Ruleset, names: Collection[str] | None = None) -> list[object]:
    """What comes of all examples (or of those of some rules and conclusions), as far as mutants are judged by it."""
    told: list[object] = []
    rules = None if names is None else [name for name in names if name in ruleset.rules]
    for each in run_examples(ruleset, ["scalar"], rules, others=False):
        told.append((each.rule, each.example, each.verdict, each.causes if each.expected_causes is not None else None))
    for drawn in run_conclusion_examples(ruleset, conclusions=names):
        told.append((drawn.conclusion, drawn.example, sorted(drawn.concluded), sorted(drawn.undetermined)))
    return told


def written(ruleset: Ruleset) -> Iterator[tuple[str, Condition]]:
    for name, rule in ruleset.rules.items():
        yield from ((name, condition) for condition in deciding(rule))
    for name, conclusion in ruleset.conclusions.items():
        yield from ((name, condition) for condition in matching(conclusion))
    for definition, condition in defined(ruleset):
        yield ".".join(definition), condition


def test_mutants_are_what_the_changed_file_would_be(tmp_path: Path) -> None:
    ruleset = load(FRIDGES)
    before = outcome(ruleset)
    tried = {(each.name, each.detail): each.killed for each in mutate(ruleset).mutants}
    text = FRIDGES.read_text(encoding="utf-8")
    for name, condition in written(ruleset):
        for slip in slips(condition.expr.text):
            change = f"{slip.before} → {slip.after}" if slip.after else f"without {slip.before}"
            span = condition.expr.span
            path = tmp_path / "changed.yaml"
            path.write_text(text[: span.start] + json.dumps(source(slip.syntax)) + text[span.end :], encoding="utf-8")
            killed = outcome(load(path)) != before
            assert tried.pop((name, f"{condition.part}: {change}")) is killed
    assert {name for name, _ in tried} == {"fridge.frosted", "fridge.frost"}  # days and values, which are no conditions


@pytest.mark.parametrize(
    ("written", "instead", "mutant"),
    [
        ("in_force: {from: 2020-01-01}", "in_force: {from: 2020-01-02}", "in_force.from: 2020-01-01 → 2020-01-02"),
        ("in_force: {from: 2020-01-01}", "in_force: {from: 2019-12-31}", "in_force.from: 2020-01-01 → 2019-12-31"),
        ("value: 8, to", "value: 9, to", "value: 8 → 9"),
        ("value: 7, from", "value: 6, from", "value from 2024-01-01: 7 → 6"),
    ],
)
@pytest.mark.parametrize(
    "without", ["on the first day", "the day before", "at the limit before it was lowered", "below"]
)
def test_days_and_values_are_what_the_changed_file_would_be(
    written: str, instead: str, mutant: str, without: str, tmp_path: Path
) -> None:
    text = "\n".join(line for line in FRIDGES.read_text(encoding="utf-8").split("\n") if without not in line)
    paths = [tmp_path / "as-it-is.yaml", tmp_path / "changed.yaml"]
    for path, each in zip(paths, (text, text.replace(written, instead)), strict=True):
        path.write_text(each, encoding="utf-8")
    ruleset, changed = load(paths[0]), load(paths[1])
    tried = {each.detail: each.killed for each in mutate(ruleset).mutants}
    assert tried[mutant] is (outcome(changed) != outcome(ruleset))


@pytest.mark.slow
def test_mutants_of_the_shipped_rules_are_what_the_changed_files_would_be(tmp_path: Path) -> None:
    folder = tmp_path / "rulesets"
    shutil.copytree(ROOT / "rulesets", folder)
    ruleset = load(folder / "banan")
    tried = {(each.name, each.detail): each for each in mutate(ruleset).mutants}
    every = [(name, condition, slip) for name, condition in written(ruleset) for slip in slips(condition.expr.text)]
    for name, condition, slip in Random(1).sample(every, 40):
        change = f"{slip.before} → {slip.after}" if slip.after else f"without {slip.before}"
        span = condition.expr.span
        path, text = Path(span.source.name), span.source.text
        if text[span.start : span.end] != condition.expr.text or (name, f"{condition.part}: {change}") not in tried:
            continue  # folded or quoted; no mutant, or one of several of the same text
        ahead, behind = text[: span.start], text[span.end :]
        if ahead[-1] in "'\"":
            ahead, behind = ahead[:-1], behind[1:]
        path.write_text(ahead + json.dumps(source(slip.syntax), ensure_ascii=False) + behind, encoding="utf-8")
        mutant = tried[name, f"{condition.part}: {change}"]
        assert mutant.killed is (outcome(load(folder / "banan"), mutant.used_by) != outcome(ruleset, mutant.used_by))
        path.write_text(text, encoding="utf-8")


# --- what is noticed -----------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([">", ">=", "<", "<="]), st.integers(-50, 50))
def test_below_at_above_and_missing_leave_no_comparison_alive(
    tmp_path_factory: pytest.TempPathFactory, spelling: str, limit: int
) -> None:
    above, at = spelling.startswith(">"), spelling.endswith("=")
    verdicts = {limit - 1: not above, limit: at, limit + 1: above}
    examples = [
        f"given: {{frost: {frost}}}, verdict: {'violation' if found else 'compliant'}"
        for frost, found in verdicts.items()
    ]
    path = tmp_path_factory.mktemp("boundary") / "made.yaml"
    missing = "given: {}, verdict: undetermined"
    assert survivors(make(path, f"violation: frost {spelling} {limit}", *examples, missing)) == []


def test_far_examples_leave_their_limits_alive(made: Made) -> None:
    ruleset = made(
        "violation: frost > 10", "given: {frost: 50}, verdict: violation", "given: {frost: 1}, verdict: compliant"
    )
    assert survivors(ruleset) == [
        "fridge.frosted violation: frost > 10 → frost >= 10",
        "fridge.frosted violation: frost > 10 → frost > 9",
        "fridge.frosted violation: frost > 10 → frost > 11",
    ]


def test_stated_causes_notice_too(made: Made) -> None:
    lost = "given: {broken: true}, verdict: undetermined"
    assert "without broken" in " ".join(survivors(made("violation: frost > 1 && broken", lost)))
    kept = survivors(made("violation: frost > 1 && broken", f"{lost}, causes: [missing frost]"))
    assert "fridge.frosted violation: without frost > 1" not in kept


def test_what_cannot_be_loaded_is_no_mutant(made: Made) -> None:
    found = mutate(
        made('violation: checked < date("0001-01-01") || broken', "given: {broken: true}, verdict: undetermined")
    )
    assert not any("0000" in each.detail for each in found.mutants)


def test_the_same_text_twice_is_told_apart(made: Made) -> None:
    ruleset = made(
        "violation: frost > 1 && (broken || frost > 1)", "given: {frost: 1, broken: false}, verdict: compliant"
    )
    found = [each.detail for each in mutate(ruleset).mutants if each.sort == "comparison"]
    assert found == [
        "violation: frost > 1 → frost >= 1",
        "violation: frost > 1 → frost < 1",
        "violation: frost > 1 → frost >= 1 (2nd)",
        "violation: frost > 1 → frost < 1 (2nd)",
    ]


# --- days ----------------------------------------------------------------------------------------------------------

LIMIT = """\
parameters:
  most:
    type: int
    label: {{zh: 最多, en: most}}
    values:
{values}
---
"""


def limit(*values: str) -> str:
    lines = [f"      - {{{each}, certainty: seen, source: {{zh: 示例, en: made up}}}}" for each in values]
    return LIMIT.format(values="\n".join(lines))


def of_parameter(ruleset: Ruleset) -> list[str]:
    return [each.detail for each in mutate(ruleset).mutants if each.name == "most"]


def test_where_a_value_follows_on_another_both_move(made: Made) -> None:
    values = limit(
        "value: 3, to: 2019-12-31", "value: 5, from: 2020-01-01, to: 2020-12-31", "value: 7, from: 2022-01-01"
    )
    assert of_parameter(made('violation: frost > param("most")', before=values)) == [
        "value: 3 → 2",
        "value: 3 → 4",
        "value from 2020-01-01: 5 → 4",
        "value from 2020-01-01: 5 → 6",
        "from: 2020-01-01 → 2019-12-31",
        "from: 2020-01-01 → 2020-01-02",
        "to: 2020-12-31 → 2020-12-30",
        "to: 2020-12-31 → 2021-01-01",
        "value from 2022-01-01: 7 → 6",
        "value from 2022-01-01: 7 → 8",
        "from: 2022-01-01 → 2021-12-31",
        "from: 2022-01-01 → 2022-01-02",
    ]


def test_days_on_which_nobody_takes_a_value_do_not_count(made: Made) -> None:
    values = limit("value: 3, to: 2019-12-31", "value: 5, from: 2020-01-01")
    conditions = 'in_force: {from: 2020-01-01}\nviolation: frost > param("most")'
    assert of_parameter(made(conditions, before=values)) == [
        "value from 2020-01-01: 5 → 4",
        "value from 2020-01-01: 5 → 6",
        "from: 2020-01-01 → 2020-01-02",
    ]


def test_an_act_on_the_same_day_of_every_year_meets_few_turns_of_the_law(made: Made) -> None:
    conditions = "occurred: date(number, 12, 31)\nin_force: {from: %s}\nviolation: frost > 1"
    meets = [each.detail for each in mutate(made(conditions % "2020-12-31")).mutants if each.sort == "date"]
    assert meets == [
        "occurred: date(number, 12, 31) → date(number, 12, 31) - days(1)",
        "in_force.from: 2020-12-31 → 2021-01-01",
    ]
    assert [each for each in mutate(made(conditions % "2020-07-01")).mutants if each.sort == "date"] == []
