"""Functions of plugins that fail while rules are judged: errors that name the function, the rule and where it stands.

What a plugin's function raises itself is a `PluginError` already. A column it gives may fail only as the plan runs, or not be
one at all; then the library underneath raises something that knows nothing of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hegui import extending
from hegui.language.added import origin
from hegui.language.operators import OPERATORS
from hegui.language.tree import Op, walk
from hegui.ruleset.model import Expr, Rule
from hegui.source import Diagnostic, EngineError, HeguiError, PluginError, Wording

if TYPE_CHECKING:
    from hegui.facts.registry import Registry

_IN_RULE: Final = Wording("plugin-in-rule", "the rule `{rule}` uses it", "规则 `{rule}` 使用了它")


@contextmanager
def naming(rule: Rule) -> Iterator[None]:
    """Errors of plugins' functions with the rule that was being judged, and where in it they stand.

    Raises:
        PluginError: as it was raised, with that.
    """
    try:
        yield
    except PluginError as error:
        used = _used(rule)
        told = [_told(each, rule, used.get(str(each.args.get("name")))) for each in error.diagnostics]
        raise PluginError(told) from error.__cause__


@contextmanager
def blaming(
    rules: Sequence[Rule], registry: Registry | None = None, alone: Callable[[Rule], object] | None = None
) -> Iterator[None]:
    """Whatever comes of a plan for rules that use functions of plugins, unless the facts cannot be read either.

    Args:
        rules: those the plan is for.
        registry: the facts, where these are read as the plan runs.
        alone: judges one of several rules by itself, to find out which it was.

    Raises:
        PluginError: it came of a function of a plugin; what was raised is the cause. Of several it may have been, all.
    """
    import polars as pl

    try:
        yield
    except (
        Exception,
        SystemExit,
        pl.exceptions.PanicException,
    ) as error:  # somebody else's code, run by a library of somebody else's
        suspects = [(rule, used) for rule in rules if (used := _used(rule))]
        own = isinstance(error, PluginError)
        cause = error.__cause__ if error.__cause__ is not None and (own or _no_plan(error)) else error
        if not suspects or (isinstance(error, (HeguiError, OSError)) and not own and not _no_plan(error)):
            raise
        if registry is not None and not own:
            _read_all(registry)
        failing = [each for each in suspects if alone is not None and len(suspects) > 1 and _fails(alone, each[0])]
        told = [
            _told(problem, rule, used[name])
            for rule, used in failing or suspects
            for name in used
            for problem in (error.diagnostics if isinstance(error, PluginError) else _failed(name, cause))
            if problem.args.get("name") == name
        ]
        if not told:
            raise
        raise PluginError(told) from cause


def _no_plan(error: BaseException) -> bool:
    """Did Spark refuse a plan, before there was anything to run?"""
    return isinstance(error, EngineError) and type(error.__cause__).__name__ == "AnalysisException"


def _used(rule: Rule) -> dict[str, Expr]:
    """The functions of plugins a rule uses, each with the first condition it stands in."""
    found: dict[str, Expr] = {}
    for expression in rule.expressions():
        for node in walk(expression.node):
            if isinstance(node, Op) and node.key not in OPERATORS:
                found.setdefault(node.key, expression)
    return found


def _told(problem: Diagnostic, rule: Rule, expression: Expr | None) -> Diagnostic:
    span = problem.span if expression is None else expression.span
    return replace(problem, span=span, hint=_IN_RULE, args={**problem.args, "rule": rule.name})


def _failed(name: str, error: BaseException) -> tuple[Diagnostic, ...]:
    plugin = origin(name, OPERATORS)
    assert plugin is not None  # the ruleset could not have been loaded
    return extending.failed(plugin, error).diagnostics


def _read_all(registry: Registry) -> None:
    """See that the facts themselves can be read; what is wrong with these is nobody else's fault."""
    import polars as pl

    for table in registry.tables.values():
        if isinstance(table, pl.LazyFrame):
            table.select(pl.all().null_count()).collect(engine="streaming")


def _fails(alone: Callable[[Rule], object], rule: Rule) -> bool:
    import polars as pl

    try:
        alone(rule)
    except (Exception, SystemExit, pl.exceptions.PanicException):  # it has been raised before, and is about to be told
        return True
    return False
