"""The formats for programs and comments: Markdown, SARIF, JUnit, annotations."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import sample
import shipped_kit
import ugly
from goldens import same_as
from sarif_log import check_sarif

from hegui import api
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.markdown import MOST
from hegui.report.plain import isolated
from hegui.report.run import Run
from hegui.report.sorts import Sort, gravest_first, listed, of_sort, sort_of, total

BANAN, AS_OF = Path(__file__).parent.parent / "facts" / "banan", date(2024, 3, 11)
ENDS = {"markdown": "md", "sarif": "json", "junit": "xml", "github": "txt"}
WAIVER = """
schema: hegui/waivers/1
waivers:
  - waiver: q1-extension
    scope: {rule: quarry.over-scale, entity: Q1}
    reason: {zh: 正在办理扩能手续, en: the licence is being extended}
    document: 规资〔2026〕7号
    approved_by: {zh: 区规划和自然资源局, en: district planning office}
    from: 2026-01-01
    until: 2026-12-31
"""


def written(name: str, run: Run, lang: str = "zh", limit: int | None = 500) -> str:
    return "".join(WRITERS[name](run, Look(lang, limit=limit)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The sample with a waiver."""
    return with_waiver(tmp_path_factory.mktemp("waivers"))


def with_waiver(folder: Path, **how: Any) -> Run:
    path = folder / "w.yaml"
    path.write_text(WAIVER, "utf-8")
    waivers = api.load_waivers([path], sample.ruleset())
    how |= {"as_of": sample.AS_OF, "decided_on": sample.DECIDED_ON, "engine": "scalar", "every": True}
    return api.check(sample.registry(), sample.ruleset(), waivers=waivers, **how)


@pytest.fixture(scope="module")
def banan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """A part of what is found in Ba'nan, in memory and kept."""
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(AS_OF)
    rules = [name for name in ruleset.rules if name.startswith(("permit.", "mine.", "hazardous-waste."))]
    folder = tmp_path_factory.mktemp("kept") / "found"
    held, kept = (
        api.check(registry, ruleset, as_of=AS_OF, decided_on=AS_OF, engine="scalar", rules=rules, findings=at)
        for at in (None, folder)
    )
    return held, kept


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize(
    ("made", "lang", "called"),
    [(sample.run, "zh", "report.{}.zh"), (sample.run, "en", "report.{}.en"), (ugly.run, "zh", "ugly.{}")],
)
def test_what_stands_in_it(name: str, made: Callable[[], Run], lang: str, called: str) -> None:
    text = written(name, made(), lang)
    same_as(f"{called.format(name)}.{ENDS[name]}", text.replace("长" * 100, "…"))
    assert STANDING.get(lang) in text
    assert text == written(name, made(), lang)


@pytest.mark.parametrize("name", ENDS)
def test_private_values_stand_nowhere(name: str) -> None:
    text = written(name, sample.run(every=True))
    assert "13800000000" not in text
    assert "1390000" not in text


@pytest.mark.parametrize("name", ENDS)
def test_kept_findings_are_written_alike(name: str, banan: tuple[Run, Run]) -> None:
    held, kept = banan
    assert kept.kept
    assert total(held, Sort.VIOLATION) > 0

    def same(run: Run) -> str:
        return re.sub(r'"startTimeUtc": "[^"]+"', "", written(name, run))

    assert same(kept) == same(held)


@pytest.mark.parametrize("name", ENDS)
def test_saved_and_kept_runs_are_written_alike(name: str, waived: Run, tmp_path: Path) -> None:
    def same(run: Run) -> str:
        return re.sub(r'"startTimeUtc": "[^"]+"', "", written(name, run))

    assert written(name, Run.from_json(waived.to_json())) == written(name, waived)
    kept = with_waiver(tmp_path, findings=tmp_path / "found")
    assert kept.kept
    assert total(kept, Sort.WAIVED) == 1
    assert same(kept) == same(waived)


