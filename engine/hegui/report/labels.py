"""What a run keeps of vocabulary and facts so that it can be read without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hegui.datatypes import Text
from hegui.engines.frames import ESCAPED
from hegui.engines.kept import Kept
from hegui.engines.request import answering_row
from hegui.explaining.document import Leaf, Paper, RuleDocument
from hegui.facts.registry import GHOST, LINE, SOURCE, Registry
from hegui.language.tree import Cell, Node
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
    """An entity that has a finding. `coordinates` are longitude and latitude, `credit_code` the unified social credit
    code of a legal person."""

    name: str | None
    jurisdiction: str | None
    coordinates: tuple[float, ...] | None = None
    credit_code: str | None = None


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
    known = _known(registry, {kind for kind, _ in found})
    for (kind, entity), finding in sorted(found.items()):
        at, code = known.get((kind, entity), (None, None))
        entities.setdefault(kind, {})[entity] = EntityLabel(finding.name, finding.jurisdiction, at, code)
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
    return {name: _size(frame) for name, frame in sorted(registry.tables.items())}


def _size(frame: pl.DataFrame | pl.LazyFrame) -> int:
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        return len(frame) - (int(frame[GHOST].sum()) if GHOST in frame.columns else 0)
    return int(_real(frame).select(pl.len()).collect().item())


def _real(frame: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    import polars as pl

    lazy = frame.lazy()
    return lazy.filter(~pl.col(GHOST)) if GHOST in lazy.collect_schema() else lazy


def _columns(frame: pl.DataFrame | pl.LazyFrame, names: Iterable[str]) -> pl.DataFrame:
    """Some columns of the rows that were not set aside."""
    import polars as pl

    chosen = list(dict.fromkeys(names))
    if isinstance(frame, pl.DataFrame) and GHOST not in frame.columns:
        return frame[chosen]
    return _real(frame).select(chosen).collect()


# --- entities ------------------------------------------------------------------------------------------------------


def _known(registry: Registry, kinds: set[str]) -> dict[tuple[str, str], tuple[tuple[float, ...] | None, str | None]]:
    """Coordinates and code of entities that have either."""
    found: dict[tuple[str, str], tuple[tuple[float, ...] | None, str | None]] = {}
    for name in sorted(kinds & set(registry.tables)):
        kind = registry.vocabulary.kinds[name]
        code, place = kind.credit_code, _place(kind)
        if not kind.key or (code is None and place is None):
            continue
        for row in _columns(registry.tables[name], (*kind.key, *(place or ()), *filter(None, [code]))).iter_rows(
            named=True
        ):
            key = [row[part] for part in kind.key]
            at = tuple(row[part] for part in place or ())
            shown = (float(at[0]), float(at[1])) if at and None not in at else None
            own = row[code] if code is not None else None
            if None not in key and (shown is not None or own is not None):
                found[name, ",".join(escape(str(part)) for part in key)] = shown, own
    return found


def _place(kind: Kind) -> tuple[str, str] | None:
    """The fields of a kind's coordinates, where both may be shown."""
    place = kind.coordinates
    return place if place is not None and not any(kind.fields[name].private for name in place) else None


