"""Where each finding is documented: warnings have a page each, errors a row of a common one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hegui.assure.accepting import STALE
from hegui.assure.lint import CHECKS

FOLDER: Final = "docs/lint"
ERRORS: Final = f"{FOLDER}/errors.md"
_OF_THE_LOADER: Final = ("needless-holiday", "needless-workday")
"""Warnings that the loader gives."""
WARNINGS: Final = tuple(
    sorted({wording.id for check in CHECKS for wording in check.wordings} | {STALE.id, *_OF_THE_LOADER})
)
"""The id of every warning lint gives."""


def pages(ids: Iterable[str]) -> dict[str, str]:
    """Where each of some ids is documented."""
    return {each: f"{FOLDER}/{each}.md" if each in WARNINGS else f"{ERRORS}#{each}" for each in ids}
