"""Files that are written whole or not at all.

What is not whole yet stands beside its place under a name of its own, `.NAME.HOST-PROCESS-NUMBER.part`. A process that is
killed leaves it there; whoever writes to the same place next, and sees that its maker is gone, removes it. A folder that
has made room for another one and may still be wanted is called `.NAME.HOST-PROCESS-NUMBER.former`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from hegui import intake
from hegui.datatypes import Text
from hegui.source import Diagnostic, UsageError, Wording

CANNOT_WRITE = Wording("cannot-write", "cannot write `{file}`: {problem}", "无法写入 `{file}`：{problem}")
STALE: Final = 24 * 3600
"""Seconds after which what was begun is no longer being written, whoever began it."""

_LEFT: Final = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<process>[0-9]+)-[0-9]+\.(?P<sort>part|former)\Z")
_NUMBERS: Final = count(1)
_TRIES: Final = 20
_MOMENT: Final = 0.05
"""Seconds between two tries to remove a folder."""
_LONGEST: Final = 180
"""Bytes of a name that are taken over whole."""
_SWAP: Final = 2
"""What the system calls below know as the exchange of two names."""
_HERE: Final = -100
"""What `renameat2` knows as the current directory."""


def inside(folder: Path, name: str | Path) -> bool:
    """Does a path, from a folder, lead nowhere out of it, links followed? What is no path at all leads nowhere.

    >>> inside(Path("facts"), "a/../b.csv"), inside(Path("facts"), "../b.csv"), inside(Path("facts"), "~/b.csv")
    (True, False, True)
    """
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (ValueError, OSError, RuntimeError):  # a zero character, too long, links that go round
        return False


def reason(error: OSError) -> str | Text:
    """What went wrong, as the system says it."""
    return intake.problem(error)


def write_whole(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write a whole file or nothing: a reader never sees half of one.

    Raises:
        UsageError: it cannot be written.
    """
    with writing(path) as target, target.open("wb") as out:
        # as on the terminal: names of files may be no text
        out.writelines(piece if isinstance(piece, bytes) else piece.encode(errors="replace") for piece in pieces)


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """The same for what writes a file by its name: a temporary one, as `replacing` has it.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with replacing(path) as target:
            yield target
    except OSError as error:
        raise UsageError(Diagnostic(CANNOT_WRITE, {"file": path, "problem": reason(error)})) from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are not there.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(Diagnostic(CANNOT_WRITE, {"file": folder, "problem": reason(error)})) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of `path` when all went well, or goes into it where that is a pipe; `path` itself where
    it is a device.

    Raises:
        OSError: no file can be made there, or nobody reads from the pipe.
    """
    if path.is_fifo():
        with intake.open_pipe(path) as pipe, aside() as folder:
            yield folder / path.name
            with (folder / path.name).open("rb") as written:
                shutil.copyfileobj(written, pipe)
        return
    if path.exists() and not path.is_file():
        yield path
        return
    real = led_to(path)
    sweep(real)
    temporary = made_beside(real, _new_file)
    try:
        yield temporary
        if real.exists():
            temporary.chmod(real.stat().st_mode)
        temporary.replace(real)
    except BaseException:
        with suppress(OSError):  # what went wrong before is told, and not this
            temporary.unlink(missing_ok=True)
        raise


def led_to(path: Path) -> Path:
    """Where links lead.

    Raises:
        OSError: they lead nowhere, in a circle.
    """
    try:
        found = path.resolve()
    except RuntimeError:  # until Python 3.12
        found = path
    if found.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return found


def made_beside(target: Path, make: Callable[[Path], None]) -> Path:
    """A path beside `target` under which `make` made something new.

    Raises:
        OSError: it cannot.
    """
    for number in _NUMBERS:
        path = target.with_name(f".{_short(target.name)}.{_host()}-{os.getpid()}-{number}.part")
        with suppress(FileExistsError):
            make(path)
            break
    return path


def folder_beside(target: Path, mode: int = 0o777) -> Path:
    """A new empty folder beside `target`, for what is to take its place. Whoever asks for it removes it.

    Raises:
        OSError: it cannot be made.
    """
    sweep(target)
    return made_beside(target, lambda path: path.mkdir(mode))


def temporary_place() -> Path:
    """What a temporary folder stands beside that is to take nobody's place."""
    from tempfile import gettempdir

    return Path(gettempdir(), "hegui")


@contextmanager
def aside() -> Iterator[Path]:
    """A temporary folder of one's own, gone at the end.

    Raises:
        OSError: it cannot be made.
    """
    made = folder_beside(temporary_place(), 0o700)
    try:
        yield made
    finally:
        clear(made)


