"""The worked examples of a ruleset, run on the engines.

What an example gives is nested the way people think of it: a reference holds the row it points at, a relation the rows
that point back. Here it becomes flat tables with keys, a registry, and a verdict to compare with the expected one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from hegui.datatypes import Type
from hegui.facts.registry import DataProblem
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
    return [result for rule in chosen for example in rule.examples for result in _run(ruleset, rule, example, engines)]


def _run(ruleset: Ruleset, rule: Rule, example: Example, engines: Sequence[str]) -> Iterator[ExampleResult]:
    from hegui.engines import judge
    from hegui.facts import from_rows

    rows, key = rows_of(example.given, ruleset.vocabulary, rule.about)
    registry = from_rows(ruleset.vocabulary, rows)
    problems = tuple(filter(None, map(_shown, registry.problems)))
    causes = None if example.causes is None else tuple(sorted(example.causes))
    for engine in engines:
        judged = judge(
            ruleset,
            registry,
            engine=engine,
            as_of=example.as_of or AS_OF,
            decided_on=example.decided_on,
            rules=[rule.name],
            every=True,
        )
        found = next((finding for finding in judged.findings if finding.key == key), None)
        yield ExampleResult(
            rule=rule.name,
            example=example.name,
            engine=engine,
            expected=Verdict(example.verdict),
            verdict=found.verdict if found is not None else None,
            causes=_causes(found),
            expected_causes=causes,
            problems=problems,
            span=example.span,
        )


def _shown(problem: DataProblem) -> str:
    """What was wrong with a value given, or nothing where the example left something out on purpose."""
    if problem.raw is None:
        return ""
    return " ".join(part for part in (problem.problem, problem.kind, problem.field, problem.raw) if part)


def _causes(finding: Finding | None) -> tuple[str, ...]:
    return tuple(sorted(str(cause) for cause in finding.causes)) if finding is not None else ()


def rows_of(given: Mapping[str, object], vocabulary: Vocabulary, about: str) -> tuple[Rows, str]:
    """The flat tables of what an example gives, and the key of the row judged as it stands in a finding.

    Keys and references back that are left out are made up; a reference given as a plain key gets a row with that key.
    Kinds not mentioned have an empty table: they were supplied, and there is nothing in them.
    """
    flat = _Flat(vocabulary)
    row = flat.add(vocabulary.kinds[about], given)
    key = ",".join(escape(str(row.get(name))) for name in vocabulary.kinds[about].key)
    return flat.rows, key


class _Flat:
    """Nested rows laid out in tables."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.kinds = vocabulary.kinds
        self.rows: Rows = {name: [] for name in vocabulary.kinds}
        self.made = 0

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
