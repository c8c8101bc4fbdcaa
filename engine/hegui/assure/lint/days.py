"""What does not cover the days it should: values of parameters, versions of laws, and how long ago somebody looked.

A rule lives on the days it is in force. Nothing is known of the days conditions name themselves (`param("x", day)`), so
they count as days of the rule too; the day the facts are looked at (`as_of`) is never earlier than the act, so it may
also come after the rule's last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from hegui.assure.lint.subject import Subject, warning
from hegui.language.tree import AsOf, Param, walk
from hegui.ruleset.model import Conclusion, Expr, Parameter, ParameterValue, Period, Rule, Ruleset
from hegui.ruleset.periods import without
from hegui.source import Diagnostic, Span, Wording

GAP = Wording(
    "parameter-gap",
    "`{name}` asks for `{detail}` on days it has no value for ({days})",
    "`{name}` 用到的参数 `{detail}` 在部分日期没有取值（{days}）",
)
LAPSED = Wording(
    "basis-lapsed",
    "from {day} on no version of a law that `{name}` cites is in force",
    "自 {day} 起，`{name}` 引用的法律版本均不再施行",
)
BASIS_GAP = Wording(
    "basis-gap",
    "`{name}` is in force on days no version of a law it cites is ({days})",
    "`{name}` 在部分有效日期没有施行中的法律依据（{days}）",
)
NOT_VERIFIED = Wording(
    "not-verified",
    "nobody has looked up `{detail}` of `{name}` since {verified}; from {day} on nobody knows whether it still holds",
    "`{name}` 的取值 `{detail}` 自 {verified} 后未再核对，{day} 起是否仍然有效无人确认",
)
NEVER_VERIFIED = Wording(
    "never-verified",
    "`{detail}` of `{name}` does not say when it was last looked up",
    "`{name}` 的取值 `{detail}` 没有写明最近核对日期",
)
VERIFIED_AHEAD = Wording(
    "verified-ahead",
    "`{detail}` of `{name}` is said to have been looked up on {verified}, after {day}",
    "`{name}` 的取值 `{detail}` 写明于 {verified} 核对，该日晚于 {day}",
)

YEAR: Final = timedelta(days=366)
"""How long a value counts as known after somebody looked it up."""
_DAY: Final = timedelta(days=1)


# --- parameters


def gaps(subject: Subject) -> Iterator[Diagnostic]:
    """Parameters asked for on days they have no value for, once for each rule and parameter."""
    for matter in subject.matters:
        yield from _gaps(matter.name, _asked(matter, subject.ruleset), subject.ruleset)
    for notice in subject.ruleset.notices.values():
        figures = (figure for item in notice.items for figure in item.figures)
        conditions = [figure.where for figure in figures if figure.where is not None]
        days = Period(notice.issued)  # figures are counted on the day the facts are looked at
        asked = ((each, node, days) for each in conditions for node in _params(each))
        yield from _gaps(notice.name, asked, subject.ruleset)


_Asked = Iterable[tuple[Expr, Param, Period]]


def _gaps(name: str, asked: _Asked, ruleset: Ruleset) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for expression, node, days in asked:
        parameter = ruleset.parameters.get(node.name)
        left = without(days, (value.period for value in parameter.values)) if parameter is not None else []
        if left and node.name not in told:
            told.add(node.name)
            yield warning(GAP, _named(expression, node), name=name, detail=node.name, days=_days(left))


def _asked(matter: Rule | Conclusion, ruleset: Ruleset) -> Iterator[tuple[Expr, Param, Period]]:
    """The parameters a rule or conclusion asks for, with the days it may ask for them."""
    conditional = {id(each.condition): each for each in matter.basis if each.condition is not None}
    for expression in matter.expressions():
        days, cited = matter.in_force, conditional.get(id(expression))
        if cited is not None:
            version = ruleset.laws[cited.law].version(cited.version)
            days = _common(days, version.period) if version is not None else days
        for node in _params(expression):
            later = isinstance(matter, Rule) and isinstance(node.on, AsOf)
            yield expression, node, Period(days.start) if later else days


def _params(expression: Expr) -> Iterator[Param]:
    yield from (node for node in walk(expression.node) if isinstance(node, Param))


def _common(one: Period, other: Period) -> Period:
    """The days in both; they have some."""
    starts = [each.start for each in (one, other) if each.start is not None]
    ends = [each.end for each in (one, other) if each.end is not None]
    return Period(max(starts, default=None), min(ends, default=None))


def _named(expression: Expr, node: Param) -> Span:
    """Where the condition names the parameter; all of it where a definition does."""
    span = expression.span
    at = span.source.text.find(node.name, span.start, span.end)
    return Span(span.source, at, at + len(node.name)) if at >= 0 else span


def _days(periods: Iterable[Period]) -> str:
    """Periods in figures, the same in every language."""
    return ", ".join(f"{each.start or ''} … {each.end or ''}".strip() for each in periods)


# --- laws


def bases(subject: Subject) -> Iterator[Diagnostic]:
    """Days of a rule on which nothing it cites is in force: those at its end, and any others."""
    for matter in subject.matters:
        cited = [subject.ruleset.laws[each.law].version(each.version) for each in matter.basis]
        left = without(matter.in_force, [version.period for version in cited if version is not None])
        if left == [matter.in_force]:  # it cites nothing, or only what is never in force, which the loader refuses
            continue
        last = left.pop() if left and left[-1].end == matter.in_force.end else None
        if last is not None:
            yield warning(LAPSED, matter.span, name=matter.name, day=last.start)
        if left:
            yield warning(BASIS_GAP, matter.span, name=matter.name, days=_days(left))


# --- who looked


def verification(subject: Subject) -> Iterator[Diagnostic]:
    """Values that have been in force on days more than a year after somebody last looked them up, up to `today`."""
    assert subject.today is not None
    places = _places(subject)
    for parameter in subject.ruleset.parameters.values():
        for value in parameter.values:
            span = places.get((value.layer, parameter.name, value.period.start), parameter.span)
            yield from _verified(parameter, value, subject.today, span)


def _verified(parameter: Parameter, value: ParameterValue, today: date, span: Span) -> Iterator[Diagnostic]:
    args: dict[str, object] = {"name": parameter.name, "detail": value.text, "verified": value.last_verified}
    if value.last_verified is not None and value.last_verified > today:
        yield warning(VERIFIED_AHEAD, span, **args, day=today)
        return
    begun = value.period.start is None or value.period.start <= today
    if value.period.pending or not begun:
        return
    if value.last_verified is None:
        yield warning(NEVER_VERIFIED, span, name=parameter.name, detail=value.text)
        return
    known = value.last_verified + YEAR
    last = min(today, value.period.end) if value.period.end is not None else today
    if last > known:
        day = max(known + _DAY, value.period.start or date.min)
        yield warning(NOT_VERIFIED, span, **args, day=day)


def _places(subject: Subject) -> dict[tuple[str, str, date | None], Span]:
    """Where the values stand that somebody should look up: by layer, parameter and first day."""
    found: dict[tuple[str, str, date | None], Span] = {}
    for layer, document in subject.chain.of("parameters"):
        for path, span in document.spans.items():
            if len(path) == 5 and path[0] == "parameters" and path[2] == "values" and path[4] == "value":
                start = document.raw.get((*path[:4], "from"))
                found[layer.name, str(path[1]), _day(start)] = span
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        return None
