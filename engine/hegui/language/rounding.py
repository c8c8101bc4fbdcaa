"""Where doubles round: which values are results of arithmetic, and so compared with a tolerance."""

from __future__ import annotations

from hegui.language.operators import OPERATORS
from hegui.language.tree import Chain, Const, Convert, If, Let, Node, Op, Param


def zero(node: Node) -> bool:
    """A literal zero: nothing is nothing in any unit."""
    return isinstance(node, Const) and not isinstance(node.value, (str, bool)) and node.value == 0


def arithmetic(node: Node) -> bool:
    """Is the value the result of double arithmetic, and so subject to rounding?"""
    if node.type.name != "number":
        return False
    match node:
        case Op(key=key, args=args):
            terms = OPERATORS[key].terms
            return terms in ("product", "quotient") or (
                terms is not None and (OPERATORS[key].form == "infix" or any(map(arithmetic, args)))
            )
        case Convert(arg=arg):
            return not isinstance(arg, Param)
        case Let(body=body):
            return arithmetic(body)
        case If(then=then, otherwise=otherwise):
            return arithmetic(then) or arithmetic(otherwise)
        case Chain(ending=ending, value=value):
            return ending in ("sum", "avg") or (value is not None and arithmetic(value))
    return False
