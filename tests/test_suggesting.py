"""`hegui test --suggest`: examples that are found, that load and pass where they are pasted, and what is left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from goldens import same_as

from hegui.assure.examples import run_examples
from hegui.assure.suggesting import Proposed, suggest
from hegui.assure.suggesting.solving import Domain, around
from hegui.assure.suggesting.writing import scalar, written
from hegui.cli import main
from hegui.ruleset import load
from hegui.ruleset.model import Ruleset
from hegui.source import Source, read_yaml

FOLDER = Path(__file__).parent / "broken"
RULESETS = Path(__file__).parent.parent / "rulesets"
KINDS = """
ruleset: proposed
title: {zh: 建议, en: proposed}
version: "1"
---
kind: tank
label: {zh: 罐, en: tank}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  filled: {type: number, unit: t, label: {zh: 存量, en: filled}}
  room: {type: number, unit: kg, label: {zh: 容量, en: room}}
  valves: {type: int, label: {zh: 阀门, en: valves}}
  emptied_on: {type: date, label: {zh: 清空日期, en: emptied on}}
has_many:
  checks: {kind: check, by: tank, label: {zh: 检查, en: checks}}
---
kind: check
label: {zh: 检查, en: check}
key: none
fields:
  tank: {type: ref, to: tank, label: {zh: 罐, en: tank}}
  on: {type: date, label: {zh: 日期, en: day}}
  leak: {type: number, unit: kg, label: {zh: 泄漏, en: leak}}
---
parameters:
  tank.share:
    label: {zh: 比例, en: share}
    values:
      - {value: 0.5, from: 2020-01-01, to: 2021-12-31, certainty: seen, source: {zh: 例, en: made up}}
      - {value: 0.35, from: 2022-01-01, certainty: seen, source: {zh: 例, en: made up}}
  tank.days:
    label: {zh: 天数, en: days}
    type: int
    unit: d
    values:
      - {value: 30, certainty: seen, source: {zh: 例, en: made up}}
