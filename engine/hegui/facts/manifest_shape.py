"""What is wrong with the form of a `registry.yaml`, key by key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Info

from hegui.source import Diagnostic, Document
from hegui.vocabulary.documents import Word
from hegui.vocabulary.validation import Shape, validate


class SourceShape(Shape):
    """One table."""

    kind: Word
    file: Word
    sheet: Word | None = None
    header: int | list[int] | None = None
    encoding: Word | None = None
    columns: dict[str, Word] = Info(default_factory=dict)


class ManifestShape(Shape):
    """A registry's tables."""

    sources: Annotated[list[SourceShape], Info(min_length=1)]


def complaints(document: Document) -> list[Diagnostic]:
    """Everything that is wrong with the form of a manifest."""
    return validate(ManifestShape, document)[1]
