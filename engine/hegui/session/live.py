"""A registry that changes while one looks: what a change opens, closes and changes, at once."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import RLock
from typing import Any, Final

from hegui.api import SHANGHAI, today
from hegui.arguments import expect, expect_days, expect_lang
from hegui.engines.request import answering_row
from hegui.explaining import Explanation
from hegui.facts.registry import DataProblem, Registry
from hegui.outcome import Drawn, Finding, as_key
from hegui.report.nobody import nobody
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.session.becoming import difference, with_kinds
from hegui.session.door import Change, Door, Frames
from hegui.session.journal import Beginning, Journal
from hegui.session.state import Asked, State, Told, told_apart
from hegui.session.verdicts import Moved
from hegui.session.words import Words
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean
from hegui.waivers.model import NONE, Waivers

_NO_RULE: Final = Wording("unknown-rule", "there is no rule `{name}`", "没有规则 `{name}`")
_NO_CONCLUSION: Final = Wording("unknown-conclusion", "there is no conclusion `{name}`", "没有结论 `{name}`")
_NEAR: Final = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")
_OTHER_WORDS: Final = Wording(
    "another-vocabulary",
    "the registry was conformed to another vocabulary than that of the ruleset",
    "该台账不是按此规则集的词汇整理的",
)


@dataclass(frozen=True, slots=True)
class Altered:
    """A finding or conclusion that is there still.

    Attributes:
        before: as it was.
        after: as it is; of the same fingerprint.
    """

    before: Finding | Drawn
    after: Finding | Drawn


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change did. It is true where anything found is not as it was.

    Findings are violations and what is undetermined, as in a run, by rule and key; conclusions by name and whom they are about.
    Where rows stand does not matter.

    Attributes:
        opened: findings that were not there before.
        closed: findings that are there no longer, as they were.
        changed: findings that are there still and say something else, before and after: another verdict, other values, causes
            or names.
        conclusions_opened: conclusions that were not drawn before, not even as possible ones.
        conclusions_closed: conclusions that are drawn no longer, as they were.
        conclusions_changed: conclusions that say something else, before and after: certain or not, message, grounds, day.
        problems: what is to be noted of the rows put in, or is new in a registry that was read again.
    """

    opened: tuple[Finding, ...] = ()
    closed: tuple[Finding, ...] = ()
    changed: tuple[Altered, ...] = ()
    conclusions_opened: tuple[Drawn, ...] = ()
    conclusions_closed: tuple[Drawn, ...] = ()
    conclusions_changed: tuple[Altered, ...] = ()
    problems: tuple[DataProblem, ...] = ()

    def __bool__(self) -> bool:
        """Is any finding or conclusion not as it was?"""
        return bool(
            self.opened or self.closed or self.changed
            or self.conclusions_opened or self.conclusions_closed or self.conclusions_changed
        )  # fmt: skip


