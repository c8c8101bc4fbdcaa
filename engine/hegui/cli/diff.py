"""`hegui diff`: what is different between two saved runs."""

from __future__ import annotations

import click

from hegui.api import read_run
from hegui.cli.frame import FOUND, language, main
from hegui.cli.output import look, put


@main.command()
@click.argument("first", metavar="RUN1.json")
@click.argument("second", metavar="RUN2.json")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="Output format.",
)
@language
def diff(first: str, second: str, form: str, lang: str) -> None:
    """What the second run finds otherwise than the first. Exit 0 if they do not differ, 1 if they do."""
    from hegui.ledger.difference import Comparison, Counts
    from hegui.ledger.difference_page import WRITERS

    counts = Counts()
    put(WRITERS[form](Comparison(read_run(first), read_run(second)), look(), counts))
    if counts.differs:
        click.get_current_context().exit(FOUND)
