"""Commands that are killed at any moment, or for which a step fails: what was there stays, or the new is there whole; what a
killed process leaves can be told by its name and is gone after the next run, which gives the same bytes as ever."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faults_kit as kit
import pytest
from faults_kit import DAY, Ended, Place

CASES = int(os.environ.get("HEGUI_CASES", "300"))
"""How many kills the long run makes."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are killed and limited otherwise there")


@dataclass(frozen=True)
class Case:
    """A command that writes to `out`, over the one registry or run or the other. `begin` is what there must be before it;
    without it, it is run over the one first. Folders in `whole` are replaced as one; `adds` to what there is, each time; `before`
    is Python it begins with."""

    args: Callable[[Place, str], list[str]]
    begin: Callable[[Place], None] | None = None
    whole: tuple[str, ...] = ()
    adds: bool = False
    before: str = ""

    def run(self, place: Place, which: str, **how: Any) -> Ended:
        return place.commands.run(*self.args(place, which), within=place.out, before=self.before, **how)


FEW = "import hegui.engines.kept\nhegui.engines.kept.LIMIT = 3\nimport hegui.api\nhegui.api.FEW = 0\n"
"""Findings are kept beside the document however few they are."""
IN_STEPS = "import hegui.files\nhegui.files._swap = lambda: None\n"
"""Folders cannot change places in one go."""


def formats(place: Place, *names: str) -> list[str]:
    endings = {"markdown": "md", "table": "txt", "docx-town": "town.zip"}
    return [word for name in names for word in ("--format", f"{name}={place.out / f'r.{endings.get(name, name)}'}")]


def recorded(place: Place) -> None:
    done = place.commands.run("ledger", "--db", place.out / "l.sqlite", "record", place.root / "a.json")
    assert done.code == 0, done.said


def a_ruleset_to_mend(place: Place) -> None:
    """A ruleset in three files, each with something `--fix` mends."""
    (place.out / "ruleset.yaml").write_text("name: mend\nversion: '1'\ntitle: {zh: 修, en: mend}\n", "utf-8")
    text = place.rules.read_text("utf-8").partition("\n---\n")[2]
    (place.out / "rules.yaml").write_text(text.replace("output > ", "dusty == true && output > ", 1), "utf-8")


def ledger(*words: str) -> Callable[[Place, str], list[str]]:
    return lambda place, _: ["ledger", "--db", str(place.out / "l.sqlite"), *words]


def saved(name: str) -> Callable[[Place, str], list[str]]:
    """A command over the saved run of a registry."""
    return {
        "report": lambda place, which: [
            "report", str(place.root / f"{which}.json"), *formats(place, "json", "xlsx", "csv", "markdown", "docx", "junit"),
        ],
        "record": lambda place, which: ["ledger", "--db", str(place.out / "l.sqlite"), "record", str(place.root / f"{which}.json")],
        "baseline": lambda place, which: [
            "baseline", "create", str(place.root / f"{which}.json"), "-o", str(place.out / "w.yaml"),
            "--until", "2024-12-31", "--approved-by", "局", "--document", "1",
        ],
    }[name]  # fmt: skip


MATTER = "mine.over/mine/M1"
CASES_OF: Mapping[str, Case] = {
    "check": Case(
        lambda place, which: place.check(
            which, "--findings", str(place.out / "found"), *formats(place, "json", "xlsx", "csv", "table", "docx")
        ),
        whole=("found",),
    ),
    "check, in short": Case(
        lambda place, which: place.check(which, "--findings", str(place.out / "found"), *formats(place, "json", "csv")),
        whole=("found",),
    ),
    "check, beside the document": Case(
        lambda place, which: place.check(which, *formats(place, "json", "csv")), whole=("r.findings",), before=FEW
    ),
    "check, two documents": Case(
        lambda place, which: place.check(
            which, "--findings", str(place.out / "found"), *formats(place, "json", "csv"), "--format", f"json={place.out / 'r2.json'}"
        ),
        whole=("found",), before=IN_STEPS,
    ),
    "check, every format": Case(
        lambda place, which: place.check(
            which, *formats(place, "json", "jsonl", "xlsx", "csv", "table", "docx", "docx-town", "html", "markdown", "sarif",
                            "junit", "github", "notice"),
        ),
    ),
    "report": Case(saved("report")),
    "record": Case(saved("record")),
    "record again": Case(saved("record"), recorded),
    "order": Case(ledger("order", MATTER, "--document", "1", "--served", "2024-03-12", "--period", "30d"), recorded, adds=True),
    "note": Case(ledger("note", MATTER, "--text", "seen", "--on", "2024-03-12"), recorded, adds=True),
    "proof": Case(ledger("proof", MATTER, "--document", "2", "--on", "2024-03-13"), recorded, adds=True),
    "accept": Case(
        ledger("accept", MATTER, "--document", "3", "--by", "局", "--on", "2024-03-14", "--although-shown"), recorded
    ),
    "export": Case(lambda place, which: ["ledger", "--db", str(place.root / f"{which}.sqlite"), "export", "-o", str(place.out / "l.xlsx")]),
    "baseline": Case(saved("baseline")),
    "schema": Case(lambda place, _: ["schema", "--all", "-o", str(place.out / "schemas")]),
    "rules --book": Case(lambda place, _: ["rules", "--rules", str(place.rules), "--book", str(place.out / "book")]),
    "models": Case(lambda place, _: ["models", str(place.rules), "-o", str(place.out / "models.py")]),
    "template": Case(
        lambda place, _: ["template", "mine", "--rules", str(place.rules), "-o", str(place.out / "t.xlsx")]
    ),
    "letter-template": Case(lambda place, _: ["letter-template", "-o", str(place.out / "t.docx")]),
    "lint --fix": Case(lambda place, _: ["lint", str(place.out), "--fix", "--fail-on", "never", *DAY], a_ruleset_to_mend),
    "impact": Case(
        lambda place, which: [
            "impact", str(place.rules), str(place.root / "other.yaml"), "--facts", str(place.root / which), *DAY,
            *formats(place, "markdown", "json", "html"),
        ]
    ),
}  # fmt: skip
"""Every command that writes files."""


