"""The matches of conclusions, by whom they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hegui.conclusions.collect import Collector, Matches, Names
from hegui.conclusions.drawing import NOBODY
from hegui.conclusions.flatten import Meaning
from hegui.conclusions.ground import KNOWN, Grounded
from hegui.conclusions.plan import Plan
from hegui.session.journal import Journal
from hegui.session.network import Delta, Firing, Network

Key = tuple[str, str]
"""A conclusion and whom it is about."""


class Found:
    """Which firings say something about whom."""

    def __init__(
        self, net: Network, plans: Mapping[str, Plan], grounded: Mapping[str, Grounded],
        meanings: Mapping[str, Meaning], fixed: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.net, self.plans, self.grounded, self.fixed = net, plans, grounded, fixed
        self.meanings = [meanings[rule.name] for rule in net.program.rules]
        self.by_name = meanings
        self.collector = Collector(plans, grounded, meanings, fixed)
        self.about: dict[str, dict[str, dict[Firing, None]]] = {name: {} for name in plans}
        """Firings that say that a match holds or may hold."""
        self.unplaced: dict[str, dict[Firing, None]] = {name: {} for name in plans}
        self.waiting: dict[tuple[str, Names], dict[tuple[str, Firing], None]] = {}
        """By what a match is told to be blocked by: the matches that may hold."""
        self.blocking: dict[tuple[str, Names], dict[Firing, None]] = {}
        self.drawn: dict[Key, dict[int, None]] = {}
        self.possible: dict[Key, dict[int, None]] = {}

    # --- changing

    def follow(self, delta: Delta, journal: Journal) -> set[Key]:
        """Take up what changed; returns whom something else is found about."""
        dirty: set[Key] = set()
        for firing, now in delta.firings.items():
            dirty |= set(self.concerned(firing))
            self._turn(firing, now, journal)
            dirty |= set(self.concerned(firing))
        for number, now in delta.facts.items():
            name, _, word = self.net.kinds[number].rpartition("/")
            if name in self.plans and word in ("sure", "maybe"):
                about = str(self.net.values[number]["about"])
                if about.startswith(KNOWN):
                    key = name, about[len(KNOWN) :]
                    _member(self.drawn if word == "sure" else self.possible, key, number, now, journal)
                    dirty.add(key)
        return dirty

    def _turn(self, firing: Firing, now: bool, journal: Journal) -> None:
        meaning, bound = self._read(firing)
        name, plan = meaning.conclusion, self.plans[meaning.conclusion]
        match meaning.purpose:
            case "sure" | "maybe":
                about = self.collector.about(plan, bound)
                _member(self.about[name], about, firing, now, journal)
                if meaning.purpose == "maybe" and plan.blocked:
                    told = self._told(plan, bound)
                    _member(self.waiting, (name, told), (about, firing), now, journal)
            case "unplaced":
                _member(self.unplaced, name, firing, now, journal)
            case "blockable":
                _member(self.blocking, (name, self._told(plan, bound)), firing, now, journal)

    # --- looking

    def concerned(self, firing: Firing) -> Iterator[Key]:
        """Whom a firing says something about; nobody known where that is so."""
        meaning, bound = self._read(firing)
        name, plan = meaning.conclusion, self.plans[meaning.conclusion]
        if meaning.purpose in ("sure", "maybe"):
            yield name, self.collector.about(plan, bound)
        elif meaning.purpose == "blockable":
            for about, _ in self.waiting.get((name, self._told(plan, bound)), ()):
                yield name, about

    def made_of(self, numbers: Iterable[int]) -> Iterator[Key]:
        """Whom the firings say something about that facts are in."""
        for number in numbers:
            for firing in self.net.members.get(number, ()):
                yield from self.concerned(firing)

    def everybody(self, name: str) -> set[str]:
        """Whom there is something about, for one conclusion."""
        return {about for about, firings in self.about[name].items() if firings} - {NOBODY}

    def matches(self, name: str, abouts: Iterable[str]) -> Matches:
        """The matches of a conclusion about some and about nobody known."""
        collector = Collector(self.plans, self.grounded, self.by_name, self.fixed)
        found = collector.found[name]
        for about in (*abouts, NOBODY):
            for firing in self.about[name].get(about, ()):
                self._take(collector, firing)
            found.drawn |= {about} if self.drawn.get((name, about)) else set()
            found.possible |= {about} if self.possible.get((name, about)) else set()
        return found

    def _take(self, collector: Collector, firing: Firing) -> None:
        meaning, bound = self._read(firing)
        collector.firing(meaning, [self.net.values[number] for number in firing[1]])
        plan = self.plans[meaning.conclusion]
        if meaning.purpose == "maybe" and plan.blocked:
            for other in self.blocking.get((meaning.conclusion, self._told(plan, bound)), ()):
                collector.firing(self.meanings[other[0]], [self.net.values[number] for number in other[1]])

    def nobody(self, name: str) -> Matches:
        """The matches of a conclusion of which it is not known whom they are about."""
        collector = Collector(self.plans, self.grounded, self.by_name, self.fixed)
        for firing in (*self.about[name].get(NOBODY, ()), *self.unplaced[name]):
            collector.firing(self.meanings[firing[0]], [self.net.values[number] for number in firing[1]])
        return collector.found[name]

    def _read(self, firing: Firing) -> tuple[Meaning, dict[int | str, Mapping[str, object]]]:
        meaning = self.meanings[firing[0]]
        values: list[Mapping[str, object]] = [self.net.values[number] for number in firing[1]]
        return meaning, dict(zip(meaning.patterns, values, strict=True))

    @staticmethod
    def _told(plan: Plan, bound: Mapping[int | str, Mapping[str, object]]) -> Names:
        return tuple([str(bound[number]["e"]) for number in plan.blocked])


def _member(held: dict[Any, dict[Any, None]], key: Any, member: Any, now: bool, journal: Journal) -> None:
    if key not in held:
        journal.put(held, key, {})
    if now:
        journal.put(held[key], member, None)
    else:
        journal.drop(held[key], member)
