"""What follows in every jurisdiction by itself, and from that across them: a network for each, as a run chains them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hegui.conclusions.checking import check
from hegui.conclusions.drawing import EVERYWHERE, Drawer
from hegui.conclusions.ground import KNOWN, Placed
from hegui.conclusions.locality import Reach
from hegui.conclusions.plan import Plan
from hegui.conclusions.program import Fact
from hegui.session.found import Found, Key
from hegui.session.journal import Beginning, Journal
from hegui.session.network import Compiled, Delta, Network

FAR: Final = "\x00far"
"""The network of what reaches across jurisdictions; no jurisdiction is called so."""
Sides = tuple[list[Fact], list[Fact]]
"""The facts that go and those that come."""


class Networks:
    """The networks of all jurisdictions. Facts of no known jurisdiction stand in each; where there is none, in one of their
    own."""

    def __init__(self, drawer: Drawer, reach: Mapping[str, Reach]) -> None:
        near, far = (drawer.stage(reach, local) for local in (True, False))
        self.near, self.far, self.roles = Compiled(near.program), Compiled(far.program), far.roles
        self.local = {kind for plan in near.plans for kind in _kinds(plan)}
        self.nets: dict[str, Network] = {FAR: self.far.network()}
        self.everywhere: dict[Fact, None] = {}
        """The facts that stand in every network of a jurisdiction."""
        self.sizes: dict[str, int] = {}
        """How many facts of its own each jurisdiction has."""
        meanings = {name: meaning for flat in drawer.flats.values() for name, meaning in flat.meanings.items()}
        fixed = drawer.fixed.items()
        abouts = {name: str(each["about"]).removeprefix(KNOWN) for name, each in fixed if each}
        self.found = Found(self.nets, drawer.by_name, drawer.grounded, meanings, abouts)

    def begin(self, facts: Iterable[Placed]) -> None:
        """Take the facts there are at first.

        Raises:
            ProgramError: they, or the program, are not what a chainer takes.
        """
        facts = list(facts)
        check(self.near.program, [each.fact for each in facts if each.fact.kind in self.local])
        check(self.far.program, [each.fact for each in facts if each.fact.kind not in self.local])
        self.change([], facts, Beginning())

    def change(self, gone: Iterable[Placed], come: Iterable[Placed], journal: Journal) -> set[Key]:
        """Take facts away and add others; returns whom something else is found about."""
        sides = list(gone), list(come)
        far: Sides = ([], [])
        own: dict[str, Sides] = {}
        loose: Sides = ([], [])
        for side, facts in enumerate(sides):
            for each in facts:
                if each.fact.kind not in self.local:
                    far[side].append(each.fact)
                elif each.place is None:
                    loose[side].append(each.fact)
                else:
                    own.setdefault(each.place, ([], []))[side].append(each.fact)
        dirty: set[Key] = set()
        for label, (went, came) in self._parts(own, loose, journal):
            self._near(label, went, came, far, dirty, journal)
        if far[0] or far[1]:
            self.nets[FAR].forget(self._turn(FAR, far, dirty, journal), journal)
        return dirty

    def _parts(self, own: Mapping[str, Sides], loose: Sides, journal: Journal) -> Iterator[tuple[str, Sides]]:
        """What goes and comes in each network; those that are no longer wanted are emptied, new ones begun."""
        before, former = set(self.nets) - {FAR}, list(self.everywhere)
        for label, (went, came) in own.items():
            journal.put(self.sizes, label, self.sizes.get(label, 0) + len(came) - len(went))
        for one in loose[0]:
            journal.drop(self.everywhere, one)
        for one in loose[1]:
            journal.put(self.everywhere, one, None)
        after = {label for label, size in self.sizes.items() if size} or {EVERYWHERE}
        for label in sorted(before - after):
            yield label, ([*own.get(label, ([], []))[0], *former], [])
            journal.drop(self.nets, label)
        for label in sorted(after - before):
            journal.put(self.nets, label, self.near.network())
            yield label, ([], [*own.get(label, ([], []))[1], *self.everywhere])
        for label in sorted(after & before) if loose[0] or loose[1] else sorted(after & before & set(own)):
            went, came = own.get(label, ([], []))
            yield label, ([*went, *loose[0]], [*came, *loose[1]])

    def _near(
        self, label: str, went: list[Fact], came: list[Fact], far: Sides, dirty: set[Key], journal: Journal
    ) -> None:
        net = self.nets[label]
        delta = self._turn(label, (went, came), dirty, journal)
        for number, now in delta.facts.items():
            if net.kinds[number] in self.roles:
                far[now].append(net.fact(number))
        net.forget(delta, journal)

    def _turn(self, label: str, sides: Sides, dirty: set[Key], journal: Journal) -> Delta:
        delta = self.nets[label].change(*sides, journal)
        dirty |= self.found.follow(label, delta, journal)
        return delta

    def made_of(self, facts: Iterable[Placed]) -> set[Key]:
        """Whom there are matches about that are made of facts, among others."""
        found: set[Key] = set()
        for each in facts:
            wide = list(self.nets) if each.place is None else [each.place]
            for label in [FAR] if each.fact.kind not in self.local else wide:
                net = self.nets.get(label)
                number = None if net is None else net.ids.get(each.fact)
                found.update(self.found.made_of(label, number) if number is not None else ())
        return found


def _kinds(plan: Plan) -> Iterator[str]:
    """The kinds of the facts a conclusion is grounded on."""
    yield from (plan.role(number) for number in range(len(plan.conclusion.variables)))
    yield from (pairing.kind for clauses in (plan.where, plan.unless) for pairing in clauses.pairings)
