"""`hegui prove` on rulesets with seeded faults, each kind of finding beside its text, and from the command line.

Set `HEGUI_REGENERATE=1` to write the text files of `tests/broken/prove/` anew, and read the difference before committing it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner

from hegui.api import load_ruleset
from hegui.assure.proof import prove
from hegui.assure.proof.cases import Cases
from hegui.assure.proof.finding import WORDINGS, Found
from hegui.assure.proof.telling import flow
from hegui.assure.proof.witness import Engine, Witness
from hegui.cli import main
from hegui.outcome import Verdict
from hegui.source import Source, UsageError, read_yaml

FOLDER = Path(__file__).parent / "broken" / "prove"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def hegui(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what went to stdout and what to stderr."""
    done = CliRunner().invoke(main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def found(name: str) -> list[Found]:
    return list(prove(load_ruleset(FOLDER / f"{name}.yaml")).found)


def named(name: str) -> set[tuple[str, str, str | None]]:
    """Each finding by its id, its rule, and what tells it from others."""
    return {(each.wording.id, each.rule.name, each.about.detail) for each in found(name)}


@pytest.mark.parametrize("name", CASES)
def test_seeded_faults(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    code, text, _ = hegui("prove", "--accepted", f"{name}.yaml")
    expected = FOLDER / f"{name}.txt"
    if os.environ.get("HEGUI_REGENERATE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    assert code == 1


def test_every_kind_of_finding_is_seeded() -> None:
    ids = {each.wording.id for name in CASES for each in found(name)}
    assert ids == {wording.id for wording in WORDINGS} - {"not-decided", "solver-differs"}


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_is_an_example_that_holds(name: str) -> None:
    """The facts of a hint, read as YAML and judged by the engine, give the verdicts it names."""
    ruleset = load_ruleset(FOLDER / f"{name}.yaml")
    for each in prove(ruleset).found:
        shown = each.witness
        if shown is not None:
            given = read_yaml(Source("shown", flow(dict(shown.given))))[0].data
            rules = [ruleset.rules[rule] for rule, _ in shown.verdicts]
            judged = Engine(ruleset).verdicts(rules, given, shown.as_of, list(ruleset.vocabulary.kinds))
            assert tuple(judged.items()) == shown.verdicts


def shown_by(name: str, finding: str, rule: str) -> Witness:
    (each,) = [each for each in found(name) if (each.wording.id, each.rule.name) == (finding, rule)]
    assert each.witness is not None
    return each.witness


def test_rules_that_never_find_anything() -> None:
    assert named("never") == {
        ("never-applies", "shed.two-sizes", None),
        ("never-violated", "shed.between", None),
        ("never-violated", "shed.backwards", None),
        ("never-violated", "shed.last-of-february", None),
        ("never-violated", "shed.nobody-found", None),
    }


def test_rules_nobody_can_meet() -> None:
    assert named("always") == {
        ("always-violated", "shed.any-size", None),
        ("always-violated", "shed.class-known", None),
    }


def test_a_gap_of_one_value_is_found() -> None:
    assert dict(shown_by("gap", "gap", "shed.small").given) == {"animals": 10}
    assert ("gap-in-limits", "shed.very-acid", "shed.slightly-acid") in named("gap")


def test_what_lies_between_too_little_and_too_much_is_no_gap() -> None:
    """`ph < 5` and `ph > 9` leave 5 to 9 on purpose; 6 to 9 beside `ph > 5 && ph < 6` is another matter."""
    pairs = {(rule, detail) for finding, rule, detail in named("gap") if finding == "gap-in-limits"}
    assert ("shed.very-acid", "shed.basic") not in pairs


def test_what_holds_in_some_periods_only() -> None:
    days = {(each.wording.id, each.rule.name): each.days for each in found("periods")}
    assert days == {
        ("never-violated", "shed.too-large"): "2018-01-01..2023-12-31",
        ("implied-rule", "shed.above-limit"): "2020-01-01..2023-12-31",
        ("implied-rule", "shed.above-seventy"): "2024-01-01..",
        ("never-applies", "shed.no-longer"): "",
    }


def test_what_is_unknown_is_named_and_claimed_nothing_of() -> None:
    proof = prove(load_ruleset(FOLDER / "unknown.yaml"))
    assert [(each.wording.id, each.rule.name) for each in proof.found] == [("never-violated", "shed.found-nothing")]
    assert proof.unknown["shed.late"] == ('code.matches("^A[0-9]+$")', "workdays_between(visited_on, reported_on)")
    assert {(each.rule, each.question) for each in proof.unsettled} == {
        ("shed.late", "always-violated"),
        ("shed.late", "never-violated"),
        ("shed.many", "never-violated"),
    }


def test_what_is_written_alike_is_not_the_same() -> None:
    """A chain of one element or another, a parameter on one day or another, a chain of one row or another."""
    assert named("alike") == {("never-violated", "shed.both-of-one", None)}


def test_fields_called_as_the_prover_calls_values(tmp_path: Path) -> None:
    """`low`, `high`, `first` and `second` are names like others."""
    kit = (FOLDER / "kit" / "ruleset.yaml").read_text(encoding="utf-8")
    gap = (FOLDER / "gap.yaml").read_text(encoding="utf-8").replace("extends: kit\n", "")
    head, rules = gap.split("---\n", 1)
    plain = kit.partition("---\n")[2] + "---\n" + rules
    (tmp_path / "plain.yaml").write_text(head + "---\n" + plain, encoding="utf-8")
    told = []
    for number, (animals, ph) in enumerate([("animals", "ph"), ("low", "high"), ("high", "low"), ("first", "second")]):
        text = re.sub(r"\bph\b", ph, re.sub(r"\banimals\b", animals, plain))
        (tmp_path / f"{number}.yaml").write_text(head + "---\n" + text, encoding="utf-8")
        shown = prove(load_ruleset(tmp_path / f"{number}.yaml")).found
        told.append({(each.wording.id, each.rule.name, each.about.detail, each.days) for each in shown})
    assert told[0]
    assert all(each == told[0] for each in told)


@pytest.mark.parametrize(
    ("condition", "finding"),
    [
        ('code == ""', "never-violated"),
        ('code == "a "', "never-violated"),
        ('code != " x"', "always-violated"),
        ('code == "无"', None),
        ('code == "暂无"', "never-violated"),
        ('owner.id == "无"', "never-violated"),
        ('visited_on < date("1850-01-01")', "never-violated"),
        ('visited_on == date("1899-12-31")', "never-violated"),
        ('visited_on == date("1900-01-01")', None),
        ("visited_on.year() <= 1", "never-violated"),
        ('as_of < date("1850-01-01")', None),
    ],
)
def test_fields_hold_what_the_door_lets_through(condition: str, finding: str | None, tmp_path: Path) -> None:
    text = (FOLDER / "kit" / "ruleset.yaml").read_text(encoding="utf-8")
    rule = HARD.replace("in_force: {from: 2020-01-01}\n", "").partition("violation: ")[0]
    rule += f"violation: {condition!r}\nmessage: {{zh: '{{id}}', en: '{{id}}'}}\n"
    (tmp_path / "door.yaml").write_text(text + rule, encoding="utf-8")
    told = [each.wording.id for each in prove(load_ruleset(tmp_path / "door.yaml")).found]
    assert told == ([] if finding is None else [finding])


def test_selected_rules_are_proven_among_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    code, text, _ = hegui("prove", "implied.yaml", "--rule", "*.above-twenty", "--rule", "shed.other")
    assert code == 0
    assert "rules: 2" in text


def test_accepted_findings_stand_and_entries_in_vain_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    code, text, _ = hegui("prove", "accepted.yaml", "--format", "json")
    document = json.loads(text)
    assert code == 1
    assert [each["id"] for each in document["findings"]] == ["accepted-in-vain"]
    assert [(each["id"], each["reason"]["en"]) for each in document["accepted"]] == [
        ("implied-rule", "the heavier penalty")
    ]
    code, text, _ = hegui("prove", "accepted.yaml", "--rule", "*.above-thirty")
    assert (code, "accepted" in text) == (0, False)


@pytest.mark.parametrize("name", ["text", "json", "sarif", "github", "junit"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_format_says_it(name: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    code, text, _ = hegui("prove", "implied.yaml", "--format", name, "--lang", lang)
    assert code == 1
    assert "shed.above-thirty" in text
    assert "{" not in text.replace("{as_of", "").replace("given: {", "") or name in ("json", "sarif")


HARD = """
---
rule: shed.cubes
title: {zh: 立方, en: cubes}
about: shed
nature: breach
severity: minor
in_force: {from: 2020-01-01}
violation: animals * animals * animals + share * share * share == other * other * other + 42 && animals > 1000 && share > animals
message: {zh: "{id}", en: "{id}"}
"""


def hard(folder: Path) -> str:
    """A ruleset with a rule no solver decides at once, and one any does."""
    text = (FOLDER / "kit" / "ruleset.yaml").read_text(encoding="utf-8")
    ints = "  animals: {type: int, label: {zh: 存栏, en: animals}}\n"
    more = "".join(f"  {name}: {{type: int, label: {{zh: {name}, en: {name}}}}}\n" for name in ("share", "other"))
    assert ints in text
    easy = (
        HARD.replace("cubes", "plain").replace("animals * animals * animals", "animals").replace(" * share * share", "")
    )
    easy = easy.replace(" * other * other", "")
    (folder / "hard.yaml").write_text(text.replace(ints, ints + more) + HARD + easy, encoding="utf-8")
    return str(folder / "hard.yaml")


def test_a_question_that_takes_too_long_is_named(tmp_path: Path) -> None:
    code, text, _ = hegui("prove", hard(tmp_path), "--timeout", "0.05")
    assert code == 1
    assert "it was not decided of `shed.cubes`: never-violated [not-decided]" in text
    assert "of `shed.plain`" not in text


def test_a_search_for_facts_that_runs_out_of_time_is_a_finding() -> None:
    code, text, _ = hegui("prove", "national", "--rule", "reservoir.flow-short", "--timeout", "0.01")
    assert code == 1
    assert "it was not decided of `reservoir.flow-short`: never-violated [not-decided]" in text


def test_where_nothing_is_decided_in_time_nothing_was_evaluated() -> None:
    code, text, told = hegui("prove", str(FOLDER / "never.yaml"), "--timeout", "0.0000001")
    assert (code, text) == (3, "")
    assert "[nothing-decided]" in told


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "-inf", "1e300", "five"])
def test_a_limit_that_is_none_is_refused(seconds: str) -> None:
    code, text, told = hegui("prove", str(FOLDER / "never.yaml"), "--timeout", seconds)
    assert (code, text) == (3, "")
    assert "Invalid value for '--timeout'" in told


def test_bad_usage_is_told() -> None:
    code, _, told = hegui("prove", str(FOLDER / "never.yaml"), "--rule", "shed.betwen")
    assert (code, "did you mean `shed.between`" in told) == (3, True)
    code, _, told = hegui("prove", str(FOLDER / "kit"))
    assert (code, "[nothing-to-prove]" in told) == (3, True)
    assert hegui("prove", str(FOLDER.parent / "laws.yaml"))[0] == 2


def test_without_the_solver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr("hegui.assure.proof.find_spec", lambda name: None if name == "z3" else there(name))
    with pytest.raises(UsageError):
        prove(load_ruleset(FOLDER / "never.yaml"))
    code, _, told = hegui("prove", str(FOLDER / "never.yaml"))
    assert (code, "pip install '.[prove]'" in told) == (3, True)


def test_the_solver_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, hegui.assure.proof, hegui.cli; sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def ladder(folder: Path, count: int) -> str:
    """Rules over one pair of fields, none of which implies another."""
    text = (FOLDER / "kit" / "ruleset.yaml").read_text(encoding="utf-8")
    for number in range(count):
        condition = f"area > {number} && animals > {count - number}"
        text += HARD.replace("cubes", f"r{number}").partition("violation: ")[0]
        text += f"violation: {condition}\nmessage: {{zh: '{{id}}', en: '{{id}}'}}\n"
    (folder / "ladder.yaml").write_text(text, encoding="utf-8")
    return str(folder / "ladder.yaml")


def test_pairs_are_mostly_refuted_by_cases_already_found(tmp_path: Path) -> None:
    ruleset = load_ruleset(ladder(tmp_path, 16))
    alone = sum(prove(ruleset, [name]).asked for name in ruleset.rules)
    proof = prove(ruleset)
    assert (proof.pairs, proof.found) == (120, ())
    assert proof.asked - alone < proof.pairs


@pytest.mark.parametrize("name", ["contradicting", "gap", "implied", "overlap", "periods"])
def test_what_is_found_does_not_depend_on_cases_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = found(name)
    monkeypatch.setattr("hegui.assure.proof.cases.Cases.hold", lambda *_: False)
    assert [(each.wording, each.rule.name, each.about, each.days, each.witness) for each in found(name)] == [
        (each.wording, each.rule.name, each.about, each.days, each.witness) for each in told
    ]


def test_a_case_answers_for_what_it_was_not_found_for() -> None:
    one, other, third = z3.Int("one"), z3.Int("other"), z3.Bool("third")
    solver, cases = z3.Solver(), Cases()
    solver.add(one == 3, other == 5)
    assert solver.check() == z3.sat
    assert not cases.hold([])
    cases.keep(solver.model())
    assert cases.hold([one < other, z3.Or(one == 1, z3.Not(other == 4))])
    assert not cases.hold([one < other, z3.And(one == 3, other == 4)])
    assert cases.hold([third]) != cases.hold([z3.Not(third)])
    solver.add(third)
    assert solver.check() == z3.sat
    cases.keep(solver.model())
    assert cases.hold([third, one == 3])


def test_the_order_of_sets_does_not_show() -> None:
    script = f"from hegui.cli import main; main(['prove', {str(FOLDER / 'gap.yaml')!r}])"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


def test_facts_the_engine_does_not_confirm_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hegui.assure.proof.witness.Engine.verdicts",
        lambda _, rules, *__: dict.fromkeys((r.name for r in rules), Verdict.UNDETERMINED),
    )
    told = found("always")
    assert all(each.witness is None for each in told)
    assert "solver-differs" in {each.wording.id for each in told}
