"""Functions that plugins add to the table of operators: found, checked to be whole, and kept from raising what they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from hegui import extending
from hegui.extending import Plugin
from hegui.language.signatures import Fault, Operator, Overload

RESERVED: Final = frozenset(
    (
        "has",
        "param",
        "filter",
        "map",
        "known",
        "exists",
        "exists_one",
        "all",
        "sum",
        "min",
        "max",
        "avg",
        "math",
        "as_of",
    )
)
"""Words of the language that are no rows of the table, and no names for functions either."""


def added(key: str, own: Mapping[str, Operator]) -> Operator | None:
    """The row of a plugin's function; None where no plugin has it. `own` are the rows hegui has itself.

    Raises:
        PluginError: it does not load, is no such row, or its name is taken.
    """
    found = origin(key, own)
    return None if found is None else _row(found)


def origin(key: str, own: Mapping[str, Operator]) -> Plugin | None:
    """The plugin that has a function; None where none has.

    Raises:
        PluginError: a plugin adds a function of a name that is taken.
    """
    return extending.plugin("functions", key, taken(own))


def taken(own: Mapping[str, Operator]) -> frozenset[str]:
    """The names a plugin's function cannot have."""
    return RESERVED | own.keys() | {row.spelling for row in own.values()}


@cache
def _row(plugin: Plugin) -> Operator:
    row = extending.loaded(plugin)
    if problem := _problem(plugin, row):
        raise extending.misfit(plugin, problem)
    assert isinstance(row, Operator)
    return replace(row, overloads=tuple(_guarded(plugin, each) for each in row.overloads))


def _problem(plugin: Plugin, row: object) -> str:
    """What keeps an object from being a function of the language; empty where nothing does."""
    if not isinstance(row, Operator):
        return f"a function is an `Operator`, and not a `{type(row).__name__}`"
    if row.form not in ("function", "method"):
        return f"its form is `function` or `method`, and not `{row.form}`"
    if {row.key, row.spelling} != {plugin.name} or not plugin.name.isidentifier():
        return "its key and spelling are the name of its entry point, which is one word"
    if not row.overloads or row.logic or row.membership or row.signs is not None:
        return "it has signatures (`overloads`), and is no comparison and no logic"
    return "" if row.doc and row.examples else "it has documentation (`doc`) and examples"


def _guarded(plugin: Plugin, overload: Overload) -> Overload:
    """A signature whose meanings raise nothing but what says that there is no value, and errors that name the plugin. What
    they are given and give is as it was."""
    return replace(
        overload,
        scalar=_guard(plugin, overload.scalar),
        column=_guard(plugin, overload.column),
        faults=None if overload.faults is None else _guard(plugin, overload.faults),
        quick=None,
    )


def _guard(plugin: Plugin, meaning: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*args: Any) -> Any:
        with extending.blamed(plugin, Fault):
            return meaning(*args)

    return asked
