"""`hegui test`: the examples of a ruleset, run."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from time import perf_counter
from typing import TYPE_CHECKING, Final

import click

from hegui.cli import words
from hegui.cli.frame import FOUND, lang_of, language, main, near, say
from hegui.cli.output import put
from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.ruleset.model import Ruleset

NO_EXAMPLES: Final = Wording(
    "no-examples", "nothing was tested: {what} has no examples", "没有测试任何内容：{what} 没有示例"
)
SECONDS: Final = Wording("test-seconds", "{seconds:.1f} seconds", "用时 {seconds:.1f} 秒")


@main.command("test")
@click.argument("rules_at", metavar="RULESET")
@click.option(
    "-k",
    "--rule",
    "globs",
    metavar="GLOB",
    multiple=True,
    help="Only rules and conclusions whose name matches; may be repeated.",
)
@click.option(
    "--engine",
    "engines",
    metavar="NAME",
    multiple=True,
    help="Engine to run on; may be repeated. Default: scalar, polars.",
)
@language
def test(rules_at: str, globs: tuple[str, ...], engines: tuple[str, ...], lang: str) -> None:
    """Run the examples of RULESET: exit 1 where one fails, 3 where there is none."""
    from hegui import api
    from hegui.assure.trials import ENGINES, run_trials

    started = perf_counter()
    ruleset = api.load_ruleset(rules_at)
    rules, conclusions = _matching(ruleset, globs)
    trials = run_trials(ruleset, rules=rules, conclusions=conclusions, engines=engines or ENGINES)
    if not trials:
        raise UsageError(Diagnostic(NO_EXAMPLES, {"what": ", ".join(f"`{glob}`" for glob in globs) or f"`{rules_at}`"}))
    failed = [trial for trial in trials if trial.failures]
    put(f"{each.render(lang)}\n" for trial in failed for each in trial.failures)
    put([f"{len(trials)} trials, {len(failed)} failed\n"])
    say(SECONDS, seconds=perf_counter() - started)
    click.get_current_context().exit(FOUND if failed else 0)


def _matching(ruleset: Ruleset, globs: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names of the rules and of the conclusions that match any of the patterns; all where there are none."""
    globs = list(globs)
    known = [*ruleset.rules, *ruleset.conclusions]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            raise UsageError(Diagnostic(words.NO_MATCH, {"glob": glob, "near": near(glob, known, lang_of())}))

    def chosen(names: Iterable[str]) -> list[str]:
        return [name for name in names if not globs or any(fnmatchcase(name, glob) for glob in globs)]

    return chosen(ruleset.rules), chosen(ruleset.conclusions)
