"""The Spark engine: the same column plans on a cluster, one plan per rule, findings left with the executors.

Tables are read from the folder of a conformed registry, which driver and executors must both see; tables in memory are
sent along. Conditions are Spark's own expressions throughout: no row passes through Python, but for texts that are held against
a pattern Java could take too long over.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from hegui.engines import spark_patterns
from hegui.engines.blaming import blaming
from hegui.engines.frames import KindRules, RuleColumns, dated_values
from hegui.engines.kept import Kept, telling_what_broke
from hegui.engines.request import Keeping, Request
from hegui.engines.spark_session import connect, failures
from hegui.facts.registry import LINE, ROW, SOURCE
from hegui.language.meanings import day_number
from hegui.language.retrying import in_proportion
from hegui.language.tree import Chain, Related
from hegui.outcome import Finding, Judgement, RuleSummary
from hegui.ruleset.model import Rule

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from hegui.engines.polars import RuleFrame
    from hegui.language.pattern import Pattern
    from hegui.language.planes import DatedValue, Frame
    from hegui.language.signatures import Expr

EPOCH: Final = date(1970, 1, 1)
SECONDS: Final = 86_400.0
"""In a day."""
TOGETHER: Final = 4
"""Rules whose jobs are handed to Spark at once: planning one goes on while another runs."""


def judge(request: Request) -> Judgement:
    """Judge with Spark. Findings that are to be kept are written by the executors; others come to the driver.

    Raises:
        UsageError: PySpark or Java is not installed; findings that are to be kept cannot be written.
        EngineError: Spark does not start, or gave up.
    """
    judged = list(judge_frames(request))
    return Judgement("spark", tuple(each.summary for each in judged), _findings(judged, request))


def _findings(judged: list[RuleRows], request: Request) -> Sequence[Finding]:
    kept = request.kept
    if not request.listed:
        return ()
    if kept is None:
        return tuple(finding for each in judged for finding in each.collected().findings())
    with telling_what_broke(kept.folder):
        counts = {each.rule.name: each.laid_down(kept) for each in judged}
    return Kept(kept.folder, {each.rule.name: each.rule for each in judged}, counts)


@dataclass(frozen=True)
class RuleRows:
    """What one rule found, still with the executors: columns as of `engines.polars.RuleFrame`, and `#row`, the order."""

    rule: Rule
    summary: RuleSummary
    frame: DataFrame

    def collected(self) -> RuleFrame:
        """The findings in the driver's memory.

        Raises:
            EngineError: Spark gave up.
        """
        import polars as pl

        from hegui.engines.polars import RuleFrame

        with failures():
            table = self.frame.toArrow()
        found = pl.DataFrame(pl.from_arrow(table)).lazy().sort(ROW).drop(ROW)
        return RuleFrame(self.rule, self.summary, found)

    def write(self, folder: str | Path) -> None:
        """Write the findings as Parquet, in order of key, by the executors: a folder of parts, named as the rule.

        Raises:
            EngineError: Spark gave up.
        """
        self._write(f"{folder}/{self.rule.name}.parquet", ())

    def _write(self, target: str, without: Collection[str]) -> None:
        with failures():
            ordered = self.frame.orderBy(ROW).drop(ROW, *map(_column, without))
            ordered.write.mode("overwrite").parquet(target)

    def laid_down(self, kept: Keeping) -> int:
        """Write the findings where they are kept, and return how many there are. The executors write parts, which are laid
        together in one file here, some rows at a time. Where they do not see that folder, the findings come to the driver.

        Raises:
            EngineError: Spark gave up.
        """
        import polars as pl

        from hegui.engines.polars import COMPRESSION, as_kept, hidden_columns

        parts = kept.folder / f".{self.rule.name}.parts"
        if kept.told is not None:
            kept.told(self.rule.name)
        try:
            self._write(str(parts), sorted(hidden_columns(self.rule, kept)))
            seen = (parts / "_SUCCESS").exists()
            files = sorted(parts.glob("part-*.parquet"))
            found = pl.scan_parquet(files, glob=False) if seen and files else self.collected().frame
            file = kept.folder / f"{self.rule.name}.parquet"
            as_kept(self.rule, found, kept).sink_parquet(file, compression=COMPRESSION)
        finally:
            shutil.rmtree(parts, ignore_errors=True)
        return int(pl.scan_parquet(file, glob=False).select(pl.len()).collect().item())


def judge_frames(request: Request, session: SparkSession | None = None) -> Iterator[RuleRows]:
    """Judge, rule by rule, leaving the findings with the executors.

    Raises:
        UsageError: PySpark or Java is not installed.
        EngineError: Spark does not start, or gave up.
    """
    if not request.judged:
        return
    tables = SparkTables(request, session or connect())

    def one(rule: Rule) -> RuleRows:
        with blaming([rule]), failures():
            return _RuleJudge(request, tables, rule.about, [rule]).rows()

    with ThreadPoolExecutor(TOGETHER) as pool:
        yield from pool.map(one, request.judged)


# --- tables --------------------------------------------------------------------------------------------------------


class SparkTables:
    """Conformed tables as the planner wants them: ints and dates as doubles, `#id` for single keys."""

    def __init__(self, request: Request, session: SparkSession) -> None:
        self.request, self.session = request, session
        self._frames: dict[str, tuple[Frame, tuple[str, ...]]] = {}
        self._lock = Lock()

    def native(self, kind: str) -> DataFrame:
        """The frame of a kind, all rows, in the planner's form."""
        from pyspark.sql import functions as F  # noqa: N812

        frame = self._read(kind)
        declared = self.request.kinds[kind]
        made: dict[str, Column] = {}
        for name, fact in declared.fields.items():
            if fact.type.name == "int":
                made[name] = F.col(name).cast("double")
            elif fact.type.name == "date":
                made[name] = F.datediff(F.col(name), F.lit(EPOCH)).cast("double")
        if len(declared.key) == 1:
            made["#id"] = F.col(declared.key[0]).cast("string")
        return frame.withColumns(made) if made else frame

    def _read(self, kind: str) -> DataFrame:
        import polars as pl

        folder, table = self.request.registry.folder, self.request.registry.tables[kind]
        if folder is not None and isinstance(table, pl.LazyFrame):
            return self.session.read.parquet(str(folder / f"{kind}.parquet"))
        return self.session.createDataFrame(table.lazy().collect().to_arrow())

    def _frame(self, kind: str) -> tuple[Frame, tuple[str, ...]]:
        with self._lock:
            if kind not in self._frames:
                import narwhals as nw

                native = self.native(kind)
                self._frames[kind] = nw.from_native(native), tuple(native.columns)
            return self._frames[kind]

    def frame(self, kind: str) -> Frame | None:
        return self._frame(kind)[0] if kind in self.request.registry.tables else None

    def columns(self, kind: str) -> Sequence[str]:
        return self._frame(kind)[1] if kind in self.request.registry.tables else ()

    @cached_property
    def _workdays(self) -> tuple[Frame, Frame]:
        import narwhals as nw

        calendar = self.request.calendar
        start = day_number(calendar.first)
        every = [(float(start + offset), float(total)) for offset, total in enumerate(calendar.cumulative())]
        first: dict[float, float] = {}
        for day, total in every:
            first.setdefault(total, day)
        working = [(total, day) for total, day in first.items() if total > 0]
        made = self.session.createDataFrame
        return (
            nw.from_native(made(every, "day double, index double")),
            nw.from_native(made(working, "index double, day double")),
        )

    def workdays(self) -> tuple[Frame, Frame]:
        return self._workdays

    def parameter(self, name: str) -> Sequence[DatedValue]:
        return dated_values(self.request, name)

    def matching(self, text: Expr, pattern: Pattern) -> Expr | None:
        return text.str.contains(pattern.java()) if in_proportion(pattern) else None

    def searched(self, frame: Frame, text: str, pattern: Pattern, name: str) -> Frame:
        import narwhals as nw

        native: DataFrame = frame.to_native()
        searched: Frame = nw.from_native(native.withColumn(name, spark_patterns.search(pattern)(_column(text))))
        return searched


