"""The library's face: load a ruleset, load a registry, check the one against the other, explain.

Everything here is offered by `hegui` itself: `hegui.load_ruleset`, `hegui.check` and so on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hegui import limits
from hegui.arguments import expect, expect_days, expect_lang, expect_path, path_of, paths_of, text_of
from hegui.files import aside
from hegui.keeping import Keeper, refuse_facts, timed
from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.assure.impact.model import Impact
    from hegui.assure.impact.sides import Version
    from hegui.conclusions.children import Children
    from hegui.engines.request import Keeping
    from hegui.facts.registry import Registry
    from hegui.outcome import Judgement
    from hegui.report.info import Asked, Since
    from hegui.report.run import Run
    from hegui.report.verified import Difference
    from hegui.ruleset.model import Ruleset
    from hegui.waivers.account import Account
    from hegui.waivers.model import Waivers

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai, which has had no other offset since 1991; fixed, because not every machine has a table of zones."""

FEW: Final = 20_000
"""Up to so many verdicts, planning columns takes longer than judging row by row."""

_NO_CHANGES = Wording(
    "no-changes-given",
    "what changed since the run is not said",
    "未说明自该结果以来的变更",
)


def today() -> date:
    """Today's date in Asia/Shanghai, the default of `as_of`."""
    return datetime.now(SHANGHAI).date()


def load_ruleset(path_or_name: str | Path, *, cached: bool = False) -> Ruleset:
    """Load a ruleset with all its layers.

    >>> ruleset = load_ruleset("national")
    >>> ruleset.name, "permit.not-held" in ruleset.rules
    ('national', True)

    Args:
        path_or_name: a folder with a `ruleset.yaml`, or the name of a shipped ruleset.
        cached: take it as it was loaded before where none of its files has changed, and keep it in the user's cache folder
            for the next time. The ruleset is the same; `docs/architecture.md` says what is trusted.

    Raises:
        RulesetError: with every problem of every file.
    """
    from hegui.ruleset import load

    expect_path(path_or_name, "path_or_name")
    return load(path_or_name, cached=cached)


def load_registry(
    facts: str | Path | Sequence[str | Path] | Mapping[str, Any], ruleset: Ruleset, *, as_of: date | None = None
) -> Registry:
    """Read and conform facts in the vocabulary of a ruleset.

    >>> rows = [{"id": "E1", "permit_held": "否"}, {"id": "E2", "permit_held": "maybe"}]
    >>> registry = load_registry({"enterprise": rows}, load_ruleset("national"))
    >>> registry.tables["enterprise"]["permit_held"].to_list(), registry.problems[0].raw
    ([False, None], 'maybe')

    Args:
        facts: a folder, a file, a manifest (`registry.yaml`) or a database (`postgresql://USER@HOST/DATABASE`,
            `sqlite:///FILE`, or `${NAME}` for such a URL in the environment: docs/databases.md), or several of them; or frames
            by the word for their kind, as `{"mine": frame}`: of Polars, pandas, PyArrow, DuckDB, PySpark or another library
            narwhals knows, or lists of rows (see `hegui.facts.from_frames`).
        ruleset: whose vocabulary says what the facts look like.
        as_of: records of a later day are noted; None notes none.

    Raises:
        FactsError: nothing can be read from them at all, a frame cannot be computed, lacks a column of the key or has one of a
            type that cannot be read. Single bad cells never raise; see `Registry.problems`.
        UsageError: `facts` is something else.
    """
    from hegui.facts import from_frames, read
    from hegui.ruleset.model import Ruleset

    expect("ruleset", ruleset, Ruleset)
    expect_days(as_of=as_of)
    if isinstance(facts, Mapping):
        return from_frames(ruleset.vocabulary, facts, as_of=as_of)
    return read(paths_of(facts), ruleset.vocabulary, as_of=as_of)


