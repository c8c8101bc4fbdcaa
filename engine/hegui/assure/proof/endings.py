"""What a chain makes of its elements, where the solver knows them: the endings, three-valued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from hegui.assure.proof.meanings import int_range
from hegui.assure.proof.space import Spot
from hegui.assure.proof.terms import TRUE, Formula, Term, all_true, any_true, choose, conj, disj, implies, real, sure
from hegui.language.tree import Chain


@dataclass(frozen=True)
class Member:
    """An element: is it `there`, the row or value it is, and where asked for its mapped value and its predicate."""

    there: Formula
    bound: Spot | Term
    value: Term | None = None
    asked: Term | None = None


def ended(node: Chain, settled: Formula, members: Sequence[Member]) -> Term:
    """The value of a chain; `settled` says where it is known which elements there are."""
    if node.predicate is not None:
        found = _quantified(node.ending, members)
        return Term(conj((settled, found.defined)), found.value)
    present = conj(implies(each.there, each.value.defined) for each in members if each.value is not None)
    found = _aggregated(node, members)
    return Term(conj((settled, present, found.defined)), found.value)


def _quantified(ending: str, members: Sequence[Member]) -> Term:
    asked = [(each.there, each.asked) for each in members if each.asked is not None]
    if ending == "exists":
        return any_true(Term(implies(there, term.defined), conj((there, term.value))) for there, term in asked)
    if ending == "all":
        return all_true(Term(implies(there, term.defined), implies(there, term.value)) for there, term in asked)
    count = _count(conj((there, term.value)) for there, term in asked)
    return Term(conj(implies(there, term.defined) for there, term in asked), count == 1)


def _count(parts: object) -> Formula:
    ones = [z3.If(part, z3.IntVal(1), z3.IntVal(0)) for part in parts]  # type: ignore[attr-defined]
    return z3.Sum(ones) if ones else z3.IntVal(0)


def _aggregated(node: Chain, members: Sequence[Member]) -> Term:
    count = _count(each.there for each in members)
    if node.ending == "size":
        return sure(count)
    values = [(each.there, each.value.value) for each in members if each.value is not None]
    if node.type.name == "number":
        values = [(there, real(value)) for there, value in values]
    if node.ending in ("min", "max"):
        return _extreme(node, values)
    zero = z3.RealVal(0) if node.type.name == "number" else z3.IntVal(0)
    total = z3.Sum([choose(there, value, zero) for there, value in values]) if values else zero
    if node.ending == "sum":
        return Term(int_range(total) if node.type.name == "int" else TRUE, total)
    return Term(count > 0, total / choose(count == 0, z3.RealVal(1), z3.ToReal(count)))


def _extreme(node: Chain, values: Sequence[tuple[Formula, Formula]]) -> Term:
    least, found = node.ending == "min", None
    any_there = disj(there for there, _ in values)
    for there, value in values:
        if found is None:
            found = (there, value)
            continue
        before, best = found
        better = value < best if least else value > best
        found = (disj((before, there)), choose(conj((there, disj((z3.Not(before), better)))), value, best))
    empty = z3.RealVal(0) if node.type.name == "number" else z3.IntVal(0)
    return Term(any_there, empty if found is None else found[1])
