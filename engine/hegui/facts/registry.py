"""A conformed registry: one typed frame per kind, its provenance, and what was wrong at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hegui.vocabulary import Vocabulary

if TYPE_CHECKING:
    import polars as pl

    from hegui.facts.stands import Stand

ROW = "#row"
"""Hidden column, Int64: the row's number within its kind, 0 … n-1, unique; rows are in order of their key."""
SOURCE = "#source"
"""Hidden column, Int32: index into `Registry.sources`."""
LINE = "#line"
"""Hidden column, Int64: the row in the source as a person counts it there (first row is 1). Rows of a source that is
`keyed` have no such number: theirs is their place in order of key, by which a run finds them again, and nobody is told it."""
GHOST = "#ghost"
"""Hidden column, Boolean, present only where needed: a row set aside whose parent is known. It has its parent
reference and nothing else; it belongs to the parent's relation and is never judged itself."""


def why(name: str) -> str:
    """Hidden column, Int8, only present where some cell has another reason than missing: `REASONS.index(reason)`
    of a null cell of `name` (null: the cell is simply missing, or present)."""
    return f"{name}#why"


def below(name: str) -> str:
    """Hidden column, Float64, only present where a `detection` field has such cells: the bound of a `<0.05`; the
    field itself is null there and its `why` says below detection."""
    return f"{name}#below"


@dataclass(frozen=True, slots=True)
class SourceTable:
    """Where rows came from: a file (and sheet), and the column of each field as a person addresses it (`C`, or the
    header). `digest` is `sha256:…` of the file's bytes.

    Of a database, `file` is its address without secrets, `sheet` the table or the query, and `digest` that of what was read
    of it. Its rows are `keyed`: without numbers, and addressed by their key.
    """

    file: str
    sheet: str | None = None
    kind: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    keyed: bool = False

    def place(self, row: int | None = None, field: str | None = None, key: str | None = None) -> Place:
        """The address of a row here, which has the number `row` and the key `key`, or of a field's cell in it."""
        column = self.columns.get(field) if field is not None else None
        if not self.keyed:
            return Place(self.file, self.sheet, row, column)
        return Place(self.file, self.sheet, None, column, key, row)


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a cell, row or file in a source; what is unknown is None. Where rows have no numbers, `key` is the row's
    and `nth` its place in order of key, which says nothing to people."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    key: str | None = None
    nth: int | None = None

    @property
    def number(self) -> int | None:
        """What the row is found again by among those of its source."""
        return self.nth if self.row is None else self.row

    @property
    def of_row(self) -> tuple[str, str | None, int | None, str | None]:
        """The address of the row alone."""
        return self.file, self.sheet, self.row, self.key

    def __str__(self) -> str:
        """The address in short, the same in every language.

        >>> str(Place("mines.xlsx", "年度产量", 7, "E")), str(Place("lifts.csv", None, 2))
        ('mines.xlsx[年度产量]:7:E', 'lifts.csv:2')
        """
        sheet = "" if self.sheet is None else f"[{self.sheet}]"
        return self.file + sheet + "".join(f":{part}" for part in (self.row, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class DataProblem:
    """One entry of `data_quality`. `problem` is one of the words documented in docs/facts.md; `detail` a bilingual
    sentence is made from it when shown. `raw` is the text as it stood in the source (None where private)."""

    problem: str
    kind: str | None = None
    entity: str | None = None
    field: str | None = None
    raw: str | None = None
    place: Place | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Registry:
    """Conformed facts. `tables` has a frame for each kind that was supplied, and only for those.

    Columns: each field of the kind, typed (string, code and ref: String; int: Int64; number: Float64; bool: Boolean;
    date: Date; list: List of those), null where undetermined, plus the hidden columns above. Values are in the
    field's declared unit. A reference that points nowhere is null with the reason unreadable, unless the kind it
    points at was not supplied at all. Tables may be lazy frames.
    """

    vocabulary: Vocabulary
    tables: dict[str, pl.DataFrame | pl.LazyFrame]
    sources: tuple[SourceTable, ...] = ()
    problems: tuple[DataProblem, ...] = ()
    orphans: dict[str, int] = field(default_factory=dict)
    """kind → rows that join no relation because their parent is unreadable or unknown."""
    digest: str = ""
    """`sha256:…`: of files over their bytes, of frames over the columns that are used as they were given (headers, types, cells,
    order of rows), of databases over the conformed rows."""
    folder: Path | None = None
    """Where the tables lie as Parquet, `<kind>.parquet` each, for engines that read them themselves; None where they
    are held in memory only."""
    stands: Mapping[str, Stand | None] = field(default_factory=dict)
    """Where the rows of kinds stand, in short, as far as that is worked out; None where it cannot be told in short."""

    def __repr__(self) -> str:
        """What it holds, and no value of it: tables may have private ones."""
        kinds = (f"{name}: {_size(table)}" for name, table in sorted(self.tables.items()))
        return f"<Registry {', '.join(kinds) or 'of nothing'}; {self.digest[:15]}>"

    @cached_property
    def looked_up(self) -> dict[str, Any]:
        """What engines have made of the tables for looking rows up, kept for the next one that asks."""
        return {}

    def keys(self, kind: str) -> frozenset[str]:
        """The keys of a supplied kind whose key is a single field, as texts."""
        name = self.vocabulary.kinds[kind].key[0]
        column = self.tables[kind].lazy().select(name).collect().get_column(name)
        return frozenset(str(value) for value in column if value is not None)


def _size(table: pl.DataFrame | pl.LazyFrame) -> str:
    """The rows of a table; of one that would have to be read, only that it is there."""
    return str(len(table)) if isinstance(table, Sized) else "not read"
