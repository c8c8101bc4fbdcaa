"""How many cases a comparison tries: few as a rule, `HEGUI_CASES` in its long run."""

from __future__ import annotations

import os


def cases(usual: int) -> int:
    """The number of cases of a long run; `usual` where `HEGUI_CASES` does not say."""
    return int(os.environ.get("HEGUI_CASES", usual))
