"""Where a ledger is kept: what it survives, what it refuses, and that it is only ever added to."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ledger_kit as kit
import pytest
from ledger_kit import WHERE, month, opened, run
from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.exc import DBAPIError

from hegui.ledger import schema
from hegui.ledger.entries import Change, enter
from hegui.ledger.life import Sort
from hegui.ledger.recording import record
from hegui.ledger.standing import matters
from hegui.ledger.store import Ledger, migrate
from hegui.report.run import Run
from hegui.source import UsageError

V1 = Path(__file__).parent / "data" / "ledger-v1.sql"


@pytest.fixture(params=WHERE)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with kit.place(request.param, tmp_path) as place:
        yield place


@dataclass(frozen=True)
class Child:
    """A process that records runs, one after the other, and says so when each is recorded."""

    id: int
    said: int

    @staticmethod
    def start(where: str, runs: Sequence[Run], limit: int | None = None) -> Child:
        """Start it: a copy of this process, which has all it needs. `limit` is the most bytes a file of its may have."""
        said, tell = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the other threads are those of engines, which rest
            id = os.fork()
        if id:
            os.close(tell)
            return Child(id, said)
        try:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            for each in runs:
                done = record(opened(where), each)
                os.write(tell, f"recorded {done.run} {done.before}\n".encode())
        except UsageError as error:
            os.write(tell, f"{error}\n".encode())
        finally:
            os._exit(0)

    def end(self) -> str:
        """What it said, when it has ended."""
        with os.fdopen(self.said, encoding="utf-8") as said:
            text = said.read()
        os.waitpid(self.id, 0)
        return text


@cache
def heaps(sites: int, count: int) -> tuple[Run, ...]:
    return tuple(kit.heaps(sites, number) for number in range(1, count + 1))


def whole(where: str) -> dict[int, int]:
    """How many findings each run has, once everything named is seen to be there."""
    with Ledger.open(where).reading() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        accounts = set(connection.scalars(select(schema.ACCOUNT.c.id)))
        assert set(connection.scalars(select(schema.SIGHTING.c.account))) <= accounts | {None}
        assert set(connection.scalars(select(schema.SIGHTING.c.matter))) == set(
            connection.scalars(select(schema.NAME.c.matter))
        )
        per_run = select(schema.SIGHTING.c.run, func.count()).group_by(schema.SIGHTING.c.run)
        found = {int(number): int(count) for number, count in connection.execute(per_run)}
        assert set(found) == set(connection.scalars(select(schema.RUN.c.id)))
    return found


# --- only added to ---------------------------------------------------------------------------------------------------


def test_nothing_recorded_can_be_changed(where: str) -> None:
    ledger = opened(where)
    record(ledger, run({"S1": 12.0}))
    enter(ledger, [kit.fingerprint("S1")], Change(Sort.NOTE, kit.OPEN, text="seen"), kit.OPEN)
    for table in schema.METADATA.sorted_tables:
        for change in (table.delete(), table.update().values({next(iter(table.c)).name: 99})):
            with pytest.raises(UsageError, match="only added to"), ledger.writing() as connection:
                connection.execute(change)
    assert whole(where) == {1: 1}


def replacing(path: Path) -> Iterator[str]:
    """Statements that put a row in place of each that there is: by its number, and by what is unique in its table."""
    keys = ("digest", "fingerprint", "rule", "matter", "run")
    for name, table in schema.METADATA.tables.items():
        columns = [column.name for column in table.c]
        unique = {"hegui_run": "digest", "hegui_words": "rule, digest"}.get(name)
        whole = ", ".join("99" if each == "entered" else each for each in columns)
        yield f"INSERT OR REPLACE INTO {name} SELECT {whole} FROM {name}"
        yield f"REPLACE INTO {name} SELECT {whole} FROM {name}"
        if unique:  # another number, the same key
            yield f"INSERT OR REPLACE INTO {name} SELECT {whole.replace('id', '77', 1)} FROM {name}"
        if "id" not in columns and name != "hegui_schema_version":  # another key, the same number
            other = ", ".join(f"{each} || 'x'" if each in keys else each for each in columns)
            yield f"INSERT OR REPLACE INTO {name} (rowid, {', '.join(columns)}) SELECT rowid, {other} FROM {name}"


def test_no_row_takes_the_place_of_another(tmp_path: Path) -> None:
    """SQLite's `INSERT OR REPLACE` fires no trigger of deleting; in a ledger of the first version either."""
    path, old = tmp_path / "l.sqlite", tmp_path / "old.sqlite"
    ledger = Ledger.open(str(path), create=True)
    record(ledger, run({"S1": 12.0}))
    enter(ledger, [kit.fingerprint("S1")], Change(Sort.NOTE, kit.OPEN, text="seen"), kit.OPEN)
    with sqlite3.connect(old) as connection:
        connection.executescript(V1.read_text(encoding="utf-8"))
    connection.close()
    Ledger.open(str(old))
    for each in (path, old):
        with sqlite3.connect(each, isolation_level=None) as connection:
            was = list(connection.iterdump())
            statements = list(replacing(each))
            assert len(statements) == 18
            for statement in statements:
                with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                    connection.execute(statement)
            assert list(connection.iterdump()) == was
        connection.close()
    assert whole(str(path)) == {1: 1}


