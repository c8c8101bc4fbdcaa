"""An impact as Markdown for a change request: the counts first, the details folded, of a length a comment can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from hegui.assure.impact import words
from hegui.assure.impact.model import Change, Changed, Edit, Impact, Redrawn
from hegui.assure.impact.sheet import Row, Sheet
from hegui.datatypes import Text
from hegui.explaining.words import STANDING
from hegui.report.look import Look
from hegui.report.plain import line

MOST: Final = 30
"""Changes of each sort listed, so that the whole has room in a comment."""
MOST_ROWS: Final = 40
"""Rows of a table and edits listed, for the same reason."""
LONGEST: Final = 300
"""Characters of one text; a longer one is cut."""


def markdown(impact: Impact, look: Look) -> Iterator[str]:
    """The impact in one language."""
    return _Writer(Sheet(impact), look.lang).pieces()


class _Writer:
    def __init__(self, sheet: Sheet, lang: str) -> None:
        self.sheet, self.impact, self.lang = sheet, sheet.impact, lang

    def say(self, text: Text, **args: object) -> str:
        found = text.get(self.lang)
        return found.format(**args) if args else found

    def pieces(self) -> Iterator[str]:
        yield f"## {self.say(words.TITLE)}\n\n"
        yield from self.totals()
        yield from self.edits(words.BEARING, self.sheet.edits(True))
        yield from self.table("rule", self.sheet.tables["rule"])
        for change in self.sheet.columns:
            yield from self.changes(change)
        for redrawn in Redrawn:
            yield from self.conclusions(redrawn)
        for name in ("edit", "severity", "place"):
            if rows := self.sheet.tables[name]:
                yield from self.folded(self.say(words.BY_NAME[name]), self.table(name, rows))
        silent = self.sheet.edits(False)
        if silent:
            yield from self.folded(f"{self.say(words.SILENT)} ({len(silent)})", self.edits(None, silent))
        yield from self.foot()

    def totals(self) -> Iterator[str]:
        if not self.impact.changes:
            yield f"{self.say(words.NOTHING if self.impact.conclusions is not None else words.NOTHING_ASKED)}\n\n"
            return
        cells = [(self.titled(change), self.impact.changed[change]) for change in self.sheet.columns]
        cells += [
            (f"{self.say(words.CONCLUSIONS)} {self.say(words.REDRAWN[redrawn])}", count)
            for redrawn in Redrawn
            if (count := self.impact.redrawn[redrawn])
        ]
        yield from _table([name for name, _ in cells], [[f"**{count:,}**" for _, count in cells]], "--:")

    def titled(self, change: Change) -> str:
        note = self.sheet.note(change)
        return self.say(words.CHANGES[change]) + ("" if note is None else f" ({self.say(note)})")

    def edits(self, title: Text | None, edits: Sequence[Edit]) -> Iterator[str]:
        if not edits:
            return
        if title is not None:
            yield f"### {self.say(title)}\n\n"
        heads = ["#", self.say(words.COLUMNS["edited"]), self.say(words.COLUMNS["where"])]
        rows = [
            [str(edit.number), plain(self.say(words.edited(edit))), f"`{_code(edit.place)}`" if edit.place else ""]
            for edit in edits[:MOST_ROWS]
        ]
        if title is not None:
            heads.append(self.say(words.COLUMNS["changes"]))
            rows = [[*row, f"{self.sheet.by_edit.get(int(row[0]), 0):,}"] for row in rows]
        yield from _table(heads, rows)
        yield from self.left(len(edits) - MOST_ROWS)

    def table(self, name: str, rows: Sequence[Row]) -> Iterator[str]:
        if not rows:
            return
        if name == "rule":
            yield f"### {self.say(words.BY_NAME[name])}\n\n"
        columns = self.sheet.columns
        cells = [[plain(self.say(title)), *(f"{counts[c] or ''}" for c in columns)] for title, counts in rows]
        yield from _table(["", *(self.say(words.CHANGES[c]) for c in columns)], cells[:MOST_ROWS], "--:")
        yield from self.left(len(rows) - MOST_ROWS)

    def folded(self, title: str, inside: Iterator[str]) -> Iterator[str]:
        yield f"<details><summary>{title}</summary>\n\n"
        yield from inside
        yield "</details>\n\n"

    def changes(self, change: Change) -> Iterator[str]:
        count = self.impact.changed[change]
        title = self.say(words.DETAILS, change=self.say(words.CHANGES[change]), count=f"{count:,}")
        shown = self.sheet.listed(change)[:MOST]
        heads = [self.say(words.COLUMNS[name]) for name in ("entity", "verdict", "edit", "said")]
        rows = _table(heads, [self.row(each) for each in shown])
        yield from self.folded(title, _both(rows, self.left(count - len(shown))))

    def row(self, each: Changed) -> list[str]:
        who = f"{plain(each.name or each.entity)}<br>`{_code(each.fingerprint)}`"
        cause = self.say(words.caused(each.cause))
        return [
            who,
            self.say(self.sheet.turned(each)),
            cause,
            "<br>".join(plain(self.say(t)) for t in self.sheet.said(each)),
        ]

    def conclusions(self, redrawn: Redrawn) -> Iterator[str]:
        found = [each for each in self.impact.conclusions or () if each.change is redrawn]
        if not found:
            return
        title = f"{self.say(words.CONCLUSIONS)} · {self.say(words.REDRAWN[redrawn])} ({len(found)})"
        heads = [self.say(words.COLUMNS[name]) for name in ("entity", "edit", "said")]
        rows = [
            [f"{plain(each.name or each.entity)}<br>`{_code(each.fingerprint)}`", self.say(words.numbers(each.edits)),
             plain(self.say(each.message))]
            for each in found[:MOST]
        ]  # fmt: skip
        yield from self.folded(title, _both(_table(heads, rows), self.left(len(found) - MOST)))

    def left(self, count: int) -> Iterator[str]:
        if count > 0:
            yield f"{self.say(words.LEFT_OUT, count=f'{count:,}')}\n\n"

    def foot(self) -> Iterator[str]:
        for name, side in ((words.OLD, self.impact.old), (words.NEW, self.impact.new)):
            yield f"{self.say(name)}: {plain(self.say(self.sheet.version(side)))}  \n"
        yield f"{plain(self.say(self.sheet.facts))}  \n"
        yield f"{self.say(self.sheet.judged)}\n"
        for note in self.sheet.notes():
            yield f"\n{plain(self.say(note))}\n"
        yield f"\n*{self.say(STANDING)}*\n"


def _both(first: Iterator[str], second: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from second


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], align: str = "---") -> Iterator[str]:
    marks = [align if head else "---" for head in heads]
    yield f"| {' | '.join(heads)} |\n|{'|'.join(marks)}|\n"
    yield from (f"| {' | '.join(row)} |\n" for row in rows)
    yield "\n"


def plain(text: str) -> str:
    """A text that stays a text in Markdown, on one line and not too long."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~&@" else char for char in line(text, LONGEST))


def _code(text: str) -> str:
    """A text between backquotes, in a table."""
    return line(text, LONGEST).replace("`", "'").replace("|", "\\|")
