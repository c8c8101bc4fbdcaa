r"""The dialect of regular expressions: what is read, what is refused, and that every engine means the same."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hegui.language import pattern as dialect
from hegui.language.pattern import Pattern, PatternError, parse
from hegui.limits import PATTERN_DEPTH, PATTERN_LENGTH, PATTERN_REPEAT


def answers(pattern: Pattern, texts: list[str]) -> dict[str, list[bool]]:
    """What each engine says of each text."""
    compiled = re.compile(pattern.python())
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        pl.col("text").str.contains(pattern.rust())
    )
    return {
        "re2": [pattern.search(text) for text in texts],
        "python": [compiled.search(text) is not None for text in texts],
        "polars": column["text"].to_list(),
    }


def agreed(pattern: Pattern, texts: list[str]) -> list[bool]:
    found = answers(pattern, texts)
    assert found["re2"] == found["python"] == found["polars"], pattern
    return found["re2"]


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("矿", ["矿", "露天矿山"], ["", "山"]),
        (r"^M\d{3}$", ["M003"], ["M003\n", "M0034", "xM003", "M٣٣٣", "M003 "]),
        (r"\d", ["1"], ["٣", "１", "五"]),
        (r"\w", ["a", "_", "9"], ["矿", "é", "-", ""]),
        (r"\s", [" ", "\t", "\n", "\v", "\f", "\r"], ["\u3000", "\u00a0", "\x85", "\x1c", "a"]),
        (r"^\D$", ["٣", "\n", "a"], ["1", ""]),
        (r"^[^\s]\S\W$", ["a矿矿"], ["a矿_", " 矿矿"]),
        (".", ["a", "\r", "\u2028", "\u0085", "😀"], ["\n", ""]),
        ("^.$", ["😀", "矿"], ["\n", "ab"]),
        ("a$", ["a", "ba", "\na"], ["a\n", "a\nb", "ab"]),
        ("^a", ["a", "ab"], ["\na", "b\na"]),
        ("^$", [""], ["\n", "a"]),
        ("a$|^b", ["xa", "bx"], ["xb", "ax"]),
        ("^(矿|农场)+$", ["矿", "农场矿"], ["", "农", "矿山"]),
        ("^(?:ab)?c", ["abc", "c"], ["bc"]),
        ("^x{2}$", ["xx"], ["x", "xxx"]),
        ("^x{2,}$", ["xx", "xxxx"], ["x"]),
        ("^x{0,2}$", ["", "x", "xx"], ["xxx"]),
        ("^[a-c一-龥]*$", ["", "abc甲"], ["d"]),
        ("^[-a]$|^[b-]$", ["-", "a", "b"], ["c"]),
        (r"^[\-\]\[\^\\]$", ["-", "]", "[", "^", "\\"], ["a"]),
        ("^[a&&b]$", ["a", "b", "&"], ["c"]),
        ("^[a^]$", ["a", "^"], ["b"]),
        (r"^[\d\n-]$", ["5", "\n", "-"], ["a"]),
        (r"^[\D]$", ["a", "\n"], ["5"]),
        (r"[^\d\D]", [], ["", "a", "5", "😀"]),
        (r"^[\s\S]$", ["a", "\n", "😀"], ["", "ab"]),
        (r"\.\*\(\)\{\}\|\?\+\^\$\\\/", [r".*(){}|?+^$\/"], [""]),
        (r"a\tb\nc", ["a\tb\nc"], ["atbnc"]),
        ("a b#c~`'\"@,;:!%&=<>_-/", ["a b#c~`'\"@,;:!%&=<>_-/"], [""]),
        ("\x00", ["\x00", "a\x00b"], ["a"]),
        ("I", ["I"], ["i", "ı"]),
        ("é", ["é"], ["e\u0301"]),
    ],
)
def test_meaning(text: str, matching: list[str], others: list[str]) -> None:
    expected = [True] * len(matching) + [False] * len(others)
    assert agreed(parse(text), matching + others) == expected


@pytest.mark.parametrize(
    ("text", "wording", "offset"),
    [
        ("", dialect.EMPTY, 0),
        ("a|", dialect.EMPTY, 2),
        ("|a", dialect.EMPTY, 0),
        ("()", dialect.EMPTY, 1),
        ("(a|)", dialect.EMPTY, 3),
        ("[]", dialect.EMPTY, 1),
        ("[^]", dialect.EMPTY, 2),
        ("(a", dialect.OPEN, 0),
        ("[a", dialect.OPEN, 0),
        ("a\\", dialect.OPEN, 1),
        ("[a\\", dialect.OPEN, 2),
        ("[a-\\", dialect.OPEN, 3),
        ("[a-", dialect.OPEN, 0),
        ("a)", dialect.STRAY, 1),
        ("a]", dialect.STRAY, 1),
        ("a}", dialect.STRAY, 1),
        ("[[:alpha:]]", dialect.STRAY, 1),
        ("(?i)a", dialect.EXTENSION, 0),
        ("(?=a)", dialect.EXTENSION, 0),
        ("x(?<!a)", dialect.EXTENSION, 1),
        ("(?P<n>a)", dialect.EXTENSION, 0),
        (r"(a)\1", dialect.ESCAPE, 3),
        (r"\b", dialect.ESCAPE, 0),
        (r"\pL", dialect.ESCAPE, 0),
        (r"[\b]", dialect.ESCAPE, 1),
        ("\\矿", dialect.ESCAPE, 0),
        ("\\ ", dialect.ESCAPE, 0),
        ("\\\n", dialect.ESCAPE, 0),
        ("*a", dialect.NOTHING, 0),
        ("(+a)", dialect.NOTHING, 1),
        ("a|?", dialect.NOTHING, 2),
        ("^*", dialect.NOTHING, 1),
        ("$+", dialect.NOTHING, 1),
        ("{2}", dialect.NOTHING, 0),
        ("a**", dialect.TWICE, 2),
        ("a+?", dialect.TWICE, 2),
        ("a++", dialect.TWICE, 2),
        ("a{2}{3}", dialect.TWICE, 4),
        ("(a+)+", dialect.TWICE, 4),
        ("((a|b?)c){2}", dialect.TWICE, 9),
        ("a{", dialect.COUNT, 1),
        ("a{}", dialect.COUNT, 1),
        ("a{,3}", dialect.COUNT, 1),
        ("a{3,2}", dialect.COUNT, 1),
        ("a{0}", dialect.COUNT, 1),
        ("a{0,0}", dialect.COUNT, 1),
        ("a{1, 2}", dialect.COUNT, 1),
        ("a{-1}", dialect.COUNT, 1),
        ("a{٣}", dialect.COUNT, 1),
        ("a{1,2,3}", dialect.COUNT, 1),
        (f"a{{{PATTERN_REPEAT + 1}}}", dialect.COUNT, 1),
        ("[b-a]", dialect.RANGE, 1),
        (r"[a-\d]", dialect.RANGE, 1),
        (r"[\d-z]", dialect.RANGE, 1),
        ("[ab-c-d]", dialect.DASH, 5),
        ("[a--b]", dialect.RANGE, 1),
        ("\ud800", dialect.CHARACTER, 0),
        ("a" * (PATTERN_LENGTH + 1), dialect.LONG, PATTERN_LENGTH),
        ("(aaaaa){100}" * 5, dialect.BIG, 0),
        ("(" * (PATTERN_DEPTH + 1) + "a" + ")" * (PATTERN_DEPTH + 1), dialect.DEEP, PATTERN_DEPTH),
    ],
)
def test_what_is_refused(text: str, wording: object, offset: int) -> None:
    with pytest.raises(PatternError) as caught:
        parse(text)
    error = caught.value
    assert (error.wording, error.offset) == (wording, offset)
    for words in (error.wording.en, error.wording.zh):
        assert "{at}" not in words.format(**error.details)


def test_largest_patterns_compile_everywhere() -> None:
    for text in (
        "[^甲]{100}" * 20,
        "(.|[^a-z])" * 50,
        "(" * PATTERN_DEPTH + "a" + ")" * PATTERN_DEPTH,
        r"(\S\W\D){99}" * 6,
    ):
        assert agreed(parse(text), ["x" * 3000, "a"])[0] in (True, False)


def test_patterns_are_values() -> None:
    assert parse("a|b") == parse("a|b")
    assert hash(parse("a|b")) == hash(parse("a|b"))
    assert parse("a|b") != parse("b|a")


def test_written_alike_but_for_the_end() -> None:
    pattern = parse(r"^a.$")
    assert pattern.re2() == pattern.rust() == pattern.java() == r"\Aa[^\x0A]\z"
    assert pattern.python() == r"\Aa[^\x0A]\Z"


LETTERS = "ab0٣矿\n\r\t _-😀é."
PLAIN = st.sampled_from(["a", "b", "0", "矿", "😀", "é", "_", r"\.", r"\-", r"\n", r"\t", " "])
CLASS = st.sampled_from([r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"])
RANGES = st.sampled_from(["a-z", "0-9", "一-龥", " -~", "a", "矿", r"\]", r"\^"])
IN_BRACKETS = st.builds(
    lambda negated, members: f"[{negated}{''.join(members)}]",
    st.sampled_from(["", "^"]),
    st.lists(RANGES | CLASS, min_size=1, max_size=3),
)
ATOM = PLAIN | CLASS | IN_BRACKETS | st.just(".")
BOUNDS = st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}", "{1,3}"])
FLAT = st.recursive(
    ATOM | st.sampled_from(["^", "$"]),
    lambda inner: st.lists(st.lists(inner, min_size=1, max_size=3).map("".join), min_size=1, max_size=3).map(
        lambda options: f"({'|'.join(options)})"
    ),
    max_leaves=6,
)
REPEATED = st.tuples(FLAT.filter(lambda text: text not in ("^", "$")), BOUNDS).map("".join)
SEQUENCE = st.lists(FLAT | REPEATED, min_size=1, max_size=4).map("".join)
PATTERNS = st.lists(SEQUENCE, min_size=1, max_size=3).map("|".join)
TEXTS = st.lists(st.text(LETTERS, max_size=8), min_size=1, max_size=8)


@given(PATTERNS, TEXTS)
@example("(^|a)*$", ["", "a", "\n", "a\n"])
@example("(^a|b$)+", ["ab", "ba", ""])
def test_engines_agree(text: str, texts: list[str]) -> None:
    agreed(parse(text), texts)


@given(st.text(alphabet="ab矿0-9^$.*+?{},|()[]\\dDwWsSn: ", max_size=12), TEXTS)
def test_any_text_is_refused_or_means_one_thing(text: str, texts: list[str]) -> None:
    pattern = read(text)
    if isinstance(pattern, PatternError):
        assert 0 <= pattern.offset <= len(text)
    else:
        agreed(pattern, texts)


def read(text: str) -> Pattern | PatternError:
    try:
        return parse(text)
    except PatternError as error:
        return error
