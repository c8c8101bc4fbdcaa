"""The page as text: its parts, its data, what it lets through and what it leaves out. `test_page_browser.py` looks at it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import page_kit
import pytest
import sample
from goldens import same_as
from test_cli import hegui

from hegui.engines.kept import ENTITIES, Kept, keep
from hegui.explaining import Explanation
from hegui.explaining.citing import cite_in_full, later_lines, parameter_used
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.evidence import rows_text
from hegui.report.explained import paper_text
from hegui.report.page import charts, html, licences
from hegui.report.page.charts import Bar, Point
from hegui.report.page.former import since
from hegui.report.page.grounds import Grounds
from hegui.report.page.listed import PACKET
from hegui.report.page.overview import Overview
from hegui.report.page.placed import placed
from hegui.report.page.tally import chosen, tally
from hegui.report.plain import plain
from hegui.report.run import Run
from hegui.report.sorts import Sort, sort_of
from hegui.report.words import NO_BASIS, place_text
from hegui.ruleset.model import Severity


def page(run: Run, **look: Any) -> str:
    return "".join(WRITERS["html"](run, Look(**look)))


def normalised(text: str) -> str:
    """A page without what other packages draw, its packed data unpacked."""
    packets = sorted(set(re.findall(r'id="(data|packet-\d+)"', text)))
    told = "\n".join(json.dumps(page_kit.unpacked(text, name), ensure_ascii=False, indent=1) for name in packets)
    text = re.sub(r'<script type="text/plain"[^>]*>[^<]*</script>\n', "", text)
    text = re.sub(r'<script type="module">.*</script>', "<script>…</script>", text, flags=re.DOTALL)
    text = re.sub(r"<svg xmlns=.*?</svg>", "<svg>…</svg>", text, flags=re.DOTALL)
    text = re.sub(r"<style>.*?</style>", "<style>…</style>", text, flags=re.DOTALL)
    text = re.sub(r'<pre lang="en" class="always">.*?</pre>', "<pre>…</pre>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[\w+/=]+", "sha256-…", text)
    return re.sub(r"(itables|vl-convert) \d+(\.\w+)+", r"\1 …", text) + told + "\n"


def test_the_page() -> None:
    same_as("report.html", normalised(page(sample.run(), lang="zh", former=sample.run(as_of=date(2024, 1, 1)))))


def test_the_same_run_is_the_same_page() -> None:
    assert page(sample.run()) == page(sample.run())


def test_it_opens_in_the_language_of_the_look_and_holds_both() -> None:
    for lang, tag in (("zh", "zh-CN"), ("en", "en")):
        text = page(sample.run(), lang=lang)
        assert f'<html lang="{tag}">' in text
        assert text.count(STANDING.zh) >= 2
        assert text.count(STANDING.en) >= 2


def test_it_fetches_nothing() -> None:
    text = page(sample.run())
    head, script = text.split('<script type="module">')
    assert "default-src &#39;none&#39;; script-src &#39;sha256-" in head
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:,)""", head)
    assert not re.findall(r"@import|url\(", re.sub(r"<svg xmlns=.*?</svg>", "", head, flags=re.DOTALL))
    assert script.count("</script") == 1
    assert licences()["text"].startswith("MIT License")


def test_what_users_wrote_stays_text() -> None:
    text = page(page_kit.ugly(), former=sample.run()).split('<script type="module">')[0]
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text
    assert "window.hit" not in re.sub(r"&lt;script&gt;.*?&lt;/script&gt;|&lt;.*?&gt;", "", text)
    rows = page_kit.unpacked(text, "data")
    names = {name for _, _, name, _ in rows["entities"]}
    assert page_kit.UGLY["青石采石场"] in names
    assert any("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WRENCH}" in name for name in names)
    assert not any("\x07" in name or "\x00" in name for name in names)


def test_private_values_are_nowhere() -> None:
    text = page(sample.run(every=True))
    packets = set(re.findall(r'id="(data|packet-\d+)"', text))
    whole = text + json.dumps([page_kit.unpacked(text, name) for name in packets])
    assert "13800000000" not in whole
    assert "1390000" not in whole


# --- explanations ----------------------------------------------------------------------------------------------------


def part_as_told(part: list[Any], say: Any) -> tuple[Any, ...]:
    """A part out of the page's data."""
    text, label, shown, state, below, compared, place, rows, used, waits = (*part, *[-1] * (10 - len(part)))
    children = tuple(part_as_told(each, say) for each in (below if below != -1 else ()))
    lines = tuple(map(say, waits if waits != -1 else ()))
    return (*map(say, (text, label, shown, compared, place, rows, used)), state, lines, children)


