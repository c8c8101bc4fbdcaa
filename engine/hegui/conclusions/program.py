"""What a chainer is given and what it returns: plain frozen data, and no meaning but joins, negation and counting.

Facts are flat. A rule derives every one of its heads for every match of its patterns; rules of one stratum may feed
each other, and what a rule negates or a count counts is complete before. `checking.check` holds a program to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Scalar = str | int | bool
"""The values a property may have. A property has one of the three types wherever its name occurs."""


class Fact(NamedTuple):
    """One flat fact; `properties` are sorted by name, no name twice."""

    kind: str
    properties: tuple[tuple[str, Scalar], ...]


def fact(kind: str, properties: Mapping[str, Scalar]) -> Fact:
    """A fact from properties in any order.

    >>> fact("mine", {"key": "M1", "dept": "D1"})
    Fact(kind='mine', properties=(('dept', 'D1'), ('key', 'M1')))
    """
    return Fact(kind, tuple(sorted(properties.items())))


@dataclass(frozen=True, slots=True)
class Pattern:
    """The facts of a kind with these values. A join `(property, k, other)` wants `property` equal to `other` of the
    fact that the earlier positive pattern `k` matched. A negated pattern wants that there is no such fact."""

    kind: str
    equals: tuple[tuple[str, Scalar], ...] = ()
    joins: tuple[tuple[str, int, str], ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A head's value that is copied from the fact matched by the positive pattern of this number."""

    pattern: int
    property: str


@dataclass(frozen=True, slots=True)
class Head:
    """The fact to derive for a match."""

    kind: str
    properties: tuple[tuple[str, Scalar | Taken], ...]


@dataclass(frozen=True, slots=True)
class FlatRule:
    """Derives every head for every match of all patterns. The patterns of a rule have different kinds."""

    name: str
    stratum: int
    patterns: tuple[Pattern, ...]
    heads: tuple[Head, ...]

    @property
    def positive(self) -> tuple[int, ...]:
        """The numbers of the patterns that match a fact, in order: what a firing lists."""
        return tuple(number for number, pattern in enumerate(self.patterns) if not pattern.negated)


@dataclass(frozen=True, slots=True)
class Count:
    """Derives a fact of kind `head`, with the properties `group` copied, for each group that has enough members.

    It is taken when `stratum` is complete, and its heads are seen from the next stratum on. Facts of `kind` are grouped
    by `group`; what counts is how many different values of `member` a group has. A fact whose property `placed` is
    False belongs to every group there is, and makes none.
    """

    name: str
    stratum: int
    kind: str
    group: tuple[str, ...]
    member: tuple[str, ...]
    at_least: int
    head: str
    placed: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Rules and counts; their names are unique."""

    rules: tuple[FlatRule, ...]
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Chained:
    """All that follows, the same from every chainer.

    `facts` are the given facts in order, each once (the first `given` of them), then the derived ones, sorted. A firing
    is a rule's name and the places in `facts` of what its positive patterns matched; they are sorted, and all there.
    """

    facts: tuple[Fact, ...]
    given: int
    firings: tuple[tuple[str, tuple[int, ...]], ...]


class ActionError(Exception):
    """Deriving the heads of a rule failed: a mistake of ours, never one of the engine's."""

    def __init__(self, rule: str, problem: str) -> None:
        super().__init__(f"rule `{rule}`: {problem}")
        self.rule = rule
        self.problem = problem
