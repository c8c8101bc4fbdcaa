"""Examples of rules: every one of every shipped ruleset on every engine, and how nested facts become tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from evaluation import ENGINES

from hegui.assure.examples import rows_of, run_examples
from hegui.ruleset import load, shipped
from hegui.ruleset.model import Ruleset
from hegui.source import Source, UsageError, read_yaml
from hegui.vocabulary import Vocabulary, load_vocabulary

KIT = Path(__file__).parent / "broken" / "kit"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    found, problems = load_vocabulary(read_yaml(Source("kinds.yaml", (KIT / "kinds.yaml").read_text(encoding="utf-8"))))
    assert not problems
    return found


def test_every_example_of_the_shipped_rulesets() -> None:
    """All layers of the topmost on the scalar engine; `.ci/run` has `hegui test` run them on both, and each ruleset by itself."""
    results = run_examples(load("banan"), engines=["scalar"])
    assert {result.rule for result in results} >= {name for each in shipped() for name in load(each).rules}
    failed = [(r.rule, r.example, r.verdict, r.causes, r.problems) for r in results if not r.passed]
    assert failed == []


def test_a_reference_becomes_a_row_and_a_relation_rows_that_point_back(vocabulary: Vocabulary) -> None:
    given = {"year": 2023, "mine": {"method": "open_pit", "town": {"name": "东温泉"}, "notes": [{"text": "a"}, {}]}}
    rows, key = rows_of(given, vocabulary, "mine_year")
    (year,), (mine,), (town,) = rows["mine_year"], rows["mine"], rows["town"]
    assert year == {"mine": mine["id"], "year": 2023}
    assert mine == {"id": mine["id"], "town": town["id"], "method": "open_pit"}
    assert rows["note"] == [{"mine": mine["id"], "text": "a"}, {"mine": mine["id"]}]
    assert key == f"{mine['id']},2023"


def test_a_plain_key_gets_one_row_and_kinds_not_mentioned_an_empty_table(vocabulary: Vocabulary) -> None:
    rows, key = rows_of({"id": "M/1", "town": "T1", "years": [{"year": 1}, {"year": 2}]}, vocabulary, "mine")
    assert rows["town"] == [{"id": "T1"}]
    assert rows["mine_year"] == [{"mine": "M/1", "year": 1}, {"mine": "M/1", "year": 2}]
    assert rows["note"] == []
    assert key == "M%2F1"


def test_made_up_keys_are_all_different(vocabulary: Vocabulary) -> None:
    rows, key = rows_of({"years": [{}, {}, {"mine": {"id": "other"}}]}, vocabulary, "mine")
    years = [(row["mine"], row["year"]) for row in rows["mine_year"]]
    assert len(set(years)) == 3
    assert [row["id"] for row in rows["mine"]] == [key, "other"]


RULES = """
ruleset: examples
title: {zh: 示例, en: examples}
version: "1"
extends: KIT
---
rule: mine.crowded
title: {zh: 人多, en: crowded}
about: mine
nature: clue
severity: low
when: years.exists(y, y.year == 2023)
violation: workers > 1
message: {zh: 人多, en: crowded}
examples:
"""


@pytest.fixture
def ruleset(tmp_path: Path, request: pytest.FixtureRequest) -> Ruleset:
    path = tmp_path / "examples.yaml"
    text = RULES.replace("KIT", Path(os.path.relpath(KIT, tmp_path)).as_posix()) + "".join(
        f"  - {example}\n" for example in request.param
    )
    path.write_text(text, encoding="utf-8")
    return load(path)


def one(values: str, verdict: str, causes: str = "") -> str:
    return f"{{name: {verdict}, given: {{{values}}}, verdict: {verdict}{causes}}}"


KEPT = ", also: {mine.kept: violation}"
"""A rule of the kit finds a violation wherever anybody works."""

CASES: Mapping[str, tuple[str, bool, str | None, tuple[str, ...]]] = {
    "as expected": (one("workers: 2, years: [{year: 2023}]", "violation", KEPT), True, "violation", ()),
    "another verdict": (one("workers: 2, years: [{year: 2023}]", "compliant"), False, "violation", ()),
    "a table not mentioned is empty": (one("workers: 2", "not_applicable", KEPT), True, "not_applicable", ()),
    "causes not asked for": (one("years: [{year: 2023}]", "undetermined"), True, "undetermined", ("missing workers",)),
    "causes": (
        one("years: [{year: 2023}]", "undetermined", ", causes: [missing workers]"),
        True,
        "undetermined",
        ("missing workers",),
    ),
    "other causes": (
        one("years: [{year: 2023}]", "undetermined", ", causes: [missing workers, missing years]"),
        False,
        "undetermined",
        ("missing workers",),
    ),
    "a row without key": (one("id: null, workers: 1", "compliant"), False, None, ()),
}


@pytest.mark.parametrize(
    ("ruleset", "case"), [([case[0]], case) for case in CASES.values()], ids=CASES, indirect=["ruleset"]
)
@pytest.mark.parametrize("engine", ENGINES)
def test_results(ruleset: Ruleset, case: tuple[str, bool, str | None, tuple[str, ...]], engine: str) -> None:
    (result,) = run_examples(ruleset, engines=[engine])
    _, passed, verdict, causes = case
    assert (result.passed, result.verdict, result.causes) == (passed, verdict, causes)
    assert (result.rule, result.engine) == ("mine.crowded", engine)


@pytest.mark.parametrize("ruleset", [[one("workers: 约5, years: [{year: 2023}]", "undetermined")]], indirect=True)
def test_a_value_that_cannot_be_read_is_named(ruleset: Ruleset) -> None:
    (result,) = run_examples(ruleset, engines=["scalar"])
    assert result.causes == ("unreadable workers",)
    assert len(result.problems) == 1
    assert result.problems[0].endswith("mine workers 约5")


@pytest.mark.parametrize("ruleset", [[one("workers: 1", "not_applicable")]], indirect=True)
def test_rules_and_engines_are_chosen_by_name(ruleset: Ruleset) -> None:
    assert run_examples(ruleset, rules=["mine.kept"]) == []
    with pytest.raises(UsageError, match="there is no engine `abacus`"):
        run_examples(ruleset, engines=["abacus"])


SAME_KEY = [
    "{name: many, given: {id: M1, workers: 2, years: [{year: 2023}]}, verdict: violation, also: {mine.kept: violation}}",
    "{name: few, given: {id: M1, workers: 1, years: [{year: 2023}]}, verdict: compliant, also: {mine.kept: violation}}",
    "{name: later, given: {id: M2, workers: 约1, years: [{year: 2023}]}, verdict: undetermined, as_of: 2025-01-01}",
]


@pytest.mark.parametrize("ruleset", [SAME_KEY], indirect=True)
def test_examples_do_not_touch_one_another(ruleset: Ruleset) -> None:
    results = run_examples(ruleset)
    assert [(each.example, each.engine) for each in results] == [
        (name, engine) for name in ("many", "few", "later") for engine in ("scalar", "polars")
    ]
    assert all(each.passed for each in results)
    assert [bool(each.problems) for each in results] == [False] * 4 + [True] * 2
