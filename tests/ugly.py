"""The sample with everything in its texts that a format may stumble over: markup, formulas, marks of direction, control
characters, emoji, a text without end."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import sample

from hegui.engines import judge
from hegui.facts.registry import Registry
from hegui.report.run import Run, RunInfo

SCRIPT = "<script>alert('1')</script>&amp;"
FORMULA = "=cmd|' /C calc'!A0"
TURNED = "\u202e三岔\u202c采石场\u2067\u200f"
LONG = "🏭👨\u200d👩\u200d👧_x0041_\x07\x0b" + "长" * 40_000
NAMES = {"Q1": SCRIPT, "Q2": FORMULA, "Q3": TURNED, "Q4": LONG}
TOWNS = {"T1": '@SUM(A1)"><img src=x onerror=alert(2)>', "T2": "+1-1\r\n\t|\\`*_[x](y)"}
PAPER = "-2+3]]>{{7*7}}${x}"


@cache
def registry() -> Registry:
    """The sample registry, made ugly."""
    given = sample.registry()
    frames = {name: table.lazy().collect() for name, table in given.tables.items()}
    frames["quarry"] = frames["quarry"].with_columns(pl.col("id").replace(NAMES).alias("name"))
    frames["town"] = frames["town"].with_columns(pl.col("id").replace(TOWNS).alias("name"))
    paper = pl.when(pl.col("paper").is_not_null()).then(pl.lit(PAPER)).alias("paper")
    frames["year"] = frames["year"].with_columns(paper)
    sources = tuple(replace(table, sheet=table.sheet and f"'{table.sheet}<&>") for table in given.sources)
    problems = tuple(replace(problem, raw=f"{FORMULA} {SCRIPT}") for problem in given.problems)
    return replace(given, tables=dict(frames), sources=sources, problems=problems)


def run() -> Run:
    """A run over it."""
    ruleset = sample.ruleset()
    found = judge(ruleset, registry(), engine="scalar", as_of=sample.AS_OF)
    info = RunInfo.of(ruleset, registry(), as_of=sample.AS_OF, decided_on=sample.DECIDED_ON, engine="scalar")
    info = replace(info, hegui="0.0", versions={}, ruleset=replace(info.ruleset, digest="sha256:rules"))
    built = Run.build(ruleset, registry(), found, info)
    return built.with_conclusions(ruleset, registry(), "reference")
