"""One rule by itself: can it be violated, can it be met, does every part of it matter?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hegui.assure.proof.finding import ALWAYS_VIOLATED, CONSTANT_PART, IDLE_PART, NEVER_APPLIES, NEVER_VIOLATED, Found
from hegui.assure.proof.judged import Judged, Kind
from hegui.assure.proof.periods import periods_of
from hegui.assure.proof.questions import Formulas, Questions
from hegui.assure.proof.solver import Answer
from hegui.assure.proof.witness import Outcome, Wanted, Witness
from hegui.datatypes import BOOL
from hegui.language.printer import text
from hegui.language.tree import Const, If, Let, Logic, Node, Op
from hegui.outcome import Verdict
from hegui.ruleset.model import Expr, Period, Rule
from hegui.source import Wording


def alone(rule: Rule, questions: Questions) -> list[Found]:
    """What is found of a rule in each period of law, and of its parts over all of them."""
    periods = periods_of([rule], questions.ruleset)
    told = _together([each for period in periods for each in _in_period(rule, period, questions)])
    return told if any(each.whole for each in told) else [*told, *_parts(rule, questions)]


def _together(found: list[Found]) -> list[Found]:
    """The same finding in several periods is one."""
    by_wording: dict[Wording, list[Found]] = {}
    for each in found:
        by_wording.setdefault(each.wording, []).append(each)
    return [replace(same[0], periods=tuple(each.periods[0] for each in same)) for same in by_wording.values()]


def _in_period(rule: Rule, period: Period, questions: Questions) -> Iterator[Found]:
    """Is a violation possible, and is meeting the rule? Each is proven impossible, or shown by facts."""

    def violated(kind: Kind) -> list[object]:
        judged = kind.judged(rule)
        return [judged.inside(period), judged.violated]

    def fulfilled(kind: Kind) -> list[object]:
        judged = kind.judged(rule)
        return [judged.inside(period), judged.fulfilled]

    asked = _Asked(rule, period, questions)
    breach = asked.possible(violated, {rule.name: [Verdict.VIOLATION]}, NEVER_VIOLATED)
    meeting = asked.possible(fulfilled, {rule.name: [Verdict.COMPLIANT]}, ALWAYS_VIOLATED)
    if isinstance(breach, Witness):
        questions.violated(rule, period, breach)
    if breach is Answer.NO:
        applies = meeting is not Answer.NO or asked.applies()
        shown = meeting if isinstance(meeting, Witness) else None
        yield Found(NEVER_VIOLATED if applies else NEVER_APPLIES, rule, rule.span, (period,), witness=shown)
    elif meeting is Answer.NO:
        shown = breach if isinstance(breach, Witness) else None
        yield Found(ALWAYS_VIOLATED, rule, rule.span, (period,), witness=shown)


@dataclass(frozen=True)
class _Asked:
    """Questions about one rule in one period."""

    rule: Rule
    period: Period
    questions: Questions

    def possible(self, formulas: Formulas, wanted: Wanted, against: Wording) -> Witness | Answer:
        """Facts that show it, NO where there are none, YES or OPEN where neither is known."""
        answer = self.questions.can([self.rule], formulas)
        if answer is Answer.OPEN:
            self.questions.undecided(self.rule, against, self.period)
        if answer is not Answer.YES:
            return answer
        found = self.questions.show([self.rule], formulas, wanted, self.period)
        if isinstance(found, Witness):
            return found
        self.questions.missed(found, self.rule, against, self.period)
        if found is Outcome.NONE:
            self.questions.unshown(self.rule, against, self.period)
        return answer

    def applies(self) -> bool:
        judged = self.questions.judged(self.rule)
        return self.questions.can([self.rule], lambda _: [judged.inside(self.period), judged.applies]) is not Answer.NO


# --- parts of conditions


@dataclass(frozen=True)
class _Part:
    """A part of a condition that is true or false itself, and the whole condition with something else in its place."""

    node: Node
    whole_true: Node
    whole_false: Node


def _parts(rule: Rule, questions: Questions) -> Iterator[Found]:
    """Parts that could as well be a constant, on every day of the rule's life."""
    judged = questions.judged(rule)
    for key, expression in (("when", rule.when), ("violation", rule.violation)):
        parts = _leaves(expression.node) if expression is not None else ()
        for part in parts if isinstance(expression, Expr) else ():
            fixed = [
                value
                for value, whole in (("true", part.whole_true), ("false", part.whole_false))
                if _same(rule, key, part.node, whole, judged, questions)
            ]
            if fixed:
                wording = CONSTANT_PART if len(fixed) == 1 else IDLE_PART
                args = {"key": key, "value": fixed[0]}
                assert expression is not None
                yield Found(wording, rule, expression.span, part=text(part.node), args=args)


def _same(rule: Rule, key: str, part: Node, whole: Node, judged: Judged, questions: Questions) -> bool:
    """Is the verdict the same with `whole` as a condition, wherever the part is decided?"""
    kind = questions.exact
    other = kind.translated(rule, **{key: whole})
    differs = [judged.inside(rule.in_force), judged.translator.term(part).defined, judged.differs(other)]
    answer = questions.asked([judged, other], differs)
    if answer is Answer.OPEN:
        questions.undecided(rule, CONSTANT_PART, rule.in_force, text(part))
    return answer is Answer.NO


def _leaves(node: Node) -> Iterator[_Part]:
    """The smallest parts of a condition that are conditions themselves, in order; constants are none."""
    inner = list(_inside(node))
    if not inner and not isinstance(node, Const) and node.type.name == "bool":
        yield _Part(node, Const(True, BOOL), Const(False, BOOL))
    for child, put in inner:
        for part in _leaves(child):
            yield _Part(part.node, put(part.whole_true), put(part.whole_false))


def _inside(node: Node) -> Iterator[tuple[Node, _Put]]:
    """The conditions a condition is made of, each with how to put another in its place."""
    match node:
        case Logic(parts=parts):
            for number, part in enumerate(parts):
                yield part, _Put(node, "parts", number)
        case Op(args=args) if all(arg.type.name == "bool" for arg in args):
            for number, part in enumerate(args):
                yield part, _Put(node, "args", number)
        case Let(body=body):
            if list(_inside(body)):
                yield body, _Put(node, "body")
        case If() if node.type.name == "bool":
            yield node.test, _Put(node, "test")
            yield node.then, _Put(node, "then")
            yield node.otherwise, _Put(node, "otherwise")


@dataclass(frozen=True)
class _Put:
    """Puts another node in the place of a child."""

    node: Logic | Op | Let | If
    field: str
    number: int | None = None

    def __call__(self, child: Node) -> Node:
        put: Any = child
        if self.number is not None:
            held = list(getattr(self.node, self.field))
            held[self.number] = child
            put = tuple(held)
        changed: dict[str, Any] = {self.field: put}
        return replace(self.node, **changed)
