"""The digest of what was read of a database: over the conformed rows in order of key, wherever and however they are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Final

import polars as pl

from hegui.facts.registry import LINE, ROW, SOURCE, Registry
from hegui.source import digest

_AT_ONCE: Final = 100_000
"""Rows written out at a time."""


def digested(registry: Registry, files: Iterable[tuple[str, str]]) -> Registry:
    """The registry with the digests of its databases, one for each as for a workbook, and its own over these and `files`,
    which are names and digests."""
    contents = {number: _content(registry, number) for number, source in enumerate(registry.sources) if source.keyed}
    sources = list(registry.sources)
    for name in {sources[number].file for number in contents}:
        same = [number for number in contents if sources[number].file == name]
        own = digest((f"{sources[number].kind} {at}", contents[number]) for at, number in enumerate(same))
        for number in same:
            sources[number] = replace(sources[number], digest=own)
    kinds = [registry.sources[number].kind for number in contents]
    read = [
        (f"{kind} {kinds[:at].count(kind)}", body)
        for at, (kind, body) in enumerate(zip(kinds, contents.values(), strict=True))
    ]
    whole = digest([*((name, body.encode()) for name, body in files), *read])
    return replace(registry, sources=tuple(sources), digest=whole)


def _content(registry: Registry, number: int) -> bytes:
    """A digest of the rows of a source as they are in the registry, with why cells have no value."""
    table = registry.tables[registry.sources[number].kind].lazy().collect()
    hidden = (ROW, SOURCE, LINE)
    rows = table.filter(pl.col(SOURCE) == number).select(sorted(set(table.columns) - set(hidden)))
    total = hashlib.sha256()
    for start in range(0, len(rows), _AT_ONCE):
        text = BytesIO()
        rows.slice(start, _AT_ONCE).write_ndjson(text)
        total.update(text.getvalue())
    return total.hexdigest().encode()
