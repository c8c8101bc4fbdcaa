"""What goes wrong around a run, through the command line in a process of its own: exit 3, one clear sentence, and nothing
half-written under its final name or left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from facts_kit import frame, read_here, vocabulary

from hegui import api, facts
from hegui.facts import readers
from hegui.source import FactsError, UsageError

BENCH = Path(__file__).parent.parent / "benchmarks" / "rules"
ROWS = 50_000
AS_OF = date(2024, 3, 11)


def command(folder: Path, *more: str) -> list[str]:
    rules = ["--rules", str(BENCH), "--as-of", "2024-03-11"]
    return [sys.executable, "-B", "-m", "hegui", "check", str(folder / "facts"), *rules, *more]


def kept(folder: Path) -> list[str]:
    return ["--findings", str(folder / "out" / "found"), "--format", f"json={folder / 'out' / 'run.json'}"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A registry of sites without towns in `facts`, and an empty folder `out`."""
    (tmp_path / "out").mkdir()
    (tmp_path / "facts").mkdir()
    sites().write_parquet(tmp_path / "facts" / "site.parquet", compression="zstd", row_group_size=10_000)
    return tmp_path


def sites() -> pl.DataFrame:
    number = pl.int_range(ROWS, eager=True)
    return pl.DataFrame(
        {
            "id": number.cast(pl.String).str.zfill(8),
            "category": (number % 3).replace_strict({0: "a", 1: "b", 2: "c"}),
            "output": number % 977 / 8,
            "scale": number % 499 / 4,
            "permit_to": [AS_OF] * ROWS,
            "staff": number % 400,
        }
    )


def ended(folder: Path, *more: str, **extra: Any) -> str:
    """What a run that ends in exit 3 says on stderr; nothing is left of it."""
    done = subprocess.run(command(folder, *more), capture_output=True, text=True, check=False, timeout=120, **extra)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert not list((folder / "out").iterdir())
    return done.stderr


# --- damaged and drifting facts


