"""One rule as a section of the rule book, in Markdown: everything the ruleset says of it, for people without YAML.

`MatterPage` is what rules and conclusions have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Final

from hegui.datatypes import Reason, Text
from hegui.explaining.citing import article, law_name, period
from hegui.explaining.document import RuleDocument
from hegui.explaining.reading import Reader, definitions
from hegui.explaining.values import show
from hegui.explaining.words import CERTAINTIES, NATURES, NO_VALUE, REASONS, ROLES, SEVERITIES, VERDICTS
from hegui.language.printer import text as printed
from hegui.language.tree import Const, Let, Logic, Param, walk
from hegui.outcome import Verdict
from hegui.report.plain import plain as without_control
from hegui.report.words import CLAUSES
from hegui.ruleset.model import Citation, Conclusion, Example, Expr, Parameter, ParameterValue, Period, Rule, Ruleset
from hegui.vocabulary.kinds import Field, Kind

JUDGES: Final = Text("核查对象", "judges")
EACH: Final = Text("逐{kind}核查", "each {kind}")
FILED: Final = Text("，结果归入{kind}", ", filed under its {kind}")
ITEMS: Final = Text("督察反馈条目", "notice")
NATURE: Final = Text("事项性质", "nature")
PRIORITY: Final = Text("处置优先级", "priority")
AUTHORITY: Final = Text("责任部门", "authority")
IN_FORCE: Final = Text("适用期", "in force")
LAYER: Final = Text("所属规则集", "ruleset")
FORMERLY: Final = Text("曾用编号", "formerly")
CONDITIONS: Final = Text("核查条件", "Conditions")
AS_WRITTEN: Final = Text("规则原文（字段名）", "As written, with field names")
DEFINED: Final = Text("其中：", "where:")
IS: Final = Text("{name} 即 {words}", "{name} is {words}")
ALL_OF: Final = Text("以下同时成立：", "all of:")
ANY_OF: Final = Text("以下任一成立：", "any of:")
ALWAYS: Final = Text("行为发生日即数据日期。", "The day of the act is the day of the check.")
MESSAGE: Final = Text("发现问题时的表述", "What is said when something is found")
PARAMETERS: Final = Text("标准与限值", "Thresholds")
PARAMETER_HEADS: Final = (
    Text("参数", "parameter"),
    Text("数值", "value"),
    Text("有效期", "in force"),
    Text("来源", "source"),
    Text("核对", "certainty"),
    Text("规则集", "ruleset"),
)
LAW: Final = Text("依据", "Law")
LAW_HEADS: Final = (
    Text("施行期", "in force"),
    Text("条款", "article"),
    Text("作用", "role"),
    Text("适用条件", "only if"),
    Text("要点（转述）", "gist (our paraphrase)"),
    Text("核对", "certainty"),
)
NO_LAW: Final = Text("本规则未引用法律依据。", "The rule cites no law.")
REMEDY: Final = Text("整改建议", "Remedy")
DAYS: Final = Text("建议时限：{days}", "proposed within: {days}")
EXAMPLES: Final = Text("示例", "Examples")
EXAMPLE_HEADS: Final = (
    Text("情形", "case"),
    Text("台账数据", "given"),
    Text("数据日期", "as of"),
    Text("结果", "verdict"),
    Text("待核实原因", "waits for"),
)
NOTHING: Final = Text("（无）", "(nothing)")
EXAMPLE_DAY: Final = date(2024, 3, 11)
"""The day an example is looked at where it names none."""


@dataclass(frozen=True)
class MatterPage:
    """A rule or conclusion laid out in one language. `items` are the notice's items by code, in words."""

    matter: Rule | Conclusion
    ruleset: Ruleset
    lang: str
    items: Mapping[str, Text]

    said: ClassVar[Text] = MESSAGE

    def lines(self) -> Iterator[str]:
        """The section, line by line."""
        yield f'<a id="{self.matter.name}"></a>'
        yield ""
        yield f"## {plain(self.matter.title.get(self.lang))}"
        yield ""
        yield f"`{self.matter.name}`"
        yield ""
        yield from table(("", ""), self.facts())
        for part in (self.conditions, self.message, self.law, self.parameters, self.remedy, self.examples):
            yield ""
            yield from part()

    def say(self, template: Text, **values: object) -> str:
        return template.get(self.lang).format(**values)

    def listed(self, words: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(words)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.ruleset.vocabulary, self.ruleset.parameters, self.lang)

    def heading(self, words: Text) -> Iterator[str]:
        yield f"### {words.get(self.lang)}"
        yield ""

    # --- what it is about

    def subject(self) -> Iterator[tuple[str, str]]:
        """Whom it is about."""
        yield from ()

    def facts(self) -> Iterator[tuple[str, str]]:
        matter, say = self.matter, self.say
        yield from self.subject()
        if matter.notice:
            yield say(ITEMS), "<br>".join(self.item(code) for code in matter.notice)
        yield say(NATURE), "<br>".join(self.dated(NATURES[nature], days) for nature, days in matter.natures)
        yield say(PRIORITY), say(SEVERITIES[matter.severity])
        if authority := matter.authority.get(self.lang):
            yield say(AUTHORITY), plain(authority)
        yield say(IN_FORCE), period(matter.in_force, self.lang)
        yield say(LAYER), matter.layer

    def kind(self, name: str) -> str:
        return self.ruleset.vocabulary.kinds[name].label.get(self.lang)

    def item(self, code: str) -> str:
        return plain(f"{code} {self.items[code].get(self.lang)}" if code in self.items else code)

    def dated(self, words: Text, days: Period) -> str:
        if days == Period():
            return words.get(self.lang)
        joint = "：" if self.lang == "zh" else ": "
        return period(days, self.lang) + joint + words.get(self.lang)

    # --- conditions

    def conditions(self) -> Iterator[str]:
        """When it holds."""
        yield from ()

    def examples(self) -> Iterator[str]:
        """Worked cases."""
        yield from ()

    def used_definitions(self) -> dict[str, Let]:
        """The definitions of all its conditions."""
        used: dict[str, Let] = {}
        for expression in self.matter.expressions():
            used |= {path: let for path, let in definitions(expression.node).items() if path not in used}
        return used

    def defined(self) -> Iterator[str]:
        used = self.used_definitions()
        if used:
            yield self.say(DEFINED)
            yield ""
            yield from (self.definition(let) for let in used.values())
            yield ""

    def clause(self, name: str, expression: Expr) -> Iterator[str]:
        node, joint = expression.node, "：" if self.lang == "zh" else ": "
        if isinstance(node, Logic):
            yield f"**{name}**{joint}{self.say(ALL_OF if node.conjunction else ANY_OF)}"
            yield ""
            yield from (f"- {plain(self.reader.read(part))}" for part in node.parts)
        else:
            yield f"**{name}**{joint}{plain(self.reader.read(node))}"
        yield ""

    def definition(self, let: Let) -> str:
        return "- " + self.say(IS, name=f"`{let.path}`", words=plain(self.reader.read(let.body)))

    def written(self, clauses: Sequence[tuple[str, Expr]]) -> Iterator[str]:
        for name, expression in clauses:
            yield f"{name}: {' '.join(expression.text.split())}"
        yield from (f"{path} := {printed(let.body)}" for path, let in self.used_definitions().items())

    def message(self) -> Iterator[str]:
        yield from self.heading(self.said)
        pieces = self.matter.message.get(self.lang)
        read = (piece if isinstance(piece, str) else self.reader.read(piece.node) for piece in pieces)
        yield "> " + plain("".join(read))

    # --- law

    def law(self) -> Iterator[str]:
        yield from self.heading(LAW)
        if not self.matter.basis:
            yield self.say(NO_LAW)
            return
        ordered = sorted(self.matter.basis, key=lambda each: self.version_period(each).start or date.min)
        yield from table([self.say(head) for head in LAW_HEADS], (self.citation(each) for each in ordered))

    def version_period(self, citation: Citation) -> Period:
        version = self.ruleset.laws[citation.law].version(citation.version)
        assert version is not None, citation
        return version.period

    def citation(self, citation: Citation) -> tuple[str, ...]:
        law = self.ruleset.laws[citation.law]
        place = article(law, citation.article, self.lang)
        return (
            period(self.version_period(citation), self.lang),
            plain(law_name(law, citation.version, self.lang) + (f" {place}" if place else "")),
            ROLES[citation.role].get(self.lang),
            plain(self.reader.read(citation.condition.node)) if citation.condition is not None else "",
            plain(citation.gist.get(self.lang)) if citation.gist is not None else "",
            CERTAINTIES[citation.certainty].get(self.lang),
        )

    # --- numbers

    def used(self) -> dict[str, Parameter]:
        nodes = (node for expression in self.matter.expressions() for node in walk(expression.node))
        names = dict.fromkeys(node.name for node in nodes if isinstance(node, Param))
        return {name: self.ruleset.parameters[name] for name in names}

    def parameters(self) -> Iterator[str]:
        used = self.used()
        if not used:
            return
        yield from self.heading(PARAMETERS)
        rows = (self.value(parameter, value) for parameter in used.values() for value in parameter.values)
        yield from table([self.say(head) for head in PARAMETER_HEADS], rows)

    def value(self, parameter: Parameter, value: ParameterValue) -> tuple[str, ...]:
        return (
            f"{plain(parameter.label.get(self.lang))}<br>`{parameter.name}`",
            show(value.value, parameter.type, self.lang),
            period(value.period, self.lang),
            plain(value.source.get(self.lang)),
            CERTAINTIES[value.certainty].get(self.lang),
            value.layer,
        )

    # --- remedy

    def remedy(self) -> Iterator[str]:
        remedy = self.matter.remedy
        if remedy is None:
            return
        yield from self.heading(REMEDY)
        yield plain(remedy.text.get(self.lang))
        if remedy.workdays is not None:
            yield ""
            yield self.say(DAYS, days=self.days(remedy.workdays))

    def days(self, expression: Expr) -> str:
        node = expression.node
        if isinstance(node, Param):
            parameter = self.ruleset.parameters[node.name]
            values = (self.dated_value(parameter, value) for value in parameter.values)
            return ("；" if self.lang == "zh" else "; ").join(values)
        if isinstance(node, Const):
            return show(node.value, node.type.with_unit("workday"), self.lang)
        return plain(self.reader.read(node))

    def dated_value(self, parameter: Parameter, value: ParameterValue) -> str:
        words = show(value.value, parameter.type, self.lang)
        return self.dated(Text(words, words), value.period)

    # --- facts of examples

    def given(self, row: Mapping[str, object], kind: Kind) -> str:
        """The facts of an example, fields and codes by their labels."""
        return ("；" if self.lang == "zh" else "; ").join(self.fact(name, value, kind) for name, value in row.items())

    def fact(self, name: str, value: object, kind: Kind) -> str:
        joint = "：" if self.lang == "zh" else ": "
        kinds = self.ruleset.vocabulary.kinds
        relation = kind.relations.get(name)
        if relation is not None and isinstance(value, Sequence):
            rows = self.listed(self.inner(row, kinds[relation.kind]) for row in value)
            return relation.label.get(self.lang) + joint + (rows or self.say(NOTHING))
        field = kind.fields[name]
        if isinstance(value, Mapping) and field.type.kind is not None:
            return kinds[field.type.kind].label.get(self.lang) + joint + self.inner(value, kinds[field.type.kind])
        return field.label.get(self.lang) + joint + self.cell(value, field)

    def inner(self, row: object, kind: Kind) -> str:
        if not isinstance(row, Mapping):
            return str(row)
        words = self.given(row, kind)
        return f"（{words}）" if self.lang == "zh" else f"({words})"

    def cell(self, value: object, field: Field) -> str:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self.listed(self.cell(item, field) for item in value)
        if isinstance(value, (bool, int, float)):
            return show(value, field.type, self.lang)
        label = field.codes.get(str(value))
        return label.get(self.lang) if label is not None else NO_VALUE.get(self.lang) if value is None else str(value)


