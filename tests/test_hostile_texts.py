"""Hostile YAML, JSON and conditions: every text is read, or refused by a diagnostic whose place is inside the text.

Cases are drawn from fixed seeds, so that a failure comes back. The long run:

    HEGUI_CASES=20000 python -m pytest -m slow tests/test_hostile_texts.py
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sample
from facts_kit import read_here
from test_checker import FACTS, spans
from test_ruleset_mutations import FULL, KIT
from test_waivers import GOOD as WAIVERS

from hegui import api
from hegui import ruleset as rulesets
from hegui.assure.registries import read_tests
from hegui.language.checker import compile_condition
from hegui.language.parser import parse
from hegui.language.printer import source
from hegui.language.scalar import compile_node
from hegui.ruleset.places import locate
from hegui.source import Diagnostic, HeguiError, Source, read_yaml

TESTED = Path(__file__).parent / "broken" / "tested"
SECONDS = 10.0
"""What no single case takes, however busy the machine: the texts are small."""

RULESET = "---\n".join([*((KIT / f"{name}.yaml").read_text("utf-8") for name in ("ruleset", "kinds", "law")), FULL[1:]])
PARAMETERS = """
parameters:
  p: {type: number, unit: t/a, label: {zh: 甲}, values: [{value: 1.50, certainty: seen, source: {zh: 乙}, to: 2020-01-01}]}
---
accepted:
  - {finding: unused-law, name: some-law, reason: {zh: 备用}}