def located(registry: Registry, name: str) -> pl.LazyFrame | None:
    """The rows of a kind that have a unified social credit code or coordinates: `kind`, `entity` (the key as in
    fingerprints), `code`, `lon`, `lat`. None where the kind has neither; private fields are none."""
    import polars as pl

    kind = registry.vocabulary.kinds[name]
    place = _place(kind)
    if not kind.key or (place is None and kind.credit_code is None):
        return None
    code = pl.col(kind.credit_code) if kind.credit_code is not None else pl.lit(None, dtype=pl.String)
    at = [pl.col(part) if place else pl.lit(None) for part in place or ("lon", "lat")]
    rows = _real(registry.tables[name]).select(
        pl.lit(name).alias("kind"),
        pl.concat_str([_escaped(pl.col(part)) for part in kind.key], separator=",").alias("entity"),
        code.alias("code"),
        at[0].cast(pl.Float64).alias("lon"),
        at[1].cast(pl.Float64).alias("lat"),
    )
    known = pl.col("code").is_not_null() | (pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    return rows.filter(pl.col("entity").is_not_null() & known)


def _escaped(column: pl.Expr) -> pl.Expr:
    """As `outcome.escape`."""
    import polars as pl

    text = column.cast(pl.String)
    for char, code in ESCAPED:
        text = text.str.replace_all(char, code, literal=True)
    return text


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
        rows = _columns(registry.tables[kind.name], (kind.key[0], kind.name_field)).drop_nulls()
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
    for leaf, value in evidenced(findings, documents):
        if leaf.kind is not None and leaf.field is not None and value.source is not None and value.row is not None:
            wanted.setdefault((leaf.kind, leaf.field), set()).add((value.source, value.row))
    found: dict[tuple[int, int, str], Paper] = {}
    for (kind, name), rows in wanted.items():
        found |= {(*at, name): paper for at, paper in _papers(registry, kind, name) if at in rows}
    return {at: paper for at, paper in sorted(found.items()) if paper != Paper()}


def followed_keys(
    registry: Registry, findings: Iterable[Finding], documents: Mapping[str, RuleDocument]
) -> dict[tuple[int, int], str]:
    """The keys of the rows that values of findings were followed to, where rows have no numbers."""
    keyed = {number for number, source in enumerate(registry.sources) if source.keyed}
    wanted: dict[str, set[tuple[int, int]]] = {}
    for finding in findings if keyed else ():
        for leaf, node, value in zip(
            documents[finding.rule].leaves, documents[finding.rule].rule.leaves, finding.values, strict=False
        ):
            if is_followed(leaf, node) and value.source in keyed and value.row is not None:
                assert leaf.kind is not None
                wanted.setdefault(leaf.kind, set()).add((value.source, value.row))
    found: dict[tuple[int, int], str] = {}
    for kind, rows in sorted(wanted.items()):
        key = registry.vocabulary.kinds[kind].key
        for source, line, *parts in _columns(registry.tables[kind], (SOURCE, LINE, *key)).iter_rows():
            if (source, line) in rows:
                found[source, line] = joined_key(dict(zip(key, parts, strict=True)))
    return dict(sorted(found.items()))


def joined_key(parts: Mapping[str, object]) -> str:
    """The parts of a key as it stands in fingerprints."""
    return ",".join(escape(str(part)) for part in parts.values())


def is_followed(leaf: Leaf, node: Node) -> bool:
    """Does a leaf stand in a row that a reference is followed to?"""
    return isinstance(node, Cell) and bool(node.row.refs) and leaf.kind is not None


def evidenced(findings: Iterable[Finding], documents: Mapping[str, RuleDocument]) -> Iterator[tuple[Leaf, LeafValue]]:
    """The values of findings whose fields name the paper behind them."""
    for finding in findings:
        leaves = documents[finding.rule].leaves
        yield from (pair for pair in zip(leaves, finding.values, strict=False) if pair[0].evidenced)


def _papers(registry: Registry, kind: str, name: str) -> Iterator[tuple[tuple[int, int], Paper]]:
    parts = _paper_fields(registry, kind, name)
    if parts is None:
        return
    names = [part for part in parts if part is not None]
    for row in _columns(registry.tables[kind], (SOURCE, LINE, *names)).iter_rows(named=True):
        cells = (row[part] if part is not None else None for part in parts)
        yield (row[SOURCE], row[LINE]), Paper(*(str(cell) if cell is not None else None for cell in cells))


def _paper_fields(registry: Registry, kind: str, name: str) -> list[str | None] | None:
    """The fields that hold document, day and method behind a field; None where it names none."""
    fields = registry.vocabulary.kinds[kind].fields
    evidence = fields[name].evidence
    if evidence is None or kind not in registry.tables:
        return None
    parts = (evidence.source_doc, evidence.obtained_on, evidence.method)
    return [part if part is not None and not fields[part].private else None for part in parts]


def paper_columns(registry: Registry, kind: str, name: str) -> pl.LazyFrame | None:
    """The papers recorded for a field: where its row stands, and `source_doc`, `obtained_on`, `method` as texts. None where
    the field names none."""
    import polars as pl

    parts = _paper_fields(registry, kind, name)
    if parts is None:
        return None
    cells = {
        called: (pl.lit(None) if part is None else pl.col(part)).cast(pl.String)
        for called, part in zip(("source_doc", "obtained_on", "method"), parts, strict=True)
    }
    rows = _real(registry.tables[kind]).select(SOURCE, LINE, **cells)
    return rows.filter(pl.any_horizontal(pl.col(called).is_not_null() for called in cells))
