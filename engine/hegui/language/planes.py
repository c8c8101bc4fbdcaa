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
from typing import Any, Final, Protocol, TypeVar

import narwhals as nw

from hegui.datatypes import Type
from hegui.language.meanings import day_number
from hegui.language.pattern import Pattern
from hegui.language.signatures import Columns, Expr
from hegui.language.tree import Listed, Related, Row

Frame = nw.LazyFrame[Any]

ROW: Final = "#row"
ID: Final = "#id"
"""The key of a row of a kind with a single key, as text: what references hold."""
CLASS_SHIFT: Final = float(2**40)
COUNT: Final = "count"
"""The aggregate of a column that is 1 or 0: their sum, kept in four bytes, since there is one of each for every row."""
_SUMS: Final = {COUNT: "sum"}
STEP: Final = ">"
"""Between the references that are followed and the field, in the name of a column. No dot: to Spark that is a field of
a struct."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter, with the days it is in force as day numbers (None: open)."""

    start: int | None
    end: int | None
    value: Any
    text: str

    def holds(self, day: int) -> bool:
        """Is it in force on a day?"""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def within(self, day: Expr) -> Expr:
        """The same of a column of days; false where the day is undetermined."""
        inside = ~day.is_null()
        if self.start is not None:
            inside = inside & (day >= float(self.start))
        if self.end is not None:
            inside = inside & (day <= float(self.end))
        return inside


@dataclass(frozen=True, slots=True)
class Strip:
    """The rows whose key, as text, is at least `start` and below `end` (None: open)."""

    start: str | None
    end: str | None

    def holds(self, key: Expr) -> Expr:
        """Is it the key of one of them? What has no key belongs to those without a start."""
        ended = nw.lit(True) if self.end is None else key < self.end
        return ended.fill_null(True) if self.start is None else true(ended & (key >= self.start))


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
    def matching(self, text: Expr, pattern: Pattern) -> Expr | None:
        """Does a pattern match anywhere in a text; None where only `searched` may ask."""
        ...

    def searched(self, frame: Frame, text: str, pattern: Pattern, name: str) -> Frame:
        """The frame with a column `name` that says whether the pattern matches anywhere in the column `text`."""
        ...


DTYPES: Final[dict[str, Any]] = {
    "string": nw.String, "code": nw.String, "ref": nw.String, "int": nw.Float64, "number": nw.Float64,
    "bool": nw.Boolean, "date": nw.Float64, "days": nw.Float64,
}  # fmt: skip


def nothing(type_: Type) -> Expr:
    """A column of undetermined values."""
    return nw.lit(None, dtype=DTYPES.get(type_.name, nw.String))


