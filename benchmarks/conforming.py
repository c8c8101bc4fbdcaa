"""The door against hand-written Polars that makes the same checks: types, keys, duplicate keys, references, codes.

Run `python benchmarks/conforming.py [ROWS] [PAIRS]`. Both read typed Parquet with a little dirt in it: a thousandth of
the codes unknown, of the keys repeated, of the references broken, and numbers that double arithmetic left untidy.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).parent
TOWNS = 1_000


def write(folder: Path, rows: int) -> None:
    """`site.parquet` and `town.parquet`, in no order."""
    sys.path.insert(0, str(HERE))
    from registry import sites

    random = np.random.default_rng(2)
    one_in_a_thousand = lambda: pl.Series(random.random(rows) < 0.001)  # noqa: E731
    towns = pl.DataFrame({"id": [f"T{number:04}" for number in range(TOWNS)]})
    frame = sites(rows, 0.02, 0.03, 1).with_columns(
        town=pl.Series(random.integers(0, TOWNS, rows)).cast(pl.String).str.zfill(4).str.pad_start(5, "T"),
    )
    frame = frame.with_columns(
        town=pl.when(one_in_a_thousand()).then(pl.lit("T9999x")).otherwise("town"),
        category=pl.when(one_in_a_thousand()).then(pl.lit("z")).otherwise("category"),
        id=pl.when(one_in_a_thousand()).then(pl.lit("00000007")).otherwise("id"),
    )
    frame.sample(fraction=1.0, shuffle=True, seed=3).write_parquet(folder / "site.parquet")
    towns.write_parquet(folder / "town.parquet")


def hegui(folder: Path) -> dict[str, int]:
    from hegui import facts, ruleset

    registry = facts.read([folder], ruleset.load(HERE / "rules").vocabulary)
    site = registry.tables["site"].lazy().collect()
    return {
        "rows": site.height,
        "no code": site["category"].null_count(),
        "no town": site["town"].null_count(),
        "no output": site["output"].null_count(),
    }


def by_hand(folder: Path) -> dict[str, int]:
    site, towns = pl.read_parquet(folder / "site.parquet"), pl.read_parquet(folder / "town.parquet")
    numbers = ["output", "scale", "area", "ph", "nitrogen"]
    tidy = [pl.when(pl.col(name).is_finite()).then(pl.col(name).round_sig_figs(15)).alias(name) for name in numbers]
    codes = pl.when(pl.col("category").is_in(["a", "b", "c"])).then("category").alias("category")
    whole = pl.when(pl.col("staff").abs() < 2**53).then("staff").alias("staff")
    site = site.with_row_index("line", 1).with_columns(*tidy, codes, whole).filter(pl.col("id").is_not_null())
    known = site.join(towns.with_columns(known=pl.lit(True)), left_on="town", right_on="id", how="left")
    site = known.with_columns(pl.when(pl.col("known")).then("town").alias("town")).drop("known")
    twice = site.filter(pl.col("id").is_duplicated())
    fields = [name for name in site.columns if name not in ("id", "line")]
    merged = twice.group_by("id").agg(
        pl.col("line").first(),
        *(pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name) for name in fields),
    )
    site = pl.concat([site.filter(~pl.col("id").is_duplicated()), merged.select(site.columns)]).sort("id")
    return {
        "rows": site.height,
        "no code": site["category"].null_count(),
        "no town": site["town"].null_count(),
        "no output": site["output"].null_count(),
    }


WAYS = {"by hand": by_hand, "hegui": hegui}


def measured(way: str, folder: Path) -> dict[str, object]:
    """Seconds of one way in this process; imports are not counted."""
    if way == "hegui":
        import hegui.facts
        import hegui.ruleset  # noqa: F401
    start = time.perf_counter()
    counts = WAYS[way](folder)
    return {"seconds": time.perf_counter() - start, "counts": counts}


def in_process(way: str, folder: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--one", way, str(folder)]
    found: dict[str, object] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main(rows: int, pairs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows)
        runs = {way: [in_process(way, folder) for _ in range(pairs)] for way in WAYS}
    assert runs["hegui"][0]["counts"] == runs["by hand"][0]["counts"], (runs["hegui"][0], runs["by hand"][0])
    hand, ours = (statistics.median(float(str(run["seconds"])) for run in runs[way]) for way in WAYS)
    print("| rows | by hand | hegui | time |\n|---|---|---|---|")
    print(f"| {rows:,} | {hand:.2f} s | {ours:.2f} s | {ours / hand:.2f}× |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], Path(sys.argv[3]))))
    else:
        main(int((sys.argv[1:] or ["1000000"])[0]), int((sys.argv[2:] or ["5"])[0]))
