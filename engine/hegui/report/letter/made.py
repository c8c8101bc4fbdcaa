"""The default template of letters, made anew each time: nothing in it looks like a decision, an order or a seal's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docx.document import Document

TITLE: Final = "问题交办单（草稿）"
HEAD: Final = "草稿 · 供内部核对，未经审核不对外发出"
INTRO: Final = (
    "按照{规则集}对 {数据日期} 的台账数据进行核查，形成以下核查线索 {问题数} 条，请核实。"
    "“建议时限”由规则集推算，供参考。"
)
ABOUT: Final = (
    ("交办对象", "{交办对象}", "对象类别", "{对象类别}"),
    ("镇街", "{交办镇街}", "统一社会信用代码", "{对象代码}"),
    ("数据日期", "{数据日期}", "研判日期", "{研判日期}"),
    ("责任单位", "{涉及单位}", "", ""),
)
CARD: Final = (
    ("问题描述", "{问题描述}"),
    ("事实依据", "{事实依据}"),
    ("法律依据", "{法律依据}"),
    ("建议措施", "{整改措施}"),
    ("建议时限", "{整改时限}"),
    ("整改主体", "{整改主体}"),
    ("责任单位", "{责任单位}"),
    ("核实情况", "{整改进展}"),
)
"""The rows that stand for each problem, below a heading of its own; the last is for whoever looks into it."""
HEADING: Final = "{序号}. {对象名称}：{问题类型}（{问题性质}）"

_SONG, _HEI = "仿宋", "黑体"
STYLES: Final = {
    "交办单标题": (_HEI, 18, True),
    "交办单正文": (_SONG, 12, False),
    "交办单表格": (_SONG, 10.5, False),
    "交办单栏目": (_HEI, 10.5, False),
    "交办单问题": (_HEI, 11, True),
    "交办单声明": (_SONG, 9, False),
    "交办单页眉": (_HEI, 10.5, False),
}
"""Font, size and weight of each style, which an office may change in a template of its own."""
_WIDTHS: Final = (2.6, 5.4, 3.8, 4.2)
_ROOM: Final = 1.2
"""Centimetres of height for what is to be written by hand."""
_LONG: Final = ("问题描述", "事实依据", "法律依据")
_SHADE: Final = "EDEDED"


def made() -> Document:
    """The template as a document."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    document = docx.Document()
    _styles(document)
    _page(document)
    document.add_paragraph(TITLE, "交办单标题").alignment = WD_ALIGN_PARAGRAPH.CENTER
    about = _table(document, ABOUT, _WIDTHS)
    _joined(about.rows[-1], 1, 3)
    document.add_paragraph(INTRO, "交办单正文")
    cards = _table(document, CARD, (_WIDTHS[0], sum(_WIDTHS[1:])))
    cards.rows[-1].height = Cm(_ROOM)
    _heading(cards)
    document.add_paragraph("{未列说明}", "交办单正文")
    document.add_paragraph("{暂不计入}", "交办单声明")
    document.add_paragraph("{声明}", "交办单声明")
    return document


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name, (font, size, bold) in STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.font.name, style.font.size, style.font.bold = font, Pt(size), bold
        style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
    document.styles["交办单标题"].paragraph_format.space_after = Pt(10)
    document.styles["交办单正文"].paragraph_format.space_before = Pt(8)
    document.styles["交办单正文"].paragraph_format.space_after = Pt(8)
    document.styles["交办单声明"].paragraph_format.space_before = Pt(10)


def _page(document: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    (section,) = document.sections
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.text, head.style, head.alignment = HEAD, document.styles["交办单页眉"], WD_ALIGN_PARAGRAPH.CENTER
    foot.text, foot.style, foot.alignment = "{声明}　第 ", document.styles["交办单声明"], WD_ALIGN_PARAGRAPH.CENTER
    _field(foot, "PAGE")
    foot.add_run(" 页")


def _field(paragraph: Any, code: str) -> None:
    """A field that Word works out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _table(document: Any, rows: Any, widths: Any) -> Any:
    from docx.shared import Cm

    table = document.add_table(len(rows), len(widths), document.styles["Table Grid"])
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        _whole(row, texts[0])
        for number, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Cm(width)
            cell.paragraphs[0].text = text
            label = number % 2 == 0
            cell.paragraphs[0].style = document.styles["交办单栏目" if label else "交办单表格"]
            if label:
                _shaded(cell)
    return table


def _whole(row: Any, label: str) -> None:
    """Keep a row on one page, but for those that may be long."""
    from docx.oxml import OxmlElement

    if label not in _LONG:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _shaded(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _joined(row: Any, first: int, last: int) -> Any:
    """One cell in place of several, which says what the first said."""
    for cell in row.cells[first + 1 : last + 1]:
        cell._tc.getparent().remove(cell._tc)
    cell = row.cells[first]
    cell._tc.grid_span = last - first + 1
    return cell


def _heading(table: Any) -> None:
    """The heading of each problem, over the whole width, above its other rows."""
    row = table.add_row()
    cell = row.cells[0].merge(row.cells[1])
    cell.paragraphs[0].text, cell.paragraphs[0].style = HEADING, "交办单问题"
    cell.paragraphs[0].paragraph_format.keep_with_next = True
    table._tbl.insert(table._tbl.index(table.rows[0]._tr), row._tr)
