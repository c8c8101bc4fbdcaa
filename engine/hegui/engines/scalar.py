"""The scalar engine: every rule on every row in plain Python. It is the definition the other engines are held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from hegui.datatypes import REASONS, Below, Cause, Reason, Undetermined
from hegui.engines.blaming import naming
from hegui.engines.request import Request, act_day, answering_row, jurisdiction, name_cell
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE, Registry, below, why
from hegui.language.scalar import Evaluator, RowData, Scope, Tally, Value, World, compile_node, raw_cell, tally, united
from hegui.language.tree import Cell, Chain, Node, Row
from hegui.outcome import Finding, Judgement, LeafValue, RuleSummary, Verdict, escape
from hegui.ruleset.model import Rule
from hegui.vocabulary import Kind


def judge(request: Request) -> Judgement:
    """Judge with the scalar evaluator."""
    world = FactWorld(request)
    summaries: list[RuleSummary] = []
    findings: list[Finding] = []
    for rule in request.judged:
        with naming(rule):
            summary, found = _judged(rule, request, world)
        summaries.append(summary)
        findings += found
    return Judgement("scalar", tuple(summaries), tuple(findings))


def _judged(rule: Rule, request: Request, world: FactWorld) -> tuple[RuleSummary, list[Finding]]:
    """What one rule says of all rows."""
    counts: Counter[Verdict] = Counter()
    scoped, findings = 0, []
    judge_ = RuleJudge(rule, request.kinds)
    for row in world.judged(rule.about):
        opinion = judge_.opinion(row, world, request.as_of)
        if request.entity is not None and judge_.entity(opinion)[1] != request.entity:
            continue
        found = opinion.verdict
        counts[found] += 1
        scoped += found is Verdict.VIOLATION and judge_.in_scope(opinion) is True
        if request.every or (request.listed and found in (Verdict.VIOLATION, Verdict.UNDETERMINED)):
            findings.append(judge_.finding(opinion))
    return _summary(rule, counts, scoped), findings


def _summary(rule: Rule, counts: Counter[Verdict], scoped: int) -> RuleSummary:
    return RuleSummary(
        rule.name,
        rule.about,
        counts[Verdict.VIOLATION],
        counts[Verdict.COMPLIANT],
        counts[Verdict.NOT_APPLICABLE],
        counts[Verdict.UNDETERMINED],
        in_notice_scope=scoped,
    )


def verdict(day: Value, in_force: bool, when: Value, violation: Value) -> Verdict:
    """The verdict table (docs/language.md). `in_force` is asked only where the day is known."""
    if when is False:
        return Verdict.NOT_APPLICABLE
    if isinstance(day, Undetermined):
        return Verdict.UNDETERMINED
    if not in_force:
        return Verdict.NOT_APPLICABLE
    if violation is False:
        return Verdict.COMPLIANT
    return Verdict.VIOLATION if when is True and violation is True else Verdict.UNDETERMINED


@dataclass(frozen=True)
class _Compiled:
    """The functions of one rule."""

    day: Evaluator
    when: Evaluator | None
    violation: Evaluator
    scope: Evaluator | None
    entity: Evaluator | None


@dataclass(frozen=True)
class _Telling:
    """The functions of one rule for what a finding records."""

    leaves: tuple[Callable[[Scope, RowData], LeafValue], ...]
    jurisdiction: Evaluator | None
    name: Evaluator | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a rule says of a row, and where it was standing when it said so."""

    row: RowData
    scope: Scope
    when: Value
    violation: Value
    verdict: Verdict

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What an undetermined verdict waits for."""
        if self.verdict is not Verdict.UNDETERMINED:
            return ()
        day = self.scope.day
        return united(day) if isinstance(day, Undetermined) else united(self.when, self.violation)


class RuleJudge:
    """One rule, ready for rows of its kind."""

    def __init__(self, rule: Rule, kinds: Mapping[str, Kind]) -> None:
        self.rule = rule
        answering = answering_row(rule, kinds)
        self.kind = kinds[rule.about]
        self.answering_kind = kinds[answering.kind]
        self.compiled = _Compiled(
            compile_node(act_day(rule)),
            None if rule.when is None else compile_node(rule.when.node),
            compile_node(rule.violation.node),
            None if rule.notice_scope is None else compile_node(rule.notice_scope.node),
            _key_reader(answering, self.answering_kind) if rule.answers else None,
        )
        self._answering = answering
        self._kinds = kinds

    @cached_property
    def telling(self) -> _Telling:
        """What is asked of a row that has a finding; most rules find nothing."""
        return _Telling(
            tuple(_leaf(leaf) for leaf in self.rule.leaves),
            _maybe(jurisdiction(self._answering, self._kinds)),
            _maybe(name_cell(self._answering, self._kinds)),
        )

    def opinion(self, row: RowData, world: World, as_of: date) -> Opinion:
        """What the rule says of one row."""
        compiled = self.compiled
        scope = Scope(world, as_of, as_of, [row])
        day = scope.day = compiled.day(scope)
        when = True if compiled.when is None else compiled.when(scope)
        violation = False if when is False else compiled.violation(scope)
        in_force = isinstance(day, date) and self.rule.in_force.holds(day)
        return Opinion(row, scope, when, violation, verdict(day, in_force, when, violation))

    def entity(self, opinion: Opinion) -> tuple[str, str]:
        """The kind and key of the entity a finding is filed under: the row itself where the one it names is unknown."""
        rule, key = self.rule, _text(self.compiled.entity, opinion.scope)
        if key is not None:
            return self.answering_kind.name, key
        return rule.about if rule.answers else self.answering_kind.name, opinion.row.key

    def in_scope(self, opinion: Opinion) -> bool | None:
        """Does the notice talk of the row; None where that is not known."""
        found = True if self.compiled.scope is None else self.compiled.scope(opinion.scope)
        return found if isinstance(found, bool) else None

    def finding(self, opinion: Opinion) -> Finding:
        """An opinion written out, whatever its verdict."""
        telling, rule, row, scope = self.telling, self.rule, opinion.row, opinion.scope
        kind, entity = self.entity(opinion)
        return Finding(
            rule.name,
            rule.about,
            row.key,
            kind,
            entity,
            _text(telling.name, scope),
            _text(telling.jurisdiction, scope),
            opinion.verdict,
            scope.day if isinstance(scope.day, date) else None,
            row.source,
            row.line,
            opinion.causes,
            tuple(leaf(scope, row) for leaf in telling.leaves),
            self.in_scope(opinion),
        )


def _maybe(cell: Cell | None) -> Evaluator | None:
    return None if cell is None else compile_node(cell)


def _text(read: Evaluator | None, scope: Scope) -> str | None:
    value = None if read is None else read(scope)
    return None if value is None or isinstance(value, Undetermined) else str(value)


def _key_reader(row: Row, kind: Kind) -> Evaluator:
    """The escaped key of the row a finding is filed under: the reference that points at it."""
    reference = Cell(Row(row.var, row.kinds[:-1], row.refs[:-1]), row.refs[-1], kind.fields[kind.key[0]].type)
    read = compile_node(reference)

    def key(scope: Scope) -> Value:
        value = read(scope)
        return value if isinstance(value, Undetermined) else escape(str(value))

    return key


def _leaf(node: Node) -> Callable[[Scope, RowData], LeafValue]:
    """The function that records one leaf."""
    if isinstance(node, Chain):
        run = tally(node)
        return lambda scope, row: _chain_leaf(run(scope))
    if isinstance(node, Cell):
        return _cell_leaf(node)
    read = compile_node(node)

    def param(scope: Scope, row: RowData) -> LeafValue:
        value = read(scope)
        return LeafValue(None if isinstance(value, Undetermined) else value)

    return param


def _chain_leaf(found: Tally) -> LeafValue:
    value = None if isinstance(found.value, Undetermined) else found.value
    first = next((element for element in found.deciding if isinstance(element, RowData)), None)
    rows = len(found.deciding)
    if first is None:
        return LeafValue(value, rows=rows)
    return LeafValue(value, None, first.source, first.line, rows, first.key or None)


def _cell_leaf(cell: Cell) -> Callable[[Scope, RowData], LeafValue]:
    row_of, read = raw_cell(cell)

    def leaf(scope: Scope, row: RowData) -> LeafValue:
        holder, value = row_of(scope), read(scope)
        source, line = (holder.source, holder.line) if isinstance(holder, RowData) else (None, None)
        if isinstance(value, Below):
            return LeafValue(None, value.bound, source, line)
        plain = None if isinstance(value, Undetermined) else tuple(value) if isinstance(value, list) else value
        return LeafValue(plain, None, source, line)

    return leaf


# --- facts ---------------------------------------------------------------------------------------------------------


KEPT: Final = 100_000
"""Up to so many rows in all, what one world has made of them is kept for the next over the same registry."""


@dataclass
class _Tables:
    """Rows by kind; by kind and key; and by kind, reference and key."""

    rows: dict[str, list[RowData]] = field(default_factory=dict)
    keys: dict[str, dict[str, RowData]] = field(default_factory=dict)
    relations: dict[tuple[str, str], dict[str, list[RowData]]] = field(default_factory=dict)


def _few(request: Request) -> bool:
    """Is the registry small and in memory, and are its kinds those of the ruleset?"""
    import polars as pl

    registry = request.registry
    frames = [table for table in registry.tables.values() if isinstance(table, pl.DataFrame)]
    small = len(frames) == len(registry.tables) and sum(map(len, frames)) <= KEPT
    return small and registry.vocabulary.kinds is request.kinds


class FactWorld:
    """A registry as the scalar evaluator sees it: rows by key, relations by reference, parameters by day."""

    def __init__(self, request: Request) -> None:
        self.request = request
        tables = _Tables()
        if _few(request):
            tables = request.registry.looked_up.setdefault("scalar", tables)
        self._rows, self._keys, self._relations = tables.rows, tables.keys, tables.relations

    @cached_property
    def registry(self) -> Registry:
        return self.request.registry

    def rows(self, kind: str) -> list[RowData]:
        if kind not in self._rows:
            import polars as pl

            table = self.registry.tables[kind]
            frame = table if isinstance(table, pl.DataFrame) else table.collect()
            if not frame[ROW].is_sorted():
                frame = frame.sort(ROW)
            self._rows[kind] = [_row(self.request.kinds[kind], record) for record in frame.iter_rows(named=True)]
        return self._rows[kind]

    def judged(self, kind: str) -> Iterator[RowData]:
        only = None if self.request.only is None else set(self.request.only.get(kind, ()))
        return (row for row in self.rows(kind) if not row.ghost and (only is None or row.number in only))

    def follow(self, kind: str, key: str) -> RowData | Reason:
        if kind not in self.registry.tables:
            return Reason.NOT_SUPPLIED
        if kind not in self._keys:
            name = self.request.kinds[kind].key[0]
            self._keys[kind] = {str(row.cells[name]): row for row in self.rows(kind) if not row.ghost}
        return self._keys[kind].get(key, Reason.UNREADABLE)

    def related(self, kind: str, by: str, key: str) -> Sequence[RowData] | Reason:
        if kind not in self.registry.tables:
            return Reason.NOT_SUPPLIED
        if (kind, by) not in self._relations:
            groups: dict[str, list[RowData]] = {}
            for row in self.rows(kind):
                if not isinstance(row.cells[by], Reason):
                    groups.setdefault(str(row.cells[by]), []).append(row)
            self._relations[kind, by] = groups
        return self._relations[kind, by].get(key, [])

    def own_key(self, row: RowData, kind: str) -> str | Reason:
        value = row.cells[self.request.kinds[kind].key[0]]
        return value if isinstance(value, Reason) else str(value)

    def parameter(self, name: str, day: date) -> tuple[Value, str] | None:
        found = self.request.ruleset.parameters[name].on(day)
        return None if found is None else (found.value, found.text)

    def workdays_between(self, start: date, end: date) -> int | None:
        return self.request.calendar.workdays_between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        return self.request.calendar.add_workdays(start, count)


def _row(kind: Kind, record: dict[str, Any]) -> RowData:
    cells: dict[str, Value] = {}
    for name in kind.fields:
        value = record[name]
        cells[name] = _absent(record, name) if value is None else value
    parts = [record[name] for name in kind.key]
    key = ",".join(escape(str(part)) for part in parts) if parts and None not in parts else ""
    ghost = bool(record.get(GHOST))
    return RowData(cells, key, record.get(SOURCE), record.get(LINE), record[ROW], ghost)


def _absent(record: dict[str, Any], name: str) -> Value:
    bound = record.get(below(name))
    if bound is not None:
        return Below(bound)
    code = record.get(why(name))
    return Reason.MISSING if code is None else REASONS[code]
