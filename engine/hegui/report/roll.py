"""Which rows a run has judged: whoever compares two runs must know whether what is no longer found was looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hegui.facts.registry import GHOST, Registry
from hegui.outcome import escape
from hegui.ruleset.model import Ruleset

MOST: Final = 100_000
"""The most keys a run document lists."""


@dataclass(frozen=True)
class Roll:
    """`every_rule` and `every_entity`: was all of the ruleset asked, and of everybody? `keys` are those of the rows in the
    registry, by kind, as they stand in fingerprints; a kind that is not among them was not supplied, or there were more
    than `MOST` keys in all and none is listed."""

    every_rule: bool = False
    every_entity: bool = False
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(
        ruleset: Ruleset, registry: Registry, *, every_rule: bool, every_entity: bool, most: int | None = MOST
    ) -> Roll:
        """The roll of a run over `registry`, with the keys of every kind that rules or conclusions are about; with none where
        there are more than `most`."""
        import polars as pl

        about = {rule.about for rule in ruleset.rules.values()}
        about |= {each.about_kind for each in ruleset.conclusions.values()}
        kinds = [registry.vocabulary.kinds[name] for name in sorted(about & set(registry.tables))]
        left, keys = most, {}
        for kind in kinds:
            rows = registry.tables[kind.name].lazy()
            if GHOST in rows.collect_schema():
                rows = rows.filter(~pl.col(GHOST))
            rows = rows.select(kind.key)
            found = (rows if left is None else rows.head(left + 1)).collect()
            if left is not None and (left := left - len(found)) < 0:
                return Roll(every_rule, every_entity)
            keys[kind.name] = tuple(",".join(escape(str(part)) for part in row) for row in found.iter_rows())
        return Roll(every_rule, every_entity, keys)

    def holds(self, kind: str, key: str) -> bool | None:
        """Does the registry have this row; None where that is not known."""
        return key in self._sets[kind] if kind in self.keys else None

    @cached_property
    def _sets(self) -> dict[str, Collection[str]]:
        return {kind: frozenset(keys) for kind, keys in self.keys.items()}
