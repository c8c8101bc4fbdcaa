"""Typed tree → Python function, once more: true, false or None, and never why.

`scalar` is the definition; this is its translation for judging one entity at a time, where a verdict must cost less than
a microsecond. Everything that is known before the entity is, is worked out while translating: the day the facts are
looked at, parameters on a known day, unit factors, constant parts. A part that has no value is None; whoever wants to
know what it waits for asks `scalar`. Nothing here makes an object per node or changes anything but the frame it is
given, so the functions may be used from any number of threads. No text is evaluated: the functions are closures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any, Final, Protocol

from hegui.datatypes import MAX_INT, Below, Undetermined
from hegui.language.closures import (
    Fixed,
    Frame,
    Part,
    Quick,
    arithmetic,
    at,
    both,
    called,
    quantified,
    several,
    strict,
)
from hegui.language.comparing import COMPARE, FIELD, FIXED, mirrored
from hegui.language.meanings import near_sign, sign
from hegui.language.operators import OPERATORS
from hegui.language.printer import chain_name
from hegui.language.scalar import aggregated, exact, may_be_below
from hegui.language.signatures import Lookups
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
    walk,
)

TABLES: Final = "#tables"
DAY: Final = "#day"


def slot(level: int) -> str:
    """Where a frame keeps what the variable of a quantifier stands for."""
    return f"#{level}"


class Tables(Protocol):
    """The rows around a frame."""

    def follow(self, kind: str, key: str) -> Frame | None:
        """The row of `kind` with that key; None where there is none."""
        ...

    def related(self, kind: str, by: str, row: Frame) -> Sequence[Frame] | None:
        """The rows of `kind` whose reference `by` points at `row`; None where that is not known."""
        ...


DatedValue = tuple[Callable[[date], bool], Any, str]
"""One value of a parameter: the days it is in force, the value in the parameter's own unit, its decimal text."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known before any row is: the day the facts are looked at; the day of the act, where it is the same for
    every row (None: each frame has its own); the values of each parameter; and how to come by working days."""

    as_of: date
    day: date | None
    parameters: Callable[[str], Sequence[DatedValue]]
    calendar: Callable[[], Lookups]


def translate(node: Node, setting: Setting) -> Part:
    """The function of a typed tree over a frame, or its value where no row is needed to know it."""
    return _Translator(setting).node(node)


class _Translator:
    """One method per node kind, as in `scalar`."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def node(self, node: Node) -> Part:
        """A part that never yields a `Below`."""
        raw = self.raw(node)
        if isinstance(raw, Fixed) or not may_be_below(node):
            return raw
        return lambda frame: None if (value := raw(frame)).__class__ is Below else value

    def called(self, node: Node) -> Quick:
        return called(self.node(node))

    def raw(self, node: Node) -> Part:
        match node:
            case Const(value):
                return Fixed(value)
            case AsOf():
                return Fixed(self.setting.as_of)
            case Cell():
                return self.cell(node)
            case Element(var=var):
                return itemgetter(slot(int(var)))
            case Param():
                return self.param(node, None)
            case Convert():
                return self.convert(node)
            case Let(body=body):
                return self.raw(body)
            case Has(cell=cell):
                read = called(self.raw(cell))
                return lambda frame: read(frame) is not None
            case Logic():
                return self.logic(node)
            case If():
                return self.choice(node)
            case Op():
                return self.operation(node)
            case Chain():
                return self.chain(node)
        raise AssertionError(node)  # pragma: no cover

    # --- rows and cells

    def row(self, row: Row) -> Quick:
        """The row itself, or None where a reference on the way has no value."""
        level = int(row.var or 0)
        start: Quick = itemgetter(slot(level)) if level else _itself
        steps = tuple(zip(row.refs, row.kinds[1:], strict=True))
        if not steps:
            return start

        def follow(frame: Frame) -> Frame | None:
            current = start(frame)
            for reference, kind in steps:
                key = current[reference]
                current = None if key is None else frame[TABLES].follow(kind, key)
                if current is None:
                    return None
            return current  # type: ignore[no-any-return]

        return follow

    def cell(self, cell: Cell) -> Quick:
        if _own(cell):
            return itemgetter(cell.field)
        row, name = self.row(cell.row), cell.field
        return lambda frame: None if (found := row(frame)) is None else found[name]

    # --- parameters and units

    def param(self, node: Param, factor: Fraction | None) -> Part:
        values = [
            (holds, value if factor is None else exact(text, factor))
            for holds, value, text in self.setting.parameters(node.name)
        ]

        def on(day: date) -> Any:
            return next((value for holds, value in values if holds(day)), None)

        day = self.day(node)
        if isinstance(day, Fixed):
            return Fixed(None if day.value is None else on(day.value))
        return lambda frame: None if (found := day(frame)) is None else on(found)

    def day(self, node: Param) -> Part:
        if node.on is not None:
            return self.node(node.on)
        return itemgetter(DAY) if self.setting.day is None else Fixed(self.setting.day)

    def convert(self, node: Convert) -> Part:
        factor = Fraction(node.numerator, node.denominator)
        if isinstance(node.arg, Param):
            return self.param(node.arg, factor)
        times = float(factor)
        return strict((self.node(node.arg),), lambda value: _finite(value * times))

    # --- connectives

    def logic(self, node: Logic) -> Part:
        absorbing = not node.conjunction
        found = [self.node(part) for part in node.parts]
        if any(isinstance(part, Fixed) and part.value is absorbing for part in found):
            return Fixed(absorbing)
        open_ = [part for part in found if not isinstance(part, Fixed) or part.value is None]
        if all(isinstance(part, Fixed) for part in open_):
            return Fixed(None if open_ else not absorbing)
        parts = [called(part) for part in open_]
        if len(parts) == 1:
            return parts[0]
        return both(parts[0], parts[1], absorbing) if len(parts) == 2 else several(tuple(parts), absorbing)

    def choice(self, node: If) -> Part:
        test, widen = self.node(node.test), node.type.name == "number"
        then, otherwise = self.called(node.then), self.called(node.otherwise)
        if isinstance(test, Fixed) and test.value is None:
            return test
        decide = called(test)

        def choose(frame: Frame) -> Any:
            chosen = decide(frame)
            if chosen is None:
                return None
            value = then(frame) if chosen else otherwise(frame)
            return float(value) if widen and value is not None else value

        return choose

    # --- operations

    def operation(self, node: Op) -> Part:
        row = OPERATORS[node.key]
        if row.signs is not None:
            return self.comparison(node, row.signs, row.ordering)
        overload = row.overloads[node.overload]
        meaning: Callable[..., Any] = overload.scalar
        if node.pattern is not None:
            return strict((self.node(node.args[0]),), lambda text: meaning(text, node.pattern))
        args = tuple(self.node(arg) for arg in node.args)
        if overload.lookups:
            calendar = self.setting.calendar()
            return strict(args, lambda *values: meaning(calendar, *values))
        if overload.quick is not None and not all(isinstance(arg, Fixed) for arg in args):
            limit = math.inf if overload.result.name == "number" else MAX_INT + 1
            return arithmetic(called(args[0]), called(args[1]), overload.quick, meaning, limit)
        return strict(args, meaning)

    def comparison(self, node: Op, signs: frozenset[int], ordering: bool) -> Part:
        if ordering and any(may_be_below(arg) for arg in node.args):
            return self.bounded(node, signs)
        left, right = (self.node(arg) for arg in node.args)
        if node.near:
            near = self.near(node, signs, called(left), called(right))
            return Fixed(near({})) if isinstance(left, Fixed) and isinstance(right, Fixed) else near
        if isinstance(left, Fixed) and not isinstance(right, Fixed):
            return self.against(node.args[1], right, left.value, mirrored(signs))
        if isinstance(right, Fixed) and not isinstance(left, Fixed):
            return self.against(node.args[0], left, right.value, signs)
        if isinstance(left, Fixed) and isinstance(right, Fixed):
            return strict((left, right), lambda a, b: sign(a, b) in signs)
        return COMPARE[signs](called(left), called(right))

    @staticmethod
    def against(node: Node, part: Quick, value: Any, signs: frozenset[int]) -> Part:
        """A part compared with a value that is known."""
        if value is None:
            return Fixed(None)
        bare = _bare(node)
        if isinstance(bare, Cell) and _own(bare) and not bare.detection:
            return FIELD[signs](bare.field, value)
        return FIXED[signs](part, value)

    def near(self, node: Op, signs: frozenset[int], left: Quick, right: Quick) -> Quick:
        of_left, of_right = (self.magnitude(arg) for arg in node.args)
        far = _FAR if all(_plain_size(arg) for arg in node.args) else math.inf
        below, above = -1 in signs, 1 in signs

        def compare(frame: Frame) -> bool | None:
            a, b = left(frame), right(frame)
            if a is None or b is None:
                return None
            slack, apart = far * (abs(a) + abs(b)), a - b
            if apart > slack:
                return above
            if -apart > slack:
                return below
            return near_sign(a, b, max(abs(a), abs(b), of_left(frame), of_right(frame))) in signs

        return compare

    def bounded(self, node: Op, signs: frozenset[int]) -> Quick:
        """A comparison where a side may be known only to lie below its detection limit."""
        left, right = (called(self.raw(arg)) for arg in node.args)
        of_left, of_right = (self.magnitude(arg) for arg in node.args)
        below, above, near = -1 in signs, 1 in signs, node.near

        def compare(frame: Frame) -> bool | None:
            a, b = left(frame), right(frame)
            if a is None or b is None:
                return None
            if a.__class__ is Below:
                return below if b.__class__ is not Below and b >= a.bound else None
            if b.__class__ is Below:
                return above if a >= b.bound else None
            if near:
                return near_sign(a, b, max(abs(a), abs(b), of_left(frame), of_right(frame))) in signs
            return sign(a, b) in signs

        return compare

    # --- magnitudes, asked only where two values are near

    def magnitude(self, node: Node) -> Quick:
        match node:
            case Let(body=body):
                return self.magnitude(body)
            case Convert(arg=arg) if not isinstance(arg, Param):
                inner, factor = self.magnitude(arg), abs(node.numerator / node.denominator)
                return lambda frame: inner(frame) * factor
            case If():
                test, then, otherwise = (
                    self.called(node.test),
                    self.magnitude(node.then),
                    self.magnitude(node.otherwise),
                )
                return lambda frame: then(frame) if test(frame) is True else otherwise(frame)
            case Chain() if node.ending in ("sum", "avg", "min", "max"):
                return self.chain_magnitude(node)
            case Op():
                return self.terms(node)
        return self.size(node)

    def size(self, node: Node) -> Quick:
        value = self.called(node)
        return lambda frame: abs(found) if isinstance(found := value(frame), (int, float)) else 0.0

    def terms(self, node: Op) -> Quick:
        own, parts = self.size(node), [self.magnitude(arg) for arg in node.args]
        match OPERATORS[node.key].terms:
            case "product":
                return lambda frame: parts[0](frame) * parts[1](frame)
            case "quotient":
                divisor = self.size(node.args[1])
                return lambda frame: parts[0](frame) / d * (parts[1](frame) / d) if (d := divisor(frame)) else 0.0
            case "sum" | "keep":
                return lambda frame: max(own(frame), *(part(frame) for part in parts))
        return own

    def chain_magnitude(self, node: Chain) -> Quick:
        if node.value is None or not node.type.numeric:
            return lambda frame: 0.0
        members, place, size = self.members(node), slot(int(node.var)), self.magnitude(node.value)

        def largest(frame: Frame) -> float:
            found = members(frame)
            return max((at(frame, place, each, size) for each in found[0]), default=0.0) if found else 0.0

        return largest

    # --- chains

    def chain(self, node: Chain) -> Part:
        listed = self.membership(node)
        if listed is not None:
            return listed
        members = self.members(node)
        if node.predicate is not None:
            return quantified(node.ending, members, slot(int(node.var)), self.called(node.predicate))
        name = chain_name(node)

        def whole(frame: Frame) -> Any:
            found = members(frame)
            if found is None or None in found[1]:
                return None
            total = aggregated(node, found[1], name)
            return None if isinstance(total, Undetermined) else total

        return whole

    def members(self, node: Chain) -> Callable[[Frame], tuple[list[Any], list[Any]] | None]:
        """The elements of a chain, filtered, and their values; None where it is not known which they are."""
        source, place = self.source(node.source), slot(int(node.var))
        keep = None if node.filter is None else self.called(node.filter)
        value = None if node.value is None else self.called(node.value)
        known = node.known

        def find(frame: Frame) -> tuple[list[Any], list[Any]] | None:
            elements = source(frame)
            if elements is None:
                return None
            if keep is not None:
                kept = [at(frame, place, each, keep) for each in elements]
                if None in kept:
                    return None
                elements = [each for each, stays in zip(elements, kept, strict=True) if stays]
            values = elements if value is None else [at(frame, place, each, value) for each in elements]
            if known:
                elements = [each for each, found in zip(elements, values, strict=True) if found is not None]
                values = [found for found in values if found is not None]
            return elements, values

        return find

    def source(self, source: Related | Listed | Given) -> Quick:
        match source:
            case Listed(cell=cell):
                return self.called(cell)
            case Given(items=items):
                parts = [self.called(item) for item in items]
                return lambda frame: [part(frame) for part in parts]
            case Related(row=row, kind=kind, by=by):
                find = self.row(row)
                return lambda frame: None if (at := find(frame)) is None else frame[TABLES].related(kind, by, at)
        raise AssertionError(source)  # pragma: no cover

    def membership(self, node: Chain) -> Part | None:
        """`x in [a, b]` over values that are known: one look into a set. None for any other chain."""
        asked = _looked_for(node)
        if asked is None or not isinstance(node.source, Given):
            return None
        items = [self.node(item) for item in node.source.items]
        known = [item.value for item in items if isinstance(item, Fixed)]
        if not items or len(known) < len(items):
            return None
        wanted, missed = frozenset(known) - {None}, None if None in known else False
        return strict((self.node(asked),), lambda value: True if value in wanted else missed)


