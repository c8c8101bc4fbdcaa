"""One finding as JSON data, rendered in both languages, and back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from hegui.datatypes import Cause, Reason, Type
from hegui.explaining.compiled import Settled, Teller
from hegui.explaining.document import Case, Leaf, Paper, RuleDocument, Setting
from hegui.explaining.law import Basis, Later, NotBefore, value_used
from hegui.explaining.why import place
from hegui.facts.registry import Place, SourceTable
from hegui.language.tree import Node, Param
from hegui.outcome import Finding, LeafValue, Verdict
from hegui.report.info import RunInfo
from hegui.report.stored import FIELD, OTHER, DamagedError, decode, encode
from hegui.ruleset.model import LawVersion, ParameterValue, Period
from hegui.source import Wording
from hegui.waivers.model import Waiver

Json = dict[str, Any]

NO_RULE: Final = Wording("run-damaged", "the run has no rule `{rule}`", "结果中没有规则 `{rule}`")
FINGERPRINT: Final = Wording(
    "run-damaged", "`{found}` is not `{rule}/about/key`", "`{found}` 不符合 `{rule}/类别/主键`"
)
NO_SOURCE: Final = Wording(
    "run-damaged", "`{file}` is not among the sources of the run", "`{file}` 不在结果的数据来源之中"
)
LEAVES: Final = Wording(
    "run-damaged",
    "{count} entries are expected, one for each leaf of the rule",
    "应有 {count} 项，与规则的各项一一对应",
)


class Renderer:
    """Renders findings of one rule as they stand in a saved run, what they have in common once."""

    def __init__(self, document: RuleDocument, setting: Setting) -> None:
        self.document = document
        self.zh, self.en = (Teller(document, setting, lang) for lang in ("zh", "en"))
        self._laws: dict[int, tuple[Settled, Json]] = {}

    def data(self, finding: Finding, setting: Setting, waiver: Waiver | None = None) -> Json:
        """A finding, with the papers that `setting` has, and the waiver that covers it."""
        case, law = Case(self.document, finding, setting), self.law(self.zh.law(finding))
        rule = case.rule
        return {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule,
            "kind": finding.kind,
            "entity": finding.entity,
            "name": finding.name,
            "jurisdiction": finding.jurisdiction,
            "verdict": finding.verdict.value,
            "nature": law["nature"],
            "severity": rule.severity.value,
            "certainty": law["certainty"],
            "occurred": encode(finding.occurred),
            "in_notice_scope": finding.scope,
            "source": _row_place(case),
            "message": {"zh": self.zh.message(finding), "en": self.en.message(finding)},
            "evidence": [_evidence(case, *item) for item in _recorded(case)],
            "causes": [{"reason": c.reason.value, "path": c.path, "count": c.count} for c in finding.causes],
            "basis": law["basis"],
            "later_law": law["later_law"],
            "later_versions": law["later_versions"],
            "due": law["due"],
            "waived_by": waiver_data(waiver) if waiver is not None else None,
        }

    def law(self, settled: Settled) -> Json:
        """What a finding's law is in the document, the same data for all findings it is the law of."""
        known = self._laws.get(id(settled))
        if known is None:
            if len(self._laws) >= _HELD:
                self._laws.clear()
            known = self._laws[id(settled)] = settled, _law(settled)
        return known[1]


_HELD: Final = 4096
"""Answers of the law remembered for one rule."""


def _law(settled: Settled) -> Json:
    return {
        "nature": settled.nature.value,
        "certainty": settled.certainty.value if settled.certainty is not None else None,
        "basis": [_basis(item) for item in settled.basis],
        "later_law": settled.later.status if settled.later is not None else None,
        "later_versions": _later(settled.later) if settled.later is not None else None,
        "due": _due(settled.due),
    }


def finding_data(case: Case) -> Json:
    """A single finding as it stands in a saved run."""
    return Renderer(case.document, case.setting).data(case.finding, case.setting)


def waiver_data(waiver: Waiver) -> Json:
    """What is said of a waiver where it covers something."""
    return {"waiver": waiver.name, "document": waiver.document, "until": waiver.until.isoformat()}


def _row_place(case: Case) -> Json | None:
    if case.finding.source is None:
        return None
    return place_data(case.setting.sources[case.finding.source].place(case.finding.row, key=case.finding.key))


def info_data(info: RunInfo) -> Json:
    """How a run came about, as JSON data; `keyed` is said of databases only, `plugins` only where some took part."""
    data: Json = encode(info, full=True)
    if not data["plugins"]:
        del data["plugins"]
    for source in data["facts"]["sources"]:
        if not source["keyed"]:
            del source["keyed"]
    return data


