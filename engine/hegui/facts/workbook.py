"""XLSX and XLS. A workbook is looked over before it is opened: for its size, its failed formulas, its long decimals."""

from __future__ import annotations

import io
import logging
import struct
import zipfile

import fastexcel
import polars as pl

from hegui import limits
from hegui.arguments import TOO_LARGE
from hegui.facts.archive import DAMAGE, Archive, Look, PartTwice, TooLarge, TooLong, TooManyTexts, widest
from hegui.facts.compound import MAGIC, is_whole, streams
from hegui.facts.decode import Reading, read_bytes, size_of, unusable
from hegui.facts.delimited import letters
from hegui.facts.panics import Panicked, panics_caught
from hegui.facts.table import RawColumn, RawTable
from hegui.facts.xls_texts import NAMES, is_locked, texts_in_cells
from hegui.source import Wording
from hegui.vocabulary import fold
from hegui.vocabulary.naming import suggestion

_BOMB = Wording(
    "workbook-too-large",
    "`{name}` unpacks to more than {limit} bytes, or to far more than a workbook of its size does",
    "`{name}` 解压后超过 {limit} 字节，或远大于同等大小的工作簿",
)
_LONG = Wording(
    "workbook-text",
    "a text in `{name}` is far longer than a cell can hold",
    "`{name}` 中有文本远超单元格可容纳的长度",
)
_TEXTS = Wording(
    "workbook-texts",
    "the texts in the cells of `{name}` come to more than {limit} bytes",
    "`{name}` 单元格中的文本合计超过 {limit} 字节",
)
_PART = Wording("part-twice", "`{name}` is damaged: it holds `{part}` twice", "`{name}` 已损坏：其中 `{part}` 出现两次")
_CELL = Wording(
    "cell-twice",
    "`{name}` is damaged: the cell {cell} stands twice in the sheet `{sheet}`",
    "`{name}` 已损坏：工作表 `{sheet}` 中单元格 {cell} 出现两次",
)
_SHEETS = Wording("too-many-sheets", "`{name}` has more than {limit} sheets", "`{name}` 的工作表超过 {limit} 个")
_AREA = Wording(
    "sheet-too-large",
    "a sheet of `{name}` spans {rows} rows × {columns} columns; a cell far off may be to blame",
    "`{name}` 中有工作表跨 {rows} 行 × {columns} 列，可能有远处的多余单元格",
)
_BAD_SHEET = Wording(
    "damaged-sheet",
    "the sheet `{sheet}` of `{name}` cannot be read: {problem}",
    "无法读取 `{name}` 的工作表 `{sheet}`：{problem}",
)
_NOT_A_WORKBOOK = Wording("not-a-workbook", "`{name}` is damaged or no workbook", "`{name}` 已损坏或不是工作簿")
_PASSWORD = Wording(
    "password", "if it opens with a password, save it without one", "如需密码才能打开，请另存为无密码的文件"
)
_NO_SHEET = Wording("missing-sheet", "`{name}` has no sheet `{sheet}`", "`{name}` 没有工作表 `{sheet}`")

for _library in ("calamine", "fastexcel"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # what they remark is no news to the user


def read_workbook(reading: Reading) -> list[RawTable]:
    """The sheets of a workbook, each with its header among its rows; empty ones have no columns.

    Raises:
        FactsError: the file is unusable, is no workbook, is too large, or has no sheet of the name asked for.
    """
    try:
        with panics_caught():
            looks = reading.opened.get("looks")
            return _first_opened(reading) if looks is None else _opened(reading, looks)
    except Panicked as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK) from error


