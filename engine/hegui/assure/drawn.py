"""The worked examples of conclusions, run on the chainers."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from hegui.assure.examples import AS_OF
from hegui.assure.flat import flat_rows
from hegui.conclusions.ground import Ground, Support
from hegui.datatypes import Cause, Reason
from hegui.engines.request import Request
from hegui.facts.registry import Registry
from hegui.outcome import Finding, Verdict, as_key
from hegui.ruleset.model import Conclusion, ConclusionExample, Ruleset, StatedFinding, answering
from hegui.source import Span


@dataclass(frozen=True, slots=True)
class DrawnResult:
    """What came of one example of a conclusion on one chainer: the ids it was drawn about, and those it may be."""

    conclusion: str
    example: str
    chainer: str
    concluded: tuple[str, ...]
    undetermined: tuple[str, ...]
    expected_concluded: tuple[str, ...]
    expected_undetermined: tuple[str, ...]
    problems: tuple[str, ...]
    span: Span = field(compare=False)

    @property
    def passed(self) -> bool:
        """Is it drawn about whom it should be, and nobody else?"""
        drawn = (sorted(self.concluded), sorted(self.undetermined))
        return drawn == (sorted(self.expected_concluded), sorted(self.expected_undetermined))


def run_conclusion_examples(
    ruleset: Ruleset, chainers: Sequence[str] = ("reference",), conclusions: Collection[str] | None = None
) -> list[DrawnResult]:
    """Run every example of every conclusion (or of `conclusions`) on every chainer."""
    from concurrent.futures import ThreadPoolExecutor

    chosen = [each for name, each in sorted(ruleset.conclusions.items()) if conclusions is None or name in conclusions]
    pairs = [(conclusion, example) for conclusion in chosen for example in conclusion.examples]
    # durable-rules is asked in a process for each example, and most of the time is waiting for it to start
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(lambda pair: [*_run(ruleset, pair[0], pair[1], chainers)], pairs)
        return [each for results in found for each in results]


def _run(
    ruleset: Ruleset, conclusion: Conclusion, example: ConclusionExample, chainers: Sequence[str]
) -> Iterator[DrawnResult]:
    from hegui.conclusions.drawing import draw_alone

    given = setting(ruleset, example)
    for chainer in chainers:
        drawing = draw_alone(
            ruleset,
            given.registry,
            given.supports,
            conclusion.name,
            example.conclusions,
            as_of=given.as_of,
            chainer=chainer,
        )
        yield DrawnResult(
            conclusion.name,
            example.name,
            chainer,
            tuple(each.entity for each in drawing.drawn if each.certain),
            tuple(each.entity for each in drawing.drawn if not each.certain),
            example.concluded,
            example.undetermined,
            tuple(
                f"{each.problem} {each.kind} {each.field} {each.raw}" for each in given.registry.problems if each.raw
            ),
            example.span,
        )


@dataclass(frozen=True)
class Setting:
    """What one example of a conclusion gives, ready to be drawn from: rows, findings, the day."""

    registry: Registry
    supports: tuple[Support, ...]
    as_of: date


def setting(ruleset: Ruleset, example: ConclusionExample) -> Setting:
    """The rows of an example in a registry, and the findings it states."""
    from hegui.facts import from_rows

    rows = flat_rows(ruleset.vocabulary, example.given)
    registry = from_rows(ruleset.vocabulary, {kind: each for kind, each in rows.items() if kind not in example.lacking})
    as_of = example.as_of or AS_OF
    return Setting(registry, tuple(_supports(ruleset, registry, example)), as_of)


def _supports(ruleset: Ruleset, registry: Registry, example: ConclusionExample) -> Iterator[Support]:
    source = Ground(Request(ruleset, registry, example.as_of or AS_OF, ()), (), ())
    for each in example.findings:
        yield Support(_finding(ruleset, source, each), each.verdict == Verdict.VIOLATION)


def _finding(ruleset: Ruleset, source: Ground, stated: StatedFinding) -> Finding:
    """A finding as stated; its name and jurisdiction are those of its entity where nothing else is said."""
    rule = ruleset.rules[stated.rule]
    kind, entity = rule.about, stated.key
    if stated.entity is not None:
        kind, entity = answering(rule.about, rule.answers, ruleset.vocabulary.kinds).name, stated.entity
    name, jurisdiction = source.entity(kind, entity)
    undetermined = stated.verdict == Verdict.UNDETERMINED
    return Finding(
        rule=rule.name,
        about=rule.about,
        key=as_key(stated.key),
        kind=kind,
        entity=as_key(entity),
        name=name,
        jurisdiction=stated.jurisdiction or jurisdiction,
        verdict=Verdict(stated.verdict),
        occurred=stated.occurred,
        source=None,
        row=None,
        causes=(Cause(Reason.MISSING, rule.about),) if undetermined else (),
    )
