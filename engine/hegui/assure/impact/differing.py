"""Which rows change verdict: the states of rules before and after, side by side, and of these only what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hegui.assure.impact.codes import KEY, WHOSE, World, judged, placing, together, whose
from hegui.assure.impact.model import NOTHING, Cause, State
from hegui.assure.impact.variants import Chosen, How, Making, Pair
from hegui.engines.frames import Reach
from hegui.facts.registry import ROW
from hegui.ruleset.model import Rule

if TYPE_CHECKING:
    import polars as pl

BEFORE: Final = "before"
AFTER: Final = "after"
CAUSE: Final = "cause"
_OLD_ROW: Final = "#row before"
MOST_BESIDE: Final = 6
"""Rules in between that are judged of every row, together with those before and after."""
_STATES: Final = tuple(State)


@dataclass(frozen=True)
class Worlds:
    """What rules are judged in before and after; one and the same where both read the facts alike."""

    old: World
    new: World

    @property
    def one(self) -> bool:
        return self.old is self.new


@dataclass(frozen=True)
class Differing:
    """A pair with how many rows went from which state to which, and those of them that changed (see `RuleImpact`)."""

    pair: Pair
    counts: Mapping[tuple[State, State], int]
    changes: pl.DataFrame
    causes: tuple[Cause, ...]


class Differences:
    """Judges pairs of rules, those about one kind together."""

    def __init__(self, worlds: Worlds, unlike: Sequence[str], engine: str) -> None:
        self.worlds, self.unlike, self.engine = worlds, unlike, engine

    def of(self, pairs: Sequence[Pair]) -> Iterator[Differing]:
        """What differs by each pair, in no certain order."""
        pairs = list(_by_rows(pairs))
        for kind in dict.fromkeys(pair.rule.about for pair in pairs):
            halves = [_Half(pair, self) for pair in pairs if pair.rule.about == kind]
            halves = [half for half in halves if half.supplied]
            found = [half.rules for half in halves]
            by_name = {rule.name: half for half in halves for rule in half.rules}
            for group in together(found, self._far):
                yield from self._group([by_name[rules[0].name] for rules in group])

    def _far(self, rule: Rule) -> Reach:
        """How far a rule reaches out: as it was in the old world, else in the new one."""
        return (self.worlds.old if rule.name.endswith(BEFORE) else self.worlds.new).far(rule)

    def _group(self, halves: Sequence[_Half]) -> Iterator[Differing]:
        import polars as pl

        wide = self._wide(halves)
        counted = [frame.select(flag for half in halves for flag in half.flags()) for frame in wide]
        there = frozenset(wide[0].collect_schema().names())
        differing = [half.differing(frame, there) for frame in wide for half in halves]
        counts, *frames = pl.collect_all([pl.concat(counted).sum(), *differing], engine="streaming")
        totals = counts.row(0, named=True)
        for number, half in enumerate(halves):
            yield half.told(totals, pl.concat(frames[number :: len(halves)]))

    def _wide(self, halves: Sequence[_Half]) -> list[pl.LazyFrame]:
        """All states before and after in one frame."""
        import polars as pl

        old, new = self.worlds.old, self.worlds.new
        before = [half.before for half in halves if half.before is not None]
        after = [half.after for half in halves if half.after is not None]
        if self.worlds.one:
            rules = [rule for half in halves for rule in half.rules]
            return judged(new, rules, self.engine, placed=[half.placed.name for half in halves])
        frames = []
        for world, rules, row in ((old, before, _OLD_ROW), (new, after, ROW)):
            rules = [rule for rule in rules if world.supplied(rule)]
            found = [pl.concat(judged(world, rules, self.engine, keyed=True)).rename({ROW: row})] if rules else []
            frames += [pl.collect_all(found, engine="streaming")[0].lazy()] if found else []
        if len(frames) < 2:
            return frames
        return [frames[0].join(frames[1], on=KEY, how="full", coalesce=True, nulls_equal=True)]


def _by_rows(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Pairs of rules about the same rows; a rule that came to be about others is one that went and one that came."""
    for pair in pairs:
        before, after = pair.before, pair.after
        if before is None or after is None or before.about == after.about:
            yield pair
            continue
        yield Pair(pair.name, pair.former, before, None, pair.levers)
        yield Pair(pair.name, pair.former, None, after, pair.levers)


