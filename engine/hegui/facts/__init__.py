"""Facts: registries are read, judged at the door and kept as typed tables with their provenance.

`docs/facts.md` is the reference: which files are read, how headers, numbers, dates and missing words are understood,
and what each kind of data problem means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hegui.facts.allowed import allowing
from hegui.facts.registry import DataProblem, Place, Registry, SourceTable
from hegui.vocabulary import Vocabulary

if TYPE_CHECKING:
    from hegui.facts.readers import Reader

__all__ = [
    "READERS",
    "DataProblem",
    "Place",
    "Registry",
    "SourceTable",
    "allowing",
    "from_frames",
    "from_rows",
    "propose_manifest",
    "read",
    "write_conformed",
    "write_template",
]


def read(paths: Sequence[Path | str], vocabulary: Vocabulary, *, as_of: date | None = None) -> Registry:
    """Read a registry and judge it at the door.

    Args:
        paths: folders, files, manifests (`registry.yaml`, or a folder that has one), addresses of databases as texts, or
            one conformed registry. A file, sheet or table is of the kind it is called by; `docs/facts.md` lists the forms.
        vocabulary: what the facts look like.
        as_of: the day the facts are looked at; only used to note later records.

    Raises:
        FactsError: a file or database cannot be used as a whole, two tables are of one kind, or nothing is of any kind; with all
            such problems of all files. Bad cells and rows never raise: they are in `Registry.problems`.
    """
    from hegui.facts import sources

    return sources.read(paths, vocabulary, as_of=as_of)


def write_conformed(registry: Registry, folder: Path) -> None:
    """Write a registry in the form that `read` takes without judging it again: Parquet per kind and a JSON marker.

    What reads it trusts it: use it for registries that hegui itself has conformed. It is whole or not there at all.

    Raises:
        UsageError: the folder cannot be written, as when the disk is full.
    """
    from hegui.facts import conformed

    conformed.write_conformed(registry, folder)


def write_template(vocabulary: Vocabulary, kinds: Sequence[str], path: Path) -> None:
    """Write an empty workbook to be filled in and read back by `read`.

    It has a sheet per kind, called by the kind's Chinese label, with Chinese headers that name units, drop-down lists
    for codes and truth values, and a sheet that explains every column.

    Args:
        vocabulary: what the facts look like.
        kinds: the names of the kinds wanted; none for all of them.
        path: the `.xlsx` file to write.

    Raises:
        UsageError: a kind is unknown, or the file cannot be written.
    """
    from hegui.facts import template

    template.write_template(vocabulary, kinds, path)


def propose_manifest(path: Path, vocabulary: Vocabulary) -> str:
    """The text of a `registry.yaml` for a file or folder somebody already has.

    For each sheet it names the kind whose headers fit best, the header's row and the columns found; what could not be
    matched is listed in comments. Put it beside the files, since it names them relative to itself.

    Raises:
        FactsError: a file cannot be read.
    """
    from hegui.facts import proposal

    return proposal.propose_manifest(path, vocabulary)


def __getattr__(name: str) -> dict[str, Reader]:
    """`READERS`, the table of readers by suffix, loaded when asked for."""
    if name != "READERS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hegui.facts.readers import READERS

    return READERS


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
        FactsError: a kind is unknown, or what is given for one are no rows.
    """
    from hegui.facts import memory

    return memory.from_rows(vocabulary, rows, as_of=as_of)


def from_frames(vocabulary: Vocabulary, frames: Mapping[str, Any], *, as_of: date | None = None) -> Registry:
    """A registry of data frames, through the same door as files.

    Args:
        vocabulary: what the facts look like.
        frames: word for a kind (its name, label or alias) → a frame of Polars (eager or lazy), pandas, PyArrow, DuckDB, PySpark
            or another library narwhals knows; or a list of rows. Columns are headers, as in files: names, labels or aliases,
            with or without a unit in brackets. Frames that are not computed yet are, whole and once. Addresses are the
            numbers of rows as they come, counted from 1.
        as_of: the day the facts are looked at; only used to note later records.

    Raises:
        FactsError: a kind is unknown, something is no frame or cannot be computed (with its cause), a column of the key is
            missing, or a column is of a type its field cannot be read from; with all such problems. Single bad cells never
            raise: they are in `Registry.problems`.
    """
    from hegui.facts import frames as made

    return made.from_frames(vocabulary, frames, as_of=as_of)
