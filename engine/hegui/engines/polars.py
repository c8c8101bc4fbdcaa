"""The Polars engine: each kind is one lazy plan, each rule one filtered selection of it, under the streaming engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hegui.engines.frames import KindRules, RuleColumns, by_kind, chained, dated_values, finding_reader
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
    """Judge with Polars."""
    summaries: dict[str, RuleSummary] = {}
    findings: dict[str, list[Finding]] = {}
    for judged in judge_frames(request):
        summaries[judged.rule.name] = judged.summary
        findings[judged.rule.name] = list(judged.findings())
    ordered = [rule.name for rule in request.judged]
    return Judgement(
        "polars",
        tuple(summaries[name] for name in ordered),
        tuple(finding for name in ordered for finding in findings[name]),
    )


@dataclass(frozen=True)
class RuleFrame:
    """What one rule found, as a frame: a row per finding in order of key, a column per leaf.

    Columns: `key`, `kind`, `entity`, `name`, `jurisdiction`, `verdict`, `occurred` (Date), `source`, `line`, `causes`
    (lines of `reason number|count|path`), `scope`, and for leaf n `v<n>` with, where they mean something,
    `v<n>.below`, `v<n>.source`, `v<n>.line`, `v<n>.rows`, `v<n>.first`.
    """

    rule: Rule
    summary: RuleSummary
    frame: pl.DataFrame

    def findings(self) -> Iterator[Finding]:
        """The findings as records."""
        return map(finding_reader(self.rule), self.frame.iter_rows(named=True))


def judge_frames(request: Request) -> Iterator[RuleFrame]:
    """Judge, kind by kind, leaving the findings in frames."""
    tables = PolarsTables(request)
    for kind, rules in by_kind(request.judged).items():
        yield from _KindJudge(request, tables, kind, rules).judged()


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
    """All rules about one kind, judged in one go."""

    tables: PolarsTables

    def judged(self) -> Iterator[RuleFrame]:
        import polars as pl

        columns = {rule.name: self.columns(self.plan, rule) for rule in self.rules}
        if not self.request.listed:
            yield from self.counts_alone(columns)
            return
        selections = {rule.name: self.selection(rule, columns[rule.name]) for rule in self.rules}
        frame = self.plan.root.assembled(self.base())
        queries = [frame.select(**self.counted(columns)).to_native()]
        queries += [self.selected(frame, columns[rule.name], selections[rule.name]) for rule in self.rules]
        counts, *found = pl.collect_all(queries, engine="streaming")
        for rule, findings in zip(self.rules, found, strict=True):
            ordered = findings.sort(ROW)
            summary = self.summary(rule, counts.row(0, named=True))
            yield RuleFrame(rule, summary, self.completed(rule, ordered))

    def counts_alone(self, columns: dict[str, RuleColumns]) -> Iterator[RuleFrame]:
        import polars as pl

        query: pl.LazyFrame = self.plan.root.assembled(self.base()).select(**self.counted(columns)).to_native()
        counts = query.collect(engine="streaming").row(0, named=True)
        for rule in self.rules:
            yield RuleFrame(rule, self.summary(rule, counts), pl.DataFrame())

    def selected(self, frame: Frame, found: RuleColumns, selection: dict[str, Expr]) -> pl.LazyFrame:
        import narwhals as nw

        frame = self.wanted(frame, found)
        native: pl.LazyFrame = frame.select(nw.col(ROW), **selection).to_native()
        return native

    # --- what only findings need

    def completed(self, rule: Rule, findings: pl.DataFrame) -> pl.DataFrame:
        """The findings with the causes and first rows that take a look at relations again."""
        import polars as pl

        if chained(rule):
            findings = self.with_causes(rule, findings)
        for number, leaf in enumerate(rule.leaves):
            name = f"v{number}"
            if f"{name}.first" in findings.columns and isinstance(leaf, Chain) and isinstance(leaf.source, Related):
                findings = self.with_first(findings, name, leaf.source.kind)
            if f"{name}.rows" in findings.columns:
                findings = findings.with_columns(pl.col(f"{name}.rows").cast(pl.Int64))
        occurred = pl.col("occurred").cast(pl.Int32).cast(pl.Date)
        return findings.drop(ROW).with_columns(occurred)

    def with_causes(self, rule: Rule, findings: pl.DataFrame) -> pl.DataFrame:
        """Causes of the undetermined findings, by a plan over just those rows."""
        import narwhals as nw
        import polars as pl

        from hegui.language.causes import encoded
        from hegui.language.planes import Plan

        rows = findings.filter(pl.col("verdict") == Verdict.UNDETERMINED.value).select(ROW)
        if rows.is_empty():
            return findings.with_columns(pl.lit(None, dtype=pl.String).alias("causes"))
        plan = Plan(self.tables, self.kind, self.request.as_of, self.keys)
        found = self.columns(plan, rule)
        causes = encoded(self.waiting(plan, rule, found))
        base = self.base().join(nw.from_native(rows.lazy()), on=ROW, how="semi")
        frame = plan.root.assembled(base).select(nw.col(ROW), causes=causes).to_native()
        return findings.join(frame.collect(engine="streaming"), on=ROW, how="left", maintain_order="left")

    def with_first(self, findings: pl.DataFrame, name: str, kind: str) -> pl.DataFrame:
        """The key and place of the first deciding row of a relation instead of its number."""
        import narwhals as nw
        import polars as pl

        from hegui.language.planes import CLASS_SHIFT

        declared = self.request.kinds[kind]
        number = (pl.col(f"{name}.first") % CLASS_SHIFT).cast(pl.Int64)
        findings = findings.with_columns(number.alias(f"{name}.first"))
        table = nw.from_native(self.tables.native(kind))
        key = self.key(kind=declared) if declared.key else nw.lit(None, dtype=nw.String)
        names = {"first": key, "source": nw.col(SOURCE), "line": nw.col(LINE)}
        wanted = findings.select(pl.col(f"{name}.first").alias(ROW)).drop_nulls().unique()
        rows = table.join(nw.from_native(wanted.lazy()), on=ROW, how="semi")
        picked = rows.select(
            nw.col(ROW).alias("#first"), **{f"{name}.{part}": column for part, column in names.items()}
        )
        found: pl.DataFrame = picked.to_native().collect()
        joined = findings.rename({f"{name}.first": "#first"}).join(
            found, on="#first", how="left", maintain_order="left"
        )
        return joined.drop("#first")


__all__ = ["PolarsTables", "RuleFrame", "judge", "judge_frames"]
