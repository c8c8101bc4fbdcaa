"""Examples on the last day before and the first day after a change of law: a parameter's value, a version of a cited law,
the days the rule is in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from hegui.assure.suggesting.bench import Bench, Facts, Look
from hegui.assure.suggesting.comparisons import parameters
from hegui.assure.suggesting.knobs import Knob, knobs, moving_all
from hegui.assure.suggesting.limits import KNOBS, Base, Group, Suggestion
from hegui.assure.suggesting.solving import around
from hegui.datatypes import Text
from hegui.engines.request import act_day
from hegui.outcome import Verdict
from hegui.ruleset.model import Period, Rule, Ruleset

BEFORE: Final = Text("{day} 变动之前", "before the change of {day}")
AFTER: Final = Text("{day} 变动之后", "after the change of {day}")
NO_DAY: Final = Text(
    "没有示例能把行为日期移到该日两侧",
    "no example could be moved to both sides of this day by changing one value it gives",
)
NOT_APPLICABLE: Final = Text(
    "在所试示例中，该日前后本规则都不适用", "the rule applies on neither side of this day in any example tried"
)
IN_FORCE: Final = (
    Text("本规则开始适用", "the rule comes into force"),
    Text("本规则停止适用", "the rule goes out of force"),
)
PARAMETER: Final = (
    Text("参数 {name} 为 {value}", "{name} is {value}"),
    Text("参数 {name} 不再有值", "{name} has no value any more"),
)
VERSION: Final = (
    Text("{law} {version} 版生效", "{law} {version} comes into force"),
    Text("{law} {version} 版失效", "{law} {version} goes out of force"),
)


def changes(ruleset: Ruleset, rule: Rule) -> dict[date, list[Text]]:
    """What changes for a rule on which day, in order of day; what lies outside its own time does not."""
    found: dict[date, list[Text]] = {}
    for period, words, args in _periods(ruleset, rule):
        for day, said in zip(_days(period), words, strict=True):
            if day is not None and _concerns(day, rule.in_force):
                text = Text(said.zh.format(**args), said.en.format(**args))
                found.setdefault(day, [])
                found[day] += [text] if text not in found[day] else []
    return {day: _new(found[day]) for day in sorted(found)}


def _new(said: list[Text]) -> list[Text]:
    """What begins on a day; where nothing does, what ends."""
    ends = (" any more", " goes out of force")
    return [text for text in said if not text.en.endswith(ends)] or said


def _periods(ruleset: Ruleset, rule: Rule) -> Iterator[tuple[Period, tuple[Text, Text], dict[str, str]]]:
    yield rule.in_force, IN_FORCE, {}
    for param in parameters(rule):
        for value in ruleset.parameters[param.name].values:
            yield value.period, PARAMETER, {"name": f'param("{param.name}")', "value": value.text}
    for citation in rule.basis:
        version = ruleset.laws[citation.law].version(citation.version)
        if version is not None:
            yield version.period, VERSION, {"law": citation.law, "version": citation.version}


def _days(period: Period) -> tuple[date | None, date | None]:
    """The first day, and the one after the last."""
    if period.pending:
        return None, None
    return period.start, None if period.end is None else period.end + timedelta(1)


def _concerns(day: date, in_force: Period) -> bool:
    return in_force.holds(day) or in_force.holds(day - timedelta(1))


@dataclass(frozen=True)
class _Pair:
    """Facts on the last day before a change and on the first day after it, with what the rule says of them."""

    before: tuple[Facts, Look]
    after: tuple[Facts, Look]

    @property
    def applies(self) -> bool:
        """Does the rule apply on one of the two days?"""
        return {self.before[1].verdict, self.after[1].verdict} != {Verdict.NOT_APPLICABLE}

    @property
    def worth(self) -> tuple[bool, bool]:
        """Better are facts to which the rule applies and of which it says something, and those whose verdict changes."""
        verdicts = {self.before[1].verdict, self.after[1].verdict}
        decided = self.applies and Verdict.UNDETERMINED not in verdicts
        return decided, len(verdicts) > 1


class Changes:
    """Looks for examples on both sides of changes of law for one rule."""

    def __init__(self, bench: Bench, bases: Sequence[Base], met: Sequence[tuple[Facts, Look]]) -> None:
        """`met` are facts at the limits of the rule, which are tried besides the examples there are."""
        self.bench = bench
        self.tried = [*((base.facts, base.look) for base in bases), *met]
        self.days = {base.look.day for base in bases}

    def group(self, day: date, said: Sequence[Text]) -> Group | None:
        """What is proposed around a change; None where existing examples stand on both its days."""
        joined = Text("；".join(each.zh for each in said), "; ".join(each.en for each in said))
        found = Group(Text(f"{day}：{joined.zh}", f"{day}: {joined.en}"))
        pair = self._best(day)
        if pair is None or not pair.applies:
            found.notes.append(NO_DAY if pair is None else NOT_APPLICABLE)
            return found
        for words, (facts, look) in ((BEFORE, pair.before), (AFTER, pair.after)):
            if look.day not in self.days:
                name = Text(words.zh.format(day=day), words.en.format(day=day))
                found.suggestions.append(Suggestion(name, facts))
        return found if found.suggestions else None

    def _best(self, day: date) -> _Pair | None:
        best: _Pair | None = None
        for facts, _ in sorted(self.tried, key=lambda tried: tried[1].verdict is not Verdict.VIOLATION):
            for knob in self._knobs(facts):
                pair = self._pair(day, knob)
                if pair is not None and (best is None or pair.worth > best.worth):
                    best = pair
                if best is not None and best.worth == (True, True):
                    return best
        return best

    def _knobs(self, facts: Facts) -> Iterator[Knob]:
        """What moves the day of the act: alone, or with all other days of the facts."""
        for knob in islice(knobs(act_day(self.bench.rule), facts, {}, self.bench.vocabulary), KNOBS):
            yield knob
            if knob.domain.sort in ("int", "date"):
                yield moving_all(knob, facts)

    def _pair(self, day: date, knob: Knob) -> _Pair | None:
        def distance(value: object) -> float | None:
            look = self.bench.look(knob.turn(value))
            return None if look is None or look.day is None else float((look.day - day).days)

        met = around(distance, knob.start, knob.domain)
        after = met.get("at", met.get("above"))
        if "below" not in met or after is None:
            return None
        sides = [self._seen(knob.turn(value)) for value in (met["below"], after)]
        before, behind = sides
        return None if before is None or behind is None else _Pair(before, behind)

    def _seen(self, facts: Facts) -> tuple[Facts, Look] | None:
        """The facts looked at on the day of the act at the earliest: nobody looks at what is still to come."""
        look = self.bench.look(facts)
        if look is not None and look.day is not None and look.day > facts.as_of:
            facts = Facts(facts.given, look.day)
            look = self.bench.look(facts)
        return None if look is None else (facts, look)