def place_data(at: Place | None) -> Json | None:
    """An address as JSON data."""
    if at is None:
        return None
    keyed = {name: value for name, value in (("key", at.key), ("nth", at.nth)) if value is not None}
    return {"file": at.file, "sheet": at.sheet, "row": at.row, "column": at.column, **keyed}


# --- evidence ------------------------------------------------------------------------------------------------------


def _recorded(case: Case) -> list[tuple[Node, Leaf, LeafValue]]:
    return list(zip(case.rule.leaves, case.document.leaves, case.finding.values, strict=False))


def _evidence(case: Case, node: Node, leaf: Leaf, value: LeafValue) -> Json:
    data: Json = {
        "expr": leaf.text,
        "value": encode(value.value),
        "unit": leaf.unit,
        "source": place_data(place(case, leaf, value)),
    }
    if value.below is not None:
        data["below"] = value.below
    if value.rows is not None:
        data |= {"rows": value.rows, "first": value.first}
    if leaf.private:
        data["private"] = True
    if (paper := case.setting.paper(leaf, value)) is not None:
        data["paper"] = encode(paper, full=True)
    if isinstance(node, Param) and (used := value_used(case, node)) is not None:
        data["parameter"] = {"name": node.name, **_parameter_value(used)}
    return data


def _parameter_value(value: ParameterValue) -> Json:
    kept = {"value": encode(value.value), **_period(value.period)}
    return {**kept, "certainty": value.certainty.value, "ruleset": value.layer}


def _period(value: Period) -> Json:
    return {"from": encode(value.start), "to": encode(value.end)}


# --- law -----------------------------------------------------------------------------------------------------------


def _basis(item: Basis) -> Json:
    return {
        "law": item.citation.law,
        "title": encode(item.law.title),
        "version": item.citation.version,
        "article": item.citation.article,
        "role": item.citation.role,
        "gist": encode(item.citation.gist),
        "certainty": item.citation.certainty.value,
        "applies": item.applies,
        "would_also_need": list(item.needs),
    }


def _later(found: Later) -> Json:
    return {
        "day": found.day.isoformat(),
        "rule_in_force": found.rule_in_force,
        "nature": encode(found.nature),
        "laws": [
            {
                "then": _version(change.law.name, change.then),
                "now": _version(change.successor.name, change.now)
                if change.successor is not None and change.now is not None
                else None,
            }
            for change in found.laws
        ],
        "parameters": [
            {
                "parameter": change.parameter.name,
                "then": _parameter_value(change.then),
                "now": _parameter_value(change.now) if change.now is not None else None,
            }
            for change in found.parameters
        ],
        "basis": [_basis(item) for item in found.basis],
    }


def _version(law: str, version: LawVersion) -> Json:
    return {"law": law, "version": version.label, **_period(version.period)}


def _due(value: date | NotBefore | None) -> str | Json | None:
    if isinstance(value, NotBefore):
        return {"not_before": value.day.isoformat(), "reason": Reason.BEYOND_CALENDAR.value}
    return value.isoformat() if value is not None else None


# --- back ----------------------------------------------------------------------------------------------------------


def finding_from(
    data: Any, documents: Mapping[str, RuleDocument], sources: Sequence[SourceTable], path: str
) -> Finding:
    """The flat finding a rendered one was made of.

    Raises:
        DamagedError: the data is not that of a finding of one of `documents`.
    """
    item = _Fields(data, path)
    rule = item.get("rule", str)
    if rule not in documents:
        raise DamagedError(f"{path}.rule", NO_RULE, rule=rule)
    document, (about, key) = documents[rule], _about_and_key(item.get("fingerprint", str), rule, path)
    at = _Address(sources, item.get("source", Json | None), f"{path}.source")
    return Finding(
        rule=rule,
        about=about,
        key=key,
        kind=item.get("kind", str),
        entity=item.get("entity", str),
        name=item.get("name", str | None),
        jurisdiction=item.get("jurisdiction", str | None),
        verdict=item.get("verdict", Verdict),
        occurred=item.get("occurred", date | None),
        source=at.number(about),
        row=at.row,
        causes=item.get("causes", tuple[Cause, ...]),
        values=_values(item.get("evidence", list[Any]), document, sources, f"{path}.evidence"),
        scope=item.get("in_notice_scope", bool | None),
    )


