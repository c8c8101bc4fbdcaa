"""The notice item by item, in Markdown and both languages: what answers each item, and what the run finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.words import STANDING, VERDICTS
from hegui.outcome import ConclusionSummary, RuleSummary, Verdict
from hegui.report import words as say
from hegui.report.look import Look
from hegui.report.notice import Answer, ItemFound, NoticeFound
from hegui.report.rule_page import plain, table
from hegui.report.run import Run
from hegui.report.sections import counts
from hegui.report.waiver_page import given
from hegui.ruleset.model import NoticeRole

MARK: Final = "<!-- hegui report --format notice -->"
TITLE: Final = Text("督察反馈意见逐条对照", "The notice, item by item")
MADE: Final = Text(
    "{days} · 规则集 {ruleset} {version} · 台账 {rows} 行",
    "{days} · ruleset {ruleset} {version} · {rows} rows of facts",
)
HEADS: Final = (
    Text("条目", "item"),
    Text("内容（转述）", "in our words"),
    Text("对应规则、结论与本次核查结果", "rules, conclusions and what is found"),
)
TALLY: Final = Text(
    "共 {all} 条：有规则或结论对应的 {answered} 条，不在核查范围或只作说明的 {apart} 条，尚无规则对应的 {unmet} 条。",
    "Items: {all}; answered by rules or conclusions: {answered}; out of scope or only described: {apart}; without a rule "
    "yet: {unmet}.",
)
ROLES: Final = {
    NoticeRole.DEMAND: Text("督察要求", "demand"),
    NoticeRole.PROGRESS: Text("办理进展", "progress"),
    NoticeRole.OUT_OF_SCOPE: Text("不在核查范围", "out of scope"),
}
UNMET: Final = Text("尚无规则对应", "no rule yet")
IN_SCOPE: Final = Text("（督察口径 {count}）", " ({count} in the notice's terms)")
FROM_MEMORY: Final = Text("，另列依据未核对来源 {count}", ", apart from memory only {count}")
WAIVED: Final = Text("，另有暂不计入 {count}", ", waived {count} more")
CONCLUDED: Final = Text("得出线索 {count}", "drawn {count}")
NOT_JUDGED: Final = Text("本次未核查", "not checked in this run")
NO_NOTICE: Final = Text("规则集没有督察反馈意见。", "The ruleset has no notice.")


def notice(run: Run, look: Look) -> Iterator[str]:
    """The page: both languages, everything, whatever the look."""
    titles = " / ".join(TITLE.get(lang) for lang in ("zh", "en"))
    yield f"{MARK}\n\n# {titles}\n"
    for lang, name in (("zh", "中文"), ("en", "English")):
        yield f"\n## {name}\n\n"
        yield from (line + "\n" for line in _Page(run, lang).lines())


@dataclass(frozen=True)
class _Page:
    """The page in one language."""

    run: Run
    lang: str

    def say(self, template: Text, **values: object) -> str:
        return template.get(self.lang).format(**values)

    @cached_property
    def rules(self) -> dict[str, RuleSummary]:
        return {summary.rule: summary for summary in self.run.summary.rules}

    @cached_property
    def conclusions(self) -> dict[str, ConclusionSummary]:
        return {summary.conclusion: summary for summary in self.run.drawing.summaries}

    def lines(self) -> Iterator[str]:
        info = self.run.info
        days = self.say(say.DAYS, as_of=info.as_of, decided_on=info.decided_on)
        made = {"ruleset": info.ruleset.name, "version": info.ruleset.version}
        yield self.say(MADE, days=days, rows=sum(self.run.summary.entities.values()), **made)
        if waivers := given(info.waivers, info.decided_on, self.lang):
            yield ""
            yield plain(waivers)
        yield ""
        yield STANDING.get(self.lang)
        if not self.run.notice:
            yield ""
            yield self.say(NO_NOTICE)
        for each in self.run.notice:
            yield ""
            yield from self.notice(each)

    def notice(self, found: NoticeFound) -> Iterator[str]:
        yield f"### {self.say(say.ISSUED, title=plain(found.title.get(self.lang)), day=found.issued)}"
        yield ""
        yield self.tally(found.items)
        yield ""
        yield from table([self.say(head) for head in HEADS], (self.item(item) for item in found.items))

    def tally(self, items: tuple[ItemFound, ...]) -> str:
        answered = sum(bool(item.answers) for item in items)
        unmet = sum(item.role.wants_answer and not item.answers for item in items)
        apart = len(items) - answered - unmet
        return self.say(TALLY, all=len(items), answered=answered, apart=apart, unmet=unmet)

    def item(self, item: ItemFound) -> tuple[str, str, str]:
        text = plain(item.text.get(self.lang))
        return item.code, f"**{text}**" if item.role is NoticeRole.HEADING else text, "<br>".join(self.found(item))

    def found(self, item: ItemFound) -> Iterator[str]:
        """What answers the item, its figures, and why nothing answers it."""
        joint = "：" if self.lang == "zh" else ": "
        for answer in item.answers:
            yield f"{plain(answer.title.get(self.lang))} `{answer.name}`{joint}{self.answer(answer)}"
        for figure in item.figures:
            numbers = " · ".join(counts(figure, self.run, self.lang))
            yield f"**{plain(figure.label.get(self.lang))}**{joint}{plain(numbers)}"
        if item.role in ROLES:
            reason = plain(item.reason.get(self.lang)) if item.reason is not None else ""
            yield self.say(ROLES[item.role]) + (joint + reason if reason else "")
        if item.role.wants_answer and not item.answers:
            yield self.say(UNMET)

    def answer(self, answer: Answer) -> str:
        if (drawn := self.conclusions.get(answer.name)) is not None:
            note = self.say(WAIVED, count=drawn.waived) if drawn.waived else ""
            return self.numbers(self.say(CONCLUDED, count=drawn.concluded) + note, drawn.undetermined)
        if (judged := self.rules.get(answer.name)) is not None:
            scope = judged.in_notice_scope
            note = self.say(IN_SCOPE, count=scope) if scope != judged.violation + judged.waived else ""
            note += self.say(WAIVED, count=judged.waived) if judged.waived else ""
            doubtful = judged.from_memory
            note += self.say(FROM_MEMORY, count=doubtful) if doubtful else ""
            found = f"{VERDICTS[Verdict.VIOLATION].get(self.lang)} {judged.violation}{note}"
            return self.numbers(found, judged.undetermined)
        kind = self.run.summary.not_supplied.get(answer.name)
        if kind is None:
            return self.say(NOT_JUDGED)
        known = self.run.labels.kinds.get(kind)
        return self.say(say.NO_TABLE, kind=known.label.get(self.lang) if known is not None else kind)

    def numbers(self, found: str, undetermined: int) -> str:
        return f"{found} · {VERDICTS[Verdict.UNDETERMINED].get(self.lang)} {undetermined}"
