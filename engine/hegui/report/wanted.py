"""The data a run waits for: what undetermined findings lack, by table and field, and by entity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hegui.datatypes import Reason
from hegui.engines.frames import decoded
from hegui.engines.kept import Kept
from hegui.explaining.document import RuleDocument
from hegui.language.printer import chain_name
from hegui.language.tree import Cell, Chain, Given, Listed, Node, Related, Row, walk
from hegui.outcome import Drawn, Finding, Verdict

_BEYOND_FACTS = (
    Reason.NOT_IN_FORCE,
    Reason.DIVISION_BY_ZERO,
    Reason.OUT_OF_RANGE,
    Reason.BEYOND_CALENDAR,
)
"""Reasons no registry can mend: what they name is a parameter or a part of a condition."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One sort of missing data: a `field` of a `kind`, or with None the whole table. Where no table holds it (a
    parameter without value, a division by zero), `kind` is None and `field` says what has no value."""

    kind: str | None
    field: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """What waits for a lack: how many findings, filed under which and how many entities (`kind/key`; not listed where
    findings are kept as Parquet), and which rules; those of
    `unchecked` judged nothing at all, because the table is the one they are about. For a whole table also the
    `conclusions` that are undetermined without it; what else they wait for, findings wait for already."""

    lack: Lack
    findings: int
    of: tuple[str, ...]
    rules: tuple[str, ...]
    unchecked: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    entities: int = 0


@dataclass(frozen=True, slots=True)
class EntityWants:
    """What an entity's findings wait for, with how many findings wait for each."""

    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    lacks: tuple[tuple[Lack, int], ...]


@dataclass
class _Waiting:
    """Who waits for one lack, while it is being counted."""

    findings: int = 0
    of: set[str] = field(default_factory=set)
    entities: int | None = None
    rules: set[str] = field(default_factory=set)
    unchecked: set[str] = field(default_factory=set)
    conclusions: set[str] = field(default_factory=set)

    def wanted(self, lack: Lack) -> Wanted:
        """What is said of it, names in order."""
        of, rules, unchecked, conclusions = (
            tuple(sorted(names)) for names in (self.of, self.rules, self.unchecked, self.conclusions)
        )
        entities = len(of) if self.entities is None else self.entities
        return Wanted(lack, self.findings, of, rules, unchecked, conclusions, entities)


def _tables_of_conclusions(drawn: Iterable[Drawn], kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    """Conclusions that are undetermined for want of a table, with its kind, which is what their cause names."""
    for each in drawn:
        causes = (cause for cause in each.causes if cause.reason is Reason.NOT_SUPPLIED and cause.path in kinds)
        yield from ((each.conclusion, cause.path) for cause in causes if not each.certain)


def data_wanted(
    findings: Iterable[Finding],
    documents: Mapping[str, RuleDocument],
    not_supplied: Mapping[str, str],
    drawn: Iterable[Drawn] = (),
    kinds: Collection[str] = (),
) -> tuple[Wanted, ...]:
    """Everything a run waits for: whole tables first, then what most findings wait for.

    Args:
        findings: of the run; only the undetermined count.
        documents: what the run keeps of each rule, by name.
        not_supplied: rules whose own table was not supplied, with its kind.
        drawn: conclusions; only the undetermined count.
        kinds: the names of all kinds.
    """
    waiting: dict[Lack, _Waiting] = {}
    if isinstance(findings, Kept):
        waiting = _kept_waiting(findings, documents)
    else:
        for finding, lacks in _lacking(findings, documents):
            for lack in lacks:
                found = waiting.setdefault(lack, _Waiting())
                found.findings += 1
                found.of.add(f"{finding.kind}/{finding.entity}")
                found.rules.add(finding.rule)
    for rule, kind in not_supplied.items():
        found = waiting.setdefault(Lack(kind, None, Reason.NOT_SUPPLIED), _Waiting())
        found.rules.add(rule)
        found.unchecked.add(rule)
    for conclusion, kind in _tables_of_conclusions(drawn, kinds):
        waiting.setdefault(Lack(kind, None, Reason.NOT_SUPPLIED), _Waiting()).conclusions.add(conclusion)
    wanted = (each.wanted(lack) for lack, each in waiting.items())
    return tuple(sorted(wanted, key=_order))


def _kept_waiting(findings: Kept, documents: Mapping[str, RuleDocument]) -> dict[Lack, _Waiting]:
    """The same of findings that are kept: by the causes that occur, of which there are few."""
    waiting: dict[Lack, _Waiting] = {}
    where: dict[Lack, dict[str, list[str]]] = {}
    for rule in findings.counts:
        known = dict(_places(documents[rule]))
        for text, count in findings.causes(rule).items():
            lacks = (_lack(cause.path, cause.reason, known.get(cause.path)) for cause in decoded(text))
            for lack in dict.fromkeys(lacks):
                found = waiting.setdefault(lack, _Waiting())
                found.findings += count
                found.rules.add(rule)
                where.setdefault(lack, {}).setdefault(rule, []).append(text)
    for lack, found in waiting.items():
        found.entities = findings.entities(where[lack])
    return waiting


def _order(wanted: Wanted) -> tuple[bool, int, str, str, str]:
    lack = wanted.lack
    whole = lack.reason is Reason.NOT_SUPPLIED
    return (not whole, -wanted.findings, lack.kind or "~", lack.field or "", lack.reason.value)


def wanted_of_entities(findings: Iterable[Finding], documents: Mapping[str, RuleDocument]) -> tuple[EntityWants, ...]:
    """What each entity's findings wait for; by who answers for the entities, then by kind and key. Of findings that are
    kept as Parquet there are too many entities to list."""
    if isinstance(findings, Kept):
        return ()
    first: dict[tuple[str, str], Finding] = {}
    counts: dict[tuple[str, str], dict[Lack, int]] = {}
    for finding, lacks in _lacking(findings, documents):
        at = (finding.kind, finding.entity)
        first.setdefault(at, finding)
        own = counts.setdefault(at, {})
        for lack in lacks:
            own[lack] = own.get(lack, 0) + 1
    found = [
        EntityWants(kind, entity, first[kind, entity].name, first[kind, entity].jurisdiction, tuple(own.items()))
        for (kind, entity), own in counts.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.jurisdiction or "", each.kind, each.entity)))


