"""`registry.yaml`: which file, sheet and header row holds which kind, in which encoding, under which headers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from os.path import isfile
from pathlib import Path
from typing import Final

from hegui import intake, limits
from hegui.facts.allowed import ALLOW_IT, permitted
from hegui.facts.database_address import SQLITE, Address, address, is_named, parts, shown, unmarked
from hegui.facts.decode import ENCODINGS, unreadable
from hegui.facts.manifest_words import ONE_PLACE
from hegui.masking import place_without_password
from hegui.source import Diagnostic, Document, FactsError, HeguiError, Span, Wording, read_source, read_yaml
from hegui.vocabulary import Vocabulary, fold
from hegui.vocabulary.naming import unknown

NAMES: Final = ("registry.yaml", "registry.yml")
"""What a manifest is called."""

_ONE = Wording(
    "one-document", "`{name}` holds one document with the key `sources`", "`{name}` 应为一个含 `sources` 的文档"
)
_MANY = Wording("too-many-sources", "there are more than {limit} sources", "来源超过 {limit} 个")
_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有种类 `{name}`")
_NO_FIELD = Wording("unknown-field", "`{kind}` has no field `{name}`", "`{kind}` 没有字段 `{name}`")
_NO_FILE = Wording("missing-file", "there is no file `{name}` here", "此处没有文件 `{name}`")
_OUTSIDE = Wording("outside", "`{name}` is not inside the folder of this file", "`{name}` 不在本文件所在文件夹内")
_OURS: Final = "HEGUI_"
_NOT_OURS = Wording(
    "variable-in-manifest",
    "a manifest may only put variables into an address that begin with `{ours}`, not `{name}`",
    "清单的数据库地址中只能使用以 `{ours}` 开头的环境变量，不能使用 `{name}`",
)
_WHOLE = Wording(
    "whole-address", "or let a variable hold the whole address: `${{NAME}}`", "或由一个变量给出完整地址：`${{NAME}}`"
)
_NO_ENCODING = Wording("unknown-encoding-name", "unknown encoding `{name}`", "未知的编码 `{name}`")
_HEADER = Wording(
    "header-rows",
    "a header is one row, or two that follow each other, counted from 1",
    "表头为一行，或相邻两行，从 1 数起",
)
_OTHER_KEY = Wording(
    "other-source-key", "`{key}` says nothing of a table in a `{place}`", "`{key}` 不适用于来自 `{place}` 的表"
)
_TABLE_OR_QUERY = Wording(
    "table-or-query", "a source has either a `table` or a `query`", "`table` 与 `query` 只能写一个"
)
_SAME_HEADER = Wording("same-header", "`{name}` is given for two fields", "`{name}` 用于两个字段")


_WORDS: Final = ("file", "database", "table", "query", "sheet", "encoding")
_OF_FILES: Final = ("file", "sheet", "header", "encoding")
_OF_DATABASES: Final = ("database", "table", "query")


@dataclass(frozen=True)
class Table:
    """A table as the manifest gives it: in a file, or in a database as a table or query."""

    kind: str
    file: str | None = None
    database: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    header: int | list[int] | None = None
    encoding: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A table the manifest names. `header` are its header's rows as counted in the file; `span` is that of the file or table.
    One in a database has an `address` in place of a path, and the `table` it is or the `query` that gives it, which is
    `called` by its number among the sources."""

    kind: str
    path: Path
    name: str
    span: Span
    address: Address | None = None
    table: str | None = None
    query: str | None = None
    called: str = ""
    sheet: str | None = None
    header: tuple[int, ...] = ()
    encoding: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    column_spans: dict[str, Span] = field(default_factory=dict)


def read_manifest(path: Path, vocabulary: Vocabulary) -> list[Entry]:
    """The tables a manifest names; files are relative to it and inside its folder, or where `allowing` says.

    Raises:
        FactsError: with every problem of the manifest.
    """
    try:
        return _entries(_document(path), path.parent, vocabulary)
    except FactsError as error:
        raise FactsError(unmarked(error.diagnostics)) from None


