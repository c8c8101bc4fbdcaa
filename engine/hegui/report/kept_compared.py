"""Findings kept as Parquet, held against others of the same rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hegui.engines.kept import STEP, Kept

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding that differs: its verdict in both (None: it is not there), and the columns that differ."""

    fingerprint: str
    was: str | None
    now: str | None
    columns: tuple[str, ...] = ()


def compared(was: Kept, now: Kept, rule: str) -> Iterator[Changed]:
    """The findings of a rule that differ, by key.

    Raises:
        UsageError: a file is missing or damaged.
    """
    if _same(was, now, rule):
        return
    yield from _apart(was, now, rule)
    yield from _together(was, now, rule)


def _same(was: Kept, now: Kept, rule: str) -> bool:
    """Are all rows the same, and in the same order?"""
    if was.counts.get(rule) != now.counts.get(rule):
        return False
    slices = (
        [each.collected(rule, each.scan(rule).slice(start, STEP)) for each in (was, now)]
        for start in range(0, was.counts[rule], STEP)
    )
    return all(first.schema == second.schema and first.equals(second) for first, second in slices)


def _apart(was: Kept, now: Kept, rule: str) -> Iterator[Changed]:
    """Those that only one of the two has."""
    for one, other, gone in ((was, now, True), (now, was, False)):
        if not one.counts.get(rule):
            continue
        rows = one.scan(rule).select("key", "verdict")
        if other.counts.get(rule):
            rows = rows.join(other.scan(rule).select("key"), on="key", how="anti")
        for key, verdict in one.collected(rule, rows.sort("key")).iter_rows():
            name = f"{rule}/{one.rules[rule].about}/{key}"
            yield Changed(name, verdict, None) if gone else Changed(name, None, verdict)


def _together(was: Kept, now: Kept, rule: str) -> Iterator[Changed]:
    """Those that both have, where they differ."""
    import polars as pl

    if not was.counts.get(rule) or not now.counts.get(rule):
        return
    first, second = was.scan(rule), now.scan(rule)
    before, after = first.collect_schema(), second.collect_schema()
    columns = [name for name in before if name != "key" and before[name] == after.get(name)]
    other = sorted(
        set(before) ^ set(after) | {name for name in set(before) & set(after) if before[name] != after[name]}
    )
    both = first.join(second, on="key", how="inner", suffix="#now")
    differs = {name: _text(name, before[name]).ne_missing(_text(f"{name}#now", before[name])) for name in columns}
    told = both.select(
        "key", "verdict", pl.col("verdict#now"), *(each.alias(f"#{name}") for name, each in differs.items())
    )
    found = told if other else told.filter(pl.any_horizontal(f"#{name}" for name in columns))
    for row in was.collected(rule, found.sort("key")).iter_rows(named=True):
        changed = tuple(name for name in columns if row[f"#{name}"])
        name = f"{rule}/{was.rules[rule].about}/{row['key']}"
        yield Changed(name, row["verdict"], row["verdict#now"], (*changed, *other))


def _text(name: str, type_: pl.DataType) -> pl.Expr:
    """A column in a form that can be compared: lists as one text."""
    import polars as pl

    column = pl.col(name)
    if not isinstance(type_, pl.List):
        return column
    return column.list.eval(pl.element().cast(pl.String)).list.join("\x1f", ignore_nulls=False)
