"""The twelve conditions written by hand in Polars, with the finding columns hegui writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

AS_OF = date(2024, 3, 11)
MISSING = "0|1|"
c = pl.col

# rule, condition, leaves in hegui's order, columns whose absence can leave the condition open
CONDITIONS: Sequence[tuple[str, pl.Expr, Sequence[pl.Expr], Sequence[str]]] = (
    ("area", c("area") > 5000.0, (c("area"), pl.lit(5000.0)), ("area",)),
    ("expired", c("permit_to") < AS_OF, (c("permit_to"),), ("permit_to",)),
    (
        "large",
        (c("staff") > 300) & c("category").is_in(["b", "c"]),
        (c("staff"), pl.lit(300), c("category")),
        ("category", "staff"),
    ),
    ("late", c("permit_to") < c("checked_on"), (c("permit_to"), c("checked_on")), ("checked_on", "permit_to")),
    (
        "mixed",
        ((c("nitrogen") > 5.0) | (c("ph") > 9.0)) & ~c("treated"),
        (c("nitrogen"), pl.lit(5.0), c("ph"), pl.lit(9.0), c("treated")),
        ("nitrogen", "ph", "treated"),
    ),
    ("nitrogen", c("nitrogen") > 5.0, (c("nitrogen"), pl.lit(5.0)), ("nitrogen",)),
    (
        "outdoor",
        c("open_air") & (c("category") == "c") & (c("output") > c("scale")),
        (c("open_air"), c("category"), c("output"), c("scale")),
        ("category", "open_air", "output", "scale"),
    ),
    (
        "over-ratio",
        (c("output") > c("scale") * 0.9) & (c("category") == "a"),
        (c("output"), c("scale"), pl.lit(0.9), c("category")),
        ("category", "output", "scale"),
    ),
    ("over-scale", c("output") > c("scale"), (c("output"), c("scale")), ("output", "scale")),
    ("ph", (c("ph") < 6.0) | (c("ph") > 9.0), (c("ph"), pl.lit(6.0), pl.lit(9.0)), ("ph",)),
    (
        "unchecked",
        (pl.lit(AS_OF) - c("checked_on")).dt.total_days() > 365,
        (c("checked_on"), pl.lit(365)),
        ("checked_on",),
    ),
    ("untreated", c("open_air") & ~c("treated"), (c("open_air"), c("treated")), ("open_air", "treated")),
)


def causes(names: Sequence[str]) -> pl.Expr:
    parts = [pl.when(c(name).is_null()).then(pl.lit(f"{MISSING}{name}")) for name in names]
    return pl.concat_str(parts, separator="\n", ignore_nulls=True)


def run(source: Path, target: Path) -> dict[str, int]:
    """Find, count and write; the number of findings of each rule."""
    frame = pl.scan_parquet(source)
    queries = []
    for _, condition, leaves, names in CONDITIONS:
        chosen = frame.with_columns(condition.alias("found")).filter(c("found").fill_null(True))
        verdict = pl.when(c("found")).then(pl.lit("violation")).otherwise(pl.lit("undetermined"))
        queries.append(
            chosen.select(
                c("id").alias("key"),
                pl.lit("site").alias("kind"),
                c("id").alias("entity"),
                pl.lit(None, dtype=pl.String).alias("name"),
                c("town").alias("jurisdiction"),
                verdict.alias("verdict"),
                pl.lit(AS_OF).alias("occurred"),
                c("#source").alias("source"),
                c("#line").alias("line"),
                pl.lit(True).alias("scope"),
                pl.when(c("found").is_null()).then(causes(names)).alias("causes"),
                *(leaf.alias(f"v{number}") for number, leaf in enumerate(leaves)),
            )
        )
    counts = frame.select(
        pl.len(), *((~condition.fill_null(True)).sum().alias(name) for name, condition, _, _ in CONDITIONS)
    )
    _, *found = pl.collect_all([counts, *queries], engine="streaming")
    for (name, *_), findings in zip(CONDITIONS, found, strict=True):
        findings.write_parquet(target / f"{name}.parquet")
    return {name: findings.height for (name, *_), findings in zip(CONDITIONS, found, strict=True)}
