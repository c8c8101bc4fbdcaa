"""A planned conclusion → flat rules: what holds for certain and what may hold are two kinds of facts, and blocking,
counting and passing on are rules of their own.

For a conclusion `c` with the variables `f` and `m`, blocked by `o`, the rules make these kinds:

- `c:f`, `c:m`, `c:o`: what the variables may stand for, with `e` (which it is) and `sure`;
- `c/blocked` and `c/blockable`: the `e` of what is blocked for certain, and of what may be;
- `c/sure` and `c/maybe`: whom it is drawn about for certain, and whom it may have to be; where matches are counted,
  `c/sure-match` and `c/maybe-match` come before them;
- `c/unplaced`: matches of which it is not known whom they are about.

A value that is not known equals no other; where there are such values a match by equality that may hold has a rule of
its own for each way it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, Literal

from hegui import limits
from hegui.conclusions.plan import Equality, Key, Pairing, Plan, unknown
from hegui.conclusions.program import Count, Fact, FlatRule, Head, Pattern, Scalar, Taken, fact
from hegui.language.tree import Cell, Node
from hegui.ruleset.model import Variable
from hegui.source import ChainingError, Diagnostic, Wording

Purpose = Literal["sure", "maybe", "unplaced", "blockable", "blocked", "pass"]
Way = Literal["equal", "left", "right", "free"]
"""How an equality may hold: the values are equal, or one of them is not known, which another equality says where it is `free`."""

Term = tuple[int, Node]
"""What is joined on: a variable and what is read from it."""

_WAYS = Wording(
    "conclusion-ways",
    "the equalities of the conclusion `{name}` may hold in more than {limit} ways, since values they compare are not known",
    "结论 `{name}` 比较的取值未知，其等式有超过 {limit} 种成立方式",
)
_IN_STEPS = Wording(
    "conclusion-in-steps",
    "draw it in steps: a conclusion of some of its names, and another given that one",
    "请分步推理：先由部分名称得出一个结论，再以该结论为前提",
)
_SURE: Final = ("sure", True)


@dataclass(frozen=True, slots=True)
class Use:
    """A variable of a conclusion that stands for another conclusion. `doubted` is one that is never certain."""

    plan: Plan
    variable: Variable
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a firing of a flat rule says: of which conclusion, what, and which variable (or, for a pair, which kind of
    facts) each of its positive patterns stands for."""

    conclusion: str
    purpose: Purpose
    patterns: tuple[int | str, ...]


@dataclass(frozen=True)
class Flat:
    """The rules of one conclusion, and what each of them means, by its name."""

    rules: tuple[FlatRule, ...]
    counts: tuple[Count, ...]
    meanings: Mapping[str, Meaning]


def flatten(
    plan: Plan,
    uses: Iterable[Use],
    unknown_keys: set[tuple[int, str]],
    at_least: tuple[int, int] | None,
    fixed: Mapping[str, Scalar],
) -> Flat:
    """The flat rules of a conclusion.

    Args:
        plan: the conclusion planned.
        uses: where other conclusions rest on it.
        unknown_keys: the keys some candidate has no value of, by variable and property.
        at_least: how many matches it takes for certain and how many for it to be possible, where they are counted.
        fixed: what is the same for all matches: whom it is about, where that depends on no row.
    """
    return _Flattener(plan, tuple(uses), unknown_keys, at_least, fixed).flat()


