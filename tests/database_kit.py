"""What tests of databases share: the same tables in a SQLite file or a schema of PostgreSQL, gone afterwards."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

WHERE = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
"""The databases a test runs on."""
SECRET = "Geheim-77"
"""A password that must turn up nowhere."""


@dataclass(frozen=True)
class Store:
    """A database of a test's own. `url` is what hegui is given; to PostgreSQL's a password that nobody asks for belongs."""

    sort: str
    url: str
    path: Path
    schema: str = ""

    def say(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last."""
        rows: list[tuple[Any, ...]] = []
        if self.sort == "sqlite":
            with closing(sqlite3.connect(self.path)) as connection:
                for each in statements:
                    rows = connection.execute(each).fetchall()
                connection.commit()
            return rows
        import psycopg

        with psycopg.connect(os.environ["HEGUI_TEST_POSTGRES"], autocommit=True) as server:
            server.execute(f"SET search_path = {self.schema}")  # type: ignore[call-overload]
            for each in statements:
                found = server.execute(each)  # type: ignore[call-overload]
                rows = found.fetchall() if found.description else []
        return rows

    def table(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
        """Make a table; values are written as SQL."""
        listed = ", ".join(f'"{column}" {sort}' for column, sort in columns.items())
        self.say(f'CREATE TABLE "{name}" ({listed})')
        for row in rows:
            self.say(f'INSERT INTO "{name}" VALUES ({", ".join(map(literal, row))})')


def literal(value: object) -> str:
    """A value as SQL that both take."""
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def store(sort: str, folder: Path) -> Iterator[Store]:
    """An empty database."""
    if sort == "sqlite":
        path = folder / "registry.sqlite"
        sqlite3.connect(path).close()
        yield Store(sort, f"sqlite:///{path}", path)
        return
    schema = f"test_{token_hex(6)}"
    plain = os.environ["HEGUI_TEST_POSTGRES"]
    url = plain.replace("hegui@", f"hegui:{SECRET}@", 1) + f"&options=-csearch_path%3D{schema}"
    made = Store(sort, url, folder, schema)
    server = Store(sort, plain, folder, "public")
    server.say(f"CREATE SCHEMA {schema}")
    try:
        yield made
    finally:
        server.say(f"DROP SCHEMA {schema} CASCADE")
