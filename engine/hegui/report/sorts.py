"""The sorts a finding can be of for a report: its verdict, or apart where a waiver covers it or it rests on memory."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Literal

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining.words import VERDICTS
from hegui.facts.registry import Place
from hegui.outcome import Drawn, Finding, RuleSummary, Verdict
from hegui.report import words as say
from hegui.report.run import Run
from hegui.ruleset.model import Certainty, Severity


class Sort(StrEnum):
    """What a finding stands under."""

    VIOLATION = "violation"
    WAIVED = "waived"
    MEMORY = "from_memory"
    UNDETERMINED = "undetermined"
    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"


TITLES: Final = {
    Sort.VIOLATION: VERDICTS[Verdict.VIOLATION],
    Sort.WAIVED: say.WAIVED,
    Sort.MEMORY: say.APART,
    Sort.UNDETERMINED: VERDICTS[Verdict.UNDETERMINED],
    Sort.COMPLIANT: VERDICTS[Verdict.COMPLIANT],
    Sort.NOT_APPLICABLE: VERDICTS[Verdict.NOT_APPLICABLE],
}
"""What each is called."""

Level = Literal["error", "warning", "note"]
LEVELS: Final[dict[Severity, Level]] = {
    Severity.CRITICAL: "error",
    Severity.MAJOR: "error",
    Severity.MINOR: "warning",
    Severity.LOW: "note",
}
"""How tools for programs put a priority."""

_APART: Final = (Sort.WAIVED, Sort.MEMORY)


def sort_of(run: Run, finding: Finding) -> Sort:
    """What a finding of a run stands under."""
    if finding.verdict is not Verdict.VIOLATION:
        return Sort(finding.verdict.value)
    if run.from_memory(finding):
        return Sort.MEMORY
    return Sort.WAIVED if run.waivers_of(finding) else Sort.VIOLATION


def sort_of_drawn(run: Run, drawn: Drawn) -> Sort:
    """What a conclusion stands under."""
    if not drawn.certain:
        return Sort.UNDETERMINED
    if run.conclusion_rules[drawn.conclusion].certainty == Certainty.MEMORY:
        return Sort.MEMORY
    return Sort.WAIVED if drawn.waived_by else Sort.VIOLATION


def count(item: RuleSummary, sort: Sort) -> int:
    """How many findings of a rule are of a sort."""
    return int(getattr(item, sort.value))


def total(run: Run, sort: Sort) -> int:
    """How many of a run are."""
    return sum(count(item, sort) for item in run.counts)


def listed(run: Run) -> tuple[Sort, ...]:
    """The sorts of which findings are held: compliant and not applicable rows are only where they were asked for."""
    decided = (Sort.VIOLATION, *_APART, Sort.UNDETERMINED)
    return tuple(Sort) if len(run.findings) > sum(total(run, sort) for sort in decided) else decided


def of_sort(run: Run, rule: str, sort: Sort) -> Iterator[Finding]:
    """The findings of a rule that are of a sort, by key; of many that are kept, those that cannot be are not read."""
    item = next(each for each in run.counts if each.rule == rule)
    if not count(item, sort):
        return
    verdict = Verdict.VIOLATION if sort in _APART else Verdict(sort.value)
    if isinstance(run.findings, Kept) and verdict is Verdict.VIOLATION and sort is not Sort.MEMORY:
        covered = run.parted(rule).covered
        among = covered if covered is None or sort is Sort.WAIVED else ~covered
        found = run.findings.of(rule, verdict, among)
    else:
        found = run.of_verdict(rule, verdict)
    yield from (finding for finding in found if sort_of(run, finding) is sort)


def by_priority(run: Run) -> list[str]:
    """The rules of a run, those of the gravest matters first."""
    rules = {item.rule: run.documents[item.rule].rule for item in run.counts}
    return sorted(rules, key=lambda name: (-rules[name].severity.rank, name))


def gravest_first(run: Run, sort: Sort) -> Iterator[Finding]:
    """All findings of a sort, by priority, rule and key."""
    for rule in by_priority(run):
        yield from of_sort(run, rule, sort)


def drawn_first(run: Run) -> list[Drawn]:
    """The conclusions of a run, the gravest first."""
    rules = run.conclusion_rules

    def order(drawn: Drawn) -> tuple[int, str, str]:
        return -Severity(rules[drawn.conclusion].severity).rank, drawn.conclusion, drawn.entity

    return sorted(run.drawing.drawn, key=order)


def told(run: Run, finding: Finding, lang: str) -> str:
    """A finding as a sentence: what was found, what it waits for, or that there is nothing."""
    return run.teller(finding.rule, lang).message(finding)


def place_of(run: Run, finding: Finding) -> Place | None:
    """Where the row judged stands."""
    if finding.source is None:
        return None
    return run.info.facts.sources[finding.source].place(finding.row, key=finding.key)


def town_of(run: Run, jurisdiction: str | None) -> str:
    """What a jurisdiction is called; empty where there is none."""
    return run.labels.jurisdictions.get(jurisdiction, jurisdiction) if jurisdiction is not None else ""


def kind_of(run: Run, name: str) -> Text:
    """What a kind is called."""
    known = run.labels.kinds.get(name)
    return known.label if known is not None else Text(name, name)
