"""What stands in conditions: bare numbers, comparisons with `true`, patterns and tests of texts that never hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hegui.assure.lint.subject import Subject, expressions, owner, value_at, warning
from hegui.characters import as_compared
from hegui.facts.identities import differs, names_rows, shown
from hegui.language.matching import can_match
from hegui.language.operators import OPERATORS, rows
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.pattern import Pattern, PatternError
from hegui.language.signatures import Operator
from hegui.language.tree import (
    Call,
    Cell,
    Chain,
    Choice,
    Const,
    Element,
    Given,
    Items,
    Literal,
    Member,
    Name,
    Node,
    Offsets,
    Op,
    Syntax,
    walk,
)
from hegui.ruleset.layers import Chain as Layers
from hegui.source import Diagnostic, Document, Path_, Span, Wording
from hegui.vocabulary import Vocabulary

BARE_NUMBER = Wording(
    "bare-number",
    "{detail} stands in a condition of `{name}`; make it a parameter",
    "`{name}` 的条件中直接写了数字 {detail}，请设为参数",
)
COMPARED = Wording(
    "compared-with-true",
    "`{detail}` is needless: what stands beside it is true or false by itself; write that alone, or with `!`",
    "`{detail}` 是多余的：与之比较的条件本身就是真或假，直接写该条件或加 `!` 即可",
)
NEVER_MATCHES = Wording(
    "pattern-never-matches",
    "there is no text that the pattern `{detail}` of `{name}` matches",
    "`{name}` 的正则表达式 `{detail}` 不可能匹配任何文本",
)
NO_CODE = Wording(
    "no-code-fits",
    "none of the codes of `{name}` passes the test against `{detail}`",
    "`{name}` 的代码没有一个能通过与 `{detail}` 的比对",
)
WIDE_KEY = Wording(
    "wide-key",
    "`{name}` is never `{detail}`: keys and references are compared without what cannot be seen, half-width; write `{fit}`",
    "`{name}` 不可能是 `{detail}`：主键和引用比对时去除不可见字符并改为半角，请写 `{fit}`",
)

_CONCLUDING: Final = (("where",), ("unless_where",), ("at_least",), ("per",), ("distinct",), ("about", "id"))
_AT = tuple[Offsets, str]
"""A stretch of a condition, and the detail told of it."""


def bare_numbers(subject: Subject) -> Iterator[Diagnostic]:
    """Numbers other than 0 and 1 that are no part of a date."""
    for document, path in _conditions(subject.chain):
        given = value_at(document, path)
        if path == ("at_least",) and isinstance(given, int) and given != 1:
            yield warning(BARE_NUMBER, document.span(path), name=owner(document, path), detail=given)
    yield from _each(subject, BARE_NUMBER, _bare_told)


def compared_with_true(subject: Subject) -> Iterator[Diagnostic]:
    """`x == true`, and the like."""
    yield from _each(subject, COMPARED, _compared)


def patterns(subject: Subject) -> Iterator[Diagnostic]:
    """Patterns that match no text at all."""
    yield from _each(subject, NEVER_MATCHES, _dead_patterns)


def _each(subject: Subject, wording: Wording, find: Callable[[str, Syntax], Iterator[_AT]]) -> Iterator[Diagnostic]:
    """A warning for each stretch that `find` names in the text of a condition."""
    for document, path in _conditions(subject.chain):
        text = value_at(document, path)
        if not isinstance(text, str):
            continue
        try:
            found = list(find(text, parse(text)))
        except ConditionSyntaxError:
            continue
        for (start, end), detail in found:
            yield warning(wording, document.within(path, start, end), name=owner(document, path), detail=detail)


def _conditions(chain: Layers) -> Iterator[tuple[Document, Path_]]:
    """Where conditions stand; placeholders of messages only show values and are left out."""
    for _, document in chain.of("let"):
        yield from ((document, path) for path in document.raw if len(path) == 3)
    for _, document in chain.of("rule"):
        for path in document.raw:
            nested = path[0] == "occurred" or (path[0] == "basis" and path[-1] == "if")
            if nested or path in (("when",), ("violation",), ("notice_scope",)):
                yield document, path
    for _, document in chain.of("conclusion"):
        yield from ((document, path) for path in document.raw if path in _CONCLUDING or path[-1] == "if")
    for _, document in chain.of("notice"):
        yield from ((document, path) for path in document.raw if path[0] == "items" and path[-1] == "where")


# --- numbers


def _bare_told(text: str, syntax: Syntax) -> Iterator[_AT]:
    yield from (((start, end), text[start:end]) for start, end in _bare(syntax))


def _bare(node: Syntax) -> Iterator[Offsets]:
    """Numbers other than 0 and 1 that are neither parts a date is made of nor compared with a part of one."""
    if isinstance(node, Literal):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool) and node.value not in (0, 1):
            yield node.at
        return
    dated = isinstance(node, Call) and (_makes_date(node) or any(_date_part(arg) for arg in node.args))
    for part in _below(node):
        if not (dated and isinstance(part, Literal)):
            yield from _bare(part)


def _below(node: Syntax) -> tuple[Syntax, ...]:
    """The parts directly below."""
    match node:
        case Member(target):
            return (target,)
        case Choice(test, then, otherwise):
            return (test, then, otherwise)
        case Items(items):
            return items
        case Call():
            return (*([node.target] if node.target is not None else []), *node.args)
        case Literal() | Name():
            return ()


def _all(node: Syntax) -> Iterator[Syntax]:
    yield node
    for part in _below(node):
        yield from _all(part)


def _makes_date(call: Call) -> bool:
    """Is it a function that makes a date of ints?"""
    overloads = [overload for row in rows(call.form, call.spelling) for overload in row.overloads]
    return any(each.result.name == "date" and set(each.args) == {"int"} for each in overloads)


def _date_part(node: Syntax) -> bool:
    """Is it a method that takes an int out of a date?"""
    overloads = [o for row in rows("method", node.spelling) for o in row.overloads] if isinstance(node, Call) else []
    return any(each.args == ("date",) and each.result.name == "int" for each in overloads)


# --- comparisons with true and false


def _compared(text: str, syntax: Syntax) -> Iterator[_AT]:
    """The sign and the literal beside it, whichever side that stands on."""
    for node in _all(syntax):
        if not isinstance(node, Call) or not _equates(node):
            continue
        left, right = node.args
        if _truth(right) and not _truth(left):
            assert isinstance(right, Literal)
            at = (node.spelling_at[0], right.at[1])
        elif _truth(left) and not _truth(right):
            assert isinstance(left, Literal)
            at = (left.at[0], node.spelling_at[1])
        else:
            continue
        yield at, text[at[0] : at[1]]


def _equates(call: Call) -> bool:
    """Is it a comparison that takes two bools?"""
    found = rows(call.form, call.spelling) if len(call.args) == 2 and call.target is None else ()
    return any(row.signs is not None and not row.ordering for row in found)


def _truth(node: Syntax) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, bool)


# --- patterns


def _dead_patterns(text: str, syntax: Syntax) -> Iterator[_AT]:
    for node in _all(syntax):
        prepare = next((row.prepare for row in _rows(node) if row.prepare is not None), None)
        argument = node.args[0] if prepare is not None and isinstance(node, Call) and node.args else None
        if prepare is None or not isinstance(argument, Literal) or not isinstance(argument.value, str):
            continue
        try:
            pattern = prepare(argument.value)
        except PatternError:
            continue
        if isinstance(pattern, Pattern) and not can_match(pattern):
            yield argument.at, pattern.text


def _rows(node: Syntax) -> tuple[Operator, ...]:
    return rows(node.form, node.spelling) if isinstance(node, Call) else ()


def codes(subject: Subject) -> Iterator[Diagnostic]:
    """Tests of a code as a text that none of its codes passes. (That a code is compared with is one, the loader sees to.)"""
    told: set[Node] = set()
    for expression in expressions(subject.ruleset):
        for node in walk(expression.node):
            tested = _tested(node)
            if tested is not None and node not in told:
                told.add(node)
                cell, detail = tested
                yield warning(NO_CODE, expression.span, name=f"{cell.row.kind}.{cell.field}", detail=detail)


def _tested(node: Node) -> tuple[Cell, str] | None:
    """The code that no code of its list passes the test for, and what it is held against."""
    if not isinstance(node, Op) or node.type.name != "bool":
        return None
    row = OPERATORS[node.key]
    cells = [arg for arg in node.args if isinstance(arg, Cell) and arg.type.name == "code"]
    constants = [arg for arg in node.args if isinstance(arg, Const)]
    if row.signs is not None or len(cells) != 1 or len(constants) != 1 or len(node.args) != 2:
        return None
    meaning = row.overloads[node.overload].scalar
    given = node.pattern if node.pattern is not None else constants[0].value
    pairs = ((code, given) if node.args[0] is cells[0] else (given, code) for code in cells[0].type.codes or ())
    passed = [meaning(*pair) for pair in pairs]
    return (cells[0], str(constants[0].value)) if passed and not any(passed) else None


# --- keys


def wide_keys(subject: Subject) -> Iterator[Diagnostic]:
    """Texts that no key or reference can be, since these are read otherwise than as they are written."""
    told: set[tuple[Span, str]] = set()
    for expression in expressions(subject.ruleset):
        for node in walk(expression.node):
            for cell, text in _compared_keys(node, subject.ruleset.vocabulary):
                if differs(text) and (expression.span, text) not in told:
                    told.add((expression.span, text))
                    args = {"name": f"{cell.row.kind}.{cell.field}", "detail": shown(text), "fit": as_compared(text)}
                    yield warning(WIDE_KEY, expression.span, **args)


def _compared_keys(node: Node, vocabulary: Vocabulary) -> Iterator[tuple[Cell, str]]:
    """A key or reference, and each text it is said to be or not to be: beside it, or in a list."""
    given: tuple[Node, ...] = ()
    tests: list[Node] = []
    if isinstance(node, Chain) and isinstance(node.source, Given) and node.predicate is not None:
        given, tests = node.source.items, [each for each in walk(node.predicate) if _is_element(each, node.var)]
    elif isinstance(node, Op) and _says_which(node):
        given, tests = node.args, [node]
    texts = [each.value for each in given if isinstance(each, Const) and isinstance(each.value, str)]
    for cell in (arg for test in tests if isinstance(test, Op) for arg in test.args if isinstance(arg, Cell)):
        kind = vocabulary.kinds.get(cell.row.kind)  # none where the rows are findings or what was concluded
        if kind is not None and names_rows(cell.field, kind.fields[cell.field], kind.key):
            yield from ((cell, text) for text in texts)


def _says_which(node: Node) -> bool:
    """Is it `==` or `!=`?"""
    row = OPERATORS[node.key] if isinstance(node, Op) else None
    return row is not None and row.signs is not None and not row.ordering


def _is_element(node: Node, var: str) -> bool:
    """Is something said to be the element of a list, or not to be?"""
    beside = node.args if isinstance(node, Op) and _says_which(node) else ()
    return any(isinstance(each, Element) and each.var == var for each in beside)
