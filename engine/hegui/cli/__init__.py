"""The command line: options, files and exit codes. What the commands do is the library's."""

from __future__ import annotations

from hegui.cli import (
    authors,
    beginning,
    diff,
    judging,
    ledger,
    letters,
    linting,
    schemas,
    testing,
    verifying,
    waiving,
    watching,
)
from hegui.cli.frame import main

__all__ = [
    "authors",
    "beginning",
    "diff",
    "judging",
    "ledger",
    "letters",
    "linting",
    "main",
    "schemas",
    "testing",
    "verifying",
    "waiving",
    "watching",
]
