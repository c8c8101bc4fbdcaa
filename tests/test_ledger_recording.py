"""Recording runs: what each says of a matter, in order, once, and the same as a naive account of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ledger_kit as kit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_kit import RULE, WHERE, fingerprint, month, opened, run

from hegui import api
from hegui.ledger.entries import Change, Period, enter
from hegui.ledger.life import Event, Sort, State, events
from hegui.ledger.recording import Recorded, record
from hegui.ledger.standing import Found, found_of, matters
from hegui.ledger.store import Ledger
from hegui.report.labels import EntityLabel
from hegui.report.roll import Roll
from hegui.report.run import Run
from hegui.source import UsageError
from hegui.waivers import loading


@pytest.fixture(params=WHERE)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with kit.place(request.param, tmp_path) as where:
        yield opened(where)


def found(ledger: Ledger, name: str) -> Found:
    """The matter with a fingerprint."""
    with ledger.reading() as connection:
        (only,) = found_of(connection, name)
    return only


def course(ledger: Ledger, name: str) -> str:
    return " ".join(event for event, _ in events(found(ledger, name).sightings))


def counted(done: Recorded) -> dict[str, int]:
    return {event.value: count for event, count in done.events.items()}


def test_a_life(ledger: Ledger) -> None:
    for number, level in enumerate((12.0, 12.0, 13.0, None, 9.0, 14.0), 1):
        record(ledger, run({"S1": level, "S2": 1.0}, month(number)))
    assert course(ledger, fingerprint("S1")) == "opened persisting changed undetermined resolved reopened"
    matter = found(ledger, fingerprint("S1")).matter
    assert (matter.first.message.zh, matter.now.message.zh) == (
        "S1 号场地堆高 12 m（电话 （不公开））",
        "S1 号场地堆高 14 m（电话 （不公开））",
    )
    assert matter.first.facts[0].shown.en == "12 m"
    assert matter.first.facts[0].place is not None
    assert matter.due == date(2024, 9, 23)  # 30 working days after it was found again
    assert matter.first.words.basis[0].zh == "义务：《场地管理条例（示例）》（2020）第3条：堆高不得超过限值"
    assert "138" not in str(matter)


def test_the_same_run_changes_nothing(ledger: Ledger) -> None:
    first = record(ledger, run({"S1": 12.0}))
    assert (first.run, first.before, counted(first)) == (1, False, {"opened": 1})
    again = dataclasses.replace(run({"S1": 12.0}), rules=run({"S1": 12.0}).rules)
    assert record(ledger, again) == Recorded(1, True)
    read = Run.from_json(run({"S1": 12.0}, engine="polars").to_json())
    assert record(ledger, read) == Recorded(1, True)
    assert course(ledger, fingerprint("S1")) == "opened"


def test_runs_come_in_order(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0}, month(3)))
    with pytest.raises(UsageError, match=r"2024-04-11.*2024-05-11"):
        record(ledger, run({"S1": 9.0}, month(2)))
    assert counted(record(ledger, run({"S1": 13.0}, month(3)))) == {"changed": 1}
    assert course(ledger, fingerprint("S1")) == "opened changed"


def test_what_is_undetermined_opens_nothing(ledger: Ledger) -> None:
    assert counted(record(ledger, run({"S1": None, "S2": 2.0}))) == {}
    assert counted(record(ledger, run({"S1": 12.0, "S2": None}, month(2)))) == {"opened": 1}


def test_a_row_that_is_gone_is_not_resolved(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0, "S2": 1.0}))
    assert counted(record(ledger, run({"S2": 1.0}, month(2)))) == {"gone": 1}
    assert counted(record(ledger, run({"S2": 2.0}, month(3)))) == {}
    assert counted(record(ledger, run({"S1": 12.0, "S2": 2.0}, month(4)))) == {"persisting": 1}
    assert course(ledger, fingerprint("S1")) == "opened gone persisting"


def test_where_the_rows_are_not_known_nothing_is_resolved(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0}))
    quiet = dataclasses.replace(run({"S1": 9.0}, month(2)), roll=Roll(True, True))
    assert counted(record(ledger, quiet)) == {"unseen": 1}
    listed = run({"S1": 9.0}, month(3), every=True)
    assert counted(record(ledger, dataclasses.replace(listed, roll=Roll(True, True)))) == {"resolved": 1}


@pytest.mark.parametrize("part", [{"rules": ["site.unreachable"]}, {"entity": "S2"}, {"entity": "S1"}])
def test_a_run_of_a_part_resolves_nothing(ledger: Ledger, part: dict[str, Any]) -> None:
    record(ledger, run({"S1": 12.0, "S3": 12.0, "S2": 12.0}))
    record(ledger, run({"S1": 9.0, "S3": 9.0, "S2": 9.0}, month(2), **part))
    assert course(ledger, fingerprint("S1")) == "opened"
    assert course(ledger, "town.heaps/town/T1") == "opened"
    assert not found(ledger, fingerprint("S1")).matter.unchecked  # a run of a part is no reason to worry


def test_a_run_of_a_part_adds_what_it_finds(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0, "S2": 1.0}))
    assert counted(record(ledger, run({"S1": 13.0, "S2": 13.0}, month(2), entity="S2"))) == {"opened": 1}


def test_a_table_that_is_not_supplied_resolves_nothing(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0}))
    facts = kit.registry({"S1": 9.0})
    lacking = dataclasses.replace(facts, tables={"town": facts.tables["town"]}, digest="sha256:other")
    record(ledger, api.check(lacking, kit.ruleset(), as_of=month(2), chainer="reference"))
    assert course(ledger, fingerprint("S1")) == "opened"
    assert found(ledger, fingerprint("S1")).matter.unchecked


def test_a_renamed_rule_goes_on(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0, "S2": 12.0, "S3": 12.0}))
    record(ledger, run({"S1": 12.0, "S2": 9.0}, month(2), renamed=True))
    assert course(ledger, fingerprint("S1", "site.heap-height")) == "opened persisting"
    assert course(ledger, fingerprint("S2")) == "opened resolved"
    assert course(ledger, fingerprint("S3")) == "opened gone"
    matter = found(ledger, fingerprint("S1"))
    assert (matter.matter.fingerprint, matter.former) == (fingerprint("S1", "site.heap-height"), (fingerprint("S1"),))
    record(ledger, run({"S1": 9.0, "S2": 12.0}, month(3), renamed=True))
    assert course(ledger, fingerprint("S1")) == "opened persisting resolved"
    assert course(ledger, fingerprint("S2", "site.heap-height")) == "opened resolved reopened"


def test_conclusions_live_too(ledger: Ledger) -> None:
    name = "town.heaps/town/T1"
    record(ledger, run({"S1": 12.0, "S3": 12.0}))
    record(ledger, run({"S1": 12.0, "S3": 12.0, "S5": 12.0}, month(2)))
    record(ledger, run({"S1": 12.0, "S3": None, "S5": 1.0}, month(3)))
    record(ledger, run({"S1": 12.0, "S3": 1.0, "S5": 1.0}, month(4)))
    assert course(ledger, name) == "opened changed undetermined resolved"
    matter = found(ledger, name).matter
    assert matter.first.message.en == "2 heaps are too high"
    assert [fact.shown.en for fact in matter.first.facts] == [fingerprint("S1"), fingerprint("S3")]


def test_evidence_that_returns_is_the_same(ledger: Ledger) -> None:
    for number, level in enumerate((12.0, None, 12.0, None, None, 12.0), 1):
        record(ledger, run({"S1": level, "S2": float(number) / 10}, month(number)))
    assert course(ledger, fingerprint("S1")) == "opened undetermined persisting undetermined undetermined persisting"


def test_a_row_that_moves_is_no_change(ledger: Ledger) -> None:
    record(ledger, run({"S3": 12.0}))
    assert counted(record(ledger, run({"S1": 1.0, "S2": 2.0, "S3": 12.0}, month(2)))) == {"persisting": 1}


def test_findings_that_are_kept_are_recorded_the_same(ledger: Ledger, tmp_path: Path) -> None:
    kept = run({"S1": 12.0, "S3": 13.0}, engine="polars", findings=tmp_path / "found")
    assert kept.kept
    assert counted(record(ledger, kept)) == {"opened": 3}
    assert record(ledger, run({"S1": 12.0, "S3": 13.0})) == Recorded(1, True)


def test_the_credit_code_of_whom_it_is_about(ledger: Ledger) -> None:
    told = run({"S1": 12.0, "S2": 12.0})
    label = EntityLabel("S1 号场地", "T1", None, "91500113000000001X")
    record(ledger, dataclasses.replace(told, labels=dataclasses.replace(told.labels, entities={"site": {"S1": label}})))
    assert found(ledger, fingerprint("S1")).matter.now.credit_code == "91500113000000001X"
    assert found(ledger, fingerprint("S2")).matter.now.credit_code is None


def test_looking_back(ledger: Ledger) -> None:
    record(ledger, run({"S1": 12.0}))
    record(ledger, run({"S1": 9.0, "S2": 12.0}, month(2)))
    with ledger.reading() as connection:
        then = list(matters(connection, until=month(1)))
        now = list(matters(connection))
    assert [each.life.sighted.state for each in then] == [State.SHOWN]
    assert [each.life.sighted.state for each in now] == [State.CLEARED, State.SHOWN]


# --- a naive account -------------------------------------------------------------------------------------------------

LEVEL = st.sampled_from([12.0, 13.0, 9.0, None, "absent"])
SITES = ("S1", "S2", "S3")
MONTH = st.fixed_dictionaries(
    {
        "levels": st.fixed_dictionaries(dict.fromkeys(SITES, LEVEL)),
        "part": st.sampled_from(["all", "all", "all", "rule", "entity", "unlisted"]),
        "renamed": st.booleans(),
    }
)


def made(given_: dict[str, Any], number: int, renamed: bool) -> Run:
    levels = {id: level for id, level in given_["levels"].items() if level != "absent"}
    asked: dict[str, Any] = {"rule": {"rules": ["site.unreachable"]}, "entity": {"entity": "S2"}}.get(
        given_["part"], {}
    )
    found = run({**levels, "S9": 1.0}, month(number), renamed=renamed, **asked)
    return dataclasses.replace(found, roll=Roll(True, True)) if given_["part"] == "unlisted" else found


class Naive:
    """Everything that was ever said of one site, in words, and what follows from the words read one after the other."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def month(self, id: str, given_: dict[str, Any]) -> None:
        level, part = given_["levels"][id], given_["part"]
        if part == "rule" or (part == "entity" and id != "S2"):
            return
        open_ = bool(self.told)
        last = self.told[-1] if open_ else ""
        if isinstance(level, float) and level > 10:
            before = [word for word in self.told if word.startswith(("opened", "persisting", "changed", "reopened"))]
            since = self.told[::-1]
            cleared = "resolved" in since[: next((i for i, word in enumerate(since) if word in before), len(since))]
            same = bool(before) and before[-1].endswith(f" {level}")
            word = "opened" if not open_ else "reopened" if cleared else "persisting" if same else "changed"
            self.told.append(f"{word} {level}")
        elif not open_:
            return
        elif level is None:
            self.told.append("undetermined")
        elif part == "entity" or last == "resolved":
            return
        elif part == "unlisted":
            self.told += [] if last in ("gone", "unseen") else ["unseen"]
        elif level == "absent":
            self.told += [] if last == "gone" else ["gone"]
        else:
            self.told.append("resolved")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(MONTH, min_size=1, max_size=8))
