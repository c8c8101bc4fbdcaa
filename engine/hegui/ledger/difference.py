"""What is different between two runs, fingerprint by fingerprint, without a ledger.

Rule by rule: of the first run no more is held than what each fingerprint of one rule said, by its digest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from hegui.ledger.life import SHOWN, State
from hegui.ledger.statements import Said, Speech, Statements
from hegui.report.run import Run


class Change(StrEnum):
    """What became of a fingerprint from the first run to the second. `NOW_UNDETERMINED` and `SETTLED` are about what is
    undetermined in the second and in the first; `UNCHECKED`: the second run did not look; `WAITING`: undetermined in both."""

    OPENED = "opened"
    CLOSED = "closed"
    CHANGED = "changed"
    NOW_UNDETERMINED = "now_undetermined"
    SETTLED = "settled"
    GONE = "gone"
    UNSEEN = "unseen"
    UNCHECKED = "unchecked"
    PERSISTING = "persisting"
    WAITING = "waiting"


SAME = (Change.PERSISTING, Change.WAITING)
"""What is no difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fingerprint, as it is called in the second run, with what each run says of it, where it does."""

    change: Change
    fingerprint: str
    rule: str
    then: Said | None
    now: Said | None

    @property
    def of(self) -> Said:
        """What is said of it now, or was then."""
        found = self.now or self.then
        assert found is not None
        return found


@dataclass
class Counts:
    """How many fingerprints there are of each change: in all, by rule, and by jurisdiction (its id; empty for none)."""

    total: Counter[Change] = field(default_factory=Counter)
    rules: dict[str, Counter[Change]] = field(default_factory=dict)
    places: dict[str, Counter[Change]] = field(default_factory=dict)

    def add(self, found: Difference) -> None:
        """Count one more."""
        where = found.of.of.jurisdiction or ""
        for counter in (
            self.total,
            self.rules.setdefault(found.rule, Counter()),
            self.places.setdefault(where, Counter()),
        ):
            counter[found.change] += 1

    @property
    def differs(self) -> bool:
        """Is anything different?"""
        return any(count for change, count in self.total.items() if change not in SAME)


@dataclass(frozen=True)
class Comparison:
    """Two runs compared: `first` with `second`, the later one."""

    first: Run
    second: Run

    def differences(self) -> Iterator[Difference]:
        """Everything either run says something of, by rule, then by fingerprint as the second run has them, then those only
        the first has."""
        asked = set[str]()
        for speech in self._second.speeches():
            asked.update(speech.names)
            yield from self._rule(speech)
        for speech in self._first.speeches():
            if speech.rule not in asked:
                yield from (
                    _without(said, Change.UNCHECKED) for said in speech.all() if said.state is not State.CLEARED
                )

    def run_of(self, found: Difference) -> Run:
        """The run whose finding is shown."""
        return self.second if found.now is not None else self.first

    @cached_property
    def _first(self) -> Statements:
        return Statements(self.first)

    @cached_property
    def _second(self) -> Statements:
        return Statements(self.second)

    def _before(self, speech: Speech) -> Iterator[Said]:
        """What the first run says by a rule of the second, under whichever name."""
        for earlier in self._first.speeches():
            if earlier.rule in speech.names:
                yield from earlier.all()

    def _rule(self, speech: Speech) -> Iterator[Difference]:
        before = {said.rest: (said.state, said.digest) for said in self._before(speech)}
        changes: dict[str, tuple[Change, Said]] = {}
        for said in speech.all():
            state, digest = before.pop(said.rest, (None, None))
            change = _change(state, said, digest == said.digest)
            if change is None:
                continue
            if state is None or change in SAME:
                yield Difference(change, said.fingerprint, speech.rule, None, said)
            else:
                changes[said.rest] = (change, said)
        yield from self._with_both(speech, changes, before)

    def _with_both(
        self, speech: Speech, changes: Mapping[str, tuple[Change, Said]], silent: Mapping[str, object]
    ) -> Iterator[Difference]:
        """Those that need what the first run says, which is read once more for them."""
        if not changes and not silent:
            return
        for then in self._before(speech):
            fingerprint = f"{speech.rule}/{then.rest}"
            if then.rest in changes:
                change, now = changes[then.rest]
                yield Difference(change, fingerprint, speech.rule, then, now)
            elif then.rest in silent and then.state is not State.CLEARED:
                about, _, key = then.rest.partition("/")
                yield _without(then, _absent(speech.silence(about, key), then.state), speech.rule)


def _change(before: State | None, said: Said, same: bool) -> Change | None:
    """From what the first run says to what the second does; None where there was nothing to say and is nothing."""
    shown = before in SHOWN
    if said.state in SHOWN:
        return Change.OPENED if not shown else Change.PERSISTING if same else Change.CHANGED
    if said.state is State.CLEARED:
        return Change.CLOSED if shown else Change.SETTLED if before is State.UNDETERMINED else None
    return Change.WAITING if before is State.UNDETERMINED else Change.NOW_UNDETERMINED


def _absent(silence: State | None, before: State) -> Change:
    """What it means that the second run says nothing."""
    match silence:
        case None:
            return Change.UNCHECKED
        case State.CLEARED:
            return Change.CLOSED if before in SHOWN else Change.SETTLED
        case State.GONE:
            return Change.GONE
        case State.UNDETERMINED:
            return Change.WAITING if before is State.UNDETERMINED else Change.NOW_UNDETERMINED
    return Change.UNSEEN


def _without(then: Said, change: Change, rule: str | None = None) -> Difference:
    name = rule or then.rule
    return Difference(change, f"{name}/{then.rest}", name, then, None)
