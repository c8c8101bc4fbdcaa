"""Letters put into their template: placeholders filled, rows repeated for problems, the body for letters."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any, Final

from hegui.explaining.words import STANDING
from hegui.report.letter.gathering import Letter, Letters
from hegui.report.letter.made import TITLE, made
from hegui.report.letter.template import PLACE, Template
from hegui.report.plain import line

LONGEST: Final = 4_000
"""Characters of a text; a longer one is cut."""
DAY: Final = date(2024, 1, 1)
"""The day the default template says it was made."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""When every part of a document was made, for the archive: the same letters are the same bytes."""


def filled(template: Template, letters: Letters, as_of: date) -> bytes:
    """The document with all letters; `as_of` is the day it says it was made."""
    document, block = template.document, template.block()
    body = document.element.body
    end = body.sectPr
    for part in block:
        body.remove(part)
    for number, letter in enumerate(letters.letters):
        for part in _letter(block, letters, letter, number > 0):
            end.addprevious(part)
    for edge in template.edges():
        _fill(edge._element, letters.run)
    if letters.note:
        document.add_paragraph(letters.note).paragraph_format.page_break_before = bool(letters.letters)
        document.add_paragraph(STANDING.zh)
    return _saved(document, as_of)


def default_template() -> bytes:
    """The template made here, as a file."""
    return _saved(made(), DAY)


def _saved(document: Any, as_of: date) -> bytes:
    _properties(document, as_of)
    saved = io.BytesIO()
    document.save(saved)
    return _undated(saved.getvalue())


def _letter(block: list[Any], letters: Letters, letter: Letter, follows: bool) -> list[Any]:
    """A letter's elements, on a page of its own."""
    values, parts = {**letters.run, **letter.values()}, []
    for part in deepcopy(block):
        said = _text(part)
        groups = [_taken(table) for table in list(part.iter(_tag("tbl")))]
        _fill(part, values)
        for where, group in groups:
            _repeat(where, group, [{**values, **row} for row in letter.rows])
        if groups or not said.strip() or _text(part).strip():  # what only said something that there is not is left out
            parts.append(part)
    if follows:
        _on_a_new_page(parts)
    return parts


def _taken(table: Any) -> tuple[Any, list[Any]]:
    """The rows of a table that stand for a problem, taken out of it, and an empty one in their place; those between the
    first and the last belong to them."""
    rows = table.findall(_tag("tr"))
    named = [number for number, row in enumerate(rows) if Template.is_row(row)]
    if not named:
        return None, []
    group = rows[named[0] : named[-1] + 1]
    place = table.makeelement(_tag("tr"))
    group[0].addprevious(place)
    for row in group:
        table.remove(row)
    return place, group


def _repeat(place: Any, group: list[Any], problems: list[dict[str, str]]) -> None:
    if place is None:
        return
    for values in problems:
        for row in deepcopy(group):
            _fill(row, values)
            place.addprevious(row)
    place.getparent().remove(place)


def _on_a_new_page(parts: list[Any]) -> None:
    """Have the first of some elements begin a page."""
    from docx.oxml import OxmlElement

    if parts[0].tag != _tag("p"):
        parts.insert(0, OxmlElement("w:p"))
    parts[0].get_or_add_pPr().get_or_add_pageBreakBefore()


# --- placeholders ---------------------------------------------------------------------------------------------------


def _fill(part: Any, values: Mapping[str, str]) -> None:
    """Fill the placeholders of an element, each paragraph once: what a value says is no placeholder."""
    paragraph = _tag("p")
    for each in part.iter(paragraph):
        if next(each.iterancestors(paragraph), None) is None:
            _fill_paragraph(list(each.iter(_tag("t"))), values)


def _fill_paragraph(texts: list[Any], values: Mapping[str, str]) -> None:
    """Fill one paragraph, whose placeholders may be spread over several pieces of text."""
    pieces = [each.text or "" for each in texts]
    whole = "".join(pieces)
    for found in reversed(list(PLACE.finditer(whole))):
        if found[1] in values:
            _put(pieces, found.start(), found.end(), _shown(values[found[1]]))
    for each, piece in zip(texts, pieces, strict=True):
        if piece != (each.text or ""):
            _say(each, piece)


def _put(pieces: list[str], start: int, end: int, value: str) -> None:
    """Put a value in the place of the characters from `start` to `end` of all pieces, into the first that has any."""
    at = 0
    for number, piece in enumerate(pieces):
        first, last = max(start - at, 0), min(end - at, len(piece))
        at += len(piece)
        if first < last:
            pieces[number] = piece[:first] + value + piece[last:]
            value = ""


def _say(element: Any, text: str) -> None:
    """Have a text element say something, lines below each other."""
    from docx.oxml import OxmlElement

    lines = text.split("\n")
    element.text = lines[0]
    element.set(_SPACE, "preserve")
    for each in lines[1:]:
        turn, following = OxmlElement("w:br"), OxmlElement("w:t")
        following.text = each
        following.set(_SPACE, "preserve")
        element.addnext(turn)
        turn.addnext(following)
        element = following


_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def _shown(value: str) -> str:
    """A value as it may stand in a document."""
    if len(value) > LONGEST:
        value = value[:LONGEST] + "……（超长截断）"
    return "\n".join(map(line, value.split("\n")))


def _text(part: Any) -> str:
    return "".join(each.text or "" for each in part.iter(_tag("t")))


def _tag(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{name}")


# --- the file -------------------------------------------------------------------------------------------------------


def _properties(document: Any, as_of: date) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = TITLE, "hegui", "hegui"
    properties.comments, properties.revision = STANDING.zh, 1
    properties.created = properties.modified = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001


def _undated(data: bytes) -> bytes:
    """The same archive, every part of it made at one moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, given.read(name))
    return out.getvalue()
