"""What is no file is never read: a pipe is not waited for, a device not taken in, whoever names it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facts_kit import vocabulary
from faults_kit import Place

from hegui import facts, intake
from hegui.facts import write_conformed
from hegui.source import FactsError, HeguiError, read_source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices are other there")

Command = Callable[[Place, Path], list[str]]


def fact(suffix: str) -> tuple[str, Command]:
    return f"mine{suffix}", lambda place, path: ["check", str(path), "--rules", str(place.rules)]


def run(*before: str, after: tuple[str, ...] = ()) -> tuple[str, Command]:
    return "run.json", lambda _, path: [*before, str(path), *after]


def beside(*more: str) -> Command:
    return lambda place, path: place.check("a", *more, str(path))


READERS: dict[str, tuple[str, Command]] = {
    **{f"check {suffix}": fact(suffix) for suffix in (".csv", ".json", ".jsonl", ".xlsx", ".xls", ".parquet", ".yaml")},
    "check registry.yaml": ("registry.yaml", fact("")[1]),
    "check sqlite": ("x.db", lambda place, path: ["check", f"sqlite:///{path}", "--rules", str(place.rules)]),
    "check --waivers": ("w.yaml", beside("--waivers")),
    "check --since": ("run.json", beside("--changes", "/dev/null", "--since")),
    "check --since-run": ("run.json", beside("--format", "html=/dev/null", "--since-run")),
    "explain": ("mine.csv", lambda place, path: ["explain", str(path), "--rules", str(place.rules), "M1", "mine.dust"]),
    "watch": ("mine.csv", lambda place, path: ["watch", str(path), "--rules", str(place.rules)]),
    "report": run("report"),
    "report --template": (
        "x.docx",
        lambda place, path: ["report", str(place.root / "a.json"), "--format", "docx=x.docx", "--template", str(path)],
    ),
    "diff": ("run.json", lambda place, path: ["diff", str(place.root / "a.json"), str(path)]),
    "verify": ("run.json", lambda place, path: ["verify", str(path), "--facts", str(place.root / "a"), "--rules", str(place.rules)]),
    "waivers": (
        "w.yaml", lambda place, path: ["waivers", "audit", str(path), "--rules", str(place.rules)]
    ),
    "baseline": ("run.json", lambda _, path: [
        "baseline", "create", str(path), "-o", "x", "--until", "2024-12-31", "--approved-by", "x", "--document", "1"]),
    "ledger record": ("run.json", lambda place, path: ["ledger", "--db", str(place.root / "a.sqlite"), "record", str(path)]),
    "ledger --db": ("x.sqlite", lambda _, path: ["ledger", "--db", str(path), "status"]),
    "new registry": ("x.xlsx", lambda place, path: ["new", "registry", str(path), "--rules", str(place.rules)]),
}  # fmt: skip


QUICK = (
    "check .csv", "check .parquet", "check .xlsx", "check registry.yaml", "check sqlite", "check --waivers", "report", "ledger --db",
)  # fmt: skip
"""Those that are tried each time; the others in the long run."""


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        pytest.param(name, sort, marks=[] if name in quick else pytest.mark.slow)
        for sort, quick in (("pipe", QUICK), ("device", ("check .csv", "report")))
        for name in READERS
    ],
)
def test_what_is_no_file_is_refused_at_once(place: Place, name: str, sort: str) -> None:
    place.fresh()
    called, command = READERS[name]
    path = place.out / called
    if sort == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    done = place.commands.run(*command(place, path))
    assert done.code == 3, (done.code, done.said, done.out)
    assert "error: " in done.said, done.said
    assert called in done.said
    if "database" not in done.said and "ledger" not in done.said:
        assert f"it is a {sort}" in done.said
    assert done.said.count("\n") <= 2


def test_findings_kept_beside_a_run(place: Place) -> None:
    place.fresh()
    folder = place.out / "found"
    made = place.commands.run(
        *place.check("b", "--findings", str(folder), "--format", f"json={place.out / 'run.json'}")
    )
    assert made.code == 0, made.said
    for file in sorted(folder.iterdir()):
        kept = file.read_bytes()
        file.unlink()
        os.mkfifo(file)
        done = place.commands.run("report", place.out / "run.json")
        assert (done.code, done.said.count("it is a pipe")) == (3, 1), (file, done.said)
        file.unlink()
        file.write_bytes(kept)


def test_a_run_of_shell_substitution_is_told_what_to_do(place: Place) -> None:
    command = f"{sys.executable} -m hegui report <(cat {place.root / 'a.json'})"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "it is a pipe; write what it gives to a file first" in done.stderr


@pytest.mark.parametrize("file", ["mine.parquet", "problems.jsonl", "stands.json"])
def test_a_conformed_registry(tmp_path: Path, file: str) -> None:
    (tmp_path / "mine.csv").write_text("id,shifts\nM1,x\n", "utf-8")
    write_conformed(facts.read([tmp_path / "mine.csv"], vocabulary()), tmp_path / "conformed")
    (tmp_path / "conformed" / file).unlink()
    os.mkfifo(tmp_path / "conformed" / file)
    with pytest.raises(FactsError, match="conformed"):
        facts.read([tmp_path / "conformed"], vocabulary())


def test_a_line_separator_in_a_problem_of_a_conformed_registry(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id,shifts\nM1,a\u2028b\x85c\n", "utf-8")
    registry = facts.read([tmp_path / "mine.csv"], vocabulary())
    write_conformed(registry, tmp_path / "conformed")
    assert facts.read([tmp_path / "conformed"], vocabulary()).problems == registry.problems


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x.yaml")
        with pytest.raises(HeguiError, match="it is a socket, and no file") as caught:
            read_source(Path("x.yaml"))
    assert "是套接字，不是文件" in caught.value.diagnostics[0].render("zh")


def test_of_a_file_that_is_too_long_no_more_than_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert [intake.bytes_of(tmp_path / "x", most) for most in (6, 5, 4, None)] == [
        b"12345",
        b"12345",
        b"12345",
        b"12345",
    ]
    assert intake.bytes_of(tmp_path / "x", 3) == b"1234"


def test_a_proof_named_in_the_ledger(place: Place) -> None:
    place.fresh()
    os.mkfifo(place.out / "proof.pdf")
    shutil.copy(place.root / "b.sqlite", place.out / "b.sqlite")
    found = json.loads((place.root / "b.json").read_text("utf-8"))["findings"][0]["fingerprint"]
    more = ("--on", "2024-03-11", "--file", place.out / "proof.pdf")
    done = place.commands.run("ledger", "--db", place.out / "b.sqlite", "proof", found, *more)
    assert (done.code, "it is a pipe" in done.said) == (3, True), done.said
