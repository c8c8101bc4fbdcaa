"""Commands about waivers, and the options of `check` that are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hegui.cli import words
from hegui.cli.frame import (
    FOUND,
    allow_option,
    as_of_option,
    lang_of,
    language,
    main,
    read_date,
    rules_option,
    say,
    tell,
)
from hegui.cli.output import look, put, refuse_unwritable
from hegui.cli.refusing import talk
from hegui.files import write_whole
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.report import Run
    from hegui.ruleset.model import Ruleset
    from hegui.waivers.model import Waivers

Command = TypeVar("Command", bound=Callable[..., Any])


def waivers_options(command: Command) -> Command:
    """`--waivers` and `--no-waivers`."""
    command = click.option("--no-waivers", is_flag=True, help="Set all waivers aside; the run says so.")(command)
    return click.option(
        "--waivers",
        "waivers_at",
        metavar="FILE",
        multiple=True,
        help="Waivers that stand on the day of the decision; may be repeated.",
    )(command)


def load(files: tuple[str, ...], ruleset: Ruleset, aside: bool = False) -> Waivers:
    """The waivers of some files, with what there is to say of them said; `aside`, they are only named.

    Raises:
        UsageError: with every problem of every file.
    """
    from dataclasses import replace

    from hegui import api
    from hegui.waivers.model import NONE

    if not files:  # the usual case pays nothing for it
        return NONE
    found = api.load_waivers(files, ruleset)
    if not aside:
        tell(found.warnings)
    return replace(found, ignored=aside)


def say_account(run: Run) -> None:
    """Say which waivers of a run want looking at."""
    from hegui.report.waiver_page import remarks

    given = run.info.waivers
    if given.ignored:
        say(words.WAIVERS_ASIDE, count=len(given.given))
    for remark in remarks(given):
        talk(remark.get(lang_of()))


@main.group()
def waivers() -> None:
    """What an office has decided not to count for now."""


@waivers.command()
@click.argument("files", metavar="WAIVERS...", nargs=-1, required=True)
@rules_option
@click.option("--facts", "facts", metavar="FACTS", multiple=True, help="Also against this registry; may be repeated.")
@allow_option
@click.option("--run", "run_json", metavar="RUN.json", help="Also against the findings of this run.")
@click.option("--soon", metavar="DAYS", type=click.IntRange(0), default=30, show_default=True, help="What ends soon.")
@as_of_option
@language
def audit(
    files: tuple[str, ...],
    rules_at: str,
    facts: tuple[str, ...],
    run_json: str | None,
    soon: int,
    as_of: date | None,
    lang: str,
) -> None:
    """Say how waivers stand on a day: exit 1 if any wants looking at."""
    from hegui import api
    from hegui.report.waiver_page import audit as page

    if facts and run_json is not None:
        raise UsageError(Diagnostic(words.FACTS_OR_RUN))
    ruleset = api.load_ruleset(rules_at)
    found = load(files, ruleset)
    run = api.read_run(run_json) if run_json is not None else None
    account = api.audit_waivers(found, ruleset, facts=facts, run=run, as_of=as_of, soon=soon)
    put(page(account, look(), as_of or api.today()))
    click.get_current_context().exit(0 if account.clean and not found.warnings else FOUND)


@main.group()
def baseline() -> None:
    """Begin with what there is: waivers for every present violation, with an end."""


@baseline.command("create")
@click.argument("run_json", metavar="RUN.json")
@click.option("-o", "--output", metavar="FILE", required=True, help="The file of waivers to write.")
@click.option("--until", metavar="DATE", callback=read_date, required=True, help="The last day they stand.")
@click.option("--approved-by", metavar="OFFICE", required=True, help="The office that approves them; not a person.")
@click.option("--document", metavar="NO", required=True, help="The number of its document.")
@click.option("--reason", metavar="TEXT", help="Why; a sentence about a baseline where left out.")
@click.option("--rule", "globs", metavar="GLOB", multiple=True, help="Only rules whose name matches; may be repeated.")
@language
def create(
    run_json: str,
    output: str,
    until: date,
    approved_by: str,
    document: str,
    reason: str | None,
    globs: tuple[str, ...],
    lang: str,
) -> None:
    """Write waivers that name every violation and conclusion of RUN.json that counts."""
    from hegui import api
    from hegui.report.baseline import Granted, made_of

    path = Path(output)
    refuse_unwritable(path)
    granted = Granted(document, approved_by, reason, until)
    made = made_of(api.read_run(run_json), granted, globs)
    write_whole(path, [made.text])
    tell(made.warnings)
    say(words.WROTE, file=path)
    say(words.BASELINE, count=made.count, rules=made.rules, until=until)
