"""The archive a workbook is, looked through before a library follows it: every part is unpacked once and counted, whatever
the archive says of its size, and sheets are measured by their cells, whatever they say of themselves.

Which part is a sheet is taken widely (`Archive.sheets`): the library may understand a path otherwise, and what it reads has to
have been looked at.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from hegui.facts import words

CHUNK: Final = 1 << 20
"""Bytes that are unpacked at a time; no text between two tags is much longer."""
SMALL: Final = 100_000_000
"""Bytes up to which it does not matter how well an archive is packed."""
RATIO: Final = 200
"""How many times its own size an archive may unpack to. Rows that repeat each other come to some forty times."""
NAMED: Final = 100_000
"""Sheets and relations that are told apart."""
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
_ROWS = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_FAR = re.compile(rb'<c(?=[\s/>])(?! r="[A-Z]\d{1,6}")(?: r="([A-Z]{2,3})\d{1,7}")?')
"""Cells beyond column Z, and those that are not written as programs write them: of these, no letters are caught."""
_PREFIXED = re.compile(rb":c[\s/>]")
_REFERENCE = re.compile("([A-Za-z]+)([0-9]+)")


class TooLarge(Exception):
    """An archive that unpacks to more than it may."""


class TooLong(Exception):
    """A text far longer than a cell holds."""


@dataclass
class Look:
    """What a look through a sheet's XML shows: the cells whose formula failed or was never worked out, by row and column, and
    whether any number has more decimals than fastexcel writes out. `rows` and `columns` are those of its farthest cells;
    `plain` is false where only a parser can tell."""

    failed: dict[tuple[int, int], str] = field(default_factory=dict)
    precise: bool = False
    rows: int = 0
    columns: int = 0
    plain: bool = True


class Archive:
    """An open archive, of which at most `most` bytes are unpacked."""

    def __init__(self, archive: zipfile.ZipFile, packed: int, most: int) -> None:
        self.archive, self.unpacked = archive, 0
        self.most = min(most, max(SMALL, RATIO * packed))
        if sum(info.file_size for info in archive.infolist()) > self.most:
            raise TooLarge

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
            if len(found) > NAMED:
                raise TooLarge

        _parse(_at_most(SMALL, self.pieces(self.archive.getinfo(part))), begins)
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
        """
        sheets = self.sheets()
        of_sheets = {part for _, parts in sheets for part in parts}
        looks: dict[str, Look] = {}
        for info in self.archive.infolist():
            if info.filename in of_sheets:
                looks[info.filename] = self._look(info)
            else:
                pieces = self.pieces(info)
                for _ in _tags(pieces) if base(info.filename) == _STRINGS else pieces:
                    pass
        named = [(name, widest([looks[part] for part in parts])) for name, parts in sheets]
        return dict(named), [look for _, look in named]

    def _look(self, part: zipfile.ZipInfo) -> Look:
        look, before = Look(), self.unpacked
        for text in _tags(self.pieces(part)):
            _look_at(text, look)
        if not look.plain:
            self.unpacked = before  # it is counted once
            _measure(self.pieces(part), look)
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


def _tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Texts that end before a tag and overlap, so that no tag is cut in two, nor an ordinary cell."""
    kept = b""
    for piece in pieces:
        text = kept + piece
        end = text.rfind(b"<")
        if len(text) - end > CHUNK + _OVERLAP:
            raise TooLong
        yield text[: max(end, 0)]
        kept = text[max(end - _OVERLAP, 0) :]
    yield kept


def _look_at(text: bytes, look: Look) -> None:
    look.precise = look.precise or _PRECISE.search(text) is not None
    look.rows = max(look.rows, max(map(int, _ROWS.findall(text)), default=0))
    far = set(_FAR.findall(text))
    look.columns = max(look.columns, 26, *(position(letters) + 1 for letters in far))
    look.plain = look.plain and b"" not in far and _PREFIXED.search(text) is None
    if b't="e"' in text:
        for cell in _FAILED.finditer(text):
            look.failed[(int(cell[2]) - 1, position(cell[1]))] = cell[3].decode("utf-8", "replace")
    if b"<f" in text:
        for cell in _UNCOUNTED.finditer(text):
            look.failed[(int(cell[2]) - 1, position(cell[1]))] = words.UNCOUNTED


def _measure(pieces: Iterator[bytes], look: Look) -> None:
    """The farthest cells of a sheet, read as XML is."""
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
            look.rows, look.columns = max(look.rows, at), max(look.columns, column)

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
