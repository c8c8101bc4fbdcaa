"""The same on durable-rules, inside the limits of docs/durable-rules.md. Runs in a child process (`child`).

Each guard below is there because version 2.0.28 answers wrongly or crashes without it; tests hold the compiled form,
since most of them no comparison of results would miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from hegui.conclusions.hashes import fnv32
from hegui.conclusions.known import Firing, Known, by_strata
from hegui.conclusions.program import ActionError, Chained, Fact, FlatRule, Pattern, Program, Scalar

MAX_RULES: Final = 59
"""Rules in one host, the sentinel not counted: the 65th that one fact matches stops them all."""
MAX_LOADED: Final = 100_000
"""Facts in one host, derived ones counted: joins take longer than linear, and ids are known not to collide."""
ALIASES: Final = tuple([name for name in (f"p{number}" for number in range(40)) if fnv32(name) % 16][:16])
"""Names of matched facts. One whose hash is a multiple of 16 makes a late blocker delete other rules' joins."""
SENTINEL: Final = "end"
NAME: Final = "hegui"
"""Of the one ruleset in a host."""

Action = Callable[[Any], None]
Definition = dict[str, dict[str, Any]]


class EngineError(Exception):
    """durable-rules failed or answered what cannot be: nothing it says in this process can be trusted any more."""


class UnsuitedError(Exception):
    """Nothing is wrong, but this is more than durable-rules is trusted with."""


def load() -> None:
    """Import durable-rules ahead of the first question; that it does not import is told when it is asked."""
    with suppress(ImportError, MemoryError):
        pass


def chain(program: Program, facts: Iterable[Fact]) -> Chained:
    """All that follows from `facts`; both have been checked.

    Raises:
        ActionError: heads could not be derived, or a match could not be noted.
        EngineError: the engine failed.
        UnsuitedError: more facts or more rules that feed each other than the engine is trusted with.
    """
    return by_strata(program, facts, complete)


def complete(rules: Sequence[FlatRule], known: Known) -> list[Firing]:
    """Every match of the rules of one stratum."""
    return [firing for group in hosts(rules) for firing in _Host(group, known).run()]


# --- which rules share a host --------------------------------------------------------------------------------------


def hosts(rules: Sequence[FlatRule]) -> list[tuple[FlatRule, ...]]:
    """The rules of a stratum in groups to be run one after the other: none feeds an earlier group.

    Raises:
        UnsuitedError: more than `MAX_RULES` rules feed each other.
    """
    above = {number: _feeders(rules, number) for number in range(len(rules))}
    # whoever feeds a rule has fewer feeders than it, unless they feed each other
    circles: dict[tuple[int, ...], list[int]] = {}
    for number in sorted(above, key=lambda number: (len(above[number]), min(above[number]), number)):
        circles.setdefault(tuple(sorted(above[number])), []).append(number)
    groups: list[list[int]] = [[]]
    for circle in circles.values():
        if len(circle) > MAX_RULES:
            raise UnsuitedError(f"{len(circle)} rules that feed each other")
        if len(groups[-1]) + len(circle) > MAX_RULES:
            groups.append([])
        groups[-1] += circle
    return [tuple(rules[number] for number in sorted(group)) for group in groups if group]


def _feeders(rules: Sequence[FlatRule], number: int) -> frozenset[int]:
    """The rules whose heads reach the positive patterns of a rule, over other rules too; it is one of them."""
    found, wanted = {number}, [number]
    while wanted:
        kinds = {pattern.kind for pattern in rules[wanted.pop()].patterns if not pattern.negated}
        fresh = {other for other, rule in enumerate(rules) if kinds & {head.kind for head in rule.heads}} - found
        found |= fresh
        wanted += fresh
    return frozenset(found)


# --- rules in the engine's form ------------------------------------------------------------------------------------


def kind_of(pattern: Pattern) -> str:
    """The kind as the engine sees it. A kind that is negated is loaded as one of its own, before all others: so a blocker
    is there before what it blocks, whatever other rules of the host do with the same kind."""
    return ("-" if pattern.negated else "+") + pattern.kind


