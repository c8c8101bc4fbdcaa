"""All checks over all rules, kind by kind, put in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from hegui.assure.proof.finding import WORDINGS, Found, Proof, Unsettled
from hegui.assure.proof.pairs import pairs_of, together
from hegui.assure.proof.periods import joined
from hegui.assure.proof.pieces import groups_of
from hegui.assure.proof.questions import Questions
from hegui.assure.proof.ranges import divided
from hegui.assure.proof.single import alone
from hegui.assure.proof.solver import Solver
from hegui.ruleset.model import Rule, Ruleset


def proven(ruleset: Ruleset, names: Collection[str] | None, seconds: float) -> Proof:
    """What is found of some rules (None: of all); see `hegui.assure.proof.prove`."""
    solver = Solver(seconds)
    chosen = [rule for name, rule in sorted(ruleset.rules.items()) if names is None or name in names]
    kinds = sorted({rule.about for rule in chosen})
    asked = [_Kind(ruleset, about, [rule for rule in chosen if rule.about == about], solver) for about in kinds]
    found = [each for kind in asked for each in kind.found()]
    unknown = {rule.name: kind.unknown(rule) for kind in asked for rule in kind.rules if kind.unknown(rule)}
    unsettled = [each for kind in asked for each in kind.questions.unsettled]
    return Proof(
        tuple(sorted(found, key=_order)),
        dict(sorted(unknown.items())),
        tuple(_together(unsettled)),
        len(chosen),
        sum(kind.pairs for kind in asked),
        solver.asked,
        solver.open,
        sum(kind.questions.shown for kind in asked),
    )


class _Kind:
    """The chosen rules about one kind."""

    def __init__(self, ruleset: Ruleset, about: str, rules: list[Rule], solver: Solver) -> None:
        self.rules = rules
        self.questions = Questions(ruleset, about, solver)
        self.pairs = 0

    def found(self) -> list[Found]:
        found = [each for rule in self.rules for each in alone(rule, self.questions)]
        useless = {each.rule.name for each in found if each.part is None and each.whole}
        others = [rule for rule in self.rules if rule.name not in useless]
        for one, other in pairs_of(others):
            self.pairs += 1
            found += together(one, other, self.questions)
        found += [each for group in groups_of(others) for each in divided(group, self.questions)]
        return [*found, *_once(self.questions.troubles)]

    def unknown(self, rule: Rule) -> tuple[str, ...]:
        return tuple(self.questions.judged(rule).translator.unknown)


def _once(troubles: Iterable[Found]) -> list[Found]:
    """The same trouble in several periods told once."""
    by_name: dict[tuple[str, str, str | None], list[Found]] = {}
    for each in troubles:
        by_name.setdefault((each.wording.id, each.rule.name, each.part), []).append(each)
    return [
        replace(same[0], periods=tuple(dict.fromkeys(period for each in same for period in each.periods)))
        for same in by_name.values()
    ]


def _together(unsettled: Iterable[Unsettled]) -> list[Unsettled]:
    by_question: dict[tuple[str, str], list[Unsettled]] = {}
    for each in unsettled:
        by_question.setdefault((each.rule, each.question), []).append(each)
    return [
        Unsettled(rule, question, tuple(joined(p for each in same for p in each.periods)))
        for (rule, question), same in sorted(by_question.items())
    ]


def _order(found: Found) -> tuple[str, int, int, str, str, str]:
    span = found.span
    return (
        span.source.name,
        span.start,
        WORDINGS.index(found.wording),
        found.about.detail or "",
        found.part or "",
        found.days,
    )
