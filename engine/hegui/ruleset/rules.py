"""Rules: a document becomes a `Rule` whose every name and condition has been checked."""

from __future__ import annotations

from functools import partial

from hegui.datatypes import DATE, Type
from hegui.language.printer import text as written
from hegui.language.tree import Param, walk
from hegui.ruleset.documents import IntervalPart, RuleDocument
from hegui.ruleset.given import NO_RULE, examples
from hegui.ruleset.layers import Layer, place_of
from hegui.ruleset.model import Example, Expr, Occurred, Rule, Severity, leaves_of
from hegui.ruleset.parameters import DEFINED_TWICE, text
from hegui.ruleset.parts import Ground, Parts
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Document, Path_, Wording
from hegui.vocabulary import Kind

_NO_KEY = Wording(
    "kind-without-key", "rows of `{name}` have no key, so none can be judged", "`{name}` 没有主键，无法逐行判定"
)
_ANSWERS_FIELD = Wording("unknown-name", "`{kind}` has no `{name}`", "`{kind}` 没有 `{name}`")
_ANSWERS_REF = Wording(
    "answers-not-a-reference", "`{name}` has type {type}, not a reference", "`{name}` 的类型为 {type}，不是引用"
)
_ANSWERS_KEY = Wording(
    "answers-without-key", "rows of `{name}` have no key to file a finding under", "`{name}` 没有主键，问题无法归档"
)
_OCCURRED_PARAM = Wording(
    "parameter-in-occurred",
    '`occurred` decides the day `{name}` is taken on; give it one: `param("{name}", as_of)`',
    '`occurred` 决定 `{name}` 的取值日期，须另行指明，如 `param("{name}", as_of)`',
)
_STILL_A_RULE = Wording(
    "formerly-in-use", "`{name}` is still a rule, defined at {place}", "`{name}` 仍是现行规则，定义于 {place}"
)
_TWO_HEIRS = Wording(
    "formerly-twice", "`{name}` already became the rule at {place}", "`{name}` 已改为 {place} 处的规则"
)
_NOT_RECORDED = Wording("not-recorded", "a finding of the rule does not record `{name}`", "该规则的问题不记录 `{name}`")


def build_rules(ground: Ground) -> dict[str, Rule]:
    """Every rule of the chain that could be built, by id, base layer first."""
    found: dict[str, Rule] = {}
    places: dict[str, str] = {}
    former: list[tuple[str, Document, Path_]] = []
    whole: list[tuple[Layer, Document, RuleDocument]] = []
    for layer, document in ground.chain.of("rule"):
        part = validate(RuleDocument, document, ground.problems)
        name = str(document.data["rule"])
        if name in places:
            ground.problems.add(DEFINED_TWICE, document.span(("rule",)), name=name, place=places[name])
            continue
        places[name] = place_of(document.span(("rule",)))
        if part is None:
            continue
        former += [(old, document, ("formerly", index)) for index, old in enumerate(part.formerly)]
        whole.append((layer, document, part))
        rule = _Builder(ground, layer, document, part).rule()
        if rule is not None:
            found[name] = rule
    _check_former(former, places, ground.problems)
    if ground.chain.whole:
        _check_also(whole, ground)
    return found


def _check_also(parts: list[tuple[Layer, Document, RuleDocument]], ground: Ground) -> None:
    """Are there the rules that examples speak of besides their own, in their own layer or below it?"""
    layers = list(ground.chain.layers)
    rules = [(layers.index(layer), str(document.data["rule"])) for layer, document in ground.chain.of("rule")]
    for layer, document, part in parts:
        known = {name for at, name in rules if at <= layers.index(layer)}
        for index, example in enumerate(part.examples):
            for name in example.also:
                if name not in known:
                    span = document.key_span(("examples", index, "also", name))
                    ground.problems.add_unknown(NO_RULE, span, name, known)


def _check_former(former: list[tuple[str, Document, Path_]], places: dict[str, str], problems: Problems) -> None:
    heirs: dict[str, str] = {}
    for name, document, path in former:
        span = document.span(path)
        if name in places:
            problems.add(_STILL_A_RULE, span, name=name, place=places[name])
        elif name in heirs:
            problems.add(_TWO_HEIRS, span, name=name, place=heirs[name])
        heirs.setdefault(name, place_of(span))