def load_waivers(paths: str | Path | Sequence[str | Path], ruleset: Ruleset | None = None) -> Waivers:
    """Load files of waivers.

    Args:
        paths: a file or several; their waivers come in this order, and of several that cover one finding the first is shown.
        ruleset: where it is given, `Waivers.warnings` also has the names that are none of its rules or conclusions.

    Raises:
        UsageError: with every problem of every file.
    """
    from dataclasses import replace

    from hegui.ruleset.model import Ruleset
    from hegui.waivers.loading import load, names_unknown

    expect("ruleset", ruleset, Ruleset, type(None))
    found = load([Path(each) for each in paths_of(paths, "paths")])
    if ruleset is None:
        return found
    known = {*ruleset.rules, *ruleset.conclusions, *(old for rule in ruleset.rules.values() for old in rule.formerly)}
    return replace(found, warnings=(*found.warnings, *names_unknown(found, known)))


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
    findings: str | Path | None = None,
    told: Callable[[str], None] | None = None,
    timings: dict[str, float] | None = None,
    master: str | None = None,
    since: Run | None = None,
    changes: str | Path | Registry | None = None,
    waivers: Waivers | None = None,
) -> Run:
    """Judge a registry, and draw the conclusions its findings lead to.

    >>> ruleset = load_ruleset("national")
    >>> registry = load_registry({"enterprise": [{"id": "E1", "permit_class": "key", "permit_held": False}]}, ruleset)
    >>> run = check(registry, ruleset, rules=["permit.not-held"], as_of=date(2024, 3, 11))
    >>> [(finding.fingerprint, finding.verdict.value) for finding in run.findings]
    [('permit.not-held/enterprise/E1', 'violation')]

    Args:
        registry: conformed facts.
        ruleset: the rules, of the vocabulary the facts were conformed to.
        as_of: the day the facts are looked at; default today in Asia/Shanghai, with `since` that of the run.
        decided_on: the day of the decision, for which later law is compared; default `as_of`, with `since` that of the
            run. It changes no verdict.
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
        since: a run of the whole registry as it was. Only what `changes` concern is judged again; the run made is the
            same as without. Goes with none of `rules`, `entity` and `every`.
        changes: what changed since: a folder that says so (docs/since.md), or the registry as it was.
        waivers: what an office has decided not to count for now; those that stand on `decided_on` apply. They change no
            verdict: what they cover is counted apart.

    Raises:
        EngineError: Spark does not start, or gave up.
        UsageError: an unknown engine, chainer or rule; a master for another engine than `spark`; findings cannot be written; a
            run that cannot be gone on from.
        FactsError: a file of facts that is read only now is damaged; changes cannot be read.
        HeguiError: the action of a conclusion failed, which it names.
    """
    from hegui.asked import refuse_choice, refuse_strangers
    from hegui.report.info import Asked, RunInfo
    from hegui.report.run import Run

    refuse_strangers(registry, ruleset, rules, entity, waivers)
    expect("engine", engine, str)
    expect("timings", timings, dict, type(None))
    expect_days(as_of=as_of, decided_on=decided_on)
    findings = None if findings is None else path_of(findings, "findings")
    refuse_facts(findings, registry.sources)
    refuse_choice(rules, entity, every, engine, since, changes)
    as_of = as_of or (today() if since is None else since.info.as_of)
    decided_on = decided_on or (as_of if since is None else since.info.decided_on)
    _begin(engine, master)
    started, clock = datetime.now(SHANGHAI), time.perf_counter()
    asked = Asked(None if rules is None else tuple(sorted(rules)), entity, every)
    judging = _fitting(registry, ruleset, rules, findings) if engine == "auto" else engine
    days = {"as_of": as_of, "decided_on": decided_on}
    keeper = Keeper(findings, ruleset, told, timings, since)
    chainer = _chainer(chainer, engine)
    early = asked.whole and bool(ruleset.conclusions) and judging == "scalar"
    with keeper, _children(chainer if early else None) as children:
        with timed(timings, "judge"):
            registry, judgement, made_of = _judged(ruleset, registry, judging, asked, keeper, since, changes, days)
        clock, engine = time.perf_counter() - clock, judgement.engine
        info = RunInfo.of(
            ruleset, registry, **days, engine=engine, started=started, seconds=clock, asked=asked, since=made_of
        )
        run = Run.build(ruleset, registry, judgement, info, rules, whole=entity is None)
        return keeper.placed(_concluded(run, (ruleset, registry), waivers, keeper, chainer, children))


