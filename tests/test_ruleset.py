"""Loading rulesets: finding them, layering, dates, digests, and that one bad file does not hide another."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

import hegui
from hegui.assure.lint import lint
from hegui.datatypes import INT
from hegui.language.tree import Const
from hegui.ruleset import find, load, schemas, shipped
from hegui.ruleset.messages import Placeholder, split
from hegui.ruleset.model import Certainty, Expr, Nature, Period, Ruleset
from hegui.ruleset.periods import without
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import RulesetError, Source, read_yaml

QUICK = Path(__file__).parent.parent / "examples" / "quickstart"
SOURCE = "certainty: seen, source: {zh: 假设, en: made up}"
KIND = """
kind: pond
label: {zh: 鱼塘, en: pond}
key: id
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  area: {type: number, unit: 亩, label: {zh: 面积, en: area}}
  dug_on: {type: date, label: {zh: 开挖日期, en: dug on}}
"""
RULE = """
rule: pond.large
title: {zh: 大塘, en: large pond}
about: pond
nature: clue
severity: low
violation: area > param("pond.area")
message: {zh: "面积 {area}", en: "area {area}"}
"""
PARAMETER = f"""
parameters:
  pond.area:
    label: {{zh: 面积界限, en: limit of area}}
    unit: 亩
    values:
      - {{value: 30, from: 2019-01-01, {SOURCE}}}
"""

Write = Callable[..., Path]


def header(name: str, extends: str | None = None) -> str:
    below = f"extends: {extends}\n" if extends else ""
    return f'ruleset: {name}\ntitle: {{zh: 规则, en: rules}}\nversion: "1"\n{below}'


def override(values: str, layer: str = "base", unit: str = "亩") -> str:
    return f"parameters:\n  pond.area:\n    overrides: {layer}\n    unit: {unit}\n    values:\n{values}"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files below a fresh working folder: `write("base", **{"rule": text})` makes `base/rule.yaml`."""
    monkeypatch.chdir(tmp_path)

    def make(folder: str, **files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / folder

    return make


@pytest.fixture
def base(write: Write) -> Path:
    return write("base", ruleset=header("base"), kind=KIND, rule=RULE, parameter=PARAMETER)


def problems(path: str | Path) -> list[str]:
    with pytest.raises(RulesetError) as caught:
        load(path)
    return [f"{item.span!r} {item.id}" if item.span else item.id for item in caught.value.diagnostics]


# --- finding


def test_shipped_rulesets_load_and_there_is_nothing_to_warn_of() -> None:
    assert shipped() == ["banan", "chongqing", "national"]
    assert load("banan").layers == ("national", "chongqing", "banan")
    assert [lint(name) for name in shipped()] == [[], [], []]


def test_find() -> None:
    assert (find("banan") / "ruleset.yaml").is_file()
    with pytest.raises(RulesetError, match="there is no ruleset `bannan`") as caught:
        find("bannan")
    assert "did you mean `banan`?" in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_folder_a_header_file_and_a_single_file_are_rulesets(base: Path, write: Write) -> None:
    single = write(".", one=f"{header('base')}---{KIND}---{RULE}---{PARAMETER}") / "one.yaml"
    found = [load(base), load(str(base)), load("base"), load("base/ruleset.yaml"), load("base/."), load(single)]
    assert {tuple(each.rules) for each in found} == {("pond.large",)}
    assert {each.rules["pond.large"].span.source.name for each in found[2:5]} == {"base/rule.yaml"}


def test_a_folder_without_header_says_which_of_its_folders_have_one(base: Path) -> None:
    with pytest.raises(RulesetError) as caught:
        load(base.parent)
    assert "no-ruleset-yaml" in str(caught.value)
    assert "`base`" in str(caught.value)


def test_a_folder_of_facts_does_not_hide_the_shipped_ruleset_of_its_name(write: Write) -> None:
    write("banan", facts="- {id: 1}")
    assert load("banan").name == "banan"


def test_a_header_that_cannot_be_read_is_one_problem(write: Write) -> None:
    folder = write("base", ruleset=": : :", kind=KIND)
    assert problems(folder) == [f"Span({folder}/ruleset.yaml:1:1) yaml-syntax"]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('a: 1\nb: "x\nc: 1\n', "2:4", "引号没有闭合"),
        ("a: 1\nb: {c: 1\nd: 1\n", "2:4", "`{` 没有以 `}` 闭合，或缺少 `,`"),
        ("a: [1, 2\nd: 1\n", "1:4", "`[` 没有以 `]` 闭合，或缺少 `,`"),
        ("a: 1\nbc\nd: 1\n", "2:1", "键后缺少 `:`"),
        ("a: b: c\n", "1:5", "此处不能再有 `:`（缩进有误，或文本须加引号）"),
        ("a:\n    b: 1\n  c: 2\n", "3:3", "此处应为键（缩进有误，或文本须加引号）"),
        ("a:\n  - b\n  c: 1\n", "3:3", "此处应为 `-`（缩进有误）"),
        ("a: - b\n", "1:4", "此处不能有 `-`（列表须另起一行）"),
        ("a:\n\tb: 1\n", "2:1", "此字符不能作为值的开头（制表符须改为空格，其他字符须加引号）"),
        ('a: "\\d"\n', "1:5", "双引号中有未知的转义 `\\`"),
        ("a: }\n", "1:4", "此处缺少值"),
        ("a: \x01\n", "1:4", "不允许控制字符"),
    ],
)
def test_what_is_no_yaml_is_said_where_it_began_and_in_chinese(base: Path, text: str, place: str, said: str) -> None:
    (base / "bad.yaml").write_text(text, "utf-8")
    with pytest.raises(RulesetError) as caught:
        load(base)
    (found,) = caught.value.diagnostics
    assert (found.place(), found.message("zh")) == (f"{base}/bad.yaml:{place}: ", f"YAML 语法错误：{said}")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00rule", b"\x00\x01\x02", "规则".encode("gb18030")])
