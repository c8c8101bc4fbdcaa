"""Slips of the pen: what is changed in a condition, in which order, and that everything else stays."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.assure.slips import LONGEST, slips, stepped
from hegui.language.parser import parse
from hegui.language.printer import source


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a > b", ["a >= b", "a < b"]),
        ("a >= b", ["a > b", "a <= b"]),
        ("a < b", ["a <= b", "a > b"]),
        ("a <= b", ["a < b", "a >= b"]),
        ("a == b", ["a != b"]),
        ("a != b", ["a == b"]),
        ("!a", ["a"]),
        ("a && b", ["b", "a || b", "a"]),
        ("a || b", ["b", "a && b", "a"]),
        ("a && b && c", ["b && c", "(a || b) && c", "a && c", "a && b || c", "a && b"]),
        ("a && (b || c)", ["b || c", "a || (b || c)", "a", "a && c", "a && (b && c)", "a && b"]),
        ("r.exists(v, v.a)", ["r.all(v, v.a)"]),
        ("r.all(v, v.a)", ["r.exists(v, v.a)"]),
        ("r.exists_one(v, v.a)", []),
        ("0.50", ["0.49", "0.51"]),
        ("-1", ["-2", "0"]),
        ("1.5e3", ["1400.0", "1600.0"]),
        ('date("2024-02-29")', ['date("2024-02-28")', 'date("2024-03-01")']),
        ("date(y, 12, 31)", ["date(y, 12, 31) - days(1)", "date(y, 12, 31) + days(1)"]),
        ("date(y - 1, 12, 31)", [
            "date(y - 1, 12, 31) - days(1)", "date(y - 1, 12, 31) + days(1)", "date(y - 0, 12, 31)", "date(y - 2, 12, 31)",
        ]),
        ("d + days(30)", ["d + days(29)", "d + days(31)"]),
        ("a in [1, 2]", ["a in [0, 2]", "a in [2, 2]", "a in [1, 1]", "a in [1, 3]"]),
        ("t ? 1 : 2", ["t ? 0 : 2", "t ? 2 : 2", "t ? 1 : 1", "t ? 1 : 3"]),
        ('param("p") == "1"', ['param("p") != "1"']),
        ("true", []),
    ],
)  # fmt: skip
def test_one_thing_at_a_time(text: str, changed: list[str]) -> None:
    assert [source(slip.syntax) for slip in slips(text)] == changed


def test_what_is_shown_of_a_change() -> None:
    shown = [(slip.sort, slip.before, slip.after) for slip in slips("a > 500 && !b")]
    assert shown == [
        ("connective", "a > 500", ""),
        ("comparison", "a > 500", "a >= 500"),
        ("comparison", "a > 500", "a < 500"),
        ("limit", "a > 500", "a > 499"),
        ("limit", "a > 500", "a > 501"),
        ("connective", "&& !b", "|| !b"),
        ("connective", "!b", ""),
        ("connective", "!b", "b"),
    ]


def test_what_is_long_is_cut_but_not_what_changed() -> None:
    long = "r.filter(v, v.a_rather_long_name == w && v.another_name_that_is_long != u).size()"
    for slip in slips(f"{long} > 3"):
        assert slip.before != slip.after
        assert len(slip.before) <= LONGEST + 6


def test_a_slip_stands_where_it_was_made() -> None:
    text = "a > 500 && !b"
    assert [text[slice(*slip.at)] for slip in slips(text)] == ["a > 500", ">", ">", "500", "500", "&&", "!b", "!"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_step_is_one_unit_of_the_last_digit(number: Decimal) -> None:
    lower, higher = stepped(f"{number:.3f}")
    assert (Decimal(lower), Decimal(higher)) == (number - Decimal("0.001"), number + Decimal("0.001"))


names = st.sampled_from(["a", "b", "c"])
conditions = st.recursive(
    st.tuples(names, st.sampled_from([">", "==", "<="]), st.integers(0, 9)).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")
        | inner.map(lambda text: f"!({text})")
    ),
    max_leaves=6,
)


@given(conditions)
def test_every_slip_differs_and_they_stand_in_order(text: str) -> None:
    found = slips(text)
    assert all(slip.syntax != parse(text) for slip in found)
    assert [slip.at[0] for slip in found] == sorted(slip.at[0] for slip in found)
    assert all(parse(source(slip.syntax)) == slip.syntax for slip in found)
