"""What every rule says of every row, kept up with changes: findings and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from hegui.engines.scalar import Opinion, RuleJudge
from hegui.explaining import RuleDocument
from hegui.language.scalar import RowData, Scope
from hegui.outcome import Finding, Judgement, RuleSummary, Verdict
from hegui.ruleset.model import Ruleset
from hegui.session.concerned import Concern
from hegui.session.journal import Journal
from hegui.session.tables import Changes, Tables
from hegui.since.reach import reach

_LISTED = (Verdict.VIOLATION, Verdict.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Moved:
    """A finding as it was and as it is; None where there is none."""

    old: Finding | None
    new: Finding | None

    @property
    def found(self) -> Finding:
        """The one there is."""
        return self.new or self.old  # type: ignore[return-value]


class Verdicts:
    """The findings of each rule by the key of the row judged, and how many rows each verdict fell on."""

    def __init__(
        self,
        ruleset: Ruleset,
        tables: Tables,
        judgement: Judgement,
        documents: Mapping[str, RuleDocument],
        as_of: date,
    ) -> None:
        self.tables, self.as_of, self.documents = tables, as_of, documents
        kinds = ruleset.vocabulary.kinds
        judged = [ruleset.rules[each.rule] for each in judgement.summaries]
        self._judges = {rule.name: RuleJudge(rule, kinds) for rule in judged}
        self._concerns = {rule.name: Concern(reach([rule], rule.about, kinds)) for rule in judged}
        self.summaries: dict[str, RuleSummary] = {each.rule: each for each in judgement.summaries}
        self.findings: dict[str, dict[str, Finding]] = {name: {} for name in self._judges}
        for finding in judgement.findings:
            self.findings[finding.rule][finding.key] = documents[finding.rule].without_private(finding)

    def concerned(self, changes: Changes) -> dict[str, set[str]]:
        """The rows each rule has to judge again; asked before the change is made."""
        found = ((name, concern.rows(changes, self.tables)) for name, concern in self._concerns.items())
        return {name: rows for name, rows in found if rows}

    def withdrawn(self, concerned: Mapping[str, set[str]], journal: Journal) -> dict[tuple[str, str], Finding | None]:
        """Take what was said of rows out of the counts, before the change; returns the findings there were."""
        found: dict[tuple[str, str], Finding | None] = {}
        for name, rows in concerned.items():
            for row in self._rows(name, rows):
                old = self.findings[name].get(row.key)
                verdict, scoped = (old.verdict, old.scope) if old is not None else self._verdict(name, row)
                self._count(name, verdict, scoped, -1, journal)
                found[name, row.key] = old
        return found

    def judged(
        self, concerned: Mapping[str, set[str]], former: dict[tuple[str, str], Finding | None], journal: Journal
    ) -> list[Moved]:
        """Judge rows after the change; returns every finding that is not as it was, in `former`."""
        moved, left = [], dict(former)
        for name, rows in concerned.items():
            for row in self._rows(name, rows):
                judge = self._judges[name]
                opinion = judge.opinion(row, self.tables, self.as_of)
                listed = opinion.verdict in _LISTED
                scoped = judge.in_scope(opinion) if opinion.verdict is Verdict.VIOLATION else None
                self._count(name, opinion.verdict, scoped, 1, journal)
                new = self.documents[name].without_private(judge.finding(opinion)) if listed else None
                moved.append(Moved(left.pop((name, row.key), None), new))
        moved += [Moved(old, None) for old in left.values()]
        moved = [each for each in moved if each.old != each.new]
        for each in moved:
            held = self.findings[each.found.rule]
            if each.new is None:
                journal.drop(held, each.found.key)
            else:
                journal.put(held, each.found.key, each.new)
        return moved

    def _rows(self, name: str, rows: set[str]) -> Iterator[RowData]:
        held = self.tables.of[self._judges[name].rule.about]
        return (held[at] for at in sorted(rows) if at in held)

    def _verdict(self, name: str, row: RowData) -> tuple[Verdict, bool | None]:
        """What a rule says of a row that has no finding; whether it is in the notice's scope does not matter."""
        return self._judges[name].opinion(row, self.tables, self.as_of).verdict, None

    def _count(self, name: str, verdict: Verdict, scoped: bool | None, by: int, journal: Journal) -> None:
        was = self.summaries[name]
        inside = by if verdict is Verdict.VIOLATION and scoped is True else 0
        count = {verdict.value: getattr(was, verdict.value) + by, "in_notice_scope": was.in_notice_scope + inside}
        journal.put(self.summaries, name, replace(was, **count))

    def opinions(self, name: str, entity: str) -> Iterator[Finding]:
        """What a rule says of every row filed under an entity, whatever its verdict."""
        judge, today = self._judges[name], self.as_of
        for _, row in self.tables.ordered(judge.kind):
            filed = Opinion(row, Scope(self.tables, today, today, [row]), None, None, Verdict.COMPLIANT)
            if judge.entity(filed)[1] == entity:
                yield self.documents[name].without_private(judge.finding(judge.opinion(row, self.tables, today)))

    def judgement(self) -> Judgement:
        """All of it as an engine would return it."""
        return Judgement("scalar", tuple(self.summaries[name] for name in sorted(self.summaries)), tuple(self.sorted()))

    def sorted(self) -> Iterator[Finding]:
        """The findings by rule, those of each in order of the rows."""
        ranks: dict[str, dict[str, int]] = {}
        for name in sorted(self.findings):
            kind = self._judges[name].kind
            if kind.name not in ranks:
                rows = self.tables.ordered(kind)
                ranks[kind.name] = {row.key: number for number, (_, row) in enumerate(rows)}
            places = ranks[kind.name]
            yield from sorted(self.findings[name].values(), key=lambda each: places[each.key])
