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
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hegui.conclusions.children import Children
    from hegui.engines.kept import Temporary
    from hegui.engines.request import Keeping
    from hegui.facts.registry import Registry
    from hegui.outcome import Judgement
    from hegui.report.run import Run
    from hegui.ruleset.model import Ruleset

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai, which has had no other offset since 1991; fixed, because not every machine has a table of zones."""

FEW: Final = 20_000
"""Up to so many verdicts, planning columns takes longer than judging row by row."""


def today() -> date:
    """Today's date in Asia/Shanghai, the default of `as_of`."""
    return datetime.now(SHANGHAI).date()


def load_ruleset(path_or_name: str | Path, *, cached: bool = False) -> Ruleset:
    """Load a ruleset with all its layers.

    Args:
        path_or_name: a folder with a `ruleset.yaml`, or the name of a shipped ruleset.
        cached: take it as it was loaded before where none of its files has changed, and keep it in the user's cache folder
            for the next time. The ruleset is the same; `docs/architecture.md` says what is trusted.

    Raises:
        RulesetError: with every problem of every file.
    """
    from hegui.ruleset import load

    return load(path_or_name, cached=cached)


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
    findings: Path | None = None,
    told: Callable[[str], None] | None = None,
    timings: dict[str, float] | None = None,
    master: str | None = None,
) -> Run:
    """Judge a registry, and draw the conclusions its findings lead to.

    Args:
        registry: conformed facts.
        ruleset: the rules, of the vocabulary the facts were conformed to.
        as_of: the day the facts are looked at; default today in Asia/Shanghai.
        decided_on: the day of the decision, for which later law is compared; default `as_of`. It changes no verdict.
        engine: `polars`, `scalar`, `spark`, or `auto` for whichever of the first two suits the size of the registry; they
            mean the same.
        chainer: `durable`, `reference`, `spark` for the latter on Spark's executors, or `auto`: that with the engine
            `spark`, else durable-rules wherever it imports. They mean the same.
        rules: names of the rules to use; None for all. Of some rules only, no conclusion is drawn.
        entity: only rows filed under the entity with this key; the parts of a key of several are joined by commas. Of
            one entity only, no conclusion is drawn.
        every: list compliant and not applicable rows too.
        findings: a folder to keep the findings in as Parquet, a file per rule, however few they are. Without it those
            beyond `engines.kept.LIMIT` are kept in a temporary folder that goes with the run.
        told: is called with what is being worked on.
        timings: takes up seconds: of each rule as `rule NAME`, judged by itself, which makes the whole slower, since what
            rules share is done for each; of stages as `judge` and `conclusions`.
        master: where Spark runs (`local[*]`, `spark://HOST:PORT`, `yarn` …), for the engine `spark`; None for what
            `spark-submit` or Spark's configuration says, else this machine. A running Spark application is used as it is.

    Raises:
        EngineError: Spark does not start, or gave up.
        UsageError: an unknown engine, chainer or rule; a master for another engine than `spark`; findings cannot be written.
        FactsError: a file of facts that is read only now is damaged.
        HeguiError: the action of a conclusion failed, which it names.
    """
    from hegui.engines import judge
    from hegui.report.run import Run, RunInfo

    as_of = as_of or today()
    decided_on = decided_on or as_of
    _begin(engine, master)
    started, clock = datetime.now(SHANGHAI), time.perf_counter()
    drawn = rules is None and entity is None and bool(ruleset.conclusions)
    judging = _fitting(registry, ruleset, rules, findings) if engine == "auto" else engine
    keeper = _Keeper(findings, ruleset, told, timings)
    days = {"as_of": as_of, "decided_on": decided_on}
    with _children(_chainer(chainer, engine) if drawn and judging == "scalar" else None) as children:
        with timed(timings, "judge"), keeper:
            judgement = judge(
                ruleset,
                registry,
                engine=judging,
                **days,
                rules=rules,
                entity=None if entity is None else _key(entity),
                every=every,
                kept=keeper.keeping(_verdicts(registry, ruleset, rules)),
            )
        clock = time.perf_counter() - clock
        info = RunInfo.of(ruleset, registry, **days, engine=judgement.engine, started=started, seconds=clock)
        run = Run.build(ruleset, registry, keeper.settled(judgement), info, rules, whole=entity is None)
        if not drawn:
            return run
        with keeper.stage("conclusions"):
            return run.with_conclusions(ruleset, registry, _chainer(chainer, engine), children)


