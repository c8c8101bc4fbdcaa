"""Where a ledger is kept: a SQLite file, or a PostgreSQL database by its URL.

Whoever writes is alone (SQLite's write lock, an advisory lock in PostgreSQL) and writes one transaction: it is all there
or not at all. SQLite keeps its rollback journal: one file that may lie on a network share, where a write-ahead log may not;
what was committed is on the disk (`synchronous = EXTRA`), and what a killed process left half done is undone by the next to open it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from hegui.ledger.schema import CURRENT, MIGRATIONS, VERSION
from hegui.masking import STARS, blotted, is_server, place_without_password
from hegui.source import Diagnostic, UsageError, Wording

WAIT: Final = 120
"""Seconds to wait for another writer."""
_LOCK: Final = 4_851_020
"""The number of the advisory lock that writers take in PostgreSQL."""
_SECRET: Final = ("password", "passfile", "sslpassword", "sslkey")

_NONE = Wording(
    "no-ledger", "there is no ledger `{ledger}`; `record` makes one", "没有整改台账 `{ledger}`；可用 `record` 新建"
)
_NO_URL = Wording(
    "ledger-url",
    "the URL of the ledger cannot be used; write `postgresql://USER@HOST/DATABASE`, or the name of a file",
    "整改台账的 URL 不可用；应写作 `postgresql://用户@主机/数据库`，或写文件名",
)
_NO_DRIVER = Wording(
    "ledger-driver",
    "PostgreSQL needs the extra; in hegui's folder: `python -m pip install '.[postgres]'`",
    "使用 PostgreSQL 需要安装附加组件；在 hegui 所在文件夹执行：`python -m pip install '.[postgres]'`",
)
_FAILED = Wording("ledger-failed", "the ledger `{ledger}`: {problem}", "整改台账 `{ledger}`：{problem}")
_BUSY = Wording(
    "ledger-busy",
    "the ledger `{ledger}` is being written to by another process; nothing was changed, try again",
    "整改台账 `{ledger}` 正被另一程序写入；未作任何更改，请稍后重试",
)
_FULL = Wording(
    "ledger-full",
    "no room to write to the ledger `{ledger}` ({problem}); what was recorded before is still there, and nothing was added",
    "整改台账 `{ledger}` 无法写入，空间不足（{problem}）；此前已登记的内容不受影响，本次未登记",
)
_READ_ONLY = Wording(
    "ledger-read-only",
    "the ledger `{ledger}` cannot be written to; nothing was changed",
    "整改台账 `{ledger}` 只能读取，无法写入；未作任何更改",
)
_OTHER = Wording(
    "not-a-ledger",
    "`{ledger}` is not a ledger of hegui's; name another file",
    "`{ledger}` 不是 hegui 整改台账，请另指定文件",
)
_NEWER = Wording(
    "ledger-newer",
    "the ledger `{ledger}` has version {found}, and this hegui knows up to {known}; use a newer hegui",
    "整改台账 `{ledger}` 的结构版本为 {found}，本程序最高支持 {known}；请使用更新版本的 hegui",
)
_OLDER = Wording(
    "ledger-older",
    "the ledger `{ledger}` has version {found} and must be brought to {known}, but cannot be written to",
    "整改台账 `{ledger}` 的结构版本为 {found}，须升级到 {known}，但无法写入",
)


@dataclass(frozen=True)
class Ledger:
    """An open ledger. `shown` is how it is named to people: never with a password."""

    engine: Engine
    shown: str

    @staticmethod
    def open(where: str, *, create: bool = False) -> Ledger:
        """The ledger in a file or behind a URL, brought to the current version.

        Args:
            where: the name of a file, or `postgresql://…`.
            create: make one where there is none.

        Raises:
            UsageError: there is none, it is something else or newer than this program, or it cannot be reached.
        """
        # a file called as an address would be taken for the server's ledger by whoever wrote that
        if "://" not in where and _is_address(where):
            raise UsageError(Diagnostic(_NO_URL))
        ledger = _by_url(where) if "://" in where else _in_file(Path(where), create)
        found = ledger._version(create)
        if found < CURRENT:
            ledger._migrate(found)
        return ledger

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Everything as it stands at one moment.

        Raises:
            UsageError: it cannot be read.
        """
        with self._telling(), self.engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone. It is committed at the end, and leaves nothing where an error is raised.

        Raises:
            UsageError: it cannot be written to.
        """
        with self._telling(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                if connection.dialect.name != "sqlite":
                    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection

    def _version(self, create: bool) -> int:
        """The version of its tables, 0 where there are none yet."""
        with self.reading() as connection:
            tables = inspect(connection).get_table_names()
            found = (
                connection.scalar(select(VERSION.c.version).order_by(VERSION.c.version.desc()).limit(1))
                if (VERSION.name in tables)
                else None
            )
        if found is None and tables and connection.dialect.name == "sqlite":
            raise UsageError(Diagnostic(_OTHER, {"ledger": self.shown}))
        if found is None and not create:
            raise UsageError(Diagnostic(_NONE, {"ledger": self.shown}))
        if found is not None and found > CURRENT:
            raise UsageError(Diagnostic(_NEWER, {"ledger": self.shown, "found": found, "known": CURRENT}))
        return int(found or 0)

    def _migrate(self, found: int) -> None:
        try:
            with self.writing() as connection:
                migrate(connection)
        except UsageError as error:
            if error.diagnostics[0].wording is _READ_ONLY and found:
                args = {"ledger": self.shown, "found": found, "known": CURRENT}
                raise UsageError(Diagnostic(_OLDER, args)) from error
            raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise UsageError(self._told(str(error.orig).strip())) from None
        except SQLAlchemyError as error:
            raise UsageError(self._told(str(error).strip())) from None

    def _told(self, problem: str) -> Diagnostic:
        """What the database complains of, in our words, and without the password."""
        wording = _FAILED
        for sign, ours in _SIGNS.items():
            wording = ours if sign in problem else wording
        shown = blotted(problem, [str(self.engine.url.password or "")]).splitlines() or [""]
        return Diagnostic(wording, {"ledger": self.shown, "problem": shown[0]})


_SIGNS: Final = {
    "database is locked": _BUSY,
    "lock timeout": _BUSY,
    "database or disk is full": _FULL,
    "disk I/O error": _FULL,
    "No space left": _FULL,
    "readonly database": _READ_ONLY,
    "read-only transaction": _READ_ONLY,
    "permission denied": _READ_ONLY,
    "file is not a database": _OTHER,
}
"""What tells one failure from another in the words of SQLite and PostgreSQL."""


def migrate(connection: Connection, until: int = CURRENT) -> None:
    """Bring the tables from the version they have to `until`."""
    if VERSION.name not in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"CREATE TABLE {VERSION.name} (version INTEGER PRIMARY KEY)")
    done = set(connection.scalars(select(VERSION.c.version)))
    for number, step in enumerate(MIGRATIONS[:until], 1):
        if number not in done:
            step(connection)
            connection.execute(VERSION.insert(), {"version": number})


# --- a file --------------------------------------------------------------------------------------------------------


def _in_file(path: Path, create: bool) -> Ledger:
    if not path.exists() and not create:
        raise UsageError(Diagnostic(_NONE, {"ledger": str(path)}))
    if (path.exists() and not path.is_file()) or not path.absolute().parent.is_dir():
        raise UsageError(Diagnostic(_OTHER, {"ledger": str(path)}))
    engine = create_engine("sqlite://", creator=lambda: _connect(path, create), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return Ledger(engine, str(path))


def _connect(path: Path, create: bool) -> sqlite3.Connection:
    whose = os.access in os.supports_effective_ids
    writable = os.access(path if path.exists() else path.absolute().parent, os.W_OK, effective_ids=whose)
    mode = ("rwc" if create else "rw") if writable else "ro"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT, isolation_level=None
    )
    try:
        for pragma in ("foreign_keys = ON", "synchronous = EXTRA", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


# --- a server ------------------------------------------------------------------------------------------------------


def _is_address(where: str) -> bool:
    """Is something that is no URL the address of a server all the same, as it may be mistyped, and no file?"""
    return not Path(where).exists() and (is_server(where) or place_without_password(where) != where)


def _by_url(where: str) -> Ledger:
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        raise UsageError(Diagnostic(_NO_URL)) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        raise UsageError(Diagnostic(_NO_URL))
    try:
        waits: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
        return Ledger(create_engine(url, poolclass=NullPool, connect_args=waits), _without_secrets(url))
    except (ModuleNotFoundError, NoSuchModuleError):
        raise UsageError(Diagnostic(_NO_DRIVER)) from None


def _without_secrets(url: URL) -> str:
    hidden = {key: STARS if key in _SECRET else value for key, value in url.query.items()}
    plain = url.set(drivername="postgresql", query=hidden)
    return plain.render_as_string(hide_password=True)
