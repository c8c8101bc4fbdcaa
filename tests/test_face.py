"""What `import hegui` offers, and what callers are told who hand over something else than they should."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import hegui
from hegui import facts

QUICK = Path(__file__).parent.parent / "examples" / "quickstart"
RULE = "lift.tested-too-lightly"
LIFT = {"id": "L-1", "name": "North", "in_service": True, "rated_load": 1000.0, "tested_load": 1100.0}


@pytest.fixture(scope="module")
def ruleset() -> hegui.Ruleset:
    return hegui.load_ruleset(QUICK / "rules")


@pytest.fixture(scope="module")
def registry(ruleset: hegui.Ruleset) -> hegui.Registry:
    return hegui.load_registry(QUICK / "lifts.csv", ruleset)


def test_every_name_is_there_and_says_what_it_is() -> None:
    assert list(hegui.__all__) == sorted(hegui.__all__)
    for name in hegui.__all__:
        found = getattr(hegui, name)
        assert inspect.getdoc(found), name
        assert found is getattr(sys.modules[hegui._PLACES[name]], name)
    assert set(hegui.__all__) <= set(dir(hegui))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        _ = hegui.chekc  # type: ignore[attr-defined]


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line[4:] for line in str(hegui.__doc__).splitlines() if line.startswith("    ") or not line]
    monkeypatch.chdir(QUICK.parent.parent)
    exec("\n".join(lines), {})
    told = capsys.readouterr().out.splitlines()
    assert told == [f"{RULE}/lift/L1 violation", f"{RULE}/lift/L4 undetermined"]


def test_editors_know_the_same_names() -> None:
    """What is imported for type checkers, what is loaded at run time and what is public are one list."""
    tree = ast.parse(Path(hegui.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {each.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for each in node.names}
    assert typed == {name: hegui._PLACES[name] for name in hegui.__all__}


def test_names_do_not_become_modules() -> None:
    """A submodule of the name of a function would take its place once it is imported."""
    code = (
        "import hegui\n"
        f"rules = hegui.load_ruleset({str(QUICK / 'rules')!r})\n"
        f"facts = hegui.load_registry({str(QUICK / 'lifts.csv')!r}, rules)\n"
        "hegui.check(facts, rules).to_json()\n"
        "assert all(not hasattr(getattr(hegui, name), '__path__') for name in hegui.__all__)\n"
        "print(hegui.explain(facts, rules, 'L2', 'lift.tested-too-lightly').findings[0].verdict)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("compliant\n", "")


def test_errors_have_a_position_and_a_hint(tmp_path: Path, ruleset: hegui.Ruleset) -> None:
    broken = (QUICK / "rules" / "tested-too-lightly.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(broken.replace("tested_load", "testedload", 1), encoding="utf-8")
    with pytest.raises(hegui.HeguiError) as caught:
        hegui.load_ruleset(tmp_path / "rules.yaml")
    position = caught.value.position
    assert position is not None
    assert position.file.endswith("rules.yaml")
    first = next(each for each in caught.value.diagnostics if each.position is not None)
    assert (position, str(position)) == (first.position, first.place().removesuffix(": "))
    with pytest.raises(hegui.UsageError) as refused:
        ruleset.check({**LIFT, "testedload": 1.0})
    assert refused.value.position is None
    assert refused.value.hint == "did you mean `tested_load`?"
    again = pickle.loads(pickle.dumps(refused.value))
    assert (type(again), str(again), again.hint) == (hegui.UsageError, str(refused.value), refused.value.hint)


def run(ruleset: hegui.Ruleset, registry: hegui.Registry) -> hegui.Run:
    return hegui.check(registry, ruleset, as_of=date(2026, 3, 1))


def first(ruleset: hegui.Ruleset, registry: hegui.Registry) -> hegui.Finding:
    return next(iter(run(ruleset, registry).findings))


def test_nothing_shows_the_values_it_holds(ruleset: hegui.Ruleset, registry: hegui.Registry) -> None:
    session = hegui.Session(registry, ruleset, as_of=date(2026, 3, 1))
    for each in (ruleset, registry, run(ruleset, registry), session):
        assert len(repr(each)) < 120
        assert "Town Hall" not in repr(each)
    assert "lift: 4" in repr(registry)
    assert "lift: 4" in repr(session)


def test_explaining_is_in_english_unless_it_is_said(ruleset: hegui.Ruleset, registry: hegui.Registry) -> None:
    found = run(ruleset, registry)
    assert found.explain(found.findings[0]).lang == "en"


HALF = "a\ud800"


def put(ruleset: hegui.Ruleset, registry: hegui.Registry, row: dict[str, Any]) -> hegui.Applied:
    return hegui.Session(registry, ruleset).apply(hegui.Change({"lift": [row]}))


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("lift.json", '[\n{"id": "a\\ud83d\\ude00"}, {"id": "\\\\ud800", "name": "\\ud800"}]', "2:53"),
        ("lift.json", '[{"id": "a", "\\udc00\\ud800": 1}]', "1:15"),
        ("lift.jsonl", '{"id": "a"}\n{"id": "\\uD800x"}\n', "2:9"),
    ],
)
def test_half_a_character_in_a_file_has_a_place(
    name: str, text: str, place: str, ruleset: hegui.Ruleset, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(hegui.FactsError, match="half a character") as caught:
        hegui.load_registry(tmp_path / name, ruleset)
    assert str(caught.value.position).endswith(f"{name}:{place}")
    (tmp_path / name).write_text(
        '[{"id": "a\\ud83d\\ude00", "name": "\\\\ud800"}]'.strip("[]" * (name != "lift.json")), "utf-8"
    )
    assert not hegui.load_registry(tmp_path / name, ruleset).problems


NO_DAYS: list[Any] = ["2024-03-11", datetime(2024, 3, 11), 20240311]  # noqa: DTZ001
WRONG: dict[str, tuple[Callable[[hegui.Ruleset, hegui.Registry], object], str]] = {
    "ruleset not there": (lambda r, f: hegui.load_ruleset("nowhere"), "nowhere"),
    "ruleset a number": (lambda r, f: hegui.load_ruleset(3), "is a path"),  # type: ignore[arg-type]
    "facts a number": (lambda r, f: hegui.load_registry(3, r), "is a path"),  # type: ignore[arg-type]
    "facts numbers": (lambda r, f: hegui.load_registry([3], r), "and not `3`"),  # type: ignore[list-item]
    "facts not there": (lambda r, f: hegui.load_registry("nowhere.csv", r), "nowhere.csv"),
    "facts of an unknown kind": (lambda r, f: hegui.load_registry({"elevator": [LIFT]}, r), "no kind `elevator`"),
    "facts no ruleset": (lambda r, f: hegui.load_registry("x.csv", "rules"), "`ruleset` is a"),  # type: ignore[arg-type]
    "waivers not there": (lambda r, f: hegui.load_waivers("nowhere.yaml"), "nowhere.yaml"),
    "waivers a number": (lambda r, f: hegui.load_waivers(3), "is a path"),  # type: ignore[arg-type]
    "waivers a path": (lambda r, f: hegui.check(f, r, waivers="w.yaml"), "`waivers` is a"),  # type: ignore[arg-type]
    "engine": (lambda r, f: hegui.check(f, r, engine="abacus"), "no engine `abacus`"),
    "chainer": (lambda r, f: hegui.check(f, r, chainer="abacus"), "no chainer `abacus`"),
    "rule": (lambda r, f: hegui.check(f, r, rules=["lift.none"]), "no rule `lift.none`"),
    "rules a text": (lambda r, f: hegui.check(f, r, rules="lift.tested-too-lightly"), "a list of names"),
    "rules numbers": (lambda r, f: hegui.check(f, r, rules=[1]), "a list of names"),  # type: ignore[list-item]
    "swapped": (lambda r, f: hegui.check(r, f), "`registry` is a `Registry`"),  # type: ignore[arg-type]
    "entity a number": (lambda r, f: hegui.check(f, r, entity=1), "`entity` is a `str`"),  # type: ignore[arg-type]
    "explain": (lambda r, f: hegui.explain(f, r, "L1", "lift.none"), "no rule `lift.none`"),
    "run not there": (lambda r, f: hegui.read_run("nowhere.json"), "nowhere.json"),
    "run": (lambda r, f: hegui.read_run(QUICK / "lifts.csv"), "not a saved run"),
    "entity of no kind": (lambda r, f: r.check(LIFT, kind="elevator"), "no kind `elevator`"),
    "entity no mapping": (lambda r, f: r.check([LIFT]), "mapping"),
    "entity with text": (lambda r, f: r.check({**LIFT, "rated_load": "many"}), "is a number"),
    "entity with numbers for names": (lambda r, f: r.check({**LIFT, 3: 1}), "3"),
    "version": (lambda r, f: hegui.load_version("nowhere"), "nowhere"),
    "engine a list": (lambda r, f: hegui.check(f, r, engine=[]), "`engine` is a `str`"),  # type: ignore[arg-type]
    "findings a number": (lambda r, f: hegui.check(f, r, findings=3), "`findings` is a path, and"),  # type: ignore[arg-type]
    "since a path": (lambda r, f: hegui.check(f, r, since="run.json"), "`since` is a `Run`"),  # type: ignore[arg-type]
    "changes since what": (lambda r, f: hegui.check(f, r, changes="new"), "say `since=run`"),
    "changes a number": (lambda r, f: hegui.check(f, r, since=run(r, f), changes=3), "`changes` is a path"),  # type: ignore[arg-type]
    "written to a number": (lambda r, f: hegui.write(run(r, f), 3), "`file` is a path"),  # type: ignore[arg-type]
    "written what": (lambda r, f: hegui.write("run", "a.md"), "`run` is a `Run`"),  # type: ignore[arg-type]
    "written in French": (lambda r, f: hegui.write(run(r, f), "a.md", lang="fr"), '`lang` is "zh" or "en"'),
    "explained in French": (lambda r, f: run(r, f).explain(first(r, f), "fr"), '`lang` is "zh" or "en"'),
    "one explained in French": (lambda r, f: r.check(LIFT, explain=True)[0].explain("fr"), '`lang` is "zh" or "en"'),
    "no finding": (lambda r, f: run(r, f).explain("L1", "en"), "`finding` is a `Finding`"),  # type: ignore[arg-type]
    "finding of another run": (lambda r, f: run(r, f).explain(replace(first(r, f), rule="x.y"), "en"), "no rule `x.y`"),
    "verdict a text": (lambda r, f: run(r, f).of_verdict(RULE, "violation"), "`verdict` is a `Verdict`"),  # type: ignore[arg-type]
    "of a verdict of no rule": (
        lambda r, f: run(r, f).of_verdict("lift.none", hegui.Verdict.VIOLATION),
        "no rule `lift",
    ),
    "of no rule": (lambda r, f: run(r, f).of_rules([RULE, RULE + "y"]), f"hint: did you mean `{RULE}`?"),
    "explained nobody": (lambda r, f: hegui.explain(f, r, "L9", RULE), "no row is filed under `L9`"),
    "explained to nobody": (lambda r, f: hegui.Session(f, r).explain("L11", RULE), "hint: did you mean `L1`"),
    "explained in a session": (lambda r, f: hegui.Session(f, r).explain("L1", []), "`rule` is a `str`"),  # type: ignore[arg-type]
    "session in French": (lambda r, f: hegui.Session(f, r).explain("L1", RULE, "fr"), '`lang` is "zh" or "en"'),
    "of rules a text": (lambda r, f: run(r, f).of_rules(RULE), "is a list of names"),
    "checker of a text": (lambda r, f: hegui.Checker(r, "lift", RULE), "is a list of names"),
    "checker of no ruleset": (lambda r, f: hegui.Checker("rules", "lift"), "`ruleset` is a"),  # type: ignore[arg-type]
    "checker of kinds": (lambda r, f: hegui.Checker(r, ["lift"]), "`kind` is a `str`"),  # type: ignore[arg-type]
    "facts nothing": (lambda r, f: hegui.load_registry([], r), "error: there is no table to be read"),
    "facts a frame": (lambda r, f: hegui.load_registry(pl.DataFrame(LIFT), r), 'hint: say what they are of: `{"KIND"'),  # type: ignore[arg-type]
    "facts rows": (lambda r, f: hegui.load_registry([LIFT], r), 'hint: say what they are of: `{"KIND"'),  # type: ignore[list-item]
    "facts half a character": (
        lambda r, f: hegui.load_registry({"lift": [{**LIFT, "name": HALF}]}, r),
        "row 1: `name`",
    ),
    "entity half a character": (lambda r, f: r.check({**LIFT, "name": HALF}), "`name` has half a character"),
    "entity half a field": (lambda r, f: r.check({**LIFT, HALF: 1}), r"`lift` has no `a\ud800`"),
    "entity decimal": (lambda r, f: r.check({**LIFT, "rated_load": Decimal("7.5")}), "hint: give `7.5`"),
    "change half a character": (lambda r, f: put(r, f, {**LIFT, "id": HALF}), "`lift[0].id` has half a character"),
    "change half a field": (lambda r, f: put(r, f, {**LIFT, HALF: 1}), r"`lift[0].a\ud800`"),
    "counting what": (lambda r, f: run(r, f).counting("x"), "`threshold` is one of 'low', 'minor', "),
    "counting nothing": (lambda r, f: run(r, f).counting([]), "`threshold` is one of"),  # type: ignore[arg-type]
    "a run out of a number": (lambda r, f: hegui.Run.from_json(3), "`text` is a `str`, and not `3`"),  # type: ignore[arg-type]
    "timings a list": (lambda r, f: hegui.check(f, r, timings=[]), "`timings` is a `dict`"),  # type: ignore[arg-type]
    "model of a name": (lambda r, f: hegui.model("lift"), 'hint: give `ruleset.vocabulary.kinds["lift"]`'),  # type: ignore[arg-type]
    "versions": (lambda r, f: hegui.impact("a", "b", []), "`old` is a `Version`"),  # type: ignore[arg-type]
    "version a number": (lambda r, f: hegui.load_version(3), "is a path, and not"),  # type: ignore[arg-type]
    "audit": (lambda r, f: hegui.audit_waivers("w.yaml", r), "`waivers` is a `Waivers`"),  # type: ignore[arg-type]
    "audit days": (lambda r, f: hegui.audit_waivers(hegui.load_waivers([]), r, soon="9"), "`soon` is a `int`"),  # type: ignore[arg-type]
    "waivers of no ruleset": (lambda r, f: hegui.load_waivers([], 3), "`ruleset` is a"),  # type: ignore[arg-type]
    "verified what": (lambda r, f: hegui.verify(run(r, f), "run.json", [], "rules"), "`data` is a `dict`"),  # type: ignore[arg-type]
    "saved to nowhere": (lambda r, f: hegui.check(f, r, findings=QUICK / "lifts.csv" / "x"), "cannot write"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_such_thing_is_refused(name: str, ruleset: hegui.Ruleset, registry: hegui.Registry) -> None:
    call, told = WRONG[name]
    with pytest.raises(hegui.HeguiError) as caught:
        call(ruleset, registry)
    assert told in str(caught.value)
    str(caught.value).encode()


@pytest.mark.parametrize("day", NO_DAYS, ids=str)
def test_what_is_no_day_is_refused(day: Any, ruleset: hegui.Ruleset, registry: hegui.Registry) -> None:
    for call in (
        lambda: hegui.load_registry(QUICK / "lifts.csv", ruleset, as_of=day),
        lambda: hegui.check(registry, ruleset, as_of=day),
        lambda: hegui.check(registry, ruleset, decided_on=day),
        lambda: hegui.explain(registry, ruleset, "L1", "lift.tested-too-lightly", as_of=day),
        lambda: ruleset.check(LIFT, as_of=day),
        lambda: ruleset.check(LIFT, decided_on=day),
    ):
        with pytest.raises(hegui.UsageError, match=r"is a `datetime\.date`"):
            call()


def test_facts_in_other_words_are_refused(registry: hegui.Registry) -> None:
    with pytest.raises(hegui.UsageError, match="another vocabulary") as caught:
        hegui.check(registry, hegui.load_ruleset("national"))
    assert caught.value.hint == "read it with `load_registry(facts, ruleset)`"


def test_facts_by_a_path_or_several(ruleset: hegui.Ruleset, registry: hegui.Registry) -> None:
    for given in (QUICK / "lifts.csv", str(QUICK / "lifts.csv"), [QUICK / "lifts.csv"], (str(QUICK / "lifts.csv"),)):
        found = hegui.load_registry(given, ruleset, as_of=date(2026, 1, 1))
        assert found.digest == registry.digest
    assert isinstance(found, facts.Registry)


def test_the_reference_has_every_public_name() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (QUICK.parent.parent / "docs" / "reference").glob("*.md")]
    told = " ".join(pages)
    listed = {name for names in re.findall(r"members: \[(.*?)\]", told) for name in names.split(", ")}
    listed |= {name.rpartition(".")[2] for name in re.findall(r"^::: (\S+)", told, re.MULTILINE)}
    assert set(hegui.__all__) <= listed


def test_the_reference_names_what_there_is() -> None:
    for path in sorted((QUICK.parent.parent / "docs" / "reference").glob("*.md")):
        for block in re.split(r"^::: ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            target = block.split()[0]
            members = re.search(r"  members: \[(.*?)\]", block)
            module = import_module(target if members and "inherited" not in block else target.rpartition(".")[0])
            for name in members[1].split(", ") if members else [target.rpartition(".")[2]]:
                assert inspect.getdoc(getattr(module, name)), f"{path.name}: {target} {name}"


HIDDEN = "WRONGpw99"
URL = f"postgresql://reader:{HIDDEN}@localhost:1/db"


@pytest.mark.parametrize(
    "ask",
    [
        lambda rules, facts: hegui.load_registry(Path(URL), rules),
        lambda rules, facts: hegui.load_registry([[URL]], rules),  # type: ignore[list-item]
        lambda rules, facts: hegui.load_registry(URL.encode(), rules),  # type: ignore[arg-type]
        lambda rules, facts: hegui.load_registry({URL: []}, rules),
        lambda rules, facts: hegui.load_registry(f"host=h password='{HIDDEN} {HIDDEN}' user=u", rules),
        lambda rules, facts: hegui.load_ruleset(URL),
        lambda rules, facts: hegui.load_waivers(URL, rules),
        lambda rules, facts: hegui.read_run(URL),
        lambda rules, facts: hegui.check(URL, rules),  # type: ignore[arg-type]
        lambda rules, facts: hegui.check(facts, rules, findings=URL),
        lambda rules, facts: hegui.check(facts, rules, since=hegui.check(facts, rules), changes=URL),
        lambda rules, facts: hegui.write(hegui.check(facts, rules), URL + ".json"),
    ],
)
def test_no_password_of_an_address_is_told(
    ask: Callable[[hegui.Ruleset, hegui.Registry], object], ruleset: hegui.Ruleset, registry: hegui.Registry
) -> None:
    """Neither in the message, nor in what it was made of, nor in what led to it."""
    with pytest.raises(hegui.HeguiError) as caught:
        ask(ruleset, registry)
    found = [caught.value, caught.value.__cause__, caught.value.__context__, caught.value.diagnostics]
    assert HIDDEN not in "".join(map(repr, found))
    assert HIDDEN not in str(caught.value)
