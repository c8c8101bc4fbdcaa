"""Facts given as Python rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from hegui.facts.decode import unusable
from hegui.facts.door import Supplied, conform
from hegui.facts.records import NO_ROWS, NOT_A_ROW
from hegui.facts.registry import Registry
from hegui.facts.table import as_text, from_records
from hegui.source import FactsError, Wording, digest
from hegui.vocabulary import Vocabulary
from hegui.vocabulary.naming import unknown

_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有种类 `{name}`")

MEMORY = "(rows)"
"""What rows that come from no file are shown to come from."""


def from_rows(
    vocabulary: Vocabulary, rows: Mapping[str, Sequence[Mapping[str, object]]], *, as_of: date | None = None
) -> Registry:
    """Rows through the door; a kind with no rows counts as supplied and empty."""
    missing = [unknown(_NO_KIND, None, name, vocabulary.kinds) for name in rows if name not in vocabulary.kinds]
    if missing:
        raise FactsError(missing)
    rows = {name: list(map(without_gaps, _rows(name, each))) for name, each in rows.items()}
    supplied = [Supplied(name, from_records(each), MEMORY) for name, each in rows.items()]
    return conform(vocabulary, supplied, as_of=as_of, digest=_digest(rows))


def _rows(name: str, given: object) -> Iterator[Mapping[str, object]]:
    """The rows given for a kind, which must be some."""
    if not isinstance(given, Iterable) or isinstance(given, str | bytes | Mapping):
        raise unusable(name, NO_ROWS)
    for number, row in enumerate(given, start=1):
        if not isinstance(row, Mapping):
            raise unusable(name, NOT_A_ROW, row=number)
        yield row


def without_gaps(row: Mapping[str, object]) -> Mapping[str, object]:
    """A row without its nan: what a table of numbers has where there is none, and no value, as in frames."""
    gaps = [name for name, value in row.items() if value.__class__ is float and value != value]
    return {**row, **dict.fromkeys(gaps)} if gaps else row


def _digest(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    texts = {name: json.dumps(list(map(dict, each)), default=as_text, sort_keys=True) for name, each in rows.items()}
    return digest((name, text.encode()) for name, text in texts.items())
