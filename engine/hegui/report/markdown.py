"""A run as Markdown, of a length that a comment on a change or a message can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.words import SEVERITIES, STANDING
from hegui.outcome import Drawn, Finding, RuleSummary
from hegui.report import words as say
from hegui.report.concluded import CONCLUSIONS
from hegui.report.look import Look
from hegui.report.plain import line
from hegui.report.run import Run
from hegui.report.sections import lack_text
from hegui.report.sorts import (
    TITLES,
    Sort,
    by_priority,
    count,
    drawn_first,
    gravest_first,
    kind_of,
    listed,
    place_of,
    sort_of_drawn,
    told,
    total,
    town_of,
)
from hegui.report.table import due_text
from hegui.report.waiver_page import given
from hegui.report.words import place_text, waiver_text
from hegui.ruleset.model import Severity

MOST: Final = 100
"""Findings listed at most, so that the whole has room in a comment."""
BESIDE: Final = 20
"""Conclusions, and sorts of data wanted, listed at most for the same reason."""
LONGEST: Final = 300
"""Characters of a text of a user or a rule; a longer one is cut."""

RULES: Final = Text("按规则", "By rule")
HEADS: Final = {
    "result": Text("核查结果", "result"),
    "count": Text("数量", "count"),
    "priority": Text("优先级", "priority"),
    "rule": Text("规则", "rule"),
    "entity": Text("对象", "entity"),
    "town": Text("镇街", "town"),
    "said": Text("内容", "what"),
    "source": Text("来源", "source"),
    "lack": Text("所缺数据", "data wanted"),
    "waiting": Text("待核实项数", "findings"),
    "rules": Text("涉及规则", "rules"),
}
LEFT: Final = Text(
    "另有 {count} 条未列出；全部内容见其他格式（json、xlsx、html）。",
    "{count} more are not listed; json, xlsx and html have all of them.",
)
MORE_RULES: Final = Text("等 {count} 条规则", "and {count} more")
_NOTES: Final = {Sort.WAIVED: say.WAIVED_NOTE, Sort.MEMORY: say.MEMORY_NOTE}
_SOME: Final = 5
"""Rules named of those that wait for one table or field."""

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>#|~$!^=&:.+()\-]")
_CALLING: Final = re.compile(r"([@#])(?=[\w\-])")
_HARMLESS: Final = frozenset(":.+()-!=")
"""What is only special beside others, and too common to be escaped everywhere."""
_RISKY: Final = re.compile(r"://|www\.|^\s*(?:[-+=]|\d+[.)])|!\[|\]\(", re.IGNORECASE)


def markdown(run: Run, look: Look) -> Iterator[str]:
    """The run in the language of `look`, with as many findings as that says, but no more than a comment holds."""
    page = _Page(run, look.lang, None if look.limit is None else min(look.limit, MOST))
    yield from page.head()
    yield from page.rules()
    yield from page.findings()
    yield from page.conclusions()
    yield from page.wanted()


def escaped(text: str) -> str:
    """A text of a user as it may stand in a line or a cell of a table: no markup, no link, nobody called.

    >>> escaped("<b>|x|</b>"), escaped("https://x.cn"), escaped("1 < 2")
    ('\\\\<b\\\\>\\\\|x\\\\|\\\\</b\\\\>', 'https\\\\://x\\\\.cn', '1 \\\\< 2')
    """
    text = line(text, LONGEST)
    every = _RISKY.search(text) is not None
    marked = _SPECIAL.sub(lambda at: at[0] if at[0] in _HARMLESS and not every else f"\\{at[0]}", text)
    return _CALLING.sub("\\1\u2060", marked)


@dataclass(frozen=True)
class _Page:
    """The parts of the page; `most` is how many findings are listed, None for all."""

    run: Run
    lang: str
    most: int | None

    @property
    def beside(self) -> int | None:
        """How many of what stands beside findings are listed."""
        return None if self.most is None else min(self.most, BESIDE)

    def say(self, text: Text, **values: object) -> str:
        return text.get(self.lang).format(**values)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> Iterator[str]:
        """A table whose last `numbers` columns are numbers; cells are Markdown already."""
        named = [HEADS[head].get(self.lang) if head in HEADS else head for head in heads]
        ends = ["---"] * (len(heads) - numbers) + ["--:"] * numbers
        yield f"\n| {' | '.join(named)} |\n|{'|'.join(ends)}|\n"
        yield from (f"| {' | '.join(row)} |\n" for row in rows)

    def left(self, every: int, shown: int) -> Iterator[str]:
        if every > shown:
            yield f"\n{self.say(LEFT, count=every - shown)}\n"

    # --- the whole

    def head(self) -> Iterator[str]:
        info, summary = self.run.info, self.run.summary
        yield f"# {escaped(info.ruleset.title.get(self.lang))}\n\n"
        yield escaped(self.say(say.DAYS, as_of=info.as_of, decided_on=info.decided_on)) + "  \n"
        ruleset = f"{info.ruleset.name} {info.ruleset.version}"
        yield escaped(self.say(say.MADE_BY, ruleset=ruleset, engine=info.engine, hegui=info.hegui))
        if waivers := given(info.waivers, info.decided_on, self.lang):
            yield "  \n" + escaped(waivers)
        yield "\n\n"
        yield f"> {STANDING.get(self.lang)}\n"
        rows = [(TITLES[sort].get(self.lang), f"**{total(self.run, sort)}**") for sort in _shown(self.run)]
        drawn = [sort_of_drawn(self.run, each) for each in self.run.drawing.drawn]
        for sort in Sort:
            if sort in drawn:
                rows.append((self.titled(sort), f"**{drawn.count(sort)}**"))
        yield from self.table(("result", "count"), rows, numbers=1)
        if summary.not_supplied:
            kinds = dict.fromkeys(kind_of(self.run, kind).get(self.lang) for kind in summary.not_supplied.values())
            named = ("、" if self.lang == "zh" else ", ").join(kinds)
            yield "\n" + escaped(self.say(say.NOT_SUPPLIED, count=len(summary.not_supplied), kinds=named)) + "\n"
        if problems := self.run.problems:
            yield f"\n{say.DATA.get(self.lang)}: {len(problems)}\n"

    def titled(self, sort: Sort) -> str:
        """What conclusions of a sort are called."""
        title = CONCLUSIONS.get(self.lang)
        return title if sort is Sort.VIOLATION else f"{title} · {TITLES[sort].get(self.lang)}"

    def rules(self) -> Iterator[str]:
        sorts = [sort for sort in _shown(self.run) if sort not in (Sort.COMPLIANT, Sort.NOT_APPLICABLE)]
        items = {item.rule: item for item in self.run.counts if any(count(item, sort) for sort in sorts)}
        if not items:
            yield f"\n{say.NOTHING.get(self.lang)}\n"
            return
        yield f"\n## {RULES.get(self.lang)}\n"
        heads = ("priority", "rule", *(TITLES[sort].get(self.lang) for sort in sorts))
        rows = [self._rule(items[name], sorts) for name in by_priority(self.run) if name in items]
        yield from self.table(heads, rows, numbers=len(sorts))

    def _rule(self, item: RuleSummary, sorts: Sequence[Sort]) -> list[str]:
        numbers = [str(count(item, sort) or "") for sort in sorts]
        return [self.priority(item.rule), self.title(item.rule), *numbers]

    def priority(self, rule: str) -> str:
        return SEVERITIES[self.run.documents[rule].rule.severity].get(self.lang)

    def title(self, rule: str) -> str:
        return f"{escaped(self.run.documents[rule].rule.title.get(self.lang))} `{rule}`"

    # --- findings

    def findings(self) -> Iterator[str]:
        left = self.most
        for sort in listed(self.run):
            every = total(self.run, sort)
            if not every:
                continue
            shown = list(islice(gravest_first(self.run, sort), left))
            left = None if left is None else left - len(shown)
            yield f"\n## {TITLES[sort].get(self.lang)} {every}\n"
            if sort in _NOTES:
                yield f"\n{_NOTES[sort].get(self.lang)}\n"
            if shown:
                yield from self.table(("priority", "rule", "entity", "town", "said", "source"), map(self.row, shown))
            yield from self.left(every, len(shown))

    def row(self, finding: Finding) -> list[str]:
        place = place_of(self.run, finding)
        said = [escaped(told(self.run, finding, self.lang)), *map(escaped, self.notes(finding))]
        return [
            self.priority(finding.rule),
            self.title(finding.rule),
            self.whom(finding.kind, finding.entity, finding.name),
            escaped(town_of(self.run, finding.jurisdiction)),
            "<br>".join(said),
            "" if place is None else escaped(place_text(place, self.lang, self.run.folder)),
        ]

    def notes(self, finding: Finding) -> Iterator[str]:
        """The day proposed, or the document a violation is waived by."""
        for waiver in self.run.waivers_of(finding)[:1]:
            yield waiver_text(waiver, self.lang)
        due = self.run.teller(finding.rule, self.lang).law(finding).due
        if due is not None and finding.verdict.value == Sort.VIOLATION:
            yield due_text(due, self.lang)

    def whom(self, kind: str, entity: str, name: str | None) -> str:
        code = f"{escaped(kind_of(self.run, kind).get(self.lang))} {escaped(entity)}"
        return f"**{escaped(name)}**<br>{code}" if name else code

    # --- conclusions, and data wanted

    def conclusions(self) -> Iterator[str]:
        every = drawn_first(self.run)
        for sort in Sort:
            found = [each for each in every if sort_of_drawn(self.run, each) is sort]
            if found:
                yield f"\n## {self.titled(sort)} {len(found)}\n"
                shown = found[: self.beside]
                yield from self.table(("priority", "rule", "entity", "town", "said"), map(self.drawn, shown))
                yield from self.left(len(found), len(shown))

    def drawn(self, drawn: Drawn) -> list[str]:
        rule = self.run.conclusion_rules[drawn.conclusion]
        waived = [waiver_text(self.run.waivers[name], self.lang) for name in drawn.waived_by]
        return [
            SEVERITIES[Severity(rule.severity)].get(self.lang),
            f"{escaped(rule.title.get(self.lang))} `{drawn.conclusion}`",
            self.whom(drawn.kind, drawn.entity, drawn.name),
            escaped(town_of(self.run, drawn.jurisdiction)),
            "<br>".join(map(escaped, (drawn.message.get(self.lang), *waived))),
        ]

    def wanted(self) -> Iterator[str]:
        if not (every := self.run.wanted):
            return
        yield f"\n## {say.WANTED.get(self.lang)} {len(every)}\n\n{say.WANTED_NOTE.get(self.lang)}\n"
        shown = every[: self.beside]
        rows = [
            [
                escaped(lack_text(each.lack, self.run, self.lang)),
                self.named([*each.rules, *each.conclusions]),
                str(each.findings or ""),
            ]
            for each in shown
        ]
        yield from self.table(("lack", "rules", "waiting"), rows, numbers=1)
        yield from self.left(len(every), len(shown))

    def named(self, rules: Sequence[str]) -> str:
        """Some rules by name, and how many more."""
        names = [f"`{name}`" for name in rules[:_SOME]]
        if len(rules) > _SOME:
            names.append(self.say(MORE_RULES, count=len(rules) - _SOME))
        return " ".join(names)


def _shown(run: Run) -> list[Sort]:
    """The sorts a run has counts of: what is waived or rests on memory only where there is any."""
    return [sort for sort in Sort if sort not in _NOTES or total(run, sort)]
