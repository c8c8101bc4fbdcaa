"""What the checks share: the rules of one kind over facts without and with related rows, and questions about them.

A question is a function that writes its formulas over a `Kind`, so that it can be asked twice: of facts whose relations
are unknown, where a no is a proof, and of facts with a few related rows, where a yes can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from hegui.assure.proof.cases import Cases
from hegui.assure.proof.finding import DIFFERS, NOT_DECIDED, Found, Unsettled
from hegui.assure.proof.judged import Judged, Kind
from hegui.assure.proof.solver import Answer, Solver
from hegui.assure.proof.terms import Formula
from hegui.assure.proof.witness import Engine, Outcome, Searcher, Wanted, Witness
from hegui.language.tree import Chain, Given, Listed, Node, walk
from hegui.ruleset.model import Period, Rule, Ruleset
from hegui.source import Wording

SLOTS: Final = 2
"""Rows of a relation that are tried first."""
MOST: Final = 40
"""Rows of a relation that are tried at most, where a rule names a number to be reached."""

Formulas = Callable[[Kind], Sequence[Formula]]


@dataclass
class Questions:
    """Asks about rules of one kind, and keeps what stayed open or went wrong."""

    ruleset: Ruleset
    about: str
    solver: Solver
    troubles: list[Found] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    shown: int = 0
    _kinds: dict[int, Kind] = field(default_factory=dict)
    _cases: Cases = field(default_factory=Cases)
    _engine: Engine = field(init=False)
    _violations: dict[tuple[str, Period], Witness] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._engine = Engine(self.ruleset)

    @cached_property
    def exact(self) -> Kind:
        """The rules over facts whose related rows are unknown."""
        return self._over(0)

    def judged(self, rule: Rule) -> Judged:
        return self.exact.judged(rule)

    def _over(self, slots: int) -> Kind:
        if slots not in self._kinds:
            self._kinds[slots] = Kind(self.ruleset, self.about, slots)
        return self._kinds[slots]

    def can(self, rules: Sequence[Rule], question: Formulas) -> Answer:
        """Can it be, as far as the solver knows? A no is certain."""
        return self.asked([self.exact.judged(rule) for rule in rules], question(self.exact))

    def asked(self, judged: Sequence[Judged], formulas: Sequence[Formula]) -> Answer:
        """The same of rules over facts whose related rows are unknown, and formulas over these."""
        return self.solver.can(*self.exact.facts(judged), *formulas)

    def can_again(self, rules: Sequence[Rule], question: Formulas) -> Answer:
        """As `can`, of several rules: most of what is asked of some can be in a case that was found for others."""
        judged, formulas = [self.exact.judged(rule) for rule in rules], question(self.exact)
        facts = self.exact.facts(judged)
        if self._cases.hold([*formulas, *facts]):
            return Answer.YES
        begun = self.solver.begin([*facts, *formulas])
        answer = self.solver.check(begun)
        if answer is Answer.YES:
            self._cases.keep(begun.model())
        return answer

    def show(self, rules: Sequence[Rule], question: Formulas, wanted: Wanted, period: Period) -> Witness | Outcome:
        """Facts that show it can be, confirmed by the engine."""
        days = [day for day in (period.start, period.end) if day is not None]
        found: Witness | Outcome = Outcome.NONE
        for slots in self._slots(rules):
            kind = self._over(slots)
            formulas = question(kind)
            found = Searcher(self.ruleset, self.solver, kind, self._engine).find(rules, formulas, wanted, days)
            if found is not Outcome.NONE:
                break
        self.shown += isinstance(found, Witness)
        return found

    def violated(self, rule: Rule, period: Period, shown: Witness) -> None:
        """Keep facts that are a violation of a rule in a period."""
        self._violations[rule.name, period] = shown

    def show_violation(
        self, rule: Rule, rules: Sequence[Rule], question: Formulas, wanted: Wanted, period: Period
    ) -> Witness | Outcome:
        """As `show`, where any violation of a rule will do: that shown already, if the engine says what is wanted of it."""
        known = self._violations.get((rule.name, period))
        if known is not None:
            verdicts = self._engine.verdicts(rules, known.given, known.as_of, known.kinds)
            if all(verdicts.get(name) in allowed for name, allowed in wanted.items()):
                self.shown += 1
                return replace(known, verdicts=tuple(verdicts.items()))
        return self.show(rules, question, wanted, period)

    def _slots(self, rules: Sequence[Rule]) -> list[int]:
        """How many rows of relations are tried: none where no condition looks at any."""
        if not any(_looks_into(node) for rule in rules for node in conditions(rule)):
            return [0]
        literals = [each for rule in rules for each in self._over(SLOTS).judged(rule).translator.literals]
        named = [int(each) + 1 for each in literals if isinstance(each, int) and SLOTS <= each < MOST]
        return list(dict.fromkeys([SLOTS, *sorted(named)[-1:]]))

    # --- what stayed open

    def missed(self, found: object, rule: Rule, question: Wording, period: Period, other: str | None = None) -> None:
        """Why the search for facts that would show it brought none, where that is more than that there are none."""
        if found is Outcome.DIFFERS:
            self.differing(rule, question, period, other)
        elif found is Outcome.LATE:
            self.undecided(rule, question, period, other)

    def undecided(self, rule: Rule, question: Wording, period: Period, other: str | None = None) -> None:
        """A question, or the search for facts that show it, that ran into the limit."""
        self._trouble(NOT_DECIDED, rule, question, period, other)

    def differing(self, rule: Rule, question: Wording, period: Period, other: str | None = None) -> None:
        """Facts the engine judges otherwise than the solver."""
        self._trouble(DIFFERS, rule, question, period, other)

    def unshown(self, rule: Rule, question: Wording, period: Period) -> None:
        """A question of which nothing is proven, though all that was tried shows nothing."""
        self.unsettled.append(Unsettled(rule.name, question.id, (period,)))

    def _trouble(self, wording: Wording, rule: Rule, question: Wording, period: Period, other: str | None) -> None:
        part = question.id if other is None else f"{question.id} {other}"
        args = {"question": part, "seconds": f"{self.solver.seconds:g}"}
        self.troubles.append(Found(wording, rule, rule.span, (period,), None, part, None, args))


def conditions(rule: Rule) -> Iterable[Node]:
    """Every node of the conditions a verdict rests on."""
    for expression in (rule.when, rule.violation, rule.occurred.start, rule.occurred.end):
        yield from walk(expression.node) if expression is not None else ()


def _looks_into(node: Node) -> bool:
    """Does it look at related rows, or at the elements of a list that is none of codes?"""
    if not isinstance(node, Chain) or isinstance(node.source, Given):
        return False
    if isinstance(node.source, Listed):
        element = node.source.cell.type.element
        return node.ending not in ("exists", "all") or element is None or element.codes is None
    return True
