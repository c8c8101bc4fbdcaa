"""A run as JUnit XML, which build servers show as tests: a suite per rule, a case per finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from hegui.explaining.words import NATURES, SEVERITIES, STANDING
from hegui.facts.registry import Place
from hegui.outcome import ConclusionSummary, Drawn, Finding, RuleSummary
from hegui.report.look import Look
from hegui.report.plain import plain, referred
from hegui.report.run import Run
from hegui.report.sorts import (
    TITLES,
    Sort,
    count,
    listed,
    of_sort,
    place_of,
    sort_of_drawn,
    told,
    town_of,
)
from hegui.report.table import due_text
from hegui.report.waiver_page import given
from hegui.report.words import DAYS, place_text, waiver_text
from hegui.ruleset.model import Severity

FAILED: Final = (Sort.VIOLATION,)
SKIPPED: Final = (Sort.WAIVED, Sort.MEMORY, Sort.UNDETERMINED)
_AT_ONCE: Final = 1000
"""Cases written together."""


def junit(run: Run, look: Look) -> Iterator[str]:
    """The run in the language of `look`: violations that count are failures; what is undetermined, waived or rests on memory
    is skipped and says why."""
    suites = _Suites(run, look.lang)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<!-- {STANDING.get(look.lang)} -->\n"
    days = DAYS.get(look.lang).format(as_of=run.info.as_of, decided_on=run.info.decided_on)
    yield f"<!-- {days} -->\n"
    yield f"<testsuites{attributes(name=run.info.ruleset.title.get(look.lang), **suites.totals())}>\n"
    for item in run.counts:
        yield from suites.rule(item)
    for summary in run.drawing.summaries:
        yield from suites.conclusion(summary)
    yield "</testsuites>\n"


@dataclass
class _Suites:
    """The suites of a run."""

    run: Run
    lang: str

    def totals(self) -> dict[str, int]:
        found = Counter[str]()
        for item in self.run.counts:
            found.update(self.counts(item))
        for drawn in self.run.drawing.drawn:
            found.update(_numbers([sort_of_drawn(self.run, drawn)]))
        return {name: found[name] for name in ("tests", "failures", "errors", "skipped")}

    def counts(self, item: RuleSummary) -> dict[str, int]:
        """The numbers of a rule's suite, known before its cases are."""
        sorts = {sort: count(item, sort) for sort in listed(self.run)}
        failed, skipped = (sum(sorts[sort] for sort in among) for among in (FAILED, SKIPPED))
        return {"tests": sum(sorts.values()), "failures": failed, "errors": 0, "skipped": skipped}

    def rule(self, item: RuleSummary) -> Iterator[str]:
        rule = self.run.documents[item.rule].rule
        about = {
            "title": rule.title.get(self.lang),
            "severity": SEVERITIES[rule.severity].get(self.lang),
            "nature": " ".join(dict.fromkeys(NATURES[nature].get(self.lang) for nature, _ in rule.natures)),
            "authority": rule.authority.get(self.lang),
            "compliant": str(item.compliant),
            "not_applicable": str(item.not_applicable),
        }
        yield from self.open(item.rule, about, self.counts(item))
        lot: list[str] = []
        for sort in listed(self.run):
            for finding in of_sort(self.run, item.rule, sort):
                lot.append(self.finding(finding, sort))
                if len(lot) == _AT_ONCE:
                    yield "".join(lot)
                    lot.clear()
        yield "".join(lot) + " </testsuite>\n"

    def open(self, name: str, about: dict[str, str], counts: dict[str, int]) -> Iterator[str]:
        yield f" <testsuite{attributes(name=name, **counts)}>\n  <properties>\n"
        info = self.run.info
        waivers = given(info.waivers, info.decided_on, self.lang)
        told = {"standing": STANDING.get(self.lang), **({"waivers": waivers} if waivers else {}), **about}
        for key, value in told.items():
            yield f"   <property{attributes(name=key, value=value)}/>\n"
        yield "  </properties>\n"

    def finding(self, finding: Finding, sort: Sort) -> str:
        place, said = place_of(self.run, finding), told(self.run, finding, self.lang)
        severity = self.run.documents[finding.rule].rule.severity
        waived = [waiver_text(waiver, self.lang) for waiver in self.run.waivers_of(finding)[:1]]
        lines = [said, *self._where(place), town_of(self.run, finding.jurisdiction), *waived]
        if sort is Sort.VIOLATION:
            law = self.run.teller(finding.rule, self.lang)
            due = law.law(finding).due
            lines += [*law.law_lines(finding), *([due_text(due, self.lang)] if due is not None else [])]
        name = f"{finding.name or finding.entity} · {finding.about}/{finding.key}"
        return self.case(finding.rule, name, place, self.outcome(sort, severity, [*waived, said], lines))

    def _where(self, place: Place | None) -> list[str]:
        return [place_text(place, self.lang, self.run.folder)] if place is not None else []

    def outcome(self, sort: Sort, severity: Severity, said: Sequence[str], lines: Sequence[str]) -> str:
        """What a case says beside its name; nothing where it passed."""
        body = "\n".join(
            referred(escape(plain(text), quote=False)) for text in (*filter(None, lines), STANDING.get(self.lang))
        )
        if sort in FAILED:
            return f"   <failure{attributes(message=said[0], type=severity.value)}>{body}</failure>\n"
        if sort not in SKIPPED:
            return ""
        apart = [TITLES[sort].get(self.lang)] if sort is Sort.MEMORY else []  # all others say themselves why
        joint = "：" if self.lang == "zh" else ": "
        return f"   <skipped{attributes(message=joint.join((*apart, *said)))}/>\n"

    def case(self, rule: str, name: str, place: Place | None, outcome: str) -> str:
        where = {"file": place.file, "line": place.row} if place is not None and place.row is not None else {}
        opened = f"  <testcase{attributes(classname=rule, name=name, **where)}"
        return f"{opened}>\n{outcome}  </testcase>\n" if outcome else f"{opened}/>\n"

    # --- conclusions

    def conclusion(self, summary: ConclusionSummary) -> Iterator[str]:
        found = [each for each in self.run.drawing.drawn if each.conclusion == summary.conclusion]
        about = {
            "title": summary.title.get(self.lang),
            "severity": SEVERITIES[Severity(summary.severity)].get(self.lang),
            "authority": summary.authority.get(self.lang),
        }
        yield from self.open(summary.conclusion, about, _numbers([sort_of_drawn(self.run, each) for each in found]))
        yield from (self.drawn(each, Severity(summary.severity)) for each in found)
        yield " </testsuite>\n"

    def drawn(self, drawn: Drawn, severity: Severity) -> str:
        said = drawn.message.get(self.lang)
        waived = [waiver_text(self.run.waivers[name], self.lang) for name in drawn.waived_by]
        lines = [said, town_of(self.run, drawn.jurisdiction), *waived]
        outcome = self.outcome(sort_of_drawn(self.run, drawn), severity, [*waived, said], lines)
        return self.case(drawn.conclusion, f"{drawn.name or drawn.entity} · {drawn.kind}/{drawn.entity}", None, outcome)


def _numbers(sorts: Sequence[Sort]) -> dict[str, int]:
    failed, skipped = (sum(sort in among for sort in sorts) for among in (FAILED, SKIPPED))
    return {"tests": len(sorts), "failures": failed, "errors": 0, "skipped": skipped}


def attributes(**values: object) -> str:
    """Attributes of an element, each with a blank before it."""
    return "".join(f' {name}="{referred(escape(plain(str(value))))}"' for name, value in values.items())
