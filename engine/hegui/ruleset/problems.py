"""Collecting what is wrong with a ruleset instead of stopping at the first mistake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hegui.language.wordings import DID_YOU_MEAN, THERE_ARE
from hegui.source import Diagnostic, Span, Wording, did_you_mean

_LISTED: Final = 12


class Problems:
    """The diagnostics found so far, warnings included, in the order they were found."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []

    def add(self, wording: Wording, span: Span | None, hint: Wording | None = None, **args: object) -> None:
        """Note an error; `args` fill the placeholders of `wording` and `hint`."""
        self.items.append(Diagnostic(wording, args, span, hint))

    def add_unknown(self, wording: Wording, span: Span, name: str, known: Iterable[str], **args: object) -> None:
        """Note a name that does not exist, with the nearest ones that do (or, where none is near, what there is)."""
        words = list(known)
        hint, listed = suggestion(name, words)
        self.items.append(Diagnostic(wording, {"name": name, "known": listed, **args}, span, hint))

    def warn(self, wording: Wording, span: Span, **args: object) -> None:
        """Note a warning."""
        self.items.append(Diagnostic(wording, args, span, level="warning"))

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self.items if item.level == "error"]


def suggestion(name: str, known: Iterable[str]) -> tuple[Wording | None, str]:
    """The hint for an unknown name and the names it lists, in backquotes."""
    words = sorted(set(known))
    near = did_you_mean(name, words)
    listed = ", ".join(f"`{word}`" for word in near or words[:_LISTED])
    more = "" if near or len(words) <= _LISTED else " …"
    return (DID_YOU_MEAN if near else THERE_ARE if words else None), listed + more
