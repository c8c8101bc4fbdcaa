"""Generated registries, as conformed Parquet or as raw Parquet: size, share missing, share violating, seed.

`sites` makes one kind; `related` makes sites with towns, operators (one for ten sites) and visits (three of each site).
Made in blocks, so that a large registry needs no more memory than a small one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

DAY = date(2024, 3, 11).toordinal() - date(1970, 1, 1).toordinal()
BLOCK = 1_000_000
TOWNS = 1_000


def sites(count: int, missing: float, violating: float, seed: int, start: int = 0) -> pl.DataFrame:
    """Rows of the kind `site`; each measured column violates its limit in about the share asked for."""
    random = np.random.default_rng(seed)
    bad = lambda: random.random(count) < violating  # noqa: E731
    scale = np.round(random.uniform(1_000, 90_000, count), 1)
    number = np.arange(start, start + count)
    frame = pl.DataFrame(
        {
            "id": pl.Series(number).cast(pl.String).str.zfill(8),
            "town": pl.Series(number % 23).cast(pl.String).str.pad_start(3, "t"),
            "category": pl.Series(random.integers(0, 3, count)).replace_strict({0: "a", 1: "b", 2: "c"}),
            "output": np.round(scale * np.where(bad(), 1.2, 0.5), 1),
            "scale": scale,
            "area": np.round(np.where(bad(), 6_000, 3_000) + random.uniform(0, 500, count), 2),
            "ph": np.round(np.where(bad(), 9.6, 7.4) + random.uniform(-0.3, 0.3, count), 2),
            "nitrogen": np.round(np.where(bad(), 6.5, 2.5) + random.uniform(-0.5, 0.5, count), 3),
            "staff": np.where(bad(), 400, 80) + random.integers(0, 50, count),
            "open_air": bad(),
            "treated": ~bad(),
            "permit_to": days(DAY + np.where(bad(), -100, 400) + random.integers(0, 50, count)),
            "checked_on": days(DAY - np.where(bad(), 400, 100) - random.integers(0, 50, count)),
        }
    )
    return holed(frame, missing, random, ("id", "town"))


def days(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers).cast(pl.Int32).cast(pl.Date)


def holed(frame: pl.DataFrame, missing: float, random: np.random.Generator, kept: tuple[str, ...]) -> pl.DataFrame:
    """The frame with a share of every column emptied but those `kept`."""
    names = [name for name in frame.columns if name not in kept]
    masks = {name: pl.Series(random.random(frame.height) < missing) for name in names}
    return frame.with_columns(pl.when(~masks[name]).then(pl.col(name)).alias(name) for name in names)


def operators(count: int, missing: float, violating: float, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    bad = lambda: random.random(count) < violating  # noqa: E731
    frame = pl.DataFrame(
        {
            "id": pl.Series(np.arange(count)).cast(pl.String).str.zfill(7),
            "town": pl.Series(np.arange(count) % TOWNS).cast(pl.String).str.pad_start(4, "t"),
            "rating": pl.Series(random.integers(0, 3, count)).replace_strict({0: "a", 1: "b", 2: "c"}),
            "capital": np.round(np.where(bad(), 50, 500) + random.uniform(0, 40, count), 1),
            "licensed": ~bad(),
        }
    )
    return holed(frame, missing, random, ("id", "town"))


def visits(start: int, count: int, missing: float, violating: float, seed: int) -> pl.DataFrame:
    """Three visits of each of `count` sites."""
    random = np.random.default_rng(seed)
    rows = 3 * count
    bad = lambda: random.random(rows) < violating / 3  # noqa: E731
    frame = pl.DataFrame(
        {
            "site": pl.Series(np.repeat(np.arange(start, start + count), 3)).cast(pl.String).str.zfill(8),
            "number": pl.Series(np.tile(np.arange(1, 4), count)),
            "held_on": days(DAY - np.repeat(np.where(random.random(count) < violating, 500, 100), 3)),
            "score": np.round(np.where(bad(), 20, 60) + random.uniform(0, 15, rows), 1),
            "passed": ~bad(),
            "fixed": random.random(rows) < 0.5,
        }
    )
    return holed(frame, missing / 3, random, ("site", "number"))


def towns() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": pl.Series(np.arange(TOWNS)).cast(pl.String).str.pad_start(4, "t"),
            "strict": np.arange(TOWNS) % 20 == 0,
        }
    )


def conformed(frame: pl.DataFrame, source: int = 0, start: int = 0) -> pl.DataFrame:
    """The same rows with the hidden columns of a conformed table."""
    first, end = start, start + frame.height
    return frame.with_columns(
        pl.Series("#row", range(first, end), dtype=pl.Int64),
        pl.lit(source, dtype=pl.Int32).alias("#source"),
        pl.Series("#line", range(first + 2, end + 2), dtype=pl.Int64),
    )


def write(folder: Path, count: int, missing: float, violating: float, seed: int = 1) -> Path:
    """One kind, `site`, in one file; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"sites-{count}-{missing}-{violating}-{seed}.parquet"
    if not target.exists():
        blocks = (conformed(sites(rows, missing, violating, seed + at, at), 0, at) for at, rows in in_blocks(count))
        sink(blocks, target)
    return target


