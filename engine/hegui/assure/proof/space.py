"""The facts a rule may meet, as variables of the solver: one per cell, shared by all rules about the same kind.

A row reached by a reference has variables of its own per path. Rows of a relation have none, unless a number of slots is
asked for: then each chain is unfolded over that many rows, which is enough to find an example and never enough to prove
that there is none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import z3

from hegui.assure.proof import dates
from hegui.assure.proof.meanings import int_range
from hegui.assure.proof.terms import TRUE, Formula, Term, conj, disj, implies, neg
from hegui.datatypes import Type
from hegui.facts import cells
from hegui.vocabulary import Field, Kind

_FIRST_DAY: Final = date(cells.FIRST_YEAR, 1, 1).toordinal()


@dataclass(frozen=True)
class Spot:
    """Where a row stands: the row judged (`above` None), the row a reference `step` points at, or the slot with number
    `slot` of the relation `step`, whose rows point back by `by`."""

    kind: str
    above: Spot | None = None
    step: str = ""
    slot: int | None = None
    by: str = ""

    @cached_property
    def path(self) -> str:
        """`mine.licences[0]`: unique among spots."""
        before = self.above.path if self.above is not None else ""
        own = self.step if self.slot is None else f"{self.step}[{self.slot}]"
        return ".".join(part for part in (before, own) if part)

    def cell(self, name: str) -> str:
        """`mine.licences[0].scale`: what a cell of the row is called."""
        return ".".join(part for part in (self.path, name) if part)


@dataclass(frozen=True)
class Cell:
    """The variables of one cell. A list of codes has a `member` for each of them; other lists have `items` that are
    there or not."""

    spot: Spot
    name: str
    type: Type
    term: Term
    members: Mapping[str, Formula] = field(default_factory=dict)
    items: tuple[Term, ...] = ()


class Strings:
    """Texts by number: only whether two are equal is known of them. Codes and keys are texts too."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> Formula:
        return z3.IntVal(self.numbers.setdefault(text, len(self.numbers)))

    def text(self, number: int) -> str | None:
        """The text with that number, None where no condition names it."""
        return next((text for text, each in self.numbers.items() if each == number), None)


