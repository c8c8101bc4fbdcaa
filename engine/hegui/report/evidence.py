"""The facts a finding rests on, in a line each: label, value, source cell, paper. For many findings of one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hegui.datatypes import Text
from hegui.explaining import is_fact
from hegui.explaining.compiled import Teller
from hegui.explaining.document import Leaf, RuleDocument, Setting, key_of
from hegui.explaining.words import NO_VALUE
from hegui.facts.registry import Place
from hegui.language.tree import Cell, Chain, Node, walk
from hegui.outcome import Finding, LeafValue
from hegui.report import words as say
from hegui.report.words import place_text

LINE: Final = Text("{label}：{value}（{about}）", "{label}: {value} ({about})")
BARE: Final = Text("{label}：{value}", "{label}: {value}")
IN_ROW: Final = Text("【{place}】", "[{place}]")

Said = Callable[[LeafValue, Setting], str]
Where = tuple[int, int | None, str | None] | None


class Evidence:
    """Tells what findings of one rule rest on, in the language of the teller; files are named from `folder` on."""

    def __init__(self, teller: Teller, folder: str) -> None:
        self.teller, self.lang, self.folder = teller, teller.lang, folder
        self.sources = teller.setting.sources
        document = teller.document
        asked = set(_asked(document))
        triples = zip(range(len(document.leaves)), document.leaves, document.rule.leaves, strict=True)
        facts = (triple for triple in triples if triple[2] in asked and is_fact(triple[2]))
        self._facts = tuple((number, self._fact(leaf, node)) for number, leaf, node in facts)
        self._tables: dict[int, str] = {}
        self._columns: dict[tuple[int, str | None], str] = {}

    def lines(self, finding: Finding, setting: Setting) -> list[str]:
        """A line for each fact, those of a row together below it; of a rule that reads none, the row judged. `setting` has
        the papers."""
        rows: dict[Where, list[str]] = {}
        for number, fact in self._facts:
            value = finding.values[number]
            at = None if value.source is None else (value.source, value.row, key_of(finding, value, setting))
            rows.setdefault(at, []).append(fact(value, setting))
        if not rows and finding.source is not None:
            own = self.sources[finding.source].place(finding.row, key=finding.key)
            rows[finding.source, finding.row, own.key] = []
        return [line for at, told in rows.items() for line in ([self._row(*at)] if at is not None else []) + told]

    def _fact(self, leaf: Leaf, node: Node) -> Said:
        lang, read, label = self.lang, self.teller.reader(node), leaf.label.get(self.lang) or leaf.text
        line, bare, missing = LINE.get(lang), BARE.get(lang), NO_VALUE.get(lang)
        joint = "；" if lang == "zh" else "; "

        def said(value: LeafValue, setting: Setting) -> str:
            known = value.value is not None or value.below is not None or leaf.private
            shown, about = read(value) if known else missing, joint.join(self._about(leaf, value, setting, known))
            return (line if about else bare).format(label=label, value=shown, about=about)

        return said

    def _about(self, leaf: Leaf, value: LeafValue, setting: Setting, known: bool) -> Iterator[str]:
        """Rows, column and paper of a value."""
        if value.rows is not None:
            yield rows_text(value.rows, value.first, self.lang)
        if value.source is not None and (column := self._column(value.source, leaf.field)):
            yield column
        if known and (paper := setting.paper(leaf, value)) is not None:
            named = [part for part in (paper.source_doc, paper.obtained_on, paper.method) if part]
            joint = "，" if self.lang == "zh" else ", "
            yield say.PAPER.get(self.lang).format(parts=joint.join(named)) if named else say.NO_PAPER.get(self.lang)

    def _row(self, source: int, row: int | None, key: str | None) -> str:
        """The row a value stands in, its file and sheet made once."""
        table = self._tables.get(source)
        if table is None:
            at = self.sources[source]
            table = self._tables[source] = place_text(Place(at.file, at.sheet), self.lang, self.folder)
        if self.sources[source].keyed:
            number = None if key is None else say.ROW_KEY.get(self.lang).format(key=key)
        else:
            number = None if row is None else say.ROW_NUMBER.get(self.lang).format(row=row)
        return IN_ROW.get(self.lang).format(place=table if number is None else f"{table} · {number}")

    def _column(self, source: int, name: str | None) -> str:
        found = self._columns.get((source, name))
        if found is None:
            column = self.sources[source].columns.get(name) if name is not None else None
            found = self._columns[source, name] = say.COLUMN.get(self.lang).format(column=column) if column else ""
        return found


def _asked(document: RuleDocument) -> Iterator[Node]:
    """The leaves of the conditions a verdict and its citations rest on; what only the message mentions is not among them."""
    cited = (each.condition for each in document.rule.basis if each.condition is not None)
    for expression in (*document.judging(), *cited):
        for node in walk(expression.node):
            if isinstance(node, (Cell, Chain)):
                yield node


def rows_text(count: int, first: str | None, lang: str) -> str:
    """How many rows decided, and the key of the first."""
    if first is None:
        return say.ROWS.get(lang).format(count=count)
    return (say.ROW_FIRST if count == 1 else say.ROWS_FIRST).get(lang).format(count=count, first=first)