def test_bytes_that_are_no_text(base: Path, body: bytes) -> None:
    (base / "bad.yaml").write_bytes(b"a: " + body)
    assert len(problems(base)) == 1


@pytest.mark.parametrize(
    ("body", "place", "hint"),
    [
        ("# 水\r\na: 规则".encode() + "规则".encode("gb18030"), "2:6", "save it as UTF-8"),
        ("a: 1\r\nb: 规则".encode("gb18030"), "2:4", "it looks like GBK; save it as UTF-8"),
        ("a: 规则".encode("utf-16"), "1:1", "it looks like UTF-16; save it as UTF-8"),
        (b"\xef\xbb\xbfab: \xff", "1:5", "save it as UTF-8"),
    ],
)
def test_the_first_byte_that_is_no_text_is_shown(base: Path, body: bytes, place: str, hint: str) -> None:
    (base / "bad.yaml").write_bytes(body)
    with pytest.raises(RulesetError) as caught:
        load(base)
    (found,) = caught.value.diagnostics
    assert (found.id, found.place()) == ("encoding", f"{base}/bad.yaml:{place}: ")
    assert found.hint_text() == hint


def test_other_yaml_extension_is_pointed_out_and_hidden_files_are_left_alone(base: Path) -> None:
    (base / "more.yml").write_text(RULE, encoding="utf-8")
    (base / ".hidden.yaml").write_text("junk", encoding="utf-8")
    (base / ".git").mkdir()
    (base / ".git" / "x.yaml").write_text("junk", encoding="utf-8")
    assert problems(base) == [f"Span({base}/more.yml:1:1) file-extension"]


@pytest.mark.parametrize("target", ["nowhere.yaml", "l.yaml", "."])
def test_a_link_that_leads_to_no_file_is_said(base: Path, target: str) -> None:
    (base / "l.yaml").symlink_to(target)
    assert problems(base) == [f"Span({base}/l.yaml:1:1) unreadable-file"]


def test_empty_files_and_comments_hold_nothing(base: Path) -> None:
    (base / "empty.yaml").write_text("", encoding="utf-8")
    (base / "comment.yaml").write_text("# nothing yet\n---\n", encoding="utf-8")
    assert list(load(base).rules) == ["pond.large"]


# --- every problem at once


