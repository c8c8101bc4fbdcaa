"""One entity by all rules, warm and without explanations: hegui beside zen-engine, cel-expr-python and rule-engine.

Run `python benchmarks/one_entity.py [ROUNDS] [RULESET]` where hegui is installed with its `bench` extra. The conditions are
those of the ruleset (`benchmarks/rules`), spelt for each peer with parameters and the day put in; the entities are those
of the plain lane, whole. Peers get days as whole numbers, which is the cheapest for them; hegui gets dates. What is
measured is a Python mapping in, a verdict for each rule out. All must find the same before anything is measured.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AS_OF = date(2024, 3, 11)
ENTITIES = 200
CALLS = 20
"""How often each way goes through all entities in a round."""

Entity = dict[str, Any]
Way = Callable[[Entity], Any]


def conditions(ruleset: Any) -> list[str]:
    """The conditions in the words CEL has: parameters and days are numbers."""

    def spelt(text: str) -> str:
        text = re.sub(r'param\("([^"]+)"\)', lambda m: repr(ruleset.parameters[m[1]].on(AS_OF).value), text)
        text = re.sub(r"days_between\((\w+), (\w+)\)", r"\2 - \1", text)
        return re.sub(r"\bas_of\b", str(AS_OF.toordinal()), text)

    return [spelt(rule.violation.text) for _, rule in sorted(ruleset.rules.items())]


def in_words(condition: str) -> str:
    """The same with `and`, `or` and `not`, for the peers that write them so."""
    return re.sub(r"!(?!=)", "not ", condition.replace("&&", "and").replace("||", "or"))


def hegui_ways(ruleset: Any) -> dict[str, Way]:
    check = ruleset.checker("site").check
    return {
        "hegui, `checker.check`": lambda entity: check(entity, as_of=AS_OF),
        "hegui, `ruleset.check`": lambda entity: ruleset.check(entity, kind="site", as_of=AS_OF),
    }


def zen_ways(texts: list[str]) -> dict[str, Way]:
    import zen

    texts = [in_words(text) for text in texts]
    each, whole = [zen.compile_expression(text) for text in texts], zen.compile_expression(f"[{', '.join(texts)}]")
    named = [{"id": str(n), "key": f"r{n:02}", "value": text} for n, text in enumerate(texts)]
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **place},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": named}, **place},
        {"id": "out", "name": "out", "type": "outputNode", **place},
    ]
    edges = [
        {"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in (("in", "rules"), ("rules", "out"))
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def decided(entity: Entity) -> list[bool]:
        found = decision.evaluate(entity)["result"]
        return [found[name["key"]] for name in named]

    return {
        "zen-engine, a decision": decided,
        "zen-engine, an expression for each rule": lambda entity: [rule.evaluate(entity) for rule in each],
        "zen-engine, all in one expression": whole.evaluate,
    }


def cel_ways(texts: list[str]) -> dict[str, Way]:
    from cel_expr_python import cel

    types = {"number": cel.Type.DOUBLE, "int": cel.Type.INT, "bool": cel.Type.BOOL, "date": cel.Type.INT}
    environment = cel.NewEnv(variables={name: types.get(type_, cel.Type.STRING) for name, type_ in FIELDS.items()})
    each, whole = [environment.compile(text) for text in texts], environment.compile(f"[{', '.join(texts)}]")

    def one_by_one(entity: Entity) -> list[bool]:
        values = environment.Activation(entity)
        return [rule.eval(values).value() for rule in each]

    return {
        "cel-expr-python, an expression for each rule": one_by_one,
        "cel-expr-python, all in one expression": lambda entity: whole.eval(data=entity).plain_value(),
    }


def rule_engine_ways(texts: list[str]) -> dict[str, Way]:
    import rule_engine

    rules = [rule_engine.Rule(in_words(text)) for text in texts]
    return {"rule-engine": lambda entity: [rule.matches(entity) for rule in rules]}


FIELDS: dict[str, str] = {}


def entities() -> list[Entity]:
    sys.path.insert(0, str(HERE))
    from registry import sites

    return list(sites(ENTITIES, 0.0, 0.03, 1).iter_rows(named=True))


def numbered(entity: Entity) -> Entity:
    return {name: value.toordinal() if isinstance(value, date) else value for name, value in entity.items()}


def plain(found: Any) -> list[bool]:
    return [each if isinstance(each, bool) else each.verdict.value == "violation" for each in found]


def seconds(way: Way, rows: list[Entity]) -> float:
    """Per entity."""
    start = time.perf_counter()
    for _ in range(CALLS):
        for row in rows:
            way(row)
    return (time.perf_counter() - start) / CALLS / len(rows)


def main(rounds: int, path: Path) -> None:
    from hegui import api

    ruleset = api.load_ruleset(path)
    kind = ruleset.vocabulary.kinds["site"]
    FIELDS.update({name: field.type.name for name, field in kind.fields.items()})
    rows = [{name: value for name, value in row.items() if name in kind.fields} for row in entities()]
    texts = conditions(ruleset)
    ours, peers = hegui_ways(ruleset), zen_ways(texts) | cel_ways(texts) | rule_engine_ways(texts)
    inputs = dict.fromkeys(ours, rows) | {name: [numbered(row) for row in rows] for name in peers}
    ways = ours | peers
    expected = [plain(ways["hegui, `checker.check`"](row)) for row in rows]
    for name, way in ways.items():
        assert [plain(way(row)) for row in inputs[name]] == expected, f"{name} does not find the same"
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(seconds(way, inputs[name]))
    found = sum(map(sum, expected))
    print(
        f"{len(texts)} rules, {len(rows)} entities, {found} violations; medians of {rounds} rounds, all ways in turn\n"
    )
    print("| | µs per entity | fastest round | hegui's share |\n|---|---|---|---|")
    base = taken["hegui, `checker.check`"]
    for name, times in taken.items():
        share = statistics.median(mine / theirs for mine, theirs in zip(base, times, strict=True))
        print(f"| {name} | {statistics.median(times) * 1e6:.1f} | {min(times) * 1e6:.1f} | {share:.2f} |")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["15"])[0]), Path((sys.argv[2:] or [str(HERE / "rules")])[0]))
