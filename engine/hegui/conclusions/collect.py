"""What the chainers found, brought together by conclusion and by whom it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hegui.conclusions.flatten import Meaning, field_of
from hegui.conclusions.ground import KNOWN, Grounded
from hegui.conclusions.plan import Plan
from hegui.conclusions.program import Chained, Scalar
from hegui.datatypes import Cause, merge

Names = tuple[str, ...]
"""Which findings, rows and conclusions (by `e`) a match is made of, in order of the given variables."""


@dataclass
class Matches:
    """The matches of one conclusion, by whom it is about. `drawn` and `possible` are whom it is drawn about and whom
    it may have to be."""

    sure: dict[str, set[Names]] = field(default_factory=lambda: defaultdict(set))
    maybe: dict[str, dict[Names, tuple[Cause, ...]]] = field(default_factory=lambda: defaultdict(dict))
    unplaced: set[Names] = field(default_factory=set)
    blockable: dict[Names, tuple[Cause, ...]] = field(default_factory=dict)
    waits_for: dict[Names, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    drawn: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)


class Collector:
    """Reads firings: each says of one conclusion that a match holds, may hold, or may be blocked."""

    def __init__(
        self,
        plans: Mapping[str, Plan],
        grounded: Mapping[str, Grounded],
        meanings: Mapping[str, Meaning],
        fixed: Mapping[str, str],
    ) -> None:
        self.plans, self.grounded, self.meanings, self.fixed = plans, grounded, meanings, fixed
        self.found: dict[str, Matches] = {name: Matches() for name in plans}

    def take(self, chained: Chained) -> None:
        """What one partition has to say."""
        values = [dict(fact.properties) for fact in chained.facts]
        for rule, numbers in chained.firings:
            meaning = self.meanings[rule]
            if meaning.purpose != "pass":
                self.firing(meaning, [values[number] for number in numbers])
        for number, fact in enumerate(chained.facts[chained.given :], chained.given):
            name, _, word = fact.kind.rpartition("/")
            if name in self.found and word in ("sure", "maybe"):
                about = str(values[number]["about"])
                if about.startswith(KNOWN):
                    (self.found[name].drawn if word == "sure" else self.found[name].possible).add(about[len(KNOWN) :])

    def firing(self, meaning: Meaning, values: list[dict[str, Scalar]]) -> None:
        """What a firing says; `values` are the properties of the facts it is made of."""
        plan, found = self.plans[meaning.conclusion], self.found[meaning.conclusion]
        bound = dict(zip(meaning.patterns, values, strict=True))
        match meaning.purpose:
            case "sure":
                found.sure[self.about(plan, bound)].add(self.names(plan, bound))
            case "maybe":
                names, about = self.names(plan, bound), self.about(plan, bound)
                found.maybe[about][names] = _joined(found.maybe[about].get(names, ()), self.causes(plan, bound))
                found.waits_for[names] |= self.waits(plan, bound)
            case "unplaced":
                found.unplaced.add(self.names(plan, bound))
            case "blockable":
                told = tuple(str(bound[number]["e"]) for number in plan.blocked)
                found.blockable[told] = _joined(found.blockable.get(told, ()), self.causes(plan, bound))

    @staticmethod
    def names(plan: Plan, bound: Mapping[int | str, Mapping[str, object]]) -> Names:
        return tuple(str(bound[number]["e"]) for number in range(len(plan.conclusion.given)))

    def about(self, plan: Plan, bound: Mapping[int | str, Mapping[str, object]]) -> str:
        """Whom a match is about; what begins otherwise than a known value is nobody."""
        number = plan.holder("about")
        if number is None:
            return self.fixed[plan.conclusion.name]
        conclusion = plan.conclusion.variables[number].source == "conclusion"
        name = field_of(plan.conclusion.about.node) if conclusion else "about"
        text = str(bound[number][name])
        return text[len(KNOWN) :] if text.startswith(KNOWN) else ""

    def causes(self, plan: Plan, bound: Mapping[int | str, Mapping[str, object]]) -> tuple[Cause, ...]:
        """What the parts of a match wait for."""
        grounded = self.grounded[plan.conclusion.name]
        parts: list[Iterable[Cause]] = []
        for what, properties in bound.items():
            if isinstance(what, str):
                parts.append(grounded.pairs.get((what, str(properties["l"]), str(properties["r"])), ()))
                continue
            candidate = grounded.candidates.get((plan.role(what), str(properties["e"])))
            if candidate is not None:
                parts += [candidate.causes, grounded.loose.get((plan.role(what), candidate.name), ())]
        return merge(parts) if any(parts) else ()

    @staticmethod
    def waits(plan: Plan, bound: Mapping[int | str, Mapping[str, object]]) -> set[tuple[str, str]]:
        """The conclusions a match rests on, by name and id."""
        variables = plan.conclusion.variables
        return {
            (variables[what].of[0], str(properties["e"]).removeprefix(KNOWN))
            for what, properties in bound.items()
            if isinstance(what, int) and variables[what].source == "conclusion"
        }


def _joined(one: tuple[Cause, ...], other: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Causes together; most often there are none on one side."""
    return merge((one, other)) if one and other else one or other