class _Flattener:
    """Builds the rules of one conclusion."""

    def __init__(
        self,
        plan: Plan,
        uses: tuple[Use, ...],
        unknown_keys: set[tuple[int, str]],
        at_least: tuple[int, int] | None,
        fixed: Mapping[str, Scalar],
    ) -> None:
        self.plan, self.uses, self.unknown_keys = plan, uses, unknown_keys
        self.at_least, self.fixed = at_least, fixed
        self.given = [int(variable.row.var) for variable in plan.conclusion.given]
        self.blocking = [int(variable.row.var) for variable in plan.conclusion.unless]
        self.rules: list[FlatRule] = []
        self.meanings: dict[str, Meaning] = {}

    def flat(self) -> Flat:
        if self.blocking:
            self.block("blocked", sure=True)
            self.block("blockable", sure=False)
        self.match("sure", sure=True)
        self.match("maybe", sure=False)
        self.passing()
        counts = []
        for word, least in zip(("sure", "maybe"), self.at_least or (), strict=False):
            counts.append(self.count(word, least))
        return Flat(tuple(self.rules), tuple(counts), self.meanings)

    def add(self, purpose: Purpose, match: _Match, negated: tuple[Pattern, ...], heads: Iterable[Head]) -> None:
        name = f"{self.plan.conclusion.name}/{purpose}#{len(self.rules)}"
        stratum = self.plan.blocks if purpose in ("blocked", "blockable") else self.plan.match
        self.rules.append(FlatRule(name, stratum, (*match.patterns, *negated), tuple(heads)))
        self.meanings[name] = Meaning(self.plan.conclusion.name, purpose, tuple(match.stands_for))

    # --- blocking

    def block(self, purpose: Literal["blocked", "blockable"], sure: bool) -> None:
        """What blocks a match, told by the given variables that `unless_where` is about."""
        for match in self.matches([*self.plan.blocked, *self.blocking], "unless", sure, set(self.blocking)):
            taken = [(f"e{number}", Taken(match.at[number], "e")) for number in self.plan.blocked]
            self.add(purpose, match, (), [Head(self.plan.kind(purpose), tuple(taken))])

    def unblocked(self, match: _Match, purpose: str) -> tuple[Pattern, ...]:
        if not self.blocking:
            return ()
        joins = tuple((f"e{number}", match.at[number], "e") for number in self.plan.blocked)
        return (Pattern(self.plan.kind(purpose), (), joins, negated=True),)

    # --- matching

    def match(self, purpose: Literal["sure", "maybe"], sure: bool) -> None:
        """What is sure must not even may be blocked; what may be must not be blocked for certain."""
        for match in self.matches(self.given, "where", sure, set(self.given)):
            negated = self.unblocked(match, "blockable" if sure else "blocked")
            for placed in self.placings(sure):
                demanded = match.demanding(placed)
                if self.at_least is None and not all(flag is False for flag in placed.values()):
                    self.add("unplaced", demanded, negated, [self.unplaced(demanded)])
                else:
                    self.add(purpose, demanded, negated, [self.head(demanded, purpose, placed)])

    def placings(self, sure: bool) -> Iterator[dict[tuple[int, str], bool]]:
        """The flags a match may have that say whether it is known whom it is about and what it is counted by."""
        flags = [
            (number, unknown(name))
            for name in ("about", "per", "of")
            if (number := self.plan.holder(name)) is not None and (number, name) in self.unknown_keys
        ]
        if sure:
            yield dict.fromkeys(flags, False)
            return
        telling = [flag for flag in flags if flag[1] != unknown("of")]
        for values in product((False, True), repeat=len(telling)):
            yield dict(zip(telling, values, strict=True))

    def unplaced(self, match: _Match) -> Head:
        return Head(self.plan.kind("unplaced"), (("e0", Taken(match.at[self.given[0]], "e")),))

    def head(self, match: _Match, purpose: str, placed: Mapping[tuple[int, str], bool]) -> Head:
        about = [(name, self.value(match, name)) for name in ("about", "place", unknown("place"))]
        if self.at_least is None:
            return Head(self.plan.kind(purpose), tuple(sorted(about)))
        per = self.value(match, "per" if "per" in self.plan.counted else "about")
        grouped: Scalar = not any(placed.values())
        told = [(name, self.value(match, "of")) for name in ("of",) if "of" in self.plan.counted]
        told = told or [(f"e{number}", Taken(match.at[number], "e")) for number in self.given]
        return Head(
            self.plan.kind(f"{purpose}-match"), tuple(sorted([*about, ("per", per), ("grouped", grouped), *told]))
        )

    def value(self, match: _Match, name: str) -> Scalar | Taken:
        """Where a match has the value counted under `name`."""
        of_about = name in ("place", unknown("place"))
        number = self.plan.holder("about" if of_about else name)
        if number is None:
            return self.fixed[name]
        variable = self.plan.conclusion.variables[number]
        if variable.source != "conclusion":
            return Taken(match.at[number], name)
        node = self.plan.counted["about" if of_about else name].node
        return Taken(match.at[number], name if of_about else field_of(node))

    # --- counting and passing on

    def count(self, word: str, at_least: int) -> Count:
        told = ("of",) if "of" in self.plan.counted else tuple(f"e{number}" for number in self.given)
        return Count(
            name=self.plan.kind(f"{word}-count"),
            stratum=self.plan.match,
            kind=self.plan.kind(f"{word}-match"),
            group=("about", "per", "place", unknown("place")),
            member=told,
            at_least=at_least,
            head=self.plan.kind(word),
            placed="grouped",
        )

    def passing(self) -> None:
        """Other conclusions are told what was drawn."""
        for number, use in enumerate(self.uses):
            for word, sure in (("sure", True), ("maybe", False)):
                name = f"{self.plan.conclusion.name}/pass-{word}#{number}"
                patterns = (Pattern(self.plan.kind(word)),)
                self.rules.append(FlatRule(name, self.plan.seen, patterns, (passed(use, sure and not use.doubted),)))
                self.meanings[name] = Meaning(self.plan.conclusion.name, "pass", ("",))

    # --- patterns

    def matches(self, numbers: list[int], clause: str, sure: bool, certain: set[int]) -> Iterator[_Match]:
        """The patterns of some variables, joined by the equalities and pairs of a clause, in every way they may be.
        With `sure`, the variables in `certain` are."""
        clauses = self.plan.where if clause == "where" else self.plan.unless
        for chosen in self.ways(clauses.equalities, sure):
            match = _Match(self.plan, clauses.pairings, sure, self.unknown_keys)
            equalities = dict(zip(clauses.equalities, chosen, strict=True))
            for number in numbers:
                match.add(number, sure and number in certain, equalities)
            yield match

    def ways(self, equalities: tuple[Equality, ...], sure: bool) -> list[tuple[Way, ...]]:
        """Every way all equalities may hold. What is known in one of them is in the others too, and what is not known there
        needs no further way elsewhere: most equalities of a conclusion share a side.

        Raises:
            ChainingError: there are too many.
        """
        open_ = set[Term]() if sure else {
            _term(key) for each in equalities for key in (each.left, each.right)
            if (key.variable, key.name) in self.unknown_keys
        }  # fmt: skip
        found: list[tuple[tuple[Way, ...], dict[Term, bool]]] = [((), {})]
        for equality in equalities:
            found = [
                ((*ways, way), known | more)
                for ways, known in found
                for way, more in _holding(_term(equality.left), _term(equality.right), open_, known)
            ]
            if len(found) > limits.CONCLUSION_WAYS:
                args = {"name": self.plan.conclusion.name, "limit": int(limits.CONCLUSION_WAYS)}
                raise ChainingError(Diagnostic(_WAYS, args, self.plan.conclusion.span, _IN_STEPS))
        return [ways for ways, _ in found]


