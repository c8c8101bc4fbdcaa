"""Every format over the one sample run, against its golden file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sample
from goldens import FOLDER, same_as

from hegui.explaining.words import STANDING
from hegui.outcome import Drawing
from hegui.report import WRITERS, Look
from hegui.report.catalogue import catalogue
from hegui.report.concluded import explain_conclusion
from hegui.report.explained import explained
from hegui.report.run import Run
from hegui.terminal import width


def written(name: str, run: Run, **look: object) -> str:
    return "".join(WRITERS[name](run, Look(**look)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_format_has_a_golden_file(name: str) -> None:
    assert list(FOLDER.glob(f"report.{name}*"))


def test_json() -> None:
    same_as("report.json", written("json", sample.run()))


@pytest.mark.parametrize(("lang", "columns"), [("zh", 100), ("en", 100), ("zh", 80), ("en", 80)])
def test_table(lang: str, columns: int) -> None:
    text = written("table", sample.run(), lang=lang, columns=columns)
    same_as(f"report.table.{lang}{columns}.txt", text)
    assert max(width(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explanations(lang: str) -> None:
    text = "".join(explained(sample.run(every=True), Look(lang, 100)))
    same_as(f"explained.{lang}.txt", text)
    assert STANDING.get(lang) in text.replace("\n", " ")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explanations_of_conclusions(lang: str) -> None:
    asked = [
        ("town.offences-unsupervised", "T1"),
        ("town.quarries-throughout", "T2"),
        ("town.quarries-throughout", "T3"),
    ]
    run = sample.run()
    text = "".join(piece for each in asked for piece in explain_conclusion(run, *each, Look(lang, 100)))
    same_as(f"concluded.{lang}.txt", text)
    assert text.replace("\n", " " if lang == "en" else "").count(STANDING.get(lang)) == 3


@pytest.mark.parametrize("by", [None, "notice", "law", "kind"])
def test_catalogue(by: str | None) -> None:
    text = "".join(catalogue(sample.ruleset(), Look("zh", 100), sample.AS_OF, by))
    same_as(f"catalogue.{by or 'plain'}.txt", text)


def test_a_rule_not_in_force_and_a_number_without_value_say_so() -> None:
    text = "".join(catalogue(sample.ruleset(), Look("en", 100), date(2001, 1, 1)))
    assert "not in force on 2001-01-01 (in force from 2009-01-01)" in text
    assert "limit of suspended solids: no value in force on 2001-01-01" in text


def test_a_terminal_gets_colors_and_the_same_words() -> None:
    import re

    colored = written("table", sample.run(), lang="zh", color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == written("table", sample.run(), lang="zh")


def test_what_is_left_out_is_counted() -> None:
    text = written("table", sample.run(), limit=2)
    assert "── violation 6" in text
    assert "4 more are not listed" in text
    assert "── undetermined 7" in text
    assert "7 more are not listed" in text


def test_findings_from_memory_stand_apart() -> None:
    text = written("table", sample.run(), lang="zh")
    apart = text[text.index("所依据的标准或条款未核对来源的线索 1") : text.index("── 待核实")]
    assert "样品 W2 悬浮物 80 mg/L，限值 70 mg/L" in apart
    assert text.count("样品 W2 悬浮物") == 1


def test_compliant_rows_are_listed_when_asked_for() -> None:
    assert "── compliant" not in written("table", sample.run())
    assert "── compliant 5" in written("table", sample.run(every=True))


def test_facts_cannot_write_to_the_terminal() -> None:
    run = sample.run()
    found = replace(run.findings[0], name="a\x1b[31mred\nline")
    text = written("table", replace(run, findings=(found,)))
    assert "\x1b" not in text
    assert "a\N{REPLACEMENT CHARACTER}[31mred line" in text


def test_rules_whose_table_was_not_supplied_are_named() -> None:
    run = sample.run()
    lacking = replace(run.summary, not_supplied={"water.solids": "water", "water.other": "water"})
    text = written("table", replace(run, summary=lacking), lang="zh")
    assert "有 2 条规则未核查，因未提供所需的表：排水监测" in text


def test_nothing_found_is_said() -> None:
    run = sample.run()
    assert "Nothing was found" in written("table", replace(run, findings=(), drawing=Drawing()))
    assert "Nothing was found" not in written("table", replace(run, findings=()))


def test_a_law_repealed_since_says_so() -> None:
    assert "研判日所依据的规定已失效" in written("table", sample.run(), lang="zh")
    same_day = written("table", sample.run(as_of=sample.DECIDED_ON, decided_on=sample.DECIDED_ON), lang="zh")
    assert "研判日所依据的规定已失效" not in same_day
    assert "无有效采矿许可证" in same_day


def test_an_explanation_tells_what_was_wrong_with_a_cell() -> None:
    run = sample.run(every=True)
    found = sample.finding(run, "quarry.no-licence/quarry/Q4")
    text = "".join(explained(replace(run, findings=(found,)), Look("zh", 100)))
    assert "`2030-13-01` 无法读作 `to`" in text
