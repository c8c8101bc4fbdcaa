"""The worked examples of a ruleset, run on the engines.

What an example gives is nested the way people think of it: a reference holds the row it points at, a relation the rows
that point back. Here it becomes flat tables with keys, a registry, and a verdict to compare with the expected one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from hegui.datatypes import Type
from hegui.facts.registry import Registry
from hegui.outcome import Finding, Verdict, escape
from hegui.ruleset.model import Example, Rule, Ruleset
from hegui.source import Span
from hegui.vocabulary import Kind, Vocabulary

AS_OF: Final = date(2024, 3, 11)
"""The day the facts of an example are looked at where it names none."""

Rows = dict[str, list[dict[str, object]]]
"""Rows per kind, every kind of the vocabulary included."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example on one engine.

    `verdict` is None where the row was not judged at all; `causes` are sorted texts; `expected_causes` is None where
    the example names none; `problems` says what was wrong with the values given.
    """

    rule: str
    example: str
    engine: str
    expected: Verdict
    verdict: Verdict | None
    causes: tuple[str, ...]
    expected_causes: tuple[str, ...] | None
    problems: tuple[str, ...]
    span: Span = field(compare=False)

    @property
    def passed(self) -> bool:
        """Are the verdict and, where the example names them, the causes the expected ones?"""
        return self.verdict == self.expected and self.expected_causes in (None, self.causes)


def run_examples(
    ruleset: Ruleset, engines: Sequence[str] = ("scalar", "polars"), rules: Sequence[str] | None = None
) -> list[ExampleResult]:
    """Run every example of every rule (or of `rules`) on every engine, in order of rule, example and engine.

    Raises:
        UsageError: an unknown engine.
    """
    chosen = [rule for name, rule in sorted(ruleset.rules.items()) if rules is None or name in rules]
    return [result for rule in chosen for result in _of_rule(ruleset, rule, engines)]


def _of_rule(ruleset: Ruleset, rule: Rule, engines: Sequence[str]) -> list[ExampleResult]:
    """The results of a rule's examples, in the order they are written."""
    together = batches([(rule, example) for example in rule.examples], ruleset.vocabulary)
    found = [result for batch in together for result in _run(ruleset, rule, batch, engines)]
    order = [example.name for example in rule.examples]
    return sorted(found, key=lambda result: order.index(result.example))


@dataclass
class Batch:
    """Examples that share a day and no key: one registry holds them all, as if each stood alone.

    `day` is that of the facts and that of the decision; `members` are examples with their rule and the key of the row
    judged.
    """

    day: tuple[date, date | None]
    rows: Rows
    members: list[tuple[Rule, Example, str]] = field(default_factory=list)
    owners: dict[tuple[str, int], str] = field(default_factory=dict)
    """(kind, row counted from 1) → name of the example it belongs to."""
    keys: set[tuple[str, ...]] = field(default_factory=set)

    def take(self, rule: Rule, example: Example, rows: Rows, key: str, keys: set[tuple[str, ...]]) -> None:
        self.members.append((rule, example, key))
        self.keys |= keys
        for kind, added in rows.items():
            for row in added:
                self.rows[kind].append(row)
                self.owners[kind, len(self.rows[kind])] = example.name


def batches(examples: Iterable[tuple[Rule, Example]], vocabulary: Vocabulary) -> list[Batch]:
    """Examples of rules put together in as few registries as their days and keys allow."""
    found: list[Batch] = []
    made = 0
    for rule, example in examples:
        flat = _Flat(vocabulary, made)
        key = flat.judged(rule.about, example.given)
        made = flat.made
        keys = {
            (name, *(str(row.get(part)) for part in vocabulary.kinds[name].key))
            for name, rows in flat.rows.items()
            for row in rows
            if vocabulary.kinds[name].key
        }
        day = (example.as_of or AS_OF, example.decided_on)
        batch = next((each for each in found if each.day == day and not each.keys & keys), None)
        if batch is None:
            batch = Batch(day, {name: [] for name in vocabulary.kinds})
            found.append(batch)
        batch.take(rule, example, flat.rows, key, keys)
    return found


