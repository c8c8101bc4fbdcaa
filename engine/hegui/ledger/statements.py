"""What a run says, fingerprint by fingerprint, and what its silence about another means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from hegui.engines.kept import Kept
from hegui.explaining.law import NotBefore, due
from hegui.ledger.life import State
from hegui.outcome import Drawn, Finding, Verdict, escape
from hegui.report.run import Run
from hegui.ruleset.model import Certainty


@dataclass(frozen=True, slots=True)
class Said:
    """What a run says of one fingerprint: `rule` and `rest`, which is the kind and the key.

    `digest` changes with the recorded values, whom it is filed under and the verdict, and with nothing else.
    """

    rule: str
    rest: str
    state: State
    digest: str
    of: Finding | Drawn
    waiver: str | None = None

    @property
    def fingerprint(self) -> str:
        return f"{self.rule}/{self.rest}"


@dataclass(frozen=True)
class Speech:
    """What a run says by one rule or conclusion that it had. `formerly` are the names the rule had before."""

    rule: str
    formerly: tuple[str, ...]
    all: Callable[[], Iterator[Said]]
    silence: Callable[[str, str], State | None]
    """What it means that a kind and key is not among them; None where it means nothing."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.rule, *self.formerly)


@dataclass(frozen=True)
class Statements:
    """A run as a ledger and a comparison look at it."""

    run: Run

    def speeches(self) -> Iterator[Speech]:
        """By rules and conclusions. A rule that was not asked, or whose table was not supplied, is not among them."""
        for item in self.run.summary.rules:
            formerly = self.run.documents[item.rule].rule.formerly
            yield Speech(item.rule, formerly, lambda name=item.rule: self._findings(name), self._silence)  # type: ignore[misc]
        for summary in self.run.drawing.summaries:
            name = summary.conclusion
            silence = self._open if summary.unplaced else self._silence
            yield Speech(name, (), lambda name=name: self._drawn(name), silence)  # type: ignore[misc]

    @cached_property
    def digest(self) -> str:
        """Of everything a run says, but for when and by which engine: the same run has it however often it is made."""
        info, roll = self.run.info, self.run.roll
        whose = (info.ruleset.digest, info.facts.digest, str(info.as_of), str(info.decided_on))
        part = (roll.every_rule, roll.every_entity)
        total = hashlib.sha256(_json([*whose, *part, sorted(self.run.summary.not_supplied)]))
        for speech in self.speeches():
            total.update(_json([speech.rule, *speech.formerly]))
            for said in speech.all():
                total.update(_json([said.rest, said.state, said.digest, said.waiver]))
        return f"sha256:{total.hexdigest()}"

    # --- findings

    def _findings(self, rule: str) -> Iterator[Said]:
        for finding in self._of(rule):
            waiver = next((each.document for each in self.run.waivers_of(finding)), None)
            state = self._state(finding) if waiver is None else State.WAIVED
            yield Said(rule, f"{finding.about}/{finding.key}", state, digest_of(finding), finding, waiver)

    def _of(self, rule: str) -> Iterable[Finding]:
        if isinstance(self.run.findings, Kept):
            return self.run.findings.of(rule)
        return self._by_rule.get(rule, ())

    @cached_property
    def _by_rule(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for finding in self.run.findings:
            found.setdefault(finding.rule, []).append(finding)
        return found

    def _state(self, finding: Finding) -> State:
        """What rests on memory only is not established, and so neither found nor cleared."""
        if finding.verdict in (Verdict.COMPLIANT, Verdict.NOT_APPLICABLE):
            return State.CLEARED
        if finding.verdict is Verdict.UNDETERMINED or self.run.from_memory(finding):
            return State.UNDETERMINED
        return State.SHOWN

    # --- conclusions

    def _drawn(self, name: str) -> Iterator[Said]:
        sure = self.run.conclusion_rules[name].certainty != Certainty.MEMORY
        for drawn in self.run.drawing.drawn:
            if drawn.conclusion == name:
                state = State.SHOWN if drawn.certain and sure else State.UNDETERMINED
                waiver = self.run.waivers[drawn.waived_by[0]].document if drawn.waived_by else None
                state = state if waiver is None else State.WAIVED
                yield Said(name, f"{drawn.kind}/{escape(drawn.entity)}", state, digest_of(drawn), drawn, waiver)

    # --- silence

    def _silence(self, about: str, key: str) -> State | None:
        if not self.run.roll.every_entity:
            return None
        held = self.run.roll.holds(about, key)
        return State.UNSEEN if held is None else State.CLEARED if held else State.GONE

    def _open(self, about: str, key: str) -> State | None:
        """Matches may be about anybody."""
        found = self._silence(about, key)
        return State.UNDETERMINED if found in (State.CLEARED, State.UNSEEN) else found

    # --- dates

    def due(self, said: Said) -> tuple[date | None, bool]:
        """The date proposed for a remedy; and whether it is only known to be no earlier."""
        if isinstance(said.of, Drawn):
            return said.of.due, False
        found = due(self.run.case(said.of))
        return (found.day, True) if isinstance(found, NotBefore) else (found, False)


def digest_of(said: Finding | Drawn) -> str:
    """Of what a finding or conclusion rests on, and of whom it is about. Not of the cell it stands in, which moves when rows are
    added, nor of the day of the facts, with which some messages and days of the act go along."""
    if isinstance(said, Drawn):
        grounds = [[row.kind, row.key] for row in said.rows]
        data: list[Any] = [said.verdict, said.count, said.because, grounds]
    else:
        data = [said.verdict, [[each.value, each.below, each.rows, each.first] for each in said.values]]
    causes = [[cause.reason, cause.path, cause.count] for cause in said.causes]
    whose = [said.kind, said.entity, said.name, said.jurisdiction]
    return hashlib.sha256(_json([data, causes, whose])).hexdigest()[:32]


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=str)
"""Made once: it is asked several times for each finding."""


def _json(data: Any) -> bytes:
    return _ENCODER.encode(data).encode()
