"""The keys of a registry in order, to find single rows among very many."""

from __future__ import annotations

import polars as pl

from hegui.facts.registry import GHOST, ROW, Registry
from hegui.since.difference import real


class Index:
    """The keys of one kind, in order, where they are texts; rows are counted from 0, those set aside left out."""

    def __init__(self, keys: pl.Series, numbers: pl.Series | None) -> None:
        self.keys, self._numbers = keys, numbers

    def find(self, wanted: pl.Series) -> tuple[pl.Series, pl.Series]:
        """For each key, where it is or would be, and whether it is there."""
        at = self.keys.search_sorted(wanted).cast(pl.Int64)
        last = max(len(self.keys) - 1, 0)
        there = (
            (self.keys.gather(at.clip(0, last)) == wanted) if len(self.keys) else pl.repeat(False, len(at), eager=True)
        )
        return at, there & (at <= last)

    def numbers(self, rows: pl.Series) -> pl.Series:
        """The row numbers of rows that are counted so."""
        return rows.cast(pl.Int64) if self._numbers is None else self._numbers.gather(rows)


class Indexes:
    """The indexes of a registry, each made when it is asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[str, Index | None] = {}

    def of(self, kind: str) -> Index | None:
        """The index of a kind; None where its key is no single text."""
        if kind not in self._made:
            self._made[kind] = self._index(kind)
        return self._made[kind]

    def _index(self, kind: str) -> Index | None:
        declared, table = self.registry.vocabulary.kinds[kind], self.registry.tables[kind].lazy()
        if len(declared.key) != 1 or declared.fields[declared.key[0]].type.name not in ("string", "code", "ref"):
            return None
        numbered = GHOST in table.collect_schema()
        found = real(table).select(declared.key[0], *[ROW] * numbered).collect()
        return Index(found[declared.key[0]].rechunk(), found[ROW].rechunk() if numbered else None)
