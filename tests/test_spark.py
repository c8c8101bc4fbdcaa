"""The Spark engine: the same findings to the last leaf, written as Parquet by the executors, and failures in one line."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sample
from chaining_kit import case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_engines_agree import conditions, facts, same
from test_no_backtracking import EVIL
from test_pattern import read
from test_verdicts import cases, close, findings

from hegui import api, ruleset
from hegui.conclusions.chaining import Job, run
from hegui.engines import judge, kept, polars
from hegui.engines.request import Keeping, Request
from hegui.engines.spark_patterns import search
from hegui.engines.spark_session import told
from hegui.facts.conformed import read_conformed, write_conformed
from hegui.language.pattern import Pattern, parse
from hegui.report import Run
from hegui.source import EngineError, UsageError

pytestmark = pytest.mark.spark

ROOT = Path(__file__).parents[1]
DAY = date(2024, 3, 11)
FEW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="session")
def session() -> Any:
    from hegui.engines.spark_session import connect

    return connect("local[2]")


# --- the same findings ---------------------------------------------------------------------------------------------

PATTERNS = [
    "矿", r"^M\d{3}$", r"\d", r"\w", r"\s", r"^\D$", r"^[^\s]\S\W$", ".", "^.$", "a$", "^a", "^$", "a$|^b", "^(矿|农场)+$",
    "^(?:ab)?c", "^x{2,}$", "^[a-c一-龥]*$", r"^[\-\]\[\^\\]$", "^[a&&b]$", r"^[\D]$", r"[^\d\D]", r"\.\*\(\)\{\}", "\x00",
    "a b#c~", "I", "é",
]  # fmt: skip
TEXTS = [
    "", "a", "ab", "M003", "M003\n", "٣", "１", "矿", "露天矿山", "农场矿", " ", "\t", "\n", "\v", "\x85", "\u3000", "\u2028", "😀",
    "a\n", "\na", "b", "abc", "xx", "xxx", "-", "]", "^", "\\", "&", ".*(){}", "\x00", "a b#c~", "i", "ı", "é", "e\u0301", "a矿矿",
]  # fmt: skip


def test_patterns_mean_the_same(session: Any) -> None:
    from pyspark.sql import functions as F  # noqa: N812

    patterns = [parse(text) for text in PATTERNS]
    frame = session.createDataFrame([(number, text) for number, text in enumerate(TEXTS)], "number int, text string")
    columns = [F.col("text").rlike(pattern.java()).alias(f"p{i}") for i, pattern in enumerate(patterns)]
    rows = frame.select("number", *columns).orderBy("number").collect()
    for i, pattern in enumerate(patterns):
        expected = [pattern.search(text) for text in TEXTS]
        assert [row[f"p{i}"] for row in rows] == expected, pattern.text


def test_patterns_mean_the_same_to_the_executors_own_engine(session: Any) -> None:
    patterns = [parse(text) for text in PATTERNS]
    texts = [*TEXTS, None, *TEXTS]
    frame = session.createDataFrame(list(enumerate(texts)), "number int, text string")
    columns = [search(pattern)(frame["text"]).alias(f"p{i}") for i, pattern in enumerate(patterns)]
    rows = frame.select("number", *columns).orderBy("number").collect()
    for i, pattern in enumerate(patterns):
        expected = [None if text is None else pattern.search(text) for text in texts]
        assert [row[f"p{i}"] for row in rows] == expected, pattern.text


def test_no_pattern_takes_longer_than_the_text_deserves(session: Any) -> None:
    """Over a million characters of what makes engines try again; where one did, this would not end."""
    import narwhals as nw

    from hegui.engines.spark import SparkTables

    tables = SparkTables(Request(sample.ruleset(), sample.registry(), sample.AS_OF, ()), session)
    asked = [(found, unit) for text, unit in EVIL if isinstance(found := read(text), Pattern)]
    asked += [(parse("x.*y"), "x"), (parse(".*x"), "a"), (parse("^(a|ab)*c"), "ab"), (parse("^[a😀]{2,}b"), "a😀")]
    texts = [unit * (1_000_000 // len(unit)) + "!" for _, unit in asked]
    frame = nw.from_native(session.createDataFrame([texts], [f"t{i}" for i in range(len(texts))]))
    for i, (pattern, _) in enumerate(asked):
        found = tables.matching(nw.col(f"t{i}"), pattern)
        known = frame.with_columns(nw.lit(True).alias(f"p{i}") if found is None else found.alias(f"p{i}"))
        frame = known if found is not None else tables.searched(frame, f"t{i}", pattern, f"p{i}")
    (row,) = frame.select(*(f"p{i}" for i in range(len(asked)))).to_native().collect()
    assert list(row) == [pattern.search(text) for (pattern, _), text in zip(asked, texts, strict=True)]


def agree(facts: Any, texts: list[str], on: str | None) -> None:
    for text in texts:
        node = facts.compile(text, "item")
        act = DAY if on is None else facts.compile(on, "item")
        expected, found = (facts.evaluate(engine, node, "item", act) for engine in ("scalar", "spark"))
        for row, (left, right) in enumerate(zip(expected, found, strict=True)):
            assert same(left, right), f"row {row} of {text!r} (day {on}): scalar {left!r}, spark {right!r}"


@FEW
@given(facts(), st.lists(conditions(), min_size=2, max_size=2), st.sampled_from([None, "d"]))
def test_conditions_agree(facts: Any, texts: list[str], on: str | None) -> None:
    agree(facts, texts, on)


@pytest.mark.slow
@MANY
@given(facts(), st.lists(conditions(), min_size=4, max_size=4), st.sampled_from([None, "d", "group.gd"]))
def test_many_conditions_agree(facts: Any, texts: list[str], on: str | None) -> None:
    agree(facts, texts, on)


def verdicts_agree(case: Any, every: bool) -> None:
    made, tested = case
    (counts, expected), (others, found) = (findings(made, tested, engine, every) for engine in ("scalar", "spark"))
    assert counts == others
    assert [replace(f, values=()) for f in expected] == [replace(f, values=()) for f in found]
    for left, right in zip(expected, found, strict=True):
        assert all(map(close, left.values, right.values)), (tested.violation.text, left.values, right.values)


@FEW
@given(cases(), st.booleans())
def test_findings_agree(case: Any, every: bool) -> None:
    verdicts_agree(case, every)


@pytest.mark.slow
@MANY
@given(cases(), st.booleans())
def test_many_findings_agree(case: Any, every: bool) -> None:
    verdicts_agree(case, every)


def test_the_sample_registry_is_judged_alike() -> None:
    expected, found = (
        judge(sample.ruleset(), sample.registry(), engine=engine, as_of=sample.AS_OF, every=True)
        for engine in ("scalar", "spark")
    )
    assert found.engine == "spark"
    assert (expected.summaries, expected.findings) == (found.summaries, found.findings)


@pytest.mark.slow
def test_banan_is_judged_alike() -> None:
    rules = ruleset.load("banan")
    registry = api.load_registry([ROOT / "facts" / "banan"], rules, as_of=DAY)
    expected, found = (judge(rules, registry, engine=engine, as_of=DAY) for engine in ("polars", "spark"))
    assert expected.summaries == found.summaries
    assert expected.findings == found.findings


# --- as Parquet ----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample registry, conformed."""
    write_conformed(sample.registry(), tmp_path / "facts")
    return tmp_path / "facts"