class Space:
    """All variables of the facts around one row of a kind, with what is always so of them (`facts`)."""

    def __init__(self, kinds: Mapping[str, Kind], about: str, slots: int = 0) -> None:
        self.kinds = kinds
        self.slots = slots
        self.root = Spot(about)
        self.strings = Strings()
        self.cells: dict[tuple[Spot, str], Cell] = {}
        self.there: dict[Spot, Formula] = {}
        self.compared: set[tuple[Spot, str]] = set()
        """References whose key is looked at, not only followed."""
        self.as_of = z3.Int("as_of")
        self.facts: list[Formula] = [dates.in_range(self.as_of)]
        self._unknown: dict[Hashable, Term] = {}
        self._texts: list[tuple[Field, Formula]] = []

    # --- rows

    def follow(self, spot: Spot, reference: str, kind: str) -> Spot:
        """The row a reference points at; from a row of a relation back to the row it belongs to."""
        if spot.slot is not None and reference == spot.by and spot.above is not None:
            return spot.above
        return Spot(kind, spot, reference)

    def related(self, spot: Spot, relation: str, kind: str, by: str) -> list[tuple[Formula, Spot]]:
        """The slots of a relation: is there a row in it, and where it stands. They are filled from the first on."""
        found = [Spot(kind, spot, relation, number, by) for number in range(self.slots)]
        before = self.present(spot)
        for each in found:
            if each not in self.there:
                self.there[each] = z3.Bool(f"there {each.path}")
                self.facts.append(implies(self.there[each], before))
            before = self.there[each]
        return [(self.there[each], each) for each in found]

    def present(self, spot: Spot) -> Formula:
        """Is there a row at all, as far as references say?"""
        if spot.above is None:
            return TRUE
        return self.there[spot] if spot.slot is not None else self.cell(spot.above, spot.step).term.defined

    def unknown(self, which: Hashable, type_: Type, name: str) -> Term:
        """A value of which nothing is known but its type; the same one for the same `which`, whatever its name is."""
        if which not in self._unknown:
            told = f"{name} #{len(self._unknown) + 1}"
            self._unknown[which] = Term(z3.Bool(f"has {told}"), variable(type_, told))
        return self._unknown[which]

    # --- cells

    def cell(self, spot: Spot, name: str) -> Cell:
        """The variables of a cell, made when first asked for."""
        key = self.kinds[spot.kind].key
        if spot.slot is not None and name == spot.by and spot.above is not None and self.kinds[spot.above.kind].key:
            back = self.cell(spot.above, self.kinds[spot.above.kind].key[0])
            return Cell(spot, name, self.kinds[spot.kind].fields[name].type, Term(self.there[spot], back.term.value))
        if (spot, name) not in self.cells:
            self.cells[spot, name] = self._made(spot, name)
            if name in key:
                self._keyed(spot, name, name == key[0])
        return self.cells[spot, name]

    def _made(self, spot: Spot, name: str) -> Cell:
        told = self.kinds[spot.kind].fields[name]
        path, type_ = spot.cell(name), told.type
        defined = z3.Bool(f"has {path}")
        self.facts.append(implies(defined, self.present(spot)))
        if type_.name == "list":
            return self._listed(spot, told, defined)
        value = variable(type_, path)
        self._domain(told, value)
        if not told.detection:
            return Cell(spot, name, type_, Term(defined, value))
        below, bound = z3.Bool(f"below {path}"), z3.Real(f"bound {path}")
        self.facts += [neg(conj((defined, below))), implies(below, self.present(spot)), bound > 0]
        return Cell(spot, name, type_, Term(defined, value, below, bound))

    def _listed(self, spot: Spot, told: Field, defined: Formula) -> Cell:
        name, type_, path, element = told.name, told.type, spot.cell(told.name), cells.element(told)
        if element.type.codes is not None:
            members = {code: z3.Bool(f"{path} has {code}") for code in element.type.codes}
            return Cell(spot, name, type_, Term(defined, defined), members)
        items = []
        before = defined
        for number in range(self.slots):
            item = Term(z3.Bool(f"has {path}[{number}]"), variable(element.type, f"{path}[{number}]"))
            self._domain(element, item.value)
            self.facts.append(implies(item.defined, before))
            before = item.defined
            items.append(item)
        return Cell(spot, name, type_, Term(defined, defined), items=tuple(items))

    def _domain(self, told: Field, value: Formula) -> None:
        """A field holds no value but those the door lets through."""
        match told.type.name:
            case "code":
                self.facts.append(disj(value == self.strings.number(code) for code in told.type.codes or ()))
            case "date":
                self.facts.append(conj((value >= _FIRST_DAY, value <= dates.LAST)))
            case "int":
                self.facts.append(int_range(value))
            case "string" | "ref":
                self._texts.append((told, value))

    def texts_held(self) -> Iterator[Formula]:
        """No field holds a text the door would not leave as it is."""
        for told, value in self._texts:
            if told.type.name == "string" or self._called_by_text(told):
                refused = [number for text, number in self.strings.numbers.items() if not stands(told, text)]
                yield from (value != number for number in refused)

    def _called_by_text(self, reference: Field) -> bool:
        """Are the rows a reference points at told apart by a text?"""
        target = self.kinds[reference.type.kind or ""]
        return target.fields[target.key[0]].type.name == "string"

    def _keyed(self, spot: Spot, name: str, first: bool) -> None:
        """A row has its key, and it is the key a reference to it holds; a reference may also point nowhere."""
        own = self.cells[spot, name].term
        if spot.above is None or spot.slot is not None:
            self.facts.append(implies(self.present(spot), own.defined))
        if first and spot.above is not None and spot.slot is None and z3.is_int(own.value):
            reference = self.cell(spot.above, spot.step).term
            if self.kinds[spot.kind].fields[name].type.name in ("string", "code", "ref"):
                self.facts.append(implies(own.defined, own.value == reference.value))

    # --- rows that are one

    def same_rows(self) -> Iterator[Formula]:
        """Two references with the same key point at the same row, whose cells are the same."""
        spots = [spot for spot in dict.fromkeys(spot for spot, _ in self.cells) if spot.slot is None]
        for number, one in enumerate(spots):
            for other in spots[:number]:
                if one.kind == other.kind:
                    yield from self._same(one, other)

    def different_rows(self) -> Iterator[Formula]:
        """Rows of one relation have different keys; where part of a key is never looked at, that part tells them apart."""
        for one, there in self.there.items():
            key = [name for name in self.kinds[one.kind].key if name != one.by]
            for number in range(one.slot or 0):
                other = Spot(one.kind, one.above, one.step, number, one.by)
                pairs = [(self.cells.get((one, name)), self.cells.get((other, name))) for name in key]
                if key and all(mine is not None for mine, _ in pairs):
                    apart = disj(mine.term.value != its.term.value for mine, its in pairs if mine and its)
                    yield implies(there, apart)

    def _same(self, one: Spot, other: Spot) -> Iterator[Formula]:
        keys = [self._key(spot) for spot in (one, other)]
        shared = [name for spot, name in self.cells if spot == one and (other, name) in self.cells]
        for name in shared if all(key is not None for key in keys) else ():
            left, right = self.cells[one, name], self.cells[other, name]
            pairs = [(left.term.defined, right.term.defined), (left.term.value, right.term.value)]
            pairs += [(left.members[code], right.members[code]) for code in left.members]
            same = conj((self.present(one), self.present(other), keys[0] == keys[1]))
            yield implies(same, conj(first == second for first, second in pairs))

    def _key(self, spot: Spot) -> Formula | None:
        """What is known of a row's key, if anything is."""
        if spot.above is not None:
            return self.cell(spot.above, spot.step).term.value
        key = self.kinds[spot.kind].key
        held = self.cells.get((spot, key[0])) if len(key) == 1 else None
        return held.term.value if held is not None and held.type.name == "string" else None


def stands(told: Field, text: str) -> bool:
    """Is a text a value of a field just as it is? The door trims texts, and takes some for no value at all."""
    return cells.reader(told)(text).value == text


def variable(type_: Type, name: str) -> Formula:
    """A variable for values of a type."""
    match type_.name:
        case "bool":
            return z3.Bool(name)
        case "number":
            return z3.Real(name)
    return z3.Int(name)
