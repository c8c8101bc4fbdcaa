"""The ledger as people see it: goldens in both languages, JSON, the exported list, and the commands."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import goldens
import openpyxl
import pytest
from click.testing import CliRunner
from ledger_kit import fingerprint, month, opened, run

from hegui import api
from hegui.cli import main
from hegui.explaining.words import STANDING
from hegui.ledger.recording import record
from hegui.report.roll import Roll

S1, S2, S3 = (fingerprint(id) for id in ("S1", "S2", "S3"))


class Done:
    """How a command ended, and what it said."""

    def __init__(self, *args: str, lang: str = "en", db: str | None = None, **env: str) -> None:
        environment = {"HEGUI_LANG": lang, "COLUMNS": "100", "HEGUI_LEDGER": db, **env}
        result = CliRunner().invoke(main, list(args), env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ledger in which about everything happened, by commands."""
    monkeypatch.chdir(tmp_path)
    db = "ledger.sqlite"
    (tmp_path / "照片.jpg").write_bytes(b"picture")

    def recorded(number: int, **levels: Any) -> None:
        (tmp_path / "run.json").write_text(run({**levels, "S9": 1.0}, month(number)).to_json(), encoding="utf-8")
        done("record", "run.json")

    def done(*args: str) -> None:
        found = Done("ledger", *args, db=db)
        assert found.code == 0, found.err

    recorded(1, S1=12.0, S2=12.0, S3=12.0, S4=12.0, S5=12.0, S6=12.0)
    served = ("--document", "示例限〔2024〕1号", "--served", "2024-03-20", "--by", "示例城管局")
    done("order", S1, S2, S3, *served, "--period", "20个工作日")
    done("order", fingerprint("S4"), *served, "--until", "2024-03-31")
    done("order", fingerprint("S4"), *served, "--until", "2024-04-30", "--corrects", "4")
    done("note", S2, "--text", '=HYPERLINK("x") 现场围挡', "--on", "2024-04-01", "--by", "青石镇")
    done("withdraw", S2, "6", "--text", "录入有误", "--on", "2024-04-02")
    done("proof", S1, "--file", "照片.jpg", "--document", "示例勘1", "--on", "2024-04-08")
    recorded(2, S1=9.0, S2=13.0, S3=None, S4=12.0, S5=12.0)
    done("accept", S1, "--document", "示例验〔2024〕1号", "--by", "示例城管局", "--on", "2024-04-15")
    recorded(3, S1=11.0, S2=13.0, S3=None, S4=9.0, S5=12.0)
    done(
        "accept",
        fingerprint("S5"),
        "--document",
        "示例验〔2024〕2号",
        "--by",
        "示例城管局",
        "--on",
        "2024-05-12",
        "--although-shown",
    )
    return db


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages(lived: str, lang: str) -> None:
    day = ("--as-of", "2024-06-01")
    text = ""
    for args in (
        ("status", *day),
        ("status", "--by", "department", *day),
        ("overdue", *day),
        *(("show", f"S{n}", *day) for n in (1, 2, 3, 4, 6)),
        ("show", "T1", *day),
    ):
        done = Done("ledger", *args, lang=lang, db=lived)
        assert done.code == (1 if args[0] == "overdue" else 0)
        assert STANDING.get(lang).split()[0] in done.out
        text += f"$ hegui ledger {' '.join(args)}\n{done.out}\n"
    assert "138000" not in text
    goldens.same_as(f"ledger.{lang}.txt", text)


def test_json(lived: str) -> None:
    day = ("--as-of", "2024-06-01", "--format", "json")
    status = json.loads(Done("ledger", "status", *day, db=lived).out)
    assert status["total"] == {
        "not_started": 3, "under_way": 2, "done": 2, "closed": 1, "overdue": 2, "without_order": 3, "total": 8,
        "looks": {"undetermined": 1, "gone": 1, "unseen": 0, "waived": 0, "reopened": 1, "late": 1, "unchecked": 0, "despite": 1},
    }  # fmt: skip
    assert sum(group["total"] for group in status["groups"].values()) == 8
    overdue = json.loads(Done("ledger", "overdue", *day, db=lived).out)
    assert [(each["fingerprint"], each["overdue_days"]) for each in overdue["overdue"]] == [(S3, 44), (S2, 44)]
    (shown,) = json.loads(Done("ledger", "show", S1, *day, db=lived).out)["matters"]
    assert json.loads(Done("ledger", "show", "Ｓ１", *day, db=lived).out)["matters"] == [shown]
    assert [each["event"] for each in shown["course"]] == ["opened", "resolved", "reopened"]
    assert [(each["sort"], each["stands"]) for each in shown["entries"]] == [
        ("order", True),
        ("proof", True),
        ("acceptance", True),
    ]
    assert shown["progress"] == "not_started"


