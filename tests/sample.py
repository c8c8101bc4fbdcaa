"""One run that all tests of reports share: a small ruleset, and a registry with a bit of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from evaluation import table

from hegui import ruleset as rulesets
from hegui.datatypes import Below, Reason
from hegui.engines import judge
from hegui.facts.registry import DataProblem, Place, Registry, SourceTable
from hegui.outcome import Finding
from hegui.report.info import RunInfo
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset

AS_OF = date(2024, 3, 11)
DECIDED_ON = date(2026, 3, 2)

_TOWNS: list[dict[str, Any]] = [{"id": "T1", "name": "青石镇"}, {"id": "T2", "name": "East Bank"}]
_QUARRIES: list[dict[str, Any]] = [
    {
        "id": "Q1",
        "name": "青石采石场",
        "town": "T1",
        "method": "open_pit",
        "phone": "13800000000",
        "lon": 106.5,
        "lat": 29.4,
    },
    {"id": "Q2", "name": "East Bank Quarry", "town": "T2", "method": "open_pit", "damage": True, "phone": ""},
    {"id": "Q3", "name": "三岔采石场", "town": "T1", "method": "underground", "damage": False},
    {"id": "Q4", "name": "Old Mill Quarry", "town": Reason.UNREADABLE, "phone": "1390000"},
]
_LICENCES: list[dict[str, Any]] = [
    {"id": "L1", "quarry": "Q1", "from": date(2020, 1, 1), "to": date(2030, 1, 1), "scale": 100_000.0},
    {"id": "L2", "quarry": "Q2", "from": date(2020, 1, 1), "to": date(2030, 1, 1), "scale": 30_000.0},
    {"id": "L3", "quarry": "Q3", "from": date(2015, 1, 1), "to": date(2024, 1, 1), "scale": 50_000.0},
    {"id": "L4", "quarry": "Q4", "from": date(2020, 1, 1), "to": Reason.UNREADABLE},
]
_YEARS: list[dict[str, Any]] = [
    {"quarry": "Q1", "year": 2022, "extracted": 100_000.0},
    {"quarry": "Q1", "year": 2023, "extracted": 120_000.0, "paper": "年报 2023", "measured_by": "测量"},
    {"quarry": "Q2", "year": 2023, "extracted": 40_000.0},
    {"quarry": "Q3", "year": 2022, "extracted": Reason.CONFLICTING},
    {"quarry": "Q3", "year": 2023},
    {"quarry": "Q4", "year": 2023, "extracted": 1.0},
]
_WATER: list[dict[str, Any]] = [
    {"id": "W1", "quarry": "Q1", "taken_on": date(2023, 6, 1), "solids": 130.5},
    {"id": "W2", "quarry": "Q1", "taken_on": date(2024, 2, 1), "solids": 80.0},
    {"id": "W3", "quarry": "Q2", "taken_on": date(2024, 2, 1), "solids": Below(5.0)},
    {"id": "W4", "quarry": "Q2", "solids": 90.0},
    {"id": "W5", "quarry": "Q3", "taken_on": date(2024, 2, 1), "solids": Below(200.0)},
]

_SOURCES = (
    SourceTable(
        "quarries.xlsx", "采石场", "quarry", {"id": "A", "name": "B", "town": "C", "method": "D", "damage": "E"}
    ),
    SourceTable("quarries.xlsx", "许可证", "licence", {"id": "A", "from": "C", "to": "D", "scale": "E"}),
    SourceTable("quarries.xlsx", "产量", "year", {"quarry": "A", "year": "B", "extracted": "C"}),
    SourceTable("water.csv", None, "water", {"id": "样品", "taken_on": "日期", "solids": "SS(mg/L)"}),
    SourceTable("towns.yaml", None, "town", {"id": "id", "name": "name"}),
)
_PROBLEMS = (
    DataProblem("unreadable", "licence", "L4", "to", "2030-13-01", Place("quarries.xlsx", "许可证", 5, "D")),
    DataProblem("conflicting", "year", "Q3,2022", "extracted", "50000 | 60000", Place("quarries.xlsx", "产量", 5, "C")),
    DataProblem("unreadable", "quarry", "Q4", "town", "T9", Place("quarries.xlsx", "采石场", 5, "C")),
)


@cache
def ruleset() -> Ruleset:
    """The sample ruleset."""
    return rulesets.load(Path(__file__).parent / "sample")


@cache
def registry() -> Registry:
    """The sample registry."""
    kinds = ruleset().vocabulary.kinds
    rows = {"quarry": _QUARRIES, "licence": _LICENCES, "year": _YEARS, "water": _WATER, "town": _TOWNS}
    tables: dict[str, Any] = {}
    for number, (kind, given) in enumerate(rows.items()):
        frame = table(kinds[kind], given)
        tables[kind] = frame.with_columns((frame["#source"] + number).alias("#source"))
    return Registry(ruleset().vocabulary, tables, _SOURCES, _PROBLEMS, {"licence": 2}, "sha256:facts")


def finding(found: Run, fingerprint: str) -> Finding:
    """The finding of a run with a fingerprint."""
    return next(item for item in found.findings if item.fingerprint == fingerprint)


def run(every: bool = False, as_of: date = AS_OF, decided_on: date = DECIDED_ON) -> Run:
    """The sample run."""
    found = judge(ruleset(), registry(), engine="scalar", as_of=as_of, every=every)
    info = RunInfo.of(ruleset(), registry(), as_of=as_of, decided_on=decided_on, engine="scalar")
    info = replace(info, hegui="0.0", versions={}, ruleset=replace(info.ruleset, digest="sha256:rules"))
    built = Run.build(ruleset(), registry(), found, info)
    return Run.with_conclusions(built, ruleset(), registry(), "reference")
