"""What a registry is made of: a folder, files, a manifest or a conformed registry; and which table is of which kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Final

from hegui import intake, limits
from hegui.facts import conformed, problems
from hegui.facts.allowed import permitted
from hegui.facts.binding import Header, bind, find_header, with_header
from hegui.facts.content import digested
from hegui.facts.database import Database, Databases, Selection
from hegui.facts.database_address import Address, address, is_address
from hegui.facts.decode import Reading, size_of, unreadable
from hegui.facts.door import Supplied, conform
from hegui.facts.manifest import NAMES, Entry, read_manifest, without_addresses
from hegui.facts.readers import ONE_TABLE, Reader, reader_of, suffixes
from hegui.facts.records import NO_ROWS
from hegui.facts.registry import DataProblem, Place, Registry
from hegui.facts.rereading import Known
from hegui.facts.table import RawTable
from hegui.masking import place_without_password
from hegui.source import Diagnostic, FactsError, Wording, digest
from hegui.vocabulary import Kind, Vocabulary, fold
from hegui.vocabulary.naming import unknown

QUICK: Final = 1_000_000
"""Files up to so many bytes are digested sooner than a thread starts; of larger ones so many at a time."""
_SQLITE: Final = b"SQLite format 3\0"
_NAMED: Final = 5
"""Of what is not read in a folder, so many are named."""
README: Final = "填表说明"
"""The sheet of a template that explains it; never taken for a table."""

_NOTHING_THERE = Wording("missing-path", "there is no file or folder `{name}`", "没有文件或文件夹 `{name}`")
_NO_READER = Wording("no-reader", "`{name}` is of no kind of file that is read", "`{name}` 的文件类型无法读取")
_READABLE = Wording("readable", "there are readers for {known}", "可读取 {known}")
_A_DATABASE = Wording(
    "a-database", "it is a SQLite database; write `sqlite:///{name}`", "它是 SQLite 数据库，请写作 `sqlite:///{name}`"
)
_EMPTY_FOLDER = Wording("empty-folder", "`{name}` holds no file that is read", "`{name}` 中没有可读取的文件")
_MANY_FILES = Wording(
    "too-many-files", "`{name}` holds more than {limit} files that are read", "`{name}` 中可读取的文件超过 {limit} 个"
)
_LEADS_OUT = Wording(
    "link-outside", "`{name}` is a link that leads out of its folder", "`{name}` 是指向所在文件夹之外的链接"
)
_NAME_IT = Wording("name-the-file", "name the file itself where FACTS are named", "请在 FACTS 中直接指定该文件")
_NO_TABLE = Wording(
    "no-known-table", "no table is called by a word of the ruleset; found {found}", "没有与规则集相符的表；现有 {found}"
)
_NONE = Wording("no-known-table", "there is no table to be read", "没有可读取的表")
_NONE_THERE = Wording("no-known-table", "there is no table to be read in {where}", "{where} 中没有可读取的表")
_KNOWN = Wording("known-tables", "tables are called {known}", "表名可用 {known}")
_NO_HEADER = Wording("no-header", "no row of {place} is a header of `{kind}`", "{place} 中没有一行是 `{kind}` 的表头")
_HEADERS = Wording("known-headers", "its headers are {known}", "其表头为 {known}")
_EMPTY_TABLE = Wording("empty-table", "{place} is empty", "{place} 是空表")
_TWO = Wording("two-tables", "both {first} and {place} hold `{kind}`", "{first} 和 {place} 都是 `{kind}`")
_MERGE = Wording(
    "merge-in-manifest", "name both in a `registry.yaml` to join them", "如需合并，请在 `registry.yaml` 中分别列出"
)
_MISSING_TABLE = Wording("missing-table", "`{name}` has no table `{sheet}`", "`{name}` 没有表 `{sheet}`")
_NO_COLUMN = Wording("missing-column", "no column is called `{name}`", "没有名为 `{name}` 的列")
_NO_KEY = Wording(
    "table-without-key",
    "`{table}` has no column for `{field}`, which is of the key of `{kind}`; it has {found}",
    "`{table}` 没有 `{kind}` 的主键列 `{field}`；现有 {found}",
)
_KEY_WORDS = Wording("key-headers", "it may be called {known}", "该列可称 {known}")
_ALONE = Wording(
    "conformed-alone", "a conformed registry (`{name}`) is read alone", "已整理的台账（`{name}`）须单独读取"
)


@dataclass
class _Found:
    """What has been gathered so far."""

    supplied: list[Supplied] = field(default_factory=list)
    notes: list[DataProblem] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    digests: dict[tuple[str, str], None] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """Tables of no kind."""
    where: list[str] = field(default_factory=list)
    """Files and databases that were looked into."""


def read(
    paths: Sequence[Path | str],
    vocabulary: Vocabulary,
    *,
    as_of: date | None = None,
    part: bool = False,
    known: Known | None = None,
) -> Registry:
    """Read and conform a registry; see `hegui.facts.read`. Of a `part` of one, references are kept as they are. What is `known`
    of files that are as they were is not read again."""
    marked = [path for path in paths if isinstance(path, Path) and conformed.is_conformed(path)]
    if marked and len(paths) > 1:
        raise FactsError(Diagnostic(_ALONE, {"name": place_without_password(str(marked[0]))}))
    if marked:
        return conformed.read_conformed(marked[0], vocabulary)
    found = _Found()
    with Databases() as databases:
        gatherer = _Gatherer(vocabulary, found, databases, known)
        for path in paths:
            gatherer.path(path)
        if known is not None:
            known.take(gatherer.read_before, gatherer.hashed)
        if not found.errors and not found.supplied:
            found.errors.append(_no_table(found, vocabulary))
        if found.errors:
            raise FactsError(found.errors)
        whole = digest((name, body.encode()) for name, body in found.digests)
        registry = conform(vocabulary, found.supplied, as_of=as_of, noted=found.notes, digest=whole, part=part)
    return digested(registry, found.digests) if databases.used else registry


def _no_table(looked: _Found, vocabulary: Vocabulary) -> Diagnostic:
    found, where = (", ".join(f"`{name}`" for name in names[:20]) for names in (looked.names, looked.where))
    known = ", ".join(f"`{kind.label.zh or kind.name}`" for kind in vocabulary.kinds.values())
    args: dict[str, object] = {"found": found, "where": where, "known": known}
    return Diagnostic(_NO_TABLE if found else _NONE_THERE if where else _NONE, args, None, _KNOWN)


def files_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """What a folder has, in order of names: what is called as a file is that has a reader, whether it can be read or not; and
    what is not read, folders among it. Hidden and lock files are passed over.

    Raises:
        OSError: the folder cannot be looked into.
    """
    read_: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name[0] not in ".~":
            (others if path.is_dir() or reader_of(path.suffix.lower()) is None else read_).append(path)
    return read_, others


class _Gatherer:
    """Reads one path after the other; what is wrong with one does not keep the others from being read."""

    def __init__(self, vocabulary: Vocabulary, found: _Found, databases: Databases, known: Known | None = None) -> None:
        self.vocabulary, self.found, self.databases, self.known = vocabulary, found, databases, known or Known()
        self.known.begin()
        self.read_before: dict[Reading, list[RawTable]] = dict(self.known.tables)
        self.hashed: dict[Path, str] = dict(self.known.digests)
        self.opened: dict[Path, dict[str, Any]] = {}
        self.first: dict[str, str] = {}

    def path(self, given: Path | str) -> None:
        if isinstance(given, str) and is_address(given):
            self.database(given)
            return
        if given == "":  # what a script makes of a variable that is not set, and not the working folder
            self.found.errors.append(Diagnostic(_NOTHING_THERE, {"name": given}))
            return
        path = Path(given)
        manifest = next((path / name for name in NAMES if (path / name).is_file()), None)
        if manifest is not None or path.name in NAMES:
            self.manifest(manifest or path)
        elif path.is_dir():
            self.folder(path)
        elif not path.exists():
            self.found.errors.append(Diagnostic(_NOTHING_THERE, {"name": path}))
        else:
            self.named(path)

    def named(self, path: Path) -> None:
        """A single file, whatever it is called."""
        try:
            size_of(Reading(path, str(path)))
        except FactsError as error:
            self.found.errors += error.diagnostics
        else:
            self.file(path)

    def folder(self, path: Path) -> None:
        try:
            files, others = files_of(path)
        except OSError as error:
            self.found.errors += unreadable(str(path), intake.problem(error)).diagnostics
            return
        if not files:
            self.found.errors.append(Diagnostic(_EMPTY_FOLDER, {"name": path}))
        if others:
            named = ", ".join([each.name for each in others[:_NAMED]] + ["…"] * (len(others) > _NAMED))
            note = DataProblem(problems.NOT_READ, raw=named, place=Place(str(path), None), hint=str(len(others)))
            self.found.notes.append(note)
        if len(files) > limits.FACTS_FILES:
            args: dict[str, object] = {"name": path, "limit": limits.FACTS_FILES}
            self.found.errors.append(Diagnostic(_MANY_FILES, args))
            return
        for file in files:
            if permitted(path, file.name):
                self.file(file)
            else:
                self.found.errors.append(Diagnostic(_LEADS_OUT, {"name": file}, None, _NAME_IT))

    # --- by their own words

    def file(self, path: Path) -> None:
        """A file whose name, sheets or keys say what it holds."""
        stem = self.kind_of(path.stem)
        if stem is None and path.suffix.lower() in ONE_TABLE:
            self.note_unknown(None, path)
            return
        tables = self.tables(Reading(path, str(path)), stray=stem is None)
        if tables is None:
            return
        self.found.where.append(place_without_password(str(path)))
        kinds = [self.kind_of(table.name) if table.name is not None else stem for table in tables]
        filled = [at for at, table in enumerate(tables) if table.columns and table.name != README]
        if stem is not None and not any(kinds) and len(filled) == 1:
            kinds[filled[0]] = stem
        for at, (table, kind) in enumerate(zip(tables, kinds, strict=True)):
            if kind is not None:
                self.supply(table, kind, path)
            elif at in filled:
                self.note_unknown(table.name, path)

    def kind_of(self, word: str | None) -> Kind | None:
        return self.vocabulary.kinds.get(self.vocabulary.folded.get(fold(word or ""), ""))

    def note_unknown(self, name: str | None, path: Path) -> None:
        self.found.names.append(name or path.stem)
        place = Place(str(path), name)
        self.found.notes.append(DataProblem(problems.UNKNOWN_TABLE, raw=name or path.stem, place=place))

    def supply(self, table: RawTable, kind: Kind, path: Path) -> None:
        place = _place(str(path), table.name)
        if kind.name in self.first:
            args: dict[str, object] = {"first": self.first[kind.name], "place": place, "kind": kind.name}
            self.found.errors.append(Diagnostic(_TWO, args, None, _MERGE))
            return
        self.first[kind.name] = place
        headed = self.headed(table, kind, place)
        if headed is not None:
            self.found.supplied.append(Supplied(kind.name, headed, str(path), self.hashed[path]))

    def headed(self, table: RawTable, kind: Kind, place: str) -> RawTable | None:
        if table.headed:
            return table
        header = find_header(table, kind)
        if header is None:
            self.found.errors.append(_no_header(table, kind, place))
            return None
        return with_header(table, header)

    # --- by a manifest

    def manifest(self, path: Path) -> None:
        try:
            entries = read_manifest(path, self.vocabulary)
        except FactsError as error:
            self.found.errors += error.diagnostics
            return
        plain = all(entry.address is None for entry in entries)
        self.found.digests[(path.name, _hash(path) if plain else digest([("", without_addresses(entries))]))] = None
        for entry in entries:
            if entry.address is None:
                self.entry(entry)
            else:
                self.asked(partial(self.entry_in_database, entry, entry.address))

    def entry(self, entry: Entry) -> None:
        encoding = entry.encoding.casefold() if entry.encoding else None
        tables = self.tables(Reading(entry.path, entry.name, encoding, entry.sheet))
        table = self.chosen(tables, entry) if tables is not None else None
        if table is None:
            return
        kind = self.vocabulary.kinds[entry.kind]
        headed = self.entry_headed(table, kind, entry)
        if headed is not None:
            self.found.errors += _missing_columns(headed, kind, entry)
            digest_ = self.hashed[entry.path]
            self.found.supplied.append(Supplied(kind.name, headed, entry.name, digest_, entry.columns))

    def chosen(self, tables: list[RawTable], entry: Entry) -> RawTable | None:
        """The table of the file that the entry means: the one named, the one called by its kind, or the only one."""
        if entry.sheet is not None:
            named = [table for table in tables if table.name is not None and fold(table.name) == fold(entry.sheet)]
            if not named:
                names = [table.name for table in tables if table.name is not None]
                self.found.errors.append(unknown(_MISSING_TABLE, entry.span, entry.name, names, sheet=entry.sheet))
            return named[0] if named else None
        own = [table for table in tables if (kind := self.kind_of(table.name)) and kind.name == entry.kind]
        filled = [table for table in tables if table.columns and table.name != README]
        if not own and len(filled) != 1 and len(tables) != 1:
            words = [table.name for table in tables if table.name is not None]
            self.found.errors.append(unknown(_MISSING_TABLE, entry.span, entry.name, words, sheet=entry.kind))
            return None
        return (own or filled or tables)[0]

    def entry_headed(self, table: RawTable, kind: Kind, entry: Entry) -> RawTable | None:
        place = _place(entry.name, table.name)
        if table.headed:
            return table
        if entry.header and entry.header[-1] <= len(table.lines):
            return with_header(table, Header(entry.header[0] - 1, len(entry.header), 0))
        header = None if entry.header else find_header(table, kind, entry.columns)
        if header is None:
            self.found.errors.append(replace(_no_header(table, kind, place), span=entry.span))
            return None
        return with_header(table, header)

    # --- in databases

    def database(self, given: str) -> None:
        """A database whose tables say by their names what they hold."""
        self.asked(lambda: self.tables_of(self.databases.open(address(given))))

    def asked(self, ask: Callable[[], None]) -> None:
        """What one database has to say is said once."""
        try:
            ask()
        except FactsError as error:
            self.found.errors += [each for each in error.diagnostics if each not in self.found.errors]

    def tables_of(self, database: Database) -> None:
        shown = database.address.shown
        self.found.where.append(shown)
        for name in database.names():
            kind = self.kind_of(name)
            place = _place(shown, name)
            if kind is None:
                self.found.names.append(name)
                self.found.notes.append(DataProblem(problems.UNKNOWN_TABLE, raw=name, place=Place(shown, name)))
            elif kind.name in self.first:
                args: dict[str, object] = {"first": self.first[kind.name], "place": place, "kind": kind.name}
                self.found.errors.append(Diagnostic(_TWO, args, None, _MERGE))
            else:
                self.first[kind.name] = place
                self.select(database.table(name), kind, {})

    def entry_in_database(self, entry: Entry, at: Address) -> None:
        kind = self.vocabulary.kinds[entry.kind]
        database = self.databases.open(at, entry.span)
        if entry.query is not None:
            selection = database.query(entry.query, entry.called, entry.span)
        else:
            selection = database.table(entry.table or self.own_table(database, entry), entry.span)
        self.found.errors += _missing_columns(selection.head, kind, entry)
        keyless = list(_missing_key(selection, kind, entry))
        self.found.errors += keyless
        if not keyless:
            self.select(selection, kind, entry.columns)

    def own_table(self, database: Database, entry: Entry) -> str:
        """The table that is called by the kind."""
        names = database.names()
        own = [name for name in names if (kind := self.kind_of(name)) is not None and kind.name == entry.kind]
        if not own:
            raise FactsError(unknown(_MISSING_TABLE, entry.span, entry.name, names, sheet=entry.kind))
        return own[0]

    def select(self, selection: Selection, kind: Kind, columns: Mapping[str, str]) -> None:
        """Only columns that are fields are read."""
        found = bind(selection.head, kind, columns)
        claims = (column for claimants in found.ambiguous.values() for column in claimants)
        wanted = {*(bound.column.header for bound in found.fields.values()), *(column.header for column in claims)}
        shown = selection.database.address.shown
        table = selection.reading(wanted)
        self.found.supplied.append(Supplied(kind.name, table, shown, "", columns, keyed=True))

    # --- both

    def tables(self, reading: Reading, *, stray: bool = False) -> list[RawTable] | None:
        """The raw tables of a file, read once; its digest is taken meanwhile.

        A `stray` file is not called by any kind: where it holds no tables it is something else, and only noted.
        """
        if reading not in self.read_before:
            reader = reader_of(reading.path.suffix.lower())
            if reader is None:
                self.found.errors.append(_no_reader(reading))
                return None
            reading = replace(reading, opened=self.opened.setdefault(reading.path, {}))
            try:
                self.read_before[reading] = self.read_and_hash(reader, reading)
            except FactsError as error:
                if stray and all(each.wording is NO_ROWS for each in error.diagnostics):
                    self.note_unknown(None, reading.path)
                else:
                    self.found.errors += error.diagnostics
                return None
        self.found.digests[(reading.path.name, self.hashed[reading.path])] = None
        return self.read_before[reading]

    def read_and_hash(self, reader: Reader, reading: Reading) -> list[RawTable]:
        path = reading.path
        self.known.about_to_read(path)
        if path in self.hashed:
            return reader(reading)
        if not path.is_file() or path.stat().st_size <= QUICK:
            tables = reader(reading)
            self.hashed[path] = _hash(path)
            return tables
        unwanted = Event()
        with ThreadPoolExecutor(1) as aside:
            hashed = aside.submit(_hash, path, unwanted.is_set)
            try:
                tables = reader(reading)
            except BaseException:
                unwanted.set()  # of what is refused, terabytes perhaps, nobody waits for the digest
                raise
            self.hashed[path] = hashed.result()
            return tables


def _hash(path: Path, unwanted: Callable[[], bool] = lambda: False) -> str:
    """The digest of a file; empty where it cannot be read, or is no longer wanted."""
    made = hashlib.sha256()
    try:
        intake.look(path)
        with path.open("rb", buffering=0) as stream:
            while piece := stream.read(QUICK):
                if unwanted():
                    return ""
                made.update(piece)
    except OSError:
        return ""
    return f"sha256:{made.hexdigest()}"


def _no_reader(reading: Reading) -> Diagnostic:
    known = ", ".join(f"`{suffix}`" for suffix in suffixes())
    hint = _READABLE
    with suppress(OSError), reading.path.open("rb") as stream:
        hint = _A_DATABASE if stream.read(len(_SQLITE)) == _SQLITE else _READABLE
    return Diagnostic(_NO_READER, {"name": place_without_password(reading.name), "known": known}, None, hint)


def _place(name: str, sheet: str | None) -> str:
    return f"`{name}`" if sheet is None else f"`{name}` `{sheet}`"


def _no_header(table: RawTable, kind: Kind, place: str) -> Diagnostic:
    if not table.columns:
        return Diagnostic(_EMPTY_TABLE, {"place": place})
    known = ", ".join(f"`{each.label.zh or each.name}`" for each in kind.fields.values())
    return Diagnostic(_NO_HEADER, {"place": place, "kind": kind.name, "known": known}, None, _HEADERS)


def _missing_columns(table: RawTable, kind: Kind, entry: Entry) -> Iterable[Diagnostic]:
    """The columns a manifest names that the table does not have."""
    bound: Mapping[str, object] = bind(table, kind, entry.columns).fields
    for name, header in entry.columns.items():
        if name not in bound or not _is_called(table, header):
            headers = [each.header for each in table.columns if each.header]
            yield unknown(_NO_COLUMN, entry.column_spans[name], header, headers)


def _missing_key(selection: Selection, kind: Kind, entry: Entry) -> Iterator[Diagnostic]:
    """Columns of the key that a table or query does not have: none of its rows could be used."""
    found = bind(selection.head, kind, entry.columns)
    headers = ", ".join(f"`{each.name}`" for each in selection.columns)
    for name in kind.key:
        if name not in found.fields and name not in found.ambiguous and name not in entry.columns:
            known = ", ".join(f"`{word}`" for word in dict.fromkeys(kind.fields[name].words))
            args: dict[str, object] = {"table": selection.name, "field": name, "kind": kind.name, "known": known}
            yield Diagnostic(_NO_KEY, {**args, "found": headers}, entry.span, _KEY_WORDS)


def _is_called(table: RawTable, header: str) -> bool:
    words = [word for each in table.columns for word in (each.header, *each.readings)]
    return fold(header) in {fold(word) for word in words}
