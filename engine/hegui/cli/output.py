"""Where the reports of a command go: to the terminal, or to files that are whole or not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hegui.cli import words
from hegui.cli.frame import harmless, lang_of, say, unknown
from hegui.datatypes import Text
from hegui.files import led_to, reason, write_whole
from hegui.masking import place_without_password
from hegui.source import Diagnostic, UsageError

if TYPE_CHECKING:
    from hegui.assure.told import Telling
    from hegui.assure.trials import Tested
    from hegui.report import Look, Run


TEMPLATE: Final = "hegui.template"
"""Where the context of a command has the template of letters, if one was named."""
WRITTEN: Final = ("formats", "output", "findings", "book")
"""The parameters of commands that say where to write; files that others name are read."""


def look() -> Look:
    """How reports are to look on this terminal."""
    import shutil

    from hegui.report import Look

    columns = min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not _on_a_terminal()
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
            unknown(words.FORMAT, place_without_password(name), known)
        path = Path(file) if file not in ("", "-") else None
        if any(path == other for _, other in found):
            wording = words.TWO if path is None else words.SAME_FILE
            raise UsageError(Diagnostic(wording, {"name": name, "file": file}))
        if path is not None:
            refuse_unwritable(path, name)
        elif name in binary:
            raise UsageError(Diagnostic(words.NEEDS_FILE, {"name": name}))
        found.append((name, path))
    return found


def refuse_unwritable(path: Path, name: str | None = None) -> None:
    """A file that cannot be written is better known before an hour's run than after it; so is one that is read for it.

    Args:
        path: where it is to be written.
        name: the format that is.

    Raises:
        UsageError: it cannot, or would take the place of what the command reads.
    """
    if path.is_dir():
        raise _cannot_write(path, "is a directory")
    try:
        real = led_to(path)
    except OSError as error:
        raise _cannot_write(path, reason(error)) from error
    for folder in (path.parent, real.parent):
        if not folder.is_dir():
            raise _cannot_write(path, f"no directory `{place_without_password(str(folder))}`")
    plain = real.is_file() or not real.exists()
    if (real.exists() and not os.access(real, os.W_OK)) or (plain and not os.access(real.parent, os.W_OK)):
        raise _cannot_write(path, "permission denied")
    if real.exists():
        _refuse_input(path, name)


def _cannot_write(path: Path, problem: str | Text) -> UsageError:
    return UsageError(Diagnostic(words.CANNOT_WRITE, {"file": path, "problem": problem}))


def refuse_sources(paths: Iterable[Path | None], files: Iterable[str]) -> None:
    """Raise where one of the files to be written is one that facts stand in.

    Raises:
        UsageError: so it is.
    """
    there = [path for path in paths if path is not None and path.is_file()]
    for path in there:
        if any(is_same(path, Path(file)) for file in files):
            raise UsageError(Diagnostic(words.IS_INPUT, {"file": path}))


def refuse_findings(former: Run | None, folder: str | Path | None) -> None:
    """Raise where findings would take the place of those of an earlier run that are still to be shown.

    Raises:
        UsageError: so it is.
    """
    from hegui.engines.kept import Kept

    if former is None or folder is None or not isinstance(former.findings, Kept):
        return
    if is_same(Path(folder), former.findings.home or former.findings.folder):
        raise UsageError(Diagnostic(words.IS_INPUT, {"file": folder}))


def _refuse_input(path: Path, name: str | None) -> None:
    """Whatever else the line names is read. A run may go on from another in its place: that has been read by then."""
    context = click.get_current_context()
    former = ("since", "since_run") if name == "json" else ()
    given = [value for key, value in context.params.items() if key not in (*WRITTEN, *former)]
    given += [context.meta.get(TEMPLATE), context.meta.get("hegui.ledger")]
    for value in given:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, (str, Path)) and str(each) and _is_read(path, Path(each)):
                raise UsageError(Diagnostic(words.IS_INPUT, {"file": path}))


def _is_read(path: Path, given: Path) -> bool:
    """Is a file the one that is given, or YAML in the folder that is: a manifest, or part of a ruleset?"""
    try:
        inside = given.is_dir() and path.resolve().is_relative_to(given.resolve())
    except (OSError, ValueError, RuntimeError):  # no path at all
        return False
    return (inside and path.suffix.lower() in (".yaml", ".yml")) or is_same(path, given)


def is_same(path: Path, other: Path) -> bool:
    """Do the two lead to the same file or folder?"""
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


@contextmanager
def replacing(run: Run, targets: Iterable[tuple[str, Path | None]]) -> Iterator[None]:
    """As `report.saving.replacing`, for all that is written of a run. Where no document is, what took a place is named by none."""
    from hegui.report import saving

    documents = [path for name, path in targets if name == "json"]
    files = [path for path in documents if path is not None]
    with saving.replacing(run, files):
        yield
    former = saving.replaced_by(run)
    if former is not None and not documents:
        former.unnamed()
    elif former is not None and not files:  # where it was printed to, it may name them
        former.name(last=True)


def _is_document(target: tuple[str, Path | None]) -> bool:
    return target[0] == "json" and target[1] is not None


def write(
    run: Run,
    targets: Sequence[tuple[str, Path | None]],
    timings: dict[str, float] | None = None,
    former: Run | None = None,
) -> None:
    """Write a run in some formats, each to its file or to the terminal; `former` is an earlier run to say what changed."""
    from hegui.keeping import timed

    for number, target in enumerate(targets):
        with timed(timings, f"report {target[0]}"):
            last = not any(map(_is_document, targets[number + 1 :]))
            run = _document(run, target, former, last) if _is_document(target) else _written(run, target, former)


def _written(run: Run, target: tuple[str, Path | None], former: Run | None) -> Run:
    from dataclasses import replace

    from hegui.report import writer_of
    from hegui.report.saving import ended

    def made(name: str, path: Path | None) -> Iterator[str | bytes]:
        writer = writer_of(name)
        assert writer is not None
        return ended(run, writer(run, replace(look() if path is None else look_of_files(), former=former)))

    write_each([target], made)
    return run


def _document(run: Run, target: tuple[str, Path | None], former: Run | None, last: bool) -> Run:
    """Write a run document, with its findings beside it where they are kept: that they are is said once both are there."""
    from hegui.report.saving import replaced_by

    path = target[1]
    assert path is not None
    beside = path.with_suffix(".findings") if run.kept and not run.stays else None
    if beside is not None:
        refuse_findings(former, beside)
        run = run.moved(beside)
    with replacing(run, [target]):
        _written(run.beside(path), target, former)
        replaced = replaced_by(run)
        if replaced is not None:
            replaced.name(last)
    if beside is not None:
        say(words.WROTE, file=beside)
    return run.beside(path)


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


def put(pieces: Iterable[str | bytes]) -> None:
    """Print a report piece by piece: as it is, but for what would command a terminal."""
    terminal = _on_a_terminal()
    for piece in pieces:
        click.echo(harmless(piece) if terminal and isinstance(piece, str) else piece, nl=False)
    if sys.stdout is not None:
        sys.stdout.flush()


def _on_a_terminal() -> bool:
    """Is stdout one? A service may have none at all."""
    return sys.stdout is not None and sys.stdout.isatty()