class _Builder(Parts[RuleDocument]):
    """Builds one rule; what cannot be built is None and has been reported."""

    def __init__(self, ground: Ground, layer: Layer, document: Document, part: RuleDocument) -> None:
        super().__init__(ground, layer, document, part)
        self.kind = ground.kinds.find(part.about, document.span(("about",)))

    def rule(self) -> Rule | None:
        part = self.part
        self.check_key()
        violation = self.condition(part.violation, "violation")
        build = partial(  # every part is made before any is missed: each has its problems reported
            Rule,
            name=part.rule,
            title=text(part.title),
            about=part.about,
            answers=self.answers(),
            notice=tuple(part.notice),
            natures=self.natures(),
            severity=Severity(part.severity),
            authority=text(part.authority),
            occurred=self.occurred(),
            message=self.message(),
            remedy=self.remedy(),
            basis=self.basis(),
            layer=self.layer.name,
            span=self.document.span(("rule",)),
            when=self.condition(part.when, "when"),
            notice_scope=self.condition(part.notice_scope, "notice_scope"),
            in_force=self.in_force,
            examples=self.examples(),
            formerly=tuple(part.formerly),
            in_force_span=self.document.span(("in_force",)) if part.in_force is not None else None,
        )
        if violation is None or not self.sound:
            return None
        rule = build(violation=violation)
        self.check_evidence(rule)
        return rule if self.sound else None

    def examples(self) -> tuple[Example, ...]:
        """Its worked cases."""

        def of_key(text: str, path: Path_) -> Expr | None:
            return self.compile(text, path, None, None)

        ground = self.ground
        return examples(self.part.examples, self.kind, ground.kinds.vocabulary, self.document, ground.problems, of_key)

    def check_evidence(self, rule: Rule) -> None:
        """Does a finding record what the evidence of its examples is made of?"""
        for evidence in (each for example in rule.examples for each in example.evidence):
            for leaf in leaves_of(evidence.of.node):
                if leaf not in rule.leaves:
                    recorded = [written(each) for each in rule.leaves]
                    self.ground.problems.add_unknown(_NOT_RECORDED, evidence.of.span, written(leaf), recorded)

    # --- names

    def check_key(self) -> None:
        if self.kind is not None and not self.kind.key:
            self.ground.problems.add(_NO_KEY, self.document.span(("about",)), name=self.kind.name)

    def answers(self) -> tuple[str, ...]:
        """The reference path as steps, each a reference field of the kind before it."""
        steps = tuple(self.part.answers.split(".")) if self.part.answers is not None else ()
        kind, offset = self.kind, 0
        for step in steps:
            if kind is None:
                return steps
            kind = self.follow(kind, step, offset)
            offset += len(step) + 1
        if steps and kind is not None and not kind.key:
            self.ground.problems.add(_ANSWERS_KEY, self.document.span(("answers",)), name=kind.name)
        return steps

    def follow(self, kind: Kind, step: str, offset: int) -> Kind | None:
        field = kind.fields.get(step)
        span = self.document.within(("answers",), offset, offset + len(step))
        if field is None:
            references = [name for name, each in kind.fields.items() if each.type.name == "ref"]
            self.ground.problems.add_unknown(_ANSWERS_FIELD, span, step, references, kind=kind.name)
        elif field.type.name == "ref" and field.type.kind is not None:
            return self.ground.kinds.vocabulary.kinds.get(field.type.kind)
        elif field.type.name != "error":
            self.ground.problems.add(_ANSWERS_REF, span, name=step, type=field.type)
        return None

    # --- conditions

    def compile(self, text: str, path: Path_, expect: Type | None, start: int | None = 0) -> Expr | None:
        if self.kind is None:
            return None
        return self.ground.conditions.expression(text, self.kind.name, self.document, path, expect, start)

    def day(self, given: str | None, *path: str | int) -> Expr | None:
        found = self.compile(given, path, DATE) if given is not None else None
        undated = [] if found is None else [n for n in walk(found.node) if isinstance(n, Param) and n.on is None]
        for node in undated:
            self.ground.problems.add(_OCCURRED_PARAM, self.document.span(path), name=node.name)
        return found

    def occurred(self) -> Occurred:
        given = self.part.occurred
        if isinstance(given, IntervalPart):
            start = self.day(given.from_, "occurred", "from")
            return Occurred(start, self.day(given.to, "occurred", "to"), interval=True)
        return Occurred(self.day(given, "occurred"))
