"""The conditions of a rule, made ready once to be told of many findings in both languages.

What is said is what `hegui.explaining.why.part` says: a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final

from hegui.datatypes import Cause, Undetermined
from hegui.explaining.citing import parameter_used
from hegui.explaining.document import Case, Leaf, Paper, RuleDocument
from hegui.explaining.why import cause_text, causes_of, inside, leaf_shown, own_causes, shown, side, told
from hegui.explaining.words import UNDETERMINED
from hegui.language.operators import OPERATORS
from hegui.language.tree import AsOf, Cell, Chain, Const, Convert, Given, Let, Node, Op, Param
from hegui.outcome import LeafValue
from hegui.report.evidence import rows_text
from hegui.report.explained import paper_text

LANGS: Final = ("zh", "en")
Pair = tuple[str, str]
"""A text in Chinese and English."""
Data = list[Any]
Add = Callable[[Pair], int]
"""Takes a text, returns its number."""
Tell = Callable[[Case, Add], Data]
Show = Callable[[Case], Pair]
_HELD: Final = 4096
"""Texts remembered of one part; findings have far fewer different ones, or hardly any the same."""


def both(make: Callable[[str], str]) -> Pair:
    """A text that is made in each language."""
    return make("zh"), make("en")


def trimmed(data: Sequence[Any]) -> Data:
    """A list without what is nothing (-1) at its end."""
    end = len(data)
    while end and data[end - 1] == -1:
        end -= 1
    return list(data[:end])


@dataclass(frozen=True)
class Common:
    """What parts of all rules say: where a value stands (source, row, field), which rows decided (number, key of the first),
    and which paper is behind a value. None is nothing."""

    place: Callable[[int | None, int | None, str | None], Pair | None]
    rows: Callable[[int, str | None], Pair]
    paper: Callable[[Paper], Pair]

    @staticmethod
    def of(place: Callable[[int | None, int | None, str | None], Pair | None]) -> Common:
        """With texts remembered for a while: those of one finding come up several times."""

        def rows(count: int, first: str | None) -> Pair:
            return both(lambda lang: rows_text(count, first, lang))

        def paper(found: Paper) -> Pair:
            return both(lambda lang: paper_text(found, lang))

        return Common(lru_cache(_HELD)(place), lru_cache(_HELD)(rows), lru_cache(_HELD)(paper))


class Parts:
    """The parts of the conditions of one rule, each made ready when it is first told."""

    def __init__(self, document: RuleDocument, common: Common) -> None:
        self.document, self.common = document, common
        self._parts: dict[int, Tell] = {}
        self._shown: dict[int, Show] = {}

    def tell(self, node: Node, case: Case, add: Add) -> Data:
        """Text, label, value, state, children, the values put in, place, rows, parameter used, what is waited for."""
        # by identity, as the document's evaluators are
        found = self._parts.get(id(node))
        if found is None:
            found = self._parts[id(node)] = self._ready(node)
        return found(case, add)

    def shown(self, node: Node, case: Case) -> Pair:
        """The value of a part as people read it."""
        found = self._shown.get(id(node))
        if found is None:
            leaf = isinstance(node, (Cell, Param, Chain))
            found = self._shown[id(node)] = self._leaf_shown(node) if leaf else _value_shown(node)
        return found(case)

    def _ready(self, node: Node) -> Tell:
        match node:
            case Cell() | Param() | Chain():
                return self._leaf(node)
            case Convert(arg=inner) | Let(body=Let() as inner):
                return lambda case, add: self.tell(inner, case, add)
            case Const() | AsOf():
                text = (self.document.text(node),) * 2
                return lambda case, add: [add(text), -1, add(self.shown(node, case)), 0]
        return self._composite(node)

    def _composite(self, node: Node) -> Tell:
        text, compared = (self.document.text(node),) * 2, self._compared(node)

        def tell(case: Case, add: Add) -> Data:
            value = case.value(node)
            below = [self.tell(child, case, add) for child in told(case, node)]
            put_in = add(compared(case)) if compared is not None else -1
            waits = _own_waits(case, value, add) if isinstance(value, Undetermined) and value.causes else -1
            return trimmed(
                [add(text), -1, add(self.shown(node, case)), _state(value), below or -1, put_in, -1, -1, -1, waits]
            )

        return tell

    def _compared(self, node: Node) -> Show | None:
        """An infix operation with its values put in."""
        if not isinstance(node, Op) or OPERATORS[node.key].form != "infix":
            return None
        left, right = (self._side(arg, node.args) for arg in node.args)
        sign = OPERATORS[node.key].spelling

        def compared(case: Case) -> Pair:
            (zh, en), (other_zh, other_en) = left(case), right(case)
            return f"{zh} {sign} {other_zh}", f"{en} {sign} {other_en}"

        return compared

    def _side(self, arg: Node, args: tuple[Node, ...]) -> Show:
        if isinstance(arg, Const) and isinstance(arg.value, str):
            known: list[Pair] = []

            def written(case: Case) -> Pair:
                if not known:
                    known.append(both(lambda lang: side(case, arg, args, lang)))
                return known[0]

            return written
        return lambda case: self.shown(arg, case)

    # --- leaves

    def _leaf(self, node: Cell | Param | Chain) -> Tell:
        number = self.document.number(node)
        leaf, common = self.document.leaves[number], self.common
        text, label, given = (
            (leaf.text, leaf.text),
            _label(leaf),
            isinstance(node, Chain) and isinstance(node.source, Given),
        )
        used = self._used(node) if isinstance(node, Param) else None
        waits, below = _waits(node), inside(node)

        def tell(case: Case, add: Add) -> Data:
            if number >= len(case.finding.values):
                return [add((self.document.text(node),) * 2), -1, add(both(UNDETERMINED.get)), 3]
            value = case.finding.values[number]
            missing = value.value is None and value.below is None
            place = common.place(value.source, value.row, leaf.field)
            named = used(case) if used is not None else None
            lacks = waits(case) if missing else ()
            return trimmed(
                [
                    add(text),
                    add(label) if label is not None else -1,
                    add(self.shown(node, case)),
                    3 if missing and not leaf.private else _state(value.value),
                    [self.tell(inner, case, add) for inner in below] or -1,
                    -1,
                    add(place) if place is not None else -1,
                    add(common.rows(value.rows, value.first)) if value.rows is not None and not given else -1,
                    add(named) if named is not None else -1,
                    [add(each) for each in lacks] or -1,
                ]
            )

        return tell

    def _leaf_shown(self, node: Node) -> Show:
        number = self.document.number(node)
        leaf, held = self.document.leaves[number], dict[object, Pair]()

        def show(case: Case) -> Pair:
            if number >= len(case.finding.values):
                return both(UNDETERMINED.get)
            value = case.finding.values[number]
            at = type(value.value), value.value, value.below
            return held.get(at) or _hold(held, at, both(lambda lang: leaf_shown(node, leaf, value, lang, "computed")))

        return show

    def _used(self, node: Param) -> Callable[[Case], Pair | None]:
        """The dated value a parameter had."""
        parameter = self.document.parameters[node.name]

        @cache
        def on(day: date) -> Pair | None:
            used = parameter.on(day)
            return both(lambda lang: parameter_used(parameter, used, lang)) if used is not None else None

        def used(case: Case) -> Pair | None:
            day = case.finding.occurred if node.on is None else case.value(node.on)
            return on(day) if isinstance(day, date) else None

        return used

    # --- facts

    def fact(self, number: int, case: Case, add: Add, absent: Pair) -> Data:
        """Label, name, value, is it known, place, rows, paper of a leaf that is a fact; `absent` stands for no value."""
        node, leaf = self.document.rule.leaves[number], self.document.leaves[number]
        value, common = case.finding.values[number], self.common
        label, known = _label(leaf), is_known(leaf, value)
        place = common.place(value.source, value.row, leaf.field)
        paper = case.setting.paper(leaf, value) if known and leaf.evidenced else None
        return [
            add(label or (leaf.text, leaf.text)),
            add((leaf.text, leaf.text)) if label is not None else -1,
            add(self.shown(node, case) if known else absent),
            int(known),
            add(place) if place is not None else -1,
            add(common.rows(value.rows, value.first)) if value.rows is not None else -1,
            add(common.paper(paper)) if paper is not None else -1,
        ]


def is_known(leaf: Leaf, value: LeafValue) -> bool:
    """Is there a usable value, or one that is not shown?"""
    return value.value is not None or value.below is not None or leaf.private


def _label(leaf: Leaf) -> Pair | None:
    pair = both(leaf.label.get)
    return pair if pair[0] else None


def _state(value: object) -> int:
    if isinstance(value, Undetermined):
        return 3
    return 0 if not isinstance(value, bool) else 1 if value else 2


def _value_shown(node: Node) -> Show:
    held: dict[object, Pair] = {}

    def show(case: Case) -> Pair:
        value = case.value(node)
        # an undetermined value is hidden where a leaf it would need is private
        at = len(case.finding.values) if isinstance(value, Undetermined) else (type(value), value)
        return held.get(at) or _hold(held, at, both(lambda lang: shown(case, node, lang)))

    return show


def _waits(node: Cell | Param | Chain) -> Callable[[Case], tuple[Pair, ...]]:
    """What is waited for where a leaf has no value."""
    held: dict[tuple[Cause, ...], tuple[Pair, ...]] = {}

    def waits(case: Case) -> tuple[Pair, ...]:
        causes = case.finding.causes
        if causes not in held:
            if len(held) >= _HELD:
                held.clear()
            held[causes] = tuple(
                both(lambda lang, cause=cause: cause_text(cause, case, lang))  # type: ignore[misc]
                for cause in causes_of(case, node)
            )
        return held[causes]

    return waits


def _own_waits(case: Case, value: object, add: Add) -> Data:
    return [add(pair) for pair in zip(*(own_causes(case, value, lang) for lang in LANGS), strict=True)]


def _hold(held: dict[object, Pair], at: object, text: Pair) -> Pair:
    if len(held) >= _HELD:
        held.clear()
    held[at] = text
    return text
