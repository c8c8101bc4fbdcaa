"""For those who write plugins: the shapes of what a plugin adds, what is installed, and a check of functions.

`docs/plugins.md` says how to write one, and `examples/plugin` is one. A package names what it adds as entry points:

    [project.entry-points."hegui.readers"]      # suffix without its dot → a function `Reading` → list of `RawTable`
    [project.entry-points."hegui.formats"]      # name → a function (`Run`, `Look`) → pieces of text, or a `Format`
    [project.entry-points."hegui.functions"]    # name → an `Operator`
    [project.entry-points."hegui.engines"]      # name → a function `Request` → `Judgement`
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hegui import api, extending
from hegui.datatypes import Reason
from hegui.engines import ENGINES, Engine, Request, engine_of
from hegui.extending import Plugin
from hegui.facts.decode import Reading
from hegui.facts.readers import READERS, Reader
from hegui.facts.table import RawColumn, RawTable, from_records
from hegui.language.added import added, origin, taken
from hegui.language.late import nw
from hegui.language.operators import OPERATORS
from hegui.language.signatures import Example, Fault, Operator, Overload
from hegui.language.tree import Op, walk
from hegui.outcome import Finding, Judgement, Verdict
from hegui.report import WRITERS, Format, Look, Run, Writer
from hegui.report.batches import batches
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, PluginError, RulesetError, UsageError, Wording

__all__ = [
    "Engine",
    "Example",
    "Fault",
    "Format",
    "Judgement",
    "Look",
    "Operator",
    "Overload",
    "Plugin",
    "PluginError",
    "RawColumn",
    "RawTable",
    "Reader",
    "Reading",
    "Reason",
    "Request",
    "Run",
    "Writer",
    "batches",
    "engine_of",
    "from_records",
    "installed",
    "nw",
    "refused",
    "verify",
]

_NO_FUNCTION: Final = Wording(
    "no-plugin-function", "no installed plugin has a function `{name}`", "已安装的插件中没有函数 `{name}`"
)
_SIDES: Final = ("scalar", "polars")
_DAY: Final = date(2024, 3, 11)


def installed() -> tuple[Plugin, ...]:
    """Everything plugins add here, by group and name, and what is `refused` among it. Nothing of it is imported."""
    return tuple(each for group in _own() for each in extending.every(group))


def refused() -> tuple[Diagnostic, ...]:
    """Why some of what is installed is not used: hegui itself has something of the name, or two packages add it."""
    return tuple(each for group, names in _own().items() for each in extending.problems(group, names))


def _own() -> dict[extending.Group, frozenset[str]]:
    """The names hegui has itself."""
    return {
        "readers": frozenset(suffix[1:] for suffix in READERS),
        "formats": frozenset(WRITERS),
        "functions": taken(OPERATORS),
        "engines": frozenset({*ENGINES, "auto"}),
    }


def verify(name: str) -> None:
    """Run the examples of an installed plugin's function on the engines `scalar` and `polars`.

    Call it in the tests of the plugin. Each example must have the value it says, or none for the reason it says, on both, for
    every row of a column; and every signature must be called by some example.

    Raises:
        UsageError: no installed plugin has such a function.
        PluginError: it does not load, is not what a function should be, or does not do what it says; with every example that
            fails.
    """
    plugin, row = origin(name, OPERATORS), added(name, OPERATORS)
    if plugin is None or row is None:
        raise UsageError(Diagnostic(_NO_FUNCTION, {"name": name}))
    problems: list[str] = []
    called: set[int] = set()
    for example in row.examples:
        try:
            ruleset = _ruleset(plugin, _condition(example))
        except RulesetError as error:
            problems.append(f"`{example.text}`: {error.diagnostics[0].message()}")
            continue
        problems += _problems(ruleset, example)
        called |= _overloads(ruleset, row)
    problems += [
        f"no example calls it with {', '.join(overload.args) or 'nothing'}"
        for number, overload in enumerate(row.overloads)
        if number not in called
    ]
    if problems:
        raise extending.misfit(plugin, "; ".join(problems))


def _condition(example: Example) -> str:
    """What is true where an example has the value it says; of one without a value, anything that takes it."""
    wanted = f"({example.text})" if example.reason is not None else _literal(example.value)
    return f"({example.text}) == {wanted}"


def _problems(ruleset: Ruleset, example: Example) -> Iterator[str]:
    """What an example does otherwise than it says."""
    registry = api.load_registry({"thing": [{"id": "a"}, {"id": "b"}]}, ruleset)
    wanted = Verdict.VIOLATION.value if example.reason is None else example.reason.value
    for engine in _SIDES:
        run = api.check(registry, ruleset, as_of=_DAY, engine=engine, every=True)
        for told in dict.fromkeys(_told(finding) for finding in run.findings):
            if told != wanted:
                yield f"`{example.text}` is {told} with {engine}, not {wanted.replace('violation', 'the value it says')}"


def _overloads(ruleset: Ruleset, row: Operator) -> set[int]:
    """The signatures of a function that the rules of a ruleset call."""
    nodes = (node for rule in ruleset.rules.values() for each in rule.expressions() for node in walk(each.node))
    return {node.overload for node in nodes if isinstance(node, Op) and node.key == row.key}


def _told(finding: Finding) -> str:
    """`violation` where the value is the one wanted, the reason where there is none."""
    if finding.verdict is Verdict.UNDETERMINED:
        return ", ".join(dict.fromkeys(cause.reason.value for cause in finding.causes))
    return finding.verdict.value if finding.verdict is Verdict.VIOLATION else "another value"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'date("{value.isoformat()}")' if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _ruleset(plugin: Plugin, condition: str) -> Ruleset:
    """A ruleset of one rule with this condition.

    Raises:
        RulesetError: the condition is wrong.
    """
    documents: list[dict[str, Any]] = [
        {"ruleset": "example", "title": {"en": "example"}, "version": "1", "plugins": [plugin.distribution]},
        {"kind": "thing", "label": {"en": "thing"}, "key": "id", "fields": {"id": {"type": "string", "label": {"en": "id"}}}},
        {"rule": "thing.example", "title": {"en": "example"}, "about": "thing", "nature": "clue", "severity": "low",
         "violation": condition, "message": {"en": "example"}},
    ]  # fmt: skip
    with TemporaryDirectory(prefix=".hegui-") as folder:
        path = Path(folder) / "example.yaml"
        path.write_text(
            "---\n".join(json.dumps(each, ensure_ascii=False) + "\n" for each in documents), encoding="utf-8"
        )
        return api.load_ruleset(path)
