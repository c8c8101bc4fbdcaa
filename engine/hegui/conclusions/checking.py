"""What a program and its facts must be for both chainers to mean the same, checked before either sees them.

The limits are durable-rules': beyond them it matches wrongly, silently. The reference chainer is held to the same ones, so
that which of the two is used never decides whether a program runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from hegui.conclusions.hashes import fnv32
from hegui.conclusions.program import Fact, FlatRule, Program, Scalar, Taken

MAX_PATTERNS: Final = 15
MAX_JOIN_TESTS: Final = 29
"""In one rule, each pattern's last one counted twice."""
MAX_PROPERTIES: Final = 250
MAX_BYTES: Final = 60_000
"""Of a string as it is written in JSON: its length is kept in 16 bits."""
RESERVED: Final = ("id", "kind", "sid")
"""Property names with a meaning of their own."""

Shape = tuple[str, tuple[str, ...], tuple[type, ...]]
"""Kind, names and types of a fact."""


class ProgramError(ValueError):
    """A program or its facts are not what a chainer takes: a mistake in what made them, not in the user's files."""


def check(program: Program, facts: Iterable[Fact]) -> None:
    """Refuse what a chainer could get wrong.

    Raises:
        ProgramError: not stratified, an unsafe pattern, a property that is missing, reserved or of two types, two
            names that share a hash, a value or a rule beyond the limits.
    """
    check_program(program)
    check_facts(program, facts)


def check_program(program: Program) -> None:
    """The part of `check` that needs no facts."""
    names = Counter([rule.name for rule in program.rules] + [count.name for count in program.counts])
    for name, times in names.items():
        _require(times == 1, f"`{name}` is the name of two rules or counts")
    for rule in program.rules:
        _check_rule(rule)
    for count in program.counts:
        _require(count.at_least >= 1, f"count `{count.name}`: at least {count.at_least} is no number of members")
    _check_strata(program)


def check_facts(program: Program, facts: Iterable[Fact]) -> None:
    """The part of `check` that needs the facts; `program` has been checked."""
    shapes = _shapes(facts)
    types: dict[str, type] = {}
    for kind, names, kinds_of_value in shapes:
        _require(len(names) <= MAX_PROPERTIES, f"a fact of kind `{kind}` has more than {MAX_PROPERTIES} properties")
        _require(list(names) == sorted(set(names)), f"properties of kind `{kind}` are not sorted by name, each once")
        for name, one in zip(names, kinds_of_value, strict=True):
            _settle(types, name, one)
    for name, value in _constants(program):
        _check_value(name, value)
        _settle(types, name, type(value))
    _check_types(program, types)
    _check_complete(program, shapes)
    _check_property_names({name for _, names, _ in shapes for name in names} | _named(program))


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ProgramError(problem)


# --- rules ---------------------------------------------------------------------------------------------------------


def _check_rule(rule: FlatRule) -> None:
    here, patterns = f"rule `{rule.name}`", rule.patterns
    _require(bool(patterns) and not patterns[0].negated, f"{here}: the first pattern must be positive")
    _require(len(patterns) <= MAX_PATTERNS, f"{here}: {len(patterns)} patterns, more than {MAX_PATTERNS}")
    kinds = [pattern.kind for pattern in patterns]
    _require(len(set(kinds)) == len(kinds), f"{here}: two patterns have the same kind")
    tests = sum(len(pattern.joins) + 1 for pattern in patterns if pattern.joins)
    _require(tests <= MAX_JOIN_TESTS, f"{here}: {tests} join tests, more than {MAX_JOIN_TESTS}")
    for number, pattern in enumerate(patterns):
        for name, other, _ in pattern.joins:
            earlier = 0 <= other < number and not patterns[other].negated
            _require(earlier, f"{here}: `{pattern.kind}.{name}` is joined to what is no earlier positive pattern")
    _require(bool(rule.heads), f"{here}: nothing is derived")
    for head in rule.heads:
        names = [name for name, _ in head.properties]
        _require(len(set(names)) == len(names), f"{here}: a property of `{head.kind}` is given twice")
        for name, value in head.properties:
            taken = not isinstance(value, Taken) or value.pattern in rule.positive
            _require(taken, f"{here}: `{head.kind}.{name}` is taken from what is no positive pattern")


def _check_strata(program: Program) -> None:
    by_rules: dict[str, int] = {}
    by_counts: dict[str, int] = {}
    for rule in program.rules:
        for head in rule.heads:
            by_rules[head.kind] = max(rule.stratum, by_rules.get(head.kind, rule.stratum))
    for count in program.counts:
        by_counts[count.head] = max(count.stratum, by_counts.get(count.head, count.stratum))

    def check_use(user: str, verb: str, kind: str, stratum: int, complete: bool) -> None:
        late = by_rules.get(kind, stratum - 1) >= stratum + (not complete)
        late |= by_counts.get(kind, stratum - 1) >= stratum
        _require(not late, f"not stratified: {user} {verb} `{kind}` in stratum {stratum}, which is not complete before")

    for rule in program.rules:
        for pattern in rule.patterns:
            verb = "negates" if pattern.negated else "uses"
            check_use(f"rule `{rule.name}`", verb, pattern.kind, rule.stratum, pattern.negated)
    for count in program.counts:
        # taken when its stratum is complete, so rules of that very stratum may derive what is counted
        check_use(f"count `{count.name}`", "counts", count.kind, count.stratum, False)


