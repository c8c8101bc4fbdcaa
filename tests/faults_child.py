"""A process that has hegui loaded and makes a copy of itself for each command, so that hundreds can be killed in a minute.

It reads orders from standard input, a JSON object on a line, and answers each with a line: `start` with the id of the new
process, `wait` with its exit status (negative: the signal that ended it).
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import json
import os
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
USED = (
    "fastexcel", "polars", "pydantic", "sqlalchemy", "xlsxwriter", "hegui.api", "hegui.cli", "hegui.conclusions.drawing",
    "hegui.engines.frames", "hegui.engines.kept", "hegui.engines.polars", "hegui.engines.scalar", "hegui.facts.readers",
    "hegui.ledger.entries", "hegui.ledger.export", "hegui.ledger.recording", "hegui.report.run", "hegui.since.judging",
)  # fmt: skip
STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link")


def changes(event: str, args: tuple[Any, ...], within: str) -> bool:
    """Is it a step that changes something inside a folder?"""
    named = [os.path.abspath(os.fsdecode(each)) for each in args[:2] if isinstance(each, (str, bytes, os.PathLike))]
    if not any(name.startswith(within) for name in named):
        return False
    return event in STEPS or (event == "open" and isinstance(args[2], int) and bool(args[2] & WRITING))


def watch_steps(order: dict[str, Any]) -> None:
    """Count the steps that change something; at one of them be killed, or have it fail."""
    taken: list[str] = []

    def look(event: str, args: tuple[Any, ...]) -> None:
        if (event in STEPS or event == "open") and changes(event, args, order["within"]):
            taken.append(event)
            if len(taken) == order["at"]:
                if order["fault"]:
                    raise OSError(order["fault"], os.strerror(order["fault"]))
                os.kill(os.getpid(), signal.SIGKILL)

    def tell() -> None:
        number = len(taken)
        Path(order["steps"]).write_text(str(number), encoding="utf-8")

    sys.addaudithook(look)
    atexit.register(tell)


def lose_rights() -> None:
    """File permissions bind root, too, from here on: it has no capabilities any more."""
    version = 0x20080522
    ctypes.CDLL(None).capset(struct.pack("Ii", version, 0), bytes(24))


def become(order: dict[str, Any]) -> None:
    """Be the process of a command; this does not return."""
    try:
        for number, name in enumerate(("in", "out", "said")):
            flags = os.O_RDONLY if not number else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(order[name], flags, 0o666), number)
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        if order["limit"] is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
        if order["plain"]:
            lose_rights()
        watch_steps(order)
        from hegui import cli

        if order["before"]:
            exec(order["before"], {})
        cli.main(order["args"])
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(70)


def load() -> None:
    """Import what commands use; nothing is done with it, for threads do not go over into a copy."""
    for name in USED:
        importlib.import_module(name)


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Take orders until there are no more."""
    load()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]))
            continue
        number = os.fork()
        if not number:
            become(order)
        answer(number)


if __name__ == "__main__":
    main()
