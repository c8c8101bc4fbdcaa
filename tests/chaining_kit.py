"""Random stratified programs and facts, and a third chainer for them: naive nested loops that share no code."""

from __future__ import annotations

import random
from typing import Final

from hegui.conclusions.program import Count, Fact, FlatRule, Head, Pattern, Program, Scalar, Taken, fact

TEXTS: Final = ("甲", '无"证"', "M'1", "back\\slash", "", "T001镇", "换\n行", "😀")
VALUES: Final[dict[str, tuple[Scalar, ...]]] = {
    "entity": TEXTS,
    "town": TEXTS,
    "level": (0, 1, -7, 2**62),
    "known": (True, False),
}
SAME: Final = {"entity": ("entity", "town"), "town": ("town", "entity"), "level": ("level",), "known": ("known",)}
"""The properties a property may be joined to: those of its type."""
TOO_MANY: Final = 4_000
"""Matches of one rule at a time with which a case is not worth its time."""


class TooLargeError(Exception):
    """A random case with so many matches that nested loops take too long."""


def naive(program: Program, facts: tuple[Fact, ...]) -> tuple[set[Fact], set[tuple[str, tuple[Fact, ...]]]]:
    """All facts and all firings, each with the facts themselves."""
    known = dict.fromkeys(facts)
    fired: set[tuple[str, tuple[Fact, ...]]] = set()
    for stratum in sorted({part.stratum for part in (*program.rules, *program.counts)}):
        size = -1
        while size != len(known):
            size = len(known)
            for rule in program.rules:
                if rule.stratum == stratum:
                    for match in _matches(rule, list(known)):
                        fired.add((rule.name, tuple(one for one in match if one is not None)))
                        known.update(dict.fromkeys(_heads(rule, match)))
        fresh = [one for count in program.counts if count.stratum == stratum for one in _counted(count, list(known))]
        known.update(dict.fromkeys(fresh))
    return set(known), fired


def _matches(rule: FlatRule, known: list[Fact]) -> list[tuple[Fact | None, ...]]:
    rows: list[tuple[Fact | None, ...]] = [()]
    for pattern in rule.patterns:
        longer: list[tuple[Fact | None, ...]] = []
        for row in rows:
            fitting = [one for one in known if _fits(pattern, one, row)]
            if pattern.negated:
                longer += [] if fitting else [(*row, None)]
            else:
                longer += [(*row, one) for one in fitting]
        rows = longer
        if len(rows) > TOO_MANY:
            raise TooLargeError
    return rows


def _fits(pattern: Pattern, one: Fact, row: tuple[Fact | None, ...]) -> bool:
    own = dict(one.properties)
    if one.kind != pattern.kind or any(own[name] != value for name, value in pattern.equals):
        return False
    return all(own[name] == dict((row[k] or one).properties)[other] for name, k, other in pattern.joins)


def _heads(rule: FlatRule, match: tuple[Fact | None, ...]) -> list[Fact]:
    made = []
    for head in rule.heads:
        values = {}
        for name, value in head.properties:
            if isinstance(value, Taken):
                source = match[value.pattern]
                assert source is not None
                value = dict(source.properties)[value.property]
            values[name] = value
        made.append(fact(head.kind, values))
    return made


def _counted(count: Count, known: list[Fact]) -> list[Fact]:
    rows = [dict(one.properties) for one in known if one.kind == count.kind]
    placed = [row for row in rows if count.placed is None or row[count.placed]]
    made = []
    for group in {tuple(row[name] for name in count.group) for row in placed}:
        inside = [row for row in placed if tuple(row[name] for name in count.group) == group]
        outside = [row for row in rows if row not in placed]
        if len({tuple(row[name] for name in count.member) for row in inside + outside}) >= count.at_least:
            made.append(fact(count.head, dict(zip(count.group, group, strict=True))))
    return made


# --- random cases --------------------------------------------------------------------------------------------------


