"""Letters that hand problems over (问题交办单), as drafts in one Word document, from a template the office can replace.

A letter is no decision and no order: each page says that it is a draft, and each letter ends with the standing statement,
whatever the template. Letters are Chinese whatever the language of a report, since that is what the office sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hegui.report.letter.gathering import By, gathered
from hegui.report.look import Look
from hegui.report.run import Run

if TYPE_CHECKING:
    from pathlib import Path


def docx(run: Run, look: Look) -> Iterator[bytes]:
    """A letter for each entity.

    Raises:
        UsageError: the template of `look` cannot be used.
    """
    return _written(run, look.template, "entity")


def docx_town(run: Run, look: Look) -> Iterator[bytes]:
    """A letter for each town.

    Raises:
        UsageError: the template of `look` cannot be used.
    """
    return _written(run, look.template, "town")


def _written(run: Run, template: Path | None, by: By) -> Iterator[bytes]:
    from hegui.report.letter.filling import filled
    from hegui.report.letter.template import Template

    yield filled(Template.read(template), gathered(run, by), run.info.as_of)


__all__ = ["docx", "docx_town"]
