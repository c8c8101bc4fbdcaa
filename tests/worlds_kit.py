"""Random rulesets over random vocabularies, written as YAML, and random tables for them, written as people write cells.

Everything follows from a seed: kinds that refer to one another, fields of every type with units and codes, lists,
relations, definitions, dated parameters of two layers, and rules with everything that can bear on a verdict.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hegui import ruleset
from hegui.facts import from_rows
from hegui.facts.registry import Registry
from hegui.ruleset.model import Ruleset

DAY = date(2024, 3, 11)
UNITS = {"": ("",), "mass": ("t", "kg", "万t"), "area": ("m2", "亩"), "share": ("%", "‰")}
"""Dimensions and the units a field of each may have; the first is of bare numbers."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ORDERED = ("string", "date", "int", "number")
VARIABLES = "efghijuvw"


@dataclass(frozen=True)
class Fact:
    """A field: its type, its dimension and unit, the kind it refers to, and whether it is a list."""

    name: str
    sort: str
    dimension: str = ""
    unit: str = ""
    to: str = ""
    listed: bool = False
    detection: bool = False

    def written(self) -> str:
        kind = f"type: list, of: {self.sort}" if self.listed else f"type: {self.sort}"
        more = {
            "unit": quoted(self.unit) if self.unit else "",
            "to": self.to,
            "detection": "true" if self.detection else "",
            "codes": "{red: {zh: 红, en: Red}, green: {zh: 绿, en: Green}}" if self.sort == "code" else "",
        }
        given = "".join(f", {key}: {value}" for key, value in more.items() if value)
        return f"{{{kind}, label: {{zh: 栏{self.name}, en: field {self.name}}}{given}}}"


@dataclass
class Sort:
    """A kind: its fields, its key, and its relations with the kind and the reference each goes by."""

    name: str
    facts: dict[str, Fact]
    key: tuple[str, ...]
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)

    def written(self) -> str:
        key = "none" if not self.key else self.key[0] if len(self.key) == 1 else f"[{', '.join(self.key)}]"
        lines = [f"kind: {self.name}", f"label: {{zh: 类{self.name}, en: kind {self.name}}}", f"key: {key}", "fields:"]
        lines += [f"  {name}: {fact.written()}" for name, fact in self.facts.items()]
        if self.relations:
            lines.append("has_many:")
        lines += [
            f"  {name}: {{kind: {kind}, by: {by}, label: {{zh: {name}, en: {name}}}}}"
            for name, (kind, by) in self.relations.items()
        ]
        return "\n".join(lines)


# --- vocabularies --------------------------------------------------------------------------------------------------


def kinds(dice: random.Random) -> dict[str, Sort]:
    """Two to four kinds. The first two have a key that others can refer to; of the rest some have two, some none."""
    names = [f"k{number}" for number in range(dice.randrange(2, 5))]
    found = {name: kind(dice, name, names, number < 2) for number, name in enumerate(names)}
    for each in found.values():
        for fact in each.facts.values():
            if fact.sort == "ref" and not fact.listed:
                found[fact.to].relations[f"of_{each.name}_{fact.name}"] = (each.name, fact.name)
    return found


def kind(dice: random.Random, name: str, names: list[str], whole: bool) -> Sort:
    facts = {"id": Fact("id", "string")}
    for sort in ("number", "int", "string", "bool", "date", "code", "ref"):
        for number in range(dice.choice({"number": (1, 2, 3), "ref": (1, 1, 2)}.get(sort, (0, 1, 1, 2)))):
            made = fact(dice, f"{sort[0] if sort != 'bool' else 'o'}{number}", sort, names[:2])
            facts[made.name] = made
    for sort in dice.sample(["number", "int", "string", "date", "code", "bool"], dice.randrange(3)):
        facts[f"l_{sort}"] = replace(fact(dice, f"l_{sort}", sort, names[:2]), listed=True, detection=False)
    shape = "one" if whole else dice.choice(["one", "two", "none"])
    if shape == "two" and "i0" in facts:
        return Sort(name, {each: facts[each] for each in facts if each != "id"}, ("r0", "i0"))
    return Sort(name, facts, ("id",) if shape == "one" or "i0" not in facts else ())


