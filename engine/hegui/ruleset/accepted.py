"""What is known about a ruleset and let stand: the `accepted:` documents of its layers."""

from __future__ import annotations

from hegui.ruleset.documents import AcceptedDocument
from hegui.ruleset.layers import Chain, place_of
from hegui.ruleset.model import Accepted
from hegui.ruleset.parameters import text
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Wording

_TWICE = Wording(
    "accepted-twice",
    "`{finding}` of `{name}` is accepted already in {place}",
    "`{name}` 的 `{finding}` 已在 {place} 中记录",
)


def build_accepted(chain: Chain, problems: Problems) -> tuple[Accepted, ...]:
    """Every entry of the chain that could be read, base layer first; one that is there twice is an error."""
    found: dict[tuple[str, str, str | None], Accepted] = {}
    for layer, document in chain.of("accepted"):
        part = validate(AcceptedDocument, document, problems)
        for index, each in enumerate(part.accepted if part is not None else ()):
            span = document.span(("accepted", index, "finding"))
            key = (each.finding, each.name, each.detail)
            if key in found:
                place = place_of(found[key].span)
                problems.add(_TWICE, span, finding=each.finding, name=each.name, place=place)
                continue
            found[key] = Accepted(each.finding, each.name, each.detail, text(each.reason), layer.name, span)
    return tuple(found.values())
