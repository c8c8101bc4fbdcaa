"""How the files are written: workbooks, CSV, and the lines of the manifest."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import xlsxwriter

Row = list[object]


def workbook(sheets: dict[str, tuple[str, Sequence[Sequence[str]], Iterable[Row]]]) -> bytes:
    """An XLSX file: per sheet a title over all columns, one or two header rows, and rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2024, 3, 11, tzinfo=UTC)})
    bold = book.add_format({"bold": True, "align": "center"})
    for name, (title, headers, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, len(headers[0]) - 1, title, bold)
        for line, header in enumerate(headers, 1):
            _write_header(sheet, line, header, bold)
        for line, row in enumerate(rows, 1 + len(headers)):
            sheet.write_row(line, 0, row)
    book.close()
    return buffer.getvalue()


def _write_header(sheet: xlsxwriter.worksheet.Worksheet, line: int, header: Sequence[str], bold: object) -> None:
    """A header row; equal neighbours are one merged cell."""
    start = 0
    for column, word in enumerate(header):
        if column + 1 < len(header) and header[column + 1] == word and word:
            continue
        if column > start:
            sheet.merge_range(line, start, line, column, word, bold)
        else:
            sheet.write(line, column, word, bold)
        start = column + 1


def table(header: str, rows: Iterable[Row], encoding: str) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode(encoding)
