"""Whatever is done to a sound ruleset, the loader answers with diagnostics and never with a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.assure.lint import lint
from hegui.source import RulesetError, Source, read_yaml

KIT = Path(__file__).parent / "broken" / "kit"
FULL = """
rule: mine.full
title: {zh: a, en: b}
about: mine_year
answers: mine.town
notice: ["1"]
nature: [{nature: clue, to: 2020-01-01}, {nature: duty, from: 2020-01-02}]
severity: low
authority: {zh: a}
in_force: {from: 2010-01-01, to: 2030-01-01}
occurred: {from: "date(year, 1, 1)", to: "date(year, 12, 31)"}
when: year > 1 && mine.notes.exists(n, n.text == "x")
violation: many
notice_scope: year == 2
message: {zh: "{year} {mine.licensed}", en: "{year + 1}"}
basis:
  - {law: mining-law, version: "2009", article: "1", role: duty, if: "year > 1", gist: {zh: a}, certainty: memory}
remedy: {zh: a, en: b, proposed_workdays: 'param("remedy.days")'}
formerly: [a.b]
examples:
  - name: a
    given: {year: 3, mine: {id: a, years: [{year: 5}]}}
    verdict: undetermined
    causes: ["missing a (2 rows)"]
    as_of: 2024-01-01
---
let: {mine_year: {many: "year > 2 && mine.many"}, mine: {many: "workers > 5"}}
---
calendar: 2027
workdays: [2027-02-20]
holidays: [2027-01-01]
"""
TEXTS = [(KIT / f"{name}.yaml").read_text(encoding="utf-8") for name in ("ruleset", "kinds", "law")]
DOCUMENTS: list[Any] = [each.data for text in [*TEXTS, FULL] for each in read_yaml(Source("text", text))]
WORDS = ["", "x", "mine", "town", "note", "none", "{", "}", "{year}", "year >", "a.b", "..", "2020-13-01", "2020-01-01"]
MORE = [
    "kit",
    "as_of",
    "true",
    "mine.licensed",
    "t",
    "workday",
    "亩",
    "\x00",
    "9" * 30,
    "ref",
    "list",
    "code",
    "string",
]
VALUES: list[Any] = [
    None,
    0,
    -1,
    1.5,
    1e300,
    True,
    [],
    {},
    ["x"],
    [1],
    [[]],
    [None],
    {"": 1},
    {"zh": "x"},
    *WORDS,
    *MORE,
]


def paths(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from paths(inner, (*path, step))


PATHS = [path for index, document in enumerate(DOCUMENTS) for path in paths(document, (index,))]


def mutated(changes: list[tuple[tuple[str | int, ...], Any, str]]) -> list[Any]:
    """The documents with values replaced, dropped, or put under another key."""
    documents = copy.deepcopy(DOCUMENTS)
    for (*above, last), value, deed in changes:
        target: Any = documents
        for step in above:
            target = target[step] if _is_in(step, target) else None
        if isinstance(target, dict) and deed != "replace":
            moved = target.pop(last, None)
            target |= {deed: moved} if deed != "drop" else {}
        elif isinstance(target, dict) or _is_in(last, target):
            target[last] = value
    return documents


def _is_in(step: str | int, target: Any) -> bool:
    """Is there such a step? What stood there may have been replaced by something else."""
    if isinstance(target, list):
        return isinstance(step, int) and step < len(target)
    return isinstance(target, dict) and step in target


CHANGES = st.tuples(
    st.sampled_from(PATHS),
    st.sampled_from(VALUES),
    st.sampled_from(["replace", "replace", "drop", "to", "zh", "kind", ""]),
)


def test_the_documents_are_sound_to_begin_with(tmp_path: Path) -> None:
    assert [found.render() for found in errors(tmp_path, DOCUMENTS)] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_mutations_bring_diagnostics(tmp_path: Path, changes: list[tuple[tuple[str | int, ...], Any, str]]) -> None:
    for found in errors(tmp_path, mutated(changes)):
        assert found.render("en")
        assert found.render("zh")


def errors(folder: Path, documents: list[Any]) -> list[Any]:
    path = folder / "mutated.yaml"
    path.write_text("\n---\n".join(json.dumps(each, ensure_ascii=False) for each in documents), encoding="utf-8")
    try:
        return [found for found in lint(path, today=date(2026, 1, 1)) if found.level == "error"]
    except RulesetError as error:
        pytest.fail(f"lint raised {error}")
