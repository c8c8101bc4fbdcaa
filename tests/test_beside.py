"""What stands beside kept findings is what a run in memory holds itself: codes, coordinates, papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sample
import shipped_kit

from hegui import api
from hegui.engines.kept import ENTITIES, PAPERS, Kept
from hegui.report.batches import batches
from hegui.report.labels import EntityLabel
from hegui.report.run import Run

BANAN, AS_OF = Path(__file__).parent.parent / "facts" / "banan", date(2024, 3, 11)


def held_and_kept(folder: Path) -> tuple[Run, Run]:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(AS_OF)
    rules = [name for name in ruleset.rules if name.startswith(("permit.", "mine.", "hazardous-waste."))]
    held, kept = (
        api.check(registry, ruleset, as_of=AS_OF, engine="scalar", rules=rules, findings=at) for at in (None, folder)
    )
    return held, kept


def entities(run: Run, lot: int = 7) -> dict[tuple[str, str], EntityLabel]:
    found: dict[tuple[str, str], EntityLabel] = {}
    for batch in batches(run, run.findings, lot):
        found |= {(each.kind, each.entity): batch.entities[each.kind, each.entity] for each in batch.findings}
    return found


def test_kept_runs_know_codes_coordinates_and_papers(tmp_path: Path) -> None:
    held, kept = held_and_kept(tmp_path / "found")
    assert isinstance(kept.findings, Kept)
    known = entities(held)
    assert entities(kept) == known
    assert any(label.credit_code for label in known.values())
    assert any(label.coordinates for label in known.values())
    papers = {at: paper for batch in batches(kept, kept.findings, 7) for at, paper in batch.setting.papers.items()}
    assert papers == held.papers
    assert papers


def test_what_is_beside_moves_with_the_findings(tmp_path: Path) -> None:
    _, kept = held_and_kept(tmp_path / "found")
    moved = kept.moved(tmp_path / "elsewhere")
    assert entities(moved) == entities(kept)
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} >= {ENTITIES, PAPERS}


def test_a_run_without_it_is_read_as_before(tmp_path: Path) -> None:
    held, kept = held_and_kept(tmp_path / "found")
    for name in (ENTITIES, PAPERS):
        (tmp_path / "found" / name).unlink()
    assert {label.name for label in entities(kept).values()} == {label.name for label in entities(held).values()}
    assert not any(label.credit_code for label in entities(kept).values())


@pytest.mark.parametrize("every", [False, True])
def test_papers_of_the_sample(tmp_path: Path, every: bool) -> None:
    runs = [
        api.check(sample.registry(), sample.ruleset(), as_of=AS_OF, engine="polars", every=every, findings=at)
        for at in (None, tmp_path / "found")
    ]
    papers = [dict(batch.setting.papers) for run in runs for batch in batches(run, run.findings)]
    assert papers[0] == papers[1] == runs[0].papers
    assert papers[0]


def test_private_codes_are_none() -> None:
    kind = shipped_kit.loaded().vocabulary.kinds["enterprise"]
    assert kind.credit_code == "uscc"
    fields = dict(kind.fields)
    fields["uscc"] = replace(fields["uscc"], private=True)
    assert replace(kind, fields=fields).credit_code is None
