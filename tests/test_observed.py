"""`hegui test`: what it says of conditions and mutants, when that fails, in every format."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from goldens import same_as

from hegui.assure.coverage import Share
from hegui.assure.observed import shown
from hegui.assure.trial_report import WRITERS
from hegui.cli import main

FOLDER = Path(__file__).parent / "broken"


def hegui(*args: str) -> Result:
    return CliRunner().invoke(main, ["test", "--engine", "scalar", *args])


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named as they were given, so in golden files they are relative."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr("hegui.conclusions.chaining.available", lambda: False)  # it is not there everywhere


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", WRITERS)
def test_every_format_tells_what_is_missing_and_what_survives(name: str, lang: str) -> None:
    done = hegui("mutants/fridges.yaml", "--mutate", "--min-coverage", "90", "--format", name, "--lang", lang)
    assert done.exit_code == 1
    same_as(f"observed-{lang}.{name}", done.stdout)


def test_what_examples_do_not_show_fails_only_below_the_percentage_asked_for() -> None:
    for minimum, code in (
        ((), 0),
        (("--min-coverage", "56"), 0),
        (("--min-coverage", "57"), 1),
        (("--min-coverage", "100"), 1),
    ):
        assert hegui("mutants/fridges.yaml", *minimum).exit_code == code
    assert hegui("mutants/fridges.yaml", "-k", "fridge.frosted", "--min-coverage", "100").exit_code == 0
    assert "less than the 57 % asked for" in hegui("mutants/fridges.yaml", "--min-coverage", "57").stdout


@pytest.mark.parametrize("given", ["101", "-1", "half"])
def test_a_percentage_that_is_none_is_a_mistake_of_usage(given: str) -> None:
    done = hegui("mutants/fridges.yaml", "--min-coverage", given)
    assert done.exit_code == 3
    assert "Traceback" not in done.output


def test_mutants_fail_where_one_is_left() -> None:
    assert hegui("mutants/fridges.yaml", "-k", "fridge.frosted", "--mutate").exit_code == 0
    assert hegui("mutants/fridges.yaml", "-k", "shop.*", "--mutate").exit_code == 1


ACCEPTED = """\
---
accepted:
  - finding: mutant
    name: fridge.old
    reason: {zh: 门店不记录到日, en: nobody records the day}
  - finding: mutant
    name: shop.old-fridge
    detail: "violation: fridges.exists(…) → fridges.all(…)"
    reason: {zh: 每店一台, en: a shop has one}
"""


def test_what_is_accepted_fails_nothing_and_what_is_accepted_in_vain_does(tmp_path: Path) -> None:
    text = Path("mutants/fridges.yaml").read_text(encoding="utf-8")
    path = tmp_path / "fridges.yaml"
    path.write_text(text.split("---\naccepted:")[0] + ACCEPTED, encoding="utf-8")
    done = hegui(str(path), "-k", "shop.*", "--mutate", "--format", "json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)["mutation"]
    assert told["left"] == []
    assert [(each["name"], each["reason"]["en"]) for each in told["accepted"]] == [
        ("shop.old-fridge", "a shop has one"),
        *[("fridge.old", "nobody records the day")] * 3,
    ]
    path.write_text(path.read_text(encoding="utf-8").replace("fridges.all(…)", "fridges.none(…)"), encoding="utf-8")
    done = hegui(str(path), "-k", "shop.*", "--mutate")
    assert done.exit_code == 1
    assert "[accepted-in-vain]" in done.stdout
    assert (
        hegui(str(path), "-k", "fridge.frosted", "--mutate").exit_code == 0
    )  # of what was not looked at nothing is said


def test_the_numbers_of_junit_are_those_of_its_cases() -> None:
    done = hegui("mutants/fridges.yaml", "--mutate", "--format", "junit")
    suites = ET.fromstring(done.stdout)
    for element in (suites, *suites.iter("testsuite")):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases)
        assert int(element.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
        assert int(element.get("skipped", "")) == sum(case.find("skipped") is not None for case in cases)
    names = [(case.get("classname"), case.get("name")) for case in suites.iter("testcase")]
    assert len(names) == len(set(names))
    (coverage,) = [suite for suite in suites.iter("testsuite") if suite.get("name") == "coverage"]
    assert coverage.get("failures") == "0"  # no percentage was asked for


def test_json_tells_what_there_is_to_be_seen() -> None:
    told = json.loads(hegui("mutants/fridges.yaml", "-k", "fridge.loose", "--format", "json").stdout)
    assert "mutation" not in told
    assert told["coverage"]["shares"][0] == {"name": "fridge.loose", "seen": 4, "needed": 9, "percent": 44.4}
    assert told["coverage"]["missing"][0] == {
        "name": "fridge.loose",
        "part": "when",
        "condition": 'sort == "cooler"',
        "never": ["false", "undetermined"],
        "file": "mutants/fridges.yaml",
        "line": 64,
        "column": 7,
    }


def test_a_hundred_percent_is_all() -> None:
    assert shown(Share("", 9999, 10000)) == "99.9"
    assert shown(Share("", 10000, 10000)) == "100.0"
    assert shown(Share("", 0, 0)) == "100.0"


BESIDE = """\
test: open and new
given: {fridge: [{id: F1, sort: cooler, frost: 7, open: true, bought: 2020-05-01}]}
rules: [fridge.loose]
expected: {violation: {fridge.loose: [F1]}}
"""


def test_rows_of_tests_beside_the_ruleset_count_too(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "ruleset.yaml").write_text(Path("mutants/fridges.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "tests" / "open.test.yaml").write_text(BESIDE, encoding="utf-8")

    def told(*names: str) -> tuple[list[str], list[str]]:
        chosen = [part for name in names for part in ("-k", name)]
        done = json.loads(hegui(str(tmp_path), *chosen, "--mutate", "--format", "json").stdout)
        missing = {each["condition"]: each["never"] for each in done["coverage"]["missing"]}
        return missing["open"], [each["detail"] for each in done["mutation"]["left"] if each["name"] == "fridge.loose"]

    alone = ["violation: without open && !old", "violation: without !old", "violation: !old → old"]
    assert told("fridge.loose") == (["true", "undetermined"], alone)
    assert told("fridge.loose", "open and *") == (["undetermined"], ["violation: without !old"])
