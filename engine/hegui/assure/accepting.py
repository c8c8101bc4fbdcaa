"""Findings about a ruleset, held against those its `accepted:` documents let stand.

The same for `hegui lint`, `hegui test --mutate` and `hegui prove`. A finding that is let stand is still told, with its
reason; an entry that meets no finding any more is a finding itself, as what it was written for is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hegui.ruleset.model import Accepted, Ruleset
from hegui.source import Diagnostic, Wording
from hegui.vocabulary.naming import unknown

STALE = Wording(
    "accepted-in-vain",
    "`{finding}` of `{name}` is accepted here but is no longer found",
    "此处接受了 `{name}` 的 `{finding}`，但现在已经没有这一项",
)

UNKNOWN = Wording(
    "accepted-unknown",
    "`{name}` is accepted here, and no check of rulesets finds that",
    "此处接受了 `{name}`，但没有哪项规则集检查会报这一项",
)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is called: the id of its wording, what it is about, and what tells it from others of these two."""

    finding: str
    name: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Sifted(Generic[Found]):
    """Findings that are left, those that are let stand with the entry that says so, and the entries that met none."""

    left: tuple[Found, ...]
    let_stand: tuple[tuple[Found, Accepted], ...]
    stale: tuple[Accepted, ...]

    @property
    def in_vain(self) -> tuple[Diagnostic, ...]:
        """A warning for each entry that met no finding, at its place."""
        return tuple(
            Diagnostic(STALE, {"finding": each.finding, "name": each.name}, each.span, level="warning")
            for each in self.stale
        )


def sifted(
    found: Iterable[Found],
    ruleset: Ruleset,
    about: Callable[[Found], About],
    looked_for: Collection[str],
    names: Callable[[str], bool] = lambda _: True,
) -> Sifted[Found]:
    """Sift findings by the entries of a ruleset.

    Args:
        found: the findings, in order.
        ruleset: the ruleset they are about.
        about: what a finding is called.
        looked_for: ids of the checks that ran: only entries for these can be stale.
        names: which names the checks looked at, where not all. Entries of lower layers are never stale: what they
            accept may be gone in this layer and still be there in theirs.
    """
    left: list[Found] = []
    stand: list[tuple[Found, Accepted]] = []
    for each in found:
        entry = next((entry for entry in ruleset.accepted if _meets(entry, about(each))), None)
        if entry is None:
            left.append(each)
        else:
            stand.append((each, entry))
    met = {id(entry) for _, entry in stand}
    stale = tuple(
        entry
        for entry in ruleset.accepted
        if id(entry) not in met and entry.finding in looked_for and names(entry.name) and entry.layer == ruleset.name
    )
    return Sifted(tuple(left), tuple(stand), stale)


def unknown_findings(ruleset: Ruleset, known: Collection[str]) -> list[Diagnostic]:
    """A warning for each entry of a ruleset, but for those of lower layers, whose finding is none of those `known`."""
    wrong = [each for each in ruleset.accepted if each.layer == ruleset.name and each.finding not in known]
    return [replace(unknown(UNKNOWN, each.span, each.finding, known), level="warning") for each in wrong]


def _meets(entry: Accepted, about: About) -> bool:
    return (entry.finding, entry.name) == (about.finding, about.name) and entry.detail in (None, about.detail)
