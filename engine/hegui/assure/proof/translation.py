"""Typed tree → solver terms, three-valued as the scalar evaluator defines it (`language.scalar`).

What the solver cannot reason about becomes a value of which nothing is known but its type and is remembered in `unknown`. It
is the same value wherever the same condition stands, of the same rows, and where it takes parameters on the day of the act,
of the same day. A proof that holds whatever that value is holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import z3

from hegui.assure.proof.endings import Member, ended
from hegui.assure.proof.meanings import Asked, bounded, compared, int_range, reasoned
from hegui.assure.proof.space import Space, Spot, variable
from hegui.assure.proof.terms import (
    FALSE,
    TRUE,
    Formula,
    Term,
    all_true,
    any_true,
    choose,
    conj,
    day,
    disj,
    implies,
    neg,
    number,
    real,
    strict,
    sure,
)
from hegui.datatypes import Type
from hegui.language.operators import OPERATORS
from hegui.language.printer import text
from hegui.language.scalar import exact
from hegui.language.tree import (
    AsOf,
    Cell,
    Chain,
    Const,
    Convert,
    Element,
    Given,
    Has,
    If,
    Let,
    Listed,
    Logic,
    Node,
    Op,
    Param,
    Related,
    Row,
    children,
    walk,
)
from hegui.ruleset.model import Parameter, ParameterValue, Period

Env = Mapping[str, Spot | Term]
"""What each variable of a quantifier stands for: a row, or a value of a list."""
NOTHING: Final[Env] = {}
Place = frozenset[tuple[str, str]]
"""The variables a condition does not bind itself, each with a text of what it stands for: equal only where that is."""


@dataclass(frozen=True)
class Unknown:
    """A condition of which nothing is known but its value's type: which one it is, where it stands, and its value."""

    node: Node
    place: Place
    term: Term


