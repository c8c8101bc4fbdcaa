"""Looking at the findings of a run, whether they are held in memory or kept as Parquet."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from hegui.arguments import expect, expect_names
from hegui.engines.kept import Kept
from hegui.explaining import Case, RuleDocument, Setting
from hegui.explaining.compiled import Teller
from hegui.explaining.law import certainty, may_rest_on_memory, sure_by_day
from hegui.outcome import Finding, RuleSummary, Verdict
from hegui.report.info import RunInfo
from hegui.report.rendered import Renderer
from hegui.ruleset.model import Certainty
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean
from hegui.waivers.kept import Parted, parted
from hegui.waivers.matching import Covering
from hegui.waivers.model import Waiver

if TYPE_CHECKING:
    import polars as pl


_OTHER_RUN: Final = Wording("another-run", "the run has no rule `{rule}`", "结果中没有规则 `{rule}`")
_NEAR: Final = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")


class Looking:
    """What a run can be asked about its findings. Nothing here holds more of them than it is asked for."""

    info: RunInfo
    findings: Sequence[Finding]

    def __repr__(self) -> str:
        about, found = self.info.ruleset, len(self.findings)
        return (
            f"<Run of {about.name} {about.version} as of {self.info.as_of}: {len(self.counts)} rules, {found} findings>"
        )

    @cached_property
    @abstractmethod
    def documents(self) -> dict[str, RuleDocument]:
        """What is kept of each rule, by name."""

    @cached_property
    @abstractmethod
    def setting(self) -> Setting:
        """What all findings have in common."""

    @cached_property
    @abstractmethod
    def covering(self) -> Covering:
        """The waivers that stand on the day of the decision."""

    @abstractmethod
    def finding(self, findings: Sequence[Finding]) -> Self:
        """The run with other findings."""

    @property
    @abstractmethod
    def counts(self) -> tuple[RuleSummary, ...]:
        """The counts of each rule."""

    @property
    def kept(self) -> bool:
        """Are the findings kept as Parquet?"""
        return isinstance(self.findings, Kept)

    @property
    def stays(self) -> bool:
        """Are they in a folder that is there when the run is gone?"""
        kept = self.findings
        return isinstance(kept, Kept) and kept.keeper is None and kept.home is None

    def moved(self, folder: Path) -> Self:
        """The run with its kept findings in a folder that stays.

        Raises:
            UsageError: the folder cannot be written, or holds something else.
        """
        assert isinstance(self.findings, Kept)
        return self.finding(self.findings.placed(folder, None))

    def beside(self, document: Path) -> Self:
        """The run as it is to be written to `document`, which names the folder of its findings relative to itself."""
        if not isinstance(self.findings, Kept):
            return self
        parent, folder = document.resolve().parent, self.findings.folder.resolve()
        called = folder.relative_to(parent) if folder.is_relative_to(parent) else folder
        return self.finding(replace(self.findings, called=called.as_posix()))

    def violations(self, rules: Collection[str]) -> Iterator[tuple[Finding, int]]:
        """The violations of some rules, each with how many it stands for: all there are, or where they are kept one of each
        day of the act where nothing but the day tells how sure they are."""
        if not isinstance(self.findings, Kept):
            wanted = (finding for finding in self.findings if finding.rule in set(rules))
            yield from ((finding, 1) for finding in wanted if finding.verdict is Verdict.VIOLATION)
            return
        for name in rules:
            if sure_by_day(self.documents[name]):
                yield from self.findings.by_day(name, Verdict.VIOLATION)
            else:
                yield from ((finding, 1) for finding in self.findings.of(name, Verdict.VIOLATION))

    def violations_of(self, rule: str) -> int:
        """How many violations of a rule there are, those that are waived or rest on memory among them."""
        return next(item.violation + item.waived + item.from_memory for item in self.counts if item.rule == rule)

    def shown_law(self, rule: str) -> Iterator[tuple[Finding, int]]:
        """Violations of a rule whose findings are kept, for showing the law of all of them: one of each day with how many
        it stands for where citations depend on nothing else, or else one after the other."""
        assert isinstance(self.findings, Kept)
        document = self.documents[rule]
        if sure_by_day(document) and all(citation.condition is None for citation in document.rule.basis):
            return self.findings.by_day(rule, Verdict.VIOLATION)
        return ((finding, 1) for finding in self.findings.of(rule, Verdict.VIOLATION))

    def of_rules(self, names: Collection[str]) -> Iterator[Finding]:
        """The findings of some rules.

        Raises:
            UsageError: `names` is one text, or something else, or the run has no rule of a name.
        """
        expect_names("names", names)
        self.expect_rules(names, self._known)
        return self.found_of(names)

    def found_of(self, names: Collection[str]) -> Iterator[Finding]:
        """The findings of rules, those the run does not know among them."""
        if isinstance(self.findings, Kept):
            return self.findings.of_rules(names)
        return (finding for finding in self.findings if finding.rule in names)

    def of_verdict(self, rule: str, verdict: Verdict) -> Iterator[Finding]:
        """The findings of a rule with one verdict, in order.

        Raises:
            UsageError: it is no `Verdict`, or the run has no such rule.
        """
        expect("verdict", verdict, Verdict)
        expect("rule", rule, str)
        self.expect_rules([rule], self._known)
        if isinstance(self.findings, Kept):
            return self.findings.of(rule, verdict) if rule in self.findings.counts else iter(())
        return (finding for finding in self._by_rule.get(rule, ()) if finding.verdict is verdict)

    @staticmethod
    def expect_rules(names: Iterable[str], known: Collection[str]) -> None:
        """See that the run has rules.

        Raises:
            UsageError: it has not.
        """
        for name in names:
            if name not in known:
                near = did_you_mean(name, known, 1)
                args: dict[str, object] = {"rule": name, "near": "".join(near)}
                raise UsageError(Diagnostic(_OTHER_RUN, args, None, _NEAR if near else None))

    @property
    @abstractmethod
    def _known(self) -> Collection[str]:
        """The rules the run was asked for, those among them whose table was not supplied."""

    @cached_property
    def _by_rule(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.rule, []).append(finding)
        return found

    def data(self, finding: Finding, setting: Setting | None = None) -> dict[str, Any]:
        """A finding as it stands in a saved run; `setting` has the papers behind its values where the run has none."""
        renderer = self._renderers.get(finding.rule)
        if renderer is None:
            renderer = self._renderers[finding.rule] = Renderer(self.documents[finding.rule], self.setting)
        return renderer.data(finding, setting or self.setting, next(iter(self.waivers_of(finding)), None))

    @cached_property
    def _renderers(self) -> dict[str, Renderer]:
        return {}

    def teller(self, rule: str, lang: str) -> Teller:
        """What says in one language what there is to say of many findings of a rule."""
        found = self._tellers.get((rule, lang))
        if found is None:
            found = self._tellers[rule, lang] = Teller(self.documents[rule], self.setting, lang)
        return found

    @cached_property
    def _tellers(self) -> dict[tuple[str, str], Teller]:
        return {}

    def from_memory(self, finding: Finding) -> bool:
        """Does the finding rest on something known only from memory?"""
        document = self.documents[finding.rule]
        if not self._doubtful[finding.rule]:
            return False
        at = (finding.rule, finding.occurred if self._by_day[finding.rule] else finding.key)
        known = self._memories.get(at)
        if known is None:
            known = certainty(Case(document, finding, self.setting)) is Certainty.MEMORY
            if self._by_day[finding.rule] or not isinstance(self.findings, Kept):
                self._memories[at] = known
        return known

    def waivers_of(self, finding: Finding) -> tuple[Waiver, ...]:
        """The waivers that cover a violation; the first is the one it is shown with. What rests on memory counts for
        nothing already, so none covers it."""
        if not self.covering or finding.verdict is not Verdict.VIOLATION or self.from_memory(finding):
            return ()
        return self.covering.finding(finding)

    def counts_for(self, finding: Finding) -> bool:
        """Is a finding a violation that counts: neither waived nor resting on memory?"""
        found = finding.verdict is Verdict.VIOLATION and not self.from_memory(finding)
        return found and not self.waivers_of(finding)

    def covered(self) -> Iterator[tuple[str, tuple[Waiver, ...], int]]:
        """What is waived: rule, waivers, and how many violations they cover together."""
        if not self.covering:
            return
        for name in self.documents:
            if isinstance(self.findings, Kept) and self._told_apart(name):
                yield from ((name, waivers, count) for waivers, count in self.parted(name).groups)
        for finding in self.findings if not isinstance(self.findings, Kept) else self._one_by_one(self.findings):
            if waivers := self.waivers_of(finding):
                yield finding.rule, waivers, 1

    def parted(self, rule: str) -> Parted:
        """The violations of a rule whose findings are kept, those that are waived apart, and those that rest on memory left
        out as far as the day of the act tells."""
        if not self.covering:
            return Parted()
        if rule not in self._parted:
            assert isinstance(self.findings, Kept)
            self._parted[rule] = parted(self.findings, rule, self.covering, self._memory_days(rule))
        return self._parted[rule]

    def _memory_days(self, rule: str) -> list[date | None]:
        """Days of the act whose findings rest on memory, of a rule whose findings are kept, as far as the day tells."""
        assert isinstance(self.findings, Kept)
        days = self.findings.by_day(rule, Verdict.VIOLATION) if self._doubtful[rule] and self._by_day[rule] else ()
        return [each.occurred for each, _ in days if self.from_memory(each)]

    def counted_among(self, rule: str) -> pl.Expr | None:
        """What is true of the findings of a rule that are violations that count, where they are kept; None where each has to
        be looked at."""
        import polars as pl

        if not self._told_apart(rule):
            return None
        found = pl.col("verdict") == Verdict.VIOLATION.value
        if days := self._memory_days(rule):
            found &= ~pl.col("occurred").is_in(days, nulls_equal=True)
        covered = self.parted(rule).covered
        return found if covered is None else found & ~covered

    @cached_property
    def _parted(self) -> dict[str, Parted]:
        return {}

    def _told_apart(self, rule: str) -> bool:
        """Is it known which of its findings rest on memory without looking at each?"""
        return not self._doubtful[rule] or self._by_day[rule]

    def _one_by_one(self, kept: Kept) -> Iterator[Finding]:
        for name in kept.counts:
            if not self._told_apart(name) and self.covering.named(name, kept.rules[name].about) is not None:
                yield from kept.of(name, Verdict.VIOLATION)

    @cached_property
    def _doubtful(self) -> dict[str, bool]:
        return {name: may_rest_on_memory(document) for name, document in self.documents.items()}

    @cached_property
    def _by_day(self) -> dict[str, bool]:
        return {name: sure_by_day(document) for name, document in self.documents.items()}

    @cached_property
    def _memories(self) -> dict[tuple[str, date | str | None], bool]:
        """By rule and day, or by rule and key where more than the day tells."""
        return {}
