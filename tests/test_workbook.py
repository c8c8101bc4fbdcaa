"""The workbook: what stands in it, that nothing in it is a formula, that a million rows take little memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sample
import ugly
from goldens import same_as
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from hegui.engines import kept as keeping
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.problem_list import COLUMNS, STATES
from hegui.report.run import Run
from hegui.report.workbook import cells, frame, package, xlsx
from hegui.report.workbook.frame import Column, Layout, Sheet
from hegui.report.workbook.package import Package, Row


def written(run: Run, lang: str = "zh") -> bytes:
    return b"".join(WRITERS["xlsx"](run, Look(lang)))  # type: ignore[arg-type]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def shown(value: object) -> str:
    text = value.date().isoformat() if isinstance(value, datetime) else str(value)
    return text.replace("\n", "⏎").replace("\r", "␍").replace("长" * 100, "…")


def cell_text(cell: Any) -> str:
    text = "" if cell.value is None else shown(cell.value)
    kind = "" if isinstance(cell.value, (str, type(None))) else f" {cell.number_format}"
    return text + kind + (f" → {cell.hyperlink.location}" if cell.hyperlink else "")


def dumped(book: Any) -> str:
    """Every cell of a workbook, a row to a line."""
    lines = []
    for page in book:
        lines += ["", f"# {page.title} · filter {page.auto_filter.ref} · frozen at {page.freeze_panes}"]
        lines += [" | ".join(map(cell_text, row)).rstrip(" |") for row in page.iter_rows()]
    return "\n".join(lines)[1:] + "\n"


@pytest.mark.parametrize(
    ("made", "lang", "name"),
    [(sample.run, "zh", "report.xlsx.zh"), (sample.run, "en", "report.xlsx.en"), (ugly.run, "zh", "ugly.xlsx")],
)
def test_what_stands_in_it(made: Callable[[], Run], lang: str, name: str) -> None:
    book = opened(written(made(), lang))
    same_as(f"{name}.txt", dumped(book))
    assert any(STANDING.get(lang) in row for row in book.worksheets[0].iter_rows(values_only=True))
    assert all(page.oddFooter.left.text or page.oddFooter.center.text for page in book)


def test_nothing_is_a_formula_and_everything_is_there() -> None:
    data = written(ugly.run())
    for name, xml in parts(data).items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in xml
            assert "<f " not in xml
    book = opened(data)
    texts = {cell for page in book for row in page.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
    assert {ugly.SCRIPT, ugly.FORMULA, ugly.TURNED, ugly.TOWNS["T1"]} <= texts
    assert any(ugly.PAPER in text for text in texts)
    assert max(utf16(unescape(text)) for text in texts) <= cells.LONGEST
    assert any(text.endswith(cells.CUT) and "_x0041_" in text for text in texts)
    assert any("个单元格的文本超过" in text for text in texts)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_same_run_gives_the_same_bytes() -> None:
    assert written(sample.run()) == written(sample.run())
    dates = {info.date_time for info in zipfile.ZipFile(io.BytesIO(written(sample.run()))).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_all_findings_are_listed_once() -> None:
    run = sample.run(every=True)
    book = opened(written(run))
    listed = [row[-1] for row in rows(book["核查线索"])] + [row[-1] for row in rows(book["待核实"])]
    assert sorted(listed) == sorted(finding.fingerprint for finding in run.findings)
    assert len(list(rows(book["问题清单"]))) == run.summary.total(Verdict.VIOLATION)
    assert len(list(rows(book["移送抄告"]))) == run.summary.total(Verdict.VIOLATION)
    assert [cell.value for cell in book["问题清单"][1]] == list(COLUMNS.values())


def rows(page: Worksheet) -> Iterator[tuple[Any, ...]]:
    yield from page.iter_rows(min_row=2, values_only=True)


def test_cells_are_typed_and_printed_well() -> None:
    page = opened(written(sample.run()))["问题清单"]
    deadlines = [cell for cell in page["M"][1:] if isinstance(cell.value, datetime)]
    assert deadlines
    assert all("建议" in cell.number_format for cell in deadlines)
    assert isinstance(page["A2"].value, int)
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0
    assert page.print_title_rows == "$1:$1"
    (choices,) = page.data_validations.dataValidation
    assert choices.formula1 == f'"{",".join(STATES)}"'


def test_links_lead_where_they_say() -> None:
    book = opened(written(sample.run()))
    for name, column in (("问题清单", "F"), ("核查线索", "A"), ("待核实", "A")):
        for cell in book[name][column][1:]:
            sheet, _, at = cell.hyperlink.location.partition("!")
            row = book[sheet.strip("'")][re.sub(r"\D", "", at)]
            assert cell.value in (row[0].value, row[1].value)
    for row in book["规则与依据"].iter_rows(min_row=2):
        for cell in row:
            if cell.hyperlink is not None:
                sheet, _, at = cell.hyperlink.location.partition("!")
                target = book[sheet.strip("'")][re.sub(r"\D", "", at)]
                assert {row[0].value, row[1].value} & {each.value for each in target}


# --- many rows -----------------------------------------------------------------------------------------------------


def test_a_list_goes_on_on_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "ROWS", 3)
    run = sample.run()
    book = opened(written(run))
    lists = [page for page in book if page.title.startswith("待核实")]
    assert [page.title for page in lists] == ["待核实", *(f"待核实 ({number})" for number in range(2, len(lists) + 1))]
    assert all(page.max_row <= 3 for page in lists)
    assert all(page.auto_filter.ref == f"A1:M{page.max_row}" for page in lists)
    listed = [row[-1] for page in lists for row in rows(page)]
    assert listed == [each.fingerprint for each in run.findings if each.verdict is Verdict.UNDETERMINED]
    said = [str(row[0]) for row in rows(book["说明"])]
    assert f"“待核实”共 {len(listed)} 行，超过单张工作表容量，分列于 {len(lists)} 张工作表。" in said


def test_a_sheet_ends_before_it_is_too_large_to_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "BYTES", 1)
    monkeypatch.setattr(package, "_AT_ONCE", 2)
    book = opened(written(sample.run()))
    assert [page.max_row for page in book if page.title.startswith("待核实")][:2] == [3, 3]


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hegui.report.workbook.found.TRANSFERRED", 2)
    monkeypatch.setattr("hegui.report.workbook.pages.TRANSFERRED", 2)
    monkeypatch.setattr("hegui.report.workbook.package.LINKED", 1)
    monkeypatch.setattr("hegui.report.workbook.pages.LINKED", 1)
    run = sample.run()
    book = opened(written(run))
    left = run.summary.total(Verdict.VIOLATION) - 2
    said = " ".join(str(row[0]) for row in rows(book["说明"]))
    assert f"“移送抄告”只列前 2 条，另有 {left} 条未列" in said
    assert "只为前 1 行设置超链接" in said
    assert len(list(rows(book["移送抄告"]))) == 2
    assert [cell.hyperlink is not None for cell in book["问题清单"]["F"][1:3]] == [True, False]


def test_kept_findings_give_the_same_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui import api

    found = [
        api.check(sample.registry(), sample.ruleset(), as_of=sample.AS_OF, chainer="reference", findings=folder)
        for folder in (None, tmp_path / "found")
    ]
    info = found[0].info
    held, kept = (dumped(opened(written(replace(run, info=info)))) for run in found)
    apart = re.compile(r"\n# 待补数据.*?(?=\n# 数据质量)", re.DOTALL)  # kept runs do not name the entities that wait
    lists = [apart.sub("", text).partition("\n# 问题清单")[2] for text in (held, kept)]
    assert lists[0] == lists[1]
    assert isinstance(found[1].findings, keeping.Kept)


def test_many_rows_take_little_memory() -> None:
    import tracemalloc

    layout = Layout((Column("a", 10, repeated=True), Column("b", 40)), wrapped=False)
    made = Package("宋体", "")
    tracemalloc.start()
    made.add("rows", layout, (Row((f"kind {n % 7}", f"a text of its own {n}")) for n in range(60_000)))
    data = made.finished([Sheet("first", fill=lambda styles, page: page.write_string(0, 0, "x")), Sheet("rows")], {})
    size = sum(map(len, data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 200_000
    assert peak < 8_000_000


# --- single cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["plain", "<a> & \"b\" 'c'", " ahead", "two\nlines", "_x0041_", "🏭", "=1+1", "]]>", "tab\there"]
)
def test_texts_come_back_as_they_were(text: str) -> None:
    assert came_back(text) == text


@pytest.mark.parametrize(("text", "back"), [("bell\x07", "bell\ufffd"), ("a\r\nb\rc", "a\nb\nc"), ("\ud800", "\ufffd")])
def test_what_no_cell_holds_is_replaced(text: str, back: str) -> None:
    assert came_back(text) == back


def came_back(text: str) -> object:
    layout = Layout((Column("held once", 10, repeated=True), Column("by itself", 10)))
    made = Package("宋体", "")
    made.add("rows", layout, [Row((text, text))])
    data = made.finished([Sheet("first", fill=lambda styles, page: page.write_string(0, 0, "x")), Sheet("rows")], {})
    once, alone = (cell.value for cell in opened(b"".join(data))["rows"][2])
    assert once == unescape(str(alone))  # openpyxl leaves that to its reader where a text stands in its cell
    return once


def test_emoji_count_twice() -> None:
    assert utf16(cells.shortened("🏭" * 20_000)) <= cells.LONGEST
    assert cells.shortened("🏭" * 16_383) == "🏭" * 16_383
    assert cells.shortened("长" * 32_767) == "长" * 32_767
    assert cells.shortened("长" * 32_768).endswith(cells.CUT)


def test_private_values_stand_nowhere() -> None:
    text = dumped(opened(written(sample.run(every=True))))
    assert "13800000000" not in text
    assert "1390000" not in text


def test_dates_are_numbers_of_days() -> None:
    styled = cells.Styled("A", "1", "2", False)
    write = cells.row_writer([styled], cells.Texts())
    assert write(2, [date(2024, 3, 11)]) == '<row r="2"><c r="A2" s="1"><v>45362</v></c></row>'


def test_the_format_is_made_piece_by_piece() -> None:
    assert isinstance(next(iter(xlsx(sample.run(), Look("zh")))), bytes)
