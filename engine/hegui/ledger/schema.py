"""The tables of a ledger, and how each version of them came out of the one before.

Rows are only ever added. What a run says is in `run`, `sighting` and `account`, what offices say in `entry`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Boolean, Column, Connection, Date, Integer, MetaData, Table, Text

METADATA: Final = MetaData()

VERSION: Final = Table("hegui_schema_version", METADATA, Column("version", Integer, primary_key=True))

RUN: Final = Table(
    "hegui_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("digest", Text),
    Column("as_of", Date),
    Column("decided_on", Date),
    Column("ruleset", Text),
    Column("ruleset_version", Text),
    Column("ruleset_digest", Text),
    Column("facts_digest", Text),
    Column("hegui", Text),
    Column("whole", Boolean),
    Column("workdays", Text),
    Column("entered", Text),
)
"""`workdays` are the days a ruleset sets of its own, as JSON; `entered` the moment of entry, in UTC."""

NAME: Final = Table(
    "hegui_name",
    METADATA,
    Column("fingerprint", Text, primary_key=True),
    Column("rule", Text),
    Column("matter", Integer),
    Column("run", Integer),
)
"""The fingerprints of a matter: one, and a further one for each name its rule was given later."""

WORDS: Final = Table(
    "hegui_words",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("rule", Text),
    Column("digest", Text),
    Column("data", Text),
)
"""What many accounts have in common, as JSON: title, nature, severity, authority, law and remedy."""

ACCOUNT: Final = Table(
    "hegui_account",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("matter", Integer),
    Column("words", Integer),
    Column("digest", Text),
    Column("kind", Text),
    Column("entity", Text),
    Column("name", Text),
    Column("jurisdiction", Text),
    Column("place", Text),
    Column("occurred", Date),
    Column("message_zh", Text),
    Column("message_en", Text),
    Column("facts", Text),
    Column("credit_code", Text),
)
"""How a matter stood: whom it is filed under, the message, and the recorded values with their cells (`facts`, JSON)."""

SIGHTING: Final = Table(
    "hegui_sighting",
    METADATA,
    Column("run", Integer, primary_key=True),
    Column("matter", Integer, primary_key=True),
    Column("state", Text),
    Column("account", Integer),
    Column("due", Date),
    Column("beyond", Boolean),
    Column("waiver", Text),
)
"""What a run says of a matter. `beyond`: the date proposed is no earlier than `due`, the end of the calendar."""

ENTRY: Final = Table(
    "hegui_entry",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("matter", Integer),
    Column("sort", Text),
    Column("after_run", Integer),
    Column("day", Date),
    Column("document", Text),
    Column("office", Text),
    Column("text", Text),
    Column("period", Text),
    Column("deadline", Date),
    Column("file", Text),
    Column("digest", Text),
    Column("corrects", Integer),
    Column("entered", Text),
)
"""What an office enters. `after_run` is the last run recorded by then, `corrects` the entry this one takes the place of."""

# --- versions ------------------------------------------------------------------------------------------------------

_TABLES: Final = """
CREATE TABLE hegui_run (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, as_of DATE NOT NULL, decided_on DATE NOT NULL,
  ruleset TEXT NOT NULL, ruleset_version TEXT NOT NULL, ruleset_digest TEXT NOT NULL, facts_digest TEXT NOT NULL,
  hegui TEXT NOT NULL, whole BOOLEAN NOT NULL, workdays TEXT NOT NULL, entered TEXT NOT NULL);
CREATE TABLE hegui_name (fingerprint TEXT PRIMARY KEY, rule TEXT NOT NULL, matter INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES hegui_run (id));
CREATE TABLE hegui_words (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, digest TEXT NOT NULL, data TEXT NOT NULL,
  UNIQUE (rule, digest));
CREATE TABLE hegui_account (id INTEGER PRIMARY KEY, matter INTEGER NOT NULL,
  words INTEGER NOT NULL REFERENCES hegui_words (id), digest TEXT NOT NULL, kind TEXT NOT NULL, entity TEXT NOT NULL,
  name TEXT, jurisdiction TEXT, place TEXT, occurred DATE, message_zh TEXT NOT NULL, message_en TEXT NOT NULL,
  facts TEXT NOT NULL);
CREATE TABLE hegui_sighting (run INTEGER NOT NULL REFERENCES hegui_run (id), matter INTEGER NOT NULL, state TEXT NOT NULL,
  account INTEGER REFERENCES hegui_account (id), due DATE, beyond BOOLEAN, waiver TEXT, PRIMARY KEY (matter, run));
CREATE TABLE hegui_entry (id INTEGER PRIMARY KEY, matter INTEGER NOT NULL, sort TEXT NOT NULL, after_run INTEGER NOT NULL,
  day DATE NOT NULL, document TEXT, office TEXT, text TEXT, period TEXT, deadline DATE, file TEXT, digest TEXT,
  corrects INTEGER REFERENCES hegui_entry (id), entered TEXT NOT NULL);
CREATE INDEX hegui_name_rule ON hegui_name (rule);
CREATE INDEX hegui_name_matter ON hegui_name (matter);
CREATE INDEX hegui_account_entity ON hegui_account (entity);
CREATE INDEX hegui_account_matter ON hegui_account (matter);
CREATE INDEX hegui_entry_matter ON hegui_entry (matter)
"""


_GUARDED: Final = ("schema_version", "run", "name", "words", "account", "sighting", "entry")


def _tables(connection: Connection) -> None:
    for statement in _TABLES.split(";"):
        connection.exec_driver_sql(statement)


def _guards(connection: Connection) -> None:
    """What is recorded can be neither changed nor deleted, whoever tries."""
    if connection.dialect.name == "sqlite":
        for table in map("hegui_{}".format, _GUARDED):
            for change in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END"
                )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION hegui_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a ledger is only added to'; END $$"
    )
    for table in map("hegui_{}".format, _GUARDED):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hegui_only_added_to()"
        )


def _credit_codes(connection: Connection) -> None:
    """The list of problems wants the unified social credit code of whom a matter is filed under."""
    connection.exec_driver_sql("ALTER TABLE hegui_account ADD COLUMN credit_code TEXT")


_KEYS: Final = {
    "schema_version": (),
    "run": ("digest",),
    "name": ("fingerprint",),
    "words": ("rule", "digest"),
    "account": (),
    "sighting": ("matter", "run"),
    "entry": (),
}
"""What is unique in a table besides the number of its rows."""


def _no_replacing(connection: Connection) -> None:
    """SQLite knows a way to put a row in place of another that fires no trigger of deleting. In PostgreSQL it is an update."""
    if connection.dialect.name != "sqlite":
        return
    for name, key in _KEYS.items():
        table = f"hegui_{name}"
        same = [["rowid"], *([key] if key else [])]  # a new row has the number -1 before it is there
        there = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{each} = NEW.{each}' for each in columns)})"  # noqa: S608
            for columns in same
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
            "BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END"
        )


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (_tables, _guards, _credit_codes, _no_replacing)
"""The first makes version 1 of nothing, each further one the next version of the one before. None is ever changed."""

CURRENT: Final = len(MIGRATIONS)
