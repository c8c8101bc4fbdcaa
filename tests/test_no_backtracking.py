"""No pattern, a user's or one of our own, takes longer over a text than in proportion to its length."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from test_pattern import read

from hegui import masking
from hegui.facts import archive, cells, delimited, shared_texts
from hegui.language.pattern import Pattern, PatternError
from hegui.source import did_you_mean

EVIL = [
    ("(a+)+$", "a"), ("(a*)*$", "a"), ("(a|a)*$", "a"), ("(a|aa)+$", "a"), ("(.*a){20}$", "a"), ("(.*)*x", "a"),
    ("([a-zA-Z]+)*$", "a"),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a"), (r"(\w|\d)+$", "1"), (r"\d*\d*\d*\d*x", "1"), (r"^\s+|\s+$", " "),
    ("a*a*a*a*a*b", "a"), (".*.*.*=.*", "x"),
    ("a?" * 60 + "a" * 60, "a"), ("(a?){50}a{50}", "a"), ("(x|y|xy)*z", "xy"), ("(a|b|ab)*c", "ab"),
    (r"(\S\W?)*!", "a-"), ("(ab?)*$", "ab"),
    ("[^甲]{100}甲", "乙"), ("(矿|矿山)+厂", "矿山"),
]  # fmt: skip
"""Patterns that take engines which try again for ever, each with what its text is made of."""
SIZE = 20_000


def growth(work: Callable[[str], object], unit: str, tail: str = "!") -> float:
    """How many times as long it takes over a text four times as long; 0 where both are over at once."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit)) + tail
        best = 9.9e9
        for _ in range(3):
            start = time.process_time()
            work(text)
            best = min(best, time.process_time() - start)
        return best

    long = seconds(4 * SIZE)
    return 0.0 if long < 0.02 else long / seconds(SIZE)


def in_polars(pattern: Pattern) -> Callable[[str], object]:
    return lambda text: pl.Series([text]).str.contains(pattern.rust())


@pytest.mark.parametrize(("text", "unit"), EVIL)
def test_patterns_of_users(text: str, unit: str) -> None:
    pattern = read(text)
    if isinstance(pattern, PatternError):
        assert pattern.wording.id == "pattern-repeated-repetition"
        return
    for work in (pattern.search, in_polars(pattern)):
        assert growth(work, unit) < 8


OWN: list[tuple[Any, list[str]]] = [
    (archive._FAILED, ["<c ", '<c r="A1" t="e">', '<c r="A1" ', "<c", '<c r="A1" t="e"><v', "r=\"A1\" "]),
    (archive._UNCOUNTED, ['<c r="A1"><f>', '<c r="A1" ', '<c r="A1"><f/> <v>', " "]), (archive._PRECISE, ["1", "v>1", "v>", "v>1."]),
    (archive._CELLS, ["<c ", '<c r="A', '<c r="A1']), (shared_texts._ITEM, ["<", "<x:", "<x", "x:si", "<si"]),
    (shared_texts._USES, ['t="s"', 't="s" ', 't="s">', 't="s"> <v>', 't="s"><v>1', " "]),
    (shared_texts._SHARED, ["t", "t ", 't="', 't="s"', " ", "t="]), (archive._FAR, ["<c ", '<c r="AA', '<c r="AA1" ']),
    (archive._PREFIXED, [":c", ":"]),
    (cells._BELOW, ["1", " ", "ND ", "<", "<1 ", "1,111", "(", "< "]), (cells._LIMIT_L, ["1", "1,111,", " ",
    "1 "]), (cells._QUANTITY, ["1", "1,", "1,111,", "1. "]),
    *((each, ["1", " ", "2024-1-1 ", "1111-1-1T"]) for each in cells._DATE), (cells._TIME, [" ", "1", "T ", "T1:"]),
    (masking._IN_URL, ["://", "://x:", "@", "://x:@", ":"]), (masking._NO_SCHEME, ["a:", "(", "(a:b", "@", "a:b@", ":@"]),
    (masking._IN_QUERY, ["?", "?key",
    "key", "&key=", "=", "?key?"]),
    (masking._IN_FIELD, ["file: ", "file:", "file: a/", "file: a:", "a:"]),
]  # fmt: skip
"""Those of ours that see long texts of others, with what they could stumble over."""


def over(pattern: re.Pattern[Any], text: str, leads: tuple[str, ...]) -> None:
    for lead in leads:
        whole: Any = lead + text if isinstance(pattern.pattern, str) else (lead + text).encode()
        pattern.fullmatch(whole)
        if pattern not in (cells._BELOW, cells._LIMIT_L, cells._QUANTITY, cells._TIME, masking._IN_URL):
            for _ in pattern.finditer(whole):
                pass


@pytest.mark.parametrize(("pattern", "units"), OWN)
def test_our_own_patterns(pattern: re.Pattern[Any], units: list[str]) -> None:
    for unit in units:
        for leads in (("",), ("1", "ND", "<1", "v>")):
            assert growth(lambda text, leads=leads: over(pattern, text, leads), unit, "x") < 8, unit


HOSTILE = {
    "many addresses": lambda: [
        masking.without_passwords(lead + each * 200_000 + tail)
        for lead in ("", "@", "?", "postgresql://x:") for tail in ("", "@") for each in ("a.", "://x:", "?a", "x:/", ":80", "&key")
    ],
    "places": lambda: [masking.place_without_password(each * 200_000 + "@") for each in ("a:", "/", ":/", "a/")],
    "an address with many schemes": lambda: masking.without_passwords("@" + "://x:" * 200_000),
    "a query of keys": lambda: masking.without_passwords("?" + "key" * 300_000),
    "a cell of blanks": lambda: [cells._BELOW.fullmatch(lead + " " * 1_000_000 + "x") for lead in ("", "ND",
    "<1", "<1(")],
    "a cell of digits": lambda: [cells.integer("1" * 300_000, None), cells.day("1" * 300_000)],
    "rows without an end": lambda: delimited.find_delimiter('"' + "a," * 500_000),
    "a long name": lambda: [did_you_mean("x" * 1_000_000, ["x" * 200, "y"]), did_you_mean("abc", map(str,
    range(50_000)))],
    "sheets": lambda: [list(archive._FAR.finditer(b"<c " * 300_000)),
    list(archive._FAILED.finditer(b'<c r="A1" t="e">' * 60_000))],
    "digits in a sheet": lambda: archive._PRECISE.search(b"v>" + b"1" * 1_000_000),
}  # fmt: skip


def test_a_megabyte_of_each() -> None:
    """In a process of its own, since nothing else ends a pattern that runs wild; the last one named is the one."""
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}; import test_no_backtracking as t\n"
        "for name, work in t.HOSTILE.items(): print(name, flush=True); work()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120, capture_output=True)
