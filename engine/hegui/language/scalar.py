"""Typed tree → Python function: the definition of what a condition means.

Every other engine is a translation of this one and is tested against it. Values are Python's; the third value is
`Undetermined`, and `Below` reaches only the comparisons a detection limit can decide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from hegui.datatypes import MAX_INT, Below, Cause, Reason, Undetermined, accumulate, merge, union
from hegui.language.meanings import near_sign, sign
from hegui.language.operators import OPERATORS
from hegui.language.printer import chain_name, text
from hegui.language.signatures import Fault, Lookups
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
)

Value = Any
"""str, int, float, bool, date, timedelta, tuple (a list), Undetermined or Below."""


@dataclass(frozen=True, slots=True)
class RowData:
    """A row as the evaluator sees it: each field's value, or the `Reason` it has none, or a `Below`."""

    cells: Mapping[str, Value]
    key: str = ""
    source: int | None = None
    line: int | None = None
    number: int = -1
    ghost: bool = False


class World(Lookups, Protocol):
    """The facts and the dated values around a row."""

    def follow(self, kind: str, key: str) -> RowData | Reason:
        """The row of `kind` with that key, or why there is none."""
        ...

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        """The rows of `kind` whose reference `by` is `key`, in order of their key, or why that is not known."""
        ...

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        """The single key of a row, which relations point at."""
        ...

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        """The value of a parameter in force on `day` and its decimal text, or None."""
        ...


@dataclass
class Scope:
    """Where an evaluation stands: the world, the two dates, the rows bound so far and, for replays, leaf values."""

    world: World
    as_of: date
    day: date | Undetermined
    rows: list[Any] = field(default_factory=list)
    leaves: Sequence[Value] = ()


Evaluator = Callable[[Scope], Value]


@dataclass(frozen=True, slots=True)
class Tally:
    """The value of a chain and the elements that decided it."""

    value: Value
    deciding: tuple[Any, ...] = ()
    magnitude: float = 0.0


def compile_node(node: Node, leaves: Mapping[Node, int] | None = None) -> Evaluator:
    """The function of a typed tree.

    With `leaves`, nodes found there are looked up in `Scope.leaves` by number instead of being evaluated: a replay of
    a finding without its facts.
    """
    return _Compiler(leaves or {}).node(node)


def tally(node: Chain) -> Callable[[Scope], Tally]:
    """The function of a chain that also says which elements decided."""
    return _Compiler({}).chain(node)


def elements(node: Chain) -> Evaluator:
    """The function of all elements a chain goes over, before any is left out; Undetermined where they are not known."""
    return _Compiler({}).source(node.source)


def raw_cell(cell: Cell) -> tuple[Evaluator, Evaluator]:
    """The functions of the row a cell belongs to and of its value, a `Below` included."""
    compiler = _Compiler({})
    return compiler.row(cell.row), compiler.cell(cell)


