"""Boundary examples proposed for rules: at each limit, without each value, and around each change of law.

They are found by changing one value of an example that is there, and they state the verdict that the ruleset gives
today: whether that is the right one is for somebody to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count

from hegui.assure.examples import AS_OF, look_at
from hegui.assure.expected import Expectations, Seen
from hegui.assure.suggesting.bench import Bench, Facts
from hegui.assure.suggesting.changes import Changes, changes
from hegui.assure.suggesting.comparisons import comparisons
from hegui.assure.suggesting.limits import Base, Group, Limits, Suggestion
from hegui.datatypes import Text
from hegui.outcome import Verdict
from hegui.ruleset.model import Example, Rule, Ruleset

__all__ = ["Proposed", "Section", "suggest"]


@dataclass(frozen=True)
class Section:
    """What is proposed for one limit or change of law of a rule; `notes` say what could not be found."""

    heading: Text
    examples: tuple[Example, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Proposed:
    """What is proposed for a rule."""

    rule: Rule
    sections: tuple[Section, ...]


def suggest(ruleset: Ruleset, rules: Collection[str], lang: str = "en") -> list[Proposed]:
    """Examples for some rules that no existing example covers, named in a language, each with the verdict the ruleset gives
    today; rules with nothing to propose are left out."""
    groups = [(rule, list(_groups(ruleset, rule))) for name, rule in sorted(ruleset.rules.items()) if name in rules]
    made = [(rule, group, _examples(rule, group, lang)) for rule, of_rule in groups for group in of_rule]
    kept = list(_unlike(made))
    pairs = [(rule, example) for rule, _, examples in kept for example in examples]
    seen = iter(look_at(ruleset, pairs))
    expectations = Expectations(ruleset)
    found: dict[str, Proposed] = {}
    for rule, group, examples in kept:
        stated = [_stated(rule, each, next(seen), expectations) for each in examples]
        section = Section(group.heading, tuple(each for each in stated if each is not None), tuple(group.notes))
        if section.examples or section.notes:
            before = found.get(rule.name, Proposed(rule, ()))
            found[rule.name] = replace(before, sections=(*before.sections, section))
    return list(found.values())


def _groups(ruleset: Ruleset, rule: Rule) -> Iterator[Group]:
    bench = Bench(ruleset, rule)
    bases = list(_bases(bench, rule))
    limits = Limits(bench, bases)
    for comparison in comparisons(rule):
        group = limits.group(comparison)
        if group is not None:
            yield group
    around = Changes(bench, bases, limits.met)
    for day, said in changes(ruleset, rule).items():
        group = around.group(day, said)
        if group is not None:
            yield group


def _bases(bench: Bench, rule: Rule) -> Iterator[Base]:
    for example in rule.examples:
        facts = Facts(example.given, example.as_of or AS_OF)
        look = bench.look(facts)
        if look is not None:
            yield Base(example, facts, look)


def _examples(rule: Rule, group: Group, lang: str) -> list[Example]:
    return [_example(rule, each, lang) for each in group.suggestions]


def _example(rule: Rule, suggestion: Suggestion, lang: str) -> Example:
    as_of = suggestion.facts.as_of
    given = _plain(suggestion.facts.given)
    assert isinstance(given, dict)
    return Example(suggestion.name.get(lang), given, "compliant", rule.span, as_of=as_of if as_of != AS_OF else None)


def _plain(value: object) -> object:
    """A value as YAML has it: days as texts."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _unlike(made: list[tuple[Rule, Group, list[Example]]]) -> Iterator[tuple[Rule, Group, list[Example]]]:
    """Each example once and under a name of its own; those that are there already are left out."""
    facts: dict[str, list[tuple[object, date | None]]] = {}
    names: dict[str, set[str]] = {}
    for rule, group, examples in made:
        known = facts.setdefault(rule.name, [(_plain(each.given), each.as_of) for each in rule.examples])
        taken = names.setdefault(rule.name, {each.name for each in rule.examples})
        kept = []
        for example in examples:
            if (example.given, example.as_of) not in known:
                known.append((example.given, example.as_of))
                name = _free(example.name, taken)
                taken.add(name)
                kept.append(replace(example, name=name))
        yield rule, group, kept


def _free(name: str, taken: set[str]) -> str:
    """A name no other example has."""
    numbered = (f"{name} ({number})" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _stated(rule: Rule, example: Example, seen: Seen, expectations: Expectations) -> Example | None:
    """The example with the verdict of today and all that goes with it."""
    if seen.own is None:
        return None
    causes = tuple(str(cause) for cause in seen.own.causes) if seen.own.verdict is Verdict.UNDETERMINED else None
    also = {
        each.rule: each.verdict.value
        for each in seen.others or ()
        if each.verdict is Verdict.VIOLATION and expectations.namable(rule, each.rule)
    }
    return replace(example, verdict=seen.own.verdict.value, causes=causes, also=also)
