"""Facts of an example looked at again and again with one value changed: the scalar evaluator, without a registry.

What is given stands as paths into the nested mapping of an example: `("mine", "licences", 0, "scale")`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hegui.assure.suggesting.comparisons import Comparison
from hegui.datatypes import Below, Reason, Undetermined
from hegui.engines.one import EntityWorld
from hegui.engines.scalar import Opinion, RuleJudge
from hegui.facts.cells import reader
from hegui.facts.entity import Entity, shapes
from hegui.language.meanings import near_sign, sign
from hegui.language.scalar import Evaluator, Scope, compile_node, raw_cell
from hegui.language.tree import Cell, Chain, Node, Related, Row
from hegui.outcome import Verdict
from hegui.ruleset.model import Rule, Ruleset
from hegui.source import UsageError
from hegui.vocabulary import Kind, Vocabulary

Path = tuple[str | int, ...]
Given = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What an example gives, and the day it is looked at."""

    given: Given
    as_of: date

    def at(self, path: Path) -> Any:
        """The value at a path; None where there is none."""
        value: Any = self.given
        for step in path:
            if isinstance(step, str) and isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def put(self, path: Path, value: object) -> Facts:
        """The facts with another value at a path, whose row must be there; None takes it away."""
        given = deepcopy(self.given)
        holder: Any = given
        for step in path[:-1]:
            holder = holder[step]
        if value is None:
            holder.pop(path[-1], None)
        else:
            holder[path[-1]] = value
        return Facts(given, self.as_of)


@dataclass(frozen=True)
class Look:
    """What the rule says of some facts."""

    opinion: Opinion
    world: EntityWorld

    @property
    def verdict(self) -> Verdict:
        return self.opinion.verdict

    @property
    def scope(self) -> Scope:
        return self.opinion.scope

    @property
    def day(self) -> date | None:
        """The day whose law decides."""
        return self.scope.day if isinstance(self.scope.day, date) else None


class Bench:
    """One rule, ready to be asked about facts."""

    def __init__(self, ruleset: Ruleset, rule: Rule) -> None:
        self.ruleset = ruleset
        self.rule = rule
        self.vocabulary = ruleset.vocabulary
        self._shapes = shapes(ruleset.vocabulary)
        self._judge = RuleJudge(rule, ruleset.vocabulary.kinds)
        self._compiled: dict[int, tuple[Evaluator, Evaluator]] = {}

    def look(self, facts: Facts) -> Look | None:
        """What the rule says; None where a value is none its field can have."""
        kind = self.vocabulary.kinds[self.rule.about]
        try:
            entity = Entity(self._shapes, kind.name, typed(facts.given, kind, self.vocabulary), complete=True)
            world = EntityWorld(entity, self.ruleset)
            opinion = self._judge.opinion(world.row(kind.name, entity.judged), world, facts.as_of)
        except (UsageError, OverflowError):
            return None
        return Look(opinion, world)

    def distance(self, look: Look, comparison: Comparison, at: tuple[int, ...]) -> float | None:
        """Left minus right of a comparison (days for dates), exactly 0 where it takes them as equal; None where one of them
        has no value. `at` are the numbers of the rows in the chains around it."""
        scope = look.scope
        for chain, number in zip(comparison.chains, at, strict=True):
            rows = self._rows(look, chain)
            if number >= len(rows):
                return None
            level = int(chain.var)
            scope.rows.extend([None] * (level + 1 - len(scope.rows)))
            scope.rows[level] = rows[number]
        left, right = (side(scope) for side in self._sides(comparison))
        if any(isinstance(each, (Undetermined, Below)) for each in (left, right)):
            return None
        return _distance(left, right, comparison.op.near)

    def _sides(self, comparison: Comparison) -> tuple[Evaluator, Evaluator]:
        found = self._compiled.get(id(comparison.op))
        if found is None:
            left, right = (compile_node(side) for side in comparison.op.args)
            found = self._compiled[id(comparison.op)] = (left, right)
        return found

    def _rows(self, look: Look, chain: Chain) -> list[Any]:
        assert isinstance(chain.source, Related)
        source = chain.source
        parent = row_reader(source.row, self.vocabulary)(look.scope)
        if isinstance(parent, Undetermined):
            return []
        key = look.world.own_key(parent, source.row.kind)
        rows = key if isinstance(key, Reason) else look.world.related(source.kind, source.by, key)
        return [] if isinstance(rows, Reason) else list(rows)

    def value(self, look: Look, node: Node) -> Any:
        """The value of a condition."""
        return compile_node(node)(look.scope)

    def places(self, facts: Facts, comparison: Comparison) -> Iterator[tuple[int, ...]]:
        """Every combination of rows that the chains around a comparison may stand at, in the facts as they are."""
        yield from _places(facts, comparison.chains, {}, ())


