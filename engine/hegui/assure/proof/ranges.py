"""Gaps and overlaps among rules that divide a term among them (`pieces`).

An overlap is a value in two pieces neither of which contains the other. A gap is a value in no piece that lies between two
neighbouring ones. Where the limits stand in `violation`, what lies between what is too little and what is too much is what
is wanted: there only a gap of a single value counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key
from itertools import pairwise

import z3

from hegui.assure.proof.dates import FIRST, LAST
from hegui.assure.proof.finding import GAP, LEFT_OUT, OVERLAP, UNFOUND_GAP, Found
from hegui.assure.proof.judged import Kind
from hegui.assure.proof.periods import periods_of
from hegui.assure.proof.pieces import Group, Piece
from hegui.assure.proof.questions import Formulas, Questions
from hegui.assure.proof.solver import Answer
from hegui.assure.proof.terms import Formula, Term, neg, real
from hegui.assure.proof.witness import Wanted, Witness
from hegui.language.printer import text
from hegui.outcome import Verdict
from hegui.ruleset.model import Period, Rule
from hegui.source import Wording

_FAR = 10**15
"""Beyond every limit anybody writes."""


def divided(group: Group, questions: Questions) -> list[Found]:
    """What is found of a group in each period of law, among the rules in force in it."""
    by_finding: dict[tuple[object, ...], list[Found]] = {}
    for period in periods_of([piece.rule for piece in group.pieces], questions.ruleset, together=True):
        pieces = tuple(piece for piece in group.pieces if piece.rule.in_force.meets(period))
        for each in _Divided(replace(group, pieces=pieces), period, questions).found():
            key = (each.wording, each.about, *each.args.values())
            by_finding.setdefault(key, []).append(each)
    return [replace(same[0], periods=tuple(each.periods[0] for each in same)) for same in by_finding.values()]


@dataclass(frozen=True)
class _Divided:
    """One group in one period."""

    group: Group
    period: Period
    questions: Questions

    @property
    def rules(self) -> list[Rule]:
        return [piece.rule for piece in self.group.pieces]

    def found(self) -> Iterator[Found]:
        if len(self.group.pieces) < 2:
            return
        if self.group.term.type.name == "code":
            yield from self._codes()
            return
        apart = [pair for pair in self._pairs() if not self._nested(*pair)]
        yield from (each for pair in apart if (each := self._overlap(*pair)) is not None)
        if apart:
            ordered = sorted(self.group.pieces, key=cmp_to_key(self._order))
            yield from (each for one, other in pairwise(ordered) if (each := self._gap(one, other)) is not None)

    # --- values and pieces

    def term(self, kind: Kind) -> Term:
        return kind.judged(self.rules[0]).translator.term(self.group.term)

    def value(self, kind: Kind, name: str) -> Formula:
        """A further value of the term, called as no field can be."""
        return z3.Const(f"another {name}", self.term(kind).value.sort())

    def within(self, kind: Kind, piece: Piece, value: Formula | None = None) -> Formula:
        """Does a value lie in a piece? Without one, that of the row."""
        limits = kind.judged(piece.rule).translator.term(piece.limits).value
        return limits if value is None else z3.substitute(limits, (self.term(kind).value, value))

    def around(self, kind: Kind) -> list[Formula]:
        """Everything the rules of the group share holds, and every limit is known."""
        judged = [kind.judged(rule) for rule in self.rules]
        translator = judged[0].translator
        inside = [each.inside(self.period) for each in judged]
        known = [
            each.translator.term(piece.limits).defined for each, piece in zip(judged, self.group.pieces, strict=True)
        ]
        return [*inside, self.term(kind).defined, *known, *(translator.term(part).true for part in self.group.context)]

    def can(self, question: Formulas, against: Wording) -> bool:
        answer = self.questions.can_again(self.rules, question)
        if answer is Answer.OPEN:
            self.questions.undecided(self.rules[0], against, self.period, text(self.group.term))
        return answer is Answer.YES

    def shown(self, rules: Sequence[Rule], question: Formulas, wanted: Wanted, against: Wording) -> Witness | None:
        found = self.questions.show(rules, question, wanted, self.period)
        self.questions.missed(found, rules[0], against, self.period, text(self.group.term))
        return found if isinstance(found, Witness) else None

    def told(self, wording: Wording, one: Piece, other: Piece, question: Formulas, wanted: Wanted) -> Found | None:
        shown = self.shown(self.rules, question, wanted, wording)
        if shown is None:
            return None
        part = text(self.group.term)
        return Found(wording, one.rule, one.rule.span, (self.period,), other.rule, part, shown)

    # --- overlaps

    def _pairs(self) -> list[tuple[Piece, Piece]]:
        pieces = self.group.pieces
        return [(one, other) for number, one in enumerate(pieces) for other in pieces[number + 1 :]]

    def _nested(self, one: Piece, other: Piece) -> bool:
        return any(not self._outside(inner, outer) for inner, outer in ((one, other), (other, one)))

    def _equal(self, one: Piece, other: Piece) -> bool:
        return not self._outside(one, other) and not self._outside(other, one)

    def _outside(self, one: Piece, other: Piece) -> bool:
        """Is there a value in the one and not in the other?"""
        return self.can(
            lambda kind: [*self.around(kind), self.within(kind, one), neg(self.within(kind, other))], OVERLAP
        )

    def _overlap(self, one: Piece, other: Piece) -> Found | None:
        def both(kind: Kind) -> list[Formula]:
            return [*self.around(kind), self.within(kind, one), self.within(kind, other)]

        if not self.can(both, OVERLAP):
            return None
        applying = [each for each in Verdict if each is not Verdict.NOT_APPLICABLE]
        verdicts = applying if self.group.applying else [Verdict.VIOLATION]
        return self.told(OVERLAP, one, other, both, {piece.rule.name: verdicts for piece in (one, other)})

    # --- gaps

    def _order(self, one: Piece, other: Piece) -> int:
        """Pieces in order: the one that has values below all of the other's comes first."""
        return int(self._below(other, one)) - int(self._below(one, other))

    def _below(self, one: Piece, other: Piece) -> bool:
        def question(kind: Kind) -> list[Formula]:
            low, high = self.value(kind, "low"), self.value(kind, "high")
            in_one = [self.within(kind, one, low), neg(self.within(kind, other, low))]
            return [*self.around(kind), *in_one, self.within(kind, other, high), low < high]

        return self.can(question, GAP)

    def _gap(self, one: Piece, other: Piece) -> Found | None:
        wording = GAP if self.group.applying else UNFOUND_GAP

        def question(kind: Kind) -> list[Formula]:
            return [*self.around(kind), *self._between(kind, one, other, self.term(kind).value)]

        if not self.can(question, wording) or not (self.group.applying or self._counts(one, other)):
            return None
        verdicts = [Verdict.NOT_APPLICABLE] if self.group.applying else [Verdict.COMPLIANT, Verdict.NOT_APPLICABLE]
        return self.told(wording, one, other, question, {rule.name: verdicts for rule in self.rules})

    def _between(self, kind: Kind, one: Piece, other: Piece, value: Formula) -> list[Formula]:
        """A value in no piece, above one of the first piece and below one of the second."""
        low, high = self.value(kind, "low"), self.value(kind, "high")
        ends = [self.within(kind, one, low), self.within(kind, other, high), low < value, value < high]
        return [*ends, *(neg(self.within(kind, piece, value)) for piece in self.group.pieces)]

    def _counts(self, one: Piece, other: Piece) -> bool:
        """Is a gap between violations one that nobody wants: a single value, or one beside a piece with two ends?"""

        def wide(kind: Kind) -> list[Formula]:
            first, second = self.value(kind, "first"), self.value(kind, "second")
            inside = [*self._between(kind, one, other, first), *self._between(kind, one, other, second)]
            return [*self.around(kind), *inside, first < second]

        return not self.can(wide, UNFOUND_GAP) or not (self._open(one, -1) and self._open(other, 1))

    def _open(self, piece: Piece, way: int) -> bool:
        """Has a piece no end on one side?"""
        dated = self.group.term.type.name == "date"
        far = z3.IntVal((FIRST if way < 0 else LAST) if dated else way * _FAR)

        def question(kind: Kind) -> list[Formula]:
            whole = z3.is_int(self.term(kind).value)
            return [*self.around(kind), self.within(kind, piece, far if whole else real(far))]

        return self.can(question, UNFOUND_GAP)

    # --- codes

    def _codes(self) -> Iterator[Found]:
        """Codes no rule of the group applies to, where the rules divide them up: any two share all of them or none."""
        pairs = [pair for pair in self._pairs() if not self._equal(*pair)]
        meeting = [pair for pair in pairs if self._meet(*pair)]
        if self.group.same:
            apart = [pair for pair in meeting if not self._nested(*pair)]
            yield from (each for pair in apart if (each := self._overlap(*pair)) is not None)
        if meeting or not pairs or not self.group.applying:
            return
        left = [code for code in self.group.term.type.codes or () if self._nobody(code)]
        if left:
            yield self._left_out(left)

    def _meet(self, one: Piece, other: Piece) -> bool:
        return self.can(lambda kind: [*self.around(kind), self.within(kind, one), self.within(kind, other)], OVERLAP)

    def _code(self, kind: Kind, code: str) -> list[Formula]:
        outside = [neg(self.within(kind, piece)) for piece in self.group.pieces]
        return [*self.around(kind), *outside, self.term(kind).value == kind.space.strings.number(code)]

    def _nobody(self, code: str) -> bool:
        return self.can(lambda kind: self._code(kind, code), LEFT_OUT)

    def _left_out(self, codes: Sequence[str]) -> Found:
        rules, part = self.rules, text(self.group.term)
        wanted = {rule.name: [Verdict.NOT_APPLICABLE] for rule in rules}
        shown = self.shown(rules, lambda kind: self._code(kind, codes[0]), wanted, LEFT_OUT)
        args = {
            "values": ", ".join(f"`{code}`" for code in codes),
            "rules": ", ".join(f"`{rule.name}`" for rule in rules),
        }
        return Found(LEFT_OUT, rules[0], rules[0].span, (self.period,), None, part, shown, args)
