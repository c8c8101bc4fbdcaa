"""Conditions of a loaded ruleset, to be looked at again: where their parts stand, and how each is checked anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from hegui.datatypes import BOOL, DATE, Type
from hegui.language.checker import (
    Definitions,
    DefinitionText,
    Environment,
    Placed,
    compile_condition,
    compile_joined,
)
from hegui.language.tree import Node, Offsets, Syntax
from hegui.ruleset.model import Conclusion, Expr, Rule, Ruleset, Variable
from hegui.source import Span
from hegui.vocabulary import Vocabulary

_TEXTS: Final = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
"""Texts within a condition, in which brackets are nothing but characters."""

Definition = tuple[str, str]
"""The kind a named definition is about, and its name."""


@dataclass(frozen=True)
class Condition:
    """One condition as it was loaded, with what it takes to check it again.

    `part` is the key it stands under in its document. It is about a row of `kind`, or about what `variables` stand for,
    of which there are `levels` in all; `expect` is the type it must have.
    """

    part: str
    expr: Expr
    expect: Type | None
    kind: str = ""
    variables: tuple[Variable, ...] = ()
    levels: int = 0

    def checked(
        self, environment: Environment, syntax: Syntax | None = None, placed: Placed | None = None
    ) -> Node | None:
        """The typed tree, of `syntax` where that is given; None where it is not a condition that can be loaded."""
        text = self.expr.text
        if self.kind:
            found = compile_condition(
                text, environment, self.kind, self.expect, self._whole, syntax=syntax, placed=placed
            )
            return found[0]
        kinds = {**environment.vocabulary.kinds, **{each.kind.name: each.kind for each in self.variables}}
        environment = replace(environment, vocabulary=Vocabulary(kinds))
        names = {each.name: each.row for each in self.variables}
        found = compile_joined(
            text, environment, names, self.levels + 1, self.expect, self._whole, syntax=syntax, placed=placed
        )
        return found[0]

    def _whole(self, start: int, end: int) -> Span:
        return self.expr.span


def environment(ruleset: Ruleset, changed: Mapping[Definition, Syntax] | None = None) -> Environment:
    """What the conditions of a ruleset may name, with the definitions `changed` meaning something else."""
    changed = changed or {}
    texts = {
        kind: {
            name: DefinitionText(each.text, _Somewhere(each.span), changed.get((kind, name)))
            for name, each in named.items()
        }
        for kind, named in ruleset.definitions.items()
    }
    types = {name: each.type for name, each in ruleset.parameters.items()}
    return Environment(ruleset.vocabulary, types, Definitions(texts), frozenset(ruleset.plugins))


@dataclass(frozen=True)
class _Somewhere:
    """The place of all there is to say about a definition."""

    span: Span = field(compare=False)

    def __call__(self, start: int, end: int) -> Span:
        return self.span


def deciding(rule: Rule) -> list[Condition]:
    """What the verdict of a rule rests on: the day whose law decides, `when` and `violation`."""
    day = rule.occurred.end if rule.occurred.interval else rule.occurred.start
    key = "occurred.to" if rule.occurred.interval else "occurred"
    parts = ((key, day, DATE), ("when", rule.when, BOOL), ("violation", rule.violation, BOOL))
    return [Condition(part, expr, expect, rule.about) for part, expr, expect in parts if expr is not None]


def asked(rule: Rule) -> list[Condition]:
    """What a rule asks that is true or false: `when`, `violation`, `notice_scope` and the `if` of its citations."""
    parts = [("when", rule.when), ("violation", rule.violation), ("notice_scope", rule.notice_scope)]
    parts += [(f"basis[{index}].if", each.condition) for index, each in enumerate(rule.basis)]
    return [Condition(part, expr, BOOL, rule.about) for part, expr in parts if expr is not None]


def matching(conclusion: Conclusion) -> list[Condition]:
    """What it takes for a conclusion to be drawn: `where`, `unless_where` and `at_least`."""
    given, levels = conclusion.given, len(conclusion.variables)
    parts = (
        ("where", conclusion.where, BOOL, given),
        ("unless_where", conclusion.unless_where, BOOL, conclusion.variables),
        ("at_least", conclusion.at_least, None, given),
    )
    return [
        Condition(part, expr, expect, "", variables, levels)
        for part, expr, expect, variables in parts
        if expr is not None
    ]


def counting(conclusion: Conclusion) -> list[Condition]:
    """What else tells what a conclusion is drawn about: `about`, `per` and `distinct`."""
    given, levels = conclusion.given, len(conclusion.variables)
    parts = (("about", conclusion.about), ("per", conclusion.per), ("distinct", conclusion.distinct))
    return [Condition(part, expr, None, "", given, levels) for part, expr in parts if expr is not None]


def defined(ruleset: Ruleset) -> Iterator[tuple[Definition, Condition]]:
    """Every named definition, in order of kind and name."""
    for kind, named in sorted(ruleset.definitions.items()):
        for name, expr in sorted(named.items()):
            yield (kind, name), Condition("let", expr, None, kind)


def place(expr: Expr, at: Offsets) -> Span:
    """Where characters of a condition's text stand in its file; the whole condition where that cannot be told.

    A condition may be folded over lines: whatever blanks there are between two characters, they are followed by the same
    one in the text and in the file.
    """
    at = enclosed(expr.text, at)
    found = _places(expr.text, expr.span.source.text, expr.span.start)
    if found is None or at[0] >= len(found):
        return expr.span
    return Span(expr.span.source, found[at[0]], found[max(at[1] - 1, at[0])] + 1)


def enclosed(text: str, at: Offsets) -> Offsets:
    """A part of a condition with the brackets around its first and last value, which are no part of either.

    >>> enclosed("(a + b) * 2 > 1", (1, 11))
    (0, 11)
    """
    plain = _TEXTS.sub(lambda match: "_" * len(match.group()), text)
    start, end = at
    open_ = close = 0
    for char in plain[start:end]:
        open_ += char == "("
        close += char == ")" and not open_
        open_ -= char == ")" and open_ > 0
    for _ in range(close):
        start = plain.rfind("(", 0, start)
    for _ in range(open_):
        end = plain.find(")", end) + 1
    return start, end


def _places(text: str, body: str, start: int) -> list[int] | None:
    """Where in `body` each character of `text` stands, beginning at `start`; None where it does not stand there."""
    at = start
    if body[at : at + 1] in ("|", ">"):
        at = body.find("\n", at) + 1
    elif body[at : at + 1] in ("'", '"') and not text.startswith(body[at]):
        at += 1
    found = []
    for char in text:
        if not char.isspace():
            while body[at : at + 1].isspace():
                at += 1
            if body[at : at + 1] != char:
                return None
        found.append(at)
        at += not char.isspace()
    return found
