"""Explanations: messages, citations, trees, later law, certainty and proposed dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sample

import hegui
from hegui import ruleset as rulesets
from hegui.datatypes import BOOL, Below, Text, Type, Undetermined
from hegui.engines import judge
from hegui.explaining import Explanation
from hegui.explaining.citing import article, cite, cite_in_full, later_lines, law_name, period
from hegui.explaining.law import NotBefore, in_place_of
from hegui.explaining.values import number, quantity, show
from hegui.explaining.why import Part
from hegui.facts import from_rows
from hegui.outcome import Verdict
from hegui.report.info import RunInfo
from hegui.report.run import Run
from hegui.report.stored import NOWHERE
from hegui.ruleset.model import Certainty, Law, LawVersion, Nature, Period


def told(fingerprint: str, lang: str = "en", **days: Any) -> Explanation:
    run = sample.run(every=True, **days)
    return run.explain(sample.finding(run, fingerprint), lang)


def parts(part: Part) -> list[Part]:
    return [part, *(inner for child in part.children for inner in parts(child))]


def clause(explanation: Explanation, name: str) -> Part:
    return next(item.part for item in explanation.clauses if item.name == name)


# --- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "exact", "computed", "sentence"),
    [
        (0.1 + 0.2, "0.30000000000000004", "0.3", "0.3"),
        (4 / 3, "1.3333333333333333", "1.33333333333", "1.3333"),
        (1.00000012, "1.00000012", "1.00000012", "1.00000012"),
        (2.0, "2", "2", "2"),
        (123456.789012345, "123456.789012345", "123456.789012", "123456.789"),
        (0.000123456789, "0.000123456789", "0.000123456789", "0.0001235"),
        (-0.0, "0", "0", "0"),
        (1e-13, "1e-13", "1e-13", "1e-13"),
        (1e22, "1e+22", "1e+22", "1e+22"),
        (9007199254740992, "9007199254740992", "9007199254740992", "9007199254740992"),
    ],
)
def test_numbers(value: float, exact: str, computed: str, sentence: str) -> None:
    assert (number(value), number(value, "computed"), number(value, "sentence")) == (exact, computed, sentence)


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("t/a", "1,200.5 t/a", "1,200.5 t/a"),
        ("%", "1,200.5%", "1,200.5%"),
        ("亩", "1,200.5 亩", "1,200.5 mu"),
        ("workday", "1,200.5 个工作日", "1,200.5 working days"),
        (None, "1200.5", "1200.5"),
    ],
)
def test_quantities(unit: str | None, zh: str, en: str) -> None:
    assert (quantity(1200.5, unit, "zh"), quantity(1200.5, unit, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "type_", "zh", "en"),
    [
        (True, BOOL, "是", "yes"),
        (False, BOOL, "否", "no"),
        (date(2024, 3, 11), Type("date"), "2024-03-11", "2024-03-11"),
        (Below(0.05), Type("number", "mg/L"), "<0.05 mg/L", "<0.05 mg/L"),
        (None, BOOL, "待核实", "undetermined"),
        (Undetermined(()), BOOL, "待核实", "undetermined"),
        ("open_pit", Type("code"), "露天", "open-pit"),
        ("other", Type("code"), "other", "other"),
        (("open_pit", "x"), Type("list", element=Type("code")), "露天、x", "open-pit, x"),
        ((1, 2), Type("list", element=Type("int", "d")), "1 天、2 天", "1 days, 2 days"),
    ],
)
def test_values(value: object, type_: Type, zh: str, en: str) -> None:
    codes = {"open_pit": Text("露天", "open-pit")}
    assert (show(value, type_, "zh", codes), show(value, type_, "en", codes)) == (zh, en)


# --- messages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fingerprint", "zh", "en"),
    [
        (
            "quarry.over-scale/year/Q2,2023",
            "East Bank Quarry（露天）2023 年开采 40,000 t/a，为证载规模 30,000 t/a 的 1.3333 倍",
            "East Bank Quarry (open-pit) extracted 40,000 t/a in 2023, 1.3333 times the licensed 30,000 t/a",
        ),
        (
            "quarry.over-scale/year/Q3,2023",
            "超证载规模开采：待核实，缺少实际开采量（extracted）",
            "extraction above the licensed scale: undetermined, missing amount extracted (extracted)",
        ),
        ("quarry.over-scale/year/Q1,2022", "超证载规模开采：未发现问题", "extraction above the licensed scale: compliant"),
        ("quarry.unreachable/quarry/Q2", "East Bank Quarry的联系电话 （不公开） 无法联系", "East Bank Quarry cannot be reached at (private)"),
    ],
)  # fmt: skip
def test_messages(fingerprint: str, zh: str, en: str) -> None:
    assert (told(fingerprint, "zh").message, told(fingerprint, "en").message) == (zh, en)


def test_only_a_violation_is_told_in_the_words_of_a_violation() -> None:
    run = sample.run(every=True)
    for finding in run.findings:
        if finding.verdict is not Verdict.VIOLATION:
            assert run.explain(finding, "zh").message.startswith(run.rule(finding).title.zh)


# --- trees ---------------------------------------------------------------------------------------------------------


def test_the_tree_gives_the_verdict_again() -> None:
    run = sample.run(every=True)
    for finding in run.findings:
        if finding.rule == "quarry.unreachable":  # rests on a private field, whose value no run holds
            continue
        explanation = run.explain(finding, "en")
        violation = clause(explanation, "violation")
        applies = [item.part.truth for item in explanation.clauses if item.name == "when"]
        if finding.verdict is Verdict.VIOLATION:
            assert violation.truth is True
            assert applies in ([], [True])
        elif finding.verdict is Verdict.COMPLIANT:
            assert violation.truth is False
        else:
            assert violation.truth is None or applies == [None] or finding.occurred is None


def test_required_against_actual() -> None:
    violation = clause(told("quarry.over-scale/year/Q1,2023"), "violation")
    assert violation.text == "extracted > licensed_scale"
    assert violation.compared == "120,000 t/a > 100,000 t/a"
    extracted, licensed = violation.children
    assert (extracted.shown, extracted.label) == ("120,000 t/a", "amount extracted")
    assert extracted.place is not None
    assert (extracted.place.file, extracted.place.sheet) == ("quarries.xlsx", "产量")
    assert (extracted.place.row, extracted.place.column) == (3, "C")
    (chain,) = licensed.children
    assert (licensed.text, licensed.shown, chain.rows, chain.first) == ("licensed_scale", "100,000 t/a", 1, "L1")
    assert chain.label == "quarry / licences / scale on the licence, maximum"


def test_a_parameter_shows_the_value_used_with_its_dates_and_source() -> None:
    solids, limit = clause(told("water.solids/water/W1"), "violation").children
    assert limit.used is not None
    assert limit.used.period == Period(date(2018, 1, 1), date(2023, 12, 31))
    assert limit.used.source.en == "DB 1-2017, table 1"
    assert solids.shown == "130.5 mg/L"


def test_codes_are_compared_by_their_labels() -> None:
    scope = clause(told("quarry.over-scale/year/Q1,2023", "zh"), "notice_scope")
    assert scope.compared == "露天 == 露天"


def test_undetermined_parts_say_why() -> None:
    violation = clause(told("quarry.over-scale/year/Q3,2023"), "violation")
    extracted, _ = violation.children
    assert violation.undetermined
    assert violation.truth is None
    assert extracted.waits == ("missing amount extracted (extracted)",)
    unreadable = clause(told("quarry.over-scale/year/Q4,2023", "zh"), "when")
    assert "无法识读采石场·采矿许可证·有效期止（quarry.licences.to）" in parts(unreadable)[-1].waits


def test_private_parts_are_masked() -> None:
    violation = clause(told("quarry.unreachable/quarry/Q3"), "violation")
    phone, method = violation.children
    assert (phone.shown, phone.compared) == ("(private)", '(private) == ""')
    assert (method.truth, violation.truth) == (True, True)


def test_detection_limits_are_shown() -> None:
    compliant = clause(told("water.solids/water/W3"), "violation")
    assert compliant.truth is False
    assert compliant.compared == "<5 mg/L > 70 mg/L"
    assert clause(told("water.solids/water/W5"), "violation").compared == "<200 mg/L > 70 mg/L"


def test_facts_come_with_papers() -> None:
    facts = {fact.name: fact for fact in told("quarry.over-scale/year/Q1,2023").facts}
    paper = facts["extracted"].paper
    assert paper is not None
    assert (paper.source_doc, paper.method) == ("年报 2023", "测量")
    assert facts["year"].paper is None
    without = {fact.name: fact for fact in told("quarry.over-scale/year/Q2,2023").facts}["extracted"].paper
    assert without is not None
    assert without.source_doc is None
    assert 'param("remedy.days")' not in facts


RULES = """
kind: plant
label: {zh: 工厂, en: plant}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  flow: {type: number, unit: m3/d, label: {zh: 流量, en: flow}}
  hours: {type: number, label: {zh: 小时, en: hours}}
  built: {type: date, label: {zh: 建成日期, en: built}}
  tags: {type: list, of: string, label: {zh: 标签, en: tags}}
