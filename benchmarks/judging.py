"""hegui's Polars engine against the same twelve conditions by hand: time and peak memory, each in its own process.

Run `python benchmarks/judging.py [ENTITIES] [PAIRS]`. Prints one table row per lane; the figures of record are in
benchmarks/README.md.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
LANES = {
    "plain (2 % missing, 3 % violating)": (0.02, 0.03),
    "representative (15 % missing, 3 % violating)": (0.15, 0.03),
}


def hegui(source: Path, target: Path) -> dict[str, int]:
    import polars as pl

    from hegui import ruleset
    from hegui.engines import polars
    from hegui.engines.request import Request
    from hegui.facts.registry import Registry

    rules = ruleset.load(HERE / "rules")
    registry = Registry(rules.vocabulary, {"site": pl.scan_parquet(source)})
    request = Request(rules, registry, date(2024, 3, 11), tuple(rules.rules[name] for name in sorted(rules.rules)))
    counts = {}
    for found in polars.judge_frames(request):
        found.frame.write_parquet(target / f"{found.rule.name}.parquet")
        counts[found.rule.name] = found.frame.height
    return counts


def by_hand(source: Path, target: Path) -> dict[str, int]:
    sys.path.insert(0, str(HERE))
    import by_hand

    return by_hand.run(source, target)


WAYS = {"hegui": hegui, "by hand": by_hand}


def measured(way: str, source: Path) -> dict[str, object]:
    """Time and peak memory of one way in this process, whole; imports are not counted, loading the ruleset is."""
    import polars  # noqa: F401

    if way == "hegui":
        import hegui.engines
        import hegui.ruleset  # noqa: F401
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        counts = WAYS[way](source, Path(folder))
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "memory": peak / 1024, "counts": dict(sorted(counts.items()))}


def in_process(way: str, source: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--one", way, str(source)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(entities: int, pairs: int) -> None:
    sys.path.insert(0, str(HERE))
    from registry import write

    print("| lane | by hand | hegui | time | by hand | hegui | memory |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for lane, (missing, violating) in LANES.items():
            source = write(Path(folder), entities, missing, violating)
            runs: dict[str, list[dict[str, object]]] = {way: [] for way in WAYS}
            for _ in range(pairs):
                for way in WAYS:
                    runs[way].append(in_process(way, source))
            assert runs["hegui"][0]["counts"] == runs["by hand"][0]["counts"], "the two do not find the same"
            middle = {
                (way, figure): statistics.median(float(str(run[figure])) for run in found)
                for way, found in runs.items()
                for figure in ("seconds", "memory")
            }
            hand, ours = middle["by hand", "seconds"], middle["hegui", "seconds"]
            hand_mb, ours_mb = middle["by hand", "memory"], middle["hegui", "memory"]
            print(
                f"| {lane} | {hand:.2f} s | {ours:.2f} s | {ours / hand:.2f}× "
                f"| {hand_mb:.0f} MB | {ours_mb:.0f} MB | {ours_mb / hand_mb:.2f}× |"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], Path(sys.argv[3]))))
    else:
        main(int((sys.argv[1:] or ["1000000"])[0]), int((sys.argv[2:] or ["5"])[0]))