# --- one rule ------------------------------------------------------------------------------------------------------


class _RuleJudge(KindRules):
    """One rule over a plan of its own: Spark would work out every step of a plan shared by rules for each of them."""

    tables: SparkTables

    def rows(self) -> RuleRows:
        (rule,) = self.rules
        columns = self.columns(self.plan, rule)
        selection = self.explained(rule, columns) if self.request.listed else {}
        frame = self.plan.root.assembled(self.base())
        counts: DataFrame = frame.select(**self.counted({rule.name: columns})).to_native()
        (record,) = counts.collect()
        summary = self.summary(rule, record.asDict())
        return RuleRows(rule, summary, self.completed(rule, frame, columns, selection))

    @staticmethod
    def tables_text(column: Expr, type_: str) -> Expr:
        """The text of an int or date column; Spark makes a date of a moment, but of no number."""
        import narwhals as nw

        if type_ != "date":
            return column.cast(nw.Int64).cast(nw.String)
        moment = (column * SECONDS).cast(nw.Int64).cast(nw.Datetime("us", "UTC"))
        return moment.cast(nw.Date).cast(nw.String)

    def explained(self, rule: Rule, found: RuleColumns) -> dict[str, Expr]:
        """The columns of a finding, causes included."""
        made = self.selection(rule, found)
        return made | {"causes": self.causes(rule, found)}

    def completed(self, rule: Rule, frame: Frame, columns: RuleColumns, selection: dict[str, Expr]) -> DataFrame:
        """The findings, with the key and place of first rows instead of their numbers."""
        import narwhals as nw
        from pyspark.sql import functions as F  # noqa: N812

        native: DataFrame = self.wanted(frame, columns).select(nw.col(ROW), **selection).to_native()
        for number, leaf in enumerate(rule.leaves):
            name = f"v{number}"
            if f"{name}.first" in selection and isinstance(leaf, Chain) and isinstance(leaf.source, Related):
                native = self.with_first(native, name, leaf.source.kind)
        whole = [f"v{n}.rows" for n in range(len(rule.leaves))]
        whole += [f"v{n}" for n, leaf in enumerate(rule.leaves) if leaf.type.name == "int"]
        days = ["occurred", *(f"v{n}" for n, leaf in enumerate(rule.leaves) if leaf.type.name == "date")]
        made = {name: _column(name).cast("long") for name in whole}
        made |= {name: F.date_add(F.lit(EPOCH), _column(name).cast("int")) for name in days}
        return native.withColumns({name: column for name, column in made.items() if name in selection})

    def with_first(self, native: DataFrame, name: str, kind: str) -> DataFrame:
        """The key and place of the first deciding row of a relation instead of its number."""
        import narwhals as nw
        from pyspark.sql import functions as F  # noqa: N812

        from hegui.language.planes import CLASS_SHIFT

        declared = self.request.kinds[kind]
        table = self.tables.frame(kind)
        assert table is not None
        key = self.key(kind=declared) if declared.key else nw.lit(None, dtype=nw.String)
        names = {"first": key, "source": nw.col(SOURCE), "line": nw.col(LINE)}
        picked = table.select(
            nw.col(ROW).alias("#first"), **{f"{name}.{part}": column for part, column in names.items()}
        )
        number = F.pmod(_column(f"{name}.first"), F.lit(CLASS_SHIFT)).cast("long")
        numbered = native.withColumn("#first", number).drop(_column(f"{name}.first"))
        found: DataFrame = picked.to_native()
        return numbered.join(found, on="#first", how="left").drop("#first")


def _column(name: str) -> Column:
    """A column by its name as it stands, dots and all."""
    from pyspark.sql import functions as F  # noqa: N812

    return F.col(f"`{name}`")


__all__ = ["RuleRows", "SparkTables", "judge", "judge_frames"]