---
parameters:
  flow.limit:
    label: {zh: 流量限值, en: limit of flow}
    unit: 万m3/d
    values: [{value: 1, certainty: seen, source: {zh: 示例, en: example}}]
---
rule: plant.flow
title: {zh: 流量, en: flow}
about: plant
nature: clue
severity: low
authority: {zh: 部门, en: department}
violation: %s
message: {zh: 流量, en: flow}
"""


def judged(tmp_path: Path, violation: str, *plants: dict[str, Any]) -> Run:
    (tmp_path / "ruleset.yaml").write_text('ruleset: plants\ntitle: {zh: 工厂, en: plants}\nversion: "1"\n', "utf-8")
    (tmp_path / "rules.yaml").write_text(RULES % violation, "utf-8")
    ruleset = rulesets.load(tmp_path)
    registry = from_rows(ruleset.vocabulary, {"plant": list(plants)})
    found = judge(ruleset, registry, engine="scalar", as_of=sample.AS_OF, every=True)
    info = RunInfo.of(ruleset, registry, as_of=sample.AS_OF, decided_on=sample.AS_OF, engine="scalar")
    return Run.build(ruleset, registry, found, info)


def violation_of(tmp_path: Path, violation: str, lang: str = "en", **plant: Any) -> Part:
    run = judged(tmp_path, violation, {"id": "P1", **plant})
    return clause(run.explain(run.findings[0], lang), "violation")


def test_a_converted_parameter_is_shown_in_its_own_unit_and_compared_in_the_other(tmp_path: Path) -> None:
    part = violation_of(tmp_path, 'flow > param("flow.limit")', flow=12000.0)
    assert part.truth is True
    assert part.compared is not None
    assert part.compared.startswith("12,000 m³/d > ")


def test_of_a_choice_only_the_branch_taken_is_told(tmp_path: Path) -> None:
    condition = 'has(hours) ? hours > 10.0 : flow > param("flow.limit")'
    texts = [part.text for part in parts(violation_of(tmp_path, f"'{condition}'", hours=12.0))]
    assert "hours > 10.0" in texts
    assert not any("flow" in text for text in texts[1:])


def test_an_operation_without_a_value_says_why(tmp_path: Path) -> None:
    found = parts(violation_of(tmp_path, "hours / (hours - hours) > 1.0", hours=2.0))
    assert ("division by zero in `hours / (hours - hours)`",) in [part.waits for part in found]


def test_a_list_is_shown_whole(tmp_path: Path) -> None:
    run = judged(tmp_path, 'tags.exists(t, t == "x")', {"id": "P1", "tags": ["a", "x"]})
    again = Run.from_json(run.to_json())
    assert clause(again.explain(again.findings[0], "en"), "violation").truth is True


def test_texts_are_quoted_and_dates_are_iso(tmp_path: Path) -> None:
    part = violation_of(tmp_path, 'id != "" && built > date(2020, 1, 1)', built=date(2021, 2, 3))
    name, built = part.children
    assert name.compared == 'P1 != ""'
    assert built.compared == "2021-02-03 > 2020-01-01"


# --- law -----------------------------------------------------------------------------------------------------------


def law(level: str, title: str = "采石场管理法") -> Law:
    return Law("q", Text(title, "Quarry Law"), (), NOWHERE, level=level)


@pytest.mark.parametrize(
    ("level", "text", "zh", "en"),
    [
        ("law", "15, 29", "第15条、第29条", "art. 15, 29"),
        ("law", "33(2)", "第33条第2款", "art. 33(2)"),
        ("law", "68(1)(1)", "第68条第1款第1项", "art. 68(1)(1)"),
        ("regulation", "16(一)", "第16条第一项", "art. 16(一)"),
        ("local", "41(2)(三)", "第41条第2款第三项", "art. 41(2)(三)"),
        ("law", "附则", "附则", "art. 附则"),
        ("standard", "7.2.1", "7.2.1", "7.2.1"),
        ("notice", "二", "二", "二"),
        ("policy", "-", "", ""),
    ],
)
def test_articles(level: str, text: str, zh: str, en: str) -> None:
    assert (article(law(level), text, "zh"), article(law(level), text, "en")) == (zh, en)


def test_titles() -> None:
    assert law_name(law("law"), "2009", "zh") == "《采石场管理法》（2009）"
    assert law_name(law("law"), None, "en") == "Quarry Law"
    assert law_name(law("policy", "渝农发〔2019〕125号"), "2019", "zh") == "渝农发〔2019〕125号（2019）"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Period(), "不限期", "at any time"),
        (Period(date(2024, 1, 1)), "自 2024-01-01 起", "from 2024-01-01"),
        (Period(None, date(2024, 1, 1)), "至 2024-01-01 止", "until 2024-01-01"),
        (Period(date(2024, 1, 1), date(2024, 2, 1)), "2024-01-01 至 2024-02-01", "2024-01-01 to 2024-02-01"),
        (Period(pending=True), "尚未施行", "not yet in force"),
    ],
)
def test_periods(value: Period, zh: str, en: str) -> None:
    assert (period(value, "zh"), period(value, "en")) == (zh, en)


def cited(explanation: Explanation) -> list[tuple[str, bool | None]]:
    return [(cite(item, "en"), item.applies) for item in explanation.basis]


def test_a_penalty_counts_only_where_its_own_condition_does() -> None:
    duty = ("Quarry Law (2009), art. 15, 29(1)", True)
    penalty = "Quarry Law (2009), art. 44"
    assert cited(told("quarry.over-scale/year/Q1,2023")) == [duty, (penalty, None)]
    assert cited(told("quarry.over-scale/year/Q2,2023")) == [duty, (penalty, True)]
    assert cited(told("quarry.over-scale/year/Q3,2023")) == [duty]
    open_ = told("quarry.over-scale/year/Q1,2023")
    assert cite_in_full(open_.basis[1], open_.case, "en") == (
        "penalty: Quarry Law (2009), art. 44: a fine where resources were damaged "
        "[would also need: quarry / resources damaged (quarry.damage)]"
    )


def test_the_law_is_that_of_the_day_of_the_act() -> None:
    assert cited(told("quarry.no-licence/quarry/Q3")) == [("Quarry Law (2009), art. 3", True)]
    later = told("quarry.no-licence/quarry/Q3", as_of=date(2025, 7, 1))
    assert cited(later) == [("Quarry Law (2024), art. 16", True)]


def test_where_the_day_of_the_act_is_not_known_no_version_is_chosen() -> None:
    open_ = told("water.solids/water/W4", "zh")
    assert cited(open_) == [("Water Regulations (2017), art. 10", None), ("Environment Code (2026), art. 300", None)]
    assert cite_in_full(open_.basis[0], open_.case, "zh").endswith("【取决于行为发生日】")
    assert open_.later is None


def test_later_law_is_printed_beside_the_law_of_the_day() -> None:
    later = told("quarry.over-scale/year/Q2,2023").later
    assert later is not None
    assert later.status == "changed"
    assert [cite(item, "en") for item in later.basis] == [
        "Quarry Law (2024), art. 33(2)",
        "Quarry Law (2024), art. 68(1)(1)",
    ]
    assert later.nature is not None
    assert (later.nature.then, later.nature.now) == (Nature.BREACH, Nature.OFFENCE)
    assert told("quarry.over-scale/year/Q2,2023", decided_on=date(2024, 3, 11)).later is None


def test_a_law_may_be_replaced_by_another() -> None:
    later = told("water.solids/water/W1", decided_on=date(2026, 8, 15)).later
    assert later is not None
    assert later_lines(later, "en") == [
        "Water Regulations (2017) (2018-01-01 to 2026-08-14) → Environment Code (2026) (from 2026-08-15)",
        "limit of suspended solids: 100 mg/L (2018-01-01 to 2023-12-31) → 70 mg/L (from 2024-01-01)",
        "in force on that day: Environment Code (2026), art. 300",
    ]


def test_a_law_may_be_repealed() -> None:
    later = told("quarry.unreachable/quarry/Q2").later
    assert later is not None
    assert later.status == "repealed"
    assert later_lines(later, "zh") == [
        "《关于登记联系方式的通知》（2020）（2020-01-01 至 2025-12-31） → 研判日无有效文本"
    ]


def test_a_rule_may_be_repealed() -> None:
    run = sample.run()
    finding = sample.finding(run, "quarry.over-scale/year/Q2,2023")
    document = run.documents[finding.rule]
    ended = replace(document.rule, in_force=Period(None, date(2024, 12, 31)))
    later = replace(run, rules=(replace(document, rule=ended),)).explain(finding, "en").later
    assert later is not None
    assert (later.status, later.rule_in_force) == ("repealed", False)
    assert "this rule is not in force on the day of the decision" in later_lines(later, "en")


def test_laws_that_replace_each_other_are_followed_once() -> None:
    version = LawVersion("1", Period(None, date(2020, 1, 1)), Certainty.SEEN)
    one, two = (Law(name, Text(name, name), (version,), NOWHERE, other) for name, other in (("a", "b"), ("b", "a")))
    assert in_place_of(one, {"a": one, "b": two}, date(2024, 1, 1)) == (None, None)


@pytest.mark.parametrize(
    ("fingerprint", "expected"),
    [
        ("quarry.over-scale/year/Q2,2023", Certainty.SEEN),
        ("water.solids/water/W1", Certainty.SECONDARY),
        ("water.solids/water/W2", Certainty.MEMORY),
    ],
)
def test_certainty_is_that_of_the_weakest_support(fingerprint: str, expected: Certainty) -> None:
    assert told(fingerprint).certainty is expected


def test_without_number_or_law_there_is_no_certainty(tmp_path: Path) -> None:
    run = judged(tmp_path, "hours > 1.0", {"id": "P1", "hours": 2.0})
    assert run.explain(run.findings[0], "en").certainty is None


def test_proposed_dates() -> None:
    assert told("quarry.over-scale/year/Q2,2023", decided_on=sample.AS_OF).due == date(2024, 4, 23)
    assert isinstance(told("quarry.no-licence/quarry/Q3").due, NotBefore)
    assert told("quarry.unreachable/quarry/Q2").due is None
    assert told("quarry.over-scale/year/Q3,2023").due is None


def test_an_explanation_is_told_in_a_few_lines() -> None:
    found = told("quarry.over-scale/year/Q1,2023")
    message, *lines = str(found).splitlines()
    assert message == found.message
    assert lines == [f"  {each}" for each in (*found.facts, *found.law)]
    assert all(str(fact).endswith(f"[{fact.place}]") for fact in found.facts if fact.place)
    assert len(repr(found)) < 4000


# --- who has no name -----------------------------------------------------------------------------------------------

NAMELESS = """
ruleset: names
title: {en: names}
version: "1"
---
kind: town
label: {en: town}
key: id
name: name
fields:
  id: {type: string, label: {en: id}}
  name: {type: string, label: {en: name}}
