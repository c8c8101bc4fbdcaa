"""Days and limits of the ruleset moved by the smallest step: when a rule is in force, what a parameter is and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from hegui.assure.slips import BETWEEN, DAYS_BESIDE, Slip, Sort, stepped
from hegui.assure.uses import Yearly
from hegui.language.parser import parse
from hegui.language.tree import Call
from hegui.ruleset.model import Parameter, ParameterValue, Period
from hegui.source import Span, Wording

ON_DAY: Final = Wording(
    "kill-on-day",
    "an example in which the day whose law decides is {day}",
    "补充一个以 {day} 为适用法律日期的示例",
)
SWITCHED: Final = Wording("kill-switched", "an example that the value decides", "补充一个由该取值决定结论的示例")
_DAY: Final = timedelta(1)

Values = tuple[ParameterValue, ...]


@dataclass(frozen=True)
class Shift:
    """A period with its first or last day (`key`) moved, and the day that tells it from the one it was."""

    key: str
    before: date
    after: date
    period: Period

    @property
    def day(self) -> date:
        """The only day on which one of the two holds and the other does not."""
        return min(self.before, self.after) if self.key == "from" else max(self.before, self.after)


@dataclass(frozen=True)
class Moved:
    """A parameter's values with one thing about them changed, and the days on which that is so."""

    sort: Sort
    detail: str
    values: Values
    days: Period
    span: Span
    hint: Wording
    args: Mapping[str, object]


def moved_period(period: Period) -> Iterator[Shift]:
    """A period that begins or ends a day sooner or later. One that is pending never holds."""
    if period.pending:
        return
    for key, day in (("from", period.start), ("to", period.end)):
        for step in (-_DAY, _DAY) if day is not None else ():
            assert day is not None
            moved = replace(period, start=day + step) if key == "from" else replace(period, end=day + step)
            yield Shift(key, day, day + step, moved)


def moved_values(parameter: Parameter) -> Iterator[Moved]:
    """A parameter with one of its values a step lower or higher, or holding from or to a day sooner or later. Where a
    value follows on another, both move: between them there is one day of change."""
    values = parameter.values
    for index, value in enumerate(values):
        if value.period.pending:
            continue
        span = value.span or parameter.span
        since = f" from {value.period.start}" if value.period.start is not None else ""
        for sort, before, other in _beside(value, parameter.type.name):
            hint, args = _hint(sort, before, value)
            detail = f"value{since}: {before} → {other.text}"
            yield Moved(sort, detail, _with(values, index, other), value.period, span, hint, args)
        for shift in moved_period(value.period):
            follows = _following(values, index)
            if shift.key == "to" and follows is not None:
                continue  # the next value moves it
            changed = _with(values, index, replace(value, period=shift.period))
            if shift.key == "from":
                changed = _drawn_along(changed, index, shift)
            detail = f"{shift.key}: {shift.before} → {shift.after}"
            at = (value.from_span if shift.key == "from" else value.to_span) or span
            yield Moved("date", detail, changed, Period(shift.day, shift.day), at, ON_DAY, {"day": shift.day})


def turns(periods: Sequence[Period]) -> frozenset[date]:
    """The days on which one of some periods begins to hold, or has ceased to."""
    starts = {period.start for period in periods if period.start is not None}
    return frozenset(starts | {period.end + _DAY for period in periods if period.end is not None})


def unseen(text: str, slip: Slip, yearly: Yearly, turning: Iterable[date]) -> bool:
    """Is a slip in the day of the act, which is `yearly`, one that can never tell? It moves that day, and in no year does
    the law turn between the two."""
    if not (isinstance(slip.syntax, Call) and slip.syntax.args[:1] == (parse(text),)):
        return False
    later = {date(year, *yearly) + _DAY * (slip.syntax.spelling == "+") for year in (2023, 2024)}
    return not {(each.month, each.day) for each in later} & {(each.month, each.day) for each in turning}


def _with(values: Values, index: int, value: ParameterValue) -> Values:
    return (*values[:index], value, *values[index + 1 :])


def _following(values: Values, index: int) -> int | None:
    """The value that begins the day after one ends."""
    end = values[index].period.end
    begins = None if end is None else end + _DAY
    found = (at for at, each in enumerate(values) if begins is not None and each.period.start == begins)
    return next((at for at in found if not values[at].period.pending), None)


def _drawn_along(values: Values, index: int, shift: Shift) -> Values:
    """The value before one that begins otherwise now, ending the day before as it did."""
    for at, each in enumerate(values):
        if at != index and each.period.end == shift.before - _DAY and not each.period.pending:
            return _with(values, at, replace(each, period=replace(each.period, end=shift.after - _DAY)))
    return values


def _beside(value: ParameterValue, type_: str) -> Iterator[tuple[Sort, str, ParameterValue]]:
    """A value a step lower and higher, as far as its type has steps; with what it was, as text."""
    from hegui.units import to_number

    match value.value:
        case bool():
            text = "false" if value.value else "true"
            yield "limit", value.text, replace(value, value=not value.value, text=text)
        case date():
            for step in (-_DAY, _DAY):
                day = value.value + step
                yield "date", value.value.isoformat(), replace(value, value=day, text=day.isoformat())
        case int() | float():
            for text in stepped(value.text):
                number = int(text) if type_ == "int" else to_number(text, Fraction(1))
                yield "limit", value.text, replace(value, value=number, text=text)


def _hint(sort: Sort, before: str, value: ParameterValue) -> tuple[Wording, Mapping[str, object]]:
    if isinstance(value.value, bool):
        return SWITCHED, {}
    return (DAYS_BESIDE, {}) if sort == "date" else (BETWEEN, {"before": f"`{before}`"})
