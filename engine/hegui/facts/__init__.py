"""Facts: registries are read, judged at the door and kept as typed tables with their provenance.

`docs/facts.md` is the reference: which files are read, how headers, numbers, dates and missing words are understood,
and what each kind of data problem means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hegui.facts.registry import DataProblem, Place, Registry, SourceTable
from hegui.vocabulary import Vocabulary

if TYPE_CHECKING:
    from hegui.facts.table import RawTable

__all__ = ["DataProblem", "Place", "Registry", "SourceTable", "from_rows"]


def from_rows(
    vocabulary: Vocabulary, rows: Mapping[str, Sequence[Mapping[str, object]]], *, as_of: date | None = None
) -> Registry:
    """A registry of rows in memory, through the same door as files.

    Args:
        vocabulary: what the facts look like.
        rows: kind → rows, each a mapping of headers (field names, labels or aliases) to values. Values are Python
            values or texts, in the field's declared unit unless they or the header name another.
        as_of: the day the facts are looked at; only used to note later records.

    Raises:
        FactsError: a kind is unknown.
    """
    from hegui.facts import memory

    return memory.from_rows(vocabulary, rows, as_of=as_of)
