"""Chains of `&&` and `||` as long as somebody's list of alternatives: read, printed, judged and told as short ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_checker import FACTS, spans

import hegui
from hegui import limits
from hegui.language.checker import compile_condition
from hegui.language.parser import parse
from hegui.language.printer import source, text
from hegui.language.tree import Logic

RULES = """ruleset: long
version: "1"
title: {zh: 长, en: long}
---
kind: lift
label: {zh: 电梯, en: lift}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  name: {type: string, label: {zh: 名称, en: name}}
---
rule: lift.named
title: {zh: 名, en: named}
about: lift
nature: clue
severity: minor
violation: "%s"
message: {zh: "{name}", en: "{name}"}
"""


def alternatives(count: int, sign: str = "||") -> str:
    return f" {sign} ".join(f"name {'==' if sign == '||' else '!='} 'n{number}'" for number in range(count))


@pytest.mark.parametrize("sign", ["||", "&&"])
def test_it_is_read_and_printed(sign: str) -> None:
    whole = alternatives(limits.CONDITION_TERMS, sign)
    node, found = compile_condition(whole, FACTS.environment, "mine", None, spans(whole))
    assert not found
    assert isinstance(node, Logic)
    assert len(node.parts) == limits.CONDITION_TERMS
    assert parse(source(parse(whole))) == parse(whole)
    assert text(node).count(f" {sign} ") == limits.CONDITION_TERMS - 1


def test_brackets_around_what_comes_first_change_nothing() -> None:
    assert parse("(a || b) || c") == parse("a || b || c") != parse("a || (b || c)")
    assert source(parse("a || (b || c) || d && (e && f)")) == "a || (b || c) || d && (e && f)"


def judged(count: int, engine: str, folder: Path) -> list[Any]:
    (folder / "rules.yaml").write_text(RULES % alternatives(count), encoding="utf-8")
    ruleset = hegui.load_ruleset(folder / "rules.yaml")
    rows = [{"id": "L1", "name": f"n{count - 1}"}, {"id": "L2"}, {"id": "L3", "name": "x"}]
    run = hegui.check(hegui.load_registry({"lift": rows}, ruleset), ruleset, engine=engine)
    assert run.explain(run.findings[1], "en")
    return [(each.key, each.verdict.value, list(map(str, each.causes))) for each in run.findings]


@pytest.mark.parametrize(
    ("count", "engine"),
    [
        (500, "scalar"),
        (100, "polars"),
        pytest.param(500, "polars", marks=pytest.mark.slow),
        pytest.param(300, "spark", marks=[pytest.mark.spark, pytest.mark.slow]),
    ],
)
def test_it_is_judged(count: int, engine: str, tmp_path: Path) -> None:
    assert judged(count, engine, tmp_path) == [("L1", "violation", []), ("L2", "undetermined", ["missing name"])]


def test_one_entity(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES % alternatives(500), encoding="utf-8")
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    verdicts = [ruleset.check({"id": "L", "name": name})[0].verdict.value for name in ("n499", "x", None)]
    assert verdicts == ["violation", "compliant", "undetermined"]
