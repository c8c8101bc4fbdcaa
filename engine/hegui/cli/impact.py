"""`hegui impact`: what an edit of a ruleset does to a registry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hegui.cli import words
from hegui.cli.frame import FOUND, allow_option, days_option, language, main, matching, say, tell
from hegui.cli.output import look, look_of_files, refuse_unwritable, targets, write_each
from hegui.files import writing
from hegui.source import Diagnostic, Wording

if TYPE_CHECKING:
    from hegui.assure.impact.model import Impact

MORE_NEW = Wording(
    "max-new",
    "{count} newly violating, and `--max-new` allows {most}",
    "新发现问题 {count} 条，`--max-new` 的上限为 {most}",
)


@main.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--facts", metavar="REGISTRY", multiple=True, required=True, help="Folder, file or registry.yaml; may be repeated."
)
@allow_option
@days_option
@click.option(
    "--rule",
    "globs",
    metavar="GLOB",
    multiple=True,
    help="Only rules whose name matches, without conclusions; may be repeated.",
)
@click.option(
    "--format",
    "formats",
    metavar="NAME[=FILE]",
    multiple=True,
    default=("text",),
    help="Output format (text, markdown, json, html), to a file or to the terminal; may be repeated. Default: text.",
)
@click.option(
    "--max-new", type=click.IntRange(min=0), metavar="N", help="Exit 1 if more than N rows are newly violating."
)
@click.option("--engine", type=click.Choice(["auto", "polars", "scalar"]), default="auto", help="Which engine judges.")
@language
def impact(
    old: str,
    new: str,
    facts: tuple[str, ...],
    as_of: date | None,
    decided_on: date | None,
    globs: tuple[str, ...],
    formats: tuple[str, ...],
    max_new: int | None,
    engine: str,
    lang: str,
) -> None:
    """Which verdicts change, and by which edit, when the ruleset NEW takes the place of OLD on the same facts.

    OLD and NEW are folders, names of shipped rulesets, or REVISION:PATH in the git repository you are in. Exit 0 whatever
    changes, unless --max-new is exceeded.
    """
    from hegui import api
    from hegui.assure.impact.formats import WRITERS
    from hegui.ruleset.parsed import parsing_once

    wanted = targets(formats, WRITERS)
    with parsing_once():
        versions = api.load_version(old), api.load_version(new)
    known = sorted({name for version in versions for name in version.ruleset.rules})
    rules = matching(known, globs) if globs else None
    found = api.impact(*versions, facts, as_of=as_of, decided_on=decided_on, rules=rules, engine=engine)
    _write(found, wanted)
    if found.exceeds(max_new):
        from hegui.assure.impact.model import Change

        tell([Diagnostic(MORE_NEW, {"count": found.changed[Change.NEWLY_VIOLATING], "most": max_new})])
        click.get_current_context().exit(FOUND)


def _write(found: Impact, wanted: Iterable[tuple[str, Path | None]]) -> None:
    from hegui.assure.impact.formats import WRITERS

    def made(name: str, path: Path | None) -> Iterable[str]:
        if path is None:
            return WRITERS[name](found, look())
        return WRITERS[name](_beside(found, path) if name == "json" else found, look_of_files())

    write_each(wanted, made)


def _beside(found: Impact, path: Path) -> Impact:
    """The impact as it is to be written to a JSON document, with its changes beside that where they are many."""
    from dataclasses import replace

    from hegui.assure.impact import kept
    from hegui.engines.kept import LIMIT

    if found.changed.total() <= LIMIT:
        return found
    file = path.with_suffix(kept.ENDING)
    refuse_unwritable(file)
    with writing(file) as target:
        kept.write(found, target)
    say(words.WROTE, file=file)
    return replace(found, kept=file.name)
