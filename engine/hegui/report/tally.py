"""How many findings there are of each sort, by rule, town and kind; of kept ones without reading each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hegui.engines.kept import Kept
from hegui.outcome import Verdict
from hegui.report.problem_list import counted
from hegui.report.run import Run


@dataclass(frozen=True, slots=True)
class Group:
    """Findings alike: of a rule, filed under a kind and a jurisdiction. `verdict` is violation (those that count) or
    undetermined."""

    rule: str
    kind: str
    jurisdiction: str | None
    verdict: Verdict


def tally(run: Run) -> Counter[Group]:
    """The number of findings of each group."""
    found: Counter[Group] = Counter()
    for item in run.counts:
        if item.violation + item.undetermined:
            found.update(dict(_of_rule(run, item.rule)))
    return found


def _of_rule(run: Run, rule: str) -> Counter[Group]:
    item = next(each for each in run.counts if each.rule == rule)
    alike = not item.from_memory and not item.waived  # then a verdict says all of a finding that is asked here
    if isinstance(run.findings, Kept) and alike:
        return Counter(dict(_counted(run.findings, rule)))
    violations = counted(run, [rule])
    found = Counter(Group(rule, each.kind, each.jurisdiction, each.verdict) for each in violations)
    open_ = run.of_verdict(rule, Verdict.UNDETERMINED)
    found.update(Group(rule, each.kind, each.jurisdiction, each.verdict) for each in open_)
    return found


def _counted(kept: Kept, rule: str) -> Iterator[tuple[Group, int]]:
    import polars as pl

    named = ("kind", "jurisdiction", "verdict")
    frame = kept.collected(rule, kept.scan(rule).group_by(named).agg(pl.len()).sort(named))
    for kind, jurisdiction, verdict, count in frame.iter_rows():
        if verdict in (Verdict.VIOLATION.value, Verdict.UNDETERMINED.value):
            yield Group(rule, kind, jurisdiction, Verdict(verdict)), count
