"""Conclusions from end to end: grounding rows and findings, chaining jurisdiction by jurisdiction, putting into words.

`python benchmarks/concluding.py [CHAINER]` draws two conclusions (mines over scale that nobody pressed, towns with
several of them) over 50,000 rows and findings in one jurisdiction and 1,000,000 in 100, each lane in a process of its own.
`benchmarks/chaining.py` times the chainers alone.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LANES = ((50_000, 1), (1_000_000, 100))
DAY = date(2024, 3, 11)
RULESET = """\
ruleset: concluding
title: {zh: 结论, en: conclusions}
version: "1"
---
kind: town
label: {zh: 镇, en: town}
key: id
jurisdiction: id
fields:
  id: {type: string, label: {zh: 编号, en: town id}}
---
kind: mine
label: {zh: 矿, en: mine}
key: id
jurisdiction: town
fields:
  id: {type: string, label: {zh: 矿号, en: mine id}}
  town: {type: ref, to: town, label: {zh: 所在镇, en: in town}}
  known_on: {type: date, label: {zh: 发现日期, en: known on}}
  revised: {type: bool, label: {zh: 已重编, en: revised}}
---
kind: supervision
label: {zh: 督促, en: supervision}
key: id
jurisdiction: mine.town
fields:
  id: {type: string, label: {zh: 单号, en: order id}}
  mine: {type: ref, to: mine, label: {zh: 督促的矿, en: of mine}}
  issued_on: {type: date, label: {zh: 发文日期, en: issued on}}
---
rule: mine.over
title: {zh: 超产, en: over scale}
about: mine
nature: breach
severity: major
violation: revised
message: {zh: "{id}", en: "{id}"}
---
conclusion: mine.not-pressed
title: {zh: 未督促, en: not pressed}
nature: duty
severity: major
given: {f: finding("mine.over"), m: mine}
where: m.id == f.entity && !m.revised && m.known_on < date("2024-02-15")
unless: {o: supervision}
unless_where: o.mine == m.id && o.issued_on >= m.known_on
about: {kind: mine, id: m.id}
message: {zh: "{m.id}", en: "{m.id}"}
---
conclusion: town.several
title: {zh: 多个, en: several}
nature: clue
severity: minor
given: {c: conclusion("mine.not-pressed"), m: mine}
where: m.id == c.id
at_least: 3
about: {kind: town, id: m.town}
message: {zh: "{count}", en: "{count}"}
"""


def lane(size: int, towns: int, chainer: str) -> dict[str, Any]:
    """One lane in this process: seconds, peak memory and what was drawn."""
    from hegui import ruleset
    from hegui.conclusions.drawing import draw

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "concluding.yaml")
        path.write_text(RULESET, encoding="utf-8")
        rules = ruleset.load(path)
    registry, supports = made(rules, size, towns)
    before = memory()
    start = time.perf_counter()
    drawing = draw(rules, registry, supports, as_of=DAY, decided_on=DAY, chainer=chainer)
    seconds = time.perf_counter() - start
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {
        "seconds": seconds,
        "memory": memory(),
        "given": before,
        "children": children,
        "drawn": len(drawing.drawn),
        "notes": len(drawing.notes),
    }


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def made(rules: Any, size: int, towns: int) -> tuple[Any, list[Any]]:
    """Mines, a finding on each, and orders: two fifths, two fifths and one fifth of `size`."""
    import polars as pl

    from hegui.conclusions.ground import Support
    from hegui.facts.registry import LINE, ROW, SOURCE, Registry
    from hegui.outcome import Finding, Verdict

    dice = random.Random(1)
    mines, orders = size * 2 // 5, size // 5

    def hidden(count: int) -> dict[str, Any]:
        return {ROW: range(count), SOURCE: [0] * count, LINE: range(count)}

    def days(count: int) -> list[date]:
        return [date(2024, 1, 1) + timedelta(dice.randrange(60)) for _ in range(count)]

    names = [f"T{number:03d}" for number in range(towns)]
    tables = {
        "town": pl.DataFrame({"id": names, **hidden(towns)}),
        "mine": pl.DataFrame(
            {
                "id": [f"M{number:07d}" for number in range(mines)],
                "town": [names[number % towns] for number in range(mines)],
                "known_on": days(mines),
                "revised": [dice.random() < 0.3 for _ in range(mines)],
                **hidden(mines),
            }
        ),
        "supervision": pl.DataFrame(
            {
                "id": [f"O{number:07d}" for number in range(orders)],
                "mine": [f"M{dice.randrange(mines):07d}" for _ in range(orders)],
                "issued_on": days(orders),
                **hidden(orders),
            }
        ),
    }
    found = []
    for number in range(mines):
        key, town = f"M{number:07d}", names[number % towns]
        found.append(Finding("mine.over", "mine", key, "mine", key, None, town, Verdict.VIOLATION, DAY, 0, 1))
    return Registry(rules.vocabulary, tables), [Support(finding, True) for finding in found]


def main(chainers: list[str]) -> None:
    print("| rows and findings | chainer | elapsed | memory | of it the facts | largest child | drawn | by the other |")
    print("|---|---|---|---|---|---|---|---|")
    for size, towns in LANES:
        for chainer in chainers:
            command = [sys.executable, __file__, "--lane", str(size), str(towns), chainer]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(answer.stdout)
            where = "one jurisdiction" if towns == 1 else f"{towns} jurisdictions"
            print(
                f"| {size:,} in {where} | {chainer} | {found['seconds']:.2f} s | {found['memory']} MB | {found['given']} MB"
                f" | {found['children']} MB | {found['drawn']:,} | {found['notes']} |"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--lane"]:
        print(json.dumps(lane(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
    else:
        main(sys.argv[1:] or ["reference", "durable"])
