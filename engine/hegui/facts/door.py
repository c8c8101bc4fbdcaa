"""The door: raw tables become a conformed registry; what does not fit is kept with its address and reported.

The order: each table's columns are found and judged cell by cell; rows whose key is unusable are set aside; rows of one
key become one; references are held against the tables they point at; what joins nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from hegui.datatypes import REASONS, STRING, Reason
from hegui.facts import problems, words
from hegui.facts.binding import Binding, Bound, bind
from hegui.facts.columns import Settled, raw_text, settle
from hegui.facts.draft import Draft, Failure
from hegui.facts.identities import names_rows, shown
from hegui.facts.identity_columns import identities
from hegui.facts.log import Log, entities_of
from hegui.facts.references import count_orphans, hold_references, keep_references
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE, DataProblem, Registry, SourceTable, below, why
from hegui.facts.rows import merge_same_keys, put_in_order, set_aside
from hegui.facts.table import FEW, RawColumn, RawTable
from hegui.source import Diagnostic, FactsError
from hegui.vocabulary import Field, Kind, Vocabulary
from hegui.vocabulary.columns import column_types

_UNREADABLE: Final = REASONS.index(Reason.UNREADABLE)


@dataclass(frozen=True)
class Supplied:
    """A raw table, the kind it is of and where it came from; `columns` names the headers of some fields. Rows that are
    `keyed` have no numbers and came in no order that means anything."""

    kind: str
    table: RawTable
    file: str
    digest: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    keyed: bool = False


def conform(
    vocabulary: Vocabulary,
    supplied: Iterable[Supplied],
    *,
    as_of: date | None = None,
    noted: Sequence[DataProblem] = (),
    digest: str = "",
    part: bool = False,
) -> Registry:
    """Judge raw tables. `noted` are problems found while reading; `as_of` only serves to note later records. Of a `part`
    of a registry, references are kept as they are: what they point at may be elsewhere.

    Raises:
        FactsError: a file is damaged further down; with all such files.
    """
    log = Log(noted)
    judged: dict[str, list[_Judge]] = {}
    damage: list[Diagnostic] = []
    for each in supplied:
        try:
            judged.setdefault(each.kind, []).append(_Judge(vocabulary.kinds[each.kind], each, log))
        except FactsError as error:  # further down than where it was opened
            damage += [found for found in error.diagnostics if found not in damage]
    if damage:
        raise FactsError(damage)
    for several in judged.values():
        _log_drift(several, log)
    drafts = {name: _draft(kind, judged.pop(name)) for name, kind in vocabulary.kinds.items() if name in judged}
    for draft in drafts.values():
        _settle_rows(draft, log, as_of)
    if part:
        keep_references(drafts, vocabulary)
    else:
        hold_references(drafts, log)
    orphans = {} if part else count_orphans(drafts, log)
    tables: dict[str, pl.DataFrame | pl.LazyFrame] = {name: _finished(draft, log) for name, draft in drafts.items()}
    return Registry(vocabulary, tables, tuple(log.sources), log.in_order(), orphans, digest)


def _settle_rows(draft: Draft, log: Log, as_of: date | None) -> None:
    _log_cells(draft, log)
    set_aside(draft, log)
    if any(log.sources[number].keyed for number in draft.frame[SOURCE].unique().to_list()):
        put_in_order(draft)
    merge_same_keys(draft, log)
    if as_of is not None:
        _note_later(draft, log, as_of)


class _Judge:
    """One raw table judged column by column, block by block: of each block only typed columns stay, and the texts of what
    could not be read."""

    def __init__(self, kind: Kind, supplied: Supplied, log: Log) -> None:
        self.kind, self.log, self.columns = kind, log, supplied.columns
        self.source, self.rows = len(log.sources), 0
        self.frames: list[pl.DataFrame] = []
        self.failures: list[Failure] = []
        self.respelt: dict[str, tuple[int, str]] = {}
        binding = bind(supplied.table, kind, supplied.columns)
        self.there = (*binding.fields, *binding.ambiguous)
        addresses = {name: bound.column.address for name, bound in binding.fields.items()}
        given, name = supplied, supplied.table.name
        log.sources.append(SourceTable(given.file, name, kind.name, addresses, given.digest, given.keyed))
        for block in supplied.table.blocks():
            self._add(_without_blank_rows(block))
        self._log_columns(binding)

    def _add(self, block: RawTable) -> None:
        """The typed columns of a block with their hidden ones; fields without a column are not there yet."""
        binding = bind(block, self.kind, self.columns)
        columns = {SOURCE: pl.repeat(self.source, len(block.lines), dtype=pl.Int32, eager=True)}
        columns[LINE] = block.lines.cast(pl.Int64)
        for name, bound in binding.fields.items():
            columns |= _hidden(name, self._column(name, bound))
        for name, claimants in binding.ambiguous.items():
            columns |= _hidden(name, self._none_of(claimants, self.kind.fields[name]))
        self.frames.append(pl.DataFrame(columns))
        self.rows += len(block.lines)

    def _column(self, name: str, bound: Bound) -> Settled:
        own = self.kind.fields[name]
        if not bound.fits:
            return self._none_of((bound.column,), own)
        settled = settle(self._identities(name, bound.column), own, bound.unit)
        rows = settled.unreadable
        if name in self.kind.key:
            settled = _without_totals(settled, bound.column)
            rows = settled.values.is_null().arg_true() if settled.values.null_count() else rows.clear()
        if len(rows):
            raws = tuple(raw_text(bound.column, row) for row in rows.to_list())
            self.failures.append(Failure(name, rows.cast(pl.Int64) + self.rows, raws))
        return settled

    def _identities(self, name: str, column: RawColumn) -> RawColumn:
        """The column as it is compared, where it says which row is meant; what was written otherwise is counted."""
        if not names_rows(name, self.kind.fields[name], self.kind.key):
            return column
        column, texts = identities(column)
        if texts:
            count, first = self.respelt.get(name, (0, texts[0]))
            self.respelt[name] = (count + len(texts), first)
        return column

    def _none_of(self, columns: Sequence[RawColumn], own: Field) -> Settled:
        """A field whose column cannot be used: where a cell says anything, it is unreadable."""
        said = pl.repeat(False, len(columns[0].cells), eager=True)
        for column in columns:
            text = settle(column, Field(own.name, STRING, own.label))
            said |= text.values.is_not_null()
        values = pl.repeat(None, len(said), dtype=column_types(self.kind)[own.name], eager=True)
        return Settled(values, pl.select(pl.when(said).then(pl.lit(_UNREADABLE, pl.Int8))).to_series())

    def _log_columns(self, binding: Binding) -> None:
        source = self.source
        for name, bound in binding.fields.items():
            if not bound.fits:
                raw, column = bound.column.header, bound.column.address
                unit = self.kind.fields[name].type.unit
                self.log.table(problems.INCOMPATIBLE_UNIT, source, field=name, raw=raw, column=column, hint=unit)
        for name, claimants in binding.ambiguous.items():
            hint = ", ".join(column.address for column in claimants)
            self.log.table(problems.AMBIGUOUS_COLUMN, source, field=name, raw=claimants[0].header, hint=hint)
        for name, (count, first) in self.respelt.items():
            told, address = (
                None if self.kind.fields[name].private else shown(first),
                binding.fields[name].column.address,
            )
            self.log.table(problems.RESPELT, source, field=name, raw=told, hint=str(count), column=address)
        for column_ in binding.unknown:
            self.log.table(problems.UNKNOWN_COLUMN, source, raw=column_.header, column=column_.address)
        for name in self.kind.key:
            if name not in binding.fields and name not in binding.ambiguous and self.rows:
                self.log.table(problems.NO_KEY_COLUMN, source, field=name, hint=str(self.rows))


def _without_blank_rows(table: RawTable) -> RawTable:
    if not table.columns or any(each.cells.dtype not in (pl.String, pl.Null) for each in table.columns):
        return table
    if len(table.lines) <= FEW:
        said = {row for column in table.columns for row in _said(column)}
        return table if len(said) == len(table.lines) else table.take(pl.Series(sorted(said), dtype=pl.UInt32))
    rows = pl.int_range(len(table.lines), dtype=pl.UInt32, eager=True)
    blank = rows
    for column in table.columns:  # most often the first has a text in every row
        blank = _blank(column, blank)
        if not len(blank):
            return table
    return table.take(rows.filter(~rows.is_in(blank.implode())))


def _blank(column: RawColumn, rows: pl.Series) -> pl.Series:
    """Those of `rows` where the column has nothing."""
    cells = column.cells if len(rows) == len(column.cells) else column.cells.gather(rows)
    text = cells.cast(pl.String)
    blank = rows.filter(text.is_null() | (text.str.strip_chars(words.BLANKS) == ""))
    return blank.filter(~blank.is_in(list(column.nested))) if column.nested else blank


def _said(column: RawColumn) -> Iterator[int]:
    """The positions of the cells that are not blank."""
    yield from column.nested
    yield from (row for row, text in enumerate(column.cells.to_list()) if text is not None and text.strip(words.BLANKS))


def _without_totals(settled: Settled, column: RawColumn) -> Settled:
    """A key cell that says 合计, or repeats the header on a second page, is no entity's."""
    if settled.values.dtype != pl.String:
        return settled
    header = {column.header, *column.readings} if column.address != column.header else set()
    if len(settled.values) <= FEW and not (words.TOTALS | header) & set(settled.values.to_list()):
        return settled
    no_entity = settled.values.is_in(sorted(words.TOTALS | header)).fill_null(False)
    if not no_entity.any():
        return settled
    rows = no_entity.arg_true()
    reasons = settled.why if settled.why is not None else pl.repeat(None, len(no_entity), dtype=pl.Int8, eager=True)
    return Settled(settled.values.scatter(rows, None), reasons.scatter(rows, _UNREADABLE), settled.below)


