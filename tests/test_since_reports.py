"""Whatever is made of a run that was made out of another is the same as of a full one: waivers, reports, ledger, verifying."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import test_since as since
from once_kit import asked_once
from test_cli import hegui
from test_waivers import waiver

from hegui.engines import kept as keeping
from hegui.engines.kept import Kept
from hegui.ledger.statements import Statements
from hegui.report import WRITERS, Look
from hegui.report.run import Run
from hegui.since import layering
from hegui.waivers.model import Entity, Waivers

START, END = date(2020, 1, 1), date(2099, 12, 31)
GIVEN = (
    waiver("sites", START, END, rules=("site.*", "firm.large"), entities=(Entity("F0", "firm"), Entity("S1", "site"))),
    waiver("place", START, END, rules=("*",), jurisdictions=("R1",)),
    waiver("one", START, END, fingerprints=("firm.large/firm/F02", "site.closed/site/S05")),
)
WAIVERS = Waivers(GIVEN, ("w.yaml",), "sha256:w")
OTHER = Waivers(GIVEN[:1], ("v.yaml",), "sha256:v")


@pytest.mark.parametrize("engine", ["scalar", "polars"])
@pytest.mark.parametrize("seed", range(12))
def test_a_run_with_waivers_is_gone_on_from(tmp_path: Path, engine: str, seed: int) -> None:
    draw = random.Random(seed)
    before = since.registry(draw)
    after = since.changed(draw, before)
    old, new = (since.read(since.write(raw, tmp_path / name)) for name, raw in (("old", before), ("new", after)))
    first = since.saved(since.check(old, engine, waivers=WAIVERS))
    with asked_once():
        for given in (WAIVERS, OTHER, None):
            found = since.check(new, engine, since=first, changes=old, waivers=given)
            assert since.plain(found) == since.plain(since.check(new, engine, waivers=given))


def reports(run: Run) -> dict[str, str | bytes]:
    """What every format makes of a run, without what says how it was made."""
    info = replace(run.info, since=None, started=None, seconds=None)
    run = replace(run, info=info)
    made: dict[str, str | bytes] = {}
    for name, write in WRITERS.items():
        if name == "json":
            continue
        pieces = [piece if isinstance(piece, bytes) else piece.encode() for piece in write(run, Look(limit=None))]
        made[name] = b"".join(pieces)
    return made


def layered(tmp_path: Path, given: Waivers | None) -> tuple[Run, Run, Path]:
    """A run in two layers, a full one, and the facts of both."""
    raw = since.many()
    after = since.in_place(since.in_place(raw, "site", 3, since="2019-05-01"), "site", 7, open="yes", firm="F09")
    first = since.kept_run(since.read(since.write(raw, tmp_path / "facts0")), tmp_path / "run0", waivers=given)
    new = since.read(since.write(after, tmp_path / "facts1"))
    old = since.read(tmp_path / "facts0")
    found = since.kept_run(new, tmp_path / "run1", since=first, changes=old, waivers=given)
    assert isinstance(found.findings, Kept)
    assert found.findings.layered
    return found, since.kept_run(new, tmp_path / "full", waivers=given), tmp_path / "facts1"


@pytest.mark.parametrize("given", [None, WAIVERS])
def test_every_report_of_layered_findings_is_that_of_a_full_run(
    tmp_path: Path, given: Waivers | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layering, "SHARE", 100)
    monkeypatch.setattr(keeping, "STEP", 7)
    found, full, _ = layered(tmp_path, given)
    assert since.look(found) == since.look(full)
    left, right = reports(found), reports(full)
    assert [name for name in left if left[name] != right[name]] == []
    assert Statements(found).digest == Statements(full).digest
    assert found.wanted == full.wanted
    assert found.wanted_of_entities == full.wanted_of_entities


@pytest.mark.parametrize("kept", [False, True])
def test_a_run_made_out_of_another_is_verified(tmp_path: Path, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layering, "SHARE", 100)
    raw = since.many()
    since.write(raw, tmp_path / "facts0")
    since.write(since.in_place(raw, "site", 3, since="2019-05-01"), tmp_path / "facts1")
    rules = ("--rules", str(Path(since.__file__).parent / "since"))
    how = (*rules, "--as-of", "2024-03-11", "--chainer", "reference", "--engine", "polars", "--fail-on", "never")

    def check(number: int, *more: str) -> Path:
        at = tmp_path / f"run{number}.json"
        there = ("--findings", str(tmp_path / f"found{number}")) if kept else ()
        done = hegui("check", str(tmp_path / f"facts{number}"), *how, *more, *there, "--format", f"json={at}")
        assert done.code == 0, done.err
        return at

    first = check(0)
    second = check(1, "--since", str(first), "--before", str(tmp_path / "facts0"))
    data: dict[str, Any] = json.loads(second.read_text("utf-8"))
    assert data["run"]["since"]["judged"]
    assert not kept or data["findings"]["layered"]
    done = hegui("verify", str(second), "--facts", str(tmp_path / "facts1"), *rules)
    assert (done.code, done.out) == (0, "")
