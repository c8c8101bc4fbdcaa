"""Mutation: one thing of a ruleset is changed at a time, and its examples must notice.

A mutant is a ruleset with one slip in it (`assure/slips.py`): in what the verdict of a rule rests on, in what it takes for
a conclusion to be drawn, in a named definition, in a parameter, in the days a rule is in force. It is killed where an
example of a rule or conclusion that uses the changed thing gets another verdict, or other causes than it states, or where a
conclusion is drawn about others. What is shared is changed once and judged by the examples of all that use it.

Mutants that cannot be loaded, and those that are the same by construction (the typed trees are equal; nobody takes the
parameter on the days on which it is another), are no mutants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from hegui.assure.bench import Bench
from hegui.assure.dates import ON_DAY, moved_period, moved_values, turns, unseen
from hegui.assure.slips import Slip, Sort, slips
from hegui.assure.uses import uses
from hegui.assure.written import Condition, counting, deciding, defined, environment, matching, place
from hegui.language.checker import Environment
from hegui.language.tree import Syntax
from hegui.ruleset.conclusions import unfit
from hegui.ruleset.joins import conjuncts
from hegui.ruleset.model import Conclusion, Expr, Parameter, Rule, Ruleset
from hegui.source import Diagnostic, HeguiError, Span, Wording

if TYPE_CHECKING:
    from hegui.assure.registries import RegistryTest

SURVIVED: Final = Wording(
    "mutant",
    "no example of {used_by} notices this change to `{name}`: {detail}",
    "{used_by} 的示例都没有发现 `{name}` 的这一改动：{detail}",
)
MOST_NAMED: Final = 3
"""How many of the rules that use a shared thing are named where none of their examples notices."""

Told = Callable[[int, int], None]
"""Is told how many mutants have been tried, and of how many."""


@dataclass(frozen=True)
class Mutant:
    """A ruleset with one thing changed, and whether an example notices.

    `name` is the rule, conclusion, parameter or definition (`kind.name`) changed, and `detail` what tells the change from
    others of that name; `used_by` are the rules and conclusions whose examples were asked.
    """

    sort: Sort
    name: str
    detail: str
    used_by: tuple[str, ...]
    killed: bool
    span: Span = field(compare=False)
    hint: Wording = field(compare=False)
    args: Mapping[str, object] = field(compare=False)

    @property
    def diagnostic(self) -> Diagnostic:
        """The mutant as one that no example notices."""
        named = ", ".join(f"`{name}`" for name in self.used_by[:MOST_NAMED])
        more = len(self.used_by) - MOST_NAMED
        used_by = named + (f" (+{more})" if more > 0 else "")
        args = {**self.args, "name": self.name, "detail": self.detail, "used_by": used_by}
        return Diagnostic(SURVIVED, args, self.span, self.hint, "warning")


@dataclass(frozen=True)
class Mutation:
    """What became of all mutants, in order of name and place."""

    mutants: tuple[Mutant, ...]

    @cached_property
    def survivors(self) -> tuple[Mutant, ...]:
        return tuple(mutant for mutant in self.mutants if not mutant.killed)


@dataclass(frozen=True)
class _Attempt:
    """A mutant that has not been tried. `tried` says whether an example notices; None where it is no mutant."""

    mutant: Mutant
    tried: Callable[[], bool | None]


def mutate(
    ruleset: Ruleset,
    rules: Collection[str] | None = None,
    conclusions: Collection[str] | None = None,
    tests: Collection[RegistryTest] = (),
    told: Told | None = None,
) -> Mutation:
    """Try every mutant of a ruleset, or of some rules and conclusions with the definitions and parameters they use.

    Args:
        ruleset: the ruleset, loaded without errors.
        rules: names of rules; None for all, or for none where only conclusions are named.
        conclusions: names of conclusions; None likewise.
        tests: registries beside the ruleset: a row that has another finding with the change notices it.
        told: is told of the progress.
    """
    attempts = list(_Mutator(ruleset, rules, conclusions, tests).attempts())
    found = []
    for done, attempt in enumerate(attempts):
        if told is not None:
            told(done, len(attempts))
        killed = attempt.tried()
        if killed is not None:
            found.append(replace(attempt.mutant, killed=killed))
    return Mutation(tuple(found))


class _Mutator:
    """Makes the mutants of a ruleset."""

    def __init__(
        self,
        ruleset: Ruleset,
        rules: Collection[str] | None,
        conclusions: Collection[str] | None,
        tests: Collection[RegistryTest],
    ) -> None:
        self.ruleset = ruleset
        whole = rules is None and conclusions is None
        self.rules = sorted(ruleset.rules if whole else rules or ())
        self.conclusions = sorted(ruleset.conclusions if whole else conclusions or ())
        self.uses = uses(ruleset)
        used = [self.uses.of[name] for name in (*self.rules, *self.conclusions)]
        self.definitions = {each for one in used for each in one.definitions}
        self.parameters = sorted({each for one in used for each in one.parameters})
        asked = {*self.rules, *self.conclusions}
        asked |= {name for each in self.definitions for name in self.uses.users_of_definition(each)}
        asked |= {name for each in self.parameters for name in self.uses.users_of_parameter(each)}
        self.bench = Bench(
            ruleset,
            [name for name in asked if name in ruleset.rules],
            [name for name in asked if name in ruleset.conclusions],
            tests,
        )
        self.environment = environment(ruleset)

    def attempts(self) -> Iterator[_Attempt]:
        """Every mutant: of rules, of conclusions, of definitions, of parameters."""
        for name in self.rules:
            yield from _told_apart(self.of_rule(self.ruleset.rules[name]))
        for name in self.conclusions:
            yield from _told_apart(self.of_conclusion(self.ruleset.conclusions[name]))
        for definition, condition in defined(self.ruleset):
            if definition in self.definitions:
                yield from _told_apart(self.of_definition(definition, condition))
        for name in self.parameters:
            yield from _told_apart(self.of_parameter(name))

    # --- rules and conclusions

    def of_rule(self, rule: Rule) -> Iterator[_Attempt]:
        for condition in deciding(rule):
            for slip in slips(condition.expr.text):
                if condition.part.startswith("occurred") and self.never_tells(rule, condition, slip):
                    continue
                mutant = _mutant(rule.name, condition, slip, (rule.name,))
                yield _Attempt(mutant, partial(self.try_rule, rule, condition, slip.syntax))
        for shift in moved_period(rule.in_force):
            if not self.uses.of[rule.name].acts_on(shift.day):
                continue
            changed = replace(rule, in_force=shift.period)
            span = rule.in_force_span or rule.span
            detail = f"in_force.{shift.key}: {shift.before} → {shift.after}"
            mutant = Mutant("date", rule.name, detail, (rule.name,), False, span, ON_DAY, {"day": shift.day})
            yield _Attempt(mutant, partial(self.bench.notices, changed))

    def never_tells(self, rule: Rule, condition: Condition, slip: Slip) -> bool:
        """Is a slip in the day of the act without meaning, whatever the facts?"""
        used = self.uses.of[rule.name]
        values = (value for name in sorted(used.parameters) for value in self.ruleset.parameters[name].values)
        turning = turns([rule.in_force, *(value.period for value in values)])
        return used.yearly is not None and unseen(condition.expr.text, slip, used.yearly, turning)

    def try_rule(self, rule: Rule, condition: Condition, syntax: Syntax) -> bool | None:
        node = condition.checked(self.environment, syntax)
        if node is None or node == condition.expr.node:
            return None
        return self.bench.notices(_rule_with(rule, condition.part, replace(condition.expr, node=node)))

    def of_conclusion(self, conclusion: Conclusion) -> Iterator[_Attempt]:
        for condition in matching(conclusion):
            for slip in slips(condition.expr.text):
                mutant = _mutant(conclusion.name, condition, slip, (conclusion.name,))
                yield _Attempt(mutant, partial(self.try_conclusion, conclusion, condition, slip.syntax))

    def try_conclusion(self, conclusion: Conclusion, condition: Condition, syntax: Syntax) -> bool | None:
        expr = self.fitting(conclusion, condition, self.environment, syntax)
        if expr is None or expr.node == condition.expr.node:
            return None
        return self.drawn_otherwise(_conclusion_with(conclusion, condition.part, expr))

    def drawn_otherwise(self, conclusion: Conclusion) -> bool | None:
        try:
            return self.bench.notices_drawn(conclusion)
        except HeguiError:  # no chainer takes it
            return None

    def fitting(
        self, conclusion: Conclusion, condition: Condition, environment: Environment, syntax: Syntax | None
    ) -> Expr | None:
        """A condition of a conclusion checked again, if it can be loaded."""
        node = condition.checked(environment, syntax)
        if node is None:
            return None
        if condition.part in ("where", "unless_where"):
            unless = conclusion.unless if condition.part == "unless_where" else ()
            parts = conjuncts(node, condition.levels)
            if any(True for part in parts for _ in unfit(part, conclusion.given, unless)):
                return None
        return replace(condition.expr, node=node)

    # --- what is shared

    def of_definition(self, definition: tuple[str, str], condition: Condition) -> Iterator[_Attempt]:
        users = self.uses.users_of_definition(definition)
        for slip in slips(condition.expr.text):
            mutant = _mutant(".".join(definition), condition, slip, users)
            yield _Attempt(mutant, partial(self.try_definition, definition, slip.syntax, users))

    def try_definition(self, definition: tuple[str, str], syntax: Syntax, users: tuple[str, ...]) -> bool | None:
        changed = environment(self.ruleset, {definition: syntax})
        body = changed.definitions.get(changed, *definition)
        if body is None or body == self.ruleset.definitions[definition[0]][definition[1]].node:
            return None
        made = [self.with_definition(name, changed) for name in users]
        if any(each is None for each in made):
            return None
        noticed = (
            self.bench.notices(each) if isinstance(each, Rule) else self.drawn_otherwise(each)
            for each in made
            if each is not None
        )
        return any(noticed)

    def with_definition(self, name: str, changed: Environment) -> Rule | Conclusion | None:
        """A rule or conclusion with all its conditions checked again; None where one of them cannot be loaded."""
        rule = self.ruleset.rules.get(name)
        if rule is not None:
            for condition in deciding(rule):
                node = condition.checked(changed)
                if node is None:
                    return None
                rule = _rule_with(rule, condition.part, replace(condition.expr, node=node))
            return rule
        conclusion = self.ruleset.conclusions[name]
        for condition in (*matching(conclusion), *counting(conclusion)):
            expr = self.fitting(conclusion, condition, changed, None)
            if expr is None:
                return None
            conclusion = _conclusion_with(conclusion, condition.part, expr)
        return conclusion

    def of_parameter(self, name: str) -> Iterator[_Attempt]:
        parameter = self.ruleset.parameters[name]
        for moved in moved_values(parameter):
            users = self.uses.users_of_parameter(name, moved.days)
            if not users:
                continue  # nobody takes it on those days
            changed = {**self.ruleset.parameters, name: replace(parameter, values=moved.values)}
            mutant = Mutant(moved.sort, name, moved.detail, users, False, moved.span, moved.hint, moved.args)
            yield _Attempt(mutant, partial(self.try_parameters, changed, users))

    def try_parameters(self, changed: dict[str, Parameter], users: tuple[str, ...]) -> bool:
        rules = (self.bench.notices(self.ruleset.rules[name], changed) for name in users if name in self.ruleset.rules)
        drawn = (
            self.bench.notices_drawn(self.ruleset.conclusions[name], changed)
            for name in users
            if name in self.ruleset.conclusions
        )
        return any(rules) or any(drawn)


def _rule_with(rule: Rule, part: str, expr: Expr) -> Rule:
    """A rule with another condition in place of one its verdict rests on."""
    match part:
        case "when":
            return replace(rule, when=expr)
        case "violation":
            return replace(rule, violation=expr)
        case "occurred.to":
            return replace(rule, occurred=replace(rule.occurred, end=expr))
    return replace(rule, occurred=replace(rule.occurred, start=expr))


def _conclusion_with(conclusion: Conclusion, part: str, expr: Expr) -> Conclusion:
    changed: dict[str, Any] = {part: expr}
    return replace(conclusion, **changed)


# --- what mutants are called ---------------------------------------------------------------------------------------


def _mutant(name: str, condition: Condition, slip: Slip, used_by: tuple[str, ...]) -> Mutant:
    change = f"{slip.before} → {slip.after}" if slip.after else f"without {slip.before}"
    span = place(condition.expr, slip.at)
    return Mutant(slip.sort, name, f"{condition.part}: {change}", used_by, False, span, slip.hint, slip.args)


def _told_apart(attempts: Iterable[_Attempt]) -> Iterator[_Attempt]:
    """Mutants of one name with details that differ: the second of the same text says so."""
    seen: Counter[str] = Counter()
    for attempt in attempts:
        detail = attempt.mutant.detail
        seen[detail] += 1
        if seen[detail] > 1:
            attempt = replace(attempt, mutant=replace(attempt.mutant, detail=f"{detail} ({_ordinal(seen[detail])})"))
        yield attempt


def _ordinal(number: int) -> str:
    return f"{number}{ {2: 'nd', 3: 'rd'}.get(number, 'th') }"