# --- parts ---------------------------------------------------------------------------------------------------------

_FAR: Final = 2e-12
"""Plain values this far apart, relative to their sizes together, differ by more than the tolerance."""


def _itself(frame: Frame) -> Frame:
    return frame


def _bare(node: Node) -> Node:
    while isinstance(node, Let):
        node = node.body
    return node


def _own(cell: Cell) -> bool:
    """Is it a field of the row judged itself?"""
    return not cell.row.refs and not int(cell.row.var or 0)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _looked_for(node: Chain) -> Node | None:
    """The `x` of `x in [a, b]`."""
    predicate = node.predicate
    if node.ending != "exists" or node.filter is not None or node.value is not None or not isinstance(predicate, Op):
        return None
    if OPERATORS[predicate.key].signs != frozenset({0}) or predicate.near:
        return None
    element = [arg for arg in predicate.args if isinstance(arg, Element) and arg.var == node.var]
    others = [arg for arg in predicate.args if not (isinstance(arg, Element) and arg.var == node.var)]
    if len(element) != 1 or any(isinstance(part, Element) and part.var == node.var for part in walk(others[0])):
        return None
    return others[0]


def _plain_size(node: Node) -> bool:
    """Is a value's magnitude its own size, but for rounding? Not of sums: their terms may be larger than they are."""
    match node:
        case Let(body=body):
            return _plain_size(body)
        case Convert(arg=arg):
            return isinstance(arg, Param) or _plain_size(arg)
        case If(then=then, otherwise=otherwise):
            return _plain_size(then) and _plain_size(otherwise)
        case Chain():
            return node.ending not in ("sum", "avg", "min", "max")
        case Op():
            terms = OPERATORS[node.key].terms
            return terms is None or (terms != "sum" and all(map(_plain_size, node.args)))
    return True
