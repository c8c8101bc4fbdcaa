"""Findings some thousands at a time, each lot with the papers and labels it needs: what reports that list all of them go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from hegui.engines.kept import Kept
from hegui.explaining import Setting
from hegui.outcome import Finding
from hegui.report import beside
from hegui.report.labels import EntityLabel
from hegui.report.run import Run

LOT: Final = 10_000
"""Findings looked at together: of kept ones no more than these are in memory."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some findings of a run; `setting` has the papers behind their values, `entities` the labels of whom they are filed
    under, by kind and key."""

    findings: tuple[Finding, ...]
    setting: Setting
    entities: Mapping[tuple[str, str], EntityLabel]


def batches(run: Run, findings: Iterable[Finding], lot: int = LOT) -> Iterator[Batch]:
    """The findings in lots, in order, with what is known besides.

    Raises:
        UsageError: what stands beside kept findings is damaged.
    """
    kept, rest = run.findings, iter(findings)
    held = {(kind, key): label for kind, labels in run.labels.entities.items() for key, label in labels.items()}
    while found := tuple(islice(rest, lot)):
        if isinstance(kept, Kept):
            papers = beside.papers(kept, found, run.documents)
            keys = beside.keys(kept, found, run.info.facts.sources)
            yield Batch(found, replace(run.setting, papers=papers, keys=keys), beside.entities(kept, found))
        else:
            yield Batch(found, run.setting, held)
