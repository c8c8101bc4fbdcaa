"""Slips of the pen: a condition with one thing in it changed, as somebody might have written it by mistake.

Comparisons become their neighbours and turn round, `&&` and `||` become one another or lose a part, `!` is lost, `exists`
and `all` become one another, numbers and days move by the smallest step of what is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from hegui.datatypes import DATE, DAYS
from hegui.language.operators import OPERATORS, rows
from hegui.language.parser import parse
from hegui.language.printer import source
from hegui.language.signatures import Operator
from hegui.language.tree import Call, Choice, Items, Member, Offsets, Syntax
from hegui.language.tree import Literal as Written
from hegui.source import Wording

Sort = Literal["comparison", "limit", "connective", "quantifier", "date"]

LONGEST: Final = 72
"""Characters of a condition that are shown of what was changed."""

TOUCHING: Final = Wording(
    "kill-touching", "an example in which {left} is equal to {right}", "补充一个 {left} 恰等于 {right} 的示例"
)
TURNED: Final = Wording(
    "kill-turned", "an example that {left} against {right} decides", "补充一个由 {left} 与 {right} 的比较决定结论的示例"
)
BETWEEN: Final = Wording(
    "kill-between",
    "examples on both sides of {before}, at it and one step beyond",
    "在 {before} 处及其相邻一步的两侧补充示例",
)
APART: Final = Wording(
    "kill-apart",
    "an example in which only one of {left} and {right} holds, and nothing else decides",
    "补充一个 {left} 与 {right} 只有一个成立、且别无决定因素的示例",
)
ALONE: Final = Wording(
    "kill-alone",
    "an example that {operand} alone decides: everything else there would have it otherwise",
    "补充一个仅由 {operand} 决定结论的示例",
)
SOME: Final = Wording(
    "kill-some", "an example in which some rows match and others do not", "补充一个部分行满足、部分行不满足的示例"
)
DAYS_BESIDE: Final = Wording(
    "kill-days", "examples on that day, the day before and the day after", "在该日、前一日和后一日各补充示例"
)


@dataclass(frozen=True)
class Slip:
    """One change: the `syntax` of the whole condition with it, the text `before` and `after`, and where it stands.

    `hint` says which example would notice, filled by `args`.
    """

    sort: Sort
    before: str
    after: str
    at: Offsets
    syntax: Syntax
    hint: Wording
    args: Mapping[str, object] = field(default_factory=dict)


def slips(text: str) -> list[Slip]:
    """Every slip in a condition, in the order they stand in its text."""
    return sorted(_slips(parse(text), _Place(text)), key=lambda slip: slip.at[0])


@dataclass(frozen=True)
class _Place:
    """Where a node stands: in which text, below which node."""

    text: str
    above: Syntax | None = None


def _slips(node: Syntax, place: _Place) -> Iterator[Slip]:
    yield from _own(node, place)
    within = _Place(place.text, node)
    for index, part in enumerate(_parts(node)):
        for slip in _slips(part, within) if not _worked_out(node) else ():
            yield replace(slip, syntax=_with(node, index, slip.syntax))


def _own(node: Syntax, place: _Place) -> Iterator[Slip]:
    if isinstance(node, Written):
        yield from _number(node, place)
    if not isinstance(node, Call):
        return
    table = rows(node.form, node.spelling)
    row = table[0] if table else None
    if row is not None and row.signs is not None:
        yield from _comparison(node, row)
    elif row is not None and row.logic is not None:
        yield from _connective(node, place)
    elif row is not None and _negates(row):
        inner = node.args[0]
        args = {"operand": quoted(inner)}
        yield Slip("connective", _short(node), _short(inner), node.spelling_at, inner, ALONE, args)
    elif node.form == "method" and node.spelling in ("exists", "all"):
        yield from _quantifier(node)
    elif _worked_out(node) or _a_day(node):
        yield from _day(node)


# --- the slips -----------------------------------------------------------------------------------------------------


def _comparison(node: Call, row: Operator) -> Iterator[Slip]:
    assert row.signs is not None
    left, right = (quoted(arg) for arg in node.args)
    turned = frozenset(-each for each in row.signs)
    unlike = frozenset({-1, 0, 1}) - row.signs
    for signs, hint in ((row.signs ^ {0}, TOUCHING), (turned, TURNED)) if row.ordering else ((unlike, TURNED),):
        other = replace(node, spelling=_comparing(signs))
        args = {"left": left, "right": right}
        yield Slip("comparison", _short(node), _short(other), node.spelling_at, other, hint, args)


def _comparing(signs: frozenset[int]) -> str:
    return next(row.spelling for row in OPERATORS.values() if row.signs == signs)


def _connective(node: Call, place: _Place) -> Iterator[Slip]:
    other = next(row.spelling for row in OPERATORS.values() if row.logic and row.spelling != node.spelling)
    for index, at in enumerate((node.spelling_at, *node.further_at), start=1):
        left, right = _chained(node, node.args[:index]), node.args[index]
        args = {"left": quoted(left), "right": quoted(right)}
        mixed = isinstance(right, Call) and right.form == "infix" and right.spelling == other
        follows = f"({source(right)})" if mixed else source(right)
        before, after = (_cut(f"{word} {follows}") for word in (node.spelling, other))
        turned = _chained(replace(node, spelling=other), (left, right))
        slipped = _chained(node, (turned, *node.args[index + 1 :]))
        yield Slip("connective", before, after, at, slipped, APART, args)
    above = place.above
    if isinstance(above, Call) and (above.form, above.spelling) == (node.form, node.spelling):
        return  # its parts are parts of the whole chain
    operands = list(_operands(node, node))
    for index, operand in enumerate(operands):
        rest = _chained(node, (*operands[:index], *operands[index + 1 :]))
        yield Slip("connective", _short(operand), "", operand.at, rest, ALONE, {"operand": quoted(operand)})


def _operands(node: Syntax, chain: Call) -> Iterator[Syntax]:
    if isinstance(node, Call) and (node.form, node.spelling) == (chain.form, chain.spelling):
        for arg in node.args:
            yield from _operands(arg, chain)
    else:
        yield node


def _chained(chain: Call, operands: tuple[Syntax, ...]) -> Syntax:
    """The chain with these terms only, as it would be read: one that begins with a chain of its own goes on with it."""
    first, *others = operands
    if not others:
        return first
    row = rows(chain.form, chain.spelling)[0]
    if row.logic and isinstance(first, Call) and (first.form, first.spelling) == (chain.form, chain.spelling):
        operands = (*first.args, *others)
    return replace(chain, args=operands, further_at=())


def _quantifier(node: Call) -> Iterator[Slip]:
    other = "all" if node.spelling == "exists" else "exists"
    target = source(node.target) if node.target is not None else ""
    before, after = (_cut(f"{target}.{word}(…)") for word in (node.spelling, other))
    yield Slip("quantifier", before, after, node.spelling_at, replace(node, spelling=other), SOME)


def _number(node: Written, place: _Place) -> Iterator[Slip]:
    if isinstance(node.value, (str, bool)):
        return
    above = place.above
    in_days = isinstance(above, Call) and _results(above, DAYS.name)
    for after in stepped(place.text[node.at[0] : node.at[1]]):
        other = replace(node, value=int(after) if isinstance(node.value, int) else float(after))
        before, now = (_short(whole) for whole in (_above(above, node, node), _above(above, node, other)))
        if before == now:  # cut before what changed
            before, now = source(node), source(other)
        args = {"before": quoted(node)}
        yield Slip("date" if in_days else "limit", before, now, node.at, other, BETWEEN, args)


def _above(above: Syntax | None, node: Syntax, other: Syntax) -> Syntax:
    """What stands above a node, with another in its place: a bare number says little."""
    if above is None or isinstance(above, Choice):
        return other
    index = next(index for index, part in enumerate(_parts(above)) if part is node)
    return _with(above, index, other)


def _day(node: Call) -> Iterator[Slip]:
    for step in (-1, 1):
        other = _moved(node, step)
        if other is not None:
            yield Slip("date", _short(node), _short(other), node.at, other, DAYS_BESIDE)


def _moved(node: Call, step: int) -> Syntax | None:
    """A written day moved; worked out where that can be, else with days added."""
    values = [arg.value for arg in node.args if isinstance(arg, Written)]
    if _worked_out(node):
        moved = _beside(str(values[0]), step) if values else None
        return None if moved is None else replace(node, args=(Written(moved, node.args[0].at),))
    days = Call("function", "days", None, (Written(1, node.at),), node.at, node.at)
    return Call("infix", "+" if step > 0 else "-", None, (node, days), node.spelling_at, node.at)


def _beside(text: str, step: int) -> str | None:
    try:
        return (date.fromisoformat(text) + timedelta(step)).isoformat()
    except (ValueError, OverflowError):
        return None


def stepped(text: str) -> tuple[str, str]:
    """A number one unit of its last written digit lower and higher.

    >>> stepped("0.50")
    ('0.49', '0.51')
    """
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    step = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
    return format(number - step, "f"), format(number + step, "f")


# --- what a call is ------------------------------------------------------------------------------------------------


def _negates(row: Operator) -> bool:
    return row.form == "prefix" and any(overload.args == ("bool",) for overload in row.overloads)


def _results(node: Call, name: str) -> bool:
    return any(overload.result.name == name for row in rows(node.form, node.spelling) for overload in row.overloads)


def _worked_out(node: Syntax) -> bool:
    """A literal day: `date("2024-03-11")`."""
    if not isinstance(node, Call) or len(node.args) != 1:
        return False
    return any(row.literal for row in rows(node.form, node.spelling))


def _a_day(node: Call) -> bool:
    """A day made of its year, month and day."""
    made = node.form == "function" and _results(node, DATE.name)
    return made and any(
        len(node.args) == len(overload.args) and set(overload.args) == {"int"}
        for row in rows(node.form, node.spelling)
        for overload in row.overloads
    )


# --- trees ---------------------------------------------------------------------------------------------------------


def _parts(node: Syntax) -> tuple[Syntax, ...]:
    match node:
        case Member(target=target):
            return (target,)
        case Call(target=target, args=args):
            if _a_day(node):  # its numbers are parts of a day, which moves as a whole
                args = tuple(arg for arg in args if not isinstance(arg, Written))
            return args if target is None else (target, *args)
        case Choice(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case Items(items=items):
            return items
    return ()


def _with(node: Syntax, index: int, part: Syntax) -> Syntax:
    """`node` with another part in place of the one at `index` of its parts."""
    old = _parts(node)[index]
    match node:
        case Member():
            return replace(node, target=part)
        case Call(target=target, args=args):
            if target is old:
                return replace(node, target=part)
            changed = tuple(part if each is old else each for each in args)
            return _chained(node, changed) if node.form == "infix" else replace(node, args=changed)
        case Choice():
            test, then, otherwise = (part if each is old else each for each in _parts(node))
            return replace(node, test=test, then=then, otherwise=otherwise)
        case Items(items=items):
            return replace(node, items=tuple(part if each is old else each for each in items))
    raise AssertionError(node)  # pragma: no cover


def quoted(node: Syntax) -> str:
    """A condition in backquotes, cut where it is long."""
    return f"`{_short(node)}`"


def _short(node: Syntax) -> str:
    text = source(node)
    if len(text) > LONGEST and isinstance(node, Call) and node.form == "infix":
        before = node.args[0] if len(node.args) == 2 else replace(node, args=node.args[:-1])
        left, right = (_cut(source(part), LONGEST // 2) for part in (before, node.args[-1]))
        return f"{left} {node.spelling} {right}"
    return _cut(text)


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