def clear(folder: Path) -> None:
    """Remove a folder; threads that have been called off may put something into it for a moment yet. What cannot be removed
    stays."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_MOMENT)


# --- what takes its place ------------------------------------------------------------------------------------------


def put_aside(part: Path, target: Path) -> Path | None:
    """The folder `part` takes the place of `target`, whose former one stays beside it: where that is, None where there was
    none. At each moment each of the two is there whole, the former at one of the two places.

    Raises:
        OSError: it cannot.
    """
    for tries in range(_TRIES):
        try:
            if not target.exists():
                part.rename(target)
                return None
            return _aside_in_one(part, target) or _aside_in_steps(part, target)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST) or tries == _TRIES - 1:
                raise
    return None


def _aside_in_one(part: Path, target: Path) -> Path | None:
    """It has the name of a former folder before they change places: whenever that is, the name says that it stays."""
    if _swap() is None:
        return None
    aside = part.with_suffix(".former")
    part.rename(aside)
    if _swapped(aside, target):
        return aside
    aside.rename(part)
    return None


def _aside_in_steps(part: Path, target: Path) -> Path:
    aside = part.with_suffix(".former")
    target.rename(aside)
    try:
        part.rename(target)
    except BaseException:
        if not target.exists():
            aside.rename(target)
        raise
    return aside


def put_back(aside: Path, target: Path) -> None:
    """A former folder comes back to its place, and what has taken it goes.

    Raises:
        OSError: it cannot.
    """
    if not _swapped(aside, target):
        part = aside.with_suffix(".part")
        target.rename(part)
        aside.rename(target)
        aside = part
    clear(aside)


def formers(target: Path) -> Iterator[Path]:
    """The former folders that are still beside `target`, by name."""
    yield from (Path(entry.path) for entry, found in _begun(target) if found["sort"] == "former")


def clear_formers(target: Path, own: Path | None) -> None:
    """Remove one's `own` former folder of `target`, and those of processes that are gone. What cannot be removed stays."""
    if own is not None:
        clear(own)
    for entry, found in _begun(target):
        if found["sort"] == "former" and _is_left(entry, found):
            shutil.rmtree(entry.path, ignore_errors=True)


def _swapped(one: Path, other: Path) -> bool:
    """Have the two changed places? False where the system cannot do that."""
    swap = _swap()
    return swap is not None and swap(os.fsencode(one), os.fsencode(other)) == 0


@cache
def _swap() -> Callable[[bytes, bytes], int] | None:
    """The call of the system that lets two names change places."""
    import ctypes

    if sys.platform not in ("linux", "darwin"):
        return None
    calls = ctypes.CDLL(None)
    if hasattr(calls, "renamex_np"):
        return lambda one, other: int(calls.renamex_np(one, other, _SWAP))
    if hasattr(calls, "renameat2"):
        return lambda one, other: int(calls.renameat2(_HERE, one, _HERE, other, _SWAP))
    return None


# --- what processes that were killed leave behind ------------------------------------------------------------------


def sweep(target: Path) -> None:
    """Remove what was begun for `target` by processes that are gone. What cannot be removed stays, and so do former folders that
    may be wanted."""
    for entry, found in _begun(target):
        if found["sort"] != "former" and _is_left(entry, found):
            with suppress(OSError):  # another may be at it, too
                _remove(Path(entry.path))


def _begun(target: Path) -> Iterator[tuple[os.DirEntry[str], re.Match[str]]]:
    """What stands beside `target` under a name that tells its maker, and what the name tells."""
    prefix = f".{_short(target.name)}."
    try:
        there = sorted(os.scandir(target.parent), key=lambda each: each.name)
    except OSError:
        return
    for entry in there:
        found = _LEFT.fullmatch(entry.name, len(prefix)) if entry.name.startswith(prefix) else None
        if found is not None:
            yield entry, found


def _is_left(entry: os.DirEntry[str], found: re.Match[str]) -> bool:
    """Is it one's own to remove, and its maker gone?"""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        return False
    here = found["host"] == _host() and os.name == "posix"
    return (here and not _runs(int(found["process"]))) or status.st_mtime < time.time() - STALE


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)  # no signal: is there such a process?
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _remove(left: Path) -> None:
    if left.is_symlink() or not left.is_dir():
        left.unlink(missing_ok=True)
    else:
        shutil.rmtree(left, ignore_errors=True)


# --- names ---------------------------------------------------------------------------------------------------------


def _new_file(path: Path) -> None:
    """A new file: one that is there already, or a link that somebody has put there, is not written to."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))


@cache
def _host() -> str:
    """What stands for this machine: processes of another that shares the folder are not known here."""
    import platform

    return f"{zlib.crc32(platform.node().encode(errors='replace')):08x}"


def _short(name: str) -> str:
    """A name that can still be added to: systems allow 255 bytes."""
    whole = os.fsencode(name)
    return name if len(whole) <= _LONGEST else f"{name[:40]}~{zlib.crc32(whole):08x}"
