"""Conclusions drawn over a few rows: grounds, causes, counting, what rests on memory, days, words, partitions."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conclusions_kit import BASE
from drawn_kit import ALL, CHAINERS, DAY, LAWS, PRESSED, above, check, document, load, of_mines, one, rows, tables, told

from hegui import api
from hegui.conclusions import chaining, checking
from hegui.conclusions.children import Limits
from hegui.conclusions.flatten import flatten
from hegui.conclusions.locality import Reach, reaches
from hegui.conclusions.plan import plans
from hegui.conclusions.program import FlatRule, Head, Pattern, Program
from hegui.datatypes import Cause, Reason, Text
from hegui.outcome import Drawing
from hegui.report import WRITERS, Look
from hegui.report.concluded import explain_conclusion
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.source import UsageError

# --- grounds and causes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chainer", CHAINERS)
def test_a_conclusion_says_what_it_rests_on(tmp_path: Path, chainer: str) -> None:
    run = check(load(tmp_path, PRESSED), chainer=chainer)
    assert told(run) == {
        "department.not-pressed/department/D1": "concluded",
        "department.not-pressed/department/D2": "undetermined",
    }
    found = one(run, "department.not-pressed/department/D1")
    assert (found.name, found.jurisdiction, found.count) == ("Mines", None, 1)
    assert found.because == ("mine.over/mine/M1",)
    assert [(row.kind, row.key) for row in found.rows] == [("mine", "M1")]
    assert found.message == Text("未督促One等 1 个矿", "One and others not pressed, 1 mines")
    assert found.causes == ()
    assert run.info.chainer == run.drawing.chainer == chainer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tables(tmp_path / "facts")


def test_rows_have_addresses(tmp_path: Path, folder: Path) -> None:
    rules = load(tmp_path, PRESSED)
    run = api.check(api.load_registry([folder], rules), rules, as_of=DAY)
    (row,) = one(run, "department.not-pressed/department/D1").rows
    assert row.source is not None
    assert Path(run.info.facts.sources[row.source].file).name == "mine.csv"
    assert row.row == 2
    text = "".join(explain_conclusion(run, "department.not-pressed", "D1", Look("en", 100)))
    assert "mine M1 One  mine.csv · row 2" in text
    assert "mine.over/mine/M1" in text


def test_what_an_undetermined_one_waits_for_is_told_in_both_languages(tmp_path: Path) -> None:
    found = one(check(load(tmp_path, PRESSED)), "department.not-pressed/department/D2")
    assert found.causes == (Cause(Reason.MISSING, "output"),)
    assert found.because == ("mine.over/mine/M3",)
    assert found.message.zh == "题department.not-pressed：待核实，缺少产量（output）"
    assert found.message.en == "title of department.not-pressed: undetermined, missing output (output)"


def test_a_cause_begins_at_the_name_given(tmp_path: Path) -> None:
    given = rows(mine=[{"id": "M1", "town": "T1", "department": "D1", "output": 20}])
    found = one(check(load(tmp_path, PRESSED), {**given, "order": [{"id": "O1", "mine": "M1"}]}),
                "department.not-pressed/department/D1")  # fmt: skip
    assert not found.certain
    assert {cause.path for cause in found.causes} == {"o.issued_on", "m.known_on"}
    assert "发文日期（o.issued_on）" in found.message.zh
    assert "issued on (o.issued_on)" in found.message.en


@pytest.mark.parametrize("chainer", CHAINERS)
def test_a_table_not_supplied_leaves_what_it_might_block_undetermined(tmp_path: Path, chainer: str) -> None:
    run = check(load(tmp_path, PRESSED), rows(order=None), chainer=chainer)
    assert set(told(run).values()) == {"undetermined"}
    found = one(run, "department.not-pressed/department/D1")
    assert Cause(Reason.NOT_SUPPLIED, "order") in found.causes
    assert "督促单（order）" in found.message.zh
    wanted = [each for each in run.wanted if each.lack.kind == "order" and each.lack.field is None]
    assert [each.conclusions for each in wanted] == [("department.not-pressed",)]


def test_of_a_table_not_supplied_that_is_given_whom_it_is_about_is_not_known(tmp_path: Path) -> None:
    """Of a mine nobody has listed it is not known which department answers for it."""
    run = check(load(tmp_path, PRESSED), rows(mine=None, order=[]))
    assert told(run) == {}
    (rule,) = run.drawing.summaries
    assert rule.unplaced == 1
    english, chinese = ("".join(WRITERS["table"](run, Look(lang, 100))) for lang in ("en", "zh"))
    assert "── about whom is not known 1  further matches" in english
    assert (
        f"── 归属对象不明 1  另有若干组事实，因所需的表或字段缺失，无法确定归属对象\n     1  {rule.title.zh}  {rule.conclusion}"
        in chinese
    )


def test_a_row_without_key_may_be_meant_but_is_no_ground(tmp_path: Path, folder: Path) -> None:
    body = "given: {o: order}\nabout: {kind: mine, id: o.mine}"
    rules = load(tmp_path, document("mine.ordered", body), PRESSED)
    (folder / "order.csv").write_text("id,mine,issued_on\n,M1,2024-01-20\nO2,M2,2024-01-20\n", "utf-8")
    run = api.check(api.load_registry([folder], rules), rules, as_of=DAY)
    assert told(run) == {
        "department.not-pressed/department/D1": "undetermined",
        "mine.ordered/mine/M1": "undetermined",
        "mine.ordered/mine/M2": "concluded",
    }
    found = one(run, "mine.ordered/mine/M1")
    assert (found.rows, found.causes) == ((), (Cause(Reason.UNREADABLE, "order"),))
    assert Cause(Reason.UNREADABLE, "order") in one(run, "department.not-pressed/department/D1").causes


# --- memory --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chainer", CHAINERS)
def test_findings_from_memory_support_nothing(tmp_path: Path, chainer: str) -> None:
    run = check(
        load(tmp_path, of_mines("t.small", rule="mine.small"), of_mines("t.any", rule="mine.*")), chainer=chainer
    )
    assert "mine.small/mine/M4" in {each.fingerprint for each in run.findings}
    assert told(run) == {"t.any/town/T1": "concluded", "t.any/town/T2": "undetermined"}


def test_findings_from_memory_that_would_block_only_may(tmp_path: Path) -> None:
    body = 'given: {t: town}\nunless: {f: finding("mine.small")}\nunless_where: f.jurisdiction == t.id\nabout: {kind: town, id: t.id}'
    run = check(load(tmp_path, document("t.none-small", body)))
    assert [(each.entity, each.certain) for each in run.drawing.drawn] == [("T1", True), ("T2", False), ("T3", False)]


def test_a_conclusion_from_memory_stands_apart_and_passes_nothing_on(tmp_path: Path) -> None:
    rules = load(tmp_path, of_mines("t.low", 'at_least: param("least.memory")'), above("t.high", "t.low"))
    run = check(rules)
    assert told(run) == {"t.low/town/T1": "concluded", "t.low/town/T2": "undetermined"}
    assert run.conclusion_rules["t.low"].certainty == "memory"
    text = "".join(WRITERS["table"](run, Look("en", 100)))
    assert "conclusions that rest on something known only from memory 1" in text
    assert "conclusions (leads)" not in text
    low = replace(run, findings=())
    assert (low.counting("low"), low.counting("never")) == (0, 0)


# --- counting ------------------------------------------------------------------------------------------------------

TWO = [
    {"id": "M1", "name": "One", "town": "T1", "department": "D1", "output": 20, "dusty": True},
    {"id": "M2", "name": "Two", "town": "T1", "department": "D2", "output": 30, "dusty": False},
    {"id": "M3", "name": "Three", "town": "T2", "department": "D1", "output": 30, "dusty": True},
    {"id": "M4", "name": "Four", "town": "T3", "department": "D1", "output": 1, "dusty": False},
]


@pytest.mark.parametrize("chainer", CHAINERS)
@pytest.mark.parametrize(
    ("body", "rule", "towns"),
    [
        ("at_least: 2", "mine.over", {"T1": 2}),
        ("at_least: 2", "mine.*", {"T1": 3, "T2": 2}),
        ("at_least: 2\ndistinct: m.id", "mine.*", {"T1": 2}),
        ("at_least: 2\ndistinct: f.rule", "mine.*", {"T1": 2, "T2": 2}),
        ("at_least: 2\nper: m.department", "mine.*", {"T1": 2, "T2": 2}),
        ("at_least: 2\nper: m.department\ndistinct: m.id", "mine.*", {}),
        ("at_least: 4", "mine.*", {}),
    ],
)
def test_counting(tmp_path: Path, chainer: str, body: str, rule: str, towns: dict[str, int]) -> None:
    run = check(load(tmp_path, of_mines("t.many", body, rule)), rows(mine=TWO), chainer=chainer)
    certain = {each.entity: each.count for each in run.drawing.drawn if each.certain}
    assert certain == towns
    assert [each.message.en for each in run.drawing.drawn] == [f"text {count}" for count in towns.values()]


@pytest.mark.parametrize("chainer", CHAINERS)
def test_counting_what_is_not_certain(tmp_path: Path, chainer: str) -> None:
    """One over for certain and one perhaps: two may be."""
    mines = [TWO[0], {"id": "M5", "town": "T1", "output": ""}, {"id": "M6", "output": 50}]
    run = check(load(tmp_path, of_mines("t.many", "at_least: 3")), rows(mine=mines), chainer=chainer)
    assert told(run) == {"t.many/town/T1": "undetermined"}  # M6 may be in T1 too
    found = one(run, "t.many/town/T1")
    assert Cause(Reason.MISSING, "output") in found.causes
    run = check(load(tmp_path, of_mines("t.many", "at_least: 4")), rows(mine=mines), chainer=chainer)
    assert told(run) == {}


def test_a_count_whose_number_has_no_value_is_undetermined(tmp_path: Path) -> None:
    rules = load(tmp_path, of_mines("t.many", 'at_least: param("least.later")'))
    assert set(told(check(rules)).values()) == {"undetermined"}
    assert "concluded" in told(check(rules, as_of=date(2025, 2, 1))).values()


# --- whom it is about ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chainer", CHAINERS)
def test_one_may_be_about_somebody_named_once_and_for_all(tmp_path: Path, chainer: str) -> None:
    body = 'given: {f: finding("mine.over")}\nabout: {kind: department, id: \'"D1"\'}'
    run = check(load(tmp_path, document("d.any", body), document("d.many", body + "\nat_least: 2")), chainer=chainer)
    assert told(run) == {"d.any/department/D1": "concluded", "d.many/department/D1": "concluded"}
    assert one(run, "d.any/department/D1").count == 2
    assert one(run, "d.any/department/D1").name == "Mines"


def test_one_may_be_about_somebody_who_has_no_row(tmp_path: Path) -> None:
    mine = [{"id": "M1", "town": "T 9/x", "output": 20}]
    run = check(load(tmp_path, of_mines("t.x")), rows(mine=mine))
    assert told(run) == {}  # the reference leads nowhere: it is unreadable
    body = 'given: {f: finding("mine.over")}\nabout: {kind: town, id: \'"T 9/x"\'}'
    run = check(load(tmp_path, document("t.x", body)))
    assert told(run) == {"t.x/town/T%209%2Fx": "concluded"}
    assert one(run, "t.x/town/T%209%2Fx").name is None


# --- recursion -----------------------------------------------------------------------------------------------------

NEAR = document(
    "t.near", 'given: {t: town, c: conclusion("t.near")}\nwhere: t.near == c.id\nabout: {kind: town, id: t.id}'
)
TIED = (
    document("t.a", 'given: {t: town, c: conclusion("t.b")}\nwhere: t.near == c.id\nabout: {kind: town, id: t.id}'),
    document("t.b", 'given: {t: town, c: conclusion("t.a")}\nwhere: t.near == c.id\nabout: {kind: town, id: t.id}'),
)


@pytest.mark.parametrize("chainer", CHAINERS)
@pytest.mark.parametrize("documents", [(NEAR,), TIED], ids=["itself", "one another"])
def test_what_only_rests_on_itself_is_never_drawn(tmp_path: Path, documents: tuple[str, ...], chainer: str) -> None:
    towns = [{"id": "T1", "near": "T2"}, {"id": "T2", "near": ""}]
    assert told(check(load(tmp_path, *documents), rows(town=towns), chainer=chainer)) == {}


@pytest.mark.parametrize("chainer", CHAINERS)
def test_conclusions_rest_on_one_another_all_the_way_down(tmp_path: Path, chainer: str) -> None:
    """Towns one after the other, each told of by the one it is near to."""
    steps = [of_mines("t.s0")]
    for number in range(1, 8):
        body = f'given: {{t: town, c: conclusion("t.s{number - 1}")}}\nwhere: t.near == c.id\nabout: {{kind: town, id: t.id}}'
        steps.append(document(f"t.s{number}", body))
    towns = [{"id": f"T{i}", "near": f"T{i - 1}" if i else ""} for i in range(8)]
    rules = load(tmp_path, *reversed(steps))
    for output, verdict in ((20, "concluded"), ("", "undetermined")):
        run = check(rules, rows(town=towns, mine=[{"id": "M1", "town": "T0", "output": output}]), chainer=chainer)
        assert {told(run)[f"t.s{i}/town/T{i}"] for i in range(8)} == {verdict}
        assert one(run, "t.s7/town/T7").because == ("t.s6/town/T6",)
        if verdict == "undetermined":
            assert one(run, "t.s7/town/T7").causes == (Cause(Reason.MISSING, "output"),)
        for lang in ("zh", "en"):
            text = "".join(explain_conclusion(run, "t.s7", "T7", Look(lang, 80)))
            assert "mine.over/mine/M1" in text
            assert all(f"t.s{i}/town/T{i}" in text for i in range(8))


# --- days ----------------------------------------------------------------------------------------------------------


def test_a_conclusion_is_only_drawn_on_days_it_is_in_force(tmp_path: Path) -> None:
    rules = load(tmp_path, of_mines("t.low", "in_force: {from: 2025-01-01}"), above("t.high", "t.low"))
    run = check(rules)
    assert told(run) == {}
    assert list(run.conclusion_rules) == ["t.high"]
    assert told(check(rules, as_of=date(2025, 1, 1)))["t.high/town/T1"] == "concluded"


def test_what_is_not_in_force_blocks_nothing(tmp_path: Path) -> None:
    body = (
        'given: {t: town}\nunless: {c: conclusion("t.low")}\nunless_where: c.id == t.id\nabout: {kind: town, id: t.id}'
    )
    rules = load(tmp_path, of_mines("t.low", "in_force: {from: 2025-01-01}"), document("t.quiet", body))
    assert told(check(rules)) == dict.fromkeys(("t.quiet/town/T1", "t.quiet/town/T2", "t.quiet/town/T3"), "concluded")
    assert "t.quiet/town/T1" not in told(check(rules, as_of=date(2025, 1, 1)))


def test_law_is_that_of_the_day_and_later_law_is_told(tmp_path: Path) -> None:
    rules = load(tmp_path, of_mines("t.x", LAWS))
    found = one(check(rules), "t.x/town/T1")
    assert [each.role for each in found.basis] == ["duty", "policy", "penalty"]
    assert {each.later for each in found.basis} == {None}
    assert found.due == date(2024, 4, 23)
    later = one(check(rules, decided_on=date(2026, 3, 2)), "t.x/town/T1")
    assert [each.text for each in later.basis] == [each.text for each in found.basis]
    assert [each.later and each.later.zh for each in later.basis] == ["《督促办法》（2025）", *["研判日无有效文本"] * 2]
    assert [each.role for each in one(check(rules, as_of=date(2025, 2, 1)), "t.x/town/T1").basis] == ["duty"]


def test_a_day_beyond_the_calendar_is_no_day(tmp_path: Path) -> None:
    rules = load(tmp_path, of_mines("t.x", LAWS))
    assert one(check(rules, decided_on=date(2199, 3, 2)), "t.x/town/T1").due is None


# --- words ---------------------------------------------------------------------------------------------------------


def test_private_values_are_never_shown(tmp_path: Path) -> None:
    base = BASE.replace(
        "  revised:", "  phone: {type: string, private: true, label: {zh: 电话, en: telephone}}\n  revised:"
    )
    base += "\n---\nlet:\n  mine:\n    reach: '\"tel \" + phone'\n"
    words = ['"{m.phone}"', '"{m.reach}"', '"{m.phone == \\"555\\" ? m.phone : m.name}"', '"{f.entity.phone}"']
    mine = [{"id": "M1", "town": "T1", "output": 20, "phone": "555-0100"}]
    for word in words:
        rules = load(tmp_path, of_mines("t.x", f"message: {{zh: {word}, en: {word}}}"), base=base)
        run = check(rules, rows(mine=mine))
        assert told(run) == {"t.x/town/T1": "concluded"}
        for lang in ("zh", "en"):
            look = Look(lang, 100)
            text = run.to_json() + "".join(WRITERS["table"](run, look))
            text += "".join(explain_conclusion(run, "t.x", "T1", look))
            assert "555-0100" not in text


def test_codes_and_numbers_are_told_in_the_language_of_the_message(tmp_path: Path) -> None:
    codes = "  method: {type: code, label: {zh: 方式, en: method}, codes: {pit: {zh: 露天, en: open-pit}, deep: {zh: 地下, en: deep}}}\n"
    base = BASE.replace("  revised:", codes + "  revised:") + "\n---\nlet:\n  mine:\n    way: method\n"
    message = "{m.method} {m.way} {m.output > 5 ? m.method : m.way} {f.severity} {m.known_on}"
    rules = load(tmp_path, of_mines("t.x", f'message: {{zh: "{message}", en: "{message}"}}'), base=base)
    mine = [{"id": "M1", "town": "T1", "output": 20, "method": "pit", "known_on": ""}]
    found = one(check(rules, rows(mine=mine)), "t.x/town/T1")
    assert found.message.zh.startswith("露天 露天 露天 major ")
    assert found.message.en.startswith("open-pit open-pit open-pit major ")


# --- jurisdictions -------------------------------------------------------------------------------------------------

LOCAL = {
    "a finding and its mine": of_mines("c"),
    "a mine and its orders": document(
        "c", "given: {m: mine, o: order}\nwhere: o.mine == m.id\nabout: {kind: mine, id: m.id}"
    ),
    "blocked by an order": PRESSED.replace("department.not-pressed", "c"),
    "two findings of one place": document(
        "c",
        'given: {f: finding("mine.over"), g: finding("mine.dust")}\nwhere: f.jurisdiction == g.jurisdiction\n'
        "about: {kind: town, id: f.jurisdiction}",
    ),
    "counted by town": of_mines("c", "at_least: 2"),
    "departments are everywhere": document(
        "c", "given: {m: mine, d: department}\nwhere: m.department == d.id\nabout: {kind: department, id: d.id}"
    ),
    "two mines of one department": document(
        "c", "given: {m: mine, n: mine}\nwhere: m.department == n.department\nabout: {kind: mine, id: m.id}"
    ),
    "counted by department": of_mines("c", "at_least: 2").replace(
        "kind: town, id: m.town", "kind: department, id: m.department"
    ),
    "a town and its neighbour": document(
        "c", "given: {t: town, u: town}\nwhere: t.near == u.id\nabout: {kind: town, id: t.id}"
    ),
    "blocked by anything": document("c", "given: {m: mine}\nunless: {n: order}\nabout: {kind: mine, id: m.id}"),
}
REACH = {
    **dict.fromkeys(list(LOCAL)[:5], Reach(True, True)),
    "blocked by an order": Reach(True, False),
    "departments are everywhere": Reach(True, False),
    **dict.fromkeys(list(LOCAL)[6:], Reach(False, False)),
}


@pytest.mark.parametrize("shape", LOCAL)
def test_what_can_be_drawn_jurisdiction_by_jurisdiction(tmp_path: Path, shape: str) -> None:
    rules = load(tmp_path, LOCAL[shape])
    assert reaches(plans(rules.conclusions), rules.vocabulary)["c"] == REACH[shape]


def test_what_rests_on_what_is_drawn_of_others_reaches_everywhere(tmp_path: Path) -> None:
    far = LOCAL["counted by department"].replace("conclusion: c", "conclusion: far")
    department = 'given: {c: conclusion("far")}\nabout: {kind: department, id: c.id}'
    rules = load(tmp_path, of_mines("near"), above("higher", "near"), far, document("further", department))
    found = reaches(plans(rules.conclusions), rules.vocabulary)
    assert {name: each.local for name, each in found.items()} == {
        "near": True,
        "higher": True,
        "far": False,
        "further": False,
    }


def labels(rules: Ruleset, monkeypatch: pytest.MonkeyPatch, **given: object) -> list[list[str]]:
    seen: list[list[str]] = []

    def run(jobs: list[chaining.Job], *args: object, **more: object) -> object:
        seen.append([job.label for job in jobs])
        return chaining.run(jobs, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("hegui.conclusions.drawing.run", run)
    check(rules, rows(**given))  # type: ignore[arg-type]
    return seen


def test_a_jurisdiction_is_a_partition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = of_mines("near"), LOCAL["counted by department"]
    assert labels(load(tmp_path, near), monkeypatch) == [["T1", "T2", "T3"]]
    assert labels(load(tmp_path, far), monkeypatch) == [[""]]
    assert labels(load(tmp_path, near, far), monkeypatch) == [["T1", "T2", "T3"], [""]]


@pytest.mark.parametrize("chainer", CHAINERS)
def test_a_row_of_no_known_place_counts_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chainer: str
) -> None:
    rules = load(tmp_path, PRESSED)
    mine = [{"id": "M1", "department": "D1", "output": 20, "known_on": "2024-01-01"}]
    assert labels(rules, monkeypatch, mine=mine, order=[]) == [[""]]
    assert set(told(check(rules, rows(mine=mine, order=[]), chainer=chainer)).values()) == {"concluded"}
    order = [{"id": "O1", "mine": "M1", "issued_on": "2024-02-01"}]
    assert told(check(rules, rows(mine=mine, order=order), chainer=chainer)) == {}


# --- chainers ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not chaining.available(), reason="durable-rules does not import here")
def test_the_same_bytes_whichever_chainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    rules = load(tmp_path, *ALL)
    texts = [check(rules, chainer=name).to_json() for name in ("durable", "reference")]
    assert texts[0] != texts[1]
    assert texts[0].replace('"chainer": "durable"', '"chainer": "reference"') == texts[1]


@pytest.mark.skipif(not chaining.available(), reason="durable-rules does not import here")
def test_what_the_reference_chainer_had_to_do_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load(tmp_path, *ALL)
    monkeypatch.setattr(chaining, "Limits", lambda: Limits(facts=14))
    run = check(rules, chainer="durable")
    assert told(run) == told(check(rules, chainer="reference"))
    assert run.drawing.notes
    assert all("`T1`" in note.en or "``" in note.en for note in run.drawing.notes)
    for lang, words in (("zh", "已改用参考推理器"), ("en", "was chained by the reference chainer")):
        assert words in "".join(WRITERS["table"](run, Look(lang, 200)))
    read = Run.from_json(run.to_json())
    assert read.drawing.notes == run.drawing.notes


def test_an_unknown_chainer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no chainer `abacus`"):
        check(load(tmp_path, PRESSED), chainer="abacus")


def test_without_durable_rules_the_reference_chainer_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: False)
    assert check(load(tmp_path, PRESSED), chainer="auto").drawing.chainer == "reference"
    run = check(load(tmp_path, PRESSED), chainer="durable")
    assert (run.drawing.chainer, len(run.drawing.notes)) == ("reference", 3)


def test_of_some_rules_or_one_entity_no_conclusion_is_drawn(tmp_path: Path) -> None:
    rules = load(tmp_path, PRESSED)
    assert check(rules, rules=["mine.over"]).drawing == Drawing()
    assert check(rules, entity="M1").drawing == Drawing()


def test_equalities_that_share_a_side_take_few_rules(tmp_path: Path) -> None:
    """Either what all are compared with is not known, or some of the others are not: no equality has a way of its own then."""
    names = [f"o{number}" for number in range(6)]
    given = ", ".join(["m: mine", *(f"{name}: order" for name in names)])
    where = " && ".join(f"{name}.mine == m.id" for name in names)
    rules = load(tmp_path, document("c", f"given: {{{given}}}\nwhere: {where}\nabout: {{kind: mine, id: m.id}}"))
    (plan,) = plans(rules.conclusions)
    unknown = {(key.variable, key.name) for number in range(7) for key in plan.keys(number)}
    flat = flatten(plan, (), unknown, None, {})
    assert sum("/maybe" in rule.name for rule in flat.rules) == 2**6 + 6  # and not 3**6
    assert sum("/sure" in rule.name for rule in flat.rules) == 1


def test_checking_many_flat_rules_takes_as_long_as_there_are() -> None:
    def seconds(count: int) -> float:
        head = Head("b", (("e", "1"),))
        program = Program(tuple(FlatRule(f"r{number}", 0, (Pattern("a"),), (head,)) for number in range(count)))
        start = time.process_time()
        checking.check_program(program)
        return time.process_time() - start

    assert seconds(40_000) < 16 * max(seconds(5_000), 0.005)
