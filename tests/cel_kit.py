"""Typed conditions as text of the Common Expression Language, and rows as its maps: what Google's evaluator is asked.

The translation writes out what docs/language.md lists as different, as far as CEL can say it: an int ends at ±(2⁵³ − 1),
a double is finite, ints are widened. A value that is not there is a key that is not there, which CEL calls an error.
What CEL cannot say raises `OutsideError`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from worlds_kit import Author, Reach

from hegui.datatypes import MAX_INT, Reason
from hegui.language.operators import OPERATORS
from hegui.language.scalar import RowData, World
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
)
from hegui.ruleset.model import Parameter
from hegui.vocabulary import Vocabulary

ROW = "__row"
"""What follows a reference's name where the row it points at is meant and not its key."""
SECONDS = 86_400
NO_INT, NO_DOUBLE = "(1 / 0)", "double(1 / 0)"
CALLED = {
    "startsWith": "startsWith", "endsWith": "endsWith", "contains": "contains", "matches": "matches", "size": "size",
    "year": "getFullYear", "day": "getDate",
}  # fmt: skip
INFIX = {"<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", "%"}
FUNCTIONS = {
    "math.abs",
    "math.ceil",
    "math.floor",
    "math.round",
    "math.least",
    "math.greatest",
    "int",
    "double",
    "string",
}


class OutsideError(Exception):
    """A condition is not of the common subset."""


# --- conditions ----------------------------------------------------------------------------------------------------


class Common(Author):
    """Writes conditions both languages know."""

    def number(self, reach: Reach, dimension: str) -> str:
        def again(other: str = dimension) -> str:
            return self.of("number", reach, other)

        makers = [
            *[lambda: f"({again()} {self.dice.choice('+-')} {again()})"] * 2,
            *[lambda: f"({again()} {self.dice.choice('*/')} {again('')})"] * 2,
            lambda: f"math.{self.dice.choice(['least', 'greatest'])}({again()}, {again()})",
            lambda: f"math.{self.dice.choice(['abs', 'floor', 'ceil', 'round'])}({again()})",
            lambda: f"-({again()})",
            lambda: f"({self.of('bool', reach)} ? {again()} : {again()})",
            lambda: self.aggregate("number", reach, dimension),
        ]
        if not dimension:
            makers += [
                lambda: f"double({self.of('int', reach)})",
                lambda: f"double({self.leaf('string', reach, '')})",
                lambda: f"({again()} + {self.of('int', reach)})",
            ]
        return self.dice.choice(makers)()

    def whole(self, reach: Reach, _: str) -> str:
        makers = [
            *[lambda: f"({self.of('int', reach)} {self.dice.choice('+-*%')} {self.of('int', reach)})"] * 2,
            lambda: f"{self.of('date', reach)}.{self.dice.choice(['year', 'month', 'day'])}()",
            lambda: f"{self.of('string', reach)}.size()",
            lambda: f"int({self.of('number', reach)})",
            lambda: f"int({self.leaf('string', reach, '')})",
            lambda: f"({self.of('bool', reach)} ? {self.of('int', reach)} : {self.of('int', reach)})",
            lambda: self.aggregate("int", reach, ""),
            lambda: self.counted(reach),
        ]
        return self.dice.choice(makers)()

    def day(self, reach: Reach, _: str) -> str:
        return f"({self.of('date', reach)} {self.dice.choice('+-')} days({self.of('int', reach)}))"

    def text(self, reach: Reach, _: str) -> str:
        one = self.of("string", reach)
        return self.dice.choice([f"({one} + {self.of('string', reach)})", f"string({self.of('int', reach)})"])

    def compared(self, reach: Reach) -> str:
        if self.dice.random() < 0.9:
            return super().compared(reach)
        terms = [self.leaf("number", reach, "") for _ in range(3)]  # sums of decimals, where doubles miss by a hair
        return (
            f"({terms[0]} {self.dice.choice('+-')} {terms[1]} {self.dice.choice(['<', '>=', '==', '!='])} {terms[2]})"
        )

    def spans(self, reach: Reach) -> str:
        first, second = (f"days_between({self.of('date', reach)}, {self.leaf('date', reach, '')})" for _ in range(2))
        return f"({first} {self.dice.choice(['<', '<=', '==', '!='])} {second})"

    def aggregate(self, sort: str, reach: Reach, dimension: str) -> str:
        found = None if sort == "date" else self.chain(reach)
        if found is None:
            return self.leaf(sort, reach, dimension)
        value = self.named(sort, found[1], dimension) or self.leaf(sort, found[1], dimension)
        return f"{found[0]}.map({reach.variable()}, {value}).{self.dice.choice(['min', 'max'])}()"


# --- to CEL --------------------------------------------------------------------------------------------------------


