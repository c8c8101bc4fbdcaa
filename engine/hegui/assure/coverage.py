"""Condition coverage: each leaf condition seen true, false and undetermined over all examples.

A leaf is a smallest part that is true or false: what `&&`, `||`, `!` and `?:` join, in `when`, `violation`, `notice_scope`
and the `if` of citations, in `where` and `unless_where` of conclusions, and in named definitions, where it counts once, at
its own line, whoever uses it. A quantifier is a leaf; so are the leaves of its `filter`, `map` and predicate, which count over
the elements it goes over (those of `map` and the predicate over the elements the filter does not leave out). Leaves are asked
without short cuts: in `a && b`, b is seen even where a is false. What cannot be undetermined (`assure/waiting.py`) need not be
seen so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final

from hegui.assure.bench import Bench
from hegui.assure.drawn import Setting
from hegui.assure.waiting import Known
from hegui.assure.watching import STATES, Notes, Slot, State, Watch, Watcher
from hegui.assure.written import Condition, Definition, asked, defined, enclosed, environment, matching, place
from hegui.conclusions.ground import Ground
from hegui.engines.request import Request, act_day
from hegui.language.scalar import RowData, Scope
from hegui.language.tree import Let, Logic, Node, Offsets
from hegui.ruleset.joins import used
from hegui.ruleset.model import Conclusion, ConclusionExample, Rule, Ruleset, Variable
from hegui.source import Diagnostic, Span, Wording
from hegui.vocabulary import Kind

if TYPE_CHECKING:
    from hegui.assure.registries import RegistryTest

NEVER: Final = Wording("condition-never-seen", "`{leaf}` is never seen {states}", "`{leaf}` 从未出现{states_zh}的情形")
_ZH: Final[dict[State, str]] = {"true": "成立", "false": "不成立", "undetermined": "待核实"}


@dataclass(frozen=True)
class Leaf:
    """A leaf condition of `name` (a rule, a conclusion, or a definition as `kind.name`): as what it must be seen, and as
    what it has been."""

    name: str
    part: str
    text: str
    needed: tuple[State, ...]
    seen: tuple[State, ...]
    span: Span = field(compare=False)

    @property
    def missing(self) -> tuple[State, ...]:
        return tuple(state for state in self.needed if state not in self.seen)

    @property
    def diagnostic(self) -> Diagnostic | None:
        """What the leaf has never been seen as; None where nothing is missing."""
        if not self.missing:
            return None
        states_zh = "、".join(_ZH[state] for state in self.missing)
        args: dict[str, object] = {"leaf": self.text, "states": ", ".join(self.missing), "states_zh": states_zh}
        return Diagnostic(NEVER, args, self.span, level="warning")


@dataclass(frozen=True)
class Share:
    """How much of what there is to be seen has been, of one rule, conclusion or definition, or of all."""

    name: str
    seen: int
    needed: int

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 where there is nothing to be seen."""
        return 100.0 * self.seen / self.needed if self.needed else 100.0


