"""One cell at a time: numbers, units, dates, truth values, codes and the words for nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from facts_kit import vocabulary
from hypothesis import given
from hypothesis import strategies as st

from hegui import units
from hegui.datatypes import MAX_INT, Reason
from hegui.facts import cells, words
from hegui.facts.cells import MISSING, UNREADABLE, Outcome

MINE = vocabulary().kinds["mine"].fields


def read(field: str, text: str, unit: str | None = None) -> Outcome:
    return cells.reader(MINE[field], unit)(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5.0),
        (" 5 ", 5.0),
        ("-5", -5.0),
        ("−5", -5.0),
        ("+5", 5.0),
        ("５．５", 5.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1,234.5", 1234.5),
        ("1，234.5", 1234.5),
        ("12,345,678", 12345678.0),
        ("1e3", 1000.0),
        ("0.30000000000000004", 0.3),
        ("0.1234567890123456", 0.123456789012346),
        ("1234567890123456789", 1.23456789012346e18),
        ("3.5 t/a", 3.5),
        ("3.5t/a", 3.5),
        ("3.5万吨/年", 35000.0),
        ("3.5 万 吨/年", None),
        ("３.５万吨／年", 35000.0),
        ("0.07万t/a", 700.0),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert read("scale", text) == (UNREADABLE if value is None else Outcome(value))


@pytest.mark.parametrize(
    "text",
    ["约3", "3-5", "3~5", "≥5", "5左右", "1,23", "1,2345", "1 234", "5万", "5亩", "5吨", "NaN", "inf", "1e400", "1e-400",
     "一百", "0x10", "1_000", "5 5", "<5", "35%", "五", "1.2.3", "--5", "#REF!", "#DIV/0!"],
)  # fmt: skip
def test_what_is_no_number_is_unreadable(text: str) -> None:
    assert read("scale", text) == UNREADABLE


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("万t/a", "0.07", 700.0),
        ("万t/a", "3.5t/a", 3.5),
        ("kg/a", "1,500", 1.5),
        ("万t/a", "1.005", 10050.0),
        ("万t/a", "0", 0.0),
    ],
)
def test_the_header_unit_is_converted_exactly_and_the_cell_unit_comes_first(unit: str, text: str, value: float) -> None:
    assert read("scale", text, unit) == Outcome(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**8), max_value=10**8))
def test_a_converted_number_is_rounded_once_in_decimal(number: Decimal) -> None:
    found = read("depth", f"{number:f}", "km").value
    exact = number * 1000
    assert found == float(f"{exact:.15g}") + 0.0


@given(st.floats(min_value=-cells.MAX_NUMBER, max_value=cells.MAX_NUMBER))
def test_a_double_is_rounded_as_its_decimal_text(number: float) -> None:
    assert cells.round_double(number) == units.to_number(repr(number), Fraction(1))


@given(st.text(max_size=12))
def test_no_text_whatsoever_breaks_the_reading(text: str) -> None:
    for field in MINE.values():
        outcome = cells.reader(field)(text)
        assert (outcome.value is None) == (outcome.reason is not None)
        assert outcome.reason in (None, Reason.MISSING, Reason.UNREADABLE, Reason.BELOW_DETECTION)


@pytest.mark.parametrize(
    ("text", "bound"),
    [("<0.05", 0.05), ("＜0.05", 0.05), ("< 0.05", 0.05), ("<0.05mg/L", 0.05), ("<50μg/L", 0.05), ("未检出(<0.05)", 0.05),
     ("未检出（＜0.05mg/L）", 0.05), ("ND(<0.05)", 0.05), ("0.05L", 0.05), ("≤0.05", 0.05)],
)  # fmt: skip
def test_a_bound_is_kept_where_the_field_may_have_one(text: str, bound: float) -> None:
    assert read("tn", text) == Outcome(reason=Reason.BELOW_DETECTION, bound=bound)
    assert read("scale", text).reason is Reason.UNREADABLE


def test_a_bound_is_converted_too() -> None:
    assert read("tn", "<50", "μg/L").bound == 0.05


@pytest.mark.parametrize("text", ["未检出", "<0", "<-1", "<", "<abc", ">5"])
def test_what_is_no_bound(text: str) -> None:
    assert read("tn", text) == (MISSING if text == "未检出" else UNREADABLE)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("5.0", 5), ("1,200", 1200), ("２", 2), ("2023年", 2023), ("2023年度", 2023), ("1e3", 1000),
     (str(MAX_INT), MAX_INT), (str(-MAX_INT), -MAX_INT)],
)  # fmt: skip
def test_whole_numbers(text: str, value: int) -> None:
    found = read("shifts", text)
    assert (found, type(found.value)) == (Outcome(value), int)


@pytest.mark.parametrize("text", ["5.5", str(MAX_INT + 1), str(-MAX_INT - 1), "1e30", "1e4000", "三", "5班", "23年"])
def test_what_is_no_whole_number_is_unreadable(text: str) -> None:
    assert read("shifts", text) == UNREADABLE


@pytest.mark.parametrize(
    "text",
    ["2024-03-11", "2024-3-11", "2024/03/11", "2024/3/11", "2024.3.11", "2024.03.11", "2024年3月11日", "2024年03月11日",
     "2024年3月11", "2024年3月11号", "2024 年 3 月 11 日", "２０２４年３月１１日", "20240311", "45362", "45362.75", "45362.0",
     "2024-03-11 23:59:59", "2024-03-11T23:59:59Z", "2024-03-11T23:59:59.123+08:00", "2024/3/11 8:05",
     "2024年3月11日 8时5分", " 2024-03-11 ", "2024-03-11 00:00:00"],
)  # fmt: skip
def test_one_day_in_all_its_forms(text: str) -> None:
    assert read("opened", text) == Outcome(date(2024, 3, 11))


@pytest.mark.parametrize(
    "text",
    ["2024", "2024年", "2024年3月", "2024-03", "2024.3", "202403", "2024-13-01", "2024-02-30", "2023年13月1日", "24-3-11",
     "3/11/2024", "11.3.2024", "2024-03-11abc", "2024-03-11 25:00", "长期", "1899-12-31", "20243", "12345", "99999", "2024-3/11",
     "2024-03-11 周一"],
)  # fmt: skip
def test_what_is_no_day_is_unreadable(text: str) -> None:
    assert read("opened", text) == UNREADABLE


@given(
    st.dates(min_value=date(1900, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_day_survives_every_form(day: date, form: str) -> None:
    text = form.replace("%Y", f"{day.year:04}").replace("%m", f"{day.month:02}").replace("%d", f"{day.day:02}")
    assert read("opened", text) == Outcome(day)


@given(st.dates(min_value=date(1980, 1, 1), max_value=date(2099, 12, 31)))
def test_every_serial_day_is_the_spreadsheet_day(day: date) -> None:
    assert read("opened", str((day - date(1899, 12, 30)).days)) == Outcome(day)


@given(st.datetimes(min_value=datetime.fromisoformat("1900-01-01")))
def test_a_time_of_day_is_cut_off(moment: datetime) -> None:
    assert read("opened", moment.isoformat()) == read("opened", str(moment)) == Outcome(moment.date())


def test_serial_days_end_where_slips_begin() -> None:
    first, last = date(1980, 1, 1), date(2099, 12, 31)
    zero = date(1899, 12, 30)
    for day, known in ((first, True), (first - timedelta(1), False), (last, True), (last + timedelta(1), False)):
        assert (read("opened", str((day - zero).days)).value == day) is known


@pytest.mark.parametrize("text", ["是", "有", "true", "True", "TRUE", "yes", "Y", "1", "√", "对", "１"])
def test_true(text: str) -> None:
    assert read("active", text) == Outcome(True)


@pytest.mark.parametrize("text", ["否", "无", "没有", "false", "FALSE", "no", "N", "0", "×", "0.0"])
def test_false(text: str) -> None:
    assert read("active", text) == Outcome(False)


@pytest.mark.parametrize("text", ["2", "也许", "是的吧", "部分"])
def test_neither_true_nor_false(text: str) -> None:
    assert read("active", text) == UNREADABLE


@pytest.mark.parametrize(
    "text", ["open_pit", "露天", "open-pit", "露天开采", "OPEN_PIT", " 露 天 ", "ｏｐｅｎ＿ｐｉｔ"]
)
def test_codes_by_code_label_and_alias(text: str) -> None:
    assert read("method", text) == Outcome("open_pit")


@pytest.mark.parametrize("text", ["露天坑", "open", "井工"])
def test_no_near_miss_is_a_code(text: str) -> None:
    assert read("method", text) == UNREADABLE


def test_a_word_of_the_code_list_comes_before_the_words_for_nothing() -> None:
    assert read("method", "无") == read("method", "none") == Outcome("none")
    assert read("method", "-") == MISSING


@pytest.mark.parametrize("word", sorted(words.MISSING))
def test_words_for_nothing(word: str) -> None:
    for field in ("name", "town", "scale", "shifts", "opened", "tags", "tn"):
        assert read(field, word) == read(field, f" {word}\u3000") == MISSING


def test_the_word_wu_depends_on_the_field() -> None:
    assert read("name", "无") == Outcome("无")
    assert read("active", "无") == Outcome(False)
    assert read("scale", "无") == read("opened", "无") == read("tags", "无") == MISSING


@pytest.mark.parametrize("word", sorted(words.ERRORS))
def test_failed_formulas_are_unreadable_everywhere(word: str) -> None:
    for field in ("name", "town", "method", "scale", "shifts", "active", "opened"):
        assert read(field, word) == UNREADABLE


def test_text_loses_only_the_blanks_around_it() -> None:
    assert read("name", "\u3000\ufeff 一号  矿\u200b\n") == Outcome("一号  矿")
    assert read("name", "００１") == Outcome("００１")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("tags", "甲；乙;丙、丁", ["甲", "乙", "丙", "丁"]),
        ("tags", "甲\n乙", ["甲", "乙"]),
        ("tags", " 甲 ； ", ["甲"]),
        ("ways", "干法、wet", ["dry", "wet"]),
        ("depths", "1,200；3km", [1200.0, 3000.0]),
    ],
)
def test_lists(field: str, text: str, value: list[object]) -> None:
    assert read(field, text) == Outcome(value)


def test_one_bad_item_spoils_the_list() -> None:
    assert read("ways", "干法、半干法") == UNREADABLE
    assert read("depths", "1；约2") == UNREADABLE
    assert read("tags", "甲；-；乙") == UNREADABLE
