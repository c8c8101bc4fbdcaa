"""Periods of law: stretches of days on which nothing a rule rests on changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from hegui.language.tree import Param, walk
from hegui.ruleset.model import Period, Rule, Ruleset
from hegui.ruleset.periods import begins

_DAY = timedelta(days=1)


def periods_of(rules: Sequence[Rule], ruleset: Ruleset, *, together: bool = False) -> list[Period]:
    """The periods of law of the first rule's `in_force`, or with `together` from the first day of any to the last of any.

    They begin wherever a parameter any of the rules takes on the day of the act, a version of a law any of them cites, or
    the `in_force` of one of them begins or has just ended.
    """
    life = _hull([rule.in_force for rule in rules]) if together else rules[0].in_force
    if life.pending:
        return []
    changes = {change for rule in rules for each in _dated(rule, ruleset) for change in _changes(each)}
    starts = sorted(change for change in changes if _inside(life, change))
    firsts: list[date | None] = [life.start, *starts]
    return [
        Period(first, following - _DAY if following is not None else life.end)
        for first, following in zip(firsts, [*starts, None], strict=True)
    ]


def _hull(periods: Sequence[Period]) -> Period:
    """From the first day of any to the last of any."""
    starts, ends = [each.start for each in periods], [each.end for each in periods]
    first = min((day for day in starts if day is not None), default=None) if None not in starts else None
    last = max((day for day in ends if day is not None), default=None) if None not in ends else None
    return Period(first, last)


def _dated(rule: Rule, ruleset: Ruleset) -> Iterable[Period]:
    yield rule.in_force
    for expression in (rule.when, rule.violation):
        for node in walk(expression.node) if expression is not None else ():
            if isinstance(node, Param) and node.on is None:
                yield from (value.period for value in ruleset.parameters[node.name].values)
    for citation in rule.basis:
        version = ruleset.laws[citation.law].version(citation.version)
        if version is not None:
            yield version.period


def _changes(period: Period) -> Iterable[date]:
    """The days on which something begins to hold, or holds no more."""
    if not period.pending:
        yield from (day for day in (period.start,) if day is not None)
        yield from (day + _DAY for day in (period.end,) if day is not None and day < date.max)


def _inside(life: Period, day: date) -> bool:
    """Does a period begin on that day that is not the first one?"""
    return life.holds(day) and day != (life.start or date.min)


def joined(periods: Iterable[Period]) -> list[Period]:
    """Periods that follow on each other made one, in order."""
    found: list[Period] = []
    for period in sorted(periods, key=begins):
        last = found[-1] if found else None
        if last is not None and last.end is not None and period.start is not None and last.end + _DAY == period.start:
            found[-1] = Period(last.start, period.end)
        else:
            found.append(period)
    return found


def written(period: Period) -> str:
    """A period as one word: `2021-01-01..2024-12-31`, open where nothing stands.

    >>> written(Period(None, date(2024, 12, 31)))
    '..2024-12-31'
    """
    return f"{period.start or ''}..{period.end or ''}"
