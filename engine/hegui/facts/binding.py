"""Which column is which field, and which rows of a sheet are its header: exact words, never near misses."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hegui import units
from hegui.facts import words
from hegui.facts.cells import scale_of
from hegui.facts.table import RawColumn, RawTable
from hegui.vocabulary import Kind, fold

HEAD: Final = 40
"""How many rows of a sheet are searched for its header."""
_BRACKETS: Final = str.maketrans("[]【】〔〕", "()()()")


@dataclass(frozen=True)
class Bound:
    """A column that is a field; `unit` is the one the header names. `fits` is false where it cannot be converted."""

    column: RawColumn
    unit: str | None = None
    fits: bool = True
    rank: int = 0


@dataclass(frozen=True)
class Binding:
    """The columns of a table by field, those that claim one field together, and those that are no field."""

    fields: Mapping[str, Bound]
    ambiguous: Mapping[str, tuple[RawColumn, ...]] = field(default_factory=dict)
    unknown: tuple[RawColumn, ...] = ()


def bind(table: RawTable, kind: Kind, given: Mapping[str, str] | None = None) -> Binding:
    """Find the field of each column. `given` names the header of some fields as it stands in the file."""
    wanted = {_plain(header): name for name, header in (given or {}).items()}
    claims: dict[str, list[Bound]] = {}
    unknown: list[RawColumn] = []
    for column in table.columns:
        found = _given(column, kind, wanted) or _find(column, kind, frozenset(wanted.values()))
        if found is None:
            unknown.append(column)
        else:
            claims.setdefault(found[0], []).append(found[1])
    return _resolve(claims, unknown)


def _resolve(claims: dict[str, list[Bound]], unknown: list[RawColumn]) -> Binding:
    """The completest reading of a header wins; where two are equally complete, neither column can be trusted."""
    fields: dict[str, Bound] = {}
    ambiguous: dict[str, tuple[RawColumn, ...]] = {}
    for name, bounds in claims.items():
        best = [each for each in bounds if each.rank == min(other.rank for other in bounds)]
        unknown += [each.column for each in bounds if each not in best]
        if len(best) == 1:
            fields[name] = best[0]
        else:
            ambiguous[name] = tuple(each.column for each in best)
    return Binding(fields, ambiguous, tuple(each for each in unknown if each.header.strip(words.BLANKS)))


def _given(column: RawColumn, kind: Kind, wanted: Mapping[str, str]) -> tuple[str, Bound] | None:
    for header in column.readings or (column.header,):
        name = wanted.get(_plain(header))
        if name is not None:
            return name, _with_unit(column, kind, name, _unit_of(_plain(header)), -1)
    return None


def _find(column: RawColumn, kind: Kind, taken: frozenset[str]) -> tuple[str, Bound] | None:
    for rank, header in enumerate(column.readings or (column.header,)):
        found = read_header(header, kind)
        if found is not None and found[0] not in taken:
            return found[0], _with_unit(column, kind, *found, rank)
    return None


def _with_unit(column: RawColumn, kind: Kind, name: str, unit: str | None, rank: int) -> Bound:
    own = kind.fields[name].type
    target = (own.element or own).unit
    return Bound(column, None if unit == target else unit, scale_of(unit, target) is not None, rank)


def read_header(header: str, kind: Kind) -> tuple[str, str | None] | None:
    """The field a header names and the unit in its brackets; None where it names no field of `kind`.

    `证载生产规模(万吨/年)` is the field whose label, name or alias is exactly 证载生产规模, in 万吨/年. Brackets that hold
    no unit make another header of it.
    """
    text = _plain(header)
    name = kind.headers.get(fold(text))
    if name is not None:
        return name, None
    for position, unit in _bracketed(text):
        name = kind.headers.get(fold(text[:position]))
        if name is not None and (kind.fields[name].type.element or kind.fields[name].type).numeric:
            return name, units.canonical(unit)
    return None


def _plain(header: str) -> str:
    """The header without white space and with plain brackets; letter case stays, since units need it."""
    return "".join(unicodedata.normalize("NFKC", header).split()).translate(_BRACKETS)


def _bracketed(text: str) -> list[tuple[int, str]]:
    """Where a known unit in brackets begins that ends the header, and the unit."""
    starts = [at for at, char in enumerate(text) if char == "("] if text.endswith(")") else []
    return [(at, text[at + 1 : -1]) for at in starts if at and units.known(text[at + 1 : -1])]


def _unit_of(text: str) -> str | None:
    found = _bracketed(text)
    return units.canonical(found[0][1]) if found else None


# --- the header of a sheet -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Header:
    """The rows of a sheet that are its header: the position of the first and how many (1 or 2)."""

    start: int
    height: int
    matched: int


def find_header(table: RawTable, kind: Kind, given: Mapping[str, str] | None = None) -> Header | None:
    """The rows that name most fields of `kind`: the topmost of equals, one row rather than two. None: no row does."""
    best: Header | None = None
    most = min(len(table.columns), len(kind.fields))
    head = _head(table, HEAD)
    for height in (1, 2):
        for start in range(len(head) - height + 1):
            if best is not None and best.matched == most:
                return best  # no other row can name more
            found = bind(_named(table, head[start : start + height]), kind, given)
            matched = len(found.fields) + len(found.ambiguous)
            if matched > (best.matched if best else 0):
                best = Header(start, height, matched)
    return best


def with_header(table: RawTable, header: Header) -> RawTable:
    """The table below its header, each column under its header's words."""
    after = header.start + header.height
    return replace(_named(table, _head(table, after)[header.start :]).after(after), headed=True)


def _named(table: RawTable, rows: Sequence[Sequence[str]]) -> RawTable:
    """The table with the words of one or two rows as headers."""
    top = rows[0]
    if len(rows) == 1:
        columns = [replace(each, header=word) for each, word in zip(table.columns, top, strict=True)]
        return replace(table, columns=tuple(columns))
    named: list[RawColumn] = []
    group = ""
    for column, upper, lower in zip(table.columns, top, rows[1], strict=True):
        group = upper or group
        readings = _readings(upper, group, lower)
        named.append(replace(column, header=" ".join((group, lower)) if lower else upper, readings=readings))
    return replace(table, columns=tuple(named))


def _readings(upper: str, group: str, lower: str) -> tuple[str, ...]:
    """A merged upper cell stands for all columns below it; a column without a lower cell has the upper one alone."""
    if not lower:
        return (upper,)
    as_unit = (f"{group}({lower})",) if units.known(lower) else ()
    return (group + lower, *as_unit, lower) if group else (lower,)


def _head(table: RawTable, count: int) -> list[list[str]]:
    """The words of the first rows."""
    columns = [each.cells.head(count).to_list() for each in table.columns]
    shown = range(min(count, len(table.lines)))
    return [[str(column[at] or "").strip(words.BLANKS) for column in columns] for at in shown]


def any_header(table: RawTable, kinds: Sequence[Kind]) -> tuple[Kind, Header] | None:
    """The kind whose fields a sheet names most of, with the header rows; None where it names none."""
    found = [(header.matched, kind, header) for kind in kinds if (header := find_header(table, kind))]
    if not found:
        return None
    best = max(matched for matched, _, _ in found)
    return next((kind, header) for matched, kind, header in found if matched == best)
