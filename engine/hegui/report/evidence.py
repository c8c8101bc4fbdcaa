"""The facts a finding rests on, in a line each: label, value, source cell, paper. For many findings of one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hegui.datatypes import Text
from hegui.explain import is_fact
from hegui.explain.compiled import Teller
from hegui.explain.document import Leaf, RuleDocument, Setting
from hegui.explain.words import NO_VALUE
from hegui.facts.registry import Place, SourceTable
from hegui.language.tree import Cell, Chain, Node, walk
from hegui.outcome import Finding, LeafValue
from hegui.report import words as say
from hegui.report.words import place_text

LINE: Final = Text("{label}：{value}（{about}）", "{label}: {value} ({about})")
BARE: Final = Text("{label}：{value}", "{label}: {value}")
ROW: Final = Text("台账记录：{place}", "record: {place}")

Said = Callable[[Finding, Setting], str]


class Evidence:
    """Tells what findings of one rule rest on, in the language of the teller; files are named from `folder` on."""

    def __init__(self, teller: Teller, folder: str) -> None:
        self.teller, self.lang, self.folder = teller, teller.lang, folder
        self.sources = teller.setting.sources
        document = teller.document
        asked = set(_asked(document))
        triples = zip(range(len(document.leaves)), document.leaves, document.rule.leaves, strict=True)
        facts = (triple for triple in triples if triple[2] in asked and is_fact(triple[2]))
        self._facts = tuple(self._fact(number, leaf, node) for number, leaf, node in facts)
        self._places: dict[tuple[int, str | None], tuple[str, str, str]] = {}

    def lines(self, finding: Finding, setting: Setting) -> list[str]:
        """A line for each fact; of a rule that reads none, the row judged. `setting` has the papers."""
        if self._facts:
            return [fact(finding, setting) for fact in self._facts]
        where = self.row(finding)
        return [ROW.get(self.lang).format(place=where)] if where else []

    def row(self, finding: Finding) -> str:
        """Where the row judged stands; empty where that is not known."""
        return "" if finding.source is None else self._place(finding.source, finding.row, None)

    def _fact(self, number: int, leaf: Leaf, node: Node) -> Said:
        lang, read, label = self.lang, self.teller.reader(node), leaf.label.get(self.lang) or leaf.text
        line, bare, missing = LINE.get(lang), BARE.get(lang), NO_VALUE.get(lang)
        joint = "；" if lang == "zh" else "; "

        def said(finding: Finding, setting: Setting) -> str:
            value = finding.values[number]
            known = value.value is not None or value.below is not None or leaf.private
            shown = read(value) if known else missing
            about = self._about(leaf, value, setting, known)
            return (
                line.format(label=label, value=shown, about=joint.join(about))
                if about
                else bare.format(label=label, value=shown)
            )

        return said

    def _about(self, leaf: Leaf, value: LeafValue, setting: Setting, known: bool) -> Sequence[str]:
        """Rows, address and paper of a value."""
        parts = []
        if value.rows is not None:
            parts.append(rows_text(value.rows, value.first, self.lang))
        if value.source is not None:
            parts.append(self._place(value.source, value.row, leaf.field))
        if known and (paper := setting.paper(leaf, value)) is not None:
            named = [part for part in (paper.source_doc, paper.obtained_on, paper.method) if part]
            joint = "，" if self.lang == "zh" else ", "
            no_paper = say.NO_PAPER.get(self.lang)
            parts.append(say.PAPER.get(self.lang).format(parts=joint.join(named)) if named else no_paper)
        return parts

    def _place(self, source: int, row: int | None, name: str | None) -> str:
        """As `words.place_text`, the parts around the row's number made once for a column."""
        if row is None:
            return place_text(_place_of(self.sources[source], None, name), self.lang, self.folder)
        parts = self._places.get((source, name))
        if parts is None:
            marked = place_text(_place_of(self.sources[source], 0, name), self.lang, self.folder)
            mark = say.ROW_NUMBER.get(self.lang).format(row=0)
            before, _, after = marked.partition(f" · {mark}")
            parts = self._places[source, name] = before, say.ROW_NUMBER.get(self.lang), after
        return f"{parts[0]} · {parts[1].format(row=row)}{parts[2]}"


def _asked(document: RuleDocument) -> Iterator[Node]:
    """The leaves of the conditions a verdict and its citations rest on; what only the message mentions is not among them."""
    cited = (each.condition for each in document.rule.basis if each.condition is not None)
    for expression in (*document.judging(), *cited):
        for node in walk(expression.node):
            if isinstance(node, (Cell, Chain)):
                yield node


def _place_of(table: SourceTable, row: int | None, name: str | None) -> Place:
    return Place(table.file, table.sheet, row, table.columns.get(name) if name is not None else None)


def rows_text(count: int, first: str | None, lang: str) -> str:
    """How many rows decided, and the key of the first."""
    if first is None:
        return say.ROWS.get(lang).format(count=count)
    return (say.ROW_FIRST if count == 1 else say.ROWS_FIRST).get(lang).format(count=count, first=first)
