"""What the parser and the checker refuse, with the exact place and words; and that printing gives the tree back."""

from __future__ import annotations

import pytest
from evaluation import Facts, parameter, spans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_engines_agree import DEFINITIONS, PARAMETERS, VOCABULARY, Reach, truth

from hegui.datatypes import BOOL, INT, NUMBER, STRING, Text, Type
from hegui.language.checker import compile_condition
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.printer import source
from hegui.vocabulary import Field, Kind, Relation, Vocabulary

L = Text("", "")
MINE = Kind(
    "mine", L, ("id",),
    {name: Field(name, type_, L) for name, type_ in {
        "id": STRING, "name": STRING, "scale": Type("number", "t/a"), "volume": Type("number", "m3/a"), "density": Type("number", "t/m3"),
        "staff": INT, "open": BOOL, "method": Type("code", codes=("open_pit", "underground")), "since": Type("date"),
        "town": Type("ref", kind="town"), "tags": Type("list", element=STRING),
    }.items()},
    {"years": Relation("years", "year", "mine", L)},
)  # fmt: skip
TOWN = Kind("town", L, ("id",), {"id": Field("id", STRING, L), "head": Field("head", STRING, L)})
YEAR = Kind(
    "year",
    L,
    (),
    {"mine": Field("mine", Type("ref", kind="mine"), L), "output": Field("output", Type("number", "t/a"), L)},
)
FACTS = Facts(
    Vocabulary({"mine": MINE, "town": TOWN, "year": YEAR}),
    {"mine": [], "town": [], "year": []},
    [parameter("limit", Type("number", "万t/a"), (1.0, None, None)), parameter("share", NUMBER, (0.9, None, None))],
    {"mine": {"heavy": "scale * 2.0", "round": "around", "around": "round"}},
)


def problems(text: str, expect: Type | None = BOOL) -> list[tuple[str, str]]:
    """Id and marked text of every diagnostic."""
    _, found = compile_condition(text, FACTS.environment, "mine", expect, spans(text))
    shown = []
    for item in found:
        assert item.span is not None
        item.render("en"), item.render("zh")
        shown.append((item.id, item.span.source.text[item.span.start : item.span.end]))
    return shown


