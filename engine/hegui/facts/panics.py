"""Libraries written in Rust panic over damaged files: an exception that is no `Exception`, and a message of their own on the
stderr of the process."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import RLock
from typing import Final


class Panicked(Exception):
    """A library panicked; what it raised is the cause."""


_SAID: Final = 1_000_000
"""Bytes that are said at a time."""
_ONE_STDERR: Final = RLock()
"""A process has one; a thread that turned away what another has turned away already would never give it back."""


@contextmanager
def panics_caught() -> Iterator[None]:
    """Panics as an exception, without what they print. What else is said on stderr meanwhile is said afterwards.

    Raises:
        Panicked: a library panicked.
    """
    with _ONE_STDERR, _turned_away() as aside:
        try:
            yield
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            if aside is not None:
                os.ftruncate(aside, 0)
            raise Panicked from error


@contextmanager
def _turned_away() -> Iterator[int | None]:
    """A file that takes what is said on stderr, and gives it at the end. None where there is no stderr, as services have it, or
    no place for the file: then nothing is turned away."""
    with ExitStack() as held:
        try:
            if sys.__stderr__ is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            aside = held.enter_context(tempfile.TemporaryFile()).fileno()
            kept = os.dup(2)
            held.callback(os.close, kept)
        except OSError:
            yield None
            return
        _flush()
        os.dup2(aside, 2)
        try:
            yield aside
        finally:
            _flush()
            os.dup2(kept, 2)
            os.lseek(aside, 0, os.SEEK_SET)
            with suppress(OSError):  # nobody listens any more
                while said := os.read(aside, _SAID):
                    os.write(2, said)


def _flush() -> None:
    """Have Python's own stderr say what it holds; a program may have put anything in its place."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
