"""Working days of mainland China.

Source: the yearly holiday notices of the General Office of the State Council (国务院办公厅关于部分节假日安排的通知),
with the weekend days they turn into working days, as encoded by the package chinesecalendar. A ruleset may add years
of its own or correct days. Outside the years covered nothing is known, and every answer is None.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The days from `first` to `last`, each a working day or not (`flags`, one for each day)."""

    first: date
    flags: tuple[bool, ...]

    @property
    def last(self) -> date:
        """The last day known."""
        return self.first + timedelta(days=len(self.flags) - 1)

    def is_workday(self, day: date) -> bool | None:
        """Is `day` a working day; None beyond the calendar."""
        return self.flags[(day - self.first).days] if self._covers(day) else None

    def add_workdays(self, day: date, count: int) -> date | None:
        """The `count`-th working day after `day` (before it, where negative); `day` itself for 0.

        The day after counts as the first: the day of the event is not counted. None beyond the calendar.

        >>> load().add_workdays(date(2024, 3, 11), 30)
        datetime.date(2024, 4, 23)
        """
        if not self._covers(day) or count == 0:
            return day if self._covers(day) else None
        index = bisect_left(self._workdays, day + timedelta(days=1) if count > 0 else day)
        target = index + count - (1 if count > 0 else 0)
        return self._workdays[target] if 0 <= target < len(self._workdays) else None

    def workdays_between(self, start: date, end: date) -> int | None:
        """Working days after `start` up to and including `end`; negative if `end` is earlier, None beyond the calendar.

        >>> load().workdays_between(date(2024, 3, 11), date(2024, 4, 23))
        30
        """
        if not (self._covers(start) and self._covers(end)):
            return None
        return self._counts[(end - self.first).days] - self._counts[(start - self.first).days]

    def cumulative(self) -> list[int]:
        """For each day from `first` to `last`: how many working days there are from `first` up to and including it."""
        return list(self._counts)

    def _covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    @cached_property
    def _counts(self) -> list[int]:
        return list(accumulate(self.flags))

    @cached_property
    def _workdays(self) -> list[date]:
        return [self.first + timedelta(days=number) for number, worked in enumerate(self.flags) if worked]


def load(extra: Mapping[date, bool] | None = None) -> Calendar:
    """The calendar of chinesecalendar's years, with a ruleset's own days on top (True is a working day).

    `extra` corrects days of those years, and each further year that joins on to them is covered whole: its weekdays are
    working days but for the days `extra` names. A year that leaves a gap is not covered.

    >>> load({date(2027, 1, 1): False}).last.year
    2027
    """
    return _build(tuple(sorted((extra or {}).items())))


@lru_cache(maxsize=16)
def _build(extra: tuple[tuple[date, bool], ...]) -> Calendar:
    from chinese_calendar.constants import holidays, workdays

    named = {**dict.fromkeys(holidays, False), **dict.fromkeys(workdays, True)}
    years = {day.year for day in named}
    first, last = min(years), max(years)
    further = {day.year for day, _ in extra}
    while first - 1 in further:
        first -= 1
    while last + 1 in further:
        last += 1
    named.update(extra)
    start, end = date(first, 1, 1), date(last, 12, 31)
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return Calendar(start, tuple(named.get(day, day.weekday() < _SATURDAY) for day in days))
