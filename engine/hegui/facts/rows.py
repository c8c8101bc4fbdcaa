"""Rows and their keys: rows without a usable key are set aside, rows of one key become one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from hegui.datatypes import REASONS, Reason
from hegui.facts import problems
from hegui.facts.draft import Draft
from hegui.facts.log import Log, entities_of
from hegui.facts.registry import LINE, SOURCE, DataProblem, below, why
from hegui.facts.table import FEW, as_text
from hegui.vocabulary import Kind

_GROUP = "#group"


def set_aside(draft: Draft, log: Log) -> None:
    """Take out the rows whose key has a part that is missing or unreadable."""
    kind = draft.kind
    if not kind.key or not any(draft.frame[name].null_count() for name in kind.key):
        return
    unusable = draft.frame.select(pl.any_horizontal(pl.col(name).is_null() for name in kind.key)).to_series()
    raws = {
        (failure.field, row): raw
        for failure in draft.failures
        if failure.field in kind.key
        for row, raw in zip(failure.rows.to_list(), failure.raws, strict=True)
    }
    positions = unusable.arg_true().to_list()
    moved = draft.put_aside(unusable)
    for at, row in enumerate(moved.select(*kind.key, SOURCE, LINE).iter_rows(named=True)):
        _log_unusable(kind, row, {name: raws.get((name, positions[at])) for name in kind.key}, log)


def _log_unusable(kind: Kind, row: dict[str, Any], raws: dict[str, str | None], log: Log) -> None:
    first = next(name for name in kind.key if row[name] is None)
    if first not in log.sources[row[SOURCE]].columns:
        return  # the table has no such column: said once, for the table
    parts = [raws[name] or as_text(row[name]) or "" for name in kind.key]
    place = log.place(row[SOURCE], row[LINE], first)
    log.problems.append(DataProblem(problems.UNUSABLE_KEY, kind.name, None, first, ", ".join(parts), place))


def merge_same_keys(draft: Draft, log: Log) -> None:
    """Put the rows in order of their key and make one row of those that share it."""
    key = draft.kind.key
    if not key or len(draft.frame) < 2:
        return
    if len(draft.frame) <= FEW and _ascends(draft.frame, key):
        return
    if not _in_order(draft.frame, key):
        # on streams it takes half the time and memory
        draft.frame = draft.frame.lazy().sort(key, maintain_order=True).collect(engine="streaming")
    same = _same_as_before(draft.frame, key)
    if same.any():
        group = (~same).cum_sum().alias(_GROUP)
        several = same | same.shift(-1, fill_value=False)
        rows = draft.frame.with_columns(group).filter(several)
        merged = _merged(rows, draft.kind, log)
        at = several.filter(~same).arg_true()
        draft.frame = _put(draft.frame.filter(~same), at, merged.drop(*key, SOURCE, LINE))


def put_in_order(draft: Draft) -> None:
    """Put rows that came in no certain order in one that only what they say decides: by key, and those of one key, or without
    any, by all their fields."""
    draft.frame, draft.aside = _ordered(draft.frame, draft.kind), _by_all(draft.aside, draft.kind)


def _ordered(frame: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    if not kind.key:
        return _by_all(frame, kind)
    if not _in_order(frame, kind.key):
        frame = frame.lazy().sort(kind.key, maintain_order=True).collect(engine="streaming")
    same = _same_as_before(frame, kind.key) if len(frame) else pl.Series([], dtype=pl.Boolean)
    if not same.any():
        return frame
    several = same | same.shift(-1, fill_value=False)
    at, rows = several.arg_true(), _by_all(frame.filter(several), kind)
    order = pl.concat([(~several).arg_true(), at])
    return pl.concat([frame.filter(~several), rows])[order.arg_sort()]


def _by_all(frame: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    names = [*kind.key, *(name for name in kind.fields if name not in kind.key)]
    hidden = [each for name in names for each in (why(name), below(name)) if each in frame.columns]
    lists = [name for name in names if isinstance(frame.schema[name], pl.List)]
    texts = [pl.col(name).cast(pl.List(pl.String)).list.join("\x1f", ignore_nulls=True) for name in lists]
    plain = [pl.col(name) for name in (*names, *hidden) if name not in lists]
    return frame.sort(*plain, *texts, SOURCE, maintain_order=True, nulls_last=True) if len(frame) > 1 else frame


def _ascends(frame: pl.DataFrame, key: tuple[str, ...]) -> bool:
    """Is every row's key after the one before? Polars orders values as Python does, texts by code points."""
    keys = list(zip(*(frame[name].to_list() for name in key), strict=True))
    return all(before < after for before, after in pairwise(keys))


def _in_order(frame: pl.DataFrame, key: tuple[str, ...]) -> bool:
    """Is every row's key at least the one before? Compared part by part."""
    if len(key) == 1:
        return frame[key[0]].is_sorted()
    later: pl.Expr = pl.lit(True)
    for name in reversed(key):
        column = pl.col(name)
        later = (column > column.shift(1)) | ((column == column.shift(1)) & later)
    return bool(frame.select(later.all(ignore_nulls=True)).item())


