"""The rule book: every rule of a ruleset as Markdown pages in both languages, with indexes by notice, law and kind.

A page is a subject: the rules whose ids begin with the same word. Conclusions have one page for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from hegui.datatypes import Text
from hegui.explaining.citing import article, law_name
from hegui.files import make_folder, write_whole
from hegui.report.conclusion_page import ConclusionPage
from hegui.report.rule_page import RulePage, answering_kind, plain, table
from hegui.ruleset.model import Conclusion, Matter, NoticeItem, Rule, Ruleset

LANGUAGES: Final = ("zh", "en")
MARK: Final = "<!-- hegui rules --book -->"
"""The first line of every page, by which pages of an earlier book are known."""

CONCLUSIONS: Final = "conclusions"
"""The page of conclusions."""

TITLE: Final = Text("规则手册：{title}", "Rule book: {title}")
VERSION: Final = Text(
    "规则集 {layers}，版本 {version}，共 {count} 条规则、{conclusions} 项结论。",
    "Ruleset {layers}, version {version}: {count} rules, {conclusions} conclusions.",
)
STANDING: Final = Text(
    "规则只用于从台账中形成核查线索，不是行政处罚决定，也不作为违法事实认定。条款要点为转述，以法律原文为准。",
    "Rules draw leads for inspection from registry data; they decide on no penalty and establish nothing. The gist of an "
    "article is our paraphrase: the text of the law decides.",
)
SUBJECTS: Final = Text("按主题", "By subject")
BY_NOTICE: Final = Text("按督察反馈条目", "By item of the notice")
BY_LAW: Final = Text("按法律依据", "By law")
BY_KIND: Final = Text("按核查对象", "By what is judged")
BACK: Final = Text("返回目录", "index")
NOTHING: Final = Text("（没有对应的规则）", "(no rule)")
NOTICE_HEADS: Final = (Text("条目", "item"), Text("内容（转述）", "in our words"), Text("规则", "rules"))
LAW_HEADS: Final = (Text("法律依据", "law"), Text("条款", "articles"), Text("规则", "rules"))
KIND_HEADS: Final = (Text("核查对象", "judged"), Text("规则", "rules"))
DRAWN: Final = Text("结论", "Conclusions")
COUNT: Final = Text("{count} 条规则", "{count} rules")


def pages(ruleset: Ruleset) -> dict[str, str]:
    """Every page by its path below the book's folder; the same ruleset gives the same pages."""
    found = {"README.md": _page(_cover(ruleset))}
    for lang in LANGUAGES:
        index = _Index(ruleset, lang)
        found[f"{lang}/README.md"] = _page(index.lines())
        for subject, rules in index.subjects().items():
            found[f"{lang}/{subject}.md"] = _page(index.subject(subject, rules))
        if ruleset.conclusions:
            found[f"{lang}/{CONCLUSIONS}.md"] = _page(index.conclusions())
    return found


def write(folder: Path, made: dict[str, str]) -> None:
    """Write the pages, each whole, and then remove pages of an earlier book that are none any more; other files are left alone.

    Raises:
        UsageError: one cannot be written.
    """
    for name, text in made.items():
        make_folder((folder / name).parent)
        write_whole(folder / name, [text])
    for path in sorted([*folder.glob("*.md"), *folder.glob("*/*.md")]):
        if path.relative_to(folder).as_posix() not in made and _is_page(path):
            path.unlink()


def _is_page(path: Path) -> bool:
    """Was a file made here?"""
    return path.is_file() and path.read_bytes().startswith(MARK.encode())


def _page(lines: Iterable[str]) -> str:
    return "\n".join([MARK, "", *lines]).rstrip("\n") + "\n"


def _cover(ruleset: Ruleset) -> Iterator[str]:
    titles = {lang: TITLE.get(lang).format(title=plain(ruleset.title.get(lang))) for lang in LANGUAGES}
    yield f"# {titles['zh']} / {titles['en']}"
    yield ""
    yield "- [中文](zh/README.md)"
    yield "- [English](en/README.md)"


def subject_of(rule: Rule) -> str:
    """The first word of a rule's id."""
    return rule.name.partition(".")[0]


def page_of(matter: Matter) -> str:
    """The page of a rule; conclusions have one for all of them."""
    return f"{subject_of(matter)}.md" if isinstance(matter, Rule) else f"{CONCLUSIONS}.md"


