"""YAML, JSON and JSON lines: rows are mappings of headers to values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hegui import limits
from hegui.arguments import TOO_LARGE, TOO_MANY_VALUES, values_in
from hegui.facts.decode import Reading, read_text, size_of, unusable
from hegui.facts.table import RawTable, from_records
from hegui.source import (
    LARGE,
    Diagnostic,
    Document,
    FactsError,
    HeguiError,
    Path_,
    Source,
    Span,
    Wording,
    read_yaml,
    whole_file,
)

_SYNTAX = Wording("json-syntax", "not valid JSON: {problem}", "JSON 语法错误：{problem}")
_DEEP = Wording("json-depth", "nested deeper than {limit} levels", "嵌套超过 {limit} 层")
_HALF = Wording(
    "half-a-character",
    "half a character (a lone surrogate), which no text can have",
    "半个字符（孤立的代理项），无法作为文本",
)
_LONE: Final = re.compile(
    r"\\(?:[^u]|u(?![dD][89a-fA-F])|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F]..)"
)
"""What a backslash begins in JSON; of a group, half of a pair of surrogates by itself."""
_DUPLICATE = Wording("json-duplicate-key", "key `{key}` appears twice in one row", "同一行中键 `{key}` 重复")
NO_ROWS = Wording(
    "no-rows",
    "`{name}` holds neither a list of rows nor a mapping of table names to lists of rows",
    "`{name}` 既不是行的列表，也不是“表名: 行列表”的映射",
)
NOT_A_ROW = Wording(
    "not-a-row",
    "row {row} of `{name}` is not a mapping of headers to values",
    "`{name}` 的第 {row} 行不是“表头: 值”的映射",
)


@dataclass
class _Rows:
    """The rows of one table as they come, with the line or number of each."""

    rows: list[Mapping[str, object]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def read_json(reading: Reading) -> list[RawTable]:
    """The tables of a JSON file: a list of rows, or lists of rows under table names. Rows are counted from 1.

    Raises:
        FactsError: the file is unusable, is not JSON or holds something else.
    """
    data = _loads(_limited_text(reading), reading.name)
    tables: dict[str | None, _Rows] = {}
    for name, rows in _tables(data, reading.name):
        table = tables.setdefault(name, _Rows())
        for number, row in enumerate(rows, start=1):
            _put(table, row, number, number, reading.name)
    return _raw(tables, reading.name)


def read_json_lines(reading: Reading) -> list[RawTable]:
    """The one table of a file with a JSON object per line.

    Raises:
        FactsError: the file is unusable, or a line is not a JSON object.
    """
    tables: dict[str | None, _Rows] = {None: _Rows()}
    text = _limited_text(reading)
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            row = _loads(line, reading.name, text, start)
            _put(tables[None], row, number, number, reading.name)
        start += len(line) + 1
    return _raw(tables, reading.name)


def read_yaml_rows(reading: Reading) -> list[RawTable]:
    """The tables of a YAML file: a list of rows, or lists of rows under table names. Rows are addressed by line.

    Raises:
        FactsError: the file is unusable, is not YAML or holds something else.
    """
    try:
        if size_of(reading) > limits.YAML_BYTES:
            raise FactsError(Diagnostic(LARGE, {"limit": limits.YAML_BYTES}, whole_file(reading.name)))
        documents = read_yaml(Source(reading.name, read_text(reading).replace("\r\n", "\n")))
    except FactsError:
        raise
    except HeguiError as error:
        raise FactsError(error.diagnostics) from error
    tables: dict[str | None, _Rows] = {}
    for document in documents:
        for name, rows in _tables(document.data, reading.name):
            base: Path_ = () if name is None else (name,)
            table = tables.setdefault(name, _Rows())
            for at, row in enumerate(rows):
                line = document.source.line_column(document.span((*base, at)).start)[0]
                _put(table, _as_written(row, document, (*base, at)), at + 1, line, reading.name)
    if not tables:
        raise unusable(reading.name, NO_ROWS)
    return _raw(tables, reading.name)


def _limited_text(reading: Reading) -> str:
    if size_of(reading) > limits.JSON_BYTES:
        raise unusable(reading.name, TOO_LARGE, limit=limits.JSON_BYTES)
    text = read_text(reading)
    if values_in(text) > limits.JSON_VALUES:
        raise unusable(reading.name, TOO_MANY_VALUES, limit=limits.JSON_VALUES)
    return text


def _tables(data: object, name: str) -> Iterator[tuple[str | None, Sequence[object]]]:
    """Tables by name; one without name is called by its file. Nothing at all is a table without rows."""
    if isinstance(data, list):
        yield None, data
    elif isinstance(data, dict) and data and all(isinstance(rows, list) or rows is None for rows in data.values()):
        yield from ((table, rows or []) for table, rows in data.items())
    else:
        raise unusable(name, NO_ROWS)


def _put(table: _Rows, row: object, number: int, line: int, file: str) -> None:
    if not isinstance(row, dict):
        raise unusable(file, NOT_A_ROW, row=number)
    table.rows.append(row)
    table.lines.append(line)


def _raw(tables: Mapping[str | None, _Rows], file: str) -> list[RawTable]:
    return [from_records(each.rows, each.lines, name, file) for name, each in tables.items()]


def _as_written(row: object, document: Document, path: Path_) -> object:
    """The row with numbers as the decimal texts they were written as."""
    if not isinstance(row, dict):
        return row
    return {
        key: document.raw.get((*path, key), value) if isinstance(value, (int, float)) else value
        for key, value in row.items()
    }


class _Twice(ValueError):
    """A key that stands twice in one JSON object."""


def _loads(text: str, name: str, whole: str | None = None, start: int = 0) -> Any:
    """Parsed JSON whose numbers are their own texts. `start` is where `text` begins in the `whole` file."""
    source = Source(name, text if whole is None else whole)
    try:
        data = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        at = start + min(error.pos, len(text))
        raise FactsError(Diagnostic(_SYNTAX, {"problem": error.msg}, Span(source, at, at + 1))) from error
    except _Twice as error:
        raise FactsError(Diagnostic(_DUPLICATE, {"key": error.args[0]}, Span(source, start, start))) from error
    except RecursionError as error:
        raise FactsError(Diagnostic(_DEEP, {"limit": limits.JSON_DEPTH}, Span(source, start, start))) from error
    if (half := _half(text)) is not None:
        raise FactsError(Diagnostic(_HALF, {}, Span(source, start + half, start + half + len("\\ud800"))))
    if _depth_exceeds(data, limits.JSON_DEPTH):
        raise FactsError(Diagnostic(_DEEP, {"limit": limits.JSON_DEPTH}, Span(source, start, start)))
    return data


def _half(text: str) -> int | None:
    """Where half of a pair of surrogates is written; None where there is none."""
    if "\\ud" not in text and "\\uD" not in text:
        return None
    return next((found.start() for found in _LONE.finditer(text) if found[1]), None)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return row


def _depth_exceeds(data: object, limit: int) -> bool:
    level = [data]
    for _ in range(limit):
        inner = [each for item in level if isinstance(item, (list, dict)) for each in _items(item)]
        level = [each for each in inner if isinstance(each, (list, dict))]
        if not level:
            return False
    return True


def _items(value: list[object] | dict[str, object]) -> Iterator[object]:
    yield from value.values() if isinstance(value, dict) else value
