"""Collecting what is wrong with a ruleset instead of stopping at the first mistake."""

from __future__ import annotations

from collections.abc import Iterable

from hegui.source import Diagnostic, Span, Wording
from hegui.vocabulary.naming import unknown


class Problems:
    """The diagnostics found so far, warnings included, in the order they were found."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []

    def add(self, wording: Wording, span: Span | None, hint: Wording | None = None, **args: object) -> None:
        """Note an error; `args` fill the placeholders of `wording` and `hint`."""
        self.items.append(Diagnostic(wording, args, span, hint))

    def add_unknown(self, wording: Wording, span: Span, name: str, known: Iterable[str], **args: object) -> None:
        """Note a name that does not exist, with the nearest ones that do (or, where none is near, what there is)."""
        self.items.append(unknown(wording, span, name, known, **args))

    def warn(self, wording: Wording, span: Span, **args: object) -> None:
        """Note a warning."""
        self.items.append(Diagnostic(wording, args, span, level="warning"))

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self.items if item.level == "error"]