class Translator:
    """Translates the conditions of one rule. `day` is the day of its act, once that is known."""

    def __init__(self, space: Space, parameters: Mapping[str, Parameter]) -> None:
        self.space = space
        self.parameters = parameters
        self.day: Term | None = None
        self.unknown: dict[str, None] = {}
        """What is treated as unknown, as people read it, in order of appearance."""
        self.unknowns: dict[tuple[Node, Place], Unknown] = {}
        """The same, each with its value."""
        self.operations: dict[tuple[Op, Place], tuple[Term, tuple[Term, ...]]] = {}
        """Operations without a meaning here, with their arguments."""
        self.literals: dict[object, None] = {}
        """Constants and values of parameters met: around them something changes."""
        self._known: dict[Node, Term] = {}
        self._empty: tuple[int, list[Formula]] = (0, [])
        self._day_parts: dict[tuple[str, str], Formula] = {}

    def term(self, node: Node, env: Env = NOTHING) -> Term:
        """The term of a node; each is translated once, but inside quantifiers."""
        if env:
            return self._term(node, env)
        if node not in self._known:
            self._known[node] = self._term(node, env)
        return self._known[node]

    def _term(self, node: Node, env: Env) -> Term:
        match node:
            case Const():
                return self._const(node)
            case AsOf():
                return sure(self.space.as_of)
            case Cell():
                return self._cell(node, env)
            case Element(var=var):
                found = env[var]
                assert isinstance(found, Term)
                return found
            case Param():
                return self._param(node, env, None)
            case Convert():
                return self._convert(node, env)
            case Let(body=body):
                return self.term(body, env)
            case Has(cell=cell):
                return sure(self.term(cell, env).known)
            case Logic(conjunction, parts):
                return (all_true if conjunction else any_true)([self._plain(part, env) for part in parts])
            case If():
                return self._choice(node, env)
            case Op():
                return self._operation(node, env)
            case Chain():
                return self._chain(node, env)
        raise AssertionError(node)  # pragma: no cover

    def _plain(self, node: Node, env: Env) -> Term:
        """A term for all but comparisons: below a detection limit there is no value."""
        found = self.term(node, env)
        return found if found.below is None else Term(found.defined, found.value)

    # --- what stands in a condition

    def _const(self, node: Const) -> Term:
        if not isinstance(node.value, bool):
            self.literals.setdefault(node.value)
        return sure(self.constant(node.value, node.type))

    def constant(self, value: object, type_: Type) -> Formula:
        """A value that is known."""
        match value:
            case bool():
                return TRUE if value else FALSE
            case str():
                return self.space.strings.number(value)
            case int() if type_.name != "number":
                return z3.IntVal(value)
            case int() | float():
                return number(float(value))
        return day(value)  # type: ignore[arg-type]

    def _spot(self, row: Row, env: Env) -> Spot:
        start = env.get(row.var, self.space.root)
        assert isinstance(start, Spot)
        for reference, kind in zip(row.refs, row.kinds[1:], strict=True):
            start = self.space.follow(start, reference, kind)
        return start

    def _cell(self, cell: Cell, env: Env) -> Term:
        spot = self._spot(cell.row, env)
        if cell.type.name == "ref":
            self.space.compared.add((spot, cell.field))
        return self.space.cell(spot, cell.field).term

    # --- parameters and units

    def _param(self, node: Param, env: Env, factor: Fraction | None) -> Term:
        on = self.day if node.on is None else self._plain(node.on, env)
        assert on is not None, "a parameter of the day of the act, asked for before that day is known"
        type_ = self.parameters[node.name].type
        values = [(each.period, self._dated(each, type_, factor)) for each in self.parameters[node.name].values]
        if not values:
            return Term(FALSE, variable(node.type, f"no value of {node.name}"))
        found = values[-1][1]
        for period, value in values[:-1]:
            found = choose(holds(period, on.value), value, found)
        return strict((on,), found, where=disj(holds(period, on.value) for period, _ in values))

    def _dated(self, each: ParameterValue, type_: Type, factor: Fraction | None) -> Formula:
        value = each.value if factor is None else exact(each.text, factor)
        if not isinstance(value, bool):
            self.literals.setdefault(value)
        return self.constant(value, type_)

    def _convert(self, node: Convert, env: Env) -> Term:
        factor = Fraction(node.numerator, node.denominator)
        if isinstance(node.arg, Param):
            return self._param(node.arg, env, factor)
        arg = self._plain(node.arg, env)
        return Term(arg.defined, real(arg.value) * z3.RealVal(str(factor)))

    # --- operations

    def _choice(self, node: If, env: Env) -> Term:
        test, then, otherwise = (self._plain(part, env) for part in (node.test, node.then, node.otherwise))
        defined = conj((test.defined, choose(test.value, then.defined, otherwise.defined)))
        value = choose(test.value, then.value, otherwise.value)
        return Term(defined, real(value) if node.type.name == "number" else value)

    def _operation(self, node: Op, env: Env) -> Term:
        row = OPERATORS[node.key]
        if row.signs is not None:
            return self._comparison(node, row.signs, row.ordering, env)
        meaning = reasoned(node)
        args = [self._plain(arg, env) for arg in node.args]
        if meaning is None:
            return self._unreasoned(node, args, env)
        wanted = row.overloads[node.overload].args
        widened = [
            Term(arg.defined, real(arg.value)) if wanted[min(i, len(wanted) - 1)] == "number" else arg
            for i, arg in enumerate(args)
        ]
        asked = Asked(node, widened, lambda part: self._part(args[0].value, part))
        found = meaning(asked)
        self.space.facts += asked.facts
        return found

    def _part(self, of: Formula, part: str) -> Formula:
        """A part of a date: the same variable for the same date."""
        return self._day_parts.setdefault((of.sexpr(), part), z3.Int(f"{part} of {of.sexpr()}"))

    def _comparison(self, node: Op, signs: frozenset[int], ordering: bool, env: Env) -> Term:
        left, right = (self.term(arg, env) for arg in node.args)
        if ordering and any(arg.type.name in ("string", "code", "ref") for arg in node.args):
            return self._unreasoned(node, [left, right], env)
        if z3.is_real(left.value) != z3.is_real(right.value):
            left, right = (Term(side.defined, real(side.value), side.below, side.bound) for side in (left, right))
        if ordering and (left.below is not None or right.below is not None):
            return bounded(left, right, signs)
        return strict((left, right), compared(left.value, right.value, signs))

    def _unreasoned(self, node: Op, args: Sequence[Term], env: Env) -> Term:
        found = self._fresh(node, env)
        self.space.facts += [implies(found.defined, arg.defined) for arg in args]
        self.operations[node, place(node, env)] = (found, tuple(args))
        return found

    def _fresh(self, node: Node, env: Env) -> Term:
        """A value of which nothing is known. Rules have it in common as far as it is one value, not by how it is written."""
        name, where = text(node), place(node, env)
        self.unknown.setdefault(name)
        if (node, where) not in self.unknowns:
            day = _told(self.day) if self.day is not None and _of_the_act(node) else ""
            self.unknowns[node, where] = Unknown(node, where, self.space.unknown((node, where, day), node.type, name))
        return self.unknowns[node, where].term

    # --- chains

    def _chain(self, node: Chain, env: Env) -> Term:
        members = self._members(node, env)
        if members is None:
            return self._looked_past(node, env)
        defined, found = members
        kept, settled = [], [defined]
        for member in found:
            inner = {**env, node.var: member.bound}
            there = member.there
            if node.filter is not None:
                stays = self._plain(node.filter, inner)
                settled.append(implies(there, stays.defined))
                there = conj((there, stays.true))
            kept.append(self._valued(node, there, inner, member))
        return ended(node, conj(settled), kept)

    def _valued(self, node: Chain, there: Formula, inner: Env, member: Member) -> Member:
        """An element that stays, with its value and what is asked of it."""
        value = None if node.value is None else self._plain(node.value, inner)
        if value is None and isinstance(member.bound, Term):
            value = member.bound
        if node.known and value is not None:
            there = conj((there, value.defined))
        asked = None if node.predicate is None else self._plain(node.predicate, inner)
        return Member(there, member.bound, value, asked)

    def _members(self, node: Chain, env: Env) -> tuple[Formula, list[Member]] | None:
        """The elements of a chain, and where it is known which they are; None where the solver cannot know them."""
        match node.source:
            case Given(items=items):
                return TRUE, [Member(TRUE, self._plain(item, env)) for item in items]
            case Listed(cell=cell):
                return self._listed(node, cell, env)
            case Related(row=row, relation=relation, kind=kind, by=by):
                if not self.space.slots:
                    return None
                spot = self._spot(row, env)
                slots = self.space.related(spot, relation, kind, by)
                return self.space.present(spot), [Member(there, slot) for there, slot in slots]
        raise AssertionError(node.source)  # pragma: no cover

    def _listed(self, node: Chain, cell: Cell, env: Env) -> tuple[Formula, list[Member]] | None:
        """The codes a list may hold, or the slots of other lists. How often a code stands in a list is not known."""
        found = self.space.cell(self._spot(cell.row, env), cell.field)
        if found.members and (self.space.slots or node.ending in ("exists", "all")):
            codes = [(there, self.space.strings.number(code)) for code, there in found.members.items()]
            return found.term.defined, [Member(conj((found.term.defined, there)), sure(code)) for there, code in codes]
        if self.space.slots and not found.members:
            return found.term.defined, [Member(item.defined, sure(item.value)) for item in found.items]
        return None

    def _looked_past(self, node: Chain, env: Env) -> Term:
        """A chain over rows nobody knows: its value is unknown, but for what is so of all of its kind."""
        found = self._fresh(node, env)
        source = node.source
        assert not isinstance(source, Given)
        holder = source.row if isinstance(source, Related) else source.cell.row
        self.space.facts.append(implies(found.defined, self.space.present(self._spot(holder, env))))
        if isinstance(source, Listed):
            self.space.facts.append(implies(found.defined, self._cell(source.cell, env).defined))
        if node.ending == "size":
            self.space.facts.append(found.value >= 0)
        if node.type.name == "int":
            self.space.facts.append(int_range(found.value))
        return found

    def emptiness(self) -> list[Formula]:
        """What follows where a relation is known to be empty: `exists` is false, `all` true, `size` and `sum` are 0."""
        if len(self.unknowns) != self._empty[0]:
            chains = [each for each in self.unknowns.values() if isinstance(each.node, Chain)]
            pairs = [(size, other) for size in chains for other in chains if other is not size and _within(other, size)]
            self._empty = len(self.unknowns), [fact for pair in pairs for fact in _where_empty(*pair)]
        return self._empty[1]


