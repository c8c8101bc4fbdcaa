"""What can be turned to move a quantity: a value of a row, how many rows a relation has, the day the facts are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from hegui.assure.suggesting.bench import Facts, Path, bind, list_path, row_path
from hegui.assure.suggesting.solving import Domain
from hegui.language.tree import AsOf, Cell, Chain, Node, Related, children
from hegui.vocabulary import Vocabulary

ROWS: Final = 3
"""Rows of a relation that are tried."""

Bound = Mapping[str, tuple[Path, str]]


@dataclass(frozen=True)
class Knob:
    """One thing to turn: the values it may have, the one it has, and the facts with another. `field` is what a cause calls
    it where it is a value that may be missing, `path` where it is given."""

    domain: Domain
    start: Any
    turn: Callable[[Any], Facts]
    field: str | None = None
    path: Path | None = None


def knobs(node: Node, facts: Facts, bound: Bound, vocabulary: Vocabulary) -> Iterator[Knob]:
    """What a part of a condition depends on, in the order in which it is written."""
    match node:
        case Cell():
            yield from _cell(node, facts, bound)
        case AsOf():
            yield Knob(Domain("date"), facts.as_of, lambda day: Facts(facts.given, day))
        case Chain():
            yield from _chain(node, facts, bound, vocabulary)
        case _:
            for child in children(node):
                yield from knobs(child, facts, bound, vocabulary)


def _cell(cell: Cell, facts: Facts, bound: Bound) -> Iterator[Knob]:
    row = row_path(cell.row, bound)
    if row is None or cell.type.name not in ("int", "number", "date"):
        return
    path = (*row, cell.field)
    value = facts.at(path)
    start = _read(value, cell)
    if start is not None:
        yield Knob(Domain(cell.type.name), start, lambda new: facts.put(path, new), cell.path, path)


def _read(value: Any, cell: Cell) -> Any:
    """The value an example gives, if it is one of the field's own sort."""
    if cell.type.name == "date":
        return _day(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _chain(chain: Chain, facts: Facts, bound: Bound, vocabulary: Vocabulary) -> Iterator[Knob]:
    path = list_path(chain, bound)
    rows = facts.at(path) if path is not None else None
    if path is None or not isinstance(chain.source, Related):
        return
    count = len(rows) if isinstance(rows, list) else 0
    for number in range(min(count, ROWS)):
        inside = bind(chain, number, bound)
        for part in (chain.value, chain.filter, chain.predicate):
            if part is not None:
                yield from knobs(part, facts, inside, vocabulary)
    for number in range(min(count, ROWS)):
        yield _count(chain.source, path, number, facts, vocabulary)


def _count(source: Related, path: Path, number: int, facts: Facts, vocabulary: Vocabulary) -> Knob:
    """How many rows a relation has: more are copies of one of them without its keys, and it is the last to go."""
    kind = vocabulary.kinds[source.kind]
    plain = set(kind.key) - {source.by}

    rows = facts.at(path)
    copy = {name: value for name, value in rows[number].items() if name not in plain}
    others = [*rows[:number], *rows[number + 1 :]]

    def turn(total: int) -> Facts:
        if total > len(rows):
            return facts.put(path, [*rows, *(deepcopy(copy) for _ in range(total - len(rows)))])
        return facts.put(path, [rows[number], *others][:total])

    return Knob(Domain("count"), len(rows), turn)


def moving_all(knob: Knob, facts: Facts) -> Knob:
    """The same, all days of the facts moved by as much, so that what lies between them stays as it is."""

    def turn(value: Any) -> Facts:
        turned = knob.turn(value)
        moved = _moved(facts.given, value, knob.start)
        moved = replace(turned, given=moved)
        return moved if knob.path is None else moved.put(knob.path, value)

    return replace(knob, turn=turn)


def _moved(given: Any, value: Any, start: Any) -> Any:
    if isinstance(given, Mapping):
        return {name: _moved(each, value, start) for name, each in given.items()}
    if isinstance(given, list):
        return [_moved(each, value, start) for each in given]
    day = _day(given)
    if day is None:
        return given
    if isinstance(value, date):
        return _plus(day, (value - start).days)
    year = day.year + value - start
    return day.replace(year=year, day=min(day.day, 28)) if 1 <= year <= 9999 else day


def _plus(day: date, days: int) -> date:
    ordinal = day.toordinal() + days
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else day


def _day(value: Any) -> date | None:
    """The day a value of an example is, if it is one."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None
