"""Two versions of a ruleset on the same facts: what changes, and why. Rules that mean the same are not judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from hegui.assure.impact.codes import World
from hegui.assure.impact.concluded import bearing, redrawn
from hegui.assure.impact.differing import Differences, Differing, Worlds
from hegui.assure.impact.edits import Edited, edited
from hegui.assure.impact.model import Facts, Impact, RuleImpact
from hegui.assure.impact.sides import Version, registries, worlds
from hegui.assure.impact.telling import jurisdictions, messages
from hegui.datatypes import Text
from hegui.facts.registry import Registry
from hegui.ruleset.model import Ruleset
from hegui.source import Diagnostic, UsageError, Wording

_NOTHING: Final = Wording(
    "nothing-evaluated",
    "nothing was evaluated: no row of {kinds} was read",
    "没有核查任何数据：未读到 {kinds_zh} 的任何一行",
)

FEW: Final = 20_000
"""Up to so many verdicts, planning columns takes longer than judging row by row."""


def impact(
    old: Version,
    new: Version,
    facts: Sequence[str | Path],
    *,
    as_of: date,
    decided_on: date,
    rules: Collection[str] | None = None,
    engine: str = "auto",
    chainer: str = "reference",
) -> Impact:
    """What becomes of verdicts and conclusions when one version of a ruleset takes the place of another.

    Args:
        old: the version before.
        new: the version after.
        facts: folders, files or manifests, read once where both versions have the same vocabulary.
        as_of: the day the facts are looked at.
        decided_on: the day of the decision; no verdict depends on it.
        rules: names of rules, in either version, that are looked at; None for all. Of some, no conclusion is.
        engine: `polars`, `scalar`, or `auto` for the one that suits the number of verdicts.
        chainer: which draws conclusions.

    Raises:
        FactsError: the facts cannot be read.
        UsageError: no row of any rule is in them.
    """
    then, now = registries(facts, old.ruleset, new.ruleset, as_of)
    return compared((old, then), (new, now), as_of, decided_on, rules=rules, engine=engine, chainer=chainer)


def compared(
    old: tuple[Version, Registry],
    new: tuple[Version, Registry],
    as_of: date,
    decided_on: date,
    *,
    rules: Collection[str] | None = None,
    engine: str = "auto",
    chainer: str = "reference",
) -> Impact:
    """The same for facts that have been read, by each version."""
    was, is_ = old[0].ruleset, new[0].ruleset
    _refuse_empty(((was, old[1]), (is_, new[1])), rules)
    both, differ = worlds(was, is_, old[1], new[1], as_of)
    found = edited(was, is_, differ, as_of, rules)
    judging = _fitting(found, both) if engine == "auto" else engine
    unlike = [name for name in was.parameters if was.parameters[name] != is_.parameters.get(name)]
    made = Differences(both, unlike, judging).of(found.pairs)
    impacts = tuple(sorted(map(_impact, made), key=lambda each: (each.rule, each.about)))
    sided = Worlds(World(was, old[1], as_of, was.parameters), World(is_, new[1], as_of, is_.parameters))
    conclusions = redrawn(sided, found, impacts, decided_on, chainer) if rules is None else None
    result = _result(old[0], new[0], new[1], as_of, decided_on, found, impacts)
    result = replace(
        result, edits=bearing(found.edits, conclusions or ()), conclusions=conclusions,
        not_supplied=_lacking(found, (old[1], new[1])),
        jurisdictions=jurisdictions(sided, impacts, conclusions or ()),
    )  # fmt: skip
    return replace(result, messages=messages(result, sided, found.pairs))


def _result(
    old: Version,
    new: Version,
    registry: Registry,
    as_of: date,
    decided_on: date,
    found: Edited,
    impacts: tuple[RuleImpact, ...],
) -> Impact:
    labels = {name: kind.label for version in (old, new) for name, kind in version.ruleset.vocabulary.kinds.items()}
    return Impact(
        old=old.side,
        new=new.side,
        as_of=as_of,
        decided_on=decided_on,
        facts=Facts(registry.digest, registry.sources, len(registry.problems)),
        edits=found.edits,
        rules=impacts,
        same=found.same,
        not_supplied={},
        conclusions=None,
        jurisdictions={},
        kinds=dict(sorted(labels.items())),
    )


def _impact(found: Differing) -> RuleImpact:
    pair, rule = found.pair, found.pair.rule
    return RuleImpact(
        pair.name, pair.former, rule.title, rule.about, rule.natures[-1][0], rule.severity, pair.edits,
        found.counts, found.changes, found.causes,
    )  # fmt: skip


def _fitting(found: Edited, both: Worlds) -> str:
    """The engine for so many verdicts."""
    import polars as pl

    def rows(world: World, about: str) -> int:
        table = world.registry.tables.get(about)
        return 0 if table is None else int(table.lazy().select(pl.len()).collect().item())

    sizes: Mapping[str, int] = {
        about: max(rows(both.old, about), rows(both.new, about))
        for about in dict.fromkeys(pair.rule.about for pair in found.pairs)
    }
    return "scalar" if sum(2 * sizes[pair.rule.about] for pair in found.pairs) <= FEW else "polars"


def _lacking(found: Edited, given: tuple[Registry, Registry]) -> dict[str, str]:
    """Rules that may judge otherwise, about kinds neither version finds in the facts."""
    kinds = {kind for registry in given for kind in registry.tables}
    return {pair.name: pair.rule.about for pair in found.pairs if pair.rule.about not in kinds}


def _refuse_empty(sides: Iterable[tuple[Ruleset, Registry]], chosen: Collection[str] | None) -> None:
    """Refuse facts in which there is no row any rule is about.

    Raises:
        UsageError: there is none.
    """
    import polars as pl

    kinds: dict[str, Text] = {}
    for ruleset, registry in sides:
        for rule in ruleset.rules.values():
            if chosen is None or rule.name in chosen:
                kinds.setdefault(rule.about, ruleset.vocabulary.kinds[rule.about].label)
        for kind in kinds:
            table = registry.tables.get(kind)
            if table is not None and table.lazy().select(pl.len()).collect().item():
                return
    zh, en = (", ".join(f"`{kind}` ({label.get(lang)})" for kind, label in kinds.items()) for lang in ("zh", "en"))
    raise UsageError(Diagnostic(_NOTHING, {"kinds": en, "kinds_zh": zh}))
