"""Trees → text in the condition language.

`source` prints syntax so that parsing gives the same tree again; `text` prints typed nodes for people and names the
operations that have no value.
"""

from __future__ import annotations

import json
from datetime import date

from hegui.language.operators import OPERATORS, rows
from hegui.language.tree import (
    AsOf,
    Call,
    Cell,
    Chain,
    Choice,
    Const,
    Convert,
    Element,
    Given,
    Has,
    If,
    Items,
    Let,
    Literal,
    Logic,
    Member,
    Name,
    Node,
    Op,
    Param,
    Syntax,
)

_CHOICE, _PREFIX, _ATOM = 1, 7, 9


def source(node: Syntax) -> str:
    """The text of a syntax tree; `parse(source(tree)) == tree`."""
    return _source(node)[0]


def _source(node: Syntax) -> tuple[str, int]:
    match node:
        case Literal(value):
            return _literal(value), _ATOM if not _negative(value) else _PREFIX
        case Name(name):
            return name, _ATOM
        case Member(target, name):
            return f"{_wrapped(_source(target), _ATOM)}.{name}", _ATOM
        case Items(items):
            return f"[{', '.join(source(item) for item in items)}]", _ATOM
        case Choice(test, then, otherwise):
            return f"{_wrapped(_source(test), _CHOICE + 1)} ? {source(then)} : {source(otherwise)}", _CHOICE
        case Call():
            return _call(node)
    raise AssertionError(node)  # pragma: no cover


def _call(node: Call) -> tuple[str, int]:
    if node.form == "infix":
        return _infix(node.spelling, *map(_source, node.args))
    if node.form == "prefix":
        inner = _source(node.args[0])
        # `-(1)` is the operator on a literal, `-1` a negative literal
        bare = isinstance(node.args[0], Literal) and node.spelling == "-"
        return node.spelling + (f"({inner[0]})" if bare else _wrapped(inner, _PREFIX)), _PREFIX
    args = ", ".join(source(arg) for arg in node.args)
    if node.target is not None:
        return f"{_wrapped(_source(node.target), _ATOM)}.{node.spelling}({args})", _ATOM
    return f"{node.spelling}({args})", _ATOM


def _infix(spelling: str, first: tuple[str, int], *others: tuple[str, int]) -> tuple[str, int]:
    power = rows("infix", spelling)[0].power
    terms = [_wrapped(first, power), *(_wrapped(other, power + 1) for other in others)]
    return f" {spelling} ".join(terms), power


def _wrapped(printed: tuple[str, int], power: int) -> str:
    text, own = printed
    return text if own >= power else f"({text})"


def _negative(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and str(value).startswith("-")


def _literal(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return (
            json.dumps(value, ensure_ascii=False)
            .replace("\x7f", "\\u007f")
            .replace("\\b", "\\u0008")
            .replace("\\f", "\\u000c")
        )
    if isinstance(value, float):
        return repr(value) if "e" in repr(value) or "." in repr(value) else f"{value!r}.0"
    return str(value)


def text(node: Node) -> str:
    """A typed node as people read it: fields by their path, definitions by their name, chains as written.

    >>> from hegui.datatypes import NUMBER
    >>> from hegui.language.tree import Cell, Row
    >>> text(Cell(Row("", ("mine_year",)).follow("mine", "mine"), "scale", NUMBER))
    'mine.scale'
    """
    return _text(node)[0]


def _text(node: Node) -> tuple[str, int]:
    match node:
        case Const(value):
            return (f'date("{value.isoformat()}")' if isinstance(value, date) else _literal(value)), _ATOM
        case AsOf():
            return "as_of", _ATOM
        case Cell():
            return node.path, _ATOM
        case Element():
            return node.origin or "item", _ATOM
        case Param(name, on):
            return (f'param("{name}")' if on is None else f'param("{name}", {text(on)})'), _ATOM
        case Convert(arg):
            return _text(arg)
        case Let(path):
            return path, _ATOM
        case Has(cell):
            return f"has({cell.path})", _ATOM
        case If(test, then, otherwise):
            return f"{_wrapped(_text(test), _CHOICE + 1)} ? {text(then)} : {text(otherwise)}", _CHOICE
        case Logic(conjunction, parts):
            power = 3 if conjunction else 2
            joined = (" && " if conjunction else " || ").join(_wrapped(_text(part), power + 1) for part in parts)
            return joined, power
        case Op():
            return _operation(node)
        case Chain():
            return node.text or chain_name(node), _ATOM
    raise AssertionError(node)  # pragma: no cover


def chain_name(node: Chain) -> str:
    """What a chain is called in causes, the same however it was written: `mine.licences.max()`."""
    return f"{node.source.path}.{node.ending}()"


def chain_path(node: Chain) -> str:
    """The path of the relation or list a chain consumes."""
    return node.source.path if not isinstance(node.source, Given) else "[…]"


def _operation(node: Op) -> tuple[str, int]:
    row = OPERATORS[node.key]
    if row.form == "infix":
        left, right = node.args
        return _infix(row.spelling, _text(left), _text(right))
    if row.form == "prefix":
        return row.spelling + _wrapped(_text(node.args[0]), _PREFIX), _PREFIX
    args = [text(arg) for arg in node.args]
    if row.form == "method":
        target = _wrapped(_text(node.args[0]), _ATOM)
        return f"{target}.{row.spelling}({', '.join(args[1:])})", _ATOM
    return f"{row.spelling}({', '.join(args)})", _ATOM
