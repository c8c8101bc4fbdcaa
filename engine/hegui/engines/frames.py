"""What column engines share: the columns of a rule over the plan of its kind, and the findings read back from them.

Nothing here belongs to one data frame library: expressions are narwhals', and an engine decides how they are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from hegui.datatypes import REASONS, STRING, Cause, Type
from hegui.engines.request import Request, act_day, answering_row, jurisdiction, name_cell
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE
from hegui.language.meanings import day_number
from hegui.language.tree import AsOf, Cell, Chain, Given, Node, Related, Row, walk
from hegui.outcome import Finding, LeafValue, RuleSummary, Verdict, escape
from hegui.ruleset.model import Rule
from hegui.vocabulary import Kind

if TYPE_CHECKING:
    from hegui.language.column import Conditions
    from hegui.language.planes import DatedValue, Frame, Plan, Tables
    from hegui.language.signatures import Expr

_EPOCH: Final = date(1970, 1, 1).toordinal()
ESCAPED: Final = tuple((char, escape(char)) for char in "%/, \t\r\n")


def by_kind(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """Rules by the kind they are about, in order."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.about, []).append(rule)
    return found


def dated_values(request: Request, name: str) -> Sequence[DatedValue]:
    """The values of a parameter as the planner wants them; what is pending is not in force."""
    from hegui.language.planes import DatedValue

    return [
        DatedValue(
            None if value.period.start is None else day_number(value.period.start),
            None if value.period.end is None else day_number(value.period.end),
            value.value,
            value.text,
        )
        for value in request.ruleset.parameters[name].values
        if not value.period.pending
    ]


# --- findings ------------------------------------------------------------------------------------------------------


def finding_reader(rule: Rule) -> Callable[[Mapping[str, Any]], Finding]:
    """What makes a finding of a rule out of a record of its columns (see `engines.polars.RuleFrame`)."""
    leaves = [_leaf_reader(number, leaf) for number, leaf in enumerate(rule.leaves)]

    def read(record: Mapping[str, Any]) -> Finding:
        return Finding(
            rule.name,
            rule.about,
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
            tuple(leaf(record) for leaf in leaves),
            record["scope"],
        )

    return read


def decoded(causes: str | None) -> tuple[Cause, ...]:
    """Causes out of their column form (see `language.causes.encoded`)."""
    if not causes:
        return ()
    parts = (line.split("|", 2) for line in causes.split("\n"))
    return tuple(Cause(REASONS[int(code)], path, int(count)) for code, count, path in parts)


def _leaf_reader(number: int, leaf: Node) -> Callable[[Mapping[str, Any]], LeafValue]:
    name, convert = f"v{number}", _converter(leaf.type)
    own = isinstance(leaf, Cell) and not leaf.row.refs

    def read(record: Mapping[str, Any]) -> LeafValue:
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


def day_of(value: date | float) -> date:
    """A date, or the number of a day, as a date."""
    return value if isinstance(value, date) else date.fromordinal(_EPOCH + int(value))


def _converter(type_: Type) -> Callable[[Any], Any]:
    """From the value a column holds to the one a finding holds."""
    match type_.name:
        case "int":
            return int
        case "date":
            return day_of
        case "list":
            return tuple
    return lambda value: value


def finding_columns(rule: Rule) -> dict[str, Any]:
    """The columns of a rule's findings where they are kept, with their Polars types."""
    import polars as pl

    from hegui.vocabulary.columns import column_type

    text = ("key", "kind", "entity", "name", "jurisdiction", "verdict")
    found: dict[str, Any] = dict.fromkeys(text, pl.String)
    found |= {"occurred": pl.Date, "source": pl.Int32, "line": pl.Int64, "scope": pl.Boolean, "causes": pl.String}
    for number, leaf in enumerate(rule.leaves):
        name = f"v{number}"
        found[name] = column_type(leaf.type)
        if isinstance(leaf, Cell):
            found |= {f"{name}.below": pl.Float64} if leaf.detection else {}
            found |= {f"{name}.source": pl.Int32, f"{name}.line": pl.Int64} if leaf.row.refs else {}
        elif isinstance(leaf, Chain):
            found[f"{name}.rows"] = pl.Int64
            if isinstance(leaf.source, Related):
                found |= {f"{name}.first": pl.String, f"{name}.source": pl.Int32, f"{name}.line": pl.Int64}
    return found


# --- one kind --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleColumns:
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

    def undecided(self) -> Expr:
        """Is the verdict undetermined?"""
        return self.waits() if self.excluded is None else self.waits() & ~self.excluded


