"""What operators and functions mean to the solver: one row per row of the operator table that it can reason about.

An operator without a row is not refused: its value is unknown to the solver, and every proof that rests on it says so.
Comparisons have no rows, they follow from the signs in the operator table. Numbers are exact here: a result beyond what a
double holds, and rounding, are outside the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import z3

from hegui.assure.proof import dates
from hegui.assure.proof.terms import FALSE, TRUE, Formula, Term, choose, conj, disj, neg, real, strict
from hegui.datatypes import MAX_INT
from hegui.language.operators import OPERATORS
from hegui.language.tree import Op


@dataclass
class Asked:
    """One operation: its node and its arguments, ints already numbers where the signature says so.

    A meaning that needs values of its own takes them with `fresh` and says in `facts` what they must satisfy.
    """

    node: Op
    args: Sequence[Term]
    fresh: Callable[[str], Formula]
    facts: list[Formula] = field(default_factory=list)

    @property
    def values(self) -> list[Formula]:
        return [arg.value for arg in self.args]

    @property
    def whole(self) -> bool:
        """Is the result an int?"""
        return self.node.type.name == "int"


Meaning = Callable[[Asked], Term]


def compared(left: Formula, right: Formula, signs: frozenset[int]) -> Formula:
    """Is the sign of left − right among `signs`?"""
    if z3.is_bool(left):
        return (left == right) if 0 in signs else (left != right)
    parts = {-1: left < right, 0: left == right, 1: left > right}
    if len(signs) == 2:
        missing = ({-1, 0, 1} - signs).pop()
        return {-1: left >= right, 0: left != right, 1: left <= right}[missing]
    return disj(parts[sign] for sign in sorted(signs))


def exact(asked: Asked, value: Formula) -> Term:
    """A result of arithmetic: an int only as far as ints are exact."""
    return strict(asked.args, value, where=int_range(value) if asked.whole else TRUE)


def int_range(value: Formula) -> Formula:
    """Is a whole number within the range of ints?"""
    return conj((value >= -MAX_INT, value <= MAX_INT))


def _plus(asked: Asked) -> Term:
    left, right = asked.values
    if asked.node.type.name == "date":
        return strict(asked.args, left + right, where=dates.in_range(left + right))
    return exact(asked, left + right)


def _minus(asked: Asked) -> Term:
    left, right = asked.values
    if asked.node.type.name == "date":
        return strict(asked.args, left - right, where=dates.in_range(left - right))
    return exact(asked, left - right)


def _times(asked: Asked) -> Term:
    left, right = asked.values
    return exact(asked, left * right)


def _divide(asked: Asked) -> Term:
    left, right = asked.values
    return strict(asked.args, left / right, where=right != 0)


def _remainder(asked: Asked) -> Term:
    left, right = asked.values
    rest = _size(left) % choose(right == 0, z3.IntVal(1), _size(right))
    return strict(asked.args, choose(left < 0, -rest, rest), where=right != 0)


def _size(value: Formula) -> Formula:
    return choose(value < 0, -value, value)


def _floor(value: Formula) -> Formula:
    return z3.ToReal(z3.ToInt(value))


def _ceil(value: Formula) -> Formula:
    return -_floor(-value)


def _round(value: Formula) -> Formula:
    return choose(value < 0, -_floor(-value + z3.Q(1, 2)), _floor(value + z3.Q(1, 2)))


def _truncated(asked: Asked) -> Term:
    (value,) = asked.values
    whole = choose(value < 0, -z3.ToInt(-value), z3.ToInt(value))
    return strict(asked.args, whole, where=int_range(whole))


def _extreme(least: bool) -> Meaning:
    def meaning(asked: Asked) -> Term:
        found, *others = asked.values
        for other in others:
            found = choose(found <= other if least else found >= other, found, other)
        return strict(asked.args, found)

    return meaning


def _date(asked: Asked) -> Term:
    year, month, day = asked.values
    return strict(asked.args, dates.ordinal(year, month, day), where=dates.exists(year, month, day))


def _part(number: int) -> Meaning:
    def meaning(asked: Asked) -> Term:
        parts = [asked.fresh(name) for name in ("year", "month", "day")]
        asked.facts.append(dates.taken_apart(asked.args[0].value, *parts))
        return strict(asked.args, parts[number])

    return meaning


def _days(asked: Asked) -> Term:
    (count,) = asked.values
    return strict(asked.args, count, where=conj((count >= -999999999, count <= 999999999)))


def _plain(value: Callable[..., Formula]) -> Meaning:
    """A meaning that has a value wherever its arguments have."""
    return lambda asked: strict(asked.args, value(*asked.values))


MEANINGS: Final[dict[str, Meaning]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _divide,
    "%": _remainder,
    "!_": _plain(neg),
    "-_": _plain(lambda value: -value),
    "date3": _date,
    "days": _days,
    "days_between": _plain(lambda start, end: end - start),
    "year": _part(0),
    "month": _part(1),
    "day": _part(2),
    "math.abs": _plain(_size),
    "math.ceil": _plain(_ceil),
    "math.floor": _plain(_floor),
    "math.round": _plain(_round),
    "math.least": _extreme(True),
    "math.greatest": _extreme(False),
    "int": _truncated,
    "double": _plain(real),
}
"""The meaning of each row of the operator table the solver reasons about, by the row's key."""

_NUMERIC: Final = ("int", "number", "bool", "date", "days")


def reasoned(node: Op) -> Meaning | None:
    """The meaning of an operation, or None where the solver knows none: that of texts, but for their being equal."""
    if node.pattern is not None or node.key not in MEANINGS:
        return None
    overload = OPERATORS[node.key].overloads[node.overload]
    if not all(name in _NUMERIC for name in (*overload.args, overload.result.name)):
        return None
    if node.key == "int" and overload.args == ("int",):
        return _plain(lambda value: value)
    return MEANINGS[node.key]


def bounded(left: Term, right: Term, signs: frozenset[int]) -> Term:
    """A comparison where a side may be known only to lie below its detection limit."""
    value = compared(left.value, right.value, signs)
    cases = [(conj((left.defined, right.defined)), value)]
    if left.below is not None:
        cases.append((conj((left.below, right.defined, right.value >= left.bound)), TRUE if -1 in signs else FALSE))
    if right.below is not None:
        cases.append((conj((right.below, left.defined, left.value >= right.bound)), TRUE if 1 in signs else FALSE))
    return Term(disj(where for where, _ in cases), disj(conj(case) for case in cases))
