"""One finding in both languages as compact data: the page's script makes the explanation out of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from hegui.explaining import Case, conditions, is_fact
from hegui.explaining.citing import cite_in_full, later_lines, period
from hegui.explaining.compiled import Settled
from hegui.explaining.document import RuleDocument, Setting, keys_of
from hegui.explaining.why import place
from hegui.explaining.words import NO_VALUE
from hegui.facts.registry import DataProblem, Place
from hegui.language.tree import Node
from hegui.outcome import Finding
from hegui.report import words as say
from hegui.report.page.parts import LANGS, Common, Data, Pair, Parts, both, is_known, trimmed
from hegui.report.plain import plain
from hegui.report.run import Run
from hegui.report.table import problem_text
from hegui.report.words import place_text

Lines = tuple[Pair, ...]
_HELD: Final = 4096
"""Answers of the law remembered for one rule."""


class Strings:
    """Texts, each held once and named by its number; one that is the same in both languages is one string."""

    def __init__(self) -> None:
        self.held: list[str | list[str]] = []
        self._numbers: dict[Pair, int] = {}

    def add(self, text: Pair) -> int:
        """The number of a text."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.held)
            zh, en = map(plain, text)
            self.held.append(zh if zh == en else [zh, en])
        return number


class Teller:
    """Tells the findings of a run, one after the other, into `strings`, which may be changed for fresh ones."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.strings = Strings()
        self._common, self._problems = Common.of(self._place), _Problems(run)
        self._rules: dict[str, _RuleTeller] = {}
        self._keys: dict[tuple[int, int], str] = {}

    def tell(self, finding: Finding, setting: Setting) -> Data:
        """Place of the row, facts, clauses, what is waited for, law, changes of law, period of the rule. `setting` has the
        papers behind the values."""
        self._keys |= keys_of(finding, setting)
        rule = self._rules.get(finding.rule)
        if rule is None:
            rule = self._rules[finding.rule] = self._of_rule(finding.rule)
        return rule.tell(finding, setting, self.strings)

    def _of_rule(self, name: str) -> _RuleTeller:
        return _RuleTeller(self.run, self.run.documents[name], self._common, self._problems)

    def _place(self, source: int | None, row: int | None, field: str | None) -> Pair | None:
        if source is None:
            return None
        key = self._keys.get((source, row)) if row is not None else None
        at = self.run.info.facts.sources[source].place(row, field, key)
        return both(lambda lang: place_text(at, lang, self.run.folder))


class _RuleTeller:
    """Tells findings of one rule; what they have in common is made once."""

    def __init__(self, run: Run, document: RuleDocument, common: Common, problems: _Problems) -> None:
        self.document, self.common, self.problems = document, common, problems
        self.parts = Parts(document, common)
        self.zh, self.en = (run.teller(document.rule.name, lang) for lang in LANGS)
        self.facts = [number for number, node in enumerate(document.rule.leaves) if is_fact(node)]
        self._laws: dict[int, tuple[Settled, Lines, Lines]] = {}

    def tell(self, finding: Finding, setting: Setting, strings: Strings) -> Data:
        """As `Teller.tell`."""
        case, add = Case(self.document, finding, setting), strings.add
        row = self.common.place(finding.source, finding.row, None)
        law, changes = self.law(finding, case)
        waits = zip(self.zh.waits(finding), self.en.waits(finding), strict=True)
        return [
            add(row) if row is not None else -1,
            [self.fact(number, case, strings) for number in self.facts if number < len(finding.values)],
            [[add(name), self.parts.tell(node, case, add)] for name, node in self.clauses],
            [add(line) for line in waits],
            [add(line) for line in law],
            [add(line) for line in changes] or 0,
            add(self.period) if self.period is not None else -1,
        ]

    @cached_property
    def clauses(self) -> list[tuple[Pair, Node]]:
        """The conditions of the rule, each with what it is called."""
        return [(both(say.CLAUSES[name].get), node) for name, node in conditions(self.document.rule)]

    @cached_property
    def period(self) -> Pair | None:
        """When the rule is in force, where that is not always."""
        lasts = self.document.rule.in_force
        if lasts.start is None and lasts.end is None and not lasts.pending:
            return None
        return both(lambda lang: say.IN_FORCE.get(lang).format(period=period(lasts, lang)))

    def law(self, finding: Finding, case: Case) -> tuple[Lines, Lines]:
        """The citations of a finding, and what is different on the day of the decision."""
        settled = self.zh.law(finding)
        known = self._laws.get(id(settled))
        if known is None:
            if len(self._laws) >= _HELD:
                self._laws.clear()
            known = self._laws[id(settled)] = (settled, *self._said_law(settled, case))
        return known[1], known[2]

    def _said_law(self, settled: Settled, case: Case) -> tuple[Lines, Lines]:
        def cited(lang: str) -> list[str]:
            return [cite_in_full(item, case, lang) for item in settled.basis] or [say.NO_BASIS.get(lang)]

        law = tuple(zip(*map(cited, LANGS), strict=True))
        changed = settled.later
        lines = zip(*(later_lines(changed, lang) for lang in LANGS), strict=True) if changed is not None else ()
        return law, tuple(lines)

    # --- facts

    def fact(self, number: int, case: Case, strings: Strings) -> Data:
        """Label, name, value, is it known, place, rows, paper, what was wrong with the cell."""
        told = self.parts.fact(number, case, strings.add, _ABSENT)
        leaf, value = self.document.leaves[number], case.finding.values[number]
        wrong = (
            []
            if is_known(leaf, value)
            else [
                strings.add(both(lambda lang, each=each: problem_text(each, lang)))  # type: ignore[misc]
                for each in self.problems.of(place(case, leaf, value), value.rows is not None)
            ]
        )
        return trimmed([*told, wrong or -1])


_ABSENT: Final = both(NO_VALUE.get)


class _Problems:
    """What was wrong with the facts, by row."""

    def __init__(self, run: Run) -> None:
        self._by_row: dict[tuple[object, ...], list[DataProblem]] = {}
        for problem in run.data_quality:
            if (at := problem.place) is not None:
                self._by_row.setdefault(at.of_row, []).append(problem)

    def of(self, at: Place | None, rows: bool) -> Iterator[DataProblem]:
        """What was wrong with the cell, or the row, that a missing value stands in; `rows`: it is about several rows."""
        if at is None:
            return
        for problem in self._by_row.get(at.of_row, ()):
            if rows or at.column is None or (problem.place is not None and problem.place.column == at.column):
                yield problem
