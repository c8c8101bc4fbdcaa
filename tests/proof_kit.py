"""Terms of the solver held against the scalar evaluator, over facts given as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import z3
from evaluation import AS_OF, Facts

from hegui.assure.proof.space import Cell, Space, Spot
from hegui.assure.proof.terms import Term, conj, day, neg, sure
from hegui.assure.proof.translation import Env, Place, Translator, place
from hegui.datatypes import Below, Reason, Undetermined
from hegui.engines.scalar import FactWorld
from hegui.facts import cells
from hegui.language.scalar import RowData, Scope, compile_node
from hegui.language.tree import Element, Node, walk

LIMIT = 3_000_000
"""Steps a question may take: random conditions multiply what no solver multiplies."""


DIGITS = 8
"""A number with more is rounded by the engine, and not by the solver."""
NOWHERE = Undetermined.because(Reason.MISSING, "")
FIRST_DAY = date(cells.FIRST_YEAR, 1, 1)


def admitted(facts: Facts) -> Facts:
    """Facts as the door would have left them: it trims texts, takes some for no value, and lets no day before 1900 in."""

    def cell(told: cells.Field, value: Any) -> Any:
        if isinstance(value, list):
            found = [cell(cells.element(told), each) for each in value]
            return [each for each in found if each is not None]
        if isinstance(value, date):
            return max(value, FIRST_DAY)
        return cells.reader(told)(value).value if isinstance(value, str) else value

    def row(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        fields = facts.vocabulary.kinds[kind].fields
        return {name: cell(fields[name], value) if name in fields else value for name, value in values.items()}

    return replace(facts, rows={kind: [row(kind, each) for each in rows] for kind, rows in facts.rows.items()})


class Watched(Translator):
    """Keeps what the variables around each unknown condition stand for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen: dict[tuple[Node, Place], Env] = {}

    def _fresh(self, node: Node, env: Env) -> Term:
        self.seen.setdefault((node, place(node, env)), env)
        return super()._fresh(node, env)


class UndecidedError(Exception):
    """A question took too long."""


class Held:
    """One condition, translated over a space (that of another where there is one `beside` it), and asked of rows."""

    def __init__(
        self,
        facts: Facts,
        node: Node,
        kind: str,
        act: Node | date = AS_OF,
        slots: int = 0,
        beside: Held | None = None,
    ) -> None:
        self.world, self.node, self.act, self.beside = FactWorld(facts.request), node, act, beside
        self.space = beside.space if beside is not None else Space(facts.vocabulary.kinds, kind, slots)
        self.translator = Watched(self.space, facts.ruleset.parameters)
        self.translator.day = sure(day(act)) if isinstance(act, date) else self.translator.term(act)
        self.term = self.translator.term(node)
        self.rows = list(self.world.judged(kind))

    def scalar(self, row: RowData) -> Any:
        """The definition: the value, or None."""
        return self._worth(self.node, [row])

    def _worth(self, node: Node, rows: list[Any]) -> Any:
        scope = Scope(self.world, AS_OF, AS_OF, rows[:1])
        scope.day = self.act if isinstance(self.act, date) else compile_node(self.act)(scope)
        scope.rows = rows
        found = compile_node(node)(scope)
        return None if isinstance(found, Undetermined) else found

    def may_be(self, row: RowData, value: Any) -> bool:
        """Does the translation allow this value of the condition on this row?"""
        return self._asked(row, self.equal(value)) == z3.sat

    def must_be(self, row: RowData, value: Any) -> bool:
        """Does it allow no other?"""
        return self._asked(row, neg(self.equal(value))) == z3.unsat

    def known(self, row: RowData) -> bool:
        """Is every value the solver knows nothing of told it as it is?"""
        return all(fact is not None for fact in self.worked_out(row))

    # --- what the solver knows nothing of

    def worked_out(self, row: RowData) -> list[Any]:
        """What each unknown condition comes to on a row; None where that is a number the engine rounds."""
        found: list[Any] = [] if self.beside is None else self.beside.worked_out(row)
        for (node, where), env in self.translator.seen.items():
            used = dict(where)
            around = [
                self._bound(name, env, node, row, found) if name in used else NOWHERE for name in sorted(env, key=int)
            ]
            if None not in around:  # a slot without a row: nobody asks
                found.append(self._told(node, env, self._worth(node, [row, *around])))
        return found

    def _told(self, node: Node, env: Env, value: Any) -> Any:
        term = self.translator.unknowns[node, place(node, env)].term
        if value is None:
            return neg(term.defined)
        if isinstance(value, float) and value != float(f"{value:.{DIGITS}g}"):
            return None
        return conj((term.defined, term.value == self.translator.constant(value, node.type)))

    def _bound(self, name: str, env: Env, node: Node, row: RowData, known: list[Any]) -> Any:
        """What a variable stands for on a row; None where there is no row."""
        bound = env[name]
        if isinstance(bound, Spot):
            return self.row(bound, row)
        found = bound.value
        if not z3.is_int_value(found):
            solver = self._begun(row, [fact for fact in known if fact is not None])
            if solver.check() != z3.sat:
                raise UndecidedError  # what is wrong will be told by the question itself
            if not z3.is_true(solver.model().eval(bound.defined, model_completion=True)):
                return NOWHERE
            found = solver.model().eval(bound.value, model_completion=True)
        type_ = next(each.type for each in walk(node) if isinstance(each, Element) and each.var == name)
        if type_.name == "number":
            return float(Fraction(found.as_fraction()))
        if type_.name == "bool":
            return z3.is_true(found)
        number = found.as_long()
        texts = {"date": date.fromordinal, "int": int}
        return texts.get(type_.name, self.space.strings.text)(number)

    def equal(self, value: Any) -> Any:
        if value is None:
            return neg(self.term.defined)
        return z3.And(self.term.defined, self.term.value == self.translator.constant(value, self.node.type))

    def _asked(self, row: RowData, wanted: Any) -> Any:
        solver = self._begun(row, [fact for fact in self.worked_out(row) if fact is not None])
        solver.add(wanted)
        answer = solver.check()
        if answer == z3.unknown:
            raise UndecidedError
        return answer

    def _begun(self, row: RowData, known: list[Any]) -> Any:
        solver = z3.Solver()
        solver.set("random_seed", 0)
        solver.set("rlimit", LIMIT)
        solver.add(self.space.as_of == day(AS_OF), *self.fixed(row), *known, *self.space.facts)
        solver.add(*self.translator.emptiness(), *self.space.same_rows(), *self.space.texts_held())
        if self.beside is not None:
            solver.add(*self.beside.translator.emptiness())
        return solver

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
