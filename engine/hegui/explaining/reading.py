"""Conditions as people read them: labels in the place of field names, words in the place of connectives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.document import cell_label, source_label
from hegui.explaining.values import show
from hegui.explaining.words import AGGREGATES
from hegui.language.operators import OPERATORS
from hegui.language.tree import (
    AsOf,
    Cell,
    Chain,
    Const,
    Convert,
    Element,
    Given,
    Has,
    If,
    Let,
    Listed,
    Logic,
    Node,
    Op,
    Param,
    Row,
    children,
)
from hegui.ruleset.model import Parameter
from hegui.vocabulary import Vocabulary

SIGNS: Final = {
    "==": Text("=", "="),
    "!=": Text("≠", "≠"),
    ">=": Text("≥", "≥"),
    "<=": Text("≤", "≤"),
    "*": Text("×", "×"),
    "/": Text("÷", "÷"),
    "!": Text("非", "not "),
}
"""Signs written otherwise for readers than in a ruleset; all others as they are."""

CALLS: Final = {
    "date3": Text("{0}年{1}月{2}日", "date {0}-{1}-{2}"),
    "days": Text("{0}天", "{0} days"),
    "days_between": Text("{0}至{1}的天数", "days from {0} to {1}"),
    "workdays_between": Text("{0}至{1}的工作日数", "working days from {0} to {1}"),
    "add_workdays": Text("{0}之后第{1}个工作日", "the working day {1} after {0}"),
    "year": Text("{0}的年份", "year of {0}"),
    "month": Text("{0}的月份", "month of {0}"),
    "day": Text("{0}的日", "day of {0}"),
    "size": Text("{0}的字数", "length of {0}"),
    "startsWith": Text("{0}以{1}开头", "{0} starts with {1}"),
    "endsWith": Text("{0}以{1}结尾", "{0} ends with {1}"),
    "contains": Text("{0}含有{1}", "{0} contains {1}"),
    "matches": Text("{0}符合格式{1}", "{0} has the pattern {1}"),
    "int": Text("{0}取整", "{0} as a whole number"),
    "math.least": Text("较小者（{all}）", "the least of ({all})"),
    "math.greatest": Text("较大者（{all}）", "the greatest of ({all})"),
    "math.abs": Text("{0}的绝对值", "absolute value of {0}"),
    "math.round": Text("{0}四舍五入", "{0} rounded"),
    "math.floor": Text("{0}向下取整", "{0} rounded down"),
    "math.ceil": Text("{0}向上取整", "{0} rounded up"),
}
"""Functions and methods in words, by their key in the operator table; all others as they are written."""

COMPOSED: Final = Text("年、月、日为 {all} 的日期", "the date of ({all})")
"""A date whose month or day is worked out."""
SILENT: Final = frozenset({"date", "double", "string"})
"""Functions that change how a value is held and not what it says."""

NAMED: Final = Text("「{label}」", "“{label}”")
AND: Final = Text(" 且 ", " and ")
OR: Final = Text(" 或 ", " or ")
CHOICE: Final = Text("若 {test}，则 {then}，否则 {otherwise}", "if {test} then {then}, else {otherwise}")
ITEM: Final = Text("该项", "the item")
CASES: Final = Text("按{cell}分：{cases}；其余为 {otherwise}", "by {cell}: {cases}; otherwise {otherwise}")
CASE: Final = Text("{code}为 {then}", "{code}: {then}")
OF: Final = Text("`{name}` 的{label}", "{label} of `{name}`")
COUNT: Final = Text("匹配数", "the number of matches")
GIVEN: Final = Text("{cell}有值", "{cell} is on record")
AS_OF: Final = Text("数据日期", "the day of the check")
ON: Final = Text("{name}（取 {day} 的值）", "{name} (as of {day})")
WHERE: Final = Text("{source}（其中 {test}）", "{source} (those where {test})")
KNOWN: Final = Text("（只计有值的）", " (those on record)")
ONE_OF: Final = Text("{value} 为 {items} 之一", "{value} is one of {items}")
INCLUDES: Final = Text("{source}含 {value}", "{source} includes {value}")
QUANTIFIED: Final = {
    "exists": Text("{source}中至少有一条满足：{test}", "at least one of {source} has: {test}"),
    "all": Text("{source}每一条都满足：{test}", "every one of {source} has: {test}"),
    "exists_one": Text("{source}中恰有一条满足：{test}", "exactly one of {source} has: {test}"),
}
NONE_NEEDED: Final = Text("{source}中有", "there is any of {source}")
COLLECTED: Final = Text("{source}的{value}{ending}", "{ending} of {value} of {source}")
COUNTED: Final = Text("{source}的{ending}", "{ending} of {source}")

_CHOICE, _AND, _COMPARED, _COMPUTED, _ATOM = range(5)
"""How tightly words hold together; what holds less tightly than its place asks for stands in brackets."""


@dataclass(frozen=True)
class Reader:
    """Reads conditions of a ruleset in one language. `variables` are names of the rows a conclusion is about, by their
    number; `vocabulary` has their kinds."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    lang: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: Node) -> str:
        """A condition in words; definitions keep their names, in backquotes."""
        return self._read(node)[0]

    def _say(self, text: Text, **values: object) -> str:
        return text.get(self.lang).format(**values)

    def _read(self, node: Node) -> tuple[str, int]:
        """The words, and how tightly they hold together."""
        match node:
            case Const() | AsOf() | Cell() | Element() | Param() | Let() | Has():
                return self._atom(node), _ATOM
            case Convert(arg=arg):
                return self._read(arg)
            case Logic(conjunction, parts):
                words = [self._held(part, _COMPARED) for part in parts]
                return (AND if conjunction else OR).get(self.lang).join(words), _AND if conjunction else _CHOICE
            case If():
                return self._choice(node), _CHOICE
            case Op():
                return self._operation(node)
            case Chain():
                return self._chain(node), _COMPARED if _is_short(node) else _CHOICE if node.predicate else _COMPUTED
        raise AssertionError(node)  # pragma: no cover

    def _held(self, node: Node, least: int) -> str:
        words, hold = self._read(node)
        if hold >= least:
            return words
        return f"（{words}）" if self.lang == "zh" else f"({words})"

    def _choice(self, node: If) -> str:
        """A choice; one by the codes of a field as a list of cases."""
        cases, otherwise = _cases(node)
        if len(cases) < 2:
            branches = {"test": self.read(node.test), "then": self.read(node.then)}
            return self._say(CHOICE, **branches, otherwise=self.read(node.otherwise))
        first, _, _ = cases[0]
        codes = self._codes(first)
        told = [self._say(CASE, code=self._item(code, codes), then=self.read(then)) for _, code, then in cases]
        listed = ("；" if self.lang == "zh" else "; ").join(told)
        return self._say(CASES, cell=self.read(first), cases=listed, otherwise=self.read(otherwise))

    # --- atoms

    def _atom(self, node: Node) -> str:
        match node:
            case Const(value, type_):
                return f'"{value}"' if isinstance(value, str) else show(value, type_, self.lang)
            case AsOf():
                return AS_OF.get(self.lang)
            case Cell(row=row, field=name):
                return self._of(row, cell_label(row, name, self.vocabulary))
            case Param(name=name, on=on):
                words = self._named(self.parameters[name].label)
                return words if on is None else self._say(ON, name=words, day=self.read(on))
            case Let(path=path):
                return f"`{path}`"
            case Has(cell=cell):
                return self._say(GIVEN, cell=self._atom(cell))
        assert isinstance(node, Element)
        return (COUNT if node.origin == "count" else ITEM).get(self.lang)

    def _named(self, label: Text) -> str:
        return self._say(NAMED, label=label.get(self.lang))

    def _of(self, row: Row, label: Text) -> str:
        """A field or relation, and of which row where there are several to tell apart."""
        name, words = self.variables.get(row.var), self._named(label)
        return words if name is None else self._say(OF, name=name, label=words)

    # --- operations

    def _operation(self, node: Op) -> tuple[str, int]:
        row = OPERATORS[node.key]
        sign = SIGNS[row.spelling].get(self.lang) if row.spelling in SIGNS else row.spelling
        if row.form == "infix":
            compares = node.type.name == "bool"
            left, right = (self._side(arg, node.args, _COMPUTED if compares else _ATOM) for arg in node.args)
            return f"{left} {sign} {right}", _COMPARED if compares else _COMPUTED
        if row.form == "prefix":
            return sign + self._held(node.args[0], _ATOM), _ATOM
        args = [self.read(arg) for arg in node.args]
        if node.key in SILENT:
            return self._read(node.args[0])
        if node.key in CALLS:
            return self._called(node)
        if row.form == "method":
            return f"{self._held(node.args[0], _ATOM)}.{row.spelling}({', '.join(args[1:])})", _ATOM
        return f"{row.spelling}({', '.join(args)})", _ATOM

    def _called(self, node: Op) -> tuple[str, int]:
        held = [self._held(arg, _COMPUTED) for arg in node.args]
        listed = ("、" if self.lang == "zh" else ", ").join(held)
        words = CALLS[node.key]
        if node.type.name == "date" and len(held) > 2 and not all(isinstance(arg, Const) for arg in node.args[1:]):
            words = COMPOSED
        whole = len(held) == 1 or node.type.name == "date"
        power = _COMPARED if node.type.name == "bool" else _ATOM if whole else _COMPUTED
        return words.get(self.lang).format(*held, all=listed), power

    def _side(self, node: Node, both: tuple[Node, ...], least: int) -> str:
        """A side of an operation; a code by its label."""
        codes = next((found for found in map(self._codes, both) if found), {})
        if isinstance(node, Const) and isinstance(node.value, str) and node.value in codes:
            return codes[node.value].get(self.lang)
        return self._held(node, least)

    def _codes(self, node: Node) -> Mapping[str, Text]:
        """The code list of the field, or of the item of a list, that stands alone on a side."""
        while isinstance(node, Let):
            node = node.body
        if isinstance(node, Element):
            fields = (field for kind in self.vocabulary.kinds.values() for field in kind.fields.values())
            return next(
                (field.codes for field in fields if field.codes and {*field.codes} == {*(node.type.codes or ())}), {}
            )
        if not isinstance(node, Cell):
            return {}
        return self.vocabulary.kinds[node.row.kind].fields[node.field].codes

    # --- chains

    def _chain(self, node: Chain) -> str:
        member = _member(node)
        if isinstance(node.source, Given):
            return self._one_of(node, node.source, member)
        row = node.source.cell.row if isinstance(node.source, Listed) else node.source.row
        source = self._of(row, source_label(node.source, self.vocabulary))
        if member is not None:
            codes = self._codes(node.source.cell) if isinstance(node.source, Listed) else {}
            return self._say(INCLUDES, source=source, value=self._item(member, codes))
        if node.filter is not None:
            source = self._say(WHERE, source=source, test=self.read(node.filter))
        return self._ended(node, source + (KNOWN.get(self.lang) if node.known else ""))

    def _one_of(self, node: Chain, given: Given, member: Node | None) -> str:
        codes = self._codes(member) if member is not None else {}
        items = [self._item(item, codes) for item in given.items]
        listed = ("、" if self.lang == "zh" else ", ").join(items)
        if member is not None:
            return self._say(ONE_OF, value=self.read(member), items=listed)
        return self._ended(node, f"[{listed}]")

    def _item(self, node: Node, codes: Mapping[str, Text]) -> str:
        if isinstance(node, Const) and node.value in codes:
            return codes[str(node.value)].get(self.lang)
        return self.read(node)

    def _ended(self, node: Chain, source: str) -> str:
        if node.ending in QUANTIFIED:
            if node.predicate is None:
                return self._say(NONE_NEEDED, source=source)
            return self._say(QUANTIFIED[node.ending], source=source, test=self.read(node.predicate))
        ending = AGGREGATES[node.ending].get(self.lang)
        if node.value is None or isinstance(node.value, Element):
            return self._say(COUNTED, source=source, ending=ending)
        return self._say(COLLECTED, source=source, value=self.read(node.value), ending=ending)


