"""Plain frozen data between a run and its reports: verdicts, findings, summaries, fingerprints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal
from urllib.parse import quote

from hegui.characters import as_compared
from hegui.datatypes import Cause, Text
from hegui.source import Diagnostic, UsageError, Wording

_NOT_ASKED: Final = Wording(
    "no-explanation",
    "`{rule}` was checked without explanations: say `explain=True`",
    "`{rule}` 核查时未要求解释：请使用 `explain=True`",
)


class Verdict(StrEnum):
    """What a rule says of a row. A violation is a lead for an official, never a judgment."""

    VIOLATION = "violation"
    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class LeafValue:
    """The value of one leaf (`Rule.leaves[n]`) for one finding.

    `value` is None where undetermined (`causes` of the finding say why) unless `below` holds the detection limit.
    `source` and `row` address the row the value came from (index into the run's sources, and the row as counted
    there). A chain has `rows`, how many rows decided it or were aggregated, and `first`, the key of the first of
    them, whose address `source` and `row` then are.
    """

    value: str | int | float | bool | date | tuple[object, ...] | None
    below: float | None = None
    source: int | None = None
    row: int | None = None
    rows: int | None = None
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict on one row.

    Attributes:
        rule: the name of the rule.
        about: the kind of the row judged.
        key: its key, parts escaped and joined by commas.
        kind: the kind of the entity the finding is filed under.
        entity: the key of that entity, written as `key` is.
        name: what that entity is called; None where that is not known.
        jurisdiction: the key of the jurisdiction it is in; None where that is not known, or the kind has none.
        verdict: what the rule says of the row.
        occurred: the day of the act, whose law decides; None where it is undetermined.
        source: where the row judged was read: an index into `run.info.facts.sources`; None where it was not read.
        row: its number there, counted from 1 (of a database: its place in order of key).
        causes: what an undetermined verdict waits for, sorted; empty for any other.
        values: what the rule saw, a value for each of its leaves in their order, in the unit of the field or parameter;
            `run.explain` puts them into words.
        scope: does the inspection notice talk about it? None where the rule does not say.
    """

    rule: str
    about: str
    key: str
    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    verdict: Verdict
    occurred: date | None
    source: int | None
    row: int | None
    causes: tuple[Cause, ...] = ()
    values: tuple[LeafValue, ...] = ()
    scope: bool | None = None

    @property
    def fingerprint(self) -> str:
        """`rule/about/key`, the same in every run; `mine.over-scale/mine_year/M003,2023`."""
        return f"{self.rule}/{self.about}/{self.key}"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule says of one entity (`Ruleset.check`).

    `finding` is there where an explanation was asked for, whatever the verdict: its `causes` say what an undetermined
    verdict waits for. Results without one are shared between checks; they are values and equal by them.
    """

    rule: str
    verdict: Verdict
    finding: Finding | None = None
    explainer: Callable[[str], Any] | None = field(default=None, compare=False, repr=False)

    def explain(self, lang: str) -> Any:
        """Why, in "zh" or "en": the `hegui.explaining.Explanation` that `Run.explain` gives of a finding.

        Raises:
            UsageError: no explanation was asked for when the entity was checked.
        """
        if self.explainer is None:
            raise UsageError(Diagnostic(_NOT_ASKED, {"rule": self.rule}))
        return self.explainer(lang)


def escape(part: str) -> str:
    """A key part as it stands in a fingerprint: `%`, `/` and `,` and white space percent-escaped, all else as it is.

    >>> escape("M 1/2")
    'M%201%2F2'
    """
    return "".join(quote(char, safe="") if char in "%/, \t\r\n" else char for char in part)


def as_key(text: str) -> str:
    """A key as it stands in fingerprints, whether it is written so or plainly, wide or narrow; the parts of one of several by
    commas.

    >>> as_key("M 1,2023"), as_key("M%201,2023"), as_key("Ｍ１,2023")
    ('M%201,2023', 'M%201,2023', 'M1,2023')
    """
    return "".join(char if char in "%," else escape(char) for char in as_compared(text))


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """How many rows of `about` each verdict fell on. A run counts apart, and not as violations, those that a waiver covers
    (`waived`) and those that rest on memory only (`from_memory`, which are not in the notice's scope either): the six add
    up to the rows judged. Engines count neither."""

    rule: str
    about: str
    violation: int = 0
    compliant: int = 0
    not_applicable: int = 0
    undetermined: int = 0
    waived: int = 0
    in_notice_scope: int = 0
    from_memory: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an engine returns: a summary per rule, and the findings sorted by rule and key, in memory or kept elsewhere."""

    engine: str
    summaries: tuple[RuleSummary, ...]
    findings: Sequence[Finding] = field(default=())


@dataclass(frozen=True, slots=True)
class RowGround:
    """A row a conclusion rests on: its kind and key, and where it stands (index into the run's sources, row there)."""

    kind: str
    key: str
    source: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class CitedLaw:
    """A citation of a conclusion as it is shown, with its role; `later` says what became of it by the day of the
    decision."""

    role: str
    text: Text
    later: Text | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A conclusion drawn about somebody, or (`certain` False) one that may have to be drawn. Nothing it says is more than a lead.

    Attributes:
        conclusion: its name in the ruleset.
        kind: the kind of whom it is about.
        entity: the key of whom it is about.
        name: what that entity is called; None where that is not known.
        jurisdiction: the key of the jurisdiction it was drawn within; None where there is none.
        certain: is it drawn, whatever the missing data should turn out to be?
        count: the number of matches it rests on.
        message: what it says, in both languages; of one that is not certain, what it waits for.
        because: the fingerprints of the findings and conclusions it rests on.
        rows: the rows it rests on besides.
        causes: what it waits for where it is not certain, sorted.
        basis: the articles it cites, as they are shown.
        due: the day proposed for what is to be done; None where it proposes none.
        waived_by: the names of the waivers without which it would count.
    """

    conclusion: str
    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    certain: bool
    count: int
    message: Text
    because: tuple[str, ...] = ()
    rows: tuple[RowGround, ...] = ()
    causes: tuple[Cause, ...] = ()
    basis: tuple[CitedLaw, ...] = ()
    due: date | None = None
    waived_by: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Is it drawn for certain, and not waived?"""
        return self.certain and not self.waived_by

    @property
    def fingerprint(self) -> str:
        """`conclusion/kind/id`, the same in every run."""
        return conclusion_fingerprint(self.conclusion, self.kind, self.entity)

    @property
    def verdict(self) -> str:
        return "concluded" if self.certain else "undetermined"


def conclusion_fingerprint(conclusion: str, kind: str, entity: str) -> str:
    """The fingerprint of a conclusion.

    >>> conclusion_fingerprint("town.not-inspected", "town", "T 1")
    'town.not-inspected/town/T%201'
    """
    return f"{conclusion}/{kind}/{escape(entity)}"


HowKey = Literal["given", "where", "unless", "unless_where", "at_least", "per", "distinct", "about"]
"""The parts of a conclusion that say how it is drawn."""


@dataclass(frozen=True, slots=True)
class ConclusionSummary:
    """What a run keeps of a conclusion, once: its words, how it is drawn, and how often it was: counting (`concluded`),
    `waived`, and only possible. `unplaced` matches may be about anybody: whom is not known."""

    conclusion: str
    title: Text
    about: str
    nature: str
    severity: str
    certainty: str | None
    authority: Text
    notice: tuple[str, ...]
    remedy: Text | None
    how: tuple[tuple[HowKey, str], ...]
    concluded: int = 0
    undetermined: int = 0
    unplaced: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chainer makes of findings and rows: conclusions sorted by name and id, a summary of each, and notes on
    how it came about (which partitions another chainer had to do, and why). `chainer` is None where nothing was asked."""

    chainer: str | None = None
    summaries: tuple[ConclusionSummary, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    notes: tuple[Text, ...] = ()
