"""Cases the solver has found, kept: a question that holds in one of them need not be asked.

A case is a whole interpretation: what a condition never met comes to in it is settled all the same, so that what holds in
it can be, whatever question it was found for. In which cases a condition holds is kept as the bits of a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

import z3

from hegui.assure.proof.terms import Formula


@dataclass
class Cases:
    """The cases of one space, and where each condition asked about holds."""

    _models: list[Any] = field(default_factory=list)
    _held: dict[int, tuple[Formula, int, int]] = field(default_factory=dict)
    """By the solver's number of a condition: the condition itself, so that it keeps its number; how many cases it was
    looked at in; and in which of them it holds."""

    def keep(self, model: Any) -> None:
        """One more case."""
        self._models.append(model)

    def hold(self, formulas: Iterable[Formula]) -> bool:
        """Is there a case in which all of some conditions hold?"""
        left = (1 << len(self._models)) - 1
        for formula in formulas:
            if not left:
                break
            left &= self._where(formula)
        return left != 0

    def _where(self, formula: Formula) -> int:
        number, count = formula.get_id(), len(self._models)
        _, looked_at, found = self._held.get(number, (formula, 0, 0))
        if looked_at < count:
            found = self._worked_out(formula, looked_at, found)
            self._held[number] = (formula, count, found)
        return found

    def _worked_out(self, formula: Formula, looked_at: int, found: int) -> int:
        every = (1 << len(self._models)) - 1
        if z3.is_and(formula):
            return reduce(and_, map(self._where, formula.children()), every)
        if z3.is_or(formula):
            return reduce(or_, map(self._where, formula.children()), 0)
        if z3.is_not(formula):
            return every & ~self._where(formula.arg(0))
        for number, model in enumerate(self._models[looked_at:], looked_at):
            found |= z3.is_true(model.eval(formula, model_completion=True)) << number
        return found
