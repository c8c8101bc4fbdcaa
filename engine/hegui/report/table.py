"""The report for a terminal, or for a plain text file: findings by entity, the law once per rule, counts last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Final

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining import Case, message, waits
from hegui.explaining.citing import cite_in_full, later_lines
from hegui.explaining.law import Later, NotBefore, basis, due, later
from hegui.explaining.words import LATER_LAW, NATURES, SEVERITIES, STANDING, VERDICTS
from hegui.facts.problems import WORDS, describe
from hegui.facts.registry import DataProblem
from hegui.outcome import Finding, Verdict
from hegui.report import words as say
from hegui.report.concluded import conclusions
from hegui.report.layout import Page, Piece, pad
from hegui.report.look import Look
from hegui.report.run import Run
from hegui.report.sections import compared, wanted
from hegui.report.sorts import Sort, listed, of_sort, sort_of, total
from hegui.report.waiver_page import given
from hegui.report.words import place_text, waiver_text
from hegui.terminal import width

SEVERITY_STYLE: Final = {"critical": "bold red", "major": "red", "minor": "yellow", "low": "cyan"}
VERDICT_STYLE: Final = {
    Verdict.VIOLATION: "red",
    Verdict.UNDETERMINED: "yellow",
    Verdict.COMPLIANT: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
WAIVED_STYLE: Final = "magenta"
_APART: Final = {
    Sort.WAIVED: ((say.WAIVED, say.WAIVED_NOTE), WAIVED_STYLE),
    Sort.MEMORY: ((say.MEMORY, say.MEMORY_NOTE), VERDICT_STYLE[Verdict.VIOLATION]),
}
"""Titles, notes and styles of what is shown apart."""
_ORDER: Final = (Verdict.VIOLATION, Verdict.UNDETERMINED, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE)


def table(run: Run, look: Look) -> Iterator[str]:
    """The run as text."""
    report = _Report(run, look, Page(look.columns, look.color))
    parts = (
        report.head,
        report.findings,
        report.conclusions,
        report.wanted,
        report.notice,
        report.rules,
        report.data,
        report.counts,
    )
    for part in parts:
        part()
        yield from report.page.drain()


@dataclass
class _Report:
    """The parts of the report, each of which lays out its lines on the page."""

    run: Run
    look: Look
    page: Page

    def say(self, text: Text, **values: object) -> str:
        return text.get(self.look.lang).format(**values)

    @property
    def joint(self) -> str:
        return "、" if self.look.lang == "zh" else ", "

    # --- head

    def head(self) -> None:
        info, page = self.run.info, self.page
        page.add((info.ruleset.title.get(self.look.lang), "bold"))
        page.add(self.say(say.DAYS, as_of=info.as_of, decided_on=info.decided_on))
        ruleset = f"{info.ruleset.name} {info.ruleset.version}"
        page.add((self.say(say.MADE_BY, ruleset=ruleset, engine=info.engine, hegui=info.hegui), "dim"))
        sizes = self.run.summary.entities
        files = {source.file for source in info.facts.sources if source.keyed}
        folder = (
            files.pop() if len(files) == 1 and self.run.folder else self.run.folder
        )  # of a database no name is cut off
        place = self.say(say.FROM, folder=folder) if folder else ""
        read = self.say(say.READ, rows=sum(sizes.values()), place=place, kinds=self.kind_counts(sizes))
        page.add((read, "dim"), hang=4)
        page.blank()
        page.add((STANDING.get(self.look.lang), "italic"))
        page.blank()
        self.totals()
        self.warnings()

    def kind_counts(self, counts: dict[str, int]) -> str:
        return self.joint.join(f"{self.kind(kind)} {count}" for kind, count in counts.items())

    def kind(self, name: str | None) -> str:
        known = self.run.labels.kinds.get(name or "")
        return known.label.get(self.look.lang) if known is not None else name or ""

    def totals(self) -> None:
        pieces: list[Piece] = []
        for verdict in _ORDER:
            count = self.run.summary.total(verdict)
            style = VERDICT_STYLE[verdict] if count else "dim"
            label = VERDICTS[verdict].get(self.look.lang)
            pieces += ["    " if pieces else "", (f"{label} {count}", style)]
        if waived := sum(item.waived for item in self.run.summary.rules):
            pieces += ["    ", (f"{say.WAIVED.get(self.look.lang)} {waived}", WAIVED_STYLE)]
        if apart := sum(item.from_memory for item in self.run.summary.rules):
            pieces += ["    ", (self.say(say.FROM_MEMORY, count=apart), VERDICT_STYLE[Verdict.VIOLATION])]
        self.page.add(*pieces)
        if self.run.drawing.chainer is not None:
            drawn, chainer = self.run.drawing.drawn, self.run.drawing.chainer
            counting, certain = sum(each.counts for each in drawn), sum(each.certain for each in drawn)
            text = self.say(say.CONCLUDED, certain=counting, possible=len(drawn) - certain, chainer=chainer)
            self.page.add(
                text + (f" · {say.WAIVED.get(self.look.lang)} {certain - counting}" if counting < certain else "")
            )
        self.waivers()

    def waivers(self) -> None:
        """Which waivers the run was given."""
        info = self.run.info
        if text := given(info.waivers, info.decided_on, self.look.lang):
            self.page.add((text, "dim"), hang=4)

    def warnings(self) -> None:
        summary, warn = self.run.summary, "yellow"
        if summary.orphans:
            orphans = self.kind_counts(summary.orphans)
            text = self.say(say.ORPHANS, count=sum(summary.orphans.values()), kinds=orphans)
            self.page.add((text, warn), hang=4)
        if summary.not_supplied:
            lacking = self.joint.join(dict.fromkeys(self.kind(kind) for kind in summary.not_supplied.values()))
            self.page.add((self.say(say.NOT_SUPPLIED, count=len(summary.not_supplied), kinds=lacking), warn), hang=4)
        if problems := self.run.problems:
            self.page.add((self.say(say.BAD_DATA, count=len(problems)), warn))

    # --- findings

    def findings(self) -> None:
        sorts = self.sorts()
        if not any(count for count, _ in sorts.values()) and not self.run.drawing.drawn:
            self.page.blank()
            self.page.add(say.NOTHING.get(self.look.lang))
        left = self.look.limit
        for sort, (count, found) in sorts.items():
            shown = list(islice(found, left))
            left = None if left is None else left - len(shown)
            self.section(sort, count, shown)

    def sorts(self) -> dict[Sort, tuple[int, Iterator[Finding]]]:
        """Findings by verdict, with how many there are; apart those that are waived, and those that rest on memory."""
        if isinstance(self.run.findings, Kept):
            return {sort: (total(self.run, sort), self.kept_sort(sort)) for sort in listed(self.run)}
        sorts: dict[Sort, list[Finding]] = {sort: [] for sort in Sort}
        for finding in self.run.findings:
            sorts[sort_of(self.run, finding)].append(finding)
        return {sort: (len(held), iter(held)) for sort, held in sorts.items()}

    def kept_sort(self, sort: Sort) -> Iterator[Finding]:
        """The findings of one sort, read as far as they are shown."""
        return (found for item in self.run.counts for found in of_sort(self.run, item.rule, sort))

    def section(self, sort: Sort, count: int, shown: Sequence[Finding]) -> None:
        if not count:
            return
        if sort in _APART:
            words, style = _APART[sort]
            title, note = words[0], words[1].get(self.look.lang)
        else:
            verdict = Verdict(sort.value)
            title, note, style = VERDICTS[verdict], "", VERDICT_STYLE[verdict]
        self.page.heading(f"{title.get(self.look.lang)} {count}", note, style)
        for _, own in groupby(self.by_entity(shown), key=lambda finding: (finding.kind, finding.entity)):
            self.entity(list(own))
        if len(shown) < count:
            self.page.blank()
            self.page.add((self.say(say.LEFT_OUT, count=count - len(shown)), "bold"))

    def by_entity(self, found: Iterable[Finding]) -> list[Finding]:
        """Entities with the gravest matter first; then by who answers for them and their id."""
        found = list(found)
        worst: dict[tuple[str, str], int] = {}
        for finding in found:
            at, rank = (finding.kind, finding.entity), self.run.rule(finding).severity.rank
            worst[at] = max(worst.get(at, 0), rank)

        def order(finding: Finding) -> tuple[int, str, str, str, int]:
            at = (finding.kind, finding.entity)
            return (-worst[at], finding.jurisdiction or "", *at, -self.run.rule(finding).severity.rank)

        return sorted(found, key=order)

    def entity(self, found: list[Finding]) -> None:
        first = found[0]
        where = self.run.labels.jurisdictions.get(first.jurisdiction or "", first.jurisdiction)
        note = f"{self.kind(first.kind)} {first.entity}" + (f" · {where}" if where else "")
        self.page.blank()
        if first.name:
            self.page.add((first.name, "bold"), "  ", (note, "dim"))
        else:
            self.page.add((note, "bold"))
        for finding in found:
            self.finding(finding)

    def finding(self, finding: Finding) -> None:
        rule, lang, case = self.run.rule(finding), self.look.lang, self.run.case(finding)
        badge = pad(SEVERITIES[rule.severity].get(lang), 8 if lang == "en" else 4)
        style = SEVERITY_STYLE[rule.severity.value] if finding.verdict is Verdict.VIOLATION else ""
        hang = width(badge) + 2
        self.page.add((badge, style), "  ", rule.title.get(lang), ("  " + finding.rule, "dim"), indent=2, hang=hang)
        if finding.verdict is Verdict.VIOLATION:
            self.page.add(message(case, lang), indent=2 + hang)
        elif finding.verdict is Verdict.UNDETERMINED:
            self.page.add(("；" if lang == "zh" else "; ").join(waits(case, lang)), indent=2 + hang)
        self.page.add((" · ".join(self.notes(case)), "dim"), indent=2 + hang)

    def notes(self, case: Case) -> Iterator[str]:
        """Where the row stands, when the matter should be put right, and what to be careful of."""
        finding, lang = case.finding, self.look.lang
        if finding.source is not None:
            at = case.setting.sources[finding.source].place(finding.row, key=finding.key)
            yield place_text(at, lang, self.run.folder)
        if finding.verdict is not Verdict.VIOLATION:
            return
        for waiver in self.run.waivers_of(finding)[:1]:
            yield waiver_text(waiver, lang)
        if (when := due(case)) is not None:
            yield due_text(when, lang)
        if (changed := later(case)) is not None:
            yield (say.REPEALED if changed.status == "repealed" else say.LATER).get(lang)
        if finding.scope is False:
            yield say.OUT_OF_SCOPE.get(lang)

    def conclusions(self) -> None:
        conclusions(self.run, self.look, self.page)

    # --- what is waited for, and the notice

    def wanted(self) -> None:
        wanted(self.run, self.look, self.page)

    def notice(self) -> None:
        compared(self.run, self.look.lang, self.page)

    # --- rules and law

    def rules(self) -> None:
        titled = False
        for name, found in self.found_by_rule():
            if not titled:
                self.page.heading(say.RULES.get(self.look.lang))
                titled = True
            self.law([(self.run.case(finding), count) for finding, count in found])
            every = self.run.violations_of(name)
            if sum(count for _, count in found) < every:
                self.page.add((self.say(say.OF_FIRST, count=len(found), all=every), "dim"), indent=10)

    def found_by_rule(self) -> Iterator[tuple[str, list[tuple[Finding, int]]]]:
        """Violations by rule, each with how many it stands for; of those that are kept some, where they differ."""
        if isinstance(self.run.findings, Kept):
            names = (name for name in self.run.findings.counts if self.run.violations_of(name))
            yield from ((name, list(islice(self.run.shown_law(name), self.look.limit))) for name in names)
            return
        found = (finding for finding in self.run.findings if finding.verdict is Verdict.VIOLATION)
        for name, group in groupby(found, key=lambda finding: finding.rule):
            yield name, [(finding, 1) for finding in group]

    def law(self, counted: list[tuple[Case, int]]) -> None:
        cases, weights = [case for case, _ in counted], [count for _, count in counted]
        rule, lang, page = cases[0].rule, self.look.lang, self.page
        page.blank()
        page.add((rule.title.get(lang), "bold"), "  ", (rule.name, "dim"))
        natures = self.joint.join(dict.fromkeys(NATURES[case.rule.nature(case.day)].get(lang) for case in cases))
        notes = [natures]
        if authority := rule.authority.get(lang):
            notes.append(self.say(say.AUTHORITY, name=authority))
        if rule.notice:
            notes.append(self.say(say.NOTICE, places=self.joint.join(rule.notice)))
        page.add(" · ".join(notes), indent=2)
        cited = ([cite_in_full(item, case, lang) for item in basis(case)] for case in cases)
        self.labelled(say.BASIS, self.tallied(cited, weights))
        changes = (self.change_lines(later(case)) for case in cases)
        self.labelled(say.CHANGED, self.tallied(changes, weights))
        if rule.remedy is not None:
            self.labelled(say.REMEDY, [rule.remedy.text.get(lang)])

    def change_lines(self, found: Later | None) -> list[str]:
        return later_lines(found, self.look.lang) if found is not None else []

    def tallied(self, lists: Iterable[list[str]], weights: Sequence[int]) -> list[str]:
        """Each distinct line once, with the number of findings it stands for where that is not all of them."""
        counts = Counter[str]()
        for lines, weight in zip(lists, weights, strict=True):
            for line in dict.fromkeys(lines):
                counts[line] += weight
        every = sum(weights)
        return [
            line if count == every else line + self.say(say.SOME, count=count, all=every)
            for line, count in counts.items()
        ]

    def labelled(self, label: Text, lines: Sequence[str]) -> None:
        word = label.get(self.look.lang)
        for number, line in enumerate(lines):
            lead = pad(word if number == 0 else "", 8)
            self.page.add((lead, "dim"), line, indent=2, hang=8)
        if label is say.CHANGED and lines:
            self.page.add((LATER_LAW.get(self.look.lang), "dim"), indent=10)

    # --- data

    def data(self) -> None:
        problems, notes = self.run.problems, self.run.notes
        self.problems(f"{say.DATA.get(self.look.lang)} {len(problems)}", problems)
        self.problems(f"{say.NOTES.get(self.look.lang)} {len(notes)}", notes)

    def problems(self, title: str, problems: Sequence[DataProblem]) -> None:
        if not problems:
            return
        self.page.heading(title)
        groups: dict[tuple[str, str, str], list[DataProblem]] = {}
        for problem in problems:
            groups.setdefault((problem.kind or "", problem.field or "", problem.problem), []).append(problem)
        for found in groups.values():
            self.problem(found)

    def problem(self, found: list[DataProblem]) -> None:
        """Problems of one sort in one column: how many, and the first of them."""
        first, lang = found[0], self.look.lang
        what = " · ".join(part for part in (self.kind(first.kind), self.field(first)) if part)
        self.page.add((what, "bold"), f"  {len(found)}" if len(found) > 1 else "", indent=2)
        lead = say.FIRST.get(lang) if len(found) > 1 else ""
        where = "" if first.place is None else f"  {place_text(first.place, lang, self.run.folder)}"
        self.page.add(lead, problem_text(first, lang), (where, "dim"), indent=6)

    def field(self, problem: DataProblem) -> str:
        known = self.run.labels.kinds.get(problem.kind or "")
        label = known.fields.get(problem.field or "") if known is not None else None
        return label.label.get(self.look.lang) if label is not None else problem.field or ""

    # --- counts

    def counts(self) -> None:
        lang, rules = self.look.lang, self.run.summary.rules
        if not rules:
            self.unchecked()
            return
        self.page.heading(say.COUNTS.get(lang))
        columns: list[tuple[str, str]] = [(VERDICTS[verdict].get(lang), verdict.value) for verdict in _ORDER]
        if any(document.rule.notice for document in self.run.rules):
            columns.append((say.IN_SCOPE.get(lang), "in_notice_scope"))
        if any(item.waived for item in rules):
            columns.append((say.WAIVED.get(lang), "waived"))
        if any(item.from_memory for item in rules):
            columns.append((say.APART.get(lang), "from_memory"))
        heads = [head.split() for head, _ in columns]
        rows = [[int(getattr(item, name)) for _, name in columns] for item in rules]
        totals = [sum(column) for column in zip(*rows, strict=True)]
        widths = [max(*map(width, head), len(str(total))) for head, total in zip(heads, totals, strict=True)]
        tall = max(len(head) for head in heads)
        for level in range(tall, 0, -1):
            self.count_row("", [head[-level] if len(head) >= level else "" for head in heads], widths, "dim")
        for item, row in zip(rules, rows, strict=True):
            self.count_row(item.rule, row, widths)
        self.unchecked()
        self.count_row(say.TOTAL.get(lang), totals, widths, "bold")
        self.page.blank()
        self.page.add((say.HINT.get(lang), "dim"))

    def unchecked(self) -> None:
        for rule, kind in self.run.summary.not_supplied.items():
            note = self.say(say.NO_TABLE, kind=self.kind(kind))
            self.page.add(rule, "  ", (note, "yellow"), indent=2, hang=2)

    def count_row(self, name: str, cells: Sequence[object], widths: Sequence[int], style: str = "") -> None:
        """Name and counts on one line; on two where the page is too narrow for that."""
        longest = max(width(item.rule) for item in self.run.summary.rules)
        row = "".join("  " + pad(str(cell), size, right=True) for cell, size in zip(cells, widths, strict=True))
        if 2 + longest + width(row) <= self.page.columns:
            self.page.add((pad(name, longest) + row, style), indent=2)
            return
        if name:
            self.page.add((name, style), indent=2)
        self.page.add((row, style), indent=2)


def due_text(when: date | NotBefore, lang: str) -> str:
    """The date proposed for a remedy, in words."""
    if isinstance(when, NotBefore):
        return say.NOT_BEFORE.get(lang).format(day=when.day)
    return say.DUE.get(lang).format(day=when)


def problem_text(problem: DataProblem, lang: str) -> str:
    """A problem of the data as a sentence; one that is not known here by its word."""
    return describe(problem, lang) if problem.problem in WORDS else problem.problem
