"""Typed tree → columns: each condition as a narwhals expression over a plane, each chain as an aggregate joined back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import and_, or_
from typing import Final

import narwhals as nw

from hegui.datatypes import MAX_INT, Type
from hegui.language.meanings import EPSILON, day_number, keep, upper_half
from hegui.language.operators import OPERATORS
from hegui.language.planes import (
    CLASS_SHIFT,
    COUNT,
    ID,
    ROW,
    DatedValue,
    Plan,
    Plane,
    Workings,
    by_halves,
    counted,
    exploded,
    joined,
    keyed,
    literal,
    nothing,
    true,
    uncounted,
)
from hegui.language.rebase import substitute
from hegui.language.scalar import exact
from hegui.language.signatures import Expr, Overload
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


@dataclass(frozen=True)
class Aggregate:
    """The columns a chain leaves on the plane that consumes it, and what to make of them.

    `rows` counts the deciding elements, `first` is `class × 2⁴⁰ + #row` of the first of them.
    """

    value: Expr
    rows: Expr
    first: Expr | None
    magnitude: Expr | None
    waiting: Expr
    """How many elements have an undetermined filter."""
    members: Expr
    settled: Expr
    """No member has an undetermined value or predicate."""


class Conditions:
    """Translates the conditions of one rule: one method per node kind."""

    def __init__(self, plan: Plan, day: Node | date) -> None:
        self.plan = plan
        self.day = day

    def expr(self, node: Node, plane: Plane) -> Expr:
        """The column of a node on a plane; null where it is undetermined."""
        match node:
            case Const(value=value, type=type_):
                return literal(value, type_)
            case AsOf():
                return nw.lit(float(day_number(self.plan.as_of)))
            case Cell(row=row, field=name, type=type_):
                return plane.column(row, name, type_)
            case Element():
                return self.element(node, plane)
            case Param():
                return self.param(node, plane, None)
            case Convert():
                return self.convert(node, plane)
            case Let(body=body):
                return self.expr(body, plane)
            case Has(cell=cell):
                return self.has(cell, plane)
            case Logic():
                return self.logic(node, plane)
            case If():
                return self.choice(node, plane)
            case Op():
                return self.operation(node, plane)
            case Chain():
                return self.chain(node, plane).value
        raise AssertionError(node)  # pragma: no cover

    # --- leaves

    def element(self, node: Element, plane: Plane) -> Expr:
        if int(node.var) == plane.level:
            return nw.col("@element")
        return plane.carry(("element", node), lambda outer: self.element(node, outer), ())

    def act_day(self, plane: Plane) -> Expr:
        """The day of the act, as a column of any plane of the rule."""
        if isinstance(self.day, date):
            return nw.lit(float(day_number(self.day)))
        if plane.outer is None:
            return self.expr(self.day, plane)
        rows = [self.day.row] if isinstance(self.day, Cell) else None
        return plane.carry(("day", self.day), self.act_day, rows)

    def param(self, node: Param, plane: Plane, factor: Fraction | None) -> Expr:
        values = self.plan.tables.parameter(node.name)
        if isinstance(self._fixed(node), date):
            chosen = self.in_force(node)
            return nothing(node.type) if chosen is None else _valued(chosen, node.type, factor)
        day = self.act_day(plane) if node.on is None else self.expr(node.on, plane)
        result = nothing(node.type)
        for value in reversed(values):
            result = nw.when(value.within(day)).then(_valued(value, node.type, factor)).otherwise(result)
        return result

    def in_force(self, node: Param) -> DatedValue | None:
        """The value of a parameter where the day it is asked for is known before any row is; None where that or it is not."""
        fixed = self._fixed(node)
        if not isinstance(fixed, date):
            return None
        values, number = self.plan.tables.parameter(node.name), day_number(fixed)
        return next((value for value in values if value.holds(number)), None)

    def _fixed(self, node: Param) -> object:
        if isinstance(node.on, AsOf):
            return self.plan.as_of
        return self.day if node.on is None else node.on.value if isinstance(node.on, Const) else None

    def convert(self, node: Convert, plane: Plane) -> Expr:
        factor = Fraction(node.numerator, node.denominator)
        if isinstance(node.arg, Param):
            return self.param(node.arg, plane, factor)
        product = self.named(node.arg, plane) * float(factor)
        return keep(product.abs() < float("inf"), product)

    def has(self, cell: Cell, plane: Plane) -> Expr:
        present = ~plane.column(cell.row, cell.field, cell.type).is_null()
        return present | ~self.bound(cell, plane).is_null() if cell.detection else present

    def bound(self, cell: Cell, plane: Plane) -> Expr:
        """The detection limit a cell is known to lie below."""
        return plane.column(cell.row, f"{cell.field}#below", Type("number"))

    # --- connectives

    def logic(self, node: Logic, plane: Plane) -> Expr:
        joined = and_ if node.conjunction else or_
        return by_halves(joined, [self.expr(part, plane) for part in node.parts])

    def choice(self, node: If, plane: Plane) -> Expr:
        test = self.named(node.test, plane)
        then, otherwise = self.expr(node.then, plane), self.expr(node.otherwise, plane)
        return nw.when(test).then(then).otherwise(keep(~test, otherwise))

    # --- operations

    def operation(self, node: Op, plane: Plane) -> Expr:
        row = OPERATORS[node.key]
        overload = row.overloads[node.overload]
        if row.signs is not None:
            return self.comparison(node, overload, row.signs, row.ordering, plane)
        owner = (node, self.day_key(node))
        if node.pattern is not None:
            asked = (Workings(plane, owner),) if overload.steps else ()
            return overload.column(*asked, self.expr(node.args[0], plane), node.pattern)
        args = [self.asked(node, arg, plane) for arg in node.args]
        if not (overload.lookups or overload.steps):
            return overload.column(*args)
        return nw.col(plane.add(lambda _: overload.column(Workings(plane, owner), *args), ("worked", *owner)))

    def asked(self, node: Op, arg: Node, plane: Plane) -> Expr:
        """What an operation is given. To functions of plugins literals are columns like any other: not all that can be done to a
        column can be done to a literal everywhere."""
        if isinstance(arg, (Const, AsOf)) and node.key not in OPERATORS:
            return nw.col(plane.add(lambda _: self.expr(arg, plane), ("literal", arg)))
        return self.named(arg, plane)

    def named(self, node: Node, plane: Plane) -> Expr:
        """The column of a part that is used more than once: worked out and named, unless it is a plain column.

        Without this a chain of operations would grow as a power of its length, each guarding its arguments.
        """
        bare = node
        while isinstance(bare, Let):
            bare = bare.body
        if isinstance(bare, (Const, AsOf, Cell, Element)):
            return self.expr(bare, plane)
        owner = (bare, self.day_key(bare))
        return nw.col(plane.add(lambda _: self.expr(bare, plane), ("value", *owner)))

    def day_key(self, node: Node) -> Hashable:
        """What tells equal nodes of different rules apart: the day their parameters are taken on."""
        from hegui.language.tree import walk

        return self.day if any(isinstance(part, Param) and part.on is None for part in walk(node)) else None

    def comparison(self, node: Op, overload: Overload, signs: frozenset[int], ordering: bool, plane: Plane) -> Expr:
        left, right = (self.named(arg, plane) for arg in node.args)
        result = overload.column(left, right)
        if node.near:
            near = (left - right).abs() <= self.scale(node, left, right, plane) * EPSILON
            agreed = nw.lit(0 in signs)
            result = nw.when(near).then(agreed).otherwise(keep(~near, result))
        if ordering:
            for index, sign in ((0, -1), (1, 1)):
                cell = _cell(node.args[index])
                if cell is not None and cell.detection:
                    other = right if index == 0 else left
                    decided = true(other >= self.bound(cell, plane))
                    result = nw.when(decided).then(nw.lit(sign in signs)).otherwise(result)
        return result

    def scale(self, node: Op, left: Expr, right: Expr, plane: Plane) -> Expr:
        magnitudes = [self.magnitude(arg, plane) for arg in node.args]
        return nw.max_horizontal(left.abs(), right.abs(), *magnitudes)

    def magnitude(self, node: Node, plane: Plane) -> Expr:
        """As `scalar.magnitude`."""
        match node:
            case Let(body=body):
                return self.magnitude(body, plane)
            case Convert(arg=arg) if not isinstance(arg, Param):
                return self.magnitude(arg, plane) * abs(node.numerator / node.denominator)
            case If(test=test, then=then, otherwise=otherwise):
                chosen = nw.when(true(self.expr(test, plane))).then(self.magnitude(then, plane))
                return chosen.otherwise(self.magnitude(otherwise, plane))
            case Chain() if node.type.numeric:
                found = self.chain(node, plane)
                return found.value.abs() if found.magnitude is None else found.magnitude
            case Op():
                return self.terms(node, plane)
        value = self.named(node, plane)
        return value.abs() if node.type.numeric else nw.lit(0.0)

    def terms(self, node: Op, plane: Plane) -> Expr:
        own = self.named(node, plane).abs() if node.type.numeric else nw.lit(0.0)
        terms = OPERATORS[node.key].terms
        if terms is None:
            return own
        parts = [self.magnitude(arg, plane) for arg in node.args]
        if terms == "product":
            return parts[0] * parts[1]
        if terms == "quotient":
            divisor = self.named(node.args[1], plane)
            return parts[0] * parts[1] / keep(divisor != 0.0, divisor * divisor)
        return nw.max_horizontal(own, *parts)

    # --- chains

    def chain(self, node: Chain, plane: Plane) -> Aggregate:
        """What a chain comes to on a plane; made once for equal chains."""
        key = ("chain", node, self.day_key(node))
        if key not in plane.made:
            plane.made[key] = self._given(node, plane) if isinstance(node.source, Given) else self._grouped(node, plane)
        found: Aggregate = plane.made[key]
        return found

    def _given(self, node: Chain, plane: Plane) -> Aggregate:
        """A list literal: its items side by side."""
        assert isinstance(node.source, Given)
        turns = []
        for item in node.source.items:
            keep_, value, predicate = turned(node, item)
            turns.append(self.elementwise(node, keep_, value, predicate, plane, None))
        columns = {name: _across(name, [turn[name] for turn in turns]) for name in turns[0]}
        return _outcome(node, columns)

    def _grouped(self, node: Chain, plane: Plane) -> Aggregate:
        """A relation or list field: grouped by the row of the plane and joined back."""
        inner = self.inside(node, plane)
        if inner is None:
            zero = nw.lit(0.0)
            return Aggregate(nothing(node.type), zero, None, None, zero, zero, nw.lit(False))
        columns = self.elementwise(node, *bodies(node), inner, ROW if inner.kind else None)
        names = {name: self.plan.fresh() for name in columns}
        asked = {names[name]: (column, _how(name)) for name, column in columns.items()}
        if node.filter is None and not node.known:  # as many for every chain over the same elements
            already = plane.made.setdefault(("members", node.source), names["members"])
            if already != names["members"]:
                del asked[names["members"]]
                names["members"] = already
        self.gather(node, inner, asked, plane)
        present = ~self.source_key(node, plane).is_null()
        return _outcome(node, {name: nw.col(names[name]) for name in columns}, present)

    def inside(self, node: Chain, plane: Plane) -> Plane | None:
        """The plane of a chain's elements; None where the table was not supplied."""
        match node.source:
            case Related(kind=kind, row=row):
                reachable = self.reachable(row, plane)
                return (
                    Plane(self.plan, int(node.var), kind, plane)
                    if reachable and self.plan.tables.frame(kind) is not None
                    else None
                )
            case Listed(cell=cell):
                return (
                    Plane(self.plan, int(node.var), None, plane, ids=[], distinct=True)
                    if self.reachable(cell.row, plane)
                    else None
                )
        raise AssertionError(node)  # pragma: no cover

    def reachable(self, row: Row, plane: Plane) -> bool:
        """Were the tables of every reference on the way supplied?"""
        return all(self.plan.tables.frame(kind) is not None for kind in row.kinds)

    def source_key(self, node: Chain, plane: Plane) -> Expr:
        """Null where the relation or list itself is undetermined."""
        match node.source:
            case Related(row=row):
                return plane.column(row, ID, Type("string"))
            case Listed(cell=cell):
                return plane.column(cell.row, cell.field, cell.type)
        raise AssertionError(node)  # pragma: no cover

    def elementwise(
        self,
        node: Chain,
        filter_: Node | None,
        value: Node | None,
        predicate: Node | None,
        plane: Plane,
        number: str | None,
    ) -> dict[str, Expr]:
        """The columns to aggregate, over the elements. Their names say how (see `_how`)."""
        kept = None if filter_ is None else self.expr(filter_, plane)
        member = nw.lit(True) if kept is None else true(kept)
        columns = {} if kept is None else {"waiting": counted(kept.is_null())}
        values = None if value is None else self.expr(value, plane)
        if node.known and values is not None:
            member = member & ~values.is_null()
        columns["members"] = counted(member)
        if predicate is not None:
            decided = self.expr(predicate, plane)
            open_ = member & decided.is_null()
            columns |= {"yes": counted(member & true(decided)), "open": counted(open_)}
            columns["no"] = counted(member & true(~decided))
        else:
            open_ = member & values.is_null() if values is not None else nw.lit(False)
            columns["open"] = counted(open_)
            if values is not None and node.ending != "size":
                columns |= self.measured(node, keep(member, values), value, member, plane)
        if number is not None:
            columns["first"] = self.ranked(node, columns, member, kept) * CLASS_SHIFT + nw.col(number).cast(nw.Float64)
        return columns

    def measured(self, node: Chain, values: Expr, value: Node | None, member: Expr, plane: Plane) -> dict[str, Expr]:
        assert value is not None
        columns: dict[str, Expr] = {}
        if node.ending in ("sum", "avg"):
            columns |= self.summed(node, values, value, plane)
        else:
            columns["least" if node.ending == "min" else "greatest"] = values
        if node.type.name == "number":
            columns["magnitude"] = keep(member, self.magnitude(value, plane))
        return columns

    def summed(self, node: Chain, values: Expr, value: Node, plane: Plane) -> dict[str, Expr]:
        """Ints are added up exactly, around the end of their range too, which the sum of them as doubles tells; doubles in
        halves, so that many equal ones leave no more rounding than one."""
        if node.type.name == "int":
            return {"int_total": values.cast(nw.Int64), "total": values}
        upper = plane.add(lambda _: upper_half(self.named(value, plane)), ("upper half", value, self.day_key(value)))
        return {"total": keep(~values.is_null(), nw.col(upper)), "rest": values - nw.col(upper)}

    @staticmethod
    def ranked(node: Chain, columns: dict[str, Expr], member: Expr, kept: Expr | None) -> Expr:
        """0 for the elements that decide before all others, then 1, 2, 3; null for those left out."""
        order = {"exists": ("yes", "open", "no"), "all": ("no", "open", "yes"), "exists_one": ("open", "yes", "no")}
        rank = nw.lit(3.0)
        for position, name in reversed(list(enumerate(order.get(node.ending, ("open",)), start=1))):
            rank = nw.when(columns[name] > 0.0).then(nw.lit(float(position))).otherwise(rank)
        rank = keep(member, rank)
        return rank if kept is None else nw.when(kept.is_null()).then(nw.lit(0.0)).otherwise(rank)

    def gather(self, node: Chain, inner: Plane, columns: dict[str, tuple[Expr, str]], plane: Plane) -> None:
        """Add the step that aggregates columns of the inner plane and joins them back."""
        source = node.source
        if _taken_along(source, inner, columns, plane):
            return
        if isinstance(source, Related):
            own = plane.column(source.row, ID, Type("string"))
            key = plane.add(lambda _: own, ("relation key", source.row))
            step = joined if inner.carried else keyed
            plane.steps.append(lambda frame: step(frame, plane, inner, key, source, columns))
            return
        assert isinstance(source, Listed)
        cell = source.cell
        items = plane.column(
            cell.row, cell.field, cell.type
        )  # asked for now: a reference on the way is a step before this one
        plane.steps.append(lambda frame: exploded(frame, plane, inner, source, items, columns))


