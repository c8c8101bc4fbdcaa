"""The law of a finding: which citations apply on the day of the act, what the law is on the day of the decision, how
sure all of it is, and the date proposed for a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from hegui.datatypes import Undetermined
from hegui.explaining.document import Case, RuleDocument
from hegui.language.tree import Param
from hegui.outcome import Verdict
from hegui.ruleset.model import Certainty, Citation, Law, LawVersion, Nature, Parameter, ParameterValue

CARRYING: Final = ("duty", "standard", "policy")
"""Roles of the citations a finding rests on; penalties, powers and definitions follow from them."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A citation that applies. `applies` is None where that is not decided: `needs` are the paths it waits for."""

    citation: Citation
    law: Law
    applies: bool | None = True
    needs: tuple[str, ...] = ()


def basis(case: Case, day: date | None = None) -> tuple[Basis, ...]:
    """The citations whose version is in force on `day` (default: the day of the act), in the order of the rule.

    Where the day of the act is not known every version is listed, as undecided. A citation whose own condition is
    false is left out.
    """
    day = day or case.finding.occurred
    found = (_cited(case, citation, day) for citation in case.rule.basis)
    return tuple(item for item in found if item is not None)


def _cited(case: Case, citation: Citation, day: date | None) -> Basis | None:
    law = case.document.laws[citation.law]
    version = law.version(citation.version)
    if version is None or (day is not None and not version.period.holds(day)):
        return None
    if citation.condition is None:
        return Basis(citation, law, True if day is not None else None)
    value = case.value(citation.condition.node)
    if isinstance(value, Undetermined):
        own = tuple(cause.path for cause in value.causes)
        return Basis(citation, law, None, case.waiting(citation.condition.node) or own)
    return Basis(citation, law, True if day is not None else None) if value else None


# --- the day of the decision ---------------------------------------------------------------------------------------

Status = Literal["changed", "repealed"]


