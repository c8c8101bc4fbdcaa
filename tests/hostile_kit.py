"""Files that nobody would make by accident, built part by part."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET: Final = "xl/worksheets/sheet1.xml"
SHARED: Final = "xl/sharedStrings.xml"
BOOK: Final = "xl/workbook.xml"
BOOK_RELS: Final = "xl/_rels/workbook.xml.rels"
STYLES: Final = "xl/styles.xml"


def cell(ref: str, text: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER: Final = '<row r="1">' + cell("A1", "id") + cell("B1", "output") + cell("C1", "permit_to") + "</row>"


def sheet(rows: str, *, before: str = "", after: str = "", doctype: str = "") -> str:
    """The XML of a sheet whose header is already there."""
    return f'{HEAD}{doctype}<worksheet xmlns="{MAIN}">{before}<sheetData>{HEADER}{rows}</sheetData>{after}</worksheet>'


def row(number: int, *cells: str) -> str:
    """A row with an id of its own."""
    return f'<row r="{number}">' + cell(f"A{number}", f"S{number}") + "".join(cells) + "</row>"


def parts(rows: str = row(2, '<c r="B2"><v>7</v></c>'), **extra: str | bytes | None) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet `site`; `extra` replaces, adds or (None) takes away, `__` being a slash and
    `_` at the end of a word a dot."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        f'Target="{BOOK}"/></Relationships>',
        BOOK: f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="site" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        BOOK_RELS: f'{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        STYLES: f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        SHARED: f'{HEAD}<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>shared</t></si></sst>',
        SHEET: sheet(rows),
    }
    return made


def pack(path: Path, given: Mapping[str, str | bytes | None]) -> Path:
    """Write parts as an archive; those that are None are left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in given.items():
            if body is not None:
                archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return path
