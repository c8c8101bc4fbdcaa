"""Which definitions and parameters decide what a rule or conclusion says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hegui.assure.written import Condition, Definition, counting, deciding, environment, matching
from hegui.language.tree import Param, walk
from hegui.ruleset.model import Period, Ruleset

ALWAYS: Final = Period()


@dataclass(frozen=True)
class Used:
    """What one rule or conclusion uses, itself or through a definition.

    `dated` are the parameters it takes on days of its own choosing; the others are taken on days it is in force.
    """

    definitions: frozenset[Definition]
    parameters: frozenset[str]
    dated: frozenset[str]
    in_force: Period

    def takes(self, parameter: str, days: Period) -> bool:
        """May it take a parameter on one of some days?"""
        return parameter in self.dated or (parameter in self.parameters and self.in_force.meets(days))


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
    found = {name: _used(ruleset, deciding(rule), rule.in_force) for name, rule in ruleset.rules.items()}
    for name, conclusion in ruleset.conclusions.items():
        found[name] = _used(ruleset, [*matching(conclusion), *counting(conclusion)], conclusion.in_force)
    return Uses(found)


def _used(ruleset: Ruleset, conditions: Sequence[Condition], in_force: Period) -> Used:
    fresh = environment(ruleset)
    for condition in conditions:
        condition.checked(fresh)
    nodes = [node for condition in conditions for node in walk(condition.expr.node)]
    taken = [node for node in nodes if isinstance(node, Param)]
    dated = frozenset(node.name for node in taken if node.on is not None)
    return Used(frozenset(fresh.definitions.used), frozenset(node.name for node in taken), dated, in_force)
