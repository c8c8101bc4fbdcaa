"""Limits on input: each is in the docs, takes what is at it, and refuses what is beyond it with its own diagnostic."""

from __future__ import annotations

import copy
import json
import pickle
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import drawn_kit
import polars as pl
import pytest
import sample
from facts_kit import read_here
from hostile_kit import BOOK, SHARED, SHEET, old_workbook, pack, parts, row, sheet
from test_checker import problems

from hegui import api, limits, units
from hegui import ruleset as rulesets
from hegui.facts import archive, delimited
from hegui.facts.archive import Archive
from hegui.facts.database_steps import Watch
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
    """A ruleset's, and one of facts."""
    (folder / "mine.yaml").write_text("- {id: M1}\n" + "#" * (count - 11))
    found = [ids(lambda: read_source(folder / "mine.yaml")), ids(lambda: read_here(folder / "mine.yaml"))]
    assert found[0] == found[1]
    return found[0]


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


def json_values(count: int, folder: Path) -> set[str]:
    (folder / "mine.json").write_text('[{"id": "M1", "x": [' + "," * (count - 5) + "]}]")
    refused = ids(lambda: read_here(folder / "mine.json"))
    return refused - {"json-syntax"}  # which is found later, where there are not too many


def json_depth(count: int, folder: Path) -> set[str]:
    (folder / "mine.json").write_text('[{"id": "M1", "x": ' + "[" * (count - 2) + "]" * (count - 2) + "}]")
    return ids(lambda: read_here(folder / "mine.json"))


def xls_bytes(count: int, folder: Path) -> set[str]:
    path = old_workbook(folder / "mine.xls", ["id", "M1"], [[0], [1]])
    path.write_bytes(path.read_bytes() + bytes(count - path.stat().st_size))
    return ids(lambda: read_here(path))


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


