"""Lines of Chinese and English wrapped to a width."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hegui.report.layout import Page, pad, wrap
from hegui.terminal import width


def lines(text: str, first: int, rest: int | None = None) -> list[str]:
    return [row.rstrip() for row in wrap(text, first, rest or first)]


def test_words_stay_whole() -> None:
    assert lines("the scale on its licence", 12) == ["the scale on", "its licence"]


def test_chinese_breaks_anywhere_but_not_before_a_comma_or_after_a_bracket() -> None:
    assert lines("应当按批准，方案开采", 10) == ["应当按批", "准，方案开", "采"]
    assert lines("应当按（批准）", 8) == ["应当按", "（批准）"]


def test_later_lines_may_be_narrower() -> None:
    assert lines("一二三四五六七八", 8, 4) == ["一二三四", "五六", "七八"]


def test_a_word_longer_than_a_line_stands_alone() -> None:
    assert lines("see https://example.org/a-long-address now", 12) == [
        "see",
        "https://example.org/a-long-address",
        "now",
    ]


@example("a中 。。。", 8)
@given(st.text(alphabet="ab 中文，。（）", max_size=60), st.integers(8, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, columns: int) -> None:
    rows = lines(text, columns)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    for row in rows:
        assert width(row) <= columns or len(lines(row, 1)) == 1


@pytest.mark.parametrize(
    ("text", "right", "expected"), [("矿", False, "矿  "), ("7", True, "   7"), ("矿山石头", True, "矿山石头")]
)
def test_padding_counts_terminal_columns(text: str, right: bool, expected: str) -> None:
    assert pad(text, 4, right) == expected


def test_there_is_never_more_than_one_empty_line_nor_one_at_the_top() -> None:
    page = Page(40)
    page.blank()
    page.add("a")
    drained = list(page.drain())
    page.blank()
    page.blank()
    page.add("b")
    assert [*drained, *page.drain()] == ["a\n", "\n", "b\n"]


def test_further_lines_hang() -> None:
    page = Page(24)
    page.add("one two three four five six", indent=2, hang=2)
    assert list(page.drain()) == ["  one two three four\n", "    five six\n"]
