"""Conclusions as text: what was drawn and what may have to be, each with its grounds all the way down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining import message
from hegui.explaining.words import NATURES, ROLES, SEVERITIES, STANDING, VERDICTS
from hegui.outcome import ConclusionSummary, Drawn, Finding, RowGround, Verdict
from hegui.report import words as say
from hegui.report.drawn import row_place
from hegui.report.layout import Page, pad
from hegui.report.look import Look
from hegui.report.run import Run
from hegui.report.words import place_text, waiver_text
from hegui.ruleset.model import Certainty, Nature, Severity
from hegui.terminal import width

CONCLUSIONS: Final = Text("结论（线索）", "conclusions (leads)")
WAIVED: Final = Text("暂不计入的结论", "conclusions that are waived")
POSSIBLE: Final = Text("结论待核实", "conclusions that may have to be drawn")
MEMORY: Final = Text("所依据的标准或条款未核对来源的结论", "conclusions that rest on something known only from memory")
RESTS_ON: Final = Text("依据", "because")
MORE: Final = Text("另有 {count} 项", "{count} more")
UNPLACED: Final = Text(
    "{title}：另有 {count} 组事实无法确定归属对象",
    "{title}: of {count} more matches it is not known whom they are about",
)
NOT_PLACED: Final = Text("归属对象不明", "about whom is not known")
NOT_PLACED_NOTE: Final = Text(
    "另有若干组事实，因所需的表或字段缺失，无法确定归属对象",
    "further matches, for want of a table or field",
)
NOT_DRAWN: Final = Text("未得出该结论", "not drawn")
NOT_IN_FORCE: Final = Text("该结论规则在 {day} 不适用", "not in force on {day}")
HOW: Final = Text("得出方式", "how it is drawn")
KEYS: Final = {
    "given": Text("已知", "given"),
    "where": Text("条件", "where"),
    "unless": Text("除非有", "unless"),
    "unless_where": Text("除非条件", "unless where"),
    "at_least": Text("至少", "at least"),
    "per": Text("按其计数", "counted per"),
    "distinct": Text("去重依据", "distinct by"),
    "about": Text("对象", "about"),
}
SHOWN: Final = 3
"""Grounds listed of one conclusion in a report; `explain` lists all."""


DEEPEST: Final = 22
"""Columns: grounds further down stand no further in."""


def _grounds(drawn: Drawn) -> list[str | RowGround]:
    """What a conclusion rests on, the first last: as it is taken off a pile."""
    return [*reversed(drawn.rows), *reversed(drawn.because)]


def conclusions(run: Run, look: Look, page: Page) -> None:
    """The section of a report on conclusions."""
    _Section(run, look, page).write()


def explain_conclusion(run: Run, name: str, entity: str, look: Look) -> Iterator[str]:
    """Why a conclusion is drawn about an entity, with the whole chain of its grounds; or that it is not."""
    page = Page(look.columns, look.color)
    section = _Section(run, look, page)
    found = [each for each in run.drawing.drawn if each.conclusion == name and each.entity == entity]
    for drawn in found:
        section.account(drawn)
    rule = run.conclusion_rules.get(name)
    if rule is None:
        page.add((name, "bold"))
        page.add(NOT_IN_FORCE.get(look.lang).format(day=run.info.as_of))
    elif not found:
        page.add((rule.title.get(look.lang), "bold"), "  ", (name, "dim"))
        page.add(entity + ("：" if look.lang == "zh" else ": ") + NOT_DRAWN.get(look.lang))
        section.how(rule)
    page.blank()
    page.add((STANDING.get(look.lang), "italic"))
    yield from page.drain()


@dataclass
class _Section:
    """Conclusions being laid out on a page."""

    run: Run
    look: Look
    page: Page
    told: set[str] = field(default_factory=set)

    @property
    def lang(self) -> str:
        return self.look.lang

    def found(self, fingerprint: str) -> Finding | None:
        """The finding with a fingerprint."""
        if isinstance(self.run.findings, Kept):
            return self.run.findings.get(fingerprint)
        return self._findings.get(fingerprint)

    @cached_property
    def _findings(self) -> Mapping[str, Finding]:
        return {finding.fingerprint: finding for finding in self.run.findings}

    @cached_property
    def drawn(self) -> Mapping[str, Drawn]:
        return {each.fingerprint: each for each in self.run.drawing.drawn}

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str | None]:
        """The names of those who have a finding or a conclusion."""
        found = {(each.kind, each.entity): each.name for each in self.run.findings}
        return found | {(each.kind, each.entity): each.name for each in self.run.drawing.drawn}

    def rule(self, drawn: Drawn) -> ConclusionSummary:
        return self.run.conclusion_rules[drawn.conclusion]

    # --- the section

    def write(self) -> None:
        groups: dict[Text, list[Drawn]] = {CONCLUSIONS: [], WAIVED: [], MEMORY: [], POSSIBLE: []}
        for each in self.run.drawing.drawn:
            apart = self.rule(each).certainty == Certainty.MEMORY
            counting = WAIVED if each.waived_by else MEMORY if apart else CONCLUSIONS
            groups[counting if each.certain else POSSIBLE].append(each)
        for title, found in groups.items():
            if not found:
                continue
            note = say.MEMORY_NOTE.get(self.lang) if title is MEMORY else ""
            self.page.heading(f"{title.get(self.lang)} {len(found)}", note)
            for each in sorted(found, key=self.order):
                self.one(each)
        self.notes()

    def order(self, drawn: Drawn) -> tuple[int, str, str]:
        return -Severity(self.rule(drawn).severity).rank, drawn.conclusion, drawn.entity

    def one(self, drawn: Drawn) -> None:
        rule = self.rule(drawn)
        self.page.blank()
        self.page.add(*self.whom(drawn))
        badge = pad(SEVERITIES[Severity(rule.severity)].get(self.lang), 8 if self.lang == "en" else 4)
        hang = width(badge) + 2
        self.page.add(badge, "  ", rule.title.get(self.lang), ("  " + drawn.conclusion, "dim"), indent=2, hang=hang)
        self.page.add(self.said(drawn), indent=2 + hang)
        for line in self.grounds(drawn):
            self.page.add((line, "dim"), indent=2 + hang, hang=2)
        for name in drawn.waived_by:
            self.page.add((waiver_text(self.run.waivers[name], self.lang), "dim"), indent=2 + hang, hang=2)

    def whom(self, drawn: Drawn) -> tuple[tuple[str, str], str, tuple[str, str]]:
        kind = self.run.labels.kinds.get(drawn.kind)
        where = self.run.labels.jurisdictions.get(drawn.jurisdiction or "", drawn.jurisdiction)
        label = kind.label.get(self.lang) if kind is not None else drawn.kind
        note = f"{label} {drawn.entity}" + (f" · {where}" if where and where != drawn.name else "")
        return (drawn.name or drawn.entity, "bold"), "  ", (note, "dim")

    def said(self, drawn: Drawn) -> str:
        """The message; of one that waits, what it waits for, without the title that stands above it."""
        text = drawn.message.get(self.lang)
        if drawn.certain:
            return text
        return text.removeprefix(self.rule(drawn).title.get(self.lang)).lstrip("：: ")

    def grounds(self, drawn: Drawn) -> Iterator[str]:
        if not drawn.because:
            return
        shown, joint = drawn.because[:SHOWN], "；" if self.lang == "zh" else "; "
        text = joint.join(shown)
        if len(drawn.because) > SHOWN:
            text += joint + MORE.get(self.lang).format(count=len(drawn.because) - SHOWN)
        yield RESTS_ON.get(self.lang) + ("：" if self.lang == "zh" else ": ") + text

    def notes(self) -> None:
        unplaced = [rule for rule in self.run.drawing.summaries if rule.unplaced]
        if unplaced:
            total = sum(rule.unplaced for rule in unplaced)
            self.page.heading(f"{NOT_PLACED.get(self.lang)} {total}", NOT_PLACED_NOTE.get(self.lang))
        for rule in unplaced:
            name = ("  " + rule.conclusion, "dim")
            self.page.add(f"{rule.unplaced:>4}  ", rule.title.get(self.lang), name, indent=2, hang=6)
        for note in self.run.drawing.notes:
            self.page.add((note.get(self.lang), "yellow"))

    # --- one conclusion, whole

    def account(self, drawn: Drawn) -> None:
        rule, page = self.rule(drawn), self.page
        page.blank()
        page.add(*self.whom(drawn))
        page.add(rule.title.get(self.lang), ("  " + drawn.fingerprint, "dim"))
        verdict = CONCLUSIONS if drawn.certain else VERDICTS[Verdict.UNDETERMINED]
        notes = [NATURES[Nature(rule.nature)].get(self.lang)]
        notes.append(say.PRIORITY.get(self.lang).format(level=SEVERITIES[Severity(rule.severity)].get(self.lang)))
        page.add((verdict.get(self.lang), "bold"), ("  " + " · ".join(notes), "dim"))
        page.add(self.said(drawn))
        page.heading(RESTS_ON.get(self.lang))
        self.told = {drawn.fingerprint}
        self.chain(drawn)
        self.how(rule)
        self.law(drawn, rule)

    def chain(self, drawn: Drawn) -> None:
        """The grounds of a conclusion, those of the conclusions among them below it; each is told once."""
        waiting: list[tuple[str | RowGround, int]] = [(each, 2) for each in _grounds(drawn)]
        while waiting:
            ground, indent = waiting.pop()
            if isinstance(ground, RowGround):
                self.row(ground, indent)
            elif ground in self.drawn:
                self.below(self.drawn[ground], indent)
                if ground not in self.told:
                    self.told.add(ground)
                    waiting += [(each, min(indent + 4, DEEPEST)) for each in _grounds(self.drawn[ground])]
            elif (found := self.found(ground)) is not None:
                self.finding(found, indent)

    def below(self, drawn: Drawn, indent: int) -> None:
        self.page.add(*self.whom(drawn), indent=indent, hang=2)
        self.page.add(drawn.message.get(self.lang), ("  " + drawn.fingerprint, "dim"), indent=indent + 2, hang=2)

    def finding(self, finding: Finding, indent: int) -> None:
        case = self.run.case(finding)
        self.page.add(message(case, self.lang), ("  " + finding.fingerprint, "dim"), indent=indent, hang=2)
        row = RowGround(finding.about, finding.key, finding.source, finding.row)
        where = row_place(row, self.run.info.facts.sources)
        if where is not None:
            self.page.add((place_text(where, self.lang, self.run.folder), "dim"), indent=indent + 2)

    def row(self, row: RowGround, indent: int) -> None:
        kind = self.run.labels.kinds.get(row.kind)
        label = kind.label.get(self.lang) if kind is not None else row.kind
        where = row_place(row, self.run.info.facts.sources)
        note = "" if where is None else "  " + place_text(where, self.lang, self.run.folder)
        named = self.names.get((row.kind, row.key))
        self.page.add(f"{label} {row.key}" + (f" {named}" if named else ""), (note, "dim"), indent=indent, hang=2)

    def how(self, rule: ConclusionSummary) -> None:
        self.page.heading(HOW.get(self.lang))
        for key, text in rule.how:
            self.page.add((pad(KEYS[key].get(self.lang), 14), "dim"), text, indent=2, hang=14)

    def law(self, drawn: Drawn, rule: ConclusionSummary) -> None:
        if not drawn.basis and rule.remedy is None:
            return
        self.page.heading(say.THE_LAW.get(self.lang))
        joint = "：" if self.lang == "zh" else ": "
        for cited in drawn.basis:
            self.page.add(ROLES[cited.role].get(self.lang) + joint + cited.text.get(self.lang), indent=2, hang=2)
            if cited.later is not None:
                self.page.add((f"→ {cited.later.get(self.lang)}", "yellow"), indent=4)
        if rule.remedy is not None:
            self.page.add(say.REMEDY.get(self.lang) + joint + rule.remedy.get(self.lang), indent=2, hang=2)
            if drawn.due is not None:
                self.page.add(say.DUE.get(self.lang).format(day=drawn.due), indent=4)
