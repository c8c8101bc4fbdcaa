"""Databases as sources of facts: tables and queries become raw tables whose rows are read block by block.

A database is only ever read. On PostgreSQL everything that is read of one stands in a single read-only transaction that sees
one moment (`REPEATABLE READ, READ ONLY`); a SQLite file is opened read-only, and one transaction sees one moment, too. It is
that transaction that protects, not the look at a query's text.
"""

from __future__ import annotations

import sqlite3
import string
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import polars as pl

from hegui import limits
from hegui.facts.database_address import SQLITE, Address
from hegui.facts.database_faults import (
    CUT_SHORT,
    FAILED,
    NO_DATABASE,
    NO_DRIVER,
    OTHER_FILE,
    telling,
)
from hegui.facts.database_steps import TooMuch, Watch
from hegui.facts.table import RawColumn, RawTable, as_text
from hegui.source import Diagnostic, FactsError, Span, Wording
from hegui.vocabulary.naming import suggestion, unknown

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine

Answer = TypeVar("Answer")

BLOCK: Final = 20_000
"""Rows that are fetched at a time."""
CONNECT: Final = 10
"""Seconds to wait for a server to answer, unless the URL says otherwise."""
LOCK: Final = 30
"""Seconds to wait for a table that somebody is rebuilding, or a SQLite file somebody writes to."""
ZONE: Final = "Asia/Shanghai"
"""In which time zone moments have their day."""

_NO_TABLE = Wording(
    "database-table", "the database `{database}` has no table `{name}`", "数据库 `{database}` 中没有表 `{name}`"
)
_NO_SCHEMA = Wording(
    "database-schema", "the database `{database}` has no schema `{name}`", "数据库 `{database}` 中没有模式 `{name}`"
)
_TWICE = Wording(
    "database-column-twice",
    "the query gives two columns `{name}`; name them apart with `as`",
    "查询结果有两列都叫 `{name}`；请用 `as` 加以区分",
)
_SINGLE = Wording(
    "single-select",
    "a query is a single `select`; whatever it asks for, it runs in a transaction that can only read",
    "查询只能是一条 `select` 语句；无论写什么，都在只读事务中执行",
)
_SESSION: Final = (
    f"SET LOCAL TIME ZONE '{ZONE}'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL extra_float_digits = 1",
    f"SET LOCAL lock_timeout = '{LOCK}s'",
)
"""What makes values come as the same texts whatever a server or user is set to."""
_ALIVE: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""A server that is gone without a word is noticed within a minute."""
_MOMENTS: Final = (1184, 1185)
"""PostgreSQL's numbers of `timestamptz` and of lists of those."""
_BYTES: Final = 20
"""Of a value that is bytes, so many are shown."""
_ENDS: Final = f";{string.whitespace}"


class Databases(AbstractContextManager["Databases"]):
    """The databases a registry is read from, each opened once; all are closed at the end."""

    def __init__(self) -> None:
        self._open: dict[str, Database] = {}
        self._stack = ExitStack()

    @property
    def used(self) -> bool:
        """Was any opened?"""
        return bool(self._open)

    def open(self, address: Address, span: Span | None = None) -> Database:
        """The database behind an address.

        Raises:
            FactsError: it cannot be opened; the second time it is asked for, too.
        """
        name = address.url.render_as_string(hide_password=False)
        if name not in self._open:
            watch = Watch()
            connection = _connected(address, span, self._stack, watch)
            self._open[name] = Database(address, connection, watch)
        return self._open[name]

    def __exit__(self, *raised: object) -> None:
        self._stack.close()


