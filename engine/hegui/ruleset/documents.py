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

from hegui import limits
from hegui.datatypes import MAX_INT

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


_NO_LETTER: Final = (
    r"\x00-/:-@\[-`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2000-\u206f\u3000-\u3004\u3008-\u301f\uff00-\uff0f"
)
"""What is neither letter nor digit, as far as it is likely to be typed: in JSON Schema `\\W` knows no letters but Latin ones."""

_DAY_SHAPE: Final[dict[str, Any]] = {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "patternErrorMessage": "a day is written 2024-03-11",
}
Day = Annotated[date, BeforeValidator(parse_day), WithJsonSchema(_DAY_SHAPE)]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[^\W_]+([._-][^\W_]+)*$", max_length=limits.NAME_LENGTH),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^[^{_NO_LETTER}]+([._-][^{_NO_LETTER}]+)*$",
            "patternErrorMessage": "a name is made of letters and digits, joined by single `.`, `-` or `_`",
            "maxLength": limits.NAME_LENGTH,
        }
    ),
]
"""An id: words of letters and digits joined by `.`, `-` or `_`."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=limits.NAME_LENGTH)]
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


ONE_LANGUAGE: Final[dict[str, Any]] = {
    "anyOf": [{"required": [each], "properties": {each: {"minLength": 1}}} for each in ("zh", "en")]
}
"""For schemas: a text in no language is none."""


class TextPart(Part):
    """A text shown to people, in Chinese and English."""

    model_config = ConfigDict(json_schema_extra=ONE_LANGUAGE)

    zh: str = Field("", description="the Chinese text")
    en: str = Field("", description="the English text")


Bilingual = Annotated[TextPart, BeforeValidator(_one_language)]


class RulesetDocument(Part):
    """`ruleset.yaml`: the name of a ruleset and what it builds on."""

    ruleset: Name = Field(description="the ruleset's name")
    title: Bilingual = Field(description="what people call the ruleset")
    version: Words = Field(description="the ruleset's version, a text")
    extends: Words | None = Field(
        None, description="a sibling folder, a relative path or the name of a shipped ruleset"
    )
    plugins: list[Words] = Field([], description="the packages whose functions its conditions use")


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


def _values_are(type_: str, value: dict[str, Any]) -> dict[str, Any]:
    """For schemas: what the values of a parameter of this type are. An override may leave its type to its base."""
    here: dict[str, Any] = {"properties": {"type": {"const": type_}}}
    left_out = {"anyOf": [{"required": ["type"]}, {"not": {"required": ["overrides"]}}]}
    then: dict[str, Any] = {"values": {"items": {"properties": {"value": value}}}}
    then |= {} if type_ in ("int", "number") else {"unit": False}
    return {"if": {**here, **(left_out if type_ == "number" else {"required": ["type"]})}, "then": {"properties": then}}


_PARAMETER: Final[dict[str, Any]] = {
    "allOf": [
        {"if": {"not": {"required": ["overrides"]}}, "then": {"required": ["label"]}},
        _values_are("number", {"type": "number"}),
        _values_are("int", {"type": "integer", "minimum": -MAX_INT, "maximum": MAX_INT}),
        _values_are("string", {"type": "string"}),
        _values_are("bool", {"type": "boolean"}),
        _values_are("date", _DAY_SHAPE),
    ]
}


class ParameterPart(Part):
    """A dated parameter."""

    model_config = ConfigDict(json_schema_extra=_PARAMETER)

    label: Bilingual | None = Field(None, description="what people call it; an override may leave it to its base")
    type: Literal["number", "int", "string", "bool", "date"] | None = Field(None, description="number where left out")
    unit: Words | None = Field(None, description="the unit of an int or number")
    overrides: Name | None = Field(
        None, description="the lower layer whose values these replace for the days they cover"
    )
    values: list[ValuePart] = Field(min_length=1, description="its values, in any order; their days must not overlap")


class ParametersDocument(Part):
    """Dated parameters by name."""

    parameters: dict[Name, ParameterPart] = Field(description='parameters by name; a condition takes `param("name")`')


class VersionPart(DatedPart):
    """One version of a law and the days it is in force."""

    version: Words = Field(description="what the version is called, usually its year")
    certainty: CertaintyWord = Field(description="how sure we are of the text and its dates")
    note: Bilingual | None = Field(None, description="what to know about this version")


class LawDocument(Part):
    """A law, regulation, standard or policy paper with its versions."""

    law: Name = Field(description="the id rules cite it by")
    title: Bilingual = Field(description="what the law is called")
    level: Literal["law", "regulation", "local", "rule", "standard", "policy", "notice"] = Field(
        "law",
        description="its rank: law, regulation, local regulation, departmental rule, standard, policy paper or notice",
    )
    replaced_by: Name | None = Field(None, description="the law that took its place after the last version")
    kept: Bilingual | None = Field(None, description="why it is here though nothing cites it")
    versions: list[VersionPart] = Field(min_length=1, description="its versions; their days must not overlap")


class LetDocument(Part):
    """Named definitions per kind, usable in every condition about that kind."""

    let: dict[Identifier, dict[Identifier, Condition]] = Field(
        description="by kind: names and the conditions they stand for"
    )


class CalendarDocument(Part):
    """The working days of one year: weekdays but for `holidays`, and the weekend days in `workdays`."""

    calendar: int = Field(ge=1900, le=2199, description="the year")
    workdays: list[Day] = Field(default_factory=list, description="weekend days that are worked")
    holidays: list[Day] = Field(default_factory=list, description="weekdays that are not")


class IntervalPart(Part):
    """The days an act lasted; without `to` it goes on and the law of `as_of` decides."""

    from_: Condition = Field(alias="from", description="a condition that is the first day")
    to: Condition | None = Field(None, description="a condition that is the last day; without it the act goes on")


class NaturePart(Part):
    """A nature with the days it holds."""

    nature: NatureWord = Field(description="what the finding is about, on these days")
    from_: Day | None = Field(None, alias="from", description="the first day")
    to: Day | None = Field(None, description="the last day")


class PeriodPart(Part):
    """The days a rule is in force."""

    from_: Day | None = Field(None, alias="from", description="the first day")
    to: Day | None = Field(None, description="the last day")


class CitationPart(Part):
    """An article of one version of a law."""

    law: Name = Field(description="the id of the law")
    version: Words = Field(description="the version that is cited, in force on some day of the rule")
    article: Words = Field(description='the article, paragraph and item, a text: `"68(1)(1)"`')
    role: Literal["duty", "penalty", "power", "standard", "definition", "policy"] = Field(
        description="what it is cited for"
    )
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

    model_config = ConfigDict(json_schema_extra={})

    proposed_workdays: Days | None = Field(None, description="working days proposed for it: a number or a condition")


class ExamplePart(Part):
    """One worked case of a rule."""

    name: Words = Field(description="what the case shows; unique in its rule")
    given: dict[str, Any] = Field(description="the row judged, in the shape of its kind")
    verdict: VerdictWord = Field(description="the verdict it must get, on every engine")
    causes: list[Words] | None = Field(None, description="what an undetermined verdict waits for, as `reason path`")
    as_of: Day | None = Field(None, description="2024-03-11 where left out")
    decided_on: Day | None = Field(None, description="the day of the decision; it never changes a verdict")
    message: Bilingual | None = Field(None, description="the message of the violation; `…` stands for any text")
    evidence: dict[Words, Scalar] = Field(
        default_factory=dict, description="what a finding shows: conditions with their values"
    )
    also: dict[Name, VerdictWord] = Field(
        default_factory=dict, description="what other rules say of the same rows; their violations must all be named"
    )


class RuleDocument(Part):
    """One rule."""

    rule: Name = Field(description="the rule's id, defined once in a chain of rulesets")
    title: Bilingual = Field(description="what is found, in a few words")
    about: Identifier = Field(description="the kind each row of which is judged")
    answers: RefPath | None = Field(None, description="the reference path to the entity a finding is filed under")
    notice: list[Words] = Field(default_factory=list, description="where the inspection notice names it")
    nature: Natures = Field(description="what a finding is about: one word, or a list with dates")
    severity: SeverityWord = Field(description="priority of handling, never a legal degree")
    authority: Bilingual | None = Field(None, description="who handles it")
    in_force: PeriodPart | None = Field(None, description="outside these days the rule is not applicable")
    occurred: Moment | None = Field(None, description="the day of the act; as_of where left out")
    when: Condition | None = Field(None, description="where the rule applies")
    violation: Condition = Field(description="what is looked for, a condition")
    notice_scope: Condition | None = Field(None, description="what the notice talks about: a filter for its counts")
    message: Bilingual = Field(description="a text with {condition} placeholders; {{ and }} are braces")
    basis: list[CitationPart] = Field(default_factory=list, description="the articles it rests on")
    remedy: RemedyPart | None = Field(None, description="what would put the matter right")
    formerly: list[Name] = Field(default_factory=list, description="ids the rule had before")
    examples: list[ExamplePart] = Field(
        default_factory=list, description="worked cases: just above the limit, exactly at it, with the value missing"
    )


Bound = Annotated[
    dict[Identifier, Words],
    Field(min_length=1),
]
_BOUND: Final = 'what each name stands for: a kind, `finding("rule", …)` or `conclusion("id")`'


class AboutPart(Part):
    """Whom a conclusion is about."""

    kind: Identifier = Field(description="the kind of whom it is about")
    id: Condition = Field(description="the key of the row it is about")


class StatedFindingPart(Part):
    """A finding an example of a conclusion takes as given."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [each]} for each in ("entity", "key")]})

    rule: Name = Field(description="the rule that found it")
    entity: Words | None = Field(
        None, description="the key of whom it is filed under; left out: the row judged, as where nobody is known"
    )
    verdict: Literal["violation", "undetermined"] = Field("violation", description="how it was judged")
    key: Words | None = Field(None, description="that of the row judged; the entity where left out")
    jurisdiction: Words | None = Field(None, description="that of the entity where left out")
    occurred: Day | None = Field(None, description="the day of the act")


