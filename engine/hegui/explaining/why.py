"""The why of a verdict: each condition as a tree of parts with their values."""

from __future__ import annotations

from dataclasses import dataclass

from hegui.datatypes import Below, Cause, Text, Undetermined
from hegui.explaining.document import Case, Leaf, key_for_name, key_of, path_of, walk_outer
from hegui.explaining.law import value_used
from hegui.explaining.values import Precision, contained, show
from hegui.explaining.words import ABSENT, PRIVATE, REASONS, UNDETERMINED
from hegui.facts.registry import Place
from hegui.language.operators import OPERATORS
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
    Logic,
    Node,
    Op,
    Param,
    children,
    walk,
)
from hegui.outcome import LeafValue
from hegui.ruleset.model import Parameter, ParameterValue


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a condition: its text in the condition language, its label, and its value as people read it.

    `truth` is True or False for a condition, None for an undetermined one and for a part that is no condition.
    `compared` puts the values in the place of the parts (`120,000 t/a > 100,000 t/a`). A leaf has its `place`; a
    chain how many `rows` decided it and the key of the `first`; a parameter the dated value `used`.
    """

    text: str
    label: str | None
    shown: str
    truth: bool | None = None
    undetermined: bool = False
    compared: str | None = None
    place: Place | None = None
    rows: int | None = None
    first: str | None = None
    parameter: Parameter | None = None
    used: ParameterValue | None = None
    waits: tuple[str, ...] = ()
    children: tuple[Part, ...] = ()


def part(case: Case, node: Node, lang: str) -> Part:
    """`node` and what it is made of, for one finding."""
    match node:
        case Cell() | Param() | Chain():
            return _leaf(case, node, lang)
        case Convert(arg=arg):
            return part(case, arg, lang)
        case Let(body=Let() as body):
            return part(case, body, lang)
        case Const() | AsOf():
            return Part(case.document.text(node), None, show(_value(node, case), node.type, lang))
        case Logic() | If() | Has() | Op() | Let():
            return _composite(case, node, lang)
    raise AssertionError(node)  # pragma: no cover


def _value(node: Const | AsOf, case: Case) -> object:
    return case.setting.as_of if isinstance(node, AsOf) else node.value


def _composite(case: Case, node: Node, lang: str) -> Part:
    value = case.value(node)
    below = tuple(part(case, child, lang) for child in told(case, node))
    return Part(
        case.document.text(node),
        None,
        shown(case, node, lang),
        truth=value if isinstance(value, bool) else None,
        undetermined=isinstance(value, Undetermined),
        compared=_compared(case, node, lang),
        waits=own_causes(case, value, lang),
        children=below,
    )


def told(case: Case, node: Node) -> tuple[Node, ...]:
    """The parts of a composite worth a line of their own: of a choice, only the branch taken."""
    if isinstance(node, If):
        test = case.value(node.test)
        branches = (node.then, node.otherwise) if isinstance(test, Undetermined) else ()
        chosen = branches or ((node.then,) if test else (node.otherwise,))
        return (node.test, *(branch for branch in chosen if not isinstance(branch, Const)))
    return tuple(child for child in children(node) if not isinstance(child, (Const, AsOf)))


def own_causes(case: Case, value: object, lang: str) -> tuple[str, ...]:
    """Why an operation has no value though its arguments have one."""
    causes = value.causes if isinstance(value, Undetermined) else ()
    return tuple(cause_text(cause, case, lang) for cause in causes)


def _compared(case: Case, node: Node, lang: str) -> str | None:
    """An infix operation with its values put in."""
    if not isinstance(node, Op) or OPERATORS[node.key].form != "infix":
        return None
    left, right = (side(case, arg, node.args, lang) for arg in node.args)
    return f"{left} {OPERATORS[node.key].spelling} {right}"


def side(case: Case, arg: Node, both: tuple[Node, ...], lang: str) -> str:
    """A side of an operation: a code written as a text by its label, any other written text in quotes."""
    if not isinstance(arg, Const) or not isinstance(arg.value, str):
        return shown(case, arg, lang)
    codes = next((case.document.codes(side.type.codes) for side in both if side.type.codes), {})
    return codes[arg.value].get(lang) if arg.value in codes else f'"{arg.value}"'


def shown(case: Case, node: Node, lang: str, precision: Precision = "computed") -> str:
    """The value of any part of a rule's conditions as people read it."""
    if isinstance(node, (Cell, Param, Chain)):
        recorded = case.recorded(node)
        return UNDETERMINED.get(lang) if recorded is None else leaf_shown(node, *recorded, lang, precision)
    value = case.value(node)
    if isinstance(value, Undetermined) and _hidden(case, node):
        return PRIVATE.get(lang)
    codes = case.document.codes(node.type.codes)
    return show(value, node.type, lang, codes, precision)


