"""Engines judge a registry against a ruleset. All mean the same; `scalar` is the definition, the others translate it.

To add an engine, write one file with a function `judge(request) -> Judgement` and add it to `ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from hegui import extending
from hegui.datatypes import BOOL, Text
from hegui.engines import polars, scalar, spark
from hegui.engines.request import Keeping, Request
from hegui.extending import Plugin
from hegui.facts.registry import Registry
from hegui.language.tree import Const, Node
from hegui.outcome import Judgement, RuleSummary
from hegui.ruleset.model import Expr, Message, Nature, Occurred, Period, Rule, Ruleset, Severity
from hegui.source import Diagnostic, Source, Span, UsageError, Wording, did_you_mean

Engine = Callable[[Request], Judgement]

ENGINES: Final[dict[str, Engine]] = {
    "polars": polars.judge,
    "scalar": scalar.judge,
    "spark": spark.judge,
}
"""Every engine by name."""

_UNKNOWN = Wording(
    "unknown-engine", "there is no engine `{name}`; there are {known}", "没有引擎 `{name}`；可用的有 {known}"
)
_NO_RULE = Wording("unknown-rule", "there is no rule `{name}`{near}", "没有规则 `{name}`{near}")


def engine_of(name: str) -> Engine:
    """The engine of a name: hegui's own or a plugin's.

    Raises:
        UsageError: there is none.
        PluginError: a plugin adds it that does not load, or an engine of a name that is taken.
    """
    if name in ENGINES:
        return ENGINES[name]
    if name == "auto" or (plugin := extending.plugin("engines", name, {*ENGINES, "auto"})) is None:
        known = ", ".join(f"`{each}`" for each in engines())
        raise UsageError(Diagnostic(_UNKNOWN, {"name": name, "known": known}))
    return partial(_judged_by, plugin, extending.loaded(plugin))


def engines() -> list[str]:
    """The name of every engine, those of plugins last."""
    return [*ENGINES, *extending.names("engines", {*ENGINES, "auto"})]


def _judged_by(plugin: Plugin, engine: Engine, request: Request) -> Judgement:
    """What a plugin's engine makes of a request, under its own name."""
    with extending.blamed(plugin):
        judgement = engine(request)
    if not isinstance(judgement, Judgement):
        raise extending.misfit(plugin, f"an engine gives a `Judgement`, and not a `{type(judgement).__name__}`")
    return replace(judgement, engine=plugin.name)


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
    asked = engine_of(engine)
    for name in rules or ():
        if name not in ruleset.rules:
            near = "".join(f"; `{word}`?" for word in did_you_mean(name, ruleset.rules, 1))
            raise UsageError(Diagnostic(_NO_RULE, {"name": name, "near": near}))
    chosen = tuple(rule for name, rule in sorted(ruleset.rules.items()) if rules is None or name in rules)
    return asked(Request(ruleset, registry, as_of, chosen, entity, every, kept=kept))


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
    found = engine_of(engine)(Request(ruleset, registry, as_of, rules, listed=False)) if rules else None
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


__all__ = ["ENGINES", "Engine", "Keeping", "Request", "engine_of", "engines", "judge", "tally"]
