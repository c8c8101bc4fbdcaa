"""A rule as the solver sees it: when it applies and what its verdict is, by the verdict table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from hegui.assure.proof.space import Space
from hegui.assure.proof.terms import TRUE, Formula, Term, conj, disj, neg, sure
from hegui.assure.proof.translation import Translator, holds
from hegui.engines.request import act_day
from hegui.language.tree import Node
from hegui.ruleset.model import Period, Rule, Ruleset


@dataclass(frozen=True)
class Judged:
    """The conditions of one rule over a space."""

    rule: Rule
    space: Space
    translator: Translator
    day: Term
    when: Term
    violation: Term
    _inside: dict[Period, Formula] = field(default_factory=dict, compare=False)

    def inside(self, period: Period) -> Formula:
        """Does the act lie within a period, as far as the rule is in force at all?"""
        if period not in self._inside:
            within = conj((holds(self.rule.in_force, self.day.value), holds(period, self.day.value)))
            self._inside[period] = conj((self.day.defined, within))
        return self._inside[period]

    @cached_property
    def applies(self) -> Formula:
        return self.when.true

    @cached_property
    def violated(self) -> Formula:
        """A violation, given that the act lies within the rule's life."""
        return conj((self.when.true, self.violation.true))

    @cached_property
    def fulfilled(self) -> Formula:
        """It applies for certain, and is no violation."""
        return conj((self.when.true, self.violation.false))

    @cached_property
    def compliant(self) -> Formula:
        """Compliant, be it that nobody knows whether the rule applies."""
        return conj((neg(self.when.false), self.violation.false))

    def differs(self, other: Judged) -> Formula:
        """Is the verdict another than that of a rule that differs in its conditions only?"""
        pairs = (
            (self.violated, other.violated),
            (self.compliant, other.compliant),
            (self.when.false, other.when.false),
        )
        return disj(mine != theirs for mine, theirs in pairs)


class Kind:
    """The rules about one kind over one space, and what is always so of it."""

    def __init__(self, ruleset: Ruleset, about: str, slots: int = 0) -> None:
        self.ruleset = ruleset
        self.space = Space(ruleset.vocabulary.kinds, about, slots)
        self._judged: dict[str, Judged] = {}
        self._always: list[Formula] = []
        self._made_of: tuple[int, ...] = ()

    def judged(self, rule: Rule) -> Judged:
        """A rule of the kind; each is translated once."""
        if rule.name not in self._judged:
            self._judged[rule.name] = self.translated(rule)
        return self._judged[rule.name]

    def translated(self, rule: Rule, when: Node | None = None, violation: Node | None = None) -> Judged:
        """A rule, or what it would be with another `when` or `violation`; equal parts are translated once."""
        known = self._judged.get(rule.name)
        translator = Translator(self.space, self.ruleset.parameters) if known is None else known.translator
        translator.day = day = translator.term(act_day(rule))
        own = rule.when.node if rule.when is not None else None
        applies = when if when is not None else own
        return Judged(
            rule,
            self.space,
            translator,
            day,
            sure(TRUE) if applies is None else translator.term(applies),
            translator.term(violation if violation is not None else rule.violation.node),
        )

    def facts(self, judged: Iterable[Judged]) -> list[Formula]:
        """What is always so: of the cells, and of what the rules treat as unknown."""
        return [*self.always(), *(fact for each in judged for fact in each.translator.emptiness())]

    def always(self) -> list[Formula]:
        """What is always so of the cells, made anew only where there are more of them than the last time."""
        space = self.space
        made_of = (len(space.facts), len(space.cells), len(space.there), len(space.strings.numbers))
        if made_of != self._made_of:
            self._always = [*space.facts, *space.texts_held(), *space.same_rows(), *space.different_rows()]
            self._made_of = made_of
        return self._always
