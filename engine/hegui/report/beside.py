"""What stands beside findings that are kept as Parquet: codes and coordinates of their entities, papers behind values.

`#entities.parquet`, `#papers.parquet` and, of rows without numbers, `#keys.parquet` lie in the folder of the findings, whose
own files are called by rules and so never begin so. They are read for a batch of findings at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.engines.kept import ENTITIES, KEYS, PAPERS, Kept, telling_what_broke
from hegui.explaining.document import Paper, RuleDocument
from hegui.facts.registry import LINE, SOURCE, Registry, SourceTable
from hegui.language.tree import Cell
from hegui.outcome import Finding
from hegui.report.labels import EntityLabel, evidenced, is_followed, joined_key, located, paper_columns

if TYPE_CHECKING:
    import polars as pl

_ENTITY: Final = ("kind", "entity")
_VALUE: Final = ("source", "line", "field")
_ROW: Final = ("source", "line")


def write(registry: Registry, kept: Kept, documents: Mapping[str, RuleDocument]) -> None:
    """Put what a run keeps of entities and papers beside its findings.

    Raises:
        UsageError: the disk is full.
        FactsError: a file of facts is damaged.
    """
    with telling_what_broke(kept.folder):
        _sink(_entities(registry, kept), kept.folder / ENTITIES, _ENTITY)
        _sink(_papers(registry, kept, documents), kept.folder / PAPERS, _VALUE)
        _sink(_keys(registry, kept, documents), kept.folder / KEYS, _ROW)


def _sink(frames: Iterable[pl.LazyFrame], target: Path, order: Sequence[str]) -> None:
    import polars as pl

    found, part = list(frames), target.with_suffix(".part")
    if not found:
        return
    try:
        whole = pl.concat(found).unique(order, keep="any").sort(order)
        whole.sink_parquet(part, compression="lz4")
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _entities(registry: Registry, kept: Kept) -> Iterator[pl.LazyFrame]:
    """The entities findings are filed under, of kinds that have a code or coordinates."""
    import polars as pl

    filed = pl.concat([kept.scan(rule).select(_ENTITY) for rule in kept.counts]) if kept.counts else None
    for name in sorted(registry.tables):
        rows = located(registry, name)
        if rows is not None and filed is not None:
            yield rows.join(filed.filter(pl.col("kind") == name).unique(), on=_ENTITY, how="semi")


def _papers(registry: Registry, kept: Kept, documents: Mapping[str, RuleDocument]) -> Iterator[pl.LazyFrame]:
    """The papers recorded for the values of findings, those of a field together."""
    import polars as pl

    values: dict[tuple[str, str], list[pl.LazyFrame]] = {}
    for rule in kept.counts:
        for number, leaf in enumerate(documents[rule].leaves):
            if leaf.evidenced and leaf.kind is not None and leaf.field is not None:
                at = kept.scan(rule).select(_address(documents[rule], number))
                values.setdefault((leaf.kind, leaf.field), []).append(at)
    for (kind, name), several in values.items():
        found = paper_columns(registry, kind, name)
        if found is not None:
            wanted = pl.concat(several).drop_nulls().unique()
            keys = {SOURCE: "source", LINE: "line"}
            yield found.rename(keys).join(wanted, on=["source", "line"], how="semi").with_columns(field=pl.lit(name))


def _keys(registry: Registry, kept: Kept, documents: Mapping[str, RuleDocument]) -> Iterator[pl.LazyFrame]:
    """The keys of rows that values were followed to, where rows have no numbers."""
    import polars as pl

    keyed = [number for number, source in enumerate(registry.sources) if source.keyed]
    values: dict[str, list[pl.LazyFrame]] = {}
    for rule in kept.counts if keyed else ():
        document = documents[rule]
        for number, (leaf, node) in enumerate(zip(document.leaves, document.rule.leaves, strict=True)):
            if is_followed(leaf, node) and leaf.kind is not None:
                values.setdefault(leaf.kind, []).append(kept.scan(rule).select(_address(document, number)))
    for kind, several in values.items():
        wanted = pl.concat(several).drop_nulls().unique().filter(pl.col("source").is_in(keyed))
        parts = registry.vocabulary.kinds[kind].key
        rows = registry.tables[kind].lazy().select(pl.col(SOURCE).alias("source"), pl.col(LINE).alias("line"), *parts)
        found = rows.join(wanted, on=_ROW, how="semi")
        yield found.select(*_ROW, pl.struct(parts).map_elements(joined_key, pl.String).alias("key"))


def _address(document: RuleDocument, number: int) -> list[pl.Expr]:
    """Where the value of a leaf stands: in the row judged, or in one that is followed to."""
    import polars as pl

    node = document.rule.leaves[number]
    prefix = "" if isinstance(node, Cell) and not node.row.refs else f"v{number}."
    return [pl.col(f"{prefix}{part}").alias(part) for part in ("source", "line")]


# --- reading -------------------------------------------------------------------------------------------------------


def entities(kept: Kept, findings: Iterable[Finding]) -> dict[tuple[str, str], EntityLabel]:
    """The labels of the entities some findings are filed under."""
    names = {(each.kind, each.entity): EntityLabel(each.name, each.jurisdiction) for each in findings}
    frame = _matching(kept, ENTITIES, {"kind": {kind for kind, _ in names}, "entity": {key for _, key in names}})
    for row in frame.iter_rows(named=True) if frame is not None else ():
        at = (row["kind"], row["entity"])
        if at in names:
            place = None if row["lon"] is None or row["lat"] is None else (row["lon"], row["lat"])
            names[at] = EntityLabel(names[at].name, names[at].jurisdiction, place, row["code"])
    return names


def papers(
    kept: Kept, findings: Iterable[Finding], documents: Mapping[str, RuleDocument]
) -> dict[tuple[int, int, str], Paper]:
    """The papers behind the values of some findings."""
    wanted = {(value.source, value.row, leaf.field) for leaf, value in evidenced(findings, documents)}
    at = {(source, row, name) for source, row, name in wanted if source is not None and row is not None and name}
    if not at:
        return {}
    frame = _matching(kept, PAPERS, {"source": {source for source, _, _ in at}, "line": {line for _, line, _ in at}})
    rows = frame.select(*_VALUE, "source_doc", "obtained_on", "method").iter_rows() if frame is not None else ()
    return {(source, line, name): Paper(*paper) for source, line, name, *paper in rows if (source, line, name) in at}


def keys(kept: Kept, findings: Iterable[Finding], sources: Sequence[SourceTable]) -> dict[tuple[int, int], str]:
    """The keys of the rows that values of some findings were followed to, where rows have no numbers."""
    if not any(source.keyed for source in sources):
        return {}
    at = {(value.source, value.row) for finding in findings for value in finding.values if value.source is not None}
    frame = _matching(kept, KEYS, {"source": {source for source, _ in at}, "line": {line for _, line in at}})
    rows = frame.select(*_ROW, "key").iter_rows() if frame is not None else ()
    return {(source, line): key for source, line, key in rows if (source, line) in at}


def _matching(kept: Kept, name: str, wanted: Mapping[str, Collection[object]]) -> pl.DataFrame | None:
    """The rows of a file beside the findings whose columns are among these; None where there is no such file."""
    import polars as pl

    path = kept.folder / name
    if not path.exists():
        return None
    lazy = pl.scan_parquet(path, glob=False)
    conditions = (pl.col(column).is_in(list(values)) for column, values in wanted.items())
    return kept.collected(name, lazy.filter(*conditions), path)
