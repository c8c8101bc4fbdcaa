"""A registry that was read again, held against the rows of a session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hegui.conclusions.ground import SET_ASIDE
from hegui.engines.request import Request
from hegui.engines.scalar import FactWorld
from hegui.facts.registry import LINE, ROW, SOURCE, Registry
from hegui.language.scalar import RowData
from hegui.session.tables import identity

if TYPE_CHECKING:
    from hegui.session.door import Frames
    from hegui.session.state import State

MOST: Final = 2_000
"""Beyond so many rows that differ, judging everything anew in columns takes less time."""


def difference(state: State, registry: Registry) -> Frames | None:
    """The rows of a registry that are not as the session has them, or do not stand where they stood; None where there are
    too many, or where tables came or went, or rows are set aside."""
    if set(registry.tables) != set(state.tables.of) or _lost(registry) != _lost(state.papers.base):
        return None
    world = FactWorld(Request(state.asked.ruleset, registry, state.asked.as_of, ()))
    found: Frames = {}
    left = MOST
    for name in registry.tables:
        kind, held = state.tables.kinds[name], state.tables.of[name]
        rows = world.rows(name)
        if not kind.key or state.tables.ghosts[name] or any(row.ghost for row in rows):
            if not _alike(rows, state.tables.rows(name)):
                return None
            continue
        now = {identity(kind, row): row for row in rows}
        changed: dict[str, RowData | None] = {at: row for at, row in now.items() if not _stands(held.get(at), row)}
        changed |= dict.fromkeys(at for at in held if at not in now)
        found[name] = changed
        left -= len(changed)
        if left < 0:
            return None
    return found


def _lost(registry: Registry) -> Counter[str | None]:
    """How many rows of each kind were set aside."""
    return Counter(each.kind for each in registry.problems if each.problem in SET_ASIDE)


def _alike(one: list[RowData], other: list[RowData]) -> bool:
    return len(one) == len(other) and all(map(_stands, one, other))


def _stands(old: RowData | None, new: RowData) -> bool:
    return (
        old is not None
        and (old.source, old.line, old.key, old.ghost) == (new.source, new.line, new.key, new.ghost)
        and (list(map(repr, old.cells.values())) == list(map(repr, new.cells.values())))
    )


def with_kinds(registry: Registry, names: Iterable[str]) -> Registry:
    """A registry with empty tables of some kinds besides."""
    import polars as pl

    from hegui.vocabulary.columns import column_types

    hidden = {SOURCE: pl.Int32(), LINE: pl.Int64(), ROW: pl.Int64()}
    kinds = registry.vocabulary.kinds
    empty = {name: pl.DataFrame(schema={**column_types(kinds[name]), **hidden}) for name in names}
    return replace(registry, tables={**registry.tables, **empty})
