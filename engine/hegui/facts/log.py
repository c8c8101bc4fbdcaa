"""What was wrong at the door, collected with the address of each thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from hegui.facts.registry import LINE, SOURCE, DataProblem, Place, SourceTable
from hegui.outcome import escape
from hegui.vocabulary import Kind

MAX_SHOWN: Final = 1_000
"""The most characters of a cell that a problem shows."""


class Log:
    """The sources read so far and the problems found in them."""

    def __init__(self, problems: Iterable[DataProblem] = ()) -> None:
        self.sources: list[SourceTable] = []
        self.problems: list[DataProblem] = list(problems)

    def place(self, source: int, row: int | None = None, field: str | None = None, entity: str | None = None) -> Place:
        """The address of a source, of a row of it (that of an entity), or of a field's cell in that row."""
        return self.sources[source].place(row, field, entity)

    def table(
        self, problem: str, source: int, *, field: str | None = None, raw: str | None = None, hint: str | None = None,
        column: str | None = None,
    ) -> None:  # fmt: skip
        """Note something about a whole table or column."""
        table = self.sources[source]
        place = Place(table.file, table.sheet, None, column)
        self.problems.append(DataProblem(problem, table.kind, None, field, raw, place, hint))

    def cells(
        self, problem: str, kind: Kind, field: str, rows: pl.DataFrame, raws: Sequence[str | None],
        hints: Sequence[str | None] | None = None,
    ) -> None:  # fmt: skip
        """Note the same thing about the cell of `field` in each of `rows`; `raws` are the cells' texts."""
        hidden = kind.fields[field].private
        entities, sources, lines = entities_of(kind, rows), rows[SOURCE].to_list(), rows[LINE].to_list()
        for at, entity in enumerate(entities):
            place = self.place(sources[at], lines[at], field, entity)
            raw, hint = None if hidden else raws[at], hints[at] if hints else None
            self.problems.append(DataProblem(problem, kind.name, entity, field, raw, place, hint))

    def in_order(self) -> tuple[DataProblem, ...]:
        """The problems by their address: file, sheet, row, column."""
        return in_order(self.problems)


def in_order(problems: Iterable[DataProblem]) -> tuple[DataProblem, ...]:
    """Problems by their address: file, sheet, row, column; no text in them longer than `MAX_SHOWN`."""
    return tuple(map(_shortened, sorted(problems, key=_order)))


def _shortened(problem: DataProblem) -> DataProblem:
    """A cell's text is shown so that its place is known again, however much it holds."""
    raw, hint = problem.raw, problem.hint
    if len(raw or "") <= MAX_SHOWN and len(hint or "") <= MAX_SHOWN:
        return problem
    return replace(problem, raw=raw and _cut(raw), hint=hint and _cut(hint))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _order(problem: DataProblem) -> tuple[object, ...]:
    place = problem.place or Place("")
    column = place.column or ""
    where = (place.file, place.sheet or "", place.row or 0, place.key or "", len(column), column)
    keyless = "" if place.row is not None else problem.raw or ""
    return (*where, problem.problem, problem.field or "", keyless)


def entities_of(kind: Kind, rows: pl.DataFrame) -> list[str | None]:
    """The key of each row as it is printed, parts escaped and joined by commas; None where a part is missing."""
    if not kind.key:
        return [None] * len(rows)
    parts = [rows[name].to_list() for name in kind.key]
    return [_joined(values) for values in zip(*parts, strict=True)]


def _joined(values: Sequence[object]) -> str | None:
    return None if None in values else ",".join(escape(str(value)) for value in values)
