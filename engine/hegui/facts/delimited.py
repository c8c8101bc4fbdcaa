"""CSV: comma, semicolon or tab, quoted or not, in whatever encoding `decode` finds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice, zip_longest
from typing import Final

import polars as pl

from hegui.facts.decode import Reading, read_text, unusable
from hegui.facts.table import RawColumn, RawTable
from hegui.source import Wording

DELIMITERS: Final = (",", ";", "\t")
LARGE: Final = 1_000_000
"""Texts from this length on are parsed by Polars where they are plain enough for both to agree."""
_SAMPLE: Final = 50
_BROKEN: Final = Wording(
    "broken-csv", "`{name}` breaks off in row {row}: {problem}", "`{name}` 在第 {row} 行中断：{problem}"
)


def read_csv(reading: Reading) -> list[RawTable]:
    """The one table of a CSV file, its header among its rows; columns are addressed by letters, as a spreadsheet does.

    Raises:
        FactsError: the file is unusable (`decode`), or a quoted cell is not closed.
    """
    text = read_text(reading).replace("\r\n", "\n").replace("\r", "\n")
    delimiter = find_delimiter(text)
    columns = _plain(text, delimiter) if len(text) >= LARGE else None
    columns = _exact(text, delimiter, reading.name) if columns is None else columns
    named = tuple(RawColumn("", letters(at), cells) for at, cells in enumerate(columns))
    count = len(columns[0]) if columns else 0
    return [RawTable(named, pl.int_range(1, count + 1, dtype=pl.Int64, eager=True), None, headed=False)]


def letters(position: int) -> str:
    """The letters of a spreadsheet's column, counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def find_delimiter(text: str) -> str:
    """The delimiter that cuts most of the first rows into one same number of cells; a comma where none does.

    >>> find_delimiter("台账\\na;b;c\\n1,5;2;3\\n")
    ';'
    """
    scores = [(_regular(text, each), -at, each) for at, each in enumerate(DELIMITERS)]
    return max(scores)[2]


def _regular(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows have the commonest number of cells above one, and that number."""
    rows = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row in islice(rows, _SAMPLE) if len(row) > 1)
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)


def _plain(text: str, delimiter: str) -> list[pl.Series] | None:
    """The columns of a text without quotes and blank lines whose first row is its widest; else None."""
    if '"' in text or "\n\n" in text or text.startswith("\n"):
        return None
    try:
        frame = pl.read_csv(text.encode(), has_header=False, infer_schema=False, separator=delimiter, quote_char=None)
    except pl.exceptions.PolarsError:
        return None
    return frame.get_columns()


def _exact(text: str, delimiter: str, name: str) -> list[pl.Series]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise unusable(name, _BROKEN, row=len(rows) + 1, problem=str(error)) from error
    return [pl.Series("", cells, pl.String) for cells in zip_longest(*rows)]
