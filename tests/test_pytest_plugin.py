"""`pytest --hegui`: every example is a test with a name one can read, beside whatever else pytest collects."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytest_plugins = ["pytester"]

HEADER = 'ruleset: {name}\ntitle: {{zh: 池塘, en: ponds}}\nversion: "1"\n'
PONDS = """
---
kind: pond
label: {zh: 池塘, en: pond}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  full: {type: bool, label: {zh: 已满, en: full}}
---
rule: pond.full
title: {zh: 池塘已满, en: pond full}
about: pond
nature: clue
severity: low
violation: full
message: {zh: 已满, en: full}
examples:
  - {name: it is full, given: {full: true}, verdict: violation}
  - {name: it is not, given: {full: false}, verdict: VERDICT}
---
conclusion: pond.kept-full
title: {zh: 池塘未排水（线索）, en: a pond kept full}
nature: clue
severity: low
given: {f: finding("pond.full"), p: pond}
where: p.id == f.entity
about: {kind: pond, id: p.id}
message: {zh: 未排水, en: kept full}
examples:
  - {name: one pond, given: {pond: [{id: P1}]}, findings: [{rule: pond.full, entity: P1}], concluded: [P1]}
"""


@pytest.fixture(scope="module", autouse=True)
def everything_imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A session inside this one forgets what it imported, and would import half of hegui a second time."""
    from hegui import api
    from hegui.assure.trials import run_trials
    from hegui.source import RulesetError

    folder = tmp_path_factory.mktemp("imported") / "ponds"
    place(folder, "undetermined")
    for _ in range(2):
        ruleset = api.load_ruleset(folder, cached=True)
        run_trials(ruleset, rules=["pond.full"], conclusions=["pond.kept-full"])
    (folder / "ponds.yaml").write_text("rule: x\nviolation: 1 +", "utf-8")
    with pytest.raises(RulesetError):
        api.load_ruleset(folder, cached=True)


def loaded() -> tuple[str, ...]:
    """What makes pytest load the plugin where hegui was installed before it had one."""
    return () if entry_points(group="pytest11", name="hegui") else ("-p", "hegui.pytest_plugin")


