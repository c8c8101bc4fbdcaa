"""The archive a workbook is, looked through before a library follows it: every part is unpacked once and counted, whatever
the archive says of its size, and sheets are measured by their cells, whatever they say of themselves.

Which part is a sheet is taken widely (`Archive.sheets`): the library may understand a path otherwise, and what it reads has to
have been looked at.
"""

from __future__ import annotations

import copy
import re
import string
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from hegui import limits
from hegui.facts import words
from hegui.facts.shared_texts import Shared, used
from hegui.facts.shared_texts import widest as widest_texts

CHUNK: Final = 1 << 20
"""Bytes that are unpacked at a time; no text between two tags is much longer."""
SMALL: Final = 100_000_000
"""Bytes up to which it does not matter how well an archive is packed. Rows that repeat each other come to some forty times."""
DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, LookupError, RuntimeError, ValueError, expat.ExpatError),
)
"""What unpacking a damaged archive raises."""

_OVERLAP: Final = 1 << 12
_WORKBOOK: Final = "workbook.xml"
_STRINGS: Final = "sharedstrings.xml"
# of hostile files, too, each goes over a text once
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^<>]*\br="([A-Z]{1,3})(\d{1,7})")(?=[^<>]*\bt="e")[^<>]*>'
    rb"(?:(?!</?(?:\w+:)?c\b).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_UNCOUNTED = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?![^<>]*\bt="str")[^<>]*>\s*<f\b[^<]*(?:</f>)?\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>'
)
"""A formula without what it came to; an empty text is something it may come to."""
_PRECISE = re.compile(rb"v>-?\d*+(?:\.\d{10}|[.\d]*[eE])")
_CELLS = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"')
_LETTERS = string.ascii_uppercase.encode()
_FAR = re.compile(rb'<c(?=[\s/>])(?! r="[A-Z]\d{1,6}")(?: r="([A-Z]{2,3})\d{1,7}")?')
"""Cells beyond column Z, and those that are not written as programs write them: of these, no letters are caught."""
_PREFIXED = re.compile(rb":c[\s/>]")
_REFERENCE = re.compile("([A-Za-z]+)([0-9]+)")


class TooLarge(Exception):
    """An archive that unpacks to more than it may."""


class TooLong(Exception):
    """A text far longer than a cell holds."""


class TooManyTexts(Exception):
    """Texts that come to more than they may, wherever one is used."""


class PartTwice(Exception):
    """Two parts of one name, of which one would be read and the other not; its argument is the name."""


@dataclass
class Look:
    """What a look through a sheet's XML shows: the cells whose formula failed or was never worked out, by row and column, and
    whether any number has more decimals than fastexcel writes out. `rows` and `columns` are those of its farthest cells,
    `cells` is how many there are, and `twice` one that stands there twice, by row and column. `plain` is false where only a
    parser can tell, `ordered` where a cell does not stand behind the one before."""

    failed: dict[tuple[int, int], str] = field(default_factory=dict)
    precise: bool = False
    rows: int = 0
    columns: int = 0
    cells: int = 0
    twice: tuple[int, int] | None = None
    plain: bool = True
    ordered: bool = True
    last: int = 0
    of_last: frozenset[bytes] = frozenset()
    """The cells so far of the last row."""


