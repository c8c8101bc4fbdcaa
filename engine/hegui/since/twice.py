"""Rows as they were and as they are, judged in one go: counted apart, findings only of those as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from hegui.engines.frames import RuleColumns
from hegui.engines.polars import KindJudge, PolarsTables, RuleFrame, judge_frames, judged_together
from hegui.engines.request import Request
from hegui.facts.registry import ROW, Registry
from hegui.outcome import RuleSummary
from hegui.since.affected import Affected
from hegui.since.difference import FORMER

if TYPE_CHECKING:
    from hegui.language.planes import Frame, Strip
    from hegui.language.signatures import Expr
    from hegui.vocabulary import Kind


class _Twice(KindJudge):
    """The rules about one kind over rows of which those numbered from `FORMER` on are as they were. They are few: what all
    rules share is worked out at once, instead of planning it for each."""

    def strips(self) -> list[Strip | None]:
        return [None]  # counts are told apart by row, not by strip

    def widened(self) -> Frame:
        frame: pl.LazyFrame = super().widened().to_native()
        return nw.from_native(frame.collect().lazy())

    def wanted(self, frame: Frame, found: RuleColumns) -> Frame:
        return super().wanted(frame.filter(nw.col(ROW) < FORMER), found)

    def tallied(self, frame: Frame, columns: dict[str, RuleColumns]) -> pl.LazyFrame:
        flags: pl.LazyFrame = frame.select(**self.flags(columns), was=nw.col(ROW) >= FORMER).to_native()
        found = flags.collect().lazy()
        return pl.concat([found.filter(pl.col("was") == was).drop("was").sum() for was in (False, True)])

    def key(self, prefix: str = "", kind: Kind | None = None) -> Expr:
        """The key of the row judged is written once for all rules."""
        written = super().key(prefix, kind)
        if prefix or kind is not None:
            return written
        return nw.col(self.plan.root.add(lambda _: written, "#key"))

    def was(self) -> Iterator[RuleSummary]:
        """The counts of the rows as they were, after `judged`."""
        return (self.summary(rule, self.counts.row(1, named=True)) for rule in self.rules)


def judged_twice(request: Request, found: Affected) -> tuple[list[RuleSummary], list[RuleFrame]]:
    """The counts of what a change concerns as it was, and the findings on it as it is."""
    then: list[RuleSummary] = []
    now: list[RuleFrame] = []
    if found.both is None:
        before, after = (_of(request, part, found) for part in (found.before, found.now))
        before = Request(request.ruleset, found.before, request.as_of, request.rules, listed=False, only=before.only)
        return [each.summary for each in judge_frames(before)], list(judge_frames(after))
    whole = Request(request.ruleset, found.both, request.as_of, request.rules)
    for kind, group in judged_together(whole):
        judge = _Twice(whole, PolarsTables(whole), kind, group)
        now += judge.judged()
        then += judge.was()
    return then, now


def _of(request: Request, part: Registry, found: Affected) -> Request:
    kind = request.rules[0].about
    return Request(request.ruleset, part, request.as_of, request.rules, only={kind: found.rows(part, kind)})
