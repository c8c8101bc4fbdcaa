"""Waivers in a run: what is waived keeps its verdict, is counted and shown apart, and counts for nothing."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sample
from drawn_kit import CHAINERS, DAY, above, check, document, load, of_mines, one
from goldens import same_as
from test_cli import hegui
from test_waivers import waiver

from hegui import api
from hegui.assure.schemas import documents
from hegui.engines.kept import Kept
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.run import Run
from hegui.waivers.account import Account
from hegui.waivers.loading import load as load_waivers
from hegui.waivers.model import Entity, Waivers

ROOT = Path(__file__).parent.parent
BANAN = str(ROOT / "facts" / "banan")
END = date(2099, 12, 31)
Q1 = waiver("q1", DAY, END, rules=("quarry.over-scale",), entities=(Entity("Q1", "quarry"),))
T2 = waiver("t2", DAY, END, rules=("*",), jurisdictions=("T2",))


def judged(*given: Any, engine: str = "scalar", findings: Path | None = None, **asked: Any) -> Run:
    run = api.check(
        sample.registry(),
        sample.ruleset(),
        as_of=sample.AS_OF,
        decided_on=sample.DECIDED_ON,
        engine=engine,
        chainer="reference",
        waivers=Waivers(given, ("w.yaml",), "sha256:w"),
        findings=findings,
        **asked,
    )
    info = replace(run.info, started=None, seconds=None)
    return replace(run, info=info)


def shown(run: Run, lang: str = "en", name: str = "table") -> str:
    return "".join(WRITERS[name](run, Look(lang, limit=None)))


# --- findings ------------------------------------------------------------------------------------------------------


def test_verdicts_stay_and_counts_add_up() -> None:
    plain, run = judged(), judged(Q1)
    assert [(each.fingerprint, each.verdict) for each in run.findings] == [
        (each.fingerprint, each.verdict) for each in plain.findings
    ]
    by_rule = {item.rule: item for item in run.summary.rules}
    assert (by_rule["quarry.over-scale"].violation, by_rule["quarry.over-scale"].waived) == (1, 1)
    assert run.summary.judged == plain.summary.judged
    assert [item.in_notice_scope for item in run.summary.rules] == [
        item.in_notice_scope for item in plain.summary.rules
    ]
    assert run.counting("low") < plain.counting("low")
    assert run.counting("undetermined") < plain.counting("undetermined")
    assert run.info.waivers.covers == {"q1": 1}
    data = json.loads(run.to_json())
    covered = {each["fingerprint"]: each["waived_by"] for each in data["findings"] if each["waived_by"]}
    assert covered == {"quarry.over-scale/year/Q1,2023": {"waiver": "q1", "document": "1号", "until": "2099-12-31"}}
    assert data["run"]["waivers"]["digest"] == "sha256:w"


def test_what_rests_on_memory_is_not_waived_besides() -> None:
    run = judged(waiver("all", DAY, END, rules=("*",)))
    assert sum(item.from_memory for item in run.summary.rules) == 1
    assert run.summary.total(Verdict.VIOLATION) == 0
    assert run.counting("low") == 0
    assert run.info.waivers.broad == ("all",)


def test_the_day_of_the_decision_decides() -> None:
    ends = waiver("ends", sample.AS_OF, sample.AS_OF, rules=("quarry.*",))
    assert judged(ends).info.waivers.expired == ("ends",)
    assert sum(item.waived for item in judged(ends).summary.rules) == 0


@pytest.mark.parametrize("engine", ["polars", "scalar"])
@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize(
    "given",
    [
        (),
        (Q1, T2),
        (T2, Q1),
        (waiver("all", DAY, END, rules=("*",)),),
        (waiver("one", DAY, END, fingerprints=("quarry.unreachable/quarry/Q3", "water.solids/water/W1")),),
        (waiver("nobody", DAY, END, rules=("quarry.*",), jurisdictions=("T9",)),),
    ],
)
def test_kept_findings_are_waived_alike(tmp_path: Path, engine: str, every: bool, given: tuple[Any, ...]) -> None:
    held, kept = (judged(*given, engine=engine, every=every, findings=at) for at in (None, tmp_path / "found"))
    assert isinstance(kept.findings, Kept)
    assert kept.summary == held.summary
    assert kept.drawing == held.drawing
    assert kept.info.waivers == held.info.waivers
    for threshold in ("low", "major", "undetermined"):
        assert kept.counting(threshold) == held.counting(threshold)
    for lang in ("zh", "en"):
        sections = [
            shown(run, lang).partition("──")[2].partition("待补数据" if lang == "zh" else "data wanted")[0]
            for run in (held, kept)
        ]
        assert sections[0] == sections[1]


def test_kept_findings_that_rest_on_memory_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hegui.report.looking.sure_by_day", lambda document: False)
    everything = waiver("all", DAY, END, rules=("*",))
    held, kept = (judged(everything, engine="polars", findings=at) for at in (None, tmp_path / "found"))
    assert kept.summary == held.summary
    assert kept.info.waivers.covers == held.info.waivers.covers


def test_lists_for_offices_leave_out_what_is_waived(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    run = judged(Q1, T2)
    assert "暂不计入 3 条未列入" in shown(run, "zh", "csv")
    path = tmp_path / "run.xlsx"
    path.write_bytes(b"".join(WRITERS["xlsx"](run, Look("zh"))))  # type: ignore[arg-type]
    book = load_workbook(path, read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True) if sheet.title.startswith("暂不计入")]
    assert sum("暂不计入（1号，区政府办公室，至 2099-12-31）" in row for row in rows) == 3


@pytest.mark.spark
def test_findings_of_spark_are_waived_alike(tmp_path: Path) -> None:
    given = (T2, waiver("one", DAY, END, fingerprints=("water.solids/water/W1",)))
    for findings in (None, tmp_path / "found"):
        there, here = (
            judged(*given, engine=engine, findings=findings, rules=["water.solids"]) for engine in ("spark", "scalar")
        )
        assert there.summary == here.summary
        assert there.info.waivers == here.info.waivers
        assert sum(item.waived for item in there.summary.rules) == 1


def test_a_saved_run_knows_its_waivers(tmp_path: Path) -> None:
    for findings in (None, tmp_path / "run.findings"):
        run = judged(Q1, T2, findings=findings).beside(tmp_path / "run.json")
        again = Run.from_json(run.to_json(), str(tmp_path / "run.json"))
        assert again.to_json() == run.to_json()
        assert shown(again, "zh") == shown(run, "zh")
        assert again.info.waivers == run.info.waivers


def test_reports_show_what_is_waived() -> None:
    run = judged(Q1, T2)
    zh, en = shown(run, "zh"), shown(run)
    assert "── 暂不计入 " in zh
    assert "暂不计入（1号，区政府办公室，至 2099-12-31）" in zh
    assert "暂不计入事项 2 项（w.yaml sha256:w），按研判日期有效 2 项：1号" in zh
    assert "waived (1号, district office, until 2099-12-31)" in en
    assert "另有暂不计入" in shown(run, "zh", "notice")
    assert "waived" not in shown(judged())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_of_a_run_with_waivers(lang: str) -> None:
    run = judged(Q1, T2)
    same_as(f"waived.{lang}.txt", shown(replace(run, info=replace(run.info, hegui="0.0")), lang))


def test_ignored_waivers_are_named_and_cover_nothing() -> None:
    run = api.check(
        sample.registry(), sample.ruleset(), as_of=sample.AS_OF, waivers=Waivers((Q1,), ("w.yaml",), "d", ignored=True)
    )
    assert sum(item.waived for item in run.summary.rules) == 0
    assert "set aside (--no-waivers)" in shown(run)
    assert json.loads(run.to_json())["run"]["waivers"]["ignored"] is True


def test_part_of_a_registry_says_nothing_of_unused_waivers() -> None:
    run = judged(Q1, T2, rules=["water.solids"])
    assert run.info.waivers.unused is None
    assert judged(Q1, waiver("no", DAY, END, rules=("none",))).info.waivers.unused == ("no",)


# --- conclusions ---------------------------------------------------------------------------------------------------


def drawn(tmp_path: Path, *documents: str, given: tuple[Any, ...], **asked: Any) -> Run:
    return check(load(tmp_path, *documents), waivers=Waivers(given, ("w",), "d"), **asked)


M1 = waiver("m1", DAY, END, rules=("mine.over",), entities=(Entity("M1"),))
M2 = waiver("m2", DAY, END, rules=("mine.over",), entities=(Entity("M2"),))


@pytest.mark.parametrize("chainer", CHAINERS)
def test_a_conclusion_that_rests_on_nothing_else_is_waived(tmp_path: Path, chainer: str) -> None:
    low, high = of_mines("t.low"), above("t.high", "t.low")
    some = drawn(tmp_path, low, high, given=(M1,), chainer=chainer)
    found = one(some, "t.low/town/T1")
    assert (found.waived_by, found.because, found.count) == ((), ("mine.over/mine/M2",), 1)  # it stands on the other
    both = drawn(tmp_path, low, high, given=(M1, M2), chainer=chainer)
    for name in ("t.low/town/T1", "t.high/town/T1"):
        assert one(both, name).waived_by == ("m1", "m2")
        assert one(both, name).certain
    assert one(both, "t.low/town/T1").because == ("mine.over/mine/M1", "mine.over/mine/M2")
    assert (both.conclusion_rules["t.low"].concluded, both.conclusion_rules["t.low"].waived) == (0, 1)
    assert both.counting("low") == sum(item.violation for item in both.summary.rules)
    assert "conclusions that are waived 2" in shown(both)
    assert Run.from_json(both.to_json()).drawing == both.drawing


@pytest.mark.parametrize("body", ["at_least: 2", "at_least: 2\nper: f.jurisdiction", "at_least: 2\ndistinct: m.id"])
def test_it_takes_as_many_as_ever_without_what_is_waived(tmp_path: Path, body: str) -> None:
    two = of_mines("t.two", body)
    assert one(drawn(tmp_path, two, given=()), "t.two/town/T1").counts
    run = drawn(tmp_path, two, given=(M1,))
    assert one(run, "t.two/town/T1").waived_by == ("m1",)
    assert one(run, "t.two/town/T1").count == 2


def test_a_waiver_names_a_conclusion(tmp_path: Path) -> None:
    named = waiver("c", DAY, END, rules=("t.low",), entities=(Entity("T1", "town"),))
    run = drawn(tmp_path, of_mines("t.low"), above("t.high", "t.low"), given=(named,))
    assert one(run, "t.low/town/T1").waived_by == ("c",)
    assert one(run, "t.high/town/T1").waived_by == ("c",)
    assert not one(run, "t.low/town/T2").certain
    assert run.info.waivers.covers == {"c": 1}
    assert all(not item.waived for item in run.summary.rules)


def test_what_is_waived_blocks_as_ever(tmp_path: Path) -> None:
    body = 'given: {t: town}\nunless: {f: finding("mine.over")}\nunless_where: f.jurisdiction == t.id\nabout: {kind: town, id: t.id}'
    quiet = document("t.quiet", body)
    plain, waived = (drawn(tmp_path, quiet, given=given) for given in ((), (M1, M2)))
    assert waived.drawing.drawn == plain.drawing.drawn


def test_waivers_never_add_a_conclusion() -> None:
    plain, run = judged(), judged(Q1, T2)
    assert [(each.fingerprint, each.verdict) for each in run.drawing.drawn] == [
        (each.fingerprint, each.verdict) for each in plain.drawing.drawn
    ]


# --- the command line ----------------------------------------------------------------------------------------------

FILE = """
schema: hegui/waivers/1
waivers:
  - waiver: k01
    document: 巴南府办函〔2024〕12号
    approved_by: 巴南区人民政府办公室
    reason: {zh: 过渡期方案已批, en: an interim plan was approved}
    from: 2024-01-01
    until: 2024-04-01
    scope: {rule: mine.*, entity: {kind: mine, id: K01}}
  - waiver: ended
    document: 巴南府办函〔2023〕3号
    approved_by: 巴南区人民政府办公室
    reason: 已过期
    from: 2023-01-01
    until: 2023-12-31
    scope: {rule: sewer.*}
  - waiver: nobody
    document: 巴南府办函〔2024〕4号
    approved_by: 巴南区人民政府办公室
    reason: 无对象
    from: 2024-01-01
    until: 2024-12-31
    scope: {rule: sewer.*, jurisdiction: T99}
  - waiver: all
    document: 巴南府办函〔2024〕5号
    approved_by: 巴南区人民政府办公室
    reason: 全部
    from: 2024-01-01
    until: 2024-12-31
    scope: {rule: "*"}