---
"""


def hegui(*args: str) -> Result:
    return CliRunner().invoke(main, ["test", *args])


def ruleset_of(tmp_path: Path, rule: str, examples: str) -> Ruleset:
    """A ruleset with one rule, whose examples are lines."""
    path = tmp_path / "proposed.yaml"
    rest = "message: {zh: 例, en: made up}\nnature: clue\nseverity: low\nabout: tank\n"
    path.write_text(
        f"{KINDS}rule: tank.test\ntitle: {{zh: 罐, en: tank}}\n{rest}{rule}\nexamples:\n{examples}\n", "utf-8"
    )
    return load(path)


def proposed(ruleset: Ruleset) -> dict[str, dict[str, str]]:
    """What is proposed, by heading: facts and verdict by name."""
    from hegui.assure.suggesting.writing import flow

    found = suggest(ruleset, list(ruleset.rules))
    return {
        section.heading.en: {
            each.name: f"{flow(each.given)} {each.as_of or ''} {each.verdict}".replace("  ", " ")
            for each in section.examples
        }
        | ({"": section.notes[0].en} if section.notes else {})
        for each in found
        for section in each.sections
    }


def paste(folder: Path, each: Proposed, lines: list[str]) -> None:
    """Put proposed examples below those of their rule, in a copy of its ruleset."""
    path = folder / each.rule.span.source.name
    documents = path.read_text(encoding="utf-8").split("\n---\n")
    (at,) = [i for i, text in enumerate(documents) if f"\nrule: {each.rule.name}\n" in f"\n{text}\n"]
    documents[at] = documents[at].rstrip("\n") + "\n" + "\n".join(lines)
    path.write_text("\n---\n".join(documents) + "\n", encoding="utf-8")


def pasted(folder: Path, name: str, rules: list[str], lang: str = "en") -> int:
    """Paste all that is proposed for some rules and run it on every engine; says how many there were."""
    ruleset = load(name)
    found = suggest(ruleset, rules, lang)
    documents = "".join(written(found, lang)).split("\n---\n")[1:]
    for each, text in zip(found, documents, strict=True):
        paste(folder, each, text.rstrip("\n").split("\nexamples:\n")[1].split("\n"))
    results = run_examples(load(name), rules=[each.rule.name for each in found])
    names = {example.name for each in found for section in each.sections for example in section.examples}
    new = [each for each in results if each.example in names]
    assert [(each.rule, each.example, [f.render() for f in each.failures]) for each in new if not each.passed] == []
    return len(new)


def test_what_is_proposed_for_a_small_ruleset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    for lang in ("en", "zh"):
        done = hegui("tested", "--suggest", "--lang", lang)
        assert done.exit_code == 0
        same_as(f"tested-suggest-{lang}.yaml", done.stdout)
        documents = read_yaml(Source("suggested", done.stdout))
        assert [document.data["rule"] for document in documents] == ["fridge.frosted", "shop.crowded"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_pasted_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    shutil.copytree(FOLDER / "tested", tmp_path / "tested")
    monkeypatch.chdir(tmp_path)
    assert pasted(tmp_path, "tested", ["fridge.frosted", "shop.crowded", "fridge.open"], lang) > 5


SHIPPED = ["mine.over-scale", "mine.over-scale-not-pressed", "livestock.*", "tail-water.*", "petition.*"]


@pytest.mark.slow
def test_what_is_pasted_into_a_shipped_ruleset_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fnmatch import fnmatchcase

    shutil.copytree(RULESETS, tmp_path / "rulesets")
    monkeypatch.chdir(tmp_path)
    rules = [name for name in load("rulesets/banan").rules if any(fnmatchcase(name, glob) for glob in SHIPPED)]
    assert pasted(tmp_path, "rulesets/banan", rules) > 100


def test_a_share_of_a_quantity_in_another_unit(tmp_path: Path) -> None:
    ruleset = ruleset_of(
        tmp_path,
        'violation: filled > room * param("tank.share")\nin_force: {from: 2021-01-01}',
        "  - {name: above, given: {filled: 5, room: 10000}, verdict: violation}",
    )
    assert proposed(ruleset) == {
        'filled > room * param("tank.share")': {
            'filled just below room * param("tank.share")': "{filled: 3.4, room: 10000} compliant",
            'filled exactly room * param("tank.share")': "{filled: 3.5, room: 10000} compliant",
            'filled just above room * param("tank.share")': "{filled: 3.6, room: 10000} violation",
            "filled missing": "{room: 10000} undetermined",
            "room missing": "{filled: 3.5} undetermined",
        },
        "2021-01-01: the rule comes into force": {
            "before the change of 2021-01-01": "{filled: 5, room: 10000} 2020-12-31 not_applicable",
            "after the change of 2021-01-01": "{filled: 5, room: 10000} 2021-01-01 compliant",
        },
        '2022-01-01: param("tank.share") is 0.35': {
            "before the change of 2022-01-01": "{filled: 5, room: 10000} 2021-12-31 compliant",
            "after the change of 2022-01-01": "{filled: 5, room: 10000} 2022-01-01 violation",
        },
    }


def test_days_and_counts_go_step_by_step(tmp_path: Path) -> None:
    ruleset = ruleset_of(
        tmp_path,
        'violation: days_between(emptied_on, as_of) > param("tank.days") && checks.filter(c, c.on > emptied_on).size() < 2',
        "  - {name: above, given: {emptied_on: 2024-01-01, checks: [{on: 2024-01-02}]}, verdict: violation}",
    )
    found = proposed(ruleset)
    days = found['days_between(emptied_on, as_of) > param("tank.days")']
    assert days['days_between(emptied_on, as_of) exactly param("tank.days")'].startswith("{emptied_on: 2024-02-10,")
    sizes = found["checks.filter(c, c.on > emptied_on).size() < 2"]
    assert [each.split(" ")[-1] for each in sizes.values()][:2] == ["compliant", "compliant"]
    assert "checks.on just below emptied_on" in found["checks.on > emptied_on"]


def test_what_is_covered_is_left_out(tmp_path: Path) -> None:
    ruleset = ruleset_of(
        tmp_path,
        "violation: valves > 3",
        """  - {name: below, given: {valves: 2}, verdict: compliant}
  - {name: at, given: {valves: 3}, verdict: compliant}
  - {name: above, given: {valves: 4}, verdict: violation}
  - {name: none, given: {}, verdict: undetermined}""",
    )
    assert proposed(ruleset) == {}


def test_what_cannot_be_found_is_said(tmp_path: Path) -> None:
    ruleset = ruleset_of(
        tmp_path,
        "violation: valves > 3",
        "  - {name: none, given: {}, verdict: undetermined, causes: [missing valves]}",
    )
    assert list(proposed(ruleset)["valves > 3"]) == [""]


def test_nothing_to_propose_is_no_mistake() -> None:
    done = hegui(str(FOLDER / "kit"), "--suggest")
    assert done.exit_code == 0
    assert done.stderr == "0 examples proposed for 0 rules\n"


@pytest.mark.parametrize(
    ("distance", "start", "sort", "expected"),
    [
        (lambda v: v - 10, 50, "int", {"below": 9, "at": 10, "above": 11}),
        (lambda v: 2 * v - 5, 50, "int", {"below": 2, "above": 3}),
        (lambda v: v * 0.1 - 0.25, 1, "number", {"below": 2.4, "at": 2.5, "above": 2.6}),
        (lambda v: v * v - 2.25, 7, "number", {"below": 1.4, "at": 1.5, "above": 1.6}),
        (lambda v: 1.0 if v > 1000 else -1.0, 1, "int", {"below": 1000, "above": 1001}),
        (lambda v: 3.0, 1, "int", {}),
        (lambda v: None, 1, "number", {}),
    ],
)
def test_where_a_limit_is_met(distance: object, start: int, sort: object, expected: dict[str, object]) -> None:
    assert around(distance, start, Domain(sort)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["2009", "no", "a: b", "", " a", "1e3", "~", "- a", "a #b", 'it\'s "so"', "中文 名", "x\ny"]
)
def test_texts_are_read_as_they_were(text: str) -> None:
    (document,) = read_yaml(Source("t", f"a: [{scalar(text)}, 1]\n"))
    assert document.data == {"a": [text, 1]}
