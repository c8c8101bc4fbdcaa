"""Where the rows of a registry stand, in short: enough to tell later whether any row nobody touched stands elsewhere now,
and where one that was touched stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from hegui.vocabulary import Kind

MOST: Final = 100_000
"""Rows that stand in more stretches than these are not told in short."""
_SOURCES: Final = 40
"""Source and line as one number: the source above so many bits."""
BITS: Final = 2**64


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

    def holds(self, places: pl.Series) -> bool:
        """Does a row stand in each of some places?"""
        if not len(places):
            return True
        if places.null_count() or not self.count:
            return False
        rows = self.rows(places)
        return bool(rows.is_between(0, len(self) - 1).all()) and bool((self.at(rows) == places).all())

    def without(self, rows: pl.DataFrame, places: pl.Series, kind: Kind) -> tuple[str, int, int, int]:
        """What tells all rows but some that stand in `places` here: the version of the hashes, how many they are, and the sums."""
        keys, summed = sums(rows.lazy().with_columns(places.alias("place")), kind).collect().row(0)
        left = (self.keys - int(keys)) % BITS, (self.places - int(summed)) % BITS
        return self.polars, len(self) - len(rows), *left

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


def place(source: str, line: str) -> pl.Expr:
    """A place as one number."""
    above: pl.Expr = pl.col(source).cast(pl.Int64) * 2**_SOURCES
    return (above + pl.col(line)).alias("place")


def unplaced(places: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Source and line of places."""
    return (places // 2**_SOURCES).cast(pl.Int32), (places % 2**_SOURCES).cast(pl.Int64)


def hashed(kind: Kind) -> pl.Expr:
    """The hashes of the keys of rows, 0 each where the kind has none."""
    if not kind.key:
        return pl.lit(0, pl.UInt64)
    found: pl.Expr = (pl.col(kind.key[0]) if len(kind.key) == 1 else pl.struct(kind.key)).hash(0)
    return found


def sums(rows: pl.LazyFrame, kind: Kind) -> pl.LazyFrame:
    """One row: the sum of the hashes of keys, and of hash times `place`."""
    hash_ = hashed(kind)
    return rows.select(keys=hash_.sum(), places=(hash_ * pl.col("place").cast(pl.UInt64)).sum())


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
    if len({len(each) for each in lists}) != 1 or not all(type(each) is int and 0 <= each < BITS for each in numbers):
        raise ValueError("stand")
    return Stand(str(data["polars"]), *numbers, *(tuple(each) for each in lists))
