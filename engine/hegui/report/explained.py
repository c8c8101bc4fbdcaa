"""One finding explained on a terminal or as plain text: first the facts, then the rule, then the law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hegui.datatypes import Text
from hegui.explaining import Clause, Explanation, Fact
from hegui.explaining.citing import cite_in_full, later_lines, parameter_used, period
from hegui.explaining.document import Paper
from hegui.explaining.why import Part
from hegui.explaining.words import CERTAINTIES, LATER_LAW, NATURES, SEVERITIES, STANDING, VERDICTS
from hegui.facts.registry import DataProblem
from hegui.outcome import Finding, Verdict
from hegui.report import words as say
from hegui.report.evidence import rows_text
from hegui.report.layout import Page, Piece, pad
from hegui.report.look import Look
from hegui.report.run import Run
from hegui.report.table import VERDICT_STYLE, due_text, problem_text
from hegui.report.words import place_text


def explained(run: Run, look: Look) -> Iterator[str]:
    """Every finding of the run explained, with the standing statement at the end."""
    page = Page(look.columns, look.color)
    for finding in run.findings:
        page.blank()
        _Account(run, finding, run.explain(finding, look.lang), page).write()
        yield from page.drain()
    page.blank()
    page.add((STANDING.get(look.lang), "italic"))
    yield from page.drain()


@dataclass
class _Account:
    """The account of one finding, laid out on the page."""

    run: Run
    finding: Finding
    told: Explanation
    page: Page

    @property
    def lang(self) -> str:
        return self.told.lang

    def say(self, text: Text, **values: object) -> str:
        return text.get(self.lang).format(**values)

    def write(self) -> None:
        self.head()
        self.facts()
        self.rule()
        self.law()

    def head(self) -> None:
        finding, rule, labels = self.finding, self.told.case.rule, self.run.labels
        where = labels.jurisdictions.get(finding.jurisdiction or "", finding.jurisdiction)
        kind = labels.kinds[finding.kind].label.get(self.lang) if finding.kind in labels.kinds else finding.kind
        note = f"{kind} {finding.entity}" + (f" · {where}" if where else "")
        self.page.add((finding.name or "", "bold"), "  " if finding.name else "", (note, "dim"))
        self.page.add(rule.title.get(self.lang), ("  " + finding.fingerprint, "dim"))
        verdict = VERDICTS[finding.verdict].get(self.lang)
        found = finding.verdict is Verdict.VIOLATION
        notes = "  " + " · ".join(self.notes()) if found else ""
        self.page.add((verdict, f"bold {VERDICT_STYLE[finding.verdict]}"), (notes, "dim"))
        if found:
            self.page.add(self.told.message)
        info = self.run.info
        self.page.add((self.say(say.DAYS, as_of=info.as_of, decided_on=info.decided_on), "dim"))

    def notes(self) -> Iterator[str]:
        yield NATURES[self.told.nature].get(self.lang)
        yield self.say(say.PRIORITY, level=SEVERITIES[self.told.case.rule.severity].get(self.lang))
        if self.told.certainty is not None:
            yield CERTAINTIES[self.told.certainty].get(self.lang)

    # --- facts

    def facts(self) -> None:
        self.page.heading(say.FACTS.get(self.lang))
        if self.finding.source is not None:
            source = self.run.info.facts.sources[self.finding.source]
            where = source.place(self.finding.row, key=self.finding.key)
            self.page.add((place_text(where, self.lang), "dim"), indent=2)
        for fact in self.told.facts:
            self.fact(fact)
        if not self.told.facts:
            self.page.add(say.NO_FACTS.get(self.lang), indent=2)
        for number, text in enumerate(self.told.waits):
            lead = say.WAITS.get(self.lang) if number == 0 else ""
            self.page.add((pad(lead, 10), "yellow"), text, indent=2, hang=10)

    def fact(self, fact: Fact) -> None:
        joint = "：" if self.lang == "zh" else ": "
        self.page.add(fact.label or fact.name, joint, (fact.shown, "bold"), indent=2, hang=4)
        about = [fact.name] if fact.label else []
        about += [rows_text(fact.rows, fact.first, self.lang)] if fact.rows is not None else []
        about += [place_text(fact.place, self.lang, self.run.folder)] if fact.place is not None else []
        if about:
            self.page.add((" · ".join(about), "dim"), indent=6)
        for problem in self.problems(fact):
            self.page.add((problem_text(problem, self.lang), "yellow"), indent=6)
        if fact.paper is not None and fact.known:
            self.page.add((paper_text(fact.paper, self.lang), "dim"), indent=6)

    def problems(self, fact: Fact) -> Iterator[DataProblem]:
        """What was wrong with the cell, or with the row, that a missing value stands in."""
        if fact.known or fact.place is None:
            return
        where, whole_row = fact.place, fact.place.column is None or fact.rows is not None
        for problem in self.run.data_quality:
            at = problem.place
            if at is None or at.of_row != where.of_row:
                continue
            if whole_row or at.column == where.column:
                yield problem

    # --- rule

    def rule(self) -> None:
        self.page.heading(say.THE_RULE.get(self.lang))
        rule = self.told.case.rule
        if rule.in_force.start is not None or rule.in_force.end is not None or rule.in_force.pending:
            self.page.add(self.say(say.IN_FORCE, period=period(rule.in_force, self.lang)), indent=2)
        if not any(clause.name.startswith("occurred") for clause in self.told.clauses):
            day = self.told.case.finding.occurred or VERDICTS[Verdict.UNDETERMINED].get(self.lang)
            self.page.add(self.say(say.ACT_DAY, day=day), indent=2)
        for clause in self.told.clauses:
            self.clause(clause)
        verdict = VERDICTS[self.finding.verdict].get(self.lang)
        self.page.add("→ ", (verdict, f"bold {VERDICT_STYLE[self.finding.verdict]}"), indent=2)

    def clause(self, clause: Clause) -> None:
        joint = "：" if self.lang == "zh" else ": "
        self.page.add((say.CLAUSES[clause.name].get(self.lang), "bold"), joint, (clause.part.shown, "bold"), indent=2)
        self.part(clause.part, 4)

    def part(self, part: Part, indent: int) -> None:
        pieces: list[Piece] = [part.text, " = ", (part.shown, "yellow" if part.undetermined else "bold")]
        if part.label:
            pieces.append((f"（{part.label}）" if self.lang == "zh" else f" ({part.label})", "dim"))
        self.page.add(*pieces, indent=indent, hang=4)
        for line in self.remarks(part):
            self.page.add((line, "dim"), indent=indent + 4)
        for child in part.children:
            self.part(child, indent + 2)

    def remarks(self, part: Part) -> Iterator[str]:
        if part.compared is not None:
            yield part.compared
        if part.parameter is not None and part.used is not None:
            yield self.say(say.USED, value=parameter_used(part.parameter, part.used, self.lang))
        yield from part.waits

    # --- law

    def law(self) -> None:
        told, lang = self.told, self.lang
        self.page.heading(say.THE_LAW.get(lang))
        lines = [cite_in_full(item, told.case, lang) for item in told.basis]
        self.labelled(say.BASIS, lines or [say.NO_BASIS.get(lang)])
        if told.later is not None:
            self.labelled(say.CHANGED, [*later_lines(told.later, lang), LATER_LAW.get(lang)])
        rule = told.case.rule
        self.labelled(say.TO_ACT, [authority] if (authority := rule.authority.get(lang)) else [])
        if rule.remedy is not None and self.finding.verdict is Verdict.VIOLATION:
            due = [due_text(told.due, lang)] if told.due is not None else []
            self.labelled(say.REMEDY, [rule.remedy.text.get(lang), *due])

    def labelled(self, label: Text, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines):
            lead = pad(label.get(self.lang) if number == 0 else "", 8)
            self.page.add((lead, "dim"), line, indent=2, hang=8)


def paper_text(paper: Paper, lang: str) -> str:
    """The document behind a value, or that none is on record."""
    parts = [part for part in (paper.source_doc, paper.obtained_on, paper.method) if part]
    joint = "；" if lang == "zh" else "; "
    return say.PAPER.get(lang).format(parts=joint.join(parts)) if parts else say.NO_PAPER.get(lang)
