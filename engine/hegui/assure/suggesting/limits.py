"""Examples on both sides of a limit, exactly at it, and without the value that meets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from hegui.assure.suggesting.bench import Bench, Facts, Look, bound_at
from hegui.assure.suggesting.comparisons import Comparison
from hegui.assure.suggesting.knobs import Knob, knobs
from hegui.assure.suggesting.solving import Side, around
from hegui.datatypes import Text
from hegui.language.printer import text
from hegui.outcome import Verdict
from hegui.ruleset.model import Example

PLACES: Final = 3
"""Rows of relations a comparison inside a chain is looked at in, per example."""
KNOBS: Final = 8
"""What is turned, per example."""
CLOSE: Final = 0.01
"""An example this near to a limit (of its size) covers its side."""

NAMES: Final[dict[Side, Text]] = {
    "below": Text("{quantity} 略低于 {limit}", "{quantity} just below {limit}"),
    "at": Text("{quantity} 恰为 {limit}", "{quantity} exactly {limit}"),
    "above": Text("{quantity} 略高于 {limit}", "{quantity} just above {limit}"),
}
MISSING: Final = Text("缺少 {field}", "{field} missing")
NOT_MET: Final = Text(
    "没有示例能改到临界值：改动示例所给的任何一个数值、日期或行数都未达到",
    "no example could be brought to this limit by changing one number, day or count of rows it gives",
)
NO_SIDE: Final = Text("未找到 {sides} 的取值", "no value found {sides}")
SIDES: Final[dict[Side, Text]] = {
    "below": Text("略低于临界值", "just below"),
    "at": Text("恰为临界值", "exactly at it"),
    "above": Text("略高于临界值", "just above"),
}
ALIKE: Final = Text(
    "在所试示例中，临界值两侧的结论相同", "the verdict is the same on both sides in every example tried"
)


@dataclass(frozen=True)
class Base:
    """An example of the rule as it stands, and what the rule says of it."""

    example: Example
    facts: Facts
    look: Look


@dataclass(frozen=True)
class Suggestion:
    """Facts worth an example, and what to call it."""

    name: Text
    facts: Facts


@dataclass
class Group:
    """What is proposed for one comparison or one change of law, and what could not be."""

    heading: Text
    suggestions: list[Suggestion] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class _Met:
    """A limit met: the facts on each side with what the rule says of them, and the distance there."""

    knob: Knob
    sides: dict[Side, tuple[Facts, Look, float]]
    base: Base

    @property
    def worth(self) -> tuple[int, int]:
        """Better are limits that decide something, and those met on more sides."""
        return len({look.verdict for _, look, _ in self.sides.values()}), len(self.sides)

    @property
    def good(self) -> bool:
        return self.worth[0] > 1 and len(self.sides) == 3


class Limits:
    """Looks for examples at the limits of one rule."""

    def __init__(self, bench: Bench, bases: Sequence[Base]) -> None:
        self.bench = bench
        self.bases = bases
        waited = (cause for base in bases for cause in _causes(base.look))
        self.missing = set(waited)
        """The fields some example already lacks."""
        self.met: list[tuple[Facts, Look]] = []
        """The facts at the limits met so far: a change of a limit tells on them first."""

    def group(self, comparison: Comparison) -> Group | None:
        """What is proposed at a limit; None where existing examples cover it all."""
        found = Group(Text(comparison.text, comparison.text))
        met = self._best(comparison)
        if met is None:
            found.notes.append(NOT_MET)
            return found
        self.met += [(facts, look) for facts, look, _ in met.sides.values()]
        covered = self._covered(comparison, met)
        quantity, limit = (text(side) for side in comparison.sides)
        for side, name in NAMES.items():
            if side in met.sides and side not in covered:
                found.suggestions.append(Suggestion(_named(name, quantity=quantity, limit=limit), met.sides[side][0]))
        lacking = [side for side in NAMES if side not in met.sides and side not in covered]
        if lacking:
            sides = Text("、".join(SIDES[each].zh for each in lacking), ", ".join(SIDES[each].en for each in lacking))
            found.notes.append(Text(NO_SIDE.zh.format(sides=sides.zh), NO_SIDE.en.format(sides=sides.en)))
        if found.suggestions and met.worth[0] == 1:
            found.notes.append(ALIKE)
        found.suggestions += self._without(comparison, met)
        return found if found.suggestions or found.notes else None

    def _best(self, comparison: Comparison) -> _Met | None:
        best: _Met | None = None
        for met in self._met(comparison):
            if best is None or met.worth > best.worth:
                best = met
            if best.good:
                break
        return best

    def _met(self, comparison: Comparison) -> Iterator[_Met]:
        for base in self.bases:
            for at in islice(self.bench.places(base.facts, comparison), PLACES):
                if self.bench.distance(base.look, comparison, at) is not None:
                    for knob in islice(self._knobs(comparison, base.facts, at), KNOBS):
                        sides = self._sides(comparison, at, knob)
                        if sides:
                            yield _Met(knob, sides, base)

    def _knobs(self, comparison: Comparison, facts: Facts, at: tuple[int, ...]) -> Iterator[Knob]:
        bound = bound_at(comparison, at)
        for side in comparison.sides:
            yield from knobs(side, facts, bound, self.bench.vocabulary)

    def _sides(self, comparison: Comparison, at: tuple[int, ...], knob: Knob) -> dict[Side, tuple[Facts, Look, float]]:
        looked: dict[object, tuple[Facts, Look, float] | None] = {}

        def look(value: object) -> tuple[Facts, Look, float] | None:
            if value not in looked:
                looked[value] = self._look(comparison, at, knob.turn(value))
            return looked[value]

        def distance(value: object) -> float | None:
            found = look(value)
            return None if found is None else found[2]

        met = around(distance, knob.start, knob.domain)
        return {side: found for side, value in met.items() if (found := look(value)) is not None}

    def _look(self, comparison: Comparison, at: tuple[int, ...], facts: Facts) -> tuple[Facts, Look, float] | None:
        look = self.bench.look(facts)
        far = self.bench.distance(look, comparison, at) if look is not None else None
        if look is None or far is None:
            return None
        return facts, look, -far if comparison.limit_left else far

    def _covered(self, comparison: Comparison, met: _Met) -> set[Side]:
        """The sides on which an example stands already, as near as what would be proposed or nearly so."""
        sides: set[Side] = set()
        for base in self.bases:
            if not comparison.in_when and base.look.verdict not in (Verdict.VIOLATION, Verdict.COMPLIANT):
                continue
            for at in islice(self.bench.places(base.facts, comparison), PLACES):
                far = self.bench.distance(base.look, comparison, at)
                if far is not None:
                    far = -far if comparison.limit_left else far
                    side: Side = "at" if far == 0 else "below" if far < 0 else "above"
                    if abs(far) <= self._close(comparison, met, side, base):
                        sides.add(side)
        return sides

    def _close(self, comparison: Comparison, met: _Met, side: Side, base: Base) -> float:
        own = abs(met.sides[side][2]) * (1 + CLOSE) if side in met.sides else 0.0
        if comparison.chains or met.knob.domain.steps:
            return own
        limit = self.bench.value(base.look, comparison.sides[1])
        return max(own, abs(limit) * CLOSE) if isinstance(limit, (int, float)) else own

    def _without(self, comparison: Comparison, met: _Met) -> Iterator[Suggestion]:
        """The example without each value that takes part, unless some example lacks it already."""
        facts = next(iter(met.sides.values()))[0]
        at = next(self.bench.places(met.base.facts, comparison), ())
        for knob in self._knobs(comparison, facts, at):
            if knob.field is None or knob.path is None or knob.field in self.missing:
                continue
            self.missing.add(knob.field)
            yield Suggestion(_named(MISSING, field=knob.field), facts.put(knob.path, None))


def _named(words: Text, **args: str) -> Text:
    return Text(words.zh.format(**args), words.en.format(**args))


def _causes(look: Look) -> list[str]:
    """The fields an undetermined verdict waits for."""
    if look.verdict is not Verdict.UNDETERMINED:
        return []
    values = (look.scope.day, look.opinion.when, look.opinion.violation)
    return [cause.path for value in values for cause in getattr(value, "causes", ())]
