"""The two versions of a ruleset, out of folders, the shipped ones or git, and the facts as each of them reads these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hegui.assure.impact.codes import World
from hegui.assure.impact.differing import Worlds
from hegui.assure.impact.edits import Facts
from hegui.assure.impact.model import Side
from hegui.assure.impact.revision import checked_out, revision_of
from hegui.assure.impact.variants import merged
from hegui.facts import read
from hegui.facts.registry import LINE, SOURCE, Registry
from hegui.ruleset import load
from hegui.ruleset.model import Ruleset
from hegui.source import RulesetError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Version:
    """One version of a ruleset, and what it was called by whoever asked."""

    shown: str
    ruleset: Ruleset

    @property
    def side(self) -> Side:
        found = self.ruleset
        return Side(self.shown, found.name, found.version, found.digest, found.title)


def version(text: str | Path, *, cached: bool = False) -> Version:
    """A version of a ruleset: a folder, a file, the name of a shipped ruleset, or `REVISION:PATH` of the git repository that
    holds the working folder. `cached` takes folders as they were loaded before where nothing of them changed.

    Raises:
        RulesetError: it cannot be used.
        UsageError: git or the revision cannot.
    """
    wanted = revision_of(str(text))
    if wanted is None:
        return Version(str(text), load(text, cached=cached))
    from hegui.ruleset.build import draft

    with checked_out(wanted) as place:
        built = draft(place)
    if built.problems.errors:
        raise RulesetError(built.problems.errors)
    return Version(wanted.shown, built.ruleset)


def registries(paths: Sequence[str | Path], old: Ruleset, new: Ruleset, as_of: date) -> tuple[Registry, Registry]:
    """The facts as both versions read them: read once where they have the same vocabulary.

    Raises:
        FactsError: they cannot be read.
    """
    now = read(paths, new.vocabulary, as_of=as_of)
    return (now if old.vocabulary == new.vocabulary else read(paths, old.vocabulary, as_of=as_of)), now


def worlds(old: Ruleset, new: Ruleset, then: Registry, now: Registry, as_of: date) -> tuple[Worlds, Facts]:
    """What rules are judged in before and after, and how the facts differ.

    Where all that the old version reads is read by the new one too, and alike, one world does for both.
    """
    kinds = old.vocabulary.kinds.keys() | new.vocabulary.kinds.keys()
    edited = [kind for kind in sorted(kinds) if old.vocabulary.kinds.get(kind) != new.vocabulary.kinds.get(kind)]
    differ = [] if then is now else [kind for kind in sorted(kinds) if not _alike(kind, then, now)]
    facts = Facts(tuple(differ), tuple(edited), old.workdays != new.workdays)
    parameters = merged(old.parameters, new.parameters)
    after = World(new, now, as_of, parameters)
    if not differ and not facts.calendar:
        return Worlds(after, after), facts
    return Worlds(World(old, then, as_of, parameters), after), facts


def _alike(kind: str, then: Registry, now: Registry) -> bool:
    """Does a kind have the same rows, as far as the old version knows of them?"""
    was, is_ = then.vocabulary.kinds.get(kind), now.vocabulary.kinds.get(kind)
    if was is None or is_ is None:
        return kind not in then.tables and (kind not in now.tables or was is None)
    same = was.key == is_.key and all(
        name in is_.fields and (is_.fields[name].type, is_.fields[name].detection) == (field.type, field.detection)
        for name, field in was.fields.items()
    )
    if not same or (kind in then.tables) != (kind in now.tables):
        return False
    return kind not in then.tables or _same_rows(then.tables[kind].lazy(), now.tables[kind].lazy(), set(was.fields))


def _same_rows(was: pl.LazyFrame, is_: pl.LazyFrame, fields: set[str]) -> bool:
    import polars as pl

    def wanted(name: str) -> bool:
        return name not in (SOURCE, LINE) and (name.startswith("#") or name.partition("#")[0] in fields)

    names = [[name for name in frame.collect_schema().names() if wanted(name)] for frame in (was, is_)]
    if sorted(names[0]) != sorted(names[1]):
        return False
    one, other = pl.collect_all([frame.select(sorted(names[0])) for frame in (was, is_)])
    return one.equals(other)
