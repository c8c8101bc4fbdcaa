"""Runs every benchmark and rewrites the tables of benchmarks/README.md, with the machine, the versions and the day.

Run `python benchmarks/run.py [--size N] [--quick] [SECTION…]` where hegui is installed with its `bench` extra
(`python -m pip install '.[bench]'`). Without sections, all of them; `--quick` takes small registries and single runs, and
prints the tables instead of keeping them.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
README = HERE / "README.md"
PACKAGES = (
    "polars", "narwhals", "duckdb", "zen-engine", "cel-expr-python", "durable-rules", "pandera",
)  # fmt: skip

Section = Callable[[int, int], list[str]]
"""Lines of Markdown from a size and a number of runs."""


def machine(size: int, runs: int) -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    where = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    return [f"Taken on {datetime.now(UTC).date()}: {where}; {versions}."]


def lane(name: str) -> Section:
    def made(size: int, runs: int) -> list[str]:
        import judging

        return judging.table(name, size, runs)

    return made


def verdicts(size: int, runs: int) -> list[str]:
    import verdicts as peers

    return peers.table(min(size // 10, 50_000))


def curve(size: int, runs: int) -> list[str]:
    import curve as curves

    return curves.table(size)


def script(name: str, *arguments: str) -> Section:
    """A benchmark that prints its own table."""

    def made(size: int, runs: int) -> list[str]:
        words = [word.format(size=size, runs=runs) for word in arguments]
        done = subprocess.run(
            [sys.executable, str(HERE / f"{name}.py"), *words], check=True, capture_output=True, text=True
        )
        return [line for line in done.stdout.splitlines() if line.startswith("|")]

    return made


SECTIONS: dict[str, Section] = {
    "machine": machine,
    "plain": lane("plain"),
    "related": lane("related"),
    "verdicts": verdicts,
    "curve": curve,
    "door": script("conforming", "{size}", "{runs}"),
    "cold-start": script("cold_start", "15"),
    "chaining": script("chaining", "1"),
    "impact": script("impact", "{size}", "{runs}"),
}


def kept(text: str, name: str, lines: list[str]) -> str:
    """The page with the lines between the marks of a section."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    assert pattern.search(text), f"benchmarks/README.md has no section `{name}`"
    return pattern.sub(lambda _: "\n".join([begin, *lines, end]), text)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=1_000_000, help="entities of the largest registry")
    asked.add_argument("--runs", type=int, default=3, help="how often each way is run")
    asked.add_argument("--quick", action="store_true", help="small and once; nothing is kept")
    asked.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    given = asked.parse_args()
    size, runs = (20_000, 1) if given.quick else (given.size, given.runs)
    for name in given.sections or SECTIONS:
        lines = SECTIONS[name](size, runs)
        print(f"\n## {name}\n", *lines, sep="\n", flush=True)
        if not given.quick:
            README.write_text(kept(README.read_text("utf-8"), name, lines), "utf-8")


if __name__ == "__main__":
    main()
