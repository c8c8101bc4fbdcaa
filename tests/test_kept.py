"""Findings kept as Parquet: the same as those held in memory, read as they are asked for, and never half-written."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sample
import shipped_kit
from click.testing import CliRunner

from hegui import api, files
from hegui.cli import main
from hegui.engines import judge, polars
from hegui.engines import kept as keeping
from hegui.engines.kept import Kept
from hegui.facts import write_conformed
from hegui.report import WRITERS, Look
from hegui.report.run import Run
from hegui.source import FactsError, UsageError

ROOT = Path(__file__).parent.parent
BANAN, AS_OF = ROOT / "facts" / "banan", date(2024, 3, 11)
LIFTS = (str(ROOT / "examples/quickstart/lifts.csv"), "--rules", str(ROOT / "examples/quickstart/rules"))


def run_of(engine: str, findings: Path | None, **more: Any) -> Run:
    ruleset = sample.ruleset()
    return api.check(sample.registry(), ruleset, as_of=AS_OF, engine=engine, findings=findings, **more)


def shown(run: Run, name: str = "table") -> str:
    return "".join(WRITERS[name](run, Look(limit=None)))


@pytest.mark.parametrize("engine", ["polars", "scalar"])
@pytest.mark.parametrize("every", [False, True])
def test_kept_findings_are_the_same(tmp_path: Path, engine: str, every: bool) -> None:
    held, kept = (run_of(engine, folder, every=every) for folder in (None, tmp_path / "found"))
    assert isinstance(kept.findings, Kept)
    assert list(kept.findings) == list(held.findings)
    assert len(kept.findings) == len(held.findings)
    assert all(kept.findings.get(finding.fingerprint) == finding for finding in held.findings)
    every = len(held.findings)
    for at in (slice(3), slice(1, None, 2), slice(None, None, -3), slice(-4, -1), slice(every, None), slice(7, 2)):
        assert kept.findings[at] == held.findings[at], at
    assert [kept.findings[at] for at in range(-every, every)] == [*held.findings, *held.findings]
    with pytest.raises(IndexError):
        kept.findings[every]
    assert kept.summary == held.summary
    for threshold in ("low", "minor", "major", "critical", "undetermined", "never"):
        assert kept.counting(threshold) == held.counting(threshold)


def test_a_rule_of_relations_is_typed(tmp_path: Path) -> None:
    kept = run_of("polars", tmp_path / "found").findings
    assert isinstance(kept, Kept)
    for rule in kept.counts:
        schema = kept.scan(rule).collect_schema()
        assert schema["occurred"] == pl.Date
        assert schema["line"] == pl.Int64


def test_a_report_of_kept_findings_reads_like_any(tmp_path: Path) -> None:
    held, kept = run_of("polars", None), run_of("polars", tmp_path / "found")
    names = ("findings", "entities", "rules", "lack")
    assert [[getattr(each, name) for name in names] for each in kept.wanted] == [
        [getattr(each, name) for name in names] for each in held.wanted
    ]
    by_entity = ("by entity",)
    cut = [line for line in shown(held).splitlines() if line.strip() and not any(word in line for word in by_entity)]
    missing = [line for line in shown(kept).splitlines() if line.strip() and line not in cut and "by table" not in line]
    assert not missing


@pytest.mark.slow
def test_a_document_finds_its_findings_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LIMIT", 3)
    monkeypatch.setattr(api, "FEW", 0)
    target = tmp_path / "run.json"
    args = [str(BANAN), "--rules", "banan", "--as-of", "2024-03-11", "--fail-on", "never"]
    done = CliRunner().invoke(main, ["check", *args, "--format", f"json={target}", "--format", "table"])
    assert done.exit_code == 0, done.output
    data = json.loads(target.read_text("utf-8"))
    assert data["findings"]["parquet"] == "run.findings"
    assert data["findings"]["count"] == sum(data["findings"]["counts"].values()) > 100
    (tmp_path / "elsewhere").mkdir()
    target.rename(tmp_path / "elsewhere" / "run.json")
    (tmp_path / "run.findings").rename(tmp_path / "elsewhere" / "run.findings")
    again = CliRunner().invoke(main, ["report", str(tmp_path / "elsewhere" / "run.json")])
    assert again.exit_code == 0
    assert again.stdout == done.stdout


@pytest.mark.slow
def test_conclusions_follow_from_kept_findings(tmp_path: Path) -> None:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(AS_OF)
    held, kept = (
        api.check(registry, ruleset, as_of=AS_OF, engine="polars", chainer="reference", findings=folder)
        for folder in (None, tmp_path / "found")
    )
    assert kept.drawing == held.drawing
    assert kept.summary == held.summary
    assert list(kept.findings) == [replace(each) for each in held.findings]


def test_private_values_are_not_kept(tmp_path: Path) -> None:
    hidden = Run.hidden(sample.ruleset())
    kept = run_of("polars", tmp_path / "found").findings
    assert isinstance(kept, Kept)
    for rule, leaves in hidden.items():
        for number in leaves:
            assert kept.scan(rule).collect()[f"v{number}"].null_count() == kept.counts[rule]


def test_timings_name_stages_and_rules() -> None:
    seconds: dict[str, float] = {}
    run = run_of("polars", None, timings=seconds)
    assert not isinstance(run.findings, Kept)
    assert {"judge", *(f"rule {item.rule}" for item in run.summary.rules)} <= set(seconds)


# --- what can go wrong ------------------------------------------------------------------------------------------------


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(UsageError) as caught:
        run_of("polars", tmp_path)
    assert caught.value.diagnostics[0].wording.id == "folder-taken"
    assert (tmp_path / "letters.txt").read_text() == "dear"


def test_findings_before_are_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "found"
    run_of("polars", folder)
    pl.DataFrame({"x": [1]}).write_parquet(folder / "old.rule.parquet")
    run_of("polars", folder)
    assert not (folder / "old.rule.parquet").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["found"]


@pytest.mark.parametrize("damage", ["missing", "short", "broken"])
def test_damaged_findings_are_named(tmp_path: Path, damage: str) -> None:
    run = run_of("polars", tmp_path / "found").beside(tmp_path / "run.json")
    assert isinstance(run.findings, Kept)
    rule = next(name for name, count in run.findings.counts.items() if count)
    file = run.findings.file(rule)
    if damage == "missing":
        file.unlink()
    elif damage == "short":
        pl.read_parquet(file).head(0).write_parquet(file)
    else:
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UsageError) as caught:
        Run.from_json(run.to_json(), str(tmp_path / "run.json"))
    assert caught.value.diagnostics[0].wording.id == "findings-lost"
    assert rule in caught.value.diagnostics[0].render("en")


def test_findings_that_another_process_replaced_while_they_were_read(tmp_path: Path) -> None:
    """Whoever reads files of which some are its own and some are not is told why."""
    run = run_of("polars", tmp_path / "found")
    (tmp_path / "found").rename(tmp_path / "former")
    with pytest.raises(UsageError) as caught:
        list(run.findings)
    assert caught.value.diagnostics[0].wording.id == "findings-replaced"


def conformed(folder: Path) -> None:
    write_conformed(sample.registry(), folder)


def test_a_corrupt_row_group_ends_the_run(tmp_path: Path) -> None:
    conformed(tmp_path / "facts")
    for file in (tmp_path / "facts").glob("*.parquet"):
        data = bytearray(file.read_bytes())
        data[4 : len(data) // 3] = bytes(255 for _ in data[4 : len(data) // 3])  # the data, not the footer
        file.write_bytes(data)
    ruleset = sample.ruleset()
    registry = api.load_registry([tmp_path / "facts"], ruleset)
    with pytest.raises(FactsError) as caught:
        api.check(registry, ruleset, as_of=AS_OF, engine="polars", findings=tmp_path / "found")
    assert caught.value.diagnostics[0].wording.id == "facts-broke-off"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of file sizes are set otherwise there")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full: writing fails in the middle."""
    found, run = tmp_path / "found", tmp_path / "run.json"
    python = [sys.executable, "-B"]  # which would also break off what it writes of its own modules
    command = [*python, "-m", "hegui", "check", *LIFTS, "--as-of", "2024-03-11"]
    command += ["--engine", "polars", "--chainer", "reference", "--findings", str(found), "--format", f"json={run}"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)),
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot write findings" in done.stderr
    assert not list(tmp_path.iterdir())


