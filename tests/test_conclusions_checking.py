"""What is refused before a chainer sees it, and what travels between parent and child."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from chaining_kit import case

from hegui.conclusions import reference
from hegui.conclusions.checking import ProgramError, check
from hegui.conclusions.program import Count, Fact, FlatRule, Head, Pattern, Program, Taken, fact
from hegui.conclusions.wire import (
    ShapeError,
    read_chained,
    read_facts,
    read_program,
    write_chained,
    write_facts,
    write_program,
)

FINDING, MINE = Pattern("finding"), Pattern("mine", (), (("key", 0, "entity"),))
HEAD = Head("lead", (("mine", Taken(0, "entity")),))


def rule(*patterns: Pattern, heads: tuple[Head, ...] = (HEAD,), stratum: int = 1, name: str = "r") -> FlatRule:
    return FlatRule(name, stratum, patterns, heads)


def count(kind: str, head: str, stratum: int = 1) -> Count:
    return Count("c", stratum, kind, ("mine",), ("mine",), 1, head)


GOOD = rule(FINDING, MINE)
FACTS = (fact("finding", {"entity": "M1"}), fact("mine", {"key": "M1"}))
BASE = Pattern("lead", negated=True)
LATER = rule(Pattern("lead"), name="later", heads=(Head("end", (("mine", Taken(0, "mine")),)),))


def test_what_is_right_passes() -> None:
    check(Program((GOOD, LATER, rule(FINDING, BASE, stratum=2, name="n", heads=(Head("x", ()),)))), FACTS)
    check(Program((GOOD,), (count("lead", "many"), replace(count("many", "more", 2), name="d"))), FACTS)


def test_the_cases_of_the_comparison_pass() -> None:
    for seed in range(100):
        check(*case(seed))


STRATA = {
    "negates what its own stratum derives": Program((GOOD, rule(FINDING, BASE, name="n"))),
    "negates what a later stratum derives": Program((replace(GOOD, stratum=3), rule(FINDING, BASE, name="n"))),
    "uses what a later stratum derives": Program((replace(GOOD, stratum=2), LATER)),
    "counts what a later stratum derives": Program((replace(GOOD, stratum=2),), (count("lead", "many"),)),
    "uses a count's head in the count's stratum": Program((LATER,), (count("finding", "lead"),)),
    "counts a count's head in its stratum": Program(
        (GOOD,), (count("lead", "many"), replace(count("many", "more"), name="d"))
    ),
    "negates a count's head in its stratum": Program((rule(FINDING, BASE),), (count("finding", "lead"),)),
}


@pytest.mark.parametrize("what", sorted(STRATA))
def test_what_is_not_stratified_is_refused(what: str) -> None:
    with pytest.raises(ProgramError, match="not stratified: "):
        check(STRATA[what], ())


def many(number: int) -> tuple[Pattern, ...]:
    return tuple(Pattern(f"k{n}") for n in range(number))


LONG_JOIN = tuple(("key", 0, f"entity{n}") for n in range(29))
RULES = {
    "the first pattern must be positive": rule(Pattern("finding", negated=True)),
    "`r`: the first pattern": rule(),
    "16 patterns, more than 15": rule(*many(16)),
    "two patterns have the same kind": rule(FINDING, FINDING),
    "have the same kind": rule(FINDING, Pattern("finding", negated=True)),
    "30 join tests, more than 29": rule(FINDING, Pattern("mine", (), LONG_JOIN)),
    "`mine.key` is joined to what is no earlier": rule(FINDING, Pattern("mine", (), (("key", 1, "key"),))),
    "`mine.key` is joined to what is no": rule(FINDING, Pattern("mine", (), (("key", -1, "key"),))),
    "`town.a` is joined": rule(FINDING, Pattern("mine", negated=True), Pattern("town", (), (("a", 1, "key"),))),
    "nothing is derived": rule(FINDING, heads=()),
    "a property of `x` is given twice": rule(FINDING, heads=(Head("x", (("a", 1), ("a", 2))),)),
    "`x.a` is taken from what is no positive pattern": rule(FINDING, heads=(Head("x", (("a", Taken(1, "a")),)),)),
    "`finding` has no property `nothing`": rule(Pattern("finding", (("nothing", 1),))),
    "`mine` has no property `at`": rule(FINDING, Pattern("mine", (), (("at", 0, "entity"),))),
    "`finding` has no property `at`": rule(FINDING, Pattern("mine", (), (("key", 0, "at"),))),
    "has no property `gone`": rule(FINDING, heads=(Head("x", (("a", Taken(0, "gone")),)),)),
    "`entity` is a str in one place and a int": rule(Pattern("finding", (("entity", 5),))),
    "`key` is a str in one place and a bool": rule(FINDING, heads=(Head("x", (("key", True),)),)),
    "only text, int and bool are": rule(FINDING, heads=(Head("x", (("key", 1.5),)),)),  # type: ignore[arg-type]
    "`sid` is reserved": rule(FINDING, heads=(Head("x", (("sid", 1),)),)),
    "`\\$not` cannot be the name": rule(FINDING, heads=(Head("x", (("$not", 1),)),)),
    "beyond 64 bits": rule(FINDING, heads=(Head("x", (("n", 2**63),)),)),
    "of 60001 bytes": rule(FINDING, heads=(Head("x", (("n", "x" * 60_001),)),)),
}


@pytest.mark.parametrize("problem", sorted(RULES))
def test_an_unsafe_rule_is_refused(problem: str) -> None:
    with pytest.raises(ProgramError, match=problem):
        check(Program((RULES[problem],)), FACTS)


VALUES = {
    "`kind` is reserved": {"kind": "x"},
    "`id` is reserved": {"id": "x"},
    "`a.b` cannot be the name": {"a.b": "x"},
    "the names `costarring` and `liquid` share a hash": {"costarring": 1, "liquid": 1},
    "beyond 64 bits": {"n": -(2**63)},
    "of 60002 bytes": {"n": "矿" * 20_000 + "xx"},
    "of 80000 bytes": {"n": '"' * 40_000},
    "half a surrogate pair": {"n": "\ud800"},
    "only text, int and bool are": {"n": None},
    "`entity` is a str in one place": {"entity": 3},
    "has more than 250 properties": {f"n{number}": 1 for number in range(251)},
}


@pytest.mark.parametrize("problem", sorted(VALUES))
def test_an_unsafe_fact_is_refused(problem: str) -> None:
    with pytest.raises(ProgramError, match=problem):
        check(Program((GOOD,)), (*FACTS, fact("other", VALUES[problem])))  # type: ignore[arg-type]


def test_the_properties_of_a_fact_are_sorted_each_once() -> None:
    for names in (("b", "a"), ("a", "a")):
        with pytest.raises(ProgramError, match="not sorted by name, each once"):
            check(Program(()), (Fact("x", tuple((name, 1) for name in names)),))


def test_types_are_followed_through_what_is_derived() -> None:
    """`mine` of a derived fact is a text because `entity` is; a rule two steps on compares it with a number."""
    further = rule(Pattern("lead", (("mine", 4),)), name="further", heads=(Head("x", ()),))
    with pytest.raises(ProgramError, match="`entity` is a str in one place and a int in another"):
        check(Program((GOOD, further)), FACTS)


def test_names_counts_and_numbers() -> None:
    with pytest.raises(ProgramError, match="`r` is the name of two"):
        check(Program((GOOD, GOOD)), FACTS)
    with pytest.raises(ProgramError, match="at least 0 is no number"):
        check(Program((), (replace(count("finding", "x"), at_least=0),)), ())
    with pytest.raises(ProgramError, match="count `c`: a fact of kind `finding` has no property `mine`"):
        check(Program((), (count("finding", "x"),)), FACTS)
    with pytest.raises(ProgramError, match="`entity` is a str in one place and a bool"):
        check(Program((), (Count("c", 1, "finding", ("entity",), ("entity",), 1, "x", "entity"),)), FACTS)


# --- between parent and child --------------------------------------------------------------------------------------


def test_programs_facts_and_what_follows_survive_the_journey() -> None:
    for seed in range(50):
        program, facts = case(seed)
        chained = reference.chain(program, facts)
        assert read_program(json.loads(json.dumps(write_program(program)))) == program
        assert read_facts(json.loads(json.dumps(write_facts(facts)))) == facts
        given = chained.facts[: chained.given]
        assert read_chained(json.loads(json.dumps(write_chained(chained))), program, given) == chained


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"shapes": 3, "rows": []},
        {"shapes": [[]], "rows": []},
        {"shapes": [["k", "a"]], "rows": [[0]]},
        {"shapes": [["k", "a"]], "rows": [[0, 1, 2]]},
        {"shapes": [["k", "a"]], "rows": [[1, 1]]},
        {"shapes": [["k", "a"]], "rows": [["0", 1]]},
        {"shapes": [["k", "a"]], "rows": [[0, 1.5]]},
    ],
)
def test_other_shapes_are_refused(data: object) -> None:
    with pytest.raises(ShapeError):
        read_facts(data)