def _lacking(
    findings: Iterable[Finding], documents: Mapping[str, RuleDocument]
) -> Iterator[tuple[Finding, tuple[Lack, ...]]]:
    """Undetermined findings with what they lack, each lack once."""
    places: dict[str, dict[str, Place]] = {}
    for finding in findings:
        if finding.verdict is not Verdict.UNDETERMINED:
            continue
        if finding.rule not in places:
            places[finding.rule] = dict(_places(documents[finding.rule]))
        known = places[finding.rule]
        lacks = (_lack(cause.path, cause.reason, known.get(cause.path)) for cause in finding.causes)
        yield finding, tuple(dict.fromkeys(lacks))


# --- from the path of a cause to the table and field it means ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """What a path leads to: a field of a kind (None: rows of it), and for a reference or relation the kind beyond."""

    kind: str
    field: str | None
    beyond: str | None = None


def _lack(path: str, reason: Reason, place: Place | None) -> Lack:
    if place is None or reason in _BEYOND_FACTS:
        return Lack(None, path, reason)
    if reason is Reason.NOT_SUPPLIED:
        return Lack(place.beyond or place.kind, None, reason)
    return Lack(place.kind, place.field, reason)


def _places(document: RuleDocument) -> Iterator[tuple[str, Place]]:
    for expression in document.judging():
        for node in walk(expression.node):
            yield from _node_places(node)


def _node_places(node: Node) -> Iterator[tuple[str, Place]]:
    match node:
        case Cell(row=row, field=name, type=type_):
            yield from _way(row)
            yield node.path, Place(row.kind, name, type_.kind)
        case Chain(source=Related(row=row, kind=kind) as source):
            yield from _way(row)
            yield source.path, Place(kind, None)
            yield chain_name(node), Place(kind, node.value.field if isinstance(node.value, Cell) else None)
        case Chain(source=Listed(cell=cell)):
            yield from _node_places(cell)
            yield chain_name(node), Place(cell.row.kind, cell.field)
        case Chain(source=Given()):
            return


def _way(row: Row) -> Iterator[tuple[str, Place]]:
    """The references followed to a row."""
    for number, reference in enumerate(row.refs):
        before = Row(row.var, row.kinds[: number + 1], row.refs[:number], row.origin)
        yield before.path(reference), Place(row.kinds[number], reference, row.kinds[number + 1])
