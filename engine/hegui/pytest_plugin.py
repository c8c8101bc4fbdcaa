"""`pytest --hegui RULESETS`: every example of a ruleset as a test of its own, beside whatever else pytest collects.

pytest loads this module wherever hegui is installed, so it imports nothing else until `--hegui` is given.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hegui.assure.registries import RegistryTest
    from hegui.assure.trial import Trial
    from hegui.ruleset.model import Conclusion, Rule, Ruleset
    from hegui.source import Diagnostic, Span


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--hegui`, which may be repeated."""
    parser.getgroup("hegui", "examples of rulesets").addoption(
        "--hegui",
        action="append",
        default=[],
        metavar="RULESETS",
        help="Run the examples of a ruleset, or of every ruleset in a folder, too; may be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse at once what is no ruleset.

    Raises:
        UsageError: a folder without rulesets, or no such place and no ruleset shipped under that name.
    """
    for given in config.getoption("--hegui"):
        _rulesets(config, given)


def _rulesets(config: pytest.Config, given: str) -> list[tuple[str, Path]]:
    """The rulesets meant by one `--hegui`: what each goes by in ids and messages, and where it is."""
    from hegui.ruleset.places import locate, rulesets_below
    from hegui.source import HeguiError

    place = config.invocation_params.dir / given
    below = rulesets_below(place) if place.is_dir() and not (place / "ruleset.yaml").is_file() else []
    if below:
        return [(_name(config, place / each), place / each) for each in below]
    try:
        found = locate(place) if place.exists() else locate(given)
    except HeguiError as error:
        raise pytest.UsageError(f"--hegui {given}: {_told(error.diagnostics)}") from error
    return [(_name(config, found.path) if place.exists() else given, found.path)]


def _name(config: pytest.Config, path: Path) -> str:
    """A path as pytest shows those of tests."""
    path = path.resolve()
    inside = path.is_relative_to(config.rootpath)
    return (path.relative_to(config.rootpath) if inside else path).as_posix()


def _told(diagnostics: tuple[Diagnostic, ...]) -> str:
    lang = "zh" if os.environ.get("HEGUI_LANG") == "zh" else "en"
    return "\n".join(each.render(lang) for each in diagnostics)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the rulesets beside what the session collects itself."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        found = {
            path: name
            for given in collector.config.getoption("--hegui")
            for name, path in _rulesets(collector.config, given)
        }
        report.result.extend(
            RulesetCollector.from_parent(collector, name=name, nodeid=name, path=path) for path, name in found.items()
        )
    return report


class RulesetCollector(pytest.Collector):
    """A ruleset; it collects its rules and conclusions with examples, and the tests beside it."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Everything in it that states what is to come of it.

        Raises:
            CollectError: the ruleset is unusable, or there is no such thing in it.
        """
        from hegui import api
        from hegui.assure.registries import read_tests
        from hegui.ruleset.places import locate
        from hegui.source import HeguiError

        try:
            ruleset = api.load_ruleset(self.shown, cached=True)
            tests = read_tests(locate(self.shown), ruleset)
        except HeguiError as error:
            raise self.CollectError(_told(error.diagnostics)) from error
        found = [subject for subject in _subjects(ruleset, tests) if subject.examples]
        if not found:
            raise self.CollectError(f"nothing was tested: `{self.name}` has no example and no test")
        for each in found:
            yield SubjectCollector.from_parent(self, name=each.name, ruleset=ruleset, subject=each)

    @property
    def shown(self) -> str:
        """Its path as messages are to show it."""
        here = self.config.invocation_params.dir
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)


@dataclass(frozen=True)
class Subject:
    """What has examples: a rule, a conclusion or a test, which is its own; `chosen` has `run_trials` run it alone."""

    name: str
    examples: Mapping[str, Span]
    runners: Sequence[str]
    chosen: Mapping[str, Any]


def _subjects(ruleset: Ruleset, tests: Sequence[RegistryTest]) -> Iterator[Subject]:
    from hegui.assure.trials import ENGINES, chainers

    def spans(each: Rule | Conclusion) -> dict[str, Span]:
        return {example.name: example.span for example in each.examples}

    for name, rule in sorted(ruleset.rules.items()):
        yield Subject(name, spans(rule), ENGINES, {"rules": [name]})
    for name, conclusion in sorted(ruleset.conclusions.items()):
        yield Subject(name, spans(conclusion), chainers(), {"rules": [], "conclusions": [name]})
    for test in tests:
        yield Subject(test.name, {"": test.span}, ENGINES, {"rules": [], "tests": [test]})


class SubjectCollector(pytest.Collector):
    """A rule, a conclusion or a test. Its examples are run together: that is how they are quick."""

    def __init__(self, ruleset: Ruleset, subject: Subject, **more: Any) -> None:
        super().__init__(**more)
        self.ruleset, self.subject = ruleset, subject

    def collect(self) -> Iterator[pytest.Item]:
        """Each example on each engine, or chainer."""
        for example, span in self.subject.examples.items():
            for runner in self.subject.runners:
                name = f"{example or 'registry'}[{runner}]"
                yield ExampleItem.from_parent(self, name=name, key=(example, runner), span=span)

    @cached_property
    def trials(self) -> dict[tuple[str, str], Trial]:
        """What came of each example on each engine, run when the first is asked for."""
        from hegui.assure.trials import run_trials

        found = run_trials(self.ruleset, **self.subject.chosen).trials
        return {(each.example, each.runner): each for each in found}


class Unexpected(Exception):
    """What an example states is not what came of it."""

    def __init__(self, failures: tuple[Diagnostic, ...]) -> None:
        super().__init__(failures)
        self.failures = failures


class ExampleItem(pytest.Item):
    """One example on one engine or chainer."""

    parent: SubjectCollector

    def __init__(self, key: tuple[str, str], span: Span, **more: Any) -> None:
        super().__init__(**more)
        self.key, self.span = key, span

    def runtest(self) -> None:
        """Run it.

        Raises:
            Unexpected: it came out otherwise than it states.
        """
        failures = self.parent.trials[self.key].failures
        if failures:
            raise Unexpected(failures)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of `hegui test`: what was expected, what came, and the place in the YAML."""
        from hegui.source import HeguiError

        match excinfo.value:
            case Unexpected(failures=told) | HeguiError(diagnostics=told):
                return _told(told)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the example in its file."""
        line, _ = self.span.source.line_column(self.span.start)
        return self.config.invocation_params.dir / self.span.source.name, line - 1, self.nodeid
