"""Conclusions in saved runs, on the command line and for `--fail-on`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from drawn_kit import ALL, CHAINERS, DAY, PRESSED, above, check, document, load, of_mines, tables
from test_cli import hegui

from hegui import api
from hegui.assure.drawn import run_conclusion_examples
from hegui.explaining.words import STANDING
from hegui.outcome import Drawing, RowGround
from hegui.report import WRITERS, Look
from hegui.report.concluded import explain_conclusion
from hegui.report.run import Run
from hegui.source import UsageError

# --- what counts ---------------------------------------------------------------------------------------------------


def test_conclusions_count_for_fail_on(tmp_path: Path) -> None:
    run = replace(check(load(tmp_path, PRESSED)), findings=())
    assert [run.counting(level) for level in ("low", "minor", "major", "critical", "never")] == [1, 1, 1, 1, 0]
    without = replace(run, drawing=Drawing())
    assert run.counting("undetermined") == without.counting("undetermined") + 2
    assert without.counting("critical") == 0


def test_where_only_conclusions_are_found_it_is_not_said_that_nothing_was(tmp_path: Path) -> None:
    body = "given: {t: town}\nabout: {kind: town, id: t.id}"
    run = replace(check(load(tmp_path, document("t.there", body))), findings=())
    assert "Nothing was found" not in "".join(WRITERS["table"](run, Look("en", 100)))


# --- examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chainer", CHAINERS)
def test_examples_are_drawn_by_themselves(tmp_path: Path, chainer: str) -> None:
    """The conclusions an example takes as given need not follow from anything."""
    examples = """
    examples:
    - {name: right, given: {town: [{id: T1}]}, conclusions: [{conclusion: t.low, id: T1}], concluded: [T1]}
    - {name: perhaps, given: {town: [{id: T1}]}, conclusions: [{conclusion: t.low, id: T1, verdict: undetermined}], undetermined: [T1]}
    - {name: wrong, given: {town: [{id: T1}]}, conclusions: [{conclusion: t.low, id: T1}]}
    - {name: lacking, lacking: [town], conclusions: [{conclusion: t.low, id: T1}], undetermined: [T1]}
    """
    results = run_conclusion_examples(load(tmp_path, of_mines("t.low"), above("t.high", "t.low", examples)), (chainer,))
    assert [(each.example, each.passed) for each in results] == [
        ("right", True),
        ("perhaps", True),
        ("wrong", False),
        ("lacking", False),  # whom it is about is not known without the table
    ]
    assert {each.chainer for each in results} == {chainer}


@pytest.mark.parametrize("chainer", CHAINERS)
def test_a_finding_without_an_entity_is_filed_under_the_row_judged(tmp_path: Path, chainer: str) -> None:
    late = """
    given: {f: finding("order.late")}
    where: f.kind == "mine"
    about: {kind: mine, id: f.entity}
    examples:
    - {name: mine known, given: {mine: [{id: M1}]}, findings: [{rule: order.late, entity: M1, key: O1}], concluded: [M1]}
    - {name: an order of that number, given: {mine: [{id: M1}]}, findings: [{rule: order.late, key: M1}]}
    """
    results = run_conclusion_examples(load(tmp_path, document("m.late", late)), (chainer,))
    assert [(each.example, each.passed) for each in results] == [
        ("mine known", True),
        ("an order of that number", True),
    ]


# --- saved runs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Run:
    rules = load(tmp_path, *ALL)
    return api.check(
        api.load_registry([tables(tmp_path / "facts")], rules),
        rules,
        as_of=DAY,
        decided_on=date(2026, 3, 2),
        chainer="reference",
    )


def test_a_saved_run_gives_the_same_reports(saved: Run) -> None:
    read = Run.from_json(saved.to_json())
    assert read.drawing == saved.drawing
    assert read.to_json() == saved.to_json()
    for lang in ("zh", "en"):
        for name in WRITERS:
            assert [*WRITERS[name](read, Look(lang, 90))] == [*WRITERS[name](saved, Look(lang, 90))]
        for each in saved.drawing.drawn:
            asked = (each.conclusion, each.entity, Look(lang, 90))
            assert [*explain_conclusion(read, *asked)] == [*explain_conclusion(saved, *asked)]


DAMAGE: list[tuple[tuple[str | int, ...], object]] = [
    (("conclusions",), {}),
    (("conclusions", 0), 3),
    (("conclusions", 0, "about"), {}),
    (("conclusions", 0, "about"), {"kind": "town"}),
    (("conclusions", 0, "about", "id"), 3),
    (("conclusions", 0, "about", "id"), "T7"),
    (("conclusions", 0, "conclusion"), "t.unknown"),
    (("conclusions", 0, "verdict"), "perhaps"),
    (("conclusions", 0, "facts"), 5),
    (("conclusions", 0, "facts"), None),
    (("conclusions", 0, "facts"), [[]]),
    (("conclusions", 0, "facts"), [{"kind": "mine"}]),
    (("conclusions", 0, "basis"), [{"role": "custom", "text": {"zh": "", "en": ""}}]),
    (("conclusions", 0, "causes"), [{"reason": "laziness", "path": "x", "count": 1}]),
    (("conclusions", 0, "message"), "text"),
    (("conclusions", 0, "due"), "tomorrow"),
    (("conclusions", 0, "because"), "mine.over"),
    (("conclusion_rules",), None),
    (("conclusion_rules", 0, "severity"), "dire"),
    (("conclusion_rules", 0, "nature"), "sin"),
    (("conclusion_rules", 0, "certainty"), "hearsay"),
    (("conclusion_rules", 0, "how"), [["given"]]),
    (("conclusion_rules", 0, "how"), [["guess", "x"]]),
    (("conclusion_rules", 0, "how"), [["given", "x", "y"]]),
    (("conclusion_rules", 0, "conclusion"), "t.unknown"),
    (("chaining",), []),
    (("chaining", "chainer"), 3),
    (("chaining", "notes"), [3]),
]


@pytest.mark.parametrize(("path", "value"), DAMAGE)
def test_a_damaged_run_is_refused_and_the_place_named(saved: Run, path: tuple[str | int, ...], value: object) -> None:
    data = json.loads(saved.to_json())
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(UsageError) as caught:
        Run.from_json(json.dumps(data))
    (found,) = caught.value.diagnostics
    assert found.id == "run-damaged"
    assert str(found.args["path"]).startswith(str(path[0]).replace("conclusion_rules", "conclusion"))


@pytest.mark.parametrize("part", ["conclusions", "conclusion_rules", "chaining"])
def test_a_part_that_is_missing_is_named(saved: Run, part: str) -> None:
    data = json.loads(saved.to_json())
    del data[part]
    with pytest.raises(UsageError, match=part):
        Run.from_json(json.dumps(data))


def test_grounds_that_lead_nowhere_or_in_a_circle_are_no_trouble(saved: Run) -> None:
    """A run somebody has shortened is still a run."""
    first = saved.drawing.drawn[0]
    round_ = replace(
        first, because=(first.fingerprint, "mine.over/mine/M77"), rows=(RowGround("mine", "M1", None, None),)
    )
    run = replace(saved, drawing=replace(saved.drawing, drawn=(round_,)))
    text = "".join(explain_conclusion(run, first.conclusion, first.entity, Look("en", 80)))
    assert text.count(first.fingerprint) == 2


# --- the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def rules(tmp_path: Path) -> tuple[str, ...]:
    """Facts and rules as they are named on the command line."""
    load(
        tmp_path,
        *ALL,
        document("t.later", "in_force: {from: 2030-01-01}\ngiven: {t: town}\nabout: {kind: town, id: t.id}"),
    )
    tables(tmp_path / "facts")
    return (str(tmp_path / "facts"), "--rules", str(tmp_path / "rules.yaml"), "--as-of", "2024-03-11")


@pytest.mark.parametrize(
    ("entity", "conclusion", "en", "zh"),
    [
        ("D1", "department.not-pressed", "One and others not pressed, 1 mines", "未督促One等 1 个矿"),
        ("T2", "department.not-pressed", "T2: not drawn", "T2：未得出该结论"),
        ("T1", "t.high", "t.low/town/T1", "t.low/town/T1"),
        ("T1", "t.later", "not in force on 2024-03-11", "该结论规则在 2024-03-11 不适用"),
    ],
)
def test_explain(rules: tuple[str, ...], entity: str, conclusion: str, en: str, zh: str) -> None:
    for lang, words in (("en", en), ("zh", zh)):
        done = hegui("explain", *rules, entity, conclusion, "--lang", lang)
        assert (done.code, done.err) == (0, "")
        assert words in done.out
        assert STANDING.get(lang) in done.out.replace("\n", " " if lang == "en" else "")


def test_explain_what_is_undetermined(rules: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "facts" / "order.csv").unlink()
    done = hegui("explain", *rules, "D1", "department.not-pressed")
    assert done.code == 0
    assert "undetermined" in done.out
    assert "no table of order" in done.out or "order (order)" in done.out
    assert "unless where" in done.out


def test_explain_what_there_is_not(rules: tuple[str, ...]) -> None:
    done = hegui("explain", *rules, "D1", "department.not-presed")
    assert (done.code, done.out) == (3, "")
    assert "did you mean `department.not-pressed`" in done.err


def test_check_draws(rules: tuple[str, ...]) -> None:
    done = hegui("check", *rules, "--chainer", "reference")
    assert done.code == 1
    assert "── conclusions (leads) 7" in done.out
    assert "── conclusions that may have to be drawn" not in done.out
    assert "because: mine.over/mine/M1" in done.out


def test_check_of_a_part_draws_none(rules: tuple[str, ...]) -> None:
    for part in (("--rule", "mine.*"), ("--entity", "M1")):
        done = hegui("check", *rules, *part, "--format", "json")
        data = json.loads(done.out)
        assert (data["conclusions"], data["conclusion_rules"], data["run"]["chainer"]) == ([], [], None)
    done = hegui("check", *rules, "--rule", "department.*")
    assert (done.code, done.out) == (3, "")
    assert "no rule matches `department.*`" in done.err


def test_check_fails_on_conclusions_alone(rules: tuple[str, ...]) -> None:
    """The gravest of the rules is `major`; the conclusion is `critical`."""
    assert hegui("check", *rules, "--fail-on", "critical").code == 1
    assert hegui("check", *rules, "--fail-on", "critical", "--rule", "*").code == 0


def test_an_unknown_chainer_is_exit_3(rules: tuple[str, ...]) -> None:
    done = hegui("check", *rules, "--chainer", "abacus")
    assert (done.code, done.out) == (3, "")
    assert "'abacus' is not one of" in done.err