def test_looking_back(lived: str) -> None:
    def total(day: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Done("ledger", "status", "--as-of", day, "--format", "json", db=lived).out)[
            "total"
        ]
        return {name: found[name] for name in ("not_started", "under_way", "done", "closed", "total")}

    assert total("2024-03-01")["total"] == 0
    assert total("2024-03-12") == {"not_started": 8, "under_way": 0, "done": 0, "closed": 0, "total": 8}
    assert total("2024-04-11")["done"] == 1
    assert total("2024-04-30")["closed"] == 1


def test_the_list_of_problems(lived: str, tmp_path: Path) -> None:
    for name in ("清单.xlsx", "清单.csv"):
        done = Done("ledger", "export", "-o", name, "--as-of", "2024-06-01", db=lived)
        assert (done.code, done.err) == (0, f"wrote {name}, 8 rows\n")
    with (tmp_path / "清单.csv").open(encoding="utf-8-sig", newline="") as opened_:
        rows = list(csv.DictReader(opened_))
    book = openpyxl.load_workbook(tmp_path / "清单.xlsx")
    sheet = book["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:4] == ["序号", "问题来源", "镇街", "对象名称"]
    assert list(rows[0]) == heads
    for row, cells in zip(rows, sheet.iter_rows(min_row=2), strict=True):
        assert all(cell.data_type != "f" for cell in cells)
        for name, cell in zip(heads, cells, strict=True):
            value = cell.value.date().isoformat() if cell.is_date and cell.value else cell.value
            assert row[name].removeprefix("'") == ("" if value is None else str(value)), name
    by_id = {row["事项编号"]: row for row in rows}
    assert {row["整改状态"] for row in rows} == {"未启动", "整改中", "已完成", "已销号"}
    assert by_id[S2]["整改时限"] == "2024-04-18"
    assert by_id[fingerprint("S5")]["验收（销号）单位"] == "示例城管局"
    assert by_id[S1]["整改时限"] == ""  # only an order counts
    assert STANDING.zh in str(book["说明"]["A1"].value)
    assert "138" not in (tmp_path / "清单.csv").read_text(encoding="utf-8")


def test_cells_that_look_like_formulas(tmp_path: Path) -> None:
    db = str(tmp_path / "l.sqlite")
    record(opened(db), run({"S1": 12.0}))
    assert Done("ledger", "note", S1, "--text", "x", "--on", "2024-04-01", "--by", "=cmd()", db=db).code == 0
    assert (
        Done(
            "ledger",
            "accept",
            S1,
            "--document",
            "=1+1",
            "--by",
            "@SUM(1)",
            "--on",
            "2024-04-02",
            "--although-shown",
            db=db,
        ).code
        == 0
    )
    for name in ("l.xlsx", "l.csv"):
        assert Done("ledger", "export", "-o", str(tmp_path / name), db=db).code == 0
    text = (tmp_path / "l.csv").read_text(encoding="utf-8-sig")
    assert ",'=1+1," in text
    assert ",'@SUM(1)," in text
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "l.xlsx")["问题清单"] for cell in row]
    assert {cell.data_type for cell in cells if cell.value in ("=1+1", "@SUM(1)")} == {"s"}


UGLY = "<script>alert(1)</script>\x1b[31m\u202egnp.exe\u202c 😀\n## x"