@dataclass(frozen=True)
class _Index:
    """The pages of one language."""

    ruleset: Ruleset
    lang: str

    def say(self, template: Text, **values: object) -> str:
        return template.get(self.lang).format(**values)

    @property
    def rules(self) -> list[Rule]:
        return [rule for _, rule in sorted(self.ruleset.rules.items())]

    @property
    def items(self) -> list[NoticeItem]:
        return [item for notice in self.ruleset.notices.values() for item in notice.items]

    @property
    def texts(self) -> dict[str, Text]:
        """The notice's items in words, by code."""
        return {item.code: item.text for item in self.items}

    @property
    def drawn(self) -> list[Conclusion]:
        return [conclusion for _, conclusion in sorted(self.ruleset.conclusions.items())]

    def subjects(self) -> dict[str, list[Rule]]:
        """The rules of each page."""
        return _grouped(self.rules, lambda rule: [subject_of(rule)])

    def subject(self, subject: str, rules: list[Rule]) -> Iterator[str]:
        yield f"# {plain(self.subject_title(subject, rules))}"
        yield ""
        yield f"[{self.say(BACK)}](README.md)"
        yield ""
        yield from (f"- {self.link(rule, '')}" for rule in rules)
        for rule in rules:
            yield ""
            yield from RulePage(rule, self.ruleset, self.lang, self.texts).lines()

    def conclusions(self) -> Iterator[str]:
        """The page of conclusions."""
        found = self.drawn
        yield f"# {self.say(DRAWN)}"
        yield ""
        yield f"[{self.say(BACK)}](README.md)"
        yield ""
        yield from (f"- {self.link(conclusion, '')}" for conclusion in found)
        for conclusion in found:
            yield ""
            yield from ConclusionPage(conclusion, self.ruleset, self.lang, self.texts).lines()

    def subject_title(self, subject: str, rules: list[Rule]) -> str:
        """The kind the subject is named after, or those its findings are filed under."""
        kinds = self.ruleset.vocabulary.kinds
        named = [subject] if subject in kinds else dict.fromkeys(answering_kind(rule, self.ruleset) for rule in rules)
        labels = ("、" if self.lang == "zh" else ", ").join(kinds[kind].label.get(self.lang) for kind in named)
        if labels == subject:
            return labels
        return f"{labels}（{subject}）" if self.lang == "zh" else f"{labels} ({subject})"

    def link(self, matter: Matter, page: str | None = None) -> str:
        page = page_of(matter) if page is None else page
        return f"[{plain(matter.title.get(self.lang))}]({page}#{matter.name})"

    def links(self, matters: Iterable[Matter]) -> str:
        return "<br>".join(self.link(matter) for matter in matters)

    # --- the index page

    def lines(self) -> Iterator[str]:
        ruleset = self.ruleset
        yield f"# {self.say(TITLE, title=plain(ruleset.title.get(self.lang)))}"
        yield ""
        layers = " ← ".join(reversed(ruleset.layers))
        counts = {"count": len(ruleset.rules), "conclusions": len(ruleset.conclusions)}
        yield self.say(VERSION, layers=layers, version=ruleset.version, **counts)
        yield ""
        yield self.say(STANDING)
        for part in (self.by_subject, self.by_notice, self.by_kind, self.by_law):
            yield ""
            yield from part()

    def by_subject(self) -> Iterator[str]:
        yield f"## {self.say(SUBJECTS)}"
        for subject, rules in self.subjects().items():
            yield ""
            yield f"### [{plain(self.subject_title(subject, rules))}]({subject}.md)"
            yield ""
            yield from (f"- {self.link(rule)} `{rule.name}`" for rule in rules)
        if self.drawn:
            yield ""
            yield f"### [{self.say(DRAWN)}]({CONCLUSIONS}.md)"
            yield ""
            yield from (f"- {self.link(conclusion)} `{conclusion.name}`" for conclusion in self.drawn)

    def by_notice(self) -> Iterator[str]:
        if not self.items:
            return
        by_code = _grouped(self.ruleset.matters, lambda matter: list(matter.notice))
        yield f"## {self.say(BY_NOTICE)}"
        yield ""
        yield from table([self.say(head) for head in NOTICE_HEADS], (self.item(item, by_code) for item in self.items))

    def item(self, item: NoticeItem, by_code: dict[str, list[Matter]]) -> tuple[str, str, str]:
        matters = by_code.get(item.code, [])
        answers = self.links(matters) if matters else self.unanswered(item)
        return item.code, plain(item.text.get(self.lang)), answers

    def unanswered(self, item: NoticeItem) -> str:
        if item.reason is not None:
            return plain(item.reason.get(self.lang))
        return self.say(NOTHING) if item.role.wants_answer else ""

    def by_kind(self) -> Iterator[str]:
        kinds = self.ruleset.vocabulary.kinds
        groups = _grouped(self.rules, lambda rule: [rule.about])
        yield f"## {self.say(BY_KIND)}"
        yield ""
        rows = ((f"{plain(kinds[kind].label.get(self.lang))}<br>`{kind}`", self.links(r)) for kind, r in groups.items())
        yield from table([self.say(head) for head in KIND_HEADS], rows)

    def by_law(self) -> Iterator[str]:
        groups = _grouped(self.rules, lambda rule: list(dict.fromkeys(each.law for each in rule.basis)))
        if not groups:
            return
        yield f"## {self.say(BY_LAW)}"
        yield ""
        yield from table([self.say(head) for head in LAW_HEADS], (self.law(*group) for group in groups.items()))

    def law(self, name: str, rules: list[Rule]) -> tuple[str, str, str]:
        law = self.ruleset.laws[name]
        found = {(each.version, each.article) for rule in rules for each in rule.basis if each.law == name}
        cited = sorted(found, key=_by_article)
        places: dict[str, list[str]] = {}
        for version, place in cited:
            places.setdefault(version, []).append(article(law, place, self.lang))
        joint = "、" if self.lang == "zh" else ", "
        versions = (f"{version}: {joint.join(part for part in each if part)}" for version, each in places.items())
        words = "<br>".join(plain(each.removesuffix(": ")) for each in versions)
        return plain(law_name(law, None, self.lang)), words, self.links(rules)


def _by_article(cited: tuple[str, str]) -> tuple[str, list[int], str]:
    version, place = cited
    return version, [int(number) for number in re.findall(r"[0-9]+", place)], place


_Named = TypeVar("_Named", bound=Matter)


def _grouped(matters: Iterable[_Named], names: Callable[[_Named], list[str]]) -> dict[str, list[_Named]]:
    groups: dict[str, list[_Named]] = {}
    for matter in matters:
        for name in names(matter):
            groups.setdefault(name, []).append(matter)
    return dict(sorted(groups.items()))
