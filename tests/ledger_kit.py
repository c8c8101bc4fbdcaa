"""Runs for tests of the ledger: sites with heaps that are too high or not, in two towns, over some months."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from evaluation import table

from hegui import api
from hegui import ruleset as rulesets
from hegui.facts.registry import Registry, SourceTable
from hegui.ledger.store import Ledger
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset

RULE = "site.too-high"
OPEN = date(2024, 3, 11)
"""The day of the first run."""
SOURCES = (
    SourceTable("sites.csv", None, "site", {"level": "堆高(m)", "name": "名称"}),
    SourceTable("towns.csv", None, "town", {}),
)
WHERE = ("file", pytest.param("postgres", marks=pytest.mark.postgres))
"""Where ledgers are kept, as the parameters of a test."""


def month(number: int) -> date:
    """The day of the run of a month; the first is 1."""
    return date(2024 + (number + 1) // 12, (number + 1) % 12 + 1, 11)


@cache
def ruleset(renamed: bool = False) -> Ruleset:
    """The ruleset; or a later one in which a rule has another name."""
    folder = Path(__file__).parent / "sites"
    if not renamed:
        return rulesets.load(folder)
    with tempfile.TemporaryDirectory() as copy:
        for path in folder.iterdir():
            text = path.read_text(encoding="utf-8")
            text = text.replace("rule: site.too-high\n", "rule: site.heap-height\nformerly: [site.too-high]\n")
            (Path(copy) / path.name).write_text(text.replace('"site.too-high"', '"site.heap-height"'), encoding="utf-8")
        return rulesets.load(Path(copy))


def registry(levels: Mapping[str, Any], **more: Any) -> Registry:
    """Sites by id with their levels; None for a level that is missing. Ids that are even are in the second town."""
    kinds = ruleset().vocabulary.kinds
    towns = [{"id": "T1", "name": "青石镇"}, {"id": "T2", "name": "East Bank"}]
    sites = [
        {
            "id": id,
            "name": f"{id} 号场地",
            "town": f"T{1 + (int(id[1:]) % 2 == 0)}",
            "level": level,
            "phone": "13800000000",
        }
        for id, level in sorted(levels.items())
    ]
    for site in sites:
        site |= more
    digest = f"sha256:{sorted(levels.items())}"
    return Registry(
        ruleset().vocabulary,
        {"site": table(kinds["site"], sites), "town": table(kinds["town"], towns)},
        SOURCES,
        (),
        {},
        digest,
    )


def run(levels: Mapping[str, Any], day: date = OPEN, *, renamed: bool = False, **asked: Any) -> Run:
    """A run over sites; `asked` goes to `api.check`."""
    facts = registry(levels)
    asked = {"engine": "scalar", "chainer": "reference", **asked}
    return api.check(facts, ruleset(renamed), as_of=day, **asked)


def heaps(sites: int, number: int) -> Run:
    """A run in which so many sites are too high, each by another height than in the run of another number."""
    return run({f"S{id}": 10 + number / 1000 for id in range(1, sites + 1)})


def fingerprint(id: str, rule: str = RULE) -> str:
    return f"{rule}/site/{id}"


@contextmanager
def place(where: str, folder: Path) -> Iterator[str]:
    """A place for a new ledger: a file, or a schema of its own in the database of the tests, gone afterwards."""
    if where == "file":
        yield str(folder / "ledger.sqlite")
        return
    import psycopg

    url, schema = os.environ["HEGUI_TEST_POSTGRES"], f"test_{token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")  # type: ignore[call-overload]
        try:
            yield f"{url}&options=-csearch_path%3D{schema}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE")  # type: ignore[call-overload]


def opened(where: str) -> Ledger:
    return Ledger.open(where, create=True)
