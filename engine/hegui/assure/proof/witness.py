"""Facts that show a finding: found by the solver, written as the `given` of an example, and judged by the scalar engine.

What the engine does not confirm is never shown. Rows of relations are tried in small numbers; operations the solver has no
meaning for are worked out on the values found, and the question is asked again with what came out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from hegui.assure.proof.choosing import Chooser, Pool, decimal_of, pool_of
from hegui.assure.proof.judged import Judged, Kind
from hegui.assure.proof.solver import Answer, Solver
from hegui.assure.proof.space import Cell, Space, Spot
from hegui.assure.proof.terms import Formula, Term, conj, implies, neg
from hegui.assure.proof.translation import Translator
from hegui.calendar import load
from hegui.datatypes import Type
from hegui.language.operators import OPERATORS
from hegui.language.signatures import Fault
from hegui.language.tree import Op
from hegui.outcome import Verdict
from hegui.ruleset.model import Rule, Ruleset

if TYPE_CHECKING:
    from hegui.facts import Registry

ROUNDS: Final = 12
"""How often a question is asked anew with what operations came to."""
_HOLIDAYS: Final = 12
"""Days in a row without work, at the most."""


@dataclass(frozen=True)
class Witness:
    """Facts in the shape of an example's `given`, the day they are looked at, and what each rule says of them."""

    given: Mapping[str, object]
    as_of: date
    verdicts: tuple[tuple[str, Verdict], ...]
    kinds: frozenset[str] = frozenset()
    """The kinds whose table is supplied, be it empty."""


class Outcome(Enum):
    """Why there is no witness: there are no such facts, none were found in time, or the engine did not confirm them."""

    NONE = "none"
    LATE = "late"
    DIFFERS = "differs"


Wanted = Mapping[str, Collection[Verdict]]
"""By rule, the verdicts that confirm a witness."""


@dataclass(frozen=True)
class Engine:
    """What the scalar engine says of facts as an example gives them. Pairs are often shown by the same facts: those that
    were read are kept, and what was said of them."""

    ruleset: Ruleset
    _read: dict[tuple[object, ...], tuple[Registry, str]] = field(default_factory=dict)
    _said: dict[tuple[object, ...], dict[str, Verdict]] = field(default_factory=dict)

    def verdicts(
        self, rules: Sequence[Rule], given: Mapping[str, object], as_of: date, kinds: Collection[str]
    ) -> dict[str, Verdict]:
        """The verdict of each rule about one kind; `kinds` are those whose table is supplied."""
        from hegui.engines import judge

        facts = (rules[0].about, repr(given), tuple(sorted(kinds)))
        if facts not in self._read:
            self._read[facts] = self._registry(rules[0].about, given, kinds)
        registry, key = self._read[facts]
        said = self._said.setdefault((*facts, as_of), {})
        names = [rule.name for rule in rules]
        new = [name for name in names if name not in said]
        if new:
            judged = judge(self.ruleset, registry, engine="scalar", as_of=as_of, rules=new, every=True)
            said |= {finding.rule: finding.verdict for finding in judged.findings if finding.key == key}
        return {name: said[name] for name in names if name in said}

    def _registry(self, about: str, given: Mapping[str, object], kinds: Collection[str]) -> tuple[Registry, str]:
        from hegui.assure.examples import rows_of
        from hegui.facts import from_rows

        rows, key = rows_of(given, self.ruleset.vocabulary, about)
        supplied = {kind: each for kind, each in rows.items() if each or kind in kinds}
        return from_rows(self.ruleset.vocabulary, supplied), key


