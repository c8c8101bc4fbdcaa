"""`hegui prove`: what holds of rules whatever the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from hegui.cli.frame import FOUND, Finite, language, main, matching, told_option
from hegui.cli.output import told_targets, write_told
from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.assure.proof.finding import Proof
    from hegui.assure.told import Telling
    from hegui.ruleset.model import Ruleset

LONGEST: Final = 3600
"""Seconds a question may take: an hour. The solver counts no more than 2³² steps."""

_NO_RULES: Final = Wording(
    "nothing-to-prove", "nothing was asked: `{name}` has no rule", "没有可证明的内容：`{name}` 没有规则"
)
_NOTHING: Final = Wording(
    "nothing-decided",
    "nothing was decided: all {count} questions took longer than {seconds:g} s",
    "没有判定任何问题：{count} 个问题全部超过 {seconds:g} 秒",
)
_MORE_TIME: Final = Wording("more-time", "give them more with --timeout", "可用 --timeout 放宽")


@main.command()
@click.argument("rules_at", metavar="RULESET")
@click.option("--rule", "globs", metavar="GLOB", multiple=True, help="Only rules whose name matches; may be repeated.")
@click.option(
    "--timeout",
    "seconds",
    metavar="SECONDS",
    type=Finite(min=0, min_open=True, max=LONGEST),
    default=5.0,
    show_default=True,
    help="The limit of each question, counted in steps of the solver: the same on every machine.",
)
@told_option
@language
def prove(
    rules_at: str, globs: tuple[str, ...], seconds: float, formats: tuple[str, ...], accepted: bool, lang: str
) -> None:
    """Ask a solver what holds of RULESET's rules whatever the facts: exit 1 on a finding or an undecided question, 3 where
    nothing was decided.

    Finds rules that can never be violated or never be met, rules that others imply or contradict, and gaps and overlaps
    among rules that divide a range, for each period of law.
    """
    from hegui import api
    from hegui.assure import proof

    targets = told_targets(formats)
    ruleset = api.load_ruleset(rules_at)
    if not ruleset.rules:
        raise UsageError(Diagnostic(_NO_RULES, {"name": rules_at}))
    chosen = matching(ruleset.rules, globs)
    proven = proof.prove(ruleset, chosen, seconds)
    if proven.asked and proven.open == proven.asked:
        raise UsageError(Diagnostic(_NOTHING, {"count": proven.asked, "seconds": seconds}, None, _MORE_TIME))
    telling = _telling(ruleset, chosen, proven)
    write_told(replace(telling, listed=accepted), targets)
    click.get_current_context().exit(FOUND if telling.findings else 0)


def _telling(ruleset: Ruleset, chosen: Sequence[str], proven: Proof) -> Telling:
    """What is written, without what the ruleset lets stand."""
    from hegui.assure.accepting import sifted
    from hegui.assure.proof.finding import WORDINGS
    from hegui.assure.proof.telling import diagnostic, document, notes
    from hegui.assure.told import Passed, Telling

    looked_for = {wording.id for wording in WORDINGS}
    every = len(chosen) == len(ruleset.rules)  # of some rules only, what is said of pairs may be missing
    held = sifted(proven.found, ruleset, lambda found: found.about, looked_for, lambda _: every)
    named = {found.rule.name for found in proven.found}
    return Telling(
        "prove",
        [*map(diagnostic, held.left), *held.in_vain],
        [(diagnostic(found), entry.reason) for found, entry in held.let_stand],
        [Passed("rules", name, ruleset.rules[name].span) for name in chosen if name not in named],
        {name: f"docs/proving-rules.md#{name}" for name in sorted(looked_for)},
        document(proven),
        notes(proven),
    )
