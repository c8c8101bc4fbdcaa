"""The findings a page lists as compact data: columns for the table, and explanations in packets that are unpacked one by one
as they are looked at."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining.law import NotBefore
from hegui.explaining.words import LATER_LAW, NATURES, SEVERITIES, VERDICTS
from hegui.outcome import Finding, Verdict
from hegui.report.batches import batches
from hegui.report.page import words
from hegui.report.page.charts import SEVERITIES as GRAVEST_FIRST
from hegui.report.page.parts import LANGS
from hegui.report.page.told import Strings, Teller
from hegui.report.plain import plain
from hegui.report.run import Run
from hegui.report.sorts import Sort, sort_of
from hegui.report.words import waiver_text
from hegui.ruleset.model import Nature
from hegui.waivers.model import Waiver

PACKET: Final = 250
"""Explanations in a packet."""
LOT: Final = 40 * PACKET
"""Findings whose papers are looked for together."""

LATER, OUT_OF_SCOPE, PERSISTING = 2, 4, 8
"""Marks of a finding, which are added up."""
_PLACES: Final = {sort: number for number, sort in enumerate(Sort)}
_NATURES: Final = {nature: number for number, nature in enumerate(Nature)}

Pair = list[str]


class _Numbers:
    """Things in the order they first come up, each named by its number."""

    def __init__(self) -> None:
        self.held: dict[Any, int] = {}

    def of(self, thing: Any) -> int:
        """The number of a thing."""
        return self.held.setdefault(thing, len(self.held))


@dataclass
class Listed:
    """The findings of a page. `before` are fingerprints of those that were violations in the former run, None where there
    is none; `script` is the page's own, which names the words it needs."""

    run: Run
    findings: Sequence[Finding]
    before: set[str] | None
    script: str
    entities: _Numbers = field(default_factory=_Numbers)
    rules: _Numbers = field(default_factory=_Numbers)
    towns: _Numbers = field(default_factory=_Numbers)
    kinds: _Numbers = field(default_factory=_Numbers)
    days: _Numbers = field(default_factory=_Numbers)
    waivers: _Numbers = field(default_factory=_Numbers)

    def table(self) -> str:
        """Everything but the explanations, packed."""
        names = ("rule", "entity", "verdict", "waiver", "nature", "day", "due", "marks", "zh", "en", "key")
        columns = list(zip(*map(self._row, self.findings), strict=True)) or [() for _ in names]
        data = dict(zip(names, columns, strict=True))
        return packed(
            {
                "words": words.for_script(self.script),
                "verdicts": [[sort.value, *_pair(_called(sort))] for sort in Sort],
                "severities": [[severity.value, *_pair(SEVERITIES[severity])] for severity in GRAVEST_FIRST],
                "natures": [_pair(NATURES[nature]) for nature in Nature],
                "lawyer": _pair(LATER_LAW),
                "decided": self.run.info.decided_on.isoformat(),
                "compared": self.before is not None,
                "rules": [self._rule(name) for name in self.rules.held],
                "towns": [self._town(at) for at in self.towns.held],
                "kinds": [[name, *_pair(self._kind(name))] for name in self.kinds.held],
                "waivers": [_pair(waived_by(self.run.waivers[name])) for name in self.waivers.held],
                "days": [self._day(value) for value in self.days.held],
                "entities": [self._entity(*at) for at in self.entities.held],
                "findings": data,
                "packets": self._places(),
            }
        )

    def _row(self, finding: Finding) -> tuple[Any, ...]:
        run = self.run
        zh, en = (run.teller(finding.rule, lang) for lang in LANGS)
        law, sort = zh.law(finding), sort_of(run, finding)
        waiver = run.waivers_of(finding)[0].name if sort is Sort.WAIVED else None
        marks = LATER if law.later is not None else 0
        marks += OUT_OF_SCOPE if finding.scope is False else 0
        marks += PERSISTING if self.before is not None and finding.fingerprint in self.before else 0
        self.kinds.of(finding.kind)
        self.towns.of(finding.jurisdiction)
        return (
            self.rules.of(finding.rule),
            self.entities.of((finding.kind, finding.entity, finding.name, finding.jurisdiction)),
            _PLACES[sort],
            -1 if waiver is None else self.waivers.of(waiver),
            _NATURES[law.nature],
            self.days.of(finding.occurred),
            self.days.of(law.due),
            marks,
            plain(zh.message(finding)),
            plain(en.message(finding)),
            f"{finding.about}/{finding.key}",
        )

    def _rule(self, name: str) -> list[Any]:
        rule = self.run.documents[name].rule
        remedy = rule.remedy.text if rule.remedy is not None else Text("", "")
        texts = (rule.title, rule.authority, remedy)
        return [name, GRAVEST_FIRST.index(rule.severity), *(_pair(text) for text in texts), list(rule.notice)]

    def _town(self, at: str | None) -> list[Any]:
        name = self.run.labels.jurisdictions.get(at or "", at)
        return [at, *(_pair(words.NO_TOWN) if name is None else [plain(name)] * 2)]

    def _kind(self, name: str) -> Text:
        known = self.run.labels.kinds.get(name)
        return known.label if known is not None else Text(name, name)

    def _day(self, value: date | NotBefore | None) -> str | None:
        if isinstance(value, NotBefore):
            return f"≥ {value.day}"
        return value.isoformat() if value is not None else None

    def _entity(self, kind: str, entity: str, name: str | None, town: str | None) -> list[Any]:
        return [self.kinds.of(kind), plain(entity), plain(name or ""), self.towns.of(town)]

    # --- explanations

    @cached_property
    def _by_entity(self) -> list[int]:
        """The numbers of findings, those of an entity together: most entities are in one packet."""
        at = [self.entities.of(self._at(finding)) for finding in self.findings]
        return sorted(range(len(at)), key=lambda number: (at[number], number))

    def _at(self, finding: Finding) -> tuple[str, str, str | None, str | None]:
        return finding.kind, finding.entity, finding.name, finding.jurisdiction

    def _places(self) -> list[int]:
        """Where in the packets the explanation of each finding is."""
        places = [0] * len(self.findings)
        for place, number in enumerate(self._by_entity):
            places[number] = place
        return places

    def packets(self) -> Iterator[str]:
        """The explanations, so many to a packet, packed."""
        teller = Teller(self.run)
        for batch in batches(self.run, (self.findings[number] for number in self._by_entity), LOT):
            for start in range(0, len(batch.findings), PACKET):
                teller.strings = Strings()
                told = [teller.tell(each, batch.setting) for each in batch.findings[start : start + PACKET]]
                yield packed([teller.strings.held, told])


def packed(data: Any) -> str:
    """Data as JSON, compressed, in letters that may stand anywhere."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(written.encode(), 6, mtime=0)).decode()


def _called(sort: Sort) -> Text:
    """What findings that are shown together are called."""
    apart = {Sort.WAIVED: words.WAIVED, Sort.MEMORY: words.UNSURE}
    return apart[sort] if sort in apart else VERDICTS[Verdict(sort.value)]


def waived_by(waiver: Waiver) -> Text:
    """What is said where something is waived."""
    return Text(*(waiver_text(waiver, lang) for lang in ("zh", "en")))


def _pair(text: Text) -> Pair:
    return [plain(text.get("zh")), plain(text.get("en"))]
