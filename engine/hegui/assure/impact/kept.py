"""Changes kept as Parquet beside a document, where they are too many to stand in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.assure.impact.model import Change, Impact, RuleImpact, State

if TYPE_CHECKING:
    import polars as pl

ENDING: Final = ".changes.parquet"
"""What the file is called behind the name of the document, in place of its own ending."""


def write(impact: Impact, path: Path) -> None:
    """Write all changes to one Parquet file, a row per change by rule and key, straight from columns: `change`, `rule`,
    `about`, `key` (which together are the fingerprint), `kind`, `entity`, `name`, `jurisdiction`, `before`, `after`, `because`.

    Raises:
        OSError: it cannot be written.
    """
    import polars as pl

    pl.concat([_changes(rule) for rule in impact.rules]).sink_parquet(path, compression="zstd")


def _changes(rule: RuleImpact) -> pl.LazyFrame:
    """The changes of a rule, in words."""
    import polars as pl

    before, after = pl.col("before"), pl.col("after")
    turned = [(one, other, change) for one in State for other in State if (change := Change.between(one, other))]
    pairs = {one * len(State) + other: change.value for one, other, change in turned}
    states = {int(state): state.word for state in State}
    causes = pl.Series([[list(edits) for edits in cause] for cause in rule.causes], dtype=pl.List(pl.List(pl.UInt32)))
    return rule.changes.lazy().select(
        (before * len(State) + after).replace_strict(pairs, return_dtype=pl.String).alias("change"),
        pl.lit(rule.rule).alias("rule"),
        pl.lit(rule.about).alias("about"),
        *("key", "kind", "entity", "name", "jurisdiction"),
        *(state.replace_strict(states, return_dtype=pl.String) for state in (before, after)),
        pl.lit(causes).gather(pl.col("cause")).alias("because"),
    )