def _judged(
    ruleset: Ruleset,
    registry: Registry,
    engine: str,
    asked: Asked,
    keeper: Keeper,
    since: Run | None,
    changes: str | Path | Registry | None,
    days: Mapping[str, date],
) -> tuple[Registry, Judgement, Since | None]:
    """The registry with what is known of where its rows stand, its judgement, and how that was made out of a former run."""
    from hegui.engines import judge
    from hegui.engines.kept import Kept
    from hegui.facts.standing import with_stands
    from hegui.outcome import as_key

    made_of = None
    kept = keeper.keeping(_verdicts(registry, ruleset, asked.rules))
    if since is None:
        key = None if asked.entity is None else as_key(asked.entity)
        rules, every = asked.rules, asked.every
        judgement = judge(ruleset, registry, engine=engine, rules=rules, entity=key, every=every, kept=kept, **days)
    else:
        registry = registry if kept is None else with_stands(registry)
        judgement, made_of = _judge_since(ruleset, registry, since, changes, engine, kept, **days)
    judgement = keeper.settled(judgement)
    if isinstance(judgement.findings, Kept) and asked.whole:
        registry = with_stands(registry)
    return registry, judgement, made_of


def _concluded(
    run: Run,
    of: tuple[Ruleset, Registry],
    waivers: Waivers | None,
    keeper: Keeper,
    chainer: str,
    children: Children | None,
) -> Run:
    """The run with its waivers, and with conclusions where all of the registry was judged by all rules."""
    from hegui.report.waived import accounted, with_waivers
    from hegui.waivers.model import NONE

    waivers = waivers or NONE
    run = with_waivers(run, waivers)
    if run.info.asked.whole and of[0].conclusions:
        with keeper.stage("conclusions"):
            run = run.with_conclusions(*of, chainer, children)
    return accounted(run, waivers)


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


def write(
    run: Run, file: str | Path, format: str | None = None, *, lang: str = "en", former: Run | None = None
) -> None:
    """Write a report of a run to a file, which is whole or not there.

    Args:
        run: the run.
        file: the file; its ending says the format (`findings.xlsx`, `page.html`, `run.json`, `gist.md`).
        format: a name of `hegui check --format` where the ending does not say it (`sarif`, `junit`, `notice`).
        lang: "zh" or "en", for formats in one language.
        former: an earlier run, for formats that say what changed.

    Raises:
        UsageError: there is no such format, or the file cannot be written.
    """
    from hegui.report import Look, Run
    from hegui.report.saving import save

    expect("run", run, Run)
    expect("former", former, Run, type(None))
    expect_lang(lang)
    save(run, path_of(file, "file"), format, Look(lang, former=former))


def _judge_since(
    ruleset: Ruleset,
    registry: Registry,
    since: Run,
    changes: str | Path | Registry | None,
    engine: str,
    kept: Keeping | None,
    as_of: date,
    decided_on: date,
) -> tuple[Judgement, Since]:
    from hegui.facts.registry import Registry
    from hegui.since.judging import Changes, check_since

    if changes is None:
        raise UsageError(Diagnostic(_NO_CHANGES))
    told = Changes(before=changes) if isinstance(changes, Registry) else Changes(path_of(changes, "changes"))
    found = check_since(ruleset, registry, since, told, as_of=as_of, decided_on=decided_on, engine=engine, kept=kept)
    return found.judgement, found.since


