"""Where a quantity meets its limit: values of one fact just below, at and just above it, found by looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

Side = Literal["below", "at", "above"]

Distance = Callable[[Any], float | None]
"""How far a quantity is from its limit when the fact has a value; None where that cannot be told."""

_ROUNDS: Final = 6
_DOUBLINGS: Final = 40
_DIGITS: Final = 12
_ALIKE: Final = 1e-6
"""How far (of its size) a number may be from one found to be taken in its place."""
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199


@dataclass(frozen=True)
class Domain:
    """The values a fact may have: whole numbers and days are steps, numbers have as many decimals as they take."""

    sort: Literal["int", "number", "date", "count"]

    def number(self, value: Any) -> float:
        """A value as a number."""
        return float(value.toordinal() if isinstance(value, date) else value)

    def value(self, number: float) -> Any | None:
        """The value of a number, rounded to one the fact may have; None beyond what is reasonable."""
        if self.sort == "number":
            return _plain(number)
        whole = round(number)
        if self.sort == "date":
            first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
            return date.fromordinal(whole) if first <= whole <= last else None
        if self.sort == "count" and not 0 <= whole <= 60:
            return None
        return whole if abs(whole) < 2**53 else None

    @property
    def steps(self) -> bool:
        """Does it go step by step?"""
        return self.sort != "number"


def _plain(number: float) -> float | int:
    rounded = float(f"{number:.{_DIGITS}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def around(distance: Distance, start: Any, domain: Domain) -> dict[Side, Any]:
    """Values just below, at and just above the limit, as many as there are; empty where the limit is not met."""
    meeting = _meeting(distance, domain.number(start), domain)
    if meeting is None:
        return {}
    found: dict[Side, Any] = {}
    centre = domain.value(meeting) if domain.steps else _simplest(distance, meeting)
    step = 1.0 if domain.steps else _step(centre)
    for number in _near(domain.number(centre), step, domain.steps):
        value = domain.value(number)
        far = distance(value) if value is not None else None
        if far is not None:
            found.setdefault(_side(far), value)
        if len(found) == 3:
            break
    return found


def _simplest(distance: Distance, meeting: float) -> float | int:
    """The number with the fewest digits that meets the limit as well, or the one found."""
    for digits in range(1, _DIGITS):
        value = _plain(float(f"{meeting:.{digits}g}"))
        if abs(value - meeting) <= _ALIKE * abs(meeting) and distance(value) == 0:
            return value
    return _plain(meeting)


def _near(centre: float, step: float, steps: bool) -> list[float]:
    """Numbers to try, the nearest first."""
    widths = (1.0, 2.0, 3.0) if steps else (1.0, 10.0, 100.0, 1000.0)
    return [centre, *(centre + way * width * step for width in widths for way in (-1, 1))]


def _side(far: float) -> Side:
    return "at" if far == 0 else "below" if far < 0 else "above"


def _step(value: Any) -> float:
    """One unit of the last decimal a number is written with."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return float(Decimal(1).scaleb(min(int(exponent), 0)))


def _meeting(distance: Distance, start: float, domain: Domain) -> float | None:
    """A number at which the distance is 0, or (step by step) beside which its sign changes."""

    def far(number: float) -> float | None:
        value = domain.value(number)
        return distance(value) if value is not None else None

    met = _by_secant(far, start, domain)
    if met is not None:
        return met
    bracket = _bracket(far, start, domain)
    return None if bracket is None else _bisected(far, *bracket, domain)


Far = Callable[[float], float | None]


def _by_secant(far: Far, start: float, domain: Domain) -> float | None:
    """Most limits are met by a straight line: there it takes one step."""
    at, here = start, far(start)
    width = 1.0 if domain.steps else max(abs(start) * 0.01, 1e-3)
    for _ in range(_ROUNDS):
        if here is None or here == 0:
            return at if here == 0 else None
        other = far(at + width)
        if other is None or other == here:
            return None
        at -= here * width / (other - here)
        value = domain.value(at)
        if value is None:
            return None
        at = domain.number(value)
        here = far(at)
        if here is not None and domain.steps and _turns(far, at, here):
            return at
    return None


def _turns(far: Far, at: float, here: float) -> bool:
    """Does the sign change beside a step?"""
    beside = [far(at - 1), far(at + 1)]
    return any(each is not None and (each < 0) != (here < 0) for each in beside)


def _bracket(far: Far, start: float, domain: Domain) -> tuple[float, float] | None:
    """Two numbers between which the sign changes, the nearest to the start that doubling finds."""
    here = far(start)
    if here is None:
        return None
    width = 1.0 if domain.steps else max(abs(start) / 16, 1e-3)
    for _ in range(_DOUBLINGS):
        for number in (start - width, start + width):
            other = far(number)
            if other is not None and (other < 0) != (here < 0):
                return (start, number) if start < number else (number, start)
        width *= 2
    return None


def _bisected(far: Far, low: float, high: float, domain: Domain) -> float | None:
    first = far(low)
    if first is None:
        return None
    while high - low > (1 if domain.steps else 1e-9 * max(abs(low), abs(high), 1.0)):
        middle = (low + high) / 2 if not domain.steps else float((low + high) // 2)
        here = far(middle)
        if here is None:
            return None
        if here == 0:
            return middle
        low, high = (middle, high) if (here < 0) == (first < 0) else (low, middle)
    return low
