"""Limits on input: each is in the docs, takes what is at it, and refuses what is beyond it with its own diagnostic."""

from __future__ import annotations

import copy
import pickle
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import drawn_kit
import pytest
import sample
from facts_kit import read_here
from test_checker import problems

from hegui import limits, units
from hegui import ruleset as rulesets
from hegui.language.pattern import PatternError
from hegui.language.pattern import parse as pattern
from hegui.limits import Limit
from hegui.source import HeguiError, Source, read_source, read_yaml

PAGE = Path(__file__).parent.parent / "docs" / "limits.md"
HEAD = """
ruleset: r
title: {zh: 规, en: r}
version: "1"
---
kind: k
label: {zh: 种, en: k}
key: id
fields: {id: {type: string, label: {zh: 号, en: id}}}
"""
"""Two documents."""


def ids(doing: Callable[[], object]) -> set[str]:
    """The diagnostics it ends in; none where it goes well."""
    try:
        doing()
    except HeguiError as error:
        for each in error.diagnostics:
            assert each.render("en")
            assert each.render("zh")
            assert each.span is None or 0 <= each.span.start <= len(each.span.source.text)
        return {each.id for each in error.diagnostics}
    except PatternError as error:
        return {error.wording.id}
    except units.UnitError:
        return {"unknown-unit"}
    return set()


def yaml(text: str) -> set[str]:
    return ids(lambda: read_yaml(Source("x.yaml", text)))


def yaml_bytes(count: int, folder: Path) -> set[str]:
    (folder / "x.yaml").write_text("#" * count)
    return ids(lambda: read_source(folder / "x.yaml"))


def yaml_nodes(count: int, _: Path) -> set[str]:
    return yaml("[a]\n---\n[" + "1," * (count - 3) + "]")


def ruleset(folder: Path, *files: str) -> set[str]:
    (folder / "ruleset.yaml").write_text(HEAD, "utf-8")
    for number, text in enumerate(files):
        (folder / f"{number:05}.yaml").write_text(text, "utf-8")
    return ids(lambda: rulesets.load(folder))


def ruleset_bytes(count: int, folder: Path) -> set[str]:
    return ruleset(folder, "#" * (count - len(HEAD.encode())))


def ruleset_documents(count: int, folder: Path) -> set[str]:
    made = "---\n".join(f"calendar: {2027 + number}\n" for number in range(count - 2))
    return ruleset(folder, made)


def name(count: int, folder: Path) -> set[str]:
    law = f'law: {"x" * count}\ntitle: {{zh: 法}}\nkept: {{zh: 留}}\nversions: [{{version: "1", certainty: seen}}]\n'
    return ruleset(folder, law)


