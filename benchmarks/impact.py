"""What an edit costs to look at before it is made, against one check of the same registry.

Run `python benchmarks/impact.py [ENTITIES] [RUNS] [LANE…]`; lanes are `plain` (24 rules over one entity) and `related` (24
rules, of which eight follow references and six ask something of three visits of each site). `check` judges a registry that
has been conformed and leaves its findings as Parquet. The other ways hold two versions of the ruleset against each other on
the same registry and write Markdown: with `one` parameter 30 % higher, with a condition `turned` into its opposite, so that
hardly a row keeps its verdict by that rule, with `every` condition edited, so that each rule is judged by both versions, and
`tangled`, with every number 30 % higher besides, so that each change is looked into for its cause (up to three edits meet in
a rule). The ways with `json` are the commands as they are called, `hegui impact` of the `tangled` edit against `hegui check`,
each with `--format json=FILE`. Loading the rulesets counts, imports do not.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import judging
import since

HERE = Path(__file__).parent
SHARES = {"plain": (0.02, 0.03), "related": (0.15, 0.03)}
RULES = {"plain": HERE / "rules", "related": HERE / "rules_related"}

HEAD, QUOTE = "violation: '", "'"

Edit = Callable[[str], str]


def higher(text: str) -> str:
    """A number 30 % higher; whole ones stay whole."""
    number = float(text) * 1.3
    return str(round(number, 6)) if "." in text else str(int(number))


def parameters(text: str, *names: str) -> str:
    """The rules with some parameters (all where none are named) 30 % higher."""
    made = []
    for line in text.split("\n"):
        name, colon, rest = line.partition(": {label")
        if colon and "value: " in rest and (not names or name.strip() in names):
            before, _, after = rest.partition("value: ")
            value = after.split(",")[0]
            rest = f"{before}value: {higher(value)}{after[len(value) :]}"
        made.append(name + colon + rest)
    return "\n".join(made)


def every(text: str) -> str:
    """The rules with every condition edited."""
    lines = (
        f"{line.replace(HEAD, HEAD + '(').removesuffix(QUOTE)}) || staff > 445{QUOTE}"
        if line.startswith(HEAD)
        else line
        for line in text.split("\n")
    )
    return "\n".join(lines)


def turned(text: str) -> str:
    """The rules with one condition turned into its opposite."""
    return text.replace("violation: 'output > scale'", "violation: 'output <= scale'", 1)


EDITS: dict[str, Edit] = {
    "one": lambda text: parameters(text, "nitrogen"),
    "turned": turned,
    "every": every,
    "tangled": lambda text: parameters(every(text)),
}


JSON = {"check json": "check", "tangled json": "tangled"}
"""The commands that write JSON, with what each makes of the ruleset."""
BESIDE = {"tangled json": "check json"}
"""What a way is held against, where that is not `check`."""


def command(way: str, lane: str, data: Path, target: Path) -> int:
    """The same by a command that writes JSON."""
    from hegui.cli import main as hegui

    document = target / "told.json"
    shared = ["--as-of", since.AS_OF.isoformat(), "--engine", "polars", "--format", f"json={document}"]
    if way == "check json":
        hegui(["check", str(data), "--rules", str(RULES[lane]), *shared], standalone_mode=False)
        return int(json.loads(document.read_text("utf-8"))["findings"]["count"])
    hegui(["impact", str(RULES[lane]), str(target / "edited"), "--facts", str(data), *shared], standalone_mode=False)
    return int(json.loads(document.read_text("utf-8"))["changes"]["count"])


def run(way: str, lane: str, data: Path, target: Path) -> int:
    """Check, or look at what an edit does; how many findings or changes there are."""
    if way in JSON:
        return command(way, lane, data, target)
    from hegui import api
    from hegui.report.look import Look

    if way == "check":
        rules = api.load_ruleset(RULES[lane])
        registry = api.load_registry([data], rules)
        found = api.check(registry, rules, as_of=since.AS_OF, engine="polars", findings=target / "found")
        return len(found.findings)
    from hegui.assure.impact.formats import WRITERS

    versions = api.load_version(RULES[lane]), api.load_version(target / "edited")
    impact = api.impact(*versions, [data], as_of=since.AS_OF)
    (target / "impact.md").write_text("".join(WRITERS["markdown"](impact, Look())), "utf-8")
    return impact.changes


def measured(way: str, lane: str, data: Path) -> dict[str, float]:
    """Time, time of processors and peak memory of one way in this process."""
    since.imported()
    with tempfile.TemporaryDirectory(dir=since.SCRATCH) as folder:
        target = Path(folder)
        if (edit := JSON.get(way, way)) != "check":
            shutil.copytree(RULES[lane], target / "edited")
            path = target / "edited" / "rules.yaml"
            path.write_text(EDITS[edit](path.read_text("utf-8")), "utf-8")
        start, used = time.perf_counter(), time.process_time()
        found = run(way, lane, data, target)
        return {
            "seconds": time.perf_counter() - start,
            "processor": time.process_time() - used,
            "memory": judging.peak(),
            "found": found,
        }


def make(lane: str, folder: Path, count: int) -> Path:
    """A registry that has been conformed."""
    import registry

    since.SCRATCH.mkdir(exist_ok=True)
    data = folder / "facts"
    data.mkdir()
    if lane == "plain":
        (data / "site.parquet").symlink_to(registry.write(since.SCRATCH, count, *SHARES[lane]))
    else:
        for file in registry.related(since.SCRATCH, count, *SHARES[lane]).glob("*.parquet"):
            (data / file.name).symlink_to(file)
    since.conform("plain" if lane == "plain" else "relation", data)
    return data


def in_process(way: str, lane: str, data: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", way, lane, str(data)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return dict(json.loads(done.stdout))


def main(count: int, runs: int, lanes: list[str]) -> None:
    print(
        f"| {count:,} entities, 24 rules | way | changes | time | of one check | of processors | of one check | memory |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for lane in lanes:
        with tempfile.TemporaryDirectory(dir=since.SCRATCH) as folder:
            subprocess.run([sys.executable, __file__, "--make", lane, folder, str(count)], check=True)
            data = Path(folder) / "facts"
            ways = ["check", *EDITS, *JSON]
            taken: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
            for _ in range(runs):
                for way in ways:
                    taken[way].append(in_process(way, lane, data))
        median = {
            way: {figure: statistics.median(each[figure] for each in found) for figure in found[0]}
            for way, found in taken.items()
        }
        for way in ways:
            print(shown(lane, way, median), flush=True)


def shown(lane: str, way: str, median: dict[str, dict[str, float]]) -> str:
    one, whole = median[way], median[BESIDE.get(way, "check")]
    check = JSON.get(way, way) == "check"
    found = "" if check else f"{one['found']:,.0f}"
    ratios = ["" if check else f"{one[figure] / whole[figure]:.2f}×" for figure in ("seconds", "processor")]
    parts = [f"| {lane}", way, found, f"{one['seconds']:.2f} s", ratios[0], f"{one['processor']:.2f} s", ratios[1]]
    return " | ".join([*parts, f"{one['memory']:,.0f} MB |"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
    elif sys.argv[1:2] == ["--make"]:
        make(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        size, runs, *lanes = [*sys.argv[1:], *("1000000", "3")[len(sys.argv) - 1 :]]
        main(int(size), int(runs), lanes or list(SHARES))
