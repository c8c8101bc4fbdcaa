"""The files of a registry, watched: what changed is read again, and told in words or as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining.words import VERDICTS
from hegui.facts.readers import READERS
from hegui.facts.registry import Registry
from hegui.facts.rereading import Known, Stamp, stamp
from hegui.facts.sources import read
from hegui.outcome import Drawn, Finding
from hegui.session.live import Altered, Applied, Session
from hegui.vocabulary import Vocabulary

SORTS: Final = {
    "opened": Text("新增", "opened"),
    "closed": Text("消除", "closed"),
    "changed": Text("变化", "changed"),
}


class Files:
    """The files of a registry, and what is known of those that were read."""

    def __init__(self, paths: Sequence[Path], vocabulary: Vocabulary, as_of: date) -> None:
        self.paths, self.vocabulary, self.as_of = paths, vocabulary, as_of
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
            FactsError: a file cannot be used as it is.
        """
        try:
            return read(self.paths, self.vocabulary, as_of=self.as_of, known=self.known)
        finally:
            self.named |= dict.fromkeys(self.known.stamps)


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