class Session:
    """A registry in memory, judged by a ruleset, that can be changed.

    It may be used from any number of threads: changes are made one after the other, and whoever looks sees the session as it
    is between two of them. Each change is made whole or not at all: whatever it raises, the session is as it was.

    >>> import hegui
    >>> ruleset = hegui.load_ruleset("national")
    >>> session = Session(hegui.load_registry({"enterprise": []}, ruleset), ruleset, as_of=date(2024, 3, 11))
    >>> firm = {"id": "E1", "permit_class": "key", "permit_held": False}
    >>> applied = session.apply(Change(put={"enterprise": [firm]}))
    >>> [finding.rule for finding in applied.opened if finding.verdict == "violation"]
    ['permit.not-held']

    Args:
        registry: conformed facts, of the ruleset's vocabulary (`api.load_registry`, `hegui.facts.from_rows`).
        ruleset: the rules.
        as_of: the day the facts are looked at; default today in Asia/Shanghai. It stays that of the session.
        decided_on: the day of the decision, for which later law is compared; default `as_of`.
        waivers: what an office has decided not to count for now.

    Raises:
        UsageError: the registry is of another vocabulary, or an argument is no such thing.
        HeguiError: as `api.check`.
    """

    def __init__(
        self,
        registry: Registry,
        ruleset: Ruleset,
        *,
        as_of: date | None = None,
        decided_on: date | None = None,
        waivers: Waivers | None = None,
    ) -> None:
        expect("ruleset", ruleset, Ruleset)
        expect("waivers", waivers, Waivers, type(None))
        expect_days(as_of=as_of, decided_on=decided_on)
        as_of = as_of or today()
        self._lock = RLock()
        self._asked = Asked(ruleset, as_of, decided_on or as_of, waivers or NONE)
        self._expect(registry)
        self._state = State(self._asked, registry)
        self._gone: dict[str, Finding | Drawn] = {}
        """What the last `replace` closed, or let say something else, as it was, by fingerprint."""
        self._former = self._state.words
        """What that is told with."""

    def _expect(self, registry: Registry) -> None:
        expect("registry", registry, Registry)
        if registry.vocabulary != self.ruleset.vocabulary:
            raise UsageError(Diagnostic(_OTHER_WORDS))

    @property
    def ruleset(self) -> Ruleset:
        """The rules."""
        return self._asked.ruleset

    @property
    def as_of(self) -> date:
        """The day the facts are looked at."""
        return self._asked.as_of

    def __repr__(self) -> str:
        with self._lock:
            rows = ", ".join(f"{name}: {len(held)}" for name, held in sorted(self._state.tables.of.items()))
            return f"<Session of {self.ruleset.name} {self.ruleset.version} as of {self.as_of}: {rows}>"

    # --- changing

    def apply(self, change: Change) -> Applied:
        """Change rows. Only what looks at them is judged again, and conclusions only of the jurisdictions concerned.

        A row that is put takes the place of the one with its key, with all its fields. A row that is as it was already
        changes nothing. The first rows of a kind that had no table make it one that was supplied: then all is judged anew.

        Args:
            change: the rows to put and the keys to remove.

        Returns:
            What the change opened, closed and changed, by rule and key.

        Raises:
            UsageError: with everything that is wrong with the change: what is no change, a kind or a field there is not, a value its field
                cannot have, a key that is missing or not there, a reference that would lead nowhere, two rows of one key.
                The session is as it was.
            HeguiError: a conclusion cannot be drawn, as `api.check`. The session is as it was.
        """
        expect("change", change, Change)
        with self._lock:
            state = self._state
            frames = Door(self.ruleset.vocabulary, state.tables).read(change)
            if not state.supplies(frames):
                return self._anew(*self._with(state, frames))
            return self._change(frames)

    def replace(self, registry: Registry) -> Applied:
        """Take a registry in place of the one there is, as it was read from its files again. Where few rows differ, only
        what looks at them is judged again.

        Raises:
            UsageError: it is no registry, or one of another vocabulary.
            HeguiError: as `api.check`. The session is as it was.
        """
        self._expect(registry)
        with self._lock:
            former, frames = self._state.words, difference(self._state, registry)
            if frames is None:
                applied = self._anew(State(self._asked, registry), self._state.papers.new(registry.problems))
            else:
                applied = self._change(frames, registry)
            self._former, self._gone = former, {each.fingerprint: each for each in _as_it_was(applied)}
            return applied

    def _change(self, frames: Frames, registry: Registry | None = None) -> Applied:
        journal = Journal()
        try:
            moved, told, noted = self._state.change(frames, journal, registry)
        except BaseException:
            journal.undo()
            raise
        return _applied(moved, told, noted)

    def _with(self, state: State, frames: Frames) -> tuple[State, list[DataProblem]]:
        """A state of its own with rows of kinds that were not supplied, and what is noted of these."""
        come = [name for name in frames if name not in state.tables.of]
        new = State(self._asked, with_kinds(state.registry(), come))
        new.papers.supply(come, new.tables)
        *_, noted = new.change(frames, Beginning())
        return new, noted

    def _anew(self, new: State, noted: list[DataProblem]) -> Applied:
        old, self._state = self._state, new
        before = {(name, key): each for name, found in old.verdicts.findings.items() for key, each in found.items()}
        after = {(name, key): each for name, found in new.verdicts.findings.items() for key, each in found.items()}
        moved = [Moved(before.get(at), after.get(at)) for at in {*before, *after} if before.get(at) != after.get(at)]
        drawn = [each.concluding.made if each.concluding is not None else {} for each in (old, new)]
        return _applied(moved, told_apart(*drawn), noted)

    # --- looking

    def run(self) -> Run:
        """The session as a run: what `api.check` makes of a registry with these rows, to be reported and saved as any."""
        with self._lock:
            started, clock = datetime.now(SHANGHAI), time.perf_counter()
            run = self._state.run(started)
            return _timed(run, time.perf_counter() - clock)

    def registry(self) -> Registry:
        """The rows as they are, as a registry."""
        with self._lock:
            return self._state.registry()

    def findings(self) -> Iterator[Finding]:
        """The findings as they are now, by rule and in order of the rows. What changes later is not among them."""
        with self._lock:
            return iter(list(self._state.verdicts.sorted()))

    def conclusions(self) -> Iterator[Drawn]:
        """The conclusions as they are now, by name and by whom they are about."""
        with self._lock:
            found = self._state.concluding
            return iter([] if found is None else [found.made[key] for key in sorted(found.made)])

    def told(self, finding: Finding, lang: str = "en") -> Explanation:
        """A finding of the session in words: its message, facts, rule and law. It may be there still, or have been closed by
        the last `replace` or by any change since.

        Args:
            finding: as it was returned.
            lang: "zh" or "en".

        Raises:
            UsageError: it is of a rule there is not, or one that judges nothing now.
        """
        expect("finding", finding, Finding)
        with self._lock:
            return self._words(finding).told(finding, lang)

    def data(self, found: Finding | Drawn) -> dict[str, Any]:
        """A finding or conclusion of the session as it stands in a saved run (docs/reports.md), of the same as `told`.

        Raises:
            UsageError: it is of a rule or a conclusion there is not, or one that judges nothing now.
        """
        expect("found", found, Finding, Drawn)
        with self._lock:
            return self._state.data(found, self._words(found))

    def explain(self, entity: str, rule: str, lang: str = "en") -> tuple[Explanation, ...]:
        """Why, for every row filed under an entity, whatever the verdict.

        Args:
            entity: its key; the parts of a key of several are joined by commas.
            rule: the name of the rule.
            lang: "zh" or "en".

        Raises:
            UsageError: there is no such rule, or nothing is filed under the entity.
        """
        expect("entity", entity, str)
        expect("rule", rule, str)
        expect_lang(lang)
        with self._lock:
            _expect_name(rule, self.ruleset.rules)
            state = self._state
            found = rule in state.verdicts.findings and tuple(state.explained(rule, as_key(entity), lang))
            if not found:
                answering = answering_row(self.ruleset.rules[rule], self.ruleset.vocabulary.kinds).kind
                raise nobody(entity, state.tables.of.get(answering, ()))
            return found

    def _words(self, found: Finding | Drawn) -> Words:
        """What something found is told with: the sources of its rows may have other numbers now, or be there no longer."""
        words = self._former if self._gone.get(found.fingerprint) == found else self._state.words
        if isinstance(found, Finding):
            _expect_name(found.rule, words.frame.documents)
        else:
            _expect_name(found.conclusion, self.ruleset.conclusions, _NO_CONCLUSION)
        return words


