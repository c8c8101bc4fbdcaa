"""What changed between two registries, as they stand after the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from hegui.facts.registry import GHOST, ROW, Registry, below, why
from hegui.vocabulary import Kind
from hegui.vocabulary.columns import column_types

FORMER: Final = 2**39
"""Numbers of rows as they were begin here: beyond any number of rows now, below what chains tell classes by."""
_NTH: Final = "#nth"


@dataclass(frozen=True)
class Difference:
    """Rows that are not the same in two registries of the same tables.

    `before` holds them as they were, numbered from `FORMER` on; `now` the numbers they have in the new registry.
    References that pointed nowhere then are unreadable in `before`. `after` has the rows of `now` of a kind where they are
    known without reading the registry for them, and `stood` where those of `before` stood, where it is known that all other rows
    of the kind stand where they did.
    """

    before: dict[str, pl.DataFrame]
    now: dict[str, pl.Series]
    after: dict[str, pl.DataFrame] = field(default_factory=dict)
    stood: dict[str, pl.Series] = field(default_factory=dict)

    def rows(self) -> int:
        """How many rows differ, those before and those now both counted."""
        return sum(map(len, self.before.values())) + sum(map(len, self.now.values()))

    def shrunk(self, kind: str, registry: Registry) -> int:
        """How many rows of a kind fewer there are in the new `registry`, those set aside not counted."""
        before = self.before.get(kind)
        there = real(self.changed(kind, registry)).select(pl.len()).collect().item() if kind in self.now else 0
        return (0 if before is None else len(real(before.lazy()).collect())) - int(there)

    def changed(self, kind: str, registry: Registry) -> pl.LazyFrame:
        """The rows of a kind in the new `registry` that are not as they were."""
        if kind in self.after:
            return self.after[kind].lazy()
        return registry.tables[kind].lazy().filter(pl.col(ROW).is_in(self.now[kind].implode()))


def real(table: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of a table that are judged themselves."""
    return table.filter(~pl.col(GHOST).fill_null(False)) if GHOST in table.collect_schema() else table


def difference(
    before: Mapping[str, pl.DataFrame], now: Mapping[str, pl.Series], after: Mapping[str, pl.DataFrame] | None = None
) -> Difference:
    """The difference, its former rows numbered and empty tables left out."""
    return Difference(
        {
            kind: rows.with_columns(pl.int_range(FORMER, FORMER + len(rows), dtype=pl.Int64).alias(ROW))
            for kind, rows in before.items()
            if len(rows)
        },
        {kind: rows for kind, rows in now.items() if len(rows)},
        {kind: rows for kind, rows in (after or {}).items() if len(rows)},
    )


def compared(old: Registry, new: Registry) -> Difference:
    """What differs between two registries that hold the same kinds; where rows stand makes no difference."""
    before, now = {}, {}
    for name, table in new.tables.items():
        kind, was, is_ = new.vocabulary.kinds[name], old.tables[name].lazy(), table.lazy()
        columns = contents(kind, was, is_)
        gone, come = apart(numbered(was, columns), numbered(is_, columns))
        before[name] = was.filter(pl.col(ROW).is_in(gone.implode())).collect() if len(gone) else pl.DataFrame()
        now[name] = come
    return difference(before, now)


def contents(kind: Kind, *tables: pl.LazyFrame) -> list[tuple[str, pl.DataType]]:
    """The columns that say what a row holds, in any of `tables`: fields, reasons and bounds, and is it a ghost."""
    found = {name for table in tables for name in table.collect_schema()}
    types = column_types(kind)
    hidden: list[tuple[str, pl.DataType]] = []
    for name in types:
        hidden += [
            (each, type_) for each, type_ in ((why(name), pl.Int8()), (below(name), pl.Float64())) if each in found
        ]
    return [*types.items(), *hidden, (GHOST, pl.Boolean())]


def numbered(table: pl.LazyFrame, columns: Sequence[tuple[str, pl.DataType]]) -> pl.LazyFrame:
    """Row numbers with `columns` in a form that can be compared; equal rows of a table are counted through."""
    there = set(table.collect_schema())
    made = [_comparable(name, type_) if name in there else pl.lit(None, type_).alias(name) for name, type_ in columns]
    frame = table.select(ROW, *made).with_columns(pl.col(GHOST).fill_null(False))
    return frame.with_columns(pl.int_range(pl.len()).over([name for name, _ in columns]).alias(_NTH))


def _comparable(name: str, type_: pl.DataType) -> pl.Expr:
    if not isinstance(type_, pl.List):
        return pl.col(name)
    items = pl.col(name).cast(pl.List(pl.String))
    sizes = pl.col(name).list.eval(pl.element().cast(pl.String).str.len_bytes().cast(pl.String))
    return (sizes.list.join(",") + "|" + items.list.join("")).alias(name)


def apart(left: pl.LazyFrame, right: pl.LazyFrame) -> tuple[pl.Series, pl.Series]:
    """The numbers of the rows that only the one holds, and of those that only the other does."""
    columns = [name for name in left.collect_schema() if name != ROW]
    found = [
        one.join(other, on=columns, how="anti", nulls_equal=True).select(ROW)
        for one, other in ((left, right), (right, left))
    ]
    gone, come = pl.collect_all(found)
    return gone[ROW], come[ROW]


def alike(rows: pl.LazyFrame, table: pl.LazyFrame, kind: Kind) -> pl.Series:
    """The numbers of the rows of `table` that hold what `rows` hold, each once."""
    columns = contents(kind, rows, table)
    names = [name for name, _ in columns]
    found = numbered(table, columns).join(numbered(rows, columns), on=[*names, _NTH], how="semi", nulls_equal=True)
    return found.select(ROW).collect()[ROW]


def joined(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Rows of one kind together, whatever hidden columns each has."""
    return pl.concat(parts, how="diagonal")
