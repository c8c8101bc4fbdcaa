"""Two runs compared: every way in which a fingerprint can go from one to the other, in every format."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import goldens
import ledger_kit as kit
import pytest
import sample
from click.testing import CliRunner, Result
from ledger_kit import fingerprint, month, run

from hegui import api
from hegui.cli import main
from hegui.explaining.words import STANDING
from hegui.ledger.difference import Change, Comparison, Counts
from hegui.ledger.difference_page import WRITERS, _code
from hegui.report.look import Look
from hegui.report.roll import Roll
from hegui.report.run import Run

HIGH, HIGHER, LOW, NONE = 12.0, 13.0, 9.0, None


def changes(first: Run, second: Run) -> dict[str, str]:
    return {found.fingerprint: found.change.value for found in Comparison(first, second).differences()}


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        (LOW, HIGH, "opened"),
        ("absent", HIGH, "opened"),
        (NONE, HIGH, "opened"),
        (HIGH, HIGH, "persisting"),
        (HIGH, HIGHER, "changed"),
        (HIGH, LOW, "closed"),
        (HIGH, NONE, "now_undetermined"),
        (LOW, NONE, "now_undetermined"),
        (NONE, NONE, "waiting"),
        (NONE, LOW, "settled"),
        (HIGH, "absent", "gone"),
        (NONE, "absent", "gone"),
        (LOW, LOW, None),
        (LOW, "absent", None),
    ],
)
@pytest.mark.parametrize("every", [False, True])
def test_each_change(then: Any, now: Any, change: str | None, every: bool) -> None:
    first, second = (
        run({"S9": 1.0} | ({} if level == "absent" else {"S1": level}), month(number), every=every)
        for number, level in ((1, then), (2, now))
    )
    found = changes(first, second)
    found.pop(fingerprint("S9"), None)
    assert found == ({fingerprint("S1"): change} if change else {})


def test_what_was_not_looked_at(tmp_path: Path) -> None:
    first = run({"S1": HIGH, "S3": HIGH, "S5": NONE})
    part = run({"S1": LOW, "S3": LOW, "S5": LOW}, month(2), rules=["site.unreachable"])
    assert set(changes(first, part).values()) == {"unchecked"}
    assert changes(first, part).keys() == {
        fingerprint("S1"),
        fingerprint("S3"),
        fingerprint("S5"),
        "town.heaps/town/T1",
    }
    one = run({"S1": LOW, "S3": LOW, "S5": LOW}, month(2), entity="S1")
    assert set(changes(first, one).values()) == {"unchecked"}
    unlisted = dataclasses.replace(run({"S1": LOW, "S3": LOW, "S5": LOW}, month(2)), roll=Roll(True, True))
    assert set(changes(first, unlisted).values()) == {"unseen"}


def test_a_renamed_rule_is_the_same() -> None:
    levels = {"S1": HIGH, "S2": LOW}
    assert changes(run(levels), run(levels, renamed=True)) == {fingerprint("S1", "site.heap-height"): "persisting"}
    gone = run({"S2": LOW}, renamed=True)
    assert changes(run(levels), gone) == {fingerprint("S1", "site.heap-height"): "gone"}


def test_kept_and_held_findings_compare(tmp_path: Path) -> None:
    first = run({"S1": HIGH, "S2": HIGH, "S3": NONE}, engine="polars", findings=tmp_path / "found")
    second = run({"S1": HIGH, "S2": HIGHER, "S3": LOW}, month(2))
    assert changes(first, second) == changes(run({"S1": HIGH, "S2": HIGH, "S3": NONE}), second)


def test_a_run_does_not_differ_from_itself() -> None:
    counts = Counts()
    text = "".join(WRITERS["table"](Comparison(sample.run(), sample.run(every=True)), Look("en"), counts))
    assert not counts.differs
    assert "The two runs do not differ." in text
    assert set(counts.total) == {Change.PERSISTING, Change.WAITING}


def pair() -> tuple[Run, Run]:
    first = run({"S1": HIGH, "S2": HIGH, "S3": HIGH, "S4": NONE, "S5": HIGH, "S6": LOW})
    second = run({"S1": HIGHER, "S2": LOW, "S3": NONE, "S4": LOW, "S6": HIGH}, month(2))
    return first, second


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_texts(form: str, lang: str) -> None:
    text = "".join(WRITERS[form](Comparison(*pair()), Look(lang), Counts()))
    assert STANDING.get(lang).split()[0] in text
    assert "138" not in text
    goldens.same_as(f"diff.{form}.{lang}.txt", text)


def test_as_data() -> None:
    counts = Counts()
    data = json.loads("".join(WRITERS["json"](Comparison(*pair()), Look(), counts)))
    assert {each["fingerprint"]: each["change"] for each in data["differences"]} == {
        fingerprint("S1"): "changed",
        fingerprint("S2"): "closed",
        fingerprint("S3"): "now_undetermined",
        fingerprint("S4"): "settled",
        fingerprint("S5"): "gone",
        fingerprint("S6"): "opened",
        "town.heaps/town/T1": "now_undetermined",
        "town.heaps/town/T2": "settled",
    }
    assert sum(data["counts"].values()) == sum(sum(each.values()) for each in data["rules"].values())
    assert sum(data["counts"].values()) == sum(sum(each.values()) for each in data["jurisdictions"].values())
    assert data["statement"]["zh"] == STANDING.zh


def test_what_is_not_shown_is_counted() -> None:
    many = {f"S{id}": HIGH for id in range(1, 8)}
    text = "".join(WRITERS["table"](Comparison(run({"S9": LOW}), run(many)), Look("en", limit=3), Counts()))
    assert "6 more are not listed" in text
    text = "".join(WRITERS["markdown"](Comparison(run({"S9": LOW}), run(many)), Look("zh", limit=3), Counts()))
    assert "另有 6 条未列出" in text


def command(tmp_path: Path, *runs: Run, form: str = "table") -> Result:
    names = []
    for number, each in enumerate(runs):
        path = tmp_path / f"{number}.json"
        path.write_text(each.to_json(), encoding="utf-8")
        names.append(str(path))
    return CliRunner().invoke(main, ["diff", *names, "--format", form])


@pytest.mark.parametrize("form", WRITERS)
def test_the_command(tmp_path: Path, form: str) -> None:
    assert command(tmp_path, *pair(), form=form).exit_code == 1
    assert command(tmp_path, pair()[0], pair()[0], form=form).exit_code == 0


def test_markup_stays_text() -> None:
    facts = kit.registry({"S1": HIGH}, name="<script>*x*|`y`\nz")
    second = api.check(facts, kit.ruleset(), as_of=month(2), engine="scalar", chainer="reference")
    text = "".join(WRITERS["markdown"](Comparison(run({"S9": LOW}), second), Look("en"), Counts()))
    assert "<script>" not in text
    assert "\\<script\\>\\*x\\*\\|\\`y\\` z" in text
    assert _code("A`<img\fsrc=x>`\x1b]0;") == "A'<img\N{REPLACEMENT CHARACTER}src=x>'\N{REPLACEMENT CHARACTER}]0;"
