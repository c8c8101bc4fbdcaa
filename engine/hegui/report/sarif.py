"""A run as SARIF 2.1.0, the form in which tools exchange what they found, written result by result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining.citing import cite_in_text
from hegui.explaining.document import key_of
from hegui.explaining.words import NATURES, ROLES, SEVERITIES, STANDING
from hegui.facts.registry import Place
from hegui.outcome import ConclusionSummary, Drawn, Finding, LeafValue, RowGround
from hegui.report import words as say
from hegui.report.concluded import KEYS
from hegui.report.drawn import row_place
from hegui.report.look import Look
from hegui.report.places import uri
from hegui.report.plain import line
from hegui.report.run import Run
from hegui.report.sorts import (
    LEVELS,
    Level,
    Sort,
    kind_of,
    listed,
    of_sort,
    place_of,
    sort_of_drawn,
    told,
    total,
    town_of,
)
from hegui.report.words import place_text, waiver_text
from hegui.ruleset.model import Nature, Rule, Severity
from hegui.waivers.model import Waiver

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RELATED: Final = 20
"""Cells or grounds named with one result."""
KINDS: Final = {
    Sort.VIOLATION: "fail",
    Sort.WAIVED: "fail",
    Sort.MEMORY: "review",
    Sort.UNDETERMINED: "open",
    Sort.COMPLIANT: "pass",
    Sort.NOT_APPLICABLE: "notApplicable",
}
"""What the standard calls a sort: `open` is what could not be decided for want of data."""

_BRACKET: Final = re.compile(r"[\\\[\]]")

Json = dict[str, Any]


def sarif(run: Run, look: Look) -> Iterator[str]:
    """The run as one SARIF log with one run, messages in the language of `look` and in both under `properties`."""
    log = _Log(run, look.lang)
    head = json.dumps(log.head(), ensure_ascii=False, indent=1)
    assert head.endswith("\n}")
    yield f'{{\n"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [{head[:-2]},\n "results": ['
    joint = "\n"
    for result in log.results():
        yield joint + json.dumps(result, ensure_ascii=False, allow_nan=False)
        joint = ",\n"
    yield "\n ]}\n]}\n"


class _Log:
    """The parts of the log."""

    def __init__(self, run: Run, lang: str) -> None:
        self.run, self.lang = run, lang
        names = [item.rule for item in run.counts] + [rule.conclusion for rule in run.drawing.summaries]
        self.numbers = {name: number for number, name in enumerate(names)}
        self._cells = {name: _Cells(run, name, lang) for name in run.documents}

    # --- the run

    def head(self) -> Json:
        """Everything but the results."""
        info, files = self.run.info, {table.file: table.digest for table in self.run.info.facts.sources}
        rules = [self.rule(self.run.documents[item.rule].rule) for item in self.run.counts]
        rules += map(self.conclusion_rule, self.run.drawing.summaries)
        driver = {
            "name": "hegui",
            "version": info.hegui,
            "fullDescription": both(STANDING, self.lang),
            "rules": rules,
        }
        return {
            "tool": {"driver": driver},
            "language": "zh-CN" if self.lang == "zh" else "en",
            "columnKind": "unicodeCodePoints",
            "invocations": [self.invocation()],
            "artifacts": [_artifact(file, digest) for file, digest in files.items()],
            "properties": {
                "standing": pair(STANDING),
                "counts": {sort.value: total(self.run, sort) for sort in Sort},
            },
        }

    def invocation(self) -> Json:
        """How the run came about."""
        info, found = self.run.info, Json()
        if info.started is not None:
            started = datetime.fromisoformat(info.started)
            utc = (started if started.tzinfo is not None else started.replace(tzinfo=UTC)).astimezone(UTC)
            found["startTimeUtc"] = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        ruleset = {"name": info.ruleset.name, "version": info.ruleset.version, "digest": info.ruleset.digest}
        days = {"as_of": info.as_of.isoformat(), "decided_on": info.decided_on.isoformat()}
        made = {
            "engine": info.engine,
            "chainer": info.chainer,
            "facts": info.facts.digest,
            "waivers": info.waivers.digest,
            **({"waivers_ignored": True} if info.waivers.ignored else {}),
        }
        known = {"data_problems": len(self.run.problems), "not_supplied": dict(self.run.summary.not_supplied)}
        return {
            "executionSuccessful": True,
            **found,
            "properties": {**days, "ruleset": ruleset, **made, "rows": dict(self.run.summary.entities), **known},
        }

    def rule(self, rule: Rule) -> Json:
        document, joint = self.run.documents[rule.name], "：" if self.lang == "zh" else ": "
        law = [
            ROLES[each.role].get(self.lang) + joint + cite_in_text(each, document.laws[each.law], self.lang)
            for each in rule.basis
        ]
        conditions = [
            f"{name}: {part.text}" for name, part in (("when", rule.when), ("violation", rule.violation)) if part
        ]
        return self._rule(
            rule.name,
            rule.title,
            rule.severity,
            [nature for nature, _ in rule.natures],
            (conditions, law, rule.remedy.text if rule.remedy is not None else None),
            {"authority": pair(rule.authority), "notice": list(rule.notice), "law": law, "ruleset": rule.layer},
        )

    def conclusion_rule(self, rule: ConclusionSummary) -> Json:
        how = [f"{KEYS[key].get(self.lang)}: {text}" for key, text in rule.how]
        return self._rule(
            rule.conclusion,
            rule.title,
            Severity(rule.severity),
            [Nature(rule.nature)],
            (how, [], rule.remedy),
            {"authority": pair(rule.authority), "notice": list(rule.notice), "conclusion": True},
        )

    def _rule(
        self,
        name: str,
        title: Text,
        severity: Severity,
        natures: Sequence[Nature],
        told_of: tuple[list[str], list[str], Text | None],
        properties: Json,
    ) -> Json:
        conditions, law, remedy = told_of
        measures = [f"{say.REMEDY.get(self.lang)}: {remedy.get(self.lang)}"] if remedy is not None else []
        lines = [title.get(self.lang), *conditions, *law, *measures, STANDING.get(self.lang)]
        return {
            "id": name,
            "shortDescription": both(title, self.lang),
            "help": {"text": "\n".join(map(message, lines))},
            "defaultConfiguration": {"level": LEVELS[severity]},
            "properties": {
                "title": pair(title),
                "severity": severity.value,
                "priority": pair(SEVERITIES[severity]),
                "nature": [nature.value for nature in natures],
                "nature_text": [pair(NATURES[nature]) for nature in natures],
                **properties,
            },
        }

    # --- results

    def results(self) -> Iterator[Json]:
        """Every finding by rule and sort, then the conclusions."""
        for item in self.run.counts:
            for sort in listed(self.run):
                for finding in of_sort(self.run, item.rule, sort):
                    yield self.finding(finding, sort)
        for drawn in self.run.drawing.drawn:
            yield self.drawn(drawn)

    def finding(self, finding: Finding, sort: Sort) -> Json:
        level, place = LEVELS[self.run.documents[finding.rule].rule.severity], place_of(self.run, finding)
        said = Text(told(self.run, finding, "zh"), told(self.run, finding, "en"))
        found = self._result(finding.rule, finding.fingerprint, sort, level, said)
        whom = logical(self.run, finding.kind, finding.entity, finding.name)
        at = {} if place is None else {"physicalLocation": physical(place)}
        found["locations"] = [{**at, "logicalLocations": [*_sheets(place), whom]}]
        if related := self._cells[finding.rule].of(finding):
            found["relatedLocations"] = [{"id": number, **each} for number, each in enumerate(related, 1)]
        if waivers := self.run.waivers_of(finding):
            found["suppressions"] = [suppression(waiver, self.lang) for waiver in waivers]
        law = self.run.teller(finding.rule, self.lang).law(finding)
        found["properties"] |= {
            **_filed(self.run, finding),
            "verdict": finding.verdict.value,
            "nature": law.nature.value,
            "occurred": finding.occurred.isoformat() if finding.occurred is not None else None,
            "certainty": law.certainty.value if law.certainty is not None else None,
            "law": list(self.run.teller(finding.rule, self.lang).law_lines(finding)),
        }
        return found

    def drawn(self, drawn: Drawn) -> Json:
        sort = sort_of_drawn(self.run, drawn)
        level = LEVELS[Severity(self.run.conclusion_rules[drawn.conclusion].severity)]
        found = self._result(drawn.conclusion, drawn.fingerprint, sort, level, drawn.message)
        found["locations"] = [{"logicalLocations": [logical(self.run, drawn.kind, drawn.entity, drawn.name)]}]
        places = islice(self.grounds(drawn), RELATED)
        if related := [located(place, said) for place, said in places]:
            found["relatedLocations"] = [{"id": number, **each} for number, each in enumerate(related, 1)]
        if drawn.waived_by:
            found["suppressions"] = [suppression(self.run.waivers[name], self.lang) for name in drawn.waived_by]
        found["properties"] |= {
            **_filed(self.run, drawn),
            "verdict": drawn.verdict,
            "because": list(drawn.because[:RELATED]),
            "grounds": len(drawn.because) + len(drawn.rows),
        }
        return found

    def _result(self, rule: str, fingerprint: str, sort: Sort, level: Level, said: Text) -> Json:
        kind = KINDS[sort]
        return {
            "ruleId": rule,
            "ruleIndex": self.numbers[rule],
            "kind": kind,
            "level": level if kind == "fail" else "none",
            "message": both(said, self.lang),
            "partialFingerprints": {"hegui/v1": fingerprint},
            "properties": {**pair(said), "sort": sort.value},
        }

    # --- where

    def grounds(self, drawn: Drawn) -> Iterator[tuple[Place, str]]:
        """Where the findings and rows stand that a conclusion rests on, and what each says."""
        for fingerprint in drawn.because[:RELATED]:
            if (finding := self._grounding.get(fingerprint)) is not None and (place := place_of(self.run, finding)):
                yield place, told(self.run, finding, self.lang)
        for row in drawn.rows[:RELATED]:
            if (place := row_place(row, self.run.info.facts.sources)) is not None:
                yield place, _row_text(self.run, row, self.lang)

    @cached_property
    def _grounding(self) -> Mapping[str, Finding]:
        """The findings that are named with conclusions."""
        wanted = {each for drawn in self.run.drawing.drawn for each in drawn.because[:RELATED]}
        found: Iterable[Finding] = self.run.findings
        if isinstance(self.run.findings, Kept):
            own = (each for each in sorted(wanted) if each.partition("/")[0] in self.run.documents)
            found = self.run.findings.several(own)
        return {finding.fingerprint: finding for finding in found if finding.fingerprint in wanted}


class _Cells:
    """The cells that findings of one rule rest on, with what stands in them."""

    def __init__(self, run: Run, rule: str, lang: str) -> None:
        self.run, self.lang = run, lang
        document = run.documents[rule]
        self.teller = run.teller(rule, lang)
        self.leaves = list(zip(document.leaves, document.rule.leaves, strict=True))

    def of(self, finding: Finding) -> list[Json]:
        """A location for each value that stands somewhere."""
        pairs = zip(self.leaves, finding.values, strict=False)
        standing = [(leaf, value) for leaf, value in pairs if value.source is not None][:RELATED]
        return [self._cell(finding, *leaf, value) for leaf, value in standing]

    def _cell(self, finding: Finding, leaf: Any, node: Any, value: LeafValue) -> Json:
        assert value.source is not None
        place = self.run.info.facts.sources[value.source].place(
            value.row, leaf.field, key_of(finding, value, self.run.setting)
        )
        label = leaf.label.get(self.lang) or leaf.text
        known = value.value is not None or value.below is not None
        said = label + (f"{'：' if self.lang == 'zh' else ': '}{self.teller.reader(node)(value)}" if known else "")
        return located(place, said)


def both(text: Text, lang: str) -> Json:
    """A message of the log in the language asked for."""
    return {"text": message(text.get(lang))}


def message(text: str) -> str:
    """A text as a message of the log, in which braces mean arguments and brackets links.

    >>> message("{x} [a](b)"), message("[a]")
    ('{{x}} \\\\[a\\\\](b)', '[a]')
    """
    text = line(text).replace("{", "{{").replace("}", "}}")
    return _BRACKET.sub(r"\\\g<0>", text) if "](" in text else text


def pair(text: Text) -> Json:
    """A text in both languages."""
    return {"zh": text.zh, "en": text.en}


def physical(place: Place) -> Json:
    """A place in a file: the row of a table is the line."""
    found: Json = {"artifactLocation": {"uri": uri(place.file)}}
    if place.row is not None and place.row > 0:
        found["region"] = {"startLine": place.row}
    return found


def located(place: Place, said: str) -> Json:
    """A cell or row with what is said of it."""
    sheets = _sheets(place)
    found = {"physicalLocation": physical(place), **({"logicalLocations": sheets} if sheets else {})}
    return {**found, "message": {"text": message(said)}}


def logical(run: Run, kind: str, entity: str, name: str | None) -> Json:
    """Whom a result is filed under."""
    return {"name": name or entity, "fullyQualifiedName": f"{kind}/{entity}", "kind": kind_of(run, kind).en}


def suppression(waiver: Waiver, lang: str) -> Json:
    """A waiver that covers a result."""
    return {
        "kind": "external",
        "status": "accepted",
        "justification": f"{waiver_text(waiver, lang)}{'：' if lang == 'zh' else ': '}{waiver.reason.get(lang)}",
        "properties": {
            "waiver": waiver.name,
            "document": waiver.document,
            "approved_by": pair(waiver.approved_by),
            "reason": pair(waiver.reason),
            "until": waiver.until.isoformat(),
        },
    }


def _filed(run: Run, of: Finding | Drawn) -> Json:
    town = {"jurisdiction": of.jurisdiction, "jurisdiction_name": town_of(run, of.jurisdiction) or None}
    return {"about": {"kind": of.kind, "id": of.entity, "name": of.name}, **town}


def _sheets(place: Place | None) -> list[Json]:
    """The sheet and the column of a place, which no line of a file says."""
    if place is None:
        return []
    found = [{"name": place.sheet, "kind": "sheet"}] if place.sheet is not None else []
    found += [{"name": place.key, "kind": "row"}] if place.key is not None else []
    return found + ([{"name": place.column, "kind": "column"}] if place.column is not None else [])


def _row_text(run: Run, row: RowGround, lang: str) -> str:
    place = row_place(row, run.info.facts.sources)
    where = "" if place is None else f" · {place_text(place, lang, run.folder)}"
    return f"{kind_of(run, row.kind).get(lang)} {row.key}{where}"


def _artifact(file: str, digest: str) -> Json:
    kind, _, value = digest.partition(":")
    return {"location": {"uri": uri(file)}, **({"hashes": {"sha-256": value}} if kind == "sha256" and value else {})}
