"""The rules of a ruleset as a list for people: what each is about, its law and its numbers on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.citing import cite_in_text, law_name, parameter_used, period
from hegui.explaining.words import NATURES, ROLES, SEVERITIES
from hegui.language.tree import Param, walk
from hegui.report import words as say
from hegui.report.layout import Page, pad
from hegui.report.look import Look
from hegui.ruleset.model import Citation, Conclusion, Parameter, Rule, Ruleset

_NO_NOTICE: Final = Text("督察反馈未提及", "not in the notice")
_NO_LAW: Final = Text("未引用法律", "citing no law")
_NOT_IN_FORCE: Final = Text("{day} 不适用（规则适用期 {period}）", "not in force on {day} (in force {period})")
_ABOUT: Final = Text("逐{kind}核查", "judges each {kind}")
_NUMBER: Final = Text("参数", "numbers")
_NO_VALUE: Final = Text("{day} 无有效值", "no value in force on {day}")
_IF: Final = Text("（仅当 {condition}）", " (only if {condition})")
_COUNT: Final = Text("{count} 条规则 · {day}", "{count} rules · as of {day}")
_COUNTS: Final = Text(
    "{count} 条规则、{conclusions} 项结论 · {day}", "{count} rules and {conclusions} conclusions · as of {day}"
)
_CONCLUDES: Final = Text("结论，针对{kind}", "a conclusion about each {kind}")

Listed = Rule | Conclusion


def catalogue(ruleset: Ruleset, look: Look, as_of: date, by: str | None = None) -> Iterator[str]:
    """The rules, with the citations and parameters in force on `as_of`.

    Args:
        ruleset: whose rules.
        look: how it is to look.
        as_of: the day.
        by: "notice", "law" or "kind" to group them; None for one list.
    """
    listing = _Listing(ruleset, look.lang, as_of, Page(look.columns, look.color))
    listing.head()
    for title, rules in listing.grouped(by).items():
        if title:
            listing.page.heading(title)
        for rule in rules:
            listing.rule(rule)
    yield from listing.page.drain()


@dataclass
class _Listing:
    """The list being laid out."""

    ruleset: Ruleset
    lang: str
    day: date
    page: Page

    def say(self, text: Text, **values: object) -> str:
        return text.get(self.lang).format(**values)

    def head(self) -> None:
        ruleset = self.ruleset
        layers = " ← ".join(reversed(ruleset.layers))
        self.page.add((ruleset.title.get(self.lang), "bold"), (f"  {layers} {ruleset.version}", "dim"))
        counts = {"count": len(ruleset.rules), "conclusions": len(ruleset.conclusions), "day": self.day}
        self.page.add((self.say(_COUNTS if ruleset.conclusions else _COUNT, **counts), "dim"))

    def grouped(self, by: str | None) -> dict[str, list[Listed]]:
        """Rules by the titles they stand under; a rule may stand under several."""
        titles: dict[str, Callable[[Listed], list[str]]] = {
            "notice": lambda rule: list(rule.notice) or [_NO_NOTICE.get(self.lang)],
            "law": lambda rule: self.law_titles(rule) or [_NO_LAW.get(self.lang)],
            "kind": lambda rule: [self.kind(about_kind(rule))],
        }
        groups: dict[str, list[Listed]] = {}
        listed: list[Listed] = [rule for _, rule in sorted(self.ruleset.rules.items())]
        listed += [conclusion for _, conclusion in sorted(self.ruleset.conclusions.items())]
        for rule in listed:
            for title in titles[by](rule) if by is not None else [""]:
                groups.setdefault(title, []).append(rule)
        return dict(sorted(groups.items()))

    def law_titles(self, rule: Listed) -> list[str]:
        names = dict.fromkeys(citation.law for citation in rule.basis)
        return [law_name(self.ruleset.laws[name], None, self.lang) for name in names]

    def kind(self, name: str) -> str:
        return self.ruleset.vocabulary.kinds[name].label.get(self.lang)

    def rule(self, rule: Listed) -> None:
        self.page.blank()
        self.page.add((rule.title.get(self.lang), "bold"), ("  " + rule.name, "dim"))
        self.page.add(" · ".join(self.notes(rule)), indent=2)
        if not rule.in_force.holds(self.day):
            outside = self.say(_NOT_IN_FORCE, day=self.day, period=period(rule.in_force, self.lang))
            self.page.add((outside, "yellow"), indent=2)
        self.labelled(say.BASIS, [line for item in rule.basis for line in self.citation(item)])
        self.labelled(_NUMBER, [self.parameter(parameter) for parameter in self.parameters(rule)])

    def notes(self, rule: Listed) -> Iterator[str]:
        yield self.say(_ABOUT if isinstance(rule, Rule) else _CONCLUDES, kind=self.kind(about_kind(rule)))
        yield NATURES[rule.nature(self.day)].get(self.lang)
        yield self.say(say.PRIORITY, level=SEVERITIES[rule.severity].get(self.lang))
        if authority := rule.authority.get(self.lang):
            yield self.say(say.AUTHORITY, name=authority)
        if rule.notice:
            yield self.say(say.NOTICE, places=("、" if self.lang == "zh" else ", ").join(rule.notice))

    def citation(self, item: Citation) -> Iterator[str]:
        law = self.ruleset.laws[item.law]
        version = law.version(item.version)
        if version is None or not version.period.holds(self.day):
            return
        joint = "：" if self.lang == "zh" else ": "
        condition = self.say(_IF, condition=item.condition.text) if item.condition is not None else ""
        yield ROLES[item.role].get(self.lang) + joint + cite_in_text(item, law, self.lang) + condition

    def parameters(self, rule: Listed) -> list[Parameter]:
        nodes = (node for expression in rule.expressions() for node in walk(expression.node))
        names = dict.fromkeys(node.name for node in nodes if isinstance(node, Param))
        return [self.ruleset.parameters[name] for name in names]

    def parameter(self, parameter: Parameter) -> str:
        joint = "：" if self.lang == "zh" else ": "
        used = parameter.on(self.day)
        text = parameter_used(parameter, used, self.lang) if used is not None else self.say(_NO_VALUE, day=self.day)
        return parameter.label.get(self.lang) + joint + text

    def labelled(self, label: Text, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            lead = pad(label.get(self.lang) if number == 0 else "", 9)
            self.page.add((lead, "dim"), line, indent=2, hang=9)


def about_kind(matter: Listed) -> str:
    """The kind a rule judges, or a conclusion is about."""
    return matter.about if isinstance(matter, Rule) else matter.about_kind
