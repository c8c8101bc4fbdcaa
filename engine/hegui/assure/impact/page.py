"""An impact as one HTML file that needs nothing else, in both languages, in the looks of the page of a run."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hegui.assure.impact import words
from hegui.assure.impact.model import Change, Impact, Redrawn, State
from hegui.assure.impact.sheet import Sheet
from hegui.explaining.words import SEVERITIES, STANDING
from hegui.report import page as run_page
from hegui.report.look import Look
from hegui.report.page import both
from hegui.report.plain import plain

MOST_ROWS: Final = 300
"""Rows of a table, edits and conclusions listed."""

_HERE: Final = Path(__file__).parent
_SCRIPT: Final = """
const root = document.documentElement;
document.getElementById("language").addEventListener("click", () => {
  root.lang = root.lang === "en" ? "zh-CN" : "en";
});
"""


def html(impact: Impact, look: Look) -> Iterator[str]:
    """The impact as a page, which opens in the language of `look`."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = "\n".join(
        path.read_text("utf-8") for path in (Path(run_page.__file__).parent / "page.css", _HERE / "page.css")
    )
    context: dict[str, Any] = {
        "lang": "en" if look.lang == "en" else "zh-CN",
        "policy": f"default-src 'none'; script-src 'sha256-{_hash(_SCRIPT)}'; style-src 'sha256-{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        "style": style,
        "script": _SCRIPT,
        "own": Markup,  # our own style sheet and script
        "sheet": Sheet(impact),
        "impact": impact,
        "w": words,
        "changes": Change,
        "redrawn": Redrawn,
        "violation": State.VIOLATION,
        "severities": SEVERITIES,
        "standing": STANDING,
        "both": both,
        "safe": plain,
        "most": MOST_ROWS,
        "number": lambda count: f"{count:,}",
    }
    yield environment.get_template("page.html").render(context)


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()
