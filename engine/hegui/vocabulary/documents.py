"""The shape of a `kind:` document."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict
from pydantic import Field as Info

from hegui.datatypes import Text
from hegui.vocabulary.validation import Shape

FieldType = Literal["string", "int", "number", "bool", "date", "code", "ref", "list"]
ElementType = Literal["string", "int", "number", "bool", "date", "code", "ref"]
Word = Annotated[str, Info(min_length=1)]
_NAME: Final[dict[str, Any]] = {
    "pattern": "^(?!(as_of|false|in|null|true)$)[A-Za-z_][A-Za-z0-9_]*$",
    "patternErrorMessage": "a name here is Latin letters, digits and `_`, and begins with no digit",
}
"""For editors; what the loader says of such names is in `drafts`."""
_NEEDS: Final[Any] = [
    {"if": {"required": ["type"], "properties": {"type": {"const": type_}}}, "then": {"required": [key]}}
    for type_, key in (("ref", "to"), ("code", "codes"), ("list", "of"))
] + [
    {
        "if": {"required": ["type"], "properties": {"type": {"not": {"enum": [*types]}}}},
        "then": {"properties": {key: False}},
    }
    for key, types in {
        "to": ("ref", "list"),
        "codes": ("code", "list"),
        "of": ("list",),
        "unit": ("int", "number", "list"),
        "detection": ("number",),
    }.items()
]
_KEYED: Final[dict[str, Any]] = {
    "if": {"properties": {"extends": {"const": False}}},
    "then": {"required": ["key", "fields"]},
    "else": {"required": ["kind"]},
}


class LabelShape(Shape):
    """A text in Chinese, English or both."""

    zh: Word | None = Info(default=None, description="the Chinese text")
    en: Word | None = Info(default=None, description="the English text")

    def text(self, otherwise: str) -> Text:
        """The label; where neither language is given, `otherwise` in both."""
        return Text(self.zh or "", self.en or "") if self.zh or self.en else Text(otherwise, otherwise)


class CodeShape(LabelShape):
    """One code of a code list."""

    aliases: list[Word] = Info(
        default_factory=list, description="other words tables use for this code, exactly as written"
    )


class EvidenceShape(Shape):
    """Which fields of the row name the paper behind a field."""

    source_doc: Word | None = Info(None, description="the field that names the paper")
    obtained_on: Word | None = Info(None, description="the field with the day it was obtained")
    method: Word | None = Info(None, description="the field that says how it was obtained")


class FieldShape(Shape):
    """One field of a kind."""

    model_config = ConfigDict(json_schema_extra={"allOf": _NEEDS})

    type: FieldType = Info(description="what its values are")
    label: LabelShape = Info(LabelShape(), description="what people call it; a header may be either text")
    aliases: list[Word] = Info(default_factory=list, description="other headers tables use for it, exactly as written")
    unit: Word | None = Info(None, description="the unit of an int or number, as in `t/a`, `mg/L`, `亩`")
    to: Word | None = Info(None, description="the kind a `ref` points at")
    of: ElementType | None = Info(None, description="the type of a list's elements")
    codes: Annotated[dict[str, CodeShape], Info(min_length=1)] | None = Info(
        None, description="the codes of a `code` field, with their labels: `open_pit: {zh: 露天, en: open-pit}`"
    )
    private: bool = Info(False, description="never in findings, pages or logs unless asked for with `--private`")
    detection: bool = Info(False, description="a number that may be given as a bound, as in `<0.05`")
    evidence: EvidenceShape | None = Info(None, description="which fields of the row name the paper behind this one")


class RelationShape(Shape):
    """The rows of another kind that point at this one."""

    kind: Word = Info(description="the kind of the rows")
    by: Word = Info(description="their field that points here")
    label: LabelShape = Info(LabelShape(), description="what people call the relation")


class KindShape(Shape):
    """A kind, or (`extends: true`) what a later layer adds to it."""

    model_config = ConfigDict(json_schema_extra=_KEYED)

    kind: Word = Info(description="the kind's name: Latin letters, digits and `_`", json_schema_extra=_NAME)
    extends: bool = Info(False, description="adds to a kind of a lower layer")
    label: LabelShape = Info(LabelShape(), description="what people call the kind; a table may go by either text")
    aliases: list[Word] = Info(default_factory=list, description="other names tables of it go by, exactly as written")
    key: Word | Annotated[list[Word], Info(min_length=1)] | None = Info(
        None, description="the field rows are told apart by, a list of fields, or `none` for rows that cannot be judged"
    )
    name: Word | None = Info(None, description="the field shown to people")
    jurisdiction: Word | None = Info(None, description="the field, or path of references, that says who answers for it")
    coordinates: list[Word] | None = Info(
        None, description="two fields: longitude and latitude", json_schema_extra={"minItems": 2, "maxItems": 2}
    )
    fields: dict[str, FieldShape] = Info(
        default_factory=dict, description="its fields by name", json_schema_extra={"propertyNames": _NAME}
    )
    has_many: dict[str, RelationShape] = Info(
        default_factory=dict,
        description="relations by name: the rows of other kinds that point at this one",
        json_schema_extra={"propertyNames": _NAME},
    )
