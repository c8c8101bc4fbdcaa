"""One entity at a time, inside another program: `ruleset.check(entity)`.

`docs/embedding.md` shows it, and says what an entity looks like and what it costs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from hegui.api import today
from hegui.arguments import expect, expect_days, expect_names
from hegui.engines.one import Judges, Program
from hegui.facts.entity import Entity, Shape, shapes
from hegui.language.tree import Cell, walk
from hegui.outcome import RuleResult
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

if TYPE_CHECKING:
    from hegui.explaining import Explanation, RuleDocument, Setting
    from hegui.outcome import Finding
    from hegui.ruleset.model import Rule

_NO_KIND = Wording(
    "unknown-kind", "there is no kind `{name}`; there are {known}", "没有种类 `{name}`；可用的有 {known}"
)
_WHICH_KIND = Wording(
    "kind-not-said",
    "which kind of entity this is must be said: `kind=` is one of {known}",
    "需说明实体的种类：`kind=` 为 {known} 之一",
)
_OTHER_KIND = Wording("another-kind", "this is a `{found}`, not a `{kind}`", "这是 `{found}`，不是 `{kind}`")
_NO_RULE = Wording("unknown-rule", "there is no rule `{name}` about `{kind}`", "没有关于 `{kind}` 的规则 `{name}`")
_NEAR = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")

DAYS_KEPT: Final = 64
"""For how many days a checker keeps its rules translated; each takes about a millisecond to make."""


class Checker:
    """The rules about one kind, ready to judge entities one by one. It may be used from any number of threads.

    Args:
        ruleset: the rules.
        kind: the kind of entity.
        rules: names of the rules to use; None for all about the kind.

    Raises:
        UsageError: an unknown kind or rule.
    """

    def __init__(self, ruleset: Ruleset, kind: str, rules: Collection[str] | None = None) -> None:
        expect("ruleset", ruleset, Ruleset)
        expect("kind", kind, str)
        expect_names("rules", rules)
        if kind not in ruleset.vocabulary.kinds:
            raise UsageError(_unknown_kind(ruleset, kind))
        about = {name: rule for name, rule in sorted(ruleset.rules.items()) if rule.about == kind}
        for name in rules or ():
            if name not in about:
                raise UsageError(_unknown_rule(name, kind, about))
        self.ruleset, self.kind = ruleset, kind
        self.rules = tuple(rule for name, rule in about.items() if rules is None or name in rules)
        self._shapes: Mapping[str, Shape] = shapes(ruleset.vocabulary)
        self._programs: dict[date, Program] = {}
        self._lock = Lock()

    def check(
        self,
        entity: object,
        *,
        as_of: date | None = None,
        decided_on: date | None = None,
        explain: bool = False,
        complete: bool = False,
    ) -> tuple[RuleResult, ...]:
        """Judge one entity by every rule, in order of the rules' names.

        Args:
            entity: a mapping of field names to values, or a pydantic model of the kind. A reference is a key or the row
                it points at, a relation a list of rows. Numbers are in the unit of their field. What is left out or
                None is missing, and never a verdict.
            as_of: the day the entity is looked at; default today in Asia/Shanghai.
            decided_on: the day of the decision, for which explanations compare later law; default `as_of`. It changes
                no verdict.
            explain: give each result its finding, with causes, and its explanation. This takes milliseconds instead of
                microseconds.
            complete: relations that are left out are empty, as in the examples of rules. Otherwise they are not known.

        Raises:
            UsageError: the entity has a field its kind has not, or a value its field cannot have.
        """
        as_of = today() if as_of is None else as_of
        if as_of.__class__ is not date:
            expect_days(as_of=as_of)
        if decided_on is not None and decided_on.__class__ is not date:
            expect_days(decided_on=decided_on)
        found = Entity(self._shapes, self.kind, entity, complete)
        if explain:
            return self._explained(found, as_of, as_of if decided_on is None else decided_on)
        program = self._programs.get(as_of) or self._program(as_of)
        return program.results(found)

    @cached_property
    def decided_by(self) -> dict[str, tuple[str, ...]]:
        """The fields that verdicts depend on, by kind, in the order the vocabulary has them: what a form has to ask for."""
        kinds = self.ruleset.vocabulary.kinds
        conditions = (part for rule in self.rules for part in rule.deciding())
        found = {
            (node.row.kind, node.field) for part in conditions for node in walk(part.node) if isinstance(node, Cell)
        }
        asked = {name: tuple(field for field in kind.fields if (name, field) in found) for name, kind in kinds.items()}
        return {name: fields for name, fields in asked.items() if fields}

    def _program(self, as_of: date) -> Program:
        """The rules translated for a day. Programs never change; what is replaced is the mapping of those kept."""
        with self._lock:
            found = self._programs.get(as_of)
            if found is None:
                found = Program(self.ruleset, self.rules, as_of)
                kept = list(self._programs.items())[-DAYS_KEPT + 1 :]
                self._programs = {**dict(kept), as_of: found}
        return found

    def _explained(self, entity: Entity, as_of: date, decided_on: date) -> tuple[RuleResult, ...]:
        from hegui.explaining import Setting
        from hegui.explaining.document import kinds_called

        findings = self._judges.findings(entity, self.kind, as_of)
        kinds = kinds_called(self.ruleset.vocabulary)
        setting = Setting(as_of, decided_on, (), self.ruleset.workdays, kinds=kinds)
        return tuple(self._result(finding, setting) for finding in findings)

    def _result(self, finding: Finding, setting: Setting) -> RuleResult:
        document = self._documents[finding.rule]
        shown = document.without_private(finding)
        return RuleResult(finding.rule, finding.verdict, shown, partial(_explanation, document, shown, setting))

    @cached_property
    def _judges(self) -> Judges:
        return Judges(self.ruleset, self.rules)

    @cached_property
    def _documents(self) -> dict[str, RuleDocument]:
        from hegui.explaining import RuleDocument

        return {rule.name: RuleDocument.of(rule, self.ruleset) for rule in self.rules}


def _explanation(document: RuleDocument, finding: Finding, setting: Setting, lang: str) -> Explanation:
    from hegui.explaining import render

    return render(document, finding, setting, lang)


def checker_of(ruleset: Ruleset, entity: object, kind: str | None) -> Checker:
    """The checker of an entity: of the kind that is said, that a model is of, or that all rules are about.

    Raises:
        UsageError: there is no such kind, or it is not clear which.
    """
    own = _kind_of_model(ruleset, entity)
    if kind is None:
        kind = own or _only_kind(ruleset)
    elif own not in (None, kind):
        raise UsageError(Diagnostic(_OTHER_KIND, {"found": own, "kind": kind}))
    found: Checker = ruleset.checker(kind)
    return found


def _kind_of_model(ruleset: Ruleset, entity: object) -> str | None:
    """The kind a model of the vocabulary is of (see `hegui.vocabulary.model`): it bears its name as title."""
    config: Any = getattr(type(entity), "model_config", None)
    title = config.get("title") if isinstance(config, dict) else None
    return title if title in ruleset.vocabulary.kinds else None


def _only_kind(ruleset: Ruleset) -> str:
    about = sorted({rule.about for rule in ruleset.rules.values()})
    if len(about) != 1:
        raise UsageError(Diagnostic(_WHICH_KIND, {"known": ", ".join(f"`{name}`" for name in about) or "-"}))
    return about[0]


def _unknown_kind(ruleset: Ruleset, name: object) -> Diagnostic:
    kinds = ruleset.vocabulary.kinds
    args: dict[str, object] = {"name": name, "known": ", ".join(f"`{each}`" for each in sorted(kinds))}
    return _near(Diagnostic(_NO_KIND, args), str(name), kinds)


def _unknown_rule(name: object, kind: str, known: Mapping[str, Rule]) -> Diagnostic:
    return _near(Diagnostic(_NO_RULE, {"name": name, "kind": kind}), str(name), known)


def _near(problem: Diagnostic, word: str, known: Mapping[str, object]) -> Diagnostic:
    near = did_you_mean(word, known, 1)
    if not near:
        return problem
    return Diagnostic(problem.wording, {**problem.args, "near": near[0]}, None, _NEAR)
