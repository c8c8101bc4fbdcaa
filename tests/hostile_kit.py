"""Files that nobody would make by accident, built part by part: the parts of a workbook, and the names a case replaces."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "_rels/.rels"
SHEET: Final = "xl/worksheets/sheet1.xml"
SHARED: Final = "xl/sharedStrings.xml"
BOOK: Final = "xl/workbook.xml"
BOOK_RELS: Final = "xl/_rels/workbook.xml.rels"
STYLES: Final = "xl/styles.xml"
PARTS: Final = (PACKAGE, BOOK, BOOK_RELS, STYLES, SHARED, SHEET)
LAUGHS: Final = (
    '<!DOCTYPE x [<!ENTITY a "xxxxxxxxxxxxxxxxxxxx">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)
"""An entity `j` of twenty thousand million characters."""

Parts = Mapping[str, str | bytes | None]


def cell(ref: str, text: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER: Final = f'<row r="1">{cell("A1", "编号")}{cell("B1", "产量")}{cell("C1", "投产日期")}</row>'


def row(number: int, *cells: str) -> str:
    """A row with an id of its own."""
    return f'<row r="{number}">{cell(f"A{number}", f"M{number}")}{"".join(cells)}</row>'


def sheet(rows: str, *, before: str = "", after: str = "", doctype: str = "") -> str:
    """The XML of a sheet; its header is already there."""
    return f'{HEAD}{doctype}<worksheet xmlns="{MAIN}">{before}<sheetData>{HEADER}{rows}</sheetData>{after}</worksheet>'


def parts() -> dict[str, str | bytes | None]:
    """The parts of a workbook with one sheet, `矿山`, and one row."""
    related = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    related += f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
    related += f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    start = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{BOOK}"/>'
    sheets = '<sheets><sheet name="矿山" sheetId="1" r:id="rId1"/></sheets>'
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    return {
        PACKAGE: f'{HEAD}<Relationships xmlns="{RELS}">{start}</Relationships>',
        BOOK: f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>',
        BOOK_RELS: f'{HEAD}<Relationships xmlns="{RELS}">{related}</Relationships>',
        STYLES: f'{HEAD}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        SHARED: f'{HEAD}<sst xmlns="{MAIN}"><si><t>7</t></si></sst>',
        SHEET: sheet(row(2, '<c r="B2"><v>7</v></c>')),
    }


def changed(part: str, old: str, new: str) -> Parts:
    """The parts with a text in one of them replaced."""
    whole = parts()
    before = str(whole[part])
    assert old in before
    return whole | {part: before.replace(old, new)}


def pack(path: Path, given: Parts) -> Path:
    """Write parts as an archive; those that are None are left out."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in given.items():
            if body is not None:
                archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return path


def old_workbook(
    path: Path, texts: Sequence[str], cells: Sequence[Sequence[int]], piece: int = 8000, lie: str = ""
) -> Path:
    """An XLS file of one sheet `矿山`: rows of cells, each the number of a text. What the texts are written in is cut after
    `piece` bytes, inside of a text where that comes so; each has two runs of formats. What the file says of itself may be a
    `lie`."""
    shared = (_shared_records(["x"], piece) if lie == "another table before" else b"") + _shared_records(texts, piece)
    if lie == "count":
        shared = shared[:4] + struct.pack("<II", 1, 1) + shared[12:]
    begun = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    at = len(begun) + 4 + 12 + len(shared) + 4
    named = "矿山".encode("utf-16-le")
    sheet_at = _record(0x0085, struct.pack("<IBBBB", at, 0, 0, 2, 1) + named)
    cells_of = b"".join(
        _record(0x00FD, struct.pack("<HHHI", row_at, column, 0, number))
        for row_at, numbers in enumerate(cells)
        for column, number in enumerate(numbers)
    )
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(cells), 0, max(map(len, cells)), 0))
    ended = _record(0x000A, b"")
    second = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    name = "Book" if lie == "name" else "Workbook"
    path.write_bytes(_container(name, lie, begun + sheet_at + shared + ended + second + size + cells_of + ended))
    return path


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _shared_records(texts: Sequence[str], piece: int) -> bytes:
    found, body = b"", struct.pack("<II", len(texts), len(texts))
    kind = 0x00FC
    for text in texts:
        body += struct.pack("<HBH", len(text), 9, 2)
        for char in text:
            if len(body) + 2 > piece:
                found, body, kind = found + _record(kind, body), b"\1", 0x003C
            body += char.encode("utf-16-le")
        body += bytes(8)
        if len(body) > piece - 20:
            found, body, kind = found + _record(kind, body), b"", 0x003C
    return found + _record(kind, body)


def _container(name: str, lie: str, stream: bytes) -> bytes:
    """A compound file whose first sector is its directory; then comes its table, and then the stream."""
    stream += bytes(-len(stream) % 512 + (4096 if len(stream) < 4096 else 0))
    count = len(stream) // 512
    tables = next(size for size in range(1, 110) if size * 128 >= 1 + size + count)
    following = [*range(tables + 2, tables + 1 + count), 0xFFFFFFFE]
    numbers = [0xFFFFFFFE, *[0xFFFFFFFD] * tables, *following]
    table = struct.pack(f"<{tables * 128}I", *numbers, *[0xFFFFFFFF] * (tables * 128 - len(numbers)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIII", tables, 0, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *range(1, tables + 1), *[0xFFFFFFFF] * (109 - tables))
    kind = 1 if lie == "sort" else 2
    directory = _directory(("Root Entry", 5, 0xFFFFFFFE, 0), (name, kind, tables + 1, len(stream)))
    if lie == "length of the name":
        directory = directory[: 128 + 64] + struct.pack("<H", 4) + directory[128 + 66 :]
    return head + directory + table + stream


def _directory(*entries: tuple[str, int, int, int]) -> bytes:
    made = b""
    for name, kind, start, size in entries:
        text = name.encode("utf-16-le")
        child = 1 if kind == 5 else 0xFFFFFFFF
        made += text + bytes(64 - len(text)) + struct.pack("<HBBIII", len(text) + 2, kind, 1, *[0xFFFFFFFF] * 2, child)
        made += bytes(36) + struct.pack("<IQ", start, size)
    return made + bytes(512 - len(made))


def lied(path: Path, part: str, size: int) -> Path:
    """The same archive, saying in both places that a part is of another size."""
    body = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(part)
        directory = archive.start_dir
    local, name = info.header_offset, part.encode()
    central = body.index(name, directory) - 46
    for at in (local + 22, central + 24):
        body[at : at + 4] = size.to_bytes(4, "little")
    path.write_bytes(body)
    return path


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Bytes with a few of them changed, lost, doubled or moved."""
    found = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, length = chance.randrange(len(found) + 1), chance.choice((1, 1, 2, 8, 100))
        piece = found[at : at + length]
        match chance.randrange(5):
            case 0:
                found[at : at + length] = chance.randbytes(len(piece))
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = piece * chance.choice((1, 2, 50))
            case 3:
                found[at : at + length] = chance.choice((b"\0", b"\xff", b"\x7f", b"<", b'"', b",", b"&")) * len(piece)
            case _ if piece:
                found[at] ^= 1 << chance.randrange(8)
    return bytes(found)


def mutated_parts(given: Parts, chance: random.Random) -> Parts:
    """A workbook of which one part is changed; the archive around it is sound."""
    name = chance.choice(PARTS)
    body = given[name]
    assert body is not None
    return dict(given) | {name: mutated(body if isinstance(body, bytes) else body.encode(), chance)}
