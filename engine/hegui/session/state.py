"""A registry judged, held so that a change of a few rows costs little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from hegui.conclusions.drawing import chainable
from hegui.conclusions.ground import Support
from hegui.engines import judge
from hegui.explaining import Explanation
from hegui.explaining.law import may_rest_on_memory
from hegui.facts.registry import DataProblem, Registry
from hegui.outcome import Drawn, Finding, Judgement, Verdict
from hegui.report.info import RunInfo
from hegui.report.labels import sizes, with_jurisdictions
from hegui.report.run import Run
from hegui.report.waived import accounted, with_waivers
from hegui.ruleset.model import Ruleset
from hegui.session.concluding import Concluding
from hegui.session.door import Frames
from hegui.session.journal import Journal
from hegui.session.registry import Papers
from hegui.session.tables import Changes, Tables
from hegui.session.verdicts import Moved, Verdicts
from hegui.session.words import Words
from hegui.waivers.model import Waivers

FEW = 20_000
"""Up to so many verdicts, planning columns takes longer than judging row by row."""

Told = tuple[Drawn | None, Drawn | None]
"""A conclusion as it was and as it is."""


@dataclass(frozen=True)
class Asked:
    """What a session was begun with."""

    ruleset: Ruleset
    as_of: date
    decided_on: date
    waivers: Waivers


class State:
    """What a session knows. Every mapping in it is changed through a journal."""

    def __init__(self, asked: Asked, registry: Registry) -> None:
        self.asked, ruleset = asked, asked.ruleset
        rows = sizes(registry)
        verdicts = sum(rows.get(rule.about, 0) for rule in ruleset.rules.values())
        engine = "scalar" if verdicts <= FEW else "polars"
        judgement = judge(ruleset, registry, engine=engine, as_of=asked.as_of)
        self.frame = self._run(registry, replace(judgement, findings=()), None)
        doubtful = {name for name, each in self.frame.documents.items() if may_rest_on_memory(each)}
        self._words = Words(self.frame, doubtful, registry.sources)
        self.tables = Tables(ruleset, registry, asked.as_of)
        self.papers = Papers.of(registry, asked.as_of)
        self.verdicts = Verdicts(ruleset, self.tables, judgement, self.frame.documents, asked.as_of)
        self.named = {name for each in ruleset.conclusions.values() for one in each.variables for name in one.of}
        self.concluding = self._concluding(registry) if ruleset.conclusions else None

    def _concluding(self, registry: Registry) -> Concluding:
        asked = self.asked
        found = (each for name in sorted(self.named & set(self.verdicts.findings)) for each in self.found(name))
        supports = (support for each in found if (support := self.support(each)) is not None)
        days = asked.as_of, asked.decided_on
        with chainable():
            return Concluding(asked.ruleset, registry, self.tables, supports, days, self.frame.covering)

    def found(self, rule: str) -> Iterable[Finding]:
        """The findings of a rule."""
        return self.verdicts.findings[rule].values()

    # --- what conclusions see of findings

    def support(self, finding: Finding) -> Support | None:
        """A finding as conclusions see it; None where it counts for none."""
        if finding.verdict not in (Verdict.VIOLATION, Verdict.UNDETERMINED):
            return None
        certain, apart = finding.verdict is Verdict.VIOLATION, self._words.from_memory(finding)
        covering = self.frame.covering.finding(finding) if certain and not apart and self.frame.covering else ()
        return Support(finding, certain, apart, next((each.name for each in covering), None))

    # --- changing

    def supplies(self, frames: Frames) -> bool:
        """Is there a table of every kind already?"""
        return all(name in self.tables.of for name in frames)

    def change(
        self, frames: Frames, journal: Journal, registry: Registry | None = None
    ) -> tuple[list[Moved], list[Told], list[DataProblem]]:
        """Put rows in place of others, judge again what looks at them, and draw anew what follows. Rows that come from a
        `registry` stand where they stand there."""
        changes = self._placed(frames, journal, registry is None)
        concerned = self.verdicts.concerned(changes)
        asked = self.concluding.concerned(changes) if self.concluding is not None else None
        former = self.verdicts.withdrawn(concerned, journal)
        self.tables.change(changes, journal)
        moved = self.verdicts.judged(concerned, former, journal)
        noted = self._note(changes, registry, journal)
        if self.concluding is None or asked is None:
            return moved, [], noted
        seen = {
            each.found.fingerprint: (each, self.support(each.new) if each.new is not None else None)
            for each in moved
            if each.found.rule in self.named
        }
        told = self.concluding.follow(asked, seen, journal)
        return moved, self._all_anew(journal) if told is None else told, noted

    def _note(self, changes: Changes, registry: Registry | None, journal: Journal) -> list[DataProblem]:
        if registry is None:
            return self.papers.follow(changes, self.tables.kinds, journal)
        noted = self.papers.new(registry.problems)
        journal.put(self.__dict__, "papers", Papers.of(registry, self.asked.as_of))
        return noted

    def _placed(self, frames: Frames, journal: Journal, put: bool) -> Changes:
        """The change with rows as they were, and with the addresses of those that come."""
        changes = {}
        for name, rows in frames.items():
            held, kind = self.tables.of[name], self.tables.kinds[name]
            placed = dict(rows)
            if put:
                placed = {at: row and self.papers.place(kind, row, journal) for at, row in rows.items()}
            changes[name] = {at: (held.get(at), row) for at, row in placed.items()}
            if not kind.key:
                numbers = [row.number + 1 for row in placed.values() if row is not None]
                journal.put(self.tables.counters, name, max([self.tables.counters[name], *numbers]))
        return {name: rows for name, rows in changes.items() if rows}

    def _all_anew(self, journal: Journal) -> list[Told]:
        assert self.concluding is not None
        old, new = self.concluding, self._concluding(self.papers.base)
        journal.put(self.__dict__, "concluding", new)
        return told_apart(old.made, new.made)

    # --- looking

    @property
    def words(self) -> Words:
        """What findings are told with as things are now."""
        return replace(self._words, sources=self.papers.all_sources)

    def explained(self, rule: str, entity: str, lang: str) -> Iterable[Explanation]:
        """Why, for every row filed under an entity."""
        words = self.words
        yield from (words.told(finding, lang) for finding in self.verdicts.opinions(rule, entity))

    def data(self, found: Finding | Drawn, words: Words) -> dict[str, Any]:
        """A finding or conclusion as it stands in a saved run."""
        if isinstance(found, Finding):
            return words.finding(found)
        assert self.concluding is not None
        return words.drawn(found, self.concluding.drawer.tellers[found.conclusion].summary())

    def registry(self) -> Registry:
        """The rows as a registry."""
        return self.papers.registry(self.tables)

    def run(self, started: datetime | None = None) -> Run:
        """All of it as `api.check` returns it."""
        registry, asked = self.registry(), self.asked
        run = self._run(registry, self.verdicts.judgement(), started)
        if self.concluding is not None:
            drawing = self.concluding.drawing()
            labels = with_jurisdictions(run.labels, asked.ruleset.vocabulary, registry, drawing.drawn)
            info = replace(run.info, chainer=drawing.chainer)
            run = replace(run, drawing=drawing, info=info, labels=labels)
        return accounted(run, asked.waivers)

    def _run(self, registry: Registry, judgement: Judgement, started: datetime | None) -> Run:
        asked = self.asked
        info = RunInfo.of(
            asked.ruleset,
            registry,
            as_of=asked.as_of,
            decided_on=asked.decided_on,
            engine="scalar",
            started=started,
        )
        return with_waivers(Run.build(asked.ruleset, registry, judgement, info), asked.waivers)


def told_apart(old: Mapping[tuple[str, str], Drawn], new: Mapping[tuple[str, str], Drawn]) -> list[Told]:
    """The conclusions that are not as they were."""
    return [(old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
