"""The Polars engine: each kind is one lazy plan, each rule one filtered selection of it, under the streaming engine."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.engines.frames import (
    KindRules,
    RuleColumns,
    by_kind,
    chained,
    dated_values,
    finding_columns,
    finding_reader,
    looks_around,
    reaches_out,
)
from hegui.engines.kept import Kept, telling_what_broke
from hegui.engines.request import Request
from hegui.facts.registry import LINE, ROW, SOURCE
from hegui.language.meanings import day_number
from hegui.language.tree import Chain, Related
from hegui.outcome import Finding, Judgement, RuleSummary, Verdict
from hegui.ruleset.model import Rule

if TYPE_CHECKING:
    import polars as pl

    from hegui.language.planes import DatedValue, Frame
    from hegui.language.signatures import Expr


def judge(request: Request) -> Judgement:
    """Judge with Polars.

    Raises:
        FactsError: a file of facts is damaged, or has changed meanwhile.
        UsageError: findings that are to be kept cannot be written.
    """
    folder = None if request.kept is None else request.kept.folder
    with telling_what_broke(folder):
        judged = {each.rule.name: each for each in judge_frames(request)}
    ordered = [judged[rule.name] for rule in request.judged]
    return Judgement("polars", tuple(each.summary for each in ordered), _findings(ordered, request))


def _findings(ordered: Sequence[RuleFrame], request: Request) -> Collection[Finding]:
    if request.kept is None:
        return tuple(finding for each in ordered for finding in each.findings())
    listed = list(Verdict) if request.every else [Verdict.VIOLATION, Verdict.UNDETERMINED]
    counts = {each.rule.name: sum(getattr(each.summary, word.value) for word in listed) for each in ordered}
    return Kept(request.kept.folder, {each.rule.name: each.rule for each in ordered}, counts)


@dataclass(frozen=True)
class RuleFrame:
    """What one rule found, as a frame: a row per finding in order of key, a column per leaf.

    Columns: `key`, `kind`, `entity`, `name`, `jurisdiction`, `verdict`, `occurred` (Date), `source`, `line`, `causes`
    (lines of `reason number|count|path`), `scope`, and for leaf n `v<n>` with, where they mean something,
    `v<n>.below`, `v<n>.source`, `v<n>.line`, `v<n>.rows`, `v<n>.first`. Where findings are kept, the frame is their file.
    """

    rule: Rule
    summary: RuleSummary
    frame: pl.LazyFrame

    def findings(self) -> Iterator[Finding]:
        """The findings as records."""
        return map(finding_reader(self.rule), self.frame.collect().iter_rows(named=True))


def judge_frames(request: Request) -> Iterator[RuleFrame]:
    """Judge, kind by kind, leaving the findings in frames. Rules about nothing but the row itself go by themselves: their
    rows stay as they come, in order."""
    tables = PolarsTables(request)
    timed = request.kept is not None and request.kept.timings is not None
    for kind, rules in by_kind(request.judged).items():
        apart = [[rule for rule in rules if reaches_out(rule, request) is far] for far in (False, True)]
        for group in _in_groups(apart, 1 if timed else AT_ONCE):
            yield from _KindJudge(request, tables, kind, group).told()


def _in_groups(lists: Iterable[list[Rule]], size: int) -> Iterator[list[Rule]]:
    return (rules[at : at + size] for rules in lists for at in range(0, len(rules), size))


# --- tables --------------------------------------------------------------------------------------------------------


class PolarsTables:
    """Conformed tables as the planner wants them: ints and dates as doubles, `#id` for single keys."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._frames: dict[str, tuple[Frame, tuple[str, ...]]] = {}

    def native(self, kind: str) -> pl.LazyFrame:
        """The frame of a kind, all rows, in the planner's form."""
        import polars as pl

        lazy = self.request.registry.tables[kind].lazy()
        declared = self.request.kinds[kind]
        made = []
        for name, fact in declared.fields.items():
            if fact.type.name == "int":
                made.append(pl.col(name).cast(pl.Float64))
            elif fact.type.name == "date":
                made.append(pl.col(name).cast(pl.Int32).cast(pl.Float64))
        if len(declared.key) == 1:
            made.append(pl.col(declared.key[0]).cast(pl.String).alias("#id"))
        return lazy.with_columns(made)

    def _frame(self, kind: str) -> tuple[Frame, tuple[str, ...]]:
        if kind not in self._frames:
            import narwhals as nw

            native = self.native(kind)
            self._frames[kind] = nw.from_native(native), tuple(native.collect_schema().names())
        return self._frames[kind]

    def frame(self, kind: str) -> Frame | None:
        return self._frame(kind)[0] if kind in self.request.registry.tables else None

    def columns(self, kind: str) -> Sequence[str]:
        return self._frame(kind)[1] if kind in self.request.registry.tables else ()

    @cached_property
    def _workdays(self) -> tuple[Frame, Frame]:
        import narwhals as nw
        import polars as pl

        calendar = self.request.calendar
        start = day_number(calendar.first)
        totals = pl.Series("index", calendar.cumulative(), dtype=pl.Float64)
        days = pl.Series("day", range(start, start + len(totals)), dtype=pl.Float64)
        every = pl.DataFrame([days, totals]).lazy()
        working = every.group_by("index").agg(pl.col("day").min()).filter(pl.col("index") > 0).select("index", "day")
        return nw.from_native(every), nw.from_native(working)

    def workdays(self) -> tuple[Frame, Frame]:
        return self._workdays

    def parameter(self, name: str) -> Sequence[DatedValue]:
        return dated_values(self.request, name)


