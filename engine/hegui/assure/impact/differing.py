"""Which rows change verdict: the states of rules before and after, side by side, and of these only what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hegui.assure.impact.codes import KEY, WHOSE, World, judged, together, whose
from hegui.assure.impact.model import NOTHING, Cause, State
from hegui.assure.impact.variants import Chosen, How, Making, Pair
from hegui.facts.registry import ROW
from hegui.ruleset.model import Rule

if TYPE_CHECKING:
    import polars as pl

BEFORE: Final = "before"
AFTER: Final = "after"
CAUSE: Final = "cause"
_OLD_ROW: Final = "#row before"
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
        kinds = dict.fromkeys(pair.rule.about for pair in pairs)
        for kind in kinds:
            halves = [_Half(pair, self) for pair in _by_rows(pairs) if pair.rule.about == kind]
            halves = [half for half in halves if half.supplied]
            found = [half.rules for half in halves]
            by_name = {rule.name: half for half in halves for rule in half.rules}
            for group in together(found, self.worlds.new):
                yield from self._group([by_name[rules[0].name] for rules in group])

    def _group(self, halves: Sequence[_Half]) -> Iterator[Differing]:
        import polars as pl

        wide = self._wide(halves)
        queries = [query for frame in wide for half in halves for query in (half.counted(frame), half.differing(frame))]
        frames = pl.collect_all(queries, engine="streaming")
        per = 2 * len(halves)
        for number, half in enumerate(halves):
            strips = range(2 * number, len(frames), per)
            counts = pl.concat([frames[at] for at in strips])
            rows = pl.concat([frames[at + 1] for at in strips])
            yield half.told(_counts(counts), rows)

    def _wide(self, halves: Sequence[_Half]) -> list[pl.LazyFrame]:
        """All states before and after in one frame."""
        import polars as pl

        old, new = self.worlds.old, self.worlds.new
        before = [half.before for half in halves if half.before is not None]
        after = [half.after for half in halves if half.after is not None]
        if self.worlds.one:
            return judged(new, [*before, *after], self.engine)
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

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(each for each in (self.before, self.after) if each is not None)

    @property
    def supplied(self) -> bool:
        """Is there a table of what it is about, before or after?"""
        return bool(self.rules)

    def states(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The rows with their state before and after; without a rule, or a row, it is not asked."""
        import polars as pl

        def state(rule: Rule | None) -> pl.Expr:
            found = pl.lit(None, pl.UInt8) if rule is None else pl.col(rule.name)
            return found.fill_null(int(State.NOT_ASKED))

        there = frame.collect_schema().names()
        kept = [name for name in (ROW, _OLD_ROW, KEY) if name in there]
        return frame.select(*kept, state(self.before).alias(BEFORE), state(self.after).alias(AFTER))

    def counted(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """How many rows went from which state to which, in one row."""
        import polars as pl

        pairs = [(one, other) for one in _STATES for other in _STATES]
        flags = [
            ((pl.col(BEFORE) == one) & (pl.col(AFTER) == other)).sum().alias(f"{one:d}{other:d}")
            for one, other in pairs
        ]
        return self.states(frame).select(flags)

    def differing(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        return self.states(frame).filter(pl.col(BEFORE) != pl.col(AFTER))

    # --- of what differs

    def told(self, counts: Mapping[tuple[State, State], int], rows: pl.DataFrame) -> Differing:
        """What differs with whose it is, and why."""
        rows = self.placed(rows)
        causes, numbers = self.caused(rows)
        rows = rows.with_columns(numbers.alias(CAUSE)).sort(KEY)
        return Differing(self.pair, counts, rows.select(KEY, *WHOSE, BEFORE, AFTER, CAUSE), causes)

    def placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with whom their findings are filed under: as it is now, or where they are gone as it was."""
        import polars as pl

        parts, now = [], rows
        if _OLD_ROW in rows.columns:
            here = ROW in rows.columns and self.after is not None
            gone = rows.filter(pl.col(ROW).is_null()) if here else rows
            now = rows.filter(pl.col(ROW).is_not_null()) if here else rows.clear()
            parts.append(self._whose(self.worlds.old, self.before, gone, _OLD_ROW))
        parts.append(self._whose(self.worlds.new, self.after if self.after is not None else self.before, now, ROW))
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
        tried = [] if rows.is_empty() else self._between()
        if not tried:
            cause = everything if pair.edits else NOTHING
            return (cause,), pl.repeat(0, len(rows), dtype=pl.UInt32, eager=True)
        states = self._judged(rows, tried).with_columns(rows[AFTER])
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

    def _between(self) -> list[tuple[Chosen, Rule]]:
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

        found = rows.select(KEY)
        worlds = [self.worlds.new] if self.worlds.one else [self.worlds.old, self.worlds.new]
        for of in worlds:
            rules = [rule for chosen, rule in tried if self._world(chosen) is of]
            row = _OLD_ROW if of is self.worlds.old and _OLD_ROW in rows.columns else ROW
            if not rules:
                continue
            there = rows[row].drop_nulls() if row in rows.columns else pl.Series([], dtype=pl.Int64)
            states = pl.concat(judged(of, rules, self.of.engine, only=there, keyed=True)).collect().drop(ROW)
            found = found.join(states, on=KEY, how="left", maintain_order="left")
        return found.with_columns(pl.exclude(KEY).fill_null(int(State.NOT_ASKED)))


def _counts(frame: pl.DataFrame) -> dict[tuple[State, State], int]:
    found = frame.sum().row(0, named=True)
    return {(State(int(name[0])), State(int(name[1]))): int(count) for name, count in found.items() if count}
