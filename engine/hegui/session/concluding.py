"""The conclusions of a session: what a change touches is grounded anew, the jurisdictions concerned are chained anew, and
whom that may concern is told anew. All the rest stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hegui.conclusions import chaining, reference
from hegui.conclusions.collect import Collector
from hegui.conclusions.drawing import EVERYWHERE, MOST_COPIES, NOBODY, Assembler, Drawer, Stage
from hegui.conclusions.ground import KNOWN, Candidate, Ground, Support, text_of
from hegui.conclusions.locality import Reach as Locality
from hegui.conclusions.locality import reaches
from hegui.conclusions.program import Chained, Fact, Program
from hegui.engines.request import Request, jurisdiction, name_cell
from hegui.facts.registry import Registry
from hegui.language.tree import Row
from hegui.outcome import Drawing, Drawn, conclusion_fingerprint
from hegui.ruleset.model import Ruleset, Variable
from hegui.ruleset.stratified import groups
from hegui.session.concerned import Concern, looking
from hegui.session.grounds import Grounds
from hegui.session.journal import Journal
from hegui.session.parts import FAR, Part, Parts
from hegui.session.tables import Changes, Tables
from hegui.session.verdicts import Moved
from hegui.since.reach import Reach, visit
from hegui.vocabulary import Kind
from hegui.waivers.matching import Covering

Key = tuple[str, str]
"""A conclusion and whom it is about."""


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
        self.order = groups(self.active)
        self.blocked = {plan.conclusion.name: plan.blocked for plan in self.drawer.plans}
        self.parts = Parts()
        self.made: dict[Key, Drawn] = {}
        self.told: dict[str, dict[str, None]] = {name: {} for name in self.active}
        """Whom each conclusion is made about."""
        self.waived: dict[str, tuple[str, ...]] = {}
        self.reach = self._reach()
        self.stages: dict[str, Stage] = {}
        self.checked: dict[bool, Program] = {}
        self._all(Journal())

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
        if asked.whole or self._reach() != self.reach:
            return None
        self._plan_anew(journal)
        dirty = self._chain_anew(journal)
        for name in self.active:
            if name in asked.all_of:
                dirty.setdefault(name, set()).update(self.parts.everybody(name))
            kind = self.active[name].about_kind
            dirty.setdefault(name, set()).update(
                at for of, at in asked.abouts if of == kind and (name, at) in self.made
            )
        return self._assemble(dirty, journal)

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

    # --- chaining

    def _reach(self) -> dict[str, Locality]:
        plans, vocabulary = self.drawer.plans, self.source.request.ruleset.vocabulary
        found = reaches(plans, vocabulary, [name for name, each in self.grounds.items() if each.loose.get(0)])
        places = {place for each in self.grounds.values() for place in each.places} - {None}
        loose = sum(len(each.places.get(None, ())) for each in self.grounds.values())
        return dict.fromkeys(found, Locality(False, False)) if len(places) * loose > MOST_COPIES else found

    def _plan_anew(self, journal: Journal) -> None:
        """Write the flat rules anew where some value is not known that was, or the other way round."""
        stale = False
        for plan in self.drawer.plans:
            name, grounded = plan.conclusion.name, self.drawer.grounded[plan.conclusion.name]
            unknown = self.grounds[name].unknown_keys()
            if unknown != grounded.unknown:
                journal.put(grounded.__dict__, "unknown", unknown)
                journal.put(self.drawer.flats, name, self.drawer.flat(plan))
                stale = True
        if stale or not self.stages:
            journal.put(self.stages, "near", self.drawer.stage(self.reach, True))
            journal.put(self.stages, "far", self.drawer.stage(self.reach, False))

    def _chain_anew(self, journal: Journal) -> dict[str, set[str]]:
        """Chain what was touched; returns whom something else was found about, by conclusion."""
        near, far = ([self.grounds[plan.conclusion.name] for plan in self.stages[at].plans] for at in ("near", "far"))
        touched = {place for each in near for place in each.touched}
        again = set(self.labels()) if None in touched else {place for place in touched if place is not None}
        again |= set(self.labels()) - set(self.parts.by_label)
        far_again = any(each.touched for each in far) or FAR not in self.parts.by_label
        found: set[Key] = set()
        for label in sorted(again & set(self.labels())):
            far_again |= self._put(label, self._chained(label), found, journal)
        for label in set(self.parts.by_label) - set(self.labels()) - {FAR}:
            far_again |= self._put(label, None, found, journal)
        if far_again and self.stages["far"].plans:
            self._put(FAR, self._chained(FAR), found, journal)
        found |= set(self._restated())
        return self._widened(found)

    def _put(self, label: str, part: Part | None, found: set[Key], journal: Journal) -> bool:
        """Replace a part; tells whether what reaches across jurisdictions is concerned."""
        old = self.parts.by_label.get(label)
        found |= self.parts.put(label, part, self.blocked, journal)
        return (old.derived if old is not None else frozenset()) != (part.derived if part is not None else frozenset())

    def labels(self) -> list[str]:
        """The jurisdictions that are chained; where there is none, what may be of any is chained by itself."""
        if not self.stages["near"].plans:
            return []
        near = [self.grounds[plan.conclusion.name] for plan in self.stages["near"].plans]
        return sorted({place for each in near for place in each.places if place is not None}) or [EVERYWHERE]

    def _chained(self, label: str) -> Part:
        stage = self.stages["far" if label == FAR else "near"]
        held = [self.grounds[plan.conclusion.name] for plan in stage.plans]
        facts: list[Fact]
        if label == FAR:
            derived = (each.derived for at, each in sorted(self.parts.by_label.items()) if at != FAR)
            facts = [each for of in held for place in of.places for each in of.facts(place)]
            facts += sorted({each for of in derived for each in of})
        else:
            facts = [each for of in held for place in {label, None} for each in of.facts(place)]
        chained = self._follows(label, stage.program, facts)
        meanings = {name: meaning for flat in self.drawer.flats.values() for name, meaning in flat.meanings.items()}
        fixed = self.drawer.fixed.items()
        abouts = {name: str(each["about"]).removeprefix(KNOWN) for name, each in fixed if each}
        collector = Collector(self.drawer.by_name, self.drawer.grounded, meanings, abouts)
        collector.take(chained)
        roles = self.stages["far"].roles if label != FAR else frozenset()
        new = chained.facts[chained.given :]
        return Part(collector.found, frozenset(each for each in new if each.kind in roles))

    def _follows(self, label: str, program: Program, facts: list[Fact]) -> Chained:
        """What follows from facts. A program is checked once; facts have the form that was checked with the first."""
        if program is not self.checked.get(label == FAR):
            (done,) = chaining.run([chaining.Job(label, program, tuple(facts))], "reference")
            self.checked[label == FAR] = program
            return done.chained
        return reference.chain(program, facts)

    def _restated(self) -> Iterator[Key]:
        """Whom there are matches about that are made of something that was looked at again."""
        for name, held in self.grounds.items():
            if not held.renewed:
                continue
            places = held.touched | held.restated
            labels = set(self.parts.by_label) if None in places or not self.reach[name].local else places
            for label in labels:
                part = self.parts.by_label.get(str(label))
                for matches in (part.found[name].sure, part.found[name].maybe) if part is not None else ():
                    for about, found in matches.items():
                        if any(not held.renewed.isdisjoint(names) for names in found):
                            yield name, about

    def _widened(self, found: Iterable[Key]) -> dict[str, set[str]]:
        """Of what is found about nobody known, everybody hears who may be meant."""
        dirty: dict[str, set[str]] = {}
        for name, about in found:
            dirty.setdefault(name, set()).update([about] if about != NOBODY else self.parts.everybody(name))
        return dirty

    # --- telling

    def _all(self, journal: Journal) -> None:
        self._plan_anew(journal)
        self._chain_anew(journal)
        self._assemble({name: self.parts.everybody(name) for name in self.active}, journal)

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
        found = {
            name: self.parts.merged(name, dirty.get(name, ()), self.drawer.by_name[name].blocked) for name in group
        }
        assembler.found = {**assembler.found, **found}
        there = [(name, about) for name, about in keys if about in found[name].drawn | found[name].possible]
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
                dirty.setdefault(name, set()).update(self.parts.everybody(name), self.told[name])

    def drawing(self) -> Drawing:
        """All of it as a chainer would return it."""
        drawn = [self.made[key] for key in sorted(self.made)]
        names = sorted(self.active)
        summaries = tuple(self.drawer.summary(name, drawn, self.parts.nobody(name)) for name in names)
        return Drawing("reference", summaries, tuple(drawn))
