"""References held against the tables they point at, and rows that belong to no one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from hegui.datatypes import Reason
from hegui.facts import problems
from hegui.facts.draft import Draft, undecided
from hegui.facts.log import Log
from hegui.facts.registry import why
from hegui.facts.table import FEW
from hegui.vocabulary import Field

MANY: Final = 10_000
"""Up to so many keys, a few references are looked up in a set of them."""
Drafts = Mapping[str, Draft]


def hold_references(drafts: Drafts, log: Log) -> None:
    """Empty the references that point nowhere. A key that holds one is unusable: its row is set aside.

    A reference to a kind that was not supplied at all stays as it is.
    """
    for draft in drafts.values():
        draft.parents = _parents(draft, drafts)
    while any(_hold_key(draft, name, drafts, log) for draft in drafts.values() for name in draft.kind.key):
        pass  # a row set aside may be what another row's key refers to
    for draft in drafts.values():
        for name, field in draft.kind.fields.items():
            if name not in draft.kind.key:
                _hold(draft, field, drafts, log)


def _parents(draft: Draft, drafts: Drafts) -> tuple[str, ...]:
    relations = [each for other in drafts.values() for each in other.kind.relations.values()]
    by = {each.by for each in relations if each.kind == draft.kind.name}
    return tuple(name for name in draft.kind.fields if name in by)


def _hold_key(draft: Draft, name: str, drafts: Drafts, log: Log) -> bool:
    broken = _broken(draft.frame, draft.kind.fields[name], drafts)
    if broken is None:
        return False
    _log_broken(draft, draft.kind.fields[name], draft.frame.filter(broken), log)
    before = len(draft.aside)
    draft.put_aside(broken)
    return len(draft.aside) > before


def _hold(draft: Draft, field: Field, drafts: Drafts, log: Log) -> None:
    broken = _broken(draft.frame, field, drafts)
    if broken is not None:
        _log_broken(draft, field, draft.frame.filter(broken), log)
        draft.frame = undecided(draft.frame, field.name, broken, Reason.UNREADABLE)


def _broken(frame: pl.DataFrame, field: Field, drafts: Drafts) -> pl.Series | None:
    """Where the reference has a value that is no key of its kind; None where there is no such row."""
    keys = _keys(field, drafts)
    if keys is None or not len(frame):
        return None
    values = frame[field.name]
    if len(values) <= FEW and len(keys) <= MANY and values.dtype == keys.dtype:
        there = set(keys.to_list())
        wrong = [value is not None and value not in there for value in values.to_list()]
        return pl.Series("", wrong) if any(wrong) else None
    if isinstance(values.dtype, pl.List):
        known = values.list.eval(pl.element().is_in(keys.implode())).list.all()
    else:
        known = values.is_in(keys.implode())
    broken = ~known.fill_null(True)
    return broken if broken.any() else None


def _keys(field: Field, drafts: Drafts) -> pl.Series | None:
    type_ = field.type.element or field.type
    target = drafts.get(type_.kind or "") if type_.name == "ref" else None
    return None if target is None or len(target.kind.key) != 1 else target.frame[target.kind.key[0]]


def _log_broken(draft: Draft, field: Field, rows: pl.DataFrame, log: Log) -> None:
    kind = (field.type.element or field.type).kind
    raws = [value if isinstance(value, str) else "; ".join(value) for value in rows[field.name].to_list()]
    log.cells(problems.BROKEN_REFERENCE, draft.kind, field.name, rows, raws, [kind] * len(rows))


def count_orphans(drafts: Drafts, log: Log) -> dict[str, int]:
    """Kind → rows that join no relation, because what they point at is unreadable or unknown, or not said at all.

    Of a row that could belong to several, one reference that is merely empty says nothing; all empty ones do. An empty
    reference to a row of its own kind never does: it is the first of its chain.
    """
    counts: dict[str, int] = {}
    for name, draft in drafts.items():
        if draft.parents:
            _drop_broken_aside(draft, drafts)
            _log_unsaid(draft, log)
            frames = (frame for frame in (draft.frame, draft.aside) if _some_empty(frame, draft))
            lost = sum(len(frame.filter(_lost(frame, draft))) for frame in frames)
            counts |= {name: lost} if lost else {}
    return counts


def _drop_broken_aside(draft: Draft, drafts: Drafts) -> None:
    """A row set aside may point nowhere, too."""
    for name in draft.parents:
        broken = _broken(draft.aside, draft.kind.fields[name], drafts)
        if broken is not None:
            draft.aside = undecided(draft.aside, name, broken, Reason.UNREADABLE)


def _some_empty(frame: pl.DataFrame, draft: Draft) -> bool:
    """Is there a reference without a value at all? There mostly is none, and then nothing else is to be asked."""
    return any(frame[name].null_count() for name in draft.parents)


def _lost(frame: pl.DataFrame, draft: Draft) -> pl.Expr:
    return _all_empty(draft) | _some_unusable(frame, draft.parents)


def _all_empty(draft: Draft) -> pl.Expr:
    elders = [name for name in draft.parents if draft.kind.fields[name].type.kind != draft.kind.name]
    return pl.all_horizontal(pl.lit(len(elders) > 0), *(pl.col(name).is_null() for name in elders))


def _some_unusable(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *(pl.col(why(name)).is_not_null() for name in _with_reasons(frame, names)))


def _with_reasons(frame: pl.DataFrame, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if why(name) in frame.columns]


def _log_unsaid(draft: Draft, log: Log) -> None:
    """Rows whose references are all merely empty; for the others something has been reported already."""
    frame, name = draft.frame, draft.parents[0]
    if not _some_empty(frame, draft):
        return
    rows = frame.filter(_all_empty(draft) & ~_some_unusable(frame, draft.parents))
    kind = draft.kind.fields[name].type.kind
    log.cells(problems.NO_PARENT, draft.kind, name, rows, [""] * len(rows), [kind] * len(rows))