class Cel:
    """The text of a typed tree; `day` is the day of the act."""

    def __init__(self, parameters: Mapping[str, Parameter], day: date) -> None:
        self.parameters, self.act = parameters, day
        self.stands: dict[str, str] = {}

    def text(self, node: Node) -> str:
        match node:
            case Const(value):
                return literal(value)
            case AsOf():
                return as_day("as_of", node)
            case Cell(detection=False):
                return as_day(f"{self.row(node.row)}.{node.field}", node)
            case Element(var=var):
                return self.stands.get(var) or as_day(f"v{var}", node)
            case Let(body=body):
                return self.text(body)
            case Has(cell):
                return self.has(cell)
            case Logic():
                return f"({(' && ' if node.conjunction else ' || ').join(map(self.text, node.parts))})"
            case If(test, then, otherwise):
                return f"({self.text(test)} ? {self.as_type(then, node)} : {self.as_type(otherwise, node)})"
            case Param():
                return self.parameter(node)
            case Convert(arg=arg) if not isinstance(arg, Param):
                factor = float(Fraction(node.numerator, node.denominator))
                return finite(f"{self.as_type(arg, node)} * {literal(factor)}")
            case Op():
                return self.operation(node)
            case Chain():
                return self.chain(node)
        raise OutsideError(node)

    def row(self, row: Row) -> str:
        return ".".join([f"v{row.var}" if row.var else "row", *(f"{ref}{ROW}" for ref in row.refs)])

    def has(self, cell: Cell) -> str:
        """Always true or false: CEL is asked of each reference on the way first."""
        if cell.detection:
            raise OutsideError(cell)
        path = [*(f"{ref}{ROW}" for ref in cell.row.refs), cell.field]
        root = f"v{cell.row.var}" if cell.row.var else "row"
        return "(" + " && ".join(f"has({'.'.join([root, *path[: end + 1]])})" for end in range(len(path))) + ")"

    def as_type(self, node: Node, wanted: Node) -> str:
        """Widened where an int stands for a double."""
        widen = node.type.name == "int" and wanted.type.name == "number"
        return f"double({self.text(node)})" if widen else self.text(node)

    def parameter(self, node: Param) -> str:
        """A dated value written out, asked of the day it is taken on."""
        day = literal(self.act) if node.on is None else self.text(node.on)
        found = NO_DOUBLE if node.type.name == "number" else self.nothing(node)
        for value in self.parameters[node.name].values:
            if value.period.pending:
                continue
            bounds = [f"{day} >= {literal(value.period.start)}"] if value.period.start else []
            bounds += [f"{day} <= {literal(value.period.end)}"] if value.period.end else []
            always = f"{day} == {day}"  # a day that is not known is an error
            worth = float(value.value) if node.type.name == "number" else value.value
            found = f"(({' && '.join(bounds or [always])}) ? {literal(worth)} : {found})"
        return found

    def nothing(self, node: Node) -> str:
        match node.type.name:
            case "int":
                return NO_INT
            case "bool":
                return f"({NO_INT} == 1)"
            case "string":
                return f"string({NO_INT})"
            case "date":
                return f"timestamp({NO_INT})"
        raise OutsideError(node)

    # --- operators

    def operation(self, node: Op) -> str:
        wide = any(arg.type.name == "number" for arg in node.args)
        args = [f"double({self.text(arg)})" if wide and arg.type.name == "int" else self.text(arg) for arg in node.args]
        key = node.key
        if key in INFIX:
            return self.infix(node, *args)
        if key in ("!_", "-_"):
            return f"{key[0]}({args[0]})"
        if key == "month":
            return f"({args[0]}.getMonth() + 1)"
        if key == "days":
            return args[0]
        if key == "days_between":
            return f"((int({args[1]}) - int({args[0]})) / {SECONDS})"
        if key in CALLED:
            return f"({args[0]}).{CALLED[key]}({', '.join(args[1:])})"
        if key in FUNCTIONS:
            return self.checked(node, f"{key}({', '.join(args)})")
        raise OutsideError(node)

    def infix(self, node: Op, left: str, right: str) -> str:
        if node.type.name == "date":  # durations of CEL end at 292 years: days are added in seconds
            return f"timestamp(int({left}) {node.key} {right} * {SECONDS})"
        return self.checked(node, f"({left} {node.key} {right})")

    def checked(self, node: Op, text: str) -> str:
        """With the ranges of our numbers, where the operator can leave them."""
        if OPERATORS[node.key].signs is None and node.type.numeric and node.key != "%":
            return whole(text) if node.type.name == "int" else finite(text)
        return text

    # --- chains

    def chain(self, node: Chain) -> str:
        if isinstance(node.source, Given):
            return self.given(node, node.source.items)
        name, value = f"v{node.var}", None if node.value is None else self.text(node.value)
        chain = self.source(node.source)
        chain += f".filter({name}, {self.text(node.filter)})" if node.filter is not None else ""
        if node.known:
            if not isinstance(node.value, Cell):
                raise OutsideError(node)
            chain += f".filter({name}, {self.has(node.value)})"
        if node.predicate is not None:
            return f"{chain}.{node.ending}({name}, {self.text(node.predicate)})"
        if node.ending == "size":
            return f"{chain}.size()"
        if node.ending in ("min", "max") and node.type.numeric and value is not None:
            return f"math.{'least' if node.ending == 'min' else 'greatest'}({chain}.map({name}, {value}))"
        raise OutsideError(node)

    def source(self, source: Related | Listed | Given) -> str:
        match source:
            case Related(row=row, relation=relation):
                return f"{self.row(row)}.{relation}"
            case Listed(cell=cell):
                return self.text(cell)
        raise OutsideError(source)

    def given(self, node: Chain, items: Sequence[Node]) -> str:
        """A list that is written out: in CEL one item without a value leaves the whole list without, so none is made."""
        if node.filter is not None or node.value is not None or node.predicate is None or not items:
            raise OutsideError(node)
        parts = []
        for item in items:
            self.stands[node.var] = self.text(item)
            parts.append(f"({self.text(node.predicate)})")
            del self.stands[node.var]
        if node.ending == "exists_one":
            return f"(({' + '.join(f'({part} ? 1 : 0)' for part in parts)}) == 1)"
        return f"({(' || ' if node.ending == 'exists' else ' && ').join(parts)})"


