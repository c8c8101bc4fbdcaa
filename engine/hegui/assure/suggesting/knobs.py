"""What can be turned to move a quantity: a value of a row, how many rows a relation has, the day the facts are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
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
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            return None
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
    """How often one of the rows of a relation is there; its keys are its own once only."""
    kind = vocabulary.kinds[source.kind]
    plain = set(kind.key) - {source.by}

    def turn(times: int) -> Facts:
        rows = facts.at(path)
        copy = {name: value for name, value in rows[number].items() if name not in plain}
        copies = [rows[number], *(deepcopy(copy) for _ in range(times - 1))] if times else []
        return facts.put(path, [*rows[:number], *copies, *rows[number + 1 :]])

    return Knob(Domain("count"), 1, turn)