def ruleset(rules: Sequence[FlatRule]) -> Definition:
    """The rules as a flat conjunction each, named r0, r1, …, and the sentinel; without actions."""
    definition: Definition = {f"r{number}": _rule(rule) for number, rule in enumerate(rules)}
    definition[SENTINEL] = {"all": [{ALIASES[0]: {"kind": SENTINEL}}]}
    return definition


def _rule(rule: FlatRule) -> dict[str, Any]:
    conditions = []
    for number, pattern in enumerate(rule.patterns):
        alias = ALIASES[number] + ("$not" if pattern.negated else "")
        tests = list(_tests(pattern))
        conditions.append({alias: {"$and": tests} if len(tests) > 1 else tests[0]})
    return {"all": conditions}


def _tests(pattern: Pattern) -> Iterator[dict[str, Any]]:
    yield {"kind": kind_of(pattern)}
    for name, value in pattern.equals:
        yield {name: value}
    joins = [{name: {ALIASES[other]: of_other}} for name, other, of_other in pattern.joins]
    yield from joins
    # when the last join test of a conjunction fails, the engine reads on behind the end of it
    yield from joins[-1:]


def needed(rules: Sequence[FlatRule]) -> dict[str, tuple[str, ...]]:
    """The properties tested or joined, by the engine's kind, the negated kinds first: all that is loaded."""
    names: dict[str, set[str]] = {}
    for negated in (True, False):
        for rule in rules:
            for pattern in rule.patterns:
                if pattern.negated is negated:
                    names.setdefault(kind_of(pattern), set()).update(name for name, _ in pattern.equals)
    for rule in rules:
        for pattern in rule.patterns:
            for name, other, of_other in pattern.joins:
                names[kind_of(pattern)].add(name)
                names[kind_of(rule.patterns[other])].add(of_other)
    return {kind: tuple(sorted(own)) for kind, own in names.items()}


def accepted(rules: Sequence[FlatRule]) -> dict[str, set[tuple[tuple[str, Scalar], ...]]]:
    """The constants that patterns want, by the engine's kind: what fits none of them need not be loaded."""
    found: dict[str, set[tuple[tuple[str, Scalar], ...]]] = {}
    for rule in rules:
        for pattern in rule.patterns:
            found.setdefault(kind_of(pattern), set()).add(pattern.equals)
    return {kind: set() if () in wanted else wanted for kind, wanted in found.items()}


# --- ids -----------------------------------------------------------------------------------------------------------


class Identities:
    """Ids for the facts of a host. The engine takes two ids with one hash for one fact, so each is compared."""

    def __init__(self) -> None:
        self._issued: list[str] = []
        self._hashes = {fnv32("sid-0"), fnv32("$pulse")}

    def identity(self, number: int) -> str:
        """The id of the fact loaded as number `number`; the same in every host."""
        while len(self._issued) <= number:
            name = f"F{len(self._issued):06d}"
            code = fnv32(name)
            if code in self._hashes:
                raise UnsuitedError(f"more facts than there are ids, {number}")
            self._hashes.add(code)
            self._issued.append(name)
        return self._issued[number]


_IDENTITIES = Identities()


# --- one host ------------------------------------------------------------------------------------------------------


def engine() -> tuple[Any, type[Exception]]:
    """A new host without its timer threads, and what it raises for a fact that no rule wants."""
    from durable.engine import Host, MessageNotHandledException

    quiet = type("QuietHost", (Host,), {"_run": lambda self: None})
    return quiet(), MessageNotHandledException


