"""The pages of a workbook that are no lists: what it holds, the counts, and what the run was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from hegui.datatypes import Text
from hegui.explaining.words import SEVERITIES, STANDING, VERDICTS
from hegui.outcome import Verdict
from hegui.report import words as say
from hegui.report.run import SCHEMA, Run
from hegui.report.sections import counts as figure_words
from hegui.report.tally import Group, tally
from hegui.report.waiver_page import given
from hegui.report.workbook import words
from hegui.report.workbook.cells import Value, height, one_break, shortened
from hegui.report.workbook.found import TRANSFERRED, WRAPPED, Found
from hegui.report.workbook.frame import Styles
from hegui.report.workbook.package import LINKED, Package, quoted
from hegui.report.workbook.words import SHEETS
from hegui.ruleset.model import Severity

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_GRAVEST_FIRST: Final = tuple(reversed(Severity))
_BROKEN: Final = frozenset({"head", "wrap", "wrapped link"})
"""Styles whose texts are broken into lines."""


@dataclass
class _Page:
    """A page that is written line by line from the top, in columns of these widths in characters."""

    styles: Styles
    sheet: Worksheet
    widths: Sequence[float]
    row: int = 0
    high: float = 0

    def __post_init__(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)

    def put(self, column: int, value: Value, style: str) -> None:
        """Write one cell: text, number or nothing; never a formula."""
        made = self.styles.get(style)
        self._fit(column, value, style)
        if isinstance(value, str) and value:
            self.sheet.write_string(self.row, column, one_break(shortened(value)), made)
        elif isinstance(value, (int, float)):
            self.sheet.write_number(self.row, column, value, made)
        else:
            self.sheet.write_blank(self.row, column, None, made)

    def line(self, cells: Sequence[tuple[Value, str]], skip: int = 0) -> None:
        """Write cells side by side, and go on to the next line."""
        for column, (value, style) in enumerate(cells, skip):
            self.put(column, value, style)
        if self.high:
            self.sheet.set_row(self.row, self.high)
        self.row, self.high = self.row + 1, 0

    def _fit(self, column: int, value: Value, style: str) -> None:
        """Make the line as high as a text takes that is broken into several; not every program measures by itself."""
        if style in _BROKEN and column < len(self.widths):
            self.high = max(self.high, height([value], [self.widths[column]]))

    def section(self, text: str) -> None:
        """The title of what follows."""
        self.sheet.set_row(self.row, 22)
        self.line([(text, "section")])

    def link(self, column: int, text: str, where: str, style: str = "wrapped link") -> None:
        self._fit(column, text, style)
        self.sheet.write_url(self.row, column, f"internal:{where}", self.styles.get(style), shortened(text))

    def wide(self, text: str, style: str, columns: int, height: float) -> None:
        """A text across several columns; such a line must be told how high it is."""
        self.sheet.set_row(self.row, height)
        self.sheet.merge_range(self.row, 0, self.row, columns - 1, "", self.styles.get(style))
        self.put(0, text, style)
        self.row += 1


@dataclass(frozen=True)
class Pages:
    """The pages of a run's workbook, whose lists are in `package` already."""

    run: Run
    lang: str
    package: Package

    def say(self, text: Text, **values: object) -> str:
        return text.get(self.lang).format(**values)

    # --- read-me

    def read_me(self, styles: Styles, sheet: Worksheet) -> None:
        """What stands where, from what it was made, and what is left out."""
        page, info = _Page(styles, sheet, (32, 12, 84)), self.run.info
        page.wide(info.ruleset.title.get(self.lang), "title", 3, 26)
        page.wide(STANDING.get(self.lang), "standing", 3, 28 if self.lang == "zh" else 40)
        ruleset = f"{info.ruleset.name} {info.ruleset.version}"
        for text in (
            self.say(say.DAYS, as_of=info.as_of, decided_on=info.decided_on),
            self.say(say.MADE_BY, ruleset=ruleset, engine=info.engine, hegui=info.hegui),
            given(info.waivers, info.decided_on, self.lang),
        ):
            if text:
                page.wide(text, "note", 3, 16)
        page.row += 1
        self._contents(page)
        page.row += 1
        page.section(words.COUNTS.get(self.lang))
        for label, count in self._totals():
            page.line([(label, "wrap"), (count, "int")])
        page.row += 1
        page.section(words.REMARKS.get(self.lang))
        for text in self._remarks():
            page.wide(text, "note", 3, 15 * (1 + len(text) // (62 if self.lang == "zh" else 125)))

    def _contents(self, page: _Page) -> None:
        page.line([(text.get(self.lang), "head") for text in (words.CONTENTS, words.ROWS, words.WHAT)])
        for key, text in SHEETS.items():
            if key in words.ABOUT:
                name = text.get(self.lang)
                page.link(0, name, f"{quoted(name)}!A1")
                rows = self.package.rows(name) if any(part.of == name for part in self.package.parts) else None
                page.line([(rows, "int"), (words.ABOUT[key].get(self.lang), "wrap")], skip=1)

    def _totals(self) -> Iterator[tuple[str, int]]:
        summary = self.run.summary
        for verdict in Verdict:
            yield VERDICTS[verdict].get(self.lang), summary.total(verdict)
        yield SHEETS["waived"].get(self.lang), sum(item.waived for item in summary.rules)
        yield say.APART.get(self.lang), sum(item.from_memory for item in summary.rules)
        for certain, word in words.DRAWN.items():
            if certain or self.run.drawing.drawn:
                label = f"{SHEETS['conclusions'].get(self.lang)} · {word.get(self.lang)}"
                yield label, sum(each.certain is certain for each in self.run.drawing.drawn)

    def _remarks(self) -> Iterator[str]:
        summary, joint = self.run.summary, "、" if self.lang == "zh" else ", "
        yield words.PROPOSED.get(self.lang)
        kinds = Found(self.run, self.lang)
        if summary.orphans:
            orphans = joint.join(f"{kinds.kind(kind)} {count}" for kind, count in summary.orphans.items())
            yield self.say(say.ORPHANS, count=sum(summary.orphans.values()), kinds=orphans)
        if summary.not_supplied:
            lacking = joint.join(dict.fromkeys(map(kinds.kind, summary.not_supplied.values())))
            yield self.say(say.NOT_SUPPLIED, count=len(summary.not_supplied), kinds=lacking)
        if any(item.from_memory for item in summary.rules):
            yield f"{say.MEMORY.get(self.lang)}{'：' if self.lang == 'zh' else ': '}{say.MEMORY_NOTE.get(self.lang)}"
        yield from self._limits()
        yield from (note.get(self.lang) for note in self.run.drawing.notes)

    def _limits(self) -> Iterator[str]:
        """What the workbook does not show as it is."""
        sheets = Counter(part.of for part in self.package.parts)
        for name, count in sheets.items():
            if count > 1:
                yield self.say(words.SPLIT, name=name, rows=self.package.rows(name), sheets=count)
        transfer = SHEETS["transfer"].get(self.lang)
        listed, every = self.package.rows(transfer), self.run.summary.total(Verdict.VIOLATION)
        if listed < every:
            yield self.say(words.FEWER, name=transfer, rows=TRANSFERRED, left=every - listed)
        if any(part.rows > LINKED for part in self.package.parts):
            yield self.say(words.UNLINKED, rows=LINKED, wrapped=WRAPPED)
        if self.run.kept and self.run.summary.total(Verdict.UNDETERMINED):
            yield words.NO_ENTITIES.get(self.lang)
        if self.package.texts.cut:
            yield self.say(words.CUT, count=self.package.texts.cut)

    # --- summary

    @cached_property
    def _tally(self) -> Mapping[Group, int]:
        return tally(self.run)

    def summary(self, styles: Styles, sheet: Worksheet) -> None:
        """Counts by rule, town, kind, priority and authority, and the notice's own figures."""
        page = _Page(styles, sheet, (58, *[15] * (len(_GRAVEST_FIRST) + 3)))
        page.wide(STANDING.get(self.lang), "standing", 7, 28 if self.lang == "zh" else 40)
        found, rules = Found(self.run, self.lang), self.run.documents
        unknown, none = words.UNKNOWN.get(self.lang), words.NONE.get(self.lang)
        self._by(page, "town", lambda group: found.town(group.jurisdiction) or unknown)
        self._by(page, "kind", lambda group: found.kind(group.kind))
        self._by(page, "authority", lambda group: rules[group.rule].rule.authority.get(self.lang) or none)
        self._by_rule(page)
        self._notice(page)

    def _by(self, page: _Page, what: str, called: Callable[[Group], str]) -> None:
        """A table of violations by priority, and of what is undetermined, by what `called` makes of a group."""
        rows: dict[str, list[int]] = {}
        for group, count in self._tally.items():
            row = rows.setdefault(called(group), [0] * (len(_GRAVEST_FIRST) + 2))
            if group.verdict is Verdict.UNDETERMINED:
                row[-1] += count
            else:
                row[0] += count
                row[1 + _GRAVEST_FIRST.index(self.run.documents[group.rule].rule.severity)] += count
        page.row += 1
        page.section(words.BY[what].get(self.lang))
        titles = [
            VERDICTS[Verdict.VIOLATION],
            *(SEVERITIES[level] for level in _GRAVEST_FIRST),
            VERDICTS[Verdict.UNDETERMINED],
        ]
        head = words.FIELDS[what].get(self.lang)
        page.line([(text, "head") for text in (head, *(title.get(self.lang) for title in titles))])
        for name, counts in sorted(rows.items(), key=lambda item: (-item[1][0], -item[1][-1], item[0])):
            page.line([(name, "wrap"), *((count, "int") for count in counts)])
        totals = [sum(column) for column in zip(*rows.values(), strict=True)] or [0] * len(titles)
        page.line([(say.TOTAL.get(self.lang), "total text"), *((total, "total") for total in totals)])

    def _by_rule(self, page: _Page) -> None:
        page.row += 1
        page.section(words.BY["rule"].get(self.lang))
        fields = [*(VERDICTS[verdict] for verdict in Verdict), SHEETS["waived"], say.APART]
        heads = [words.FIELDS["title"], *fields]
        page.line([(text.get(self.lang), "head") for text in heads])
        places, totals = Found(self.run, self.lang).places, [0] * len(fields)
        for item in self.run.counts:
            counts = [int(getattr(item, verdict.value)) for verdict in Verdict] + [item.waived, item.from_memory]
            totals = [total + count for total, count in zip(totals, counts, strict=True)]
            title = self.run.documents[item.rule].rule.title.get(self.lang)
            page.link(0, title, places[item.rule])
            page.line([(count, "int") for count in counts], skip=1)
        page.line([(say.TOTAL.get(self.lang), "total text"), *((total, "total") for total in totals)])

    def _notice(self, page: _Page) -> None:
        for notice in self.run.notice:
            figures = list(notice.compared)
            if figures:
                page.row += 1
                page.section(f"{say.COMPARED.get(self.lang)} · {notice.title.get(self.lang)}")
            for item, figure in figures:
                told = " · ".join(figure_words(figure, self.run, self.lang))
                page.put(0, f"{item.code} {figure.label.get(self.lang)}", "wrap")
                page.sheet.merge_range(page.row, 1, page.row, 6, "", page.styles.get("wrap"))
                page.put(1, told, "wrap")
                page.row += 1

    # --- manifest

    def manifest(self, styles: Styles, sheet: Worksheet) -> None:
        """What the run was made from, so that it can be made again."""
        page = _Page(styles, sheet, (22, 46, 20, 76))
        for key, value in self._entries():
            page.line([(words.MANIFEST[key].get(self.lang), "label"), (value, "note")])
        page.row += 1
        kinds = Found(self.run, self.lang)
        page.section(words.MANIFEST["rows"].get(self.lang))
        for kind, count in self.run.summary.entities.items():
            page.line([(kinds.kind(kind), "text"), (count, "int")])
        page.row += 1
        page.section(words.MANIFEST["sources"].get(self.lang))
        heads = (words.FIELDS["table"], words.FIELDS["file"], words.FIELDS["sheet"], words.MANIFEST["digest"])
        page.line([(text.get(self.lang), "head") for text in heads])
        for source in self.run.info.facts.sources:
            cells = (kinds.kind(source.kind), source.file, source.sheet, source.digest)
            page.line([(cell, "wrap") for cell in cells])

    def _entries(self) -> Iterator[tuple[str, Value]]:
        info = self.run.info
        yield "schema", SCHEMA
        yield "as_of", info.as_of.isoformat()
        yield "decided_on", info.decided_on.isoformat()
        yield "started", info.started
        yield "seconds", str(info.seconds) if info.seconds is not None else None
        yield "hegui", info.hegui
        yield "engine", info.engine
        yield "chainer", info.chainer
        yield "ruleset", f"{info.ruleset.name} {info.ruleset.version}"
        yield "layers", " ← ".join(reversed(info.ruleset.layers))
        yield "rules_digest", info.ruleset.digest
        yield "facts_digest", info.facts.digest
        if info.waivers.files:
            yield "waivers", ("、" if self.lang == "zh" else ", ").join(info.waivers.files)
            yield "waivers_digest", info.waivers.digest


def properties(run: Run, lang: str) -> dict[str, Any]:
    """The properties of the document; its time is that of the run."""
    from datetime import UTC, datetime

    from hegui.report.workbook.frame import EPOCH

    started = run.info.started
    moment = datetime.fromisoformat(started).astimezone(UTC).replace(tzinfo=None) if started is not None else EPOCH
    title, standing = run.info.ruleset.title.get(lang), STANDING.get(lang)
    return {"title": title, "comments": standing, "author": f"hegui {run.info.hegui}", "created": moment}