def test_a_bad_file_neither_stops_the_others_nor_makes_its_names_unknown(base: Path, write: Write) -> None:
    write("base", parameter="parameters: [", broken=RULE.replace("large", "broken").replace("area >", "aera >"))
    found = problems("base")
    assert found[0] == "Span(base/broken.yaml:7:12) unknown-name"
    assert "Span(base/parameter.yaml:1:14) yaml-syntax" in found


def test_problems_of_all_layers_come_in_order_of_file_and_place(base: Path, write: Write) -> None:
    write("base", wrong="rul: x\n---\nlaw: x\n")
    write("local", ruleset=header("local", "base"), wrong=RULE.replace("pond.large", "pond.other") + "colour: red\n")
    assert problems("local") == [
        "Span(base/wrong.yaml:1:1) unknown-document",
        "Span(base/wrong.yaml:3:1) missing-key",
        "Span(base/wrong.yaml:3:1) missing-key",
        "Span(local/wrong.yaml:9:1) unknown-key",
    ]


def test_what_stands_on_a_broken_declaration_is_not_blamed(write: Write) -> None:
    kind = KIND.replace("key: id", "kee: id")
    parameter = PARAMETER.replace("value: 30", "value: thirty")
    folder = write("base", ruleset=header("base"), kind=kind, rule=RULE, parameter=parameter)
    assert [item.split()[-1] for item in problems(folder)] == ["unknown-key", "not-of-type"]


def test_a_shape_without_wording_of_its_own_still_gets_a_message() -> None:
    class Even(BaseModel):
        model_config = ConfigDict(strict=True)
        n: int = Field(multiple_of=2)

    found = Problems()
    assert validate(Even, read_yaml(Source("x.yaml", "n: 3"))[0], found) is None
    assert [item.message() for item in found.items] == ["`3` does not fit here"]


# --- layers


def test_an_override_stands_for_the_days_it_covers_and_the_base_for_the_others(base: Path, write: Write) -> None:
    values = f"      - {{value: 20, from: 2022-01-01, to: 2022-12-31, {SOURCE}}}\n"
    write("local", ruleset=header("local", "base"), parameter=override(values))
    parameter = load("local").parameters["pond.area"]
    days = ["2018-12-31", "2019-01-01", "2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2099-01-01"]
    on = [parameter.on(date.fromisoformat(day)) for day in days]
    assert [(value.text, value.layer) if value else None for value in on] == [
        None,
        ("30", "base"),
        ("30", "base"),
        ("20", "local"),
        ("20", "local"),
        ("30", "base"),
        ("30", "base"),
    ]
    assert [value.period.start for value in parameter.values] == [date(2019, 1, 1), date(2022, 1, 1), date(2023, 1, 1)]


def test_an_override_may_begin_before_its_base_and_a_pending_one_covers_nothing(base: Path, write: Write) -> None:
    values = f"      - {{value: 10, to: 2020-12-31, {SOURCE}}}\n      - {{value: 5, pending: true, {SOURCE}}}\n"
    write("local", ruleset=header("local", "base"), parameter=override(values))
    parameter = load("local").parameters["pond.area"]
    found = [parameter.on(date(year, 6, 1)) for year in (2000, 2020, 2021)]
    assert [value and value.text for value in found] == ["10", "10", "30"]
    assert len(parameter.values) == 3


def test_layers_override_one_another_in_turn(base: Path, write: Write) -> None:
    values = "      - {{value: {}, from: {}, {}}}\n"
    write("city", ruleset=header("city", "base"), p=override(values.format(20, "2020-01-01", SOURCE)))
    write("town", ruleset=header("town", "city"), p=override(values.format(10, "2021-01-01", SOURCE), "city"))
    parameter = load("town").parameters["pond.area"]
    found = [parameter.on(date(year, 6, 1)) for year in (2019, 2020, 2021)]
    assert [value and value.layer for value in found] == ["base", "city", "town"]


def test_an_override_in_another_unit_is_converted_exactly(base: Path, write: Write) -> None:
    values = f"      - {{value: 0.070, {SOURCE}}}\n"
    write("local", ruleset=header("local", "base"), parameter=override(values, unit="ha"))
    value = load("local").parameters["pond.area"].on(date(2024, 1, 1))
    assert value is not None
    assert (value.text, value.value) == ("1.05", 1.05)