def _chainer(name: str, engine: str) -> str:
    from hegui.conclusions.chaining import available, expect_chainer

    if name != "auto":
        expect_chainer(name)
        return name
    return "spark" if engine == "spark" else "durable" if available() else "reference"


def _fitting(registry: Registry, ruleset: Ruleset, rules: Collection[str] | None, findings: Path | None) -> str:
    return "scalar" if findings is None and _verdicts(registry, ruleset, rules) <= FEW else "polars"


def _verdicts(registry: Registry, ruleset: Ruleset, rules: Collection[str] | None) -> int:
    """How many verdicts there will be."""
    from hegui.report.labels import sizes

    rows = sizes(registry)
    return sum(rows.get(rule.about, 0) for name, rule in ruleset.rules.items() if rules is None or name in rules)


def read_run(path: str | Path, *, shown: bool = True) -> Run:
    """Read a saved run (`Run.to_json`, or what `hegui check --format json=…` writes).

    Args:
        path: its file.
        shown: are its findings to be shown? Then it is seen whether they can be.

    Raises:
        UsageError: it cannot be read, is no saved run or is damaged, or the findings beside it are.
    """
    text = text_of(path_of(path, "path"), limits.RUN_BYTES)
    from hegui.report.run import Run

    return Run.from_json(text, str(path), shown)


def audit_waivers(
    waivers: Waivers,
    ruleset: Ruleset,
    *,
    facts: Sequence[str | Path] = (),
    run: Run | None = None,
    as_of: date | None = None,
    soon: int = 30,
) -> Account:
    """How waivers stand on a day, and what they cover.

    Args:
        waivers: as loaded.
        ruleset: the rules.
        facts: a registry that is judged; nothing for none.
        run: a saved run whose findings they are held against instead.
        as_of: the day; default today in Asia/Shanghai.
        soon: days before its last that a waiver is said to end soon.

    Raises:
        FactsError: the registry cannot be read.
    """
    from dataclasses import replace

    from hegui.report.run import Run
    from hegui.report.waived import accounted, with_waivers
    from hegui.ruleset.model import Ruleset
    from hegui.waivers.account import account_of
    from hegui.waivers.model import Waivers

    expect("waivers", waivers, Waivers)
    expect("ruleset", ruleset, Ruleset)
    expect("run", run, Run, type(None))
    expect("soon", soon, int)
    expect_days(as_of=as_of)
    day = as_of or today()
    if facts:
        found = check(load_registry(facts, ruleset, as_of=day), ruleset, as_of=day, waivers=waivers)
    elif run is not None:
        found = with_waivers(replace(run, info=replace(run.info, decided_on=day)), waivers)
    else:
        return account_of(waivers, day, {}, 0, whole=False, soon=soon)
    return accounted(found, waivers, soon=soon).info.waivers


def verify(
    data: dict[str, Any],
    name: str,
    facts: Sequence[str | Path],
    rules: str | Path,
    *,
    waivers: Sequence[str | Path] = (),
    ignored: bool = False,
    engine: str | None = None,
    versions: bool = True,
) -> list[Difference]:
    """Make a saved run again, with the days, engine, chainer and options on record, and compare the whole of it.

    Args:
        data: the document of the saved run.
        name: its path, beside which its findings are where they are kept.
        facts: folders, files or manifests.
        rules: a folder or the name of a shipped ruleset.
        waivers: the files of waivers it had.
        ignored: had it them set aside?
        engine: another engine than the one on record.
        versions: do other versions of Python, packages and hegui count as a difference?

    Raises:
        UsageError: the run or the waivers cannot be read.
        RulesetError: the ruleset cannot.
        FactsError: the facts cannot.
    """
    from dataclasses import replace

    from hegui.report.run import Run
    from hegui.report.verified import differences

    expect("data", data, dict)
    recorded = Run.from_data(data, name)
    info, ruleset = recorded.info, load_ruleset(rules)
    given = replace(load_waivers(waivers), ignored=ignored and bool(waivers))
    asked = None if recorded.drawing.notes else info.chainer  # notes say that another was asked for
    with aside() as folder:
        again = check(
            load_registry(facts, ruleset, as_of=info.as_of),
            ruleset,
            as_of=info.as_of,
            decided_on=info.decided_on,
            engine=engine or info.engine,
            chainer=_again(asked),
            rules=info.asked.rules,
            entity=info.asked.entity,
            every=info.asked.every,
            findings=folder / "findings" if recorded.kept else None,
            waivers=given,
        )
        again = again.beside(folder / "run.json")
        return list(differences(data, recorded, again, engine=engine is None, versions=versions))