def test_as_a_naive_account_has_it(tmp_path: Path, months: list[dict[str, Any]]) -> None:
    compare("file", tmp_path, months)


@pytest.mark.postgres
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(MONTH, min_size=3, max_size=6))
def test_as_a_naive_account_has_it_on_a_server(tmp_path: Path, months: list[dict[str, Any]]) -> None:
    compare("postgres", tmp_path, months)


def compare(where: str, tmp_path: Path, months: list[dict[str, Any]]) -> None:
    """What a ledger has after these months is what the naive account has."""
    naive = {id: Naive() for id in SITES}
    with kit.place(where, tmp_path) as place:
        Path(place).unlink(missing_ok=True)
        ledger = opened(place)
        renamed = False
        for number, given_ in enumerate(months, 1):
            renamed = renamed or given_["renamed"]
            done = record(ledger, made(given_, number, renamed))
            if done.before:
                continue
            for id in SITES:
                naive[id].month(id, given_)
        with ledger.reading() as connection:
            for id in SITES:
                known = [each for each in found_of(connection, id) if each.matter.rule in (RULE, "site.heap-height")]
                told = [event for each in known for event, _ in events(each.sightings)]
                assert told == [Event(word.split()[0]) for word in naive[id].told]


def test_what_is_waived_is_not_overdue(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(WAIVER, encoding="utf-8")
    waivers = loading.load([path])
    record(ledger, run({"S1": 12.0, "S3": 12.0}))
    (order,) = enter(
        ledger, [fingerprint("S1")], Change(Sort.ORDER, kit.OPEN, "1号", period=Period(3, False)), month(2)
    )
    assert order.deadline is not None
    done = record(ledger, run({"S1": 12.0, "S3": 12.0}, month(2), waivers=waivers))
    assert counted(done) == {"persisting": 1, "waived": 2}  # the conclusion needs both
    matter = found(ledger, fingerprint("S1")).matter
    assert (matter.life.sighted.state, matter.waiver) == (State.WAIVED, "城管函〔2024〕2号")
    assert matter.life.overdue(month(3)) is None
    record(ledger, run({"S1": 12.0, "S3": 12.0}, month(7), waivers=waivers))  # the waiver has expired
    assert course(ledger, fingerprint("S1")) == "opened waived persisting"
    assert found(ledger, fingerprint("S1")).matter.life.overdue(month(8)) == 211


WAIVER = """
schema: hegui/waivers/1
waivers:
  - waiver: s1-transition
    document: 城管函〔2024〕2号
    approved_by: 示例城管局
    reason: {zh: 过渡期, en: a transition}
    from: 2024-01-01
    until: 2024-06-30
    scope: {rule: site.*, entity: S1}
"""
