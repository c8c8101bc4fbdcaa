"""What became of waivers in a run: which cover how much, and which want looking at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from hegui.waivers.model import Waiver, Waivers

SOON: Final = 30
"""Days before its last that a waiver is said to end soon."""
SHARE: Final = 0.5
"""A waiver that covers more than this share of all violations and conclusions is too broad …"""
LEAST: Final = 20
"""… if it covers at least so many, and does not name each."""


@dataclass(frozen=True, slots=True)
class Account:
    """The waivers a run was given, and what became of them.

    `digest` is over the texts of `files`. With `ignored` they were set aside, and nothing is covered. `covers` has how many
    violations and conclusions each covers that stands; what several cover counts for each. The lists name waivers:
    `expiring` within `soon` days, `expired`, `upcoming` (not yet begun), `broad`, and `unused`, those that stand and cover
    nothing: None where only part of a registry was judged.
    """

    digest: str | None = None
    files: tuple[str, ...] = ()
    ignored: bool = False
    given: tuple[Waiver, ...] = ()
    soon: int = SOON
    covers: dict[str, int] = field(default_factory=dict)
    expiring: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    upcoming: tuple[str, ...] = ()
    unused: tuple[str, ...] | None = None
    broad: tuple[str, ...] = ()

    @property
    def standing(self) -> tuple[Waiver, ...]:
        """The waivers that are asked what they cover, in order; they may not stand on the day."""
        return () if self.ignored else self.given

    @property
    def clean(self) -> bool:
        """Is there nothing to look at?"""
        return not (self.expiring or self.expired or self.upcoming or self.unused or self.broad)


def account_of(
    waivers: Waivers,
    day: date,
    covers: Mapping[str, int],
    counting: int,
    *,
    whole: bool,
    soon: int = SOON,
) -> Account:
    """What became of waivers.

    Args:
        waivers: as loaded.
        day: the day of the decision.
        covers: how many violations and conclusions each covers.
        counting: how many there are in all, covered or not.
        whole: was the whole registry judged by all rules?
        soon: days before its last that a waiver is said to end soon.
    """
    standing = [each for each in waivers.given if each.stands(day)]
    last = day + timedelta(days=soon)
    return Account(
        digest=waivers.digest,
        files=waivers.files,
        given=waivers.given,
        soon=soon,
        covers={each.name: covers.get(each.name, 0) for each in standing},
        expiring=tuple(each.name for each in standing if each.until <= last),
        expired=tuple(each.name for each in waivers.given if each.until < day),
        upcoming=tuple(each.name for each in waivers.given if each.start > day),
        unused=tuple(each.name for each in standing if not covers.get(each.name)) if whole else None,
        broad=tuple(each.name for each in standing if _broad(each, covers.get(each.name, 0), counting if whole else 0)),
    )


def _broad(waiver: Waiver, covered: int, counting: int) -> bool:
    if waiver.scope.everything:
        return True
    return not waiver.scope.fingerprints and covered >= LEAST and 0 < counting * SHARE < covered