def test_ugly_texts_stay_texts(tmp_path: Path) -> None:
    db = str(tmp_path / "l.sqlite")
    record(opened(db), run({"S1": 12.0}))
    for args in (
        ("note", S1, "--text", UGLY * 50),
        ("order", S1, "--document", UGLY, "--served", "2024-03-12", "--period", "3d"),
    ):
        assert Done("ledger", *args, db=db).code == 0
    for args in (("show", "S1"), ("overdue",), ("status",)):
        done = Done("ledger", *args, db=db)
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
    assert (
        json.loads(Done("ledger", "show", "S1", "--format", "json", db=db).out)["matters"][0]["order"]["document"]
        == UGLY
    )
    for name in ("l.xlsx", "l.csv"):
        assert Done("ledger", "export", "-o", str(tmp_path / name), db=db).code == 0
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["问题清单"]
    assert sheet.max_row == 2
    assert sheet.row_dimensions[2].height == 240
    text = (tmp_path / "l.csv").read_text(encoding="utf-8-sig") + str([cell.value for cell in sheet[2]])
    assert not {"\u202e", "\x1b"} & set(text)


def test_more_than_a_sheet_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = str(tmp_path / "l.sqlite")
    record(opened(db), run({f"S{id}": 12.0 for id in range(1, 8)}))
    monkeypatch.setattr("hegui.ledger.export.ROWS_OF_SHEET", 4)
    assert Done("ledger", "export", "-o", str(tmp_path / "l.xlsx"), db=db).code == 0
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    assert [(name, book[name].max_row) for name in book.sheetnames[:-1]] == [
        ("问题清单", 5),
        ("问题清单（2）", 5),
        ("问题清单（3）", 2),
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("status",), "there is no ledger"),
        (("record", "none.json"), "cannot read"),
        (("--db", "postgresql://u:secret@h:port/d", "status"), "cannot be used"),
    ],
)
def test_what_is_refused(tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    done = Done("ledger", *args, db=str(tmp_path / "none.sqlite"))
    assert (done.code, done.out) == (3, "")
    assert said in done.err
    assert "secret" not in done.err
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("show", "S77"), "no matter of `S77`"),
        (("order", S1, "--document", "x", "--served", "2024-03-12"), "either `--period` or `--until`"),
        (("order", S1, "--document", "x", "--served", "2024-03-12", "--period", "soon"), "not a period"),
        (("order", S1, "--document", "x", "--served", "yesterday", "--period", "3d"), "not a date"),
        (("proof", S1, "--text", "x"), "at least one of"),
        (("accept", S1, "--document", "x", "--by", "x", "--on", "2024-03-12"), "--although-shown"),
        (("export", "-o", "l.pdf"), "must end in .xlsx or .csv"),
        (("export", "-o", "nowhere/l.csv"), "no directory"),
        (("withdraw", S1, "1", "--text", "x"), "entry 1 is no entry"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    record(opened("l.sqlite"), run({"S1": 12.0}))
    done = Done("ledger", *args, db="l.sqlite")
    assert done.code == 3
    assert said in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["l.sqlite"]


def test_nothing_overdue(tmp_path: Path) -> None:
    db = str(tmp_path / "l.sqlite")
    record(opened(db), run({"S1": 12.0}))
    done = Done("ledger", "overdue", db=db)
    assert done.code == 0
    assert "Nothing is overdue" in done.out
    empty = Done("ledger", "status", "--as-of", "2024-01-01", db=db)
    assert "No run has been recorded" in empty.out


def test_the_rows_of_a_large_registry(tmp_path: Path) -> None:
    rules = Path(__file__).parent / "sites"
    for name, rows in (("first", "S1,a,12\nS2,b,12\nS3,c,1\n"), ("second", "S2,b,1\nS3,c,1\n")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "site.csv").write_text(f"id,name,level\n{rows}", encoding="utf-8")
        ruleset = api.load_ruleset(rules)
        found = api.check(
            api.load_registry([folder], ruleset), ruleset, as_of=month(1 + (name == "second")), engine="scalar"
        )
        (tmp_path / f"{name}.json").write_text(replace(found, roll=Roll(True, True)).to_json(), encoding="utf-8")
    db = str(tmp_path / "l.sqlite")
    assert Done("ledger", "record", str(tmp_path / "first.json"), db=db).code == 0
    late = ("ledger", "record", str(tmp_path / "second.json"))
    assert "go together" in Done(*late, "--rules", str(rules), db=db).err
    other = Done(*late, "--facts", str(tmp_path / "first"), "--rules", str(rules), db=db)
    assert (other.code, "not the facts of the run" in other.err) == (3, True)
    done = Done(*late, "--facts", str(tmp_path / "second"), "--rules", str(rules), db=db)
    assert done.err == "recorded as run 2: no longer shown 1, no longer in the registry: needs a look 1\n"
