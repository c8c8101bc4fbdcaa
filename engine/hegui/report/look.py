"""How a report is to look."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from hegui.report.run import Run


@dataclass(frozen=True, slots=True)
class Look:
    """`lang` is "zh" or "en", `columns` the width of a line of text, `color` whether terminal codes are wanted, and
    `limit` how many findings a report meant for reading lists (None: all). `former` is an earlier run, for formats that
    say what changed, `template` a Word document of the office's own, for letters."""

    lang: str = "en"
    columns: int = 100
    color: bool = False
    limit: int | None = 500
    former: Run | None = None
    template: Path | None = None


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """What is being worked on, in one line of a terminal; elsewhere nothing is said."""
    if sys.stderr is None or not sys.stderr.isatty():  # a service may have none
        yield lambda text: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(Text(text))