"""
ASKED = ("--rules", "banan", "--as-of", "2024-03-11")


def test_check_and_audit(tmp_path: Path) -> None:
    path, run = tmp_path / "w.yaml", str(tmp_path / "run.json")
    path.write_text(FILE, "utf-8")
    done = hegui("check", BANAN, *ASKED, "--waivers", str(path), "--format", f"json={run}")
    assert done.code == 0  # all is waived
    for line in (
        "waivers, expired: ended",
        "waivers, ends within 30 days: k01",
        "waivers, covers nothing: nobody",
        "waivers, too broad: all",
    ):
        assert line in done.err.splitlines()
    data = json.loads(Path(run).read_text("utf-8"))
    assert data["run"]["waivers"]["unused"] == ["nobody"]
    first = next(each for each in data["findings"] if each["fingerprint"] == "mine.over-scale/mine_year/K01,2023")
    assert first["waived_by"]["waiver"] == "k01"  # of several, the first given
    aside = hegui("check", BANAN, *ASKED, "--waivers", str(path), "--no-waivers", "--format", f"json={run}.2")
    assert aside.code == 1
    assert "waivers set aside: 4 (`--no-waivers`)" in aside.err
    lone = hegui("waivers", "audit", str(path), *ASKED)
    assert (lone.code, lone.out.count("not held against facts")) == (1, 4)
    by_facts = hegui("waivers", "audit", str(path), *ASKED, "--facts", BANAN)
    by_run = hegui("waivers", "audit", str(path), *ASKED, "--run", f"{run}.2")
    assert by_facts.code == by_run.code == 1
    assert by_facts.out == by_run.out
    assert "covers 8" in by_facts.out
    assert "both" in hegui("waivers", "audit", str(path), *ASKED, "--facts", BANAN, "--run", run).err
    assert hegui("waivers", "audit", str(tmp_path / "none.yaml"), *ASKED).code == 3


def test_a_clean_audit(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(FILE.partition("  - waiver: ended")[0].replace("2024-04-01", "2024-12-31"), "utf-8")
    done = hegui("waivers", "audit", str(path), *ASKED, "--facts", BANAN, "--lang", "zh")
    assert done.code == 0, done.out
    assert "k01  有效" in done.out


def test_a_baseline(tmp_path: Path) -> None:
    run, base = str(tmp_path / "run.json"), tmp_path / "base.yaml"
    assert hegui("check", BANAN, *ASKED, "--format", f"json={run}").code == 1
    said = ("--approved-by", "巴南区人民政府办公室", "--document", "巴南府办函〔2024〕12号")
    done = hegui("baseline", "create", run, "-o", str(base), "--until", "2024-12-31", *said)
    assert done.code == 0, done.err
    counted = json.loads(Path(run).read_text("utf-8"))["summary"]["rules"]
    found = load_waivers([base])
    named = [text for each in found.given for text in each.scope.fingerprints]
    conclusions = [
        each for each in json.loads(Path(run).read_text("utf-8"))["conclusions"] if each["verdict"] == "concluded"
    ]
    apart = sum(each["certainty"] == "memory" for each in conclusions)
    assert len(named) == len(set(named)) == sum(each["violation"] for each in counted) + len(conclusions) - apart
    again = hegui("check", BANAN, *ASKED, "--waivers", str(base), "--fail-on", "low")
    assert again.code == 0
    assert "covers nothing" not in again.err
    assert "too broad" not in again.err
    part = tmp_path / "part.yaml"
    args = (
        "baseline",
        "create",
        run,
        "-o",
        str(part),
        "--until",
        "2024-12-31",
        "--approved-by",
        "李局长",
        "--document",
        "1",
    )
    only = hegui(*args, "--rule", "mine.*", "--reason", "因")
    assert "reads like a person" in only.err
    assert {each.name.partition(".")[2].partition(".")[0] for each in load_waivers([part]).given} == {"mine"}
    assert hegui("baseline", "create", run, "-o", str(part), "--until", "2024-03-10", *said).code == 3
    assert hegui("baseline", "create", run, "-o", str(part), "--until", "2024-12-31", *said, "--rule", "x").code == 3


def test_a_baseline_of_kept_findings(tmp_path: Path) -> None:
    from hegui.report.baseline import Granted, made_of

    granted = Granted("1号", "区政府办公室", None, END)
    held, kept = (made_of(judged(Q1, findings=at), granted) for at in (None, tmp_path / "found"))
    assert held == kept
    assert "quarry.over-scale/year/Q1,2023" not in held.text  # it has its own


def test_the_schema_of_waivers() -> None:
    assert "waivers" in hegui("schema").out.split()
    assert json.loads(hegui("schema", "waivers").out)["properties"]["waivers"]


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "waivers.md").read_text("utf-8")
    (tmp_path / "facts").symlink_to(ROOT / "facts", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "waivers.yaml").write_text(example, "utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    done = [hegui(*shlex.split(command)[1:]) for command in commands]
    assert [each.code for each in done] == [1, 1, 0, 0]
    checked, audited, written, again = done
    assert "waivers, ends within 30 days: sewers-of-two-towns" in checked.err
    assert "k01-transition  stands" in audited.out
    assert "are waived until 2024-12-31" in written.err
    assert "violation 0" in again.out


def test_the_page_names_every_key() -> None:
    page = (ROOT / "docs" / "waivers.md").read_text("utf-8")
    parts = documents()["waivers"]["$defs"]
    keys = {key for name in ("WaiverPart", "ScopePart") for key in parts[name]["properties"]}
    assert {key for key in keys if f"`{key}`" not in page} == set()
    reports = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert {each.name for each in fields(Account) if f"`{each.name}`" not in reports} == set()


def told(run: Run) -> tuple[str, Any]:
    """The page of a run: what stands on it, and the findings it lists."""
    from page_kit import unpacked

    text = shown(run, "en", "html")
    return text, unpacked(text, "data")


@pytest.mark.parametrize("kept", [False, True])
def test_the_page_counts_no_waived_violation_and_says_by_which_document(tmp_path: Path, kept: bool) -> None:
    from page_kit import unpacked

    from hegui.report.page.overview import Overview
    from hegui.report.page.tally import tally

    run = judged(Q1, T2, engine="polars", findings=tmp_path / "found" if kept else None)
    view = Overview(run, tally(run))
    counting, waived = run.summary.total(Verdict.VIOLATION), sum(item.waived for item in run.summary.rules)
    assert waived
    assert sum(group.total for group in view.towns) == counting
    assert sum(group.total for group in view.kinds) == counting
    assert sum(point.count for point in view.placed.points) <= counting
    text, data = told(run)
    names = [data["verdicts"][number][0] for number in data["findings"]["verdict"]]
    assert (names.count("violation"), names.count("waived")) == (counting, waived)
    assert "2 standing on the day" in text
    packed = json.dumps(unpacked(text, "data")["waivers"], ensure_ascii=False)
    assert "waived (1号, district office, until 2099-12-31)" in packed


def test_the_page_has_waived_conclusions_under_a_heading_of_their_own() -> None:
    run = judged(waiver("all", DAY, END, rules=("*",)))
    assert any(each.waived_by for each in run.drawing.drawn)
    text, _ = told(run)
    assert "conclusions that are waived" in text
    assert "Conclusions (leads)" not in text
