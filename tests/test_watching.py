"""`hegui watch` as people run it: a process of its own, files that change, half-written ones, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import drawn_kit
import pytest
from test_cli import hegui

LIMIT = 90.0
"""Seconds anything may take on a busy machine."""


class Watching:
    """A running `hegui watch`, with what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.out: list[str] = []
        self.talk: list[str] = []
        told = ((process.stdout, self.out), (process.stderr, self.talk))
        self.readers = [Thread(target=lines.extend, args=(stream,)) for stream, lines in told]
        for reader in self.readers:
            reader.start()

    def wait(self, words: str, where: list[str]) -> None:
        end = time.monotonic() + LIMIT
        while not any(words in line for line in where):
            assert time.monotonic() < end, (words, self.out, self.talk)
            assert self.process.poll() is None, self.talk
            time.sleep(0.05)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(LIMIT)
        for reader in self.readers:
            reader.join(LIMIT)
        return code


@contextmanager
def watching(folder: Path, *options: str, registry: Path | None = None) -> Iterator[Watching]:
    drawn_kit.load(folder, *drawn_kit.ALL)
    facts = drawn_kit.tables(folder / "facts")
    command = [sys.executable, "-m", "hegui", "watch", str(registry or facts), "--rules", str(folder / "rules.yaml")]
    with subprocess.Popen(
        [*command, "--as-of", "2024-03-11", "--interval", "0.1", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        watch = Watching(process)
        try:
            yield watch
        finally:
            process.kill()
            for reader in watch.readers:
                reader.join(LIMIT)


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_files_do_is_told(tmp_path: Path) -> None:
    with watching(tmp_path) as watch:
        watch.wait("watching for changes", watch.talk)
        replaced(tmp_path / "facts" / "mine.csv", "T1,D1,20", "T1,D1,3")
        watch.wait("closed  mine.over/mine/M1  violation: One: 20", watch.out)
        watch.wait("opened  mine.small/mine/M1", watch.out)
        watch.wait("closed  t.high/town/T1", watch.out)
        assert watch.end() == 0
        assert "ended\n" in watch.talk


def test_files_that_a_manifest_names_are_looked_at(tmp_path: Path) -> None:
    kinds = ("town", "department", "mine", "order")
    entries = "".join(f"  - {{kind: {kind}, file: facts/{kind}.csv}}\n" for kind in kinds)
    path = tmp_path / "registry.yaml"
    path.write_text(f"sources:\n{entries}", encoding="utf-8")
    with watching(tmp_path, registry=path) as watch:
        watch.wait("5 files", watch.talk)
        mines = tmp_path / "facts" / "mine.csv"
        text = mines.read_text(encoding="utf-8")
        mines.unlink()
        watch.wait("waiting for the next change", watch.talk)
        mines.write_text(text.replace("T1,D1,20", "T1,D1,3"), encoding="utf-8")
        watch.wait("closed  mine.over/mine/M1  violation: One: 20", watch.out)
        assert watch.end() == 0
        assert not [line for line in watch.talk if "nothing else was found" in line]


def test_a_half_written_file_is_waited_for(tmp_path: Path) -> None:
    with watching(tmp_path, "--lang", "zh") as watch:
        watch.wait("正在监视变化", watch.talk)
        path = tmp_path / "facts" / "town.json"
        (tmp_path / "facts" / "town.csv").unlink()
        path.write_text('[{"id": "T1", "name": "Al', encoding="utf-8")
        watch.wait("等待下一次变化", watch.talk)
        assert any("JSON" in line for line in watch.talk)
        assert not watch.out
        path.write_text('[{"id": "T1", "name": "Alder"}, {"id": "T2", "name": "Elm"}]', encoding="utf-8")
        watch.wait("变化  t.any/town/T2", watch.out)
        assert watch.end() == 0


def test_for_programs_there_is_a_line_of_json_each(tmp_path: Path) -> None:
    with watching(tmp_path, "--format", "jsonl") as watch:
        watch.wait("watching for changes", watch.talk)
        replaced(tmp_path / "facts" / "mine.csv", "T1,D1,20", "T1,D1,30")
        watch.wait("mine.over/mine/M1", watch.out)
        replaced(tmp_path / "facts" / "mine.csv", "M1,One,T1,D1,30,2024-01-01\n", "")
        watch.wait('"closed", "conclusion"', watch.out)
        assert watch.end() == 0
        told = [json.loads(line) for line in watch.out]
        (first,) = [
            each for each in told if each["change"] == "changed" and each.get("finding", {}).get("rule") == "mine.over"
        ]
        assert first["finding"]["message"]["en"] == "One: 30"
        assert first["before"]["message"]["en"] == "One: 20"
        assert first["finding"]["evidence"][0]["source"]["row"] == 2
        gone = {
            each["conclusion"]["fingerprint"] for each in told if each["change"] == "closed" and "conclusion" in each
        }
        assert "t.high/town/T1" in gone


def test_what_cannot_be_begun_with_ends_as_a_check_does(tmp_path: Path) -> None:
    drawn_kit.load(tmp_path, *drawn_kit.ALL)
    done = subprocess.run(
        [sys.executable, "-m", "hegui", "watch", str(tmp_path / "nowhere"), "--rules", str(tmp_path / "rules.yaml")],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "there is no file or folder" in done.stderr


def test_databases_are_refused_and_no_password_is_told(tmp_path: Path) -> None:
    drawn_kit.load(tmp_path, *drawn_kit.ALL)
    addresses = ["postgresql://reader:geheim@h/db", "sqlite:///a.db", "${URL}"]
    done = hegui("watch", *addresses, "--rules", str(tmp_path / "rules.yaml"))
    assert (done.code, done.out) == (3, "")
    assert done.err.count("databases are not watched") == len(addresses)
    assert "geheim" not in done.err


def test_a_header_that_is_cut_is_waited_for_and_problems_are_told(tmp_path: Path) -> None:
    with watching(tmp_path) as watch:
        watch.wait("watching for changes", watch.talk)
        mines = tmp_path / "facts" / "mine.csv"
        text = mines.read_text(encoding="utf-8")
        header = text.splitlines()[0]
        mines.write_text(header[: header.rindex(",") + 2], encoding="utf-8")
        watch.wait("does not end with a line break", watch.talk)
        watch.wait("waiting for the next change", watch.talk)
        mines.write_text(text, encoding="utf-8")
        watch.wait("nothing else was found", watch.talk)
        assert not watch.out
        mines.write_text(text.replace("T1,D1,20", "T1,D1,2O"), encoding="utf-8")
        watch.wait("new problems in the data: 1", watch.talk)
        watch.wait("`2O` cannot be read", watch.talk)
        assert watch.end() == 0


def test_a_registry_that_cannot_be_judged_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui.cli import watching as command
    from hegui.source import ChainingError, Diagnostic, Wording

    class Failing:
        def replace(self, registry: object) -> None:
            raise ChainingError(Diagnostic(Wording("action", "the action failed", "")))

        def read(self) -> None:
            return None

    said: list[object] = []
    monkeypatch.setattr(command, "tell", said.extend)
    monkeypatch.setattr(command, "say", said.append)
    assert command._replaced(Failing(), Failing()) is None  # type: ignore[arg-type]
    assert [getattr(each, "id", None) for each in said] == ["action", "waiting"]
