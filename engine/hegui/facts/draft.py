"""A kind's table while it is being judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from hegui.datatypes import REASONS, Reason
from hegui.facts.registry import GHOST, LINE, SOURCE, below, why
from hegui.vocabulary import Kind


@dataclass(frozen=True)
class Failure:
    """Cells of one field that could not be read: their rows in the table and their texts."""

    field: str
    rows: pl.Series
    raws: tuple[str, ...]

    def moved(self, start: int) -> Failure:
        """The same cells after `start` other rows were put before."""
        return replace(self, rows=self.rows + start)


@dataclass
class Draft:
    """The rows of a kind so far, those set aside (same columns), and the cells that could not be read."""

    kind: Kind
    frame: pl.DataFrame
    aside: pl.DataFrame
    failures: tuple[Failure, ...] = ()
    parents: tuple[str, ...] = ()
    """The reference fields by which other kinds have rows of this one."""

    def put_aside(self, rows: pl.Series) -> pl.DataFrame:
        """Move the rows where the mask is true; gives them back."""
        moved = self.frame.filter(rows)
        self.aside = pl.concat([self.aside, moved], how="diagonal")
        self.frame = self.frame.filter(~rows)
        return moved

    def ghosts(self) -> pl.DataFrame:
        """The rows set aside that still belong to some entity's relation, with nothing but that."""
        kept = [pl.col(name) for name in self.parents]
        if not kept or not len(self.aside):
            return self.aside.clear().select(LINE)
        known = self.aside.filter(pl.any_horizontal(each.is_not_null() for each in kept))
        return known.select(*kept, SOURCE, LINE, pl.lit(True).alias(GHOST))


def undecided(frame: pl.DataFrame, name: str, rows: pl.Series, reason: Reason) -> pl.DataFrame:
    """The frame with the cells of `name` where the mask is true emptied, and the reason noted."""
    mask = pl.lit(rows)
    known = pl.col(why(name)) if why(name) in frame.columns else pl.lit(None, pl.Int8)
    reasons = pl.when(mask).then(pl.lit(REASONS.index(reason), pl.Int8)).otherwise(known)
    emptied = [pl.when(~mask).then(pl.col(each)).alias(each) for each in (name, below(name)) if each in frame.columns]
    return frame.with_columns(*emptied, reasons.alias(why(name)))
