"""The run document: its shape, that it comes back, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sample
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.explained import explained
from hegui.report.info import RunInfo
from hegui.report.run import Run
from hegui.source import UsageError

FINDING = (
    "fingerprint", "rule", "kind", "entity", "name", "jurisdiction", "verdict", "nature", "severity", "certainty",
    "occurred", "message", "evidence", "causes", "basis", "later_law", "due", "waived_by",
)  # fmt: skip


def saved(every: bool = False) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(sample.run(every).to_json())
    return data


def item(data: dict[str, Any], fingerprint: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in data["findings"] if entry["fingerprint"] == fingerprint)
    return found


def test_shape() -> None:
    data = saved()
    assert list(data) == [
        "schema", "run", "rules", "labels", "summary", "roll", "findings", "conclusion_rules", "chaining",
        "conclusions", "data_wanted", "notice", "data_quality",
    ]  # fmt: skip
    assert data["schema"] == "hegui/run/1"
    asked = {"as_of", "decided_on", "engine", "chainer", "hegui", "started", "seconds", "ruleset", "facts", "waivers"}
    assert set(data["run"]) == asked | {"versions", "asked"}
    assert {"name", "version", "digest"} <= set(data["run"]["ruleset"])
    assert data["summary"]["entities"] == {"licence": 4, "quarry": 4, "town": 2, "water": 5, "year": 6}
    counts = {"violation", "compliant", "not_applicable", "undetermined", "waived", "in_notice_scope", "from_memory"}
    assert set(data["summary"]["rules"][0]) == {"rule", "about"} | counts
    assert data["summary"]["orphans"] == {"licence": 2}
    assert data["chaining"] == {"chainer": "reference", "notes": []}
    assert [each["conclusion"] for each in data["conclusion_rules"]] == sorted(sample.ruleset().conclusions)
    assert [each["fingerprint"] for each in data["conclusions"]] == [
        "town.offences-unsupervised/town/T1",
        "town.offences-unsupervised/town/T2",
        "town.quarries-throughout/town/T1",
        "town.quarries-throughout/town/T2",
    ]
    for entry in data["findings"]:
        assert set(FINDING) <= set(entry)
    assert data["data_quality"][0] == {
        "kind": "licence", "entity": "L4", "field": "to", "problem": "unreadable", "raw": "2030-13-01", "hint": None,
        "source": {"file": "quarries.xlsx", "sheet": "许可证", "row": 5, "column": "D"},
    }  # fmt: skip


def test_a_finding_is_rendered() -> None:
    found = item(saved(), "quarry.over-scale/year/Q1,2023")
    assert found["message"]["zh"] == "青石采石场（露天）2023 年开采 120,000 t/a，为证载规模 100,000 t/a 的 1.2 倍"
    assert (found["verdict"], found["severity"]) == ("violation", "major")
    assert found["nature"] == "breach"
    assert found["occurred"] == "2023-12-31"
    assert found["due"] == "2026-04-14"
    extracted = next(entry for entry in found["evidence"] if entry["expr"] == "extracted")
    assert (extracted["value"], extracted["unit"]) == (120000.0, "t/a")
    assert extracted["source"] == {"file": "quarries.xlsx", "sheet": "产量", "row": 3, "column": "C"}
    assert extracted["paper"] == {"source_doc": "年报 2023", "obtained_on": None, "method": "测量"}
    assert [(entry["article"], entry["applies"]) for entry in found["basis"]] == [("15, 29(1)", True), ("44", None)]
    assert found["basis"][1]["would_also_need"] == ["quarry.damage"]
    assert found["later_law"] == "changed"
    assert found["later_versions"]["nature"] == {"then": "breach", "now": "offence"}


def test_only_violations_and_undetermined_rows_are_findings() -> None:
    assert {entry["verdict"] for entry in saved()["findings"]} == {"violation", "undetermined"}
    assert {entry["verdict"] for entry in saved(every=True)["findings"]} == {"violation", "undetermined", "compliant"}


@pytest.mark.parametrize("every", [False, True])
def test_it_comes_back(every: bool) -> None:
    run = sample.run(every)
    again = Run.from_json(run.to_json())
    assert again == run
    assert again.to_json() == run.to_json()


def test_explanations_need_no_facts() -> None:
    run = sample.run(every=True)
    again = Run.from_json(run.to_json())
    for before, after in zip(run.findings, again.findings, strict=True):
        for lang in ("zh", "en"):
            assert run.explain(before, lang).clauses == again.explain(after, lang).clauses


def test_private_values_stay_out() -> None:
    text = sample.run(every=True).to_json()
    assert "13800000000" not in text
    assert "1390000" not in text
    phone = item(json.loads(text), "quarry.unreachable/quarry/Q2")["evidence"][0]
    assert (phone["expr"], phone["value"], phone["private"]) == ("phone", None, True)


def test_beyond_the_calendar() -> None:
    due = item(saved(), "quarry.no-licence/quarry/Q3")["due"]
    assert due["reason"] == "beyond calendar"
    assert date.fromisoformat(due["not_before"]) >= date(2026, 12, 31)


def test_detection_limits() -> None:
    entry = item(saved(every=True), "water.solids/water/W3")["evidence"][1]
    assert (entry["expr"], entry["value"], entry["below"]) == ("solids", None, 5.0)


def test_a_parameter_names_the_value_used() -> None:
    used = [entry["parameter"] for entry in item(saved(), "water.solids/water/W1")["evidence"] if "parameter" in entry]
    assert used[0] == {
        "name": "solids.limit", "value": 100, "from": "2018-01-01", "to": "2023-12-31", "certainty": "seen",
        "ruleset": "sample",
    }  # fmt: skip


def test_the_clock_stays_out_where_reproducible_output_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def info() -> RunInfo:
        return RunInfo.of(
            sample.ruleset(), sample.registry(), as_of=sample.AS_OF, decided_on=sample.AS_OF, engine="scalar",
            started=datetime(2024, 3, 11, 8, tzinfo=UTC), seconds=1.23456,
        )  # fmt: skip

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert (info().started, info().seconds) == ("2024-03-11T08:00:00+00:00", 1.235)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert (info().started, info().seconds) == ("1970-01-01T00:00:00+00:00", None)


@pytest.mark.parametrize(
    ("threshold", "count"),
    [("never", 0), ("low", 9), ("minor", 6), ("major", 5), ("critical", 1), ("undetermined", 14)],
)
def test_what_counts(threshold: str, count: int) -> None:
    # seven violations: one critical, two major, two minor (one of them from memory), two low; conclusions: two major,
    # one low, and one more that is undetermined
    assert sample.run().counting(threshold) == count


def test_rules_without_their_table_are_listed() -> None:
    from hegui.engines import judge

    registry = replace(sample.registry(), tables={"quarry": sample.registry().tables["quarry"]})
    found = judge(sample.ruleset(), registry, engine="scalar", as_of=sample.AS_OF)
    run = Run.build(sample.ruleset(), registry, found, sample.run().info)
    assert run.summary.not_supplied == {"quarry.over-scale": "year", "water.solids": "water"}
    some = Run.build(sample.ruleset(), registry, found, sample.run().info, ["water.solids"])
    assert some.summary.not_supplied == {"water.solids": "water"}


def test_totals() -> None:
    summary = sample.run().summary
    assert summary.judged == 19
    assert [summary.total(verdict) for verdict in Verdict] == [6, 5, 0, 7]
    assert sum(rule.from_memory for rule in summary.rules) == 1  # counted apart


# --- what is refused -----------------------------------------------------------------------------------------------


def refusal(text: str, lang: str = "en") -> str:
    with pytest.raises(UsageError) as caught:
        Run.from_json(text, "saved.json")
    assert caught.value.exit_code == 3
    return caught.value.diagnostics[0].render(lang)


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "\x00\x01", "{'a': 1}", "NaN", "[" * 100_000, "1" * 10_000])
def test_what_is_not_json(text: str) -> None:
    assert "`saved.json` is not a saved run" in refusal(text)


@pytest.mark.parametrize("text", ["[]", "3", "{}", '{"schema": "other/1"}', '{"schema": ["hegui/run/1"]}'])
def test_what_is_some_other_document(text: str) -> None:
    assert "`saved.json` is not a saved run: its `schema` is" in refusal(text)
    assert "不是已保存的核查结果" in refusal(text, "zh")


def damaged(*path: str | int, value: Any = "x") -> str:
    data = saved()
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("summary",), None, "`saved.json`, at `summary`: it is missing"),
        (("run", "as_of"), "soon", "at `run.as_of`: `soon` is not a date"),
        (("run", "facts", "sources"), {}, "at `run.facts.sources`: a list is expected"),
        (("rules",), {}, "at `rules`: a list is expected"),
        (("rules", 0, "violation", "node", "is"), "Magic", "at `rules[0].violation.node`: `Magic` is none of"),
        (("rules", 0, "leaves"), [], "at `rules[0].leaves`: they do not fit the conditions"),
        (("findings", 0), 7, "at `findings[0]`: a mapping is expected"),
        (("findings", 0, "rule"), "other", "at `findings[0].rule`: the run has no rule `other`"),
        (
            ("findings", 0, "fingerprint"),
            "a/b",
            "at `findings[0].fingerprint`: `a/b` is not `quarry.no-licence/about/key`",
        ),
        (("findings", 0, "verdict"), "guilty", "at `findings[0].verdict`: `guilty` is none of"),
        (("findings", 0, "occurred"), None, "at `findings[0]`: `occurred` is missing"),
        (("findings", 0, "evidence"), [{}], "at `findings[0].evidence`: 4 entries are expected"),
        (("findings", 0, "evidence", 0, "source", "file"), "z", "`z` is not among the sources of the run"),
        (
            ("findings", 0, "evidence", 0, "value"),
            "maybe",
            "at `findings[0].evidence[0].value`: true or false is expected",
        ),
        (("data_quality", 0, "problem"), 3, "at `data_quality[0].problem`: text is expected"),
        (("rules", 0, "laws"), {}, "at `rules[0]`: it does not hold together"),
        (("rules", 0, "basis", 0, "version"), "1900", "at `rules[0]`: it does not hold together"),
        (
            ("rules", 1, "parameters", "remedy.days", "values", 0, "value"),
            "soon",
            "at `rules[1]`: it does not hold together",
        ),
        (
            ("rules", 3, "violation", "node", "args", 0, "type", "name"),
            "string",
            "at `rules[3].leaves`: they do not fit the conditions",
        ),
        (("labels", "kinds", "quarry", "label", "zh"), 1, "at `labels.kinds.quarry.label.zh`: text is expected"),
    ],
)
def test_what_is_damaged(path: tuple[str | int, ...], value: Any, words: str) -> None:
    text = damaged(*path, value=value)
    assert words in refusal(text)
    assert "saved.json" in refusal(text, "zh")


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = [path] if path else []
    for step, item in inner:
        found += leaves(item, (*path, step))
    return found


PLACES = leaves(saved(every=True))


@given(st.sampled_from(PLACES), st.sampled_from([None, "", "x", 0, -1, 1.5, True, [], {}, [[]], {"is": "Const"}]))
@settings(max_examples=60)
def test_no_damage_ends_in_a_traceback(path: tuple[str | int, ...], value: Any) -> None:
    data = saved(every=True)
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    try:
        run = Run.from_json(json.dumps(data))
    except UsageError:
        return
    run.to_json()
    for lang in ("zh", "en"):
        assert "".join(WRITERS["table"](run, Look(lang)))
        assert "".join(explained(run, Look(lang)))


def test_the_page_names_every_key() -> None:
    from pathlib import Path

    page = (Path(__file__).parent.parent / "docs" / "reports.md").read_text("utf-8")
    data = saved(every=True)
    keys = set(data) | set(data["run"])
    keys |= {key for part in ("conclusion_rules", "conclusions") for each in data[part] for key in each}
    for finding in data["findings"]:
        keys |= set(finding)
        for entry in (*finding["evidence"], *finding["basis"], *finding["causes"]):
            keys |= set(entry)
    assert {key for key in keys if f"`{key}`" not in page} == set()
