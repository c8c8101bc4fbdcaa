"""The Polars engine: each kind is one lazy plan, each rule one filtered selection of it, under the streaming engine."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from hegui.engines.blaming import blaming
from hegui.engines.frames import (
    KindRules,
    Reach,
    RuleColumns,
    by_kind,
    dated_values,
    finding_columns,
    finding_reader,
    reach,
)
from hegui.engines.kept import Kept, telling_what_broke
from hegui.engines.request import Keeping, Request
from hegui.facts.registry import LINE, ROW, SOURCE
from hegui.language.meanings import day_number
from hegui.language.tree import Chain, Related, walk
from hegui.outcome import Finding, Judgement, RuleSummary, Verdict
from hegui.ruleset.model import Rule

if TYPE_CHECKING:
    import polars as pl

    from hegui.language.pattern import Pattern
    from hegui.language.planes import DatedValue, Frame, Strip
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


def _findings(ordered: Sequence[RuleFrame], request: Request) -> Sequence[Finding]:
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
    """Judge, kind by kind, leaving the findings in frames. Rules that reach equally far go together: those about the row
    itself need no joins, and those that follow references nothing that grows with the rows judged."""
    tables = PolarsTables(request)
    for kind, group in judged_together(request):
        yield from KindJudge(request, tables, kind, group).told()


def judged_together(request: Request) -> Iterator[tuple[str, list[Rule]]]:
    """The rules that are judged in one go, with the kind they are about."""
    timed = request.kept is not None and request.kept.timings is not None
    for kind, rules in by_kind(request.judged).items():
        apart = [[rule for rule in rules if reach(rule, request) is far] for far in Reach]
        for group in _in_groups(apart, 1 if timed else AT_ONCE):
            yield kind, group


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

    def matching(self, text: Expr, pattern: Pattern) -> Expr:
        return text.str.contains(pattern.rust())

    def searched(self, frame: Frame, text: str, pattern: Pattern, name: str) -> Frame:
        import narwhals as nw

        return frame.with_columns(self.matching(nw.col(text), pattern).alias(name))


# --- one kind ------------------------------------------------------------------------------------------------------


class KindJudge(KindRules):
    """Rules about one kind, judged in one go."""

    tables: PolarsTables
    counts: pl.DataFrame

    def told(self) -> Iterator[RuleFrame]:
        """The same as `judged`, with what is to be told and noted of it."""
        kept = self.request.kept
        if kept is not None and kept.told is not None:
            kept.told(f"{self.kind}: {', '.join(rule.name for rule in self.rules[:3])}{', …' * (len(self.rules) > 3)}")
        start = time.perf_counter()
        with blaming(self.rules, self.request.registry, self.alone):
            yield from self.judged()
        if kept is not None and kept.timings is not None:
            kept.timings[f"rule {self.rules[0].name}"] = time.perf_counter() - start

    def rule(self, name: str) -> Rule:
        return next(rule for rule in self.rules if rule.name == name)

    def alone(self, rule: Rule) -> None:
        """Judge one of the rules by itself, for nothing but to see whether it can be."""
        request = replace(self.request, listed=False, kept=None)
        list(KindJudge(request, self.tables, self.kind, [rule]).judged())

    def judged(self) -> Iterator[RuleFrame]:
        columns = {rule.name: self.columns(self.plan, rule) for rule in self.rules}
        if not self.request.listed:
            yield from self.counts_alone(columns)
            return
        selections = {rule.name: self.explained(rule, columns[rule.name]) for rule in self.rules}
        strips = self.strips()
        unsorted = len(strips) == 1 and self.scattered and self.many
        later = {name for name, each in selections.items() if unsorted or len(strips) > 1 or _incomplete(each)}
        with _Store(self.request) as store:
            self.counts, found = self.stripwise(strips, columns, selections, later, store)
            causes = self.late_causes({name: found[name] for name in later if "causes" not in selections[name]}, store)
            places = self.places({name: found[name] for name in later})
            for name in sorted(later):
                whole = self.completed(name, found[name], causes, places)
                found |= store.put({name: self.finished(name, whole.sort(ROW) if unsorted else whole)}, {})[1]
        for rule in self.rules:
            yield RuleFrame(rule, self.summary(rule, self.counts.row(0, named=True)), found[rule.name])

    def stripwise(
        self,
        strips: Sequence[Strip | None],
        columns: dict[str, RuleColumns],
        selections: dict[str, dict[str, Expr]],
        later: Collection[str],
        store: _Store,
    ) -> tuple[pl.DataFrame, dict[str, pl.LazyFrame]]:
        """How many rows there are of each verdict, and the findings of each rule in order: in their files at once, or
        spooled where something is done `later`."""
        import polars as pl

        counts: list[pl.DataFrame] = []
        parts: dict[str, list[pl.LazyFrame]] = {rule.name: [] for rule in self.rules}
        for number, strip in enumerate(strips):
            self.plan.strip = strip
            frame = self.widened()
            queries = {name: self.selected(frame, columns[name], each) for name, each in selections.items()}
            if self.scattered and (strip is not None or not self.many):
                queries = {name: each.sort(ROW) for name, each in queries.items()}
            queries = {
                name: each if name in later else self.finished(name, each, selections[name])
                for name, each in queries.items()
            }
            count, written = store.put(queries, dict.fromkeys(later, str(number)), self.tallied(frame, columns))
            counts.append(count)
            for name, part in written.items():
                parts[name].append(part)
        self.plan.strip = None
        found = {name: each[0] if len(each) == 1 else pl.concat(each) for name, each in parts.items()}
        return counts[0] if len(counts) == 1 else pl.concat(counts).sum(), found

    @property
    def scattered(self) -> bool:
        """Do rows come in no certain order, after joins?"""
        return bool(self.plan.root.joins)

    @cached_property
    def many(self) -> bool:
        """Are there more rows than are taken at a time?"""
        import polars as pl

        return bool(self.tables.native(self.kind).select(pl.len() > STRIP).collect().item())

    def base(self) -> Frame:
        import narwhals as nw

        from hegui.language.planes import ID

        frame = super().base()
        return frame if self.plan.strip is None else frame.filter(self.plan.strip.holds(nw.col(ID)))

    def strips(self) -> list[Strip | None]:
        """What is joined to many rows, grouped by them and brought back into order takes memory for each of them: they are
        taken in strips, unless some relation would have to be read as a whole for every one."""
        import polars as pl

        from hegui.language.planes import ID, Strip

        (name, *others) = self.declared.key or ("",)
        if others or not name or self.declared.fields[name].type.name not in ("string", "code", "ref"):
            return [None]
        if not (self.scattered and self.many and all(map(_own_relations, self.rules))):
            return [None]
        table = self.tables.native(self.kind)
        starts = table.filter(pl.col(ROW) % STRIP == 0, pl.col(ROW) > 0).select(ID).collect(engine="streaming")[ID]
        if starts.has_nulls() or not starts.is_sorted():
            return [None]
        bounds = [None, *starts, None]
        return [Strip(*each) for each in pairwise(bounds)]

    def explained(self, rule: Rule, found: RuleColumns) -> dict[str, Expr]:
        """The columns of a finding; the causes among them, unless these take a look at relations again."""
        selection = self.selection(rule, found)
        causes = self.plan.root.unless_joined(lambda: self.causes(rule, found))
        return selection if causes is None else selection | {"causes": causes}

    def widened(self) -> Frame:
        """The rows judged with every column conditions ask for."""
        return self.plan.root.assembled(self.base())

    def tallied(self, frame: Frame, columns: dict[str, RuleColumns]) -> pl.LazyFrame:
        """The counts of all rules in one row."""
        counted: pl.LazyFrame = frame.select(**self.counted(columns)).to_native()
        return counted

    @staticmethod
    def total(condition: Expr) -> Expr:
        return condition.sum()  # bits are counted several times as fast as numbers are added up

    def counts_alone(self, columns: dict[str, RuleColumns]) -> Iterator[RuleFrame]:
        import polars as pl

        counts = self.tallied(self.widened(), columns).collect(engine="streaming").row(0, named=True)
        for rule in self.rules:
            yield RuleFrame(rule, self.summary(rule, counts), pl.LazyFrame())

    def selected(self, frame: Frame, found: RuleColumns, selection: dict[str, Expr]) -> pl.LazyFrame:
        import narwhals as nw

        frame = self.wanted(frame, found)
        native: pl.LazyFrame = frame.select(nw.col(ROW), **selection).to_native()
        return native

    # --- what only findings need

    def completed(
        self, name: str, findings: pl.LazyFrame, causes: dict[str, pl.LazyFrame], places: dict[str, pl.DataFrame]
    ) -> pl.LazyFrame:
        """The findings with the causes and first rows that take a look at relations again, in the order they had."""
        import polars as pl

        if name in causes:
            findings = findings.join(causes[name], on=ROW, how="left", maintain_order="left")
        for leaf, kind in self.firsts(name, findings):
            there = pl.col(f"{leaf}.first").map_batches(
                partial(_looked_up, places[kind]), pl.Struct(_place()), is_elementwise=True
            )
            findings = findings.with_columns(there.alias("#place")).drop(f"{leaf}.first")
            parts = (pl.col("#place").struct.field(part).alias(f"{leaf}.{part}") for part in _place())
            findings = findings.with_columns(parts)
        return findings

    def firsts(self, name: str, findings: pl.LazyFrame) -> Iterator[tuple[str, str]]:
        """The leaves that name the first deciding row of a relation: their column, and the kind of the row."""
        there = set(findings.collect_schema().names())
        for number, leaf in enumerate(self.rule(name).leaves):
            if isinstance(leaf, Chain) and isinstance(leaf.source, Related) and f"v{number}.first" in there:
                yield f"v{number}", leaf.source.kind

    def places(self, found: dict[str, pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        """Of each relation, the key and place of the rows that decide first in some finding, in order of their number."""
        import narwhals as nw
        import polars as pl

        from hegui.language.planes import CLASS_SHIFT

        numbers: dict[str, list[pl.LazyFrame]] = {}
        for name, findings in found.items():
            for leaf, kind in self.firsts(name, findings):
                number = (pl.col(f"{leaf}.first") % CLASS_SHIFT).cast(pl.Int64)
                numbers.setdefault(kind, []).append(findings.select(number.alias(ROW)))
        made = {}
        for kind, several in numbers.items():
            wanted = pl.concat(several).drop_nulls().unique()
            declared = self.request.kinds[kind]
            key = self.key(kind=declared) if declared.key else nw.lit(None, dtype=nw.String)
            rows = self.tables.native(kind).join(wanted, on=ROW, how="semi")
            picked = nw.from_native(rows).select(nw.col(ROW), first=key, source=nw.col(SOURCE), line=nw.col(LINE))
            made[kind] = picked.to_native().collect(engine="streaming").sort(ROW)
        return made

    def finished(self, name: str, findings: pl.LazyFrame, named: Collection[str] | None = None) -> pl.LazyFrame:
        """As `as_kept`."""
        return as_kept(self.rule(name), findings, self.request.kept, named)

    def late_causes(self, found: dict[str, pl.LazyFrame], store: _Store) -> dict[str, pl.LazyFrame]:
        """Causes of what is undetermined of relations, by a plan over just those rows."""
        import narwhals as nw
        import polars as pl

        from hegui.language.causes import encoded
        from hegui.language.planes import Plan

        if not found:
            return {}
        undetermined = pl.col("verdict") == Verdict.UNDETERMINED.value
        rows = [each.filter(undetermined).select(ROW) for each in found.values()]
        looked = pl.concat(rows).unique().collect(engine="streaming")
        if looked.is_empty():
            return {}
        plan = Plan(self.tables, self.kind, self.request.as_of, self.keys, narrow=True)
        made = {}
        for rule in self.rules:
            if rule.name in found:
                columns = self.columns(plan, rule)
                made[rule.name] = encoded(self.waiting(plan, rule, columns)), columns
        base = self.base().join(nw.from_native(looked.lazy()), on=ROW, how="semi")
        frame = plan.root.assembled(base)
        queries = {
            name: self.wanted(frame, columns).filter(columns.undecided()).select(nw.col(ROW), causes=causes).to_native()
            for name, (causes, columns) in made.items()
        }
        return store.put(queries, dict.fromkeys(queries, "causes"))[1]


def as_kept(
    rule: Rule, findings: pl.LazyFrame, kept: Keeping | None, named: Collection[str] | None = None
) -> pl.LazyFrame:
    """The columns as they are kept, private values left out. Where it is `named` which columns there are, no plan has to be
    gone through for them."""
    import polars as pl

    there = set(findings.collect_schema().names() if named is None else named)
    there -= set() if kept is None else hidden_columns(rule, kept)
    made = []
    for column, dtype in finding_columns(rule).items():
        each = pl.col(column) if column in there else pl.lit(None)
        made.append((each.cast(pl.Int32) if dtype == pl.Date else each).cast(dtype).alias(column))
    return findings.select(made)


def hidden_columns(rule: Rule, kept: Keeping) -> set[str]:
    """The columns whose values are private."""
    return {f"v{number}{part}" for number in kept.hidden.get(rule.name, ()) for part in ("", ".below")}


def _own_relations(rule: Rule) -> bool:
    """Are all relations it looks into those of the row judged itself?"""
    nodes = (node for expression in rule.expressions() for node in walk(expression.node))
    sources = (node.source for node in nodes if isinstance(node, Chain))
    return all(not source.row.refs and not source.row.var for source in sources if isinstance(source, Related))


def _place() -> dict[str, Any]:
    """What is told of a row that decides first, with the types of its columns."""
    import polars as pl

    return {"first": pl.String, "source": pl.Int32, "line": pl.Int64}


def _looked_up(places: pl.DataFrame, firsts: pl.Series) -> pl.Series:
    """The places of rows, which are in order of their number. A join would look for each among all of them at random."""
    import polars as pl

    from hegui.language.planes import CLASS_SHIFT

    numbers = (firsts % CLASS_SHIFT).cast(pl.Int64)
    at = places[ROW].search_sorted(numbers).set(numbers.is_null(), None)
    return places.select(pl.col(*_place()).gather(at)).to_struct()


def _incomplete(selection: Collection[str]) -> bool:
    """Is there something to be added to such findings?"""
    return "causes" not in selection or any(name.endswith(".first") for name in selection)


class _Store:
    """Where the results of plans go: files of the folder where findings are kept, or memory. What was only needed on the
    way is gone at the end."""

    def __init__(self, request: Request) -> None:
        self.folder = None if request.kept is None else request.kept.folder
        self._parts: list[Path] = []

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._parts:
            path.unlink(missing_ok=True)

    def put(
        self, queries: dict[str, pl.LazyFrame], parts: Mapping[str, str], counted: pl.LazyFrame | None = None
    ) -> tuple[pl.DataFrame, dict[str, pl.LazyFrame]]:
        """Run all at once, with what is `counted`. What has a name in `parts` is only spooled under it."""
        import polars as pl

        count = [] if counted is None else [counted]
        if self.folder is None:
            found = pl.collect_all([*count, *queries.values()], engine="streaming")
            return found[0] if count else pl.DataFrame(), {
                name: each.lazy() for name, each in zip(queries, found[len(count) :], strict=True)
            }
        files = {name: self.file(name, parts.get(name)) for name in queries}
        sinks = [
            each.sink_ipc(files[name], compression=_SPOOLED, lazy=True)
            if name in parts
            else each.sink_parquet(files[name], compression=COMPRESSION, lazy=True)
            for name, each in queries.items()
        ]
        done = pl.collect_all([*count, *sinks], engine="streaming")
        return done[0] if count else pl.DataFrame(), {
            name: pl.scan_ipc(path, glob=False) if name in parts else pl.scan_parquet(path, glob=False)
            for name, path in files.items()
        }

    def file(self, name: str, part: str | None) -> Path:
        assert self.folder is not None
        if part is None:
            return self.folder / f"{name}.parquet"
        self._parts.append(self.folder / f".{name}.{part}.part")
        return self._parts[-1]


STRIP: Final = 1_000_000
"""Rows judged at a time by rules over their relations, where these can be cut with them."""
AT_ONCE: Final = 32
"""Rules judged in one go: each holds rows that wait to be written, and planning takes more than twice as long for twice as
many."""
COMPRESSION: Final = "lz4"
"""Of findings that stay: half as large as without, at next to no cost."""
_SPOOLED: Final[Literal["uncompressed"]] = "uncompressed"

__all__ = ["KindJudge", "PolarsTables", "RuleFrame", "judge", "judge_frames", "judged_together"]
