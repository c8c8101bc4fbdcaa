"""One entity: every rule about its kind, translated once for each day and answered in microseconds.

Verdicts come from `language.quick`. Findings, with causes and recorded values, are made on request, by the scalar engine
itself over the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from hegui.calendar import load
from hegui.datatypes import Below, Reason
from hegui.engines.blaming import naming
from hegui.engines.request import act_day
from hegui.engines.scalar import RuleJudge
from hegui.facts.entity import KEY, WHY, Entity
from hegui.facts.entity import Frame as Cells
from hegui.language.closures import Fixed, Frame, Part, Quick, called
from hegui.language.quick import DAY, TABLES, Setting, translate
from hegui.language.scalar import RowData, Value
from hegui.language.signatures import Lookups
from hegui.outcome import Finding, RuleResult, Verdict, escape
from hegui.ruleset.model import Rule, Ruleset
from hegui.source import PluginError

_OUT: Final = "not applicable"
"""The answer of a rule that does not apply; the others are True, False and None."""


class Program:
    """The rules about one kind as they stand on one day; nothing in it changes any more."""

    def __init__(self, ruleset: Ruleset, rules: Sequence[Rule], as_of: date) -> None:
        self._rules = []
        for rule in rules:
            with naming(rule):
                self._rules.append((_judge(rule, ruleset, as_of), _results(rule.name)))
        self._named = rules

    def results(self, entity: Entity) -> tuple[RuleResult, ...]:
        """What each rule says of an entity."""
        frame: Frame = entity.judged.copy()  # a frame that held its own entity would be garbage for the collector
        frame[TABLES] = entity
        try:
            return tuple([results[judge(frame)] for judge, results in self._rules])
        except PluginError:
            return tuple(self._by_name(frame))

    def _by_name(self, frame: Frame) -> Iterator[RuleResult]:
        """The same once more, seeing which rule it is that cannot be judged."""
        for rule, (judge, results) in zip(self._named, self._rules, strict=True):
            with naming(rule):
                found = results[judge(frame)]
            yield found


def _results(name: str) -> dict[object, RuleResult]:
    """The four things a rule can say. They are made once: results are plain values, and are shared."""
    return {
        True: RuleResult(name, Verdict.VIOLATION),
        False: RuleResult(name, Verdict.COMPLIANT),
        None: RuleResult(name, Verdict.UNDETERMINED),
        _OUT: RuleResult(name, Verdict.NOT_APPLICABLE),
    }


def _judge(rule: Rule, ruleset: Ruleset, as_of: date) -> Quick:
    """The verdict table (`scalar.verdict`) over a frame."""
    day = translate(act_day(rule), _setting(ruleset, as_of, None))
    if not isinstance(day, Fixed):
        return _on_its_day(rule, day, _setting(ruleset, as_of, None))
    setting = _setting(ruleset, as_of, day.value or as_of)
    when, violation = _conditions(rule, setting)
    if day.value is None:
        applies = called(when)
        return lambda frame: _OUT if applies(frame) is False else None
    if not rule.in_force.holds(day.value) or when == Fixed(False):
        return lambda frame: _OUT
    return called(violation) if when == Fixed(True) else _where(called(when), called(violation))


def _conditions(rule: Rule, setting: Setting) -> tuple[Part, Part]:
    when = Fixed(True) if rule.when is None else translate(rule.when.node, setting)
    return when, translate(rule.violation.node, setting)


def _where(when: Quick, violation: Quick) -> Quick:
    def judge(frame: Frame) -> Any:
        applies = when(frame)
        if applies is False:
            return _OUT
        found = violation(frame)
        return found if applies or found is False else None

    return judge


def _on_its_day(rule: Rule, day_of: Quick, setting: Setting) -> Quick:
    """A rule whose act each row has a day of its own for."""
    when, violation = (called(part) for part in _conditions(rule, setting))
    judge, holds = _where(when, violation), rule.in_force.holds

    def judge_on(frame: Frame) -> Any:
        day = frame[DAY] = day_of(frame)
        if day is not None and holds(day):
            return judge(frame)
        return None if day is None and when(frame) is not False else _OUT

    return judge_on


def _setting(ruleset: Ruleset, as_of: date, day: date | None) -> Setting:
    def parameters(name: str) -> list[tuple[Callable[[date], bool], Any, str]]:
        return [(each.period.holds, each.value, each.text) for each in ruleset.parameters[name].values]

    return Setting(as_of, day, parameters, lambda: load(ruleset.workdays))


# --- findings ------------------------------------------------------------------------------------------------------


class Judges:
    """The scalar engine's judge of each rule about one kind; nothing in it changes any more."""

    def __init__(self, ruleset: Ruleset, rules: Sequence[Rule]) -> None:
        self._ruleset = ruleset
        self._judges = [RuleJudge(rule, ruleset.vocabulary.kinds) for rule in rules]

    def findings(self, entity: Entity, kind: str, as_of: date) -> list[Finding]:
        """What each rule says of an entity, with causes and recorded values."""
        world = EntityWorld(entity, self._ruleset)
        row = world.row(kind, entity.judged)
        return [self._finding(judge, row, world, as_of) for judge in self._judges]

    @staticmethod
    def _finding(judge: RuleJudge, row: RowData, world: EntityWorld, as_of: date) -> Finding:
        with naming(judge.rule):
            return judge.finding(judge.opinion(row, world, as_of))


class EntityWorld:
    """One entity and the rows given with it, as the scalar evaluator sees them."""

    def __init__(self, entity: Entity, ruleset: Ruleset) -> None:
        self._entity, self._ruleset = entity, ruleset
        self._workdays: Lookups = load(ruleset.workdays)
        self._rows: dict[int, RowData] = {}
        self._own: dict[int, str] = {}

    def row(self, kind: str, frame: Cells) -> RowData:
        """The row of a frame."""
        if id(frame) not in self._rows:
            key = self._entity.identity(kind, frame)
            several = len(self._ruleset.vocabulary.kinds[kind].key) > 1
            made = RowData(_cells(frame), key if several else escape(key))
            self._rows[id(frame)], self._own[id(made)] = made, key
        return self._rows[id(frame)]

    def follow(self, kind: str, key: str) -> RowData | Reason:
        return self.row(kind, self._entity.follow(kind, key))

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        rows = self._entity.related(kind, by, {KEY: key})
        return Reason.NOT_SUPPLIED if rows is None else [self.row(kind, each) for each in rows]

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        return self._own[id(row)]

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        found = self._ruleset.parameters[name].on(day)
        return None if found is None else (found.value, found.text)

    def workdays_between(self, start: date, end: date) -> int | None:
        return self._workdays.workdays_between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        return self._workdays.add_workdays(start, count)


def _cells(frame: Cells) -> Mapping[str, Value | Reason | Below]:
    why = frame.get(WHY, {})
    return {
        name: why.get(name, Reason.MISSING) if value is None else value
        for name, value in frame.items()
        if not name.startswith("#")
    }
