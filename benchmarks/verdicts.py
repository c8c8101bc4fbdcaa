"""What gives one verdict at a time, or checks a frame without saying why: zen-engine, cel-expr-python, durable-rules and
pandera, on the plain conditions and whole entities (nothing missing). The rate is per verdict; nothing is written.

Run `python benchmarks/verdicts.py [ROWS]`. Days are whole numbers here, the cheapest for all of them.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
DAY = date(2024, 3, 11).toordinal()
SHARE = {
    "zen-engine, a decision": 1.0,
    "zen-engine, an expression for each rule": 1.0,
    "zen-engine, one expression": 1.0,
    "cel-expr-python": 1.0,
    "durable-rules, events": 0.1,
    "durable-rules, facts": 0.1,
    "pandera": 5.0,
}
"""How many rows each gets, as a share of those asked for: about as long for each."""


DECLARED: dict[str, dict[str, int]] = {}
"""Rules durable-rules has, by ruleset: one cannot be declared twice."""


def conditions() -> dict[str, str]:
    """The plain conditions with numbers for parameters and days, in the words CEL has."""
    from make_rules import PARAMETERS, PLAIN

    def spelt(text: str) -> str:
        text = re.sub(r'param\("([^"]+)"\)', lambda found: repr(PARAMETERS[found[1]][1]), text)
        text = re.sub(r"\b5000\b", "5000.0", text)
        text = re.sub(r"days_between\((\w+), (\w+)\)", r"\2 - \1", text)
        return re.sub(r"\bas_of\b", str(DAY), text)

    return {name: spelt(text) for name, text in sorted(PLAIN.items())}


def entities(count: int) -> list[dict[str, Any]]:
    from registry import sites

    rows = sites(count, 0.0, 0.03, 1).iter_rows(named=True)
    return [{name: v.toordinal() if isinstance(v, date) else v for name, v in row.items()} for row in rows]


def zen(rows: list[dict[str, Any]]) -> dict[str, int]:
    import zen as engine

    texts = zen_texts()
    whole = engine.compile_expression(f"[{', '.join(texts.values())}]")
    found = dict.fromkeys(texts, 0)
    for row in rows:
        for name, value in zip(texts, whole.evaluate(row), strict=True):
            found[name] += value
    return found


def zen_by_rule(rows: list[dict[str, Any]]) -> dict[str, int]:
    """An expression for each rule, as rules are kept: each can be missing a value without the others being lost."""
    import zen as engine

    compiled = {name: engine.compile_expression(text) for name, text in zen_texts().items()}
    found = dict.fromkeys(compiled, 0)
    for row in rows:
        for name, each in compiled.items():
            found[name] += each.evaluate(row)
    return found


def zen_decision(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The same as one decision: a graph with a node that has an expression for each rule."""
    import zen as engine

    texts = zen_texts()
    named = [{"id": name, "key": name, "value": text} for name, text in texts.items()]
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **place},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": named}, **place},
        {"id": "out", "name": "out", "type": "outputNode", **place},
    ]
    edges = [
        {"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in (("in", "rules"), ("rules", "out"))
    ]
    decision = engine.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    found = dict.fromkeys(texts, 0)
    for row in rows:
        result = decision.evaluate(row)["result"]
        for name in texts:
            found[name] += result[name]
    return found


def zen_texts() -> dict[str, str]:
    return {
        name: re.sub(r"!(?!=)", "not ", text.replace("&&", "and").replace("||", "or"))
        for name, text in conditions().items()
    }


def cel(rows: list[dict[str, Any]]) -> dict[str, int]:
    from cel_expr_python import cel as engine

    of = {str: engine.Type.STRING, bool: engine.Type.BOOL, int: engine.Type.INT, float: engine.Type.DOUBLE}
    environment = engine.NewEnv(variables={name: of[type(value)] for name, value in rows[0].items()})
    compiled = {name: environment.compile(text) for name, text in conditions().items()}
    found = dict.fromkeys(compiled, 0)
    for row in rows:
        activation = environment.Activation(row)
        for name, each in compiled.items():
            found[name] += each.eval(activation).value()
    return found


def durable(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Each condition a rule over one event; the first rule that takes an event consumes it, and one that no rule takes
    raises, which is part of its price."""
    import durable.engine
    from durable import lang

    found = _durable_rules("events", rows)
    for row in rows:
        try:
            lang.post("events", row)
        except durable.engine.MessageNotHandledException:
            continue
    return found


def durable_facts(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The same over facts, which every rule takes: asserted, and retracted again so that memory stays as it is."""
    import durable.engine
    from durable import lang

    found = _durable_rules("facts", rows)
    for row in rows:
        try:
            lang.assert_fact("facts", row)
        except durable.engine.MessageNotHandledException:
            continue
        lang.retract_fact("facts", row)
    return found


def _durable_rules(ruleset: str, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Declares the conditions once; the counts they write to."""
    from durable import lang

    if ruleset not in DECLARED:
        fields, found = set(rows[0]), dict.fromkeys(conditions(), 0)
        with lang.ruleset(ruleset):
            for name, text in conditions().items():
                _durable_rule(lang, name, _durable_text(text, fields), found)
        DECLARED[ruleset] = found
    found = DECLARED[ruleset]
    found.update(dict.fromkeys(found, 0))
    return found


def _durable_text(text: str, fields: set[str]) -> str:
    """A condition in Python's operators over `m`; truths are compared, arithmetic stands on the right."""
    text = re.sub(rf"{DAY} - checked_on > 365", f"checked_on < {DAY - 365}", text)
    text = re.sub(r'category in \["b", "c"\]', '(category == "b" || category == "c")', text)
    parts = re.split(r"(&&|\|\||\(|\))", text)
    made = []
    for part in parts:
        word = part.strip()
        if word in ("&&", "||"):
            made.append(" & " if word == "&&" else " | ")
        elif word in ("(", ")", ""):
            made.append(word)
        elif re.fullmatch(r"!?\w+", word):
            made.append(f"(m.{word.lstrip('!')} == {not word.startswith('!')})")
        else:
            made.append(
                "("
                + re.sub(r"(?<![\"\w])[a-z_]+(?![\"\w])", lambda w: f"m.{w[0]}" if w[0] in fields else w[0], word)
                + ")"
            )
    return "".join(made)


def _durable_rule(lang: Any, name: str, text: str, found: dict[str, int]) -> None:
    @lang.when_all(eval(text, {"m": lang.m}))
    def taken(context: Any) -> None:
        found[name] += 1


def pandera(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Checks of a frame: it says which rows fail which check."""
    import by_hand
    import pandera.polars as checks
    import polars as pl

    frame = pl.DataFrame(rows).with_columns(
        (pl.col(name) - date(1970, 1, 1).toordinal()).cast(pl.Int32).cast(pl.Date)
        for name in ("permit_to", "checked_on")
    )
    asked = [
        checks.Check(lambda data, rule=rule: data.lazyframe.select(~rule), name=name)
        for name, rule, *_ in by_hand.CONDITIONS
    ]
    found = dict.fromkeys(conditions(), 0)
    try:
        checks.DataFrameSchema(checks=asked).validate(frame, lazy=True)
    except checks.errors.SchemaErrors as error:
        counts = error.failure_cases.group_by("check").len() if hasattr(error.failure_cases, "group_by") else None
        found |= {} if counts is None else {name: n for name, n in counts.iter_rows() if name in found}
    return found


WAYS: dict[str, Callable[[list[dict[str, Any]]], dict[str, int]]] = {
    "zen-engine, a decision": zen_decision,
    "zen-engine, an expression for each rule": zen_by_rule,
    "zen-engine, one expression": zen,
    "cel-expr-python": cel,
    "durable-rules, events": durable,
    "durable-rules, facts": durable_facts,
    "pandera": pandera,
}


def table(rows: int) -> list[str]:
    """The lines of a Markdown table."""
    lines = ["| | rows | verdicts/s | the same verdicts as the others |", "|---|---|---|---|"]
    expected = WAYS["zen-engine, one expression"](entities(2_000))
    for name, way in WAYS.items():
        same = way(entities(2_000)) == expected if name != "durable-rules, events" else None
        given = entities(int(rows * SHARE[name]))
        start = time.perf_counter()
        way(given)
        rate = len(given) * len(expected) / (time.perf_counter() - start)
        note = "an event is consumed by the first rule that takes it" if same is None else "yes" if same else "no"
        lines.append(
            f"| {name} {importlib.metadata.version(name.partition(',')[0])} | {len(given):,} | {rate / 1e6:.2f} million | {note} |"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(table(int((sys.argv[1:] or ["20000"])[0]))))
