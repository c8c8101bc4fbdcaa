"""A rule in between: as it was, with some of the edits made to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import combinations
from typing import Final

from hegui.assure.impact.meaning import PARTS, definitions, parts, rewritten
from hegui.language.tree import Let, Node, Param
from hegui.ruleset.model import Expr, Occurred, Parameter, Rule
from hegui.source import Source, Span

MOST_ALONE: Final = 4
"""Edits of one rule up to which all sets of them are tried; of more, those of one and of two, and all together."""
OLD: Final = "~old"
"""Behind the name of a parameter where its former values are meant. No parameter is called like that."""

_NOWHERE: Final = Span(Source("<impact>", ""), 0, 0)


class How(Enum):
    """How an edit reaches a rule."""

    PART = "part"
    IN_FORCE = "in_force"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Lever:
    """An edit that bears on one rule: the key of the part, the path of the definition or the name of the parameter."""

    edit: int
    how: How
    name: str


Chosen = frozenset[int]
"""Edits, by their numbers."""


@dataclass(frozen=True)
class Pair:
    """A rule before and after, and the edits that bear on its verdicts. Where one is None there is none, or it is about
    rows of another kind.

    `entangled` says that the edits cannot be made one by one: a unit or type of what it is made of was edited too.
    """

    name: str
    former: str | None
    before: Rule | None
    after: Rule | None
    levers: tuple[Lever, ...]
    entangled: bool = False

    @property
    def rule(self) -> Rule:
        """The rule as it is, or as it was."""
        found = self.after if self.after is not None else self.before
        assert found is not None, "a rule is there before or after"
        return found

    @property
    def edits(self) -> tuple[int, ...]:
        """The edits that bear on it, in order."""
        return tuple(sorted({lever.edit for lever in self.levers}))

    def subsets(self) -> list[Chosen]:
        """The sets of edits that are tried, the smallest first; none where they cannot be made one by one."""
        if self.entangled or self.before is None or self.after is None:
            return []
        edits = self.edits
        sizes = range(1, len(edits)) if len(edits) <= MOST_ALONE else (1, 2)
        return [frozenset(each) for size in sizes for each in combinations(edits, size)]


class Making:
    """Makes the rule of a pair with some of its edits."""

    def __init__(
        self, pair: Pair, unlike: Iterable[str], old: Mapping[str, Parameter], new: Mapping[str, Parameter]
    ) -> None:
        self.pair, self.old, self.new = pair, old, new
        self.unlike = frozenset(unlike)
        """Parameters both versions have, with other values."""

    @cached_property
    def _bodies(self) -> tuple[dict[str, Node], dict[str, Node]]:
        """What definitions that were edited stood and stand for, by path."""
        paths = {lever.name for lever in self.pair.levers if lever.how is How.DEFINITION}
        found = []
        for rule in (self.pair.before, self.pair.after):
            assert rule is not None, "both are there where one is made of the other"
            given = definitions(parts(rule).values())
            found.append({path: next(iter(bodies)) for path, bodies in given.items() if path in paths})
        return found[0], found[1]

    def before(self, name: str) -> Rule:
        """The rule as it was, under a name."""
        assert self.pair.before is not None
        return self._named(self.pair.before, parts(self.pair.before), name, self._aliases(frozenset()))

    def after(self, name: str) -> Rule:
        """The rule as it is, under a name."""
        assert self.pair.after is not None
        return self._named(self.pair.after, parts(self.pair.after), name, {})

    def between(self, chosen: Chosen, name: str) -> Rule | None:
        """The rule with some edits made; None where there is no such thing, as when a definition then needs itself."""
        before, after = self.pair.before, self.pair.after
        assert before is not None
        assert after is not None
        levers = [lever for lever in self.pair.levers if lever.edit in chosen]
        edited = {lever.name for lever in levers if lever.how is How.PART}
        was, now = parts(before), parts(after)
        in_force = any(lever.how is How.IN_FORCE for lever in levers)
        rule = replace(before, in_force=after.in_force if in_force else before.in_force)
        paths = {lever.name for lever in levers if lever.how is How.DEFINITION}
        try:
            made = {key: self._defined(now[key] if key in edited else was[key], paths, ()) for key in PARTS}
        except RecursionError:
            return None
        aliases = self._aliases(chosen)
        if any(aliases.get(each, each) not in self._known for each in _named_in(made.values())):
            return None
        return self._named(rule, made, name, aliases)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset((*self.new, *(f"{name}{OLD}" for name in self.old)))

    def _aliases(self, chosen: Chosen) -> dict[str, str]:
        """The parameters that are taken as they were, with the name they then go by."""
        taken = {lever.name for lever in self.pair.levers if lever.how is How.PARAMETER and lever.edit in chosen}
        gone = self.old.keys() - self.new.keys()
        return {name: f"{name}{OLD}" for name in (self.unlike | gone) - taken}

    def _defined(self, node: Node, paths: set[str], inside: tuple[str, ...]) -> Node:
        """A condition with the definitions of `paths` as they are, and other edited ones as they were."""
        was, now = self._bodies

        def change(part: Node) -> Node | None:
            if not isinstance(part, Let) or part.path not in was:
                return None
            if part.path in inside:
                raise RecursionError
            body = now[part.path] if part.path in paths else was[part.path]
            return replace(part, body=self._defined(body, paths, (*inside, part.path)))

        return rewritten(node, change)

    def _named(self, rule: Rule, made: Mapping[str, Node], name: str, aliases: Mapping[str, str]) -> Rule:
        """A rule of bare conditions, under a name of its own."""

        def change(part: Node) -> Node | None:
            if not isinstance(part, Param) or part.name not in aliases:
                return None
            on = None if part.on is None else rewritten(part.on, change)
            return replace(part, name=aliases[part.name], on=on)

        day, when, violation = (_expr(rewritten(made[key], change)) for key in PARTS)
        return replace(
            rule, name=name, occurred=Occurred(day), when=when if rule_has_when(made) else None, violation=violation,
            message=replace(rule.message, zh=(), en=()), basis=(), remedy=None, notice_scope=None, examples=(),
        )  # fmt: skip


def rule_has_when(made: Mapping[str, Node]) -> bool:
    """Does it apply to some rows only?"""
    return getattr(made["when"], "value", None) is not True


def _named_in(given: Iterable[Node]) -> set[str]:
    from hegui.assure.impact.meaning import parameters

    return set(parameters(given))


def _expr(node: Node) -> Expr:
    return Expr("", node, _NOWHERE)


def merged(old: Mapping[str, Parameter], new: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters of both versions, those of the old one under names of their own."""
    return {**new, **{f"{name}{OLD}": parameter for name, parameter in old.items()}}
