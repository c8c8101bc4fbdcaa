"""Recording a run: all of it in one transaction, rule by rule, some rows at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, Subquery, Table, func, select

from hegui.clock import set_moment
from hegui.ledger.account import Telling
from hegui.ledger.life import OTHERWISE, SHOWN, Event, State
from hegui.ledger.schema import ACCOUNT, NAME, RUN, SIGHTING, WORDS
from hegui.ledger.statements import Said, Speech, Statements
from hegui.ledger.store import Ledger
from hegui.report.run import Run
from hegui.source import Diagnostic, UsageError, Wording

STEP: Final = 5_000
"""Rows written at a time."""

_OLDER = Wording(
    "run-older",
    "the run is of facts as of {as_of}, and the ledger already has a run as of {last}; runs are recorded in order of their day",
    "该次核查的数据日期为 {as_of}，而整改台账中已登记数据日期为 {last} 的核查；须按数据日期先后登记",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did: the number of the run, whether it had been recorded before, and what happened to how many matters."""

    run: int
    before: bool
    events: dict[Event, int] = field(default_factory=dict)


def record(ledger: Ledger, run: Run) -> Recorded:
    """Record a run. The same run again changes nothing.

    Raises:
        UsageError: a run of later facts is recorded already, or the ledger cannot be written to.
    """
    statements = Statements(run)
    digest = statements.digest
    with ledger.writing() as connection:
        known = connection.scalar(select(RUN.c.id).where(RUN.c.digest == digest))
        if known is not None:
            return Recorded(int(known), True)
        last = connection.scalar(select(func.max(RUN.c.as_of)))
        if last is not None and run.info.as_of < last:
            raise UsageError(Diagnostic(_OLDER, {"as_of": run.info.as_of, "last": last}))
        recording = _Recording(connection, statements)
        recording.run_row(digest)
        for speech in statements.speeches():
            recording.speech(speech)
        recording.flush()
        return Recorded(
            recording.number, False, {event: recording.events[event] for event in Event if recording.events[event]}
        )


@dataclass(frozen=True, slots=True)
class Known:
    """A matter as the runs before left it: its last state and the account of it then, the account when it was last shown, each
    with its digest; `cleared`: and not shown since."""

    matter: int
    fingerprint: str
    state: State
    last: tuple[int, str] | None
    shown: tuple[int, str]
    cleared: bool

    def account(self, digest: str) -> int | None:
        """The account that says just that."""
        told = (each for each in (self.shown, self.last) if each is not None)
        return next((number for number, known in told if known == digest), None)


class _Recording:
    """One run being recorded. Numbers are given out here: whoever writes is alone."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self.connection, self.statements = connection, statements
        self.telling = Telling(statements.run)
        self.number = self._highest(RUN) + 1
        self.matters = int(connection.scalar(select(func.max(NAME.c.matter))) or 0)
        self.accounts = self._highest(ACCOUNT)
        self.words = self._highest(WORDS)
        self.known_words: dict[tuple[str, str], int] = {}
        self.waiting: dict[Table, list[dict[str, Any]]] = {table: [] for table in (NAME, WORDS, ACCOUNT, SIGHTING)}
        self.events = Counter[Event]()

    def _highest(self, table: Table) -> int:
        return int(self.connection.scalar(select(func.max(table.c.id))) or 0)

    def run_row(self, digest: str) -> None:
        info, roll = self.statements.run.info, self.statements.run.roll
        self.connection.execute(
            RUN.insert(),
            {
                "id": self.number,
                "digest": digest,
                "as_of": info.as_of,
                "decided_on": info.decided_on,
                "ruleset": info.ruleset.name,
                "ruleset_version": info.ruleset.version,
                "ruleset_digest": info.ruleset.digest,
                "facts_digest": info.facts.digest,
                "hegui": info.hegui,
                "whole": roll.every_rule and roll.every_entity,
                "workdays": _workdays(info.ruleset.workdays),
                "entered": now(),
            },
        )

    def speech(self, speech: Speech) -> None:
        """What the run says by one rule, and what it is silent about."""
        known = self._known(speech)
        self._know_words(speech.rule)
        for said in speech.all():
            self._said(said, known.pop(said.rest, None))
        for rest, matter in known.items():
            about, _, key = rest.partition("/")
            state = speech.silence(about, key)
            if state is not None and _is_news(state, matter.state):
                self._sighting(matter.matter, state)
                self._happened(state, matter)

    def _known(self, speech: Speech) -> dict[str, Known]:
        """The matters of a rule, by kind and key."""
        found: dict[str, Known] = {}
        for name in reversed(speech.names):
            found |= dict(known_matters(self.connection, name))
        return found

    def _know_words(self, rule: str) -> None:
        rows = self.connection.execute(select(WORDS.c.digest, WORDS.c.id).where(WORDS.c.rule == rule))
        self.known_words.update({(rule, digest): number for digest, number in rows})

    def _said(self, said: Said, known: Known | None) -> None:
        if known is None and said.state not in (State.SHOWN, State.WAIVED):
            return  # what was never found is no matter to be put right
        if known is not None and said.state is State.CLEARED:
            if _is_news(said.state, known.state):
                self._sighting(known.matter, said.state)
                self._happened(said.state, known)
            return
        matter = known.matter if known is not None else self._new_matter()
        if known is None or known.fingerprint != said.fingerprint:
            row = {"fingerprint": said.fingerprint, "rule": said.rule, "matter": matter, "run": self.number}
            self._add(NAME, row)
        account = (known.account(said.digest) if known is not None else None) or self._account(matter, said)
        due, beyond = self.statements.due(said)
        self._sighting(matter, said.state, account=account, due=due, beyond=beyond, waiver=said.waiver)
        self._happened(said.state, known, account)

    def _happened(self, state: State, known: Known | None, account: int | None = None) -> None:
        self.events[_event(state, known, account)] += 1

    def _new_matter(self) -> int:
        self.matters += 1
        return self.matters

    def _account(self, matter: int, said: Said) -> int:
        self.accounts += 1
        words = self._words_of(said)
        row = {"id": self.accounts, "matter": matter, "words": words, "digest": said.digest}
        self._add(ACCOUNT, {**row, **self.telling.account(said.of)})
        return self.accounts

    def _words_of(self, said: Said) -> int:
        words = self.telling.words(said.of)
        key = (said.rule, words.digest)
        if key not in self.known_words:
            self.words += 1
            self.known_words[key] = self.words
            self._add(WORDS, {"id": self.words, "rule": said.rule, "digest": key[1], "data": words.data()})
        return self.known_words[key]

    def _sighting(
        self,
        matter: int,
        state: State,
        account: int | None = None,
        due: date | None = None,
        beyond: bool = False,
        waiver: str | None = None,
    ) -> None:
        row = {"run": self.number, "matter": matter, "state": state.value, "account": account}
        self._add(SIGHTING, {**row, "due": due, "beyond": beyond, "waiver": waiver})

    # --- writing

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        self.waiting[table].append(row)
        if len(self.waiting[table]) >= STEP:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in an order in which everything named is there."""
        for table, rows in self.waiting.items():
            if rows:
                self.connection.execute(table.insert(), rows)
                rows.clear()