class Archive:
    """An open archive, of which at most `most` bytes are unpacked."""

    def __init__(self, archive: zipfile.ZipFile, packed: int, most: int) -> None:
        self.archive, self.unpacked = archive, 0
        self.most = min(most, max(SMALL, limits.WORKBOOK_RATIO * packed))
        if sum(info.file_size for info in archive.infolist()) > self.most:
            raise TooLarge
        if min((info.header_offset for info in archive.infolist()), default=0):
            raise zipfile.BadZipFile  # something stands before it, another workbook perhaps, of which nobody would hear
        self._refuse_twice()

    def _refuse_twice(self) -> None:
        seen: set[str] = set()
        for info in self.archive.infolist():
            name = "/".join(
                step for step in info.filename.replace("\\", "/").lower().split("/") if step not in ("", ".")
            )
            if name in seen and not info.is_dir():
                raise PartTwice(info.filename)
            seen.add(name)

    def sheets(self) -> list[tuple[str, set[str]]]:
        """The names of the sheets, each with the parts it may stand in."""
        books = {base(target) for kind, target in self._related("") if kind.endswith("/officeDocument")} or {_WORKBOOK}
        found: list[tuple[str, set[str]]] = []
        for book in sorted(books):
            targets: dict[str, set[str]] = {}
            for part in self._called(f"{book}.rels"):
                for each in self._elements(part, "Relationship"):
                    targets.setdefault(each.get("Id", ""), set()).add(base(each.get("Target", "")))
            for part in self._called(book):
                for each in self._elements(part, "sheet"):
                    ids = [value for key, value in each.items() if _local(key) == "id"]
                    names = {name for own in ids for name in targets.get(own, ())}
                    found.append((each.get("name", ""), {own for name in names for own in self._called(name)}))
        if not found:
            raise LookupError(_WORKBOOK)
        return found

    def _related(self, folder: str) -> Iterator[tuple[str, str]]:
        for part in self._called(f"{folder}.rels"):
            for each in self._elements(part, "Relationship"):
                yield each.get("Type", ""), each.get("Target", "")

    def _called(self, name: str) -> list[str]:
        """The parts of a name, in whatever folder."""
        return [part for part in self.archive.NameToInfo if base(part) == name]

    def _elements(self, part: str, name: str) -> list[dict[str, str]]:
        """The attributes of each element of a name in a part, whatever their prefix.

        Raises:
            TooLarge: the part, or what is found in it, is more than one can be told the sheets of.
        """
        found: list[dict[str, str]] = []

        def begins(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == name:
                found.append(attributes)
            if len(found) > limits.WORKBOOK_NAMES:
                raise TooLarge

        _parse(_at_most(limits.WORKBOOK_PART, self.pieces(self.archive.getinfo(part))), begins)
        return found

    def pieces(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """What a part really unpacks to.

        Raises:
            TooLarge: the archive unpacks to more than it may.
        """
        endless = copy.copy(part)
        endless.file_size = self.most + 2 * CHUNK
        with self.archive.open(endless) as stream:
            while piece := stream.read(CHUNK):
                self.unpacked += len(piece)
                if self.unpacked > self.most:
                    raise TooLarge
                yield piece

    def look(self) -> tuple[dict[str, Look], list[Look]]:
        """A look at each sheet by name, and at all of them as they are named: a part may be named twice.

        Raises:
            TooLarge: it unpacks to more than it may.
            TooLong: a single text is far longer than a cell holds.
            TooManyTexts: the texts come to more than they may.
        """
        sheets = self.sheets()
        of_sheets = {part for _, parts in sheets for part in parts}
        looks: dict[str, Look] = {}
        shared: list[array[int]] = []
        for info in self.archive.infolist():
            if info.filename in of_sheets:
                looks[info.filename] = self._look(info)
            elif base(info.filename) == _STRINGS:
                shared.append(self._shared(info))
            else:
                for _ in self.pieces(info):
                    pass
        self._refuse_texts(widest_texts(shared), [parts for _, parts in sheets], looks)
        named = [(name, widest([looks[part] for part in parts])) for name, parts in sheets]
        return dict(named), [look for _, look in named]

    def _shared(self, part: zipfile.ZipInfo) -> array[int]:
        """The sizes of the texts that cells share."""
        found, size = Shared(), 0
        for text, begin in _tags(self.pieces(part)):
            size += len(text) - begin
            found.add(text[begin:])
            if size > limits.WORKBOOK_TEXTS or len(found.sizes) > limits.WORKBOOK_CELLS:
                raise TooManyTexts
        return found.finished()

    def _refuse_texts(self, sizes: array[int], sheets: list[set[str]], looks: dict[str, Look]) -> None:
        """Each use of a shared text is a text of its own once the library has read it. They are added up only where the longest
        one in every cell would be too much."""
        longest = max(sizes, default=0)
        if longest * sum(looks[part].cells for parts in sheets for part in parts) <= limits.WORKBOOK_TEXTS:
            return
        before = self.unpacked
        texts = dict.fromkeys(looks, 0)
        for part in looks:
            self.unpacked = before  # they are counted once
            for text, begin in _tags(self.pieces(self.archive.getinfo(part))):
                texts[part] += used(text, begin, sizes, longest)
        if sum(texts[part] for parts in sheets for part in parts) > limits.WORKBOOK_TEXTS:
            raise TooManyTexts

    def _look(self, part: zipfile.ZipInfo) -> Look:
        look, before = Look(), self.unpacked
        for text, begin in _tags(self.pieces(part)):
            _look_at(text, begin, look)
        if not look.plain:
            self.unpacked = before  # it is counted once
            _measure(self.pieces(part), look)
        if not look.ordered and look.rows * look.columns <= limits.WORKBOOK_CELLS:
            self.unpacked = before
            look.twice = _twice(self.pieces(part), look)
        return look


def base(path: str) -> str:
    """The last step of a path, as it is compared."""
    return path.replace("\\", "/").rpartition("/")[2].lower()


def widest(looks: list[Look]) -> Look:
    """The one look at several parts, of which one is read."""
    return max(looks, key=lambda look: look.rows * look.columns, default=Look())


def _local(name: str) -> str:
    """A name of XML without its prefix."""
    return name.rpartition(":")[2]


def _at_most(most: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooLarge
        yield piece


def _tags(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Texts that end before a tag and overlap, so that no tag is cut in two, nor an ordinary cell; each with the place where
    what was not in the one before begins, which is at a tag."""
    kept, begin = b"", 0
    for piece in pieces:
        text = kept + piece
        end = text.rfind(b"<")
        if len(text) - end > CHUNK + _OVERLAP:
            raise TooLong
        end = max(end, 0)
        yield text[:end], begin
        start = max(end - _OVERLAP, 0)
        kept, begin = text[start:], end - start
    yield kept, begin


def _look_at(text: bytes, begin: int, look: Look) -> None:
    look.precise = look.precise or _PRECISE.search(text) is not None
    _follow(_CELLS.findall(text, begin), look)
    far = set(_FAR.findall(text))
    look.columns = max(look.columns, 26, *(position(letters) + 1 for letters in far))
    look.plain = look.plain and b"" not in far and _PREFIXED.search(text) is None
    if b't="e"' in text:
        for cell in _FAILED.finditer(text):
            look.failed[(int(cell[2]) - 1, position(cell[1]))] = cell[3].decode("utf-8", "replace")
    if b"<f" in text:
        for cell in _UNCOUNTED.finditer(text):
            look.failed[(int(cell[2]) - 1, position(cell[1]))] = words.UNCOUNTED


def _follow(cells: list[bytes], look: Look) -> None:
    """Count cells, by their addresses. Where rows follow each other and no cell of a row stands there twice, none of the
    sheet does."""
    if not cells:
        return
    rows = [*map(int, b" ".join(cells).translate(None, _LETTERS).split())]
    look.cells, look.rows = look.cells + len(cells), max(look.rows, max(rows))
    there, begins = frozenset(cells), rows.index(rows[-1])
    goes_on = look.last == rows[0]
    apart = len(there) == len(cells) and not (goes_on and look.of_last & there)
    follows = rows[0] >= look.last and rows == sorted(rows)
    look.ordered = look.ordered and apart and follows
    look.of_last = frozenset(cells[begins:]) | (look.of_last if goes_on and begins == 0 else frozenset())
    look.last = rows[-1]


def _measure(pieces: Iterator[bytes], look: Look) -> None:
    """The farthest cells of a sheet and how many there are, read as XML is."""
    look.cells, last = 0, (0, 0)

    def stands(row: int, column: int) -> None:
        nonlocal last
        look.rows, look.columns, look.cells = max(look.rows, row), max(look.columns, column), look.cells + 1
        look.ordered, last = look.ordered and (row, column) > last, (row, column)

    _each_cell(pieces, stands)


def _twice(pieces: Iterator[bytes], look: Look) -> tuple[int, int] | None:
    """The first cell that stands in a sheet a second time; None where there is none."""
    seen, found = bytearray(look.rows * look.columns), list[tuple[int, int]]()

    def stands(row: int, column: int) -> None:
        at = (row - 1) * look.columns + column - 1
        if not found and 0 <= at < len(seen):
            found.extend([(row, column)] * seen[at])
            seen[at] = 1

    _each_cell(pieces, stands)
    return found[0] if found else None


def _each_cell(pieces: Iterator[bytes], stands: Callable[[int, int], None]) -> None:
    """Have `stands` told the row and column of each cell of a sheet, counted from 1."""
    row = column = 0

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        local, own = _local(name), attributes.get("r")
        if local == "row":
            row, column = int(own) if own is not None else row + 1, 0
        elif local == "c":
            found = _REFERENCE.fullmatch(own) if own is not None else None
            at = int(found[2]) if found else row
            column = position(found[1].upper().encode()) + 1 if found else column + 1
            stands(at, column)

    _parse(pieces, begins)


def _parse(pieces: Iterator[bytes], begins: Callable[[str, dict[str, str]], None]) -> None:
    """Read XML, and have `begins` told the name and attributes of each element."""

    def declares(name: str, *more: object) -> None:  # entities come with it, and no workbook has any
        raise ValueError(f"document type {name}")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.StartDoctypeDeclHandler = declares
    for piece in pieces:
        parser.Parse(piece)
    parser.Parse(b"", True)


def position(name: bytes) -> int:
    """The column of some letters, counted from 0.

    >>> position(b"A"), position(b"Z"), position(b"AA"), position(b"XFD")
    (0, 25, 26, 16383)
    """
    found = 0
    for letter in name:
        found = found * 26 + letter - ord("A") + 1
    return found - 1
