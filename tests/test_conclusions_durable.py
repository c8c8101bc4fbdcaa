"""The form in which rules reach durable-rules: its guards are ones that no comparison of results would miss."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pytest
from chaining_kit import case
from hypothesis import given
from hypothesis import strategies as st

from hegui.conclusions import durable
from hegui.conclusions.hashes import fnv32
from hegui.conclusions.known import Known
from hegui.conclusions.program import FlatRule, Head, Pattern, Taken, fact

ORDERED = FlatRule(
    "督促",
    0,
    (
        Pattern("finding", (("rule", "over-scale"), ("level", 2))),
        Pattern("mine", (("open", True),), (("key", 0, "entity"), ("town", 0, "town"))),
        Pattern("order", (), (("mine", 1, "key"),), negated=True),
        Pattern("town", (), ()),
    ),
    (Head("unpressed", (("mine", Taken(1, "key")),)),),
)


def some_rules() -> Iterator[FlatRule]:
    yield ORDERED
    for seed in range(200):
        yield from case(seed)[0].rules


def conditions(rule: FlatRule) -> list[tuple[str, list[dict[str, Any]]]]:
    """Alias and tests of each pattern in the compiled form."""
    found = []
    for condition in durable.ruleset([rule])["r0"]["all"]:
        ((alias, tests),) = condition.items()
        found.append((alias, tests.get("$and", [tests])))
    return found


def joins(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [test for test in tests if isinstance(next(iter(test.values())), dict)]


def test_a_rule_is_one_flat_conjunction() -> None:
    assert durable.ruleset([ORDERED]) == {
        "r0": {
            "all": [
                {"p0": {"$and": [{"kind": "+finding"}, {"rule": "over-scale"}, {"level": 2}]}},
                {
                    "p1": {
                        "$and": [
                            {"kind": "+mine"},
                            {"open": True},
                            {"key": {"p0": "entity"}},
                            {"town": {"p0": "town"}},
                            {"town": {"p0": "town"}},
                        ]
                    }
                },
                {"p2$not": {"$and": [{"kind": "-order"}, {"mine": {"p1": "key"}}, {"mine": {"p1": "key"}}]}},
                {"p3": {"kind": "+town"}},
            ]
        },
        "end": {"all": [{"p0": {"kind": "end"}}]},
    }


def test_the_kind_is_tested_first_and_the_first_pattern_is_positive() -> None:
    for rule in some_rules():
        for (alias, tests), pattern in zip(conditions(rule), rule.patterns, strict=True):
            assert tests[0] == {"kind": ("-" if pattern.negated else "+") + pattern.kind}
            assert alias.endswith("$not") == pattern.negated
        assert not conditions(rule)[0][0].endswith("$not")


def test_the_last_join_test_is_doubled() -> None:
    doubled = 0
    for rule in some_rules():
        for (_, tests), pattern in zip(conditions(rule), rule.patterns, strict=True):
            found = joins(tests)
            assert len(found) == len(pattern.joins) + bool(pattern.joins)
            if found:
                assert tests[-2:] == [found[-1]] * 2
                doubled += 1
    assert doubled > 300


def test_joins_are_equalities_with_earlier_positive_patterns_on_their_own_keys() -> None:
    for rule in some_rules():
        seen: list[str] = []
        for alias, tests in conditions(rule):
            for test in joins(tests):
                ((name, source),) = test.items()
                ((other, of_other),) = source.items()
                assert not name.startswith("$")
                assert other in seen
                assert not {name, of_other} & {"id", "sid", "kind"}
            if not alias.endswith("$not"):
                seen.append(alias)


def test_aliases_have_no_hash_that_deletes_frames() -> None:
    assert len(durable.ALIASES) >= 15
    assert all(fnv32(alias) % 16 for alias in durable.ALIASES)
    assert fnv32("p27") % 16 == 0
    assert "p27" not in durable.ALIASES


def test_the_hash_is_the_published_one_with_signed_bytes() -> None:
    assert [fnv32(text) for text in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]
    code = 0x811C9DC5
    for byte in "矿".encode():
        code = ctypes.c_uint32((code ^ ctypes.c_int8(byte).value) * 0x01000193).value
    assert fnv32("矿") == code


def test_only_what_is_tested_is_loaded_and_what_is_negated_first() -> None:
    assert durable.needed([ORDERED]) == {
        "-order": ("mine",),
        "+finding": ("entity", "level", "rule", "town"),
        "+mine": ("key", "open", "town"),
        "+town": (),
    }
    for seed in range(200):
        kinds = list(durable.needed(case(seed)[0].rules))
        assert kinds == sorted(kinds, key=lambda kind: kind[0] != "-")


def test_a_fact_is_loaded_if_a_pattern_accepts_its_constants() -> None:
    every = FlatRule("every", 0, (Pattern("mine"), Pattern("order", (("paper", "p"),))), (Head("x", ()),))
    accepted = durable.accepted([ORDERED, every])
    assert accepted["+finding"] == {(("rule", "over-scale"), ("level", 2))}
    assert accepted["+mine"] == accepted["-order"] == accepted["+town"] == set()
    assert accepted["+order"] == {(("paper", "p"),)}


class Host:
    """Stands in for the engine: keeps what it is given."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.rules: dict[str, Any] = {}

    def set_rulesets(self, rules: dict[str, Any]) -> None:
        self.rules = rules["hegui"]

    def assert_fact(self, name: str, own: dict[str, Any]) -> None:
        assert name == "hegui"
        self.facts.append(own)
        if own["kind"] == "end":
            self.rules["end"]["run"](None)

    def get_state(self, name: str) -> dict[str, Any]:
        return {"sid": "0"}


