"""Messages with `{condition}` placeholders, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hegui.source import Wording

OPEN = Wording(
    "open-brace", "`{{` has no matching `}}`; write `{{{{` for a brace", "`{{` 没有对应的 `}}`；花括号本身请写作 `{{{{`"
)
CLOSE = Wording(
    "close-brace",
    "`}}` has no matching `{{`; write `}}}}` for a brace",
    "`}}` 没有对应的 `{{`；花括号本身请写作 `}}}}`",
)
_BRACE: Final = re.compile("[{}]")
EMPTY = Wording("empty-placeholder", "`{{}}` holds no condition", "`{{}}` 中没有条件")


@dataclass(frozen=True)
class Placeholder:
    """A condition in a message and where it begins there."""

    text: str
    start: int


class MessageFault(Exception):
    """The message cannot be taken apart; `start` and `end` are offsets into it."""

    def __init__(self, wording: Wording, start: int, end: int) -> None:
        super().__init__(wording.en)
        self.wording, self.start, self.end = wording, start, end


def split(text: str) -> list[str | Placeholder]:
    """A message as literal texts and placeholders in order; `{{` and `}}` are braces.

    >>> split("{{{year + 1}}}")
    ['{', Placeholder(text='year + 1', start=3), '}']

    Raises:
        MessageFault: a brace without its fellow, or nothing between two.
    """
    parts: list[str | Placeholder] = []
    literal: list[str] = []
    at = 0
    while (brace := _BRACE.search(text, at)) is not None:
        literal.append(text[at : brace.start()])
        at = brace.start()
        if text[at : at + 2] in ("{{", "}}"):
            literal.append(text[at])
            at += 2
        elif text[at] == "{":
            end = _closing(text, at + 1)
            parts += ["".join(literal), _placeholder(text, at + 1, end)]
            literal, at = [], end + 1
        else:
            raise MessageFault(CLOSE, at, at + 1)
    return [part for part in [*parts, "".join((*literal, text[at:]))] if part != ""]


def _placeholder(text: str, start: int, end: int) -> Placeholder:
    if not text[start:end].strip():
        raise MessageFault(EMPTY, start - 1, end + 1)
    return Placeholder(text[start:end], start)


def _closing(text: str, start: int) -> int:
    """Where the placeholder that begins at `start` ends; braces inside quoted texts do not count."""
    quote, at = "", start
    while at < len(text):
        char = text[at]
        if quote and char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "}":
            return at
        elif char == "{":
            break
        at += 1
    raise MessageFault(OPEN, start - 1, start)
