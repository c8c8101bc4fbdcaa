"""hegui against the same conditions by hand in Polars and in DuckDB's SQL: time and peak memory, each in its own process.

Run `python benchmarks/judging.py [LANE] [ENTITIES] [PAIRS]`; lanes are `plain` and `related`. The findings are compared:
how many there are of each rule, and whole rows of a sample.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
AS_OF = date(2024, 3, 11)
sys.path.insert(0, str(HERE))
LANES = {"plain": (0.02, 0.03), "related": (0.15, 0.03)}
"""Share missing and share violating."""
SCRATCH = Path(tempfile.gettempdir()) / "hegui-bench"
"""Where generated registries are kept between runs."""


def hegui(source: Path, target: Path) -> None:
    import polars as pl

    from hegui import ruleset
    from hegui.engines import Keeping, judge
    from hegui.facts.registry import Registry

    related = source.is_dir()
    rules = ruleset.load(HERE / ("rules_related" if related else "rules"))
    files = {path.stem: path for path in source.glob("*.parquet")} if related else {"site": source}
    registry = Registry(rules.vocabulary, {kind: pl.scan_parquet(file) for kind, file in files.items()})
    judge(rules, registry, as_of=AS_OF, kept=Keeping(target))


def polars(source: Path, target: Path) -> None:
    import by_hand
    import related_by_hand

    (related_by_hand if source.is_dir() else by_hand).polars(source, target)


def duckdb(source: Path, target: Path) -> None:
    import by_hand

    by_hand.duckdb(source, target)


WAYS: dict[str, Callable[[Path, Path], None]] = {"hegui": hegui, "polars": polars, "duckdb": duckdb}


def measured(way: str, source: Path, target: Path) -> dict[str, float]:
    """Time, time of processors and peak memory of one way in this process; imports are not counted, loading the ruleset
    is."""
    import polars  # noqa: F401

    if way == "hegui":
        import hegui.engines
        import hegui.ruleset  # noqa: F401
    elif way == "duckdb":
        import duckdb  # noqa: F401
    start, used = time.perf_counter(), time.process_time()
    WAYS[way](source, target)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    return {"seconds": seconds, "processor": used, "memory": peak()}


def peak() -> float:
    """The peak memory of this process in MB. Where the system keeps it, of the program alone: what `getrusage` says counts
    the process it was started from."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return (found[0] if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def in_process(way: str, source: Path, target: Path) -> dict[str, float]:
    """One run in a process of its own, which leaves its findings in `target`."""
    command = [sys.executable, __file__, "--one", way, str(source), str(target)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def registry_of(lane: str, entities: int) -> Path:
    from registry import related, write

    return (related if lane == "related" else write)(SCRATCH, entities, *LANES[lane])


def alike(one: Path, other: Path) -> int:
    """How many findings there are; raises where the two folders differ."""
    import polars as pl

    total = 0
    for file in sorted(one.glob("*.parquet")):
        both = [pl.scan_parquet(folder / file.name) for folder in (one, other)]
        counts = [each.select(pl.len()).collect().item() for each in both]
        assert counts[0] == counts[1], (file.name, counts)
        ours, theirs = (
            each.filter(pl.col("line") % 97 < 3).collect().sort("line").with_columns(pl.col(pl.Int32).cast(pl.Int64))
            for each in both
        )
        pl.testing.assert_frame_equal(ours, theirs.select(ours.columns), rel_tol=1e-9)
        total += counts[0]
    return total


def compared(lane: str, entities: int, pairs: int, ways: tuple[str, ...] = tuple(WAYS)) -> dict[str, dict[str, float]]:
    """The medians of each way, taken in turn; `findings` is how many each of them wrote."""
    import polars.testing  # noqa: F401

    source = registry_of(lane, entities)
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory(dir=SCRATCH) as name:
        targets = {way: Path(name) / way for way in ways}
        for target in targets.values():
            target.mkdir()
        for _ in range(pairs):
            for way in ways:
                runs[way].append(in_process(way, source, targets[way]))
        found = [alike(targets["hegui"], targets[way]) for way in ways]
    return {
        way: {figure: statistics.median(run[figure] for run in several) for figure in several[0]}
        | {"findings": float(found[0])}
        for way, several in runs.items()
    }


def table(lane: str, entities: int, pairs: int) -> list[str]:
    """The lines of a Markdown table. The representative lane is held against Polars alone."""
    found = compared(lane, entities, pairs, tuple(WAYS) if lane == "plain" else ("hegui", "polars"))
    ours = found["hegui"]
    lines = ["| way | time | of processors | hegui's share of it | memory |", "|---|---|---|---|---|"]
    for way, figures in found.items():
        ratio = (
            ""
            if way == "hegui"
            else f"{ours['seconds'] / figures['seconds']:.2f}× ({ours['processor'] / figures['processor']:.2f}×)"
        )
        lines.append(
            f"| {way} | {figures['seconds']:.2f} s | {figures['processor']:.2f} s | {ratio} | {figures['memory']:,.0f} MB |"
        )
    verdicts = entities * 24
    rate = verdicts / ours["seconds"] / 1e6
    lines += [
        "",
        f"{entities:,} entities × 24 rules, {int(ours['findings']):,} findings: {rate:.1f} million verdicts/s.",
    ]
    return lines


def main(lane: str, entities: int, pairs: int) -> None:
    print("\n".join(table(lane, entities, pairs)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))))
    else:
        lane, entities, pairs = (*sys.argv[1:], *("plain", "1000000", "3")[len(sys.argv) - 1 :])
        main(lane, int(entities), int(pairs))
