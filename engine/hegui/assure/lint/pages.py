"""Where each finding is documented: warnings have a page each, errors a row of a common one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hegui.assure.lint import WARNINGS

FOLDER: Final = "docs/lint"
ERRORS: Final = f"{FOLDER}/errors.md"


def pages(ids: Iterable[str]) -> dict[str, str]:
    """Where each of some ids is documented."""
    return {each: f"{FOLDER}/{each}.md" if each in WARNINGS else f"{ERRORS}#{each}" for each in ids}


def page(id_: str) -> str | None:
    """The page of a warning, or what an error says in both languages; None where lint finds nothing of that id."""
    folder = _folder()
    if id_ in WARNINGS:
        return (folder / f"{id_}.md").read_text("utf-8")
    row = re.search(rf'^\| <a id="{re.escape(id_)}"></a>(.*)$', (folder / "errors.md").read_text("utf-8"), re.MULTILINE)
    if row is None:
        return None
    en, zh = (cell.replace("\\|", "|").replace("<br>", "\n> ") for cell in re.split(r" (?<!\\)\| ?", row[1])[1:3])
    return f"# {id_}\n\n> {en}\n>\n> {zh}\n\nAn error: the ruleset cannot be used.\n"


def explained() -> list[str]:
    """Every id there is something to read about, sorted."""
    errors = re.findall(r'^\| <a id="([a-z0-9-]+)">', (_folder() / "errors.md").read_text("utf-8"), re.MULTILINE)
    return sorted({*WARNINGS, *errors})


def _folder() -> Path:
    """The pages inside the package, or beside it in a checkout."""
    inside = Path(__file__).resolve().parent / "pages"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[4] / FOLDER
