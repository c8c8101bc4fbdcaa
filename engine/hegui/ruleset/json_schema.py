"""JSON Schemas of the documents, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from hegui.ruleset.documents import DOCUMENTS
from hegui.vocabulary.documents import KindShape


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each document by its first key, made from the models that check it."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    models: dict[str, type[BaseModel]] = {**DOCUMENTS, "kind": KindShape}
    return {name: dialect | model.model_json_schema(by_alias=True) for name, model in sorted(models.items())}
