"""Checking again what changed since a saved run gives the run a full check gives: random registries, random changes."""

from __future__ import annotations

import csv
import json
import random
import shutil
import tempfile
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui import api
from hegui.facts import write_conformed
from hegui.facts.registry import Registry
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset

AS_OF = date(2024, 3, 11)
Rows = list[dict[str, str]]
Raw = dict[str, Rows]

KEYS = {"region": "R", "firm": "F", "site": "S"}
KINDS = ("region", "firm", "profile", "note", "site", "site_year", "sample")


@cache
def ruleset() -> Ruleset:
    return api.load_ruleset(Path(__file__).parent / "since")


# --- random raw rows -----------------------------------------------------------------------------------------------


def some(draw: random.Random, *values: str) -> str:
    """One of the values; now and then nothing or something that cannot be read."""
    return draw.choice([*values * 4, "", "?!"])


def reference(draw: random.Random, letter: str) -> str:
    return some(draw, *(f"{letter}{number}" for number in range(5)))


def row(draw: random.Random, kind: str) -> dict[str, str]:
    number = lambda: some(draw, *map(str, range(1, 9)))  # noqa: E731
    made: dict[str, Any] = {
        "region": lambda: {"name": some(draw, "甲", "乙"), "grade": number()},
        "firm": lambda: {
            "name": some(draw, "one", "two"),
            "region": reference(draw, "R"),
            "parent": reference(draw, "F"),
            "others": ";".join(reference(draw, "R") for _ in range(draw.randrange(3))),
            "size": number(),
            "paper": some(draw, "p1", "p2"),
            "lon": number(),
            "lat": number(),
            "owner": some(draw, "x", "y"),
        },
        "profile": lambda: {"firm": reference(draw, "F"), "score": number()},
        "note": lambda: {"profile": reference(draw, "F"), "weight": number()},
        "site": lambda: {"firm": reference(draw, "F"), "open": some(draw, "yes", "no"), "since": some(draw, "2019-05-01", "2022-01-01")},
        "site_year": lambda: {
            "site": reference(draw, "S"), "year": some(draw, "2021", "2022", "2023"), "amount": number(), "checked_by": reference(draw, "R"),
        },
        "sample": lambda: {"site": reference(draw, "S"), "value": some(draw, "1", "6", "<2", "<9")},
    }[kind]()  # fmt: skip
    return {"id": reference(draw, KEYS[kind]), **made} if kind in KEYS else dict(made)


def rows(draw: random.Random, kind: str) -> Rows:
    made = [row(draw, kind) for _ in range(draw.randrange(8))]
    if kind in KEYS and draw.random() < 0.9:  # mostly each once
        for number, each in enumerate(made):
            each["id"] = f"{KEYS[kind]}{number}"
    return made


def registry(draw: random.Random) -> Raw:
    return {kind: rows(draw, kind) for kind in KINDS if kind == "site" or draw.random() < 0.93}


def changed(draw: random.Random, raw: Raw) -> Raw:
    """A registry some rows of which changed, came, went or moved; rarely a table does."""
    made = {kind: [dict(each) for each in found] for kind, found in raw.items()}
    for _ in range(draw.randrange(4)):
        kind = draw.choice(list(made))
        if draw.random() < 0.4:
            made[kind].insert(draw.randrange(len(made[kind]) + 1), row(draw, kind))
        elif made[kind]:
            at = draw.randrange(len(made[kind]))
            new = row(draw, kind)
            what = draw.randrange(3)
            if what == 0:
                del made[kind][at]
            elif what == 1:
                name = draw.choice([name for name in new if name != "id" or draw.random() < 0.3])
                made[kind][at][name] = new[name]
            else:
                made[kind][at] = {**new, **({"id": made[kind][at]["id"]} if "id" in new else {})}
    if draw.random() < 0.3:
        kind = draw.choice(list(made))
        draw.shuffle(made[kind])
    if draw.random() < 0.05:
        kind = draw.choice(KINDS)
        made = {name: found for name, found in made.items() if name != kind} if kind in made else {**made, kind: rows(draw, kind)}
    return made if "site" in made else {**made, "site": []}


