"""Where the files of a registry may be: inside its folder, and wherever who runs the check allows besides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from os.path import exists
from pathlib import Path
from typing import Final

from hegui.files import inside
from hegui.masking import place_without_password
from hegui.source import Diagnostic, UsageError, Wording

_BESIDES: Final[ContextVar[tuple[Path, ...]]] = ContextVar("_BESIDES", default=())
_NO_FOLDER = Wording("no-folder-to-allow", "there is no folder `{name}` to allow", "没有可允许的文件夹 `{name}`")
_A_FILE = Wording(
    "no-folder-to-allow",
    "`{name}` is no folder; what is allowed is a whole folder",
    "`{name}` 不是文件夹；只能允许整个文件夹",
)
ALLOW_IT = Wording(
    "allow-the-folder",
    "who runs the check may allow another folder: `--allow FOLDER`",
    "执行核查者可用 `--allow 文件夹` 另行允许",
)


@contextmanager
def allowing(*folders: str | Path) -> Iterator[None]:
    """Within it, manifests and links in folders of facts may lead to files and SQLite databases in these folders, too.

    >>> from hegui import facts
    >>> with facts.allowing("/"):  # anywhere
    ...     pass

    Args:
        folders: folders, relative to the working folder or absolute. Within another `allowing`, what that allows stays allowed.

    Raises:
        UsageError: one is no folder.
    """
    others = [_no_folder(each) for each in folders if not _is_folder(each)]
    if others:
        raise UsageError(others)
    token = _BESIDES.set((*_BESIDES.get(), *(Path(each).absolute() for each in folders)))
    try:
        yield
    finally:
        _BESIDES.reset(token)


def permitted(folder: Path, name: str | Path) -> bool:
    """Does a path, from a folder, lead to where files of its registry may be, links followed?"""
    return any(inside(each, (folder / name).absolute()) for each in (folder, *_BESIDES.get()))


def _no_folder(path: str | Path) -> Diagnostic:
    there = path != "" and exists(path)  # which takes what is no path at all for one that is not there
    return Diagnostic(_A_FILE if there else _NO_FOLDER, {"name": place_without_password(str(path))})


def _is_folder(path: str | Path) -> bool:
    """An empty text is none: it is what a script makes of a variable that is not set."""
    try:
        return path != "" and Path(path).is_dir()
    except (OSError, ValueError):
        return False
