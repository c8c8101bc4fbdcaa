"""Random rulesets over random vocabularies, on random tables as people write them: every engine gives the same verdicts,
the same causes and the same fingerprints as the scalar evaluator, to the last leaf."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from cases import cases
from test_verdicts import close
from worlds_kit import DAY, registry, written

from hegui.datatypes import Reason
from hegui.engines import judge
from hegui.outcome import Finding, Verdict

TABLES = 3
"""Registries for each ruleset: reading rules takes longer than judging a few rows."""


MANY = 150
"""The most rows of a table on Spark, where it is planning that takes the time, and rows hardly any."""


def compare(seeds: range, folder: Path, engine: str, tables: int = TABLES, most: int = 8) -> Counter[str]:
    """Hold an engine against the scalar one. Returns what was met: verdicts, reasons of causes, rows judged."""
    met: Counter[str] = Counter()
    for seed in seeds:
        world, number = divmod(seed, tables)
        rules = written(world, folder)
        facts = registry(rules, world, number, most)
        expected, found = (judge(rules, facts, engine=each, as_of=DAY, every=True) for each in ("scalar", engine))
        where = f"seed {seed} (ruleset {world}, tables {number})"
        assert found.summaries == expected.summaries, where
        same(expected.findings, found.findings, where)
        met.update(each.verdict.value for each in expected.findings)
        met.update({cause.reason.value for each in expected.findings for cause in each.causes})
    return met


def same(expected: tuple[Finding, ...], found: tuple[Finding, ...], where: str) -> None:
    assert [each.fingerprint for each in found] == [each.fingerprint for each in expected], where
    for left, right in zip(expected, found, strict=True):
        assert replace(left, values=()) == replace(right, values=()), (where, left.fingerprint)
        assert len(left.values) == len(right.values), (where, left.fingerprint)
        for one, other in zip(left.values, right.values, strict=True):
            assert close(one, other), (where, left.fingerprint, one, other)


def test_rulesets_are_judged_alike(tmp_path: Path) -> None:
    met = compare(range(18), tmp_path, "polars")
    assert all(met[verdict.value] > 5 for verdict in Verdict), met


@pytest.mark.slow
def test_many_rulesets_are_judged_alike(tmp_path: Path) -> None:
    count = cases(3000)
    met = compare(range(1000, 1000 + count), tmp_path, "polars")
    print(f"\n{count} registries on polars: {dict(met)}")  # noqa: T201
    assert count < 1000 or all(met[reason.value] for reason in Reason), met


@pytest.mark.spark
@pytest.mark.slow
def test_many_rulesets_are_judged_alike_on_spark(tmp_path: Path, quick_spark: None) -> None:
    count = min(cases(60), 600)
    met = compare(range(500, 500 + count), tmp_path, "spark", 1, MANY)
    print(f"\n{count} registries on spark: {dict(met)}")  # noqa: T201
