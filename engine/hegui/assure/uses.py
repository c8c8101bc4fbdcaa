"""Which definitions and parameters decide what a rule or conclusion says."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from hegui.assure.written import Condition, Definition, counting, deciding, environment, matching
from hegui.datatypes import Type
from hegui.engines.request import act_day
from hegui.language.tree import Const, Let, Node, Op, Param, walk
from hegui.ruleset.model import Period, Ruleset

ALWAYS: Final = Period()
Yearly = tuple[int, int]
"""Month and day."""


@dataclass(frozen=True)
class Used:
    """What one rule or conclusion uses, itself or through a definition.

    `dated` are the parameters it takes on days of its own choosing; the others are taken on days it is in force, and where
    these are the same in every year, as in `date(year, 12, 31)`, on its `yearly` day only.
    """

    definitions: frozenset[Definition]
    parameters: frozenset[str]
    dated: frozenset[str]
    in_force: Period
    yearly: Yearly | None = None

    def acts_on(self, day: date) -> bool:
        """May the law be taken on that day of a year?"""
        return self.yearly is None or (day.month, day.day) == self.yearly

    def takes(self, parameter: str, days: Period) -> bool:
        """May it take a parameter on one of some days?"""
        if parameter in self.dated:
            return True
        one = days.start if days.start == days.end else None
        return parameter in self.parameters and self.in_force.meets(days) and (one is None or self.acts_on(one))


@dataclass(frozen=True)
class Uses:
    """What every rule and conclusion uses, by its name."""

    of: dict[str, Used]

    def users_of_definition(self, definition: Definition) -> tuple[str, ...]:
        """Those whose verdict or drawing rests on a definition, in order of name."""
        return tuple(sorted(name for name, used in self.of.items() if definition in used.definitions))

    def users_of_parameter(self, parameter: str, days: Period = ALWAYS) -> tuple[str, ...]:
        """Those whose verdict or drawing rests on a parameter on one of some days, in order of name."""
        return tuple(sorted(name for name, used in self.of.items() if used.takes(parameter, days)))


def uses(ruleset: Ruleset) -> Uses:
    """What the verdicts of rules and the drawing of conclusions rest on."""
    found = {
        name: replace(_used(ruleset, deciding(rule), rule.in_force), yearly=_yearly(act_day(rule)))
        for name, rule in ruleset.rules.items()
    }
    for name, conclusion in ruleset.conclusions.items():
        found[name] = _used(ruleset, [*matching(conclusion), *counting(conclusion)], conclusion.in_force)
    return Uses(found)


def _yearly(node: Node) -> Yearly | None:
    """The month and day of a day that is made with another year only."""
    match node:
        case Let(body=body):
            return _yearly(body)
        case Op(args=(_, Const(value=int(month)), Const(value=int(day))), type=Type(name="date")):
            exists = 1 <= month <= 12 and 1 <= day <= monthrange(2023, month)[1]
            return (month, day) if exists else None
    return None


def _used(ruleset: Ruleset, conditions: Sequence[Condition], in_force: Period) -> Used:
    fresh = environment(ruleset)
    for condition in conditions:
        condition.checked(fresh)
    nodes = [node for condition in conditions for node in walk(condition.expr.node)]
    taken = [node for node in nodes if isinstance(node, Param)]
    dated = frozenset(node.name for node in taken if node.on is not None)
    return Used(frozenset(fresh.definitions.used), frozenset(node.name for node in taken), dated, in_force)
