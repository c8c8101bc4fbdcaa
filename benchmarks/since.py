"""Checking again where 1 % of the entities changed, against a full run over the same registry.

Run `python benchmarks/since.py [ENTITIES] [PAIRS] [SHARE]`. Both ways read conformed Parquet and write the findings of all
rules as Parquet, and both find the same, which is compared. Of the rows that change, most get other values, a tenth is
removed or new. `given` is told what changed; `compared` has the registry as it was and finds out. Loading the ruleset
counts, imports do not. In the lane `moved` rows stand elsewhere than before, as they do in a new export.
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
AS_OF = date(2024, 3, 11)
RULES = {"plain": HERE / "rules", "relation": HERE / "rules_related"}


def tables(folder: Path) -> dict[str, object]:
    import polars as pl

    return {path.stem: pl.scan_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def registry_of(lane: str, folder: Path) -> tuple[object, object]:
    from hegui import ruleset
    from hegui.facts.registry import Registry, SourceTable

    rules = ruleset.load(RULES[lane])
    found = tables(folder)
    sources = tuple(SourceTable(f"{name}.parquet", None, name) for name in ("town", "operator", "site", "visit"))
    return rules, Registry(rules.vocabulary, found, sources)


# --- the ways ------------------------------------------------------------------------------------------------------


def full(lane: str, data: Path, target: Path) -> None:
    from hegui.engines import polars
    from hegui.engines.request import Request

    rules, registry = registry_of(lane, data / "new")
    request = Request(rules, registry, AS_OF, tuple(rules.rules[name] for name in sorted(rules.rules)))
    write(polars.judge_frames(request), target)


def given(lane: str, data: Path, target: Path) -> None:
    from hegui.since import given as changes

    rules, registry = registry_of(lane, data / "new")
    again(rules, registry, changes.given(data / "changes", registry), data, target)


def compared(lane: str, data: Path, target: Path) -> None:
    from hegui.since.difference import compared as differ

    rules, registry = registry_of(lane, data / "new")
    _, old = registry_of(lane, data / "old")
    again(rules, registry, differ(old, registry), data, target)


def again(rules: object, registry: object, changes: object, data: Path, target: Path) -> None:
    from hegui.since.frames import frames_since

    write(frames_since(rules, registry, former(rules, registry, data / "former"), changes, AS_OF), target)


def former(rules: object, registry: object, folder: Path) -> object:
    import polars as pl

    from hegui.outcome import RuleSummary
    from hegui.since.frames import Former

    counts = json.loads((folder / "counts.json").read_text())
    summaries = {name: RuleSummary(**each) for name, each in counts.items()}
    findings = {name: pl.scan_parquet(folder / f"{name}.parquet", glob=False) for name in summaries}
    return Former(summaries, findings, registry.sources)


def write(frames: object, target: Path) -> None:
    from dataclasses import asdict

    target.mkdir(parents=True, exist_ok=True)
    counts = {}
    for found in frames:
        found.frame.write_parquet(target / f"{found.rule.name}.parquet")
        counts[found.rule.name] = asdict(found.summary)
    (target / "counts.json").write_text(json.dumps(counts, sort_keys=True))


WAYS = {"full": full, "given": given, "compared": compared}


# --- the data ------------------------------------------------------------------------------------------------------


def make(lane: str, data: Path, count: int, share: float, moved: bool) -> None:
    """A registry as it was and as it is, what changed, and what a full run made of the old one."""
    sys.path.insert(0, str(HERE))
    import registry

    if lane == "plain":
        (data / "old").mkdir()
        registry.write(data / "old", count, 0.02, 0.03).rename(data / "old" / "site.parquet")
    else:
        registry.related(data, count, 0.02, 0.03).rename(data / "old")
    change(data, count, share, moved)
    mark(lane, data)
    (data / "new").rename(data / "later")
    (data / "old").rename(data / "new")
    full(lane, data, data / "former")
    (data / "new").rename(data / "old")
    (data / "later").rename(data / "new")


def change(data: Path, count: int, share: float, moved: bool) -> None:
    """Sites of which a share changed (a tenth of these removed, another new), with all their visits."""
    import numpy as np
    import polars as pl
    import registry

    random = np.random.default_rng(7)
    picked = pl.Series(np.sort(random.choice(count, int(count * share), replace=False)))
    fresh = registry.sites(len(picked), 0.02, 0.03, 99)
    for name in ("new", "changes/before", "changes/after"):
        (data / name).mkdir(parents=True)
    old = pl.read_parquet(data / "old" / "site.parquet")
    was = old[picked]
    values = fresh.drop("id", "town")
    is_ = was.with_columns(values.get_columns()).select(old.columns)
    gone, come = is_["#row"] % 10 == 0, is_["#row"] % 10 == 1
    kept = pl.concat([old.filter(~pl.col("#row").is_in(picked.implode())), is_.filter(~(gone | come))])
    new = is_.filter(come).with_columns(("9" + pl.col("id")).alias("id"))
    there = pl.concat([kept, was.filter(come)]).sort("id")
    site = pl.concat([there, new.sort("id")]).with_columns(pl.int_range(pl.len()).alias("#row"))
    lines = (pl.col("#row") + 2).alias("#line") if moved else stable_lines(count)
    site = site.with_columns(lines)
    site.write_parquet(data / "new" / "site.parquet")
    was.filter(~come).write_parquet(data / "changes" / "before" / "site.parquet")
    changed = pl.concat([is_.filter(~(gone | come)), new]).select("id")
    site.join(changed, on="id", how="semi").write_parquet(data / "changes" / "after" / "site.parquet")
    for path in (data / "old").glob("*.parquet"):
        if path.stem == "visit":
            visits(data, path, was.filter(gone)["id"], new["id"], was.filter(~(gone | come))["id"])
        elif path.stem != "site":
            pl.read_parquet(path).write_parquet(data / "new" / path.name)


def stable_lines(count: int) -> object:
    """What was there keeps its line, what is new stands behind."""
    import polars as pl

    new = pl.col("id").str.len_bytes() > 8
    return (
        pl.when(new)
        .then(pl.col("#row") + count + 2)
        .otherwise(pl.col("id").cast(pl.Int64, strict=False) + 2)
        .alias("#line")
    )


def visits(data: Path, path: Path, gone: object, new: object, changed: object) -> None:
    """Visits of removed sites are removed, new sites have one, a third of those of changed ones get another score."""
    import polars as pl

    old = pl.read_parquet(path)
    removed = pl.col("site").is_in(gone.implode())
    touched = pl.col("site").is_in(changed.implode()) & (pl.col("number") == 1)
    scored = pl.when(touched).then(pl.lit(35.0)).otherwise("score").alias("score")
    come = old.head(len(new)).with_columns(new.alias("site"), pl.lit(1, old.schema["number"]).alias("number"))
    come = come.with_columns((pl.int_range(pl.len()) + len(old) + 2).alias("#line"))
    is_ = pl.concat([old.filter(~removed).with_columns(scored), come.sort("site")])
    is_ = is_.with_columns(pl.int_range(pl.len()).alias("#row"))
    is_.write_parquet(data / "new" / "visit.parquet")
    old.filter(removed | touched).write_parquet(data / "changes" / "before" / "visit.parquet")
    is_.filter(touched | pl.col("site").is_in(new.implode())).write_parquet(
        data / "changes" / "after" / "visit.parquet"
    )


def mark(lane: str, data: Path) -> None:
    """Make conformed registries of the folders of changes."""
    from hegui import ruleset
    from hegui.facts import read, write_conformed
    from hegui.facts.registry import Registry

    vocabulary = ruleset.load(RULES[lane]).vocabulary
    for name in ("before", "after"):
        folder = data / "changes" / name
        write_conformed(Registry(vocabulary, {kind: table.collect() for kind, table in tables(folder).items()}), folder)
        read([folder], vocabulary)


# --- measuring -----------------------------------------------------------------------------------------------------


def measured(way: str, lane: str, data: Path, target: Path) -> dict[str, object]:
    """Time and peak memory of one way in this process; imports are not counted, loading the ruleset is."""
    import polars  # noqa: F401

    import hegui.engines
    import hegui.facts.sources
    import hegui.ruleset
    import hegui.since.frames
    import hegui.since.given  # noqa: F401

    start = time.perf_counter()
    WAYS[way](lane, data, target)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def in_process(way: str, lane: str, data: Path, target: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", way, lane, str(data), str(target)]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def same(left: Path, right: Path) -> None:
    """Fail unless two folders hold the same findings and counts."""
    import polars as pl
    from polars.testing import assert_frame_equal

    assert (left / "counts.json").read_text() == (right / "counts.json").read_text(), "the two count differently"
    for path in sorted(left.glob("*.parquet")):
        one, other = pl.read_parquet(path), pl.read_parquet(right / path.name)
        assert_frame_equal(one, other, check_dtypes=False, check_column_order=False)


def main(count: int, pairs: int, share: float) -> None:
    print(
        f"| lane, {count:,} entities | full | given | | compared | | memory full | given | compared |\n|---|---|---|---|---|---|---|---|---|"
    )
    for lane in RULES:
        for moved in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                data = Path(folder)
                command = [sys.executable, __file__, "--make", lane, folder, str(count), str(share), str(int(moved))]
                subprocess.run(command, check=True)  # memory of this process would count for those it starts
                runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
                for _ in range(pairs):
                    for way in WAYS:
                        runs[way].append(in_process(way, lane, data, data / way))
                for way in ("given", "compared"):
                    subprocess.run(
                        [sys.executable, __file__, "--same", str(data / "full"), str(data / way)], check=True
                    )
            print(shown(f"{lane}{', moved' if moved else ''}", runs), flush=True)


def shown(lane: str, runs: dict[str, list[dict[str, float]]]) -> str:
    seconds, memory = (
        {way: statistics.median(run[figure] for run in found) for way, found in runs.items()}
        for figure in ("seconds", "memory")
    )
    parts = [f"{seconds['full']:.2f} s"]
    parts += [
        cell
        for way in ("given", "compared")
        for cell in (f"{seconds[way]:.2f} s", f"{seconds[way] / seconds['full']:.0%}")
    ]
    return " | ".join(["| " + lane, *parts, *(f"{memory[way]:.0f} MB" for way in WAYS)]) + " |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], sys.argv[3], Path(sys.argv[4]), Path(sys.argv[5]))))
    elif sys.argv[1:2] == ["--same"]:
        same(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--make"]:
        make(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6] == "1")
    else:
        given_args = [*sys.argv[1:], *("1000000", "5", "0.01")[len(sys.argv) - 1 :]]
        main(int(given_args[0]), int(given_args[1]), float(given_args[2]))
