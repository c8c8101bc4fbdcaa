"""Workbooks made to hurt: each is read as far as it can be, or refused with the file, and the sheet where it is one sheet's."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from facts_kit import problems, read_here, values
from hostile_kit import (
    BOOK,
    BOOK_RELS,
    HEAD,
    LAUGHS,
    MAIN,
    OFFICE,
    PACKAGE,
    PARTS,
    SHARED,
    SHEET,
    STYLES,
    Parts,
    cell,
    changed,
    lied,
    old_workbook,
    pack,
    parts,
    row,
    sheet,
)

from hegui import limits
from hegui.facts import archive
from hegui.facts.delimited import letters
from hegui.facts.registry import Registry
from hegui.source import FactsError


def rows(*given: str, **around: str) -> Parts:
    return parts() | {SHEET: sheet("".join(given), **around)}


def number(text: str, sort: str = "", formula: str = "") -> Parts:
    """A workbook whose one number is written like that."""
    return rows(row(2, f'<c r="B2"{sort}>{formula}{text}</c>'))


def day(value: str, book: str | None = None) -> Parts:
    found = rows(row(2, f'<c r="C2" s="1"><v>{value}</v></c>'))
    return dict(found) if book is None else dict(found) | {BOOK: book}


def read(folder: Path, given: Parts) -> Registry:
    return read_here(pack(folder / "矿山.xlsx", given))


def refused(folder: Path, given: Parts, suffix: str = ".xlsx") -> str:
    """The one thing that is said of a file, which it names."""
    path = pack(folder / f"矿山{suffix}", given)
    with pytest.raises(FactsError) as caught:
        read_here(path)
    (said,) = caught.value.diagnostics
    assert str(path) in said.render("en")
    assert caught.value.exit_code == 3
    return said.wording.id


# --- how far cells are


FAR = {
    "as Excel writes it": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "before the others": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + row(2),
    "without a row number": '<row><c r="XFD1048576"><v>1</v></c></row>',
    "in a row that lies": '<row r="2"><c r="XFD1048576"><v>1</v></c></row>',
    "in other quotes": "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "with blanks": '<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
    "in small letters": '<row r="2"><c r="xfd1048576"><v>1</v></c></row>',
    "behind another attribute": '<row r="2"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    "behind a long attribute": f'<row r="2"><c s="{"0" * 9000}" r="XFD1048576"><v>1</v></c></row>',
    "under a prefix": f'<x:row xmlns:x="{MAIN}" r="2"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "by a row without cells' names": '<row r="60000001"><c><v>1</v></c></row>',
    "past the last row": '<row r="2"><c r="A4294967295"><v>1</v></c></row>',
    "past all rows": '<row r="2"><c r="A99999999999999"><v>1</v></c></row>',
    "past the last column": '<row r="2"><c r="ZZZZZZZ2"><v>1</v></c></row>',
}


@pytest.mark.parametrize("how", FAR)
def test_a_cell_far_off_is_found_however_it_is_written(how: str, tmp_path: Path) -> None:
    assert refused(tmp_path, rows(row(2), FAR[how])) == "sheet-too-large"


@pytest.mark.parametrize(
    "said",
    ['<sheet name="矿>山"', '<sheet name="矿山" x:id="rId2"', "<sheet name='矿山' x='\"'", '<sheet name="矿&#x5c71;"'],
)
def test_a_sheet_is_measured_however_the_workbook_names_it(said: str, tmp_path: Path) -> None:
    named = changed(BOOK, '<sheet name="矿山"', said)
    far = sheet(row(2) + FAR["as Excel writes it"])
    assert refused(tmp_path, dict(named) | {SHEET: far}) == "sheet-too-large"


def test_a_sheet_that_only_the_library_sees_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive.Archive, "sheets", lambda self: [("another", set())])
    assert refused(tmp_path, rows(row(2))) == "not-a-workbook"


def test_a_part_too_large_to_find_sheets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_PART", 3000)
    given = changed(BOOK, "</sheets>", "</sheets>" + " " * 10_000)
    assert refused(tmp_path, given) == "workbook-too-large"


def test_sheets_are_measured_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is named by many sheets is read for each of them."""
    monkeypatch.setattr(limits, "WORKBOOK_CELLS", 26 * 40)
    twenty = "".join(row(number) for number in range(2, 21))
    again = "".join(f'<sheet name="s{at}" sheetId="{at}" r:id="rId1"/>' for at in (2, 3))
    assert len(values(read(tmp_path, rows(twenty)), "mine")) == 19
    once_more = changed(BOOK, "</sheets>", f"{again[: len(again) // 2]}</sheets>")
    assert len(values(read(tmp_path, dict(once_more) | {SHEET: sheet(twenty)}), "mine")) == 19
    thrice = dict(changed(BOOK, "</sheets>", f"{again}</sheets>")) | {SHEET: sheet(twenty)}
    assert refused(tmp_path, thrice) == "sheet-too-large"