def test_sorts_part_the_findings(waived: Run, banan: tuple[Run, Run]) -> None:
    for run in (waived, *banan, sample.run(every=True), sample.run()):
        found = Counter(sort_of(run, each) for each in run.findings)
        assert found == {sort: total(run, sort) for sort in listed(run) if total(run, sort)}
        by_rule = [each for item in run.counts for sort in listed(run) for each in of_sort(run, item.rule, sort)]
        assert sorted(each.fingerprint for each in by_rule) == sorted(each.fingerprint for each in run.findings)
        assert {each.fingerprint for sort in Sort for each in gravest_first(run, sort)} == {
            each.fingerprint for each in run.findings
        } or listed(run) != tuple(Sort)
    assert total(waived, Sort.WAIVED) == 1


# --- Markdown ------------------------------------------------------------------------------------------------------


def test_markdown_says_what_it_leaves_out() -> None:
    text = written("markdown", sample.run(), "en", limit=2)
    assert text.count("\n| critical |") + text.count("\n| major | extraction") == 4  # two rows by rule, two findings
    assert "4 more are not listed" in text
    assert "7 more are not listed" in text


def test_markdown_fits_in_a_comment(banan: tuple[Run, Run]) -> None:
    run = api.check(shipped_kit.registry(AS_OF), shipped_kit.loaded(), as_of=AS_OF)
    for lang in ("zh", "en"):
        text = written("markdown", run, lang)
        assert len(text) < 65_536
        assert len(re.findall("row \\d+ \\||第 \\d+ 行 \\|", text)) <= MOST


def test_markdown_has_no_markup_of_others() -> None:
    text = written("markdown", ugly.run(), "en")
    tags = re.findall(r"(?<!\\)<(?!br>)[^\n]{0,20}", text)
    assert not tags
    assert not re.search(r"(?<!\\)\]\(", text)
    rows = [row for row in text.splitlines() if row.startswith("| ") and "quarry " in row]
    assert rows
    assert len({len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows}) <= 2  # findings, and conclusions


@pytest.mark.parametrize("text", [ugly.TURNED, "\u2067\u2067a", "\u2069\u2069b\u200f", "א", "\u202ea\u2066b\u2069"])
def test_no_text_turns_what_stands_beside_it(text: str) -> None:
    depth = 0
    shown = isolated(text)
    for number, char in enumerate(shown):
        depth += (char in "\u2066\u2067\u2068") - (char == "\u2069")
        assert depth > 0 or number == len(shown) - 1
    assert depth == 0


def test_junit_holds_no_character_that_is_not_seen() -> None:
    """But references to them: a program reads what it would have read."""
    text = written("junit", ugly.run(), "en")
    assert not [char for char in text if unicodedata.category(char) == "Cf"]
    names = [each.get("name") or "" for each in ElementTree.fromstring(text.encode()).iter("testcase")]
    assert any(ugly.TURNED in name for name in names)
    assert "&#x202e;三岔&#x202c;采石场&#x2067;&#x200f;" in text


def test_annotations_name_keys_as_they_are() -> None:
    run = sample.run()
    found = next(each for each in run.findings if each.verdict is Verdict.UNDETERMINED)
    odd = replace(found, entity="M%201%2F50%25,x", name=None)
    text = written("github", replace(run, findings=(odd,)), "en", None)
    assert "::M 1/50%25,x · M 1/50%25,x: " in text


# --- SARIF ---------------------------------------------------------------------------------------------------------


