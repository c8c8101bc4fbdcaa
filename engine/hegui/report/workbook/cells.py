"""Rows of a sheet as the XML a workbook holds them in.

A sheet of a million rows is written here, cell by cell as text, since a general writer takes ten times as long; everything
else of a workbook is XlsxWriter's (see `frame`). A cell is text, number or date, never a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Final

LONGEST: Final = 32_767
"""Characters Excel holds in a cell, those beyond the first plane of Unicode counted twice."""
CUT: Final = "……【超长截断 cut】"
REMEMBERED: Final = 100_000
"""Texts that stand in many rows are held once, up to so many different ones."""

Value = str | int | float | date | None

_SPECIAL: Final = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DAY_ZERO: Final = date(1899, 12, 30).toordinal()


@dataclass
class Texts:
    """The texts a workbook holds once, and how often a text was too long for a cell."""

    numbers: dict[str, int] = field(default_factory=dict)
    cut: int = 0

    def fitting(self, text: str) -> str:
        """The text, cut where no cell holds it, which is counted."""
        if len(text) <= LONGEST // 2 or (short := shortened(text)) is text:
            return text
        self.cut += 1
        return short

    def number(self, text: str) -> int | None:
        """The number of a text that is held once; None where there are too many."""
        found = self.numbers.get(text)
        if found is None:
            if len(self.numbers) >= REMEMBERED:
                return None
            self.fitting(text)
            found = self.numbers[text] = len(self.numbers)
        return found


def shown(text: str) -> str:
    """The text with all that XML or Excel would take otherwise escaped; with the end of the tag before it."""
    if _SPECIAL.search(text) is None and text[0] > " " and text[-1] > " " and "_x" not in text:
        return f">{text}"
    return f' xml:space="preserve">{escaped(text)}'


def shortened(text: str) -> str:
    """A text that fits in a cell, saying so where it had to be cut."""
    if len(text) + sum(char > "\uffff" for char in text) <= LONGEST:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (LONGEST - len(CUT))]
    return units.decode("utf-16-le", "ignore") + CUT


def one_break(text: str) -> str:
    """The text with one sort of line breaks, which is all a cell knows."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def escaped(text: str) -> str:
    """A text in XML, as Excel reads it: what is no character there is shown as one that is not known.

    >>> escaped("<a & b>"), escaped("_x0041_"), escaped("bell" + chr(7))
    ('&lt;a &amp; b&gt;', '_x005F_x0041_', 'bell�')
    """
    text = _ESCAPED.sub("_x005F_", _CONTROL.sub("\ufffd", one_break(text)))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True, slots=True)
class Styled:
    """A column as it is written: its letters, the style of its values, that of a text among them, whether its texts stand in
    many rows, and its width in characters (0: its texts are not wrapped)."""

    letters: str
    style: str
    text: str
    repeated: bool
    width: float = 0


def row_writer(columns: Sequence[Styled], texts: Texts) -> Callable[[int, Sequence[Value]], str]:
    """What writes a row, given its number (the first is 1) and values."""
    writers = [_cell_writer(column, texts) for column in columns]
    widths = [column.width for column in columns]

    def write(number: int, values: Sequence[Value]) -> str:
        cells = "".join([writer(number, value) for writer, value in zip(writers, values, strict=True)])
        high = height(values, widths)
        return f'<row r="{number}" ht="{high:g}">{cells}</row>' if high else f'<row r="{number}">{cells}</row>'

    return write


def height(values: Sequence[Value], widths: Sequence[float]) -> float:
    """About how high a row is whose texts are wrapped, in points; 0 for one line. Not every program measures by itself."""
    most = 1
    for value, width in zip(values, widths, strict=True):
        if width and isinstance(value, str) and len(value) * 2 > width:
            most = max(most, sum(_lines(line, width) for line in value.split("\n")))
    return min(most * LINE + 2, HIGHEST) if most > 1 else 0


def _lines(text: str, width: float) -> int:
    """How many lines a text takes: a Chinese character, of three bytes, is two wide."""
    taken = (len(text) + len(text.encode("utf-8", "replace"))) / 2
    return max(1, ceil(taken / (width - 1)))


LINE: Final = 14
"""Height of a line of ten points."""
HIGHEST: Final = 409
"""The highest row there may be, in points."""


def _cell_writer(column: Styled, texts: Texts) -> Callable[[int, Value], str]:
    return _repeated_writer(column, texts) if column.repeated else _own_writer(column, texts)


def _repeated_writer(column: Styled, texts: Texts) -> Callable[[int, Value], str]:
    """Values that stand in many rows: what stands behind the address of the cell is made once for each."""
    letters, tails, make = column.letters, dict[Value, str](), _own_writer(column, texts)

    def write(number: int, value: Value) -> str:
        tail = tails.get(value)
        if tail is None:
            at = texts.number(value) if isinstance(value, str) and value else None
            if at is not None:
                tail = f'" s="{column.text}" t="s"><v>{at}</v></c>'
            else:
                tail = make(number, value).removeprefix(f'<c r="{letters}{number}')
            if len(tails) < REMEMBERED:
                tails[value] = tail
        return f'<c r="{letters}{number}{tail}'

    return write


def _own_writer(column: Styled, texts: Texts) -> Callable[[int, Value], str]:
    """Values that are mostly of one row."""
    letters, blank, valued = column.letters, f'" s="{column.text}"/>', f'" s="{column.style}"><v>'
    inline = f'" s="{column.text}" t="inlineStr"><is><t'

    def write(number: int, value: Value) -> str:
        if value is None or value == "":
            return f'<c r="{letters}{number}{blank}'
        if isinstance(value, str):
            return f'<c r="{letters}{number}{inline}{shown(texts.fitting(value))}</t></is></c>'
        if isinstance(value, date):
            return f'<c r="{letters}{number}{valued}{value.toordinal() - _DAY_ZERO}</v></c>'
        return f'<c r="{letters}{number}{valued}{value!r}</v></c>'

    return write
