"""What is said of a name that does not exist: the nearest that do, or what there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hegui.source import Diagnostic, Span, Wording, did_you_mean

DID_YOU_MEAN: Final = Wording("did-you-mean", "did you mean {known}?", "是否应为 {known}？")
THERE_ARE: Final = Wording("there-are", "there are {known}", "可用的有 {known}")
_LISTED: Final = 20


def suggestion(name: str, known: Iterable[str]) -> tuple[Wording | None, str]:
    """The hint for an unknown name, and the names it lists: the nearest ones or, where none is near, what there is."""
    words = sorted(set(known))
    near = did_you_mean(name, words)
    listed = ", ".join(f"`{word}`" for word in near or words[:_LISTED])
    more = " …" if not near and len(words) > _LISTED else ""
    return (DID_YOU_MEAN if near else THERE_ARE if words else None), listed + more


def unknown(wording: Wording, span: Span | None, name: str, known: Iterable[str], **args: object) -> Diagnostic:
    """The diagnostic for a name that does not exist."""
    hint, listed = suggestion(name, known)
    return Diagnostic(wording, {"name": name, "known": listed, **args}, span, hint)
