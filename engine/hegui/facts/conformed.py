"""A conformed registry on disk: Parquet per kind beside a small JSON marker. Trusted input: it is not judged again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import polars as pl

from hegui import intake
from hegui.facts.registry import DataProblem, Registry, SourceTable
from hegui.facts.standing import with_stands
from hegui.facts.stands import Stand, stands_data, stands_from
from hegui.files import folder_beside
from hegui.source import Diagnostic, FactsError, UsageError, Wording
from hegui.vocabulary import Field, Kind, Vocabulary
from hegui.vocabulary.columns import column_types

MARKER: Final = "conformed.json"
PROBLEMS: Final = "problems.jsonl"
STANDS: Final = "stands.json"
SCHEMA: Final = "hegui/facts/1"

_BROKEN = Wording(
    "broken-conformed", "`{name}` is no whole conformed registry: {problem}", "`{name}` 不是完整的已整理台账：{problem}"
)
_FULL = Wording("cannot-write-facts", "cannot write facts to `{name}`: {problem}", "无法将台账写入 `{name}`：{problem}")
_OTHER = Wording(
    "other-vocabulary",
    "`{name}` was conformed for another vocabulary: `{kind}` differs in {fields}",
    "`{name}` 是按另一词汇表整理的：`{kind}` 的 {fields} 不同",
)
_DRIFTED = Wording(
    "schema-drift",
    "`{name}` has other columns than `{first}`: {fields}",
    "`{name}` 的列与 `{first}` 不同：{fields}",
)
_AGAIN = Wording("conform-again", "conform the original files again", "请从原始文件重新整理")


@dataclass(frozen=True)
class _Marker:
    """What the marker holds: the signature of each kind, and what a registry has besides tables and problems."""

    schema: str
    digest: str
    kinds: dict[str, dict[str, str]]
    orphans: dict[str, int]
    sources: tuple[SourceTable, ...]


def is_conformed(path: Path) -> bool:
    """Is this the folder of a conformed registry?"""
    return (path / MARKER).is_file()


def write_conformed(registry: Registry, folder: Path) -> None:
    """Write the registry so that `read` takes it as it is; the folder is made where there is none.

    Everything is written beside the folder first and moved there when it is whole, the marker last.

    Raises:
        UsageError: it cannot be written.
    """
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = folder_beside(target)
        try:
            names = _write(registry, part)
            target.mkdir(exist_ok=True)
            (target / MARKER).write_bytes(b"")  # so that nobody takes what is not whole yet for facts as they came
            for name in names:
                (part / name).replace(target / name)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        problem = (isinstance(error, OSError) and error.strerror) or str(error).strip().partition("\n")[0][:200]
        raise UsageError(Diagnostic(_FULL, {"name": folder, "problem": problem})) from error


def _write(registry: Registry, folder: Path) -> list[str]:
    """The files of a conformed registry; their names, the marker's last."""
    for name, table in registry.tables.items():
        table.lazy().sink_parquet(_file(folder, name))
    kinds = {name: _signature(registry.vocabulary.kinds[name]) for name in registry.tables}
    marker = _Marker(SCHEMA, registry.digest, kinds, registry.orphans, registry.sources)
    with (folder / PROBLEMS).open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in registry.problems)
    (folder / STANDS).write_text(_stands_text(registry, folder), encoding="utf-8")
    (folder / MARKER).write_text(json.dumps(asdict(marker), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [*(_file(folder, name).name for name in registry.tables), PROBLEMS, STANDS, MARKER]


def read_conformed(folder: Path, vocabulary: Vocabulary) -> Registry:
    """The registry in `folder`, its tables lazy. A kind's `.parquet` may be a folder of files with the same columns.

    Raises:
        FactsError: something is missing or damaged, or the vocabulary is another one.
    """
    from pydantic import TypeAdapter

    try:
        marker = TypeAdapter(_Marker).validate_json(intake.bytes_of(folder / MARKER), strict=True)
        lines = intake.bytes_of(folder / PROBLEMS).split(b"\n")
        problems = tuple(TypeAdapter(DataProblem).validate_json(line) for line in lines if line)
    except (OSError, ValueError) as error:
        raise _broken(folder, f"{MARKER}, {PROBLEMS}") from error
    if marker.schema != SCHEMA:
        raise _broken(folder, marker.schema)
    _compare(folder, marker.kinds, vocabulary)
    tables: dict[str, pl.DataFrame | pl.LazyFrame] = {
        name: _table(folder, vocabulary.kinds[name]) for name in marker.kinds
    }
    stands = _read_stands(folder)
    return Registry(vocabulary, tables, marker.sources, problems, marker.orphans, marker.digest, folder, stands)


def _file(folder: Path, kind: str) -> Path:
    return folder / f"{kind}.parquet"


def _stands_text(registry: Registry, folder: Path) -> str:
    """Where rows stand, with the size of the file that is said of."""
    sizes = {name: _file(folder, name).stat().st_size for name in registry.tables}
    return json.dumps({"bytes": sizes, "stands": stands_data(with_stands(registry).stands)}) + "\n"


def _read_stands(folder: Path) -> dict[str, Stand | None]:
    """Where rows stand, of the files that are as they were; older folders do not say, and it is worked out where needed."""
    if not (folder / STANDS).exists():
        return {}
    try:
        data = json.loads(intake.bytes_of(folder / STANDS))
        found, sizes = stands_from(data["stands"]), dict(data["bytes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(folder, STANDS) from error
    return {name: each for name, each in found.items() if _size(_file(folder, name)) == sizes.get(name)}


def _size(file: Path) -> int | None:
    return file.stat().st_size if file.is_file() else None


def _broken(folder: Path, problem: str) -> FactsError:
    return FactsError(Diagnostic(_BROKEN, {"name": folder, "problem": problem}, None, _AGAIN))


def _signature(kind: Kind) -> dict[str, str]:
    """What each field means, so that a changed vocabulary is noticed."""
    return {name: _meaning(each) for name, each in kind.fields.items()} | {"": ",".join(kind.key)}


def _meaning(each: Field) -> str:
    type_ = each.type.element or each.type
    codes = f" of {','.join(type_.codes)}" if type_.codes else ""
    unit = f" in {type_.unit}" if type_.unit else ""
    return f"{each.type}{unit if each.type.element else ''}{codes}{' private' if each.private else ''}"


def _compare(folder: Path, kinds: Mapping[str, dict[str, str]], vocabulary: Vocabulary) -> None:
    problems = []
    for name, was in kinds.items():
        now = _signature(vocabulary.kinds[name]) if name in vocabulary.kinds else {}
        differ = sorted(each for each in was.keys() | now.keys() if was.get(each) != now.get(each))
        if differ:
            fields = ", ".join(f"`{each or 'key'}`" for each in differ[:10])
            args: dict[str, object] = {"name": folder, "kind": name, "fields": fields}
            problems.append(Diagnostic(_OTHER, args, None, _AGAIN))
    if problems:
        raise FactsError(problems)


def _table(folder: Path, kind: Kind) -> pl.LazyFrame:
    path = folder / f"{kind.name}.parquet"
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    try:
        for file in files:
            intake.look(file)
        tables = [pl.scan_parquet(file, glob=False) for file in files]
        schemas = [table.collect_schema() for table in tables]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _broken(folder, path.name) from error
    if not files:
        raise _broken(folder, path.name)
    for file, found in zip(files, schemas, strict=True):
        if any(found.get(name) != dtype for name, dtype in column_types(kind).items()):
            raise _broken(folder, str(file.relative_to(folder)))
        if found != schemas[0]:
            raise FactsError(_drifted(folder, file, files[0], found, schemas[0]))
    return tables[0] if len(tables) == 1 else pl.scan_parquet(files, glob=False)


def _drifted(folder: Path, file: Path, first: Path, found: pl.Schema, expected: pl.Schema) -> Diagnostic:
    """Files of one kind whose columns are not the same, or not in the same order."""
    differ = [name for name in dict.fromkeys((*expected, *found)) if found.get(name) != expected.get(name)]
    fields = ", ".join(f"`{name}`" for name in differ[:10] or expected)
    names: dict[str, object] = {
        "name": str(file.relative_to(folder)),
        "first": str(first.relative_to(folder)),
        "fields": fields,
    }
    return Diagnostic(_DRIFTED, names, None, _AGAIN)
