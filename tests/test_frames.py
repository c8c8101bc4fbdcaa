"""Frames in: whatever library they are of, they mean what the same rows mean in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shipped_kit

import hegui
from hegui.facts import frames, from_frames, from_rows, readers

AS_OF = date(2024, 3, 11)
BANAN = Path(__file__).parent.parent / "facts" / "banan"

TOWNS: dict[str, list[Any]] = {"id": ["T1", "T2"], "name": ["青石镇", "East Bank"]}
MINES: dict[str, list[Any]] = {
    "矿山编号": ["M2", "M1", "M3"],
    "name": ["East", "West", None],
    "镇街": ["T1", "T2", "T9"],
    "method": ["露天", "underground", "open pit?"],
    "density": [2.5, None, 2.75],
    "resource_damage": [True, None, False],
    "over_scale_known_on": [date(2024, 1, 2), None, date(2023, 12, 31)],
    "unheard_of": [1, 2, 3],
}
YEARS: dict[str, list[Any]] = {
    "mine": ["M1", "M1", "M2"],
    "year": [2022, 2023, 2023],
    "实际开采量(万吨/年)": [1.5, 0.07, 12.0],
}
FRAMES = {"town": TOWNS, "矿山": MINES, "mine_year": YEARS}


@pytest.fixture(scope="module")
def ruleset() -> hegui.Ruleset:
    return shipped_kit.loaded("national")


def needs(name: str) -> Any:
    """A library these tests are run with where it is installed (the extra `test` has all but Spark)."""
    return pytest.importorskip(name)


def by_duckdb(columns: dict[str, list[Any]]) -> Any:
    duckdb = needs("duckdb")
    needs("pyarrow")
    frame = pl.DataFrame(columns)  # noqa: F841 (found by its name)
    return duckdb.connect().sql("select * from frame")


LIBRARIES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "polars": pl.DataFrame,
    "polars lazy": pl.LazyFrame,
    "rows": lambda columns: pl.DataFrame(columns).to_dicts(),
    "pandas": lambda columns: needs("pandas").DataFrame(columns),
    "pandas on arrow": lambda columns: needs("pandas").DataFrame(columns).convert_dtypes(dtype_backend="pyarrow"),
    "pandas nullable": lambda columns: needs("pandas").DataFrame(columns).convert_dtypes(),
    "pyarrow": lambda columns: needs("pyarrow").table(columns),
    "duckdb": by_duckdb,
}


def made(library: str) -> dict[str, Any]:
    if library.startswith("pandas"):
        needs("pyarrow")
    return {word: LIBRARIES[library](columns) for word, columns in FRAMES.items()}


def told(registry: hegui.Registry) -> list[tuple[object, ...]]:
    return [
        (each.problem, each.kind, each.entity, each.field, each.raw, each.place and each.place.row)
        for each in registry.problems
    ]


@pytest.fixture(scope="module")
def expected(ruleset: hegui.Ruleset) -> hegui.Registry:
    return hegui.load_registry(made("polars"), ruleset, as_of=AS_OF)


@pytest.mark.parametrize("library", LIBRARIES)
def test_whatever_the_library(library: str, ruleset: hegui.Ruleset, expected: hegui.Registry) -> None:
    found = hegui.load_registry(made(library), ruleset, as_of=AS_OF)
    assert {kind: table.lazy().collect().to_dicts() for kind, table in found.tables.items()} == {
        kind: table.lazy().collect().to_dicts() for kind, table in expected.tables.items()
    }
    assert told(found) == told(expected)
    assert found.digest == expected.digest or library == "rows"
    assert [(each.file, each.sheet, each.kind) for each in found.sources] == [
        ("(frame)", "mine_year", "mine_year"),
        ("(frame)", "town", "town"),
        ("(frame)", "矿山", "mine"),
    ]


def test_rows_with_nan_are_rows_with_gaps(ruleset: hegui.Ruleset) -> None:
    """As they are in frames, and what pandas makes of a gap when it gives rows."""
    nan = float("nan")
    rows = [{"id": "M1", "density": nan, "name": nan, "resource_damage": nan}, {"id": nan, "density": 1.0}]
    gaps = [{name: None if value is nan else value for name, value in row.items()} for row in rows]
    for made in (from_rows, from_frames):
        found, wanted = (made(ruleset.vocabulary, {"mine": each}) for each in (rows, gaps))
        assert found.tables["mine"].lazy().collect().equals(wanted.tables["mine"].lazy().collect())
        assert [each.problem for each in found.problems] == [each.problem for each in wanted.problems]
        assert found.digest == wanted.digest


def test_what_the_door_makes_of_it(expected: hegui.Registry) -> None:
    mines = expected.tables["mine"].lazy().collect()
    assert mines.select("id", "town", "method", "#line").rows() == [
        ("M1", "T2", "underground", 2),
        ("M2", "T1", "open_pit", 1),
        ("M3", None, None, 3),
    ]
    years = expected.tables["mine_year"].lazy().collect()
    assert years["extracted"].to_list() == [15_000.0, 700.0, 120_000.0]
    assert told(expected) == [
        ("unknown column", "mine", None, None, "unheard_of", None),
        ("broken reference", "mine", "M3", "town", "T9", 3),
        ("unreadable", "mine", "M3", "method", "open pit?", 3),
    ]


def test_a_whole_registry_as_frames() -> None:
    """Ba'nan: what was read from its files, given back as typed frames, stays what it is."""
    rules, own = shipped_kit.loaded(), shipped_kit.registry(None)
    fields = {kind: list(rules.vocabulary.kinds[kind].fields) for kind in own.tables}
    rows = {kind: table.lazy().select(fields[kind]).collect() for kind, table in own.tables.items()}
    for kind, table in own.tables.items():  # rows set aside, of which only the parent is known
        if "#ghost" in table.lazy().collect_schema().names():
            rows[kind] = table.lazy().filter(~pl.col("#ghost")).select(fields[kind]).collect()
    found = hegui.load_registry(rows, rules)
    for kind, table in found.tables.items():
        assert table.lazy().select(fields[kind]).collect().equals(rows[kind]), kind


