"""One way to evaluate a condition on every engine, over facts given as plain rows: what the language tests use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from hegui.calendar import load
from hegui.datatypes import REASONS, Below, Cause, Reason, Text, Type, Undetermined
from hegui.engines.frames import decoded
from hegui.engines.polars import PolarsTables
from hegui.engines.request import Request
from hegui.engines.scalar import FactWorld
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE, Registry, below, why
from hegui.language.causes import Causes, encoded
from hegui.language.checker import Definitions, DefinitionText, Environment, compile_condition
from hegui.language.column import Conditions
from hegui.language.planes import Plan, Tables
from hegui.language.scalar import Scope, compile_node
from hegui.language.tree import Node
from hegui.ruleset.model import Certainty, Parameter, ParameterValue, Period, Ruleset
from hegui.source import Source, Span
from hegui.vocabulary import Kind, Vocabulary

ENGINES = ("scalar", "polars", pytest.param("spark", marks=pytest.mark.spark))
"""Every engine, as the parameters of a test."""
IN_PROCESS = ("scalar", "polars")
"""The engines that answer at once."""
AS_OF = date(2024, 3, 11)
NOWHERE = Source("<test>", "")

DTYPES: dict[str, pl.DataType] = {
    "string": pl.String(), "code": pl.String(), "ref": pl.String(), "int": pl.Int64(), "number": pl.Float64(),
    "bool": pl.Boolean(), "date": pl.Date(),
}  # fmt: skip


def dtype(type_: Type) -> pl.DataType:
    if type_.name == "list":
        assert type_.element is not None
        return pl.List(DTYPES[type_.element.name])
    return DTYPES[type_.name]


def table(kind: Kind, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A conformed table out of rows whose cells are values, a `Reason`, a `Below` or None; `ghost: True` for a ghost."""
    columns: dict[str, pl.Series] = {}
    for name, fact in kind.fields.items():
        cells = [row.get(name) for row in rows]
        plain = [None if isinstance(cell, (Reason, Below)) else cell for cell in cells]
        columns[name] = pl.Series(name, plain, dtype=dtype(fact.type), strict=False)
        codes = [_code(cell) for cell in cells]
        if any(code is not None for code in codes):
            columns[why(name)] = pl.Series(why(name), codes, dtype=pl.Int8)
        if any(isinstance(cell, Below) for cell in cells):
            bounds = [cell.bound if isinstance(cell, Below) else None for cell in cells]
            columns[below(name)] = pl.Series(below(name), bounds, dtype=pl.Float64)
    count = len(rows)
    columns[ROW] = pl.Series(ROW, range(count), dtype=pl.Int64)
    columns[SOURCE] = pl.Series(SOURCE, [0] * count, dtype=pl.Int32)
    columns[LINE] = pl.Series(LINE, range(2, count + 2), dtype=pl.Int64)
    if any(row.get("ghost") for row in rows):
        columns[GHOST] = pl.Series(GHOST, [bool(row.get("ghost")) for row in rows], dtype=pl.Boolean)
    return pl.DataFrame(columns)


def _code(cell: object) -> int | None:
    if isinstance(cell, Below):
        return REASONS.index(Reason.BELOW_DETECTION)
    return REASONS.index(cell) if isinstance(cell, Reason) and cell is not Reason.MISSING else None


def parameter(name: str, type_: Type, *values: tuple[Any, date | None, date | None]) -> Parameter:
    dated = tuple(
        ParameterValue(value, str(value), Period(start, end), Text("", ""), Certainty.SEEN, "test")
        for value, start, end in values
    )
    return Parameter(name, Text(name, name), type_, dated, Span(NOWHERE, 0, 0))


