"""What a kind becomes in Polars: the types of its columns."""

from __future__ import annotations

import polars as pl

from hegui.datatypes import Type
from hegui.vocabulary.kinds import Kind

_COLUMN: dict[str, pl.DataType] = {
    "string": pl.String(),
    "ref": pl.String(),
    "code": pl.String(),
    "int": pl.Int64(),
    "number": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "error": pl.String(),
}


def column_types(kind: Kind) -> dict[str, pl.DataType]:
    """The Polars type of each field's column."""
    return {name: column_type(each.type) for name, each in kind.fields.items()}


def column_type(type_: Type) -> pl.DataType:
    """The Polars type in which values of `type_` are kept."""
    if type_.name == "list":
        return pl.List(column_type(type_.element or Type("string")))
    return _COLUMN[type_.name]