def _same_as_before(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    equal = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in key)
    return frame.select(equal.fill_null(False).alias("same")).to_series()


def _merged(rows: pl.DataFrame, kind: Kind, log: Log) -> pl.DataFrame:
    """One row per group: the first, with the cells on which the group disagrees emptied."""
    fields = [name for name in kind.fields if name not in kind.key]
    differ = {name: _differs(rows, name) for name in fields}
    grouped = rows.group_by(_GROUP, maintain_order=True)
    found = grouped.agg(*(pl.all().exclude(_GROUP, *_whys(rows)).first(), *_kept_whys(rows), *_named(differ)))
    _log_groups(rows, found, kind, list(differ), log)
    return found.select(
        *(name for name in rows.columns if name in kind.key or name in (SOURCE, LINE)),
        *(each for name in fields for each in _merged_cell(rows, name)),
    )


def _put(frame: pl.DataFrame, at: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns of `rows` in place of its own at the positions `at`."""
    put = []
    for column in rows.get_columns():
        own = frame[column.name] if column.name in frame.columns else column.clear().extend_constant(None, len(frame))
        put.append(_put_lists(own, at, column) if isinstance(own.dtype, pl.List) else own.scatter(at, column))
    return frame.with_columns(put)


def _put_lists(own: pl.Series, at: pl.Series, cells: pl.Series) -> pl.Series:
    rows = pl.int_range(len(own), dtype=pl.UInt32, eager=True)
    rows = rows.scatter(at, pl.int_range(len(own), len(own) + len(cells), dtype=pl.UInt32, eager=True))
    return pl.concat([own, cells]).gather(rows)


def _whys(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name.endswith(why(""))]


def _kept_whys(rows: pl.DataFrame) -> list[pl.Expr]:
    return [pl.col(name).drop_nulls().first() for name in _whys(rows)]


def _differs(rows: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if isinstance(rows.schema[name], pl.List):
        column = column.cast(pl.List(pl.String)).list.join("\x1f", ignore_nulls=True)
    differs = column.n_unique() > 1
    return differs | (pl.col(below(name)).n_unique() > 1) if below(name) in rows.columns else differs


def _named(differ: dict[str, pl.Expr]) -> list[pl.Expr]:
    return [each.alias(f"{name}#differs") for name, each in differ.items()]


def _merged_cell(rows: pl.DataFrame, name: str) -> list[pl.Expr]:
    differs = pl.col(f"{name}#differs")
    known = pl.col(why(name)) if why(name) in rows.columns else pl.lit(None, pl.Int8)
    reason = pl.when(differs).then(pl.lit(REASONS.index(Reason.CONFLICTING), pl.Int8)).otherwise(known)
    kept = [each for each in (name, below(name)) if each in rows.columns]
    return [*(pl.when(~differs).then(pl.col(each)).alias(each) for each in kept), reason.alias(why(name))]


def _log_groups(rows: pl.DataFrame, found: pl.DataFrame, kind: Kind, fields: list[str], log: Log) -> None:
    entities = dict(zip(found[_GROUP].to_list(), entities_of(kind, found), strict=True))
    differing = {group: [name for name in fields if found[f"{name}#differs"][at]] for at, group in enumerate(entities)}
    members: dict[int, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        members.setdefault(row[_GROUP], []).append(row)
    for group, (first, *others) in members.items():
        entity = entities[group]
        for row in others:
            _log_other(row, first, differing[group], entity, kind, log)
        for name in differing[group]:
            _log_conflict(name, [first, *others], entity, kind, log)


def _log_other(
    row: dict[str, Any], first: dict[str, Any], differing: list[str], entity: str | None, kind: Kind, log: Log
) -> None:
    same = all(_shown(row, name) == _shown(first, name) for name in differing)
    word = problems.DUPLICATE_ROW if same else problems.DUPLICATE_KEY
    where, place = log.place(first[SOURCE], first[LINE]), log.place(row[SOURCE], row[LINE], None, entity)
    elsewhere = (where.file, where.sheet) != (place.file, place.sheet)
    parts = [where.file, where.sheet] if elsewhere else []
    parts += [str(where.row)] if where.row is not None else []
    hint = " ".join(filter(None, parts)) or None
    log.problems.append(DataProblem(word, kind.name, entity, None, None, place, hint))


def _log_conflict(name: str, rows: list[dict[str, Any]], entity: str | None, kind: Kind, log: Log) -> None:
    values = [_shown(row, name) for row in rows]
    second = next(row for row, value in zip(rows, values, strict=True) if value != values[0])
    raw = None if kind.fields[name].private else " | ".join(dict.fromkeys(values))
    place = log.place(second[SOURCE], second[LINE], name, entity)
    log.problems.append(DataProblem(problems.CONFLICTING, kind.name, entity, name, raw, place))


def _shown(row: dict[str, Any], name: str) -> str:
    bound = row.get(below(name))
    value = row[name]
    if bound is not None:
        return f"<{bound:.15g}"
    return f"{value:.15g}" if isinstance(value, float) else as_text(value) or ""