@contextmanager
def _children(chainer: str | None) -> Iterator[Children | None]:
    """Processes for drawing conclusions that start while a small registry is judged; a large one takes longer anyway."""
    if chainer is None:
        yield None
        return
    from hegui.conclusions.chaining import expecting

    with expecting(chainer) as children:
        yield children


def _begin(engine: str, master: str | None) -> None:
    """Start Spark where a run needs it, before the clock runs."""
    if engine == "spark" or master is not None:
        from hegui.engines.spark_session import begin

        begin(engine, master)


class _Keeper:
    """Findings as an engine keeps them: in a temporary folder, beside the one they are meant for if there is one."""

    def __init__(
        self,
        folder: Path | None,
        ruleset: Ruleset,
        told: Callable[[str], None] | None,
        timings: dict[str, float] | None,
    ) -> None:
        self.folder, self.ruleset, self.told, self.timings = folder, ruleset, told, timings

    def __enter__(self) -> None:
        """What is left of a judgement that broke off is removed at once."""

    def __exit__(self, type_: type[BaseException] | None, *rest: object) -> None:
        if type_ is not None and "temporary" in self.__dict__:
            self.temporary.drop()

    @cached_property
    def temporary(self) -> Temporary:
        from hegui.engines.kept import Temporary

        return Temporary(self.folder)

    def keeping(self, verdicts: int) -> Keeping | None:
        """Where an engine is to leave its findings; None for memory, where so few verdicts cannot be too many."""
        from hegui.engines.kept import LIMIT
        from hegui.engines.request import Keeping
        from hegui.report.run import Run

        if self.folder is None and self.timings is None and verdicts <= LIMIT:
            return None
        return Keeping(self.temporary.path, Run.hidden(self.ruleset), self.told, self.timings)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Say what is worked on, and note its seconds."""
        if self.told is not None:
            self.told(name)
        with timed(self.timings, name):
            yield

    def settled(self, judgement: Judgement) -> Judgement:
        """The judgement with its findings where they are to be."""
        from dataclasses import replace

        from hegui.engines.kept import LIMIT, Kept, keep
        from hegui.report.run import Run

        found = judgement.findings
        if not isinstance(found, Kept) and (self.folder is not None or len(found) > LIMIT):
            names = [summary.rule for summary in judgement.summaries]
            rules = [self.ruleset.rules[name] for name in names]
            found = keep(found, rules, self.temporary.path, Run.hidden(self.ruleset))
        if not isinstance(found, Kept):
            return judgement
        if self.folder is None and len(found) <= LIMIT:
            return replace(judgement, findings=tuple(found))
        found = replace(found, keeper=self.temporary)
        return replace(judgement, findings=found if self.folder is None else found.placed(self.folder, None))


@contextmanager
def timed(timings: dict[str, float] | None, stage: str) -> Iterator[None]:
    """Note the seconds of a stage."""
    start = time.perf_counter()
    yield
    if timings is not None:
        timings[stage] = time.perf_counter() - start


def _chainer(name: str, engine: str) -> str:
    from hegui.conclusions.chaining import available

    if name != "auto":
        return name
    return "spark" if engine == "spark" else "durable" if available() else "reference"


def _key(entity: str) -> str:
    """A key as it stands in fingerprints, written so or plainly."""
    from hegui.outcome import escape

    return "".join(char if char in "%," else escape(char) for char in entity)


def _fitting(registry: Registry, ruleset: Ruleset, rules: Collection[str] | None, findings: Path | None) -> str:
    return "scalar" if findings is None and _verdicts(registry, ruleset, rules) <= FEW else "polars"


def _verdicts(registry: Registry, ruleset: Ruleset, rules: Collection[str] | None) -> int:
    """How many verdicts there will be."""
    from hegui.report.labels import sizes

    rows = sizes(registry)
    return sum(rows.get(rule.about, 0) for name, rule in ruleset.rules.items() if rules is None or name in rules)


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