def _within(other: Unknown, counted: Unknown) -> bool:
    """Is a chain over no elements but those another counts, seen from the same place? The same filter at another depth of
    quantifiers may be about another variable."""
    node, size = other.node, counted.node
    assert isinstance(node, Chain)
    assert isinstance(size, Chain)
    if size.ending != "size" or size.value is not None or size.known or node.source != size.source:
        return False
    same = size.filter is None or (size.filter == node.filter and size.var == node.var)
    return same and counted.place <= other.place


def _where_empty(counted: Unknown, other: Unknown) -> Iterator[Formula]:
    node, size, term = other.node, counted.term, other.term
    assert isinstance(node, Chain)
    assert isinstance(counted.node, Chain)
    yield implies(conj((size.defined, size.value == 0)), _of_nothing(node, term))
    if node.ending == "size" and counted.node.filter is None:
        yield implies(conj((size.defined, term.defined)), term.value <= size.value)


def _of_nothing(node: Chain, term: Term) -> Formula:
    """What a chain over nothing is."""
    match node.ending:
        case "exists":
            return term.false
        case "exists_one":
            return term.false
        case "all":
            return term.true
        case "size" | "sum":
            return conj((term.defined, term.value == 0))
    return neg(term.defined)


def place(node: Node, env: Env) -> Place:
    """Where a condition stands: what the variables it does not bind itself stand for."""
    return frozenset((name, _told(env[name])) for name in _free(node))