def part_as_explained(part: Any, run: Run, lang: str) -> tuple[Any, ...]:
    """The same part out of an explanation."""
    state = 3 if part.undetermined else 0 if part.truth is None else 1 if part.truth else 2
    children = tuple(part_as_explained(each, run, lang) for each in part.children)
    place = place_text(part.place, lang, run.folder) if part.place is not None else None
    rows = rows_text(part.rows, part.first, lang) if part.rows is not None else None
    known = part.parameter is not None and part.used is not None
    used = parameter_used(part.parameter, part.used, lang) if known else None
    said = (part.text, part.label or None, part.shown, part.compared, place, rows, used)
    return (*(plain(text) if text is not None else None for text in said), state, part.waits, children)


def fact_as_told(fact: list[Any], say: Any) -> tuple[Any, ...]:
    """A fact out of the page's data, without what was wrong with its cell."""
    label, name, shown, known, place, rows, paper = (*fact, *[-1] * (8 - len(fact)))[:7]
    return (*map(say, (label, name, shown, place, rows, paper)), bool(known))


def fact_as_explained(fact: Any, run: Run, lang: str) -> tuple[Any, ...]:
    """The same fact out of an explanation."""
    place = place_text(fact.place, lang, run.folder) if fact.place is not None else None
    rows = rows_text(fact.rows, fact.first, lang) if fact.rows is not None else None
    paper = paper_text(fact.paper, lang) if fact.paper is not None and fact.known else None
    said = (fact.label or fact.name, fact.name if fact.label else None, fact.shown, place, rows, paper)
    return (*(plain(text) if text is not None else None for text in said), fact.known)