def _member(node: Chain) -> Node | None:
    """`x` where the chain asks whether a list of plain values holds x."""
    test = node.predicate
    if node.ending != "exists" or node.filter is not None or node.value is not None or not isinstance(test, Op):
        return None
    items = [arg for arg in test.args if isinstance(arg, Element) and arg.var == node.var]
    others = [arg for arg in test.args if arg not in items]
    return others[0] if _equates(test) and len(items) == len(others) == 1 else None


def _equates(node: Op) -> bool:
    return OPERATORS[node.key].spelling == "=="


def _cases(node: Node) -> tuple[list[tuple[Cell, Const, Node]], Node]:
    """Choices one in the other that ask for the value of one field: each value with what then holds, and the rest."""
    found: list[tuple[Cell, Const, Node]] = []
    while isinstance(node, If) and isinstance(node.test, Op) and _equates(node.test):
        cell, value = node.test.args
        if not isinstance(cell, Cell) or not isinstance(value, Const) or (found and found[0][0] != cell):
            break
        found.append((cell, value, node.then))
        node = node.otherwise
    return found, node


def _is_short(node: Chain) -> bool:
    return _member(node) is not None


def definitions(node: Node) -> dict[str, Let]:
    """The definitions a condition uses by path: those inside others before them, else in order of appearance."""
    found: dict[str, Let] = {}
    for child in children(node):
        found |= {path: let for path, let in definitions(child).items() if path not in found}
    if isinstance(node, Let):
        found.setdefault(node.path, node)
    return found
