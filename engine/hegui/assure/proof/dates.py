"""The calendar in whole numbers: day numbers of dates, and back. Leap years and all, exactly as `datetime.date`.

The formulas are those the column engines use (`language.meanings`; H. Hinnant, *chrono-compatible low-level date
algorithms*), with the solver's integer division instead of rounded quotients. Years are 1 to 9999, so that every division
is of a number that is not negative.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import z3

from hegui.assure.proof.terms import Formula, choose, conj, disj, implies

FIRST: Final = date.min.toordinal()
LAST: Final = date.max.toordinal()
_MARCH: Final = date(1, 3, 1).toordinal() - 365
"""Day number of the first of March of year 0, where counting begins: no date, but the day all others are counted from."""


def ordinal(year: Formula, month: Formula, day: Formula) -> Formula:
    """The day number of a date that exists."""
    moved = choose(month <= 2, year - 1, year)  # a year that begins in March has its leap day at the end
    shifted = choose(month > 2, month - 3, month + 9)
    within = (shifted * 153 + 2) / 5 + day - 1
    return moved * 365 + moved / 4 - moved / 100 + moved / 400 + within + _MARCH


def exists(year: Formula, month: Formula, day: Formula) -> Formula:
    """Is there such a date?"""
    leap = conj((year % 4 == 0, disj((year % 100 != 0, year % 400 == 0))))
    short = disj(month == each for each in (4, 6, 9, 11))
    last = choose(month == 2, choose(leap, z3.IntVal(29), z3.IntVal(28)), choose(short, z3.IntVal(30), z3.IntVal(31)))
    return conj((year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1, day <= last))


def in_range(number: Formula) -> Formula:
    """Is a day number that of a date between the years 1 and 9999?"""
    return conj((number >= FIRST, number <= LAST))


def taken_apart(number: Formula, year: Formula, month: Formula, day: Formula) -> Formula:
    """What year, month and day of a day number must satisfy: exactly one triple does."""
    return implies(in_range(number), conj((exists(year, month, day), ordinal(year, month, day) == number)))
