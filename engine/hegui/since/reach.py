"""Which rows a rule looks at: the references it follows and the relations it consumes, from the row it judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hegui.engines.request import answering_row, jurisdiction, name_cell
from hegui.language.tree import Cell, Chain, Node, Related, Row, children
from hegui.ruleset.model import Rule
from hegui.vocabulary import Kind


@dataclass
class Reach:
    """A row of `kind` in reach of rules, with what they reach from there: by a reference field the row it points at,
    by (kind, reference field) the rows that point back."""

    kind: str
    references: dict[str, Reach] = field(default_factory=dict)
    relations: dict[tuple[str, str], Reach] = field(default_factory=dict)

    def follow(self, row: Row) -> Reach:
        """The row that `row` stands for, seen from here; added where no rule came by before."""
        at = self
        for reference, kind in zip(row.refs, row.kinds[1:], strict=True):
            at = at.references.setdefault(reference, Reach(kind))
        return at

    def consume(self, source: Related) -> Reach:
        """A row of a relation of the row `source` names, seen from here."""
        return self.follow(source.row).relations.setdefault((source.kind, source.by), Reach(source.kind))

    def kinds(self) -> Iterator[str]:
        """Its own kind and all that are reached from here."""
        yield self.kind
        for step in self.steps():
            yield from step.kinds()

    def steps(self) -> Iterator[Reach]:
        """What is one step away."""
        yield from self.references.values()
        yield from self.relations.values()


def reach(rules: Iterable[Rule], kind: str, kinds: Mapping[str, Kind]) -> Reach:
    """What `rules`, all about `kind`, look at between them, where their findings are filed included."""
    root = Reach(kind)
    for rule in rules:
        answering = answering_row(rule, kinds)
        root.follow(answering)
        for cell in (name_cell(answering, kinds), jurisdiction(answering, kinds)):
            if cell is not None:
                root.follow(cell.row)
        for expression in rule.expressions():
            visit(expression.node, {"": root})
    return root


def visit(node: Node, rows: dict[str, Reach]) -> None:
    """Add what `node` looks at; `rows` holds the row each variable stands for."""
    if isinstance(node, Cell):
        rows[node.row.var].follow(node.row)
        return
    inner = rows
    if isinstance(node, Chain) and isinstance(node.source, Related):
        inner = {**rows, node.var: rows[node.source.row.var].consume(node.source)}
    for child in children(node):
        visit(child, inner)