class _Host:
    """One engine for one group of rules: loaded once, never changed but by adding, then dropped."""

    def __init__(self, rules: Sequence[FlatRule], known: Known) -> None:
        self.rules, self.known = rules, known
        self.needed, self.accepted = needed(rules), accepted(rules)
        self.loaded: list[int] = []
        self.found: list[tuple[FlatRule, tuple[Any, ...]]] = []
        self.failed: list[tuple[FlatRule, BaseException]] = []
        self.ended = False
        self.host, self.unwanted = engine()
        definition = ruleset(rules)
        for number, rule in enumerate(rules):
            definition[f"r{number}"]["run"] = self._recorder(rule)
        definition[SENTINEL]["run"] = self._end
        self._trusted(lambda: self.host.set_rulesets({NAME: definition}))

    def run(self) -> list[Firing]:
        """Load what is known, conclude until nothing is left, and make sure that the engine is still at work."""
        firings: list[Firing] = []
        for kind in self.needed:
            for number in self.known.by_kind.get(kind[1:], ()):
                self._load(kind, number)
        while self.found:
            rule, ids = self.found.pop()
            matched = self._matched(rule, ids)
            firings.append((rule.name, matched))
            for number in self.known.conclude(rule, matched):
                kind = "+" + self.known.facts[number].kind
                if kind in self.needed:
                    self._load(kind, number)
        self._assert({"id": _IDENTITIES.identity(len(self.loaded)), "kind": SENTINEL})
        state = self._trusted(lambda: self.host.get_state(NAME))
        if not self.ended or self.found or "exception" in state:
            raise EngineError(f"stopped early: {state.get('exception', 'the sentinel did not fire')}")
        return firings

    def _recorder(self, rule: FlatRule) -> Action:
        """An action that only notes what was matched: whatever it raised, the engine would swallow."""
        names = [ALIASES[number] for number in rule.positive]

        def action(match: Any) -> None:
            try:
                facts = [getattr(match, name) for name in names]
                self.found.append((rule, tuple([None if one is None else one["id"] for one in facts])))
            except BaseException as error:  # raised when the engine is done (`_assert`)
                self.failed.append((rule, error))

        return action

    def _end(self, match: Any) -> None:
        self.ended = True

    def _load(self, kind: str, number: int) -> None:
        values, wanted = self.known.values[number], self.accepted[kind]
        if wanted and not any(all(values[name] == value for name, value in equals) for equals in wanted):
            return
        if len(self.loaded) >= MAX_LOADED:
            raise UnsuitedError(f"more than {MAX_LOADED} facts with the derived ones")
        own: dict[str, Scalar] = {"id": _IDENTITIES.identity(len(self.loaded)), "kind": kind}
        for name in self.needed[kind]:
            own[name] = values[name]
        self.loaded.append(number)
        self._assert(own)

    def _assert(self, own: dict[str, Scalar]) -> None:
        # one at a time: a batch stops at the first bad fact and says nothing
        self._trusted(lambda: self.host.assert_fact(NAME, own))
        if self.failed:
            rule, error = self.failed[0]
            if isinstance(error, MemoryError):
                raise error
            raise ActionError(rule.name, f"{type(error).__name__}: {error}") from error

    def _trusted(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except self.unwanted:
            return None
        except MemoryError:
            raise
        except Exception as error:
            raise EngineError(f"{type(error).__name__}: {error}") from error

    def _matched(self, rule: FlatRule, ids: tuple[Any, ...]) -> tuple[int, ...]:
        """The numbers of the matched facts, once more compared with the rule: a wrong match never gets further."""
        try:
            matched = tuple([self.loaded[int(one[1:])] for one in ids])
        except (TypeError, ValueError, IndexError):
            raise EngineError(f"a match of `{rule.name}` with facts that were never loaded") from None
        if not holds(rule, matched, self.known):
            raise EngineError(f"a match of `{rule.name}` that is none")
        return matched


def holds(rule: FlatRule, matched: Sequence[int], known: Known) -> bool:
    """Do these facts satisfy the positive patterns of a rule?"""
    chosen = dict(zip(rule.positive, matched, strict=True))
    for number, own in chosen.items():
        pattern, values = rule.patterns[number], known.values[own]
        if known.facts[own].kind != pattern.kind or any(values[name] != value for name, value in pattern.equals):
            return False
        if any(values[name] != known.values[chosen[other]][of_other] for name, other, of_other in pattern.joins):
            return False
    return True