def test_numbers_keep_the_text_they_are_written_in(base: Path, write: Write) -> None:
    write("base", parameter=PARAMETER.replace("30", "30.070"))
    value = load("base").parameters["pond.area"].values[0]
    assert (value.text, value.value) == ("30.070", 30.07)


def test_values_come_in_order_of_date_however_they_are_written(base: Path, write: Write) -> None:
    later = f"      - {{value: 5, from: 2010-01-01, to: 2018-12-31, {SOURCE}}}\n"
    write("base", parameter=PARAMETER + later)
    assert [value.text for value in load("base").parameters["pond.area"].values] == ["5", "30"]


def test_a_local_layer_adds_rules_on_definitions_of_its_base(base: Path, write: Write) -> None:
    write("base", let='let: {pond: {large: area > param("pond.area")}}')
    rule = RULE.replace("pond.large", "pond.larger").replace('area > param("pond.area")', "large && has(dug_on)")
    write("local", ruleset=header("local", "../base"), rule=rule)
    ruleset = load("local")
    assert {name: rule.layer for name, rule in ruleset.rules.items()} == {"pond.large": "base", "pond.larger": "local"}


def test_a_ruleset_may_extend_a_shipped_one(write: Write) -> None:
    write("mine", ruleset=header("own", "banan"))
    assert load("mine").layers == ("national", "chongqing", "banan", "own")


def test_a_ruleset_that_extends_itself(write: Write) -> None:
    write("base", ruleset=header("base", "../base"))
    assert problems("base") == ["Span(base/ruleset.yaml:4:10) extends-cycle"]


# --- rules


def rule_of(write: Write, more: str, law: str = "") -> Ruleset:
    return load(write("base", ruleset=header("base"), kind=KIND, rule=RULE + more, parameter=PARAMETER, law=law))


LAW = """
law: pond-law
title: {zh: 塘法, en: Pond Law}
versions:
  - {version: "2020", from: 2020-01-01, certainty: secondary}
  - {version: "2001", from: 2001-01-01, to: 2019-12-31, certainty: seen}
"""


def test_citations_take_the_certainty_of_their_version_and_versions_stand_in_order(write: Write) -> None:
    more = """basis:
  - {law: pond-law, version: "2020", article: "1", role: duty}
  - {law: pond-law, version: "2001", article: "2(1)", role: penalty, certainty: memory, if: area > param("pond.area")}
"""
    ruleset = rule_of(write, more, LAW)
    cited = ruleset.rules["pond.large"].basis
    assert [citation.certainty for citation in cited] == [Certainty.SECONDARY, Certainty.MEMORY]
    assert cited[1].condition is not None
    assert [version.label for version in ruleset.laws["pond-law"].versions] == ["2001", "2020"]
    assert cited[0].span.source.line(cited[0].span.source.line_column(cited[0].span.start)[0]).strip().startswith("- {")


def test_nature_of_a_day(write: Write) -> None:
    more = "nature:\n  - {nature: policy, to: 2026-04-30}\n  - {nature: offence, from: 2026-05-01}\n"
    folder = write("base", ruleset=header("base"), kind=KIND, parameter=PARAMETER)
    (folder / "rule.yaml").write_text(RULE.replace("nature: clue\n", more), encoding="utf-8")
    rule = load(folder).rules["pond.large"]
    assert rule.nature(date(2026, 4, 30)) == Nature.POLICY
    assert rule.nature(date(2026, 5, 1)) == Nature.OFFENCE


@pytest.mark.parametrize(
    ("occurred", "start", "end", "interval"),
    [
        ("", None, None, False),
        ("occurred: dug_on\n", "dug_on", None, False),
        ("occurred: {from: dug_on}\n", "dug_on", None, True),
        ("occurred: {from: dug_on, to: as_of}\n", "dug_on", "as_of", True),
    ],
)
def test_occurred(write: Write, occurred: str, start: str | None, end: str | None, interval: bool) -> None:
    found = rule_of(write, occurred).rules["pond.large"].occurred
    texts = [part.text if part is not None else None for part in (found.start, found.end)]
    assert (texts, found.interval) == ([start, end], interval)


