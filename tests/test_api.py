"""The library's face."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from hegui import api
from hegui.engines import former
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


def test_former_findings_come_back_where_the_document_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hegui.engines import kept
    from hegui.report import saving

    monkeypatch.setattr(kept, "LIMIT", 1)
    ruleset, path = api.load_ruleset(QUICK / "rules"), tmp_path / "run.json"
    registry = api.load_registry([QUICK / "lifts.csv"], ruleset)
    first = api.check(registry, ruleset, engine="polars")
    api.write(first, path)
    mark = former.mark_in(tmp_path / "run.findings")
    second = api.check(registry, ruleset, engine="polars", as_of=date(2019, 5, 6))

    def refuse(path: Path, pieces: Iterable[str | bytes]) -> None:
        list(pieces)
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(saving, "write_whole", refuse)
        with pytest.raises(OSError, match="full"):
            api.write(second, path)
    assert {each.name for each in tmp_path.iterdir()} == {"run.json", "run.findings"}
    assert mark is not None
    assert former.mark_in(tmp_path / "run.findings") == mark
    assert list(Run.from_json(path.read_text("utf-8"), str(path)).findings) == list(first.findings)
    api.write(second, path)
    assert former.mark_in(tmp_path / "run.findings") not in (None, mark)
