"""`ruleset.check(entity)`: verdicts, causes and explanations are those of a registry with the same rows."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import ruleset as sample_ruleset

from hegui import api
from hegui.assure.examples import AS_OF, rows_of
from hegui.datatypes import Below
from hegui.embedding import Checker
from hegui.engines import judge
from hegui.facts import from_rows
from hegui.outcome import Finding, RuleResult, Verdict
from hegui.report.info import RunInfo
from hegui.report.run import Run
from hegui.ruleset import shipped
from hegui.ruleset.model import Example, Rule, Ruleset
from hegui.source import UsageError
from hegui.vocabulary import Kind, Vocabulary, model


@cache
def loaded(name: str) -> Ruleset:
    return api.load_ruleset(name)


def examples(name: str) -> list[tuple[Rule, Example]]:
    return [(rule, example) for rule in loaded(name).rules.values() for example in rule.examples]


def keyed(given: Mapping[str, Any], kind: Kind, vocabulary: Vocabulary) -> dict[str, Any]:
    """The row with the keys that `rows_of` makes up put in, so that both ways see the same."""
    rows, _ = rows_of(given, vocabulary, kind.name)
    judged = rows[kind.name][0]
    return {**{name: judged[name] for name in kind.key if kind.fields[name].type.name != "ref"}, **given}


def typed(value: Any, kind: Kind, vocabulary: Vocabulary) -> dict[str, Any]:
    """An example's row in Python values: its texts are read as a table's would be."""
    from hegui.facts.cells import reader

    found: dict[str, Any] = {}
    for name, each in value.items():
        if name in kind.relations:
            found[name] = [typed(row, vocabulary.kinds[kind.relations[name].kind], vocabulary) for row in each]
        elif isinstance(each, Mapping):
            found[name] = typed(each, vocabulary.kinds[str(kind.fields[name].type.kind)], vocabulary)
        elif isinstance(each, str) and kind.fields[name].type.name != "ref":
            read = reader(kind.fields[name])(each)
            found[name] = Below(read.bound) if read.bound is not None else read.value
        else:
            found[name] = each
    return found


def causes(finding: Finding) -> list[str]:
    return [str(cause) for cause in finding.causes]


@pytest.mark.parametrize("name", shipped())
def test_examples_of_every_shipped_ruleset(name: str) -> None:
    """The expected verdict, quickly and with explanations, and the expected causes."""
    ruleset = loaded(name)
    wrong = []
    for rule, example in examples(name):
        kind = ruleset.vocabulary.kinds[rule.about]
        entity = keyed(typed(example.given, kind, ruleset.vocabulary), kind, ruleset.vocabulary)
        checker = _checker(name, rule.name)
        day = example.as_of or AS_OF
        (quick,) = checker.check(entity, as_of=day, complete=True)
        (full,) = checker.check(entity, as_of=day, complete=True, explain=True)
        assert full.finding is not None
        expected = causes(full.finding) if example.causes is None else sorted(example.causes)
        if not quick.verdict == full.verdict == example.verdict or sorted(causes(full.finding)) != expected:
            wrong.append((rule.name, example.name, quick.verdict, full.verdict, causes(full.finding)))
    assert wrong == []


@cache
def _checker(name: str, rule: str) -> Checker:
    ruleset = loaded(name)
    return Checker(ruleset, ruleset.rules[rule].about, [rule])


# --- the same as a registry ------------------------------------------------------------------------------------------

LOADS = st.sampled_from([None, 0.0, 80_000.0, 100_000.0, 120_000.5, 0.1 + 0.2])
DAYS = st.sampled_from([None, date(2015, 1, 1), date(2023, 6, 1), date(2024, 1, 1), date(2030, 1, 1)])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows in which any field may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


LICENCES = st.lists(st.fixed_dictionaries({}, optional={"from": DAYS, "to": DAYS, "scale": LOADS}), max_size=3)
METHODS = st.sampled_from([None, "open_pit", "underground"])
QUARRIES = some(
    name=st.sampled_from(["青石", "-", " a "]),
    town=st.sampled_from([None, "T1", "T2"]),
    damage=st.sampled_from([None, True, False]),
    method=METHODS,
    phone=st.just("138"),
    licences=LICENCES,
).map(lambda quarry: {"id": "Q 1", **quarry})
ROWS = {
    "quarry": QUARRIES,
    "year": st.builds(lambda quarry, rest: {"year": 2023, "quarry": quarry, **rest}, QUARRIES, some(extracted=LOADS)),
    "water": st.builds(
        lambda quarry, rest: {"id": "W1", "quarry": quarry, **rest},
        QUARRIES,
        some(taken_on=DAYS, solids=LOADS | st.sampled_from([Below(5.0), Below(200.0)])),
    ),
}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(ROWS)).flatmap(lambda kind: st.tuples(st.just(kind), ROWS[kind])))
def test_verdicts_causes_and_explanations_are_those_of_a_registry(drawn: tuple[str, dict[str, Any]]) -> None:
    kind, entity = drawn
    ruleset = sample_ruleset()
    rows, key = rows_of(bounds_written(entity), ruleset.vocabulary, kind)
    registry = from_rows(ruleset.vocabulary, rows)
    found = judge(ruleset, registry, engine="scalar", as_of=AS_OF, every=True)
    run = Run.build(
        ruleset, registry, found, RunInfo.of(ruleset, registry, as_of=AS_OF, decided_on=AS_OF, engine="scalar")
    )
    expected = {each.rule: each for each in run.findings if each.about == kind and each.key == key}
    quick = ruleset.check(entity, kind=kind, as_of=AS_OF, complete=True)
    full = ruleset.check(entity, kind=kind, as_of=AS_OF, complete=True, explain=True)
    assert [result.rule for result in quick] == [result.rule for result in full] == sorted(expected)
    for one, other in zip(quick, full, strict=True):
        wanted = expected[one.rule]
        assert other.finding is not None
        assert (one.verdict, other.verdict, other.finding.causes) == (wanted.verdict, wanted.verdict, wanted.causes)
        assert [value.value for value in other.finding.values] == [value.value for value in wanted.values]
        for lang in ("zh", "en"):
            assert other.explain(lang).message == run.explain(wanted, lang).message
            assert [fact.shown for fact in other.explain(lang).facts] == [
                fact.shown for fact in run.explain(wanted, lang).facts
            ]


def bounds_written(value: Any) -> Any:
    """The entity as a table would have it: `<5` for a bound."""
    if isinstance(value, Below):
        return f"<{value.bound}"
    if isinstance(value, dict):
        return {name: bounds_written(each) for name, each in value.items()}
    return [bounds_written(each) for each in value] if isinstance(value, list) else value


def test_what_is_not_given_is_not_known() -> None:
    """A relation left out is undetermined, an empty one is empty; `complete` makes the one the other."""
    ruleset = sample_ruleset()

    def verdict(entity: dict[str, Any], **how: bool) -> tuple[Verdict, list[str]]:
        found = ruleset.check(entity, kind="quarry", as_of=AS_OF, explain=True, **how)
        quick = ruleset.check(entity, kind="quarry", as_of=AS_OF, **how)
        (one,) = (result for result in found if result.rule == "quarry.no-licence")
        assert one.finding is not None
        assert [result.verdict for result in quick] == [result.verdict for result in found]
        return one.verdict, causes(one.finding)

    assert verdict({"id": "Q1"}) == (Verdict.UNDETERMINED, ["table not supplied licences"])
    assert verdict({"id": "Q1", "licences": []}) == (Verdict.VIOLATION, [])
    assert verdict({"id": "Q1"}, complete=True) == (Verdict.VIOLATION, [])
    assert verdict({"id": "Q1", "licences": [{}]}) == (
        Verdict.UNDETERMINED,
        ["missing licences.from", "missing licences.to"],
    )


def test_a_model_of_the_vocabulary_is_an_entity() -> None:
    ruleset = sample_ruleset()
    quarry = model(ruleset.vocabulary.kinds["quarry"])(id="Q1", method="underground")
    assert ruleset.check(quarry, as_of=AS_OF) == ruleset.check(
        {"id": "Q1", "method": "underground"}, kind="quarry", as_of=AS_OF
    )
    nested = {"id": "W1", "quarry": quarry, "solids": 90.0}
    plain = {"id": "W1", "quarry": {"id": "Q1", "method": "underground"}, "solids": 90.0}
    assert ruleset.check(nested, kind="water", as_of=AS_OF) == ruleset.check(plain, kind="water", as_of=AS_OF)
    with pytest.raises(UsageError, match="this is a `quarry`, not a `water`"):
        ruleset.check(quarry, kind="water")


def test_rows_of_one_key_are_one_and_unknown_where_they_differ() -> None:
    entity = {"year": 2023, "quarry": {"id": "Q1", "licences": [
        {"id": "L1", "from": date(2020, 1, 1), "to": date(2030, 1, 1), "scale": 5.0}, {"id": "L1", "scale": 6.0},
    ]}, "extracted": 10.0}  # fmt: skip
    (result,) = sample_ruleset().check(entity, kind="year", as_of=AS_OF, explain=True)
    assert result.finding is not None
    assert (result.verdict, causes(result.finding)) == (Verdict.UNDETERMINED, ["conflicting quarry.licences.scale"])


def test_private_values_are_not_told() -> None:
    results = sample_ruleset().check({"id": "Q1", "phone": "13800000000"}, kind="quarry", as_of=AS_OF, explain=True)
    assert results
    for result in results:
        assert "13800000000" not in repr(result.finding) + repr(result.explain("en").facts)


def test_explanations_are_asked_for() -> None:
    (*_, result) = sample_ruleset().check({"id": "Q1"}, kind="quarry", as_of=AS_OF)
    assert result.finding is None
    with pytest.raises(UsageError, match="explain=True"):
        result.explain("en")


# --- mistakes ----------------------------------------------------------------------------------------------------------

MISTAKES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a slip": ("quarry", {"methd": "open_pit"}, "`quarry` has no `methd`", "did you mean `method`?"),
    "a label": ("quarry", {"所在镇街": "T1"}, "has no `所在镇街`", "did you mean `town`?"),
    "nothing like it": ("quarry", {"zzz": 1}, "has no `zzz`", "it has `id`, `name`"),
    "a key that is no text": ("quarry", {7: 1}, "has no `7`", "it has"),
    "a number as text": ("year", {"extracted": "1,200"}, r"`extracted` is a number \(t/a\), and not `'1,200'`", "give `1200.0`"),
    "not a number": ("year", {"extracted": float("nan")}, "is a number", "give `None`"),
    "infinite": ("year", {"extracted": float("inf")}, "is a number", ""),
    "a bool for a number": ("year", {"extracted": True}, "is a number", ""),
    "too large an int": ("year", {"extracted": 10**400}, "is a number", ""),
    "a double for an int": ("year", {"year": 2023.0}, "is a whole number", "give `2023`"),
    "an int out of range": ("year", {"year": 2**53}, "is a whole number", ""),
    "a word for a bool": ("quarry", {"damage": "是"}, "is true or false", "give `True`"),
    "a time": ("water", {"taken_on": datetime(2024, 1, 1, 8)}, "is a day", r"give `2024-01-01`"),  # noqa: DTZ001
    "a date in words": ("water", {"taken_on": "2024年1月2日"}, "is a day", "give `2024-01-02`"),
    "a day that is none": ("water", {"taken_on": "2024-02-30"}, "is a day", ""),
    "long ago": ("water", {"taken_on": date(1066, 1, 1)}, "from 1900 on", ""),
    "a code's label": ("quarry", {"method": "露天"}, "is one of `open_pit`, `underground`", "give `'open_pit'`"),
    "a code's slip": ("quarry", {"method": "openpit"}, "is one of", "give `'open_pit'`"),
    "no text": ("quarry", {"name": 5}, "is a text", "give `'5'`"),
    "no reference": ("quarry", {"town": 5}, "is the key of a `town`", ""),
    "no rows": ("quarry", {"licences": {"id": "L1"}}, "`licences` is a list of rows", ""),
    "no row": ("quarry", {"licences": ["L1"]}, r"`licences\[0\]` is a row", ""),
    "deep inside": ("year", {"quarry": {"licences": [{}, {"scale": "x"}]}}, r"`quarry.licences\[1\].scale` is a number", ""),
    "several": ("quarry", {"damage": 1, "name": 2}, r"(?s)`damage` is true or false.*`name` is a text", ""),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "entity", "message", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(kind: str, entity: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        sample_ruleset().check(entity, kind=kind, as_of=AS_OF)
    assert hint in str(caught.value)
    for each in caught.value.diagnostics:
        assert each.message("zh") != each.message("en")


def test_all_mistakes_of_all_rows_are_told_at_once() -> None:
    licences = [{"scale": "x"}, {"scale": 1.0, "nope": 1}, 5, {"to": "2024", "quarry": 3}]
    entity = {"quarry": {"licences": licences, "damage": 1, "town": {"name": 4}}, "year": "many", "nope": 2}
    with pytest.raises(UsageError) as caught:
        sample_ruleset().check(entity, kind="year", as_of=AS_OF)
    assert {each.args["path"] for each in caught.value.diagnostics} == {
        "year",
        "nope",
        "quarry.damage",
        "quarry.town.name",
        "quarry.licences[0].scale",
        "quarry.licences[1].nope",
        "quarry.licences[2]",
        "quarry.licences[3].to",
        "quarry.licences[3].quarry",
    }


def test_calls_that_make_no_sense() -> None:
    ruleset = sample_ruleset()
    with pytest.raises(UsageError, match="there is no kind `quary`"):
        ruleset.check({}, kind="quary")
    with pytest.raises(UsageError, match="which kind"):
        ruleset.check({})
    with pytest.raises(UsageError, match="`quarry` is a row"):
        ruleset.check(["Q1"], kind="quarry")
    with pytest.raises(UsageError, match=r"`as_of` is a `datetime.date`"):
        ruleset.check({}, kind="quarry", as_of=datetime(2024, 1, 1))  # noqa: DTZ001
    with pytest.raises(UsageError, match="`decided_on`"):
        ruleset.check({}, kind="quarry", decided_on="2024-01-01", explain=True)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"no rule `year\.over`"):
        Checker(ruleset, "quarry", ["year.over"])
    ring: dict[str, Any] = {"id": "Q1"}
    ring["licences"] = [{"quarry": ring}]
    with pytest.raises(UsageError, match="nested deeper"):
        ruleset.check(ring, kind="quarry")
    # what is wrong in rows that hold each other is not looked for on every way through them
    ring["licences"] = [{"quarry": ring} for _ in range(9)] + [{"scale": "x"}]
    with pytest.raises(UsageError, match="nested deeper"):
        ruleset.check({"quarry": ring, "nope": 1}, kind="year")


def test_texts_are_read_as_in_a_table() -> None:
    ruleset = sample_ruleset()
    for nothing in (None, "", " ", "-", "无数据"):
        (result,) = ruleset.check({"solids": nothing}, kind="water", as_of=AS_OF)
        assert result.verdict is Verdict.UNDETERMINED
    with_bound = ruleset.check({"solids": "<0.5", "taken_on": "2024-02-01"}, kind="water", as_of=AS_OF)
    assert with_bound == ruleset.check({"solids": Below(0.5), "taken_on": date(2024, 2, 1)}, kind="water", as_of=AS_OF)


# --- threads -----------------------------------------------------------------------------------------------------------


def test_threads_do_not_disturb_one_another() -> None:
    """Many threads, one ruleset that nobody has used before, days that come and go, entities of all sorts."""
    ruleset = replace(sample_ruleset())
    entities = [
        {"year": 2020 + n % 5, "extracted": 50_000.0 * (n % 4), "quarry": {"id": f"Q{n}", "licences": [
            {"from": date(2020, 1, 1), "to": date(2030, 1, 1), "scale": 50_000.0 * (n % 3)}
        ]}}
        for n in range(60)
    ]  # fmt: skip
    days = [AS_OF + timedelta(days=each) for each in range(100)]
    expected = {
        (n, day): sample_ruleset().check(entity, kind="year", as_of=day)
        for day in days[:3]
        for n, entity in enumerate(entities)
    }

    def one(number: int) -> bool:
        n, day = number % len(entities), days[number % 3]
        ruleset.check(entities[n], kind="year", as_of=days[number % len(days)])
        return ruleset.check(entities[n], kind="year", as_of=day) == expected[n, day]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(3000)))


def test_entities_are_left_as_they_are() -> None:
    entity = {"id": "Q1", "licences": [{"scale": 1.0}], "town": {"name": "a"}}
    before = copy.deepcopy(entity)
    sample_ruleset().check(entity, kind="quarry", as_of=AS_OF, explain=True)
    assert entity == before


def test_results_are_values() -> None:
    (*_, result) = sample_ruleset().check({"id": "Q1"}, kind="quarry", as_of=AS_OF)
    assert result == RuleResult(result.rule, result.verdict)
    with pytest.raises(AttributeError):
        result.verdict = Verdict.COMPLIANT  # type: ignore[misc]


def test_a_form_is_told_what_verdicts_depend_on() -> None:
    asked = loaded("banan").checker("emission_source").decided_by
    assert asked["enterprise"] == ("industry_code",)
    assert {"process", "location", "observed_on"} <= set(asked["emission_source"])
    assert "name" not in asked["emission_source"]  # only the message has it
    assert list(asked) == sorted(asked, key=list(loaded("banan").vocabulary.kinds).index)


def test_who_has_neither_name_nor_key_is_called_by_the_kind() -> None:
    given = {"permit_class": "key", "permit_held": False}
    messages = []
    for known in ({}, {"id": "E1"}, {"name": "和美家具厂"}):
        results = loaded("banan").check({**given, **known}, kind="enterprise", as_of=date(2024, 3, 11), explain=True)
        (found,) = (each for each in results if each.rule == "permit.not-held")
        messages += [found.explain("zh").message.split("应")[0].strip(), found.explain("en").message.split(" needs")[0]]
    assert messages == ["本企业", "this enterprise", "E1", "E1", "和美家具厂", "和美家具厂"]