def _entries(document: Document, folder: Path, vocabulary: Vocabulary) -> list[Entry]:
    sources = plain(document.data)
    if sources is None:
        from hegui.facts.manifest_shape import complaints

        raise FactsError(complaints(document))
    if len(sources) > limits.MANIFEST_SOURCES:
        raise FactsError(Diagnostic(_MANY, {"limit": limits.MANIFEST_SOURCES}, document.key_span(("sources",))))
    checkers = (_Checker(document, at, vocabulary, folder) for at in range(len(sources)))
    problems = [each for checker, table in zip(checkers, sources, strict=True) for each in checker.problems(table)]
    if problems:
        raise FactsError(problems)
    return [_entry(document, at, source, folder, vocabulary) for at, source in enumerate(sources)]


def without_addresses(entries: Iterable[Entry]) -> bytes:
    """What a manifest says of its tables, but not where its databases are: to tell two manifests apart by."""
    said = [
        (each.kind, each.path.name if each.address is None else "", each.sheet, each.header, each.encoding, each.table,
         each.query, sorted(each.columns.items()))
        for each in entries
    ]  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def plain(data: object) -> list[Table] | None:
    """The tables of a manifest that has the form it should have. None for any other: what is wrong with that is for
    `manifest_shape` to say, with pydantic, which takes long to import and is not needed for one that is right."""
    match data:
        case {"sources": [_, *_] as sources, **others} if not others:
            tables = [_table(source) for source in sources]
            return None if None in tables else [each for each in tables if each is not None]
    return None


def _table(source: object) -> Table | None:
    if not isinstance(source, dict) or not source.keys() <= {each.name for each in fields(Table)}:
        return None
    if not source.keys() & {"file", "database"}:
        return None
    header, columns = source.get("header", 1), source.get("columns", {})
    words = [source.get("kind"), *(source.get(name, "-") for name in _WORDS)]
    words += columns.values() if isinstance(columns, dict) else [None]
    rows = header if isinstance(header, list) else [header]
    whole = all(isinstance(word, str) and word for word in words) and all(type(row) is int for row in rows)
    return Table(**source) if whole else None


def _document(path: Path) -> Document:
    try:
        documents = read_yaml(read_source(path))
    except HeguiError as error:
        raise FactsError(error.diagnostics) from error
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        raise FactsError(Diagnostic(_ONE, {"name": path}))
    return documents[0]


def _entry(document: Document, at: int, source: Table, folder: Path, vocabulary: Vocabulary) -> Entry:
    header = source.header if isinstance(source.header, list) else [source.header] if source.header else []
    name = next(each for each in ("table", "query", "database", "file") if getattr(source, each) is not None)
    found = None
    if source.database is not None:
        found = address(source.database, folder, document.span(("sources", at, "database")))
    path = folder / (source.file or "")
    return Entry(
        kind=vocabulary.folded[fold(source.kind)],
        path=path,
        name=str(path) if found is None else found.shown,
        span=shown(document.span(("sources", at, name))),
        address=found,
        table=source.table,
        query=source.query,
        called=f"query {at + 1}",
        sheet=source.sheet,
        header=tuple(header),
        encoding=source.encoding,
        columns=dict(source.columns),
        column_spans={name: shown(document.span(("sources", at, "columns", name))) for name in source.columns},
    )


