"""The reference chainer: semi-naive, in plain Python. What it finds is what a program means.

Facts enter one by one. A fact that enters is joined, at each pattern it fits, with the facts that entered before it, so
every match is found exactly once: when the last of its facts enters. What a match derives is put at the end of the queue.
Facts that are negated are complete before the stratum begins, and are looked up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hegui.conclusions.known import Firing, Known, by_strata
from hegui.conclusions.program import Chained, Fact, FlatRule, Pattern, Program, Scalar

Values = dict[str, Scalar]


def chain(program: Program, facts: Iterable[Fact]) -> Chained:
    """All that follows from `facts`; both have been checked.

    Raises:
        ActionError: heads could not be derived.
    """
    return by_strata(program, facts, complete)


@dataclass(slots=True)
class _Index:
    """The facts that fit a pattern's constants, by the values of the properties it is joined on."""

    equals: tuple[tuple[str, Scalar], ...]
    names: tuple[str, ...]
    rows: dict[tuple[Scalar, ...], list[int]] = field(default_factory=dict)

    def enter(self, number: int, values: Values) -> None:
        if _fits(values, self.equals):
            self.rows.setdefault(tuple([values[name] for name in self.names]), []).append(number)


@dataclass(frozen=True, slots=True)
class _Step:
    """Where to look for a pattern's facts, and what to look them up by: (place in the row, property), one per name."""

    index: _Index
    key: tuple[tuple[int, str], ...]

    def found(self, row: tuple[int, ...], values: list[Values]) -> Sequence[int]:
        return self.index.rows.get(tuple([values[row[place]][name] for place, name in self.key]), ())


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a fact that enters at one pattern of a rule is completed to matches; `order` puts a row in pattern order."""

    rule: FlatRule
    equals: tuple[tuple[str, Scalar], ...]
    steps: tuple[_Step, ...]
    blockers: tuple[_Step, ...]
    order: tuple[int, ...]

    def matches(self, number: int, values: list[Values]) -> Iterator[tuple[int, ...]]:
        rows: list[tuple[int, ...]] = [(number,)] if _fits(values[number], self.equals) else []
        for step in self.steps:
            if not rows:
                return
            rows = [(*row, other) for row in rows for other in step.found(row, values)]
        for row in rows:
            if not any(blocker.found(row, values) for blocker in self.blockers):
                yield tuple([row[place] for place in self.order])


def _fits(values: Values, equals: tuple[tuple[str, Scalar], ...]) -> bool:
    for name, value in equals:  # noqa: SIM110 (half the time of a generator, and asked of every fact)
        if values[name] != value:
            return False
    return True


class _Indexes:
    """Indexes by kind; patterns with the same constants and joined properties share one."""

    def __init__(self) -> None:
        self.by_kind: dict[str, dict[object, _Index]] = {}

    def index(self, pattern: Pattern, names: tuple[str, ...]) -> _Index:
        of_kind = self.by_kind.setdefault(pattern.kind, {})
        return of_kind.setdefault((pattern.equals, names), _Index(pattern.equals, names))

    def enter(self, kind: str, number: int, values: Values) -> None:
        for index in self.by_kind.get(kind, {}).values():
            index.enter(number, values)


def joins_to(rule: FlatRule, number: int, row: Sequence[int]) -> list[tuple[str, tuple[int, str]]]:
    """The joins between a pattern and the patterns in `row`, as (own property, (place in the row, property))."""
    own = [
        (name, (row.index(other), of_other)) for name, other, of_other in rule.patterns[number].joins if other in row
    ]
    return own + [
        (of_other, (place, name))
        for place, later in enumerate(row)
        for name, other, of_other in rule.patterns[later].joins
        if other == number
    ]


def _plan(rule: FlatRule, start: int, entered: _Indexes, complete_: _Indexes) -> _Plan:
    row, steps = [start], []
    left = [number for number in rule.positive if number != start]
    while left:
        # a pattern joined to what is there already; else the next one, with every fact of its kind
        number = next((number for number in left if joins_to(rule, number, row)), left[0])
        steps.append(_step(rule, number, row, entered))
        row.append(number)
        left.remove(number)
    negated = [number for number, pattern in enumerate(rule.patterns) if pattern.negated]
    blockers = [_step(rule, number, row, complete_) for number in negated]
    order = tuple(row.index(number) for number in rule.positive)
    return _Plan(rule, rule.patterns[start].equals, tuple(steps), tuple(blockers), order)


def _step(rule: FlatRule, number: int, row: Sequence[int], indexes: _Indexes) -> _Step:
    tests = joins_to(rule, number, row)
    return _Step(
        indexes.index(rule.patterns[number], tuple(name for name, _ in tests)), tuple(source for _, source in tests)
    )


def complete(rules: Sequence[FlatRule], known: Known) -> list[Firing]:
    """Every match of the rules of one stratum."""
    entered, negated = _Indexes(), _Indexes()
    plans: dict[str, list[_Plan]] = {}
    for rule in rules:
        for start in rule.positive:
            plans.setdefault(rule.patterns[start].kind, []).append(_plan(rule, start, entered, negated))
    for kind in negated.by_kind:
        for number in known.by_kind.get(kind, ()):
            negated.enter(kind, number, known.values[number])
    firings: list[Firing] = []
    waiting = deque(number for kind in plans for number in known.by_kind.get(kind, ()))
    while waiting:
        number = waiting.popleft()
        kind = known.facts[number].kind
        entered.enter(kind, number, known.values[number])
        for plan in plans[kind]:
            for matched in plan.matches(number, known.values):
                firings.append((plan.rule.name, matched))
                new = known.conclude(plan.rule, matched)
                waiting.extend(number for number in new if known.facts[number].kind in plans)
    return firings