@dataclass
class Facts:
    """A vocabulary with rows, parameters and definitions, and what to evaluate on it."""

    vocabulary: Vocabulary
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    parameters: Sequence[Parameter] = ()
    lets: Mapping[str, Mapping[str, str]] | None = None

    def __post_init__(self) -> None:
        tables = {kind: table(self.vocabulary.kinds[kind], rows) for kind, rows in self.rows.items()}
        self.registry = Registry(self.vocabulary, dict(tables))
        named = {parameter.name: parameter for parameter in self.parameters}
        self.ruleset = Ruleset("test", "1", Text("", ""), ("test",), self.vocabulary, named, {}, {}, "sha256:test")
        lets = {
            kind: {name: DefinitionText(text, spans(text)) for name, text in texts.items()}
            for kind, texts in (self.lets or {}).items()
        }
        types = {name: parameter.type for name, parameter in named.items()}
        self.environment = Environment(self.vocabulary, types, Definitions(lets))
        self.request = Request(self.ruleset, self.registry, AS_OF, ())

    def compile(self, text: str, kind: str, expect: Type | None = None) -> Node:
        node, diagnostics = compile_condition(text, self.environment, kind, expect, spans(text))
        found = [*diagnostics, *self.environment.definitions.diagnostics]
        assert not found, "\n".join(item.render() for item in found)
        assert node is not None
        return node

    def evaluate(self, engine: str, node: Node, kind: str, day: Node | date = AS_OF) -> list[Any]:
        """The value of a condition for each row of `kind`, in order: a plain value, or a tuple of causes."""
        if engine == "scalar":
            return self._scalar(node, kind, day)
        columns = {"polars": self._polars, "spark": self._spark}[engine](node, kind, day)
        return [
            decoded(causes) if value is None else plain(value, node.type) for _, value, causes in columns.iter_rows()
        ]

    def _scalar(self, node: Node, kind: str, day: Node | date) -> list[Any]:
        world = FactWorld(self.request)
        run = compile_node(node)
        found = []
        for row in world.judged(kind):
            scope = Scope(world, AS_OF, AS_OF, [row])
            scope.day = day if isinstance(day, date) else compile_node(day)(scope)
            value = run(scope)
            if isinstance(value, Undetermined) and isinstance(scope.day, Undetermined):
                value = scope.day  # as for verdicts: without a day of the act nothing else is asked
            found.append(value.causes if isinstance(value, Undetermined) else value)
        return found

    def _polars(self, node: Node, kind: str, day: Node | date) -> pl.DataFrame:
        return self._columns(PolarsTables(self.request), node, kind, day).collect(engine="streaming").sort(ROW)

    def _spark(self, node: Node, kind: str, day: Node | date) -> pl.DataFrame:
        from hegui.engines.spark import SparkTables
        from hegui.engines.spark_session import connect

        found = self._columns(SparkTables(self.request, connect("local[2]")), node, kind, day)
        return pl.DataFrame(pl.from_arrow(found.toArrow())).sort(ROW)

    def _columns(self, tables: Tables, node: Node, kind: str, day: Node | date) -> Any:
        """A frame of one engine with the row's number, the value and the causes."""
        plan = Plan(tables, kind, AS_OF, {})
        conditions = Conditions(plan, day)
        column = conditions.expr(node, plan.root)
        causes = Causes(conditions)
        waits = causes.of(node, plan.root, column.is_null())
        if not isinstance(day, date):
            known = ~conditions.expr(day, plan.root).is_null()
            waits = causes.of(node, plan.root, column.is_null() & known)
            waits += causes.of(day, plan.root, column.is_null() & ~known)
        base = tables.frame(kind)
        assert base is not None
        if GHOST in tables.columns(kind):
            base = base.filter(~nw.col(GHOST))
        return plan.root.assembled(base).select(nw.col(ROW), value=column, causes=encoded(waits)).to_native()


def plain(value: Any, type_: Type) -> Any:
    """A column's value as Python's."""
    if type_.name == "int":
        assert value == int(value)
        return int(value)
    if type_.name == "date":
        return date(1970, 1, 1) + timedelta(days=int(value))
    if type_.name == "days":
        return timedelta(days=int(value))
    return value


def spans(text: str) -> Any:
    source = Source("<condition>", text)
    return lambda start, end: Span(source, start, end)


def missing(path: str, count: int = 1) -> Cause:
    return Cause(Reason.MISSING, path, count)


CALENDAR = load()
