"""Kinds of entities, their fields, code lists, relations, units and aliases: what facts look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hegui.arguments import expect
from hegui.source import Diagnostic, Document, UsageError, Wording
from hegui.vocabulary.kinds import Evidence, Field, Kind, Relation, Vocabulary, fold

if TYPE_CHECKING:
    import polars as pl
    from pydantic import BaseModel

__all__ = [
    "Evidence",
    "Field",
    "Kind",
    "Relation",
    "Vocabulary",
    "fold",
    "load_vocabulary",
    "model",
    "python_module",
    "schema",
]

_NO_KIND = Wording(
    "wrong-argument",
    "`kind` is a `Kind`, and not the name of one, `{name}`",
    "`kind` 应为 `Kind`，而不是其名称 `{name}`",
)
_OUT_OF = Wording(
    "kind-of-ruleset", 'give `ruleset.vocabulary.kinds["{name}"]`', '请使用 `ruleset.vocabulary.kinds["{name}"]`'
)


def load_vocabulary(documents: Sequence[Document]) -> tuple[Vocabulary, list[Diagnostic]]:
    """The vocabulary declared by `kind:` documents, in layer order, and every problem found in them.

    A kind that is defined in an earlier document may be given further fields, relations and aliases by a document
    that says `extends: true`. Nothing is raised: where there are problems, the vocabulary holds what could be
    understood, and fields that could not have the type `error`.
    """
    from hegui.vocabulary.loader import load

    return load(documents)


def model(kind: Kind) -> type[BaseModel]:
    """A pydantic model of one entity of `kind`: strict, no other keys, every field but the key optional.

    Its JSON schema is the form rows of the kind have in JSON; values are in the field's declared unit, references are keys.
    `python_module` writes models that also hold rows, under references and relations.

    Raises:
        UsageError: `kind` is no kind of a vocabulary (`ruleset.vocabulary.kinds[name]`).
    """
    from hegui.vocabulary.entities import entity_model

    if isinstance(kind, str):
        raise UsageError(Diagnostic(_NO_KIND, {"name": kind}, None, _OUT_OF))
    expect("kind", kind, Kind)
    return entity_model(kind)


def python_module(vocabulary: Vocabulary, name: str, version: str) -> str:
    """The text of a Python module with a pydantic model for each kind, for editors and type checkers.

    Every model is accepted by `Ruleset.check` and knows its kind. The text is the same for the same vocabulary.

    Args:
        vocabulary: of a ruleset.
        name: the ruleset's name, and
        version: its version, which the module's docstring names.
    """
    from hegui.vocabulary.module import python_module as written

    return written(vocabulary, name, version)


def schema(kind: Kind) -> dict[str, pl.DataType]:
    """The Polars type of the column of each field: String, Int64, Float64, Boolean, Date or a List of those."""
    from hegui.vocabulary.columns import column_types

    return column_types(kind)
