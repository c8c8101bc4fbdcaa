"""How matters stand: looked up in a ledger, all of them or those of one entity."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from hegui.datatypes import Text
from hegui.ledger.account import RecordedFact, Words, recorded_facts
from hegui.ledger.life import SHOWN, Entry, Life, Sight, Sighted, Sighting, Sort, State, life
from hegui.ledger.schema import ACCOUNT, ENTRY, NAME, RUN, SIGHTING, WORDS
from hegui.outcome import as_key, escape

STEP = 500
"""Matters asked for at a time, where they are named one by one."""


@dataclass(frozen=True, slots=True)
class Account:
    """How a matter stood when the account was made."""

    id: int
    kind: str
    entity: str
    name: str | None
    jurisdiction: str | None
    place: str | None
    occurred: date | None
    message: Text
    words: Words
    recorded: str
    credit_code: str | None = None

    @property
    def facts(self) -> tuple[RecordedFact, ...]:
        """The recorded values, read out of their column when they are wanted."""
        return recorded_facts(self.recorded)


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter with the account of it when it was opened and now. `due` is the date proposed when it was found, or found
    again (`beyond`: no earlier than it), `unchecked` whether the last whole run did not look at it."""

    id: int
    fingerprint: str
    rule: str
    life: Life
    first: Account
    now: Account
    due: date | None
    beyond: bool
    unchecked: bool
    waiver: str | None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRow:
    """A recorded run."""

    id: int
    as_of: date
    ruleset: str
    version: str
    whole: bool
    entered: str


def runs(connection: Connection, until: date | None = None) -> tuple[RunRow, ...]:
    """The runs recorded, in order; those of facts up to a day only."""
    query = select(RUN.c.id, RUN.c.as_of, RUN.c.ruleset, RUN.c.ruleset_version, RUN.c.whole, RUN.c.entered)
    rows = connection.execute(_until(query, until).order_by(RUN.c.id))
    return tuple(RunRow(*row) for row in rows)


def _until(query: Select[Any], until: date | None) -> Select[Any]:
    return query if until is None else query.where(RUN.c.as_of <= until)


def entries_of(
    connection: Connection, matters: Collection[int] | None = None, until: date | None = None
) -> dict[int, tuple[Entry, ...]]:
    """The entries of matters, in order; those of days up to one only."""
    names = (
        "id",
        "sort",
        "after_run",
        "day",
        "document",
        "office",
        "text",
        "period",
        "deadline",
        "file",
        "digest",
        "corrects",
    )
    query = select(ENTRY.c.matter, *(ENTRY.c[name] for name in names)).order_by(ENTRY.c.id)
    if matters is not None:
        query = query.where(ENTRY.c.matter.in_(matters))
    if until is not None:
        query = query.where(ENTRY.c.day <= until)
    found: dict[int, list[Entry]] = {}
    for matter, number, sort, *rest in connection.execute(query):
        found.setdefault(matter, []).append(Entry(number, Sort(sort), *rest))
    return {matter: tuple(each) for matter, each in found.items()}


def lives(
    connection: Connection,
    entries: Mapping[int, Sequence[Entry]],
    matters: Collection[int] | None = None,
    until: date | None = None,
) -> dict[int, Life]:
    """How matters stand, by number."""
    days = {run.id: run.as_of for run in runs(connection, until)}
    found = {}
    for matter, first, last, state, shown, cleared in connection.execute(_brief(matters, until)):
        at = {number: Sight(number, days[number]) for number in (first, last, shown, cleared) if number is not None}
        sighted = Sighted(at[first], at[last], State(state), at[shown], at[cleared] if cleared is not None else None)
        found[matter] = life(sighted, entries.get(matter, ()))
    return found


def _brief(matters: Collection[int] | None, until: date | None) -> Select[Any]:
    def of(*states: State) -> Any:
        wanted = [state.value for state in states]
        return func.max(SIGHTING.c.run).filter(SIGHTING.c.state.in_(wanted))

    brief = select(
        SIGHTING.c.matter,
        func.min(SIGHTING.c.run).label("first"),
        func.max(SIGHTING.c.run).label("last"),
        of(*SHOWN).label("shown"),
        of(State.CLEARED).label("cleared"),
    ).group_by(SIGHTING.c.matter)
    if matters is not None:
        brief = brief.where(SIGHTING.c.matter.in_(matters))
    if until is not None:
        brief = brief.where(SIGHTING.c.run.in_(select(RUN.c.id).where(RUN.c.as_of <= until)))
    told = brief.subquery()
    same = (SIGHTING.c.matter == told.c.matter) & (SIGHTING.c.run == told.c.last)
    columns = (told.c.matter, told.c.first, told.c.last, SIGHTING.c.state, told.c.shown, told.c.cleared)
    return select(*columns).join(SIGHTING, same).order_by(told.c.matter)


def sightings_of(connection: Connection, matter: int, until: date | None = None) -> tuple[Sighting, ...]:
    """What each run says of a matter."""
    query = (
        select(
            RUN.c.id,
            RUN.c.as_of,
            SIGHTING.c.state,
            SIGHTING.c.account,
            SIGHTING.c.due,
            SIGHTING.c.beyond,
            SIGHTING.c.waiver,
        )
        .join(RUN, RUN.c.id == SIGHTING.c.run)
        .where(SIGHTING.c.matter == matter)
        .order_by(RUN.c.id)
    )
    return tuple(
        Sighting(Sight(run, as_of), State(state), account, due, bool(beyond), waiver)
        for run, as_of, state, account, due, beyond, waiver in connection.execute(_until(query, until))
    )


