"""A run as data frames: the same for findings held and kept, typed, and no more in memory than is asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_waived import Q1, T2, judged, waiver

import hegui
from hegui.explaining.compiled import Teller
from hegui.facts.problems import describe
from hegui.outcome import Finding
from hegui.report.flat import SCHEMAS

ROOT = Path(__file__).parent.parent
EVERYTHING = waiver("all", date(2024, 1, 1), date(2099, 12, 31), rules=("*",))


@pytest.fixture(scope="module", params=["held", "kept"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> hegui.Run:
    kept = tmp_path_factory.mktemp("run") / "found" if request.param == "kept" else None
    return judged(Q1, T2, every=True, findings=kept, engine="polars")


@pytest.mark.parametrize("table", SCHEMAS)
def test_columns_are_those_documented(run: hegui.Run, table: str) -> None:
    assert dict(run.scan(table).collect_schema()) == SCHEMAS[table]
    frame = run.frame(table)
    assert dict(frame.schema) == SCHEMAS[table]
    assert len(frame)


def expected(run: hegui.Run) -> Iterator[dict[str, Any]]:
    for each in run.findings:
        rule, source = run.rule(each), run.info.facts.sources[each.source] if each.source is not None else None
        yield {
            "fingerprint": each.fingerprint,
            "rule": each.rule,
            "title_zh": rule.title.zh,
            "title_en": rule.title.en,
            "about": each.about,
            "key": each.key,
            "kind": each.kind,
            "entity": each.entity,
            "name": each.name,
            "jurisdiction": each.jurisdiction,
            "verdict": each.verdict.value,
            "counts": run.counts_for(each),
            "waived": bool(run.waivers_of(each)),
            "nature": run.explain(each, "en").nature.value,
            "severity": rule.severity.value,
            "occurred": each.occurred,
            "in_notice_scope": each.scope,
            "causes": "; ".join(map(str, each.causes)) or None,
            "file": source and source.file,
            "sheet": source and source.sheet,
            "row": each.row,
        }


def test_findings_are_those_of_the_run(run: hegui.Run) -> None:
    rows = run.frame("findings").to_dicts()
    assert rows == list(expected(run))
    assert {row["counts"] for row in rows} == {row["waived"] for row in rows} == {True, False}
    assert any(row["causes"] for row in rows)


def test_findings_have_their_messages_where_these_are_asked_for(run: hegui.Run) -> None:
    frame = run.frame(messages=True)
    assert frame.drop("message_zh", "message_en").equals(run.frame())
    for lang in ("zh", "en"):
        assert frame[f"message_{lang}"].to_list() == [run.explain(each, lang).message for each in run.findings]
    lazy = run.scan(messages=True)
    some = lazy.filter(pl.col("verdict") == "violation").select("fingerprint", "message_en")
    assert some.collect().rows() == frame.filter(verdict="violation").select("fingerprint", "message_en").rows()
    word = frame["message_en"][0]
    assert (
        lazy.filter(message_en=word)
        .select("fingerprint")
        .collect()
        .equals(frame.filter(message_en=word).select("fingerprint"))
    )
    assert lazy.select("fingerprint").collect().equals(frame.select("fingerprint"))
    assert "message_en" in run.frame("conclusions", messages=True).columns


def test_messages_are_put_together_only_where_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = judged(Q1, T2, every=True, findings=tmp_path / "found", engine="polars")
    told: list[Finding] = []
    monkeypatch.setattr(Teller, "message", lambda self, finding: told.append(finding) or "said")
    lazy = run.scan(messages=True)
    assert len(lazy.filter(verdict="violation").select("fingerprint").collect())
    assert not told
    assert set(lazy.collect()["message_zh"]) == {"said"}
    assert {each.fingerprint for each in told} == {each.fingerprint for each in run.findings}


def test_counts_add_up_to_the_summary(run: hegui.Run) -> None:
    found = run.scan("findings").group_by("rule").agg(pl.col("counts").sum(), pl.col("waived").sum()).collect()
    counts = {rule: (violation, waived) for rule, violation, waived in found.iter_rows()}
    for row in run.frame("summary").iter_rows(named=True):
        assert counts.get(row["rule"], (0, 0)) == (row["violation"], row["waived"])
        assert row["title_en"] == run.documents[row["rule"]].rule.title.en


def test_conclusions_and_data_problems(run: hegui.Run) -> None:
    rows = run.frame("conclusions").to_dicts()
    assert [(row["fingerprint"], row["verdict"], row["count"]) for row in rows] == [
        (each.fingerprint, each.verdict, each.count) for each in run.drawing.drawn
    ]
    assert [row["because"].split() for row in rows] == [list(each.because) for each in run.drawing.drawn]
    problems = run.frame("data_quality").to_dicts()
    assert [(row["problem"], row["raw"], row["row"], row["message_en"]) for row in problems] == [
        (each.problem, each.raw, each.place and each.place.row, describe(each)) for each in run.data_quality
    ]


def test_a_run_with_nothing_in_it() -> None:
    ruleset = hegui.load_ruleset(ROOT / "examples" / "quickstart" / "rules")
    run = hegui.check(hegui.load_registry({"lift": []}, ruleset), ruleset)
    for table, schema in SCHEMAS.items():
        frame = run.frame(table)
        assert (len(frame), dict(frame.schema)) == (1 if table == "summary" else 0, schema)


def test_kept_findings_that_rest_on_memory_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hegui.report.looking.sure_by_day", lambda document: False)
    held, kept = (judged(EVERYTHING, engine="polars", findings=at) for at in (None, tmp_path / "found"))
    assert kept.frame().equals(held.frame())


def test_a_saved_run_has_the_same_tables(run: hegui.Run, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(run.beside(path).to_json(), encoding="utf-8")
    again = hegui.read_run(path)
    for table in SCHEMAS:
        assert again.frame(table).equals(run.frame(table)), table


@pytest.mark.parametrize("backend", ["pandas", "pyarrow"])
def test_frames_of_other_libraries(run: hegui.Run, backend: str) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip(backend)
    for table in SCHEMAS:
        frame, ours = run.frame(table, backend=backend), run.frame(table)
        assert type(frame).__module__.partition(".")[0] == {"pandas": "pandas", "pyarrow": "pyarrow"}[backend]
        back = pl.from_pandas(frame) if backend == "pandas" else pl.DataFrame(pl.from_arrow(frame))
        assert back.select("title_zh" if "title_zh" in ours.columns else "problem").equals(
            ours.select("title_zh" if "title_zh" in ours.columns else "problem")
        )
        assert list(back.columns) == list(SCHEMAS[table])


def same(table: str, back: pl.DataFrame, ours: pl.DataFrame) -> None:
    assert list(back.columns) == list(SCHEMAS[table])
    rows = [[None if value != value else value for value in row] for row in back.iter_rows()]
    assert rows == [list(row) for row in ours.iter_rows()]


def test_relations_of_duckdb(run: hegui.Run) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    for table in SCHEMAS:
        relation = run.frame(table, backend="duckdb")
        assert isinstance(relation, duckdb.DuckDBPyRelation)
        same(table, relation.pl(), run.frame(table))
    told = run.frame(messages=True, backend="duckdb").filter("verdict = 'violation'").pl()["message_en"]
    assert len(told)
    assert not told.null_count()


@pytest.mark.spark
def test_frames_of_spark(run: hegui.Run) -> None:
    for table in SCHEMAS:
        frame = run.frame(table, backend="pyspark")
        same(table, pl.DataFrame(pl.from_arrow(frame.toArrow())), run.frame(table))


def test_what_is_refused(run: hegui.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(hegui.UsageError, match="no table `finding`") as caught:
        run.frame("finding")
    assert caught.value.hint == "did you mean `findings`?"
    with pytest.raises(hegui.UsageError, match="no frames of `spark`; there are `polars`, `pandas`, `pyarrow`"):
        run.frame(backend="spark")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(hegui.UsageError, match="is not installed") as missing:
        run.frame(backend="pandas")
    assert missing.value.hint == "`pip install pandas pyarrow`"


def test_damaged_findings_are_told(tmp_path: Path) -> None:
    run = judged(findings=tmp_path / "found", engine="polars")
    file = next(path for path in sorted((tmp_path / "found").glob("quarry*.parquet")))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(hegui.UsageError, match="cannot be read from"):
        run.frame()


def test_the_page_lists_every_column() -> None:
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    for table, schema in SCHEMAS.items():
        section = re.search(rf"^### `{table}`\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
        assert section, table
        listed = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (\w+) \|", section[1], re.MULTILINE)
        columns = {name: type_ for names, type_ in listed for name in re.findall(r"`(\w+)`", names)}
        words = {pl.String: "text", pl.Int64: "int", pl.Boolean: "bool", pl.Date: "date"}
        assert columns == {name: words[type_] for name, type_ in schema.items()}, table


@pytest.mark.slow
def test_memory_does_not_grow_with_findings(tmp_path: Path) -> None:
    """A million findings counted by town through `scan` take far less than they take as a frame."""
    resource = pytest.importorskip("resource")
    ruleset = hegui.load_ruleset(ROOT / "examples" / "quickstart" / "rules")
    count = 1_000_000
    lifts = pl.DataFrame({"id": pl.int_range(count, eager=True).cast(pl.String)}).with_columns(
        in_service=True, rated_load=1000.0, tested_load=1100.0
    )
    run = hegui.check(hegui.load_registry({"lift": lifts}, ruleset), ruleset, findings=tmp_path / "found")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = run.scan().filter("counts").group_by("severity").agg(pl.len()).collect(engine="streaming")
    scanned = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert found["len"].sum() == count
    frame = run.frame()
    assert scanned * 1024 < frame.estimated_size() / 2
