"""Large CSV files: whatever they hold, pieces give the rows that the whole gives, and problems with the same addresses."""

from __future__ import annotations

import codecs
import csv
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from facts_kit import frame, read_here, vocabulary
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hegui import limits
from hegui.facts import decode, delimited, read
from hegui.facts.decode import Reading
from hegui.facts.delimited import _CELLS, read_csv
from hegui.facts.registry import Registry
from hegui.facts.table import RawTable
from hegui.source import FactsError

HEADER = "矿山编号,矿山名称,证载生产规模(万吨/年),开采方式,投产日期,是否在产,所在镇街"
ROWS = [
    *(f"M{at:03},矿{at},{at / 8},露天,2020-01-{at % 28 + 1:02},是,T1" for at in range(60)),
    'M100,"引,号",1.5,无,2020/2/3,否,T1',
    'M101,"两\n行",不清,无,2020年,√,T1',
    "M001,矿一,0.125,无,2020-01-02,是,T1",
    "",
    ",,,,,,",
    "M102,短",
    "M103,长,1,露天,2020-01-01,是,T1,多余",
    "合计,,99,,,,",
    *(f"M2{at:02},后{at},{at},open_pit,20200101,1,T9" for at in range(30)),
]

Small = Callable[..., None]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Small:
    """Makes everything large: pieces of so many bytes, parsed by Polars or cell by cell."""

    def made(piece: int, *, at_once: bool = True, head: int = 2) -> None:
        monkeypatch.setattr(delimited, "PIECE", piece)
        monkeypatch.setattr(delimited, "HEAD", head)
        monkeypatch.setattr(delimited, "LARGE", 0 if at_once else 1_000_000)

    return made


def told(registry: Registry) -> tuple[object, ...]:
    return frame(registry, "mine").rows(), registry.problems, registry.orphans, registry.digest


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_pieces_are_judged_as_the_whole(tmp_path: Path, small: Small, encoding: str, end: str) -> None:
    (tmp_path / "镇街.csv").write_text("镇街编号\nT1\n", "utf-8")
    (tmp_path / "矿山.csv").write_bytes(end.join([HEADER, *ROWS, ""]).encode(encoding))
    whole = told(read_here(tmp_path))
    assert len(whole[1]) > 30
    for piece in (1, 300, 1000, 3000):
        for at_once in (True, False):
            small(piece, at_once=at_once)
            assert told(read_here(tmp_path)) == whole


def raw(tables: list[RawTable]) -> tuple[list[list[str]], list[int]]:
    """Every row of a file with its number, empty cells at the end left out."""
    rows, lines = [], []
    for block in tables[0].blocks():
        for at, line in enumerate(block.lines.to_list()):
            cells = [str(column.cells[at] or "") for column in block.columns]
            while cells and not cells[-1]:
                cells.pop()
            rows.append(cells)
            lines.append(line)
    return (rows, lines) if any(rows) else ([], [])


CELLS = st.sampled_from(["a", "", " ", "一", '"', '""', '"a,b"', '"a\nb"', '"a""b"', 'a"b', "1.5", "\u2028", "é"])
TEXTS = st.lists(st.lists(CELLS, max_size=4).map(",".join), min_size=1, max_size=12).map("\n".join)


@example("a,b\n" * 6 + '"a,b",c\n', 4)
@example('a,b\nc,"d\ne"\nf,g', 4)
@example("a\nb,c\nd", 1)
@example("\n\na", 1)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.integers(1, 40))
def test_whatever_a_file_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, piece: int) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    found = []
    for size, head, large in ((10_000, 40, 10_000), (piece, 1, 10_000), (piece, 1, 0)):
        monkeypatch.setattr(delimited, "PIECE", size)
        monkeypatch.setattr(delimited, "HEAD", head)
        monkeypatch.setattr(delimited, "LARGE", large)
        try:
            found.append(raw(read_csv(Reading(tmp_path / "a.csv", "a.csv"))))
        except FactsError as error:
            found.append((str(error), None))  # type: ignore[arg-type]
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_a_header_is_searched_in_rows_enough(tmp_path: Path, small: Small) -> None:
    (tmp_path / "矿山.csv").write_text("\n".join(["题,"] * 30 + ["矿山编号,矿山名称", "M1,一"]) + "\n", "utf-8")
    small(10, head=40)
    assert frame(read_here(tmp_path / "矿山.csv"), "mine")["id"].to_list() == ["M1"]


