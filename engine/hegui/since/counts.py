"""Counts of a run without what was, and with what is; and whether what was is what the run found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hegui.outcome import RuleSummary, Verdict
from hegui.source import Diagnostic, UsageError, Wording

_VERDICTS = Wording(
    "since-verdicts",
    "the changes do not lead from the run to the registry: of the rows concerned the run found {then} {verdict} by rule"
    " `{rule}`, as they are given there were {found}",
    "变更与结果、台账不符：规则 `{rule}` 在相关行中原有 {verdict} {then} 条，按所给的原内容有 {found} 条",
)
COMPLETE = Wording(
    "since-complete",
    "give every row that changed, came or went, those changed as they were too",
    "请列出全部变更、新增和删除的行，变更的行还须列出原来的内容",
)


def refuse_verdicts(then: Iterable[RuleSummary], known: Mapping[tuple[str, Verdict], int]) -> None:
    """What was found of the rows concerned must be found again of them as they were.

    Raises:
        UsageError: it is not.
    """
    for summary in then:
        for verdict in (Verdict.VIOLATION, Verdict.UNDETERMINED):
            expected, found = known.get((summary.rule, verdict), 0), getattr(summary, verdict)
            if expected != found:
                args: dict[str, object] = {"rule": summary.rule, "then": expected, "found": found}
                raise UsageError(Diagnostic(_VERDICTS, {**args, "verdict": verdict.value}, None, COMPLETE))


def moved_counts(
    summaries: Mapping[str, RuleSummary], then: Sequence[RuleSummary], now: Sequence[RuleSummary]
) -> Iterator[RuleSummary]:
    """The counts of the run without those of the rows concerned as they were, and with those as they are."""
    for before, after in zip(then, now, strict=True):
        whole = summaries[before.rule]
        names = ("violation", "compliant", "not_applicable", "undetermined", "in_notice_scope")
        yield replace(
            whole, **{name: getattr(whole, name) - getattr(before, name) + getattr(after, name) for name in names}
        )
