"""The Polars engine: each kind is one lazy plan, each rule one filtered selection of it, under the streaming engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from hegui.datatypes import REASONS, STRING, Cause, Type
from hegui.engines.request import Request, act_day, answering_row, jurisdiction, name_cell
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE
from hegui.language.meanings import day_number
from hegui.language.tree import AsOf, Cell, Chain, Node, Related, Row, walk
from hegui.outcome import Finding, Judgement, LeafValue, RuleSummary, Verdict, escape
from hegui.ruleset.model import Rule
from hegui.vocabulary import Kind

if TYPE_CHECKING:
    import polars as pl

    from hegui.language.column import Conditions
    from hegui.language.planes import DatedValue, Frame, Plan
    from hegui.language.signatures import Expr

ESCAPED: Final = tuple((char, escape(char)) for char in "%/, \t\r\n")
_EPOCH: Final = date(1970, 1, 1)


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
        leaves = [_leaf_reader(number, leaf) for number, leaf in enumerate(self.rule.leaves)]
        rule, about = self.rule.name, self.rule.about
        for record in self.frame.iter_rows(named=True):
            yield Finding(
                rule,
                about,
                record["key"],
                record["kind"],
                record["entity"],
                record["name"],
                record["jurisdiction"],
                Verdict(record["verdict"]),
                record["occurred"],
                record["source"],
                record["line"],
                decoded(record["causes"]),
                tuple(read(record) for read in leaves),
                record["scope"],
            )


def decoded(causes: str | None) -> tuple[Cause, ...]:
    """Causes out of their column form (see `language.causes.encoded`)."""
    if not causes:
        return ()
    parts = (line.split("|", 2) for line in causes.split("\n"))
    return tuple(Cause(REASONS[int(code)], path, int(count)) for code, count, path in parts)


def _leaf_reader(number: int, leaf: Node) -> Callable[[dict[str, Any]], LeafValue]:
    name, convert = f"v{number}", _converter(leaf.type)
    own = isinstance(leaf, Cell) and not leaf.row.refs

    def read(record: dict[str, Any]) -> LeafValue:
        value = record[name]
        return LeafValue(
            None if value is None else convert(value),
            record.get(f"{name}.below"),
            record["source"] if own else record.get(f"{name}.source"),
            record["line"] if own else record.get(f"{name}.line"),
            record.get(f"{name}.rows"),
            record.get(f"{name}.first"),
        )

    return read


def _converter(type_: Type) -> Callable[[Any], Any]:
    """From the value a column holds to the one a finding holds."""
    match type_.name:
        case "int":
            return int
        case "date":
            return lambda number: _EPOCH + timedelta(days=int(number))
        case "list":
            return tuple
    return lambda value: value


def judge_frames(request: Request) -> Iterator[RuleFrame]:
    """Judge, kind by kind, leaving the findings in frames."""
    tables = PolarsTables(request)
    by_kind: dict[str, list[Rule]] = {}
    for rule in request.judged:
        by_kind.setdefault(rule.about, []).append(rule)
    for kind, rules in by_kind.items():
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
        from hegui.language.planes import DatedValue

        return [
            DatedValue(
                None if value.period.start is None else day_number(value.period.start),
                None if value.period.end is None else day_number(value.period.end),
                value.value,
                value.text,
            )
            for value in self.request.ruleset.parameters[name].values
            if not value.period.pending
        ]


# --- one kind ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """The expressions of one rule over the plane of its kind."""

    day: Expr | None
    """None: always `as_of`."""
    excluded: Expr | None
    """Where the rule does not apply; None: nowhere."""
    when: Expr | None
    violation: Expr
    entity: Expr
    scope: Expr | None

    def undetermined_day(self) -> Expr | None:
        return None if self.day is None else self.day.is_null()

    def violates(self) -> Expr:
        """Null-safe: is it a violation, exclusions apart?"""
        from hegui.language.planes import true

        found = true(self.violation) if self.when is None else true(self.violation) & true(self.when)
        unknown = self.undetermined_day()
        return found if unknown is None else found & ~unknown

    def waits(self) -> Expr:
        """Is it undetermined, exclusions apart?"""
        from hegui.language.planes import true

        open_ = self.violation.is_null()
        if self.when is not None:
            open_ = open_ | (true(self.violation) & self.when.is_null())
        unknown = self.undetermined_day()
        return open_ if unknown is None else open_ | unknown


class _KindJudge:
    """All rules about one kind, over one plan."""

    def __init__(self, request: Request, tables: PolarsTables, kind: str, rules: Sequence[Rule]) -> None:
        from hegui.language.planes import Plan

        self.request, self.tables, self.kind, self.rules = request, tables, kind, rules
        self.declared = request.kinds[kind]
        keys = {name: declared.key[0] for name, declared in request.kinds.items() if len(declared.key) == 1}
        self.keys = keys
        self.plan = Plan(tables, kind, request.as_of, keys)

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

    def counts_alone(self, columns: dict[str, _Columns]) -> Iterator[RuleFrame]:
        import polars as pl

        query: pl.LazyFrame = self.plan.root.assembled(self.base()).select(**self.counted(columns)).to_native()
        counts = query.collect(engine="streaming").row(0, named=True)
        for rule in self.rules:
            yield RuleFrame(rule, self.summary(rule, counts), pl.DataFrame())

    def base(self) -> Frame:
        import narwhals as nw

        frame = self.tables.frame(self.kind)
        assert frame is not None
        if self.request.only is not None:
            import polars as pl

            wanted = pl.LazyFrame({ROW: self.request.only.get(self.kind, pl.Series([], dtype=pl.Int64))})
            frame = frame.join(nw.from_native(wanted), on=ROW, how="semi")
        return frame.filter(~nw.col(GHOST).fill_null(False)) if GHOST in self.tables.columns(self.kind) else frame

    # --- the conditions of a rule

    def conditions(self, plan: Plan, rule: Rule) -> tuple[Conditions, Node | date]:
        from hegui.language.column import Conditions

        day = act_day(rule)
        fixed: Node | date = self.request.as_of if isinstance(day, AsOf) else day
        return Conditions(plan, fixed), fixed

    def columns(self, plan: Plan, rule: Rule) -> _Columns:
        import narwhals as nw

        from hegui.language.planes import true

        conditions, day = self.conditions(plan, rule)
        root = plan.root
        on = None if isinstance(day, date) else conditions.named(day, root)
        when = None if rule.when is None else conditions.named(rule.when.node, root)
        excluded = None if when is None else true(~when)
        outside = self.outside(rule, on)
        if outside is not None:
            excluded = outside if excluded is None else excluded | outside
        scope = None if rule.notice_scope is None else conditions.named(rule.notice_scope.node, root)
        violation = conditions.named(rule.violation.node, root)
        entity = self.entity(plan, rule)
        return _Columns(on, excluded, when, violation, nw.coalesce(entity, self.key()), scope)

    def outside(self, rule: Rule, day: Expr | None) -> Expr | None:
        """Where the act lies outside the rule's own period."""
        import narwhals as nw

        from hegui.language.planes import DatedValue

        period = rule.in_force
        if day is None:
            return None if period.holds(self.request.as_of) else nw.lit(True)
        if period.pending:
            return ~day.is_null()
        start, end = (None if edge is None else day_number(edge) for edge in (period.start, period.end))
        return None if start is None and end is None else ~DatedValue(start, end, None, "").within(day) & ~day.is_null()

    def key(self, prefix: str = "", kind: Kind | None = None) -> Expr:
        """The escaped key of a row, parts joined by commas."""
        import narwhals as nw

        declared = kind or self.declared
        parts = []
        for name in declared.key:
            column = nw.col(prefix + name)
            type_ = declared.fields[name].type.name
            if type_ in ("int", "date"):
                column = self.tables_text(column, type_)
            elif type_ not in ("string", "code", "ref"):
                column = column.cast(nw.String)
            parts.append(escaped(column))
        return parts[0] if len(parts) == 1 else nw.concat_str(parts, separator=",")

    @staticmethod
    def tables_text(column: Expr, type_: str) -> Expr:
        """The text of an int or date column."""
        import narwhals as nw

        if type_ == "date":
            return column.cast(nw.Int32).cast(nw.Date).cast(nw.String)
        return column.cast(nw.Int64).cast(nw.String)

    def entity(self, plan: Plan, rule: Rule) -> Expr:
        """The escaped key of the row a finding is filed under."""
        if not rule.answers:
            return self.key()
        row = answering_row(rule, self.request.kinds)
        before = Row(row.var, row.kinds[:-1], row.refs[:-1])
        return escaped(plan.root.column(before, row.refs[-1], STRING))

    # --- queries

    def counted(self, columns: dict[str, _Columns]) -> dict[str, Expr]:
        """One row: how many rows there are, and for each rule how many of each verdict."""
        import narwhals as nw

        from hegui.language.planes import counted, true

        made: dict[str, Expr] = {}
        for index, rule in enumerate(self.rules):
            found = columns[rule.name]
            every = ~nw.col(ROW).is_null()  # a column, so that a condition without one is still counted over the rows
            kept = every if self.request.entity is None else every & true(found.entity == self.request.entity)
            applies = kept if found.excluded is None else kept & ~found.excluded
            violates = applies & found.violates()
            made |= {
                f"rows{index}": counted(kept).sum(),
                f"applies{index}": counted(applies).sum(),
                f"violation{index}": counted(violates).sum(),
                f"undetermined{index}": counted(applies & found.waits()).sum(),
                f"scope{index}": counted(violates if found.scope is None else violates & true(found.scope)).sum(),
            }
        return made

    def summary(self, rule: Rule, counts: dict[str, float]) -> RuleSummary:
        index = self.rules.index(rule)
        rows, applies, violation, undetermined, scope = (
            int(counts[f"{name}{index}"]) for name in ("rows", "applies", "violation", "undetermined", "scope")
        )
        return RuleSummary(
            rule.name, rule.about, violation, applies - violation - undetermined, rows - applies, undetermined,
            in_notice_scope=scope,
        )  # fmt: skip

    def selected(self, frame: Frame, found: _Columns, selection: dict[str, Expr]) -> pl.LazyFrame:
        import narwhals as nw

        from hegui.language.planes import true

        if not self.request.every:
            wanted = ~nw.col(ROW).is_null() & (found.violates() | found.waits())
            frame = frame.filter(wanted if found.excluded is None else wanted & ~found.excluded)
        if self.request.entity is not None:
            frame = frame.filter(~nw.col(ROW).is_null() & true(found.entity == self.request.entity))
        native: pl.LazyFrame = frame.select(nw.col(ROW), **selection).to_native()
        return native

    def selection(self, rule: Rule, found: _Columns) -> dict[str, Expr]:
        """The columns of a finding but its causes, where these take a plan of their own."""
        import narwhals as nw

        from hegui.language.causes import encoded

        answering = answering_row(rule, self.request.kinds)
        name, place = (cell(answering, self.request.kinds) for cell in (name_cell, jurisdiction))
        verdict = _verdict(found)
        selection = {
            "key": self.key(),
            "kind": self.filed_kind(rule, answering),
            "entity": found.entity,
            "name": self.maybe(name),
            "jurisdiction": self.maybe(place),
            "verdict": verdict,
            "occurred": nw.lit(float(day_number(self.request.as_of))) if found.day is None else found.day,
            "source": self.plan.root.column(Row("", (self.kind,)), SOURCE, Type("int")),
            "line": self.plan.root.column(Row("", (self.kind,)), LINE, Type("int")),
            "scope": nw.lit(True) if found.scope is None else found.scope,
        }
        if not _chained(rule):
            waits = encoded(self.waiting(self.plan, rule, found))
            selection["causes"] = nw.when(verdict == Verdict.UNDETERMINED.value).then(waits)
        return selection | self.leaves(rule)

    def maybe(self, cell: Cell | None) -> Expr:
        import narwhals as nw

        if cell is None:
            return nw.lit(None, dtype=nw.String)
        column = self.plan.root.column(cell.row, cell.field, cell.type)
        if cell.type.name in ("int", "date"):
            return self.tables_text(column, cell.type.name)
        return column if cell.type.name in ("string", "code", "ref") else column.cast(nw.String)

    def filed_kind(self, rule: Rule, answering: Row) -> Expr:
        import narwhals as nw

        if not rule.answers:
            return nw.lit(rule.about)
        unknown = self.entity(self.plan, rule).is_null()
        return nw.when(unknown).then(nw.lit(rule.about)).otherwise(nw.lit(answering.kind))

    def leaves(self, rule: Rule) -> dict[str, Expr]:
        conditions, _ = self.conditions(self.plan, rule)
        root = self.plan.root
        made: dict[str, Expr] = {}
        for number, leaf in enumerate(rule.leaves):
            name = f"v{number}"
            made[name] = conditions.expr(leaf, root)
            if isinstance(leaf, Cell):
                if leaf.detection:
                    made[f"{name}.below"] = conditions.bound(leaf, root)
                if leaf.row.refs:
                    made[f"{name}.source"] = root.column(leaf.row, SOURCE, Type("int"))
                    made[f"{name}.line"] = root.column(leaf.row, LINE, Type("int"))
            elif isinstance(leaf, Chain):
                found = conditions.chain(leaf, root)
                made[f"{name}.rows"] = found.rows
                if found.first is not None:
                    made[f"{name}.first"] = found.first
        return made

    def waiting(self, plan: Plan, rule: Rule, found: _Columns) -> list[Any]:
        """The possible causes of an undetermined verdict."""
        from hegui.language.causes import Causes

        conditions, day = self.conditions(plan, rule)
        causes = Causes(conditions)
        import narwhals as nw

        known = nw.lit(True) if found.day is None else ~found.day.is_null()
        waits = [] if isinstance(day, date) or found.day is None else causes.of(day, plan.root, found.day.is_null())
        if rule.when is not None and found.when is not None:
            waits += causes.of(rule.when.node, plan.root, known & found.when.is_null())
        return waits + causes.of(rule.violation.node, plan.root, known & found.violation.is_null())

    # --- what only findings need

    def completed(self, rule: Rule, findings: pl.DataFrame) -> pl.DataFrame:
        """The findings with the causes and first rows that take a look at relations again."""
        import polars as pl

        if _chained(rule):
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


