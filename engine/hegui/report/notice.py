"""What an inspection notice names and publishes, held against what a run finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hegui.datatypes import Text
from hegui.engines import tally
from hegui.facts.registry import Registry
from hegui.outcome import Judgement, RuleSummary
from hegui.ruleset.model import Figure, Matter, NoticeItem, NoticeRole, Rule, Ruleset


@dataclass(frozen=True, slots=True)
class Compared:
    """A published number beside the one found here: rows of `kind` (`where` this is true), or what `rule` finds in the
    notice's scope. `found` and `undetermined` (rows that may count too) are None where the table was not supplied."""

    label: Text
    published: int
    found: int | None
    undetermined: int | None
    kind: str
    where: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule or conclusion that answers an item."""

    name: str
    title: Text
    sort: str


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item of the notice with what answers it. A run of part of the rules or entities compares no figures."""

    code: str
    text: Text
    role: NoticeRole
    reason: Text | None
    answers: tuple[Answer, ...]
    figures: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class NoticeFound:
    """A notice with its items in order."""

    name: str
    title: Text
    issued: date
    items: tuple[ItemFound, ...]

    @property
    def compared(self) -> Iterator[tuple[ItemFound, Compared]]:
        """The figures with their items."""
        return ((item, figure) for item in self.items for figure in item.figures)


def held_against(
    ruleset: Ruleset, registry: Registry, judgement: Judgement, as_of: date, whole: bool
) -> tuple[NoticeFound, ...]:
    """The notices of a ruleset with what a run finds; figures only where it judged the `whole` registry."""
    counts = _counted(ruleset, registry, judgement, as_of) if whole else {}
    return tuple(
        NoticeFound(
            notice.name,
            notice.title,
            notice.issued,
            tuple(_item(item, ruleset, counts if whole else None) for item in notice.items),
        )
        for notice in ruleset.notices.values()
    )


def _item(item: NoticeItem, ruleset: Ruleset, counts: dict[int, RuleSummary | None] | None) -> ItemFound:
    answers = tuple(_answer(matter) for matter in ruleset.matters if item.code in matter.notice)
    compared = tuple(_compared(figure, ruleset, counts[id(figure)]) for figure in item.figures) if counts else ()
    return ItemFound(item.code, item.text, item.role, item.reason, answers, compared)


def _answer(matter: Matter) -> Answer:
    return Answer(matter.name, matter.title, "rule" if isinstance(matter, Rule) else "conclusion")


def _compared(figure: Figure, ruleset: Ruleset, found: RuleSummary | None) -> Compared:
    about = ruleset.rules[figure.rule].about if figure.rule is not None else ""
    where = figure.where.text if figure.where is not None else None
    return Compared(
        label=figure.label,
        published=figure.published,
        found=found.in_notice_scope if found is not None else None,
        undetermined=found.undetermined if found is not None else None,
        kind=figure.kind or about,
        where=where,
        rule=figure.rule,
    )


def _counted(ruleset: Ruleset, registry: Registry, judgement: Judgement, as_of: date) -> dict[int, RuleSummary | None]:
    """What was counted for each figure, by its identity; None where the table was not supplied."""
    figures = [figure for notice in ruleset.notices.values() for item in notice.items for figure in item.figures]
    by_rule = {summary.rule: summary for summary in judgement.summaries}
    found = {id(figure): by_rule.get(figure.rule) for figure in figures if figure.rule is not None}
    asked = [figure for figure in figures if figure.kind is not None]
    rows = [(figure.kind or "", figure.where.node if figure.where is not None else None) for figure in asked]
    counted = tally(ruleset, registry, rows, engine=judgement.engine, as_of=as_of)
    return found | {id(figure): count for figure, count in zip(asked, counted, strict=True)}
