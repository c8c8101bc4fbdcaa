"""How hegui's time and memory grow: with the number of entities, of rules, and with the depth of reference.

Run `python benchmarks/curve.py [LARGEST]`. Each point is a process of its own; findings are written as Parquet.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
RULES = (1, 5, 24, 50, 100, 200)
DEPTHS = (0, 1, 2, 4, 8)


def point(entities: int, rules: int, depth: int) -> dict[str, float]:
    """One judgement in this process: plain rules, or with a depth one rule that follows so many references."""
    import make_rules
    import polars as pl
    from judging import AS_OF, LANES, SCRATCH, peak
    from registry import conformed, write

    from hegui import ruleset
    from hegui.engines import Keeping, judge
    from hegui.facts.registry import Registry

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if depth < 0:
            make_rules.plain(folder / "rules", rules)
            tables = {"site": write(SCRATCH, entities, *LANES["plain"])}
        else:
            make_rules.deep(folder / "rules", depth)
            tables = {}
            for level in range(depth + 1):
                kind = "site" if level == 0 else f"k{level}"
                count = max(1, entities >> level)
                number = pl.int_range(count, eager=True)
                frame = pl.DataFrame({"id": number.cast(pl.String), "bad": number % 33 == 0})
                if level < depth:
                    frame = frame.with_columns((number % max(1, count // 2)).cast(pl.String).alias("next"))
                tables[kind] = folder / f"{kind}.parquet"
                conformed(frame, level).write_parquet(tables[kind])
        start, used = time.perf_counter(), time.process_time()
        loaded = ruleset.load(folder / "rules")
        registry = Registry(loaded.vocabulary, {kind: pl.scan_parquet(file) for kind, file in tables.items()})
        (folder / "found").mkdir()
        judge(loaded, registry, as_of=AS_OF, kept=Keeping(folder / "found"))
        return {
            "seconds": time.perf_counter() - start,
            "processor": time.process_time() - used,
            "memory": peak(),
        }


def in_process(entities: int, rules: int, depth: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(entities), str(rules), str(depth)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def table(largest: int) -> list[str]:
    """The lines of a Markdown table."""
    middle = min(largest, 1_000_000)
    sizes = [10**power for power in range(4, 8) if 10**power <= largest]
    points = [(size, 24, -1) for size in sizes]
    points += [(middle, rules, -1) for rules in RULES if rules != 24]
    points += [(middle, 1, depth) for depth in DEPTHS]
    lines = ["| entities | rules | depth of reference | time | of processors | memory |", "|---|---|---|---|---|---|"]
    from judging import registry_of

    for entities, rules, depth in points:
        if depth < 0:
            registry_of("plain", entities)  # made here, so that its making does not count as memory there
        found = in_process(entities, rules, depth)
        shown = "none" if depth < 0 else str(depth)
        times = f"{found['seconds']:.2f} s | {found['processor']:.2f} s | {found['memory']:,.0f} MB"
        lines.append(f"| {entities:,} | {rules} | {shown} | {times} |")
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(point(*(int(word) for word in sys.argv[2:5]))))
    else:
        print("\n".join(table(int((sys.argv[1:] or ["1000000"])[0]))))
