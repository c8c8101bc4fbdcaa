"""Reports: every format is one function from a run and a look to pieces of text, or of bytes where it is no text.

To add a format, write one file with such a function, add it to `WRITERS`, and add its golden file under
`tests/golden/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from hegui import extending
from hegui.extending import Plugin
from hegui.report.look import Look
from hegui.report.run import Run
from hegui.report.table import table

Writer = Callable[[Run, Look], Iterator[str] | Iterator[bytes]]


def json(run: Run, look: Look) -> Iterator[str]:
    """The run document: both languages, everything, whatever the look."""
    return run.pieces()


def notice(run: Run, look: Look) -> Iterator[str]:
    """What an inspection notice published, held against what was found (`notice_page`)."""
    from hegui.report.notice_page import notice as page

    return page(run, look)


def html(run: Run, look: Look) -> Iterator[str]:
    """One page that needs nothing else, in both languages."""
    from hegui.report.page import html as page

    return page(run, look)


def csv(run: Run, look: Look) -> Iterator[str]:
    """The problem list, for Excel."""
    from hegui.report.text_tables import csv

    return csv(run, look)


def jsonl(run: Run, look: Look) -> Iterator[str]:
    """Findings and conclusions, a line each."""
    from hegui.report.text_tables import jsonl

    return jsonl(run, look)


def xlsx(run: Run, look: Look) -> Iterator[bytes]:
    """Everything, as a workbook."""
    from hegui.report.workbook import xlsx

    return xlsx(run, look)


def markdown(run: Run, look: Look) -> Iterator[str]:
    """The gist, for a comment or a message."""
    from hegui.report.markdown import markdown

    return markdown(run, look)


def sarif(run: Run, look: Look) -> Iterator[str]:
    """SARIF 2.1.0, for tools that show what other tools found."""
    from hegui.report.sarif import sarif

    return sarif(run, look)


def junit(run: Run, look: Look) -> Iterator[str]:
    """JUnit XML, for build servers."""
    from hegui.report.junit import junit

    return junit(run, look)


def github(run: Run, look: Look) -> Iterator[str]:
    """Workflow commands of GitHub Actions."""
    from hegui.report.annotations import github

    return github(run, look)


def docx(run: Run, look: Look) -> Iterator[bytes]:
    """Drafts of letters, one for each entity."""
    from hegui.report.letter import docx

    return docx(run, look)


def docx_town(run: Run, look: Look) -> Iterator[bytes]:
    """Drafts of letters, one for each town."""
    from hegui.report.letter import docx_town

    return docx_town(run, look)


WRITERS: Final[dict[str, Writer]] = {
    "table": table,
    "json": json,
    "notice": notice,
    "html": html,
    "csv": csv,
    "jsonl": jsonl,
    "xlsx": xlsx,
    "markdown": markdown,
    "sarif": sarif,
    "junit": junit,
    "github": github,
    "docx": docx,
    "docx-town": docx_town,
}
"""Every format by name."""
BINARY: Final[frozenset[str]] = frozenset({"xlsx", "docx", "docx-town"})
"""Those that are no text, and so nothing for a terminal."""


@dataclass(frozen=True)
class Format:
    """A format as a plugin adds it: the function that writes a run, and whether what it writes is no text. One that writes
    text may be given as the function alone."""

    write: Writer
    binary: bool = False


def writer_of(name: str) -> Writer | None:
    """What writes a format: hegui's own or a plugin's; None where there is none.

    Raises:
        PluginError: a plugin adds it that does not load, or a format of a name that is taken.
    """
    if name in WRITERS:
        return WRITERS[name]
    plugin = extending.plugin("formats", name, WRITERS)
    return None if plugin is None else partial(_written_by, plugin, _format(plugin))


def formats() -> list[str]:
    """The name of every format, those of plugins last."""
    return [*WRITERS, *extending.names("formats", WRITERS)]


def binary(name: str) -> bool:
    """Is a format no text, and so nothing for a terminal?"""
    plugin = None if name in WRITERS else extending.plugin("formats", name, WRITERS)
    return name in BINARY if plugin is None else _format(plugin).binary


def _format(plugin: Plugin) -> Format:
    found = extending.loaded(plugin)
    if isinstance(found, Format):
        return found
    if not callable(found):
        raise extending.misfit(plugin, "a format is a function, or a `Format`")
    return Format(found)


def _written_by(plugin: Plugin, format_: Format, run: Run, look: Look) -> Iterator[str] | Iterator[bytes]:
    """What a plugin writes of a run, piece by piece."""
    wanted: type = bytes if format_.binary else str
    with extending.blamed(plugin):
        pieces = format_.write(run, look)
        if isinstance(pieces, (str, bytes)) or not isinstance(pieces, Iterable):
            raise extending.misfit(plugin, f"a format gives pieces of its text, and not a `{type(pieces).__name__}`")
        for piece in pieces:
            if not isinstance(piece, wanted):
                found = type(piece).__name__
                raise extending.misfit(plugin, f"it gives pieces of `{wanted.__name__}`, and not a `{found}`")
            yield piece


__all__ = ["BINARY", "WRITERS", "Format", "Look", "Run", "Writer", "binary", "formats", "writer_of"]
