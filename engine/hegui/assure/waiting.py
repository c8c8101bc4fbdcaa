"""Can a condition be undetermined? Decided from its typed tree, as far as the tree tells.

A cell may be missing, but for keys, the reference back of a relation's row to the row the relation belongs to, and what
is reached through these alone. What a finding always says of itself is never missing, nor is the id of a conclusion.
A parameter may have no value where there is such a day on which it can be taken. `has(…)`, constants, `as_of` and the
elements of a list are always there. `min`, `max` and `avg` may be of nothing, and a divisor may be 0, unless it is written
as another number. Results out of range do not count: no example reaches beyond ±2⁵³ or the year 9999 in earnest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hegui.datatypes import Reason
from hegui.language.operators import OPERATORS
from hegui.language.tree import (
    AsOf,
    Cell,
    Chain,
    Const,
    Convert,
    Element,
    Given,
    Has,
    If,
    Let,
    Listed,
    Logic,
    Node,
    Op,
    Param,
    Related,
    Row,
)
from hegui.ruleset.model import Parameter, Period
from hegui.ruleset.periods import without
from hegui.vocabulary import Kind

ALWAYS_SAID: Final = ("rule", "about", "key", "kind", "entity", "severity", "nature", "id")
"""What findings and conclusions always say of themselves."""


ALWAYS: Final = Period()


@dataclass(frozen=True)
class Known:
    """What there is to know where a condition stands.

    `days` are those on which the law is taken, and `day_waits` says whether that day may not be known. `backs` has the
    reference back of each variable that stands for a row of a relation, `waiting` those that may have no value.
    """

    kinds: Mapping[str, Kind]
    parameters: Mapping[str, Parameter]
    days: Period = ALWAYS
    day_waits: bool = False
    backs: tuple[tuple[str, str], ...] = ()
    waiting: frozenset[str] = frozenset()

    def inside(self, chain: Chain) -> Known:
        """The same within the conditions of a chain."""
        backs, waiting = self.backs, self.waiting - {chain.var}
        match chain.source:
            case Related(by=by):
                backs = (*backs, (chain.var, by))
            case Given(items) if any(self.waits(item) for item in items):
                waiting |= {chain.var}
        return Known(self.kinds, self.parameters, self.days, self.day_waits, backs, waiting)

    def waits(self, node: Node) -> bool:
        """May a value be undetermined?"""
        match node:
            case Const() | AsOf() | Has():
                return False
            case Cell():
                return not self.always(node.row, node.field)
            case Element(var=var):
                return var in self.waiting
            case Param():
                return self.param(node)
            case Let(body=body) | Convert(arg=body):
                return self.waits(body)
            case Logic(parts=parts):
                return any(map(self.waits, parts))
            case If(test, then, otherwise):
                return any(map(self.waits, (test, then, otherwise)))
            case Op():
                return any(map(self.waits, node.args)) or _faulty(node)
            case Chain():
                return self.chain(node)
        raise AssertionError(node)  # pragma: no cover

    def always(self, row: Row, field: str) -> bool:
        """Is a field of a row never missing?"""
        for index, name in enumerate((*row.refs, field)):
            kind = self.kinds.get(row.kinds[index])
            if index == 0 and (row.var, name) in self.backs:
                continue
            if name not in (ALWAYS_SAID if kind is None else kind.key):
                return False
        return True

    def param(self, node: Param) -> bool:
        values = self.parameters[node.name].values
        if isinstance(node.on, Const):
            return not any(value.period.holds(node.on.value) for value in values)  # type: ignore[arg-type]
        days, waits = (self.days, self.day_waits) if node.on is None else (ALWAYS, self.waits(node.on))
        covered = [value.period for value in values if not value.period.pending]
        return waits or bool(without(days, covered))

    def chain(self, node: Chain) -> bool:
        within = self.inside(node)
        match node.source:
            case Related(row=row) if row.refs and not self.always(
                Row(row.var, row.kinds[:-1], row.refs[:-1]), row.refs[-1]
            ):
                return True
            case Listed(cell=cell) if self.waits(cell):
                return True
        parts = [node.filter, node.predicate, None if node.known else node.value]
        if any(within.waits(part) for part in parts if part is not None):
            return True
        return node.ending in ("min", "max", "avg") and not isinstance(node.source, Given)


def _faulty(node: Op) -> bool:
    """May an operation have no value though what it is done to has?"""
    overload = OPERATORS[node.key].overloads[node.overload] if OPERATORS[node.key].signs is None else None
    if overload is None or overload.faults is None:
        return False
    reasons = {reason for reason, _ in overload.faults(*(0.0 for _ in range(len(node.args) + overload.lookups)))}
    divisor = node.args[-1]
    if isinstance(divisor, Const) and divisor.value != 0:
        reasons.discard(Reason.DIVISION_BY_ZERO)
    return bool(reasons - {Reason.OUT_OF_RANGE})
