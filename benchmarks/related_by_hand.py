"""The conditions of the representative lane by hand: those over one entity as in `by_hand`, references as joins, the
relation aggregated once per site. The same finding columns, in order of the sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import by_hand
import polars as pl

AS_OF = by_hand.AS_OF
c = pl.col
SINGLE = (
    "over-scale", "area", "ph", "nitrogen", "untreated", "expired", "unchecked", "large", "late", "mixed",
)  # fmt: skip
SINCE = date(2023, 3, 11)
RICH, EXPIRED, BUSY = by_hand.RICH, by_hand.EXPIRED, by_hand.BUSY
RATED = c("operator.rating") == "c"

# rule → condition, leaves, possible causes (path and where they count, over and above being null)
REFERRED: Mapping[str, tuple[pl.Expr, Sequence[str | float], Sequence[str]]] = {
    "unlicensed": (~c("operator.licensed"), ("operator.licensed",), ("operator.licensed",)),
    "small-capital": (c("operator.capital") < 100.0, ("operator.capital", 100.0), ("operator.capital",)),
    "rated-c": (RATED & c("open_air"), ("operator.rating", "open_air"), ("open_air", "operator.rating")),
    "strict-nitrogen": (
        c("operator.town.strict") & RICH,
        ("operator.town.strict", "nitrogen", 5.0),
        ("nitrogen", "operator.town.strict"),
    ),
    "strict-untreated": (c("town.strict") & ~c("treated"), ("town.strict", "treated"), ("town.strict", "treated")),
    "rated-over-scale": (
        BUSY & RATED,
        ("output", "scale", "operator.rating"),
        ("operator.rating", "output", "scale"),
    ),
    "strict-expired": (EXPIRED & c("town.strict"), ("permit_to", "town.strict"), ("permit_to", "town.strict")),
    "unlicensed-outdoor": (
        c("open_air") & ~c("operator.licensed"),
        ("open_air", "operator.licensed"),
        ("open_air", "operator.licensed"),
    ),
}

FAILED, UNFIXED, POOR = ~c("passed"), ~c("fixed"), c("score") < 40.0
QUANTIFIED: Mapping[str, tuple[pl.Expr, tuple[str, ...]]] = {
    "failed": (FAILED, ("passed",)),
    "not-fixed": (FAILED & UNFIXED, ("passed", "fixed")),
    "low-not-fixed": (POOR & UNFIXED, ("score", "fixed")),
}
"""Predicates asked of visits: is there one of which it is true?"""


def aggregated(visits: pl.LazyFrame) -> pl.LazyFrame:
    """One row per site with everything the rules ask of its visits."""
    made = []
    for name, (predicate, fields) in QUANTIFIED.items():
        yes, open_ = predicate.fill_null(False), predicate.is_null()
        made += [
            yes.sum().alias(f"{name}.yes"),
            open_.sum().alias(f"{name}.open"),
            c("#row").filter(yes).min().alias(f"{name}.first yes"),
            c("#row").filter(open_).min().alias(f"{name}.first open"),
            *((open_ & c(field).is_null()).sum().alias(f"{name}.{field}") for field in fields),
        ]
    recent = c("held_on") >= SINCE
    made += [
        recent.fill_null(False).sum().alias("recent"),
        c("held_on").is_null().sum().alias("undated"),
        c("#row").filter(c("held_on").is_null()).min().alias("first undated"),
        c("#row").filter(recent.fill_null(False)).min().alias("first recent"),
        c("score").min().alias("least"),
        c("score").is_null().sum().alias("unscored"),
        c("#row").filter(c("score").is_null()).min().alias("first unscored"),
        c("#row").min().alias("first"),
        pl.len().alias("visits"),
        (~FAILED).fill_null(False).sum().alias("passes"),
    ]
    return visits.group_by("site").agg(made)


def polars(source: Path, target: Path) -> None:
    """Find and write: rules over the site itself, over references, over visits."""
    tables = {name: pl.scan_parquet(source / f"{name}.parquet") for name in ("town", "operator", "site", "visit")}
    single = [rule for rule in by_hand.CONDITIONS if rule[0] in SINGLE]
    sites = by_hand.asked(tables["site"], {name: condition for name, condition, *_ in single})
    named = [(rule, c(f"?{rule}"), *rest) for rule, _, *rest in single]
    sinks = [sink for _, sink in by_hand.plain_sinks(sites, target, named)]
    sinks += referred(tables, target) + quantified(tables, target)
    pl.collect_all(sinks, engine="streaming")


def referred(tables: Mapping[str, pl.LazyFrame], target: Path) -> list[pl.LazyFrame]:
    town, operator = tables["town"], tables["operator"]
    owners = operator.join(town.rename(lambda name: f"town.{name}"), left_on="town", right_on="town.id", how="left")
    owners = owners.rename(lambda name: f"operator.{name}")
    wide = tables["site"].join(owners, left_on="operator", right_on="operator.id", how="left")
    wide = wide.join(town.rename(lambda name: f"town.{name}"), left_on="town", right_on="town.id", how="left")
    wide = by_hand.asked(wide, {name: condition for name, (condition, *_) in REFERRED.items()})
    sinks = []
    for name, (_, leaves, fields) in REFERRED.items():
        found = wide.with_columns(c(f"?{name}").alias("found")).filter(c("found").fill_null(True))
        lacking = by_hand.causes(fields)
        sinks.append(
            written(found, name, lacking, [part for pair in enumerate(leaves) for part in addressed(*pair)], target)
        )
    return sinks


def addressed(number: int, leaf: str | float) -> list[pl.Expr]:
    """A leaf, and where a reference was followed to it the place of the row it comes from."""
    found = [by_hand.leaf(leaf).alias(f"v{number}")]
    if isinstance(leaf, str) and "." in leaf:
        row = leaf.rpartition(".")[0]
        found += [c(f"{row}.#source").alias(f"v{number}.source"), c(f"{row}.#line").alias(f"v{number}.line")]
    return found


def quantified(tables: Mapping[str, pl.LazyFrame], target: Path) -> list[pl.LazyFrame]:
    sites = tables["site"].join(aggregated(tables["visit"]), left_on="id", right_on="site", how="left")
    places = tables["visit"].select(
        c("#row").alias("first row"),
        pl.concat_str("site", "number", separator=",").alias("first key"),
        c("#source").alias("first source"),
        c("#line").alias("first line"),
    )
    sites = by_hand.asked(sites, {name: found for name, (found, *_) in chains().items()})
    sinks = []
    for name, (_, first, lacking, leaves, number) in chains().items():
        rows = sites.with_columns(c(f"?{name}").alias("found"), first.alias("first row")).filter(
            c("found").fill_null(True)
        )
        rows = rows.join(places, on="first row", how="left")
        place = {"first": c("first key"), "source": c("first source"), "line": c("first line")}
        columns = [*leaves, *(column.alias(f"v{number}.{part}") for part, column in place.items())]
        sinks.append(written(rows, name, lacking, columns, target))
    return sinks


Chain = tuple[pl.Expr, pl.Expr, pl.Expr, list[pl.Expr], int]


def chains() -> dict[str, Chain]:
    """Of each rule over visits: the condition, the row that decides first, the causes, the leaves, and which is the chain."""
    made: dict[str, Chain] = {}
    for name, (_, fields) in QUANTIFIED.items():
        yes, open_ = c(f"{name}.yes"), c(f"{name}.open")
        found = pl.when(yes > 0).then(True).when(open_ == 0).then(False)
        rows = pl.when(yes > 0).then(yes).otherwise(open_).cast(pl.Int64)
        first = pl.when(yes > 0).then(c(f"{name}.first yes")).otherwise(c(f"{name}.first open"))
        made[name] = (
            found,
            first,
            waits({field: c(f"{name}.{field}") for field in fields}),
            [found.alias("v0"), rows.alias("v0.rows")],
            0,
        )
    size = pl.when(c("undated") == 0).then(c("recent")).cast(pl.Int64)
    rows = pl.when(c("undated") > 0).then(c("undated")).otherwise(c("recent")).cast(pl.Int64)
    first = pl.when(c("undated") > 0).then(c("first undated")).otherwise(c("first recent"))
    leaves = [size.alias("v0"), rows.alias("v0.rows"), pl.lit(1, dtype=pl.Int64).alias("v1")]
    made["not-visited"] = (size < 1, first, waits({"held_on": c("undated")}), leaves, 0)
    least = pl.when(c("unscored") == 0).then(c("least"))
    rows = pl.when(c("unscored") > 0).then(c("unscored")).otherwise(c("visits")).cast(pl.Int64)
    first = pl.when(c("unscored") > 0).then(c("first unscored")).otherwise(c("first"))
    leaves = [least.alias("v0"), rows.alias("v0.rows"), pl.lit(40.0).alias("v1")]
    made["low-score"] = (least < 40.0, first, waits({"score": c("unscored")}), leaves, 0)
    made["failed-nitrogen"] = failed_nitrogen(made["failed"])
    return made


def failed_nitrogen(failed: Chain) -> Chain:
    exists, first, _, (_, rows), _ = failed
    unpassed = pl.when(exists.is_null()).then(c("failed.passed"))
    nitrogen = pl.when(c("nitrogen").is_null()).then(pl.lit("0|1|nitrogen"))
    lacking = pl.concat_str([nitrogen, counted("passed", unpassed)], separator="\n", ignore_nulls=True)
    leaves = [c("nitrogen").alias("v0"), pl.lit(5.0).alias("v1"), (~exists).alias("v2"), rows.alias("v2.rows")]
    return RICH & exists, first, lacking, leaves, 2


def counted(field: str, count: pl.Expr) -> pl.Expr:
    return pl.when(count > 0).then(pl.concat_str(pl.lit("0|"), count.cast(pl.String), pl.lit(f"|visits.{field}")))


def waits(counts: Mapping[str, pl.Expr]) -> pl.Expr:
    lines = [counted(field, counts[field]) for field in sorted(counts)]
    return pl.concat_str(lines, separator="\n", ignore_nulls=True)


def written(found: pl.LazyFrame, name: str, lacking: pl.Expr, leaves: Sequence[pl.Expr], target: Path) -> pl.LazyFrame:
    chosen = found.select(
        c("id").alias("key"),
        pl.lit("site").alias("kind"),
        c("id").alias("entity"),
        pl.lit(None, dtype=pl.String).alias("name"),
        c("town").alias("jurisdiction"),
        pl.when(c("found")).then(pl.lit("violation")).otherwise(pl.lit("undetermined")).alias("verdict"),
        pl.lit(AS_OF).alias("occurred"),
        c("#source").alias("source"),
        c("#line").alias("line"),
        pl.lit(True).alias("scope"),
        pl.when(c("found").is_null()).then(lacking).alias("causes"),
        *leaves,
    )
    return chosen.sort("line").sink_parquet(target / f"{name}.parquet", compression="lz4", lazy=True)
