"""Which conclusions can be drawn jurisdiction by jurisdiction: those all of whose rows must be of one jurisdiction.

It is worked out from the equalities of a conclusion. A reference to a mine and the mine's own key are of the same
jurisdiction when they are equal; so are a finding and the entity it is filed under. What has no jurisdiction of its own
(a department) is everywhere, and does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from hegui.conclusions.plan import Equality, Plan
from hegui.language.tree import Cell, Node
from hegui.ruleset.model import Variable
from hegui.vocabulary import Kind, Vocabulary

Term = tuple[int, tuple[str, ...]]
"""A variable and the fields followed from it."""


MOST_LOOSE: Final = 6
"""Variables that may stand for rows of no known jurisdiction; with more, all jurisdictions are taken together unseen."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Can a conclusion be drawn within one jurisdiction (`local`), and is whom it is about of that jurisdiction
    (`home`)?"""

    local: bool
    home: bool


def reaches(
    plans: tuple[Plan, ...], vocabulary: Vocabulary, loose: Mapping[str, Collection[int]] | None = None
) -> dict[str, Reach]:
    """How far each conclusion reaches. One that rests on a far one, or on one about somebody elsewhere, is far too.

    `loose` are the variables of each that may stand for rows whose jurisdiction is not known. Where such a row is given and may be
    blocked, counted or rested on, all jurisdictions matter; so they do where only such a row ties others to one another, since
    what is not known may equal any of them.
    """
    ties = {plan.conclusion.name: _Ties(plan, vocabulary) for plan in plans}
    found = {name: each.reach() for name, each in ties.items()}
    used = {other for plan in plans for other in plan.conclusion.rests_on()}
    for plan in plans:
        conclusion = plan.conclusion
        placeless = set((loose or {}).get(conclusion.name, ()))
        matters = conclusion.unless or conclusion.at_least is not None or conclusion.name in used
        given = any(number < len(conclusion.given) for number in placeless)
        if (given and matters) or not ties[conclusion.name].hold_without(placeless):
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

    Only an equality of two jurisdictions, or of two rows each of which has the jurisdiction of its variable, is a tie:
    where a side of it is not known, the jurisdiction is not known either, and the row counts as of everywhere.
    """

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self.conclusion = plan.conclusion
        self.kinds = vocabulary.kinds
        self.plan = plan
        self.parents: dict[int, int] = {}

    def hold_without(self, loose: Collection[int]) -> bool:
        """Are all rows of one jurisdiction still, whichever of some variables are left out?"""
        if len(loose) > MOST_LOOSE:
            return False
        gaps = (set(gone) for size in range(1, len(loose) + 1) for gone in combinations(sorted(loose), size))
        return all(self.reach(gone).local for gone in gaps) or not self.reach().local

    def reach(self, without: Collection[int] = ()) -> Reach:
        self.parents = {}
        numbers = (int(each.row.var) for each in self.conclusion.variables if self.place(each) is not None)
        placed = [number for number in numbers if number not in without]
        given = [number for number in placed if number < len(self.conclusion.given)]
        self.tie(self.plan.where.equalities, without)
        local = self.together(given) and (bool(given) or not placed)
        self.tie(self.plan.unless.equalities, without)  # which tie no two given rows that may be blocked to one another
        local = local and self.together(placed)
        home = local and bool(given) and "row" in self.decides(self.conclusion.about.node)
        if self.conclusion.at_least is not None:
            local = home  # a group is counted in one place
        return Reach(local, home)

    def tie(self, equalities: Iterable[Equality], without: Collection[int]) -> None:
        for equality in equalities:
            if equality.left.variable in without or equality.right.variable in without:
                continue
            if self.decides(equality.left.node) & self.decides(equality.right.node):
                self.parents[self.root(equality.left.variable)] = self.root(equality.right.variable)

    def together(self, numbers: Iterable[int]) -> bool:
        return len({self.root(number) for number in numbers}) <= 1

    def decides(self, node: Node) -> set[str]:
        """How a field decides the jurisdiction of its variable: it is that jurisdiction (`value`), or points at a row
        that has it (`row`); a town that is its own jurisdiction does both."""
        found = self.named(node)
        if found is None:
            return set()
        term, kind = found
        place = self.place(self.conclusion.variables[term[0]])
        row = self.of(term, kind) if kind is not None else None
        return {word for word, other in (("value", term), ("row", row)) if place is not None and other == place}

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
