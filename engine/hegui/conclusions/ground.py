"""Findings and rows → flat facts: every condition of one row is asked beforehand, every value that is joined on is
written down, every pair that is compared otherwise than by equality is worked out.

What is not known stays so: a candidate is `sure`, or it may be what is meant and carries the causes. A value that is not
known equals no other, and has a flag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from itertools import product
from typing import Any, Protocol
from urllib.parse import unquote

from hegui.conclusions.plan import Equality, Pairing, Plan, unknown
from hegui.conclusions.program import Fact, Scalar, fact
from hegui.datatypes import Cause, Reason, Undetermined, merge
from hegui.engines.request import Request, jurisdiction, name_cell
from hegui.engines.scalar import FactWorld
from hegui.facts.problems import NO_KEY_COLUMN, UNUSABLE_KEY
from hegui.language.scalar import Evaluator, RowData, Scope, Value, World, compile_node
from hegui.language.tree import Node, Row
from hegui.outcome import Finding, Verdict
from hegui.ruleset.model import Rule, Variable, answering
from hegui.waivers.model import Waiver

SET_ASIDE = (UNUSABLE_KEY, NO_KEY_COLUMN)
"""Problems at the door that cost a row its place."""

LONGEST = 10_000
"""Characters of a text that is joined on."""

KNOWN, UNKNOWN = "=", "?"
"""What the text of a known value begins with, and that of one that equals nothing."""


@dataclass(frozen=True, slots=True)
class Support:
    """One finding as conclusions see it: `certain`, or it may be one. `apart` rests on memory: it supports nothing,
    and where it would block something it only may. `waived` names the waiver that covers it: it blocks as ever."""

    finding: Finding
    certain: bool
    apart: bool = False
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a variable may stand for: a finding or a row, by its identity `name`.

    `shown` tells whether a person can look it up (a row set aside, or of a table that is lacking, cannot be).
    """

    variable: Variable
    name: str
    row: RowData
    sure: bool
    causes: tuple[Cause, ...]
    place: str | None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact and the jurisdiction it belongs to; None for every one."""

    fact: Fact
    place: str | None


@dataclass
class Grounded:
    """The facts of one conclusion. `unknown` are the keys that some candidate has no value of, by variable and
    property; `loose` what those values wait for, by kind and identity; `pairs` the causes of pairs that only may
    match."""

    facts: list[Placed] = field(default_factory=list)
    candidates: dict[tuple[str, str], Candidate] = field(default_factory=dict)
    unknown: set[tuple[int, str]] = field(default_factory=set)
    loose: dict[tuple[str, str], tuple[Cause, ...]] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], tuple[Cause, ...]] = field(default_factory=dict)
    told: dict[tuple[str, str], Mapping[str, Scalar]] = field(default_factory=dict)
    """What matches are counted by and told apart by, by kind and identity of the candidate that says it."""
    placeless: set[int] = field(default_factory=set)
    """The variables that may stand for a row whose jurisdiction is not known though its kind has one."""


class FactView(World, Protocol):
    """The facts, all rows of a kind included."""

    def rows(self, kind: str) -> list[RowData]:
        """The rows of a kind in order of their key, those set aside behind them."""
        ...


class Ground:
    """Rows and findings, looked up for all conclusions of one run; in `world`, or in the registry of the request."""

    def __init__(
        self, request: Request, supports: Iterable[Support], lacking: Iterable[Rule], world: FactView | None = None
    ) -> None:
        self.request = request
        self.world: FactView = FactWorld(request) if world is None else world
        self.supports = tuple(supports)
        self.lacking = tuple(lacking)

    @cached_property
    def by_rule(self) -> dict[str, list[Support]]:
        found: dict[str, list[Support]] = {}
        for support in self.supports:
            found.setdefault(support.finding.rule, []).append(support)
        return found

    def scope(self, rows: list[Any]) -> Scope:
        """The world as conditions see it on the day the facts are looked at."""
        return Scope(self.world, self.request.as_of, self.request.as_of, rows)

    def finding_row(self, finding: Finding) -> RowData:
        """A finding as conditions see it."""
        rule, missing = self.request.ruleset.rules[finding.rule], Reason.MISSING
        cells: dict[str, Value] = {
            "rule": finding.rule,
            "about": finding.about,
            "key": self._as_cell(finding.about, finding.key),
            "kind": finding.kind,
            "entity": self._as_cell(finding.kind, finding.entity),
            "name": missing if finding.name is None else finding.name,
            "jurisdiction": missing if finding.jurisdiction is None else finding.jurisdiction,
            "severity": rule.severity.value,
            "nature": rule.nature(finding.occurred or self.request.as_of).value,
            "occurred": missing if finding.occurred is None else finding.occurred,
        }
        return RowData(cells, finding.fingerprint, finding.source, finding.row)

    def _as_cell(self, kind: str, key: str) -> str:
        """A key as it stands in the rows of its kind, where one field holds it; a finding has it escaped."""
        return unquote(key) if len(self.request.kinds[kind].key) == 1 else key

    def ghost_finding(self, rule: Rule) -> RowData:
        """A finding there might be, had the table of the rule been supplied."""
        absent = dict.fromkeys(("key", "entity", "name", "jurisdiction", "occurred"), Reason.NOT_SUPPLIED)
        filed = answering(rule.about, rule.answers, self.request.kinds)
        known = {"rule": rule.name, "about": rule.about, "kind": filed.name, "severity": rule.severity.value}
        nature = rule.nature(self.request.as_of).value
        return RowData({**absent, **known, "nature": nature}, f"?{rule.name}")

    def concluded_row(self, id: str, place: str | None) -> RowData:
        """A conclusion as conditions see it."""
        return RowData({"id": id, "jurisdiction": Reason.MISSING if place is None else place}, id)

    def candidates(self, variable: Variable, blocking: bool) -> Iterator[Candidate]:
        """All that a variable may stand for, before anything is asked of it. Conclusions are not known yet."""
        if variable.source == "finding":
            yield from self._findings(variable, blocking)
        elif variable.source == "row":
            yield from self._rows(variable)

    def _findings(self, variable: Variable, blocking: bool) -> Iterator[Candidate]:
        for name in variable.of:
            for each in self.by_rule.get(name, ()):
                if blocking or not each.apart:
                    yield self.finding_candidate(variable, each)
        for rule in self.lacking:
            if rule.name in variable.of:
                row = self.ghost_finding(rule)
                causes = (Cause(Reason.NOT_SUPPLIED, rule.about),)
                yield Candidate(variable, row.key, row, False, causes, None, shown=False)

    def finding_candidate(self, variable: Variable, each: Support) -> Candidate:
        """A finding as what a variable may stand for. One that rests on memory only may block."""
        finding, sure = each.finding, each.certain and not each.apart
        row, place = self.finding_row(finding), finding.jurisdiction
        return Candidate(variable, text_of(finding.fingerprint), row, sure, finding.causes, place)

    def row_candidate(self, variable: Variable, row: RowData) -> Candidate:
        """A row of a table as what a variable may stand for."""
        kind = variable.kind.name
        name = f"?{kind}/{row.number}" if row.ghost else text_of(f"{kind}/{row.key}")
        causes = (Cause(Reason.UNREADABLE, kind),) if row.ghost else ()
        return Candidate(variable, name, row, not row.ghost, causes, self._place_reader(kind)(row), shown=not row.ghost)

    @cached_property
    def _lost(self) -> Counter[str]:
        """How many rows of each kind were set aside at the door, of which the registry keeps only some."""
        return Counter(each.kind or "" for each in self.request.registry.problems if each.problem in SET_ASIDE)

    def _rows(self, variable: Variable) -> Iterator[Candidate]:
        kind = variable.kind.name
        if kind not in self.request.registry.tables:
            row = RowData(dict.fromkeys(variable.kind.fields, Reason.NOT_SUPPLIED), "")
            yield Candidate(variable, f"?{kind}", row, False, (Cause(Reason.NOT_SUPPLIED, kind),), None, shown=False)
            return
        rows = self.world.rows(kind)
        if self._lost[kind] > sum(row.ghost for row in rows):
            row = RowData(dict.fromkeys(variable.kind.fields, Reason.UNREADABLE), "")
            yield Candidate(variable, f"?{kind}", row, False, (Cause(Reason.UNREADABLE, kind),), None, shown=False)
        yield from (self.row_candidate(variable, row) for row in rows)

    @cache  # noqa: B019 (a ground lives as long as one run)
    def _place_reader(self, kind: str) -> Any:
        return self._reader(jurisdiction(Row("", (kind,)), self.request.kinds))

    @cache  # noqa: B019
    def _name_reader(self, kind: str) -> Any:
        return self._reader(name_cell(Row("", (kind,)), self.request.kinds))

    def _reader(self, cell: Node | None) -> Any:
        if cell is None:
            return lambda row: None
        read = compile_node(cell)

        def text(row: RowData) -> str | None:
            value = read(self.scope([row]))
            return None if isinstance(value, Undetermined) else str(value)

        return text

    def entity(self, kind: str, id: str) -> tuple[str | None, str | None]:
        """The name of a row and the jurisdiction it belongs to, as far as they are known."""
        row = self.world.follow(kind, id)
        if isinstance(row, Reason):
            return None, None
        return self._name_reader(kind)(row), self._place_reader(kind)(row)


def ground(plan: Plan, source: Ground) -> Grounded:
    """The flat facts of one conclusion."""
    found = Grounded()
    given = len(plan.conclusion.given)
    lists: list[list[Candidate]] = []
    for variable in plan.conclusion.variables:
        number = int(variable.row.var)
        asked = Asked(plan, number, source)
        kept = [new for each in source.candidates(variable, number >= given) if (new := asked.ask(each)) is not None]
        lists.append(kept)
        if placed(variable) and any(candidate.place is None for candidate in kept):
            found.placeless.add(number)
        for candidate in kept:
            _keep(found, asked, candidate)
        found.unknown |= asked.unknown
    for clauses in (plan.where, plan.unless):
        for pairing in clauses.pairings:
            _pair(found, plan, pairing, clauses.equalities, lists, source)
    return found


def placed(variable: Variable) -> bool:
    """Has what a variable stands for a jurisdiction, if all is known?"""
    return variable.source != "row" or variable.kind.jurisdiction is not None


def _keep(found: Grounded, asked: Asked, candidate: Candidate) -> None:
    kind = asked.plan.role(asked.number)
    found.candidates[kind, candidate.name] = candidate
    properties, waiting = asked.properties(candidate)
    if waiting:
        found.loose[kind, candidate.name] = waiting
    if {"of", "per"} & set(asked.counted):
        found.told[kind, candidate.name] = properties
    found.facts.append(Placed(fact(kind, properties), candidate.place))


class Asked:
    """What is asked of one variable of a conclusion."""

    def __init__(self, plan: Plan, number: int, source: Ground) -> None:
        self.plan, self.number, self.source = plan, number, source
        self.conditions = [compile_node(node) for node in plan.conditions(number)]
        self.keys = [(key.name, compile_node(key.node)) for key in plan.keys(number)]
        self.counted = {
            name: compile_node(expression.node)
            for name, expression in plan.counted.items()
            if plan.holder(name) == number
        }
        self.unknown: set[tuple[int, str]] = set()
        self.rows: list[Any] = [None] * (len(self.plan.conclusion.variables) + 1)
        self.all_rows = self.source.scope(self.rows)

    def scope(self, row: RowData) -> Scope:
        """The world with the variable standing for `row`; one and the same, so that a million rows need not each have
        one of their own."""
        self.rows[self.number] = row
        return self.all_rows

    def ask(self, candidate: Candidate) -> Candidate | None:
        """The candidate with what could not be told of it; None where it is not meant."""
        scope, waiting = self.scope(candidate.row), [candidate.causes]
        for condition in self.conditions:
            value = condition(scope)
            if value is False:
                return None
            if isinstance(value, Undetermined):
                waiting.append(value.causes)
        sure = candidate.sure and len(waiting) == 1
        return Candidate(
            candidate.variable, candidate.name, candidate.row, sure, merge(waiting), candidate.place, candidate.shown
        )

    def properties(self, candidate: Candidate) -> tuple[Mapping[str, Scalar], tuple[Cause, ...]]:
        """The properties of the fact, every one the conclusion's rules ask for, and what those without a value wait
        for."""
        scope, waiting = self.scope(candidate.row), []
        found: dict[str, Scalar] = {"e": candidate.name, "sure": candidate.sure}
        for name, read in (*self.keys, *self.counted.items()):
            value = read(scope)
            found[name] = known(value, f"{self.number}:{candidate.name}")
            found[unknown(name)] = isinstance(value, Undetermined)
            if isinstance(value, Undetermined):
                self.unknown.add((self.number, name))
                waiting.append(value.causes)
        if "about" in self.counted:
            found |= place_of(self.source, self.plan, found)
        return found, merge(waiting)


def known(value: Value, name: str) -> str:
    """The text of a value; one that equals nothing where it is not known."""
    return UNKNOWN + name if isinstance(value, Undetermined) else KNOWN + text_of(value)


def text_of(value: Value) -> str:
    """A value as it is compared: by its text, of a very long one by its beginning and a digest."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…{sha256(text.encode()).hexdigest()}"


