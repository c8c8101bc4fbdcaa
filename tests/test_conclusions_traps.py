"""Cases in which it would be easy to draw too much, too little, or nothing at all and not say so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conclusions_kit import BASE

from hegui import api, ruleset
from hegui.facts import from_rows
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.source import RulesetError

DAY = date(2024, 3, 11)
HEAD = "title: {zh: 结论, en: drawn}\nnature: clue\nseverity: minor\n"
TAIL = '\nmessage: {zh: "{count}", en: "{count}"}'
MINES: list[dict[str, object]] = [
    {"id": "M1", "name": "one", "town": "T1", "department": "D1", "output": 20, "dusty": True},
    {"id": "M2", "name": "two", "town": "T1", "department": "D1", "output": 20, "dusty": False},
    {"id": "M3", "name": "three", "town": "T2", "department": "D2", "output": 20, "dusty": False},
]


def load(tmp_path: Path, *documents: str, base: str = BASE) -> Ruleset:
    path = tmp_path / "traps.yaml"
    path.write_text("\n---\n".join([base.rstrip(), *documents]), encoding="utf-8")
    return ruleset.load(path)


def conclusion(name: str, body: str) -> str:
    return f"conclusion: {name}\n{HEAD}{body}{TAIL}"


def run(rules: Ruleset, mines: list[dict[str, object]] = MINES, **others: list[dict[str, object]]) -> Run:
    towns = [{"id": id, "name": id, "near": "T1"} for id in ("T1", "T2")]
    departments = [{"id": id, "name": id} for id in ("D1", "D2")]
    rows = {"town": towns, "department": departments, "mine": mines, "order": [], **others}
    return api.check(from_rows(rules.vocabulary, rows), rules, as_of=DAY, chainer="reference")


def told(found: Run) -> dict[str, str]:
    return {each.fingerprint: each.verdict for each in found.drawing.drawn}


OVER = conclusion("a", 'given: {f: finding("mine.over")}\nabout: {kind: mine, id: f.entity}')


def test_what_is_about_no_row_is_asked_though_the_first_name_is_a_conclusion(tmp_path: Path) -> None:
    body = 'given: {{c: conclusion("a"), m: mine}}\nwhere: \'m.id == c.id && as_of > date("{day}")\'\nabout: {{kind: mine, id: m.id}}'
    later = run(load(tmp_path, OVER, conclusion("b", body.format(day="2030-01-01"))))
    assert not any(name.startswith("b/") for name in told(later))
    now = run(load(tmp_path, OVER, conclusion("b", body.format(day="2020-01-01"))))
    assert sum(name.startswith("b/") for name in told(now)) == 3


def test_what_is_about_no_row_is_refused_among_conclusions_only(tmp_path: Path) -> None:
    body = 'given: {c: conclusion("a")}\nwhere: \'as_of > date("2030-01-01")\'\nabout: {kind: mine, id: c.id}'
    with pytest.raises(RulesetError, match="of-nothing"):
        load(tmp_path, OVER, conclusion("b", body))


def test_jurisdictions_may_nest(tmp_path: Path) -> None:
    """A town that answers to a department is not of the jurisdiction of its mines."""
    head, town, rest = BASE.partition("kind: town\n")
    base = head + town + rest.replace("jurisdiction: id", "jurisdiction: near", 1)
    assert base != BASE
    joined = conclusion(
        "b", 'given: {f: finding("mine.over"), t: town}\nwhere: t.id == f.jurisdiction\nabout: {kind: town, id: t.id}'
    )
    about = conclusion("c", 'given: {f: finding("mine.over")}\nabout: {kind: town, id: f.jurisdiction}')
    above = conclusion("d", 'given: {c: conclusion("c"), t: town}\nwhere: t.id == c.id\nabout: {kind: town, id: t.id}')
    found = told(run(load(tmp_path, joined, about, above, base=base)))
    assert found == {f"{name}/town/{town}": "concluded" for name in "bcd" for town in ("T1", "T2")}


MEMORY = """\
parameters:
  recalled:
    label: {zh: 记忆, en: recalled}
    type: int
    values:
      - {value: 1, certainty: memory, source: {zh: 记忆, en: memory}}"""


def test_what_rests_on_memory_blocks_only_perhaps(tmp_path: Path) -> None:
    recalled = conclusion(
        "y", 'given: {f: finding("mine.over")}\nabout: {kind: mine, id: f.entity}\nat_least: param("recalled")'
    )
    blocked = conclusion(
        "z", 'given: {m: mine}\nunless: {y: conclusion("y")}\nunless_where: y.id == m.id\nabout: {kind: mine, id: m.id}'
    )
    rests = conclusion("w", 'given: {y: conclusion("y"), m: mine}\nwhere: m.id == y.id\nabout: {kind: mine, id: m.id}')
    found = told(run(load(tmp_path, MEMORY, recalled, blocked, rests)))
    assert {name for name, verdict in found.items() if verdict == "undetermined"} == {f"z/mine/M{n}" for n in (1, 2, 3)}
    assert not any(name.startswith("w/") for name in found)


def test_matches_about_nobody_known_are_counted_and_say_what_they_wait_for(tmp_path: Path) -> None:
    body = 'given: {f: finding("mine.over"), m: mine}\nwhere: m.id == f.entity\nabout: {kind: department, id: m.department}\nat_least: 3'
    mines = [*MINES[:2], {**MINES[2], "department": ""}]
    found = run(load(tmp_path, conclusion("a", body)), mines)
    (drawn,) = found.drawing.drawn
    assert (drawn.fingerprint, drawn.certain) == ("a/department/D1", False)
    assert [str(cause) for cause in drawn.causes] == ["missing m.department"]
    assert [summary.unplaced for summary in found.drawing.summaries] == [1]


def test_only_groups_that_have_enough_are_said_to(tmp_path: Path) -> None:
    body = 'given: {f: finding("*"), m: mine}\nwhere: m.id == f.entity\nabout: {kind: town, id: m.town}\nat_least: 2\nper: m.id'
    (drawn,) = run(load(tmp_path, conclusion("a", body))).drawing.drawn
    assert (drawn.count, drawn.because) == (2, ("mine.dust/mine/M1", "mine.over/mine/M1"))


def test_a_number_of_matches_below_one_is_no_number(tmp_path: Path) -> None:
    none = MEMORY.replace("value: 1, certainty: memory", "value: 0, certainty: seen")
    body = 'given: {f: finding("mine.over")}\nabout: {kind: mine, id: f.entity}\nat_least: param("recalled")'
    assert set(told(run(load(tmp_path, none, conclusion("a", body)))).values()) == {"undetermined"}


def test_a_private_field_is_nobody_a_conclusion_can_be_about(tmp_path: Path) -> None:
    base = BASE.replace(
        "department: {type: ref, to: department,", "department: {type: ref, to: department, private: true,"
    )
    with pytest.raises(RulesetError, match="private-about"):
        load(tmp_path, conclusion("a", "given: {m: mine}\nabout: {kind: department, id: m.department}"), base=base)


def test_very_long_keys_are_joined(tmp_path: Path) -> None:
    long = "长" * 30_000
    mines = [{**MINES[0], "id": long}]
    body = 'given: {f: finding("mine.over"), m: mine}\nwhere: m.id == f.entity\nabout: {kind: town, id: m.town}'
    found = run(load(tmp_path, conclusion("a", body)), mines)
    assert told(found) == {"a/town/T1": "concluded"}


def test_a_conclusion_names_only_so_many_things(tmp_path: Path) -> None:
    names = ", ".join(f"m{number}: mine" for number in range(13))
    with pytest.raises(RulesetError, match="too-many-names"):
        load(tmp_path, conclusion("a", f"given: {{{names}}}\nabout: {{kind: mine, id: m0.id}}"))


def test_a_key_that_looks_like_a_row_set_aside_is_none(tmp_path: Path) -> None:
    mines = [{**MINES[0], "id": "#0"}, {**MINES[1], "id": ""}]
    body = 'given: {f: finding("mine.over"), m: mine}\nwhere: m.id == f.entity\nabout: {kind: mine, id: m.id}'
    assert told(run(load(tmp_path, conclusion("a", body)), mines)) == {"a/mine/#0": "concluded"}
