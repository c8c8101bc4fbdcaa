"""Whom a change concerns: the rows from which a condition gets to a row that changed.

Both what was reached before the change and what is reached after it counts. Up to the first row that changed, a way leads
over rows that stayed as they were; so it is enough to look at the references as they are before the change, and at the rows
that change in both forms.
"""

from __future__ import annotations

from hegui.session.tables import Changes, Tables, identity, targets
from hegui.since.reach import Reach


class Concern:
    """What conditions look at from rows of one kind, asked whom a change concerns."""

    def __init__(self, root: Reach) -> None:
        self.root = root
        self.kinds = frozenset(root.kinds())

    def rows(self, changes: Changes, tables: Tables) -> set[str]:
        """The identities of the rows at the root that changed, or from which one gets to one that did."""
        return looking(self.root, changes, tables) if not self.kinds.isdisjoint(changes) else set()


def looking(at: Reach, changes: Changes, tables: Tables) -> set[str]:
    """The identities of the rows at a place in reach that changed or look at one that did."""
    found = set(changes.get(at.kind, ()))
    for reference, far in at.references.items():
        groups = tables.pointing.get((at.kind, reference), {})
        for key in looking(far, changes, tables) if groups else ():
            found.update(identity(tables.kinds[at.kind], row) for row in groups.get(key, ()))
    for (name, by), far in at.relations.items():
        for key in looking(far, changes, tables):
            for row in changes.get(name, {}).get(key) or (tables.row(name, key),):
                found.update(key for key in targets(row, by) if tables.holds(at.kind, key, changes))
    return found
