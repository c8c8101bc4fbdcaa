"""What a run was made with: hegui's own code, Python, and the packages that verdicts pass through."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from hegui.source import digest

PACKAGES: Final = ("polars", "narwhals", "durable-rules", "pyspark")


def of(package: str) -> str | None:
    """The version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def used() -> dict[str, str]:
    """Versions of Python and of the packages that are installed, and `code`, the digest of hegui's own modules."""
    root = Path(__file__).parent.parent
    code = digest((path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.rglob("*.py")))
    found = {name: of(name) for name in PACKAGES}
    return {"code": code, "python": platform.python_version()} | {name: text for name, text in found.items() if text}
