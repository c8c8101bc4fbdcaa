"""Rulesets kept as they were loaded, so that one that has not changed need not be read, checked and typed again.

What is kept is only ever the same as what loading would give: it is found by where the ruleset is and by the program that
loaded it, and taken only if every file of every layer is as it was. Whatever is in the way of that (no folder of one's
own, a damaged or foreign file, a full disk), the ruleset is loaded as usual and nothing is said.

A kept ruleset is data and stays data: it is read by an unpickler that knows the plain classes a ruleset is made of, and
no other name. Verdicts and findings are never kept.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import pickle
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from hegui import datatypes, intake
from hegui.files import made_beside, sweep
from hegui.language import pattern, tree
from hegui.ruleset import model
from hegui.ruleset.model import Ruleset
from hegui.ruleset.places import Place, following
from hegui.source import Source, Span, digest
from hegui.vocabulary import kinds

SWITCH: Final = "HEGUI_CACHE"
"""The environment variable that switches the cache off, by the word `off`."""
MOST_FILES: Final = 16
"""How many rulesets are kept; those used least recently go first."""
MOST_BYTES: Final = 64_000_000
"""The largest kept ruleset read or written, in bytes."""
STALE: Final = 3600
"""Seconds after which a file that was begun is no longer being written."""
_MARK: Final = b"hegui ruleset 1\n"
_SUFFIX: Final = ".ruleset"
_MODULES: Final = (datatypes, kinds, model, pattern, tree)


@dataclass(frozen=True)
class Kept:
    """One layer of a kept ruleset: where it was, what it is called, and what it builds on."""

    path: str
    shown: str
    name: str
    extends: str | None

    @property
    def place(self) -> Place:
        return Place(Path(self.path), self.shown)


def recall(place: Place) -> Ruleset | None:
    """The ruleset at `place` as it was loaded before, if every file it came from is the same; else None."""
    with suppress(Exception), _without_collecting():  # whatever is wrong with what is kept, loading goes on without
        file = _file(place)
        if file is not None and (found := _read(file)) is not None:
            os.utime(file)  # the order in which files are dropped
            return found
    return None


def keep(place: Place, layers: Sequence[Kept], ruleset: Ruleset) -> None:
    """Keep a ruleset that was loaded without errors from `place`; `layers` are its own first, then those below it. One whose
    conditions use functions of plugins is not kept: its typed trees are only good for these plugins as they are now."""
    if ruleset.plugins:
        return
    with suppress(Exception), _without_collecting():  # what cannot be kept is loaded anew the next time
        file = _file(place)
        if file is None:
            return
        head = json.dumps({"digest": ruleset.digest, "layers": [vars(each) for each in layers]}).encode()
        body = _pickled(ruleset)
        if len(body) <= MOST_BYTES:
            _write(file, head + b"\n" + body)
            _drop_oldest(file.parent)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing made here is garbage: looking for it takes as long as all the rest."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


# --- files ---------------------------------------------------------------------------------------------------------


def _file(place: Place) -> Path | None:
    """Where the ruleset at `place` is kept by this program; None where nothing may be."""
    folder = _folder()
    if folder is None:
        return None
    key = json.dumps([str(place.path), place.shown, _program(), list(sys.version_info), sys.implementation.name])
    return folder / (hashlib.sha256(key.encode()).hexdigest()[:32] + _SUFFIX)


def _folder() -> Path | None:
    """A folder for rulesets that belongs to the user and that nobody else can write to; None where there is none."""
    if os.environ.get(SWITCH, "").casefold() == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    folder = (Path(base) if base else Path.home() / ".cache") / "hegui"
    if not folder.is_absolute():
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder if _own(os.lstat(folder), stat.S_ISDIR) else None


def _own(status: os.stat_result, sort: Any) -> bool:
    """Is it what it should be, the user's own, and closed to all others for writing?"""
    if not sort(status.st_mode):
        return False
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