# --- one kind ------------------------------------------------------------------------------------------------------


class _KindJudge(KindRules):
    """Rules about one kind, judged in one go."""

    tables: PolarsTables

    def told(self) -> Iterator[RuleFrame]:
        """The same as `judged`, with what is to be told and noted of it."""
        kept = self.request.kept
        if kept is not None and kept.told is not None:
            kept.told(f"{self.kind}: {', '.join(rule.name for rule in self.rules[:3])}{', …' * (len(self.rules) > 3)}")
        start = time.perf_counter()
        yield from self.judged()
        if kept is not None and kept.timings is not None:
            kept.timings[f"rule {self.rules[0].name}"] = time.perf_counter() - start

    def judged(self) -> Iterator[RuleFrame]:
        columns = {rule.name: self.columns(self.plan, rule) for rule in self.rules}
        if not self.request.listed:
            yield from self.counts_alone(columns)
            return
        selections = {rule.name: self.selection(rule, columns[rule.name]) for rule in self.rules}
        frame = self.plan.root.assembled(self.base())
        found = {rule.name: self.selected(frame, columns[rule.name], selections[rule.name]) for rule in self.rules}
        store = _Store(self.request)
        later = {rule.name for rule in self.rules if self.plan.root.reorders or _needs_more(rule)}
        found = {name: each if name in later else self.finished(name, each) for name, each in found.items()}
        counted: pl.LazyFrame = frame.select(**self.counted(columns)).to_native()
        counts, written = store.put(found, later, counted)
        causes = self.late_causes(written, store)
        for rule in self.rules:
            if rule.name in later:
                whole = self.completed(rule, written[rule.name], causes.get(rule.name))
                _, finished = store.put({rule.name: self.finished(rule.name, whole)}, ())
                store.drop(rule.name)
                written |= finished
            yield RuleFrame(rule, self.summary(rule, counts.row(0, named=True)), written[rule.name])

    @staticmethod
    def total(condition: Expr) -> Expr:
        return condition.sum()  # bits are counted several times as fast as numbers are added up

    def counts_alone(self, columns: dict[str, RuleColumns]) -> Iterator[RuleFrame]:
        import polars as pl

        query: pl.LazyFrame = self.plan.root.assembled(self.base()).select(**self.counted(columns)).to_native()
        counts = query.collect(engine="streaming").row(0, named=True)
        for rule in self.rules:
            yield RuleFrame(rule, self.summary(rule, counts), pl.LazyFrame())

    def selected(self, frame: Frame, found: RuleColumns, selection: dict[str, Expr]) -> pl.LazyFrame:
        import narwhals as nw

        frame = self.wanted(frame, found)
        native: pl.LazyFrame = frame.select(nw.col(ROW), **selection).to_native()
        return native

    # --- what only findings need

    def completed(self, rule: Rule, findings: pl.LazyFrame, causes: pl.LazyFrame | None) -> pl.LazyFrame:
        """The findings in order, with the causes and first rows that take a look at relations again."""
        import polars as pl

        if causes is not None:
            findings = findings.join(causes, on=ROW, how="left")
        elif chained(rule):
            findings = findings.with_columns(pl.lit(None, dtype=pl.String).alias("causes"))
        names = findings.collect_schema().names()
        for number, leaf in enumerate(rule.leaves):
            if f"v{number}.first" in names and isinstance(leaf, Chain) and isinstance(leaf.source, Related):
                findings = self.with_first(findings, f"v{number}", leaf.source.kind)
        return findings.sort(ROW)

    def finished(self, name: str, findings: pl.LazyFrame) -> pl.LazyFrame:
        """The columns as they are kept, private values left out."""
        import polars as pl

        rule = next(rule for rule in self.rules if rule.name == name)
        kept, there = self.request.kept, set(findings.collect_schema().names())
        hidden = () if kept is None else kept.hidden.get(name, ())
        there -= {f"v{number}{part}" for number in hidden for part in ("", ".below")}
        made = []
        for column, dtype in finding_columns(rule).items():
            each = pl.col(column) if column in there else pl.lit(None)
            made.append((each.cast(pl.Int32) if dtype == pl.Date else each).cast(dtype).alias(column))
        return findings.select(made)

    def late_causes(self, found: dict[str, pl.LazyFrame], store: _Store) -> dict[str, pl.LazyFrame]:
        """Causes of what is undetermined of relations, by a plan over just those rows."""
        import narwhals as nw
        import polars as pl

        from hegui.language.causes import encoded
        from hegui.language.planes import Plan

        undetermined = pl.col("verdict") == Verdict.UNDETERMINED.value
        rows = {rule.name: found[rule.name].filter(undetermined).select(ROW) for rule in self.rules if chained(rule)}
        if not rows:
            return {}
        looked = pl.concat(rows.values()).unique().collect(engine="streaming")
        if looked.is_empty():
            return {}
        plan = Plan(self.tables, self.kind, self.request.as_of, self.keys, narrow=True)
        made = {}
        for rule in self.rules:
            if rule.name in rows:
                columns = self.columns(plan, rule)
                made[rule.name] = encoded(self.waiting(plan, rule, columns)), columns
        base = self.base().join(nw.from_native(looked.lazy()), on=ROW, how="semi")
        frame = plan.root.assembled(base)
        queries = {
            f"{name}#causes": self.wanted(frame, columns)
            .filter(columns.waits())
            .select(nw.col(ROW), causes=causes)
            .to_native()
            for name, (causes, columns) in made.items()
        }
        _, written = store.put(queries, set(queries))
        return {name.removesuffix("#causes"): each for name, each in written.items()}

    def with_first(self, findings: pl.LazyFrame, name: str, kind: str) -> pl.LazyFrame:
        """The key and place of the first deciding row of a relation instead of its number."""
        import narwhals as nw
        import polars as pl

        from hegui.language.planes import CLASS_SHIFT

        declared = self.request.kinds[kind]
        number = (pl.col(f"{name}.first") % CLASS_SHIFT).cast(pl.Int64)
        findings = findings.with_columns(number.alias("#first")).drop(f"{name}.first")
        table = nw.from_native(self.tables.native(kind))
        key = self.key(kind=declared) if declared.key else nw.lit(None, dtype=nw.String)
        names = {"first": key, "source": nw.col(SOURCE), "line": nw.col(LINE)}
        wanted = findings.select(pl.col("#first").alias(ROW)).drop_nulls().unique()
        rows = table.join(nw.from_native(wanted), on=ROW, how="semi")
        picked = rows.select(
            nw.col(ROW).alias("#first"), **{f"{name}.{part}": column for part, column in names.items()}
        )
        return findings.join(picked.to_native(), on="#first", how="left").drop("#first")


