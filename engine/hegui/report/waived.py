"""Waivers applied to a run, and accounted for when its conclusions are drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hegui.outcome import Verdict
from hegui.report.run import Run
from hegui.ruleset.model import Certainty
from hegui.waivers.account import SOON, Account, account_of
from hegui.waivers.model import Waivers


def with_waivers(run: Run, waivers: Waivers) -> Run:
    """The run with these waivers in place of any it had; what they cover is counted apart, by the day of the decision.

    Raises:
        UsageError: kept findings cannot be read.
    """
    given = Account(digest=waivers.digest, files=waivers.files, ignored=waivers.ignored, given=waivers.given)
    run = replace(run, info=replace(run.info, waivers=given))
    waived = Counter[str]()
    for rule, _, count in run.covered():
        waived[rule] += count
    rules = (
        replace(item, violation=item.violation + item.waived - waived[item.rule], waived=waived[item.rule])
        for item in run.summary.rules
    )
    return replace(run, summary=replace(run.summary, rules=tuple(rules)))


def accounted(run: Run, waivers: Waivers, *, soon: int = SOON) -> Run:
    """The run with what became of its waivers, findings and conclusions counted.

    Raises:
        UsageError: kept findings cannot be read.
    """
    if waivers.ignored or not waivers.given:
        return run
    covers = Counter[str]()
    for _, covering, count in run.covered():
        for waiver in covering:
            covers[waiver.name] += count
    sure = {name for name, rule in run.conclusion_rules.items() if rule.certainty != Certainty.MEMORY}
    drawn = [each for each in run.drawing.drawn if each.certain and each.conclusion in sure]
    for each in drawn:
        own = run.covering.conclusion(each.conclusion, each.kind, each.entity, each.jurisdiction)
        covers.update(waiver.name for waiver in own)
    counting = run.summary.total(Verdict.VIOLATION) + sum(item.waived for item in run.summary.rules) + len(drawn)
    found = account_of(waivers, run.info.decided_on, covers, counting, whole=run.info.asked.whole, soon=soon)
    return replace(run, info=replace(run.info, waivers=found))
