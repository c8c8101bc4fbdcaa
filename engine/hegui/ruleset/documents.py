"""What the YAML documents of a ruleset may hold: one pydantic model per kind of document.

The models say which keys there are and what shape their values have; whether names exist and dates fit is for the
builders. Dates are written `2024-03-11` and stay text in YAML; they become dates here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

NATURES: Final = ("offence", "breach", "duty", "policy", "clue")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def parse_day(value: object) -> object:
    """An ISO date out of a text; anything else is refused by name."""
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_date", "not a date")


def _scalar(value: object) -> object:
    if value is None or isinstance(value, (list, dict)):
        raise PydanticCustomError("not_a_scalar", "not a single value")
    return value


def _one_language(value: object) -> object:
    if isinstance(value, dict) and not value.get("zh") and not value.get("en") and set(value) <= {"zh", "en"}:
        raise PydanticCustomError("no_language", "no text")
    return value


Day = Annotated[
    date,
    BeforeValidator(parse_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "a day, written 2024-03-11"}),
]
Name = Annotated[str, StringConstraints(pattern=r"^[^\W_]+([._-][^\W_]+)*$", max_length=120)]
"""An id: words of letters and digits joined by `.`, `-` or `_`."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=120)]
"""A name usable inside conditions."""
RefPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")]
"""Reference fields joined by dots."""
Words = Annotated[str, StringConstraints(min_length=1)]
Condition = Annotated[
    str, StringConstraints(min_length=1), Field(description="a condition (see the condition language)")
]
Scalar = Annotated[Any, BeforeValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]
CertaintyWord = Literal["seen", "secondary", "proposal", "memory"]
NatureWord = Literal["offence", "breach", "duty", "policy", "clue"]
SeverityWord = Literal["low", "minor", "major", "critical"]
VerdictWord = Literal["violation", "compliant", "not_applicable", "undetermined"]
NoticeRoleWord = Literal["problem", "demand", "progress", "heading", "out_of_scope"]