def test_files_of_one_kind_have_the_same_columns(tmp_path: Path) -> None:
    conformed(tmp_path)
    whole = pl.read_parquet(tmp_path / "year.parquet")
    (tmp_path / "year.parquet").unlink()
    (tmp_path / "year.parquet").mkdir()
    whole.head(3).write_parquet(tmp_path / "year.parquet" / "part-0.parquet")
    whole.tail(-3).write_parquet(tmp_path / "year.parquet" / "part-1.parquet")
    ruleset = sample.ruleset()
    held = run_of("polars", None)
    parts = api.check(api.load_registry([tmp_path], ruleset), ruleset, as_of=AS_OF, engine="polars")
    assert parts.findings == held.findings
    drifted = whole.tail(-3).with_columns(pl.col("#line").cast(pl.Int32), other=pl.lit(1))
    drifted.write_parquet(tmp_path / "year.parquet" / "part-1.parquet")
    with pytest.raises(FactsError) as caught:
        api.load_registry([tmp_path], ruleset)
    said = caught.value.diagnostics[0].render("en")
    assert "part-1.parquet` has other columns than" in said
    assert "`#line`, `other`" in said


@pytest.mark.parametrize("strip", [1, 2, 3])
@pytest.mark.parametrize("own", [True, False])
def test_rows_taken_in_strips_are_judged_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strip: int, own: bool
) -> None:
    """In strips, and where relations are read as a whole for fear of reading them once for each strip."""
    held = run_of("polars", None, every=True)
    monkeypatch.setattr(polars, "STRIP", strip)
    if not own:
        monkeypatch.setattr(polars, "_own_relations", lambda _: False)
    for folder in (None, tmp_path / "found"):
        cut = run_of("polars", folder, every=True)
        assert list(cut.findings) == list(held.findings)
        assert cut.summary == held.summary
    assert not list((tmp_path / "found").glob(".*"))


