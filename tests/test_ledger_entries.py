"""What offices enter: periods, deadlines, what is refused, and corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ledger_kit as kit
import pytest
from ledger_kit import OPEN, WHERE, fingerprint, month, opened, run

from hegui.ledger.entries import Change, Period, enter
from hegui.ledger.life import Entry, Progress, Sort
from hegui.ledger.recording import record
from hegui.ledger.standing import Matter, found_of
from hegui.ledger.store import Ledger
from hegui.source import UsageError

TODAY = date(2024, 12, 31)
S1 = fingerprint("S1")


@pytest.fixture(params=WHERE)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with kit.place(request.param, tmp_path) as where:
        found = opened(where)
        record(found, run({"S1": 12.0, "S2": 12.0, "S4": 1.0}))
        yield found


def add(ledger: Ledger, sort: str, day: date = OPEN, name: str = S1, **more: object) -> Entry:
    (made,) = enter(ledger, [name], Change(Sort(sort), day, **more), TODAY)  # type: ignore[arg-type]
    return made


def matter(ledger: Ledger, name: str = S1) -> Matter:
    with ledger.reading() as connection:
        (only,) = found_of(connection, name)
    return only.matter


@pytest.mark.parametrize(
    ("text", "count", "workdays"),
    [
        ("30d", 30, False),
        ("30 days", 30, False),
        ("1日", 1, False),
        ("60天", 60, False),
        ("30workdays", 30, True),
        ("30w", 30, True),
        ("15个工作日", 15, True),
        ("15工作日", 15, True),
    ],
)
def test_periods(text: str, count: int, workdays: bool) -> None:
    assert Period.read(text) == Period(count, workdays)
    assert Period.read(str(Period(count, workdays))) == Period(count, workdays)


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-3d", "1.5d", "99999d", "4000d", "30 weeks", "三十日"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(UsageError, match="is not a period"):
        Period.read(text)


def test_the_day_of_service_is_not_counted() -> None:
    served = date(2024, 4, 3)  # before Qingming, which moves a Sunday
    assert Period(1, False).end(served, {}) == date(2024, 4, 4)
    assert Period(1, True).end(served, {}) == date(2024, 4, 7)
    assert Period(1, True).end(served, {date(2024, 4, 7): False}) == date(2024, 4, 8)
    assert Period(30, False).end(served, {}) == date(2024, 5, 3)  # a holiday: not put off
    with pytest.raises(UsageError, match="beyond the calendar"):
        Period(3000, True).end(served, {})


def test_an_order_and_its_deadline(ledger: Ledger) -> None:
    made = add(ledger, "order", date(2024, 3, 20), document="示例限〔2024〕1号", period=Period(30, True))
    assert made.deadline == date(2024, 5, 6)
    found = matter(ledger)
    assert found.life.progress is Progress.UNDER_WAY
    assert found.life.overdue(date(2024, 5, 7)) == 1
    until = add(ledger, "order", date(2024, 3, 21), document="示例限〔2024〕2号", until=date(2024, 8, 1))
    assert matter(ledger).life.order == until
    with pytest.raises(UsageError, match="before the day of service"):
        add(ledger, "order", date(2024, 3, 21), document="示例限〔2024〕3号", until=date(2024, 3, 1))


def test_one_document_for_several_matters_or_for_none(ledger: Ledger) -> None:
    change = Change(Sort.ORDER, OPEN, "示例限〔2024〕1号", period=Period(30, False))
    names = [S1, fingerprint("S2"), S1]
    assert [made.id for made in enter(ledger, names, change, TODAY)] == [1, 2]
    with pytest.raises(UsageError, match=r"no matter `site.too-high/site/S3`, did you mean"):
        enter(ledger, [S1, fingerprint("S3")], change, TODAY)
    assert len(matter(ledger).entries) == 1


def test_days_to_come_are_refused(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="yet to come"):
        add(ledger, "note", date(2025, 1, 1), text="tomorrow")


def test_acceptance_alone_closes(ledger: Ledger) -> None:
    accept = {"document": "示例验〔2024〕1号", "office": "示例局"}
    with pytest.raises(UsageError, match=r"still shown as of 2024-03-11.*although-shown"):
        add(ledger, "acceptance", **accept)
    record(ledger, run({"S1": None, "S2": 12.0, "S4": 1.0}, month(2)))
    with pytest.raises(UsageError, match="undetermined as of 2024-04-11"):
        add(ledger, "acceptance", month(2), **accept)
    record(ledger, run({"S1": 9.0, "S2": 12.0, "S4": 1.0}, month(3)))
    assert matter(ledger).life.progress is Progress.DONE
    closed = add(ledger, "acceptance", month(3), **accept)
    assert matter(ledger).life.progress is Progress.CLOSED
    with pytest.raises(UsageError, match=f"closed already, by entry {closed.id}"):
        add(ledger, "acceptance", month(3), **accept)


def test_acceptance_although_shown(ledger: Ledger) -> None:
    add(ledger, "acceptance", document="示例验〔2024〕1号", office="示例局", although_shown=True)
    assert matter(ledger).life.progress is Progress.CLOSED


def test_reopening(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="nothing to reopen"):
        add(ledger, "reopening", text="not done")
    record(ledger, run({"S1": 9.0, "S2": 12.0, "S4": 1.0}, month(2)))
    add(ledger, "reopening", month(2), text="复查未整改")
    assert matter(ledger).life.progress is Progress.UNDER_WAY


def test_corrections_and_withdrawals(ledger: Ledger) -> None:
    first = add(ledger, "order", document="示例限〔2024〕1号", period=Period(3, False))
    second = add(ledger, "order", document="示例限〔2024〕1号", period=Period(30, False), corrects=first.id)
    assert matter(ledger).life.order == second
    for wrong, sort in ((first.id, "order"), (second.id, "note"), (99, "withdrawal")):
        with pytest.raises(UsageError, match=f"entry {wrong} is no"):
            add(ledger, sort, document="x", text="x", corrects=wrong)
    with pytest.raises(UsageError, match="is no order"):
        add(ledger, "order", name=fingerprint("S2"), document="x", period=Period(3, False), corrects=second.id)
    add(ledger, "withdrawal", text="never served", corrects=second.id)
    assert matter(ledger).life.order == first
    assert len(matter(ledger).entries) == 3


def test_proof_is_kept_by_name_and_digest(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "照片.jpg"
    file.write_bytes(b"picture")
    made = add(ledger, "proof", document="示例勘1", file=file)
    assert made.file == "照片.jpg"
    assert made.digest == f"sha256:{hashlib.sha256(b'picture').hexdigest()}"
    assert matter(ledger).life.progress is Progress.UNDER_WAY
    with pytest.raises(UsageError, match="cannot read"):
        add(ledger, "proof", file=tmp_path / "none.jpg")


def test_the_calendar_is_the_rulesets(ledger: Ledger) -> None:
    made = add(ledger, "order", date(2024, 4, 3), document="x", period=Period(1, True))
    assert made.deadline == date(2024, 4, 7)
