"""Keys and references that differ only in what cannot be seen, or in width, are one: through every door."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import sample
from click.testing import CliRunner
from drawn_kit import PRESSED, load, tables
from facts_kit import problems, read_here, rows_of, values, vocabulary

from hegui import api
from hegui.cli import main
from hegui.facts import from_frames
from hegui.facts.entity import shapes
from hegui.facts.problems import describe
from hegui.facts.registry import Registry
from hegui.session import Change, Session

MINES = [
    "M1",
    "Ｍ２",
    "M\u200b\u3164\ufe0f\u034f3\U000e0031",
    "Ｍ－４",
    "\u200eM5\u200f",
    "渝（２０２４）\u00a06号",
    " M7\ufeff",
]
LICENCES = ["Ｍ１", "M2", "M3", "M-4", "Ｍ５", "渝（2024） 6号", "M7"]
READ = ["M-4", "M1", "M2", "M3", "M5", "M7", "渝（2024） 6号"]
ROWS = {
    "mine": [{"id": each} for each in MINES],
    "licence": [{"id": f"L{at}", "mine": each} for at, each in enumerate(LICENCES)],
}


def csv(folder: Path) -> Registry:
    for kind, rows in ROWS.items():
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / f"{kind}.csv").write_text("\n".join(lines), "utf-8")
    return read_here(folder)


def json(folder: Path) -> Registry:
    pl.DataFrame(ROWS["mine"]).write_json(folder / "mine.json")
    pl.DataFrame(ROWS["licence"]).write_ndjson(folder / "licence.jsonl")
    return read_here(folder)


def xlsx(folder: Path) -> Registry:
    book = openpyxl.Workbook()
    for kind, rows in ROWS.items():
        sheet = book.create_sheet(kind)
        for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
            sheet.append(row)
    book.save(folder / "x.xlsx")
    return read_here(folder)


def parquet(folder: Path) -> Registry:
    pl.DataFrame(ROWS["mine"]).write_parquet(folder / "mine.parquet")
    pl.DataFrame(ROWS["licence"]).cast({"mine": pl.Categorical}).write_parquet(folder / "licence.parquet")
    return read_here(folder)


def sqlite(folder: Path) -> Registry:
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        for kind, rows in ROWS.items():
            names = list(rows[0])
            connection.execute(f"CREATE TABLE {kind} ({', '.join(names)})")
            marks = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {kind} VALUES ({marks})", [tuple(row.values()) for row in rows])
        connection.commit()
    return read_here(f"sqlite:///{folder / 'x.db'}")  # type: ignore[arg-type]


DOORS = {
    "csv": csv,
    "json": json,
    "xlsx": xlsx,
    "parquet": parquet,
    "sqlite": sqlite,
    "rows": lambda _: rows_of(**ROWS),
    "frames": lambda _: from_frames(vocabulary(), {kind: pl.DataFrame(rows) for kind, rows in ROWS.items()}),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_differs_in_width_or_unseen_is_one(door: str, tmp_path: Path) -> None:
    found = DOORS[door](tmp_path)
    assert [each["id"] for each in values(found, "mine", "id")] == READ
    assert [each["mine"] for each in values(found, "licence", "mine")] == [
        "M1",
        "M2",
        "M3",
        "M-4",
        "M5",
        READ[-1],
        "M7",
    ]
    assert sorted((each.field, each.hint, each.raw) for each in problems(found)) == [
        ("id", "5", "Ｍ２"),
        ("mine", "2", "Ｍ１"),
    ]


def test_a_large_column_and_two_spellings_of_one_row() -> None:
    found = rows_of(mine=[{"id": f"M{at}"} for at in range(300)] + [{"id": "Ｍ7"}, {"id": "M\u200b8", "shifts": "3"}])
    assert len(values(found, "mine", "id")) == 300
    respelt, *others = problems(found, "respelt identity", "duplicate row", "duplicate key", "conflicting")
    assert (respelt.hint, respelt.raw) == ("2", "Ｍ7")
    assert [(each.problem, each.entity) for each in others if each.problem != "conflicting"] == [
        ("duplicate row", "M7"),
        ("duplicate key", "M8"),
    ]


def test_what_is_said_shows_what_cannot_be_seen() -> None:
    (found,) = problems(rows_of(mine=[{"id": "M\u200b1\u00a0a"}]))
    assert describe(found) == (
        "`id` has invisible or full-width characters in 1 places (as in `M<U+200B>1<U+00A0>a`); it is read without them"
    )
    assert "`id` 有 1 处含不可见字符" in describe(found, "zh")


@pytest.mark.parametrize("cell", ["\u200e", "\u200e-\u200e", "合\u200b计"])
def test_a_key_of_which_nothing_is_left_is_none(cell: str) -> None:
    found = rows_of(mine=[{"id": cell}, {"id": "M1"}])
    assert values(found, "mine", "id")[-1:] == [{"id": "M1"}]
    assert [each.raw for each in problems(found, "unusable key")] == [cell]


def test_lists_of_references(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": "a", "about": ["Ｍ１", "M2"]}, {"text": "b", "about": ["M\u200b2"]}]
    mines = [{"id": "M1"}, {"id": "M2"}]
    pl.DataFrame(rows).write_parquet(tmp_path / "remark.parquet")
    pl.DataFrame(mines).write_parquet(tmp_path / "mine.parquet")
    coded = pl.DataFrame(rows).cast({"about": pl.List(pl.Categorical)})
    frames = from_frames(vocabulary(), {"mine": pl.DataFrame(mines), "remark": coded})
    for found in (rows_of(mine=mines, remark=rows), read_here(tmp_path), frames):
        assert [each["about"] for each in values(found, "remark", "about")] == [["M1", "M2"], ["M2"]]
        assert [each.hint for each in problems(found, "respelt identity")] == ["2"]


def test_nothing_is_said_of_what_is_written_as_it_is_compared() -> None:
    found = rows_of(mine=[{"id": "M1"}, {"id": "\u3000M2"}], remark=[{"text": "a", "about": ("M1", "M2")}])
    assert [each["about"] for each in values(found, "remark", "about")] == [["M1", "M2"]]
    assert problems(found) == []


def test_other_texts_stay_as_they_are() -> None:
    assert values(rows_of(mine=[{"id": "M1", "name": "Ａ\u200bＢ"}]), "mine", "name") == [{"name": "Ａ\u200bＢ"}]


def test_values_given_in_a_program() -> None:
    made = shapes(vocabulary())
    assert made["mine"].readers["id"](" Ｍ\u200b１") == "M1"
    assert made["licence"].readers["mine"]("Ｍ\u200b１") == "M1"
    assert made["remark"].readers["about"](["Ｍ１", "M2"]) == ["M1", "M2"]
    assert made["mine"].readers["name"]("Ｍ１") == "Ｍ１"


def test_a_row_put_into_a_session() -> None:
    session = Session(sample.registry(), sample.ruleset(), as_of=sample.AS_OF)
    keys = session.registry().tables["quarry"].lazy().collect()["id"].to_list()
    session.apply(Change(put={"quarry": [{"id": "".join(chr(ord(each) + 0xFEE0) for each in keys[0])}]}))
    assert session.registry().tables["quarry"].lazy().collect()["id"].to_list() == keys


def test_who_is_asked_for_or_waived_may_be_written_wide_too(tmp_path: Path) -> None:
    ruleset = api.load_ruleset("national")
    registry = api.load_registry({"enterprise": [{"id": "E1", "permit_class": "key", "permit_held": False}]}, ruleset)
    day = date(2024, 3, 11)
    plain, wide = (api.check(registry, ruleset, entity=each, as_of=day) for each in ("E1", "Ｅ１\u200b"))
    assert plain.counting("low")
    assert [each.fingerprint for each in wide.findings] == [each.fingerprint for each in plain.findings]
    file = tmp_path / "waivers.yaml"
    file.write_text(
        "schema: hegui/waivers/1\nwaivers:\n  - waiver: w1\n    document: paper 1\n    approved_by: office\n    reason: one\n"
        '    from: 2024-01-01\n    until: 2024-12-31\n    scope: {rule: "*", entity: Ｅ１}\n',
        "utf-8",
    )
    assert not api.check(registry, ruleset, waivers=api.load_waivers(file, ruleset), as_of=day).counting("low")


def test_a_conclusion_about_somebody_written_wide_is_explained(tmp_path: Path) -> None:
    load(tmp_path, PRESSED)
    args = [str(tables(tmp_path / "facts")), "--rules", str(tmp_path / "rules.yaml"), "--as-of", "2024-03-11"]
    plain, wide = (
        CliRunner().invoke(main, ["explain", *args, key, "department.not-pressed"]) for key in ("D1", "Ｄ１")
    )
    assert (plain.exit_code, plain.stdout) == (0, wide.stdout)


WAIVERS = """
schema: hegui/waivers/1
waivers:
  - waiver: w1
    document: paper 1
    approved_by: office
    reason: one
    from: 2024-01-01
    until: 2024-12-31
    scope: """
FARMS = """
ruleset: farms
version: "1"
title: {zh: 场, en: farms}
---
kind: farm
label: {zh: 场, en: farm}
key: [id]
jurisdiction: town
fields:
  id: {type: string, label: {zh: 码, en: id}}
  town: {type: string, label: {zh: 镇, en: town}}
  bad: {type: bool, label: {zh: 坏, en: bad}}
