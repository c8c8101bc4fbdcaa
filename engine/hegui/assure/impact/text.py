"""An impact for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from hegui.assure.impact import words
from hegui.assure.impact.model import Change, Concluded, Edit, Impact, Redrawn
from hegui.assure.impact.sheet import Row, Sheet
from hegui.datatypes import Text
from hegui.explaining.words import STANDING
from hegui.report.layout import Page, pad
from hegui.report.look import Look
from hegui.terminal import width

MOST = 20
"""Changes of each sort listed on a terminal."""
STYLES = {Change.NEWLY_VIOLATING: "red", Change.CLEARED: "green", Change.NOW_UNDETERMINED: "yellow"}


def text(impact: Impact, look: Look) -> Iterator[str]:
    """The impact, with the first changes of each sort."""
    return _Writer(Sheet(impact), look).lines()


class _Writer:
    def __init__(self, sheet: Sheet, look: Look) -> None:
        self.sheet, self.impact, self.lang = sheet, sheet.impact, look.lang
        self.page = Page(look.columns, look.color)

    def say(self, text: Text, **args: object) -> str:
        return text.get(self.lang).format(**args) if args else text.get(self.lang)

    def lines(self) -> Iterator[str]:
        self.head()
        self.totals()
        for title, bears in ((words.BEARING, True), (words.SILENT, False)):
            self.edits(title, self.sheet.edits(bears))
        for name, rows in self.sheet.tables.items():
            self.table(words.BY_NAME[name], rows)
        for change in Change:
            self.changes(change)
        for redrawn in Redrawn:
            self.conclusions(redrawn)
        self.page.blank()
        self.page.add((self.say(STANDING), "italic"))
        yield from self.page.drain()

    def head(self) -> None:
        page = self.page
        page.add((self.say(words.TITLE), "bold"))
        for name, side in ((words.OLD, self.impact.old), (words.NEW, self.impact.new)):
            page.add(f"{self.say(name)}  {self.say(self.sheet.version(side))}", indent=2, hang=5)
        page.add(self.say(self.sheet.facts))
        page.add(self.say(self.sheet.judged))
        for note in self.sheet.notes():
            page.add(self.say(note))
        page.blank()

    def totals(self) -> None:
        for change in self.sheet.columns:
            count = self.impact.changed[change]
            note = self.sheet.note(change)
            beside = "" if note is None else f"  ({self.say(note)})"
            self.page.add((self.say(words.CHANGES[change]), STYLES.get(change, "")), f"  {count}{beside}", indent=2)
        for redrawn in Redrawn:
            if count := self.impact.redrawn[redrawn]:
                self.page.add(f"{self.say(words.CONCLUSIONS)} · {self.say(words.REDRAWN[redrawn])}  {count}", indent=2)
        if not self.impact.changes:
            self.page.add(
                self.say(words.NOTHING if self.impact.conclusions is not None else words.NOTHING_ASKED), indent=2
            )

    def edits(self, title: Text, edits: list[Edit]) -> None:
        if not edits:
            return
        self.page.heading(self.say(title))
        for edit in edits:
            self.page.add((f"{edit.number:>3}  ", "bold"), self.say(words.edited(edit)), hang=5)
            notes = [edit.place] if edit.place else []
            if edit.bears:
                notes += edit.rules if len(edit.rules) <= 3 else (*edit.rules[:3], f"… {len(edit.rules)}")
                notes += [] if self.sheet.by_edit.get(edit.number) else [self.say(words.NO_CHANGE)]
            if notes:
                self.page.add((" · ".join(notes), "dim"), indent=5)

    def table(self, title: Text, rows: list[Row]) -> None:
        if not rows:
            return
        columns = self.sheet.columns
        self.page.heading(self.say(title))
        heads = [self.say(words.HEADS[change]) for change in columns]
        cells = [(self.say(name), [str(counts[change] or "") for change in columns]) for name, counts in rows]
        sizes = [max(width(head), *(width(row[at]) for _, row in cells)) for at, head in enumerate(heads)]
        room = self.page.columns - 2 - sum(size + 2 for size in sizes)
        longest = min(max(width(name) for name, _ in cells), max(room, 12))
        for name, row in [("", heads), *cells]:
            self._row(name, row, sizes, longest)

    def _row(self, name: str, row: list[str], sizes: list[int], longest: int) -> None:
        if width(name) > longest:
            self.page.add(name, indent=2, hang=2)
            name = ""
        told = "".join("  " + pad(cell, size, right=True) for cell, size in zip(row, sizes, strict=True))
        self.page.add((pad(name, longest) + told).rstrip(), indent=2)

    def changes(self, change: Change) -> None:
        count = self.impact.changed[change]
        if not count:
            return
        self.page.heading(f"{self.say(words.CHANGES[change])} {count}", style=STYLES.get(change, ""))
        shown = self.sheet.listed(change)[:MOST]
        for each in shown:
            self.page.add((each.name or each.entity, "bold"), "  ", (each.fingerprint, "dim"), indent=2, hang=4)
            self.page.add(f"{self.say(self.sheet.turned(each))} · {self.say(words.caused(each.cause))}", indent=6)
            for said in self.sheet.said(each):
                self.page.add(self.say(said), indent=6)
        self.left(count - len(shown))

    def left(self, count: int) -> None:
        if count > 0:
            self.page.add((self.say(words.LEFT_OUT, count=count), "bold"), indent=2)

    def conclusions(self, redrawn: Redrawn) -> None:
        found = [each for each in self.impact.conclusions or () if each.change is redrawn]
        if not found:
            return
        self.page.heading(f"{self.say(words.CONCLUSIONS)} · {self.say(words.REDRAWN[redrawn])} {len(found)}")
        for each in found[:MOST]:
            self.conclusion(each)
        self.left(len(found) - MOST)

    def conclusion(self, each: Concluded) -> None:
        self.page.add((each.name or each.entity, "bold"), "  ", (each.fingerprint, "dim"), indent=2, hang=4)
        self.page.add(f"{self.say(each.title)} · {self.say(words.numbers(each.edits))}", indent=6)
        self.page.add(self.say(each.message), indent=6)
        if each.grounds:
            grounds = ", ".join(each.grounds[:3]) + (f", … {len(each.grounds)}" if len(each.grounds) > 3 else "")
            self.page.add((self.say(words.GROUNDS, grounds=grounds), "dim"), indent=6)