def _expect_name(name: str, known: Collection[str], wording: Wording = _NO_RULE) -> None:
    if name not in known:
        near = did_you_mean(str(name), known, 1)
        args: dict[str, object] = {"name": name, "near": "".join(near)}
        raise UsageError(Diagnostic(wording, args, None, _NEAR if near else None))


def _timed(run: Run, seconds: float) -> Run:
    if run.info.started is None:
        return run
    return replace(run, info=replace(run.info, seconds=round(seconds, 3)))


def _as_it_was(applied: Applied) -> list[Finding | Drawn]:
    altered = [each.before for each in (*applied.changed, *applied.conclusions_changed)]
    return [*applied.closed, *applied.conclusions_closed, *altered]


def _unplaced(finding: Finding) -> Finding:
    """A finding without the addresses of its rows."""
    values = tuple([replace(each, source=None, row=None) for each in finding.values])
    return replace(finding, source=None, row=None, values=values)


def _says_else(old: Finding | Drawn, new: Finding | Drawn) -> bool:
    """Does something say anything else than before, wherever its rows stand?"""
    if isinstance(old, Finding) and isinstance(new, Finding):
        return _unplaced(old) != _unplaced(new)
    if isinstance(old, Drawn) and isinstance(new, Drawn):
        keys = [[(row.kind, row.key) for row in each.rows] for each in (old, new)]
        return keys[0] != keys[1] or replace(old, rows=()) != replace(new, rows=())
    return True


def _altered(pairs: Iterable[tuple[Finding | Drawn | None, Finding | Drawn | None]]) -> tuple[Altered, ...]:
    there = ((old, new) for old, new in pairs if old is not None and new is not None)
    return tuple(Altered(old, new) for old, new in there if _says_else(old, new))


def _applied(moved: list[Moved], told: list[Told], noted: list[DataProblem]) -> Applied:
    moved = sorted(moved, key=lambda each: (each.found.rule, each.found.key))
    return Applied(
        tuple(each.new for each in moved if each.old is None and each.new is not None),
        tuple(each.old for each in moved if each.new is None and each.old is not None),
        _altered((each.old, each.new) for each in moved),
        tuple(new for old, new in told if old is None and new is not None),
        tuple(old for old, new in told if new is None and old is not None),
        _altered(told),
        tuple(noted),
    )