def test_message_and_remedy(write: Write) -> None:
    more = "remedy: {zh: 填塘, en: fill it in, proposed_workdays: 15}\n"
    rule = rule_of(write, more).rules["pond.large"]
    assert [part.text if isinstance(part, Expr) else part for part in rule.message.zh] == ["面积 ", "area"]
    assert rule.remedy is not None
    assert rule.remedy.workdays is not None
    assert rule.remedy.workdays.node == Const(15, INT)


def test_messages_are_taken_apart() -> None:
    assert split("{a}{{b}}{c ? \"}\" : '{'}") == [
        Placeholder("a", 1),
        "{b}",
        Placeholder("c ? \"}\" : '{'", 9),
    ]
    assert split("") == []


def test_the_condition_of_a_message_is_placed_in_the_file(write: Write) -> None:
    expression = rule_of(write, "").rules["pond.large"].message.zh[1]
    assert isinstance(expression, Expr)
    span = expression.span
    assert span.source.text[span.start : span.end] == "area"


def test_own_calendar(base: Path, write: Write) -> None:
    write("base/calendars", **{"2027": "calendar: 2027\nworkdays: [2027-02-20]\nholidays: [2027-01-01]\n"})
    days = load("base").workdays
    assert len(days) == 365
    weekdays = sum((date(2027, 1, 1) + timedelta(n)).weekday() < 5 for n in range(365))
    assert (days[date(2027, 2, 20)], days[date(2027, 1, 1)], days[date(2027, 1, 2)]) == (True, False, False)
    assert sum(days.values()) == weekdays


# --- digest


def test_digest_is_that_of_what_is_read_and_of_nothing_else(base: Path, write: Write) -> None:
    before = load("base").digest
    assert before.startswith("sha256:")
    (base / "README.md").write_text("hello", encoding="utf-8")
    (base / "rule.yaml").write_bytes((base / "rule.yaml").read_bytes().replace(b"\n", b"\r\n"))
    assert load(base.resolve()).digest == before
    (base / "rule.yaml").write_text(RULE + "# a comment\n", encoding="utf-8")
    after = load("base").digest
    assert after != before
    write("local", ruleset=header("local", "base"))
    assert load("local").digest not in (before, after)


def test_digest_tells_files_apart_by_name(base: Path) -> None:
    before = load("base").digest
    (base / "rule.yaml").rename(base / "renamed.yaml")
    assert load("base").digest != before


# --- periods


YEAR = date(2020, 1, 1)
OFFSETS = st.none() | st.integers(0, 40)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, length = draw(OFFSETS), draw(OFFSETS)
    begin = None if start is None else YEAR + timedelta(start)
    return Period(begin, None if length is None else (begin or YEAR) + timedelta(length), draw(st.booleans()))


@given(periods(), st.lists(periods(), max_size=4))
def test_without_leaves_exactly_the_days_nothing_else_holds(period: Period, covers: list[Period]) -> None:
    left = without(period, covers)
    for day in (YEAR + timedelta(n) for n in range(-5, 90)):
        wanted = period.holds(day) and not any(cover.holds(day) for cover in covers)
        assert sum(piece.holds(day) for piece in left) == wanted


# --- lint and schemas


@pytest.mark.parametrize(("language", "wording"), [("zh", "nothing-english"), ("en", "nothing-chinese")])
def test_a_layer_in_one_language_is_told_so_once(write: Write, language: str, wording: str) -> None:
    text = (
        f'ruleset: one\ntitle: {{{language}: T}}\nversion: "1"\n---\nlaw: a-law\ntitle: {{{language}: T}}\nversions:\n'
    )
    write(".", one=text + '  - {version: "1", certainty: seen}\n')
    assert [item.id for item in lint("one.yaml")] == [wording, "unused-law"]


def test_lint_without_a_day_says_nothing_of_verification(base: Path) -> None:
    assert "never-verified" not in {item.id for item in lint(base)}
    assert "never-verified" in {item.id for item in lint(base, today=date(2024, 1, 1))}


