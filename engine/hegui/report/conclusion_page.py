"""One conclusion as a section of the rule book, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.reading import Reader
from hegui.explaining.words import VERDICTS
from hegui.outcome import Verdict
from hegui.report.rule_page import AS_WRITTEN, EXAMPLE_DAY, EXAMPLES, NOTHING, MatterPage, folded, plain, table
from hegui.ruleset.model import Conclusion, ConclusionExample, Expr, StatedFinding, Variable
from hegui.vocabulary import Vocabulary

ABOUT: Final = Text("结论针对", "about")
DRAWN: Final = Text("如何得出", "How it is drawn")
GIVEN: Final = Text("存在以下各项：", "given:")
UNLESS: Final = Text("且不存在以下各项：", "and unless there is:")
FINDING: Final = Text("`{name}`：{title}的发现", "`{name}`: a finding of {title}")
CONCLUSION: Final = Text("`{name}`：结论{title}", "`{name}`: the conclusion {title}")
ROW: Final = Text("`{name}`：{title}", "`{name}`: {title}")
MESSAGE: Final = Text("得出结论时的表述", "What is said when it is drawn")
QUOTED: Final = Text("“{title}”", "“{title}”")
MANY: Final = Text("{titles}等 {count} 条规则", "{titles} and others, {count} rules in all")
SHOWN: Final = 6
"""So many of the rules a name stands for are told by their titles."""
CLAUSES: Final = {
    "where": Text("其间满足", "where"),
    "unless_where": Text("该项满足", "that one being so"),
    "at_least": Text("至少几项", "at least"),
    "per": Text("按何计数", "counted per"),
    "distinct": Text("如何区分各项", "told apart by"),
    "about": Text("针对", "about"),
}
HEADS: Final = (
    Text("情形", "case"),
    Text("已有发现和结论", "findings and conclusions"),
    Text("台账数据", "given"),
    Text("数据日期", "as of"),
    Text("得出结论", "concluded"),
    Text("待核实", "undetermined"),
)


@dataclass(frozen=True)
class ConclusionPage(MatterPage):
    """A conclusion laid out in one language."""

    said = MESSAGE

    @property
    def conclusion(self) -> Conclusion:
        assert isinstance(self.matter, Conclusion)
        return self.matter

    @cached_property
    def reader(self) -> Reader:
        variables = self.conclusion.variables
        kinds = {variable.kind.name: variable.kind for variable in variables}
        vocabulary = Vocabulary({**self.ruleset.vocabulary.kinds, **kinds})
        return Reader(vocabulary, self.ruleset.parameters, self.lang, {each.row.var: each.name for each in variables})

    def subject(self) -> Iterator[tuple[str, str]]:
        yield self.say(ABOUT), plain(self.kind(self.conclusion.about_kind))

    # --- how it is drawn

    def conditions(self) -> Iterator[str]:
        conclusion = self.conclusion
        yield from self.heading(DRAWN)
        yield from self.variables(GIVEN, conclusion.given)
        yield from self.clauses_of("where")
        if conclusion.unless:
            yield from self.variables(UNLESS, conclusion.unless)
        yield from self.clauses_of("unless_where", "at_least", "per", "distinct", "about")
        yield from self.defined()
        yield from folded(self.say(AS_WRITTEN), self.written(list(self.named())))

    def named(self) -> Iterator[tuple[str, Expr]]:
        each = ((name, getattr(self.conclusion, name)) for name in CLAUSES)
        yield from ((name, expression) for name, expression in each if expression is not None)

    def clauses_of(self, *names: str) -> Iterator[str]:
        for name, expression in self.named():
            if name in names:
                yield from self.clause(self.say(CLAUSES[name]), expression)

    def variables(self, title: Text, variables: Iterable[Variable]) -> Iterator[str]:
        yield self.say(title)
        yield ""
        yield from (f"- {plain(self.variable(each))}" for each in variables)
        yield ""

    def variable(self, variable: Variable) -> str:
        """What a name stands for."""
        match variable.source:
            case "finding":
                return self.say(FINDING, name=variable.name, title=self.titles(variable.of))
            case "conclusion":
                return self.say(CONCLUSION, name=variable.name, title=self.quoted(variable.of[0]))
        return self.say(ROW, name=variable.name, title=variable.kind.label.get(self.lang))

    def titles(self, rules: tuple[str, ...]) -> str:
        titles = self.listed(self.quoted(name) for name in rules[:SHOWN])
        return titles if len(rules) <= SHOWN else self.say(MANY, titles=titles, count=len(rules))

    def quoted(self, name: str) -> str:
        return self.say(QUOTED, title=self.title(name))

    # --- examples

    def examples(self) -> Iterator[str]:
        if not self.conclusion.examples:
            return
        yield from self.heading(EXAMPLES)
        rows = (self.case(each) for each in self.conclusion.examples)
        yield from table([self.say(head) for head in HEADS], rows)

    def case(self, example: ConclusionExample) -> tuple[str, ...]:
        stated = [self.stated(each) for each in example.findings]
        stated += [f"{self.title(each.conclusion)} {each.id}" for each in example.conclusions]
        return (
            plain(example.name),
            "<br>".join(map(plain, stated)),
            "<br>".join(plain(each) for each in self.rows(example)),
            str(example.as_of or EXAMPLE_DAY),
            self.ids(example.concluded),
            self.ids(example.undetermined),
        )

    def stated(self, finding: StatedFinding) -> str:
        verdict = VERDICTS[Verdict(finding.verdict)].get(self.lang)
        return f"{self.title(finding.rule)} {finding.entity or finding.key} {verdict}"

    def title(self, name: str) -> str:
        found = self.ruleset.rules.get(name) or self.ruleset.conclusions.get(name)
        return found.title.get(self.lang) if found is not None else name

    def rows(self, example: ConclusionExample) -> Iterator[str]:
        joint = "：" if self.lang == "zh" else ": "
        for kind, rows in example.given.items():
            declared = self.ruleset.vocabulary.kinds[kind]
            yield from (f"{self.kind(kind)}{joint}{self.given(row, declared)}" for row in rows)

    def ids(self, ids: tuple[str, ...]) -> str:
        return self.listed(plain(each) for each in ids) or self.say(NOTHING)
