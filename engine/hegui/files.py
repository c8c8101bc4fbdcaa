"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hegui.source import Diagnostic, UsageError, Wording

CANNOT_WRITE = Wording("cannot-write", "cannot write `{file}`: {problem}", "无法写入 `{file}`：{problem}")


def inside(folder: Path, name: str | Path) -> bool:
    """Does a path, from a folder, lead nowhere out of it, links followed? What is no path at all leads nowhere.

    >>> inside(Path("facts"), "a/../b.csv"), inside(Path("facts"), "../b.csv"), inside(Path("facts"), "~/b.csv")
    (True, False, True)
    """
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (ValueError, OSError, RuntimeError):  # a zero character, too long, links that go round
        return False


def reason(error: OSError) -> str:
    """What went wrong, as the system says it."""
    return error.strerror or str(error)


def write_whole(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write a whole file or nothing: a reader never sees half of one.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with replacing(path) as target, target.open("wb") as out:
            # as on the terminal: names of files may be no text
            out.writelines(piece if isinstance(piece, bytes) else piece.encode(errors="replace") for piece in pieces)
    except OSError as error:
        raise UsageError(Diagnostic(CANNOT_WRITE, {"file": path, "problem": reason(error)})) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of `path` when all went well; `path` itself where it is no plain file."""
    if path.exists() and not path.is_file():
        yield path
        return
    real = path.resolve()
    temporary = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        yield temporary
        if real.exists():
            temporary.chmod(real.stat().st_mode)
        temporary.replace(real)
    finally:
        temporary.unlink(missing_ok=True)
