"""Random changes of a registry held as plain rows, and what a full check makes of it: what the tests of sessions work with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hegui import api
from hegui.facts import from_rows
from hegui.facts.registry import Registry
from hegui.outcome import Drawn, Finding
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.session import Altered, Applied, Change, Session
from hegui.session.journal import Journal
from hegui.source import HeguiError
from hegui.vocabulary import Kind

Row = dict[str, Any]
Model = dict[str, list[Row]]
"""All rows by kind; those without a key in the order in which they came."""


def key(kind: Kind, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in kind.key)


def references(kind: Kind, row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What a row refers to: kinds and keys."""
    for name, field in kind.fields.items():
        type_ = field.type.element or field.type
        if type_.name == "ref" and row.get(name) is not None:
            assert type_.kind is not None
            yield from ((type_.kind, each) for each in (row[name] if field.type.name == "list" else [row[name]]))


def changed(kinds: Mapping[str, Kind], model: Model, change: Change) -> Model | None:
    """The rows after a change; None where it does not fit. Written without looking at how a session does it."""
    new = {name: list(rows) for name, rows in model.items()}
    touched: set[tuple[str, tuple[Any, ...]]] = set()
    for name, keys in change.remove.items():
        for each in keys:
            at = each if isinstance(each, tuple) else (each,)
            own = kinds[name]
            found = [row for row in new.get(name, ()) if (key(own, row) == at if own.key else row == each)]
            if not found or (own.key and (name, at) in touched):
                return None
            touched |= {(name, at)} if own.key else set()
            new[name].remove(found[0])
    for name, rows in change.put.items():
        if rows:
            new.setdefault(name, [])
        for row in rows:
            assert isinstance(row, dict)
            own = kinds[name]
            if own.key:
                if None in key(own, row) or ((name, key(own, row)) in touched and row not in new[name]):
                    return None
                touched.add((name, key(own, row)))
                new[name] = [each for each in new[name] if key(own, each) != key(own, row)]
            elif set(row.values()) == {None}:
                return None
            new[name].append(row)
    keys_ = {
        name: {row.get(kinds[name].key[0]) for row in rows} for name, rows in new.items() if len(kinds[name].key) == 1
    }
    whole = all(
        to not in new or at in keys_[to] for name in new for row in new[name] for to, at in references(kinds[name], row)
    )
    return new if whole else None


# --- what is compared ----------------------------------------------------------------------------------------------


def bare(finding: Finding) -> Finding:
    """A finding without the addresses of its values."""
    values = tuple(replace(each, source=None, row=None) for each in finding.values)
    return replace(finding, source=None, row=None, values=values)


def bare_drawn(drawn: Drawn) -> Drawn:
    return replace(drawn, rows=tuple(replace(each, source=None, row=None) for each in drawn.rows))


def told(run: Run) -> dict[str, Any]:
    """All that a run says of its registry, but for addresses, clocks and digests."""
    return {
        "findings": [bare(each) for each in run.findings],
        "rules": run.rules,
        "labels": run.labels,
        "summary": run.summary,
        "summaries": run.drawing.summaries,
        "drawn": [bare_drawn(each) for each in run.drawing.drawn],
        "notice": run.notice,
        "roll": run.roll,
        "waivers": run.info.waivers,
        "problems": sorted(
            (each.problem, each.kind or "", each.entity or "", each.field or "", each.raw or "")
            for each in run.data_quality
        ),
    }


def unplaced(found: Finding | Drawn) -> Finding | Drawn:
    return bare(found) if isinstance(found, Finding) else bare_drawn(found)


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    for part, found in one.items():
        assert found == other[part], part


def whole(registry: Registry, ruleset: Ruleset, as_of: date, **asked: Any) -> Run:
    return api.check(registry, ruleset, as_of=as_of, chainer="reference", engine="scalar", **asked)


def applied(before: Run, after: Run) -> Applied:
    """What a change did, from a full check before and one after it."""
    was, is_ = ({each.fingerprint: each for each in run.findings} for run in (before, after))
    drew, draws = ({each.fingerprint: each for each in run.drawing.drawn} for run in (before, after))

    def split(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Any, Any, Any]:
        return (
            {at: new[at] for at in new if at not in old},
            {at: old[at] for at in old if at not in new},
            {at: Altered(old[at], new[at]) for at in new if at in old and unplaced(old[at]) != unplaced(new[at])},
        )

    found = [tuple(each.values()) for part in (split(was, is_), split(drew, draws)) for each in part]
    return Applied(*found)


