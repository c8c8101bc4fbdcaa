"""Random conclusions over random registries, and what they mean, worked out the long way.

The oracle asks every condition of every combination of rows, whole and three-valued; it knows nothing of joins, strata
of flat rules, partitions or counting in groups.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from hegui import ruleset
from hegui.conclusions.ground import Candidate, Ground
from hegui.datatypes import Undetermined
from hegui.facts import from_rows
from hegui.facts.registry import Registry
from hegui.language.scalar import Scope, compile_node
from hegui.ruleset.model import Conclusion, Ruleset, Variable
from hegui.ruleset.stratified import groups

HERE = Path(__file__).parent
DAY = date(2024, 3, 11)
BASE = (HERE / "conclusions" / "base.yaml").read_text(encoding="utf-8")

Truth = bool | None
"""None is undetermined."""


# --- what conclusions mean -----------------------------------------------------------------------------------------


def both(parts: Iterator[Truth] | list[Truth]) -> Truth:
    found = list(parts)
    return False if False in found else None if None in found else True


class Oracle:
    """Whom each conclusion is drawn about (True), and whom it may have to be (None)."""

    def __init__(self, rules: Ruleset, source: Ground) -> None:
        self.rules, self.source = rules, source
        self.found: dict[str, dict[str, Truth]] = {name: {} for name in rules.conclusions}

    def all(self) -> dict[str, dict[str, Truth]]:
        for group in groups(self.rules.conclusions):
            before = None
            while before != (before := {name: dict(self.found[name]) for name in group}):
                for name in group:
                    self.found[name] = self.one(self.rules.conclusions[name])
        return self.found

    def stands_for(self, variable: Variable, blocking: bool) -> list[tuple[str, Any, Truth]]:
        if variable.source == "conclusion":
            about = self.rules.conclusions[variable.of[0]].about_kind
            drawn = self.found[variable.of[0]].items()
            return [(id, self.source.concluded_row(id, self.source.entity(about, id)[1]), t) for id, t in drawn]
        return [(each.name, each.row, truth(each)) for each in self.source.candidates(variable, blocking)]

    def scope(self, rows: list[Any]) -> Scope:
        return self.source.scope(list(rows))

    def ask(self, expression: Any, rows: list[Any]) -> Truth:
        if expression is None:
            return True
        value = compile_node(expression.node)(self.scope(rows))
        return None if isinstance(value, Undetermined) else bool(value)

    def text(self, expression: Any, rows: list[Any]) -> str | None:
        value = compile_node(expression.node)(self.scope(rows))
        return None if isinstance(value, Undetermined) else str(value)

    def one(self, conclusion: Conclusion) -> dict[str, Truth]:
        given = [self.stands_for(variable, False) for variable in conclusion.given]
        blockers = [self.stands_for(variable, True) for variable in conclusion.unless]
        matches: list[tuple[tuple[str, ...], list[Any], Truth]] = []
        for chosen in product(*given):
            rows = [row for _, row, _ in chosen] + [None] * (len(conclusion.unless) + 1)
            truth = both([each for _, _, each in chosen] + [self.ask(conclusion.where, rows)])
            if truth is False:
                continue
            blocked = self.blocked(conclusion, rows, blockers) if conclusion.unless else False
            truth = both([truth, True if blocked is False else False if blocked is True else None])
            if truth is not False:
                matches.append((tuple(name for name, _, _ in chosen), rows, truth))
        return self.counted(conclusion, matches) if conclusion.at_least else self.any(conclusion, matches)

    def blocked(self, conclusion: Conclusion, rows: list[Any], blockers: list[list[Any]]) -> Truth:
        found: Truth = False
        for chosen in product(*blockers):
            filled = rows[: len(conclusion.given)] + [row for _, row, _ in chosen] + [None]
            truth = both([each for _, _, each in chosen] + [self.ask(conclusion.unless_where, filled)])
            if truth is True:
                return True
            found = None if truth is None else found
        return found

    def any(self, conclusion: Conclusion, matches: list[Any]) -> dict[str, Truth]:
        found: dict[str, Truth] = {}
        for _, rows, truth in matches:
            about = self.text(conclusion.about, rows)
            if about is not None:
                found[about] = True if truth is True or found.get(about) is True else None
        return found

    def counted(self, conclusion: Conclusion, matches: list[Any]) -> dict[str, Truth]:
        assert conclusion.at_least is not None
        least = compile_node(conclusion.at_least.node)(self.scope([]))
        sure: dict[tuple[str, str], set[Any]] = {}
        maybe: dict[tuple[str, str], set[Any]] = {}
        loose: set[Any] = set()
        for names, rows, truth in matches:
            about = self.text(conclusion.about, rows)
            per = about if conclusion.per is None else self.text(conclusion.per, rows)
            distinct = names if conclusion.distinct is None else self.distinct(conclusion, names, rows)
            known = conclusion.distinct is None or distinct[0] == "="
            if about is None or per is None:
                loose.add(distinct)
                continue
            maybe.setdefault((about, per), set()).add(distinct)
            if truth is True and known:
                sure.setdefault((about, per), set()).add(distinct)
        found: dict[str, Truth] = {}
        for group, members in maybe.items():
            if len(sure.get(group, ())) >= least:
                found[group[0]] = True
            elif len(members | loose) >= least:
                found.setdefault(group[0], None)
        return found

    def distinct(self, conclusion: Conclusion, names: tuple[str, ...], rows: list[Any]) -> tuple[str, str]:
        assert conclusion.distinct is not None
        value = self.text(conclusion.distinct, rows)
        if value is not None:
            return ("=", value)
        from hegui.ruleset.joins import used

        (number,) = used(conclusion.distinct.node, len(conclusion.variables))
        return ("?", names[number])


def truth(candidate: Candidate) -> Truth:
    return True if candidate.sure else None


# --- random conclusions --------------------------------------------------------------------------------------------

OF_ONE = {
    "mine": ["!{m}.revised", '{m}.known_on < date("2024-02-01")', "{m}.output > 5", "{m}.orders.size() < 2"],
    "order": ["{m}.grade > 1", "has({m}.issued_on)", "{m}.mine.output > 3"],
    "town": ["{m}.grade > 1", '{m}.name != "t0"'],
    "department": ["{m}.grade > 1"],
    "finding": ['{m}.severity == "major"', "{m}.occurred <= as_of", '{m}.rule != "mine.dust"'],
    "conclusion": [],
}
EQUAL = {
    ("mine", "finding"): ["{a}.id == {b}.entity", "{a}.town == {b}.jurisdiction"],
    ("mine", "order"): ["{a}.id == {b}.mine", "{a}.department == {b}.department", "{a}.output == {b}.grade"],
    ("mine", "town"): ["{a}.town == {b}.id", "{b}.near == {a}.town"],
    ("mine", "department"): ["{a}.department == {b}.id"],
    ("mine", "mine"): ["{a}.town == {b}.town", "{a}.department == {b}.department", "{a}.town.near == {b}.town"],
    ("order", "finding"): ["{a}.mine == {b}.entity", "{a}.mine.town == {b}.jurisdiction"],
    ("order", "department"): ["{a}.department == {b}.id"],
    ("order", "town"): ["{a}.mine.town == {b}.id"],
    ("town", "finding"): ["{a}.id == {b}.jurisdiction", "{a}.near == {b}.jurisdiction"],
    ("town", "town"): ["{a}.near == {b}.id"],
    ("town", "department"): ["{a}.grade == {b}.grade"],
    ("finding", "finding"): ["{a}.entity == {b}.entity", "{a}.jurisdiction == {b}.jurisdiction"],
}
UNEQUAL = {
    ("mine", "order"): ["{b}.issued_on >= {a}.known_on", "{a}.output > {b}.grade"],
    ("mine", "mine"): ["{a}.id != {b}.id", "{a}.output > {b}.output"],
    ("finding", "finding"): ["{a}.rule != {b}.rule", "{a}.entity != {b}.entity"],
    ("mine", "finding"): ["({a}.known_on < {b}.occurred || {a}.dusty)"],
}
POINTS = {
    "mine": {"mine": "{m}.id", "town": "{m}.town", "department": "{m}.department"},
    "order": {"mine": "{m}.mine", "department": "{m}.department", "town": "{m}.mine.town"},
    "town": {"town": "{m}.id"},
    "department": {"department": "{m}.id"},
    "finding": {"mine": "{m}.entity", "town": "{m}.jurisdiction"},
}
FINDINGS = ['finding("mine.over")', 'finding("mine.*")', 'finding("order.late")', 'finding("*")']


class Writer:
    """Writes one random conclusion after another; each may rest on those before it, and now and then on itself."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.abouts: dict[str, str] = {}

    def text(self, count: int) -> str:
        return "\n---\n".join([BASE.rstrip(), *(self.conclusion(f"c{number}") for number in range(count))])

    def source(self) -> tuple[str, str]:
        word = self.random.choice(["finding"] * 3 + ["mine"] * 3 + ["order", "town", "department"] + ["conclusion"] * 3)
        if word == "finding":
            return word, self.random.choice(FINDINGS)
        if word == "conclusion" and self.abouts:
            return word, f'conclusion("{self.random.choice(sorted(self.abouts))}")'
        return (word, word) if word != "conclusion" else ("mine", "mine")

    def conclusion(self, name: str) -> str:
        given = {f"v{number}": self.source() for number in range(self.random.choice([1, 1, 2, 2, 2, 3]))}
        unless = {f"u{number}": self.source() for number in range(self.random.choice([0, 0, 1, 1, 2]))}
        kind, about = self.points(given)
        if self.random.random() < 0.1 and not unless:
            given["again"] = ("conclusion", f'conclusion("{name}")')
            self.abouts[name] = kind
        lines = [f"conclusion: {name}", "title: {zh: 结论, en: drawn}", "nature: clue", "severity: minor"]
        lines += ["given:", *(f"  {each}: '{source}'" for each, (_, source) in given.items())]
        where = self.where(given, {})
        lines += [f"where: {quoted(' && '.join(where))}"] if where else []
        if unless:
            lines += ["unless:", *(f"  {each}: '{source}'" for each, (_, source) in unless.items())]
            blocking = self.where(unless, given)
            lines += [f"unless_where: {quoted(' && '.join(blocking))}"] if blocking else []
        lines += [f"about: {{kind: {kind}, id: {quoted(about)}}}"]
        if self.random.random() < 0.35 and "again" not in given:
            lines += [f"at_least: {self.random.choice([1, 2, 2, 3])}", *self.counting(given)]
        self.abouts[name] = kind
        return "\n".join([*lines, 'message: {zh: "{count}", en: "{count} matches"}'])

    def counting(self, given: dict[str, tuple[str, str]]) -> Iterator[str]:
        for word in ("per", "distinct"):
            if self.random.random() < 0.4:
                yield f"{word}: {quoted(self.points(given)[1])}"

    def points(self, given: dict[str, tuple[str, str]]) -> tuple[str, str]:
        name, (word, source) = self.random.choice(list(given.items()))
        if word == "conclusion":
            return self.abouts[source.split('"')[1]], f"{name}.id"
        options = {k: v for k, v in POINTS[word].items() if not (source == FINDINGS[3] and k == "x")}
        kind = self.random.choice(sorted(options))
        return kind, options[kind].format(m=name)

    def where(self, names: dict[str, tuple[str, str]], outer: dict[str, tuple[str, str]]) -> list[str]:
        """Conditions about `names`, some of them compared with those of `outer`."""
        found: list[str] = []
        for name, (word, _) in names.items():
            found += [each.format(m=name) for each in OF_ONE[word] if self.random.random() < 0.3]
        if any(word != "conclusion" for word, _ in names.values()) and self.random.random() < 0.1:
            found.append(self.random.choice(['as_of > date("2024-01-01")', 'as_of > date("2030-01-01")']))
        every = {**outer, **names}
        for one, other in product(every, names):
            if one == other or self.random.random() < 0.15:
                continue
            found += self.compared(one, every[one], other, every[other])
        return found

    def compared(self, one: str, first: tuple[str, str], other: str, second: tuple[str, str]) -> list[str]:
        if "conclusion" in (first[0], second[0]):
            return self.concluded(one, first, other, second)
        for table, chance in ((EQUAL, 0.7), (UNEQUAL, 0.3)):
            if self.random.random() < chance and (first[0], second[0]) in table:
                text = self.random.choice(table[first[0], second[0]])
                return [text.format(a=one, b=other)]
        return []

    def concluded(self, one: str, first: tuple[str, str], other: str, second: tuple[str, str]) -> list[str]:
        """A conclusion is only compared by what it is about, or where that is."""
        if first[0] == "conclusion" and second[0] == "conclusion":
            return [f"{one}.jurisdiction == {other}.jurisdiction"] if self.random.random() < 0.5 else []
        name, (_, source), far, word = (
            (one, first, other, second[0]) if first[0] == "conclusion" else (other, second, one, first[0])
        )
        kind = self.abouts[source.split('"')[1]]
        if self.random.random() < 0.3 and "town" in POINTS[word]:
            return [f"{name}.jurisdiction == {POINTS[word]['town'].format(m=far)}"]
        return [f"{name}.id == {POINTS[word][kind].format(m=far)}"] if kind in POINTS[word] else []


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def written(seed: int, count: int, folder: Path) -> Ruleset:
    path = folder / f"random{seed}.yaml"
    path.write_text(Writer(seed).text(count), encoding="utf-8")
    return ruleset.load(path)


