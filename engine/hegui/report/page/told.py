"""One finding in both languages as compact data: the page's script makes the explanation out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explain import Case, Fact, conditions, facts, waits
from hegui.explain.citing import cite_in_full, later_lines, parameter_used, period
from hegui.explain.law import Later, basis, later
from hegui.explain.why import Part, part
from hegui.facts.registry import DataProblem, Place
from hegui.outcome import Finding
from hegui.report import words as say
from hegui.report.evidence import rows_text
from hegui.report.explained import paper_text
from hegui.report.plain import plain
from hegui.report.run import Run
from hegui.report.table import problem_text
from hegui.report.words import place_text

LANGS: Final = ("zh", "en")
Data = list[Any]
Lines = tuple[tuple[str, str], ...]
"""Lines of text, each in Chinese and English."""


class Strings:
    """Texts, each held once and named by its number; one that is the same in both languages is one string."""

    def __init__(self) -> None:
        self.held: list[str | list[str]] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def add(self, zh: str, en: str | None = None) -> int:
        """The number of a text."""
        at = (zh, zh if en is None else en)
        number = self._numbers.get(at)
        if number is None:
            number = self._numbers[at] = len(self.held)
            both = [plain(text) for text in at]
            self.held.append(both[0] if both[0] == both[1] else both)
        return number

    def both(self, make: Callable[[str], str]) -> int:
        """The number of a text that is made in each language."""
        return self.add(make("zh"), make("en"))

    def text(self, text: Text) -> int:
        """The number of a text that is there in both languages."""
        return self.both(text.get)


class Teller:
    """Tells the findings of a run, one after the other, into `strings`, which may be changed for fresh ones."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.strings = Strings()
        self._law: dict[Any, Lines] = {}
        self._changes: dict[Any, Lines] = {}

    def tell(self, finding: Finding) -> Data:
        """Place of the row, facts, clauses, what is waited for, law, changes of law, period of the rule; and where it is waived,
        by which document."""
        case, strings = self.run.case(finding), self.strings
        pairs = zip(*(facts(case, lang) for lang in LANGS), strict=True)
        changed = later(case)
        lasts = case.rule.in_force
        dated = lasts.start is not None or lasts.end is not None or lasts.pending
        return [
            self.place(self._row_place(finding)),
            [self.fact(zh, en) for zh, en in pairs],
            [[strings.text(say.CLAUSES[name]), self.part(self.parts(case, node))] for name, node in conditions(case)],
            self.lines(lambda lang: waits(case, lang)),
            self.held(self.law(case)),
            self.held(self.changes(changed)) if changed is not None else 0,
            strings.both(lambda lang: say.IN_FORCE.get(lang).format(period=period(lasts, lang))) if dated else -1,
            *(strings.both(partial(say.waiver_text, waiver)) for waiver in self.run.waivers_of(finding)[:1]),
        ]

    def held(self, pairs: Iterable[tuple[str, str]]) -> Data:
        """The numbers of lines."""
        return [self.strings.add(zh, en) for zh, en in pairs]

    def law(self, case: Case) -> Lines:
        """The citations of a finding; the same for all findings of a rule to which the same ones apply."""
        found = basis(case)
        at = (case.rule.name, tuple((id(item.citation), item.applies, item.needs) for item in found))
        if at not in self._law:
            cited = ([cite_in_full(item, case, lang) for item in found] or [say.NO_BASIS.get(lang)] for lang in LANGS)
            self._law[at] = tuple(zip(*cited, strict=True))
        return self._law[at]

    def changes(self, changed: Later) -> Lines:
        """What is different on the day of the decision."""
        at = (
            tuple(id(law.then) for law in changed.laws),
            tuple(id(parameter.then) for parameter in changed.parameters),
            tuple((id(item.citation), item.applies, item.needs) for item in changed.basis),
            changed.nature,
            changed.rule_in_force,
        )
        if at not in self._changes:
            self._changes[at] = tuple(zip(*(later_lines(changed, lang) for lang in LANGS), strict=True))
        return self._changes[at]

    def lines(self, make: Callable[[str], Iterable[str]]) -> Data:
        """Lines that are made in each language."""
        return [self.strings.add(zh, en) for zh, en in zip(*(make(lang) for lang in LANGS), strict=True)]

    def _row_place(self, finding: Finding) -> Place | None:
        if finding.source is None:
            return None
        table = self.run.info.facts.sources[finding.source]
        return Place(table.file, table.sheet, finding.row)

    def place(self, at: Place | None) -> int:
        """The number of an address; -1 where there is none."""
        if at is None:
            return -1
        return self.strings.both(lambda lang: place_text(at, lang, self.run.folder))

    # --- facts

    def fact(self, zh: Fact, en: Fact) -> Data:
        """Label, name, value, is it known, place, rows, paper, what was wrong with the cell."""
        strings = self.strings
        rows, paper, wrong = zh.rows, zh.paper, list(self.problems(zh))
        return trimmed(
            [
                strings.add(zh.label or zh.name, en.label or en.name),
                strings.add(zh.name) if zh.label else -1,
                strings.add(zh.shown, en.shown),
                int(zh.known),
                self.place(zh.place),
                strings.both(lambda lang: rows_text(rows, zh.first, lang)) if rows is not None else -1,
                strings.both(lambda lang: paper_text(paper, lang)) if paper is not None and zh.known else -1,
                [strings.both(lambda lang, each=each: problem_text(each, lang)) for each in wrong] or -1,  # type: ignore[misc]
            ]
        )

    def problems(self, fact: Fact) -> Iterator[DataProblem]:
        """What was wrong with the cell, or the row, that a missing value stands in."""
        at = fact.place
        if fact.known or at is None:
            return
        whole_row = at.column is None or fact.rows is not None
        for problem in self._problems.get((at.file, at.sheet, at.row), ()):
            if whole_row or (problem.place is not None and problem.place.column == at.column):
                yield problem

    @cached_property
    def _problems(self) -> dict[tuple[str, str | None, int | None], list[DataProblem]]:
        found: dict[tuple[str, str | None, int | None], list[DataProblem]] = {}
        for problem in self.run.data_quality:
            if (at := problem.place) is not None:
                found.setdefault((at.file, at.sheet, at.row), []).append(problem)
        return found

    # --- conditions

    def parts(self, case: Case, node: Any) -> tuple[Part, Part]:
        """A condition in both languages."""
        return part(case, node, "zh"), part(case, node, "en")

    def part(self, both: tuple[Part, Part]) -> Data:
        """Text, label, value, state, children, the values put in, place, rows, parameter used, what is waited for."""
        zh, en = both
        strings, (first, used) = self.strings, (zh.first, zh.used)
        below = zip(zh.children, en.children, strict=True)
        written = [
            strings.add(zh.text),
            strings.add(zh.label, en.label) if zh.label else -1,
            strings.add(zh.shown, en.shown),
            3 if zh.undetermined else 0 if zh.truth is None else 1 if zh.truth else 2,
            [self.part(pair) for pair in below] or -1,
            strings.add(zh.compared, en.compared) if zh.compared is not None else -1,
            self.place(zh.place),
            strings.both(lambda lang: rows_text(zh.rows or 0, first, lang)) if zh.rows is not None else -1,
            -1,
            [strings.add(*pair) for pair in zip(zh.waits, en.waits, strict=True)] or -1,
        ]
        if (parameter := zh.parameter) is not None and used is not None:
            written[8] = strings.both(lambda lang: parameter_used(parameter, used, lang))
        return trimmed(written)


def trimmed(data: Sequence[Any]) -> Data:
    """A list without what is nothing (-1) at its end."""
    end = len(data)
    while end and data[end - 1] == -1:
        end -= 1
    return list(data[:end])
