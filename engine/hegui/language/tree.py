"""The closed set of nodes: what a condition is made of, before and after checking.

Syntax nodes come from the parser and carry a span in the condition's text. Typed nodes come from the checker; they
compare by meaning (spans do not count), so that equal parts of different rules are one key for sharing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Union

from hegui.datatypes import Type

Offsets = tuple[int, int]
"""Start and end of a node in the condition's text, in characters."""


# --- syntax ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, int, double or bool as written."""

    value: str | int | float | bool
    at: Offsets = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: a field of the entity, a definition, or the variable of a quantifier."""

    name: str
    at: Offsets = field(compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """`target.name`."""

    target: Syntax
    name: str
    name_at: Offsets = field(compare=False)
    at: Offsets = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """An operator, a function `f(…)` (target None) or a method `target.f(…)`.

    `spelling` is the operator's or function's, as in the table; `form` is "prefix", "infix", "function" or "method". Terms
    joined by one `&&` or `||` after the other are `args` of one call; `further_at` is where it stands after the first time.
    """

    form: str
    spelling: str
    target: Syntax | None
    args: tuple[Syntax, ...]
    spelling_at: Offsets = field(compare=False)
    at: Offsets = field(compare=False)
    further_at: tuple[Offsets, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """`test ? then : otherwise`."""

    test: Syntax
    then: Syntax
    otherwise: Syntax
    at: Offsets = field(compare=False)


@dataclass(frozen=True, slots=True)
class Items:
    """`[a, b, c]`."""

    items: tuple[Syntax, ...]
    at: Offsets = field(compare=False)


Syntax = Union[Literal, Name, Member, Call, Choice, Items]


# --- typed -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """A literal with its type: a str, int, float, bool or date."""

    value: str | int | float | bool | date
    type: Type


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day the facts are looked at."""

    type: Type


@dataclass(frozen=True, slots=True)
class Row:
    """A row in reach: the entity itself (`var` empty) or the row a quantifier's variable stands for, then the
    references followed from it. `kinds` holds the kind at each stage: that of the variable first, then one more for
    each reference.

    `origin` is the path shown to people for the variable: empty for the entity, `mine.licences` for `l` in
    `mine.licences.exists(l, …)`.
    """

    var: str
    kinds: tuple[str, ...]
    refs: tuple[str, ...] = ()
    origin: str = ""

    @property
    def kind(self) -> str:
        return self.kinds[-1]

    def follow(self, ref: str, kind: str) -> Row:
        return Row(self.var, (*self.kinds, kind), (*self.refs, ref), self.origin)

    def path(self, *names: str) -> str:
        """`mine.licences.scale`: what a cause or a piece of evidence is called."""
        return ".".join(part for part in (self.origin, *self.refs, *names) if part)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a row."""

    row: Row
    field: str
    type: Type
    detection: bool = False

    @property
    def path(self) -> str:
        return self.row.path(self.field)


@dataclass(frozen=True, slots=True)
class Element:
    """The scalar a quantifier's variable stands for, over a list field or a list literal."""

    var: str
    type: Type
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A dated parameter, taken on day `on` (None: on the day of the act). `factor` converts its unit to `type.unit`
    and is applied to the parameter's decimal text."""

    name: str
    on: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Op:
    """A strict operator or function: `key` names its row in the operator table and `overload` the signature chosen.

    `near` marks a comparison one of whose sides is the result of double arithmetic.
    """

    key: str
    overload: int
    args: tuple[Node, ...]
    type: Type
    near: bool = False
    pattern: object = None
    """What a row prepared from constant arguments when the ruleset was loaded (a parsed regular expression)."""


@dataclass(frozen=True, slots=True)
class Convert:
    """`arg` in another unit of the same dimension: times `numerator` over `denominator`."""

    arg: Node
    numerator: int
    denominator: int
    type: Type


@dataclass(frozen=True, slots=True)
class Logic:
    """Kleene's `and` (`conjunction`) or `or` of two or more parts."""

    conjunction: bool
    parts: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class If:
    """`test ? then : otherwise`, typed."""

    test: Node
    then: Node
    otherwise: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Has:
    """Is the value of the cell present: always true or false."""

    cell: Cell
    type: Type


@dataclass(frozen=True, slots=True)
class Let:
    """A named definition and what it stands for; transparent to every evaluator, named in explanations."""

    path: str
    body: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Related:
    """Source of a chain: the rows of a relation of `row`; each is bound to `var`."""

    row: Row
    relation: str
    kind: str
    by: str

    @property
    def path(self) -> str:
        return self.row.path(self.relation)


@dataclass(frozen=True, slots=True)
class Listed:
    """Source of a chain: a list field."""

    cell: Cell

    @property
    def path(self) -> str:
        return self.cell.path


@dataclass(frozen=True, slots=True)
class Given:
    """Source of a chain: a list literal."""

    items: tuple[Node, ...]
    path: str = "[…]"


@dataclass(frozen=True, slots=True)
class Chain:
    """A relation or list consumed in one go: `source[.filter][.map][.known()].ending`.

    `predicate` belongs to exists, all and exists_one, and is written over the mapped value where there is a `value`
    (the checker has put it in). Within `filter`, `value` and `predicate` the source's element is `var`.
    """

    source: Related | Listed | Given
    var: str
    filter: Node | None
    value: Node | None
    known: bool
    ending: str
    predicate: Node | None
    type: Type
    text: str = field(default="", compare=False)


Node = Union[Const, AsOf, Cell, Element, Param, Op, Convert, Logic, If, Has, Let, Chain]


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`; for a chain, those of its source first."""
    match node:
        case Op(args=args):
            return args
        case Logic(parts=parts):
            return parts
        case Convert(arg=arg):
            return (arg,)
        case If(test, then, otherwise):
            return (test, then, otherwise)
        case Has(cell):
            return (cell,)
        case Let(body=body):
            return (body,)
        case Param(on=on):
            return (on,) if on is not None else ()
        case Chain(source=source):
            inner = tuple(part for part in (node.filter, node.value, node.predicate) if part is not None)
            match source:
                case Given(items):
                    return (*items, *inner)
                case Listed(cell):
                    return (cell, *inner)
            return inner
        case Const() | AsOf() | Cell() | Element():
            return ()
    raise AssertionError(node)  # pragma: no cover


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)
