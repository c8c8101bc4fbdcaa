"""Places that cannot be read or written, and places that are something else than they seem: 3, one sentence that names the
file, and nothing lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import faults_kit as kit
import pytest
from faults_kit import Ended, Place

from hegui import files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="places and permissions are other there")

Command = Callable[[Place, Path], list[str]]

WRITERS: dict[str, Command] = {
    **{
        name: lambda place, target, name=name: place.check("b", "--format", f"{name}={target}")  # type: ignore[misc]
        for name in ("json", "xlsx", "csv", "docx")
    },
    "findings": lambda place, target: place.check("b", "--findings", str(target)),
    "report": lambda place, target: ["report", str(place.root / "a.json"), "--format", f"markdown={target}"],
    "baseline": lambda place, target: [
        "baseline", "create", str(place.root / "a.json"), "-o", str(target), "--until", "2024-12-31", "--approved-by", "x",
        "--document", "1",
    ],
    "template": lambda place, target: ["template", "mine", "--rules", str(place.rules), "-o", str(target)],
    "letter-template": lambda place, target: ["letter-template", "-o", str(target)],
    "models": lambda place, target: ["models", str(place.rules), "-o", str(target)],
    "schema": lambda place, target: ["schema", "--all", "-o", str(target)],
    "rules --book": lambda place, target: ["rules", "--rules", str(place.rules), "--book", str(target)],
    "lint": lambda place, target: ["lint", str(place.rules), "--fail-on", "never", "--format", f"sarif={target}"],
    "impact": lambda place, target: [
        "impact", str(place.rules), str(place.root / "other.yaml"), "--facts", str(place.root / "a"), *kit.DAY,
        "--format", f"json={target}",
    ],
    "record": lambda place, target: ["ledger", "--db", str(target), "record", str(place.root / "a.json")],
}  # fmt: skip
"""Commands that write to a place."""
FOLDERS = ("findings", "schema", "rules --book")
"""Those for which it is a folder."""
QUICK = ("findings", "letter-template")
"""Those that are tried each time; the others in the long run."""


def slowly(names: Iterable[str], *quick: str) -> list[Any]:
    """Parameters of which all but some are for the long run."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


def each(names: Iterable[str] = tuple(WRITERS)) -> list[Any]:
    return slowly(names, *QUICK)


def refused(done: Ended, *words: str) -> None:
    assert done.code == 3, (done.code, done.said, done.out)
    assert "Traceback" not in done.said
    assert done.said.startswith("error: ")
    assert [word for word in words if word not in done.said] == []


# --- where something is to be written --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", each())
def test_a_folder_that_can_only_be_read(place: Place, name: str) -> None:
    place.fresh()
    place.out.chmod(0o555)
    refused(place.commands.run(*WRITERS[name](place, place.out / "x"), plain=True), str(place.out / "x"))
    assert not list(place.out.iterdir())


@pytest.mark.parametrize("name", each(tuple(name for name in WRITERS if name not in (*FOLDERS, "record"))))
def test_a_file_that_can_only_be_read_and_one_in_such_a_folder(place: Place, name: str) -> None:
    place.fresh()
    old = place.out / "x"
    for modes in ((0o444, 0o755), (0o644, 0o555)):
        place.out.chmod(0o755)
        old.write_text("old", "utf-8")
        old.chmod(modes[0])
        place.out.chmod(modes[1])
        refused(place.commands.run(*WRITERS[name](place, old), plain=True), str(old))
        assert kit.content(place.out) == {"x": b"old"}
    place.out.chmod(0o755)


@pytest.mark.parametrize("name", slowly(WRITERS, "findings"))
def test_a_link_in_a_circle_and_one_to_nowhere(place: Place, name: str) -> None:
    place.fresh()
    for number, target in enumerate(("x0", "nowhere/there")):
        link = place.out / f"x{number}"
        link.symlink_to(target)
        refused(place.commands.run(*WRITERS[name](place, link)), str(link))
        assert link.is_symlink()
    assert not (place.out / "nowhere").exists()
    assert {path.name for path in place.out.iterdir()} == {"x0", "x1"}


@pytest.mark.parametrize("name", slowly(("json", "template", "findings", "record"), "json"))
def test_a_link_is_followed(place: Place, name: str) -> None:
    place.fresh()
    link, real = place.out / "x", place.root / "real"
    link.symlink_to(real)
    for _ in range(2):
        done = place.commands.run(*WRITERS[name](place, link))
        assert done.code == 0, done.said
        assert link.is_symlink()
        assert real.exists()
    kit.removed(real)