def _taken_along(
    source: Related | Listed | Given, inner: Plane, columns: dict[str, tuple[Expr, str]], plane: Plane
) -> bool:
    """Chains over the same elements that need nothing but these are aggregated in one step: is there one already?"""
    if inner.carried or inner.joins:
        return False
    key = ("elements", source)
    if key not in plane.made:
        plane.made[key] = inner, columns
        return False
    first, taken = plane.made[key]
    first.steps += inner.steps
    first.columns_only += inner.columns_only
    taken.update(columns)
    return True


INT_SUMS: Final = 2.0**62
"""Where a sum of ints is nearer to nothing than this, eight bytes hold it."""
_HOW: Final = dict.fromkeys(("waiting", "members", "yes", "no", "open"), COUNT) | {
    "least": "min", "first": "min", "greatest": "max", "magnitude": "max",
}  # fmt: skip


def _how(name: str) -> str:
    return _HOW.get(name, "sum")


def _across(name: str, turns: list[Expr]) -> Expr:
    """The same aggregates over the items of a list literal, side by side."""
    match _how(name):
        case "min":
            return nw.min_horizontal(*turns)
        case "max":
            return nw.max_horizontal(*turns)
    return nw.sum_horizontal(*turns)


def _outcome(node: Chain, columns: dict[str, Expr], present: Expr | None = None) -> Aggregate:
    """The value of a chain from its aggregates; a row without elements has none of them."""

    def count(name: str) -> Expr:
        return uncounted(columns[name]) if name in columns else nw.lit(0.0)

    waiting, open_, members = count("waiting"), count("open"), count("members")
    yes, no = count("yes"), count("no")
    sound = (waiting == 0.0) if present is None else present & (waiting == 0.0)
    rows = {"exists": (yes, open_), "all": (no, open_), "exists_one": (open_, yes)}.get(node.ending, (open_,))
    deciding = members
    for number in (*reversed(rows), waiting):
        deciding = nw.when(number > 0.0).then(number).otherwise(deciding)
    value = keep(sound, _ended(node, columns, yes, no, open_, members))
    magnitude = columns.get("magnitude")
    filled = None if magnitude is None else magnitude.fill_null(0.0)
    return Aggregate(value, deciding, columns.get("first"), filled, waiting, members, open_ == 0.0)


