"""An empty workbook to be filled in: a sheet per kind, Chinese headers with units, drop-down lists, a page of notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.clock import set_moment
from hegui.datatypes import Type
from hegui.facts.delimited import letters
from hegui.facts.sources import README
from hegui.files import write_whole
from hegui.source import UsageError, Wording
from hegui.terminal import width
from hegui.vocabulary import Field, Kind, Vocabulary
from hegui.vocabulary.naming import unknown

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS: Final = 5000
"""How many rows below the header have drop-down lists and number formats."""
_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有种类 `{name}`")
_SHEET_NAME: Final = 31
_FORBIDDEN: Final = str.maketrans("", "", "[]:*?/\\'")
_LIST_LENGTH: Final = 255
_TYPES: Final = {
    "string": "文本",
    "int": "整数",
    "number": "数值",
    "bool": "是/否",
    "date": "日期，如 2024-03-11",
    "code": "从下拉列表中选择",
    "ref": "编号",
    "list": "多项，用“；”隔开",
}
_NOTES: Final = (
    "本工作簿由规则集的词汇表生成。每张表一行一个对象，表头请勿改动；不用的表可以删除，空着的表视为“没有这类对象”。",
    "数值请按表头括号中的单位填写。没有数据的单元格留空或填“-”，不要填 0。",
    "检测结果低于检出限时填“<检出限”，如 <0.05。",
    "多余的列和表不影响核查，只会提示未采用。",
)
_HEAD: Final = ("表", "列", "类型", "单位", "说明")


def write_template(vocabulary: Vocabulary, kinds: Sequence[str], path: Path) -> None:
    """Write the workbook; see `hegui.facts.write_template`."""
    import xlsxwriter

    missing = [unknown(_NO_KIND, None, name, vocabulary.kinds) for name in kinds if name not in vocabulary.kinds]
    if missing:
        raise UsageError(missing)
    chosen = [vocabulary.kinds[name] for name in dict.fromkeys(kinds or vocabulary.kinds)]
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": set_moment() or datetime.now(UTC)})
        styles = _Styles(book)
        _notes(book, styles, chosen, vocabulary)
        for kind in chosen:
            _sheet(book, styles, kind, vocabulary)
    write_whole(path, [made.getvalue()])


class _Styles:
    """The formats of the workbook."""

    def __init__(self, book: Workbook) -> None:
        plain = {"border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        self.header: Format = book.add_format({**plain, "bold": True, "bg_color": "#DDEBF7"})
        self.key: Format = book.add_format({**plain, "bold": True, "bg_color": "#FCE4D6"})
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.note: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.cell: Format = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        self.text: Format = book.add_format({"num_format": "@"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})

    def column(self, type_: Type) -> Format | None:
        """The format of the cells of a type: text keeps leading zeros of numbers such as 0012."""
        if type_.name == "date":
            return self.day
        return None if type_.numeric or type_.name == "bool" else self.text


def header(field: Field) -> str:
    """A field's header in a template: its Chinese label and unit, as the door reads it back."""
    unit = (field.type.element or field.type).unit
    return f"{field.label.zh or field.name}({unit})" if unit else field.label.zh or field.name


def sheet_name(kind: Kind) -> str:
    """The sheet of a kind: its Chinese label as far as a sheet may be called so, else its own name."""
    label = kind.label.zh.translate(_FORBIDDEN)
    return label if label == kind.label.zh and 0 < len(label) <= _SHEET_NAME else kind.name[:_SHEET_NAME]


def _sheet(book: Workbook, styles: _Styles, kind: Kind, vocabulary: Vocabulary) -> None:
    sheet: Worksheet = book.add_worksheet(sheet_name(kind))
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 36)
    for column, field in enumerate(kind.fields.values()):
        words = header(field)
        sheet.set_column(column, column, max(12, min(width(words) + 2, 28)), styles.column(field.type))
        sheet.write_string(0, column, words, styles.key if field.name in kind.key else styles.header)
        _validate(book, sheet, column, kind, field)
    sheet.autofilter(0, 0, ROWS, max(len(kind.fields) - 1, 0))


def _validate(book: Workbook, sheet: Worksheet, column: int, kind: Kind, field: Field) -> None:
    """A drop-down list for codes and truth values; what else may stand in the column is judged at the door."""
    choices = _choices(field)
    if not choices:
        return
    source: object = choices
    if len(",".join(choices)) > _LIST_LENGTH:
        source = _hidden_list(book, f"{kind.name}.{field.name}"[:_SHEET_NAME], choices)
    rule = {"validate": "list", "source": source, "error_type": "warning", "error_title": field.label.zh or field.name}
    sheet.data_validation(1, column, ROWS, column, rule)


def _choices(field: Field) -> list[str]:
    if field.type.name == "bool":
        return ["是", "否"]
    return [label.zh or code for code, label in field.codes.items()] if field.type.name == "code" else []


def _hidden_list(book: Workbook, name: str, choices: list[str]) -> str:
    """A list too long for the cell's own rule stands on a hidden sheet."""
    sheet: Worksheet = book.add_worksheet(name)
    sheet.hide()
    for row, choice in enumerate(choices):
        sheet.write_string(row, 0, choice)
    return f"='{name}'!${letters(0)}$1:${letters(0)}${len(choices)}"


def _notes(book: Workbook, styles: _Styles, kinds: list[Kind], vocabulary: Vocabulary) -> None:
    sheet: Worksheet = book.add_worksheet(README)
    for column, size in enumerate((20, 28, 24, 12, 60)):
        sheet.set_column(column, column, size)
    sheet.write_string(0, 0, README, styles.title)
    for row, note in enumerate(_NOTES, start=1):
        sheet.merge_range(row, 0, row, 4, note, styles.note)
    first = len(_NOTES) + 2
    for column, word in enumerate(_HEAD):
        sheet.write_string(first, column, word, styles.header)
    row = first
    for kind in kinds:
        for field in kind.fields.values():
            row += 1
            for column, text in enumerate(_line(kind, field, vocabulary)):
                sheet.write_string(row, column, text, styles.cell)
    sheet.freeze_panes(first + 1, 0)


def _line(kind: Kind, field: Field, vocabulary: Vocabulary) -> tuple[str, str, str, str, str]:
    type_ = field.type.element or field.type
    said = ["主键，不能为空" if field.name in kind.key else ""]
    if type_.name == "ref" and type_.kind in vocabulary.kinds:
        target = vocabulary.kinds[type_.kind]
        said.append(f"填“{sheet_name(target)}”表中的{_key_label(target)}")
    if field.codes:
        said.append("可填：" + "、".join(label.zh or code for code, label in field.codes.items()))
    said.append("低于检出限填 <检出限" if field.detection else "")
    said.append("隐私，结果中不显示" if field.private else "")
    words = _TYPES.get(field.type.name, "")
    return sheet_name(kind), field.label.zh or field.name, words, type_.unit or "", "；".join(filter(None, said))


def _key_label(kind: Kind) -> str:
    return "、".join(kind.fields[name].label.zh or name for name in kind.key if name in kind.fields)
