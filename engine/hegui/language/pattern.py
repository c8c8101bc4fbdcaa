r"""The one dialect of regular expressions, read here and written out for each engine.

Literals, classes `[a-z甲-龘]` and `[^…]`, groups `(…)`, `|`, the repetitions `? * + {m} {m,} {m,n}`, `^`, `$` and `.`;
the classes `\d \w \s` and their opposites `\D \W \S`, all over ASCII; `\n`, `\t`, and a backslash before any ASCII
punctuation for that character itself. There are no flags, look-around or back-references, repetitions are greedy, and
a repeated group holds no repetition, so that no engine takes longer than the text deserves.

`.` is any character but the line feed, `$` the end of the text and nowhere else, `^` its start; a pattern may match
anywhere in the text. `\s` is space, tab, line feed, vertical tab, form feed and carriage return. It is a subset of RE2
(R. Cox, *Regular Expression Matching in the Wild*, 2010) with the differences between engines written away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Union

from hegui import limits
from hegui.source import Wording

Range = tuple[int, int]

_PLACE = "character {at} of the pattern: "
_ZH_PLACE = "正则表达式第 {at} 个字符："
LONG = Wording("pattern-long", "a pattern has at most {limit} characters", "正则表达式最多 {limit} 个字符")
BIG = Wording(
    "pattern-size",
    "the repetitions of the pattern ask for too much; use smaller numbers",
    "正则表达式的重复次数过大，请减小",
)
DEEP = Wording("pattern-depth", _PLACE + "groups nested deeper than {limit}", _ZH_PLACE + "分组嵌套超过 {limit} 层")
EMPTY = Wording("pattern-empty", _PLACE + "nothing stands here to be matched", _ZH_PLACE + "此处缺少要匹配的内容")
OPEN = Wording("pattern-open", _PLACE + "`{text}` is not closed", _ZH_PLACE + "`{text}` 没有结束")
STRAY = Wording(
    "pattern-stray",
    _PLACE + "`{text}` is not expected; write `\\{text}` for itself",
    _ZH_PLACE + "此处不应有 `{text}`；其本身请写作 `\\{text}`",
)
EXTENSION = Wording(
    "pattern-extension",
    _PLACE + "`(?` is not understood: there are no flags, look-around or named groups",
    _ZH_PLACE + "不支持 `(?`：没有标志、环视或命名分组",
)
ESCAPE = Wording(
    "pattern-escape",
    _PLACE + "`\\{text}` is not understood; write the character itself, or one of `\\d \\w \\s \\D \\W \\S \\n \\t`",
    _ZH_PLACE + "不支持 `\\{text}`；请直接写该字符，或使用 `\\d \\w \\s \\D \\W \\S \\n \\t`",
)
CHARACTER = Wording(
    "pattern-character", _PLACE + "half a surrogate pair is no character", _ZH_PLACE + "不成对的代理项不是字符"
)
NOTHING = Wording("pattern-nothing", _PLACE + "`{text}` repeats nothing", _ZH_PLACE + "`{text}` 之前没有可重复的内容")
TWICE = Wording(
    "pattern-repeated-repetition",
    _PLACE + "`{text}` repeats a repetition; a repeated group holds none",
    _ZH_PLACE + "`{text}` 重复了已有重复的内容；被重复的分组内不能再有重复",
)
COUNT = Wording(
    "pattern-count",
    _PLACE + "write `{{m}}`, `{{m,}}` or `{{m,n}}` with m not above n and n from 1 to {limit}, or `\\{{` for itself",
    _ZH_PLACE + "请写 `{{m}}`、`{{m,}}` 或 `{{m,n}}`，m 不大于 n，n 为 1 至 {limit}；花括号本身请写作 `\\{{`",
)
RANGE = Wording("pattern-range", _PLACE + "`{text}` is no range", _ZH_PLACE + "`{text}` 不是有效的范围")
DASH = Wording(
    "pattern-dash",
    _PLACE + "`-` stands first, last or as `\\-` in a class",
    _ZH_PLACE + "类中的 `-` 只能位于开头、结尾或写作 `\\-`",
)

_DIGIT: Final = (("0", "9"),)
_WORD: Final = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_SPACE: Final = (("\t", "\r"), (" ", " "))
_LAST: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)


def _codes(ranges: Iterable[tuple[str, str]]) -> tuple[Range, ...]:
    return tuple((ord(low), ord(high)) for low, high in ranges)


def _opposite(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Every character but these; `ranges` are sorted and apart."""
    found, start = [], 0
    for low, high in sorted((*ranges, _SURROGATES)):
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    return (*found, (start, _LAST))


_CLASSES: Final = {
    **{letter: _codes(ranges) for letter, ranges in (("d", _DIGIT), ("w", _WORD), ("s", _SPACE))},
    **{letter: _opposite(_codes(ranges)) for letter, ranges in (("D", _DIGIT), ("W", _WORD), ("S", _SPACE))},
}
_CONTROLS: Final = {"n": "\n", "t": "\t"}
_ANYTHING_BUT_LINE_FEED: Final = ((10, 10),)


