"""What a ruleset is once it is loaded: rules, dated parameters, laws and definitions, all checked and typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pkgutil import resolve_name
from typing import Any, Literal, Protocol

from hegui.arguments import plain_value
from hegui.datatypes import Text, Type
from hegui.language.tree import Cell, Chain, Given, Node, Param, Row, children, walk
from hegui.outcome import RuleResult
from hegui.source import Diagnostic, Span, UsageError, Wording
from hegui.vocabulary import Kind, Vocabulary

_NO_PARAMETER = Wording("unknown-parameter", "there is no parameter `{name}`", "没有参数 `{name}`")
_NO_VALUE = Wording("parameter-type", "`{name}` is no {type}: `{found}`", "`{name}` 不是 {type}：`{found}`")


class Severity(StrEnum):
    """Priority of handling, never a legal degree. Ordered: low < minor < major < critical."""

    LOW = "low"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Nature(StrEnum):
    """What kind of matter a finding is (LEGAL: offence, breach of permit or plan, duty of an authority, policy, clue)."""

    OFFENCE = "offence"
    BREACH = "breach"
    DUTY = "duty"
    POLICY = "policy"
    CLUE = "clue"


class Certainty(StrEnum):
    """How sure the source of a number or citation is. A proposal has no source: somebody who wrote the ruleset chose
    the number, and says so."""

    SEEN = "seen"
    SECONDARY = "secondary"
    PROPOSAL = "proposal"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; None is open. `pending` is never in force."""

    start: date | None = None
    end: date | None = None
    pending: bool = False

    def holds(self, day: date) -> bool:
        return not self.pending and (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def meets(self, other: Period) -> bool:
        """Is there a day in both?"""
        starts = [p.start for p in (self, other) if p.start]
        ends = [p.end for p in (self, other) if p.end]
        return not (self.pending or other.pending) and (not starts or not ends or max(starts) <= min(ends))


@dataclass(frozen=True, slots=True)
class Expr:
    """A condition of the ruleset: its text as written, its typed tree, and where it stands."""

    text: str
    node: Node
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value. `text` is the decimal text of a number as written; `value` the typed value in the parameter's
    own unit; `layer` the ruleset that gave it."""

    value: str | int | float | bool | date
    text: str
    period: Period
    source: Text
    certainty: Certainty
    layer: str
    last_verified: date | None = None
    span: Span | None = field(default=None, compare=False)
    from_span: Span | None = field(default=None, compare=False)
    to_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated parameter; `values` are in order of date and do not overlap."""

    name: str
    label: Text
    type: Type
    values: tuple[ParameterValue, ...]
    span: Span = field(compare=False)

    def on(self, day: date) -> ParameterValue | None:
        """The value in force on `day`, or None."""
        return next((value for value in self.values if value.period.holds(day)), None)


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One version of a law and the days it is in force."""

    label: str
    period: Period
    certainty: Certainty
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """A law, regulation, standard or policy paper with its versions in order of date.

    `replaced_by` names the law that took its place after the last version; `kept` says why a law is here that nothing
    cites.
    """

    name: str
    title: Text
    versions: tuple[LawVersion, ...]
    span: Span = field(compare=False)
    replaced_by: str | None = None
    level: str = "law"
    kept: Text | None = None

    def version(self, label: str) -> LawVersion | None:
        return next((version for version in self.versions if version.label == label), None)

    def on(self, day: date) -> LawVersion | None:
        """The version in force on `day`, or None."""
        return next((version for version in self.versions if version.period.holds(day)), None)


Role = Literal["duty", "penalty", "power", "standard", "definition", "policy"]


@dataclass(frozen=True, slots=True)
class Citation:
    """An article of one version of a law. A penalty counts only where `condition` (YAML `if`) is true; `gist` is a
    paraphrase of ours, never the wording of the law."""

    law: str
    version: str
    article: str
    role: Role
    certainty: Certainty
    span: Span = field(compare=False)
    gist: Text | None = None
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would put the matter right, and the number of working days proposed for it."""

    text: Text
    workdays: Expr | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message in two languages with `{expression}` placeholders, each compiled once.

    `zh` and `en` are sequences of literal text and expressions in order.
    """

    zh: tuple[str | Expr, ...]
    en: tuple[str | Expr, ...]

    def get(self, lang: str) -> tuple[str | Expr, ...]:
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an example expects a finding to show: the value of a condition over what the finding records, as written."""

    of: Expr
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Example:
    """One worked case of a rule. `given` is the row judged, in the shape of its kind: a reference may hold the
    mapping of the row it points at, a relation a list of rows. Kept as written; `assure` turns it into a registry.

    `also` are the verdicts of other rules on the same rows; `places` is where its values stand, by their key
    (`verdict`, `message.zh`, `also.mine.no-plan`).
    """

    name: str
    given: dict[str, object]
    verdict: str
    span: Span = field(compare=False)
    causes: tuple[str, ...] | None = None
    as_of: date | None = None
    decided_on: date | None = None
    message: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    also: dict[str, str] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Occurred:
    """The day of the act: one expression, or an interval. The law of `end` decides; an interval without end is a
    continuing act and the law of `as_of` decides."""

    start: Expr | None = None
    end: Expr | None = None
    interval: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule, checked. `about` is the kind each row of which is judged; `answers` is the reference path from it to
    the entity the finding is filed under (empty: the row itself)."""

    name: str
    title: Text
    about: str
    answers: tuple[str, ...]
    notice: tuple[str, ...]
    natures: tuple[tuple[Nature, Period], ...]
    severity: Severity
    authority: Text
    occurred: Occurred
    violation: Expr
    message: Message
    remedy: Remedy | None
    basis: tuple[Citation, ...]
    layer: str
    span: Span = field(compare=False)
    when: Expr | None = None
    notice_scope: Expr | None = None
    in_force: Period = Period()
    examples: tuple[Example, ...] = ()
    formerly: tuple[str, ...] = ()
    in_force_span: Span | None = field(default=None, compare=False)

    def nature(self, day: date) -> Nature:
        """The nature of the matter on the day of the act."""
        return next((nature for nature, period in self.natures if period.holds(day)), self.natures[-1][0])

    def expressions(self) -> Iterator[Expr]:
        """Every condition of the rule, in a fixed order: occurred, when, violation, scope, message, basis, remedy."""
        yield from self.deciding()
        if self.notice_scope is not None:
            yield self.notice_scope
        yield from (part for part in (*self.message.zh, *self.message.en) if isinstance(part, Expr))
        yield from (citation.condition for citation in self.basis if citation.condition is not None)
        if self.remedy is not None and self.remedy.workdays is not None:
            yield self.remedy.workdays

    def deciding(self) -> Iterator[Expr]:
        """The conditions the verdict depends on: occurred, when, violation."""
        fixed = (self.occurred.start, self.occurred.end, self.when, self.violation)
        yield from (part for part in fixed if part is not None)

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The distinct cells, parameters and chains the rule's conditions are made of, in order of appearance. Their
        values are what a finding records; everything shown is computed from them."""
        found: dict[Node, None] = {}
        for expression in self.expressions():
            _collect(expression.node, found)
        return tuple(found)


def leaves_of(node: Node) -> tuple[Node, ...]:
    """The cells, parameters and chains a condition is made of, in order of appearance."""
    found: dict[Node, None] = {}
    _collect(node, found)
    return tuple(found)


def _collect(node: Node, found: dict[Node, None]) -> None:
    if isinstance(node, (Cell, Param, Chain)):
        found.setdefault(node)
    if isinstance(node, Chain) and isinstance(node.source, Given):  # `x in [a, b]`: x is the entity's own
        found.update(dict.fromkeys(part for part in walk(node) if isinstance(part, Cell) and not part.row.var))
    if isinstance(node, (Cell, Chain)):
        return  # what lies inside a chain belongs to the chain; the day of a parameter stands on its own
    for child in children(node):
        _collect(child, found)


def answering(about: str, answers: Iterable[str], kinds: Mapping[str, Kind]) -> Kind:
    """The kind a rule's findings are filed under: its references followed from the kind judged."""
    kind = kinds[about]
    for reference in answers:
        kind = kinds[kind.fields[reference].type.kind or ""]
    return kind


Source = Literal["finding", "conclusion", "row"]
"""What a name of a conclusion stands for: a finding, another conclusion, or a row of a kind."""


@dataclass(frozen=True)
class Variable:
    """A name of a conclusion and what it ranges over.

    `of` are the rules whose findings it stands for, or the one conclusion, or the one kind. `kind` is the shape of what
    it stands for; `row` is how conditions refer to it: its `var` is the number of the variable.
    """

    name: str
    source: Source
    of: tuple[str, ...]
    kind: Kind
    row: Row


@dataclass(frozen=True, slots=True)
class StatedFinding:
    """A finding an example takes as given; without an `entity` it is filed under the row judged."""

    rule: str
    entity: str | None
    verdict: str
    key: str
    jurisdiction: str | None = None
    occurred: date | None = None


@dataclass(frozen=True, slots=True)
class StatedConclusion:
    """A conclusion an example takes as given."""

    conclusion: str
    id: str
    verdict: str
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class ConclusionExample:
    """One worked case of a conclusion: rows by kind, findings and conclusions it rests on, tables that are `lacking`,
    and the ids it must be drawn about."""

    name: str
    given: dict[str, list[dict[str, object]]]
    findings: tuple[StatedFinding, ...]
    conclusions: tuple[StatedConclusion, ...]
    lacking: tuple[str, ...]
    concluded: tuple[str, ...]
    undetermined: tuple[str, ...]
    span: Span = field(compare=False)
    as_of: date | None = None


@dataclass(frozen=True)
class Conclusion:
    """What findings mean for those who answer for them (DESIGN 8): given rows and findings between which `where`
    holds, unless there are rows for which `unless_where` holds.

    `about_kind` and `about` say whom it is about. With `at_least`, that many distinct matches per `per` are needed;
    `distinct` tells them apart. Conditions number the variables: `given` first, then `unless`; in messages the number
    after the last is the count of matches.
    """

    name: str
    title: Text
    notice: tuple[str, ...]
    natures: tuple[tuple[Nature, Period], ...]
    severity: Severity
    authority: Text
    given: tuple[Variable, ...]
    unless: tuple[Variable, ...]
    about_kind: str
    about: Expr
    message: Message
    remedy: Remedy | None
    basis: tuple[Citation, ...]
    layer: str
    span: Span = field(compare=False)
    where: Expr | None = None
    unless_where: Expr | None = None
    at_least: Expr | None = None
    per: Expr | None = None
    distinct: Expr | None = None
    in_force: Period = Period()
    examples: tuple[ConclusionExample, ...] = ()

    def nature(self, day: date) -> Nature:
        """The nature of the matter on a day."""
        return next((nature for nature, period in self.natures if period.holds(day)), self.natures[-1][0])

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Those given and those of `unless`, in order of their number."""
        return self.given + self.unless

    def rests_on(self) -> Iterator[str]:
        """The conclusions it names."""
        yield from (variable.of[0] for variable in self.variables if variable.source == "conclusion")

    def expressions(self) -> Iterator[Expr]:
        """Every condition of the conclusion."""
        fixed = (self.where, self.unless_where, self.about, self.at_least, self.per, self.distinct)
        yield from (part for part in fixed if part is not None)
        yield from (part for part in (*self.message.zh, *self.message.en) if isinstance(part, Expr))
        yield from (citation.condition for citation in self.basis if citation.condition is not None)
        if self.remedy is not None and self.remedy.workdays is not None:
            yield self.remedy.workdays


class NoticeRole(StrEnum):
    """What a notice says something for. Problems and demands want a rule or conclusion that answers them."""

    PROBLEM = "problem"
    DEMAND = "demand"
    PROGRESS = "progress"
    HEADING = "heading"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def wants_answer(self) -> bool:
        return self in (NoticeRole.PROBLEM, NoticeRole.DEMAND)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number a notice publishes. It is held against the rows of `kind` (those `where` is true of, if given), or
    against what `rule` finds in the notice's scope."""

    label: Text
    published: int
    kind: str | None = None
    where: Expr | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One matter a notice names, in our own words; `reason` says why nothing answers it."""

    code: str
    text: Text
    role: NoticeRole
    span: Span = field(compare=False)
    reason: Text | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """An inspection notice with its items in order."""

    name: str
    title: Text
    issued: date
    items: tuple[NoticeItem, ...]
    span: Span = field(compare=False)


class Matter(Protocol):
    """What can answer an item of a notice: a rule or a conclusion."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> Text: ...
    @property
    def notice(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding about the ruleset itself that somebody looked at and lets stand: see `hegui.assure.accepting`.

    `finding` is the id of the check's wording, `name` the rule, parameter, … it is about; without `detail` it is every
    finding of that id and name. `layer` is the ruleset of the chain that says so.
    """

    finding: str
    name: str
    detail: str | None
    reason: Text
    layer: str
    span: Span = field(compare=False)


@dataclass(frozen=True)
class Ruleset:
    """A ruleset with all its layers. `layers` are names from the base to the one loaded; `digest` is `sha256:…` over
    every file of every layer."""

    name: str
    version: str
    title: Text
    layers: tuple[str, ...]
    vocabulary: Vocabulary
    parameters: dict[str, Parameter]
    laws: dict[str, Law]
    rules: dict[str, Rule]
    digest: str
    workdays: dict[date, bool] = field(default_factory=dict)
    """Days of the ruleset's own calendars (`calendars/2027.yaml`): True is a working day."""
    conclusions: dict[str, Conclusion] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    definitions: dict[str, dict[str, Expr]] = field(default_factory=dict)
    """Named definitions (`let:`) by kind and name, each about a row of its kind."""
    accepted: tuple[Accepted, ...] = ()
    """What is known about the ruleset and let stand, in the order it is written, base layer first."""
    plugins: tuple[str, ...] = ()
    """The distributions whose functions its conditions use, sorted."""

    def __repr__(self) -> str:
        return f"<Ruleset {self.name} {self.version}: {len(self.rules)} rules, {self.digest[:15]}>"

    def check(
        self,
        entity: object,
        *,
        kind: str | None = None,
        as_of: date | None = None,
        decided_on: date | None = None,
        explain: bool = False,
        complete: bool = False,
    ) -> tuple[RuleResult, ...]:
        """Judge one entity by every rule about its kind, in order of the rules' names; see `docs/embedding.md`.

        Args:
            entity: a mapping of field names to values, or a pydantic model of its kind (`vocabulary.model`).
            kind: the kind of the entity; may be left out for a model, and where all rules are about one kind.
            as_of: the day the entity is looked at; default today in Asia/Shanghai.
            decided_on: the day of the decision, for which explanations compare later law; default `as_of`.
            explain: with findings, causes and explanations; milliseconds instead of microseconds.
            complete: relations that are left out are empty; otherwise they are not known.

        Raises:
            UsageError: it has a field its kind has not or a value its field cannot have, or its kind does not become clear.
        """
        told = kind is not None and entity.__class__ is dict  # there is nothing to find out about the entity
        checker = self.checker(str(kind)) if told else _embedding("checker_of")(self, entity, kind)
        days = {"as_of": as_of, "decided_on": decided_on}
        results: tuple[RuleResult, ...] = checker.check(entity, **days, explain=explain, complete=complete)
        return results

    def with_parameter(self, name: str, value: str | float | bool | date) -> Ruleset:
        """The ruleset with one value of a parameter, in its own unit, on all days: to ask what would be if. It has another
        digest, and a version that says what was altered, which runs and reports name.

        Raises:
            UsageError: there is no such parameter, or its type has no such value.
        """
        if (known := self.parameters.get(name)) is None:
            raise UsageError(Diagnostic(_NO_PARAMETER, {"name": name}))
        if (value := plain_value(known.type.name, found := value)) is None:
            raise UsageError(Diagnostic(_NO_VALUE, {"name": name, "type": known.type.name, "found": repr(found)}))
        text = f"{Decimal(repr(value).removesuffix('.0')):f}" if isinstance(value, float) else str(value)
        assumed = ParameterValue(value, text, Period(), Text("假设", "assumed"), Certainty.PROPOSAL, self.name)
        digest, version = f"{self.digest} {name} {text}".encode(), f"{self.version} ({name} = {text})"
        parameters = {**self.parameters, name: replace(known, values=(assumed,))}
        return replace(self, version=version, digest=f"sha256:{sha256(digest).hexdigest()}", parameters=parameters)

    def checker(self, kind: str) -> Any:
        """The `hegui.embedding.Checker` of all rules about a kind, made once.

        Raises:
            UsageError: an unknown kind.
        """
        found = self._checkers.get(kind)
        return found if found is not None else self._checkers.setdefault(kind, _embedding("Checker")(self, kind))

    @cached_property
    def _checkers(self) -> dict[str, Any]:
        return {}

    @property
    def matters(self) -> tuple[Matter, ...]:
        """All that can answer an item of a notice, by name."""
        rules: list[Matter] = [matter for _, matter in sorted(self.rules.items())]
        return (*rules, *(matter for _, matter in sorted(self.conclusions.items())))


def _embedding(name: str) -> Any:
    """Judging one entity stands far above this module; it is found by name, so that nothing here depends on it."""
    return resolve_name(f"hegui.embedding:{name}")
