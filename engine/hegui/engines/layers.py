"""Findings of a rule in two layers: the file of a former run, which stands as it is, with the rows of it that count no more
and the findings that came since. So a run in which little changed need not write again what is the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

AT: Final = "#at"
"""Of a finding that came since: the row of the former file it stands before."""
GONE: Final = "~gone.parquet"
"""One file for all rules: `rule` and `row`, the rows of former files that count no more. No rule is called like that."""
SHARE: Final = 0.2
"""Layers above this share of the former file are written together with it."""


def fresh_file(folder: Path, rule: str) -> Path:
    """The findings that came since."""
    return folder / f"{rule}~new.parquet"


def united(base: pl.LazyFrame, gone: pl.Series, fresh: pl.LazyFrame) -> pl.LazyFrame:
    """The two layers in order of key; `base` is numbered under `AT`."""
    import polars as pl

    old = base.filter(~pl.col(AT).is_in(gone.implode())) if len(gone) else base
    numbered = old.with_columns((pl.col(AT).cast(pl.Int64) * 2 + 1).alias(AT))
    new = fresh.with_columns((pl.col(AT).cast(pl.Int64) * 2).alias(AT))
    return numbered.merge_sorted(new.select(numbered.collect_schema().names()), AT).drop(AT)


def linked(source: Path, target: Path) -> None:
    """The same file under another name, or a copy of it where the system has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
