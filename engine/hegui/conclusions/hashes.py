"""The hash durable-rules tells names and ids apart by; where two of ours share one, it takes them for the same."""

from __future__ import annotations


def fnv32(text: str) -> int:
    """FNV-1a in 32 bits over UTF-8, each byte widened with its sign, as the C source does.

    >>> hex(fnv32("a"))
    '0xe40c292c'
    """
    found = 2166136261
    for byte in text.encode():
        found = (found ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619 & 0xFFFFFFFF
    return found