def test_a_registry_taken_in_strips_is_judged_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(None)
    whole = judge(ruleset, registry, engine="scalar", as_of=AS_OF)
    monkeypatch.setattr(polars, "STRIP", 40)
    cut = judge(ruleset, registry, engine="polars", as_of=AS_OF)
    assert cut == replace(whole, engine="polars")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other there")
def test_an_interrupt_leaves_no_findings(tmp_path: Path) -> None:
    """Interrupted while it judges: exit 3, and neither document nor folder is there."""
    script = (
        "import os, signal, sys\n"
        "from hegui.engines import polars\n"
        "from hegui import cli\n"
        "put = polars._Store.put\n"
        "def interrupted(*args):\n"
        "    put(*args)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    import time; time.sleep(5)\n"
        "polars._Store.put = interrupted\n"
        "cli.main(sys.argv[1:])\n"
    )
    args = ["check", *LIFTS, "--as-of", "2024-03-11", "--engine", "polars"]
    args += ["--findings", str(tmp_path / "found"), "--format", f"json={tmp_path / 'run.json'}"]
    done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("problem", [OSError(1, "not permitted"), KeyboardInterrupt()])
def test_findings_before_stay_where_new_ones_cannot_take_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    folder, rename = tmp_path / "found", Path.rename
    run_of("polars", folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".part") and target == folder:
            raise problem
        return rename(self, target)

    monkeypatch.setattr(files, "_swap", lambda: None)  # a system on which folders change places in steps
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises((UsageError, KeyboardInterrupt)):
        run_of("polars", folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["found"]


def test_findings_before_stay_until_conclusions_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "found"
    run_of("polars", folder)
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}

    def break_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("hegui.conclusions.drawing.draw", break_off)
        with pytest.raises(KeyboardInterrupt):
            run_of("polars", folder)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before
    run_of("polars", folder)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()}.keys() == before.keys()


def test_a_mark_polars_panics_over_is_that_of_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path, {}, {}).marked("sha256:0")
    assert kept.whole() is kept

    def panics(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(pl, "read_parquet", panics)
    with pytest.raises(UsageError, match="another run"):
        kept.whole()
