"""Checking again where 1 % of the entities changed, against a full run over the same registry.

Run `python benchmarks/since.py [ENTITIES] [PAIRS] [SHARE] [LANE…]`. Both ways start from a conformed registry and leave the findings
of all rules as Parquet, through `api.check`, and both find the same, which is compared. Of the rows that change, most get
other values, a tenth is removed or new. `given` is told what changed; `compared` has the registry as it was and finds out.
Loading the ruleset and the former run counts, imports do not. The run document is written too, and timed apart. In the lane
`moved` rows stand elsewhere than before, as they do in a new export.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
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
SCRATCH = Path(tempfile.gettempdir()) / "hegui-bench"


def tables(folder: Path) -> dict[str, object]:
    import polars as pl

    return {path.stem: pl.scan_parquet(path) for path in sorted(folder.glob("*.parquet"))}


# --- the ways ------------------------------------------------------------------------------------------------------


def run(way: str, lane: str, data: Path, target: Path) -> tuple[float, float]:
    """Check in one way; when the findings were there, and when the run document was."""
    from hegui import api
    from hegui.report.run import Run

    rules = api.load_ruleset(RULES[lane])
    registry = api.load_registry([data / "new"], rules)
    options: dict[str, object] = {}
    if way != "full":
        options["since"] = Run.from_json(
            (data / "former" / "run.json").read_text(), str(data / "former" / "run.json"), shown=False
        )
        options["changes"] = data / "changes" if way == "given" else api.load_registry([data / "old"], rules)
    target.mkdir(exist_ok=True)
    found = api.check(registry, rules, as_of=AS_OF, engine="polars", findings=target / "found", **options)
    there = time.perf_counter(), time.process_time()
    with (target / "run.json").open("w") as out:
        out.writelines(found.beside(target / "run.json").pieces())
    return there


WAYS = ("full", "given", "compared")


# --- the data ------------------------------------------------------------------------------------------------------


def make(lane: str, data: Path, count: int, share: float, moved: bool) -> None:
    """A registry as it was and as it is, what changed, and what a full run made of the old one."""
    sys.path.insert(0, str(HERE))
    import registry

    SCRATCH.mkdir(exist_ok=True)
    (data / "old").mkdir()
    if lane == "plain":
        (data / "old" / "site.parquet").symlink_to(registry.write(SCRATCH, count, 0.02, 0.03))
    else:
        for file in registry.related(SCRATCH, count, 0.02, 0.03).glob("*.parquet"):
            (data / "old" / file.name).symlink_to(file)
    change(data, count, share, moved)
    for name in ("old", "new", "changes/before", "changes/after"):
        conform(lane, data / name)
    (data / "new").rename(data / "later")
    (data / "old").rename(data / "new")
    run("full", lane, data, data / "former")
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


def conform(lane: str, folder: Path) -> None:
    """Make a conformed registry of a folder of tables."""
    from hegui import ruleset
    from hegui.facts import write_conformed
    from hegui.facts.registry import Registry, SourceTable

    vocabulary = ruleset.load(RULES[lane]).vocabulary
    raw = folder.rename(folder.with_name(f"{folder.name}-raw"))
    found = tables(raw)
    sources = tuple(SourceTable(f"{name}.parquet", None, name) for name in ("town", "operator", "site", "visit"))
    write_conformed(Registry(vocabulary, found, sources, digest=str(folder.name)), folder)


# --- measuring -----------------------------------------------------------------------------------------------------


def imported() -> None:
    """Import all there is, which otherwise happens as it is needed."""
    import hegui

    for module in pkgutil.walk_packages(hegui.__path__, "hegui."):
        if not module.name.endswith(("__main__", "durable", "child", "executors", "spark", "spark_session")):
            importlib.import_module(module.name)


def measured(way: str, lane: str, data: Path, target: Path) -> dict[str, object]:
    """Time, time of processors and peak memory of one way in this process; imports are not counted, loading rules is."""
    sys.path.insert(0, str(HERE))
    import judging

    imported()
    start, used = time.perf_counter(), time.process_time()
    there, processors = run(way, lane, data, target)
    return {
        "seconds": there - start,
        "processor": processors - used,
        "document": time.perf_counter() - start,
        "memory": judging.peak(),
    }


def in_process(way: str, lane: str, data: Path, target: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", way, lane, str(data), str(target)]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def same(left: Path, right: Path) -> None:
    """Fail unless two runs hold the same counts and findings."""
    from polars.testing import assert_frame_equal

    from hegui.engines.kept import Kept
    from hegui.report.run import Run

    runs = [Run.from_json((folder / "run.json").read_text(), str(folder / "run.json")) for folder in (left, right)]
    one, other = (run.findings for run in runs)
    assert isinstance(one, Kept)
    assert isinstance(other, Kept)
    assert runs[0].summary == runs[1].summary, "the two count differently"
    assert runs[0].stands == runs[1].stands, "rows stand elsewhere"
    for rule in one.counts:
        assert_frame_equal(one.scan(rule).collect(), other.scan(rule).collect())


def main(count: int, pairs: int, share: float, lanes: tuple[str, ...]) -> None:
    print("\n".join(HEAD).format(count=count))
    for lane in lanes:
        name, _, moved = lane.partition(", ")
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            command = [sys.executable, __file__, "--make", name, folder, str(count), str(share), str(int(bool(moved)))]
            subprocess.run(command, check=True)  # memory of this process would count for those it starts
            runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
            for _ in range(pairs):
                for way in WAYS:
                    runs[way].append(in_process(way, name, data, data / way))
            for way in ("given", "compared"):
                subprocess.run([sys.executable, __file__, "--same", str(data / "full"), str(data / way)], check=True)
        print(shown(lane, runs), flush=True)


LANES = ("plain", "plain, moved", "relation", "relation, moved")
HEAD = (
    "| lane, {count:,} entities | full | given | | of processors | document too | | compared | | memory full | given |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


def shown(lane: str, runs: dict[str, list[dict[str, float]]]) -> str:
    median = {
        way: {figure: statistics.median(run[figure] for run in found) for figure in found[0]}
        for way, found in runs.items()
    }
    full, given = median["full"], median["given"]

    def cells(way: str, figure: str) -> list[str]:
        return [f"{median[way][figure]:.2f} s", f"{median[way][figure] / full[figure]:.0%}"]

    parts = [f"| {lane}", f"{full['seconds']:.2f} s", *cells("given", "seconds")]
    parts += [f"{given['processor'] / full['processor']:.0%}", *cells("given", "document")]
    parts += [*cells("compared", "seconds"), *(f"{each['memory']:,.0f} MB" for each in (full, given))]
    return " | ".join(parts) + " |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], sys.argv[3], Path(sys.argv[4]), Path(sys.argv[5]))))
    elif sys.argv[1:2] == ["--same"]:
        same(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--make"]:
        make(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6] == "1")
    else:
        size, pairs, share, *lanes = [*sys.argv[1:], *("1000000", "5", "0.01")[len(sys.argv) - 1 :]]
        main(int(size), int(pairs), float(share), tuple(lanes) or LANES)