class _Maker:
    """Draws one case. Kinds `base…` are given, `made<stratum>…` derived; all have all four properties but counts'."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.strata = self.random.randint(1, 3)
        self.base = [f"base{number}" for number in range(self.random.randint(2, 5))]
        texts = tuple(self.random.sample(TEXTS, 4))
        self.domains = {**VALUES, "entity": texts, "town": texts[:3]}
        self.derived = {stratum: [f"made{stratum}.{number}" for number in range(2)] for stratum in range(self.strata)}

    def facts(self) -> tuple[Fact, ...]:
        kinds = [*self.base, *self.derived[0][:1]]
        number = self.random.randint(4, 40)
        made = [fact(self.random.choice(kinds), self._values()) for _ in range(number)]
        return (*made, *self.random.sample(made, 2))

    def _values(self) -> dict[str, Scalar]:
        return {name: self.random.choice(self._domain(name)) for name in VALUES}

    def _domain(self, name: str) -> tuple[Scalar, ...]:
        return self.domains[name]

    def program(self) -> Program:
        rules, counts = [], []
        for stratum in range(self.strata):
            rules += [self._rule(stratum, number) for number in range(self.random.randint(1, 4))]
            if self.random.random() < 0.5:
                counts.append(self._count(stratum))
        return Program(tuple(rules), tuple(counts))

    def _before(self, stratum: int) -> list[str]:
        """The kinds complete before a stratum."""
        return self.base + [kind for below in range(stratum) for kind in self.derived[below]]

    def _rule(self, stratum: int, number: int) -> FlatRule:
        random, complete = self.random, self._before(stratum)
        kinds = random.sample(complete + self.derived[stratum], random.randint(1, 4))
        patterns: list[Pattern] = []
        for place, kind in enumerate(kinds):
            negated = place > 0 and kind in complete and random.random() < 0.4
            patterns.append(self._pattern(kind, patterns, negated))
        positive = [place for place, one in enumerate(patterns) if not one.negated]
        heads = tuple(self._head(random.choice(self.derived[stratum]), positive) for _ in range(random.randint(1, 2)))
        return FlatRule(f"规则 {stratum}.{number}\"'", stratum, tuple(patterns), heads)

    def _pattern(self, kind: str, earlier: list[Pattern], negated: bool) -> Pattern:
        random = self.random
        equals = tuple(
            (name, random.choice(self._domain(name))) for name in random.sample(list(VALUES), random.choice((0, 0, 1)))
        )
        joined: list[tuple[str, int, str]] = []
        positive = [place for place, one in enumerate(earlier) if not one.negated]
        for _ in range(random.choice((0, 1, 1, 1, 2, 3)) if positive else 0):
            name = random.choice(list(VALUES))
            joined.append((name, random.choice(positive), random.choice(SAME[name])))
        return Pattern(kind, equals, tuple(dict.fromkeys(joined)), negated)

    def _head(self, kind: str, positive: list[int]) -> Head:
        random = self.random
        values = [
            (name, random.choice(self._domain(name)))
            if random.random() < 0.3
            else (name, Taken(random.choice(positive), random.choice(SAME[name])))
            for name in VALUES
        ]
        random.shuffle(values)
        return Head(kind, tuple(values))

    def _count(self, stratum: int) -> Count:
        random = self.random
        kind = random.choice([*self._before(stratum), *self.derived[stratum]])
        # a full set of properties, so that a rule may use the head like any other fact
        group = tuple(VALUES) if random.random() < 0.3 and stratum + 1 < self.strata else ("entity", "town")
        last = stratum + 1 == self.strata or len(group) == 2
        head = f"counted{stratum}" if last else random.choice(self.derived[stratum + 1])
        placed = random.choice((None, "known"))
        return Count(f"count {stratum}", stratum, kind, group, ("level",), random.randint(1, 3), head, placed)


def case(seed: int) -> tuple[Program, tuple[Fact, ...]]:
    """A stratified program and facts for it; the same for the same number."""
    maker = _Maker(seed)
    program = maker.program()
    return program, maker.facts()