def _needs_more(rule: Rule) -> bool:
    """Do its findings take a second look at a relation or list?"""
    return chained(rule) or any(map(looks_around, rule.leaves))


class _Store:
    """Where the results of plans go: files of the folder where findings are kept, or memory."""

    def __init__(self, request: Request) -> None:
        self.folder = None if request.kept is None else request.kept.folder

    def put(
        self, queries: dict[str, pl.LazyFrame], later: Collection[str], counted: pl.LazyFrame | None = None
    ) -> tuple[pl.DataFrame, dict[str, pl.LazyFrame]]:
        """Run all at once; those of `later` go under names of their own. With what was `counted`."""
        import polars as pl

        count = [] if counted is None else [counted]
        if self.folder is None:
            found = pl.collect_all([*count, *queries.values()], engine="streaming")
            frames = found[len(count) :]
            return found[0] if count else pl.DataFrame(), {
                name: each.lazy() for name, each in zip(queries, frames, strict=True)
            }
        files = {name: self.file(name, name in later) for name in queries}
        sinks = [
            each.sink_parquet(files[name], compression=_SPOOLED if name in later else COMPRESSION, lazy=True)
            for name, each in queries.items()
        ]
        done = pl.collect_all([*count, *sinks], engine="streaming")
        return done[0] if count else pl.DataFrame(), {
            name: pl.scan_parquet(path, glob=False) for name, path in files.items()
        }

    def file(self, name: str, later: bool) -> Path:
        assert self.folder is not None
        return self.folder / (f".{name}.part" if later else f"{name}.parquet")

    def drop(self, rule: str) -> None:
        """What was only needed on the way."""
        for name in (rule, f"{rule}#causes"):
            if self.folder is not None:
                self.file(name, True).unlink(missing_ok=True)


AT_ONCE: Final = 32
"""Rules judged in one go: each holds rows that wait to be written, and planning takes more than twice as long for twice as
many."""
COMPRESSION: Final = "lz4"
"""Of findings that stay: half as large as without, at next to no cost."""
_SPOOLED: Final = "uncompressed"

__all__ = ["PolarsTables", "RuleFrame", "judge", "judge_frames"]