"""
FACTS_YAML = "mine:\n  - {id: M1, scale: 1.5, since: 2024-01-01, active: true, tags: [a, b]}\n  - {id: M2}\n"
MANIFEST = 'sources:\n  - {kind: mine, file: mine.csv, header: 1, encoding: utf-8, columns: {scale: "规模"}}\n'


def a_ruleset(folder: Path, text: bytes) -> object:
    (folder / "x.yaml").write_bytes(text)
    return rulesets.load(folder / "x.yaml")


def waivers(folder: Path, text: bytes) -> object:
    (folder / "w.yaml").write_bytes(text)
    return api.load_waivers(folder / "w.yaml")


def manifest(folder: Path, text: bytes) -> object:
    (folder / "mine.csv").write_text("id,规模\nM1,2\n", "utf-8")
    (folder / "registry.yaml").write_bytes(text)
    return read_here(folder)


def facts(name: str) -> Callable[[Path, bytes], object]:
    def read(folder: Path, text: bytes) -> object:
        (folder / name).write_bytes(text)
        return read_here(folder / name)

    return read


def a_test(folder: Path, text: bytes) -> object:
    (folder / "ruleset.yaml").write_bytes((TESTED / "ruleset.yaml").read_bytes())
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "x.test.yaml").write_bytes(text)
    return read_tests(locate(folder), SHOPS)


def a_run(folder: Path, text: bytes) -> object:
    (folder / "run.json").write_bytes(text)
    return api.read_run(folder / "run.json")


SHOPS = rulesets.load(TESTED)
YAMLS: dict[str, tuple[Callable[[Path, bytes], object], str]] = {
    "ruleset": (a_ruleset, RULESET + "---" + PARAMETERS),
    "waivers": (waivers, WAIVERS),
    "manifest": (manifest, MANIFEST),
    "facts": (facts("mine.yaml"), FACTS_YAML),
    "test": (a_test, (TESTED / "tests" / "shops.test.yaml").read_text("utf-8").split("---")[2]),
}
JSONS: dict[str, tuple[Callable[[Path, bytes], object], str]] = {
    "json": (facts("mine.json"), '{"mine": [{"id": "M1", "scale": 1.5, "tags": ["a"]}, {"id": "M2", "since": null}]}'),
    "jsonl": (facts("mine.jsonl"), '{"id": "M1", "scale": 1.5, "active": true}\n{"id": "M2"}\n'),
    "run": (a_run, sample.run().to_json()),
}
BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)
PIECES = [
    BOMB, "&a x", "*a", "<<: {a: 1}", "a: 1\na: 2", "!!python/object/apply:os.system [x]", "!!binary aGk=",
    "!!timestamp 2024-01-01",
    "!!set {a}", "!x y", "[" * 60, "{a: " * 60, "- " * 60, "\x01", "\x00", "\x7f", "\x85", "\u2028", "\ufeff",
    "\r\n", "\r", "\t",
    "9" * 5000, "-" + "9" * 400, "1e999", "1" * 400 + ".5", ".nan", "-.inf", "0x1F", "0o17", "190:20:30", "yes",
    "NO", "on", "~", "null",
    "---\n---\n", "...\n", "--- |\n x\n", "%YAML 1.1\n---\n", "%TAG ! !\n", "? [a]\n: b", "? a", ": b", "''",
    '"', "'", "`", "@", "#",
    '"\\ud800"', '"\\x00"', '"\\u0000"', "{}", "[]", "[[]]", "{{", "}}", "{", "}", "矿" * 200, "a" * 3000, "=",
    "1_000", "２０", "2024-13-41",
    "0001-01-01", "9999-12-31", "-1", "0", "1e308", "5e-324", "\U0001f600", "e\u0301", "\u202e",
]  # fmt: skip
JSON_PIECES = [
    "[" * 2000, '{"a":' * 2000, "9" * 5000, "-1e999", "1e400", "NaN", "Infinity", "-Infinity", "null", "true",
    "{}", "[]", '""', '"\\ud800"',
    '"\\u0000"', "\\", '"', "0", "-0", "1.0", "1e-400", '{"id": 1, "id": 2}', "[[[[]]]]", ",", ":", "}", "]",
    "\x00", "\ufeff", "9007199254740993",
    '"hegui/run/2"', '"9999-99-99"', '"\u202e"',
]  # fmt: skip
RAW = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xfe\xff", b"\x80" * 5]
"""No UTF-8."""


def holds(doing: Callable[[], object]) -> bool:
    """Does it go well? It may end in diagnostics that have a place inside their texts, and in nothing else."""
    start = time.perf_counter()
    try:
        doing()
    except HeguiError as error:
        found = error.diagnostics
    else:
        found = ()
    assert time.perf_counter() - start < SECONDS
    for each in found:
        sound(each)
    return not found


def sound(found: Diagnostic) -> None:
    assert found.render("en")
    assert found.render("zh")
    if found.span is not None:
        assert 0 <= found.span.start <= found.span.end <= len(found.span.source.text) + 1


def changed(text: str, pieces: list[str], draw: random.Random) -> bytes:
    """The text with something put in, left out, repeated, moved or cut off, up to three times."""
    body = text.encode()
    for _ in range(draw.randint(1, 3)):
        start = draw.randrange(len(body) + 1)
        end = min(len(body), start + draw.choice((0, 1, 2, 5, 20, 80)))
        piece = draw.choice(pieces).encode() if draw.random() < 0.9 else draw.choice(RAW)
        deed = draw.randrange(6)
        if deed == 0:  # a whole value
            word = body.find(b" ", start) + 1
            start, end = word, max(word, body.find(b"\n", word))
        middle = {0: piece, 1: piece, 2: b"", 3: body[start:end] * 3, 4: piece}.get(deed, b"")
        body = body[:start] if deed == 5 and draw.random() < 0.3 else body[:start] + middle + body[end:]
    return body


@pytest.mark.parametrize("name", [*YAMLS, *JSONS])
def test_the_texts_are_sound_to_begin_with(name: str, tmp_path: Path) -> None:
    read, text = (YAMLS | JSONS)[name]
    read(tmp_path, text.encode())


def pieces(name: str, step: int, folder: Path) -> None:
    """Each piece alone, as a further document, and in the place of a value."""
    read, text = YAMLS[name]
    for piece in PIECES[::step]:
        for whole in (piece, f"{text}---\n{piece}\n", text.replace(": ", f": {piece} ", 1)):
            holds(lambda whole=whole: read(folder, whole.encode()))


@pytest.mark.parametrize(("name", "step"), [("facts", 1), ("waivers", 2), ("manifest", 4), ("test", 4), ("ruleset", 8)])
def test_pieces(name: str, step: int, tmp_path: Path) -> None:
    pieces(name, step, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", YAMLS)
def test_every_piece_for_every_kind_of_document(name: str, tmp_path: Path) -> None:
    pieces(name, 1, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "gbk", "utf-8-sig"])
@pytest.mark.parametrize("name", [*YAMLS, *JSONS])
def test_other_encodings(name: str, encoding: str, tmp_path: Path) -> None:
    read, text = (YAMLS | JSONS)[name]
    holds(lambda: read(tmp_path, text.replace("\n", "\r\n").encode(encoding, "replace")))


def fuzz(name: str, cases: int, folder: Path) -> None:
    read, text = (YAMLS | JSONS)[name]
    for case in range(cases):
        body = changed(text, PIECES if name in YAMLS else JSON_PIECES, random.Random(f"{name}/{case}"))
        (folder / "case").write_bytes(body)  # what is left there is the one that failed
        holds(lambda body=body: read(folder, body))


@pytest.mark.parametrize("name", [*YAMLS, *JSONS])
def test_mutated_texts(name: str, tmp_path: Path) -> None:
    fuzz(name, 8, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*YAMLS, *JSONS])
def test_mutated_texts_at_length(name: str, tmp_path: Path) -> None:
    fuzz(name, int(os.environ.get("HEGUI_CASES", "2000")), tmp_path)


def test_wrong_types_everywhere_in_a_run(tmp_path: Path) -> None:
    """One place at a time of a saved run holds something else."""
    whole = json.loads(sample.run().to_json())
    draw = random.Random(8)
    ways = [way for way in steps(whole) if way]
    for way in draw.sample(ways, 20):
        data = json.loads(json.dumps(whole))
        inside = data
        for step in way[:-1]:
            inside = inside[step]
        inside[way[-1]] = draw.choice([None, -1, 10**30, 1.5, "", "x", [], {}, [[]], True, {"a": 1}])
        holds(lambda data=data: a_run(tmp_path, json.dumps(data).encode()))


def steps(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(each for step, inner in inside for each in steps(inner, (*way, step)))]


def test_half_a_surrogate_pair_in_a_text_of_a_program() -> None:
    assert not holds(lambda: read_yaml(Source("x", "a: \ud800")))


# --- conditions

WORDS = [
    "open", "name", "scale", "staff", "since", "years", "y", "tags", "town", "method", "heavy", "as_of",
    "nothing", "true", "1", "2.5", "1e3",
    '"a"', "'b'", 'r"\\d"', '"\\u77ff"', "param", '"limit"', "date", "days", "math", "abs", "size", "exists",
    "all", "filter", "map", "sum", "known",
    "matches", '"(a+)+"', "has", "in", "(", ")", "[", "]", ",", ".", "?", ":", "&&", "||", "!", "-", "+", "*",
    "/", "%", "<", "<=", "==", "!=", " ",
    "\n", "// x\n", "矿", "\x00", "\u2028", "=", "（", "“", "9" * 20, "0x1", "null", "\\", '"',
]  # fmt: skip
SOUND = [
    "open && scale > 0", 'years.filter(y, y.output > param("limit")).map(y, y.output).sum() > scale',
    "tags.exists(t, t == name) ? open : !open",
    'since + days(3) < date("2024-03-11")', 'name.matches("^M[0-9]{3}$") || method in ["open_pit"]',
    "math.greatest(staff, 1, -2) % 3 == 0",
    "years.all(y, y.mine.town.head == name)", "has(since) && since.year() >= 2020",
]  # fmt: skip


def a_condition(draw: random.Random) -> str:
    """Words in any order, or a sound condition with some of its pieces exchanged."""
    if draw.random() < 0.4:
        return "".join(draw.choice(WORDS) for _ in range(draw.randint(1, 30)))
    return changed(draw.choice(SOUND), WORDS, draw).decode(errors="replace")


def check(text: str) -> None:
    """It is refused inside itself, or has a meaning, and reads the same once it is printed."""
    start = time.perf_counter()
    node, found = compile_condition(text, FACTS.environment, "mine", None, spans(text))
    for each in found:
        sound(each)
    assert node is not None or found
    if node is not None:
        compile_node(node)
        tree = parse(text)
        assert parse(source(tree)) == tree
    assert time.perf_counter() - start < SECONDS


def test_conditions() -> None:
    for case in range(600):
        check(a_condition(random.Random(f"condition/{case}")))


@pytest.mark.slow
def test_conditions_at_length() -> None:
    for case in range(int(os.environ.get("HEGUI_CASES", "2000"))):
        check(a_condition(random.Random(f"condition/{case}")))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000, "[" * 9_999, "!" * 100_000, "-" * 9_999 + "1", "a" + ".b" * 9_000, "a" + ".b()" * 4_000,
        " && ".join(["a"] * 100_000),
        " && ".join(["a"] * 3_000), " || ".join(["open"] * 100), "1" + "+1" * 9_000, "1" + "-1" * 49 + " > 0",
        "a?" * 9_000, "open?" * 50 + "open" +
        ":open" * 50, '"' + "x" * 19_000 + '"', '"' + "\\" * 19_001, '"' + "\\n" * 9_000 + '"',
        '"" ' * 6_000 + '"', "1 " * 9_000 + "§", "9" * 19_000,
        "1." + "9" * 19_000, " " * 19_999, "//" + "x" * 19_000, "years.exists(y, " * 1_000, "math.abs(" * 2_000,
        "staff in [" + "1," * 4_000 + "1]",
        "opne && " * 99 + "open", '"{}"'.format("\\u" * 3_000), "open == " * 99 + "open",
    ],
    ids=lambda text: f"{text[:12]}…{len(text)}",
)  # fmt: skip
def test_long_and_deep_conditions(text: str) -> None:
    check(text)


@pytest.mark.parametrize("depth", [30, 400])
def test_definitions_that_double(depth: int, tmp_path: Path) -> None:
    """Each uses the next one twice: a thousand million parts in a few lines."""
    lines = "".join(f"    a{at}: a{at + 1} + a{at + 1}\n" for at in range(depth))
    text = f"{RULESET}---\nlet:\n  mine:\n{lines}    a{depth}: workers\n"
    assert not holds(lambda: a_ruleset(tmp_path, text.encode()))