@pytest.mark.parametrize("name", each(tuple(name for name in WRITERS if name not in FOLDERS)))
def test_a_folder_where_a_file_is_to_be(place: Place, name: str) -> None:
    place.fresh()
    (place.out / "x").mkdir()
    refused(place.commands.run(*WRITERS[name](place, place.out / "x")), str(place.out / "x"))
    assert not list((place.out / "x").iterdir())


@pytest.mark.parametrize("name", each(FOLDERS))
def test_a_file_where_a_folder_is_to_be(place: Place, name: str) -> None:
    place.fresh()
    (place.out / "x").write_text("old", "utf-8")
    refused(place.commands.run(*WRITERS[name](place, place.out / "x")), str(place.out / "x"))
    assert kit.content(place.out) == {"x": b"old"}


@pytest.mark.parametrize("name", each(tuple(name for name in WRITERS if name not in (*FOLDERS, "record"))))
def test_a_device_that_is_always_full(place: Place, name: str) -> None:
    refused(place.commands.run(*WRITERS[name](place, Path("/dev/full"))), "/dev/full", "No space left on device")


@pytest.mark.parametrize("name", slowly(WRITERS, "json"))
def test_a_pipe_with_a_name(place: Place, name: str) -> None:
    """Where nobody reads from it, who writes would wait for ever."""
    place.fresh()
    pipe = place.out / "x"
    os.mkfifo(pipe)
    done = place.commands.run(*WRITERS[name](place, pipe))
    told = "" if name in (*FOLDERS, "record") else "it is a pipe that nobody reads from"
    assert (done.code, f"`{pipe}`" in done.said, told in done.said) == (3, True, True), done.said
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", slowly(("json", "template", "models", "csv"), "template"))
def test_a_pipe_that_is_read_from(place: Place, name: str) -> None:
    """What is no plain file is written to as it is, as `>(…)` of a shell is."""
    place.fresh()
    pipe, whole = place.out / "x", place.out / "whole"
    os.mkfifo(pipe)
    with whole.open("wb") as out, subprocess.Popen(["cat", str(pipe)], stdout=out) as reader:
        waited = os.open(pipe, os.O_WRONLY)  # until it is read from
        started = place.commands.start(*WRITERS[name](place, pipe))
        assert place.commands.end(started).code == 0
        os.close(waited)
        assert reader.wait(60) == 0
    assert len(whole.read_bytes()) > 100
    assert pipe.is_fifo()


def test_a_pipe_that_is_no_longer_read_from(tmp_path: Path) -> None:
    """Whoever reads from it may end at any moment."""
    pipe = tmp_path / "x"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(BrokenPipeError), files.replacing(pipe) as target:
        assert (os.close(reader), target.write_bytes(b"x")) == (None, 1)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("what", ["pipe", "/dev/full"])
def test_findings_beside_a_document_that_cannot_be_written(place: Place, what: str) -> None:
    """Whether it names those of before cannot be read there either."""
    place.fresh()
    document, findings = place.out / "x", str(place.out / "findings")
    if what == "pipe":
        os.mkfifo(document)
    else:
        document.symlink_to(what)
    assert (
        place.commands.run(*place.check("b", "--findings", findings, "--format", f"json={place.out / 'y'}")).code == 0
    )
    done = place.commands.run(*place.check("a", "--findings", findings, "--format", f"json={document}"))
    refused(done, str(document))
    assert place.commands.run("report", str(place.out / "y"), "--format", "csv=-").code in (0, 1)


# --- where what is written would be lost what is read ------------------------------------------------------------------

ONTO: dict[str, Callable[[Place], tuple[list[str], Path]]] = {
    "facts": lambda place: (place.check("b", "--format", f"csv={place.root / 'b/mine.csv'}"), place.root / "b/mine.csv"),
    "rules": lambda place: (place.check("b", "--format", f"csv={place.rules}"), place.rules),
    "facts by findings": lambda place: (place.check("b", "--findings", str(place.root / "b")), place.root / "b/mine.csv"),
    "a run": lambda place: (
        ["report", str(place.root / "a.json"), "--format", f"csv={place.root / 'a.json'}"], place.root / "a.json",
    ),
    "the run of a baseline": lambda place: (WRITERS["baseline"](place, place.root / "a.json"), place.root / "a.json"),
    "a ledger": lambda place: (
        ["ledger", "--db", str(place.root / "a.sqlite"), "export", "-o", str(place.root / "a.sqlite")], place.root / "a.sqlite",
    ),
    "a ruleset": lambda place: (WRITERS["lint"](place, place.rules), place.rules),
    "the rules of models": lambda place: (WRITERS["models"](place, place.rules), place.rules),
}  # fmt: skip


