"""What a run keeps of vocabulary and facts so that it can be read without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.engines.request import answering_row
from hegui.explain.document import Leaf, Paper, RuleDocument
from hegui.facts.registry import GHOST, LINE, SOURCE, Registry
from hegui.outcome import Drawn, Finding, LeafValue, escape
from hegui.vocabulary import Kind, Vocabulary

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """How a field and its codes are called."""

    label: Text
    unit: str | None = None
    codes: dict[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KindLabel:
    """How a kind and its fields are called."""

    label: Text
    fields: dict[str, FieldLabel]


@dataclass(frozen=True, slots=True)
class EntityLabel:
    """An entity that has a finding. `coordinates` are longitude and latitude."""

    name: str | None
    jurisdiction: str | None
    coordinates: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of kinds, fields and codes; entities with findings, by kind and id; names of jurisdictions, by id."""

    kinds: dict[str, KindLabel]
    entities: dict[str, dict[str, EntityLabel]]
    jurisdictions: dict[str, str]


def of(vocabulary: Vocabulary, registry: Registry, findings: Iterable[Finding]) -> Labels:
    """The labels a run over `registry` needs. Entities of findings that are kept stand with these."""
    if isinstance(findings, Kept):
        kinds = {name: _kind(kind) for name, kind in sorted(vocabulary.kinds.items())}
        return Labels(kinds, {}, _kept_jurisdictions(registry, findings))
    entities: dict[str, dict[str, EntityLabel]] = {}
    found = {(finding.kind, finding.entity): finding for finding in findings}
    places = _coordinates(registry, {kind for kind, _ in found})
    for (kind, entity), finding in sorted(found.items()):
        at = places.get((kind, entity))
        entities.setdefault(kind, {})[entity] = EntityLabel(finding.name, finding.jurisdiction, at)
    wanted = {finding.jurisdiction for finding in found.values() if finding.jurisdiction is not None}
    kinds = {name: _kind(kind) for name, kind in sorted(vocabulary.kinds.items())}
    return Labels(kinds, entities, _jurisdictions(registry, {kind for kind, _ in found}, wanted))


def with_jurisdictions(labels: Labels, vocabulary: Vocabulary, registry: Registry, drawn: Iterable[Drawn]) -> Labels:
    """The labels with the names of the jurisdictions conclusions are in."""
    drawn = list(drawn)
    wanted = {each.jurisdiction for each in drawn if each.jurisdiction is not None}
    found = _jurisdictions(registry, {each.kind for each in drawn}, wanted)
    return replace(labels, jurisdictions=dict(sorted({**labels.jurisdictions, **found}.items())))


def _kind(kind: Kind) -> KindLabel:
    return KindLabel(kind.label, {f.name: FieldLabel(f.label, f.type.unit, f.codes) for f in kind.fields.values()})


def sizes(registry: Registry) -> dict[str, int]:
    """How many rows of each kind were read, those set aside not counted."""
    import polars as pl

    return {
        name: int(_real(frame).select(pl.len()).collect().item()) for name, frame in sorted(registry.tables.items())
    }


