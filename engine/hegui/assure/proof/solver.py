"""Questions to the solver, each with a limit.

The limit is counted in the solver's own steps, not in seconds of this machine, so that the same ruleset gives the same
answers everywhere; a second stands for `STEPS` of them. Every question is asked of a solver of its own, so that no answer
depends on what was asked before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import z3

from hegui.assure.proof.terms import Formula

STEPS: Final = 1_000_000
"""Steps that count as a second."""
LONGEST: Final = 10
"""Times the limit after which a question is broken off by the clock after all, since some steps take long."""
AT_LEAST: Final = 60
"""Seconds before which the clock breaks nothing off: a busy machine is slow, and is to give the same answers."""


class Answer(Enum):
    """Is there a case: yes, no, or not found out within the limit."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass
class Solver:
    """Asks questions; counts how many, and how many stayed open."""

    seconds: float
    asked: int = 0
    open: int = 0
    _steps: int = field(init=False)

    def __post_init__(self) -> None:
        self._steps = max(1, round(self.seconds * STEPS))

    def begin(self, formulas: Iterable[Formula]) -> Any:
        """A solver of z3 that holds some formulas, with the limit set and its seeds fixed."""
        solver = z3.SimpleSolver()
        solver.set("random_seed", 0)
        solver.set("rlimit", self._steps)
        solver.set("timeout", round(1000 * max(AT_LEAST, self.seconds * LONGEST)))
        solver.add(*formulas)
        return solver

    def check(self, solver: Any, *assumptions: Formula) -> Answer:
        """Can all of it hold at once?"""
        self.asked += 1
        try:
            found = solver.check(*assumptions)
        except z3.Z3Exception:  # the limit may also be met while a formula is taken in
            found = z3.unknown
        if found == z3.unknown:
            self.open += 1
            return Answer.OPEN
        return Answer.YES if found == z3.sat else Answer.NO

    def can(self, *formulas: Formula) -> Answer:
        """Can these hold at once?"""
        return self.check(self.begin(formulas))