@pytest.mark.parametrize(("sheets", "fits"), [(3, True), (4, False)])
def test_the_number_of_sheets(sheets: int, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_SHEETS", 3)
    more = "".join(f'<sheet name="s{at}" sheetId="{at}" r:id="rId1"/>' for at in range(2, sheets + 1))
    given = changed(BOOK, "</sheets>", f"{more}</sheets>")
    if fits:
        assert len(problems(read(tmp_path, given), "unknown table")) == sheets - 1
    else:
        assert refused(tmp_path, given) == "too-many-sheets"


def test_where_a_workbook_says_it_is(tmp_path: Path) -> None:
    """What the package calls the workbook is looked at, not a harmless one of the usual name beside it."""
    far = dict(rows(FAR["as Excel writes it"]))
    moved = far | {PACKAGE: str(far[PACKAGE]).replace(BOOK, "xl/other.xml"), "xl/other.xml": far[BOOK]}
    moved |= {"xl/_rels/other.xml.rels": str(far[BOOK_RELS]).replace("sheet1", "sheet9")}
    moved |= {"xl/worksheets/sheet9.xml": far[SHEET], SHEET: parts()[SHEET]}
    assert refused(tmp_path, moved) == "sheet-too-large"
    assert refused(tmp_path, {name.upper() if name == SHEET else name: body for name, body in far.items()}) == (
        "sheet-too-large"
    )


# --- how much it unpacks to


@pytest.mark.parametrize("part", [SHEET, SHARED, "xl/media/image1.png"])
def test_a_part_that_lies_about_its_size(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_BYTES", 2_000_000)
    body = str(parts().get(part) or HEAD) + "<!-- -->" * 400_000
    path = lied(pack(tmp_path / "矿山.xlsx", parts() | {part: body}), part, 100)
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert [each.wording.id for each in caught.value.diagnostics] == ["workbook-too-large"]


@pytest.mark.parametrize("said", [1, 50_000_000])
def test_a_sheet_that_is_gone_through_twice_is_counted_once(said: int, tmp_path: Path) -> None:
    """Whatever it says of its size: a small one would count twice, a large one would leave room for more than is allowed."""
    path = lied(pack(tmp_path / "矿山.xlsx", rows("<row r='2'><c r='B2'><v>1</v></c></row>")), SHEET, said)
    with zipfile.ZipFile(path) as opened:
        looked = archive.Archive(opened, path.stat().st_size, limits.WORKBOOK_BYTES)
        looked.look()
        sizes = {info.filename: info.file_size for info in opened.infolist() if info.filename != SHEET}
    real = len(str(rows("<row r='2'><c r='B2'><v>1</v></c></row>")[SHEET]).encode())
    twice = sum(size for name, size in sizes.items() if name.endswith((".rels", "workbook.xml")))
    assert looked.unpacked == sum(sizes.values()) + twice + real


def test_many_parts_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_BYTES", 1_000_000)
    many = {f"xl/media/{at}.bin": b"\0" * 100_000 for at in range(9)}
    assert values(read(tmp_path, parts() | many), "mine", "id") == [{"id": "M2"}]
    assert refused(tmp_path, parts() | many | {"xl/media/9.bin": b"\0" * 100_000}) == "workbook-too-large"


def test_more_than_a_workbook_of_its_size_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SMALL", 100_000)
    zeros = {"xl/media/a.bin": b"\0" * 4_000_000}
    assert refused(tmp_path, parts() | zeros) == "workbook-too-large"
    monkeypatch.setattr(limits, "WORKBOOK_RATIO", 1000)
    assert values(read(tmp_path, parts() | zeros), "mine", "id") == [{"id": "M2"}]


def test_a_workbook_inside_a_workbook_is_not_opened(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner.xlsx", parts() | {"a.bin": b"\0" * 1_000_000}).read_bytes()
    assert values(read(tmp_path, parts() | {"xl/embeddings/a.xlsx": inner}), "mine", "id") == [{"id": "M2"}]


@pytest.mark.parametrize("part", [SHEET, SHARED])
def test_a_text_far_longer_than_a_cell_holds(part: str, tmp_path: Path) -> None:
    text = "x" * 3 * archive.CHUNK
    shared = f'{HEAD}<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    given = rows(row(2, cell("B2", text))) if part == SHEET else parts() | {SHARED: shared}
    assert refused(tmp_path, given) == "workbook-text"


# --- what is in it


# --- what stands there twice

B2 = '<c r="B2"><v>7</v></c>'
TWICE = {
    "in one row": row(2, B2, '<c r="B2"><v>8</v></c>'),
    "not side by side": row(2, B2, '<c r="C2"><v>45000</v></c>', '<c r="B2"><v>8</v></c>'),
    "in two rows of one number": row(2, B2) + row(2, '<c r="B2"><v>8</v></c>'),
    "in rows far from each other": row(2, B2) + "".join(row(at) for at in range(3, 4000)) + row(2, B2),
    "in a row of another number": row(2, B2) + f'<row r="3">{B2}</row>',
    "without an address": f'<row r="2">{cell("A2", "M2")}{B2}</row><row r="2"><c><v>1</v></c><c><v>8</v></c></row>',
    "with a prefix": f'{row(2, B2)}<x:row xmlns:x="{MAIN}" r="2"><x:c r="B2"><x:v>8</x:v></x:c></x:row>',
    "behind a megabyte of its own row": row(
        2, B2, *(f'<c r="{letters(at)}2" t="str"><v>{"x" * 900}</v></c>' for at in range(2, 1500)), B2
    ),
}
ONCE = {
    "rows out of order": row(3) + row(2, B2),
    "cells out of order": f'<row r="2">{B2}{cell("A2", "M2")}</row>',
    "a row in two parts": f'<row r="2">{cell("A2", "M2")}</row><row r="2">{B2}</row>',
    "rows without numbers": f'<row>{cell("A2", "M2")}{B2}</row>',
    "many cells": "".join(row(at, *(f'<c r="{letters(c)}{at}"><v>7</v></c>' for c in range(1, 300))) for at in range(2, 99)),
}  # fmt: skip


@pytest.mark.parametrize("how", TWICE)
def test_a_cell_that_stands_there_twice(how: str, tmp_path: Path) -> None:
    """Only one of the two would be read."""
    path = pack(tmp_path / "矿山.xlsx", rows(TWICE[how]))
    with pytest.raises(FactsError) as caught:
        read_here(path)
    (found,) = caught.value.diagnostics
    assert found.id == "cell-twice"
    assert re.search(r"the cell [AB]2 stands twice in the sheet `矿山`", found.message())


@pytest.mark.parametrize("how", ONCE)
def test_cells_that_stand_there_once_however_they_are_written(how: str, tmp_path: Path) -> None:
    assert "M2" in [each["id"] for each in values(read(tmp_path, rows(ONCE[how])), "mine", "id")]


@pytest.mark.parametrize("part", [SHEET, SHARED, BOOK, "xl/media/x.png"])
@pytest.mark.parametrize("other", [str.title, str.upper, "/{}".format, "./{}".format])
def test_a_part_that_is_there_twice(part: str, other: Callable[[str], str], tmp_path: Path) -> None:
    path = pack(tmp_path / "矿山.xlsx", parts() | {"xl/media/x.png": b"x"})
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "a") as opened:
        opened.writestr(other(part).replace("xl/", "xl//"), str(parts().get(part)))
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert [each.id for each in caught.value.diagnostics] == ["part-twice"]


def test_two_workbooks_in_one_file(tmp_path: Path) -> None:
    """Only the second would be read."""
    first, path = pack(tmp_path / "a.xlsx", parts()), pack(tmp_path / "矿山.xlsx", parts())
    path.write_bytes(first.read_bytes() + path.read_bytes())
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert [each.id for each in caught.value.diagnostics] == ["not-a-workbook"]


# --- texts that cells share


def sharing(texts: list[str], used: list[int], written: str = '<c r="B{row}" t="s"><v>{text}</v></c>') -> Parts:
    """A workbook whose rows each use one of some shared texts."""
    told = "".join(row(2 + at, written.format(row=2 + at, text=text)) for at, text in enumerate(used))
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return rows(told) | {SHARED: f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>'}


@pytest.mark.parametrize(
    "written",
    [
        '<c r="B{row}" t="s"><v>{text}</v></c>', "<c r='B{row}' t='s'><v>{text}</v></c>",
        '<c r="B{row}" s="0" t="s" ><f>1</f><v>{text}</v></c>', '<c t="s" r="B{row}"><v> {text} </v></c>',
        f'<x:c xmlns:x="{MAIN}" r="B{{row}}" t="s"><x:v>{{text}}</x:v></x:c>',
    ],
)  # fmt: skip
def test_a_text_that_many_cells_share(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the cells has one of its own once it is read."""
    monkeypatch.setattr(limits, "WORKBOOK_TEXTS", 100_000)
    assert refused(tmp_path, sharing(["x" * 1000, "7"], [0] * 101, written)) == "workbook-texts"
    assert len(values(read(tmp_path, sharing(["x" * 1000, "7"], [0] * 80, written)), "mine", "id")) == 80


def test_texts_are_added_up_where_the_longest_is_in_few_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_TEXTS", 100_000)
    found = read(tmp_path, sharing(["x" * 1000, "7"], [0] + [1] * 300))
    assert len(values(found, "mine", "id")) == 301
    again = "".join(f'<sheet name="s{at}" sheetId="{at}" r:id="rId1"/>' for at in range(2, 12))
    named = changed(BOOK, "</sheets>", f"{again}</sheets>")
    several = sharing(["x" * 1000, "7"], [0] * 10)
    assert refused(tmp_path, dict(several) | {BOOK: named[BOOK]}) == "workbook-texts"


@pytest.mark.parametrize("piece", [8000, 800, 333])
def test_a_text_that_many_cells_of_an_old_workbook_share(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, wherever what it is written in is cut."""
    texts = ["编号", "矿山名称", "甲" * 1000, "M", *(f"M{at}" for at in range(100))]

    def made(shares: int) -> Path:
        rows_ = [[4 + at, 2 if at < shares else 3] for at in range(100)]
        return old_workbook(tmp_path / "矿山.xls", texts, [[0, 1], *rows_], piece)

    monkeypatch.setattr(limits, "WORKBOOK_TEXTS", 33_000)
    assert len(values(read_here(made(10)), "mine", "id")) == 100
    assert values(read_here(made(2)), "mine", "name")[0]["name"] == "甲" * 1000
    with pytest.raises(FactsError) as caught:
        read_here(made(11))
    assert [each.id for each in caught.value.diagnostics] == ["workbook-texts"]


@pytest.mark.parametrize("lie", ["name", "length of the name", "sort", "count", "another table before"])
def test_an_old_workbook_that_lies_of_where_its_texts_are(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the library makes of it, no more is read than may be."""
    monkeypatch.setattr(limits, "WORKBOOK_TEXTS", 33_000)
    texts = ["编号", "矿山名称", "甲" * 1000, *(f"M{at}" for at in range(100))]
    path = old_workbook(tmp_path / "矿山.xls", texts, [[0, 1], *([3 + at, 2] for at in range(100))], lie=lie)
    with pytest.raises(FactsError) as caught:
        read_here(path)
    assert [each.id for each in caught.value.diagnostics] in (["workbook-texts"], ["not-a-workbook"])


def test_an_old_workbook_with_a_password_is_told_so(tmp_path: Path) -> None:
    """Its records are none that can be read."""
    path = old_workbook(tmp_path / "矿山.xls", ["编号", "M1"], [[0], [1]])
    body = path.read_bytes()
    at = body.index(b"\xfc\x00")
    locked = b"\x2f\x00\x04\x00\x01\x00\x01\x00" + b"\xfc\x00\xff\x0f" + b"\xa7" * 3000
    path.write_bytes(body[:at] + locked + body[at + len(locked) :])
    with pytest.raises(FactsError) as caught:
        read_here(path)
    (found,) = caught.value.diagnostics
    assert (found.id, "password" in str(found.hint_text())) == ("not-a-workbook", True)


@pytest.mark.parametrize("item", ["<si><t>x</t></si>", "<si/>", f'<x:si xmlns:x="{MAIN}"><x:t>x</x:t></x:si>'])
def test_more_shared_texts_than_a_workbook_has_cells(
    item: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_CELLS", 200)
    for count, fits in ((200, True), (202, False)):
        given = parts() | {SHARED: f'{HEAD}<sst xmlns="{MAIN}">{item * count}</sst>'}
        if fits:
            assert values(read(tmp_path, given), "mine", "id") == [{"id": "M2"}]
        else:
            assert refused(tmp_path, given) == "workbook-texts"


def test_shared_texts_that_nothing_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_TEXTS", 100_000)
    given = parts() | {SHARED: f'{HEAD}<sst xmlns="{MAIN}">{"<si><t>xxxxxxxxx</t></si>" * 5000}</sst>'}
    assert refused(tmp_path, given) == "workbook-texts"


def test_entities_come_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("GEHEIM", "utf-8")
    outside = f'<!DOCTYPE x [<!ENTITY j SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    for doctype in (LAUGHS, outside):
        assert refused(tmp_path, rows(row(2, cell("B2", "&j;")), doctype=doctype)) == "damaged-sheet"
        shared = f'{HEAD}{doctype}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
        assert refused(tmp_path, parts() | {SHARED: shared}) == "not-a-workbook"
        named = changed(BOOK, "<workbook", f"{doctype}<workbook")
        assert refused(tmp_path, dict(named) | {BOOK: str(named[BOOK]).replace('"矿山"', '"&j;"')}) == "not-a-workbook"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("how", ["cut", "empty", "junk"])
def test_a_part_that_is_damaged(part: str, how: str, tmp_path: Path) -> None:
    body = {"cut": str(parts()[part])[:-40], "empty": "", "junk": b"\xff\0<<<>&;" * 50}[how]
    assert refused(tmp_path, parts() | {part: body}) in ("not-a-workbook", "damaged-sheet", "empty-table")


@pytest.mark.parametrize("part", [PACKAGE, BOOK, BOOK_RELS, SHEET])
def test_a_part_that_is_missing(part: str, tmp_path: Path) -> None:
    assert refused(tmp_path, parts() | {part: None}) in ("not-a-workbook", "damaged-sheet")


@pytest.mark.parametrize("part", [STYLES, SHARED])
def test_a_part_that_may_be_missing(part: str, tmp_path: Path) -> None:
    assert values(read(tmp_path, parts() | {part: None}), "mine") == [{"id": "M2", "output": 7.0}]


BAD_CELLS = {
    "a shared text there is not": number("<v>4000000000</v>", ' t="s"'),
    "a type there is not": number("<v>1</v>", ' t="zz"'),
    "an error there is not": number("<v>#FOO!</v>", ' t="e"'),
    "no number": number("<v>12abc</v>", ' t="n"'),
    "a cell named wrongly": rows('<row r="2"><c r="2A"><v>1</v></c></row>'),
    "an entity there is not": rows(row(2, cell("B2", "&nosuch;"))),
    "a character there is not": rows(row(2, cell("B2", "&#0;"))),
    "another encoding": parts() | {SHEET: sheet("").replace("UTF-8", "UTF-16").encode("utf-16")},
    "a path out of the archive": changed(BOOK_RELS, "worksheets/sheet1.xml", "../../../../etc/passwd"),
    "another host": changed(BOOK_RELS, '"worksheets/sheet1.xml"', '"http://127.0.0.1:9/x" TargetMode="External"'),
}


@pytest.mark.parametrize("what", BAD_CELLS)
def test_what_makes_a_sheet_unreadable(what: str, tmp_path: Path) -> None:
    assert refused(tmp_path, BAD_CELLS[what]) == "damaged-sheet"


SEVEN = {
    "a number": parts(),
    "a shared text": number("<v>0</v>", ' t="s"'),
    "a worked-out formula": number("<v>7</v>", formula="<f>3+4</f>"),
    "a worked-out text": number("<v>7</v>", ' t="str"', '<f>"7"</f>'),
    "a link to another workbook": dict(number("<v>7</v>", formula="<f>[1]Sheet1!A1</f>"))
    | {"xl/externalLinks/externalLink1.xml": f'{HEAD}<externalLink xmlns="{MAIN}"/>'},
    "rich text": dict(number("<v>0</v>", ' t="s"'))
    | {SHARED: f'{HEAD}<sst xmlns="{MAIN}"><si><r><t>7</t></r><rPh sb="0" eb="1"><t>z</t></rPh></si></sst>'},
    "a claim to be huge": rows(row(2, '<c r="B2"><v>7</v></c>'), before='<dimension ref="A1:XFD1048576"/>'),
    "a claim to be tiny": rows(row(2, '<c r="B2"><v>7</v></c>'), before='<dimension ref="A1"/>'),
    "all cells joined": rows(row(2, '<c r="B2"><v>7</v></c>'), after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a hidden sheet": changed(BOOK, 'sheetId="1"', 'sheetId="1" state="veryHidden"'),
    "no addresses": rows('<row><c t="inlineStr"><is><t>M2</t></is></c><c><v>7</v></c></row>'),
    "macros": parts() | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"x" * 5000},
    "parts that would leave the archive": parts() | {"../../evil.txt": "x", "/evil.txt": "x", "C:\\evil.txt": "x"},
}  # fmt: skip


@pytest.mark.parametrize("what", SEVEN)
def test_what_is_read_all_the_same(what: str, tmp_path: Path) -> None:
    registry = read(tmp_path, SEVEN[what])
    assert values(registry, "mine") == [{"id": "M2", "output": 7.0}]
    assert registry.problems == ()
    assert [each.name for each in tmp_path.iterdir()] == ["矿山.xlsx"]


@pytest.mark.parametrize("written", ["<v></v>", "<v/>", "<v />", ""])
@pytest.mark.parametrize("formula", ["<f>1+1</f>", '<f t="shared" si="0"/>'])
def test_a_formula_that_was_never_worked_out_is_not_missing(written: str, formula: str, tmp_path: Path) -> None:
    registry = read(tmp_path, number(written, formula=formula))
    assert [(each.problem, each.raw) for each in registry.problems] == [("unreadable", "#NOT_CALCULATED")]


def test_a_formula_that_came_to_an_empty_text_is_missing(tmp_path: Path) -> None:
    assert read(tmp_path, number("<v></v>", ' t="str"', '<f>""</f>')).problems == ()


def test_days_of_either_calendar(tmp_path: Path) -> None:
    later = str(changed(BOOK, "<sheets>", '<workbookPr date1904="1"/><sheets>')[BOOK])
    assert values(read(tmp_path, day("45000")), "mine", "opened") == [{"opened": dt.date(2023, 3, 15)}]
    assert values(read(tmp_path, day("45000", later)), "mine", "opened") == [{"opened": dt.date(2027, 3, 16)}]


@pytest.mark.parametrize("value", ["-5", "2958466"])
def test_days_that_are_none_are_unreadable(value: str, tmp_path: Path) -> None:
    registry = read(tmp_path, day(value))
    assert [(each.problem, each.field) for each in registry.problems] == [("unreadable", "opened")]


def test_a_relation_to_something_else(tmp_path: Path) -> None:
    odd = changed(BOOK_RELS, f"{OFFICE}/worksheet", f"{OFFICE}/chartsheet")
    assert values(read(tmp_path, odd), "mine", "id") == [{"id": "M2"}]
