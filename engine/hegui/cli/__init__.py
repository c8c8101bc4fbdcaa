"""The command line: options, files and exit codes. What the commands do is the library's."""

from __future__ import annotations

from hegui.cli import authors, diff, judging, ledger, letters, linting, proving, verifying, waiving
from hegui.cli.frame import main

__all__ = ["authors", "diff", "judging", "ledger", "letters", "linting", "main", "proving", "verifying", "waiving"]
