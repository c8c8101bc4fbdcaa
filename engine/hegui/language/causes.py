"""What an undetermined condition waits for, in columns: the translation of the causes `scalar` carries along.

A `Wait` is one possible cause of a condition: its reason and path are known beforehand, its count is a column, 0 where
it is not a cause of that row. The counts are made top down: a part contributes only where everything above it is
undetermined because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import or_

import narwhals as nw

from hegui.datatypes import REASONS, Cause, Reason, Type
from hegui.language.column import Aggregate, Conditions, bodies, turned
from hegui.language.operators import OPERATORS
from hegui.language.planes import COUNT, Plane, by_halves, counted, true, uncounted
from hegui.language.printer import chain_name, text
from hegui.language.scalar import passes
from hegui.language.signatures import Expr
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

_CODED = (Reason.UNREADABLE, Reason.CONFLICTING, Reason.BELOW_DETECTION)
"""Reasons a cell may carry in its `#why` column; without one it is simply missing."""


@dataclass(frozen=True)
class Wait:
    """A possible cause: `count` is how many rows it stands for, 0 where it is none."""

    reason: Reason
    path: str
    count: Expr
    where: Expr | None = None
    """Where it is a cause, if it never stands for more than one row."""

    @staticmethod
    def once(reason: Reason, path: str, where: Expr) -> Wait:
        """A cause that stands for the row itself."""
        return Wait(reason, path, counted(where), where)


class Causes:
    """Collects the possible causes of conditions, one method per node kind."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions

    def of(self, node: Node, plane: Plane, mask: Expr) -> list[Wait]:
        """The waits of a node on a plane, counted only where `mask` holds; `mask` implies the node is undetermined."""
        match node:
            case Const() | AsOf() | Element() | Has():
                return []
            case Cell():
                return self.cell(node, plane, mask)
            case Param():
                return self.param(node, plane, mask)
            case Convert(arg=arg):
                own = (
                    []
                    if isinstance(arg, Param)
                    else [Wait.once(Reason.OUT_OF_RANGE, text(node), self.alone(node, [arg], plane, mask))]
                )
                return [*self.under(arg, plane, mask), *own]
            case Let(body=body):
                return self.of(body, plane, mask)
            case Logic(parts=parts):
                return [wait for part in parts for wait in self.under(part, plane, mask)]
            case If():
                return self.choice(node, plane, mask)
            case Op():
                return self.operation(node, plane, mask)
            case Chain():
                return self.chain(node, plane, mask)
        raise AssertionError(node)  # pragma: no cover

    def under(self, node: Node, plane: Plane, mask: Expr) -> list[Wait]:
        """The waits of a part that counts only where it is itself undetermined."""
        return self.of(node, plane, mask & self.conditions.named(node, plane).is_null())

    def alone(self, node: Node, args: Iterable[Node], plane: Plane, mask: Expr) -> Expr:
        """Where the node has no value though its arguments have."""
        for arg in args:
            mask = mask & ~self.conditions.named(arg, plane).is_null()
        return mask

    # --- cells

    def cell(self, cell: Cell, plane: Plane, mask: Expr) -> list[Wait]:
        if not plane.at(cell.row):
            return self.carried(("causes", cell), cell, plane, mask)
        waits, mask = self.way(cell.row, plane, mask)
        return [*waits, *self.null_cell(cell.row, cell.field, cell.path, plane, mask)]

    def carried(self, key: Hashable, cell: Cell, plane: Plane, mask: Expr) -> list[Wait]:
        """The waits of a cell of a row outside: counted there, brought along, and masked here."""
        assert plane.outer is not None
        outside = plane.outer
        waits = self.cell(cell, outside, self.conditions.expr(cell, outside).is_null())
        found = []
        for index, wait in enumerate(waits):
            column = plane.carry((key, index), _counting(wait), [cell.row])
            found.append(Wait(wait.reason, wait.path, nw.when(mask).then(column).otherwise(nw.lit(0.0))))
        return found

    def way(self, row: Row, plane: Plane, mask: Expr) -> tuple[list[Wait], Expr]:
        """The waits of the references on the way to a row of this plane, and the mask of the rows that get there."""
        waits: list[Wait] = []
        for index, ref in enumerate(row.refs):
            before = Row(row.var, row.kinds[: index + 1], row.refs[:index], row.origin)
            path = before.path(ref)
            key = plane.column(before, ref, Type("string"))
            waits += self.null_cell(before, ref, path, plane, mask & key.is_null())
            mask = mask & ~key.is_null()
            if self.conditions.plan.tables.frame(row.kinds[index + 1]) is None:
                return [*waits, Wait.once(Reason.NOT_SUPPLIED, path, mask)], nw.lit(False)
        return waits, mask

    def null_cell(self, row: Row, name: str, path: str, plane: Plane, mask: Expr) -> list[Wait]:
        """Why a cell of this plane is null, where `mask` says it is."""
        why = f"{name}#why"
        if why not in self.conditions.plan.tables.columns(row.kind):
            return [Wait.once(Reason.MISSING, path, mask)]
        code = plane.column(row, why, Type("int"))
        waits = [Wait.once(Reason.MISSING, path, mask & code.is_null())]
        waits += [Wait.once(reason, path, mask & true(code == REASONS.index(reason))) for reason in _CODED]
        return waits

    # --- parameters, choices, operations

    def param(self, node: Param, plane: Plane, mask: Expr) -> list[Wait]:
        if self.conditions.in_force(node) is not None:
            return []
        if node.on is None:
            return [Wait.once(Reason.NOT_IN_FORCE, node.name, mask)]
        reached = mask & ~self.conditions.named(node.on, plane).is_null()
        return [*self.under(node.on, plane, mask), Wait.once(Reason.NOT_IN_FORCE, node.name, reached)]

    def choice(self, node: If, plane: Plane, mask: Expr) -> list[Wait]:
        test = self.conditions.named(node.test, plane)
        return [
            *self.under(node.test, plane, mask),
            *self.of(node.then, plane, mask & true(test)),
            *self.of(node.otherwise, plane, mask & true(~test)),
        ]

    def operation(self, node: Op, plane: Plane, mask: Expr) -> list[Wait]:
        waits = [wait for arg in node.args for wait in self.under(arg, plane, mask)]
        overload = OPERATORS[node.key].overloads[node.overload]
        if overload.faults is None:
            return waits
        args = [self.conditions.named(arg, plane) for arg in node.args]
        alone = mask
        for arg in args:
            alone = alone & ~arg.is_null()
        handed = [None, *args] if overload.lookups else args
        for reason, condition in overload.faults(*handed):
            here = alone if condition is None else alone & true(condition)
            waits.append(Wait.once(reason, text(node), here))
            if condition is not None:
                alone = alone & ~true(condition)
        return waits

    # --- chains

    def chain(self, node: Chain, plane: Plane, mask: Expr) -> list[Wait]:
        found = self.conditions.chain(node, plane)
        waits, mask = self.source(node, plane, mask)
        waits += self.own(node, found, plane, mask)
        inside, after = (self.given if isinstance(node.source, Given) else self.grouped)(node, plane)
        sound = found.waiting == 0.0
        for wait in inside:
            waits.append(Wait(wait.reason, wait.path, nw.when(mask).then(wait.count).otherwise(nw.lit(0.0))))
        for wait in after:
            waits.append(Wait(wait.reason, wait.path, nw.when(mask & sound).then(wait.count).otherwise(nw.lit(0.0))))
        return waits

    def source(self, node: Chain, plane: Plane, mask: Expr) -> tuple[list[Wait], Expr]:
        """The waits of the relation or list itself, and the mask of the rows that have it."""
        match node.source:
            case Related(row=row, kind=kind, path=path):
                if not plane.at(row):
                    return self.distant_source(node, row, kind, path, plane, mask)
                waits, mask = self.way(row, plane, mask)
                if self.conditions.plan.tables.frame(kind) is None:
                    return [*waits, Wait.once(Reason.NOT_SUPPLIED, path, mask)], nw.lit(False)
                return waits, mask
            case Listed(cell=cell):
                waits = self.under(cell, plane, mask)
                return waits, mask & ~self.conditions.expr(cell, plane).is_null()
        return [], mask

    def distant_source(
        self, node: Chain, row: Row, kind: str, path: str, plane: Plane, mask: Expr
    ) -> tuple[list[Wait], Expr]:
        """The relation of a row outside this plane."""
        waits: list[Wait] = []
        reached = mask
        if row.refs:
            last = Row(row.var, row.kinds[:-1], row.refs[:-1], row.origin)
            reference = Cell(last, row.refs[-1], Type("ref", kind=row.kind))
            waits = self.under(reference, plane, mask)
            reached = mask & ~self.conditions.expr(reference, plane).is_null()
            if self.conditions.plan.tables.frame(row.kind) is None:
                return [*waits, Wait.once(Reason.NOT_SUPPLIED, last.path(row.refs[-1]), reached)], nw.lit(False)
        if self.conditions.plan.tables.frame(kind) is None:
            return [*waits, Wait.once(Reason.NOT_SUPPLIED, path, reached)], nw.lit(False)
        return waits, reached

    def own(self, node: Chain, found: Aggregate, plane: Plane, mask: Expr) -> list[Wait]:
        """What the ending itself may lack: an extreme of nothing, a sum out of range."""
        sound = mask & (found.waiting == 0.0) & found.settled
        name = chain_name(node)
        if node.ending in ("min", "max", "avg"):
            empty = sound & (found.members == 0.0)
            waits = [Wait.once(Reason.EMPTY, name, empty)]
            if node.ending == "avg":
                waits.append(Wait.once(Reason.OUT_OF_RANGE, name, sound & (found.members > 0.0)))
            return waits
        return [Wait.once(Reason.OUT_OF_RANGE, name, sound)] if node.ending == "sum" else []

    def bodies(self, node: Chain, parts: Sequence[Node | None], plane: Plane) -> tuple[list[Wait], list[Wait]]:
        """The waits inside: of the elements' filter, and of what follows where no filter is undetermined."""
        keep, value, predicate = parts
        kept = None if keep is None else self.conditions.named(keep, plane)
        filtered = [] if keep is None or kept is None else self.of(keep, plane, kept.is_null())
        member = nw.lit(True) if kept is None else true(kept)
        if node.known and value is not None:
            member = member & ~self.conditions.named(value, plane).is_null()
        judged = predicate if predicate is not None else value
        after = [] if judged is None else self.under(judged, plane, member)
        return filtered, after

    def given(self, node: Chain, plane: Plane) -> tuple[list[Wait], list[Wait]]:
        assert isinstance(node.source, Given)
        filtered: list[Wait] = []
        after: list[Wait] = []
        for item in node.source.items:
            one, two = self.bodies(node, turned(node, item), plane)
            filtered += one
            after += two
        return filtered, after

    def grouped(self, node: Chain, plane: Plane) -> tuple[list[Wait], list[Wait]]:
        inner = self.conditions.inside(node, plane)
        if inner is None:
            return [], []
        filtered, after = self.bodies(node, bodies(node), inner)
        through = passes(node)
        adding = "sum" if inner.carried or inner.joins else COUNT  # what nothing else is joined to is 1 or 0
        columns: dict[str, tuple[Expr, str]] = {}
        named: list[list[Wait]] = [[], []]
        for group, waits in zip(named, (filtered, after), strict=True):
            for wait in united(waits):
                name = self.conditions.plan.fresh()
                columns[name] = (wait.count, adding if through(wait.path) else "max")
                group.append(Wait(wait.reason, wait.path, uncounted(nw.col(name))))
        if columns:
            self.conditions.gather(node, inner, columns, plane)
        return named[0], named[1]


