"""The conclusions of a session: what a change concerns is grounded anew, what follows from it is taken back or added, and whom
that concerns is told anew. All the rest stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hegui.conclusions.drawing import MOST_COPIES, NOBODY, Assembler, Drawer
from hegui.conclusions.ground import KNOWN, Candidate, Ground, Support, text_of
from hegui.conclusions.locality import Reach as Locality
from hegui.conclusions.locality import reaches
from hegui.conclusions.plan import Plan
from hegui.engines.request import Request, jurisdiction, name_cell
from hegui.facts.registry import Registry
from hegui.language.tree import Row
from hegui.outcome import Drawing, Drawn, conclusion_fingerprint
from hegui.ruleset.model import Ruleset, Variable
from hegui.ruleset.stratified import groups
from hegui.session.concerned import Concern, looking
from hegui.session.grounds import Grounds
from hegui.session.journal import Beginning, Journal
from hegui.session.networks import Networks
from hegui.session.tables import Changes, Tables
from hegui.session.verdicts import Moved
from hegui.since.reach import Reach, visit
from hegui.vocabulary import Kind
from hegui.waivers.matching import Covering

Key = tuple[str, str]
"""A conclusion and whom it is about."""
MOST_RULES: Final = 500
"""Of one conclusion: beyond, flat rules are only made for values that are not known now."""


@dataclass(frozen=True)
class Asked:
    """What of the conclusions a change concerns: by conclusion and variable the names of candidates, with the row each is
    (None: a finding); whom else something is told of; conclusions all of which are told anew."""

    candidates: Mapping[tuple[str, int], Mapping[str, tuple[str, str] | None]]
    abouts: frozenset[tuple[str, str]]
    all_of: frozenset[str]
    whole: bool = False


class Concluding:
    """The conclusions drawn from the rows and findings of a session."""

    def __init__(
        self,
        ruleset: Ruleset,
        registry: Registry,
        tables: Tables,
        supports: Iterable[Support],
        days: tuple[date, date],
        covering: Covering,
    ) -> None:
        as_of, decided_on = days
        self.tables, self.kinds = tables, ruleset.vocabulary.kinds
        self.active = {name: each for name, each in ruleset.conclusions.items() if each.in_force.holds(as_of)}
        lacking = [rule for rule in ruleset.rules.values() if rule.about not in registry.tables]
        self.supports = {each.finding.fingerprint: each for each in supports}
        self.source = Ground(Request(ruleset, registry, as_of, ()), self.supports.values(), lacking, tables)
        self.drawer = Drawer(self.active, self.source, decided_on, "reference", covering)
        self.waived_supports = {name: each for name, each in self.supports.items() if each.waived is not None}
        self.source.supports = ()
        self.source.__dict__.pop("by_rule", None)
        self.grounds = {
            plan.conclusion.name: Grounds(plan, self.drawer.grounded[plan.conclusion.name], self.source)
            for plan in self.drawer.plans
        }
        self.roots = {plan.conclusion.name: self._roots(plan.conclusion.name) for plan in self.drawer.plans}
        self.about_concerns = {each.about_kind: self._about(each.about_kind) for each in self.active.values()}
        self.reach = self._reach()
        self.order = groups(self.active)
        self.made: dict[Key, Drawn] = {}
        self.told: dict[str, dict[str, None]] = {name: {} for name in self.active}
        """Whom each conclusion is made about."""
        self.waived: dict[str, tuple[str, ...]] = {}
        self.foreseen = {plan.conclusion.name: self._foresee(plan) for plan in self.drawer.plans}
        self.nets = Networks(self.drawer, self.reach)
        self.found = self.nets.found
        self.nets.begin(each for held in self.grounds.values() for each in held.facts.values())
        self._assemble({name: self._everybody(name) for name in self.active}, Beginning())

    def _foresee(self, plan: Plan) -> set[tuple[int, str]]:
        """The keys some candidate may have no value of, and flat rules for it: all there are, unless that makes too many
        rules; then those some candidate has none of now."""
        name, grounded, held = plan.conclusion.name, self.drawer.grounded[plan.conclusion.name], self.grounds
        now = grounded.unknown
        asked = (number for number, each in enumerate(plan.conclusion.variables) if each.source != "conclusion")
        grounded.unknown = {(number, key) for number in asked for key in held[name].names[number]}
        flat = self.drawer.flat(plan)
        if len(flat.rules) > MOST_RULES:
            grounded.unknown = now
            flat = self.drawer.flat(plan)
        self.drawer.flats[name] = flat
        return grounded.unknown

    def _reach(self) -> dict[str, Locality]:
        """How far each conclusion reaches, as a run has it."""
        plans, vocabulary = self.drawer.plans, self.source.request.ruleset.vocabulary
        found = reaches(plans, vocabulary, {name: held.placeless() for name, held in self.grounds.items()})
        places = {place for held in self.grounds.values() for place, facts in held.places.items() if facts} - {None}
        loose = sum(held.places.get(None, 0) for held in self.grounds.values())
        return dict.fromkeys(found, Locality(False, False)) if len(places) * loose > MOST_COPIES else found

    def _everybody(self, name: str) -> set[str]:
        return self.found.everybody(name) | set(self.told[name])

    def _roots(self, name: str) -> list[Reach]:
        """What the conditions and texts of a conclusion look at from each of its variables."""
        conclusion = self.active[name]
        roots = [Reach(variable.kind.name) for variable in conclusion.variables]
        rows = {variable.row.var: root for variable, root in zip(conclusion.variables, roots, strict=True)}
        for expression in conclusion.expressions():
            visit(expression.node, rows)
        for variable, root in zip(conclusion.variables, roots, strict=True):
            placed = jurisdiction(Row("", (root.kind,)), self.kinds) if variable.source == "row" else None
            if placed is not None:
                root.follow(placed.row)
        return roots

    def _about(self, kind: str) -> Concern:
        """What is told of whom a conclusion is about."""
        root, row = Reach(kind), Row("", (kind,))
        for cell in (name_cell(row, self.kinds), jurisdiction(row, self.kinds)):
            if cell is not None:
                root.follow(cell.row)
        return Concern(root)

    # --- before a change

    def concerned(self, changes: Changes) -> Asked:
        """What a change concerns; asked before it is made."""
        candidates: dict[tuple[str, int], dict[str, tuple[str, str] | None]] = {}
        all_of, whole = set(), False
        for name, conclusion in self.active.items():
            for number, (variable, root) in enumerate(zip(conclusion.variables, self.roots[name], strict=True)):
                if set(root.kinds()).isdisjoint(changes):
                    continue
                if variable.source == "row":
                    whole |= not variable.kind.key
                    rows = looking(root, changes, self.tables)
                    candidates[name, number] = {
                        self._called(variable.kind, at, changes): (root.kind, at) for at in rows
                    }
                elif variable.source == "finding":
                    candidates[name, number] = dict.fromkeys(self._findings(name, number, root, changes))
                elif any(looking(far, changes, self.tables) for far in root.references.values()):
                    all_of.add(name)
        abouts = {
            (kind, at) for kind, concern in self.about_concerns.items() for at in concern.rows(changes, self.tables)
        }
        whole |= any(self._fixed_about(name) in abouts for name in self.active)
        return Asked(candidates, frozenset(abouts), frozenset(all_of), whole)

    def _called(self, kind: Kind, at: str, changes: Changes) -> str:
        old, new = changes.get(kind.name, {}).get(at) or (self.tables.row(kind.name, at), None)
        row = new or old
        assert row is not None
        return f"?{kind.name}/{row.number}" if row.ghost else text_of(f"{kind.name}/{row.key}")

    def _findings(self, name: str, number: int, root: Reach, changes: Changes) -> Iterator[str]:
        """The candidates of a variable that stand for findings from which one gets to what changes."""
        for pointer, far in root.references.items():
            for key in looking(far, changes, self.tables):
                yield from self.grounds[name].pointing.get((number, pointer, key), ())

    def _fixed_about(self, name: str) -> tuple[str, str] | None:
        fixed = self.drawer.fixed[name]
        return (self.active[name].about_kind, str(fixed["about"])[len(KNOWN) :]) if fixed.get("about") else None

    # --- after a change

    def follow(
        self, asked: Asked, moved: Mapping[str, tuple[Moved, Support | None]], journal: Journal
    ) -> list[tuple[Drawn | None, Drawn | None]] | None:
        """Draw anew what a change concerns, after it was made; returns each conclusion that is not as it was. None where all
        have to be drawn anew.

        Args:
            asked: what `concerned` said before.
            moved: the findings that came, went or changed, by fingerprint, with what conclusions see of them now.
        """
        for each in self.grounds.values():
            each.begin()
        self._support(moved, journal)
        self._renew(asked, moved, journal)
        unforeseen = any(not held.unknown_keys() <= self.foreseen[name] for name, held in self.grounds.items())
        if asked.whole or unforeseen or self._reach() != self.reach:
            return None
        dirty = self._chain(journal)
        for name, conclusion in self.active.items():
            if name in asked.all_of:
                dirty.setdefault(name, set()).update(self._everybody(name))
            known = {at for of, at in asked.abouts if of == conclusion.about_kind and at in self.told[name]}
            dirty.setdefault(name, set()).update(known)
        return self._assemble(dirty, journal)

    def _chain(self, journal: Journal) -> dict[str, set[str]]:
        """What follows from the facts that changed; returns whom something else is found about, or something that was looked
        at again, by conclusion."""
        pairs = [held.changed() for held in self.grounds.values()]
        again = [each for held in self.grounds.values() for called in held.renewed if (each := held.facts.get(called))]
        found = self.nets.made_of(again)
        found |= self.nets.change(
            [each for gone, _ in pairs for each in gone], [each for _, come in pairs for each in come], journal
        )
        found |= self.nets.made_of(again)
        dirty: dict[str, set[str]] = {}
        for name, about in found:  # of what is found about nobody known, everybody hears who may be meant
            dirty.setdefault(name, set()).update([about] if about != NOBODY else self._everybody(name))
        return dirty

    def _support(self, moved: Mapping[str, tuple[Moved, Support | None]], journal: Journal) -> None:
        for fingerprint, (_, support) in moved.items():
            for held, is_ in ((self.supports, True), (self.waived_supports, support and support.waived is not None)):
                if support is not None and is_:
                    journal.put(held, fingerprint, support)
                else:
                    journal.drop(held, fingerprint)

    def _renew(self, asked: Asked, moved: Mapping[str, tuple[Moved, Support | None]], journal: Journal) -> None:
        for name, conclusion in self.active.items():
            local, held = self.reach[name].local, self.grounds[name]
            for number, variable in enumerate(conclusion.variables):
                wanted = dict(asked.candidates.get((name, number), {}))
                if variable.source == "finding":
                    wanted |= {text_of(at): None for at, (each, _) in moved.items() if each.found.rule in variable.of}
                blocking = number >= len(conclusion.given)
                for called, row in wanted.items():
                    fresh = self._candidate(variable, called, row, blocking)
                    held.renew(number, called, fresh, local, journal)
            about = ((kind, at) for kind, at in asked.abouts if kind == conclusion.about_kind)
            for _, at in about:
                for number, called in list(held.abouts.get(at, ())):
                    held.renew(number, called, held.grounded.candidates[held.plan.role(number), called], local, journal)

    def _candidate(
        self, variable: Variable, called: str, row: tuple[str, str] | None, blocking: bool
    ) -> Candidate | None:
        """What a variable may stand for under a name, as things are now."""
        if row is None:
            support = self.supports.get(called)
            if support is None or (support.apart and not blocking):
                return None
            return self.source.finding_candidate(variable, support)
        kind, at = row
        there = at in self.tables.of[kind] or self.tables.is_aside(kind, at)
        return self.source.row_candidate(variable, self.tables.row(kind, at)) if there else None

    # --- telling

    def _assemble(self, dirty: dict[str, set[str]], journal: Journal) -> list[tuple[Drawn | None, Drawn | None]]:
        self.source.supports = tuple(self.waived_supports.values())
        assembler = Assembler(self.drawer, {})
        assembler.waived |= self.waived
        changed: dict[Key, tuple[Drawn | None, Drawn | None]] = {}
        for group in self.order:
            self._spread(group, dirty, changed)
            keys = [(name, about) for name in group for about in sorted(dirty.get(name, ()))]
            was = {key: journal.drop(self.made, key) for key in keys}
            for name, about in keys:
                journal.drop(self.told[name], about)
                print_ = conclusion_fingerprint(name, self.active[name].about_kind, about)
                assembler.waived.pop(print_, None)
                journal.drop(self.waived, print_)
            self._tell(group, keys, assembler, dirty, journal)
            for key, old in was.items():
                if old != self.made.get(key):
                    changed[key] = old, self.made.get(key)
        return [changed[key] for key in sorted(changed)]

    def _tell(
        self,
        group: tuple[str, ...],
        keys: list[Key],
        assembler: Assembler,
        dirty: Mapping[str, set[str]],
        journal: Journal,
    ) -> None:
        """Make the conclusions of a group about some, each after those it rests on."""
        assembler.made = self.made
        found = {name: self.found.matches(name, dirty.get(name, ())) for name in group}
        assembler.found = {**assembler.found, **found}
        there = [(name, about) for name, about in keys if about in found[name].drawn or about in found[name].possible]
        for name, about in there:
            journal.put(self.made, (name, about), assembler.one(self.drawer.by_name[name], about))
            journal.put(self.told[name], about, None)
            print_ = conclusion_fingerprint(name, self.active[name].about_kind, about)
            if print_ in assembler.waived:
                journal.put(self.waived, print_, assembler.waived[print_])
        for key in there:
            journal.put(self.made, key, assembler.settled(*key))

    def _spread(
        self,
        group: tuple[str, ...],
        dirty: dict[str, set[str]],
        changed: Mapping[Key, tuple[Drawn | None, Drawn | None]],
    ) -> None:
        """Whom a group is told anew about for the sake of what it rests on; those in a circle all together."""
        below = {other for name in group for other in self.active[name].rests_on()}
        prints = {
            each.fingerprint for key, pair in changed.items() if key[0] in below for each in pair if each is not None
        }
        if prints:
            for name in group:
                for about in self.told[name]:
                    each = self.made[name, about]
                    if not each.certain or not prints.isdisjoint(each.because):
                        dirty.setdefault(name, set()).add(about)
        if not below.isdisjoint(group) and any(dirty.get(name) for name in group):
            for name in group:
                dirty.setdefault(name, set()).update(self._everybody(name))

    def drawing(self) -> Drawing:
        """All of it as a chainer would return it."""
        drawn = [self.made[key] for key in sorted(self.made)]
        names = sorted(self.active)
        summaries = tuple(self.drawer.summary(name, drawn, self.found.nobody(name)) for name in names)
        return Drawing("reference", summaries, tuple(drawn))