@dataclass(frozen=True, slots=True)
class LawChange:
    """A cited law that has another version, or a successor, or nothing in its place, on the day of the decision."""

    law: Law
    then: LawVersion
    successor: Law | None
    now: LawVersion | None


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A parameter with another value in force on the day of the decision, or none."""

    parameter: Parameter
    then: ParameterValue
    now: ParameterValue | None


@dataclass(frozen=True, slots=True)
class NatureChange:
    """The matter is of another nature on the day of the decision."""

    then: Nature
    now: Nature


@dataclass(frozen=True, slots=True)
class Later:
    """What is different on the day of the decision. `basis` are the rule's citations in force then, of the laws that
    changed. Which version is the lighter is not said."""

    status: Status
    day: date
    rule_in_force: bool
    laws: tuple[LawChange, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    nature: NatureChange | None = None
    basis: tuple[Basis, ...] = ()


def later(case: Case) -> Later | None:
    """The difference between the law of the day of the act and that of a later decision, or None where there is none."""
    day, occurred = case.setting.decided_on, case.finding.occurred
    if occurred is None or occurred >= day:  # law of an earlier day is no later law
        return None
    applying = basis(case)
    laws = tuple(_law_changes(case, applying, day))
    parameters = tuple(_parameter_changes(case, day))
    in_force = case.rule.in_force.holds(day)
    nature = _nature_change(case, occurred, day)
    if in_force and not (laws or parameters or nature):
        return None
    changed = {change.successor.name for change in laws if change.successor is not None}
    now = tuple(item for item in basis(case, day) if item.citation.law in changed)
    return Later(_status(applying, laws, in_force), day, in_force, laws, parameters, nature, now)


def _status(applying: tuple[Basis, ...], laws: tuple[LawChange, ...], in_force: bool) -> Status:
    """`repealed` where nothing the finding rests on is left."""
    gone = {change.law.name for change in laws if change.now is None}
    carrying = {item.citation.law for item in applying if item.citation.role in CARRYING}
    return "repealed" if not in_force or (carrying and carrying <= gone) else "changed"


def _law_changes(case: Case, applying: tuple[Basis, ...], day: date) -> Iterator[LawChange]:
    cited = dict.fromkeys((item.citation.law, item.citation.version) for item in applying)
    for name, label in cited:
        law = case.document.laws[name]
        then = law.version(label)
        assert then is not None
        successor, now = in_place_of(law, case.document.laws, day)
        if successor is not law or now != then:
            yield LawChange(law, then, successor, now)


def in_place_of(law: Law, laws: Mapping[str, Law], day: date) -> tuple[Law | None, LawVersion | None]:
    """The law, itself or one that replaced it, in force on `day` with its version; (None, None) where there is
    none."""
    seen: set[str] = set()
    at: Law | None = law
    while at is not None and at.name not in seen:
        seen.add(at.name)
        if (version := at.on(day)) is not None:
            return at, version
        at = laws.get(at.replaced_by) if at.replaced_by is not None else None
    return None, None


def _nature_change(case: Case, occurred: date, day: date) -> NatureChange | None:
    then, now = case.rule.nature(occurred), case.rule.nature(day)
    return NatureChange(then, now) if then != now else None


# --- parameters ----------------------------------------------------------------------------------------------------


def value_used(case: Case, node: Param) -> ParameterValue | None:
    """The dated value a parameter of the rule's conditions had for this finding; None where its day is not known or
    has no value."""
    day = case.finding.occurred if node.on is None else case.value(node.on)
    return case.document.parameters[node.name].on(day) if isinstance(day, date) else None


def _parameter_changes(case: Case, day: date) -> Iterator[ParameterChange]:
    one_day, _ = case.document.parameters_used
    for node in one_day:
        parameter = case.document.parameters[node.name]
        then = value_used(case, node)
        if then is not None and (now := parameter.on(day)) != then:
            yield ParameterChange(parameter, then, now)


# --- certainty and remedy ------------------------------------------------------------------------------------------

WEAKEST_FIRST: Final = (Certainty.MEMORY, Certainty.PROPOSAL, Certainty.SECONDARY, Certainty.SEEN)


def certainty(case: Case) -> Certainty | None:
    """The weakest certainty among the parameters the verdict used and the citations that carry it; None where it
    rests on neither. For a parameter taken on the days of rows any of its values may have been used."""
    found = {item.citation.certainty for item in basis(case) if item.citation.role in CARRYING}
    one_day, by_row = case.document.parameters_used
    found |= {used.certainty for node in one_day if (used := value_used(case, node)) is not None}
    found |= {value.certainty for node in by_row for value in case.document.parameters[node.name].values}
    return next((level for level in WEAKEST_FIRST if level in found), None)


def may_rest_on_memory(document: RuleDocument) -> bool:
    """Is there anything known only from memory that the certainty of a finding may rest on?"""
    one_day, by_row = document.parameters_used
    values = (value for node in (*one_day, *by_row) for value in document.parameters[node.name].values)
    cited = (citation.certainty for citation in document.rule.basis if citation.role in CARRYING)
    return Certainty.MEMORY in {*cited, *(value.certainty for value in values)}


def sure_by_day(document: RuleDocument) -> bool:
    """Does nothing but the day of the act tell how sure a finding is?"""
    one_day, _ = document.parameters_used
    carrying = (citation for citation in document.rule.basis if citation.role in CARRYING)
    return all(node.on is None for node in one_day) and all(citation.condition is None for citation in carrying)


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A date past the last day of the calendar of working days."""

    day: date


def due(case: Case) -> date | NotBefore | None:
    """The day of the decision plus the working days the remedy proposes; None where nothing is proposed, or nothing
    was found."""
    remedy = case.rule.remedy
    if case.finding.verdict is not Verdict.VIOLATION or remedy is None or remedy.workdays is None:
        return None
    count = case.value(remedy.workdays.node)
    if not isinstance(count, (int, float)):
        return None
    calendar = case.setting.calendar
    return calendar.add_workdays(case.setting.decided_on, int(count)) or NotBefore(calendar.last)
