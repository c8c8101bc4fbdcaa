"""Why: messages, citations and condition trees of findings, rendered from a run without its facts.

`render` is a pure function of what a run keeps of a rule, once, and of the flat values a finding records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hegui.arguments import expect_lang
from hegui.explaining.citing import cite_in_full
from hegui.explaining.document import Case, Leaf, Paper, RuleDocument, Setting
from hegui.explaining.law import Basis, Later, NotBefore, basis, certainty, due, later
from hegui.explaining.why import Part, cause_text, part, place, said, shown
from hegui.explaining.words import NO_VALUE, VERDICTS
from hegui.facts.registry import Place
from hegui.language.tree import Chain, Given, Node, Param
from hegui.outcome import Finding, LeafValue, Verdict
from hegui.ruleset.model import Certainty, Nature, Rule

__all__ = ["Case", "Clause", "Explanation", "RuleDocument", "Setting", "is_fact", "message", "render"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of the rule: `occurred`, `when`, `violation` or `notice_scope`."""

    name: str
    part: Part


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded value as people read it, with its label, its name, its source cell and the paper behind it.

    `known` is False where there is no usable value.
    """

    label: str
    name: str
    shown: str
    place: Place | None = None
    rows: int | None = None
    first: str | None = None
    paper: Paper | None = None
    known: bool = True

    def __str__(self) -> str:
        """`tested load: 750 kg [lifts.csv:2:E]`."""
        return f"{self.label or self.name}: {self.shown}" + (f" [{self.place}]" if self.place else "")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finding explained in one language: first the facts, then the rule, then the law.

    `str()` of it is the gist in a few lines: the message, the facts with their cells, the law.
    """

    lang: str
    case: Case = field(repr=False)
    message: str
    facts: tuple[Fact, ...]
    clauses: tuple[Clause, ...] = field(repr=False)
    waits: tuple[str, ...]
    nature: Nature
    certainty: Certainty | None
    basis: tuple[Basis, ...] = field(repr=False)
    later: Later | None = field(repr=False)
    due: date | NotBefore | None

    @property
    def title(self) -> str:
        """The title of the rule."""
        return self.case.rule.title.get(self.lang)

    @property
    def verdict(self) -> str:
        """The verdict in words: 发现问题, 待核实."""
        return VERDICTS[self.case.finding.verdict].get(self.lang)

    @property
    def law(self) -> tuple[str, ...]:
        """The citations in words, each with its role, our paraphrase, and what it would also need."""
        return tuple(cite_in_full(item, self.case, self.lang) for item in self.basis)

    def __str__(self) -> str:
        told = (f"  {fact}" for fact in self.facts)
        return "\n".join([self.message, *told, *(f"  {line}" for line in self.law)])


def render(document: RuleDocument, finding: Finding, setting: Setting, lang: str) -> Explanation:
    """Explain a finding.

    Args:
        document: what the run keeps of the finding's rule.
        finding: the finding, whatever its verdict.
        setting: what all findings of the run have in common.
        lang: "zh" or "en".

    Raises:
        UsageError: it is neither.
    """
    expect_lang(lang)
    case = Case(document, finding, setting)
    return Explanation(
        lang=lang,
        case=case,
        message=message(case, lang),
        facts=facts(case, lang),
        clauses=tuple(Clause(name, part(case, node, lang)) for name, node in conditions(document.rule)),
        waits=waits(case, lang),
        nature=document.rule.nature(case.day),
        certainty=certainty(case),
        basis=basis(case),
        later=later(case),
        due=due(case),
    )


def message(case: Case, lang: str) -> str:
    """The rule's own message for a violation; for every other verdict its title and the verdict, because nothing that
    the message says has been established."""
    if case.finding.verdict is Verdict.VIOLATION:
        pieces = case.rule.message.get(lang)
        return "".join(piece if isinstance(piece, str) else said(case, piece.node, lang) for piece in pieces)
    title, verdict = case.rule.title.get(lang), VERDICTS[case.finding.verdict].get(lang)
    causes = ("；" if lang == "zh" else "; ").join(waits(case, lang))
    if lang == "zh":
        return f"{title}：{verdict}，{causes}" if causes else f"{title}：{verdict}"
    return f"{title}: {verdict}, {causes}" if causes else f"{title}: {verdict}"


def waits(case: Case, lang: str) -> tuple[str, ...]:
    """What the verdict waits for, in words."""
    return tuple(cause_text(cause, case, lang) for cause in case.finding.causes)


def facts(case: Case, lang: str) -> tuple[Fact, ...]:
    """What the finding records, leaf by leaf; parameters and `x in [a, b]` are the rule's, not facts."""
    triples = zip(case.document.leaves, case.rule.leaves, case.finding.values, strict=False)
    return tuple(_fact(case, leaf, node, value, lang) for leaf, node, value in triples if is_fact(node))


def is_fact(node: Node) -> bool:
    """Is a leaf a fact, and not the rule's own?"""
    return not isinstance(node, Param) and not (isinstance(node, Chain) and isinstance(node.source, Given))


def _fact(case: Case, leaf: Leaf, node: Node, value: LeafValue, lang: str) -> Fact:
    where, paper = place(case, leaf, value), case.setting.paper(leaf, value)
    known = value.value is not None or value.below is not None or leaf.private
    written = shown(case, node, lang) if known else NO_VALUE.get(lang)
    return Fact(leaf.label.get(lang), leaf.text, written, where, value.rows, value.first, paper, known)


def conditions(rule: Rule) -> list[tuple[str, Node]]:
    """The conditions of a rule, each with the name of its clause."""
    occurred = rule.occurred
    named = (
        ("occurred_from" if occurred.interval else "occurred", occurred.start),
        ("occurred_to", occurred.end),
        ("when", rule.when),
        ("violation", rule.violation),
        ("notice_scope", rule.notice_scope),
    )
    return [(name, expression.node) for name, expression in named if expression is not None]
