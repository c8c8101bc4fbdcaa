"""Whom the map shows: entities with coordinates that have a violation that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hegui.engines.kept import ENTITIES, Kept
from hegui.outcome import Finding, Verdict
from hegui.report.page.charts import Point
from hegui.report.run import Run
from hegui.ruleset.model import Severity

if TYPE_CHECKING:
    import polars as pl

Whom = tuple[str, str]
"""Kind and key."""
_COLUMNS: Final = ("kind", "entity", "name", "jurisdiction", "count")


@dataclass(frozen=True, slots=True)
class Placed:
    """How many entities could be shown, and those that are, the gravest first."""

    count: int
    points: tuple[Point, ...]


@dataclass(slots=True)
class _Tally:
    """What is counted of one entity."""

    name: str | None
    town: str | None
    rank: int = 0
    count: int = 0


def placed(run: Run, limit: int) -> Placed:
    """The entities of a run that have a place on a map; `limit` of them are shown."""
    ranks = {name: document.rule.severity.rank for name, document in run.documents.items()}
    severities = {severity.rank: severity for severity in Severity}
    places = _places(run)
    found: dict[Whom, _Tally] = {}
    for rule in run.documents if places else ():
        for kind, entity, name, town, count in _counted(run, rule):
            if (kind, entity) in places:
                tally = found.setdefault((kind, entity), _Tally(name, town))
                tally.rank = max(tally.rank, ranks[rule])
                tally.count += count
    order = sorted(found, key=lambda at: (-found[at].rank, -found[at].count, at))
    return Placed(
        len(order),
        tuple(
            Point(
                kind,
                entity,
                each.name or entity,
                _town(run, each.town),
                places[kind, entity],
                severities[each.rank],
                each.count,
            )
            for kind, entity in order[:limit]
            for each in (found[kind, entity],)
        ),
    )


def _town(run: Run, at: str | None) -> str | None:
    return run.labels.jurisdictions.get(at or "", at)


def _places(run: Run) -> dict[Whom, tuple[float, float]]:
    """Where entities are, as far as that can be drawn."""
    return {(kind, entity): (lon, lat) for kind, entity, lon, lat in _known(run) if abs(lon) <= 180 and abs(lat) <= 85}


def _known(run: Run) -> Iterator[tuple[str, str, float, float]]:
    if isinstance(run.findings, Kept):
        frame = _beside(run.findings)
        yield from frame.iter_rows() if frame is not None else ()
        return
    for kind, labels in run.labels.entities.items():
        for entity, label in labels.items():
            if label.coordinates is not None and len(label.coordinates) == 2:
                yield kind, entity, *label.coordinates


def _beside(kept: Kept) -> pl.DataFrame | None:
    """Kind, key, longitude and latitude of the entities that have them."""
    import polars as pl

    path = kept.folder / ENTITIES
    if not path.exists():
        return None
    frame = pl.scan_parquet(path, glob=False).select("kind", "entity", "lon", "lat")
    return kept.collected(ENTITIES, frame.drop_nulls())


def _counted(run: Run, rule: str) -> Iterable[tuple[str, str, str | None, str | None, int]]:
    """Kind, key, name and jurisdiction of those who have violations of a rule that count, with how many."""
    kept = run.findings
    if isinstance(kept, Kept) and (among := run.counted_among(rule)) is not None:
        return _grouped(kept, rule, among)
    found: Iterable[Finding] = run.of_verdict(rule, Verdict.VIOLATION)
    return ((each.kind, each.entity, each.name, each.jurisdiction, 1) for each in found if run.counts_for(each))


def _grouped(kept: Kept, rule: str, among: pl.Expr) -> Iterable[tuple[str, str, str | None, str | None, int]]:
    import polars as pl

    groups = kept.scan(rule).filter(among).group_by("kind", "entity")
    counted = groups.agg(pl.col("name", "jurisdiction").first(), pl.len().alias("count")).select(_COLUMNS)
    return kept.collected(rule, counted).iter_rows()
