"""Which conclusions can be drawn jurisdiction by jurisdiction: those all of whose rows must be of one jurisdiction.

It is worked out from the equalities of a conclusion. A reference to a mine and the mine's own key are of the same
jurisdiction when they are equal; so are a finding and the entity it is filed under. What has no jurisdiction of its own
(a department) is everywhere, and does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hegui.conclusions.plan import Equality, Plan
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


def reaches(plans: tuple[Plan, ...], vocabulary: Vocabulary, loose: Collection[str] = ()) -> dict[str, Reach]:
    """How far each conclusion reaches. One that rests on a far one, or on one about somebody elsewhere, is far too.

    A conclusion in `loose` has given rows whose jurisdiction is not known: where such a row may be blocked, counted or
    rested on, all jurisdictions matter.
    """
    found = {plan.conclusion.name: _Ties(plan, vocabulary).reach() for plan in plans}
    used = {other for plan in plans for other in plan.conclusion.rests_on()}
    for plan in plans:
        conclusion = plan.conclusion
        matters = conclusion.unless or conclusion.at_least is not None or conclusion.name in used
        if conclusion.name in loose and matters:
            found[conclusion.name] = Reach(False, False)
    changed = True
    while changed:
        changed = False
        for plan in plans:
            name = plan.conclusion.name
            if found[name].local and not all(
                found[other].home for other in plan.conclusion.rests_on() if other in found
            ):
                found[name], changed = Reach(False, False), True
    return found


class _Ties:
    """Which variables of a conclusion are tied to one another's jurisdiction.

    Only an equality of two jurisdictions, or of two rows each of which decides the jurisdiction of its variable, is a
    tie: where a side of it is not known, the jurisdiction is not known either, and the row counts as of everywhere.
    """

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self.conclusion = plan.conclusion
        self.kinds = vocabulary.kinds
        self.plan = plan
        self.parents: dict[int, int] = {}

    def reach(self) -> Reach:
        placed = [int(each.row.var) for each in self.conclusion.variables if self.place(each) is not None]
        given = [number for number in placed if number < len(self.conclusion.given)]
        self.tie(self.plan.where.equalities)
        local = self.together(given) and (bool(given) or not placed)
        self.tie(self.plan.unless.equalities)  # which tie no two given rows that may be blocked to one another
        local = local and self.together(placed)
        home = local and bool(given) and self.decides(self.conclusion.about.node)
        if self.conclusion.at_least is not None:
            local = home  # a group is counted in one place
        return Reach(local, home)

    def tie(self, equalities: Iterable[Equality]) -> None:
        for equality in equalities:
            if self.decides(equality.left.node) and self.decides(equality.right.node):
                self.parents[self.root(equality.left.variable)] = self.root(equality.right.variable)

    def together(self, numbers: Iterable[int]) -> bool:
        return len({self.root(number) for number in numbers}) <= 1

    def decides(self, node: Node) -> bool:
        """Does what a node points at decide the jurisdiction of the variable it is about?"""
        found = self.named(node)
        if found is None:
            return False
        term, kind = found
        place = self.place(self.conclusion.variables[term[0]])
        return place is not None and place in (term, self.of(term, kind) if kind is not None else None)

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

    def root(self, number: int) -> int:
        while (above := self.parents.get(number, number)) != number:
            number = above
        return number
