"""Conclusions: a document becomes a `Conclusion` whose every name and condition has been checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import Final

from hegui import limits
from hegui.datatypes import BOOL, DATE, INT, STRING, Text, Type
from hegui.language.chains import Thing
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.tree import Call, Cell, Const, Element, Literal, Name, Offsets, Row, walk
from hegui.ruleset.documents import ConclusionDocument
from hegui.ruleset.joins import Alone, Conjunct, Crowd, Join, Pair, conjuncts, spots, used
from hegui.ruleset.layers import Layer, place_of
from hegui.ruleset.model import Conclusion, Expr, Rule, Severity, Source, Variable, answering
from hegui.ruleset.parameters import DEFINED_TWICE, text
from hegui.ruleset.parts import Ground, Parts
from hegui.ruleset.stated import Known, conclusion_examples
from hegui.ruleset.stratified import check_strata
from hegui.ruleset.validation import validate
from hegui.source import Document, Path_, Span, Wording
from hegui.vocabulary import Field, Kind

COUNT: Final = "count"
"""What a message calls the number of matches."""

_NOT_A_SOURCE = Wording(
    "not-a-source",
    '`{found}` is neither a kind, nor `finding("rule", …)`, nor `conclusion("id")`',
    '`{found}` 既不是类别，也不是 `finding("规则", …)` 或 `conclusion("结论")`',
)
_NO_RULE = Wording("no-such-rule", "no rule matches `{name}`", "没有规则匹配 `{name}`")
_NO_CONCLUSION = Wording("unknown-conclusion", "there is no conclusion `{name}`", "没有结论 `{name}`")
_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有类别 `{name}`")
_NO_KEY = Wording(
    "kind-without-key", "rows of `{name}` have no key, so none can be named", "`{name}` 没有主键，无法指明某一行"
)
_NO_SINGLE_KEY = Wording(
    "about-without-key", "the key of `{name}` is not a single field", "`{name}` 的主键不是单个字段"
)
_TAKEN = Wording("name-taken", "`{name}` already has a meaning here", "`{name}` 在此处已有含义")
_TOO_MANY = Wording(
    "too-many-rows",
    "a condition compares at most two of the things given, this one compares {names}",
    "一个条件最多比较两个对象，此处涉及 {names}",
)
_CONCLUSION_COMPARED = Wording(
    "conclusion-compared",
    "a conclusion's `id` and `jurisdiction` can only be compared with `==`, each with one other thing given",
    "结论的 `id` 和 `jurisdiction` 只能用 `==` 与另一个对象比较",
)
_OF_NOTHING = Wording(
    "of-nothing",
    "this is about no row, and there are only conclusions it could be asked along with; use `in_force`, or name a row",
    "此条件不涉及任何一行，而这里只有结论；请改用 `in_force`，或另指明一行",
)
_PRIVATE = Wording(
    "private-about",
    "`{name}` is private, and whom a conclusion is about is shown in every report",
    "`{name}` 为隐私字段，而结论的对象会出现在每份报告中",
)
_MANY_NAMES = Wording(
    "too-many-names",
    "a conclusion names at most {limit} things, this one names {found}",
    "一项结论最多涉及 {limit} 个对象，此处有 {found} 个",
)
_ONE_THING = Wording(
    "one-thing",
    "this must be about one of the things given (`{names}`), and of a conclusion only its `id` or `jurisdiction`",
    "此处须只涉及 given 中的一个对象（`{names}`）；结论只能取其 `id` 或 `jurisdiction`",
)
_NO_ROWS_HERE = Wording("no-rows-here", "a number of matches depends on no row", "匹配数不能依赖于某一行")
_COUNTED = Wording(
    "needs-at-least", "`{name}` says how to count, which needs `at_least`", "`{name}` 需与 `at_least` 同用"
)
_OF_UNLESS = Wording(
    "not-of-unless",
    "a condition of `unless_where` is about something named in `unless`; this one belongs in `where`",
    "`unless_where` 的条件须涉及 `unless` 中的对象；此条件应写入 `where`",
)
_WITHOUT_UNLESS = Wording("needs-unless", "`unless_where` needs `unless`", "`unless_where` 需与 `unless` 同用")
_NOT_A_COUNT = Wording(
    "not-a-count", "a number of matches is a bare int, found {found}", "匹配数应为无单位整数，实际为 {found}"
)
_OTHER_KIND = Wording(
    "another-kind", "this is a key of `{found}`, not of `{kind}`", "此处是 `{found}` 的主键，不是 `{kind}` 的主键"
)
_TYPE = Wording("not-an-id", "an id is a text or a reference, found {found}", "编号应为文本或引用，实际为 {found}")


@dataclass(frozen=True)
class _Written:
    """A conclusion as it stands in its document."""

    layer: Layer
    document: Document
    part: ConclusionDocument


def build_conclusions(ground: Ground, rules: Mapping[str, Rule]) -> dict[str, Conclusion]:
    """Every conclusion of the chain that could be built, by id, base layer first."""
    written: dict[str, _Written] = {}
    places: dict[str, str] = {}
    for layer, document in ground.chain.of("conclusion"):
        part = validate(ConclusionDocument, document, ground.problems)
        name = str(document.data["conclusion"])
        if name in places:
            span = document.span(("conclusion",))
            ground.problems.add(DEFINED_TWICE, span, name=name, place=places[name])
            continue
        places[name] = place_of(document.span(("conclusion",)))
        if part is not None:
            written[name] = _Written(layer, document, part)
    names = _Names(rules, {str(d.data["rule"]) for _, d in ground.chain.of("rule")}, written, set(places))
    built = {name: _Builder(ground, item, names).conclusion() for name, item in written.items()}
    found = {name: conclusion for name, conclusion in built.items() if conclusion is not None}
    check_strata(found, ground.problems)
    return found


@dataclass(frozen=True)
class _Names:
    """Rules and conclusions there are; those declared but not understood have had their message."""

    rules: Mapping[str, Rule]
    declared_rules: set[str]
    conclusions: Mapping[str, _Written]
    declared_conclusions: set[str]

    def stated(self, ground: Ground) -> Known:
        """What examples may name."""
        whole = ground.chain.whole
        return Known(ground.kinds.vocabulary, self.declared_rules, self.declared_conclusions, whole, ground.problems)


class _Builder(Parts[ConclusionDocument]):
    """Builds one conclusion; what cannot be built is None and has been reported."""

    def __init__(self, ground: Ground, item: _Written, names: _Names) -> None:
        super().__init__(ground, item.layer, item.document, item.part)
        self.names = names
        self.vocabulary = ground.kinds.vocabulary
        self.about_kind = ground.kinds.find(item.part.about.kind, item.document.span(("about", "kind")))
        self.given = self.bind("given", item.part.given, 0)
        self.unless = self.bind("unless", item.part.unless or {}, len(item.part.given))

    @cached_property
    def levels(self) -> int:
        return len(self.part.given) + len(self.part.unless or {})

    def conclusion(self) -> Conclusion | None:
        part, problems = self.part, self.ground.problems
        self.check_about_kind()
        if self.levels > limits.CONCLUSION_NAMES:
            span = self.document.key_span(("given",))
            problems.add(_MANY_NAMES, span, found=self.levels, limit=limits.CONCLUSION_NAMES)
        about = self.about()
        build = partial(  # every part is made before any is missed: each has its problems reported
            Conclusion,
            name=part.conclusion,
            title=text(part.title),
            notice=tuple(part.notice),
            natures=self.natures(),
            severity=Severity(part.severity),
            authority=text(part.authority),
            given=self.given,
            unless=self.unless,
            about_kind=part.about.kind,
            message=self.message(),
            remedy=self.remedy(),
            basis=self.basis(),
            layer=self.layer.name,
            span=self.document.span(("conclusion",)),
            where=self.matching(part.where, "where", self.given),
            unless_where=self.matching(part.unless_where, "unless_where", self.given + self.unless),
            at_least=self.at_least(),
            per=self.counted(part.per, "per"),
            distinct=self.counted(part.distinct, "distinct"),
            in_force=self.in_force,
            examples=conclusion_examples(part.examples, self.names.stated(self.ground), self.document),
        )
        if part.unless_where is not None and not part.unless:
            problems.add(_WITHOUT_UNLESS, self.document.key_span(("unless_where",)))
        return build(about=about) if about is not None and self.sound else None

    def check_about_kind(self) -> None:
        if self.about_kind is not None and len(self.about_kind.key) != 1:
            span = self.document.span(("about", "kind"))
            self.ground.problems.add(_NO_SINGLE_KEY, span, name=self.about_kind.name)

    def about(self) -> Expr | None:
        """Whom it is about: a key of the kind it is said to be."""
        found, kind = self.id(self.part.about.id, "about", "id"), self.about_kind
        pointed = _keyed(found.node, self.vocabulary.kinds) if found is not None else None
        if found is not None and kind is not None and pointed not in (None, kind.name):
            self.ground.problems.add(_OTHER_KIND, found.span, found=pointed, kind=kind.name)
        for cell in walk(found.node) if found is not None else ():
            holder = self.vocabulary.kinds.get(cell.row.kind) if isinstance(cell, Cell) else None
            if found is not None and isinstance(cell, Cell) and holder and holder.fields[cell.field].private:
                self.ground.problems.add(_PRIVATE, found.span, name=cell.field)
        return found

    # --- variables

    def bind(self, key: str, given: Mapping[str, str], first: int) -> tuple[Variable, ...]:
        found: list[Variable] = []
        for offset, (name, source) in enumerate(given.items()):
            if name in (COUNT, "as_of", "has", "param") or (key == "unless" and name in self.part.given):
                self.ground.problems.add(_TAKEN, self.document.key_span((key, name)), name=name)
            variable = self.variable(name, source, first + offset, (key, name))
            if variable is not None:
                found.append(variable)
        return tuple(found)

    def variable(self, name: str, source: str, number: int, path: Path_) -> Variable | None:
        """What a name stands for; None where that is not understood."""
        span = self.document.span(path)
        word, names = _source(source)
        if word is None:
            self.ground.problems.add(_NOT_A_SOURCE, span, found=source)
            return None
        shape, of = self.shape(word, list(names.items()), source, path)
        if shape is None:
            return None
        return Variable(name, word, of, shape, Row(str(number), (shape.name,), (), name))

    def shape(
        self, word: Source, names: list[tuple[str, Offsets]], source: str, path: Path_
    ) -> tuple[Kind | None, tuple[str, ...]]:
        name, at = names[0]
        if word == "row":
            kind = self.ground.kinds.find(name, self.document.span(path))
            if kind is not None and not kind.key:
                self.ground.problems.add(_NO_KEY, self.document.span(path), name=kind.name)
            return kind, (name,)
        if word == "conclusion":
            return self.conclusion_shape(name, source, self.document.within(path, *at)), (name,)
        rules = self.rules_named(names, path)
        return _finding_shape(source, [self.names.rules[name] for name in rules], self.vocabulary.kinds), rules

    def conclusion_shape(self, name: str, source: str, span: Span) -> Kind | None:
        other = self.names.conclusions.get(name)
        if other is None:
            if name not in self.names.declared_conclusions and self.ground.chain.whole:
                self.ground.problems.add_unknown(_NO_CONCLUSION, span, name, self.names.declared_conclusions)
            return None
        kind = self.vocabulary.kinds.get(other.part.about.kind)
        return _conclusion_shape(source, kind, self.vocabulary.kinds)

    def rules_named(self, patterns: list[tuple[str, Offsets]], path: Path_) -> tuple[str, ...]:
        """The rules that names and patterns stand for, in order of their name."""
        found: set[str] = set()
        for pattern, at in patterns:
            if not any(fnmatchcase(name, pattern) for name in self.names.declared_rules) and self.ground.chain.whole:
                span = self.document.within(path, *at)
                self.ground.problems.add_unknown(_NO_RULE, span, pattern, self.names.declared_rules)
            found |= {name for name in self.names.rules if fnmatchcase(name, pattern)}
        return tuple(sorted(found))

    # --- conditions

    def things(self, variables: Iterable[Variable]) -> dict[str, Thing]:
        return {variable.name: variable.row for variable in variables}

    def compile(self, text: str, path: Path_, expect: Type | None, start: int = 0) -> Expr | None:
        """A condition over what is given; in messages over the number of matches too."""
        return self.joined(text, path, self.given, expect, start)

    def joined(
        self, text: str, path: Path_, variables: tuple[Variable, ...], expect: Type | None, start: int = 0
    ) -> Expr | None:
        if len(self.given) < len(self.part.given) or len(self.unless) < len(self.part.unless or {}):
            return None  # a name that is not understood has had its message
        names = self.things(variables)
        if path[0] == "message":
            names[COUNT] = Element(str(self.levels), INT, COUNT)
        shapes = [variable.kind for variable in variables]
        compiled = self.ground.conditions.joined
        return compiled(text, names, self.levels + 1, shapes, self.document, path, expect, start)

    def matching(self, given: str | None, key: str, variables: tuple[Variable, ...]) -> Expr | None:
        """`where` or `unless_where`, each of whose parts a join engine can do."""
        found = self.joined(given, (key,), variables, BOOL) if given is not None else None
        if found is not None:
            unless = self.unless if key == "unless_where" else ()
            for part, at in zip(conjuncts(found.node, self.levels), spots(found.text), strict=True):
                for wording in unfit(part, self.given, unless):
                    names = self.named(part.variables) if isinstance(part, Crowd) else ""
                    self.ground.problems.add(wording, self.document.within((key,), *at), names=names)
        return found

    def named(self, numbers: Iterable[int]) -> str:
        variables = self.given + self.unless
        return ", ".join(f"`{variables[number].name}`" for number in numbers)

    def is_conclusion(self, number: int) -> bool:
        return _is_conclusion(self.given + self.unless, number)

    def id(self, given: str, *path: str | int) -> Expr | None:
        """An expression of one thing given: a text, a reference, or any other value whose text will do."""
        found = self.compile(given, path, None)
        if found is None:
            return None
        numbers = used(found.node, self.levels)
        inner = next(iter(numbers), None)
        if len(numbers) > 1 or (inner is not None and self.is_conclusion(inner) and not _plain(found.node)):
            self.ground.problems.add(_ONE_THING, found.span, names="`, `".join(self.part.given))
        elif found.node.type.name not in ("string", "code", "ref", "int", "date", "error"):
            self.ground.problems.add(_TYPE, found.span, found=found.node.type)
        return found

    def counted(self, given: str | None, key: str) -> Expr | None:
        if given is not None and self.part.at_least is None:
            self.ground.problems.add(_COUNTED, self.document.key_span((key,)), name=key)
        return self.id(given, key) if given is not None else None

    def at_least(self) -> Expr | None:
        given, path = self.part.at_least, ("at_least",)
        if given is None or isinstance(given, int):
            return None if given is None else Expr(str(given), Const(given, INT), self.document.span(path))
        found = self.compile(given, path, None)
        if found is not None and used(found.node, self.levels):
            self.ground.problems.add(_NO_ROWS_HERE, found.span)
        elif found is not None and (found.node.type.name != "int" or found.node.type.unit is not None):
            self.ground.problems.add(_NOT_A_COUNT, found.span, found=found.node.type)
        return found


def unfit(part: Conjunct, given: tuple[Variable, ...], unless: tuple[Variable, ...]) -> Iterator[Wording]:
    """Why no join engine can do a part of a condition; `unless` are the variables of `unless_where`, where it is one.

    What is about no row is asked along with a row: of `unless` there, else of what is given.
    """
    among, numbered = unless or given, (*given, *unless)
    match part:
        case Crowd():
            yield _TOO_MANY
        case Pair(variables=numbers) if any(_is_conclusion(numbered, number) for number in numbers):
            yield _CONCLUSION_COMPARED
        case Alone(variable=int(number)) if _is_conclusion(numbered, number):
            yield _CONCLUSION_COMPARED
        case Alone(variable=None) if all(each.source == "conclusion" for each in among):
            yield _OF_NOTHING
        case Join(left=left, right=right):
            sides = zip((left, right), part.variables, strict=True)
            if any(_is_conclusion(numbered, number) and not _plain(side) for side, number in sides):
                yield _CONCLUSION_COMPARED
    if unless:
        asked = set(part.variables) if isinstance(part, Join) else used(part.node, len(numbered))
        if asked and max(asked) < len(given):
            yield _OF_UNLESS


def _is_conclusion(variables: tuple[Variable, ...], number: int) -> bool:
    return variables[number].source == "conclusion"


def _plain(node: object) -> bool:
    """A field of a conclusion itself, which is known before there is a row to look it up in."""
    return isinstance(node, Cell) and not node.row.refs


def _keyed(node: object, kinds: Mapping[str, Kind]) -> str | None:
    """The kind whose rows a node is known to name: a reference, or a key."""
    if not isinstance(node, Cell):
        return None
    holder = kinds.get(node.row.kind)
    return node.row.kind if holder is not None and holder.key == (node.field,) else node.type.kind


def _source(text: str) -> tuple[Source | None, dict[str, Offsets]]:
    """What a variable is said to stand for: `mine`, `finding("a", "b")`, `conclusion("c")`; the names in it, and where
    they stand."""
    try:
        syntax = parse(text)
    except ConditionSyntaxError:
        return None, {}
    match syntax:
        case Name(name=name, at=at):
            return "row", {name: at}
        case Call(form="function", spelling=("finding" | "conclusion") as word, args=args) if args:
            names = {arg.value: arg.at for arg in args if isinstance(arg, Literal) and isinstance(arg.value, str)}
            plain = all(isinstance(arg, Literal) and isinstance(arg.value, str) for arg in args)
            if plain and (word == "finding" or len(args) == 1):
                return ("finding" if word == "finding" else "conclusion"), names
    return None, {}


# --- shapes --------------------------------------------------------------------------------------------------------


def _field(name: str, type: Type, zh: str, en: str) -> Field:
    return Field(name, type, Text(zh, en))


def _reference(kind: Kind | None) -> Type:
    """A reference to rows of a kind where it has a single key, else a plain text."""
    return Type("ref", kind=kind.name) if kind is not None and len(kind.key) == 1 else STRING


def _same(kinds: Iterable[Kind | None]) -> Kind | None:
    found = list(kinds)
    return found[0] if found and all(kind is found[0] for kind in found) else None


def _finding_shape(source: str, rules: list[Rule], kinds: Mapping[str, Kind]) -> Kind:
    filed = [answering(rule.about, rule.answers, kinds) for rule in rules]
    fields = (
        _field("rule", STRING, "规则", "rule"),
        _field("about", STRING, "判定类别", "kind judged"),
        _field("key", STRING, "判定行", "row judged"),
        _field("kind", STRING, "对象类别", "kind filed under"),
        _field("entity", _reference(_same(filed)), "对象", "filed under"),
        _field("name", STRING, "名称", "name"),
        _field("jurisdiction", _reference(_same(jurisdiction(kind, kinds) for kind in filed)), "管辖", "jurisdiction"),
        _field("severity", STRING, "处置优先级", "priority"),
        _field("nature", STRING, "性质", "nature"),
        _field("occurred", DATE, "行为发生日", "day of the act"),
    )
    return Kind(source, Text("发现", "finding"), (), {field.name: field for field in fields})


def _conclusion_shape(source: str, kind: Kind | None, kinds: Mapping[str, Kind]) -> Kind:
    fields = (
        _field("id", _reference(kind), "对象", "about"),
        _field("jurisdiction", _reference(jurisdiction(kind, kinds)), "管辖", "jurisdiction"),
    )
    return Kind(source, Text("结论", "conclusion"), (), {field.name: field for field in fields})


def jurisdiction(kind: Kind | None, kinds: Mapping[str, Kind]) -> Kind | None:
    """The kind of what the jurisdiction of a kind's rows points at; itself where it is its own key."""
    if kind is None or kind.jurisdiction is None:
        return None
    if (kind.jurisdiction,) == kind.key:
        return kind
    at: Kind | None = kind
    for step in kind.jurisdiction.split("."):
        field = at.fields.get(step) if at is not None else None
        at = kinds.get(field.type.kind or "") if field is not None else None
    return at