def test_large_frames_are_taken_in_blocks(
    ruleset: hegui.Ruleset, expected: hegui.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BLOCK", 2)
    found = hegui.load_registry(made("polars"), ruleset, as_of=AS_OF)
    assert {kind: table.lazy().collect().to_dicts() for kind, table in found.tables.items()} == {
        kind: table.lazy().collect().to_dicts() for kind, table in expected.tables.items()
    }
    assert (told(found), found.digest) == (told(expected), expected.digest)
    assert readers.BLOCK > 2


def test_types_of_columns(ruleset: hegui.Ruleset) -> None:
    """Every type a column may come in for what it holds."""
    china = timezone(timedelta(hours=8))
    moments = [datetime(2024, 1, 2, 0, 30, tzinfo=china), datetime(2023, 12, 31, 23, 59, tzinfo=china)]
    columns = {
        "id": pl.Series([1, 2]),
        "density": pl.Series([Decimal("2.50"), Decimal("2.75")]),
        "method": pl.Series(["open_pit", "underground"], dtype=pl.Enum(["open_pit", "underground"])),
        "resource_damage": pl.Series([1, 0]),
        "over_scale_known_on": pl.Series(moments).dt.convert_time_zone("Asia/Shanghai"),
        "plan_changes": pl.Series([["scale", "area"], []], dtype=pl.List(pl.String)),
    }
    found = hegui.load_registry({"mine": pl.DataFrame(columns)}, ruleset)
    assert not found.problems
    assert found.tables["mine"].lazy().select(*columns).collect().rows() == [
        ("1", 2.5, "open_pit", True, date(2024, 1, 2), ["scale", "area"]),
        ("2", 2.75, "underground", False, date(2023, 12, 31), []),
    ]


def test_columns_of_mixed_objects_are_read_value_by_value(ruleset: hegui.Ruleset) -> None:
    pandas = needs("pandas")
    needs("pyarrow")
    mixed = {"id": ["M1", 2, "M3"], "density": [2.5, "2.75", "暂无"], "name": ["a", float("nan"), pandas.NA]}
    found = hegui.load_registry({"mine": pandas.DataFrame(mixed)}, ruleset)
    assert not found.problems
    assert found.tables["mine"].lazy().select("id", "density", "name").collect().rows() == [
        ("2", 2.75, None),
        ("M1", 2.5, "a"),
        ("M3", None, None),
    ]


def test_an_empty_frame_is_an_empty_table(ruleset: hegui.Ruleset) -> None:
    for empty in (pl.DataFrame(schema={"id": pl.String}), []):
        found = hegui.load_registry({"mine": empty}, ruleset)
        assert len(found.tables["mine"].lazy().collect()) == 0
        assert not found.problems


GOOD = pl.DataFrame(MINES)
WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an unknown kind": ({"mines": GOOD}, ["there is no kind `mines`", "did you mean `mine`"]),
    "two of one kind": ({"mine": GOOD, "矿山": GOOD}, ["both `mine` and `矿山` are `mine`"]),
    "a text": ({"mine": "mines.csv"}, ["`mine` is a `str`", "give a frame of Polars"]),
    "a series": ({"mine": GOOD["density"]}, ["neither a data frame nor a list of rows"]),
    "columns": ({"mine": MINES}, ["`mine` is a `dict`"]),
    "rows of other things": ({"mine": [{"x": 1}]}, ["frame `mine` has no column for `id`"]),
    "a list of numbers": ({"mine": [1, 2]}, ["`mine` is a `list`"]),
    "no key": (
        {"mine": GOOD.drop("矿山编号")},
        [
            "no column for `id`, which is of the key of `mine`; it has `name`, `镇街`",
            "it may be called `id`, `矿山编号`",
        ],
    ),
    "no columns": ({"mine": pl.DataFrame()}, ["`mine` has no columns, not even `id`", "it may be called `id`"]),
    "a row of nothing": ({"mine": [{}]}, ["`mine` has no columns"]),
    "numbers for headers": (
        {"mine": [{1: "M1"}]},
        ["frame `mine`: the keys of rows are texts, and not `1`", "give `'1'`"],
    ),
    "half a character": (
        {"mine": [{"id": "M1"}, {"id": "M\ud800"}]},
        ["frame `mine`: row 2: `id` has half a character"],
    ),
    "half a character in a header": ({"mine": [{"id": "M1", "\udfff": 1}]}, [r"the key `\udfff` of a row has half"]),
    "half a character in a list": (
        {"mine": [{"id": "M1", "name": ["\ud800"]}]},
        ["row 1: `name` has half a character"],
    ),
    "half a character for a kind": ({"mine\ud800": GOOD}, [r"no kind `mine\ud800`"]),
    "an object": (
        {"mine": [{"id": "M1", "name": object()}]},
        ["row 1: `name` has a `object` in it", "`None` is missing"],
    ),
    "an object in a list": ({"mine": [{"id": "M1", "name": [object()]}]}, ["row 1: `name` has a `object` in it"]),
    "bytes in a row": ({"mine": [{"id": b"M1"}]}, ["row 1: `id` has a `bytes` in it"]),
    "objects": (
        {"mine": pl.DataFrame({"id": ["M1"], "name": pl.Series([object()], dtype=pl.Object)})},
        ["frame `mine`: row 1: `name` has a `object` in it"],
    ),
    "half a key": ({"mine_year": pl.DataFrame(YEARS).drop("year")}, ["no column for `year`"]),
    "a truth for a number": ({"mine": GOOD.with_columns(density=True)}, ["`density`", "type Boolean, which no number"]),
    "a day for a number": ({"mine": GOOD.with_columns(density=pl.lit(AS_OF))}, ["type Date, which no number"]),
    "a record": ({"mine": GOOD.with_columns(name=pl.struct("density"))}, ["type Struct", "no string"]),
    "bytes": ({"mine": GOOD.with_columns(name=pl.lit(b"x"))}, ["type Binary"]),
    "a list for one": ({"mine": GOOD.with_columns(name=pl.concat_list("name"))}, ["type List(String)"]),
    "a truth for a day": ({"mine": GOOD.with_columns(over_scale_known_on=True)}, ["type Boolean, which no date"]),
    "a plan that fails": ({"mine": GOOD.lazy().select(pl.col("nothing"))}, ["frame `mine` cannot be read", "nothing"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused(name: str, ruleset: hegui.Ruleset) -> None:
    given, words = WRONG[name]
    with pytest.raises(hegui.FactsError) as caught:
        hegui.load_registry({"town": pl.DataFrame(TOWNS), **given}, ruleset)
    for each in words:
        assert each in str(caught.value)


def test_a_header_is_proposed_once(ruleset: hegui.Ruleset) -> None:
    town = {"town": pl.DataFrame({"x": ["T1"]})}
    with pytest.raises(hegui.FactsError) as caught:
        hegui.load_registry(town, ruleset)
    words = str(caught.value.hint).split("`")[1::2]
    assert len(words) == len(set(words))


def test_numbers_of_other_libraries_in_rows(ruleset: hegui.Ruleset) -> None:
    numpy = needs("numpy")
    row = {"id": "M1", "density": Decimal("2.75"), "plan_revised": numpy.bool_(True)}
    plain = {"id": "M1", "density": 2.75, "plan_revised": True}
    found, same = (hegui.load_registry({"mine": [each]}, ruleset) for each in (row, plain))
    assert not found.problems
    assert found.tables["mine"].lazy().collect().equals(same.tables["mine"].lazy().collect())
    year = {"mine": "M1", "year": numpy.int64(2023)}
    assert not hegui.load_registry({"mine": [plain], "mine_year": [year]}, ruleset).problems


def test_all_that_is_wrong_is_told_together(ruleset: hegui.Ruleset) -> None:
    given = {"mines": GOOD, "mine": GOOD.with_columns(density=True).drop("矿山编号"), "town": 3}
    with pytest.raises(hegui.FactsError) as caught:
        hegui.load_registry(given, ruleset)
    assert sorted(each.id for each in caught.value.diagnostics) == [
        "frame-column-type", "frame-without-key", "not-a-frame", "unknown-kind",
    ]  # fmt: skip


def test_a_key_in_an_index_is_said_to_be_there(ruleset: hegui.Ruleset) -> None:
    needs("pyarrow")
    frame = needs("pandas").DataFrame(MINES).set_index("矿山编号")
    with pytest.raises(hegui.FactsError) as caught:
        hegui.load_registry({"mine": frame}, ruleset)
    assert caught.value.hint == "an index is no column: give `mine.reset_index()`"
    assert not hegui.load_registry({"town": LIBRARIES["pandas"](TOWNS), "mine": frame.reset_index()}, ruleset).orphans


def test_columns_of_one_name_are_refused(ruleset: hegui.Ruleset) -> None:
    needs("pyarrow")
    frame = needs("pandas").DataFrame([["M1", "M2"]], columns=["id", "id"])
    with pytest.raises(hegui.FactsError, match="cannot be read"):
        hegui.load_registry({"mine": frame}, ruleset)


def test_what_a_frame_raises_is_the_cause(ruleset: hegui.Ruleset) -> None:
    def fails(value: object) -> str:
        raise ZeroDivisionError("user's own function")

    lazy = GOOD.lazy().with_columns(pl.col("name").map_elements(fails, return_dtype=pl.String))
    with pytest.raises(hegui.FactsError, match="cannot be read") as caught:
        hegui.load_registry({"mine": lazy}, ruleset)
    assert caught.value.__cause__ is not None
    assert "user's own function" in str(caught.value)


def test_a_duckdb_query_that_fails(ruleset: hegui.Ruleset, tmp_path: Path) -> None:
    duckdb = needs("duckdb")
    path = tmp_path / "mines.parquet"
    GOOD.write_parquet(path)
    relation = duckdb.connect().sql(f"select * from read_parquet('{path}')")
    path.unlink()
    with pytest.raises(hegui.FactsError, match="frame `mine` cannot be read"):
        hegui.load_registry({"mine": relation}, ruleset)


def test_the_digest_is_of_what_is_used(ruleset: hegui.Ruleset, expected: hegui.Registry) -> None:
    other = {**made("polars"), "矿山": GOOD.drop("unheard_of")}
    assert hegui.load_registry(other, ruleset).digest == expected.digest
    changed = {**made("polars"), "矿山": GOOD.with_columns(density=pl.col("density") + 1)}
    assert hegui.load_registry(changed, ruleset).digest != expected.digest


def test_a_finding_names_the_row_of_the_frame(ruleset: hegui.Ruleset) -> None:
    quick = hegui.load_ruleset(Path(__file__).parent.parent / "examples" / "quickstart" / "rules")
    lifts = pl.DataFrame(
        {"id": ["L9", "L1"], "in_service": True, "rated_load": 1000.0, "tested_load": [1300.0, 1100.0]}
    )
    run = hegui.check(hegui.load_registry({"lift": lifts}, quick), quick, as_of=AS_OF)
    (finding,) = run.findings
    assert lifts["id"][finding.row - 1] == finding.entity == "L1"
    (source,) = run.info.facts.sources
    assert replace(source, digest="") == hegui.facts.registry.SourceTable(
        "(frame)", "lift", "lift", {name: name for name in lifts.columns}
    )


@pytest.mark.spark
def test_frames_of_spark(ruleset: hegui.Ruleset, expected: hegui.Registry) -> None:
    spark = import_module("pyspark.sql").SparkSession.builder.master("local[1]").getOrCreate()
    try:
        schemas = {"density": "double", "resource_damage": "boolean", "over_scale_known_on": "date"}
        given: dict[str, Any] = {}
        for word, columns in FRAMES.items():
            types = {
                name: schemas.get(name, "double" if "量" in name else "int" if isinstance(values[0], int) else "string")
                for name, values in columns.items()
            }
            schema = ", ".join(f"`{name}` {type_}" for name, type_ in types.items())
            given[word] = spark.createDataFrame(list(zip(*columns.values(), strict=True)), schema).coalesce(1)
        found = hegui.load_registry(given, ruleset, as_of=AS_OF)
    finally:
        spark.stop()
    assert {kind: table.lazy().collect().to_dicts() for kind, table in found.tables.items()} == {
        kind: table.lazy().collect().to_dicts() for kind, table in expected.tables.items()
    }
    assert (told(found), found.digest) == (told(expected), expected.digest)


def test_pandas_without_pyarrow(
    ruleset: hegui.Ruleset, expected: hegui.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {word: needs("pandas").DataFrame(columns) for word, columns in FRAMES.items()}
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = hegui.load_registry(given, ruleset, as_of=AS_OF)
    assert (told(found), found.digest) == (told(expected), expected.digest)


def test_what_cannot_be_read_without_pyarrow(ruleset: hegui.Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    relation = by_duckdb(TOWNS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(hegui.FactsError, match="cannot be read") as caught:
        hegui.load_registry({"town": relation}, ruleset)
    assert caught.value.hint == "`pip install pyarrow`"
