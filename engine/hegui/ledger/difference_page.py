"""Two runs compared, as text, Markdown or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining import message
from hegui.explaining.words import NO_PLACE, STANDING
from hegui.ledger.difference import SAME, Change, Comparison, Counts, Difference
from hegui.ledger.statements import Said
from hegui.outcome import Drawn
from hegui.report.layout import Page, pad
from hegui.report.look import Look
from hegui.report.plain import isolated, plain
from hegui.report.run import Run
from hegui.terminal import width

CHANGES: Final = {
    Change.OPENED: Text("新发现", "opened"),
    Change.CLOSED: Text("数据已不再显示", "closed"),
    Change.CHANGED: Text("事实有变化", "changed"),
    Change.NOW_UNDETERMINED: Text("变为待核实", "now undetermined"),
    Change.SETTLED: Text("待核实已消除", "settled"),
    Change.GONE: Text("对象已不在台账", "no longer in the registry"),
    Change.UNSEEN: Text("未见，未核对对象是否仍在台账", "not found, registry not known"),
    Change.UNCHECKED: Text("后一次未核查", "not checked"),
    Change.PERSISTING: Text("仍存在", "persisting"),
    Change.WAITING: Text("仍待核实", "still undetermined"),
}
HEADS: Final = {
    Change.OPENED: Text("新增", "opened"),
    Change.CLOSED: Text("消除", "closed"),
    Change.CHANGED: Text("变化", "changed"),
    Change.NOW_UNDETERMINED: Text("待核", "undet."),
    Change.PERSISTING: Text("仍在", "same"),
}
"""The columns of the tables: the other changes are rare, and stand in `OTHERS`."""
OTHERS: Final = Text("其他", "other")
TITLE: Final = Text("两次核查对比", "two runs compared")
RUN: Final = Text(
    "{which}：数据日期 {as_of} · 规则集 {ruleset} · 台账 {facts}",
    "{which}: facts as of {as_of} · ruleset {ruleset} · facts {facts}",
)
WHICH: Final = (Text("前一次", "first"), Text("后一次", "second"))
BY_RULE: Final = Text("按规则", "by rule")
BY_PLACE: Final = Text("按镇街", "by town")
BEFORE: Final = Text("原：{message}", "was: {message}")
SAME_RUNS: Final = Text("两次核查没有差别。", "The two runs do not differ.")
LEFT_OUT: Final = Text(
    "另有 {count} 条未列出；全部：--format json", "{count} more are not listed; all of them: --format json"
)

Writer = Callable[[Comparison, Look, Counts], Iterator[str]]


@dataclass
class Sheet:
    """What a text shows: counts, and the first of each change."""

    compared: Comparison
    look: Look
    counts: Counts
    first: dict[Change, list[Difference]] = field(default_factory=dict)

    @staticmethod
    def of(compared: Comparison, look: Look, counts: Counts) -> Sheet:
        """Count everything and keep what is shown."""
        sheet = Sheet(compared, look, counts)
        for found in compared.differences():
            counts.add(found)
            kept = sheet.first.setdefault(found.change, [])
            if found.change not in SAME and (look.limit is None or len(kept) < look.limit):
                kept.append(found)
        return sheet

    def say(self, text: Text, **args: object) -> str:
        return text.get(self.look.lang).format(**args)

    def runs(self) -> Iterator[str]:
        for which, run in zip(WHICH, (self.compared.first, self.compared.second), strict=True):
            info = run.info
            ruleset, facts = f"{info.ruleset.name} {info.ruleset.version}", info.facts.digest[:19]
            yield self.say(RUN, which=which.get(self.look.lang), as_of=info.as_of, ruleset=ruleset, facts=facts)

    def totals(self) -> Iterator[tuple[str, int]]:
        yield from (
            (self.say(CHANGES[change]), self.counts.total[change]) for change in Change if self.counts.total[change]
        )

    def rows(self) -> Iterator[tuple[Text, list[tuple[str, Counter[Change]]]]]:
        """The tables: by rule and by town, only what differs."""
        yield BY_RULE, [(name, found) for name, found in sorted(self.counts.rules.items()) if _differs(found)]
        places = self.counts.places
        named = [
            (self.place(id), places[id]) for id in sorted(places, key=lambda id: (not id, id)) if _differs(places[id])
        ]
        yield BY_PLACE, named

    def place(self, id: str) -> str:
        names = {**self.compared.first.labels.jurisdictions, **self.compared.second.labels.jurisdictions}
        return names.get(id, id) or self.say(NO_PLACE)

    def cells(self, found: Mapping[Change, int]) -> list[int]:
        named = [found.get(change, 0) for change in HEADS]
        return [*named, sum(count for change, count in found.items() if change not in (*HEADS, *SAME))]

    def heads(self) -> list[str]:
        return [*(self.say(head) for head in HEADS.values()), self.say(OTHERS)]

    def lines(self, found: Difference) -> Iterator[str]:
        """The message; with what it was, where that is another."""
        run = self.compared.run_of(found)
        yield told(run, found.of, self.look.lang)
        if found.then is not None and found.now is not None:
            before = told(self.compared.first, found.then, self.look.lang)
            if before != told(run, found.now, self.look.lang):
                yield self.say(BEFORE, message=before)


def told(run: Run, said: Said, lang: str) -> str:
    """The message of what a run says."""
    return said.of.message.get(lang) if isinstance(said.of, Drawn) else message(run.case(said.of), lang)


def table(compared: Comparison, look: Look, counts: Counts) -> Iterator[str]:
    """For a terminal."""
    sheet, page = Sheet.of(compared, look, counts), Page(look.columns, look.color)
    page.add((sheet.say(TITLE), "bold"))
    for line in sheet.runs():
        page.add(line)
    page.blank()
    for word, count in sheet.totals():
        page.add(f"{word}  {count}", indent=2)
    if not counts.differs:
        page.add(sheet.say(SAME_RUNS))
    for change, found in _listed(sheet):
        _section(page, sheet, change, found)
    for title, rows in sheet.rows():
        _table(page, sheet, title, rows)
    page.blank()
    page.add((STANDING.get(look.lang), "italic"))
    yield from page.drain()


def _section(page: Page, sheet: Sheet, change: Change, found: list[Difference]) -> None:
    page.heading(f"{sheet.say(CHANGES[change])} {sheet.counts.total[change]}")
    for each in found:
        of = each.of.of
        page.add((of.name or of.entity, "bold"), "  ", (each.fingerprint, "dim"), indent=2, hang=4)
        for line in sheet.lines(each):
            page.add(line, indent=6)
    if (left := sheet.counts.total[change] - len(found)) > 0:
        page.add((sheet.say(LEFT_OUT, count=left), "bold"), indent=2)


def _table(page: Page, sheet: Sheet, title: Text, rows: list[tuple[str, Counter[Change]]]) -> None:
    if not rows:
        return
    page.heading(sheet.say(title))
    heads = sheet.heads()
    cells = [(name, [str(cell) for cell in sheet.cells(found)]) for name, found in rows]
    sizes = [max(width(head), *(len(row[i]) for _, row in cells)) for i, head in enumerate(heads)]
    longest = max(width(name) for name, _ in cells)
    for name, row in chain([("", heads)], cells):
        text = "".join("  " + pad(cell, size, right=True) for cell, size in zip(row, sizes, strict=True))
        page.add(pad(name, longest) + text, indent=2)


def markdown(compared: Comparison, look: Look, counts: Counts) -> Iterator[str]:
    """For a page or a message."""
    sheet = Sheet.of(compared, look, counts)
    yield f"# {sheet.say(TITLE)}\n\n"
    yield from (f"- {_plain(line)}\n" for line in sheet.runs())
    yield "\n"
    yield from (f"- {word}: **{count}**\n" for word, count in sheet.totals())
    if not counts.differs:
        yield f"\n{sheet.say(SAME_RUNS)}\n"
    for change, found in _listed(sheet):
        yield f"\n## {sheet.say(CHANGES[change])} {counts.total[change]}\n\n"
        for each in found:
            yield f"- **{_plain(each.of.of.name or each.of.of.entity)}** `{_code(each.fingerprint)}`: "
            yield " · ".join(_plain(line) for line in sheet.lines(each)) + "\n"
        if (left := counts.total[change] - len(found)) > 0:
            yield f"\n{sheet.say(LEFT_OUT, count=left)}\n"
    for title, rows in sheet.rows():
        if rows:
            yield f"\n## {sheet.say(title)}\n\n| | {' | '.join(sheet.heads())} |\n|---|{'--:|' * len(sheet.heads())}\n"
            yield from (f"| {_plain(name)} | {' | '.join(map(str, sheet.cells(found)))} |\n" for name, found in rows)
    yield f"\n*{STANDING.get(look.lang)}*\n"


def as_json(compared: Comparison, look: Look, counts: Counts) -> Iterator[str]:
    """Everything, in both languages; what is the same is counted only."""
    runs = [{"as_of": run.info.as_of.isoformat(), "ruleset": run.info.ruleset.name, "version": run.info.ruleset.version,
             "facts": run.info.facts.digest} for run in (compared.first, compared.second)]  # fmt: skip
    head = {"schema": "hegui/diff/1", "statement": {"zh": STANDING.zh, "en": STANDING.en}, "runs": runs}
    yield _json(head)[:-1] + ', "differences": ['
    separator = "\n "
    for found in compared.differences():
        counts.add(found)
        if found.change not in SAME:
            yield separator + _json(_data(compared, found))
            separator = ",\n "
    tail = {"counts": _counted(counts.total), "rules": _grouped(counts.rules), "jurisdictions": _grouped(counts.places)}
    yield "\n], " + _json(tail)[1:] + "\n"


def _data(compared: Comparison, found: Difference) -> dict[str, Any]:
    of = found.of.of
    whose = {"kind": of.kind, "entity": of.entity, "name": of.name, "jurisdiction": of.jurisdiction}
    sides = ((compared.first, found.then), (compared.second, found.now))
    then, now = (
        {lang: told(run, said, lang) for lang in ("zh", "en")} if said is not None else None for run, said in sides
    )
    return {
        "change": found.change.value,
        "fingerprint": found.fingerprint,
        "rule": found.rule,
        **whose,
        "then": then,
        "now": now,
    }


def _counted(found: Mapping[Change, int]) -> dict[str, int]:
    return {change.value: found[change] for change in Change if found.get(change)}


def _grouped(groups: Mapping[str, Counter[Change]]) -> dict[str, dict[str, int]]:
    return {name: _counted(found) for name, found in sorted(groups.items())}


def _listed(sheet: Sheet) -> Iterator[tuple[Change, list[Difference]]]:
    yield from ((change, sheet.first[change]) for change in Change if sheet.first.get(change))


def _differs(found: Mapping[Change, int]) -> bool:
    return any(count for change, count in found.items() if change not in SAME)


def _plain(text: str) -> str:
    """A text that stays a text in Markdown, on one line."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~&@" else char for char in isolated(plain(text)))


def _code(text: str) -> str:
    """A text between backquotes."""
    return isolated(plain(text)).replace("`", "'")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


WRITERS: Final[dict[str, Writer]] = {"table": table, "json": as_json, "markdown": markdown}
"""Every format by name."""
