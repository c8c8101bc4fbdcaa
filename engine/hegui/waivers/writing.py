"""Waivers → YAML that `loading` reads back to the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from hegui.datatypes import Text
from hegui.waivers.documents import SCHEMA
from hegui.waivers.model import Scope, Waiver


def written(waivers: Iterator[Waiver]) -> Iterator[str]:
    """A file of waivers, in pieces."""
    yield f"schema: {SCHEMA}\nwaivers:\n"
    for waiver in waivers:
        yield f"  - waiver: {_quoted(waiver.name)}\n"
        yield f"    document: {_quoted(waiver.document)}\n"
        yield f"    approved_by: {_text(waiver.approved_by)}\n    reason: {_text(waiver.reason)}\n"
        yield f"    from: {waiver.start}\n    until: {waiver.until}\n    scope:\n"
        yield from _scope(waiver.scope)


def _scope(scope: Scope) -> Iterator[str]:
    entities = [
        f"{{id: {_quoted(each.id)}}}"
        if each.kind is None
        else f"{{kind: {_quoted(each.kind)}, id: {_quoted(each.id)}}}"
        for each in scope.entities
    ]
    parts = {"rule": map(_quoted, scope.rules), "entity": entities, "jurisdiction": map(_quoted, scope.jurisdictions)}
    for name, found in parts.items():
        if listed := ", ".join(found):
            yield f"      {name}: [{listed}]\n"
    if scope.fingerprints:
        yield "      fingerprints:\n"
        yield from (f"        - {_quoted(each)}\n" for each in scope.fingerprints)


def _text(text: Text) -> str:
    if text.zh == text.en:
        return _quoted(text.zh)
    given = ((lang, text.zh if lang == "zh" else text.en) for lang in ("zh", "en"))
    return "{" + ", ".join(f"{lang}: {_quoted(said)}" for lang, said in given if said) + "}"


def _quoted(text: str) -> str:
    """In double quotes, on one line: as JSON, which is YAML too as long as every character can be printed."""
    if text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=False, width=float("inf"))
    return quoted.strip()
