"""What rules say of rows, as numbers in columns and nothing else: no findings are made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hegui.assure.impact.model import State
from hegui.engines.frames import Reach, RuleColumns, reach
from hegui.engines.polars import KindJudge, PolarsTables
from hegui.engines.request import Request, answering_row, jurisdiction, name_cell
from hegui.engines.scalar import judge as judge_row_by_row
from hegui.facts.registry import GHOST, ROW, Registry
from hegui.outcome import Finding
from hegui.ruleset.model import Parameter, Rule, Ruleset
from hegui.since.affected import key_text

if TYPE_CHECKING:
    import polars as pl

    from hegui.language.signatures import Expr

KEY: Final = "key"
AT_ONCE: Final = 64
"""Rules judged in one go. They hold no rows that wait to be written, so they may be more than of a check."""
WHOSE: Final = ("kind", "entity", "name", "jurisdiction")


@dataclass(frozen=True)
class World:
    """What rules are judged in: facts as one version of the ruleset reads them, its kinds and its working days, and the
    parameters of both versions."""

    ruleset: Ruleset
    registry: Registry
    as_of: date
    parameters: dict[str, Parameter]

    def request(self, rules: Sequence[Rule], only: dict[str, pl.Series] | None = None) -> Request:
        """The question what some rules say, of all rows or of some by their numbers."""
        parts = {"rules": {rule.name: rule for rule in rules}, "parameters": self.parameters}
        asked = replace(self.ruleset, **parts, conclusions={}, notices={})  # type: ignore[arg-type]
        return Request(asked, self.registry, self.as_of, tuple(rules), only=only)

    def rows(self, kind: str) -> pl.LazyFrame:
        """Number and key of each row that is judged."""
        import polars as pl

        table = self.registry.tables[kind].lazy()
        table = table.filter(~pl.col(GHOST).fill_null(False)) if GHOST in table.collect_schema() else table
        return table.select(ROW, key_text(self.ruleset.vocabulary.kinds[kind]).alias(KEY))

    def far(self, rule: Rule) -> Reach:
        """How far a rule reaches out."""
        return reach(rule, self.request([rule]))

    def supplied(self, rule: Rule) -> bool:
        """Are there rows a rule is about, even none?"""
        return rule.about in self.registry.tables


Groups = Sequence[tuple[Rule, ...]]
"""Rules about one kind, those together that are compared with each other."""


def together(groups: Groups, far: Callable[[Rule], Reach]) -> Iterator[list[tuple[Rule, ...]]]:
    """The groups that are judged in one go: those that reach equally `far`, and not too many."""
    for reach_ in Reach:
        found = [group for group in groups if max(far(rule).value for rule in group) == reach_.value]
        while found:
            counts = list(accumulate(len(group) for group in found))
            size = max(1, sum(count <= AT_ONCE for count in counts))
            yield found[:size]
            found = found[size:]


def judged(
    world: World,
    rules: Sequence[Rule],
    engine: str,
    *,
    only: pl.Series | None = None,
    keyed: bool = False,
    placed: Collection[str] = (),
) -> list[pl.LazyFrame]:
    """What rules about one kind say, a column for each under its name, beside the number of the row, and its key where
    frames are `keyed`; in strips where that takes less memory. Of the rules that are to be `placed`, further columns say whom
    their findings are filed under (`placing`)."""
    kind = rules[0].about
    if engine == "scalar":
        return [_row_by_row(world, rules, only, placed)]
    request = world.request(rules, None if only is None else {kind: only})
    return _Codes(request, PolarsTables(request), kind, rules).frames(keyed, placed)


class _Codes(KindJudge):
    """Rules about one kind: their states, in columns of the rows judged."""

    def frames(self, keyed: bool, placed: Collection[str]) -> list[pl.LazyFrame]:
        columns = {rule.name: self.columns(self.plan, rule) for rule in self.rules}
        made = []
        for strip in self.strips():
            self.plan.strip = strip
            made.append(self.coded(columns, keyed, placed))
        return made

    def coded(self, columns: dict[str, RuleColumns], keyed: bool, placed: Collection[str]) -> pl.LazyFrame:
        import narwhals as nw

        codes = {name: _code(found) for name, found in columns.items()}
        named = {KEY: self.key()} if keyed or placed else {}
        for rule in self.rules:
            if rule.name in placed:
                told = _told(self, rule, columns[rule.name].entity)
                named |= {placing(rule, name): column for name, column in told.items()}
        found: pl.LazyFrame = self.widened().select(nw.col(ROW), **named, **codes).to_native()
        return found


def _code(found: RuleColumns) -> Expr:
    import narwhals as nw

    word = {state: nw.lit(int(state), dtype=nw.UInt8) for state in State}
    told = nw.when(found.waits()).then(word[State.UNDETERMINED]).otherwise(word[State.COMPLIANT])
    told = nw.when(found.violates()).then(word[State.VIOLATION]).otherwise(told)
    return told if found.excluded is None else nw.when(found.excluded).then(word[State.NOT_ASKED]).otherwise(told)


def _row_by_row(world: World, rules: Sequence[Rule], only: pl.Series | None, placed: Collection[str]) -> pl.LazyFrame:
    import polars as pl

    frame = world.rows(rules[0].about).collect()
    if only is not None:
        frame = frame.filter(pl.col(ROW).is_in(only.implode()))
    asked = world.request(rules, None if only is None else {rules[0].about: only})
    found = judge_row_by_row(replace(asked, every=True)).findings
    by_key: dict[str, dict[str, Finding]] = {rule.name: {} for rule in rules}
    for finding in found:
        by_key[finding.rule][finding.key] = finding
    keys = frame[KEY].to_list()
    made = []
    for rule in rules:
        of = [by_key[rule.name].get(key) for key in keys]
        codes = [0 if each is None else int(State.of(each.verdict)) for each in of]
        made.append(pl.Series(rule.name, codes, dtype=pl.UInt8))
        for name in WHOSE if rule.name in placed else ():
            values = [None if each is None else getattr(each, name) for each in of]
            made.append(pl.Series(placing(rule, name), values, dtype=pl.String))
    return frame.with_columns(made).lazy()


def whose(world: World, rule: Rule, rows: pl.Series) -> pl.DataFrame:
    """Key of some rows by their number, and whom the findings of a rule on them are filed under."""
    import narwhals as nw

    request = world.request([rule], {rule.about: rows})
    judge = KindJudge(request, PolarsTables(request), rule.about, [rule])
    entity = nw.coalesce(judge.entity(judge.plan, rule), judge.key()) if rule.answers else judge.key()
    told = _told(judge, rule, entity)
    found: pl.DataFrame = judge.widened().select(nw.col(ROW), **{KEY: judge.key()}, **told).to_native().collect()
    return found


def _told(judge: KindJudge, rule: Rule, entity: Expr) -> dict[str, Expr]:
    """Whom the findings of a rule are filed under."""
    kinds = judge.request.kinds
    answering = answering_row(rule, kinds)
    name, place = (judge.maybe(find(answering, kinds)) for find in (name_cell, jurisdiction))
    return dict(zip(WHOSE, (judge.filed_kind(rule, answering), entity, name, place), strict=True))


def placing(rule: Rule, name: str) -> str:
    """The column that says for one rule whom its findings are filed under."""
    return f"{rule.name} {name}"