def test_tables_are_as_they_are_used(where: str) -> None:
    with opened(where).reading() as connection:
        found = MetaData()
        found.reflect(connection)
        for name, table in schema.METADATA.tables.items():
            assert [column.name for column in found.tables[name].c] == [column.name for column in table.c]


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_ledger_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(V1.read_text(encoding="utf-8"))
    old.close()
    ledger = Ledger.open(str(path))
    with ledger.reading() as connection:
        (matter,) = matters(connection)
        assert list(connection.scalars(select(schema.VERSION.c.version))) == list(range(1, schema.CURRENT + 1))
    assert (matter.fingerprint, matter.now.message.en) == (
        "site.too-high/site/S1",
        "S1 号场地 is 13 m high (telephone (private))",
    )
    assert [entry.document for entry in matter.entries] == ["示例限〔2024〕1号"]
    with pytest.raises(UsageError, match="only added to"), ledger.writing() as connection:
        connection.execute(schema.RUN.delete())
    assert record(ledger, run({"S1": 9.0}, month(3))).run == 3


def test_each_version_can_be_reached_from_each(where: str) -> None:
    ledger = opened(where)
    with ledger.writing() as connection:
        migrate(connection)  # once more changes nothing
        assert connection.scalar(select(func.count()).select_from(schema.VERSION)) == schema.CURRENT


def test_a_newer_ledger_is_refused(where: str) -> None:
    ledger = opened(where)
    with ledger.writing() as connection:
        connection.execute(schema.VERSION.insert(), {"version": schema.CURRENT + 1})
    with pytest.raises(UsageError, match="use a newer hegui"):
        Ledger.open(where)


# --- what is no ledger -----------------------------------------------------------------------------------------------


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no ledger"):
        Ledger.open(str(tmp_path / "none.sqlite"))
    assert not (tmp_path / "none.sqlite").exists()
    text = tmp_path / "text.sqlite"
    text.write_text("this is no database at all, however long it may be" * 100)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
    connection.close()
    for path in (text, other, tmp_path):
        with pytest.raises(UsageError, match="is not a ledger"):
            Ledger.open(str(path), create=True)
    with pytest.raises(UsageError, match="is not a ledger"):
        Ledger.open(str(tmp_path / "nowhere" / "new.sqlite"), create=True)


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "sqlite+x://secret", "x://secret"]
)
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(UsageError, match="cannot be used") as refused:
        Ledger.open(url)
    assert "secret" not in str(refused.value)


@pytest.mark.postgres
def test_a_password_is_never_printed() -> None:
    url = "postgresql://somebody:s3cret@127.0.0.1:1/ledger?sslpassword=s3cret&connect_timeout=2"
    with pytest.raises(UsageError, match=r"somebody:\*\*\*@127\.0\.0\.1:1/ledger") as refused:
        Ledger.open(url)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in str(Ledger.open.__doc__)


def test_a_name_with_odd_characters(tmp_path: Path) -> None:
    path = str(tmp_path / "台账 100%?#&.sqlite")
    record(opened(path), run({"S1": 12.0}))
    assert whole(path) == {1: 1}


