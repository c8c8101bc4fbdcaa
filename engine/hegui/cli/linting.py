"""`hegui lint`: what is wrong with a ruleset, or probably not meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from hegui.cli import words
from hegui.cli.frame import FOUND, as_of_option, lang_of, language, main, near, say, told_option
from hegui.cli.output import put, told_targets, write_told
from hegui.files import write_whole
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.assure.lint import Looked
    from hegui.assure.told import Telling

UNUSABLE_RULESET = 2


def _explain(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Print what there is to read about a finding, in place of looking for any."""
    if value is None:
        return
    from hegui.assure.lint.pages import explained, page

    found = page(value)
    if found is None:
        near_ = near(value, explained(), lang_of(ctx))
        raise UsageError(Diagnostic(words.NO_PAGE, {"name": value, "near": near_}))
    put([found])
    ctx.exit()


@main.command()
@click.argument("rules_at", metavar="RULESET")
@click.option(
    "--fix", is_flag=True, help="Mend what can be mended without changing a verdict, in the files of RULESET itself."
)
@click.option(
    "--explain",
    metavar="ID",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Print what there is to read about a finding, by the id in its brackets.",
)
@told_option
@as_of_option
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "error", "never"]),
    default="warning",
    show_default=True,
    help="What makes the exit code 1 (warnings) or 2 (errors).",
)
@language
def lint(
    rules_at: str, fix: bool, formats: tuple[str, ...], accepted: bool, as_of: date | None, fail_on: str, lang: str
) -> None:
    """Say everything there is to say of a ruleset: exit 2 on errors, 1 on warnings.

    Values of parameters must have been looked up within a year before --as-of.
    """
    from hegui import api
    from hegui.assure.lint import look

    targets, day = told_targets(formats), as_of or api.today()
    fixed: tuple[Diagnostic, ...] = ()
    if fix:
        from hegui.assure.lint.fixing import mend

        mended = mend(rules_at, day, lambda path, body: write_whole(path, [body]))
        fixed, looked = mended.fixed, mended.left
    else:
        looked = look(rules_at, day)
    for each in fixed:
        say(words.FIXED, place=each.place(), message=_became(each, lang), id=each.id)
    if fix and (unmended := _unmended(looked)):
        say(words.LEFT, count=unmended)
    write_told(replace(_telling(looked, fixed if fix else None), listed=accepted), targets)
    click.get_current_context().exit(_code(looked, fail_on))


def _became(fixed: Diagnostic, lang: str) -> str:
    """What was mended; of a key that was misspelt, with the one it is now."""
    message = fixed.message(lang)
    if fixed.id != "unknown-key":
        return message
    return Diagnostic(words.BECAME, {"message": message, "now": fixed.args["known"]}).message(lang)


def _unmended(looked: Looked) -> int:
    """How many findings are left that might have been mended."""
    from hegui.assure.lint.fixing import FIXED

    return sum(each.id in FIXED for each in looked.findings)


def _telling(looked: Looked, fixed: tuple[Diagnostic, ...] | None) -> Telling:
    """What is written, with what was fixed where that was asked for."""
    from hegui.assure.lint.pages import pages
    from hegui.assure.told import Passed, Telling, entry

    let_stand = [(found, accepted.reason) for found, accepted in looked.let_stand]
    told = [*looked.findings, *(found for found, _ in let_stand)]
    named = {found.span.source.name for found in told if found.span is not None}
    known = pages({found.id for found in (*told, *(fixed or ()))})
    return Telling(
        "lint",
        looked.findings,
        let_stand,
        [Passed("files", name) for name in looked.files if name not in named],
        known,
        {"fixed": [entry(found, known) for found in fixed]} if fixed is not None else {},
    )


def _code(looked: Looked, fail_on: str) -> int:
    errors = any(found.level == "error" for found in looked.findings)
    if fail_on == "never":
        return 0
    return UNUSABLE_RULESET if errors else FOUND if looked.findings and fail_on == "warning" else 0
