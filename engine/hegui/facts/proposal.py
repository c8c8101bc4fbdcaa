"""A manifest proposed for a workbook or folder somebody already has, with what could not be matched as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hegui.facts.binding import Binding, Header, any_header, bind, find_header, with_header
from hegui.facts.decode import Reading
from hegui.facts.readers import reader_of
from hegui.facts.sources import README, files_of
from hegui.facts.table import RawTable
from hegui.source import Diagnostic, FactsError, Wording, did_you_mean
from hegui.vocabulary import Kind, Vocabulary, fold

_NO_READER = Wording("no-reader", "`{name}` is of no kind of file that is read", "`{name}` 的文件类型无法读取")
_PLAIN: Final = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.()/ -]*\Z")
_TITLE: Final = "# 按台账自动拟定，请核对后使用。a proposal made from the headers found: check it before use"


@dataclass(frozen=True)
class _Match:
    """A table, the kind it fits best, and its columns; none where it fits no kind."""

    table: RawTable
    kind: Kind | None = None
    header: Header | None = None
    binding: Binding | None = None


def propose_manifest(path: Path, vocabulary: Vocabulary) -> str:
    """The text of a `registry.yaml`; see `hegui.facts.propose_manifest`."""
    files = files_of(path)[0] if path.is_dir() else [path]
    entries = [line for file in files for line in _file(file, vocabulary)]
    sources = "sources:" if any(line.startswith("  - ") for line in entries) else "sources: []"
    return "\n".join([_TITLE, sources, *entries]) + "\n"


def _file(path: Path, vocabulary: Vocabulary) -> Iterator[str]:
    reader = reader_of(path.suffix.lower())
    if reader is None:
        raise FactsError(Diagnostic(_NO_READER, {"name": path}))
    tables = [table for table in reader(Reading(path, str(path))) if table.columns and table.name != README]
    for table in tables:
        match = _match(table, table.name or path.stem, vocabulary)
        yield from _entry(match, path.name) if match.kind is not None else _unmatched(table, path.name, vocabulary)


def _match(table: RawTable, name: str, vocabulary: Vocabulary) -> _Match:
    """The kind the table is called by, where its header fits that at all; else the kind its header fits best."""
    called = vocabulary.kinds.get(vocabulary.folded.get(fold(name), ""))
    kinds = [*([called] if called else []), *vocabulary.kinds.values()]
    if table.headed:
        found = [(len(bind(table, kind).fields), -at, kind) for at, kind in enumerate(kinds)]
        best = max(found, key=lambda each: each[:2])
        kind = called if called and found[0][0] else best[2]
        return _Match(table, kind, None, bind(table, kind)) if best[0] else _Match(table)
    header = find_header(table, called) if called else None
    chosen = (called, header) if called and header else any_header(table, list(vocabulary.kinds.values()))
    if chosen is None:
        return _Match(table)
    headed = with_header(table, chosen[1])
    return _Match(headed, chosen[0], chosen[1], bind(headed, chosen[0]))


def _entry(match: _Match, file: str) -> Iterator[str]:
    kind, binding = match.kind, match.binding
    assert kind is not None
    assert binding is not None
    yield f"  - kind: {kind.name}  # {kind.label.zh}"
    yield f"    file: {_quoted(file)}"
    if match.table.name is not None:
        yield f"    sheet: {_quoted(match.table.name)}"
    if match.header is not None:
        rows = [match.header.start + 1 + at for at in range(match.header.height)]
        yield f"    header: {rows[0] if len(rows) == 1 else rows}"
    yield "    columns:"
    for name, bound in binding.fields.items():
        yield f"      {name}: {_quoted(_word(bound.column.header, bound.column.readings, bound.rank))}" + (
            "" if bound.fits else f"  # 单位不符 unit does not fit {kind.fields[name].type.unit}"
        )
    yield from _left_over(kind, binding)


def _word(header: str, readings: Sequence[str], rank: int) -> str:
    return readings[rank] if readings and rank >= 0 else header


def _left_over(kind: Kind, binding: Binding) -> Iterator[str]:
    """What the table has and is no field, with the fields it may be; what is a field and the table does not have."""
    for name, columns in binding.ambiguous.items():
        yield f"    # {', '.join(_quoted(each.header) for each in columns)}: 都像 both could be {name}"
    missing = [name for name in kind.fields if name not in binding.fields and name not in binding.ambiguous]
    words = {word: name for name in missing for word in kind.fields[name].words}
    for column in binding.unknown:
        near = list(dict.fromkeys(words[word] for word in did_you_mean(column.header, words)))
        hint = f"  也许 perhaps {', '.join(near)}" if near else ""
        yield f"    # 未识别的列 unknown column: {_quoted(column.header)}{hint}"
    if missing:
        yield f"    # 没有列的字段 fields without a column: {', '.join(missing)}"


def _unmatched(table: RawTable, file: str, vocabulary: Vocabulary) -> Iterator[str]:
    near = did_you_mean(table.name or "", vocabulary.words)
    hint = f"  也许 perhaps {', '.join(vocabulary.words[word] for word in near)}" if near else ""
    name = _quoted(file) if table.name is None else f"{_quoted(file)} {_quoted(table.name)}"
    yield f"  # 未识别的表 unknown table: {name}{hint}"


def _quoted(text: str) -> str:
    """A text as a YAML scalar; quotes only where it needs them."""
    plain = _PLAIN.match(text) and not text.endswith(" ") and text not in ("true", "false", "null")
    numeric = text.replace(".", "").replace("-", "").isdigit()
    return text if plain and not numeric else json.dumps(text, ensure_ascii=False)
