"""`hegui test`: the examples of a ruleset and the tests beside it, run."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

import click

from hegui.cli.frame import FOUND, Finite, lang_of, language, main, matching, say
from hegui.cli.output import put, tested_targets, write_tested
from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.assure.observed import Sorted
    from hegui.assure.registries import RegistryTest
    from hegui.ruleset.model import Ruleset

NO_EXAMPLES: Final = Wording(
    "no-examples",
    "nothing was tested: {what} has no example and no test",
    "没有测试任何内容：{what} 没有示例，也没有测试",
)
NO_MATCH: Final = Wording(
    "no-such-subject", "no rule, conclusion or test matches `{glob}`{near}", "没有规则、结论或测试匹配 `{glob}`{near}"
)
PROPOSED: Final = Wording(
    "proposed", "{examples} examples proposed for {rules} rules", "为 {rules} 条规则建议示例 {examples} 个"
)
PROPOSED_ONE: Final = Wording(
    "proposed", "{examples} examples proposed for 1 rule", "为 1 条规则建议示例 {examples} 个"
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
    help="Only rules, conclusions and tests whose name matches; may be repeated.",
)
@click.option(
    "--engine",
    "engines",
    metavar="NAME",
    multiple=True,
    help="Engine to run on; may be repeated. The first one is also asked what other rules say of the same facts. "
    "Default: scalar, polars.",
)
@click.option(
    "--format",
    "formats",
    metavar="NAME[=FILE]",
    multiple=True,
    default=("text",),
    help="Output format (text, json, junit, github), to a file or to the terminal; may be repeated. Default: text.",
)
@click.option(
    "--min-coverage",
    "minimum",
    metavar="PERCENT",
    type=Finite(0, 100),
    help="Exit 1 where the examples show less of the conditions.",
)
@click.option("--mutate", is_flag=True, help="Change one thing at a time: exit 1 where no example notices.")
@click.option(
    "--suggest",
    is_flag=True,
    help="Run nothing; print examples for the limits and changes of law that none covers, as YAML to be pasted.",
)
@language
def test(
    rules_at: str,
    globs: tuple[str, ...],
    engines: tuple[str, ...],
    formats: tuple[str, ...],
    minimum: float | None,
    mutate: bool,
    suggest: bool,
    lang: str,
) -> None:
    """Run the examples of RULESET and the tests beside it: exit 1 where one fails, 3 where there is none."""
    from hegui import api
    from hegui.assure.coverage import cover
    from hegui.assure.observed import observed
    from hegui.assure.registries import read_tests
    from hegui.assure.trials import ENGINES, run_trials
    from hegui.report.look import progress
    from hegui.ruleset.places import locate

    started = perf_counter()
    targets = tested_targets(formats)
    ruleset = api.load_ruleset(rules_at)
    tests = {each.name: each for each in read_tests(locate(rules_at), ruleset)}
    chosen = matching([*ruleset.rules, *ruleset.conclusions, *tests], globs, NO_MATCH)
    if suggest:
        _suggest(ruleset, [name for name in ruleset.rules if name in chosen])
        return
    rules, conclusions = ([name for name in known if name in chosen] for known in (ruleset.rules, ruleset.conclusions))
    asked = [each for name, each in tests.items() if name in chosen]
    with progress() as told:
        told(rules_at)
        tested = run_trials(
            ruleset,
            rules=rules,
            conclusions=conclusions,
            tests=asked,
            engines=engines or ENGINES,
        )
    if not tested.trials:
        what = ", ".join(f"`{name}`" for name in globs or (rules_at,))
        raise UsageError(Diagnostic(NO_EXAMPLES, {"what": what}))
    mutants = _mutants(ruleset, rules, conclusions, asked, whole=not globs) if mutate else None
    tested = observed(tested, cover(ruleset, rules, conclusions, asked), minimum, mutants)
    write_tested(tested, targets)
    say(SECONDS, seconds=perf_counter() - started)
    click.get_current_context().exit(0 if tested.passed else FOUND)


def _mutants(
    ruleset: Ruleset, rules: list[str], conclusions: list[str], tests: list[RegistryTest], whole: bool
) -> Sorted:
    """Every mutant tried; how far that has come is shown on a terminal."""
    from hegui.assure.mutation import mutate
    from hegui.assure.observed import sort_out
    from hegui.report.look import progress

    with progress() as told:
        mutation = mutate(ruleset, rules, conclusions, tests, lambda done, all_: told(f"{done} / {all_}"))
    return sort_out(ruleset, mutation, whole)


def _suggest(ruleset: Ruleset, rules: list[str]) -> None:
    from hegui.assure.suggesting import suggest
    from hegui.assure.suggesting.writing import written

    proposed = suggest(ruleset, rules, lang_of())
    put(written(proposed, lang_of()))
    counts = [sum(len(section.examples) for section in each.sections) for each in proposed]
    rules_ = sum(count > 0 for count in counts)
    say(PROPOSED_ONE if rules_ == 1 else PROPOSED, examples=sum(counts), rules=rules_)