def _hidden(name: str, settled: Settled) -> dict[str, pl.Series]:
    columns = {name: settled.values, why(name): settled.why, below(name): settled.below}
    return {each: series for each, series in columns.items() if series is not None}


def _draft(kind: Kind, judged: Iterable[_Judge]) -> Draft:
    frames: list[pl.DataFrame] = []
    failures: list[Failure] = []
    rows = 0
    for each in judged:
        failures += [failure.moved(rows) for failure in each.failures]
        frames += each.frames
        rows += each.rows
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    absent = [
        pl.lit(None, dtype).alias(name) for name, dtype in column_types(kind).items() if name not in frame.columns
    ]
    frame = frame.with_columns(absent) if absent else frame
    return Draft(kind, frame, frame.clear(), tuple(failures))


def _log_drift(several: Sequence[_Judge], log: Log) -> None:
    """Tables of one kind need not have the same columns, but that one of them lacks a column is worth knowing. Of a key
    that is lacking it is said already."""
    first: dict[str, str] = {}
    for each in several:
        for name in each.there:
            place = log.place(each.source)
            first.setdefault(name, " ".join(filter(None, (place.file, place.sheet))))
    for each in several:
        lacking = [name for name in first if name not in each.there and name not in each.kind.key]
        for name in lacking if each.rows else []:
            log.table(problems.NO_COLUMN, each.source, field=name, hint=first[name])


