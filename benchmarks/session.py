"""A session of 100,000 entities: what one change takes, median and tail.

Run `python benchmarks/session.py [ENTITIES] [CHANGES] [LANE…]`. Two lanes:

- `verdicts`: sites with operators, towns and three visits each, 24 rules that follow references and look into relations
  (`benchmarks/rules_related`); changed are sites, visits, and operators with the ten sites that refer to each.
- `conclusions`: mines in towns of 1,000, each with a finding at first, orders for a fifth of them; conclusions on mines, on
  towns by number, and on departments across towns. Changed are mines, which gain and lose findings, and orders, which block.

After the last change the session is held against a full check of the same rows.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AS_OF = date(2024, 3, 11)
IN_A_TOWN = 1_000
SCRATCH = Path(tempfile.gettempdir()) / "hegui-bench"
BARS = {"verdicts": 10.0, "conclusions": 100.0}
RULES = """\
ruleset: session
title: {zh: 会话, en: session}
version: "1"
---
kind: department
label: {zh: 部门, en: department}
key: id
fields:
  id: {type: string, label: {zh: 部门编号, en: department id}}
---
kind: town
label: {zh: 镇, en: town}
key: id
jurisdiction: id
fields:
  id: {type: string, label: {zh: 编号, en: town id}}
  department: {type: ref, to: department, label: {zh: 主管部门, en: department}}
---
kind: mine
label: {zh: 矿, en: mine}
key: id
jurisdiction: town
has_many: {orders: {kind: order, by: mine, label: {zh: 督促, en: orders}}}
fields:
  id: {type: string, label: {zh: 矿号, en: mine id}}
  town: {type: ref, to: town, label: {zh: 所在镇, en: in town}}
  extracted: {type: number, unit: t, label: {zh: 开采量, en: extracted}}
  scale: {type: number, unit: t, label: {zh: 规模, en: scale}}
  known_on: {type: date, label: {zh: 发现日期, en: known on}}
