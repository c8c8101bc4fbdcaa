"""Commands for those who write rulesets and registries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hegui.cli import words
from hegui.cli.frame import as_of_option, language, load_ruleset, main, rules_option, say, unknown
from hegui.cli.output import look, put, refuse_unwritable, replacing


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
@click.argument("name", required=False)
@click.option("--rules", "rules_at", metavar="R", help="Also the kinds of this ruleset.")
@language
def schema(name: str | None, rules_at: str | None, lang: str) -> None:
    """Print a JSON Schema: of a document of rulesets or of waivers, or of a kind of entity; without NAME, list what there is."""
    import json

    from hegui import api
    from hegui.ruleset.json_schema import schemas
    from hegui.vocabulary import model
    from hegui.waivers.documents import json_schema

    documents = schemas() | {"waivers": json_schema()}
    kinds = api.load_ruleset(rules_at).vocabulary.kinds if rules_at is not None else {}
    if name is None:
        put(f"{known}\n" for known in [*documents, *sorted(kinds)])
        return
    if name not in documents and name not in kinds:
        unknown(words.NO_SCHEMA, name, [*documents, *sorted(kinds)])
    made = model(kinds[name]).model_json_schema() if name in kinds else documents[name]
    put([json.dumps(made, ensure_ascii=False, indent=2), "\n"])


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
    with replacing(path) as target:
        write_template(vocabulary, list(kinds), target)
    say(words.WROTE, file=path)


@main.group()
def new() -> None:
    """Begin a rule, or a manifest for a workbook somebody already has."""


@new.command("registry")
@click.argument("file")
@rules_option
@language
def new_registry(file: str, rules_at: str, lang: str) -> None:
    """Propose a registry.yaml for FILE, and list what could not be matched."""
    from hegui.facts import propose_manifest

    put([propose_manifest(Path(file), load_ruleset(rules_at).vocabulary)])


@new.command("rule")
@language
def new_rule(lang: str) -> None:
    """Print a rule to start from."""
    from hegui.ruleset.scaffold import RULE

    put([RULE])