# --- read-only -------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded() -> Iterator[Path]:
    """A folder anybody can read, and somebody whom file permissions bind runs the test once it asks for that."""
    was, folder = os.geteuid(), Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    os.seteuid(was)
    shutil.rmtree(folder)


def bind(*paths: Path) -> None:
    """From here on these can only be read."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(65534)


def test_a_file_that_can_only_be_read(guarded: Path) -> None:
    path = guarded / "l.sqlite"
    record(opened(str(path)), run({"S1": 12.0}))
    later = run({"S1": 9.0}, month(2))
    bind(path, guarded)
    assert whole(str(path)) == {1: 1}
    with pytest.raises(UsageError, match="cannot be written to"):
        record(Ledger.open(str(path)), later)
    assert whole(str(path)) == {1: 1}


def test_an_old_ledger_that_can_only_be_read(guarded: Path) -> None:
    path = guarded / "old.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(V1.read_text(encoding="utf-8"))
    old.close()
    bind(path)
    with pytest.raises(UsageError, match="must be brought to"):
        Ledger.open(str(path))


# --- many writers, a killed one, a full disk -------------------------------------------------------------------------


def recorded(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines() if line.startswith("recorded")]


def test_writers_take_turns(where: str) -> None:
    runs = heaps(100, 6)
    children = [Child.start(where, runs[first : first + 3]) for first in range(4)]
    done = [line for each in children for line in recorded(each.end())]
    assert sorted(int(line[1]) for line in done if line[2] == "False") == [1, 2, 3, 4, 5, 6]
    assert len([line for line in done if line[2] == "True"]) == 6
    assert whole(where) == dict.fromkeys(range(1, 7), 102)


def killed(where: str, rounds: int, seed: int) -> None:
    """Kill a process that records, at random moments; each time what was recorded is there, and the rest is not."""
    chance, broken = random.Random(seed), 0
    runs = heaps(400, 60)
    started = time.monotonic()
    assert recorded(Child.start(where, runs[:1]).end())
    took, said = time.monotonic() - started, 1
    for number in range(10 * rounds):
        if number >= rounds and (broken or "://" in where):  # at least one amid writing, wherever that is seen
            break
        child = Child.start(where, runs[said % 50 : said % 50 + 10])
        time.sleep(chance.uniform(0.0, 2 * took))
        os.kill(child.id, signal.SIGKILL)
        told = max([said, *(int(line[1]) for line in recorded(child.end()))])
        journal = Path(f"{where}-journal")
        broken += journal.exists() and journal.stat().st_size > 512
        found = whole(where)
        assert len(found) in (told, told + 1)  # what was committed just before it could be said
        assert set(found.values()) <= {402}
        said = len(found)
    assert broken > 0 or "://" in where  # it was killed amid writing, and that was undone


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_process_leaves_no_half_run(where: str, seed: int) -> None:
    killed(where, 11, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 23))
def test_processes_killed_many_times(where: str, seed: int) -> None:
    killed(where, 25, seed)


@pytest.mark.parametrize("more", [0, 5_000, 200_000, 600_000])
def test_a_full_disk_loses_nothing(tmp_path: Path, more: int) -> None:
    where = str(tmp_path / "ledger.sqlite")
    small, large = kit.heaps(20, 1), kit.heaps(800, 2)
    record(opened(where), small)
    said = Child.start(where, [large], limit=Path(where).stat().st_size + more).end()
    assert "no room to write to the ledger" in said
    assert whole(where) == {1: 22}
    record(opened(where), large)
    assert whole(where) == {1: 22, 2: 802}


def _stop_amid(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        connection.execute(schema.VERSION.insert(), {"version": 99})
        raise ZeroDivisionError


def test_a_write_that_fails_is_undone(where: str) -> None:
    ledger = opened(where)
    record(ledger, run({"S1": 12.0}))
    with pytest.raises((UsageError, DBAPIError)), ledger.writing() as connection:
        connection.execute(schema.RUN.insert(), {"id": 1})
    with pytest.raises(ZeroDivisionError):
        _stop_amid(ledger)
    assert whole(where) == {1: 1}
    with ledger.reading() as connection:
        assert schema.RUN.name in inspect(connection).get_table_names()
