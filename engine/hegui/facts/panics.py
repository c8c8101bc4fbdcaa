"""Libraries written in Rust panic over damaged files: an exception that is no `Exception`, and a message of their own on the
stderr of the process."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final


class Panicked(Exception):
    """A library panicked; what it raised is the cause."""


_ONE_STDERR: Final = RLock()
"""A process has one; a thread that turned away what another has turned away already would never give it back."""


@contextmanager
def panics_caught() -> Iterator[None]:
    """Panics as an exception, without what they print. What else is said on stderr meanwhile is said afterwards.

    Raises:
        Panicked: a library panicked.
    """
    with _ONE_STDERR, tempfile.TemporaryFile() as aside:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(aside.fileno(), 2)
        panicked = False
        try:
            yield
        except BaseException as error:
            panicked = type(error).__name__ == "PanicException"
            if panicked:
                raise Panicked from error
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            aside.seek(0)
            if not panicked:
                os.write(2, aside.read())
