"""What is said of many findings of one rule: the same words as of a single one, with all that they share done once.

A `Teller` says exactly what `message`, `waits` and the functions of `law` say; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

from hegui.datatypes import Cause, Undetermined
from hegui.explaining import message, waits
from hegui.explaining.citing import cite_in_full, later_lines
from hegui.explaining.document import Case, RuleDocument, Setting
from hegui.explaining.law import Basis, Later, NotBefore, basis, certainty, due, later
from hegui.explaining.values import Precision, contained, quantity
from hegui.explaining.why import leaf_shown, said
from hegui.explaining.words import LATER_LAW, SINCE
from hegui.language.tree import Cell, Chain, Node, Param
from hegui.outcome import Finding, LeafValue, Verdict
from hegui.ruleset.model import Certainty, Nature

_HELD: Final = 4096
"""Texts and answers of the law remembered for one rule; findings have far fewer different ones."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The law of a finding: what `basis`, `later`, `certainty` and `due` say, and the nature of the matter."""

    basis: tuple[Basis, ...]
    later: Later | None
    certainty: Certainty | None
    nature: Nature
    due: date | NotBefore | None


class Teller:
    """Says in one language what there is to say of findings of one rule."""

    def __init__(self, document: RuleDocument, setting: Setting, lang: str) -> None:
        self.document, self.setting, self.lang = document, setting, lang
        self._pieces = tuple(self._piece(piece) for piece in document.rule.message.get(lang))
        self._waits = lru_cache(_HELD)(self._waits_of)
        self._settled: dict[object, Settled] = {}
        self._laws_said: dict[int, tuple[Settled, tuple[str, ...]]] = {}

    def case(self, finding: Finding) -> Case:
        """The finding with all that is needed to show it but its papers."""
        return Case(self.document, finding, self.setting)

    # --- words

    def message(self, finding: Finding) -> str:
        """As `explain.message`."""
        if finding.verdict is Verdict.VIOLATION:
            return "".join([piece(finding) for piece in self._pieces])
        return self._said_of(finding)

    def waits(self, finding: Finding) -> tuple[str, ...]:
        """As `explain.waits`."""
        return self._waits(finding.verdict, finding.causes)[0]

    def _said_of(self, finding: Finding) -> str:
        return self._waits(finding.verdict, finding.causes)[1]

    def _waits_of(self, verdict: Verdict, causes: tuple[Cause, ...]) -> tuple[tuple[str, ...], str]:
        """What a verdict that is no violation waits for, and the sentence on it: nothing else of a finding is in these."""
        rule = self.document.rule
        finding = Finding(rule.name, rule.about, "", "", "", None, None, verdict, None, None, None, causes)
        case = self.case(finding)
        said = "" if verdict is Verdict.VIOLATION else message(case, self.lang)
        return waits(case, self.lang), said

    def _piece(self, piece: object) -> Callable[[Finding], str]:
        if isinstance(piece, str):
            return lambda finding: piece
        node: Node = piece.node  # type: ignore[attr-defined]
        if isinstance(node, (Cell, Param, Chain)):
            number, read = self.document.number(node), self.reader(node, "sentence")
            if self.document.leaves[number].names is None:
                return lambda finding: read(finding.values[number])

            def name(finding: Finding) -> str:
                value = finding.values[number]
                return read(value) if value.value is not None else said(self.case(finding), node, self.lang)

            return name
        return lambda finding: said(self.case(finding), node, self.lang)

    def reader(self, node: Node, precision: Precision = "computed") -> Callable[[LeafValue], str]:
        """What shows the recorded value of one leaf, as `why.shown` does."""
        leaf, lang = self.document.leaves[self.document.number(node)], self.lang
        fine: Precision = precision if isinstance(node, Chain) else "exact"

        def slow(value: LeafValue) -> str:
            return leaf_shown(node, leaf, value, lang, precision)

        if leaf.private:
            return slow
        if node.type.name in ("number", "int"):
            unit = node.type.unit

            def number(value: LeafValue) -> str:
                known = value.value
                return quantity(known, unit, lang, fine) if type(known) in _NUMBERS else slow(value)  # type: ignore[arg-type]

            return number
        labels = {code: label.get(lang) for code, label in leaf.codes.items()}

        def text(value: LeafValue) -> str:
            known = value.value
            return (labels.get(known) or contained(known)) if type(known) is str and known else slow(value)

        return text

    # --- law

    def law(self, finding: Finding) -> Settled:
        """The law of a finding, worked out once for all that have the same answer to everything it depends on."""
        key = (finding.occurred, finding.verdict, *(ask(finding) for ask in self._asked))
        found = self._settled.get(key)
        if found is None:
            if len(self._settled) >= _HELD:
                self._settled.clear()
            case = self.case(finding)
            nature = case.rule.nature(case.day)
            found = Settled(basis(case), later(case), certainty(case), nature, due(case))
            self._settled[key] = found
        return found

    def law_lines(self, finding: Finding) -> tuple[str, ...]:
        """The citations of a finding in words, one line each, and what is different on the day of the decision."""
        law = self.law(finding)
        known = self._laws_said.get(id(law))
        if known is None:
            if len(self._laws_said) >= _HELD:
                self._laws_said.clear()
            known = self._laws_said[id(law)] = law, tuple(self._said_law(law, self.case(finding)))
        return known[1]

    def _said_law(self, law: Settled, case: Case) -> Iterator[str]:
        yield from (cite_in_full(item, case, self.lang) for item in law.basis)
        if law.later is not None:
            yield from (SINCE.get(self.lang).format(line=line) for line in later_lines(law.later, self.lang))
            yield LATER_LAW.get(self.lang)

    @cached_property
    def _asked(self) -> tuple[Callable[[Finding], object], ...]:
        """What the law of a finding depends on besides the day of the act: conditions of citations, days of parameters, the
        working days of the remedy."""
        rule = self.document.rule
        conditions = [each.condition.node for each in rule.basis if each.condition is not None]
        days = [node.on for node in self.document.parameters_used[0] if node.on is not None]
        remedy = rule.remedy
        counts = [remedy.workdays.node] if remedy is not None and remedy.workdays is not None else []
        return tuple(self._asking(node) for node in (*conditions, *days, *counts))

    def _asking(self, node: Node) -> Callable[[Finding], object]:
        """The value of a condition; where there is none, also the leaves that have none, which the law would also need."""
        number = self.document.number(node) if isinstance(node, (Cell, Param, Chain)) else None

        def ask(finding: Finding) -> object:
            if number is not None and (known := finding.values[number].value) is not None:
                return type(known), known
            case = self.case(finding)
            value = case.value(node)
            return type(value), value, case.waiting(node) if isinstance(value, Undetermined) else ()

        return ask


_NUMBERS: Final = (float, int)