@pytest.mark.parametrize("what", slowly(ONTO, "facts", "a run", "facts by findings"))
def test_what_is_read_is_not_written_over(place: Place, what: str) -> None:
    command, read = ONTO[what](place)
    was = read.read_bytes()
    refused(place.commands.run(*command))
    assert read.read_bytes() == was


def test_nor_by_another_name(place: Place) -> None:
    place.fresh()
    link, same = place.out / "link.csv", place.out / "same.csv"
    facts = place.root / "b" / "mine.csv"
    link.symlink_to(facts)
    os.link(facts, same)
    for target in (link, same):
        refused(place.commands.run(*place.check("b", "--format", f"csv={target}")), str(target))


def test_facts_that_a_manifest_names(place: Place) -> None:
    place.fresh()
    town = place.out / "data" / "town.csv"
    town.parent.mkdir()
    town.write_text("id,name\nT1,Alder\n", "utf-8")
    manifest = place.out / "registry.yaml"
    manifest.write_text("sources:\n  - {kind: town, file: data/town.csv}\n", "utf-8")
    for target in (town, manifest):
        refused(place.commands.run(*place.check("out", "--format", f"csv={target}")), str(target))
    assert town.read_text("utf-8") == "id,name\nT1,Alder\n"


def test_a_run_takes_the_place_of_the_one_it_goes_on_from(place: Place) -> None:
    place.fresh()
    run = place.out / "run.json"
    for more in ([], ["--since", str(run), "--before", str(place.root / "a")], ["--since-run", str(run)]):
        done = place.commands.run(*place.check("b" if more else "a", *more, "--format", f"json={run}"))
        assert done.code == 0, done.said


def test_findings_that_are_still_to_be_shown(place: Place) -> None:
    place.fresh()
    run, found, page = place.out / "run.json", place.out / "found", place.out / "page.html"
    kept = ["--findings", str(found), "--format", f"json={run}"]
    assert place.commands.run(*place.check("a", *kept)).code == 0
    was = kit.content(place.out)
    refused(
        place.commands.run(*place.check("b", *kept, "--format", f"html={page}", "--since-run", str(run))), str(found)
    )
    assert kit.content(place.out) == was


# --- what cannot be read -----------------------------------------------------------------------------------------------

READ: dict[str, tuple[str, Callable[[Place], list[str]], int]] = {
    "facts": ("b/mine.csv", lambda place: place.check("b"), 3),
    "rules": ("rules.yaml", lambda place: place.check("b"), 2),
    "a run": ("a.json", lambda place: ["report", str(place.root / "a.json")], 3),
    "one of two runs": ("b.json", lambda place: ["diff", str(place.root / "a.json"), str(place.root / "b.json")], 3),
    "a ledger": ("a.sqlite", lambda place: ["ledger", "--db", str(place.root / "a.sqlite"), "status"], 3),
    "a folder": ("b", lambda place: place.check("b"), 3),
    "facts to watch": ("b/mine.csv", lambda place: ["watch", str(place.root / "b"), "--rules", str(place.rules)], 3),
}


@pytest.mark.parametrize("what", slowly(READ, "facts", "a ledger"))
def test_what_cannot_be_read(place: Place, what: str) -> None:
    name, command, code = READ[what]
    path = place.root / name
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        done = place.commands.run(*command(place), plain=True)
    finally:
        path.chmod(mode)
    assert done.code == code, done.said
    assert "Traceback" not in done.said
    assert str(path) in done.said
    assert "error: " in done.said


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_or_read_is_passed_over(place: Place, tmp_path: Path) -> None:
    cache = tmp_path / "hegui"
    plain = {"plain": True, "env": {"XDG_CACHE_HOME": str(tmp_path)}}
    expected = place.commands.run(*place.check("b"), **plain)
    (kept,) = cache.iterdir()
    body = kept.read_bytes()
    for damaged in (b"", body[:-1], body[:20], b"hegui ruleset 0\n" + body[16:]):
        kept.write_bytes(damaged)
        assert place.commands.run(*place.check("b"), **plain).out == expected.out
        assert kept.read_bytes() == body
    for path, mode in ((kept, 0), (cache, 0o555), (cache, 0)):
        path.chmod(mode)
        done = place.commands.run(*place.check("b"), **plain)
        assert (done.out, done.said) == (expected.out, expected.said)
        cache.chmod(0o700)


