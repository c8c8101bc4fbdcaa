"""The worked examples of rules, run on the engines.

Examples that share a day and no key stand in one registry, as if each stood alone: nothing leads from one to another. All
rules are asked about it at once, so that an example also shows what else its facts give rise to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hegui.assure.expected import Expectations, Seen
from hegui.assure.flat import Flat, Rows, flat_rows, rows_of
from hegui.facts.problems import NO_PARENT
from hegui.facts.registry import Registry
from hegui.outcome import Finding, Verdict
from hegui.ruleset.model import Example, Rule, Ruleset
from hegui.source import Diagnostic, Span

__all__ = ["AS_OF", "ExampleResult", "flat_rows", "rows_of", "run_examples"]

AS_OF: Final = date(2024, 3, 11)
"""The day the facts of an example are looked at where it names none."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example on one engine.

    `verdict` is None where the row was not judged at all; `causes` are sorted texts; `expected_causes` is None where
    the example names none; `problems` says what was wrong with the values given. `failures` is all that is not as the
    example states it, message, evidence and other rules included.
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
    failures: tuple[Diagnostic, ...] = ()

    @property
    def passed(self) -> bool:
        """Is everything as the example states it?"""
        return not self.failures


def look_at(ruleset: Ruleset, examples: Sequence[tuple[Rule, Example]], engine: str = "scalar") -> list[Seen]:
    """What an engine makes of examples, whatever they state: each with what all rules say of its facts."""
    found: dict[int, Seen] = {}
    for batch in batches(examples, ruleset):
        run = _Run(ruleset, batch, Expectations(ruleset), others=True)
        found |= {member.number: seen for member, seen in run.seen(engine, asked=True)}
    return [found[number] for number in range(len(examples))]


def run_examples(
    ruleset: Ruleset,
    engines: Sequence[str] = ("scalar", "polars"),
    rules: Sequence[str] | None = None,
    *,
    others: bool = True,
) -> list[ExampleResult]:
    """Run every example of every rule (or of `rules`) on every engine, in order of rule, example and engine.

    Args:
        ruleset: the rules.
        engines: their names. What other rules say of the facts of an example is asked of the first.
        rules: names of the rules whose examples are run; None for all.
        others: ask what other rules say at all.

    Raises:
        UsageError: an unknown engine.
    """
    chosen = [rule for name, rule in sorted(ruleset.rules.items()) if rules is None or name in rules]
    expectations = Expectations(ruleset)
    pairs = [(rule, example) for rule in chosen for example in rule.examples]
    found: dict[tuple[int, int], ExampleResult] = {}
    for batch in batches(pairs, ruleset):
        found |= _Run(ruleset, batch, expectations, others).results(engines)
    return [found[at] for at in sorted(found)]


@dataclass(frozen=True)
class Member:
    """An example in a batch: its number among all, and the key of the row judged as it stands in a finding."""

    number: int
    rule: Rule
    example: Example
    key: str


@dataclass
class Batch:
    """Examples that share a day and no key: one registry holds them all, as if each stood alone.

    `day` is that of the facts and that of the decision.
    """

    day: tuple[date, date]
    rows: Rows
    members: list[Member] = field(default_factory=list)
    owners: dict[tuple[str, int], int] = field(default_factory=dict)
    """(kind, row counted from 1) → number of the member it belongs to."""
    keys: set[tuple[str, ...]] = field(default_factory=set)

    def take(self, member: Member, rows: Rows, keys: set[tuple[str, ...]]) -> None:
        self.keys |= keys
        for kind, added in rows.items():
            for row in added:
                self.rows[kind].append(row)
                self.owners[kind, len(self.rows[kind])] = len(self.members)
        self.members.append(member)


