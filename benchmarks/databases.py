"""A million rows read from SQLite, from a CSV, and from PostgreSQL where a URL is given: seconds of processor, peak of memory.

`python benchmarks/databases.py [ROWS [URL]]`; in PostgreSQL a schema `hegui_benchmark` is made and dropped.
"""

from __future__ import annotations

import csv
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

COLUMNS = {
    "id": "text", "name": "text", "town": "text", "scale": "numeric", "depth": "double precision", "shifts": "integer",
    "active": "text", "opened": "date", "method": "text", "phone": "text",
}  # fmt: skip
RULES = """\
ruleset: benchmark
title: {zh: 基准, en: benchmark}
version: "1"
---
kind: mine
label: {zh: 矿山, en: mine}
key: id
fields:
  id: {type: string, label: {zh: 编号}}
  name: {type: string, label: {zh: 名称}}
  town: {type: string, label: {zh: 镇街}}
  scale: {type: number, unit: t/a, label: {zh: 规模}}
  depth: {type: number, unit: m, label: {zh: 深度}}
  shifts: {type: int, label: {zh: 班次}}
  active: {type: bool, label: {zh: 在产}}
  opened: {type: date, label: {zh: 投产}}
  method: {type: string, label: {zh: 方式}}
  phone: {type: string, private: true, label: {zh: 电话}}
"""
SCHEMA = "hegui_benchmark"


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """So many mines."""
    for i in range(count):
        opened = date(2000, 1, 1) + timedelta(i % 9000)
        method = None if i % 5 == 0 else "露天"
        yield (
            f"M{i:08}", f"矿{i}", f"T{i % 50}", (i % 1000) / 10, (i % 7) * 1.5, i % 3, "true" if i % 2 else "false",
            opened.isoformat(), method, f"1380000{i}",
        )  # fmt: skip


def fill_sqlite(path: Path, count: int) -> None:
    """The table in a SQLite file."""
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE mine ({', '.join(f'{name} {sort}' for name, sort in COLUMNS.items())})")
    connection.executemany(f"INSERT INTO mine VALUES ({', '.join('?' * len(COLUMNS))})", rows(count))
    connection.commit()
    connection.close()


def fill_csv(path: Path, count: int) -> None:
    """The table as a file."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


def fill_postgres(url: str, count: int) -> None:
    """The table in a schema of its own; of no rows, neither."""
    import psycopg

    with psycopg.connect(url) as server:
        server.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        if not count:
            return
        server.execute(f"CREATE SCHEMA {SCHEMA}")
        server.execute(f"CREATE TABLE {SCHEMA}.mine ({', '.join(f'{name} {sort}' for name, sort in COLUMNS.items())})")
        with server.cursor().copy(f"COPY {SCHEMA}.mine FROM STDIN") as copy:
            for row in rows(count):
                copy.write_row(row)


def read(what: str, rules: str) -> None:
    """Read it in this process, and say what it took."""
    from hegui import api

    ruleset, clock = api.load_ruleset(rules), time.process_time()
    registry = api.load_registry([what], ruleset)
    seconds, peak = time.process_time() - clock, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    count = registry.tables["mine"].lazy().collect().height
    print(
        f"{what.partition(':')[0].rpartition('/')[2]}: {count:,} rows, {seconds:.1f} s of processor, {peak} MB at most"
    )


def main(count: int = 1_000_000, url: str | None = None) -> None:
    """Make the tables and read each in a process of its own."""
    with TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        rules.mkdir()
        (rules / "ruleset.yaml").write_text(RULES, encoding="utf-8")
        fill_sqlite(Path(folder) / "mine.sqlite", count)
        fill_csv(Path(folder) / "mine.csv", count)
        wanted = [f"sqlite:///{folder}/mine.sqlite", f"{folder}/mine.csv"]
        if url is not None:
            fill_postgres(url, count)
            wanted.append(f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{SCHEMA}")
        for what in wanted:
            subprocess.run([sys.executable, __file__, "--read", what, str(rules)], check=True)
        if url is not None:
            fill_postgres(url, 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, *sys.argv[2:])
