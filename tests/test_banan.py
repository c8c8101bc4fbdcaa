"""The Ba'nan registry: its files are what `make` writes, and a check finds the numbers its README states."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from hegui import engines, facts, ruleset
from hegui.facts.registry import Registry
from hegui.outcome import Judgement, RuleSummary
from hegui.ruleset.model import Ruleset

HERE = Path(__file__).parent.parent
FOLDER = HERE / "facts" / "banan"
DAY = date(2024, 3, 11)


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return ruleset.load(HERE / "rulesets" / "banan")


@pytest.fixture(scope="module")
def registry(rules: Ruleset) -> Registry:
    return facts.read([FOLDER], rules.vocabulary, as_of=DAY)


@pytest.fixture(scope="module", params=["polars", "scalar"])
def judgement(request: pytest.FixtureRequest, rules: Ruleset, registry: Registry) -> Judgement:
    return engines.judge(rules, registry, engine=request.param, as_of=DAY, decided_on=DAY)


def stated() -> dict[str, tuple[int, ...]]:
    """The README's table: rule → violation, compliant, not applicable, undetermined, in scope."""
    rows = re.findall(r"^\| ([a-z-]+\.[a-z-]+) \|((?: \d+ \|){5})$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    return {name: tuple(int(number) for number in re.findall(r"\d+", numbers)) for name, numbers in rows}


def counts(summary: RuleSummary) -> tuple[int, ...]:
    verdicts = (summary.violation, summary.compliant, summary.not_applicable, summary.undetermined)
    return (*verdicts, summary.in_notice_scope)


def test_a_check_finds_what_the_readme_states(judgement: Judgement) -> None:
    assert {summary.rule: counts(summary) for summary in judgement.summaries} == stated()


def test_every_rule_meets_all_four_verdicts(rules: Ruleset) -> None:
    assert set(stated()) == set(rules.rules)
    assert [name for name, numbers in stated().items() if 0 in numbers[:4]] == []


def test_31_households_as_the_notice_counts_them(judgement: Judgement) -> None:
    (summary,) = [each for each in judgement.summaries if each.rule == "farm.no-tail-water-treatment"]
    assert summary.in_notice_scope == 31


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
    files = made(tmp_path)
    assert [name for name in files if parts(name, files[name]) != parts(name, (FOLDER / name).read_bytes())] == []
    assert {path.name for path in FOLDER.iterdir()} == {*files, "README.md", "make"}
