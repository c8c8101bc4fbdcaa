"""What an edit does is the set difference of two full runs, and each change has the edits that make it."""

from __future__ import annotations

import pkgutil
import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from impact_kit import AS_OF, EDITS, differences, fitting, impact, registries, rows, version

from hegui import api
from hegui.assure import impact as package
from hegui.assure.impact.comparing import compared
from hegui.assure.impact.model import Change, Impact, Sort, State
from hegui.assure.impact.sides import Version
from hegui.engines import judge
from hegui.facts import from_rows
from hegui.facts.registry import Registry
from hegui.report.info import RunInfo
from hegui.report.run import Run

ROOT = Path(__file__).parent.parent
NAMES = st.lists(st.sampled_from(sorted(EDITS)), max_size=4, unique=True).map(fitting).map(tuple)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


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


def drawn(side: Version, registry: Registry) -> dict[str, bool]:
    """What a full run concludes."""
    judgement = judge(side.ruleset, registry, engine="scalar", as_of=AS_OF)
    info = RunInfo.of(side.ruleset, registry, as_of=AS_OF, decided_on=AS_OF, engine="scalar")
    run = Run.build(side.ruleset, registry, judgement, info)
    found = run.with_conclusions(side.ruleset, registry, "reference").drawing.drawn
    return {each.fingerprint: each.certain for each in found}


def test_conclusions_are_those_of_two_full_runs() -> None:
    seen = Counter[str]()
    for names in (
        ("at-least",),
        ("solids",),
        ("limit", "licence"),
        ("licence", "violation", "when"),
        ("unit",),
        ("severity",),
    ):
        for seed in range(8):
            old, new, given_ = version(), version(names), rows(seed, gaps=seed % 2 == 0)
            old, new = (new, old) if seed % 4 > 1 else (old, new)
            result = impact(old, new, given_)
            was, is_ = map(drawn, (old, new), registries(old, new, given_))
            assert result.conclusions is not None
            expected = {at for at in was.keys() | is_.keys() if was.get(at) != is_.get(at)}
            assert {each.fingerprint for each in result.conclusions} == expected
            assert all(each.edits for each in result.conclusions)
            seen.update(each.change for each in result.conclusions)
    assert {"opened", "withdrawn"} <= set(seen)


@pytest.mark.parametrize("names", [("severity",), ("field",), ("renamed",)])
def test_edits_that_no_verdict_depends_on_are_listed_and_nothing_is_judged(names: tuple[str, ...]) -> None:
    result = impact(version(), version(names), rows(3))
    assert [EDITS[name].at for name in names] == [(edit.sort, edit.name, edit.key) for edit in result.edits]
    assert not any(edit.bears for edit in result.edits)
    assert result.rules == ()
    assert result.same == 4


ONE = """ruleset: shops
title: {zh: 门店, en: shops}
version: '1'
---
kind: shop
label: {zh: 门店, en: shop}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: shop id}}
  size: {type: number, label: {zh: 面积, en: size}}
---
rule: shop.large
title: {zh: 大, en: large}
about: shop
nature: clue
severity: low
authority: {zh: 甲, en: a}
violation: size > 10
message: {zh: 大, en: large}
basis: []
"""
FRIDGE = """---
kind: fridge
label: {zh: 冰柜, en: fridge}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: fridge id}}
  shop: {type: ref, to: shop, label: {zh: 门店, en: shop}}
  warm: {type: bool, label: {zh: 温度过高, en: warm}}
---
rule: fridge.warm
title: {zh: 温度过高, en: warm}
about: fridge
answers: shop
nature: clue
severity: low
authority: {zh: 甲, en: a}
violation: warm && shop.size > 5
message: {zh: 温度过高, en: warm}
basis: []
"""
SHOPS = [{"id": "S1", "size": 12}, {"id": "S2", "size": 6}, {"id": "S3", "size": None}]
FRIDGES = [{"id": f"F{n}", "shop": f"S{n}", "warm": True} for n in (1, 2, 3)]


def single(folder: Path, name: str, text: str) -> Version:
    (folder / name).write_text(text, "utf-8")
    return api.load_version(folder / name)