class StatedConclusionPart(Part):
    """A conclusion an example takes as given."""

    conclusion: Name = Field(description="the id of the conclusion")
    id: Words = Field(description="the key of whom it is about")
    verdict: Literal["concluded", "undetermined"] = Field("concluded", description="whether it is drawn for certain")
    jurisdiction: Words | None = Field(None, description="the jurisdiction it belongs to")


class ConclusionExamplePart(Part):
    """One worked case of a conclusion."""

    name: Words = Field(description="what the case shows; unique in its conclusion")
    given: dict[Identifier, list[dict[str, Any]]] = Field(
        default_factory=dict, description="rows by kind; a kind left out was supplied and is empty"
    )
    findings: list[StatedFindingPart] = Field(default_factory=list, description="the findings there are")
    conclusions: list[StatedConclusionPart] = Field(default_factory=list, description="the other conclusions there are")
    lacking: list[Identifier] = Field(default_factory=list, description="kinds whose table was not supplied")
    concluded: list[Words] = Field(default_factory=list, description="ids the conclusion is drawn about")
    undetermined: list[Words] = Field(default_factory=list, description="ids it may have to be drawn about")
    as_of: Day | None = Field(None, description="2024-03-11 where left out")


class ConclusionDocument(Part):
    """What findings mean for those who answer for them."""

    conclusion: Name = Field(description="the conclusion's id, defined once in a chain of rulesets")
    title: Bilingual = Field(description="what is on record, in a few words; it ends in （线索）")
    notice: list[Words] = Field(default_factory=list, description="where the inspection notice names it")
    nature: Natures = Field(description="what it is about: one word, or a list with dates")
    severity: SeverityWord = Field(description="priority of handling, never a legal degree")
    authority: Bilingual | None = Field(None, description="who handles it")
    in_force: PeriodPart | None = Field(None, description="outside these days it is not drawn")
    given: Bound = Field(description=_BOUND)
    where: Condition | None = Field(None, description="what must hold between them")
    unless: Bound | None = Field(None, description=f"what blocks it; {_BOUND}")
    unless_where: Condition | None = Field(None, description="what must hold of what blocks the conclusion")
    about: AboutPart = Field(description="whom it is about")
    at_least: Days | None = Field(None, description="how many distinct matches it takes: a number or a condition")
    per: Condition | None = Field(None, description="what the matches are counted by; whom it is about where left out")
    distinct: Condition | None = Field(None, description="what tells matches apart for counting")
    message: Bilingual = Field(description="a text with {condition} placeholders; {count} is the number of matches")
    basis: list[CitationPart] = Field(default_factory=list, description="the articles it rests on")
    remedy: RemedyPart | None = Field(None, description="what would put the matter right")
    examples: list[ConclusionExamplePart] = Field(
        default_factory=list, description="worked cases: one it is drawn of, one it is not, one undetermined"
    )


class FigurePart(Part):
    """A number the notice publishes, and what it is held against: rows of a kind, or what a rule finds."""

    label: Bilingual = Field(description="what the number counts")
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
    figures: list[FigurePart] = Field(default_factory=list, description="the numbers it publishes")


class NoticeDocument(Part):
    """An inspection notice: its items, and the numbers it publishes."""

    notice: Name = Field(description="the id of the notice")
    title: Bilingual = Field(description="what the notice is called")
    issued: Day = Field(description="the day it was given, written 2024-03-11")
    items: list[ItemPart] = Field(min_length=1, description="its items, in its own order")


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