def test_findings_are_written_by_the_executors(folder: Path, session: Any, tmp_path: Path) -> None:
    from hegui.engines import spark

    rules = sample.ruleset()
    registry = read_conformed(folder, rules.vocabulary)
    assert registry.folder == folder
    request = Request(rules, registry, sample.AS_OF, tuple(rules.rules[name] for name in sorted(rules.rules)))
    expected = {each.rule.name: each.frame.collect() for each in polars.judge_frames(request)}
    for each in spark.judge_frames(request, session):
        each.write(tmp_path / "found")
        written = pl.read_parquet(tmp_path / "found" / f"{each.rule.name}.parquet" / "*.parquet")
        wanted = expected[each.rule.name]
        lacking = set(wanted.columns) - set(written.columns)  # what no row of this registry has anything in
        assert set(written.columns) <= set(wanted.columns)
        assert all(wanted[name].null_count() == len(wanted) for name in lacking)
        assert written.equals(wanted.select(written.columns)), each.rule.name
    assert {path.stem for path in (tmp_path / "found").iterdir()} == set(expected)


# --- failures ------------------------------------------------------------------------------------------------------


def test_many_findings_are_kept_beside_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LIMIT", 1)
    rules = api.load_ruleset(ROOT / "examples/quickstart/rules")
    facts = api.load_registry([ROOT / "examples/quickstart/lifts.csv"], rules, as_of=DAY)
    runs = [api.check(facts, rules, as_of=DAY, engine=engine) for engine in ("spark", "polars")]
    assert all(isinstance(run.findings, kept.Kept) for run in runs)
    assert list(runs[0].findings) == list(runs[1].findings)
    assert len(runs[0].findings) > 1