@dataclass(frozen=True)
class Coverage:
    """What the examples have shown of each leaf condition: rules by name, then conclusions, then definitions."""

    leaves: tuple[Leaf, ...]

    @cached_property
    def total(self) -> Share:
        return _share("", self.leaves)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """The share of each rule, conclusion and definition that has leaves."""
        by_name: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            by_name.setdefault(leaf.name, []).append(leaf)
        return tuple(_share(name, leaves) for name, leaves in by_name.items())

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is missing, leaf by leaf."""
        return tuple(found for leaf in self.leaves if (found := leaf.diagnostic) is not None)


def _share(name: str, leaves: Iterable[Leaf]) -> Share:
    leaves = list(leaves)
    needed = sum(len(leaf.needed) for leaf in leaves)
    return Share(name, needed - sum(len(leaf.missing) for leaf in leaves), needed)


def cover(
    ruleset: Ruleset,
    rules: Collection[str] | None = None,
    conclusions: Collection[str] | None = None,
    tests: Collection[RegistryTest] = (),
) -> Coverage:
    """See what the examples of a ruleset show of its conditions.

    Args:
        ruleset: the ruleset, loaded without errors.
        rules: names of rules; None for all, or for none where only conclusions are named. The definitions they use are
            covered by the examples of all that use them.
        conclusions: names of conclusions; None likewise.
        tests: registries beside the ruleset, whose rows are asked too.
    """
    whole = rules is None and conclusions is None
    chosen = [*(ruleset.rules if whole else rules or ())], [*(ruleset.conclusions if whole else conclusions or ())]
    return Coverage(tuple(_Coverer(ruleset).leaves(*chosen, tests)))


@dataclass
class _Watched:
    """A condition of a rule or conclusion that is being watched: its watches, in parts asked by themselves."""

    condition: Condition
    notes: Notes
    parts: list[tuple[Node, list[Watch]]]


class _Coverer:
    """Watches every condition of a ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.kinds = ruleset.vocabulary.kinds
        self.conditions = dict(defined(ruleset))
        self.notes: dict[Definition, Notes] = {}
        self.using: set[Definition] = set()
        self.definitions: dict[str, set[Definition]] = {}
        """The definitions each rule or conclusion uses in what it asks."""
        self.rules = {name: self.of_rule(rule) for name, rule in sorted(ruleset.rules.items())}
        self.conclusions = {name: self.of_conclusion(each) for name, each in sorted(ruleset.conclusions.items())}

    def leaves(
        self, rules: Collection[str], conclusions: Collection[str], tests: Collection[RegistryTest]
    ) -> Iterator[Leaf]:
        """The leaves of some rules and conclusions and of the definitions they use, after all who use these were asked."""
        chosen = {*rules, *conclusions}
        definitions = {each for name in chosen for each in self.definitions[name]}
        asked_too = chosen | {name for name, each in self.definitions.items() if each & definitions}
        bench = Bench(self.ruleset, asked_too & set(self.rules), asked_too & set(self.conclusions), tests)
        self.ask(bench)
        for name in (*sorted(rules), *sorted(conclusions)):
            for watched in (self.rules | self.conclusions)[name]:
                yield from self.told(name, watched.condition, watched.notes)
        for definition, condition in self.conditions.items():
            if definition in definitions:
                yield from self.told(".".join(definition), condition, self.notes[definition])

    # --- watching

    def of_rule(self, rule: Rule) -> list[_Watched]:
        known = Known(self.kinds, self.ruleset.parameters)
        day_waits = known.waits(act_day(rule))
        known = Known(self.kinds, self.ruleset.parameters, rule.in_force, day_waits)
        return self.watched(rule.name, asked(rule), known, {"": self.kinds[rule.about]})

    def of_conclusion(self, conclusion: Conclusion) -> list[_Watched]:
        known = Known(self.kinds, self.ruleset.parameters, conclusion.in_force)
        starts = {variable.name: variable.kind for variable in conclusion.variables}
        conditions = [each for each in matching(conclusion) if each.part != "at_least"]
        return self.watched(conclusion.name, conditions, known, starts)

    def watched(self, name: str, conditions: list[Condition], known: Known, starts: dict[str, Kind]) -> list[_Watched]:
        self.using = self.definitions.setdefault(name, set())
        found = []
        for condition in conditions:
            notes = Notes()
            watcher = Watcher(notes, known, lambda let: self.noted(let, starts))
            node = condition.expr.node
            parts = node.parts if isinstance(node, Logic) and node.conjunction else (node,)
            found.append(_Watched(condition, notes, [(part, watcher.watch(part)) for part in parts]))
        return found

    def noted(self, let: Let, starts: dict[str, Kind]) -> Notes:
        """Where the leaves of a definition are noted."""
        definition = self.definition(let, starts)
        self.using.add(definition)
        if definition not in self.notes:
            notes = Notes()
            own = Watcher(notes, Known(self.kinds, self.ruleset.parameters), lambda let: None)
            own.any(self.conditions[definition].expr.node)
            for seen in notes.slots.values():
                seen.needed.clear()  # what there is to be seen is told where it is used
            self.notes[definition] = notes
        return self.notes[definition]

    def definition(self, let: Let, starts: dict[str, Kind]) -> Definition:
        """Which definition is used: its path is followed from the row it begins at."""
        *steps, name = let.path.split(".")
        kind = starts[""] if "" in starts else starts[steps.pop(0)]
        for step in steps:
            target = kind.relations[step].kind if step in kind.relations else kind.fields[step].type.kind
            kind = self.kinds[target or ""]
        return kind.name, name

    # --- asking

    def ask(self, bench: Bench) -> None:
        """Ask all that is watched, of every example."""
        for name, cases in bench.cases.items():
            for case in cases:
                rule = self.ruleset.rules[name]
                scope = case.scope(rule)
                if isinstance(scope.day, date) and not rule.in_force.holds(scope.day):
                    continue  # the rule does not apply, whatever its conditions say
                for watched in self.rules[name]:
                    for _, watches in watched.parts:
                        _all(watches, scope)
        for name, settings in bench.settings.items():
            for example, given in settings:
                self.ask_drawn(self.ruleset.conclusions[name], example, given)

    def ask_drawn(self, conclusion: Conclusion, example: ConclusionExample, given: Setting) -> None:
        """Ask the parts of a conclusion's conditions of all rows, and pairs of rows, they can be asked of."""
        lacking = [rule for rule in self.ruleset.rules.values() if rule.about not in given.registry.tables]
        source = Ground(Request(self.ruleset, given.registry, given.as_of, ()), given.supports, lacking)
        variables = conclusion.variables
        rows = [list(_candidates(source, conclusion, each, example)) for each in variables]
        for watched in self.conclusions[conclusion.name]:
            for node, watches in watched.parts:
                numbers = sorted(used(node, len(variables)))
                for chosen in product(*(rows[number] for number in numbers)):
                    bound: list[RowData | None] = [None] * (len(variables) + 1)
                    for number, row in zip(numbers, chosen, strict=True):
                        bound[number] = row
                    _all(watches, source.scope(bound))

    # --- telling

    def told(self, name: str, condition: Condition, notes: Notes) -> Iterator[Leaf]:
        """The leaves of a condition, where they stand."""
        places = _Places(self.ruleset, condition)
        for slot, seen in notes.slots.items():
            at = enclosed(condition.expr.text, places.of(slot))
            text = " ".join(condition.expr.text[at[0] : at[1]].split())
            needed = tuple(state for state in STATES if state in seen.needed)
            states = tuple(state for state in STATES if state in seen.states)
            yield Leaf(name, condition.part, text, needed, states, place(condition.expr, at))


