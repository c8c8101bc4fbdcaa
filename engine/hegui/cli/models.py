"""The command that writes entity models, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from hegui.cli import words
from hegui.cli.frame import language, main, say
from hegui.cli.output import put, refuse_unwritable
from hegui.files import write_whole


@main.command()
@click.argument("rules_at", metavar="R")
@click.option("-o", "--output", metavar="FILE", help="Where to write it; else it is printed.")
@language
def models(rules_at: str, output: str | None, lang: str) -> None:
    """Write a Python module with a pydantic model of each kind of entity of a ruleset, so that editors complete its fields."""
    from hegui import api
    from hegui.vocabulary import python_module

    ruleset = api.load_ruleset(rules_at)
    text = python_module(ruleset.vocabulary, ruleset.name, ruleset.version)
    if output is None:
        put([text])
        return
    path = Path(output)
    refuse_unwritable(path)
    write_whole(path, [text])
    say(words.WROTE, file=path)
