"""Bytes of a text file → text: the encoding named, marked by a byte-order mark, or found out."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl

from hegui import intake, limits
from hegui.datatypes import Text
from hegui.masking import place_without_password
from hegui.source import Diagnostic, FactsError, Wording

ENCODINGS: Final = ("utf-8", "utf-16", "gbk", "gb2312", "gb18030", "big5")
"""The encodings a manifest may name."""

_UNREADABLE: Final = Wording("unreadable-file", "cannot read `{name}`: {problem}", "无法读取 `{name}`：{problem}")
_EMPTY: Final = Wording("empty-file", "`{name}` is empty", "`{name}` 是空文件")
_LINE: Final = Wording(
    "csv-line",
    "a line of `{name}` is longer than {limit} bytes; it may be no table",
    "`{name}` 中有一行超过 {limit} 字节，可能不是表格",
)
_BINARY: Final = Wording("binary-file", "`{name}` is not a text file", "`{name}` 不是文本文件")
_LOOKS: Final = Wording(
    "looks-like", "it looks like {known}; its name should end so", "它像是 {known} 文件，扩展名应与之一致"
)
_WRONG: Final = Wording(
    "wrong-encoding",
    "`{name}` is not {encoding} text (from byte {byte} on)",
    "`{name}` 不是 {encoding} 文本（自第 {byte} 字节起）",
)
_UNKNOWN: Final = Wording(
    "unknown-encoding",
    "the encoding of `{name}` is neither UTF-8 nor GB18030",
    "`{name}` 的编码既不是 UTF-8 也不是 GB18030",
)
_NAME_IT: Final = Wording(
    "name-encoding",
    "save it as UTF-8, or name its encoding in a `registry.yaml`",
    "请另存为 UTF-8，或在 `registry.yaml` 中写明编码",
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGIC: Final = ((b"PK\x03\x04", "`.xlsx`"), (b"\xd0\xcf\x11\xe0", "`.xls`"), (b"PAR1", "`.parquet`"))
PIECE: Final = 16_000_000
"""Bytes of a large file that are read at a time."""
_LOOKED_AT: Final = 1_000_000
"""Bytes that are looked at at a time: as many as stay in the processor's own memory."""
_STRANGE: Final = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f\ue000-\uf8ff]")
"""What GB18030 makes of bytes that are something else: control and private-use characters."""


@dataclass(frozen=True)
class Reading:
    """What a reader is asked for: a file, the name it goes by, and where named its encoding and one of its sheets.
    `opened` is for what a reader would find out again for each sheet of one file."""

    path: Path
    name: str
    encoding: str | None = None
    sheet: str | None = None
    opened: dict[str, Any] = field(default_factory=dict, compare=False)


def unusable(name: str, wording: Wording, hint: Wording | None = None, **args: object) -> FactsError:
    """The error for a file that cannot be used as a whole."""
    return FactsError(Diagnostic(wording, {"name": place_without_password(name), **args}, None, hint))


def read_bytes(reading: Reading) -> bytes:
    """The file's bytes.

    Raises:
        FactsError: it cannot be read or is empty.
    """
    try:
        data = intake.bytes_of(reading.path)
    except OSError as error:
        raise unreadable(reading.name, intake.problem(error)) from error
    if not data:
        raise unusable(reading.name, _EMPTY)
    return data


def unreadable(name: str, problem: str | Text) -> FactsError:
    """The error for a file that could not be opened or understood; `problem` in a few words."""
    said = problem if isinstance(problem, Text) else " ".join(problem.split())[:200]
    return unusable(name, _UNREADABLE, problem=said)


def read_text(reading: Reading) -> str:
    """The file's text, line ends as they are.

    Raises:
        FactsError: it cannot be read, is empty or binary, or is not in the encoding named or any found out.
    """
    data = read_bytes(reading)
    if reading.encoding is not None:
        return _named(data, reading.name, "utf-8-sig" if reading.encoding == "utf-8" else reading.encoding)
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return _named(data, reading.name, marked)
    magic = next((kind for mark, kind in _MAGIC if data.startswith(mark)), None)
    if magic is not None or b"\0" in data:
        raise unusable(reading.name, _BINARY, _LOOKS if magic else None, known=magic)
    return _found_out(data, reading.name)


