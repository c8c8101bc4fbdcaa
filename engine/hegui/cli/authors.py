"""Commands for those who write rulesets and registries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hegui.cli import words
from hegui.cli.frame import as_of_option, language, load_ruleset, main, rules_option, say, unknown
from hegui.cli.output import look, put, refuse_unwritable


@main.command()
@rules_option
@click.option("--by", type=click.Choice(["notice", "law", "kind"]), help="Group the rules.")
@click.option("--book", metavar="FOLDER", help="Write the rule book there, in both languages, instead of a list.")
@as_of_option
@language
def rules(rules_at: str, by: str | None, book: str | None, as_of: date | None, lang: str) -> None:
    """List rules, with the citations and parameters in force."""
    from hegui import api
    from hegui.report.catalogue import catalogue

    if book is not None:
        from hegui.report.book import pages, write

        write(Path(book), pages(load_ruleset(rules_at)))
        say(words.WROTE, file=book)
        return
    put(catalogue(load_ruleset(rules_at), look(), as_of or api.today(), by))


@main.command()
@click.argument("kinds", metavar="KIND...", nargs=-1, required=True)
@rules_option
@click.option("-o", "--output", metavar="FILE", required=True, help="The workbook to write, `.xlsx`.")
@language
def template(kinds: tuple[str, ...], rules_at: str, output: str, lang: str) -> None:
    """Write an empty workbook for some kinds, with headers, units and drop-down lists."""
    from hegui.facts import write_template

    vocabulary = load_ruleset(rules_at).vocabulary
    for kind in kinds:
        if kind not in vocabulary.kinds:
            unknown(words.NO_KIND, kind, vocabulary.kinds)
    path = Path(output)
    refuse_unwritable(path)
    write_template(vocabulary, list(kinds), path)
    say(words.WROTE, file=path)
