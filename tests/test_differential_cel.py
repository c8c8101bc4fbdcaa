"""The scalar evaluator held against Google's evaluator of the Common Expression Language, on what both can say.

Where ours has no value, theirs has an error; where ours has one, theirs has the same. One rule of docs/language.md is not
translated but asked for: results of double arithmetic that lie next to each other are equal here and different in CEL, so a
difference must go away when the condition is read without that rule.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from cases import cases
from cel_kit import Cel, Common, Maps, OutsideError, Wanted, plain, wanted
from worlds_kit import DAY, kinds, registry, written

from hegui.datatypes import Undetermined
from hegui.engines.request import Request
from hegui.engines.scalar import FactWorld
from hegui.facts import from_rows
from hegui.language.checker import Definitions, Environment, compile_condition
from hegui.language.scalar import Scope, compile_node
from hegui.language.tree import Chain, Node, Op, walk
from hegui.ruleset.model import Ruleset
from hegui.source import Source, Span

cel = pytest.importorskip("cel_expr_python.cel")
ext_math = pytest.importorskip("cel_expr_python.ext.ext_math")

CONDITIONS = 120
"""Conditions for each ruleset and its tables."""
SORTS = ("bool", "bool", "bool", "number", "int", "string")
ERRORS = "Key not found|(divide|modulus) by zero|overflow|out of int64 range|cannot convert|must not be empty"
"""What may keep CEL from a value; anything else would be a mistake of the translation."""
NOWHERE = Source("<condition>", "")


@pytest.fixture(scope="module")
def environment() -> Any:
    types = {"row": cel.Type.Map(cel.Type.STRING, cel.Type.DYN), "as_of": cel.Type.STRING}
    return cel.NewEnv(variables=types, extensions=[ext_math.ExtMath()])


def exactly(node: Any) -> Any:
    """The same condition without the rule about results that lie next to each other."""
    if isinstance(node, tuple):
        return tuple(map(exactly, node))
    if not hasattr(node, "__dataclass_fields__"):
        return node
    parts = {
        name: exactly(getattr(node, name)) for name in node.__dataclass_fields__ if name not in ("type", "pattern")
    }
    return replace(node, **parts | ({"near": False} if isinstance(node, Op) else {}))


@dataclass
class Asked:
    """One ruleset with its tables, asked in both languages."""

    rules: Ruleset
    world: FactWorld
    environment: Any
    met: Counter[str]

    def conditions(self, seed: int) -> Iterator[tuple[str, str]]:
        dice = random.Random(seed)
        author = Common(dice, kinds(random.Random(seed)))
        author.parameters = {
            (each.type.name, name.removeprefix(f"p.{each.type.name}")): name
            for name, each in self.rules.parameters.items()
        }
        for _ in range(CONDITIONS):
            kind = dice.choice(sorted(self.world.registry.tables) or ["k0"])
            yield kind, author.condition(kind, dice.randrange(1, 5), dice.choice(SORTS))

    def node(self, text: str, kind: str) -> Node:
        types = {name: each.type for name, each in self.rules.parameters.items()}
        environment = Environment(self.rules.vocabulary, types, Definitions({}))
        node, problems = compile_condition(text, environment, kind, None, lambda start, end: Span(NOWHERE, start, end))
        assert node is not None, (text, [each.render() for each in problems])
        return node

    def compare(self, kind: str, text: str) -> None:
        node = self.node(text, kind)
        try:
            program = self.environment.compile(Cel(self.rules.parameters, DAY).text(node))
        except OutsideError:
            self.met["outside the common subset"] += 1
            return
        look = Wanted()
        wanted(node, {"": look})
        ours, exact = compile_node(node), compile_node(exactly(node))
        maps = Maps(self.world, self.rules.vocabulary)
        for row in self.world.judged(kind) if kind in self.world.registry.tables else ():
            theirs = program.eval(data={"row": maps.of(row, kind, look), "as_of": plain(DAY)})
            value = ours(Scope(self.world, DAY, DAY, [row]))
            if not agree(value, theirs):
                self.met["equal within rounding"] += 1
                value = exact(Scope(self.world, DAY, DAY, [row]))
            assert agree(value, theirs), (
                text,
                row.key,
                value,
                theirs.value(),
                Cel(self.rules.parameters, DAY).text(node),
            )
            self.met["undetermined" if isinstance(value, Undetermined) else str(node.type.name)] += 1
            self.met["true"] += value is True
            self.met["compared"] += 1
            self.met["with a chain"] += any(isinstance(each, Chain) for each in walk(node))


def agree(ours: Any, theirs: Any) -> bool:
    """The same value, or none on either side."""
    error = theirs.type() == cel.Type.ERROR
    if error:
        assert re.search(ERRORS, str(theirs.value())), theirs.value()
    if error or isinstance(ours, Undetermined):
        return error and isinstance(ours, Undetermined)
    value = theirs.value()
    value = value.date() if isinstance(value, datetime) and isinstance(ours, date) else value
    return type(value) is type(ours) and bool(value == ours)


def compare(seeds: range, folder: Path, environment: Any) -> Counter[str]:
    met: Counter[str] = Counter()
    for seed in seeds:
        rules = written(seed, folder)
        world = FactWorld(Request(rules, registry(rules, seed, 0), DAY, ()))
        asked = Asked(rules, world, environment, met)
        for kind, text in asked.conditions(seed):
            asked.compare(kind, text)
    return met


def test_conditions_are_those_of_cel(environment: Any, tmp_path: Path) -> None:
    met = compare(range(6), tmp_path, environment)
    assert met["compared"] > 600, met
    assert min(met["undetermined"], met["true"], met["with a chain"], met["number"]) > 40, met


def test_results_that_lie_next_to_each_other_are_told_apart_by_cel_alone(environment: Any, tmp_path: Path) -> None:
    rules = written(0, tmp_path)
    world = FactWorld(Request(rules, from_rows(rules.vocabulary, {"k0": [{"id": "x"}]}), DAY, ()))
    asked = Asked(rules, world, environment, Counter())
    asked.compare("k0", "0.1 + 0.2 == 0.3")
    assert asked.met["equal within rounding"] == asked.met["compared"] == 1


@pytest.mark.slow
def test_many_conditions_are_those_of_cel(environment: Any, tmp_path: Path) -> None:
    count = cases(1000)
    print(f"\n{count} rulesets in CEL: {dict(compare(range(100, 100 + count), tmp_path, environment))}")  # noqa: T201