def in_blocks(count: int) -> Iterator[tuple[int, int]]:
    return ((at, min(BLOCK, count - at)) for at in range(0, count, BLOCK))


def sink(blocks: Iterator[pl.DataFrame], target: Path) -> None:
    """Blocks one after the other into one file."""
    parts = []
    for number, block in enumerate(blocks):
        parts.append(target.with_suffix(f".{number}.part"))
        block.write_parquet(parts[-1])
    pl.scan_parquet(parts).sink_parquet(target.with_suffix(".whole"))
    target.with_suffix(".whole").rename(target)
    for part in parts:
        part.unlink()


def related(folder: Path, count: int, missing: float, violating: float, seed: int = 1) -> Path:
    """A folder with `site`, `town`, `operator` and `visit`, each with the hidden columns; made once."""
    target = folder / f"related-{count}-{missing}-{violating}-{seed}"
    if (target / "visit.parquet").exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    conformed(towns(), 0).write_parquet(target / "town.parquet")
    owners = max(1, count // 10)
    conformed(operators(owners, missing, violating, seed), 1).write_parquet(target / "operator.parquet")
    made = ((at, rows, sites(rows, missing, violating, seed + at, at)) for at, rows in in_blocks(count))
    sink((conformed(belonging(frame, at, owners), 2, at) for at, _, frame in made), target / "site.parquet")
    sink(
        (conformed(visits(at, rows, missing, violating, seed + at), 3, 3 * at) for at, rows in in_blocks(count)),
        target / "visit.parquet",
    )
    return target


def belonging(frame: pl.DataFrame, start: int, owners: int) -> pl.DataFrame:
    """Sites with their operator, and one of the thousand towns."""
    number = pl.Series(np.arange(start, start + frame.height))
    operator = (number * 7919) % owners
    return frame.with_columns(
        town=(number % TOWNS).cast(pl.String).str.pad_start(4, "t"),
        operator=operator.cast(pl.String).str.zfill(7),
    )


def marked(folder: Path, ruleset: object) -> Path:
    """The folder made a conformed registry, so that `hegui check` takes it as it is."""
    from hegui.facts.conformed import MARKER, PROBLEMS, SCHEMA, _signature

    kinds = ruleset.vocabulary.kinds  # type: ignore[attr-defined]
    names = [path.stem for path in sorted(folder.glob("*.parquet"))]
    sources = [
        {"file": f"{name}.parquet", "kind": name, "columns": {}, "digest": ""}
        for name in ("town", "operator", "site", "visit")
    ]
    marker = {
        "schema": SCHEMA, "digest": "", "orphans": {}, "sources": sources,
        "kinds": {name: _signature(kinds[name]) for name in names},
    }  # fmt: skip
    (folder / PROBLEMS).write_text("")
    (folder / MARKER).write_text(json.dumps(marker))
    return folder