def _again(chainer: str | None) -> str:
    """The chainer on record, or where it does not import here the other, which means the same."""
    from hegui.conclusions.chaining import available

    return "reference" if chainer == "reference" or not available() else chainer or "auto"


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

    >>> ruleset = load_ruleset("national")
    >>> registry = load_registry({"enterprise": [{"id": "E1", "permit_class": "key", "permit_held": False}]}, ruleset)
    >>> run = explain(registry, ruleset, "E1", "permit.not-held", as_of=date(2024, 3, 11))
    >>> print(*[run.explain(finding, "en").message for finding in run.findings])
    E1 needs a discharge permit (key); by 2024-03-11: none held

    Raises:
        UsageError: an unknown rule, or nothing is filed under the entity.
    """
    from hegui.report.nobody import of_somebody

    expect("entity", entity, str)
    run = check(registry, ruleset, as_of=as_of, decided_on=decided_on, rules=[rule], entity=entity, every=True)
    return of_somebody(run, registry, [ruleset.rules[rule]])


def load_version(path_or_revision: str | Path, *, cached: bool = False) -> Version:
    """A version of a ruleset, to be held against another by `impact`.

    Args:
        path_or_revision: a folder, a file, the name of a shipped ruleset, or `REVISION:PATH` in the git repository of the
            working folder, `PATH` counting from its root or, with `./`, from the working folder.
        cached: as for `load_ruleset`; revisions are always loaded anew.

    Raises:
        RulesetError: the ruleset cannot be used.
        UsageError: git, the repository or the revision cannot.
    """
    from hegui.assure.impact.sides import version

    path_of(path_or_revision, "path_or_revision")
    return version(path_or_revision, cached=cached)


def impact(
    old: Version,
    new: Version,
    facts: Sequence[str | Path],
    *,
    as_of: date | None = None,
    decided_on: date | None = None,
    rules: Collection[str] | None = None,
    engine: str = "auto",
    chainer: str = "auto",
) -> Impact:
    """What becomes of verdicts and conclusions when one version of a ruleset takes the place of another.

    Args:
        old: the version before.
        new: the version after.
        facts: folders, files or manifests.
        as_of: the day the facts are looked at; default today in Asia/Shanghai.
        decided_on: the day of the decision; default `as_of`. No verdict depends on it.
        rules: names of rules, in either version; None for all. Of some, no conclusion is compared.
        engine: `polars`, `scalar`, or `auto` for the one that suits the number of verdicts; they mean the same.
        chainer: `durable`, `reference` or `auto`, as for `check`.

    Raises:
        FactsError: the facts cannot be read.
        UsageError: there is no row any rule looked at is about.
    """
    from hegui.assure.impact.comparing import impact as compare
    from hegui.assure.impact.sides import Version

    expect("old", old, Version)
    expect("new", new, Version)
    expect_days(as_of=as_of, decided_on=decided_on)
    as_of = as_of or today()
    return compare(
        old, new, facts, as_of=as_of, decided_on=decided_on or as_of, rules=rules, engine=engine,
        chainer=_chainer(chainer, engine),
    )  # fmt: skip
