"""Child processes that are asked one question each, within a time and a memory, and are gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        self.limits = limits
        self._running: set[subprocess.Popen[bytes]] = set()
        self._waiting: list[subprocess.Popen[bytes]] = []
        self._closed = False
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children; those that are being asked give no answer, and no other can be."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
            waiting, self._waiting = self._waiting, []
        for process in waiting:
            with process:
                process.kill()

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Threads that ask are waited for afterwards: what goes wrong in one must not wait for all others."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def expect(self, count: int) -> None:
        """Start children that will be asked later, so that they are ready by then. That one does not start is found out
        when it is asked."""
        with suppress(ChildError):
            self._waiting += [self._start() for _ in range(min(count, self.limits.at_a_time))]

    def ask(self, request: bytes) -> bytes:
        """What a child that was not asked before writes in answer to what it reads.

        Raises:
            ChildError: it could not be started, took too long, or ended with anything but success.
        """
        with self._started() as process:
            try:
                answer, said = process.communicate(request, self.limits.seconds)
            except subprocess.TimeoutExpired:
                raise ChildError("time", f"{self.limits.seconds:g}") from None
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)
        if process.returncode:
            raise ChildError("crash", _ending(process.returncode, said))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._waiting and not self._closed:
                return self._waiting.pop()
        return self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        seconds = int(self.limits.seconds) + _GRACE
        command = [*self.limits.command, str(self.limits.memory), str(seconds)]
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