@pytest.mark.parametrize("engine", ["polars", "scalar"])
def test_a_kind_that_comes_or_goes_with_its_rules(tmp_path: Path, engine: str) -> None:
    one, both = single(tmp_path, "one.yaml", ONE), single(tmp_path, "both.yaml", ONE + FRIDGE)
    given_ = (
        from_rows(one.ruleset.vocabulary, {"shop": SHOPS}),
        from_rows(both.ruleset.vocabulary, {"shop": SHOPS, "fridge": FRIDGES}),
    )
    come = compared((one, given_[0]), (both, given_[1]), AS_OF, AS_OF, engine=engine)
    gone = compared((both, given_[1]), (one, given_[0]), AS_OF, AS_OF, engine=engine)
    violation, asked, open_ = State.VIOLATION, State.NOT_ASKED, State.UNDETERMINED
    fridge = ("fridge.warm", "fridge")
    expected = {"F1": violation, "F2": violation, "F3": open_}
    assert found(come) == {(*fridge, key): (asked, state) for key, state in expected.items()}
    assert found(gone) == {(*fridge, key): (state, asked) for key, state in expected.items()}
    (record, *_) = next(rule for rule in gone.rules if rule.rule == "fridge.warm").records()
    assert (record.kind, record.entity) == ("shop", "S1")
    assert come.unasked_violations == 0
    assert gone.unasked_violations == 2


def test_a_rule_that_comes_to_be_about_other_rows(tmp_path: Path) -> None:
    text = ONE + FRIDGE
    old = single(tmp_path, "old.yaml", text)
    new = single(
        tmp_path,
        "new.yaml",
        text.replace("about: fridge\nanswers: shop\n", "about: shop\n").replace("warm && shop.size", "size"),
    )
    registry = from_rows(old.ruleset.vocabulary, {"shop": SHOPS, "fridge": FRIDGES})
    result = compared((old, registry), (new, registry), AS_OF, AS_OF)
    assert {at for at, pair in found(result).items() if State.VIOLATION in pair} == {
        ("fridge.warm", kind, f"{kind[0].upper()}{n}") for kind in ("fridge", "shop") for n in (1, 2)
    }
    assert {edit.key for edit in result.edits} == {"about", "violation", "answers"}


def test_the_modules_the_package_tells_of_are_there() -> None:
    told = set(re.findall(r"`(\w+)`", package.__doc__ or ""))
    there = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert told
    assert told <= there


def test_what_is_only_written_otherwise_is_said_and_not_judged(tmp_path: Path) -> None:
    old, new = single(tmp_path, "old.yaml", ONE), single(tmp_path, "new.yaml", ONE.replace("size > 10", "(size) > 10"))
    registry = from_rows(old.ruleset.vocabulary, {"shop": SHOPS})
    result = compared((old, registry), (new, registry), AS_OF, AS_OF)
    assert [(edit.key, edit.bears) for edit in result.edits] == [("violation", False)]
    assert result.rules == ()


CONCLUDED = """---
conclusion: shop.too-large
title: {zh: 过大, en: too large}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given: {f: finding("shop.large"), s: shop}
where: s.id == f.entity && WHERE
about: {kind: shop, id: s.id}
message: {zh: 过大, en: too large}
---
law: shop-law
title: {zh: 门店管理法, en: Shop Law}
level: law
versions: [{version: "2009", from: 2009-01-01, certainty: seen}]
---
parameters:
  most:
    label: {zh: 上限, en: most}
    values:
      - {value: 3, from: 2020-01-01, to: 2022-12-31, certainty: seen, source: {zh: 示例, en: made up}}
      - {value: 20, from: 2023-01-01, certainty: seen, source: {zh: 示例, en: made up}}
"""
OPENED = "  opened: {type: date, label: {zh: 开业日期, en: opened}}\n"
DUTY = 'basis: [{law: shop-law, version: "2009", article: "1", role: duty}]'
BY_PARAMETER = ONE.replace("size > 10", 'size * 4 > param("most")')
RESTS: dict[str, tuple[str, str, str, str, tuple[Sort, str, str]]] = {
    "a parameter of another day": (
        ONE, 's.size > param("most", s.opened)', "value: 3,", "value: 30,", (Sort.PARAMETER, "most", "values")
    ),
    "a severity": (
        ONE, 'f.severity == "low"', "severity: low", "severity: minor", (Sort.RULE, "shop.large", "severity")
    ),
    "a nature": (ONE, 'f.nature == "clue"', "nature: clue", "nature: duty", (Sort.RULE, "shop.large", "nature")),
    "a basis from memory": (
        ONE.replace("basis: []", DUTY), "s.size > 1", "role: duty}", "role: duty, certainty: memory}",
        (Sort.RULE, "shop.large", "basis"),
    ),
    "a law": (
        ONE.replace("basis: []", DUTY.replace("duty}", "duty, certainty: memory}")), "s.size > 1", "from: 2009-01-01,",
        "from: 2029-01-01,", (Sort.LAW, "shop-law", ""),
    ),
    "a value from memory": (
        BY_PARAMETER, "s.size > 1", "from: 2023-01-01, certainty: seen", "from: 2023-01-01, certainty: memory",
        (Sort.PARAMETER, "most", "text"),
    ),
    "a kind": (
        ONE, 's.opened < date("2021-03-01")', "type: date, label: {zh: 开业日期", "type: date, aliases: [开门], label: {zh: 开业日期",
        (Sort.KIND, "shop", ""),
    ),
}  # fmt: skip
"""Edits no verdict changes by and a conclusion does: the rules, what it asks, the edit, and how that is told."""