def standing(place: Place, case: Case) -> dict[str, object]:
    """What there is, a unit each: of a ledger what it holds, once it is seen to be sound."""
    ledgers = {path.name: kit.dump(path) for path in sorted(place.out.glob("*.sqlite"))}
    return {**kit.units(place.out, case.whole), **ledgers}


@dataclass(frozen=True)
class Known:
    """What a case leaves on the disk when nothing goes wrong: before, and after; in how many steps and how long."""

    case: Case
    before: Mapping[str, object]
    after: Mapping[str, object]
    files: Path
    steps: int
    seconds: float
    code: int
    shown: tuple[str, str]


KNOWN: dict[str, Known] = {}


def known(place: Place, name: str) -> Known:
    if name in KNOWN:
        return KNOWN[name]
    case, files = CASES_OF[name], place.root / f"before {name}"
    place.fresh()
    if case.begin is not None:
        case.begin(place)
    else:
        done = case.run(place, "a")
        assert done.code == 0, done.said
    before, was = standing(place, case), shown(place)
    shutil.copytree(place.out, files)
    started = time.monotonic()
    done = case.run(place, "b")
    seconds = time.monotonic() - started
    assert done.code in (0, 1), done.said
    now = shown(place)
    KNOWN[name] = Known(case, before, standing(place, case), files, done.steps, seconds, done.code, (was, now))
    return KNOWN[name]


def shown(place: Place) -> str:
    """What a reader of the run document gets."""
    return place.commands.run("report", place.out / "r.json").out


def again(place: Place, found: Known) -> None:
    """Put back what was there before."""
    shutil.rmtree(place.out, ignore_errors=True)
    shutil.copytree(found.files, place.out)


def intact(place: Place, found: Known, left: bool = False) -> None:
    """Each thing is as it was before or as it is to be, whole; what is begun can be told by its name, and may be `left`."""
    there = standing(place, found.case)
    for name, body in there.items():
        if kit.is_left(name):
            assert left, name
        elif not name.endswith("-journal"):
            assert body in [each[name] for each in (found.before, found.after) if name in each], name
    aside = found.case.whole if found.case.before == IN_STEPS and any(map(kit.is_left, there)) else ()
    assert {*there, *aside} >= found.before.keys() & found.after.keys()


def the_next_run_works(place: Place, found: Known) -> None:
    """And nothing is left of the one before."""
    done = found.case.run(place, "b")
    assert done.code == found.code or "is closed already" in done.said, done.said  # where that had been committed
    if not found.case.adds:
        assert standing(place, found.case) == found.after


def killed_at(place: Place, name: str, step: int) -> None:
    """Kill a command before one of its steps."""
    found = known(place, name)
    again(place, found)
    done = found.case.run(place, "b", at=step)
    assert done.code == -signal.SIGKILL
    intact(place, found, left=True)
    readable(place, found)
    the_next_run_works(place, found)


def killed_after(place: Place, name: str, seconds: float) -> Ended:
    """Kill a command after some time."""
    found = known(place, name)
    again(place, found)
    started = place.commands.start(*found.case.args(place, "b"), within=place.out, before=found.case.before)
    done = place.commands.end(started, signal.SIGKILL, seconds)
    intact(place, found, left=True)
    readable(place, found)
    the_next_run_works(place, found)
    return done


def readable(place: Place, found: Known) -> None:
    """Whoever reads a run whose findings are beside it gets that of before or the new one, whole."""
    if not found.case.whole:
        return
    for document in place.out.glob("*.json"):
        done = place.commands.run("report", document)
        assert done.code == 0, done.said
        assert done.out in found.shown


