"""Evaluating conditions again from what a finding recorded, without the facts: how explanations are computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from hegui.datatypes import Below, Reason, Undetermined
from hegui.language.scalar import RowData, Scope, Value, compile_node
from hegui.language.signatures import Lookups
from hegui.language.tree import Node


class Leaf(Protocol):
    """The recorded value of a leaf: what a finding keeps of a cell, parameter or chain."""

    @property
    def value(self) -> Any: ...
    @property
    def below(self) -> float | None: ...


MISSING_LEAF: Final = Undetermined(())


Replay = Callable[[Scope], Value]
"""A function of what a finding recorded: see `recorded_scope`."""


def leaf_evaluator(node: Node, leaves: Sequence[Node]) -> Replay:
    """The function that evaluates `node` again from a finding's leaf values, without the facts.

    Undetermined leaves have no causes of their own here: the finding's causes say what they wait for.
    """
    return compile_node(node, {leaf: number for number, leaf in enumerate(leaves)})


def recorded_scope(values: Sequence[Leaf], as_of: date, occurred: date | None, calendar: Lookups) -> Scope:
    """What conditions are evaluated in again: a finding's leaf values, `as_of`, the day of the act and the working days of
    the run."""
    return Scope(_NoFacts(calendar), as_of, occurred or MISSING_LEAF, [], [_leaf(value) for value in values])


def _leaf(value: Leaf) -> Value:
    if value.below is not None:
        return Below(value.below)
    return MISSING_LEAF if value.value is None else value.value


@dataclass(frozen=True, slots=True)
class _NoFacts:
    """A world with a calendar and nothing else."""

    calendar: Lookups

    def workdays_between(self, start: date, end: date) -> int | None:
        return self.calendar.workdays_between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        return self.calendar.add_workdays(start, count)

    def follow(self, kind: str, key: str) -> RowData | Reason:
        return Reason.NOT_SUPPLIED

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        return Reason.NOT_SUPPLIED

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        return Reason.NOT_SUPPLIED

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        return None
