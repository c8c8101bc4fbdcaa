"""The life of a matter: every state an official can meet, from plain sightings and entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from hegui.ledger.life import (
    Entry,
    Event,
    Life,
    Progress,
    Sight,
    Sighted,
    Sighting,
    Sort,
    State,
    events,
    in_force,
    life,
)

DAYS = [date(2024, month, 11) for month in range(1, 13)]


def sightings(said: str) -> list[Sighting]:
    """`a` and `b`: shown, on these facts; `?` undetermined, `.` cleared, `x` gone, `-` unseen, `w` waived; ` ` says nothing."""
    states = {"?": State.UNDETERMINED, ".": State.CLEARED, "x": State.GONE, "-": State.UNSEEN, "w": State.WAIVED}
    accounts = {"a": 1, "b": 2, "w": 1, "?": 3}
    return [
        Sighting(Sight(number, DAYS[number - 1]), states.get(char, State.SHOWN), accounts.get(char))
        for number, char in enumerate(said, 1)
        if char != " "
    ]


def entry(
    id: int, sort: str, day: date, after: int = 1, deadline: date | None = None, corrects: int | None = None
) -> Entry:
    return Entry(id, Sort(sort), after, day, deadline=deadline, corrects=corrects)


def lived(said: str, *entries: Entry) -> Life:
    return life(Sighted.of(sightings(said)), entries)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a", "opened"),
        ("aaa", "opened persisting persisting"),
        ("ab", "opened changed"),
        ("aba", "opened changed changed"),
        ("a.", "opened resolved"),
        ("a.a", "opened resolved reopened"),
        ("a?a", "opened undetermined persisting"),
        ("a?b", "opened undetermined changed"),
        ("a.?a", "opened resolved undetermined reopened"),
        ("axa", "opened gone persisting"),
        ("a-", "opened unseen"),
        ("wa", "waived persisting"),
        ("aw", "opened waived"),
        ("a.wa", "opened resolved waived persisting"),
    ],
)
def test_what_happened(said: str, told: str) -> None:
    assert " ".join(event for event, _ in events(sightings(said))) == told


@pytest.mark.parametrize("said", ["a", "aa", "a?", "ax", "a-", "w", "a.a", "a.?"])
def test_only_what_is_cleared_is_done(said: str) -> None:
    assert lived(said).progress is Progress.NOT_STARTED
    assert lived(said, entry(1, "order", DAYS[0])).progress is Progress.UNDER_WAY


def test_done_is_not_closed() -> None:
    order = entry(1, "order", DAYS[0], deadline=DAYS[1])
    proof = entry(2, "proof", DAYS[1])
    assert lived("a.", order, proof).progress is Progress.DONE
    assert lived("a.", order, proof, entry(3, "acceptance", DAYS[1], 2)).progress is Progress.CLOSED
    assert lived("a", proof).progress is Progress.UNDER_WAY
    assert lived("a", entry(1, "note", DAYS[0])).progress is Progress.NOT_STARTED


def test_only_an_order_served_can_be_overdue() -> None:
    assert lived("a").overdue(date(2030, 1, 1)) is None
    order = entry(1, "order", DAYS[0], deadline=date(2024, 3, 1))
    assert lived("a", order).overdue(date(2024, 3, 1)) is None
    assert lived("a", order).overdue(date(2024, 3, 2)) == 1
    assert lived("a?", order).overdue(date(2024, 3, 2)) == 1
    assert lived("ax", order).overdue(date(2024, 3, 2)) == 1
    assert lived("a.", order).overdue(date(2024, 3, 2)) is None
    assert lived("aw", order).overdue(date(2024, 3, 2)) is None


def test_done_after_the_deadline_is_said() -> None:
    assert lived("aa.", entry(1, "order", DAYS[0], deadline=DAYS[1])).late
    assert not lived("a.", entry(1, "order", DAYS[0], deadline=DAYS[1])).late
    assert not lived("a.").late


def test_the_last_order_counts() -> None:
    first, second = entry(1, "order", DAYS[0], deadline=DAYS[1]), entry(2, "order", DAYS[1], deadline=DAYS[5])
    assert lived("aa", first, second).order == second
    earlier = entry(3, "order", date(2023, 12, 1), deadline=DAYS[0])
    assert lived("aa", first, second, earlier).order == second


def test_later_facts_reopen_what_was_accepted() -> None:
    accepted = entry(2, "acceptance", DAYS[2], after=2)
    order = entry(1, "order", DAYS[0], deadline=DAYS[1])
    assert lived("a.", order, accepted).progress is Progress.CLOSED
    again = lived("a. a", order, accepted)
    assert (again.progress, again.reopened, again.order) == (Progress.NOT_STARTED, True, None)
    assert again.overdue(date(2030, 1, 1)) is None
    anew = entry(3, "order", DAYS[4], after=4, deadline=DAYS[6])
    assert lived("a. a", order, accepted, anew).overdue(DAYS[7]) == 31


def test_facts_from_before_the_acceptance_reopen_nothing() -> None:
    accepted = entry(1, "acceptance", DAYS[3], after=2)
    assert lived("a.a", accepted).progress is Progress.CLOSED
    assert lived("a.a a", accepted).progress is Progress.NOT_STARTED


def test_accepted_although_shown() -> None:
    accepted = entry(1, "acceptance", DAYS[0], after=2)
    assert lived("aa", accepted).progress is Progress.CLOSED
    assert lived("aaa", accepted).progress is Progress.NOT_STARTED


def test_an_inspection_reopens() -> None:
    accepted, failed = entry(1, "acceptance", DAYS[1], after=2), entry(2, "reopening", DAYS[2], after=2)
    found = lived("a.", accepted, failed)
    assert (found.progress, found.reopened, found.acceptance) == (Progress.UNDER_WAY, True, None)
    order = entry(1, "order", DAYS[0], deadline=DAYS[1])
    not_accepted = lived("a.", order, failed)
    assert (not_accepted.progress, not_accepted.order) == (Progress.UNDER_WAY, order)
    assert lived("a.a.", order, failed).progress is Progress.DONE
    assert lived("a.", accepted, failed, entry(3, "acceptance", DAYS[3], 2)).progress is Progress.CLOSED


def test_what_is_cleared_twice_is_open_between() -> None:
    order = entry(1, "order", DAYS[0], deadline=DAYS[1])
    back = lived("a.a", order)
    assert (back.progress, back.reopened, back.order) == (Progress.UNDER_WAY, True, order)


def numbers(entries: Sequence[Entry]) -> list[int]:
    return [each.id for each in in_force(entries)]


def test_corrections_take_the_place_of_what_they_correct() -> None:
    order = entry(1, "order", DAYS[0])
    corrected = entry(2, "order", DAYS[1], corrects=1)
    withdrawn = entry(3, "withdrawal", DAYS[1], corrects=2)
    again = entry(4, "withdrawal", DAYS[2], corrects=3)
    assert numbers([order]) == [1]
    assert numbers([order, corrected]) == [2]
    assert numbers([order, corrected, withdrawn]) == [1]  # the correction was the mistake
    assert numbers([order, entry(2, "withdrawal", DAYS[1], corrects=1)]) == []
    assert numbers([order, corrected, withdrawn, again]) == [2]


def test_every_event_has_a_state() -> None:
    seen = {event for said in ("aab?.ax-w", "a.a") for event, _ in events(sightings(said))}
    assert seen == set(Event)
