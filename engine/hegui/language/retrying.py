"""What an engine that tries again may take over a pattern, such as Java's: in proportion to the text, or more.

Such an engine goes on with one way of matching and comes back for the next. A search begins at every character, so a pattern
is only given to it where each beginning takes so many steps and no more, or where it can begin in one place only and has one
repetition without an end that may stop at any of several characters. All others are for RE2, which never comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from hegui.language.pattern import Chars, Edge, Either, Part, Pattern, Repeat, without_ends

MOST: Final = 1_000
"""Steps for each character of the text, above which a pattern is not given to an engine that tries again."""
_LAST: Final = 0x10FFFF


@dataclass(frozen=True, slots=True)
class _Steps:
    """What it takes from one place on: so many steps at most, and so many for each character that is left."""

    fixed: int = 0
    each: int = 0


class _TooManyError(Exception):
    """More than in proportion to the text, or above `MOST`."""


def in_proportion(pattern: Pattern) -> bool:
    """Does an engine that tries again take no more than `MOST` steps for each character, whatever the text?

    >>> from hegui.language.pattern import parse
    >>> [in_proportion(parse(text)) for text in ("^M\\\\d{3}$", ".*x", "^[a-z]+-.*$", "^a*a*b", "^(a|ab)*c", "x.*y")]
    [True, True, True, False, False, False]
    """
    return steps(pattern) is not None


def steps(pattern: Pattern) -> int | None:
    """How many steps it takes at most for each character of a text; None where it is more than `MOST`, or grows with the text."""
    try:
        found = sum(_option(option) for option in without_ends(pattern.root).options)
    except _TooManyError:
        return None
    return found if found <= MOST else None


def _option(option: tuple[Part, ...]) -> int:
    """Steps for each character of the text."""
    found = _sequence(option, _Steps(), last=True)
    anchored = bool(option) and option[0] == Edge(start=True)
    if found.each and not anchored:
        raise _TooManyError
    return found.each if anchored else found.fixed + 1


def _sequence(parts: tuple[Part, ...], after: _Steps, last: bool) -> _Steps:
    """Steps of some parts and what comes after them; `last` where nothing does."""
    for number in range(len(parts) - 1, -1, -1):
        following = parts[number + 1] if number + 1 < len(parts) else None
        after = _bounded(_part(parts[number], following, after, last and following is None))
    return after


def _part(part: Part, following: Part | None, after: _Steps, last: bool) -> _Steps:
    match part:
        case Either(options):
            ways = [_sequence(option, after, last=False) for option in options]
            return _Steps(sum(way.fixed for way in ways) + 1, sum(way.each for way in ways))
        case Repeat(item=Chars() as chars):
            return _repeated(part, after, last or _stops_at_once(chars, following))
        case Repeat():
            return _group(part, after)
    return replace(after, fixed=after.fixed + 1)


def _repeated(part: Repeat, after: _Steps, stops: bool) -> _Steps:
    """A repeated character. Where what follows can begin with none of its characters, there is one place to go on from."""
    if part.high is not None:
        ways = 1 if stops else part.high - part.low + 1
        return _Steps(2 * part.high + ways * (after.fixed + 1), ways * after.each)
    if (
        part.low > 1
    ):  # Java may call itself for each character; where it stands by itself, `without_ends` writes it as two
        raise _TooManyError
    if stops:
        return _Steps(after.fixed + 2, after.each + 2)
    if after.each:
        raise _TooManyError
    return _Steps(after.fixed + 2, after.fixed + 3)


def _group(part: Repeat, after: _Steps) -> _Steps:
    if part.high is None:  # Java calls itself for each time, and there is no room for many
        raise _TooManyError
    found = after
    for left in range(part.high):
        found = _part(part.item, None, found, last=False)
        if left < part.high - part.low:
            found = _Steps(found.fixed + after.fixed, found.each + after.each)
        _bounded(found)
    return found


def _bounded(steps: _Steps) -> _Steps:
    if max(steps.fixed, steps.each) > MOST:
        raise _TooManyError
    return steps


def _stops_at_once(chars: Chars, following: Part | None) -> bool:
    """Is where the repetition of a character ends the only place from which what follows may begin?"""
    match following:
        case Edge(start=False):
            return True
        case Chars():
            return _apart(chars, following)
        case Repeat(item=Chars() as item, low=low) if low > 0:
            return _apart(chars, item)
    return False


def _apart(one: Chars, other: Chars) -> bool:
    """Have two classes no character in common?"""
    return all(high < start or end < low for low, high in _ranges(one) for start, end in _ranges(other))


def _ranges(chars: Chars) -> list[tuple[int, int]]:
    if not chars.negated:
        return list(chars.ranges)
    found, start = [], 0
    for low, high in sorted(chars.ranges):
        if start < low:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return [*found, (start, _LAST)]
