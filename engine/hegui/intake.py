"""Single files that are read, and what is written to. What a path leads to is looked at before it is opened, so that nobody waits
for a pipe, and no reader takes in a device that never ends."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from hegui.datatypes import Text

_SORTS: Final = (
    (
        stat.S_ISFIFO,
        Text("是管道，不是文件；请先将其内容存为文件", "it is a pipe; write what it gives to a file first"),
    ),
    (stat.S_ISCHR, Text("是设备，不是文件", "it is a device, and no file")),
    (stat.S_ISBLK, Text("是设备，不是文件", "it is a device, and no file")),
    (stat.S_ISSOCK, Text("是套接字，不是文件", "it is a socket, and no file")),
)
"""What is never opened to be read. That a folder is no file is left to the system to say."""


_NOT_WRITTEN: Final = (
    (stat.S_ISFIFO, Text("是管道，不是文件；请写入文件", "it is a pipe; write to a file")),
    (stat.S_ISSOCK, Text("是套接字，不是文件", "it is a socket, and no file")),
)
"""What is never opened to be written: a pipe would be waited for until somebody reads it. Devices take what they get."""


class NotAFile(OSError):
    """What a path leads to is a pipe, a device or a socket; `problem` says which, in both languages."""

    def __init__(self, problem: Text) -> None:
        super().__init__(problem.en)
        self.problem = problem


def look(path: str | Path) -> os.stat_result:
    """How a file stands, before it is opened.

    Raises:
        NotAFile: it is a pipe, a device or a socket.
        OSError: there is none, or it cannot be looked at.
    """
    found = os.stat(path)
    for is_it, problem in _SORTS:
        if is_it(found.st_mode):
            raise NotAFile(problem)
    return found


def look_before_writing(path: Path) -> None:
    """See that what is there already, if anything is, can be written without waiting for anybody.

    Raises:
        NotAFile: it is a pipe or a socket.
        OSError: it cannot be looked at.
    """
    if path.exists():
        mode = os.stat(path).st_mode
        for is_it, problem in _NOT_WRITTEN:
            if is_it(mode):
                raise NotAFile(problem)


def bytes_of(path: Path, most: int | None = None) -> bytes:
    """The bytes of a file. Of one of more than `most` bytes there are `most` and one, by which it can be told.

    Raises:
        NotAFile: it is a pipe, a device or a socket.
        OSError: it cannot be read.
    """
    look(path)
    with path.open("rb") as stream:
        return stream.read(-1 if most is None else most + 1)


def problem(error: OSError) -> str | Text:
    """Why a file could not be read, for a diagnostic."""
    return error.problem if isinstance(error, NotAFile) else error.strerror or str(error) or type(error).__name__