---
rule: farm.bad
title: {zh: 坏, en: bad}
about: farm
message: {zh: 坏, en: bad}
nature: breach
severity: major
in_force: {from: 2020-01-01}
violation: bad
"""


@pytest.mark.parametrize(
    ("scope", "waived"),
    [
        ("{rule: '*', jurisdiction: Ａ镇}", True),
        ("{rule: '*', jurisdiction: A镇}", False),
        ("{fingerprints: [farm.bad/farm/F1]}", True),
        ("{fingerprints: [farm.bad/farm/Ｆ１]}", True),
    ],
)
def test_waivers_name_texts_as_they_are_and_keys_either_way(tmp_path: Path, scope: str, waived: bool) -> None:
    """A jurisdiction may be a text, which stays as wide as it is."""
    (tmp_path / "rules.yaml").write_text(FARMS, "utf-8")
    (tmp_path / "waivers.yaml").write_text(WAIVERS + scope + "\n", "utf-8")
    ruleset, day = api.load_ruleset(tmp_path / "rules.yaml"), date(2024, 3, 11)
    registry = api.load_registry({"farm": [{"id": "Ｆ１", "town": "Ａ镇", "bad": True}]}, ruleset)
    waivers = api.load_waivers(tmp_path / "waivers.yaml", ruleset)
    assert api.check(registry, ruleset, as_of=day, waivers=waivers).counting("low") == (0 if waived else 1)
    kept = api.check(registry, ruleset, as_of=day, waivers=waivers, findings=tmp_path / "found")
    assert kept.counting("low") == (0 if waived else 1)
