"""Random typed conditions over random rows with missing values: every engine gives the same value and the same causes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from evaluation import AS_OF, ENGINES, Facts, missing, parameter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.datatypes import BOOL, DATE, INT, NUMBER, STRING, Below, Reason, Text, Type
from hegui.vocabulary import Field, Kind, Relation, Vocabulary

LABEL = Text("", "")
CODE = Type("code", codes=("red", "green"))
GROUP = Type("ref", kind="group")
ITEM = Type("ref", kind="item")


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, type_, LABEL, detection=name == "trace") for name, type_ in types.items()}


KINDS = {
    "group": Kind(
        "group", LABEL, ("id",),
        fields(id=STRING, gx=NUMBER, gn=INT, gd=DATE, gs=STRING, up=GROUP),
        {"items": Relation("items", "item", "group", LABEL)},
    ),
    "item": Kind(
        "item", LABEL, ("id",),
        fields(id=STRING, x=NUMBER, y=NUMBER, n=INT, m=INT, s=STRING, c=CODE, d=DATE, e=DATE, p=BOOL, trace=NUMBER, group=GROUP,
               tags=Type("list", element=STRING), nums=Type("list", element=NUMBER), days=Type("list", element=DATE)),
        {"parts": Relation("parts", "part", "item", LABEL)},
    ),
    "part": Kind("part", LABEL, (), fields(item=ITEM, v=NUMBER, k=INT, f=DATE, ok=BOOL, trace=NUMBER, via=GROUP)),
}  # fmt: skip
VOCABULARY = Vocabulary(KINDS)
PARAMETERS = (
    parameter("limit", NUMBER, (1.0, date(2023, 1, 1), date(2024, 1, 31)), (2.5, date(2024, 2, 1), date(2024, 12, 31))),
    parameter("count", INT, (2, None, None)),
)
DEFINITIONS = {
    "item": {"double_x": "x * 2.0", "worst": "parts.map(q, q.v).max()", "heavy": "parts.exists(q, q.v > x)"},
    "group": {"total": "items.map(i, i.x).known().sum()", "busy": "items.filter(i, i.p).size() > 1"},
}

NUMBERS = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 1.1, 2.5, -3.0, 100.0, 1e10])
INTS = st.sampled_from([0, 1, 2, 3, -2, 7, 9007199254740991])
DATES = st.sampled_from(
    [date(2024, 1, 31), date(2024, 2, 29), date(2023, 12, 31), date(2024, 3, 11), date(1, 1, 1), date(9999, 12, 31)]
)
TEXTS = st.sampled_from(["", "a", "ab", "矿山", "a.b", "A1\n", "12", "1e3"])
ABSENT = st.sampled_from([None, None, Reason.UNREADABLE, Reason.CONFLICTING])
GROUPS = st.sampled_from(["g0", "g1", "g2"])
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "number": NUMBERS, "int": INTS, "date": DATES, "string": TEXTS, "bool": st.booleans(), "code": st.sampled_from(["red", "green"]),
}  # fmt: skip


def cell(name: str, type_: Type) -> st.SearchStrategy[Any]:
    if type_.name == "ref":
        present = GROUPS if type_.kind == "group" else st.sampled_from(["i0", "i1", "i2", "i3"])
    elif type_.name == "list":
        assert type_.element is not None
        present = st.lists(CELLS[type_.element.name], max_size=3)
    else:
        present = CELLS[type_.name]
    if name == "trace":
        present = present | st.sampled_from([Below(0.5), Below(1.0)])
    return present | present | ABSENT


@st.composite
def rows(draw: st.DrawFn, kind: Kind, count: int, key: str) -> list[dict[str, Any]]:
    made = []
    for number in range(count):
        row = {name: draw(cell(name, fact.type)) for name, fact in kind.fields.items()}
        if kind.key:
            row["id"] = f"{key}{number}"
        made.append(row)
    return made


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    tables = {"item": draw(rows(KINDS["item"], 4, "i"))}
    if draw(st.integers(0, 5)):
        tables["group"] = draw(rows(KINDS["group"], 3, "g"))
    if draw(st.integers(0, 5)):
        parts = draw(rows(KINDS["part"], draw(st.integers(0, 6)), "p"))
        if draw(st.integers(0, 3)) == 0:
            parts.append({"item": draw(st.sampled_from(["i0", "i1"])), "ghost": True})
        tables["part"] = parts
    return Facts(VOCABULARY, tables, PARAMETERS, DEFINITIONS)


# --- conditions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """The names in reach: path prefix → kind; and the scalar variables of list quantifiers."""

    paths: Mapping[str, str]
    scalars: Mapping[str, str]
    depth: int

    def deeper(self, **paths: str) -> Reach:
        return Reach({**self.paths, **{f"{name}.": kind for name, kind in paths.items()}}, self.scalars, self.depth - 1)

    def element(self, name: str, type_: str) -> Reach:
        return Reach(self.paths, {**self.scalars, name: type_}, self.depth - 1)


Draw = st.DrawFn
Maker = Callable[[Draw, Reach], str]


def names(reach: Reach, wanted: str) -> list[str]:
    found = [name for name, type_ in reach.scalars.items() if type_ == wanted]
    for prefix, kind in reach.paths.items():
        found += [prefix + name for name, fact in KINDS[kind].fields.items() if fact.type.name == wanted]
        for ref, fact in KINDS[kind].fields.items():
            if fact.type.name == "ref" and fact.type.kind:
                target = KINDS[fact.type.kind]
                found += [f"{prefix}{ref}.{name}" for name, f in target.fields.items() if f.type.name == wanted]
    return found


def relations(reach: Reach) -> list[tuple[str, str]]:
    found = []
    for prefix, kind in reach.paths.items():
        found += [(prefix + name, relation.kind) for name, relation in KINDS[kind].relations.items()]
        for ref, fact in KINDS[kind].fields.items():
            if fact.type.name == "ref" and fact.type.kind:
                target = KINDS[fact.type.kind]
                found += [(f"{prefix}{ref}.{name}", relation.kind) for name, relation in target.relations.items()]
    return found


def lists(reach: Reach, element: str) -> list[str]:
    return [
        prefix + name
        for prefix, kind in reach.paths.items()
        for name, fact in KINDS[kind].fields.items()
        if fact.type.name == "list" and fact.type.element is not None and fact.type.element.name == element
    ]


def leaf(draw: Draw, reach: Reach, wanted: str) -> str:
    literals = {
        "number": ["0.5", "1.0", "0.3"], "int": ["0", "2", "-3"], "bool": ["true", "false"],
        "date": ["as_of", 'date("2024-02-01")'], "string": ['"a"', '"矿山"'],
    }[wanted]  # fmt: skip
    return draw(st.sampled_from([*names(reach, wanted) * 3, *literals]))


def number(draw: Draw, reach: Reach) -> str:
    if reach.depth <= 0:
        return leaf(draw, reach, "number")
    below = Reach(reach.paths, reach.scalars, reach.depth - 1)
    a, b = (lambda: number(draw, below)), (lambda: integer(draw, below))
    makers: list[Callable[[], str]] = [
        lambda: f"({a()} {draw(st.sampled_from('+-*/'))} {a()})",
        lambda: f"math.{draw(st.sampled_from(['least', 'greatest']))}({a()}, {a()})",
        lambda: f"math.{draw(st.sampled_from(['abs', 'floor', 'ceil', 'round']))}({a()})",
        lambda: f"double({b()})",
        lambda: f"({truth(draw, below)} ? {a()} : {a()})",
        lambda: f"-({a()})",
        lambda: 'param("limit")',
        lambda: f'param("limit", {day(draw, below)})',
        lambda: aggregate(draw, below, number, "number"),
        lambda: leaf(draw, reach, "number"),
        lambda: f"double({text(draw, below)})",
    ]
    if "" in reach.paths:
        makers += [lambda: "double_x", lambda: "worst", lambda: "group.total"]
    return draw(st.sampled_from(makers))()


def integer(draw: Draw, reach: Reach) -> str:
    if reach.depth <= 0:
        return leaf(draw, reach, "int")
    below = Reach(reach.paths, reach.scalars, reach.depth - 1)
    a = lambda: integer(draw, below)  # noqa: E731
    makers: list[Callable[[], str]] = [
        lambda: f"({a()} {draw(st.sampled_from('+-*%'))} {a()})",
        lambda: f"int({number(draw, below)})",
        lambda: f"{day(draw, below)}.{draw(st.sampled_from(['year', 'month', 'day']))}()",
        lambda: f"{text(draw, below)}.size()",
        lambda: f"({truth(draw, below)} ? {a()} : {a()})",
        lambda: 'param("count")',
        lambda: aggregate(draw, below, integer, "int"),
        lambda: leaf(draw, reach, "int"),
    ]
    found = relations(reach)
    if found:
        makers.append(lambda: size(draw, below, *draw(st.sampled_from(found))))
    return draw(st.sampled_from(makers))()


def text(draw: Draw, reach: Reach) -> str:
    if reach.depth <= 0 or draw(st.booleans()):
        return leaf(draw, reach, "string")
    below = Reach(reach.paths, reach.scalars, reach.depth - 1)
    return draw(
        st.sampled_from(
            [
                f"({text(draw, below)} + {text(draw, below)})",
                f"string({day(draw, below)})",
                f"string({integer(draw, below)})",
            ]
        )
    )


def day(draw: Draw, reach: Reach) -> str:
    if reach.depth <= 0 or draw(st.booleans()):
        return leaf(draw, reach, "date")
    below = Reach(reach.paths, reach.scalars, reach.depth - 1)
    makers: list[Callable[[], str]] = [
        lambda: f"({day(draw, below)} {draw(st.sampled_from('+-'))} days({integer(draw, below)}))",
        lambda: f"date({integer(draw, below)}, {integer(draw, below)}, {integer(draw, below)})",
        lambda: f"add_workdays({day(draw, below)}, {integer(draw, below)})",
        lambda: aggregate(draw, below, day, "date"),
    ]
    return draw(st.sampled_from(makers))()


def truth(draw: Draw, reach: Reach) -> str:
    if reach.depth <= 0:
        return leaf(draw, reach, "bool")
    below = Reach(reach.paths, reach.scalars, reach.depth - 1)
    compare = ["<", "<=", ">", ">=", "==", "!="]
    makers: list[Callable[[], str]] = [
        *[
            lambda made=made: f"({made(draw, below)} {draw(st.sampled_from(compare))} {made(draw, below)})"
            for made in (number, integer, day, text)
        ]
        * 2,
        lambda: f"({truth(draw, below)} {draw(st.sampled_from(['&&', '||']))} {truth(draw, below)})",
        lambda: f"!({truth(draw, below)})",
        lambda: f"({truth(draw, below)} ? {truth(draw, below)} : {truth(draw, below)})",
        lambda: f"has({draw(st.sampled_from(names(reach, 'number') or ['x']))})",
        lambda: f"({number(draw, below)} in [{number(draw, below)}, {number(draw, below)}])",
        lambda: (
            f"{text(draw, below)}.{draw(st.sampled_from(['contains', 'startsWith', 'endsWith']))}({text(draw, below)})"
        ),
        lambda: f'{text(draw, below)}.matches("^[a-z]+$")',
        lambda: f'({leaf(draw, reach, "string")} in [{text(draw, below)}, "a"])',
        lambda: leaf(draw, reach, "bool"),
        lambda: (
            f"(workdays_between({day(draw, below)}, {day(draw, below)}) > workdays_between(as_of, {day(draw, below)}))"
        ),
    ]
    found = relations(reach)
    if found:
        makers += [lambda: quantified(draw, below, *draw(st.sampled_from(found)))] * 4
    for element, name in (("number", "nums"), ("string", "tags"), ("date", "days")):
        if lists(reach, element):
            makers.append(lambda element=element, name=name: over_list(draw, below, element))
    makers.append(lambda: over_literal(draw, below))
    return draw(st.sampled_from(makers))()


VARIABLES = ("q", "r", "t", "u", "v", "w")


def variable(reach: Reach) -> str:
    return VARIABLES[len(reach.paths) + len(reach.scalars) - 1]


def filtered(draw: Draw, reach: Reach, path: str, kind: str) -> str:
    name = variable(reach)
    return f"{path}.filter({name}, {truth(draw, reach.deeper(**{name: kind}))})" if draw(st.booleans()) else path


def quantified(draw: Draw, reach: Reach, path: str, kind: str) -> str:
    name = variable(reach)
    inner = reach.deeper(**{name: kind})
    ending = draw(st.sampled_from(["exists", "all", "exists_one"]))
    chain = filtered(draw, reach, path, kind)
    if draw(st.integers(0, 3)) == 0:
        known = ".known()" if draw(st.booleans()) else ""
        chain = f"{chain}.map({name}, {number(draw, inner)}){known}"
        return f"{chain}.{ending}({name}, {truth(draw, reach.element(name, 'number'))})"
    return f"{chain}.{ending}({name}, {truth(draw, inner)})"


def size(draw: Draw, reach: Reach, path: str, kind: str) -> str:
    return f"{filtered(draw, reach, path, kind)}.size()"


def aggregate(draw: Draw, reach: Reach, made: Maker, type_: str) -> str:
    found = relations(reach)
    endings = ["min", "max"] if type_ == "date" else ["sum", "min", "max"] + (["avg"] if type_ == "number" else [])
    if not found:
        return leaf(draw, reach, type_)
    path, kind = draw(st.sampled_from(found))
    name = variable(reach)
    inner = reach.deeper(**{name: kind})
    known = ".known()" if draw(st.booleans()) else ""
    chain = f"{filtered(draw, reach, path, kind)}.map({name}, {made(draw, inner)}){known}"
    return f"{chain}.{draw(st.sampled_from(endings))}()"


def over_list(draw: Draw, reach: Reach, element: str) -> str:
    name = variable(reach)
    ending = draw(st.sampled_from(["exists", "all", "exists_one"]))
    path = draw(st.sampled_from(lists(reach, element)))
    return f"{path}.{ending}({name}, {truth(draw, reach.element(name, 'string' if element == 'string' else element))})"


def over_literal(draw: Draw, reach: Reach) -> str:
    name = variable(reach)
    made, type_ = draw(st.sampled_from([(number, "number"), (integer, "int"), (day, "date"), (text, "string")]))
    ending = draw(st.sampled_from(["exists", "all", "exists_one"]))
    return f"[{made(draw, reach)}, {made(draw, reach)}].{ending}({name}, {truth(draw, reach.element(name, type_))})"


@st.composite
def conditions(draw: Draw) -> str:
    return truth(draw, Reach({"": "item"}, {}, draw(st.integers(1, 4))))


@st.composite
def values(draw: Draw) -> tuple[str, str]:
    type_ = draw(st.sampled_from(["number", "int", "date"]))
    made = {"number": number, "int": integer, "date": day}[type_]
    return type_, made(draw, Reach({"": "item"}, {}, draw(st.integers(1, 3))))


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return type(left) is type(right) and left == right


def agree(facts: Facts, condition: str, on: str | None) -> None:
    node = facts.compile(condition, "item")
    act = AS_OF if on is None else facts.compile(on, "item")
    expected = facts.evaluate("scalar", node, "item", act)
    found = facts.evaluate("polars", node, "item", act)
    for row, (left, right) in enumerate(zip(expected, found, strict=True)):
        assert same(left, right), f"row {row} of {condition!r} (day {on}): scalar {left!r}, polars {right!r}"


RELAXED = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@RELAXED
@given(facts(), conditions(), st.sampled_from([None, None, "d", "group.gd"]))
def test_conditions_agree(facts: Facts, condition: str, on: str | None) -> None:
    agree(facts, condition, on)


@RELAXED
@given(facts(), values(), st.sampled_from([None, "d"]))
def test_values_agree(facts: Facts, value: tuple[str, str], on: str | None) -> None:
    agree(facts, value[1], on)


LISTS = Vocabulary(
    {
        "group": Kind("group", LABEL, ("id",), fields(id=STRING, up=GROUP, tags=Type("list", element=STRING))),
        "item": Kind("item", LABEL, ("id",), fields(id=STRING, group=GROUP)),
    }
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('"a" in group.tags', [True, False, (missing("group"),)]),
        ('"b" in group.up.tags', [True, (missing("group.up"),), (missing("group"),)]),
        ("group.up.tags.all(t, t == group.id)", [False, (missing("group.up"),), (missing("group"),)]),
    ],
)
def test_lists_of_rows_that_references_lead_to(condition: str, expected: list[Any], engine: str) -> None:
    groups = [{"id": "g0", "tags": ["a"], "up": "g1"}, {"id": "g1", "tags": ["b"]}]
    items = [{"id": "i0", "group": "g0"}, {"id": "i1", "group": "g1"}, {"id": "i2"}]
    made = Facts(LISTS, {"group": groups, "item": items})
    assert made.evaluate(engine, made.compile(condition, "item"), "item") == expected