class _Fields:
    """The entries of a JSON mapping, each checked."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, dict):
            raise DamagedError(path, OTHER, expected="a mapping", expected_zh="映射")
        self.data = data
        self.path = path

    def get(self, name: str, hint: Any) -> Any:
        if name not in self.data:
            raise DamagedError(self.path, FIELD, field=name)
        return decode(hint, self.data[name], f"{self.path}.{name}")


def _about_and_key(fingerprint: str, rule: str, path: str) -> tuple[str, str]:
    parts = fingerprint.split("/")
    if len(parts) != 3 or parts[0] != rule:
        raise DamagedError(f"{path}.fingerprint", FINGERPRINT, found=fingerprint, rule=rule)
    return parts[1], parts[2]


class _Address:
    """A source place as JSON data, found again among the run's sources."""

    def __init__(self, sources: Sequence[SourceTable], data: Any, path: str) -> None:
        self.sources = sources
        self.path = path
        self.at = decode(Place, data, path) if data is not None else None
        self.row = self.at.number if self.at is not None else None

    def number(self, kind: str | None) -> int | None:
        """Index of the source; where one sheet holds several kinds, that of `kind`."""
        if self.at is None:
            return None
        same = [i for i, s in enumerate(self.sources) if (s.file, s.sheet) == (self.at.file, self.at.sheet)]
        of_kind = [i for i in same if self.sources[i].kind == kind]
        if not same:
            raise DamagedError(self.path, NO_SOURCE, file=self.at.file)
        return (of_kind or same)[0]


def _values(
    data: list[Any], document: RuleDocument, sources: Sequence[SourceTable], path: str
) -> tuple[LeafValue, ...]:
    if len(data) != len(document.leaves):
        raise DamagedError(path, LEAVES, count=len(document.leaves))
    triples = zip(data, document.rule.leaves, document.leaves, strict=False)
    return tuple(_value(item, node.type, leaf, sources, f"{path}[{i}]") for i, (item, node, leaf) in enumerate(triples))


def _value(data: Any, type: Type, leaf: Leaf, sources: Sequence[SourceTable], path: str) -> LeafValue:
    item = _Fields(data, path)
    at = _Address(sources, item.get("source", Json | None), f"{path}.source")
    return LeafValue(
        value=decode(_HINTS.get(type.name, str) | None, item.data.get("value"), f"{path}.value")
        if type.name != "list"
        else _several(type, item.data.get("value"), path),
        below=decode(float | None, item.data.get("below"), f"{path}.below"),
        source=at.number(leaf.kind),
        row=at.row,
        rows=decode(int | None, item.data.get("rows"), f"{path}.rows"),
        first=decode(str | None, item.data.get("first"), f"{path}.first"),
    )


def _several(type: Type, data: Any, path: str) -> tuple[object, ...] | None:
    assert type.element is not None
    hint = _HINTS.get(type.element.name, str)
    found: tuple[object, ...] | None = decode(tuple[hint, ...] | None, data, f"{path}.value")  # type: ignore[valid-type]
    return found


def papers_from(
    data: Sequence[Any], findings: Sequence[Finding], documents: Mapping[str, RuleDocument]
) -> dict[tuple[int, int, str], Paper]:
    """The paper evidence rendered with the findings' values."""
    found = {}
    for item, finding in zip(data, findings, strict=True):
        triples = zip(documents[finding.rule].leaves, finding.values, item["evidence"], strict=False)
        for leaf, value, entry in triples:
            if leaf.evidenced and leaf.field is not None and value.source is not None and value.row is not None:
                paper = decode(Paper, entry.get("paper") or {}, f"{finding.fingerprint}.paper")
                found[value.source, value.row, leaf.field] = paper
    return {at: paper for at, paper in sorted(found.items()) if paper != Paper()}


def keys_from(data: Sequence[Any], findings: Sequence[Finding]) -> dict[tuple[int, int], str]:
    """The keys of the rows that values were followed to, rendered with their places."""
    found = {}
    for item, finding in zip(data, findings, strict=True):
        for value, entry in zip(finding.values, item["evidence"], strict=False):
            key = (entry.get("source") or {}).get("key")
            own = (value.source, value.row) == (finding.source, finding.row)
            if value.source is not None and value.row is not None and value.first is None and key and not own:
                found[value.source, value.row] = str(key)
    return dict(sorted(found.items()))


_HINTS: dict[str, Any] = {"int": int, "number": float, "bool": bool, "date": date}
"""Type of a value → what it is in Python; all others are texts."""


def fits(value: object, type: Type) -> bool:
    """Is a value one of its type?"""
    try:
        decode(_HINTS.get(type.name, str), value.isoformat() if isinstance(value, date) else value)
    except DamagedError:
        return False
    return True
