"""Two versions of a ruleset held against each other: what was edited, and what of it bears on which rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from hegui.assure.impact.meaning import (
    PARTS,
    definitions,
    fixed_day,
    kinds_in,
    own_meaning,
    own_text,
    parameters,
    parts,
    renamed,
    rewritten,
    same_values,
    unlike,
    uses_workdays,
    written,
)
from hegui.assure.impact.model import Edit, Sort
from hegui.assure.impact.variants import How, Lever, Pair
from hegui.datatypes import BOOL
from hegui.language.tree import Const, Let, Node
from hegui.ruleset.model import Citation, Conclusion, Expr, Message, Parameter, Period, Remedy, Rule, Ruleset
from hegui.source import Span

SILENT: Final = (
    "title", "answers", "notice", "natures", "severity", "authority", "message", "remedy", "basis", "notice_scope", "examples",
)  # fmt: skip
"""What of a rule no verdict depends on."""
DRAWN: Final = (
    "given",
    "where",
    "unless",
    "unless_where",
    "about_kind",
    "about",
    "at_least",
    "per",
    "distinct",
    "in_force",
)
"""What of a conclusion says of whom it is drawn."""
LONGEST: Final = 160
"""Characters of what was edited that are shown; a longer one is cut."""

_At = tuple[Sort, str, str]
_Matched = tuple[str, Rule | None, Rule | None]


@dataclass
class _Draft:
    """An edit on the way."""

    before: str | None
    after: str | None
    span: Span | None
    bears: bool = False
    rules: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Facts:
    """How the facts differ as the two versions read them: kinds whose rows do, and kinds that were edited at all. With
    `calendar`, working days were edited."""

    differ: Collection[str] = ()
    edited: Collection[str] = ()
    calendar: bool = False


@dataclass(frozen=True)
class Edited:
    """All edits, and the rules on whose verdicts some of them bear."""

    edits: tuple[Edit, ...]
    pairs: tuple[Pair, ...]
    same: int


def edited(old: Ruleset, new: Ruleset, facts: Facts, as_of: date, chosen: Collection[str] | None = None) -> Edited:
    """Hold two versions against each other.

    Args:
        old: as it was.
        new: as it is.
        facts: how the facts read by them differ.
        as_of: the day the facts are looked at: rules that only ask for its law have no other.
        chosen: names of the rules that are looked at, in either version: only what was edited of them, or bears on them, is
            told. None for all.
    """
    return _Holding(old, new, facts, as_of).edited(chosen)


class _Holding:
    def __init__(self, old: Ruleset, new: Ruleset, facts: Facts, as_of: date) -> None:
        self.old, self.new, self.facts, self.as_of = old, new, facts, as_of
        self.drafts: dict[_At, _Draft] = {}
        self.formerly = renamed(old, new)
        self.unlike = unlike(old.parameters, new.parameters)

    def edited(self, chosen: Collection[str] | None) -> Edited:
        found = [self.pair(*each) for each in self.matched() if chosen is None or _picked(each, chosen)]
        pairs = [(pair, ats) for pair, ats in found if ats]
        if chosen is None:
            self.rest()
        numbers = self.numbered()
        finished = tuple(_with_levers(pair, [(numbers[at], how, name) for at, how, name in ats]) for pair, ats in pairs)
        return Edited(tuple(self.edit(at, number) for at, number in numbers.items()), finished, len(found) - len(pairs))

    def matched(self) -> Iterator[_Matched]:
        """Every rule by its name, as it was and as it is."""
        for name in sorted(self.new.rules):
            yield name, self.old.rules.get(self.formerly.get(name, name)), self.new.rules[name]
        gone = self.old.rules.keys() - self.new.rules.keys() - set(self.formerly.values())
        for name in sorted(gone):
            yield name, self.old.rules[name], None

    def note(self, at: _At, before: str | None, after: str | None, span: Span | None, rule: str | None = None) -> _At:
        draft = self.drafts.setdefault(at, _Draft(before, after, span))
        if rule is not None:
            draft.bears = True
            draft.rules.add(rule)
        return at

    # --- one rule

    def pair(self, name: str, before: Rule | None, after: Rule | None) -> tuple[Pair, list[tuple[_At, How, str]]]:
        """A rule with the edits that bear on its verdicts."""
        former = before.name if before is not None and before.name != name else None
        if before is None or after is None:
            rule = after if after is not None else before
            assert rule is not None
            sort = Sort.RULE_ADDED if before is None else Sort.RULE_REMOVED
            at = self.note((sort, name, ""), None, None, rule.span, name)
            return Pair(name, former, before, after, ()), [(at, How.PART, "")]
        if former is not None:
            self.note((Sort.RULE_RENAMED, name, ""), former, name, after.span)
        self.silent(before, after)
        levers = [*self.of_parts(before, after), *self.of_parameters(before, after), *self.of_facts(before, after)]
        return Pair(name, former, before, after, (), self.entangled(before, after, levers)), levers

    def silent(self, before: Rule, after: Rule) -> None:
        for key in SILENT:
            was, is_ = getattr(before, key), getattr(after, key)
            if _surface(was) != _surface(is_):
                shown = "nature" if key == "natures" else key
                self.note((Sort.RULE, after.name, shown), _shown(was), _shown(is_), after.span)

    def of_parts(self, before: Rule, after: Rule) -> Iterator[tuple[_At, How, str]]:
        """What of the rule itself was edited, and of the definitions in it."""
        name = after.name
        if before.about != after.about:
            at = self.note((Sort.RULE, name, "about"), before.about, after.about, after.span, name)
            yield at, How.PART, "about"
        was, is_, nodes = written(before), written(after), (parts(before), parts(after))
        for key in PARTS:
            if was[key] != is_[key]:
                bears = None if nodes[0][key] == nodes[1][key] else name
                at = self.note((Sort.RULE, name, key), was[key], is_[key], _part_span(after, key), bears)
                if bears is not None:
                    yield at, How.PART, key
        fixed = fixed_day(before) and fixed_day(after)
        if before.in_force != after.in_force:
            same = fixed and before.in_force.holds(self.as_of) == after.in_force.holds(self.as_of)
            bears = None if same else name
            texts = (_period(before.in_force), _period(after.in_force))
            at = self.note((Sort.RULE, name, "in_force"), *texts, after.span, bears)
            if not same:
                yield at, How.IN_FORCE, "in_force"
        yield from self.of_definitions(after, *nodes)

    def of_definitions(
        self, rule: Rule, was: Mapping[str, Node], is_: Mapping[str, Node]
    ) -> Iterator[tuple[_At, How, str]]:
        before, after = definitions(was.values()), definitions(is_.values())
        for path in sorted(before.keys() & after.keys(), key=lambda path: (path.count("."), path)):
            one, other = min(before[path], key=own_text), min(after[path], key=own_text)
            if own_meaning(one) != own_meaning(other) and own_text(one) != own_text(other):
                kind, name = self.defined_for(rule.about, path)
                at: _At = (Sort.DEFINITION, f"{kind}.{name}", "")
                written = self.new.definitions.get(kind, {}).get(name)
                span = None if written is None else written.span
                yield self.note(at, own_text(one), own_text(other), span, rule.name), How.DEFINITION, path

    def defined_for(self, kind: str, path: str) -> tuple[str, str]:
        """The kind a definition is made for, and its name."""
        *steps, name = path.split(".")
        for step in steps:
            declared = self.new.vocabulary.kinds.get(kind)
            if declared is not None and step in declared.fields:
                kind = declared.fields[step].type.kind or kind
            elif declared is not None and step in declared.relations:
                kind = declared.relations[step].kind
        return kind, name

    def of_parameters(self, before: Rule, after: Rule) -> Iterator[tuple[_At, How, str]]:
        """The parameters whose values for this rule were edited."""
        used = parameters(parts(before).values())
        for name, plain in parameters(parts(after).values()).items():
            used[name] = plain and used.get(name, True)
        fixed = fixed_day(before) and fixed_day(after)
        for name in sorted(used.keys() & set(self.unlike)):
            one, other = self.old.parameters[name], self.new.parameters[name]
            if not same_values(one, other, self.as_of if fixed and used[name] else None):
                yield self.parameter(name, after.name), How.PARAMETER, name

    def parameter(self, name: str, rule: str | None = None) -> _At:
        one, other = self.old.parameters[name], self.new.parameters[name]
        return self.note((Sort.PARAMETER, name, "values"), *_values(one, other), other.span, rule)

    def of_facts(self, before: Rule, after: Rule) -> Iterator[tuple[_At, How, str]]:
        """Kinds this rule looks at whose rows are read otherwise, and the calendar it counts by."""
        given = [*parts(before).values(), *parts(after).values()]
        looked = kinds_in(given) | {before.about, after.about}
        for kind in sorted(looked & set(self.facts.differ)):
            yield self.note((Sort.KIND, kind, ""), None, None, None, after.name), How.FACTS, kind
        if self.facts.calendar and uses_workdays(given):
            yield self.note((Sort.CALENDAR, "calendars", ""), None, None, None, after.name), How.FACTS, ""

    def entangled(self, before: Rule, after: Rule, levers: list[tuple[_At, How, str]]) -> bool:
        """Is something different that none of its parts, definitions and values alone makes so?"""
        texts = {name for _, how, name in levers if how is How.PART}
        paths = {name for _, how, name in levers if how is How.DEFINITION}
        was, is_ = parts(before), parts(after)
        for given in (was, is_):
            if any(len(bodies) > 1 for path, bodies in definitions(given.values()).items() if path in paths):
                return True
        return any(not _alike(was[key], is_[key], paths) for key in PARTS if key not in texts)

    # --- everything else

    def rest(self) -> None:
        """Edits of parameters, laws, kinds, conclusions and notices; those that bear on a rule are noted already."""
        for name in self.unlike:
            self.parameter(name)
        self.each(Sort.PARAMETER, self.old.parameters, self.new.parameters, _beside_values)
        self.each(Sort.LAW, self.old.laws, self.new.laws, lambda law: law)
        self.each(Sort.NOTICE, self.old.notices, self.new.notices, lambda notice: notice)
        for kind in sorted(self.facts.edited):
            self.note((Sort.KIND, kind, ""), None, None, None)
        if self.facts.calendar:
            self.note((Sort.CALENDAR, "calendars", ""), None, None, None)
        self.conclusions()

    def each(self, sort: Sort, old: Mapping[str, Any], new: Mapping[str, Any], meaning: Any) -> None:
        for name in sorted(old.keys() | new.keys()):
            one, other = old.get(name), new.get(name)
            if one is None:
                self.note((sort, name, "added"), None, None, new[name].span)
            elif other is None:
                self.note((sort, name, "removed"), None, None, old[name].span)
            elif meaning(one) != meaning(other):
                self.note((sort, name, "text" if sort is Sort.PARAMETER else ""), None, None, other.span)

    def conclusions(self) -> None:
        old, new = self.old.conclusions, self.new.conclusions
        for name in sorted(old.keys() | new.keys()):
            one, other = old.get(name), new.get(name)
            if one is None or other is None:
                sort = Sort.CONCLUSION_ADDED if one is None else Sort.CONCLUSION_REMOVED
                span = other.span if other is not None else one.span if one is not None else None
                self.note((sort, name, ""), None, None, span, name)
                continue
            for key in (
                *DRAWN,
                "title",
                "severity",
                "authority",
                "message",
                "remedy",
                "basis",
                "notice",
                "natures",
                "examples",
            ):
                was, is_ = (drawn_part(each, key) for each in (one, other))
                if was != is_ and (key in DRAWN or _surface(was) != _surface(is_)):
                    texts = [_shown(getattr(each, key)) for each in (one, other)]
                    texts = [None, None] if texts[0] == texts[1] else texts  # by a definition or a kind in it
                    bears = name if key in DRAWN else None
                    self.note((Sort.CONCLUSION, name, key), texts[0], texts[1], other.span, bears)
            for parameter, plain in parameters_of(one, other).items():
                if parameter in self.unlike:
                    values = self.old.parameters[parameter], self.new.parameters[parameter]
                    if not same_values(*values, self.as_of if plain else None):
                        self.parameter(parameter, name)

    # --- numbers

    def numbered(self) -> dict[_At, int]:
        """A number for each edit: those that bear on something first."""
        order = list(Sort)
        found = sorted(self.drafts, key=lambda at: (not self.drafts[at].bears, order.index(at[0]), *at[1:]))
        return {at: number for number, at in enumerate(found, 1)}

    def edit(self, at: _At, number: int) -> Edit:
        draft = self.drafts[at]
        before, after = (None if each is None else _cut(each) for each in (draft.before, draft.after))
        return Edit(number, *at, before, after, _place(draft.span), draft.bears, tuple(sorted(draft.rules)))


def _picked(matched: _Matched, chosen: Collection[str]) -> bool:
    name, before, _ = matched
    return name in chosen or (before is not None and before.name in chosen)


def _with_levers(pair: Pair, levers: list[tuple[int, How, str]]) -> Pair:
    made = tuple(Lever(number, how, name) for number, how, name in levers)
    return Pair(pair.name, pair.former, pair.before, pair.after, made, pair.entangled)


def _alike(one: Node, other: Node, paths: Collection[str]) -> bool:
    """Are two conditions the same but for what edited definitions stand for?"""

    def blank(node: Node) -> Node | None:
        if isinstance(node, Let) and node.path in paths:
            return replace(node, body=Const(True, BOOL), type=BOOL)
        return None

    return rewritten(one, blank) == rewritten(other, blank)


def drawn_part(conclusion: Conclusion, key: str) -> object:
    """What a part of a conclusion says, without the labels of the kinds it is about."""
    found = getattr(conclusion, key)
    if key in ("given", "unless"):
        return [(each.name, each.source, each.of, each.row) for each in found]
    return found


def parameters_of(*conclusions: Conclusion) -> dict[str, bool]:
    """The parameters on which it depends of whom conclusions are drawn; is each only ever taken on the day the facts are
    looked at?"""
    return parameters(drawing(conclusions))


def drawing(conclusions: Iterable[Conclusion]) -> Iterator[Node]:
    """The conditions that say of whom conclusions are drawn."""
    for conclusion in conclusions:
        for key in ("where", "unless_where", "about", "at_least", "per", "distinct"):
            found = getattr(conclusion, key)
            if found is not None:
                yield found.node


def _part_span(rule: Rule, key: str) -> Span:
    found = rule.occurred.start if key == "occurred" else getattr(rule, key)
    return rule.span if found is None else found.span


def _place(span: Span | None) -> str | None:
    return None if span is None else f"{span.source.name}:{span.source.line_column(span.start)[0]}"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _period(period: Period) -> str:
    if period.pending:
        return "pending"
    return f"{period.start or ''} … {period.end or ''}".strip() if period.start or period.end else "always"


def _values(one: Parameter, other: Parameter) -> tuple[str, str]:
    """The values that are not in both, with their periods where there is more than one."""
    told = [{_told(value, each, len(each.values) > 1) for value in each.values} for each in (one, other)]
    texts = [
        "; ".join(
            text for value in each.values if (text := _told(value, each, len(each.values) > 1)) not in told[1 - number]
        )
        for number, each in enumerate((one, other))
    ]
    return texts[0] or "—", texts[1] or "—"


def _told(value: Any, parameter: Parameter, dated: bool) -> str:
    unit = f" {parameter.type.unit}" if parameter.type.unit else ""
    shown = value.text or str(value.value)
    return f"{shown}{unit}" + (f" ({_period(value.period)})" if dated or value.period != Period() else "")


def _beside_values(parameter: Parameter) -> object:
    beside = [(each.source, each.certainty, each.last_verified, each.layer) for each in parameter.values]
    return parameter.label, beside


def _shown(value: Any) -> str | None:
    """A value of an edited key where it is short enough to be shown; None elsewhere."""
    if value is None or isinstance(value, (Message, tuple)):
        return _named(value) if isinstance(value, tuple) else None
    if hasattr(value, "node"):
        return str(value.text)
    return str(value) if isinstance(value, str) else None


def _surface(value: Any) -> object:
    """What is written of a part, whatever the names in it stand for."""
    match value:
        case Expr():
            return value.text
        case Message():
            return _surface(value.zh), _surface(value.en)
        case Remedy():
            return value.text, _surface(value.workdays)
        case Citation():
            return replace(value, condition=None), _surface(value.condition)
        case tuple():
            return tuple(map(_surface, value))
    return value


def _named(values: tuple[Any, ...]) -> str | None:
    """The words of a list of words, or of dated natures."""
    if all(isinstance(each, str) for each in values):
        return ", ".join(values) or "—"
    if all(isinstance(each, tuple) and len(each) == 2 and isinstance(each[1], Period) for each in values):
        return ", ".join(f"{nature} ({_period(days)})" if days != Period() else f"{nature}" for nature, days in values)
    return None