class _Compiler:
    """One method per node kind."""

    def __init__(self, leaves: Mapping[Node, int]) -> None:
        self.leaves = leaves

    def node(self, node: Node) -> Evaluator:
        """A function whose result is never a `Below`."""
        raw = self.raw(node)
        if not may_be_below(node):
            return raw
        waiting = Undetermined.because(Reason.BELOW_DETECTION, text(_bare(node)))

        def stripped(scope: Scope) -> Value:
            value = raw(scope)
            return waiting if isinstance(value, Below) else value

        return stripped

    def raw(self, node: Node) -> Evaluator:
        if node in self.leaves:
            number = self.leaves[node]
            return lambda scope: scope.leaves[number]
        match node:
            case Const(value):
                return lambda scope: value
            case AsOf():
                return lambda scope: scope.as_of
            case Cell():
                return self.cell(node)
            case Element(var=var):
                level = int(var)
                return lambda scope: scope.rows[level]
            case Param():
                return self.param(node, None)
            case Convert():
                return self.convert(node)
            case Let(body=body):
                return self.raw(body)
            case Has(cell=cell):
                return self.has(cell)
            case Logic():
                return self.logic(node)
            case If():
                return self.choice(node)
            case Op():
                return self.operation(node)
            case Chain():
                tally = self.chain(node)
                return lambda scope: tally(scope).value
        raise AssertionError(node)  # pragma: no cover

    # --- rows and cells

    def row(self, row: Row) -> Evaluator:
        """The row itself, or Undetermined where a reference on the way has no value or no table."""
        level = int(row.var or 0)
        if not row.refs:
            return lambda scope: scope.rows[level]
        steps = [(ref, row.kinds[i + 1], _waiting(row, i)) for i, ref in enumerate(row.refs)]

        def follow(scope: Scope) -> Value:
            current = scope.rows[level]
            for ref, kind, waiting in steps:
                key = current.cells[ref]
                found = key if isinstance(key, Reason) else scope.world.follow(kind, key)
                if isinstance(found, Reason):
                    return waiting[found]
                current = found
            return current

        return follow

    def cell(self, cell: Cell) -> Evaluator:
        name, waiting = cell.field, _Waiting(cell.path)
        if not cell.row.refs:
            level = int(cell.row.var or 0)

            def own(scope: Scope) -> Value:
                value = scope.rows[level].cells[name]
                return waiting[value] if isinstance(value, Reason) else value

            return own
        row = self.row(cell.row)

        def read(scope: Scope) -> Value:
            found = row(scope)
            if isinstance(found, Undetermined):
                return found
            value = found.cells[name]
            return waiting[value] if isinstance(value, Reason) else value

        return read

    def has(self, cell: Cell) -> Evaluator:
        read = self.raw(cell)
        return lambda scope: not isinstance(read(scope), Undetermined)

    # --- parameters and units

    def param(self, node: Param, factor: Fraction | None) -> Evaluator:
        on = None if node.on is None else self.node(node.on)
        waiting = Undetermined.because(Reason.NOT_IN_FORCE, node.name)

        def read(scope: Scope) -> Value:
            day = scope.day if on is None else on(scope)
            if isinstance(day, Undetermined):
                return day
            found = scope.world.parameter(node.name, day)
            if found is None:
                return waiting
            return found[0] if factor is None else exact(found[1], factor)

        return read

    def convert(self, node: Convert) -> Evaluator:
        factor = Fraction(node.numerator, node.denominator)
        if isinstance(node.arg, Param) and node.arg not in self.leaves:
            return self.param(node.arg, factor)
        arg, parameter = self.node(node.arg), isinstance(node.arg, Param)
        waiting = Undetermined.because(Reason.OUT_OF_RANGE, text(node))

        def read(scope: Scope) -> Value:
            value = arg(scope)
            if isinstance(value, Undetermined):
                return value
            if parameter:
                return exact(repr(value), factor)
            product = value * float(factor)
            return product if math.isfinite(product) else waiting

        return read

    # --- connectives

    def logic(self, node: Logic) -> Evaluator:
        parts = [self.node(part) for part in node.parts]
        absorbing = not node.conjunction

        def decide(scope: Scope) -> Value:
            waiting = []
            for part in parts:
                value = part(scope)
                if isinstance(value, Undetermined):
                    waiting.append(value)
                elif value is absorbing:
                    return absorbing
            return union(waiting) if waiting else not absorbing

        return decide

    def choice(self, node: If) -> Evaluator:
        test, then, otherwise = self.node(node.test), self.node(node.then), self.node(node.otherwise)
        widen = node.type.name == "number"

        def choose(scope: Scope) -> Value:
            chosen = test(scope)
            if isinstance(chosen, Undetermined):
                return chosen
            value = then(scope) if chosen else otherwise(scope)
            return float(value) if widen and isinstance(value, int) else value

        return choose

    # --- operations

    def operation(self, node: Op) -> Evaluator:
        row = OPERATORS[node.key]
        if row.signs is not None:
            return self.comparison(node, row.signs, row.ordering)
        overload = row.overloads[node.overload]
        args = [self.node(arg) for arg in (node.args[:1] if node.pattern is not None else node.args)]
        prepared = () if node.pattern is None else (node.pattern,)
        meaning: Callable[..., Value] = overload.scalar
        lookups, name = overload.lookups, text(node)

        def apply(scope: Scope) -> Value:
            values = [arg(scope) for arg in args]
            if any(isinstance(value, Undetermined) for value in values):
                return union(values)
            try:
                return meaning(scope.world, *values) if lookups else meaning(*values, *prepared)
            except Fault as fault:
                return Undetermined.because(fault.reason, name)

        return apply

    def comparison(self, node: Op, signs: frozenset[int], ordering: bool) -> Evaluator:
        strict = [self.node(arg) for arg in node.args]
        left, right = strict
        if ordering and any(may_be_below(arg) for arg in node.args):
            return self.bounded(node, signs, strict)
        if node.near:
            of_left, of_right = (self.magnitude(arg) for arg in node.args)

        def compare(scope: Scope) -> Value:
            a, b = left(scope), right(scope)
            if isinstance(a, Undetermined) or isinstance(b, Undetermined):
                return union((a, b))
            return sign(a, b) in signs

        def compare_near(scope: Scope) -> Value:
            a, b = left(scope), right(scope)
            if isinstance(a, Undetermined) or isinstance(b, Undetermined):
                return union((a, b))
            return near_sign(a, b, max(abs(a), abs(b), of_left(scope), of_right(scope))) in signs

        return compare_near if node.near else compare

    def bounded(self, node: Op, signs: frozenset[int], strict: Sequence[Evaluator]) -> Evaluator:
        """A comparison where a side may be known only to lie below its detection limit."""
        left, right = (self.raw(arg) for arg in node.args)
        of_left, of_right = (self.magnitude(arg) for arg in node.args)

        def compare(scope: Scope) -> Value:
            a, b = left(scope), right(scope)
            if isinstance(a, Below) and _plain(b) and b >= a.bound:
                return -1 in signs
            if isinstance(b, Below) and _plain(a) and a >= b.bound:
                return 1 in signs
            if not (_plain(a) and _plain(b)):
                return union(evaluate(scope) for evaluate in strict)
            if node.near:
                return near_sign(a, b, max(abs(a), abs(b), of_left(scope), of_right(scope))) in signs
            return sign(a, b) in signs

        return compare

    def magnitude(self, node: Node) -> Evaluator:
        """The largest magnitude among a value and the terms it was made of; only asked of values that are present."""
        if node in self.leaves or not isinstance(node, (Op, Let, If, Convert, Chain)):
            return self.size(node)
        match node:
            case Let(body=body):
                return self.magnitude(body)
            case Convert(arg=arg) if not isinstance(arg, Param):
                inner, factor = self.magnitude(arg), abs(node.numerator / node.denominator)
                return lambda scope: inner(scope) * factor
            case If():
                return self.chosen_magnitude(node)
            case Chain() if node.ending in ("sum", "avg", "min", "max"):
                tally = self.chain(node)
                return lambda scope: tally(scope).magnitude
            case Op():
                return self.terms(node)
        return self.size(node)

    def size(self, node: Node) -> Evaluator:
        value = self.node(node)

        def read(scope: Scope) -> float:
            found = value(scope)
            return abs(found) if isinstance(found, (int, float)) else 0.0

        return read

    def chosen_magnitude(self, node: If) -> Evaluator:
        test, then, otherwise = self.node(node.test), self.magnitude(node.then), self.magnitude(node.otherwise)
        return lambda scope: then(scope) if test(scope) is True else otherwise(scope)

    def terms(self, node: Op) -> Evaluator:
        own, parts = self.size(node), [self.magnitude(arg) for arg in node.args]
        match OPERATORS[node.key].terms:
            case "product":
                return lambda scope: parts[0](scope) * parts[1](scope)
            case "quotient":
                divisor = self.size(node.args[1])
                # divided one by one: a square would overflow, or vanish
                return lambda scope: parts[0](scope) / d * (parts[1](scope) / d) if (d := divisor(scope)) else 0.0
            case "sum" | "keep":
                return lambda scope: max(own(scope), *(part(scope) for part in parts))
        return own

    # --- chains

    def chain(self, node: Chain) -> Callable[[Scope], Tally]:
        source = self.source(node.source)
        level = int(node.var)
        through = passes(node)
        keep = None if node.filter is None else self.node(node.filter)
        judge = self.ending(node, through)

        def run(scope: Scope) -> Tally:
            elements = source(scope)
            if isinstance(elements, Undetermined):
                return Tally(elements)
            while len(scope.rows) <= level:
                scope.rows.append(None)
            members, waiting = _members(scope, level, elements, keep)
            if waiting:
                causes = accumulate((causes for _, causes in waiting), through)
                return Tally(Undetermined(causes), tuple(element for element, _ in waiting))
            return judge(scope, level, members)

        return run

    def source(self, source: Related | Listed | Given) -> Evaluator:
        match source:
            case Listed(cell=cell):
                return self.node(cell)
            case Given(items=items):
                evaluators = [self.node(item) for item in items]
                return lambda scope: [evaluate(scope) for evaluate in evaluators]
            case Related(row=row, kind=kind, by=by, path=path):
                return self.relation(self.row(row), row.kind, kind, by, path)
        raise AssertionError(source)  # pragma: no cover

    @staticmethod
    def relation(row: Evaluator, parent: str, kind: str, by: str, path: str) -> Evaluator:
        waiting = _Waiting(path)

        def read(scope: Scope) -> Value:
            found = row(scope)
            if isinstance(found, Undetermined):
                return found
            key = scope.world.own_key(found, parent)
            rows = key if isinstance(key, Reason) else scope.world.related(kind, by, key)
            return waiting[rows] if isinstance(rows, Reason) else rows

        return read

    def ending(self, node: Chain, through: Callable[[str], bool]) -> Callable[[Scope, int, list[Any]], Tally]:
        value = None if node.value is None else self.node(node.value)
        predicate = None if node.predicate is None else self.node(node.predicate)
        size = None if node.value is None else self.magnitude(node.value)
        name = chain_name(node)

        def judge(scope: Scope, level: int, members: list[Any]) -> Tally:
            values = members if value is None else _each(scope, level, members, value)
            if node.known:
                present = [i for i, v in enumerate(values) if not isinstance(v, Undetermined)]
                members, values = [members[i] for i in present], [values[i] for i in present]
            if predicate is not None:
                return _quantified(node.ending, members, _each(scope, level, members, predicate), through)
            undetermined = [(m, v) for m, v in zip(members, values, strict=True) if isinstance(v, Undetermined)]
            if undetermined:
                causes = accumulate((v.causes for _, v in undetermined), through)
                return Tally(Undetermined(causes), tuple(m for m, _ in undetermined))
            total = aggregated(node, values, name)
            largest = 0.0
            if size is not None and node.type.numeric and node.ending != "size":
                largest = max(_each(scope, level, members, size), default=0.0)
            return Tally(total, tuple(members), largest)

        return judge


