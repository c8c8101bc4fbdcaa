"""What an edit of a ruleset does, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hegui.datatypes import Text
from hegui.facts.registry import SourceTable
from hegui.outcome import Verdict
from hegui.ruleset.model import Nature, Severity

if TYPE_CHECKING:
    import polars as pl


class State(IntEnum):
    """What a version of the ruleset says of a row by a rule. Not applicable, without the rule and without the row are one:
    it is not asked."""

    NOT_ASKED = 0
    COMPLIANT = 1
    VIOLATION = 2
    UNDETERMINED = 3

    @property
    def word(self) -> str:
        """As it stands in documents."""
        return self.name.lower()

    @staticmethod
    def of(verdict: Verdict) -> State:
        """The state a verdict is."""
        return _STATES[verdict]


_STATES: Final = {
    Verdict.NOT_APPLICABLE: State.NOT_ASKED,
    Verdict.COMPLIANT: State.COMPLIANT,
    Verdict.VIOLATION: State.VIOLATION,
    Verdict.UNDETERMINED: State.UNDETERMINED,
}


class Change(StrEnum):
    """What became of a verdict, in the order it is told."""

    NEWLY_VIOLATING = "newly_violating"
    CLEARED = "cleared"
    NOW_UNDETERMINED = "now_undetermined"
    SETTLED = "settled"
    NO_LONGER_ASKED = "no_longer_asked"
    NEWLY_ASKED = "newly_asked"

    @staticmethod
    def between(before: State, after: State) -> Change | None:
        """The change from one state to another; None where they are the same."""
        if before == after:
            return None
        if after is State.COMPLIANT:
            return _TO_COMPLIANT[before]
        return _TO[after]


_TO: Final = {
    State.VIOLATION: Change.NEWLY_VIOLATING,
    State.UNDETERMINED: Change.NOW_UNDETERMINED,
    State.NOT_ASKED: Change.NO_LONGER_ASKED,
}
_TO_COMPLIANT: Final = {
    State.VIOLATION: Change.CLEARED,
    State.UNDETERMINED: Change.SETTLED,
    State.NOT_ASKED: Change.NEWLY_ASKED,
}


class Sort(StrEnum):
    """What an edit is of."""

    RULE_ADDED = "rule_added"
    RULE_REMOVED = "rule_removed"
    RULE_RENAMED = "rule_renamed"
    RULE = "rule"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    KIND = "kind"
    CALENDAR = "calendar"
    CONCLUSION_ADDED = "conclusion_added"
    CONCLUSION_REMOVED = "conclusion_removed"
    CONCLUSION = "conclusion"
    LAW = "law"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `key` is what of it was edited (`violation`, `severity`, …); `before` and `after` are as written, where that
    fits a line. `bears` says that a verdict or conclusion can change by it, `rules` which rules it bears on. `place` is
    `file:line` of the new version, or of the old one where it is gone."""

    number: int
    sort: Sort
    name: str
    key: str
    before: str | None
    after: str | None
    place: str | None
    bears: bool
    rules: tuple[str, ...] = ()


Cause = tuple[tuple[int, ...], ...]
"""The edits that make a change: the smallest sets of them that do, by their numbers; each alone is enough."""


@dataclass(frozen=True)
class RuleImpact:
    """What became of the verdicts of one rule.

    `counts` has how many rows went from one state to another, those that stayed included, which is never capped. `changes`
    has a row per change, in order of key: `key`, `kind`, `entity`, `name`, `jurisdiction`, `before`, `after` (states), `cause`
    (index into `causes`). `former` is the name of the rule before.
    """

    rule: str
    former: str | None
    title: Text
    about: str
    nature: Nature
    severity: Severity
    edits: tuple[int, ...]
    counts: Mapping[tuple[State, State], int]
    changes: pl.DataFrame
    causes: tuple[Cause, ...]

    def records(self) -> Iterator[Changed]:
        """Each change as a record."""
        for row in self.changes.iter_rows(named=True):
            yield Changed(
                self.rule, self.about, row["key"], row["kind"], row["entity"], row["name"], row["jurisdiction"],
                State(row["before"]), State(row["after"]), self.causes[row["cause"]],
            )  # fmt: skip

    @cached_property
    def changed(self) -> Counter[Change]:
        """How many verdicts changed in which way."""
        found = Counter[Change]()
        for (before, after), count in self.counts.items():
            change = Change.between(before, after)
            if change is not None and count:
                found[change] += count
        return found

    def total(self, state: State, then: bool) -> int:
        """How many rows are in a state, before (`then`) or after."""
        return sum(count for pair, count in self.counts.items() if pair[not then] is state)


