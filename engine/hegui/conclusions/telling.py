"""A conclusion in words: its message out of the rows of its first match, its law on the day the facts are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

from hegui.conclusions.ground import Ground
from hegui.datatypes import Cause, Text, Undetermined
from hegui.explaining.citing import cite_in_text, law_name
from hegui.explaining.law import CARRYING, WEAKEST_FIRST, in_place_of
from hegui.explaining.values import show
from hegui.explaining.words import PRIVATE, REASONS, UNDETERMINED
from hegui.language.printer import text
from hegui.language.scalar import Evaluator, RowData, compile_node, raw_cell
from hegui.language.tree import Cell, Node, Param, walk
from hegui.outcome import CitedLaw, ConclusionSummary, HowKey
from hegui.ruleset.model import Certainty, Citation, Conclusion, Expr, Ruleset, Variable
from hegui.vocabulary import Kind

Rows = list[Any]
"""The rows of a match by number of their variable, and behind them the number of matches."""

LANGS = ("zh", "en")


class Teller:
    """Puts one conclusion into words."""

    def __init__(self, conclusion: Conclusion, source: Ground, decided_on: date) -> None:
        self.conclusion, self.source, self.decided_on = conclusion, source, decided_on
        self.ruleset = source.request.ruleset
        self.as_of = source.request.as_of
        self.readers: dict[int, Evaluator] = {}

    def message(self, rows: Rows) -> Text:
        """The message for a match."""
        return Text(*("".join(self.pieces(rows, lang)) for lang in LANGS))

    def pieces(self, rows: Rows, lang: str) -> Iterator[str]:
        for piece in self.conclusion.message.get(lang):
            yield piece if isinstance(piece, str) else self.shown(piece.node, rows, lang)

    def shown(self, node: Node, rows: Rows, lang: str) -> str:
        if any(self.private(part) for part in walk(node)):
            return PRIVATE.get(lang)
        value = self.value(node, rows)
        if isinstance(value, Undetermined) and isinstance(node, Cell):
            value = self.called(node, rows) or value
        return show(value, node.type, lang, self.codes(node), "sentence")

    def called(self, cell: Cell, rows: Rows) -> str | None:
        """The key of whoever has no name where `cell` is the name of somebody; None where it is another field."""
        kind = self.source.request.kinds.get(cell.row.kind)
        if kind is None:  # a finding or a conclusion
            entity = rows[int(cell.row.var)].cells.get("entity") if cell.field == "name" else None
            return unquote(entity) if isinstance(entity, str) else None
        row = raw_cell(cell)[0](self.source.scope(list(rows))) if cell.field == kind.name_field else None
        return unquote(row.key) or None if isinstance(row, RowData) else None

    def value(self, node: Node, rows: Rows) -> Any:
        """The value of a part of the conclusion for a match."""
        read = self.readers.get(id(node))
        if read is None:
            read = self.readers[id(node)] = compile_node(node)
        return read(self.source.scope(list(rows)))

    def private(self, node: Node) -> bool:
        kind = self.source.request.kinds.get(node.row.kind) if isinstance(node, Cell) else None
        return isinstance(node, Cell) and kind is not None and kind.fields[node.field].private

    def codes(self, node: Node) -> dict[str, Text]:
        """What the codes of a value are called: they are those of the field it comes from."""
        cells = ((part, self.source.request.kinds.get(part.row.kind)) for part in walk(node) if isinstance(part, Cell))
        fields = (kind.fields[cell.field] for cell, kind in cells if kind is not None and cell.type.codes)
        return next((field.codes for field in fields if {*field.codes} == {*(node.type.codes or ())}), {})

    def waiting(self, causes: tuple[Cause, ...]) -> Text:
        """What is said of one that may have to be drawn: its title, and what it waits for."""
        title = self.conclusion.title
        zh = "；".join(self.cause(cause, "zh") for cause in causes)
        en = "; ".join(self.cause(cause, "en") for cause in causes)
        return Text(
            f"{title.get('zh')}：{UNDETERMINED.zh}" + (f"，{zh}" if zh else ""),
            f"{title.get('en')}: {UNDETERMINED.en}" + (f", {en}" if en else ""),
        )

    def cause(self, cause: Cause, lang: str) -> str:
        label = self.labelled(cause.path, lang)
        what = f"{label}（{cause.path}）" if lang == "zh" else f"{label} ({cause.path})"
        return REASONS[cause.reason].get(lang).format(what=what if label else f"`{cause.path}`")

    def labelled(self, path: str, lang: str) -> str:
        """What a path is called: a kind, a parameter, or fields that begin at a variable or a row some rule judges."""
        kinds, ruleset = self.source.request.kinds, self.ruleset
        if path in kinds or path in ruleset.parameters:
            return (kinds[path] if path in kinds else ruleset.parameters[path]).label.get(lang)
        starts = _starts(path, self.conclusion, ruleset, {self.conclusion.name})
        return next((label for rest, kind in starts if (label := _label(rest, kind, kinds, lang))), "")

    # --- law

    def basis(self, rows: Rows | None) -> tuple[CitedLaw, ...]:
        """The citations in force on the day the facts are looked at, and what became of them since."""
        return tuple(self.cited(each) for each in self.conclusion.basis if self.applies(each, rows))

    def applies(self, citation: Citation, rows: Rows | None) -> bool:
        version = self.ruleset.laws[citation.law].version(citation.version)
        if version is None or not version.period.holds(self.as_of):
            return False
        if citation.condition is None:
            return True
        if rows is None:
            return False
        return self.value(citation.condition.node, rows) is True

    def cited(self, citation: Citation) -> CitedLaw:
        law = self.ruleset.laws[citation.law]
        written = Text(*(cite_in_text(citation, law, lang) for lang in LANGS))
        successor, now = in_place_of(law, self.ruleset.laws, self.decided_on)
        if successor is law and now == law.version(citation.version):
            return CitedLaw(citation.role, written)
        if successor is None or now is None:
            return CitedLaw(
                citation.role, written, Text("研判日无有效文本", "nothing in force on the day of the decision")
            )
        names = (law_name(successor, now.label, lang) for lang in LANGS)
        return CitedLaw(citation.role, written, Text(*names))

    def due(self, rows: Rows) -> date | None:
        """The day of the decision plus the working days the remedy proposes."""
        remedy = self.conclusion.remedy
        if remedy is None or remedy.workdays is None:
            return None
        count = self.value(remedy.workdays.node, rows)
        return (
            None
            if isinstance(count, Undetermined)
            else self.source.request.calendar.add_workdays(self.decided_on, int(count))
        )

    # --- once

    def certainty(self) -> Certainty | None:
        """The weakest certainty among the parameters it uses and the citations that carry it."""
        found = {each.certainty for each in self.conclusion.basis if each.role in CARRYING and self.applies(each, None)}
        conclusion = self.conclusion
        judging = (conclusion.where, conclusion.unless_where, conclusion.at_least, conclusion.per, conclusion.distinct)
        for expression in (each for each in judging if each is not None):
            for node in walk(expression.node):
                used = self.ruleset.parameters[node.name].on(self.as_of) if isinstance(node, Param) else None
                if used is not None:
                    found.add(used.certainty)
        return next((each for each in WEAKEST_FIRST if each in found), None)

    def summary(self, concluded: int = 0, undetermined: int = 0, unplaced: int = 0) -> ConclusionSummary:
        """What a run keeps of the conclusion."""
        conclusion, certainty = self.conclusion, self.certainty()
        return ConclusionSummary(
            conclusion=conclusion.name,
            title=conclusion.title,
            about=conclusion.about_kind,
            nature=conclusion.nature(self.as_of).value,
            severity=conclusion.severity.value,
            certainty=None if certainty is None else certainty.value,
            authority=conclusion.authority,
            notice=conclusion.notice,
            remedy=None if conclusion.remedy is None else conclusion.remedy.text,
            how=tuple(how(conclusion)),
            concluded=concluded,
            undetermined=undetermined,
            unplaced=unplaced,
        )


def how(conclusion: Conclusion) -> Iterator[tuple[HowKey, str]]:
    """How a conclusion is drawn, as its document says it."""
    named: tuple[tuple[HowKey, tuple[Variable, ...]], ...] = (
        ("given", conclusion.given),
        ("unless", conclusion.unless),
    )
    for key, variables in named:
        if variables:
            yield key, ", ".join(f"{variable.name}: {variable.kind.name}" for variable in variables)
    conditions: tuple[tuple[HowKey, Expr | None], ...] = (
        ("where", conclusion.where),
        ("unless_where", conclusion.unless_where),
        ("at_least", conclusion.at_least),
        ("per", conclusion.per),
        ("distinct", conclusion.distinct),
    )
    yield from ((key, text(condition.node)) for key, condition in conditions if condition is not None)
    yield "about", f"{conclusion.about_kind} {text(conclusion.about.node)}"


def _starts(path: str, conclusion: Conclusion, ruleset: Ruleset, seen: set[str]) -> Iterator[tuple[str, Kind]]:
    """Where a path may begin: at a variable of the conclusion, at a row its rules judge, and so on down."""
    first, _, rest = path.partition(".")
    yield from ((rest, variable.kind) for variable in conclusion.variables if variable.name == first)
    for variable in conclusion.variables:
        if variable.source == "finding":
            abouts = dict.fromkeys(ruleset.rules[name].about for name in variable.of)
            yield from ((path, ruleset.vocabulary.kinds[about]) for about in abouts)
        elif variable.source == "conclusion" and variable.of[0] not in seen and variable.of[0] in ruleset.conclusions:
            yield from _starts(path, ruleset.conclusions[variable.of[0]], ruleset, seen | {variable.of[0]})


def _label(path: str, kind: Kind, kinds: Mapping[str, Kind], lang: str) -> str:
    """The labels of the fields and relations a path goes through; empty where it is no such path."""
    labels: list[str] = []
    at: Kind | None = kind
    for step in path.split("."):
        if at is None or (step not in at.fields and step not in at.relations):
            return ""
        labels.append((at.fields[step] if step in at.fields else at.relations[step]).label.get(lang))
        target = at.fields[step].type.kind if step in at.fields else at.relations[step].kind
        at = kinds.get(target or "")
    return ("·" if lang == "zh" else " / ").join(labels)
