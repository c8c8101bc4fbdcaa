"""Evaluating conditions again from what a finding recorded, without the facts: how explanations are computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Protocol

from hegui.datatypes import Below, Reason, Undetermined
from hegui.language.scalar import RowData, Scope, Value, compile_node
from hegui.language.tree import Node


class Leaf(Protocol):
    """The recorded value of a leaf: what a finding keeps of a cell, parameter or chain."""

    @property
    def value(self) -> Any: ...
    @property
    def below(self) -> float | None: ...


MISSING_LEAF: Final = Undetermined(())


def leaf_evaluator(node: Node, leaves: Sequence[Node]) -> Callable[[Sequence[Leaf], date, date | None], Value]:
    """A function of a finding's leaf values, `as_of` and the day of the act, that evaluates `node` without the facts.

    Undetermined leaves have no causes of their own here: the finding's causes say what they wait for.
    """
    evaluate = compile_node(node, {leaf: number for number, leaf in enumerate(leaves)})

    def replay(values: Sequence[Leaf], as_of: date, occurred: date | None) -> Value:
        plain = [_leaf(value) for value in values]
        return evaluate(Scope(_NO_WORLD, as_of, occurred or MISSING_LEAF, [], plain))

    return replay


def evaluate_leaves(
    node: Node, leaves: Sequence[Node], values: Sequence[Leaf], *, as_of: date, occurred: date | None
) -> Value:
    """Evaluate `node` once over a finding's leaf values; see `leaf_evaluator`."""
    return leaf_evaluator(node, leaves)(values, as_of, occurred)


def _leaf(value: Leaf) -> Value:
    if value.below is not None:
        return Below(value.below)
    return MISSING_LEAF if value.value is None else value.value


class _NoWorld:
    """A replay never looks at facts; the calendar is the one thing it may still ask for."""

    def workdays_between(self, start: date, end: date) -> int | None:
        from hegui.calendar import load

        return load().between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        from hegui.calendar import load

        return load().add(start, count)

    def follow(self, kind: str, key: str) -> RowData | Reason:
        return Reason.NOT_SUPPLIED

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        return Reason.NOT_SUPPLIED

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        return Reason.NOT_SUPPLIED

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        return None


_NO_WORLD: Final = _NoWorld()
