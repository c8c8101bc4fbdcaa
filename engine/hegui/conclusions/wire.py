"""Programs, facts and what follows from them as JSON between the parent and the child, and back with every shape checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hegui.conclusions.program import Chained, Count, Fact, FlatRule, Head, Pattern, Program, Scalar, Taken


class ShapeError(ValueError):
    """What was read is not what is written here."""


def write_facts(facts: Iterable[Fact]) -> dict[str, Any]:
    """Facts as rows of values behind the number of their shape: kind and names stand once."""
    shapes: dict[tuple[str, ...], int] = {}
    rows = []
    for kind, properties in facts:
        shape = (kind, *[name for name, _ in properties])
        rows.append([shapes.setdefault(shape, len(shapes)), *[value for _, value in properties]])
    return {"shapes": list(shapes), "rows": rows}


def read_facts(data: Any) -> tuple[Fact, ...]:
    """The facts that `write_facts` wrote.

    Raises:
        ShapeError: something else was written.
    """
    try:
        shapes = [(str(kind), tuple(map(str, names))) for kind, *names in data["shapes"]]
        facts = []
        for number, *values in data["rows"]:
            kind, names = shapes[number]
            if any(type(value) not in (str, int, bool) for value in values):
                raise ShapeError("a value that is none")
            facts.append(Fact(kind, tuple(zip(names, values, strict=True))))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ShapeError(f"facts: {error}") from error
    return tuple(facts)


def write_program(program: Program) -> dict[str, Any]:
    """A program as lists; a value taken is a pair where a constant stands alone."""
    rules = [
        {
            "name": rule.name,
            "stratum": rule.stratum,
            "patterns": [[one.kind, one.equals, one.joins, one.negated] for one in rule.patterns],
            "heads": [[head.kind, [[name, *_given(value)] for name, value in head.properties]] for head in rule.heads],
        }
        for rule in program.rules
    ]
    counts = [
        [one.name, one.stratum, one.kind, one.group, one.member, one.at_least, one.head, one.placed]
        for one in program.counts
    ]
    return {"rules": rules, "counts": counts}


def _given(value: Scalar | Taken) -> tuple[Scalar, ...]:
    return (value.pattern, value.property) if isinstance(value, Taken) else (value,)


def read_program(data: Any) -> Program:
    """The program that `write_program` wrote; it comes from the parent and is trusted."""
    rules = tuple(
        FlatRule(
            rule["name"],
            rule["stratum"],
            tuple(
                Pattern(kind, tuple(map(tuple, equals)), tuple(map(tuple, joins)), negated)
                for kind, equals, joins, negated in rule["patterns"]
            ),
            tuple(
                Head(kind, tuple((name, _taken(given)) for name, *given in properties))
                for kind, properties in rule["heads"]
            ),
        )
        for rule in data["rules"]
    )
    counts = tuple(
        Count(name, stratum, kind, tuple(group), tuple(member), at_least, head, placed)
        for name, stratum, kind, group, member, at_least, head, placed in data["counts"]
    )
    return Program(rules, counts)


def _taken(given: list[Any]) -> Any:
    return given[0] if len(given) == 1 else Taken(*given)


def write_chained(chained: Chained) -> dict[str, Any]:
    """What follows, without the given facts; firings by rule."""
    firings: dict[str, list[tuple[int, ...]]] = {}
    for rule, matched in chained.firings:
        firings.setdefault(rule, []).append(matched)
    derived = write_facts(chained.facts[chained.given :])
    return {"given": chained.given, "derived": derived, "firings": list(firings.items())}


def read_chained(data: Any, program: Program, given: tuple[Fact, ...]) -> Chained:
    """What the child says follows from `given`, each place and kind in it compared with the program.

    Raises:
        ShapeError: it cannot be an answer to that.
    """
    if not isinstance(data, dict) or data.get("given") != len(given):
        raise ShapeError("an answer to another question")
    derived = read_facts(data.get("derived"))
    facts = given + derived
    if list(derived) != sorted(derived) or len(set(facts)) != len(facts):
        raise ShapeError("derived facts that are not sorted, each once")
    kinds = [one.kind for one in facts]
    wanted = {rule.name: [rule.patterns[number].kind for number in rule.positive] for rule in program.rules}
    firings = []
    try:
        for rule, matches in data["firings"]:
            for matched in matches:
                if min(matched) < 0 or [kinds[place] for place in matched] != wanted[rule]:
                    raise ShapeError(f"a firing of `{rule}` with other kinds of facts")
                firings.append((rule, tuple(matched)))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ShapeError(f"firings: {error}") from error
    return Chained(facts, len(given), tuple(firings))