class _Half:
    """A pair about one kind of rows: its rules by the names of their columns."""

    def __init__(self, pair: Pair, of: Differences) -> None:
        self.pair, self.of, self.worlds = pair, of, of.worlds
        self.making = Making(pair, of.unlike, of.worlds.old.ruleset.parameters, of.worlds.new.ruleset.parameters)

    @cached_property
    def before(self) -> Rule | None:
        found = None if self.pair.before is None else self.making.before(f"{self.pair.name} {BEFORE}")
        return found if found is not None and self.worlds.old.supplied(found) else None

    @cached_property
    def after(self) -> Rule | None:
        found = None if self.pair.after is None else self.making.after(f"{self.pair.name} {AFTER}")
        return found if found is not None and self.worlds.new.supplied(found) else None

    @cached_property
    def beside(self) -> list[tuple[Chosen, Rule]]:
        """The rules in between that are judged together with those before and after, where they are few: else, and in
        two worlds, they are judged of the rows that changed."""
        return self.between() if self.worlds.one and len(self.pair.subsets()) <= MOST_BESIDE else []

    @property
    def rules(self) -> tuple[Rule, ...]:
        ends = tuple(each for each in (self.before, self.after) if each is not None)
        return (*ends, *(rule for _, rule in self.beside)) if ends else ()

    @property
    def placed(self) -> Rule:
        """The rule that says whom a finding is filed under: as it is, or as it was."""
        found = self.after if self.after is not None else self.before
        assert found is not None, "what is not supplied is not judged"
        return found

    @property
    def supplied(self) -> bool:
        """Is there a table of what it is about, before or after?"""
        return self.before is not None or self.after is not None

    def state(self, rule: Rule | None) -> pl.Expr:
        """The state a rule says; without a rule, or a row, it is not asked."""
        import polars as pl

        found = pl.lit(None, pl.UInt8) if rule is None else pl.col(rule.name)
        return found.fill_null(int(State.NOT_ASKED))

    def flags(self) -> list[pl.Expr]:
        """How many rows are in which state before."""
        import polars as pl

        state = self.state(self.before)
        rows = pl.len() if self.before is None else None
        counts = [(state == each).sum() if rows is None else rows * (each is State.NOT_ASKED) for each in _STATES]
        return [count.alias(f"{self.pair.name} {each:d}") for each, count in zip(_STATES, counts, strict=True)]

    def differing(self, frame: pl.LazyFrame, there: Collection[str]) -> pl.LazyFrame:
        """The rows whose state changes, before and after, with whose they are and the states in between where these are
        judged beside."""
        import polars as pl

        kept = [pl.col(name) for name in (ROW, _OLD_ROW, KEY) if name in there]
        kept += [
            pl.col(placing(self.placed, name)).alias(name) for name in WHOSE if placing(self.placed, name) in there
        ]
        kept += [pl.col(rule.name) for _, rule in self.beside]
        states = self.state(self.before).alias(BEFORE), self.state(self.after).alias(AFTER)
        return frame.select(*kept, *states).filter(pl.col(BEFORE) != pl.col(AFTER))

    def turned(self, totals: Mapping[str, int], rows: pl.DataFrame) -> dict[tuple[State, State], int]:
        """How many rows went from which state to which: those that changed, and of each state what is left of it."""
        found = {
            (State(one), State(other)): count for one, other, count in rows.group_by(BEFORE, AFTER).len().iter_rows()
        }
        for state in _STATES:
            left = totals[f"{self.pair.name} {state:d}"] - sum(n for (one, _), n in found.items() if one is state)
            if left:
                found[state, state] = left
        return dict(sorted(found.items()))

    # --- of what differs

    def told(self, totals: Mapping[str, int], rows: pl.DataFrame) -> Differing:
        """What differs with whose it is, and why."""
        counts = self.turned(totals, rows)
        rows = self.with_whose(rows)
        causes, numbers = self.caused(rows)
        rows = rows.with_columns(numbers.alias(CAUSE)).sort(KEY)
        return Differing(self.pair, counts, rows.select(KEY, *WHOSE, BEFORE, AFTER, CAUSE), causes)

    def with_whose(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with whom their findings are filed under: as it is now, or where they are gone as it was."""
        import polars as pl

        if WHOSE[0] in rows.columns:
            return rows
        parts, now = [], rows
        if _OLD_ROW in rows.columns:
            here = ROW in rows.columns and self.after is not None
            gone = rows.filter(pl.col(ROW).is_null()) if here else rows
            now = rows.filter(pl.col(ROW).is_not_null()) if here else rows.clear()
            parts.append(self._whose(self.worlds.old, self.before, gone, _OLD_ROW))
        parts.append(self._whose(self.worlds.new, self.placed, now, ROW))
        return pl.concat([part for part in parts if part is not None], how="diagonal")

    def _whose(self, world: World, rule: Rule | None, rows: pl.DataFrame, row: str) -> pl.DataFrame | None:
        import polars as pl

        if rule is None or row not in rows.columns:
            return None
        if rows.is_empty():
            return rows.with_columns(
                pl.lit(None, pl.String).alias(name) for name in (KEY, *WHOSE) if name not in rows.columns
            )
        found = whose(world, rule, rows[row]).rename({ROW: row})
        return rows.drop(KEY, strict=False).join(found, on=row, how="left", maintain_order="left")

    def caused(self, rows: pl.DataFrame) -> tuple[tuple[Cause, ...], pl.Series]:
        """The different causes of changes, and which of them each row has."""
        import polars as pl

        pair, everything = self.pair, (self.pair.edits,)
        tried = [] if rows.is_empty() else self.beside or self.between()
        if not tried:
            cause = everything if pair.edits else NOTHING
            return (cause,), pl.repeat(0, len(rows), dtype=pl.UInt32, eager=True)
        states = rows if self.beside else self._judged(rows, tried).with_columns(rows[AFTER])
        names = [*(rule.name for _, rule in tried), AFTER]
        seen = states.select(names).unique(maintain_order=True)
        causes: dict[Cause, int] = {}
        numbers = [causes.setdefault(self._cause(tried, found), len(causes)) for found in seen.iter_rows()]
        seen = seen.with_columns(pl.Series(CAUSE, numbers, dtype=pl.UInt32))
        found = states.join(seen, on=names, how="left", maintain_order="left")
        return tuple(causes), found[CAUSE]

    def _cause(self, tried: Sequence[tuple[Chosen, Rule]], found: Sequence[int]) -> Cause:
        """The smallest sets of edits that lead to the state after, which stands last of what was `found`."""
        hits = [chosen for (chosen, _), state in zip(tried, found, strict=False) if state == found[-1]]
        least = min(map(len, hits), default=0)
        return tuple(sorted(tuple(sorted(chosen)) for chosen in hits if len(chosen) == least)) or (self.pair.edits,)

    def between(self) -> list[tuple[Chosen, Rule]]:
        """The rule with each set of edits that is tried."""
        made = []
        for number, chosen in enumerate(self.pair.subsets()):
            rule = self.making.between(chosen, f"{self.pair.name} {number}")
            if rule is not None and self._world(chosen).supplied(rule) and self._fits(rule, self._world(chosen)):
                made.append((chosen, rule))
        return made

    def _world(self, chosen: Chosen) -> World:
        facts = {lever.edit for lever in self.pair.levers if lever.how is How.FACTS}
        return self.worlds.new if facts <= chosen else self.worlds.old

    def _fits(self, rule: Rule, world: World) -> bool:
        from hegui.assure.impact.meaning import fits, parts

        return fits(parts(rule).values(), world.ruleset.vocabulary)

    def _judged(self, rows: pl.DataFrame, tried: Sequence[tuple[Chosen, Rule]]) -> pl.DataFrame:
        """What the rules in between say of the rows, in their order."""
        import polars as pl

        found = rows.select(name for name in (KEY, ROW, _OLD_ROW) if name in rows.columns)
        worlds = [self.worlds.new] if self.worlds.one else [self.worlds.old, self.worlds.new]
        for of in worlds:
            rules = [rule for chosen, rule in tried if self._world(chosen) is of]
            row = _OLD_ROW if of is self.worlds.old and _OLD_ROW in rows.columns else ROW
            if not rules:
                continue
            there = rows[row].drop_nulls() if row in rows.columns else pl.Series([], dtype=pl.Int64)
            states = pl.concat(judged(of, rules, self.of.engine, only=there)).collect().drop(KEY, strict=False)
            if row in found.columns:
                found = found.join(states, left_on=row, right_on=ROW, how="left", maintain_order="left")
            else:
                found = found.with_columns(pl.lit(None, pl.UInt8).alias(rule.name) for rule in rules)
        return found.with_columns(pl.col(rule.name).fill_null(int(State.NOT_ASKED)) for _, rule in tried)
