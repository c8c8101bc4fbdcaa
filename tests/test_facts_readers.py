"""One contract for every reader: the same small table, in any form, gives the same rows; and each reader's own ways."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from facts_kit import frame, problems, read_here, reason, values, workbook
from openpyxl.utils import get_column_letter

from hegui import limits
from hegui.facts import READERS, delimited
from hegui.facts.decode import Reading
from hegui.facts.delimited import letters
from hegui.facts.registry import LINE, Place
from hegui.source import FactsError

HERE = Path(__file__).parent
MOMENT = dt.datetime.fromisoformat("2020-01-31T08:00")
HEADERS = ["矿山编号", "矿山名称", "证载生产规模(万吨/年)", "班次", "是否在产", "投产日期", "开采方式"]
ROWS: list[list[Any]] = [
    ["M001", "一号矿", 3.5, 2, "是", dt.date(2020, 1, 31), "露天"],
    ["M002", "二号矿", 0.07, None, "否", dt.date(2021, 12, 1), "无"],
    ["M003", None, 1.23456789012, 3, None, None, None],
]
WANTED = [
    {"id": "M001", "name": "一号矿", "scale": 35000.0, "shifts": 2, "active": True, "opened": dt.date(2020, 1, 31),
     "method": "open_pit"},
    {"id": "M002", "name": "二号矿", "scale": 700.0, "active": False, "opened": dt.date(2021, 12, 1), "method": "none"},
    {"id": "M003", "scale": 12345.6789012, "shifts": 3},
]  # fmt: skip


def records() -> list[dict[str, Any]]:
    rows = [{header: value for header, value in zip(HEADERS, row, strict=True) if value is not None} for row in ROWS]
    return [
        {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()} for row in rows
    ]


def as_csv(delimiter: str = ",", encoding: str = "utf-8", end: str = "\n", quote: str = "") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        cells = [["" if value is None else f"{quote}{value}{quote}" for value in row] for row in [HEADERS, *ROWS]]
        path.write_bytes(end.join([*(delimiter.join(row) for row in cells), ""]).encode(encoding))

    return write


def as_json(path: Path) -> None:
    path.write_text(json.dumps(records(), ensure_ascii=False), encoding="utf-8")


def as_json_lines(path: Path) -> None:
    path.write_text("\n".join(json.dumps(row) for row in records()), encoding="utf-8")


def as_yaml(path: Path) -> None:
    """JSON rows are YAML rows; one per line."""
    path.write_text("\n".join(f"- {json.dumps(row, ensure_ascii=False)}" for row in records()), encoding="utf-8")


def as_parquet(path: Path) -> None:
    columns = {header: [row[at] for row in ROWS] for at, header in enumerate(HEADERS)}
    pl.DataFrame(columns).write_parquet(path)


def as_xlsx(path: Path) -> None:
    workbook(path, 矿山=[HEADERS, *ROWS])


def as_xls(path: Path) -> None:
    """Written once with a library for the old format; it holds `HEADERS` and `ROWS`."""
    path.write_bytes((HERE / "data" / "old.xls").read_bytes())


FORMS: dict[str, tuple[str, Callable[[Path], None], int]] = {
    "csv": (".csv", as_csv(), 2),
    "csv with a byte-order mark": (".csv", as_csv(encoding="utf-8-sig"), 2),
    "csv of Windows": (".csv", as_csv(end="\r\n", encoding="gbk"), 2),
    "csv with semicolons": (".csv", as_csv(";"), 2),
    "csv with tabs": (".csv", as_csv("\t"), 2),
    "csv with quotes": (".csv", as_csv(quote='"'), 2),
    "csv in GBK": (".csv", as_csv(encoding="gbk"), 2),
    "csv in GB18030": (".csv", as_csv(encoding="gb18030"), 2),
    "csv in UTF-16": (".csv", as_csv(encoding="utf-16"), 2),
    "tsv": (".tsv", as_csv("\t"), 2),
    "txt": (".txt", as_csv("\t", encoding="gbk"), 2),
    "json": (".json", as_json, 1),
    "jsonl": (".jsonl", as_json_lines, 1),
    "ndjson": (".ndjson", as_json_lines, 1),
    "yaml": (".yaml", as_yaml, 1),
    "yml": (".yml", as_yaml, 1),
    "parquet": (".parquet", as_parquet, 1),
    "xlsx": (".xlsx", as_xlsx, 2),
    "xlsm": (".xlsm", as_xlsx, 2),
    "xls": (".xls", as_xls, 2),
}


def test_every_reader_is_held_to_the_contract() -> None:
    assert {suffix for suffix, _, _ in FORMS.values()} == set(READERS)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    suffix, write, first = FORMS[form]
    path = tmp_path / f"矿山{suffix}"
    write(path)
    registry = read_here(path)
    assert registry.problems == ()
    assert values(registry, "mine") == WANTED
    assert frame(registry, "mine")[LINE].to_list() == [first, first + 1, first + 2]
    assert registry.sources[0].file == str(path)
    assert registry.sources[0].digest.startswith("sha256:")


@pytest.mark.parametrize("form", FORMS)
def test_no_reader_breaks_on_a_file_cut_short(form: str, tmp_path: Path) -> None:
    suffix, write, _ = FORMS[form]
    path = tmp_path / f"矿山{suffix}"
    write(path)
    whole = path.read_bytes()
    for part in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:part])
        with suppress(FactsError):
            read_here(path)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(
    "body", [b"", b"\0\1\2\3" * 100, b"\xff\xfe\xfa\x80", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0junk"]
)
def test_what_is_no_such_file_is_one_clear_error(suffix: str, body: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"矿山{suffix}"
    path.write_bytes(body)
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert str(path) in str(caught.value)


# --- CSV


def csv(tmp_path: Path, text: str | bytes, name: str = "矿山.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_quoted_cells_may_hold_delimiters_and_line_breaks(tmp_path: Path) -> None:
    path = csv(tmp_path, '矿山编号,矿山名称,标签\nM1,"一号,矿","甲\n乙"\nM2,"说""好""",\n')
    registry = read_here(path)
    assert values(registry, "mine", "name") == [{"name": "一号,矿"}, {"name": '说"好"'}]
    assert values(registry, "mine", "tags")[0] == {"tags": ["甲", "乙"]}
    assert frame(registry, "mine")[LINE].to_list() == [2, 3]


