"""Where the rows of a registry stand is worked out, to be told in short (`facts.stands`)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hegui.facts.registry import GHOST, LINE, SOURCE, Registry
from hegui.facts.stands import BITS, MOST, Stand, place, sums, unplaced
from hegui.vocabulary import Kind


def standing() -> pl.Expr:
    """Where the rows of a table stand, as one number."""
    return place(SOURCE, LINE)


def stand_of(table: pl.DataFrame | pl.LazyFrame, kind: Kind) -> Stand | None:
    """Where the rows of a table stand; None where they have no lines, or lie about in too many stretches."""
    lazy = table.lazy()
    real = lazy.filter(~pl.col(GHOST).fill_null(False)) if GHOST in lazy.collect_schema() else lazy
    placed = real.select(*kind.key, standing())
    found = placed.select("place").collect(engine="streaming")["place"]
    if found.null_count():
        return None
    starts = pl.concat([pl.Series([0] if len(found) else [], dtype=pl.UInt32), (found.diff() != 1).arg_true()])
    if len(starts) > MOST or _overlap(found, starts):
        return None
    summed = sums(placed, kind).collect(engine="streaming").row(0)
    source, line = unplaced(found.gather(starts))
    counts = pl.concat([starts.cast(pl.Int64).tail(-1), pl.Series([len(found)] if len(starts) else [], dtype=pl.Int64)])
    return Stand(
        pl.__version__,
        int(summed[0]) % BITS,
        int(summed[1]) % BITS,
        tuple(source.to_list()),
        tuple(line.to_list()),
        tuple((counts - starts.cast(pl.Int64)).to_list()),
    )


def _overlap(places: pl.Series, starts: pl.Series) -> bool:
    """Do two rows stand in one place?"""
    ends = pl.concat(
        [(starts.cast(pl.Int64) - 1).tail(-1), pl.Series([len(places) - 1] * bool(len(starts)), dtype=pl.Int64)]
    )
    runs = pl.DataFrame({"first": places.gather(starts), "last": places.gather(ends)}).sort("first")
    return bool((runs["first"].tail(-1) <= runs["last"].head(-1)).any()) if len(runs) > 1 else False


def with_stands(registry: Registry) -> Registry:
    """The registry with where its rows stand, of every kind that has no word on it yet."""
    found = {
        name: registry.stands[name] if name in registry.stands else stand_of(table, registry.vocabulary.kinds[name])
        for name, table in registry.tables.items()
    }
    return replace(registry, stands=found)
