"""What the document of a conclusion becomes: names, rules, numbered rows, strata, layers, warnings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conclusions_kit import BASE

from hegui import ruleset
from hegui.assure.lint import lint
from hegui.datatypes import Text
from hegui.language.printer import text
from hegui.language.tree import Cell, Chain, Element, Let, walk
from hegui.ruleset.joins import Alone, Join, Pair, conjuncts
from hegui.ruleset.model import Conclusion, Expr, Nature, Period, Ruleset, Severity
from hegui.ruleset.stratified import blocked_through, groups
from hegui.source import RulesetError

Load = Callable[..., Ruleset]

HEAD = """
---
conclusion: {name}
title: {{zh: 题, en: title}}
nature: clue
severity: minor
message: {{zh: 文, en: text}}
"""


def conclusion(name: str, body: str) -> str:
    """A document with all that every conclusion has, and `body`."""
    return HEAD.format(name=name) + "\n".join(line.strip() for line in body.strip().splitlines()) + "\n"


def town(name: str, body: str) -> str:
    return conclusion(name, f"{body}\nabout: {{kind: town, id: t.id}}")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(*documents: str) -> Ruleset:
        path = tmp_path / "rules.yaml"
        path.write_text(BASE + "".join(documents), encoding="utf-8")
        return ruleset.load(path)

    return loaded


WHOLE = """
---
conclusion: department.not-pressed
title: {zh: 未督促, en: not pressed}
notice: []
nature: [{nature: duty, to: 2025-12-31}, {nature: breach, from: 2026-01-01}]
severity: major
authority: {zh: 区政府, en: district}
in_force: {from: 2020-01-01}
given: {f: finding("mine.over"), m: mine}
where: m.id == f.entity && m.known_on < as_of
unless: {o: order}
unless_where: o.mine == m.id && o.issued_on >= m.known_on
about: {kind: department, id: m.department}
at_least: 2
per: f.jurisdiction
distinct: m.id
message: {zh: "{m.name} 等 {count} 个", en: "{m.name} and {count - 1} more"}
remedy: {zh: 督促, en: press, proposed_workdays: 10}
examples:
  - name: one
    given: {mine: [{id: M1, department: D1}]}
    findings:
      - {rule: mine.over, entity: M1, key: "M1,2023", occurred: 2023-12-31}
      - {rule: mine.over, entity: M1, verdict: undetermined, jurisdiction: T1}
    lacking: [order]
    undetermined: [D1]
    as_of: 2024-05-01
"""


def test_a_document_becomes_a_conclusion(load: Load) -> None:
    found = load(WHOLE).conclusions["department.not-pressed"]
    assert (found.name, found.about_kind, found.layer) == ("department.not-pressed", "department", "conclusions")
    assert found.title == Text("未督促", "not pressed")
    assert found.severity is Severity.MAJOR
    assert (found.nature(date(2025, 1, 1)), found.nature(date(2026, 1, 1))) == (Nature.DUTY, Nature.BREACH)
    assert found.in_force == Period(date(2020, 1, 1))
    assert [(each.name, each.source, each.of, each.row.var) for each in found.variables] == [
        ("f", "finding", ("mine.over",), "0"),
        ("m", "row", ("mine",), "1"),
        ("o", "row", ("order",), "2"),
    ]
    assert found.remedy is not None
    assert text_of(found.remedy.workdays) == "10"
    assert [text_of(each) for each in (found.about, found.at_least, found.per, found.distinct)] == [
        "m.department", "2", "f.jurisdiction", "m.id",
    ]  # fmt: skip
    (example,) = found.examples
    assert [(each.verdict, each.key, each.jurisdiction, each.occurred) for each in example.findings] == [
        ("violation", "M1,2023", None, date(2023, 12, 31)),
        ("undetermined", "M1", "T1", None),
    ]
    assert (example.lacking, example.concluded, example.undetermined) == (("order",), (), ("D1",))
    assert example.as_of == date(2024, 5, 1)


def text_of(expression: Expr | None) -> str:
    assert expression is not None
    return text(expression.node)


def test_a_condition_is_taken_apart_into_joins_pairs_and_what_is_about_one(load: Load) -> None:
    found = load(WHOLE).conclusions["department.not-pressed"]
    assert found.where is not None
    assert found.unless_where is not None
    join, alone = conjuncts(found.where.node, 3)
    assert isinstance(join, Join)
    assert join.variables == (0, 1)
    assert (text(join.left), text(join.right)) == ("f.entity", "m.id")
    assert isinstance(alone, Alone)
    assert alone.variable == 1
    assert [type(part) for part in conjuncts(found.unless_where.node, 3)] == [Join, Pair]


def test_doubles_are_compared_pair_by_pair(load: Load) -> None:
    found = load(town("t.x", "given: {t: town, m: mine}\nwhere: m.output / 2.0 == t.grade * 1.0")).conclusions["t.x"]
    assert found.where is not None
    assert [type(part) for part in conjuncts(found.where.node, 2)] == [Pair]


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ('finding("mine.*")', ("mine.dust", "mine.over")),
        ('finding("*")', ("mine.dust", "mine.over", "order.late")),
        ('finding("*.over", "order.?ate")', ("mine.over", "order.late")),
        ('finding("mine.over", "mine.over")', ("mine.over",)),
    ],
)
def test_patterns_stand_for_rules(load: Load, source: str, rules: tuple[str, ...]) -> None:
    found = load(conclusion("t.x", f"given: {{f: '{source}'}}\nabout: {{kind: mine, id: f.entity}}")).conclusions["t.x"]
    assert found.given[0].of == rules


def test_where_all_findings_are_filed_under_one_kind_more_can_be_asked(load: Load) -> None:
    """`order.late` answers for the mine too; a finding about orders filed under orders would not."""
    body = 'given: {f: finding("*")}\nwhere: f.entity.town.grade > 1\nabout: {kind: town, id: f.entity.town.near}'
    assert load(conclusion("t.x", body)).conclusions["t.x"]
    other = """
