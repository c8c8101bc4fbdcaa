"""The examples of a ruleset made ready once, to ask again and again whether a changed ruleset would be noticed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from hegui.assure.drawn import Setting, setting
from hegui.assure.examples import batches
from hegui.engines.request import Request, act_day
from hegui.engines.scalar import FactWorld, RuleJudge
from hegui.language.scalar import RowData, Scope, compile_node
from hegui.outcome import Verdict
from hegui.ruleset.model import Conclusion, ConclusionExample, Parameter, Rule, Ruleset

if TYPE_CHECKING:
    from hegui.assure.registries import RegistryTest

Said = tuple[Verdict | None, tuple[str, ...] | None]
"""A verdict as far as it is stated, and the causes of an example that states some."""
States = Literal["verdict", "causes", "findings"]
"""What is stated of a row: its verdict, its verdict and the causes, or only whether it has a finding, and which."""
Drawn = tuple[tuple[str, ...], tuple[str, ...]]
"""About whom a conclusion is drawn, and about whom it may be."""


@dataclass(frozen=True)
class Case:
    """A row judged by an example of a rule, or by a test, as the scalar evaluator sees it: in the world its registry
    makes."""

    states: States
    row: RowData
    request: Request
    world: FactWorld = field(compare=False)

    def scope(self, rule: Rule) -> Scope:
        """Where the conditions of a rule stand."""
        as_of = self.request.as_of
        scope = Scope(self.world, as_of, as_of, [self.row])
        scope.day = compile_node(act_day(rule))(scope)
        return scope


class Bench:
    """The examples of some rules and conclusions, and what these say of them as they are; `tests` come after them."""

    def __init__(
        self,
        ruleset: Ruleset,
        rules: Collection[str],
        conclusions: Collection[str],
        tests: Iterable[RegistryTest] = (),
    ) -> None:
        self.ruleset = ruleset
        self.cases: dict[str, list[Case]] = {name: [] for name in sorted(rules)}
        for name, case in (*_of_examples(ruleset, list(self.cases)), *_of_tests(ruleset, list(self.cases), tests)):
            self.cases[name].append(case)
        self.settings = {
            name: [(each, setting(ruleset, each)) for each in ruleset.conclusions[name].examples]
            for name in sorted(conclusions)
        }

    # --- rules

    @cached_property
    def said(self) -> dict[str, list[Said]]:
        """What each rule says of its examples."""
        return {
            name: [_said(RuleJudge(self.ruleset.rules[name], self.ruleset.vocabulary.kinds), case) for case in cases]
            for name, cases in self.cases.items()
        }

    def notices(self, rule: Rule, parameters: Mapping[str, Parameter] | None = None) -> bool:
        """Does an example of a rule get another verdict, or other causes than it states, from the rule as changed, or
        with other parameters?"""
        judge = RuleJudge(rule, self.ruleset.vocabulary.kinds)
        altered = None if parameters is None else replace(self.ruleset, parameters=dict(parameters))
        worlds: dict[int, FactWorld] = {}
        for case, said in zip(self.cases[rule.name], self.said[rule.name], strict=True):
            world = case.world
            if altered is not None:
                request = case.request
                world = worlds.get(id(request)) or worlds.setdefault(
                    id(request), FactWorld(replace(request, ruleset=altered))
                )
            if _said(judge, case, world) != said:
                return True
        return False

    # --- conclusions

    @cached_property
    def drawn(self) -> dict[str, list[Drawn]]:
        """What comes of the examples of each conclusion."""
        return {
            name: [_drawn(self.ruleset, name, *each) for each in examples] for name, examples in self.settings.items()
        }

    def notices_drawn(self, conclusion: Conclusion, parameters: Mapping[str, Parameter] | None = None) -> bool:
        """Is a conclusion as changed, or with other parameters, drawn about others in one of its examples?"""
        name = conclusion.name
        altered = replace(
            self.ruleset,
            conclusions={**self.ruleset.conclusions, name: conclusion},
            parameters=self.ruleset.parameters if parameters is None else dict(parameters),
        )
        both = zip(self.settings[name], self.drawn[name], strict=True)
        return any(_drawn(altered, name, *each) != drawn for each, drawn in both)


def _of_examples(ruleset: Ruleset, names: list[str]) -> Iterator[tuple[str, Case]]:
    from hegui.facts import from_rows

    rules = [ruleset.rules[name] for name in names]
    for batch in batches([(rule, example) for rule in rules for example in rule.examples], ruleset):
        request = Request(ruleset, from_rows(ruleset.vocabulary, batch.rows), batch.day[0], ())
        world = FactWorld(request)
        kinds = {member.rule.about for member in batch.members}
        rows = {kind: {row.key: row for row in world.judged(kind)} for kind in kinds}
        for member in batch.members:
            row = rows[member.rule.about].get(member.key)
            if row is not None:  # else the example fails as it is
                states: States = "verdict" if member.example.causes is None else "causes"
                yield member.rule.name, Case(states, row, request, world)


def _of_tests(ruleset: Ruleset, names: list[str], tests: Iterable[RegistryTest]) -> Iterator[tuple[str, Case]]:
    from hegui.assure.registries import registry_of

    for test in tests:
        request = Request(ruleset, registry_of(ruleset, test), test.days[0], ())
        world = FactWorld(request)
        for name in (each for each in names if each in test.rules):
            about = ruleset.rules[name].about
            for row in world.judged(about) if about in request.registry.tables else ():
                yield name, Case("findings", row, request, world)


def _said(judge: RuleJudge, case: Case, world: FactWorld | None = None) -> Said:
    opinion = judge.opinion(case.row, world or case.world, case.request.as_of)
    match case.states:
        case "causes":
            return opinion.verdict, tuple(sorted(map(str, opinion.causes)))
        case "findings" if opinion.verdict not in (Verdict.VIOLATION, Verdict.UNDETERMINED):
            return None, None
    return opinion.verdict, None


def _drawn(ruleset: Ruleset, conclusion: str, example: ConclusionExample, given: Setting) -> Drawn:
    from hegui.conclusions.drawing import draw_alone

    drawing = draw_alone(
        ruleset,
        given.registry,
        given.supports,
        conclusion,
        example.conclusions,
        as_of=given.as_of,
        chainer="reference",
    )
    certain = tuple(each.entity for each in drawing.drawn if each.certain)
    return certain, tuple(each.entity for each in drawing.drawn if not each.certain)