def _log_cells(draft: Draft, log: Log) -> None:
    """Unreadable cells; those of an unusable key are reported with their row."""
    for failure in draft.failures:
        rows = draft.frame[failure.rows]
        keep = [
            at
            for at, entity in enumerate(entities_of(draft.kind, rows))
            if entity or failure.field not in draft.kind.key
        ]
        raws = [failure.raws[at] for at in keep]
        log.cells(problems.UNREADABLE, draft.kind, failure.field, rows[keep], raws)


def _note_later(draft: Draft, log: Log, as_of: date) -> None:
    """Papers obtained after the day the facts are looked at."""
    named = {each.evidence.obtained_on for each in draft.kind.fields.values() if each.evidence}
    for name in sorted(name for name in named if name):
        last = draft.frame[name].max()
        if not isinstance(last, date) or last <= as_of:
            continue
        later = draft.frame.filter(pl.col(name) > as_of)
        raws = [value.isoformat() for value in later[name].to_list()]
        log.cells(problems.LATER, draft.kind, name, later, raws, [as_of.isoformat()] * len(later))


def _finished(draft: Draft, log: Log) -> pl.DataFrame:
    """The table as it goes into the registry: fields, their reasons and bounds, row number, source, line, ghosts."""
    fields = list(draft.kind.fields)
    there = set(draft.frame.columns)
    hidden = [each for name in fields for each in (why(name), below(name)) if each in there]
    frame = draft.frame[[*fields, *_used(draft.frame, hidden), SOURCE, LINE]]
    ghosts = draft.ghosts() if len(draft.aside) else draft.aside
    if len(ghosts):
        frame = pl.concat([frame.with_columns(pl.lit(False).alias(GHOST)), ghosts], how="diagonal")
    frame = frame.hstack([pl.int_range(len(frame), dtype=pl.Int64, eager=True).alias(ROW)])
    keyed = [number for number, source in enumerate(log.sources) if source.keyed and source.kind == draft.kind.name]
    return frame.with_columns(_lines(keyed)) if keyed else frame


def _lines(keyed: list[int]) -> pl.Expr:
    """Rows without a number are found again by their place in order of key."""
    return pl.when(pl.col(SOURCE).is_in(keyed)).then(pl.col(ROW) + 1).otherwise(pl.col(LINE)).alias(LINE)


def _used(frame: pl.DataFrame, hidden: list[str]) -> list[str]:
    return [name for name in hidden if frame[name].null_count() < len(frame)]
