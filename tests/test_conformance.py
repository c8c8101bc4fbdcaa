"""The cases under tests/conformance/: expression, facts, value, on every engine; for readers outside Python too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from evaluation import ENGINES, Facts

from hegui import facts
from hegui.source import Source, read_source, read_yaml
from hegui.vocabulary import load_vocabulary

FOLDER = Path(__file__).parent / "conformance"
VOCABULARY, PROBLEMS = load_vocabulary(read_yaml(read_source(FOLDER / "vocabulary.yaml")))
CASES = [
    (topic["topic"], case)
    for topic in read_yaml(Source("cases", (FOLDER / "cases.yaml").read_text(encoding="utf-8")))[0].data
    for case in topic["cases"]
]


def test_the_vocabulary_is_sound() -> None:
    assert PROBLEMS == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("topic", "case"), CASES, ids=[f"{topic}: {case['expression']} {case['of']}" for topic, case in CASES]
)
def test_case(topic: str, case: dict[str, Any], engine: str) -> None:
    licences = case.get("licences", [])
    rows: dict[str, list[dict[str, Any]]] = {
        "town": [{"id": "T1", "name": "甲"}, {"id": "T2"}],
        "mine": [{"id": "M1", **case["of"]}],
    }
    if licences != "absent":
        rows["licence"] = [{"id": f"L{number}", "mine": "M1", **row} for number, row in enumerate(licences)]
    asked = Facts(VOCABULARY, {}, ())
    asked.registry = facts.from_rows(VOCABULARY, rows)
    asked.request = type(asked.request)(asked.ruleset, asked.registry, asked.request.as_of, ())
    (found,) = asked.evaluate(engine, asked.compile(case["expression"], "mine"), "mine")
    if "waits" in case:
        assert isinstance(found, tuple)
        assert sorted(map(str, found)) == sorted(case["waits"])
    else:
        assert (type(found), found) == (type(case["is"]), case["is"])