def definitions(count: int, folder: Path) -> set[str]:
    """Each is the next one but for the last: a name and what it stands for are two parts."""
    lines = [f"    a{number}: '!a{number + 1}'\n" for number in range((count - 2) // 2)]
    extra = "!" * ((count - 2) % 2)
    last = f"    a{len(lines)}: '{extra}(id == \"x\")'\n"
    return ruleset(folder, "let:\n  k:\n" + "".join(lines) + last)


def definition_nodes(count: int, folder: Path) -> set[str]:
    """A list of texts, with the list's quantifier and what it compares."""
    return ruleset(folder, "let:\n  k:\n    a: 'id in [" + ",".join(['""'] * (count - 4)) + "]'\n")


def conclusion_names(count: int, folder: Path) -> set[str]:
    given = ", ".join(f"m{number}: k" for number in range(count))
    text = (
        "conclusion: c\ntitle: {zh: 未见记录（线索）, en: c}\nnature: duty\nseverity: low\n"
        f"given: {{{given}}}\nabout: {{kind: k, id: m0.id}}\nmessage: {{zh: 甲, en: c}}\n"
        "where: " + " && ".join(["true", *(f"m{number}.id == m0.id" for number in range(1, count))]) + "\n"
    )
    return ruleset(folder, text)


def conclusion_ways(count: int, folder: Path) -> set[str]:
    """Three equalities with a side that is not known in some row, or two with both."""
    given, where = {
        8: ("m: mine, t: town, d: department", "m.town == t.id && m.department == d.id && m.output == t.grade"),
        9: ("m: mine, n: mine", "m.town == n.town && m.department == n.department"),
    }[count]
    about = "about: {kind: mine, id: m.id}"
    rules = drawn_kit.load(folder, drawn_kit.document("c", f"given: {{{given}}}\nwhere: {where}\n{about}"))
    rows = drawn_kit.rows(mine=[{"id": "M1"}], town=[{"id": "T1", "grade": 1}])
    return ids(lambda: drawn_kit.check(rules, rows))


def condition(text: str) -> set[str]:
    return {found for found, _ in problems(text)}


def json_bytes(count: int, folder: Path) -> set[str]:
    body = '[{"id": "M1"}]'
    (folder / "mine.json").write_text(body + " " * (count - len(body)))
    return ids(lambda: read_here(folder / "mine.json"))


def json_depth(count: int, folder: Path) -> set[str]:
    (folder / "mine.json").write_text('[{"id": "M1", "x": ' + "[" * (count - 2) + "]" * (count - 2) + "}]")
    return ids(lambda: read_here(folder / "mine.json"))


def workbook(folder: Path, rows: int = 1) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    for number in range(rows):
        book.active.append(["id" if not number else f"M{number}", "name"])
    book.active.title = "mine"
    book.save(folder / "mine.xlsx")
    return folder / "mine.xlsx"


def workbook_bytes(count: int, folder: Path) -> set[str]:
    path = workbook(folder, 2)
    with zipfile.ZipFile(path) as archive:
        twice = ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")  # looked into before all is unpacked
        size = sum(each.file_size * (1 + (each.filename in twice)) for each in archive.infolist())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/more", b" " * (count - size))
    return ids(lambda: read_here(path))


def sheet_cells(count: int, folder: Path) -> set[str]:
    return ids(lambda: read_here(workbook(folder, -(-count // 26))))


def sheets(count: int, folder: Path) -> set[str]:
    import openpyxl

    book = openpyxl.load_workbook(workbook(folder))
    for at in range(count - 1):
        book.create_sheet(f"s{at}")
    book.save(folder / "mine.xlsx")
    return ids(lambda: read_here(folder / "mine.xlsx"))


def csv(folder: Path, text: str) -> set[str]:
    """What is refused, or what is unreadable."""
    (folder / "mine.csv").write_text(text, "utf-8")
    found: set[str] = set()

    def read() -> None:
        found.update(each.problem for each in read_here(folder / "mine.csv").problems if each.problem == "unreadable")

    return ids(read) | found


def sqlite_value(count: int, folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        connection.execute("create table mine (id text, name text)")
        connection.execute("insert into mine values ('M1', ?)", ("x" * count,))
        connection.commit()
    return ids(lambda: read_here(f"sqlite:///{folder / 'x.db'}"))


def number(count: int, _: Path) -> set[str]:
    try:
        units.to_number("1" + "0" * (count - 3) + ".0", Fraction(1, 10**200))
    except ValueError:
        return {"unreadable"}
    return set()


def entity(count: int, _: Path) -> set[str]:
    row: dict[str, object] = {"id": "Q1"}
    for at in range(count):
        row = {"id": f"Q{at}", "licences": [row]} if at % 2 else {"id": f"L{at}", "quarry": row}
    return ids(lambda: sample.ruleset().check(row, kind="quarry" if count % 2 == 0 else "licence"))


def nested(count: int, _: Path) -> set[str]:
    return yaml("[" * count + "]" * count)


CASES: dict[str, tuple[Callable[[int, Path], set[str]], int | None]] = {
    "YAML_BYTES": (yaml_bytes, None),
    "YAML_NODES": (yaml_nodes, 1000),
    "YAML_DEPTH": (nested, None),
    "RULESET_FILES": (lambda count, folder: ruleset(folder, *[""] * (count - 1)), 20),
    "RULESET_BYTES": (ruleset_bytes, 5000),
    "RULESET_DOCUMENTS": (ruleset_documents, 20),
    "NAME_LENGTH": (name, None),
    "CONCLUSION_NAMES": (conclusion_names, None),
    "CONCLUSION_WAYS": (conclusion_ways, 8),
    "UNIT_LENGTH": (lambda count,
    _: ids(lambda: units.canonical("t" + "*1" * ((count - 1) // 2) + " " * ((count - 1) % 2) + "")), None),
    "CONDITION_LENGTH": (lambda count, _: condition('name == "' + "x" * (count - 10) + '"'), None),
    "CONDITION_NESTING": (lambda count, _: condition("(" * (count - 1) + "open" + ")" * (count - 1)), None),
    "CONDITION_TERMS": (lambda count, _: condition("open" + " || open" * (count - 1)), None),
    "CONDITION_HEIGHT": (lambda count, _: condition("0" + " + 0" * (count - 2) + " == 0"), None),
    "DEFINITION_HEIGHT": (definitions, None),
    "DEFINITION_NODES": (definition_nodes, None),
    "PATTERN_LENGTH": (lambda count, _: ids(lambda: pattern("a" * count)), None),
    "PATTERN_REPEAT": (lambda count, _: ids(lambda: pattern(f"a{{{count}}}")), None),
    "PATTERN_SIZE": (lambda count, _: ids(lambda: pattern("a{100}" * (count // 100) + "a" * (count % 100))), None),
    "PATTERN_DEPTH": (lambda count, _: ids(lambda: pattern("(" * count + "a" + ")" * count)), None),
    "JSON_BYTES": (json_bytes, 1000),
    "JSON_DEPTH": (json_depth, None),
    "WORKBOOK_BYTES": (workbook_bytes, 50_000),
    "WORKBOOK_SHEETS": (sheets, 5),
    "WORKBOOK_CELLS": (sheet_cells, 260),
    "CSV_COLUMNS": (lambda count, folder: csv(folder, "id" + "," * (count - 1) + "\nM1\n"), None),
    "CSV_CELL": (lambda count, folder: csv(folder, f"id,x\nM1,{'x' * count}\n"), 50_000),
    "SQLITE_VALUE": (sqlite_value, 50_000),
    "TEXT_LENGTH": (lambda count, folder: csv(folder, f"id,name\nM1,{'x' * count}\n"), None),
    "WORD_LENGTH": (lambda count, folder: csv(folder, f"id,shifts\nM1,{'7'.zfill(count)}\n"), None),
    "NUMBER_LENGTH": (number, None),
    "ENTITY_DEPTH": (entity, None),
}  # fmt: skip


def test_every_limit_has_a_case() -> None:
    assert list(CASES) == list(limits.declared())


@pytest.mark.parametrize("limit", CASES)
def test_at_a_limit_and_beyond_it(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe, small = CASES[limit]
    declared = limits.declared()[limit]
    if small is not None:
        monkeypatch.setattr(limits, limit, Limit(small, declared.unit, declared.of, declared.refused))
    most = small or int(declared)
    (tmp_path / "at").mkdir()
    (tmp_path / "beyond").mkdir()
    assert probe(most, tmp_path / "at") == set()
    assert probe(most + 1, tmp_path / "beyond") == {declared.refused or "unreadable"}


def test_limits_are_numbers_that_are_copied_whole() -> None:
    for limit in limits.declared().values():
        for copied in (copy.deepcopy(limit), pickle.loads(pickle.dumps(limit))):
            assert (copied, vars(copied)) == (limit, vars(limit))


def row(name: str, limit: Limit) -> str:
    result = f"`{limit.refused}`" if limit.refused else limit.outcome
    return f"| {limit.of} | {int(limit):,} {limit.unit} | {result} | `{name}` |"


def test_the_page_lists_them() -> None:
    shown = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| .* `[A-Z_]+` \|$", line)]
    assert shown == [row(name, limit) for name, limit in limits.declared().items()]