class _Checker:
    """One entry of the manifest against the vocabulary and the folder."""

    def __init__(self, document: Document, at: int, vocabulary: Vocabulary, folder: Path) -> None:
        self.document, self.at, self.vocabulary, self.folder = document, at, vocabulary, folder

    def span(self, *path: str | int) -> Span:
        return self.document.span(("sources", self.at, *path))

    def problems(self, source: Table) -> Iterator[Diagnostic]:
        yield from self.kind(source)
        yield from self.place(source)
        yield from self.header(source.header)
        if source.encoding is not None and source.encoding.casefold() not in ENCODINGS:
            yield unknown(_NO_ENCODING, self.span("encoding"), source.encoding, ENCODINGS)

    def kind(self, source: Table) -> Iterator[Diagnostic]:
        name = self.vocabulary.folded.get(fold(source.kind))
        if name is None:
            yield unknown(_NO_KIND, self.span("kind"), source.kind, self.vocabulary.kinds)
            return
        fields = self.vocabulary.kinds[name].fields
        seen: set[str] = set()
        for column, header in source.columns.items():
            if column not in fields:
                place = self.document.key_span(("sources", self.at, "columns", column))
                yield unknown(_NO_FIELD, place, column, fields, kind=name)
            if fold(header) in seen:
                yield Diagnostic(_SAME_HEADER, {"name": header}, self.span("columns", column))
            seen.add(fold(header))

    def place(self, source: Table) -> Iterator[Diagnostic]:
        """A table is in a file or in a database, and said so in the words of one of them."""
        if (source.file is None) is (source.database is None):
            yield Diagnostic(ONE_PLACE, {}, self.span())
            return
        others = _OF_DATABASES if source.database is None else _OF_FILES
        for name in others:
            if getattr(source, name) is not None:
                args: dict[str, object] = {"key": name, "place": "file" if source.database is None else "database"}
                yield Diagnostic(_OTHER_KEY, args, self.document.key_span(("sources", self.at, name)))
        if source.table is not None and source.query is not None:
            yield Diagnostic(_TABLE_OR_QUERY, {}, self.document.key_span(("sources", self.at, "query")))
        if source.file is not None:
            yield from self.file(source.file)
        elif source.database is not None and not is_named(source.database):
            yield from self.database(source.database)

    def file(self, name: str) -> Iterator[Diagnostic]:
        if not permitted(self.folder, name):
            yield Diagnostic(_OUTSIDE, {"name": place_without_password(name)}, self.span("file"), ALLOW_IT)
        elif not isfile(self.folder / name):  # which takes a name that is too long for one that is not there
            yield self.missing(name)

    def missing(self, name: str) -> Diagnostic:
        """What is there is no file, or nothing is."""
        with suppress(OSError, ValueError):  # there is nothing, or the name is that of no file
            try:
                intake.look(self.folder / name)
            except intake.NotAFile as error:
                return replace(unreadable(name, error.problem).diagnostics[0], span=self.span("file"))
        there = [each.name for each in sorted(self.folder.iterdir()) if each.is_file()]
        return unknown(_NO_FILE, self.span("file"), place_without_password(name), there)

    def database(self, text: str) -> Iterator[Diagnostic]:
        """A database in a file is inside the folder too, unless it is the environment that says where it is. What a variable
        holds goes to the server the manifest names: only what is called as one of hegui's may."""
        span = self.span("database")
        others = [name for name in parts(text) if not name.startswith(_OURS)]
        if others:
            yield from (Diagnostic(_NOT_OURS, {"name": name, "ours": _OURS}, span, _WHOLE) for name in others)
            return
        try:
            found = address(text, self.folder, span)
        except FactsError as error:
            yield from error.diagnostics
            return
        # whole, since it is counted from the working folder, and `permitted` counts from the manifest's
        if found.sort == SQLITE and not permitted(self.folder, os.path.abspath(str(found.url.database))):
            yield Diagnostic(_OUTSIDE, {"name": found.shown}, span, ALLOW_IT)

    def header(self, rows: int | list[int] | None) -> Iterator[Diagnostic]:
        given = rows if isinstance(rows, list) else [rows] if rows is not None else []
        fits = len(given) in (0, 1) or (len(given) == 2 and given[1] == given[0] + 1)
        if not fits or any(row < 1 for row in given) or rows == []:
            yield Diagnostic(_HEADER, {}, self.span("header"))