def _places(
    facts: Facts, chains: tuple[Chain, ...], bound: dict[str, tuple[Path, str]], at: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    if not chains:
        yield at
        return
    path = list_path(chains[0], bound)
    rows = facts.at(path) if path is not None else None
    for number in range(len(rows) if isinstance(rows, list) else 0):
        inside = bind(chains[0], number, bound)
        yield from _places(facts, chains[1:], inside, (*at, number))


def list_path(chain: Chain, bound: Mapping[str, tuple[Path, str]]) -> Path | None:
    """Where the rows of a chain are given; None where they cannot be."""
    if not isinstance(chain.source, Related):
        return None
    path = row_path(chain.source.row, bound)
    return None if path is None else (*path, chain.source.relation)


def bind(chain: Chain, number: int, bound: Mapping[str, tuple[Path, str]]) -> dict[str, tuple[Path, str]]:
    """The rows variables stand for, with that of a chain: where it is given, and the reference back from it."""
    path = list_path(chain, bound)
    if path is None or not isinstance(chain.source, Related):
        return dict(bound)
    return {**bound, chain.var: ((*path, number), chain.source.by)}


def bound_at(comparison: Comparison, at: tuple[int, ...]) -> dict[str, tuple[Path, str]]:
    """The rows the variables around a comparison stand for."""
    bound: dict[str, tuple[Path, str]] = {}
    for chain, number in zip(comparison.chains, at, strict=True):
        bound = bind(chain, number, bound)
    return bound


def row_path(row: Row, bound: Mapping[str, tuple[Path, str]]) -> Path | None:
    """Where a row is given: a reference back from a row of a relation is the row it is listed under."""
    refs = row.refs
    if not row.var:
        return refs
    if row.var not in bound:
        return None
    path, by = bound[row.var]
    if refs and refs[0] == by:
        return (*path[:-2], *refs[1:])
    return (*path, *refs)


def row_reader(row: Row, vocabulary: Vocabulary) -> Evaluator:
    """The function of a row itself."""
    kind = vocabulary.kinds[row.kind]
    name = next(iter(kind.fields))
    return raw_cell(Cell(row, name, kind.fields[name].type))[0]


def _distance(left: Any, right: Any, near: bool) -> float:
    if isinstance(left, date):
        return float((left - right).days)
    if isinstance(left, timedelta):
        return float((left - right) / timedelta(days=1))
    sort = near_sign(left, right, max(abs(left), abs(right))) if near else sign(left, right)
    return 0.0 if sort == 0 else float(left - right)


def typed(given: Mapping[str, Any], kind: Kind, vocabulary: Vocabulary) -> Given:
    """An example's row in Python values: its texts are read as a table's would be."""
    found: Given = {}
    for name, each in given.items():
        if name in kind.relations:
            other = vocabulary.kinds[kind.relations[name].kind]
            found[name] = [typed(row, other, vocabulary) for row in each]
        elif isinstance(each, Mapping):
            found[name] = typed(each, vocabulary.kinds[str(kind.fields[name].type.kind)], vocabulary)
        elif isinstance(each, str) and kind.fields[name].type.name != "ref":
            read = reader(kind.fields[name])(each)
            found[name] = Below(read.bound) if read.bound is not None else read.value
        else:
            found[name] = each
    return found
