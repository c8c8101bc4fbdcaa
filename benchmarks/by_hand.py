"""The plain conditions written by hand, in Polars and in DuckDB's SQL, with the finding columns hegui writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

AS_OF = date(2024, 3, 11)
MISSING = "0|1|"
c = pl.col
DAY = "DATE '2024-03-11'"

SCALED = ("output", "scale")
BUSY = c("output") > c("scale")
BIG, HIGH, LOW = c("area") > 5000.0, c("ph") > 9.0, c("ph") < 6.0
RICH, MANY = c("nitrogen") > 5.0, c("staff") > 300
EXPIRED, UNSEEN = c("permit_to") < AS_OF, (pl.lit(AS_OF) - c("checked_on")).dt.total_days() > 365
IN_SQL = {
    "BUSY": "output > scale", "BIG": "area > 5000.0", "HIGH": "ph > 9.0", "LOW": "ph < 6.0", "RICH": "nitrogen > 5.0",
    "MANY": "staff > 300", "EXPIRED": f"permit_to < {DAY}", "UNSEEN": f"({DAY} - checked_on) > 365",
}  # fmt: skip
"""What the upper-case words in the SQL conditions stand for."""

# rule, condition, the same in SQL, leaves in hegui's order (fields and limits), fields in order of their names
Condition = tuple[str, pl.Expr, str, Sequence[str | float | int], Sequence[str]]
CONDITIONS: Sequence[Condition] = (
    ("acid", LOW & ~c("treated"), "LOW AND NOT treated", ("ph", 6.0, "treated"), ("ph", "treated")),
    ("alkaline", HIGH & ~c("treated"), "HIGH AND NOT treated", ("ph", 9.0, "treated"), ("ph", "treated")),
    ("area", BIG, "BIG", ("area", 5000.0), ("area",)),
    ("crowded", MANY & (c("area") < 5000.0), "MANY AND area < 5000.0", ("staff", 300, "area", 5000.0), ("area", "staff")),
    ("expired", EXPIRED, "EXPIRED", ("permit_to",), ("permit_to",)),
    ("expired-busy", EXPIRED & BUSY, "EXPIRED AND BUSY", ("permit_to", *SCALED), ("output", "permit_to", "scale")),
    (
        "idle",
        (c("output") < c("scale") * 0.9) & MANY,
        "output < scale * 0.9::DOUBLE AND MANY",
        (*SCALED, 0.9, "staff", 300),
        ("output", "scale", "staff"),
    ),
    (
        "large",
        MANY & c("category").is_in(["b", "c"]),
        "MANY AND category IN ('b', 'c')",
        ("staff", 300, "in b, c", "category"),
        ("category", "staff"),
    ),
    ("large-outdoor", BIG & c("open_air"), "BIG AND open_air", ("area", 5000.0, "open_air"), ("area", "open_air")),
    (
        "late",
        c("permit_to") < c("checked_on"),
        "permit_to < checked_on",
        ("permit_to", "checked_on"),
        ("checked_on", "permit_to"),
    ),
    (
        "mixed",
        (RICH | HIGH) & ~c("treated"),
        "(RICH OR HIGH) AND NOT treated",
        ("nitrogen", 5.0, "ph", 9.0, "treated"),
        ("nitrogen", "ph", "treated"),
    ),
    (
        "never-checked",
        (c("checked_on") > AS_OF) | (c("permit_to") < c("checked_on")),
        f"checked_on > {DAY} OR permit_to < checked_on",
        ("checked_on", "permit_to"),
        ("checked_on", "permit_to"),
    ),
    ("nitrogen", RICH, "RICH", ("nitrogen", 5.0), ("nitrogen",)),
    (
        "nitrogen-outdoor",
        RICH & c("open_air"),
        "RICH AND open_air",
        ("nitrogen", 5.0, "open_air"),
        ("nitrogen", "open_air"),
    ),
    (
        "outdoor",
        c("open_air") & (c("category") == "c") & BUSY,
        "open_air AND category = 'c' AND BUSY",
        ("open_air", "category", *SCALED),
        ("category", "open_air", *SCALED),
    ),
    ("outdoor-expired", c("open_air") & EXPIRED, "open_air AND EXPIRED", ("open_air", "permit_to"), ("open_air", "permit_to")),
    (
        "over-ratio",
        (c("output") > c("scale") * 0.9) & (c("category") == "a"),
        "output > scale * 0.9::DOUBLE AND category = 'a'",
        (*SCALED, 0.9, "category"),
        ("category", *SCALED),
    ),
    ("over-scale", BUSY, "BUSY", SCALED, SCALED),
    ("ph", LOW | HIGH, "LOW OR HIGH", ("ph", 6.0, 9.0), ("ph",)),
    (
        "staffed-c",
        (c("category") == "c") & MANY,
        "category = 'c' AND MANY",
        ("category", "staff", 300),
        ("category", "staff"),
    ),
    (
        "treated-acid",
        c("treated") & (LOW | RICH),
        "treated AND (LOW OR RICH)",
        ("treated", "ph", 6.0, "nitrogen", 5.0),
        ("nitrogen", "ph", "treated"),
    ),
    ("unchecked", UNSEEN, "UNSEEN", ("checked_on", 365), ("checked_on",)),
    (
        "unchecked-large",
        UNSEEN & BIG,
        "UNSEEN AND BIG",
        ("checked_on", 365, "area", 5000.0),
        ("area", "checked_on"),
    ),
    ("untreated", c("open_air") & ~c("treated"), "open_air AND NOT treated", ("open_air", "treated"), ("open_air", "treated")),
)  # fmt: skip


INSIDE = {
    "mixed": (("nitrogen", "ph"), RICH | HIGH, "RICH OR HIGH"),
    "treated-acid": (("nitrogen", "ph"), LOW | RICH, "LOW OR RICH"),
}
"""Fields that are waited for only where the part of the condition they stand in is open."""


def causes(names: Sequence[str], rule: str = "") -> pl.Expr:
    within, part, _ = INSIDE.get(rule, ((), pl.lit(None), ""))
    lacking = {name: c(name).is_null() & part.is_null() if name in within else c(name).is_null() for name in names}
    parts = [pl.when(lacks).then(pl.lit(f"{MISSING}{name}")) for name, lacks in lacking.items()]
    return pl.concat_str(parts, separator="\n", ignore_nulls=True)


CHOSEN = c("category").is_in(["b", "c"])


def leaves_of(values: Sequence[str | float]) -> list[pl.Expr]:
    """The columns of leaves; a choice among codes has the number of those that decide beside its value."""
    found = []
    for number, value in enumerate(values):
        found.append((CHOSEN if value == "in b, c" else leaf(value)).alias(f"v{number}"))
        if value == "in b, c":
            found.append(pl.when(CHOSEN).then(pl.lit(1)).otherwise(pl.lit(2)).cast(pl.Int64).alias(f"v{number}.rows"))
    return found


def leaf(value: str | float) -> pl.Expr:
    return (
        c(value) if isinstance(value, str) else pl.lit(value, dtype=pl.Int64 if isinstance(value, int) else pl.Float64)
    )


def polars(source: Path, target: Path) -> None:
    """Find and write, all rules at once and as a stream.

    The conditions are columns of one frame first: written into each filter instead, every rule reads its columns for itself,
    which takes three times as long.
    """
    asked = [(f"?{name}", condition) for name, condition, *_ in CONDITIONS]
    frame = pl.scan_parquet(source).with_columns(condition.alias(name) for name, condition in asked)
    named = [(rule, c(f"?{rule}"), *rest) for rule, _, *rest in CONDITIONS]
    sinks = [sink for _, sink in plain_sinks(frame, target, named)]
    counts = frame.select(pl.len(), *((~c(name).fill_null(True)).sum() for name, _ in asked))
    pl.collect_all([counts, *sinks], engine="streaming")


def plain_sinks(
    frame: pl.LazyFrame, target: Path, conditions: Sequence[Condition]
) -> Iterator[tuple[str, pl.LazyFrame]]:
    """What writes the findings of each rule, by its name."""
    for name, condition, _, leaves, fields in conditions:
        chosen = frame.with_columns(condition.alias("found")).filter(c("found").fill_null(True))
        found = chosen.select(
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
            pl.when(c("found").is_null()).then(causes(fields, name)).alias("causes"),
            *leaves_of(leaves),
        )
        yield name, found.sink_parquet(target / f"{name}.parquet", compression="lz4", lazy=True)


def duckdb(source: Path, target: Path) -> None:
    """The same in SQL, a statement for each rule."""
    import duckdb as db

    connection = db.connect()
    for name, _, condition, leaves, fields in CONDITIONS:
        condition = spelt(condition)
        within, _, part = INSIDE.get(name, ((), None, ""))
        open_ = {field: f"{field} IS NULL" + (f" AND ({spelt(part)}) IS NULL" * (field in within)) for field in fields}
        lacking = ", ".join(f"CASE WHEN {lacks} THEN '{MISSING}{field}' END" for field, lacks in open_.items())
        values = ", ".join(sql(value, f"v{number}") for number, value in enumerate(leaves))
        connection.execute(
            f"""COPY (SELECT id AS key, 'site' AS kind, id AS entity, NULL::VARCHAR AS name, town AS jurisdiction,
            CASE WHEN found THEN 'violation' ELSE 'undetermined' END AS verdict, {DAY} AS occurred, "#source" AS source,
            "#line" AS line, TRUE AS scope, CASE WHEN found IS NULL THEN concat_ws(chr(10), {lacking}) END AS causes, {values}
            FROM (SELECT *, ({condition}) AS found FROM read_parquet('{source}')) WHERE found IS NOT FALSE)
            TO '{target / name}.parquet' (FORMAT parquet, COMPRESSION lz4_raw)"""
        )


def spelt(condition: str) -> str:
    """The SQL with what its upper-case words stand for."""
    for word, meaning in IN_SQL.items():
        condition = condition.replace(word, f"({meaning})")
    return condition


def sql(value: str | float, name: str) -> str:
    """A leaf with its name."""
    if value == "in b, c":
        chosen = "category IN ('b', 'c')"
        return f'{chosen} AS {name}, CASE WHEN {chosen} THEN 1 ELSE 2 END::BIGINT AS "{name}.rows"'
    typed = "" if isinstance(value, str) else "::BIGINT" if isinstance(value, int) else "::DOUBLE"
    return f"{value}{typed} AS {name}"
