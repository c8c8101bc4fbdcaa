"""CSV, Parquet and SQLite files made to hurt, and valid files of every sort with a few bytes changed: what is usable is
read, everything else is one error that names the file, and nothing else is ever raised."""

from __future__ import annotations

import csv as csv_module
import datetime as dt
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ugly
from database_kit import Store, store
from facts_kit import frame, problems, read_here, values, vocabulary
from hostile_kit import BOOK, SHARED, SHEET, changed, mutated, mutated_parts, pack, parts, row, sheet

from hegui import limits
from hegui.facts import cells, delimited, log, read
from hegui.facts.panics import Panicked, panics_caught
from hegui.report import WRITERS
from hegui.report.look import Look
from hegui.source import FactsError

CASES = int(os.environ.get("HEGUI_CASES", "2000"))
MOMENT = dt.datetime.fromisoformat("2024-01-01")
CHILD = Path(__file__).parent / "hostile_child.py"


def csv(folder: Path, text: str | bytes) -> Path:
    path = folder / "矿山.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def parquet(folder: Path, **columns: Any) -> Path:
    path = folder / "矿山.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def refused(path: Path | str) -> str:
    """The one thing that is said of a file, which it names."""
    with pytest.raises(FactsError) as caught:
        read([path], vocabulary())
    (said,) = caught.value.diagnostics
    assert Path(str(path)).name in said.render("en")
    assert caught.value.exit_code == 3
    return said.wording.id


# --- CSV


