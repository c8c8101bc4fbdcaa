"""Where the rows of a registry stand, in short: enough to tell later whether any row nobody touched stands elsewhere now,
and where one that was touched stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from hegui.facts.registry import GHOST, LINE, SOURCE, Registry
from hegui.vocabulary import Kind

MOST: Final = 100_000
"""Rows that stand in more stretches than these are not told in short."""
_SOURCES: Final = 40
"""Source and line as one number: the source above so many bits."""
_BITS: Final = 2**64


@dataclass(frozen=True)
class Stand:
    """Where the rows of a kind stand that are not set aside, in order of key: stretches of consecutive lines of one source,
    each with its first line and how many they are. `keys` is the sum of the hashes of all keys, `places` that of hash times
    place, both modulo 2⁶⁴; hashes are those of one version of Polars."""

    polars: str
    keys: int
    places: int
    source: tuple[int, ...]
    line: tuple[int, ...]
    count: tuple[int, ...]

    def __len__(self) -> int:
        return sum(self.count)

    @property
    def rising(self) -> bool:
        """Do places only go up in order of key?"""
        first = self._runs["place"]
        last = first + self._runs["count"] - 1
        return bool((last.head(-1) < first.tail(-1)).all()) if len(first) > 1 else True

    @property
    def _runs(self) -> pl.DataFrame:
        runs = pl.DataFrame(
            {"source": self.source, "line": self.line, "count": self.count},
            schema={"source": pl.Int64, "line": pl.Int64, "count": pl.Int64},
        )
        return runs.with_columns(place("source", "line"), start=pl.col("count").cum_sum() - pl.col("count"))

    def at(self, rows: pl.Series) -> pl.Series:
        """The places of rows, which are counted from 0 in order of key."""
        runs = self._runs
        nth = runs["start"].search_sorted(rows.cast(pl.Int64), side="right").cast(pl.Int64) - 1
        return runs["place"].gather(nth) + rows.cast(pl.Int64) - runs["start"].gather(nth)

    def rows(self, places: pl.Series) -> pl.Series:
        """The reverse of `at`, of places where rows stand; any number for others."""
        runs = self._runs.sort("place")
        nth = runs["place"].search_sorted(places, side="right").cast(pl.Int64) - 1
        nth = nth.clip(0)
        return runs["start"].gather(nth) + places - runs["place"].gather(nth)

    def data(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "polars": self.polars,
            "keys": self.keys,
            "places": self.places,
            "source": list(self.source),
            "line": list(self.line),
            "count": list(self.count),
        }


def place(source: str = SOURCE, line: str = LINE) -> pl.Expr:
    """A place as one number."""
    return ((pl.col(source).cast(pl.Int64) * 2**_SOURCES) + pl.col(line)).alias("place")


def unplaced(places: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Source and line of places, as columns of rows."""
    return (
        (places // 2**_SOURCES).cast(pl.Int32).alias(SOURCE),
        (places % 2**_SOURCES).cast(pl.Int64).alias(LINE),
    )


def hashed(kind: Kind) -> pl.Expr:
    """The hashes of the keys of rows, 0 each where the kind has none."""
    if not kind.key:
        return pl.lit(0, pl.UInt64)
    if len(kind.key) == 1:
        return pl.col(kind.key[0]).hash(0)
    whole: pl.Expr = pl.struct(kind.key).hash(0)
    return whole


def sums(rows: pl.LazyFrame, kind: Kind) -> pl.LazyFrame:
    """One row: the sum of the hashes of keys, and of hash times `place`."""
    hash_ = hashed(kind)
    return rows.select(keys=hash_.sum(), places=(hash_ * pl.col("place").cast(pl.UInt64)).sum())


def stand_of(table: pl.DataFrame | pl.LazyFrame, kind: Kind) -> Stand | None:
    """Where the rows of a table stand; None where they have no lines, or lie about in too many stretches."""
    lazy = table.lazy()
    real = lazy.filter(~pl.col(GHOST).fill_null(False)) if GHOST in lazy.collect_schema() else lazy
    placed = real.select(*kind.key, place())
    found = placed.select("place").collect(engine="streaming")["place"]
    if found.null_count():
        return None
    starts = pl.concat([pl.Series([0] if len(found) else [], dtype=pl.UInt32), (found.diff() != 1).arg_true()])
    if len(starts) > MOST or _overlap(found, starts):
        return None
    summed = sums(placed, kind).collect(engine="streaming").row(0)
    firsts = found.gather(starts)
    counts = pl.concat([starts.cast(pl.Int64).tail(-1), pl.Series([len(found)] if len(starts) else [], dtype=pl.Int64)])
    return Stand(
        pl.__version__,
        int(summed[0] or 0) % _BITS,
        int(summed[1] or 0) % _BITS,
        tuple((firsts // 2**_SOURCES).to_list()),
        tuple((firsts % 2**_SOURCES).to_list()),
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


def stands_data(stands: Mapping[str, Stand | None]) -> dict[str, Any]:
    """Stands as plain JSON data."""
    return {name: None if each is None else each.data() for name, each in stands.items()}


def stands_from(data: object) -> dict[str, Stand | None]:
    """Stands out of plain JSON data.

    Raises:
        ValueError: they are none.
    """
    if not isinstance(data, dict):
        raise ValueError("stands")
    return {str(name): None if each is None else _from(each) for name, each in data.items()}


def _from(data: object) -> Stand:
    names = ("polars", "keys", "places", "source", "line", "count")
    if not isinstance(data, dict) or set(data) != set(names):
        raise ValueError("stand")
    lists = [data[name] for name in names[3:]]
    if not all(isinstance(each, list) and all(type(item) is int for item in each) for each in lists):
        raise ValueError("stretches")
    numbers = [data["keys"], data["places"]]
    if len({len(each) for each in lists}) != 1 or not all(type(each) is int and 0 <= each < _BITS for each in numbers):
        raise ValueError("stand")
    return Stand(str(data["polars"]), *numbers, *(tuple(each) for each in lists))