class PatternError(ValueError):
    """The text is no pattern of the dialect: `wording` with its `details`, and the `offset` of the fault in it."""

    def __init__(self, wording: Wording, offset: int, **details: object) -> None:
        self.wording = wording
        self.offset = offset
        self.details: dict[str, Any] = {"at": offset + 1, **details}
        super().__init__(wording.en.format(**self.details))


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of `ranges` of code points, or with `negated` one outside them."""

    ranges: tuple[Range, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """The start of the text, or its end."""

    start: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """`item` from `low` to `high` times; without `high` any number of times."""

    item: Part
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Either:
    """One of several sequences."""

    options: tuple[tuple[Part, ...], ...]


Part = Union[Chars, Edge, Repeat, Either]


@dataclass(frozen=True)
class Pattern:
    """A parsed regular expression. It writes itself out for each engine, always with the meaning given above.

    >>> pattern = parse(r"^M\\d{3}$")
    >>> pattern.re2(), pattern.search("M003"), pattern.search("M003\\n")
    ('\\\\AM[0-9]{3}\\\\z', True, False)
    """

    text: str
    root: Either = field(compare=False)

    def re2(self) -> str:
        """The pattern for RE2."""
        return _options(self.root, r"\z")

    def rust(self) -> str:
        """The pattern for the regex crate, which Polars uses."""
        return self.re2()

    def java(self) -> str:
        """The pattern for `java.util.regex`, which Spark uses where `retrying.in_proportion` says that it may."""
        return _options(without_ends(self.root), r"\z")

    def python(self) -> str:
        """The pattern for Python's `re`."""
        return _options(self.root, r"\Z")

    def search(self, text: str) -> bool:
        """Does the pattern match anywhere in `text`?"""
        return _compiled(self.re2()).search(text) is not None


def without_ends(root: Either) -> Either:
    """What matches anywhere in the same texts, without repetitions at the ends that need not be looked at: `a+b.*` matches
    somewhere where `ab` does. What is repeated twice or more without an end is written as
    two parts."""
    return Either(tuple(_long_apart(_ends_cut(option)) for option in root.options))


def _ends_cut(option: tuple[Part, ...]) -> tuple[Part, ...]:
    while option and isinstance(first := option[0], Repeat) and first.high != first.low:
        option = (*_least(first), *option[1:])
    while option and isinstance(last := option[-1], Repeat) and last.high != last.low:
        option = (*option[:-1], *_least(last))
    return option


def _least(part: Repeat) -> tuple[Part, ...]:
    if not part.low:
        return ()
    return (part.item,) if part.low == 1 else (Repeat(part.item, part.low, part.low),)


def _long_apart(option: tuple[Part, ...]) -> tuple[Part, ...]:
    found: list[Part] = []
    for part in option:
        if isinstance(part, Repeat) and part.high is None and part.low > 1:
            found += [Repeat(part.item, part.low, part.low), Repeat(part.item, 0, None)]
        else:
            found.append(part)
    return tuple(found)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(text, options)


