"""Changes kept as Parquet beside a document, where they are too many to stand in it."""

from __future__ import annotations

from collections.abc import Iterable
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

    pl.concat([_changes(rule, impact) for rule in impact.rules]).sink_parquet(path, compression="lz4")


def _changes(rule: RuleImpact, impact: Impact) -> pl.LazyFrame:
    """The changes of a rule, in words. Those that come again and again are numbered (`Enum`): it halves what writing costs."""
    import polars as pl

    def among(word: str, words: Iterable[str]) -> pl.Expr:
        return pl.lit(word, pl.Enum(list(dict.fromkeys(words))))

    before, after = pl.col("before"), pl.col("after")
    words = [state.word for state in State]
    states = pl.Series("states", words, dtype=pl.Enum(words))
    pairs = [Change.between(one, other) for one in State for other in State]
    changes = pl.Series("changes", pairs, dtype=pl.Enum([change.value for change in Change]))
    causes = pl.Series(
        "causes", [[list(edits) for edits in cause] for cause in rule.causes], dtype=pl.List(pl.List(pl.UInt32))
    )
    return rule.changes.lazy().select(
        pl.lit(changes).gather(before * len(State) + after).alias("change"),
        among(rule.rule, (each.rule for each in impact.rules)).alias("rule"),
        among(rule.about, (each.about for each in impact.rules)).alias("about"),
        *("key", "kind", "entity", "name", "jurisdiction"),
        pl.lit(states).gather(before).alias("before"),
        pl.lit(states).gather(after).alias("after"),
        pl.lit(causes).gather("cause").alias("because"),
    )
