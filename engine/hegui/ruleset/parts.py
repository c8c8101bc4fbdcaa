"""What rules and conclusions have in common: natures, messages, remedies, citations, each checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from hegui.datatypes import BOOL, INT, Type
from hegui.language.tree import Const
from hegui.ruleset.conditions import Conditions
from hegui.ruleset.definitions import Kinds
from hegui.ruleset.documents import CitationPart, ConclusionDocument, RuleDocument, TextPart
from hegui.ruleset.laws import Laws
from hegui.ruleset.layers import Chain, Layer
from hegui.ruleset.messages import MessageFault, Placeholder, split
from hegui.ruleset.model import Citation, Expr, Message, Nature, Period, Remedy
from hegui.ruleset.parameters import text
from hegui.ruleset.periods import check_overlaps, period
from hegui.ruleset.problems import Problems
from hegui.source import Document, Path_, Wording

_NOT_WORKDAYS = Wording(
    "not-workdays",
    "proposed working days are an int in `workday`, found {found}",
    "建议工作日应为以 `workday` 为单位的整数，实际为 {found}",
)
WORKDAY: Final = "workday"

AnyDocument = TypeVar("AnyDocument", RuleDocument, ConclusionDocument)


@dataclass(frozen=True)
class Ground:
    """What rules stand on."""

    chain: Chain
    problems: Problems
    kinds: Kinds
    laws: Laws
    conditions: Conditions


class Parts(ABC, Generic[AnyDocument]):
    """Builds the parts of one document; what cannot be built is left out and has been reported."""

    def __init__(self, ground: Ground, layer: Layer, document: Document, part: AnyDocument) -> None:
        self.ground = ground
        self.layer = layer
        self.document = document
        self.part: AnyDocument = part
        self.before = len(ground.problems.errors)
        given = part.in_force
        self.in_force = period(given, document, ("in_force",), ground.problems) if given is not None else Period()

    @property
    def sound(self) -> bool:
        """Has nothing been wrong with it so far?"""
        return len(self.ground.problems.errors) == self.before

    @abstractmethod
    def compile(self, text: str, path: Path_, expect: Type | None, start: int = 0) -> Expr | None:
        """The condition at `path`, which begins `start` characters into the string there."""

    def condition(self, given: str | None, *path: str | int) -> Expr | None:
        """A condition that is true or false."""
        return self.compile(given, path, BOOL) if given is not None else None

    def natures(self) -> tuple[tuple[Nature, Period], ...]:
        given = self.part.nature
        if isinstance(given, str):
            return ((Nature(given), Period()),)
        dated = []
        for index, each in enumerate(given):
            path: Path_ = ("nature", index)
            dated.append((Nature(each.nature), period(each, self.document, path, self.ground.problems), path))
        spans = [(days, path) for _, days, path in dated]
        check_overlaps(spans, self.document, self.ground.problems)
        return tuple((nature, days) for nature, days, _ in dated)

    def message(self) -> Message:
        return Message(self.pieces(self.part.message, "zh"), self.pieces(self.part.message, "en"))

    def pieces(self, given: TextPart, lang: str) -> tuple[str | Expr, ...]:
        path = ("message", lang)
        try:
            parts = split(given.zh if lang == "zh" else given.en)
        except MessageFault as fault:
            self.ground.problems.add(fault.wording, self.document.within(path, fault.start, fault.end))
            return ()
        pieces = [part if isinstance(part, str) else self.placeholder(part, path) for part in parts]
        return tuple(piece for piece in pieces if piece is not None)

    def placeholder(self, part: Placeholder, path: Path_) -> Expr | None:
        return self.compile(part.text, path, None, part.start)

    def remedy(self) -> Remedy | None:
        given = self.part.remedy
        if given is None:
            return None
        days = given.proposed_workdays
        path = ("remedy", "proposed_workdays")
        return Remedy(text(given), self.workdays(days, path) if days is not None else None)

    def workdays(self, given: int | str, path: Path_) -> Expr | None:
        """A number of working days: a plain number, or a condition that is an int, bare or in working days."""
        if isinstance(given, int):
            return Expr(str(given), Const(given, INT), self.document.span(path))
        found = self.compile(given, path, None)
        if found is None or (found.node.type.name == "int" and found.node.type.unit in (None, WORKDAY)):
            return found
        self.ground.problems.add(_NOT_WORKDAYS, found.span, found=found.node.type)
        return None

    def basis(self) -> tuple[Citation, ...]:
        cited = [self.citation(part, ("basis", index)) for index, part in enumerate(self.part.basis)]
        return tuple(citation for citation in cited if citation is not None)

    def citation(self, part: CitationPart, path: Path_) -> Citation | None:
        def compile_if() -> Expr | None:
            return self.condition(part.if_, *path, "if")

        return self.ground.laws.citation(part, self.document, path, self.in_force, compile_if)