# --- properties ----------------------------------------------------------------------------------------------------


def _uses(program: Program) -> Iterator[tuple[str, str, str]]:
    """Which rule or count reads which property of which kind."""
    for rule in program.rules:
        here = f"rule `{rule.name}`"
        for pattern in rule.patterns:
            for name, _ in pattern.equals:
                yield here, pattern.kind, name
            for name, other, of_other in pattern.joins:
                yield here, pattern.kind, name
                yield here, rule.patterns[other].kind, of_other
        for head in rule.heads:
            for _, value in head.properties:
                if isinstance(value, Taken):
                    yield here, rule.patterns[value.pattern].kind, value.property
    for count in program.counts:
        for name in (*count.group, *count.member, *((count.placed,) if count.placed else ())):
            yield f"count `{count.name}`", count.kind, name


def _constants(program: Program) -> Iterator[tuple[str, Scalar]]:
    for rule in program.rules:
        for pattern in rule.patterns:
            yield from pattern.equals
        for head in rule.heads:
            for name, value in head.properties:
                if not isinstance(value, Taken):
                    yield name, value


def _equal_types(program: Program) -> Iterator[tuple[str, str]]:
    """Pairs of properties that must have one type: joined, or copied into each other."""
    for rule in program.rules:
        for pattern in rule.patterns:
            for name, _, other in pattern.joins:
                yield name, other
        for head in rule.heads:
            for name, value in head.properties:
                if isinstance(value, Taken):
                    yield name, value.property


def _settle(types: dict[str, type], name: str, found: type) -> None:
    """Note the type of a property, or compare it with what is known."""
    _require(found in (str, int, bool), f"property `{name}` is a {found.__name__}: only text, int and bool are")
    known = types.setdefault(name, found)
    _require(known is found, f"property `{name}` is a {known.__name__} in one place and a {found.__name__} in another")


def _check_types(program: Program, types: dict[str, type]) -> None:
    for count in program.counts:
        if count.placed is not None:
            _settle(types, count.placed, bool)
    pairs = set(_equal_types(program))
    growing = True
    while growing:
        before = len(types)
        for one, other in sorted(pairs):
            if one in types:
                _settle(types, other, types[one])
            elif other in types:
                _settle(types, one, types[other])
        growing = len(types) > before


def _check_complete(program: Program, shapes: Iterable[Shape]) -> None:
    """Every property that is read is on every fact of its kind, given or derived."""
    forms = {(kind, names) for kind, names, _ in shapes}
    forms |= {(head.kind, tuple(name for name, _ in head.properties)) for rule in program.rules for head in rule.heads}
    forms |= {(count.head, count.group) for count in program.counts}
    by_kind: dict[str, list[tuple[str, ...]]] = {}
    for kind, names in sorted(forms):
        by_kind.setdefault(kind, []).append(names)
    for user, kind, name in _uses(program):
        for names in by_kind.get(kind, ()):
            _require(name in names, f"{user}: a fact of kind `{kind}` has no property `{name}`")


def _named(program: Program) -> set[str]:
    heads = {name for rule in program.rules for head in rule.heads for name, _ in head.properties}
    return heads | {name for _, _, name in _uses(program)}


def _check_property_names(names: Iterable[str]) -> None:
    hashes = {fnv32(name): name for name in RESERVED}
    for name in sorted(names):
        _require(name not in RESERVED, f"`{name}` is reserved and cannot be the name of a property")
        _require(name.isidentifier(), f"`{name}` cannot be the name of a property: letters, digits and `_` make one")
        other = hashes.setdefault(fnv32(name), name)
        _require(other == name, f"the names `{other}` and `{name}` share a hash: rename one")


# --- values --------------------------------------------------------------------------------------------------------


def _shapes(facts: Iterable[Fact]) -> list[Shape]:
    """The different shapes of the facts in the order in which they come up, their values checked."""
    shapes: dict[Shape, None] = {}
    for kind, properties in facts:
        shapes[kind, tuple([name for name, _ in properties]), tuple([type(value) for _, value in properties])] = None
        for name, value in properties:
            # most values are short ASCII or small: only the others are worth a call
            if type(value) is not str or len(value) > 1_000 or not value.isascii():
                _check_value(name, value)
    return list(shapes)


def _check_value(name: str, value: Scalar) -> None:
    if type(value) is int:
        _require(-(2**63) < value < 2**63, f"property `{name}`: {value} is beyond 64 bits")
    elif type(value) is str:
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            raise ProgramError(f"property `{name}`: a text has half a surrogate pair") from None
        # escaped, a character takes up to six bytes
        if len(value) * 6 > MAX_BYTES:
            size += sum(5 if char < " " else 1 for char in value if char < " " or char in '"\\')
        _require(size <= MAX_BYTES, f"property `{name}`: a text of {size} bytes is longer than {MAX_BYTES}")
