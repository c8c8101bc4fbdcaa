"""A run as workflow commands of GitHub Actions, which shows them beside the rows of the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import unquote

from hegui.datatypes import Text
from hegui.explaining.words import SEVERITIES, STANDING
from hegui.facts.registry import Place
from hegui.outcome import Drawn, Finding
from hegui.report.look import Look
from hegui.report.plain import line, plain
from hegui.report.run import Run
from hegui.report.sorts import (
    LEVELS,
    TITLES,
    Level,
    Sort,
    drawn_first,
    gravest_first,
    place_of,
    sort_of_drawn,
    told,
    total,
)
from hegui.report.waiver_page import given
from hegui.report.words import DAYS
from hegui.ruleset.model import Severity

LONGEST: Final = 1000
"""Characters of a message; a longer one is cut."""
SHOWN: Final = (Sort.VIOLATION, Sort.UNDETERMINED)
"""What is annotated; the rest is counted in the last line."""

COUNTED: Final = Text("{title} {count} 条", "{title} {count}")
LEFT: Final = Text("未列出 {count} 条", "{count} more are not listed")
COMMANDS: Final[dict[Level, str]] = {"error": "error", "warning": "warning", "note": "notice"}


def github(run: Run, look: Look) -> Iterator[str]:
    """A command for each violation and conclusion by priority, then for what is undetermined, as many as `look` says; a last
    one says how many there are of everything, and how many were left out."""
    found = _Found(run, look.lang)
    shown = 0
    for command in islice(found.commands(), look.limit):
        shown += 1
        yield command
    yield found.last(shown)


@dataclass(frozen=True)
class _Found:
    """What is annotated."""

    run: Run
    lang: str

    def commands(self) -> Iterator[str]:
        for sort in SHOWN:
            for finding in gravest_first(self.run, sort):
                yield self.finding(finding, sort)
            for drawn in drawn_first(self.run):
                if sort_of_drawn(self.run, drawn) is sort:
                    yield self.drawn(drawn, sort)

    def finding(self, finding: Finding, sort: Sort) -> str:
        rule = self.run.documents[finding.rule].rule
        title = f"{rule.title.get(self.lang)} ({rule.name})"
        said, joint = told(self.run, finding, self.lang), "：" if self.lang == "zh" else ": "
        if sort is not Sort.VIOLATION:  # then it names nobody
            key = unquote(finding.entity)  # the command is escaped by itself
            said = f"{finding.name or key} · {key}{joint}{said}"
        return self._command(sort, rule.severity, place_of(self.run, finding), title, said)

    def drawn(self, drawn: Drawn, sort: Sort) -> str:
        rule = self.run.conclusion_rules[drawn.conclusion]
        title = f"{rule.title.get(self.lang)} ({rule.conclusion})"
        return self._command(sort, Severity(rule.severity), None, title, drawn.message.get(self.lang))

    def _command(self, sort: Sort, severity: Severity, place: Place | None, title: str, said: str) -> str:
        level = LEVELS[severity] if sort is Sort.VIOLATION else "note"
        where = {} if place is None else {"file": place.file, "line": place.row}
        shown = f"{SEVERITIES[severity].get(self.lang)} · {line(title)}"
        return command(COMMANDS[level], line(said, LONGEST), **where, title=shown)

    def last(self, shown: int) -> str:
        """The counts of the run, what is left out, and what all of it is."""
        drawn = sum(sort_of_drawn(self.run, each) in SHOWN for each in self.run.drawing.drawn)
        every = sum(total(self.run, sort) for sort in SHOWN) + drawn
        counted = [(TITLES[sort], total(self.run, sort)) for sort in (*SHOWN, Sort.WAIVED, Sort.MEMORY)]
        parts = [COUNTED.get(self.lang).format(title=title.get(self.lang), count=count) for title, count in counted]
        if every > shown:
            parts.append(LEFT.get(self.lang).format(count=every - shown))
        days = DAYS.get(self.lang).format(as_of=self.run.info.as_of, decided_on=self.run.info.decided_on)
        waivers = line(given(self.run.info.waivers, self.run.info.decided_on, self.lang))
        lines = (" · ".join(parts), days, waivers, STANDING.get(self.lang))
        return command("notice", "\n".join(filter(None, lines)), title="hegui")


def command(name: str, message: str, **properties: object) -> str:
    """A workflow command, escaped as the runner reads it; properties that are None are left out.

    >>> command("error", "50%\\nof it", file="a,b:c.csv", line=3)
    '::error file=a%2Cb%3Ac.csv,line=3::50%25%0Aof it\\n'
    """
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{name}{' ' if given else ''}{given}::{_data(message)}\n"


def _data(text: str) -> str:
    told = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return plain(told)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
