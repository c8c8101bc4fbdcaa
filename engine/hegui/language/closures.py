"""What quick functions are put together from: parts, operations of present values, Kleene's connectives and quantifiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hegui.language.signatures import Fault

Frame = dict[str, Any]
"""The cells of the row judged: field → value, `Below` or None. Under names no field can have: `TABLES`, the rows around
it; `DAY`, the day of the act where it differs from row to row; `slot(n)`, what the variable of level n stands for."""

Quick = Callable[[Frame], Any]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A part whose value is known before any row is seen; None where it has none."""

    value: Any


Part = Quick | Fixed


def called(part: Part) -> Quick:
    """A part as a function, whatever it is."""
    if isinstance(part, Fixed):
        value = part.value
        return lambda frame: value
    return part


def at(frame: Frame, place: str, element: Any, evaluate: Quick) -> Any:
    """What a part says of an element, put where its variable is looked up."""
    frame[place] = element
    return evaluate(frame)


def strict(parts: Sequence[Part], meaning: Callable[..., Any]) -> Part:
    """A function of values that are all present; worked out at once where all of them are known."""
    if any(isinstance(part, Fixed) and part.value is None for part in parts):
        return Fixed(None)
    quick = [called(part) for part in parts]
    apply = of_one(quick[0], meaning) if len(quick) == 1 else of_several(quick, meaning)
    if len(quick) == 2:
        apply = of_two(quick[0], quick[1], meaning)
    return Fixed(apply({})) if all(isinstance(part, Fixed) for part in parts) else apply


def of_one(part: Quick, meaning: Callable[..., Any]) -> Quick:
    """A function of one value."""

    def apply(frame: Frame) -> Any:
        value = part(frame)
        if value is None:
            return None
        try:
            return meaning(value)
        except Fault:
            return None

    return apply


def of_two(left: Quick, right: Quick, meaning: Callable[..., Any]) -> Quick:
    """A function of two values."""

    def apply(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if a is None or b is None:
            return None
        try:
            return meaning(a, b)
        except Fault:
            return None

    return apply


def arithmetic(
    left: Quick, right: Quick, quick: Callable[[Any, Any], Any], meaning: Callable[..., Any], limit: float
) -> Quick:
    """An operation of two numbers; its full meaning is asked only where the result is out of range."""
    fault = of_two(left, right, meaning)

    def apply(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if a is None or b is None:
            return None
        value = quick(a, b)
        return value if -limit < value < limit else fault(frame)

    return apply


def of_several(parts: Sequence[Quick], meaning: Callable[..., Any]) -> Quick:
    """A function of any number of values."""

    def apply(frame: Frame) -> Any:
        values = [part(frame) for part in parts]
        if None in values:
            return None
        try:
            return meaning(*values)
        except Fault:
            return None

    return apply


def both(left: Quick, right: Quick, absorbing: bool) -> Quick:
    """Kleene's connective of two parts."""

    def decide(frame: Frame) -> Any:
        first = left(frame)
        if first is absorbing:
            return absorbing
        second = right(frame)
        return second if first is not None or second is absorbing else None

    return decide


def several(parts: tuple[Quick, ...], absorbing: bool) -> Quick:
    """Kleene's connective of any number of parts."""

    def decide(frame: Frame) -> Any:
        found: bool | None = not absorbing
        for part in parts:
            value = part(frame)
            if value is absorbing:
                return absorbing
            if value is None:
                found = None
        return found

    return decide


def quantified(
    ending: str, members: Callable[[Frame], tuple[list[Any], list[Any]] | None], place: str, predicate: Quick
) -> Quick:
    """Kleene's quantifiers."""
    absorbing = ending == "exists"

    def decide(frame: Frame) -> bool | None:
        found = members(frame)
        if found is None:
            return None
        results = [at(frame, place, each, predicate) for each in found[0]]
        if ending == "exists_one":
            return None if None in results else results.count(True) == 1
        if absorbing in results:
            return absorbing
        return None if None in results else not absorbing

    return decide
