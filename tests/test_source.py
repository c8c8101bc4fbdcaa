"""Sources, spans, diagnostics, and YAML with positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from hegui.limits import YAML_DEPTH
from hegui.source import (
    Diagnostic,
    Document,
    HeguiError,
    Source,
    Span,
    Wording,
    read_source,
    read_yaml,
    width,
)

BAD = Wording("bad", "bad `{word}`", "`{word}` 有误")


def document(text: str) -> Document:
    return read_yaml(Source("x.yaml", text))[0]


def excerpt(span: Span) -> str:
    return span.source.text[span.start : span.end]


def test_scalars_are_never_retyped() -> None:
    data = document('a: [1, -2, 2.50, 1e3, true, null, "3", no, on, 2024-01-01, 0x1, 1_000, .5, 007, ~]').data["a"]
    expected = [1, -2, 2.5, 1000.0, True, None, "3", "no", "on", "2024-01-01", "0x1", "1_000", ".5", "007", None]
    assert [(type(x), x) for x in data] == [(type(x), x) for x in expected]


def test_raw_text_of_numbers_is_kept() -> None:
    assert document("a: 2.50").raw[("a",)] == "2.50"


@pytest.mark.parametrize(
    "text",
    [
        "when: x > 矿山 && y",
        "when: 'x > 矿山 && y'",
        'when: "x > 矿山 && y"',
        "when: |\n    x > 矿山 && y\n",
        "k:\n- when:   x > 矿山 && y",
    ],
)
def test_a_place_inside_a_scalar(text: str) -> None:
    found = document(text)
    path: tuple[str | int, ...] = ("k", 0, "when") if text.startswith("k") else ("when",)
    assert excerpt(found.within(path, 4, 6)) == "矿山"


def test_a_place_in_a_later_line_of_a_block() -> None:
    found = document("when: |\n  a &&\n    bcd\n\n  e\nz: 1\n")
    text = found.data["when"]
    at = text.index("bcd")
    assert excerpt(found.within(("when",), at, at + 3)) == "bcd"
    assert excerpt(found.within(("when",), text.index("e\n"), text.index("e\n") + 1)) == "e"


def test_a_folded_scalar_falls_back_to_the_whole_value() -> None:
    found = document("when: >\n  a &&\n  b\n")
    assert found.within(("when",), 5, 6) == found.span(("when",))


def test_an_escaped_scalar_falls_back_to_the_whole_value() -> None:
    found = document('when: "a\\tb"')
    assert found.within(("when",), 2, 3) == found.span(("when",))


def test_crlf_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffa: 1\r\nb: 二\r\n".encode())
    found = read_yaml(read_source(path))[0]
    assert found.data == {"a": 1, "b": "二"}
    assert excerpt(found.span(("b",))) == "二"


@pytest.mark.parametrize(
    ("text", "id_", "line"),
    [
        ("a: &x 1\nb: *x", "yaml-alias", 1),
        ("a: 1\na: 2", "yaml-duplicate-key", 2),
        ("a: [", "yaml-syntax", 1),
        ("a: b: c", "yaml-syntax", 1),
        ("x: !!python/object:os.system 1", "yaml-tag", 1),
        ("a: !!str 1", "yaml-tag", 1),
        ("? [a]\n: 1", "yaml-key", 1),
        ("a: \x01", "yaml-syntax", 1),
        ("a: " + "[" * (YAML_DEPTH + 5) + "]" * (YAML_DEPTH + 5), "yaml-depth", 1),
        ("a: " + "[" * 2000, "yaml-depth", 1),
        ("a: 1\n---\nb:\n  [" + "[" * 3000 + "]" * 3001, "yaml-depth", 4),
        ("a: " + "{b: " * 5000 + "}" * 5000, "yaml-depth", 1),
    ],
)
def test_refused(text: str, id_: str, line: int) -> None:
    with pytest.raises(HeguiError) as caught:
        read_yaml(Source("x.yaml", text))
    (found,) = caught.value.diagnostics
    assert found.id == id_
    assert found.span is not None
    assert found.span.source.line_column(found.span.start)[0] == line


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("矿山: 1".encode("gbk"))
    for name, id_ in (("absent.yaml", "unreadable-file"), ("gbk.yaml", "encoding"), (".", "unreadable-file")):
        with pytest.raises(HeguiError) as caught:
            read_source(tmp_path / name, name)
        assert caught.value.diagnostics[0].id == id_


def test_a_caret_stands_under_wide_characters() -> None:
    source = Source("规则.yaml", "标题: 超采 extractd\n")
    rendered = Diagnostic(BAD, {"word": "extractd"}, Span(source, 7, 15)).render("zh")
    place, line, caret = rendered.split("\n")
    assert place == "规则.yaml:1:8: 错误: `extractd` 有误 [bad]"
    assert width(line[: line.index("extractd")]) == caret.index("^")
    assert caret.count("^") == 8


def test_diagnostics_are_sorted_by_place() -> None:
    source = Source("x", "abc\ndef")
    error = HeguiError([Diagnostic(BAD, {"word": w}, Span(source, at, at + 1)) for at, w in ((4, "d"), (0, "a"))])
    assert [item.args["word"] for item in error.diagnostics] == ["a", "d"]


def test_several_documents_and_empty_ones() -> None:
    assert [d.data for d in read_yaml(Source("x", "a: 1\n---\n---\nb: 2\n"))] == [{"a": 1}, {"b": 2}]
    assert read_yaml(Source("x", "# nothing\n")) == []
