"""What a finding is shown under: its verdict, or apart where it is a violation that does not count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from hegui.engines.kept import Kept
from hegui.outcome import Finding, Verdict
from hegui.report.run import Run

Group = Verdict | Literal["waived", "memory"]

GROUPS: Final[tuple[Group, ...]] = (
    Verdict.VIOLATION,
    "waived",
    "memory",
    Verdict.UNDETERMINED,
    Verdict.COMPLIANT,
    Verdict.NOT_APPLICABLE,
)
"""In the order reports have them."""


def group_of(run: Run, finding: Finding) -> Group:
    """What a finding is shown under."""
    if finding.verdict is not Verdict.VIOLATION:
        return finding.verdict
    if run.from_memory(finding):
        return "memory"
    return "waived" if run.waivers_of(finding) else finding.verdict


def of_group(run: Run, kept: Kept, rule: str, group: Group) -> Iterator[Finding]:
    """The findings of a rule in one group, read from Parquet as they are asked for: of many, those that cannot be among them
    are not even read.

    Raises:
        UsageError: the file is missing or damaged.
    """
    if group in (Verdict.UNDETERMINED, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE):
        yield from kept.of(rule, Verdict(group))
        return
    covered = run.parted(rule).covered if group != "memory" else None
    among = covered if covered is None or group == "waived" else ~covered
    if group == "waived" and covered is None:
        return
    yield from (each for each in kept.of(rule, Verdict.VIOLATION, among) if group_of(run, each) == group)
