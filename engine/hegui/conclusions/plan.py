"""What is to be worked out of each conclusion, known from the ruleset alone: which conditions are asked of one row,
which rows are joined on what, which pairs are looked at, and in which order conclusions are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from hegui.language.tree import Node
from hegui.ruleset.joins import Alone, Conjunct, Join, Pair, conjuncts, used
from hegui.ruleset.model import Conclusion, Expr, Variable
from hegui.ruleset.stratified import blocked_through, groups

Clause = Literal["where", "unless"]

COUNTED: Final = 1
"""A count is seen one stratum after what it counts."""


def unknown(name: str) -> str:
    """The property that says whether the value of the property `name` is not known."""
    return f"no_{name}"


@dataclass(frozen=True, slots=True)
class Key:
    """One side of an equality: the value of `node`, of variable `variable`, held by the property `name`."""

    variable: int
    node: Node
    name: str

    @property
    def flag(self) -> str:
        """The property that says whether the value is not known."""
        return unknown(self.name)


@dataclass(frozen=True, slots=True)
class Equality:
    """Two keys that must be equal."""

    left: Key
    right: Key


@dataclass(frozen=True, slots=True)
class Pairing:
    """Conditions of two variables that are worked out for each pair beforehand; `kind` is that of the facts made."""

    variables: tuple[int, int]
    nodes: tuple[Node, ...]
    kind: str


@dataclass(frozen=True)
class Clauses:
    """`where` or `unless_where`, taken apart."""

    alone: Mapping[int, tuple[Node, ...]]
    equalities: tuple[Equality, ...]
    pairings: tuple[Pairing, ...]


@dataclass(frozen=True)
class Plan:
    """One conclusion, ready to be grounded. `match` is the stratum its matches are found in, `blocks` that in which
    what blocks them is; `seen` the first stratum in which it can be used."""

    conclusion: Conclusion
    where: Clauses
    unless: Clauses
    blocked: tuple[int, ...]
    blocks: int
    match: int

    @property
    def seen(self) -> int:
        return self.match + COUNTED if self.conclusion.at_least is not None else self.match

    def role(self, number: int) -> str:
        """The kind of the facts a variable stands for."""
        return role(self.conclusion, self.conclusion.variables[number])

    def kind(self, word: str) -> str:
        """The kind of one of the conclusion's own facts."""
        return f"{self.conclusion.name}/{word}"

    def keys(self, number: int) -> Iterator[Key]:
        """The keys a variable is joined on."""
        for clauses in (self.where, self.unless):
            for equality in clauses.equalities:
                yield from (key for key in (equality.left, equality.right) if key.variable == number)

    def conditions(self, number: int) -> Iterator[Node]:
        """What is asked of a variable alone."""
        for clauses in (self.where, self.unless):
            yield from clauses.alone.get(number, ())

    @property
    def counted(self) -> dict[str, Expr]:
        """What a match must say for counting: whom it is about, what it is counted by, what tells it apart."""
        conclusion = self.conclusion
        found = {"about": conclusion.about, "per": conclusion.per, "of": conclusion.distinct}
        return {name: expression for name, expression in found.items() if expression is not None}

    def holder(self, name: str) -> int | None:
        """The variable that says what is counted under `name`; None where it is the same for all."""
        return self._holders.get(name)

    @cached_property
    def _holders(self) -> dict[str, int | None]:
        levels = len(self.conclusion.variables)
        return {name: next(iter(used(each.node, levels)), None) for name, each in self.counted.items()}


def role(conclusion: Conclusion, variable: Variable) -> str:
    """The kind of the facts that `variable` of `conclusion` stands for."""
    return f"{conclusion.name}:{variable.name}"


def plans(conclusions: Mapping[str, Conclusion]) -> tuple[Plan, ...]:
    """Every conclusion planned, each after those it rests on (but for those of one circle)."""
    found: dict[str, Plan] = {}
    for group in groups(conclusions):
        outside = {other for name in group for other in conclusions[name].rests_on()} - set(group)
        first = max((found[other].seen for other in outside if other in found), default=0)
        blocking = any(conclusions[name].unless for name in group)
        for name in group:
            found[name] = _plan(conclusions[name], first, first + blocking)
    return tuple(found.values())


def _plan(conclusion: Conclusion, blocks: int, match: int) -> Plan:
    first_blocking = len(conclusion.given)
    where = _clauses(conclusion, conclusion.where, "where", 0)
    unless = _clauses(conclusion, conclusion.unless_where, "unless", first_blocking)
    return Plan(conclusion, where, unless, blocked_through(conclusion), blocks, match)


def _clauses(conclusion: Conclusion, condition: Expr | None, clause: Clause, first: int) -> Clauses:
    parts = conjuncts(condition.node, len(conclusion.variables)) if condition is not None else ()
    alone: dict[int, tuple[Node, ...]] = {}
    # what is about no row at all is asked of the first there are candidates for; those of conclusions are not known yet
    asked = (int(each.row.var) for each in conclusion.variables[first:] if each.source != "conclusion")
    anyone = next(asked, first)
    for part in parts:
        if isinstance(part, Alone):
            number = anyone if part.variable is None else part.variable
            alone[number] = (*alone.get(number, ()), part.node)
    return Clauses(alone, tuple(_equalities(parts, clause)), tuple(_pairings(conclusion, parts, clause)))


def _equalities(parts: tuple[Conjunct, ...], clause: Clause) -> Iterator[Equality]:
    joins = [part for part in parts if isinstance(part, Join)]
    for number, join in enumerate(joins):
        left, right = join.variables
        name = f"{clause}_{number}"
        yield Equality(Key(left, join.left, name), Key(right, join.right, name))


def _pairings(conclusion: Conclusion, parts: tuple[Conjunct, ...], clause: Clause) -> Iterator[Pairing]:
    nodes: dict[tuple[int, int], tuple[Node, ...]] = {}
    for part in parts:
        if isinstance(part, Pair):
            nodes[part.variables] = (*nodes.get(part.variables, ()), part.node)
    for (left, right), found in nodes.items():
        names = [conclusion.variables[number].name for number in (left, right)]
        yield Pairing((left, right), found, f"{conclusion.name}/{clause}:{names[0]}&{names[1]}")
