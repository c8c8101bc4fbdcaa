"""Findings of a run in two layers: the files of the run before it, and what came and went since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hegui.engines.kept import Kept
from hegui.engines.layers import AT, GONE, SHARE, fresh_file, linked, united
from hegui.engines.polars import COMPRESSION
from hegui.facts.stands import Stand, place
from hegui.outcome import Verdict

_ORDER = "#order"
Known = dict[tuple[str, Verdict], int]
"""How many findings of each rule and verdict there were of what is judged again."""


@dataclass(frozen=True)
class Drop:
    """What is left out of the findings of a former run: those on rows that stood in `places`. `stand` is where rows stand
    now, where those of all other findings stood before."""

    places: pl.Series
    stand: Stand

    def order(self, places: pl.Series) -> pl.Series:
        """Numbers in order of key."""
        return places if self.stand.rising else self.stand.rows(places)


class Lower:
    """The findings of some rules of a former run by where their rows stood, without those of `drop`."""

    def __init__(self, former: Kept, rules: Sequence[str], drop: Drop) -> None:
        self.former, self.drop = former, drop
        columns = (place("source", "line"), "verdict")
        frames = pl.collect_all([former.former(name).select(*columns) for name in rules])
        self.rows = dict(zip(rules, frames, strict=True))

    def layers(self, rule: str) -> Layers:
        """The layers of a rule without what is left out."""
        drop, rows, gone = self.drop, self.rows[rule], self.former.gone(rule)
        hit = rows["place"].is_in(drop.places.implode())
        alive = pl.repeat(True, len(rows), eager=True).scatter(gone, False)
        known = rows.filter(hit & alive)["verdict"]
        came = None
        if rule in self.former.layered:
            came = self.former.collected(rule, self.former.came(rule)).with_columns(place("source", "line"))
            out = came["place"].is_in(drop.places.implode())
            known = pl.concat([known, came.filter(out)["verdict"]])
            came = came.filter(~out)
        counts = {(rule, Verdict(word)): int(count) for word, count in known.value_counts().iter_rows()}
        stays = (alive & ~hit).arg_true()
        order = drop.order(rows["place"].gather(stays))
        return Layers(self.former, rule, len(rows), (~(alive & ~hit)).arg_true(), stays, order, came, counts, drop)


@dataclass(frozen=True)
class Layers:
    """A rule of a former run: of the `size` rows of its file those that are `gone` and those that stay, with their order;
    the findings that `came` since, and how many are left out now (`known`)."""

    former: Kept
    rule: str
    size: int
    gone: pl.Series
    stays: pl.Series
    order: pl.Series
    came: pl.DataFrame | None
    known: Known
    drop: Drop

    def upper(self, fresh: pl.DataFrame) -> pl.DataFrame:
        """What came since and is there still, with what is new, each with the row it stands before."""
        parts = [fresh.with_columns(place("source", "line"))]
        parts += [] if self.came is None else [self.came.drop(AT).select(parts[0].columns)]
        rows = pl.concat(parts)
        order = self.drop.order(rows["place"])
        ends = pl.concat([self.stays.cast(pl.Int64), pl.Series([self.size], dtype=pl.Int64)])
        at = ends.gather(self.order.search_sorted(order)).cast(pl.UInt32).alias(AT)
        return rows.with_columns(at, order.alias(_ORDER)).sort(_ORDER).drop(_ORDER, "place")

    def write(self, folder: Path, fresh: pl.DataFrame) -> tuple[bool, int]:
        """Write the findings of the rule to a folder: are they in two layers there, and how many are there?"""
        upper, file = self.upper(fresh), folder / f"{self.rule}.parquet"
        count = len(self.stays) + len(upper)
        if not len(self.gone) and not len(upper):
            linked(self.former.file(self.rule), file)
            return False, count
        if len(self.gone) + len(upper) > SHARE * self.size:
            whole = united(self.former.former(self.rule), self.gone, upper.lazy())
            self.former.collected(self.rule, whole).write_parquet(file, compression=COMPRESSION)
            return False, count
        linked(self.former.file(self.rule), file)
        upper.write_parquet(fresh_file(folder, self.rule), compression=COMPRESSION)
        return True, count


def write_gone(folder: Path, gone: Mapping[str, pl.Series]) -> None:
    """Write which rows of former files count no more."""
    frames = [
        pl.DataFrame({"rule": pl.repeat(rule, len(rows), eager=True), "row": rows.cast(pl.UInt32)})
        for rule, rows in gone.items()
    ]
    if frames:
        pl.concat(frames).write_parquet(folder / GONE, compression=COMPRESSION)
