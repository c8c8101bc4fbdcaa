"""One process, many threads: checks with different rulesets, days and engines at once find what each finds by itself."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import polars as pl
import pytest
import sample

import hegui

ROOT = Path(__file__).parent.parent
QUICK = ROOT / "examples" / "quickstart"
AT_ONCE = 8


def document(run: hegui.Run) -> dict[str, Any]:
    """All a run says, but when and how fast it was made."""
    found: dict[str, Any] = json.loads(run.to_json())
    for name in ("started", "seconds"):
        found["run"].pop(name)
    return found


def lifts(as_of: date, engine: str) -> dict[str, Any]:
    ruleset = hegui.load_ruleset(QUICK / "rules")
    frame = pl.read_csv(QUICK / "lifts.csv", infer_schema=False)
    run = hegui.check(hegui.load_registry({"lift": frame}, ruleset), ruleset, as_of=as_of, engine=engine)
    return {
        **document(run),
        "frame": run.frame().to_dicts(),
        "told": [run.explain(each, "zh") for each in run.findings],
    }


def quarries(as_of: date, engine: str) -> dict[str, Any]:
    run = hegui.check(sample.registry(), sample.ruleset(), as_of=as_of, engine=engine, chainer="reference")
    return {**document(run), "frame": run.frame("conclusions").to_dicts()}


def one_lift(as_of: date, engine: str) -> dict[str, Any]:
    ruleset = hegui.load_ruleset(QUICK / "rules")
    given = {"id": "L", "in_service": True, "rated_load": 1000.0, "tested_load": float(as_of.year - 900)}
    return {"results": [(each.rule, each.verdict) for each in ruleset.check(given, as_of=as_of)]}


WORK: list[tuple[Callable[[date, str], dict[str, Any]], date, str]] = [
    (work, date(year, 3, 11), engine)
    for work in (lifts, quarries, one_lift)
    for year in (2022, 2023, 2024, 2025)
    for engine in ("scalar", "polars")
]


@pytest.mark.slow
def test_checks_in_threads_find_what_they_find_alone() -> None:
    alone = [work(as_of, engine) for work, as_of, engine in WORK]
    start = Barrier(AT_ONCE)

    def at_once(number: int) -> list[dict[str, Any]]:
        start.wait(60)
        turned = WORK[number * 3 :] + WORK[: number * 3]
        found = [work(as_of, engine) for work, as_of, engine in turned]
        back = len(WORK) - number * 3
        return found[back:] + found[:back]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(at_once, range(AT_ONCE)):
            assert found == alone


@pytest.mark.slow
def test_durable_rules_from_several_threads() -> None:
    """Its processes are started and asked by each check for itself."""
    pytest.importorskip("durable")

    def one(_: int) -> list[dict[str, Any]]:
        start.wait(60)
        days = {"as_of": sample.AS_OF, "chainer": "durable"}
        return [document(hegui.check(sample.registry(), sample.ruleset(), **days)) for _ in range(3)]

    start = Barrier(1)
    alone, *again = one(0)
    assert alone["chaining"] == {"chainer": "durable", "notes": []}
    assert alone["conclusions"]
    assert all(each == alone for each in again)
    start = Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(one, range(AT_ONCE)):
            assert all(each == alone for each in found)


def test_one_checker_many_days() -> None:
    """More days at once than a checker keeps programs for."""
    ruleset = hegui.load_ruleset(QUICK / "rules")
    given = {"id": "L", "in_service": True, "rated_load": 1000.0, "tested_load": 1100.0}
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + number) for number in range(100)]
    expected = {day: ruleset.check(given, as_of=day) for day in days}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for day, found in zip(days * 4, pool.map(lambda day: ruleset.check(given, as_of=day), days * 4), strict=True):
            assert found == expected[day]


def test_one_run_looked_at_by_many(tmp_path: Path) -> None:
    run = hegui.check(
        sample.registry(), sample.ruleset(), as_of=sample.AS_OF, chainer="reference", findings=tmp_path / "found"
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        documents = list(pool.map(lambda _: document(run), range(AT_ONCE)))
        frames = list(pool.map(lambda _: run.frame(), range(AT_ONCE)))
    assert all(each == documents[0] for each in documents)
    assert all(each.equals(frames[0]) for each in frames)


# --- nothing is swallowed ------------------------------------------------------------------------------------------

BROAD = {"Exception", "BaseException"}


def broad(handler: ast.ExceptHandler) -> bool:
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return handler.type is None or any(isinstance(each, ast.Name) and each.id in BROAD for each in named)


@pytest.mark.parametrize("path", sorted(Path(hegui.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_whatever_catches_everything_passes_it_on_or_says_why(path: Path) -> None:
    """Every broad handler raises, or has a comment that says why not; `suppress(Exception)` always has one."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and broad(node):
            raises = any(isinstance(each, ast.Raise) for each in ast.walk(node))
            assert raises or "#" in lines[node.lineno - 1], f"{path.name}:{node.lineno}"
    for number, line in enumerate(lines, 1):
        if "suppress(Exception" in line or "suppress(BaseException" in line:
            assert "#" in line, f"{path.name}:{number}"
