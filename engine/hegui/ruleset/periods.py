"""Stretches of days: read from documents, checked, and laid over one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, Protocol

from hegui.ruleset.layers import place_of
from hegui.ruleset.model import Period
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import container
from hegui.source import Document, Path_, Wording

_BACKWARDS = Wording(
    "period-backwards", "the period ends on {end}, before it begins on {start}", "期间结束日 {end} 早于起始日 {start}"
)
_OVERLAP = Wording("period-overlap", "the period overlaps the one at {place}", "期间与 {place} 处的期间重叠")
_DAY: Final = timedelta(days=1)


class Dated(Protocol):
    """A document part with a first and a last day."""

    @property
    def from_(self) -> date | None: ...
    @property
    def to(self) -> date | None: ...


def period(part: Dated, document: Document, path: Path_, problems: Problems) -> Period:
    """The part's period; an end before the beginning is a problem."""
    pending = bool(getattr(part, "pending", False))
    if part.from_ is not None and part.to is not None and part.to < part.from_:
        problems.add(_BACKWARDS, document.span((*path, "to")), start=part.from_, end=part.to)
    return Period(part.from_, part.to, pending)


def check_overlaps(periods: Sequence[tuple[Period, Path_]], document: Document, problems: Problems) -> None:
    """Report each period that shares a day with an earlier one; pending ones hold on no day."""
    ordered = sorted(periods, key=lambda item: begins(item[0]))
    reached = date.min
    for position, (later, path) in enumerate(ordered):
        apart = position == 0 or begins(later) > reached  # most are, and need not be held against each before them
        reached = max(reached, later.end or date.max)
        clash = (
            next((where for earlier, where in ordered[:position] if _overlap(earlier, later)), None)
            if not apart
            else None
        )
        if clash is not None:
            problems.add(_OVERLAP, container(document, path), place=place_of(document.span(clash)))


def _overlap(one: Period, other: Period) -> bool:
    backwards = any(p.start is not None and p.end is not None and p.end < p.start for p in (one, other))
    return not backwards and one.meets(other)


def begins(period: Period) -> date:
    """The first day, for sorting; an open beginning comes first."""
    return period.start or date.min


def without(period: Period, covered: Iterable[Period]) -> list[Period]:
    """What is left of a period on the days none of `covered` holds, in order of date.

    >>> without(Period(date(2020, 1, 1)), [Period(date(2021, 1, 1), date(2021, 12, 31))])[0].end
    datetime.date(2020, 12, 31)
    """
    left = [period]
    for cover in covered:
        left = [piece for part in left for piece in _cut(part, cover)]
    return left


def _cut(period: Period, cover: Period) -> list[Period]:
    if period.pending or not period.meets(cover):
        return [period]
    pieces = []
    if cover.start is not None and (period.start is None or period.start < cover.start):
        pieces.append(Period(period.start, cover.start - _DAY))
    if cover.end is not None and (period.end is None or cover.end < period.end):
        pieces.append(Period(cover.end + _DAY, period.end))
    return pieces