def _named(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        shown = encoding.removesuffix("-sig")
        # Python counts from behind the mark
        mark = len(codecs.BOM_UTF8) if shown != encoding and data.startswith(codecs.BOM_UTF8) else 0
        raise unusable(name, _WRONG, _NAME_IT, encoding=shown.upper(), byte=mark + error.start + 1) from error


def _found_out(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise unusable(name, _UNKNOWN, _NAME_IT) from error
    if _STRANGE.search(text):
        raise unusable(name, _UNKNOWN, _NAME_IT)
    return text


# --- large files ---------------------------------------------------------------------------------------------------


def read_pieces(reading: Reading, size: int = PIECE) -> Iterator[bytes]:
    """The same text as UTF-8, in pieces of whole lines of about `size` bytes, each line ended by a line feed alone.

    A file that fits into one piece is one. Of a larger one only pieces are held in memory; it is looked through before
    the first is given, since its encoding is that of its last byte, too.

    Raises:
        FactsError: as `read_text` does.
    """
    if size_of(reading) <= size:
        yield _plain_ends(read_text(reading).encode())
        return
    encoding = _encoding(reading, size)
    if encoding == "utf-8":
        pieces = _without_mark(_lines(reading, size))
    else:
        pieces = _whole_lines(reading, (text.encode() for text in _texts(reading.path, encoding, size)))
    yield from map(_plain_ends, pieces)


def size_of(reading: Reading) -> int:
    """The size of the file in bytes.

    Raises:
        FactsError: there is no such file, it is a pipe or the like, or it cannot be looked at.
    """
    try:
        return intake.look(reading.path).st_size
    except OSError as error:
        raise unreadable(reading.name, intake.problem(error)) from error


def _plain_ends(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _encoding(reading: Reading, size: int) -> str:
    """The encoding that holds for the whole of a large file.

    Raises:
        FactsError: there is none, as `read_text` says it.
    """
    path = reading.path
    with path.open("rb") as stream:
        start = stream.read(4)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    named = (reading.encoding or marked or "").removesuffix("-sig")
    if named == "utf-16" and not marked:
        named = f"utf-16-{sys.byteorder[0]}e"
    if named not in ("", "utf-8"):
        found = named if _decodes(path, named, size) else None
    elif all((named or b"\0" not in lines) and _is_utf8(lines) for lines in _lines(reading, min(size, _LOOKED_AT))):
        found = "utf-8" if not start.startswith(tuple(mark for mark, _ in _MAGIC)) else None
    else:
        found = "gb18030" if not named and _decodes(path, "gb18030", size, _STRANGE) else None
    if found is None:
        raise _no_text(reading, start, (reading.encoding or marked or "").removesuffix("-sig"), named, size)
    return found


def _no_text(reading: Reading, start: bytes, shown: str, named: str, size: int) -> FactsError:
    """Why a large file is not in the encoding that is `named`, or in any; it is never held whole."""
    if named:
        wrong = _wrong(reading.path, named, size)
        if wrong is None:
            return unreadable(reading.name, "it changes while it is read")
        return unusable(reading.name, _WRONG, _NAME_IT, encoding=shown.upper(), byte=wrong + 1)
    magic = next((kind for mark, kind in _MAGIC if start.startswith(mark)), None)
    if magic is not None or any(b"\0" in chunk for chunk in _chunks(reading.path, size)):
        return unusable(reading.name, _BINARY, _LOOKS if magic else None, known=magic)
    return unusable(reading.name, _UNKNOWN, _NAME_IT)


def _wrong(path: Path, encoding: str, size: int) -> int | None:
    """The first byte of a file that is not in an encoding, counted from 0."""
    decoder, done = codecs.getincrementaldecoder(encoding)(), 0
    for chunk in chain(_chunks(path, size), (b"",)):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - waiting + error.start
        done += len(chunk)
    return None


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        pl.Series([text], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _decodes(path: Path, encoding: str, size: int, strange: re.Pattern[str] | None = None) -> bool:
    try:
        return not any(strange and strange.search(text) for text in _texts(path, encoding, size))
    except UnicodeDecodeError:
        return False


def _lines(reading: Reading, size: int) -> Iterator[bytes]:
    """The bytes of a file, so many at a time and the rest of the line they end in.

    Raises:
        FactsError: a line is too long.
    """
    with reading.path.open("rb") as stream:
        while chunk := stream.read(size):
            rest = stream.readline(limits.CSV_LINE)
            if len(rest) == limits.CSV_LINE and not rest.endswith(b"\n"):
                raise _too_long(reading, chunk)
            yield chunk + rest


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(size):
            yield chunk


def _without_mark(pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    yield from pieces


def _texts(path: Path, encoding: str, size: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in _chunks(path, size):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _too_long(reading: Reading, before: bytes) -> FactsError:
    """The error for a line that does not end: most likely it is no text at all."""
    if b"\0" in before and reading.encoding is None:
        return unusable(reading.name, _BINARY)
    return unusable(reading.name, _LINE, limit=limits.CSV_LINE)


def _whole_lines(reading: Reading, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut behind line feeds; what follows the last one comes last.

    Raises:
        FactsError: a line is too long.
    """
    rest: list[bytes] = []
    for chunk in chunks:
        if sum(map(len, rest)) > limits.CSV_LINE:
            raise _too_long(reading, b"")
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join((*rest, chunk[:end]))
            rest = []
        rest.append(chunk[end:])
    if any(rest):
        yield b"".join(rest)
