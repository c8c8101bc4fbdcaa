"""Commands that judge, and that show what was judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hegui.api import read_run
from hegui.characters import as_compared
from hegui.cli import words
from hegui.cli.frame import (
    FOUND,
    allow_option,
    days_option,
    engine_option,
    formats_option,
    lang_of,
    language,
    load_ruleset,
    main,
    matching,
    near,
    rules_option,
    say,
)
from hegui.cli.letters import template_option
from hegui.cli.output import look, put, refuse_findings, refuse_sources, replacing, targets_of, write
from hegui.cli.refusing import talk
from hegui.cli.waiving import load, say_account, waivers_options
from hegui.keeping import timed
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.facts import Registry
    from hegui.report import Run
    from hegui.ruleset.model import Ruleset


@main.command()
@click.argument("facts", nargs=-1, required=True)
@allow_option
@rules_option
@days_option
@formats_option("table")
@template_option
@engine_option("auto", "auto", help="Which engine judges.")
@click.option("--master", metavar="URL", help="Where Spark runs, for --engine spark. Default: as Spark is configured.")
@click.option(
    "--chainer",
    type=click.Choice(["auto", "durable", "reference", "spark"]),
    default="auto",
    help="Which draws conclusions.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["low", "minor", "major", "critical", "undetermined", "never"]),
    default="minor",
    show_default=True,
    help="Exit 1 on violations and conclusions of this priority or above; `undetermined` counts what is undetermined too.",
)
@click.option("--rule", "globs", metavar="GLOB", multiple=True, help="Only rules whose name matches; may be repeated.")
@click.option("--entity", metavar="ID", help="Only rows filed under this entity.")
@click.option(
    "--since", metavar="RUN.json", help="A saved run: judge again only what changed since, and go on from it."
)
@click.option("--since-run", metavar="RUN.json", help="An earlier saved run: the page says what changed since.")
@click.option("--changes", metavar="FOLDER", help="With --since: the rows that changed, `before` and `after`.")
@click.option("--before", metavar="FACTS", help="With --since: the registry the run was made of, to find what changed.")
@click.option("--strict", is_flag=True, help="Exit 3 if there are problems in the data.")
@click.option("--show-compliant", is_flag=True, help="List compliant and not applicable rows too.")
@click.option("--findings", metavar="FOLDER", help="Keep the findings there as Parquet, a file per rule.")
@waivers_options
@click.option("--timings", is_flag=True, help="Say how long stages and rules took; each rule is then judged by itself.")
@language
def check(
    facts: tuple[str, ...],
    rules_at: str,
    as_of: date | None,
    formats: tuple[str, ...],
    fail_on: str,
    globs: tuple[str, ...],
    since: str | None,
    since_run: str | None,
    changes: str | None,
    before: str | None,
    strict: bool,
    show_compliant: bool,
    findings: str | None,
    waivers_at: tuple[str, ...],
    no_waivers: bool,
    timings: bool,
    lang: str,
    **how: Any,
) -> None:
    """Judge a registry: FACTS are folders, files or a registry.yaml."""
    from hegui import api
    from hegui.report.look import progress

    targets, seconds = targets_of(formats), dict[str, float]() if timings else None
    ruleset = load_ruleset(rules_at)
    rules, waivers = matching(ruleset.rules, globs) if globs else None, load(waivers_at, ruleset, no_waivers)
    former, earlier = _former(since, changes, before), read_run(since_run) if since_run is not None else None
    refuse_findings(earlier, findings)
    as_of = as_of or (api.today() if former is None else former.info.as_of)
    with progress() as told:
        registry = _facts(facts, ruleset, as_of, told, seconds, targets)
        run = api.check(
            registry,
            ruleset,
            as_of=as_of,
            rules=rules,
            every=show_compliant,
            findings=findings,
            told=told,
            timings=seconds,
            since=former,
            changes=changes if before is None else api.load_registry([before], ruleset),
            waivers=waivers,
            **how,  # decided_on, engine, master, chainer, entity: as they are called there
        )
    with replacing(run, targets):
        _refuse_nobody(run, registry, ruleset, rules)
        _report(run, targets, seconds, earlier)
    _refuse_empty(run, ruleset, rules)
    _leave(run, fail_on, strict)


def _facts(
    facts: tuple[str, ...],
    ruleset: Ruleset,
    as_of: date,
    told: Callable[[str], None],
    seconds: dict[str, float] | None,
    targets: Sequence[tuple[str, Path | None]],
) -> Registry:
    from hegui import api

    with timed(seconds, "facts", told):
        registry = api.load_registry(facts, ruleset, as_of=as_of)
    refuse_sources((path for _, path in targets), {source.file for source in registry.sources})
    return registry


def _former(since: str | None, changes: str | None, before: str | None) -> Run | None:
    """The run to go on from."""
    from hegui.since.telling import refuse_options

    refuse_options(since, changes, before)
    return None if since is None else read_run(since, shown=False)


def _report(
    run: Run, targets: Sequence[tuple[str, Path | None]], seconds: dict[str, float] | None, earlier: Run | None
) -> None:
    """Write the reports, and say what is to be said of the run itself."""
    from hegui.since.telling import how_much

    if (said := how_much(run)) is not None:
        say(said[0], **said[1])
    write(run, targets, seconds, earlier)
    say_account(run)
    for name, value in (seconds or {}).items():
        talk(f"{value:9.3f} s  {name}")


def _leave(run: Run, fail_on: str, strict: bool) -> None:
    """End with the exit status that what was found calls for."""
    if strict and run.problems:
        raise UsageError(Diagnostic(words.STRICT, {"count": len(run.problems)}))
    if run.counting(fail_on):
        click.get_current_context().exit(FOUND)


def _refuse_nobody(run: Run, registry: Registry, ruleset: Ruleset, rules: list[str] | None) -> None:
    from hegui.report.nobody import of_somebody

    of_somebody(run, registry, [ruleset.rules[name] for name in rules or ruleset.rules])


def _refuse_empty(run: Run, ruleset: Ruleset, rules: list[str] | None) -> None:
    if run.summary.judged:
        return
    kinds = dict.fromkeys(ruleset.rules[name].about for name in rules or ruleset.rules)
    labels = (f"`{kind}` ({ruleset.vocabulary.kinds[kind].label.get(lang_of())})" for kind in kinds)
    raise UsageError(Diagnostic(words.NOTHING, {"kinds": ", ".join(labels)}))


@main.command()
@click.argument("facts", nargs=-1, required=True)
@allow_option
@click.argument("entity")
@click.argument("rule")
@rules_option
@days_option
@language
def explain(
    facts: tuple[str, ...],
    entity: str,
    rule: str,
    rules_at: str,
    as_of: date | None,
    decided_on: date | None,
    lang: str,
) -> None:
    """Say why: the facts, the rule and the law for every row filed under ENTITY, whatever the verdict of RULE. For a
    conclusion, the chain of its grounds."""
    from hegui import api
    from hegui.report.concluded import explain_conclusion
    from hegui.report.explained import explained
    from hegui.report.nobody import nobody

    ruleset = load_ruleset(rules_at)
    if rule not in ruleset.rules and rule not in ruleset.conclusions:
        known = [*ruleset.rules, *ruleset.conclusions]
        raise UsageError(Diagnostic(words.NO_MATCH, {"glob": rule, "near": near(rule, known, lang)}))
    as_of = as_of or api.today()
    registry = api.load_registry(facts, ruleset, as_of=as_of)
    if rule in ruleset.conclusions:
        about, entity = ruleset.conclusions[rule].about_kind, as_compared(entity)
        whole = api.check(registry, ruleset, as_of=as_of, decided_on=decided_on)
        drawn = any(each.entity == entity for each in whole.drawing.drawn)
        if not drawn and about in registry.tables and entity not in registry.keys(about):
            raise nobody(entity, registry.keys(about))
        put(explain_conclusion(whole, rule, entity, look()))
        return
    run = api.explain(registry, ruleset, entity, rule, as_of=as_of, decided_on=decided_on)
    put(explained(run, look()))


@main.command()
@click.argument("run_json", metavar="RUN.json")
@formats_option("table")
@template_option
@click.option("--since-run", metavar="RUN.json", help="An earlier saved run: the page says what changed since.")
@language
def report(run_json: str, formats: tuple[str, ...], since_run: str | None, lang: str) -> None:
    """Make any format from a saved run."""
    targets = targets_of(formats)
    former = read_run(since_run) if since_run is not None else None
    write(read_run(run_json), targets, former=former)