def fact(dice: random.Random, name: str, sort: str, targets: list[str]) -> Fact:
    if sort == "number":
        dimension = dice.choice(list(UNITS))
        return Fact(name, sort, dimension, dice.choice(UNITS[dimension]), detection=dice.random() < 0.25)
    return Fact(name, sort, to=dice.choice(targets) if sort == "ref" else "")


# --- conditions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """Rows that can be named (prefix and kind), scalars that can, and how deep to go still."""

    rows: tuple[tuple[str, str], ...]
    depth: int
    scalars: tuple[tuple[str, str], ...] = ()

    def below(self) -> Reach:
        return replace(self, depth=self.depth - 1)

    def variable(self) -> str:
        return VARIABLES[len(self.rows) + len(self.scalars) - 1]

    def row(self, kind: str) -> Reach:
        return replace(self.below(), rows=(*self.rows, (f"{self.variable()}.", kind)))

    def scalar(self, sort: str) -> Reach:
        return replace(self.below(), scalars=(*self.scalars, (self.variable(), sort)))


class Author:
    """Writes conditions over a vocabulary. `lets` and `parameters` are what they may name beside fields."""

    def __init__(self, dice: random.Random, sorts: dict[str, Sort]) -> None:
        self.dice, self.sorts = dice, sorts
        self.lets: dict[str, dict[str, tuple[str, str]]] = {}
        self.parameters: dict[tuple[str, str], str] = {}

    def condition(self, kind: str, depth: int, sort: str = "bool", dimension: str = "") -> str:
        return self.of(sort, Reach((("", kind),), depth), dimension)

    def of(self, sort: str, reach: Reach, dimension: str = "") -> str:
        if reach.depth <= 0 or self.dice.random() < 0.15:
            return self.leaf(sort, reach, dimension)
        makers = {
            "bool": self.truth, "number": self.number, "int": self.whole, "date": self.day, "string": self.text,
        }  # fmt: skip
        return makers[sort](reach.below(), dimension)

    # --- names

    def walk(self, reach: Reach) -> tuple[str, str]:
        """A row that can be reached: a variable or the entity, then up to four references."""
        prefix, kind = self.dice.choice(reach.rows)
        for _ in range(4):
            refs = [each for each in self.sorts[kind].facts.values() if each.sort == "ref" and not each.listed]
            if not refs or self.dice.random() < 0.65:
                break
            chosen = self.dice.choice(refs)
            prefix, kind = f"{prefix}{chosen.name}.", chosen.to
        return prefix, kind

    def named(self, sort: str, reach: Reach, dimension: str, listed: bool = False) -> str | None:
        """A field of a type, if a few walks come by one."""
        for _ in range(4):
            prefix, kind = self.walk(reach)
            fits = [
                each.name
                for each in self.sorts[kind].facts.values()
                if (each.sort, each.dimension, each.listed) == (sort, dimension, listed)
            ]
            defined = self.lets.get(kind, {}).items()
            fits += [] if listed else [name for name, what in defined if what == (sort, dimension)]
            if fits:
                return prefix + self.dice.choice(fits)
        return None

    def leaf(self, sort: str, reach: Reach, dimension: str) -> str:
        scalars = [name for name, what in reach.scalars if what == sort and not dimension]
        if scalars and self.dice.random() < 0.7:
            return self.dice.choice(scalars)
        found = self.named(sort, reach, dimension) if self.dice.random() < 0.75 else None
        return found or self.known(sort, reach, dimension)

    def known(self, sort: str, reach: Reach, dimension: str) -> str:
        """A parameter or a literal; a quantity can only be a parameter or nothing at all."""
        name = self.parameters.get((sort, dimension))
        if name and (dimension or self.dice.random() < 0.5):
            on = self.dice.choice(["", "", ", as_of", f", {self.leaf('date', reach.below(), '')}"])
            return f'param("{name}"{on})' if reach.depth > -3 else f'param("{name}")'
        return self.dice.choice(
            {
                "number": ["0.5", "1.0", "0.3", "2.5"], "int": ["0", "1", "2", "-3"], "bool": ["true", "false"],
                "date": ["as_of", 'date("2024-02-01")', "date(2023, 2, 28)"], "string": ['"a"', '"矿山"', '""'],
            }[sort]
        )  # fmt: skip

    # --- values

    def number(self, reach: Reach, dimension: str) -> str:
        def again(other: str = dimension) -> str:
            return self.of("number", reach, other)

        makers = [
            lambda: f"({again()} {self.dice.choice('+-')} {again()})",
            lambda: f"({again()} {self.dice.choice('*/')} {again('')})",
            lambda: f"math.{self.dice.choice(['least', 'greatest'])}({again()}, {again()})",
            lambda: f"math.abs({again()})",
            lambda: f"-({again()})",
            lambda: f"({self.of('bool', reach)} ? {again()} : {again()})",
            lambda: self.aggregate("number", reach, dimension),
            lambda: self.aggregate("number", reach, dimension),
        ]
        if not dimension:
            makers += [
                lambda: f"double({self.of('int', reach)})",
                lambda: f"double({self.leaf('string', reach, '')})",
                lambda: (
                    f"math.{self.dice.choice(['floor', 'ceil', 'round'])}({self.leaf('number', replace(reach, depth=0), '')})"
                ),
                lambda: f"({again()} + {self.of('int', reach)})",
            ]
        return self.dice.choice(makers)()

    def whole(self, reach: Reach, _: str) -> str:
        makers = [
            lambda: f"({self.of('int', reach)} {self.dice.choice('+-*%')} {self.of('int', reach)})",
            lambda: f"{self.of('date', reach)}.{self.dice.choice(['year', 'month', 'day'])}()",
            lambda: f"{self.of('string', reach)}.size()",
            lambda: f"({self.of('bool', reach)} ? {self.of('int', reach)} : {self.of('int', reach)})",
            lambda: self.aggregate("int", reach, ""),
            lambda: self.counted(reach),
        ]
        return self.dice.choice(makers)()

    def day(self, reach: Reach, _: str) -> str:
        makers = [
            lambda: f"({self.of('date', reach)} {self.dice.choice('+-')} days({self.of('int', reach)}))",
            lambda: f"date({self.of('int', reach)}, {self.of('int', reach)}, {self.of('int', reach)})",
            lambda: f"add_workdays({self.of('date', reach)}, {self.of('int', reach)})",
            lambda: self.aggregate("date", reach, ""),
        ]
        return self.dice.choice(makers)()

    def text(self, reach: Reach, _: str) -> str:
        makers = [
            lambda: f"({self.of('string', reach)} + {self.of('string', reach)})",
            lambda: f"string({self.of('int', reach)})",
            lambda: f"string({self.of('date', reach)})",
        ]
        return self.dice.choice(makers)()

    # --- what is true or not

    def truth(self, reach: Reach, _: str) -> str:
        makers = [
            *[lambda: self.compared(reach)] * 4,
            *[lambda: self.quantified(reach)] * 3,
            *[lambda: f"({self.of('bool', reach)} {self.dice.choice(['&&', '||'])} {self.of('bool', reach)})"] * 2,
            lambda: f"!({self.of('bool', reach)})",
            lambda: f"({self.of('bool', reach)} ? {self.of('bool', reach)} : {self.of('bool', reach)})",
            lambda: self.present(reach),
            lambda: self.coded(reach),
            lambda: (
                f"{self.of('string', reach)}.{self.dice.choice(['contains', 'startsWith'])}({self.of('string', reach)})"
            ),
            lambda: f'{self.of("string", reach)}.matches("^[a-z]+[^\\\\d]?$")',
            lambda: f"({self.of('string', reach)} in [{self.of('string', reach)}, {self.of('string', reach)}])",
            lambda: self.spans(reach),
        ]
        return self.dice.choice(makers)()

    def compared(self, reach: Reach) -> str:
        sort = self.dice.choice(ORDERED)
        dimension = self.dice.choice(list(UNITS)) if sort == "number" else ""
        right = "0" if dimension and self.dice.random() < 0.1 else self.of(sort, reach, dimension)
        return f"({self.of(sort, reach, dimension)} {self.dice.choice(COMPARISONS)} {right})"

    def spans(self, reach: Reach) -> str:
        word = self.dice.choice(["days_between", "workdays_between"])
        pairs = [f"{word}({self.of('date', reach)}, {self.leaf('date', reach, '')})" for _ in range(2)]
        return f"({pairs[0]} {self.dice.choice(COMPARISONS)} {pairs[1]})"

    def present(self, reach: Reach) -> str:
        prefix, kind = self.walk(reach)
        plain = [each.name for each in self.sorts[kind].facts.values() if not each.listed]
        return f"has({prefix}{self.dice.choice(plain)})"

    def coded(self, reach: Reach) -> str:
        """A code or a reference against a literal."""
        prefix, kind = self.walk(reach)
        fits = [each for each in self.sorts[kind].facts.values() if each.sort in ("code", "ref") and not each.listed]
        if not fits:
            return self.compared(reach)
        chosen = self.dice.choice(fits)
        words = ["red", "green"] if chosen.sort == "code" else [f"{chosen.to}-{number}" for number in range(2)]
        if self.dice.random() < 0.5:
            return f'{prefix}{chosen.name} in ["{words[0]}", "{words[1]}"]'
        return f'({prefix}{chosen.name} {self.dice.choice(["==", "!="])} "{self.dice.choice(words)}")'

    # --- relations and lists

    def chain(self, reach: Reach) -> tuple[str, Reach] | None:
        """A relation, perhaps filtered, and what can be reached of its rows."""
        for _ in range(4):
            prefix, kind = self.walk(reach)
            if self.sorts[kind].relations:
                name, (target, _) = self.dice.choice(list(self.sorts[kind].relations.items()))
                inner = reach.row(target)
                kept = self.dice.random() < 0.4
                chosen = f".filter({reach.variable()}, {self.of('bool', inner)})" if kept else ""
                return f"{prefix}{name}{chosen}", inner
        return None

    def quantified(self, reach: Reach) -> str:
        name, ending = reach.variable(), self.dice.choice(["exists", "all", "exists_one"])
        if self.dice.random() < 0.3:
            return self.over_list(reach, ending)
        found = self.chain(reach)
        if found is None:
            return self.compared(reach)
        chain, inner = found
        if self.dice.random() < 0.2:
            known = self.dice.choice(["", ".known()"])
            mapped = f"{chain}.map({name}, {self.of('number', inner)}){known}"
            return f"{mapped}.{ending}({name}, {self.of('bool', reach.scalar('number'))})"
        return f"{chain}.{ending}({name}, {self.of('bool', inner)})"

    def over_list(self, reach: Reach, ending: str) -> str:
        sort = self.dice.choice(["number", "int", "string", "date", "bool"])
        source = self.named(sort, reach, "", listed=True)
        if source is None:
            source = f"[{self.of(sort, reach)}, {self.of(sort, reach)}]"
        return f"{source}.{ending}({reach.variable()}, {self.of('bool', reach.scalar(sort))})"

    def aggregate(self, sort: str, reach: Reach, dimension: str) -> str:
        endings = ["min", "max", *([] if sort == "date" else ["sum"]), *(["avg"] if sort == "number" else [])]
        found = self.chain(reach)
        if found is None:
            return self.leaf(sort, reach, dimension)
        chain, inner = found
        known = self.dice.choice(["", ".known()"])
        value = self.of(sort, inner, dimension)
        return f"{chain}.map({reach.variable()}, {value}){known}.{self.dice.choice(endings)}()"

    def counted(self, reach: Reach) -> str:
        found = self.chain(reach)
        return self.leaf("int", reach, "") if found is None else f"{found[0]}.size()"


