"""What is taken over from a run: findings on rows that are not judged again, with where these rows stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import polars as pl

from hegui.facts.registry import LINE, ROW, SOURCE, Registry, SourceTable
from hegui.language.tree import Cell, Chain, Node, Related
from hegui.outcome import Finding, LeafValue, Verdict
from hegui.ruleset.model import Rule
from hegui.since.affected import id_text, key_text
from hegui.since.difference import real

_KEY = "#key"
Place = tuple[int | None, int | None]
"""Where a row stands: its source and its line there."""
NOWHERE: Place = (None, None)


def merged(
    kept: Iterable[Finding], fresh: Iterable[Finding], order: Mapping[tuple[str, str], int]
) -> tuple[Finding, ...]:
    """Findings taken over and new ones together, sorted as in a full run: by rule, then in order of the rows judged.

    Args:
        kept: the findings of the former run on rows that were not judged again.
        fresh: those on rows that were.
        order: (kind, key) of every row of either → its number.
    """
    return tuple(sorted([*kept, *fresh], key=lambda each: (each.rule, order[each.about, each.key])))


def listed(findings: Iterable[Finding]) -> list[Finding]:
    """The findings a run lists unless more is asked for."""
    return [each for each in findings if each.verdict in (Verdict.VIOLATION, Verdict.UNDETERMINED)]


class LostError(LookupError):
    """A row a finding is about, or that decided it, is not in the registry any more."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key}")
        self.kind, self.key = kind, key


class Still:
    """Which of a run's sources are the same in a registry, wherever their files are now."""

    def __init__(self, sources: Sequence[SourceTable], registry: Registry) -> None:
        now = {_face(each): number for number, each in reversed(list(enumerate(registry.sources))) if each.digest}
        self.numbers = {number: now[_face(each)] for number, each in enumerate(sources) if _face(each) in now}
        same = set(self.numbers.values())
        self.moved = {each.kind for number, each in enumerate(sources) if number not in self.numbers}
        self.moved |= {each.kind for number, each in enumerate(registry.sources) if number not in same}

    def follows(self, node: Node, value: LeafValue) -> bool:
        """Can the place of what decided a chain be found again? Of a row without a key only in a table that is still."""
        if not _by_place(node, value):
            return True
        assert isinstance(node, Chain)
        assert isinstance(node.source, Related)
        return node.source.kind not in self.moved and value.source in self.numbers


def _face(source: SourceTable) -> tuple[object, ...]:
    return source.sheet, source.kind, tuple(sorted(source.columns.items())), source.digest


def _by_place(node: Node, value: LeafValue) -> bool:
    return (
        isinstance(node, Chain)
        and isinstance(node.source, Related)
        and value.first is None
        and value.source is not None
    )


@dataclass(frozen=True)
class Standing:
    """Where rows of one kind stand: number and place of each by its key, and places of the rows it refers to, by path."""

    numbers: dict[str, int]
    own: dict[str, Place]
    followed: dict[tuple[str, ...], dict[str, Place]]


def standing(registry: Registry, kind: str, keys: Iterable[str], paths: Iterable[tuple[str, ...]]) -> Standing:
    """Where the rows with some keys stand, and what they refer to along some paths."""
    declared = registry.vocabulary.kinds[kind]
    wanted = pl.Series(_KEY, sorted(set(keys)), dtype=pl.String)
    table = real(registry.tables[kind].lazy()).with_columns(key_text(declared))
    rows = table.filter(pl.col(_KEY).is_in(wanted.implode())).collect()
    return Standing(
        dict(zip(rows[_KEY], rows[ROW], strict=True)),
        dict(zip(rows[_KEY], zip(rows[SOURCE], rows[LINE], strict=True), strict=True)),
        {path: _followed(registry, kind, rows, path) for path in paths},
    )


