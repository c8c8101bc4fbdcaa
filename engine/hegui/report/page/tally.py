"""Counting the findings of a run by rule, kind, jurisdiction and day of the act, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from hegui.engines.kept import Kept
from hegui.explain.law import may_rest_on_memory, sure_by_day
from hegui.outcome import Finding, Verdict
from hegui.report.run import Run

ORDER: Final = (Verdict.VIOLATION, Verdict.UNDETERMINED, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE)
"""The order in which findings are listed."""


class Cell(NamedTuple):
    """Findings that are counted together. `memory` are violations that rest on something known only from memory, `waived`
    those that a waiver covers."""

    rule: str
    kind: str
    jurisdiction: str | None
    verdict: Verdict
    memory: bool
    occurred: date | None
    waived: bool = False

    @property
    def counts(self) -> bool:
        """Are they violations that count?"""
        return self.verdict is Verdict.VIOLATION and not self.memory and not self.waived


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings a page lists, in the order they are listed, and how many more there are."""

    findings: tuple[Finding, ...]
    left: int


def tally(run: Run) -> Counter[Cell]:
    """How many findings of each sort there are."""
    found = Counter[Cell]()
    for finding, count in _counted(run):
        memory = finding.verdict is Verdict.VIOLATION and run.from_memory(finding)
        waived = bool(run.waivers_of(finding))
        at = (finding.rule, finding.kind, finding.jurisdiction, finding.verdict, memory, finding.occurred, waived)
        found[Cell(*at)] += count
    return found


def _counted(run: Run) -> Iterator[tuple[Finding, int]]:
    kept = run.findings
    if not isinstance(kept, Kept):
        yield from ((finding, 1) for finding in kept)
        return
    waived = {item.rule for item in run.counts if item.waived}
    for name in kept.counts:
        document = run.documents[name]
        if name in waived or (may_rest_on_memory(document) and not sure_by_day(document)):
            yield from ((finding, 1) for finding in kept.of(name))
        else:
            yield from kept.alike(name, "kind", "jurisdiction", "verdict", "occurred")


def chosen(run: Run, limit: int) -> Chosen:
    """The first `limit` findings: violations before what is undetermined, then by severity, rule and key."""
    shown = tuple(islice(_in_order(run), limit))
    return Chosen(shown, len(run.findings) - len(shown))


def _in_order(run: Run) -> Iterator[Finding]:
    ranks = {name: document.rule.severity.rank for name, document in run.documents.items()}
    kept = run.findings
    if not isinstance(kept, Kept):
        place = {verdict: number for number, verdict in enumerate(ORDER)}
        yield from sorted(kept, key=lambda one: (place[one.verdict], -ranks[one.rule]))  # by rule and key already
        return
    for verdict in ORDER:
        for name in sorted(kept.counts, key=lambda rule: -ranks[rule]):
            yield from kept.of(name, verdict)
