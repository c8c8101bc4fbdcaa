"""The command line: options, files and exit codes. What the commands do is the library's."""

from __future__ import annotations

from hegui.cli import (
    authors,
    beginning,
    diff,
    impact,
    judging,
    ledger,
    letters,
    linting,
    models,
    proving,
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
    "impact",
    "judging",
    "ledger",
    "letters",
    "linting",
    "main",
    "models",
    "proving",
    "schemas",
    "testing",
    "verifying",
    "waiving",
    "watching",
]