---
kind: pit
label: {en: pit}
key: id
name: name
fields:
  id: {type: string, label: {en: id}}
  name: {type: string, label: {en: name}}
  town: {type: ref, to: town, label: {en: town}}
  twin: {type: ref, to: pit, label: {en: twin}}
---
rule: pit.any
title: {en: any}
about: pit
answers: town
nature: clue
severity: low
violation: id != ""
message: {en: "{name} of {town.name}, twin {twin.name}"}
---
conclusion: town.any
title: {en: any}
nature: clue
severity: low
given: {f: finding("pit.any"), t: town, p: pit}
where: f.entity == t.id && p.town == t.id
about: {kind: town, id: t.id}
message: {en: "{t.name}: {f.name}, {p.name}, {p.twin.name}"}
"""


@pytest.mark.parametrize("engine", ["scalar", "polars"])
def test_somebody_without_a_name_is_called_by_the_key(engine: str, tmp_path: Path) -> None:
    (tmp_path / "names.yaml").write_text(NAMELESS, encoding="utf-8")
    ruleset = hegui.load_ruleset(tmp_path / "names.yaml")
    pits = [{"id": "P 1", "town": "T/1"}, {"id": "P2", "name": "Old"}, {"id": "P3", "town": "T2", "twin": "P 1"}]
    facts = {"pit": pits, "town": [{"id": "T/1"}, {"id": "T2", "name": "East"}]}
    run = hegui.check(hegui.load_registry(facts, ruleset), ruleset, engine=engine, chainer="reference")
    again = hegui.Run.from_json(run.to_json())
    for each in (run, again):
        told = [each.explain(finding, "en").message for finding in each.findings]
        # whose key is not among what a finding has, is not known
        assert told == [
            "P 1 of T/1, twin undetermined",
            "Old of this town, twin undetermined",
            "P3 of East, twin undetermined",
        ]
        assert told == [each.teller(finding.rule, "en").message(finding) for finding in each.findings]
        assert [drawn.message.get("en") for drawn in each.conclusions] == [
            "T/1: T/1, P 1, undetermined",
            "East: East, P3, P 1",
        ]
    assert ruleset.check({"id": "P7"}, kind="pit", explain=True)[0].explain("en").message.startswith("P7 of this town")
