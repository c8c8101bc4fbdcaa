"""A few rows and one or two conclusions over the rules in `conclusions/base.yaml`: what the tests of drawing work with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from conclusions_kit import BASE

from hegui import api
from hegui.conclusions import chaining
from hegui.facts import from_rows
from hegui.outcome import Drawn
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset

DAY = date(2024, 3, 11)
CHAINERS = ["reference", *(["durable"] if chaining.available() else [])]

MORE = """
---
parameters:
  small.limit:
    label: {zh: 下限, en: lower limit}
    type: int
    values: [{value: 5, certainty: memory, source: {zh: 记忆, en: memory}}]
  least.memory:
    label: {zh: 最少, en: least}
    type: int
    values: [{value: 1, certainty: memory, source: {zh: 记忆, en: memory}}]
  least.later:
    label: {zh: 最少, en: least}
    type: int
    values: [{value: 1, from: 2025-01-01, certainty: seen, source: {zh: 假设, en: made up}}]
---
law: order-law
title: {zh: 督促办法, en: Rules on Orders}
versions:
  - {version: "2010", from: 2010-01-01, to: 2024-12-31, certainty: seen}
  - {version: "2025", from: 2025-01-01, certainty: seen}
---
law: old-law
title: {zh: 旧办法, en: Old Rules}
versions: [{version: "2010", from: 2010-01-01, to: 2024-12-31, certainty: seen}]
---
rule: mine.small
title: {zh: 产量过低, en: too small}
about: mine
nature: clue
severity: low
violation: output < param("small.limit")
message: {zh: 小, en: small}
"""
"""Rules and numbers that `base.yaml` lacks: among them a rule that rests on memory."""

HEAD = """
---
conclusion: {name}
title: {{zh: 题{name}, en: title of {name}}}
nature: clue
severity: {severity}
"""
WORDS = '\nmessage: {zh: "文 {count}", en: "text {count}"}'


def document(name: str, body: str, severity: str = "minor") -> str:
    """A conclusion; what every one has is filled in where `body` does not say it."""
    body = "\n".join(line.strip() for line in body.strip().splitlines())
    return HEAD.format(name=name, severity=severity) + body + ("" if "message:" in body else WORDS) + "\n"


def load(folder: Path, *documents: str, base: str = BASE) -> Ruleset:
    """The rules of the tests, and some conclusions."""
    path = folder / "rules.yaml"
    path.write_text(base + MORE + "".join(documents), encoding="utf-8")
    return api.load_ruleset(path)


ROWS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "town": [{"id": "T1", "name": "Alder"}, {"id": "T2", "name": "Birch"}, {"id": "T3", "name": "Cedar"}],
    "department": [{"id": "D1", "name": "Mines"}, {"id": "D2", "name": "Water"}],
    "mine": [
        {"id": "M1", "name": "One", "town": "T1", "department": "D1", "output": 20, "dusty": True, "known_on": "2024-01-01"},
        {"id": "M2", "name": "Two", "town": "T1", "department": "D1", "output": 30, "dusty": False, "known_on": "2024-01-01"},
        {"id": "M3", "name": "Three", "town": "T2", "department": "D2", "output": "", "dusty": True, "known_on": "2024-01-01"},
        {"id": "M4", "name": "Four", "town": "T3", "department": "D2", "output": 1, "dusty": False, "known_on": "2024-01-01"},
    ],
    "order": [{"id": "O1", "mine": "M2", "department": "D1", "issued_on": "2024-01-20", "grade": 1}],
}  # fmt: skip


def rows(**changed: Sequence[Mapping[str, object]] | None) -> dict[str, Any]:
    """The rows of the tests with some kinds changed; with None, their table was not supplied."""
    return {kind: each for kind, each in {**ROWS, **changed}.items() if each is not None}


def check(ruleset: Ruleset, given: Mapping[str, Any] | None = None, **asked: Any) -> Run:
    """A run over rows."""
    asked = {"as_of": DAY, "chainer": "reference", **asked}
    return api.check(from_rows(ruleset.vocabulary, given if given is not None else rows()), ruleset, **asked)


def told(run: Run) -> dict[str, str]:
    """What was drawn, by fingerprint."""
    return {each.fingerprint: each.verdict for each in run.drawing.drawn}


def one(run: Run, fingerprint: str) -> Drawn:
    """The conclusion with a fingerprint."""
    return next(each for each in run.drawing.drawn if each.fingerprint == fingerprint)


PRESSED = document(
    "department.not-pressed",
    """
    given: {f: finding("mine.over"), m: mine}
    where: m.id == f.entity
    unless: {o: order}
    unless_where: o.mine == m.id && o.issued_on >= m.known_on
    about: {kind: department, id: m.department}
    message: {zh: "未督促{m.name}等 {count} 个矿", en: "{m.name} and others not pressed, {count} mines"}
    """,
    severity="critical",
)


def of_mines(name: str, body: str = "", rule: str = "mine.over") -> str:
    """A conclusion about the towns of mines with a finding."""
    given = f'given: {{f: finding("{rule}"), m: mine}}\nwhere: m.id == f.entity\n'
    return document(name, given + "about: {kind: town, id: m.town}\n" + body)


def above(name: str, below: str, body: str = "") -> str:
    """A conclusion about the towns another is drawn about."""
    given = f'given: {{c: conclusion("{below}"), t: town}}\nwhere: t.id == c.id\nabout: {{kind: town, id: t.id}}\n'
    return document(name, given + body)


LAWS = """
basis:
  - {law: order-law, version: "2010", article: "3", role: duty, gist: {zh: 督促, en: press}}
  - {law: order-law, version: "2025", article: "4", role: duty}
  - {law: old-law, version: "2010", article: "5", role: policy}
  - {law: old-law, version: "2010", article: "6", role: penalty, if: m.dusty}
remedy: {zh: 督促整改, en: press them, proposed_workdays: 30}
"""
ALL = (PRESSED, of_mines("t.low"), above("t.high", "t.low", "at_least: 1"), of_mines("t.any", LAWS, "mine.*"))


def tables(folder: Path) -> Path:
    """The rows of the tests as files, with a mine without key and one that misses a day."""
    folder.mkdir()
    texts = {
        "town": "id,name\nT1,Alder\nT2,Birch\n",
        "department": "id,name\nD1,Mines\n",
        "mine": (
            "id,name,town,department,output,known_on\nM1,One,T1,D1,20,2024-01-01\nM2,Two,T2,D1,30,\n,Lost,T1,D1,40,\n"
        ),
        "order": "id,mine,issued_on\nO1,M2,2024-01-20\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
