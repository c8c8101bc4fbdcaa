"""Engines judge a registry against a ruleset. All mean the same; `scalar` is the definition, the others translate it.

To add an engine, write one file with a function `judge(request) -> Judgement` and add it to `ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from hegui.engines import polars, scalar
from hegui.engines.request import Request
from hegui.facts.registry import Registry
from hegui.outcome import Judgement
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

ENGINES: Final[dict[str, Callable[[Request], Judgement]]] = {"polars": polars.judge, "scalar": scalar.judge}
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
) -> Judgement:
    """Judge every row the rules are about.

    Args:
        ruleset: the rules.
        registry: conformed facts in the ruleset's vocabulary.
        engine: `polars` or `scalar`.
        as_of: the day the facts are looked at.
        decided_on: recorded by callers; never changes a verdict.
        rules: names of the rules to use; None for all.
        entity: only rows filed under the entity with this key.
        every: findings also for compliant and not applicable rows.

    Raises:
        UsageError: an unknown engine or rule.
    """
    if engine not in ENGINES:
        known = ", ".join(f"`{name}`" for name in ENGINES)
        raise UsageError(Diagnostic(_UNKNOWN, {"name": engine, "known": known}))
    for name in rules or ():
        if name not in ruleset.rules:
            near = "".join(f"; `{word}`?" for word in did_you_mean(name, ruleset.rules, 1))
            raise UsageError(Diagnostic(_NO_RULE, {"name": name, "near": near}))
    chosen = tuple(rule for name, rule in sorted(ruleset.rules.items()) if rules is None or name in rules)
    return ENGINES[engine](Request(ruleset, registry, as_of, chosen, entity, every))


__all__ = ["ENGINES", "Request", "judge"]
