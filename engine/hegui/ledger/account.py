"""An account: how a matter stood, as a run tells it, in both languages and without the run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining import Case, message
from hegui.explaining import facts as facts_of
from hegui.explaining.citing import cite_in_full
from hegui.explaining.law import Basis, basis
from hegui.explaining.words import ROLES
from hegui.facts.registry import Place
from hegui.outcome import Drawn, Finding
from hegui.report.run import Run

LANGS: Final = ("zh", "en")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_TEXTS: Final = ("title", "kind", "authority", "remedy")


@dataclass(frozen=True, slots=True)
class Words:
    """What many accounts have in common. `basis` and `remedy` are as they are shown."""

    title: Text
    kind: Text
    nature: str
    severity: str
    authority: Text
    notice: tuple[str, ...]
    remedy: Text
    basis: tuple[Text, ...]

    def data(self) -> str:
        """As JSON; the same text for the same words."""
        texts = {name: _pair(getattr(self, name)) for name in _TEXTS}
        more = {"nature": self.nature, "severity": self.severity, "notice": list(self.notice)}
        return json.dumps({**texts, **more, "basis": [_pair(each) for each in self.basis]}, ensure_ascii=False)

    @staticmethod
    def of(text: str) -> Words:
        """Back from JSON."""
        data = json.loads(text)
        texts = {name: Text(*data[name]) for name in _TEXTS}
        cited = tuple(Text(*each) for each in data["basis"])
        return Words(
            **texts, nature=data["nature"], severity=data["severity"], notice=tuple(data["notice"]), basis=cited
        )

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data().encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A value as it was shown, with its cell and the paper behind it."""

    label: Text
    shown: Text
    place: Place | None = None
    paper: tuple[str | None, str | None, str | None] | None = None


class Telling:
    """Renders accounts of one run. Words that are the same are rendered once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._words: dict[tuple[object, ...], Words] = {}

    def words(self, said: Finding | Drawn) -> Words:
        """What the account of a finding or conclusion has in common with others."""
        if isinstance(said, Drawn):
            return self._of_conclusion(said)
        case = self.run.case(said)
        cited = basis(case)
        nature = case.rule.nature(case.day)
        key = (said.rule, nature, tuple((id(item.citation), item.applies, item.needs) for item in cited))
        if key not in self._words:
            self._words[key] = self._of_rule(case, cited)
        return self._words[key]

    def _of_rule(self, case: Case, cited: tuple[Basis, ...]) -> Words:
        rule = case.rule
        return Words(
            title=rule.title,
            kind=self._kind(case.finding.kind),
            nature=rule.nature(case.day).value,
            severity=rule.severity.value,
            authority=rule.authority,
            notice=rule.notice,
            remedy=rule.remedy.text if rule.remedy is not None else Text("", ""),
            basis=tuple(Text(*(cite_in_full(item, case, lang) for lang in LANGS)) for item in cited),
        )

    def _of_conclusion(self, drawn: Drawn) -> Words:
        rule = self.run.conclusion_rules[drawn.conclusion]
        cited = ((ROLES[each.role], each.text) for each in drawn.basis)
        return Words(
            title=rule.title,
            kind=self._kind(drawn.kind),
            nature=rule.nature,
            severity=rule.severity,
            authority=rule.authority,
            notice=rule.notice,
            remedy=rule.remedy or Text("", ""),
            basis=tuple(Text(f"{role.zh}：{text.zh}", f"{role.en}: {text.en}") for role, text in cited),
        )

    def _kind(self, name: str) -> Text:
        known = self.run.labels.kinds.get(name)
        return known.label if known is not None else Text(name, name)

    def account(self, said: Finding | Drawn) -> dict[str, Any]:
        """The columns of an account of it, but for its number and its digest."""
        where = self.run.labels.jurisdictions.get(said.jurisdiction or "", said.jurisdiction)
        whose = {"kind": said.kind, "entity": said.entity, "name": said.name, "jurisdiction": said.jurisdiction}
        zh, en, facts = self._of_drawn(said) if isinstance(said, Drawn) else self._of_finding(said)
        occurred = said.occurred if isinstance(said, Finding) else None
        label = self.run.labels.entities.get(said.kind, {}).get(said.entity)
        whose["credit_code"] = label.credit_code if label is not None else None
        return {**whose, "place": where, "occurred": occurred, "message_zh": zh, "message_en": en, "facts": facts}

    def _of_drawn(self, drawn: Drawn) -> tuple[str, str, str]:
        grounds = [[["依据", "because"], [print_, print_], None, None] for print_ in drawn.because]
        return drawn.message.zh, drawn.message.en, _ENCODER.encode(grounds)

    def _of_finding(self, finding: Finding) -> tuple[str, str, str]:
        case = self.run.case(finding)
        shown = []
        for zh, en in zip(*(facts_of(case, lang) for lang in LANGS), strict=True):
            paper = None if zh.paper is None else [zh.paper.source_doc, zh.paper.obtained_on, zh.paper.method]
            at = None if zh.place is None else [zh.place.file, zh.place.sheet, zh.place.row, zh.place.column]
            shown.append([[zh.label, en.label], [zh.shown, en.shown], at, paper])
        told = (message(case, lang) for lang in LANGS)
        return (*told, _ENCODER.encode(shown))  # type: ignore[return-value]


def recorded_facts(text: str) -> tuple[RecordedFact, ...]:
    """The facts of an account, back from its column."""
    found = []
    for label, shown, at, paper in json.loads(text):
        place = Place(*at) if at is not None else None
        found.append(RecordedFact(Text(*label), Text(*shown), place, tuple(paper) if paper is not None else None))
    return tuple(found)


def _pair(text: Text) -> list[str]:
    return [text.zh, text.en]
