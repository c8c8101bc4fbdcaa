"""From findings and rows to conclusions: ground, flatten, chain jurisdiction by jurisdiction, then what reaches across
them, and bring together what was found with its grounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

from hegui.conclusions.chaining import Done, Job, run
from hegui.conclusions.collect import Collector, Matches, Names
from hegui.conclusions.flatten import Flat, Use, filled, flatten, passed
from hegui.conclusions.ground import KNOWN, UNKNOWN, Ground, Grounded, Placed, Support, ground
from hegui.conclusions.locality import Reach, reaches
from hegui.conclusions.plan import Plan, plans, unknown
from hegui.conclusions.program import Fact, Program, Scalar
from hegui.conclusions.telling import Rows, Teller
from hegui.datatypes import Cause, Text, Undetermined, merge
from hegui.engines.request import Request
from hegui.facts.registry import Registry
from hegui.language.scalar import compile_node
from hegui.language.tree import Cell
from hegui.outcome import Drawing, Drawn, RowGround, conclusion_fingerprint
from hegui.ruleset.model import Certainty, Conclusion, Ruleset, StatedConclusion

NEVER: Final = 2**31
"""A number of matches no run has: what a count waits for whose number is not in force."""
EVERYWHERE: Final = ""
"""The label of the stage that reaches across jurisdictions."""


def draw(
    ruleset: Ruleset,
    registry: Registry,
    supports: Iterable[Support],
    *,
    as_of: date,
    decided_on: date,
    chainer: str,
) -> Drawing:
    """Draw every conclusion of a ruleset that is in force on `as_of`.

    Args:
        ruleset: the rules and conclusions.
        registry: the facts.
        supports: the findings of all rules, as conclusions see them.
        as_of: the day the facts are looked at, on which conditions, parameters and law are taken.
        decided_on: the day of the decision, with which remedies begin and for which later law is shown.
        chainer: `durable`, `reference` or `spark`; they mean the same.

    Raises:
        HeguiError: the action of a rule failed, which names the conclusion.
    """
    active = {name: each for name, each in ruleset.conclusions.items() if each.in_force.holds(as_of)}
    return _Drawer(active, _source(ruleset, registry, supports, as_of), decided_on, chainer).drawing()


def draw_alone(
    ruleset: Ruleset,
    registry: Registry,
    supports: Iterable[Support],
    conclusion: str,
    stated: Iterable[StatedConclusion] = (),
    *,
    as_of: date,
    chainer: str,
) -> Drawing:
    """Draw one conclusion by itself, taking the conclusions it rests on as `stated`: for worked examples."""
    active = {conclusion: ruleset.conclusions[conclusion]}
    drawer = _Drawer(active, _source(ruleset, registry, supports, as_of), as_of, chainer)
    drawer.state(stated)
    return drawer.drawing()


def _source(ruleset: Ruleset, registry: Registry, supports: Iterable[Support], as_of: date) -> Ground:
    lacking = [rule for rule in ruleset.rules.values() if rule.about not in registry.tables]
    return Ground(Request(ruleset, registry, as_of, ()), supports, lacking)


@dataclass(frozen=True)
class _Stage:
    """What is chained together: conclusions, their flat rules, and the kinds of facts their variables stand for."""

    plans: tuple[Plan, ...]
    program: Program

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(plan.role(int(each.row.var)) for plan in self.plans for each in plan.conclusion.variables)


class _Drawer:
    """Draws the conclusions of one run."""

    def __init__(self, active: Mapping[str, Conclusion], source: Ground, decided_on: date, chainer: str) -> None:
        self.source, self.chainer = source, chainer
        self.plans = plans(active)
        self.by_name = {plan.conclusion.name: plan for plan in self.plans}
        self.tellers = {name: Teller(each, source, decided_on) for name, each in active.items()}
        self.grounded = {plan.conclusion.name: ground(plan, source) for plan in self.plans}
        self.fixed = {plan.conclusion.name: self._fixed(plan) for plan in self.plans}
        self.flats = {plan.conclusion.name: self._flat(plan) for plan in self.plans}

    def drawing(self) -> Drawing:
        meanings = {name: meaning for flat in self.flats.values() for name, meaning in flat.meanings.items()}
        abouts = {name: str(fixed["about"]).removeprefix(KNOWN) for name, fixed in self.fixed.items() if fixed}
        collector = Collector(self.by_name, self.grounded, meanings, abouts)
        done = list(self.chain())
        for each in done:
            collector.take(each.chained)
        drawn = _Assembler(self, collector.found).all()
        names = {each.chainer for each in done} or {"durable" if self.chainer == "durable" else "reference"}
        chainer = "durable" if "durable" in names else "reference"
        notes = (Text(each.note.message("zh"), each.note.message("en")) for each in done if each.note is not None)
        summaries = tuple(self.summary(name, drawn, collector.found[name]) for name in sorted(self.by_name))
        return Drawing(chainer, summaries, tuple(drawn), tuple(dict.fromkeys(notes)))

    def summary(self, name: str, drawn: list[Drawn], found: Matches) -> Any:
        mine = [each for each in drawn if each.conclusion == name]
        certain = sum(1 for each in mine if each.certain)
        return self.tellers[name].summary(certain, len(mine) - certain, len(found.unplaced))

    def state(self, stated: Iterable[StatedConclusion]) -> None:
        """Take conclusions as drawn."""
        for each in stated:
            about = self.source.request.ruleset.conclusions[each.conclusion].about_kind
            place = each.jurisdiction or self.source.entity(about, each.id)[1]
            known = {"about": KNOWN + each.id, "place": UNKNOWN if place is None else KNOWN + place}
            for plan in self.plans:
                for variable in plan.conclusion.variables:
                    if variable.source == "conclusion" and variable.of[0] == each.conclusion:
                        head = passed(Use(plan, variable), each.verdict == "concluded")
                        given = filled(head, {**known, unknown("place"): place is None})
                        self.grounded[plan.conclusion.name].facts.append(Placed(given, place))

    # --- flat rules

    def _fixed(self, plan: Plan) -> dict[str, Scalar]:
        """What is the same for all matches of a conclusion."""
        found: dict[str, Scalar] = {}
        scope = self.source.scope([])
        for name, expression in plan.counted.items():
            if plan.holder(name) is None:
                value = compile_node(expression.node)(scope)
                found[name] = UNKNOWN if isinstance(value, Undetermined) else KNOWN + str(value)
        if "about" in found:
            place = self.source.entity(plan.conclusion.about_kind, str(found["about"]).removeprefix(KNOWN))[1]
            found["place"] = UNKNOWN if place is None else KNOWN + place
            found[unknown("place")] = place is None
        return found

    def _flat(self, plan: Plan) -> Flat:
        uses = [
            Use(other, variable)
            for other in self.plans
            for variable in other.conclusion.variables
            if variable.source == "conclusion" and variable.of[0] == plan.conclusion.name
        ]
        apart = self.tellers[plan.conclusion.name].certainty() is Certainty.MEMORY
        unknown_keys = self.grounded[plan.conclusion.name].unknown | set(_placeless(plan))
        return flatten(
            plan, () if apart else uses, unknown_keys, self._at_least(plan), self.fixed[plan.conclusion.name]
        )

    def _at_least(self, plan: Plan) -> tuple[int, int] | None:
        """How many matches it takes, for certain and at the least."""
        expression = plan.conclusion.at_least
        if expression is None:
            return None
        value = compile_node(expression.node)(self.source.scope([]))
        return (NEVER, 1) if isinstance(value, Undetermined) else (int(value), int(value))

    # --- chaining

    def chain(self) -> Iterator[Done]:
        """Every jurisdiction by itself, then what reaches across them."""
        loose = [name for name, grounded in self.grounded.items() if grounded.loose_places]
        reach = reaches(self.plans, self.source.request.ruleset.vocabulary, loose)
        near, far = (self.stage(reach, local) for local in (True, False))
        derived: dict[Fact, None] = {}
        if near.plans:
            for done in run(list(self.partitions(near)), self.chainer):
                facts = done.chained.facts[done.chained.given :]
                derived |= dict.fromkeys(fact for fact in facts if fact.kind in far.roles)
                yield done
        if far.plans:
            own = (each.fact for plan in far.plans for each in self.grounded[plan.conclusion.name].facts)
            yield from run([Job(EVERYWHERE, far.program, (*own, *derived))], self.chainer)

    def stage(self, reach: Mapping[str, Reach], local: bool) -> _Stage:
        chosen = tuple(plan for plan in self.plans if reach[plan.conclusion.name].local is local)
        flats = [self.flats[plan.conclusion.name] for plan in chosen]
        rules = tuple(rule for flat in flats for rule in flat.rules)
        return _Stage(chosen, Program(rules, tuple(count for flat in flats for count in flat.counts)))

    def partitions(self, stage: _Stage) -> Iterator[Job]:
        """The facts of each jurisdiction, and with them those that may belong to any."""
        everywhere: list[Fact] = []
        by_place: dict[str, list[Fact]] = {}
        for plan in stage.plans:
            for each in self.grounded[plan.conclusion.name].facts:
                (everywhere if each.place is None else by_place.setdefault(each.place, [])).append(each.fact)
        for place in sorted(by_place) or [EVERYWHERE]:
            yield Job(place, stage.program, (*by_place.get(place, ()), *everywhere))


def _placeless(plan: Plan) -> Iterator[tuple[int, str]]:
    """Keys that are the jurisdiction of a conclusion, which may not be known."""
    for variable in plan.conclusion.variables:
        number = int(variable.row.var)
        for key in plan.keys(number) if variable.source == "conclusion" else ():
            if isinstance(key.node, Cell) and key.node.field == "jurisdiction":
                yield number, key.name


class _Assembler:
    """Turns matches into conclusions drawn, each after those it rests on."""

    def __init__(self, drawer: _Drawer, found: Mapping[str, Matches]) -> None:
        self.drawer, self.found, self.source = drawer, found, drawer.source
        self.conclusions = drawer.source.request.ruleset.conclusions
        self.made: dict[tuple[str, str], Drawn] = {}

    def all(self) -> list[Drawn]:
        for plan in self.drawer.plans:
            name = plan.conclusion.name
            found = self.found[name]
            for about in sorted(found.drawn | found.possible):
                self.made[name, about] = self.one(plan, about)
        for name, about in list(self.made):  # those of one circle wait for each other
            self.made[name, about] = self.settled(name, about)
        return [self.made[key] for key in sorted(self.made)]

    def one(self, plan: Plan, about: str) -> Drawn:
        name, found = plan.conclusion.name, self.found[plan.conclusion.name]
        certain = about in found.drawn
        chosen: Mapping[Names, Any] = dict.fromkeys(found.sure[about]) if certain else found.maybe[about]
        matches = sorted(chosen)
        called, jurisdiction = self.source.entity(plan.conclusion.about_kind, about)
        causes = () if certain else self.causes(found, matches)
        rows = self.rows(plan, matches[0], len(matches)) if matches else None
        teller = self.drawer.tellers[name]
        told = certain and rows is not None
        return Drawn(
            conclusion=name,
            kind=plan.conclusion.about_kind,
            entity=about,
            name=called,
            jurisdiction=jurisdiction,
            certain=certain,
            count=len(matches),
            message=teller.message(rows) if told and rows is not None else teller.waiting(causes),
            because=tuple(sorted(self.because(plan, matches))),
            rows=tuple(self.row_grounds(plan, matches)),
            causes=causes,
            basis=teller.basis(rows),
            due=teller.due(rows) if told and rows is not None else None,
        )

    @staticmethod
    def causes(found: Matches, matches: list[Names]) -> tuple[Cause, ...]:
        """What stands between a conclusion that may have to be drawn and one that is drawn."""
        about = [causes for by_names in found.maybe.values() for names, causes in by_names.items() if names in matches]
        return merge(about)

    def settled(self, name: str, about: str) -> Drawn:
        """With what the conclusions it rests on wait for."""
        drawn, found, plan = self.made[name, about], self.found[name], self.drawer.by_name[name]
        if drawn.certain:
            return drawn
        parts: list[Iterable[Cause]] = [drawn.causes]
        for names in found.maybe[about]:
            below = (self.made.get(key) for key in sorted(found.waits_for[names]))
            parts += [each.causes for each in below if each is not None and not each.certain]
            parts.append(found.blockable.get(tuple(names[number] for number in plan.blocked), ()))
        causes = merge(parts)
        return replace(drawn, causes=causes, message=self.drawer.tellers[name].waiting(causes))

    # --- grounds

    def rows(self, plan: Plan, names: Names, count: int) -> Rows:
        """The rows of a match, in order of the variables, and how many matches there are."""
        rows: Rows = [self.row(plan, number, name) for number, name in enumerate(names)]
        return [*rows, *([None] * len(plan.conclusion.unless)), count]

    def row(self, plan: Plan, number: int, name: str) -> Any:
        variable = plan.conclusion.variables[number]
        if variable.source != "conclusion":
            return self.drawer.grounded[plan.conclusion.name].candidates[plan.role(number), name].row
        below = self.conclusions[variable.of[0]]
        id = name.removeprefix(KNOWN)
        return self.source.concluded_row(id, self.source.entity(below.about_kind, id)[1])

    def because(self, plan: Plan, matches: list[Names]) -> set[str]:
        """Fingerprints of the findings and conclusions that matches are made of."""
        found: set[str] = set()
        for number, variable in enumerate(plan.conclusion.given):
            if variable.source == "conclusion":
                kind = self.conclusions[variable.of[0]].about_kind
                ids = {names[number].removeprefix(KNOWN) for names in matches}
                found |= {conclusion_fingerprint(variable.of[0], kind, id) for id in ids}
            elif variable.source == "finding":
                found |= {names[number] for names in matches if not names[number].endswith("/?")}
        return found

    def row_grounds(self, plan: Plan, matches: list[Names]) -> Iterator[RowGround]:
        grounded: Grounded = self.drawer.grounded[plan.conclusion.name]
        found: set[tuple[str, str]] = set()
        for number, variable in enumerate(plan.conclusion.given):
            if variable.source == "row":
                found |= {(plan.role(number), names[number]) for names in matches}
        for key in sorted(found):
            candidate = grounded.candidates[key]
            if candidate.shown:
                row = candidate.row
                yield RowGround(candidate.variable.kind.name, row.key, row.source, row.line)
