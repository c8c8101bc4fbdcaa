"""Whole columns: the fast way gives what the cell-by-cell way gives, for every type, on text and on typed sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from facts_kit import vocabulary
from hypothesis import given
from hypothesis import strategies as st

from hegui.datatypes import REASONS, Reason
from hegui.facts import cells, columns, words
from hegui.facts.table import RawColumn


@pytest.fixture(params=[0, columns.FEW], ids=["at once", "few"], autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short columns are read cell by cell: here they are treated as long ones are, too."""
    monkeypatch.setattr(columns, "FEW", request.param)


MINE = vocabulary().kinds["mine"].fields
FIELDS = ["name", "town", "method", "scale", "ratio", "shifts", "active", "opened", "tn", "tags", "ways", "depths"]

TRICKY = [
    *(
        "5",
        " 5",
        "5 ",
        "+5",
        "-0",
        "0",
        "5.",
        ".5",
        "1_000",
        "0x1F",
        "1f",
        "1d",
        "infinity",
        "nan",
        "NaN",
        "-inf",
        "1e5",
    ),
    *("1E5", "1e400", "٣", "5e-324", "1.7976931348623157e308", "9007199254740991", "-9007199254740993", "007", "1.0"),
    *("0.30000000000000004", "2.000000000000005", "0.1234567890123456789", "123456789012345678", "1e-7", "1.5e-7"),
    *("2024-03-11", "2024-3-11", "0024-03-11", "12024-03-11", "1899-12-31", "1900-01-01", "9999-12-31", " 2024-03-11"),
    *(
        "TRUE",
        "true",
        "t",
        "1",
        "是",
        "open_pit",
        "OPEN_PIT",
        "露天",
        "无",
        "-",
        "",
        " ",
        "\u3000",
        "\ufeff",
        "a\u200b",
    ),
    *("N/A", "#REF!", "#N/A", "甲;乙", "干法", "<0.05", "0.05L", "5mg/L", "5万吨/年", "1,234", "合计", "null", "1 2"),
]


def pairs(field: str, texts: list[str], unit: str | None = None) -> list[tuple[object, object]]:
    """What the column says of each text, and what the cell does."""
    settled = columns.settle(RawColumn("h", "A", pl.Series(texts, dtype=pl.String)), MINE[field], unit)
    read = cells.reader(MINE[field], unit)
    return [(shown(settled, row), expected(read(text))) for row, text in enumerate(texts)]


def shown(settled: columns.Settled, row: int) -> tuple[Any, Reason | None, float | None]:
    value = settled.values[row]
    reason = settled.why[row] if settled.why is not None else None
    bound = settled.below[row] if settled.below is not None else None
    value = value.to_list() if isinstance(value, pl.Series) else value
    return value, None if reason is None else REASONS[reason], bound


def expected(outcome: cells.Outcome) -> tuple[Any, Reason | None, float | None]:
    reason = None if outcome.reason is Reason.MISSING else outcome.reason
    value = outcome.value
    return cells.round_double(value) if isinstance(value, float) else value, reason, outcome.bound


@pytest.mark.parametrize("field", FIELDS)
def test_tricky_texts(field: str) -> None:
    for column, cell in pairs(field, TRICKY):
        assert column == cell


@pytest.mark.parametrize(
    ("field", "unit"), [("scale", "万t/a"), ("scale", "kg/a"), ("scale", "t/month"), ("tn", "μg/L")]
)
def test_tricky_texts_in_another_unit(field: str, unit: str) -> None:
    for column, cell in pairs(field, TRICKY, unit):
        assert column == cell


NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.decimals(
    allow_nan=False, allow_infinity=False, places=4
).map("{:f}".format)
WORDS = (
    st.sampled_from(TRICKY) | st.sampled_from(sorted(words.MISSING | words.TRUE | words.FALSE)) | st.text(max_size=6)
)


@given(st.sampled_from(FIELDS), st.lists(NUMBERS | WORDS | st.dates().map(str), max_size=8))
def test_any_texts(field: str, texts: list[str]) -> None:
    for column, cell in pairs(field, texts):
        assert column == cell


@given(st.sampled_from(["万t/a", "kg/a", "t/month", "g/a"]), st.lists(NUMBERS, max_size=8))
def test_any_numbers_in_another_unit(unit: str, texts: list[str]) -> None:
    for column, cell in pairs("scale", texts, unit):
        assert column == cell


def settle(field: str, series: pl.Series) -> list[tuple[Any, Reason | None, float | None]]:
    settled = columns.settle(RawColumn("h", "h", series), MINE[field])
    assert len(settled.values) == len(series)
    return [shown(settled, row) for row in range(len(series))]


