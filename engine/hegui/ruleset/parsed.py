"""Files of rulesets that are parsed once where several rulesets build on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from hegui.source import Document, Source, read_yaml

_KNOWN: ContextVar[dict[Source, list[Document]] | None] = ContextVar("known", default=None)
FILES: Final = 1024
"""Documents of so many files are held; beyond them all are forgotten."""


@contextmanager
def parsing_once() -> Iterator[None]:
    """Inside, a file that stands there under the name and with the text it had before is not parsed again: what is held
    against another version, or looked at with all that builds on it, has layers in common with it."""
    if _KNOWN.get() is not None:
        yield
        return
    token = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def documents(source: Source) -> list[Document]:
    """The documents of a file, which nobody changes.

    Raises:
        HeguiError: as `source.read_yaml`.
    """
    known = _KNOWN.get()
    if known is None:
        return read_yaml(source)
    if source not in known:
        if len(known) >= FILES:
            known.clear()
        known[source] = read_yaml(source)
    return known[source]