@pytest.fixture
def ponds(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with one ruleset whose examples hold, and a test of another kind."""
    place(pytester.path / "rules" / "ponds", "compliant")
    pytester.makepyfile(test_other="def test_other(): pass")
    return pytester


def place(folder: Path, verdict: str, name: str = "ponds") -> None:
    folder.mkdir(parents=True)
    (folder / "ruleset.yaml").write_text(HEADER.format(name=name), "utf-8")
    (folder / "ponds.yaml").write_text(PONDS.replace("VERDICT", verdict), "utf-8")


def run(pytester: pytest.Pytester, *args: str, process: bool = False) -> pytest.RunResult:
    started = pytester.runpytest_subprocess if process else pytester.runpytest
    return started(*loaded(), "-p", "no:cacheprovider", *args)


def test_it_is_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"hegui": "hegui.pytest_plugin"}


def test_each_example_is_a_test_beside_others(ponds: pytest.Pytester) -> None:
    done = run(ponds, "--hegui", "rules", "--co", "-q")
    ids = [line for line in done.outlines if "::" in line]
    chainers = [each for each in ("reference", "durable") if f"rules/ponds::pond.kept-full::one pond[{each}]" in ids]
    assert "reference" in chainers
    assert ids == [
        "test_other.py::test_other",
        "rules/ponds::pond.full::it is full[scalar]",
        "rules/ponds::pond.full::it is full[polars]",
        "rules/ponds::pond.full::it is not[scalar]",
        "rules/ponds::pond.full::it is not[polars]",
        *(f"rules/ponds::pond.kept-full::one pond[{each}]" for each in chainers),
    ]
    run(ponds, "--hegui", "rules").assert_outcomes(passed=len(ids))


def test_without_the_option_nothing_is_added(ponds: pytest.Pytester) -> None:
    run(ponds).assert_outcomes(passed=1)


def test_without_the_option_nothing_is_imported(ponds: pytest.Pytester) -> None:
    script = (
        "import sys\ndef test(): assert [n for n in sys.modules if n.startswith(('hegui.', 'polars', 'yaml'))] == {}"
    )
    ponds.makepyfile(test_other=script.format("['hegui.pytest_plugin']"))
    run(ponds, "test_other.py", process=True).assert_outcomes(passed=1)


def test_the_text_of_a_failure_is_that_of_hegui_test(ponds: pytest.Pytester) -> None:
    place(ponds.path / "rules" / "wrong", "undetermined", "wrong")
    done = run(ponds, "--hegui", "rules/wrong", "rules")
    assert done.parseoutcomes()["failed"] == 2
    told = subprocess.run(
        [sys.executable, "-m", "hegui", "test", "rules/wrong"], capture_output=True, encoding="utf-8", check=False
    )
    first = told.stdout.split("rules/wrong/ponds.yaml:")[1].splitlines()
    assert "undetermined" in first[0]
    assert "compliant" in first[0]
    done.stdout.fnmatch_lines(
        ["*rules/wrong::pond.full::it is not[[]scalar]*", f"rules/wrong/ponds.yaml:{first[0]}".replace("[", "[[]")]
    )
    assert "Traceback" not in done.stdout.str()
    assert "pytest_plugin.py" not in done.stdout.str()


TEST = """
test: two ponds
given: {pond: [{id: P1, full: true}, {id: P2, full: false}]}
expected: {violation: {pond.full: [KEY]}}
"""


def test_tests_beside_the_ruleset_are_run_too(ponds: pytest.Pytester) -> None:
    path = ponds.path / "rules" / "ponds" / "tests" / "two.test.yaml"
    path.parent.mkdir()
    path.write_text(TEST.replace("KEY", "P1"), "utf-8")
    done = run(ponds, "--hegui", "rules", "rules", "-k", "two", "-v")
    assert (done.ret, done.parseoutcomes()["passed"]) == (0, 2)
    done.stdout.fnmatch_lines(["rules/ponds::two ponds::registry[[]scalar]*PASSED*"])
    path.write_text(TEST.replace("KEY", "P2"), "utf-8")
    done = run(ponds, "--hegui", "rules", "rules", "-k", "two")
    assert done.parseoutcomes()["failed"] == 2
    done.stdout.fnmatch_lines(["rules/ponds/tests/two.test.yaml:*pond.full/pond/P2*"])
    path.write_text("test: x", "utf-8")
    done = run(ponds, "--hegui", "rules", "rules")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["rules/ponds/tests/two.test.yaml:1:1: error: *"])


def test_the_language_is_that_of_the_environment(ponds: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    place(ponds.path / "rules" / "wrong", "undetermined", "wrong")
    monkeypatch.setenv("HEGUI_LANG", "zh")
    done = run(ponds, "--hegui", "rules/wrong", "rules")
    done.stdout.fnmatch_lines(["*rules/wrong/ponds.yaml:*预期*"])


def test_tests_are_chosen_by_k(ponds: pytest.Pytester) -> None:
    done = run(ponds, "--hegui", "rules/ponds", "-k", "full and polars and not kept")
    assert (done.ret, done.parseoutcomes()["passed"]) == (0, 2)


def test_the_last_to_fail_are_run_again(ponds: pytest.Pytester) -> None:
    place(ponds.path / "rules" / "wrong", "undetermined", "wrong")
    args = (*loaded(), "--hegui", "rules")
    assert ponds.runpytest(*args).parseoutcomes()["failed"] == 2
    assert ponds.runpytest(*args, "--lf").parseoutcomes()["failed"] == 2


def test_it_runs_on_several_processes(ponds: pytest.Pytester) -> None:
    done = run(ponds, "--hegui", "rules", "-n", "2", "-W", "error", process=True)
    assert done.ret == 0
    assert done.parseoutcomes()["passed"] >= 6


def test_a_ruleset_given_twice_is_run_once(ponds: pytest.Pytester) -> None:
    once = run(ponds, "--hegui", "rules").parseoutcomes()
    assert run(ponds, "--hegui", "rules", "--hegui", "rules/ponds/").parseoutcomes() == once


def test_a_shipped_ruleset_goes_by_its_name(pytester: pytest.Pytester) -> None:
    done = run(pytester, "--hegui", "national", "--co", "-q", "-k", "dry-weather and scalar")
    assert done.ret == 0
    assert any(line.startswith("national::sewer.dry-weather-overflow::") for line in done.outlines)


def test_a_single_file_is_a_ruleset(ponds: pytest.Pytester) -> None:
    (ponds.path / "one.yaml").write_text(HEADER.format(name="one") + PONDS.replace("VERDICT", "compliant"), "utf-8")
    assert run(ponds, "--hegui", "one.yaml", "rules").ret == 0


def test_no_example_at_all_is_an_error(ponds: pytest.Pytester) -> None:
    text = PONDS.partition("---\nrule:")[0]
    (ponds.path / "rules" / "ponds" / "ponds.yaml").write_text(text, "utf-8")
    done = run(ponds, "--hegui", "rules")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["*ERROR*rules/ponds*", "nothing was tested: `rules/ponds` has no example and no test"])


def test_a_ruleset_that_cannot_be_used_is_an_error_with_its_places(ponds: pytest.Pytester) -> None:
    path = ponds.path / "rules" / "ponds" / "ponds.yaml"
    path.write_text(path.read_text("utf-8").replace("violation: full", "violation: fulll"), "utf-8")
    done = run(ponds, "--hegui", "rules")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["rules/ponds/ponds.yaml:15:12: error: *", "*did you mean `full`*"])
    assert "Traceback" not in done.stdout.str()


@pytest.mark.parametrize("given", ["nowhere", "empty", "test_other.py/x"])
def test_what_is_no_ruleset_is_refused_at_once(ponds: pytest.Pytester, given: str) -> None:
    (ponds.path / "empty").mkdir()
    done = run(ponds, "--hegui", given)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: --hegui {given}: error: *"])


def test_ids_stand_in_reports(ponds: pytest.Pytester) -> None:
    assert run(ponds, "--hegui", "rules", "rules", "--junit-xml", "out.xml").ret == 0
    text = (ponds.path / "out.xml").read_text("utf-8")
    assert 'classname="rules.ponds.pond.full" name="it is full[scalar]"' in text