def said(case: Case, node: Node, lang: str) -> str:
    """The same in a sentence, where somebody without a name is called by the key, or by the kind where that is missing too."""
    recorded = case.recorded(node) if isinstance(node, Cell) else None
    if recorded is not None and recorded[0].names and not recorded[0].private and recorded[1].value is None:
        kind = case.setting.kinds.get(recorded[0].kind or "")
        called = UNDETERMINED if kind is None else Text(f"本{kind.get('zh')}", f"this {kind.get('en')}")
        return contained(key_for_name(recorded[0], case.finding) or called.get(lang))
    return shown(case, node, lang, "sentence")


def _hidden(case: Case, node: Node) -> bool:
    recorded = (case.recorded(leaf) for leaf in walk_outer(node) if isinstance(leaf, (Cell, Param, Chain)))
    return any(item is not None and item[0].private for item in recorded)


def leaf_shown(node: Node, leaf: Leaf, value: LeafValue, lang: str, precision: Precision) -> str:
    """The recorded value of a leaf as people read it."""
    if leaf.private:
        return PRIVATE.get(lang)
    if value.value == "":
        return ABSENT.get(lang)
    known = Below(value.below) if value.below is not None else value.value
    return show(known, node.type, lang, leaf.codes, precision if isinstance(node, Chain) else "exact")


# --- leaves --------------------------------------------------------------------------------------------------------


def _leaf(case: Case, node: Cell | Param | Chain, lang: str) -> Part:
    recorded = case.recorded(node)
    if recorded is None:
        return Part(case.document.text(node), None, UNDETERMINED.get(lang), undetermined=True)
    leaf, value = recorded
    missing = value.value is None and value.below is None
    return Part(
        leaf.text,
        leaf.label.get(lang) or None,
        leaf_shown(node, leaf, value, lang, "computed"),
        truth=value.value if isinstance(value.value, bool) else None,
        undetermined=missing and not leaf.private,
        place=place(case, leaf, value),
        rows=None if isinstance(node, Chain) and isinstance(node.source, Given) else value.rows,
        first=value.first,
        parameter=case.document.parameters[node.name] if isinstance(node, Param) else None,
        used=value_used(case, node) if isinstance(node, Param) else None,
        waits=tuple(cause_text(cause, case, lang) for cause in causes_of(case, node)) if missing else (),
        children=tuple(part(case, inner, lang) for inner in inside(node)),
    )


def inside(node: Cell | Param | Chain) -> tuple[Node, ...]:
    """What a leaf shows below it: a parameter its day, where that is not the day of the act; `x in [a, b]` its x."""
    match node:
        case Param(on=on) if on is not None and not isinstance(on, (Const, AsOf)):
            return (on,)
        case Chain(source=Given()):
            return tuple(dict.fromkeys(cell for cell in _cells(node) if not cell.row.var))
    return ()


def place(case: Case, leaf: Leaf, value: LeafValue) -> Place | None:
    """The source cell of a recorded value."""
    if value.source is None:
        return None
    key = key_of(case.finding, value, case.setting)
    return case.setting.sources[value.source].place(value.row, leaf.field, key)


def causes_of(case: Case, leaf: Cell | Param | Chain) -> tuple[Cause, ...]:
    """Those of a finding's causes that are about one leaf."""
    paths = {path_of(leaf)}
    if isinstance(leaf, Chain):
        paths |= {part.path for part in _cells(leaf)}
        paths.add(leaf.source.path)
    return tuple(cause for cause in case.finding.causes if _concerns(cause.path, paths))


def _cells(node: Node) -> list[Cell]:
    return [inner for inner in walk(node) if isinstance(inner, Cell)]


def _concerns(cause: str, paths: set[str]) -> bool:
    """A cause names the leaf itself, or a reference on the way to it."""
    return any(path == cause or path.startswith(f"{cause}.") for path in paths)


# --- causes --------------------------------------------------------------------------------------------------------


def cause_text(cause: Cause, case: Case, lang: str) -> str:
    """A cause in words: `缺少年开采量（extracted）`, `missing amount extracted (extracted, 2 rows)`."""
    label = case.document.paths.get(cause.path)
    what = label.get(lang) if label is not None and label.get(lang) else f"`{cause.path}`"
    words = REASONS[cause.reason].get(lang).format(what=what)
    notes = [cause.path] if what != f"`{cause.path}`" else []
    if cause.count > 1:
        notes.append(Text(f"{cause.count} 行", f"{cause.count} rows").get(lang))
    if not notes:
        return words
    return f"{words}（{'，'.join(notes)}）" if lang == "zh" else f"{words} ({', '.join(notes)})"


def path_text(path: str, case: Case, lang: str) -> str:
    """A path with its label: `是否造成矿产资源破坏（mine.resource_damage）`."""
    label = case.document.paths.get(path)
    if label is None or not label.get(lang):
        return f"`{path}`"
    return f"{label.zh or label.en}（{path}）" if lang == "zh" else f"{label.en or label.zh} ({path})"