def csv_line(count: int, folder: Path) -> set[str]:
    """In UTF-8 and in GB18030; a large file is read 16 bytes at a time here. The limit is of what follows these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "PIECE", 16)
        found = []
        for encoding in ("utf-8", "gb18030"):
            made = f"{'编号' if encoding == 'gb18030' else 'id'}\nM1\n{'x' * 60}\n".encode(encoding)
            (folder / "mine.csv").write_bytes(made + b"y" * (count + 15) + b"\n")
            found.append(ids(lambda: read_here(folder / "mine.csv")))
    return found[0] | found[1]


def csv(folder: Path, text: str) -> set[str]:
    """What is refused, or what is unreadable."""
    (folder / "mine.csv").write_text(text, "utf-8")
    found: set[str] = set()

    def read() -> None:
        found.update(each.problem for each in read_here(folder / "mine.csv").problems if each.problem == "unreadable")

    return ids(read) | found


def workbook_ratio(count: int, folder: Path) -> set[str]:
    """Bytes behind the parts that make up the size, and zeros, so that all is `count` times that; parts that name sheets are gone
    through twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "SMALL", 0)
        path = pack(folder / "矿山.xlsx", parts())
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("xl/media/zeros", b"\0" * 1_000_000)
        with zipfile.ZipFile(path) as opened:
            unpacked = Archive(opened, 1 << 40, 1 << 40)
            unpacked.look()
            start = opened.start_dir
        size, body = -(-unpacked.unpacked // count), path.read_bytes()
        room = size - len(body)
        at = struct.pack("<I", start + room)  # where the directory is, as its end says
        path.write_bytes(body[:start] + bytes(room) + body[start:-6] + at + body[-2:])
        return ids(lambda: read_here(path))


def workbook_part(count: int, folder: Path) -> set[str]:
    book = str(parts()[BOOK])
    return ids(
        lambda: read_here(pack(folder / "矿山.xlsx", parts() | {BOOK: book + " " * (count - len(book.encode()))}))
    )


def workbook_names(count: int, folder: Path) -> set[str]:
    more = '<sheet name="{0}" sheetId="{0}" r:id="rId1"/>'
    book = str(parts()[BOOK]).replace("</sheets>", "".join(more.format(at) for at in range(2, count + 1)) + "</sheets>")
    return ids(lambda: read_here(pack(folder / "矿山.xlsx", parts() | {BOOK: book})))


def fields(count: int, folder: Path) -> set[str]:
    """In two layers, so to speak: a document that extends the kind counts, too."""
    more = ", ".join(f"f{at}: {{type: int}}" for at in range(count - 1))
    return ruleset(folder, f"kind: k\nextends: true\nfields: {{{more}}}\n")


def sources(count: int, folder: Path) -> set[str]:
    (folder / "mine.csv").write_text("id\nM1\n")
    (folder / "registry.yaml").write_text("sources:\n" + "  - {kind: mine, file: mine.csv}\n" * count)
    return ids(lambda: read_here(folder))


def files(count: int, folder: Path) -> set[str]:
    (folder / "mine.csv").write_text("id\nM1\n")
    for at in range(count - 1):
        (folder / f"x{at}.csv").write_text("a\n")
    return ids(lambda: read_here(folder))


def table_cells(count: int, folder: Path) -> set[str]:
    """Rows of ten cells each and, where `count` is one more, a wider one."""
    rows = [dict.fromkeys(["id", *"abcdefghi"], f"M{at}") for at in range(count // 10)]
    rows[-1] |= {f"x{at}": "1" for at in range(count % 10)}
    text = "\n".join(",".join(row.values()) for row in [dict(zip(rows[0], rows[0], strict=True)), *rows[:-2], rows[-1]])
    (folder / "json").mkdir()
    (folder / "json" / "mine.json").write_text(json.dumps(rows))
    (folder / "mine.csv").write_text(text + "\n")
    found = [ids(lambda: read_here(folder / "mine.csv")), ids(lambda: read_here(folder / "json" / "mine.json"))]
    assert found[0] == found[1]
    return found[0]


def parquet_texts(count: int, folder: Path) -> set[str]:
    pl.DataFrame({"id": ["M1", "x" * (count - 2)]}).write_parquet(folder / "mine.parquet")
    return ids(lambda: read_here(folder / "mine.parquet"))


def workbook_texts(count: int, folder: Path) -> set[str]:
    """A text in ten cells, and what is left in an eleventh; behind the last text there are tags, so that is another."""
    tenth, rest = divmod(count, 10)
    texts = "".join(f"<si><t>{'x' * size}</t></si>" for size in (tenth, rest, 0))
    found = dict(parts()) | {SHARED: f"<sst>{texts}</sst>"}
    cells = "".join(row(at, f'<c r="B{at}" t="s"><v>{at // 12}</v></c>') for at in range(2, 13))
    return ids(lambda: read_here(pack(folder / "矿山.xlsx", found | {SHEET: sheet(cells)})))


def sqlite_value(count: int, folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        connection.execute("create table mine (id text, name text)")
        connection.execute("insert into mine values ('M1', ?)", ("x" * count,))
        connection.commit()
    return ids(lambda: read_here(f"sqlite:///{folder / 'x.db'}"))


def sqlite_bytes(count: int, folder: Path) -> set[str]:
    """Two values of 16 bytes, and their texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SQLITE_RATIO", 0)
        return sqlite_value(count - 34, folder)


def sqlite_ratio(count: int, folder: Path) -> set[str]:
    """A view that gives one text of so many times the size of its file."""
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        connection.execute("create table size (bytes int)")
        connection.execute("create view mine as select 'M1' as id, printf('%.*c', bytes, 'x') as name from size")
        connection.commit()
        size = (folder / "x.db").stat().st_size
        connection.execute("insert into size values (?)", (count * size - 34,))
        connection.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SQLITE_BYTES", 0)
        return ids(lambda: read_here(f"sqlite:///{folder / 'x.db'}"))


def sqlite_steps(count: int, _: Path) -> set[str]:
    """The look at every step, without SQLite."""
    watch = Watch()
    watch.every = 1
    look = watch._looking()
    next(look)
    return {"database-endless"} if True in [next(look) for _ in range(count)] else set()


def table_rows(count: int, folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        connection.execute("create table mine (id text)")
        connection.executemany("insert into mine values (?)", [(f"M{at}",) for at in range(count)])
        connection.commit()
    return ids(lambda: read_here(f"sqlite:///{folder / 'x.db'}"))


def run_bytes(count: int, folder: Path) -> set[str]:
    text = "".join(sample.run().to_json())
    (folder / "run.json").write_text(text + " " * (count - len(text.encode())), "utf-8")
    return ids(lambda: api.read_run(folder / "run.json"))


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
    "KIND_FIELDS": (fields, 20),
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
    "RUN_BYTES": (run_bytes, 100_000),
    "MANIFEST_SOURCES": (sources, 5),
    "FACTS_FILES": (files, 5),
    "JSON_BYTES": (json_bytes, 1000),
    "JSON_VALUES": (json_values, 100),
    "JSON_DEPTH": (json_depth, None),
    "WORKBOOK_BYTES": (workbook_bytes, 50_000),
    "WORKBOOK_RATIO": (workbook_ratio, None),
    "WORKBOOK_PART": (workbook_part, 5000),
    "WORKBOOK_NAMES": (workbook_names, 12),
    "WORKBOOK_SHEETS": (sheets, 5),
    "WORKBOOK_CELLS": (sheet_cells, 260),
    "WORKBOOK_TEXTS": (workbook_texts, 10_000),
    "XLS_BYTES": (xls_bytes, 10_000),
    "CSV_COLUMNS": (lambda count, folder: csv(folder, "id" + "," * (count - 1) + "\nM1\n"), None),
    "CSV_CELL": (lambda count, folder: csv(folder, f"id,x\nM1,{'x' * count}\n"), 50_000),
    "CSV_LINE": (csv_line, 1000),
    "SQLITE_VALUE": (sqlite_value, 50_000),
    "SQLITE_BYTES": (sqlite_bytes, 1000),
    "SQLITE_RATIO": (sqlite_ratio, None),
    "SQLITE_STEPS": (sqlite_steps, 1000),
    "PARQUET_TEXTS": (parquet_texts, 1000),
    "TABLE_CELLS": (table_cells, 500),
    "TABLE_ROWS": (table_rows, 30),
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


def listed(name: str, limit: Limit) -> str:
    result = f"`{limit.refused}`" if limit.refused else limit.outcome
    return f"| {limit.of} | {int(limit):,} {limit.unit} | {result} | `{name}` |"


def test_the_page_lists_them() -> None:
    shown = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| .* `[A-Z_]+` \|$", line)]
    assert shown == [listed(name, limit) for name, limit in limits.declared().items()]
