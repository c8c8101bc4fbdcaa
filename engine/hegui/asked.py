"""What a check is asked for, looked at before it begins: no strangers, and nothing that does not go together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from hegui.arguments import expect, expect_names
from hegui.facts.registry import Registry
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, UsageError, Wording
from hegui.waivers.model import Waivers

SOME_ROWS: Final = ("auto", "polars", "scalar")
"""Engines that judge some rows of a registry."""

_ENGINE = Wording(
    "since-engine",
    "a run made out of another is not judged with the engine `{engine}`; there are {known}",
    "由原结果续查不能使用引擎 `{engine}`；可用的有 {known}",
)
_OTHER_WORDS = Wording(
    "other-vocabulary",
    "the registry was read in another vocabulary than that of the ruleset `{name}`",
    "台账不是按规则集 `{name}` 的词汇读取的",
)
_READ_AGAIN = Wording(
    "read-with-ruleset", "read it with `load_registry(facts, ruleset)`", "请用 `load_registry(facts, ruleset)` 读取"
)
_SINCE_WHAT = Wording(
    "no-run-given",
    "`changes` are since a run, which is not given: say `since=run`",
    "`changes` 是某次结果以来的变更，但未给出该结果：请使用 `since=run`",
)
_WHOLE = Wording(
    "since-whole",
    "a run made out of another is of all rules and entities: `--since` goes with none of `--rule`, `--entity`,"
    " `--show-compliant`",
    "由原结果续查须包括全部规则和对象：`--since` 不能与 `--rule`、`--entity`、`--show-compliant` 同用",
)


def refuse_strangers(
    registry: Registry,
    ruleset: Ruleset,
    rules: Collection[str] | None,
    entity: str | None,
    waivers: Waivers | None,
) -> None:
    """Refuse what is no registry, no ruleset …, and facts in the words of another ruleset.

    Raises:
        UsageError: something is.
    """
    expect("registry", registry, Registry)
    expect("ruleset", ruleset, Ruleset)
    expect_names("rules", rules)
    expect("entity", entity, str, type(None))
    expect("waivers", waivers, Waivers, type(None))
    if registry.vocabulary != ruleset.vocabulary:
        raise UsageError(Diagnostic(_OTHER_WORDS, {"name": ruleset.name}, None, _READ_AGAIN))


def refuse_choice(
    rules: Collection[str] | None, entity: str | None, every: bool, engine: str, since: object, changes: object
) -> None:
    """A run made out of another is a whole one, and judged by an engine that can judge single rows.

    Raises:
        UsageError: it would not be, or changes are given since no run.
    """
    if since is None and changes is not None:
        raise UsageError(Diagnostic(_SINCE_WHAT))
    if since is None:
        return
    expect("since", since, Run)
    if engine not in SOME_ROWS:
        known = ", ".join(f"`{name}`" for name in SOME_ROWS)
        raise UsageError(Diagnostic(_ENGINE, {"engine": engine, "known": known}))
    if rules is not None or entity is not None or every:
        raise UsageError(Diagnostic(_WHOLE))