def test_blank_and_short_and_long_rows(tmp_path: Path) -> None:
    path = csv(tmp_path, "矿山编号,矿山名称\n\nM1\n,\nM2,二,多余\n")
    registry = read_here(path)
    assert values(registry, "mine") == [{"id": "M1"}, {"id": "M2", "name": "二"}]
    assert frame(registry, "mine")[LINE].to_list() == [3, 5]


def test_titles_above_the_header(tmp_path: Path) -> None:
    path = csv(tmp_path, "巴南区矿山台账,,\n填表日期：2024年,,\n矿山编号,矿山名称,证载生产规模(万吨/年)\nM1,一,1\n")
    assert values(read_here(path), "mine") == [{"id": "M1", "name": "一", "scale": 10000.0}]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2", ","),
        ("a;b\n1,5;2", ";"),
        ("a\tb\n1,5\t2", "\t"),
        ("a\n1", ","),
        ("题\na;b;c\n1,5;2;3", ";"),
        ("", ","),
    ],
)
def test_the_delimiter_is_found_out(text: str, delimiter: str) -> None:
    assert delimited.find_delimiter(text) == delimiter


def test_a_quote_that_is_never_closed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="breaks off in row 2"):
        read_here(csv(tmp_path, '矿山编号,矿山名称\nM1,"一号\nM2,二号\n'))


