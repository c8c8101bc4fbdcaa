"""The frame of a workbook: sheets with their columns, styles, filters and print set-up, made by XlsxWriter without the rows.

The rows of long sheets are put into it afterwards (see `package`). Which number a style has is read off the sheet itself: below
the header stand two rows of empty cells, one in the style of each column's values and one in that of its texts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from hegui.report.workbook.cells import Styled

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS: Final = 1_048_576
"""Rows Excel holds in a sheet, the header among them."""

Shape = Literal["text", "int", "plain", "date", "due", "link", "count link"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its header, its width in characters, how its values look, and whether its texts stand in many
    rows. `choices` are offered in a drop-down list."""

    title: str
    width: float
    look: Shape = "text"
    repeated: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a list looks: its columns, how many of them stay in view, paper (8: A3, 9: A4), and whether texts are wrapped."""

    columns: tuple[Column, ...]
    frozen: int = 1
    paper: int = 9
    wrapped: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the frame: a list of so many rows, or (`layout` None) a page that `fill` writes, `tall` pages of paper high
    (0: as many as it takes)."""

    name: str
    layout: Layout | None = None
    rows: int = 0
    fill: Callable[[Styles, Worksheet], None] | None = None
    tall: int = 0


@dataclass(frozen=True)
class Styles:
    """Styles of a workbook, by name."""

    workbook: Workbook
    font: str
    made: dict[str, Format]

    def get(self, name: str) -> Format:
        """A style; made when first asked for."""
        if name not in self.made:
            base: dict[str, Any] = {"font_name": self.font, "font_size": 10, "valign": "top", "reading_order": 1}
            self.made[name] = self.workbook.add_format({**base, **_STYLES[name]})
        return self.made[name]


_CELL: Final = {"border": 1, "border_color": "#BFBFBF"}
_HEAD: Final = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "align": "center", "valign": "vcenter"}
_STYLES: Final[Mapping[str, dict[str, Any]]] = {
    "head": {**_CELL, **_HEAD, "text_wrap": True},
    "text": _CELL,
    "wrap": {**_CELL, "text_wrap": True},
    "int": {**_CELL, "num_format": "#,##0"},
    "plain": {**_CELL, "num_format": "0", "align": "center"},
    "date": {**_CELL, "num_format": "yyyy-mm-dd", "align": "center"},
    "due": {**_CELL, "num_format": 'yyyy-mm-dd"（建议）"', "align": "center"},
    "link": {**_CELL, "font_color": "#0563C1", "underline": 1},
    "wrapped link": {**_CELL, "font_color": "#0563C1", "underline": 1, "text_wrap": True},
    "count link": {**_CELL, "num_format": "[Black][=0]0;[Blue]#,##0"},
    "title": {"bold": True, "font_size": 16},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F4E79", "valign": "vcenter"},
    "standing": {
        "bold": True,
        "font_size": 11,
        "text_wrap": True,
        "bg_color": "#FFF2CC",
        "border": 1,
        "valign": "vcenter",
    },
    "label": {"bold": True, "text_wrap": True},
    "note": {"text_wrap": True},
    "total": {**_CELL, "bold": True, "num_format": "#,##0", "bg_color": "#F2F2F2"},
    "total text": {**_CELL, "bold": True, "bg_color": "#F2F2F2"},
}


def made(sheets: Sequence[Sheet], properties: Mapping[str, Any], font: str, footer: str) -> dict[str, bytes]:
    """The parts of a workbook with these sheets, by name; lists are empty but for the header and the rows styles are read off.

    `properties` are those of the document; the clock has no part in it.
    """
    from zipfile import ZipFile

    from xlsxwriter import Workbook

    out = io.BytesIO()
    options: dict[str, Any] = {"in_memory": True}
    options |= {f"strings_to_{what}": False for what in ("formulas", "urls", "numbers")}
    options["default_format_properties"] = {"font_name": font, "font_size": 10}
    with Workbook(out, options) as workbook:
        workbook.set_properties(dict(properties))
        styles = Styles(workbook, font, {})
        for number, sheet in enumerate(sheets):
            page = _add(workbook, styles, sheet, footer)
            if number == 0:
                _every_style(page, styles)
    with ZipFile(out) as package:
        return {name: package.read(name) for name in package.namelist()}


