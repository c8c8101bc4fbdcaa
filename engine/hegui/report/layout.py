"""Lines for a terminal or a plain text: Chinese and English wrapped to a width, with styles or without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hegui.source import printable
from hegui.terminal import width

if TYPE_CHECKING:
    from rich.text import Text as Styled

Piece = str | tuple[str, str]
"""A text, or a text with a style."""

_NOT_FIRST: Final = frozenset("-，。、；：！？）》】」』”’…·,.;:!?)]}%")
_NOT_LAST: Final = frozenset("（《【「『“‘([{")
_UNIT: Final = re.compile(
    r"[ \t]+|(?:第 ?)?\d[\x21-\u02ff\u0370-\u1fff]*(?: ?[行列条款项处倍天元亩个年月日])?|[\x21-\u02ff\u0370-\u1fff]+|.",
    re.DOTALL,
)
"""A stretch of blanks, a number with what counts it (第 7 行), a word of an alphabetic script, or one character."""


@dataclass
class Page:
    """Lines being laid out. `columns` is the width of a line; with `color`, styles become terminal codes."""

    columns: int
    color: bool = False
    lines: list[Line] = field(default_factory=list)
    _open: bool = False

    def blank(self) -> None:
        """An empty line, but never two, nor one at the head of the page."""
        if self._open:
            self.lines.append(Line(0, "", (), 0))
        self._open = False

    def add(self, *pieces: Piece, indent: int = 0, hang: int = 0) -> None:
        """A paragraph: `indent` columns in, its further lines `hang` columns more."""
        pairs = [
            (printable(piece), "") if isinstance(piece, str) else (printable(piece[0]), piece[1]) for piece in pieces
        ]
        text = "".join(words for words, _ in pairs)
        first = max(self.columns - indent, 20)
        self._open = True
        start = 0
        for number, row in enumerate(wrap(text, first, max(first - hang, 20))):
            self.lines.append(Line(indent + (hang if number else 0), row.rstrip(), pairs, start))
            start += len(row)

    def heading(self, title: str, note: str = "", style: str = "") -> None:
        """The title of a section, set off from what stands before it."""
        self.blank()
        self.add(("── ", "dim"), (title, f"bold {style}".strip()), (f"  {note}" if note else "", "dim"))

    def drain(self) -> Iterator[str]:
        """The lines so far, as text, and start afresh."""
        lines, self.lines = self.lines, []
        if not self.color:
            yield from (line.plain + "\n" for line in lines)
            return
        from rich.console import Console

        buffer = StringIO()
        console = Console(file=buffer, force_terminal=True, color_system="standard", width=10_000, highlight=False)
        for line in lines:
            console.print(line.styled, soft_wrap=True)
        yield buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: blanks, then a stretch of a paragraph, whose pieces and their styles say how it looks."""

    indent: int
    text: str
    pieces: Sequence[tuple[str, str]]
    start: int

    @property
    def plain(self) -> str:
        """The line without styles."""
        return " " * self.indent + self.text if self.text else ""

    @property
    def styled(self) -> Styled:
        """The line with styles, for a terminal; rich is not needed otherwise."""
        from rich.text import Text as Styled

        whole = Styled.assemble(*self.pieces)
        return Styled(" " * self.indent) + whole[self.start : self.start + len(self.text)]


def wrap(text: str, first: int, rest: int) -> list[str]:
    """`text` cut into lines that are, but for blanks at their ends, no wider than `first` columns, and after the first no
    wider than `rest`."""
    offsets = list(breaks(text, first, rest)) if width(text) > first else []
    return [text[start:end] for start, end in pairwise((0, *offsets, len(text)))]


def breaks(text: str, first: int, rest: int) -> Iterator[int]:
    """Offsets at which a text is broken into lines: between words, and between Chinese characters where neither the
    end nor the start of a line is one that must not stand there."""
    limit, used, start, begin = first, 0, 0, 0
    passed: list[int] = []  # where the units of the line begin, but for its first
    for words in _UNIT.findall(text):
        size = width(words)
        if begin > start:
            passed.append(begin)
        while used + size > limit and used and not words.isspace():
            at = next((each for each in reversed(passed) if _may_break(text, each)), begin)
            yield at
            start, limit, used = at, rest, width(text[at:begin])
            passed = [each for each in passed if each > at]
        used += size
        begin += len(words)


def _may_break(text: str, at: int) -> bool:
    """May a line end before the character at `at`?"""
    if at == 0 or text[at].isspace() or text[at] in _NOT_FIRST:
        return False
    return text[at - 1] not in _NOT_LAST


def pad(text: str, columns: int, right: bool = False) -> str:
    """`text` filled up with blanks to a width in terminal columns."""
    blanks = " " * max(columns - width(text), 0)
    return blanks + text if right else text + blanks
