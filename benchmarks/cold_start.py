"""Seconds from a cold process to the printed report of the Ba'nan registry, and to the help page.

Run `python benchmarks/cold_start.py [RUNS]` where hegui is installed. Compiled modules and the kept ruleset lie in a folder
of their own and are made by a run that is not counted, as an installation and an earlier run would have left them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHECK = ["check", "facts/banan", "--rules", "rulesets/banan", "--as-of", "2024-03-11"]
COMMANDS = {
    "hegui --help": ["--help"],
    "hegui check facts/banan": CHECK,
    "hegui check facts/banan --no-cache": [*CHECK, "--no-cache"],
}


def seconds(command: list[str], env: dict[str, str]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    return time.perf_counter() - start


def main(runs: int) -> None:
    program = shutil.which("hegui")
    if program is None:
        sys.exit("hegui is not installed")
    print("| command | fastest | median | slowest |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env |= {"XDG_CACHE_HOME": folder, "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        for name, arguments in COMMANDS.items():
            seconds([program, *arguments], env)
            found = [seconds([program, *arguments], env) for _ in range(runs)]
            print(f"| `{name}` | {min(found):.2f} s | {statistics.median(found):.2f} s | {max(found):.2f} s |")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["10"])[0]))
