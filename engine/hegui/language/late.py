"""narwhals for the column meanings of operators, imported when the first of them is asked for: judging row by row asks
for none, and importing it takes as long as judging a small registry does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw
else:

    class _Late:
        """The module, looked up name by name."""

        def __getattr__(self, name: str) -> Any:
            import narwhals

            return getattr(narwhals, name)

    nw = _Late()

__all__ = ["nw"]
