"""Findings and conclusions of a session put into words, with the rules and the sources of the rows as they stood then."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

from hegui.explaining import Case, Explanation, Setting, render
from hegui.explaining.law import certainty
from hegui.facts.registry import SourceTable
from hegui.outcome import ConclusionSummary, Drawn, Finding, Verdict
from hegui.report.drawn import drawn_data
from hegui.report.rendered import Renderer
from hegui.report.run import Run
from hegui.ruleset.model import Certainty


@dataclass(frozen=True)
class Words:
    """What it takes to tell of findings.

    Args:
        frame: a run without findings: rules, labels, waivers.
        doubtful: the rules that may rest on something known only from memory.
        sources: what the numbers of sources in findings mean.
    """

    frame: Run
    doubtful: Set[str]
    sources: tuple[SourceTable, ...]

    @property
    def setting(self) -> Setting:
        """What all findings have in common."""
        return replace(self.frame.setting, sources=self.sources)

    def from_memory(self, finding: Finding) -> bool:
        """Does a finding rest on something known only from memory?"""
        if finding.rule not in self.doubtful:
            return False
        case = Case(self.frame.documents[finding.rule], finding, self.frame.setting)
        return certainty(case) is Certainty.MEMORY

    def counts(self, finding: Finding) -> bool:
        """Is a finding a violation that does not rest on memory only?"""
        return finding.verdict is Verdict.VIOLATION and not self.from_memory(finding)

    def told(self, finding: Finding, lang: str) -> Explanation:
        """A finding explained."""
        return render(self.frame.documents[finding.rule], finding, self.setting, lang)

    def finding(self, found: Finding) -> dict[str, Any]:
        """A finding as it stands in a saved run."""
        renderer = Renderer(self.frame.documents[found.rule], self.setting)
        covering = self.frame.covering.finding(found) if self.counts(found) else ()
        return renderer.data(found, self.setting, next(iter(covering), None))

    def drawn(self, found: Drawn, summary: ConclusionSummary) -> dict[str, Any]:
        """A conclusion as it stands in a saved run."""
        waivers = [self.frame.waivers[name] for name in found.waived_by]
        return drawn_data(found, summary, self.sources, waivers)
