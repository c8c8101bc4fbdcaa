"""A workbook as a file: the frame with the rows of long lists put in, packed as they are made.

What is held at any time is some hundreds of rows and the texts that stand in many of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hegui.report.workbook import frame
from hegui.report.workbook.cells import Texts, Value, row_writer, shortened, shown
from hegui.report.workbook.frame import Layout, Sheet

LINKED: Final = 10_000
"""Rows of a sheet whose cells lead elsewhere; Excel takes no more than 65,530 links in a sheet."""
BYTES: Final = 1_500_000_000
"""XML in one sheet: beyond two gigabytes not every program can unpack it."""
_LEVEL: Final = 4
"""Of packing: half the time of the usual 6 for a file a tenth larger."""
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list; `links` are the places its cells lead to, by number of the column; `mark` what others may call it."""

    values: Sequence[Value]
    links: Mapping[int, str] | None = None
    mark: str | None = None


@dataclass
class Part:
    """A list as it stands in the package: the sheet it is and the list it is of, the file its rows are in, how many."""

    name: str
    of: str
    layout: Layout
    file: str
    rows: int = 0


class _Archive(ZipFile):
    """One that is not finished where it could not be written: whoever wrote has been told why."""

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()


@dataclass
class Package:
    """A workbook in the making."""

    font: str
    footer: str
    texts: Texts = field(default_factory=Texts)
    parts: list[Part] = field(default_factory=list)
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    """(list, mark) → where the first row called so stands."""
    out: IO[bytes] = field(default_factory=TemporaryFile)

    def __post_init__(self) -> None:
        self.zip = _Archive(self.out, "w", ZIP_DEFLATED, compresslevel=_LEVEL)

    def add(self, name: str, layout: Layout, rows: Iterable[Row]) -> None:
        """Put a list in, over as many sheets as it takes; the second is called `name (2)`."""
        opened, rest, number = frame.opened(layout, self.font, self.footer), iter(rows), 0
        first = next(rest, None)
        while first is not None or not number:
            number += 1
            part = Part(name if number == 1 else f"{name} ({number})", name, layout, f"list{len(self.parts) + 1}.xml")
            self.parts.append(part)
            first = self._sheet(part, opened, first, rest)

    def _sheet(self, part: Part, opened: frame.Opened, first: Row | None, rest: Iterator[Row]) -> Row | None:
        """Write one sheet; the row that found no place in it, if there is one."""
        write, links, size = row_writer(opened.columns, self.texts), list[tuple[str, str]](), 0
        with self.zip.open(_entry(f"xl/worksheets/{part.file}"), "w") as out:
            out.write(opened.before.encode())
            while first is not None and part.rows + 1 < frame.ROWS and size < BYTES:
                room = min(_AT_ONCE, frame.ROWS - 1 - part.rows) - 1
                lot = [first, *islice(rest, room)]
                lines = []
                for row in lot:
                    part.rows += 1
                    lines.append(write(part.rows + 1, row.values))
                    self._note(row, part)
                    if row.links and part.rows <= LINKED:
                        links += ((f"{opened.columns[at].letters}{part.rows + 1}", to) for at, to in row.links.items())
                data = "".join(lines).encode("utf-8", "replace")
                size += len(data)
                out.write(data)
                first = next(rest, None)
            out.write(opened.closed(part.rows, links).encode())
        return first

    def _note(self, row: Row, part: Part) -> None:
        if row.mark is not None and (part.of, row.mark) not in self.marks:
            self.marks[part.of, row.mark] = f"{quoted(part.name)}!A{part.rows + 1}"

    def rows(self, name: str) -> int:
        """How many rows a list has, over all its sheets."""
        return sum(part.rows for part in self.parts if part.of == name)

    def finished(self, sheets: Sequence[Sheet], properties: Mapping[str, Any]) -> Iterator[bytes]:
        """The whole file, given its pages in order; where a page is called as a list, the list stands in its place."""
        ordered = list(self._ordered(sheets))
        made = frame.made([sheet for sheet, _ in ordered], properties, self.font, self.footer)
        files = {
            f"worksheets/sheet{number}.xml": part.file
            for number, (_, part) in enumerate(ordered, 1)
            if part is not None
        }
        held = len(self.texts.numbers)
        for name, data in made.items():
            if name.removeprefix("xl/") in files:
                continue
            self.zip.writestr(_entry(name), self._fitted(name, data, files, held))
        if "xl/sharedStrings.xml" not in made:
            raise AssertionError("a workbook has a page of texts")
        self.zip.close()
        with self.out:
            self.out.seek(0)
            while piece := self.out.read(1 << 20):
                yield piece

    def _ordered(self, sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Part | None]]:
        for sheet in sheets:
            own = [part for part in self.parts if part.of == sheet.name]
            if not own:
                yield sheet, None
            for part in own:
                yield Sheet(part.name, part.layout, part.rows), part

    def _fitted(self, name: str, data: bytes, files: Mapping[str, str], held: int) -> bytes:
        """A part of the frame as it is to be beside the lists."""
        if name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            text = data.decode()
            return re.sub(r"worksheets/sheet\d+\.xml", lambda at: _moved(at[0], files), text).encode()
        if name == "xl/sharedStrings.xml":
            return self._strings(data.decode())
        if name.startswith("xl/worksheets/sheet"):
            return _SHARED.sub(lambda at: at[1] + str(int(at[2]) + held).encode() + b"<", data)
        return data

    def _strings(self, xml: str) -> bytes:
        """The texts held once: those of the lists, then those of the pages."""
        start, end = re.search(r"<sst [^>]*>", xml), xml.rindex("</sst>")
        assert start is not None
        own = xml[start.end() : end]
        pages, every = own.count("<si>"), len(self.texts.numbers)
        space = xml[start.start() : start.end()].split(" count=")[0]
        lists = "".join(f"<si><t{shown(shortened(text))}</t></si>" for text in self.texts.numbers)
        head = f'{xml[: start.start()]}{space} uniqueCount="{every + pages}">'
        return f"{head}{lists}{own}</sst>".encode("utf-8", "replace")


_SHARED: Final = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")? t="s"><v>)(\d+)<')


def _moved(name: str, files: Mapping[str, str]) -> str:
    return f"worksheets/{files[name]}" if name in files else name


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def quoted(name: str) -> str:
    """The name of a sheet as it stands in a link."""
    return "'" + name.replace("'", "''") + "'"