def literal(value: Any, type_: Type) -> Expr:
    """A constant column."""
    if isinstance(value, date):
        value = float(day_number(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return nw.lit(value, dtype=DTYPES[type_.name])


def counted(condition: Expr) -> Expr:
    """1 where the condition is true, 0 elsewhere (null included)."""
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def uncounted(count: Expr) -> Expr:
    """A count over elements, as conditions compute with it; of no elements at all it is 0."""
    return count.cast(nw.Float64).fill_null(0.0)


def true(condition: Expr) -> Expr:
    """The condition with null counted as false."""
    return condition.fill_null(False)


def by_halves(join: Callable[[Expr, Expr], Expr], terms: Sequence[Expr]) -> Expr:
    """Terms joined by an operator that may be bracketed as one likes: not one upon another, which a thousand terms would be too
    deep for, but in pairs, pairs of pairs and so on."""
    left = list(terms)
    while len(left) > 1:
        pairs = [join(one, other) for one, other in zip(left[::2], left[1::2], strict=False)]
        left = [*pairs, *left[2 * len(pairs) :]]
    return left[0]


Step = Callable[[Frame], Frame]
Made = TypeVar("Made")


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
    further: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Prefix of a row that a reference leads to → the references followed from it, with the kinds they lead to."""
    columns_only: int = 0
    """How many of the steps only add columns."""
    arrivals: dict[str, int] = field(default_factory=dict)
    """Prefix of a row that a reference leads to → after how many steps its columns are there."""
    needs: int = 0
    """After how many steps of the plane outside everything carried in is there."""
    stages: list[Frame] = field(default_factory=list)
    """The frame after each of the steps, the base first."""

    @property
    def joins(self) -> int:
        """How many of the steps bring columns from elsewhere."""
        return len(self.steps) - self.columns_only

    def unless_joined(self, make: Callable[[], Made]) -> Made | None:
        """What is made, unless that takes a join more; then None, and the plane stays as it was."""
        steps, made, columns_only, joins = list(self.steps), dict(self.made), self.columns_only, self.joins
        further = {prefix: list(each) for prefix, each in self.further.items()}
        arrivals = dict(self.arrivals)
        found = make()
        if self.joins == joins:
            return found
        self.steps, self.made, self.columns_only, self.further = steps, made, columns_only, further
        self.arrivals = arrivals
        return None

    def add(self, make: Callable[[str], Expr], key: Hashable) -> str:
        """The name of a column holding an expression, added as a step unless there is one for `key`."""
        if key not in self.made:
            name = self.plan.fresh()
            self.made[key] = name
            column = make(name).alias(name)
            self.steps.append(lambda frame: frame.with_columns(column))
            self.columns_only += 1
        return str(self.made[key])

    def carry(self, key: Hashable, make: Callable[[Plane], Expr], rows: Sequence[Row] | None = None) -> Expr:
        """A column of the plane outside, brought along; `rows` are those it is made of, unless more went into it."""
        assert self.outer is not None
        if key not in self.made:
            name = self.plan.fresh()
            self.made[key] = name
            self.carried[name] = make(self.outer)
            outer = self.outer
            after = [len(outer.steps)] if rows is None else [outer.arrival(row) for row in rows]
            self.needs = max(self.needs, *after, 0)
        return nw.col(self.made[key])

    def arrival(self, row: Row) -> int:
        """After how many steps the columns of a row are there: at once, unless references of this plane lead to it."""
        return self.arrivals.get(self.prefix(row) or "", 0) if self.at(row) else 0

    def assembled(self, base: Frame) -> Frame:
        self.stages = [base]
        for step in self.steps:
            self.stages.append(step(self.stages[-1]))
        return self.stages[-1]

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
            known = self.plan.tables.frame(kind) is not None
            self.made[key] = f"{prefix}{ref}{STEP}" if known else None
            if known and prefix and not self.plan.narrow:
                self.further.setdefault(prefix, []).append((ref, kind))
                self.arrivals[f"{prefix}{ref}{STEP}"] = self.arrivals[prefix]
            elif known:
                self.steps.append(lambda frame: self._follow(frame, prefix, ref, kind))
                self.arrivals[f"{prefix}{ref}{STEP}"] = len(self.steps)
        return None if self.made[key] is None else str(self.made[key])

    def _follow(self, frame: Frame, before: str, ref: str, kind: str) -> Frame:
        """The frame with the columns of the row that a reference leads to, and of those it refers to in turn: these are
        joined to the rows referred to, which are fewer than the rows that refer to them."""
        target = self.plan.tables.frame(kind)
        assert target is not None
        on, prefix = f"{before}{ref}", f"{before}{ref}{STEP}"
        target = target.select(*(nw.col(name).alias(prefix + name) for name in self.plan.tables.columns(kind)))
        for other, further in self.further.get(prefix, ()):
            target = self._follow(target, prefix, other, further)
        joined = frame.join(target, left_on=on, right_on=prefix + ID, how="left")
        return joined.with_columns(nw.col(on).alias(prefix + ID))

    def column(self, row: Row, name: str, type_: Type) -> Expr:
        """A column of a row in reach, `name` being a field or a hidden column."""
        if not self.at(row):
            return self.carry(("cell", row, name), lambda outer: outer.column(row, name, type_), [row])
        prefix = self.prefix(row)
        if prefix is None or name not in self.plan.tables.columns(row.kind):
            return nothing(type_)
        return nw.col(prefix + name)

    # --- patterns

    def search(self, text: Expr, pattern: Pattern, key: Hashable) -> Expr:
        """Whether the pattern matches anywhere in a text, as a column of its own."""
        if key not in self.made:
            source, name = self.add(lambda _: text, ("searched", key)), self.plan.fresh()
            self.made[key] = name
            self.steps.append(lambda frame: self.plan.tables.searched(frame, source, pattern, name))
            self.columns_only += 1
        return nw.col(self.made[key])

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

    def matching(self, text: Expr, pattern: Pattern) -> Expr:
        found = self.plane.plan.tables.matching(text, pattern)
        return self.plane.search(text, pattern, self._key()) if found is None else found

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
    narrow: bool = False
    """Are the rows few, so that relations are worth narrowing to theirs?"""
    strip: Strip | None = None
    """The rows judged, where they are not all: relations of their own are narrowed to them."""
    _names: int = 0

    def __post_init__(self) -> None:
        self.root = Plane(self, 0, self.kind)

    def related(self, source: Related, plane: Plane) -> Frame:
        """The rows of a relation; where it is one of the rows judged themselves, only theirs."""
        frame = self.tables.frame(source.kind)
        assert frame is not None
        if self.strip is None or plane.level or source.row.refs:
            return frame
        return frame.filter(self.strip.holds(nw.col(source.by)))

    def fresh(self) -> str:
        self._names += 1
        return f"~{self._names}"


Columns_ = dict[str, tuple[Expr, str]]


def outside(plane: Plane, inner: Plane, extra: dict[str, Expr], needs: int) -> tuple[Frame, list[str]]:
    """The outer rows an inner plane needs: their identity under names of their own, and what is carried in.

    They are taken after as few steps as have all of it, `needs` of them for `extra`: a frame that is joined to what comes of
    itself has its plan twice, and where every such step did so with all before it, 2ⁿ times.
    """
    ids = [f"@{plane.level}{STEP}{index}" for index in range(len(plane.ids))]
    inner.ids = [*ids, ROW if inner.kind else "@element"]
    columns = [nw.col(own).alias(id_) for own, id_ in zip(plane.ids, ids, strict=True)]
    carried = [column.alias(name) for name, column in (inner.carried | extra).items()]
    selected = plane.stages[max(needs, inner.needs)].select(*columns, *carried)
    return (selected.unique() if plane.distinct else selected), ids


def joined(frame: Frame, plane: Plane, inner: Plane, key: str, source: Related, columns: Columns_) -> Frame:
    """Step: the elements joined to the outer rows they depend on, aggregated per outer row and joined back."""
    own = plane.column(source.row, ID, Type("string"))
    rows, ids = outside(plane, inner, {"@key": own}, plane.arrival(source.row))
    rows = rows.join(plane.plan.related(source, plane), left_on="@key", right_on=source.by, how="inner")
    rows = inner.assembled(rows.with_columns(nw.col("@key").alias(source.by)))
    return frame.join(aggregated(rows, ids, columns), left_on=plane.ids, right_on=ids, how="left")


def keyed(frame: Frame, plane: Plane, inner: Plane, key: str, source: Related, columns: Columns_) -> Frame:
    """The elements do not depend on the outer row: aggregate once per key."""
    by, related = source.by, plane.plan.related(source, plane)
    if inner.plan.narrow:
        related = related.join(frame.select(nw.col(key).alias(by)).unique(), on=by, how="semi")
    rows = inner.assembled(related.filter(~nw.col(by).is_null()))
    return frame.join(aggregated(rows, [by], columns), left_on=key, right_on=by, how="left")


def exploded(frame: Frame, plane: Plane, inner: Plane, listed: Listed, items: Expr, columns: Columns_) -> Frame:
    """Step: the `items` of a list column, one row each, aggregated per outer row and joined back."""
    cell, element = listed.cell, listed.cell.type.element
    assert element is not None
    rows, ids = outside(plane, inner, {"@element": items}, plane.arrival(cell.row))
    rows = rows.filter(~nw.col("@element").is_null()).explode("@element")
    rows = rows.filter(~nw.col("@element").is_null()).with_columns(as_element(nw.col("@element"), element))
    grouped = aggregated(inner.assembled(rows), ids, columns)
    return frame.join(grouped, left_on=plane.ids, right_on=ids, how="left")


def as_element(column: Expr, element: Type) -> Expr:
    """An item of a list column in the form conditions compute with."""
    if element.name == "date":  # the item is still a date inside its list, and engines differ in how to subtract dates
        return _day_number(column)
    return column.cast(DTYPES[element.name])


def _day_number(day: Expr) -> Expr:
    """Days since 1970-01-01 of a column of dates."""
    before = day.dt.year().cast(nw.Float64) - 1.0
    leap = (before / 4.0).floor() - (before / 100.0).floor() + (before / 400.0).floor()
    return before * 365.0 + leap + day.dt.ordinal_day().cast(nw.Float64) - 719163.0


def aggregated(rows: Frame, ids: list[str], columns: Columns_) -> Frame:
    """One row per identity with the aggregates asked for."""
    taken = {name: column.cast(nw.Int32) if how == COUNT else column for name, (column, how) in columns.items()}
    made = rows.select(*(nw.col(id_) for id_ in ids), **taken)
    aggregates = [getattr(nw.col(name), _SUMS.get(how, how))() for name, (_, how) in columns.items()]
    return made.group_by(*ids).agg(*aggregates)