def test_the_registry_is_sound_before_it_is_damaged(place: Path) -> None:
    done = subprocess.run(command(place, *kept(place)), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert sorted(path.name for path in (place / "out").iterdir()) == ["found", "run.json"]


def test_a_corrupt_row_group(place: Path) -> None:
    file = place / "facts" / "site.parquet"
    body = bytearray(file.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 4000] = b"\xff" * 4000  # the data of a row group; the footer stays
    file.write_bytes(body)
    said = ended(place, *kept(place))
    assert said.strip() == f"error: `{file}` is damaged or no Parquet file [not-parquet]"


def test_a_row_group_that_is_read_later(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read block by block, damage shows only in a later one; so it may in another file, and both are told."""
    monkeypatch.setattr(readers, "BLOCK", 10_000)
    words = api.load_ruleset(BENCH).vocabulary
    first, second = place / "facts" / "site.parquet", place / "facts" / "town.parquet"
    sites().select("id").write_parquet(second, row_group_size=10_000)
    assert frame(facts.read([place / "facts"], words), "site").height == ROWS
    for file in (first, second):
        body = bytearray(file.read_bytes())
        at = len(body) * 3 // 4
        body[at : at + 4000] = b"\xff" * 4000
        file.write_bytes(body)
    with pytest.raises(FactsError) as caught:
        facts.read([place / "facts"], words)
    assert [each.args["name"] for each in caught.value.diagnostics] == [str(first), str(second)]
    assert {each.wording.id for each in caught.value.diagnostics} == {"not-parquet"}


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_of_parquet_are_judged_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "矿山.parquet"
    rows = {
        "id": ["M1", "M2", "M1", None, "M3", "合计", "M4", "M5"],
        "scale": ["1", "不清", "2", "3", "4万t/a", "9", None, "-"],
        "ratio": [0.1 + 0.2, None, 1.5, 2.0, float("nan"), 1.0, -0.0, 1e300],
        "tags": [["甲"], [], None, ["乙"], ["丙", "丁"], None, None, ["戊"]],
        "other": [1, 2, 3, 4, 5, 6, 7, 8],
    }
    pl.DataFrame(rows).write_parquet(path)
    whole = read_here(path)
    monkeypatch.setattr(readers, "BLOCK", size)
    blocks = read_here(path)
    assert frame(blocks, "mine").equals(frame(whole, "mine"))
    assert blocks.problems == whole.problems
    assert len(whole.problems) == 9


def test_columns_that_drift_between_files(tmp_path: Path) -> None:
    """Of raw files each is read by its own header and types. A column that only one of them has is a problem in the
    data, so `--strict` refuses it; the others count as they are."""
    pl.DataFrame({"id": ["M1"], "scale": [5.0], "shifts": [3], "active": [True]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"id": [2], "scale": ["万"], "active": ["是"]}).write_parquet(tmp_path / "b.parquet")
    (tmp_path / "c.csv").write_text("编号,证载生产规模(万吨/年),是否在产\nM3,1,否\n", "utf-8")
    sources = "".join(f"  - {{kind: mine, file: {name}}}\n" for name in ("a.parquet", "b.parquet", "c.csv"))
    (tmp_path / "registry.yaml").write_text("sources:\n" + sources, "utf-8")
    registry = read_here(tmp_path)
    table = frame(registry, "mine").select("id", "scale", "shifts", "active")
    assert table.rows() == [("2", None, None, True), ("M1", 5.0, 3, True), ("M3", 10_000.0, None, False)]
    said = [(each.problem, each.field, Path(each.place.file).name) for each in registry.problems if each.place]
    assert said == [
        ("no column", "shifts", "b.parquet"),
        ("unreadable", "scale", "b.parquet"),
        ("no column", "shifts", "c.csv"),
    ]
    assert registry.problems[0].hint == str(tmp_path / "a.parquet")


def test_drifting_facts_are_refused_when_strict(place: Path) -> None:
    sites().drop("staff").with_columns(pl.lit("x").alias("output")).head(10).write_parquet(
        place / "facts" / "b.parquet"
    )
    sources = "".join(f"  - {{kind: site, file: {name}}}\n" for name in ("site.parquet", "b.parquet"))
    (place / "facts" / "registry.yaml").write_text("sources:\n" + sources, "utf-8")
    done = subprocess.run(command(place, "--strict"), capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "problems in the data (`--strict`)" in done.stderr


# --- no room


def full(size: int) -> Callable[[], None]:
    """A limit on the size of files stands for a disk that is full: writing fails in the middle."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals are set otherwise there")


@linux
def test_no_room_for_findings(place: Path) -> None:
    said = ended(place, *kept(place), preexec_fn=full(20_000))
    assert "cannot write findings to" in said
    assert "File too large" in said


@linux
def test_no_room_for_findings_that_are_only_kept_for_the_run(place: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    said = ended(place, env={**os.environ, "TMPDIR": str(aside)}, preexec_fn=full(20_000))
    assert "cannot write findings to" in said
    assert not list(aside.iterdir())


@linux
def test_no_room_for_a_report(place: Path) -> None:
    said = ended(place, "--rule", "late", "--format", f"json={place / 'out' / 'run.json'}", preexec_fn=full(2_000))
    assert "cannot write" in said
    assert "File too large" in said


@linux
@pytest.mark.parametrize("before", [False, True])
def test_no_room_for_a_conformed_registry(place: Path, before: bool) -> None:
    """What was there before stays as it was."""
    target = place / "out" / "conformed"
    script = (
        "import sys; from hegui import api, facts\n"
        "from pathlib import Path\n"
        "registry = api.load_registry([sys.argv[1]], api.load_ruleset(sys.argv[2]))\n"
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "facts.write_conformed(registry, Path(sys.argv[3]))\n"
    )
    small = facts.from_rows(vocabulary(), {"mine": [{"id": "M1"}]})
    if before:
        facts.write_conformed(small, target)
    there = {path.name: path.read_bytes() for path in target.iterdir()} if before else None
    args = [sys.executable, "-B", "-c", script, str(place / "facts"), str(BENCH), str(target)]
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert UsageError.__name__ in done.stderr.splitlines()[-1]
    assert "cannot write facts to" in done.stderr.splitlines()[-1]
    assert [path.name for path in (place / "out").iterdir()] == (["conformed"] if before else [])
    assert there is None or {path.name: path.read_bytes() for path in target.iterdir()} == there


# --- interrupted


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("when", ["reading", "judging", "writing"])
def test_an_interrupt(place: Path, number: signal.Signals, when: str) -> None:
    """Whoever ends the run in whatever way: exit 3, and nothing is there that was not there before."""
    patched = {
        "reading": "from hegui.facts import door as module; name = 'merge_same_keys'",
        "judging": "from hegui.engines import polars; module, name = polars._Store, 'put'",
        "writing": "from pathlib import Path as module; name = 'replace'",
    }[when]
    script = (
        f"import sys, time; {patched}\n"
        "was = getattr(module, name)\n"
        "def waiting(*args, **extra):\n"
        "    done = was(*args, **extra) if name == 'put' else None\n"
        "    print('here', flush=True)\n"
        "    time.sleep(60)\n"
        "    return done\n"
        "setattr(module, name, waiting)\n"
        "from hegui import cli\n"
        "cli.main(sys.argv[1:])\n"
    )
    args = [sys.executable, "-c", script, *command(place, *kept(place))[4:]]
    before = sorted(path.name for path in place.iterdir())
    with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "here\n"
        running.send_signal(number)
        said = running.stderr.read()
    assert running.returncode == 3, said
    assert "interrupted; no report was left half-written" in said
    assert "Traceback" not in said
    left = sorted(path.name for path in (place / "out").iterdir())
    assert left == (["found"] if when == "writing" else [])  # whole findings, of which no document speaks yet
    assert sorted(path.name for path in place.iterdir()) == before


def memory(process: int) -> float:
    """What a process holds, in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@linux
def test_an_interrupt_while_polars_works(tmp_path: Path) -> None:
    """Wherever in a large file it is."""
    (tmp_path / "out").mkdir()
    (tmp_path / "facts").mkdir()
    pl.concat([sites()] * 20).write_csv(tmp_path / "facts" / "site.csv")
    with subprocess.Popen(command(tmp_path, *kept(tmp_path)), stderr=subprocess.PIPE, text=True) as running:
        while memory(running.pid) < 300:
            time.sleep(0.01)
        running.terminate()
        assert running.stderr is not None
        said = running.stderr.read()
    assert running.returncode == 3, said
    assert "Traceback" not in said
    assert not list((tmp_path / "out").iterdir())
