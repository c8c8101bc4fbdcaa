"""Working days: known dates, the edges of the calendar, a ruleset's own years."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.calendar import Calendar, load

CALENDAR = load()
DAYS = st.dates(CALENDAR.first, CALENDAR.last)
AROUND = st.dates(date(2003, 11, 1), date(CALENDAR.last.year + 1, 3, 1))


def counted(start: date, end: date) -> int:
    """Working days in (start, end], one by one."""
    return sum(bool(CALENDAR.is_workday(start + timedelta(days=n))) for n in range(1, (end - start).days + 1))


def test_thirty_working_days_over_a_holiday() -> None:
    assert CALENDAR.add_workdays(date(2024, 3, 11), 30) == date(2024, 4, 23)
    assert CALENDAR.workdays_between(date(2024, 3, 11), date(2024, 4, 23)) == 30


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 4, 4), False),  # a Thursday, Qingming
        (date(2024, 4, 5), False),  # a Friday off in exchange
        (date(2024, 4, 7), True),  # the Sunday worked in exchange
        (date(2024, 4, 13), False),
        (date(2024, 4, 15), True),
        (date(2024, 10, 1), False),
        (date(2024, 10, 12), True),
    ],
)
def test_known_days(day: date, worked: bool) -> None:
    assert CALENDAR.is_workday(day) is worked


@given(DAYS)
def test_days_are_those_of_the_source(day: date) -> None:
    assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day)


@given(DAYS, DAYS)
def test_between_counts(one: date, other: date) -> None:
    start, end = sorted([one, other])
    assert CALENDAR.workdays_between(start, end) == counted(start, end)
    assert CALENDAR.workdays_between(end, start) == -counted(start, end)


@given(AROUND, st.integers(-300, 300))
def test_add_is_the_nth_working_day(day: date, count: int) -> None:
    found = CALENDAR.add_workdays(day, count)
    if found is None:
        assert CALENDAR.is_workday(day) is None or not CALENDAR.first + timedelta(
            450
        ) < day < CALENDAR.last - timedelta(450)
    elif count == 0:
        assert found == day
    elif count > 0:
        assert CALENDAR.is_workday(found)
        assert CALENDAR.workdays_between(day, found) == count
    else:
        assert CALENDAR.is_workday(found)
        assert CALENDAR.add_workdays(found - timedelta(days=1), -count) is None or found < day
        assert counted(found - timedelta(days=1), day - timedelta(days=1)) == -count


def test_edges() -> None:
    before, after = CALENDAR.first - timedelta(days=1), CALENDAR.last + timedelta(days=1)
    assert CALENDAR.is_workday(before) is None
    assert CALENDAR.add_workdays(after, 0) is None
    assert CALENDAR.add_workdays(CALENDAR.last, 1) is None
    assert CALENDAR.add_workdays(CALENDAR.first, -1) is None
    assert CALENDAR.add_workdays(CALENDAR.last, 0) == CALENDAR.last
    assert CALENDAR.workdays_between(before, CALENDAR.first) is None
    assert CALENDAR.workdays_between(CALENDAR.last, after) is None
    assert CALENDAR.add_workdays(date(2024, 3, 11), 10**9) is None


def test_cumulative_agrees_with_between() -> None:
    counts = CALENDAR.cumulative()
    assert len(counts) == (CALENDAR.last - CALENDAR.first).days + 1
    day = date(2024, 4, 23)
    start = date(2024, 3, 11)
    assert counts[(day - CALENDAR.first).days] - counts[(start - CALENDAR.first).days] == 30
    assert counts[0] == int(bool(CALENDAR.is_workday(CALENDAR.first)))


def test_a_rulesets_own_year_joins_on() -> None:
    year = CALENDAR.last.year + 1
    monday = next(day for n in range(7) if (day := date(year, 3, 1) + timedelta(days=n)).weekday() == 0)
    own = load({monday: False, monday - timedelta(days=1): True})
    assert own.last == date(year, 12, 31)
    assert own.is_workday(monday) is False
    assert own.is_workday(monday - timedelta(days=1)) is True
    assert own.is_workday(monday + timedelta(days=1)) is True
    assert own.workdays_between(CALENDAR.first, CALENDAR.last) == CALENDAR.workdays_between(
        CALENDAR.first, CALENDAR.last
    )


def test_a_year_after_a_gap_is_not_covered() -> None:
    assert load({date(CALENDAR.last.year + 2, 1, 1): False}).last == CALENDAR.last


def test_own_days_correct_known_ones() -> None:
    assert load({date(2024, 4, 23): False}).add_workdays(date(2024, 3, 11), 30) == date(2024, 4, 24)
    assert CALENDAR.add_workdays(date(2024, 3, 11), 30) == date(2024, 4, 23)


def test_a_calendar_of_one_day() -> None:
    one = Calendar(date(2024, 4, 23), (True,))
    assert one.last == one.first
    assert one.cumulative() == [1]
    assert one.workdays_between(one.first, one.last) == 0