def _each(scope: Scope, level: int, elements: Sequence[Any], evaluate: Evaluator) -> list[Value]:
    found = []
    for element in elements:
        scope.rows[level] = element
        found.append(evaluate(scope))
    return found


def _members(
    scope: Scope, level: int, elements: Sequence[Any], keep: Evaluator | None
) -> tuple[list[Any], list[tuple[Any, tuple[Cause, ...]]]]:
    if keep is None:
        return list(elements), []
    members, waiting = [], []
    for element, kept in zip(elements, _each(scope, level, elements, keep), strict=True):
        if isinstance(kept, Undetermined):
            waiting.append((element, kept.causes))
        elif kept:
            members.append(element)
    return members, waiting


def _quantified(ending: str, members: list[Any], results: list[Value], through: Callable[[str], bool]) -> Tally:
    """Kleene's quantifiers, with the elements that decide: those that make `exists` true or `all` false, the
    undetermined ones, or else every one."""
    true = [m for m, r in zip(members, results, strict=True) if r is True]
    false = [m for m, r in zip(members, results, strict=True) if r is False]
    waiting = [(m, r.causes) for m, r in zip(members, results, strict=True) if isinstance(r, Undetermined)]
    if ending == "exists" and true:
        return Tally(True, tuple(true))
    if ending == "all" and false:
        return Tally(False, tuple(false))
    if waiting:
        return Tally(Undetermined(accumulate((causes for _, causes in waiting), through)), tuple(m for m, _ in waiting))
    if ending == "exists_one":
        return Tally(len(true) == 1, tuple(true or members))
    return Tally(ending == "all", tuple(members))


