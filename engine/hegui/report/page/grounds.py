"""Conclusions with the chain of their grounds, down to findings and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining import message
from hegui.explaining.words import NATURES, SEVERITIES
from hegui.facts.registry import Place
from hegui.outcome import ConclusionSummary, Drawn, Finding, RowGround
from hegui.report.drawn import row_place
from hegui.report.page import words
from hegui.report.page.listed import waived_by
from hegui.report.run import Run
from hegui.ruleset.model import Certainty, Nature, Severity

MOST: Final = 300
"""Conclusions of one sort that are listed."""
MOST_GROUNDS: Final = 25
"""Grounds of one conclusion that are listed."""
DEEPEST: Final = 4
"""Conclusions told below one another."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Something a conclusion rests on: a finding (with whom it is filed under), another conclusion with its own grounds, or
    a row."""

    text: Text
    name: str
    kind: str | None = None
    entity: str | None = None
    place: Place | None = None
    below: tuple[Ground, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A conclusion, told."""

    drawn: Drawn
    rule: ConclusionSummary
    severity: Severity
    grounds: tuple[Ground, ...]
    left: int
    waived: tuple[Text, ...]

    @property
    def words(self) -> tuple[Text, Text]:
        """Its priority and nature."""
        return SEVERITIES[self.severity], NATURES[Nature(self.rule.nature)]


@dataclass(frozen=True, slots=True)
class Section:
    """Conclusions of one sort: certain, waived, from memory, or possible."""

    title: Text
    every: int
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Grounds:
    """The conclusions of a run."""

    run: Run

    @cached_property
    def sections(self) -> list[Section]:
        """Conclusions by sort, the gravest first."""
        order = (words.CERTAIN, words.WAIVED_CONCLUSIONS, words.FROM_MEMORY, words.POSSIBLE)
        groups: dict[Text, list[Drawn]] = {title: [] for title in order}
        for each in self.run.drawing.drawn:
            groups[self.sort(each)].append(each)
        return [
            Section(title, len(found), tuple(self.told(each) for each in sorted(found, key=self.order)[:MOST]))
            for title, found in groups.items()
            if found
        ]

    def sort(self, drawn: Drawn) -> Text:
        """Under which title a conclusion stands."""
        if not drawn.certain:
            return words.POSSIBLE
        if drawn.waived_by:
            return words.WAIVED_CONCLUSIONS
        return words.FROM_MEMORY if self.rule(drawn).certainty == Certainty.MEMORY else words.CERTAIN

    def rule(self, drawn: Drawn) -> ConclusionSummary:
        """What is kept of a conclusion's rule."""
        return self.run.conclusion_rules[drawn.conclusion]

    def order(self, drawn: Drawn) -> tuple[int, str, str]:
        """The gravest first."""
        return -Severity(self.rule(drawn).severity).rank, drawn.conclusion, drawn.entity

    def told(self, drawn: Drawn) -> Told:
        """A conclusion with its grounds."""
        grounds, left = self.below(drawn, (drawn.fingerprint,))
        waived = tuple(waived_by(self.run.waivers[name]) for name in drawn.waived_by)
        return Told(drawn, self.rule(drawn), Severity(self.rule(drawn).severity), grounds, left, waived)

    def below(self, drawn: Drawn, above: tuple[str, ...]) -> tuple[tuple[Ground, ...], int]:
        """The first grounds of a conclusion, and how many more there are."""
        every: list[str | RowGround] = [*drawn.because, *drawn.rows]
        found = tuple(ground for each in every[:MOST_GROUNDS] for ground in self.ground(each, above))
        return found, max(len(every) - MOST_GROUNDS, 0)

    def ground(self, ground: str | RowGround, above: tuple[str, ...]) -> Iterator[Ground]:
        """One ground, with what it rests on itself."""
        if isinstance(ground, RowGround):
            known = self.run.labels.kinds.get(ground.kind)
            label = known.label if known is not None else Text(ground.kind, ground.kind)
            yield Ground(label, ground.key, place=row_place(ground, self.run.info.facts.sources))
        elif ground in self.drawn:
            deeper = ground not in above and len(above) < DEEPEST
            below, left = self.below(self.drawn[ground], (*above, ground)) if deeper else ((), 0)
            yield Ground(self.drawn[ground].message, ground, below=below, left=left)
        elif (finding := self.findings.get(ground)) is not None:
            yield self.finding(finding)

    def finding(self, finding: Finding) -> Ground:
        """A finding as a ground."""
        case = self.run.case(finding)
        text = Text(message(case, "zh"), message(case, "en"))
        row = RowGround(finding.about, finding.key, finding.source, finding.row)
        place = row_place(row, self.run.info.facts.sources)
        return Ground(text, finding.fingerprint, finding.kind, finding.entity, place)

    @cached_property
    def drawn(self) -> dict[str, Drawn]:
        """Conclusions by fingerprint."""
        return {each.fingerprint: each for each in self.run.drawing.drawn}

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The findings that conclusions name first."""
        named = {name for each in self.run.drawing.drawn for name in each.because[:MOST_GROUNDS]}
        return {finding.fingerprint: finding for finding in _named(self.run, named)}


def _named(run: Run, fingerprints: Iterable[str]) -> Iterable[Finding]:
    wanted = set(fingerprints)
    if isinstance(run.findings, Kept):
        return run.findings.several(wanted)
    return (finding for finding in run.findings if finding.fingerprint in wanted)
