"""The rows of a session as Python objects: by key, and by whom they refer to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from hegui.calendar import load
from hegui.datatypes import Reason
from hegui.engines.request import Request
from hegui.engines.scalar import FactWorld
from hegui.facts.registry import Registry
from hegui.language.scalar import RowData, Value
from hegui.ruleset.model import Ruleset
from hegui.session.journal import Journal
from hegui.vocabulary import Kind

Rows = dict[str, RowData]
Change = tuple[RowData | None, RowData | None]
"""A row as it was and as it is; None where there is none."""
Changes = Mapping[str, Mapping[str, Change]]
"""What changes, by kind and identity."""
_ASIDE: Final = "\x00"
"""What the identity of a row that was set aside begins with."""


class Tables:
    """The facts as the scalar evaluator sees them, kept up with changes.

    A row is known by its *identity*: the text of its key where this is one field, which is what references hold; the key as
    fingerprints have it where there are several; where there is none, a number of its own.
    """

    def __init__(self, ruleset: Ruleset, registry: Registry, as_of: date) -> None:
        self.ruleset, self.kinds = ruleset, ruleset.vocabulary.kinds
        self.calendar = load(ruleset.workdays)
        self.of: dict[str, Rows] = {}
        self.ghosts: dict[str, list[RowData]] = {}
        self._aside: dict[tuple[str, str], RowData] = {}
        self.pointing: dict[tuple[str, str], dict[str, list[RowData]]] = {}
        """By kind and reference: the rows that refer to somebody, in order of their key, those set aside last."""
        self.counters: dict[str, int] = {}
        """How many identities have been given to rows of a kind without a key."""
        world = FactWorld(Request(ruleset, registry, as_of, ()))
        for name in registry.tables:
            self._take(self.kinds[name], world.rows(name))

    def _take(self, kind: Kind, rows: Sequence[RowData]) -> None:
        self.ghosts[kind.name] = [row for row in rows if row.ghost]
        self._aside |= {(kind.name, identity(kind, row)): row for row in self.ghosts[kind.name]}
        real = [row for row in rows if not row.ghost]
        self.of[kind.name] = {identity(kind, row): row for row in real}
        self.counters[kind.name] = len(real)
        for name in references(kind):
            groups = self.pointing.setdefault((kind.name, name), {})
            for row in rows:
                for target in targets(row, name):
                    groups.setdefault(target, []).append(row)

    # --- changing

    def change(self, changes: Changes, journal: Journal) -> None:
        """Put what is new in place of what was."""
        for name, rows in changes.items():
            kind, held = self.kinds[name], self.of[name]
            for at, (old, new) in rows.items():
                if new is None:
                    journal.drop(held, at)
                else:
                    journal.put(held, at, new)
                for reference in references(kind):
                    self._point(kind, reference, (old, new), journal)

    def _point(self, kind: Kind, reference: str, change: Change, journal: Journal) -> None:
        groups = self.pointing[kind.name, reference]
        old, new = change
        for target in targets(old, reference):
            assert old is not None
            left = [row for row in groups[target] if row is not old]
            if left:
                journal.put(groups, target, left)
            else:
                journal.drop(groups, target)
        for target in targets(new, reference):
            assert new is not None
            rows = list(groups.get(target, ()))
            rows.insert(bisect_left(rows, rank(kind, new), key=lambda row: rank(kind, row)), new)
            journal.put(groups, target, rows)

    # --- looking

    def rows(self, kind: str) -> list[RowData]:
        """The rows of a kind in order of their key, those set aside behind them."""
        own = self.kinds[kind]
        return [*(row for _, row in self.ordered(own)), *self.ghosts[kind]]

    def ordered(self, kind: Kind) -> list[tuple[str, RowData]]:
        """The rows that were not set aside with their identities, in order."""
        return sorted(self.of[kind.name].items(), key=lambda each: rank(kind, each[1]))

    def row(self, kind: str, at: str) -> RowData:
        """The row of an identity, one that was set aside included."""
        return self._aside[kind, at] if at.startswith(_ASIDE) else self.of[kind][at]

    def holds(self, kind: str, at: str, changes: Changes) -> bool:
        """Is there a row of this identity, or will there be one?"""
        return at in self.of.get(kind, ()) or at in changes.get(kind, ())

    def is_aside(self, kind: str, at: str) -> bool:
        """Is there a row that was set aside of this identity?"""
        return (kind, at) in self._aside

    def follow(self, kind: str, key: str) -> RowData | Reason:
        if kind not in self.of:
            return Reason.NOT_SUPPLIED
        return self.of[kind].get(key, Reason.UNREADABLE)

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        if kind not in self.of:
            return Reason.NOT_SUPPLIED
        return self.pointing[kind, by].get(key, ())

    def referring(self, kind: str, key: str) -> Iterator[tuple[str, str, RowData]]:
        """The rows that refer to a row, with their kind and the field."""
        for (name, reference), groups in self.pointing.items():
            if key in groups and _target(self.kinds[name], reference) == kind:
                yield from ((name, reference, row) for row in groups[key] if not row.ghost)

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        value = row.cells[self.kinds[kind].key[0]]
        return value if isinstance(value, Reason) else str(value)

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        found = self.ruleset.parameters[name].on(day)
        return None if found is None else (found.value, found.text)

    def workdays_between(self, start: date, end: date) -> int | None:
        return self.calendar.workdays_between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        return self.calendar.add_workdays(start, count)


def rank(kind: Kind, row: RowData) -> tuple[Any, ...]:
    """Where a row stands among those of its kind: by its key, or as it came; those set aside last."""
    if row.ghost:
        return (1,)
    return (0, *(row.cells[name] for name in kind.key)) if kind.key else (0, row.number)


def identity(kind: Kind, row: RowData) -> str:
    """What a row is known by."""
    if row.ghost:
        return f"{_ASIDE}{row.number}"
    if len(kind.key) == 1:
        return str(row.cells[kind.key[0]])
    return row.key if kind.key else str(row.number)


def references(kind: Kind) -> list[str]:
    """The fields that hold references, lists of them included."""
    return [name for name in kind.fields if _target(kind, name) is not None]


def _target(kind: Kind, field: str) -> str | None:
    type_ = kind.fields[field].type.element or kind.fields[field].type
    return type_.kind if type_.name == "ref" else None


def target(kind: Kind, field: str) -> str:
    """The kind a reference of a kind points at."""
    found = _target(kind, field)
    assert found is not None
    return found


def targets(row: RowData | None, reference: str) -> list[str]:
    """The keys a reference of a row holds."""
    value = None if row is None else row.cells.get(reference)
    if value is None or isinstance(value, Reason):
        return []
    return list(dict.fromkeys(value)) if isinstance(value, (list, tuple)) else [value]