def _add(workbook: Workbook, styles: Styles, sheet: Sheet, footer: str) -> Worksheet:
    page = workbook.add_worksheet(sheet.name)
    page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    page.fit_to_pages(1, sheet.tall)
    page.set_footer(footer)
    page.set_paper(sheet.layout.paper if sheet.layout is not None else 9)
    if sheet.layout is not None:
        _list(page, styles, sheet.layout, sheet.rows)
    if sheet.fill is not None:
        sheet.fill(styles, page)
    return page


def _every_style(page: Worksheet, styles: Styles) -> None:
    """Styles are numbered as they are first met, so the first page of every workbook has all of them, in hidden columns at
    its far end."""
    for number, name in enumerate(_STYLES):
        page.set_column(_LAST_COLUMN - number, _LAST_COLUMN - number, 1, styles.get(name), {"hidden": True})


_LAST_COLUMN: Final = 16_383


def _list(page: Worksheet, styles: Styles, layout: Layout, rows: int) -> None:
    page.freeze_panes(1, layout.frozen)
    page.repeat_rows(0)
    page.set_row(0, 32)
    page.autofilter(0, 0, max(rows, 1), len(layout.columns) - 1)
    text = styles.get("wrap" if layout.wrapped else "text")
    for number, column in enumerate(layout.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.title, styles.get("head"))
        link = "wrapped link" if layout.wrapped else "link"
        look = {"text": text, "link": styles.get(link)}.get(column.look) or styles.get(column.look)
        page.write_blank(1, number, None, look)
        page.write_blank(2, number, None, look if column.look == "link" else text)
        if column.choices:
            page.data_validation(1, number, max(rows, 1), number, {"validate": "list", "source": list(column.choices)})


# --- a list taken apart ---------------------------------------------------------------------------------------------

_ROWS: Final = re.compile(r'<row r="2".*?</row><row r="3".*?</row>', re.DOTALL)
_STYLE: Final = re.compile(r'<c r="([A-Z]+)([23])" s="(\d+)"/>')
_BEHIND: Final = re.compile(r"<(?:printOptions|pageMargins)\b")
_SELECTED: Final = ' tabSelected="1"'


@dataclass(frozen=True, slots=True)
class Opened:
    """The XML of a list before and behind its rows, and its columns as they are written."""

    before: str
    behind: str
    columns: tuple[Styled, ...]

    def closed(self, rows: int, links: Sequence[tuple[str, str]]) -> str:
        """What stands behind the rows of a sheet, given how many they are and where its cells lead."""
        behind = self.behind.replace(str(_MARK + 1), str(max(rows, 1) + 1))
        if not links:
            return behind
        made = "".join(f'<hyperlink ref="{cell}" location="{where}"/>' for cell, where in links)
        at = _BEHIND.search(behind)
        assert at is not None
        return f"{behind[: at.start()]}<hyperlinks>{made}</hyperlinks>{behind[at.start() :]}"


_MARK: Final = 1_047_318
"""How many rows a list is said to have that is taken apart: a number that stands nowhere else."""


def opened(layout: Layout, font: str, footer: str) -> Opened:
    """A list to put rows into."""
    parts = made([Sheet("-"), Sheet("list", layout, _MARK)], {}, font, footer)
    xml = parts["xl/worksheets/sheet2.xml"].decode().replace(_SELECTED, "")
    xml = re.sub(r"<dimension [^>]*/>", "", xml)
    model = _ROWS.search(xml)
    assert model is not None
    found = {(letters, row): style for letters, row, style in _STYLE.findall(model[0])}
    letters = [name for name, row in found if row == "2"]
    columns = tuple(
        Styled(name, found[name, "2"], found[name, "3"], column.repeated, column.width if layout.wrapped else 0)
        for name, column in zip(letters, layout.columns, strict=True)
    )
    head = _header(xml[: model.start()], layout)
    return Opened(head, xml[model.end() :], columns)


def _header(xml: str, layout: Layout) -> str:
    """The header's texts stand in the sheet itself: those a workbook holds once have other numbers there."""
    from hegui.report.workbook.cells import escaped

    titles = iter(layout.columns)
    cell = re.compile(r'(<c r="[A-Z]+1" s="\d+") t="s"><v>\d+</v></c>')
    return cell.sub(lambda at: f'{at[1]} t="inlineStr"><is><t>{escaped(next(titles).title)}</t></is></c>', xml)


EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001
"""When a workbook was made, where the run does not say."""
