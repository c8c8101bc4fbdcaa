"""A saved run is made again: the same but for the clock, and whatever was changed is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_cli import Done, hegui

from hegui import api
from hegui.conclusions import chaining
from hegui.conclusions.chaining import available
from hegui.conclusions.children import Limits
from hegui.report import BINARY, WRITERS

ROOT = Path(__file__).parent.parent
QUICKSTART = ROOT / "examples" / "quickstart"
BANAN = ROOT / "facts" / "banan"
WAIVERS = """
schema: hegui/waivers/1
waivers:
  - waiver: tower
    document: 3/2024
    approved_by: Works Office
    reason: the lift is out of use
    from: 2024-01-01
    until: 2024-12-31
    scope: {rule: "lift.*", entity: %s}
"""
Case = dict[str, Any]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Facts, rules, waivers and a run of them, to be changed."""
    shutil.copytree(QUICKSTART / "rules", tmp_path / "rules")
    (tmp_path / "facts").mkdir()
    shutil.copy(QUICKSTART / "lifts.csv", tmp_path / "facts" / "lifts.csv")
    found = json.loads(check(tmp_path, "--format", "json").out)
    entity = next(each["entity"] for each in found["findings"] if each["verdict"] == "violation")
    (tmp_path / "w.yaml").write_text(WAIVERS % json.dumps(entity), "utf-8")
    check(tmp_path, "--waivers", str(tmp_path / "w.yaml"), "--format", f"json={tmp_path / 'run.json'}")
    return tmp_path


def check(place: Path, *args: str) -> Done:
    day = ("--as-of", "2024-03-11", "--fail-on", "never")
    done = hegui("check", str(place / "facts"), "--rules", str(place / "rules"), *day, *args)
    assert done.code == 0, done.err
    return done


def verify(place: Path, *args: str, facts: str = "facts", waivers: bool = True) -> Done:
    given = ("--waivers", str(place / "w.yaml")) if waivers else ()
    asked = ("--facts", str(place / facts), "--rules", str(place / "rules"))
    return hegui("verify", str(place / "run.json"), *asked, *given, *args)


def changed(place: Path, change: Callable[[Case], None]) -> None:
    path = place / "run.json"
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data), "utf-8")


def test_the_same_again(place: Path) -> None:
    done = verify(place)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("run.json: the same again\n")
    shutil.copytree(place / "facts", place / "elsewhere")
    assert verify(place, facts="elsewhere").code == 0
    assert verify(place, "--engine", "polars").code == 0
    assert 'engine is another: "scalar" → "polars"' in verify(place, "--engine", "polars").err
    changed(place, lambda data: None)  # set out otherwise, but the same
    assert verify(place).code == 0


def test_facts_that_changed(place: Path) -> None:
    path = place / "facts" / "lifts.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", "utf-8")
    done = verify(place)
    assert done.code == 1
    assert "the facts are others: sha256:" in done.out
    assert f"file of facts differs: {path}" in done.out


def test_a_ruleset_that_changed(place: Path) -> None:
    path = next((place / "rules").glob("tested*.yaml"))
    path.write_text(path.read_text("utf-8").replace("severity: major", "severity: critical"), "utf-8")
    done = verify(place)
    assert done.code == 1
    assert "the ruleset is another" in done.out
    assert "rule differs: " in done.out
    assert ": differs in severity" in done.out


def test_waivers_that_changed(place: Path) -> None:
    done = verify(place, waivers=False)
    assert done.code == 1
    assert "the waivers are others: sha256:" in done.out
    assert "waiver differs: tower" in done.out
    assert "waived 1 → 0" in done.out
    path = place / "w.yaml"
    path.write_text(path.read_text("utf-8").replace("2024-12-31", "2025-12-31"), "utf-8")
    assert "waiver differs: tower" in verify(place).out