@dataclass
class Database:
    """An open database. Once it has failed, whatever is asked of it fails in the same words; that a name or, in SQLite, a query
    is wrong ends nothing, so that all that is wrong is told at once."""

    address: Address
    connection: Connection
    watch: Watch = field(repr=False)
    lost: FactsError | None = field(default=None, repr=False)

    def names(self) -> list[str]:
        """The tables and views of the schema a user sees first, by name.

        Raises:
            FactsError: it cannot be asked.
        """
        return self.asked(lambda: _names(self.connection, None))

    def table(self, name: str, span: Span | None = None) -> Selection:
        """A table or view, `name` or `schema.name`.

        Raises:
            FactsError: there is none, or it cannot be read.
        """
        schema = self.asked(lambda: self._found(name, span))
        quoted = self.connection.dialect.identifier_preparer.quote_identifier
        parts = [name] if schema is None else [schema, name[len(schema) + 1 :]]
        return self._selection(".".join(map(quoted, parts)), name)

    def query(self, text: str, called: str, span: Span | None = None) -> Selection:
        """What a single `select` gives.

        Raises:
            FactsError: it cannot be asked, is more than one statement or anything but a query, or two of its columns have one
                name.
        """
        try:
            found = self._selection(f"({text.rstrip(_ENDS)}\n) AS hegui_query", called)
        except FactsError as error:
            single = (replace(each, span=span, hint=_SINGLE) for each in error.diagnostics if each.wording is FAILED)
            raise FactsError([*single, *(each for each in error.diagnostics if each.wording is not FAILED)]) from None
        names = [each.name for each in found.columns]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise FactsError(Diagnostic(_TWICE, {"name": twice}, span))
        return found

    def _selection(self, source: str, name: str) -> Selection:
        self.watch.begin()
        return Selection(self, source, name, tuple(self.asked(lambda: _columns(self.connection, source), name)))

    # --- asking

    def asked(self, ask: Callable[[], Answer], name: str = "") -> Answer:
        """What the database answers; `name` is that of the table or query it is asked for.

        Raises:
            FactsError: it fails, or has failed before.
        """
        if self.lost is not None:
            raise self.lost
        try:
            with telling(self.address):
                return ask()
        except TooMuch as beyond:
            raise self._given_up(beyond, name) from None
        except FactsError as error:
            self.watch.end()
            if self.watch.beyond is not None:
                raise self._given_up(self.watch.beyond, name) from error
            passing = (_NO_TABLE, _NO_SCHEMA, *([FAILED] if self.address.sort == SQLITE else []))
            if any(each.wording not in passing for each in error.diagnostics):
                self.lost = error
            raise

    def _given_up(self, beyond: TooMuch, name: str) -> FactsError:
        """The error for what is more than it may be, now and from now on."""
        args: dict[str, object] = {"name": name, "database": self.address.shown, "limit": beyond.limit}
        self.lost = FactsError(Diagnostic(beyond.wording, args))
        return self.lost

    def _found(self, name: str, span: Span | None) -> str | None:
        """The schema a name names; None for the first one."""
        from sqlalchemy import inspect

        inspector = inspect(self.connection)
        known = _names(self.connection, None)
        schema, dot, table = name.partition(".")
        if name in known or (not dot and inspector.has_table(name)):
            return None
        shown = {"database": self.address.shown}
        if not dot:
            raise FactsError(unknown(_NO_TABLE, span, name, known, **shown))
        schemas = inspector.get_schema_names()
        if schema not in schemas:
            raise FactsError(unknown(_NO_SCHEMA, span, schema, schemas, **shown))
        if not inspector.has_table(table, schema):
            there = [f"{schema}.{each}" for each in _names(self.connection, schema)]
            raise FactsError(unknown(_NO_TABLE, span, name, there, **shown))
        return schema


@dataclass(frozen=True)
class Selection:
    """A table, view or query of a database; `source` is what is selected from, `name` how it is called."""

    database: Database
    source: str
    name: str
    columns: tuple[_Column, ...]

    @property
    def head(self) -> RawTable:
        """Its columns, without rows."""
        empty = tuple(RawColumn(each.name, each.name, pl.Series("", [], pl.String)) for each in self.columns)
        return RawTable(empty, pl.Series("", [], pl.Int64), self.name)

    def reading(self, wanted: Collection[str]) -> RawTable:
        """Its columns, and rows of which only the `wanted` columns are read."""
        return replace(self.head, more=partial(self._blocks, frozenset(wanted)))

    def _blocks(self, wanted: frozenset[str]) -> Iterator[RawTable]:
        """The rows, so many at a time."""
        positions = [at for at, each in enumerate(self.columns) if each.name in wanted]
        chosen, database, watch = [self.columns[at] for at in positions], self.database, self.database.watch
        watch.begin()
        result = database.asked(lambda: _selected(database.connection, self.source, chosen), self.name)
        cursor = result.cursor
        try:
            while rows := database.asked(lambda: result.fetchmany(BLOCK), self.name):
                database.asked(partial(watch.count_rows, len(rows), len(chosen)), self.name)
                yield _raw(self.columns, positions, rows)
        finally:
            _closed(cursor)


