"""Conditions about several rows, taken apart into what a join engine can do: conditions of one row alone, equalities
between two rows, and conditions of a pair of rows that are worked out beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hegui.language.operators import rows
from hegui.language.parser import parse
from hegui.language.tree import Call, Cell, Chain, Logic, Node, Offsets, Op, Related, Row, Syntax, children

JOINABLE = ("string", "code", "ref", "int", "bool", "date")
"""Types whose equality is that of their texts. Doubles are compared with a tolerance, which no index can do."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A condition of one variable; of none where it is about parameters and days only."""

    variable: int | None
    node: Node


@dataclass(frozen=True, slots=True)
class Join:
    """`left == right`, each side about one variable, the one of `left` having the smaller number."""

    left: Node
    right: Node
    variables: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Any other condition of two variables."""

    variables: tuple[int, int]
    node: Node


@dataclass(frozen=True, slots=True)
class Crowd:
    """A condition of more than two variables, which cannot be used."""

    variables: tuple[int, ...]
    node: Node


Conjunct = Alone | Join | Pair | Crowd


def conjuncts(node: Node, variables: int) -> tuple[Conjunct, ...]:
    """A condition as the parts of its conjunction, in order; `variables` is how many variables there are."""
    return tuple(_conjunct(part, variables) for part in _parts(node))


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, Logic) and node.conjunction:
        for part in node.parts:
            yield from _parts(part)
    else:
        yield node


def spots(text: str) -> tuple[Offsets, ...]:
    """Where the parts of a condition's conjunction stand in its text, in the same order as `conjuncts`."""
    return tuple(_spots(parse(text)))


def _spots(syntax: Syntax) -> Iterator[Offsets]:
    if isinstance(syntax, Call) and any(row.logic == "and" for row in rows(syntax.form, syntax.spelling)):
        for part in syntax.args:
            yield from _spots(part)
    else:
        yield syntax.at


def _conjunct(node: Node, variables: int) -> Conjunct:
    found = sorted(used(node, variables))
    if len(found) < 2:
        return Alone(found[0] if found else None, node)
    if len(found) > 2:
        return Crowd(tuple(found), node)
    first, second = found
    if isinstance(node, Op) and node.key == "==" and not node.near:
        left, right = node.args
        sides = used(left, variables), used(right, variables)
        plain = left.type.name in JOINABLE and right.type.name in JOINABLE
        if plain and sides == ({first}, {second}):
            return Join(left, right, (first, second))
        if plain and sides == ({second}, {first}):
            return Join(right, left, (first, second))
    return Pair((first, second), node)


def used(node: Node, variables: int) -> set[int]:
    """The numbers of the variables a condition is about."""
    found = {number for row in _rows(node) if (number := int(row.var or 0)) < variables}
    for child in children(node):
        found |= used(child, variables)
    return found


def _rows(node: Node) -> Iterator[Row]:
    if isinstance(node, Cell):
        yield node.row
    if isinstance(node, Chain) and isinstance(node.source, Related):
        yield node.source.row
