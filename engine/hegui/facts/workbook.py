"""XLSX and XLS. A workbook is looked over before it is opened: for its size, its failed formulas, its long decimals."""

from __future__ import annotations

import html
import io
import logging
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import IO, Final

import fastexcel
import polars as pl

from hegui import limits
from hegui.facts.compound import MAGIC, is_whole
from hegui.facts.decode import Reading, read_bytes, unusable
from hegui.facts.delimited import letters
from hegui.facts.table import RawColumn, RawTable
from hegui.source import Wording
from hegui.vocabulary import fold
from hegui.vocabulary.naming import suggestion

_BOMB = Wording("workbook-too-large", "`{name}` unpacks to more than {limit} bytes", "`{name}` 解压后超过 {limit} 字节")
_AREA = Wording(
    "sheet-too-large",
    "a sheet of `{name}` spans {rows} rows × {columns} columns; a cell far off may be to blame",
    "`{name}` 中有工作表跨 {rows} 行 × {columns} 列，可能有远处的多余单元格",
)
_NOT_A_WORKBOOK = Wording("not-a-workbook", "`{name}` is damaged or no workbook", "`{name}` 已损坏或不是工作簿")
_PASSWORD = Wording(
    "password", "if it opens with a password, save it without one", "如需密码才能打开，请另存为无密码的文件"
)
_NO_SHEET = Wording("missing-sheet", "`{name}` has no sheet `{sheet}`", "`{name}` 没有工作表 `{sheet}`")

for _library in ("calamine", "fastexcel"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # what they remark is no news to the user

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 1 << 12
_TAIL: Final = 1 << 16
# of hostile files, too, each goes over a text once: no `<` stands in a tag, and an attribute begins where a word does
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![\w:])(?:\w+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^<>]*\br="([A-Z]{1,3})(\d{1,7})")(?=[^<>]*\bt="e")[^<>]*>'
    rb"(?:(?!</?(?:\w+:)?c\b).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_PRECISE = re.compile(rb"v>-?\d*+(?:\.\d{10}|[.\d]*[eE])")
_ROW = re.compile(rb'<(?:\w+:)?row\b[^<>]*\br="(\d{1,7})"')
_WIDE = re.compile(rb'<(?:\w+:)?c\b[^<>]*\br="([A-Z]{2,3})\d')


_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, LookupError, RuntimeError, ValueError)
"""What unpacking a damaged archive raises."""


@dataclass
class Look:
    """What a look through a sheet's XML shows: its failed formulas by row and column, and whether any number has
    more decimals than fastexcel writes out."""

    failed: dict[tuple[int, int], str] = field(default_factory=dict)
    precise: bool = False
    rows: int = 0
    columns: int = 26


def read_workbook(reading: Reading) -> list[RawTable]:
    """The sheets of a workbook, each with its header among its rows; empty ones have no columns.

    Raises:
        FactsError: the file is unusable, is no workbook, is too large, or has no sheet of the name asked for.
    """
    if "looks" in reading.opened:
        return _opened(reading, reading.opened["looks"])
    data = read_bytes(reading)
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _opened(reading, reading.opened.setdefault("looks", _look_through(reading)))
    if not is_whole(data):
        protected = data.startswith(MAGIC) and reading.path.suffix.lower() != ".xls"
        raise unusable(reading.name, _NOT_A_WORKBOOK, _PASSWORD if protected else None)
    with _panics_told(reading.name):
        return _opened(reading, {})


def _opened(reading: Reading, looks: dict[str, Look]) -> list[RawTable]:
    try:
        book = reading.opened.get("book") or reading.opened.setdefault("book", fastexcel.read_excel(reading.path))
        names = _wanted(book.sheet_names, reading)
        return [_sheet(book, name, looks.get(name, Look(precise=True))) for name in names]
    except fastexcel.FastExcelError as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK, None if looks else _PASSWORD) from error


_ONE_STDERR: Final = RLock()
"""A process has one; a thread that turned away what another has turned away already would never give it back."""


@contextmanager
def _panics_told(name: str) -> Iterator[None]:
    """Damaged files of the old format make the library panic: an error like any other, without its own printing."""
    with _ONE_STDERR:
        sys.stderr.flush()
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        except BaseException as error:
            if type(error).__name__ == "PanicException":
                raise unusable(name, _NOT_A_WORKBOOK) from error
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _wanted(sheets: list[str], reading: Reading) -> list[str]:
    if reading.sheet is None:
        return sheets
    found = [each for each in sheets if fold(each) == fold(reading.sheet)]
    if not found:
        hint, known = suggestion(reading.sheet, sheets)
        raise unusable(reading.name, _NO_SHEET, hint, sheet=reading.sheet, known=known)
    return found[:1]


