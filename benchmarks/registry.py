"""A generated registry of one kind, as conformed Parquet or as raw Parquet: size, share missing, share violating, seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

DAY = date(2024, 3, 11).toordinal() - date(1970, 1, 1).toordinal()


def sites(count: int, missing: float, violating: float, seed: int) -> pl.DataFrame:
    """Rows of the kind `site`; each measured column violates its limit in about the share asked for."""
    random = np.random.default_rng(seed)
    bad = lambda: random.random(count) < violating  # noqa: E731
    scale = np.round(random.uniform(1_000, 90_000, count), 1)
    number = np.arange(count)
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
            "permit_to": pl.Series(DAY + np.where(bad(), -100, 400) + random.integers(0, 50, count))
            .cast(pl.Int32)
            .cast(pl.Date),
            "checked_on": pl.Series(DAY - np.where(bad(), 400, 100) - random.integers(0, 50, count))
            .cast(pl.Int32)
            .cast(pl.Date),
        }
    )
    holes = [name for name in frame.columns if name not in ("id", "town")]
    masks = {name: pl.Series(random.random(count) < missing) for name in holes}
    return frame.with_columns(pl.when(~masks[name]).then(pl.col(name)).alias(name) for name in holes)


def conformed(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with the hidden columns of a conformed table."""
    count = frame.height
    return frame.with_columns(
        pl.Series("#row", range(count), dtype=pl.Int64),
        pl.lit(0, dtype=pl.Int32).alias("#source"),
        pl.Series("#line", range(2, count + 2), dtype=pl.Int64),
    )


def write(folder: Path, count: int, missing: float, violating: float, seed: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"sites-{count}-{missing}-{violating}-{seed}.parquet"
    if not target.exists():
        conformed(sites(count, missing, violating, seed)).write_parquet(target)
    return target
