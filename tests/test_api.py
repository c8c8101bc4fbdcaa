"""The library's face."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hegui import api
from hegui.outcome import Verdict
from hegui.report.run import Run
from hegui.source import FactsError, RulesetError, UsageError

QUICK = Path(__file__).parent.parent / "examples" / "quickstart"
RULE = "lift.tested-too-lightly"


def test_load_check_and_explain() -> None:
    ruleset = api.load_ruleset(QUICK / "rules")
    registry = api.load_registry([QUICK / "lifts.csv"], ruleset)
    run = api.check(registry, ruleset, as_of=date(2024, 3, 11))
    assert [(found.entity, found.verdict) for found in run.findings] == [
        ("L1", Verdict.VIOLATION),
        ("L4", Verdict.UNDETERMINED),
    ]
    assert (run.info.as_of, run.info.decided_on) == (date(2024, 3, 11), date(2024, 3, 11))
    why = api.explain(registry, ruleset, "L2", RULE, as_of=date(2024, 3, 11), decided_on=date(2025, 1, 1))
    (found,) = why.findings
    assert found.verdict is Verdict.COMPLIANT
    assert why.info.decided_on == date(2025, 1, 1)
    assert why.explain(found, "en").clauses[-1].part.compared == "1,250 kg < 1,250 kg"


def test_the_engine_suits_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = api.load_ruleset(QUICK / "rules")
    registry = api.load_registry([QUICK / "lifts.csv"], ruleset)
    assert api.check(registry, ruleset).info.engine == "scalar"
    monkeypatch.setattr(api, "FEW", 3)
    large = api.check(registry, ruleset)
    assert large.info.engine == "polars"
    assert api.check(registry, ruleset, engine="scalar").findings == large.findings


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesetError):
        api.load_ruleset(tmp_path)
    ruleset = api.load_ruleset(QUICK / "rules")
    with pytest.raises(FactsError):
        api.load_registry([tmp_path / "none.csv"], ruleset)
    registry = api.load_registry([QUICK / "lifts.csv"], ruleset)
    with pytest.raises(UsageError):
        api.check(registry, ruleset, engine="abacus")
    with pytest.raises(UsageError):
        api.explain(registry, ruleset, "L1", "lift.none")


def test_a_report_is_written_in_the_format_the_file_is_called_by(tmp_path: Path) -> None:
    ruleset = api.load_ruleset(QUICK / "rules")
    run = api.check(api.load_registry([QUICK / "lifts.csv"], ruleset), ruleset, as_of=date(2024, 3, 11))
    for name, begins in {"a.xlsx": b"PK", "a.html": b"<!doctype html>", "a.MD": b"#", "a.txt": b"lifts"}.items():
        api.write(run, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins), name
    api.write(run, tmp_path / "log", "sarif", lang="zh")
    assert b"sarif" in (tmp_path / "log").read_bytes()
    api.write(run, tmp_path / "run.json")
    again = Run.from_json((tmp_path / "run.json").read_text("utf-8"))
    assert again.findings == run.findings
    with pytest.raises(UsageError, match=r"there is no format `htm`.*\n.*did you mean `html`"):
        api.write(run, tmp_path / "a.htm")
    with pytest.raises(UsageError, match="there is no format ``; there are `table`"):
        api.write(run, tmp_path / "none")
    with pytest.raises(UsageError, match="cannot write"):
        api.write(run, tmp_path / "nowhere" / "a.md")
    assert not (tmp_path / "a.htm").exists()


def test_kept_findings_go_beside_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui.engines import kept

    monkeypatch.setattr(kept, "LIMIT", 1)
    ruleset = api.load_ruleset(QUICK / "rules")
    run = api.check(api.load_registry([QUICK / "lifts.csv"], ruleset), ruleset, engine="polars")
    assert run.kept
    api.write(run, tmp_path / "run.json")
    assert (tmp_path / "run.findings").is_dir()
    again = Run.from_json((tmp_path / "run.json").read_text("utf-8"), str(tmp_path / "run.json"))
    assert list(again.findings) == list(run.findings)