@given(st.lists(st.floats(width=64), max_size=10))
def test_typed_doubles_are_rounded_like_their_texts(numbers: list[float]) -> None:
    read = cells.reader(MINE["ratio"])
    assert settle("ratio", pl.Series(numbers, dtype=pl.Float64)) == [expected(read(repr(each))) for each in numbers]


def test_many_doubles_are_rounded_at_once() -> None:
    numbers = [at / 7 * 10.0 ** (at % 30 - 12) for at in range(1, 5000)]
    found = columns.settle(RawColumn("h", "h", pl.Series(numbers)), MINE["ratio"]).values.to_list()
    assert found == [cells.round_double(each) for each in numbers]


BAD = (None, Reason.UNREADABLE, None)
DAY = date(2024, 3, 11)


@pytest.mark.parametrize(
    ("field", "series", "wanted"),
    [
        ("ratio", pl.Series([1, None, 3]), [1.0, None, 3.0]),
        ("ratio", pl.Series([0.1 + 0.2, -0.0]), [0.3, 0.0]),
        ("ratio", pl.Series([float("nan"), float("inf"), 1e400]), [BAD, BAD, BAD]),
        ("ratio", pl.Series([1.5], dtype=pl.Float32), [1.5]),
        ("ratio", pl.Series([True]), [BAD]),
        ("ratio", pl.Series(["1.50"]).cast(pl.Decimal(10, 2)), [1.5]),
        ("shifts", pl.Series([1.0, 1.5, 2.0**53 - 1, 2.0**53]), [1, BAD, 2**53 - 1, BAD]),
        ("shifts", pl.Series([2**53 - 1, 2**53, 1 - 2**53]), [2**53 - 1, BAD, 1 - 2**53]),
        ("shifts", pl.Series([2**64 - 1], dtype=pl.UInt64), [BAD]),
        ("name", pl.Series([5.0, 5.5, 1e20]), ["5", "5.5", "1e+20"]),
        ("name", pl.Series([5, 6]), ["5", "6"]),
        ("name", pl.Series([DAY]), ["2024-03-11"]),
        ("name", pl.Series(["甲", " 甲 ", "-", None]), ["甲", "甲", None, None]),
        ("name", pl.Series(["甲"], dtype=pl.Categorical), ["甲"]),
        ("method", pl.Series(["open_pit", "none"]), ["open_pit", "none"]),
        ("method", pl.Series(["open_pit"], dtype=pl.Enum(["open_pit"])), ["open_pit"]),
        ("method", pl.Series([1]), [BAD]),
        ("active", pl.Series([True, None, False]), [True, None, False]),
        ("active", pl.Series([1, 0, 2]), [True, False, BAD]),
        ("opened", pl.Series([DAY, date(1850, 1, 1)]), [DAY, BAD]),
        ("opened", pl.Series([datetime.fromisoformat("2024-03-11T23:59")]), [DAY]),
        ("opened", pl.Series([20240311, 45362, 5]), [DAY, DAY, BAD]),
        ("opened", pl.Series([45362.5]), [DAY]),
        ("tags", pl.Series([["甲", " 乙 "], [], None]), [["甲", "乙"], [], None]),
        ("tags", pl.Series(["甲;乙"]), [["甲", "乙"]]),
        ("ways", pl.Series([["干法", "wet"], ["半干"]]), [["dry", "wet"], BAD]),
        ("depths", pl.Series([[1, 2], [None, 3]]), [[1.0, 2.0], [3.0]]),
        ("name", pl.Series([["甲"], None]), [BAD, None]),
        ("scale", pl.Series([{"a": 1}]), [BAD]),
        ("scale", pl.Series([b"1"]), [BAD]),
        ("scale", pl.Series([None, None]), [None, None]),
    ],
)  # fmt: skip
def test_typed_sources(field: str, series: pl.Series, wanted: list[Any]) -> None:
    assert settle(field, series) == [each if isinstance(each, tuple) else (each, None, None) for each in wanted]


def test_a_clean_column_is_not_copied() -> None:
    clean = pl.Series([1.25, None, 3.0])
    assert columns.settle(RawColumn("h", "h", clean), MINE["ratio"]).values is clean


def test_settling_leaves_the_raw_cells_alone() -> None:
    for field, raw in (("active", [True, None]), ("ratio", [0.1 + 0.2, float("nan")]), ("name", ["-", "a"])):
        series = pl.Series(raw)
        columns.settle(RawColumn("h", "h", series), MINE[field])
        assert series.to_list()[:1] == raw[:1]
        assert series.null_count() == pl.Series(raw).null_count()