def place_of(source: Ground, plan: Plan, found: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The jurisdiction of whom a match is about."""
    about = str(found["about"])
    place = None
    if about.startswith(KNOWN):
        place = source.entity(plan.conclusion.about_kind, about.removeprefix(KNOWN))[1]
    return {"place": UNKNOWN + about if place is None else KNOWN + place, unknown("place"): place is None}


# --- pairs ---------------------------------------------------------------------------------------------------------


def _pair(
    found: Grounded,
    plan: Plan,
    pairing: Pairing,
    equalities: tuple[Equality, ...],
    lists: list[list[Candidate]],
    source: Ground,
) -> None:
    left, right = pairing.variables
    for pair in pairs(plan, pairing, equalities, lists[left], lists[right], source):
        found.pairs[pair.called] = pair.causes
        found.facts.append(pair.placed)


@dataclass(frozen=True, slots=True)
class PairFound:
    """Two candidates that match, or may: `called` is the kind of the fact and their names."""

    called: tuple[str, str, str]
    causes: tuple[Cause, ...]
    placed: Placed


def pairs(
    plan: Plan,
    pairing: Pairing,
    equalities: tuple[Equality, ...],
    lefts: list[Candidate],
    rights: list[Candidate],
    source: Ground,
) -> Iterator[PairFound]:
    """The pairs that may match: all that no equality between the two rules out are looked at."""
    left, right = pairing.variables
    conditions = [compile_node(node) for node in pairing.nodes]
    joined = [each for each in equalities if (each.left.variable, each.right.variable) == pairing.variables]
    rows: list[Any] = [None] * (len(plan.conclusion.variables) + 1)
    scope = source.scope(rows)
    for one, other in _joined(joined, lefts, rights, source, rows):
        rows[left], rows[right] = one.row, other.row
        values = [condition(scope) for condition in conditions]
        if any(value is False for value in values):
            continue
        causes = merge(value.causes for value in values if isinstance(value, Undetermined))
        properties: dict[str, Scalar] = {"l": one.name, "r": other.name, "sure": not causes}
        place = one.place if one.place is not None else other.place
        yield PairFound((pairing.kind, one.name, other.name), causes, Placed(fact(pairing.kind, properties), place))


def _joined(
    equalities: list[Equality], left: list[Candidate], right: list[Candidate], source: Ground, rows: list[Any]
) -> Iterator[tuple[Candidate, Candidate]]:
    if not equalities:
        yield from product(left, right)
        return
    readers = [(compile_node(each.left.node), compile_node(each.right.node)) for each in equalities]
    scope = source.scope(rows)
    keys = [(each, _values(each, [reader for reader, _ in readers], scope)) for each in left]
    others = [(each, _values(each, [reader for _, reader in readers], scope)) for each in right]
    loose = [pair for pair in others if None in pair[1]]
    index: dict[tuple[str | None, ...], list[Candidate]] = {}
    for candidate, values in others:
        if None not in values:
            index.setdefault(values, []).append(candidate)
    for candidate, values in keys:
        exact = index.get(values, []) if None not in values else []
        yield from ((candidate, other) for other in exact)
        near = loose if None not in values else others
        yield from ((candidate, other) for other, theirs in near if _may_equal(values, theirs))


def _may_equal(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def _values(candidate: Candidate, readers: list[Evaluator], scope: Scope) -> tuple[str | None, ...]:
    scope.rows[int(candidate.variable.row.var)] = candidate.row
    found = [read(scope) for read in readers]
    return tuple(None if isinstance(value, Undetermined) else text_of(value) for value in found)


def supports(
    findings: Iterable[Finding],
    from_memory: Callable[[Finding], bool],
    waivers_of: Callable[[Finding], Sequence[Waiver]] = lambda finding: (),
) -> Iterator[Support]:
    """Findings that count for conclusions: what was found, and what may be."""
    for finding in findings:
        if finding.verdict is Verdict.VIOLATION:
            waived = next((each.name for each in waivers_of(finding)), None)
            yield Support(finding, True, from_memory(finding), waived)
        elif finding.verdict is Verdict.UNDETERMINED:
            yield Support(finding, False, from_memory(finding))
