"""For mkdocs: links out of `docs/` lead to files of the repository, which the site has not; they become the names of these files.

A link to a file that is not there is told like any other broken link.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((\.\./[^)#\s]*)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page, its links out of the folder as words."""
    folder = posixpath.dirname(page.file.src_uri)

    def shown(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", folder, match[2]))
        if target.startswith("docs/") or not (ROOT / target).exists():
            return match[0]
        return f"{match[1]} (`{target}`)" if match[1].strip("`") != target else match[1]

    return _LINK.sub(shown, markdown)