def test_a_file_of_waivers_that_is_called_otherwise(place: Path) -> None:
    run = place / "run.json"
    waivers, second = place / "w.yaml", place / "second.yaml"
    second.write_text(waivers.read_text("utf-8").replace("tower", "other"), "utf-8")
    given = [part for file in (waivers, second) for part in ("--waivers", str(file))]
    check(place, *given, "--format", f"json={run}")
    waivers.rename(place / "v.yaml")
    given[1] = str(place / "v.yaml")
    done = verify(place, *given, waivers=False)
    told = "files of waivers are called otherwise: w.yaml, second.yaml → v.yaml, second.yaml\n"
    assert (done.code, done.out) == (1, told)
    changed(place, lambda data: data["run"]["waivers"]["given"][1].update(file="w.yaml"))
    assert verify(place, *given, waivers=False).out == f"{told}waiver differs: other\n"


@pytest.mark.parametrize("every", [True, False])
def test_what_was_listed_is_held_against_what_was_asked_for(place: Path, every: bool) -> None:
    check(place, *(() if every else ("--show-compliant",)), "--format", f"json={place / 'run.json'}")
    changed(place, lambda data: data["run"]["asked"].update(every=every))
    done = verify(place, waivers=False)
    assert done.code == 1
    assert done.out.startswith(f"asked.every is another: {json.dumps(every)} → {json.dumps(not every)}\n")


def test_a_verdict_that_was_changed(place: Path) -> None:
    def change(data: Case) -> None:
        found = next(each for each in data["findings"] if each["verdict"] == "violation")
        found["verdict"] = "undetermined"

    changed(place, change)
    done = verify(place)
    assert done.code == 1
    assert ": undetermined → violation" in done.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["findings"].pop(0), ": found only now"),
        (
            lambda data: data["findings"].append({**data["findings"][0], "entity": "X"}),
            "some twice, or in another order",
        ),
        (lambda data: data["findings"].reverse(), "some twice, or in another order"),
        (lambda data: data["findings"][0]["message"].update(en="all is well"), ": differs in message"),
        (lambda data: data["findings"][0].update(waived_by=None, due="2030-01-01"), ": differs in due"),
        (
            lambda data: data["summary"]["rules"][0].update(violation=99),
            "counts of lift.tested-too-lightly: violation 99 → ",
        ),
        (lambda data: data["summary"]["rules"][0].update(about="X"), "summary differs"),
        (lambda data: data["summary"]["entities"].update(lift=9), "summary differs"),
        (lambda data: data["labels"]["kinds"]["lift"]["label"].update(en="elevator"), "labels differs"),
        (lambda data: data["run"]["ruleset"]["title"].update(en="T"), "run.ruleset differs"),
        (lambda data: data["run"]["waivers"].update(covers={}), "run.waivers.covers differs"),
        (lambda data: data["run"]["waivers"].update(ignored=True), "run.waivers.ignored differs"),
        (lambda data: data["run"]["waivers"].update(note="x"), "run.waivers.note differs"),
        (lambda data: data["run"]["waivers"]["given"][0].update(note="x"), "waiver differs: tower"),
        (
            lambda data: data["run"]["waivers"]["given"].append(data["run"]["waivers"]["given"][0]),
            "run.waivers.given differs",
        ),
        (lambda data: data["run"]["facts"].update(note="x"), "run.facts differs"),
        (lambda data: data["run"]["facts"]["sources"][0].update(note="x"), "run.facts differs"),
        (lambda data: data["run"]["ruleset"].update(note="x"), "run.ruleset differs"),
        (lambda data: data["run"]["versions"].update(note="x"), "note is another: x → -"),
        (lambda data: data["rules"][0].update(note="x"), "rule differs: lift."),
        (lambda data: data["rules"].append(data["rules"][0]), "rules: some twice, or in another order"),
        (lambda data: data["findings"][0].update(note="x"), ": differs in note"),
        (lambda data: data["summary"].update(note="x"), "summary differs"),
        (lambda data: data["labels"].update(note="x"), "labels differs"),
        (lambda data: data["roll"].update(note="x"), "roll differs"),
        (lambda data: data["chaining"].update(note="x"), "chaining differs"),
        (lambda data: data["run"].update(note="x"), "note is another"),
        (lambda data: data.update(note="x"), "note differs"),
        (lambda data: data["data_wanted"].append({}), "data_wanted differs"),
        (lambda data: data["run"]["versions"].update(polars="0"), "polars is another: 0 → "),
        (lambda data: data["run"].update(hegui="0.0"), "hegui is another: 0.0 → "),
    ],
)
def test_whatever_was_changed_is_found(place: Path, change: Callable[[Case], None], said: str) -> None:
    changed(place, change)
    done = verify(place)
    assert done.code == 1
    assert said in done.out


