"""Terms of the solver held against the scalar evaluator, over facts given as rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import z3
from evaluation import AS_OF, Facts

from hegui.assure.proof.space import Cell, Space, Spot
from hegui.assure.proof.terms import day, neg, sure
from hegui.assure.proof.translation import Translator
from hegui.datatypes import Below, Reason, Undetermined
from hegui.engines.scalar import FactWorld
from hegui.language.scalar import RowData, Scope, compile_node
from hegui.language.tree import Node

LIMIT = 3_000_000
"""Steps a question may take: random conditions multiply what no solver multiplies."""


class UndecidedError(Exception):
    """A question took too long."""


class Held:
    """One condition, translated over a space, and asked of rows."""

    def __init__(self, facts: Facts, node: Node, kind: str, act: Node | date = AS_OF, slots: int = 0) -> None:
        self.world, self.node, self.act = FactWorld(facts.request), node, act
        self.space = Space(facts.vocabulary.kinds, kind, slots)
        self.translator = Translator(self.space, facts.ruleset.parameters)
        self.translator.day = sure(day(act)) if isinstance(act, date) else self.translator.term(act)
        self.term = self.translator.term(node)
        self.rows = list(self.world.judged(kind))

    def scalar(self, row: RowData) -> Any:
        """The definition: the value, or None."""
        scope = Scope(self.world, AS_OF, AS_OF, [row])
        scope.day = self.act if isinstance(self.act, date) else compile_node(self.act)(scope)
        found = compile_node(self.node)(scope)
        return None if isinstance(found, Undetermined) else found

    def may_be(self, row: RowData, value: Any) -> bool:
        """Does the translation allow this value of the condition on this row?"""
        return self._asked(row, self.equal(value))

    def must_be(self, row: RowData, value: Any) -> bool:
        """Does it allow no other?"""
        return not self._asked(row, neg(self.equal(value)))

    def equal(self, value: Any) -> Any:
        if value is None:
            return neg(self.term.defined)
        return z3.And(self.term.defined, self.term.value == self.translator.constant(value, self.node.type))

    def _asked(self, row: RowData, wanted: Any) -> bool:
        solver = z3.Solver()
        solver.set("random_seed", 0)
        solver.add(wanted, self.space.as_of == day(AS_OF), *self.fixed(row), *self.space.facts)
        solver.add(*self.translator.emptiness(), *self.space.same_rows())
        solver.set("rlimit", LIMIT)
        answer = solver.check()
        if answer == z3.unknown:
            raise UndecidedError
        return answer == z3.sat

    # --- the facts of a row, as values of the variables

    def fixed(self, row: RowData) -> list[Any]:
        found: list[Any] = []
        for spot, there in list(self.space.there.items()):
            found.append(there == isinstance(self.row(spot, row), RowData))
        for cell in list(self.space.cells.values()):
            found += self.cell(cell, row)
        return found

    def row(self, spot: Spot, root: RowData) -> RowData | None:
        if spot.above is None:
            return root
        above = self.row(spot.above, root)
        if above is None:
            return None
        if spot.slot is None:
            key = above.cells[spot.step]
            found = key if isinstance(key, Reason) else self.world.follow(spot.kind, key)
            return found if isinstance(found, RowData) else None
        rows = self.related(spot, above)
        return rows[spot.slot] if spot.slot < len(rows) else None

    def related(self, spot: Spot, above: RowData) -> list[RowData]:
        assert spot.above is not None
        key = self.world.own_key(above, spot.above.kind)
        found = key if isinstance(key, Reason) else self.world.related(spot.kind, spot.by, key)
        return [] if isinstance(found, Reason) else list(found)

    def cell(self, cell: Cell, root: RowData) -> list[Any]:
        row = self.row(cell.spot, root)
        value = Reason.MISSING if row is None else row.cells[cell.name]
        if isinstance(value, Below):
            return [z3.Not(cell.term.defined), cell.term.below, cell.term.bound == z3.RealVal(str(value.bound))]
        present = not isinstance(value, Reason)
        found = [cell.term.defined == present]
        if cell.term.below is not None:
            found.append(z3.Not(cell.term.below))
        if cell.type.name == "list":
            element = cell.type.element
            assert element is not None
            found += [member == (present and code in value) for code, member in cell.members.items()]
            for number, item in enumerate(cell.items):
                found.append(item.defined == (present and number < len(value)))
                if present and number < len(value):
                    found.append(item.value == self.translator.constant(value[number], element))
        elif present:
            found.append(cell.term.value == self.translator.constant(value, cell.type))
        return found

    def covered(self, row: RowData) -> bool:
        """Has the row no more related rows than there are slots, and is every relation known?"""
        for spot in self.space.there:
            assert spot.above is not None
            above = self.row(spot.above, row)
            if above is None and self._dangling(spot.above, row):
                return False
            if above is None:
                continue
            key = self.world.own_key(above, spot.above.kind)
            found = key if isinstance(key, Reason) else self.world.related(spot.kind, spot.by, key)
            if isinstance(found, Reason) or len(found) > self.space.slots:
                return False
        return True

    def _dangling(self, spot: Spot, row: RowData) -> bool:
        """Does a reference on the way point nowhere?"""
        if spot.above is None or self.row(spot, row) is not None:
            return False
        above = self.row(spot.above, row)
        if above is None:
            return self._dangling(spot.above, row)
        return spot.slot is None and not isinstance(above.cells[spot.step], Reason)
