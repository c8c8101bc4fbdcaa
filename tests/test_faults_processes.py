"""Two processes at once, clocks that are wrong, and signals: both end well or one is told why not, and what stands is whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import faults_kit as kit
import pytest
from faults_kit import Place

CASES = int(os.environ.get("HEGUI_CASES", "300"))
"""How many signals, and how many pairs, the long run sends and starts."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals are other there")


# --- a second process ------------------------------------------------------------------------------------------------


def whole_of(place: Place, which: str) -> dict[str, bytes]:
    place.fresh()
    assert place.commands.run(*kept(place, which)).code == 0
    return kit.content(place.out)


def kept(place: Place, which: str) -> list[str]:
    out = place.out
    return place.check(which, "--findings", str(out / "found"), "--format", f"json={out / 'r.json'}", *csv(place))


def csv(place: Place) -> list[str]:
    return ["--format", f"csv={place.out / 'r.csv'}"]


def two_checks(place: Place, rounds: int, seed: int) -> None:
    """Two checks of different facts to the same place, a moment apart: each thing is that of the one or the other, and whoever
    reads the two that belong together gets them or is told."""
    chance = random.Random(seed)
    wholes = [whole_of(place, which) for which in ("a", "b")]
    for round in range(rounds):
        if round % 3 == 0:
            place.fresh()
        first = place.commands.start(*kept(place, "a"))
        time.sleep(chance.uniform(0, 0.05))
        second = place.commands.start(*kept(place, "b"))
        for done in (place.commands.end(first), place.commands.end(second)):
            assert "Traceback" not in done.said
            assert done.code == 0 or (done.code == 3 and "[findings-replaced]" in done.said), done.said
        units = kit.units(place.out, ("found",))
        there = {name: body for name, body in units.items() if not kit.is_left(name)}  # until the next run
        ours = [kit.as_units(each, ("found",)) for each in wholes]
        assert there.keys() == ours[0].keys()
        for name, body in there.items():
            assert body in [each[name] for each in ours], name
        read = place.commands.run("report", place.out / "r.json")
        assert read.code == 0 or "[findings-of-another-run]" in read.said, read.said