# --- whole rulesets ------------------------------------------------------------------------------------------------

VALUES = {
    "number": ("0", "0.1", "0.3", "1", "1.15", "2.5", "100"), "int": ("0", "1", "2", "7"), "bool": ("true", "false"),
    "date": ("2024-01-31", "2023-06-30"), "string": ("a", "矿山"),
}  # fmt: skip
PERIODS = ("", "", "", "{from: 2023-06-01}", "{to: 2024-02-29}", "{from: 2023-01-01, to: 2024-06-30}")
TITLE = "title: {{zh: {0}, en: {0}}}"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Writer:
    """A ruleset of two layers: the lower has kinds, parameters and half of the rules, the upper overrides and adds."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.sorts = kinds(self.dice)
        self.author = Author(self.dice, self.sorts)

    def layers(self) -> tuple[str, str]:
        lower = [f"ruleset: base\n{TITLE.format('base')}\nversion: '1'"]
        lower += [each.written() for each in self.sorts.values()]
        shapes = [("number", dimension) for dimension in UNITS] + [(sort, "") for sort in VALUES if sort != "number"]
        units = {shape: self.dice.choice(UNITS[shape[1]]) for shape in shapes}
        lower.append("parameters:" + "".join(self.parameter(shape, units[shape]) for shape in shapes))
        changed = self.dice.sample(shapes, 3)
        upper = [f"ruleset: local\n{TITLE.format('local')}\nversion: '1'\nextends: ../base"]
        upper.append(
            "parameters:" + "".join(self.parameter(shape, self.other(units, shape), True) for shape in changed)
        )
        self.author.parameters = {(sort, dimension): f"p.{sort}{dimension}" for sort, dimension in shapes}
        lower.append(LAW)
        lower += self.definitions()
        lower += [self.rule(f"r.n{number}") for number in range(2)]
        upper.append(self.rule("r.local"))
        return "\n---\n".join(lower), "\n---\n".join(upper)

    def other(self, units: dict[tuple[str, str], str], shape: tuple[str, str]) -> str:
        """The unit an override is written in: another of the same dimension, perhaps."""
        return self.dice.choice(UNITS[shape[1]]) if shape[1] else units[shape]

    def parameter(self, shape: tuple[str, str], unit: str, over: bool = False) -> str:
        sort, dimension = shape
        lines = [f"\n  p.{sort}{dimension}:", "label: {zh: 数, en: number}", f"type: {sort}"]
        lines += [f"unit: {quoted(unit)}"] if unit else []
        lines += ["overrides: base"] if over else []
        start = date(2023, 1, 1) + timedelta(self.dice.randrange(400))
        spans = self.dice.choice(
            [[""], [f", from: {start}"], [f", to: {start}", f", from: {start + timedelta(self.dice.choice([1, 40]))}"]]
        )
        lines.append("values:")
        for span in spans:
            certainty = self.dice.choice(["seen", "seen", "memory"])
            value = self.dice.choice(VALUES[sort])
            lines.append(f"  - {{value: {value}{span}, certainty: {certainty}, source: {{zh: 假设, en: made up}}}}")
        return "\n    ".join(lines)

    def definitions(self) -> list[str]:
        """Named conditions of some kinds; a later one may use those before it."""
        found = []
        for name in self.sorts:
            for number in range(self.dice.randrange(3)):
                shape = self.dice.choice([("bool", ""), ("number", ""), ("number", "mass"), ("int", ""), ("date", "")])
                text = self.author.condition(name, self.dice.randrange(1, 3), *shape)
                called = f"let_{name}_{number}"
                found.append(f"let:\n  {name}:\n    {called}: {quoted(text)}")
                self.author.lets.setdefault(name, {})[called] = shape
        return found

    def rule(self, name: str) -> str:
        about = self.dice.choice([each for each in self.sorts.values() if each.key])
        lines = [f"rule: {name}", TITLE.format(name), f"about: {about.name}", "nature: clue", "severity: minor"]
        depth = self.dice.randrange(1, 5)
        lines += [f"violation: {quoted(self.author.condition(about.name, depth))}"]
        for key, chance in (("when", 0.4), ("notice_scope", 0.3)):
            if self.dice.random() < chance:
                lines.append(f"{key}: {quoted(self.author.condition(about.name, self.dice.randrange(1, 3)))}")
        period = self.dice.choice(PERIODS)
        lines += [f"in_force: {period}"] if period else []
        lines += [*self.occurred(about), *self.answers(about), self.message(about)]
        cited = quoted(self.author.condition(about.name, 1))
        lines.append(f"basis: [{{law: the-law, version: '1', article: '1', role: duty, if: {cited}}}]")
        return "\n".join(lines)

    def occurred(self, about: Sort) -> list[str]:
        """The day of an act: a field, something worked out, a span; it takes no parameter, whose day it would be."""
        days = [fact.name for fact in about.facts.values() if fact.sort == "date" and not fact.listed]
        far = [f"{each.name}.{day}" for each in about.facts.values() if each.sort == "ref" and not each.listed
               for day, what in self.sorts[each.to].facts.items() if what.sort == "date" and not what.listed]  # fmt: skip
        found = [*days * 2, *far, *(f"{each} + days(30)" for each in days)]
        if not found or self.dice.random() < 0.3:
            return []
        if self.dice.random() < 0.3:
            return [f"occurred: {{from: {quoted(self.dice.choice(found))}, to: {quoted(self.dice.choice(found))}}}"]
        return [f"occurred: {quoted(self.dice.choice(found))}"]

    def answers(self, about: Sort) -> list[str]:
        path, kind = [], about
        while self.dice.random() < 0.5:
            refs = [each for each in kind.facts.values() if each.sort == "ref" and not each.listed]
            if not refs:
                break
            chosen = self.dice.choice(refs)
            path.append(chosen.name)
            kind = self.sorts[chosen.to]
        return [f"answers: {'.'.join(path)}"] if path else []

    def message(self, about: Sort) -> str:
        reach = Reach((("", about.name),), 1)
        shown = [self.author.leaf(*each) for each in (("number", reach, "mass"), ("string", reach, ""))]
        text = " ".join(f"{{{each}}}" for each in shown).replace('"', '\\"')
        return f'message: {{zh: "{text}", en: "{text}"}}'


LAW = """law: the-law
title: {zh: 法, en: the law}
versions: [{version: '1', certainty: seen}]"""


@cache
def written(seed: int, folder: Path) -> Ruleset:
    """The ruleset of a seed, loaded."""
    for name, text in zip(("base", "local"), Writer(seed).layers(), strict=True):
        made = folder / str(seed) / name
        made.mkdir(parents=True)
        (made / "ruleset.yaml").write_text(text, encoding="utf-8")
    return ruleset.load(folder / str(seed) / "local")


# --- random tables -------------------------------------------------------------------------------------------------

CELLS = {
    "number": ("0", "0.1", "0.2", "0.3", "1", "1.15", "33.3", "1,000", "２.５", "-3", "1e10", "0.07"),
    "int": ("0", "1", "2", "3", "7", "2,024", "-1", "9007199254740991"),
    "string": ("a", "ab", "矿山", "a.b", "12", "1e3", "x y"),
    "bool": ("是", "否", "true", "no", "√"),
    "date": ("2024-01-31", "2024/2/29", "2023年12月31日", "20240311", "2023-06-01", "9999-12-31"),
    "code": ("red", "Green", "红"),
}
MISFIT = {
    "number": "about 3",
    "int": "1.5",
    "bool": "maybe",
    "date": "2024年3月",
    "code": "blue",
    "ref": "k9-0",
    "string": "-",
}
MIXED = {"mass": ("0.07万t", "1.1kg", "3 m2"), "area": ("15亩", "1 t"), "share": ("33.3%", "5‰"), "": ("5 t",)}


def cell(dice: random.Random, gap: float, what: Fact) -> object:
    """A cell as it may stand in a table: a value, a value in a unit of its own, a bound, nothing, or what does not fit."""
    chance = dice.random()
    if chance < gap:
        return dice.choice(["", "-", "无数据"])
    if chance < gap * 1.5:
        return MISFIT[what.sort]
    if what.listed:
        return ";".join(str(cell(dice, 0.0, replace(what, listed=False))) for _ in range(dice.randrange(4)))
    if what.sort == "ref":
        return f"{what.to}-{dice.randrange(3)}"
    if what.sort == "number" and dice.random() < 0.15:
        return dice.choice(MIXED[what.dimension])
    if what.detection and dice.random() < 0.3:
        return dice.choice(["<0.5", "<1", "未检出(<2.5)"])
    return dice.choice(CELLS[what.sort])


def table(dice: random.Random, gap: float, kind: Sort, most: int) -> list[dict[str, object]]:
    """Rows whose keys mostly differ; some have none, and some come twice."""
    rows: list[dict[str, object]] = []
    for number in range(dice.randrange(most + 1)):
        row = {name: cell(dice, gap, what) for name, what in kind.facts.items()}
        if "id" in row:
            row["id"] = f"{kind.name}-{number}" if dice.random() > gap / 4 else dice.choice(["", f"{kind.name}-0"])
        rows.append(row)
    return rows


def registry(rules: Ruleset, world: int, seed: int, most: int = 8) -> Registry:
    """Tables for the ruleset of `world`, of up to so many rows; now and then one was not supplied."""
    dice = random.Random(f"{world}/{seed}")
    gap = dice.choice([0.0, 0.05, 0.1, 0.3])
    made = {name: table(dice, gap, kind, most) for name, kind in kinds(random.Random(world)).items()}
    lacking = [name for name in made if dice.random() < gap / 2]
    return from_rows(rules.vocabulary, {name: rows for name, rows in made.items() if name not in lacking}, as_of=DAY)