def aggregated(node: Chain, values: list[Value], name: str) -> Value:
    """What a chain makes of its values, all of them present; `name` is what causes call it."""
    whole = node.type.name == "int"
    match node.ending:
        case "size":
            return len(values)
        case "sum" if whole:
            total = sum(values)
            return total if abs(total) <= MAX_INT else Undetermined.because(Reason.OUT_OF_RANGE, name)
        case "sum":
            return _total(values, 1, name)
    if not values:
        return Undetermined.because(Reason.EMPTY, name)
    match node.ending:
        case "avg":
            return _total(values, len(values), name)
        case "min":
            return min(values)
        case "max":
            return max(values)
    raise AssertionError(node.ending)  # pragma: no cover


def _total(values: list[Value], parts: int, name: str) -> Value:
    try:
        total = math.fsum(values)
    except OverflowError:
        total = math.inf
    return total / parts if math.isfinite(total) else Undetermined.because(Reason.OUT_OF_RANGE, name)


def passes(chain: Chain) -> Callable[[str], bool]:
    """Does a cause's path go through the relation or list of this chain (and so differ from row to row)?"""
    pattern = re.compile(r"(?<![\w.])" + re.escape(chain.source.path) + r"\.")
    return lambda path: pattern.search(path) is not None


def exact(decimal_text: str, factor: Fraction) -> float:
    """A decimal text times an exact factor, rounded once to 15 significant digits."""
    from hegui.units import to_number

    return to_number(decimal_text, factor)


class _Waiting(dict[Reason, Undetermined]):
    """What a path waits for, by reason; made when first met."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def __missing__(self, reason: Reason) -> Undetermined:
        return self.setdefault(reason, Undetermined.because(reason, self.path))


def _waiting(row: Row, index: int) -> dict[Reason, Undetermined]:
    path = row.path() if not row.refs else ".".join(part for part in (row.origin, *row.refs[: index + 1]) if part)
    return _Waiting(path)


def _bare(node: Node) -> Node:
    while isinstance(node, Let):
        node = node.body
    return node


def may_be_below(node: Node) -> bool:
    """May the value be known only to lie below a detection limit?"""
    bare = _bare(node)
    return isinstance(bare, Cell) and bare.detection


def _plain(value: Value) -> bool:
    return not isinstance(value, (Undetermined, Below))


def united(*values: Value) -> tuple[Cause, ...]:
    """The causes of the undetermined among some values."""
    return merge(value.causes for value in values if isinstance(value, Undetermined))
