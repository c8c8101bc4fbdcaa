"""Engines that are asked once where they are asked the same twice, for tests of what is made of judgements.

Rows are compared by what stands in them: a part of a registry that came about another way is the same where it has the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from io import BytesIO

import pytest

from hegui.engines import ENGINES, Request
from hegui.facts.registry import Registry
from hegui.outcome import Judgement


def question(request: Request) -> Hashable:
    """All that is asked. The ruleset is told by where it is in memory: it is not let go while answers are kept."""
    told = {each.name: getattr(request, each.name) for each in fields(request)}
    rules, only = told.pop("rules"), told.pop("only")
    numbers = None if only is None else tuple((kind, tuple(rows)) for kind, rows in sorted(only.items()))
    names = tuple(rule.name for rule in rules)
    return id(told.pop("ruleset")), rows(told.pop("registry")), names, numbers, tuple(told.items())


def rows(registry: Registry) -> Hashable:
    """Every table with all its columns, hidden ones too."""
    made = []
    for kind, table in sorted(registry.tables.items()):
        out = BytesIO()
        table.lazy().collect().write_ipc(out)
        made.append((kind, out.getvalue()))
    return tuple(made)


def once(judge: Callable[[Request], Judgement]) -> Callable[[Request], Judgement]:
    """An engine that answers as it did before; where findings are to be kept in files, it is asked each time."""
    answers: dict[Hashable, tuple[Request, Judgement]] = {}

    def asked(request: Request) -> Judgement:
        if request.kept is not None:
            return judge(request)
        key = question(request)
        if key not in answers:
            answers[key] = request, judge(request)
        return answers[key][1]

    return asked


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside, engines are asked once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("scalar", "polars"):
            patch.setitem(ENGINES, name, once(ENGINES[name]))
        yield
