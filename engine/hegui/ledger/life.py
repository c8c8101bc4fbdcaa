"""The life of a matter: what runs say of it, what offices enter, and how it stands between the two.

The data can show that a matter is no longer there; that it is settled only an office can say. A deadline is that of an order
actually served: the date a run proposes binds nobody, and nothing is overdue by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What a run says of a matter. `CLEARED`: its row was judged and the rule finds nothing; `GONE`: the row is no longer in
    the registry; `UNSEEN`: not found, and the run does not tell which of the two; `WAIVED`: found, but not counted."""

    SHOWN = "shown"
    UNDETERMINED = "undetermined"
    CLEARED = "cleared"
    GONE = "gone"
    UNSEEN = "unseen"
    WAIVED = "waived"


SHOWN: Final = (State.SHOWN, State.WAIVED)
"""The states in which the data shows a matter, counted or not."""


class Progress(StrEnum):
    """How far a matter is put right: 未启动, 整改中, 已完成（待验收）, 已销号."""

    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    DONE = "done"
    CLOSED = "closed"


class Sort(StrEnum):
    """What an office can enter."""

    ORDER = "order"
    NOTE = "note"
    PROOF = "proof"
    ACCEPTANCE = "acceptance"
    REOPENING = "reopening"
    WITHDRAWAL = "withdrawal"


class Event(StrEnum):
    """What happened to a matter from one run to the next."""

    OPENED = "opened"
    PERSISTING = "persisting"
    CHANGED = "changed"
    UNDETERMINED = "undetermined"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    GONE = "gone"
    UNSEEN = "unseen"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Sight:
    """A run by its number and the day of its facts."""

    run: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one run says of a matter; `account` is the number of the account of it."""

    at: Sight
    state: State
    account: int | None = None
    due: date | None = None
    beyond: bool = False
    waiver: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What an office entered. `day` is the day it happened: served, accepted, handed in; `after_run` the last run by then;
    `corrects` the entry this one takes the place of."""

    id: int
    sort: Sort
    after_run: int
    day: date
    document: str | None = None
    office: str | None = None
    text: str | None = None
    period: str | None = None
    deadline: date | None = None
    file: str | None = None
    digest: str | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Sighted:
    """What all runs say of a matter, in brief: the first, the last with its state, the last that showed it (waived or not), and
    the last that had it cleared."""

    opened: Sight
    last: Sight
    state: State
    shown: Sight
    cleared: Sight | None = None

    @staticmethod
    def of(sightings: Sequence[Sighting]) -> Sighted:
        """The brief of all sightings of a matter, in order of the runs."""
        shown = [each.at for each in sightings if each.state in SHOWN]
        cleared = [each.at for each in sightings if each.state is State.CLEARED]
        last = sightings[-1]
        return Sighted(sightings[0].at, last.at, last.state, shown[-1], cleared[-1] if cleared else None)


@dataclass(frozen=True, slots=True)
class Life:
    """How a matter stands. `order` is the one whose deadline counts, `acceptance` what closes it; `reopened` whether it is back
    after it was cleared or accepted; `late` whether the data stopped showing it only after the deadline."""

    sighted: Sighted
    progress: Progress
    order: Entry | None = None
    acceptance: Entry | None = None
    reopened: bool = False

    @property
    def open(self) -> bool:
        """Is it still to be put right, as far as anybody knows?"""
        return self.progress in (Progress.NOT_STARTED, Progress.UNDER_WAY)

    @property
    def late(self) -> bool:
        deadline, cleared = self.order.deadline if self.order is not None else None, self.sighted.cleared
        if self.progress is not Progress.DONE or deadline is None or cleared is None:
            return False
        return cleared.as_of > deadline

    def overdue(self, day: date) -> int | None:
        """The days since the deadline of the order, None where there is none or it has not passed, where the data no longer
        shows the matter, and where it is waived."""
        if self.order is None or self.order.deadline is None or not self.open or self.sighted.state is State.WAIVED:
            return None
        past = (day - self.order.deadline).days
        return past if past > 0 else None


def life(sighted: Sighted, entries: Sequence[Entry]) -> Life:
    """How a matter stands after these runs and entries, which are in order of their numbers."""
    counted = in_force(entries)
    accepted = _last(counted, Sort.ACCEPTANCE)
    since = [each for each in counted if accepted is None or each.id > accepted.id]
    failed = _last(since, Sort.REOPENING)
    overtaken = accepted is not None and (failed is not None or _shown_again(sighted, accepted))
    orders = [each for each in (since if overtaken else counted) if each.sort is Sort.ORDER]
    back = sighted.state is State.SHOWN and sighted.cleared is not None
    return Life(
        sighted,
        Progress.CLOSED if accepted is not None and not overtaken else _progress(sighted, since, failed),
        max(orders, key=lambda each: (each.day, each.id), default=None),
        accepted if not overtaken else None,
        back or overtaken or failed is not None,
    )


def _last(entries: Sequence[Entry], sort: Sort) -> Entry | None:
    return next((each for each in reversed(entries) if each.sort is sort), None)


def _progress(sighted: Sighted, since: Sequence[Entry], failed: Entry | None) -> Progress:
    """How far an open matter is. What was cleared before an inspection found it not put right is not done."""
    cleared = sighted.state is State.CLEARED and sighted.cleared is not None
    if cleared and (failed is None or sighted.last.run > failed.after_run):
        return Progress.DONE
    begun = failed is not None or any(each.sort in (Sort.ORDER, Sort.PROOF) for each in since)
    return Progress.UNDER_WAY if begun else Progress.NOT_STARTED


def _shown_again(sighted: Sighted, acceptance: Entry) -> bool:
    """Does a later run over later facts show it again?"""
    return sighted.shown.run > acceptance.after_run and sighted.shown.as_of > acceptance.day


def in_force(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries no later one takes the place of; withdrawals do nothing else."""
    replaced: set[int] = set()
    counted = []
    for entry in sorted(entries, key=lambda each: -each.id):
        if entry.id in replaced:
            continue
        if entry.corrects is not None:
            replaced.add(entry.corrects)
        if entry.sort is not Sort.WITHDRAWAL:
            counted.append(entry)
    return tuple(reversed(counted))


def events(sightings: Sequence[Sighting]) -> Iterator[tuple[Event, Sighting]]:
    """What happened to a matter, run by run."""
    before: Sighting | None = None
    told: int | None = None
    cleared = False
    for each in sightings:
        yield _event(each, before, told, cleared), each
        if each.state in SHOWN:
            told, cleared = each.account, False
        cleared = cleared or each.state is State.CLEARED
        before = each


def _event(each: Sighting, before: Sighting | None, told: int | None, cleared: bool) -> Event:
    if each.state is not State.SHOWN:
        return OTHERWISE[each.state]
    if before is None:
        return Event.OPENED
    if cleared:
        return Event.REOPENED
    return Event.PERSISTING if each.account == told else Event.CHANGED


OTHERWISE: Final = {
    State.UNDETERMINED: Event.UNDETERMINED,
    State.CLEARED: Event.RESOLVED,
    State.GONE: Event.GONE,
    State.UNSEEN: Event.UNSEEN,
    State.WAIVED: Event.WAIVED,
}
"""What a state other than being shown is as an event."""
