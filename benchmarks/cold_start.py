"""Seconds from a cold process to the printed report of the Ba'nan registry, and to the help page.

Run `python benchmarks/cold_start.py [RUNS]` where hegui is installed.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMANDS = {
    "hegui --help": ["--help"],
    "hegui check facts/banan": ["check", "facts/banan", "--rules", "rulesets/banan", "--as-of", "2024-03-11"],
}


def main(runs: int) -> None:
    program = shutil.which("hegui")
    if program is None:
        sys.exit("hegui is not installed")
    print("| command | fastest | median | slowest |\n|---|---|---|---|")
    for name, arguments in COMMANDS.items():
        seconds = []
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, check=False)
            seconds.append(time.perf_counter() - start)
        print(f"| `{name}` | {min(seconds):.2f} s | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["10"])[0]))