def known_matters(connection: Connection, rule: str) -> Iterator[tuple[str, Known]]:
    """The matters that ever had a fingerprint of a rule, by kind and key, as the last run that spoke of each left it."""
    named = select(NAME.c.matter).where(NAME.c.rule == rule)
    last, shown = _last_sighting(named, tuple(State)), _last_sighting(named, SHOWN)
    cleared = _last_run(named, (State.CLEARED,)).subquery()
    one, two = ACCOUNT.alias(), ACCOUNT.alias()
    query = (
        select(NAME.c.fingerprint, NAME.c.matter, last.c.state, one.c.id, one.c.digest, two.c.id, two.c.digest)
        .add_columns(shown.c.run, cleared.c.run)
        .join(last, last.c.matter == NAME.c.matter)
        .join(shown, shown.c.matter == NAME.c.matter)
        .join(two, two.c.id == shown.c.account)
        .outerjoin(one, one.c.id == last.c.account)
        .outerjoin(cleared, cleared.c.matter == NAME.c.matter)
        .where(NAME.c.rule == rule)
    )
    for fingerprint, matter, state, number, digest, before, digest_before, seen, gone in connection.execute(query):
        account = (number, digest) if number is not None else None
        back = gone is not None and gone > seen
        yield (
            fingerprint.partition("/")[2],
            Known(matter, fingerprint, State(state), account, (before, digest_before), back),
        )


def _last_run(matters: Select[Any], states: Iterable[State]) -> Select[Any]:
    """The last run that says one of these of each matter."""
    return (
        select(SIGHTING.c.matter, func.max(SIGHTING.c.run).label("run"))
        .where(SIGHTING.c.matter.in_(matters), SIGHTING.c.state.in_([state.value for state in states]))
        .group_by(SIGHTING.c.matter)
    )


def _last_sighting(matters: Select[Any], states: Iterable[State]) -> Subquery:
    at = _last_run(matters, states).subquery()
    same = (SIGHTING.c.matter == at.c.matter) & (SIGHTING.c.run == at.c.run)
    return select(SIGHTING.c.matter, SIGHTING.c.run, SIGHTING.c.state, SIGHTING.c.account).join(at, same).subquery()


def _is_news(state: State, before: State) -> bool:
    """Is silence worth a line? Not what was said before. Where it cannot be told, or the row is gone, what was seen stands:
    a matter that was cleared, or whose row was found to be gone."""
    stands = {State.UNSEEN: (State.GONE, State.CLEARED), State.GONE: (State.CLEARED,)}
    return state is not before and before not in stands.get(state, ())


def _event(state: State, known: Known | None, account: int | None) -> Event:
    if state is not State.SHOWN:
        return OTHERWISE[state]
    if known is None:
        return Event.OPENED
    if known.cleared:
        return Event.REOPENED
    return Event.PERSISTING if account == known.shown[0] else Event.CHANGED


def _workdays(days: Mapping[date, bool]) -> str:
    return json.dumps({day.isoformat(): worked for day, worked in days.items()})


def now() -> str:
    """The moment of an entry, in UTC; with SOURCE_DATE_EPOCH set, that moment."""
    return (set_moment() or datetime.now(UTC)).isoformat(timespec="seconds")