def test_sarif_holds_to_the_schema(waived: Run, banan: tuple[Run, Run]) -> None:
    for run in (sample.run(), ugly.run(), waived, banan[1]):
        log = check_sarif(written("sarif", run, "en"))
        assert len(log["results"]) == len(run.findings) + len(run.drawing.drawn)
        rules = log["tool"]["driver"]["rules"]
        for result in log["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["kind"] == "fail" or result["level"] == "none"


def test_sarif_leads_to_the_row_and_the_cells() -> None:
    log = check_sarif(written("sarif", sample.run(), "en"))
    found = {result["partialFingerprints"]["hegui/v1"]: result for result in log["results"]}
    result = found["quarry.over-scale/year/Q1,2023"]
    assert (result["kind"], result["level"]) == ("fail", "error")
    (where,) = result["locations"]
    assert where["physicalLocation"] == {"artifactLocation": {"uri": "quarries.xlsx"}, "region": {"startLine": 3}}
    assert [each["name"] for each in where["logicalLocations"]] == ["产量", "青石采石场"]
    said = {each["message"]["text"]: each for each in result["relatedLocations"]}
    cell = said["amount extracted: 120,000 t/a"]
    assert [each["name"] for each in cell["logicalLocations"]] == ["产量", "C"]
    assert found["quarry.over-scale/year/Q3,2023"]["kind"] == "open"
    assert found["water.solids/water/W2"]["kind"] == "review"
    drawn = found["town.offences-unsupervised/town/T1"]
    assert drawn["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] > 1


def test_sarif_suppresses_what_is_waived(waived: Run) -> None:
    log = check_sarif(written("sarif", waived, "zh"))
    (result,) = (each for each in log["results"] if "suppressions" in each and each["ruleId"] == "quarry.over-scale")
    assert (result["kind"], result["partialFingerprints"]["hegui/v1"]) == ("fail", "quarry.over-scale/year/Q1,2023")
    (covered,) = result["suppressions"]
    assert covered["kind"] == "external"
    assert "规资〔2026〕7号" in covered["justification"]
    assert "正在办理扩能手续" in covered["justification"]
    assert Counter(each["kind"] for each in log["results"])["pass"] == waived.summary.total(Verdict.COMPLIANT)


# --- JUnit ---------------------------------------------------------------------------------------------------------


def test_junit_counts_what_it_holds(waived: Run, banan: tuple[Run, Run]) -> None:
    for run in (sample.run(), ugly.run(), waived, banan[1]):
        root = ElementTree.fromstring(written("junit", run))
        for at in (root, *root.iter("testsuite")):
            held = {
                "tests": len(list(at.iter("testcase"))),
                "failures": len(list(at.iter("failure"))),
                "errors": 0,
                "skipped": len(list(at.iter("skipped"))),
            }
            assert {name: int(at.attrib[name]) for name in held} == held
        drawn = sum(each.counts for each in run.drawing.drawn)
        assert int(root.attrib["failures"]) <= run.summary.total(Verdict.VIOLATION) + drawn
        assert int(root.attrib["tests"]) == len(run.findings) + len(run.drawing.drawn)


def test_junit_says_why_a_case_is_skipped(waived: Run) -> None:
    root = ElementTree.fromstring(written("junit", waived))
    said = [case.attrib["message"] for case in root.iter("skipped")]
    assert any("规资〔2026〕7号" in text for text in said)
    assert any(text.startswith("未核对来源：") for text in said)
    assert any("待核实" in text for text in said)


# --- annotations ---------------------------------------------------------------------------------------------------


def test_every_line_is_one_command() -> None:
    lines = written("github", ugly.run(), "en").splitlines()
    command = re.compile(r"::(?:error|warning|notice) (?:[a-z]+=[^,:]*,)*[a-z]+=[^,:]*::\S.*")
    assert [line for line in lines if not command.fullmatch(line)] == []


def test_annotations_say_what_they_leave_out() -> None:
    run = sample.run()
    every = written("github", run, "en", None).splitlines()
    some = written("github", run, "en", 3).splitlines()
    assert len(some) == 4
    assert some[:3] == every[:3]
    assert f"{len(every) - 4} more are not listed" in some[-1]
    assert "not listed" not in every[-1]
