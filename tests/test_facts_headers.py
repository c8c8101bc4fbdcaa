"""Headers: exact words, units in brackets, two rows, and what happens where two columns claim one field."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from facts_kit import problems, reason, rows_of, values, vocabulary

from hegui.facts.binding import HEAD, any_header, find_header, read_header, with_header
from hegui.facts.delimited import letters
from hegui.facts.table import RawColumn, RawTable

KINDS = vocabulary().kinds
MINE = KINDS["mine"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("scale", ("scale", None)),
        ("证载生产规模", ("scale", None)),
        ("Licensed Scale", ("scale", None)),
        ("证载生产规模(万吨/年)", ("scale", "万t/a")),
        ("证载生产规模（万吨／年）", ("scale", "万t/a")),
        ("证载生产规模【万吨/年】", ("scale", "万t/a")),
        ("证载生产规模[t/a]", ("scale", "t/a")),
        ("证载\n生产规模 (万吨/年)", ("scale", "万t/a")),
        ("licensed scale (t/a)", ("scale", "t/a")),
        ("总氮(mg/L)", ("tn", "mg/L")),
        ("各层深度(米)", ("depths", "m")),
        ("回采率(%)", ("ratio", "%")),
        ("编号", ("id", None)),
        ("设计生产规模", None),
        ("证载生产规模(设计)", None),
        ("证载生产规模(万吨/年)(2023)", None),
        ("证载生产规模万吨/年", None),
        ("生产规模", None),
        ("矿山名称(全称)", None),
        ("矿山名称(米)", None),
        ("(万吨/年)", None),
        ("", None),
    ],
)
def test_a_header_is_a_field_exactly_or_not_at_all(header: str, found: tuple[str, str | None] | None) -> None:
    assert read_header(header, MINE) == found


def test_the_unit_of_the_header_is_converted() -> None:
    registry = rows_of(
        mine=[{"id": "M1", "证载生产规模(万吨/年)": "0.07", "开采深度(km)": 1.5, "各层深度(km)": ["1", "2"]}]
    )
    assert values(registry, "mine", "scale", "depth", "depths") == [
        {"scale": 700.0, "depth": 1500.0, "depths": [1000.0, 2000.0]}
    ]
    assert registry.sources[0].columns["scale"] == "证载生产规模(万吨/年)"


def test_a_unit_that_does_not_fit_spoils_the_column() -> None:
    registry = rows_of(mine=[{"id": "M1", "证载生产规模(亩)": 5}, {"id": "M2", "证载生产规模(亩)": "-"}])
    assert values(registry, "mine", "scale") == [{"scale": None}, {"scale": None}]
    assert (reason(registry, "mine", "scale"), reason(registry, "mine", "scale", 1)) == ("unreadable", None)
    found = problems(registry)[0]
    assert (found.problem, found.field, found.raw, found.hint) == (
        "incompatible unit",
        "scale",
        "证载生产规模(亩)",
        "t/a",
    )


def test_a_unit_on_a_bare_number_does_not_fit() -> None:
    registry = rows_of(mine=[{"id": "M1", "回采率(%)": 85}])
    assert [each.problem for each in problems(registry)] == ["incompatible unit"]


def test_two_columns_for_one_field_are_both_left_out() -> None:
    registry = rows_of(mine=[{"id": "M1", "depth": 5, "开采深度": 6}, {"id": "M2", "depth": None, "开采深度": ""}])
    assert values(registry, "mine", "depth") == [{"depth": None}, {"depth": None}]
    assert (reason(registry, "mine", "depth"), reason(registry, "mine", "depth", 1)) == ("unreadable", None)
    found = problems(registry)[0]
    assert (found.problem, found.field, found.hint) == ("ambiguous column", "depth", "depth, 开采深度")


def test_columns_that_are_no_field_are_noted() -> None:
    registry = rows_of(mine=[{"id": "M1", "设计规模": 5, " ": 1}])
    assert [(each.problem, each.raw) for each in problems(registry)] == [("unknown column", "设计规模")]


def grid(*rows: Sequence[str | None]) -> RawTable:
    width = max(map(len, rows))
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    columns = [
        RawColumn("", letters(at), pl.Series([row[at] for row in padded], dtype=pl.String)) for at in range(width)
    ]
    return RawTable(tuple(columns), pl.Series(range(1, len(rows) + 1), dtype=pl.Int64), "s", headed=False)


def header_of(*rows: Sequence[str | None]) -> tuple[int, int] | None:
    found = find_header(grid(*rows), MINE)
    return None if found is None else (found.start, found.height)


def test_the_header_is_the_row_that_names_most_fields() -> None:
    assert header_of(["矿山编号", "班次"], ["M1", "2"]) == (0, 1)
    assert header_of(["矿山名称"], ["填表人"], ["矿山编号", "班次"], ["M1", "2"]) == (2, 1)
    assert header_of(["台账"], ["M1", "2"]) is None
    assert header_of(*[["x", "y"]] * HEAD, ["矿山编号", "班次"]) is None


def test_a_row_that_repeats_the_header_further_down_is_not_the_header() -> None:
    assert header_of(["矿山编号", "班次"], ["M1", "2"], ["矿山编号", "班次"]) == (0, 1)


def test_headers_of_two_rows() -> None:
    """A group over several columns, a unit below its word, a cell merged over both rows."""
    top = ["矿山编号", "基本情况", None, "证载生产规模", "开采", None]
    low = [None, "矿山名称", "班次", "万吨/年", "深度(km)", "方式"]
    table = grid(["台账"], top, low, ["M1", "一", "2", "3", "4", "露天"])
    found = find_header(table, MINE)
    assert found is not None
    assert (found.start, found.height, found.matched) == (1, 2, 6)
    headed = with_header(table, found)
    assert headed.lines.to_list() == [4]
    assert [each.header for each in headed.columns] == [
        "矿山编号", "基本情况 矿山名称", "基本情况 班次", "证载生产规模 万吨/年", "开采 深度(km)", "开采 方式"
    ]  # fmt: skip


def test_the_completest_reading_of_a_header_wins() -> None:
    """证载/生产规模 is the field 证载生产规模; a bare 证载生产规模 below another group would be a lesser reading."""
    table = grid(["矿山编号", "证载", "其他"], [None, "生产规模", "证载生产规模"], ["M1", "1", "2"])
    found = find_header(table, MINE)
    assert found is not None
    assert found.height == 2
    assert [each.readings for each in with_header(table, found).columns][1] == ("证载生产规模", "生产规模")


def test_any_header_gives_the_kind_that_fits_best() -> None:
    kinds = list(KINDS.values())
    found = any_header(grid(["矿山编号", "年度", "实际开采量(万吨)"], ["M1", "2023", "5"]), kinds)
    assert found is not None
    assert found[0].name == "mine_year"
    assert any_header(grid(["甲", "乙"], ["1", "2"]), kinds) is None
