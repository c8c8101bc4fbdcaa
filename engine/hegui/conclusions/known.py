"""What both chainers share: the facts known so far, heads, counts, and the order of strata.

A chainer is a function that completes one stratum: it finds every match of the stratum's rules, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter

from hegui.conclusions.program import ActionError, Chained, Count, Fact, FlatRule, Program, Scalar, Taken

Firing = tuple[str, tuple[int, ...]]
"""A rule's name and the numbers of the facts that its positive patterns matched."""


class Known:
    """Facts, each once, numbered in the order in which they became known. It only grows."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: list[Fact] = []
        self.values: list[dict[str, Scalar]] = []
        self.by_kind: dict[str, list[int]] = {}
        self._seen: set[Fact] = set()
        for one in facts:
            self.add(one)
        self.given = len(self.facts)

    def add(self, one: Fact) -> int | None:
        """The number of a fact that is new; None if it is known."""
        if one in self._seen:
            return None
        self._seen.add(one)
        number = len(self.facts)
        self.facts.append(one)
        self.values.append(dict(one.properties))
        self.by_kind.setdefault(one.kind, []).append(number)
        return number

    def conclude(self, rule: FlatRule, matched: Sequence[int]) -> list[int]:
        """Derive a rule's heads from what its positive patterns matched; the numbers of the facts that are new.

        Raises:
            ActionError: it cannot be done.
        """
        try:
            found = [self.add(one) for one in derived(rule, [self.values[number] for number in matched])]
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise ActionError(rule.name, f"{type(error).__name__}: {error}") from error
        return [number for number in found if number is not None]

    def settled(self, firings: Iterable[Firing]) -> Chained:
        """The derived facts in sorted order, whatever the order they were found in, and the firings to match."""
        order = sorted(range(self.given, len(self.facts)), key=self.facts.__getitem__)
        places = list(range(len(self.facts)))
        for place, number in enumerate(order, self.given):
            places[number] = place
        moved = {(rule, tuple([places[number] for number in matched])) for rule, matched in firings}
        facts = (*self.facts[: self.given], *(self.facts[number] for number in order))
        return Chained(facts, self.given, tuple(sorted(moved)))


Recipe = tuple[str, tuple[tuple[str, Scalar, int, str], ...]]
"""How a head is made: its kind, and for each property name, constant, place in a firing or -1, and property taken."""


@cache
def recipes(rule: FlatRule) -> tuple[Recipe, ...]:
    """Each head: kind, then (name, constant, place in a firing or -1, property taken), sorted by name."""
    places = {number: place for place, number in enumerate(rule.positive)}
    found = []
    for head in rule.heads:
        parts = [
            (name, "", places[value.pattern], value.property) if isinstance(value, Taken) else (name, value, -1, "")
            for name, value in sorted(head.properties, key=itemgetter(0))
        ]
        found.append((head.kind, tuple(parts)))
    return tuple(found)


def derived(rule: FlatRule, matched: Sequence[dict[str, Scalar]]) -> Iterator[Fact]:
    """The heads of a rule for what its positive patterns matched."""
    return made(recipes(rule), matched)


def made(heads: Iterable[Recipe], matched: Sequence[dict[str, Scalar]]) -> Iterator[Fact]:
    """Heads made for what positive patterns matched."""
    for kind, parts in heads:
        yield Fact(
            kind,
            tuple([(name, constant if place < 0 else matched[place][taken]) for name, constant, place, taken in parts]),
        )


def reached(count: Count, known: Known) -> Iterator[Fact]:
    """The heads of a count: a fact for each group with enough different members."""
    groups: dict[tuple[Scalar, ...], set[tuple[Scalar, ...]]] = {}
    everywhere: set[tuple[Scalar, ...]] = set()
    for number in known.by_kind.get(count.kind, ()):
        values = known.values[number]
        member = tuple([values[name] for name in count.member])
        if count.placed is None or values[count.placed]:
            groups.setdefault(tuple([values[name] for name in count.group]), set()).add(member)
        else:
            everywhere.add(member)
    for group, members in groups.items():
        if len(members | everywhere) >= count.at_least:
            yield Fact(count.head, tuple(sorted(zip(count.group, group, strict=True))))


Complete = Callable[[Sequence[FlatRule], Known], Iterable[Firing]]
"""Finds every match of the rules of one stratum, and has `Known` conclude from each."""


def by_strata(program: Program, facts: Iterable[Fact], complete: Complete) -> Chained:
    """Complete the strata in order, each followed by its counts. `program` and `facts` have been checked."""
    known = Known(facts)
    firings: list[Firing] = []
    strata = {rule.stratum for rule in program.rules} | {count.stratum for count in program.counts}
    for stratum in sorted(strata):
        firings += complete([rule for rule in program.rules if rule.stratum == stratum], known)
        for count in program.counts:
            if count.stratum == stratum:
                for one in list(reached(count, known)):
                    known.add(one)
    return known.settled(firings)
