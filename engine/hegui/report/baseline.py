"""A baseline: waivers that name each violation and conclusion of a run that counts, with an end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from hegui import limits
from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.outcome import Finding, Verdict
from hegui.report.run import Run
from hegui.report.stored import NOWHERE
from hegui.ruleset.model import Certainty
from hegui.source import Diagnostic, UsageError, Wording
from hegui.waivers.loading import PERSON, reads_like_a_person
from hegui.waivers.matching import names
from hegui.waivers.model import Scope, Waiver
from hegui.waivers.writing import written

REASON: Final = Text(
    "启用核查时已存在的问题（{as_of} 台账），限期整改，期内暂不计入",
    "there when checking began (facts as of {as_of}); to be put right by the end, not counted until then",
)

_ENDED: Final = Wording(
    "baseline-ended",
    "a baseline until {until} ends before the day of the decision, {day}",
    "基线截止日 {until} 早于研判日期 {day}",
)
_NOTHING: Final = Wording(
    "baseline-empty", "the run has no violation or conclusion that counts", "结果中没有计入的问题或结论"
)
_LARGE: Final = Wording(
    "baseline-large",
    "a baseline of {count} violations is larger than a file of waivers may be ({limit} bytes)",
    "{count} 条问题的基线超过暂不计入文件的上限（{limit} 字节）",
)
_BY_RULE: Final = Wording("baseline-by-rule", "write several, with `--rule GLOB`", "请用 `--rule` 分成几个文件")


@dataclass(frozen=True, slots=True)
class Granted:
    """By which office and document, why (None: a sentence of ours) and until when a baseline is granted."""

    document: str
    approved_by: str
    reason: str | None
    until: date


@dataclass(frozen=True, slots=True)
class Baseline:
    """The text of a file of waivers, how many violations and conclusions of how many rules it names, and what there is to
    say of it."""

    text: str
    count: int
    rules: int
    warnings: tuple[Diagnostic, ...] = ()


def made_of(run: Run, granted: Granted, globs: Collection[str] = ()) -> Baseline:
    """Waivers that name every violation and conclusion of a run that counts, one waiver for each rule.

    Args:
        run: the run. What is waived already stays with its own waiver, what rests on memory counts for nothing.
        granted: by whom.
        globs: patterns for names of rules and conclusions; none for all.

    Raises:
        UsageError: it would end before it begins, name nothing, or be larger than can be read.
    """
    if granted.until < run.info.decided_on:
        raise UsageError(Diagnostic(_ENDED, {"until": granted.until, "day": run.info.decided_on}))
    wanted = [item.rule for item in run.summary.rules if item.violation] + list(run.conclusion_rules)
    chosen = list(names(globs, wanted)) if globs else wanted
    found = {name: prints for name in chosen if (prints := tuple(_fingerprints(run, name)))}
    count = sum(map(len, found.values()))
    if not found:
        raise UsageError(Diagnostic(_NOTHING))
    text = "".join(written(_waiver(name, prints, run, granted) for name, prints in found.items()))
    if len(text.encode()) > limits.YAML_BYTES:
        raise UsageError(Diagnostic(_LARGE, {"count": count, "limit": limits.YAML_BYTES}, None, _BY_RULE))
    person = reads_like_a_person(granted.approved_by)
    warnings = (Diagnostic(PERSON, {"found": granted.approved_by}, level="warning"),) if person else ()
    return Baseline(text, count, len(found), warnings)


def _fingerprints(run: Run, name: str) -> Iterator[str]:
    """Those of a rule or conclusion that count."""
    if name in run.conclusion_rules:
        drawn = (each for each in run.drawing.drawn if each.conclusion == name)
        if run.conclusion_rules[name].certainty != Certainty.MEMORY:
            yield from (each.fingerprint for each in drawn if each.counts)
        return
    for finding in _violations(run, name):
        if not run.from_memory(finding) and not run.waivers_of(finding):
            yield finding.fingerprint


def _violations(run: Run, name: str) -> Iterator[Finding]:
    if isinstance(run.findings, Kept):
        return run.findings.of(name, Verdict.VIOLATION)
    return (each for each in run.findings if each.rule == name and each.verdict is Verdict.VIOLATION)


def _waiver(name: str, fingerprints: tuple[str, ...], run: Run, granted: Granted) -> Waiver:
    reason = Text(*(REASON.get(lang).format(as_of=run.info.as_of) for lang in ("zh", "en")))
    office = granted.approved_by
    return Waiver(
        name=f"baseline-{run.info.as_of}.{name}",
        scope=Scope(NOWHERE, fingerprints=fingerprints),
        reason=reason if granted.reason is None else Text(granted.reason, granted.reason),
        document=granted.document,
        approved_by=Text(office, office),
        start=run.info.decided_on,
        until=granted.until,
        file="",
    )
