"""The Ba'nan registry: its files are what `make` writes, and a check finds what its README states."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import shipped_kit
from banan_page import BEGIN_2026, FOLDER, PAGE, conclusions, count_rows, counts, drawn, files, numbers, refreshed
from once_kit import asked_once

from hegui import api
from hegui.explaining.law import later as later_law
from hegui.facts.registry import Registry
from hegui.outcome import Verdict
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset

HERE = Path(__file__).parent.parent
DAY, DUE, LATER = date(2024, 3, 11), date(2024, 4, 23), date(2026, 11, 23)
PUBLISHED = [80, 78, 2, 17, 5, 31, 42, 27]
"""The numbers the inspection notice publishes, in its order."""


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return shipped_kit.loaded(shipped_kit.FOLDER)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return shipped_kit.registry(DAY, shipped_kit.FOLDER)


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    """The day of the decision is no part of what an engine is asked."""
    with asked_once():
        yield


@pytest.fixture(scope="module", params=["polars", "scalar"])
def run(request: pytest.FixtureRequest, rules: Ruleset, registry: Registry) -> Run:
    return api.check(registry, rules, as_of=DAY, engine=request.param)


@pytest.fixture(scope="module", params=["polars", "scalar"])
def later(request: pytest.FixtureRequest, rules: Ruleset, registry: Registry) -> Run:
    return api.check(registry, rules, as_of=LATER, engine=request.param, rules=BEGIN_2026)


def page() -> str:
    return PAGE.read_text("utf-8")


def section(heading: str) -> str:
    """The part of the page under a heading of the second rank that begins so."""
    (found,) = re.findall(rf"^## {heading}.*?(?=^## |\Z)", page(), re.MULTILINE | re.DOTALL)
    return str(found)


def stated(text: str) -> dict[str, tuple[int, ...]]:
    """The numbers of a table, by the rule or conclusion at the head of its row."""
    rows = re.findall(r"^\| ([\w-]+\.[\w.-]+) · [^|]*\|((?: \d+ \|)+)$", text, re.MULTILINE)
    assert len({name for name, _ in rows}) == len(rows)
    return {name: tuple(int(number) for number in re.findall(r"\d+", cells)) for name, cells in rows}


# --- what a check finds


def test_a_check_finds_what_the_readme_states(run: Run) -> None:
    found = {summary.rule: numbers(summary) for summary in run.summary.rules if summary.rule not in BEGIN_2026}
    assert found == stated(section("What a check finds"))


def test_rules_that_begin_in_2026_find_what_the_readme_states(run: Run, later: Run) -> None:
    now = {summary.rule: numbers(summary) for summary in run.summary.rules if summary.rule in BEGIN_2026}
    assert {counted[:2] + counted[3:] for counted in now.values()} == {(0, 0, 0, 0, 0)}
    assert {summary.rule: numbers(summary) for summary in later.summary.rules} == stated(section("Rules that begin"))


def test_conclusions_are_drawn_as_the_readme_states(run: Run) -> None:
    assert {each.conclusion: drawn(each) for each in run.drawing.summaries} == stated(section("Conclusions"))


def test_the_tables_of_the_readme_are_fresh(run: Run, later: Run, rules: Ruleset) -> None:
    tables = {
        "counts": counts(run),
        "counts-2026": count_rows(later, BEGIN_2026),
        "conclusions": conclusions(run),
        "files": files(rules.vocabulary.kinds),
    }
    fresh = refreshed(page(), tables)
    if os.environ.get("HEGUI_GOLDEN") == "write":
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert fresh == page()


def test_every_rule_meets_all_four_verdicts(rules: Ruleset) -> None:
    found = {**stated(section("What a check finds")), **stated(section("Rules that begin"))}
    assert set(found) == set(rules.rules)
    assert [name for name, (hits, *rest, _, apart) in found.items() if 0 in (hits + apart, *rest)] == []


def test_every_conclusion_is_drawn(rules: Ruleset) -> None:
    found = stated(section("Conclusions"))
    assert set(found) == set(rules.conclusions)
    assert [name for name, (certain, _) in found.items() if not certain] == []


def test_what_rests_on_memory_is_named(run: Run) -> None:
    apart = {summary.rule for summary in run.summary.rules if summary.from_memory}
    assert set(re.findall(r"^\| `([\w.-]+)` \|", section("What rests on memory"), re.MULTILINE)) == apart


# --- the notice


def test_the_published_numbers_are_found(run: Run) -> None:
    (notice,) = run.notice
    assert [(each.published, each.found) for _, each in notice.compared] == [(number, number) for number in PUBLISHED]
    rows = re.findall(r"^\| \S+ \|[^|]*\| (\d+) \|", section("What agrees"), re.MULTILINE)
    assert [int(number) for number in rows] == PUBLISHED


def test_the_plan_is_judged_once_it_is_due(rules: Ruleset, registry: Registry) -> None:
    verdicts = {}
    for day in (DAY, DUE, date(2024, 4, 24)):
        asked = api.check(registry, rules, as_of=day, rules=["rectification.plan-late"], entity="FK2024-1", every=True)
        verdicts[day] = [finding.verdict for finding in asked.findings]
    assert list(verdicts.values()) == [[Verdict.NOT_APPLICABLE], [Verdict.NOT_APPLICABLE], [Verdict.UNDETERMINED]]


def test_a_later_decision_changes_no_verdict_and_shows_later_law(run: Run, rules: Ruleset, registry: Registry) -> None:
    decided = api.check(registry, rules, as_of=DAY, decided_on=LATER, engine=run.info.engine)
    assert decided.summary.rules == run.summary.rules
    assert [(each.fingerprint, each.verdict) for each in decided.findings] == [
        (each.fingerprint, each.verdict) for each in run.findings
    ]
    assert [(each.fingerprint, each.verdict) for each in decided.drawing.drawn] == [
        (each.fingerprint, each.verdict) for each in run.drawing.drawn
    ]
    law: dict[str, set[str | None]] = {}
    for finding in decided.findings:
        if finding.verdict is Verdict.VIOLATION:
            found = later_law(decided.case(finding))
            law.setdefault(finding.rule, set()).add(found.status if found is not None else None)
    assert law["coating.open-air"] == law["mine.over-scale"] == law["exhaust.incomplete"] == {"changed"}
    assert law["protected-area.reserve-three-zones"] == {"repealed"}
    assert law["burning.straw"] == {"changed", None}
    assert law["farm.no-tail-water-treatment"] == law["power.capacity"] == law["building.altered"] == {None}


# --- the files


def test_every_problem_of_the_data_is_explained(registry: Registry) -> None:
    told = section("Blemishes")
    named = {(problem.entity or problem.raw or "", problem.problem) for problem in registry.problems}
    assert [each for each in sorted(named) if each[0] not in told] == []


def made(folder: Path) -> dict[str, bytes]:
    """What `make` writes into a folder, by name."""
    command = [sys.executable, "-B", str(FOLDER / "make"), str(folder)]
    subprocess.run(command, check=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def parts(name: str, body: bytes) -> object:
    """The parts of a workbook (compression differs between machines), or the bytes of any other file."""
    if not name.endswith(".xlsx"):
        return body
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def test_the_files_are_what_make_writes(tmp_path: Path) -> None:
    written = made(tmp_path)
    assert [name for name in written if parts(name, written[name]) != parts(name, (FOLDER / name).read_bytes())] == []
    assert {path.name for path in FOLDER.iterdir()} == {*written, "README.md", "make"}
