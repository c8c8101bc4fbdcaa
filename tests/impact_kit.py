"""Two versions of the sample ruleset with some edits between them, random rows for them, and what full runs say of both."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from hegui import ruleset as rulesets
from hegui.assure.impact.comparing import compared
from hegui.assure.impact.model import Impact, Sort, State
from hegui.assure.impact.sides import Version
from hegui.engines import judge
from hegui.facts import from_rows
from hegui.facts.registry import Registry
from hegui.ruleset.model import Ruleset

AS_OF = date(2024, 3, 11)
SAMPLE = Path(__file__).parent / "sample"
Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Textual:
    """An edit of the sample's files, and what it is called when it is found."""

    file: str
    was: str
    is_: str
    at: tuple[Sort, str, str]


OVER, NO_LICENCE, REACH, SOLIDS = "quarry.over-scale", "quarry.no-licence", "quarry.unreachable", "water.solids"
_LIMIT = (Sort.PARAMETER, "solids.limit", "values")
_REACH = (SAMPLE / "rules.yaml").read_text("utf-8").split("---\n")[3]
EDITS: dict[str, Textual] = {
    "violation": Textual(
        "rules.yaml",
        "violation: extracted > licensed_scale",
        "violation: extracted > licensed_scale * 0.5",
        (Sort.RULE, OVER, "violation"),
    ),
    "when": Textual("rules.yaml", "when: licence_count == 1", "when: licence_count >= 1", (Sort.RULE, OVER, "when")),
    "no-when": Textual("rules.yaml", "when: licence_count == 1\n", "", (Sort.RULE, OVER, "when")),
    "occurred": Textual(
        "rules.yaml", "occurred: date(year, 12, 31)", "occurred: date(year, 12, 1)", (Sort.RULE, OVER, "occurred")
    ),
    "in-force": Textual(
        "rules.yaml", "in_force: {from: 2009-01-01}", "in_force: {from: 2023-01-01}", (Sort.RULE, OVER, "in_force")
    ),
    "scale": Textual(
        "rules.yaml", ".map(l, l.scale).max()", ".map(l, l.scale).min()", (Sort.DEFINITION, "year.licensed_scale", "")
    ),
    "count": Textual(
        "rules.yaml",
        "licence_count: quarry.licences.filter(l, l.from <= date(year, 1, 1) &&",
        "licence_count: quarry.licences.filter(l, l.from <= date(year, 6, 1) &&",
        (Sort.DEFINITION, "year.licence_count", ""),
    ),
    "limit": Textual("laws.yaml", "value: 70,", "value: 120,", _LIMIT),
    "limit-ends": Textual("laws.yaml", "70, from: 2024-01-01,", "70, from: 2024-03-01,", _LIMIT),
    "solids": Textual(
        "rules.yaml",
        'violation: solids > param("solids.limit")',
        'violation: solids > param("solids.limit") * 1.5',
        (Sort.RULE, SOLIDS, "violation"),
    ),
    "sampled": Textual("rules.yaml", "occurred: taken_on", "occurred: as_of", (Sort.RULE, SOLIDS, "occurred")),
    "licence": Textual(
        "rules.yaml", "l.from <= as_of && l.to >= as_of", "l.from <= as_of", (Sort.RULE, NO_LICENCE, "violation")
    ),
    "reach": Textual(
        "rules.yaml", 'phone == "" || method == "underground"', 'phone == ""', (Sort.RULE, REACH, "violation")
    ),
    "removed": Textual("rules.yaml", f"---\n{_REACH}", "", (Sort.RULE_REMOVED, REACH, "")),
    "renamed": Textual(
        "rules.yaml",
        "rule: quarry.unreachable\n",
        "rule: quarry.silent\nformerly: [quarry.unreachable]\n",
        (Sort.RULE_RENAMED, "quarry.silent", ""),
    ),
    "severity": Textual("rules.yaml", "severity: critical", "severity: minor", (Sort.RULE, NO_LICENCE, "severity")),
    "about": Textual("rules.yaml", "about: water\nanswers: quarry\n", "about: water\n", (Sort.RULE, SOLIDS, "answers")),
    "unit": Textual(
        "vocabulary.yaml",
        "extracted:\n    type: number\n    unit: t/a",
        "extracted:\n    type: number\n    unit: kg/a",
        (Sort.KIND, "year", ""),
    ),
    "detection": Textual("vocabulary.yaml", "unit: mg/L, detection: true", "unit: mg/L", (Sort.KIND, "water", "")),
    "field": Textual(
        "vocabulary.yaml",
        "  phone: {type: string,",
        "  depth: {type: number, label: {zh: 深度, en: depth}}\n  phone: {type: string,",
        (Sort.KIND, "quarry", ""),
    ),
    "at-least": Textual(
        "conclusions.yaml", "at_least: 1", "at_least: 2", (Sort.CONCLUSION, "town.quarries-throughout", "at_least")
    ),
}
"""Edits by name. Those of `APART` are of the same line as others."""
APART = (
    {"when", "no-when"},
    {"limit", "limit-ends"},
    {"reach", "removed"},
    {"removed", "renamed"},
    {"about", "sampled"},
)


