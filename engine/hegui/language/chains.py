"""Checking chains: a relation or list consumed in one go, `source[.filter(v, p)][.map(v, e)][.known()].ending`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from hegui.datatypes import BOOL, ERROR, INT, NUMBER, Type
from hegui.language import wordings as say
from hegui.language.tree import Call, Chain, Const, Element, Given, Listed, Name, Node, Offsets, Related, Row, Syntax
from hegui.source import Wording

Thing = Node | Row | Related | Listed | Given
"""What a name or chain of members can stand for."""

STAGES: Final = ("filter", "map", "known")
ENDINGS: Final = ("exists", "all", "exists_one", "size", "sum", "min", "max", "avg")
ERROR_NODE: Final = Const("", ERROR)
"""What stands where a condition could not be understood."""


class Outer(Protocol):
    """What a chain asks of the checker of the condition it stands in."""

    text: str
    depth: int

    def fail(self, wording: Wording, at: Offsets, hint: Wording | None = None, /, **args: object) -> Const: ...
    def value(self, syntax: Syntax, scope: Mapping[str, Thing]) -> Node: ...
    def expected(self, node: Node, wanted: Type, at: Offsets) -> Node: ...
    def joined(self, left: Node, right: Node, at: Offsets) -> tuple[Node, Node, Type] | None: ...
    def converted(self, node: Node, unit: str, at: Offsets) -> Node: ...


class ChainChecker:
    """Checks one chain: `source[.filter(v, p)][.map(v, e)][.known()].ending`."""

    def __init__(
        self, outer: Outer, syntax: Call, source: Related | Listed | Given, scope: Mapping[str, Thing]
    ) -> None:
        self.outer = outer
        self.syntax = syntax
        self.source = source
        self.scope = scope
        self.var = str(outer.depth + 1)

    def check(self, stages: list[Call]) -> Node:
        *before, ending = stages
        order = [STAGES.index(stage.spelling) for stage in before]
        if ending.spelling in STAGES:
            return self.outer.fail(say.CHAIN_OPEN, ending.spelling_at, known=", ".join(f"`{e}`" for e in ENDINGS))
        if order != sorted(set(order)):
            return self.outer.fail(say.CHAIN_ORDER, before[-1].spelling_at)
        element = self.element(self.syntax.at)
        if element is None:
            return ERROR_NODE
        parts = {stage.spelling: stage for stage in before}
        condition = self.bound(parts.get("filter"), element, BOOL)
        value = self.bound(parts.get("map"), element, None)
        if value is None and not isinstance(element, Row):
            value = element
        if "known" in parts and (value is None or parts["known"].args):
            return self.outer.fail(say.KNOWN_NEEDS_VALUE, parts["known"].spelling_at)
        return self.ended(ending, condition, value, "known" in parts, element)

    def element(self, at: Offsets) -> Row | Node | None:
        """What the variable stands for."""
        match self.source:
            case Related():
                return Row(self.var, (self.source.kind,), (), self.source.path)
            case Listed(cell):
                assert cell.type.element is not None
                return Element(self.var, cell.type.element, self.source.path)
            case Given(items):
                if not items:
                    self.outer.fail(say.EMPTY_LIST, at)
                    return None
                first = items[0]
                for item in items[1:]:
                    joined = self.outer.joined(first, item, at)
                    if joined is None:
                        self.outer.fail(say.ITEMS_DIFFER, at, left=first.type, right=item.type)
                        return None
                    first = Const("", joined[2])
                self.source = Given(
                    tuple(self.outer.converted(i, first.type.unit, at) for i in items) if first.type.unit else items
                )
                return Element(self.var, first.type)

    def bound(self, stage: Call | None, meaning: Thing, expect: Type | None) -> Node | None:
        """The body of a stage `f(v, body)` with `v` standing for `meaning`."""
        if stage is None:
            return None
        if len(stage.args) != 2 or not isinstance(stage.args[0], Name):
            return self.outer.fail(say.VARIABLE_AND_BODY, stage.spelling_at, name=stage.spelling)
        self.outer.depth += 1
        body = self.outer.value(stage.args[1], {**self.scope, stage.args[0].name: meaning})
        self.outer.depth -= 1
        return self.outer.expected(body, expect, stage.args[1].at) if expect is not None else body

    def ended(self, ending: Call, condition: Node | None, value: Node | None, known: bool, element: Row | Node) -> Node:
        name = ending.spelling
        if name in ("exists", "all", "exists_one"):
            predicate = self.bound(ending, element if value is None else value, BOOL)
            return self.build(condition, value, known, name, predicate, BOOL)
        if ending.args:
            return self.outer.fail(say.NO_ARGUMENTS, ending.spelling_at, name=name)
        if name == "size":
            return self.build(condition, value, known, name, None, INT)
        if value is None:
            return self.outer.fail(say.MAP_FIRST, ending.spelling_at, name=name)
        allowed = ("int", "number", "date") if name in ("min", "max") else ("int", "number")
        if value.type != ERROR and value.type.name not in allowed:
            return self.outer.fail(say.NOT_AGGREGATED, ending.spelling_at, name=name, type=value.type)
        kind = NUMBER.with_unit(value.type.unit) if name == "avg" else value.type
        return self.build(condition, value, known, name, None, kind)

    def build(
        self, condition: Node | None, value: Node | None, known: bool, ending: str, predicate: Node | None, kind: Type
    ) -> Node:
        start, end = self.syntax.at
        text = " ".join(self.outer.text[start:end].split())
        return Chain(self.source, self.var, condition, value, known, ending, predicate, kind, text)
