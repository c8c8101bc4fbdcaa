"""How a run came about: what it was made from and with, and what was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hegui import extending
from hegui.clock import set_moment
from hegui.datatypes import Text
from hegui.facts.registry import Registry, SourceTable
from hegui.report import versions
from hegui.report.stored import encode
from hegui.ruleset.model import Ruleset
from hegui.waivers.account import Account


@dataclass(frozen=True, slots=True)
class RulesetInfo:
    """Which ruleset judged: the last of its `layers`, and the digest over all of them."""

    name: str
    version: str
    digest: str
    title: Text
    layers: tuple[str, ...]
    workdays: dict[date, bool]


@dataclass(frozen=True, slots=True)
class FactsInfo:
    """Which facts were judged."""

    digest: str
    sources: tuple[SourceTable, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: some rules only (None: all), one entity only, compliant and not applicable rows too."""

    rules: tuple[str, ...] | None = None
    entity: str | None = None
    every: bool = False

    @property
    def whole(self) -> bool:
        """Is a whole registry judged by all rules?"""
        return self.rules is None and self.entity is None


@dataclass(frozen=True, slots=True)
class Since:
    """A run made out of a former one: the digest of the facts then, how many rows differ, and how many of each kind were
    judged again. With `tables`, which came or went since, everything was."""

    facts: str
    changed: int = 0
    judged: dict[str, int] = field(default_factory=dict)
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin that took part in a run: its distribution and version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How a run came about: all it takes to make it again, with digests of what it was made from. `started` and `seconds`
    are the only values taken from a clock; with SOURCE_DATE_EPOCH set, `started` is that moment and `seconds` is left out."""

    as_of: date
    decided_on: date
    engine: str
    chainer: str | None
    hegui: str
    started: str | None
    seconds: float | None
    ruleset: RulesetInfo
    facts: FactsInfo
    waivers: Account = field(default_factory=Account)
    versions: dict[str, str] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)
    since: Since | None = None
    plugins: tuple[PluginInfo, ...] = ()
    """Those whose functions the ruleset uses, that read facts, or that judged; sorted by name."""

    @staticmethod
    def of(
        ruleset: Ruleset,
        registry: Registry,
        *,
        as_of: date,
        decided_on: date,
        engine: str,
        started: datetime | None = None,
        seconds: float | None = None,
        asked: Asked | None = None,
        since: Since | None = None,
    ) -> RunInfo:
        """The description of a run of `ruleset` over `registry`; `asked` None for all of both."""
        moment = set_moment()
        if moment is not None:
            started, seconds = moment, None
        layers, days = ruleset.layers, dict(sorted(ruleset.workdays.items()))
        return RunInfo(
            as_of=as_of,
            decided_on=decided_on,
            engine=engine,
            chainer=None,
            hegui=versions.of("hegui") or "unknown",
            started=started.isoformat(timespec="seconds") if started is not None else None,
            seconds=round(seconds, 3) if seconds is not None else None,
            ruleset=RulesetInfo(ruleset.name, ruleset.version, ruleset.digest, ruleset.title, layers, days),
            facts=FactsInfo(registry.digest, registry.sources),
            versions=versions.used(),
            asked=asked or Asked(),
            since=since,
            plugins=_plugins(ruleset, registry, engine),
        )

    def mark(self, layered: Collection[str]) -> str:
        """What tells findings of this run, `layered` or not, from those of another: the digest of all but what a clock said."""
        said = [encode(replace(self, started=None, seconds=None)), sorted(layered)]
        return f"sha256:{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()}"


def _plugins(ruleset: Ruleset, registry: Registry, engine: str) -> tuple[PluginInfo, ...]:
    from hegui.engines import ENGINES  # what reads a saved run needs neither engines nor readers
    from hegui.facts.readers import added_reader

    found = {name: extending.version_of(name) or "" for name in ruleset.plugins}
    readers = [added_reader(file) for file in dict.fromkeys(source.file for source in registry.sources)]
    judged = None if engine in ENGINES else extending.plugin("engines", engine, ENGINES)
    found |= {each.distribution: each.version for each in (*readers, judged) if each is not None}
    return tuple(PluginInfo(*each) for each in sorted(found.items()))
