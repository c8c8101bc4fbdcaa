"""What the solver knows of a value: whether there is one, and which. The connectives are Kleene's.

A formula is an expression of z3, which has no types of its own; `Formula` says so to the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

import z3

Formula = Any
"""An expression of z3: of sort Bool, Int or Real."""

TRUE: Final[Formula] = z3.BoolVal(True)
FALSE: Final[Formula] = z3.BoolVal(False)
"""What is always so and never so. They are known by being these objects: to ask z3 takes as long as what it would save."""


@dataclass(frozen=True)
class Term:
    """A value of a condition. `value` means nothing where `defined` does not hold.

    A measured value may instead be known only to lie `below` a `bound`; it is then not defined, and comparisons that the
    bound decides are.
    """

    defined: Formula
    value: Formula
    below: Formula | None = None
    bound: Formula | None = None

    @property
    def true(self) -> Formula:
        """It is there and true."""
        return conj((self.defined, self.value))

    @property
    def false(self) -> Formula:
        """It is there and false."""
        return conj((self.defined, neg(self.value)))

    @property
    def known(self) -> Formula:
        """Is there a value, be it one below a detection limit (`has`)."""
        return self.defined if self.below is None else disj((self.defined, self.below))


def sure(value: Formula) -> Term:
    """A value that is always there."""
    return Term(TRUE, value)


def conj(parts: Iterable[Formula]) -> Formula:
    """All of them; what is plainly true is left out."""
    left = [part for part in parts if part is not TRUE]
    if any(part is FALSE for part in left):
        return FALSE
    return left[0] if len(left) == 1 else z3.And(left) if left else TRUE


def disj(parts: Iterable[Formula]) -> Formula:
    """One of them; what is plainly false is left out."""
    left = [part for part in parts if part is not FALSE]
    if any(part is TRUE for part in left):
        return TRUE
    return left[0] if len(left) == 1 else z3.Or(left) if left else FALSE


def neg(part: Formula) -> Formula:
    """Not so."""
    if part is TRUE:
        return FALSE
    return TRUE if part is FALSE else z3.Not(part)


def implies(part: Formula, then: Formula) -> Formula:
    """Where the one holds, so does the other."""
    return disj((neg(part), then))


def choose(test: Formula, then: Formula, otherwise: Formula) -> Formula:
    """One of two values of one sort, or of an int and a number."""
    if z3.is_bool(then):
        return z3.If(test, then, otherwise)
    if z3.is_real(then) != z3.is_real(otherwise):
        then, otherwise = real(then), real(otherwise)
    return z3.If(test, then, otherwise)


def real(value: Formula) -> Formula:
    """An int as a number."""
    return z3.ToReal(value) if z3.is_int(value) else value


def all_true(parts: Iterable[Term]) -> Term:
    """Kleene's conjunction: one false part decides, whatever the others."""
    found = list(parts)
    true = conj(part.true for part in found)
    return Term(disj((disj(part.false for part in found), true)), true)


def any_true(parts: Iterable[Term]) -> Term:
    """Kleene's disjunction: one true part decides, whatever the others."""
    found = list(parts)
    true = disj(part.true for part in found)
    return Term(disj((true, conj(part.false for part in found))), true)


def strict(args: Iterable[Term], value: Formula, *, where: Formula = TRUE) -> Term:
    """A value made of others: there where all of them are, and `where` holds."""
    return Term(conj((*(arg.defined for arg in args), where)), value)


def number(value: float) -> Formula:
    """A double as the decimal number it prints as."""
    return z3.RealVal(str(Fraction(repr(value))))


def day(value: date) -> Formula:
    """A date as the solver has it: days since the first day of year 1, which is 1."""
    return z3.IntVal(value.toordinal())
