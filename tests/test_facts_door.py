"""The door: cells, rows, keys, references and orphans. Nothing is dropped without a word, nothing crashes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from facts_kit import bound, frame, problems, reason, rows_of, told, values, vocabulary
from hypothesis import given
from hypothesis import strategies as st

from hegui.facts import from_rows
from hegui.facts.problems import NOTES, WORDS, describe
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE, DataProblem, Place
from hegui.source import FactsError, Source, read_yaml
from hegui.vocabulary import load_vocabulary, schema

MINES = [{"id": "M1"}, {"id": "M2"}]


def test_tables_have_the_types_of_the_schema_and_their_hidden_columns() -> None:
    registry = rows_of(mine=[{"id": "M1"}], remark=[])
    assert set(registry.tables) == {"mine", "remark"}
    for kind in registry.tables:
        table = frame(registry, kind)
        wanted = schema(vocabulary().kinds[kind])
        assert {name: table.schema[name] for name in wanted} == wanted
        assert [table.schema[name] for name in (ROW, SOURCE, LINE)] == [pl.Int64, pl.Int32, pl.Int64]
        assert not [name for name in table.columns if "#" in name and name not in (ROW, SOURCE, LINE)]


def test_rows_are_in_order_of_their_keys_and_numbered() -> None:
    registry = rows_of(
        mine=[{"id": name} for name in ("b", "a", "矿", "B", "10", "9")],
        mine_year=[{"mine": mine, "year": year} for mine, year in (("b", 2), ("a", 10), ("a", 9), ("b", 1))],
    )
    assert [row["id"] for row in values(registry, "mine")] == ["10", "9", "B", "a", "b", "矿"]
    assert [(row["mine"], row["year"]) for row in values(registry, "mine_year")] == [
        ("a", 9),
        ("a", 10),
        ("b", 1),
        ("b", 2),
    ]
    assert frame(registry, "mine_year")[ROW].to_list() == [0, 1, 2, 3]
    assert frame(registry, "mine_year")[LINE].to_list() == [3, 2, 4, 1]


def test_an_unusable_cell_is_missing_and_its_row_stays() -> None:
    registry = rows_of(mine=[{"id": "M1", "scale": "约3万", "method": "半地下", "opened": "2024年3月", "shifts": 1.5}])
    assert values(registry, "mine") == [{"id": "M1"}]
    for field in ("scale", "method", "opened", "shifts"):
        assert reason(registry, "mine", field) == "unreadable"
    raws = {"scale": "约3万", "method": "半地下", "opened": "2024年3月", "shifts": "1.5"}
    assert sorted(told(registry)) == sorted(("unreadable", "M1", field, raw) for field, raw in raws.items())
    assert {each.place.row for each in problems(registry) if each.place} == {1}


def test_missing_cells_have_no_reason_and_no_problem() -> None:
    registry = rows_of(mine=[{"id": "M1", "scale": "-", "name": "无数据", "tn": "未检出"}])
    assert values(registry, "mine") == [{"id": "M1"}]
    assert (reason(registry, "mine", "scale"), registry.problems) == (None, ())


def test_a_bound_is_kept_beside_its_field() -> None:
    registry = rows_of(mine=[{"id": "M1", "tn": "<0.05"}, {"id": "M2", "tn": 1}, {"id": "M3"}])
    assert [bound(registry, "mine", "tn", row) for row in range(3)] == [0.05, None, None]
    assert [reason(registry, "mine", "tn", row) for row in range(3)] == ["below detection", None, None]
    assert registry.problems == ()


def test_private_texts_are_never_reported() -> None:
    rows = [{"id": "M1", "phone": "139"}, {"id": "M1", "phone": "138"}, {"id": "M2", "phone": {"a": "137"}}]
    registry = rows_of(mine=rows)
    found = [each for each in problems(registry) if each.field == "phone"]
    assert [(each.problem, each.raw) for each in found] == [("conflicting", None), ("unreadable", None)]
    assert "13" not in repr(registry.problems)


# --- keys


@pytest.mark.parametrize("key", [None, "", "-", "无数据", "合计", "总计", "#REF!", {"a": 1}])
def test_a_row_without_a_usable_key_is_set_aside(key: object) -> None:
    registry = rows_of(mine=[{"id": key, "name": "x", "shifts": 1}, {"id": "M2"}])
    assert values(registry, "mine") == [{"id": "M2"}]
    found = problems(registry)
    assert [(each.problem, each.field, each.entity) for each in found] == [("unusable key", "id", None)]
    assert found[0].place == Place("(rows)", None, 1, "id")


def test_the_raw_text_of_an_unusable_key_is_its_whole() -> None:
    registry = rows_of(mine_year=[{"mine": "M1", "year": "二〇二三"}, {"mine": "M1", "year": 2023}])
    assert told(registry) == [("unusable key", None, "year", "M1, 二〇二三")]


def test_other_problems_of_a_row_set_aside_are_reported_too() -> None:
    registry = rows_of(mine=[{"id": "-", "scale": "约3"}])
    assert sorted(told(registry)) == [("unreadable", None, "scale", "约3"), ("unusable key", None, "id", "-")]


def test_a_row_set_aside_keeps_its_parents_relation_open() -> None:
    registry = rows_of(
        mine=MINES, licence=[{"id": "L1", "mine": "M2"}, {"mine": "M1", "town": "T1"}, {"mine": "M9"}, {}]
    )
    table = frame(registry, "licence")
    assert table.select("id", "mine", "town", GHOST).rows() == [("L1", "M2", None, False), (None, "M1", None, True)]
    assert registry.orphans == {"licence": 1}


def test_a_kind_without_ghosts_has_no_ghost_column() -> None:
    registry = rows_of(mine=MINES, licence=[{"id": "L1", "mine": "M1"}])
    assert GHOST not in frame(registry, "licence").columns


def test_a_ghost_keeps_the_part_of_its_key_that_is_the_parent() -> None:
    registry = rows_of(mine=MINES, mine_year=[{"mine": "M1", "year": "?"}, {"mine": "M2", "year": 2023}])
    table = frame(registry, "mine_year")
    assert table.select("mine", "year", GHOST).rows() == [("M2", 2023, False), ("M1", None, True)]
    assert table[ROW].to_list() == [0, 1]


def test_a_missing_key_column_is_said_once() -> None:
    registry = rows_of(mine=[{"name": "一"}, {"name": "二"}])
    assert values(registry, "mine") == []
    assert [(each.problem, each.field, each.hint) for each in problems(registry)] == [("no key column", "id", "2")]


def test_a_kind_without_key_keeps_every_row() -> None:
    rows = [{"text": "甲"}, {"text": "甲"}, {"text": "-", "about": "M1"}, {"text": "乙"}]
    registry = rows_of(remark=rows)
    assert [row["text"] for row in values(registry, "remark", "text")] == ["甲", "甲", None, "乙"]
    assert registry.problems == ()


def test_identical_rows_merge() -> None:
    registry = rows_of(mine=[{"id": "M1", "scale": 5, "tags": ["a"]}, {"id": "M1", "scale": "5.0", "tags": "a"}])
    assert values(registry, "mine") == [{"id": "M1", "scale": 5.0, "tags": ["a"]}]
    found = problems(registry)
    assert [(each.problem, each.entity, each.hint, each.place and each.place.row) for each in found] == [
        ("duplicate row", "M1", "1", 2)
    ]


def test_rows_that_disagree_keep_what_they_agree_on() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "M1", "scale": 5, "name": "一", "tags": ["a"], "tn": "<0.05", "depth": "x"},
        {"id": "M1", "scale": 5, "name": "二", "tags": ["b"], "tn": "<0.1", "depth": None},
        {"id": "M1", "scale": 5, "name": "一", "tags": ["a"], "tn": "<0.05", "depth": "x"},
        {"id": "M1", "scale": 5, "name": None, "tags": ["a"], "tn": "<0.05", "depth": "x"},
    ]
    registry = rows_of(mine=rows)
    assert values(registry, "mine") == [{"id": "M1", "scale": 5.0}]
    assert {field: reason(registry, "mine", field) for field in ("name", "tags", "tn", "depth", "scale")} == {
        "name": "conflicting", "tags": "conflicting", "tn": "conflicting", "depth": "unreadable", "scale": None
    }  # fmt: skip
    assert bound(registry, "mine", "tn") is None
    assert [(each.problem, each.place and each.place.row) for each in problems(registry) if each.field is None] == [
        ("duplicate key", 2), ("duplicate row", 3), ("duplicate key", 4)
    ]  # fmt: skip
    conflicts = [(each.field, each.raw, each.place and each.place.row) for each in problems(registry, "conflicting")]
    assert sorted(conflicts) == [("name", "一 | 二 | ", 2), ("tags", "['a'] | ['b']", 2), ("tn", "<0.05 | <0.1", 2)]


def test_merging_does_not_touch_other_rows() -> None:
    rows = [{"id": f"M{at}", "scale": at, "shifts": "x" if at == 3 else at} for at in range(5)]
    registry = rows_of(mine=[*rows, {"id": "M2", "scale": 9, "shifts": 2}])
    assert [row["id"] for row in values(registry, "mine")] == ["M0", "M1", "M2", "M3", "M4"]
    assert [row["scale"] for row in values(registry, "mine", "scale")] == [0.0, 1.0, None, 3.0, 4.0]
    assert [reason(registry, "mine", "shifts", row) for row in range(5)] == [None, None, None, "unreadable", None]


# --- references


def test_a_reference_that_points_nowhere_is_unreadable() -> None:
    registry = rows_of(town=[{"id": "T1"}], mine=[{"id": "M1", "town": "T9"}, {"id": "M2", "town": "T1"}])
    assert values(registry, "mine", "town") == [{"town": None}, {"town": "T1"}]
    assert reason(registry, "mine", "town") == "unreadable"
    assert [(each.problem, each.entity, each.raw, each.hint) for each in problems(registry)] == [
        ("broken reference", "M1", "T9", "town")
    ]


def test_a_reference_into_a_table_that_was_not_supplied_stays() -> None:
    registry = rows_of(mine=[{"id": "M1", "town": "T9"}])
    assert (values(registry, "mine", "town"), registry.problems) == ([{"town": "T9"}], ())
    assert "town" not in registry.tables


def test_a_reference_into_an_empty_table_is_broken() -> None:
    registry = rows_of(town=[], mine=[{"id": "M1", "town": "T9"}])
    assert reason(registry, "mine", "town") == "unreadable"


def test_one_broken_reference_spoils_a_list_of_them() -> None:
    registry = rows_of(mine=MINES, remark=[{"text": "a", "about": ["M1", "M9"]}, {"text": "b", "about": ["M2", "M1"]}])
    assert values(registry, "remark", "about") == [{"about": None}, {"about": ["M2", "M1"]}]
    assert told(registry) == [("broken reference", None, "about", "M1; M9")]


def test_a_key_with_a_broken_reference_sets_the_row_aside() -> None:
    registry = rows_of(mine=MINES, mine_year=[{"mine": "M9", "year": 2023}, {"mine": "M1", "year": 2023}])
    assert [row["mine"] for row in values(registry, "mine_year")] == ["M1"]
    assert told(registry) == [("broken reference", "M9,2023", "mine", "M9")]
    assert registry.orphans == {"mine_year": 1}


def test_a_reference_to_a_row_set_aside_is_broken() -> None:
    registry = rows_of(mine=[{"id": "合计"}, {"id": "M1"}], licence=[{"id": "L1", "mine": "合计"}])
    assert {each.problem for each in problems(registry)} == {"unusable key", "broken reference"}


def test_orphans_are_counted_and_told() -> None:
    licences = [
        {"id": "L1", "mine": "M1"},
        {"id": "L2", "mine": "M9"},
        {"id": "L3", "mine": "#REF!"},
        {"id": "L4"},
        {"id": "L5", "mine": "M1"},
        {"id": "L5", "mine": "M2"},
    ]
    registry = rows_of(mine=MINES, licence=licences)
    assert registry.orphans == {"licence": 4}
    assert [(each.problem, each.entity) for each in problems(registry, "no parent")] == [("no parent", "L4")]
    assert problems(registry, "no parent")[0].hint == "mine"


CHAIN = """\
kind: case
label: {zh: 案件, en: case}
key: id
fields:
  id: {type: string, label: {zh: 案件编号}}
  repeats: {type: ref, to: case, label: {zh: 原案件编号}}
