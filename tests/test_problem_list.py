"""The problem list of offices, as rows, as CSV, and findings as lines of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sample
import shipped_kit
import ugly
from goldens import same_as

from hegui import api
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.problem_list import COLUMNS, problems
from hegui.report.run import Run
from hegui.report.text_tables import cell

BANAN, AS_OF = Path(__file__).parent.parent / "facts" / "banan", date(2024, 3, 11)
OFFICE = (
    "序号、问题来源、镇街、对象名称、统一社会信用代码、问题类型、问题性质、问题描述、事实依据（文件/表/单元格、材料文号）、法律依据、"
    "整改目标、整改措施、整改时限、整改主体、责任单位、验收（销号）单位、整改进展、整改状态"
)


def written(name: str, run: Run, lang: str = "zh") -> str:
    return "".join(WRITERS[name](run, Look(lang)))  # type: ignore[arg-type]


def test_the_columns_are_those_of_the_office() -> None:
    said, inside = [""], 0
    for char in OFFICE:
        inside += {"（": 1, "）": -1}.get(char, 0)
        if char == "、" and not inside:
            said.append("")
        else:
            said[-1] += char
    assert list(COLUMNS.values()) == said


def test_a_row_says_what_is_known_and_no_more() -> None:
    row = next(each for each in problems(sample.run()) if each.fingerprint == "quarry.over-scale/year/Q1,2023")
    assert (row.town, row.name, row.type, row.nature) == ("青石镇", "青石采石场", "超证载规模开采", "不符合许可或方案")
    assert row.origin == "台账数据核查；对应督察反馈 二-2"
    assert row.description == "青石采石场（露天）2023 年开采 120,000 t/a，为证载规模 100,000 t/a 的 1.2 倍"
    assert row.evidence.startswith("【quarries.xlsx · 产量 · 第 3 行】\n年份：2023（B 列）\n")
    assert "实际开采量：120,000 t/a（C 列；依据材料：年报 2023，测量）" in row.evidence
    assert row.law.startswith("义务：《采石场管理法》（2009）第15条、第29条第1款")
    assert "何者处罚较轻" in row.law
    assert row.deadline == date(2026, 4, 14)
    assert row.texts()[12] == "2026-04-14（建议时限）"
    assert (row.credit_code, row.aim, row.acceptance, row.progress, row.state) == ("",) * 5
    assert (row.responsible, row.authority) == ("青石采石场", "规划和自然资源部门")


def test_only_violations_that_count_are_rows() -> None:
    run = sample.run(every=True)
    rows = list(problems(run))
    assert len(rows) == run.summary.total(Verdict.VIOLATION)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert not any(row.fingerprint == "water.solids/water/W2" for row in rows)  # its limit is known from memory only
    some = list(problems(run, (each for each in run.findings if each.entity == "Q2")))
    assert {row.name for row in some} == {"East Bank Quarry"}


def test_duties_of_authorities_name_no_one_to_put_them_right() -> None:
    row = next(each for each in problems(sample.run()) if each.rule == "quarry.unreachable")
    assert (row.responsible, row.authority) == ("", "镇街")


def test_kept_findings_make_the_same_list(tmp_path: Path) -> None:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(AS_OF)
    rules = [name for name in ruleset.rules if name.startswith(("permit.", "mine.", "hazardous-waste."))]
    held, kept = (
        api.check(registry, ruleset, as_of=AS_OF, engine="scalar", rules=rules, findings=at)
        for at in (None, tmp_path / "found")
    )
    rows = list(problems(held))
    assert list(problems(kept)) == rows
    assert any(len(row.credit_code) == 18 for row in rows)
    assert written("csv", kept) == written("csv", held)
    assert [line for line in written("jsonl", kept).splitlines() if '"finding"' in line[:20]] == [
        line for line in written("jsonl", held).splitlines() if '"finding"' in line[:20]
    ]


# --- CSV and lines of JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("made", "name"), [(sample.run, "report.csv"), (ugly.run, "ugly.csv")])
def test_csv(made: Callable[[], Run], name: str) -> None:
    text = written("csv", made())
    same_as(name, text.replace("\r\n", "\n").replace("\r", "␍").replace("长" * 100, "…"))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[-1][0].startswith(STANDING.zh)
    assert not [text for row in rows for text in row if text[:1] in set("=+-@\t\r\n")]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("made", "name"), [(sample.run, "report.jsonl"), (ugly.run, "ugly.jsonl")])
def test_jsonl(made: Callable[[], Run], name: str) -> None:
    run = made()
    text = written("jsonl", run)
    same_as(name, text.replace("长" * 100, "…"))
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [line["type"] for line in lines] == (
        ["run"] + ["finding"] * len(run.findings) + ["conclusion"] * len(run.drawing.drawn)
    )
    assert lines[0]["standing"]["zh"] == STANDING.zh
    document = json.loads(run.to_json())
    assert [{"type": "finding", **each} for each in document["findings"]] == lines[1 : 1 + len(run.findings)]


def test_private_values_stand_nowhere() -> None:
    run = sample.run(every=True)
    for name in ("csv", "jsonl"):
        text = written(name, run)
        assert "13800000000" not in text
        assert "1390000" not in text
