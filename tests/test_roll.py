"""Which rows a run has judged: every row a finding is about is on the roll, and what is not known is said to be so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import sample
import shipped_kit

from hegui import api
from hegui.report import Run
from hegui.report.roll import Roll

ROOT = Path(__file__).parent.parent


def test_every_row_judged_is_on_the_roll() -> None:
    run = api.check(shipped_kit.registry(None), shipped_kit.loaded(), as_of=date(2024, 3, 11))
    assert run.roll.every_rule
    assert run.roll.every_entity
    assert all(run.roll.holds(finding.about, finding.key) for finding in run.findings)
    assert all(run.roll.holds(drawn.kind, drawn.entity) for drawn in run.drawing.drawn)
    assert {kind: len(keys) for kind, keys in run.roll.keys.items()}.items() <= run.summary.entities.items()


def test_what_is_not_known_is_not_guessed() -> None:
    roll = Roll.of(sample.ruleset(), sample.registry(), every_rule=True, every_entity=True)
    assert roll.holds("quarry", "Q1") is True
    assert roll.holds("quarry", "Q9") is False
    assert roll.holds("mine", "Q1") is None
    many = Roll.of(sample.ruleset(), sample.registry(), every_rule=True, every_entity=True, most=10)
    assert many == Roll(True, True)
    assert many.holds("quarry", "Q1") is None
    assert replace(sample.run(), roll=many).listing(sample.ruleset(), sample.registry()).roll == roll


def test_a_run_of_a_part_says_so() -> None:
    part = api.check(sample.registry(), sample.ruleset(), as_of=sample.AS_OF, entity="Q1")
    assert (part.roll.every_rule, part.roll.every_entity) == (True, False)
    one = api.check(sample.registry(), sample.ruleset(), as_of=sample.AS_OF, rules=["quarry.over-scale"])
    assert (one.roll.every_rule, one.roll.every_entity) == (False, True)


def test_it_is_saved_with_the_run() -> None:
    run = sample.run()
    assert Run.from_json(run.to_json()).roll == run.roll