@dataclass(frozen=True)
class RulePage(MatterPage):
    """A rule laid out in one language."""

    @property
    def rule(self) -> Rule:
        assert isinstance(self.matter, Rule)
        return self.matter

    def subject(self) -> Iterator[tuple[str, str]]:
        rule, say = self.rule, self.say
        filed = answering_kind(rule, self.ruleset)
        about = say(EACH, kind=self.kind(rule.about))
        yield say(JUDGES), plain(about + (say(FILED, kind=self.kind(filed)) if filed != rule.about else ""))
        if rule.formerly:
            yield say(FORMERLY), ", ".join(f"`{name}`" for name in rule.formerly)

    def clauses(self) -> Iterator[tuple[str, Expr]]:
        occurred = self.rule.occurred
        named = (
            ("occurred_from" if occurred.interval else "occurred", occurred.start),
            ("occurred_to", occurred.end),
            ("when", self.rule.when),
            ("violation", self.rule.violation),
            ("notice_scope", self.rule.notice_scope),
        )
        yield from ((name, expression) for name, expression in named if expression is not None)

    def conditions(self) -> Iterator[str]:
        yield from self.heading(CONDITIONS)
        if self.rule.occurred.start is None and self.rule.occurred.end is None:
            yield self.say(ALWAYS)
            yield ""
        clauses = list(self.clauses())
        for name, expression in clauses:
            yield from self.clause(self.say(CLAUSES[name]), expression)
        yield from self.defined()
        yield from folded(self.say(AS_WRITTEN), self.written(clauses))

    def examples(self) -> Iterator[str]:
        if not self.rule.examples:
            return
        rows = (self.example(each) for each in self.rule.examples)
        cells = table([self.say(head) for head in EXAMPLE_HEADS], rows)
        yield from self.heading(EXAMPLES)
        yield from cells

    def example(self, example: Example) -> tuple[str, ...]:
        given = self.given(example.given, self.ruleset.vocabulary.kinds[self.rule.about])
        return (
            plain(example.name),
            plain(given) or self.say(NOTHING),
            str(example.as_of or EXAMPLE_DAY),
            VERDICTS[Verdict(example.verdict)].get(self.lang),
            "<br>".join(plain(self.cause(cause)) for cause in example.causes or ()),
        )

    def cause(self, written: str) -> str:
        """A cause as an example writes it, in words."""
        for reason in sorted(Reason, key=lambda each: -len(each.value)):
            if written.startswith(f"{reason.value} "):
                path, *rows = written.removeprefix(f"{reason.value} ").split(" (")
                label = self.paths.get(path)
                words = REASONS[reason].get(self.lang).format(what=label.get(self.lang) if label is not None else path)
                return " (".join([words, *rows])
        return written

    @cached_property
    def paths(self) -> Mapping[str, Text]:
        return RuleDocument.of(self.rule, self.ruleset).paths


def answering_kind(rule: Rule, ruleset: Ruleset) -> str:
    """The kind a rule's findings are filed under."""
    kind = rule.about
    for step in rule.answers:
        kind = ruleset.vocabulary.kinds[kind].fields[step].type.kind or kind
    return kind


# --- Markdown ------------------------------------------------------------------------------------------------------


_SIGNS: Final = re.compile(r"[\\*\[\]]|<(?=[A-Za-z/!?])")


def plain(words: str) -> str:
    """A text that Markdown leaves as it is, but for names in backquotes."""
    parts = without_control(" ".join(words.split())).split("`")
    quiet = [part if number % 2 else _quiet(part) for number, part in enumerate(parts)]
    if len(parts) % 2 == 0:  # the last backquote begins nothing
        quiet[-2:] = [f"{quiet[-2]}\\`{_quiet(parts[-1])}"]
    return "`".join(quiet).replace("|", "\\|")


def _quiet(words: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", words)


def table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """A table, line by line."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def folded(title: str, lines: Iterator[str]) -> Iterator[str]:
    """Lines of code that are shown when asked for."""
    yield "<details>"
    yield f"<summary>{title}</summary>"
    yield ""
    yield "```"
    yield from lines
    yield "```"
    yield ""
    yield "</details>"
