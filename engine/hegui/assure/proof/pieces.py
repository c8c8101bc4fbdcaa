"""Which rules divide a quantity, a day or a code list among them: found by how their conditions are written.

A condition is taken apart at its `&&`. A part *limits* a term if that term is all it looks at: `area >= 10`, `!(area < 10)`,
`class in ["a", "b"]`. Rules belong together where they are about the same kind, have the same day of the act, and their
conditions are equal but for limits on one term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hegui.datatypes import BOOL
from hegui.engines.request import act_day
from hegui.language.operators import OPERATORS
from hegui.language.tree import AsOf, Cell, Chain, Const, Convert, Element, Given, If, Let, Logic, Node, Op, Param, walk
from hegui.ruleset.model import Rule


@dataclass(frozen=True)
class Piece:
    """The limits one rule sets to the term: a condition over it, and whether they stand in its `when`."""

    rule: Rule
    limits: Node


@dataclass(frozen=True)
class Group:
    """Rules that divide `term` among them. `context` is what all of them ask besides, `same` says that they also look for
    the same violation. `applying`: the limits stand in `when`; otherwise in `violation`, or in both."""

    term: Node
    context: tuple[Node, ...]
    pieces: tuple[Piece, ...]
    applying: bool
    same: bool


def groups_of(rules: Sequence[Rule]) -> list[Group]:
    """The groups among the rules about one kind, those by `when` first; a group is told once."""
    ordered = sorted(rules, key=lambda rule: rule.name)
    by_when = _grouped(ordered, applying=True)
    told = {(group.term, tuple(piece.rule.name for piece in group.pieces)) for group in by_when}
    by_violation = _grouped(ordered, applying=False)
    return by_when + [
        group for group in by_violation if (group.term, tuple(piece.rule.name for piece in group.pieces)) not in told
    ]


def _grouped(rules: Sequence[Rule], *, applying: bool) -> list[Group]:
    found: dict[tuple[Node, Node, frozenset[Node]], list[Piece]] = {}
    for rule in rules:
        parts = _parts_of(rule, applying)
        for term in dict.fromkeys(subject for part in parts if (subject := subject_of(part)) is not None):
            limits = [part for part in parts if subject_of(part) == term]
            rest = frozenset(part for part in parts if subject_of(part) != term)
            piece = Piece(rule, limits[0] if len(limits) == 1 else Logic(True, tuple(limits), BOOL))
            found.setdefault((act_day(rule), term, rest), []).append(piece)
    return [
        _group(term, rest, pieces, applying)
        for (_, term, rest), pieces in found.items()
        if len({piece.limits for piece in pieces}) > 1
    ]


def _group(term: Node, rest: frozenset[Node], pieces: Sequence[Piece], applying: bool) -> Group:
    same = len({frozenset(conjuncts(piece.rule.violation.node)) for piece in pieces}) == 1
    context = tuple(part for part in _parts_of(pieces[0].rule, applying) if part in rest)
    return Group(term, context, tuple(pieces), applying, same and applying)


def _parts_of(rule: Rule, applying: bool) -> list[Node]:
    when = conjuncts(rule.when.node) if rule.when is not None else []
    return when if applying else [*when, *conjuncts(rule.violation.node)]


def conjuncts(node: Node) -> list[Node]:
    """The parts of a condition between its `&&`, definitions looked through."""
    node = bare(node)
    if isinstance(node, Logic) and node.conjunction:
        return [part for each in node.parts for part in conjuncts(each)]
    return [node]


def bare(node: Node) -> Node:
    """What a definition stands for."""
    while isinstance(node, Let):
        node = node.body
    return node


def subject_of(node: Node) -> Node | None:
    """The one term a condition sets limits to; None where there is none, or more than one."""
    subjects = set(_subjects(bare(node)))
    if len(subjects) != 1:
        return None
    (found,) = subjects
    return found


def _subjects(node: Node) -> Iterator[Node | None]:
    node = bare(node)
    match node:
        case Logic(parts=parts):
            for part in parts:
                yield from _subjects(part)
        case Op(args=(arg,)) if node.type.name == "bool" and arg.type.name == "bool":
            yield from _subjects(arg)
        case Op(args=(left, right)) if OPERATORS[node.key].signs is not None:
            yield _against(left, right)
        case Chain(source=Given(items=items), predicate=Op(args=(left, right))) if all(map(settled, items)):
            others = [side for side in (left, right) if not isinstance(side, Element)]
            yield _term(others[0]) if len(others) == 1 and node.filter is None and node.value is None else None
        case _:
            yield None


def _against(left: Node, right: Node) -> Node | None:
    """The term that is compared with something settled."""
    if settled(left) == settled(right):
        return None
    return _term(right if settled(left) else left)


def _term(node: Node) -> Node | None:
    """A term as it is told from others: without its unit, and without the name of a definition."""
    node = bare(node)
    while isinstance(node, Convert):
        node = bare(node.arg)
    if any(isinstance(each, Element) or (isinstance(each, Cell) and each.row.var) for each in walk(node)):
        return node if isinstance(node, Chain) else None
    return node if node.type.name in ("int", "number", "date", "code") else None


def settled(node: Node) -> bool:
    """Is it made of constants, parameters and the day the facts are looked at alone?"""
    return all(isinstance(each, (Const, Param, AsOf, Convert, Let, Op, If, Logic)) for each in walk(node))
