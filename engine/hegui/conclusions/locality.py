"""Which conclusions can be drawn jurisdiction by jurisdiction: those all of whose rows must be of one jurisdiction.

It is worked out from the equalities of a conclusion. A reference to a mine and the mine's own key are of the same
jurisdiction when they are equal; so are a finding and the entity it is filed under. What has no jurisdiction of its own
(a department) is everywhere, and does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from hegui.conclusions.plan import Plan
from hegui.language.tree import Cell, Node
from hegui.ruleset.model import Variable
from hegui.vocabulary import Kind, Vocabulary

Term = tuple[int, tuple[str, ...]]
"""A variable and the fields followed from it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Can a conclusion be drawn within one jurisdiction (`local`), and is whom it is about of that jurisdiction
    (`home`)?"""

    local: bool
    home: bool


def reaches(plans: tuple[Plan, ...], vocabulary: Vocabulary) -> dict[str, Reach]:
    """How far each conclusion reaches. One that rests on a far one, or on one about somebody elsewhere, is far too."""
    found = {plan.conclusion.name: _Equal(plan, vocabulary).reach() for plan in plans}
    changed = True
    while changed:
        changed = False
        for plan in plans:
            name = plan.conclusion.name
            if found[name].local and not all(found[other].home for other in plan.conclusion.rests_on()):
                found[name], changed = Reach(False, False), True
    return found


class _Equal:
    """Terms known to be equal, and what follows for jurisdictions."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self.conclusion = plan.conclusion
        self.kinds = vocabulary.kinds
        self.parents: dict[Term, Term] = {}
        for equality in (*plan.where.equalities, *plan.unless.equalities):
            self.unite(equality.left.node, equality.right.node)

    def reach(self) -> Reach:
        places = {self.root(place) for each in self.conclusion.variables if (place := self.place(each)) is not None}
        local = len(places) <= 1
        home = local and self.anchored(self.conclusion.about.node, places)
        if self.conclusion.at_least is not None:
            local = home  # a group is counted in one place
        return Reach(local, home)

    def anchored(self, node: Node, places: set[Term]) -> bool:
        """Is what a node points at of the one jurisdiction there is?"""
        place = self.jurisdiction(node)
        return place is not None and {self.root(place)} == places

    # --- terms

    def place(self, variable: Variable) -> Term | None:
        """The jurisdiction of what a variable stands for."""
        number = int(variable.row.var)
        if variable.source != "row":
            return (number, ("jurisdiction",))
        path = variable.kind.jurisdiction
        return None if path is None else self.term(number, tuple(path.split(".")), variable.kind)

    def term(self, number: int, path: tuple[str, ...], kind: Kind) -> Term:
        """The key of a row stands for the row."""
        at: Kind | None = kind
        for step, name in enumerate(path):
            if at is not None and at.key == (name,) and step == len(path) - 1:
                return number, path[:-1]
            field = at.fields.get(name) if at is not None else None
            at = self.kinds.get(field.type.kind or "") if field is not None else None
        return number, path

    def named(self, node: Node) -> tuple[Term, Kind | None] | None:
        """The term of a plain field, and the kind of what it points at."""
        if not isinstance(node, Cell):
            return None
        number = int(node.row.var or 0)
        variable = self.conclusion.variables[number]
        term = self.term(number, (*node.row.refs, node.field), variable.kind)
        if node.type.name == "ref":
            return term, self.kinds.get(node.type.kind or "")
        holder = self.kinds.get(node.row.kind)
        return term, holder if holder is not None and holder.key == (node.field,) else None

    def jurisdiction(self, node: Node) -> Term | None:
        """The jurisdiction of what a field points at."""
        found = self.named(node)
        if found is None or found[1] is None:
            return None
        return self.of(found[0], found[1])

    def of(self, term: Term, kind: Kind) -> Term | None:
        number, path = term
        variable = self.conclusion.variables[number]
        if variable.source != "row" and path in (("entity",), ("id",)):
            return (number, ("jurisdiction",))
        if kind.jurisdiction is None:
            return None
        if (kind.jurisdiction,) == kind.key:
            return term
        steps = tuple(kind.jurisdiction.split("."))
        whole = self.term(number, (*path, *steps), variable.kind)
        return whole if variable.source == "row" else None

    # --- equality

    def unite(self, left: Node, right: Node) -> None:
        sides = self.named(left), self.named(right)
        if sides[0] is None or sides[1] is None:
            return
        self.join(sides[0][0], sides[1][0])
        kinds = sides[0][1], sides[1][1]
        if kinds[0] is None or kinds[0] is not kinds[1]:
            return
        places = self.of(sides[0][0], kinds[0]), self.of(sides[1][0], kinds[0])
        if places[0] is not None and places[1] is not None:
            self.join(places[0], places[1])

    def join(self, left: Term, right: Term) -> None:
        self.parents[self.root(left)] = self.root(right)

    def root(self, term: Term) -> Term:
        while (above := self.parents.get(term, term)) != term:
            term = above
        return term
