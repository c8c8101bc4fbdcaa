"""Waivers over findings that are kept as Parquet: asked once for each group of findings they cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hegui.engines.kept import Kept
from hegui.outcome import Verdict
from hegui.waivers.matching import Covering, Named
from hegui.waivers.model import Waiver

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

NOBODY: Final = "\0"
"""What stands for everybody that no waiver names; no key holds it."""
_BETWEEN: Final = "\x1f"


@dataclass(frozen=True)
class Parted:
    """The violations of a rule, parted by what covers them: each group that is covered, with its waivers and how many
    violations it has, and a condition that is true of these violations."""

    groups: tuple[tuple[tuple[Waiver, ...], int], ...] = ()
    covered: pl.Expr | None = field(default=None, compare=False)

    @property
    def count(self) -> int:
        """How many violations are covered."""
        return sum(count for _, count in self.groups)


def parted(kept: Kept, rule: str, covering: Covering, apart: Iterable[date | None] = ()) -> Parted:
    """The violations of a rule that are covered.

    Args:
        kept: the findings.
        rule: its name.
        covering: the waivers that stand.
        apart: days of the act; what was done on these is left out.

    Raises:
        UsageError: the file is missing or damaged.
    """
    import polars as pl

    about = kept.rules[rule].about
    named = covering.named(rule, about)
    if named is None:
        return Parted()
    counted = kept.scan(rule).filter(pl.col("verdict") == Verdict.VIOLATION.value)
    if apart := list(apart):
        counted = counted.filter(~pl.col("occurred").is_in(apart, nulls_equal=True))
    columns = _columns(named)
    rows = kept.collected(rule, counted.group_by(list(columns.values())).agg(pl.len()).sort(list(columns))).iter_rows()
    groups: dict[tuple[str, ...], tuple[tuple[Waiver, ...], int]] = {}
    for *told, count in rows:
        kind, entity, jurisdiction, key = (None if text == NOBODY else text for text in told)
        if waivers := covering.of(rule, about, key, kind or "", entity, jurisdiction):
            groups[tuple(told)] = (waivers, count)
    together = pl.concat_str(list(columns.values()), separator=_BETWEEN)
    return Parted(tuple(groups.values()), together.is_in([_BETWEEN.join(told) for told in groups]))


def _columns(named: Named) -> dict[str, pl.Expr]:
    """What tells violations apart for the waivers, with `NOBODY` for whatever they do not name."""
    import polars as pl

    def only(column: str, wanted: Iterable[str]) -> pl.Expr:
        return pl.when(pl.col(column).is_in(list(wanted))).then(pl.col(column)).otherwise(pl.lit(NOBODY))

    jurisdiction = pl.col("jurisdiction").fill_null(NOBODY) if named.jurisdictions else pl.lit(NOBODY)
    columns = {"kind": pl.col("kind"), "entity": only("entity", named.entities), "jurisdiction": jurisdiction}
    return {name: each.alias(name) for name, each in (columns | {"key": only("key", named.keys)}).items()}
