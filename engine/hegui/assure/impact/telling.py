"""What the two versions say of rows that changed: messages of those that are shown, made of findings made for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from hegui.assure.impact.codes import KEY, World
from hegui.assure.impact.differing import Worlds
from hegui.assure.impact.model import Change, Changed, Concluded, Impact, RuleImpact, State
from hegui.assure.impact.variants import Pair
from hegui.datatypes import Text
from hegui.engines import ENGINES
from hegui.engines.request import Request, jurisdiction
from hegui.explaining import Case, RuleDocument, Setting, message
from hegui.explaining.document import kinds_called
from hegui.facts.registry import ROW
from hegui.language.tree import Row
from hegui.ruleset.model import Rule, Severity

MOST: Final = 200
"""Changes of each sort that are shown with what is said of them; gravest first."""
FEW: Final = 20_000
"""Rows up to which looking at some of them one by one takes no longer than planning columns."""


def listed(found: Impact, change: Change) -> list[Changed]:
    """The first changes of a sort: by severity, rule and key."""
    import polars as pl

    records: list[Changed] = []
    order = list(reversed(Severity))
    for rule in sorted(found.rules, key=lambda rule: (order.index(rule.severity), rule.rule, rule.about)):
        if len(records) >= MOST or not rule.changed[change]:
            continue
        pairs = [pair for pair, count in rule.counts.items() if count and Change.between(*pair) is change]
        hits = [(pl.col("before") == one) & (pl.col("after") == other) for one, other in pairs]
        first = pl.col("before") != State.VIOLATION  # what was a violation weighs more than what was none
        rows = rule.changes.filter(pl.any_horizontal(hits)).sort(first, maintain_order=True).head(MOST - len(records))
        records += replace(rule, changes=rows).records()
    return records


def messages(found: Impact, both: Worlds, pairs: Sequence[Pair]) -> dict[tuple[str, bool], Text]:
    """What is said of the changes that are shown, by fingerprint: by the old version where what it said is gone (True), by the
    new one where it says something now."""
    shown = [each for change in Change for each in listed(found, change)]
    by_rule = {(pair.name, then): rule for pair in pairs for then, rule in ((True, pair.before), (False, pair.after))}
    told: dict[tuple[str, bool], Text] = {}
    for (name, then), records in _by_side(shown):
        rule, world = by_rule[name, then], both.old if then else both.new
        if rule is not None and world.supplied(rule):
            texts = _texts(rule, world, [each.key for each in records], found.decided_on)
            told |= {(each.fingerprint, then): texts[each.key] for each in records if each.key in texts}
    return told


def _by_side(shown: Iterable[Changed]) -> Iterator[tuple[tuple[str, bool], list[Changed]]]:
    groups: dict[tuple[str, bool], list[Changed]] = {}
    for each in shown:
        if each.after in (State.VIOLATION, State.UNDETERMINED):
            groups.setdefault((each.rule, False), []).append(each)
        if each.before in (State.VIOLATION, State.UNDETERMINED):
            groups.setdefault((each.rule, True), []).append(each)
    yield from groups.items()


def _texts(rule: Rule, world: World, keys: Sequence[str], decided_on: date) -> dict[str, Text]:
    """What a rule says of some rows, by their keys."""
    import polars as pl

    ruleset, registry = world.ruleset, world.registry
    wanted = world.rows(rule.about).filter(pl.col(KEY).is_in(list(keys))).collect()[ROW]
    asked = Request(ruleset, registry, world.as_of, (rule,), every=True, only={rule.about: wanted})
    document = RuleDocument.of(rule, ruleset)
    setting = Setting(
        world.as_of, decided_on, registry.sources, dict(ruleset.workdays), kinds=kinds_called(ruleset.vocabulary)
    )
    found = {}
    few = registry.tables[rule.about].lazy().select(pl.len()).collect().item() <= FEW
    for finding in ENGINES["scalar" if few else "polars"](asked).findings:
        case = Case(document, document.without_private(finding), setting)
        found[finding.key] = Text(message(case, "zh"), message(case, "en"))
    return found


def jurisdictions(both: Worlds, rules: Iterable[RuleImpact], conclusions: Iterable[Concluded]) -> Mapping[str, str]:
    """The names of the jurisdictions that occur, by id."""
    import polars as pl

    wanted = {place for rule in rules for place in rule.changes["jurisdiction"].drop_nulls().unique()}
    wanted |= {each.jurisdiction for each in conclusions if each.jurisdiction is not None}
    found: dict[str, str] = {}
    for world in (both.old, both.new):
        kinds = world.ruleset.vocabulary.kinds
        for name in sorted({target for kind in kinds if (target := _jurisdiction_kind(world, kind)) is not None}):
            kind, table = kinds[name], world.registry.tables.get(name)
            if table is None or kind.name_field is None or len(kind.key) != 1 or kind.fields[kind.name_field].private:
                continue
            rows = table.lazy().select(
                pl.col(kind.key[0]).cast(pl.String), pl.col(kind.name_field).cast(pl.String).alias("#name")
            )
            found |= dict(rows.drop_nulls().filter(pl.col(kind.key[0]).is_in(sorted(wanted))).collect().iter_rows())
    return dict(sorted(found.items()))


def _jurisdiction_kind(world: World, name: str) -> str | None:
    """The kind of whom answers for rows of a kind."""
    cell = jurisdiction(Row("", (name,)), world.ruleset.vocabulary.kinds)
    return None if cell is None else cell.type.kind