def _counting(wait: Wait) -> Callable[[Plane], Expr]:
    return lambda _: wait.count


def united(waits: Iterable[Wait]) -> list[Wait]:
    """One wait per (reason, path), with the larger count; sorted by path and reason."""
    groups: dict[tuple[str, int], list[Wait]] = {}
    for wait in waits:
        groups.setdefault((wait.path, REASONS.index(wait.reason)), []).append(wait)
    found = []
    for (path, code), group in sorted(groups.items(), key=lambda item: item[0]):
        wheres = [wait.where for wait in group if wait.where is not None]
        if len(wheres) == len(group):
            found.append(Wait.once(REASONS[code], path, by_halves(or_, wheres)))
            continue
        counts = [wait.count for wait in group]
        found.append(Wait(REASONS[code], path, counts[0] if len(counts) == 1 else nw.max_horizontal(*counts)))
    return found


FEW = 3
"""Up to so many causes that are there or not, every text they can make together is known beforehand."""


def encoded(waits: Iterable[Wait]) -> Expr:
    """All causes of a row in one text column: lines of `reason number|count|path`, sorted as in `datatypes.merge`."""
    waits = united(waits)
    if not waits:
        return nw.lit("", dtype=nw.String)
    known = [(wait.where, f"{REASONS.index(wait.reason)}|1|{wait.path}") for wait in waits]
    wheres = [(where, line) for where, line in known if where is not None]
    if len(wheres) == len(waits) <= FEW:
        return _one_of(wheres, ())
    parts = []
    for wait, (where, line) in zip(waits, known, strict=True):
        if where is not None:
            parts.append(nw.when(where).then(nw.lit(line)))
            continue
        lead, tail = nw.lit(f"{REASONS.index(wait.reason)}|"), nw.lit(f"|{wait.path}")
        counts = nw.concat_str([lead, wait.count.cast(nw.Int64).cast(nw.String), tail])
        parts.append(nw.when(wait.count > 0.0).then(counts))
    return nw.concat_str(parts, separator="\n", ignore_nulls=True)


def _one_of(wheres: Sequence[tuple[Expr, str]], lines: tuple[str, ...]) -> Expr:
    """One of the texts some causes can make together: choosing among these is several times quicker than building them."""
    if not wheres:
        return nw.lit("\n".join(lines), dtype=nw.String)
    (where, line), *rest = wheres
    return nw.when(where).then(_one_of(rest, (*lines, line))).otherwise(_one_of(rest, lines))


def written(causes: Iterable[Cause]) -> str:
    """Causes in the form `encoded` gives them."""
    return "\n".join(f"{REASONS.index(cause.reason)}|{cause.count}|{cause.path}" for cause in causes)
