"""Changes of a YAML text that leave everything else in it as it is, byte by byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hegui.source import Document, Path_, Source

_BOM: Final = "\ufeff"
_COMMENT: Final = re.compile(r"\s*#")
_MARK_ABOVE: Final = re.compile(r"^---[ ]*\n\s*\Z", re.MULTILINE)
_MARK_BELOW: Final = re.compile(r"\s*(?P<mark>---[ ]*\n|\Z)")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters `start` to `end` of a source become `text`. An entry that is taken out says out of what, by where that
    begins, and how many may be, so that one is left."""

    start: int
    end: int
    text: str = ""
    holder: int = -1
    most: int = 0


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order, without those that overlap one before them or would take out all there is."""
    found: list[Edit] = []
    taken = Counter[int]()
    for edit in sorted(edits):
        if (found and edit.start < found[-1].end) or (edit.holder >= 0 and taken[edit.holder] >= edit.most):
            continue
        taken[edit.holder] += 1
        found.append(edit)
    return found


def changed(body: bytes, source: Source, edits: Iterable[Edit]) -> bytes | None:
    """The bytes of a file with edits made; None where the file is no longer what was read.

    A source has neither a byte-order mark nor carriage returns before line feeds; the file keeps its own.
    """
    try:
        written = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    offset = len(_BOM) if written.startswith(_BOM) else 0
    if written[offset:].replace("\r\n", "\n") != source.text:
        return None
    places = _places(written, offset)
    pieces, at = [], 0
    for edit in apart(edits):
        pieces += [written[at : places[edit.start]], edit.text]
        at = places[edit.end]
    return "".join([*pieces, written[at:]]).encode("utf-8")


def _places(written: str, offset: int) -> list[int]:
    """Where each character of a source stands in the file, a line feed with what stands before it, and where its end does."""
    found = [at for at in range(offset, len(written)) if not (written[at] == "\n" and written[at - 1 : at] == "\r")]
    return [*found, len(written)]


def removal(document: Document, path: Path_) -> Edit | None:
    """What takes an entry out of the list or mapping it stands in; None where that cannot be done without touching more.

    An entry of a block goes with its whole lines, unless it shares its first line with another, or has a comment right above,
    which may be about it. The only one goes with what holds it, in the end with the document. Of a list in brackets only
    the value and its comma go.
    """
    start = (document.keys.get(path) or document.spans[path]).start
    text = document.source.text
    begin = text.rfind("\n", 0, start) + 1
    before = text[begin:start]
    if before.strip(" ") not in ("", "-") or (isinstance(path[-1], int) and "-" not in before):
        return _from_brackets(document, path)
    others = _held(document, path) - 1
    if _COMMENT.match(text[text.rfind("\n", 0, max(begin - 1, 0)) + 1 : begin]):
        return None
    if not others:
        return removal(document, path[:-1]) if len(path) > 1 else _whole(text, begin)
    indent = len(before) - len(before.lstrip(" "))
    return Edit(begin, _end(text, begin, indent), "", document.spans[path[:-1]].start, others)


def _whole(text: str, begin: int) -> Edit | None:
    """What takes out the document whose first line begins at `begin`, with one of the marks beside it; None where it has
    comments of its own."""
    above = _MARK_ABOVE.search(text, 0, begin)
    below = _MARK_BELOW.match(text, _end(text, begin, 0))
    if below is None or (above is None and text[:begin].strip()):
        return None
    if above is not None:
        return Edit(above.start(), below.start("mark"))
    return Edit(begin, below.end())


def _held(document: Document, path: Path_) -> int:
    """How many entries there are beside one, and itself."""
    holder = document.data
    for step in path[:-1]:
        holder = holder[step]
    return len(holder)


def _end(text: str, begin: int, indent: int) -> int:
    """Behind the last line that belongs to an entry whose first line begins at `begin`: those indented further, blank ones
    only where more of it follows."""
    at = end = _next(text, begin)
    while at < len(text):
        line = text[at : _next(text, at)]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            break
        at += len(line)
        end = at if line.strip() else end
    return end


def _next(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _from_brackets(document: Document, path: Path_) -> Edit | None:
    span, text = document.spans[path], document.source.text
    if not isinstance(path[-1], int) or path not in document.exact:
        return None
    behind = re.compile(r" *, *").match(text, span.end)
    if behind is not None:
        return Edit(span.start, behind.end())
    ahead = re.search(r", *\Z", text[: span.start])
    return Edit(ahead.start() if ahead is not None else span.start, span.end)
