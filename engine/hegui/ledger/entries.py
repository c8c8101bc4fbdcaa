"""What offices enter: orders served, notes, proof of rectification, acceptance, reopening. Nothing is overwritten: a
correction is an entry of its own that names the one it takes the place of."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from hegui import intake
from hegui.calendar import load
from hegui.ledger.life import Entry, Progress, Sort, State, in_force
from hegui.ledger.recording import now
from hegui.ledger.schema import ENTRY, NAME, RUN
from hegui.ledger.standing import entries_of, lives
from hegui.ledger.store import Ledger
from hegui.ledger.words import STATES
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

_PERIOD: Final = re.compile(r"\s*([0-9]{1,4})\s*(d|days?|天|日|w|workdays?|(?:个)?工作日)\s*\Z", re.IGNORECASE)
_LONGEST: Final = 3650
"""Days: a longer period is a slip of the pen."""

_NO_MATTER = Wording(
    "no-such-matter", "the ledger has no matter `{fingerprint}`{near}", "整改台账中没有事项 `{fingerprint}`{near_zh}"
)
_PERIOD_UNREAD = Wording(
    "not-a-period",
    "`{text}` is not a period; write `30d`, or `30 workdays`, from 1 to {longest}",
    "`{text}` 不是期限；应写作 `30日` 或 `30个工作日`，1 至 {longest}",
)
_BEYOND = Wording(
    "period-beyond-calendar",
    "{period} after {served} is beyond the calendar of working days, which ends on {last}; give the day with `--until`",
    "自 {served} 起 {period} 超出工作日历（止于 {last}）；请用 `--until` 写明届满日",
)
_BEFORE = Wording(
    "deadline-before-service",
    "the deadline {deadline} is before the day of service, {served}",
    "期限 {deadline} 早于送达日 {served}",
)
_SHOWN = Wording(
    "accepted-though-not-cleared",
    "`{fingerprint}`: the data does not say that it is put right ({state} as of {as_of}); to accept it all the same, say "
    "`--although-shown`",
    "`{fingerprint}`：数据未显示已整改（{as_of}：{state_zh}）；仍须销号的，请加 `--although-shown`",
)
_CLOSED = Wording(
    "already-closed",
    "`{fingerprint}` is closed already, by entry {entry}",
    "`{fingerprint}` 已销号（第 {entry} 号记录）",
)
_NOT_CLOSED = Wording(
    "nothing-to-reopen",
    "`{fingerprint}` is neither closed nor done, so there is nothing to reopen",
    "`{fingerprint}` 既未销号也未完成，无须重新打开",
)
_NO_ENTRY = Wording(
    "no-such-entry",
    "entry {entry} is no {sort} of `{fingerprint}` that stands; `show` lists them",
    "第 {entry} 号记录不是 `{fingerprint}` 的有效记录，或类别不符；可用 `show` 查看",
)
_UNREADABLE = Wording("cannot-read", "cannot read `{file}`: {problem}", "无法读取 `{file}`：{problem}")
FUTURE = Wording("day-to-come", "{day} is yet to come", "{day} 尚未到来")


@dataclass(frozen=True, slots=True)
class Period:
    """So many days, or working days, from the day of service, which is not counted."""

    count: int
    workdays: bool

    @staticmethod
    def read(text: str) -> Period:
        """`30d`, `30日`, `30 workdays`, `30个工作日`.

        Raises:
            UsageError: it is no period.
        """
        found = _PERIOD.match(text)
        if found is None or not 1 <= int(found[1]) <= _LONGEST:
            raise UsageError(Diagnostic(_PERIOD_UNREAD, {"text": text, "longest": _LONGEST}))
        return Period(int(found[1]), found[2].lower().startswith("w") or found[2].endswith("工作日"))

    def __str__(self) -> str:
        return f"{self.count} workdays" if self.workdays else f"{self.count}d"

    def end(self, served: date, workdays: dict[date, bool]) -> date:
        """The last day of the period; a day that is no working day is not put off: an order says so itself where it is meant.

        Raises:
            UsageError: it is beyond the calendar of working days.
        """
        if not self.workdays:
            return served + timedelta(days=self.count)
        calendar = load(workdays)
        found = calendar.add_workdays(served, self.count)
        if found is None:
            raise UsageError(Diagnostic(_BEYOND, {"period": self, "served": served, "last": calendar.last}))
        return found


@dataclass(frozen=True, slots=True)
class Change:
    """An entry to be made, for each of some matters."""

    sort: Sort
    day: date
    document: str | None = None
    office: str | None = None
    text: str | None = None
    period: Period | None = None
    until: date | None = None
    file: Path | None = None
    corrects: int | None = None
    although_shown: bool = False


def enter(ledger: Ledger, fingerprints: Sequence[str], change: Change, today: date) -> tuple[Entry, ...]:
    """Make an entry for each of some matters, or for none.

    Raises:
        UsageError: a matter is not in the ledger, or the entry does not fit how it stands, its day or period.
    """
    if change.day > today:
        raise UsageError(Diagnostic(FUTURE, {"day": change.day}))
    file, digest = _proof(change.file)
    with ledger.writing() as connection:
        last = int(connection.scalar(select(func.max(RUN.c.id))) or 0)
        number = int(connection.scalar(select(func.max(ENTRY.c.id))) or 0)
        matters = {name: _matter(connection, name) for name in dict.fromkeys(fingerprints)}
        found = []
        for name, matter in matters.items():
            _check(connection, name, matter, change)
            number += 1
            made = Entry(number, change.sort, last, change.day, change.document, change.office, change.text)
            made = replace(
                made, deadline=_deadline(connection, change), file=file, digest=digest, corrects=change.corrects
            )
            made = replace(made, period=None if change.period is None else str(change.period))
            connection.execute(ENTRY.insert(), _row(made, matter))
            found.append(made)
    return tuple(found)


def _row(entry: Entry, matter: int) -> dict[str, object]:
    names = ("id", "after_run", "day", "document", "office", "text", "period", "deadline", "file", "digest", "corrects")
    return {
        **{name: getattr(entry, name) for name in names},
        "sort": entry.sort.value,
        "matter": matter,
        "entered": now(),
    }


def _matter(connection: Connection, fingerprint: str) -> int:
    found = connection.scalar(select(NAME.c.matter).where(NAME.c.fingerprint == fingerprint))
    if found is not None:
        return int(found)
    rule, _, _ = fingerprint.partition("/")
    same = connection.scalars(select(NAME.c.fingerprint).where(NAME.c.rule == rule).limit(1000))
    close = did_you_mean(fingerprint, same, 1)
    near = (
        {"near": f", did you mean `{close[0]}`", "near_zh": f"，是否为 `{close[0]}`"}
        if close
        else {"near": "", "near_zh": ""}
    )
    raise UsageError(Diagnostic(_NO_MATTER, {"fingerprint": fingerprint, **near}))


def _check(connection: Connection, name: str, matter: int, change: Change) -> None:
    """Does the entry fit how the matter stands?"""
    entries = entries_of(connection, (matter,)).get(matter, ())
    _check_correction(name, entries, change)
    standing = lives(connection, {matter: entries}, (matter,))[matter]
    if change.sort is Sort.ACCEPTANCE and change.corrects is None:
        if standing.acceptance is not None:
            raise UsageError(Diagnostic(_CLOSED, {"fingerprint": name, "entry": standing.acceptance.id}))
        if standing.sighted.state is not State.CLEARED and not change.although_shown:
            state = STATES[standing.sighted.state]
            args = {"fingerprint": name, "as_of": standing.sighted.last.as_of, "state": state.en, "state_zh": state.zh}
            raise UsageError(Diagnostic(_SHOWN, args))
    if change.sort is Sort.REOPENING and standing.progress not in (Progress.DONE, Progress.CLOSED):
        raise UsageError(Diagnostic(_NOT_CLOSED, {"fingerprint": name}))


def _check_correction(name: str, entries: Iterable[Entry], change: Change) -> None:
    if change.corrects is None:
        return
    named = next((each for each in in_force(tuple(entries)) if each.id == change.corrects), None)
    if named is None or (change.sort is not Sort.WITHDRAWAL and named.sort is not change.sort):
        sort = "entry" if change.sort is Sort.WITHDRAWAL else change.sort.value
        raise UsageError(Diagnostic(_NO_ENTRY, {"entry": change.corrects, "fingerprint": name, "sort": sort}))


def _deadline(connection: Connection, change: Change) -> date | None:
    if change.until is not None:
        if change.until < change.day:
            raise UsageError(Diagnostic(_BEFORE, {"deadline": change.until, "served": change.day}))
        return change.until
    return change.period.end(change.day, _workdays(connection)) if change.period is not None else None


def _workdays(connection: Connection) -> dict[date, bool]:
    """The days the ruleset of the last run sets of its own."""
    text = connection.scalar(select(RUN.c.workdays).order_by(RUN.c.id.desc()).limit(1))
    return {date.fromisoformat(day): worked for day, worked in json.loads(text or "{}").items()}


def _proof(file: Path | None) -> tuple[str | None, str | None]:
    """The name of a file and its digest; the file itself stays where it is."""
    if file is None:
        return None, None
    try:
        intake.look(file)
        with file.open("rb") as opened:
            return file.name, f"sha256:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
    except OSError as error:
        raise UsageError(Diagnostic(_UNREADABLE, {"file": file, "problem": intake.problem(error)})) from error
