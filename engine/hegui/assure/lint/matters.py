"""What rules, conclusions and notices should say and do not."""

from __future__ import annotations

from collections.abc import Iterator

from hegui.assure.lint.subject import Subject, warning
from hegui.ruleset.stratified import all_below
from hegui.source import Diagnostic, Wording

NO_CITATION = Wording("no-citation", "`{name}` cites no law", "`{name}` 没有引用法律依据")
NO_REMEDY = Wording("no-remedy", "`{name}` says nothing of a remedy", "`{name}` 没有整改措施")
NO_AUTHORITY = Wording("no-authority", "`{name}` names no authority", "`{name}` 没有指明主管部门")
NO_EXAMPLE = Wording("no-example", "`{name}` has no example", "`{name}` 没有示例")
NO_VERDICT = Wording(
    "no-such-example", "rule `{name}` has no example of `{detail}`", "规则 `{name}` 没有 `{detail}` 的示例"
)
NOT_DRAWN = Wording(
    "never-drawn", "no example of `{name}` has it drawn about anybody", "`{name}` 的示例中从未得出该结论"
)
ALWAYS_DRAWN = Wording(
    "always-drawn", "every example of `{name}` has it drawn about somebody", "`{name}` 的每个示例都得出该结论"
)
NEVER_BEGINS = Wording(
    "never-begins",
    "`{name}` rests on itself, so it can never be drawn a first time",
    "`{name}` 以自身为前提，永远无法首次得出",
)
ITEM_UNMET = Wording(
    "notice-item-unmet",
    "nothing answers item `{name}` of the notice; give a rule that notice code, or the item a `role` and `reason`",
    "反馈意见条目 `{name}` 没有对应的规则；请给规则写上该编号，或给条目写明 `role` 与 `reason`",
)


def lacking(subject: Subject) -> Iterator[Diagnostic]:
    """Law, remedy, authority and examples of rules and conclusions."""
    for matter in subject.matters:
        lacks = {
            NO_CITATION: not matter.basis,
            NO_REMEDY: matter.remedy is None,
            NO_AUTHORITY: not (matter.authority.zh or matter.authority.en),
            NO_EXAMPLE: not matter.examples,
        }
        yield from (warning(wording, matter.span, name=matter.name) for wording, lacks_it in lacks.items() if lacks_it)


def one_sided(subject: Subject) -> Iterator[Diagnostic]:
    """Rules and conclusions whose examples show one side only."""
    for rule in subject.ruleset.rules.values():
        for verdict in ("violation", "compliant") if rule.examples else ():
            if all(example.verdict != verdict for example in rule.examples):
                yield warning(NO_VERDICT, rule.span, name=rule.name, detail=verdict)
    for conclusion in subject.ruleset.conclusions.values():
        drawn = [bool(example.concluded) for example in conclusion.examples]
        if drawn and not any(drawn):
            yield warning(NOT_DRAWN, conclusion.span, name=conclusion.name)
        if drawn and all(drawn):
            yield warning(ALWAYS_DRAWN, conclusion.span, name=conclusion.name)


def circular(subject: Subject) -> Iterator[Diagnostic]:
    """Conclusions that rest on themselves."""
    for conclusion in subject.ruleset.conclusions.values():
        if conclusion.name in all_below(conclusion.name, subject.ruleset.conclusions):
            yield warning(NEVER_BEGINS, conclusion.span, name=conclusion.name)


def unmet(subject: Subject) -> Iterator[Diagnostic]:
    """Problems and demands of a notice that nothing answers."""
    answered = {code for built in (subject.built, *subject.above) for m in built.ruleset.matters for code in m.notice}
    for notice in subject.ruleset.notices.values():
        for item in notice.items:
            if item.role.wants_answer and item.code not in answered:
                yield warning(ITEM_UNMET, item.span, name=item.code)
