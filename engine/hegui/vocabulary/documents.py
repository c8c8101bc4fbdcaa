"""The shape of a `kind:` document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Info

from hegui.datatypes import Text
from hegui.vocabulary.validation import Shape

FieldType = Literal["string", "int", "number", "bool", "date", "code", "ref", "list"]
ElementType = Literal["string", "int", "number", "bool", "date", "code", "ref"]
Word = Annotated[str, Info(min_length=1)]


class LabelShape(Shape):
    """A text in Chinese, English or both."""

    zh: Word | None = None
    en: Word | None = None

    def text(self, otherwise: str) -> Text:
        """The label; where neither language is given, `otherwise` in both."""
        return Text(self.zh or "", self.en or "") if self.zh or self.en else Text(otherwise, otherwise)


class CodeShape(LabelShape):
    """One code of a code list."""

    aliases: list[Word] = Info(default_factory=list)


class EvidenceShape(Shape):
    """Which fields of the row name the paper behind a field."""

    source_doc: Word | None = None
    obtained_on: Word | None = None
    method: Word | None = None


class FieldShape(Shape):
    """One field of a kind."""

    type: FieldType
    label: LabelShape = LabelShape()
    aliases: list[Word] = Info(default_factory=list)
    unit: Word | None = None
    to: Word | None = None
    of: ElementType | None = None
    codes: Annotated[dict[str, CodeShape], Info(min_length=1)] | None = None
    private: bool = False
    detection: bool = False
    evidence: EvidenceShape | None = None


class RelationShape(Shape):
    """The rows of another kind that point at this one."""

    kind: Word
    by: Word
    label: LabelShape = LabelShape()


class KindShape(Shape):
    """A kind, or (`extends: true`) what a later layer adds to it."""

    kind: Word
    extends: bool = False
    label: LabelShape = LabelShape()
    aliases: list[Word] = Info(default_factory=list)
    key: Word | Annotated[list[Word], Info(min_length=1)] | None = None
    name: Word | None = None
    jurisdiction: Word | None = None
    coordinates: list[Word] | None = None
    fields: dict[str, FieldShape] = Info(default_factory=dict)
    has_many: dict[str, RelationShape] = Info(default_factory=dict)
