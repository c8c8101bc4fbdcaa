"""Two rules about the same kind: does one find all the other finds, are they equal, can both be met?

Both are asked of the same row. Rules that look at no common fact say nothing of each other and are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from hegui.assure.proof.finding import CONTRADICTING, EQUAL, IMPLIED, Found
from hegui.assure.proof.judged import Kind
from hegui.assure.proof.periods import periods_of
from hegui.assure.proof.questions import Formulas, Questions, conditions
from hegui.assure.proof.solver import Answer
from hegui.assure.proof.terms import conj, neg
from hegui.assure.proof.witness import Outcome, Wanted, Witness
from hegui.language.tree import AsOf, Cell, Chain, Given
from hegui.outcome import Verdict
from hegui.ruleset.model import Period, Rule
from hegui.source import Wording

_DECIDED = (Verdict.VIOLATION, Verdict.COMPLIANT)


def pairs_of(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """The pairs of some rules about one kind that look at something in common, in order of their names."""
    looked_at = {rule.name: _looked_at(rule) for rule in rules}
    ordered = sorted(rules, key=lambda rule: rule.name)
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if looked_at[one.name] & looked_at[other.name]:
                yield one, other


def _looked_at(rule: Rule) -> set[object]:
    """The facts a rule's verdict rests on: cells by their path, relations, the day they are looked at."""
    found: set[object] = set()
    for node in conditions(rule):
        if isinstance(node, Cell) and not node.row.var:
            found |= {node.row.path(node.field), *_on_the_way(node)}
        elif isinstance(node, Chain) and not isinstance(node.source, Given):
            found.add(node.source.path)
        elif isinstance(node, AsOf):
            found.add("as_of")
    return found | ({"as_of"} if rule.occurred.start is None else set())


def _on_the_way(cell: Cell) -> Iterator[str]:
    """The references followed to a cell: without one of them nothing behind it is known."""
    for number in range(len(cell.row.refs)):
        yield ".".join(cell.row.refs[: number + 1])


def together(one: Rule, other: Rule, questions: Questions) -> list[Found]:
    """What is found of a pair."""
    pair = _Pair(one, other, questions)
    forward, backward = pair.implied(one, other), pair.implied(other, one)
    equal = {period: shown for period, shown in forward.items() if period in backward}
    found = [
        pair.told(EQUAL, one, other, equal),
        pair.told(IMPLIED, one, other, {period: shown for period, shown in forward.items() if period not in equal}),
        pair.told(IMPLIED, other, one, {period: shown for period, shown in backward.items() if period not in equal}),
        pair.told(CONTRADICTING, one, other, pair.contradicting()),
    ]
    return [each for each in found if each is not None]


Shown = dict[Period, Witness | None]
"""Periods in which something was proven, with facts that show it where there are such."""


@dataclass(frozen=True)
class _Pair:
    one: Rule
    other: Rule
    questions: Questions

    def periods(self, first: Rule) -> list[Period]:
        """Periods of law of both rules, over the life of the first."""
        second = self.other if first is self.one else self.one
        return periods_of([first, second], self.questions.ruleset)

    def told(self, wording: Wording, rule: Rule, other: Rule, shown: Shown) -> Found | None:
        if not shown:
            return None
        witness = next((each for each in shown.values() if each is not None), None)
        return Found(wording, rule, rule.span, tuple(shown), other, witness=witness)

    def can(self, rule: Rule, question: Formulas, against: Wording, period: Period) -> Answer:
        answer = self.questions.can_again([self.one, self.other], question)
        if answer is Answer.OPEN:
            other = self.other if rule is self.one else self.one
            self.questions.undecided(rule, against, period, other.name)
        return answer

    # --- one finds all the other finds

    def implied(self, rule: Rule, other: Rule) -> Shown:
        """The periods in which every violation of `rule` is one of `other`, whatever is missing."""
        found: Shown = {}
        for period in self.periods(rule):

            def escapes(kind: Kind, period: Period = period) -> list[object]:
                judged, its = kind.judged(rule), kind.judged(other)
                both = conj((its.inside(other.in_force), its.violated))
                return [judged.inside(period), judged.violated, neg(both)]

            def both(kind: Kind, period: Period = period) -> list[object]:
                judged, its = kind.judged(rule), kind.judged(other)
                return [judged.inside(period), judged.violated, its.inside(other.in_force), its.violated]

            if self.can(rule, escapes, IMPLIED, period) is not Answer.NO:
                continue
            if self.can(rule, both, IMPLIED, period) is Answer.YES:
                wanted = {each.name: [Verdict.VIOLATION] for each in (rule, other)}
                found[period] = self.shown(rule, both, wanted, period)
        return found

    def shown(self, rule: Rule, question: Formulas, wanted: Wanted, period: Period) -> Witness | None:
        found = self.questions.show_violation(rule, [self.one, self.other], question, wanted, period)
        if found is Outcome.DIFFERS:
            self.questions.differing(self.one, IMPLIED, period, self.other.name)
        return found if isinstance(found, Witness) else None

    # --- both cannot be met

    def contradicting(self) -> Shown:
        """The periods in which both may apply and be decided, each may be met by itself, and never are both.

        It takes facts the engine confirms: that both apply must be possible.
        """
        found: Shown = {}
        for period in self.periods(self.one):
            if not self._never_both(period):
                continue
            wanted = {each.name: list(_DECIDED) for each in (self.one, self.other)}
            decided = partial(self._decided, period)
            shown = self.questions.show([self.one, self.other], decided, wanted, period)
            if isinstance(shown, Witness):
                found[period] = shown
            self.questions.missed(shown, self.one, CONTRADICTING, period, self.other.name)
        return found

    def _decided(self, period: Period, kind: Kind) -> list[object]:
        judged = [kind.judged(self.one), kind.judged(self.other)]
        inside = [judged[0].inside(period), judged[1].inside(self.other.in_force)]
        return [*inside, *(part for each in judged for part in (each.applies, each.violation.defined))]

    def _never_both(self, period: Period) -> bool:
        def met(*rules: Rule) -> Answer:
            def question(kind: Kind) -> list[object]:
                decided = self._decided(period, kind)
                return [*decided, *(neg(kind.judged(rule).violation.value) for rule in rules)]

            return self.can(self.one, question, CONTRADICTING, period)

        if met(self.one, self.other) is not Answer.NO:
            return False
        return met(self.one) is Answer.YES and met(self.other) is Answer.YES
