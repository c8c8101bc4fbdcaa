"""hegui's Spark engine on this machine against its Polars engine: the same findings, and what they take.

Run `python benchmarks/on_spark.py [ENTITIES] [MASTER]`. Needs `hegui[spark]` and Java 17. Times are of one process each
way: Spark's start, the first judging (the JVM still cold) and the second, from conformed Parquet to findings in Parquet.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from hegui import ruleset
from hegui.engines import polars, spark
from hegui.engines.request import Request
from hegui.engines.spark_session import connect
from hegui.facts.conformed import read_conformed, write_conformed
from hegui.facts.registry import Registry

HERE = Path(__file__).parent
DAY = date(2024, 3, 11)


def request(folder: Path, entities: int) -> Request:
    """All rules over a generated registry of sites, conformed in `folder`."""
    sys.path.insert(0, str(HERE))
    from registry import conformed, sites

    rules = ruleset.load(HERE / "rules")
    write_conformed(Registry(rules.vocabulary, {"site": conformed(sites(entities, 0.02, 0.03, 1))}), folder)
    registry = read_conformed(folder, rules.vocabulary)
    return Request(rules, registry, DAY, tuple(rules.rules[name] for name in sorted(rules.rules)))


def by_polars(asked: Request, target: Path) -> None:
    target.mkdir(parents=True)
    for found in polars.judge_frames(asked):
        found.frame.sink_parquet(target / f"{found.rule.name}.parquet")


def by_spark(asked: Request, target: Path, session: object) -> None:
    for found in spark.judge_frames(asked, session):
        found.write(target)


def differing(asked: Request, left: Path, right: Path) -> list[str]:
    """Rules of which the two did not write the same rows."""
    found = []
    for rule in asked.judged:
        one = pl.read_parquet(left / f"{rule.name}.parquet")
        other = pl.read_parquet(right / f"{rule.name}.parquet" / "*.parquet").select(one.columns)
        if not one.equals(other.cast(dict(one.schema))):
            found.append(rule.name)
    return found


def main(entities: int, master: str) -> int:
    """Print one table row; 1 where the two engines differ."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        asked = request(place / "facts", entities)
        clock = time.perf_counter
        marks = [clock()]
        by_polars(asked, place / "polars")
        marks.append(clock())
        session = connect(master)
        marks.append(clock())
        for turn in ("first", "second"):
            by_spark(asked, place / turn, session)
            marks.append(clock())
        took = [after - before for before, after in pairwise(marks)]
        wrong = differing(asked, place / "polars", place / "second")
        print(
            "| entities | rules | Polars | Spark starts | first | second | differing |\n|---|---|---|---|---|---|---|"
        )
        figures = " | ".join(f"{seconds:.1f} s" for seconds in took)
        print(f"| {entities:,} | {len(asked.judged)} | {figures} | {', '.join(wrong) or 'none'} |")
    return int(bool(wrong))


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0] if given else "100000"), given[1] if len(given) > 1 else "local[*]"))
