"""`pytest --hegui RULESETS`: every example of a ruleset as a test of its own, beside whatever else pytest collects.

pytest loads this module wherever hegui is installed, so it imports nothing else until `--hegui` is given.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hegui.assure.trials import Trial
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
    """A ruleset; it collects the rules, conclusions and registries of tests that say what they expect."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Everything in it that has examples.

        Raises:
            CollectError: the ruleset is unusable, or nothing in it has an example.
        """
        from hegui import api
        from hegui.assure.trials import ENGINES, chainers
        from hegui.source import HeguiError

        try:
            ruleset = api.load_ruleset(self.shown, cached=True)
        except HeguiError as error:
            raise self.CollectError(_told(error.diagnostics)) from error
        subjects: list[tuple[str, Rule | Conclusion, tuple[str, ...]]]
        subjects = [("rule", each, ENGINES) for _, each in sorted(ruleset.rules.items())]
        subjects += [("conclusion", each, chainers()) for _, each in sorted(ruleset.conclusions.items())]
        if not any(each.examples for _, each, _ in subjects):
            raise self.CollectError(f"nothing was tested: `{self.name}` has no examples")
        for sort, each, runners in subjects:
            examples = {example.name: example.span for example in each.examples}
            if examples:
                yield SubjectCollector.from_parent(
                    self, name=each.name, ruleset=ruleset, sort=sort, examples=examples, runners=runners
                )

    @property
    def shown(self) -> str:
        """Its path as messages are to show it."""
        here = self.config.invocation_params.dir
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)


class SubjectCollector(pytest.Collector):
    """A rule or a conclusion with its examples, which are run together: that is how they are quick."""

    def __init__(
        self, ruleset: Ruleset, sort: str, examples: Mapping[str, Span], runners: tuple[str, ...], **more: Any
    ) -> None:
        super().__init__(**more)
        self.ruleset, self.sort, self.examples, self.runners = ruleset, sort, examples, runners

    def collect(self) -> Iterator[pytest.Item]:
        """Each example on each engine, or chainer."""
        for example, span in self.examples.items():
            for runner in self.runners:
                yield ExampleItem.from_parent(self, name=f"{example}[{runner}]", key=(example, runner), span=span)

    @cached_property
    def trials(self) -> dict[tuple[str, str], Trial]:
        """What came of each example on each engine, run when the first is asked for."""
        from hegui.assure.trials import run_trials

        rules, conclusions = ([self.name] if self.sort == sort else [] for sort in ("rule", "conclusion"))
        found = run_trials(self.ruleset, rules=rules, conclusions=conclusions)
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
        if isinstance(excinfo.value, Unexpected):
            return _told(excinfo.value.failures)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the example in its file."""
        line, _ = self.span.source.line_column(self.span.start)
        return self.config.invocation_params.dir / self.span.source.name, line - 1, self.nodeid
