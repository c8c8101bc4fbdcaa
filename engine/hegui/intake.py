"""Single files that are read, and what is written to. What a path leads to is looked at before it is opened, so that nobody waits
for a pipe, and no reader takes in a device that never ends."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

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


_UNREAD: Final = Text("是管道，且没有程序从中读取", "it is a pipe that nobody reads from")


_CHINESE: Final = {
    errno.ENOENT: "没有该文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许此操作",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "文件系统只读",
    errno.EIO: "输入输出错误",
    errno.ELOOP: "链接循环",
    errno.ENAMETOOLONG: "名称过长",
    errno.EPIPE: "读取方已关闭管道",
}
"""What the system says, by its number."""


class NotAFile(OSError):
    """What a path leads to is a pipe, a device or a socket, and can be neither read nor written; `problem` says which it is, in both
    languages."""

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


def open_pipe(path: Path) -> BinaryIO:
    """The end of a pipe that is written to, opened without waiting for anybody.

    Raises:
        NotAFile: nobody reads from it.
        OSError: it cannot be opened.
    """
    try:
        end = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        raise NotAFile(_UNREAD) if error.errno == errno.ENXIO else error from None
    os.set_blocking(end, True)
    return os.fdopen(end, "wb")


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
    """Why a file could not be read or written, for a diagnostic: in the words of the system, and the commonest in Chinese, too.

    >>> problem(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    Text(zh='没有该文件或文件夹', en='No such file or directory')
    """
    if isinstance(error, NotAFile):
        return error.problem
    said = error.strerror or str(error) or type(error).__name__
    chinese = _CHINESE.get(error.errno or 0)
    return said if chinese is None else Text(chinese, said)