@pytest.mark.parametrize("quote", ["", '"'])
def test_large_files_read_the_same(tmp_path: Path, quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "矿山.csv"
    as_csv(quote=quote, end="\r\n")(path)
    exact = values(read_here(path), "mine")
    monkeypatch.setattr(delimited, "LARGE", 0)
    assert values(read_here(path), "mine") == exact == WANTED


@pytest.mark.parametrize(
    "text", ["矿山编号,矿山名称\nM1\nM2,二\n", "题\n矿山编号,矿山名称\nM1,一\n", "矿山编号,矿山名称\n\nM1,一\n"]
)
def test_large_irregular_files_read_the_same(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv(tmp_path, text)
    exact = frame(read_here(path), "mine")
    monkeypatch.setattr(delimited, "LARGE", 0)
    assert frame(read_here(path), "mine").equals(exact)


@pytest.mark.parametrize("text", [b"id,name\n\xe9,\xfc\n", "编号".encode("gbk") + b"\xff\xff\n"])
def test_an_encoding_that_cannot_be_found_out_is_an_error(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(FactsError, match="neither UTF-8 nor GB18030"):
        read_here(csv(tmp_path, text))


def test_a_workbook_called_csv_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "矿山.csv"
    as_xlsx(tmp_path / "a.xlsx")
    path.write_bytes((tmp_path / "a.xlsx").read_bytes())
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert caught.value.diagnostics[0].hint_text() == "it looks like `.xlsx`; its name should end so"


# --- JSON and YAML


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_several_tables_in_one_json_or_yaml_file(tmp_path: Path) -> None:
    for name, text in (
        ("a.json", '{"矿山": [{"id": "M1"}], "town": [{"id": "T1"}], "licence": []}'),
        ("b.yaml", "矿山:\n  - {id: M1}\ntown:\n  - {id: T1}\nlicence: []\n"),
        ("c.yaml", "矿山: [{id: M1}]\n---\ntown: [{id: T1}]\n---\nlicence:\n"),
    ):
        registry = read_here(write(tmp_path, name, text))
        assert {kind: len(frame(registry, kind)) for kind in registry.tables} == {"town": 1, "mine": 1, "licence": 0}


def test_numbers_keep_their_decimal_text(tmp_path: Path) -> None:
    digits = "0.1234567890123456789"
    for name, text in (("矿山.json", f'[{{"id": "M1", "回采率": {digits}, "开采深度(km)": 1.0010000000000001}}]'),
                       ("矿山.yaml", f"- {{id: M1, 回采率: {digits}, 开采深度(km): 1.0010000000000001}}")):  # fmt: skip
        assert values(read_here(write(tmp_path, name, text)), "mine", "ratio", "depth") == [
            {"ratio": 0.123456789012346, "depth": 1001.0}
        ]


def test_yaml_rows_are_addressed_by_line(tmp_path: Path) -> None:
    registry = read_here(write(tmp_path, "矿山.yaml", "# 台账\n- id: M1\n  shifts: 两\n\n- id: M2\n"))
    assert frame(registry, "mine")[LINE].to_list() == [2, 5]
    assert problems(registry)[0].place == Place(str(tmp_path / "矿山.yaml"), None, 2, "shifts")


def test_lists_and_truth_values_of_json(tmp_path: Path) -> None:
    text = '[{"id": "M1", "tags": ["甲", "乙"], "active": true, "depths": [1, 2.5]}, {"id": "M2", "tags": [], "active": null}]'
    found = values(read_here(write(tmp_path, "矿山.json", text)), "mine", "tags", "active", "depths")
    assert found == [
        {"tags": ["甲", "乙"], "active": True, "depths": [1.0, 2.5]},
        {"tags": [], "active": None, "depths": None},
    ]


@pytest.mark.parametrize("value", ['{"zh": "一"}', '["一"]', "[[1]]"])
def test_what_cannot_stand_in_a_cell_is_unreadable(tmp_path: Path, value: str) -> None:
    registry = read_here(
        write(tmp_path, "矿山.json", f'[{{"id": "M1", "name": {value}}}, {{"id": "M2", "name": "二"}}]')
    )
    assert values(registry, "mine", "name") == [{"name": None}, {"name": "二"}]
    assert reason(registry, "mine", "name") == "unreadable"


DEEP = 5000
BAD_RECORDS = {
    "truncated.json": ('[{"id": "M1"', "not valid JSON"),
    "deep.json": ("[" * DEEP + "]" * DEEP, "nested deeper than 40 levels"),
    "deeper.json": ('[{"id": "M1", "a": ' + "[" * 60 + "]" * 60 + "}]", "nested deeper than 40 levels"),
    "twice.json": ('[{"id": "M1", "id": "M2"}]', "key `id` appears twice"),
    "text.json": ('"矿山"', "neither a list of rows"),
    "row.json": ('[{"id": "M1"}, 5]', "row 2 of"),
    "truncated.jsonl": ('{"id": "M1"}\n{"id": ', "not valid JSON"),
    "list.jsonl": ('{"id": "M1"}\n\n[1]\n', "row 3 of"),
    "syntax.yaml": ("- {id: M1", "not valid YAML"),
    "bomb.yaml": ("a: &a [x, x]\nb: &b [*a, *a]\n矿山: [{id: *b}]", "anchors and aliases"),
    "deep.yaml": ("[" * 100 + "]" * 100, "nested deeper than 40 levels"),
    "text.yaml": ("矿山", "neither a list of rows"),
    "nothing.yaml": ("# 空\n", "neither a list of rows"),
    "row.yaml": ("- {id: M1}\n- M2\n", "row 2 of"),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_bad_records_are_one_clear_error(tmp_path: Path, name: str) -> None:
    text, wanted = BAD_RECORDS[name]
    folder = tmp_path / name
    folder.mkdir()
    with pytest.raises(FactsError, match=wanted):
        read_here(write(folder, f"矿山{Path(name).suffix}", text))


def test_a_syntax_error_shows_its_line(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        read_here(write(tmp_path, "矿山.jsonl", '{"id": "M1"}\n{"id": }\n'))
    assert ":2:8: error: not valid JSON" in str(caught.value)


# --- workbooks


def test_cells_of_a_workbook_by_their_addresses(tmp_path: Path) -> None:
    """A sheet that starts somewhere in the middle, a stray cell to the left, merged group headings of two rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "矿山"
    sheet["C2"] = "巴南区矿山台账"
    sheet["C4"], sheet["D4"], sheet["E4"], sheet["F4"] = "矿山编号", "基本情况", None, "证载生产规模"
    sheet["D5"], sheet["E5"], sheet["F5"] = "矿山名称", "投产日期", "万吨/年"
    for area in ("C4:C5", "D4:E4", "C2:F2"):
        sheet.merge_cells(area)
    sheet["C6"], sheet["D6"], sheet["E6"], sheet["F6"] = "M1", "一号", MOMENT, "约3"
    sheet["C8"], sheet["F8"] = "M2", 0.07
    sheet["B30"] = " "
    book.save(tmp_path / "a.xlsx")
    registry = read_here(tmp_path / "a.xlsx")
    assert values(registry, "mine") == [
        {"id": "M1", "name": "一号", "opened": dt.date(2020, 1, 31)},
        {"id": "M2", "scale": 700.0},
    ]
    assert frame(registry, "mine")[LINE].to_list() == [6, 8]
    assert registry.sources[0].columns == {"id": "C", "name": "D", "opened": "E", "scale": "F"}
    assert problems(registry)[0].place == Place(str(tmp_path / "a.xlsx"), "矿山", 6, "F")
    assert problems(registry)[0].raw == "约3"


def test_joined_headings_are_words_of_their_own(tmp_path: Path) -> None:
    """证载 over 生产规模(万吨/年) is 证载生产规模; 设计 over it is another paper."""
    rows = [["矿山编号", "证载", "设计"], [None, "生产规模(万吨/年)", "生产规模(万吨/年)"], ["M1", 1, 2]]
    registry = read_here(workbook(tmp_path / "a.xlsx", 矿山=rows))
    assert values(registry, "mine") == [{"id": "M1", "scale": 10000.0}]
    assert [(each.problem, each.raw) for each in problems(registry)] == [("unknown column", "设计 生产规模(万吨/年)")]


def test_numbers_of_a_workbook_keep_all_their_digits(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1.5e-9, 1e20, 1234567890.123456, 106.551234567891, 100001, 0.07, 5.0000000001]
    rows = [["编号", "回采率"], *([f"M{at}", number] for at, number in enumerate(numbers)), ["M8", "0.12345678901234"]]
    found = [row["ratio"] for row in values(read_here(workbook(tmp_path / "a.xlsx", 矿山=rows)), "mine", "ratio")]
    assert found == [
        0.3,
        1.5e-9,
        1e20,
        1234567890.12346,
        106.551234567891,
        100001.0,
        0.07,
        5.0000000001,
        0.12345678901234,
    ]


def test_failed_formulas_are_unreadable_and_shown(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", 矿山=[["编号", "矿山名称", "班次"], ["M1", "x", 1], ["M2", "y", 2], ["M3", "z", 3]]
    )
    book = openpyxl.load_workbook(path)
    for address, shown in (("C2", "#DIV/0!"), ("B3", "#REF!"), ("C4", "#N/A")):
        book["矿山"][address].value = shown
        book["矿山"][address].data_type = "e"
    book.save(path)
    registry = read_here(path)
    assert [(each.entity, each.field, each.raw) for each in problems(registry)] == [
        ("M1", "shifts", "#DIV/0!"),
        ("M2", "name", "#REF!"),
    ]
    assert values(registry, "mine", "shifts")[2] == {"shifts": None}


def test_a_sheet_called_by_its_kind_beside_others(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "台账.xlsx", 说明=[["随便什么"]], 矿山=[["编号"], ["M1"]], 镇街=[["镇街编号"], ["T1"]], Sheet4=[]
    )
    registry = read_here(path)
    assert set(registry.tables) == {"mine", "town"}
    assert [(each.problem, each.raw) for each in problems(registry)] == [("unknown table", "说明")]


def test_a_workbook_called_by_its_kind_has_one_sheet_of_any_name(tmp_path: Path) -> None:
    registry = read_here(workbook(tmp_path / "矿山名录.xlsx", Sheet1=[["编号"], ["M1"]], Sheet2=[]))
    assert values(registry, "mine") == [{"id": "M1"}]


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "矿山.xlsx", 矿山=[["编号"], ["M1"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", b"\0" * 1_000_000)
    monkeypatch.setattr(limits, "WORKBOOK_BYTES", 500_000)
    with pytest.raises(FactsError, match="unpacks to more than 500000"):
        read_here(path)


def test_a_cell_far_off_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "矿山.xlsx", 矿山=[["编号"], ["M1"]])
    book = openpyxl.load_workbook(path)
    book["矿山"].cell(1_048_576, 16_384, "x")
    book.save(path)
    with pytest.raises(FactsError, match="1048576 rows × 16384 columns"):
        read_here(path)


def test_entities_in_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    path = workbook(tmp_path / "矿山.xlsx", 矿山=[["编号"], ["M1"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    head, _, tail = parts["xl/workbook.xml"].partition(b"<workbook")
    parts["xl/workbook.xml"] = head + bomb + b"<workbook" + tail.replace("矿山".encode(), b"&b;")
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    with pytest.raises(FactsError):
        read_here(path)


def test_a_sheet_may_be_asked_for_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 甲=[["x"]], 乙=[["y"]])
    found = READERS[".xlsx"](Reading(path, "a.xlsx", sheet=" 乙 "))
    assert [table.name for table in found] == ["乙"]
    with pytest.raises(FactsError, match="has no sheet `丙`"):
        READERS[".xlsx"](Reading(path, "a.xlsx", sheet="丙"))


def test_a_protected_workbook_gets_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "矿山.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert caught.value.diagnostics[0].hint_text() == "if it opens with a password, save it without one"


def test_a_damaged_old_workbook_prints_nothing_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "矿山.xls"
    as_xls(path)
    whole = path.read_bytes()
    for part in range(512, len(whole), 512):
        path.write_bytes(whole[:part])
        with suppress(FactsError):
            read_here(path)
    assert capfd.readouterr() == ("", "")


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letters(at) for at in range(1000)] == [get_column_letter(at + 1) for at in range(1000)]


def test_typed_parquet_needs_no_texts(tmp_path: Path) -> None:
    """Codes, lists and dates as other programs write them."""
    pl.DataFrame(
        {
            "id": ["M1"],
            "method": ["open_pit"],
            "tags": [["甲"]],
            "opened": [MOMENT],
            "shifts": [2.0],
        }
    ).write_parquet(tmp_path / "mine.parquet")
    registry = read_here(tmp_path / "mine.parquet")
    assert values(registry, "mine") == [
        {"id": "M1", "method": "open_pit", "shifts": 2, "opened": dt.date(2020, 1, 31), "tags": ["甲"]}
    ]
    assert registry.sources[0].columns["shifts"] == "shifts"
