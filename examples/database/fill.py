"""Make a database of a registry: `python fill.py FACTS RULES URL`, a table for each kind, called by its name.

URL is `sqlite:///FILE`, or `postgresql+psycopg://USER@HOST/DATABASE`. Tables of these names are made anew.
"""

from __future__ import annotations

import sys
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects.postgresql import ARRAY

import hegui
from hegui.facts.registry import below
from hegui.vocabulary import Kind

TYPES: dict[str, Any] = {"int": sql.BigInteger, "number": sql.Numeric, "bool": sql.Boolean, "date": sql.Date}
"""Types of fields → those of columns; all others are texts."""


def column(kind: Kind, name: str) -> sql.Column[Any]:
    """The column of a field: a list is an array in PostgreSQL, elsewhere a text; `<0.05` is a text everywhere."""
    type_ = kind.fields[name].type
    if kind.fields[name].detection:
        return sql.Column(name, sql.Text)
    element = TYPES.get((type_.element or type_).name, sql.Text)
    made = sql.Text().with_variant(ARRAY(element), "postgresql") if type_.element else element
    return sql.Column(name, made)


def cells(kind: Kind, row: dict[str, Any], lists: bool) -> dict[str, object]:
    """A row as the database takes it."""
    made: dict[str, object] = {}
    for name, field in kind.fields.items():
        value, bound = row[name], row.get(below(name))
        if isinstance(value, list) and not lists:
            value = ";".join(map(str, value)) or None
        elif field.detection:
            value = f"<{bound}" if bound is not None else str(value) if value is not None else None
        made[name] = value
    return made


def main(source: str, rules: str, url: str) -> None:
    """Read the registry at its door, and write what it holds."""
    registry = hegui.load_registry([source], hegui.load_ruleset(rules))
    engine, tables = sql.create_engine(url), sql.MetaData()
    lists = engine.dialect.name == "postgresql"
    made = []
    for name, frame in registry.tables.items():
        kind = registry.vocabulary.kinds[name]
        table = sql.Table(name, tables, *(column(kind, field) for field in kind.fields))
        rows = frame.lazy().collect().iter_rows(named=True)
        made.append((table, [cells(kind, row, lists) for row in rows]))
    with engine.begin() as connection:
        tables.drop_all(connection)
        tables.create_all(connection)
        for table, rows_ in made:
            if rows_:
                connection.execute(table.insert(), rows_)
    engine.dispose()
    print(f"{len(made)} tables, {sum(len(rows_) for _, rows_ in made)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