def parse(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        PatternError: it is not one of the dialect.
    """
    if len(text) > limits.PATTERN_LENGTH:
        raise PatternError(LONG, limits.PATTERN_LENGTH, limit=limits.PATTERN_LENGTH)
    for offset, char in enumerate(text):
        if 0xD800 <= ord(char) <= 0xDFFF:
            raise PatternError(CHARACTER, offset)
    root = _Reader(text).whole()
    if _size(root) > limits.PATTERN_SIZE:
        raise PatternError(BIG, 0)
    return Pattern(text, root)


# --- reading -------------------------------------------------------------------------------------------------------


class _Reader:
    """Recursive descent over the text of a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def whole(self) -> Either:
        root = self.either()
        if self.next:
            raise PatternError(STRAY, self.at, text=self.next)
        return root

    def either(self) -> Either:
        options = [self.sequence()]
        while self.next == "|":
            self.take()
            options.append(self.sequence())
        return Either(tuple(options))

    def sequence(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.next and self.next not in "|)":
            parts.append(self.piece())
        if not parts:
            raise PatternError(EMPTY, self.at)
        return tuple(parts)

    def piece(self) -> Part:
        if self.next in "?*+":
            raise PatternError(NOTHING, self.at, text=self.next)
        item, start = self.atom(), self.at
        if not self.next or self.next not in "?*+{":
            return item
        low, high = self.bounds()
        if self.next and self.next in "?*+{":
            raise PatternError(TWICE, self.at, text=self.next)
        if isinstance(item, Edge):
            raise PatternError(NOTHING, start, text=self.text[start])
        if _repeats(item):
            raise PatternError(TWICE, start, text=self.text[start])
        return Repeat(item, low, high)

    def bounds(self) -> tuple[int, int | None]:
        start, sign = self.at, self.take()
        if sign != "{":
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        stop = self.text.find("}", self.at)
        low, comma, high = self.text[self.at : stop].partition(",") if stop > 0 else ("", "", "")
        self.at = stop + 1
        if not _small(low) or not (_small(high) or not high):
            raise PatternError(COUNT, start, limit=limits.PATTERN_REPEAT)
        least = int(low)
        most = int(high) if high else None if comma else least
        if most is not None and not max(least, 1) <= most <= limits.PATTERN_REPEAT:
            raise PatternError(COUNT, start, limit=limits.PATTERN_REPEAT)
        return least, most

    def atom(self) -> Part:
        start, char = self.at, self.take()
        if char == "(":
            return self.group(start)
        if char == "[":
            return self.char_class(start)
        if char in "^$":
            return Edge(char == "^")
        if char == ".":
            return Chars(_ANYTHING_BUT_LINE_FEED, negated=True)
        if char == "\\":
            return Chars(self.escape(start))
        if char in "]{}":
            raise PatternError(STRAY if char != "{" else NOTHING, start, text=char)
        return _one(char)

    def group(self, start: int) -> Either:
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.next == "?":
            raise PatternError(EXTENSION, start)
        self.depth += 1
        if self.depth > limits.PATTERN_DEPTH:
            raise PatternError(DEEP, start, limit=limits.PATTERN_DEPTH)
        inside = self.either()
        if self.next != ")":
            raise PatternError(OPEN, start, text="(")
        self.take()
        self.depth -= 1
        return inside

    def escape(self, start: int) -> tuple[Range, ...]:
        if not self.next:
            raise PatternError(OPEN, start, text="\\")
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if not char.isascii() or char.isalnum() or not char.isprintable() or char == " ":
            if char not in _CONTROLS:
                raise PatternError(ESCAPE, start, text=char)
            char = _CONTROLS[char]
        return _one(char).ranges

    def char_class(self, start: int) -> Chars:
        negated = self.next == "^"
        if negated:
            self.take()
        ranges: list[Range] = []
        while self.next != "]":
            if not self.next:
                raise PatternError(OPEN, start, text="[")
            ranges.extend(self.member(first=not ranges))
        if not ranges:
            raise PatternError(EMPTY, self.at)
        self.take()
        return Chars(_joined(ranges), negated)

    def member(self, first: bool) -> tuple[Range, ...]:
        """One character, range or class of characters inside brackets."""
        start = self.at
        if self.next == "-" and not first and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
            raise PatternError(DASH, start)
        low = self.class_char(start)
        if self.next != "-" or self.text[self.at + 1 : self.at + 2] in ("", "]"):
            return low
        self.take()
        high = self.class_char(self.at)
        if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1] or low > high:
            raise PatternError(RANGE, start, text=self.text[start : self.at])
        return ((low[0][0], high[0][0]),)

    def class_char(self, start: int) -> tuple[Range, ...]:
        char = self.take()
        if char == "\\":
            return self.escape(start)
        if char == "[":
            raise PatternError(STRAY, start, text=char)
        return _one(char).ranges


def _small(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= limits.PATTERN_REPEAT


def _one(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Sorted, with overlapping and touching ranges made one."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _repeats(part: Part) -> bool:
    """Is there a repetition anywhere in it?"""
    if isinstance(part, Either):
        return any(_repeats(item) for option in part.options for item in option)
    return isinstance(part, Repeat)


def _size(part: Part) -> int:
    match part:
        case Either(options):
            return sum(_size(item) for option in options for item in option)
        case Repeat(item, low, high):
            return _size(item) * max(low, high or 0, 1)
    return 1


# --- writing -------------------------------------------------------------------------------------------------------


def _options(part: Either, end: str) -> str:
    """`end` is how the engine writes the end of the text."""
    return "|".join("".join(_part(item, end) for item in option) for option in part.options)


def _part(part: Part, end: str) -> str:
    match part:
        case Edge(start):
            return r"\A" if start else end
        case Chars():
            return _chars(part)
        case Repeat(item, low, high):
            return _part(item, end) + _bounds(low, high)
        case Either():
            return f"(?:{_options(part, end)})"


def _bounds(low: int, high: int | None) -> str:
    short = {(0, 1): "?", (0, None): "*", (1, None): "+"}
    if (low, high) in short:
        return short[low, high]
    return f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"


def _chars(chars: Chars) -> str:
    if not chars.negated and len(chars.ranges) == 1 and chars.ranges[0][0] == chars.ranges[0][1]:
        return _char(chars.ranges[0][0])
    inside = (_char(low) if low == high else f"{_char(low)}-{_char(high)}" for low, high in chars.ranges)
    return f"[{'^' if chars.negated else ''}{''.join(inside)}]"


def _char(code: int) -> str:
    r"""The character itself, or `\xHH` for ASCII that is no letter or digit: every engine reads both alike."""
    char = chr(code)
    return char if not char.isascii() or char.isalnum() else rf"\x{code:02X}"
