"""Counts over all matters of a ledger: by progress, by what needs a look, and by town or department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from hegui.ledger.life import Progress, State
from hegui.ledger.standing import Matter
from hegui.ledger.words import DESPITE, LATE, REOPENED, STATES, UNCHECKED

By = Literal["town", "department"]

LOOKS: Final = {
    "undetermined": STATES[State.UNDETERMINED],
    "gone": STATES[State.GONE],
    "unseen": STATES[State.UNSEEN],
    "waived": STATES[State.WAIVED],
    "reopened": REOPENED,
    "late": LATE,
    "unchecked": UNCHECKED,
    "despite": DESPITE,
}
"""What needs a look, in the order it is shown."""


@dataclass
class Tally:
    """Matters counted. `looks` are those open matters that need a look, by reason."""

    progress: Counter[Progress] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    overdue: int = 0
    without_order: int = 0

    def add(self, matter: Matter, day: date) -> None:
        """Count one more, as things stand on `day`."""
        self.progress[matter.life.progress] += 1
        self.looks.update(looks(matter))
        self.overdue += matter.life.overdue(day) is not None
        self.without_order += matter.life.open and matter.life.order is None

    @property
    def total(self) -> int:
        return sum(self.progress.values())

    def data(self) -> dict[str, Any]:
        """As JSON data."""
        counts = {progress.value: self.progress[progress] for progress in Progress}
        more = {"overdue": self.overdue, "without_order": self.without_order, "total": self.total}
        return {**counts, **more, "looks": {name: self.looks[name] for name in LOOKS}}


def looks(matter: Matter) -> Iterator[str]:
    """Why somebody should look at a matter."""
    life = matter.life
    closed = life.progress is Progress.CLOSED
    if closed and life.acceptance is not None and life.sighted.state in (State.SHOWN, State.UNDETERMINED, State.UNSEEN):
        yield "despite"
    if closed:
        return
    if life.sighted.state in (State.UNDETERMINED, State.GONE, State.UNSEEN, State.WAIVED):
        yield life.sighted.state.value
    if life.reopened:
        yield "reopened"
    if life.late:
        yield "late"
    if matter.unchecked:
        yield "unchecked"


def group_of(matter: Matter, by: By, lang: str) -> str:
    """The town or department a matter is counted under; empty where there is none."""
    now = matter.now
    return now.words.authority.get(lang) if by == "department" else now.place or now.jurisdiction or ""


def tallies(matters: Iterable[Matter], day: date, by: By, lang: str) -> tuple[Tally, dict[str, Tally]]:
    """All matters, and those of each town or department in order of its name; nobody's last."""
    total, groups = Tally(), dict[str, Tally]()
    order: dict[str, str] = {}
    for matter in matters:
        name = group_of(matter, by, lang)
        order.setdefault(name, (matter.now.jurisdiction or "") if by == "town" else name)
        total.add(matter, day)
        groups.setdefault(name, Tally()).add(matter, day)
    return total, {name: groups[name] for name in sorted(groups, key=lambda each: (not each, order[each], each))}


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue on `day`, longest first; how many matters there are in all, and open ones without an order."""

    matters: tuple[Matter, ...]
    total: int
    without_order: int

    @staticmethod
    def of(matters: Iterable[Matter], day: date) -> Overdue:
        """Those of some matters that are overdue."""
        found: list[tuple[int, Matter]] = []
        tally = Tally()
        for matter in matters:
            tally.add(matter, day)
            if (past := matter.life.overdue(day)) is not None:
                found.append((past, matter))
        found.sort(key=lambda each: (-each[0], each[1].now.jurisdiction or "", each[1].fingerprint))
        return Overdue(tuple(matter for _, matter in found), tally.total, tally.without_order)
