"""What engines are asked, and what they share: the day of the act, the path to the entity, dated parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hegui.calendar import Calendar, load
from hegui.datatypes import DATE
from hegui.facts.registry import Registry
from hegui.language.tree import AsOf, Cell, Node, Row
from hegui.ruleset.model import Rule, Ruleset
from hegui.vocabulary import Kind

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Keeping:
    """How findings are kept as Parquet: the `folder` they are written to, the leaves of each rule whose values are
    `hidden`, what is `told` of the work as it goes on, and with `timings` the seconds of each rule by itself."""

    folder: Path
    hidden: Mapping[str, Collection[int]] = field(default_factory=dict)
    told: Callable[[str], None] | None = None
    timings: dict[str, float] | None = None


@dataclass(frozen=True)
class Request:
    """One question to an engine: which rules, on which facts, as of which day. Without `listed` only counts are
    wanted; with `kept`, an engine that can leaves its findings there instead of in memory; with `only`, only the rows with
    these numbers are judged, by kind."""

    ruleset: Ruleset
    registry: Registry
    as_of: date
    rules: tuple[Rule, ...]
    entity: str | None = None
    every: bool = False
    listed: bool = True
    kept: Keeping | None = None
    only: Mapping[str, pl.Series] | None = None

    @property
    def kinds(self) -> Mapping[str, Kind]:
        return self.ruleset.vocabulary.kinds

    @cached_property
    def calendar(self) -> Calendar:
        return load(self.ruleset.workdays)

    @property
    def judged(self) -> tuple[Rule, ...]:
        """The rules whose rows were supplied at all."""
        return tuple(rule for rule in self.rules if rule.about in self.registry.tables)


def act_day(rule: Rule) -> Node:
    """The expression of the day whose law decides: of the act, or of the end of a continuing one."""
    occurred = rule.occurred
    if occurred.interval:
        return occurred.end.node if occurred.end is not None else AsOf(DATE)
    return occurred.start.node if occurred.start is not None else AsOf(DATE)


def about_row(rule: Rule) -> Row:
    """The row judged."""
    return Row("", (rule.about,))


def answering_row(rule: Rule, kinds: Mapping[str, Kind]) -> Row:
    """The row the finding is filed under: `answers` followed from the row judged."""
    row = about_row(rule)
    for reference in rule.answers:
        target = kinds[row.kind].fields[reference].type.kind
        assert target is not None
        row = row.follow(reference, target)
    return row


def jurisdiction(row: Row, kinds: Mapping[str, Kind]) -> Cell | None:
    """The cell that says who answers for a row, following the kind's jurisdiction path."""
    path = kinds[row.kind].jurisdiction
    if path is None:
        return None
    *references, name = path.split(".")
    for reference in references:
        target = kinds[row.kind].fields[reference].type.kind
        assert target is not None
        row = row.follow(reference, target)
    return Cell(row, name, kinds[row.kind].fields[name].type)


def name_cell(row: Row, kinds: Mapping[str, Kind]) -> Cell | None:
    """The cell that names a row to people."""
    name = kinds[row.kind].name_field
    return None if name is None else Cell(row, name, kinds[row.kind].fields[name].type)
