"""Templates of letters: the option that names one, and the command that writes the default one to start from."""

from __future__ import annotations

from pathlib import Path

import click

from hegui.cli import words
from hegui.cli.frame import Command, language, main, say
from hegui.cli.output import TEMPLATE, refuse_unwritable
from hegui.files import write_whole


def _checked(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """A template that cannot be used is better known before the run than after it.

    Raises:
        UsageError: it cannot be used.
    """
    if value is None:
        return
    from hegui.report.letter.template import Template

    Template.read(Path(value))
    ctx.meta[TEMPLATE] = Path(value)


def template_option(command: Command) -> Command:
    """`--template`, which reports find where `output.look` does."""
    return click.option(
        "--template",
        metavar="FILE.docx",
        callback=_checked,
        expose_value=False,
        help="For docx and docx-town: a template of your own; `hegui letter-template` writes one to start from.",
    )(command)


@main.command("letter-template")
@click.option("-o", "--output", metavar="FILE.docx", required=True, help="Where to write it.")
@language
def letter_template(output: str, lang: str) -> None:
    """Write the default template of letters (问题交办单), to be changed and given back with --template."""
    from hegui.report.letter.filling import default_template

    path = Path(output)
    refuse_unwritable(path)
    write_whole(path, [default_template()])
    say(words.WROTE, file=path)
