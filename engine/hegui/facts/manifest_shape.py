"""What is wrong with the form of a `registry.yaml`, key by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import ConfigDict
from pydantic import Field as Info

from hegui.facts.manifest_words import ONE_PLACE
from hegui.source import Diagnostic, Document
from hegui.vocabulary.documents import Word
from hegui.vocabulary.validation import Shape, validate

_FORM: Final[dict[str, Any]] = {
    "oneOf": [{"required": ["file"]}, {"required": ["database"]}],
    "dependencies": {
        "table": {"required": ["database"], "not": {"required": ["query"]}},
        "query": ["database"],
        "sheet": ["file"],
        "header": ["file"],
        "encoding": ["file"],
    },
}
"""Which keys go together, for editors; when a manifest is read, `manifest` says so with its place."""


class SourceShape(Shape):
    """One table."""

    model_config = ConfigDict(json_schema_extra=_FORM)

    kind: Word = Info(description="the kind whose rows it holds: its name, its label or an alias")
    file: Word | None = Info(None, description="the file, relative to this one and inside its folder")
    database: Word | None = Info(
        None,
        description="in place of a file: `postgresql://USER@HOST/DATABASE`, `sqlite:///FILE` relative to this one, or"
        " `${NAME}` for such a URL in the environment",
    )
    table: Word | None = Info(
        None, description="the table or view of the database, with its schema where needed; the one called by the kind"
        " where neither this nor a query is given"
    )  # fmt: skip
    query: Word | None = Info(None, description="a single `select`, in place of a table")
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
    return [*validate(ManifestShape, document)[1], *_nowhere(document)]


def _nowhere(document: Document) -> Iterator[Diagnostic]:
    """Tables that are said to be neither in a file nor in a database."""
    sources = document.data.get("sources") if isinstance(document.data, dict) else None
    for at, source in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(source, dict) and not source.keys() & {"file", "database"}:
            yield Diagnostic(ONE_PLACE, {}, document.span(("sources", at)))