@pytest.mark.parametrize(
    ("text", "id_", "marked"),
    [
        ("scael > scale", "unknown-name", "scael"),
        ("town.hed == name", "unknown-name", "hed"),
        ("years.exists(y, y.outptu > scale)", "unknown-name", "outptu"),
        ('name.startWith("a")', "unknown-function", "startWith"),
        ("today() > since", "unknown-function", "today"),
        ('scale > param("limt")', "unknown-parameter", '"limt"'),
        ("scale > param(name)", "param-needs-name", "param(name)"),
        ('method == "openpit"', "unknown-code", '"openpit"'),
        ('method in ["open_pit", "under"]', "unknown-code", '"under"'),
        ("scale > 3", "quantity-and-number", "3"),
        ("scale > volume", "units-differ", "volume"),
        ("scale + volume > scale", "units-differ", "volume"),
        ("scale > staff", "quantity-and-number", "staff"),
        ("scale", "expected-type", "scale"),
        ("staff", "expected-type", "staff"),
        ("open && name", "expected-type", "name"),
        ("years > 3", "list-as-value", "years"),
        ("years", "list-as-value", "years"),
        ("years.output > scale", "member-of-list", "output"),
        ("years.map(y, y.output) == scale", "chain-open", "map"),
        ("years.sum() > scale", "map-first", "sum"),
        ("years.map(y, y).size() > 1", "row-as-value", "y"),
        ("years.exists(y, y)", "row-as-value", "y"),
        ("years.known().size() > 1", "known-needs-value", "known"),
        ("years.map(y, y.output).filter(v, true).size() > 1", "chain-order", "filter"),
        ("years.exists(true)", "variable-and-body", "exists"),
        ("years.map(y, y.mine.open).sum() > 1", "not-aggregated", "sum"),
        ("name.exists(v, true)", "not-a-list", "name"),
        ("name.town == name", "member-of-value", "town"),
        ("name in name", "in-needs-list", "name"),
        ("staff / staff > 1", "int-division", "/"),
        ("since - since > 3", "date-difference", "-"),
        ("since < name", "no-overload", "<"),
        ("method < method", "no-overload", "<"),
        ("open < open", "no-overload", "<"),
        ("-name == name", "no-overload", "-"),
        ("open ? name : staff", "arms-differ", "open ? name : staff"),
        ("staff in [1, name]", "items-differ", "[1, name]"),
        ("staff in []", "empty-list", "[]"),
        ("has(staff + 1)", "has-needs-field", "has(staff + 1)"),
        ("has(years)", "has-needs-field", "has(years)"),
        ('since < date("2024-2-1")', "bad-date", '"2024-2-1"'),
        ("since < date(name)", "literal-date", "name"),
        ('name.matches("(?=a)")', None, '"(?=a)"'),
        ("name.matches(name)", "literal-pattern", "name"),
        ("staff == 9007199254740992", "int-range", "9007199254740992"),
        ("workdays_between(since, as_of) > days_between(since, as_of)", "units-differ", "days_between(since, as_of)"),
        ("since + days(scale) > since", "no-overload", "days"),
        ("round > scale", "definition-cycle", None),
        ("staff % scale > 1", "no-overload", "%"),
    ],
)
def test_refused(text: str, id_: str | None, marked: str | None) -> None:
    if id_ == "definition-cycle":
        assert compile_condition(text, FACTS.environment, "mine", BOOL, spans(text))[0] is None
        assert [item.id for item in FACTS.environment.definitions.diagnostics] == [id_]
        return
    ((found, place),) = problems(text)
    assert place == marked
    assert id_ is None or found == id_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("volume * density", Type("number", "t/a")),
        ('scale > param("limit")', BOOL),
        ("scale > 0", BOOL),
        ("scale / volume", Type("number", "t/m3")),
        ("scale / scale", NUMBER),
        ('scale * param("share")', Type("number", "t/a")),
        ("heavy", Type("number", "t/a")),
        ("years.map(y, y.output).sum()", Type("number", "t/a")),
        ("years.exists(y, y.output > y.mine.heavy)", BOOL),
        ('"a" in tags', BOOL),
        ("tags.size()", INT),
        ("has(tags)", BOOL),
        ("days_between(since, as_of)", Type("int", "d")),
        ("open ? staff : 0.5", NUMBER),
        ("town == id", BOOL),
        ("math.greatest(scale, scale, scale)", Type("number", "t/a")),
    ],
)
def test_accepted(text: str, type_: Type) -> None:
    assert problems(text, None) == []
    node, _ = compile_condition(text, FACTS.environment, "mine", None, spans(text))
    assert node is not None
    assert node.type == type_


def test_every_mistake_is_reported_once() -> None:
    assert [id_ for id_, _ in problems("scael > 1 && nam == name || scale > 3")] == [
        "unknown-name",
        "unknown-name",
        "quantity-and-number",
    ]


@pytest.mark.parametrize(
    ("text", "id_", "at"),
    [
        ("a = b", "use-double", 2), ("a and b", "use-symbol", 2), ("", "empty-condition", 0), ("a ? b", "expected", 5),
        ('"abc', "unclosed-text", 0), (r'"\q"', "bad-escape", 1), ("a，b", "use-double", 1), ("f(", "expected", 2),
        ("1e999", "bad-number", 0), ("(" * 100, "condition-depth", 60), ("!" * 100 + "a", "condition-depth", 61),
        ("a #", "unexpected-character", 2),
        ("null == a", "reserved-word", 0), ("a" * 30000, "condition-size", 0), ("a b", "expected", 2), ("[1, 2", "expected", 5),
    ],
)  # fmt: skip
def test_syntax(text: str, id_: str, at: int) -> None:
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(text)
    assert (caught.value.wording.id, caught.value.start) == (id_, at)
    assert 0 <= caught.value.start < caught.value.end <= max(len(text), 1) + 1


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_print_then_parse_is_identity(data: st.DataObject) -> None:
    tree = parse(truth(data.draw, Reach({"": "item"}, {}, 4)))
    assert parse(source(tree)) == tree


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet="ab.()[]{}?:!&|<>=+-*/%, \"\\'\n0123456789éx矿_", max_size=40))
def test_any_text_parses_or_points_inside_itself(text: str) -> None:
    found = None
    try:
        parse(text)
    except ConditionSyntaxError as error:
        found = error
    assert found is None or 0 <= found.start <= len(text)
    assert found is None or found.start < found.end <= len(text) + 1


def test_the_random_conditions_use_the_whole_vocabulary() -> None:
    facts = Facts(VOCABULARY, {"item": []}, PARAMETERS, DEFINITIONS)
    assert facts.compile("group.total > double_x && heavy", "item").type == BOOL
