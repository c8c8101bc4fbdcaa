"""Sessions: equal to a full check after any changes, and as they were after any that do not fit."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import conclusions_kit
from session_kit import Live, Model, Row, random_change

from hegui import api
from hegui.ruleset.model import Ruleset

HERE = Path(__file__).parent
FOLDER = Path(tempfile.mkdtemp(prefix="hegui-test-"))

MORE = """
---
conclusion: region.quiet
title: {zh: 静, en: quiet}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given: {f: 'finding("firm.large")'}
unless: {y: site_year}
unless_where: y.site.firm.region == f.jurisdiction && y.amount > 8.0
about: {kind: region, id: f.jurisdiction}
message: {zh: "{f.jurisdiction.name} {count}", en: "{f.entity.name} {count}"}
basis: []
---
conclusion: firm.both
title: {zh: 双, en: both}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given:
  c: conclusion("region.many")
  d: firm
where: d.region == c.id && d.subsidiaries.exists(s, s.size > 2.0)
about: {kind: firm, id: d.id}
at_least: 1
message: {zh: "{d.name} {d.region.name}", en: "{d.name} {c.id.name}"}
basis: []
---
conclusion: firm.pairs
title: {zh: 对, en: pairs}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given:
  one: firm
  other: firm
  c: conclusion("region.quiet")
where: one.parent == other.id && one.size > other.size && one.region == c.id
about: {kind: firm, id: other.id}
message: {zh: "{one.name} {count}", en: "{one.name} {count}"}
basis: []
"""
"""Conclusions with what blocks, counts, compares pairs and reaches across jurisdictions, to those of `since/`."""


@cache
def chains() -> Ruleset:
    """The rules with references, relations of relations, lists and detection limits, and conclusions on top."""
    folder = FOLDER / "chains"
    folder.mkdir(exist_ok=True)
    for path in (HERE / "since").iterdir():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text + (MORE if path.name == "rules.yaml" else ""), encoding="utf-8")
    return api.load_ruleset(folder)


def number(draw: random.Random) -> float | None:
    return draw.choice([None, *map(float, range(1, 9))])


def ref(draw: random.Random, letter: str) -> str | None:
    return draw.choice([None, *(f"{letter}{each}" for each in range(4))])


def chain_row(draw: random.Random, kind: str) -> Row:
    """A row of any kind; with few keys, so that rows meet."""
    at = draw.randrange(4)
    rows: dict[str, Any] = {
        "region": lambda: {"id": f"R{at}", "name": draw.choice([None, "甲", "乙"]), "grade": draw.choice([None, 1, 2, 3])},
        "firm": lambda: {
            "id": f"F{at}", "name": draw.choice([None, "one", "two"]), "region": ref(draw, "R"), "parent": ref(draw, "F"),
            "others": draw.choice([None, [], [f"R{draw.randrange(4)}"], ["R0", "R1"]]), "size": number(draw),
            "paper": draw.choice([None, "p1"]), "lon": number(draw), "lat": number(draw), "owner": draw.choice([None, "x"]),
        },
        "profile": lambda: {"firm": f"F{at}", "score": draw.choice([None, 1, 4, 6])},
        "note": lambda: {"profile": ref(draw, "F"), "weight": draw.choice([None, 1, 5])},
        "site": lambda: {
            "id": f"S{at}", "firm": ref(draw, "F"), "open": draw.choice([None, True, False]),
            "since": draw.choice([None, "2019-05-01", "2022-01-01"]),
        },
        "site_year": lambda: {
            "site": f"S{at}", "year": draw.choice([2021, 2022, 2023]), "amount": number(draw), "checked_by": ref(draw, "R"),
        },
        "sample": lambda: {"site": ref(draw, "S"), "value": draw.choice([None, 1.0, 6.0, "<2", "<9"])},
    }  # fmt: skip
    row: Row = rows[kind]()
    return row


def mine_row(draw: random.Random, kind: str) -> Row:
    """A row of the kinds random conclusions are about."""
    at = draw.randrange(4)
    day = f"2024-0{draw.randrange(1, 4)}-01"
    grade = draw.choice([None, 0, 1, 2, 3])
    rows: dict[str, Row] = {
        "town": {"id": f"T{at}", "name": draw.choice([None, "t0", "t1"]), "near": ref(draw, "T"), "grade": grade},
        "department": {"id": f"D{at}", "name": draw.choice([None, "d"]), "grade": grade},
        "mine": {
            "id": f"M{at}", "name": draw.choice([None, "m"]), "town": ref(draw, "T"), "department": ref(draw, "D"),
            "output": draw.choice([None, *range(0, 16, 3)]), "dusty": draw.choice([None, True, False]),
            "known_on": draw.choice([None, day]), "revised": draw.choice([None, True, False]),
        },
        "order": {
            "id": f"O{at}", "mine": ref(draw, "M"), "department": ref(draw, "D"),
            "issued_on": draw.choice([None, day]), "grade": grade,
        },
    }  # fmt: skip
    return rows[kind]


def begun(draw: random.Random, ruleset: Ruleset, made: Any, most: int) -> Model:
    """Rows that fit: put one by one, those that do not left out. Now and then a table is not supplied at all."""
    from session_kit import changed

    from hegui.session import Change

    kinds = ruleset.vocabulary.kinds
    model: Model = {name: [] for name in kinds if draw.random() < 0.9}
    for _ in range(draw.randrange(most)):
        name = draw.choice(sorted(model) or ["-"])
        model = (changed(kinds, model, Change({name: [made(draw, name)]})) if name in model else None) or model
    return model


class Sessions(RuleBasedStateMachine):
    """Any changes of a session, one after the other."""

    def begin(self, ruleset: Ruleset, made: Any, seed: int) -> None:
        self.draw, self.made = random.Random(seed), made
        self.live = Live(ruleset, begun(self.draw, ruleset, made, 24), conclusions_kit.DAY)

    @rule(seed=st.integers(0, 2**32))
    def change(self, seed: int) -> None:
        kinds = self.live.ruleset.vocabulary.kinds
        self.live.apply(random_change(random.Random(seed), kinds, self.live.model, self.made))

    @rule()
    def nothing(self) -> None:
        from hegui.session import Change

        put = {name: rows for name, rows in self.live.model.items() if self.live.ruleset.vocabulary.kinds[name].key}
        assert not self.live.session.apply(Change(put))


class Chains(Sessions):
    """With references, relations of relations, lists, rows without keys."""

    @initialize(seed=st.integers(0, 2**32))
    def start(self, seed: int) -> None:
        self.begin(chains(), chain_row, seed)


class Drawings(Sessions):
    """With random conclusions."""

    @initialize(seed=st.integers(0, 2**32), ruleset=st.integers(0, 60))
    def start(self, seed: int, ruleset: int) -> None:
        self.begin(conclusions_kit.written(ruleset, 6, FOLDER), mine_row, seed)


FEW = settings(
    max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
MANY = settings(FEW, max_examples=400, stateful_step_count=15)

TestChains = Chains.TestCase
TestDrawings = Drawings.TestCase
TestChains.settings = TestDrawings.settings = FEW