def _sheet(book: fastexcel.ExcelReader, name: str, look: Look) -> RawTable:
    loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    positions = [column.absolute_index for column in loaded.available_columns()]
    if not positions:
        return RawTable((), pl.Series("", [], pl.Int64), name, headed=False)
    frame = loaded.to_polars()
    columns = frame.get_columns()
    if look.precise:
        exact = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="float").to_polars().get_columns()
        columns = [_exact(text, number) for text, number in zip(columns, exact, strict=True)]
    columns = [_with_failed(each, at, look) for each, at in zip(columns, positions, strict=True)]
    named = tuple(RawColumn("", letters(at), each) for each, at in zip(columns, positions, strict=True))
    return RawTable(named, pl.int_range(1, len(frame) + 1, dtype=pl.Int64, eager=True), name, headed=False)


def _exact(text: pl.Series, number: pl.Series) -> pl.Series:
    """Numbers in full where fastexcel cut their text after nine decimals."""
    cut = (text.cast(pl.Float64, strict=False) != number).fill_null(False)
    return text.set(cut, None).to_frame("text").select(
        pl.when(cut).then(number.cast(pl.String)).otherwise(pl.col("text"))
    ).to_series() if cut.any() else text  # fmt: skip


def _with_failed(cells: pl.Series, position: int, look: Look) -> pl.Series:
    """fastexcel gives nothing for a failed formula; put back what the sheet shows."""
    rows = [(row, shown) for (row, column), shown in look.failed.items() if column == position and row < len(cells)]
    return cells.scatter([row for row, _ in rows], [shown for _, shown in rows]) if rows else cells


# --- the look through ----------------------------------------------------------------------------------------------


def _look_through(reading: Reading) -> dict[str, Look]:
    """A look at every sheet, by name; every part of the file is unpacked once, and counted."""
    try:
        with zipfile.ZipFile(reading.path) as archive:
            names = {part: sheet for sheet, part in _parts(archive)}
            inflated = sum(info.file_size for info in archive.infolist())
            if inflated > limits.WORKBOOK_BYTES:
                raise unusable(reading.name, _BOMB, limit=limits.WORKBOOK_BYTES)
            looks = {part: _look(archive, part, part in names, reading.name) for part in archive.namelist()}
            return {sheet: looks[part] for part, sheet in names.items() if part in looks}
    except _DAMAGE as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK) from error


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet names and the parts of the archive they stand in."""
    related = [_attributes(each) for each in _RELATION.findall(_text(archive, "xl/_rels/workbook.xml.rels"))]
    targets = {each.get("Id", ""): each.get("Target", "") for each in related}
    for each in map(_attributes, _SHEET.findall(_text(archive, "xl/workbook.xml"))):
        target = targets.get(each.get("id", ""), "")
        yield each.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _text(archive: zipfile.ZipFile, part: str) -> str:
    return archive.read(part).decode("utf-8", "replace")


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(text)}


def _look(archive: zipfile.ZipFile, part: str, sheet: bool, name: str) -> Look:
    look = Look()
    with archive.open(part) as stream:
        for chunk in _chunks(stream):
            if sheet:
                _look_at(chunk, look)
    if look.rows * look.columns > limits.SHEET_CELLS:
        raise unusable(name, _AREA, rows=look.rows, columns=look.columns)
    return look


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Pieces that overlap, so that no cell is cut in two."""
    kept = b""
    while piece := stream.read(_CHUNK):
        yield kept + piece
        kept = piece[-_OVERLAP:]


def _look_at(chunk: bytes, look: Look) -> None:
    look.precise = look.precise or _PRECISE.search(chunk) is not None
    for rows in _ROW.finditer(chunk, max(0, len(chunk) - _TAIL)):
        look.rows = max(look.rows, int(rows[1]))
    for wide in _WIDE.finditer(chunk):
        look.columns = max(look.columns, _position(wide[1]) + 1)
    if b't="e"' in chunk:
        for cell in _FAILED.finditer(chunk):
            look.failed[(int(cell[2]) - 1, _position(cell[1]))] = cell[3].decode("utf-8", "replace")


def _position(name: bytes) -> int:
    """The column of some letters, counted from 0."""
    position = 0
    for letter in name:
        position = position * 26 + letter - ord("A") + 1
    return position - 1