def _all(watches: list[Watch], scope: Scope) -> None:
    for watch in watches:
        watch(scope)


def _candidates(
    source: Ground, conclusion: Conclusion, variable: Variable, example: ConclusionExample
) -> Iterator[RowData]:
    """What a variable may stand for in an example."""
    if variable.source != "conclusion":
        blocking = variable in conclusion.unless
        yield from (candidate.row for candidate in source.candidates(variable, blocking))
        return
    for stated in example.conclusions:
        if stated.conclusion == variable.of[0]:
            about = source.request.ruleset.conclusions[stated.conclusion].about_kind
            yield source.concluded_row(stated.id, stated.jurisdiction or source.entity(about, stated.id)[1])


class _Places:
    """Where the leaves of a condition stand in its text."""

    def __init__(self, ruleset: Ruleset, condition: Condition) -> None:
        self.found: dict[Node, list[Offsets]] = {}
        self.whole = (0, len(condition.expr.text))
        condition.checked(environment(ruleset), placed=self.take)

    def take(self, node: Node, at: Offsets) -> None:
        self.found.setdefault(node, []).append(at)

    def of(self, slot: Slot) -> Offsets:
        """The first place of a leaf within that of the chains around it."""
        around = self.whole
        for node in (*slot[0], slot[1]):
            inside = (at for at in self.found.get(node, ()) if around[0] <= at[0] and at[1] <= around[1])
            around = min(inside, default=around)
        return around
