"""The matches of conclusions, by whom they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hegui.conclusions.collect import Collector, Matches, Names
from hegui.conclusions.drawing import NOBODY
from hegui.conclusions.flatten import Meaning
from hegui.conclusions.ground import KNOWN, Grounded
from hegui.conclusions.plan import Plan
from hegui.session.journal import Journal
from hegui.session.network import Delta, Firing, Network

Key = tuple[str, str]
"""A conclusion and whom it is about."""
At = tuple[str, Firing]
"""A firing and the name of its network."""
Fact_ = tuple[str, int]
"""The number of a fact and the name of its network."""
Bound = dict[int | str, Mapping[str, object]]


class Found:
    """Which firings say something about whom, over all networks."""

    def __init__(
        self, nets: Mapping[str, Network], plans: Mapping[str, Plan], grounded: Mapping[str, Grounded],
        meanings: Mapping[str, Meaning], fixed: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.nets, self.plans, self.grounded, self.meanings, self.fixed = nets, plans, grounded, meanings, fixed
        self.collector = self._collector()
        self.about: dict[str, dict[str, dict[At, None]]] = {name: {} for name in plans}
        """Firings that say that a match holds or may hold."""
        self.unplaced: dict[str, dict[At, None]] = {}
        self.waiting: dict[tuple[str, Names], dict[tuple[str, At], None]] = {}
        """By what a match is told to be blocked by: the matches that may hold."""
        self.blocking: dict[tuple[str, Names], dict[At, None]] = {}
        self.drawn: dict[Key, dict[Fact_, None]] = {}
        self.possible: dict[Key, dict[Fact_, None]] = {}

    def _collector(self) -> Collector:
        return Collector(self.plans, self.grounded, self.meanings, self.fixed)

    # --- changing

    def follow(self, place: str, delta: Delta, journal: Journal) -> set[Key]:
        """Take up what changed in a network; returns whom something else is found about."""
        dirty: set[Key] = set()
        for firing, now in delta.firings.items():
            self._turn((place, firing), now, journal)
            dirty.update(self.concerned((place, firing)))
        net = self.nets[place]
        for number, now in delta.facts.items():
            name, _, word = net.kinds[number].rpartition("/")
            about = str(net.values[number].get("about", ""))
            if name in self.plans and word in ("sure", "maybe") and about.startswith(KNOWN):
                key = name, about[len(KNOWN) :]
                journal.turn(self.drawn if word == "sure" else self.possible, key, (place, number), now)
                dirty.add(key)
        return dirty

    def _turn(self, at: At, now: bool, journal: Journal) -> None:
        meaning, bound = self._read(at)
        name, plan = meaning.conclusion, self.plans[meaning.conclusion]
        match meaning.purpose:
            case "sure" | "maybe":
                about = self.collector.about(plan, bound)
                journal.turn(self.about[name], about, at, now)
                if meaning.purpose == "maybe" and plan.blocked:
                    journal.turn(self.waiting, (name, _told(plan, bound)), (about, at), now)
            case "unplaced":
                journal.turn(self.unplaced, name, at, now)
            case "blockable":
                journal.turn(self.blocking, (name, _told(plan, bound)), at, now)

    # --- looking

    def concerned(self, at: At) -> Iterator[Key]:
        """Whom a firing says something about; nobody known where that is so."""
        meaning, bound = self._read(at)
        name, plan = meaning.conclusion, self.plans[meaning.conclusion]
        if meaning.purpose in ("sure", "maybe"):
            yield name, self.collector.about(plan, bound)
        elif meaning.purpose == "blockable":
            for about, _ in self.waiting.get((name, _told(plan, bound)), ()):
                yield name, about

    def made_of(self, place: str, number: int) -> Iterator[Key]:
        """Whom the firings say something about that a fact is in."""
        for firing in self.nets[place].members.get(number, ()):
            yield from self.concerned((place, firing))

    def everybody(self, name: str) -> set[str]:
        """Whom there is something about, for one conclusion."""
        return {about for about, firings in self.about[name].items() if firings} - {NOBODY}

    def matches(self, name: str, abouts: Iterable[str]) -> Matches:
        """The matches of a conclusion about some and about nobody known."""
        collector = self._collector()
        found = collector.found[name]
        for about in (*abouts, NOBODY):
            for at in self.about[name].get(about, ()):
                self._take(collector, at)
            found.drawn |= {about} if self.drawn.get((name, about)) else set()
            found.possible |= {about} if self.possible.get((name, about)) else set()
        return found

    def _take(self, collector: Collector, at: At) -> None:
        """Collect a firing, and what may block it."""
        meaning, bound = self._read(at)
        plan = self.plans[meaning.conclusion]
        blocking: tuple[At, ...] = ()
        if meaning.purpose == "maybe" and plan.blocked:
            blocking = tuple(self.blocking.get((meaning.conclusion, _told(plan, bound)), ()))
        for each in (at, *blocking):
            self._collect(collector, each)

    def _collect(self, collector: Collector, at: At) -> None:
        net = self.nets[at[0]]
        collector.firing(self._meaning(at), [net.values[number] for number in at[1][1]])

    def nobody(self, name: str) -> Matches:
        """The matches of a conclusion of which it is not known whom they are about."""
        collector = self._collector()
        for at in (*self.about[name].get(NOBODY, ()), *self.unplaced.get(name, ())):
            self._collect(collector, at)
        return collector.found[name]

    def _meaning(self, at: At) -> Meaning:
        return self.meanings[self.nets[at[0]].program.rules[at[1][0]].name]

    def _read(self, at: At) -> tuple[Meaning, Bound]:
        meaning, values = self._meaning(at), self.nets[at[0]].values
        return meaning, dict(zip(meaning.patterns, [values[number] for number in at[1][1]], strict=True))


def _told(plan: Plan, bound: Bound) -> Names:
    """What a match is told to be blocked by."""
    return tuple([str(bound[number]["e"]) for number in plan.blocked])
