"""`hegui test`: what examples state held against what comes of them, tests of registries, and how it is told."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from os.path import relpath
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from goldens import same_as

from hegui.assure.examples import run_examples
from hegui.assure.expected import fits
from hegui.assure.trial_report import WRITERS
from hegui.assure.trials import chainers
from hegui.cli import main
from hegui.ruleset import load

FOLDER = Path(__file__).parent / "broken"
TESTED = FOLDER / "tested"


def hegui(*args: str) -> Result:
    return CliRunner().invoke(main, ["test", *args])


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named as they were given, so in golden files they are relative."""
    monkeypatch.chdir(FOLDER)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", WRITERS)
def test_every_format_tells_each_seeded_fault(name: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hegui.conclusions.chaining.available", lambda: False)  # it is not there everywhere
    done = hegui("tested", "--format", name, "--lang", lang)
    assert done.exit_code == 1
    same_as(f"tested-{lang}.{name}", done.stdout)


def test_there_is_a_case_for_each_example_and_engine() -> None:
    done = hegui("tested", "--format", "junit")
    suites = ET.fromstring(done.stdout)
    cases = [(case.get("classname"), case.get("name")) for case in suites.iter("testcase")]
    assert len(cases) == len(set(cases)) == int(suites.get("tests", ""))
    assert ("shop.crowded", "three (polars)") in cases
    assert {("shop.all-open", f"as expected ({each})") for each in chainers()} <= set(cases)
    assert ("rows given here", "scalar") in cases


def test_what_is_chosen_by_name() -> None:
    done = hegui("tested", "-k", "shop.*", "--rule", "rows*", "--engine", "polars", "--format", "json")
    assert done.exit_code == 1
    tried = {(each["subject"], each["runner"]) for each in json.loads(done.stdout)["trials"]}
    assert tried == {
        ("shop.crowded", "polars"),
        *(("shop.all-open", each) for each in chainers()),
        ("rows given here", "polars"),
    }


def test_all_that_is_chosen_passes() -> None:
    done = hegui("tested", "-k", "shop.crowded")
    assert done.exit_code == 0
    assert "rules 1, examples 1 (scalar, polars)\npassed 1, failed 0\n" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("tested", "-k", "shop.crowd"), 3, "no rule, conclusion or test matches `shop.crowd`, did you mean"),
        (("kit", "-k", "mine.k*"), 3, "`mine.k*` has no example and no test"),
        (("kit",), 3, "nothing was tested: `kit` has no example and no test"),
        (("tested", "--engine", "abacus"), 3, "there is no engine `abacus`"),
        (("tested", "--format", "pdf"), 3, "there is no format `pdf`"),
        (("examples.yaml",), 2, "`mine_year` has no `yaer`"),
        (("nowhere",), 3, "there is no ruleset `nowhere`"),
    ],
)
def test_what_cannot_be_done_is_said(args: tuple[str, ...], code: int, said: str) -> None:
    done = hegui(*args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_wrong_with_tests_is_said(lang: str) -> None:
    done = hegui("tested-wrong", "--lang", lang)
    assert (done.exit_code, done.stdout) == (3, "")
    same_as(f"tested-wrong-{lang}.txt", done.stderr)


def test_a_test_of_no_row_is_no_test(tmp_path: Path) -> None:
    shutil.copytree(TESTED, tmp_path / "tested")
    (tmp_path / "tested" / "tests" / "shops.test.yaml").write_text("test: nothing\ngiven: {}\nexpected: {}\n")
    done = hegui(str(tmp_path / "tested"))
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no row of `fridge`, `shop` was read, so nothing was judged" in done.stderr


def test_a_link_out_of_the_ruleset_is_not_followed(tmp_path: Path) -> None:
    shutil.copytree(TESTED, tmp_path / "tested")
    tests = tmp_path / "tested" / "tests"
    shutil.move(tests / "shops", tmp_path / "shops")
    (tests / "shops").symlink_to(tmp_path / "shops")
    done = hegui(str(tmp_path / "tested"))
    assert done.exit_code == 3
    assert "`shops` is not inside the ruleset's folder" in done.stderr


def test_tests_are_no_part_of_the_ruleset(tmp_path: Path) -> None:
    shutil.copytree(TESTED, tmp_path / "tested")
    before = load(tmp_path / "tested")
    shutil.rmtree(tmp_path / "tested" / "tests")
    assert load(tmp_path / "tested").digest == before.digest


def test_an_example_need_not_name_rules_of_a_layer_above(tmp_path: Path) -> None:
    """It could not: its own layer does not know them."""
    (tmp_path / "upper.yaml").write_text(
        f"""
ruleset: upper
title: {{zh: 上层, en: upper}}
version: "1"
extends: {relpath(TESTED, tmp_path)}
---
rule: shop.any-fridge
title: {{zh: 有冷柜, en: any fridge}}
about: shop
nature: clue
severity: low
violation: fridges.size() > 0
message: {{zh: 有, en: some}}
examples:
  - {{name: three, given: {{fridges: [{{}}, {{}}, {{}}]}}, verdict: violation}}
"""
    )
    results = run_examples(load(tmp_path / "upper.yaml"), ["scalar"], ["shop.crowded", "shop.any-fridge"])
    assert [(each.rule, [failure.id for failure in each.failures]) for each in results] == [
        ("shop.any-fridge", ["unexpected-violation"]),
        ("shop.crowded", []),
    ]


def test_examples_together_and_alone() -> None:
    """Sharing a registry with all the others changes nothing for any example."""
    ruleset = load(TESTED)
    together = run_examples(ruleset)
    alone = [each for name in ruleset.rules for each in run_examples(ruleset, rules=[name])]
    keys = {(each.rule, each.example, each.engine): [f.id for f in each.failures] for each in together}
    assert keys == {(each.rule, each.example, each.engine): [f.id for f in each.failures] for each in alone}


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("a…", "ab", True),
        ("…b", "ab", True),
        ("a…c", "abc", True),
        ("a…c", "ac", True),
        ("a.c", "abc", False),
        ("…", "", True),
    ],
)
def test_an_ellipsis_stands_for_anything(expected: str, found: str, same: bool) -> None:
    assert fits(expected, found) is same
