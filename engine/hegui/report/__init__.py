"""Reports: every format is one function from a run and a look to pieces of text, or of bytes where it is no text.

To add a format, write one file with such a function, add it to `WRITERS`, and add its golden file under
`tests/golden/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hegui.report.look import Look
from hegui.report.notice_page import notice
from hegui.report.run import Run
from hegui.report.table import table

Writer = Callable[[Run, Look], Iterator[str] | Iterator[bytes]]


def json(run: Run, look: Look) -> Iterator[str]:
    """The run document: both languages, everything, whatever the look."""
    return run.pieces()


WRITERS: Final[dict[str, Writer]] = {"table": table, "json": json, "notice": notice}
"""Every format by name."""
BINARY: Final[frozenset[str]] = frozenset()
"""Those that are no text, and so nothing for a terminal."""

__all__ = ["BINARY", "WRITERS", "Look", "Run", "Writer"]