@dataclass(frozen=True, slots=True)
class Changed:
    """One verdict that changed; the fields are those of a finding."""

    rule: str
    about: str
    key: str
    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    before: State
    after: State
    cause: Cause

    @property
    def fingerprint(self) -> str:
        """As the finding's: `rule/about/key`."""
        return f"{self.rule}/{self.about}/{self.key}"

    @property
    def change(self) -> Change:
        """What became of it."""
        found = Change.between(self.before, self.after)
        assert found is not None, "a record of what did not change"
        return found


class Redrawn(StrEnum):
    """What became of a conclusion about somebody, in the order it is told."""

    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    NOW_UNDETERMINED = "now_undetermined"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Concluded:
    """One conclusion that changed. `grounds` are the fingerprints of findings under it whose verdict changed; `edits` those
    of the conclusion itself and those that changed the grounds."""

    change: Redrawn
    conclusion: str
    title: Text
    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    severity: Severity
    message: Text
    grounds: tuple[str, ...]
    edits: tuple[int, ...]

    @property
    def fingerprint(self) -> str:
        return f"{self.conclusion}/{self.kind}/{self.entity}"


@dataclass(frozen=True, slots=True)
class Side:
    """One version of the ruleset."""

    shown: str
    name: str
    version: str
    digest: str
    title: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts both were held against: as the new version reads them."""

    digest: str
    sources: tuple[SourceTable, ...]
    problems: int


@dataclass(frozen=True)
class Impact:
    """All that an edit of a ruleset does to one registry.

    `rules` are those whose verdicts can differ, `same` counts those that mean the same in both versions and were not judged;
    `not_supplied` are rules nothing can be said of, with the kind they are about. `conclusions` is None where conclusions
    were not looked at, because only some rules were asked for.
    """

    old: Side
    new: Side
    as_of: date
    decided_on: date
    facts: Facts
    edits: tuple[Edit, ...]
    rules: tuple[RuleImpact, ...]
    same: int
    not_supplied: Mapping[str, str]
    conclusions: tuple[Concluded, ...] | None
    jurisdictions: Mapping[str, str]
    kinds: Mapping[str, Text]
    messages: Mapping[tuple[str, bool], Text] = field(default_factory=dict)
    """What the old (True) and the new version say of changes that are shown, by fingerprint."""
    kept: str | None = None
    """The Parquet file beside a document that has the changes, as the document names it; None where they stand in it."""

    @cached_property
    def changed(self) -> Counter[Change]:
        """How many verdicts changed in which way, never capped."""
        found = Counter[Change]()
        for rule in self.rules:
            found.update(rule.changed)
        return found

    @cached_property
    def unasked_violations(self) -> int:
        """How many violations went because they are no longer asked."""
        return sum(rule.counts.get((State.VIOLATION, State.NOT_ASKED), 0) for rule in self.rules)

    @cached_property
    def by_severity(self) -> dict[Severity, Counter[Change]]:
        """The same, by severity, gravest first."""
        found: dict[Severity, Counter[Change]] = {severity: Counter() for severity in reversed(Severity)}
        for rule in self.rules:
            found[rule.severity].update(rule.changed)
        return {severity: counts for severity, counts in found.items() if counts}

    @cached_property
    def by_jurisdiction(self) -> dict[str | None, Counter[Change]]:
        """The same, by who answers for the entity; None where that is not known, last."""
        found: dict[str | None, Counter[Change]] = {}
        for rule in self.rules:
            counted = rule.changes.group_by("jurisdiction", "before", "after").len()
            for place, before, after, count in counted.iter_rows():
                change = Change.between(State(before), State(after))
                assert change is not None, "a record of what did not change"
                found.setdefault(place, Counter())[change] += count
        return dict(sorted(found.items(), key=lambda item: (item[0] is None, item[0] or "")))

    @cached_property
    def by_cause(self) -> dict[Cause, Counter[Change]]:
        """The same, by the edits that made the change."""
        found: dict[Cause, Counter[Change]] = {}
        for rule in self.rules:
            counted = rule.changes.group_by("cause", "before", "after").len()
            for cause, before, after, count in counted.iter_rows():
                change = Change.between(State(before), State(after))
                assert change is not None, "a record of what did not change"
                found.setdefault(rule.causes[cause], Counter())[change] += count
        return dict(sorted(found.items()))

    @cached_property
    def redrawn(self) -> Counter[Redrawn]:
        """How many conclusions changed in which way."""
        return Counter(each.change for each in self.conclusions or ())

    @property
    def changes(self) -> int:
        """How many verdicts and conclusions changed."""
        return self.changed.total() + self.redrawn.total()

    def exceeds(self, most: int | None) -> bool:
        """Are there more newly violating findings than `most`?"""
        return most is not None and self.changed[Change.NEWLY_VIOLATING] > most

    def place(self, id: str | None) -> str | None:
        """The name of a jurisdiction, or its id where it has none."""
        return None if id is None else self.jurisdictions.get(id, id)


NOTHING: Final[Cause] = ((),)
"""The cause of a change for which no edit is known: none is ever told of a run that was made as it should be."""