def batches(examples: Sequence[tuple[Rule, Example]], ruleset: Ruleset) -> list[Batch]:
    """Examples of rules in as few registries as their days and keys allow; each member has the number of its example."""
    kinds = ruleset.vocabulary.kinds
    found: list[Batch] = []
    made = 0
    for number, (rule, example) in enumerate(examples):
        flat = Flat(ruleset.vocabulary, made)
        key = flat.judged(rule.about, example.given)
        made = flat.made
        keys = {
            (name, *(str(row.get(part)) for part in kinds[name].key))
            for name, rows in flat.rows.items()
            for row in rows
            if kinds[name].key
        }
        as_of = example.as_of or AS_OF
        day = (as_of, example.decided_on or as_of)
        batch = next((each for each in found if each.day == day and not each.keys & keys), None)
        if batch is None:
            batch = Batch(day, {name: [] for name in kinds})
            found.append(batch)
        batch.take(Member(number, rule, example, key), flat.rows, keys)
    return found


class _Run:
    """A batch put before engines."""

    def __init__(self, ruleset: Ruleset, batch: Batch, expectations: Expectations, others: bool) -> None:
        from hegui.facts import from_rows

        self.ruleset = ruleset
        self.batch = batch
        self.expectations = expectations
        self.others = others
        self.registry = from_rows(ruleset.vocabulary, batch.rows)
        self.problems = _problems(self.registry, batch)

    def results(self, engines: Sequence[str]) -> dict[tuple[int, int], ExampleResult]:
        """Results by number of the example and of the engine."""
        return {
            (member.number, number): self.result(member, engine, seen)
            for number, engine in enumerate(engines)
            for member, seen in self.seen(engine, self.others and number == 0)
        }

    def seen(self, engine: str, asked: bool) -> Iterator[tuple[Member, Seen]]:
        """What an engine makes of each member; other rules are looked at where they are `asked`."""
        found = self.findings(engine, asked)
        for at, member in enumerate(self.batch.members):
            of_it = found.get(at, [])
            own = next((each for each in of_it if each.rule == member.rule.name and each.key == member.key), None)
            others = tuple(each for each in of_it if each is not own) if asked else None
            yield member, Seen(own, others, self.problems.get(at, ()), self.batch.day)

    def findings(self, engine: str, every_rule: bool) -> dict[int, list[Finding]]:
        """What the rules say, by number of the member whose rows they speak of."""
        from hegui.engines import judge

        rules = {member.rule.name for member in self.batch.members}
        if every_rule:
            rules |= {name for name, rule in self.ruleset.rules.items() if self.batch.rows[rule.about]}
        as_of, decided_on = self.batch.day
        judged = judge(
            self.ruleset,
            self.registry,
            engine=engine,
            as_of=as_of,
            decided_on=decided_on,
            rules=sorted(rules),
            every=True,
        )
        found: dict[int, list[Finding]] = {}
        for finding in judged.findings:
            if finding.row is not None:
                found.setdefault(self.batch.owners[finding.about, finding.row], []).append(finding)
        return found

    def result(self, member: Member, engine: str, seen: Seen) -> ExampleResult:
        rule, example, own = member.rule, member.example, seen.own
        return ExampleResult(
            rule=rule.name,
            example=example.name,
            engine=engine,
            expected=Verdict(example.verdict),
            verdict=own.verdict if own is not None else None,
            causes=tuple(sorted(str(cause) for cause in own.causes)) if own is not None else (),
            expected_causes=None if example.causes is None else tuple(sorted(example.causes)),
            problems=seen.problems,
            span=example.span,
            failures=self.expectations.failures(rule, example, seen),
        )


def _problems(registry: Registry, batch: Batch) -> dict[int, tuple[str, ...]]:
    """What was wrong with the values examples give, by number of the member; what they left out is meant to be."""
    found: dict[int, tuple[str, ...]] = {}
    for each in registry.problems:
        left_out = each.raw is None or (each.raw == "" and each.problem == NO_PARENT)
        if left_out or each.place is None or each.place.row is None:
            continue
        owner = batch.owners.get((each.kind or "", each.place.row))
        if owner is not None:
            said = " ".join(part for part in (each.problem, each.kind, each.field, each.raw) if part)
            found[owner] = (*found.get(owner, ()), said)
    return found