def fitting(names: Iterable[str]) -> list[str]:
    """Of some names of edits those that can be made together, the first of each that cannot."""
    kept: list[str] = []
    for name in sorted(names):
        if not any({name, other} in APART for other in kept):
            kept.append(name)
    return kept


@cache
def version(names: tuple[str, ...] = ()) -> Version:
    """The sample ruleset with some edits."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "sample")
        shutil.copytree(SAMPLE, target)
        for name in names:
            edit = EDITS[name]
            path = target / edit.file
            text = path.read_text("utf-8")
            assert edit.was in text, name
            path.write_text(text.replace(edit.was, edit.is_, 1), "utf-8")
        return Version("+".join(names) or "sample", rulesets.load(target))


def rows(seed: int, gaps: bool = True) -> Rows:
    """Random rows of the sample's kinds, around its limits; with `gaps`, with cells and tables missing."""
    draw = random.Random(seed)

    def some(*values: object) -> object:
        return draw.choice([*values * 3, *([None] if gaps else [])])

    quarries = [f"Q{number}" for number in range(1, 6)]
    given: Rows = {"town": [{"id": f"T{n}", "name": f"town {n}"} for n in (1, 2)]}
    given["quarry"] = [
        {"id": id, "name": f"quarry {id}", "town": some("T1", "T2"), "method": some("open_pit", "underground"),
         "phone": some("1", "", "2")}
        for id in quarries
    ]  # fmt: skip
    given["licence"] = [
        {"id": f"L{n}", "quarry": draw.choice(quarries), "from": some("2020-01-01", "2022-03-01", "2023-01-01"),
         "to": some("2022-12-31", "2030-01-01"), "scale": some(100, 200, 50)}
        for n in range(draw.randrange(2, 9))
    ]  # fmt: skip
    given["year"] = [
        {"quarry": id, "year": year, "extracted": some(40, 60, 100, 120, 101, 201)}
        for id in quarries for year in (2022, 2023) if draw.random() < 0.8
    ]  # fmt: skip
    given["water"] = [
        {"id": f"W{n}", "quarry": draw.choice(quarries), "taken_on": some("2023-06-01", "2024-02-01", "2024-03-05"),
         "solids": some(60, 80, 110, 130, 150, "<5", "<200")}
        for n in range(draw.randrange(3, 9))
    ]  # fmt: skip
    if gaps and draw.random() < 0.15:
        del given[draw.choice(["licence", "water"])]
    return given


def registries(old: Version, new: Version, given: Rows) -> tuple[Registry, Registry]:
    """The rows as both versions read them."""
    now = from_rows(new.ruleset.vocabulary, given, as_of=AS_OF)
    if old.ruleset.vocabulary == new.ruleset.vocabulary:
        return now, now
    return from_rows(old.ruleset.vocabulary, given, as_of=AS_OF), now


def impact(old: Version, new: Version, given: Rows, engine: str = "polars") -> Impact:
    """The impact of one version after the other on some rows."""
    then, now = registries(old, new, given)
    return compared((old, then), (new, now), AS_OF, AS_OF, engine=engine)


def full(ruleset: Ruleset, registry: Registry, formerly: Mapping[str, str]) -> dict[tuple[str, str, str], State]:
    """What a full run says of every row by every rule, rules by the name they have now."""
    found = judge(ruleset, registry, engine="scalar", as_of=AS_OF, every=True).findings
    return {(formerly.get(each.rule, each.rule), each.about, each.key): State.of(each.verdict) for each in found}


def differences(old: Version, new: Version, given: Rows) -> dict[tuple[str, str, str], tuple[State, State]]:
    """The set difference of two full runs."""
    then, now = registries(old, new, given)
    formerly = {
        former: name
        for name, rule in new.ruleset.rules.items()
        for former in rule.formerly
        if former in old.ruleset.rules and former not in new.ruleset.rules
    }
    one, other = full(old.ruleset, then, formerly), full(new.ruleset, now, {})
    pairs = {at: (one.get(at, State.NOT_ASKED), other.get(at, State.NOT_ASKED)) for at in one.keys() | other.keys()}
    return {at: pair for at, pair in pairs.items() if pair[0] != pair[1]}
