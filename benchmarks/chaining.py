"""The two chainers on the same facts: seconds and peak memory, each in a process of its own.

Run `python benchmarks/chaining.py [RUNS]` where hegui is installed. Findings are joined to their mines, negated by
supervision orders, counted per town, and the towns joined once more; the firings of both chainers are compared.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from hegui.conclusions.chaining import Job, run
from hegui.conclusions.children import Limits
from hegui.conclusions.program import Count, Fact, FlatRule, Head, Pattern, Program, Taken

LANES = {"one jurisdiction": (1, 50_000), "100 jurisdictions": (100, 10_000)}
"""Partitions, and facts in each."""

CHILD = """
import os
from hegui.conclusions import child
end = os._exit
def noted(code):
    with open("/proc/self/status") as status, open(os.environ["PEAKS"], "a") as peaks:
        peaks.writelines(line.split()[1] + "\\n" for line in status if line.startswith("VmHWM"))
    end(code)
os._exit = noted
child.main()
"""
"""A child that notes its peak; what the system says of ended children includes what they were forked from."""

PROGRAM = Program(
    (
        FlatRule(
            "unpressed",
            0,
            (
                Pattern("finding", (("rule", "mine.over-scale"),)),
                Pattern("mine", (("revised", False),), (("key", 0, "entity"),)),
                Pattern("order", (), (("mine", 1, "key"),), negated=True),
            ),
            (Head("unpressed", (("mine", Taken(1, "key")), ("town", Taken(1, "town")))),),
        ),
        FlatRule(
            "repeated",
            0,
            (Pattern("unpressed"), Pattern("finding", (("rule", "mine.dust"),), (("entity", 0, "mine"),))),
            (Head("repeated", (("mine", Taken(0, "mine")), ("town", Taken(0, "town")))),),
        ),
        FlatRule(
            "town",
            1,
            (
                Pattern("crowded"),
                Pattern("town", (), (("key", 0, "town"),)),
                Pattern("campaign", (), (("town", 1, "key"),), negated=True),
            ),
            (Head("town", (("district", Taken(1, "district")), ("key", Taken(1, "key")), ("open", True))),),
        ),
    ),
    (Count("crowded", 0, "repeated", ("town",), ("mine",), 3, "crowded"),),
)


def facts(number: int, seed: int) -> tuple[Fact, ...]:
    """A fifth mines, a tenth orders, two towns in a hundred mines, the rest findings of four rules; in no order."""
    drawn = random.Random(seed)
    mines, made = number // 5, []
    towns = max(2, mines // 50)
    for town in range(towns):
        made.append(Fact("town", (("district", f"D{town % 7}"), ("key", f"镇{town:04}"), ("open", False))))
        if town % 5 == 0:
            made.append(Fact("campaign", (("town", f"镇{town:04}"),)))
    for mine in range(mines):
        key = f"M{mine:06}"
        made.append(Fact("mine", (("key", key), ("revised", drawn.random() < 0.3), ("town", f"镇{mine % towns:04}"))))
        if mine % 2:
            made.append(Fact("order", (("mine", key), ("number", mine))))
    rules = ("mine.over-scale", "mine.dust", "mine.no-licence", "mine.tailings")
    while len(made) < number:
        entity = f"M{drawn.randrange(mines):06}"
        made.append(Fact("finding", (("entity", entity), ("number", len(made)), ("rule", drawn.choice(rules)))))
    drawn.shuffle(made)
    return tuple(made)


def processor() -> float:
    """Seconds of processors used by this process and by its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def measured(lane: str, chainer: str) -> dict[str, float]:
    """One run in this process; making the facts is not counted."""
    partitions, number = LANES[lane]
    jobs = [Job(f"{place:03}", PROGRAM, facts(number, place)) for place in range(partitions)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.NamedTemporaryFile() as peaks:
        os.environ["PEAKS"] = peaks.name
        start, used = time.perf_counter(), processor()
        done = run(jobs, chainer, Limits(command=(sys.executable, "-P", "-c", CHILD)))
        seconds, used = time.perf_counter() - start, processor() - used
        children = [int(line) for line in peaks.read().split()]
    assert all(one.chainer == chainer for one in done), [one.note for one in done]
    return {
        "seconds": seconds,
        "processor": used,
        "facts": before / 1024,
        "own": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "child": max(children, default=0) / 1024,
        "derived": sum(len(one.chained.facts) - one.chained.given for one in done),
        "firings": sum(len(one.chained.firings) for one in done),
    }


def in_process(lane: str, chainer: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", lane, chainer]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main(runs: int) -> None:
    version = importlib.metadata.version("durable-rules")
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, durable-rules {version}\n"
    )
    print(
        "| facts | chainer | time | of processors | memory | of it the facts | largest child |\n|---|---|---|---|---|---|---|"
    )
    for lane, (partitions, number) in LANES.items():
        found = {chainer: [] for chainer in ("reference", "durable")}
        for _ in range(runs):
            for chainer, several in found.items():
                several.append(in_process(lane, chainer))
        counts = {(one["derived"], one["firings"]) for several in found.values() for one in several}
        assert len(counts) == 1, counts
        for chainer, several in found.items():
            middle = {name: statistics.median(one[name] for one in several) for name in several[0]}
            total = partitions * number
            sizes = " | ".join(f"{middle[name]:,.0f} MB" for name in ("own", "facts", "child"))
            times = f"{middle['seconds']:.2f} s | {middle['processor']:.2f} s"
            print(f"| {total:,} in {lane} | {chainer} | {times} | {sizes} |")
        derived, firings = counts.pop()
        print(f"{derived:,} facts derived, {firings:,} firings", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], sys.argv[3])))
    else:
        main(int((sys.argv[1:] or ["3"])[0]))
