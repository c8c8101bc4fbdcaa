"""Commands that are killed, starved of room or kept from files, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import drawn_kit

CHILD = Path(__file__).parent / "faults_child.py"
ENGINE = Path(__file__).parent.parent / "engine"
DAY = ("--as-of", "2024-03-11")
EPOCH = "1710115200"
"""The moment of every run, so that the same facts give the same bytes."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status (negative: the signal), what it wrote and said, and how many steps it took."""

    code: int
    out: str
    said: str
    steps: int


@dataclass(frozen=True)
class Started:
    """A command that runs."""

    id: int
    place: Path


class Commands:
    """Runs commands in copies of one process that has everything loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers, self.running = folder, count(1), set[int]()
        env = {**os.environ, "PYTHONPATH": str(ENGINE), "PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": EPOCH}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, str(CHILD)], stdin=pipe, stdout=pipe, text=True, env=env)

    def close(self) -> None:
        for number in self.running:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def _ask(self, order: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, *args: str | Path, within: Path | None = None, at: int = 0, **how: Any) -> Started:
        """Begin a command. At step `at` inside the folder `within` it is killed, or has the step fail with the error number
        `fault`; `limit` is the most bytes a file may have, `before` Python it begins with; when `plain`, permissions bind it even as root."""
        place = self.folder / f"{next(self.numbers)}"
        place.mkdir()
        place.chmod(0o777)
        order: dict[str, Any] = {
            "args": [str(each) for each in args],
            "cwd": str(how.pop("cwd", self.folder)),
            "within": str(within or self.folder),
            "at": at,
            "in": os.devnull,
            "out": str(how.pop("out", place / "out")),
            "said": str(place / "said"),
            "steps": str(place / "steps"),
            "env": how.pop("env", {}),
            **{name: how.pop(name, None) for name in ("fault", "limit", "plain", "before")},
        }
        assert not how
        started = Started(self._ask(order), place)
        self.running.add(started.id)
        return started

    def end(self, started: Started, kill: signal.Signals | None = None, after: float = 0.0) -> Ended:
        """Wait for a command to end, or end it after some seconds."""
        if kill is not None:
            time.sleep(after)
            os.kill(started.id, kill)
        code = self._ask({"wait": started.id})
        self.running.remove(started.id)
        steps = started.place / "steps"
        return Ended(
            code,
            text_of(started.place / "out"),
            text_of(started.place / "said"),
            int(text_of(steps) or 0),
        )

    def run(self, *args: str | Path, **how: Any) -> Ended:
        return self.end(self.start(*args, **how))


def text_of(path: Path) -> str:
    """What a file holds; nothing where it is not there yet."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@contextmanager
def commands(folder: Path) -> Iterator[Commands]:
    folder.mkdir()
    made = Commands(folder)
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True)
class Place:
    """Two registries `a` and `b`, their ruleset, a saved run of each, and `out` for what is written."""

    root: Path
    commands: Commands

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def rules(self) -> Path:
        return self.root / "rules.yaml"

    def check(self, facts: str, *more: str) -> list[str]:
        at = ["check", str(self.root / facts), "--rules", str(self.rules), *DAY, "--chainer", "reference"]
        return [*at, "--fail-on", "never", *more]

    def fresh(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        self.out.chmod(0o777)


@contextmanager
def made(root: Path) -> Iterator[Place]:
    """A place in a new folder."""
    drawn_kit.load(root, *drawn_kit.ALL)
    text = (root / "rules.yaml").read_text("utf-8")
    (root / "other.yaml").write_text(text.replace("output > ", "output >= 1 + ", 1), "utf-8")
    for name in ("a", "b"):
        drawn_kit.tables(root / name)
    mines = root / "b" / "mine.csv"
    mines.write_text(mines.read_text("utf-8").replace("T1,D1,20", "T1,D1,35") + "M7,Seven,T2,D1,90,\n", "utf-8")
    with commands(root / "commands") as run:
        place = Place(root, run)
        place.fresh()
        for name in ("a", "b"):
            assert run.run(*place.check(name, "--format", f"json={root / name}.json")).code == 0
            done = run.run("ledger", "--db", root / f"{name}.sqlite", "record", root / f"{name}.json")
            assert done.code == 0, done.said
        yield place


# --- what stands on the disk ---------------------------------------------------------------------------------------


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def units(folder: Path, whole: Sequence[str] = ()) -> dict[str, object]:
    """What is replaced as one, by name: each file by itself, but the folders named in `whole`."""
    return as_units(content(folder), whole)


def as_units(there: Mapping[str, bytes], whole: Sequence[str]) -> dict[str, object]:
    """The same of files that were read before."""
    found: dict[str, object] = {}
    for name, body in there.items():
        head = next((each for each in whole if name.startswith(f"{each}/")), None)
        if head is None:
            found[name] = body
        else:
            found[head] = frozenset({*found.get(head, ()), (name, body)})  # type: ignore[misc]
    return found


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def removed(path: Path) -> None:
    """Take away what is there, if anything is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


LEFT = (".part", ".former")


def is_left(name: str) -> bool:
    """Is it what a killed process left behind, as its name says?"""
    return any(part.startswith(".") and any(each in part for each in LEFT) for part in name.split("/"))


def dump(path: Path) -> str | None:
    """Everything a ledger holds, once SQLite says that it is sound; None where there is none."""
    import sqlite3

    if not path.exists():
        return None
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = "\n".join(connection.iterdump())
    connection.close()
    return found
