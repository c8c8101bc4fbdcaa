"""Texts of users stay texts in every report: what they hold makes no element, no formula, no command and no template."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import hostile
import pytest
from click.testing import CliRunner

from hegui.cli import main
from hegui.cli.frame import harmless, talk
from hegui.cli.output import put
from hegui.report import WRITERS, Look
from hegui.report.rule_page import plain as markdown
from hegui.report.run import Run
from hegui.source import Diagnostic, Source, Span, Wording

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
TURNING = re.compile("[\u202a-\u202e]")
"""Marks that turn what stands behind them: formats that can keep a text to itself let them be."""
COLOUR = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """A run with texts that try nothing, and one with texts that try everything."""
    folder = tmp_path_factory.mktemp("hostile")
    return hostile.run(folder, hostile.PLAIN), hostile.run(folder, hostile.EVIL)


def written(run: Run, name: str, lang: str, color: bool = False) -> bytes:
    pieces = WRITERS[name](run, Look(lang, color=color, former=run if name == "html" else None))
    return b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, and the scripts it holds."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def shape_of_page(data: bytes) -> list[Any]:
    # lines of a picture's words depend on how long these are
    return [each for each in Shape(data.decode()).found if each[0] not in ("tspan", "text")]


def shape_of_xml(data: bytes) -> list[Any]:
    return [(each.tag, tuple(each.attrib)) for each in ET.fromstring(data).iter()]


def shape_of_json(data: Any) -> Any:
    """Keys and kinds of values; a list is as long as it is."""
    if isinstance(data, dict):
        return {key: shape_of_json(value) for key, value in data.items()}
    return [shape_of_json(each) for each in data] if isinstance(data, list) else type(data).__name__


def keys_of(text: bytes) -> Any:
    return [sorted(json.loads(line)) for line in text.decode().split("\n") if line]


def shape_of_letters(data: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower() or "embed" in name.lower()]
        links = re.findall(
            rb'TargetMode="External"', b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".rels"))
        )
    document = docx.Document(io.BytesIO(data))
    breaks = ("}br", "}t", "}rPr", "}rFonts", "}r")  # a text on several lines is several of these
    return [len(links), [each.tag for each in document.element.body.iter() if not str(each.tag).endswith(breaks)]]


def shape_of_csv(data: bytes) -> list[int]:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell.lstrip("\"'")[:1] in tuple("=@")]
    return [len(row) for row in rows]


SHAPES = {
    "html": shape_of_page,
    "junit": shape_of_xml,
    "sarif": lambda data: shape_of_json(json.loads(data)),
    "json": lambda data: sorted(json.loads(data)),
    "jsonl": keys_of,
    "csv": shape_of_csv,
    "docx": shape_of_letters,
    "docx-town": shape_of_letters,
    "github": lambda data: [line[:8] for line in data.decode().splitlines() if line.startswith("::")],
    "markdown": lambda data: re.findall(r"^(?:#+|\||-|\d+\.)|(?<!\\)<[a-z/!]+", data.decode(), re.MULTILINE)[:3],
}
"""What of a format is the same whatever texts say."""


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SHAPES)
def test_texts_do_not_change_the_shape(runs: tuple[Run, Run], name: str, lang: str) -> None:
    plain, evil = (SHAPES[name](written(run, name, lang)) for run in runs)
    assert plain == evil
    assert plain


def test_every_format_is_looked_at() -> None:
    assert set(WRITERS) == {*SHAPES, "table", "notice", "xlsx"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["table", "markdown", "notice", "github"])
def test_no_control_character_is_written(runs: tuple[Run, Run], name: str, lang: str) -> None:
    """In what people read; `csv`, `json` and `jsonl` are data, and hold what the facts hold."""
    text = written(runs[1], name, lang, color=name == "table").decode()
    assert not CONTROL.findall(COLOUR.sub("", text) if name == "table" else text)
    assert name != "table" or not TURNING.findall(text)


def test_a_lone_backquote_opens_nothing() -> None:
    assert markdown("a `b<c` d") == "a `b<c` d"
    assert markdown("`<img src=x>") == "\\`\\<img src=x>"
    assert markdown("a `b` c ` <img>\x1b") == "a `b` c \\` \\<img>�"


@pytest.mark.parametrize("name", ["markdown", "notice"])
def test_markdown_holds_no_element_of_theirs(runs: tuple[Run, Run], name: str) -> None:
    assert not re.search(r"(?<!\\)<(?:script|img|/title)", written(runs[1], name, "en").decode())


@pytest.mark.parametrize("name", sorted(set(WRITERS) - {"xlsx", "docx", "docx-town"}))
def test_no_template_is_filled_in(runs: tuple[Run, Run], name: str) -> None:
    """`{{7*7}}` would be 49, `{0.__class__}` a class, and both stand in texts that are put into others."""
    text = written(runs[1], name, "en").decode()
    assert not re.search("49{%|(?:<|&lt;)class '", text)
    assert "__class__" in text.replace("\\_", "_")


# --- what goes to a terminal ----------------------------------------------------------------------------------------


def test_messages_command_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    words = Wording("some-id", "there is no `{name}`", "没有 `{name}`")
    source = Source(f"{hostile.EVIL}.yaml", f"a: {hostile.EVIL}")
    for span in (None, Span(source, 0, 9)):
        for lang in ("en", "zh"):
            talk(Diagnostic(words, {"name": hostile.EVIL}, span, words).render(lang))
    err = capsys.readouterr().err
    assert "owned" in err
    assert not CONTROL.findall(err)


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def test_reports_command_no_terminal_and_files_get_them_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, wanted in ((Terminal(), "\x1b[31m�]0;x�\n"), (io.StringIO(), "]0;x\x07\n")):
        monkeypatch.setattr("sys.stdout", stream)
        put(["\x1b[31m\x1b]0;x\x07\n"])
        assert stream.getvalue().replace("\x1b]", "]") == wanted


def every_control() -> Iterator[str]:
    yield from map(chr, (*range(32), *range(127, 160)))


def test_what_is_harmless() -> None:
    found = {char: harmless(f"a{char}b") for char in every_control()}
    assert {char for char, text in found.items() if text == f"a{char}b"} == {"\t", "\n"}
    assert harmless("\x1b[1;31m") == "\x1b[1;31m"
    assert "\x1b" not in harmless("\x1b[2J\x1b[6n\x1bc\x1b]8;;x\x1b\\")


def test_the_command_itself(tmp_path: Path) -> None:
    """Names of files and options are said back. With `color` click lets sequences pass, as on a terminal."""
    for line in (["check", "no\x1b[2J\x07.csv", "--rules", "banan"], ["check", "x", "--rules", "r\x9b2J"], ["lint", "\x1b]0;x\x07"],
                 ["check", "--x\x1b[2J"], ["\x1b[2J"], ["report", f"{tmp_path}/\x1b[2J.json"]):  # fmt: skip
        done = CliRunner().invoke(main, line, color=True)
        assert done.exit_code == 3
        assert not CONTROL.findall(done.output)
        assert not TURNING.findall(done.output)
