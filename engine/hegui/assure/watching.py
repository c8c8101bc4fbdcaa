"""Conditions watched while they are asked: which values each of their leaves takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from hegui.assure.waiting import Known
from hegui.datatypes import Undetermined
from hegui.language.scalar import Scope, compile_node, elements
from hegui.language.tree import (
    Chain,
    Const,
    Element,
    Given,
    Has,
    If,
    Let,
    Logic,
    Node,
    Op,
    children,
)

State = Literal["true", "false", "undetermined"]
STATES: Final[tuple[State, ...]] = ("true", "false", "undetermined")

Slot = tuple[tuple[Chain, ...], Node]
"""A leaf within one condition: the chains around it, and itself. Equal leaves at the same place are one."""


@dataclass
class Seen:
    """What has been seen of one leaf, and what there is to be seen."""

    states: set[State] = field(default_factory=set)
    needed: set[State] = field(default_factory=set)


@dataclass
class Notes:
    """The leaves of one condition, in the order they stand in it."""

    slots: dict[Slot, Seen] = field(default_factory=dict)


Definitions = Callable[[Let], "Notes | None"]
"""Finds the notes that a named definition's leaves are written into."""

Watch = Callable[[Scope], None]


@dataclass(frozen=True)
class Watcher:
    """Makes a typed tree into a function that asks every leaf of it, without short cuts, and notes what it says.

    `own` are the chains around, in this condition. Where a definition is used, its leaves are those of its body as moved
    to its place of use; they are noted in order, and it is the same order wherever it is used.
    """

    notes: Notes
    known: Known
    definitions: Definitions
    own: tuple[Chain, ...] = ()

    def watch(self, node: Node) -> list[Watch]:
        """The watches of a value that is true or false."""
        match node:
            case Logic(parts=parts):
                return [each for part in parts for each in self.watch(part)]
            case Op(args=(arg,)) if arg.type.name == "bool":  # a negation
                return self.watch(arg)
            case If(test, then, otherwise):
                return [each for part in (test, then, otherwise) for each in self.watch(part)]
            case Let():
                return self.defined(node)
            case Const():
                return []
        return [self.leaf(node), *self.within(node)]

    def leaf(self, node: Node) -> Watch:
        seen = self.notes.slots.setdefault((self.own, node), Seen())
        seen.needed |= self.needed(node)
        ask = compile_node(node)

        def watch(scope: Scope) -> None:
            seen.states.add(state(ask(scope)))

        return watch

    def needed(self, node: Node) -> set[State]:
        """What can be seen of a leaf."""
        if isinstance(node, Has) and not self.known.waits(node.cell):
            return {"true"}
        return set(STATES if self.known.waits(node) else STATES[:2])

    def within(self, node: Node) -> list[Watch]:
        """The watches of what is true or false inside a value."""
        match node:
            case Logic():
                return self.watch(node)
            case Let():
                return self.defined(node)
            case If(test, then, otherwise):
                return [*self.watch(test), *self.within(then), *self.within(otherwise)]
            case Chain():
                return self.chain(node)
        return [each for child in children(node) for each in self.within(child)]

    # --- definitions

    def defined(self, node: Let) -> list[Watch]:
        """The watches of a definition, noted where it stands itself."""
        notes = self.definitions(node)
        if notes is None:
            return []
        moved = Watcher(Notes(), self.known, self.definitions)
        watches = moved.any(node.body)
        for seen, other in zip(notes.slots.values(), moved.notes.slots.values(), strict=True):
            seen.needed |= other.needed
            other.states = seen.states  # noted in both
        return watches

    def any(self, node: Node) -> list[Watch]:
        """The watches of any value."""
        return self.watch(node) if node.type.name == "bool" else self.within(node)

    # --- chains

    def chain(self, node: Chain) -> list[Watch]:
        """The watches over the elements of a chain."""
        given = node.source.items if isinstance(node.source, Given) else ()  # a list field is a cell, and no test
        outer = [each for part in given for each in self.within(part)]
        if _membership(node):
            return outer
        inside = replace(self, known=self.known.inside(node), own=(*self.own, node))
        keep = [] if node.filter is None else inside.watch(node.filter)
        value = [] if node.value is None else inside.any(node.value)
        predicate = [] if node.predicate is None else inside.watch(node.predicate)
        over = _over(node, keep, [*value, *predicate])
        return [*outer, over] if keep or value or predicate else outer


def _over(node: Chain, keep: list[Watch], rest: list[Watch]) -> Watch:
    """Watches at every element: of the filter at all, the others where the filter does not leave it out."""
    source, level = elements(node), int(node.var)
    kept = None if node.filter is None else compile_node(node.filter)

    def watch(scope: Scope) -> None:
        found = source(scope)
        if isinstance(found, Undetermined):
            return
        while len(scope.rows) <= level:
            scope.rows.append(None)
        for element in found:
            scope.rows[level] = element
            for each in keep:
                each(scope)
            if kept is None or kept(scope) is not False:
                for each in rest:
                    each(scope)

    return watch


def _membership(node: Chain) -> bool:
    """`x in list`: a test of its own, whose inside nobody wrote."""
    test = node.predicate
    bare = node.filter is None and (node.value is None or isinstance(node.value, Element)) and node.ending == "exists"
    return bare and isinstance(test, Op) and len(test.args) == 2 and isinstance(test.args[0], Element)


def state(value: object) -> State:
    """What is seen of a leaf that has a value."""
    return "undetermined" if isinstance(value, Undetermined) else "true" if value is True else "false"
