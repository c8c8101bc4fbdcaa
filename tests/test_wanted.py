"""What a run waits for: by table and field, and by entity."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import sample
from evaluation import ENGINES
from test_notice import checked, without

from hegui.datatypes import Cause, Reason, Text
from hegui.outcome import Drawing, Drawn
from hegui.report import WRITERS, Look, sections
from hegui.report.layout import Page
from hegui.report.run import Run
from hegui.report.wanted import Lack, Wanted


def listed(run: Run) -> dict[Lack, tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    return {each.lack: (each.findings, each.of, each.rules, each.unchecked) for each in run.wanted}


@pytest.mark.parametrize("engine", ENGINES)
def test_fields_are_told_from_the_paths_of_causes(engine: str) -> None:
    found = listed(checked(sample.registry(), engine))
    over = ("quarry.over-scale",)
    assert found[Lack("year", "extracted", Reason.CONFLICTING)] == (1, ("quarry/Q3",), over, ())
    assert found[Lack("year", "extracted", Reason.MISSING)] == (1, ("quarry/Q3",), over, ())
    of, both = ("quarry/Q4",), ("quarry.no-licence", "quarry.over-scale")
    assert found[Lack("licence", "to", Reason.UNREADABLE)] == (2, of, both, ())
    assert found[Lack("water", "solids", Reason.BELOW_DETECTION)] == (1, ("quarry/Q3",), ("water.solids",), ())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_table_is_wanted_by_findings_and_by_rules_that_judged_nothing(engine: str) -> None:
    found = listed(checked(without("licence"), engine))
    findings, _, rules, unchecked = found[Lack("licence", None, Reason.NOT_SUPPLIED)]
    assert (findings, rules, unchecked) == (10, ("quarry.no-licence", "quarry.over-scale"), ())
    found = listed(checked(without("quarry", "water"), engine))
    assert found[Lack("water", None, Reason.NOT_SUPPLIED)] == (0, (), ("water.solids",), ("water.solids",))
    findings, _, rules, unchecked = found[Lack("quarry", None, Reason.NOT_SUPPLIED)]
    assert (findings, rules) == (6, ("quarry.no-licence", "quarry.over-scale", "quarry.unreachable"))
    assert unchecked == ("quarry.no-licence", "quarry.unreachable")


def test_whole_tables_come_first_then_what_most_findings_wait_for() -> None:
    wanted = checked(without("water", "town")).wanted
    assert wanted[0].lack == Lack("water", None, Reason.NOT_SUPPLIED)
    counts = [each.findings for each in wanted[1:]]
    assert counts == sorted(counts, reverse=True)


def test_entities_are_listed_with_what_they_lack() -> None:
    entities = {each.entity: dict(each.lacks) for each in sample.run().wanted_of_entities}
    assert entities["Q4"][Lack("licence", "to", Reason.UNREADABLE)] == 2


def test_json_and_back() -> None:
    run = checked(without("water"))
    data: list[dict[str, Any]] = json.loads(run.to_json())["data_wanted"]
    assert data[0] == {
        "kind": "water", "field": None, "reason": "table not supplied", "findings": 0, "entities": 0,
        "rules": ["water.solids"], "of": [], "unchecked": ["water.solids"], "conclusions": [],
    }  # fmt: skip
    assert Run.from_json(run.to_json()).wanted == run.wanted


def test_the_table_lists_them_and_counts_what_it_leaves_out() -> None:
    run = checked(without("water"))
    text = "".join(WRITERS["table"](run, Look("zh")))
    assert "未提供排水监测  1 条规则未核查" in text
    assert "water.solids  未核查：未提供排水监测" in text
    few = "".join(WRITERS["table"](run, Look("zh", limit=1)))
    assert f"── 待补数据 {len(run.wanted)}" in few
    assert f"另有 {len(run.wanted) - 1} 项未列出" in few
    nothing = "".join(WRITERS["table"](checked(without("quarry", "year", "water")), Look("en")))
    assert "quarry.over-scale  not checked: yearly output not supplied" in nothing


def test_rules_without_their_table_count_where_undetermined_counts() -> None:
    whole, part = sample.run(), checked(without("quarry", "year", "water"))
    assert part.counting("minor") == 0
    assert part.counting("undetermined") == len(part.summary.not_supplied) == 4
    assert whole.counting("undetermined") > whole.counting("minor")


def test_conclusions_wait_for_tables_too() -> None:
    run, causes = sample.run(), (Cause(Reason.NOT_SUPPLIED, "town"), Cause(Reason.MISSING, "q.town"))
    drawn = Drawn("town.idle", "town", "T1", None, None, False, 1, Text("", ""), causes=causes)
    open_ = replace(run, drawing=Drawing(drawn=(drawn, replace(drawn, conclusion="town.other", certain=True))))
    assert open_.wanted[0] == Wanted(Lack("town", None, Reason.NOT_SUPPLIED), 0, (), (), (), ("town.idle",))
    assert open_.wanted[1:] == run.wanted
    page = Page(100)
    sections.wanted(open_, Look("zh"), page)
    assert "未提供镇街  1 条结论待核实\n        town.idle\n" in "".join(page.drain())
