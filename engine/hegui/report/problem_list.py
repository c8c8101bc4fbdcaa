"""The problem list in the form offices keep (问题清单), a row for each violation: what workbook, CSV and letters share.

It is Chinese whatever the language of a report, since that is what the office keeps. What neither facts nor rule say stays
empty: nobody knows from a registry how far a rectification has come, or who will accept it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hegui.explaining import Setting
from hegui.explaining.law import NotBefore
from hegui.explaining.words import NATURES
from hegui.outcome import Finding, Verdict
from hegui.report.batches import batches
from hegui.report.evidence import Evidence
from hegui.report.labels import EntityLabel
from hegui.report.run import Run
from hegui.ruleset.model import Nature

COLUMNS: Final = {
    "number": "序号",
    "origin": "问题来源",
    "town": "镇街",
    "name": "对象名称",
    "credit_code": "统一社会信用代码",
    "type": "问题类型",
    "nature": "问题性质",
    "description": "问题描述",
    "evidence": "事实依据（文件/表/单元格、材料文号）",
    "law": "法律依据",
    "aim": "整改目标",
    "measures": "整改措施",
    "deadline": "整改时限",
    "responsible": "整改主体",
    "authority": "责任单位",
    "acceptance": "验收（销号）单位",
    "progress": "整改进展",
    "state": "整改状态",
}
"""The columns in the office's order, by name of the entry of a `Problem`."""
STATES: Final = ("未启动", "整改中", "已完成", "已销号")
"""What 整改状态 may be; a run does not know it."""

_CHECKED: Final = "台账数据核查"
_NAMED: Final = "台账数据核查；对应督察反馈 {places}"
_PROPOSED: Final = "{day}（建议时限）"
_NOT_BEFORE: Final = "不早于 {day}（建议时限；超出工作日历）"
_OWN: Final = (Nature.OFFENCE, Nature.BREACH)
"""Matters that are for the entity itself to put right; of others the rule does not say who has to."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the list; see `COLUMNS`. Empty texts are what nobody said. `deadline` is the day proposed, never one that was
    ordered; a text where it lies beyond the calendar of working days. `fingerprint` and `rule` are no columns: they lead back
    to the finding."""

    number: int
    origin: str
    town: str
    name: str
    credit_code: str
    type: str
    nature: str
    description: str
    evidence: str
    law: str
    aim: str
    measures: str
    deadline: date | str
    responsible: str
    authority: str
    acceptance: str
    progress: str
    state: str
    fingerprint: str
    rule: str

    def cells(self) -> tuple[int | str | date, ...]:
        """The row as it stands in the list, typed."""
        return tuple(getattr(self, name) for name in COLUMNS)

    def texts(self) -> tuple[str, ...]:
        """The row as texts; of the deadline it is said that it is only proposed."""
        return tuple(_PROPOSED.format(day=cell) if isinstance(cell, date) else str(cell) for cell in self.cells())


def problems(run: Run, findings: Iterable[Finding] | None = None) -> Iterator[Problem]:
    """The problem list of a run, made row by row.

    Args:
        run: in memory, or with findings kept as Parquet.
        findings: of the run, in the order they are to stand; None for all. Only violations are rows, and of them none that
            rest on something known only from memory.

    Raises:
        UsageError: kept findings are damaged.
    """
    listed = ProblemList(run)
    number = 0
    for batch in batches(run, counted(run) if findings is None else filter(listed.counts, findings)):
        for finding in batch.findings:
            number += 1
            yield listed.row(number, finding, batch.setting, batch.entities)


def counted(run: Run, rules: Collection[str] | None = None) -> Iterator[Finding]:
    """The violations of a run that count, or of some of its rules, by rule and key."""
    for item in run.counts:
        if item.violation and (rules is None or item.rule in rules):
            found = run.of_verdict(item.rule, Verdict.VIOLATION)
            yield from filter(run.counts_for, found) if item.from_memory or item.waived else found


class ProblemList:
    """Makes rows of a run's findings, what those of a rule have in common once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._rules: dict[str, _OfRule] = {}
        self._towns = run.labels.jurisdictions

    def counts(self, finding: Finding) -> bool:
        """Is a finding one of the list?"""
        return self.run.counts_for(finding)

    def row(
        self,
        number: int,
        finding: Finding,
        setting: Setting,
        entities: Mapping[tuple[str, str], EntityLabel],
    ) -> Problem:
        """The row of a violation. `setting` has the papers behind its values, `entities` the label of its entity."""
        of = self._rules.get(finding.rule)
        if of is None:
            of = self._rules[finding.rule] = _OfRule(self.run, finding.rule)
        label = entities.get((finding.kind, finding.entity))
        law = of.teller.law(finding)
        name = finding.name or finding.entity
        return Problem(
            number=number,
            origin=of.origin if finding.scope is not False else _CHECKED,
            town=self._towns.get(finding.jurisdiction, finding.jurisdiction) if finding.jurisdiction else "",
            name=name,
            credit_code=label.credit_code or "" if label is not None else "",
            type=of.title,
            nature=NATURES[law.nature].zh,
            description=of.teller.message(finding),
            evidence="\n".join(of.evidence.lines(finding, setting)),
            law="\n".join(of.teller.law_lines(finding)),
            aim="",
            measures=of.measures,
            deadline=_deadline(law.due),
            responsible=name if law.nature in _OWN else "",
            authority=of.authority,
            acceptance="",
            progress="",
            state="",
            fingerprint=finding.fingerprint,
            rule=finding.rule,
        )


def _deadline(due: date | NotBefore | None) -> date | str:
    if isinstance(due, NotBefore):
        return _NOT_BEFORE.format(day=due.day)
    return due or ""


class _OfRule:
    """What all rows of one rule say."""

    def __init__(self, run: Run, name: str) -> None:
        rule = run.documents[name].rule
        self.teller = run.teller(name, "zh")
        self.evidence = Evidence(self.teller, run.folder)
        self.title, self.authority = rule.title.get("zh"), rule.authority.get("zh")
        self.measures = rule.remedy.text.get("zh") if rule.remedy is not None else ""
        self.origin = _NAMED.format(places="、".join(rule.notice)) if rule.notice else _CHECKED
