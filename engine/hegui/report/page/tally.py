"""Counting the findings of a run by rule, kind, jurisdiction and day of the act, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from hegui.engines.kept import Kept
from hegui.explaining.law import may_rest_on_memory, sure_by_day
from hegui.outcome import Finding, Verdict
from hegui.report.run import Run
from hegui.report.sorts import Sort, listed, of_sort, sort_of

ORDER: Final = (Verdict.VIOLATION, Verdict.UNDETERMINED, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE)
"""The verdicts in the order their counts stand."""
COLUMNS: Final = ("kind", "jurisdiction", "verdict", "occurred")
"""Of kept findings: what they are counted by."""


class Cell(NamedTuple):
    """Findings that are counted together."""

    rule: str
    kind: str
    jurisdiction: str | None
    sort: Sort
    occurred: date | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings a page lists, in the order they are listed, and how many more there are."""

    findings: tuple[Finding, ...]
    left: int


def tally(run: Run) -> Counter[Cell]:
    """How many findings of each sort there are."""
    found = Counter[Cell]()
    for finding, sort, many in _counted(run):
        found[Cell(finding.rule, finding.kind, finding.jurisdiction, sort, finding.occurred)] += many
    return found


def _counted(run: Run) -> Iterator[tuple[Finding, Sort, int]]:
    kept = run.findings
    if not isinstance(kept, Kept):
        yield from ((finding, sort_of(run, finding), 1) for finding in kept)
        return
    for name in kept.counts:
        document = run.documents[name]
        if may_rest_on_memory(document) and not sure_by_day(document):
            yield from ((finding, sort_of(run, finding), 1) for finding in kept.of(name))
        else:
            yield from _alike(run, kept, name)


def _alike(run: Run, kept: Kept, rule: str) -> Iterator[tuple[Finding, Sort, int]]:
    """Of findings that are kept, one of each sort: the day of the act tells which rest on memory, and of the others those
    that are waived are known."""
    covered = run.parted(rule).covered
    parts = ((False, None),) if covered is None else ((False, ~covered), (True, covered))
    for waived, among in parts:
        for finding, many in kept.alike(rule, *COLUMNS, among=among):
            counts = finding.verdict is Verdict.VIOLATION and not run.from_memory(finding)
            yield finding, Sort.WAIVED if waived and counts else sort_of(run, finding), many


def chosen(run: Run, limit: int) -> Chosen:
    """The first `limit` findings: by what they are shown under, then by severity, rule and key."""
    shown = tuple(islice(_in_order(run), limit))
    return Chosen(shown, len(run.findings) - len(shown))


def _in_order(run: Run) -> Iterator[Finding]:
    ranks = {name: document.rule.severity.rank for name, document in run.documents.items()}
    kept = run.findings
    if not isinstance(kept, Kept):
        place = {sort: number for number, sort in enumerate(Sort)}
        yield from sorted(kept, key=lambda one: (place[sort_of(run, one)], -ranks[one.rule]))  # by rule and key already
        return
    for sort in listed(run):
        for name in sorted(kept.counts, key=lambda rule: -ranks[rule]):
            yield from of_sort(run, name, sort)
