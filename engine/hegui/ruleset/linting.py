"""What is allowed in a ruleset but probably not meant: warnings out of what the loader knows anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from hegui.language.operators import rows
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.tree import Call, Choice, Items, Literal, Member, Name, Offsets, Param, Syntax, walk
from hegui.ruleset.build import Draft, draft
from hegui.ruleset.layers import Chain
from hegui.ruleset.model import Conclusion, Expr, Parameter, Rule, Ruleset
from hegui.ruleset.periods import without
from hegui.ruleset.places import locate
from hegui.ruleset.problems import Problems
from hegui.ruleset.stratified import all_below
from hegui.source import Diagnostic, Document, HeguiError, Path_, Wording

_NO_CITATION = Wording("no-citation", "`{name}` cites no law", "`{name}` 没有引用法律依据")
_NO_REMEDY = Wording("no-remedy", "`{name}` says nothing of a remedy", "`{name}` 没有整改措施")
_NO_AUTHORITY = Wording("no-authority", "`{name}` names no authority", "`{name}` 没有指明主管部门")
_NO_EXAMPLE = Wording("no-example", "`{name}` has no example", "`{name}` 没有示例")
_NO_VIOLATION = Wording(
    "no-such-example", "rule `{name}` has no example of `{verdict}`", "规则 `{name}` 没有 `{verdict}` 的示例"
)
_NOT_DRAWN = Wording(
    "never-drawn", "no example of `{name}` has it drawn about anybody", "`{name}` 的示例中从未得出该结论"
)
_ALWAYS_DRAWN = Wording(
    "always-drawn", "every example of `{name}` has it drawn about somebody", "`{name}` 的每个示例都得出该结论"
)
_NEVER_BEGINS = Wording(
    "never-begins",
    "`{name}` rests on itself, so it can never be drawn a first time",
    "`{name}` 以自身为前提，永远无法首次得出",
)
_NO_TRANSLATION = {
    "zh": Wording("no-chinese", "`{name}` has no Chinese text", "`{name}` 没有中文文本"),
    "en": Wording("no-english", "`{name}` has no English text", "`{name}` 没有英文文本"),
}
_ONE_LANGUAGE = {
    "zh": Wording("nothing-chinese", "nothing in `{name}` has a Chinese text", "`{name}` 全部没有中文文本"),
    "en": Wording("nothing-english", "nothing in `{name}` has an English text", "`{name}` 全部没有英文文本"),
}
_UNUSED_PARAMETER = Wording("unused-parameter", "parameter `{name}` is used by no rule", "没有规则使用参数 `{name}`")
_UNUSED_LAW = Wording("unused-law", "law `{name}` is cited by no rule", "没有规则引用法律 `{name}`")
_UNUSED_DEFINITION = Wording("unused-definition", "definition `{name}` is used by no rule", "没有规则使用定义 `{name}`")
_BARE_NUMBER = Wording(
    "bare-number", "{number} stands in a condition; make it a parameter", "条件中直接写了数字 {number}，请设为参数"
)
_LAPSED = Wording(
    "basis-lapsed",
    "from {day} on no version of a law that `{name}` cites is in force",
    "自 {day} 起，`{name}` 引用的法律版本均不再施行",
)
_NOT_VERIFIED = Wording(
    "not-verified", "nobody has looked up `{name}` in the year before {day}", "`{name}` 在 {day} 之前一年内未经核对"
)
_NEVER_VERIFIED = Wording(
    "never-verified", "`{name}` does not say when it was last looked up", "`{name}` 没有写明最近核对日期"
)
_ITEM_UNMET = Wording(
    "notice-item-unmet",
    "nothing answers item `{name}` of the notice; give a rule that notice code, or the item a `role` and `reason`",
    "反馈意见条目 `{name}` 没有对应的规则；请给规则写上该编号，或给条目写明 `role` 与 `reason`",
)

_YEAR: Final = 366
_CONCLUDING: Final = (("where",), ("unless_where",), ("at_least",), ("per",), ("distinct",), ("about", "id"))


def lint(path_or_name: str | Path, today: date | None) -> list[Diagnostic]:
    """Errors and warnings of a ruleset, sorted by file and place."""
    built = draft(locate(path_or_name))
    problems = built.problems
    matters: list[Rule | Conclusion] = [*built.ruleset.rules.values(), *built.ruleset.conclusions.values()]
    for matter in matters:
        _lacks(matter, problems)
        _lapse(matter, built, problems)
    for rule in built.ruleset.rules.values():
        _rule(rule, problems)
    for conclusion in built.ruleset.conclusions.values():
        _conclusion(conclusion, built.ruleset, problems)
    _translations(built.chain, problems)
    _numbers(built.chain, problems)
    if not problems.errors:
        _unused(built, problems)
    if today is not None:
        _verification(built, today, problems)
    return list(HeguiError(problems.items).diagnostics)


def _lacks(matter: Rule | Conclusion, problems: Problems) -> None:
    """What a rule or conclusion should say and does not."""
    lacks = {
        _NO_CITATION: not matter.basis,
        _NO_REMEDY: matter.remedy is None,
        _NO_AUTHORITY: not (matter.authority.zh or matter.authority.en),
        _NO_EXAMPLE: not matter.examples,
    }
    for wording, lacking in lacks.items():
        if lacking:
            problems.warn(wording, matter.span, name=matter.name)


def _rule(rule: Rule, problems: Problems) -> None:
    for verdict in ("violation", "compliant") if rule.examples else ():
        if all(example.verdict != verdict for example in rule.examples):
            problems.warn(_NO_VIOLATION, rule.span, name=rule.name, verdict=verdict)


def _conclusion(conclusion: Conclusion, ruleset: Ruleset, problems: Problems) -> None:
    if conclusion.name in all_below(conclusion.name, ruleset.conclusions):
        problems.warn(_NEVER_BEGINS, conclusion.span, name=conclusion.name)
    if conclusion.examples and not any(example.concluded for example in conclusion.examples):
        problems.warn(_NOT_DRAWN, conclusion.span, name=conclusion.name)
    if conclusion.examples and all(example.concluded for example in conclusion.examples):
        problems.warn(_ALWAYS_DRAWN, conclusion.span, name=conclusion.name)


def _lapse(rule: Rule | Conclusion, built: Draft, problems: Problems) -> None:
    """Does the rule or conclusion outlive everything it cites?"""
    cited = [built.ruleset.laws[each.law].version(each.version) for each in rule.basis]
    left = without(rule.in_force, [version.period for version in cited if version is not None])
    last = [piece for piece in left if piece.end == rule.in_force.end and piece != rule.in_force]
    if last and last[0].start is not None:
        problems.warn(_LAPSED, rule.span, name=rule.name, day=last[0].start)


def _translations(chain: Chain, problems: Problems) -> None:
    """Texts in one language only; where a whole layer is, it says so once."""
    for layer in chain.layers:
        texts = [found for document in layer.all for found in _texts(document)]
        for language, other in (("zh", "en"), ("en", "zh")):
            lacking = [found for found in texts if found[1] == {other}]
            whole = lacking and len(lacking) == len(texts)
            for document, _, path in lacking[:1] if whole else lacking:
                wording = _ONE_LANGUAGE if whole else _NO_TRANSLATION
                name = (
                    layer.name
                    if whole
                    else next((step for step in reversed(path) if isinstance(step, str)), layer.name)
                )
                problems.warn(wording[language], document.key_span(path), name=name)


def _texts(document: Document) -> Iterator[tuple[Document, set[str], Path_]]:
    """Every bilingual text of a document: the languages it has, and where it stands."""
    found: dict[Path_, set[str]] = {}
    for path in document.keys:
        if path[-1] in ("zh", "en") and "given" not in path and _at(document, path):
            found.setdefault(path[:-1], set()).add(str(path[-1]))
    yield from ((document, languages, path) for path, languages in found.items())


# --- numbers in conditions


def _numbers(chain: Chain, problems: Problems) -> None:
    for document, path in _conditions(chain):
        text = _at(document, path)
        if path == ("at_least",) and isinstance(text, int) and text != 1:
            problems.warn(_BARE_NUMBER, document.span(path), number=text)
        if not isinstance(text, str):
            continue
        try:
            literals = list(_bare(parse(text)))
        except ConditionSyntaxError:
            continue
        for start, end in literals:
            problems.warn(_BARE_NUMBER, document.within(path, start, end), number=text[start:end])


def _conditions(chain: Chain) -> Iterator[tuple[Document, Path_]]:
    """Where conditions stand; placeholders of messages only show values and are left out."""
    for _, document in chain.of("let"):
        yield from ((document, path) for path in document.raw if len(path) == 3)
    for _, document in chain.of("rule"):
        for path in document.raw:
            nested = path[0] == "occurred" or (path[0] == "basis" and path[-1] == "if")
            if nested or path in (("when",), ("violation",), ("notice_scope",)):
                yield document, path
    for _, document in chain.of("conclusion"):
        yield from ((document, path) for path in document.raw if path in _CONCLUDING or path[-1] == "if")
    for _, document in chain.of("notice"):
        yield from ((document, path) for path in document.raw if path[0] == "items" and path[-1] == "where")


def _at(document: Document, path: Path_) -> object:
    value = document.data
    for step in path:
        value = value[step]
    return value


def _bare(node: Syntax) -> Iterator[Offsets]:
    """Numbers other than 0 and 1 that are neither parts a date is made of nor compared with a part of one."""
    match node:
        case Literal(value, at):
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value not in (0, 1):
                yield at
        case Member(target):
            yield from _bare(target)
        case Choice(test, then, otherwise):
            for part in (test, then, otherwise):
                yield from _bare(part)
        case Items(items):
            for item in items:
                yield from _bare(item)
        case Call():
            dated = _makes_date(node) or any(_date_part(arg) for arg in node.args)
            for part in (*([node.target] if node.target is not None else []), *node.args):
                if not (dated and isinstance(part, Literal)):
                    yield from _bare(part)
        case Name():
            pass


def _makes_date(call: Call) -> bool:
    """Is it a function that makes a date of ints?"""
    overloads = [overload for row in rows(call.form, call.spelling) for overload in row.overloads]
    return any(each.result.name == "date" and set(each.args) == {"int"} for each in overloads)


def _date_part(node: Syntax) -> bool:
    """Is it a method that takes an int out of a date?"""
    overloads = [o for row in rows("method", node.spelling) for o in row.overloads] if isinstance(node, Call) else []
    return any(each.args == ("date",) and each.result.name == "int" for each in overloads)


# --- what nobody uses, and what nobody looked up


def _unused(built: Draft, problems: Problems) -> None:
    ruleset = built.ruleset
    nodes = [node for expr in _expressions(ruleset) for node in walk(expr.node)]
    used = {node.name for node in nodes if isinstance(node, Param)}
    for name, parameter in ruleset.parameters.items():
        if name not in used:
            problems.warn(_UNUSED_PARAMETER, parameter.span, name=name)
    matters: list[Rule | Conclusion] = [*ruleset.rules.values(), *ruleset.conclusions.values()]
    cited = {citation.law for matter in matters for citation in matter.basis}
    heirs = {law.replaced_by for law in ruleset.laws.values() if law.name in cited}
    for name, law in ruleset.laws.items():
        if name not in cited | heirs and law.kept is None:
            problems.warn(_UNUSED_LAW, law.span, name=name)
    for key, span in built.definitions.items():
        if key not in built.used_definitions:
            problems.warn(_UNUSED_DEFINITION, span, name=key[1])
    _unmet(ruleset, problems)


def _expressions(ruleset: Ruleset) -> Iterator[Expr]:
    for rule in ruleset.rules.values():
        yield from rule.expressions()
    for conclusion in ruleset.conclusions.values():
        yield from conclusion.expressions()
    for notice in ruleset.notices.values():
        figures = (figure for item in notice.items for figure in item.figures)
        yield from (figure.where for figure in figures if figure.where is not None)


def _unmet(ruleset: Ruleset, problems: Problems) -> None:
    """Problems and demands of a notice that nothing answers."""
    answered = {code for matter in ruleset.matters for code in matter.notice}
    for notice in ruleset.notices.values():
        for item in notice.items:
            if item.role.wants_answer and item.code not in answered:
                problems.warn(_ITEM_UNMET, item.span, name=item.code)


def _verification(built: Draft, today: date, problems: Problems) -> None:
    for parameter in built.ruleset.parameters.values():
        _verified(parameter, today, problems)


def _verified(parameter: Parameter, today: date, problems: Problems) -> None:
    value = parameter.on(today)
    if value is None:
        return
    if value.last_verified is None:
        problems.warn(_NEVER_VERIFIED, parameter.span, name=parameter.name)
    elif (today - value.last_verified).days > _YEAR:
        problems.warn(_NOT_VERIFIED, parameter.span, name=parameter.name, day=today)