# --- random registries ---------------------------------------------------------------------------------------------


def registry(rules: Ruleset, seed: int) -> Registry:
    """A few rows of each kind with gaps, broken references, rows without a key, and now and then no table at all."""
    dice = random.Random(seed)
    gap = dice.choice([0.0, 0.1, 0.3])

    def some(value: object) -> object:
        return "" if dice.random() < gap else value

    def day() -> object:
        return some(str(date(2024, 1, 1) + timedelta(dice.randrange(60))))

    towns = [f"T{number}" for number in range(dice.randrange(1, 4))]
    departments = [f"D{number}" for number in range(dice.randrange(1, 3))]
    mines = [f"M{number}" for number in range(dice.randrange(1, 5))]
    rows: dict[str, list[dict[str, object]]] = {
        "town": [{"id": id, "name": id.lower(), "near": some(dice.choice(towns)), "grade": some(dice.randrange(4))} for id in towns],
        "department": [{"id": id, "name": id.lower(), "grade": some(dice.randrange(4))} for id in departments],
        "mine": [
            {
                "id": id,
                "name": id.lower(),
                "town": some(dice.choice(towns)),
                "department": some(dice.choice(departments)),
                "output": some(dice.randrange(0, 16)),
                "dusty": some(dice.random() < 0.5),
                "known_on": day(),
                "revised": some(dice.random() < 0.4),
            }
            for id in mines
        ],
        "order": [
            {
                "id": "" if dice.random() < gap / 3 else f"O{number}",
                "mine": some(dice.choice([*mines, "M9"])),
                "department": some(dice.choice(departments)),
                "issued_on": day(),
                "grade": some(dice.randrange(4)),
            }
            for number in range(dice.randrange(0, 5))
        ],
    }  # fmt: skip
    lacking = [kind for kind in rows if dice.random() < gap / 2]
    return from_rows(rules.vocabulary, {kind: each for kind, each in rows.items() if kind not in lacking})
