"""Reads hostile files as a check does, each in a process of its own with little memory and time, and says what came of it.

    python tests/hostile_child.py MEGABYTES SECONDS FILE…

prints a line of JSON per file: how the process ended, what was said, seconds and megabytes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from click.testing import CliRunner

BENCH = Path(__file__).parent.parent / "benchmarks" / "rules"


def check(path: str, *more: str) -> dict[str, Any]:
    """What a check of a file comes to."""
    from hegui.cli import main

    line = ["check", path, "--rules", str(BENCH), "--as-of", "2024-03-11", "--chainer", "reference", *more]
    done = CliRunner().invoke(main, [*line, "--format", "json"])
    crash = None if done.exception is None or isinstance(done.exception, SystemExit) else repr(done.exception)
    return {"exit": done.exit_code, "said": done.stderr, "out": done.stdout, "crash": crash}


def apart(path: str, megabytes: int, seconds: int) -> dict[str, Any]:
    """The same in a child with limits. A child that is killed says so by its signal."""
    ours, theirs = os.pipe()
    start = time.perf_counter()
    child = os.fork()
    if not child:
        os.close(ours)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(seconds)
        with os.fdopen(theirs, "w") as pipe:
            json.dump(check(path), pipe)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        said = pipe.read()
    _, status, used = os.wait4(child, 0)
    found = {"file": path, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
    found |= {"seconds": round(time.perf_counter() - start, 2), "megabytes": used.ru_maxrss >> 10}
    return found | (json.loads(said) if said else {"exit": None, "said": "", "out": "", "crash": "no answer"})


if __name__ == "__main__":
    import hegui.cli.judging
    import hegui.facts.workbook  # noqa: F401 (before the fork, once for all)

    for each in sys.argv[3:]:
        sys.stdout.write(json.dumps(apart(each, int(sys.argv[1]), int(sys.argv[2])), ensure_ascii=False) + "\n")
        sys.stdout.flush()
