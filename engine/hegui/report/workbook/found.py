"""The lists of findings: the office's problem list, all violations, what is undetermined, and what goes to which authority."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from hegui.explaining.compiled import Settled, Teller
from hegui.explaining.law import NotBefore
from hegui.explaining.words import CERTAINTIES, NATURES, SEVERITIES, VERDICTS
from hegui.outcome import Finding, Verdict
from hegui.report import words as say
from hegui.report.batches import Batch, batches
from hegui.report.evidence import Evidence
from hegui.report.problem_list import COLUMNS, STATES, counted, problems
from hegui.report.run import Run
from hegui.report.workbook.cells import Value
from hegui.report.workbook.frame import Column, Layout, Shape
from hegui.report.workbook.package import Row, quoted
from hegui.report.workbook.words import FIELDS, NONE, SHEETS, WAYS

WRAPPED: Final = 20_000
"""Rows up to which texts are wrapped: a program measures every row of those before it shows the sheet."""
TRANSFERRED: Final = 50_000
"""Rows of the list by authority, which says again what the problem list says."""

_WIDTHS: Final = {
    "number": 6, "origin": 14, "town": 10, "name": 18, "credit_code": 21, "type": 24, "nature": 11, "description": 40,
    "evidence": 48, "law": 46, "aim": 12, "measures": 28, "deadline": 17, "responsible": 18, "authority": 18, "acceptance": 14,
    "progress": 14, "state": 10,
}  # fmt: skip
_REPEATED: Final = {"origin", "town", "type", "nature", "law", "measures", "authority", "deadline"}
_LOOKS: Final[dict[str, Shape]] = {"number": "plain", "type": "link", "deadline": "due"}


@dataclass(frozen=True)
class Found:
    """The lists of findings of a run, in the language of the report. `places` are the rows of rules in their own list."""

    run: Run
    lang: str

    @cached_property
    def places(self) -> dict[str, str]:
        """Where each rule stands in the list of rules."""
        sheet = quoted(SHEETS["rules"].get(self.lang))
        return {name: f"{sheet}!A{number}" for number, name in enumerate(self.run.documents, 2)}

    def column(self, name: str, width: float, look: Shape = "text", repeated: bool = False) -> Column:
        shape = "date" if look == "due" and self.lang != "zh" else look  # the header says that it is proposed
        return Column(FIELDS[name].get(self.lang), width, shape, repeated)

    def layout(self, count: int, frozen: int, *columns: tuple[str, float, Shape, bool], paper: int = 9) -> Layout:
        made = tuple(self.column(*column) for column in columns)
        return Layout(made, frozen, paper, wrapped=count <= WRAPPED)

    # --- the problem list

    def problem_layout(self) -> Layout:
        columns = (
            Column(title, _WIDTHS[name], _LOOKS.get(name, "text"), name in _REPEATED, STATES if name == "state" else ())
            for name, title in COLUMNS.items()
        )
        return Layout(tuple(columns), 4, paper=8, wrapped=self.run.summary.total(Verdict.VIOLATION) <= WRAPPED)

    def problems(self) -> Iterator[Row]:
        at = list(COLUMNS).index("type")
        for problem in problems(self.run):
            yield Row(problem.cells(), {at: self.places[problem.rule]}, problem.rule)

    # --- all violations

    def finding_layout(self, count: int) -> Layout:
        return self.layout(
            count, 2,
            ("rule", 28, "link", True), ("title", 22, "text", True), ("sort", 11, "text", True), ("severity", 10, "text", True),
            ("nature", 12, "text", True), ("kind", 12, "text", True), ("entity", 12, "text", False), ("name", 18, "text", False),
            ("code", 21, "text", False), ("town", 10, "text", True), ("occurred", 12, "date", False),
            ("message", 42, "text", False), ("evidence", 46, "text", False), ("law", 46, "text", True),
            ("notes", 18, "text", True), ("due", 17, "due", True), ("authority", 18, "text", True), ("file", 18, "text", True),
            ("sheet", 12, "text", True), ("row", 7, "plain", False), ("fingerprint", 28, "text", False), paper=8,
        )  # fmt: skip

    def findings(self) -> Iterator[Row]:
        """All but what is undetermined: violations, and where they are listed the other verdicts."""
        for batch in batches(self.run, self._decided()):
            yield from (self._finding(finding, batch) for finding in batch.findings)

    def _decided(self) -> Iterator[Finding]:
        summary = self.run.summary
        found = summary.total(Verdict.VIOLATION) + summary.total(Verdict.UNDETERMINED)
        found += sum(item.from_memory + item.waived for item in summary.rules)
        every = len(self.run.findings) > found
        listed = (Verdict.VIOLATION, Verdict.COMPLIANT, Verdict.NOT_APPLICABLE) if every else (Verdict.VIOLATION,)
        for item in summary.rules:
            for verdict in listed:
                yield from self.run.of_verdict(item.rule, verdict)

    def _finding(self, finding: Finding, batch: Batch) -> Row:
        of, joint = self.rule(finding), "；" if self.lang == "zh" else "; "
        law = of.teller.law(finding)
        label = batch.entities.get((finding.kind, finding.entity))
        memory = self.run.from_memory(finding) if finding.verdict is Verdict.VIOLATION else False
        waived = bool(self.run.waivers_of(finding))
        values: tuple[Value, ...] = (
            finding.rule,
            of.title,
            (say.APART if memory else say.WAIVED if waived else VERDICTS[finding.verdict]).get(self.lang),
            of.severity,
            NATURES[law.nature].get(self.lang),
            self.kind(finding.kind),
            finding.entity,
            finding.name,
            label.credit_code if label is not None else None,
            self.town(finding.jurisdiction),
            finding.occurred,
            of.teller.message(finding),
            "\n".join(of.evidence.lines(finding, batch.setting)),
            "\n".join(of.teller.law_lines(finding)),
            joint.join(self._notes(finding, law)),
            say.NOT_BEFORE.get(self.lang).format(day=law.due.day) if isinstance(law.due, NotBefore) else law.due,
            of.authority,
            *self.source(finding),
            finding.fingerprint,
        )
        return Row(values, {0: self.places[finding.rule]}, finding.rule)

    def _notes(self, finding: Finding, law: Settled) -> Iterator[str]:
        """How sure the law is, whether it has changed, whether the notice talks of the matter."""
        if law.certainty is not None:
            yield CERTAINTIES[law.certainty].get(self.lang)
        if law.later is not None:
            yield (say.REPEALED if law.later.status == "repealed" else say.LATER).get(self.lang)
        if finding.scope is False:
            yield say.OUT_OF_SCOPE.get(self.lang)

    # --- what is undetermined

    def open_layout(self, count: int) -> Layout:
        return self.layout(
            count, 2,
            ("rule", 28, "link", True), ("title", 26, "text", True), ("severity", 10, "text", True), ("kind", 12, "text", True),
            ("entity", 12, "text", False), ("name", 18, "text", False), ("town", 10, "text", True), ("waits", 60, "text", True),
            ("authority", 18, "text", True), ("file", 20, "text", True), ("sheet", 14, "text", True), ("row", 7, "plain", False),
            ("fingerprint", 30, "text", False),
        )  # fmt: skip

    def open(self) -> Iterator[Row]:
        joint = "；" if self.lang == "zh" else "; "
        for item in self.run.counts:
            if not item.undetermined:
                continue
            for finding in self.run.of_verdict(item.rule, Verdict.UNDETERMINED):
                of = self.rule(finding)
                values: tuple[Value, ...] = (
                    finding.rule,
                    of.title,
                    of.severity,
                    self.kind(finding.kind),
                    finding.entity,
                    finding.name,
                    self.town(finding.jurisdiction),
                    joint.join(of.teller.waits(finding)),
                    of.authority,
                    *self.source(finding),
                    finding.fingerprint,
                )
                yield Row(values, {0: self.places[finding.rule]}, finding.rule)

    # --- what is waived

    def waived_layout(self) -> Layout:
        return self.layout(
            0, 2,
            ("rule", 28, "link", True), ("title", 22, "text", True), ("document", 30, "text", True), ("entity", 12, "text", False),
            ("name", 18, "text", False), ("town", 10, "text", True), ("message", 42, "text", False),
            ("fingerprint", 30, "text", False),
        )  # fmt: skip

    def waived(self) -> Iterator[Row]:
        """Violations that a document has not counted; a run without waivers has none."""
        for batch in batches(self.run, self._waived()):
            for finding in batch.findings:
                of, waiver = self.rule(finding), self.run.waivers_of(finding)[0]
                values: tuple[Value, ...] = (
                    finding.rule,
                    of.title,
                    say.waiver_text(waiver, self.lang),
                    finding.entity,
                    finding.name,
                    self.town(finding.jurisdiction),
                    of.teller.message(finding),
                    finding.fingerprint,
                )
                yield Row(values, {0: self.places[finding.rule]}, finding.rule)

    def _waived(self) -> Iterator[Finding]:
        for item in self.run.counts:
            if item.waived:
                yield from filter(self.run.waivers_of, self.run.of_verdict(item.rule, Verdict.VIOLATION))

    # --- by authority

    def transfer_layout(self, count: int) -> Layout:
        columns = self.layout(
            count, 4,
            ("receiver", 20, "text", True), ("title", 26, "link", True), ("town", 10, "text", True), ("name", 18, "text", False),
            ("code", 21, "text", False), ("nature", 12, "text", True), ("message", 42, "text", False), ("law", 46, "text", True),
            ("fingerprint", 28, "text", False),
        )  # fmt: skip
        way = Column(FIELDS["way"].get(self.lang), 18, choices=WAYS[self.lang])
        blank = tuple(self.column(name, 12) for name in ("number", "sent", "answer"))
        return Layout((*columns.columns, way, *blank), columns.frozen, wrapped=columns.wrapped)

    def transfers(self) -> Iterator[Row]:
        """Violations that count, those of an authority together."""
        for batch in batches(self.run, islice(self._by_authority(), TRANSFERRED)):
            for finding in batch.findings:
                of, label = self.rule(finding), batch.entities.get((finding.kind, finding.entity))
                values: tuple[Value, ...] = (
                    of.authority or NONE.get(self.lang),
                    of.title,
                    self.town(finding.jurisdiction),
                    finding.name or finding.entity,
                    label.credit_code if label is not None else None,
                    NATURES[of.teller.law(finding).nature].get(self.lang),
                    of.teller.message(finding),
                    "\n".join(of.teller.law_lines(finding)),
                    finding.fingerprint,
                    *(None,) * 4,
                )
                yield Row(values, {1: self.places[finding.rule]})

    def _by_authority(self) -> Iterator[Finding]:
        def authority(name: str) -> str:
            return self.run.documents[name].rule.authority.get(self.lang) or "\uffff"

        names = sorted(
            (item.rule for item in self.run.counts if item.violation), key=lambda name: (authority(name), name)
        )
        for name in names:
            yield from counted(self.run, [name])

    # --- what rows have in common

    @cached_property
    def _rules(self) -> dict[str, OfRule]:
        return {}

    def rule(self, finding: Finding) -> OfRule:
        """What all rows of a rule say."""
        found = self._rules.get(finding.rule)
        if found is None:
            found = self._rules[finding.rule] = OfRule.of(self.run, finding.rule, self.lang)
        return found

    def kind(self, name: str) -> str:
        """What a kind is called."""
        known = self.run.labels.kinds.get(name)
        return known.label.get(self.lang) if known is not None else name

    def town(self, jurisdiction: str | None) -> str | None:
        """What a jurisdiction is called."""
        return self.run.labels.jurisdictions.get(jurisdiction, jurisdiction) if jurisdiction is not None else None

    @cached_property
    def _sources(self) -> list[tuple[str, str | None]]:
        folder = self.run.folder
        return [(table.file.removeprefix(folder), table.sheet) for table in self.run.info.facts.sources]

    def source(self, finding: Finding) -> tuple[Value, Value, Value]:
        """File, sheet and row of the row judged."""
        if finding.source is None:
            return None, None, finding.row
        place = self.run.info.facts.sources[finding.source].place(finding.row, key=finding.key)
        return *self._sources[finding.source], place.row if place.key is None else place.key


@dataclass(frozen=True, slots=True)
class OfRule:
    """What all findings of a rule have in common, in words."""

    teller: Teller
    evidence: Evidence
    title: str
    severity: str
    authority: str

    @staticmethod
    def of(run: Run, name: str, lang: str) -> OfRule:
        rule, teller = run.documents[name].rule, run.teller(name, lang)
        severity = SEVERITIES[rule.severity].get(lang)
        return OfRule(teller, Evidence(teller, run.folder), rule.title.get(lang), severity, rule.authority.get(lang))
