"""Calendars of a ruleset's own: the working days of years the shipped calendar does not have yet."""

from __future__ import annotations

from datetime import date, timedelta

from hegui.ruleset.documents import CalendarDocument
from hegui.ruleset.layers import Chain, place_of
from hegui.ruleset.parameters import DEFINED_TWICE
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Document, Wording

_OTHER_YEAR = Wording("other-year", "{day} is not in {year}", "{day} 不在 {year} 年")
_TWICE = Wording("day-twice", "{day} is listed twice", "{day} 重复列出")
_WORKED_ANYWAY = Wording("needless-workday", "{day} is a weekday as it is", "{day} 本来就不是周末")
_FREE_ANYWAY = Wording("needless-holiday", "{day} is a weekend day as it is", "{day} 本来就是周末")


def workdays(chain: Chain, problems: Problems) -> dict[date, bool]:
    """Every day of every year the chain has a calendar for: is it a working day?"""
    found: dict[date, bool] = {}
    places: dict[int, str] = {}
    for _, document in chain.of("calendar"):
        part = validate(CalendarDocument, document, problems)
        if part is None:
            continue
        span = document.span(("calendar",))
        if part.calendar in places:
            problems.add(DEFINED_TWICE, span, name=part.calendar, place=places[part.calendar])
            continue
        places[part.calendar] = place_of(span)
        found.update(_year(part, document, problems))
    return found


def _year(part: CalendarDocument, document: Document, problems: Problems) -> dict[date, bool]:
    days = [date(part.calendar, 1, 1) + timedelta(n) for n in range(366)]
    plain = {day: day.weekday() < 5 for day in days if day.year == part.calendar}
    changed: dict[date, bool] = {}
    for key, listed, worked in (("workdays", part.workdays, True), ("holidays", part.holidays, False)):
        for index, day in enumerate(listed):
            span = document.span((key, index))
            if day.year != part.calendar:
                problems.add(_OTHER_YEAR, span, day=day, year=part.calendar)
            elif day in changed:
                problems.add(_TWICE, span, day=day)
            elif plain[day] == worked:
                problems.warn(_WORKED_ANYWAY if worked else _FREE_ANYWAY, span, day=day)
            changed[day] = worked
    return plain | {day: worked for day, worked in changed.items() if day in plain}
