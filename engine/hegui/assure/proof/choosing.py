"""From a case the solver found to one worth reading: values are chosen one after the other, the plainest that will do.

A cell that need not be there is left out; then come the constants and parameters the conditions name and their
neighbours. What is chosen depends only on what is possible, not on which case the solver happened upon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import z3

from hegui.assure.proof.dates import FIRST, LAST
from hegui.assure.proof.solver import Answer, Solver
from hegui.assure.proof.space import Cell, Space, stands
from hegui.assure.proof.terms import Formula, conj, day, neg
from hegui.facts.cells import element
from hegui.vocabulary import Field

USUAL_DAY: Final = date(2024, 3, 11)
"""The day facts are looked at where any will do: that of examples that name none."""
_PLAIN: Final = (1, 2, 10, 100, 0, -1)
_DIGITS: Final = 15
"""Significant digits of a number that is read back as it stands."""


@dataclass(frozen=True)
class Pool:
    """What to choose values from: `numbers` and `days` around which something changes, `texts` by field."""

    numbers: tuple[Fraction, ...] = ()
    days: tuple[date, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Chooser:
    """Narrows one begun question down until every cell has a value."""

    solver: Solver
    begun: Any
    space: Space
    pool: Pool
    model: Any = None
    days: list[date] = field(default_factory=list)
    late: bool = False
    """A check ran into the limit: from then on the values are those of the case found, plain or not."""

    def settle(self) -> Answer:
        """Choose everything; NO where the question has no case, OPEN where none was found within the limit."""
        answer = self._check()
        if answer is not Answer.YES:
            return answer
        self.model = self.begun.model()
        self._day()
        for there in self.space.there.values():
            self._first([neg(there), there])
        for cell in list(self.space.cells.values()):
            self._cell(cell)
        return Answer.YES

    def _check(self, *assumptions: Formula) -> Answer:
        answer = self.solver.check(self.begun, *assumptions)
        self.late = self.late or answer is Answer.OPEN
        return answer

    def value(self, formula: Formula) -> Any:
        """The value of a formula in the case found: a bool, an int or a fraction."""
        found = self.model.eval(formula, model_completion=True)
        if z3.is_bool(found):
            return z3.is_true(found)
        if z3.is_int_value(found):
            return found.as_long()
        return Fraction(found.as_fraction()) if z3.is_rational_value(found) else None

    # --- one choice

    def _first(self, wanted: Iterable[Formula]) -> Formula | None:
        """Hold on to the first of some formulas that is possible."""
        for each in wanted:
            held = z3.is_true(self.model.eval(each, model_completion=True))
            if not held and (self.late or self._check(each) is not Answer.YES):
                continue
            if not held:
                self.model = self.begun.model()
            self.begun.add(each)
            return each
        return None

    def _day(self) -> None:
        later = [moved for each in self.pool.days for step in (400, 40) if (moved := _moved(each, step)) is not None]
        days = [USUAL_DAY, *later, *self._around([USUAL_DAY, *self.pool.days])]
        self._first([self.space.as_of == day(each) for each in days])
        self._chosen(self.space.as_of)

    def _chosen(self, variable: Formula) -> None:
        """A date is chosen: those after it may be next to it. Where no candidate was possible, the case found decides."""
        number = self.value(variable)
        self.begun.add(variable == number)
        self.days.append(date.fromordinal(min(max(number, FIRST), LAST)))

    def _cell(self, cell: Cell) -> None:
        absent = neg(cell.term.defined)
        below = [] if cell.term.below is None else [neg(cell.term.below)]
        if self._first([conj([absent, *below]), cell.term.defined]) is absent or not self.value(cell.term.defined):
            self._unmeasured(cell)
            return
        if cell.type.name == "list":
            self._list(cell)
            return
        self._value(self._field(cell), cell.term.value)

    def _unmeasured(self, cell: Cell) -> None:
        if cell.term.below is not None and self.value(cell.term.below):
            self._value(self._field(cell), cell.term.bound)

    def _field(self, cell: Cell) -> Field:
        return self.space.kinds[cell.spot.kind].fields[cell.name]

    def _list(self, cell: Cell) -> None:
        for member in cell.members.values():
            self._first([neg(member), member])
        for item in cell.items:
            self._first([neg(item.defined), item.defined])
            if self.value(item.defined):
                self._value(element(self._field(cell)), item.value)

    def _value(self, told: Field, variable: Formula) -> None:
        self._first(variable == each for each in self._candidates(told, variable))
        if told.type.name == "date":
            self._chosen(variable)
        elif told.type.name != "bool":
            self.begun.add(variable == self.model.eval(variable, model_completion=True))

    # --- candidates, the plainest first

    def _candidates(self, told: Field, variable: Formula) -> Iterator[Formula]:
        type_ = told.type
        match type_.name:
            case "bool":
                yield from (z3.BoolVal(True), z3.BoolVal(False))
            case "date":
                yield from (day(each) for each in self._around([*self.days, *self.pool.days]))
            case "int" | "number":
                yield from self._numbers(type_.name == "int", self.value(variable))
            case "code":
                yield from (self.space.strings.number(code) for code in type_.codes or ())
            case _:
                yield from self._texts(told)

    def _numbers(self, whole: bool, found: Fraction | int | None) -> Iterator[Formula]:
        named = [each for number in self.pool.numbers for each in (number, number + 1, number - 1)]
        years = [each.year - back for each in self.days[:1] for back in (1, 0)] if whole else []
        rounded = [] if found is None else [_rounded(Fraction(found), places) for places in (0, 1, 2, 4, 6)]
        plain = [Fraction(each) for each in (*years, *_PLAIN)]
        for number in dict.fromkeys([*self.pool.numbers, *named, *plain, *rounded]):
            if not whole:
                yield z3.RealVal(str(number))
            elif number.denominator == 1:
                yield z3.IntVal(number.numerator)

    def _around(self, days: Sequence[date]) -> list[date]:
        """Some days, then those next to them, then those a number of days that the conditions name away from the first."""
        whole = [int(number) for number in self.pool.numbers if number.denominator == 1 and 1 < number < 4000]
        apart = [step for number in whole for step in (number, number + 1, number - 1)]
        steps = [(each, step) for each in days for step in (0, -1, 1)]
        steps += [(each, way * step) for each in days[:2] for step in apart for way in (-1, 1)]
        steps += [(each, step) for each in days[:2] for step in (-30, -400, 400)]
        found = [moved for each, step in steps if (moved := _moved(each, step)) is not None]
        return list(dict.fromkeys(sorted(found, key=lambda each: found.index(each))))

    def _texts(self, told: Field) -> Iterator[Formula]:
        strings, name = self.space.strings, told.name
        known = list(strings.numbers)
        taken = sum(each.startswith(f"{name}-") for each in known)
        for text in (*self.pool.texts.get(name, ()), f"{name}-{taken + 1}", *known):
            if stands(told, text):
                yield strings.number(text)


def _moved(start: date, step: int) -> date | None:
    number = start.toordinal() + step
    return start + timedelta(step) if FIRST <= number <= LAST else None


def _rounded(number: Fraction, places: int) -> Fraction:
    return Fraction(round(number * 10**places), 10**places)


def decimal_of(number: Fraction) -> int | float | None:
    """A number as it is written in YAML and read back the same; None where decimals do not reach it."""
    if number.denominator == 1:
        return int(number)
    written = (Decimal(number.numerator) / Decimal(number.denominator)).normalize()
    if Fraction(written) != number or len(written.as_tuple().digits) > _DIGITS:
        return None
    return float(written)


def pool_of(literals: Iterable[object], days: Iterable[date], texts: Mapping[str, Iterable[str]]) -> Pool:
    """A pool out of what conditions name."""
    found = list(literals)
    numbers = [Fraction(repr(each)) for each in found if isinstance(each, (int, float)) and not isinstance(each, bool)]
    dates = [each for each in found if isinstance(each, date)]
    return Pool(
        tuple(dict.fromkeys(numbers)),
        tuple(dict.fromkeys([*days, *dates])),
        {name: tuple(dict.fromkeys(each)) for name, each in texts.items()},
    )