def _first_opened(reading: Reading) -> list[RawTable]:
    if size_of(reading) > limits.WORKBOOK_BYTES:
        raise unusable(reading.name, _BOMB, limit=limits.WORKBOOK_BYTES)
    if size_of(reading) > limits.XLS_BYTES and _begins_as_xls(reading):
        raise unusable(reading.name, TOO_LARGE, limit=limits.XLS_BYTES)
    data = read_bytes(reading)
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _opened(reading, reading.opened.setdefault("looks", _look_through(reading)))
    if not is_whole(data):
        protected = data.startswith(MAGIC) and reading.path.suffix.lower() != ".xls"
        raise unusable(reading.name, _NOT_A_WORKBOOK, _PASSWORD if protected else None)
    _refuse_texts(reading, data)
    return _opened(reading, {})


def _begins_as_xls(reading: Reading) -> bool:
    with reading.path.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _refuse_texts(reading: Reading, data: bytes) -> None:
    """What shared texts would come to in the cells of an XLS file. Those of a file with a password are not read at all."""
    try:
        found = [each for each in streams(data, NAMES) if not is_locked(each)]
        texts = sum(texts_in_cells(each, limits.WORKBOOK_TEXTS) for each in found)
    except (struct.error, IndexError) as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK, _PASSWORD) from error
    if texts > limits.WORKBOOK_TEXTS:
        raise unusable(reading.name, _TEXTS, limit=limits.WORKBOOK_TEXTS)


def _opened(reading: Reading, looks: dict[str, Look]) -> list[RawTable]:
    try:
        book = reading.opened.get("book") or reading.opened.setdefault("book", fastexcel.read_excel(reading.path))
        names = _wanted(book.sheet_names, reading)
        if looks and not looks.keys() >= {*names}:  # the library sees sheets that were not looked at
            raise unusable(reading.name, _NOT_A_WORKBOOK)
        return [_sheet(book, name, looks.get(name, Look(precise=True)), reading.name) for name in names]
    except fastexcel.FastExcelError as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK, None if looks else _PASSWORD) from error


def _wanted(sheets: list[str], reading: Reading) -> list[str]:
    if reading.sheet is None:
        return sheets
    found = [each for each in sheets if fold(each) == fold(reading.sheet)]
    if not found:
        hint, known = suggestion(reading.sheet, sheets)
        raise unusable(reading.name, _NO_SHEET, hint, sheet=reading.sheet, known=known)
    return found[:1]


def _sheet(book: fastexcel.ExcelReader, name: str, look: Look, file: str) -> RawTable:
    try:
        loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    except fastexcel.FastExcelError as error:
        raise unusable(file, _BAD_SHEET, sheet=name, problem=_told(error)) from error
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


def _told(error: Exception) -> str:
    """What the library says of a sheet, without where that stands in the library."""
    said = (str(error).splitlines() or [""])[0]
    return said.removeprefix("calamine error: ").removeprefix("Xlsx error: ")[:200]


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
        with zipfile.ZipFile(reading.path) as opened:
            looks, named = Archive(opened, reading.path.stat().st_size, limits.WORKBOOK_BYTES).look()
    except TooLarge as error:
        raise unusable(reading.name, _BOMB, limit=limits.WORKBOOK_BYTES) from error
    except TooLong as error:
        raise unusable(reading.name, _LONG) from error
    except TooManyTexts as error:
        raise unusable(reading.name, _TEXTS, limit=limits.WORKBOOK_TEXTS) from error
    except PartTwice as error:
        raise unusable(reading.name, _PART, part=error.args[0]) from error
    except DAMAGE as error:
        raise unusable(reading.name, _NOT_A_WORKBOOK) from error
    if len(named) > limits.WORKBOOK_SHEETS:
        raise unusable(reading.name, _SHEETS, limit=limits.WORKBOOK_SHEETS)
    if sum(look.rows * look.columns for look in named) > limits.WORKBOOK_CELLS:
        far = widest(named)
        raise unusable(reading.name, _AREA, rows=far.rows, columns=far.columns)
    for sheet, look in looks.items():
        if look.twice is not None:
            row, column = look.twice
            raise unusable(reading.name, _CELL, cell=f"{letters(column - 1)}{row}", sheet=sheet)
    return looks