def test_keys_that_stand_there_twice(place: Path) -> None:
    """Whoever reads JSON takes the last of them."""
    path = place / "run.json"
    was = path.read_text("utf-8")
    for old, new in (
        ('"summary": ', '"summary": {"rules": []}, "summary": '),
        ('"verdict": ', '"verdict": "compliant", "verdict": '),
    ):
        path.write_text(was.replace(old, new, 1), "utf-8")
        assert json.loads(path.read_text("utf-8")) == json.loads(was)
        done = verify(place)
        assert (done.code, done.out) == (1, f"{old[1:-3]} stands there more than once\n")


def test_waivers_that_were_set_aside(place: Path) -> None:
    """Whoever verifies says so, as he says which waivers there were: a document may not decide that none count."""
    check(place, "--waivers", str(place / "w.yaml"), "--no-waivers", "--format", f"json={place / 'run.json'}")
    assert verify(place, "--no-waivers").code == 0
    assert "run.waivers.ignored differs" in verify(place).out


def test_the_clock_and_other_versions_may_differ(place: Path) -> None:
    def change(data: Case) -> None:
        data["run"] |= {"started": "2020-01-01T00:00:00", "seconds": 99.0}
        data["run"]["versions"] = {"python": "3.99.0"}

    changed(place, change)
    assert verify(place).code == 1
    done = verify(place, "--other-versions", "--lang", "zh")
    assert (done.code, done.out) == (0, "")
    assert "python 版本不同：3.99.0 → " in done.err


def test_what_cannot_be_made_again(place: Path) -> None:
    assert verify(place, facts="none").code == 3
    (place / "run.json").write_text("{}", "utf-8")
    assert verify(place).code == 3
    assert hegui("verify", str(place / "none.json"), "--facts", ".", "--rules", str(place / "rules")).code == 3
    assert hegui("verify", str(place / "run.json"), "--rules", str(place / "rules")).code == 3


def test_options_on_record(place: Path) -> None:
    target = f"json={place / 'run.json'}"
    entity = json.loads((place / "run.json").read_text("utf-8"))["findings"][0]["entity"]
    for args in (("--show-compliant",), ("--entity", entity), ("--rule", "lift.*"), ("--decided-on", "2025-01-01")):
        check(place, *args, "--format", target)
        assert verify(place, waivers=False).code == 0, args


def test_kept_findings_are_compared(place: Path) -> None:
    folder = place / "run.findings"
    waivers = ("--waivers", str(place / "w.yaml"))
    check(place, *waivers, "--engine", "polars", "--findings", str(folder), "--format", f"json={place / 'run.json'}")
    assert verify(place).code == 0
    text = (place / "run.json").read_text("utf-8")
    for change, said in (
        (lambda data: data["findings"].update(note="x"), "findings.note differs"),
        (lambda data: data["stands"].update(note=None), "stands differs"),
    ):
        changed(place, change)
        assert said in verify(place).out
        (place / "run.json").write_text(text, "utf-8")
    (path,) = [each for each in folder.glob("*.parquet") if pl.read_parquet(each).height > 1]
    frame = pl.read_parquet(path)
    key = frame["key"][0]
    others = pl.col("key") != key
    for other, said in (
        (frame.with_columns(verdict=pl.when(others).then("verdict").otherwise(pl.lit("compliant"))), ": compliant → "),
        (frame.with_columns(line=pl.when(others).then("line").otherwise(99)), ": differs in line"),
        (frame.with_columns(key=pl.when(others).then("key").otherwise(pl.lit("Z"))), "/Z: not found again"),
        (frame.with_columns(key=pl.when(others).then("key").otherwise(pl.lit("Z"))), f"/{key}: found only now"),
    ):
        other.write_parquet(path)
        done = verify(place)
        assert done.code == 1
        assert said in done.out, said


