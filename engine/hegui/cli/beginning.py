"""Commands that write the first lines of what somebody is about to make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hegui.cli import words
from hegui.cli.frame import language, load_ruleset, main, rules_option, say, unknown
from hegui.cli.output import put, refuse_unwritable
from hegui.files import make_folder, write_whole
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.ruleset.model import Ruleset


@main.group()
def new() -> None:
    """Begin a ruleset, a rule, or a manifest for a workbook somebody already has."""


@new.command("registry")
@click.argument("file")
@rules_option
@language
def new_registry(file: str, rules_at: str, lang: str) -> None:
    """Propose a registry.yaml for FILE, and list what could not be matched."""
    from hegui.facts import propose_manifest

    put([propose_manifest(Path(file), load_ruleset(rules_at).vocabulary)])


@new.command("rule")
@click.argument("name", required=False)
@click.option("--rules", "rules_at", metavar="R", help="The ruleset it is for.")
@click.option("--about", metavar="KIND", help="The kind each row of which it judges.")
@click.option("-o", "--output", metavar="FILE", help="A new file to write it to, instead of the terminal.")
@language
def new_rule(name: str | None, rules_at: str | None, about: str | None, output: str | None, lang: str) -> None:
    """Begin the rule NAME about a kind, on one of its fields, with examples; without NAME, print a rule to start from."""
    from hegui.ruleset.scaffold import RULE

    if output is not None and not output.endswith(".yaml"):
        raise UsageError(Diagnostic(words.NOT_YAML, {"file": output}))
    if name is None and rules_at is None and about is None:
        text = RULE
    elif name is None or rules_at is None or about is None:
        raise UsageError(Diagnostic(words.RULE_NEEDS))
    else:
        _refuse_name(name)
        from hegui import api

        text = _begun(name, about, api.load_ruleset(rules_at))
    if output is None:
        put([text])
    else:
        _write_new({Path(output): text})
        say(words.WROTE, file=output)
        if rules_at is not None and not _is_read(Path(output), rules_at):
            say(words.ELSEWHERE, file=output, rules=rules_at)


def _is_read(file: Path, rules_at: str) -> bool:
    """Is a file one of those that are read as a ruleset?"""
    from hegui.ruleset.places import locate

    return any(path.exists() and path.samefile(file) for path, _ in locate(rules_at).files())


def _begun(name: str, about: str, ruleset: Ruleset) -> str:
    """The first draft of a rule in a ruleset that has none of its name.

    Raises:
        UsageError: a name that is taken, a kind that is not there, or one no rule can be about.
    """
    from hegui.ruleset.begun import begun

    kinds = {each.name: each for each in ruleset.vocabulary.kinds.values() if each.key}
    former = {old: rule.name for rule in ruleset.rules.values() for old in rule.formerly}
    if name in ruleset.rules or name in ruleset.conclusions or name in former:
        raise UsageError(Diagnostic(words.NAME_TAKEN, {"name": name, "layer": ruleset.name}))
    if about in ruleset.vocabulary.kinds and about not in kinds:
        raise UsageError(Diagnostic(words.NO_KEY, {"name": about}))
    if about not in kinds:
        unknown(words.NO_KIND, about, kinds)
    text = begun(name, about, ruleset.vocabulary.kinds, ruleset.parameters)
    if text is None:
        raise UsageError(Diagnostic(words.NO_FIELD_TO_ASK, {"name": about}))
    return text


@new.command("ruleset")
@click.argument("name")
@click.option("-o", "--output", metavar="FOLDER", help="A new folder to write it to. Default: NAME.")
@language
def new_ruleset(name: str, output: str | None, lang: str) -> None:
    """Write a small complete ruleset, made up, to begin with: a kind, a number, a law, and a rule with its examples."""
    from hegui import api
    from hegui.ruleset.places import portable
    from hegui.ruleset.scaffold import ruleset_files

    _refuse_name(name)
    folder = Path(output or name)
    if folder.name and not portable(folder.name):
        raise UsageError(Diagnostic(words.KEPT_NAME, {"name": folder.name}))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(Diagnostic(words.EXISTS, {"file": folder}))
    files = ruleset_files(name, api.today())
    _write_new({folder / path: text for path, text in files.items()}, folders=True)
    say(words.WROTE_FILES, file=folder, count=len(files))
    say(words.NEXT, file=folder)


def _refuse_name(name: str) -> None:
    from pydantic import TypeAdapter, ValidationError

    from hegui.ruleset.documents import Name

    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        raise UsageError(Diagnostic(words.BAD_NAME, {"name": name})) from error


def _write_new(files: dict[Path, str], folders: bool = False) -> None:
    """Write files that are not there yet.

    Raises:
        UsageError: one is there, or cannot be written.
    """
    for path, text in files.items():
        if path.exists():
            raise UsageError(Diagnostic(words.EXISTS, {"file": path}))
        if folders:
            make_folder(path.parent)
        refuse_unwritable(path)
        write_whole(path, [text])
