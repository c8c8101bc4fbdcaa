"""Whom a change concerns: the rows that look at what changed, and all that judging them takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from hegui.facts.registry import ROW, Registry
from hegui.outcome import escape
from hegui.since.difference import FORMER, Difference, joined, real
from hegui.since.reach import Reach
from hegui.vocabulary import Kind

_KEY = "#key"
_ESCAPED = tuple((char, escape(char)) for char in "%/, \t\r\n")


@dataclass(frozen=True)
class Affected:
    """The rows of one kind to be judged again (`found`), and the parts of the two registries that
    judging them takes: as they were and as they are. Where nothing else changed that is looked at, `both` has the rows as
    they were beside those as they are, and nothing besides. `still` are the rows that did not change themselves."""

    kind: Kind
    found: pl.DataFrame
    before: Registry
    now: Registry
    both: Registry | None
    still: pl.DataFrame

    @cached_property
    def keys(self) -> pl.Series:
        """The keys of the rows."""
        return self.found.select(key_text(self.kind)).to_series().unique().sort()

    def __len__(self) -> int:
        return int(self.found.select(pl.struct(self.kind.key).n_unique()).item())

    def rows(self, registry: Registry, kind: str) -> pl.Series:
        """The numbers of the rows to be judged in one of the two."""
        kind_ = registry.vocabulary.kinds[kind]
        found = real(registry.tables[kind].lazy()).filter(key_text(kind_).is_in(self.keys.implode()))
        return found.select(ROW).collect()[ROW]


def id_text(kind: Kind) -> pl.Expr | None:
    """What references to a row of the kind hold; None where there can be none."""
    return pl.col(kind.key[0]).cast(pl.String) if len(kind.key) == 1 else None


def key_text(kind: Kind) -> pl.Expr:
    """The key of a row as findings have it."""
    parts = []
    for name in kind.key:
        text = changed = pl.col(name).cast(pl.String)
        for char, code in _ESCAPED:
            changed = changed.str.replace_all(char, code, literal=True)
        parts.append(pl.when(text.str.contains(r"[%/, \t\r\n]")).then(changed).otherwise(text))
    return pl.concat_str(parts, separator=",").alias(_KEY)


class Both:
    """Two registries in one, as they were and as they are: what is reached in either is reached here."""

    def __init__(self, registry: Registry, difference: Difference) -> None:
        self.registry, self.difference = registry, difference
        self.kinds = registry.vocabulary.kinds

    def where(self, kind: str, condition: pl.Expr) -> pl.DataFrame:
        """The rows of a kind, former ones included, that a condition holds of."""
        found = [self.registry.tables[kind].lazy().filter(condition).collect()]
        former = self.difference.before.get(kind)
        return joined([*found, former.filter(condition)]) if former is not None else found[0]

    def changed(self, kind: str) -> pl.Expr:
        numbers = self.difference.now.get(kind)
        former = pl.col(ROW) >= FORMER
        return former if numbers is None else former | pl.col(ROW).is_in(numbers.implode())

    # --- who looks at what changed

    def alone(self, root: Reach) -> bool:
        """Did nothing change that rules look at but the rows they are about themselves?"""
        others = [kind for step in root.steps() for kind in step.kinds()]
        return not any(kind == root.kind or self._changes(kind) for kind in others)

    def looking(self, at: Reach) -> pl.DataFrame | None:
        """The rows at a place in reach that changed or look at something that did; None where there can be none."""
        if at.kind not in self.registry.tables:
            return None
        concerned: list[pl.Expr] = []
        for reference, target in at.references.items():
            concerned += self._pointing(reference, target)
        for (_, by), rows in at.relations.items():
            concerned += self._pointed_at(at.kind, by, rows)
        changed = self._changes(at.kind)
        if changed and not concerned:
            return self._changed_rows(at.kind)
        concerned += [self.changed(at.kind)] if changed else []
        return self.where(at.kind, pl.any_horizontal(concerned)) if concerned else None

    def _changed_rows(self, kind: str) -> pl.DataFrame:
        parts = [self.difference.before[kind]] if kind in self.difference.before else []
        now = self.difference.changed(kind, self.registry).collect() if kind in self.difference.now else None
        return joined(parts if now is None else [now, *parts])

    def _changes(self, kind: str) -> bool:
        return kind in self.difference.now or kind in self.difference.before

    def _pointing(self, reference: str, target: Reach) -> list[pl.Expr]:
        found, own = self.looking(target), id_text(self.kinds[target.kind])
        if found is None or own is None:
            return []
        return [pl.col(reference).is_in(found.select(own.alias("id"))["id"].drop_nulls().unique().implode())]

    def _pointed_at(self, kind: str, by: str, rows: Reach) -> list[pl.Expr]:
        found, own = self.looking(rows), id_text(self.kinds[kind])
        if found is None or own is None:
            return []
        return [own.is_in(found[by].drop_nulls().unique().implode())]

    # --- what they look at

    def needed(self, root: Reach, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """`rows` and all that rules look at from them, by kind."""
        parts: dict[str, list[pl.DataFrame]] = {}
        self._gather(root, rows, parts)
        return {kind: joined(found).unique(ROW, maintain_order=True).sort(ROW) for kind, found in parts.items()}

    def _gather(self, at: Reach, rows: pl.DataFrame, parts: dict[str, list[pl.DataFrame]]) -> None:
        parts.setdefault(at.kind, []).append(rows)
        for reference, target in at.references.items():
            own = id_text(self.kinds[target.kind])
            if target.kind in self.registry.tables and own is not None:
                wanted = rows[reference].drop_nulls().unique()
                self._gather(target, self.where(target.kind, own.is_in(wanted.implode())), parts)
        own = id_text(self.kinds[at.kind])
        for (kind, by), related in at.relations.items():
            if kind in self.registry.tables and own is not None:
                wanted = rows.select(own.alias("id"))["id"].drop_nulls().unique()
                self._gather(related, self.where(kind, pl.col(by).is_in(wanted.implode())), parts)

    def split(self, needed: Mapping[str, pl.DataFrame]) -> tuple[Registry, Registry]:
        """The part of the registry before and of the one now that is made of the rows needed."""
        before: dict[str, pl.DataFrame | pl.LazyFrame] = {}
        now: dict[str, pl.DataFrame | pl.LazyFrame] = {}
        for kind, table in self.registry.tables.items():
            rows = needed[kind] if kind in needed else _without_rows(table)
            former = pl.col(ROW) >= FORMER
            numbers = self.difference.now.get(kind)
            now[kind] = rows.filter(~former)
            before[kind] = rows if numbers is None else rows.filter(~pl.col(ROW).is_in(numbers.implode()))
        return replace(self.registry, tables=before), replace(self.registry, tables=now)


def _without_rows(table: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    return table.lazy().collect_schema().to_frame()


def affected(registry: Registry, difference: Difference, root: Reach, forced: Iterable[str] = ()) -> Affected | None:
    """The rows at the root to be judged again, those with a key of `forced` too; None where there is none."""
    both, kind = Both(registry, difference), registry.vocabulary.kinds[root.kind]
    found = both.looking(root)
    keys = pl.Series(_KEY, sorted(set(forced)), dtype=pl.String)
    parts = [] if found is None else [found]
    if len(keys):
        parts.append(both.where(root.kind, key_text(kind).is_in(keys.implode())))
    rows = real(joined(parts).lazy()).unique(ROW, maintain_order=True).collect() if parts else None
    if rows is None or not len(rows):
        return None
    needed = both.needed(root, rows)
    before, now = both.split(needed)
    still = rows.filter(~both.changed(root.kind))
    whole = replace(registry, tables=now.tables | {root.kind: needed[root.kind]})
    return Affected(kind, rows, before, now, whole if both.alone(root) and not len(still) else None, still)