def _run(ruleset: Ruleset, rule: Rule, batch: Batch, engines: Sequence[str]) -> Iterator[ExampleResult]:
    from hegui.engines import judge
    from hegui.facts import from_rows

    registry = from_rows(ruleset.vocabulary, batch.rows)
    as_of, decided_on = batch.day
    for engine in engines:
        judged = judge(
            ruleset, registry, engine=engine, as_of=as_of, decided_on=decided_on, rules=[rule.name], every=True
        )
        findings = {finding.key: finding for finding in judged.findings}
        for _, example, key in batch.members:
            problems = _problems(registry, batch.owners, example.name)
            yield _result(rule, example, engine, findings.get(key), problems)


def _result(
    rule: Rule, example: Example, engine: str, finding: Finding | None, problems: tuple[str, ...]
) -> ExampleResult:
    return ExampleResult(
        rule=rule.name,
        example=example.name,
        engine=engine,
        expected=Verdict(example.verdict),
        verdict=finding.verdict if finding is not None else None,
        causes=tuple(sorted(str(cause) for cause in finding.causes)) if finding is not None else (),
        expected_causes=None if example.causes is None else tuple(sorted(example.causes)),
        problems=problems,
        span=example.span,
    )


def _problems(registry: Registry, owners: Mapping[tuple[str, int], str], example: str) -> tuple[str, ...]:
    """What was wrong with the values an example gives; what it left out, it left out on purpose."""
    return tuple(
        " ".join(part for part in (each.problem, each.kind, each.field, each.raw) if part)
        for each in registry.problems
        if each.raw is not None and each.place is not None and each.place.row is not None
        if owners.get((each.kind or "", each.place.row)) == example
    )


def rows_of(given: Mapping[str, object], vocabulary: Vocabulary, about: str) -> tuple[Rows, str]:
    """The flat tables of what an example gives, and the key of the row judged as it stands in a finding.

    Keys and references back that are left out are made up; a reference given as a plain key gets a row with that key.
    Kinds not mentioned have an empty table: they were supplied, and there is nothing in them.
    """
    flat = _Flat(vocabulary)
    key = flat.judged(about, given)
    return flat.rows, key


def flat_rows(vocabulary: Vocabulary, given: Mapping[str, Sequence[Mapping[str, object]]]) -> Rows:
    """The flat tables of nested rows given by kind; as `rows_of`, for several rows of several kinds."""
    flat = _Flat(vocabulary)
    for kind, rows in given.items():
        for row in rows:
            flat.add(vocabulary.kinds[kind], row)
    return flat.rows


class _Flat:
    """Nested rows laid out in tables."""

    def __init__(self, vocabulary: Vocabulary, made: int = 0) -> None:
        self.kinds = vocabulary.kinds
        self.rows: Rows = {name: [] for name in vocabulary.kinds}
        self.made = made
        """How many keys were made up so far: each is another."""

    def judged(self, about: str, given: Mapping[str, object]) -> str:
        """Add the row judged; returns its key as it stands in a finding."""
        row = self.add(self.kinds[about], given)
        return ",".join(escape(str(row.get(name))) for name in self.kinds[about].key)

    def add(self, kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
        """Put a row and all that hangs on it into the tables; returns the row with its key."""
        row: dict[str, object] = {}
        self.rows[kind.name].append(row)
        for name in kind.fields:
            if name in given:
                row[name] = self.value(kind.fields[name].type, given[name])
            elif name in kind.key:
                row[name] = self.made_up(kind.fields[name].type, kind.name)
        for name, relation in kind.relations.items():
            listed = given.get(name)
            for child in listed if isinstance(listed, list) else ():
                back = {relation.by: row[kind.key[0]]} if kind.key else {}
                self.add(self.kinds[relation.kind], {**back, **child})
        return row

    def value(self, type_: Type, given: object) -> object:
        """The value of a cell; for a reference the key of the row it points at, which is added."""
        if type_.name != "ref" or type_.kind is None or given is None:
            return given
        other = self.kinds[type_.kind]
        if isinstance(given, Mapping):
            return self.add(other, given)[other.key[0]]
        if all(row.get(other.key[0]) != given for row in self.rows[other.name]):
            self.add(other, {other.key[0]: given})
        return given

    def made_up(self, type_: Type, kind: str) -> object:
        """A key no other row has."""
        self.made += 1
        match type_.name:
            case "int" | "number":
                return self.made
            case "date":
                return date(2000, 1, 1) + timedelta(self.made)
            case "code":
                return (type_.codes or ("",))[self.made % len(type_.codes or ("",))]
            case "ref":
                return self.value(type_, {})
        return f"{kind}-{self.made}"
