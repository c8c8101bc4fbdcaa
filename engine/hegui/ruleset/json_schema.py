"""JSON Schemas of the documents of a ruleset, made from the models that check them and put in words editors understand."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from hegui.ruleset.documents import DOCUMENTS
from hegui.vocabulary.documents import KindShape

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest dialect that every editor reads."""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each document by its first key."""
    models: dict[str, type[BaseModel]] = {**DOCUMENTS, "kind": KindShape}
    return {name: of(model) for name, model in sorted(models.items())}


def of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model: what the loader takes, and why a key is there."""
    made = model.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **_plain(made)}


def _plain(node: Any) -> Any:
    """A schema without what the loader does not let through (`null`) and what helps nobody (titles, empty defaults)."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: value for key, value in node.items() if key != "title" and (key != "default" or _tells(value))}
    for key, value in found.items():
        named = key in ("properties", "$defs")
        found[key] = {name: _plain(inner) for name, inner in value.items()} if named else _plain(value)
    return _keys_named(_alone(found))


def _tells(default: object) -> bool:
    return isinstance(default, bool) or (isinstance(default, (str, int)) and default != "")


def _alone(node: dict[str, Any]) -> dict[str, Any]:
    """A choice of one is no choice; `null` never is one."""
    for key in ("anyOf", "allOf"):
        if key in node:
            left = [each for each in node.pop(key) if each != {"type": "null"}]
            node = {**left[0], **node} if len(left) == 1 else {**node, key: left}
    return node


def _keys_named(node: dict[str, Any]) -> dict[str, Any]:
    """Keys that follow a pattern are said by `propertyNames`: others are then refused, and editors say why."""
    patterns = node.pop("patternProperties", None)
    if patterns is None:
        return node
    ((pattern, values),) = patterns.items()
    names = {"pattern": pattern, **node.pop("propertyNames", {})}
    return {**node, "propertyNames": names, "additionalProperties": values}
