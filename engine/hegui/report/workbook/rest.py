"""The lists that are not of findings: data wanted and data quality, conclusions, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.citing import cite_in_text, parameter_used, period
from hegui.explaining.words import NATURES, ROLES, SEVERITIES, VERDICTS
from hegui.facts.registry import DataProblem
from hegui.outcome import ConclusionSummary, Drawn, RuleSummary, Verdict
from hegui.report.concluded import KEYS
from hegui.report.sections import lack_text
from hegui.report.table import problem_text
from hegui.report.wanted import EntityWants, Wanted
from hegui.report.words import APART, IN_SCOPE
from hegui.report.workbook import words
from hegui.report.workbook.cells import Value
from hegui.report.workbook.found import Found
from hegui.report.workbook.frame import Column, Layout, Shape
from hegui.report.workbook.package import Package, Row
from hegui.report.workbook.words import SHEETS
from hegui.ruleset.model import Citation, Nature, Parameter, Rule, Severity

GROUNDS: Final = 20
"""Findings and conclusions named of those a conclusion rests on; the run document has all."""

_COUNTED: Final = (Verdict.VIOLATION, Verdict.UNDETERMINED, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE)


class Rest(Found):
    """The other lists of a run."""

    @property
    def joint(self) -> str:
        return "、" if self.lang == "zh" else ", "

    # --- data

    def wanted_layout(self) -> Layout:
        return self.layout(
            0, 2,
            ("table", 22, "text", True), ("lack", 40, "text", False), ("findings", 12, "int", False),
            ("entities", 12, "int", False), ("rules", 50, "text", False), ("unchecked", 40, "text", False),
            ("drawn", 40, "text", False),
        )  # fmt: skip

    def wanted(self) -> Iterator[Row]:
        yield from (Row(self._wanted(each)) for each in self.run.wanted)

    def _wanted(self, each: Wanted) -> tuple[Value, ...]:
        table = self.kind(each.lack.kind) if each.lack.kind is not None else None
        names = (each.rules, each.unchecked, each.conclusions)
        return (table, lack_text(each.lack, self.run, self.lang), each.findings, each.entities, *map("\n".join, names))

    def wanted_of_layout(self) -> Layout:
        return self.layout(
            len(self.run.wanted_of_entities), 4,
            ("town", 12, "text", True), ("kind", 14, "text", True), ("entity", 14, "text", False), ("name", 24, "text", False),
            ("lack", 90, "text", False),
        )  # fmt: skip

    def wanted_of(self) -> Iterator[Row]:
        yield from (Row(self._wanted_of(each)) for each in self.run.wanted_of_entities)

    def _wanted_of(self, each: EntityWants) -> tuple[Value, ...]:
        lacks = (
            lack_text(lack, self.run, self.lang) + (f" ×{count}" if count > 1 else "") for lack, count in each.lacks
        )
        return self.town(each.jurisdiction), self.kind(each.kind), each.entity, each.name, "\n".join(lacks)

    def data_layout(self) -> Layout:
        return self.layout(
            len(self.run.data_quality), 2,
            ("sort_of_data", 11, "text", True), ("table", 18, "text", True), ("entity", 18, "text", False),
            ("field", 20, "text", True), ("problem", 60, "text", False), ("raw", 30, "text", False), ("file", 24, "text", True),
            ("sheet", 16, "text", True), ("row", 8, "plain", False), ("column", 14, "text", True),
        )  # fmt: skip

    def data(self) -> Iterator[Row]:
        for sort, problems in ((words.OF_RECORD, self.run.problems), (words.NOTE, self.run.notes)):
            yield from (Row(self._problem(sort, problem)) for problem in problems)

    def _problem(self, sort: Text, problem: DataProblem) -> tuple[Value, ...]:
        known = self.run.labels.kinds.get(problem.kind or "")
        label = known.fields.get(problem.field or "") if known is not None else None
        named = label.label.get(self.lang) if label is not None else problem.field
        at = problem.place
        where: tuple[Value, ...] = (None,) * 4
        if at is not None:
            where = (at.file.removeprefix(self.run.folder), at.sheet, at.row if at.key is None else at.key, at.column)
        kind = self.kind(problem.kind) if problem.kind is not None else None
        told = problem_text(problem, self.lang)
        return (sort.get(self.lang), kind, problem.entity, named, told, problem.raw, *where)

    # --- conclusions

    def conclusion_layout(self) -> Layout:
        return self.layout(
            len(self.run.drawing.drawn), 2,
            ("conclusion", 30, "link", True), ("title", 24, "text", True), ("sort", 12, "text", True), ("severity", 10, "text", True),
            ("nature", 12, "text", True), ("kind", 12, "text", True), ("entity", 12, "text", False), ("name", 18, "text", False),
            ("town", 10, "text", True), ("message", 50, "text", False), ("because", 44, "text", False), ("records", 10, "int", False),
            ("matches", 8, "int", False), ("law", 46, "text", True), ("due", 17, "due", False), ("authority", 18, "text", True),
        )  # fmt: skip

    def conclusions(self) -> Iterator[Row]:
        for each in self.run.drawing.drawn:
            where = self.conclusion_places[each.conclusion]
            yield Row(self._drawn(each, self.run.conclusion_rules[each.conclusion]), {0: where}, each.conclusion)

    @property
    def conclusion_places(self) -> dict[str, str]:
        """Where each conclusion stands in the list of rules, below these."""
        sheet, start = words.SHEETS["rules"].get(self.lang), len(self.run.documents) + 2
        named = (summary.conclusion for summary in self.run.drawing.summaries)
        return {name: f"'{sheet}'!A{number}" for number, name in enumerate(named, start)}

    def _drawn(self, each: Drawn, rule: ConclusionSummary) -> tuple[Value, ...]:
        because = list(each.because[:GROUNDS])
        if len(each.because) > GROUNDS:
            because.append(words.MORE.get(self.lang).format(count=len(each.because) - GROUNDS))
        joint = "：" if self.lang == "zh" else ": "
        law = [ROLES[cited.role].get(self.lang) + joint + cited.text.get(self.lang) for cited in each.basis]
        law += [f"→ {cited.later.get(self.lang)}" for cited in each.basis if cited.later is not None]
        return (
            each.conclusion,
            rule.title.get(self.lang),
            words.DRAWN[each.certain].get(self.lang),
            SEVERITIES[Severity(rule.severity)].get(self.lang),
            NATURES[Nature(rule.nature)].get(self.lang),
            self.kind(each.kind),
            each.entity,
            each.name,
            self.town(each.jurisdiction),
            each.message.get(self.lang),
            "\n".join(because),
            len(each.rows),
            each.count,
            "\n".join(law),
            each.due,
            rule.authority.get(self.lang),
        )

    # --- rules

    def rule_layout(self) -> Layout:
        return Layout(
            (
                *self.layout(
                    0, 2,
                    ("rule", 30, "text", False), ("title", 28, "text", False), ("severity", 10, "text", True),
                    ("nature", 14, "text", True), ("about", 14, "text", True), ("notice", 12, "text", True),
                    ("authority", 20, "text", True),
                ).columns,
                *(Column(title, 10, look) for title, look in self.verdict_columns),
                *self.layout(
                    0, 2,
                    ("in_force", 14, "text", True), ("conditions", 44, "text", False), ("law", 60, "text", False),
                    ("parameters", 44, "text", False), ("remedy", 36, "text", False), ("layer", 12, "text", True),
                ).columns,
            ),
            2,
            paper=8,
        )  # fmt: skip

    @property
    def verdict_columns(self) -> tuple[tuple[str, Shape], ...]:
        words_ = [VERDICTS[verdict].get(self.lang) for verdict in _COUNTED]
        looks: tuple[Shape, ...] = ("count link", "count link", "int", "int")
        own = (SHEETS["waived"], APART, IN_SCOPE)
        counts: Shape = "int"
        return (*zip(words_, looks, strict=True), *((text.get(self.lang), counts) for text in own))

    def rules(self, package: Package) -> Iterator[Row]:
        counts = {item.rule: item for item in self.run.counts}
        for name, document in self.run.documents.items():
            item, rule = counts[name], document.rule
            found = (SHEETS[sheet].get(self.lang) for sheet in ("problems", "open"))
            links = {7 + number: package.marks.get((sheet, name)) for number, sheet in enumerate(found)}
            values = (*self._rule(rule), *_counts(item), *self._details(rule))
            yield Row(values, {at: where for at, where in links.items() if where is not None})
        for summary in self.run.drawing.summaries:
            where = package.marks.get((SHEETS["conclusions"].get(self.lang), summary.conclusion))
            yield Row(self._conclusion_rule(summary), {7: where} if where is not None else None)

    def _rule(self, rule: Rule) -> tuple[Value, ...]:
        natures = self.joint.join(dict.fromkeys(NATURES[nature].get(self.lang) for nature, _ in rule.natures))
        severity, notice = SEVERITIES[rule.severity].get(self.lang), self.joint.join(rule.notice)
        about, authority = self.kind(rule.about), rule.authority.get(self.lang)
        return rule.name, rule.title.get(self.lang), severity, natures, about, notice, authority

    def _details(self, rule: Rule) -> tuple[Value, ...]:
        parts = (("when", rule.when), ("violation", rule.violation))
        conditions = "\n".join(f"{name}: {part.text}" for name, part in parts if part is not None)
        law = "\n".join(self._citation(each, rule) for each in rule.basis)
        parameters = "\n".join(map(self._parameter, self.run.documents[rule.name].parameters.values()))
        remedy = rule.remedy.text.get(self.lang) if rule.remedy is not None else None
        return period(rule.in_force, self.lang), conditions, law, parameters, remedy, rule.layer

    def _citation(self, citation: Citation, rule: Rule) -> str:
        law = self.run.documents[rule.name].laws[citation.law]
        version = law.version(citation.version)
        joint = "：" if self.lang == "zh" else ": "
        text = ROLES[citation.role].get(self.lang) + joint + cite_in_text(citation, law, self.lang)
        if version is not None:
            text += (
                f"（{period(version.period, self.lang)}）"
                if self.lang == "zh"
                else f" ({period(version.period, self.lang)})"
            )
        return text + (words.IF.get(self.lang).format(text=citation.condition.text) if citation.condition else "")

    def _parameter(self, parameter: Parameter) -> str:
        joint = "：" if self.lang == "zh" else ": "
        values = (parameter_used(parameter, value, self.lang) for value in parameter.values)
        return "\n".join(f"{parameter.label.get(self.lang)}{joint}{value}" for value in values)

    def _conclusion_rule(self, summary: ConclusionSummary) -> tuple[Value, ...]:
        how = "\n".join(f"{KEYS[key].get(self.lang)}: {text}" for key, text in summary.how)
        remedy = summary.remedy.get(self.lang) if summary.remedy is not None else None
        return (
            summary.conclusion,
            summary.title.get(self.lang) + words.CONCLUSION_RULE.get(self.lang),
            SEVERITIES[Severity(summary.severity)].get(self.lang),
            NATURES[Nature(summary.nature)].get(self.lang),
            self.kind(summary.about),
            self.joint.join(summary.notice),
            summary.authority.get(self.lang),
            summary.concluded,
            summary.undetermined,
            *(None,) * (len(self.verdict_columns) - 2),
            None,
            how,
            None,
            None,
            remedy,
            None,
        )


def _counts(item: RuleSummary) -> tuple[int, ...]:
    found = (item.violation, item.undetermined, item.compliant, item.not_applicable)
    return *found, item.waived, item.from_memory, item.in_notice_scope