has_many:
  again: {kind: case, by: repeats, label: {zh: 重复案件}}
"""


def test_the_first_of_a_chain_is_no_orphan() -> None:
    words, found = load_vocabulary(read_yaml(Source("case.yaml", CHAIN)))
    assert not found
    registry = from_rows(words, {"case": [{"id": "A"}, {"id": "B", "repeats": "A"}, {"id": "C", "repeats": "Z"}]})
    assert registry.orphans == {"case": 1}
    assert [(each.problem, each.entity) for each in registry.problems] == [("broken reference", "C")]


def test_where_no_parents_were_supplied_there_are_no_orphans() -> None:
    registry = rows_of(licence=[{"id": "L1", "mine": "M1"}])
    assert (registry.orphans, registry.problems) == ({}, ())


def test_later_papers_are_only_a_note() -> None:
    rows = [{"id": "M1", "seen_on": "2024-03-12", "opened": "2030-01-01"}, {"id": "M2", "seen_on": "2024-03-11"}]
    registry = from_rows(vocabulary(), {"mine": rows}, as_of=date(2024, 3, 11))
    assert [(each.problem, each.entity, each.field, each.hint) for each in registry.problems] == [
        ("later than as_of", "M1", "seen_on", "2024-03-11")
    ]
    assert values(registry, "mine", "seen_on")[0] == {"seen_on": date(2024, 3, 12)}


# --- rows in memory


def test_values_may_be_python_values_or_texts() -> None:
    rows = [{"id": "M1", "scale": 5, "active": True, "opened": date(2024, 3, 11), "tags": ("a", "b"), "depth": 1.5}]
    assert values(rows_of(mine=rows), "mine") == [
        {"id": "M1", "scale": 5.0, "active": True, "opened": date(2024, 3, 11), "tags": ["a", "b"], "depth": 1.5}
    ]


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(FactsError) as caught:
        from_rows(vocabulary(), {"mien": []})
    assert caught.value.diagnostics[0].hint_text() == "did you mean `mine`?"


def test_no_rows_are_an_empty_table() -> None:
    registry = rows_of(mine=[])
    assert frame(registry, "mine").shape == (0, len(vocabulary().kinds["mine"].fields) + 3)


def test_the_digest_is_that_of_the_rows() -> None:
    one, same, other = rows_of(mine=[{"id": "M1"}]), rows_of(mine=[{"id": "M1"}]), rows_of(mine=[{"id": "M2"}])
    assert one.digest == same.digest != other.digest


# --- words


def test_every_word_has_a_sentence_in_both_languages() -> None:
    assert set(WORDS) > NOTES
    for word in WORDS:
        problem = DataProblem(word, "mine", "M1", "scale", "<raw>", None, "<hint>")
        english, chinese = describe(problem), describe(problem, "zh")
        assert english.isascii()
        assert english != chinese
        assert "{" not in english + chinese
        assert "private" in describe(DataProblem(word, raw=None)) or "<raw>" not in english


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    st.sampled_from(["M1", "M2", "T1", "<0.05", "-", "合计", "露天", "2023年", "#REF!"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)


@given(
    st.fixed_dictionaries(
        {
            kind: st.lists(st.dictionaries(st.sampled_from([*each.fields, "?"]), CELLS, max_size=6), max_size=5)
            for kind, each in vocabulary().kinds.items()
        }
    )
)
def test_whatever_the_rows_every_row_is_accounted_for(rows: dict[str, list[dict[str, object]]]) -> None:
    registry = from_rows(vocabulary(), rows)
    for kind, given_ in rows.items():
        table = frame(registry, kind)
        real = table.filter(~pl.col(GHOST)) if GHOST in table.columns else table
        key = vocabulary().kinds[kind].key
        lost = problems_of(
            registry.problems, kind, {"unusable key", "duplicate row", "duplicate key", "broken reference"}
        )
        assert len(real) <= len(given_)
        said = {row for row, field in lost if field is None or field in key} | set(real[LINE].to_list())
        blank = {at for at, row in enumerate(given_, start=1) if not any(map(filled, row.values()))}
        whole = [each for each in registry.problems if each.problem in ("no key column", "ambiguous column")]
        assert said | blank == set(range(1, len(given_) + 1)) or any(each.kind == kind for each in whole)
        assert real[ROW].to_list() == list(range(len(real)))
        if key:
            assert not any(real[name].null_count() for name in key)
            assert len(real.unique(list(key))) == len(real)


def filled(value: object) -> bool:
    return value is not None and not (
        isinstance(value, str) and not value.strip("".join(map(chr, range(33))) + "\u3000")
    )


def problems_of(found: tuple[DataProblem, ...], kind: str, words: set[str]) -> set[tuple[int, str | None]]:
    return {
        (each.place.row, each.field)
        for each in found
        if each.kind == kind and each.problem in words and each.place and each.place.row
    }
