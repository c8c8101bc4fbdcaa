"""Typed tree → plan over columns: joins and grouped aggregates in steps, then narwhals expressions.

A `Plane` is a frame that grows as conditions ask for more: following a reference is a left join, consuming a
relation is an aggregate over the related rows joined back. Expressions are built first and only name columns; the
frame is assembled afterwards, so that a step knows which outer columns it must bring along. Equal parts of different
conditions are one step.

Null is undetermined. Int and date columns are doubles here (days since 1970-01-01).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final, Protocol

import narwhals as nw

from hegui.datatypes import MAX_INT, Type
from hegui.language.operators import EPSILON, OPERATORS, Columns, Expr, Overload, day_number, keep
from hegui.language.rebase import substitute
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
)

Frame = nw.LazyFrame[Any]

ROW: Final = "#row"
ID: Final = "#id"
"""The key of a row of a kind with a single key, as text: what references hold."""
CLASS_SHIFT: Final = float(2**40)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter, with the days it is in force as day numbers (None: open)."""

    start: int | None
    end: int | None
    value: Any
    text: str


class Tables(Protocol):
    """What a plan is made over: the conformed tables of one engine, as narwhals frames.

    Each frame has the fields of its kind (int and date as doubles; list fields as they are), the hidden columns of
    `facts.registry`, and `#id`.
    """

    def frame(self, kind: str) -> Frame | None: ...
    def columns(self, kind: str) -> Sequence[str]: ...
    def workdays(self) -> tuple[Frame, Frame]:
        """(`day`, `index`) for every day of the calendar; (`index`, `day`) for its working days. All doubles."""
        ...

    def parameter(self, name: str) -> Sequence[DatedValue]: ...


DTYPES: Final = {
    "string": nw.String, "code": nw.String, "ref": nw.String, "int": nw.Float64, "number": nw.Float64,
    "bool": nw.Boolean, "date": nw.Float64, "days": nw.Float64,
}  # fmt: skip


def nothing(type_: Type) -> Expr:
    """A column of undetermined values."""
    return nw.lit(None, dtype=DTYPES.get(type_.name, nw.String))


