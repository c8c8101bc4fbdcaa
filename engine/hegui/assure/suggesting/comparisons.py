"""Which limits a rule has: its comparisons of numbers, days and counts, wherever in its conditions they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hegui.language.operators import OPERATORS
from hegui.language.printer import text
from hegui.language.tree import AsOf, Cell, Chain, Const, Let, Node, Op, Param, Related, children, walk
from hegui.ruleset.model import Rule

_MEASURED: Final = ("int", "number", "date", "days")


@dataclass(frozen=True)
class Comparison:
    """A comparison, the chains it stands in (the outermost first), and whether it is a part of `when` only."""

    op: Op
    chains: tuple[Chain, ...]
    in_when: bool

    @property
    def text(self) -> str:
        """As people read it; rows by the relation they come from."""
        return text(self.op)

    @property
    def limit_left(self) -> bool:
        """Is the left side the limit: does it, unlike the right one, look at no fact?"""
        left, right = self.op.args
        return not _facts(left) and _facts(right)

    @property
    def sides(self) -> tuple[Node, Node]:
        """The quantity and its limit."""
        left, right = self.op.args
        return (right, left) if self.limit_left else (left, right)


def _facts(node: Node) -> bool:
    return any(isinstance(each, (Cell, Chain)) for each in walk(node))


def comparisons(rule: Rule) -> list[Comparison]:
    """The comparisons of a rule, those of `when` first; one that stands there twice is one."""
    found: dict[tuple[str, tuple[str, ...]], Comparison] = {}
    for clause, in_when in ((rule.when, True), (rule.violation, False)):
        for each in _below(clause.node, (), in_when) if clause is not None else ():
            found.setdefault((each.text, tuple(chain.source.path for chain in each.chains)), each)
    return list(found.values())


def _below(node: Node, chains: tuple[Chain, ...], in_when: bool) -> Iterator[Comparison]:
    if isinstance(node, Op) and OPERATORS[node.key].signs is not None and _limit(node):
        yield Comparison(node, chains, in_when)
    inside = (*chains, node) if isinstance(node, Chain) else chains
    if isinstance(node, Chain) and not isinstance(node.source, Related):
        return  # values of a list have no name to be varied by
    for child in children(node):
        yield from _below(child, inside, in_when)


def _limit(op: Op) -> bool:
    """Is it a limit: two measures, at least one of them of facts?"""
    varied = any(isinstance(each, (Cell, Chain, AsOf)) for side in op.args for each in walk(side))
    return varied and all(side.type.name in _MEASURED for side in op.args)


def bare(node: Node) -> Node:
    """What a definition stands for."""
    while isinstance(node, Let):
        node = node.body
    return node


def parameters(rule: Rule) -> list[Param]:
    """The parameters a verdict rests on that are taken on the day of the act."""
    clauses = [clause.node for clause in (rule.when, rule.violation) if clause is not None]
    found = (each for node in clauses for each in walk(node) if isinstance(each, Param) and each.on is None)
    return list(dict.fromkeys(found))


def is_plain(node: Node) -> bool:
    """Is it written down, and neither a fact nor a parameter?"""
    return isinstance(bare(node), Const)
