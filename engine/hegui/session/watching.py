"""The files of a registry, watched: what changed is read again, and told in words or as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining.words import VERDICTS
from hegui.facts.database_address import is_address
from hegui.facts.problems import NOTES, describe
from hegui.facts.readers import READERS
from hegui.facts.registry import DataProblem, Registry
from hegui.facts.rereading import Known, Stamp, stamp
from hegui.facts.sources import read
from hegui.masking import is_server, place_without_password
from hegui.outcome import Drawn, Finding
from hegui.session.live import Altered, Applied, Session
from hegui.source import Diagnostic, FactsError, UsageError, Wording
from hegui.vocabulary import Vocabulary

SORTS: Final = {
    "opened": Text("新增", "opened"),
    "closed": Text("消除", "closed"),
    "changed": Text("变化", "changed"),
}
CUT: Final = frozenset({".csv", ".tsv", ".txt", ".yaml", ".yml", ".jsonl", ".ndjson"})
"""Files that can be read when only their beginning is there."""

_NO_FILE: Final = Wording(
    "watch-database",
    "`{found}` is the address of a database; databases are not watched, only files are",
    "`{found}` 是数据库地址；只能监视文件，不能监视数据库",
)
_CHECK_IT: Final = Wording("check-instead", "`hegui check` reads it", "可用 `hegui check` 核查")
_UNFINISHED: Final = Wording(
    "unfinished-file",
    "`{file}` has lost {fields} and does not end with a line break, as a file that is half written",
    "`{file}` 缺少了原有的 {fields}，且末尾没有换行，可能尚未写完",
)
_END_IT: Final = Wording(
    "end-with-line-break", "if this is all of it, end it with a line break", "如已写完，请在文件末尾加上换行"
)


class Files:
    """The files of a registry, and what is known of those that were read.

    Raises:
        UsageError: one of the paths is the address of a database.
    """

    def __init__(self, paths: Sequence[str | Path], vocabulary: Vocabulary, as_of: date) -> None:
        named = [str(each) for each in paths]
        databases = [each for each in named if is_address(each) or is_server(each) or each.startswith("sqlite:/")]
        if databases:
            raise UsageError(
                [Diagnostic(_NO_FILE, {"found": place_without_password(each)}, None, _CHECK_IT) for each in databases]
            )
        self.paths, self.vocabulary, self.as_of = [Path(each) for each in paths], vocabulary, as_of
        self.columns: dict[str, frozenset[str]] = {}
        """The fields each file had when it was last taken."""
        self.known = Known()
        self.named: dict[Path, None] = {}
        """The files that were read so far, as a manifest names them."""

    def standing(self) -> dict[Path, Stamp | None]:
        """Each file of the registry with its stamp: those that were read, and of folders all that could be, further down too."""
        found: dict[Path, Stamp | None] = {}
        for path in self.paths:
            inside = sorted(path.rglob("*")) if path.is_dir() else [path]
            for each in inside:
                if each == path or (each.suffix.lower() in READERS and each.name[0] not in ".~"):
                    found[each] = stamp(each)
        return {**found, **{each: stamp(each) for each in self.named}}

    def as_read(self, standing: Mapping[Path, Stamp | None]) -> dict[Path, Stamp | None]:
        """How files stood before they were read, those included that are known only since."""
        return {**self.known.stamps, **standing}

    def read(self) -> Registry:
        """The registry as its files are now. Only files that changed are read.

        Raises:
            FactsError: a file cannot be used as it is, or seems not to be there whole.
        """
        try:
            registry = read(self.paths, self.vocabulary, as_of=self.as_of, known=self.known)
        finally:
            self.named |= dict.fromkeys(self.known.stamps)
        columns: dict[str, frozenset[str]] = {}
        for source in registry.sources:
            columns[source.file] = columns.get(source.file, frozenset()).union(source.columns)
        lost = {file: sorted(self.columns.get(file, frozenset()) - fields) for file, fields in columns.items()}
        cut = [
            Diagnostic(_UNFINISHED, _lost(file, lost[file]), None, _END_IT) for file in lost if self._cut(file, lost)
        ]
        if cut:
            raise FactsError(cut)
        self.columns = columns
        return registry

    def _cut(self, file: str, lost: Mapping[str, Sequence[str]]) -> bool:
        """Has a file lost columns, and does it end in the middle of a line?"""
        if not lost[file] or Path(file).suffix.lower() not in CUT:
            return False
        named = [path for path in self.named if str(path) == file or path.name == Path(file).name]
        return any(not _ended(path) for path in named)


def _lost(file: str, fields: Sequence[str]) -> dict[str, object]:
    return {"file": file, "fields": ", ".join(f"`{each}`" for each in fields)}


def _ended(path: Path) -> bool:
    """Does a text file end with a line break, in whatever encoding?"""
    try:
        with path.open("rb") as file:
            file.seek(-min(2, path.stat().st_size), 2)
            return bool({*b"\r\n"} & {*file.read(2)})
    except OSError:
        return False


def noted(problems: Sequence[DataProblem], lang: str, most: int) -> tuple[int, list[str]]:
    """How many problems of data there are besides mere notes, and the first of them, a line each with its address."""
    real = [each for each in problems if each.problem not in NOTES]
    return len(real), [f"{each.place or each.kind}: {describe(each, lang)}" for each in real[:most]]


def sorts(applied: Applied) -> Iterator[tuple[str, Finding | Drawn | Altered]]:
    """Everything a change did: what was opened, closed and changed, findings first."""
    for sort in SORTS:
        yield from ((sort, each) for each in getattr(applied, sort))
    for sort in SORTS:
        yield from ((sort, each) for each in getattr(applied, f"conclusions_{sort}"))


def lines(session: Session, applied: Applied, lang: str) -> Iterator[str]:
    """What a change did, one line each: what became of it, the fingerprint, and what it says."""
    for sort, each in sorts(applied):
        found = each.after if isinstance(each, Altered) else each
        yield f"{SORTS[sort].get(lang)}  {found.fingerprint}  {said(session, found, lang)}"


def said(session: Session, found: Finding | Drawn, lang: str) -> str:
    """What a finding or conclusion says, on one line."""
    if isinstance(found, Drawn):
        return " ".join(found.message.get(lang).split())
    word = VERDICTS[found.verdict].get(lang)
    return f"{word}{'：' if lang == 'zh' else ': '}{' '.join(session.told(found, lang).message.split())}"


def records(session: Session, applied: Applied) -> Iterator[dict[str, Any]]:
    """What a change did as data, one record each: `change`, and `finding` or `conclusion` as in a saved run; of what changed,
    how it stood as `before` besides."""
    for sort, each in sorts(applied):
        found = each.after if isinstance(each, Altered) else each
        record = {"change": sort, "conclusion" if isinstance(found, Drawn) else "finding": session.data(found)}
        yield record | ({"before": session.data(each.before)} if isinstance(each, Altered) else {})
