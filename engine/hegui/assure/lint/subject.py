"""What lint looks at, and how a warning is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hegui.ruleset.build import Draft
from hegui.ruleset.layers import Chain, heading
from hegui.ruleset.model import Conclusion, Expr, Rule, Ruleset
from hegui.source import Diagnostic, Document, Path_, Span, Wording


@dataclass(frozen=True)
class Subject:
    """A ruleset as built, the day `last_verified` is held against (None: it is not), and the rulesets beside it that
    build on it: what they use is used."""

    built: Draft
    today: date | None
    above: tuple[Draft, ...]

    @property
    def ruleset(self) -> Ruleset:
        return self.built.ruleset

    @property
    def chain(self) -> Chain:
        return self.built.chain

    @property
    def matters(self) -> list[Rule | Conclusion]:
        """Rules and conclusions, base layer first."""
        return [*self.ruleset.rules.values(), *self.ruleset.conclusions.values()]


def warning(wording: Wording, span: Span, **args: object) -> Diagnostic:
    """A warning. By `name` and `detail` among its arguments it is accepted: what it is about, and what tells it from others."""
    return Diagnostic(wording, args, span, level="warning")


def expressions(ruleset: Ruleset) -> Iterator[Expr]:
    """Every condition of rules, conclusions and figures of notices."""
    for rule in ruleset.rules.values():
        yield from rule.expressions()
    for conclusion in ruleset.conclusions.values():
        yield from conclusion.expressions()
    for notice in ruleset.notices.values():
        figures = (figure for item in notice.items for figure in item.figures)
        yield from (figure.where for figure in figures if figure.where is not None)


def value_at(document: Document, path: Path_) -> object:
    """What stands at a path."""
    value = document.data
    for step in path:
        value = value[step]
    return value


def owner(document: Document, path: Path_) -> str:
    """What something in a document belongs to: the rule, law, parameter, definition or kind."""
    first = heading(document)
    if first == "parameters" and len(path) > 1:
        return str(path[1])
    if first == "let" and len(path) > 2:
        return str(path[2])
    return str(document.data[first]) if not isinstance(document.data[first], (dict, list)) else str(first)
