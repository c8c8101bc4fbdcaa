"""What one conclusion is drawn from, kept candidate by candidate: flat facts by jurisdiction, pairs, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hegui.conclusions.ground import KNOWN, Asked, Candidate, Ground, Grounded, Placed, pairs, placed
from hegui.conclusions.plan import Equality, Pairing, Plan, unknown
from hegui.conclusions.program import Fact, fact
from hegui.datatypes import Reason
from hegui.session.journal import Beginning, Journal

Place = str | None
Called = tuple[str, ...]
"""What a fact is known by: its kind and the names of the candidates it stands for."""


class Grounds:
    """The facts of one conclusion. `renewed` are those of candidates that were looked at again since `begin`."""

    def __init__(self, plan: Plan, grounded: Grounded, source: Ground) -> None:
        self.plan, self.grounded, self.source = plan, grounded, source
        self.numbers = range(len(plan.conclusion.variables))
        self.asked = {number: Asked(plan, number, source) for number in self.numbers}
        self.names = {
            number: {key.name for key in plan.keys(number)} | {*self.asked[number].counted} for number in self.numbers
        }
        self.facts: dict[Called, Placed] = {}
        self.kept: dict[tuple[str, Place], dict[str, Candidate]] = {}
        self.paired: dict[tuple[str, str], dict[Called, None]] = {}
        """By role and name of a candidate, the pairs it is in."""
        self.unknown: dict[tuple[int, str], int] = {}
        self.abouts: dict[str, dict[tuple[int, str], None]] = {}
        self.pointing: dict[tuple[int, str, str], dict[str, None]] = {}
        """By variable that stands for findings, reference field and value, the names of candidates."""
        self.loose: dict[int, int] = {}
        """By variable, how many rows it may stand for whose jurisdiction is not known though their kind has one."""
        self.places: dict[Place, int] = {}
        """How many facts there are of each jurisdiction, and of no known one."""
        self.begin()
        self._fill(Beginning())
        self.begin()

    def begin(self) -> None:
        """Forget what changed."""
        self.renewed: set[Called] = set()
        self._before: dict[Called, Placed | None] = {}

    def changed(self) -> tuple[list[Placed], list[Placed]]:
        """The facts that went and that came since `begin`."""
        pairs = [(old, self.facts.get(called)) for called, old in self._before.items()]
        gone = [old for old, new in pairs if old is not None and old != new]
        return gone, [new for old, new in pairs if new is not None and old != new]

    def _fill(self, journal: Journal) -> None:
        roles = {self.plan.role(number): number for number in self.numbers}
        sides = {pairing.kind: pairing for _, pairing in self.pairings()}
        for each in self.grounded.facts:
            properties, kind = dict(each.fact.properties), each.fact.kind
            if kind in roles:
                self._note(roles[kind], self.grounded.candidates[kind, str(properties["e"])], each.fact, 1, journal)
                called: Called = (kind, str(properties["e"]))
                while called in self.facts:  # rows of a kind without a key are called alike
                    called = (*called, "")
                self._put(called, each, journal)
            else:
                self._pair(sides[kind], (kind, str(properties["l"]), str(properties["r"])), each, journal)
        self.grounded.facts = []

    def pairings(self) -> Iterator[tuple[tuple[Equality, ...], Pairing]]:
        """The pairs that are looked at, with the equalities beside them."""
        for clauses in (self.plan.where, self.plan.unless):
            yield from ((clauses.equalities, pairing) for pairing in clauses.pairings)

    # --- looking

    def unknown_keys(self) -> set[tuple[int, str]]:
        """The keys that some candidate has no value of."""
        return {key for key, count in self.unknown.items() if count}

    def placeless(self) -> set[int]:
        """The variables that may stand for a row whose jurisdiction is not known."""
        return {number for number, count in self.loose.items() if count}

    def candidates(self, number: int, place: Place | None = None, *, everywhere: bool) -> list[Candidate]:
        """What a variable may stand for, in a jurisdiction and in no known one, or everywhere."""
        role = self.plan.role(number)
        if everywhere:
            return [each for (of, _), held in self.kept.items() if of == role for each in held.values()]
        return [each for at in {place, None} for each in self.kept.get((role, at), {}).values()]

    # --- changing

    def renew(self, number: int, name: str, fresh: Candidate | None, local: bool, journal: Journal) -> None:
        """Ask a candidate again; None where it is no more."""
        role = self.plan.role(number)
        old = self.grounded.candidates.get((role, name))
        new = None if fresh is None else self.asked[number].ask(fresh)
        if old is None and new is None:
            return
        self.renewed |= {(role, name)}
        if old is not None:
            self._remove(number, old, journal)
        if new is not None:
            self._add(number, new, local, journal)

    def _remove(self, number: int, old: Candidate, journal: Journal) -> None:
        role, grounded = self.plan.role(number), self.grounded
        for called in list(self.paired.get((role, old.name), ())):
            self._unpair(called, journal)
        self._note(number, old, self.facts[role, old.name].fact, -1, journal)
        self._take((role, old.name), journal)
        held: tuple[dict[tuple[str, str], Any], ...] = (grounded.candidates, grounded.loose, grounded.told)
        for each in held:
            journal.drop(each, (role, old.name))

    def _add(self, number: int, new: Candidate, local: bool, journal: Journal) -> None:
        role, grounded, asked = self.plan.role(number), self.grounded, self.asked[number]
        journal.put(grounded.candidates, (role, new.name), new)
        properties, waiting = asked.properties(new)
        if waiting:
            journal.put(grounded.loose, (role, new.name), waiting)
        if {"of", "per"} & set(asked.counted):
            journal.put(grounded.told, (role, new.name), properties)
        made = fact(role, properties)
        self._note(number, new, made, 1, journal)
        self._put((role, new.name), Placed(made, new.place), journal)
        for equalities, pairing in self.pairings():
            if number in pairing.variables:
                self._pair_up(number, new, equalities, pairing, local, journal)

    def _pair_up(
        self,
        number: int,
        new: Candidate,
        equalities: tuple[Equality, ...],
        pairing: Pairing,
        local: bool,
        journal: Journal,
    ) -> None:
        left, right = pairing.variables
        others = self.candidates(
            right if number == left else left, new.place, everywhere=not local or new.place is None
        )
        lists = ([new], others) if number == left else (others, [new])
        for pair in pairs(self.plan, pairing, equalities, *lists, self.source):
            journal.put(self.grounded.pairs, pair.called, pair.causes)
            self._pair(pairing, pair.called, pair.placed, journal)

    # --- keeping

    def _put(self, called: Called, made: Placed, journal: Journal) -> None:
        self._before.setdefault(called, self.facts.get(called))
        journal.put(self.facts, called, made)
        journal.put(self.places, made.place, self.places.get(made.place, 0) + 1)

    def _take(self, called: Called, journal: Journal) -> None:
        self._before.setdefault(called, self.facts.get(called))
        old = journal.drop(self.facts, called)
        assert old is not None
        journal.put(self.places, old.place, self.places[old.place] - 1)

    def _pair(self, pairing: Pairing, called: Called, made: Placed, journal: Journal) -> None:
        self._put(called, made, journal)
        for number, name in zip(pairing.variables, called[1:], strict=True):
            journal.turn(self.paired, (self.plan.role(number), name), called, True)

    def _unpair(self, called: Called, journal: Journal) -> None:
        self._take(called, journal)
        kind, left, right = called
        journal.drop(self.grounded.pairs, (kind, left, right))
        variables = next(pairing.variables for _, pairing in self.pairings() if pairing.kind == called[0])
        for number, name in zip(variables, called[1:], strict=True):
            journal.turn(self.paired, (self.plan.role(number), name), called, False)

    def _note(self, number: int, each: Candidate, made: Fact, by: int, journal: Journal) -> None:
        """Count a candidate in, or out."""
        properties, at = dict(made.properties), (self.plan.role(number), each.place)
        if by > 0:
            journal.put_among(self.kept, at, each.name, each)
        else:
            journal.drop_among(self.kept, at, each.name)
        for name in self.names[number]:
            if properties[unknown(name)]:
                journal.put(self.unknown, (number, name), self.unknown.get((number, name), 0) + by)
        variable = each.variable
        if placed(variable) and each.place is None:
            journal.put(self.loose, number, self.loose.get(number, 0) + by)
        if "about" in self.names[number] and str(properties["about"]).startswith(KNOWN):
            journal.turn(self.abouts, str(properties["about"])[len(KNOWN) :], (number, each.name), by > 0)
        for name in ("entity", "jurisdiction") if variable.source == "finding" else ():
            value = each.row.cells[name]
            if not isinstance(value, Reason):
                journal.turn(self.pointing, (number, name, value), each.name, by > 0)
