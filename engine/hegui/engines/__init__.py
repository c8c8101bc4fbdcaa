"""Engines judge a registry against a ruleset. All mean the same; `scalar` is the definition, the others translate it.

To add an engine, write one file with a function `judge(request) -> Judgement` and add it to `ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Final

from hegui.datatypes import BOOL, Text
from hegui.engines import polars, scalar, spark
from hegui.engines.request import Keeping, Request
from hegui.facts.registry import Registry
from hegui.language.tree import Const, Node
from hegui.outcome import Judgement, RuleSummary
from hegui.ruleset.model import Expr, Message, Nature, Occurred, Period, Rule, Ruleset, Severity
from hegui.source import Diagnostic, Source, Span, UsageError, Wording, did_you_mean

ENGINES: Final[dict[str, Callable[[Request], Judgement]]] = {
    "polars": polars.judge,
    "scalar": scalar.judge,
    "spark": spark.judge,
}
"""Every engine by name."""

_UNKNOWN = Wording(
    "unknown-engine", "there is no engine `{name}`; there are {known}", "没有引擎 `{name}`；可用的有 {known}"
)
_NO_RULE = Wording("unknown-rule", "there is no rule `{name}`{near}", "没有规则 `{name}`{near}")


def judge(
    ruleset: Ruleset,
    registry: Registry,
    *,
    engine: str = "polars",
    as_of: date,
    decided_on: date | None = None,
    rules: Collection[str] | None = None,
    entity: str | None = None,
    every: bool = False,
    kept: Keeping | None = None,
) -> Judgement:
    """Judge every row the rules are about.

    Args:
        ruleset: the rules.
        registry: conformed facts in the ruleset's vocabulary.
        engine: `polars`, `scalar` or `spark`; the last keeps its findings itself only in `spark.judge_frames`.
        as_of: the day the facts are looked at.
        decided_on: recorded by callers; never changes a verdict.
        rules: names of the rules to use; None for all.
        entity: only rows filed under the entity with this key.
        every: findings also for compliant and not applicable rows.
        kept: where an engine that can leaves the findings instead of in memory.

    Raises:
        UsageError: an unknown engine or rule; findings cannot be written where they are to be kept.
        FactsError: a file of facts that is read only now is damaged.
    """
    if engine not in ENGINES:
        known = ", ".join(f"`{name}`" for name in ENGINES)
        raise UsageError(Diagnostic(_UNKNOWN, {"name": engine, "known": known}))
    for name in rules or ():
        if name not in ruleset.rules:
            near = "".join(f"; `{word}`?" for word in did_you_mean(name, ruleset.rules, 1))
            raise UsageError(Diagnostic(_NO_RULE, {"name": name, "near": near}))
    chosen = tuple(rule for name, rule in sorted(ruleset.rules.items()) if rules is None or name in rules)
    return ENGINES[engine](Request(ruleset, registry, as_of, chosen, entity, every, kept=kept))


def tally(
    ruleset: Ruleset,
    registry: Registry,
    asked: Sequence[tuple[str, Node | None]],
    *,
    engine: str,
    as_of: date,
) -> list[RuleSummary | None]:
    """Count the rows of kinds by a condition each: `in_notice_scope` those it is true of, `undetermined` those it is
    undetermined of. Without a condition all count; None where the kind was not supplied."""
    rules = tuple(_counting(index, kind, node) for index, (kind, node) in enumerate(asked))
    found = ENGINES[engine](Request(ruleset, registry, as_of, rules, listed=False)) if rules else None
    counts = {summary.rule: summary for summary in found.summaries} if found is not None else {}
    return [counts.get(rule.name) for rule in rules]


def _counting(index: int, kind: str, node: Node | None) -> Rule:
    """A rule whose violations are the rows to be counted."""
    nowhere = Span(Source("<count>", ""), 0, 0)
    return Rule(
        name=f"#{index}",
        title=Text("", ""),
        about=kind,
        answers=(),
        notice=(),
        natures=((Nature.CLUE, Period()),),
        severity=Severity.LOW,
        authority=Text("", ""),
        occurred=Occurred(),
        violation=Expr("", node if node is not None else Const(True, BOOL), nowhere),
        message=Message((), ()),
        remedy=None,
        basis=(),
        layer="",
        span=nowhere,
    )


__all__ = ["ENGINES", "Keeping", "Request", "judge", "tally"]