class KindRules:
    """All rules about one kind, over one plan: the expressions an engine selects, filters and counts by."""

    def __init__(self, request: Request, tables: Tables, kind: str, rules: Sequence[Rule]) -> None:
        from hegui.language.planes import Plan

        self.request, self.tables, self.kind, self.rules = request, tables, kind, rules
        self.declared = request.kinds[kind]
        keys = {name: declared.key[0] for name, declared in request.kinds.items() if len(declared.key) == 1}
        self.keys = keys
        self.plan = Plan(tables, kind, request.as_of, keys)

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

    def columns(self, plan: Plan, rule: Rule) -> RuleColumns:
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
        entity = nw.coalesce(self.entity(plan, rule), self.key()) if rule.answers else self.key()
        return RuleColumns(on, excluded, when, violation, entity, scope)

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

    def counted(self, columns: dict[str, RuleColumns]) -> dict[str, Expr]:
        """One row: how many rows there are, and for each rule how many of each verdict."""
        return {name: self.total(each) for name, each in self.flags(columns).items()}

    def flags(self, columns: dict[str, RuleColumns]) -> dict[str, Expr]:
        """What is counted, true or false of each row."""
        import narwhals as nw

        from hegui.language.planes import true

        made: dict[str, Expr] = {}
        for index, rule in enumerate(self.rules):
            found = columns[rule.name]
            every = ~nw.col(ROW).is_null()  # a column, so that a condition without one is still counted over the rows
            kept = every if self.request.entity is None else every & true(found.entity == self.request.entity)
            applies = kept if found.excluded is None else kept & ~found.excluded
            violates = applies & found.violates()
            made |= {
                f"rows{index}": kept,
                f"applies{index}": applies,
                f"violation{index}": violates,
                f"undetermined{index}": applies & found.waits(),
                f"scope{index}": violates if found.scope is None else violates & true(found.scope),
            }
        return made

    @staticmethod
    def total(condition: Expr) -> Expr:
        """In how many rows a condition is true."""
        from hegui.language.planes import counted

        return counted(condition).sum()

    def summary(self, rule: Rule, counts: dict[str, float]) -> RuleSummary:
        index = self.rules.index(rule)
        rows, applies, violation, undetermined, scope = (
            int(counts[f"{name}{index}"]) for name in ("rows", "applies", "violation", "undetermined", "scope")
        )
        return RuleSummary(
            rule.name, rule.about, violation, applies - violation - undetermined, rows - applies, undetermined,
            in_notice_scope=scope,
        )  # fmt: skip

    def wanted(self, frame: Frame, found: RuleColumns) -> Frame:
        """The rows a finding is made of."""
        import narwhals as nw

        from hegui.language.planes import true

        if not self.request.every:
            wanted = ~nw.col(ROW).is_null() & (found.violates() | found.waits())
            frame = frame.filter(wanted if found.excluded is None else wanted & ~found.excluded)
        if self.request.entity is not None:
            frame = frame.filter(~nw.col(ROW).is_null() & true(found.entity == self.request.entity))
        return frame

    def selection(self, rule: Rule, found: RuleColumns) -> dict[str, Expr]:
        """The columns of a finding but its causes."""
        import narwhals as nw

        answering = answering_row(rule, self.request.kinds)
        name, place = (cell(answering, self.request.kinds) for cell in (name_cell, jurisdiction))
        selection = {
            "key": self.key(),
            "kind": self.filed_kind(rule, answering),
            "entity": found.entity,
            "name": self.maybe(name),
            "jurisdiction": self.maybe(place),
            "verdict": _verdict(found, self.request.every),
            "occurred": nw.lit(float(day_number(self.request.as_of))) if found.day is None else found.day,
            "source": self.plan.root.column(Row("", (self.kind,)), SOURCE, Type("int")),
            "line": self.plan.root.column(Row("", (self.kind,)), LINE, Type("int")),
            "scope": nw.lit(True) if found.scope is None else found.scope,
        }
        return selection | self.leaves(rule)

    def causes(self, rule: Rule, found: RuleColumns) -> Expr:
        """The causes of what is undetermined, in their column form."""
        import narwhals as nw

        from hegui.language.causes import encoded

        waits = found.undecided() if self.request.every else found.waits()  # without `every`, no other rows are told
        return nw.when(waits).then(encoded(self.waiting(self.plan, rule, found)))

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

    def waiting(self, plan: Plan, rule: Rule, found: RuleColumns) -> list[Any]:
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


def _verdict(found: RuleColumns, every: bool) -> Expr:
    """The verdict as text; rows that are neither are told apart only where every row is asked for."""
    import narwhals as nw

    word = {verdict: nw.lit(verdict.value) for verdict in Verdict}
    violates = nw.when(found.violates()).then(word[Verdict.VIOLATION])
    if not every:
        return violates.otherwise(word[Verdict.UNDETERMINED])
    settled = violates.otherwise(word[Verdict.COMPLIANT])
    told = nw.when(found.waits()).then(word[Verdict.UNDETERMINED]).otherwise(settled)
    return (
        told if found.excluded is None else nw.when(found.excluded).then(word[Verdict.NOT_APPLICABLE]).otherwise(told)
    )


class Reach(Enum):
    """What the findings of a rule are made of: the row judged, what its references lead to, or relations and lists."""

    ROW = 0
    REFERENCES = 1
    RELATIONS = 2


def reach(rule: Rule, request: Request) -> Reach:
    """How far the findings of a rule reach out."""
    answering = answering_row(rule, request.kinds)
    shown = (cell(answering, request.kinds) for cell in (name_cell, jurisdiction))
    nodes = [*rule.leaves, *(cell for cell in shown if cell is not None)]
    nodes += [node for expression in rule.expressions() for node in walk(expression.node)]
    if any(map(looks_around, nodes)):
        return Reach.RELATIONS
    followed = (isinstance(node, Cell) and bool(node.row.refs) for node in nodes)
    return Reach.REFERENCES if rule.answers or any(followed) else Reach.ROW


def looks_around(node: Node) -> bool:
    """Is it a chain over rows or list items, and not one over a list written out in the condition?"""
    return isinstance(node, Chain) and not isinstance(node.source, Given)


def escaped(column: Expr) -> Expr:
    """As `outcome.escape`; texts without anything to escape, nearly all, are only looked at once."""
    import narwhals as nw

    changed = column
    for char, code in ESCAPED:
        changed = changed.str.replace_all(char, code, literal=True)
    return nw.when(column.str.contains(r"[%/, \t\r\n]")).then(changed).otherwise(column)
