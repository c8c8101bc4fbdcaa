"""What formats take over many findings, beside the check that found them: processor time, peak memory, size.

Run `python benchmarks/reports.py [ENTITIES] [FORMAT …]` (default 33,000 entities of the lane `related`, which have 100,000
findings; all formats below). Each format is written in a process of its own from the saved run, with the check of the registry
timed in the same way before it. Reading the run is a line of its own: `check` writes formats without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from judging import AS_OF, HERE, SCRATCH, peak, registry_of

FORMATS = ("html", "xlsx", "csv", "jsonl", "json")


def checked(source: Path, target: Path) -> dict[str, float]:
    """Check a registry and save the run, which is not counted."""
    from hegui import api
    from hegui.report import WRITERS, Look

    rules = api.load_ruleset(HERE / "rules_related")
    start, used = time.perf_counter(), time.process_time()
    registry = api.load_registry([source], rules)
    run = api.check(registry, rules, as_of=AS_OF, chainer="reference")
    figures = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used, "memory": peak()}
    if run.kept:
        run = run.moved(target.with_suffix(".findings")).beside(target)
    target.write_text("".join(WRITERS["json"](run, Look())), encoding="utf-8")  # type: ignore[arg-type]
    return {**figures, "size": len(run.findings)}


def written(name: str, saved: Path, target: Path) -> dict[str, float]:
    """Write one format of a saved run; reading it is counted, and told besides."""
    from hegui.report import WRITERS, Look, Run

    start, used = time.perf_counter(), time.process_time()
    run = Run.from_json(saved.read_text("utf-8"), str(saved))
    read = time.process_time() - used
    with target.open("wb") as out:
        pieces = WRITERS[name](run, Look("zh"))
        out.writelines(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    size = target.stat().st_size / 1e6
    return {"seconds": seconds, "processor": used, "memory": peak(), "size": size, "reading": read}


def in_process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ})
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(entities: int, formats: tuple[str, ...]) -> list[str]:
    """The lines of a Markdown table."""
    from registry import marked

    from hegui import api

    source = marked(registry_of("related", entities), api.load_ruleset(HERE / "rules_related"))
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        saved = Path(folder) / "run.json"
        check = in_process("check", str(source), str(saved))
        found = {name: in_process(name, str(saved), str(Path(folder) / f"out.{name}")) for name in formats}
    lines = [
        f"{entities:,} entities, {check['size']:,.0f} findings; times are of processors",
        "| | time | times the check | memory | size |",
        "|---|---|---|---|---|",
        f"| the check | {check['processor']:.1f} s | | {check['memory']:,.0f} MB | |",
        f"| reading the run | {max(each['reading'] for each in found.values()):.1f} s | | | |",
    ]
    for name, each in found.items():
        used = each["processor"] - each["reading"]
        ratio = used / check["processor"]
        lines.append(f"| {name} | {used:.1f} s | {ratio:.1f}× | {each['memory']:,.0f} MB | {each['size']:,.0f} MB |")
    return lines


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        what, source, target = sys.argv[2:5]
        figures = checked(Path(source), Path(target)) if what == "check" else written(what, Path(source), Path(target))
        print(json.dumps(figures))
        return
    entities = int(sys.argv[1]) if len(sys.argv) > 1 else 33_000
    print("\n".join(table(entities, tuple(sys.argv[2:]) or FORMATS)))


if __name__ == "__main__":
    main()
