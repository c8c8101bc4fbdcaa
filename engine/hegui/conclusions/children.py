"""Child processes that are asked one question each, within a time and a memory, and are gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from threading import Lock
from typing import Final, Self

_GRACE: Final = 30
"""Seconds of its own time a child has beyond the wall clock's, before it ends itself: it is for orphans."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What durable-rules may use: facts in a partition and in a child, seconds and bytes of a child, children at a time
    (None: as many as there are processors), and the command that starts one."""

    facts: int = 50_000
    seconds: float = 60.0
    memory: int = 3 << 30
    children: int | None = None
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "hegui.conclusions.child")

    @property
    def at_a_time(self) -> int:
        """Children at a time."""
        return self.children or os.cpu_count() or 1


class ChildError(Exception):
    """A child gave no answer. `trouble` is `crash`, `time` or `engine`, `problem` what is known of it."""

    def __init__(self, trouble: str, problem: str) -> None:
        super().__init__(f"{trouble}: {problem}")
        self.trouble = trouble
        self.problem = problem


class Children:
    """The children of one run, asked from several threads. Leaving the context ends those that still run."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def ask(self, request: bytes) -> bytes:
        """What a new child writes in answer to what it reads.

        Raises:
            ChildError: it could not be started, took too long, or ended with anything but success.
        """
        with self._started() as process:
            try:
                answer, said = process.communicate(request, self._limits.seconds)
            except subprocess.TimeoutExpired:
                raise ChildError("time", f"{self._limits.seconds:g}") from None
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)
        if process.returncode:
            raise ChildError("crash", _ending(process.returncode, said))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        seconds = int(self._limits.seconds) + _GRACE
        command = [*self._limits.command, str(self._limits.memory), str(seconds)]
        pipe = subprocess.PIPE
        with self._lock:
            if self._closed:
                raise ChildError("crash", "the run")
            try:
                process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603
            except OSError as error:
                raise ChildError("crash", str(error)) from error
            self._running.add(process)
        return process


def _ending(code: int, said: bytes) -> str:
    """How a process ended, in words: the signal, or the exit code and the last line it said."""
    if code < 0:
        names = {one.value: one.name for one in signal.Signals}
        return names.get(-code, f"signal {-code}")
    lines = said.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"exit code {code}" + (f" ({last[:200]})" if last else "")
