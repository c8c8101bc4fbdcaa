"""Every example of every row of the operator table, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation import ENGINES, Facts

from hegui.datatypes import STRING, Text, Type
from hegui.language import reference
from hegui.language.operators import OPERATORS
from hegui.language.signatures import Example, Operator
from hegui.vocabulary import Field, Kind, Vocabulary

THING = Kind("thing", Text("物", "thing"), ("id",), {"id": Field("id", STRING, Text("编号", "id"))})
FACTS = Facts(Vocabulary({"thing": THING}), {"thing": [{"id": "a"}, {"id": "b"}]})
CASES = [(row, example) for row in OPERATORS.values() for example in row.examples]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("row", "example"), CASES, ids=[f"{row.key}: {example.text}" for row, example in CASES])
def test_example(row: Operator, example: Example, engine: str) -> None:
    node = FACTS.compile(example.text, "thing")
    values = FACTS.evaluate(engine, node, "thing")
    assert len(values) == 2
    for value in values:
        if example.reason is not None:
            assert isinstance(value, tuple)
            assert [cause.reason for cause in value] == [example.reason]
        else:
            assert value == example.value
            assert type(value) is type(example.value)


@pytest.mark.parametrize("row", OPERATORS.values(), ids=lambda row: row.key)
def test_every_row_is_documented_and_exemplified(row: Operator) -> None:
    assert row.doc
    assert row.examples
    assert row.overloads or row.logic or row.membership


def test_type_of_an_int_times_a_double_is_a_number() -> None:
    assert FACTS.compile("2 * 0.5", "thing").type == Type("number")


def test_the_page_of_operators_is_fresh() -> None:
    page = (Path(__file__).parents[1] / "docs" / "operators.md").read_text(encoding="utf-8")
    assert page == reference.page()