# --- what a person would give as changes ---------------------------------------------------------------------------


def key(kind: str, each: dict[str, str]) -> tuple[str, ...] | None:
    """The key of a row as it stands; None of one that has none."""
    names = ruleset().vocabulary.kinds[kind].key
    parts = tuple(each[name] for name in names)
    return parts if names and not {"", "?!"} & set(parts) else None


def told(before: Raw, after: Raw) -> tuple[Raw, Raw]:
    """The rows that differ, as they were and as they are: of a key all rows; and rows set aside for what was removed."""
    gone: Raw = {}
    come: Raw = {}
    lost = {name: {e["id"] for e in before.get(name, [])} - {e["id"] for e in after.get(name, [])} for name in KEYS}
    lost["profile"] = {e["firm"] for e in before.get("profile", [])} - {e["firm"] for e in after.get("profile", [])}
    for kind in after:
        old, new = before.get(kind, []), after[kind]
        touched = set()
        for found in {key(kind, each) for each in [*old, *new]} - {None}:
            ours = [Counter(tuple(each.items()) for each in table if key(kind, each) == found) for table in (old, new)]
            if ours[0] != ours[1] or aside(kind, found, lost):
                touched.add(found)
        for table, other, target in ((old, new, gone), (new, old, come)):
            rest = Counter(tuple(each.items()) for each in other if key(kind, each) is None)
            for each in table:
                if key(kind, each) is None and rest[tuple(each.items())] > 0:
                    rest[tuple(each.items())] -= 1
                elif key(kind, each) is None or key(kind, each) in touched:
                    target.setdefault(kind, []).append(each)
    return gone, come


def aside(kind: str, found: tuple[str, ...] | None, lost: dict[str, set[str]]) -> bool:
    """Is a row's key part of what was removed?"""
    target = {"site_year": "site", "profile": "firm"}.get(kind)
    return target is not None and found is not None and found[0] in lost[target]


# --- both ways -----------------------------------------------------------------------------------------------------


def write(raw: Raw, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, found in raw.items():
        names = [name for name in ruleset().vocabulary.kinds[kind].fields]
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(found)
    return folder


def read(folder: Path) -> Registry:
    return api.load_registry([folder], ruleset(), as_of=AS_OF)


def saved(run: Run) -> Run:
    return Run.from_json(run.to_json())


def plain(run: Run) -> dict[str, Any]:
    """A run as JSON data without what says how and when it was made."""
    data: dict[str, Any] = json.loads(run.to_json())
    for name in ("started", "seconds", "since"):
        data["run"].pop(name, None)
    return data


def check(found: Registry, engine: str, **since: Any) -> Run:
    return api.check(found, ruleset(), as_of=AS_OF, engine=engine, chainer="reference", **since)


def agree(seed: int, engine: str) -> None:
    draw = random.Random(seed)
    before = registry(draw)
    after = changed(draw, before)
    folder = Path(tempfile.mkdtemp())
    try:
        old, new = read(write(before, folder / "old")), read(write(after, folder / "new"))
        run = saved(check(old, engine))
        expected = plain(check(new, engine))
        for name, part in zip(("before", "after"), told(before, after), strict=True):
            write(part, folder / "changes" / name) if part else (folder / "changes" / name).mkdir(parents=True)
        shutil.rmtree(folder / "old")
        for changes in (folder / "changes", old):
            found = check(new, engine, since=run, changes=changes)
            assert plain(found) == expected, f"seed {seed}, {type(changes).__name__}"
    finally:
        shutil.rmtree(folder)


RELAXED = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**32)


@RELAXED
@given(SEEDS)
def test_the_same_as_a_full_run(seed: int) -> None:
    agree(seed, "scalar")


@settings(RELAXED, max_examples=8)
@given(SEEDS)
def test_the_same_as_a_full_run_in_columns(seed: int) -> None:
    agree(seed, "polars")
