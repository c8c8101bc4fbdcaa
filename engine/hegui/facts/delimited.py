"""CSV: comma, semicolon or tab, quoted or not, in whatever encoding `decode` finds."""

from __future__ import annotations

import csv
import io
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, zip_longest
from typing import Final

import polars as pl

from hegui import limits
from hegui.facts.binding import HEAD
from hegui.facts.decode import PIECE, Reading, read_pieces, size_of, unusable
from hegui.facts.table import RawColumn, RawTable, refuse_wide
from hegui.source import Wording

DELIMITERS: Final = (",", ";", "\t")
LARGE: Final = 1_000_000
"""Pieces from this length on are parsed by Polars where they are plain enough for both to agree."""
_SAMPLE: Final = 50
_SEARCHED: Final = 400_000
"""Bytes at the beginning in which the delimiter is searched: 100,000 characters."""
_NOWHERE: Final = "\x1f"
"""A delimiter that hardly occurs, for lines as a whole."""
_OPEN: Final = "unexpected end of data"
"""What `csv` says of a quoted cell that is not closed."""
_BROKEN: Final = Wording(
    "broken-csv", "`{name}` breaks off in row {row}: {problem}", "`{name}` 在第 {row} 行中断：{problem}"
)
_WIDE: Final = Wording(
    "too-many-columns",
    "row {row} of `{name}` has more than {limit} cells",
    "`{name}` 的第 {row} 行超过 {limit} 个单元格",
)


def read_csv(reading: Reading) -> list[RawTable]:
    """The one table of a CSV file, its header among its rows; columns are addressed by letters, as a spreadsheet does.

    A large file is read piece by piece; its first block has rows enough for a header to be searched among them.

    Raises:
        FactsError: the file is unusable (`decode`), a quoted cell is not closed, or a row or cell is far too long.
    """
    size = PIECE
    while size_of(reading) > size:
        head = next(_blocks(reading, size))
        if len(head.lines) >= HEAD:
            return [replace(head, more=partial(_after_head, reading, size))]
        size *= 2
    return [_Parser(reading.name).table(next(read_pieces(reading, size)), last=True)]


def _blocks(reading: Reading, size: int) -> Iterator[RawTable]:
    """The rows piece by piece, counted on from one to the next."""
    parser = _Parser(reading.name)
    for piece in read_pieces(reading, size):
        yield parser.table(piece)
    if parser.rest:
        yield parser.table(b"", last=True)


def _after_head(reading: Reading, size: int) -> Iterator[RawTable]:
    return islice(_blocks(reading, size), 1, None)


class _CellsAsLong:
    """While it is entered, by however many threads, `csv` takes cells as long as they may be; that is a setting of the whole
    process, and another program's afterwards."""

    def __init__(self) -> None:
        self._lock, self._inside, self._before = threading.Lock(), 0, 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = csv.field_size_limit(int(limits.CSV_CELL))
            self._inside += 1

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                csv.field_size_limit(self._before)


_CELLS: Final = _CellsAsLong()


class _Parser:
    """Pieces of text → tables of as many columns as the widest row so far has. A row that is not complete waits in `rest`."""

    def __init__(self, name: str) -> None:
        self.name, self.rest, self.delimiter, self.row, self.width = name, b"", "", 0, 0

    def table(self, piece: bytes, *, last: bool = False) -> RawTable:
        text = self.rest + piece
        self.delimiter = self.delimiter or find_delimiter(text[:_SEARCHED].decode(errors="ignore"))
        columns = self._plain(text) if len(text) >= LARGE else None
        if columns is None:
            columns, self.rest = self._exact(text.decode(), last)
        else:
            self.rest = b""
        start, count = self.row, len(columns[0]) if columns else 0
        self.row, self.width = start + count, len(columns)
        named = tuple(RawColumn("", letters(at), cells) for at, cells in enumerate(columns))
        return RawTable(named, pl.int_range(start + 1, self.row + 1, dtype=pl.Int64, eager=True), headed=False)

    def _plain(self, text: bytes) -> list[pl.Series] | None:
        """The columns of a text that Polars reads alike: no blank lines, no row wider than those before, and quotes only
        where they close in the line they open in; else None."""
        quote = '"' if b'"' in text else None
        if text[: text.find(b"\n")].count(self.delimiter.encode()) >= limits.CSV_COLUMNS:
            return None
        refuse_wide(
            self.name, text.count(b"\n"), max(self.width, text[: text.find(b"\n")].count(self.delimiter.encode()) + 1)
        )
        if quote and not _well_quoted(text, self.delimiter):
            return None
        wide = self.width < 2 or (
            not quote and text[: text.find(b"\n")].count(self.delimiter.encode()) + 1 >= self.width
        )
        widest = b"" if wide else self.delimiter.encode() * (self.width - 1) + b"\n"
        found = _parsed(widest + text, self.delimiter, quote)
        lines = text.count(b"\n") + (not text.endswith(b"\n")) + (not wide)
        if found is None or len(found) != lines or _longest(found) > limits.CSV_CELL:
            return None
        return found.slice(not wide).get_columns()

    def _exact(self, text: str, last: bool) -> tuple[list[pl.Series], bytes]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)
        rows: list[list[str]] = []
        read, rest, width = 0, b"", self.width
        try:
            with _CELLS:
                for row in reader:
                    rows.append(row)
                    width = max(width, len(row))
                    if len(row) > limits.CSV_COLUMNS:
                        raise unusable(self.name, _WIDE, row=self.row + len(rows), limit=limits.CSV_COLUMNS)
                    read = reader.line_num
        except csv.Error as error:
            if last or str(error) != _OPEN:
                raise unusable(self.name, _BROKEN, row=self.row + len(rows) + 1, problem=str(error)) from error
            rest = "".join(islice(io.StringIO(text, newline=""), read, None)).encode()
        refuse_wide(self.name, len(rows), width)
        rows.append([""] * self.width)  # as wide as the rows before, however narrow these are
        return [pl.Series("", cells[:-1], pl.String) for cells in zip_longest(*rows)], rest


def _parsed(text: bytes, delimiter: str, quote: str | None) -> pl.DataFrame | None:
    try:
        return pl.read_csv(text, has_header=False, infer_schema=False, separator=delimiter, quote_char=quote)
    except pl.exceptions.PolarsError:
        return None


def _longest(frame: pl.DataFrame) -> int:
    """The bytes of the longest cell."""
    return max((cells.str.len_bytes().max() or 0 for cells in frame.get_columns()), default=0)  # type: ignore[return-value]


def _well_quoted(text: bytes, delimiter: str) -> bool:
    """Is every line a row of its own whose quotes stand where a quoted cell begins and ends, or doubled in it?"""
    lines = _parsed(text, _NOWHERE, None)
    if lines is None or lines.width != 1:
        return False
    cell = f'(?:"(?:[^"]|"")*"|[^"{delimiter}]*)'
    return bool(lines.to_series().str.contains(f"^{cell}(?:{delimiter}{cell})*$").all())


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