# --- a disk that is full -------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own of 96 kB."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(mounted)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


@pytest.mark.parametrize("name", slowly(WRITERS, "json"))
def test_a_full_disk(place: Place, small: Path, name: str) -> None:
    """Filled up but for some kilobytes: what was there stays, and what is refused says so; with room again, it works."""
    filler = small / "filler"
    for room in (0, 4, 12):
        filler.write_bytes(bytes(96 * 1024 - (room + 4) * 1024))
        while True:  # to the last byte that is to be filled
            try:
                with filler.open("ab") as out:
                    out.write(bytes(4096))
            except OSError:
                break
        os.truncate(filler, filler.stat().st_size - room * 1024)
        done = place.commands.run(*WRITERS[name](place, small / "x"))
        assert "Traceback" not in done.said
        if done.code:
            refused(done)
            assert re.search("No space left|no room|cannot keep|disk", done.said)
            if name not in ("schema", "rules --book"):
                assert {path.name for path in small.iterdir()} <= {"filler", "x"}
        assert not [path for path in small.rglob("*") if kit.is_left(path.name)]
        kit.removed(small / "x")


# --- what is left behind -------------------------------------------------------------------------------------------------


def left(target: Path, host: str, process: int, sort: str = "part") -> Path:
    return target.with_name(f".{target.name}.{host}-{process}-1.{sort}")


def gone() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def test_only_what_nobody_is_writing_is_removed(tmp_path: Path) -> None:
    target, here, other = tmp_path / "run.json", files._host(), "00000000"
    ended = gone()
    stays = [left(target, here, os.getpid()), left(target, other, ended), left(tmp_path / "other", here, ended)]
    stays += [tmp_path / ".run.json.part", tmp_path / ".run.json.swp"]
    stays.append(left(target, here, ended, "former"))
    goes = [left(target, here, ended), left(target, other, 1)]
    for path in (*stays, *goes):
        path.write_text("begun", "utf-8")
    os.utime(goes[1], (0, 0))
    files.write_whole(target, ["new"])
    assert set(tmp_path.iterdir()) == {target, *stays}


def test_a_former_folder_stays_until_its_process_is_gone_and_others_took_its_place(tmp_path: Path) -> None:
    """Where folders cannot change places in one go, a process may be killed between two steps: all there is stands aside."""
    target = tmp_path / "found"
    own, lost = (left(target, files._host(), process, "former") for process in (os.getpid(), gone()))
    for folder in (own, lost):
        folder.mkdir()
    files.sweep(target)
    assert {*files.formers(target)} == {own, lost}
    files.clear_formers(target, None)
    assert {*files.formers(target)} == {own}


@pytest.mark.parametrize("swap", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: bool) -> None:
    if not swap:
        monkeypatch.setattr(files, "_swap", lambda: None)
    target, asides = tmp_path / "found", []
    for text in ("one", "two", "three"):
        part = files.folder_beside(target)
        (part / text).write_text(text, "utf-8")
        asides.append(files.put_aside(part, target))
        assert kit.content(target) == {text: text.encode()}
    assert asides.pop(0) is None
    first, second = filter(None, asides)
    assert [kit.content(each) for each in (first, second)] == [{"one": b"one"}, {"two": b"two"}]
    assert sorted(tmp_path.iterdir()) == sorted([target, first, second])
    files.put_back(second, target)
    assert kit.content(target) == {"two": b"two"}
    assert sorted(tmp_path.iterdir()) == sorted([target, first])


def test_long_names_can_be_written(tmp_path: Path) -> None:
    """As long as the system allows, in characters of three bytes."""
    target = tmp_path / ("核" * 85)
    files.write_whole(target, ["one"])
    files.write_whole(target, ["two"])
    assert kit.content(tmp_path) == {target.name: b"two"}


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_services_have_no_streams(closed: str, tmp_path: Path) -> None:
    """What nobody listens to is not said; the report is written, and the exit code is that of the check."""
    table, out = tmp_path / "enterprise.csv", tmp_path / "run.json"
    table.write_text("id,permit_class,permit_held\nE1,key,false\n", "utf-8")
    line = [sys.executable, "-m", "hegui", "check", str(table), "--rules", "national", "--fail-on", "never"]
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *line, "--format", f"json={out}", "--format", "table"], check=False
    )
    assert ended.returncode == 0  # a traceback nobody sees ends in 1
    assert len(out.read_bytes()) > 100
