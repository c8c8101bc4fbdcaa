"""A run made out of a former one: what a change concerns is judged again, all else taken over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from hegui.engines import ENGINES, Keeping, Request, judge
from hegui.engines.kept import Kept, telling_what_broke
from hegui.facts.registry import Registry
from hegui.outcome import Finding, Judgement, RuleSummary, Verdict
from hegui.report.info import RunInfo, Since
from hegui.report.labels import sizes
from hegui.report.run import Run
from hegui.ruleset.model import Rule, Ruleset
from hegui.since.affected import Affected, affected
from hegui.since.carried import Carrier, LostError, Still, listed, merged
from hegui.since.counts import COMPLETE, moved_counts, refuse_verdicts
from hegui.since.difference import Difference, compared
from hegui.since.footing import Footing
from hegui.since.frames import Former, kept_since
from hegui.since.given import given
from hegui.since.index import Indexes
from hegui.since.reach import reach
from hegui.source import Diagnostic, UsageError, Wording

_OTHER = Wording(
    "since-other",
    "the run was made with another {what} (`{then}`, now `{now}`)",
    "该结果所用的{what_zh}不同（当时 `{then}`，现为 `{now}`）",
)
_OTHER_BEFORE = Wording(
    "since-before",
    "the registry before is not the one the run was made of: its digest is {found}, not {then}",
    "所给的变更前台账不是该次核查所用：摘要为 {found}，应为 {then}",
)
_FULL = Wording("since-full", "check everything again, without `--since`", "请去掉 `--since` 重新全部核查")
_PART = Wording(
    "since-part",
    "the run is no whole one: of rule `{rule}`, {found} rows were judged or are listed, not {expected}",
    "该结果不是完整的核查结果：规则 `{rule}` 核查或列出 {found} 行，而非 {expected} 行",
)
_SIZES = Wording(
    "since-sizes",
    "the changes do not lead from the run to the registry: the run was made of {then} rows of `{kind}`, by the changes"
    " there were {found}",
    "变更与结果、台账不符：该结果核查时 `{kind}` 有 {then} 行，按变更推算有 {found} 行",
)
_LOST = Wording(
    "since-lost",
    "the changes do not lead from the run to the registry: `{key}` of `{kind}` is gone, and no change says so",
    "变更与结果、台账不符：`{kind}` 的 `{key}` 已不存在，而变更中没有说明",
)


@dataclass(frozen=True)
class Changes:
    """What tells what changed: a folder that says so, or the facts before. Exactly one of them."""

    folder: Path | None = None
    before: Registry | None = None


def check_since(
    ruleset: Ruleset,
    registry: Registry,
    run: Run,
    changes: Changes,
    *,
    as_of: date,
    decided_on: date,
    engine: str,
    kept: Keeping | None = None,
) -> Judged:
    """A judgement equal to one of the whole registry, made of a former run and what changed since.

    Everything is judged where a table is supplied now that was not then, or the other way round. Where the findings of the
    run are kept as Parquet and those to be made may be (`kept`), they never are in memory.

    Raises:
        UsageError: the run is of another ruleset, another day or a part; or the changes do not lead from it to the
            registry.
        FactsError: the changes cannot be read.
    """
    _refuse_unlike(run, ruleset, as_of, decided_on)
    differ = tuple(sorted(set(run.summary.entities) ^ set(registry.tables)))
    if differ:
        judgement = judge(ruleset, registry, engine=engine, as_of=as_of, decided_on=decided_on, kept=kept)
        return Judged(judgement, Since(run.info.facts.digest, tables=differ))
    indexes = Indexes(registry)
    made = _Judging(ruleset, registry, run, _difference(changes, registry, indexes, run), engine)
    if kept is not None and engine == "polars" and isinstance(run.findings, Kept):
        return made.kept(run.findings, kept, indexes)
    return made.judged()


def _difference(changes: Changes, registry: Registry, indexes: Indexes, run: Run) -> Difference:
    if changes.folder is not None:
        return given(changes.folder, registry, indexes, run.stands)
    assert changes.before is not None
    if changes.before.digest != run.info.facts.digest:
        args: dict[str, object] = {"then": run.info.facts.digest, "found": changes.before.digest}
        raise UsageError(Diagnostic(_OTHER_BEFORE, args, None, _FULL))
    return compared(changes.before, registry)


def _refuse_unlike(run: Run, ruleset: Ruleset, as_of: date, decided_on: date) -> None:
    """Refuse a run of another ruleset, of other days, of another version of hegui, or of a part of rules or rows.

    Raises:
        UsageError: what it is.
    """
    now = RunInfo.of(ruleset, Registry(ruleset.vocabulary, {}), as_of=as_of, decided_on=decided_on, engine="")
    for what, what_zh, then, is_ in (
        ("ruleset", "规则集", run.info.ruleset.digest, now.ruleset.digest),
        ("`--as-of`", " `--as-of` ", run.info.as_of, as_of),
        ("`--decided-on`", " `--decided-on` ", run.info.decided_on, decided_on),
        ("version of hegui", " hegui 版本", run.info.hegui, now.hegui),
    ):
        if then != is_:
            args: dict[str, object] = {"what": what, "what_zh": what_zh, "then": then, "now": is_}
            raise UsageError(Diagnostic(_OTHER, args, None, _FULL))
    _refuse_part(run, ruleset)


def counted(run: Run) -> dict[str, RuleSummary]:
    """The counts of each rule as an engine gives them, what rests on memory and what is waived not apart."""
    scoped = Counter[str]()
    for each, count in run.violations([item.rule for item in run.summary.rules if item.from_memory]):
        scoped[each.rule] += count if each.scope is True and run.from_memory(each) else 0
    return {
        each.rule: replace(
            each,
            violation=run.violations_of(each.rule),
            in_notice_scope=each.in_notice_scope + scoped[each.rule],
            from_memory=0,
            waived=0,
        )
        for each in run.summary.rules
    }


def _refuse_part(run: Run, ruleset: Ruleset) -> None:
    """A run of some rules, of one entity, or one whose findings are not all there, says nothing of the rest."""
    summaries, kept = counted(run), run.findings if isinstance(run.findings, Kept) else None
    found = Counter((each.rule, each.verdict) for each in ([] if kept is not None else run.findings))
    for name, rule in ruleset.rules.items():
        rows = run.summary.entities.get(rule.about)
        if name not in summaries and (rows is not None or name not in run.summary.not_supplied):
            raise _part(name, 0, rows or 0)
        if name not in summaries:
            continue
        summary = summaries[name]
        counts = [(_judged(summary), rows or 0)]
        if kept is not None:  # which holds as many rows as the run says; without those any run lists it cannot do
            listed = summary.violation + summary.undetermined
            counts.append((min(kept.counts[name], listed), listed))
        else:
            counts += [
                (found[name, each], getattr(summary, each)) for each in (Verdict.VIOLATION, Verdict.UNDETERMINED)
            ]
        for count, expected in counts:
            if count != expected:
                raise _part(name, count, expected)


def _part(rule: str, found: int, expected: int) -> UsageError:
    return UsageError(Diagnostic(_PART, {"rule": rule, "found": found, "expected": expected}, None, _FULL))


def _judged(summary: RuleSummary) -> int:
    return summary.violation + summary.compliant + summary.not_applicable + summary.undetermined


@dataclass(frozen=True)
class Judged:
    """A judgement equal to one of the whole registry, and how it came about."""

    judgement: Judgement
    since: Since


class _Judging:
    """One former run and one registry."""

    def __init__(self, ruleset: Ruleset, registry: Registry, run: Run, changes: Difference, engine: str) -> None:
        self.ruleset, self.registry, self.run, self.changes, self.engine = ruleset, registry, run, changes, engine
        self.rules = {name: rule for name, rule in sorted(ruleset.rules.items()) if rule.about in registry.tables}
        self.still = Still(run.info.facts.sources, registry)

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings of the former run, in memory."""
        return listed(self.run.findings)

    def kept(self, findings: Kept, keeping: Keeping, indexes: Indexes) -> Judged:
        """The same where findings are kept as Parquet."""
        self.refuse_sizes()
        request = Request(self.ruleset, self.registry, self.run.info.as_of, tuple(self.rules.values()), kept=keeping)
        former = Former(counted(self.run), findings, self.still)
        footing = Footing(self.run.stands, self.registry, self.changes, indexes, self.still)
        try:
            with telling_what_broke(keeping.folder):
                made = kept_since(request, former, self.changes, footing)
        except LostError as error:
            raise UsageError(Diagnostic(_LOST, {"kind": error.kind, "key": error.key}, None, COMPLETE)) from error
        since = Since(self.run.info.facts.digest, self.changes.rows(), dict(sorted(made.judged.items())))
        return Judged(Judgement(self.engine, tuple(made.summaries.values()), made.findings), since)

    def judged(self) -> Judged:
        self.refuse_sizes()
        summaries = counted(self.run)
        fresh: list[Finding] = []
        again: dict[str, set[str]] = {}
        for kind in dict.fromkeys(rule.about for rule in self.rules.values()):
            rules = tuple(rule for rule in self.rules.values() if rule.about == kind)
            found = affected(
                self.registry, self.changes, reach(rules, kind, self.ruleset.vocabulary.kinds), self.forced(kind)
            )
            again[kind] = set(found.keys) if found is not None else set()
            if found is not None:
                then, now = self.judge(rules, found, before=True), self.judge(rules, found)
                refuse_verdicts(then.summaries, self.known(again[kind]))
                summaries |= {each.rule: each for each in moved_counts(summaries, then.summaries, now.summaries)}
                fresh += now.findings
        ordered = tuple(summaries[name] for name in self.rules)
        judged = {kind: len(keys) for kind, keys in sorted(again.items()) if keys}
        since = Since(self.run.info.facts.digest, self.changes.rows(), judged)
        return Judged(Judgement(self.engine, ordered, self.all_findings(fresh, again)), since)

    def judge(self, rules: tuple[Rule, ...], found: Affected, before: bool = False) -> Judgement:
        kind = rules[0].about
        part = found.before if before else found.now
        only = {kind: found.rows(part, kind)}
        request = Request(self.ruleset, part, self.run.info.as_of, rules, listed=not before, only=only)
        return ENGINES[self.engine](request)

    def forced(self, kind: str) -> Iterator[str]:
        """Rows to be judged again because where a value of theirs stands could not be found otherwise."""
        for each in self.findings:
            if each.about == kind:
                pairs = zip(self.rules[each.rule].leaves, each.values, strict=True)
                if not all(self.still.follows(leaf, value) for leaf, value in pairs):
                    yield each.key

    def all_findings(self, fresh: list[Finding], again: Mapping[str, set[str]]) -> tuple[Finding, ...]:
        kept = [each for each in self.findings if each.key not in again[each.about]]
        carrier = Carrier(self.registry, self.still)
        try:
            carried = carrier.carried(self.rules, kept, fresh)
        except LostError as error:
            raise UsageError(Diagnostic(_LOST, {"kind": error.kind, "key": error.key}, None, COMPLETE)) from error
        return merged(carried, fresh, carrier.order)

    def known(self, keys: set[str]) -> Mapping[tuple[str, Verdict], int]:
        """How many findings of each rule and verdict there were of the rows with some keys."""
        return Counter((each.rule, each.verdict) for each in self.findings if each.key in keys)

    # --- do the changes lead from the run to the registry?

    def refuse_sizes(self) -> None:
        for kind, rows in sizes(self.registry).items():
            found = rows + self.changes.shrunk(kind, self.registry)
            then = self.run.summary.entities[kind]
            if found != then:
                args: dict[str, object] = {"kind": kind, "then": then, "found": found}
                raise UsageError(Diagnostic(_SIZES, args, None, COMPLETE))