class Part(BaseModel):
    """Base of all models: strict, closed, unchangeable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TextPart(Part):
    """A text shown to people, in Chinese and English."""

    zh: str = Field("", description="the Chinese text")
    en: str = Field("", description="the English text")


Bilingual = Annotated[TextPart, BeforeValidator(_one_language)]


class RulesetDocument(Part):
    """`ruleset.yaml`: the name of a ruleset and what it builds on."""

    ruleset: Name = Field(description="the ruleset's name")
    title: Bilingual
    version: Words = Field(description="the ruleset's version, a text")
    extends: Words | None = Field(
        None, description="a sibling folder, a relative path or the name of a shipped ruleset"
    )


class DatedPart(Part):
    """A stretch of days, both ends included; an end left out is open. Pending law is not in force on any day."""

    from_: Day | None = Field(None, alias="from", description="the first day")
    to: Day | None = Field(None, description="the last day")
    pending: bool = Field(False, description="announced, not in force on any day")


class ValuePart(DatedPart):
    """One dated value of a parameter."""

    value: Scalar = Field(description="the value, in the parameter's unit")
    certainty: CertaintyWord = Field(description="how sure the source is")
    source: Bilingual = Field(description="where the value stands")
    last_verified: Day | None = Field(None, description="the day somebody last looked the value up")


class ParameterPart(Part):
    """A dated parameter."""

    label: Bilingual | None = None
    type: Literal["number", "int", "string", "bool", "date"] | None = Field(None, description="number where left out")
    unit: Words | None = Field(None, description="the unit of an int or number")
    overrides: Name | None = Field(
        None, description="the lower layer whose values these replace for the days they cover"
    )
    values: list[ValuePart] = Field(min_length=1)


class ParametersDocument(Part):
    """Dated parameters by name."""

    parameters: dict[Name, ParameterPart]


class VersionPart(DatedPart):
    """One version of a law and the days it is in force."""

    version: Words = Field(description="what the version is called, usually its year")
    certainty: CertaintyWord = Field(description="how sure we are of the text and its dates")
    note: Bilingual | None = None


class LawDocument(Part):
    """A law, regulation, standard or policy paper with its versions."""

    law: Name
    title: Bilingual
    level: Literal["law", "regulation", "local", "rule", "standard", "policy", "notice"] = "law"
    replaced_by: Name | None = Field(None, description="the law that took its place after the last version")
    kept: Bilingual | None = Field(None, description="why it is here though nothing cites it")
    versions: list[VersionPart] = Field(min_length=1)


class LetDocument(Part):
    """Named definitions per kind, usable in every condition about that kind."""

    let: dict[Identifier, dict[Identifier, Condition]]


class CalendarDocument(Part):
    """The working days of one year: weekdays but for `holidays`, and the weekend days in `workdays`."""

    calendar: int = Field(ge=1900, le=2199, description="the year")
    workdays: list[Day] = Field(default_factory=list, description="weekend days that are worked")
    holidays: list[Day] = Field(default_factory=list, description="weekdays that are not")


class IntervalPart(Part):
    """The days an act lasted; without `to` it goes on and the law of `as_of` decides."""

    from_: Condition = Field(alias="from")
    to: Condition | None = None


class NaturePart(Part):
    """A nature with the days it holds."""

    nature: NatureWord
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class PeriodPart(Part):
    """The days a rule is in force."""

    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class CitationPart(Part):
    """An article of one version of a law."""

    law: Name
    version: Words
    article: Words
    role: Literal["duty", "penalty", "power", "standard", "definition", "policy"]
    if_: Condition | None = Field(None, alias="if", description="the citation counts only where this is true")
    gist: Bilingual | None = Field(None, description="our paraphrase, never the wording of the law")
    certainty: CertaintyWord | None = Field(None, description="that of the law's version where left out")


def _form(value: object) -> str:
    if isinstance(value, Mapping):
        return "mapping"
    return "list" if isinstance(value, list) else "int" if isinstance(value, int) else "text"


Days = Annotated[
    Annotated[Condition, Tag("text")] | Annotated[int, Field(ge=1, le=2000), Tag("int")],
    Discriminator(lambda value: "int" if _form(value) == "int" else "text"),
]
Moment = Annotated[
    Annotated[Condition, Tag("text")] | Annotated[IntervalPart, Tag("mapping")],
    Discriminator(lambda value: "mapping" if _form(value) == "mapping" else "text"),
]
Natures = Annotated[
    Annotated[NatureWord, Tag("text")] | Annotated[list[NaturePart], Field(min_length=1), Tag("list")],
    Discriminator(lambda value: "list" if _form(value) == "list" else "text"),
]


class RemedyPart(TextPart):
    """What would put the matter right."""

    proposed_workdays: Days | None = Field(None, description="working days proposed for it: a number or a condition")


class ExamplePart(Part):
    """One worked case of a rule."""

    name: Words
    given: dict[str, Any] = Field(description="the row judged, in the shape of its kind")
    verdict: VerdictWord
    causes: list[Words] | None = Field(None, description="what an undetermined verdict waits for, as `reason path`")
    as_of: Day | None = Field(None, description="2024-03-11 where left out")
    decided_on: Day | None = None


class RuleDocument(Part):
    """One rule."""

    rule: Name = Field(description="the rule's id, defined once in a chain of rulesets")
    title: Bilingual
    about: Identifier = Field(description="the kind each row of which is judged")
    answers: RefPath | None = Field(None, description="the reference path to the entity a finding is filed under")
    notice: list[Words] = Field(default_factory=list, description="where the inspection notice names it")
    nature: Natures
    severity: SeverityWord = Field(description="priority of handling, never a legal degree")
    authority: Bilingual | None = None
    in_force: PeriodPart | None = None
    occurred: Moment | None = Field(None, description="the day of the act; as_of where left out")
    when: Condition | None = Field(None, description="where the rule applies")
    violation: Condition
    notice_scope: Condition | None = Field(None, description="what the notice talks about: a filter for its counts")
    message: Bilingual = Field(description="a text with {condition} placeholders; {{ and }} are braces")
    basis: list[CitationPart] = Field(default_factory=list)
    remedy: RemedyPart | None = None
    formerly: list[Name] = Field(default_factory=list, description="ids the rule had before")
    examples: list[ExamplePart] = Field(default_factory=list)


Bound = Annotated[
    dict[Identifier, Words],
    Field(min_length=1, description='what each name stands for: a kind, `finding("rule", …)` or `conclusion("id")`'),
]


class AboutPart(Part):
    """Whom a conclusion is about."""

    kind: Identifier
    id: Condition = Field(description="the key of the row it is about")


class StatedFindingPart(Part):
    """A finding an example of a conclusion takes as given."""

    rule: Name
    entity: Words
    verdict: Literal["violation", "undetermined"] = "violation"
    key: Words | None = Field(None, description="of the row judged; the entity where left out")
    jurisdiction: Words | None = None
    occurred: Day | None = None


class StatedConclusionPart(Part):
    """A conclusion an example takes as given."""

    conclusion: Name
    id: Words
    verdict: Literal["concluded", "undetermined"] = "concluded"
    jurisdiction: Words | None = None


class ConclusionExamplePart(Part):
    """One worked case of a conclusion."""

    name: Words
    given: dict[Identifier, list[dict[str, Any]]] = Field(
        default_factory=dict, description="rows by kind; a kind left out was supplied and is empty"
    )
    findings: list[StatedFindingPart] = Field(default_factory=list)
    conclusions: list[StatedConclusionPart] = Field(default_factory=list)
    lacking: list[Identifier] = Field(default_factory=list, description="kinds whose table was not supplied")
    concluded: list[Words] = Field(default_factory=list, description="ids the conclusion is drawn about")
    undetermined: list[Words] = Field(default_factory=list, description="ids it may have to be drawn about")
    as_of: Day | None = Field(None, description="2024-03-11 where left out")


class ConclusionDocument(Part):
    """What findings mean for those who answer for them."""

    conclusion: Name = Field(description="the conclusion's id, defined once in a chain of rulesets")
    title: Bilingual
    notice: list[Words] = Field(default_factory=list, description="where the inspection notice names it")
    nature: Natures
    severity: SeverityWord = Field(description="priority of handling, never a legal degree")
    authority: Bilingual | None = None
    in_force: PeriodPart | None = None
    given: Bound
    where: Condition | None = Field(None, description="what must hold between them")
    unless: Bound | None = None
    unless_where: Condition | None = Field(None, description="what must hold of what blocks the conclusion")
    about: AboutPart
    at_least: Days | None = Field(None, description="how many distinct matches it takes: a number or a condition")
    per: Condition | None = Field(None, description="what the matches are counted by; whom it is about where left out")
    distinct: Condition | None = Field(None, description="what tells matches apart for counting")
    message: Bilingual = Field(description="a text with {condition} placeholders; {count} is the number of matches")
    basis: list[CitationPart] = Field(default_factory=list)
    remedy: RemedyPart | None = None
    examples: list[ConclusionExamplePart] = Field(default_factory=list)


class FigurePart(Part):
    """A number the notice publishes, and what it is held against: rows of a kind, or what a rule finds."""

    label: Bilingual
    published: int = Field(ge=0, description="the number as published")
    kind: Identifier | None = Field(None, description="the kind whose rows are counted")
    where: Condition | None = Field(None, description="which of these rows; all where left out")
    rule: Name | None = Field(None, description="the rule whose findings in the notice's scope are counted")


class ItemPart(Part):
    """One matter the notice names."""

    code: Words = Field(description="what rules call it in their `notice`")
    text: Bilingual = Field(description="our own paraphrase, never the notice's sentence")
    role: NoticeRoleWord = Field("problem", description="what the notice says it for")
    reason: Bilingual | None = Field(None, description="why no rule answers it")
    figures: list[FigurePart] = Field(default_factory=list)


class NoticeDocument(Part):
    """An inspection notice: its items, and the numbers it publishes."""

    notice: Name
    title: Bilingual
    issued: Day
    items: list[ItemPart] = Field(min_length=1)


class AcceptedPart(Part):
    """One finding about the ruleset itself that stands."""

    finding: Name = Field(description="the id of the finding, as `hegui lint`, `test` or `prove` prints it")
    name: Words = Field(description="what it is about: a rule, conclusion, parameter, law, definition or field")
    detail: Words | None = Field(
        None,
        description="what tells the finding from others of its id and name, as printed; all of them where left out",
    )
    reason: Bilingual = Field(description="why it is let stand")


class AcceptedDocument(Part):
    """Findings of `hegui lint`, `test` and `prove` that somebody looked at and lets stand."""

    accepted: list[AcceptedPart] = Field(min_length=1, description="the findings, each with its reason")


DOCUMENTS: Final[dict[str, type[Part]]] = {
    "ruleset": RulesetDocument,
    "parameters": ParametersDocument,
    "law": LawDocument,
    "let": LetDocument,
    "rule": RuleDocument,
    "conclusion": ConclusionDocument,
    "notice": NoticeDocument,
    "calendar": CalendarDocument,
    "accepted": AcceptedDocument,
}
"""The model of each document, by its first key. `kind:` documents belong to the vocabulary."""
