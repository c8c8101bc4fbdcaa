"""The rows of a session as a registry, for what looks at whole tables: reports, labels, figures of notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from hegui.datatypes import REASONS, Below, Reason
from hegui.facts import problems
from hegui.facts.log import in_order
from hegui.facts.references import parents
from hegui.facts.registry import (
    GHOST,
    LINE,
    ROW,
    SOURCE,
    DataProblem,
    Place,
    Registry,
    SourceTable,
    below,
    why,
)
from hegui.language.scalar import RowData
from hegui.session.journal import Journal
from hegui.session.tables import Changes, Tables, targets
from hegui.source import digest
from hegui.vocabulary import Kind
from hegui.vocabulary.columns import column_types

if TYPE_CHECKING:
    import polars as pl

NAME: Final = "(session)"
"""Where rows that were put into a session are shown to come from."""


@dataclass
class Papers:
    """What a registry says beside its rows: sources, problems by the row they are about, rows that belong to nobody."""

    base: Registry
    as_of: date
    sources: dict[int, SourceTable] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)
    """The source of the rows of each kind that were put in by changes."""
    lines: dict[str, int] = field(default_factory=dict)
    problems: dict[tuple[str | None, str | None], tuple[DataProblem, ...]] = field(default_factory=dict)
    orphans: dict[str, int] = field(default_factory=dict)
    changed: dict[str, bool] = field(default_factory=dict)

    @staticmethod
    def of(registry: Registry, as_of: date) -> Papers:
        """Those of a registry as it was read."""
        papers = Papers(registry, as_of, dict(enumerate(registry.sources)), orphans=dict(registry.orphans))
        for each in registry.problems:
            at = each.kind, each.entity
            papers.problems[at] = (*papers.problems.get(at, ()), each)
        return papers

    @property
    def all_sources(self) -> tuple[SourceTable, ...]:
        """The sources of all rows, in order of their numbers."""
        return tuple(self.sources[number] for number in sorted(self.sources))

    def new(self, problems: Iterable[DataProblem]) -> list[DataProblem]:
        """Those of other problems that are not known yet."""
        known = {each for several in self.problems.values() for each in several}
        return [each for each in problems if each not in known]

    def place(self, kind: Kind, row: RowData, journal: Journal) -> RowData:
        """A row that is put in, with its address: the how manieth of its kind it is."""
        if kind.name not in self.own:
            number = len(self.sources)
            columns = {name: name for name in kind.fields}
            journal.put(self.sources, number, SourceTable(NAME, None, kind.name, columns))
            journal.put(self.own, kind.name, number)
        line = self.lines.get(kind.name, 0) + 1
        journal.put(self.lines, kind.name, line)
        return replace(row, source=self.own[kind.name], line=line)

    def follow(self, changes: Changes, kinds: dict[str, Kind], journal: Journal) -> list[DataProblem]:
        """What is to be said of rows that changed, and no longer of them as they were."""
        noted: list[DataProblem] = []
        for name, rows in changes.items():
            kind, by = kinds[name], parents(kinds[name], [kinds[each] for each in self.supplied(kinds)])
            journal.put(self.changed, name, True)
            for old, new in rows.values():
                row = new or old
                assert row is not None
                entity = row.key if kind.key else None
                left = self.problems.get((name, entity), ())
                if not kind.key:
                    left = tuple(each for each in left if not self._is_about(each, old))
                found = tuple(self._notes(kind, new, by)) if new is not None else ()
                noted += found
                told = found if kind.key else (*left, *found)
                if told:
                    journal.put(self.problems, (name, entity), told)
                else:
                    journal.drop(self.problems, (name, entity))
                count = self.orphans.get(name, 0) + self._lost(kind, new, by) - self._lost(kind, old, by)
                journal.put(self.orphans, name, count)
        return noted

    def supplied(self, kinds: dict[str, Kind]) -> Iterable[str]:
        """The kinds there is a table of."""
        return [name for name in kinds if name in self.base.tables]

    def _is_about(self, problem: DataProblem, row: RowData | None) -> bool:
        place = problem.place
        return row is not None and place is not None and place.row == row.line and place.file == self._file(row)

    def _file(self, row: RowData) -> str | None:
        return None if row.source is None else self.sources[row.source].file

    def _notes(self, kind: Kind, row: RowData, by: Sequence[str]) -> Iterator[DataProblem]:
        entity = row.key if kind.key else None
        named = {each.evidence.obtained_on for each in kind.fields.values() if each.evidence}
        for name in sorted(name for name in named if name):
            day = row.cells[name]
            if isinstance(day, date) and day > self.as_of:
                raw = None if kind.fields[name].private else day.isoformat()
                place = self._place(row, name)
                yield DataProblem(problems.LATER, kind.name, entity, name, raw, place, self.as_of.isoformat())
        if self._unsaid(kind, row, by):
            raw = None if kind.fields[by[0]].private else ""
            to = kind.fields[by[0]].type.kind
            yield DataProblem(problems.NO_PARENT, kind.name, entity, by[0], raw, self._place(row, by[0]), to)

    def _unsaid(self, kind: Kind, row: RowData, by: Sequence[str]) -> bool:
        """Are all references to somebody it could belong to merely empty?"""
        elders = [name for name in by if kind.fields[name].type.kind != kind.name]
        broken = any(row.cells[name] is not Reason.MISSING and not targets(row, name) for name in by)
        return bool(elders) and not broken and all(not targets(row, name) for name in elders)

    def _lost(self, kind: Kind, row: RowData | None, by: Sequence[str]) -> bool:
        """Does a row join no relation?"""
        if row is None:
            return False
        unusable = any(isinstance(row.cells[name], Reason) and row.cells[name] is not Reason.MISSING for name in by)
        return unusable or self._unsaid(kind, row, by)

    def _place(self, row: RowData, name: str) -> Place:
        table = self.sources[row.source] if row.source is not None else SourceTable(NAME)
        return Place(table.file, table.sheet, row.line, table.columns.get(name))

    def supply(self, names: Collection[str], tables: Tables) -> None:
        """Say of all rows which belong to nobody, now that there are tables of some kinds besides."""
        there = [tables.kinds[name] for name in self.base.tables]
        before = [kind for kind in there if kind.name not in names]
        for kind in before:
            by, then = parents(kind, there), parents(kind, before)
            if by == then:
                continue
            rows = tables.rows(kind.name)
            count = sum(self._lost(kind, row, by) - self._lost(kind, row, then) for row in rows)
            self.orphans[kind.name] = self.orphans.get(kind.name, 0) + count
            self._say_anew(kind, rows, by)

    def _say_anew(self, kind: Kind, rows: Iterable[RowData], by: Sequence[str]) -> None:
        """Note of each row of a kind whether it says whom it belongs to."""
        for at, known in list(self.problems.items()):
            if at[0] == kind.name:
                self.problems[at] = tuple(each for each in known if each.problem != problems.NO_PARENT)
        for row in rows:
            at = kind.name, row.key if kind.key else None
            noted = (
                each for each in self._notes(kind, row, by) if each.problem == problems.NO_PARENT and not row.ghost
            )
            self.problems[at] = (*self.problems.get(at, ()), *noted)

    def registry(self, tables: Tables) -> Registry:
        """All of it as a registry."""
        if not self.changed:
            return self.base
        frames = {
            name: frame_of(tables, tables.kinds[name]) if name in self.changed else table
            for name, table in self.base.tables.items()
        }
        found = in_order([each for several in self.problems.values() for each in several])
        orphans = {name: count for name, count in self.orphans.items() if count}
        return Registry(self.base.vocabulary, frames, self.all_sources, found, orphans, self._digest(tables))

    def _digest(self, tables: Tables) -> str:
        """Of the registry there was, and of the kinds whose rows are not all as they were."""
        texts = {
            name: repr([(row.key, sorted(row.cells.items())) for row in tables.rows(name)])
            for name in sorted(self.changed)
        }
        return digest([("", self.base.digest.encode()), *((name, text.encode()) for name, text in texts.items())])


def frame_of(tables: Tables, kind: Kind) -> pl.DataFrame:
    """The rows of a kind in the form of a conformed registry."""
    import polars as pl

    rows = tables.rows(kind.name)
    columns: dict[str, pl.Series] = {}
    for name, type_ in column_types(kind).items():
        cells = [row.cells.get(name, Reason.MISSING) for row in rows]
        columns[name] = pl.Series(name, [None if isinstance(each, (Reason, Below)) else each for each in cells], type_)
        columns |= _hidden(name, cells)
    columns[SOURCE] = pl.Series(SOURCE, [row.source for row in rows], pl.Int32)
    columns[LINE] = pl.Series(LINE, [row.line for row in rows], pl.Int64)
    if tables.ghosts[kind.name]:
        columns[GHOST] = pl.Series(GHOST, [row.ghost for row in rows], pl.Boolean)
    columns[ROW] = pl.int_range(len(rows), dtype=pl.Int64, eager=True).alias(ROW)
    return pl.DataFrame(columns)


def _hidden(name: str, cells: Sequence[Any]) -> dict[str, pl.Series]:
    """Why cells have no value, and what they are known to lie below, where there are such."""
    import polars as pl

    found = {}
    whys = [_code(each) for each in cells]
    if any(each is not None for each in whys):
        found[why(name)] = pl.Series(why(name), whys, pl.Int8)
    bounds = [each.bound if isinstance(each, Below) else None for each in cells]
    if any(each is not None for each in bounds):
        found[below(name)] = pl.Series(below(name), bounds, pl.Float64)
    return found


def _code(cell: object) -> int | None:
    if isinstance(cell, Below):
        return REASONS.index(Reason.BELOW_DETECTION)
    return REASONS.index(cell) if isinstance(cell, Reason) and cell is not Reason.MISSING else None
