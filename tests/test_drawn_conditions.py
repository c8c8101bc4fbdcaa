"""Conditions drawn from the grammar with the fields, references, relations and codes of random vocabularies: nearly all have a
meaning, read the same once printed, and say where each of their parts stands. The long run:

    HEGUI_CASES=20000 python -m pytest -s -m slow tests/test_drawn_conditions.py
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cases import cases
from test_checker import spans
from test_hostile_texts import WORDS, changed, sound
from worlds_kit import Author, kinds, written

from hegui.language.checker import Definitions, Environment, compile_condition
from hegui.language.extent import below
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.printer import source, text
from hegui.language.scalar import compile_node
from hegui.language.tree import Call, Member, Name, Syntax, walk

EACH = 50
"""Conditions over one vocabulary."""
SHAPES = [("bool", ""), ("bool", ""), ("number", "mass"), ("int", ""), ("date", ""), ("string", "")]


@cache
def environment(world: int, folder: Path) -> Environment:
    return Environment(written(world, folder).vocabulary, {}, Definitions({}))


def drawn(case: int) -> tuple[int, str, str]:
    """The number of a vocabulary, a kind of it and a condition over that."""
    world = case // EACH
    sorts, dice = kinds(random.Random(world)), random.Random(f"drawn/{case}")
    kind = dice.choice(sorted(sorts))
    return world, kind, Author(dice, sorts).condition(kind, dice.randrange(1, 6), *dice.choice(SHAPES))


def everything(syntax: Syntax) -> Iterator[Syntax]:
    yield syntax
    for part in below(syntax):
        yield from everything(part)


def placed(syntax: Syntax, whole: str) -> None:
    """Every part stands inside what it is a part of, and what has a name stands where the text has that name."""
    for part in everything(syntax):
        assert 0 <= part.at[0] < part.at[1] <= len(whole)
        for inner in below(part):
            assert part.at[0] <= inner.at[0] < inner.at[1] <= part.at[1]
        if isinstance(part, Name):
            assert whole[slice(*part.at)] == part.name
        elif isinstance(part, Member):
            assert whole[slice(*part.name_at)] == part.name
        elif isinstance(part, Call):
            assert all(whole[slice(*at)] == part.spelling for at in (part.spelling_at, *part.further_at))
            assert len(part.further_at) == (len(part.args) - 2 if part.form == "infix" else 0)


def compared(case: int, folder: Path) -> Counter[str]:
    """A condition, and the same with some of its pieces exchanged."""
    world, kind, whole = drawn(case)
    words = [*WORDS, *kinds(random.Random(world))[kind].facts]
    pieces = changed(whole, words, random.Random(f"changed/{case}")).decode(errors="replace")
    met: Counter[str] = Counter()
    for lane, each in (("drawn", whole), ("changed", pieces)):
        node, found = compile_condition(each, environment(world, folder), kind, None, spans(each))
        for diagnostic in found:
            sound(diagnostic)
        assert node is not None or found, each
        met[f"{lane}: {'has a meaning' if node is not None else 'is refused'}"] += 1
        try:
            syntax = parse(each)
        except ConditionSyntaxError as error:
            met["out of place"] += node is not None or not 0 <= error.start <= error.end <= len(each) + 1
            continue
        placed(syntax, each)
        printed = source(syntax)
        assert parse(printed) == syntax, each
        assert source(parse(printed)) == printed, each
        if node is not None:
            again, none = compile_condition(printed, environment(world, folder), kind, None, spans(printed))
            assert (again, none) == (node, []), each
            compile_node(node)
            assert text(node)
            met[f"{lane}: parts"] += sum(1 for _ in walk(node))
    return met


def test_drawn_conditions(tmp_path: Path) -> None:
    met = sum((compared(case, tmp_path) for case in range(400)), Counter[str]())
    assert not met["out of place"]
    assert met["drawn: has a meaning"] > 380, met
    assert met["changed: has a meaning"] > 20, met
    assert met["changed: is refused"] > 150, met


@pytest.mark.slow
def test_many_drawn_conditions(tmp_path: Path) -> None:
    count = cases(5000)
    met = sum((compared(1000 + case, tmp_path) for case in range(count)), Counter[str]())
    assert not met["out of place"]
    print(f"\n{count} conditions: {dict(met)}")  # noqa: T201