@pytest.mark.parametrize("name", sorted(RESTS))
def test_what_a_conclusion_changes_by_is_told_as_bearing_on_it(tmp_path: Path, name: str) -> None:
    rules, where, was_text, is_text, at = RESTS[name]
    text = rules.replace("fields:\n", f"fields:\n{OPENED}") + CONCLUDED.replace("WHERE", where)
    assert was_text in text
    old = single(tmp_path, "old.yaml", text)
    new = single(tmp_path, "new.yaml", text.replace(was_text, is_text, 1))
    given_ = [{**each, "opened": "2021-05-01", "开门": "2021-02-01"} for each in SHOPS]
    then, now = (from_rows(side.ruleset.vocabulary, {"shop": given_}) for side in (old, new))
    result = compared((old, then), (new, now), AS_OF, AS_OF)
    was, is_ = drawn(old, then), drawn(new, now)
    changed = {at for at in was.keys() | is_.keys() if was.get(at) != is_.get(at)}
    assert changed
    assert {each.fingerprint for each in result.conclusions or ()} == changed
    (edit,) = [each for each in result.edits if (each.sort, each.name, each.key) == at]
    assert edit.bears
    assert edit.rules
    assert {each.edits for each in result.conclusions or ()} == {(edit.number,)}


# --- the shipped rulesets --------------------------------------------------------------------------------------------

BANAN = {
    "chongqing/parameters/aquaculture.yaml": ("- value: 30", "- value: 20"),
    "banan/rules/scattered-polluters.yaml": ("in_market || in_permit || in_patrol\n", "in_market || in_permit\n"),
    "banan/parameters/scattered-polluters.yaml": ("{value: 90,", "{value: 45,"),
}


@pytest.mark.slow
def test_edits_of_the_shipped_rulesets_on_the_shipped_registry(tmp_path: Path) -> None:
    folder = tmp_path / "rulesets"
    shutil.copytree(ROOT / "rulesets", folder)
    for name, (was, is_) in BANAN.items():
        text = (folder / name).read_text("utf-8")
        assert was in text, name
        (folder / name).write_text(text.replace(was, is_, 1), "utf-8")
    old, new = api.load_version(ROOT / "rulesets" / "banan"), api.load_version(folder / "banan")
    result = api.impact(old, new, [ROOT / "facts" / "banan"], as_of=AS_OF)
    registry = api.load_registry([ROOT / "facts" / "banan"], old.ruleset, as_of=AS_OF)
    names = [rule.rule for rule in result.rules]
    one, other = (
        {
            (each.rule, each.about, each.key): State.of(each.verdict)
            for each in judge(side.ruleset, registry, engine="scalar", as_of=AS_OF, every=True).findings
        }
        for side in (old, new)
    )
    expected = {at: (one[at], other[at]) for at in one if one[at] != other[at]}
    assert found(result) == expected
    assert len(names) == 3
    assert len(expected) > 10
    was, is_ = (drawn(side, registry) for side in (old, new))
    assert result.conclusions is not None
    changed = {at for at in was.keys() | is_.keys() if was.get(at) != is_.get(at)}
    assert {each.fingerprint for each in result.conclusions} == changed
    assert changed
