"""Characters that Python takes and no file: halves of the pairs that JSON writes some characters as (lone surrogates)."""

from __future__ import annotations


def escaped(text: str) -> str:
    r"""A text with such halves as escapes.

    >>> escaped("a\ud800")
    'a\\ud800'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def writable(text: str) -> bool:
    """Is a text without them?"""
    return escaped(text) == text
