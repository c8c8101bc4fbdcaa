"""Comparisons for `quick`, one function for each test and shape: inline operators are what makes them cheap.

Each table has a row for the signs of left − right for which a comparison holds (see `signatures.Operator.signs`). None
is the third value; None < x would raise, so it is looked for first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Part = Callable[[dict[str, Any]], Any]
Signs = frozenset[int]

_LESS, _AT_MOST, _MORE, _AT_LEAST = Signs({-1}), Signs({-1, 0}), Signs({1}), Signs({0, 1})
_EQUAL, _OTHER = Signs({0}), Signs({-1, 1})


def mirrored(signs: Signs) -> Signs:
    """The signs of right − left.

    >>> sorted(mirrored(frozenset({-1, 0})))
    [0, 1]
    """
    return Signs(-each for each in signs)


FIELD: Final[dict[Signs, Callable[[str, Any], Part]]] = {
    _LESS: lambda name, value: lambda frame: None if (a := frame[name]) is None else a < value,
    _AT_MOST: lambda name, value: lambda frame: None if (a := frame[name]) is None else a <= value,
    _MORE: lambda name, value: lambda frame: None if (a := frame[name]) is None else a > value,
    _AT_LEAST: lambda name, value: lambda frame: None if (a := frame[name]) is None else a >= value,
    _EQUAL: lambda name, value: lambda frame: None if (a := frame[name]) is None else a == value,
    _OTHER: lambda name, value: lambda frame: None if (a := frame[name]) is None else a != value,
}
"""A field of the row judged against a value that is known."""

FIXED: Final[dict[Signs, Callable[[Part, Any], Part]]] = {
    _LESS: lambda part, value: lambda frame: None if (a := part(frame)) is None else a < value,
    _AT_MOST: lambda part, value: lambda frame: None if (a := part(frame)) is None else a <= value,
    _MORE: lambda part, value: lambda frame: None if (a := part(frame)) is None else a > value,
    _AT_LEAST: lambda part, value: lambda frame: None if (a := part(frame)) is None else a >= value,
    _EQUAL: lambda part, value: lambda frame: None if (a := part(frame)) is None else a == value,
    _OTHER: lambda part, value: lambda frame: None if (a := part(frame)) is None else a != value,
}
"""A part against a value that is known."""

COMPARE: Final[dict[Signs, Callable[[Part, Part], Part]]] = {
    _LESS: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a < b,
    _AT_MOST: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a <= b,
    _MORE: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a > b,
    _AT_LEAST: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a >= b,
    _EQUAL: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a == b,
    _OTHER: lambda p, q: lambda frame: None if (a := p(frame)) is None or (b := q(frame)) is None else a != b,
}
"""Two parts against one another."""
