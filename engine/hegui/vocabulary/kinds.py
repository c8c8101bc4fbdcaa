"""A kind and what belongs to it, as plain data."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hegui.datatypes import Text, Type

CREDIT_CODE: Final = ("统一社会信用代码", "unified social credit code")
"""What a field is called that holds the code every legal person has; in the register of these it is the key."""

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def fold(word: str) -> str:
    """A header, label or code word as it is compared: width, letter case and white space do not matter.

    >>> fold(" 证载 生产规模（万吨/年） ")
    '证载生产规模(万吨/年)'
    """
    return "".join(unicodedata.normalize("NFKC", word).translate(_INVISIBLE).casefold().split())


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

    @property
    def words(self) -> tuple[str, ...]:
        """Every header the field may stand under, without unit: its name, labels and aliases."""
        return tuple(word for word in (self.name, self.label.zh, self.label.en, *self.aliases) if word)

    @cached_property
    def code_words(self) -> dict[str, str]:
        """Every folded word of the code list (codes, labels, aliases) → code."""
        found = {fold(word): code for word, code in self.code_aliases.items()}
        for code, label in self.codes.items():
            found.update({fold(word): code for word in (label.zh, label.en) if word})
        return found | {fold(code): code for code in self.codes}


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

    @property
    def words(self) -> tuple[str, ...]:
        """Every word a table of this kind may be called by: its name, labels and aliases."""
        return tuple(word for word in (self.name, self.label.zh, self.label.en, *self.aliases) if word)

    @cached_property
    def credit_code(self) -> str | None:
        """The field that holds the unified social credit code of the entity; None where no field that may be shown does."""
        called = {fold(word) for word in CREDIT_CODE}
        fields = (each for each in self.fields.values() if called & {fold(word) for word in each.words})
        return next((each.name for each in fields if each.type.name == "string" and not each.private), None)

    @cached_property
    def headers(self) -> dict[str, str]:
        """Every folded header word → field name."""
        return {fold(word): each.name for each in self.fields.values() for word in each.words}


@dataclass(frozen=True)
class Vocabulary:
    """All kinds of a ruleset, by name."""

    kinds: dict[str, Kind]

    @cached_property
    def words(self) -> dict[str, str]:
        """Every word a table may be called by (name, labels, aliases) → kind name."""
        found: dict[str, str] = {}
        for kind in self.kinds.values():
            for word in kind.words:
                found.setdefault(word, kind.name)
        return found

    @cached_property
    def folded(self) -> dict[str, str]:
        """Every folded word a table may be called by → kind name."""
        return {fold(word): kind for word, kind in self.words.items()}
