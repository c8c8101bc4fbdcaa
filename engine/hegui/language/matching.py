"""Can a pattern match at all? Decided exactly, by running it over what a text may look like instead of over a text.

`^` holds where nothing has been read yet, `$` where nothing is read any more; nothing in the dialect asks that a character
be absent. So how far a text has been read is one of four states, and each part of a pattern leads from some to others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hegui.language.pattern import Chars, Edge, Either, Part, Pattern, Repeat


@dataclass(frozen=True, slots=True)
class _State:
    """Has anything been read, and has the end been reached?"""

    read: bool
    over: bool


_States = frozenset[_State]
_BEGINNING: Final = frozenset({_State(read=False, over=False)})
_ALL: Final = 4
"""States there are, so that a repetition reaches all it ever will in so many rounds."""
_SURROGATES: Final = (0xD800, 0xDFFF)
_LAST: Final = 0x10FFFF


def can_match(pattern: Pattern) -> bool:
    """Is there any text the pattern matches?

    >>> from hegui.language.pattern import parse
    >>> can_match(parse("^a+$")), can_match(parse("a^b")), can_match(parse("$x")), can_match(parse("[^\\\\d\\\\D]"))
    (True, False, False, False)
    """
    return bool(_after(pattern.root, _BEGINNING))


def _after(part: Part, states: _States) -> _States:
    """The states in which a text may be once `part` has matched, begun in any of `states`."""
    match part:
        case Chars():
            reads = any(not state.over for state in states) and not _empty(part)
            return frozenset({_State(read=True, over=False)}) if reads else frozenset()
        case Edge(start):
            if start:
                return frozenset(state for state in states if not state.read)
            return frozenset(_State(state.read, over=True) for state in states)
        case Either(options):
            return frozenset().union(*(_sequence(option, states) for option in options))
        case Repeat():
            return _repeated(part, states)


def _sequence(parts: tuple[Part, ...], states: _States) -> _States:
    for part in parts:
        states = _after(part, states)
    return states


def _repeated(part: Repeat, states: _States) -> _States:
    for _ in range(min(part.low, _ALL)):
        states = _after(part.item, states)
    rounds = _ALL if part.high is None else min(part.high - part.low, _ALL)
    for _ in range(rounds):
        states |= _after(part.item, states)
    return states


def _empty(chars: Chars) -> bool:
    """Is there no character in the class? Only an opposite can be empty: of every character there is."""
    if not chars.negated:
        return False
    reached = 0
    for low, high in sorted((*chars.ranges, _SURROGATES)):
        if low > reached:
            return False
        reached = max(reached, high + 1)
    return reached > _LAST
