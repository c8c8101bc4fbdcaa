"""Conclusions that are drawn by one version of a ruleset and not by the other. Those are drawn again, by both, that were
edited or rest on findings of a rule that finds otherwise or is less or more sure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from hegui.assure.impact.codes import World
from hegui.assure.impact.differing import Worlds
from hegui.assure.impact.edits import DRAWN, Edited, drawing, drawn_part, parameters_of
from hegui.assure.impact.meaning import kinds_in, nodes, parameters, parts, uses_workdays
from hegui.assure.impact.model import Concluded, Edit, Redrawn, RuleImpact, Sort
from hegui.engines import Keeping, judge
from hegui.engines.kept import LIMIT, Temporary
from hegui.language.tree import Cell
from hegui.outcome import Drawn
from hegui.report.info import RunInfo
from hegui.report.labels import sizes
from hegui.report.run import Run
from hegui.ruleset.model import Rule, Ruleset

_SURE: Final = ("about", "answers", "in_force", "basis", "natures", "severity", "occurred")
"""What of a rule, besides its verdicts, conclusions see of its findings or take into account."""
_WHOSE: Final = ("answers", "basis")
_READ: Final = ("nature", "severity")
"""The keys of edits of a rule that no verdict can change by, but a conclusion can: always, and where it reads them."""


def redrawn(
    both: Worlds, found: Edited, rules: Sequence[RuleImpact], decided_on: date, chainer: str
) -> tuple[Concluded, ...]:
    """The conclusions that changed, in order of conclusion and whom it is about.

    Raises:
        HeguiError: the action of a conclusion failed, which it names.
    """
    return tuple(_Redrawing(both, found, rules).told(decided_on, chainer))


class _Redrawing:
    def __init__(self, both: Worlds, found: Edited, rules: Sequence[RuleImpact]) -> None:
        self.both, self.edits, self.rules = both, found.edits, rules
        self.old, self.new = both.old.ruleset, both.new.ruleset
        self.former = {pair.former: pair.name for pair in found.pairs if pair.former is not None}
        self.former |= {
            edit.before: edit.name for edit in found.edits if edit.sort is Sort.RULE_RENAMED and edit.before is not None
        }

    # --- which are drawn again

    def again(self) -> set[str]:
        """The conclusions that may be drawn otherwise, in either version."""
        unsure = {each.name for each in self._other_rules()}
        names = self.old.conclusions.keys() | self.new.conclusions.keys()
        hit = {name for name in names if self._edited(name) or self._rests_on(name) & unsure}
        while more := {name for name in names - hit if self._rests_on(name) & hit}:
            hit |= more
        return hit

    def _other_rules(self) -> Iterator[Rule]:
        """Rules of either version whose findings differ as conclusions see them."""
        changed = {each.rule for each in self.rules if each.changed} | {
            each.former for each in self.rules if each.changed
        }
        other = self.both.old.registry is not self.both.new.registry
        for rule in (*self.old.rules.values(), *self.new.rules.values()):
            was = self.old.rules.get(rule.name) or next(
                (self.old.rules[name] for name, now in self.former.items() if now == rule.name), None
            )
            is_ = self.new.rules.get(rule.name) or self.new.rules.get(self.former.get(rule.name, ""))
            if rule.name in changed or other or was is None or is_ is None or self._sure_otherwise(was, is_):
                yield rule

    def _sure_otherwise(self, was: Rule, is_: Rule) -> bool:
        if any(getattr(was, key) != getattr(is_, key) for key in _SURE):
            return True
        laws = {citation.law for citation in (*was.basis, *is_.basis)}
        used = parameters([*parts(was).values(), *parts(is_).values()])
        return any(self.old.laws.get(law) != self.new.laws.get(law) for law in laws) or any(
            self.old.parameters.get(name) != self.new.parameters.get(name) for name in used
        )

    def _edited(self, name: str) -> bool:
        was, is_ = self.old.conclusions.get(name), self.new.conclusions.get(name)
        if was is None or is_ is None or self.old.workdays != self.new.workdays:
            return True
        if any(drawn_part(was, key) != drawn_part(is_, key) for key in (*DRAWN, "basis")):
            return True
        used = parameters_of(was, is_)
        return any(self.old.parameters.get(each) != self.new.parameters.get(each) for each in used)

    def _rests_on(self, name: str) -> set[str]:
        """The rules and conclusions it names, in either version."""
        found = (version.conclusions.get(name) for version in (self.old, self.new))
        return {
            of
            for each in found
            if each is not None
            for variable in each.variables
            if variable.source != "row"
            for of in variable.of
        }

    # --- drawing them

    def told(self, decided_on: date, chainer: str) -> Iterator[Concluded]:
        again = self.again()
        if not again:
            return
        was, is_ = (_drawn(world, again, decided_on, chainer) for world in (self.both.old, self.both.new))
        hits = self._hits()
        for fingerprint in sorted(was.keys() | is_.keys()):
            change = _change(was.get(fingerprint), is_.get(fingerprint))
            if change is not None:
                yield self._concluded(change, was.get(fingerprint), is_.get(fingerprint), hits)

    def _hits(self) -> Mapping[str, RuleImpact]:
        """The impact on each rule, by its names."""
        found = {each.rule: each for each in self.rules}
        return found | {each.former: each for each in self.rules if each.former is not None}

    def _concluded(
        self, change: Redrawn, was: Drawn | None, is_: Drawn | None, hits: Mapping[str, RuleImpact]
    ) -> Concluded:
        shown = is_ if is_ is not None else was
        assert shown is not None, "one of the two is there"
        rule = (self.new if is_ is not None else self.old).conclusions[shown.conclusion]
        own = [each for each in self.edits if each.bears and shown.conclusion in each.rules]
        grounds, edits = self._grounds([each for each in (was, is_) if each is not None], hits)
        numbers = {each.number for each in own} | edits
        return Concluded(
            change=change,
            conclusion=shown.conclusion,
            title=rule.title,
            kind=shown.kind,
            entity=shown.entity,
            name=shown.name,
            jurisdiction=shown.jurisdiction,
            severity=rule.severity,
            message=shown.message,
            grounds=grounds,
            edits=tuple(sorted(numbers or {each.number for each in self._reaching(shown.conclusion)})),
        )

    def _grounds(self, sides: Iterable[Drawn], hits: Mapping[str, RuleImpact]) -> tuple[tuple[str, ...], set[int]]:
        """Findings under a conclusion whose verdict changed, and the edits that changed it."""
        import polars as pl

        grounds, edits = set[str](), set[int]()
        for fingerprint in {each for side in sides for each in side.because}:
            name, _, rest = fingerprint.partition("/")
            about, _, key = rest.partition("/")
            hit = hits.get(name)
            if hit is None or hit.about != about:
                continue
            for number in hit.changes.filter(pl.col("key") == key)["cause"]:
                grounds.add(f"{hit.rule}/{rest}")
                edits.update(edit for each in hit.causes[number] for edit in each)
        return tuple(sorted(grounds)), edits

    def _reaching(self, conclusion: str) -> Iterator[Edit]:
        """Edits of whatever a conclusion looks at, where none of its grounds says which it was."""
        reached, waiting = set[str](), [conclusion]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += sorted(self._rests_on(name))
        looked = {at for name in reached for at in self._looked_at(name)}
        yield from (
            edit
            for edit in self.edits
            if (edit.bears and reached & {edit.name, *edit.rules}) or {(edit.sort, edit.name), _seen(edit)} & looked
        )

    def _looked_at(self, name: str) -> Iterator[tuple[Sort, str]]:
        """What a rule or conclusion looks at, in either version, besides other rules and conclusions."""
        for version in (self.old, self.new):
            rule, conclusion = version.rules.get(name), version.conclusions.get(name)
            given = [] if rule is None else list(parts(rule).values())
            if rule is not None:
                yield from ((Sort.LAW, citation.law) for citation in rule.basis)
                yield from ((Sort.RULE, f"{name} {key}") for key in _WHOSE)
            if conclusion is not None:
                given += drawing([conclusion])
                rows = (variable for variable in conclusion.variables if variable.source == "row")
                yield from ((Sort.KIND, kind) for variable in rows for kind in variable.of)
                read = sorted({node.field for node in nodes(given) if isinstance(node, Cell)} & set(_READ))
                yield from ((Sort.RULE, f"{of} {key}") for of in sorted(self._rests_on(name)) for key in read)
            yield from ((Sort.PARAMETER, parameter) for parameter in parameters(given))
            yield from ((Sort.KIND, kind) for kind in kinds_in(given))
            if uses_workdays(given):
                yield Sort.CALENDAR, "calendars"


def _seen(edit: Edit) -> tuple[Sort, str]:
    """An edit of what conclusions see of a rule's findings, as `_looked_at` has it."""
    return edit.sort, f"{edit.name} {edit.key}"