---
kind: order
label: {zh: 督促, en: order}
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
violation: extracted > scale
message: {zh: "{id} {extracted}", en: "{id} {extracted}"}
---
conclusion: mine.not-pressed
title: {zh: 未督促, en: not pressed}
nature: duty
severity: major
given: {f: finding("mine.over"), m: mine}
where: m.id == f.entity && m.known_on < date("2024-02-15")
unless: {o: order}
unless_where: o.mine == m.id && o.issued_on >= m.known_on
about: {kind: mine, id: m.id}
message: {zh: "{m.id}", en: "{m.id} {m.extracted}"}
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
---
conclusion: department.towns
title: {zh: 多镇, en: several towns}
nature: clue
severity: minor
given: {c: conclusion("town.several"), t: town}
where: t.id == c.id
at_least: 2
about: {kind: department, id: t.department}
message: {zh: "{count}", en: "{count}"}
"""

Rows = dict[str, list[dict[str, Any]]]


# --- the lanes -----------------------------------------------------------------------------------------------------


def of_verdicts(count: int, changes: int) -> tuple[Any, Any, Iterator[Any]]:
    """Ruleset, registry and changes of the lane without conclusions."""
    import polars as pl
    import registry as generated

    from hegui import api
    from hegui.facts.registry import Registry, SourceTable
    from hegui.session import Change

    ruleset = api.load_ruleset(HERE / "rules_related")
    folder = generated.related(SCRATCH, count, 0.02, 0.01)
    tables = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    registry = Registry(ruleset.vocabulary, dict(tables), tuple(SourceTable(name, None, name) for name in tables))
    dice = random.Random(1)

    def some(kind: str) -> dict[str, Any]:
        row = tables[kind].row(dice.randrange(len(tables[kind])), named=True)
        return {name: row[name] for name in ruleset.vocabulary.kinds[kind].fields}

    def made() -> Iterator[Any]:
        for number in range(changes):
            kind, field, values = (
                ("site", "output", (10.0, 90_000.0)),
                ("visit", "score", (10.0, 70.0)),
                ("site", "staff", (20, 500)),
                ("operator", "capital", (20.0, 500.0)),
            )[number % 4]
            yield Change(put={kind: [{**some(kind), field: dice.choice(values)}]})

    return ruleset, registry, made()


def of_conclusions(count: int, changes: int) -> tuple[Any, Any, Iterator[Any]]:
    """Ruleset, registry and changes of the lane with conclusions."""
    from hegui import api
    from hegui.facts import from_rows
    from hegui.session import Change

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "session.yaml")
        path.write_text(RULES, encoding="utf-8")
        ruleset = api.load_ruleset(path)
    dice, towns = random.Random(1), max(count // IN_A_TOWN, 1)
    days = [date(2024, 1, 1) + timedelta(each) for each in range(60)]

    def mine(number: int, over: bool) -> dict[str, Any]:
        made = {"id": f"M{number:06}", "town": f"T{number % towns:03}", "known_on": dice.choice(days), "scale": 100.0}
        return {**made, "extracted": float(dice.randrange(101, 200) if over else 50)}

    rows: Rows = {
        "department": [{"id": f"D{each}"} for each in range(5)],
        "town": [{"id": f"T{each:03}", "department": f"D{each % 5}"} for each in range(towns)],
        "mine": [mine(each, True) for each in range(count)],
        "order": [
            {"id": f"O{each}", "mine": f"M{each:06}", "issued_on": dice.choice(days)} for each in range(count // 5)
        ],
    }

    def made() -> Iterator[Any]:
        for number in range(changes):
            at = dice.randrange(count)
            if number % 4 == 3:
                order = {"id": f"N{number}", "mine": f"M{at:06}", "issued_on": dice.choice(days)}
                yield Change(put={"order": [order]})
            else:
                yield Change(put={"mine": [mine(at, number % 2 == 0)]})

    return ruleset, from_rows(ruleset.vocabulary, rows), made()


LANES = {"verdicts": of_verdicts, "conclusions": of_conclusions}


# --- measuring -----------------------------------------------------------------------------------------------------


def lane(name: str, count: int, changes: int) -> list[str]:
    """One line of the table."""
    from hegui import api
    from hegui.session import Session

    ruleset, registry, made = LANES[name](count, changes)
    start = time.process_time()
    session = Session(registry, ruleset, as_of=AS_OF)
    begun = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    elapsed, spent, findings, conclusions = [], [], 0, 0
    for change in made:
        start, processor = time.perf_counter(), time.process_time()
        applied = session.apply(change)
        elapsed.append(1e3 * (time.perf_counter() - start))
        spent.append(1e3 * (time.process_time() - processor))
        findings += len(applied.opened) + len(applied.closed) + len(applied.changed)
        conclusions += (
            len(applied.conclusions_opened) + len(applied.conclusions_closed) + len(applied.conclusions_changed)
        )
    run = session.run()
    full = api.check(session.registry(), ruleset, as_of=AS_OF, engine="polars", chainer="reference")
    assert list(run.findings) == list(full.findings)
    assert run.drawing == full.drawing
    last = statistics.quantiles(elapsed, n=20)[-1]
    return [
        name, f"{len(list(run.findings)):,}", f"{len(run.drawing.drawn):,}", f"{findings:,}", f"{conclusions:,}",
        f"{statistics.median(elapsed):.2f} ms", f"{statistics.median(spent):.2f} ms", f"{last:.2f} ms",
        f"{BARS[name]:g} ms", f"{begun:.1f} s", f"{memory:,} MB",
    ]  # fmt: skip


def main() -> None:
    """The table."""
    sys.path.insert(0, str(HERE))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    heads = "lane|findings|conclusions|of them changed|of these|median|of processor|19 of 20|bar|begun in, of processor|memory"
    print(f"| {' | '.join(heads.split('|'))} |\n|{'---|' * 11}", flush=True)
    for name in sys.argv[3:] or LANES:
        print(f"| {' | '.join(lane(name, count, changes))} |", flush=True)


if __name__ == "__main__":
    main()
