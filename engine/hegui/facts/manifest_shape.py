"""What is wrong with the form of a `registry.yaml`, key by key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Info

from hegui.source import Diagnostic, Document
from hegui.vocabulary.documents import Word
from hegui.vocabulary.validation import Shape, validate


class SourceShape(Shape):
    """One table."""

    kind: Word = Info(description="the kind whose rows it holds: its name, its label or an alias")
    file: Word = Info(description="the file, relative to this one and inside its folder")
    sheet: Word | None = Info(None, description="the sheet of a workbook; its only one where left out")
    header: int | list[int] | None = Info(
        None, description="the header's row, counted from 1, or two rows that follow each other, as `[2, 3]`"
    )
    encoding: Word | None = Info(None, description="such as `gb18030`; found out where left out")
    columns: dict[str, Word] = Info(
        default_factory=dict,
        description="fields whose header in the file is another than the vocabulary's: `field: header`",
    )


class ManifestShape(Shape):
    """A registry's tables."""

    sources: Annotated[list[SourceShape], Info(min_length=1)] = Info(description="the tables of the registry")


def complaints(document: Document) -> list[Diagnostic]:
    """Everything that is wrong with the form of a manifest."""
    return validate(ManifestShape, document)[1]
