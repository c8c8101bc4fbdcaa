"""What a notice names and publishes, held against what a run finds."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sample
import shipped_kit
from evaluation import ENGINES
from goldens import same_as

from hegui import api
from hegui.engines import judge, tally
from hegui.facts.registry import Registry
from hegui.report import WRITERS, Look
from hegui.report.info import RunInfo
from hegui.report.notice import Compared, NoticeFound
from hegui.report.run import Run
from hegui.ruleset.model import NoticeRole


def without(*kinds: str) -> Registry:
    """The sample registry without some tables."""
    registry = sample.registry()
    return replace(registry, tables={name: table for name, table in registry.tables.items() if name not in kinds})


def checked(registry: Registry, engine: str = "scalar") -> Run:
    ruleset, day = sample.ruleset(), sample.AS_OF
    found = judge(ruleset, registry, engine=engine, as_of=day)
    return Run.build(ruleset, registry, found, RunInfo.of(ruleset, registry, as_of=day, decided_on=day, engine=engine))


def numbers(run: Run) -> list[tuple[str, int, int | None, int | None]]:
    (notice,) = run.notice
    return [(item.code, each.published, each.found, each.undetermined) for item, each in notice.compared]


@pytest.mark.parametrize("engine", ENGINES)
def test_figures_are_counted(engine: str) -> None:
    run = checked(sample.registry(), engine)
    assert numbers(run) == [("二-2", 4, 4, 0), ("二-2", 2, 1, 2), ("二-2", 1, 2, 3), ("四-3", 3, 1, 2)]


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_a_table_not_supplied_are_unknown(engine: str) -> None:
    run = checked(without("quarry", "water"), engine)
    assert numbers(run)[:2] == [("二-2", 4, None, None), ("二-2", 2, None, None)]
    assert numbers(run)[3] == ("四-3", 3, None, None)
    text = "".join(WRITERS["table"](run, Look("zh")))
    assert "公布 4 · 本次核查 不明（未提供采石场）" in text


def test_counting_lists_nothing_and_asking_nothing_counts_nothing() -> None:
    assert tally(sample.ruleset(), sample.registry(), [], engine="polars", as_of=sample.AS_OF) == []
    (town,) = tally(sample.ruleset(), sample.registry(), [("town", None)], engine="polars", as_of=sample.AS_OF)
    assert town is not None
    assert (town.in_notice_scope, town.undetermined) == (2, 0)


def test_a_part_of_a_registry_is_held_against_nothing() -> None:
    for asked in ({"entity": "Q1"}, {"rules": ["quarry.no-licence"]}):
        run = api.check(sample.registry(), sample.ruleset(), as_of=sample.AS_OF, engine="scalar", **asked)  # type: ignore[arg-type]
        assert numbers(run) == []
        assert [item.code for item in run.notice[0].items] == ["二", "二-2", "四-3", "五-1", "五-2"]
        assert "what the notice published" not in "".join(WRITERS["table"](run, Look("en")))


def test_items_name_what_answers_them() -> None:
    items = {item.code: item for item in sample.run().notice[0].items}
    assert [answer.name for answer in items["二-2"].answers] == [
        "quarry.no-licence",
        "quarry.over-scale",
        "town.offences-unsupervised",
    ]
    assert {answer.sort for item in items.values() for answer in item.answers} == {"conclusion", "rule"}
    assert items["五-1"].answers == ()
    assert (items["五-2"].role, items["五-2"].reason is not None) == (NoticeRole.OUT_OF_SCOPE, True)


def test_it_comes_back() -> None:
    run = sample.run()
    again = Run.from_json(run.to_json())
    assert again.notice == run.notice
    assert isinstance(again.notice[0], NoticeFound)
    assert all(isinstance(figure, Compared) for _, figure in again.notice[0].compared)


# --- item by item


def test_the_page_of_the_sample() -> None:
    same_as("report.notice.md", "".join(WRITERS["notice"](sample.run(), Look())))


def test_the_page_says_what_was_not_checked() -> None:
    text = "".join(WRITERS["notice"](checked(without("water")), Look()))
    assert "排水悬浮物超标 `water.solids`：未核查：未提供排水监测" in text
    part = api.check(sample.registry(), sample.ruleset(), as_of=sample.AS_OF, rules=["water.solids"])
    assert "`quarry.no-licence`: not checked in this run" in "".join(WRITERS["notice"](part, Look()))
    assert "The ruleset has no notice." in "".join(WRITERS["notice"](replace(part, notice=()), Look()))


def test_the_page_of_the_registry_is_fresh() -> None:
    root = Path(__file__).parent.parent
    day, folder = date(2024, 3, 11), shipped_kit.FOLDER
    run = api.check(shipped_kit.registry(day, folder), shipped_kit.loaded(folder), as_of=day)
    text, path = "".join(WRITERS["notice"](run, Look())), root / "docs" / "notice.md"
    if os.environ.get("HEGUI_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
