"""Kinds of entities, their fields, code lists, relations, units and aliases: what facts look like."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from hegui.datatypes import Text, Type


@dataclass(frozen=True, slots=True)
class Evidence:
    """The fields of the same row that name the paper behind a field: which document, when obtained, by what method."""

    source_doc: str | None = None
    obtained_on: str | None = None
    method: str | None = None


@dataclass(frozen=True)
class Field:
    """One field of a kind. `aliases` are exact further headers; `codes` maps each code to its label."""

    name: str
    type: Type
    label: Text
    aliases: tuple[str, ...] = ()
    codes: dict[str, Text] = field(default_factory=dict)
    code_aliases: dict[str, str] = field(default_factory=dict)
    private: bool = False
    detection: bool = False
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of `kind` whose reference field `by` points at the entity."""

    name: str
    kind: str
    by: str
    label: Text


@dataclass(frozen=True)
class Kind:
    """A kind of entity. `key` names its key fields: none for a kind that cannot be judged itself."""

    name: str
    label: Text
    key: tuple[str, ...]
    fields: dict[str, Field]
    relations: dict[str, Relation] = field(default_factory=dict)
    name_field: str | None = None
    jurisdiction: str | None = None
    coordinates: tuple[str, str] | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All kinds of a ruleset, by name."""

    kinds: dict[str, Kind]

    @cached_property
    def words(self) -> dict[str, str]:
        """Every word a table may be called by (name, labels, aliases) → kind name."""
        found: dict[str, str] = {}
        for kind in self.kinds.values():
            for word in (kind.name, kind.label.zh, kind.label.en, *kind.aliases):
                found.setdefault(word, kind.name)
        return found
