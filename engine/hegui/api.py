"""The library's face: load a ruleset, load a registry, check the one against the other, explain.

from datetime import date
from pathlib import Path
from hegui import api

ruleset = api.load_ruleset("banan")
registry = api.load_registry([Path("facts/banan")], ruleset)
run = api.check(registry, ruleset, as_of=date(2024, 3, 11))
print(run.to_json())
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.facts.registry import Registry
    from hegui.outcome import Judgement
    from hegui.report.run import Run, Since
    from hegui.ruleset.model import Ruleset

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai, which has had no other offset since 1991; fixed, because not every machine has a table of zones."""

FEW: Final = 20_000
"""Up to so many verdicts, planning columns takes longer than judging row by row."""

_NO_CHANGES = Wording(
    "no-changes-given",
    "what changed since the run is not said",
    "未说明自该结果以来的变更",
)
_WHOLE = Wording(
    "since-whole",
    "a run made out of another is of all rules and entities: `--since` goes with none of `--rule`, `--entity`,"
    " `--show-compliant`",
    "由原结果续查须包括全部规则和对象：`--since` 不能与 `--rule`、`--entity`、`--show-compliant` 同用",
)


def today() -> date:
    """Today's date in Asia/Shanghai, the default of `as_of`."""
    return datetime.now(SHANGHAI).date()


def load_ruleset(path_or_name: str | Path) -> Ruleset:
    """Load a ruleset with all its layers.

    Args:
        path_or_name: a folder with a `ruleset.yaml`, or the name of a shipped ruleset.

    Raises:
        RulesetError: with every problem of every file.
    """
    from hegui.ruleset import load

    return load(path_or_name)


def load_registry(paths: Sequence[str | Path], ruleset: Ruleset, *, as_of: date | None = None) -> Registry:
    """Read and conform facts in the vocabulary of a ruleset.

    Args:
        paths: folders, files or manifests (`registry.yaml`).
        ruleset: whose vocabulary says what the facts look like.
        as_of: records of a later day are noted; None notes none.

    Raises:
        FactsError: nothing can be read from them at all. Single bad cells never raise; see `Registry.problems`.
    """
    from hegui.facts import read

    return read([Path(path) for path in paths], ruleset.vocabulary, as_of=as_of)


def check(
    registry: Registry,
    ruleset: Ruleset,
    *,
    as_of: date | None = None,
    decided_on: date | None = None,
    engine: str = "auto",
    chainer: str = "auto",
    rules: Collection[str] | None = None,
    entity: str | None = None,
    every: bool = False,
    since: Run | None = None,
    changes: str | Path | Registry | None = None,
) -> Run:
    """Judge a registry, and draw the conclusions its findings lead to.

    Args:
        registry: conformed facts.
        ruleset: the rules, of the vocabulary the facts were conformed to.
        as_of: the day the facts are looked at; default today in Asia/Shanghai, with `since` that of the run.
        decided_on: the day of the decision, for which later law is compared; default `as_of`, with `since` that of the
            run. It changes no verdict.
        engine: `polars`, `scalar`, or `auto` for whichever suits the size of the registry; they mean the same.
        chainer: `durable`, `reference`, or `auto` for durable-rules wherever it imports; they mean the same.
        rules: names of the rules to use; None for all. Of some rules only, no conclusion is drawn.
        entity: only rows filed under the entity with this key; the parts of a key of several are joined by commas. Of
            one entity only, no conclusion is drawn.
        every: list compliant and not applicable rows too.
        since: a run of the whole registry as it was. Only what `changes` concern is judged again; the run made is the
            same as without. Goes with none of `rules`, `entity` and `every`.
        changes: what changed since: a folder that says so (docs/since.md), or the registry as it was.

    Raises:
        UsageError: an unknown engine, chainer or rule; or a run that cannot be gone on from.
        FactsError: the changes cannot be read.
        HeguiError: the action of a conclusion failed, which it names.
    """
    from hegui.engines import judge
    from hegui.report.run import Run, RunInfo

    as_of = as_of or (today() if since is None else since.info.as_of)
    decided_on = decided_on or (as_of if since is None else since.info.decided_on)
    engine = _fitting(registry, ruleset, rules) if engine == "auto" else engine
    started, clock = datetime.now(SHANGHAI), time.perf_counter()
    made_of = None
    if since is None:
        key = None if entity is None else _key(entity)
        judgement = judge(
            ruleset, registry, engine=engine, as_of=as_of, decided_on=decided_on, rules=rules, entity=key, every=every
        )
    else:
        _refuse_choice(rules, entity, every)
        days = {"as_of": as_of, "decided_on": decided_on}
        judgement, made_of = _judge_since(ruleset, registry, since, changes, engine, **days)
    info = RunInfo.of(
        ruleset,
        registry,
        as_of=as_of,
        decided_on=decided_on,
        engine=judgement.engine,
        started=started,
        seconds=time.perf_counter() - clock,
        since=made_of,
    )
    run = Run.build(ruleset, registry, judgement, info, rules, whole=entity is None)
    if rules is not None or entity is not None or not ruleset.conclusions:
        return run
    return Run.with_conclusions(run, ruleset, registry, _chainer(chainer))


def _judge_since(
    ruleset: Ruleset,
    registry: Registry,
    since: Run,
    changes: str | Path | Registry | None,
    engine: str,
    as_of: date,
    decided_on: date,
) -> tuple[Judgement, Since]:
    from hegui.facts.registry import Registry
    from hegui.since.judging import Changes, check_since

    if changes is None:
        raise UsageError(Diagnostic(_NO_CHANGES))
    told = Changes(before=changes) if isinstance(changes, Registry) else Changes(Path(changes))
    found = check_since(ruleset, registry, since, told, as_of=as_of, decided_on=decided_on, engine=engine)
    return found.judgement, found.since


def _refuse_choice(rules: Collection[str] | None, entity: str | None, every: bool) -> None:
    """A run made out of another is a whole one."""
    if rules is not None or entity is not None or every:
        raise UsageError(Diagnostic(_WHOLE))


def _chainer(name: str) -> str:
    from hegui.conclusions.chaining import available

    return name if name != "auto" else "durable" if available() else "reference"


def _key(entity: str) -> str:
    """A key as it stands in fingerprints, written so or plainly."""
    from hegui.outcome import escape

    return "".join(char if char in "%," else escape(char) for char in entity)


def _fitting(registry: Registry, ruleset: Ruleset, rules: Collection[str] | None) -> str:
    from hegui.report.labels import sizes

    rows = sizes(registry)
    verdicts = sum(rows.get(rule.about, 0) for name, rule in ruleset.rules.items() if rules is None or name in rules)
    return "scalar" if verdicts <= FEW else "polars"


def explain(
    registry: Registry,
    ruleset: Ruleset,
    entity: str,
    rule: str,
    *,
    as_of: date | None = None,
    decided_on: date | None = None,
) -> Run:
    """A run of one rule with every row filed under one entity, whatever its verdict; `Run.explain` says why.

    Raises:
        UsageError: an unknown rule.
    """
    return check(registry, ruleset, as_of=as_of, decided_on=decided_on, rules=[rule], entity=entity, every=True)
