"""What a file of waivers may hold: the pydantic models that check it."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from hegui.ruleset.documents import ONE_LANGUAGE, Bilingual, Day, Name, Part, Words

SCHEMA: Final = "hegui/waivers/1"


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


def _entity(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


_WORD: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_ONE: Final[dict[str, Any]] = {
    "anyOf": [
        _WORD,
        {
            "type": "object",
            "properties": {
                "kind": _WORD | {"description": "the kind, where a key alone would not tell"},
                "id": _WORD | {"description": "the key they are filed under"},
            },
            "required": ["id"],
            "additionalProperties": False,
        },
    ]
}


def _or_list(one: dict[str, Any], description: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}], "description": description})


class EntityPart(Part):
    """Whom findings are filed under."""

    id: Words = Field(description="the key they are filed under")
    kind: Words | None = Field(None, description="the kind, where a key alone would not tell")


Some = Annotated[list[Words], Field(min_length=1), BeforeValidator(_listed)]
Entities = Annotated[
    list[Annotated[EntityPart, BeforeValidator(_entity)]],
    Field(min_length=1),
    BeforeValidator(_listed),
    _or_list(_ONE, "keys of those the findings are filed under, with or without their kind"),
]
Said = Annotated[
    Bilingual,
    BeforeValidator(_text),
    WithJsonSchema(
        {
            "anyOf": [
                _WORD,
                {
                    "type": "object",
                    "properties": {
                        "zh": {"type": "string", "description": "the Chinese text"},
                        "en": {"type": "string", "description": "the English text"},
                    },
                    "additionalProperties": False,
                    **ONE_LANGUAGE,
                },
            ],
            "description": "a text for people: in Chinese (`zh`), English (`en`) or both, or one text for both",
        }
    ),
]


class ScopePart(Part):
    """What a waiver covers: what fits every key that is given."""

    rule: Annotated[Some, _or_list(_WORD, "patterns (`mine.*`) for names of rules and conclusions")] | None = None
    entity: Entities | None = None
    jurisdiction: Annotated[Some, _or_list(_WORD, "keys of jurisdictions, exactly; not of what is below")] | None = None
    fingerprints: list[Words] | None = Field(
        None, min_length=1, description="single findings and conclusions, `rule/about/key`"
    )


class WaiverPart(Part):
    """One waiver."""

    waiver: Name = Field(description="the waiver's name, given once in all files")
    document: Words = Field(description="the number of the document that grants it")
    approved_by: Said = Field(description="the office that approved it, never a person: a text, or `{zh: …, en: …}`")
    reason: Said = Field(description="why these findings do not count for now: a text, or `{zh: …, en: …}`")
    from_: Day = Field(alias="from", description="the first day it stands")
    until: Day = Field(description="the last day it stands")
    scope: ScopePart = Field(description="what it covers: what fits every key that is given")


class WaiversDocument(Part):
    """A file of waivers."""

    schema_: Literal["hegui/waivers/1"] = Field(alias="schema", description="the version of this form")
    waivers: list[WaiverPart] = Field(min_length=1, description="the waivers of this file")