@pytest.mark.slow
def test_two_checks_to_the_same_place(place: Place) -> None:
    two_checks(place, 1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_many_checks_to_the_same_place(place: Place, seed: int) -> None:
    two_checks(place, CASES // 15, seed)


def test_the_one_whose_findings_were_replaced_is_told(place: Place) -> None:
    """Another puts its own in place between the findings of a run and its document: the document before stays."""
    whole_of(place, "b")
    was = kit.content(place.out)
    wait = (
        "import os, time\n"
        "from hegui.engines.kept import Kept\n"
        "check = Kept.refuse_replaced\n"
        "def waiting(self):\n"
        f"    open({str(place.root / 'placed')!r}, 'w').close()\n"
        f"    while not os.path.exists({str(place.root / 'go')!r}): time.sleep(0.01)\n"
        "    check(self)\n"
        "Kept.refuse_replaced = waiting\n"
    )
    slow = place.commands.start(*kept(place, "a"), before=wait)
    while not (place.root / "placed").exists():
        time.sleep(0.01)
    assert place.commands.run(*kept(place, "b")).code == 0
    (place.root / "go").touch()
    done = place.commands.end(slow)
    assert (done.code, "[findings-replaced]" in done.said, "wrote" in done.said) == (3, True, False), done.said
    assert kit.content(place.out) == was


def test_findings_without_a_document_leave_those_a_document_names(place: Place) -> None:
    """Beside the folder, until a document of that place names others."""
    whole_of(place, "a")
    shown = place.commands.run("report", place.out / "r.json").out
    for which in ("b", "a"):
        done = place.commands.run(*place.check(which, "--findings", str(place.out / "found"), "--fail-on", "never"))
        assert done.code == 0, done.said
    assert place.commands.run("report", place.out / "r.json").out == shown
    assert len([name for name in os.listdir(place.out) if kit.is_left(name)]) == 1
    assert place.commands.run(*kept(place, "b")).code == 0
    assert place.commands.run("report", place.out / "r.json").out != shown
    printed = place.check("a", "--findings", str(place.out / "found"), "--fail-on", "never", "--format", "json")
    assert place.commands.run(*printed).code == 0
    assert not [name for name in os.listdir(place.out) if kit.is_left(name)]


def test_whoever_loses_does_not_say_that_he_wrote(place: Place) -> None:
    """Where findings are put beside the document by themselves, too."""
    command = place.check("a", "--format", f"json={place.out / 'r.json'}", *csv(place))
    few = "import hegui.engines.kept, hegui.api\nhegui.engines.kept.LIMIT = 3\nhegui.api.FEW = 0\n"
    place.fresh()
    done = place.commands.run(*command, before=few)
    assert [each in done.said for each in ("r.json", "r.findings", "r.csv")] == [True] * 3, done.said
    other = (
        "from hegui.engines.former import Former\n"
        "replaced = Former.hold\n"
        "def hold(self):\n"
        "    replaced(self)\n"
        "    self.target.rename(self.target.with_name('gone'))\n"
        "Former.hold = hold\n"
    )
    done = place.commands.run(*command, before=few + other)
    assert (done.code, "[findings-replaced]" in done.said, "wrote" in done.said) == (3, True, False), done.said


def test_a_document_and_findings_of_two_runs(place: Place) -> None:
    """As a process that is killed between the two leaves them: told to whoever reads, mended by the next run."""
    whole_of(place, "a")
    document = (place.out / "r.json").read_bytes()
    whole = whole_of(place, "b")
    (place.out / "r.json").write_bytes(document)
    for command in (
        ["report"],
        ["diff", str(place.root / "b.json")],
        ["ledger", "--db", str(place.out / "l"), "record"],
    ):
        done = place.commands.run(*command, place.out / "r.json")
        assert done.code == 3, done.said
        assert f"`{place.out / 'found'}` holds the findings of another run" in done.said
        assert "check again" in done.said
    done = place.commands.run(*kept(place, "b"))
    assert done.code == 0, done.said
    assert {name: body for name, body in kit.content(place.out).items() if name != "l"} == whole


@pytest.mark.slow
def test_findings_without_what_tells_their_run_are_read_as_before(place: Place) -> None:
    """Run documents of former versions name no mark."""
    whole_of(place, "b")
    document = place.out / "r.json"
    shown = place.commands.run("report", document).out
    text = document.read_text("utf-8")
    (place.out / "found" / "#run.parquet").unlink()
    assert "[findings-of-another-run]" in place.commands.run("report", document).said
    start = text.index('"mark": ')
    document.write_text(text[:start] + text[text.index('"count"', start) :], "utf-8")
    assert place.commands.run("report", document).out == shown


def test_a_ledger_with_two_writers(place: Place) -> None:
    place.fresh()
    at, matter = ["ledger", "--db", str(place.out / "l.sqlite")], "mine.over/mine/M1"
    assert place.commands.run(*at, "record", place.root / "a.json").code == 0
    notes = [[*at, "note", matter, "--text", f"note {number}", "--on", "2024-03-12"] for number in range(3)]
    orders = [*notes, [*at, "record", str(place.root / "b.json")]]
    for started in [place.commands.start(*each) for each in orders]:
        assert place.commands.end(started).code == 0
    held = kit.dump(place.out / "l.sqlite") or ""
    assert [held.count(f"note {number}") for number in range(3)] == [1, 1, 1]
    assert "recorded already, as run 2" in place.commands.run(*at, "record", place.root / "b.json").said


@pytest.mark.slow
def test_a_check_beside_a_watch(place: Place) -> None:
    """A check that writes into the folder that is watched disturbs neither, killed or not."""
    place.fresh()
    watch = place.commands.start("watch", place.root / "b", "--rules", place.rules, *kit.DAY, "--interval", "0.05")
    kit.until(lambda: "watching for changes" in kit.text_of(watch.place / "said"))
    expected = whole_of(place, "b")
    started = place.commands.start(*kept(place, "b"))
    place.commands.end(started, signal.SIGKILL, 0.05)
    assert place.commands.run(*kept(place, "b")).code == 0
    assert kit.content(place.out) == expected
    done = place.commands.end(watch, signal.SIGTERM)
    assert (done.code, "ended\n" in done.said, "Traceback" in done.said) == (0, True, False)


@pytest.mark.slow
def test_a_watch_killed_at_any_time(place: Place) -> None:
    """It writes nothing: facts stay, and it begins again."""
    chance, was = random.Random(1), kit.content(place.root / "b")
    command = ["watch", str(place.root / "b"), "--rules", str(place.rules), *kit.DAY, "--interval", "0.05"]
    for _ in range(CASES // 10):
        started = place.commands.start(*command)
        assert place.commands.end(started, signal.SIGKILL, chance.uniform(0, 0.6)).code == -signal.SIGKILL
        assert kit.content(place.root / "b") == was
    started = place.commands.start(*command)
    kit.until(lambda: "watching for changes" in kit.text_of(started.place / "said"))
    assert place.commands.end(started, signal.SIGINT).code == 0


# --- the cache ---------------------------------------------------------------------------------------------------------


def cache_killed(place: Place, folder: Path, steps: range) -> None:
    env = {"XDG_CACHE_HOME": str(folder)}
    expected = place.commands.run(*place.check("b")).out
    for step in steps:
        kit.removed(folder / "hegui")
        done = place.commands.run(*place.check("b"), env=env, within=folder, at=step)
        assert done.code == -signal.SIGKILL
        assert place.commands.run(*place.check("b"), env=env).out == expected
        assert [path.suffix for path in (folder / "hegui").iterdir()] == [".ruleset"]


@pytest.mark.slow
def test_killed_at_every_step_of_keeping_a_ruleset(place: Place, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    done = place.commands.run(*place.check("b"), env=env, within=tmp_path)
    cache_killed(place, tmp_path, range(1, done.steps + 1))


# --- signals -----------------------------------------------------------------------------------------------------------


def signalled(place: Place, number: signal.Signals, seconds: float) -> int:
    """Send a signal to a check in a process of its own; its exit status."""
    command = [sys.executable, "-m", "hegui", *place.check("b", *csv(place))]
    env = {**os.environ, "PYTHONPATH": str(kit.ENGINE)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        time.sleep(seconds)
        process.send_signal(number)
        said = process.communicate()[1]
    # before Python itself has begun, a signal does what it does to any process
    assert process.returncode in (0, 3, -number, 130) or "Traceback" not in said, said
    assert "Traceback" not in said or "hegui/cli" not in said, said
    assert not [name for name in kit.content(place.out) if kit.is_left(name)]
    return process.returncode


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_at_any_time(place: Place, number: signal.Signals) -> None:
    chance = random.Random(number)
    place.fresh()
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "hegui", *place.check("b", *csv(place))],
        env={**os.environ, "PYTHONPATH": str(kit.ENGINE)}, check=True, capture_output=True,
    )  # fmt: skip
    took = time.monotonic() - started
    ended = [signalled(place, number, chance.uniform(0, took)) for _ in range(CASES // 10)]
    assert ended.count(3) > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_command_line_is_there(number: signal.Signals) -> None:
    """While it is still being imported."""
    script = (
        "import os, signal, sys\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'hegui.cli':\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Slow())\n"
        "from hegui.__main__ import main\n"
        "main()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(kit.ENGINE)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, check=False)
    assert "Traceback" not in done.stderr
    if number == signal.SIGINT:
        assert (done.returncode, done.stderr) == (3, "error: interrupted; no report was left half-written\n")
    else:
        assert done.returncode == -number


@pytest.mark.parametrize(
    "command", ["report", *(pytest.param(each, marks=pytest.mark.slow) for each in ("check", "rules"))]
)
def test_whoever_reads_stops_reading(place: Place, command: str) -> None:
    """As `| head -1` does."""
    args = {
        "check": place.check("b", "--format", "jsonl"),
        "report": ["report", str(place.root / "a.json"), "--format", "csv"],
        "rules": ["rules", "--rules", str(place.rules)],
    }[command]
    pipe = place.root / "pipe"
    kit.removed(pipe)
    os.mkfifo(pipe)
    started = place.commands.start(*args, out=pipe)
    os.close(os.open(pipe, os.O_RDONLY))
    done = place.commands.end(started)
    assert (done.code, done.said) == (141, "")


# --- clocks ------------------------------------------------------------------------------------------------------------


def clock(moment: str) -> str:
    """Python that sets the clock of a process to another moment."""
    return (
        "import datetime, time\n"
        f"moment = datetime.datetime.fromisoformat({moment!r})\n"
        "class Clock(datetime.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return moment.astimezone(tz)\n"
        "import hegui.api, hegui.ledger.recording\n"
        "hegui.api.datetime = hegui.ledger.recording.datetime = Clock\n"
        "time.time = moment.timestamp\n"
    )


WRONG = (
    "1970-01-01T00:00:00+00:00",
    "2016-12-31T23:59:59+00:00",
    "2024-03-31T02:30:00+01:00",
    "2099-01-01T00:00:00+00:00",
)
"""Moments: at the beginning, at a leap second, within the hour that summer time leaves out, beyond the calendar."""


@pytest.mark.slow
@pytest.mark.parametrize("moment", WRONG)
def test_a_wrong_clock_changes_no_verdict(place: Place, moment: str) -> None:
    """Where the day is given; it only dates what is entered."""
    command = place.check("b", *csv(place))
    place.fresh()
    assert place.commands.run(*command).code == 0
    was = kit.content(place.out)
    env = {"SOURCE_DATE_EPOCH": ""}
    assert place.commands.run(*command, before=clock(moment), env=env).code == 0
    assert kit.content(place.out) == was


@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Kiritimati",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("Etc/GMT+12", "right/UTC", "no/where")),
    ],
)
def test_today_is_that_of_china_wherever_the_clock_is(place: Place, zone: str) -> None:
    """An hour before midnight in UTC is the next day there, whatever the time zone of the machine."""
    command = [each for each in place.check("b", "--format", "json") if each not in kit.DAY]
    before = clock("2024-03-10T23:00:00+00:00") + f"import os\nos.environ['TZ'] = {zone!r}\ntime.tzset()\n"
    done = place.commands.run(*command, before=before, env={"SOURCE_DATE_EPOCH": ""})
    assert '"as_of": "2024-03-11"' in done.out, done.said
    assert '"started": "2024-03-11T07:00:00+08:00"' in done.out


def test_a_clock_that_goes_back_between_entries(place: Place) -> None:
    """A run of an earlier day than the last is refused; an entry of a day to come, too; and the order of what was entered is
    that of its numbers, whatever the clock said."""
    place.fresh()
    at, matter, env = ["ledger", "--db", str(place.out / "l.sqlite")], "mine.over/mine/M1", {"SOURCE_DATE_EPOCH": ""}
    later = place.out / "later.json"
    check = [each if each != "2024-03-11" else "2024-05-11" for each in place.check("b", "--format", f"json={later}")]
    assert place.commands.run(*check).code == 0
    assert place.commands.run(*at, "record", later, before=clock("2024-05-11T04:00:00+00:00"), env=env).code == 0
    done = place.commands.run(*at, "record", place.root / "a.json", before=clock("2024-06-01T04:00:00+00:00"), env=env)
    assert (done.code, "[run-older]" in done.said) == (3, True)
    back = clock("2024-01-01T04:00:00+00:00")
    done = place.commands.run(*at, "note", matter, "--text", "seen", "--on", "2024-05-12", before=back, env=env)
    assert (done.code, "[day-to-come]" in done.said) == (3, True)
    for text in ("one", "two"):
        assert place.commands.run(*at, "note", matter, "--text", text, before=back, env=env).code == 0
        back = clock("2023-01-01T04:00:00+00:00")
    shown = place.commands.run(*at, "show", matter, "--as-of", "2024-05-12").out
    assert shown.index("one") > 0
    assert shown.index("two") > 0


@pytest.mark.parametrize("day", ["2016-12-31T23:59:60", "2024-03-31T02:30:00", "2024-03-11Z"])
def test_what_is_no_day(place: Place, day: str) -> None:
    done = place.commands.run("check", place.root / "b", "--rules", place.rules, "--as-of", day)
    assert (done.code, "[not-a-date]" in done.said) == (3, True)


@pytest.mark.parametrize("text", ["²", "9" * 30])
def test_what_is_no_moment(place: Place, text: str) -> None:
    done = place.commands.run(*place.check("b", "--format", "json"), env={"SOURCE_DATE_EPOCH": text})
    assert (done.code, done.out) == (3, "")
    assert f"`SOURCE_DATE_EPOCH` is set to `{text}`" in done.said