@dataclass(frozen=True)
class _Column:
    """A column of a table or query; `select` is how it is asked for."""

    name: str
    select: str


# --- opening -------------------------------------------------------------------------------------------------------


def _connected(address: Address, span: Span | None, stack: ExitStack, watch: Watch) -> Connection:
    file = address.sort == SQLITE
    engine = _sqlite(address, span, watch) if file else _server(address)
    connection = _entered(engine, address, span)
    with telling(address):
        stack.callback(_close, connection)
        if not file:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        for text in ("BEGIN", "SELECT count(*) FROM sqlite_master") if file else _SESSION:
            connection.exec_driver_sql(text)
    return connection


def _entered(engine: Engine, address: Address, span: Span | None) -> Connection:
    try:
        with telling(address):
            return engine.connect()
    except FactsError as error:
        (found,) = error.diagnostics
        if found.wording is not NO_DATABASE or address.sort == SQLITE:
            raise
        hint, known = suggestion(str(address.url.database), _databases(address))
        found = replace(found, args={**found.args, "known": known}, span=span, hint=hint if known else None)
        raise FactsError(found) from None


def _databases(address: Address) -> list[str]:
    """The databases of a server that a user may enter; none where they cannot be asked for."""
    from sqlalchemy.exc import SQLAlchemyError

    open_ = "datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT')"
    engine = _server(replace(address, url=address.url.set(database="postgres")))
    try:
        with engine.connect() as connection:
            return [str(row[0]) for row in connection.exec_driver_sql(f"SELECT datname FROM pg_database WHERE {open_}")]  # noqa: S608 (nothing of anybody's)
    except (SQLAlchemyError, OSError, UnicodeDecodeError):
        return []


def _close(connection: Connection) -> None:
    """Nothing was written, so nothing is lost if the connection is gone already."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        connection.close()
    except SQLAlchemyError:
        connection.invalidate()


def _closed(cursor: Any) -> None:
    """A cursor whose connection is gone is let go of all the same."""
    with suppress(Exception):  # whatever the driver says of a connection that is gone, the error before it is told
        cursor.close()


def _server(address: Address) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    url = address.url
    given = {"connect_timeout": CONNECT, "client_encoding": "utf8", **_ALIVE}
    arguments = {name: value for name, value in given.items() if name not in url.query}
    try:
        return create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    except (ImportError, NoSuchModuleError):
        raise FactsError(Diagnostic(NO_DRIVER)) from None


def _sqlite(address: Address, span: Span | None, watch: Watch) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = Path(str(address.url.database))
    if not path.is_file():
        there = [each.name for each in path.parent.iterdir() if each.is_file()] if path.parent.is_dir() else []
        hint, known = suggestion(path.name, [] if address.named else there)  # where it is, is not to be told either
        wording = OTHER_FILE if path.exists() else NO_DATABASE
        args: dict[str, object] = {
            "database": address.shown,
            "problem": address.without_secrets(path.name),
            "known": known,
        }
        raise FactsError(Diagnostic(wording, args, span, hint))
    with telling(address):
        if _cut_short(path):
            raise FactsError(Diagnostic(CUT_SHORT, {"database": address.shown}, span))
    return create_engine("sqlite://", creator=partial(_opened, path, watch), poolclass=NullPool)


def _cut_short(path: Path) -> bool:
    """Is a SQLite file shorter than it says? SQLite itself would take what is lacking for nothing."""
    with path.open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return False
    page, pages = int.from_bytes(head[16:18]), int.from_bytes(head[28:32])
    sound = page.bit_count() == 1 and head[24:28] == head[92:96]  # else the number of pages is not kept up
    return sound and path.stat().st_size < (65_536 if page == 1 else page) * pages


def _opened(path: Path, watch: Watch) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=LOCK, isolation_level=None, check_same_thread=False
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.SQLITE_VALUE)
    for pragma in ("query_only = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    watch.over(connection, path.stat().st_size)
    return connection


# --- reading -------------------------------------------------------------------------------------------------------


def _names(connection: Connection, schema: str | None) -> list[str]:
    from sqlalchemy import inspect

    inspector = inspect(connection)
    found = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
    if connection.dialect.name != SQLITE:
        found |= {*inspector.get_materialized_view_names(schema)}  # foreign tables are found by their name only
    return sorted(found)


def _columns(connection: Connection, source: str) -> list[_Column]:
    """The columns of a table or query. PostgreSQL hands over texts: numbers to their last digit, and a day such as
    `infinity` as what it is called instead of an error."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    result = _execute(connection, f"SELECT * FROM {source} LIMIT 0")  # noqa: S608 (names are quoted; a query is the user's)
    description: Sequence[Any] = (result.cursor.description if result.cursor is not None else None) or ()
    names = [(str(each[0]), each[1]) for each in description]
    result.close()
    if connection.dialect.name == SQLITE:
        return [_Column(name, quote(name)) for name, _ in names]
    lists = _lists(connection, {code for _, code in names})
    return [_Column(name, quote(name) + _as_text(code, "[]" if code in lists else "")) for name, code in names]


