"""Conclusions mean what they say: random ones over random registries, held against every combination of rows asked
whole, on both chainers."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from cases import cases
from conclusions_kit import BASE, DAY, EQUAL, POINTS, Oracle, Truth, quoted, registry, written

from hegui import engines, ruleset
from hegui.conclusions import chaining, drawing
from hegui.conclusions.drawing import draw
from hegui.conclusions.ground import Ground, supports
from hegui.engines.request import Request
from hegui.facts import from_rows
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


# --- through what is not known ---------------------------------------------------------------------------------------

OF_TWO = {**EQUAL, **{(b, a): [each.replace("{a}", "{c}").replace("{b}", "{a}").replace("{c}", "{b}") for each in texts]
                      for (a, b), texts in EQUAL.items()}}  # fmt: skip


def through(seed: int) -> str:
    """A conclusion about two things that have nothing to do with one another but through a third; or blocked so."""
    dice = random.Random(f"through/{seed}")
    first, middle = dice.choice(sorted(OF_TWO))
    last = dice.choice(sorted(b for a, b in OF_TWO if a == middle))
    one = dice.choice(OF_TWO[first, middle]).format(a="x", b="y")
    other = dice.choice(OF_TWO[middle, last]).format(a="y", b="z")
    named = {word: "finding('mine.*')" if word == "finding" else word for word in (first, middle, last)}
    about, id_ = dice.choice(sorted(POINTS[first].items()))
    given = f'x: "{named[first]}"'
    rest = f'y: "{named[middle]}", z: "{named[last]}"'
    body = f"given: {{{given}, {rest}}}\nwhere: {quoted(f'{one} && {other}')}"
    if dice.random() < 0.3:
        body = f"given: {{{given}}}\nunless: {{{rest}}}\nunless_where: {quoted(f'{one} && {other}')}"
    more = "\nat_least: 2" if dice.random() < 0.2 else ""
    lines = f"conclusion: c\ntitle: {{zh: 结论, en: drawn}}\nnature: clue\nseverity: minor\n{body}\n"
    return f"{lines}about: {{kind: {about}, id: {quoted(id_.format(m='x'))}}}{more}\nmessage: {{zh: 文, en: text}}\n"


LOST: list[dict[str, object]] = [{"id": "", "name": "lost"}]


def rows_of_two_towns(dice: random.Random) -> dict[str, list[dict[str, object]]]:
    """A few rows of two towns; some kinds have a row without a key, or no table."""
    towns: list[dict[str, object]] = [{"id": "T1", "near": "T2", "grade": 1}, {"id": "T2", "near": "T1", "grade": 2}]
    mines: list[dict[str, object]] = [
        {
            "id": f"M{at}",
            "town": dice.choice(["T1", "T2"]),
            "department": dice.choice(["D1", "D2"]),
            "output": 20,
            "dusty": True,
        }
        for at in range(3)
    ]
    orders: list[dict[str, object]] = [
        {"id": f"O{at}", "mine": f"M{at}", "department": "D1", "grade": at} for at in range(2)
    ]
    departments: list[dict[str, object]] = [{"id": "D1", "grade": 1}, {"id": "D2", "grade": 2}]
    made = {"town": towns, "mine": mines, "order": orders, "department": departments}
    found = {kind: each + (LOST if dice.random() < 0.4 else []) for kind, each in made.items()}
    return {kind: each for kind, each in found.items() if dice.random() > 0.05}


def through_what_is_not_known(seeds: range, folder: Path, patch: pytest.MonkeyPatch) -> Counter[str]:
    """Chained jurisdiction by jurisdiction, all together, and every combination asked whole."""
    met: Counter[str] = Counter()
    for seed in seeds:
        path = folder / f"{seed}.yaml"
        path.write_text(f"{BASE.rstrip()}\n---\n{through(seed)}", encoding="utf-8")
        rules = ruleset.load(path)
        facts = from_rows(rules.vocabulary, rows_of_two_towns(random.Random(seed)))
        near = drawn(rules, facts, "reference")
        with patch.context() as here:
            here.setattr(drawing, "MOST_COPIES", -1)
            far = drawn(rules, facts, "reference")
        assert said(near) == meant(rules, facts), f"seed {seed}"
        assert near.drawn == far.drawn, f"seed {seed}"
        met.update(each.verdict for each in near.drawn)
    return met


def test_what_is_not_known_ties_no_jurisdictions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    met = through_what_is_not_known(range(60), tmp_path, monkeypatch)
    assert min(met["concluded"], met["undetermined"]) > 10, met


@pytest.mark.slow
def test_what_is_not_known_ties_no_jurisdictions_at_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = cases(2000)
    met = through_what_is_not_known(range(1000, 1000 + count), tmp_path, monkeypatch)
    print(f"\n{count} conclusions through a third row: {dict(met)}")  # noqa: T201