# --- whole matters -------------------------------------------------------------------------------------------------


def matters(
    connection: Connection, wanted: Collection[int] | None = None, until: date | None = None
) -> Iterator[Matter]:
    """Matters in order of their numbers, some at a time; all of them, or those with given numbers."""
    entries = entries_of(connection, wanted, until)
    standing = lives(connection, entries, wanted, until)
    whole = max((run.id for run in runs(connection, until) if run.whole), default=0)
    numbers = list(standing)
    words: dict[int, Words] = {}
    for start in range(0, len(numbers), STEP):
        part = numbers[start : start + STEP]
        names, ends = _names(connection, part), _ends(connection, part, until)
        accounts = _accounts(connection, {each for end in ends.values() for each in end[:2]}, words)
        for number in part:
            found, (first, now, due, beyond, waiver) = standing[number], ends[number]
            name = names[number]
            unchecked = found.sighted.state not in (State.CLEARED, State.GONE) and found.sighted.last.run < whole
            yield Matter(
                number, name, name.partition("/")[0], found, accounts[first], accounts[now], due, beyond, unchecked, waiver,
                entries.get(number, ()),
            )  # fmt: skip


def _names(connection: Connection, part: Sequence[int]) -> dict[int, str]:
    """The last name of each."""
    query = (
        select(NAME.c.matter, NAME.c.fingerprint)
        .where(NAME.c.matter.in_(part))
        .order_by(NAME.c.run, NAME.c.fingerprint)
    )
    return {matter: str(name) for matter, name in connection.execute(query)}


_End = tuple[int, int, date | None, bool, str | None]


def _ends(connection: Connection, part: Sequence[int], until: date | None) -> dict[int, _End]:
    """The first account of each and the last, the date proposed when it was found (again), and the waiver at last."""
    query = (
        select(SIGHTING.c.matter, SIGHTING.c.account, SIGHTING.c.due, SIGHTING.c.beyond, SIGHTING.c.waiver)
        .join(RUN, RUN.c.id == SIGHTING.c.run)
        .where(SIGHTING.c.matter.in_(part))
        .where(SIGHTING.c.account.is_not(None) | (SIGHTING.c.state == State.CLEARED.value))
        .order_by(SIGHTING.c.run)
    )
    found: dict[int, _End] = {}
    cleared = set[int]()
    for matter, account, due, beyond, waiver in connection.execute(_until(query, until)):
        if account is None:
            cleared.add(matter)
            continue
        first, _, proposed, open_, _ = found.get(matter, (account, account, due, bool(beyond), None))
        if due is not None and matter in cleared:
            proposed, open_ = due, bool(beyond)
            cleared.discard(matter)
        found[matter] = (first, account, proposed, open_, waiver)
    return found


def _accounts(connection: Connection, numbers: set[int], words: dict[int, Words]) -> dict[int, Account]:
    names = ("id", "kind", "entity", "name", "jurisdiction", "place", "occurred", "message_zh", "message_en")
    query = select(*(ACCOUNT.c[name] for name in names), ACCOUNT.c.words, ACCOUNT.c.facts, ACCOUNT.c.credit_code)
    rows = [row for part in _parts(sorted(numbers)) for row in connection.execute(query.where(ACCOUNT.c.id.in_(part)))]
    lacking = sorted({row.words for row in rows} - set(words))
    for part in _parts(lacking):
        for number, data in connection.execute(select(WORDS.c.id, WORDS.c.data).where(WORDS.c.id.in_(part))):
            words[number] = Words.of(data)
    return {row.id: _account(row, words) for row in rows}


def _account(row: Any, words: Mapping[int, Words]) -> Account:
    number, kind, entity, name, jurisdiction, place, occurred, zh, en, common, facts, code = row
    told = Text(zh, en)
    return Account(number, kind, entity, name, jurisdiction, place, occurred, told, words[common], facts, code)


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), STEP):
        yield numbers[start : start + STEP]


# --- one entity ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A matter with all that runs say of it, and the fingerprints it had before its rule was renamed."""

    matter: Matter
    sightings: tuple[Sighting, ...]
    former: tuple[str, ...]


def found_of(connection: Connection, entity: str, until: date | None = None) -> tuple[Found, ...]:
    """The matters filed under an entity by its key, or the one with a fingerprint; by fingerprint."""
    named = select(NAME.c.matter).where(NAME.c.fingerprint == entity)
    filed = select(ACCOUNT.c.matter).where(ACCOUNT.c.entity.in_({entity, escape(entity), as_key(entity)}))
    wanted = sorted({int(each) for query in (named, filed) for each in connection.scalars(query)})
    found = []
    for part in _parts(wanted):
        for matter in matters(connection, part, until):
            query = select(NAME.c.fingerprint).where(
                NAME.c.matter == matter.id, NAME.c.fingerprint != matter.fingerprint
            )
            former = tuple(connection.scalars(query.order_by(NAME.c.run)))
            found.append(Found(matter, sightings_of(connection, matter.id, until), former))
    return tuple(sorted(found, key=lambda each: each.matter.fingerprint))
