"""What is defined and nobody uses: parameters, laws, definitions, fields and kinds.

Used is what the ruleset uses, or one beside it that builds on it: a base is written for those above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hegui.assure.lint.subject import Subject, expressions, owner, warning
from hegui.language.tree import Cell, Chain, Node, Param, Related, Row, walk
from hegui.ruleset.model import Conclusion, Rule, Ruleset
from hegui.source import Diagnostic, Span, Wording
from hegui.vocabulary import Kind
from hegui.vocabulary.kinds import Field

UNUSED_PARAMETER = Wording("unused-parameter", "parameter `{name}` is used by no rule", "没有规则使用参数 `{name}`")
UNUSED_LAW = Wording("unused-law", "law `{name}` is cited by no rule", "没有规则引用法律 `{name}`")
UNUSED_DEFINITION = Wording("unused-definition", "definition `{name}` is used by no rule", "没有规则使用定义 `{name}`")
UNUSED_FIELD = Wording(
    "unused-field", "field `{detail}` of `{name}` is used by no rule", "没有规则使用 `{name}` 的字段 `{detail}`"
)
UNUSED_KIND = Wording("unused-kind", "kind `{name}` is used by no rule", "没有规则使用类别 `{name}`")

FieldName = tuple[str, str]
"""A kind and one of its fields."""


def names(subject: Subject) -> Iterator[Diagnostic]:
    """Parameters, laws and definitions."""
    rulesets = [built.ruleset for built in (subject.built, *subject.above)]
    asked = {node.name for node in _nodes(rulesets) if isinstance(node, Param)}
    for name, parameter in subject.ruleset.parameters.items():
        if name not in asked:
            yield warning(UNUSED_PARAMETER, parameter.span, name=name)
    cited = {citation.law for each in rulesets for matter in _matters(each) for citation in matter.basis}
    heirs = {law.replaced_by for each in rulesets for law in each.laws.values() if law.name in cited}
    for name, law in subject.ruleset.laws.items():
        if name not in cited | heirs and law.kept is None:
            yield warning(UNUSED_LAW, law.span, name=name)
    used = {key for built in (subject.built, *subject.above) for key in built.used_definitions}
    for key, span in subject.built.definitions.items():
        if key not in used:
            yield warning(UNUSED_DEFINITION, span, name=key[1], kind=key[0])


def _matters(ruleset: Ruleset) -> list[Rule | Conclusion]:
    return [*ruleset.rules.values(), *ruleset.conclusions.values()]


def _nodes(rulesets: Iterable[Ruleset]) -> Iterator[Node]:
    for ruleset in rulesets:
        for expression in expressions(ruleset):
            yield from walk(expression.node)


# --- fields and kinds


def fields(subject: Subject) -> Iterator[Diagnostic]:
    """Fields that no rule, conclusion or figure looks at, and that are nothing else to their kind either.

    Texts and private fields are there for people: whom to call, what it is called, where it lies. They are left out.
    """
    rulesets = [built.ruleset for built in (subject.built, *subject.above)]
    used = {each for ruleset in rulesets for each in _asked(ruleset)}
    kinds = _kinds(subject.ruleset, used, rulesets)
    used |= _pointing(subject.ruleset)
    places = _places(subject)
    for kind in subject.ruleset.vocabulary.kinds.values():
        if kind.name not in kinds:
            yield warning(UNUSED_KIND, places[kind.name, ""], name=kind.name)
            continue
        own = set(_structural(kind))
        for field in kind.fields.values():
            if field.name not in own and (kind.name, field.name) not in used and not _for_people(field):
                yield warning(UNUSED_FIELD, places[kind.name, field.name], name=kind.name, detail=field.name)


def _for_people(field: Field) -> bool:
    return field.private or field.type.name == "string"


def _asked(ruleset: Ruleset) -> Iterator[FieldName]:
    """The fields conditions look at, those followed on the way, and those findings are filed by."""
    for node in _nodes([ruleset]):
        if isinstance(node, Cell):
            yield from _followed(node.row)
            yield node.row.kind, node.field
        elif isinstance(node, Chain) and isinstance(node.source, Related):
            yield from _followed(node.source.row)
            yield node.source.kind, node.source.by
    for rule in ruleset.rules.values():
        yield from _answering(rule, ruleset)


def _followed(row: Row) -> Iterator[FieldName]:
    yield from zip(row.kinds, row.refs, strict=False)


def _answering(rule: Rule, ruleset: Ruleset) -> Iterator[FieldName]:
    kind = rule.about
    for reference in rule.answers:
        yield kind, reference
        kind = ruleset.vocabulary.kinds[kind].fields[reference].type.kind or ""


def _structural(kind: Kind) -> Iterator[str]:
    """The fields a kind needs itself: key, name, jurisdiction, coordinates, credit code, and the papers behind others."""
    named = (kind.name_field, kind.jurisdiction, kind.credit_code, *(kind.coordinates or ()), *kind.key)
    yield from (name for name in named if name is not None)
    for field in kind.fields.values():
        if field.evidence is not None:
            papers = (field.evidence.source_doc, field.evidence.obtained_on, field.evidence.method)
            yield from (name for name in papers if name is not None)


def _pointing(ruleset: Ruleset) -> set[FieldName]:
    """The references that relations are made by."""
    return {(each.kind, each.by) for kind in ruleset.vocabulary.kinds.values() for each in kind.relations.values()}


def _kinds(ruleset: Ruleset, used: set[FieldName], rulesets: Iterable[Ruleset]) -> set[str]:
    """The kinds that rules, conclusions and figures are about, look into, or name by a reference."""
    found = {kind for kind, _ in used}
    for each in rulesets:
        found |= {rule.about for rule in each.rules.values()}
        for conclusion in each.conclusions.values():
            found |= {
                conclusion.about_kind,
                *(name for v in conclusion.variables if v.source == "row" for name in v.of),
            }
        figures = (figure for notice in each.notices.values() for item in notice.items for figure in item.figures)
        found |= {figure.kind for figure in figures if figure.kind is not None}
    for node in _nodes(rulesets):
        if isinstance(node, Chain) and isinstance(node.source, Related):
            found.add(node.source.kind)
    kinds = ruleset.vocabulary.kinds
    at_home = {(kind.name, kind.jurisdiction) for kind in kinds.values() if kind.jurisdiction and kind.name in found}
    named = (kinds[kind].fields.get(name) for kind, name in used | at_home if kind in kinds)
    return found | {field.type.kind for field in named if field is not None and field.type.kind is not None}


def _places(subject: Subject) -> dict[FieldName, Span]:
    """Where each kind (with an empty field) and each field is declared."""
    found: dict[FieldName, Span] = {}
    for _, document in subject.chain.of("kind"):
        kind = owner(document, ())
        found.setdefault((kind, ""), document.span(("kind",)))
        for path, span in document.keys.items():
            if len(path) == 2 and path[0] == "fields":
                found.setdefault((kind, str(path[1])), span)
    return found
