"""What `hegui test` makes of a ruleset: every example on every engine or chainer, with what was not as expected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hegui.assure.drawn import DrawnResult, run_conclusion_examples
from hegui.assure.examples import ExampleResult, run_examples
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, Span, Wording

Sort = Literal["rule", "conclusion"]

ENGINES: Final = ("scalar", "polars")
"""The engines examples run on where none is named."""

VERDICT: Final = Wording("unexpected-verdict", "expected {expected}, got {found}", "预期 {expected}，实际 {found}")
CAUSES: Final = Wording(
    "unexpected-causes", "expected causes {expected}, got {found}", "预期原因 {expected}，实际 {found}"
)
DRAWN: Final = Wording(
    "unexpected-conclusion",
    "expected concluded {expected}, undetermined {perhaps}; got {found}, {found_perhaps}",
    "预期得出 {expected}、待核实 {perhaps}；实际 {found}、{found_perhaps}",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One example on one engine or chainer (`runner`); `failures` say what was not as expected, and where that stands."""

    sort: Sort
    subject: str
    example: str
    runner: str
    span: Span
    failures: tuple[Diagnostic, ...] = ()


def run_trials(
    ruleset: Ruleset, *, rules: Collection[str], conclusions: Collection[str], engines: Sequence[str] = ENGINES
) -> list[Trial]:
    """Run the examples of some rules on every engine, and of some conclusions on every chainer there is.

    Raises:
        UsageError: an unknown engine.
    """
    found = [_of_rule(each) for each in run_examples(ruleset, engines, sorted(rules))]
    drawn = run_conclusion_examples(ruleset, chainers(), sorted(conclusions))
    return found + [_of_conclusion(each) for each in drawn]


def chainers() -> tuple[str, ...]:
    """The chainers examples of conclusions run on: both where the second is there."""
    from hegui.conclusions.chaining import available

    return ("reference", "durable") if available() else ("reference",)


def _of_rule(result: ExampleResult) -> Trial:
    failures: list[Diagnostic] = []
    if result.verdict != result.expected:
        failures.append(Diagnostic(VERDICT, {"expected": result.expected, "found": result.verdict}, result.span))
    elif not result.passed:
        args: dict[str, object] = {"expected": result.expected_causes, "found": result.causes}
        failures.append(Diagnostic(CAUSES, args, result.span))
    return Trial("rule", result.rule, result.example, result.engine, result.span, tuple(failures))


def _of_conclusion(result: DrawnResult) -> Trial:
    args: dict[str, object] = {
        "expected": result.expected_concluded,
        "perhaps": result.expected_undetermined,
        "found": result.concluded,
        "found_perhaps": result.undetermined,
    }
    failures = () if result.passed else (Diagnostic(DRAWN, args, result.span),)
    return Trial("conclusion", result.conclusion, result.example, result.chainer, result.span, failures)