def literal(value: object, type_: Type) -> Expr:
    """A constant column."""
    if isinstance(value, date):
        value = float(day_number(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return nw.lit(value, dtype=DTYPES[type_.name])


def counted(condition: Expr) -> Expr:
    """1 where the condition is true, 0 elsewhere (null included)."""
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def true(condition: Expr) -> Expr:
    """The condition with null counted as false."""
    return condition.fill_null(False)


Step = Callable[[Frame], Frame]


@dataclass
class Plane:
    """A frame being widened: the rows judged (level 0) or the rows of a relation inside a quantifier.

    `steps` turn the base frame into one with every column asked for so far; `carried` are columns brought in from
    the plane outside; `made` remembers what exists already, so that equal parts are made once.
    """

    plan: Plan
    level: int
    kind: str | None
    outer: Plane | None = None
    steps: list[Step] = field(default_factory=list)
    made: dict[Hashable, Any] = field(default_factory=dict)
    carried: dict[str, Expr] = field(default_factory=dict)
    ids: list[str] = field(default_factory=lambda: [ROW])
    distinct: bool = False

    def add(self, make: Callable[[str], Expr], key: Hashable) -> str:
        """The name of a column holding an expression, added as a step unless there is one for `key`."""
        if key not in self.made:
            name = self.plan.fresh()
            self.made[key] = name
            self.steps.append(lambda frame, name=name, column=make(name): frame.with_columns(column.alias(name)))
        return str(self.made[key])

    def carry(self, key: Hashable, make: Callable[[Plane], Expr]) -> Expr:
        """A column of the plane outside, brought along."""
        assert self.outer is not None
        if key not in self.made:
            name = self.plan.fresh()
            self.made[key] = name
            self.carried[name] = make(self.outer)
        return nw.col(self.made[key])

    def assembled(self, base: Frame) -> Frame:
        for step in self.steps:
            base = step(base)
        return base

    # --- rows

    def at(self, row: Row) -> bool:
        """Is this the plane the row belongs to?"""
        return int(row.var or 0) == self.level

    def prefix(self, row: Row) -> str | None:
        """Prefix of the columns of a row of this plane, after following its references; None where a table on the
        way was not supplied."""
        prefix = ""
        for index, ref in enumerate(row.refs):
            joined = self._followed(prefix, ref, row.kinds[index + 1])
            if joined is None:
                return None
            prefix = joined
        return prefix

    def _followed(self, prefix: str, ref: str, kind: str) -> str | None:
        key = ("follow", prefix, ref)
        if key not in self.made:
            target = self.plan.tables.frame(kind)
            self.made[key] = None if target is None else f"{prefix}{ref}."
            if target is not None:
                self.steps.append(self._follow(target, f"{prefix}{ref}", f"{prefix}{ref}.", kind))
        return None if self.made[key] is None else str(self.made[key])

    def _follow(self, target: Frame, on: str, prefix: str, kind: str) -> Step:
        names = self.plan.tables.columns(kind)
        renamed = target.select(*(nw.col(name).alias(prefix + name) for name in names))
        return lambda frame: frame.join(renamed, left_on=on, right_on=prefix + ID, how="left").with_columns(
            nw.col(on).alias(prefix + ID)
        )

    def column(self, row: Row, name: str, type_: Type) -> Expr:
        """A column of a row in reach, `name` being a field or a hidden column."""
        if not self.at(row):
            return self.carry(("cell", row, name), lambda outer: outer.column(row, name, type_))
        prefix = self.prefix(row)
        if prefix is None or name not in self.plan.tables.columns(row.kind):
            return nothing(type_)
        return nw.col(prefix + name)

    # --- calendar

    def lookup(self, table: Frame, on: Expr, key: Hashable) -> Expr:
        """The second column of a two-column table, where the first is `on`."""
        source, target = table.collect_schema().names()
        if key not in self.made:
            name, probe = self.plan.fresh(), self.plan.fresh()
            self.made[key] = name
            renamed = table.select(nw.col(source).alias(probe), nw.col(target).alias(name))
            self.steps.append(lambda frame: frame.with_columns(on.alias(probe)).join(renamed, on=probe, how="left"))
        return nw.col(self.made[key])


@dataclass
class Workings(Columns):
    """The columns one operation works itself out with, on one plane."""

    plane: Plane
    owner: Hashable
    made: int = 0

    def _key(self) -> Hashable:
        self.made += 1
        return ("working", self.owner, self.made)

    def let(self, column: Expr) -> Expr:
        return nw.col(self.plane.add(lambda _: column, self._key()))

    def workday_index(self, day: Expr) -> Expr:
        return self.plane.lookup(self.plane.plan.tables.workdays()[0], day, self._key())

    def workday_at(self, index: Expr) -> Expr:
        return self.plane.lookup(self.plane.plan.tables.workdays()[1], index, self._key())


@dataclass
class Plan:
    """Everything conditions about one kind ask of the tables, over its plane of level 0.

    `day` is the day of the act: a constant, or set to an expression by the engine before conditions that use
    parameters are added.
    """

    tables: Tables
    kind: str
    as_of: date
    keys: dict[str, str]
    """kind → its single key field."""
    _names: int = 0

    def __post_init__(self) -> None:
        self.root = Plane(self, 0, self.kind)

    def fresh(self) -> str:
        self._names += 1
        return f"~{self._names}"

    def condition(self, day: Node | date) -> Conditions:
        """A translator for the conditions of a rule whose act falls on `day`."""
        return Conditions(self, day)


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
        return plane.carry(("element", node), lambda outer: self.element(node, outer))

    def act_day(self, plane: Plane) -> Expr:
        """The day of the act, as a column of any plane of the rule."""
        if isinstance(self.day, date):
            return nw.lit(float(day_number(self.day)))
        if plane.outer is None:
            return self.expr(self.day, plane)
        return plane.carry(("day", self.day), self.act_day)

    def param(self, node: Param, plane: Plane, factor: Fraction | None) -> Expr:
        values = self.plan.tables.parameter(node.name)
        fixed = self.day if node.on is None else node.on.value if isinstance(node.on, Const) else None
        if isinstance(node.on, AsOf):
            fixed = self.plan.as_of
        if isinstance(fixed, date):
            number = day_number(fixed)
            chosen = next((value for value in values if _holds(value, number)), None)
            return nothing(node.type) if chosen is None else _valued(chosen, node.type, factor)
        day = self.act_day(plane) if node.on is None else self.expr(node.on, plane)
        result = nothing(node.type)
        for value in reversed(values):
            result = nw.when(_within(day, value)).then(_valued(value, node.type, factor)).otherwise(result)
        return result

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
        first, *rest = (self.expr(part, plane) for part in node.parts)
        for part in rest:
            first = first & part if node.conjunction else first | part
        return first

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
        if node.pattern is not None:
            return overload.column(self.expr(node.args[0], plane), node.pattern)
        args = [self.named(arg, plane) for arg in node.args]
        if not (overload.lookups or overload.steps):
            return overload.column(*args)
        owner = (node, self.day_key(node))
        return nw.col(plane.add(lambda _: overload.column(Workings(plane, owner), *args), ("worked", *owner)))

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
            parts = [None if part is None else substitute(part, node.var, item) for part in bodies(node)]
            turns.append(self.elementwise(node, *parts, plane, None))
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
        self.gather(node, inner, {names[name]: (column, _how(name)) for name, column in columns.items()}, plane)
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
        columns = {"waiting": counted(kept.is_null() if kept is not None else nw.lit(False))}
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
            whole = node.type.name == "int"
            columns["int_total" if whole else "total"] = values.cast(nw.Int64) if whole else values
        else:
            columns["least" if node.ending == "min" else "greatest"] = values
        if node.type.name == "number":
            columns["magnitude"] = keep(member, self.magnitude(value, plane))
        return columns

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
        if isinstance(source, Related):
            own = plane.column(source.row, ID, Type("string"))
            key = plane.add(lambda _: own, ("relation key", source.row))
            related = self.plan.tables.frame(source.kind)
            assert related is not None
            if inner.carried:
                plane.steps.append(lambda frame: _joined(frame, plane, inner, key, related, source.by, columns))
            else:
                plane.steps.append(lambda frame: _keyed(frame, inner, key, related, source.by, columns))
            return
        assert isinstance(source, Listed)
        items = plane.column(source.cell.row, source.cell.field, source.cell.type)
        element = source.cell.type.element
        assert element is not None
        plane.steps.append(lambda frame: _exploded(frame, plane, inner, items, element, columns))


# --- steps over frames ---------------------------------------------------------------------------------------------

Columns_ = dict[str, tuple[Expr, str]]


def _outside(frame: Frame, plane: Plane, inner: Plane, extra: dict[str, Expr]) -> tuple[Frame, list[str]]:
    """The outer rows an inner plane needs: their identity under names of their own, and what is carried in."""
    ids = [f"@{plane.level}.{index}" for index in range(len(plane.ids))]
    inner.ids = [*ids, ROW if inner.kind else "@element"]
    columns = [nw.col(own).alias(id_) for own, id_ in zip(plane.ids, ids, strict=True)]
    carried = [column.alias(name) for name, column in (inner.carried | extra).items()]
    selected = frame.select(*columns, *carried)
    return (selected.unique() if plane.distinct else selected), ids


def _joined(frame: Frame, plane: Plane, inner: Plane, key: str, related: Frame, by: str, columns: Columns_) -> Frame:
    outside, ids = _outside(frame, plane, inner, {"@key": nw.col(key)})
    joined = outside.join(related, left_on="@key", right_on=by, how="inner")
    rows = inner.assembled(joined.with_columns(nw.col("@key").alias(by)))
    grouped = _aggregated(rows, ids, columns)
    return frame.join(grouped, left_on=plane.ids, right_on=ids, how="left")


def _keyed(frame: Frame, inner: Plane, key: str, related: Frame, by: str, columns: Columns_) -> Frame:
    """The elements do not depend on the outer row: aggregate once per key."""
    rows = inner.assembled(related.filter(~nw.col(by).is_null()))
    return frame.join(_aggregated(rows, [by], columns), left_on=key, right_on=by, how="left")


def _exploded(frame: Frame, plane: Plane, inner: Plane, items: Expr, element: Type, columns: Columns_) -> Frame:
    outside, ids = _outside(frame, plane, inner, {"@element": items})
    rows = outside.filter(~nw.col("@element").is_null()).explode("@element")
    rows = rows.filter(~nw.col("@element").is_null()).with_columns(as_element(nw.col("@element"), element))
    grouped = _aggregated(inner.assembled(rows), ids, columns)
    return frame.join(grouped, left_on=plane.ids, right_on=ids, how="left")


def as_element(column: Expr, element: Type) -> Expr:
    """An item of a list column in the form conditions compute with."""
    if element.name == "date":
        # days since the epoch, as elsewhere; the item is still a date inside its list
        return (column.cast(nw.Datetime("ms")).dt.timestamp("ms") / 86_400_000.0).cast(nw.Float64)
    return column.cast(DTYPES[element.name])


def _aggregated(rows: Frame, ids: list[str], columns: Columns_) -> Frame:
    made = rows.select(*(nw.col(id_) for id_ in ids), *(column.alias(name) for name, (column, _) in columns.items()))
    aggregates = [getattr(nw.col(name), how)() for name, (_, how) in columns.items()]
    return made.group_by(*ids).agg(*aggregates)


_HOW: Final = {"least": "min", "first": "min", "greatest": "max", "magnitude": "max"}


def _how(name: str) -> str:
    return _HOW.get(name, "sum")


def _across(name: str, turns: list[Expr]) -> Expr:
    """The same aggregates over the items of a list literal, side by side."""
    if _how(name) == "sum":
        return nw.sum_horizontal(*turns)
    return nw.min_horizontal(*turns) if _how(name) == "min" else nw.max_horizontal(*turns)


def _outcome(node: Chain, columns: dict[str, Expr], present: Expr | None = None) -> Aggregate:
    """The value of a chain from its aggregates; a row without elements has none of them."""

    def count(name: str) -> Expr:
        return columns[name].fill_null(0.0) if name in columns else nw.lit(0.0)

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
        case "sum":
            whole = node.type.name == "int"
            total = (columns["int_total"].cast(nw.Float64) if whole else columns["total"]).fill_null(0.0)
            limit = float(MAX_INT) if whole else 1.7976931348623157e308
            return keep(known & (total.abs() <= limit), total)
        case "avg":
            total = columns["total"] / keep(members > 0.0, members)
            return keep(known & (total.abs() < float("inf")), total)
        case "min" | "max":
            return keep(known & (members > 0.0), columns["least" if node.ending == "min" else "greatest"])
    raise AssertionError(node.ending)  # pragma: no cover


def bodies(node: Chain) -> tuple[Node | None, Node | None, Node | None]:
    return node.filter, node.value, node.predicate


def _cell(node: Node) -> Cell | None:
    while isinstance(node, Let):
        node = node.body
    return node if isinstance(node, Cell) else None


def _holds(value: DatedValue, day: int) -> bool:
    return (value.start is None or value.start <= day) and (value.end is None or day <= value.end)


def _within(day: Expr, value: DatedValue) -> Expr:
    inside = ~day.is_null()
    if value.start is not None:
        inside = inside & (day >= float(value.start))
    if value.end is not None:
        inside = inside & (day <= float(value.end))
    return inside


def _valued(value: DatedValue, type_: Type, factor: Fraction | None) -> Expr:
    return literal(value.value, type_) if factor is None else nw.lit(exact(value.text, factor))