def _as_text(code: int, several: str) -> str:
    """How a value is asked for as a text; a moment as it is called in `ZONE`, without the zone."""
    moment = f"::timestamp{several}" if code in _MOMENTS else ""
    return f"{moment}::text{several}"


def _lists(connection: Connection, codes: set[int]) -> set[int]:
    """Which types are arrays."""
    from sqlalchemy import text

    if not codes:
        return set()
    found = connection.execute(text("SELECT oid FROM pg_type WHERE typcategory = 'A'"))
    return codes & {int(row[0]) for row in found}


def _selected(connection: Connection, source: str, columns: Sequence[_Column]) -> CursorResult[Any]:
    chosen = ", ".join(each.select for each in columns) or "1"
    asked = f"SELECT {chosen} FROM {source}"  # noqa: S608 (as above)
    if connection.dialect.name == SQLITE and columns:
        # this limit is none, and what has an offset is worked out by itself: each value of a view once, not once for each place
        # that it is written in
        asked = f"SELECT {', '.join(map(_shown, columns))} FROM ({asked} LIMIT -1 OFFSET 0)"  # noqa: S608 (as above)
    return _execute(connection, asked)


def _shown(column: _Column) -> str:
    """A column of SQLite as it is asked for. Of bytes, which no field can hold, there are as many as are shown of them."""
    name = column.select
    return f"CASE WHEN typeof({name}) = 'blob' THEN substr({name}, 1, {_BYTES}) ELSE {name} END"


def _execute(connection: Connection, text: str) -> CursorResult[Any]:
    """Rows that the database sends as they are asked for. What is sent is one statement: PostgreSQL declares a cursor for it,
    in a way that takes no second one, and SQLite's driver takes none."""
    plain = text if connection.dialect.name == SQLITE else text.replace("%", "%%")
    return connection.exec_driver_sql(plain, execution_options={"stream_results": True, "max_row_buffer": BLOCK})


def _raw(columns: Sequence[_Column], positions: Sequence[int], rows: Sequence[Sequence[Any]]) -> RawTable:
    """A block of rows. Columns nobody asked for hold nothing."""
    values = dict(zip(positions, zip(*rows, strict=True), strict=False)) if positions else {}
    made = [
        _cells(each.name, values[at])
        if at in values
        else RawColumn(each.name, each.name, pl.Series("", [None] * len(rows)))
        for at, each in enumerate(columns)
    ]
    return RawTable(tuple(made), pl.repeat(None, len(rows), dtype=pl.Int64, eager=True))


_PLAIN: Final[tuple[tuple[type, pl.DataType], ...]] = (
    (str, pl.String()),
    (int, pl.Int64()),
    (float, pl.Float64()),
)


def _cells(name: str, values: Sequence[Any]) -> RawColumn:
    """A column of values as a driver gives them: texts and lists, from SQLite numbers and bytes too."""
    sorts = set(map(type, values)) - {type(None)}
    if len(sorts) <= 1:
        sort = next(iter(sorts), str)
        dtype = next((dtype for plain, dtype in _PLAIN if plain is sort), None)
        if dtype is not None:
            return RawColumn(name, name, pl.Series("", values, dtype))
    nested = {at: _nested(value) for at, value in enumerate(values) if isinstance(value, (list, bytes))}
    cells = [None if at in nested else as_text(value) for at, value in enumerate(values)]
    return RawColumn(name, name, pl.Series("", cells, pl.String), nested)


def _nested(value: list[Any] | bytes) -> object:
    """Bytes are nothing that a field could hold."""
    return {"bytes": value[:_BYTES].hex()} if isinstance(value, bytes) else value