# --- killed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["check, in short", "record again"])
def test_killed_at_a_step(place: Place, name: str) -> None:
    chance = random.Random(name)
    if known(place, name).steps:
        killed_at(place, name, chance.randint(1, known(place, name).steps))
    killed_after(place, name, chance.uniform(0, known(place, name).seconds))


@pytest.mark.parametrize("more", ["", pytest.param(IN_STEPS, marks=pytest.mark.slow)])
def test_killed_between_findings_and_their_document(place: Place, more: str) -> None:
    """The findings of before are put aside by then, and the document of before still finds them; twice in a row, too."""
    found = known(place, "check, in short")
    again(place, found)
    kill = "from hegui.engines.kept import Kept\nKept.refuse_replaced = lambda _: os.kill(os.getpid(), 9)\n"
    for _ in range(2):
        done = place.commands.run(*found.case.args(place, "b"), before=f"import os\n{more}{kill}")
        assert done.code == -signal.SIGKILL
        there = kit.units(place.out, ("found",))
        assert there["r.json"] == found.before["r.json"]
        assert there["found"] == found.after["found"]
        assert place.commands.run("report", place.out / "r.json").out == found.shown[0]
    since = ["--since", str(place.out / "r.json"), "--before", str(place.root / "a")]
    done = place.commands.run(*found.case.args(place, "b"), *since)
    assert done.code == 0, done.said
    assert not [name for name in kit.content(place.out) if kit.is_left(name)]
    the_next_run_works(place, found)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES_OF)
def test_killed_at_every_step(place: Place, name: str) -> None:
    """What SQLite writes it writes by itself, and it takes no step of ours."""
    for step in range(1, known(place, name).steps + 1):
        killed_at(place, name, step)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES_OF)
def test_killed_at_any_time(place: Place, name: str) -> None:
    """Where a kill came too late, those after it come sooner."""
    chance, longest, left = random.Random(name), known(place, name).seconds, -(-CASES // len(CASES_OF))
    while left:
        if killed_after(place, name, chance.uniform(0, longest)).code == -signal.SIGKILL:
            left -= 1
        else:
            longest *= 0.9


def test_interrupted_when_the_document_is_in_its_place(place: Place) -> None:
    """Its findings stay: they are no longer those of a run that came to nothing."""
    found = known(place, "check, in short")
    again(place, found)
    interrupt = (
        "from hegui.engines.former import Former\ndef name(self, last): raise KeyboardInterrupt\nFormer.name = name\n"
    )
    done = place.commands.run(*found.case.args(place, "b"), before=interrupt)
    assert done.code == 3
    assert place.commands.run("report", place.out / "r.json").out == found.shown[1]
    the_next_run_works(place, found)


# --- a step that fails, and no room ----------------------------------------------------------------------------------

FAULTS = (errno.ENOSPC, errno.EACCES, errno.EIO)


def fails_at(place: Place, name: str, step: int, fault: int) -> None:
    """Have one step fail: a message and 3, or what it was for is not needed for the result."""
    found = known(place, name)
    again(place, found)
    done = found.case.run(place, "b", at=step, fault=fault)
    unharmed(place, found, done)
    the_next_run_works(place, found)


def starved(place: Place, name: str, limit: int) -> None:
    """Let no file grow beyond so many bytes, as where a disk is full."""
    found = known(place, name)
    again(place, found)
    done = found.case.run(place, "b", limit=limit)
    unharmed(place, found, done)
    the_next_run_works(place, found)


def unharmed(place: Place, found: Known, done: Ended) -> None:
    assert "Traceback" not in done.said
    assert done.code in (3, found.code), (done.code, done.said)
    assert done.code == found.code or "error: " in done.said
    several = len(list(place.out.glob("*.json"))) > 1  # the one may be of before, and the other not
    intact(place, found, left=done.code == found.code or several)
    readable(place, found)


@pytest.mark.parametrize("name", ["check, in short"])
def test_a_step_fails(place: Place, name: str) -> None:
    chance = random.Random(name)
    fails_at(place, name, chance.randint(1, known(place, name).steps), chance.choice(FAULTS))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES_OF.items() if case.begin is not recorded])
def test_every_step_fails(place: Place, name: str) -> None:
    for step in range(1, known(place, name).steps + 1):
        for fault in FAULTS:
            fails_at(place, name, step, fault)


@pytest.mark.parametrize("name", ["check, in short", "record again"])
def test_no_room(place: Place, name: str) -> None:
    starved(place, name, 1_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES_OF)
def test_no_room_of_any_size(place: Place, name: str) -> None:
    for limit in (512, 1_000, 2_000, 4_096, 5_000, 8_192, 20_000, 60_000, 150_000):  # what is said is a file, too
        starved(place, name, limit)
