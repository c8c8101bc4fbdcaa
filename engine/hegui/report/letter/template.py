"""The template of letters: the one made here, or a file of the office's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from hegui import intake
from hegui.masking import place_without_password
from hegui.report.letter.gathering import OF_LETTER, OF_ROW, OF_RUN
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

if TYPE_CHECKING:
    from docx.document import Document

DRAFT: Final = "草稿"
"""What stands at the head of every page."""
PLACE: Final = re.compile(r"\{([^{}\s]{1,20})\}")
"""A placeholder."""

_UNREADABLE: Final = Wording(
    "template-unreadable",
    "the template `{file}` is no Word document: {problem}",
    "模板 `{file}` 不是 Word 文档：{problem}",
)
_UNKNOWN: Final = Wording(
    "template-placeholder",
    "the template `{file}` names `{name}`{near}; it may name: {known}",
    "模板 `{file}` 中的 `{name}` 不是可用的占位符{near}；可用：{known}",
)
_EMPTY: Final = Wording(
    "template-empty",
    "the template `{file}` has no table row that names a problem, such as {{问题描述}}",
    "模板 `{file}` 中没有列出问题的表格行（如 {{问题描述}}）",
)


@dataclass(frozen=True)
class Template:
    """A Word document whose body is one letter."""

    document: Document

    @staticmethod
    def read(path: Path | None) -> Template:
        """The template in a file, or without one the one made here; with a draft's head and the standing statement.

        Raises:
            UsageError: the file is no Word document, names what there is not, or has no row for problems.
        """
        if path is None:
            from hegui.report.letter.made import made

            return Template(made()).marked()
        found = Template(_opened(path))
        names = [name for text in found.texts() for name in PLACE.findall(text)]
        known = (*OF_LETTER, *OF_RUN, *OF_ROW.values())
        for name in names:
            if name not in known:
                raise UsageError(Diagnostic(_UNKNOWN, {"file": path, "name": name, **_near(name, known)}))
        if not any(found.is_row(row) for row in found.rows()):
            raise UsageError(Diagnostic(_EMPTY, {"file": path}))
        return found.marked()

    def marked(self) -> Template:
        """Itself, saying on every page that it is a draft, and in every letter what it is and what is not in it."""
        for header in self._headers():
            if DRAFT not in _text(header._element):
                header.paragraphs[0].insert_paragraph_before(DRAFT)
        for text in ("{暂不计入}", "{声明}"):
            if not any(text in _text(part) for part in self.block()):
                self.document.add_paragraph(text)
        return self

    def block(self) -> list[Any]:
        """The elements of the body that make one letter."""
        from docx.oxml.ns import qn

        return [part for part in self.document.element.body if part.tag != qn("w:sectPr")]

    def rows(self) -> Iterator[Any]:
        """The rows of its tables."""
        from docx.oxml.ns import qn

        for part in self.block():
            yield from part.iter(qn("w:tr"))

    @staticmethod
    def is_row(row: Any) -> bool:
        """Is a row of a table there for each problem?"""
        return bool(set(PLACE.findall(_text(row))) & set(OF_ROW.values()))

    def texts(self) -> Iterator[str]:
        """The text of every paragraph, in headers and footers too."""
        from docx.oxml.ns import qn

        for part in (self.document.element.body, *(each._element for each in self.edges())):
            yield from (_text(paragraph) for paragraph in part.iter(qn("w:p")))

    def edges(self) -> Iterator[Any]:
        """Headers and footers."""
        yield from self._headers()
        for section in self.document.sections:
            yield from _used(section, self.document.settings.odd_and_even_pages_header_footer, "footer")

    def _headers(self) -> Iterator[Any]:
        for section in self.document.sections:
            yield from _used(section, self.document.settings.odd_and_even_pages_header_footer, "header")


def _used(section: Any, even: bool, edge: str) -> Iterator[Any]:
    yield getattr(section, edge)
    if section.different_first_page_header_footer:
        yield getattr(section, f"first_page_{edge}")
    if even:
        yield getattr(section, f"even_page_{edge}")


def _text(part: Any) -> str:
    from docx.oxml.ns import qn

    return "".join(each.text or "" for each in part.iter(qn("w:t")))


def _near(name: str, known: Iterable[str]) -> dict[str, str]:
    found = did_you_mean(name, known, 1)
    return {"near": f" ({found[0]}?)" if found else "", "known": " ".join(known)}


def _said(error: Exception, path: Path) -> str:
    """What a library says of a file; some say its name, too."""
    return str(error).replace(str(path), place_without_password(str(path))) or type(error).__name__


def _opened(path: Path) -> Document:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        intake.look(path)
        return docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, LxmlError, KeyError, ValueError, OSError) as error:
        problem = intake.problem(error) if isinstance(error, OSError) else _said(error, path)
        raise UsageError(Diagnostic(_UNREADABLE, {"file": path, "problem": problem})) from error