def unordered(given: Applied) -> list[list[str]]:
    return [sorted(map(repr, getattr(given, name))) for name in given.__slots__ if name != "problems"]


class BrokenOff(Exception):
    """Something went wrong in mid-change."""


@contextmanager
def broken_off(after: int | None) -> Iterator[None]:
    """Whatever a change writes down, so many entries and no more."""
    if after is None:
        yield
        return
    put, left = Journal.put, iter(range(after))

    def put_or_break(own: Journal, *entry: Any) -> None:
        if next(left, None) is None:
            raise BrokenOff
        put(own, *entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "put", put_or_break)
        yield


class Live:
    """A session, the rows it should hold, and the run it should give."""

    def __init__(self, ruleset: Ruleset, model: Model, as_of: date, **asked: Any) -> None:
        self.ruleset, self.model, self.as_of, self.asked = ruleset, model, as_of, asked
        self.session = Session(from_rows(ruleset.vocabulary, model, as_of=as_of), ruleset, as_of=as_of, **asked)
        self.run = whole(self.session.registry(), ruleset, as_of, **asked)
        self.check()

    def check(self) -> None:
        """The session says what a full check says: of its own registry to the last cell's address, and of the same rows."""
        run = self.session.run()
        self.run = whole(self.session.registry(), self.ruleset, self.as_of, **self.asked)
        assert run.findings == self.run.findings
        assert run.drawing == self.run.drawing
        same(told(run), told(self.run))
        model = from_rows(self.ruleset.vocabulary, self.model, as_of=self.as_of)
        same(told(run), told(whole(model, self.ruleset, self.as_of, **self.asked)))
        assert list(self.session.findings()) == list(run.findings)

    def apply(self, change: Change, breaking: int | None = None) -> bool:
        """Apply a change that may not fit, or breaks off after so many entries; tells whether it was done."""
        expected = changed(self.ruleset.vocabulary.kinds, self.model, change)
        before = self.run
        try:
            with broken_off(breaking):
                given = self.session.apply(change)
        except BrokenOff:
            return self.as_before(before)
        except HeguiError:
            assert expected is None, change
            return self.as_before(before)
        assert expected is not None, change
        self.model = expected
        self.check()
        assert unordered(given) == unordered(applied(before, self.run))
        return True

    def as_before(self, before: Run) -> bool:
        """Nothing was done."""
        self.check()
        assert self.run.findings == before.findings
        assert self.run.drawing == before.drawing
        return False


def random_change(
    draw: random.Random, kinds: Mapping[str, Kind], model: Model, made: Callable[[random.Random, str], Row]
) -> Change:
    """Some rows put and some removed; most of what refers to a removed row goes with it."""
    put: dict[str, list[Row]] = {}
    remove: dict[str, list[Any]] = {}
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        name = draw.choice(sorted(kinds))
        rows = model.get(name, [])
        what = draw.random()
        if rows and what < 0.45:
            row = dict(draw.choice(rows))
            new = made(draw, name)
            fields = [each for each in new if each not in kinds[name].key]
            if fields and kinds[name].key:
                for field in draw.sample(fields, draw.randrange(1, len(fields) + 1)):
                    row[field] = new[field]
                put.setdefault(name, []).append(row)
                continue
        if rows and what < 0.7:
            _remove(draw, kinds, model, name, draw.choice(rows), remove)
        else:
            put.setdefault(name, []).append(made(draw, name))
    return Change(put, remove)


def _remove(
    draw: random.Random, kinds: Mapping[str, Kind], model: Model, name: str, row: Row, remove: dict[str, list[Any]]
) -> None:
    kind = kinds[name]
    at: Any = row if not kind.key else key(kind, row) if len(kind.key) > 1 else key(kind, row)[0]
    if at in remove.setdefault(name, []) and kind.key:
        return
    remove[name].append(at)
    if len(kind.key) == 1 and draw.random() < 0.9:
        for other, rows in model.items():
            for each in rows:
                if (name, at) in list(references(kinds[other], each)):
                    _remove(draw, kinds, model, other, each, remove)