def test_lists_are_compared_too(tmp_path: Path) -> None:
    from types import SimpleNamespace

    from hegui.engines.kept import Kept
    from hegui.report.kept_compared import compared

    rules: Any = {"r": SimpleNamespace(about="a")}
    frames = [[["a"], None, [1.5]], [["a", "b"], None, [1.5]]]
    made = []
    for number, values in enumerate(frames):
        folder = tmp_path / str(number)
        folder.mkdir()
        texts = [each if each is None else [str(one) for one in each] for each in values]
        frame = pl.DataFrame({"key": ["x", "y", "z"], "verdict": ["violation"] * 3, "v0": texts})
        frame.write_parquet(folder / "r.parquet")
        made.append(Kept(folder, rules, {"r": 3}))
    assert [(each.fingerprint, each.columns) for each in compared(*made, "r")] == [("r/a/x", ("v0",))]
    assert list(compared(made[0], made[0], "r")) == []


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs over Ba'nan, each in a folder of its own in every format."""
    folders = [tmp_path_factory.mktemp("run") for _ in range(2)]
    for folder in folders:
        asked = ("--rules", "banan", "--as-of", "2024-03-11", "--fail-on", "never")
        formats = [word for name in sorted(WRITERS) for word in ("--format", f"{name}={folder / name}")]
        done = hegui("check", str(BANAN), *asked, *formats, SOURCE_DATE_EPOCH="0")
        assert done.code == 0, done.err
    return folders


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_two_runs_differ_in_times_only(name: str, twice: list[Path]) -> None:
    first, second = ((folder / name).read_bytes() for folder in twice)
    assert first == second
    assert name in BINARY or first.decode()


def test_two_documents_differ_in_times_only(place: Path) -> None:
    check(place, "--waivers", str(place / "w.yaml"), "--format", f"json={place / 'again.json'}")
    first, second = (json.loads((place / name).read_text("utf-8")) for name in ("run.json", "again.json"))
    for data in (first, second):
        assert data["run"].pop("started")
        assert data["run"].pop("seconds") is not None
    assert first == second


def test_banan_is_the_same_again(tmp_path: Path) -> None:
    run = str(tmp_path / "run.json")
    hegui("check", str(BANAN), "--rules", "banan", "--as-of", "2024-03-11", "--format", f"json={run}")
    done = hegui("verify", run, "--facts", str(BANAN), "--rules", "banan", "--engine", "polars")
    assert (done.code, done.out) == (0, "")


def test_hashes_of_another_polars_are_no_difference_where_versions_are_none(place: Path) -> None:
    kept = ("--engine", "polars", "--findings", str(place / "found"), "--format", f"json={place / 'run.json'}")
    check(place, "--waivers", str(place / "w.yaml"), *kept)

    def change(data: Case) -> None:
        for stand in data["stands"].values():
            stand |= {"polars": "0.1", "keys": 1, "places": 2}

    changed(place, change)
    assert verify(place).code == 1
    assert verify(place, "--other-versions").code == 0


@pytest.mark.skipif(not available(), reason="durable-rules does not import here")
def test_what_durable_rules_was_not_given_is_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "Limits", partial(Limits, facts=0))
    ruleset = api.load_ruleset("banan")
    (tmp_path / "mine.csv").write_text("id\nK1\n", "utf-8")
    day = date(2024, 3, 11)
    run = api.check(api.load_registry(tmp_path / "mine.csv", ruleset), ruleset, as_of=day, chainer="durable")
    assert run.drawing.notes
    assert not api.verify(json.loads(run.to_json()), "run.json", [tmp_path / "mine.csv"], "banan")


def test_damage_to_what_is_called_by_a_name_is_told_of_the_document(place: Path) -> None:
    changed(place, lambda data: data["conclusions"].append({"conclusion": "tower", "about": {}}))
    done = verify(place)
    assert done.code == 3
    assert f"`{place / 'run.json'}`, at `" in done.err
    assert "the run has no conclusion rule `tower`" in done.err
