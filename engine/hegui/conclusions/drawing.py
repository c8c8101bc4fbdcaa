"""From findings and rows to conclusions: ground, flatten, chain jurisdiction by jurisdiction, then what reaches across
them, and bring together what was found with its grounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

from hegui.conclusions.chaining import Done, Job, run
from hegui.conclusions.checking import ProgramError
from hegui.conclusions.children import Children
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
from hegui.outcome import ConclusionSummary, Drawing, Drawn, RowGround, conclusion_fingerprint
from hegui.ruleset.model import Certainty, Conclusion, Ruleset, StatedConclusion
from hegui.source import ChainingError, Diagnostic, Wording
from hegui.waivers.matching import NOTHING, Covering

_REFUSED = Wording("chaining-refused", "conclusions cannot be chained: {problem}", "无法推理结论：{problem}")

MOST_COPIES: Final = 2_000_000
"""Facts of no known jurisdiction are given to each, up to so many in all; beyond, everything is chained in one place."""
NOBODY: Final = ""
"""Under which matches stand of which it is not known whom they are about."""
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
    covering: Covering = NOTHING,
    children: Children | None = None,
) -> Drawing:
    """Draw every conclusion of a ruleset that is in force on `as_of`.

    What is waived changes none of them: it says which are waived in turn. A conclusion is, where a waiver names it or where
    it would not be drawn without what is waived; one that is drawn all the same rests on the others only.

    Args:
        ruleset: the rules and conclusions.
        registry: the facts.
        supports: the findings of all rules, as conclusions see them.
        as_of: the day the facts are looked at, on which conditions, parameters and law are taken.
        decided_on: the day of the decision, with which remedies begin and for which later law is shown.
        chainer: `durable`, `reference` or `spark`; they mean the same.
        covering: the waivers that stand.
        children: processes of durable-rules that have been started for it.

    Raises:
        HeguiError: the action of a rule failed, which names the conclusion.
    """
    active = {name: each for name, each in ruleset.conclusions.items() if each.in_force.holds(as_of)}
    return _drawing(
        Drawer(active, _source(ruleset, registry, supports, as_of), decided_on, chainer, covering, children)
    )


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
    drawer = Drawer(active, _source(ruleset, registry, supports, as_of), as_of, chainer)
    drawer.state(stated)
    return _drawing(drawer)


def _drawing(drawer: Drawer) -> Drawing:
    with chainable():
        return drawer.drawing()


@contextmanager
def chainable() -> Iterator[None]:
    """A program no chainer takes is a mistake of ours, and no traceback.

    Raises:
        ChainingError: with what is wrong with it.
    """
    try:
        yield
    except ProgramError as error:
        raise ChainingError(Diagnostic(_REFUSED, {"problem": error})) from error


def _source(ruleset: Ruleset, registry: Registry, supports: Iterable[Support], as_of: date) -> Ground:
    lacking = [rule for rule in ruleset.rules.values() if rule.about not in registry.tables]
    return Ground(Request(ruleset, registry, as_of, ()), supports, lacking)


@dataclass(frozen=True)
class Stage:
    """What is chained together: conclusions, their flat rules, and the kinds of facts their variables stand for."""

    plans: tuple[Plan, ...]
    program: Program

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(plan.role(int(each.row.var)) for plan in self.plans for each in plan.conclusion.variables)


class Drawer:
    """Draws the conclusions of one run."""

    def __init__(
        self,
        active: Mapping[str, Conclusion],
        source: Ground,
        decided_on: date,
        chainer: str,
        covering: Covering = NOTHING,
        children: Children | None = None,
    ) -> None:
        self.source, self.chainer, self.covering, self.children = source, chainer, covering, children
        self.plans = plans(active)
        self.by_name = {plan.conclusion.name: plan for plan in self.plans}
        self.tellers = {name: Teller(each, source, decided_on) for name, each in active.items()}
        self.grounded = {plan.conclusion.name: ground(plan, source) for plan in self.plans}
        self.fixed = {plan.conclusion.name: self.fix(plan) for plan in self.plans}
        self.flats = {plan.conclusion.name: self.flat(plan) for plan in self.plans}

    def drawing(self) -> Drawing:
        meanings = {name: meaning for flat in self.flats.values() for name, meaning in flat.meanings.items()}
        abouts = {name: str(fixed["about"]).removeprefix(KNOWN) for name, fixed in self.fixed.items() if fixed}
        collector = Collector(self.by_name, self.grounded, meanings, abouts)
        done = list(self.chain())
        for each in done:
            collector.take(each.chained)
        drawn = Assembler(self, collector.found).all()
        names = {each.chainer for each in done} or {"durable" if self.chainer == "durable" else "reference"}
        chainer = "durable" if "durable" in names else "reference"
        notes = (Text(each.note.message("zh"), each.note.message("en")) for each in done if each.note is not None)
        summaries = tuple(self.summary(name, drawn, collector.found[name]) for name in sorted(self.by_name))
        return Drawing(chainer, summaries, tuple(drawn), tuple(dict.fromkeys(notes)))

    def summary(self, name: str, drawn: list[Drawn], found: Matches) -> ConclusionSummary:
        mine = [each for each in drawn if each.conclusion == name]
        certain, counting = sum(each.certain for each in mine), sum(each.counts for each in mine)
        unplaced = len(found.unplaced | set(found.maybe[NOBODY]))
        return replace(self.tellers[name].summary(counting, len(mine) - certain, unplaced), waived=certain - counting)

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
                        grounded = self.grounded[plan.conclusion.name]
                        grounded.facts.append(Placed(given, place))
                        grounded.placeless |= {int(variable.row.var)} if place is None else set()

    # --- flat rules

    def fix(self, plan: Plan) -> dict[str, Scalar]:
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

    def flat(self, plan: Plan) -> Flat:
        uses = [
            Use(other, variable)
            for other in self.plans
            for variable in other.conclusion.variables
            if variable.source == "conclusion" and variable.of[0] == plan.conclusion.name
        ]
        apart = self.tellers[plan.conclusion.name].certainty() is Certainty.MEMORY
        if apart:  # it supports nothing, and where it would block it only may
            blocking = [use for use in uses if use.variable in use.plan.conclusion.unless]
            uses = [replace(use, doubted=True) for use in blocking]
        unknown_keys = self.grounded[plan.conclusion.name].unknown | set(_placeless(plan))
        return flatten(plan, uses, unknown_keys, self.at_least(plan), self.fixed[plan.conclusion.name])

    def at_least(self, plan: Plan) -> tuple[int, int] | None:
        """How many matches it takes, for certain and at the least."""
        expression = plan.conclusion.at_least
        if expression is None:
            return None
        value = compile_node(expression.node)(self.source.scope([]))
        known = not isinstance(value, Undetermined) and value >= 1
        return (int(value), int(value)) if known else (NEVER, 1)

    # --- chaining

    def chain(self) -> Iterator[Done]:
        """Every jurisdiction by itself, then what reaches across them."""
        loose = {name: grounded.placeless for name, grounded in self.grounded.items()}
        reach = reaches(self.plans, self.source.request.ruleset.vocabulary, loose)
        if self.copies() > MOST_COPIES:
            reach = dict.fromkeys(reach, Reach(False, False))
        near, far = (self.stage(reach, local) for local in (True, False))
        derived: dict[Fact, None] = {}
        if near.plans:
            for done in run(list(self.partitions(near)), self.chainer, children=self.children):
                facts = done.chained.facts[done.chained.given :]
                derived |= dict.fromkeys(fact for fact in facts if fact.kind in far.roles)
                yield done
        if far.plans:
            own = (each.fact for plan in far.plans for each in self.grounded[plan.conclusion.name].facts)
            yield from run([Job(EVERYWHERE, far.program, (*own, *derived))], self.chainer, children=self.children)

    def copies(self) -> int:
        """How many facts there would be more, were those of no known jurisdiction given to each."""
        facts = [each for grounded in self.grounded.values() for each in grounded.facts]
        places = {each.place for each in facts if each.place is not None}
        return len(places) * sum(each.place is None for each in facts)

    def stage(self, reach: Mapping[str, Reach], local: bool) -> Stage:
        chosen = tuple(plan for plan in self.plans if reach[plan.conclusion.name].local is local)
        flats = [self.flats[plan.conclusion.name] for plan in chosen]
        rules = tuple(rule for flat in flats for rule in flat.rules)
        return Stage(chosen, Program(rules, tuple(count for flat in flats for count in flat.counts)))

    def partitions(self, stage: Stage) -> Iterator[Job]:
        """The facts of each jurisdiction, and with them those that may belong to any."""
        everywhere: list[Fact] = []
        by_place: dict[str, list[Fact]] = {}
        for plan in stage.plans:
            for each in self.grounded[plan.conclusion.name].facts:
                (everywhere if each.place is None else by_place.setdefault(each.place, [])).append(each.fact)
        for place in sorted(by_place) or [EVERYWHERE]:  # every one of them gets the rows that may be of any
            yield Job(place, stage.program, (*by_place.get(place, ()), *everywhere))


def _placeless(plan: Plan) -> Iterator[tuple[int, str]]:
    """Keys that are the jurisdiction of a conclusion, which may not be known."""
    for variable in plan.conclusion.variables:
        number = int(variable.row.var)
        for key in plan.keys(number) if variable.source == "conclusion" else ():
            if isinstance(key.node, Cell) and key.node.field == "jurisdiction":
                yield number, key.name


class Assembler:
    """Turns matches into conclusions drawn, each after those it rests on."""

    def __init__(self, drawer: Drawer, found: Mapping[str, Matches]) -> None:
        self.drawer, self.found, self.source = drawer, found, drawer.source
        self.conclusions = drawer.source.request.ruleset.conclusions
        self.made: dict[tuple[str, str], Drawn] = {}
        supports = drawer.source.supports
        self.waived: dict[str, tuple[str, ...]] = {
            each.finding.fingerprint: (each.waived,) for each in supports if each.waived is not None
        }
        """What is waived of findings and conclusions, with the waivers, by fingerprint."""

    def all(self) -> list[Drawn]:
        for plan in self.drawer.plans:
            name = plan.conclusion.name
            found = self.found[name]
            for about in sorted(found.drawn | found.possible):
                self.made[name, about] = self.one(plan, about)
        for name, about in list(self.made):  # those it rests on are settled by then
            self.made[name, about] = self.settled(name, about)
        return [self.made[key] for key in sorted(self.made)]

    def one(self, plan: Plan, about: str) -> Drawn:
        name, found = plan.conclusion.name, self.found[plan.conclusion.name]
        certain = about in found.drawn
        chosen: Mapping[Names, Any] = dict.fromkeys(found.sure[about]) if certain else found.maybe[about]
        matches = sorted(chosen)
        called, jurisdiction = self.source.entity(plan.conclusion.about_kind, about)
        waived_by: tuple[str, ...] = ()
        if certain:
            waived_by, matches = self.counting(plan, self.reached(plan, matches))
            waived_by = self.named(name, about, jurisdiction) or waived_by
            if waived_by:
                self.waived[conclusion_fingerprint(name, plan.conclusion.about_kind, about)] = waived_by
        causes = () if certain else merge((*found.maybe[about].values(), *found.maybe[NOBODY].values()))
        count = len(self.members(plan, matches))
        rows = self.rows(plan, matches[0], count) if matches else None
        teller = self.drawer.tellers[name]
        told = certain and rows is not None
        return Drawn(
            conclusion=name,
            kind=plan.conclusion.about_kind,
            entity=about,
            name=called,
            jurisdiction=jurisdiction,
            certain=certain,
            count=count,
            message=teller.message(rows) if told and rows is not None else teller.waiting(causes),
            because=tuple(sorted(self.because(plan, matches))),
            rows=tuple(self.row_grounds(plan, matches)),
            causes=causes,
            basis=teller.basis(rows),
            due=teller.due(rows) if told and rows is not None else None,
            waived_by=waived_by,
        )

    # --- waivers

    def named(self, name: str, about: str, jurisdiction: str | None) -> tuple[str, ...]:
        """The waivers that cover a conclusion itself. One that rests on memory counts for nothing already."""
        drawer, kind = self.drawer, self.conclusions[name].about_kind
        if not drawer.covering or drawer.tellers[name].certainty() is Certainty.MEMORY:
            return ()
        return tuple(each.name for each in drawer.covering.conclusion(name, kind, about, jurisdiction))

    def counting(self, plan: Plan, matches: list[Names]) -> tuple[tuple[str, ...], list[Names]]:
        """The matches that rest on nothing waived, if these are enough; else the waivers in the way, and all matches. Of
        conclusions that rest on each other in a circle, only those made before are known to be waived."""
        if not self.waived or self.drawer.tellers[plan.conclusion.name].certainty() is Certainty.MEMORY:
            return (), matches
        waived = {names: self.waivers_of(plan, names) for names in matches}
        left = self.reached(plan, [names for names in matches if not waived[names]])
        needed = self.drawer.at_least(plan)
        if left and (needed is None or "per" in plan.counted or len(self.members(plan, left)) >= needed[0]):
            return (), left
        return tuple(sorted({name for found in waived.values() for name in found})), matches

    def waivers_of(self, plan: Plan, names: Names) -> tuple[str, ...]:
        """The waivers of what a match rests on."""
        return tuple(name for ground in self.because(plan, [names]) for name in self.waived.get(ground, ()))

    def members(self, plan: Plan, matches: Iterable[Names]) -> set[object]:
        """Matches, told apart as they are for counting."""
        return {self.told(plan, names, "of") if "of" in plan.counted else names for names in matches}

    def reached(self, plan: Plan, matches: list[Names]) -> list[Names]:
        """The matches of those groups that have as many as it takes."""
        needed = self.drawer.at_least(plan)
        if needed is None or "per" not in plan.counted:
            return matches
        groups: dict[object, list[Names]] = {}
        for names in matches:
            groups.setdefault(self.told(plan, names, "per"), []).append(names)
        kept = (group for group in groups.values() if len(self.members(plan, group)) >= needed[0])
        return sorted(names for group in kept for names in group)

    def told(self, plan: Plan, names: Names, word: str) -> object:
        """What a match says of what is counted under `word`."""
        number = plan.holder(word)
        if number is None or plan.conclusion.variables[number].source == "conclusion":
            return None if number is None else names[number]
        return self.drawer.grounded[plan.conclusion.name].told[plan.role(number), names[number]][word]

    def settled(self, name: str, about: str) -> Drawn:
        """With what the conclusions it rests on wait for."""
        drawn, found, plan = self.made[name, about], self.found[name], self.drawer.by_name[name]
        if drawn.certain:
            return drawn
        parts: list[Iterable[Cause]] = [drawn.causes]
        for names in (*found.maybe[about], *found.maybe[NOBODY]):
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
                found |= {names[number] for names in matches if not names[number].startswith("?")}
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
