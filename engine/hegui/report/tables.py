"""A run asked for flat tables: plans over its findings, and frames of several libraries."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from hegui.engines.kept import Kept
from hegui.explaining import RuleDocument
from hegui.facts.registry import DataProblem
from hegui.outcome import ConclusionSummary, Drawing, Verdict
from hegui.report.info import RunInfo
from hegui.report.looking import Looking

if TYPE_CHECKING:
    import polars as pl


class Tables(Looking):
    """What a run can be had as besides reports."""

    info: RunInfo
    rules: tuple[RuleDocument, ...]
    data_quality: tuple[DataProblem, ...]
    drawing: Drawing

    @property
    @abstractmethod
    def conclusion_rules(self) -> dict[str, ConclusionSummary]:
        """What is kept of each conclusion, by name."""

    def scan(self, table: str = "findings", *, messages: bool = False) -> pl.LazyFrame:
        """A table of the run as a Polars LazyFrame: `findings`, `conclusions`, `summary` or `data_quality`.

        Its columns are those of `frame`. Findings that are kept as Parquet are read only as the plan is run, so that what is
        filtered or counted need not be held; hold on to the run meanwhile, whose temporary folder goes with it.

        Args:
            table: its name.
            messages: findings have `message_zh` and `message_en` too. Of kept ones they are put together some at a time as
                the plan is run, and not at all where it leaves them out; conclusions and data problems have them anyway.

        Raises:
            UsageError: there is no such table; kept findings cannot be read.
        """
        from hegui.report import flat

        flat.expect_table(table)
        if table == "conclusions":
            return flat.of_conclusions(self.drawing.drawn, self.conclusion_rules)
        if table == "summary":
            return flat.of_rules(self.rules, self.counts)
        if table == "data_quality":
            return flat.of_problems(self.data_quality)
        found = {each.rule: self._flat_findings(each.rule, messages) for each in self.counts}
        return flat.of_findings(self.rules, found, self.info.facts.sources, self.info.as_of, messages)

    def frame(self, table: str = "findings", *, messages: bool = False, backend: str = "polars") -> Any:
        """A table of the run as a data frame, every column of one plain type; `docs/library.md` lists them.

        Args:
            table: `findings` (sorted by rule and key), `conclusions`, `summary` (a row per rule) or `data_quality`.
            messages: findings have `message_zh` and `message_en` too, as `explain` gives them.
            backend: `polars`, `pandas`, `pyarrow`, `duckdb` (a relation) or `pyspark` (of the session the engine `spark` has).
                Of kept findings all are held in memory; `scan` does without.

        Raises:
            UsageError: there is no such table or backend, or its packages are not installed; kept findings cannot be read.
            EngineError: Spark does not start.
        """
        from hegui.report import flat

        return flat.as_backend(self._collected(self.scan(table, messages=messages)), backend)

    def _collected(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        if isinstance(self.findings, Kept):
            return self.findings.collected("*", lazy, self.findings.folder)
        return lazy.collect()

    def _flat_findings(self, rule: str, messages: bool) -> tuple[pl.LazyFrame, pl.Expr, pl.Expr]:
        """The findings of a rule as they are or would be kept, what is true of those that count and of those waived."""
        import polars as pl

        from hegui.report.flat import in_memory, told

        tellers = (self.teller(rule, "zh"), self.teller(rule, "en")) if messages else None

        if not isinstance(self.findings, Kept):
            found = self._by_rule.get(rule, ())
            marked = ((each, self.counts_for(each), bool(self.waivers_of(each))) for each in found)
            return in_memory(marked, tellers), pl.col("#counts"), pl.col("#waived")
        kept = self.findings.scan(rule)
        kept = kept if tellers is None else told(self.documents[rule].rule, kept, tellers)
        violation = pl.col("verdict") == Verdict.VIOLATION.value
        if (counts := self.counted_among(rule)) is not None:
            covered = self.parted(rule).covered
            return (
                kept,
                counts,
                pl.lit(False)
                if covered is None
                else violation & covered & ~pl.col("occurred").is_in(self._memory_days(rule), nulls_equal=True),
            )
        # which rest on memory shows only finding by finding
        each_ = [(each.key, self.counts_for(each), bool(self.waivers_of(each))) for each in self.findings.of(rule)]
        of_key = pl.col("key")
        counted, waived = [key for key, yes, _ in each_ if yes], [key for key, _, yes in each_ if yes]
        return kept, of_key.is_in(counted), of_key.is_in(waived)