def explained_alike(run: Run) -> None:
    """Does the page say of every finding what `Run.explain` does, in both languages?"""
    text = page(run)
    places = page_kit.unpacked(text, "data")["packets"]
    listed = chosen(run, 50_000).findings
    packets = [page_kit.unpacked(text, name) for name in re.findall(r'id="(packet-\d+)"', text)]
    assert len(listed) == len(run.findings) == sum(len(told) for _, told in packets)
    for place, finding in zip(places, listed, strict=True):
        strings, told = packets[place // PACKET]
        for number, lang in enumerate(("zh", "en")):
            said = [each if isinstance(each, str) else each[number] for each in strings]
            told_alike(run, run.explain(finding, lang), told[place % PACKET], [*said, None].__getitem__)


def told_alike(run: Run, why: Explanation, told: Any, say: Any) -> None:
    """Does the page say that? The last of all texts, number -1, is none."""
    _, facts, clauses, waits, law, later, _ = told
    lang = why.lang
    parts = [part_as_explained(clause.part, run, lang) for clause in why.clauses]
    assert [part_as_told(part, say) for _, part in clauses] == parts
    assert [fact_as_told(fact, say) for fact in facts] == [fact_as_explained(fact, run, lang) for fact in why.facts]
    assert tuple(map(say, waits)) == why.waits
    cited = [cite_in_full(each, why.case, lang) for each in why.basis]
    assert [say(at) for at in law] == (cited or [NO_BASIS.get(lang)])
    assert [say(at) for at in later or ()] == (later_lines(why.later, lang) if why.later is not None else [])


def test_it_explains_what_explain_does() -> None:
    explained_alike(sample.run(every=True))
    explained_alike(page_kit.ugly())


def test_it_explains_what_explain_does_of_every_rule() -> None:
    run = page_kit.banan()
    firsts: dict[Any, list[Any]] = {}
    for each in run.findings:
        firsts.setdefault((each.rule, each.verdict), []).append(each)
    explained_alike(replace(run, findings=tuple(one for found in firsts.values() for one in found[:4])))


# --- what is listed --------------------------------------------------------------------------------------------------


def kept(run: Run, folder: Path) -> Run:
    """The run with its findings as Parquet."""
    found = keep(run.findings, [document.rule for document in run.rules], folder, {})
    return replace(run, findings=found, labels=replace(run.labels, entities={}))


def test_violations_come_first_then_the_gravest() -> None:
    run = sample.run(every=True)
    listed = chosen(run, 1000).findings
    order = [
        (list(Sort).index(sort_of(run, each)), -run.documents[each.rule].rule.severity.rank, each.rule, each.key)
        for each in listed
    ]
    assert order == sorted(order)
    assert chosen(run, 3).findings == listed[:3]
    assert chosen(run, 3).left == len(run.findings) - 3


def test_what_is_left_out_is_said() -> None:
    text = "".join(html(sample.run(), Look("zh"), most=4))
    assert "本页列出 4 条，另有 10 条未列出" in text
    assert len(page_kit.unpacked(text, "data")["findings"]["rule"]) == 4
    assert '<span class="figure">6</span>' in text


def test_findings_that_are_kept_make_the_same_figures(tmp_path: Path) -> None:
    run = sample.run(every=True)
    other = kept(run, tmp_path)
    assert isinstance(other.findings, Kept)
    assert tally(other) == tally(run)
    assert [each.fingerprint for each in chosen(other, 7).findings] == [
        each.fingerprint for each in chosen(run, 7).findings
    ]
    data, again = (page_kit.unpacked(page(each), "data") for each in (run, other))
    assert data == again


def test_counts_by_town_add_up() -> None:
    run = sample.run()
    view = Overview(run, tally(run))
    assert sum(group.total for group in view.towns) == run.summary.total(Verdict.VIOLATION)
    assert sum(group.undetermined for group in view.kinds) == run.summary.total(Verdict.UNDETERMINED)
    assert sum(count for _, _, count in view.severities) == run.summary.total(Verdict.VIOLATION)


# --- what is waived --------------------------------------------------------------------------------------------------


def test_what_is_waived_is_apart_and_counts_for_nothing() -> None:
    run = page_kit.waived()
    text = page(run)
    data = page_kit.unpacked(text, "data")
    names = [data["verdicts"][number][0] for number in data["findings"]["verdict"]]
    assert [names.count(each) for each in ("violation", "waived", "from_memory", "undetermined")] == [3, 3, 1, 7]
    assert [data["waivers"][number][0] for number in data["findings"]["waiver"] if number != -1] == [
        "暂不计入（区府办函〔2024〕12号，<b>区政府</b>办公室，至 2099-12-31）",
        *["暂不计入（区府办函〔2024〕13号，<b>区政府</b>办公室，至 2099-12-31）"] * 2,
    ]
    tiles = dict(re.findall(r'<li class="(\w+)"><a href="#/findings\?verdict=\w+"><span class="figure">(\d+)<', text))
    assert tiles == {"violation": "3", "waived": "3", "undetermined": "7"}
    view = Overview(run, tally(run))
    assert sum(group.total for group in view.towns) == run.summary.total(Verdict.VIOLATION) == 3
    assert sum(group.waived for group in view.towns) == sum(group.waived for group in view.kinds) == view.waived == 3
    assert view.timeline is not None
    assert sum(bar.total for bar in view.timeline.bars) + view.undated == 3


def test_conclusions_that_are_waived_are_apart() -> None:
    sections = {section.title.en: section for section in Grounds(page_kit.waived()).sections}
    (told,) = sections["conclusions that are waived"].told
    assert (told.drawn.entity, [text.en for text in told.waived]) == (
        "T2",
        ["waived (区府办函〔2024〕13号, district <b>office</b>, until 2099-12-31)"],
    )
    assert told.drawn.fingerprint not in {each.drawn.fingerprint for each in sections["Conclusions (leads)"].told}


def test_the_waivers_of_a_run_are_listed() -> None:
    text = page(page_kit.waived())
    assert '<bdi>区府办函〔2024〕12号</bdi> <code class="quiet"><bdi>q1</bdi></code>' in text
    assert "2024-03-11 至 2099-12-31" in text
    assert "<b>" not in text.split('<script type="module">')[0]


def test_kept_findings_that_are_waived_make_the_same_figures(tmp_path: Path) -> None:
    run, other = page_kit.waived(), page_kit.waived(tmp_path / "found")
    assert isinstance(other.findings, Kept)
    assert tally(other) == tally(run)
    data, again = (page_kit.unpacked(page(each), "data") for each in (run, other))
    assert data == again


# --- kept runs -------------------------------------------------------------------------------------------------------


def test_kept_runs_have_the_map_and_the_papers(tmp_path: Path) -> None:
    run, other = page_kit.banan(), page_kit.banan(findings=tmp_path / "found")
    assert isinstance(other.findings, Kept)
    shown = placed(run, 30)
    assert len(shown.points) == 30 < shown.count
    assert placed(other, 30) == shown
    texts = ["".join(html(replace(each, info=run.info), Look("zh"), most=600)) for each in (run, other)]
    packets = sorted(set(re.findall(r'id="(packet-\d+)"', texts[0])))
    assert [page_kit.unpacked(texts[0], name) for name in packets] == [
        page_kit.unpacked(texts[1], name) for name in packets
    ]
    assert all(text.count('id="picture-map"') == 1 for text in texts)


def test_a_kept_run_without_what_lies_beside_has_no_map(tmp_path: Path) -> None:
    run = page_kit.waived(tmp_path / "found")
    (tmp_path / "found" / ENTITIES).unlink()
    assert placed(run, 30).count == 0


def test_the_map_shows_only_whom_something_counts_for(tmp_path: Path) -> None:
    for run in (page_kit.waived(), page_kit.waived(tmp_path / "found")):
        plain_run = sample.run()
        counts = {(each.entity, each.count) for each in placed(plain_run, 30).points}
        waived = {(each.entity, each.count) for each in placed(run, 30).points}
        assert {entity for entity, _ in counts} == {"Q1"}
        assert sum(count for _, count in waived) == sum(count for _, count in counts) - 1


# --- since the last run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [False, True])
def test_what_changed_is_found_by_fingerprint(stored: bool, tmp_path: Path) -> None:
    now, then = sample.run(), sample.run()
    violations = [each for each in then.findings if each.verdict is Verdict.VIOLATION]
    gone, new = violations[0], violations[-1]
    now = replace(now, findings=tuple(each for each in now.findings if each != gone))
    then = replace(then, findings=tuple(each for each in then.findings if each != new))
    if stored:
        for name in ("now", "then"):
            (tmp_path / name).mkdir()
        now, then = kept(now, tmp_path / "now"), kept(then, tmp_path / "then")
    found = since(now, then, 10)
    assert (found.total.opened, found.total.closed) == (1, 1)
    assert found.total.persisting == len(violations) - 2
    assert [(finding.fingerprint, verdict) for finding, verdict in found.closed] == [(gone.fingerprint, None)]
    text = page(now, lang="zh", former=then)
    data = page_kit.unpacked(text, "data")
    marks = dict(zip(data["findings"]["key"], data["findings"]["marks"], strict=True))
    assert not marks[f"{new.about}/{new.key}"] & 8
    assert "不等于已完成整改" in text


def test_check_itself_says_what_changed_since_an_earlier_run(tmp_path: Path) -> None:
    old, target = tmp_path / "old.json", tmp_path / "page.html"
    judged = ("check", str(page_kit.BANAN), "--rules", "banan", "--rule", "mine.*", "--fail-on", "never")
    assert hegui(*judged, "--as-of", "2023-12-31", "--format", f"json={old}").code == 0
    done = hegui(*judged, "--as-of", "2024-03-11", "--since-run", str(old), "--format", f"html={target}")
    assert done.code == 0, done.err
    text = target.read_text("utf-8")
    assert 'id="picture-since"' in text
    assert "2023-12-31" in text
    assert hegui(*judged, "--since-run", str(tmp_path / "none.json"), "--format", f"html={target}").code == 3


def test_a_violation_may_have_become_undetermined() -> None:
    then = sample.run()
    open_ = next(each for each in then.findings if each.verdict is Verdict.VIOLATION)
    findings = (replace(each, verdict=Verdict.UNDETERMINED) if each is open_ else each for each in then.findings)
    found = since(replace(then, findings=tuple(findings)), then, 10)
    assert found.total.to_open == found.total.closed == 1
    assert found.closed[0][1] is Verdict.UNDETERMINED


# --- pictures --------------------------------------------------------------------------------------------------------


def test_pictures_have_no_words_but_names_and_follow_the_style_sheet() -> None:
    svg = charts.drawn(charts.across([Bar("<青石镇>", {Severity.MAJOR: 3, Severity.LOW: 1})]))
    assert "&lt;青石镇&gt;" in svg
    assert 'fill="var(--major)"' in svg
    assert "http" not in svg.replace("http://www.w3.org", "")


def test_time_is_told_in_days_months_or_years() -> None:
    def steps(*days: date) -> tuple[str, int, int]:
        found = charts.timeline({(day, Severity.LOW): 2 for day in days})
        assert found is not None
        return found.step, len(found.bars), found.before

    assert charts.timeline({}) is None
    assert steps(date(2024, 1, 31), date(2024, 2, 2)) == ("day", 3, 0)
    assert steps(date(2023, 1, 31), date(2024, 2, 2)) == ("month", 14, 0)
    assert steps(date(1990, 1, 31), date(2024, 2, 2)) == ("year", 35, 0)
    assert steps(date(1000, 1, 31), date(2024, 2, 2)) == ("year", charts.MOST_BARS, 2)


def test_the_map_has_links_names_lines_and_a_scale() -> None:
    places = [(106.5, 29.4), (106.6, 29.5), (106.52, 29.41)]
    points = [
        Point("mine", f"M/{n}", f"<{n}>", "木洞镇", place, Severity.MAJOR, n + 1) for n, place in enumerate(places)
    ]
    svg = charts.drawn(charts.chart_of(points))
    assert svg.count('href="#/entity/mine/M%2F') == 3
    assert "106.50°E" in svg
    assert "29.45°N" in svg or "29.44°N" in svg
    assert re.search(r">\d+ km<", svg)
    assert "木洞镇" in svg
    assert "vega.github.io" not in svg.replace("xmlns", "")


@pytest.mark.parametrize("places", [[(0.0, 0.0), (0.0, 0.0)], [(-179.0, -80.0), (179.0, 84.0)]])
def test_a_map_of_a_point_and_of_the_world(places: list[tuple[float, float]]) -> None:
    points = [Point("mine", str(n), "a", None, place, Severity.LOW, 1) for n, place in enumerate(places)]
    assert "NaN" not in charts.drawn(charts.chart_of(points))
