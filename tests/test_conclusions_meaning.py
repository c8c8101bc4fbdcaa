"""Conclusions mean what they say: random ones over random registries, held against every combination of rows asked
whole, on both chainers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from conclusions_kit import DAY, Oracle, Truth, registry, written

from hegui import engines
from hegui.conclusions import chaining
from hegui.conclusions.drawing import draw
from hegui.conclusions.ground import Ground, supports
from hegui.engines.request import Request
from hegui.facts.registry import Registry
from hegui.outcome import Drawing, Finding
from hegui.ruleset.model import Ruleset

CHAINERS = ["reference", *(["durable"] if chaining.available() else [])]


def apart(finding: Finding) -> bool:
    """Some findings rest on memory only."""
    return finding.key.endswith("3")


def drawn(rules: Ruleset, facts: Registry, chainer: str) -> Drawing:
    judgement = engines.judge(rules, facts, engine="scalar", as_of=DAY)
    found = supports(judgement.findings, apart)
    return draw(rules, facts, found, as_of=DAY, decided_on=DAY, chainer=chainer)


def meant(rules: Ruleset, facts: Registry) -> dict[str, dict[str, Truth]]:
    judgement = engines.judge(rules, facts, engine="scalar", as_of=DAY)
    lacking = [rule for rule in rules.rules.values() if rule.about not in facts.tables]
    source = Ground(Request(rules, facts, DAY, ()), supports(judgement.findings, apart), lacking)
    return Oracle(rules, source).all()


def said(drawing: Drawing) -> dict[str, dict[str, Truth]]:
    found: dict[str, dict[str, Truth]] = {summary.conclusion: {} for summary in drawing.summaries}
    for each in drawing.drawn:
        found[each.conclusion][each.entity] = True if each.certain else None
    return found


def compare(seeds: range, folder: Path, chainer: str) -> Counter[Truth]:
    seen: Counter[Truth] = Counter()
    for seed in seeds:
        rules = written(seed // 4, 4, folder)
        facts = registry(rules, seed)
        expected, found = meant(rules, facts), said(drawn(rules, facts, chainer))
        assert found == expected, f"seed {seed}"
        seen.update(truth for abouts in expected.values() for truth in abouts.values())
    return seen


@pytest.mark.parametrize("chainer", CHAINERS)
def test_random_conclusions_are_what_they_mean(chainer: str, tmp_path: Path) -> None:
    seen = compare(range(120 if chainer == "reference" else 24), tmp_path, chainer)
    assert seen[True] > 4
    assert seen[None] > 4


@pytest.mark.slow
@pytest.mark.parametrize("chainer", CHAINERS)
def test_many_random_conclusions_are_what_they_mean(chainer: str, tmp_path: Path) -> None:
    compare(range(1000, 5000 if chainer == "reference" else 2000), tmp_path, chainer)
