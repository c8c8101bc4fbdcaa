"""Which patterns an engine that tries again is given: held against one that counts what it tries."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from hegui.language import pattern as dialect
from hegui.language.pattern import Chars, Edge, Either, Part, Repeat, parse
from hegui.language.retrying import MOST, in_proportion, steps

Then = Callable[[int], bool]


class Trying:
    """Searches as an engine that tries again does, and counts its steps."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0

    def search(self, root: Either) -> bool:
        return any(self.part(root, start, lambda _: True) for start in range(len(self.text) + 1))

    def part(self, part: Part, at: int, then: Then) -> bool:
        self.steps += 1
        match part:
            case Edge(start):
                return at == (0 if start else len(self.text)) and then(at)
            case Chars():
                return self.one(part, at) and then(at + 1)
            case Either(options):
                return any(self.sequence(option, at, then) for option in options)
            case Repeat(item=Chars() as chars):
                return self.many(part, chars, at, then)
            case Repeat():
                return self.times(part, 0, at, then)

    def one(self, chars: Chars, at: int) -> bool:
        if at >= len(self.text):
            return False
        code = ord(self.text[at])
        return any(low <= code <= high for low, high in chars.ranges) is not chars.negated

    def sequence(self, parts: tuple[Part, ...], at: int, then: Then) -> bool:
        if not parts:
            return then(at)
        return self.part(parts[0], at, lambda after: self.sequence(parts[1:], after, then))

    def many(self, part: Repeat, chars: Chars, at: int, then: Then) -> bool:
        end = at
        while (part.high is None or end - at < part.high) and self.one(chars, end):
            end += 1
            self.steps += 1
        for stop in range(end, at + part.low - 1, -1):
            self.steps += 1
            if then(stop):
                return True
        return False

    def times(self, part: Repeat, done: int, at: int, then: Then) -> bool:
        again = part.high is None or done < part.high
        if again and self.part(part.item, at, lambda after: self.times(part, done + 1, after, then)):
            return True
        return done >= part.low and then(at)


def tried(text: str, subject: str) -> int:
    trying = Trying(subject)
    found = trying.search(dialect.without_ends(parse(text).root))
    assert found is parse(text).search(subject), (text, subject)
    return trying.steps


ATOMS = ["a", "b", ".", "[ab]", "[^a]", r"\d", "(a|b)", "(ab|a)", "(a|.|b)", "甲"]
SIGNS = ["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"]


def drawn(dice: random.Random) -> str:
    options = []
    for _ in range(dice.choice([1, 1, 2])):
        parts = [dice.choice(ATOMS) + dice.choice(SIGNS) for _ in range(dice.randrange(1, 5))]
        options.append(dice.choice(["", "^"]) + "".join(parts) + dice.choice(["", "$"]))
    return "|".join(options)


SUBJECTS = ["a" * 200, "ab" * 100, "b" * 200, "a" * 199 + "\n", "1" * 200, "甲a" * 100, "aab" * 66 + "\n", ""]


def test_what_is_in_proportion_takes_no_more_steps_than_that() -> None:
    dice, seen = random.Random(1), {True: 0, False: 0}
    for _ in range(400):
        text = drawn(dice)
        most = steps(parse(text))
        seen[most is not None] += 1
        for subject in SUBJECTS if most is not None else ():
            assert tried(text, subject) <= (most + 2) * (len(subject) + 2) + MOST, text
    assert min(seen.values()) > 60


@pytest.mark.parametrize(
    "text", ["x.*y", "^a*a*b", "^(a|ab)*c", "(a|.){20}b", "^.*a.*b", "^(矿|矿山)+厂$", "^(a*)(a*)b", "(ab{2,})c"]
)
def test_what_grows_faster_is_not(text: str) -> None:
    assert not in_proportion(parse(text))


@pytest.mark.parametrize(
    "text",
    ["^M\\d{3}$", ".*x.*", "\\d+", "a{2,}b", "^[a-z]+-\\d+$", "^x{2,}$", "^.*矿$", "农场|矿", "^(甲|乙)\\d{1,9}$"],
)
def test_what_analysts_write_is(text: str) -> None:
    assert in_proportion(parse(text))


def test_ends_that_need_not_be_looked_at() -> None:
    cut = {
        "a+b.*": "ab",
        "a*": "",
        "x{2,}": "x{2}",
        "^a+": "\\Aa",
        "a*$": "\\z",
        "^x{3,}$": "\\Ax{3}x*\\z",
        "(ab)+c|d?": "(?:ab)c|",
    }
    assert {text: parse(text).java() for text in cut} == cut