def _verdict(found: _Columns) -> Expr:
    """The verdict as text; rows that are neither are told apart only where every row is asked for."""
    import narwhals as nw

    word = {verdict: nw.lit(verdict.value) for verdict in Verdict}
    verdict = nw.when(found.violates()).then(word[Verdict.VIOLATION]).otherwise(word[Verdict.COMPLIANT])
    verdict = nw.when(found.waits()).then(word[Verdict.UNDETERMINED]).otherwise(verdict)
    if found.excluded is not None:
        verdict = nw.when(found.excluded).then(word[Verdict.NOT_APPLICABLE]).otherwise(verdict)
    return verdict


def _chained(rule: Rule) -> bool:
    """Does the verdict of the rule look into a relation or list?"""
    parts = [act_day(rule), rule.violation.node, *([rule.when.node] if rule.when is not None else [])]
    return any(isinstance(node, Chain) for part in parts for node in walk(part))


def escaped(column: Expr) -> Expr:
    """As `outcome.escape`; texts without anything to escape, nearly all, are only looked at once."""
    import narwhals as nw

    changed = column
    for char, code in ESCAPED:
        changed = changed.str.replace_all(char, code, literal=True)
    return nw.when(column.str.contains(r"[%/, \t\r\n]")).then(changed).otherwise(column)


__all__ = ["PolarsTables", "RuleFrame", "judge", "judge_frames"]