@cache
def _program() -> str:
    """The code that loads rulesets, told by size and time of its files: a digest would have to read them all."""
    package = Path(__file__).resolve().parent.parent
    total = hashlib.sha256(str(package).encode())
    for parent, folders, names in os.walk(package):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "rulesets"))
        for name in sorted(names):
            status = os.stat(os.path.join(parent, name))
            total.update(f"{parent}/{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return total.hexdigest()


def _read(file: Path) -> Ruleset | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(file, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not _own(status, stat.S_ISREG) or status.st_size > MOST_BYTES:
            return None
        whole = stream.read()
    mark, content = whole[: len(_MARK)], memoryview(whole)[len(_MARK) + 32 :]
    if mark != _MARK or hashlib.sha256(content).digest() != whole[len(_MARK) : len(_MARK) + 32]:
        return None
    end = whole.index(b"\n", len(_MARK) + 32)
    head = json.loads(whole[len(_MARK) + 32 : end])
    if not _unchanged([Kept(**each) for each in head["layers"]], head["digest"]):
        return None
    found = _Reader(io.BytesIO(memoryview(whole)[end + 1 :])).load()
    return found if isinstance(found, Ruleset) and found.digest == head["digest"] else None


def _unchanged(layers: list[Kept], known: str) -> bool:
    """Do the layers still build on each other, and are all their files the same?"""
    for upper, lower in pairwise(layers):
        if upper.extends is None or following(upper.extends, upper.place) != lower.place:
            return False
    files = [(each.name, *found) for each in layers for found in each.place.files()]
    if layers[-1].extends is not None or any(relative.endswith(".yml") for _, _, relative in files):
        return False
    return known == digest((f"{name}/{relative or path.name}", _text(path)) for name, path, relative in files)


def _text(path: Path) -> bytes:
    """A file's bytes as `source.read_source` takes them: without byte-order mark, lines ended in one way."""
    return intake.bytes_of(path).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _write(file: Path, content: bytes) -> None:
    """Write a whole file or none: nobody ever reads half of one."""
    sweep(file)
    temporary = made_beside(file, lambda path: path.touch(0o600, exist_ok=False))
    try:
        with temporary.open("wb") as stream:
            stream.write(_MARK + hashlib.sha256(content).digest() + content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _drop_oldest(folder: Path) -> None:
    """Drop what is beyond the number kept, and what a process that was killed had begun to write."""
    oldest = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    kept = [path for path in oldest if path.name.endswith(_SUFFIX)]
    begun = [path for path in oldest if path.name.startswith(".") and path.stat().st_mtime < time.time() - STALE]
    for path in (*kept[:-MOST_FILES], *begun):
        path.unlink(missing_ok=True)


# --- what a ruleset is made of -------------------------------------------------------------------------------------


@cache
def _admitted() -> dict[tuple[str, str], type]:
    """The classes a ruleset is made of, by module and name: plain data, every one of them."""
    found = [value for module in _MODULES for value in vars(module).values() if isinstance(value, type)]
    own = [value for value in found if value.__module__.startswith("hegui.")]
    plain = [value for value in own if is_dataclass(value) or issubclass(value, Enum)]
    return {(value.__module__, value.__qualname__): value for value in (*plain, Source, Span, date, Fraction)}


class _Reader(pickle.Unpickler):
    """Reads kept rulesets; any name but those of the classes they are made of is refused."""

    def find_class(self, module: str, name: str) -> type:
        found = _admitted().get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


class _Writer(pickle.Pickler):
    """Writes each object as its class and the values of its fields, so that reading it is making it anew."""

    def reducer_override(self, each: Any) -> Any:
        kind = type(each)
        if isinstance(each, type):
            return NotImplemented
        if _admitted().get((kind.__module__, kind.__qualname__)) is not kind:
            raise pickle.PicklingError(f"{kind.__module__}.{kind.__qualname__}")
        return (kind, _values(kind)(each)) if is_dataclass(kind) else NotImplemented


@cache
def _values(kind: type) -> Any:
    """The function that gives the values of an object's fields."""
    names = [field.name for field in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda each: (getattr(each, names[0]),) if names else ()


def _pickled(ruleset: Ruleset) -> bytes:
    out = io.BytesIO()
    _Writer(out, protocol=5).dump(ruleset)
    return out.getvalue()
