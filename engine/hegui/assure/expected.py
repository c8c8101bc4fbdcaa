"""What examples of rules state, held against what came of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from hegui.datatypes import Below, Text, Undetermined
from hegui.explaining import Case, RuleDocument, Setting, message
from hegui.explaining.values import Precision, number
from hegui.explaining.why import shown
from hegui.language.meanings import near_sign
from hegui.outcome import Finding, Verdict
from hegui.ruleset.model import Evidence, Example, Rule, Ruleset
from hegui.source import Diagnostic, Wording

NOT_JUDGED: Final = Wording("not-judged", "the row was not judged at all{problems}", "该行未被判定{problems}")
VERDICT: Final = Wording(
    "unexpected-verdict",
    "expected `{expected}`, got `{found}`{causes}{problems}",
    "预期 `{expected}`，实际 `{found}`{causes}{problems}",
)
CAUSES: Final = Wording(
    "unexpected-causes",
    "expected to wait for {expected}; waits for {found}{problems}",
    "预期待核实原因为 {expected}，实际为 {found}{problems}",
)
MESSAGE: Final = Wording("unexpected-message", "the message is `{found}`", "实际消息为 `{found}`")
EVIDENCE: Final = Wording("unexpected-evidence", "`{of}` is `{found}`", "`{of}` 实际为 `{found}`")
OTHER: Final = Wording(
    "unexpected-violation",
    "`{rule}` finds a violation in `{about}/{key}` that the example does not state: {said}",
    "`{rule}` 对 `{about}/{key}` 发现问题，示例未列明：{said}",
)
STATE_IT: Final = Wording(
    "state-it", "if it is meant, write `also: {{{rule}: violation}}`", "如属预期，写作 `also: {{{rule}: violation}}`"
)
ALSO: Final = Wording(
    "stated-verdict-missing",
    "expected `{expected}` from `{rule}`, got {found}",
    "预期 `{rule}` 为 `{expected}`，实际 {found}",
)
ALSO_NONE: Final = Wording(
    "stated-rule-silent", "`{rule}` judges no row of the example", "`{rule}` 不判定该示例的任何一行"
)
_ANY: Final = "…"
_PRECISIONS: Final[tuple[Precision, ...]] = ("exact", "computed", "sentence")


@dataclass(frozen=True, slots=True)
class Seen:
    """What an engine made of an example: the finding on the row judged, those of all rules on all other rows and of other
    rules on this one (None where they were not asked), what was wrong with the values, `as_of` and `decided_on`."""

    own: Finding | None
    others: tuple[Finding, ...] | None
    problems: tuple[str, ...]
    day: tuple[date, date]


class Expectations:
    """Holds examples of a ruleset against what came of them."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._documents: dict[str, RuleDocument] = {}

    def failures(self, rule: Rule, example: Example, seen: Seen) -> tuple[Diagnostic, ...]:
        """All that is not as the example states it, in the order of its keys."""
        found = [*self._judged(example, seen)]
        if not found and seen.own is not None:
            found += [*self._messages(example, seen, seen.own), *self._evidence(example, seen, seen.own)]
        if seen.others is not None:
            found += [*self._stated(example, seen.others), *self._unstated(rule, example, seen, seen.others)]
        return tuple(found)

    def _case(self, finding: Finding, seen: Seen) -> Case:
        name = finding.rule
        if name not in self._documents:
            self._documents[name] = RuleDocument.of(self._ruleset.rules[name], self._ruleset)
        as_of, decided_on = seen.day
        return Case(self._documents[name], finding, Setting(as_of, decided_on, (), self._ruleset.workdays))

    def _judged(self, example: Example, seen: Seen) -> Iterator[Diagnostic]:
        problems = "".join(f"; {problem}" for problem in seen.problems)
        if seen.own is None:
            yield _at(example, "verdict", NOT_JUDGED, problems=problems)
            return
        causes = sorted(str(cause) for cause in seen.own.causes)
        if seen.own.verdict != example.verdict:
            told = f": {', '.join(causes)}" if causes else ""
            args = {"expected": example.verdict, "found": seen.own.verdict.value, "causes": told, "problems": problems}
            yield _at(example, "verdict", VERDICT, **args)
        elif example.causes is not None and sorted(example.causes) != causes:
            expected = _listed(sorted(example.causes))
            yield _at(example, "causes", CAUSES, expected=expected, found=_listed(causes), problems=problems)

    def _messages(self, example: Example, seen: Seen, own: Finding) -> Iterator[Diagnostic]:
        if example.message is None:
            return
        case = self._case(own, seen)
        for lang, expected in (("zh", example.message.zh), ("en", example.message.en)):
            found = message(case, lang)
            if expected and not fits(expected, found):
                yield _at(example, f"message.{lang}", MESSAGE, found=found)

    def _evidence(self, example: Example, seen: Seen, own: Finding) -> Iterator[Diagnostic]:
        for evidence in example.evidence:
            case = self._case(own, seen)
            if not _shows(case, evidence):
                found = shown(case, evidence.of.node, "en", "computed")
                yield _at(example, f"evidence.{evidence.of.text}", EVIDENCE, of=evidence.of.text, found=found)

    def _stated(self, example: Example, others: tuple[Finding, ...]) -> Iterator[Diagnostic]:
        for name, expected in example.also.items():
            found = sorted({each.verdict.value for each in others if each.rule == name})
            if not found:
                yield _at(example, f"also.{name}", ALSO_NONE, rule=name)
            elif expected not in found:
                yield _at(example, f"also.{name}", ALSO, rule=name, expected=expected, found=_listed(found))

    def namable(self, rule: Rule, other: str) -> bool:
        """May an example of a rule speak of another rule: is that in its own layer, or below it?"""
        layers = self._ruleset.layers
        return layers.index(self._ruleset.rules[other].layer) <= layers.index(rule.layer)

    def _unstated(self, rule: Rule, example: Example, seen: Seen, others: tuple[Finding, ...]) -> Iterator[Diagnostic]:
        """Violations of rules the example could have named: those of its own layer and of layers below it."""
        for each in others:
            if each.verdict is not Verdict.VIOLATION or not self.namable(rule, each.rule):
                continue
            if example.also.get(each.rule) != Verdict.VIOLATION:
                case = self._case(each, seen)
                said = Text(message(case, "zh"), message(case, "en"))
                args: dict[str, object] = {"rule": each.rule, "about": each.about, "key": each.key, "said": said}
                yield Diagnostic(OTHER, args, example.span, STATE_IT)


def _at(example: Example, key: str, wording: Wording, **args: object) -> Diagnostic:
    return Diagnostic(wording, args, example.places.get(key, example.span))


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "-"


def fits(expected: str, found: str) -> bool:
    """Is a text the expected one, where `…` stands for anything?

    >>> fits("12 t over", "12 t over"), fits("…over", "12 t over"), fits("over", "12 t over")
    (True, True, False)
    """
    pattern = ".*".join(re.escape(part) for part in expected.split(_ANY))
    return re.fullmatch(pattern, found, re.DOTALL) is not None


def _shows(case: Case, evidence: Evidence) -> bool:
    """Has the condition the value stated, plainly or as it is shown in one of the languages?"""
    node, expected = evidence.of.node, evidence.value
    value = case.value(node)
    if isinstance(value, Undetermined):
        return expected == Verdict.UNDETERMINED
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, (int, float)) and isinstance(expected, (int, float)):
        return near_sign(float(value), float(expected), max(abs(value), abs(expected))) == 0
    texts = {shown(case, node, lang, precision) for lang in ("zh", "en") for precision in _PRECISIONS}
    texts.add(f"<{number(value.bound)}" if isinstance(value, Below) else str(value))
    return str(expected) in texts
