"""Characters of users that would do harm in a message: halves of the pairs that JSON writes some characters as (lone
surrogates), which no file takes, and ends of lines."""

from __future__ import annotations

import os


def escaped(text: str) -> str:
    r"""A text with such halves as escapes.

    >>> escaped("a\ud800")
    'a\\ud800'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def writable(text: str) -> bool:
    """Is a text without them?"""
    return escaped(text) == text


def on_one_line(value: object) -> object:
    """A text or path without line ends; all else as it is. A line that began with a user's words could be a command to whatever
    reads the messages, as CI systems do.

    >>> on_one_line("a\\n::error::b"), on_one_line(3)
    ('a ::error::b', 3)
    """
    return " ".join(str(value).splitlines()) if isinstance(value, str | os.PathLike) else value