def _term(key: Key) -> Term:
    return key.variable, key.node


def _holding(
    left: Term, right: Term, open_: set[Term], known: Mapping[Term, bool]
) -> Iterator[tuple[Way, dict[Term, bool]]]:
    """The ways one equality may hold and what each says of its sides, `known` being what has been said before."""
    if known.get(left) is False or known.get(right) is False:
        yield "free", {}
        return
    yield "equal", {side: True for side in (left, right) if side in open_}
    sides: tuple[tuple[Term, Way], ...] = ((left, "left"), (right, "right"))
    for side, way in sides:
        if side in open_ and side not in known:
            yield way, {side: False}


class _Match:
    """Patterns being put together. `at` is the number of the pattern of each variable."""

    def __init__(
        self, plan: Plan, pairings: tuple[Pairing, ...], sure: bool, unknown_keys: set[tuple[int, str]]
    ) -> None:
        self.plan, self.pairings, self.sure, self.unknown_keys = plan, pairings, sure, unknown_keys
        self.patterns: list[Pattern] = []
        self.stands_for: list[int | str] = []
        self.at: dict[int, int] = {}

    def add(self, number: int, certain: bool, ways: Mapping[Equality, Way]) -> None:
        """The pattern of one variable, with the pairs that tie it to those before."""
        joins: list[tuple[str, int, str]] = []
        equals: list[tuple[str, Scalar]] = [_SURE] if certain else []
        joins += self.paired(number)
        for equality, way in ways.items():
            mine, other = self.sides(equality, number)
            if mine is None or other is None or other.variable not in self.at or way == "free":
                continue
            if way == "equal":
                joins.append((mine.name, self.at[other.variable], other.name))
                if (mine.variable, mine.name) in self.unknown_keys:  # two values not known are not equal
                    equals.append((mine.flag, False))
            elif (way == "left") == (mine is equality.left):
                equals.append((mine.flag, True))
            else:
                self.demand(other.variable, other.flag, True)
        self.at[number] = len(self.patterns)
        self.patterns.append(Pattern(self.plan.role(number), tuple(equals), tuple(joins)))
        self.stands_for.append(number)

    def paired(self, number: int) -> Iterator[tuple[str, int, str]]:
        for pairing in self.pairings:
            other = next((each for each in pairing.variables if each != number), number)
            if number not in pairing.variables or other not in self.at:
                continue
            near, far = ("l", "r") if other == pairing.variables[0] else ("r", "l")
            equals = (_SURE,) if self.sure else ()
            self.patterns.append(Pattern(pairing.kind, equals, ((near, self.at[other], "e"),)))
            self.stands_for.append(pairing.kind)
            yield ("e", len(self.patterns) - 1, far)

    @staticmethod
    def sides(equality: Equality, number: int) -> tuple[Key | None, Key | None]:
        if equality.left.variable == number:
            return equality.left, equality.right
        return (equality.right, equality.left) if equality.right.variable == number else (None, None)

    def demand(self, number: int, name: str, value: bool) -> None:
        pattern = self.patterns[self.at[number]]
        self.patterns[self.at[number]] = replace(pattern, equals=(*pattern.equals, (name, value)))

    def demanding(self, flags: Mapping[tuple[int, str], bool]) -> _Match:
        """The same patterns, with flags demanded."""
        found = _Match(self.plan, self.pairings, self.sure, self.unknown_keys)
        found.patterns, found.stands_for, found.at = list(self.patterns), list(self.stands_for), dict(self.at)
        for (number, name), value in flags.items():
            found.demand(number, name, value)
        return found


def field_of(node: Node) -> str:
    """The property of a conclusion that one of its fields is: its id is what it is told by."""
    assert isinstance(node, Cell)
    return "e" if node.field == "id" else "place"


def passed(use: Use, sure: bool) -> Head:
    """A drawn conclusion as one that rests on it sees it."""
    found: dict[str, Scalar | Taken] = {"e": Taken(0, "about"), "sure": sure}
    for name in ("place", unknown("place")):
        found[name] = Taken(0, name)
    number = int(use.variable.row.var)
    for key in use.plan.keys(number):
        by_id = field_of(key.node) == "e"
        found[key.name] = Taken(0, "about" if by_id else "place")
        found[key.flag] = False if by_id else Taken(0, unknown("place"))
    return Head(use.plan.role(number), tuple(sorted(found.items())))


def filled(head: Head, taken: Mapping[str, Scalar]) -> Fact:
    """The fact a head derives from one fact with these properties."""
    values = ((name, taken[value.property] if isinstance(value, Taken) else value) for name, value in head.properties)
    return fact(head.kind, dict(values))
