"""What chaining found, jurisdiction by jurisdiction, and by whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hegui.conclusions.collect import Matches, Names
from hegui.conclusions.drawing import NOBODY
from hegui.conclusions.program import Fact
from hegui.datatypes import merge
from hegui.session.journal import Journal

FAR: Final = "\x00far"
"""The label of what reaches across jurisdictions; no jurisdiction is called so."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in one jurisdiction: the matches of each conclusion, and the facts that what reaches across uses."""

    found: Mapping[str, Matches]
    derived: frozenset[Fact]

    def abouts(self) -> Iterator[tuple[str, str]]:
        """Whom there is something about, by conclusion; nobody where there is something about nobody known."""
        for name, found in self.found.items():
            yield from (
                (name, about) for about in found.sure.keys() | found.maybe.keys() | found.drawn | found.possible
            )


EMPTY: Final = Part({}, frozenset())


class Parts:
    """The parts by label, and in which of them there is something about somebody."""

    def __init__(self) -> None:
        self.by_label: dict[str, Part] = {}
        self.where: dict[tuple[str, str], frozenset[str]] = {}

    def put(
        self, label: str, part: Part | None, blocked: Mapping[str, tuple[int, ...]], journal: Journal
    ) -> set[tuple[str, str]]:
        """Replace a part, or take it out; returns whom something else was found about. `blocked` are the numbers of the
        variables each conclusion is told to be blocked by."""
        old, new = self.by_label.get(label, EMPTY), part or EMPTY
        before, after = set(old.abouts()), set(new.abouts())
        for key in before - after:
            journal.put(self.where, key, self.where[key] - {label})
        for key in after - before:
            journal.put(self.where, key, self.where.get(key, frozenset()) | {label})
        if part is None:
            journal.drop(self.by_label, label)
        else:
            journal.put(self.by_label, label, part)
        return {
            (name, about)
            for name, about in before | after
            if _of(old.found.get(name), about, blocked[name]) != _of(new.found.get(name), about, blocked[name])
        }

    def merged(self, name: str, abouts: Iterable[str], blocked: tuple[int, ...]) -> Matches:
        """The matches of a conclusion about some and about nobody known, from wherever they were found."""
        merged = Matches()
        for about in (*abouts, NOBODY):
            for label in sorted(self.where.get((name, about), ())):
                _merge(merged, self.by_label[label].found[name], about, blocked)
        return merged

    def nobody(self, name: str) -> Matches:
        """The matches of a conclusion of which it is not known whom they are about."""
        merged = self.merged(name, (), ())
        for part in self.by_label.values():
            merged.unplaced |= part.found[name].unplaced
        return merged

    def everybody(self, name: str) -> set[str]:
        """Whom there is something about, for one conclusion."""
        return {about for (of, about), labels in self.where.items() if of == name and labels} - {NOBODY}


def _of(found: Matches | None, about: str, blocked: tuple[int, ...]) -> object:
    """All that is found about somebody."""
    if found is None:
        return None
    maybe = found.maybe.get(about, {})
    waits = [(found.waits_for.get(names), found.blockable.get(_told(names, blocked))) for names in sorted(maybe)]
    return found.sure.get(about), maybe, waits, about in found.drawn, about in found.possible


def _told(names: Names, blocked: tuple[int, ...]) -> Names:
    return tuple([names[number] for number in blocked])


def _merge(merged: Matches, found: Matches, about: str, blocked: tuple[int, ...]) -> None:
    if about in found.sure:
        merged.sure[about] |= found.sure[about]
    for names, causes in found.maybe.get(about, {}).items():
        held = merged.maybe[about]
        held[names] = merge((held.get(names, ()), causes))
        merged.waits_for[names] |= found.waits_for.get(names, set())
        told = _told(names, blocked)
        if told in found.blockable:
            merged.blockable[told] = merge((merged.blockable.get(told, ()), found.blockable[told]))
    merged.drawn |= {about} & found.drawn
    merged.possible |= {about} & found.possible