---
rule: order.early
title: {zh: 早, en: early}
about: order
nature: clue
severity: low
violation: grade > 1
message: {zh: 早, en: early}
"""
    with pytest.raises(RulesetError, match=r"`f\.entity` is a string|has no|f\.entity"):
        load(other, conclusion("t.x", body))


def test_the_jurisdiction_of_findings_can_be_followed(load: Load) -> None:
    found = load(conclusion("t.x", 'given: {f: finding("*")}\nabout: {kind: town, id: f.jurisdiction.near}'))
    assert text(found.conclusions["t.x"].about.node) == "f.jurisdiction.near"


def test_two_names_may_stand_for_rows_of_one_kind(load: Load) -> None:
    found = load(town("t.x", "given: {t: town, u: town}\nwhere: t.near == u.id && t.grade > u.grade")).conclusions[
        "t.x"
    ]
    assert found.where is not None
    join, pair = conjuncts(found.where.node, 2)
    assert isinstance(join, Join)
    assert isinstance(pair, Pair)
    assert join.variables == pair.variables == (0, 1)


def test_quantifiers_inside_conditions_count_on_from_the_names(load: Load) -> None:
    body = (
        "given: {t: town, m: mine}\nwhere: m.town == t.id && m.orders.exists(o, o.grade > t.grade)\nunless: {x: mine}"
    )
    found = load(town("t.x", body)).conclusions["t.x"]
    assert found.where is not None
    (chain,) = [node for node in walk(found.where.node) if isinstance(node, Chain)]
    assert chain.predicate is not None
    rows = {node.row.var for node in walk(chain.predicate) if isinstance(node, Cell)}
    assert len(rows) == 2
    assert "0" in rows
    assert all(int(number) == 0 or int(number) > len(found.variables) for number in rows)


def test_definitions_are_known_of_every_row_and_counted_as_used(load: Load) -> None:
    lets = "\n---\nlet:\n  mine:\n    busy: orders.exists(o, o.grade > 1) && dusty\n    far: town.near.grade\n"
    documents = (lets, town("t.x", "given: {t: town, m: mine}\nwhere: m.busy && m.town == t.id && m.far == t.grade"))
    found = load(*documents).conclusions["t.x"]
    assert found.where is not None
    busy, where, far = conjuncts(found.where.node, 2)
    assert isinstance(busy, Alone)
    assert isinstance(busy.node, Let)
    assert isinstance(where, Join)
    assert isinstance(far, Join)


def test_a_message_may_say_how_many(load: Load) -> None:
    found = load(WHOLE).conclusions["department.not-pressed"]
    pieces = [piece for piece in found.message.en if isinstance(piece, Expr)]
    (count,) = [node for node in walk(pieces[1].node) if isinstance(node, Element)]
    assert count.var == str(len(found.variables))


def test_a_message_may_not_speak_of_what_blocks(load: Load) -> None:
    with pytest.raises(RulesetError, match="nothing here is called `o`"):
        load(WHOLE.replace("{m.name} and", "{o.id} and"))


# --- order


def stratum(conclusions: dict[str, Conclusion], name: str) -> int:
    return next(number for number, group in enumerate(groups(conclusions)) if name in group)


def test_a_conclusion_may_rest_on_itself(load: Load) -> None:
    found = load(
        town("t.near", 'given: {t: town, c: conclusion("t.near")}\nwhere: t.near == c.id'),
        town("t.a", 'given: {t: town, c: conclusion("t.b")}\nwhere: t.id == c.id'),
        town("t.b", 'given: {t: town, c: conclusion("t.a"), d: conclusion("t.near")}\nwhere: t.id == c.id'),
    )
    assert groups(found.conclusions) == [("t.near",), ("t.a", "t.b")]


def test_what_blocks_comes_before_what_it_blocks(load: Load) -> None:
    found = load(
        town("t.a", 'given: {t: town}\nunless: {c: conclusion("t.z")}\nunless_where: c.id == t.id'),
        town("t.z", "given: {t: town}"),
        town("t.y", 'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.id\nat_least: 1'),
    ).conclusions
    assert stratum(found, "t.z") < stratum(found, "t.a") < stratum(found, "t.y")


CIRCLES = {
    "unless": [town("t.a", 'given: {t: town}\nunless: {c: conclusion("t.a")}\nunless_where: c.id == t.id')],
    "count": [town("t.a", 'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.id\nat_least: 2')],
    "blocked through": [
        town(
            "t.a",
            'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.id\n'
            "unless: {m: mine}\nunless_where: m.town == c.id",
        )
    ],
    "far around": [
        town("t.a", 'given: {t: town}\nunless: {c: conclusion("t.b")}\nunless_where: c.id == t.id'),
        town("t.b", 'given: {t: town, c: conclusion("t.c")}\nwhere: c.id == t.id'),
        town("t.c", 'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.id'),
    ],
}


@pytest.mark.parametrize("documents", CIRCLES.values(), ids=CIRCLES)
def test_no_circle_goes_through_what_must_be_complete(load: Load, documents: list[str]) -> None:
    with pytest.raises(RulesetError) as caught:
        load(*documents)
    (found,) = caught.value.diagnostics
    assert found.id == "not-stratified"
    assert str(found.args["circle"]).startswith("`t.a` → ")
    assert str(found.args["circle"]).endswith("`t.a`")


def test_a_circle_blocked_otherwise_is_allowed(load: Load) -> None:
    body = (
        'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.near\nunless: {m: mine}\nunless_where: m.town == t.id'
    )
    found = load(town("t.a", body)).conclusions["t.a"]
    assert blocked_through(found) == (0,)


# --- layers


def test_an_upper_layer_rests_on_conclusions_and_rules_of_a_lower(tmp_path: Path) -> None:
    for name in ("lower", "upper"):
        (tmp_path / name).mkdir()
    lower, upper = (tmp_path / name / "ruleset.yaml" for name in ("lower", "upper"))
    lower.write_text(
        BASE.replace("ruleset: conclusions", "ruleset: lower") + town("t.low", "given: {t: town}"), "utf-8"
    )
    upper.write_text(
        'ruleset: upper\ntitle: {zh: 上, en: upper}\nversion: "1"\nextends: lower\n'
        + town("t.high", 'given: {t: town, c: conclusion("t.low"), f: finding("mine.*")}\nwhere: c.id == t.id'),
        "utf-8",
    )
    found = ruleset.load(tmp_path / "upper").conclusions
    assert [(name, each.layer) for name, each in found.items()] == [("t.low", "lower"), ("t.high", "upper")]
    assert list(found["t.high"].rests_on()) == ["t.low"]
    upper.write_text(upper.read_text("utf-8") + town("t.low", "given: {t: town}"), "utf-8")
    with pytest.raises(RulesetError, match=r"`t\.low` is already defined at"):
        ruleset.load(tmp_path / "upper")


def test_one_mistake_is_told_once(load: Load) -> None:
    """What rests on a conclusion that is not understood has no mistake of its own."""
    with pytest.raises(RulesetError) as caught:
        load(
            town("t.a", "given: {t: town}\nwhere: t.gread > 1"),
            town("t.b", 'given: {t: town, c: conclusion("t.a")}\nwhere: c.id == t.id'),
        )
    assert [each.id for each in caught.value.diagnostics] == ["unknown-name"]


def test_the_part_of_a_condition_is_pointed_at(load: Load) -> None:
    where = 'where: m.town == t.id && (m.dusty && c.id == "T1")'
    with pytest.raises(RulesetError) as caught:
        load(
            town("t.a", "given: {t: town}"), town("t.b", f'given: {{t: town, m: mine, c: conclusion("t.a")}}\n{where}')
        )
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert found.span.source.text[found.span.start : found.span.end] == 'c.id == "T1"'


# --- lint


def test_lint_looks_into_conclusions(tmp_path: Path, load: Load) -> None:
    parameter = (
        "\n---\nparameters:\n  used:\n    label: {zh: 用, en: used}\n    type: int\n    values:\n"
        "      - {value: 2, certainty: seen, source: {zh: 假设, en: made up}}\n"
    )
    lets = "\n---\nlet:\n  mine:\n    busy: dusty\n    idle: '!dusty'\n"
    load(
        parameter,
        lets,
        town(
            "t.a", 'given: {t: town, m: mine}\nwhere: m.town == t.id && m.busy && m.output > 7\nat_least: param("used")'
        ),
    )
    found = [each for each in lint(tmp_path / "rules.yaml", None) if "mine." not in str(each.args.get("name"))]
    assert {(each.id, each.args.get("detail", each.args.get("name"))) for each in found if each.id != "no-remedy"} >= {
        ("no-citation", "t.a"),
        ("no-authority", "t.a"),
        ("no-example", "t.a"),
        ("bare-number", "7"),
        ("unused-definition", "idle"),
    }
    assert not {each.id for each in found} & {"unused-parameter"}
    assert ("unused-definition", "busy") not in {(each.id, each.args.get("name")) for each in found}