def _real(frame: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    import polars as pl

    lazy = frame.lazy()
    return lazy.filter(~pl.col(GHOST)) if GHOST in lazy.collect_schema() else lazy


# --- entities ------------------------------------------------------------------------------------------------------


def _coordinates(registry: Registry, kinds: set[str]) -> dict[tuple[str, str], tuple[float, ...]]:
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    for name in sorted(kinds & set(registry.tables)):
        kind = registry.vocabulary.kinds[name]
        if kind.coordinates is None or not kind.key:
            continue
        rows = _real(registry.tables[name]).select(*kind.key, *kind.coordinates).drop_nulls().collect()
        for *key, lon, lat in rows.iter_rows():
            found[name, ",".join(escape(str(part)) for part in key)] = (float(lon), float(lat))
    return found


def _kept_jurisdictions(registry: Registry, findings: Kept) -> dict[str, str]:
    """The same of findings that are kept, which are read no further than it takes to see all there may be."""
    kinds = registry.vocabulary.kinds
    rules = [findings.rules[name] for name in findings.counts]
    filed = {rule.about for rule in rules} | {answering_row(rule, kinds).kind for rule in rules}
    names = _named(registry, filed)
    there = findings.among("jurisdiction", names)
    return {place: name for place, name in sorted(names.items()) if place in there}


def _jurisdictions(registry: Registry, kinds: set[str], wanted: set[str]) -> dict[str, str]:
    """Names of the entities jurisdictions point at; a jurisdiction given as a plain text has none."""
    return {place: name for place, name in sorted(_named(registry, kinds).items()) if place in wanted}


def _named(registry: Registry, kinds: set[str]) -> dict[str, str]:
    """The names of all entities that may be a jurisdiction of rows of some kinds, by key."""
    found: dict[str, str] = {}
    pointed = (_jurisdiction_kind(registry.vocabulary, name) for name in sorted(kinds))
    for kind in {kind.name: kind for kind in pointed if kind is not None}.values():
        if kind.name not in registry.tables or kind.name_field is None or len(kind.key) != 1:
            continue
        columns = list(dict.fromkeys((kind.key[0], kind.name_field)))
        rows = _real(registry.tables[kind.name]).select(columns).drop_nulls().collect()
        found |= {str(row[0]): str(row[-1]) for row in rows.iter_rows()}
    return found


def _jurisdiction_kind(vocabulary: Vocabulary, name: str) -> Kind | None:
    """The kind the jurisdiction of a kind's rows belongs to; itself where it is its own key."""
    kind = vocabulary.kinds[name]
    if kind.jurisdiction is None:
        return None
    if (kind.jurisdiction,) == kind.key:
        return kind
    at: Kind | None = kind
    for step in kind.jurisdiction.split("."):
        target = at.fields[step].type.kind if at is not None and step in at.fields else None
        at = vocabulary.kinds.get(target) if target is not None else None
    return at


# --- papers --------------------------------------------------------------------------------------------------------


def papers(
    registry: Registry, findings: Iterable[Finding], documents: Mapping[str, RuleDocument]
) -> dict[tuple[int, int, str], Paper]:
    """The paper evidence recorded for the values of findings."""
    wanted: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for leaf, value in _evidenced(findings, documents):
        if leaf.kind is not None and leaf.field is not None and value.source is not None and value.row is not None:
            wanted.setdefault((leaf.kind, leaf.field), set()).add((value.source, value.row))
    found: dict[tuple[int, int, str], Paper] = {}
    for (kind, name), rows in wanted.items():
        found |= {(*at, name): paper for at, paper in _papers(registry, kind, name) if at in rows}
    return {at: paper for at, paper in sorted(found.items()) if paper != Paper()}


def _evidenced(findings: Iterable[Finding], documents: Mapping[str, RuleDocument]) -> Iterator[tuple[Leaf, LeafValue]]:
    for finding in findings:
        leaves = documents[finding.rule].leaves
        yield from (pair for pair in zip(leaves, finding.values, strict=False) if pair[0].evidenced)


def _papers(registry: Registry, kind: str, name: str) -> Iterator[tuple[tuple[int, int], Paper]]:
    evidence = registry.vocabulary.kinds[kind].fields[name].evidence
    if evidence is None or kind not in registry.tables:
        return
    names = [part for part in (evidence.source_doc, evidence.obtained_on, evidence.method) if part is not None]
    frame = _real(registry.tables[kind]).select(SOURCE, LINE, *dict.fromkeys(names)).collect()
    for row in frame.iter_rows(named=True):
        cells = (
            row.get(part) if part else None for part in (evidence.source_doc, evidence.obtained_on, evidence.method)
        )
        yield (row[SOURCE], row[LINE]), Paper(*(str(cell) if cell is not None else None for cell in cells))
