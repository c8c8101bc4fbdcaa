"""What `hegui test` makes of a ruleset: every example on every engine or chainer, and the tests beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hegui.assure.drawn import DrawnResult, run_conclusion_examples
from hegui.assure.examples import run_examples
from hegui.assure.trial import Check, Trial
from hegui.datatypes import Text
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, Wording

if TYPE_CHECKING:
    from hegui.assure.registries import RegistryTest

ENGINES: Final = ("scalar", "polars")
"""The engines examples run on where none is named."""

DRAWN: Final = Wording(
    "unexpected-conclusion",
    "expected to be concluded of {expected} and undetermined of {perhaps}; is concluded of {found} and undetermined of "
    "{found_perhaps}{problems}",
    "预期对 {expected} 得出、对 {perhaps} 待核实；实际对 {found} 得出、对 {found_perhaps} 待核实{problems}",
)


@dataclass(frozen=True)
class Tested:
    """All that was tried, in order: examples of rules and of conclusions by name, then tests.

    `checks` are what was looked at besides. `lines` are said under the counts, and `more` are further members of the JSON
    form.
    """

    ruleset: Ruleset
    trials: tuple[Trial, ...]
    lines: tuple[Text, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> dict[tuple[str, str, str], list[Trial]]:
        """What failed, by what is tried, with the trials in which it did."""
        found: dict[tuple[str, str, str], list[Trial]] = {}
        for trial in self.trials:
            if trial.failures:
                found.setdefault(trial.name, []).append(trial)
        return found

    @property
    def passed(self) -> bool:
        return not any(trial.failures for trial in self.trials) and not any(check.failed for check in self.checks)


def run_trials(
    ruleset: Ruleset,
    *,
    rules: Collection[str],
    conclusions: Collection[str] = (),
    tests: Sequence[RegistryTest] = (),
    engines: Sequence[str] = ENGINES,
) -> Tested:
    """Run the examples of some rules on every engine, those of some conclusions on every chainer there is, and tests.

    Raises:
        UsageError: an unknown engine, or a test of no row at all.
        FactsError: the registry of a test cannot be used.
    """
    return Tested(ruleset, tuple(_trials(ruleset, rules, conclusions, tests, engines)))


def _trials(
    ruleset: Ruleset,
    rules: Collection[str],
    conclusions: Collection[str],
    tests: Sequence[RegistryTest],
    engines: Sequence[str],
) -> Iterator[Trial]:
    for each in run_examples(ruleset, engines, sorted(rules)):
        yield Trial("rule", each.rule, each.example, each.engine, each.span, each.failures)
    if conclusions:
        for drawn in run_conclusion_examples(ruleset, chainers(), sorted(conclusions)):
            yield _of_conclusion(drawn)
    if tests:
        from hegui.assure.registries import run_tests

        yield from run_tests(ruleset, tests, engines)


def chainers() -> tuple[str, ...]:
    """The chainers examples of conclusions run on: both where the second is there."""
    from hegui.conclusions.chaining import available

    return ("reference", "durable") if available() else ("reference",)


def _of_conclusion(result: DrawnResult) -> Trial:
    args: dict[str, object] = {
        "expected": _listed(result.expected_concluded),
        "perhaps": _listed(result.expected_undetermined),
        "found": _listed(result.concluded),
        "found_perhaps": _listed(result.undetermined),
        "problems": "".join(f"; {problem}" for problem in result.problems),
    }
    failures = () if result.passed else (Diagnostic(DRAWN, args, result.span),)
    return Trial("conclusion", result.conclusion, result.example, result.chainer, result.span, failures)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "-"