def _followed(registry: Registry, kind: str, rows: pl.DataFrame, path: tuple[str, ...]) -> dict[str, Place]:
    """The place of the row each of `rows` refers to along a path."""
    at = rows.select(_KEY, pl.col(path[0]).alias("#to"))
    for step, reference in enumerate(path):
        target = registry.vocabulary.kinds[kind].fields[reference].type.kind
        assert target is not None
        own = id_text(registry.vocabulary.kinds[target])
        if target not in registry.tables or own is None:
            return {}
        kind, onward = target, path[step + 1 : step + 2]
        there = real(registry.tables[target].lazy()).select(own.alias("#to"), SOURCE, LINE, *onward)
        found = there.filter(pl.col("#to").is_in(at["#to"].drop_nulls().unique().implode())).collect()
        at = at.select(_KEY, "#to").join(found, on="#to", how="inner")
        if onward:
            at = at.select(_KEY, pl.col(onward[0]).alias("#to"))
    return dict(zip(at[_KEY], zip(at[SOURCE], at[LINE], strict=True), strict=True))


class Carrier:
    """Findings of one run as another registry would have them."""

    def __init__(self, registry: Registry, still: Still) -> None:
        self.registry, self.still = registry, still
        self.known: dict[str, Standing] = {}

    def carried(self, rules: Mapping[str, Rule], kept: Sequence[Finding], fresh: Sequence[Finding]) -> list[Finding]:
        """The findings `kept` with their places now. Where rows stand is known of `fresh` ones too, afterwards.

        Raises:
            LostError: a row they speak of is not there.
        """
        for kind in dict.fromkeys(each.about for each in (*kept, *fresh)):
            keys = [each.key for each in (*kept, *fresh) if each.about == kind]
            paths = dict.fromkeys(path for rule in rules.values() if rule.about == kind for path in _paths(rule))
            self.known[kind] = standing(self.registry, kind, keys, paths)
        made = []
        for name, group in groupby(sorted(kept, key=_rule), key=_rule):
            made += self._of_rule(rules[name], list(group))
        return made

    @property
    def order(self) -> dict[tuple[str, str], int]:
        """The number of each row that has a finding."""
        return {(kind, key): number for kind, each in self.known.items() for key, number in each.numbers.items()}

    def _of_rule(self, rule: Rule, findings: list[Finding]) -> list[Finding]:
        placed = [self._placing(number, leaf, rule, findings) for number, leaf in enumerate(rule.leaves)]
        own, made = self.known[rule.about].own, []
        for each in findings:
            source, row = _there(own, rule.about, each.key)
            values = tuple(place(each, value) for place, value in zip(placed, each.values, strict=True))
            made.append(replace(each, source=source, row=row, values=values))
        return made

    def _placing(
        self, number: int, leaf: Node, rule: Rule, findings: list[Finding]
    ) -> Callable[[Finding, LeafValue], LeafValue]:
        """The function that says where the value of a leaf stands now."""
        at = self.known[rule.about]
        if isinstance(leaf, Cell):
            places = at.followed[leaf.row.refs] if leaf.row.refs else at.own
            return lambda finding, value: _placed(value, places.get(finding.key, NOWHERE))
        if not isinstance(leaf, Chain) or not isinstance(leaf.source, Related):
            return lambda finding, value: value
        firsts = {value.first for each in findings if (value := each.values[number]).first is not None}
        kind = leaf.source.kind
        found = standing(self.registry, kind, firsts, ()).own if firsts else {}
        return lambda finding, value: self._of_chain(value, kind, found)

    def _of_chain(self, value: LeafValue, kind: str, firsts: Mapping[str, Place]) -> LeafValue:
        if value.first is not None:
            return _placed(value, _there(firsts, kind, value.first))
        return value if value.source is None else replace(value, source=self.still.numbers[value.source])


def _rule(finding: Finding) -> str:
    return finding.rule


def _there(places: Mapping[str, Place], kind: str, key: str) -> Place:
    if key not in places:
        raise LostError(kind, key)
    return places[key]


def _placed(value: LeafValue, place: Place) -> LeafValue:
    return replace(value, source=place[0], row=place[1])


def _paths(rule: Rule) -> Iterable[tuple[str, ...]]:
    return (leaf.row.refs for leaf in rule.leaves if isinstance(leaf, Cell) and leaf.row.refs)
