"""All that follows from flat facts, kept up as facts come and go: the reference chainer a change at a time.

A match of a rule, a firing, is held as long as its facts are there and nothing it negates is. A fact is there as long as it is
given or some firing or count derives it. Rules are gone through once, each after those that derive what it looks at; that
decides every fact, since no rule here rests on itself. Where some do, `Anew` chains everything again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from hegui.conclusions import reference
from hegui.conclusions.known import Recipe, made, recipes
from hegui.conclusions.program import Count, Fact, FlatRule, Program, Scalar
from hegui.session.journal import Journal

Held = TypeVar("Held")
Values = dict[str, Scalar]
Row = tuple[int, ...]
"""The numbers of the facts that the positive patterns of a rule matched."""
Firing = tuple[int, Row]
"""The number of a rule, and what it matched."""
Group = tuple[Scalar, ...]


@dataclass
class Delta:
    """What is not as it was: firings and facts, with whether they are there now."""

    firings: dict[Firing, bool] = field(default_factory=dict)
    facts: dict[int, bool] = field(default_factory=dict)


Access = dict[Group, dict[int, None]]
"""The facts there are that fit a pattern's constants, by the values of some properties."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What an access of a network is of: constants that must fit, and the properties it goes by."""

    number: int
    equals: tuple[tuple[str, Scalar], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """Where to look for a pattern's facts, and what to look them up by: (place in the row, property), one per name."""

    access: int
    key: tuple[tuple[int, str], ...]

    def found(self, row: Row, net: Network) -> Iterable[int]:
        return net.accesses[self.access].get(tuple([net.values[row[place]][name] for place, name in self.key]), ())


@dataclass(frozen=True, slots=True)
class _Way:
    """How a fact at one pattern is completed to matches of all positive ones; `order` puts a row in pattern order."""

    equals: tuple[tuple[str, Scalar], ...]
    steps: tuple[_Step, ...]
    order: tuple[int, ...]

    def rows(self, number: int, net: Network) -> Iterator[Row]:
        rows: list[Row] = [(number,)] if _fits(net.values[number], self.equals) else []
        for step in self.steps:
            rows = [(*row, other) for row in rows for other in step.found(row, net)]
        return (tuple([row[place] for place in self.order]) for row in rows)


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    rule: FlatRule
    ways: tuple[_Way, ...]
    """By number of the pattern a fact is at."""
    blockers: tuple[_Step, ...]
    heads: tuple[Recipe, ...]


def _turn(held: dict[Firing, None], firing: Firing, now: bool, journal: Journal) -> None:
    if now:
        journal.put(held, firing, None)
    else:
        journal.drop(held, firing)


def _fits(values: Values, equals: tuple[tuple[str, Scalar], ...]) -> bool:
    for name, value in equals:  # noqa: SIM110 (half the time of a generator)
        if values[name] != value:
            return False
    return True


class Compiled:
    """A program made ready once for all networks that keep what follows by it.

    `order` has its rules, by number, and counts, each after those that derive what it looks at; None where some rest on
    themselves.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.looks: dict[str, dict[object, _Look]] = {}
        self.rules = {number: self._rule(number, rule) for number, rule in enumerate(program.rules)}
        self.order = self._order()

    def network(self) -> Network:
        """A network with nothing in it."""
        return Anew(self) if self.order is None else Network(self)

    def _order(self) -> list[int | Count] | None:
        units: dict[str, int | Count] = {rule.name: number for number, rule in enumerate(self.program.rules)}
        units |= {count.name: count for count in self.program.counts}
        makers: dict[str, list[str]] = {}
        for rule in self.program.rules:
            for head in rule.heads:
                makers.setdefault(head.kind, []).append(rule.name)
        for count in self.program.counts:
            makers.setdefault(count.head, []).append(count.name)
        graph = {
            rule.name: [maker for pattern in rule.patterns for maker in makers.get(pattern.kind, ())]
            for rule in self.program.rules
        }
        graph |= {count.name: makers.get(count.kind, []) for count in self.program.counts}
        try:
            return [units[name] for name in TopologicalSorter(graph).static_order()]
        except CycleError:
            return None

    def _rule(self, number: int, rule: FlatRule) -> _Rule:
        ways = tuple(self._way(rule, start) for start in range(len(rule.patterns)))
        negated = (at for at, pattern in enumerate(rule.patterns) if pattern.negated)
        blockers = tuple(self._step(rule, at, list(rule.positive)) for at in negated)
        return _Rule(number, rule, ways, blockers, recipes(rule))

    def _way(self, rule: FlatRule, start: int) -> _Way:
        row, steps = [start], []
        left = [at for at in rule.positive if at != start]
        while left:
            at = next((at for at in left if reference.joins_to(rule, at, row)), left[0])
            steps.append(self._step(rule, at, row))
            row.append(at)
            left.remove(at)
        return _Way(rule.patterns[start].equals, tuple(steps), tuple(row.index(at) for at in rule.positive))

    def _step(self, rule: FlatRule, at: int, row: Sequence[int]) -> _Step:
        pattern, tests = rule.patterns[at], reference.joins_to(rule, at, row)
        names = tuple(name for name, _ in tests)
        of_kind = self.looks.setdefault(pattern.kind, {})
        fresh = _Look(sum(map(len, self.looks.values())), pattern.equals, names)
        look = of_kind.setdefault((pattern.equals, names), fresh)
        return _Step(look.number, tuple(source for _, source in tests))


class Network:
    """What follows from facts by a program in which no rule rests on itself."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.program = compiled, compiled.program
        self.ids: dict[Fact, int] = {}
        self.values: dict[int, Values] = {}
        self.kinds: dict[int, str] = {}
        self.support: dict[int, int] = {}
        self.firings: dict[Firing, None] = {}
        self.members: dict[int, dict[Firing, None]] = {}
        self.groups: dict[tuple[str, Group], dict[Group, int]] = {}
        self.everywhere: dict[str, dict[Group, int]] = {}
        self.reached: dict[tuple[str, Group], int] = {}
        self.next = {"fact": 0}
        self.accesses: list[Access] = [{} for of_kind in compiled.looks.values() for _ in of_kind]

    # --- changing

    def change(self, gone: Iterable[Fact], come: Iterable[Fact], journal: Journal) -> Delta:
        """Take given facts away and add others; what that changes."""
        turning = _Turning(self, journal)
        for one in gone:
            turning.bump(one, -1)
        for one in come:
            turning.bump(one, 1)
        for unit in self.compiled.order or ():
            if isinstance(unit, Count):
                turning.count(unit)
            else:
                turning.rule(self.compiled.rules[unit])
        return turning.done()

    def forget(self, delta: Delta, journal: Journal) -> None:
        """Let go of the facts that are gone."""
        gone = [number for number, now in delta.facts.items() if not now]
        held: tuple[dict[int, Any], ...] = (self.values, self.kinds, self.support, self.members)
        for number in gone:
            journal.drop(self.ids, self.fact(number))
            for each in held:
                journal.drop(each, number)

    def fact(self, number: int) -> Fact:
        """The fact of a number."""
        return Fact(self.kinds[number], tuple(sorted(self.values[number].items())))

    def number(self, one: Fact, journal: Journal) -> int:
        """The number of a fact, a new one for one there was not."""
        found = self.ids.get(one)
        if found is None:
            found = self.next["fact"]
            journal.put(self.next, "fact", found + 1)
            journal.put(self.ids, one, found)
            journal.put(self.values, found, dict(one.properties))
            journal.put(self.kinds, found, one.kind)
            journal.put(self.support, found, 0)
            journal.put(self.members, found, {})
        return found


class _Turning:
    """One change of a network on its way."""

    def __init__(self, net: Network, journal: Journal) -> None:
        self.net, self.journal = net, journal
        self.was: dict[str, dict[int, bool]] = {}
        """Facts whose support changed, by kind, with whether they were there before."""
        self.turned: dict[str, dict[int, bool]] = {}
        """Of kinds all of whose facts are decided, those that came or went, with whether they are there now."""
        self.delta = Delta()

    def bump(self, one: Fact, by: int) -> None:
        """One ground more, or less, for a fact to be there."""
        number = self.net.number(one, self.journal)
        support = self.net.support[number]
        self.was.setdefault(one.kind, {}).setdefault(number, support > 0)
        self.journal.put(self.net.support, number, support + by)

    def decided(self, kind: str) -> dict[int, bool]:
        """The facts of a kind that came or went; asked when all that derives them is done."""
        if kind not in self.turned:
            net, now = self.net, {}
            for number, was in self.was.pop(kind, {}).items():
                there = net.support[number] > 0
                if there != was:
                    now[number] = there
                    for look in net.compiled.looks.get(kind, {}).values():
                        self._enter(look, number, there)
            self.turned[kind] = now
            self.delta.facts |= now
        return self.turned[kind]

    def _enter(self, look: _Look, number: int, now: bool) -> None:
        values, rows = self.net.values[number], self.net.accesses[look.number]
        if not _fits(values, look.equals):
            return
        key = tuple([values[name] for name in look.names])
        self.journal.turn(rows, key, number, now)

    def done(self) -> Delta:
        for kind in list(self.was):
            self.decided(kind)
        return self.delta

    # --- rules

    def rule(self, rule: _Rule) -> None:
        """Let a rule fire anew where it may, and no longer where it may not."""
        turned = [self.decided(pattern.kind) for pattern in rule.rule.patterns]
        if not any(turned):
            return
        rows: dict[Row, None] = {}
        for pattern, way, facts in zip(rule.rule.patterns, rule.ways, turned, strict=True):
            for number, now in facts.items():
                if now or pattern.negated:
                    rows.update(dict.fromkeys(way.rows(number, self.net)))
                else:
                    rows.update(dict.fromkeys(row for of, row in self.net.members[number] if of == rule.number))
        for row in rows:
            self._turn(rule, row)

    def _turn(self, rule: _Rule, row: Row) -> None:
        net, firing = self.net, (rule.number, row)
        now = all(net.support[number] > 0 for number in row)
        now = now and not any(step.found(row, net) for step in rule.blockers)
        if now == (firing in net.firings):
            return
        self.delta.firings[firing] = now
        for held in (net.firings, *(net.members[number] for number in row)):
            _turn(held, firing, now, self.journal)
        for one in made(rule.heads, [net.values[number] for number in row]):
            self.bump(one, 1 if now else -1)

    # --- counts

    def count(self, count: Count) -> None:
        """Count the groups again in which there is somebody more or less."""
        facts = self.decided(count.kind)
        if not facts:
            return
        groups: dict[Group, None] = {}
        loose = False
        for number, now in facts.items():
            values = self.net.values[number]
            member = tuple([values[name] for name in count.member])
            if count.placed is None or values[count.placed]:
                group = tuple([values[name] for name in count.group])
                groups[group] = None
                self._member(self.net.groups, (count.name, group), member, now)
            else:
                self._member(self.net.everywhere, count.name, member, now)
                loose = True
        if loose:
            groups |= dict.fromkeys(group for name, group in self.net.groups if name == count.name)
        for group in groups:
            self._reach(count, group)

    def _member(self, held: dict[Held, dict[Group, int]], key: Held, member: Group, now: bool) -> None:
        """Somebody is among a group once more, or less."""
        times = held.get(key, {}).get(member, 0) + (1 if now else -1)
        if times:
            self.journal.put_among(held, key, member, times)
        else:
            self.journal.drop_among(held, key, member)

    def _reach(self, count: Count, group: Group) -> None:
        members, everywhere = self.net.groups.get((count.name, group), {}), self.net.everywhere.get(count.name, {})
        size = len(members.keys() | everywhere.keys()) if everywhere else len(members)
        now, key = bool(members) and size >= count.at_least, (count.name, group)
        if now == (key in self.net.reached):
            return
        self.bump(Fact(count.head, tuple(sorted(zip(count.group, group, strict=True)))), 1 if now else -1)
        if now:
            self.journal.put(self.net.reached, key, 1)
        else:
            self.journal.drop(self.net.reached, key)


class Anew(Network):
    """The same where rules rest on themselves: all is chained again by the reference chainer. Here only what is given has
    support."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__(compiled)
        self.there: dict[int, None] = {}

    def change(self, gone: Iterable[Fact], come: Iterable[Fact], journal: Journal) -> Delta:
        """Take given facts away and add others; what that changes."""
        for facts, by in ((gone, -1), (come, 1)):
            for one in facts:
                number = self.number(one, journal)
                journal.put(self.support, number, self.support[number] + by)
        given = [one for one, number in self.ids.items() if self.support[number]]
        chained = reference.chain(self.program, given)
        numbers = [self.number(one, journal) for one in chained.facts]
        names = {rule.name: number for number, rule in enumerate(self.program.rules)}
        firings = {(names[name], tuple([numbers[at] for at in row])): None for name, row in chained.firings}
        return self._turned(firings, dict.fromkeys(numbers), journal)

    def _turned(self, firings: dict[Firing, None], there: dict[int, None], journal: Journal) -> Delta:
        delta = Delta()
        for firing in {**self.firings, **firings}:
            now = firing in firings
            if now != (firing in self.firings):
                delta.firings[firing] = now
                for held in (self.firings, *(self.members[number] for number in firing[1])):
                    _turn(held, firing, now, journal)
        delta.facts = {number: number in there for number in there.keys() ^ self.there.keys()}
        journal.put(self.__dict__, "there", there)
        return delta
