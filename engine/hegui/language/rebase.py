"""Moving a typed tree: a definition made for a row of its kind, used from another row or inside a quantifier."""

from __future__ import annotations

from dataclasses import replace

from hegui.language.tree import (
    Cell,
    Chain,
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
    Related,
    Row,
)


def rebase(node: Node, onto: Row, depth: int) -> Node:
    """`node`, about a row of some kind, made about the row `onto` of that kind, `depth` quantifiers further in."""
    if not onto.var and not onto.refs and depth == 0:
        return node
    return _Rebase(onto, depth).node(node)


def substitute(node: Node, var: str, item: Node) -> Node:
    """`node` with the element `var` stands for replaced by `item`: one turn of a list literal's quantifier."""
    return _Substitute(var, item).node(node)


class _Rebase:
    """Rebuilds a tree; one branch per node kind."""

    def __init__(self, onto: Row, depth: int) -> None:
        self.onto = onto
        self.depth = depth

    def node(self, node: Node) -> Node:
        match node:
            case Cell(row=row):
                return replace(node, row=self.row(row))
            case Element(var=var, origin=origin):
                return replace(node, var=self.var(var), origin=self.path(origin))
            case Param(on=on):
                return node if on is None else replace(node, on=self.node(on))
            case Op(args=args):
                return replace(node, args=tuple(map(self.node, args)))
            case Convert(arg=arg):
                return replace(node, arg=self.node(arg))
            case Logic(parts=parts):
                return replace(node, parts=tuple(map(self.node, parts)))
            case If(test=test, then=then, otherwise=otherwise):
                return replace(node, test=self.node(test), then=self.node(then), otherwise=self.node(otherwise))
            case Has(cell=cell):
                return replace(node, cell=self.cell(cell))
            case Let(path=path, body=body):
                return replace(node, path=self.path(path), body=self.node(body))
            case Chain():
                return self.chain(node)
        return node

    def chain(self, chain: Chain) -> Chain:
        def maybe(part: Node | None) -> Node | None:
            return None if part is None else self.node(part)

        source = chain.source
        match source:
            case Related(row=row):
                source = replace(source, row=self.row(row))
            case Listed(cell=cell):
                source = replace(source, cell=self.cell(cell))
            case Given(items=items):
                source = replace(source, items=tuple(map(self.node, items)))
        return replace(
            chain,
            source=source,
            var=self.var(chain.var),
            filter=maybe(chain.filter),
            value=maybe(chain.value),
            predicate=maybe(chain.predicate),
        )

    def cell(self, cell: Cell) -> Cell:
        return replace(cell, row=self.row(cell.row))

    def row(self, row: Row) -> Row:
        if row.var:
            return replace(row, var=self.var(row.var), origin=self.path(row.origin))
        onto = self.onto
        return Row(onto.var, (*onto.kinds, *row.kinds[1:]), (*onto.refs, *row.refs), onto.origin)

    def var(self, var: str) -> str:
        return str(int(var) + self.depth)

    def path(self, path: str) -> str:
        return self.onto.path(path) if path else path


class _Substitute(_Rebase):
    """Leaves rows and variables as they are and puts a value in place of one element."""

    def __init__(self, var: str, item: Node) -> None:
        super().__init__(Row("", ("",)), 0)
        self.replaced, self.item = var, item

    def node(self, node: Node) -> Node:
        if isinstance(node, Element):
            return self.item if node.var == self.replaced else node
        return super().node(node)

    def row(self, row: Row) -> Row:
        return row
