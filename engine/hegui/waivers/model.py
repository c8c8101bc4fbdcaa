"""What a waiver says, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hegui.datatypes import Text
from hegui.source import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Entity:
    """Whom a waiver is about, by the key findings are filed under, escaped as in a fingerprint; of any kind where `kind`
    is None."""

    id: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a waiver covers: what fits every part that is given, and of that part any entry. An empty part is not given.

    `rules` are patterns (`mine.*`) for names of rules and conclusions, `jurisdictions` are named exactly: what is below one
    is not meant. `fingerprints` name single findings and conclusions. `span` is where it stands in its file.
    """

    span: Span = field(compare=False, repr=False)
    rules: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Does it name no entity, no jurisdiction and no rule in particular?"""
        named = self.entities or self.jurisdictions or self.fingerprints
        return not named and any(set(rule) <= {"*"} for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver. It stands from `start` to `until`, both included; `approved_by` is an office; `file` is where it is
    written, without folders."""

    name: str
    scope: Scope
    reason: Text
    document: str
    approved_by: Text
    start: date
    until: date
    file: str

    def stands(self, day: date) -> bool:
        """Does it stand on a day?"""
        return self.start <= day <= self.until


@dataclass(frozen=True, slots=True)
class Waivers:
    """Waivers of some files, in order. `digest` is `sha256:…` over the texts of the files; `warnings` are about what is
    written in them. With `ignored` they are only named, and cover nothing."""

    given: tuple[Waiver, ...] = ()
    files: tuple[str, ...] = ()
    digest: str | None = None
    warnings: tuple[Diagnostic, ...] = ()
    ignored: bool = False


NONE: Final = Waivers()
"""No waivers at all."""
