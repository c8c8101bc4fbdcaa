"""What an example gives, laid out in tables: nested the way people think of it, a reference holds the row it points at and a
relation the rows that point back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hegui.datatypes import Type
from hegui.outcome import escape
from hegui.vocabulary import Kind, Vocabulary

Rows = dict[str, list[dict[str, object]]]
"""Rows per kind, every kind of the vocabulary included."""


def rows_of(given: Mapping[str, object], vocabulary: Vocabulary, about: str) -> tuple[Rows, str]:
    """The flat tables of what an example gives, and the key of the row judged as it stands in a finding.

    Keys and references back that are left out are made up; a reference given as a plain key gets a row with that key.
    Kinds not mentioned have an empty table: they were supplied, and there is nothing in them.
    """
    flat = Flat(vocabulary)
    key = flat.judged(about, given)
    return flat.rows, key


def flat_rows(vocabulary: Vocabulary, given: Mapping[str, Sequence[Mapping[str, object]]]) -> Rows:
    """The flat tables of nested rows given by kind; as `rows_of`, for several rows of several kinds."""
    flat = Flat(vocabulary)
    for kind, rows in given.items():
        for row in rows:
            flat.add(vocabulary.kinds[kind], row)
    return flat.rows


class Flat:
    """Nested rows laid out in tables; keys that are left out are made up, each another than the `made` before it."""

    def __init__(self, vocabulary: Vocabulary, made: int = 0) -> None:
        self.kinds = vocabulary.kinds
        self.rows: Rows = {name: [] for name in vocabulary.kinds}
        self.made = made
        """How many keys were made up so far: each is another."""

    def judged(self, about: str, given: Mapping[str, object]) -> str:
        """Add the row judged; returns its key as it stands in a finding."""
        row = self.add(self.kinds[about], given)
        return ",".join(escape(str(row.get(name))) for name in self.kinds[about].key)

    def add(self, kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
        """Put a row and all that hangs on it into the tables; returns the row with its key."""
        row: dict[str, object] = {}
        self.rows[kind.name].append(row)
        for name in kind.fields:
            if name in given:
                row[name] = self.value(kind.fields[name].type, given[name])
            elif name in kind.key:
                row[name] = self.made_up(kind.fields[name].type, kind.name)
        for name, relation in kind.relations.items():
            listed = given.get(name)
            for child in listed if isinstance(listed, list) else ():
                back = {relation.by: row[kind.key[0]]} if kind.key else {}
                self.add(self.kinds[relation.kind], {**back, **child})
        return row

    def value(self, type_: Type, given: object) -> object:
        """The value of a cell; for a reference the key of the row it points at, which is added."""
        if type_.name != "ref" or type_.kind is None or given is None:
            return given
        other = self.kinds[type_.kind]
        if isinstance(given, Mapping):
            return self.add(other, given)[other.key[0]]
        if all(row.get(other.key[0]) != given for row in self.rows[other.name]):
            self.add(other, {other.key[0]: given})
        return given

    def made_up(self, type_: Type, kind: str) -> object:
        """A key no other row has."""
        self.made += 1
        match type_.name:
            case "int" | "number":
                return self.made
            case "date":
                return date(2000, 1, 1) + timedelta(self.made)
            case "code":
                return (type_.codes or ("",))[self.made % len(type_.codes or ("",))]
            case "ref":
                return self.value(type_, {})
        return f"{kind}-{self.made}"
