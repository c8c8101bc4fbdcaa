"""Where the reports of a command go: to the terminal, or to files that are whole or not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hegui.cli import words
from hegui.cli.frame import lang_of, say, unknown
from hegui.files import write_whole
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.assure.told import Telling
    from hegui.assure.trials import Tested
    from hegui.report import Look, Run


TEMPLATE: Final = "hegui.template"
"""Where the context of a command has the template of letters, if one was named."""


def look() -> Look:
    """How reports are to look on this terminal."""
    import shutil

    from hegui.report import Look

    columns = min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    return Look(lang_of(), columns, not plain, template=click.get_current_context().meta.get(TEMPLATE))


def look_of_files() -> Look:
    """How they are to look in files."""
    from dataclasses import replace

    return replace(look(), color=False, columns=100)


def targets_of(formats: Iterable[str]) -> list[tuple[str, Path | None]]:
    """Formats with their files, or None for stdout, each checked before anything is computed."""
    from hegui import report

    asked = [text.partition("=")[0] for text in formats]
    own = all(name in report.WRITERS for name in asked)
    known = report.WRITERS if own else report.formats()
    return targets(formats, known, [name for name in asked if name in known and report.binary(name)])


def told_targets(formats: Iterable[str]) -> list[tuple[str, Path | None]]:
    """The same for what is found in a ruleset."""
    from hegui.assure.told import WRITERS

    return targets(formats, WRITERS)


def tested_targets(formats: Iterable[str]) -> list[tuple[str, Path | None]]:
    """The same for what came of the tests of a ruleset."""
    from hegui.assure.trial_report import WRITERS

    return targets(formats, WRITERS)


def targets(
    formats: Iterable[str], known: Collection[str], binary: Collection[str] = ()
) -> list[tuple[str, Path | None]]:
    """The same for other formats than those of runs; `binary` ones are not for the terminal."""
    found: list[tuple[str, Path | None]] = []
    for text in formats:
        name, _, file = text.partition("=")
        if name not in known:
            unknown(words.FORMAT, name, known)
        path = Path(file) if file not in ("", "-") else None
        if any(path == other for _, other in found):
            wording = words.TWO if path is None else words.SAME_FILE
            raise UsageError(Diagnostic(wording, {"name": name, "file": file}))
        if path is not None:
            refuse_unwritable(path)
        elif name in binary:
            raise UsageError(Diagnostic(words.NEEDS_FILE, {"name": name}))
        found.append((name, path))
    return found


def refuse_unwritable(path: Path) -> None:
    """A file that cannot be written is better known before an hour's run than after it."""
    if path.is_dir():
        raise UsageError(Diagnostic(words.CANNOT_WRITE, {"file": path, "problem": "is a directory"}))
    if not path.parent.is_dir():
        raise UsageError(Diagnostic(words.CANNOT_WRITE, {"file": path, "problem": f"no directory `{path.parent}`"}))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(Diagnostic(words.CANNOT_WRITE, {"file": path, "problem": "permission denied"}))


def write(
    run: Run,
    targets: Iterable[tuple[str, Path | None]],
    timings: dict[str, float] | None = None,
    former: Run | None = None,
) -> None:
    """Write a run in some formats, each to its file or to the terminal; `former` is an earlier run to say what changed."""
    from dataclasses import replace

    from hegui.keeping import timed
    from hegui.report import writer_of
    from hegui.report.saving import ended

    def made(name: str, path: Path | None) -> Iterator[str | bytes]:
        nonlocal run
        writer = writer_of(name)
        assert writer is not None
        run = _placed(run, path) if name == "json" and path is not None else run
        return ended(run, writer(run, replace(look() if path is None else look_of_files(), former=former)))

    for name, path in targets:
        with timed(timings, f"report {name}"):
            write_each([(name, path)], made)


def write_told(telling: Telling, targets: Iterable[tuple[str, Path | None]]) -> None:
    """Write what was found in a ruleset in some formats, each to its file or to the terminal."""
    from hegui.assure.told import WRITERS

    write_each(targets, lambda name, _: WRITERS[name](telling, lang_of()))


def write_tested(tested: Tested, targets: Iterable[tuple[str, Path | None]]) -> None:
    """Write what came of tests in some formats, each to its file or to the terminal."""
    from hegui.assure.trial_report import WRITERS

    write_each(targets, lambda name, _: WRITERS[name](tested, lang_of()))


def write_each(
    targets: Iterable[tuple[str, Path | None]], made: Callable[[str, Path | None], Iterable[str | bytes]]
) -> None:
    """Write what is `made` in each format, to its file or to the terminal."""
    for name, path in targets:
        pieces = made(name, path)
        if path is None:
            put(pieces)
        else:
            write_whole(path, pieces)
            say(words.WROTE, file=path)


def _placed(run: Run, path: Path) -> Run:
    """The run as it is to be written to a JSON document, with its findings beside that where they are kept."""
    if run.kept and not run.stays:
        run = run.moved(path.with_suffix(".findings"))
        say(words.WROTE, file=path.with_suffix(".findings"))
    return run.beside(path)


def put(pieces: Iterable[str | bytes]) -> None:
    """Print a report piece by piece."""
    for piece in pieces:
        click.echo(piece, nl=False)
    sys.stdout.flush()
