"""Which waivers cover what: the one place that says so, for every path a finding or a conclusion may come by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import translate
from functools import cache
from typing import Final

from hegui.characters import as_compared
from hegui.outcome import Finding, conclusion_fingerprint
from hegui.waivers.model import Waiver


@dataclass(frozen=True, slots=True, eq=False)
class _Sieve:
    """A waiver as it is looked through, with its number in the order they were given; told apart by identity, since one may
    name very many findings."""

    number: int
    waiver: Waiver
    ids: frozenset[tuple[str | None, str]]
    jurisdictions: frozenset[str]

    @staticmethod
    def of(number: int, waiver: Waiver) -> _Sieve:
        scope = waiver.scope
        ids = frozenset((each.kind, each.id) for each in scope.entities)
        return _Sieve(number, waiver, ids, frozenset(_either_way(scope.jurisdictions)))

    def lets(self, kind: str, entity: str | None, jurisdiction: str | None) -> bool:
        """Do entity and jurisdiction fit?"""
        if self.ids and (None, entity) not in self.ids and (kind, entity) not in self.ids:
            return False
        return not self.jurisdictions or jurisdiction in self.jurisdictions


@dataclass(frozen=True)
class Named:
    """What the waivers that may cover a rule name in particular: keys of entities, whether any jurisdictions, keys in
    fingerprints. Where they name none, it makes no difference to them."""

    entities: frozenset[str]
    jurisdictions: bool
    keys: frozenset[str]


class Covering:
    """The waivers that stand on `day`, asked for what they cover.

    Args:
        waivers: in the order they were given, which is the order of precedence.
        day: the day of the decision.
        formerly: the names rules had before, by their names now; a waiver may still name them.
    """

    def __init__(
        self, waivers: Iterable[Waiver], day: date, formerly: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        standing = [_Sieve.of(number, each) for number, each in enumerate(waivers) if each.stands(day)]
        self.formerly = formerly or {}
        self._loose = [each for each in standing if not each.waiver.scope.fingerprints]
        self._printed: dict[str, dict[str, list[_Sieve]]] = {}
        for each in standing:
            for fingerprint in each.waiver.scope.fingerprints:
                head, _, key = fingerprint.rpartition("/")
                for way in _either_way([key]):
                    self._printed.setdefault(head, {}).setdefault(way, []).append(each)
        self._of_rule: dict[str, tuple[_Sieve, ...]] = {}
        self._by_entity: dict[str, dict[str | None, tuple[_Sieve, ...]]] = {}

    def __bool__(self) -> bool:
        return bool(self._loose or self._printed)

    def of(
        self, rule: str, about: str, key: str | None, kind: str, entity: str | None, jurisdiction: str | None
    ) -> tuple[Waiver, ...]:
        """The waivers that cover a violation of a rule, in order; the first of them is the one that counts.

        Args:
            rule: its name.
            about: the kind judged, and its `key`: those of the fingerprint.
            kind: of whom it is filed under, and their key (`entity`).
            jurisdiction: who answers for it.
        """
        sieves = self._for_entity(rule, entity)
        if printed := self._of_key(rule, about, key):
            sieves = tuple(sorted((*printed, *sieves), key=lambda each: each.number))
        return tuple(each.waiver for each in sieves if each.lets(kind, entity, jurisdiction))

    def finding(self, finding: Finding) -> tuple[Waiver, ...]:
        """The waivers that cover a violation."""
        return self.of(finding.rule, finding.about, finding.key, finding.kind, finding.entity, finding.jurisdiction)

    def conclusion(self, name: str, kind: str, entity: str, jurisdiction: str | None) -> tuple[Waiver, ...]:
        """The waivers that cover a conclusion by its own name."""
        key = conclusion_fingerprint(name, kind, entity).rpartition("/")[2]
        return self.of(name, kind, key, kind, key, jurisdiction)

    def named(self, rule: str, about: str) -> Named | None:
        """What may tell which violations of a rule are covered; None where none is."""
        printed = [self._printed.get(f"{name}/{about}", {}) for name in self._names(rule)]
        keyed = dict.fromkeys(each for keys in printed for found in keys.values() for each in found)
        sieves = (*self._rule(rule), *keyed)
        if not sieves:
            return None
        entities = frozenset(id for each in sieves for _, id in each.ids)
        keys = frozenset(key for each in printed for key in each)
        return Named(entities, any(each.jurisdictions for each in sieves), keys)

    # --- looked through once for each rule

    def _names(self, rule: str) -> tuple[str, ...]:
        return (rule, *self.formerly.get(rule, ()))

    def _names_it(self, waiver: Waiver, rule: str) -> bool:
        patterns = waiver.scope.rules
        return not patterns or any(_fits(pattern, name) for pattern in patterns for name in self._names(rule))

    def _of_key(self, rule: str, about: str, key: str | None) -> Iterable[_Sieve]:
        """Those that name this finding in particular."""
        if key is None or not self._printed:
            return ()
        heads = (self._printed.get(f"{name}/{about}", {}) for name in self._names(rule))
        found = dict.fromkeys(each for head in heads for each in head.get(key, ()))
        return [each for each in found if self._names_it(each.waiver, rule)]

    def _rule(self, rule: str) -> tuple[_Sieve, ...]:
        """Those that name no findings in particular."""
        found = self._of_rule.get(rule)
        if found is None:
            found = self._of_rule[rule] = tuple(each for each in self._loose if self._names_it(each.waiver, rule))
        return found

    def _for_entity(self, rule: str, entity: str | None) -> tuple[_Sieve, ...]:
        """Those of a rule that name an entity, or none."""
        found = self._by_entity.get(rule)
        if found is None:
            found = self._by_entity[rule] = self._sorted_out(rule)
        return found.get(entity) or found[None]

    def _sorted_out(self, rule: str) -> dict[str | None, tuple[_Sieve, ...]]:
        named: dict[str | None, list[_Sieve]] = {None: []}
        for each in self._rule(rule):
            for _, id in each.ids:
                named.setdefault(id, [])
        for each in self._rule(rule):
            for own in {id for _, id in each.ids} or named:
                named[own].append(each)
        return {id: tuple(found) for id, found in named.items()}


def _either_way(texts: Iterable[str]) -> Iterable[str]:
    """Texts as they are written, which other texts and codes of a registry keep, and as keys and references are compared."""
    return dict.fromkeys(way for text in texts for way in (text, as_compared(text)))


NOTHING: Final = Covering((), date.min)
"""What covers nothing."""


def names(patterns: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The names that fit any of some patterns."""
    patterns = list(patterns)
    return (name for name in known if any(_fits(pattern, name) for pattern in patterns))


def _fits(pattern: str, name: str) -> bool:
    return _compiled(pattern).match(name) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
