"""How large a condition is once the definitions it uses are written out: few texts can ask for a great deal."""

from __future__ import annotations

from dataclasses import dataclass

from hegui import limits
from hegui.language.tree import Call, Choice, Items, Member, Node, Syntax, children


@dataclass(frozen=True, slots=True)
class Extent:
    """Of a typed tree: its `nodes` counted as often as they stand in it, and how many stand one upon another."""

    nodes: int
    height: int

    @property
    def too_large(self) -> bool:
        return self.nodes > limits.DEFINITION_NODES or self.height > limits.DEFINITION_HEIGHT


def extent(node: Node) -> Extent:
    """The extent of a tree, parts that are shared counted at every place. It visits each part once, without recursion."""
    found: dict[int, Extent] = {}
    waiting = [node]
    while waiting:
        inside = children(waiting[-1])
        unknown = [each for each in inside if id(each) not in found]
        if unknown:
            waiting += unknown
            continue
        parts = [found[id(each)] for each in inside]
        total = 1 + sum(part.nodes for part in parts)
        found[id(waiting.pop())] = Extent(total, 1 + max((part.height for part in parts), default=0))
    return found[id(node)]


def too_high(syntax: Syntax) -> Syntax | None:
    """The first part of a condition with too much above it; None where there is none. Terms of one `&&` or `||` stand
    side by side however many they are."""
    waiting = [(syntax, 1)]
    while waiting:
        part, level = waiting.pop()
        if level > limits.CONDITION_HEIGHT:
            return part
        waiting += [(each, level + 1) for each in below(part)]
    return None


def below(syntax: Syntax) -> tuple[Syntax, ...]:
    """The parts directly below a part of a condition."""
    match syntax:
        case Member(target):
            return (target,)
        case Items(items):
            return items
        case Choice(test, then, otherwise):
            return (test, then, otherwise)
        case Call(target=target, args=args):
            return args if target is None else (target, *args)
    return ()