def test_lint_gives_errors_and_warnings_together(base: Path, write: Write) -> None:
    write("base", more=RULE.replace("pond.large", "pond.second").replace('param("pond.area")', "limit"))
    levels = {(item.level, item.id) for item in lint(base)}
    assert ("error", "unknown-name") in levels
    assert ("warning", "no-citation") in levels


def test_schemas_describe_the_yaml() -> None:
    found = schemas()
    named = {"accepted", "calendar", "conclusion", "kind", "law", "let", "notice", "parameters", "rule", "ruleset"}
    assert set(found) == named
    rule = found["rule"]
    assert rule["additionalProperties"] is False
    assert {"rule", "title", "about", "nature", "severity", "violation", "message"} == set(rule["required"])
    assert {"from", "to"} <= set(rule["$defs"]["PeriodPart"]["properties"])
    assert "if" in rule["$defs"]["CitationPart"]["properties"]
    assert rule["properties"]["violation"]["description"]
    conclusion = found["conclusion"]
    assert conclusion["additionalProperties"] is False
    assert set(conclusion["required"]) == {"conclusion", "title", "nature", "severity", "given", "about", "message"}
    assert set(conclusion["$defs"]["AboutPart"]["required"]) == {"kind", "id"}
    assert json.loads(json.dumps(found)) == found


def test_the_functions_stay_functions_however_often_they_are_called() -> None:
    """A module of the same name, once imported, would stand in the function's place."""
    from hegui import ruleset

    for _ in range(2):
        assert ruleset.find("national").is_dir()
        assert "rule" in ruleset.schemas()


# --- what would be if ----------------------------------------------------------------------------------------------


def test_a_ruleset_with_another_value_of_a_parameter() -> None:
    ruleset = hegui.load_ruleset(QUICK / "rules")
    registry = hegui.load_registry(QUICK / "lifts.csv", ruleset)
    days = {"as_of": date(2026, 3, 1)}
    (name,) = ruleset.parameters
    strict = ruleset.with_parameter(name, 2)
    assert (strict.version, strict.name) == (f"{ruleset.version} ({name} = 2)", ruleset.name)
    assert strict.digest != ruleset.digest
    assert strict.digest == ruleset.with_parameter(name, 2.0).digest != ruleset.with_parameter(name, 2.5).digest
    counts = [hegui.check(registry, each, **days).counts[0].violation for each in (ruleset, strict, ruleset)]
    assert counts == [1, 2, 1]
    for engine in ("scalar", "polars"):
        run = hegui.check(registry, strict, engine=engine, **days)
        assert hegui.Run.from_json(run.to_json()).info.ruleset.version == strict.version
        assert [each.verdict.value for each in run.findings] == ["violation", "violation", "undetermined"]
    lift = {"id": "L", "in_service": True, "rated_load": 1000.0, "tested_load": 1300.0}
    assert [each.check(lift, **days)[0].verdict.value for each in (ruleset, strict)] == ["compliant", "violation"]


@pytest.mark.parametrize("value", ["2", True, None, float("nan"), float("inf"), date(2024, 1, 1)], ids=str)
def test_a_parameter_has_values_of_its_type_only(value: Any) -> None:
    ruleset = hegui.load_ruleset(QUICK / "rules")
    with pytest.raises(hegui.UsageError, match="is no number"):
        ruleset.with_parameter(*ruleset.parameters, value)
    with pytest.raises(hegui.UsageError, match="no parameter `nothing`"):
        ruleset.with_parameter("nothing", 1.0)


def test_a_parameter_has_no_half_a_character(tmp_path: Path) -> None:
    text = (QUICK / "rules" / "ruleset.yaml").read_text(encoding="utf-8")
    value = "{value: a, certainty: seen, source: {zh: 假设, en: made up}}"
    more = f"\n---\nparameters:\n  word: {{type: string, label: {{zh: 词, en: word}}, values: [{value}]}}\n"
    (tmp_path / "rules.yaml").write_text(text + more, encoding="utf-8")
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    assert ruleset.with_parameter("word", "乙").parameters["word"].values[0].value == "乙"
    with pytest.raises(hegui.UsageError, match="`word` is no string") as caught:
        ruleset.with_parameter("word", "a\ud800")
    str(caught.value).encode()