def test_findings_that_are_kept_never_come_to_the_driver(
    folder: Path, session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hegui.engines import spark

    def refused(self: object) -> None:
        raise AssertionError("findings were brought to the driver")

    monkeypatch.setattr(spark.RuleRows, "collected", refused)
    rules = sample.ruleset()
    registry = read_conformed(folder, rules.vocabulary)
    found = {}
    for engine in ("polars", "spark"):
        (tmp_path / engine).mkdir()
        found[engine] = judge(rules, registry, engine=engine, as_of=sample.AS_OF, kept=Keeping(tmp_path / engine))
    assert found["polars"].summaries == found["spark"].summaries
    assert sorted(path.name for path in (tmp_path / "spark").iterdir()) == sorted(
        path.name for path in (tmp_path / "polars").iterdir()
    )
    for name in rules.rules:
        frames = [pl.read_parquet(tmp_path / engine / f"{name}.parquet") for engine in ("polars", "spark")]
        assert frames[0].equals(frames[1]), name


def test_what_is_no_master_is_said_before_anything_starts() -> None:
    with pytest.raises(UsageError, match="`spark:/nowhere` is no master of Spark"):
        api.check(sample.registry(), sample.ruleset(), engine="spark", master="spark:/nowhere", as_of=sample.AS_OF)


def test_a_master_is_for_spark() -> None:
    with pytest.raises(UsageError, match="the engine is `scalar`; write `--engine spark`"):
        api.check(sample.registry(), sample.ruleset(), engine="scalar", master="local", as_of=sample.AS_OF)


def test_a_damaged_table_is_one_line(folder: Path, session: Any) -> None:
    rules = sample.ruleset()
    registry = read_conformed(folder, rules.vocabulary)
    for path in folder.glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-20] + b"\0" * 20)
    with pytest.raises(EngineError, match="Spark gave up: ") as caught:
        judge(rules, registry, engine="spark", as_of=sample.AS_OF)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def command(*more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    arguments = [
        "check",
        str(ROOT / "facts" / "banan"),
        "--rules",
        "banan",
        "--as-of",
        "2024-03-11",
        "--engine",
        "spark",
    ]
    env = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | environment
    return subprocess.run(
        [sys.executable, "-m", "hegui", *arguments, *more],
        capture_output=True,
        text=True,
        env=env,
        timeout=300,
        check=False,
    )


def test_without_java_the_command_says_so(tmp_path: Path) -> None:
    done = command(PATH=str(tmp_path))
    assert done.returncode == 3
    assert "needs Java 17 or newer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_master_that_is_not_there_is_one_line() -> None:
    done = command("--master", "spark://127.0.0.1:1", "--rule", "building.altered")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert re.search("Spark (does not start|gave up).*the application was ended", done.stderr)


def executors(session: int) -> list[int]:
    """The processes of executors in a session of processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (path / "cmdline").read_bytes()
            if b"CoarseGrainedExecutorBackend" in line and os.getsid(int(path.name)) == session:
                found.append(int(path.name))
    return found


@pytest.mark.slow
def test_a_lost_executor_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "run.json"
    line = [
        sys.executable,
        "-m",
        "hegui",
        "check",
        str(ROOT / "facts/banan"),
        "--rules",
        "banan",
        "--as-of",
        "2024-03-11",
    ]
    line += ["--engine", "spark", "--master", "local-cluster[1,1,1024]", "--format", f"json={target}"]
    env = os.environ | {"PYSPARK_SUBMIT_ARGS": "--conf spark.deploy.maxExecutorRetries=1 pyspark-shell"}
    with (
        subprocess.Popen(line, env=env, start_new_session=True, stderr=subprocess.PIPE, text=True) as process,
        ThreadPoolExecutor() as pool,
    ):
        told = pool.submit(process.communicate, timeout=600)
        while not told.done():  # one that is lost is started again, as often as Spark is told to
            for lost in executors(process.pid):
                time.sleep(10)  # it has begun to work
                os.kill(lost, signal.SIGKILL)
            time.sleep(0.5)
        _, stderr = told.result()
    assert process.returncode == 3, stderr
    last = stderr.strip().splitlines()[-1]
    assert re.match(
        r"error: Spark (gave up|does not start on \S+): .*(ExecutorLost|executor|application was ended)", last
    )
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []


def test_what_spark_says_is_told_in_one_line() -> None:
    text = "An error\n: org.apache.SparkException: Job aborted\n\tat a.b(C.scala:1)\nCaused by: java.io.IOException:  lost\n\tat x"
    assert told(text) == "java.io.IOException: lost"
    assert told(": java.lang.X: y\n\tat z") == "java.lang.X: y"
    assert told("") == ""
    assert told(": x: Cannot call methods on a stopped SparkContext.").startswith("the application was ended")


# --- conclusions ---------------------------------------------------------------------------------------------------


def test_partitions_are_chained_on_executors(session: Any) -> None:
    jobs = [Job(str(seed), *case(seed)) for seed in range(40)]
    assert run(jobs, "spark") == run(jobs, "reference")


def test_conclusions_are_drawn_alike(session: Any) -> None:
    rules = ruleset.load("banan")
    registry = api.load_registry([ROOT / "facts" / "banan"], rules, as_of=DAY)
    here = api.check(registry, rules, engine="scalar", chainer="reference", as_of=DAY)
    there = Run.with_conclusions(here, rules, registry, "spark")
    assert here.drawing.drawn
    assert here.drawing == there.drawing


# --- the example ---------------------------------------------------------------------------------------------------


def test_the_example_runs_as_its_page_says(tmp_path: Path) -> None:
    for name in ("examples", "facts"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    page = (ROOT / "examples" / "spark" / "README.md").read_text(encoding="utf-8")
    _, conform, submit = re.findall(r"```sh\n(.*?)\n```", page)
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYSPARK_PYTHON": sys.executable,
    }
    for line in (conform, submit):
        done = subprocess.run(
            shlex.split(line), cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["lift.tested-too-lightly violation 1 undetermined 1"]
    found = pl.read_parquet(tmp_path / "findings" / "lift.tested-too-lightly.parquet" / "*.parquet")
    rules = ruleset.load(ROOT / "examples" / "quickstart" / "rules")
    registry = api.load_registry([ROOT / "examples" / "quickstart" / "lifts.csv"], rules)
    expected = judge(rules, registry, engine="scalar", as_of=date(2026, 11, 23)).findings
    assert found["key"].to_list() == [finding.key for finding in expected]


@pytest.mark.slow
def test_a_million_entities_are_judged_alike() -> None:
    """Every row of every rule as Polars has it, to the last leaf."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "on_spark.py"), "1000000", "local[2]"],
        capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