def _ended(node: Chain, columns: dict[str, Expr], yes: Expr, no: Expr, open_: Expr, members: Expr) -> Expr:
    known = open_ == 0.0
    match node.ending:
        case "exists":
            return nw.when(yes > 0.0).then(nw.lit(True)).otherwise(keep(known, nw.lit(False)))
        case "all":
            return nw.when(no > 0.0).then(nw.lit(False)).otherwise(keep(known, nw.lit(True)))
        case "exists_one":
            return keep(known, yes == 1.0)
        case "size":
            return keep(known, members)
        case "sum" if node.type.name == "int":
            total, near = (columns[name].cast(nw.Float64).fill_null(0.0) for name in ("int_total", "total"))
            return keep(known & (total.abs() <= float(MAX_INT)) & (near.abs() < INT_SUMS), total)
        case "sum":
            total = (columns["total"] + columns["rest"]).fill_null(0.0)
            return keep(known & (total.abs() < float("inf")), total)
        case "avg":
            total = (columns["total"] + columns["rest"]) / keep(members > 0.0, members)
            return keep(known & (total.abs() < float("inf")), total)
        case "min" | "max":
            return keep(known & (members > 0.0), columns["least" if node.ending == "min" else "greatest"])
    raise AssertionError(node.ending)  # pragma: no cover


def bodies(node: Chain) -> tuple[Node | None, Node | None, Node | None]:
    """Filter, value and predicate of a chain."""
    return node.filter, node.value, node.predicate


def turned(node: Chain, item: Node) -> tuple[Node | None, Node | None, Node | None]:
    """The bodies of a chain over a list literal, for one of its items."""
    keep_, value, predicate = (None if part is None else substitute(part, node.var, item) for part in bodies(node))
    return keep_, value, predicate


def _cell(node: Node) -> Cell | None:
    while isinstance(node, Let):
        node = node.body
    return node if isinstance(node, Cell) else None


def _valued(value: DatedValue, type_: Type, factor: Fraction | None) -> Expr:
    return literal(value.value, type_) if factor is None else nw.lit(exact(value.text, factor))
