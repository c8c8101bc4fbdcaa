"""Do the rows nobody touched stand where they stood? Where they do, what was found of them is taken over as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from hegui.facts.registry import Registry
from hegui.facts.stands import BITS, Stand, sums
from hegui.since.carried import Still
from hegui.since.difference import Difference, real
from hegui.since.index import Indexes
from hegui.vocabulary import Kind


@dataclass(frozen=True)
class _Rows:
    """Rows of one kind and where they stand."""

    rows: pl.DataFrame
    places: pl.Series

    def sums(self, kind: Kind) -> tuple[int, int]:
        """What they add to the sums of a stand."""
        keys, places = sums(self.rows.lazy().with_columns(self.places.alias("place")), kind).collect().row(0)
        return int(keys), int(places)


class Footing:
    """Where the rows of a registry stand beside those of the registry a run was made of."""

    def __init__(
        self,
        then: Mapping[str, Stand | None],
        registry: Registry,
        changes: Difference,
        indexes: Indexes,
        still: Still,
    ) -> None:
        self.then, self.registry, self.changes, self.indexes, self.still = then, registry, changes, indexes, still
        self._places: dict[str, pl.Series | None] = {}

    def stand(self, kind: str) -> Stand:
        """Where the rows of a kind stand now."""
        found = self.registry.stands[kind]
        assert found is not None
        return found

    def former(self, kind: str) -> pl.Series | None:
        """Where the rows of a kind that are no more as they were stood then; None where some other row stands elsewhere than
        it did, where the changes do not tell of every key that came or went, or where nothing is known."""
        if kind not in self._places:
            self._places[kind] = self._former(self.registry.vocabulary.kinds[kind])
        return self._places[kind]

    def _former(self, kind: Kind) -> pl.Series | None:
        then, now = self.then.get(kind.name), self.registry.stands.get(kind.name)
        if then is None or now is None or then.polars != now.polars or kind.name not in self.registry.tables:
            return None
        if kind.name not in self.changes.before and kind.name not in self.changes.now:
            return pl.Series("place", [], dtype=pl.Int64) if then == now and self._known(kind) else None
        if kind.name in self.changes.stood:
            return self.changes.stood[kind.name]
        return self._moved(kind, then, now)

    def _known(self, kind: Kind) -> bool:
        """May rows be told by their places alone? Of a kind without a key only in files that are the same."""
        return bool(kind.key) or kind.name not in self.still.moved

    def _moved(self, kind: Kind, then: Stand, now: Stand) -> pl.Series | None:
        """Counts through where the rows stood that changed or were removed, and holds sums against one another."""
        index = self.indexes.of(kind.name) if kind.key else None
        if index is None or len(index.keys) != len(now):
            return None
        name = kind.key[0]
        was, is_ = self._rows(kind.name)
        at, there = index.find(was[name])
        found, _ = index.find(is_[name])
        gone = was[name].filter(~there).sort()
        come = is_[name].filter(~is_[name].is_in(was[name].implode())).sort()
        before = at - come.search_sorted(was[name]).cast(pl.Int64) + gone.search_sorted(was[name]).cast(pl.Int64)
        if len(then) != len(now) - len(come) + len(gone) or not before.is_between(0, len(then) - 1).all():
            return None
        stood, stand = _Rows(was, then.at(before)), _Rows(is_, now.at(found))
        for whole, part, other, rest in zip(
            (then.keys, then.places), stood.sums(kind), (now.keys, now.places), stand.sums(kind), strict=True
        ):
            if (whole - part - other + rest) % BITS:
                return None
        return stood.places.alias("place")

    def _rows(self, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows that changed, came or went, as they were and as they are; those set aside left out."""
        name = self.registry.vocabulary.kinds[kind].key[0]
        nothing = self.registry.tables[kind].lazy().select(name).clear()
        was = real(self.changes.before[kind].lazy()).select(name) if kind in self.changes.before else nothing
        is_ = real(self.changes.changed(kind, self.registry)).select(name) if kind in self.changes.now else nothing
        return was.collect(), is_.collect()