@pytest.mark.parametrize("large", [False, True])
def test_a_long_cell(large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of a cell is the same whoever parses it, and its problem shows the beginning."""
    monkeypatch.setattr(delimited, "LARGE", 0 if large else 1 << 40)
    nines, name = "9" * 200_000, "名" * limits.TEXT_LENGTH
    registry = read_here(csv(tmp_path, f"id,name,scale\nM1,{name},{nines}\nM2,{name}名,2\n"))
    assert [(each.entity, each.field) for each in registry.problems] == [("M1", "scale"), ("M2", "name")]
    assert [len(each.raw or "") for each in registry.problems] == [log.MAX_SHOWN, log.MAX_SHOWN]
    assert values(registry, "mine") == [{"id": "M1", "name": name}, {"id": "M2", "scale": 2.0}]
    monkeypatch.setattr(limits, "CSV_CELL", len(name))
    assert refused(tmp_path / "矿山.csv") == "broken-csv"


def test_long_numbers_are_read_alike_in_short_and_long_tables(tmp_path: Path) -> None:
    edge = [
        "0." + "1" * (limits.NUMBER_LENGTH - 2),
        "0." + "1" * (limits.NUMBER_LENGTH - 1),
        "1" + "0" * limits.WORD_LENGTH,
    ]
    whole = ["7".zfill(limits.WORD_LENGTH), "7".zfill(limits.WORD_LENGTH + 1), "1"]
    lines = [f"M{at},{text},{whole[at]}\n" for at, text in enumerate(edge)]
    plain = [f"P{at},1,1\n" for at in range(200)]
    for more in ([], plain):
        registry = read_here(csv(tmp_path, "id,ratio,shifts\n" + "".join(lines + more)))
        found = [(each.entity, each.field) for each in problems(registry, "unreadable")]
        assert found == [("M1", "ratio"), ("M1", "shifts"), ("M2", "ratio")]
        assert values(registry, "mine", "ratio")[0] == {"ratio": 0.111111111111111}


@pytest.mark.parametrize("large", [False, True])
def test_how_many_columns(large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LARGE", 0 if large else 1 << 40)
    monkeypatch.setattr(limits, "CSV_COLUMNS", 20)
    assert values(read_here(csv(tmp_path, f"id{',' * 19}\nM1\n")), "mine") == [{"id": "M1"}]
    assert refused(csv(tmp_path, f"id{',' * 20}\nM1\n")) == "too-many-columns"
    assert refused(csv(tmp_path, f"id,name\nM1{',' * 20}\n")) == "too-many-columns"


@pytest.mark.slow
def test_a_cell_of_ten_million_characters(tmp_path: Path) -> None:
    registry = read_here(csv(tmp_path, f"id,name\nM1,{'x' * 10_000_000}\n{'y' * 10_000_000},\nM2,z\n"))
    assert [each["id"] for each in values(registry, "mine", "id")] == ["M1", "M2"]
    assert [each.problem for each in registry.problems] == ["unreadable", "unusable key"]


@pytest.mark.slow
def test_twenty_thousand_columns(tmp_path: Path) -> None:
    header = ",".join(f"c{at}" for at in range(20_000))
    assert values(read_here(csv(tmp_path, f"id,{header}\nM1{',x' * 20_000}\n")), "mine") == [{"id": "M1"}]


def test_a_quote_that_takes_in_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "PIECE", 10_000)
    monkeypatch.setattr(limits, "CSV_CELL", 20_000)
    path = csv(tmp_path, 'id,name\nM1,"x\n' + "M2,y\n" * 20_000)
    with pytest.raises(FactsError, match=r"breaks off in row 2: field larger than field limit \(20000\)"):
        read_here(path)


def test_headers_that_are_all_twofold_take_no_row_with_them(tmp_path: Path) -> None:
    """The row below them is no second row of the header."""
    registry = read_here(csv(tmp_path, "编号,开采深度,开采深度,编号\nM1,1,2,M1\nM2,3,4,M2\n"))
    assert [(each.problem, each.field) for each in registry.problems] == [
        ("ambiguous column", "depth"),
        ("ambiguous column", "id"),
    ]
    assert registry.problems[1].raw == "编号"


@pytest.mark.parametrize("text", ["<1" + " " * 990 + "((", "未检出(" * 200, "<1" + "\t a" * 300 + "(("])
def test_detection_limits_take_no_time(text: str) -> None:
    """A backtracking pattern took seconds for these."""
    assert cells.number(text, "mg/L", detection=True).reason is not None


def test_blanks_around_a_detection_limit() -> None:
    for text in ("<0.05", "未检出 ( < 0.05 mg/L )", "ND(<0.05)", "<0.05 ", "（＜0.05）"):
        assert cells.number(text, "mg/L", detection=True).bound == 0.05


TEXTS = {
    "ragged rows": ("id,scale\nM1\nM2,1,x,y\n,,\nM3,5\n", ["M1", "M2", "M3"]),
    "two marks": ("\ufeff\ufeffid,scale\nM1,1\n", ["M1"]),
    "UTF-16": ("id,scale\nM1,1\n".encode("utf-16"), ["M1"]),
    "GB18030": ("编号,证载生产规模\n甲㐀,1\n".encode("gb18030"), ["甲㐀"]),
    "mixed ends": ("id,scale\r\nM1,1\rM2,2\nM3,3\r\r\nM4,4\n\r", ["M1", "M2", "M3", "M4"]),
    "formulas": ("id,scale\n=cmd|' /C calc'!A0,1\n+1,1\n-1,2\n@SUM(A1),3\n", ["+1", "-1", "=cmd|' /C calc'!A0", "@SUM(A1)"]),
    "headers without words": ("id,,scale,\nM1,x,1,y\n", ["M1"]),
    "controls": ("id,scale\nM1\x1b[31m\x07,1\n", ["M1\x1b[31m\x07"]),
}  # fmt: skip


@pytest.mark.parametrize("what", TEXTS)
def test_texts_that_are_read(what: str, tmp_path: Path) -> None:
    text, ids = TEXTS[what]
    assert [each["id"] for each in values(read_here(csv(tmp_path, text)), "mine", "id")] == ids


NO_TEXTS = {
    "a NUL": "id\nM\0\n",
    "a NUL far down": "id\n" + "M1\n" * 400_000 + "M\0\n",
    "half a character": "编号\n甲".encode("gb18030")[:-1],
    "half a pair": "id\nM1\n".encode("utf-16") + b"\0\xd8",
    "an odd byte": "id\nM1\n".encode("utf-16") + b"\0",
    "four bytes each": "id\nM1\n".encode("utf-32"),
    "an open quote": 'id,name\nM1,"x\n',
    "a quote too many": 'id,name\nM1,"x"y\n',
    "blanks": "\n \n\n",
    "no words": ",,,\n,,,\n",
}


@pytest.mark.parametrize("what", NO_TEXTS)
def test_texts_that_are_refused(what: str, tmp_path: Path) -> None:
    refused(csv(tmp_path, NO_TEXTS[what]))


# --- Parquet


def test_moments_are_of_their_own_clock(tmp_path: Path) -> None:
    """As in frames: half past seven in Shanghai is the day before at Greenwich."""
    moment = [dt.datetime(2024, 1, 1, 23, 30, tzinfo=dt.UTC)]
    for zone, day in (("Asia/Shanghai", 2), ("UTC", 1), (None, 1)):
        path = parquet(tmp_path, id=["M1"], opened=pa.array(moment, pa.timestamp("us", zone)))
        assert values(read_here(path), "mine", "opened") == [{"opened": dt.date(2024, 1, day)}]


@pytest.mark.parametrize("type_", [pa.date32(), pa.timestamp("us"), pa.timestamp("ms", "UTC"), pa.timestamp("s")])
def test_days_outside_the_calendar_are_unreadable(type_: pa.DataType, tmp_path: Path) -> None:
    """They made Polars panic, or Python raise; the days beside them are read."""
    far = {"date32[day]": 2**31 - 1, "timestamp[us]": 2**62}.get(str(type_), 2**52)
    ids = [f"M{at}" for at in range(200)]
    for count in (3, 200):
        days = pa.array([far, 0, None, *[0] * (count - 3)], pa.int32() if type_ == pa.date32() else pa.int64())
        registry = read_here(parquet(tmp_path, id=ids[:count], opened=days.cast(type_)))
        assert [(each.problem, each.entity) for each in registry.problems] == [("unreadable", "M0")]
        assert frame(registry, "mine")["opened"].null_count() == 2
        assert "after 1970-01-01" in str(registry.problems[0].raw)


def test_columns_that_hold_what_no_field_can(tmp_path: Path) -> None:
    far = pa.array([[2**31 - 1]], pa.list_(pa.int32())).cast(pa.list_(pa.date32()))
    struct = pa.array([{"a": 2**31 - 1}], pa.struct([("a", pa.int32())])).cast(pa.struct([("a", pa.date32())]))
    registry = read_here(
        parquet(
            *(tmp_path,),
            id=["M1"],
            name=pa.array([b"\xff"], pa.binary()),
            scale=pa.array([5], pa.time64("us")),
            depth=pa.array([5], pa.duration("s")),
            ratio=struct,
            shifts=far,
            opened=[1.5],
            tags=pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        )
    )
    assert {each.problem for each in registry.problems} == {"unreadable"}
    assert {each.field for each in registry.problems} == {"name", "scale", "depth", "ratio", "shifts", "opened", "tags"}


TYPES = {
    "decimals": pa.array([Decimal("1.25")], pa.decimal128(38, 10)),
    "a dictionary": pa.array(["1.25"]).dictionary_encode(),
    "half precision": pa.array([1.25], pa.float16()),
    "large texts": pa.array(["1.25"], pa.large_string()),
}


@pytest.mark.parametrize("what", TYPES)
def test_types_that_are_read(what: str, tmp_path: Path) -> None:
    assert values(read_here(parquet(tmp_path, id=["M1"], ratio=TYPES[what])), "mine", "ratio") == [{"ratio": 1.25}]


def test_old_moments_and_rows_without_a_key(tmp_path: Path) -> None:
    path = tmp_path / "矿山.parquet"
    table = pa.table({"id": [None, "M2"], "opened": pa.array([MOMENT] * 2, pa.timestamp("ns"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    registry = read_here(path)
    assert values(registry, "mine") == [{"id": "M2", "opened": dt.date(2024, 1, 1)}]
    assert [each.problem for each in registry.problems] == ["unusable key"]


def test_parquet_files_that_are_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, id=["M1", "M2"], scale=[1.0, 2.0])
    whole = path.read_bytes()
    huge, none = (0x7FFFFFFF).to_bytes(4, "little"), bytes(4)
    for body in (
        whole[:-4] + b"PARE",
        whole[: len(whole) // 2],
        whole[:-8] + huge + b"PAR1",
        whole[:-8] + none + b"PAR1",
    ):
        path.write_bytes(body)
        assert refused(path) == "not-parquet"
    for body in (b"PAR1PAR1", b"PAR1" + none + b"PAR1"):
        path.write_bytes(body)
        assert refused(path) == "not-parquet"


# --- SQLite


def database(folder: Path, rows: int) -> Store:
    count = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {rows - 1})"
    with store("sqlite", folder) as filled:
        filled.say(
            'CREATE TABLE 矿山 ("编号" TEXT, "回采率" REAL)',
            f"INSERT INTO 矿山 {count} SELECT 'M' || i, i / 8.0 FROM n",
        )
    return filled


def test_sqlite_files_that_are_refused(tmp_path: Path) -> None:
    """A file that was cut short would be read as one with fewer rows."""
    filled = database(tmp_path, 500)
    whole = filled.path.read_bytes()
    pages = len(whole) // 4096
    assert pages > 3
    for body, said in {
        whole[:-4096]: "database-cut-short",
        whole[:5000]: "database-cut-short",
        whole[:4096] + b"\xff" * (len(whole) - 4096): "not-a-database",
        whole[:16] + b"\xff\xff" + whole[18:]: "not-a-database",
        b"hello" * 1000: "not-a-database",
    }.items():
        filled.path.write_bytes(body)
        assert refused(filled.url) == said


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("SELECT 'M1' AS 编号, load_extension('x') AS 备注", "unsafe use"),
        ("SELECT hex(zeroblob(400000000)) AS 编号", "too big"),
        ("SELECT * FROM other", "circularly"),
        ("SELECT * FROM gone", "no such table"),
    ],
)
def test_views_that_are_traps(view: str, said: str, tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as filled:
        filled.say(f"CREATE VIEW 矿山 AS {view}", "CREATE VIEW other AS SELECT * FROM 矿山")
        with pytest.raises(FactsError, match=said):
            read([filled.url], vocabulary())


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        *(("json", "file-too-large"), ("jsonl", "file-too-large"), ("yaml", "yaml-size"), ("csv", "binary-file")),
        *(("xlsx", "workbook-too-large"), ("xls", "workbook-too-large"), ("parquet", "not-parquet")),
    ],
)
def test_a_file_of_terabytes_is_refused_at_once(suffix: str, said: str, tmp_path: Path) -> None:
    """A file may be of any length and take no room: it is not read, for hours, for a digest nobody asks for."""
    path = tmp_path / f"mine.{suffix}"
    with path.open("wb") as made:
        made.truncate(2**43)
    with pytest.raises(FactsError) as caught:
        read([path], vocabulary())
    assert [each.id for each in caught.value.diagnostics] == [said]


COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


@pytest.mark.parametrize(
    ("view", "limit", "said"),
    [
        (f"{COUNTED} count(*) AS 编号 FROM n", "SQLITE_STEPS", "database-endless"),
        (f"{COUNTED} i AS 编号 FROM n WHERE i < 0", "SQLITE_STEPS", "database-endless"),
        (f"{COUNTED} i AS 编号 FROM n", "TABLE_ROWS", "too-many-rows"),
        (f"{COUNTED} i AS 编号 FROM n", "SQLITE_BYTES", "database-too-large"),
        (f"{COUNTED} zeroblob(16000000) AS 编号 FROM n", "SQLITE_BYTES", "database-too-large"),
        (f"{COUNTED} hex(zeroblob(7000000)) AS 编号 FROM n", "SQLITE_BYTES", "database-too-large"),
    ],
)
@pytest.mark.parametrize("manifest", [False, True])
def test_views_and_queries_without_end(
    view: str, limit: str, said: str, manifest: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = limits.declared()[limit]
    monkeypatch.setattr(limits, limit, limits.Limit(100_000, declared.unit, declared.of, declared.refused))
    monkeypatch.setattr(limits, "SQLITE_RATIO", 0)
    with store("sqlite", tmp_path) as filled:
        filled.say(f"CREATE VIEW 矿山 AS {view}", "CREATE TABLE 镇街 (编号 TEXT)")
    text = f"sources:\n  - {{kind: mine, database: {filled.url}, query: {json.dumps(view)}}}\n"
    (tmp_path / "registry.yaml").write_text(text, "utf-8")
    with pytest.raises(FactsError) as caught:
        read([tmp_path if manifest else filled.url], vocabulary())
    (found,) = caught.value.diagnostics
    assert found.id == said
    assert ("query 1" if manifest else "矿山") in found.message("zh")


def test_a_table_of_as_many_steps_as_there_may_be_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps are counted for each table by itself."""
    filled = database(tmp_path, 3_000)
    filled.say('CREATE VIEW 镇街 AS SELECT "编号" AS "镇街编号" FROM 矿山')
    declared = limits.SQLITE_STEPS
    monkeypatch.setattr(limits, "SQLITE_STEPS", limits.Limit(40_000, declared.unit, declared.of, declared.refused))
    assert {name: len(table) for name, table in read([filled.url], vocabulary()).tables.items()} == {  # type: ignore[arg-type]
        "town": 3_000,
        "mine": 3_000,
    }


def test_cells_of_sqlite_that_are_not_what_they_are_declared(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as filled:
        filled.say('CREATE TABLE 矿山 ("编号" TEXT, "回采率" REAL, "备注"" FROM x; --" TEXT)')
        filled.say(
            "INSERT INTO 矿山 VALUES (x'00ff', 1, 1), ('M1', 9e999, 1), ('M2', 'abc', 1), (cast(x'ff' AS TEXT), 1, 1)"
        )
        filled.say("CREATE TRIGGER t AFTER INSERT ON 矿山 BEGIN DELETE FROM 矿山; END")
    registry = read([filled.url], vocabulary())
    assert values(registry, "mine", "id", "ratio") == [{"id": "M1", "ratio": None}, {"id": "M2", "ratio": None}]
    assert sorted(each.problem for each in registry.problems) == [
        *("unknown column", "unreadable", "unreadable", "unusable key", "unusable key")
    ]


# --- a few bytes changed


def good_workbook(path: Path) -> None:
    many = "".join(row(at, f'<c r="B{at}"><v>{at}.5</v></c><c r="C{at}" s="1"><v>45000</v></c>') for at in range(2, 40))
    pack(path, parts() | {SHEET: sheet(many)})


def good_csv(path: Path) -> None:
    lines = [f'M{at},"甲 {at}",{at},2024-01-{at % 28 + 1:02}\r\n' for at in range(150)]
    path.write_text("编号,矿山名称,证载生产规模(万吨/年),投产日期\r\n" + "".join(lines), "utf-8", newline="")


def good_parquet(path: Path) -> None:
    number = pl.int_range(300, eager=True)
    day = pl.Series([dt.date(2024, 1, 1)] * 300)
    named = {"id": number.cast(pl.String), "scale": number / 8, "opened": day, "tags": [["a", "b"]] * 300}
    pl.DataFrame(named).write_parquet(path, row_group_size=100)


def good_database(path: Path) -> None:
    database(path.parent, 200).path.rename(path)


GOOD: dict[str, Callable[[Path], None]] = {
    ".xlsx": good_workbook,
    ".csv": good_csv,
    ".parquet": good_parquet,
    ".sqlite": good_database,
}


def outcome(path: Path) -> object:
    """What a file is read as; an error of ours is one of the things it may be."""
    try:
        registry = read([f"sqlite:///{path}" if path.suffix == ".sqlite" else path], vocabulary())
    except FactsError as error:
        return [each.render("en") for each in error.diagnostics]
    return [table.lazy().collect().to_dicts() for table in registry.tables.values()], registry.problems


def shaken(folder: Path, suffix: str, cases: int, seed: int) -> tuple[int, int]:
    """Read that many changed files; how many could be read, and how many were refused."""
    whole, path = folder / f"good{suffix}", folder / f"矿山{suffix}"
    GOOD[suffix](whole)
    body, chance, read_ = whole.read_bytes(), random.Random(seed), 0
    many = "".join(row(at, f'<c r="B{at}"><v>{at}.5</v></c>') for at in range(2, 20))
    for case in range(cases):
        if suffix == ".xlsx" and case % 2:
            pack(path, mutated_parts(parts() | {SHEET: sheet(many)}, chance))
        else:
            path.write_bytes(mutated(body, chance))
        found = outcome(path)
        assert case % 10 or found == outcome(path), "the same file, read otherwise"
        assert isinstance(found, tuple) or path.name in str(found) or "no table is called" in str(found)
        read_ += isinstance(found, tuple)
    return read_, cases - read_


@pytest.mark.parametrize("suffix", GOOD)
def test_a_few_bytes_changed(suffix: str, tmp_path: Path) -> None:
    usable, unusable = shaken(tmp_path, suffix, 40, 8)
    assert usable
    assert unusable


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("suffix", GOOD)
def test_a_few_bytes_changed_many_times(suffix: str, seed: int, tmp_path: Path) -> None:
    """In a process of its own: what ends it is seen, too."""
    usable, unusable = shaken(tmp_path, suffix, CASES, seed)
    sys.stdout.write(f"{suffix} seed {seed}: {usable} read, {unusable} refused\n")


# --- with little memory


@pytest.mark.slow
def test_bombs_in_little_memory(tmp_path: Path) -> None:
    """A check of each in a process with 3 GB of address space and 60 seconds: it ends by itself, in exit 3."""
    far = '<row r="2"><c r="xfd1048576"><v>1</v></c></row>'
    bombs = {
        "far": parts() | {SHEET: sheet(far)},
        "zeros": parts() | {"xl/media/a.bin": bytes(300_000_000)},
        "text": parts() | {SHEET: sheet(row(2, f"<c r='B2'><v>{'9' * 50_000_000}</v></c>"))},
        "shared": parts()
        | {
            SHARED: f"<sst><si><t>{'x' * 30_000}</t></si></sst>",
            SHEET: sheet("".join(row(at, f'<c r="B{at}" t="s"><v>0</v></c>') for at in range(2, 500_000))),
        },
        "many": parts() | {SHARED: f"<sst>{'<si/>' * 61_000_000}</sst>"},
        "sheets": changed(BOOK, "</sheets>", '<sheet name="s" sheetId="2" r:id="rId1"/>' * 100_000 + "</sheets>"),
    }
    paths = []
    for name, given in bombs.items():
        (tmp_path / name).mkdir()
        paths.append(str(pack(tmp_path / name / "site.xlsx", given)))
    texts = {
        "commas": "id\n" + "," * 30_000_000,
        "line": "id\n" + "x" * 100_000_000,
        "quote": 'id\n"' + "x\n" * 9_000_000,
        "wide": "id" + "," * 30_000 + "\n" + "x\n" * 2_000_000,
        "late": "id\n" + "x\n" * 2_000_000 + "," * 30_000,
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "site.csv").write_text(text, "utf-8")
        paths.append(str(tmp_path / name / "site.csv"))
    (tmp_path / "site.json").write_text(json.dumps([{f"k{at}": 1} for at in range(30_000)]), "utf-8")
    long = pa.DictionaryArray.from_arrays(pa.array([at % 2 for at in range(50_000)]), ["x" * 1_000_000, " y" * 500_000])
    pq.write_table(pa.table({"id": long}), tmp_path / "site.parquet")
    paths += [str(tmp_path / "site.json"), str(tmp_path / "site.parquet")]
    done = subprocess.run(
        [sys.executable, str(CHILD), "3000", "60", *paths], capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(paths)
    for each in found:
        assert (each["exit"], each["signal"], each["crash"]) == (3, 0, None), each


# --- what comes out


def test_no_report_that_a_spreadsheet_opens_holds_a_formula(tmp_path: Path) -> None:
    """Names that begin as formulas do come out as texts."""
    run, look = ugly.run(), Look("en", 100)
    table = "".join(str(piece) for piece in WRITERS["csv"](run, look)).removeprefix("\ufeff")
    fields = [field for line in csv_module.reader(table.splitlines(keepends=True)) for field in line]
    assert any(ugly.FORMULA in field for field in fields)
    assert not [
        field for field in fields if field[:1] in set("=+-@\t\r") and not field.lstrip("+-").replace(".", "").isdigit()
    ]
    path = tmp_path / "run.xlsx"
    path.write_bytes(b"".join(bytes(piece) for piece in WRITERS["xlsx"](run, look)))  # type: ignore[arg-type]
    book = openpyxl.load_workbook(path)
    assert not [cell for page in book for line in page.iter_rows() for cell in line if cell.data_type == "f"]
    book.close()
    page = "".join(str(piece) for piece in WRITERS["html"](run, look))
    assert 'th, td { mso-number-format: "\\@";' in page, "what stands in a cell is a text for a spreadsheet, too"


# --- panics


def test_what_a_library_prints_as_it_panics_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    class PanicException(BaseException):
        """What Rust libraries raise; it is known by its name."""

    def panics() -> None:
        os.write(2, b"thread panicked")
        raise PanicException

    with pytest.raises(Panicked), panics_caught():
        panics()
    with panics_caught(), panics_caught():
        os.write(2, b"progress")
    with pytest.raises(KeyboardInterrupt), panics_caught():
        raise KeyboardInterrupt
    assert capfd.readouterr() == ("", "progress")


def test_workbooks_and_parquet_are_read_without_stderr_or_a_place_for_files(tmp_path: Path) -> None:
    """Services have no stderr; a disk may be full."""
    told = f"""
import os, sys, tempfile
from pathlib import Path
import polars as pl, xlsxwriter
from hegui.facts.decode import Reading
from hegui.facts.readers import READERS
folder = Path({str(tmp_path)!r})
pl.DataFrame({{"a": [1]}}).write_parquet(folder / "a.parquet")
with xlsxwriter.Workbook(folder / "a.xlsx") as book:
    book.add_worksheet().write(0, 0, "a")
def read():
    for file in ("a.xlsx", "a.parquet"):
        list(READERS[Path(file).suffix](Reading(folder / file, file)))
if sys.argv[1] == "full":
    tempfile.tempdir = str(folder / "nowhere")
elif sys.argv[1] == "late":
    os.close(2)
read()
os._exit(7)
"""
    for how in ("full", "late", "closed"):
        shell = "exec 2>&-; exec" if how == "closed" else "exec"
        ended = subprocess.run(["sh", "-c", f'{shell} "$@"', "sh", sys.executable, "-c", told, how], check=False)
        assert ended.returncode == 7, how
