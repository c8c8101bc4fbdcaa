"""The command that writes JSON Schemas, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hegui.cli import words
from hegui.cli.frame import language, main, say, unknown
from hegui.cli.output import put
from hegui.files import make_folder, write_whole
from hegui.source import Diagnostic, UsageError


@main.command()
@click.argument("name", required=False)
@click.option("--rules", "rules_at", metavar="R", help="Also the kinds of this ruleset.")
@click.option("--all", "every", is_flag=True, help="Write every schema of a YAML document to FOLDER.")
@click.option("-o", "--output", metavar="FOLDER", help="Where `--all` writes.")
@language
def schema(name: str | None, rules_at: str | None, every: bool, output: str | None, lang: str) -> None:
    """Print a JSON Schema: of a YAML document by its first key, of a whole ruleset's files (`hegui`), of a `registry` or
    `waivers`, or of a kind of entity; without NAME, list what there is."""
    from hegui import api
    from hegui.assure import schemas
    from hegui.vocabulary import model

    if every != (output is not None) or (every and (name or rules_at)):
        raise UsageError(Diagnostic(words.SCHEMA_FOLDER))
    if output is not None:
        _write(Path(output), schemas.files())
        return
    documents = {**schemas.documents(), schemas.ANY: schemas.any_document()}
    kinds = api.load_ruleset(rules_at).vocabulary.kinds if rules_at is not None else {}
    if name is None:
        put(f"{known}\n" for known in [*documents, *sorted(kinds)])
        return
    if name not in documents and name not in kinds:
        unknown(words.NO_SCHEMA, name, [*documents, *sorted(kinds)])
    put([_text(model(kinds[name]).model_json_schema() if name in kinds else documents[name])])


def _text(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _write(folder: Path, made: dict[str, dict[str, Any]]) -> None:
    make_folder(folder)
    for name, each in made.items():
        write_whole(folder / name, [_text(each)])
    say(words.WROTE_FILES, file=folder, count=len(made))