def as_day(text: str, node: Node) -> str:
    """A day out of its text, which is how rows hold it: the evaluator takes no dates inside of maps."""
    return f"timestamp({text})" if node.type.name == "date" else text


def whole(text: str) -> str:
    """An int within our range."""
    return f"[{text}].map(z, (z <= {MAX_INT} && z >= -{MAX_INT}) ? z : {NO_INT})[0]"


def finite(text: str) -> str:
    """A double that is neither infinite nor no number."""
    return f"[{text}].map(z, z - z == 0.0 ? z : {NO_DOUBLE})[0]"


def literal(value: str | int | float | bool | date) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            text = repr(value)
            return f"({text})" if "e" in text or "." in text else f"({text}.0)"
        case int():
            return f"({value})"
        case date():
            return f'timestamp("{value.isoformat()}T00:00:00Z")'
    return json.dumps(value, ensure_ascii=False)


# --- rows ----------------------------------------------------------------------------------------------------------


@dataclass
class Wanted:
    """What a condition looks at of a row, so that no more is written out: rows may refer to one another in circles."""

    refs: dict[str, Wanted] = field(default_factory=dict)
    relations: dict[str, Wanted] = field(default_factory=dict)

    def at(self, refs: Sequence[str]) -> Wanted:
        found = self
        for ref in refs:
            found = found.refs.setdefault(ref, Wanted())
        return found


def wanted(node: Node, rows: dict[str, Wanted]) -> None:
    """Note what is looked at of the rows bound to each variable."""
    match node:
        case Cell(row=row) | Has(cell=Cell(row=row)):
            rows[row.var].at(row.refs)
        case Chain(source=Related(row=row, relation=relation), var=var):
            inner = rows[row.var].at(row.refs).relations.setdefault(relation, Wanted())
            for part in children(node):
                wanted(part, {**rows, var: inner})
            return
    for part in children(node):
        wanted(part, rows)


def plain(value: Any) -> Any:
    """A value as CEL's."""
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else value


class Maps:
    """Rows of a registry as maps of CEL."""

    def __init__(self, world: World, vocabulary: Vocabulary) -> None:
        self.world, self.kinds = world, vocabulary.kinds

    def of(self, row: RowData, kind: str, look: Wanted) -> dict[str, Any]:
        """What is there of a row, and of the rows that are looked at through it."""
        here = self.kinds[kind]
        found = {name: plain(row.cells[name]) for name in here.fields if self.there(row.cells[name])}
        for ref, inner in look.refs.items():
            target = here.fields[ref].type.kind
            if target and ref in found and not isinstance(other := self.world.follow(target, found[ref]), Reason):
                found[ref + ROW] = self.of(other, target, inner)
        for name, inner in look.relations.items():
            relation, key = here.relations[name], self.world.own_key(row, kind)
            rows = key if isinstance(key, Reason) else self.world.related(relation.kind, relation.by, key)
            if not isinstance(rows, Reason):
                found[name] = [self.of(each, relation.kind, inner) for each in rows]
        return found

    @staticmethod
    def there(value: Any) -> bool:
        return isinstance(value, (str, int, float, date, tuple, list)) and not isinstance(value, Reason)