@dataclass(frozen=True)
class Searcher:
    """Looks for witnesses about the rows of one kind; `kind` has slots for the rows of relations."""

    ruleset: Ruleset
    solver: Solver
    kind: Kind
    engine: Engine

    def find(
        self, rules: Sequence[Rule], formulas: Sequence[Formula], wanted: Wanted, days: Iterable[date] = ()
    ) -> Witness | Outcome:
        """Facts on which some formulas hold and the engine gives the verdicts wanted."""
        judged = [self.kind.judged(rule) for rule in rules]
        pool = self._pool(judged, days)
        learnt: list[Formula] = []
        for _ in range(ROUNDS):
            begun = self.solver.begin([*self.kind.facts(judged), *formulas, *learnt, *self._likely(judged)])
            chooser = Chooser(self.solver, begun, self.kind.space, pool)
            answer = chooser.settle()
            if answer is not Answer.YES:
                return Outcome.LATE if answer is Answer.OPEN else Outcome.NONE
            new = [fact for each in judged for fact in self._worked_out(each.translator, chooser)]
            if all(chooser.value(fact) for fact in new):
                return self._confirmed(rules, chooser, wanted)
            learnt += new
        return Outcome.NONE

    def _pool(self, judged: Sequence[Judged], days: Iterable[date]) -> Pool:
        literals = [each for one in judged for each in one.translator.literals]
        texts: dict[str, list[str]] = {}
        for one in judged:
            for example in one.rule.examples:
                for name, text in _texts(example.given):
                    texts.setdefault(name, []).append(text)
        return pool_of(literals, days, texts)

    # --- operations without a meaning for the solver

    def _likely(self, judged: Sequence[Judged]) -> Iterator[Formula]:
        """Where working days probably lie, so that few rounds do. Nothing is proven with this: it only guides a search."""
        for one in judged:
            for (node, _), (found, args) in one.translator.operations.items():
                if not OPERATORS[node.key].overloads[node.overload].lookups:
                    continue
                first, second = (arg.value for arg in args)
                if node.type.name == "date":
                    yield conj((found.value >= first + second, found.value <= first + 2 * second + _HOLIDAYS))
                else:
                    yield conj((found.value <= second - first, 2 * found.value >= second - first - _HOLIDAYS))

    def _worked_out(self, translator: Translator, chooser: Chooser) -> Iterator[Formula]:
        """What operations come to on the values found."""
        for (node, _), (found, args) in translator.operations.items():
            values = [self._argument(node, arg, number, chooser) for number, arg in enumerate(args)]
            if any(value is None for value in values):
                continue
            same = conj(arg.value == chooser.model.eval(arg.value, model_completion=True) for arg in args)
            given = conj([same, *(arg.defined for arg in args)])
            yield implies(given, self._result(node, found, values, translator))

    def _argument(self, node: Op, arg: Term, number: int, chooser: Chooser) -> Any:
        if not chooser.value(arg.defined):
            return None
        type_ = node.args[min(number, len(node.args) - 1)].type
        return _plain(chooser.value(arg.value), type_, self.kind.space)

    def _result(self, node: Op, found: Term, values: Sequence[Any], translator: Translator) -> Formula:
        try:
            result = self._computed(node, values)
        except Fault:
            return neg(found.defined)
        return conj((found.defined, found.value == translator.constant(result, node.type)))

    def _computed(self, node: Op, values: Sequence[Any]) -> Any:
        overload = OPERATORS[node.key].overloads[node.overload]
        if overload.lookups:
            return overload.scalar(load(self.ruleset.workdays), *values)
        return overload.scalar(*(values[:1] if node.pattern is not None else values), *_prepared(node))

    # --- what the engine says

    def _confirmed(self, rules: Sequence[Rule], chooser: Chooser, wanted: Wanted) -> Witness | Outcome:
        given = _Given(self.kind.space, chooser)
        facts = given.row(self.kind.space.root)
        if given.lost:
            return Outcome.NONE
        as_of = date.fromordinal(chooser.value(self.kind.space.as_of))
        verdicts = self.engine.verdicts(rules, facts, as_of, given.kinds)
        if any(verdicts.get(name) not in allowed for name, allowed in wanted.items()):
            return Outcome.DIFFERS
        return Witness(facts, as_of, tuple(verdicts.items()), frozenset(given.kinds))


def _prepared(node: Op) -> tuple[object, ...]:
    return () if node.pattern is None else (node.pattern,)


def _texts(given: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in facts, with the field it stands in."""
    if isinstance(given, str):
        yield name, given
    elif isinstance(given, Mapping):
        for key, value in given.items():
            yield from _texts(value, str(key))
    elif isinstance(given, list):
        for value in given:
            yield from _texts(value, name)


def _plain(value: Any, type_: Type, space: Space) -> Any:
    """A value of the solver as Python has it; None where it cannot be written."""
    match type_.name:
        case "bool":
            return value
        case "date":
            return date.fromordinal(value)
        case "int" | "days":
            return int(value)
        case "number":
            return None if value is None else decimal_of(Fraction(value))
    return space.strings.text(value)


class _Given:
    """The values chosen, nested as in the `given` of an example. `lost` says that one could not be written."""

    def __init__(self, space: Space, chooser: Chooser) -> None:
        self.space = space
        self.chooser = chooser
        self.lost = False
        self.kinds = {spot.kind for spot, _ in space.cells} | {spot.kind for spot in space.there}

    def row(self, spot: Spot) -> dict[str, object]:
        found: dict[str, object] = {}
        for (where, name), cell in list(self.space.cells.items()):
            if where == spot and (value := self._cell(spot, cell)) is not None:
                found[name] = value
        for relation in dict.fromkeys(each.step for each in self.space.there if each.above == spot):
            rows = [self.row(each) for each in self._filled(spot, relation)]
            if rows:
                found[relation] = rows
        return found

    def _filled(self, spot: Spot, relation: str) -> list[Spot]:
        return [
            each
            for each, there in self.space.there.items()
            if each.above == spot and each.step == relation and self.chooser.value(there)
        ]

    def _cell(self, spot: Spot, cell: Cell) -> object:
        if cell.term.below is not None and self.chooser.value(cell.term.below):
            bound = self._read(cell.type, cell.term.bound)
            return None if bound is None else f"<{bound}"
        if not self.chooser.value(cell.term.defined):
            return None
        if cell.type.name == "list":
            return self._list(cell)
        if cell.type.name == "ref":
            return self._reference(spot, cell)
        return self._read(cell.type, cell.term.value)

    def _reference(self, spot: Spot, cell: Cell) -> object:
        """The row a reference points at, with its key where conditions look at that."""
        target = Spot(cell.type.kind or "", spot, cell.name)
        nested = self.row(target)
        if (spot, cell.name) in self.space.compared:
            key = self.space.kinds[target.kind].key[0]
            told = self._read(self.space.kinds[target.kind].fields[key].type, cell.term.value)
            nested = {key: told, **nested}
        return nested

    def _list(self, cell: Cell) -> list[object]:
        codes: list[object] = [code for code, there in cell.members.items() if self.chooser.value(there)]
        element = cell.type.element
        assert element is not None
        return codes + [self._read(element, item.value) for item in cell.items if self.chooser.value(item.defined)]

    def _read(self, type_: Type, variable: Formula) -> object:
        found = _plain(self.chooser.value(variable), type_, self.space)
        self.lost = self.lost or found is None
        return found