class UnwantedError(Exception):
    pass


def run_on(host: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(durable, "engine", lambda: (host, UnwantedError))
    facts = [
        fact("town", {"name": "甲"}),
        fact("order", {"mine": "M2", "paper": "p"}),
        fact("finding", {"entity": "M1", "rule": "over-scale", "level": 2, "town": "甲"}),
        fact("else", {"a": 1}),
        fact("finding", {"entity": "M1", "rule": "over-scale", "level": 3, "town": "甲"}),
        fact("order", {"mine": "M1", "paper": "p"}),
    ]
    return durable.complete([ORDERED], Known(facts))


def test_facts_are_loaded_one_by_one_blockers_first_and_a_sentinel_last(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host()
    assert run_on(host, monkeypatch) == []
    assert host.facts == [
        {"id": "F000000", "kind": "-order", "mine": "M2"},
        {"id": "F000001", "kind": "-order", "mine": "M1"},
        {
            "id": "F000002",
            "kind": "+finding",
            "entity": "M1",
            "level": 2,
            "rule": "over-scale",
            "town": "甲",
        },
        {"id": "F000003", "kind": "+town"},
        {"id": "F000004", "kind": "end"},
    ]


def test_a_fact_that_no_rule_wants_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Picky(Host):
        def assert_fact(self, name: str, own: dict[str, Any]) -> None:
            super().assert_fact(name, own)
            if own["kind"] == "+town":
                raise UnwantedError

    assert run_on(Picky(), monkeypatch) == []


def test_any_other_exception_a_noted_one_and_a_silent_stop_are_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Host):
        def assert_fact(self, name: str, own: dict[str, Any]) -> None:
            raise OSError("error code 312")

    class Noting(Host):
        def get_state(self, name: str) -> dict[str, Any]:
            return {"sid": "0", "exception": "timeout expired"}

    class Silent(Host):
        def set_rulesets(self, rules: dict[str, Any]) -> None:
            self.rules = {"end": {"run": lambda match: None}}

    for host, said in ((Failing(), "error code 312"), (Noting(), "timeout expired"), (Silent(), "sentinel")):
        with pytest.raises(durable.EngineError, match=said):
            run_on(host, monkeypatch)


def test_more_facts_than_trusted_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "MAX_LOADED", 3)
    with pytest.raises(durable.UnsuitedError, match="more than 3 facts"):
        run_on(Host(), monkeypatch)


def test_ids_that_share_a_hash_are_never_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = durable.Identities()
    issued = [ids.identity(number) for number in range(durable.MAX_LOADED + 1)]
    assert len({fnv32(name) for name in issued} | {fnv32("sid-0"), fnv32("$pulse")}) == len(issued) + 2
    monkeypatch.setattr(durable, "fnv32", lambda name: len(name))
    with pytest.raises(durable.UnsuitedError, match="than there are ids"):
        durable.Identities().identity(1)


def test_a_match_is_compared_with_its_rule() -> None:
    values = {"entity": "M1", "rule": "over-scale", "level": 2, "town": "甲"}
    facts = [
        fact("finding", values),
        fact("mine", {"key": "M1", "open": True, "town": "甲"}),
        fact("town", {"name": "甲"}),
        fact("mine", {"key": "M2", "open": True, "town": "甲"}),
        fact("mine", {"key": "M1", "open": False, "town": "甲"}),
        fact("finding", {**values, "level": 3}),
    ]
    known = Known(facts)
    assert durable.holds(ORDERED, (0, 1, 2), known)
    for wrong in ((0, 3, 2), (0, 4, 2), (5, 1, 2), (0, 1, 1)):
        assert not durable.holds(ORDERED, wrong, known)


# --- which rules share a host --------------------------------------------------------------------------------------


def passing(edges: list[tuple[int, int]], size: int) -> list[FlatRule]:
    """Rule n reads kind n and derives the kinds of the rules it feeds."""
    heads = {n: tuple(Head(f"k{b}", ()) for a, b in edges if a == n) or (Head("none", ()),) for n in range(size)}
    return [FlatRule(f"r{n}", 0, (Pattern(f"k{n}"),), heads[n]) for n in range(size)]


EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=16)


@given(EDGES, st.integers(12, 14))
def test_no_group_feeds_an_earlier_one(edges: list[tuple[int, int]], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "MAX_RULES", most)
        assert len(durable.hosts(passing(edges, 12))) == 1
        patch.setattr(durable, "MAX_RULES", 3)
        try:
            groups = durable.hosts(passing(edges, 12))
        except durable.UnsuitedError:
            return
    place = {rule.name: number for number, group in enumerate(groups) for rule in group}
    assert len(place) == 12
    assert all(len(group) <= 3 for group in groups)
    assert all(place[f"r{a}"] <= place[f"r{b}"] for a, b in edges)


def test_rules_that_feed_each_other_stay_together() -> None:
    ring = passing([(n, (n + 1) % 60) for n in range(60)], 60)
    with pytest.raises(durable.UnsuitedError, match="60 rules that feed each other"):
        durable.hosts(ring)
    apart = passing([], 150)
    assert [len(group) for group in durable.hosts(apart)] == [59, 59, 32]