def bearing(edits: Iterable[Edit], conclusions: Iterable[Concluded]) -> tuple[Edit, ...]:
    """The edits, those among them that no verdict but a conclusion changes by as bearing on it."""
    found: dict[int, set[str]] = {}
    for each in conclusions:
        for number in each.edits:
            found.setdefault(number, set()).add(each.conclusion)
    return tuple(
        replace(edit, bears=True, rules=tuple(sorted({*edit.rules, *found[edit.number]})))
        if not edit.bears and edit.number in found
        else edit
        for edit in edits
    )


def _change(was: Drawn | None, is_: Drawn | None) -> Redrawn | None:
    then, now = (None if each is None else each.certain for each in (was, is_))
    if then == now:
        return None
    if now is None:
        return Redrawn.WITHDRAWN if then else Redrawn.SETTLED
    return Redrawn.OPENED if now else Redrawn.NOW_UNDETERMINED


def _drawn(world: World, again: Collection[str], decided_on: date, chainer: str) -> dict[str, Drawn]:
    """What one version concludes, by fingerprint, of some conclusions and those they rest on."""
    whole = world.ruleset
    names, waiting = set[str](), sorted(again & whole.conclusions.keys())
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += whole.conclusions[name].rests_on()
    conclusions = {name: each for name, each in whole.conclusions.items() if name in names}
    wanted = {of for each in conclusions.values() for one in each.variables if one.source == "finding" for of in one.of}
    rules = {name: rule for name, rule in whole.rules.items() if name in wanted}
    ruleset = replace(whole, rules=rules, conclusions=conclusions, notices={})
    return {
        each.fingerprint: each for each in _of(_Part(world, ruleset, decided_on, chainer)) if each.conclusion in again
    }


@dataclass(frozen=True)
class _Part:
    """A part of a ruleset whose conclusions are drawn."""

    world: World
    ruleset: Ruleset
    decided_on: date
    chainer: str


def _of(part: _Part) -> tuple[Drawn, ...]:
    """The conclusions; findings are kept in a temporary folder where there may be many."""
    ruleset, registry, as_of = part.ruleset, part.world.registry, part.world.as_of
    rows = sizes(registry)
    many = sum(rows.get(rule.about, 0) for rule in ruleset.rules.values())
    engine = "polars" if many > LIMIT else "scalar"
    with ExitStack() as stack:
        kept = None
        if many > LIMIT:
            temporary = Temporary(None)
            stack.callback(temporary.drop)
            kept = Keeping(temporary.path, Run.hidden(ruleset))
        judgement = judge(ruleset, registry, engine=engine, as_of=as_of, kept=kept)
        info = RunInfo.of(ruleset, registry, as_of=as_of, decided_on=part.decided_on, engine=engine)
        run = Run.build(ruleset, registry, judgement, info)
        return run.with_conclusions(ruleset, registry, part.chainer).drawing.drawn
