"""The JSON Schemas of every YAML document there is, for editors and other checkers."""

from __future__ import annotations

from typing import Any, Final

from hegui.assure.registries import RegistryDocument
from hegui.facts.manifest_shape import ManifestShape
from hegui.ruleset.json_schema import DIALECT, of
from hegui.ruleset.json_schema import schemas as of_rulesets
from hegui.waivers.documents import WaiversDocument

ANY: Final = "hegui"
"""The name of the schema that takes any document below the folder of a ruleset."""


def documents() -> dict[str, dict[str, Any]]:
    """Each document's schema by its name: those of a ruleset by their first key, then the others."""
    return {
        **of_rulesets(),
        "registry": of(ManifestShape),
        "test": of(RegistryDocument),
        "waivers": of(WaiversDocument),
    }


def any_document() -> dict[str, Any]:
    """The schema of whatever may stand below the folder of a ruleset, tests included.

    The key that begins a document decides which schema is held against it, and no other is: among alternatives
    (`oneOf`) an editor guesses which one was meant, and complains of keys nobody thought of.
    """
    found = {**of_rulesets(), "test": of(RegistryDocument)}
    parts: dict[str, Any] = {}
    for name, schema in found.items():
        parts |= schema.pop("$defs", {})
        parts[name] = {key: value for key, value in schema.items() if key != "$schema"}
    first = {name: {"$ref": f"#/$defs/{name}/properties/{name}"} for name in found}
    nothing = {"properties": first, "additionalProperties": False, "minProperties": 1}
    begun = [{"if": _begins(name, found), "then": {"$ref": f"#/$defs/{name}"}} for name in found]
    return {
        "$schema": DIALECT,
        "description": "A document of a ruleset, told by its first key.",
        "type": ["object", "null"],  # nothing between two `---` is passed over
        "allOf": [*begun, {"if": {"not": {"anyOf": [{"required": [name]} for name in found]}}, "then": nothing}],
        "$defs": parts,
    }


def _begins(name: str, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Does a document begin with `name`? A rule has a `notice` too, but is no notice."""
    others = [{"required": [other]} for other in found if other != name and name in found[other]["properties"]]
    return {"type": "object", "required": [name]} | ({"not": {"anyOf": others}} if others else {})


def files() -> dict[str, dict[str, Any]]:
    """Every schema by the name of the file it is kept in."""
    made = {**documents(), ANY: any_document()}
    return {f"{name}.schema.json": schema for name, schema in sorted(made.items())}