def _told(bound: Spot | Term) -> str:
    """A row or a value as a text, which differs where it may be another."""
    return bound.path if isinstance(bound, Spot) else f"{bound.defined.sexpr()} {bound.value.sexpr()}"


def _free(node: Node) -> frozenset[str]:
    """The variables of quantifiers around it that a condition looks at."""
    match node:
        case Cell(row=row):
            return frozenset((row.var,) if row.var else ())
        case Element(var=var):
            return frozenset((var,))
        case Chain(source=source):
            held = children(node)[: len(source.items) if isinstance(source, Given) else isinstance(source, Listed)]
            outer = source.row.var if isinstance(source, Related) else ""
            inside = children(node)[len(held) :]
            own = frozenset().union(*map(_free, inside)) - {node.var}
            return own.union(*map(_free, held), (outer,) if outer else ())
    return frozenset().union(*map(_free, children(node)))


def _of_the_act(node: Node) -> bool:
    """Does it take a parameter on the day of the act?"""
    return any(isinstance(each, Param) and each.on is None for each in walk(node))


def holds(period: Period, number: Formula) -> Formula:
    """Does a day number lie within a period?"""
    if period.pending:
        return FALSE
    ends: list[Formula] = []
    if period.start is not None:
        ends.append(number >= period.start.toordinal())
    if period.end is not None:
        ends.append(number <= period.end.toordinal())
    return conj(ends)