def test_the_head_alone_is_held(tmp_path: Path, small: Small) -> None:
    path = tmp_path / "矿山.csv"
    path.write_text("\n".join([HEADER, *ROWS[:60]]), "utf-8")
    small(500)
    table = read_csv(Reading(path, "矿山.csv"))[0]
    assert len(table.lines) < 20
    assert sum(len(block.lines) for block in table.blocks()) == 61
    assert sum(len(block.lines) for block in table.blocks()) == 61  # as often as it is asked for


BROKEN = {
    "another encoding further down": ("矿,山\n" * 200).encode() + b"\xff\xff\n",
    "neither encoding": b"a,b\n" * 200 + b"\xe9,\xfc\n",
    "zeroes": b"a,b\n" * 200 + b"a,\0\n",
    "a workbook": b"PK\x03\x04" + b"a,b\n" * 200,
    "cut short": codecs.BOM_UTF16_LE + ("矿,山\n" * 200).encode("utf-16-le") + b"a",
    "a byte-order mark before something else": codecs.BOM_UTF8 + b"a,b\n" * 200 + b"\xff\n",
    "a quote never closed": b"a,b\n" * 200 + b'a,"b\n' * 3,
    "a quote in the middle": b"a,b\n" * 200 + b'"a"b,c\n' + b"a,b\n" * 200,
}


@pytest.mark.parametrize("what", BROKEN)
def test_damage_further_down_is_the_same_error(tmp_path: Path, small: Small, what: str) -> None:
    path = tmp_path / "矿山.csv"
    path.write_bytes(BROKEN[what])
    with pytest.raises(FactsError) as whole:
        raw(read_csv(Reading(path, str(path))))
    for at_once in (True, False):
        small(100, at_once=at_once)
        with pytest.raises(FactsError) as pieces:
            raw(read_csv(Reading(path, str(path))))
        assert str(pieces.value) == str(whole.value)


def test_damage_behind_the_head_ends_the_reading(tmp_path: Path, small: Small) -> None:
    path = tmp_path / "矿山.csv"
    path.write_text("\n".join([HEADER, *ROWS[:60], 'M999,"未完']) + "\n", "utf-8")
    small(500)
    with pytest.raises(FactsError, match="breaks off in row 62"):
        read([path], vocabulary())


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_an_encoding_that_is_named(tmp_path: Path, small: Small, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("矿,山\n".encode(encoding) * 200)
    small(100)
    rows, _ = raw(read_csv(Reading(path, "a.csv", encoding)))
    assert rows == [["矿", "山"]] * 200
    with pytest.raises(FactsError, match="is not"):
        read_csv(Reading(path, "a.csv", {"utf-8": "gb2312", "gbk": "utf-8"}[encoding]))


def test_two_bytes_each_without_a_mark(tmp_path: Path, small: Small) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("矿,山\n".encode(f"utf-16-{sys.byteorder[0]}e") * 200)
    small(100)
    assert raw(read_csv(Reading(path, "a.csv", "utf-16")))[0] == [["矿", "山"]] * 200


def test_line_ends_of_every_sort(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\r\nb\rc\n\nd\r" * 50)
    for size in (7, 8, 9, 10_000):
        assert b"".join(decode.read_pieces(Reading(path, "a.csv"), size)) == b"a\nb\nc\n\nd\n" * 50


def test_quotes_that_close_in_their_line_are_parsed_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"编号","名,称"\n' + '"1","说""好"""\n' * 200, "utf-8")
    monkeypatch.setattr(delimited, "LARGE", 0)
    monkeypatch.setattr(delimited._Parser, "_exact", None)
    rows, _ = raw(read_csv(Reading(path, "a.csv")))
    assert rows == [["编号", "名,称"], *[["1", '说"好"']] * 200]
    assert all(column.cells.dtype == pl.String for column in read_csv(Reading(path, "a.csv"))[0].columns)


@pytest.mark.parametrize("body", ["id,name\nM1,a\n", 'id,name\nM1,"a\n', "id\n" + '"' + "x" * 200_000 + '"\n'])
def test_what_another_program_set_for_csv_stays(body: str, tmp_path: Path) -> None:
    """How long a cell may be is a setting of the whole process."""
    (tmp_path / "mine.csv").write_text(body, "utf-8")
    before = csv.field_size_limit(1234)
    try:
        with suppress(FactsError):
            read_here(tmp_path / "mine.csv")
        assert csv.field_size_limit() == 1234
        with _CELLS, ThreadPoolExecutor(1) as aside:  # in two threads at once
            aside.submit(_CELLS.__enter__).result()
            aside.submit(_CELLS.__exit__).result()
            assert csv.field_size_limit() == limits.CSV_CELL
        assert csv.field_size_limit() == 1234
    finally:
        csv.field_size_limit(before)
