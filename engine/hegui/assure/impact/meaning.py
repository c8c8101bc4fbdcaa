"""What bears on a rule's verdicts: the day of the act, `when`, `violation`, its period, and the parameters in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from hegui.datatypes import BOOL
from hegui.engines.request import act_day
from hegui.language.printer import text
from hegui.language.tree import (
    AsOf,
    Cell,
    Chain,
    Const,
    Convert,
    Given,
    Has,
    If,
    Let,
    Listed,
    Logic,
    Node,
    Op,
    Param,
    Related,
    walk,
)
from hegui.ruleset.model import Parameter, ParameterValue, Rule, Ruleset
from hegui.vocabulary import Vocabulary

PARTS: Final = ("occurred", "when", "violation")
"""The conditions of a rule that bear on its verdicts."""

_ALWAYS: Final = Const(True, BOOL)
_BLANK: Final = Const("", BOOL)


def parts(rule: Rule) -> dict[str, Node]:
    """The conditions that bear on a rule's verdicts, by their key; of the day of the act what decides the law."""
    when = _ALWAYS if rule.when is None else rule.when.node
    return {"occurred": act_day(rule), "when": when, "violation": rule.violation.node}


def written(rule: Rule) -> dict[str, str | None]:
    """The same as they are written; None where they are not."""
    occurred = rule.occurred
    day = None if occurred.start is None else occurred.start.text
    if occurred.interval:
        day = f"{day or ''} … {occurred.end.text if occurred.end is not None else ''}".strip()
    return {"occurred": day, "when": None if rule.when is None else rule.when.text, "violation": rule.violation.text}


def nodes(given: Iterable[Node]) -> Iterator[Node]:
    """All nodes of some trees."""
    for node in given:
        yield from walk(node)


def parameters(given: Iterable[Node]) -> dict[str, bool]:
    """The parameters in some trees; is each only ever taken on the day of the act?"""
    found: dict[str, bool] = {}
    for node in nodes(given):
        if isinstance(node, Param):
            plain = node.on is None or isinstance(node.on, AsOf)
            found[node.name] = plain and found.get(node.name, True)
    return found


def same_values(one: Parameter, other: Parameter, on: date | None = None) -> bool:
    """Do two parameters give the same values: on every day, or on one?"""
    if one.type != other.type:
        return False
    if on is None:
        return _timeline(one) == _timeline(other)
    return _value(one.on(on)) == _value(other.on(on))


def _timeline(parameter: Parameter) -> list[object]:
    return [(each.period, _value(each)) for each in parameter.values if not each.period.pending]


def _value(found: ParameterValue | None) -> object:
    return None if found is None else (found.text, found.value)


def fixed_day(rule: Rule) -> bool:
    """Is the day of the act always the one the facts are looked at?"""
    return isinstance(act_day(rule), AsOf)


# --- definitions ---------------------------------------------------------------------------------------------------


def definitions(given: Iterable[Node]) -> dict[str, set[Node]]:
    """What the named definitions in some trees stand for, by the path they are used under."""
    found: dict[str, set[Node]] = {}
    for node in nodes(given):
        if isinstance(node, Let):
            found.setdefault(node.path, set()).add(node.body)
    return found


def own_text(body: Node) -> str:
    """A definition as written, more or less: chains and names of further definitions stand for themselves."""
    return text(body)


def own_meaning(body: Node) -> Node:
    """A definition without what further definitions in it stand for."""
    return rewritten(body, lambda node: replace(node, body=_BLANK) if isinstance(node, Let) else None)


def rewritten(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """A tree with some nodes in place of others, looked at from the top; what `change` gives is not gone into."""
    changed = change(node)
    if changed is not None:
        return changed

    def again(part: Node) -> Node:
        return rewritten(part, change)

    match node:
        case Param(on=on):
            return node if on is None else replace(node, on=again(on))
        case Op(args=args):
            return replace(node, args=tuple(map(again, args)))
        case Convert(arg=arg):
            return replace(node, arg=again(arg))
        case Logic(parts=inner):
            return replace(node, parts=tuple(map(again, inner)))
        case If(test=test, then=then, otherwise=otherwise):
            return replace(node, test=again(test), then=again(then), otherwise=again(otherwise))
        case Let(body=body):
            return replace(node, body=again(body))
        case Chain():
            return _rewritten_chain(node, again)
    return node


def _rewritten_chain(node: Chain, again: Callable[[Node], Node]) -> Chain:
    def maybe(part: Node | None) -> Node | None:
        return None if part is None else again(part)

    source = node.source
    if isinstance(source, Given):
        source = replace(source, items=tuple(map(again, source.items)))
    return replace(
        node, source=source, filter=maybe(node.filter), value=maybe(node.value), predicate=maybe(node.predicate)
    )


# --- what is looked at ---------------------------------------------------------------------------------------------


def kinds_in(given: Iterable[Node]) -> set[str]:
    """The kinds whose rows are looked at."""
    found: set[str] = set()
    for node in nodes(given):
        for cell in _cells(node):
            found.update(cell.row.kinds)
        if isinstance(node, Chain) and isinstance(node.source, Related):
            found.update((*node.source.row.kinds, node.source.kind))
    return found


def _cells(node: Node) -> Iterator[Cell]:
    if isinstance(node, Cell):
        yield node
    elif isinstance(node, Has):
        yield node.cell
    elif isinstance(node, Chain) and isinstance(node.source, Listed):
        yield node.source.cell


def fits(given: Iterable[Node], vocabulary: Vocabulary) -> bool:
    """Is everything that is looked at in a vocabulary, with the type it was checked with?"""
    for node in nodes(given):
        if not all(_has(vocabulary, cell) for cell in _cells(node)):
            return False
        if isinstance(node, Chain) and isinstance(node.source, Related):
            kind = vocabulary.kinds.get(node.source.kind)
            if kind is None or node.source.by not in kind.fields:
                return False
    return True


def _has(vocabulary: Vocabulary, cell: Cell) -> bool:
    if any(kind not in vocabulary.kinds for kind in cell.row.kinds):
        return False
    for kind, reference in zip(cell.row.kinds, cell.row.refs, strict=False):
        if reference not in vocabulary.kinds[kind].fields:
            return False
    field = vocabulary.kinds[cell.row.kind].fields.get(cell.field)
    return field is not None and field.type == cell.type and field.detection == cell.detection


def uses_workdays(given: Iterable[Node]) -> bool:
    """Do some trees count working days?"""
    return any(isinstance(node, Op) and "workday" in node.key for node in nodes(given))


def renamed(old: Ruleset, new: Ruleset) -> dict[str, str]:
    """Rules of the new version that had another name in the old one, each with that name."""
    found: dict[str, str] = {}
    taken = set(new.rules)
    for name, rule in sorted(new.rules.items()):
        if name not in old.rules:
            former = next((each for each in rule.formerly if each in old.rules and each not in taken), None)
            if former is not None:
                found[name] = former
                taken.add(former)
    return found


def unlike(one: Mapping[str, Parameter], other: Mapping[str, Parameter]) -> list[str]:
    """The parameters both have whose values differ on some day."""
    return sorted(name for name in one.keys() & other.keys() if not same_values(one[name], other[name]))
